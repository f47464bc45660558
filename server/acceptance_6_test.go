package server_test

import (
	"strings"
	"testing"
	"time"
)

// Scenario 6: a child victim, and a father who refuses the report. The police read who and where; the reviewer reads why; he
// reads nothing, though he works next door.
func TestAcceptance6TheChildIsReportedThoughTheParentRefuses(t *testing.T) {
	const (
		child, father  = "Rangga Maulana", "Entis Sutisna"
		fathersNIK     = "3201011705830004"
		man            = "Pak Oman tetangga depan"
		story          = "bekas sundutan rokok di punggung"
		why            = "anak sembilan tahun dengan luka berulang, orang tua menolak melapor"
		refused        = "ayah diberi tahu oleh bidan dan menolak pelaporan"
		decided        = "luka berulang pada anak, sudah sepatutnya"
		victimsAddress = "Kampung Sawah RT 01 rumah bercat hijau"
	)
	overBothFaces(t, func(p *play) {
		p.hire(p.t, "ayah,PERSON,"+father+","+fathersNIK+",WORKER,PKM-CIBINONG,")
		p.renew(p.t, "ayah")
		everything := []string{child, man, story, why, refused, victimsAddress}
		p.hide(secret{
			from: []string{
				"ayah", "gizi-cibinong", "kader-melati", "bidan-melati", "dokter-rsud", "pendamping-uptd", "peksos-dinsos", "tpk-cibinong",
				"statistik-dinkes", "admin-kabupaten", "auditor",
			},
			words: append([]string{"CHILD_VIOLENCE", "LAW_ENFORCEMENT"}, everything...),
			names: []string{"case", "number", "leg", "legNumber", "person", "disclosure"}, search: []object{{"name": child}},
		})
		p.hide(secret{from: []string{"kepala-ppa"}, words: everything, names: []string{"case", "number"}})
		unaccepted := p.hide(secret{from: []string{"polwan-ppa"}, words: everything, names: []string{"case", "number"}})
		p.hide(secret{from: []string{"penelaah"}, words: []string{child, man, story, refused, victimsAddress}})

		p.do(step{
			as: "bidan-cibinong", method: "FileReferral", say: object{
				"newPerson": object{
					"name": child, "sex": "MALE", "birthDate": "2017-06-09", "nikAbsence": "NOT_SHOWN", "father": object{"name": father},
					"address": object{"areaCode": "32.01.01.1006", "text": victimsAddress},
				},
				"newCase": object{"type": "CHILD_VIOLENCE", "intakeChannel": "IN_PERSON"},
				"incident": object{
					"occurredOn": p.day(-2), "forms": []string{"PHYSICAL"}, "place": "OTHER", "chronology": story,
					"pairs": []object{{"perpetrator": man, "relation": "NEIGHBOR", "cohabiting": "NO"}},
				},
				"risk":        object{"level": "HIGH"},
				"legs":        []object{{"service": "LAW_ENFORCEMENT", "urgency": "EMERGENCY", "receiverUnit": "units/POLRES-PPA"}},
				"disclosures": []object{{"basis": "X2", "reason": why}},
			},
			must: []string{`"state":"SENT"`},
			keep: map[string]string{"case": "case", "number": "caseNumber", "person": "person", "leg": "legs.0.referral", "legNumber": "legs.0.number"},
		})
		p.do(step{
			as: "bidan-cibinong", method: "RecordServiceConsent", say: object{"name": "{case}", "answer": "REFUSED", "by": "GUARDIAN", "givenOn": p.day(0)},
			must: []string{"REFUSED", "CHILD_ABUSE_REPORT"}, // a health worker's duty of the law stands though he refuses
		})
		p.do(step{as: "bidan-cibinong", method: "AddNote", say: object{"name": "{case}", "text": refused}, must: []string{refused}})
		p.quietly(step{
			as: "bidan-cibinong", method: "ListDisclosures", say: object{"name": "{case}"}, must: []string{"X2", why},
			keep: map[string]string{"disclosure": "disclosures.0.name"},
		})
		p.quietly(step{as: "kepala-cibinong", method: "ListNotices", must: []string{"EXCEPTION"}, mustNot: everything})

		unaccepted()
		p.hide(secret{from: []string{"polwan-ppa"}, words: []string{man, story, why, refused}, names: []string{"case", "number"}})
		p.do(step{
			as: "polwan-ppa", method: "AcceptReferral", say: object{"name": "{leg}"},
			must: []string{"ACCEPTED", child, victimsAddress, "X2"}, mustNot: []string{"PHYSICAL", "{case}"},
		})

		reviews := p.quietly(step{
			as: "penelaah", method: "ListReviews", must: []string{"EXCEPTION", "X2", why}, mustNot: []string{child, story},
			keep: map[string]string{"review": "reviews.0.name"},
		})
		due, err := time.Parse(time.RFC3339Nano, reviews.text("reviews.0.dueTime"))
		if wait := due.Sub(begin); err != nil || wait < 72*time.Hour || wait > 73*time.Hour {
			t.Errorf("the review is due at %v, want 72 h after the filing", due)
		}
		p.quietly(step{as: "penelaah", method: "ListNotices", must: []string{"REVIEW_DUE", "{review}"}, mustNot: everything})
		p.quietly(step{as: "penelaah", method: "GetCase", say: object{"name": "{case}"}, must: []string{"{number}"}, mustNot: everything})
		p.hide(secret{from: []string{"ayah", "gizi-cibinong", "polwan-ppa", "pendamping-uptd"}, names: []string{"review"}})
		p.do(step{
			as: "penelaah", method: "DecideReview", say: object{"name": "{review}", "outcome": "FOUNDED", "reason": decided}, must: []string{"FOUNDED"},
		})
		over := p.quietly(step{as: "penelaah", method: "GetCase", say: object{"name": "{case}"}, want: "NOT_FOUND"})
		if strings.Contains(string(over.Body), p.kept["number"]) {
			t.Errorf("the review is over, and the reviewer is told %s", over.Body)
		}
		p.quietly(step{as: "kepala-cibinong", method: "ListNotices", must: []string{"REVIEW_DECIDED"}, mustNot: append(everything, decided)})
		p.do(step{as: "polwan-ppa", method: "RecordProgress", say: object{"name": "{leg}", "kind": "SERVED"}, must: []string{"IN_SERVICE"}})
	})
}

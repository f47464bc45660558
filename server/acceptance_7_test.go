package server_test

import (
	"testing"
	"time"
)

// Scenario 7: neglect and gizi buruk. The mother declines the protection unit; the child is treated within 24 hours all the same, and
// who weighs her learns nothing of the one or the other.
func TestAcceptance7TheChildIsTreatedThoughTheProtectionUnitIsDeclined(t *testing.T) {
	const (
		child, mother = "Neng Aulia Rahmadani", "Onah Hasanah"
		neglect       = "ditinggal sendirian dari pagi sampai malam"
		declined      = "ibu belum mau didampingi UPTD"
	)
	overBothFaces(t, func(p *play) {
		p.hire(p.t, "kader-tpk,PERSON,Iis Sumarni,,INTAKE,TPK-CIBINONG,")
		p.renew(p.t, "kader-tpk")
		girl := object{
			"name": child, "sex": "FEMALE", "birthDate": p.born(16), "nikAbsence": "NOT_SHOWN",
			"mother": object{"name": mother}, "address": object{"areaCode": "32.01.01.1006", "rt": "03", "rw": "01"},
		}
		p.hide(secret{
			from: []string{
				"gizi-cibinong", "bidan-cibinong", "kepala-cibinong", "kader-melati", "bidan-melati", "pendamping-uptd", "kepala-uptd",
				"dokter-rsud", "polwan-ppa", "statistik-dinkes", "admin-kabupaten", "auditor", "penelaah",
			},
			words: []string{neglect, declined, "CHILD_VIOLENCE", "NEGLECT"}, names: []string{"report", "reportNumber", "second"},
		})
		// A receipt is what she has of the report: number and time.
		p.hide(secret{from: []string{"kader-tpk"}, words: []string{neglect, declined, "CHILD_VIOLENCE", "NEGLECT"}, names: []string{"report", "reportNumber", "second"}})
		p.hide(secret{
			from:  []string{"kader-melati", "pendamping-uptd", "dokter-rsud", "polwan-ppa", "statistik-dinkes", "auditor", "penelaah"},
			words: []string{child, mother}, names: []string{"leg", "legNumber"}, search: []object{{"name": child}},
		})

		p.do(step{
			as: "kader-tpk", method: "FileReferral", say: object{
				"newPerson":    girl,
				"measurements": []object{{"measuredOn": p.day(0), "weightKg": 6.9, "lengthCm": 74.5, "position": "LYING"}},
				"legs":         []object{{"service": "NUTRITION_TREATMENT", "receiverUnit": "units/PKM-CIBINONG"}},
				"disclosures": []object{{
					"basis": "CONSENT", "giver": "GUARDIAN", "giverName": mother, "method": "SPOKEN", "explainedBy": "kader", "purpose": "tata laksana gizi",
					"classes": []string{"F0", "F1", "F2", "F3_HEALTH"}, "fields": []string{"MEASUREMENTS"},
				}},
			},
			must: []string{"WFH_SEVERE", `"state":"SENT"`, `"dueTime"`}, mustNot: []string{`"person"`, `"case"`, child, mother},
			keep: map[string]string{"leg": "legs.0.referral", "legNumber": "legs.0.number"},
		})
		p.quietly(step{as: "gizi-cibinong", method: "GetReferral", say: object{"name": "{leg}"}, must: []string{"EMERGENCY", "NUTRITION_TREATMENT"}, mustNot: []string{child}})
		taken := p.do(step{as: "gizi-cibinong", method: "AcceptReferral", say: object{"name": "{leg}"}, must: []string{"ACCEPTED", child, "SEVERELY_WASTED", `"FIRST_SERVICE"`}})
		if due, err := time.Parse(time.RFC3339Nano, taken.text("dueTime")); err != nil || due.Sub(begin) > 24*time.Hour+time.Minute {
			t.Errorf("the treatment is due at %v, want within 24 h", due)
		}
		p.stays(
			"gizi-cibinong", steady{method: "GetReferral", say: object{"name": "{leg}"}}, steady{method: "ListReferrals", say: object{"direction": "INBOX"}},
			steady{method: "ListNotices"}, steady{method: "ListDuties", say: object{"scope": "ME"}},
		)
		p.stays("kader-tpk", steady{method: "GetReferral", say: object{"name": "{leg}"}})

		p.do(step{
			as: "kader-tpk", method: "FileReferral", say: object{
				"newPerson": girl, "newCase": object{"type": "CHILD_VIOLENCE", "intakeChannel": "OUTREACH"},
				"incident": object{
					"occurredOn": p.day(0), "forms": []string{"NEGLECT"}, "place": "HOUSEHOLD", "chronology": neglect,
					"pairs": []object{{"perpetrator": "", "relation": "UNKNOWN", "cohabiting": "UNKNOWN"}},
				},
			},
			must: []string{`"number":"R-`, `"recordTime"`}, mustNot: []string{`"person"`, `"case"`, `"legs"`, `"findings"`, child, neglect},
			keep: map[string]string{"receipt": "number"},
		})
		p.quietly(step{
			as: "tpk-cibinong", method: "ListCases", say: object{"type": "CHILD_VIOLENCE"}, must: []string{"REPORTED"},
			keep: map[string]string{"report": "cases.0.name", "reportNumber": "cases.0.number", "second": "cases.0.client.name"},
		})
		p.do(step{as: "tpk-cibinong", method: "RecordServiceConsent", say: object{"name": "{report}", "answer": "REFUSED", "by": "GUARDIAN", "givenOn": p.day(0)}, must: []string{"REFUSED"}})
		p.quietly(step{
			as: "kepala-tpk", method: "CloseCase", say: object{"name": "{report}", "reason": "CLIENT_REQUEST", "summary": declined}, want: "INVALID_FIELD",
		})
		p.quietly(step{
			as: "tpk-cibinong", method: "CloseCase", want: "ACTION_NOT_ALLOWED",
			say: object{"name": "{report}", "reason": "CLIENT_REQUEST", "summary": declined, "safetyInformationGiven": true},
		})
		p.do(step{
			as: "kepala-tpk", method: "CloseCase", must: []string{"CLOSED", "CLIENT_REQUEST"},
			say: object{"name": "{report}", "reason": "CLIENT_REQUEST", "summary": declined, "safetyInformationGiven": true},
		})

		// The refusal has changed no byte of the nutrition leg; it is served, and ends.
		p.still = nil
		p.do(step{as: "gizi-cibinong", method: "RecordProgress", say: object{"name": "{leg}", "kind": "SERVED", "note": "F75, rawat jalan"}, must: []string{"IN_SERVICE"}})
		p.do(step{as: "gizi-cibinong", method: "ReportOutcome", say: object{"name": "{leg}", "outcome": "FULL", "summary": "berat naik"}, must: []string{"REPORTED"}})
		p.do(step{as: "tpk-cibinong", method: "ConfirmReferral", say: object{"name": "{leg}"}, must: []string{"CLOSED"}})
	})
}

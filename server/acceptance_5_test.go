package server_test

import (
	"strings"
	"testing"
)

// Scenario 5: acute domestic violence at night. Four units are asked at once, and each reads what she named for it.
func TestAcceptance5TheNightCallReachesFourUnitsAndEachReadsItsPart(t *testing.T) {
	const (
		woman, number = "Yulianti Safitri", "3201016311890002"
		man           = "Otong Suherlan"
		home          = "Gang Mawar nomor 17 belakang masjid"
		story         = "mencekik lalu mengancam dengan golok"
		injuries      = "memar di leher dan luka di lengan kiri"
		family        = "1 dewasa, 2 anak (4 dan 7 tahun)"
		hiding        = "Jalan Cempaka 3 Cisarua kamar atas"
	)
	overBothFaces(t, func(p *play) {
		everything := []string{woman, number, man, home, story, injuries, family, hiding}
		p.hide(secret{
			from: []string{
				"kader-melati", "gizi-cibinong", "kepala-cibinong", "bidan-citeureup", "tpk-cibinong", "app-melati", "terima-sapa", "loket-rsud",
				"terima-uptd", "terima-kua", "petugas-disdik", "lurah-pondok-rajeg", "statistik-dinkes", "admin-kabupaten", "auditor", "penelaah",
			},
			words: append([]string{"DOMESTIC_VIOLENCE", "LAW_ENFORCEMENT"}, everything...),
			names: []string{"case", "number", "police", "hospital", "shelter", "social", "policeNumber", "person"}, search: []object{{"name": woman}},
		})
		own := map[string][]string{ // who takes a leg, and who else of that unit may know it
			"police": {"polwan-ppa", "kepala-ppa"}, "hospital": {"dokter-rsud", "kepala-rsud"},
			"shelter": {"pendamping-uptd", "kepala-uptd"}, "social": {"peksos-dinsos", "kepala-dinsos"},
		}
		reveal := map[string]func(){}
		for leg, people := range own {
			others := []string{"case", "number"}
			for other := range own {
				if other != leg {
					others = append(others, other)
				}
			}
			p.hide(secret{from: people, names: others})
			p.hide(secret{from: people[1:], words: everything})
			reveal[leg] = p.hide(secret{from: people[:1], words: everything})
		}

		all := []string{"F0", "F1", "F2"}
		filed := p.do(step{
			as: "petugas-sapa", method: "FileReferral", say: object{
				"newPerson": object{
					"name": woman, "sex": "FEMALE", "birthDate": "1989-11-23", "identifiers": []object{{"type": "NIK", "value": number}},
					"address": object{"areaCode": "32.01.01.1006", "text": home},
				},
				"newCase": object{"type": "DOMESTIC_VIOLENCE", "intakeChannel": "SAPA_129"},
				"incident": object{
					"occurredOn": p.day(0), "forms": []string{"PHYSICAL", "PSYCHOLOGICAL"}, "place": "HOUSEHOLD", "chronology": story,
					"pairs": []object{{"perpetrator": man, "relation": "HUSBAND", "cohabiting": "YES"}},
				},
				"risk": object{"signs": []string{"STRANGULATION", "WEAPON"}, "level": "HIGH"},
				"legs": []object{
					{"service": "LAW_ENFORCEMENT", "urgency": "EMERGENCY", "receiverUnit": "units/POLRES-PPA"},
					{"service": "MEDICAL_CARE", "urgency": "EMERGENCY", "receiverUnit": "units/RSUD-CIBINONG", "question": injuries},
					{"service": "TEMPORARY_SHELTER", "urgency": "EMERGENCY", "receiverUnit": "units/UPTD-PPA"},
					{"service": "TEMPORARY_SHELTER", "urgency": "EMERGENCY", "receiverUnit": "units/DINSOS", "question": family},
				},
				"disclosures": []object{
					allowing(0, all, "CHRONOLOGY", "FORMS", "PAIRS"), allowing(1, all, "QUESTION"), allowing(2, all, "RISK"),
					allowing(3, []string{"F0", "F1"}, "QUESTION"),
				},
			},
			must: []string{`"state":"SENT"`},
			keep: map[string]string{
				"case": "case", "number": "caseNumber", "person": "person", "policeNumber": "legs.0.number",
				"police": "legs.0.referral", "hospital": "legs.1.referral", "shelter": "legs.2.referral", "social": "legs.3.referral",
			},
		})
		if strings.Count(string(filed.Body), `"dueTime"`) != 4 {
			t.Errorf("not each leg has its due time: %s", filed.Body)
		}
		p.do(step{
			as: "petugas-sapa", method: "StartService", say: object{"name": "{case}", "urgentReason": "nyawa terancam malam ini"},
			must: []string{"IN_SERVICE", "SKIPPED_SCREEN", "SKIPPED_ASSESS", "SKIPPED_PLAN"},
		})
		p.do(step{
			as: "petugas-sapa", method: "UpdateCase", say: object{
				"name": "{case}", "etag": p.quietly(step{as: "petugas-sapa", method: "GetCase", say: object{"name": "{case}"}}).text("etag"),
				"updateMask": []string{"hiddenAddress"}, "hiddenAddress": hiding,
			},
			must: []string{hiding},
		})
		for leg, must := range map[string][]string{"police": {"LAW_ENFORCEMENT"}, "hospital": {"MEDICAL_CARE"}, "shelter": {"TEMPORARY_SHELTER"}, "social": {"TEMPORARY_SHELTER"}} {
			p.quietly(step{
				as: own[leg][0], method: "ListReferrals", say: object{"direction": "INBOX"},
				must: append(must, "{"+leg+"}", "EMERGENCY", "AGE_25_44", `"dueTime"`), mustNot: everything,
			})
		}
		for _, c := range []struct {
			leg          string
			must, hidden []string
		}{
			{"police", []string{woman, home, man, story, "PHYSICAL", `"legalDueTime"`}, []string{injuries, family, hiding}},
			{"hospital", []string{woman, number, injuries}, []string{man, story, family, hiding}},
			{"shelter", []string{woman, "STRANGULATION", "HIGH"}, []string{man, story, injuries, family, hiding}},
			{"social", []string{family, `"dueTime"`, "FEMALE"}, []string{woman, number, man, home, story, injuries, hiding}},
		} {
			reveal[c.leg]()
			p.hide(secret{from: own[c.leg][:1], words: c.hidden})
			p.do(step{as: own[c.leg][0], method: "AcceptReferral", say: object{"name": "{" + c.leg + "}"}, must: append(c.must, "ACCEPTED"), mustNot: []string{"{case}"}})
		}
		for _, who := range []string{"dokter-rsud", "polwan-ppa", "peksos-dinsos", "kader-melati"} {
			p.quietly(step{as: who, method: "ListUnits", say: object{"pageSize": 100}, must: []string{"UPTD-PPA"}, mustNot: []string{"RUMAH-AMAN", "Rumah Aman", hiding}})
		}
		p.quietly(step{
			as: "petugas-sapa", method: "SuggestReceivers", say: object{"case": "{case}", "service": "TEMPORARY_SHELTER", "urgency": "EMERGENCY", "includeExcluded": true},
			must: []string{"OPEN_LEG_EXISTS"}, mustNot: []string{"RUMAH-AMAN", "Rumah Aman", hiding, man},
		})
		p.do(step{as: "dokter-rsud", method: "RecordProgress", say: object{"name": "{hospital}", "kind": "SERVED"}, must: []string{"IN_SERVICE"}})
		p.quietly(step{as: "petugas-sapa", method: "ListNotices", must: []string{"LEG_CHANGED"}, mustNot: everything})
	})
}

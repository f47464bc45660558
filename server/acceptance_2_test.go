package server_test

import (
	"testing"
)

// Scenario 2: the survivor is the mother of a stunted child. Her second case shows in nothing that the first one shows.
func TestAcceptance2TheSurvivorIsTheMotherOfAStuntedChild(t *testing.T) {
	const (
		child, mother = "Neng Salsabila Kencana", "Wiwin Kurniawati"
		mothersNumber = "3201015208960004"
		husband       = "Deden Supriatna"
		story         = "ditarik rambutnya di teras sampai jatuh"
		phone         = "+6281299000217"
	)
	overBothFaces(t, func(p *play) {
		p.quietly(step{
			as: "app-melati", method: "FileReferral", say: object{
				"newPerson": object{
					"name": child, "sex": "FEMALE", "birthDate": p.born(20), "nikAbsence": "NOT_SHOWN",
					"mother": object{"name": mother}, "address": object{"areaCode": "32.01.01.1006", "rt": "01", "rw": "03"},
				},
				"measurements": []object{{"measuredOn": p.day(0), "weightKg": 8.9, "lengthCm": 75.6, "position": "LYING"}},
				"legs":         []object{{"service": "NUTRITION_CONFIRMATION", "receiverUnit": "units/PKM-CIBINONG"}},
			}, must: []string{`"inside":true`},
		})
		p.quietly(step{as: "gizi-cibinong", method: "ListCases", must: []string{child}, keep: map[string]string{"child": "cases.0.name"}})
		p.quietly(step{
			as: "bidan-cibinong", method: "FileReferral", say: object{
				"newPerson": object{
					"name": mother, "sex": "FEMALE", "birthDate": "1996-08-12",
					"identifiers": []object{{"type": "NIK", "value": mothersNumber}},
					"address":     object{"areaCode": "32.01.01.1006", "rt": "01", "rw": "03"},
				},
				"newCase": object{"type": "FAMILY_STUNTING_RISK", "intakeChannel": "GROWTH_SESSION"},
			},
			keep: map[string]string{"mother": "person", "family": "case"},
		})
		p.stays(
			"gizi-cibinong",
			steady{method: "GetCase", say: object{"name": "{child}"}}, steady{method: "GetCase", say: object{"name": "{family}"}},
			steady{method: "ListTimeline", say: object{"name": "{child}"}}, steady{method: "ListTimeline", say: object{"name": "{family}"}},
			steady{method: "GetPerson", say: object{"name": "{mother}"}}, steady{method: "GetGrowthRecord", say: object{"name": "{child}"}},
			steady{method: "ListDisclosures", say: object{"name": "{child}"}}, steady{method: "ListDisclosures", say: object{"name": "{family}"}},
			steady{method: "ListCases"}, steady{method: "ListReferrals", say: object{"direction": "OUTBOX"}},
			steady{method: "ListDuties", say: object{"scope": "UNIT"}}, steady{method: "ListNotices"}, steady{method: "ListRoster"},
			steady{method: "SearchPersons", say: object{"name": mother}}, steady{method: "SearchPersons", say: object{"mother": mother}},
		)
		p.stays(
			"kader-melati", steady{method: "GetCase", say: object{"name": "{child}"}}, steady{method: "ListCases"}, steady{method: "ListRoster"},
			steady{method: "ListNotices"}, steady{method: "SearchPersons", say: object{"name": mother}},
		)

		p.hide(secret{
			from: []string{
				"gizi-cibinong", "bidan-melati", "kader-melati", "app-melati", "tpk-cibinong", "kepala-tpk", "dokter-rsud", "peksos-dinsos",
				"bidan-citeureup", "statistik-dinkes", "admin-kabupaten", "auditor", "penelaah", "kepala-dinkes", "terima-uptd",
			},
			words:  []string{husband, story, phone, "DOMESTIC_VIOLENCE", "CASE_MANAGEMENT", "{number}"},
			names:  []string{"case", "number", "leg", "legNumber", "copy"},
			search: []object{{"name": mother}, {"name": "Wiwin"}},
		})
		p.hide(secret{from: []string{"kepala-cibinong"}, words: []string{husband, story}}) // who opens it with a reason alone sees F4
		protected := []string{mother, mothersNumber, child, husband, story, phone, "{case}", "{number}", "{copy}", "{child}", "{family}", "{mother}"}
		reveal := p.hide(secret{from: []string{"pendamping-uptd"}, words: protected})
		p.hide(secret{from: []string{"rekan-uptd", "kepala-uptd"}, words: protected})
		p.do(step{
			as: "bidan-cibinong", method: "FileReferral", say: object{
				"person": "{mother}", "newCase": object{"type": "DOMESTIC_VIOLENCE", "intakeChannel": "IN_PERSON"},
				"incident": object{
					"occurredOn": p.day(0), "forms": []string{"PHYSICAL"}, "place": "HOUSEHOLD", "chronology": story,
					"pairs": []object{{"perpetrator": husband, "relation": "HUSBAND", "cohabiting": "YES"}},
				},
				"risk": object{"signs": []string{"THREAT_TO_KILL"}, "level": "HIGH"},
				"legs": []object{{"service": "CASE_MANAGEMENT", "urgency": "EMERGENCY", "receiverUnit": "units/UPTD-PPA"}},
				"disclosures": []object{{
					"basis": "CONSENT", "giver": "SELF", "method": "SPOKEN", "explainedBy": "bidan", "purpose": "pendampingan",
					"classes": []string{"F0", "F1", "F2"}, "fields": []string{"FORMS", "CHRONOLOGY"},
				}},
			},
			must: []string{`"state":"SENT"`},
			keep: map[string]string{"case": "case", "number": "caseNumber", "leg": "legs.0.referral", "legNumber": "legs.0.number", "copy": "person"},
		})
		p.do(step{
			as: "bidan-cibinong", method: "UpdatePerson", say: object{
				"name": "{copy}", "etag": p.quietly(step{as: "bidan-cibinong", method: "GetPerson", say: object{"name": "{copy}"}}).text("etag"),
				"updateMask": []string{"safeContact"}, "person": object{"safeContact": object{"allowed": true, "channel": "PHONE", "phone": phone}},
			},
			must: []string{phone},
		})
		p.quietly(step{
			as: "pendamping-uptd", method: "ListReferrals", say: object{"direction": "INBOX"},
			must: []string{"{leg}", "CASE_MANAGEMENT", "EMERGENCY", "AGE_25_44"}, mustNot: []string{"32.01.01.1006", "DOMESTIC_VIOLENCE", `"L3"`},
		})
		p.do(step{as: "pendamping-uptd", method: "AcknowledgeReferral", say: object{"name": "{leg}"}, must: []string{"ACKNOWLEDGED"}, mustNot: protected})
		reveal()
		p.hide(secret{from: []string{"pendamping-uptd"}, words: []string{husband, child, "THREAT_TO_KILL", "{case}", "{number}", "{child}", "{family}", "{mother}"}})
		p.do(step{
			as: "pendamping-uptd", method: "AcceptReferral", say: object{"name": "{leg}"},
			must: []string{"ACCEPTED", mother, story, "PHYSICAL"},
		})
		p.do(step{as: "pendamping-uptd", method: "RecordProgress", say: object{"name": "{leg}", "kind": "SERVED"}, must: []string{"IN_SERVICE"}})
		p.do(step{
			as: "pendamping-uptd", method: "ReportOutcome", say: object{"name": "{leg}", "outcome": "FULL", "summary": "rencana keamanan dibuat"},
			must: []string{"REPORTED"},
		})
		p.quietly(step{as: "bidan-cibinong", method: "ListNotices", must: []string{"LEG_CHANGED", "{leg}"}, mustNot: []string{mother, husband, story}})
		p.do(step{as: "bidan-cibinong", method: "ConfirmReferral", say: object{"name": "{leg}"}, must: []string{"CLOSED"}})
		p.hide(secret{from: []string{"pendamping-uptd"}, words: []string{mother, story, phone}}) // by R17 it keeps the leg and no name
		p.quietly(step{as: "pendamping-uptd", method: "GetReferral", say: object{"name": "{leg}"}, must: []string{"CLOSED", "FULL"}})
	})
}

package server_test

import "testing"

// Scenario 3: he brings the child, holds the telephone and the family card, and works next door. He may not consent for the child
// whom he is said to have hurt (G1), and nothing of the child's growth file says where the mother is.
func TestAcceptance3HeBringsTheChildAndLearnsNothing(t *testing.T) {
	const (
		child, mother = "Neng Zahra Ramadhani", "Atikah Suryaningsih"
		man, uncle    = "Yayan Sopyan", "Kosim Abdullah"
		hisNumber     = "3201010902880005"
		card          = "3201011203850041"
		story         = "menampar keduanya di depan pintu"
		more          = "paman mengunci anak di gudang"
		hiding        = "Kontrakan Bu Haji Ciawi lantai dua"
		phone         = "+6281299000318"
	)
	overBothFaces(t, func(p *play) {
		girl := object{
			"name": child, "sex": "FEMALE", "birthDate": p.born(30), "nikAbsence": "NOT_SHOWN", "mother": object{"name": mother},
			"address": object{"areaCode": "32.01.01.1006", "rt": "05", "rw": "03"},
		}
		p.hire(p.t, "suami,PERSON,"+man+","+hisNumber+",WORKER,PKM-CIBINONG,")
		p.renew(p.t, "suami")
		p.quietly(step{
			as: "app-melati", method: "FileReferral", say: object{
				"newPerson": girl, "measurements": []object{{"measuredOn": p.day(0), "weightKg": 12.0, "lengthCm": 90.5, "position": "STANDING"}},
			},
		})
		p.quietly(step{as: "suami", method: "ListCases", must: []string{child}, keep: map[string]string{"growth": "cases.0.name", "girl": "cases.0.client.name"}})
		p.quietly(step{
			as: "bidan-cibinong", method: "CreateHousehold", say: object{
				"cardNumber": card, "members": []object{{"person": "{girl}", "role": "CHILD", "fromDate": "2026-01-05"}},
			},
			must: []string{card}, keep: map[string]string{"household": "name"},
		})
		// He asks for the child's data, and goes on reading what he read, to the byte.
		p.stays(
			"suami", steady{method: "GetCase", say: object{"name": "{growth}"}}, steady{method: "GetGrowthRecord", say: object{"name": "{growth}"}},
			steady{method: "GetPerson", say: object{"name": "{girl}"}}, steady{method: "GetHousehold", say: object{"name": "{household}"}},
			steady{method: "ListCases"}, steady{method: "ListRoster"}, steady{method: "ListTimeline", say: object{"name": "{growth}"}},
			steady{method: "SearchPersons", say: object{"name": child}}, steady{method: "SearchPersons", say: object{"mother": mother}},
			steady{method: "ListNotices"}, steady{method: "ListDuties", say: object{"scope": "UNIT"}},
		)
		p.hide(secret{
			from:  []string{"suami", "gizi-cibinong", "kader-melati", "bidan-melati", "app-melati", "dokter-rsud", "peksos-dinsos", "auditor", "admin-kabupaten"},
			words: []string{story, more, hiding, phone, uncle, "DOMESTIC_VIOLENCE", "PSYCHOLOGICAL_SUPPORT"},
			names: []string{"hers", "herNumber", "herself", "childs", "childsNumber", "leg", "legNumber", "disclosure"}, search: []object{{"name": mother}},
		})
		p.hide(secret{from: []string{"pendamping-uptd", "kepala-uptd"}, words: []string{hiding, phone, "{hers}", "{childs}", "{growth}"}, names: []string{"hers", "childs", "growth"}})

		pair := func(name, nik, relation string) []object {
			return []object{{"perpetrator": name, "perpetratorNik": nik, "relation": relation, "cohabiting": "YES"}}
		}
		p.do(step{
			as: "bidan-cibinong", method: "FileReferral", say: object{
				"newPerson": object{
					"name": mother, "sex": "FEMALE", "birthDate": "1998-10-02", "nikAbsence": "NOT_SHOWN", "address": object{"areaCode": "32.01.01.1006"},
					"safeContact": object{"allowed": true, "channel": "PHONE", "phone": phone},
				},
				"newCase": object{"type": "DOMESTIC_VIOLENCE", "intakeChannel": "IN_PERSON"},
				"incident": object{
					"occurredOn": p.day(-1), "forms": []string{"PHYSICAL"}, "place": "HOUSEHOLD", "chronology": story, "pairs": pair(man, hisNumber, "HUSBAND"),
				},
				"risk": object{"level": "MEDIUM"},
			},
			keep: map[string]string{"hers": "case", "herNumber": "caseNumber", "herself": "person"},
		})
		p.do(step{
			as: "bidan-cibinong", method: "UpdateCase", say: object{
				"name": "{hers}", "etag": p.quietly(step{as: "bidan-cibinong", method: "GetCase", say: object{"name": "{hers}"}}).text("etag"),
				"updateMask": []string{"hiddenAddress"}, "hiddenAddress": hiding,
			},
			must: []string{hiding},
		})

		// The child was hit too. A consent that he gives for her is none, whether he is named or numbered.
		filing := func(giver object) object {
			disclosure := object{
				"basis": "CONSENT", "giver": "GUARDIAN", "method": "SPOKEN", "explainedBy": "bidan", "purpose": "pendampingan psikologis",
				"classes": []string{"F0", "F1", "F2"},
			}
			for key, value := range giver {
				disclosure[key] = value
			}
			return object{
				"newPerson": girl, "newCase": object{"type": "DOMESTIC_VIOLENCE", "intakeChannel": "IN_PERSON"},
				"incident": object{
					"occurredOn": p.day(-1), "forms": []string{"PHYSICAL"}, "place": "HOUSEHOLD", "chronology": story, "pairs": pair(man, hisNumber, "FATHER"),
				},
				"legs":        []object{{"service": "PSYCHOLOGICAL_SUPPORT", "urgency": "URGENT", "receiverUnit": "units/UPTD-PPA"}},
				"disclosures": []object{disclosure},
			}
		}
		for _, giver := range []object{{"giverName": man}, {"giverName": "H. " + uncle, "giverNik": hisNumber}} {
			p.quietly(step{as: "bidan-cibinong", method: "FileReferral", say: filing(giver), want: "INVALID_FIELD", must: []string{"GIVER_IS_ACCUSED"}, mustNot: []string{man, hisNumber}})
		}
		p.do(step{
			as: "bidan-cibinong", method: "FileReferral", say: filing(object{"giverName": uncle}), must: []string{`"state":"SENT"`},
			keep: map[string]string{"childs": "case", "childsNumber": "caseNumber", "leg": "legs.0.referral", "legNumber": "legs.0.number"},
		})
		p.quietly(step{as: "bidan-cibinong", method: "ListDisclosures", say: object{"name": "{childs}"}, must: []string{uncle, `"inForce":true`}, keep: map[string]string{"disclosure": "disclosures.0.name"}})
		p.do(step{as: "pendamping-uptd", method: "AcceptReferral", say: object{"name": "{leg}"}, must: []string{"ACCEPTED", child}})

		// The uncle who consented is named in his turn: in that transaction his consent ends, and so does the receiver's sight.
		p.do(step{
			as: "bidan-cibinong", method: "AddIncident", say: object{
				"name": "{childs}", "incident": object{
					"occurredOn": p.day(0), "forms": []string{"NEGLECT"}, "place": "HOUSEHOLD", "chronology": more, "pairs": pair(uncle, "", "OTHER_RELATIVE"),
				},
			},
		})
		p.quietly(step{as: "bidan-cibinong", method: "ListDisclosures", say: object{"name": "{childs}"}, must: []string{"withdrawTime"}, mustNot: []string{`"inForce":true`}})
		p.hide(secret{from: []string{"pendamping-uptd"}, words: []string{child, mother, man, uncle, story, more}})
		p.quietly(step{as: "pendamping-uptd", method: "GetReferral", say: object{"name": "{leg}"}, must: []string{"CANCELLED", "CONSENT_WITHDRAWN"}})
		p.quietly(step{as: "pendamping-uptd", method: "ListNotices", must: []string{"CONSENT_ENDED"}})
		p.quietly(step{
			as: "bidan-cibinong", method: "RecordDisclosure", want: "INVALID_FIELD", mustNot: []string{uncle},
			say: object{"name": "{childs}", "disclosure": object{
				"basis": "CONSENT", "giver": "GUARDIAN", "giverName": uncle, "method": "SPOKEN", "explainedBy": "bidan", "purpose": "pendampingan psikologis",
				"receiverUnits": []string{"units/UPTD-PPA"},
			}},
		})
		p.do(step{
			as: "bidan-cibinong", method: "RecordDisclosure", must: []string{`"inForce":true`},
			say: object{"name": "{childs}", "disclosure": object{
				"basis": "CONSENT", "giver": "GUARDIAN", "giverName": mother, "method": "SPOKEN", "explainedBy": "bidan", "purpose": "pendampingan psikologis",
				"receiverUnits": []string{"units/UPTD-PPA"},
			}},
		})
		p.do(step{
			as: "bidan-cibinong", method: "FileReferral", must: []string{`"state":"SENT"`},
			say: object{"case": "{childs}", "legs": []object{{"service": "PSYCHOLOGICAL_SUPPORT", "urgency": "URGENT", "receiverUnit": "units/UPTD-PPA"}}},
		})
	})
}

package server_test

import "testing"

// Scenario 8: the survivor moves. The old posyandu reads "Pindah wilayah", and nobody but the owner of her case reads whereto.
func TestAcceptance8TheSurvivorMovesAndNobodyLearnsWhereto(t *testing.T) {
	const (
		child, mother = "Jaka Nugraha Putra", "Elis Nurjanah"
		man           = "Dedi Kusnadi"
		story         = "dikunci di kamar mandi semalaman"
		authority     = "UPTD PPA Kota Sukabumi"
		village       = "Parungseah"
	)
	overBothFaces(t, func(p *play) {
		p.hide(secret{
			from: []string{
				"kader-melati", "bidan-melati", "gizi-cibinong", "kepala-cibinong", "app-melati", "dokter-rsud", "tpk-cibinong", "polwan-ppa", "peksos-dinsos",
				"lurah-pondok-rajeg", "kepala-dp3ap2kb", "terima-uptd", "rekan-uptd", "statistik-dinkes", "admin-kabupaten", "auditor", "penelaah",
			},
			words: []string{man, story, authority, village, "HANDED_OVER", "DOMESTIC_VIOLENCE"}, names: []string{"case", "number", "person"},
		})
		p.quietly(step{
			as: "app-melati", method: "FileReferral", say: object{
				"newPerson": object{
					"name": child, "sex": "MALE", "birthDate": p.born(24), "nikAbsence": "NOT_SHOWN",
					"mother": object{"name": mother}, "address": object{"areaCode": "32.01.01.1006", "rt": "02", "rw": "02"},
				},
				"measurements": []object{{"measuredOn": p.day(0), "weightKg": 12.2, "lengthCm": 87.6, "position": "STANDING"}},
			},
		})
		p.quietly(step{as: "gizi-cibinong", method: "ListCases", must: []string{child, "GROWTH_MONITORING"}, keep: map[string]string{"growth": "cases.0.name"}})
		p.do(step{
			as: "pendamping-uptd", method: "CreateCase", say: object{
				"newPerson": object{"name": mother, "sex": "FEMALE", "birthDate": "1997-03-30", "nikAbsence": "NOT_SHOWN", "address": object{"areaCode": "32.01.01.1006"}},
				"newCase":   object{"type": "DOMESTIC_VIOLENCE", "intakeChannel": "IN_PERSON"},
				"incident": object{
					"occurredOn": p.day(-1), "forms": []string{"PHYSICAL"}, "place": "HOUSEHOLD", "chronology": story,
					"pairs": []object{{"perpetrator": man, "relation": "HUSBAND", "cohabiting": "YES"}},
				},
				"risk": object{"level": "MEDIUM"},
			},
			must: []string{"REPORTED", mother, story},
			keep: map[string]string{"case": "name", "number": "number", "person": "client.name"},
		})
		away := object{"name": "{case}", "reason": "HANDED_OVER", "receivingAuthority": authority, "summary": "pindah ke desa " + village + ", diterima petugas di sana"}
		p.quietly(step{as: "pendamping-uptd", method: "CloseCase", say: away, want: "ACTION_NOT_ALLOWED"})
		p.do(step{as: "kepala-uptd", method: "CloseCase", say: away, must: []string{"CLOSED", "HANDED_OVER", authority}, mustNot: []string{story, man, village}}) // F4 only by :open
		p.do(step{
			as: "bidan-melati", method: "CloseCase", say: object{"name": "{growth}", "reason": "MOVED", "summary": "pindah wilayah"},
			must: []string{"CLOSED", "MOVED"},
		})
		p.quietly(step{as: "kader-melati", method: "GetCase", say: object{"name": "{growth}"}, must: []string{"CLOSED", `"closureReason":"MOVED"`, child}})
		p.quietly(step{as: "kader-melati", method: "ListCases", say: object{"closed": true}, must: []string{"MOVED"}})
		p.quietly(step{as: "kader-melati", method: "ListRoster", mustNot: []string{child}})
		p.quietly(step{as: "kader-melati", method: "ListTimeline", say: object{"name": "{growth}"}, must: []string{"close"}})
		p.quietly(step{as: "pendamping-uptd", method: "GetCase", say: object{"name": "{case}"}, must: []string{"HANDED_OVER", authority, village, story}})
		p.quietly(step{as: "pendamping-uptd", method: "AddNote", say: object{"name": "{case}", "text": "sudah sampai"}, want: "CASE_STATE"})
		p.quietly(step{as: "kepala-uptd", method: "ListCases", say: object{"closed": true}, must: []string{"{case}", "CLOSED"}})
	})
}

package server_test

import (
	"testing"
	"time"
)

// Scenario 1: a stunted child, routine. Three agencies carry her round, and the kader who weighed her sees where she is.
func TestAcceptance1TheStuntedChildGoesRoundAndComesHome(t *testing.T) {
	const (
		child, mother = "Neng Rahayu Lestari", "Cucum Sumiati"
		asked         = "mohon singkirkan penyakit lain"
		laboratory    = "Hb 9,1 dan feritin rendah"
		clinical      = "murmur jantung grade 2"
		told          = "PKMK tiga bulan"
		next          = "timbang lagi 1 Maret 2027"
	)
	overBothFaces(t, func(p *play) {
		girl := object{
			"name": child, "sex": "FEMALE", "birthDate": p.born(20), "nikAbsence": "NOT_SHOWN",
			"mother": object{"name": mother}, "address": object{"areaCode": "32.01.01.1006", "rt": "02", "rw": "05"},
		}
		p.hide(secret{
			from: []string{
				"bidan-citeureup", "kepala-citeureup", "pendamping-uptd", "peksos-dinsos", "tpk-cibinong", "polwan-ppa",
				"statistik-dinkes", "admin-kabupaten", "auditor", "penelaah",
			},
			words:  []string{child, mother, asked, laboratory, clinical, told, next},
			names:  []string{"case", "number", "task", "leg", "legNumber", "second", "back"},
			search: []object{{"name": child}, {"mother": mother}},
		})
		// The kader reads state, service and dates; her device learns of nothing clinical.
		p.hide(secret{from: []string{"kader-melati", "app-melati"}, words: []string{asked, laboratory, clinical, told, next, `"STUNTED"`, "stuntingDiagnosis", "CONFIRMED"}})
		p.hide(secret{from: []string{"app-melati"}, names: []string{"leg", "legNumber"}})
		// Who did not take the leg, and who only oversees it, knows no name.
		nameless := secret{words: []string{child, mother, asked, "{case}", "{number}", `"STUNTED"`}, names: []string{"case", "number"}}
		nameless.from = []string{"kepala-dinkes", "kepala-dp3ap2kb"}
		p.hide(nameless)
		nameless.from = []string{"kepala-rsud", "loket-rsud"}
		strange := p.hide(nameless)
		unaccepted := p.hide(secret{from: []string{"dokter-rsud"}, words: []string{child, mother, asked, "{case}", "{number}", `"STUNTED"`}})

		p.do(step{
			as: "app-melati", method: "FileReferral", say: object{
				"newPerson":    girl,
				"measurements": []object{{"measuredOn": p.day(0), "weightKg": 8.9, "lengthCm": 75.6, "position": "LYING", "statedTrend": "NOT_GAINED_TWICE"}},
				"legs":         []object{{"service": "NUTRITION_CONFIRMATION", "receiverUnit": "units/PKM-CIBINONG"}},
			},
			must:    []string{`"number":"R-`, `"inside":true`, `"dueTime"`, `"accountableUnit"`, "HFA_LOW", "TREND_2T"},
			mustNot: []string{`"person"`, `"case"`, child, mother},
		})
		p.quietly(step{
			as: "gizi-cibinong", method: "ListDuties", say: object{"scope": "UNIT"},
			must: []string{"FIRST_SERVICE", "NUTRITION_CONFIRMATION"}, mustNot: []string{child, mother},
		})
		p.quietly(step{as: "bidan-melati", method: "ListDuties", say: object{"scope": "ME"}, must: []string{"SCREEN"}, mustNot: []string{child, mother}})
		p.quietly(step{
			as: "gizi-cibinong", method: "ListCases", must: []string{child, mother, "CHILD_NUTRITION_RISK", "REPORTED"},
			keep: map[string]string{"case": "cases.0.name", "number": "cases.0.number"},
		})
		p.quietly(step{as: "gizi-cibinong", method: "GetCase", say: object{"name": "{case}"}, keep: map[string]string{"task": "tasks.0.name"}})
		p.quietly(step{as: "kader-melati", method: "ListRoster", must: []string{child, mother, "{case}"}})
		p.do(step{as: "gizi-cibinong", method: "ScreenCase", say: object{"name": "{case}"}, must: []string{"SCREENING", `"assess"`}})
		p.quietly(step{as: "gizi-cibinong", method: "AssessCase", say: object{"name": "{case}"}, want: "CONFIRMATION_MISSING"})
		p.do(step{
			as: "gizi-cibinong", method: "AddMeasurement", say: object{
				"name": "{case}", "measurement": object{"measuredOn": p.day(0), "weightKg": 8.9, "lengthCm": 75.8, "position": "LYING"},
			},
			must: []string{`"byHealthWorker":true`, `"STUNTED"`},
		})
		p.do(step{
			as: "gizi-cibinong", method: "AssessCase", say: object{"name": "{case}", "note": "TB/U rendah dua kali"},
			must: []string{"CHILD_STUNTING", "ASSESSMENT", `"DONE"`}, // the inside service is done by the measurement
		})
		p.do(step{
			as: "gizi-cibinong", method: "FileReferral", say: object{
				"case":        "{case}",
				"legs":        []object{{"service": "SPECIALIST_PEDIATRIC", "urgency": "ROUTINE", "receiverUnit": "units/RSUD-CIBINONG", "question": asked}},
				"disclosures": []object{{"basis": "CARE"}},
			},
			must: []string{`"state":"SENT"`, `"duty":"ACKNOWLEDGE"`, "Kartu JKN"},
			keep: map[string]string{"leg": "legs.0.referral", "legNumber": "legs.0.number"},
		})

		// Nobody at the hospital looks for three working days: one office above sees which unit sleeps, and no client.
		p.later(73 * time.Hour)
		late := p.quietly(step{
			as: "kepala-dp3ap2kb", method: "ListDuties", say: object{"scope": "OVERSEEN"},
			must: []string{"{legNumber}", "ACKNOWLEDGE", `"escalationLevel":3`, `"unit":"units/`, "remind"}, mustNot: []string{"clientSex", "AGE_0_5"},
		})
		everyDutyHasAUnit(t, late)
		p.do(step{
			as: "kepala-dp3ap2kb", method: "RemindReferral", say: object{"name": "{leg}", "reason": "tiga hari kerja tanpa jawaban dari rumah sakit"},
			mustNot: []string{"clientSex", "AGE_0_5"},
		})
		p.quietly(step{as: "dokter-rsud", method: "ListNotices", must: []string{"REMINDER", "{leg}"}})

		p.do(step{
			as: "dokter-rsud", method: "AcknowledgeReferral", say: object{"name": "{leg}"},
			must: []string{"ACKNOWLEDGED", `"DECIDE"`, "AGE_0_5", "FEMALE"},
		})
		unaccepted()
		p.do(step{
			as: "dokter-rsud", method: "AcceptReferral", say: object{"name": "{leg}"},
			must: []string{"ACCEPTED", child, mother, `"STUNTED"`, asked}, mustNot: []string{"{case}", "{number}"},
		})
		p.do(step{
			as: "dokter-rsud", method: "RecordProgress", say: object{"name": "{leg}", "kind": "SERVED", "note": clinical, "stuntingDiagnosis": "CONFIRMED"},
			must: []string{"IN_SERVICE", `"NOTE"`, "CONFIRMED"},
		})
		p.quietly(step{as: "gizi-cibinong", method: "CancelReferral", say: object{"name": "{leg}", "reason": "CLIENT_REQUEST"}, want: "REFERRAL_STATE", mustNot: []string{child}})
		p.do(step{as: "dokter-rsud", method: "ReportOutcome", say: object{"name": "{leg}", "outcome": "FULL", "summary": told}, must: []string{"REPORTED", "FULL"}})
		p.quietly(step{as: "gizi-cibinong", method: "ListDuties", say: object{"scope": "UNIT"}, must: []string{"{leg}", "CONFIRM"}})
		p.quietly(step{as: "gizi-cibinong", method: "ListNotices", must: []string{"LEG_CHANGED", "{leg}"}, mustNot: []string{child, mother, told, clinical}})
		p.quietly(step{as: "dokter-rsud", method: "ConfirmReferral", say: object{"name": "{leg}"}, want: "ACTION_NOT_ALLOWED"})
		p.do(step{
			as: "gizi-cibinong", method: "ConfirmReferral", say: object{"name": "{leg}"},
			must: []string{"CLOSED", told, clinical, "CONFIRMED"}, mustNot: []string{`"dueTime"`, `"accountableUnit"`},
		})
		p.quietly(step{as: "gizi-cibinong", method: "GetCase", say: object{"name": "{case}"}, must: []string{`"stuntingDiagnosis":"CONFIRMED"`}})
		p.quietly(step{as: "kader-melati", method: "GetCase", say: object{"name": "{case}"}, must: []string{"CHILD_STUNTING", "ASSESSMENT", child, `"dueTime"`}})
		p.quietly(step{as: "kader-melati", method: "GetReferral", say: object{"name": "{leg}"}, must: []string{"SPECIALIST_PEDIATRIC", "CLOSED", "FULL", `"reportTime"`}})
		p.hide(secret{from: []string{"dokter-rsud"}, words: []string{"{case}", "{number}"}})

		// From its own case the hospital sends her home.
		strange()
		p.do(step{
			as: "dokter-rsud", method: "FileReferral", say: object{
				"newPerson": girl, "newCase": object{"type": "CHILD_NUTRITION_RISK", "intakeChannel": "REFERRAL"}, "note": laboratory,
				"measurements": []object{{"measuredOn": p.day(0), "weightKg": 9.1, "lengthCm": 75.9, "position": "LYING"}},
				"legs":         []object{{"service": "GROWTH_FOLLOW_UP", "urgency": "ROUTINE", "receiverUnit": "units/POS-MELATI-3", "question": next}},
				"disclosures":  []object{{"basis": "CARE"}},
			},
			keep: map[string]string{"second": "case", "back": "legs.0.referral"},
		})
		p.quietly(step{
			as: "kader-melati", method: "GetReferral", say: object{"name": "{back}"},
			must: []string{"GROWTH_FOLLOW_UP", "SENT", `"dueTime"`}, mustNot: []string{child, mother},
		})
		p.do(step{as: "kader-melati", method: "AcknowledgeReferral", say: object{"name": "{back}"}, must: []string{"ACKNOWLEDGED"}})
		p.do(step{
			as: "bidan-melati", method: "AcceptReferral", say: object{"name": "{back}"},
			must: []string{"ACCEPTED", child, `"STUNTED"`, next}, mustNot: []string{"{second}"},
		})
		p.do(step{as: "bidan-melati", method: "RecordProgress", say: object{"name": "{back}", "kind": "SERVED"}, must: []string{"IN_SERVICE"}})
		p.do(step{as: "bidan-melati", method: "ReportOutcome", say: object{"name": "{back}", "outcome": "FULL", "summary": "berat naik"}, must: []string{"REPORTED"}})
		p.do(step{as: "dokter-rsud", method: "ConfirmReferral", say: object{"name": "{back}"}, must: []string{"CLOSED", "berat naik"}})
		for _, who := range []string{"gizi-cibinong", "kepala-cibinong", "bidan-melati", "dokter-rsud", "kepala-dinkes", "kepala-dp3ap2kb"} {
			for _, scope := range []string{"ME", "UNIT", "OVERSEEN"} {
				everyDutyHasAUnit(t, p.quietly(step{as: who, method: "ListDuties", say: object{"scope": scope}}))
			}
		}
	})
}

// everyDutyHasAUnit holds that somebody is answerable for each row, by a minute.
func everyDutyHasAUnit(t *testing.T, list reply) {
	t.Helper()
	rows, _ := list.value("duties").([]any)
	for _, row := range rows {
		if duty, _ := row.(map[string]any); duty["unit"] == nil || duty["dueTime"] == nil {
			t.Errorf("a duty without accountable unit or due time: %v", row)
		}
	}
}

package server_test

import (
	"testing"
	"time"
)

// Scenario 9: a pregnant girl of 17 at the screening of brides. Who registers marriages keeps a receipt; the protection unit has the
// case; the midwife has the pregnancy, the school office the girl, and neither what was done to her.
func TestAcceptance9TheBrideOfSeventeenIsProtectedAndNobodyElseReadsWhy(t *testing.T) {
	const (
		girl, father = "Nia Kurniasari", "Mamat Rohimat"
		story        = "dipaksa menikah setelah hamil"
		antenatal    = "hamil 20 minggu, mohon pemeriksaan kehamilan"
		school       = "mohon tetap bersekolah, kejar paket C"
	)
	overBothFaces(t, func(p *play) {
		everything := []string{girl, father, story, antenatal, school, "SEXUAL", "FORCED_MARRIAGE"}
		p.hide(secret{
			from: []string{
				"kader-melati", "bidan-citeureup", "tpk-cibinong", "dokter-rsud", "peksos-dinsos", "polwan-ppa",
				"terima-uptd", "lurah-pondok-rajeg", "statistik-dinkes", "admin-kabupaten", "auditor", "penelaah",
			},
			words: append([]string{"CHILD_VIOLENCE", "DOMESTIC_VIOLENCE"}, everything...),
			names: []string{"kua", "asked", "askedNumber", "case", "number", "person", "midwife", "office", "task"}, search: []object{{"name": girl}},
		})
		p.hide(secret{ // her own filing is a receipt to her: number and time
			from: []string{"terima-kua"}, words: append([]string{"CHILD_VIOLENCE", "COMPLAINT_HANDLING"}, everything...),
			names: []string{"kua", "case", "number", "person", "midwife", "office", "task"}, search: []object{{"name": girl}},
		})
		p.hide(secret{from: []string{"gizi-cibinong", "bidan-melati"}, words: everything, names: []string{"kua", "asked", "case", "number", "office"}})
		p.hide(secret{from: []string{"bidan-cibinong", "kepala-cibinong"}, words: []string{father, story, school, "SEXUAL", "FORCED_MARRIAGE"}, names: []string{"kua", "asked", "case", "number", "office"}})
		p.hide(secret{from: []string{"petugas-disdik", "kepala-disdik"}, words: []string{father, story, antenatal, "SEXUAL", "FORCED_MARRIAGE"}, names: []string{"kua", "asked", "case", "number", "midwife"}})
		unaccepted := p.hide(secret{from: []string{"pendamping-uptd", "kepala-uptd"}, words: []string{girl, father, story, "{kua}"}, names: []string{"kua"}})

		person := object{
			"name": girl, "sex": "FEMALE", "birthDate": "2009-05-14", "nikAbsence": "NOT_SHOWN",
			"address": object{"areaCode": "32.01.01.1006", "rt": "01", "rw": "07"},
		}
		incident := object{
			"occurredOn": p.day(-120), "forms": []string{"SEXUAL"}, "offences": []string{"FORCED_MARRIAGE"}, "place": "HOUSEHOLD", "chronology": story,
			"pairs": []object{{"perpetrator": father, "relation": "FATHER", "cohabiting": "YES"}},
		}
		p.do(step{
			as: "terima-kua", method: "FileReferral", say: object{
				"newPerson": person, "newCase": object{"type": "CHILD_VIOLENCE", "intakeChannel": "IN_PERSON"}, "incident": incident,
				"legs":        []object{{"service": "COMPLAINT_HANDLING", "urgency": "URGENT", "receiverUnit": "units/UPTD-PPA"}},
				"disclosures": []object{allowing(0, []string{"F0", "F1", "F2"}, "FORMS", "CHRONOLOGY", "PAIRS")},
			},
			must: []string{`"number":"R-`, `"recordTime"`}, mustNot: []string{`"person"`, `"case"`, `"legs"`, girl},
			keep: map[string]string{"askedNumber": "number"},
		})
		p.quietly(step{as: "penyuluh-kua", method: "ListCases", keep: map[string]string{"kua": "cases.0.name"}})
		p.quietly(step{
			as: "pendamping-uptd", method: "ListReferrals", say: object{"direction": "INBOX"}, must: []string{"COMPLAINT_HANDLING", "AGE_13_17"},
			keep: map[string]string{"asked": "referrals.0.name"},
		})
		p.eavesdrop()
		unaccepted()
		p.do(step{as: "pendamping-uptd", method: "AcceptReferral", say: object{"name": "{asked}"}, must: []string{"ACCEPTED", girl, story, "FORCED_MARRIAGE"}, mustNot: []string{"{kua}"}})

		p.do(step{
			as: "pendamping-uptd", method: "FileReferral", say: object{
				"newPerson": person, "newCase": object{"type": "CHILD_VIOLENCE", "intakeChannel": "REFERRAL"}, "incident": incident,
				"risk": object{"level": "MEDIUM"},
				"legs": []object{
					{"service": "MEDICAL_CARE", "urgency": "URGENT", "receiverUnit": "units/PKM-CIBINONG", "question": antenatal},
					{"service": "CHILD_EDUCATION", "urgency": "ROUTINE", "receiverUnit": "units/DISDIK", "question": school},
				},
				"disclosures": []object{allowing(0, []string{"F0", "F1", "F2"}, "QUESTION"), allowing(1, []string{"F0", "F1", "F2"}, "QUESTION")},
			},
			must: []string{`"state":"SENT"`},
			keep: map[string]string{"case": "case", "number": "caseNumber", "person": "person", "midwife": "legs.0.referral", "office": "legs.1.referral"},
		})
		held := p.quietly(step{
			as: "pendamping-uptd", method: "GetCase", say: object{"name": "{case}"}, must: []string{"POLICE_REPORT", `"kdrt":"YES"`},
			keep: map[string]string{"task": "tasks.0.name"},
		})
		due, err := time.Parse(time.RFC3339Nano, held.text("tasks.0.legalDueTime"))
		if wait := due.Sub(begin); err != nil || wait < 72*time.Hour || wait > 73*time.Hour {
			t.Errorf("the report to the police is due at %v, want 72 h after the filing: %s", due, held.Body)
		}
		p.do(step{as: "bidan-cibinong", method: "AcceptReferral", say: object{"name": "{midwife}"}, must: []string{"ACCEPTED", girl, antenatal}, mustNot: []string{"{case}"}})
		p.do(step{as: "petugas-disdik", method: "AcceptReferral", say: object{"name": "{office}"}, must: []string{"ACCEPTED", girl, school}, mustNot: []string{"{case}"}})
		p.quietly(step{as: "pendamping-uptd", method: "EndTask", say: object{"name": "{task}", "state": "NOT_DUE", "reason": "klien tidak mau"}, want: "ACTION_NOT_ALLOWED"})
		p.do(step{as: "pendamping-uptd", method: "EndTask", say: object{"name": "{task}", "state": "DONE", "reason": "LP diterima"}, must: []string{"DONE"}})
		p.do(step{
			as: "pendamping-uptd", method: "ReclassifyCase", say: object{"name": "{case}", "type": "DOMESTIC_VIOLENCE", "reason": "terlapor ayah kandung"},
			must: []string{"DOMESTIC_VIOLENCE", `"kdrt":"YES"`},
		})
		p.do(step{as: "pendamping-uptd", method: "RecordProgress", say: object{"name": "{asked}", "kind": "SERVED"}, must: []string{"IN_SERVICE"}})
		p.do(step{as: "pendamping-uptd", method: "ReportOutcome", say: object{"name": "{asked}", "outcome": "FULL"}, must: []string{"REPORTED"}})
	})
}

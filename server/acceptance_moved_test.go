package server_test

import (
	"sync"
	"testing"

	"github.com/sinergi-pug/sinergi/server"
)

// PC-10, what calls can see of it: an officer gives up her caseload, then moves to another unit. From each of the two on she sees
// nothing of what she had.
func TestAcceptanceWhoMovedToAnotherUnitSeesNothingOfTheOldOne(t *testing.T) {
	const first, second, third, story = "Rosita Hendrawati", "Kokom Komalasari", "Tini Hartini", "dilempar gelas sampai berdarah"
	overBothFaces(t, func(p *play) {
		for _, account := range []string{"bidan-cibinong", "gizi-cibinong", "kepala-cibinong"} {
			p.quietly(step{as: account, method: "WhoAmI", keep: map[string]string{account[:4] + "Account": "account"}})
		}
		names := map[string]string{"first": first, "second": second, "third": third}
		for word, name := range names {
			p.quietly(step{
				as: "kepala-cibinong", method: "FileReferral", say: object{
					"newPerson": object{"name": name, "sex": "FEMALE", "birthDate": "1992-04-04", "nikAbsence": "NOT_SHOWN", "address": object{"areaCode": "32.01.01.1006"}},
					"newCase":   object{"type": "DOMESTIC_VIOLENCE", "intakeChannel": "IN_PERSON"},
					"incident": object{
						"occurredOn": p.day(0), "forms": []string{"PHYSICAL"}, "place": "HOUSEHOLD", "chronology": story,
						"pairs": []object{{"perpetrator": "Suami " + name, "relation": "HUSBAND", "cohabiting": "YES"}},
					},
					"legs":        []object{{"service": "CASE_MANAGEMENT", "urgency": "URGENT", "receiverUnit": "units/UPTD-PPA"}},
					"disclosures": []object{allowing(0, []string{"F0", "F1", "F2"})},
				},
				keep: map[string]string{word: "case", word + "Number": "caseNumber", word + "Leg": "legs.0.referral", word + "LegNumber": "legs.0.number"},
			})
			p.quietly(step{as: "kepala-cibinong", method: "AssignCase", say: object{
				"name": "{" + word + "}", "officer": "{bidaAccount}", "release": "{kepaAccount}", "reason": "bidan mendampingi klien ini sejak awal kehamilan",
			}})
		}
		p.quietly(step{as: "bidan-cibinong", method: "ListCases", must: []string{first, second, third}})
		p.quietly(step{as: "bidan-cibinong", method: "ListReferrals", say: object{"direction": "OUTBOX"}, must: []string{"{firstLeg}", "{secondLeg}", "{thirdLeg}"}})

		p.hide(secret{
			from: []string{"bidan-cibinong"}, words: []string{first, second, third, story, "DOMESTIC_VIOLENCE"}, search: []object{{"name": "Rosita"}, {"name": second}},
			names: []string{"first", "second", "third", "firstNumber", "firstLeg", "secondLeg", "thirdLeg", "firstLegNumber"},
		})
		p.do(step{
			as: "kepala-cibinong", method: "TransferCaseload", say: object{
				"from": "{bidaAccount}", "to": []string{"{giziAccount}"}, "reason": "bidan pindah tugas ke Puskesmas Citeureup bulan ini",
			},
			must: []string{"{first}", "{second}", "{third}", "{giziAccount}"}, mustNot: []string{first, story},
		})
		p.quietly(step{as: "gizi-cibinong", method: "ListCases", must: []string{first, second, third}})
		p.quietly(step{as: "gizi-cibinong", method: "GetCase", say: object{"name": "{first}"}, must: []string{story, "{giziAccount}"}, mustNot: []string{"{bidaAccount}"}})

		p.hire(p.t, "bidan-cibinong,PERSON,Yayah Rohaeti,,WORKER,PKM-CITEUREUP,")
		token, _, err := server.IssueToken(t.Context(), p.served.Store, "bidan-cibinong", "PKM-CITEUREUP", 0)
		if err != nil {
			t.Fatal(err)
		}
		p.served.Tokens["bidan-cibinong"] = token
		p.eavesdrop()
	})
}

// TestAcceptanceHearsWhatLeaks switches the protection off: who is let in where the scenario says that nobody may be is heard.
func TestAcceptanceHearsWhatLeaks(t *testing.T) {
	overBothFaces(t, func(p *play) {
		leaks := map[string]int{}
		var heard sync.Mutex
		p.leak = func(format string, _ ...any) {
			heard.Lock()
			defer heard.Unlock()
			leaks[format]++
		}
		p.quietly(step{as: "app-melati", method: "FileReferral", say: object{
			"newPerson":    object{"name": childName, "sex": "FEMALE", "birthDate": p.born(20), "nikAbsence": "NOT_SHOWN"},
			"measurements": []object{{"measuredOn": p.day(0), "weightKg": 8.9, "lengthCm": 75.6, "position": "LYING"}},
		}})
		p.quietly(step{as: "bidan-melati", method: "ListCases", keep: map[string]string{"case": "cases.0.name"}})
		p.stays("gizi-cibinong", steady{method: "GetCase", say: object{"name": "{case}"}})
		p.hide(secret{from: []string{"gizi-cibinong"}, words: []string{childName, "{never}"}, names: []string{"case"}})
		p.quietly(step{as: "gizi-cibinong", method: "ScreenCase", say: object{"name": "{case}"}})
		p.finish()
		for _, want := range []string{
			"%s %s tells %q: %s", "%s %s of %s: %d %s, but of what never was: %d %s", "%s %s was %s, and now is %s", "the scenario hides %s and never had it",
		} {
			if leaks[want] == 0 {
				t.Errorf("nobody heard a leak of the kind %q", want)
			}
		}
		p.hidden, p.still = nil, nil
	})
}

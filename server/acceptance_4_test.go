package server_test

import (
	"bytes"
	"regexp"
	"testing"
)

// Scenario 4: a neighbour works in the unit. She is blocked from a child's case that she would otherwise see, and can tell it from
// nothing: not even from what she files for that child.
func TestAcceptance4TheNeighbourIsBlockedAndCannotTell(t *testing.T) {
	const (
		child, mother = "Ujang Ridwan Hakim", "Euis Sartika"
		neighboursNIK = "3201014507800003"
	)
	overBothFaces(t, func(p *play) {
		weighed := func(name, mother string, more object) object {
			say := object{
				"newPerson": object{
					"name": name, "sex": "MALE", "birthDate": p.born(14), "nikAbsence": "NOT_SHOWN",
					"mother": object{"name": mother}, "address": object{"areaCode": "32.01.01.1006", "rt": "04", "rw": "05"},
				},
				"measurements": []object{{"measuredOn": p.day(0), "weightKg": 7.4, "lengthCm": 72.0, "position": "LYING"}},
				"legs":         []object{{"service": "NUTRITION_CONFIRMATION", "receiverUnit": "units/PKM-CIBINONG"}},
			}
			for key, value := range more {
				say[key] = value
			}
			return say
		}
		p.hire(p.t, "kader-melati,PERSON,Enok Suryati,"+neighboursNIK+",INTAKE,POS-MELATI-3,")
		p.quietly(step{as: "app-melati", method: "FileReferral", say: weighed(child, mother, nil)})
		p.quietly(step{
			as: "bidan-melati", method: "ListCases", must: []string{child},
			keep: map[string]string{"case": "cases.0.name", "number": "cases.0.number"},
		})
		p.quietly(step{as: "bidan-melati", method: "GetCase", say: object{"name": "{case}"}, keep: map[string]string{"person": "client.name", "task": "tasks.0.name"}})

		// Before the block she sees the child, by each of her ways.
		p.quietly(step{as: "kader-melati", method: "GetCase", say: object{"name": "{case}"}, must: []string{child}})
		p.quietly(step{as: "kader-melati", method: "ListCases", must: []string{child}})
		p.quietly(step{as: "kader-melati", method: "ListRoster", must: []string{child}})
		p.quietly(step{as: "kader-melati", method: "SearchPersons", say: object{"name": child}, must: []string{child}})

		// Whoever works on the case blocks her on the family's word, and she is told of nothing.
		p.quietly(step{
			as: "bidan-melati", method: "AddBlock", must: []string{"blocks/", "bertetangga"},
			say:  object{"name": "{case}", "account": p.accountOf(p.t, "kader-melati"), "reason": "keluarga bertetangga dengan kader ini"},
			keep: map[string]string{"block": "name"},
		})
		p.quietly(step{as: "bidan-melati", method: "ListBlocks", say: object{"name": "{case}"}, must: []string{"bertetangga"}})
		from := len(p.entries())
		p.hide(secret{
			from: []string{"kader-melati"}, words: []string{child, mother}, names: []string{"case", "number", "person", "task", "block"},
			search: []object{{"name": child}, {"mother": mother}, {"name": "Ujang"}},
		})
		p.eavesdrop()

		// She files for that child and for one whom nobody knows, and cannot tell the one receipt from the other.
		same := object{"requestId": newID()}
		again := p.do(step{as: "kader-melati", method: "FileReferral", say: weighed(child, mother, same), must: []string{`"number":"R-`, `"inside":true`}})
		other := p.quietly(step{as: "kader-melati", method: "FileReferral", say: weighed("Dadang Kurnia", "Lina Marlina", nil)})
		if a, b := ownWords(again.Body), ownWords(other.Body); !bytes.Equal(a, b) {
			t.Errorf("the receipt for the child is %s, for another child %s", a, b)
		}
		if replay := p.quietly(step{as: "kader-melati", method: "FileReferral", say: weighed(child, mother, same)}); !bytes.Equal(replay.Body, again.Body) {
			t.Errorf("the same filing again: %s, first it was %s", replay.Body, again.Body)
		}
		p.kept["receipt"] = again.text("number")
		p.quietly(step{as: "bidan-melati", method: "GetCase", say: object{"name": "{case}"}, must: []string{child, mother}})
		p.quietly(step{as: "kader-melati", method: "ListRoster", must: []string{"Dadang Kurnia"}, mustNot: []string{child}})

		if refused := p.count(from, func(e entry) bool { return e.Rule == "R1" }); refused == 0 {
			t.Error("the journal does not keep for the reviewer what she tried")
		}
	})
}

var givenByServer = regexp.MustCompile(`[RK]-[0-9A-Z]{4}-[0-9A-Z]{2}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.]+Z`)

// ownWords is an answer without the numbers, ids and instants that the server gives.
func ownWords(body []byte) []byte { return givenByServer.ReplaceAll(body, []byte("…")) }

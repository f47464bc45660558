package server_test

import "testing"

// I11 of access.md: what protects somebody survives a copy to the other side and a new case of her record. Levels, blocks and withdrawals
// only add up.
func TestACopyLowersNothingDropsNoBlockAndRevivesNoConsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	head := w.call("kepala-cibinong", "GET", "/v1/accounts:whoAmI", nil).text("account")
	first := w.call("gizi-cibinong", "POST", "/v1/cases", object{"requestId": newID(), "newPerson": woman(), "newCase": object{"type": "FAMILY_STUNTING_RISK"}})
	first.expect(t, 200, nil, nil)
	name, person := first.text("name"), first.text("client.name")
	act := func(as, method string, body object) reply {
		t.Helper()
		body["requestId"] = newID()
		r := w.call(as, "POST", "/v1/"+method, body)
		r.expect(t, 200, nil, nil)
		return r
	}
	consent := act("gizi-cibinong", name+"/disclosures", object{"disclosure": object{
		"basis": "CONSENT", "giver": "SELF", "method": "SPOKEN", "explainedBy": "gizi", "purpose": "bantuan", "receiverUnits": []string{"units/DINSOS"},
		"classes": []string{"F0", "F1", "F2"},
	}})
	act("gizi-cibinong", consent.text("name")+":withdraw", object{})
	act("gizi-cibinong", name+":raiseLevel", object{"level": "L2", "reason": "suaminya mencari dia"})
	act("gizi-cibinong", name+":addBlock", object{"account": head, "reason": "kakak dari suaminya"})

	copied := act("gizi-cibinong", "referrals:file", object{
		"person": person, "newCase": object{"type": "DOMESTIC_VIOLENCE", "intakeChannel": "IN_PERSON"},
		"incident": object{"occurredOn": today(), "forms": []string{"PHYSICAL"}, "pairs": []object{{"perpetrator": villain, "relation": "HUSBAND"}}},
	}).text("case")
	next := act("gizi-cibinong", "referrals:file", object{"person": person, "newCase": object{"type": "FAMILY_STUNTING_RISK"}}).text("case")
	for _, c := range []struct{ name, level string }{{name, "L2"}, {copied, "L3"}, {next, "L2"}} {
		w.call("gizi-cibinong", "GET", "/v1/"+c.name, nil).expect(t, 200, []string{`"level":"` + c.level + `"`}, nil)
		sameButForDateAndID(t, "the blocked head reads", w.call("kepala-cibinong", "GET", "/v1/"+c.name, nil), w.call("kepala-cibinong", "GET", "/v1/cases/"+newID(), nil))
		w.call("kepala-cibinong", "GET", "/v1/cases", nil).expect(t, 200, nil, []string{c.name, "Tuti"})
	}
	for _, c := range []string{copied, next} {
		w.call("gizi-cibinong", "GET", "/v1/"+c+"/disclosures", nil).expect(t, 200, nil, []string{`"inForce":true`})
	}
	w.call("gizi-cibinong", "GET", "/v1/"+name+"/disclosures", nil).expect(t, 200, []string{"withdrawTime"}, []string{`"inForce":true`})
}

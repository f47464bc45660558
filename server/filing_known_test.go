package server_test

import "testing"

// Whoever files for somebody whom the register knows has not brought what stands in her record, and does not come to read it by that: not
// a kader for the day in which she may correct a filing, nor a colleague by becoming the officer of a new case.
func TestFilingForAKnownPersonOpensNothingOfHerRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secrets := []string{"Jalan Kenanga 7", "Suami Rahasia", "jangan menelepon ke rumah"}
	known := func(name, nik string) object {
		return object{
			"name": name, "sex": "FEMALE", "birthDate": "1994-02-11", "identifiers": []object{{"type": "NIK", "value": nik}},
			"address": object{"areaCode": "32.01.01.1006"},
		}
	}
	file := func(as string, person object) reply {
		return w.call(as, "POST", "/v1/referrals:file", object{"requestId": newID(), "newPerson": person, "newCase": object{"type": "FAMILY_STUNTING_RISK"}})
	}
	first := func(name, nik string) string {
		whole := known(name, nik)
		whole["address"] = object{"areaCode": "32.01.01.1006", "text": secrets[0]}
		whole["husband"], whole["safeContact"] = object{"name": secrets[1]}, object{"allowed": true, "channel": "PHONE", "instructions": secrets[2]}
		return file("gizi-cibinong", whole).text("case")
	}
	first("Tuti Alawiyah", "3201015102940003")
	file("kader-melati", known("Tuti Alawiyah", "3201015102940003")).expect(t, 200, nil, secrets)
	hers := w.call("kader-melati", "GET", "/v1/cases", nil)
	hers.expect(t, 200, []string{"FAMILY_STUNTING_RISK"}, secrets)
	w.call("kader-melati", "GET", "/v1/"+hers.text("cases.0.name"), nil).expect(t, 200, []string{"REPORTED"}, secrets)

	secret := first("Wati Sumarni", "3201015102940004")
	w.call("gizi-cibinong", "POST", "/v1/"+secret+":raiseLevel", object{"requestId": newID(), "level": "L2", "reason": "suaminya mencari dia"}).
		expect(t, 200, nil, nil)
	for _, as := range []string{"bidan-cibinong", "bidan-melati"} {
		filed := file(as, known("Wati Sumarni", "3201015102940004"))
		filed.expect(t, 200, nil, secrets)
		w.call(as, "GET", "/v1/"+filed.text("case"), nil).expect(t, 200, []string{`"level":"L2"`}, secrets)
		w.call("gizi-cibinong", "GET", "/v1/"+filed.text("case"), nil).expect(t, 200, secrets, nil) // who knows her goes on
	}
	own := file("gizi-cibinong", known("Wati Sumarni", "3201015102940004"))
	w.call("gizi-cibinong", "GET", "/v1/"+own.text("case"), nil).expect(t, 200, append([]string{`"level":"L2"`}, secrets...), nil)
}

package server_test

import "testing"

// The list of a weighing day holds the mother's name: who the father, the guardian or the husband is, a kader is not told.
func TestAKaderIsToldTheMothersNameAndNoOtherKins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := stuntedChild()
	person := body["newPerson"].(object)
	person["mother"], person["father"], person["guardian"] = object{"name": "Ibu Rahayu"}, object{"name": "Bapak Sarwono"}, object{"name": "Nenek Warsih"}
	filed := w.call("bidan-melati", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	path := "/v1/" + filed.text("case")
	w.call("bidan-melati", "GET", path, nil).expect(t, 200, []string{"Ibu Rahayu", "Bapak Sarwono", "Nenek Warsih"}, nil)
	for _, read := range []string{path, path + "/growthRecord", "/v1/" + filed.text("person"), "/v1/cases", "/v1/cases:roster"} {
		w.call("kader-melati", "GET", read, nil).expect(t, 200, []string{"Ibu Rahayu"}, []string{"Sarwono", "Warsih"})
	}
}

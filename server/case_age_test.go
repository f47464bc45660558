package server_test

import "testing"

// A child's monitoring ends on the fifth birthday, by the clock alone, and on no day before.
func TestMonitoringEndsOnTheFifthBirthday(t *testing.T) {
	t.Parallel()
	h := &hand{}
	h.set(t, "2026-02-18T10:00:00+07:00")
	w := timedWorld(t, h)
	w.at(t, h, "2026-02-18T10:00:00+07:00", "gizi-cibinong", "kepala-cibinong")
	body := stuntedChild()
	body["newPerson"].(object)["birthDate"] = "2021-03-20"
	body["measurements"] = []object{{"measuredOn": "2026-02-18", "weightKg": 17.5, "lengthCm": 108.5, "position": "STANDING"}}
	delete(body, "legs")
	filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	name := filed.text("case")
	w.call("gizi-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{"GROWTH_MONITORING"}, nil)
	for _, day := range []struct{ at, status string }{
		{"2026-02-18T12:00:00+07:00", "MONITORING"},
		{"2026-03-19T23:59:00+07:00", "MONITORING"},
		{"2026-03-20T00:01:00+07:00", "CLOSED"},
	} {
		w.at(t, h, day.at, "gizi-cibinong", "kepala-cibinong")
		w.sweep(t)
		w.sweep(t) // a second one finds nothing
		w.call("gizi-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{`"status":"` + day.status}, nil)
	}
	w.call("gizi-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{`"closureReason":"AGED_OUT"`}, []string{`"dueTime"`})
	w.call("gizi-cibinong", "GET", "/v1/"+name+"/timeline", nil).expect(t, 200, []string{"ageOut"}, nil)
	if n := w.count(0, func(e entry) bool { return e.Event.Name == "ageOut" && e.Origin == "timer" }); n != 1 {
		t.Errorf("%d entries of the end, want 1", n)
	}
	w.verified(t)
}

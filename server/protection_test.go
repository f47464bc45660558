package server_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// protectiveCalls are the acts on who may know of a case, by the path after its name.
var protectiveCalls = []struct {
	act  string
	body object
}{
	{"open", object{"reason": why30}},
	{"raiseLevel", object{"level": "L3", "reason": "klien takut"}},
	{"lowerLevel", object{"level": "L1", "reason": why30}},
	{"addBlock", object{"unit": "units/" + nobody, "reason": "ipar pelaku"}},
	{"seal", object{"reason": why30}},
	{"unseal", object{"reason": why30}},
	{"setHold", object{"orderNumber": "12/Pid.Sus/2026", "reason": why30}},
	{"liftHold", object{"orderNumber": "13/Pid.Sus/2026", "reason": why30}},
	{"copy", object{"requester": "SUBJECT", "reason": why30}},
}

var shortWords = map[string]string{"no": "ACTION_NOT_ALLOWED", "two": "AWAITING_SECOND"}

// What each act answers, by who asks, the level and the state of the case. What is not named is as if the case never was; "no" is
// ACTION_NOT_ALLOWED, "two" AWAITING_SECOND, another word the reason of a guard, which comes after access.
var protectiveAnswers = map[string]map[string]map[string]string{
	"L1": {
		"kepala-cibinong": {
			"open": "200", "raiseLevel": "200", "lowerLevel": "LEVEL_FLOOR", "addBlock": "UNIT_UNKNOWN", "seal": "CASE_STATE", "unseal": "CASE_STATE",
			"setHold": "two", "liftHold": "CASE_STATE", "copy": "two",
		},
		"bidan-cibinong": {"*": "no", "raiseLevel": "200", "addBlock": "UNIT_UNKNOWN"}, // its officer
		"gizi-cibinong":  {"*": "no"},
		"bidan-melati":   {"*": "no"}, // of the same register
	},
	"L2": {
		"kepala-cibinong": {
			"open": "200", "raiseLevel": "200", "lowerLevel": "200", "addBlock": "UNIT_UNKNOWN", "seal": "CASE_STATE", "unseal": "CASE_STATE",
			"setHold": "two", "liftHold": "CASE_STATE", "copy": "two",
		},
		"bidan-cibinong": {"*": "no", "raiseLevel": "200", "addBlock": "UNIT_UNKNOWN"},
		"gizi-cibinong":  {"*": "no"},
		"bidan-melati":   {"*": "no"},
	},
	"L3": {
		"kepala-cibinong": {
			"open": "200", "raiseLevel": "LEVEL_FLOOR", "lowerLevel": "200", "addBlock": "UNIT_UNKNOWN", "seal": "CASE_STATE", "unseal": "CASE_STATE",
			"setHold": "two", "liftHold": "CASE_STATE", "copy": "two",
		},
		"bidan-cibinong": {"*": "no", "raiseLevel": "LEVEL_FLOOR", "addBlock": "UNIT_UNKNOWN"},
	},
	"closed": { // at L1
		"kepala-cibinong": {
			"open": "200", "raiseLevel": "200", "lowerLevel": "no", "addBlock": "UNIT_UNKNOWN", "seal": "two", "unseal": "CASE_STATE",
			"setHold": "two", "liftHold": "CASE_STATE", "copy": "two",
		},
		"bidan-cibinong": {"*": "no", "raiseLevel": "200", "addBlock": "UNIT_UNKNOWN"},
		"gizi-cibinong":  {"*": "no"},
		"bidan-melati":   {"*": "no"},
	},
	"sealed": {
		"kepala-cibinong": {"unseal": "two", "setHold": "two", "liftHold": "CASE_STATE"},
	},
}

// inState is a child's case of which bidan-cibinong is the officer.
func (w *world) inState(t *testing.T, state string) string {
	t.Helper()
	name := "Anak " + newID()[:8]
	w.weighed(t, "bidan-cibinong", name, "Ibu "+name, 14, map[int]float64{1: 9})
	k := w.caseOf(t, name)
	switch state {
	case "L2", "L3":
		w.post("bidan-cibinong", k+":raiseLevel", object{"level": state, "reason": "klien takut"}).expect(t, 200, []string{state}, nil)
	case "closed", "sealed":
		w.post("kepala-cibinong", k+":close", object{"reason": "ENTERED_IN_ERROR", "summary": "salah catat"}).expect(t, 200, []string{"CLOSED"}, nil)
	}
	if state == "sealed" {
		w.sealed(t, k)
	}
	return k
}

// sealed seals a case by two persons.
func (w *world) sealed(t *testing.T, k string) {
	t.Helper()
	approval := w.post("kepala-cibinong", k+":seal", object{"reason": why30}).awaited(t)
	w.post("penelaah", approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, nil)
}

func TestWhoMayProtectACase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	t.Run("states", func(t *testing.T) {
		for _, state := range slices.Sorted(maps.Keys(protectiveAnswers)) {
			t.Run(state, func(t *testing.T) {
				t.Parallel()
				w.protects(t, state)
			})
		}
	})
	w.verified(t)
}

func (w *world) protects(t *testing.T, state string) {
	people := []string{"dokter-rsud", "penelaah", "admin-kabupaten", "kader-melati", "bidan-melati", "gizi-cibinong", "bidan-cibinong", "kepala-cibinong"}
	if state == "L3" {
		people = append([]string{"kepala-rsud", "kepala-dinkes", "auditor", "statistik-dinkes", "app-melati"}, people...)
	}
	for _, call := range protectiveCalls {
		k := w.inState(t, state)
		for _, who := range people { // who may nothing comes first
			want, named := protectiveAnswers[state][who][call.act]
			if !named {
				want = protectiveAnswers[state][who]["*"]
			}
			if who == "kepala-cibinong" && protectiveAnswers[state]["bidan-cibinong"][call.act] == "200" {
				k = w.inState(t, state) // as it was before the officer's act
			}
			got := w.post(who, k+":"+call.act, maps.Clone(call.body))
			what := state + " " + who + " " + call.act
			switch want {
			case "":
				sameButForDateAndID(t, what, got, w.post(who, "cases/"+newID()+":"+call.act, maps.Clone(call.body)))
			case "200":
				if got.Status != 200 {
					t.Errorf("%s: %s", what, got.Body)
				}
			default:
				if word, short := shortWords[want]; short {
					want = word
				}
				if got.Status == 200 || !strings.Contains(string(got.Body), `"`+want+`"`) {
					t.Errorf("%s: %s, want %s", what, got.Body, want)
				}
			}
		}
	}
}

func TestOpenShowsTheHeadAllOnceAndTheClientIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.survivorCase(t)
	f4 := []string{chronology, villain}
	w.call("kepala-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{survivor, `"open"`, `"copy"`, `"addBlock"`}, f4)
	say := object{"requestId": newID(), "reason": why30}
	opened := w.post("kepala-cibinong", k+":open", say)
	opened.expect(t, 200, append([]string{survivor}, f4...), nil)
	w.call("kepala-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{survivor}, f4)
	if again := w.post("kepala-cibinong", k+":open", say); string(again.Body) != string(opened.Body) {
		t.Errorf("the same request again: %s", again.Body)
	}
	w.post("kepala-cibinong", k+":open", object{"reason": "ingin tahu"}).expect(t, 400, []string{"INVALID_FIELD"}, f4)
	w.post("kepala-cibinong", k+":open", object{"reason": strings.Repeat(" ", 40)}).expect(t, 400, []string{"REASON_REQUIRED"}, f4)
	for _, e := range w.entries() {
		if e.Action == "case.open" && (e.Rule != "A8b" || e.Mask == 0 || e.Reason == [32]byte{}) {
			t.Errorf("the entry of the look lacks its reason or what was shown: %+v", e)
		}
	}
	w.verified(t)
}

// Raising takes from many what they read, and the chain of health care its basis; the legs stay. Lowering gives no basis back.
func TestARaisedCaseLeavesTheListsAndTheChainOfCare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, k := w.sendToHospital(t)
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, []string{childName}, nil)
	w.call("bidan-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{childName}, nil)
	raised := w.post("gizi-cibinong", k+":raiseLevel", object{"level": "L2", "reason": "ayahnya mengancam"})
	raised.expect(t, 200, []string{`"level":"L2"`}, nil)
	w.call("dokter-rsud", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED"}, []string{childName})
	w.call("bidan-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, nil, []string{childName})
	w.call("dokter-rsud", "GET", "/v1/notices", nil).expect(t, 200, []string{"CONSENT_ENDED"}, []string{childName})
	w.call("kepala-cibinong", "GET", "/v1/"+k+"/timeline", nil).expect(t, 200, []string{"raiseLevel", `"state":"L2"`}, []string{"mengancam"})

	w.post("gizi-cibinong", k+":lowerLevel", object{"level": "L1", "reason": why30}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
	stale := raised.text("etag")
	w.post("kepala-cibinong", k+":lowerLevel", object{"level": "L1", "reason": why30, "etag": "v1"}).expect(t, 409, []string{"ETAG_MISMATCH"}, nil)
	w.post("kepala-cibinong", k+":lowerLevel", object{"level": "L1", "reason": why30, "etag": stale}).expect(t, 200, []string{`"level":"L1"`}, nil)
	w.call("dokter-rsud", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED"}, []string{childName})
	w.call("bidan-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{childName}, nil)

	violence := w.survivorCase(t)
	w.post("kepala-cibinong", violence+":lowerLevel", object{"level": "L1", "reason": why30}).expect(t, 400, []string{"LEVEL_FLOOR"}, nil)
	w.post("kepala-cibinong", violence+":lowerLevel", object{"level": "L2", "reason": why30}).expect(t, 200, []string{`"level":"L2"`}, nil)
	w.verified(t)
}

func TestASealedCaseIsAsIfItNeverWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.inState(t, "closed")
	number := w.call("kepala-cibinong", "GET", "/v1/"+k, nil).text("number")
	say := object{"requestId": newID(), "reason": why30}
	approval := w.post("kepala-cibinong", k+":seal", say).awaited(t)
	w.post("penelaah", approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, nil)
	// She who sealed it is told so again, and nothing of what is under the seal.
	w.post("kepala-cibinong", k+":seal", say).expect(t, 200, nil, []string{"GROWTH_MONITORING", "officers"})
	for _, who := range []string{"kepala-cibinong", "bidan-cibinong", "penelaah", "dokter-rsud"} {
		for _, name := range []string{k, "cases/" + number} {
			sameButForDateAndID(t, who+" "+name, w.call(who, "GET", "/v1/"+name, nil), w.call(who, "GET", "/v1/"+neverWas(name), nil))
		}
		w.call(who, "GET", "/v1/cases?closed=true", nil).expect(t, 200, nil, []string{k})
	}
	w.call("kepala-cibinong", "GET", "/v1/notices", nil).expect(t, 200, []string{"PROTECTION_CHANGED", "APPROVAL_DECIDED"}, nil)

	// The reviewer is shown what she is to judge, though the case is under seal.
	approval = w.post("kepala-cibinong", k+":unseal", object{"reason": why30}).awaited(t)
	w.call("penelaah", "GET", "/v1/approvals", nil).expect(t, 200, []string{approval, "case.unseal", why30, k}, nil)
	w.post("penelaah", approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, nil)
	w.call("kepala-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{"CLOSED"}, nil)
	w.verified(t)
}

func TestNobodyErasesWhatAnOrderHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.inState(t, "closed")
	person := w.personOf(t, "kepala-cibinong", k)
	two := func(path string, body object) {
		t.Helper()
		approval := w.post("kepala-cibinong", path, body).awaited(t)
		w.post("penelaah", approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, nil)
	}
	two(k+":setHold", object{"orderNumber": "12/Pid.Sus/2026", "reason": why30})
	w.post("kepala-cibinong", k+":setHold", object{"orderNumber": "14/2026", "reason": why30}).expect(t, 400, []string{"LEGAL_HOLD"}, nil)
	w.post("kepala-cibinong", person+":erase", object{"reason": why30}).expect(t, 400, []string{"LEGAL_HOLD"}, nil)
	two(k+":liftHold", object{"orderNumber": "13/Pid.Sus/2026", "reason": why30})

	// Asked for, then held: the second person's yes comes too late.
	late := w.post("kepala-cibinong", person+":erase", object{"reason": why30}).awaited(t)
	two(k+":setHold", object{"orderNumber": "15/2026", "reason": why30})
	w.post("penelaah", late+":approve", nil).expect(t, 400, []string{"APPROVAL_STATE"}, []string{"LEGAL_HOLD"})
	two(k+":liftHold", object{"orderNumber": "16/2026", "reason": why30})

	say := object{"requestId": newID(), "reason": why30}
	yes := object{"requestId": newID()}
	approval := w.post("kepala-cibinong", person+":erase", say).awaited(t)
	for _, who := range []string{"bidan-cibinong", "gizi-cibinong", "kepala-rsud", "penelaah", "admin-kabupaten"} {
		if got := w.post(who, person+":erase", object{"reason": why30}); got.Status == 200 || got.reason() == "AWAITING_SECOND" {
			t.Errorf("%s may erase: %s", who, got.Body)
		}
	}
	w.post("penelaah", approval+":approve", yes).expect(t, 200, []string{"APPROVED"}, nil)
	for range 2 {
		w.post("kepala-cibinong", person+":erase", say).expect(t, 200, []string{"eraseTime"}, []string{k, person})
		w.post("penelaah", approval+":approve", yes).expect(t, 200, []string{"APPROVED"}, []string{k, person, why30})
	}
	for _, name := range []string{k, person, approval} {
		path := "/v1/" + name
		if strings.HasPrefix(name, "approvals/") {
			sameButForDateAndID(t, name, w.post("penelaah", name+":approve", nil), w.post("penelaah", neverWas(name)+":approve", nil))
			continue
		}
		sameButForDateAndID(t, name, w.call("kepala-cibinong", "GET", path, nil), w.call("kepala-cibinong", "GET", "/v1/"+neverWas(name), nil))
	}
	for _, who := range []string{"kepala-cibinong", "penelaah"} {
		w.call(who, "GET", "/v1/notices", nil).expect(t, 200, []string{"PROTECTION_CHANGED"}, []string{k, person, approval})
		w.call(who, "GET", "/v1/approvals?ended=true", nil).expect(t, 200, nil, []string{approval, person})
	}
	open := w.inState(t, "L1")
	w.post("kepala-cibinong", w.personOf(t, "kepala-cibinong", open)+":erase", object{"reason": why30}).expect(t, 400, []string{"CASE_STATE"}, nil)
	w.verified(t)
}

func TestTheCopyIsTheClientsAndNotHerAbusers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.survivorCase(t)
	say := object{"requestId": newID(), "requester": "SUBJECT", "reason": why30}
	approval := w.post("kepala-cibinong", k+":copy", say).awaited(t)
	secrets := []string{survivor, villain, chronology}
	w.post("penelaah", approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, secrets)
	copied := w.post("kepala-cibinong", k+":copy", say)
	copied.expect(t, 200, append([]string{"accesses", "SUPERVISOR", "createTime"}, secrets...), []string{"allowedActions"})
	w.call("kepala-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{survivor}, []string{chronology})

	// A child's case: her father is her guardian, and is named.
	body := survivorFiling()
	body["requestId"], body["newCase"] = newID(), object{"type": "CHILD_VIOLENCE"}
	delete(body, "legs")
	delete(body, "disclosures")
	child := body["newPerson"].(object)
	child["birthDate"], child["identifiers"] = birthDate(100), []object{}
	delete(child, "ageYears")
	delete(child, "husband")
	child["guardian"] = object{"name": villain}
	filed := w.post("bidan-cibinong", "referrals:file", body)
	filed.expect(t, 200, []string{"cases/"}, nil)
	refused := w.post("kepala-cibinong", filed.text("case")+":copy", object{"requester": "GUARDIAN", "reason": why30})
	refused.expect(t, 400, []string{"COPY_REFUSED"}, []string{villain})
	w.post("kepala-cibinong", filed.text("case")+":copy", object{"requester": "SUBJECT", "reason": why30}).awaited(t)
	byRule := w.count(0, func(e entry) bool { return e.Rule == "G2" && e.Outcome == "INVALID" })
	if byRule != 1 {
		t.Errorf("%d entries of G2, want 1", byRule)
	}
	w.verified(t)
}

// While an exception waits for her, the reviewer may protect the case it is on, and reads no more of it than before.
func TestTheReviewerOfAnExceptionMayProtectItsCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.survivorCase(t)
	w.post("kepala-cibinong", k+":lowerLevel", object{"level": "L2", "reason": why30}).expect(t, 200, nil, nil)
	block := object{"unit": "units/RSUD-CIBINONG", "reason": "ipar pelaku bekerja di sana"}
	sameButForDateAndID(t, "nothing waits", w.post("penelaah", k+":addBlock", maps.Clone(block)), w.post("penelaah", "cases/"+newID()+":addBlock", maps.Clone(block)))
	w.post("bidan-cibinong", k+"/disclosures", object{"disclosure": object{
		"basis": "X2", "reason": "Pelaku mengancam membunuh malam ini dan menunggu di depan rumah.", "receiverUnits": []string{"units/POLRES-PPA"},
	}}).expect(t, 200, nil, nil)
	hers := []string{survivor, villain, chronology, "ipar pelaku"}
	w.post("penelaah", k+":addBlock", maps.Clone(block)).expect(t, 200, []string{"blocks/"}, append([]string{"units/"}, hers...))
	w.post("penelaah", k+":raiseLevel", object{"level": "L3", "reason": "terlalu banyak yang tahu"}).expect(t, 200, []string{`"level":"L3"`}, hers)
	w.post("penelaah", k+":lowerLevel", object{"level": "L2", "reason": why30}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, hers)
	w.call("kepala-cibinong", "GET", "/v1/notices", nil).expect(t, 200, []string{"PROTECTION_CHANGED"}, hers)
	w.verified(t)
}

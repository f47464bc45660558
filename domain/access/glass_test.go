package access

import "testing"

// TestTheSecondSignatureOfAGlassIsTakenIntoNoAct: it was given for reading, and would else stand for the second person of any act.
func TestTheSecondSignatureOfAGlassIsTakenIntoNoAct(t *testing.T) {
	f := Facts{
		Active: true, Role: Supervisor, Sector: Health, Level: L3, State: Open, MFA: MFARecent, Relations: Owner | BreakGlass, Cond: Cosigned | HasReason,
	}
	if d := Decide(f.Doing(Read)); !d.Grant.Shows(F4) {
		t.Errorf("the read shows %b", d.Grant.Mask())
	}
	for _, act := range []Action{BlockRemove, CaseSeal, CaseErase, HoldLegal, SubjectCopy} {
		if d := Decide(f.Doing(act)); d.Outcome != Await {
			t.Errorf("%s by one person: %s", act, d.Outcome)
		}
		careless := f
		careless.Action = act
		if d := Decide(careless); !d.Allowed() { // without Doing it would stand for the second person
			t.Errorf("the control %s: %s", act, d.Outcome)
		}
	}
}

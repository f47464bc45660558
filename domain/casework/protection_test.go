package casework

import (
	"errors"
	"testing"
	"time"
)

func TestLevelsRiseFreelyAndFallToTheFloorAlone(t *testing.T) {
	for kind := range caseTypeLabels {
		for _, from := range []Level{L1, L2, L3} {
			for _, to := range []Level{L1, L2, L3, "", "L4", "L0"} {
				c := Case{Type: kind, Level: from}
				raised, up := c.Raise(to)
				lowered, down := c.Lower(to)
				known := to == L1 || to == L2 || to == L3
				mayRise, mayFall := known && to > from, known && to < from && (to != L1 || !kind.IsViolence())
				if (up == nil) != mayRise || (down == nil) != mayFall {
					t.Errorf("%s from %s to %q: raised %v, lowered %v", kind, from, to, up, down)
				}
				if up == nil && raised.Level != to || down == nil && lowered.Level != to || up != nil && raised.Level != from || down != nil && lowered.Level != from {
					t.Errorf("%s from %s to %q: %s, %s", kind, from, to, raised.Level, lowered.Level)
				}
			}
		}
	}
}

func TestOnlyAClosedCaseIsSealed(t *testing.T) {
	for _, c := range []struct {
		name             string
		is               Case
		sealed, unsealed bool
	}{
		{"open", Case{Status: StatusInService}, false, false},
		{"closed", Case{Status: StatusClosed}, true, false},
		{"sealed", Case{Status: StatusClosed, Sealed: true}, false, true},
	} {
		s, err := c.is.Seal()
		if (err == nil) != c.sealed || err == nil && !s.Sealed {
			t.Errorf("a case that is %s: seal %v", c.name, err)
		}
		u, err := c.is.Unseal()
		if (err == nil) != c.unsealed || err == nil && u.Sealed {
			t.Errorf("a case that is %s: unseal %v", c.name, err)
		}
	}
}

func TestAnApprovalEndsOnceAndByItselfAfterADay(t *testing.T) {
	at := time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC)
	a := Approval{State: ApprovalWaiting, Created: at, Expires: at.Add(ApprovalTime)}
	last := a.Expires.Add(-1)
	yes, err := a.End(ApprovalApproved, AccountID{1}, last)
	if err != nil || yes.State != ApprovalApproved || yes.DecidedBy != (AccountID{1}) {
		t.Errorf("in its last instant: %s, %v", yes.State, err)
	}
	for _, late := range []struct {
		of    Approval
		state ApprovalState
	}{{a, ApprovalLapsed}, {yes, ApprovalApproved}} {
		_, err := late.of.End(ApprovalRefused, AccountID{2}, a.Expires)
		told, ok := errors.AsType[*Error](err)
		if !ok || told.Reason != "APPROVAL_STATE" || told.Meta["state"] != string(late.state) {
			t.Errorf("after its time: %v, want APPROVAL_STATE %s", err, late.state)
		}
	}
	if lapsed, err := a.End(ApprovalLapsed, AccountID{}, a.Expires); err != nil || lapsed.State != ApprovalLapsed {
		t.Errorf("the sweep: %s, %v", lapsed.State, err)
	}
	if d := a.Duty(UnitID{2}); d.Level(last) != 0 || d.Due != a.Expires || d.Kind != OnApproval {
		t.Errorf("its duty: %+v", d)
	}
}

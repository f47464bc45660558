package casework

import (
	"testing"
	"time"
)

// A state of the model is a leg without its instants: whether they are set is all that the machine asks. The basis may be in force
// or not, whoever renews or withdraws it being a person too.
type modelState struct {
	leg   Referral
	basis bool
}

// modelKey is what the machine asks of a leg: fields by value, instants by whether they are set.
type modelKey struct {
	state                                                 ReferralState
	rounds, reopens, hop                                  int
	emergency, basis, unconfirmed, served                 bool
	acknowledged, answered, accepted, reported, appointed bool
	officer                                               AccountID
	outcome                                               Outcome
	declined                                              DeclineReason
}

func (s modelState) key() modelKey {
	l := s.leg
	return modelKey{
		l.State, l.InfoRounds, l.Reopens, l.Hop, l.Urgency == Emergency, s.basis, l.Unconfirmed, l.ServedOn != 0,
		!l.Acknowledged.IsZero(), !l.Answered.IsZero(), !l.Accepted.IsZero(), !l.Reported.IsZero(), !l.Appointment.IsZero(),
		l.Officer, l.Outcome, l.DeclineReason,
	}
}

// Invariant 4, breadth first: from every open state that can be reached, with or without a basis, by sweeps and silence too, some
// acts of persons end the chain. A leg that is handed on is no end: its next leg begins where this model begins.
func TestFromEveryReferralStatePersonsCanReachAnEnd(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	states := map[modelKey]modelState{}
	var queue []modelState
	for _, urgency := range []Urgency{Emergency, Routine} {
		for _, hop := range []int{0, maxHops} {
			leg := legIn(Sent)
			leg.Urgency, leg.Hop = urgency, hop
			queue = append(queue, modelState{leg, true})
		}
	}
	cameFrom := map[modelKey][]modelKey{} // by a person's act
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		if _, seen := states[s.key()]; seen {
			continue
		}
		states[s.key()] = s
		if s.leg.State.IsFinal() {
			continue // a final leg takes no event: the histories hold that
		}
		reach := func(next modelState, byPerson bool) {
			queue = append(queue, next)
			if byPerson {
				cameFrom[next.key()] = append(cameFrom[next.key()], s.key())
			}
		}
		reach(modelState{s.leg, !s.basis}, true) // renewed; and expired, which takes nobody's way out
		for _, a := range modelActs(s.basis) {
			if next, change, err := a.do(s.leg, now); err == nil && !change.Implied {
				reach(modelState{next, s.basis}, a.by != ByServer)
			}
		}
	}
	ends := map[modelKey]bool{}
	var back []modelKey
	for key, s := range states {
		if s.leg.State == Closed || s.leg.State == Cancelled {
			back = append(back, key)
		}
	}
	for len(back) > 0 {
		key := back[0]
		back = back[1:]
		if !ends[key] {
			ends[key] = true
			back = append(back, cameFrom[key]...)
		}
	}
	open := 0
	for key, s := range states {
		if !s.leg.State.IsFinal() {
			open++
			if !ends[key] {
				t.Errorf("no way out of %+v", key)
			}
		}
	}
	if open < 100 {
		t.Errorf("the model reached only %d open states: it looks at too little", open)
	}
	t.Logf("%d states, %d of them open", len(states), open)
}

// modelActs are the acts that change nothing before they act; without a basis in force those that need one are done as the server
// would do them, and fail.
func modelActs(basis bool) []act {
	var all []act
	for _, a := range historic {
		switch {
		case basis:
		case a.event == EventAccept:
			a, _ = actOf(EventAccept, "no basis")
		case a.event == EventRecordProgress:
			a, _ = actOf(EventRecordProgress, "SERVED no basis")
		}
		all = append(all, a)
	}
	for _, name := range []string{"by receiver", "by sender"} {
		if !basis {
			name += " no basis"
		}
		a, _ := actOf(EventForward, name)
		all = append(all, a)
	}
	return all
}

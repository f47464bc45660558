package casework

import (
	"strings"
	"time"
)

// Owed is the duty of an open leg: whose, what, from when.
type Owed struct {
	Name       DutyName
	ByReceiver bool // else by the return unit
	Start      time.Time
	Waiting    bool // for the leg that is to be served first: due by StartWaiting instead of the table
}

// Earlier is what has become of the leg that another one waits for (its After), with the legs that follow it in its chain.
type Earlier struct {
	Waited bool      // there is one
	Served time.Time // when the first service there was recorded; zero: not yet
	Ended  time.Time // when the chain ended; zero: it is open
}

// over is the instant from which the later leg counts, zero while it has to wait.
func (e Earlier) over() time.Time {
	if !e.Served.IsZero() {
		return e.Served
	}
	return e.Ended
}

// Owes tells what is owed in the state that an event has just given; ok is false for a final leg. ACKNOWLEDGE, DECIDE and
// FIRST_SERVICE count from the sending, or from the answer to the receiver's question, so that a late yes wins no time; after a
// reopening from it.
func (r Referral) Owes(earlier Earlier, now time.Time) (owed Owed, ok bool) {
	switch r.State {
	case Sent:
		return Owed{Name: DutyAcknowledge, ByReceiver: true, Start: r.Sent}, true
	case Acknowledged:
		return Owed{Name: DutyDecide, ByReceiver: true, Start: r.counts()}, true
	case NeedsInfo:
		return Owed{Name: DutyAnswer, Start: now}, true
	case Accepted:
		return r.owesService(earlier, now), true
	case InService:
		return Owed{Name: DutyNote, ByReceiver: true, Start: now}, true
	case Reported:
		return Owed{Name: DutyConfirm, Start: now}, true
	case Declined:
		return Owed{Name: DutyReroute, Start: now}, true
	}
	return Owed{}, false
}

// counts is the instant from which the receiver's time to decide and to serve runs.
func (r Referral) counts() time.Time {
	start := r.Sent
	for _, t := range [...]time.Time{r.Answered, r.Reopened} {
		if t.After(start) {
			start = t
		}
	}
	return start
}

// owesService is FIRST_SERVICE. One that follows another service waits for it, and begins when that one does, or has ended without.
func (r Referral) owesService(earlier Earlier, now time.Time) Owed {
	owed := Owed{Name: DutyFirstService, ByReceiver: true, Start: r.counts()}
	switch over := earlier.over(); {
	case !earlier.Waited:
	case over.IsZero():
		owed.Start, owed.Waiting = now, true
	case over.After(owed.Start):
		owed.Start = over
	}
	return owed
}

// OwesAfter is Owes with what a progress entry changes: a waiting list is reviewed, an appointment attended, a client who did not
// come sought again. A contact attempt renews nothing.
func (r Referral) OwesAfter(p Progress, now time.Time) (owed Owed, renewed bool) {
	switch p.Kind {
	case ProgressWaitlisted:
		return Owed{Name: DutyReview, ByReceiver: true, Start: now}, true
	case ProgressScheduled:
		return Owed{Name: DutyAttend, ByReceiver: true, Start: p.Appointment}, true
	case ProgressNoShow:
		return Owed{Name: DutyRecontact, ByReceiver: true, Start: now}, true
	case ProgressServed, ProgressNote:
		return Owed{Name: DutyNote, ByReceiver: true, Start: now}, true
	}
	return Owed{}, false
}

// Waits tells whether the duty is that of a leg which waits for another.
func (d Duty) Waits() bool { return strings.HasSuffix(d.Rule, "/AFTER") }

package casework

import (
	"slices"
	"time"
)

// Forwarding is what a forward names, and what is known of the unit that the client is sent on to.
type Forwarding struct {
	ID               LegID  // of the leg that follows
	Number           string // of it
	Receiver         UnitID
	ReceiverRegister UnitID
	Disclosure       DisclosureID
	Question         string
	OverrideReason   string

	Known          Filing   // guards of a filing, of the new receiver; BasisValid: a disclosure in force already names it
	Run            []UnitID // registers of the receivers since the sender last chose, this one's included
	DeclinedBefore bool     // the unit has declined in this chain
	Next           UnitID   // receiver of the leg that already follows; zero: none does
}

// Forward ends the leg and makes the next: same case, service, urgency, chain and sender. A receiver that has accepted hands the
// client on within what she agreed to, a few times and never in a circle; after a decline the sender chooses afresh.
func (r Referral) Forward(f Forwarding, by Party, now time.Time) (ended, next Referral, change Change, err error) {
	if r.State == Forwarded && f.Next == f.Receiver {
		ended, change, err = r.implied(EventForward)
		return ended, Referral{}, change, err
	}
	before := r.State
	if err = r.step(EventForward, by); err != nil {
		return r, Referral{}, Change{}, err
	}
	next = r.following(f, by)
	if err = r.mayForward(next, f, by); err != nil {
		return r, Referral{}, Change{}, err
	}
	next.State, next.Sent = Sent, now
	r.State, r.Ended = Forwarded, now
	return r, next, r.done(EventForward, before), nil
}

// following is the leg that takes this one's place. What it was asked stays with it unless the sender asks anew; what was answered
// and reported stays behind, for another unit reads on a basis of its own.
func (r Referral) following(f Forwarding, by Party) Referral {
	next := Referral{
		ID: f.ID, Number: f.Number, Case: r.Case, Root: r.Root, Previous: r.ID, After: r.After, FiledBy: r.FiledBy,
		Sender: r.Sender, SenderRegister: r.SenderRegister, Receiver: f.Receiver, ReceiverRegister: f.ReceiverRegister,
		Service: r.Service, Urgency: r.Urgency, Disclosure: f.Disclosure,
		Request: LegRequest{Question: f.Question, OverrideReason: f.OverrideReason},
	}
	if next.Request.Question == "" {
		next.Request.Question = r.Request.Question
	}
	if by == ByReceiver {
		next.Hop, next.ForwardedBy = r.Hop+1, r.Receiver
	}
	return next
}

// mayForward: handed on by a receiver, a client is never passed in a circle; re-routed by the sender, never to who has just said
// no without a reason. Then the guards of any filing.
func (r Referral) mayForward(next Referral, f Forwarding, by Party) error {
	switch {
	case by == ByReceiver && !f.Known.BasisValid:
		return Precondition("BASIS_MISSING")
	case by == ByReceiver && (next.ReceiverRegister == r.SenderRegister || slices.Contains(f.Run, next.ReceiverRegister)):
		return Precondition("FORWARD_CYCLE")
	case by == BySender && f.DeclinedBefore && !next.overridden():
		return Violations{{"overrideReason", "REQUIRED"}}
	}
	return next.mayFile(f.Known)
}

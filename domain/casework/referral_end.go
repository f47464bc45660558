package casework

import (
	"strings"
	"time"
)

// Confirm is the sender's second key. After PARTIAL or NONE it says what follows, so that no need ends in silence.
func (r Referral) Confirm(followUp LegID, noFollowUpReason string, now time.Time) (Referral, Change, error) {
	if r.State == Closed && !r.Unconfirmed {
		return r.implied(EventConfirm)
	}
	before := r.State
	if err := r.step(EventConfirm, BySender); err != nil {
		return r, Change{}, err
	}
	if r.Outcome != OutcomeFull && followUp == (LegID{}) && strings.TrimSpace(noFollowUpReason) == "" {
		return r, Change{}, Precondition("FOLLOW_UP_MISSING")
	}
	r.State, r.FollowUp, r.Ended = Closed, followUp, now
	r.Request.NoFollowUpReason = noFollowUpReason
	return r, r.done(EventConfirm, before), nil
}

// Reopen gives a report back: the client is not helped yet. It clears the report; the receiver serves on, or serves at last.
func (r Referral) Reopen(reason string, now time.Time) (Referral, Change, error) {
	reason = strings.TrimSpace(reason)
	serving := r.State == Accepted || r.State == InService
	if serving && r.Reopens > 0 && r.Request.ReopenReason == reason {
		return r.implied(EventReopen)
	}
	before := r.State
	if err := r.step(EventReopen, BySender); err != nil {
		return r, Change{}, err
	}
	if reason == "" {
		return r, Change{}, Violations{{"reason", "REQUIRED"}}
	}
	r.State = Accepted
	if r.ServedOn != 0 {
		r.State = InService
	}
	r.Reopens++
	r.Reopened, r.Request.ReopenReason = now, reason
	r.Outcome, r.OutcomeReason, r.Unmet, r.Report.Summary = "", "", nil, ""
	r.Reported, r.Recorder = time.Time{}, AccountID{}
	return r, r.done(EventReopen, before), nil
}

// Cancel takes the leg back, before service.
func (r Referral) Cancel(reason CancelReason, now time.Time) (Referral, Change, error) {
	if reason != "" && r.CancelReason == reason {
		return r.implied(EventCancel)
	}
	before := r.State
	if err := r.step(EventCancel, BySender); err != nil {
		return r, Change{}, err
	}
	if !reason.Valid() || reason == CancelConsentWithdrawn { // a withdrawal ends every leg on the consent, in one transaction
		return r, Change{}, Violations{{"reason", "NOT_A_REASON"}}
	}
	r.State, r.CancelReason, r.Ended = Cancelled, reason, now
	return r, r.done(EventCancel, before), nil
}

// Withdraw ends a leg whose basis was withdrawn, in the transaction of the withdrawal. What was served stays a fact of the
// receiver's own work.
func (r Referral) Withdraw(now time.Time) (Referral, Change, error) {
	before := r.State
	if err := r.step(EventWithdraw, ByServer); err != nil {
		return r, Change{}, err
	}
	r.State, r.CancelReason, r.Ended = Cancelled, CancelConsentWithdrawn, now
	return r, r.done(EventWithdraw, before), nil
}

// Lapse is what silence does once the lapse time of the leg's duty has passed (zero: it never does). A request that nobody
// answered is declined, so that the sender finds another way; a report that nobody confirmed is closed, and says so. An EMERGENCY
// waits for a person. Every other duty stays late until somebody acts.
func (r Referral) Lapse(lapse, now time.Time) (Referral, Change, error) {
	before := r.State
	if err := r.step(EventLapse, ByServer); err != nil {
		return r, Change{}, err
	}
	if lapse.IsZero() || !lapse.Before(now) || r.Urgency == Emergency && r.State != Reported {
		return r, Change{}, r.notNow()
	}
	switch r.State {
	case NeedsInfo:
		r.State, r.DeclineReason = Declined, DeclineInfoMissing
	case Reported:
		r.State, r.Unconfirmed, r.Ended = Closed, true, now
	default:
		r.State, r.DeclineReason = Declined, DeclineNoResponse
	}
	return r, r.done(EventLapse, before), nil
}

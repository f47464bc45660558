package casework

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Review is one act that somebody else must look at: an exception or a glass, by the reviewer; or legs that stay on an exception after
// the client took her consent back, by the sender's supervisor.
type Review struct {
	ID        ID
	Kind      ReviewKind
	Object    DisclosureID // the exception; of a WITHDRAWAL the consent that was taken back; of a GLASS its id
	Case      CaseID
	Unit      UnitID    // the owner's
	By        AccountID // whose act it is
	Started   time.Time
	Due       time.Time // as its duty says
	Decided   time.Time // zero: pending
	DecidedBy AccountID
	Outcome   ReviewOutcome
	Revision  int64
	Reason    string // of the decision, sealed
	Answered  time.Time
	Said      string // the actor's own account of a GLASS, sealed
}

// NewReview begins a review of an act. By when it is owed follows from its duty, REVIEW_EXCEPTION: 72 hours on the calendar
// (design: access, Bases).
func NewReview(id ID, kind ReviewKind, of Disclosure, unit UnitID, by AccountID, now time.Time) Review {
	return Review{ID: id, Kind: kind, Object: of.ID, Case: of.Case, Unit: unit, By: by, Started: now}
}

// Pending tells whether nobody has decided yet.
func (r Review) Pending() bool { return r.Decided.IsZero() }

// Decide ends a review, once; a glass that was found unfounded may be found founded after all. Who may is for access to say.
func (r Review) Decide(outcome ReviewOutcome, reason string, by AccountID, now time.Time) (next Review, implied bool, err error) {
	if !r.Pending() && r.Outcome == outcome && r.DecidedBy == by {
		return r, true, nil
	}
	if !r.Pending() && !r.takesBack(outcome) {
		return r, false, Precondition("REVIEW_STATE").With("state", "DECIDED")
	}
	var v Violations
	v.check(outcome.Valid(), "outcome", "NOT_AN_OUTCOME")
	v.require(strings.TrimSpace(reason) != "", "reason")
	anew := r.Kind == ReviewWithdrawal && outcome == ReviewFounded // to keep an exception against the client's word is to make it again
	v.check(!anew || saysWhy(reason), "reason", "TOO_SHORT")
	if err := v.orNil(); err != nil {
		return r, false, err
	}
	r.Outcome, r.Reason, r.DecidedBy, r.Decided = outcome, reason, by, now
	return r, false, nil
}

// Format prints a review as its id.
func (r Review) Format(s fmt.State, _ rune) { fmt.Fprint(s, r.ID.String()) }

// LogValue logs a review as its id.
func (r Review) LogValue() slog.Value { return slog.StringValue(r.ID.String()) }

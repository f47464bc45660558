package casework

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"
)

// Breaking the glass on a case (design: access, Break-glass).
const (
	GlassLasts  = 2 * time.Hour       // one case is open for so long
	GlassQuota  = 3                   // attempts that need nobody else's word
	GlassWindow = 30 * 24 * time.Hour // within which they are counted
	GlassAnswer = 72 * time.Hour      // within which the actor says what happened
)

// Glass is one attempt to open a case in an emergency. It counts whether it found something or not.
type Glass struct {
	ID         ID
	Account    AccountID
	Unit       UnitID // in which the actor acted
	Case       CaseID // zero: it found nothing
	Code       GlassCode
	From       time.Time
	Until      time.Time
	Cosigned   time.Time // by the reviewer, who opens F3 and F4; zero: not
	CosignedBy AccountID
	Suspended  time.Time // since when it keeps its actor from another; zero: it does not
	Reason     string    // sealed
}

// NewGlass begins an attempt.
func NewGlass(id ID, by AccountID, unit UnitID, code GlassCode, reason string, now time.Time) Glass {
	return Glass{ID: id, Account: by, Unit: unit, Code: code, Reason: reason, From: now, Until: now.Add(GlassLasts)}
}

// OpenAt tells whether the case is open by this glass.
func (g Glass) OpenAt(now time.Time) bool { return g.Case != (CaseID{}) && now.Before(g.Until) }

// Cosign opens the rest of the case for the rest of the time, once. Who may is for access to say.
func (g Glass) Cosign(by AccountID, now time.Time) (next Glass, implied bool, err error) {
	switch {
	case !g.Cosigned.IsZero():
		return g, true, nil
	case !g.OpenAt(now):
		return g, false, Precondition("REVIEW_STATE").With("state", "ENDED")
	}
	g.Cosigned, g.CosignedBy = now, by
	return g, false, nil
}

// GlassReason is what the rules have against a reason that is long enough by its characters alone.
func GlassReason(reason string) (v Violations) {
	v.check(saysWhy(reason) || utf8.RuneCountInString(reason) < exceptionRunes, "reason", "TOO_SHORT")
	return v
}

// Format prints a glass as its id.
func (g Glass) Format(s fmt.State, _ rune) { fmt.Fprint(s, g.ID.String()) }

// LogValue logs a glass as its id.
func (g Glass) LogValue() slog.Value { return slog.StringValue(g.ID.String()) }

// Answer is the actor's own account of a glass, once, as long as nobody has judged.
func (r Review) Answer(text string, now time.Time) (next Review, err error) {
	switch {
	case !r.Pending():
		return r, Precondition("REVIEW_STATE").With("state", "DECIDED")
	case !r.Answered.IsZero():
		return r, Precondition("REVIEW_STATE").With("state", "ANSWERED")
	}
	var v Violations
	v.check(saysWhy(text), "text", "TOO_SHORT")
	if err := v.orNil(); err != nil {
		return r, err
	}
	r.Answered, r.Said = now, strings.TrimSpace(text)
	return r, nil
}

// takesBack tells whether a judgement gives back to its actor the right that an earlier one took.
func (r Review) takesBack(outcome ReviewOutcome) bool {
	return r.Kind == ReviewGlass && r.Outcome == ReviewUnfounded && outcome == ReviewFounded
}

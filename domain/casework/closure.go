package casework

import "time"

// Closing is what a person says when a case ends.
type Closing struct {
	Summary                string `json:"summary,omitempty"`
	Explanation            string `json:"explanation,omitempty"`            // why it is no case
	ReceivingAuthority     string `json:"receivingAuthority,omitempty"`     // outside the regency
	Referral               LegID  `json:"referral,omitzero"`                // inside: the leg by which it was handed over
	DuplicateOf            CaseID `json:"duplicateOf,omitzero"`             // the case that goes on
	DeceasedOn             Date   `json:"deceasedOn,omitempty"`             //
	SafetyInformationGiven bool   `json:"safetyInformationGiven,omitempty"` // violence, at the client's own wish
	SafetyChecked          bool   `json:"safetyChecked,omitempty"`          // violence, nobody could reach her
}

// Ending is a closure with what the file says about it.
type Ending struct {
	Reason ClosureReason
	Closing
	KDRT       YesNo // of the pairs
	OpenLegs   int   // beside the one by which it is handed over
	LegalTasks int   // reports that a law wants, still owed: they never end in silence
	Handover   *Referral
	Duplicate  *Case // nil: there is none that the closer may name
	Served     bool  // a service entry of its own, or SERVED on a leg
	Attempts   int   // to reach the client since the case was opened
	Channels   int   // on so many channels
	Recovered  bool  // the last two plausible measurements, 28 days apart, are without finding
	Birth      BirthDate
}

// closure is one row of the table of closure reasons.
type closure struct {
	fits  func(CaseType) bool
	asks  func(Case, Ending, Date, *Violations)        // what the closer must say
	guard func(Case, Ending, time.Time) (unmet string) // what the file must say: RISK, RECOVERY, AGE, ATTEMPTS, SERVICE_GIVEN
	byV   func(Ending) bool                            // only the supervisor of the owner unit may
}

func anyType(CaseType) bool { return true }

func isChildNutrition(t CaseType) bool { return t == ChildStunting || t == ChildNutritionRisk }

// closures are the reasons for which a case ends (design: domain 7).
var closures = map[ClosureReason]closure{
	ClosureGoalsMet: {fits: notMonitoring, guard: func(c Case, _ Ending, now time.Time) string {
		calm := c.RiskLevel == RiskLow || c.RiskLevel == RiskMedium
		return unless(!c.Type.IsViolence() || calm && !c.RiskAssessed.IsZero() && DateOf(now)-DateOf(c.RiskAssessed) <= riskDays, "RISK")
	}},
	ClosureRecovered: {fits: isChildNutrition, guard: func(_ Case, e Ending, _ time.Time) string { return unless(e.Recovered, "RECOVERY") }},
	ClosureAgedOut: {fits: CaseType.IsGrowth, guard: func(_ Case, e Ending, now time.Time) string {
		return unless(agedOut(e.Birth, DateOf(now)), "AGE")
	}},
	ClosureClientRequest: {fits: anyType, asks: func(c Case, e Ending, _ Date, v *Violations) {
		v.require(!c.Type.IsViolence() || e.SafetyInformationGiven, "safetyInformationGiven")
	}},
	ClosureUnreachable: {
		fits: anyType,
		asks: func(c Case, e Ending, _ Date, v *Violations) {
			v.require(!c.Type.IsViolence() || e.SafetyChecked, "safetyChecked")
		},
		guard: func(_ Case, e Ending, _ time.Time) string {
			return unless(e.Attempts >= attemptsNeeded && e.Channels >= channelsNeeded, "ATTEMPTS")
		},
	},
	ClosureMoved: {fits: anyType}, // no new address is asked: he may read over her shoulder
	ClosureHandedOver: {
		fits: anyType,
		asks: func(_ Case, e Ending, _ Date, v *Violations) {
			v.check(e.ReceivingAuthority == "" || e.Referral == (LegID{}), "receivingAuthority", "ONLY_WITHOUT_REFERRAL")
		},
		byV: func(e Ending) bool { return e.Referral != (LegID{}) },
	},
	ClosureLegalProcessEnded: {fits: CaseType.IsViolence, guard: func(c Case, _ Ending, _ time.Time) string {
		return unless(c.RiskLevel != RiskHigh, "RISK")
	}},
	ClosureNotSubstantiated: {
		fits: anyType,
		asks: func(_ Case, e Ending, _ Date, v *Violations) { v.require(e.Explanation != "", "explanation") },
		byV:  func(e Ending) bool { return e.Served },
	},
	ClosureDeceased: {fits: anyType, asks: func(_ Case, e Ending, today Date, v *Violations) {
		v.require(e.DeceasedOn != 0, "deceasedOn")
		v.check(e.DeceasedOn <= today, "deceasedOn", "IN_FUTURE")
	}},
	ClosureDuplicate: {fits: anyType, asks: func(c Case, e Ending, _ Date, v *Violations) {
		v.require(e.DuplicateOf != (CaseID{}), "duplicateOf")
		v.check(e.DuplicateOf == (CaseID{}) || c.isSame(e.Duplicate), "duplicateOf", "NOT_SAME_CLIENT")
	}},
	ClosureEnteredInError: {
		fits:  anyType,
		guard: func(_ Case, e Ending, _ time.Time) string { return unless(!e.Served, "SERVICE_GIVEN") },
		byV:   func(Ending) bool { return true },
	},
}

// riskDays is how fresh a judgement of low danger must be when a survivor's goals are met.
const riskDays = 30

func unless(holds bool, unmet string) string {
	if holds {
		return ""
	}
	return unmet
}

// isSame tells whether another case may be of the same client: of the register, and of the same record; violence cases have a
// record each, and there the supervisor says so.
func (c Case) isSame(other *Case) bool {
	if other == nil || other.ID == c.ID || other.Register != c.Register {
		return false
	}
	if c.Type.IsViolence() {
		return other.Type.IsViolence()
	}
	return other.Subject == c.Subject
}

// NeedsSupervisor tells whether this ending is the supervisor's of the owner unit alone, even where its workers close cases.
func (e Ending) NeedsSupervisor() bool {
	row, ok := closures[e.Reason]
	return ok && row.byV != nil && row.byV(e)
}

// Close ends the case. Handed over inside the regency it ends by two keys: the receiver has reported a case of its own, and the
// closer confirms that leg in the same transaction.
func (c Case) Close(e Ending, now time.Time) (next Case, impliedAlready bool, err error) {
	if !c.Open() && c.Closure == e.Reason && c.Content.Closing.fixes() == e.Closing.fixes() {
		return c, true, nil
	}
	if err := c.Accepts(EventClose); err != nil {
		return c, false, err
	}
	if err := c.mayClose(e, now); err != nil {
		return c, false, err
	}
	c.Status, c.Closed, c.Closure, c.Content.Closing = StatusClosed, now, e.Reason, e.Closing
	return c, false, nil
}

// fixes are the arguments by which two closures are the same one; the words around them are not.
func (c Closing) fixes() Closing {
	return Closing{ReceivingAuthority: c.ReceivingAuthority, Referral: c.Referral, DuplicateOf: c.DuplicateOf, DeceasedOn: c.DeceasedOn}
}

func (c Case) mayClose(e Ending, now time.Time) error {
	row, ok := closures[e.Reason]
	if !ok {
		return Violations{{"reason", "NOT_A_REASON"}}
	}
	var v Violations
	v.check(row.fits(c.Type), "reason", "NOT_FOR_THIS_TYPE")
	v.require(e.Summary != "", "summary")
	if row.asks != nil {
		row.asks(c, e, DateOf(now), &v)
	}
	if err := v.orNil(); err != nil {
		return err
	}
	switch {
	case c.contradicts(e.KDRT):
		return Precondition("TYPE_MISMATCH")
	case e.Reason == ClosureHandedOver && e.ReceivingAuthority == "" && !c.isHandedOver(e.Handover):
		return Precondition("HANDOVER_LEG_MISSING")
	}
	if row.guard != nil {
		if unmet := row.guard(c, e, now); unmet != "" {
			return Precondition("CLOSURE_UNMET").With("guard", unmet)
		}
	}
	if e.OpenLegs > 0 {
		return Precondition("OPEN_LEGS")
	}
	if e.LegalTasks > 0 {
		return Precondition("TASKS_OPEN")
	}
	return nil
}

// contradicts: what the pairs say and what the type claims must not end in a figure as two things. Domain 3 names two of the three; a
// woman hurt by her husband would be in no figure of KDRT. Not knowing passes.
func (c Case) contradicts(kdrt YesNo) bool {
	return c.Type == DomesticViolence && kdrt == No || (c.Type == ChildViolence || c.Type == WomanViolence) && kdrt == Yes
}

func (c Case) isHandedOver(leg *Referral) bool {
	return leg != nil && leg.Case == c.ID && leg.State == Reported && leg.Service == ServiceCaseManagement &&
		leg.Outcome == OutcomeFull && leg.ReceiverCase != (CaseID{})
}

// LeavesStatistics tells whether cases that end so are in no figure.
func (r ClosureReason) LeavesStatistics() bool {
	return r == ClosureNotSubstantiated || r == ClosureDuplicate || r == ClosureEnteredInError
}

package casework

import (
	"slices"
	"time"
)

// Events of a case.
const (
	EventScreen         EventName = "screen"
	EventAssess         EventName = "assess"
	EventAddMeasurement EventName = "addMeasurement"
)

// confirmationDays is how old a health worker's measurement may be when a case is assessed.
const confirmationDays = 30

// Possible lists the events from this status.
func (c Case) Possible() []EventName {
	if !c.Closed.IsZero() {
		return nil
	}
	var events []EventName
	switch c.Status {
	case StatusReported:
		events = append(events, EventScreen)
	case StatusScreening:
		events = append(events, EventAssess)
	}
	if c.Type.IsGrowth() {
		events = append(events, EventAddMeasurement)
	}
	return events
}

func (c Case) step(event EventName) error {
	if slices.Contains(c.Possible(), event) {
		return nil
	}
	return &Error{Kind: KindPrecondition, Reason: "CASE_STATE", Meta: map[string]string{"state": string(c.Status)}}
}

// BirthStatus is the status with which a case of the type begins.
func (t CaseType) BirthStatus() CaseStatus {
	if t == GrowthMonitoring {
		return StatusMonitoring
	}
	return StatusReported
}

// Screen starts the screening. A case already there implies it.
func (c Case) Screen() (next Case, impliedAlready bool, err error) {
	if c.Status == StatusScreening {
		return c, true, nil
	}
	if err := c.step(EventScreen); err != nil {
		return c, false, err
	}
	c.Status = StatusScreening
	return c, false, nil
}

// Assessment is what is known when a case is assessed.
type Assessment struct {
	Note             string
	Risk             Risk // as now judged; empty: as recorded
	IndexForm        bool // violence: the index incident has a form
	ConfirmedOn      Date // nutrition: day of the newest plausible measurement by a worker of a health unit; 0: none
	ConfirmedLow     bool // its length for age is below -2, plausibly
	LowBefore        bool // an earlier plausible measurement was low too
	ScreeningNoteSet bool // family risk
}

// Assess concludes the screening. Stunting is named by a health worker alone, on a second low measurement.
func (c Case) Assess(a Assessment, now time.Time) (next Case, err error) {
	if err := c.step(EventAssess); err != nil {
		return c, err
	}
	if a.Risk.Level == "" {
		a.Risk = c.Content.Risk
		a.Risk.Level = c.RiskLevel
	}
	if err := c.mayAssess(a, now); err != nil {
		return c, err
	}
	if c.Type.IsViolence() {
		c.Content.Risk, c.RiskLevel = a.Risk, a.Risk.Level
	}
	if c.Type == ChildNutritionRisk && a.ConfirmedLow && a.LowBefore {
		c.Type = ChildStunting
	}
	c.Status = StatusAssessment
	c.Content.AssessmentNote = a.Note
	return c, nil
}

// mayAssess holds the guards of the conclusion, a group of types each.
func (c Case) mayAssess(a Assessment, now time.Time) error {
	var v Violations
	switch {
	case c.Type.IsViolence():
		if !a.IndexForm || a.Risk.Level == "" || a.Risk.Level == RiskNotAssessed {
			return Precondition("RISK_MISSING")
		}
		v.require(!a.Risk.Understated(), "risk.reason")
	case c.Type.IsGrowth():
		if a.ConfirmedOn == 0 || DateOf(now)-a.ConfirmedOn > confirmationDays {
			return Precondition("CONFIRMATION_MISSING")
		}
	default:
		v.require(a.Note != "" || a.ScreeningNoteSet, "note")
	}
	return v.orNil()
}

// FindNutritionRisk turns growth monitoring into a case, on a finding.
func (c Case) FindNutritionRisk() (next Case, changed bool) {
	if c.Type != GrowthMonitoring {
		return c, false
	}
	c.Type, c.Status = ChildNutritionRisk, StatusReported
	return c, true
}

// Owes is the status duty of the owner unit; ok is false where none is shipped yet or none is owed.
func (c Case) Owes() (name DutyName, ok bool) {
	name, ok = statusDuties[c.Status]
	return name, ok && c.Closed.IsZero()
}

// statusDuties: every open case owes exactly one thing.
var statusDuties = map[CaseStatus]DutyName{
	StatusReported:   DutyScreen,
	StatusScreening:  DutyAssess,
	StatusAssessment: DutyPlan,
	StatusPlanning:   DutyStart,
	StatusInService:  DutyNote,
	StatusMonitoring: DutyFollowUp,
}

// DutyUrgency is the column of the deadline table that a case duty reads: for violence its risk, else the finding's urgency.
func (c Case) DutyUrgency(finding Urgency) Urgency {
	if !c.Type.IsViolence() {
		if finding == "" {
			return Routine
		}
		return finding
	}
	switch c.RiskLevel {
	case RiskHigh:
		return Emergency
	case RiskMedium:
		return Urgent
	}
	return Routine
}

// CaseAge tells whether a child may have a case of the growth group on a day: 0 to 59 completed months.
func CaseAge(b BirthDate, on Date) bool {
	months := b.CompletedMonths(on)
	return b.Precision != Nothing && months >= 0 && months < 60
}

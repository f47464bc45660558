package casework

import (
	"slices"
	"time"
)

// Events of a case. Those of the first group move it, those of the second add to it while it is open.
const (
	EventScreen       EventName = "screen"
	EventAssess       EventName = "assess"
	EventPlan         EventName = "plan"
	EventStartService EventName = "startService"
	EventMonitor      EventName = "monitor"
	EventResume       EventName = "resume"
	EventReclassify   EventName = "reclassify"
	EventClose        EventName = "close"
	EventReopenCase   EventName = "reopen"
	EventAgeOut       EventName = "ageOut" // the system's

	EventAddIncident    EventName = "addIncident"
	EventAddMeasurement EventName = "addMeasurement"
	EventAddNote        EventName = "addNote"
	EventAddLegalStep   EventName = "addLegalStep"
	EventRecordConsent  EventName = "recordServiceConsent"
	EventAddTask        EventName = "addTask"
	EventUpdateCase     EventName = "update"
)

const (
	confirmationDays     = 30 // how old a health worker's measurement may be when a case is assessed
	monthsOfEarlyGrowing = 60 // the WHO's tables and every case of a small child's growth end with the 59th month
)

var openStatuses = []CaseStatus{StatusReported, StatusScreening, StatusAssessment, StatusPlanning, StatusInService, StatusMonitoring}

// caseEvents tell from which statuses an event is possible, and for which types (design: domain 7).
var caseEvents = []struct {
	event EventName
	from  []CaseStatus
	types func(CaseType) bool // nil: all
}{
	{EventScreen, []CaseStatus{StatusReported}, nil},
	{EventAssess, []CaseStatus{StatusScreening}, nil},
	{EventPlan, []CaseStatus{StatusAssessment, StatusPlanning}, nil}, // a draft is planned again until the client agrees
	{EventStartService, []CaseStatus{StatusReported, StatusScreening, StatusAssessment, StatusPlanning}, nil},
	{EventMonitor, []CaseStatus{StatusInService}, nil},
	{EventResume, []CaseStatus{StatusMonitoring}, notMonitoring},
	{EventReclassify, openStatuses, func(t CaseType) bool { return len(typeChanges[t]) > 0 }},
	{EventClose, openStatuses, nil},
	{EventReopenCase, []CaseStatus{StatusClosed}, nil},
	{EventAddIncident, openStatuses, CaseType.IsViolence},
	{EventAddMeasurement, openStatuses, CaseType.IsGrowth},
	{EventAddNote, openStatuses, nil},
	{EventAddLegalStep, openStatuses, CaseType.IsViolence},
	{EventRecordConsent, openStatuses, nil},
	{EventAddTask, openStatuses, nil},
	{EventUpdateCase, openStatuses, nil},
}

func notMonitoring(t CaseType) bool { return t != GrowthMonitoring }

// Possible lists the events of persons from this status.
func (c *Case) Possible() []EventName {
	events := make([]EventName, 0, len(caseEvents))
	for _, e := range caseEvents {
		if slices.Contains(e.from, c.Status) && (e.types == nil || e.types(c.Type)) && (e.event != EventReopenCase || c.mayReopen()) {
			events = append(events, e.event)
		}
	}
	return events
}

// mayReopen: what was entered in error is never opened again, nor what is under seal.
func (c *Case) mayReopen() bool { return !c.Sealed && c.Closure != ClosureEnteredInError }

// Accepts tells whether the table has an event now; else CASE_STATE.
func (c Case) Accepts(event EventName) error {
	if slices.Contains(c.Possible(), event) {
		return nil
	}
	return c.notNow()
}

func (c Case) notNow() error {
	return &Error{Kind: KindPrecondition, Reason: "CASE_STATE", Meta: map[string]string{"state": string(c.Status)}}
}

// Open tells whether the case goes on.
func (c Case) Open() bool { return c.Status != StatusClosed }

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
	if err := c.Accepts(EventScreen); err != nil {
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

// IsStunting tells whether a health worker's second low measurement names stunting.
func (a Assessment) IsStunting() bool { return a.ConfirmedLow && a.LowBefore }

// Assess concludes the screening. Stunting is named by a health worker alone, on a second low measurement.
func (c Case) Assess(a Assessment, now time.Time) (next Case, impliedAlready bool, err error) {
	if c.Status == StatusAssessment && a.Note == c.Content.AssessmentNote && (a.Risk.Level == "" || a.Risk.equal(c.Content.Risk)) {
		return c, true, nil
	}
	if err := c.Accepts(EventAssess); err != nil {
		return c, false, err
	}
	if a.Risk.Level == "" {
		a.Risk = c.Content.Risk
		a.Risk.Level = c.RiskLevel
	}
	if err := c.mayAssess(a, now); err != nil {
		return c, false, err
	}
	if c.Type.IsViolence() {
		c = c.judged(a.Risk, now)
	}
	if c.Type == ChildNutritionRisk && a.IsStunting() {
		c.Type = ChildStunting
	}
	c.Status = StatusAssessment
	c.Content.AssessmentNote = a.Note
	return c, false, nil
}

// mayAssess holds the guards of the conclusion, a group of types each.
func (c Case) mayAssess(a Assessment, now time.Time) error {
	var v Violations
	switch {
	case c.Type.IsViolence():
		if !a.IndexForm || !a.Risk.judged() {
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

// JudgeRisk is the worker's judgement at any time while the case is open.
func (c Case) JudgeRisk(r Risk, now time.Time) (Case, error) {
	var v Violations
	v.check(c.Type.IsViolence(), "risk", "ONLY_VIOLENCE")
	v.require(r.judged(), "risk.level")
	v.require(!r.Understated(), "risk.reason")
	if err := v.orNil(); err != nil {
		return c, err
	}
	return c.judged(r, now), nil
}

func (c Case) judged(r Risk, now time.Time) Case {
	c.Content.Risk, c.RiskLevel, c.RiskAssessed = r, r.Level, now
	return c
}

// Plan concludes the assessment, and is drawn up again until service starts. A survivor is planned for only with her own yes.
func (c Case) Plan(p Plan, assessmentNoted bool) (next Case, impliedAlready bool, err error) {
	if c.Status == StatusPlanning && p.equal(c.Content.Plan) {
		return c, true, nil
	}
	if err := c.Accepts(EventPlan); err != nil {
		return c, false, err
	}
	if err := p.check(); err != nil {
		return c, false, err
	}
	if c.Content.AssessmentNote == "" && !assessmentNoted {
		return c, false, Precondition("NOTE_MISSING")
	}
	if c.Type.IsViolence() && c.Consent != ServiceGiven {
		return c, false, Precondition("CONSENT_MISSING")
	}
	c.Status, c.Content.Plan = StatusPlanning, p
	return c, false, nil
}

func (p Plan) check() error {
	var v Violations
	for _, s := range p.Services {
		if !s.Valid() {
			v.Add("services", "NOT_A_SERVICE")
			break
		}
	}
	return v.orNil()
}

func (p Plan) equal(q Plan) bool {
	return slices.Equal(p.Services, q.Services) && p.Note == q.Note && p.Agreed == q.Agreed
}

// Start is why service may begin.
type Start struct {
	UrgentReason string // empty: by the plan
	// Beside risk HIGH, what makes a start urgent.
	EmergencyFinding bool
	EmergencyLeg     bool
}

// StartService begins what was planned; with an urgent reason it begins at once, and the steps left out stay owed: they are the
// labels of the tasks to make.
func (c Case) StartService(s Start) (next Case, owed []TaskLabel, impliedAlready bool, err error) {
	if c.Status == StatusInService && s.UrgentReason == c.Content.UrgentReason {
		return c, nil, true, nil
	}
	if err := c.Accepts(EventStartService); err != nil {
		return c, nil, false, err
	}
	if s.UrgentReason == "" {
		err = c.mayStart()
	} else if c.RiskLevel != RiskHigh && !s.EmergencyFinding && !s.EmergencyLeg {
		err = Precondition("NOT_URGENT")
	}
	if err != nil {
		return c, nil, false, err
	}
	owed = skipped[c.Status]
	c.Status, c.Content.UrgentReason = StatusInService, s.UrgentReason
	return c, owed, false, nil
}

func (c Case) mayStart() error {
	if c.Status != StatusPlanning {
		return c.notNow()
	}
	if len(c.Content.Plan.Services) == 0 || c.Type.IsViolence() && !c.Content.Plan.Agreed {
		return Precondition("PLAN_MISSING")
	}
	return nil
}

// skipped are the steps that an urgent start leaves out.
var skipped = map[CaseStatus][]TaskLabel{
	StatusReported:   {TaskSkippedScreen, TaskSkippedAssess, TaskSkippedPlan},
	StatusScreening:  {TaskSkippedAssess, TaskSkippedPlan},
	StatusAssessment: {TaskSkippedPlan},
}

// Monitor ends the service: something was given, and nothing that an urgent start left out is still owed.
func (c Case) Monitor(served bool, skippedOwed int) (next Case, impliedAlready bool, err error) {
	if c.Status == StatusMonitoring && notMonitoring(c.Type) {
		return c, true, nil
	}
	if err := c.Accepts(EventMonitor); err != nil {
		return c, false, err
	}
	if !served {
		return c, false, Precondition("SERVICE_MISSING")
	}
	if skippedOwed > 0 {
		return c, false, Precondition("TASKS_OPEN")
	}
	c.Status = StatusMonitoring
	return c, false, nil
}

// Resume takes the service up again.
func (c Case) Resume(reason string) (next Case, impliedAlready bool, err error) {
	if c.Status == StatusInService && reason != "" && reason == c.Content.ResumeReason {
		return c, true, nil
	}
	if err := c.Accepts(EventResume); err != nil {
		return c, false, err
	}
	if reason == "" {
		return c, false, Violations{{"reason", "REQUIRED"}}
	}
	c.Status, c.Content.ResumeReason = StatusInService, reason
	return c, false, nil
}

// typeChanges are the types into which a case may turn. Monitoring that became a case is never monitoring again.
var typeChanges = map[CaseType][]CaseType{
	DomesticViolence:   {ChildViolence, WomanViolence},
	ChildViolence:      {DomesticViolence, WomanViolence},
	WomanViolence:      {DomesticViolence, ChildViolence},
	GrowthMonitoring:   {ChildNutritionRisk},
	ChildNutritionRisk: {ChildStunting},
	ChildStunting:      {ChildNutritionRisk},
}

// Reclassify corrects the type. Stunting needs the second low measurement of a health worker, the way back a reason.
func (c Case) Reclassify(to CaseType, reason string, known Assessment) (next Case, impliedAlready bool, err error) {
	if !c.Open() {
		return c, false, c.notNow()
	}
	if to == c.Type {
		return c, true, nil
	}
	if !slices.Contains(typeChanges[c.Type], to) ||
		to == ChildStunting && !known.IsStunting() ||
		c.Type == ChildStunting && reason == "" {
		return c, false, Precondition("TYPE_CHANGE")
	}
	if c.Type == GrowthMonitoring {
		c.Status = StatusReported
	}
	c.Type, c.Content.TypeReason = to, reason
	return c, false, nil
}

// FindNutritionRisk turns growth monitoring into a case, on a finding.
func (c Case) FindNutritionRisk() (next Case, changed bool) {
	if c.Type != GrowthMonitoring || !c.Open() {
		return c, false
	}
	c.Type, c.Status = ChildNutritionRisk, StatusReported
	return c, true
}

// Reopen takes a closed case up again, on purpose. A child's other open case stands in the way.
func (c Case) Reopen(reason string, otherOpen bool) (next Case, impliedAlready bool, err error) {
	if c.Open() && c.Reopened > 0 && reason != "" && reason == c.Content.ReopenReason {
		return c, true, nil
	}
	if err := c.Accepts(EventReopenCase); err != nil {
		return c, false, err
	}
	if reason == "" {
		return c, false, Violations{{"reason", "REQUIRED"}}
	}
	if otherOpen {
		return c, false, Precondition("CASE_EXISTS")
	}
	c.Status = StatusScreening
	if c.Type == GrowthMonitoring {
		c.Status = StatusMonitoring
	}
	c.Closed, c.Closure = time.Time{}, ""
	c.Reopened++
	c.Content.ReopenReason = reason
	return c, false, nil
}

// AgeOut ends the monitoring of a child who is five; the system's own event.
func (c Case) AgeOut(birth BirthDate, now time.Time) (next Case, due bool) {
	if c.Type != GrowthMonitoring || c.Status != StatusMonitoring || !agedOut(birth, DateOf(now)) {
		return c, false
	}
	c.Status, c.Closed, c.Closure, c.Content.Closing = StatusClosed, now, ClosureAgedOut, Closing{}
	return c, true
}

// agedOut tells whether a child is five, on whichever day of a date known to the month or year it was born.
func agedOut(birth BirthDate, on Date) bool {
	unsure := map[Precision]int{ToDay: 0, ToMonth: 1, ToYear: 12}
	months, known := unsure[birth.Precision]
	return known && birth.CompletedMonths(on)-months >= monthsOfEarlyGrowing
}

// Owes is the status duty of the owner unit; ok is false where none is owed.
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
	return b.Precision != Nothing && months >= 0 && months < monthsOfEarlyGrowing
}

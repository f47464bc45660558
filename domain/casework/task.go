package casework

import (
	"fmt"
	"slices"
	"time"
)

// Task is one thing owed on a case besides its status duty. Its due time stands in its duty alone.
type Task struct {
	ID      ID
	Case    CaseID
	Label   TaskLabel
	Service ReferralServiceType // of an inside service
	Unit    UnitID              // the one accountable unit
	Officer AccountID
	ByRule  bool // made by a rule, not by a person
	State   TaskState
	Created time.Time
	Ended   time.Time
	Content TaskContent
}

// TaskContent is what a person wrote of a task; it stands sealed.
type TaskContent struct {
	Text   string `json:"text,omitempty"`
	Reason string `json:"reason,omitempty"` // why it is not due
}

// End ends a task. That a task is not due wants a reason; that a rule's is not, the supervisor's, which access decides.
func (t Task) End(state TaskState, reason string, now time.Time) (next Task, impliedAlready bool, err error) {
	var v Violations
	v.check(state == TaskDone || state == TaskNotDue, "state", "NOT_AN_END")
	v.require(state != TaskNotDue || reason != "", "reason")
	if err := v.orNil(); err != nil {
		return t, false, err
	}
	if t.State == state {
		return t, true, nil
	}
	if t.State != TaskOpen {
		return t, false, &Error{Kind: KindPrecondition, Reason: "TASK_STATE", Meta: map[string]string{"state": string(t.State)}}
	}
	t.State, t.Ended, t.Content.Reason = state, now, reason
	return t, false, nil
}

// Duty is what the task's duty is called, and so the row of the deadline table by which it is due.
func (l TaskLabel) Duty() DutyName { return taskDuties[l] }

var taskDuties = map[TaskLabel]DutyName{
	TaskInsideService:    DutyFirstService,
	TaskAskedAgain:       DutyFirstService,
	TaskPoliceReport:     DutyPoliceReport,
	TaskChildAbuseReport: DutyChildAbuseReport,
	TaskRiskReview:       DutyRiskReview,
	TaskSkippedScreen:    DutyScreen,
	TaskSkippedAssess:    DutyAssess,
	TaskSkippedPlan:      DutyPlan,
	TaskByHand:           DutyTask,
}

// IsSkipped tells whether the task is a step that an urgent start left out.
func (l TaskLabel) IsSkipped() bool {
	return l == TaskSkippedScreen || l == TaskSkippedAssess || l == TaskSkippedPlan
}

// IsLegal tells whether a law wants it: such a task is never ended in silence.
func (l TaskLabel) IsLegal() bool { return l == TaskPoliceReport || l == TaskChildAbuseReport }

// TasksOnIncident are the tasks that the law makes of an incident in a case of a unit, whatever the client wishes.
//
// UU 12/2022 art. 41: sexual violence is reported to the police within 72 hours by the protection unit, the social unit and the
// community's own provider. Permenkes 68/2013 art. 6-8: a health worker who suspects abuse of a child reports it.
func TasksOnIncident(t CaseType, unit UnitType, forms []ViolenceForm, victimIsChild bool) []TaskLabel {
	var labels []TaskLabel
	if !t.IsViolence() {
		return nil
	}
	if slices.Contains(forms, FormSexual) && reportsToPolice(unit) {
		labels = append(labels, TaskPoliceReport)
	}
	if victimIsChild && unit.Sector() == SectorHealth {
		labels = append(labels, TaskChildAbuseReport)
	}
	return labels
}

func reportsToPolice(unit UnitType) bool {
	return unit.Sector() == SectorWomenChildProtection || unit.Sector() == SectorSocial || unit == UnitNGOLegalAid
}

// OwesRiskReview tells whether the danger is to be judged again: it is, from each judgement on, as long as a survivor's case goes on.
func (c Case) OwesRiskReview() bool {
	return c.Type.IsViolence() && c.Open() && !c.RiskAssessed.IsZero()
}

// StartAt is Start for a task whose due time a person has set: the two escalations follow it by the step of the table.
func (t Deadlines) StartAt(duty Duty, due time.Time, key DeadlineKey, calendar Calendar) (Duty, error) {
	row, _ := t.Choose(key)
	if row == nil {
		return duty, fmt.Errorf("no deadline for %s %s", key.Duty, key.Urgency)
	}
	var err error
	duty.Due, duty.Rule, duty.Basis = due, row.Rule(), row.Basis
	if duty.Level2, err = calendar.add(due, row.Step, 1); err != nil {
		return duty, err
	}
	duty.Level3, err = calendar.add(due, row.Step, 2)
	return duty, err
}

package server

import (
	"context"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// tasksOnIncident are the tasks that the law makes of an incident, by who the victim was on its day and whose case it is.
func (m *caseMove) tasksOnIncident(i casework.Incident) []casework.TaskLabel {
	person, err := m.w.Person(m.f.Case.Subject)
	if err != nil {
		return nil
	}
	unit, _ := m.store.Directory().Unit(m.f.Case.Unit)
	return casework.TasksOnIncident(m.f.Case.Type, unit.Type, i.Forms, casework.ChildOn(person.Identity.BirthDate, i, m.now))
}

// makeTasks makes the tasks of a rule, each with its duty by the table; one that is open already is the same.
func (m *caseMove) makeTasks(labels []casework.TaskLabel) error {
	for _, label := range labels {
		officer, err := m.officer()
		if err != nil {
			return err
		}
		if err := m.makeTask(m.w, m.next, label, officer, m.id(), m.entry); err != nil {
			return err
		}
	}
	return nil
}

// makeTask makes one task of a rule on a case: its owner unit answers for it.
func (c call) makeTask(w *store.Writer, k casework.Case, label casework.TaskLabel, officer casework.AccountID, id casework.ID, entry [16]byte) error {
	unit, _ := c.store.Directory().Unit(k.Unit)
	accountable, err := w.Accountable(unit)
	if err != nil {
		return err
	}
	task, made, err := w.PutTask(id, k.ID, label, "", accountable, entry)
	if err != nil || !made {
		return err
	}
	d := c.store.Directory()
	duty, err := d.Deadlines.Start(casework.Duty{
		Kind: casework.OnTask, Object: task, Case: k.ID, Unit: accountable, Officer: officer, Name: label.Duty(), Started: c.now,
	}, casework.DeadlineKey{CaseType: k.Type, Urgency: k.DutyUrgency(""), Duty: label.Duty(), Day: casework.DateOf(c.now)}, d.Calendar)
	if err != nil {
		return err
	}
	return w.PutDuty(duty, entry)
}

// judgeAgain starts the review of a danger that was just judged; the one before is done by that.
func (m *caseMove) judgeAgain() error {
	if !m.next.OwesRiskReview() || m.next.RiskAssessed.Equal(m.f.Case.RiskAssessed) {
		return nil
	}
	if err := m.w.SettleTasks(m.next.ID, casework.TaskRiskReview, m.entry); err != nil {
		return err
	}
	return m.makeTasks([]casework.TaskLabel{casework.TaskRiskReview})
}

// meaningOfTask is what the rules have against a task on any case.
func (s *Server) meaningOfTask(req *pb.AddTaskRequest) casework.Violations {
	in := s.intake()
	if req.GetDueTime() != nil && !req.GetDueTime().AsTime().After(in.now()) {
		in.fault("dueTime", "NOT_AHEAD")
	}
	if req.GetOfficer() != "" {
		in.name("officer", "accounts", req.GetOfficer())
	}
	return in.faults
}

// AddTask makes a task by hand: "telepon Kamis".
func (s *duties) AddTask(ctx context.Context, req *pb.AddTaskRequest) (*pb.Task, error) {
	return actOn(ctx, s.Server, req, casework.EventAddTask, func(m *caseMove) (func(access.Grant) (*pb.Task, error), error) {
		if err := m.f.Case.Accepts(casework.EventAddTask); err != nil {
			return nil, err
		}
		task := casework.Task{
			ID: m.id(), Case: m.f.Case.ID, Label: casework.TaskByHand, State: casework.TaskOpen, Created: m.now,
			Content: casework.TaskContent{Text: req.GetText()},
		}
		var err error
		if task.Officer, err = m.taskOfficer(req.GetOfficer()); err != nil {
			return nil, err
		}
		unit, _ := m.store.Directory().Unit(m.f.Case.Unit)
		if task.Unit, err = m.w.Accountable(unit); err != nil {
			return nil, err
		}
		if err := m.w.AddTask(task, m.f.Case, m.added("task", task.ID)([32]byte{})); err != nil {
			return nil, err
		}
		due := req.GetDueTime().AsTime()
		row := store.TaskRow{Task: task, Due: due, Revision: 1}
		return func(g access.Grant) (*pb.Task, error) { return m.viewTask(g, row, m.f.Case, m.now), nil }, m.oweTask(task, row)
	})
}

// oweTask starts the duty of a task that a person has dated.
func (m *caseMove) oweTask(task casework.Task, row store.TaskRow) error {
	d := m.store.Directory()
	duty, err := d.Deadlines.StartAt(casework.Duty{
		Kind: casework.OnTask, Object: task.ID, Case: task.Case, Unit: task.Unit, Officer: task.Officer,
		Name: casework.DutyTask, Started: m.now,
	}, row.Due, casework.DeadlineKey{
		CaseType: m.f.Case.Type, Urgency: m.f.Case.DutyUrgency(""), Duty: casework.DutyTask, Day: casework.DateOf(m.now),
	}, d.Calendar)
	if err != nil {
		return err
	}
	return m.w.PutDuty(duty, m.entry)
}

// taskOfficer is the officer of the case who is named, else the caller if she is one, else the first.
func (m *caseMove) taskOfficer(named string) (casework.AccountID, error) {
	officers, err := m.w.Officers(m.f.Case.ID, m.now)
	if err != nil {
		return casework.AccountID{}, err
	}
	asked := m.caller.Account
	if id, ok := parseName("accounts", named); ok {
		asked = casework.AccountID(id)
	}
	switch {
	case slices.Contains(officers, asked):
		return asked, nil
	case named != "":
		return asked, casework.Precondition("OFFICER_INVALID")
	}
	return append(officers, casework.AccountID{})[0], nil
}

// EndTask ends a task. That a rule's task is not due is the supervisor's word.
func (s *duties) EndTask(ctx context.Context, req *pb.EndTaskRequest) (*pb.Task, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Task, error) {
		m, task, err := s.openTask(ctx, w, req)
		if err != nil {
			return nil, err
		}
		old, done, err := w.Answered(m.caller.Account, id)
		if err != nil {
			return nil, err
		}
		if done {
			return repeat[*pb.Task](&m, old, method, mark)
		}
		if err := m.endTask(&task, req); err != nil {
			return nil, err
		}
		return settle(&m, id, method, mark, func(g access.Grant) (*pb.Task, error) { return m.viewTask(g, task, m.f.Case, m.now), nil })
	})
}

// openTask reads a task under the lock of its case and decides the act. One that is not there goes the way of one that is not yours.
func (s *Server) openTask(ctx context.Context, w *store.Writer, req *pb.EndTaskRequest) (m caseMove, task store.TaskRow, err error) {
	m.w, m.action = w, access.TaskEnd
	known := false
	if id, ok := parseName("tasks", req.GetName()); ok {
		if task, known, err = w.TaskOf(id); err != nil {
			return m, task, err
		}
	}
	if known {
		if err := w.LockCase(task.Case); err != nil {
			return m, task, err
		}
		if task, _, err = w.TaskOf(task.ID); err != nil {
			return m, task, err
		}
	}
	if m.call, err = s.writing(ctx, w); err != nil {
		return m, task, err
	}
	m.f.Facts = m.caller.Facts(m.now)
	if known {
		if m.f, err = w.CaseFor(m.caller, task.Case, m.now); err != nil {
			return m, task, err
		}
	}
	facts := m.f.Facts
	if !task.ByRule || req.GetState() == pb.TaskState_DONE {
		facts.Cond |= access.DoneOrByHand
	}
	if m.act = access.Decide(facts.Doing(access.TaskEnd)); !m.act.Allowed() {
		return m, task, m.refuse(access.TaskEnd, m.act, aboutTask(task, m.f.Case), req.GetName())
	}
	return m, task, nil
}

func aboutTask(t store.TaskRow, k casework.Case) object {
	return object{"task", t.ID, k.ID, k.Level, casework.DisclosureID{}}
}

func (m *caseMove) endTask(task *store.TaskRow, req *pb.EndTaskRequest) error {
	if req.GetEtag() != "" && req.GetEtag() != etag(task.Revision) {
		return casework.Conflict("ETAG_MISMATCH")
	}
	if err := m.w.TaskText(task, m.f.Case); err != nil {
		return err
	}
	before := task.State
	next, implied, err := task.End(word[casework.TaskState](req.GetState()), req.GetReason(), m.now)
	if err != nil {
		return err
	}
	event := journal.Event{Name: "endTask", Before: string(before), After: string(next.State), Revision: task.Revision + 1}
	if implied {
		event.Name, event.Revision = "IMPLIED", task.Revision
	}
	m.entry = m.append(m.w, access.TaskEnd, m.act, aboutTask(*task, m.f.Case), event)
	if implied {
		return nil
	}
	task.Task = next
	if err := m.w.EndTask(*task, m.f.Case, m.caller.Account, m.entry); err != nil {
		return err
	}
	task.Revision++
	return nil
}

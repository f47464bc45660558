package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Labels of the tasks that a filing makes.
const (
	InsideService = casework.TaskInsideService // a service asked of a unit of the own register
	AskedAgain    = casework.TaskAskedAgain    // a service asked by somebody who may not see that it is under way
)

// TaskRow is a task with when it is due, which stands in its duty, and its revision.
type TaskRow struct {
	casework.Task
	Due      time.Time // zero once it has ended
	Legal    time.Time
	Revision int64
}

// PutTask makes a task by rule; the same one asked again while open is the same task.
func (w *Writer) PutTask(id casework.ID, k casework.CaseID, label casework.TaskLabel, service casework.ReferralServiceType, unit casework.UnitID, entry [16]byte) (task casework.ID, made bool, err error) {
	err = w.row("SELECT id FROM tasks WHERE case_id = $1 AND label = $2 AND service = $3 AND unit = $4 AND ended IS NULL AND by_rule = 1",
		k, label, service, unit).scan(task[:]) // by tasks_open
	if !errors.Is(err, errNoRows) {
		return task, false, err
	}
	_, err = w.exec(`INSERT INTO tasks (id, case_id, label, service, unit, by_rule, state, created, revision, entry)
		VALUES ($1, $2, $3, $4, $5, 1, 'OPEN', $6, 1, $7)`, id, k, label, service, unit, w.Now(), entry)
	return id, true, err
}

// AddTask makes a task by hand, with its own text.
func (w *Writer) AddTask(t casework.Task, k casework.Case, entry [16]byte) error {
	f3, err := w.Seal(taskCell(t.ID, "f3", k), []byte(t.Content.Text))
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO tasks (id, case_id, label, service, unit, officer, by_rule, state, created, revision, entry, f3)
		VALUES ($1, $2, $3, '', $4, $5, 0, 'OPEN', $6, 1, $7, $8)`,
		t.ID, k.ID, t.Label, t.Unit, orNull(t.Officer[:]), w.Now(), entry, f3)
	if err != nil {
		return fmt.Errorf("add a task: %w", err)
	}
	return nil
}

func taskCell(id casework.ID, column string, k casework.Case) Cell {
	return Cell{Table: "tasks", Column: column, Row: id[:], Owner: Owner(k.Subject)}
}

// EndTask stores how a task ended; its duty is over.
func (w *Writer) EndTask(t TaskRow, k casework.Case, by casework.AccountID, entry [16]byte) error {
	var reason []byte
	if t.Content.Reason != "" {
		var err error
		if reason, err = w.Seal(taskCell(t.ID, "reason_f3", k), []byte(t.Content.Reason)); err != nil {
			return err
		}
	}
	n, err := w.exec(`UPDATE tasks SET state = $3, ended = $4, ended_by = $5, reason_f3 = $6, revision = revision + 1, entry = $7
		WHERE id = $1 AND revision = $2`, t.ID, t.Revision, t.State, w.Now(), orNull(by[:]), reason, entry)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	if err != nil {
		return fmt.Errorf("end a task: %w", err)
	}
	return w.EndDuties(t.Case, t.ID)
}

// EndTasks ends the open inside services of a case at a unit, for it has served.
func (w *Writer) EndTasks(k casework.CaseID, unit casework.UnitID, entry [16]byte) error {
	return w.endTasks(k, casework.TaskDone, entry, func(t TaskRow) bool { return t.Label == InsideService && t.Unit == unit })
}

// EndInside ends the open inside service of a kind at a unit: it was given.
func (w *Writer) EndInside(k casework.CaseID, unit casework.UnitID, service casework.ReferralServiceType, entry [16]byte) error {
	return w.endTasks(k, casework.TaskDone, entry, func(t TaskRow) bool {
		return t.Label == InsideService && t.Unit == unit && t.Service == service
	})
}

// SettleTasks ends the open tasks of a label: what they wanted has happened.
func (w *Writer) SettleTasks(k casework.CaseID, label casework.TaskLabel, entry [16]byte) error {
	return w.endTasks(k, casework.TaskDone, entry, func(t TaskRow) bool { return t.Label == label })
}

// DropTasks ends what is still open on a case that ends.
func (w *Writer) DropTasks(k casework.CaseID, entry [16]byte) error {
	return w.endTasks(k, casework.TaskNotDue, entry, func(TaskRow) bool { return true })
}

func (w *Writer) endTasks(k casework.CaseID, state casework.TaskState, entry [16]byte, fits func(TaskRow) bool) error {
	tasks, err := w.Tasks(k)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.State != casework.TaskOpen || !fits(t) {
			continue
		}
		t.State = state
		if err := w.EndTask(t, casework.Case{}, casework.AccountID{}, entry); err != nil {
			return err
		}
	}
	return nil
}

const taskColumns = "t.id, t.case_id, t.label, t.service, t.unit, t.officer, t.by_rule, t.state, t.created, t.ended, t.revision, u.due, u.legal"

func scanTask(r row) (t TaskRow, err error) {
	return t, r.scan(t.ID[:], t.Case[:], &t.Label, &t.Service, t.Unit[:], t.Officer[:], &t.ByRule, &t.State, &t.Created, &t.Ended,
		&t.Revision, &t.Due, &t.Legal)
}

// Tasks of a case, oldest first. Served by tasks_case and duties_one_open.
func (t *tx) Tasks(k casework.CaseID) ([]TaskRow, error) {
	return list(t, scanTask, "SELECT "+taskColumns+` FROM tasks t
		LEFT JOIN duties u ON u.place = (SELECT k.place FROM cases k WHERE k.id = t.case_id) AND u.object = t.id AND u.ended IS NULL
		WHERE t.case_id = $1 ORDER BY t.created, t.id`, k)
}

// TaskOf finds a task; ok is false if there is none.
func (t *tx) TaskOf(id casework.ID) (task TaskRow, ok bool, err error) {
	task, err = scanTask(t.row("SELECT "+taskColumns+` FROM tasks t
		LEFT JOIN duties u ON u.place = (SELECT k.place FROM cases k WHERE k.id = t.case_id) AND u.object = t.id AND u.ended IS NULL
		WHERE t.id = $1`, id))
	if errors.Is(err, errNoRows) {
		return TaskRow{}, false, nil
	}
	return task, err == nil, err
}

// TaskText opens what a person wrote of a task.
func (t *tx) TaskText(task *TaskRow, k casework.Case) error {
	var f3, reason []byte
	if err := t.row("SELECT f3, reason_f3 FROM tasks WHERE id = $1", task.ID).scan(&f3, &reason); err != nil {
		return err
	}
	for _, part := range []struct {
		column string
		sealed []byte
		text   *string
	}{{"f3", f3, &task.Content.Text}, {"reason_f3", reason, &task.Content.Reason}} {
		if part.sealed == nil {
			continue
		}
		text, err := t.Open(taskCell(task.ID, part.column, k), part.sealed)
		if err != nil {
			return fmt.Errorf("open a task: %w", err)
		}
		*part.text = string(text)
	}
	return nil
}

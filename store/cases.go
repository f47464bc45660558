package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

// errIDTaken is an id of the client's choice that names a record already. Whether the caller may know it is not asked here.
var errIDTaken = &casework.Error{Kind: casework.KindInvalid, Reason: "ID_UNUSABLE"}

// digest is what the journal keeps of sealed columns: an older value put back into its own cell opens, but is not this.
func digest(sealed ...[]byte) [32]byte {
	h := sha256.New()
	for _, s := range sealed {
		h.Write(s)
	}
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}

// LockCase is the first statement of every closure that writes inside a case. Without it one closes a case while another files
// into it, and neither revision nor READ COMMITTED stops that.
func (w *Writer) LockCase(id casework.CaseID) error {
	_, err := w.exec("UPDATE cases SET lock = lock + 1 WHERE id = $1", id)
	return err
}

// PutCase stores a new case.
func (w *Writer) PutCase(k casework.Case, entry func(value [32]byte) [16]byte) error {
	f3, err := w.sealJSON(caseCell(k), k.Content)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO cases (id, number, register, unit, type, level, status, state, subject, kecamatan, channel, index_incident,
			risk, opened, lock, revision, entry, f3)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'OPEN', $8, $9, $10, $11, $12, $13, 0, 1, $14, $15)`,
		k.ID, k.Number, k.Register, k.Unit, k.Type, k.Level, k.Status, k.Subject, k.Kecamatan, k.IntakeChannel,
		orNull(k.IndexIncident[:]), k.RiskLevel, k.Opened, entry(digest(f3)), f3)
	if isUnique(err) {
		return errIDTaken
	}
	return err
}

// UpdateCase stores what an event changed, on the revision that was read.
func (w *Writer) UpdateCase(k casework.Case, entry func(value [32]byte) [16]byte) error {
	f3, err := w.sealJSON(caseCell(k), k.Content)
	if err != nil {
		return err
	}
	n, err := w.exec(`UPDATE cases SET type = $3, level = $4, status = $5, risk = $6, index_incident = $7, closed = $8, revision = revision + 1,
			entry = $9, f3 = $10
		WHERE id = $1 AND revision = $2`,
		k.ID, k.Revision, k.Type, k.Level, k.Status, k.RiskLevel, orNull(k.IndexIncident[:]), k.Closed, entry(digest(f3)), f3)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

func caseCell(k casework.Case) Cell {
	return Cell{Table: "cases", Column: "f3", Row: k.ID[:], Owner: Owner(k.Subject)}
}

// CaseContent opens what of a case stands sealed.
func (t *tx) CaseContent(k casework.Case) (content casework.CaseContent, err error) {
	var f3 []byte
	if err := t.row("SELECT f3 FROM cases WHERE id = $1", k.ID).scan(&f3); err != nil {
		return content, err
	}
	return content, t.openJSON(caseCell(k), f3, &content)
}

// OpenGrowthCase finds the one open case of the growth group of a child; ok is false if there is none.
func (t *tx) OpenGrowthCase(subject casework.PersonID) (id casework.CaseID, ok bool, err error) {
	err = t.row(`SELECT id FROM cases
		WHERE subject = $1 AND closed IS NULL AND type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'GROWTH_MONITORING')`, subject).
		scan(id[:]) // by cases_one_growth
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

// CaseOf finds the newest case of a person record, for rights on a person are rights on her cases.
func (t *tx) CaseOf(subject casework.PersonID) (id casework.CaseID, ok bool, err error) {
	err = t.row("SELECT id FROM cases WHERE subject = $1 ORDER BY closed IS NOT NULL, opened DESC LIMIT 1", subject).scan(id[:])
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

// CaseFilter chooses cases of a register.
type CaseFilter struct {
	Type   casework.CaseType // empty: any
	Closed bool              // also closed ones
	Before Cursor
	Limit  int
}

// Cursor is where a page of a list begins: after this instant and id.
type Cursor struct {
	Time time.Time
	ID   [16]byte
}

// IsZero tells whether the list begins at its first row.
func (c Cursor) IsZero() bool { return c.Time.IsZero() }

// ListCases reads cases of the caller's register, newest first: a superset, of which Decide chooses. Served by cases_register.
func (t *tx) ListCases(c Caller, now time.Time, f CaseFilter) ([]CaseFile, error) {
	before := f.Before.Time
	if f.Before.IsZero() {
		before = endOfTime
	}
	where := "WHERE c.register = $1 AND (c.opened, c.id) < ($2, $3)"
	args := []any{c.Unit.Register, before, f.Before.ID, f.Limit}
	if !f.Closed {
		where += " AND c.closed IS NULL"
	}
	if f.Type != "" {
		where += " AND c.type = $5"
		args = append(args, f.Type)
	}
	rows, err := list(t, scanCase, "SELECT "+caseColumns+" FROM cases c "+where+" ORDER BY c.opened DESC, c.id DESC LIMIT $4", args...)
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	files := make([]CaseFile, 0, len(rows))
	for _, k := range rows {
		file, err := t.fileOf(k, c, now)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// endOfTime is after every time that is kept.
var endOfTime = time.UnixMicro(1<<62 - 1)

// Assign names an officer of a case.
func (w *Writer) Assign(id casework.CaseID, officer casework.AccountID, entry [16]byte) error {
	_, err := w.exec("INSERT INTO assignments (case_id, account, from_time, entry) VALUES ($1, $2, $3, $4)", id, officer, w.Now(), entry)
	return err
}

// Officers of a case who are not kept from it, first named first.
func (t *tx) Officers(id casework.CaseID, now time.Time) ([]casework.AccountID, error) {
	return list(t, scanAccount, `SELECT account FROM assignments a
		WHERE case_id = $1 AND (until_time IS NULL OR until_time > $2)
			AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.case_id = a.case_id AND b.account = a.account AND b.until_time IS NULL)
		ORDER BY from_time, account`, id, now)
}

func scanAccount(r row) (id casework.AccountID, err error) { return id, r.scan(id[:]) }

// Submission records that an account filed into a case, under a number of its own.
type Submission struct {
	Number   string
	Account  casework.AccountID
	Case     casework.CaseID
	Opened   bool      // it opened the case
	Occurred time.Time // by the device's clock, which decides nothing: kept to tell a late worker from a slow network
}

// PutSubmission stores it.
func (w *Writer) PutSubmission(s Submission, entry [16]byte) error {
	_, err := w.exec("INSERT INTO submissions (number, account, case_id, opened, time, occurred, entry) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		s.Number, s.Account, s.Case, s.Opened, w.Now(), s.Occurred, entry)
	return err
}

// FreeNumber picks the first of some random numbers that nothing has yet. 25 bits meet by chance once in 30 million.
func (t *tx) FreeNumber(numbers []string) (string, error) {
	for _, n := range numbers {
		var taken bool
		err := t.row(`SELECT EXISTS (SELECT 1 FROM legs WHERE number = $1) OR EXISTS (SELECT 1 FROM submissions WHERE number = $1)
			OR EXISTS (SELECT 1 FROM cases WHERE number = $1)`, n).scan(&taken)
		if err != nil {
			return "", err
		}
		if !taken {
			return n, nil
		}
	}
	return "", errors.New("store: no free number among the candidates")
}

// PutNote adds a text to a case. On a violence case it is F4, elsewhere F3 of the sector of its author's unit.
func (w *Writer) PutNote(id casework.ID, k casework.Case, unit casework.UnitID, account casework.AccountID, text string, entry [16]byte) error {
	column, class := "f3", "F3"
	if k.Type.IsViolence() {
		column, class = "f4", "F4"
	}
	sealed, err := w.Seal(Cell{"notes", column, id[:], Owner(k.Subject)}, []byte(text))
	if err != nil {
		return err
	}
	_, err = w.exec("INSERT INTO notes (id, case_id, unit, account, class, recorded, entry, "+column+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		id, k.ID, unit, account, class, w.Now(), entry, sealed)
	return err
}

// Note is a text on a case, opened.
type Note struct {
	ID       casework.ID
	Unit     casework.UnitID
	Class    access.Mask // F4, or the F3 of the sector that wrote it
	Recorded time.Time
	Text     string
}

// Notes of a case that a mask opens, newest first.
func (t *tx) Notes(k casework.Case, shows func(access.Mask) bool) ([]Note, error) {
	var notes []Note
	for r := range t.rows("SELECT id, unit, class, recorded, f3, f4 FROM notes WHERE case_id = $1 ORDER BY recorded DESC", k.ID) {
		var n Note
		var class string
		var f3, f4 []byte
		if err := r.scan(n.ID[:], n.Unit[:], &class, &n.Recorded, &f3, &f4); err != nil {
			return nil, err
		}
		column, sealed := "f3", f3
		author, _ := t.s.Directory().Unit(n.Unit)
		n.Class = TextClass(author.Type)
		if class == "F4" {
			column, sealed, n.Class = "f4", f4, access.F4
		}
		if !shows(n.Class) {
			continue
		}
		text, err := t.Open(Cell{"notes", column, n.ID[:], Owner(k.Subject)}, sealed)
		if err != nil {
			return nil, fmt.Errorf("open a note: %w", err)
		}
		n.Text = string(text)
		notes = append(notes, n)
	}
	return notes, nil
}

// TextClass is the class of a text by the type of the unit that wrote it.
func TextClass(t casework.UnitType) access.Mask {
	switch sectorOf(t) {
	case access.Health:
		return access.F3Health
	case access.Social:
		return access.F3Social
	case access.Protection:
		return access.F3Protection
	}
	return access.F3
}

// Task is a service asked inside the register.
type Task struct {
	ID      casework.ID
	Service casework.ReferralServiceType
	Unit    casework.UnitID
	Done    bool
	Due     time.Time
}

// Labels of the tasks that a rule makes.
const (
	InsideService = "INSIDE_SERVICE" // a service asked of a unit of the own register
	AskedAgain    = "ASKED_AGAIN"    // a service asked by somebody who may not see that it is under way
)

// PutTask makes a task of a case; the same one asked again while open is the same task.
func (w *Writer) PutTask(id casework.ID, k casework.CaseID, label string, service casework.ReferralServiceType, unit casework.UnitID, entry [16]byte) (task casework.ID, made bool, err error) {
	err = w.row("SELECT id FROM tasks WHERE case_id = $1 AND label = $2 AND service = $3 AND unit = $4 AND ended IS NULL",
		k, label, service, unit).scan(task[:]) // by tasks_open
	if !errors.Is(err, errNoRows) {
		return task, false, err
	}
	_, err = w.exec(`INSERT INTO tasks (id, case_id, label, service, unit, by_rule, state, created, revision, entry)
		VALUES ($1, $2, $3, $4, $5, 1, 'OPEN', $6, 1, $7)`, id, k, label, service, unit, w.Now(), entry)
	return id, true, err
}

// EndTasks ends the open inside services of a case at a unit, for it has served: tasks DONE, their duties over.
func (w *Writer) EndTasks(k casework.CaseID, unit casework.UnitID, entry [16]byte) error {
	open, err := list(&w.tx, func(r row) (id casework.ID, err error) { return id, r.scan(id[:]) },
		"SELECT id FROM tasks WHERE case_id = $1 AND unit = $2 AND label = 'INSIDE_SERVICE' AND ended IS NULL", k, unit)
	if err != nil {
		return err
	}
	for _, id := range open {
		if _, err := w.exec("UPDATE tasks SET state = 'DONE', ended = $2, revision = revision + 1, entry = $3 WHERE id = $1", id, w.Now(), entry); err != nil {
			return err
		}
		if err := w.EndDuties(id); err != nil {
			return err
		}
	}
	return nil
}

// Tasks of a case, oldest first.
func (t *tx) Tasks(k casework.CaseID) ([]Task, error) {
	return list(t, func(r row) (task Task, err error) {
		return task, r.scan(task.ID[:], &task.Service, task.Unit[:], &task.Done, &task.Due)
	}, `SELECT t.id, t.service, t.unit, t.ended IS NOT NULL, u.due FROM tasks t
		LEFT JOIN duties u ON u.object = t.id AND u.ended IS NULL
		WHERE t.case_id = $1 ORDER BY t.created, t.id`, k)
}

// LegsOf are the legs of a case, oldest first.
func (t *tx) LegsOf(k casework.CaseID) ([]casework.LegID, error) {
	return list(t, func(r row) (id casework.LegID, err error) { return id, r.scan(id[:]) },
		"SELECT id FROM legs WHERE case_id = $1 ORDER BY sent, id", k)
}

func joinServices(services []casework.ReferralServiceType) string {
	words := make([]string, len(services))
	for i, s := range services {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func splitServices(text string) []casework.ReferralServiceType {
	var services []casework.ReferralServiceType
	for _, word := range strings.Fields(text) {
		services = append(services, casework.ReferralServiceType(word))
	}
	return services
}

package store

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// owedIn finds what is owed on an object, by its case. What is owed on an act that is of no case has the place 0.
const owedIn = "place = COALESCE(" + placeOf + ", 0)"

// PutDuty starts a duty. Its instants stand here alone. Its id is of the time, for nobody outside sees it, and ids of chance would each
// touch another page of the index.
func (w *Writer) PutDuty(d casework.Duty, entry [16]byte) error {
	if unit, ok := w.s.Directory().Unit(d.Unit); ok && d.Kind == casework.OnLeg {
		w.mark(unit.Register) // another leg may have woken it
	}
	_, err := w.exec(`INSERT INTO duties (case_id, place, id, kind, object, unit, officer, duty, started, due, legal, level2, level3, lapse, rule, basis, rise, entry)
		VALUES ($1, COALESCE(`+placeOf+", 0), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
		d.Case, w.risingID(), d.Kind, d.Object, d.Unit, orNull(d.Officer[:]), d.Name, d.Started, d.Due, d.Legal, d.Level2, d.Level3, d.Lapse, d.Rule,
		d.Basis, d.Rise(0), entry)
	if err != nil {
		return fmt.Errorf("put a duty: %w", err)
	}
	return nil
}

// EndDuties ends what is owed on an object of a case.
func (w *Writer) EndDuties(k casework.CaseID, object casework.ID) error {
	_, err := w.exec("UPDATE duties SET ended = $3 WHERE "+owedIn+" AND object = $2 AND ended IS NULL", k, object, w.Now())
	return err
}

// HandDuty gives what is owed on an object to another officer; due time and levels stay.
func (w *Writer) HandDuty(k casework.CaseID, object casework.ID, officer casework.AccountID, entry [16]byte) error {
	_, err := w.exec("UPDATE duties SET officer = $3, entry = $4 WHERE "+owedIn+" AND object = $2 AND ended IS NULL", k, object, orNull(officer[:]), entry)
	return err
}

// DutyOf is what is owed on a case, or on a leg, task or other thing of it; zero if nothing is. Served by duties_one_open.
func (t *tx) DutyOf(k casework.CaseID, object casework.ID) (casework.Duty, error) {
	duties, err := list(t, scanDuty, "SELECT "+dutyColumns+" FROM duties u WHERE u."+owedIn+" AND u.object = $2 AND u.ended IS NULL", k, object)
	if err != nil || len(duties) == 0 {
		return casework.Duty{}, err
	}
	return duties[0], nil
}

const dutyColumns = "u.id, u.kind, u.object, u.case_id, u.unit, u.officer, u.duty, u.started, u.due, u.legal, u.level2, u.level3, u.lapse, u.rule, u.basis"

func dutyDest(d *casework.Duty) []any {
	return []any{d.ID[:], &d.Kind, d.Object[:], d.Case[:], d.Unit[:], d.Officer[:], &d.Name, &d.Started, &d.Due, &d.Legal, &d.Level2, &d.Level3, &d.Lapse, &d.Rule, &d.Basis}
}

func scanDuty(r row) (d casework.Duty, err error) { return d, r.scan(dutyDest(&d)...) }

// Scope says whose duties.
type Scope int

const (
	OfUnit   Scope = iota // the caller's unit's, and those of units that it stands in for
	Mine                  // the caller's, and those of whom the caller is deputy
	Overseen              // late ones on legs, of units that the caller's unit stands above
)

// DutyFilter chooses duties.
type DutyFilter struct {
	Scope   Scope
	Overdue bool
	After   Cursor // due soonest first
	Limit   int
}

// DutyFile is a duty with what Decide must know of the caller: on its leg, or else on its case.
type DutyFile struct {
	casework.Duty
	Service casework.ReferralServiceType // of a task
	Label   casework.TaskLabel           // of a task
	Leg     *LegFile                     // of a leg's duty
	Case    *CaseFile                    // of any other

	Approval *casework.Approval // of a second person's; its case may be none
}

// dutyRow is a duty with its leg or its case, and the caller's rights there: all that does not follow from the moment.
type dutyRow struct {
	duty    casework.Duty
	service casework.ReferralServiceType
	label   casework.TaskLabel
	leg     legRow
	caseRow caseRow
	rights  caseRights

	approval *casework.Approval
}

// file says what of a row follows from the moment.
func (r *dutyRow) file(c Caller, now time.Time) *DutyFile {
	f := &DutyFile{Duty: r.duty, Service: r.service, Label: r.label}
	if r.duty.Kind == casework.OnLeg {
		leg := r.leg.file(c, now)
		f.Leg = &leg
		return f
	}
	f.Approval = r.approval
	f.Case = &CaseFile{Case: r.caseRow.Case, Known: true, Facts: c.Facts(now), subject: r.caseRow.subject}
	if r.duty.Case == (casework.CaseID{}) {
		f.Case.Known = false // an act that waits may be of no case
		return f
	}
	r.rights.apply(&f.Case.Facts, c, r.caseRow.Case, now)
	return f
}

// ends is when the first of the caller's rights there ends by time.
func (r dutyRow) ends() time.Time {
	if r.duty.Kind == casework.OnLeg {
		return r.leg.rights.ends
	}
	return r.rights.ends
}

// Duties reads what is owed, due soonest first: a superset, of which Decide chooses. Served by duties_unit or duties_officer.
func (t *tx) Duties(c Caller, now time.Time, f DutyFilter) ([]*DutyFile, error) {
	var rows []dutyRow
	var err error
	switch f.Scope {
	case Mine:
		rows, err = t.dutiesOf(c, now, f, "u.officer = $1", t.deputised)
	case Overseen:
		rows, err = t.overseen(c, now, f)
	default:
		rows, err = t.dutiesOf(c, now, f, "u.unit = $1", t.servedKeys)
	}
	if err != nil {
		return nil, err
	}
	files := make([]*DutyFile, 0, len(rows))
	for i := range rows {
		if f.Overdue && !rows[i].duty.Overdue(now) {
			break // none after it is: they are in the order of their due times
		}
		files = append(files, rows[i].file(c, now))
	}
	return files, nil
}

// dutiesOf reads a page of the duties of each of some units or officers, and puts the pages into one.
func (t *tx) dutiesOf(c Caller, now time.Time, f DutyFilter, whose string, keys func(Caller, time.Time) ([][16]byte, error)) ([]dutyRow, error) {
	of, err := keys(c, now)
	if err != nil {
		return nil, err
	}
	var all []dutyRow
	for _, key := range of {
		rows, err := t.cachedDuties(c, now, f, whose, key)
		if err != nil {
			return nil, err
		}
		if len(of) == 1 {
			return rows, nil
		}
		all = append(all, rows...)
	}
	return firstDuties(all, f.Limit), nil
}

// servedKeys are the caller's unit and those that it stands in for.
func (t *tx) servedKeys(c Caller, _ time.Time) (keys [][16]byte, err error) {
	units, err := t.servedUnits(c)
	for _, u := range units {
		keys = append(keys, u)
	}
	return keys, err
}

// deputised are the caller and those whose deputy the caller is now.
func (t *tx) deputised(c Caller, now time.Time) ([][16]byte, error) {
	absent, err := t.StandsInFor(c, now)
	keys := [][16]byte{c.Account}
	for _, account := range absent {
		keys = append(keys, account)
	}
	return keys, err
}

func firstDuties(rows []dutyRow, limit int) []dutyRow {
	slices.SortFunc(rows, func(a, b dutyRow) int {
		return cmp.Or(a.duty.Due.Compare(b.duty.Due), bytes.Compare(a.duty.ID[:], b.duty.ID[:]))
	})
	return rows[:min(len(rows), limit)]
}

// fromDuties begins each query of open duties, with what their tasks say.
const fromDuties = "SELECT " + dutyColumns + ", t.service, t.label FROM duties u LEFT JOIN tasks t ON u.kind = 'TASK' AND t.id = u.object WHERE u.ended IS NULL"

func (t *tx) readDuties(c Caller, now time.Time, where string, args ...any) ([]dutyRow, error) {
	rows, err := list(t, func(r row) (d dutyRow, err error) {
		return d, r.scan(append(dutyDest(&d.duty), &d.service, &d.label)...)
	}, fromDuties+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read duties: %w", err)
	}
	for i := range rows {
		if err := t.complete(&rows[i], c, now); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// complete reads the leg or the case of a duty.
func (t *tx) complete(d *dutyRow, c Caller, now time.Time) (err error) {
	if d.duty.Kind == casework.OnApproval {
		a, _, err := t.Approval(d.duty.Object)
		if d.approval = &a; err != nil || d.duty.Case == (casework.CaseID{}) {
			return err
		}
	}
	if d.duty.Kind != casework.OnLeg {
		if d.caseRow, err = scanCase(t.row("SELECT "+caseColumns+" FROM cases c WHERE c.id = $1", d.duty.Case)); err != nil {
			return fmt.Errorf("read the case of a duty: %w", err)
		}
		d.rights, err = t.rightsOn(d.caseRow.Case, c, now)
		return err
	}
	legs, err := t.legRows(c, now, "WHERE l.id = $1", d.duty.Object)
	if err == nil && len(legs) != 1 {
		err = errNoRows
	}
	if err != nil {
		return fmt.Errorf("read the leg of a duty: %w", err)
	}
	d.leg = legs[0]
	return nil
}

// cachedDuties reads a page from memory while no row has changed. It does not ask what is overdue, so that no page is bound to a
// moment.
func (t *tx) cachedDuties(c Caller, now time.Time, f DutyFilter, whose string, of [16]byte) ([]dutyRow, error) {
	key := dutyKey{whose, of, c.Account, c.Unit.ID, f.After, f.Limit}
	page, ok := t.s.dutyPages.Get(key)
	if ok && page.version == t.version && page.rights == t.rights && (page.ends.IsZero() || now.Before(page.ends)) {
		return page.rows, nil
	}
	rows, err := t.readDuties(c, now, " AND "+whose+" AND (u.due, u.id) > ($2, $3) ORDER BY u.due, u.id LIMIT $4", of, startOf(f.After), f.After.ID, f.Limit)
	if err != nil || t.ctx == nil {
		return rows, err
	}
	page = dutyPage{version: t.version, rights: t.rights, rows: rows}
	for _, r := range rows {
		if ends := r.ends(); !ends.IsZero() && (page.ends.IsZero() || ends.Before(page.ends)) {
			page.ends = ends
		}
	}
	t.s.dutyPages.Add(key, page)
	return rows, nil
}

// overseen reads late duties on legs, of each unit that the caller's stands above from its level on. Served by duties_unit: of each
// unit what is overdue is read, and no more.
func (t *tx) overseen(c Caller, now time.Time, f DutyFilter) ([]dutyRow, error) {
	owing, err := t.owingUnits()
	if err != nil {
		return nil, err
	}
	var all []dutyRow
	for _, unit := range owing {
		from := t.oversight(c, unit)
		if from == 0 {
			continue
		}
		rows, err := t.readDuties(c, now, " AND u.unit = $1 AND u.due < $5 AND u.kind = 'LEG' AND "+levelAt("$5")+` >= $6
			AND (u.due, u.id) > ($2, $3) ORDER BY u.due, u.id LIMIT $4`, unit, startOf(f.After), f.After.ID, f.Limit, now, from)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return firstDuties(all, f.Limit), nil
}

// owingUnits are the units that owe anything now, each found by one step in duties_unit.
func (t *tx) owingUnits() ([]casework.UnitID, error) {
	return list(t, func(r row) (u casework.UnitID, err error) { return u, r.scan(u[:]) }, `WITH RECURSIVE owing (unit) AS (
			SELECT (SELECT d.unit FROM duties d WHERE d.ended IS NULL ORDER BY d.unit LIMIT 1)
			UNION ALL
			SELECT (SELECT d.unit FROM duties d WHERE d.ended IS NULL AND d.unit > o.unit ORDER BY d.unit LIMIT 1) FROM owing o WHERE o.unit IS NOT NULL
		)
		SELECT unit FROM owing WHERE unit IS NOT NULL`)
}

// startOf is the instant after which a page begins; a zero cursor begins before all.
func startOf(c Cursor) time.Time {
	if c.IsZero() {
		return time.UnixMicro(-1 << 62)
	}
	return c.Time
}

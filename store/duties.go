package store

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutDuty starts a duty. Its instants stand here alone.
func (w *Writer) PutDuty(d casework.Duty, entry [16]byte) error {
	_, err := w.exec(`INSERT INTO duties (id, kind, object, case_id, unit, officer, duty, started, due, legal, level2, level3, lapse, rule, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		d.ID, d.Kind, d.Object, d.Case, d.Unit, orNull(d.Officer[:]), d.Name, d.Started, d.Due, d.Legal, d.Level2, d.Level3, d.Lapse, d.Rule, entry)
	if err != nil {
		return fmt.Errorf("put a duty: %w", err)
	}
	return nil
}

// EndDuties ends what is owed on an object.
func (w *Writer) EndDuties(object casework.ID) error {
	_, err := w.exec("UPDATE duties SET ended = $2 WHERE object = $1 AND ended IS NULL", object, w.Now())
	return err
}

// HandDuty gives what is owed on an object to another officer; due time and levels stay.
func (w *Writer) HandDuty(object casework.ID, officer casework.AccountID, entry [16]byte) error {
	_, err := w.exec("UPDATE duties SET officer = $2, entry = $3 WHERE object = $1 AND ended IS NULL", object, orNull(officer[:]), entry)
	return err
}

// DutyOf is what is owed on a case, leg or task; zero if nothing is. Served by duties_one_open.
func (t *tx) DutyOf(object casework.ID) (casework.Duty, error) {
	duties, err := list(t, scanDuty, "SELECT "+dutyColumns+" FROM duties u WHERE u.object = $1 AND u.ended IS NULL", object)
	if err != nil || len(duties) == 0 {
		return casework.Duty{}, err
	}
	return duties[0], nil
}

const dutyColumns = "u.id, u.kind, u.object, u.case_id, u.unit, u.officer, u.duty, u.started, u.due, u.legal, u.level2, u.level3, u.lapse, u.rule"

func dutyDest(d *casework.Duty) []any {
	return []any{d.ID[:], &d.Kind, d.Object[:], d.Case[:], d.Unit[:], d.Officer[:], &d.Name, &d.Started, &d.Due, &d.Legal, &d.Level2, &d.Level3, &d.Lapse, &d.Rule}
}

func scanDuty(r row) (d casework.Duty, err error) { return d, r.scan(dutyDest(&d)...) }

// DutyFilter chooses duties.
type DutyFilter struct {
	Mine    bool // of the caller, else of the caller's unit
	Overdue bool
	After   Cursor // due soonest first
	Limit   int
}

// DutyRow is a duty with the task's service, if it is a task's.
type DutyRow struct {
	casework.Duty
	Service casework.ReferralServiceType
}

// Duties reads what is owed, due soonest first: a superset, of which Decide chooses. Served by duties_unit or duties_officer.
func (t *tx) Duties(c Caller, now time.Time, f DutyFilter) ([]DutyRow, error) {
	if f.Mine {
		return t.dutyPage("u.officer = $1", c.Account, now, f)
	}
	units, err := t.servedUnits(c)
	if err != nil {
		return nil, err
	}
	var all []DutyRow
	for _, unit := range units {
		rows, err := t.dutyPage("u.unit = $1", unit, now, f)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	sortDuties(all)
	return all[:min(len(all), f.Limit)], nil
}

func sortDuties(rows []DutyRow) {
	slices.SortFunc(rows, func(a, b DutyRow) int { return cmp.Or(a.Due.Compare(b.Due), bytes.Compare(a.ID[:], b.ID[:])) })
}

func (t *tx) dutyPage(whose string, key any, now time.Time, f DutyFilter) ([]DutyRow, error) {
	before := endOfTime
	if f.Overdue {
		before = now
	}
	return list(t, func(r row) (d DutyRow, err error) {
		return d, r.scan(append(dutyDest(&d.Duty), &d.Service)...)
	}, "SELECT "+dutyColumns+`, t.service FROM duties u
		LEFT JOIN tasks t ON u.kind = 'TASK' AND t.id = u.object
		WHERE `+whose+` AND u.ended IS NULL
			AND u.due < $2
			AND (u.due, u.id) > ($3, $4)
		ORDER BY u.due, u.id
		LIMIT $5`, key, before, startOf(f.After), f.After.ID, f.Limit)
}

// startOf is the instant after which a page begins; a zero cursor begins before all.
func startOf(c Cursor) time.Time {
	if c.IsZero() {
		return time.UnixMicro(-1 << 62)
	}
	return c.Time
}

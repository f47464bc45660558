package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// CaseEvent is one event of a case, for its timeline: the journal names nobody and cannot be asked by case.
type CaseEvent struct {
	ID      [16]byte // of its entry in the journal
	Time    time.Time
	Name    string
	Before  string
	After   string
	Unit    casework.UnitID // zero: the system
	Account casework.AccountID
}

// PutCaseEvent keeps an event beside its entry.
func (w *Writer) PutCaseEvent(k casework.CaseID, e CaseEvent, entry [16]byte) error {
	_, err := w.exec(`INSERT INTO case_events (case_id, time, id, event, before, after, unit, account, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		k, w.Now(), entry, e.Name, e.Before, e.After, orNull(e.Unit[:]), orNull(e.Account[:]), entry)
	if err != nil {
		return fmt.Errorf("put a case's event: %w", err)
	}
	return nil
}

// CaseEvents of a case, newest first. Served by the primary key.
func (t *tx) CaseEvents(k casework.CaseID) ([]CaseEvent, error) {
	return list(t, func(r row) (e CaseEvent, err error) {
		return e, r.scan(e.ID[:], &e.Time, &e.Name, &e.Before, &e.After, e.Unit[:], e.Account[:])
	}, "SELECT id, time, event, before, after, unit, account FROM case_events WHERE case_id = $1 ORDER BY time DESC, id", k)
}

// LastOpened is when a case was opened, or opened again.
func (t *tx) LastOpened(k casework.Case) (time.Time, error) {
	var at time.Time
	err := t.row("SELECT time FROM case_events WHERE case_id = $1 AND event = 'reopen' ORDER BY time DESC LIMIT 1", k.ID).scan(&at)
	if errors.Is(err, errNoRows) {
		return k.Opened, nil
	}
	return at, err
}

// AgedOut lists the open monitoring of children who are five on a day. Their birth dates are sealed, so each child is looked at, once
// a day, a register at a time: 20,000 children cost half a second. Served by cases_open.
func (t *tx) AgedOut(now time.Time, limit int) (due []Due, err error) {
	today := int64(casework.DateOf(now))
	if t.s.fiveBy.Load() == today {
		return nil, nil
	}
	for _, u := range t.s.Directory().Units() {
		rows, err := list(t, scanCase, "SELECT "+caseColumns+" FROM cases c WHERE c.register = $1 AND c.closed IS NULL AND c.type = 'GROWTH_MONITORING'", u.ID)
		if err != nil {
			return nil, fmt.Errorf("list monitored children: %w", err)
		}
		for _, k := range rows {
			child, err := t.identity(k.Subject, k.subject)
			if err != nil {
				return nil, err
			}
			if _, five := k.AgeOut(child.Identity.BirthDate, now); five {
				due = append(due, Due{casework.ID(k.ID), k.ID})
			}
			if len(due) == limit {
				return due, nil
			}
		}
	}
	if len(due) == 0 {
		t.s.fiveBy.Store(today) // nobody is left: the next who turns five does so tomorrow
	}
	return due, nil
}

package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// What the journal's readers ask of it. Entries are clustered by number, and their times ascend with it: no index of time is needed.

func scanRecord(r row) (rec Record, err error) {
	var canonical []byte
	if err := r.scan(&rec.Object, &rec.Case, &canonical); err != nil {
		return rec, err
	}
	rec.Entry, err = journal.Parse(canonical)
	return rec, err
}

// EntriesBefore reads entries of numbers below one and not below another, newest first.
func (t *tx) EntriesBefore(before, from int64, limit int) ([]Record, error) {
	all, err := list(t, scanRecord, `SELECT object_id, case_id, bytes FROM journal WHERE number < $1 AND number >= $2
		ORDER BY number DESC LIMIT $3`, before, from, limit) // by the primary key
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return all, nil
}

// NumberAt is the number of the first entry that is not older than an instant; that of the next entry if all are.
func (t *tx) NumberAt(at time.Time) (int64, error) {
	low, high := int64(0), int64(0)
	err := t.row("SELECT number + 1 FROM journal ORDER BY number DESC LIMIT 1").scan(&high)
	if errors.Is(err, errNoRows) {
		return 0, nil
	}
	for low < high && err == nil {
		middle := low + (high-low)/2
		var found int64
		// By the primary key. The next entry that is there: one may be missing.
		if err = t.row("SELECT time FROM journal WHERE number >= $1 ORDER BY number LIMIT 1", middle).scan(&found); err != nil {
			break
		}
		if found < at.UnixMicro() {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if err != nil {
		return 0, fmt.Errorf("look for a time in the journal: %w", err)
	}
	return low, nil
}

// NumberOf finds the entry of an act that was done at an instant on an object, by its pseudonym; -1 if there is none.
func (t *tx) NumberOf(at time.Time, is func(journal.Entry) bool) (int64, error) {
	from, err := t.NumberAt(at)
	if err != nil {
		return -1, err
	}
	for r := range t.rows("SELECT object_id, case_id, bytes FROM journal WHERE number >= $1 ORDER BY number", from) { // by the primary key
		rec, err := scanRecord(r)
		if err != nil {
			return -1, fmt.Errorf("read the journal: %w", err)
		}
		if rec.Entry.Time != at.UnixMicro() {
			return -1, nil
		}
		if is(rec.Entry) {
			return int64(rec.Entry.Number), nil
		}
	}
	return -1, nil
}

// Acting is an account as a reviewer sees it in the journal.
type Acting struct {
	ID   casework.AccountID
	Code string
}

// Actors are all accounts, by their pseudonym.
func (t *tx) Actors() (map[[16]byte]Acting, error) {
	all := map[[16]byte]Acting{}
	for r := range t.rows("SELECT id, code FROM accounts") {
		var a Acting
		if err := r.scan(a.ID[:], &a.Code); err != nil {
			return nil, fmt.Errorf("read accounts: %w", err)
		}
		all[t.s.Pseudonym("account", a.ID[:])] = a
	}
	return all, nil
}

// Judged lists the acts that somebody else looks at, oldest first: reviews of every case, for who sees no case. A pair that may belong
// together is no act, and that a unit asks about one is nobody's to count.
func (t *tx) Judged(open bool, after Cursor, limit int) ([]casework.Review, error) {
	where := " AND v.kind <> 'LINK'"
	if open {
		where += " AND v.decided IS NULL"
	}
	all, err := list(t, scanReview, "SELECT "+reviewColumns+" FROM reviews v WHERE (v.started, v.id) > ($1, $2)"+where+
		" ORDER BY v.started, v.id LIMIT $3", startOf(after), after.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("list judgements: %w", err)
	}
	return all, nil
}

package store

import (
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Look is one entry of the journal about a case, as its client may have it: no person is named.
type Look struct {
	Number  int64
	Time    time.Time
	Unit    casework.UnitID
	Role    casework.Role
	Purpose string
	Shown   bool // anything at all: false for an act or an attempt
}

// Looks are the newest entries about a case by persons, newest first. Served by journal_case.
func (t *tx) Looks(k casework.CaseID, limit int) ([]Look, error) {
	all, err := list(t, func(r row) (l Look, err error) {
		var bytes []byte
		if err := r.scan(&bytes); err != nil {
			return l, err
		}
		e, err := journal.Parse(bytes)
		return Look{
			Number: int64(e.Number), Time: time.UnixMicro(e.Time).UTC(), Unit: e.Unit, Role: casework.Role(e.Role), Purpose: e.Purpose, Shown: e.Mask != 0,
		}, err
	}, "SELECT bytes FROM journal WHERE case_id = $1 ORDER BY number DESC LIMIT $2", k, limit)
	if err != nil {
		return nil, fmt.Errorf("read who looked at a case: %w", err)
	}
	people := all[:0]
	for _, l := range all {
		if l.Unit != (casework.UnitID{}) { // the server's own entries are nobody's look
			people = append(people, l)
		}
	}
	return people, nil
}

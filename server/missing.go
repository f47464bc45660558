package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// What health names as not set up yet. The server works without; some of its work does not.
const (
	unitsMissing    = "UNITS_MISSING"
	calendarMissing = "CALENDAR_MISSING" // no holiday of this year: every weekday counts, so due times err early
	reviewerMissing = "REVIEWER_MISSING"
)

// databaseFault keeps the server from its work.
const databaseFault = "DATABASE"

// missing names what keeps the server from its work, and what is not set up yet.
func (s *Server) missing(ctx context.Context) (faults, missing []string) {
	reviewed, err := store.Read(ctx, s.store, func(r *store.Reader) (bool, error) { return r.HasRole(casework.RoleReviewer) })
	if err != nil {
		faults = append(faults, databaseFault)
	}
	d := s.store.Directory()
	for _, m := range []struct {
		lacks bool
		word  string
	}{
		{len(d.Units()) == 0, unitsMissing},
		{!d.Calendar.HasYear(casework.DateOf(s.now()).Year()), calendarMissing},
		{!reviewed, reviewerMissing},
	} {
		if m.lacks {
			missing = append(missing, m.word)
		}
	}
	return faults, missing
}

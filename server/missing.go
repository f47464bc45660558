package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// What health names as not set up yet. The server works without; some of its work does not.
const (
	unitsMissing    = "UNITS_MISSING"
	calendarMissing = "CALENDAR_MISSING"           // no holiday of this year: every weekday counts, so due times err early
	nextYearMissing = "CALENDAR_MISSING_NEXT_YEAR" // nor of the next, into which due times reach
	reviewerMissing = "REVIEWER_MISSING"
	clockBehind     = "CLOCK_BEHIND" // the clock stands behind the newest entry, whose time counts
)

// Faults keep the server from its work.
const (
	databaseFault = "DATABASE"
	clockFault    = "CLOCK" // it is not to be believed: nothing is answered, nothing lapses
)

// missing names what keeps the server from its work, and what is not set up yet.
func (s *Server) missing(ctx context.Context) (faults, missing []string) {
	reviewed, err := store.Read(ctx, s.store, func(r *store.Reader) (bool, error) { return r.HasRole(casework.RoleReviewer) })
	if err != nil {
		faults = append(faults, databaseFault)
	}
	if s.store.ClockWrong() {
		faults = append(faults, clockFault)
	}
	d, year := s.store.Directory(), casework.DateOf(s.now()).Year()
	for _, m := range []struct {
		lacks bool
		word  string
	}{
		{len(d.Units()) == 0, unitsMissing},
		{!d.Calendar.HasYear(year), calendarMissing},
		{!d.Calendar.HasYear(year + 1), nextYearMissing},
		{!reviewed, reviewerMissing},
		{s.store.ClockBehind(), clockBehind},
	} {
		if m.lacks {
			missing = append(missing, m.word)
		}
	}
	return faults, missing
}

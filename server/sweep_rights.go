package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// rightsThatEnd is the job that puts on record the rights of a kind whose time has run out: nobody ended them, and whoever follows what
// was handed out by them has to learn that it is over.
func rightsThatEnd(kind string) sweepJob {
	return sweepJob{
		"ended " + kind,
		func(r *store.Reader, now time.Time, limit int) ([]store.Due, error) {
			return r.EndedRights(kind, now, limit)
		},
		func(s *Server, w *store.Writer, due store.Due) error { return s.rightEnded(w, kind, due) },
	}
}

func (s *Server) rightEnded(w *store.Writer, kind string, due store.Due) error {
	first, err := w.NoteEnd(kind, due.Object)
	if err != nil || !first {
		return err
	}
	about := object{kind: kind, id: due.Object, caseID: due.Case}
	if due.Case != (casework.CaseID{}) {
		k, err := w.CaseOnly(due.Case)
		if err != nil {
			return err
		}
		about.level = k.Level
	}
	if kind == "disclosure" {
		about.basis = casework.DisclosureID(due.Object)
	}
	s.timer(w, about, journal.Event{Name: "RIGHT_ENDED"})
	return nil
}

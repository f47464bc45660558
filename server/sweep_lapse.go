package server

import (
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// lapse ends what silence ends on a leg (design: referral 3, rows 18 to 20), and tells both units.
func (s *Server) lapse(w *store.Writer, due store.Due) error {
	f, err := w.ReferralFor(store.Caller{}, casework.LegID(due.Object), w.Now())
	if err != nil || !f.Known || f.Duty.Lapse.IsZero() || !f.Duty.Lapse.Before(w.Now()) {
		return err // an event was faster
	}
	if err := w.LegTexts(&f.Leg, f.Case.Subject); err != nil {
		return err
	}
	next, change, err := f.Leg.Lapse(f.Duty.Lapse, w.Now())
	if err != nil {
		return err
	}
	entry, err := s.putLegStep(w, legStep{
		before: f.Leg, after: next, k: f.Case, change: change, by: casework.ByServer,
		record: func(event journal.Event) ([16]byte, error) { return s.timer(w, aboutLeg(f), event), nil },
	})
	if err != nil {
		return err
	}
	for _, byReceiver := range []bool{true, false} {
		if err := w.NotifyOther(next, casework.NoticeLegChanged, byReceiver, entry); err != nil {
			return err
		}
	}
	return nil
}

package server

import (
	"strconv"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// remindOfEnd tells the return unit, without content, that a basis ends in 14 or 3 days, and makes its renewal a duty: a job of the
// sweep, each in a closure of its own.
func (s *Server) remindOfEnd(w *store.Writer, due store.Due) error {
	id := casework.DisclosureID(due.Object)
	e, ok, err := w.EndingOf(id)
	if err != nil || !ok {
		return err
	}
	days := e.ReminderDue(e.Reminded, w.Now())
	if days == 0 {
		return nil // renewed, withdrawn or told in between
	}
	f, err := w.CaseFor(store.Caller{}, e.Case, w.Now())
	if err != nil {
		return err
	}
	entry := s.timer(w, aboutBasis(e.Disclosure, f.Case), journal.Event{Name: "REMINDED", After: strconv.Itoa(days)})
	if err := w.Reminded(id, days, entry); err != nil {
		return err
	}
	return s.oweRenewal(w, e.Disclosure, f.Case, entry)
}

// oweRenewal makes the renewal of a basis the return unit's duty, due when the basis ends, and tells it.
func (s *Server) oweRenewal(w *store.Writer, d casework.Disclosure, k casework.Case, entry [16]byte) error {
	unit, _ := s.store.Directory().Unit(k.Unit)
	accountable, err := w.Accountable(unit)
	if err != nil {
		return err
	}
	owed, err := w.DutyOf(d.Case, casework.ID(d.ID))
	if err != nil {
		return err
	}
	if owed.Due.IsZero() {
		if err := s.startRenewal(w, d, k, accountable, entry); err != nil {
			return err
		}
	}
	return w.Notify(store.Notice{
		Kind: casework.NoticeConsentEnding, ObjectKind: casework.OnDisclosure, Object: casework.ID(d.ID), Case: k.ID, Unit: accountable,
	}, entry)
}

// renewalLead is how long before its end a basis is first spoken of: RENEW_CONSENT of the deadline table lasts as long.
const renewalLead = 14 * 24 * time.Hour

func (s *Server) startRenewal(w *store.Writer, d casework.Disclosure, k casework.Case, unit casework.UnitID, entry [16]byte) error {
	officers, err := w.Officers(k.ID, w.Now())
	if err != nil {
		return err
	}
	owed := casework.Duty{
		Kind: casework.OnDisclosure, Object: casework.ID(d.ID), Case: k.ID, Unit: unit,
		Officer: append(officers, casework.AccountID{})[0], Name: casework.DutyRenewConsent, Started: d.Expires.Add(-renewalLead),
	}
	directory := s.store.Directory()
	owed, err = directory.Deadlines.Start(owed, casework.DeadlineKey{
		CaseType: k.Type, Urgency: casework.Routine, Duty: owed.Name, Day: casework.DateOf(w.Now()),
	}, directory.Calendar)
	if err != nil {
		return err
	}
	return w.PutDuty(owed, entry)
}

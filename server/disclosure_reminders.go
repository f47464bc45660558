package server

import (
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// endingBases are bases whose end is to be told now: open legs stand on them, and nobody was told since it came so near.
func endingBases(r *store.Reader, now time.Time, limit int) ([]casework.DisclosureID, error) {
	var due []casework.DisclosureID
	for _, last := range []struct{ within, reminded int }{{14, 0}, {3, 14}} {
		endings, err := r.Endings(now, last.within, last.reminded, limit)
		if err != nil {
			return nil, err
		}
		for _, e := range endings {
			if e.ReminderDue(e.Reminded, now) != 0 {
				due = append(due, e.ID)
			}
		}
	}
	return due, nil
}

// remindOfEnd tells the return unit, without content, that a basis ends in 14 or 3 days, and makes its renewal a duty. It is one
// object of a sweep, in a closure of its own.
func (s *Server) remindOfEnd(w *store.Writer, id casework.DisclosureID) error {
	if err := w.LockDisclosure(id); err != nil {
		return err
	}
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
	k := f.Case
	about := store.Record{Entry: journal.Entry{
		Version: journal.Version, Origin: "timer", Action: access.Notify.String(), Outcome: access.Allow.String(), Level: string(k.Level), Basis: id,
		ObjectKind: "disclosure", Object: s.store.Pseudonym("disclosure", id[:]), Event: journal.Event{Name: "remindOfEnd"},
	}, Object: id[:], Case: k.ID[:]}
	entry := w.AppendRecord(about)
	if err := w.Reminded(id, days, entry); err != nil {
		return err
	}
	return s.oweRenewal(w, e.Disclosure, k, entry)
}

// oweRenewal makes the renewal of a basis the return unit's duty, due when the basis ends, and tells it.
func (s *Server) oweRenewal(w *store.Writer, d casework.Disclosure, k casework.Case, entry [16]byte) error {
	unit, _ := s.store.Directory().Unit(k.Unit)
	accountable, err := w.Accountable(unit)
	if err != nil {
		return err
	}
	owed, err := w.DutyOf(casework.ID(d.ID))
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
		ID: casework.ID(uuid.NewSHA1(uuid.UUID(entry), d.ID[:])), Kind: casework.OnDisclosure, Object: casework.ID(d.ID), Case: k.ID, Unit: unit,
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

package server

import (
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// legStep is one event on a leg that the rules let happen: a person's, the sweep's or a withdrawal's.
type legStep struct {
	before, after casework.Referral
	k             casework.Case
	change        casework.Change
	by            casework.Party
	letter        bool               // said by a receiver without accounts: nobody there is told
	progress      *casework.Progress // an entry that the event adds
	officer       casework.AccountID // who takes over the duty, of a reassign
	record        func(journal.Event) ([16]byte, error)
}

// putLegStep stores the leg, its entry and its progress, and moves what is owed: the one way in which an event on a leg is stored.
// Ids follow from the entry's, so none is drawn here.
func (s *Server) putLegStep(w *store.Writer, e legStep) (entry [16]byte, err error) {
	event := journal.Event{Name: string(e.change.Event), Before: string(e.change.Before), After: string(e.after.State), Revision: e.before.Revision + 1}
	if e.leavesLeg() {
		event.Revision = e.before.Revision
		if entry, err = e.record(event); err != nil {
			return entry, err
		}
		if err := s.moveDuty(w, e, entry); err != nil {
			return entry, err
		}
		return entry, tell(w, e, entry)
	}
	err = w.UpdateReferral(e.after, e.k.Subject, func(value [32]byte) ([16]byte, error) {
		event.Value = value
		entry, err = e.record(event)
		return entry, err
	})
	if err != nil {
		return entry, err
	}
	if e.progress != nil {
		if err := w.PutProgress(*e.progress, e.k.Subject, entry); err != nil {
			return entry, err
		}
	}
	if err := markFull(w, e, entry); err != nil {
		return entry, err
	}
	if err := s.moveDuty(w, e, entry); err != nil {
		return entry, err
	}
	if err := s.wake(w, e, entry); err != nil {
		return entry, err
	}
	return entry, tell(w, e, entry)
}

// tell tells, without content, whom a person's event concerns: the other unit of the leg; who takes over; the unit that is reminded.
// What the time or a withdrawal does is told by them.
func tell(w *store.Writer, e legStep, entry [16]byte) error {
	notice := store.Notice{Kind: casework.NoticeLegChanged, ObjectKind: casework.OnLeg, Object: casework.ID(e.after.ID), Case: e.k.ID}
	switch {
	case e.by == casework.ByServer || e.letter:
		return nil
	case e.change.Event == casework.EventRemind:
		duty, err := w.DutyOf(e.after.Case, casework.ID(e.after.ID))
		if err != nil {
			return err
		}
		notice.Kind, notice.Unit = casework.NoticeReminder, duty.Unit
		return w.Notify(notice, entry)
	case e.change.Event == casework.EventReassign:
		notice.Account = e.officer
		return w.Notify(notice, entry)
	}
	return w.NotifyOther(e.after, casework.NoticeLegChanged, e.by == casework.ByReceiver, entry)
}

// markFull tells the next who looks for the service that this unit had no room.
func markFull(w *store.Writer, e legStep, entry [16]byte) error {
	if e.change.Event != casework.EventDecline || e.after.DeclineReason != casework.DeclineNoCapacity {
		return nil
	}
	return w.SetCapacity(e.after.Receiver, e.after.Service, "", casework.CapacityFull, w.Now().Add(casework.FullFor), entry)
}

// leavesLeg tells whether the leg stays as it is: a reminder, and a duty that changes hands before anybody has taken the leg.
func (e legStep) leavesLeg() bool {
	return e.change.Event == casework.EventRemind || e.change.Event == casework.EventReassign && e.after.Officer == e.before.Officer
}

// moveDuty ends what was owed and starts what is: a progress entry may renew it or leave it; another officer takes over the same; a
// final leg owes nothing.
func (s *Server) moveDuty(w *store.Writer, e legStep, entry [16]byte) error {
	switch e.change.Event {
	case casework.EventRemind:
		return nil
	case casework.EventReassign:
		if e.by == casework.ByReceiver && e.after.State == casework.Reported {
			return nil // what is owed now is the sender's
		}
		return w.HandDuty(e.after.Case, casework.ID(e.after.ID), e.officer, entry)
	}
	earlier, err := w.Earlier(e.after)
	if err != nil {
		return err
	}
	owed, open := e.after.Owes(earlier, w.Now())
	if e.progress != nil {
		var renewed bool
		if owed, renewed = e.after.OwesAfter(*e.progress, w.Now()); !renewed {
			return nil
		}
	}
	if err := w.EndDuties(e.after.Case, casework.ID(e.after.ID)); err != nil {
		return err
	}
	if !open {
		return w.EndRenewal(e.after) // of the basis, if it was the last leg on it
	}
	return s.startLegDuty(w, e.after, e.k, owed, entry)
}

// startLegDuty begins one duty, owed by one unit by one minute.
func (s *Server) startLegDuty(w *store.Writer, l casework.Referral, k casework.Case, owed casework.Owed, entry [16]byte) error {
	duty, err := s.legDuty(w, l, k, owed)
	if err != nil {
		return err
	}
	return w.PutDuty(duty, entry)
}

// legDuty is a duty of a leg, its instants fixed by the table of the day on which the leg was sent.
func (s *Server) legDuty(w *store.Writer, l casework.Referral, k casework.Case, owed casework.Owed) (casework.Duty, error) {
	duty := casework.Duty{Kind: casework.OnLeg, Object: casework.ID(l.ID), Case: k.ID, Name: owed.Name, Started: owed.Start, Officer: l.Officer}
	unit := l.Receiver
	if !owed.ByReceiver {
		unit = l.Sender
		officers, err := w.Officers(k.ID, w.Now())
		if err != nil {
			return duty, err
		}
		duty.Officer = append(officers, casework.AccountID{})[0]
	}
	d := s.store.Directory()
	known, _ := d.Unit(unit)
	var err error
	if duty.Unit, err = w.AccountableOn(known, k.ID); err != nil {
		return duty, err
	}
	if owed.Waiting {
		return casework.StartWaiting(duty, l.Urgency), nil
	}
	return d.Deadlines.Start(duty, casework.DeadlineKey{
		CaseType: k.Type, Service: l.Service, Urgency: l.Urgency, Duty: owed.Name, Day: casework.DateOf(l.Sent),
	}, d.Calendar)
}

// wake starts FIRST_SERVICE of the accepted legs that waited for this one's chain: it has served for the first time, or has ended.
func (s *Server) wake(w *store.Writer, e legStep, entry [16]byte) error {
	served := e.before.ServedOn == 0 && e.after.ServedOn != 0
	ended := e.after.State == casework.Closed || e.after.State == casework.Cancelled
	if !served && !ended {
		return nil
	}
	waiting, err := w.Waiting(e.after.Root)
	if err != nil {
		return err
	}
	for _, l := range waiting {
		duty, err := w.DutyOf(l.Case, casework.ID(l.ID))
		if err != nil {
			return err
		}
		if !duty.Waits() {
			continue // it has begun, or its officer has made it a waiting list or an appointment
		}
		if err := s.wakeOne(w, l, e.k, entry); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) wakeOne(w *store.Writer, l casework.Referral, k casework.Case, entry [16]byte) error {
	earlier, err := w.Earlier(l)
	if err != nil {
		return err
	}
	owed, _ := l.Owes(earlier, w.Now())
	if owed.Waiting {
		return nil
	}
	if err := w.EndDuties(l.Case, casework.ID(l.ID)); err != nil {
		return err
	}
	return s.startLegDuty(w, l, k, owed, entry)
}

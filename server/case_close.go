package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// meaningOfClosure is what the rules have against a closure of any case.
func (s *Server) meaningOfClosure(req *pb.CloseCaseRequest) casework.Violations {
	in := s.intake()
	in.closure(req)
	return in.faults
}

func (in *intake) closure(req *pb.CloseCaseRequest) casework.Ending {
	e := casework.Ending{Reason: word[casework.ClosureReason](req.GetReason())}
	e.Summary, e.Explanation, e.ReceivingAuthority = req.GetSummary(), req.GetExplanation(), req.GetReceivingAuthority()
	e.SafetyInformationGiven, e.SafetyChecked = req.GetSafetyInformationGiven(), req.GetSafetyChecked()
	if req.GetReferral() != "" {
		e.Referral = casework.LegID(in.name("referral", "referrals", req.GetReferral()))
	}
	if req.GetDuplicateOf() != "" {
		e.DuplicateOf = casework.CaseID(in.name("duplicateOf", "cases", req.GetDuplicateOf()))
	}
	if req.GetDeceasedOn() != "" {
		e.DeceasedOn = in.pastDay("deceasedOn", req.GetDeceasedOn())
	}
	return e
}

// CloseCase ends the case. What it still owed ends with it, but for a report that a law wants: that keeps it open.
func (s *cases) CloseCase(ctx context.Context, req *pb.CloseCaseRequest) (*pb.Case, error) {
	said := s.intake().closure(req)
	return s.move(ctx, req, casework.EventClose, func(m *caseMove) error {
		e := said
		handover, err := m.ending(&e)
		if err != nil {
			return err
		}
		if e.NeedsSupervisor() && !m.isOwnerSupervisor() {
			return m.refuse(access.CaseClose, access.Decision{Outcome: access.Denied, Rule: m.act.Rule}, aboutCase(m.f.Case), req.GetName())
		}
		if m.next, m.implied, err = m.f.Case.Close(e, m.now); err != nil {
			return err
		}
		if handover.Known {
			m.then(func() error { return m.confirmHandover(handover) })
		}
		m.then(func() error { return m.w.DropTasks(m.next.ID, m.entry) })
		return nil
	})
}

// isOwnerSupervisor tells V of domain.md 7 from W: access lets an assigned worker close ordinary cases, but not for every reason.
func (m *caseMove) isOwnerSupervisor() bool {
	return m.caller.Role == casework.RoleSupervisor && m.f.Facts.Relations&access.Owner != 0
}

// ending gathers what the file says about a closure, and the leg by which the case is handed over, if the closer may confirm one.
func (m *caseMove) ending(e *casework.Ending) (handover store.LegFile, err error) {
	for _, fact := range []func() error{
		func() error { return m.ofFile(e) },
		func() error { return m.ofChild(e) },
		func() error { return m.ofDuplicate(e) },
		func() (err error) { handover, err = m.ofHandover(e); return err },
	} {
		if err := fact(); err != nil {
			return handover, err
		}
	}
	open, err := m.w.OpenLegs(m.f.Case.ID)
	for _, leg := range open {
		if leg != handover.Leg.ID {
			e.OpenLegs++
		}
	}
	return handover, err
}

// ofFile reads what was noted: services, attempts since the case was opened, reports owed, pairs.
func (m *caseMove) ofFile(e *casework.Ending) (err error) {
	k := m.f.Case
	if e.Served, err = m.w.WasServed(k.ID); err != nil {
		return err
	}
	since, err := m.w.LastOpened(k)
	if err != nil {
		return err
	}
	notes, err := m.w.NoteKinds(k.ID)
	if err != nil {
		return err
	}
	e.Attempts, e.Channels = casework.Attempts(notes, since)
	if e.LegalTasks, err = m.openTasks(casework.TaskLabel.IsLegal); err != nil || !k.Type.IsViolence() {
		return err
	}
	incidents, err := m.w.Incidents(k)
	e.KDRT = casework.IsKDRT(pairsOf(incidents))
	return err
}

func pairsOf(incidents []casework.Incident) []casework.Pair {
	var pairs []casework.Pair
	for _, i := range incidents {
		pairs = append(pairs, i.Pairs...)
	}
	return pairs
}

// ofChild reads how a child has grown, and how old it is.
func (m *caseMove) ofChild(e *casework.Ending) error {
	if !m.f.Case.Type.IsGrowth() {
		return nil
	}
	person, measurements, err := m.child()
	e.Birth, e.Recovered = person.Identity.BirthDate, recovered(measurements, person)
	return err
}

// recoveryDays lie between the two measurements that show a child to be well again.
const recoveryDays = 28

// recovered tells whether the last two plausible measurements, so far apart, are without finding.
func recovered(measurements []casework.Measurement, p casework.Person) bool {
	var last []casework.Date
	for i, m := range measurements {
		a := assess(m, p, measurements[i+1:])
		switch {
		case !a.plausible():
			continue
		case !a.findings.Empty():
			return false
		}
		if last = append(last, m.Day); len(last) == 2 {
			return last[0]-last[1] >= recoveryDays
		}
	}
	return false
}

// ofDuplicate reads the case that goes on. One that the closer may not see is as unknown as one that never was.
func (m *caseMove) ofDuplicate(e *casework.Ending) error {
	if e.DuplicateOf == (casework.CaseID{}) {
		return nil
	}
	other, err := m.w.CaseFor(m.caller, e.DuplicateOf, m.now)
	if err != nil || !access.Decide(other.Facts.Doing(access.Read)).Grant.Shows(access.F1) {
		return err
	}
	e.Duplicate = &other.Case
	return nil
}

// ofHandover reads the leg by which the case is handed over, if the closer may turn its second key.
func (m *caseMove) ofHandover(e *casework.Ending) (f store.LegFile, err error) {
	if e.Referral == (casework.LegID{}) {
		return f, nil
	}
	if f, err = m.w.ReferralFor(m.caller, e.Referral, m.now); err != nil {
		return f, err
	}
	if act, _ := decideLeg(&f, casework.EventConfirm); !act.Allowed() || f.Leg.Case != m.f.Case.ID {
		return store.LegFile{}, nil
	}
	e.Handover = &f.Leg
	return f, m.w.LegTexts(&f.Leg, f.Case.Subject)
}

// confirmHandover is the second key of the leg, turned in the transaction that closes the case.
func (m *caseMove) confirmHandover(f store.LegFile) error {
	act, way := decideLeg(&f, casework.EventConfirm)
	leg, change, err := f.Leg.Confirm(casework.LegID{}, "", m.now)
	if err != nil {
		return err
	}
	_, err = m.putLegStep(m.w, legStep{
		before: f.Leg, after: leg, k: f.Case, change: change, by: way.by,
		record: func(event journal.Event) ([16]byte, error) {
			return m.append(m.w, way.action, act, aboutLeg(f), event), nil
		},
	})
	return err
}

// ReopenCase takes a closed case up again. It has an officer from the first moment on.
func (s *cases) ReopenCase(ctx context.Context, req *pb.ReopenCaseRequest) (*pb.Case, error) {
	return s.move(ctx, req, casework.EventReopenCase, func(m *caseMove) error {
		otherOpen, err := m.otherOpen()
		if err != nil {
			return err
		}
		if m.next, m.implied, err = m.f.Case.Reopen(req.GetReason(), otherOpen); err != nil {
			return err
		}
		m.noteReason(casework.NoteNote, req.GetReason())
		m.then(func() error { _, err := m.w.Follow(m.next, m.entry); return err })
		return nil
	})
}

// otherOpen tells whether the child has another open case of the growth group.
func (m *caseMove) otherOpen() (bool, error) {
	if !m.f.Case.Type.IsGrowth() {
		return false, nil
	}
	id, ok, err := m.w.OpenGrowthCase(m.f.Case.Subject)
	return ok && id != m.f.Case.ID, err
}

// ageOut closes the monitoring of a child who is five: the system's own event, found by the sweep.
func (s *Server) ageOut(w *store.Writer, due store.Due) error {
	k, err := w.CaseOnly(due.Case)
	if err != nil {
		return err
	}
	child, err := w.Person(k.Subject)
	if err != nil {
		return err
	}
	if k.Content, err = w.CaseContent(k); err != nil {
		return err
	}
	next, five := k.AgeOut(child.Identity.BirthDate, w.Now())
	if !five {
		return nil
	}
	var entry [16]byte
	event := journal.Event{Name: string(casework.EventAgeOut), Before: string(k.Status), After: string(next.Status), Revision: next.Revision + 1}
	err = w.UpdateCase(next, func(value [32]byte) [16]byte {
		event.Value = value
		entry = s.timer(w, aboutCase(k), event)
		return entry
	})
	if err != nil {
		return err
	}
	if err := w.PutCaseEvent(k.ID, store.CaseEvent{Name: event.Name, Before: event.Before, After: event.After}, entry); err != nil {
		return err
	}
	if err := w.DropTasks(k.ID, entry); err != nil {
		return err
	}
	return w.EndDuties(k.ID, casework.ID(k.ID))
}

package server

import (
	"context"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// AcknowledgeReferral says that the receiver has seen the leg.
func (s *referrals) AcknowledgeReferral(ctx context.Context, req *pb.AcknowledgeReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventAcknowledge, func(m *movement) (err error) {
		m.f.Leg, m.change, err = m.f.Leg.Acknowledge(m.now)
		return err
	})
}

// AcceptReferral names the officer; content opens for that officer alone.
func (s *referrals) AcceptReferral(ctx context.Context, req *pb.AcceptReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventAccept, func(m *movement) (err error) {
		a := casework.Acceptance{Officer: m.caller.Account, BasisValid: m.f.Basis.ValidAt(m.now)}
		if req.GetOfficer() != "" {
			id, ok := parseName("accounts", req.GetOfficer())
			if !ok {
				return casework.Violations{{Field: "officer", Reason: "NAME_FORMAT"}}
			}
			a.Officer = casework.AccountID(id)
		}
		unit, _ := m.store.Directory().Unit(m.f.Leg.Receiver)
		if a.OfficerAble, err = m.w.IsHandler(a.Officer, unit, m.f.Case.ID); err != nil {
			return err
		}
		if a.ReceiverCase, err = m.ownCase(m.w, req.GetReceiverCase()); err != nil {
			return err
		}
		m.f.Leg, m.change, err = m.f.Leg.Accept(a, m.now)
		return err
	})
}

// ownCase reads the name of a case that the caller may see in the own register; another's is as unknown as one that never was.
func (c call) ownCase(w *store.Writer, name string) (casework.CaseID, error) {
	if name == "" {
		return casework.CaseID{}, nil
	}
	id, ok := parseName("cases", name)
	if !ok {
		return casework.CaseID{}, casework.Violations{{Field: "receiverCase", Reason: "NAME_FORMAT"}}
	}
	file, err := w.CaseFor(c.caller, casework.CaseID(id), c.now)
	if err != nil {
		return casework.CaseID{}, err
	}
	read := access.Decide(file.Facts.Doing(access.Read))
	if file.Case.Register != c.caller.Unit.Register || !read.Allowed() {
		unknown := casework.Violations{{Field: "receiverCase", Reason: "CASE_UNKNOWN"}}
		return casework.CaseID{}, c.refuseAs(unknown, read, aboutCase(file.Case), name)
	}
	return file.Case.ID, nil
}

// DeclineReferral refuses the leg, not the client.
func (s *referrals) DeclineReferral(ctx context.Context, req *pb.DeclineReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventDecline, func(m *movement) (err error) {
		var suggested casework.Unit
		if req.GetSuggestedUnit() != "" {
			var ok bool
			if suggested, ok = m.unitOf(req.GetSuggestedUnit()); !ok {
				return casework.Violations{{Field: "suggestedUnit", Reason: "UNIT_UNKNOWN"}}
			}
		}
		m.f.Leg, m.change, err = m.f.Leg.Decline(word[casework.DeclineReason](req.GetReason()), suggested.ID, m.now)
		return err
	})
}

// RecordProgress adds what the officer did.
func (s *referrals) RecordProgress(ctx context.Context, req *pb.RecordProgressRequest) (*pb.Referral, error) {
	p := s.intake().progress(req)
	return s.move(ctx, req, casework.EventRecordProgress, func(m *movement) (err error) {
		entry := p
		entry.Leg, entry.Account = m.f.Leg.ID, m.caller.Account
		if entry.Kind == casework.ProgressNoShow && entry.Appointment.IsZero() {
			if entry.Appointment, err = m.lastAppointment(); err != nil {
				return err
			}
		}
		m.progress = &entry
		m.f.Leg, m.change, err = m.f.Leg.RecordProgress(entry, m.now)
		return err
	})
}

// lastAppointment is the one that the client did not come to.
func (m *movement) lastAppointment() (at time.Time, err error) {
	progress, err := m.w.Progress(m.f.Leg.ID, m.f.Case.Subject, false)
	for _, p := range progress {
		if p.Kind == casework.ProgressScheduled {
			at = p.Appointment
		}
	}
	return at, err
}

// meaningOfProgress is what the rules have against a progress entry on any leg.
func (s *Server) meaningOfProgress(req *pb.RecordProgressRequest) casework.Violations {
	in := s.intake()
	in.progress(req)
	return in.faults
}

func (in *intake) progress(req *pb.RecordProgressRequest) casework.Progress {
	p := casework.Progress{
		ID: newID(), Kind: word[casework.ProgressKind](req.GetKind()), Note: req.GetNote(),
		Channel: word[casework.ContactChannel](req.GetChannel()),
	}
	if t := req.GetOccurredTime(); t != nil {
		p.Occurred = t.AsTime()
	}
	if t := req.GetAppointmentTime(); t != nil {
		p.Appointment = t.AsTime()
	}
	if req.GetExpectedOn() != "" {
		var ok bool
		if p.ExpectedOn, ok = casework.ParseDate(req.GetExpectedOn()); !ok {
			in.fault("expectedOn", "DATE_INVALID")
		}
	}
	if req.GetServedOn() != "" {
		p.ServedOn = in.pastDay("servedOn", req.GetServedOn())
	}
	if p.Kind == casework.ProgressServed && p.ServedOn == 0 {
		p.ServedOn = in.today
	}
	return p
}

// ReportOutcome tells the end.
func (s *referrals) ReportOutcome(ctx context.Context, req *pb.ReportOutcomeRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventReportOutcome, func(m *movement) (err error) {
		o := casework.Reporting{Outcome: word[casework.Outcome](req.GetOutcome()), Reason: word[casework.OutcomeReason](req.GetReason()), Summary: req.GetSummary()}
		for _, service := range req.GetUnmetServices() {
			o.Unmet = append(o.Unmet, word[casework.ReferralServiceType](service))
		}
		if o.Attempts, o.Channels, err = attempts(m.w, m.f); err != nil {
			return err
		}
		m.f.Leg, m.change, err = m.f.Leg.ReportOutcome(o, m.now)
		return err
	})
}

// attempts counts how often, and on how many channels, a client was sought.
func attempts(w *store.Writer, f store.LegFile) (n, channels int, err error) {
	progress, err := w.Progress(f.Leg.ID, f.Case.Subject, false)
	if err != nil {
		return 0, 0, err
	}
	seen := map[casework.ContactChannel]bool{}
	for _, p := range progress {
		if p.Kind == casework.ProgressContactAttempt {
			n++
			seen[p.Channel] = true
		}
	}
	return n, len(seen), nil
}

// ConfirmReferral is the second key.
func (s *referrals) ConfirmReferral(ctx context.Context, req *pb.ConfirmReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventConfirm, func(m *movement) (err error) {
		var followUp casework.LegID
		if req.GetFollowUpReferral() != "" {
			if followUp, err = m.followUp(m.w, m.f, req.GetFollowUpReferral()); err != nil {
				return err
			}
		}
		m.f.Leg, m.change, err = m.f.Leg.Confirm(followUp, req.GetNoFollowUpReason(), m.now)
		return err
	})
}

// followUp reads the leg that follows: another of the same case.
func (c call) followUp(w *store.Writer, f store.LegFile, name string) (casework.LegID, error) {
	next, err := c.legBy(w, name)
	if err != nil {
		return casework.LegID{}, err
	}
	other := casework.Violations{{Field: "followUpReferral", Reason: "NOT_OF_THIS_CASE"}}
	read := access.Decide(next.Facts.Doing(access.Read))
	switch {
	case !read.Allowed():
		return casework.LegID{}, c.refuseAs(other, read, aboutLeg(next), name)
	case next.Case.ID != f.Case.ID || next.Leg.ID == f.Leg.ID:
		return casework.LegID{}, other
	}
	return next.Leg.ID, nil
}

// CancelReferral takes the leg back. ENTERED_IN_ERROR is the supervisor's.
func (s *referrals) CancelReferral(ctx context.Context, req *pb.CancelReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventCancel, func(m *movement) (err error) {
		reason := word[casework.CancelReason](req.GetReason())
		if reason == casework.CancelEnteredInError && m.caller.Role != casework.RoleSupervisor {
			return casework.Violations{{Field: "reason", Reason: "SUPERVISOR_ONLY"}}
		}
		m.f.Leg, m.change, err = m.f.Leg.Cancel(reason, m.now)
		return err
	})
}

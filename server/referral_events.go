package server

import (
	"context"
	"strings"

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
		a, err := m.acceptance(req)
		if err != nil {
			return err
		}
		if a.ReceiverCase, err = m.ownCase(m.w, req.GetReceiverCase()); err != nil {
			return err
		}
		m.f.Leg, m.change, err = m.f.Leg.Accept(a, m.now)
		return err
	})
}

// acceptance says who takes the leg: an officer of the receiver, by letter the name that was said.
func (m *movement) acceptance(req *pb.AcceptReferralRequest) (a casework.Acceptance, err error) {
	a = casework.Acceptance{Officer: m.caller.Account, BasisValid: m.f.Basis.ValidAt(m.now)}
	switch {
	case m.way.letter && req.GetOfficer() != "":
		return a, casework.Violations{{Field: "officer", Reason: "NOT_BY_LETTER"}}
	case m.way.letter:
		a.Officer, a.OfficerName = casework.AccountID{}, strings.TrimSpace(req.GetOfficerName())
		a.OfficerAble = a.OfficerName != ""
		return a, nil
	case req.GetOfficerName() != "":
		return a, casework.Violations{{Field: "officerName", Reason: "ONLY_BY_LETTER"}}
	case req.GetOfficer() != "":
		if a.Officer, err = accountOf("officer", req.GetOfficer()); err != nil {
			return a, err
		}
	}
	unit, _ := m.store.Directory().Unit(m.f.Leg.Receiver)
	a.OfficerAble, err = m.w.IsHandler(a.Officer, unit, m.f.Case.ID)
	return a, err
}

func accountOf(field, name string) (casework.AccountID, error) {
	id, ok := parseName("accounts", name)
	if !ok {
		return casework.AccountID{}, casework.Violations{{Field: field, Reason: "NAME_FORMAT"}}
	}
	return casework.AccountID(id), nil
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
	read := ofCase(access.Decide(file.Facts.Doing(access.Read)))
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
			if suggested, ok = m.unitOf(req.GetSuggestedUnit()); !ok || suggested.IsConfidential() { // the sender would learn of it
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
			entry.Appointment = m.f.Leg.Appointment // the one that the client did not come to
		}
		if err := m.mayDiagnose(entry); err != nil {
			return err
		}
		serving := casework.Serving{BasisValid: m.f.Basis.ValidAt(m.now)}
		if serving.Began, err = m.w.ChainBegan(m.f.Leg); err != nil {
			return err
		}
		m.progress = &entry
		m.f.Leg, m.change, err = m.f.Leg.RecordProgress(entry, serving, m.now)
		return err
	})
}

// mayDiagnose: stunting is a finding of statistics until a hospital's worker has examined the child (design: domain 5).
func (m *movement) mayDiagnose(p casework.Progress) error {
	unit, _ := m.store.Directory().Unit(m.f.Leg.Receiver)
	if p.Diagnosis != "" && (unit.Type != casework.UnitHospital || m.caller.Role != casework.RoleWorker || m.way.letter) {
		return casework.Violations{{Field: "stuntingDiagnosis", Reason: "HOSPITAL_WORKER_ONLY"}}
	}
	return nil
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
		Channel: word[casework.ContactChannel](req.GetChannel()), HeardBy: word[casework.HeardBy](req.GetHeardBy()),
		Diagnosis: word[casework.StuntingDiagnosis](req.GetStuntingDiagnosis()),
	}
	if p.Diagnosis != "" && p.Kind != casework.ProgressServed && p.Kind != casework.ProgressNote {
		in.fault("stuntingDiagnosis", "ONLY_WITH_SERVICE")
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
		if o.Violence = m.f.Case.Type.IsViolence(); req.GetSafetyCheckedBy() != "" {
			if o.SafetyChecked, err = m.safetyChecked(req.GetSafetyCheckedBy()); err != nil {
				return err
			}
		}
		if m.way.letter {
			o.Recorder = m.caller.Account
		}
		m.f.Leg, m.change, err = m.f.Leg.ReportOutcome(o, m.now)
		return err
	})
}

// safetyChecked tells whether who is said to have looked to the client's safety is a supervisor of the side that reports: the
// receiver's, by letter the return unit's, and not kept from the case.
func (m *movement) safetyChecked(name string) (bool, error) {
	supervisor, err := accountOf("safetyCheckedBy", name)
	if err != nil {
		return false, err
	}
	id := m.f.Leg.Receiver
	if m.way.letter {
		id = m.f.Leg.Sender
	}
	unit, _ := m.store.Directory().Unit(id)
	return m.w.IsSupervisor(supervisor, unit, m.f.Case.ID)
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

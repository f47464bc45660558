package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// RequestInfo asks the sender before deciding.
func (s *referrals) RequestInfo(ctx context.Context, req *pb.RequestInfoRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventRequestInfo, func(m *movement) (err error) {
		var questions []casework.InfoQuestion
		for _, q := range req.GetQuestions() {
			questions = append(questions, word[casework.InfoQuestion](q))
		}
		m.f.Leg, m.change, err = m.f.Leg.RequestInfo(questions, m.now)
		return err
	})
}

// ProvideInfo answers what the receiver asked.
func (s *referrals) ProvideInfo(ctx context.Context, req *pb.ProvideInfoRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventProvideInfo, func(m *movement) (err error) {
		var answers []casework.InfoAnswer
		for _, a := range req.GetAnswers() {
			answers = append(answers, casework.InfoAnswer{
				Question: word[casework.InfoQuestion](a.GetQuestion()), Reply: word[casework.YesNo](a.GetReply()), Text: a.GetText(),
			})
		}
		m.f.Leg, m.change, err = m.f.Leg.ProvideInfo(answers, m.textCovered(), m.now)
		return err
	})
}

// textCovered tells whether the receiver's officer would be shown what the sender writes: by the classes of the sender's sector, or
// by a consent that names what is asked and answered. Text that nobody may read is not taken.
func (m *movement) textCovered() bool {
	receiver, _ := m.store.Directory().Unit(m.f.Leg.Receiver)
	read := access.Decide(m.f.AsOfficer(receiver).Doing(access.Read))
	return sightOf(read.Grant).opens(pb.NamedField_QUESTION, m.authorClass(m.f.Leg.Sender))
}

// ReopenReferral gives a report back: the client is not helped yet.
func (s *referrals) ReopenReferral(ctx context.Context, req *pb.ReopenReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventReopen, func(m *movement) (err error) {
		m.f.Leg, m.change, err = m.f.Leg.Reopen(req.GetReason(), m.now)
		return err
	})
}

// ReassignReferral names another officer: the receiver's supervisor one of its own, the overseer of a late leg the duty officer of
// the unit that owes.
func (s *referrals) ReassignReferral(ctx context.Context, req *pb.ReassignReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventReassign, func(m *movement) (err error) {
		if m.officer, err = accountOf("officer", req.GetOfficer()); err != nil {
			return err
		}
		m.reason = req.GetReason()
		id := m.f.Leg.Receiver
		if m.way.by == casework.ByOverseer {
			id = m.f.Duty.Unit
		}
		unit, _ := m.store.Directory().Unit(id)
		able, err := m.w.IsHandler(m.officer, unit, m.f.Case.ID)
		if err != nil {
			return err
		}
		if m.way.by == casework.ByOverseer {
			onDuty, err := m.w.DutyOfficer(unit)
			if err != nil {
				return err
			}
			able = able && m.officer == onDuty
		}
		m.f.Leg, m.change, err = m.f.Leg.Reassign(m.officer, able, m.way.by)
		return err
	})
}

// meaningOfReminder holds the length of its reason, before any leg is looked for.
func (s *Server) meaningOfReminder(req *pb.RemindReferralRequest) casework.Violations {
	in := s.intake()
	in.reason(req.GetReason())
	return in.faults
}

// RemindReferral tells the unit that is late that an office above it has seen so.
func (s *referrals) RemindReferral(ctx context.Context, req *pb.RemindReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventRemind, func(m *movement) (err error) {
		m.reason = req.GetReason()
		m.f.Leg, m.change, err = m.f.Leg.Remind()
		return err
	})
}

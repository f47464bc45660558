package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Who serves a client by a leg may see that she is in more danger than her file says. He knows the leg and not the case, and protects
// her by the leg's name: the same acts, and an answer that shows the leg alone.

// protectByLeg does such an act: do is what the case's own way does too.
func (s *referrals) protectByLeg(ctx context.Context, req protective, action access.Action, do func(*protection) error) (*pb.Referral, error) {
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Referral, error) {
		p, err := s.protectingByLeg(ctx, w, req, action)
		if err != nil {
			return nil, err
		}
		if p.old != nil {
			return asBefore(p, &pb.Referral{})
		}
		if err := do(p); err != nil {
			return nil, err
		}
		return answerOf(p, p.wholeLeg)
	})
}

// RaiseReferralLevel makes the case of a leg more secret. A receiver is not told how secret it is, so to ask for no more than that is
// no fault: it changes nothing.
func (s *referrals) RaiseReferralLevel(ctx context.Context, req *pb.RaiseReferralLevelRequest) (*pb.Referral, error) {
	return s.protectByLeg(ctx, req, access.CaseRaiseLevel, func(p *protection) error {
		next, err := p.f.Case.Raise(word[casework.Level](req.GetLevel()))
		if err != nil {
			return p.note(journal.Event{Name: "IMPLIED"})
		}
		return p.putLevel(casework.EventRaiseLevel, next)
	})
}

// AddReferralBlock keeps an account or a unit from the case of a leg.
func (s *referrals) AddReferralBlock(ctx context.Context, req *pb.AddReferralBlockRequest) (*pb.Referral, error) {
	b := s.intake().block(req)
	b.ID = newID()
	return s.protectByLeg(ctx, req, access.BlockAdd, func(p *protection) error {
		_, err := p.addBlock(b)
		return err
	})
}

// legProtections are the acts by which a leg's officer protects the client; who works on the case is offered them there. None depends on
// the level, of which a receiver is not told.
var legProtections = []struct {
	name   string
	action access.Action
}{
	{string(casework.EventRaiseLevel), access.CaseRaiseLevel},
	{"addBlock", access.BlockAdd},
}

// legOffers are all acts that a leg offers: the events of its table, and to its officer those that protect.
func legOffers(f *store.LegFile) []string {
	actions := legActions(f)
	if f.Facts.Relations&access.Receiver == 0 {
		return actions
	}
	for _, act := range legProtections {
		if access.Decide(f.Facts.Doing(act.action)).Allowed() {
			actions = append(actions, act.name)
		}
	}
	return actions
}

package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// SealCase ends the reading of a closed case; two persons. From then on it is as if it never was, but for what ends the seal or the case.
func (s *cases) SealCase(ctx context.Context, req *pb.SealCaseRequest) (*pb.Case, error) {
	return twoPersons(ctx, s.Server, req, (*Server).sealCase)
}

func (s *Server) sealCase(ctx context.Context, w *store.Writer, req *pb.SealCaseRequest) (*pb.Case, error) {
	return s.sealing(ctx, w, req, access.CaseSeal, casework.EventSealCase, casework.Case.Seal)
}

// UnsealCase takes a seal back; two persons.
func (s *cases) UnsealCase(ctx context.Context, req *pb.UnsealCaseRequest) (*pb.Case, error) {
	return twoPersons(ctx, s.Server, req, (*Server).unsealCase)
}

func (s *Server) unsealCase(ctx context.Context, w *store.Writer, req *pb.UnsealCaseRequest) (*pb.Case, error) {
	return s.sealing(ctx, w, req, access.CaseUnseal, casework.EventUnsealCase, casework.Case.Unseal)
}

func (s *Server) sealing(ctx context.Context, w *store.Writer, req protective, action access.Action, event casework.EventName, to func(casework.Case) (casework.Case, error)) (*pb.Case, error) {
	p, err := s.protecting(ctx, w, req, action)
	if p != nil && err != nil && p.sealedByThis(req) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if p.old != nil {
		return asBefore(p, &pb.Case{})
	}
	next, err := to(p.f.Case)
	if err != nil {
		return nil, err
	}
	if err := p.waitOnCase(); err != nil {
		return nil, err
	}
	if err := p.change(event, next, []string{"state"}, sealWord(p.f.Case), sealWord(next)); err != nil {
		return nil, err
	}
	if err := p.tell(); err != nil {
		return nil, err
	}
	return answerOf(p, p.whole)
}

// sealedByThis finds the stored answer where the act is refused for nothing but the seal that the very same request has set: whoever
// sealed a case is told so again, and not that it never was.
func (p *protection) sealedByThis(req protective) bool {
	if p.act.Rule != "R7" || p.action != access.CaseSeal {
		return false
	}
	facts := p.f.Facts
	facts.State = access.Closed
	open := &protection{call: p.call, w: p.w, f: p.f, action: p.action, request: p.request}
	if open.decide(facts, req.GetName()) != nil || open.old == nil {
		return false
	}
	p.old = open.old
	return true
}

// sealWord is the state of a case in the words of access.
func sealWord(k casework.Case) string {
	if k.Sealed {
		return "SEALED"
	}
	return "CLOSED"
}

// SetLegalHold keeps a case from erasure by a written order; two persons.
func (s *cases) SetLegalHold(ctx context.Context, req *pb.SetLegalHoldRequest) (*pb.LegalHold, error) {
	return twoPersons(ctx, s.Server, req, (*Server).setHold)
}

func (s *Server) setHold(ctx context.Context, w *store.Writer, req *pb.SetLegalHoldRequest) (*pb.LegalHold, error) {
	p, _, held, err := s.holding(ctx, w, req)
	if err != nil {
		return nil, err
	}
	if p.old != nil {
		return asBefore(p, &pb.LegalHold{})
	}
	if held {
		return nil, casework.Precondition("LEGAL_HOLD")
	}
	if err := p.waitOnCase(); err != nil {
		return nil, err
	}
	if err := p.note(journal.Event{Name: string(casework.EventSetHold)}); err != nil {
		return nil, err
	}
	h := store.Hold{ID: casework.ID(p.entry), Case: p.f.Case.ID, From: p.now, Order: req.GetOrderNumber()}
	if err := w.PutHold(h, p.f.Case, p.entry); err != nil {
		return nil, err
	}
	return p.held(casework.EventSetHold, h)
}

// LiftLegalHold ends a legal hold, by the order that allows it; two persons.
func (s *cases) LiftLegalHold(ctx context.Context, req *pb.LiftLegalHoldRequest) (*pb.LegalHold, error) {
	return twoPersons(ctx, s.Server, req, (*Server).liftHold)
}

func (s *Server) liftHold(ctx context.Context, w *store.Writer, req *pb.LiftLegalHoldRequest) (*pb.LegalHold, error) {
	p, h, held, err := s.holding(ctx, w, req)
	if err != nil {
		return nil, err
	}
	if p.old != nil {
		return asBefore(p, &pb.LegalHold{})
	}
	if !held {
		return nil, casework.Precondition("CASE_STATE").With("state", "NOT_HELD")
	}
	if err := p.waitOnCase(); err != nil {
		return nil, err
	}
	if err := p.note(journal.Event{Name: string(casework.EventLiftHold)}); err != nil {
		return nil, err
	}
	h.Lifted, h.Until = req.GetOrderNumber(), p.now
	if err := w.LiftHold(h, p.f.Case, p.entry); err != nil {
		return nil, err
	}
	return p.held(casework.EventLiftHold, h)
}

// holding reads a case with its hold and decides the act.
func (s *Server) holding(ctx context.Context, w *store.Writer, req protective) (p *protection, h store.Hold, held bool, err error) {
	if p, err = s.protecting(ctx, w, req, access.HoldLegal); err != nil {
		return nil, h, false, err
	}
	h, held, err = w.HoldOf(p.f.Case)
	return p, h, held, err
}

// held is the end of both: in the timeline, told, and answered.
func (p *protection) held(event casework.EventName, h store.Hold) (*pb.LegalHold, error) {
	if err := p.remember(event, "", ""); err != nil {
		return nil, err
	}
	if err := p.tell(); err != nil {
		return nil, err
	}
	return answerOf(p, func(g access.Grant) (*pb.LegalHold, error) { return viewHold(g, h), nil })
}

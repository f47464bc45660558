package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// WithdrawDisclosure ends a basis on the client's word, at once, whichever unit hears it: by its name on the case, or a receiver by
// the one shown on her leg. It needs no form and knows no stale revision.
func (s *cases) WithdrawDisclosure(ctx context.Context, req *pb.WithdrawDisclosureRequest) (*pb.Disclosure, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	ids := drawIDs(1)
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Disclosure, error) {
		m, basis, err := s.openWithdrawal(ctx, w, req.GetName())
		if err != nil {
			return nil, err
		}
		old, done, err := w.Answered(m.caller.Account, id)
		if err == nil && done {
			return m.withdrawnBefore(old, mark, req.GetName())
		}
		if err != nil {
			return nil, err
		}
		if !m.act.Allowed() {
			return nil, m.refuse(m.action, m.act, m.about(), req.GetName())
		}
		m.ids = ids
		if m.all, err = w.Disclosures(m.f.Case); err != nil {
			return nil, err
		}
		if err := m.withdraw(basisIn(m.all, basis)); err != nil {
			return nil, err
		}
		return m.answer(basis, id, mark, withdrawMethod)
	})
}

// withdrawnBefore answers a withdrawal that was done before. The receiver's officer whose own withdrawal has ended her part still has
// her leg by R17, and is answered by it.
func (m *basisMove) withdrawnBefore(old store.Answered, mark [32]byte, name string) (*pb.Disclosure, error) {
	if old.Leg != (casework.LegID{}) {
		leg, err := m.w.ReferralFor(m.caller, old.Leg, m.now)
		if err != nil {
			return nil, err
		}
		m.leg, m.act = &leg, access.Decide(leg.Facts.Doing(m.action))
	}
	if !m.act.Allowed() && m.act.Outcome != access.Denied {
		return nil, m.refuse(m.action, m.act, m.about(), name)
	}
	return m.before(old, mark, withdrawMethod)
}

// openWithdrawal reads the case of a basis under its lock and decides the act: by the case, else by each leg to the caller's unit
// that stands on the basis.
func (s *cases) openWithdrawal(ctx context.Context, w *store.Writer, name string) (m *basisMove, basis casework.DisclosureID, err error) {
	asked, _ := parseName("disclosures", name)
	basis = casework.DisclosureID(asked)
	if err := w.LockDisclosure(basis); err != nil {
		return nil, basis, err
	}
	m = &basisMove{w: w, action: access.DisclosureWithdraw}
	if m.call, err = s.writing(ctx, w); err != nil {
		return nil, basis, err
	}
	k, known, err := w.CaseOfDisclosure(basis)
	if err != nil {
		return nil, basis, err
	}
	m.f.Facts = m.caller.Facts(m.now)
	if known {
		if m.f, err = w.CaseFor(m.caller, k, m.now); err != nil {
			return nil, basis, err
		}
	}
	m.act = access.Decide(m.f.Facts.Doing(m.action))
	if m.act.Allowed() || !known {
		return m, basis, nil
	}
	return m, basis, m.asReceiver(basis)
}

// asReceiver decides the act by the legs of the caller's unit that stand on the basis: the one that lets her do most.
func (m *basisMove) asReceiver(basis casework.DisclosureID) error {
	legs, err := m.w.LegsOn(m.f.Case.ID, basis, m.caller)
	if err != nil {
		return err
	}
	for _, id := range legs {
		f, err := m.w.ReferralFor(m.caller, id, m.now)
		if err != nil {
			return err
		}
		if act := access.Decide(f.Facts.Doing(m.action)); rank(act) > rank(m.act) {
			m.act, m.leg = act, &f
		}
	}
	return nil
}

// about is what the journal says that the act is about.
func (m *basisMove) about() object {
	if m.leg != nil {
		return aboutLeg(*m.leg)
	}
	return aboutCase(m.f.Case)
}

// withdraw ends what the client takes back: a consent with all its renewals, or the chain of health care as a whole. An exception
// does not rest on her word: it stays, and the sender's supervisor looks at it.
func (m *basisMove) withdraw(d casework.Disclosure) error {
	event := journal.Event{Name: "withdrawDisclosure"}
	ended := casework.Line(d.ID, m.all)
	switch {
	case d.Kind == casework.BasisCare:
		return m.refuseCare(d)
	case d.Kind.IsException():
		event.Name, ended = "askToEndException", nil
	case len(ended) == 0:
		m.entry = m.append(m.w, m.action, m.act, aboutBasis(d, m.f.Case), journal.Event{Name: "IMPLIED"})
		return nil
	}
	m.entry = m.append(m.w, m.action, m.act, aboutBasis(d, m.f.Case), event)
	return m.lose(ended, d)
}

// refuseCare ends every basis by the chain of health care of a case: the client refuses it. d is the one that was named, if any.
func (m *basisMove) refuseCare(d casework.Disclosure) error {
	k, ended := m.f.Case, casework.CareOf(m.all)
	if k.CareRefused && len(ended) == 0 {
		m.entry = m.append(m.w, m.action, m.act, aboutCase(k), journal.Event{Name: "IMPLIED", Revision: k.Revision})
		return nil
	}
	err := m.w.RefuseCare(k.ID, func(value [32]byte) [16]byte {
		event := journal.Event{Name: "refuseCare", Fields: []string{"careRefused"}, Revision: k.Revision + 1, Value: value}
		m.entry = m.append(m.w, m.action, m.act, aboutCase(k), event)
		return m.entry
	})
	if err != nil {
		return err
	}
	if err := m.w.PutCaseEvent(k.ID, store.CaseEvent{Name: "refuseCare", Before: string(k.Status), After: string(k.Status), Unit: m.caller.Unit.ID, Account: m.caller.Account}, m.entry); err != nil {
		return err
	}
	return m.lose(ended, d)
}

// RefuseCare records that the client refuses the chain of health care: its open legs end, and a new one needs her consent.
func (s *cases) RefuseCare(ctx context.Context, req *pb.RefuseCareRequest) (*pb.Case, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method, ids := string(req.ProtoReflect().Descriptor().FullName()), drawIDs(1)
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Case, error) {
		m, old, done, err := s.openBasis(ctx, w, req.GetName(), access.DisclosureWithdraw, id)
		if err != nil {
			return nil, err
		}
		if done {
			read, about, k := m.reading()
			m.replayed(w, read, about, k)
			answer := &pb.Case{}
			return answer, m.answered(old, method, mark, read.Grant.Mask(), answer)
		}
		m.ids = ids
		if err := m.refuseCare(casework.Disclosure{Case: m.f.Case.ID}); err != nil {
			return nil, err
		}
		return m.caseAnswer(store.Answered{Method: method, Mark: mark}, id)
	})
}

// caseAnswer is the read of the case that follows the act.
func (m *basisMove) caseAnswer(a store.Answered, request [16]byte) (*pb.Case, error) {
	f, err := m.w.CaseFor(m.caller, m.f.Case.ID, m.now)
	if err != nil {
		return nil, err
	}
	read := access.Decide(f.Facts.Doing(access.Read))
	answer, err := m.caseMessage(m.w, f, read.Grant)
	if err != nil {
		return nil, err
	}
	m.w.Shown(m.entry, uint32(read.Grant.Mask()))
	a.Owner, a.Case, a.Mask = store.Owner(f.Case.Subject), f.Case.ID, uint32(read.Grant.Mask())
	return answer, m.keep(m.w, request, a, answer)
}

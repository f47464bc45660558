package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// approvalMove is one decision of a second person on its way through its transaction.
type approvalMove struct {
	call
	w   *store.Writer
	a   casework.Approval
	f   store.CaseFile // of its case, as the second person has it; unknown without one
	act access.Decision
	old *store.Answered // of a request that was done before
}

// decideApproval says yes or no. A yes runs the act first; if that cannot be done any more, nothing has happened but errLost.
func (s *reviews) decideApproval(ctx context.Context, req interface {
	mutation
	GetName() string
}, state casework.ApprovalState, refusal string,
) (*pb.Approval, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Approval, error) {
		m, err := s.openApproval(ctx, w, req.GetName(), id)
		if err != nil {
			return nil, err
		}
		if m.old != nil {
			answer := &pb.Approval{}
			return answer, m.answered(*m.old, method, mark, 0, answer)
		}
		if !m.a.Waiting(m.now) {
			return nil, m.a.Over(m.now)
		}
		shown, err := m.sight(w)
		if err != nil {
			return nil, err
		}
		if state == casework.ApprovalApproved {
			if err := s.run(ctx, w, m.a, m.caller.Account); err != nil {
				return nil, err
			}
		}
		if err := m.end(state, refusal); err != nil {
			return nil, err
		}
		// What is kept says only that it was decided: an erasure leaves nothing of her, and this neither.
		kept := store.Answered{Method: method, Mark: mark, Owner: store.Owner(m.caller.Account)}
		return viewApproval(shown, m.a, nil, m.now), m.keep(w, id, kept, viewApproval(0, m.a, nil, m.now))
	})
}

// openApproval reads an approval under the lock of its case, and decides the act. To whom it is neither addressed nor her own, it never
// was. An act that erased its record has erased its approval: who repeats her yes to it has her answer, and nobody else.
func (s *reviews) openApproval(ctx context.Context, w *store.Writer, name string, request [16]byte) (*approvalMove, error) {
	id, _ := parseName("approvals", name)
	if err := w.LockApproval(id); err != nil {
		return nil, err
	}
	m := &approvalMove{w: w}
	var err error
	if m.call, err = s.writing(ctx, w); err != nil {
		return nil, err
	}
	known := false
	if m.a, known, err = w.Approval(id); err != nil {
		return nil, err
	}
	if known {
		if err := m.decide(name); err != nil {
			return nil, err
		}
	}
	old, done, err := w.Answered(m.caller.Account, request)
	switch {
	case err != nil:
		return nil, err
	case done:
		m.old = &old
	case !known:
		return nil, m.refuse(access.ApprovalDecide, access.Decision{Rule: "A91"}, object{}, name)
	}
	return m, nil
}

// decide decides whether the caller is the second person.
func (m *approvalMove) decide(name string) error {
	f, facts, err := m.seconding(m.w, m.a)
	if err != nil {
		return err
	}
	m.f, m.act = f, orStepUp(facts)
	if m.act.Allowed() {
		return nil
	}
	if facts.Cond&(access.IsSecond|access.Self) == 0 {
		m.act = access.Decision{Rule: m.act.Rule}
	}
	return m.refuse(access.ApprovalDecide, m.act, aboutApproval(m.a, m.f.Case), name)
}

func aboutApproval(a casework.Approval, k casework.Case) object {
	return object{"approval", a.ID, a.Case, k.Level, casework.DisclosureID{}}
}

// approvalReader is what Reader and Writer both can.
type approvalReader interface {
	caseReader
	ApprovalTexts(*casework.Approval) error
}

// seconding gathers what Decide must know of whoever would be the second person.
func (c call) seconding(r caseReader, a casework.Approval) (f store.CaseFile, facts access.Facts, err error) {
	f = store.CaseFile{Facts: c.caller.Facts(c.now)}
	if a.Case != (casework.CaseID{}) {
		if f, err = r.CaseFor(c.caller, a.Case, c.now); err != nil {
			return f, facts, err
		}
	}
	facts = f.Facts.Doing(access.ApprovalDecide)
	if c.isSecond(a, f) {
		facts.Cond |= access.IsSecond
	}
	if a.By == c.caller.Account {
		facts.Cond |= access.Self
	} else {
		facts.Cond |= access.NotSelf
	}
	return f, facts, nil
}

// sight is what the caller may see of an approval: as much as of its case, and who is to judge it while it waits also its reason and its
// object, which are what she judges. It opens the texts if they are to be seen.
func (m *approvalMove) sight(r approvalReader) (access.Mask, error) {
	shows := access.Decide(m.f.Facts.Doing(access.Read)).Grant.Mask()
	if due := m.act.Allowed() || m.act.Outcome == access.StepUp; due && m.f.Facts.MFA != access.MFANone && m.a.Waiting(m.now) {
		shows |= access.Reason
	}
	if shows&(access.Reason|access.F4) == 0 {
		return shows, nil
	}
	return shows, r.ApprovalTexts(&m.a)
}

// end ends what waits: with its entry, without its duty, and the first person is told.
func (m *approvalMove) end(state casework.ApprovalState, refusal string) error {
	next, err := m.a.End(state, m.caller.Account, m.now)
	if err != nil {
		return err
	}
	next.Refusal = refusal
	rec := m.record(access.ApprovalDecide, m.act, aboutApproval(m.a, m.f.Case))
	rec.Entry.Event = journal.Event{Name: "decideApproval", Before: string(m.a.State), After: string(state), Revision: m.a.Revision + 1}
	entry, err := m.w.AppendReasoned(rec, refusal, store.Owner(m.a.Owner))
	if err != nil {
		return err
	}
	m.a = next
	return endApproval(m.w, next, entry)
}

// endApproval stores the end of an approval and tells its first person.
func endApproval(w *store.Writer, a casework.Approval, entry [16]byte) error {
	if err := w.EndApproval(a, entry); err != nil {
		return err
	}
	if err := w.EndDuties(a.Case, a.ID); err != nil {
		return err
	}
	_, still, err := w.Approval(a.ID)
	if err != nil {
		return err
	}
	if !still {
		a.ID, a.Case = casework.ID{}, casework.CaseID{} // what was erased leaves no name
	}
	return w.Notify(store.Notice{
		Kind: casework.NoticeApprovalDecided, ObjectKind: casework.OnApproval, Object: a.ID, Case: a.Case, Account: a.By,
	}, entry)
}

// lapseApproval ends what nobody decided in time.
func (s *Server) lapseApproval(w *store.Writer, due store.Due) error {
	a, known, err := w.Approval(due.Object)
	if err != nil || !known || a.State != casework.ApprovalWaiting || a.Waiting(w.Now()) {
		return err
	}
	next, err := a.End(casework.ApprovalLapsed, casework.AccountID{}, w.Now())
	if err != nil {
		return err
	}
	entry := s.timer(w, aboutApproval(a, casework.Case{}), journal.Event{
		Name: "lapseApproval", Before: string(a.State), After: string(next.State), Revision: a.Revision + 1,
	})
	return endApproval(w, next, entry)
}

package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// CopySubject is the client's own copy (UU 27/2022 art. 7), the only export of a case; two persons. It holds all that an assigned officer
// reads, F4 too: it is hers, and a copy without what she has said herself would be none. So it is read like case.open, with its reason.
// The second person sees nothing of it.
func (s *cases) CopySubject(ctx context.Context, req *pb.CopySubjectRequest) (*pb.SubjectCopy, error) {
	return twoPersons(ctx, s.Server, req, (*Server).copySubject)
}

func (s *Server) copySubject(ctx context.Context, w *store.Writer, req *pb.CopySubjectRequest) (*pb.SubjectCopy, error) {
	p, err := s.protecting(ctx, w, req, access.SubjectCopy)
	if err != nil {
		return nil, err
	}
	if p.old != nil {
		return asBefore(p, &pb.SubjectCopy{})
	}
	if err := p.asker(req); err != nil {
		return nil, err
	}
	if err := p.waitOnCase(); err != nil {
		return nil, err
	}
	if err := p.note(journal.Event{Name: "copySubject"}); err != nil {
		return nil, err
	}
	if err := p.tell(); err != nil {
		return nil, err
	}
	return answerOf(p, p.copy)
}

// asker holds G2: a guardian who is recorded as alleged perpetrator gets no copy, and that he asked is on record.
func (p *protection) asker(req *pb.CopySubjectRequest) error {
	if req.GetRequester() != pb.CopyRequester_GUARDIAN {
		return nil
	}
	subject, err := p.w.Person(p.f.Case.Subject)
	if err != nil {
		return err
	}
	accused, err := p.accusedOf(p.w, p.f.Case)
	if err != nil {
		return err
	}
	known, all := subject.Identity.Guardians(accused)
	if !known {
		return casework.Violations{{Field: "requester", Reason: "PERSON_UNKNOWN"}}
	}
	facts := p.f.Facts
	facts.Cond |= access.RequesterGuardian
	if all {
		facts.Cond |= access.RequesterPerpetrator
	}
	if d := p.deciding(facts, p.action); d.Outcome == access.Invalid {
		refused := p.refuse(p.action, d, aboutCase(p.f.Case), req.GetName()).(*store.Refusal)
		refused.Err = casework.Precondition("COPY_REFUSED")
		return refused
	}
	return nil
}

// copy gathers what is held about the client.
func (p *protection) copy(g access.Grant) (*pb.SubjectCopy, error) {
	whole, err := p.whole(g)
	if err != nil {
		return nil, err
	}
	whole.AllowedActions = nil // paper has none
	all, err := p.w.Disclosures(p.f.Case)
	if err != nil {
		return nil, err
	}
	looks, err := p.w.Looks(p.f.Case.ID, 0, mostLooks)
	if err != nil {
		return nil, err
	}
	return p.viewCopy(g, whole, all, looks), nil
}

// mostLooks bounds the part of the list of who looked that goes with a copy; ListAccesses has all of it.
const mostLooks = 1000

// ErasePerson erases a record with all of its cases, for ever (UU 27/2022 art. 43-44); two persons. Each of her cases has ended and is the
// caller's to erase, and no order holds one.
func (s *persons) ErasePerson(ctx context.Context, req *pb.ErasePersonRequest) (*pb.ErasePersonResponse, error) {
	return twoPersons(ctx, s.Server, req, (*Server).erasePerson)
}

func (s *Server) erasePerson(ctx context.Context, w *store.Writer, req *pb.ErasePersonRequest) (*pb.ErasePersonResponse, error) {
	id, _ := parseName("persons", req.GetName())
	if err := w.LockPerson(casework.PersonID(id)); err != nil {
		return nil, err
	}
	p, err := s.protector(ctx, w, req, access.CaseErase)
	if err != nil {
		return nil, err
	}
	// Of the erased nothing is left by which a right could be decided: what was answered says only when.
	old, done, err := w.Answered(p.caller.Account, p.request)
	if err != nil {
		return nil, err
	}
	if done {
		answer := &pb.ErasePersonResponse{}
		return answer, p.answered(old, p.method, p.mark, 0, answer)
	}
	if err := p.mayErase(casework.PersonID(id), req.GetName()); err != nil {
		return nil, err
	}
	if err := p.wait("persons", id); err != nil {
		return nil, err
	}
	if err := p.note(journal.Event{Name: "erasePerson"}); err != nil {
		return nil, err
	}
	if err := p.tellErased(); err != nil {
		return nil, err
	}
	if err := w.ErasePerson(casework.PersonID(id), p.entry); err != nil {
		return nil, err
	}
	answer := viewErased(p.now)
	return answer, p.keep(w, p.request, store.Answered{Method: p.method, Mark: p.mark, Owner: store.Owner(p.caller.Account)}, answer)
}

// mayErase decides the act on every case of the record: what the caller may not do on one she may not do on the record. Only then is
// anything said of their states.
func (p *protection) mayErase(id casework.PersonID, asked string) error {
	all, err := p.w.CasesOf(p.caller, id, p.now)
	if err != nil {
		return err
	}
	p.f.Facts = p.caller.Facts(p.now)
	if len(all) == 0 {
		return p.decide(p.f.Facts, asked)
	}
	for _, f := range all {
		if err := p.w.LockCase(f.Case.ID); err != nil {
			return err
		}
		p.f = f
		if err := p.decide(f.Facts, asked); err != nil {
			return err
		}
	}
	for _, f := range all {
		if f.Case.Open() {
			return casework.Precondition("CASE_STATE").With("state", string(f.Case.Status))
		}
		if _, held, err := p.w.HoldOf(f.Case); err != nil || held {
			return errorOr(err, casework.Precondition("LEGAL_HOLD"))
		}
	}
	return nil
}

// errorOr is an error of ours, else what is answered.
func errorOr(err, answer error) error {
	if err != nil {
		return err
	}
	return answer
}

// tellErased tells owner and reviewer that something was erased, by a notice that names nothing: the name goes with the record.
func (p *protection) tellErased() error {
	unit, _, err := p.whoReviews(p.w, casework.ReviewException, p.f.Case)
	if err != nil {
		return err
	}
	for _, told := range []store.Notice{
		{Unit: p.f.Case.Unit, Role: casework.RoleSupervisor}, {Unit: unit, Role: casework.RoleReviewer},
	} {
		told.Kind, told.ObjectKind = casework.NoticeProtectionChanged, casework.OnCase
		if err := p.w.Notify(told, p.entry); err != nil {
			return err
		}
	}
	return nil
}

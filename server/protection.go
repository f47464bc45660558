package server

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// protection is one act on who may know of a case, on its way through its transaction. Each comes with a reason, which the journal keeps
// under the client's key.
type protection struct {
	call
	w       *store.Writer
	f       store.CaseFile
	leg     *store.LegFile // by which the case was named, if it was
	action  access.Action
	act     access.Decision
	reason  string
	request [16]byte
	mark    [32]byte
	method  string
	old     *store.Answered // of a request that was done before
	entry   [16]byte
}

// protective is a request for such an act.
type protective interface {
	mutation
	GetName() string
	GetReason() string
}

// protecting reads a case under its lock and decides the act. An act that waits has been decided too: look at act.
func (s *Server) protecting(ctx context.Context, w *store.Writer, req protective, action access.Action) (*protection, error) {
	if k, ok := parseName("cases", req.GetName()); ok {
		if err := w.LockCase(casework.CaseID(k)); err != nil {
			return nil, err
		}
	}
	p, err := s.protector(ctx, w, req, action)
	if err != nil {
		return nil, err
	}
	if p.f, err = p.caseBy(w, req.GetName()); err != nil {
		return nil, err
	}
	return p, p.decide(p.f.Facts, req.GetName())
}

// protectingByLeg is protecting for who knows the case by a leg alone: the act is decided on the leg's facts, and so is the read after it.
func (s *Server) protectingByLeg(ctx context.Context, w *store.Writer, req protective, action access.Action) (*protection, error) {
	if leg, ok := parseName("referrals", req.GetName()); ok {
		if err := w.LockLeg(casework.LegID(leg)); err != nil {
			return nil, err
		}
	}
	p, err := s.protector(ctx, w, req, action)
	if err != nil {
		return nil, err
	}
	leg, err := p.legBy(w, req.GetName())
	if err != nil {
		return nil, err
	}
	p.by(&leg)
	return p, p.decide(p.f.Facts, req.GetName())
}

// by makes the leg's case the one that is acted on.
func (p *protection) by(leg *store.LegFile) {
	p.leg, p.f = leg, store.CaseFile{Case: leg.Case, Facts: leg.Facts, Known: leg.Known}
}

// about is what a refusal or a read is about: what the caller has named.
func (p *protection) about() object {
	if p.leg != nil {
		return aboutLeg(*p.leg)
	}
	return aboutCase(p.f.Case)
}

// changed is what the act is about: the case, and the basis of the leg by which it was named.
func (p *protection) changed() object {
	about := aboutCase(p.f.Case)
	if p.leg != nil {
		about.basis = p.leg.Leg.Disclosure
	}
	return about
}

// protector begins the act.
func (s *Server) protector(ctx context.Context, w *store.Writer, req protective, action access.Action) (p *protection, err error) {
	p = &protection{w: w, action: action, reason: req.GetReason(), method: string(req.ProtoReflect().Descriptor().FullName())}
	if p.request, p.mark, err = s.requestOf(req); err != nil {
		return nil, err
	}
	p.call, err = s.writing(ctx, w)
	return p, err
}

// decide decides the act, and looks for the answer to a request that was done before.
func (p *protection) decide(facts access.Facts, asked string) error {
	if p.act = p.deciding(facts, p.action); !p.act.Allowed() && p.act.Outcome != access.Await {
		return p.refuse(p.action, p.act, p.about(), asked)
	}
	old, done, err := p.w.Answered(p.caller.Account, p.request)
	if done {
		p.old = &old
	}
	return err
}

// wait keeps the act for a second person where Decide asks for one; nil if it may be done now.
func (p *protection) wait(kind string, object casework.ID) error {
	if p.act.Outcome != access.Await {
		return nil
	}
	return p.awaits(second{
		action: p.action, act: p.act, about: p.changed(), kind: kind, object: object, owner: store.Owner(p.f.Case.Subject), reason: p.reason,
	})
}

// waitOnCase is wait for an act on the case itself.
func (p *protection) waitOnCase() error { return p.wait("cases", casework.ID(p.f.Case.ID)) }

// note appends the entry of the act with its reason.
func (p *protection) note(event journal.Event) (err error) {
	rec := p.record(p.action, p.act, p.changed())
	rec.Entry.Event = event
	p.entry, err = p.w.AppendReasoned(rec, p.reason, store.Owner(p.f.Case.Subject))
	return err
}

// change stores the case as it is now, with the act's entry and its place in the timeline. before and after are what the act is about.
func (p *protection) change(name casework.EventName, next casework.Case, fields []string, before, after string) (err error) {
	if next.Content, err = p.w.CaseContent(next); err != nil {
		return err
	}
	failed := error(nil)
	err = p.w.UpdateCase(next, func(value [32]byte) [16]byte {
		failed = p.note(journal.Event{Name: string(name), Before: before, After: after, Fields: fields, Revision: next.Revision + 1, Value: value})
		return p.entry
	})
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	if err := p.w.PutChange(casework.ID(next.ID), next.Revision+1, fields, p.caller, p.entry); err != nil {
		return err
	}
	return p.remember(name, before, after)
}

// remember puts the act into the timeline of the case.
func (p *protection) remember(name casework.EventName, before, after string) error {
	return p.w.PutCaseEvent(p.f.Case.ID, store.CaseEvent{
		Name: string(name), Before: before, After: after, Unit: p.caller.Unit.ID, Account: p.caller.Account,
	}, p.entry)
}

// tell tells whom the effects of the act name; the client finds it in her list of who looked.
func (p *protection) tell() error {
	n := store.Notice{
		Kind: casework.NoticeProtectionChanged, ObjectKind: casework.OnCase, Object: casework.ID(p.f.Case.ID), Case: p.f.Case.ID,
		Unit: p.f.Case.Unit, Role: casework.RoleSupervisor,
	}
	if p.act.Effects&access.TellOwner != 0 {
		if err := p.w.Notify(n, p.entry); err != nil {
			return err
		}
	}
	if p.act.Effects&access.TellReviewer == 0 {
		return nil
	}
	unit, _, err := p.whoReviews(p.w, casework.ReviewException, p.f.Case)
	if err != nil {
		return err
	}
	n.Unit, n.Role = unit, casework.RoleReviewer
	return p.w.Notify(n, p.entry)
}

// reading is the read that follows the act, on the facts as they are now. That of case.open, and it alone, takes its reason along.
func (p *protection) reading() (access.Decision, error) {
	if p.leg != nil {
		leg, err := p.w.ReferralFor(p.caller, p.leg.Leg.ID, p.now)
		p.by(&leg)
		return access.Decide(leg.Facts.Doing(access.Read)), err
	}
	f, err := p.w.CaseFor(p.caller, p.f.Case.ID, p.now)
	if err != nil {
		return access.Decision{}, err
	}
	p.f = f
	facts := f.Facts
	if p.action == access.CaseOpen || p.action == access.SubjectCopy {
		facts.Cond |= access.HasReason
		facts.Action = access.CaseOpen
	}
	return access.Decide(facts.Doing(access.Read)), nil
}

// answer makes the answer of the act and keeps it beside its effect.
func answerOf[M proto.Message](p *protection, view func(access.Grant) (M, error)) (M, error) {
	var none M
	read, err := p.reading()
	if err != nil {
		return none, err
	}
	answer, err := view(read.Grant)
	if err != nil {
		return none, err
	}
	p.w.Shown(p.entry, uint32(read.Grant.Mask()))
	kept := store.Answered{Method: p.method, Mark: p.mark, Owner: store.Owner(p.f.Case.Subject), Case: p.f.Case.ID, Mask: uint32(read.Grant.Mask())}
	if p.leg != nil {
		kept.Leg = p.leg.Leg.ID
	}
	return answer, p.keep(p.w, p.request, kept, answer)
}

// asBefore answers a request that was done before: a read, and on record like one.
func asBefore[M proto.Message](p *protection, answer M) (M, error) {
	read, err := p.reading()
	if err != nil {
		return answer, err
	}
	p.replayed(p.w, read, p.about(), p.f.Case)
	return answer, p.answered(*p.old, p.method, p.mark, read.Grant.Mask(), answer)
}

// whole is the case as the act's caller may now read it.
func (p *protection) whole(g access.Grant) (*pb.Case, error) { return p.caseMessage(p.w, p.f, g) }

// wholeLeg is the leg as the act's caller may now read it.
func (p *protection) wholeLeg(g access.Grant) (*pb.Referral, error) {
	return p.legMessage(p.w, *p.leg, g)
}

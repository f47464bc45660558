package server

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Acts that need two persons (design: access, Approvals). The first one asks: where Decide answers AWAIT her request is kept as it is,
// nothing else is done, and she is answered AWAITING_SECOND. The second one approves: then the very same handler runs with both, in one
// transaction, with the first one's rights as they are by then; its answer is kept for her who asked. The second is shown the reason
// and which object it is, and never what the act shows.
//
// To make an act one of two persons:
//
//  1. Let the handler be one line, `return twoPersons(ctx, s.Server, req, (*Server).sealCase)`, and let the second function be all that
//     happens inside the transaction, with the answer of the first person as its answer.
//  2. Begin it with s.writing(ctx, w) and decide by c.deciding(facts, action), which knows whether the second person is there.
//  3. Answer a known request (w.Answered) and whatever the guards have against the act. Then, before the first write:
//     `if act.Outcome == access.Await { return nil, c.awaits(second{…}) }`. What a guard refuses is refused at once, and again when the
//     second person comes: nobody waits a day for what cannot be done.
//  4. Name the function in twoPersonActs.
//
// The object of an approval is shown to the second person: for an act on what its first person may not know to be there, like a glass,
// take an id that tells nothing, and no case.

// twoPersonActs are the acts that Approve can run, by the request that asks for them.
var twoPersonActs = byRequest(
	again((*Server).removeBlock),
	again((*Server).sealCase),
	again((*Server).unsealCase),
	again((*Server).setHold),
	again((*Server).liftHold),
	again((*Server).copySubject),
	again((*Server).erasePerson),
	again((*Server).openGlass),
	again((*Server).confirmLink),
)

// rerun runs a request that was kept.
type rerun struct {
	request protoreflect.FullName
	run     func(s *Server, ctx context.Context, w *store.Writer, request []byte) error
}

// again lets an act of two persons stand in the list of all.
func again[Q mutation, M proto.Message](act func(*Server, context.Context, *store.Writer, Q) (M, error)) rerun {
	var none Q
	kind := none.ProtoReflect().Type()
	return rerun{kind.Descriptor().FullName(), func(s *Server, ctx context.Context, w *store.Writer, raw []byte) error {
		req, ok := kind.New().Interface().(Q)
		if !ok {
			return errors.New("a request of another kind was kept")
		}
		if err := proto.Unmarshal(raw, req); err != nil {
			return errors.New("a request that was kept does not parse")
		}
		_, err := act(s, ctx, w, req)
		return err
	}}
}

func byRequest(acts ...rerun) map[protoreflect.FullName]rerun {
	all := map[protoreflect.FullName]rerun{}
	for _, act := range acts {
		all[act.request] = act
	}
	return all
}

// second says what waits, and for whom.
type second struct {
	action access.Action
	act    access.Decision
	about  object          // for the journal
	kind   string          // collection of the object: cases, blocks, persons
	object casework.ID     // as the second person may see it
	owner  store.Owner     // whose key seals the request; zero: the first person's account
	reason string          // of the first person
	role   casework.Role   // of the second; empty: REVIEWER
	unit   casework.UnitID // of whose register the second has to be; zero: any
}

// awaitsSecond ends an act of which nothing has been done yet.
type awaitsSecond struct {
	call
	second
}

func (*awaitsSecond) Error() string { return "waits for a second person" }

func (c call) awaits(s second) error {
	if s.role == "" {
		s.role = casework.RoleReviewer
	}
	if s.owner == (store.Owner{}) {
		s.owner = store.Owner(c.caller.Account)
	}
	return &awaitsSecond{c, s}
}

// deciding decides an act that came with its reason, and with the second person if it runs by an approval. An act for which nothing is
// wrong but the age of the second factor asks for that.
func (c call) deciding(facts access.Facts, action access.Action) access.Decision {
	facts = facts.Doing(action) // which leaves the second signature of a glass behind
	facts.Cond |= access.HasReason
	if c.second != (casework.AccountID{}) {
		facts.Cond |= access.Cosigned
	}
	return orStepUp(facts)
}

// orStepUp decides an act. The table has no row for "the same, with an older second factor"; whoever might do it with a newer one would
// else be told that she may not.
func orStepUp(facts access.Facts) access.Decision {
	d := access.Decide(facts)
	if d.Allowed() || d.Outcome == access.Await || facts.MFA == access.MFARecent {
		return d
	}
	facts.MFA = access.MFARecent
	if fresh := access.Decide(facts); fresh.Allowed() || fresh.Outcome == access.Await {
		return access.Decision{Outcome: access.StepUp, Rule: fresh.Rule}
	}
	return d
}

// twoPersons runs an act, or keeps its request where it waits for a second person.
func twoPersons[Q mutation, M proto.Message](ctx context.Context, s *Server, req Q, act func(*Server, context.Context, *store.Writer, Q) (M, error)) (M, error) {
	type result struct {
		answer M
		waits  *casework.Approval
	}
	fresh := newID()
	done, err := store.Update(ctx, s.store, func(w *store.Writer) (result, error) {
		answer, err := act(s, ctx, w, req)
		asked, waits := errors.AsType[*awaitsSecond](err)
		if !waits {
			return result{answer: answer}, err
		}
		a, err := asked.ask(w, req, fresh)
		return result{waits: &a}, err
	})
	if err == nil && done.waits != nil {
		err = &publicError{reason: pb.ErrorReason_AWAITING_SECOND, meta: map[string]string{
			"approval": approvalName(done.waits.ID), "expire_time": done.waits.Expires.UTC().Format(time.RFC3339),
		}}
	}
	if err != nil {
		var none M
		return none, err
	}
	return done.answer, nil
}

// ask keeps the request, with a duty and a notice for the second person. The same request again asks for the same approval.
func (n *awaitsSecond) ask(w *store.Writer, req mutation, fresh casework.ID) (casework.Approval, error) {
	id, mark, err := n.requestOf(req)
	if err != nil {
		return casework.Approval{}, err
	}
	known, ok, err := w.ApprovalOf(n.caller.Account, id)
	switch {
	case err != nil:
		return known, err
	case ok && known.Mark != mark:
		return known, errReused
	case ok && !known.Waiting(n.now):
		return known, known.Over(n.now)
	case ok:
		return known, nil
	}
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
	if err != nil {
		return known, err
	}
	a := casework.Approval{
		ID: fresh, Action: n.action.String(), Method: string(req.ProtoReflect().Descriptor().FullName()), ObjectKind: n.kind, Object: n.object,
		Case: n.about.caseID, Owner: casework.ID(n.owner), By: n.caller.Account, Credential: n.caller.Credential, Unit: n.caller.Unit.ID,
		Request: id, Mark: mark, NeededRole: n.role, NeededUnit: n.unit, Created: n.now, Expires: n.now.Add(casework.ApprovalTime),
		State: casework.ApprovalWaiting, Reason: n.reason,
	}
	rec := n.record(n.action, n.act, n.about)
	rec.Entry.Event = journal.Event{Name: "ask", After: string(a.State), Revision: 1}
	reason := n.reason
	if n.about.caseID == (casework.CaseID{}) {
		reason = "" // an entry of no case has no key to keep it under; the approval has
	}
	entry, err := w.AppendReasoned(rec, reason, n.owner)
	if err != nil {
		return a, err
	}
	if err := w.PutApproval(a, raw, entry); err != nil {
		return a, err
	}
	return a, n.tellSecond(w, a, entry)
}

// tellSecond tells those who may be the second person, and owes it to them.
func (c call) tellSecond(w *store.Writer, a casework.Approval, entry [16]byte) error {
	unit, err := c.whereSecond(w, a)
	if err != nil {
		return err
	}
	if err := w.PutDuty(a.Duty(unit), entry); err != nil {
		return err
	}
	return w.Notify(store.Notice{
		Kind: casework.NoticeApprovalDue, ObjectKind: casework.OnApproval, Object: a.ID, Case: a.Case, Unit: unit, Role: a.NeededRole,
	}, entry)
}

// whereSecond is the unit whose duty it is: the reviewers', or the one that was named, its parent where it has no such person.
func (c call) whereSecond(w *store.Writer, a casework.Approval) (casework.UnitID, error) {
	if a.NeededUnit == (casework.UnitID{}) {
		unit, _, err := c.whoReviews(w, casework.ReviewException, casework.Case{Unit: a.Unit})
		return unit, err
	}
	held, err := w.RoleHeld(a.NeededRole, a.NeededUnit)
	unit, _ := c.store.Directory().Unit(a.NeededUnit)
	if err != nil || held || unit.Register != unit.Parent {
		return a.NeededUnit, err
	}
	return unit.Parent, nil
}

// isSecond tells whether the caller has the role that an approval needs, where it needs it. Of a link it is another officer of the case
// itself: a colleague of hers need not even know that there is one.
func (c call) isSecond(a casework.Approval, f store.CaseFile) bool {
	if a.Action == access.LinkDecide.String() {
		return holds(f)
	}
	needed, named := c.store.Directory().Unit(a.NeededUnit)
	return c.caller.Role == a.NeededRole && (!named || needed.Register == c.caller.Unit.Register)
}

type bySecondKey struct{}

// bySecond is in the context of an act that runs by its approval.
type bySecond struct {
	first  casework.Approval
	second casework.AccountID
}

// firstCaller is who asked, as she is now. Her second factor was asked for when she did: what waits for a day cannot ask for it again.
func (b bySecond) firstCaller(w *store.Writer) func(string, time.Time) (store.Caller, error) {
	return func(_ string, now time.Time) (store.Caller, error) {
		c, err := w.CallerIn(b.first.Membership, b.first.Credential, now)
		c.MFATime = now
		return c, err
	}
}

// errLost is the end of an act that could not be done any more when the second person came: the first one's right has ended, or the
// object has changed. Why, is hers to learn and not the second's.
var errLost = errors.New("the act that waited can no longer be done")

// run runs the act of an approval with both persons.
func (s *Server) run(ctx context.Context, w *store.Writer, a casework.Approval, second casework.AccountID) error {
	act, ok := twoPersonActs[protoreflect.FullName(a.Method)]
	if !ok {
		return errLost // of a version that knew it
	}
	raw, err := w.ApprovalRequest(a)
	if err != nil {
		return err
	}
	err = act.run(s, context.WithValue(ctx, bySecondKey{}, bySecond{a, second}), w, raw)
	if refused, ok := errors.AsType[*store.Refusal](err); ok {
		return &store.Refusal{Record: refused.Record, Also: refused.Also, Err: errLost}
	}
	if err == nil || publicOf(err).reason == pb.ErrorReason_INTERNAL || publicOf(err).reason == pb.ErrorReason_STORAGE_FULL {
		return err
	}
	return errLost
}

// Approve is the second person's yes.
func (s *reviews) Approve(ctx context.Context, req *pb.ApproveRequest) (*pb.Approval, error) {
	answer, err := s.decideApproval(ctx, req, casework.ApprovalApproved, "")
	if !errors.Is(err, errLost) {
		return answer, err
	}
	lost, err := store.Update(ctx, s.store, func(w *store.Writer) (casework.Approval, error) {
		m, err := s.openApproval(ctx, w, req.GetName(), [16]byte{})
		if err != nil {
			return casework.Approval{}, err
		}
		if !m.a.Waiting(m.now) {
			return m.a, m.a.Over(m.now) // another was faster
		}
		return m.a, m.end(casework.ApprovalLapsed, "")
	})
	if err != nil {
		return nil, err
	}
	lost.State = casework.ApprovalLapsed
	return nil, lost.Over(lost.Created)
}

// Refuse is the second person's no.
func (s *reviews) Refuse(ctx context.Context, req *pb.RefuseRequest) (*pb.Approval, error) {
	return s.decideApproval(ctx, req, casework.ApprovalRefused, req.GetReason())
}

package server

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// eventTransfer is in the journal of each case and leg that changed hands.
const eventTransfer casework.EventName = "transfer"

// meaningOfTransfer is what the rules have against it before any case is known.
func (s *Server) meaningOfTransfer(req *pb.TransferCaseloadRequest) casework.Violations {
	in := s.intake()
	in.transfer(req)
	return in.faults
}

func (in *intake) transfer(req *pb.TransferCaseloadRequest) (from casework.AccountID, to []casework.AccountID) {
	from = in.account("from", req.GetFrom())
	for i, name := range req.GetTo() {
		field := fmt.Sprintf("to[%d]", i)
		account := in.account(field, name)
		switch {
		case name == "":
			in.fault(field, "REQUIRED")
		case account == (casework.AccountID{}): // told already
		case account == from || slices.Contains(to, account):
			in.fault(field, "DUPLICATE_ITEM")
		}
		to = append(to, account)
	}
	in.reason(req.GetReason())
	return from, to
}

// TransferCaseload moves what an officer has in hand to others of the register: cases with what is owed on them, and received legs.
// Each case is decided alone and goes whole or not at all; of one that the caller may not see nothing is said, and nobody blocked
// gets one.
func (s *cases) TransferCaseload(ctx context.Context, req *pb.TransferCaseloadRequest) (*pb.TransferCaseloadResponse, error) {
	from, to := s.intake().transfer(req)
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.TransferCaseloadResponse, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		if err := c.mayTransfer(w, from); err != nil {
			return nil, err
		}
		if old, done, err := w.Answered(c.caller.Account, id); err != nil || done {
			if err != nil {
				return nil, err
			}
			answer := &pb.TransferCaseloadResponse{}
			if err := c.answered(old, method, mark, access.Mask(old.Mask), answer); err != nil {
				return nil, err
			}
			return answer, c.transferredBefore(w, answer)
		}
		t := &transfer{call: c, w: w, from: from, to: to, reason: req.GetReason()}
		for _, step := range []func() error{t.receiversAble, t.gather, t.share} {
			if err := step(); err != nil {
				return nil, err
			}
		}
		answer := viewTransfers(t.moved)
		return answer, c.keep(w, id, store.Answered{
			Method: method, Mark: mark, Owner: store.Owner(c.caller.Account), Mask: uint32(access.F1.Closure()),
		}, answer)
	})
}

// transferredBefore leaves of a stored answer what the caller may still read the pointer of.
func (c call) transferredBefore(w *store.Writer, answer *pb.TransferCaseloadResponse) error {
	var shown []*pb.Transfer
	for _, line := range answer.GetTransfers() {
		facts, err := c.factsOf(w, line.GetName())
		if err != nil {
			return err
		}
		if read := access.Decide(facts.Doing(access.Read)); read.Allowed() && read.Grant.Shows(access.F1|access.F1Own) {
			shown = append(shown, line)
		}
	}
	answer.Transfers = shown
	return nil
}

// factsOf are those of a leg or a case, by its name.
func (c call) factsOf(w *store.Writer, name string) (access.Facts, error) {
	if _, isLeg := parseName("referrals", name); isLeg {
		f, err := c.legBy(w, name)
		return f.Facts, err
	}
	f, err := c.caseBy(w, name)
	return f.Facts, err
}

// mayTransfer decides before any case is looked at: an account that holds no role of casework in the caller's register is as unknown
// as one that never was.
func (c call) mayTransfer(w *store.Writer, from casework.AccountID) error {
	facts := c.caller.Facts(c.now)
	_, known, err := w.RoleIn(from, c.caller.Unit.Register)
	if err != nil {
		return err
	}
	if known {
		facts.Relations, facts.Level, facts.State = access.Owner, access.L1, access.Open
	}
	if act := decideReasoned(facts, access.CaseTransfer); !act.Allowed() {
		return c.refuse(access.CaseTransfer, act, object{}, accountName(from))
	}
	return nil
}

// transfer is a caseload on its way from one officer to others.
type transfer struct {
	call
	w      *store.Writer
	from   casework.AccountID
	to     []casework.AccountID
	reason string
	items  []transferItem
	moved  []movedItem
}

// transferItem is a case or a received leg, with the decision that lets it go.
type transferItem struct {
	act     access.Decision
	k       store.CaseFile
	leg     store.LegFile // zero for a case
	blocked func(casework.AccountID) bool
}

func (i transferItem) id() casework.ID {
	if i.leg.Known {
		return casework.ID(i.leg.Leg.ID)
	}
	return casework.ID(i.k.Case.ID)
}

// movedItem is what the answer says of it; a zero officer is told of one that nobody of the list may have.
type movedItem struct {
	grant   access.Grant
	k       casework.CaseID
	leg     casework.LegID
	officer casework.AccountID
}

// receiversAble holds that each of the list can be an officer in the register at all. Who is blocked on which case is not said.
func (t *transfer) receiversAble() error {
	own := casework.Case{Register: t.caller.Unit.Register, Unit: t.caller.Unit.ID}
	for _, account := range t.to {
		able, err := t.w.MayBeOfficer(account, own)
		if err != nil {
			return err
		}
		if !able {
			return casework.Precondition("OFFICER_INVALID")
		}
	}
	return nil
}

// gather locks and decides each case and leg, in the order of their cases' ids, so that two transfers never wait for each other.
func (t *transfer) gather() error {
	load, err := t.w.CaseloadOf(t.from, t.caller.Unit.Register)
	if err != nil {
		return err
	}
	locks := slices.Clone(load.Cases)
	for _, leg := range load.Legs {
		k, err := t.w.CaseOfLeg(leg)
		if err != nil {
			return err
		}
		locks = append(locks, k)
	}
	slices.SortFunc(locks, func(a, b casework.CaseID) int { return bytes.Compare(a[:], b[:]) })
	for _, k := range slices.Compact(locks) {
		if err := t.w.LockCase(k); err != nil {
			return err
		}
	}
	t.now = t.w.Now()
	for _, k := range load.Cases {
		if err := t.gatherCase(k); err != nil {
			return err
		}
	}
	for _, leg := range load.Legs {
		if err := t.gatherLeg(leg); err != nil {
			return err
		}
	}
	return nil
}

func (t *transfer) gatherCase(id casework.CaseID) error {
	f, err := t.w.CaseFor(t.caller, id, t.now)
	if err != nil {
		return err
	}
	act := decideReasoned(f.Facts, access.CaseTransfer)
	if act.Outcome == access.StepUp {
		return t.refuse(access.CaseTransfer, act, aboutCase(f.Case), "")
	}
	if !act.Allowed() {
		return nil
	}
	blocked, err := t.w.Blocked(id)
	t.items = append(t.items, transferItem{act: act, k: f, blocked: blocked})
	return err
}

// gatherLeg decides a received leg as its receiver's supervisor may reassign it.
func (t *transfer) gatherLeg(id casework.LegID) error {
	f, err := t.w.ReferralFor(t.caller, id, t.now)
	if err != nil {
		return err
	}
	act := decideReasoned(f.Facts, access.ReferralReassign)
	if act.Outcome == access.StepUp {
		return t.refuse(access.ReferralReassign, act, aboutLeg(f), "")
	}
	if !act.Allowed() {
		return nil
	}
	blocked, err := t.w.Blocked(f.Case.ID)
	t.items = append(t.items, transferItem{act: act, leg: f, blocked: blocked})
	return err
}

// share gives each thing to one of the list, and tells each new officer.
func (t *transfer) share() error {
	byID := make(map[casework.ID]transferItem, len(t.items))
	ids := make([]casework.ID, 0, len(t.items))
	for _, item := range t.items {
		byID[item.id()] = item
		ids = append(ids, item.id())
	}
	moves, stays := casework.Distribute(ids, t.to, func(id casework.ID, a casework.AccountID) bool { return byID[id].blocked(a) })
	for _, move := range moves {
		item := byID[move.Item]
		give := t.giveCase
		if item.leg.Known {
			give = t.giveLeg
		}
		if err := give(item, move.To); err != nil {
			return err
		}
	}
	for _, id := range stays {
		t.tell(byID[id], casework.AccountID{})
	}
	return nil
}

// giveCase names the new officer, releases the old one, and hands over what was owed.
func (t *transfer) giveCase(item transferItem, to casework.AccountID) error {
	a := &assignment{call: t.call, w: t.w, f: item.k, action: access.CaseTransfer, act: item.act, reason: t.reason}
	if err := a.note(eventTransfer); err != nil {
		return err
	}
	officers, err := t.w.Officers(a.f.Case.ID, t.now)
	if err != nil {
		return err
	}
	if !slices.Contains(officers, to) {
		if err := a.name(to); err != nil {
			return err
		}
	}
	if err := a.release(t.from, to); err != nil {
		return err
	}
	t.tell(item, to)
	return nil
}

// giveLeg makes another the officer of a received leg; what it shows opens for her alone.
func (t *transfer) giveLeg(item transferItem, to casework.AccountID) error {
	before, k := item.leg.Leg, item.leg.Case
	if err := t.w.LegTexts(&before, k.Subject); err != nil {
		return err
	}
	after, change, err := before.Reassign(to, true, casework.ByReceiver)
	if err != nil {
		return err
	}
	entry, err := t.putLegStep(t.w, legStep{
		before: before, after: after, k: k, change: change, by: casework.ByReceiver, officer: to,
		record: func(event journal.Event) ([16]byte, error) {
			rec := t.record(access.ReferralReassign, item.act, aboutLeg(item.leg))
			rec.Entry.Event = event
			return t.w.AppendReasoned(rec, t.reason, store.Owner(k.Subject))
		},
	})
	if err != nil {
		return err
	}
	err = t.w.Notify(store.Notice{
		Kind: casework.NoticeAssigned, ObjectKind: casework.OnLeg, Object: casework.ID(after.ID), Case: k.ID, Account: to,
	}, entry)
	if err != nil {
		return err
	}
	t.tell(item, to)
	return nil
}

// tell adds a line to the answer, by what the caller may read of the thing.
func (t *transfer) tell(item transferItem, officer casework.AccountID) {
	moved := movedItem{officer: officer, k: item.k.Case.ID, leg: item.leg.Leg.ID}
	facts := item.k.Facts
	if item.leg.Known {
		facts, moved.k = item.leg.Facts, item.leg.Case.ID
	}
	moved.grant = access.Decide(facts.Doing(access.Read)).Grant
	t.moved = append(t.moved, moved)
}

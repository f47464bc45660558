package server

import (
	"context"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// linkMove is one word on a pair on its way through its transaction. Its entry is about the case of whoever says it: in no column, and in
// nothing that the other side is shown, does it lead to the other record.
type linkMove struct {
	call
	w *store.Writer
	recordPair

	action   access.Action
	act      access.Decision
	read     access.Decision // what the answer shows
	mark     [16]byte        // of the reference by which it was named; zero: by review or link
	compared [32]byte
	entry    [16]byte
}

// pairNamed is how a request names a pair.
type pairNamed struct {
	match  string // reference
	review string
	link   string
}

func (n pairNamed) asked() string { return n.match + n.review + n.link }

// meaningOfPair is what the rules have against the naming of a pair.
func meaningOfPair(match, review string) (v casework.Violations) {
	switch {
	case match == "" && review == "":
		v.Add("matchRef", "REQUIRED")
	case match != "" && review != "":
		v.Add("review", "ONE_OF_MATCH_REVIEW")
	}
	return v
}

func (s *Server) meaningOfConfirm(req *pb.ConfirmLinkRequest) casework.Violations {
	return meaningOfPair(req.GetMatchRef(), req.GetReview())
}

func (s *Server) meaningOfReject(req *pb.RejectLinkRequest) casework.Violations {
	return meaningOfPair(req.GetMatchRef(), req.GetReview())
}

// openPair finds a pair by what the caller calls it, under the lock of the case from which it is seen, and decides the act. exact tells
// that no second person is needed whatever the evidence is.
func (s *Server) openPair(ctx context.Context, w *store.Writer, named pairNamed, action access.Action, exact bool) (*linkMove, error) {
	m := &linkMove{w: w, action: action}
	var err error
	if m.call, err = s.writing(ctx, w); err != nil {
		return nil, err
	}
	own, other, ok, err := m.find(named)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, m.refuse(action, access.Decision{Rule: "A91"}, object{}, named.asked())
	}
	if err := w.LockCase(own); err != nil {
		return nil, err
	}
	f, err := w.CaseFor(m.caller, own, m.now)
	if err != nil {
		return nil, err
	}
	if other == (casework.PersonID{}) { // by a link that has another end
		other = m.link.Other(f.Case.Subject)
	}
	if m.recordPair, err = m.pairOf(w, f, other); err != nil {
		return nil, err
	}
	if err := m.ground(named, exact); err != nil {
		return nil, err
	}
	if m.compared, err = m.comparedIf(w); err != nil {
		return nil, err
	}
	m.act = m.decide(named)
	m.read = access.Decide(f.Facts.Doing(access.Read))
	if m.caller.Role == casework.RoleReviewer {
		m.read = m.act
	}
	if !m.act.Allowed() && m.act.Outcome != access.Await {
		return nil, m.refuse(action, m.act, aboutCase(f.Case), named.asked())
	}
	return m, nil
}

// comparedIf is the mark of what is compared, of records that are there.
func (m *linkMove) comparedIf(w *store.Writer) (mark [32]byte, err error) {
	if !m.far.Known {
		return mark, nil
	}
	return w.ComparedMark(m.near.Case.Subject, m.other)
}

// find is the case from which a pair is seen, and its other record.
func (m *linkMove) find(named pairNamed) (own casework.CaseID, other casework.PersonID, ok bool, err error) {
	switch {
	case named.match != "":
		match, ok := m.matchBy(named.match)
		m.mark = match.mark
		return match.own, match.other, ok, nil
	case named.review != "":
		id, _ := parseName("reviews", named.review)
		m.link, ok, err = m.w.LinkUnderReview(id)
		return m.link.Asking, other, ok, err
	}
	id, _ := parseName("links", named.link)
	if m.link, ok, err = m.w.Link(id); err != nil || !ok {
		return own, other, false, err
	}
	own = m.link.Case // of the reviewer, and of whoever holds neither side
	var best access.Level
	for _, person := range m.link.Persons {
		f, act, err := m.sideOf(m.w, person)
		if err != nil {
			return own, other, false, err
		}
		if act.Allowed() && f.Facts.Level > best {
			own, best = f.Case.ID, f.Facts.Level
		}
	}
	return own, other, true, nil
}

// ground says on what the pair rests: what was found for the record, or what was said of it before. A match that is found no more is no
// candidate.
func (m *linkMove) ground(named pairNamed, exact bool) error {
	if !m.known {
		a, b := m.near.Case.Subject, m.other
		m.link = casework.Link{ID: m.store.PairID(a, b), Persons: [2]casework.PersonID{a, b}}
		slices.SortFunc(m.link.Persons[:], func(a, b casework.PersonID) int { return slices.Compare(a[:], b[:]) })
	}
	if named.match != "" {
		found, err := likely(m.w, m.near.Case.Subject)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(found, func(c linkage.Candidate) bool { return c.ID == m.other })
		if at >= 0 {
			m.link.Grounds = groundsOf(found[at])
		} else if !m.known {
			m.facts.Cond &^= access.Candidate
		}
	}
	if exact || m.link.Grounds.Exact {
		m.facts.Cond |= access.ExactEvidence
	}
	return nil
}

// groundsOf is what a candidate was shown with.
func groundsOf(c linkage.Candidate) casework.LinkGrounds {
	g := casework.LinkGrounds{
		Hypothesis: relationOf(c.Hypothesis), OnePerson: c.Hypothesis == linkage.Self, Score: c.Score, Model: linkage.NormVersion, Exact: !c.NeedsSecond,
	}
	for _, s := range c.Told {
		g.Evidence = append(g.Evidence, casework.LinkEvidence{Field: s.Field.String(), Level: s.Agreement.String(), Bits: s.Bits})
	}
	for _, w := range c.Warnings {
		g.Warnings = append(g.Warnings, string(w))
	}
	return g
}

// relationOf is as what a hypothesis is shown.
func relationOf(h linkage.Hypothesis) casework.LinkRelation {
	if h == linkage.Household {
		return casework.SameHousehold
	}
	return casework.SamePerson
}

// decide decides the act on the pair. The reviewer's right is on a pair that was sent to her and on no case, so it is that of the more
// secret one; what she has decided herself stays hers to hear again and to take back.
func (m *linkMove) decide(named pairNamed) access.Decision {
	if m.caller.Role != casework.RoleReviewer {
		facts := m.facts
		if m.link.State == casework.LinkConfirmed && m.near.Facts.Relations&access.Assigned != 0 {
			facts.Relations |= access.Match // she is shown it, so a refusal is told as one
		}
		if named.link != "" && !m.mayUndo() {
			facts.Cond &^= access.HoldsOwnSide
		}
		return m.deciding(facts, m.action)
	}
	facts := m.facts
	facts.Case = m.near.Case.ID
	facts.Level, facts.State = max(facts.Level, m.near.Facts.Level), max(facts.State, m.near.Facts.State)
	own := m.link.By == m.caller.Account && m.link.State != casework.LinkUndone
	if named.match == "" && (m.link.UnderReview() || own) {
		facts.Cond |= access.SentToReview
	}
	return m.deciding(facts, m.action)
}

// mayUndo tells whether a word is the caller's to take back: her own, or as the head of a side that is shown the link.
func (m *linkMove) mayUndo() bool {
	head := m.near.Facts.Relations&access.Owner != 0 && m.near.Facts.Role == access.Supervisor
	return head || m.link.By == m.caller.Account
}

// said answers a request that was done before.
func (m *linkMove) said(id [16]byte, mark [32]byte, method string, answer interface {
	mutationAnswer
},
) (bool, error) {
	old, done, err := m.w.Answered(m.caller.Account, id)
	if err != nil || !done {
		return false, err
	}
	m.replayed(m.w, m.read, aboutCase(m.near.Case), m.near.Case)
	return true, m.answered(old, method, mark, m.read.Grant.Mask(), answer)
}

// spend takes the reference by which the pair was named, once.
func (m *linkMove) spend(named pairNamed) error {
	if m.mark == ([16]byte{}) {
		return nil
	}
	next, ok := m.link.Spend(m.mark, m.now)
	if !ok {
		return m.refuse(m.action, access.Decision{Rule: "A91"}, aboutCase(m.near.Case), named.asked())
	}
	if wait := next.Crowded(m.now); wait > 0 {
		return &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: wait}
	}
	m.link = next
	return nil
}

// put stores what was said, with its entry; text is what was written with it.
func (m *linkMove) put(next casework.Link, event, text string) error {
	return m.w.PutLink(next, func(value [32]byte) (entry [16]byte, err error) {
		rec := m.record(m.action, m.act, aboutCase(m.near.Case))
		rec.Entry.ObjectKind, rec.Entry.Object = "link", m.store.Pseudonym("link", next.ID[:])
		rec.Entry.Event = journal.Event{Name: event, Before: string(m.link.State), After: string(next.State), Revision: next.Revision + 1, Value: value}
		m.entry, err = m.w.AppendReasoned(rec, text, store.Owner(m.near.Case.Subject))
		return m.entry, err
	})
}

// keepSaid keeps the answer beside its effect.
func (m *linkMove) keepSaid(id [16]byte, mark [32]byte, method string, answer mutationAnswer) error {
	m.w.Shown(m.entry, uint32(m.read.Grant.Mask()))
	return m.keep(m.w, id, store.Answered{
		Method: method, Mark: mark, Owner: store.Owner(m.near.Case.Subject), Case: m.near.Case.ID, Mask: uint32(m.read.Grant.Mask()),
	}, answer)
}

const confirmLinkMethod = "sinergi.v1.LinkageService.ConfirmLink"

// ConfirmLink says that a match is one. On weaker evidence that takes two of the own side, or the reviewer.
func (s *linkages) ConfirmLink(ctx context.Context, req *pb.ConfirmLinkRequest) (*pb.Link, error) {
	return twoPersons(ctx, s.Server, req, (*Server).confirmLink)
}

// confirmLink is all that happens inside the transaction.
func (s *Server) confirmLink(ctx context.Context, w *store.Writer, req *pb.ConfirmLinkRequest) (*pb.Link, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	named := pairNamed{match: req.GetMatchRef(), review: req.GetReview()}
	m, err := s.openPair(ctx, w, named, access.LinkDecide, false)
	if err != nil {
		return nil, err
	}
	answer := &pb.Link{}
	if done, err := m.said(id, mark, confirmLinkMethod, answer); done || err != nil {
		return answer, err
	}
	if err := m.spend(named); err != nil {
		return nil, err
	}
	relation, basis := word[casework.LinkRelation](req.GetRelation()), word[casework.LinkBasis](req.GetBasis())
	next, err := m.link.Confirm(relation, basis, m.link.Rejected(m.compared, m.now), m.near.Case.ID, m.caller.Account, m.now)
	if err != nil {
		return nil, err
	}
	if m.act.Outcome == access.Await {
		return nil, m.awaits(m.second(req.GetNote()))
	}
	if err := m.put(next, "confirmLink", req.GetNote()); err != nil {
		return nil, err
	}
	if err := m.endReview(casework.ReviewFounded); err != nil {
		return nil, err
	}
	if err := m.tellEquals(); err != nil {
		return nil, err
	}
	answer = viewLink(m.read.Grant, next)
	return answer, m.keepSaid(id, mark, confirmLinkMethod, answer)
}

// second is the other officer of the own side: by rule its head, and for the head herself one who is named on the case.
func (m *linkMove) second(note string) second {
	role := casework.RoleSupervisor
	if m.caller.Role == casework.RoleSupervisor {
		role = casework.RoleWorker
	}
	k := m.near.Case
	return second{
		action: m.action, act: m.act, about: aboutCase(k), kind: "cases", object: casework.ID(k.ID), owner: store.Owner(k.Subject),
		reason: note, role: role, unit: k.Unit,
	}
}

// tellEquals tells the heads of both sides of a link between cases that are equally secret: each is shown the pointer. Of any other the
// less secret side is told nothing, and the other has said it herself.
func (m *linkMove) tellEquals() error {
	if m.near.Facts.Level != m.far.Facts.Level {
		return nil
	}
	for _, k := range []casework.Case{m.near.Case, m.far.Case} {
		unit, _ := m.store.Directory().Unit(k.Unit)
		owner, err := m.w.Accountable(unit)
		if err != nil {
			return err
		}
		err = m.w.Notify(store.Notice{
			Kind: casework.NoticeLinkConfirmed, ObjectKind: casework.OnCase, Object: casework.ID(k.ID), Case: k.ID, Unit: owner, Role: casework.RoleSupervisor,
		}, m.entry)
		if err != nil {
			return err
		}
	}
	return nil
}

const rejectLinkMethod = "sinergi.v1.LinkageService.RejectLink"

// RejectLink says that a match is none, or that the caller cannot tell.
func (s *linkages) RejectLink(ctx context.Context, req *pb.RejectLinkRequest) (*pb.Link, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	named := pairNamed{match: req.GetMatchRef(), review: req.GetReview()}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Link, error) {
		m, err := s.openPair(ctx, w, named, access.LinkDecide, true)
		if err != nil {
			return nil, err
		}
		answer := &pb.Link{}
		if done, err := m.said(id, mark, rejectLinkMethod, answer); done || err != nil {
			return answer, err
		}
		if err := m.spend(named); err != nil {
			return nil, err
		}
		next, err := m.link.Reject(word[casework.LinkRejection](req.GetReason()), m.compared, m.near.Case.ID, m.caller.Account, m.now)
		if err != nil {
			return nil, err
		}
		if err := m.put(next, "rejectLink", ""); err != nil {
			return nil, err
		}
		if err := m.endReview(casework.ReviewUnfounded); err != nil {
			return nil, err
		}
		answer = viewLink(m.read.Grant, next)
		return answer, m.keepSaid(id, mark, rejectLinkMethod, answer)
	})
}

const undoLinkMethod = "sinergi.v1.LinkageService.UndoLink"

// UndoLink takes back what was said of a pair. Its pointer is gone with this transaction, for none is kept.
func (s *linkages) UndoLink(ctx context.Context, req *pb.UndoLinkRequest) (*pb.Link, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Link, error) {
		m, err := s.openPair(ctx, w, pairNamed{link: req.GetLink()}, access.LinkDecide, true)
		if err != nil {
			return nil, err
		}
		answer := &pb.Link{}
		if done, err := m.said(id, mark, undoLinkMethod, answer); done || err != nil {
			return answer, err
		}
		next, err := m.link.Undo(m.near.Case.ID, m.caller.Account, m.now)
		if err != nil {
			return nil, err
		}
		if err := m.put(next, "undoLink", req.GetReason()); err != nil {
			return nil, err
		}
		answer = viewLink(m.read.Grant, next)
		return answer, m.keepSaid(id, mark, undoLinkMethod, answer)
	})
}

package server

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// The review of a pair. The reviewer reads of both records what tells one person from another, and of neither whose it is, nor why it was
// written: so what she is shown of a review of this kind holds nothing of a case.

// mutationAnswer is a message that is kept beside its effect.
type mutationAnswer = proto.Message

const requestReviewMethod = "sinergi.v1.LinkageService.RequestReview"

// RequestReview gives a match to the reviewer.
func (s *linkages) RequestReview(ctx context.Context, req *pb.RequestReviewRequest) (*pb.Review, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	named, review := pairNamed{match: req.GetMatchRef()}, newID()
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Review, error) {
		m, err := s.openPair(ctx, w, named, access.LinkReview, true)
		if err != nil {
			return nil, err
		}
		answer := &pb.Review{}
		if done, err := m.said(id, mark, requestReviewMethod, answer); done || err != nil {
			return answer, err
		}
		if err := m.spend(named); err != nil {
			return nil, err
		}
		next, err := m.link.Ask(review, m.link.Rejected(m.compared, m.now), m.near.Case.ID, m.caller.Account, m.now)
		if err != nil {
			return nil, err
		}
		if err := m.put(next, "requestReview", req.GetReason()); err != nil {
			return nil, err
		}
		v, duty, err := m.owe(review)
		if err != nil {
			return nil, err
		}
		answer = m.viewReview(m.read.Grant, v, casework.Disclosure{}, nil, duty, nil)
		return answer, m.keepSaid(id, mark, requestReviewMethod, answer)
	})
}

// owe has the reviewer look at the pair, in the time that she has for an exception, and tells her that something waits. What its object
// is stands in no column: it leads to the pair by the keys alone.
func (m *linkMove) owe(review casework.ID) (v casework.Review, owed casework.Duty, err error) {
	k := m.near.Case
	unit, role, err := m.whoReviews(m.w, casework.ReviewLink, k)
	if err != nil {
		return v, owed, err
	}
	of := casework.Disclosure{ID: casework.DisclosureID(review), Case: k.ID}
	v = casework.NewReview(review, casework.ReviewLink, of, k.Unit, m.caller.Account, m.now)
	owed, err = m.start(casework.Duty{
		Kind: casework.OnReview, Object: v.ID, Case: k.ID, Unit: unit, Name: casework.DutyReviewException, Started: m.now,
	}, k)
	if err != nil {
		return v, owed, err
	}
	owed.Name, v.Due, v.Revision = casework.DutyReviewLink, owed.Due, 1
	if err := m.w.PutReview(v, m.entry); err != nil {
		return v, owed, err
	}
	if err := m.w.PutDuty(owed, m.entry); err != nil {
		return v, owed, err
	}
	return v, owed, m.w.Notify(store.Notice{
		Kind: casework.NoticeReviewDue, ObjectKind: casework.OnReview, Object: v.ID, Case: k.ID, Unit: unit, Role: role,
	}, m.entry)
}

// endReview ends what waits for the reviewer once somebody has decided, and tells whoever asked for it.
func (m *linkMove) endReview(outcome casework.ReviewOutcome) error {
	if !m.link.UnderReview() {
		return nil
	}
	v, known, err := m.w.Review(m.link.Review)
	if err != nil || !known || !v.Pending() {
		return err
	}
	k, err := m.w.CaseOnly(v.Case)
	if err != nil {
		return err
	}
	v.Outcome, v.Decided, v.DecidedBy = outcome, m.now, m.caller.Account
	if err := m.w.DecideReview(v, k.Subject, func([32]byte) [16]byte { return m.entry }); err != nil {
		return err
	}
	if err := m.w.EndDuties(v.Case, v.ID); err != nil || m.link.Asked == m.caller.Account {
		return err
	}
	return m.w.Notify(store.Notice{
		Kind: casework.NoticeReviewDecided, ObjectKind: casework.OnReview, Object: v.ID, Case: v.Case, Account: m.link.Asked,
	}, m.entry)
}

// RevealForReview shows the reviewer both records of a pair that was sent to her. It is on record with her reason, and in the list of who
// looked of the client for whom it was asked: whoever stands beside the other one reads hers.
func (s *linkages) RevealForReview(ctx context.Context, req *pb.RevealForReviewRequest) (*pb.RevealForReviewResponse, error) {
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.RevealForReviewResponse, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		if err := c.meter(s.reveals, access.LinkReveal, "REVEAL_LIMIT"); err != nil {
			return nil, err
		}
		m, err := s.openPair(ctx, w, pairNamed{review: req.GetReview()}, access.LinkReveal, true)
		if err != nil {
			return nil, err
		}
		persons := slices.Clone(m.link.Persons[:])
		slices.SortFunc(persons, func(a, b casework.PersonID) int {
			x, y := s.store.Tag("column", m.link.Review[:], a[:]), s.store.Tag("column", m.link.Review[:], b[:])
			return slices.Compare(x[:], y[:])
		})
		var columns []casework.Person
		for _, id := range persons {
			p, err := w.Person(id)
			if err != nil {
				return nil, err
			}
			columns = append(columns, p)
		}
		rec := m.record(access.LinkReveal, m.act, aboutCase(m.near.Case))
		rec.Entry.Event = journal.Event{Name: "revealLink"}
		if _, err := w.AppendReasoned(rec, req.GetReason(), store.Owner(m.near.Case.Subject)); err != nil {
			return nil, err
		}
		return viewReveal(m.act.Grant, m.link.Grounds, columns), nil
	})
}

// pairReview is the review of a pair as the reviewer has it.
type pairReview struct {
	act  access.Decision // to open both records
	link casework.Link
}

// pairReviewOf decides whether a review of a pair is the reviewer's to see: as it would be to open it, whatever the age of her second
// factor.
func (c call) pairReviewOf(r linkReader, v casework.Review) (p pairReview, shown bool, err error) {
	l, ok, err := r.LinkUnderReview(v.ID)
	if err != nil || !ok {
		return p, false, err
	}
	own, err := r.CaseFor(c.caller, l.Asking, c.now)
	if err != nil || !own.Known {
		return p, false, err
	}
	m := &linkMove{call: c, action: access.LinkReveal}
	if m.recordPair, err = c.pairOf(r, own, l.Other(own.Case.Subject)); err != nil {
		return p, false, err
	}
	p = pairReview{m.decide(pairNamed{review: "of the row"}), l}
	return p, p.act.Allowed() || p.act.Outcome == access.StepUp, nil
}

// actions are what the reviewer may now do about it.
func (p pairReview) actions() []string {
	if !p.link.UnderReview() {
		return nil
	}
	return []string{"reveal", "confirm", "reject"}
}

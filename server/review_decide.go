package server

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// judgement is one decision of a review on its way through its transaction.
type judgement struct {
	basisMove
	v    casework.Review
	read access.Decision // as the case stood before: what she has judged she may see judged
}

const decideMethod = "sinergi.v1.ReviewService.DecideReview"

// DecideReview says whether the act under review was founded. An exception that was not ends at once, as its time would end it: its
// legs stay, for the client's need does, and their receivers read no more than the leg.
func (s *reviews) DecideReview(ctx context.Context, req *pb.DecideReviewRequest) (*pb.Review, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	outcome := word[casework.ReviewOutcome](req.GetOutcome())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Review, error) {
		m, err := s.openReview(ctx, w, req.GetName(), outcome)
		if err != nil {
			return nil, err
		}
		if old, done, err := w.Answered(m.caller.Account, id); err != nil || done {
			return m.judgedBefore(old, mark, err)
		}
		if req.GetEtag() != "" && req.GetEtag() != etag(m.v.Revision) {
			return nil, casework.Conflict("ETAG_MISMATCH")
		}
		if err := m.judge(outcome, req.GetReason()); err != nil {
			return nil, err
		}
		answer, err := m.reviewMessage(w, m.f, m.v, m.read.Grant)
		if err != nil {
			return nil, err
		}
		w.Shown(m.entry, uint32(m.read.Grant.Mask()))
		return answer, m.keep(w, id, store.Answered{
			Method: decideMethod, Mark: mark, Owner: store.Owner(m.f.Case.Subject), Case: m.f.Case.ID, Mask: uint32(m.read.Grant.Mask()),
		}, answer)
	})
}

// openReview reads a review under the lock of its case and decides the act.
func (s *reviews) openReview(ctx context.Context, w *store.Writer, name string, outcome casework.ReviewOutcome) (*judgement, error) {
	id, _ := parseName("reviews", name)
	if err := w.LockReview(id); err != nil {
		return nil, err
	}
	m := &judgement{basisMove: basisMove{w: w}}
	var err error
	if m.call, err = s.writing(ctx, w); err != nil {
		return nil, err
	}
	known := false
	if m.v, known, err = w.Review(id); err != nil {
		return nil, err
	}
	known = known && m.v.Kind != casework.ReviewLink // a pair is decided by its own acts, and this is none of them
	m.f.Facts = m.caller.Facts(m.now)
	if known {
		if m.f, err = w.CaseFor(m.caller, m.v.Case, m.now); err != nil {
			return nil, err
		}
	}
	var facts access.Facts
	m.action, facts = m.judging(m.f, m.v, outcome)
	m.act, m.read = access.Decide(facts), access.Decide(m.f.Facts.Doing(access.Read))
	switch {
	case !known:
		return nil, m.refuse(m.action, access.Decision{Rule: "R20"}, object{}, name)
	case !m.act.Allowed() && (m.read.Allowed() || m.caller.Role == casework.RoleReviewer):
		return nil, m.refuse(m.action, m.act, aboutReview(m.v, m.f.Case), name)
	case !m.act.Allowed(): // to whom the case is not there the review is not
		return nil, m.refuse(m.action, access.Decision{Rule: m.read.Rule}, aboutReview(m.v, m.f.Case), name)
	}
	return m, nil
}

func aboutReview(v casework.Review, k casework.Case) object {
	return object{"review", v.ID, k.ID, k.Level, v.Object}
}

// judgedBefore answers a request that was done before. A reviewer's right to the case ended with her judgement: what she was answered
// then shrinks to its name.
func (m *judgement) judgedBefore(old store.Answered, mark [32]byte, err error) (*pb.Review, error) {
	if err != nil {
		return nil, err
	}
	answer := &pb.Review{}
	m.replayed(m.w, m.read, aboutReview(m.v, m.f.Case), m.f.Case)
	return answer, m.answered(old, decideMethod, mark, m.read.Grant.Mask(), answer)
}

// judge stores the judgement with its effects.
func (m *judgement) judge(outcome casework.ReviewOutcome, reason string) error {
	next, implied, err := m.v.Decide(outcome, reason, m.caller.Account, m.now)
	if err != nil {
		return err
	}
	event := journal.Event{Name: "decideReview", After: string(outcome), Revision: m.v.Revision + 1}
	if implied {
		event.Name, event.Revision = "IMPLIED", m.v.Revision
		m.entry = m.append(m.w, m.action, m.act, aboutReview(m.v, m.f.Case), event)
		return nil
	}
	err = m.w.DecideReview(next, m.f.Case.Subject, func(value [32]byte) [16]byte {
		event.Value = value
		m.entry = m.append(m.w, m.action, m.act, aboutReview(m.v, m.f.Case), event)
		return m.entry
	})
	if err != nil {
		return err
	}
	m.v = next
	m.v.Revision++
	if err := m.w.EndDuties(next.Case, next.ID); err != nil {
		return err
	}
	switch {
	case next.Kind == casework.ReviewGlass:
		err = m.judgeGlass(outcome)
	case outcome == casework.ReviewUnfounded:
		err = m.endExceptions()
	case next.Kind == casework.ReviewWithdrawal:
		err = m.exceptAnew()
	}
	if err != nil {
		return err
	}
	return m.w.Notify(store.Notice{
		Kind: casework.NoticeReviewDecided, ObjectKind: casework.OnReview, Object: next.ID, Case: m.f.Case.ID, Unit: m.f.Case.Unit, Role: casework.RoleSupervisor,
	}, m.entry)
}

// exceptionLegs are an exception and the open legs that stand on it.
type exceptionLegs struct {
	id   casework.DisclosureID
	legs []casework.Referral
}

// underJudgement are the exceptions that a judgement is about: the one that was recorded, or after a withdrawal those on which legs
// stay; each with its open legs.
func (m *judgement) underJudgement() ([]exceptionLegs, error) {
	all, err := m.w.Disclosures(m.f.Case)
	if err != nil {
		return nil, err
	}
	legs, err := m.w.OpenReferrals(m.f.Case.ID)
	if err != nil {
		return nil, err
	}
	var about []exceptionLegs
	for _, d := range all {
		if !d.Kind.IsException() || !d.ValidAt(m.now) || m.v.Kind == casework.ReviewException && d.ID != m.v.Object {
			continue
		}
		onIt := slices.DeleteFunc(slices.Clone(legs), func(l casework.Referral) bool { return l.Disclosure != d.ID })
		about = append(about, exceptionLegs{d.ID, onIt})
	}
	return about, nil
}

// endExceptions ends them as their time would, and tells both units that nothing is read by them any more.
func (m *judgement) endExceptions() error {
	about, err := m.underJudgement()
	if err != nil {
		return err
	}
	for _, e := range about {
		if err := m.w.ExpireDisclosure(e.id, m.entry); err != nil {
			return err
		}
		for _, l := range e.legs {
			for _, byReceiver := range []bool{false, true} {
				if err := m.w.NotifyOther(l, casework.NoticeConsentEnded, byReceiver, m.entry); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// exceptAnew: the supervisor keeps legs on an exception though the client took her consent back, which is to decide it again: the
// reviewer looks at it.
func (m *judgement) exceptAnew() error {
	about, err := m.underJudgement()
	if err != nil {
		return err
	}
	for _, e := range about {
		if len(e.legs) == 0 {
			continue
		}
		review := uuid.NewSHA1(uuid.UUID(m.entry), e.id[:])
		d := casework.Disclosure{ID: e.id, Case: m.f.Case.ID}
		if err := m.review(m.w, casework.ReviewException, d, m.f.Case, casework.ID(review), m.entry); err != nil {
			return err
		}
	}
	return nil
}

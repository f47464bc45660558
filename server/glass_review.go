package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// The review of a glass. The reviewer judges it; who opened it says what happened, and whoever does not, or was found to have had no
// cause, opens no other until the reviewer finds otherwise. To its actor a review is a receipt of her own act: it names no case.

const answerMethod = "sinergi.v1.ReviewService.AnswerReview"

// AnswerReview is the actor's own account of a glass.
func (s *reviews) AnswerReview(ctx context.Context, req *pb.AnswerReviewRequest) (*pb.Review, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Review, error) {
		m, err := s.ownReview(ctx, w, req.GetName())
		if err != nil {
			return nil, err
		}
		if old, done, err := w.Answered(m.caller.Account, id); err != nil || done {
			answer := &pb.Review{}
			if err == nil {
				err = m.answered(old, answerMethod, mark, 0, answer)
			}
			return answer, err
		}
		if err := m.answer(req.GetText()); err != nil {
			return nil, err
		}
		glass, _, err := w.Glass(casework.ID(m.v.Object))
		if err != nil {
			return nil, err
		}
		answer := m.viewOwnReview(m.v, glass)
		return answer, m.keep(w, id, store.Answered{
			Method: answerMethod, Mark: mark, Owner: store.Owner(m.f.Case.Subject), Case: m.f.Case.ID,
		}, answer)
	})
}

// ownReview reads a review under the lock of its case, for the one whose act it is about.
func (s *reviews) ownReview(ctx context.Context, w *store.Writer, name string) (*judgement, error) {
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
	m.f.Facts = m.caller.Facts(m.now)
	about := object{}
	if known {
		if m.f, err = w.CaseFor(m.caller, m.v.Case, m.now); err != nil {
			return nil, err
		}
		about = aboutReview(m.v, m.f.Case)
	}
	m.action = access.ReviewList
	facts := m.f.Facts.Doing(m.action)
	if known && m.isOwn(m.f, m.v) {
		facts.Cond |= access.Addressed
	}
	if m.act = access.Decide(facts); m.act.Allowed() {
		return m, nil
	}
	if read := access.Decide(m.f.Facts.Doing(access.Read)); !read.Allowed() {
		m.act = access.Decision{Rule: read.Rule} // to whom the case is not there the review is not
	}
	return nil, m.refuse(m.action, m.act, about, name)
}

// isOwn tells whether a review is of what the caller did in an emergency. For whoever is blocked now there is none.
func (c call) isOwn(f store.CaseFile, v casework.Review) bool {
	works := c.caller.Role == casework.RoleWorker || c.caller.Role == casework.RoleSupervisor // in no other role was it opened
	return v.Kind == casework.ReviewGlass && v.By == c.caller.Account && works && !f.Facts.Blocked
}

// answer stores it, gives back the right that silence took, and tells the reviewer.
func (m *judgement) answer(text string) error {
	next, err := m.v.Answer(text, m.now)
	if err != nil {
		return err
	}
	err = m.w.AnswerReview(next, m.f.Case.Subject, func(value [32]byte) [16]byte {
		event := journal.Event{Name: "answerReview", Revision: m.v.Revision + 1, Value: value}
		m.entry = m.append(m.w, m.action, m.act, aboutReview(m.v, m.f.Case), event)
		return m.entry
	})
	if err != nil {
		return err
	}
	m.v = next
	m.v.Revision++
	glass, _, err := m.w.Glass(casework.ID(next.Object))
	if err != nil {
		return err
	}
	if err := m.w.EndDuties(next.Case, glass.ID); err != nil {
		return err
	}
	if err := m.w.RestoreGlass(glass.ID, m.entry); err != nil {
		return err
	}
	unit, role, err := m.whoReviews(m.w, next.Kind, m.f.Case)
	if err != nil {
		return err
	}
	return m.w.Notify(store.Notice{
		Kind: casework.NoticeReviewDue, ObjectKind: casework.OnReview, Object: next.ID, Case: m.f.Case.ID, Unit: unit, Role: role,
	}, m.entry)
}

// judgeGlass is what a judgement does to the right of who opened it: where no cause was found it ends at once, and no other follows.
func (m *judgement) judgeGlass(outcome casework.ReviewOutcome) error {
	id := casework.ID(m.v.Object)
	if err := m.w.EndDuties(m.v.Case, id); err != nil {
		return err
	}
	if outcome == casework.ReviewUnfounded {
		if err := m.w.EndGlass(id, m.now, m.entry); err != nil {
			return err
		}
	} else if err := m.w.RestoreGlass(id, m.entry); err != nil {
		return err
	}
	return m.w.Notify(store.Notice{
		Kind: casework.NoticeReviewDecided, ObjectKind: casework.OnReview, Object: m.v.ID, Case: m.f.Case.ID, Account: m.v.By,
	}, m.entry)
}

// silent suspends the right of who has not answered in 72 hours.
func (s *Server) silent(w *store.Writer, due store.Due) error {
	v, known, err := w.Review(due.Object)
	if err != nil || !known || !v.Pending() || !v.Answered.IsZero() {
		return err // an answer was faster
	}
	k, err := w.CaseOnly(v.Case)
	if err != nil {
		return err
	}
	entry := s.timer(w, aboutReview(v, k), journal.Event{Name: "GLASS_UNANSWERED", Revision: v.Revision})
	if err := w.SuspendGlass(casework.ID(v.Object), w.Now(), entry); err != nil {
		return err
	}
	return w.Notify(store.Notice{
		Kind: casework.NoticeReviewDecided, ObjectKind: casework.OnReview, Object: v.ID, Case: v.Case, Account: v.By,
	}, entry)
}

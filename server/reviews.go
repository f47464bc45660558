package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// tellOfException has an exception reviewed within 72 hours, and tells the owner's supervisor.
func (c call) tellOfException(w *store.Writer, k casework.Case, d casework.Disclosure, review casework.ID, entry [16]byte) error {
	if err := c.review(w, casework.ReviewException, d, k, review, entry); err != nil {
		return err
	}
	return w.Notify(store.Notice{
		Kind: casework.NoticeException, ObjectKind: casework.OnDisclosure, Object: casework.ID(d.ID), Case: k.ID, Unit: k.Unit, Role: casework.RoleSupervisor,
	}, entry)
}

// review begins a review, with its duty and its notice: of an exception the reviewer's; of a withdrawal that leaves legs on an
// exception the owner's supervisor's. What waits already is not asked twice.
func (c call) review(w *store.Writer, kind casework.ReviewKind, of casework.Disclosure, k casework.Case, id casework.ID, entry [16]byte) error {
	if _, waits, err := w.PendingReview(kind, of.ID); err != nil || waits {
		return err
	}
	unit, role, err := c.whoReviews(w, kind, k)
	if err != nil {
		return err
	}
	r := casework.NewReview(id, kind, of, k.Unit, c.caller.Account, c.now)
	owed := casework.Duty{Kind: casework.OnReview, Object: r.ID, Case: k.ID, Unit: unit, Name: casework.DutyReviewException, Started: c.now}
	notice := casework.NoticeReviewDue
	if kind == casework.ReviewGlass {
		owed.Name, notice = casework.DutyReviewGlass, casework.NoticeGlassOpened
	}
	if owed, err = c.start(owed, k); err != nil {
		return err
	}
	r.Due = owed.Due
	if err := w.PutReview(r, entry); err != nil {
		return err
	}
	if err := w.PutDuty(owed, entry); err != nil {
		return err
	}
	return w.Notify(store.Notice{
		Kind: notice, ObjectKind: casework.OnReview, Object: r.ID, Case: k.ID, Unit: unit, Role: role,
	}, entry)
}

// start gives a duty of a case its times.
func (c call) start(owed casework.Duty, k casework.Case) (casework.Duty, error) {
	d := c.store.Directory()
	return d.Deadlines.Start(owed, casework.DeadlineKey{
		CaseType: k.Type, Urgency: casework.Routine, Duty: owed.Name, Day: casework.DateOf(c.now),
	}, d.Calendar)
}

// whoReviews is the unit and role that owes a judgement. While nobody is REVIEWER the regency's own unit owes it, and health says so.
func (c call) whoReviews(w *store.Writer, kind casework.ReviewKind, k casework.Case) (casework.UnitID, casework.Role, error) {
	if kind == casework.ReviewWithdrawal {
		unit, _ := c.store.Directory().Unit(k.Unit)
		accountable, err := w.Accountable(unit)
		return accountable, casework.RoleSupervisor, err
	}
	unit, ok, err := w.ReviewerUnit(c.now)
	if err != nil || ok {
		return unit, casework.RoleReviewer, err
	}
	for _, root := range c.store.Directory().Units() {
		if root.Parent == (casework.UnitID{}) {
			return root.ID, casework.RoleReviewer, nil
		}
	}
	return k.Unit, casework.RoleReviewer, nil
}

// reviews shows what waits for a second look.
type reviews struct {
	pb.UnimplementedReviewServiceServer
	*Server
}

// ListReviews lists what waits for the caller's judgement, due soonest first: a reviewer the exceptions of all units, a
// supervisor the withdrawals of the own register, its opened cases, and what was found of its exceptions; and everybody what she
// herself has opened in an emergency.
func (s *reviews) ListReviews(ctx context.Context, req *pb.ListReviewsRequest) (*pb.ListReviewsResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListReviewsResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		filter, addressed := c.reviewsFor()
		facts := c.caller.Facts(c.now).Doing(access.ReviewList)
		if addressed {
			facts.Cond |= access.Addressed
		}
		if act := access.Decide(facts); !act.Allowed() {
			return nil, nil, c.refuse(access.ReviewList, act, object{}, "reviews")
		}
		filter.Decided = req.GetDecided()
		if filter.After, err = c.cursor("reviews", req, req.GetPageToken()); err != nil {
			return nil, nil, err
		}
		return c.reviewList(r, req, filter, size)
	})
}

// reviewsFor are the reviews that wait for the caller's role; none for most.
func (c call) reviewsFor() (f store.ReviewFilter, addressed bool) {
	switch c.caller.Role {
	case casework.RoleReviewer:
		return store.ReviewFilter{Judged: true}, true
	case casework.RoleSupervisor:
		return store.ReviewFilter{}, true
	case casework.RoleWorker: // what she opened in an emergency
		return store.ReviewFilter{By: c.caller.Account}, true
	}
	return f, false
}

// reviewList decides each row on its case.
func (c call) reviewList(r *store.Reader, req *pb.ListReviewsRequest, filter store.ReviewFilter, size int) (*pb.ListReviewsResponse, *store.Record, error) {
	m := &pb.ListReviewsResponse{}
	var log pageLog
	next, err := listed(size, filter.After, func(after store.Cursor, limit int) ([]casework.Review, error) {
		filter.After, filter.Limit = after, limit
		return r.Reviews(filter)
	}, func(v casework.Review) store.Cursor { return store.Cursor{Time: v.Due, ID: v.ID} }, func(v casework.Review) (func() error, error) {
		if c.caller.Role == casework.RoleSupervisor && v.Kind == casework.ReviewException && v.Pending() {
			return nil, nil // it waits for the reviewer
		}
		if c.caller.Role == casework.RoleReviewer && v.Kind == casework.ReviewLink {
			return c.pairReviewRow(r, v, m)
		}
		f, err := r.CaseFor(c.caller, v.Case, c.now)
		if err == nil && c.isOwn(f, v) {
			return func() error {
				glass, _, err := r.Glass(casework.ID(v.Object))
				m.Reviews = append(m.Reviews, c.viewOwnReview(v, glass))
				return err
			}, nil
		}
		read := access.Decide(f.Facts.Doing(access.Read))
		if err != nil || !read.Allowed() || !read.Grant.Shows(access.F1) {
			return nil, err
		}
		return func() error {
			message, err := c.reviewMessage(r, f, v, read.Grant)
			m.Reviews = append(m.Reviews, message)
			log.add(c, read, &f.Case, v.ID)
			return err
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("reviews", req, next)
	return m, log.record(c), nil
}

// pairReviewRow adds the review of a pair, which tells of no case; nil if it is not the reviewer's to see.
func (c call) pairReviewRow(r *store.Reader, v casework.Review, m *pb.ListReviewsResponse) (func() error, error) {
	p, shown, err := c.pairReviewOf(r, v)
	if err != nil || !shown {
		return nil, err
	}
	return func() error {
		duty, err := r.DutyOf(v.Case, v.ID)
		m.Reviews = append(m.Reviews, viewPairReview(v, duty, p.actions(), c.now))
		return err
	}, nil
}

// reviewReader is what Reader and Writer both can.
type reviewReader interface {
	Disclosures(casework.Case) ([]casework.Disclosure, error)
	OpenReferrals(casework.CaseID) ([]casework.Referral, error)
	DutyOf(casework.CaseID, casework.ID) (casework.Duty, error)
	DecisionReason(casework.Review, casework.PersonID) (string, error)
	Glass(casework.ID) (casework.Glass, bool, error)
	GlassReason(casework.Glass, casework.PersonID) (string, error)
	ReviewAnswer(casework.Review, casework.PersonID) (string, error)
}

// reviewMessage opens what a review is about: the act, and the open legs that stand on it.
func (c call) reviewMessage(r reviewReader, f store.CaseFile, v casework.Review, g access.Grant) (*pb.Review, error) {
	switch v.Kind {
	case casework.ReviewGlass:
		return c.glassReviewMessage(r, f, v, g)
	case casework.ReviewLink:
		duty, err := r.DutyOf(v.Case, v.ID)
		return c.viewReview(g, v, casework.Disclosure{}, nil, duty, nil), err
	}
	all, err := r.Disclosures(f.Case)
	if err != nil {
		return nil, err
	}
	legs, err := r.OpenReferrals(f.Case.ID)
	if err != nil {
		return nil, err
	}
	duty, err := r.DutyOf(v.Case, v.ID)
	if err != nil {
		return nil, err
	}
	if v.Reason, err = r.DecisionReason(v, f.Case.Subject); err != nil {
		return nil, err
	}
	return c.viewReview(g, v, basisIn(all, v.Object), legsUnder(v, legs, all), duty, reviewActions(f, c, v)), nil
}

// glassReviewMessage opens of an act in an emergency why it was done, and what its actor says.
func (c call) glassReviewMessage(r reviewReader, f store.CaseFile, v casework.Review, g access.Grant) (*pb.Review, error) {
	duty, err := r.DutyOf(v.Case, v.ID)
	if err != nil {
		return nil, err
	}
	glass, _, err := r.Glass(casework.ID(v.Object))
	if err != nil {
		return nil, err
	}
	if v.Reason, err = r.DecisionReason(v, f.Case.Subject); err != nil {
		return nil, err
	}
	if g.Shows(access.Reason | access.F4) {
		if glass.Reason, err = r.GlassReason(glass, f.Case.Subject); err != nil {
			return nil, err
		}
		if v.Said, err = r.ReviewAnswer(v, f.Case.Subject); err != nil {
			return nil, err
		}
	}
	actions := reviewActions(f, c, v)
	if cosign := f.Facts.Doing(access.BreakGlassCosign); v.Pending() && v.By != c.caller.Account && glass.OpenAt(c.now) && glass.Cosigned.IsZero() {
		cosign.Cond |= access.NotSelf
		actions = append(actions, allowed(cosign, "cosign")...)
	}
	return c.viewGlassReview(g, v, glass, duty, actions), nil
}

// legsUnder are the open legs that a judgement is about: those on the exception, or after a withdrawal those on any.
func legsUnder(v casework.Review, legs []casework.Referral, all []casework.Disclosure) []casework.LegID {
	var ids []casework.LegID
	for _, l := range legs {
		stands := basisIn(all, l.Disclosure)
		if stands.ID == v.Object || v.Kind == casework.ReviewWithdrawal && stands.Kind.IsException() {
			ids = append(ids, l.ID)
		}
	}
	return ids
}

func reviewActions(f store.CaseFile, c call, v casework.Review) []string {
	if !v.Pending() {
		return nil
	}
	for _, outcome := range []casework.ReviewOutcome{casework.ReviewFounded, casework.ReviewUnfounded} {
		_, facts := c.judging(f, v, outcome)
		if access.Decide(facts).Allowed() {
			return []string{"decide"}
		}
	}
	return nil
}

// judging is the act of a judgement. An exception or a glass is the reviewer's to judge, and never who did it. Whether legs stay on an
// exception though the client took her consent back is the owner's supervisor's: to keep them is to decide the exception anew, to
// end it is to withdraw it.
func (c call) judging(f store.CaseFile, v casework.Review, outcome casework.ReviewOutcome) (access.Action, access.Facts) {
	if v.Kind != casework.ReviewWithdrawal {
		facts := c.caller.Facts(c.now).Doing(access.ReviewDecide)
		facts.Cond |= access.ReviewPending // one that is decided is told so by the rules, not by access
		if v.By != c.caller.Account {
			facts.Cond |= access.NotSelf
		}
		return access.ReviewDecide, facts
	}
	action := access.DisclosureException
	if outcome == casework.ReviewUnfounded {
		action = access.DisclosureWithdraw
	}
	facts := f.Facts.Doing(action)
	facts.Cond |= access.HasReason // the rules ask for one
	return action, facts
}

package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// tellOfException has an exception reviewed within 72 hours, and tells the owner's supervisor.
func (c call) tellOfException(w *store.Writer, k casework.Case, d casework.Disclosure, review, duty casework.ID, entry [16]byte) error {
	if err := c.review(w, casework.ReviewException, d, k, review, duty, entry); err != nil {
		return err
	}
	return w.Notify(store.Notice{
		Kind: casework.NoticeException, ObjectKind: casework.OnDisclosure, Object: casework.ID(d.ID), Case: k.ID, Unit: k.Unit, Role: casework.RoleSupervisor,
	}, entry)
}

// review begins a review, with its duty and its notice: of an exception the reviewer's; of a withdrawal that leaves legs on an
// exception the owner's supervisor's. What waits already is not asked twice.
func (c call) review(w *store.Writer, kind casework.ReviewKind, of casework.Disclosure, k casework.Case, id, duty casework.ID, entry [16]byte) error {
	if _, waits, err := w.PendingReview(kind, of.ID); err != nil || waits {
		return err
	}
	unit, role, err := c.whoReviews(w, kind, k)
	if err != nil {
		return err
	}
	r := casework.NewReview(id, kind, of, k.Unit, c.caller.Account, c.now)
	owed := casework.Duty{ID: duty, Kind: casework.OnReview, Object: r.ID, Case: k.ID, Unit: unit, Name: casework.DutyReviewException, Started: c.now}
	d := c.store.Directory()
	owed, err = d.Deadlines.Start(owed, casework.DeadlineKey{
		CaseType: k.Type, Urgency: casework.Routine, Duty: owed.Name, Day: casework.DateOf(c.now),
	}, d.Calendar)
	if err != nil {
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
		Kind: casework.NoticeReviewDue, ObjectKind: casework.OnReview, Object: r.ID, Case: k.ID, Unit: unit, Role: role,
	}, entry)
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
// supervisor the withdrawals of the own register.
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
		return store.ReviewFilter{Kind: casework.ReviewException}, true
	case casework.RoleSupervisor:
		return store.ReviewFilter{Kind: casework.ReviewWithdrawal}, true
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
		f, err := r.CaseFor(c.caller, v.Case, c.now)
		read := access.Decide(f.Facts.Doing(access.Read))
		if err != nil || !read.Allowed() || !read.Grant.Shows(access.F1) {
			return nil, err
		}
		return func() error {
			message, err := c.reviewMessage(r, f, v, read.Grant)
			m.Reviews = append(m.Reviews, message)
			log.add(c, read, f.Case, v.ID)
			return err
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("reviews", req, next)
	return m, log.record(c), nil
}

// reviewReader is what Reader and Writer both can.
type reviewReader interface {
	Disclosures(casework.Case) ([]casework.Disclosure, error)
	OpenReferrals(casework.CaseID) ([]casework.Referral, error)
	DutyOf(casework.ID) (casework.Duty, error)
	DecisionReason(casework.Review, casework.PersonID) (string, error)
}

// reviewMessage opens what a review is about: the act, and the open legs that stand on it.
func (c call) reviewMessage(r reviewReader, f store.CaseFile, v casework.Review, g access.Grant) (*pb.Review, error) {
	all, err := r.Disclosures(f.Case)
	if err != nil {
		return nil, err
	}
	legs, err := r.OpenReferrals(f.Case.ID)
	if err != nil {
		return nil, err
	}
	duty, err := r.DutyOf(v.ID)
	if err != nil {
		return nil, err
	}
	if v.Reason, err = r.DecisionReason(v, f.Case.Subject); err != nil {
		return nil, err
	}
	return c.viewReview(g, v, basisIn(all, v.Object), legsUnder(v, legs, all), duty, reviewActions(f, c, v), c.now), nil
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

// judging is the act of a judgement. An exception is the reviewer's to judge, and never who recorded it. Whether legs stay on an
// exception though the client took her consent back is the owner's supervisor's: to keep them is to decide the exception anew, to
// end it is to withdraw it.
func (c call) judging(f store.CaseFile, v casework.Review, outcome casework.ReviewOutcome) (access.Action, access.Facts) {
	if v.Kind == casework.ReviewException {
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
	if err := m.w.EndDuties(next.ID); err != nil {
		return err
	}
	if outcome == casework.ReviewUnfounded {
		if err := m.endExceptions(); err != nil {
			return err
		}
	}
	return m.w.Notify(store.Notice{
		Kind: casework.NoticeReviewDecided, ObjectKind: casework.OnReview, Object: next.ID, Case: m.f.Case.ID, Unit: m.f.Case.Unit, Role: casework.RoleSupervisor,
	}, m.entry)
}

// endExceptions ends the exception that was not founded, or after a withdrawal those on which legs stayed.
func (m *judgement) endExceptions() error {
	if m.v.Kind == casework.ReviewException {
		return m.w.ExpireDisclosure(m.v.Object, m.entry)
	}
	all, err := m.w.Disclosures(m.f.Case)
	if err != nil {
		return err
	}
	for _, d := range all {
		if !d.Kind.IsException() || !d.ValidAt(m.now) {
			continue
		}
		if err := m.w.ExpireDisclosure(d.ID, m.entry); err != nil {
			return err
		}
	}
	return nil
}

package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// ListApprovals lists the acts that wait for the caller as second person, and those that she has asked for.
func (s *reviews) ListApprovals(ctx context.Context, req *pb.ListApprovalsRequest) (*pb.ListApprovalsResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListApprovalsResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		facts := c.caller.Facts(c.now).Doing(access.ReviewList)
		facts.Cond |= access.Addressed // each row is addressed to her, or is not shown
		if act := access.Decide(facts); !act.Allowed() {
			return nil, nil, c.refuse(access.ReviewList, act, object{}, "approvals")
		}
		filter := store.ApprovalFilter{Ended: req.GetEnded()}
		if filter.After, err = c.cursor("approvals", req, req.GetPageToken()); err != nil {
			return nil, nil, err
		}
		return c.approvalList(r, req, filter, size)
	})
}

// approvalList decides each row. For who is blocked from a case nothing waits there, not even what she has asked for.
func (c call) approvalList(r *store.Reader, req *pb.ListApprovalsRequest, filter store.ApprovalFilter, size int) (*pb.ListApprovalsResponse, *store.Record, error) {
	m := &pb.ListApprovalsResponse{}
	var log pageLog
	next, err := listed(size, filter.After, func(after store.Cursor, limit int) ([]casework.Approval, error) {
		filter.After, filter.Limit = after, limit
		return r.Approvals(c.caller, c.now, filter)
	}, func(a casework.Approval) store.Cursor { return store.Cursor{Time: a.Expires, ID: a.ID} }, func(a casework.Approval) (func() error, error) {
		v, shown, err := c.approvalFor(r, a)
		if err != nil || !shown {
			return nil, err
		}
		return func() error {
			shows, err := v.sight(r)
			m.Approvals = append(m.Approvals, viewApproval(shows, v.a, v.actions(), c.now))
			log.add(c, v.act, &v.f.Case, a.ID)
			log.mask |= shows
			return err
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("approvals", req, next)
	return m, log.record(c), nil
}

// approvalFor decides one row, and tells whether it is the caller's to see: as second person, whatever the age of her second factor, or
// as who asked.
func (c call) approvalFor(r caseReader, a casework.Approval) (v *approvalMove, shown bool, err error) {
	f, facts, err := c.seconding(r, a)
	if err != nil {
		return nil, false, err
	}
	v = &approvalMove{call: c, a: a, f: f, act: orStepUp(facts)}
	own := facts.Cond&access.Self != 0 && !f.Facts.Blocked
	return v, own || v.act.Allowed() || v.act.Outcome == access.StepUp, nil
}

// actions are what the caller may now do with an approval.
func (m *approvalMove) actions() []string {
	if !m.act.Allowed() || !m.a.Waiting(m.now) {
		return nil
	}
	return []string{"approve", "refuse"}
}

package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// duties tells what is owed. Whatever shows what is due reads this alone.
type duties struct {
	pb.UnimplementedDutyServiceServer
	*Server
}

// ListDuties lists what the caller or the caller's unit owes, due soonest first; each row is decided on its own leg or case.
func (s *duties) ListDuties(ctx context.Context, req *pb.ListDutiesRequest) (*pb.ListDutiesResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListDutiesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		filter := store.DutyFilter{Mine: req.GetScope() == pb.ListDutiesRequest_Scope_ME, Overdue: req.GetOverdue()}
		if filter.After, err = c.cursor("duties", req, req.GetPageToken()); err != nil {
			return nil, nil, err
		}
		return c.dutyList(r, req, filter, size)
	})
}

func (c call) dutyList(r *store.Reader, req *pb.ListDutiesRequest, filter store.DutyFilter, size int) (*pb.ListDutiesResponse, *store.Record, error) {
	m := &pb.ListDutiesResponse{}
	var log pageLog
	next, err := listed(size, filter.After, func(after store.Cursor, limit int) ([]store.DutyRow, error) {
		filter.After, filter.Limit = after, limit
		return r.Duties(c.caller, c.now, filter)
	}, func(d store.DutyRow) store.Cursor { return store.Cursor{Time: d.Due, ID: d.ID} }, func(d store.DutyRow) (func() error, error) {
		duty, read, k, err := c.dutyMessage(r, d)
		if err != nil || duty == nil {
			return nil, err
		}
		return func() error {
			m.Duties = append(m.Duties, duty)
			log.add(c, read, k, d.Object)
			return nil
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("duties", req, next)
	return m, log.record(c), nil
}

// dutyMessage decides one row, by what the duty is owed on: of a leg the part that the own unit is party to is enough, of a case
// F1. It gives nil for one of which the caller may not see so much as that it is owed.
func (c call) dutyMessage(r *store.Reader, row store.DutyRow) (*pb.Duty, access.Decision, casework.Case, error) {
	if row.Kind == casework.OnLeg {
		f, err := r.ReferralFor(c.caller, casework.LegID(row.Object), c.now)
		read := access.Decide(f.Facts.Doing(access.Read))
		if err != nil || !read.Allowed() || !read.Grant.Shows(access.F1Own) {
			return nil, read, f.Case, err
		}
		return viewLegDuty(read.Grant, row, f.Leg, legActions(f), c.now), read, f.Case, nil
	}
	f, err := r.CaseFor(c.caller, row.Case, c.now)
	read := access.Decide(f.Facts.Doing(access.Read))
	if err != nil || !read.Allowed() || !read.Grant.Shows(access.F1) {
		return nil, read, f.Case, err
	}
	return viewCaseDuty(read.Grant, row, f.Case, caseActions(f), c.now), read, f.Case, nil
}

package server

import (
	"context"
	"encoding/base64"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// ListReferrals lists legs of one side. A page is one read on one snapshot, and one entry if it shows another unit's case.
func (s *referrals) ListReferrals(ctx context.Context, req *pb.ListReferralsRequest) (*pb.ListReferralsResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListReferralsResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		if err := c.scoped(scopeStatus, access.Read); err != nil {
			return nil, nil, err
		}
		filter := store.LegFilter{}
		for _, state := range req.GetStates() {
			filter.States = append(filter.States, word[casework.ReferralState](state))
		}
		if filter.Before, err = c.cursor("referrals", req, req.GetPageToken()); err != nil {
			return nil, nil, err
		}
		return c.legList(r, req, filter, size)
	})
}

func (c call) legPage(r *store.Reader, direction pb.ListReferralsRequest_Direction_Value, filter store.LegFilter) ([]*store.LegFile, error) {
	switch {
	case c.caller.Role == casework.RoleApp:
		return r.Filed(c.caller, c.now, filter)
	case direction == pb.ListReferralsRequest_Direction_OUTBOX:
		return r.Outbox(c.caller, c.now, filter)
	}
	return r.Inbox(c.caller, c.now, filter)
}

// legList decides each row. A row that shows no part of F1 is not in the list, and neither is a gap.
func (c call) legList(r *store.Reader, req *pb.ListReferralsRequest, filter store.LegFilter, size int) (*pb.ListReferralsResponse, *store.Record, error) {
	m := &pb.ListReferralsResponse{}
	inbox := c.caller.Role != casework.RoleApp && req.GetDirection() != pb.ListReferralsRequest_Direction_OUTBOX
	var log pageLog
	next, err := listed(size, filter.Before, func(before store.Cursor, limit int) ([]*store.LegFile, error) {
		filter.Before, filter.Limit = before, limit
		return c.legPage(r, req.GetDirection(), filter)
	}, func(f *store.LegFile) store.Cursor { return store.Cursor{Time: f.Leg.Sent, ID: f.Leg.ID} }, func(f *store.LegFile) (func() error, error) {
		if inbox && f.Facts.Relations&(access.Pending|access.Former) == 0 {
			return nil, nil // of a unit below, which serves it itself
		}
		read := access.Decide(f.Facts.Doing(access.Read))
		if !read.Allowed() || !read.Grant.Shows(access.F1Own) || req.GetOverdue() && !f.Duty.Overdue(c.now) {
			return nil, nil
		}
		return func() error {
			person, err := r.Client(f)
			m.Referrals = append(m.Referrals, c.viewReferral(read.Grant, f, legDetails{person: person}, legOffers(f), c.isSender(f), c.now))
			log.add(c, read, &f.Case, f.Leg.ID)
			return err
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("referrals", req, next)
	return m, log.record(c), nil
}

// pageKind is what the entry of a page is about; pageTag how many bytes of a row's pseudonym stand in it. Eight tell a million rows
// apart, and a page of a hundred stays below a kilobyte.
const (
	pageKind = "page"
	pageTag  = 8
)

// pageLog gathers the one entry of a page, with a tag of each row: after a breach it must be known whose rows they were.
type pageLog struct {
	needed bool
	first  access.Decision
	mask   access.Mask
	tags   []byte
}

// add notes a row that access.md I8 wants on record.
func (l *pageLog) add(c call, read access.Decision, k *casework.Case, id [16]byte) {
	if c.unrecorded(read, k) {
		return
	}
	if !l.needed {
		l.needed, l.first = true, read
	}
	l.mask |= read.Grant.Mask()
	tag := c.store.Pseudonym("page", id[:])
	l.tags = append(l.tags, tag[:pageTag]...)
}

func (l *pageLog) record(c call) *store.Record {
	if !l.needed {
		return nil
	}
	rec := c.record(access.Read, l.first, object{})
	rec.Entry.Mask, rec.Entry.ObjectKind = uint32(l.mask), pageKind
	rec.Entry.Object = c.store.Tag("page", l.tags)
	rec.Entry.Event.Fields = []string{base64.RawStdEncoding.EncodeToString(l.tags)}
	return &rec
}

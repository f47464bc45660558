package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// ListNotices lists what the caller was told, newest first. A notice holds nothing about a person; what it is about is named only to
// who may read it now.
func (s *reviews) ListNotices(ctx context.Context, req *pb.ListNoticesRequest) (*pb.ListNoticesResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListNoticesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		facts := c.caller.Facts(c.now).Doing(access.ReviewList)
		facts.Cond |= access.Addressed // the list is read by who was told
		if act := access.Decide(facts); !act.Allowed() {
			return nil, nil, c.refuse(access.ReviewList, act, object{}, "notices")
		}
		before, err := c.cursor("notices", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		return c.noticeList(r, req, before, size)
	})
}

func (c call) noticeList(r *store.Reader, req *pb.ListNoticesRequest, before store.Cursor, size int) (*pb.ListNoticesResponse, *store.Record, error) {
	m := &pb.ListNoticesResponse{}
	var log pageLog
	next, err := listed(size, before, func(before store.Cursor, limit int) ([]store.Notice, error) {
		return r.Notices(c.caller, before, limit)
	}, func(n store.Notice) store.Cursor { return store.Cursor{Time: n.Time, ID: n.ID} }, func(n store.Notice) (func() error, error) {
		read, k, blocked, err := c.decideNotice(r, n)
		readable := read.Allowed() && read.Grant.Shows(access.F1Own|access.F1Late)
		if err != nil || blocked || !readable && !c.headOf(n) && n.Kind != casework.NoticeApprovalDecided {
			return nil, err
		}
		return func() error {
			n.Unit = c.nameable(n.Unit)
			m.Notices = append(m.Notices, viewNotice(read.Grant, n, readable))
			if readable {
				log.add(c, read, &k, n.Object)
			}
			return nil
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("notices", req, next)
	return m, log.record(c), nil
}

// headOf tells whether the notice is for the heads of the caller's unit: they were told that something is late, or was decided, and
// it stays told when its object is no longer theirs to read. To a colleague a notice of what she may not read would tell that it is
// there.
func (c call) headOf(n store.Notice) bool {
	return n.Role == c.caller.Role && (n.Role == casework.RoleSupervisor || n.Role == casework.RoleReviewer)
}

// decideNotice decides what the notice is about as the caller may read it now. For who is blocked there is no notice either.
func (c call) decideNotice(r *store.Reader, n store.Notice) (read access.Decision, k casework.Case, blocked bool, err error) {
	if n.ObjectKind == casework.OnLeg {
		f, err := r.ReferralFor(c.caller, casework.LegID(n.Object), c.now)
		return access.Decide(f.Facts.Doing(access.Read)), f.Case, f.Facts.Blocked, err
	}
	f, err := r.CaseFor(c.caller, n.Case, c.now)
	blocked = f.Facts.Blocked
	if err == nil && n.Kind == casework.NoticeLinkConfirmed { // which tells of another case too
		var links []caseLink
		links, err = c.linksFor(r, f)
		blocked = blocked || len(links) == 0
	}
	return access.Decide(f.Facts.Doing(access.Read)), f.Case, blocked, err
}

package server

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// ListTimeline lists what happened in a case, newest first, as far as the caller may see it: what is not shown leaves no gap.
func (s *cases) ListTimeline(ctx context.Context, req *pb.ListTimelineRequest) (*pb.ListTimelineResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListTimelineResponse, *store.Record, error) {
		c, f, read, err := s.readCase(ctx, r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		before, err := c.cursor("timeline", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		m := &pb.ListTimelineResponse{}
		if read.Grant.Shows(access.F1) {
			next, err := c.timeline(r, f, read.Grant, before, size, m)
			if err != nil {
				return nil, nil, err
			}
			m.NextPageToken = c.pageToken("timeline", req, next)
		}
		return m, c.readRecord(read, aboutCase(f.Case), f.Case), nil
	})
}

// timeline fills one page and tells where the next begins.
func (c call) timeline(r *store.Reader, f store.CaseFile, g access.Grant, before store.Cursor, size int, m *pb.ListTimelineResponse) (store.Cursor, error) {
	all, err := r.Timeline(f.Case, g.Shows)
	if err != nil {
		return store.Cursor{}, err
	}
	slices.SortFunc(all, func(a, b store.Happening) int {
		return cmp.Or(b.Time.Compare(a.Time), bytes.Compare(b.ID[:], a.ID[:]), cmp.Compare(b.Event, a.Event))
	})
	var last store.Cursor
	for _, h := range all {
		at := store.Cursor{Time: h.Time, ID: h.ID}
		if !before.IsZero() && !isBefore(at, before) {
			continue
		}
		if len(m.Entries) >= size && at != last { // entries of one instant and thing stay on one page
			return last, nil
		}
		h.Unit = c.nameable(h.Unit)
		m.Entries = append(m.Entries, viewTimelineEntry(g, h))
		last = at
	}
	return store.Cursor{}, nil
}

// isBefore tells whether a row comes after the cursor in a list that has the newest first.
func isBefore(at, cursor store.Cursor) bool {
	return cmp.Or(at.Time.Compare(cursor.Time), bytes.Compare(at.ID[:], cursor.ID[:])) < 0
}

package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// ListDisclosures lists the bases of a case, newest first.
func (s *cases) ListDisclosures(ctx context.Context, req *pb.ListDisclosuresRequest) (*pb.ListDisclosuresResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListDisclosuresResponse, *store.Record, error) {
		c, f, read, err := s.readCase(ctx, r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		m := &pb.ListDisclosuresResponse{}
		if read.Grant.Shows(access.F1) { // a pointer or a receipt shows no basis
			if m.Disclosures, err = c.basesOf(r, f, read.Grant); err != nil {
				return nil, nil, err
			}
		}
		return m, c.readRecord(read, aboutCase(f.Case), f.Case), nil
	})
}

func (c call) basesOf(r *store.Reader, f store.CaseFile, g access.Grant) ([]*pb.Disclosure, error) {
	all, err := r.Disclosures(f.Case)
	if err != nil {
		return nil, err
	}
	var messages []*pb.Disclosure
	for _, d := range all {
		if c.caller.Role == casework.RoleReviewer { // the reason of an act under review, and of no other
			if _, waits, err := r.PendingReview(casework.ReviewException, d.ID); err != nil {
				return nil, err
			} else if !waits {
				d.Content.Reason, d.Content.OrderNumber = "", ""
			}
		}
		messages = append(messages, c.viewDisclosure(g, d, basisActions(f.Facts, d, all)))
	}
	return messages, nil
}

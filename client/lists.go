package client

import (
	"context"
	"iter"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// maxPage is the most that the server gives at once: who wants all pages wants few calls.
const maxPage = 100

// AllReferrals yields every leg that the request chooses, page by page; the request is not changed. An error is yielded
// once and ends the list.
func (c *Client) AllReferrals(ctx context.Context, req *pb.ListReferralsRequest) iter.Seq2[*pb.Referral, error] {
	req = proto.CloneOf(req)
	req.PageSize = sized(req.GetPageSize())
	return pages(req.GetPageToken(), func(token string) ([]*pb.Referral, string, error) {
		req.PageToken = token
		page, err := c.Referrals.ListReferrals(ctx, req)
		return page.GetReferrals(), page.GetNextPageToken(), err
	})
}

// AllCases yields every case that the request chooses, as AllReferrals does.
func (c *Client) AllCases(ctx context.Context, req *pb.ListCasesRequest) iter.Seq2[*pb.Case, error] {
	req = proto.CloneOf(req)
	req.PageSize = sized(req.GetPageSize())
	return pages(req.GetPageToken(), func(token string) ([]*pb.Case, string, error) {
		req.PageToken = token
		page, err := c.Cases.ListCases(ctx, req)
		return page.GetCases(), page.GetNextPageToken(), err
	})
}

// AllDuties yields every duty that the request chooses, due soonest first.
func (c *Client) AllDuties(ctx context.Context, req *pb.ListDutiesRequest) iter.Seq2[*pb.Duty, error] {
	req = proto.CloneOf(req)
	req.PageSize = sized(req.GetPageSize())
	return pages(req.GetPageToken(), func(token string) ([]*pb.Duty, string, error) {
		req.PageToken = token
		page, err := c.Duties.ListDuties(ctx, req)
		return page.GetDuties(), page.GetNextPageToken(), err
	})
}

// AllUnits yields every unit that the request chooses, by code.
func (c *Client) AllUnits(ctx context.Context, req *pb.ListUnitsRequest) iter.Seq2[*pb.Unit, error] {
	req = proto.CloneOf(req)
	req.PageSize = sized(req.GetPageSize())
	return pages(req.GetPageToken(), func(token string) ([]*pb.Unit, string, error) {
		req.PageToken = token
		page, err := c.Directory.ListUnits(ctx, req)
		return page.GetUnits(), page.GetNextPageToken(), err
	})
}

func sized(asked int32) int32 {
	if asked == 0 {
		return maxPage
	}
	return asked
}

// pages asks for one page after another while the reader wants more. Each range over it begins anew at first.
func pages[T any](first string, fetch func(token string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for token := first; ; {
			items, next, err := fetch(token)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			token = next
		}
	}
}

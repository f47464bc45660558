package client

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// maxPage is the most that the server gives at once: who wants all pages wants few calls.
const maxPage = 100

// AllReferrals yields every leg that the request chooses, page by page; the request is not changed. An error is yielded
// once and ends the list.
func (c *Client) AllReferrals(ctx context.Context, req *pb.ListReferralsRequest) iter.Seq2[*pb.Referral, error] {
	return all(ctx, req, c.Referrals.ListReferrals, (*pb.ListReferralsResponse).GetReferrals)
}

// AllCases yields every case that the request chooses, as AllReferrals does.
func (c *Client) AllCases(ctx context.Context, req *pb.ListCasesRequest) iter.Seq2[*pb.Case, error] {
	return all(ctx, req, c.Cases.ListCases, (*pb.ListCasesResponse).GetCases)
}

// AllTimeline yields what happened in a case, newest first.
func (c *Client) AllTimeline(ctx context.Context, req *pb.ListTimelineRequest) iter.Seq2[*pb.TimelineEntry, error] {
	return all(ctx, req, c.Cases.ListTimeline, (*pb.ListTimelineResponse).GetEntries)
}

// AllRoster yields the children whom a posyandu weighs, by name.
func (c *Client) AllRoster(ctx context.Context, req *pb.ListRosterRequest) iter.Seq2[*pb.RosterChild, error] {
	return all(ctx, req, c.Cases.ListRoster, (*pb.ListRosterResponse).GetChildren)
}

// AllDuties yields every duty that the request chooses, due soonest first.
func (c *Client) AllDuties(ctx context.Context, req *pb.ListDutiesRequest) iter.Seq2[*pb.Duty, error] {
	return all(ctx, req, c.Duties.ListDuties, (*pb.ListDutiesResponse).GetDuties)
}

// AllReviews yields the reviews that wait for the caller, due soonest first.
func (c *Client) AllReviews(ctx context.Context, req *pb.ListReviewsRequest) iter.Seq2[*pb.Review, error] {
	return all(ctx, req, c.Reviews.ListReviews, (*pb.ListReviewsResponse).GetReviews)
}

// AllCandidates yields the matches of the clients of the caller's own open cases, newest case first.
func (c *Client) AllCandidates(ctx context.Context, req *pb.ListCandidatesRequest) iter.Seq2[*pb.Match, error] {
	return all(ctx, req, c.Linkage.ListCandidates, (*pb.ListCandidatesResponse).GetMatches)
}

// AllReleases yields the releases that concern the caller, newest period first.
func (c *Client) AllReleases(ctx context.Context, req *pb.ListReleasesRequest) iter.Seq2[*pb.Release, error] {
	return all(ctx, req, c.Statistics.ListReleases, (*pb.ListReleasesResponse).GetReleases)
}

// AllAccesses yields who looked at a case, newest first.
func (c *Client) AllAccesses(ctx context.Context, req *pb.ListAccessesRequest) iter.Seq2[*pb.CaseAccess, error] {
	return all(ctx, req, c.Cases.ListAccesses, (*pb.ListAccessesResponse).GetAccesses)
}

// AllApprovals yields the acts that wait for the caller as second person, and the caller's own.
func (c *Client) AllApprovals(ctx context.Context, req *pb.ListApprovalsRequest) iter.Seq2[*pb.Approval, error] {
	return all(ctx, req, c.Reviews.ListApprovals, (*pb.ListApprovalsResponse).GetApprovals)
}

// AllNotices yields what the caller and the caller's unit were told, newest first.
func (c *Client) AllNotices(ctx context.Context, req *pb.ListNoticesRequest) iter.Seq2[*pb.Notice, error] {
	return all(ctx, req, c.Reviews.ListNotices, (*pb.ListNoticesResponse).GetNotices)
}

// AllEntries yields the entries of the journal that the caller may read, newest first.
func (c *Client) AllEntries(ctx context.Context, req *pb.ListEntriesRequest) iter.Seq2[*pb.JournalEntry, error] {
	return all(ctx, req, c.Journal.ListEntries, (*pb.ListEntriesResponse).GetEntries)
}

// AllJudgements yields the acts that somebody else looks at, oldest first.
func (c *Client) AllJudgements(ctx context.Context, req *pb.ListJudgementsRequest) iter.Seq2[*pb.Judgement, error] {
	return all(ctx, req, c.Journal.ListJudgements, (*pb.ListJudgementsResponse).GetJudgements)
}

// AllAbsences yields the absences of the own unit that are not over, soonest first.
func (c *Client) AllAbsences(ctx context.Context, req *pb.ListAbsencesRequest) iter.Seq2[*pb.Absence, error] {
	return all(ctx, req, c.Accounts.ListAbsences, (*pb.ListAbsencesResponse).GetAbsences)
}

// AllAccounts yields the accounts with a role in a unit, by code.
func (c *Client) AllAccounts(ctx context.Context, req *pb.ListAccountsRequest) iter.Seq2[*pb.Account, error] {
	return all(ctx, req, c.Accounts.ListAccounts, (*pb.ListAccountsResponse).GetAccounts)
}

// AllPendingMemberships yields the roles that the caller may approve, oldest first.
func (c *Client) AllPendingMemberships(ctx context.Context, req *pb.ListPendingMembershipsRequest) iter.Seq2[*pb.PendingMembership, error] {
	return all(ctx, req, c.Accounts.ListPendingMemberships, (*pb.ListPendingMembershipsResponse).GetMemberships)
}

// AllUnits yields every unit that the request chooses, by code.
func (c *Client) AllUnits(ctx context.Context, req *pb.ListUnitsRequest) iter.Seq2[*pb.Unit, error] {
	return all(ctx, req, c.Directory.ListUnits, (*pb.ListUnitsResponse).GetUnits)
}

// AllRegions yields the regency's codes that the request chooses, by code.
func (c *Client) AllRegions(ctx context.Context, req *pb.ListRegionsRequest) iter.Seq2[*pb.Region, error] {
	return all(ctx, req, c.Directory.ListRegions, (*pb.ListRegionsResponse).GetRegions)
}

// paged is a request for one page.
type paged interface {
	proto.Message
	GetPageSize() int32
	GetPageToken() string
}

// all asks for one page after another while the reader wants more. Each range over it begins anew at first.
func all[Q paged, A interface{ GetNextPageToken() string }, T any](
	ctx context.Context, first Q, list func(context.Context, Q, ...grpc.CallOption) (A, error), items func(A) []T,
) iter.Seq2[T, error] {
	first = proto.CloneOf(first)
	if first.GetPageSize() == 0 {
		set(first, "page_size", protoreflect.ValueOfInt32(maxPage))
	}
	return func(yield func(T, error) bool) {
		for req := proto.CloneOf(first); ; {
			page, err := list(ctx, req)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items(page) {
				if !yield(item, nil) {
					return
				}
			}
			if page.GetNextPageToken() == "" {
				return
			}
			set(req, "page_token", protoreflect.ValueOfString(page.GetNextPageToken()))
		}
	}
}

// set sets what every request for a page has, under the same names.
func set(m proto.Message, name protoreflect.Name, value protoreflect.Value) {
	m.ProtoReflect().Set(m.ProtoReflect().Descriptor().Fields().ByName(name), value)
}

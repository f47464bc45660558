package cli

import (
	"context"
	"strings"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// ReviewCmd is what waits for the caller's judgement.
type ReviewCmd struct {
	List   ReviewList   `cmd:"" help:"Acts that the caller shall judge, due soonest first."`
	Answer ReviewAnswer `cmd:"" help:"Say what happened when you opened a case in an emergency."`
	Decide ReviewDecide `cmd:"" help:"Say whether an act was founded; never one's own."`
}

// ReviewList lists.
type ReviewList struct {
	Remote

	Decided bool `help:"Decided ones too."`
	Limit   int  `default:"100" help:"At most so many."`
}

// Run lists.
func (l *ReviewList) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "review list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllReviews(ctx, &pb.ListReviewsRequest{Decided: l.Decided}), l.Limit, []column[*pb.Review]{
			{"due", func(p *printer, r *pb.Review) string { return p.due(r.GetDueTime(), r.GetEscalationLevel() > 0) }},
			{"kind", func(p *printer, r *pb.Review) string { return p.word(r.GetKind()) }},
			{"basis", func(p *printer, r *pb.Review) string { return p.word(r.GetBasis()) }},
			{"unit", func(p *printer, r *pb.Review) string { return p.unit(r.GetUnit()) }},
			{"name", func(_ *printer, r *pb.Review) string { return clean(r.GetName()) }},
			{"may", func(_ *printer, r *pb.Review) string { return clean(strings.Join(r.GetAllowedActions(), ",")) }},
			{"outcome", func(p *printer, r *pb.Review) string { return p.word(r.GetOutcome()) }},
			{"reason", func(_ *printer, r *pb.Review) string { return clean(r.GetReason()) }},
		})
	})
}

// ReviewDecide judges.
type ReviewDecide struct {
	Remote
	Write

	ID      string                       `arg:"" help:"UUID or reviews/…"`
	Etag    string                       `placeholder:"ETAG" help:"Fail if the review is no longer as it was seen."`
	Outcome Word[pb.ReviewOutcome_Value] `required:"" placeholder:"OUTCOME" help:"FOUNDED or UNFOUNDED."`
	Reason  string                       `placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run judges.
func (r *ReviewDecide) Run(ctx context.Context, s Streams) error {
	req := &pb.DecideReviewRequest{Outcome: r.Outcome.Value}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("reviews", r.ID), etag: r.Etag}
	return act(ctx, s, on, "review decide", req, pb.ReviewServiceClient.DecideReview, textFrom(r.Reason, &req.Reason))
}

// NoticeCmd is what the caller and the caller's unit were told.
type NoticeCmd struct {
	List NoticeList `cmd:"" help:"Notices, newest first; none says about whom."`
}

// NoticeList lists.
type NoticeList struct {
	Remote

	Limit int `default:"100" help:"At most so many."`
}

// Run lists.
func (l *NoticeList) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "notice list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllNotices(ctx, &pb.ListNoticesRequest{}), l.Limit, []column[*pb.Notice]{
			{"time", func(p *printer, n *pb.Notice) string { return p.time(n.GetTime()) }},
			{"level", func(_ *printer, n *pb.Notice) string { return strings.Repeat("!", int(n.GetEscalationLevel())) }},
			{"kind", func(p *printer, n *pb.Notice) string { return p.word(n.GetKind()) }},
			{"unit", func(p *printer, n *pb.Notice) string { return p.unit(n.GetUnit()) }},
			{"about", func(_ *printer, n *pb.Notice) string { return clean(n.GetName()) }},
		})
	})
}

package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// LinkCandidates lists matches.
type LinkCandidates struct {
	Remote

	Person string `arg:"" optional:"" help:"UUID or persons/…: one client. Without, all clients of your own open cases."`
	Limit  int    `default:"100" help:"At most so many."`
}

// Run lists.
func (l *LinkCandidates) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "link candidates", func(ctx context.Context, c *client.Client, p *printer) error {
		matches := c.AllCandidates(ctx, &pb.ListCandidatesRequest{})
		if l.Person != "" {
			found, err := c.Linkage.FindMatches(ctx, &pb.FindMatchesRequest{Subject: resource("persons", l.Person)})
			if err != nil {
				return err
			}
			matches = each(found.GetMatches())
		}
		return list(p, matches, l.Limit, []column[*pb.Match]{
			{"band", func(p *printer, m *pb.Match) string { return p.word(m.GetBand()) }},
			{"tenths", func(_ *printer, m *pb.Match) string { return strconv.Itoa(int(m.GetProbabilityBucket())) }},
			{"may be", func(p *printer, m *pb.Match) string { return p.word(m.GetHypothesis()) }},
			{"evidence", func(p *printer, m *pb.Match) string { return evidence(p, m.GetEvidence()) }},
			{"warnings", func(p *printer, m *pb.Match) string { return words(p, m.GetWarnings()) }},
			{"person", func(_ *printer, m *pb.Match) string { return clean(m.GetSubject()) }},
			{"match", func(_ *printer, m *pb.Match) string { return clean(m.GetMatchRef()) }},
		})
	})
}

// evidence says each field in a word; of what one side lacks there is nothing to say.
func evidence(p *printer, all []*pb.MatchEvidence) string {
	var said []string
	for _, e := range all {
		if e.GetLevel() != pb.MatchLevel_MISSING {
			said = append(said, fmt.Sprintf("%s: %s %+d", p.word(e.GetField()), p.word(e.GetLevel()), e.GetBits()))
		}
	}
	return strings.Join(said, ", ")
}

func words(p *printer, all []pb.MatchWarning_Value) string {
	var said []string
	for _, w := range all {
		said = append(said, p.word(w))
	}
	return strings.Join(said, ", ")
}

// LinkShow lists the confirmed links of a case.
type LinkShow struct {
	Remote

	Case string `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
}

// Run lists.
func (l *LinkShow) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "link show", func(ctx context.Context, c *client.Client, p *printer) error {
		found, err := c.Cases.GetCase(ctx, &pb.GetCaseRequest{Name: resource("cases", l.Case)})
		if err != nil {
			return err
		}
		return list(p, each(found.GetLinks()), len(found.GetLinks()), []column[*pb.CaseLink]{
			{"relation", func(p *printer, l *pb.CaseLink) string { return p.word(l.GetRelation()) }},
			{"sector", func(p *printer, l *pb.CaseLink) string { return p.word(l.GetSector()) }},
			{"ask", func(_ *printer, l *pb.CaseLink) string { return clean(l.GetCoordinator()) }},
			{"channel", func(p *printer, l *pb.CaseLink) string { return p.word(l.GetChannel()) }},
			{"link", func(_ *printer, l *pb.CaseLink) string { return clean(l.GetLink()) }},
		})
	})
}

// LinkReview sends to review.
type LinkReview struct {
	Remote
	Write

	Match  string `arg:"" help:"Match, as candidates shows it."`
	Reason string `required:"" placeholder:"FILE" help:"File that says what the evidence does not decide; - is standard input."`
}

// Run sends.
func (r *LinkReview) Run(ctx context.Context, s Streams) error {
	req := &pb.RequestReviewRequest{MatchRef: r.Match}
	on := target{Remote: r.Remote, Write: &r.Write}
	return act(ctx, s, on, "link review", req, pb.LinkageServiceClient.RequestReview, textFrom(r.Reason, &req.Reason))
}

// LinkReveal shows both records.
type LinkReveal struct {
	Remote

	Review string `arg:"" help:"UUID or reviews/…"`
	Reason string `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run shows.
func (r *LinkReveal) Run(ctx context.Context, s Streams) error {
	req := &pb.RevealForReviewRequest{Review: resource("reviews", r.Review)}
	if err := textFrom(r.Reason, &req.Reason)(s); err != nil {
		return err
	}
	return r.do(ctx, s, "link reveal", func(ctx context.Context, c *client.Client, p *printer) error {
		found, err := c.Linkage.RevealForReview(ctx, req)
		if err != nil {
			return err
		}
		if p.JSON {
			return p.one(found)
		}
		return list(p, each(found.GetColumns()), len(found.GetColumns()), []column[*pb.LinkColumn]{
			{"name", func(_ *printer, c *pb.LinkColumn) string { return clean(c.GetFullName()) }},
			{"born", func(_ *printer, c *pb.LinkColumn) string { return strconv.Itoa(int(c.GetBirthYear())) }},
			{"village", func(_ *printer, c *pb.LinkColumn) string { return clean(c.GetAreaCode()) }},
		})
	})
}

// LinkConfirm confirms.
type LinkConfirm struct {
	Remote
	Write

	Match    string                      `arg:"" help:"Match, as candidates shows it; as the reviewer reviews/…"`
	Relation Word[pb.LinkRelation_Value] `required:"" placeholder:"RELATION" help:"SAME_PERSON or SAME_HOUSEHOLD."`
	Basis    Word[pb.LinkBasis_Value]    `required:"" placeholder:"BASIS" help:"DOCUMENT_SEEN, ASKED_PERSON, HOME_VISIT or NIK_VERIFIED."`
	Note     string                      `placeholder:"FILE" help:"File with what else is to be known; - is standard input."`
}

// Run confirms.
func (r *LinkConfirm) Run(ctx context.Context, s Streams) error {
	req := &pb.ConfirmLinkRequest{Relation: r.Relation.Value, Basis: r.Basis.Value}
	req.MatchRef, req.Review = matchOrReview(r.Match)
	on := target{Remote: r.Remote, Write: &r.Write}
	return act(ctx, s, on, "link confirm", req, pb.LinkageServiceClient.ConfirmLink, textFrom(r.Note, &req.Note))
}

func matchOrReview(named string) (match, review string) {
	if strings.HasPrefix(named, "reviews/") {
		return "", named
	}
	return named, ""
}

// LinkReject rejects.
type LinkReject struct {
	Remote
	Write

	Match  string                       `arg:"" help:"Match, as candidates shows it; as the reviewer reviews/…"`
	Reason Word[pb.LinkRejection_Value] `required:"" placeholder:"REASON" help:"DIFFERENT_PERSON, TWIN, OTHER_HOUSEHOLD, DATA_WRONG, or NOT_SURE, which asks again after 30 days."`
}

// Run rejects.
func (r *LinkReject) Run(ctx context.Context, s Streams) error {
	req := &pb.RejectLinkRequest{Reason: r.Reason.Value}
	req.MatchRef, req.Review = matchOrReview(r.Match)
	on := target{Remote: r.Remote, Write: &r.Write}
	return act(ctx, s, on, "link reject", req, pb.LinkageServiceClient.RejectLink)
}

// LinkUndo takes back.
type LinkUndo struct {
	Remote
	Write

	Link   string `arg:"" help:"UUID or links/…"`
	Reason string `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run takes back.
func (r *LinkUndo) Run(ctx context.Context, s Streams) error {
	req := &pb.UndoLinkRequest{Link: resource("links", r.Link)}
	on := target{Remote: r.Remote, Write: &r.Write}
	return act(ctx, s, on, "link undo", req, pb.LinkageServiceClient.UndoLink, textFrom(r.Reason, &req.Reason))
}

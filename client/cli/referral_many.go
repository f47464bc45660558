package cli

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"

	"google.golang.org/grpc/status"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// ReferralBatch sends one event to many legs.
type ReferralBatch struct {
	Remote
	Write

	Event Word[pb.BatchEvent_Value] `arg:"" help:"ACKNOWLEDGE, ACCEPT (the caller is the officer) or CONFIRM (a FULL outcome)."`
	IDs   []string                  `arg:"" name:"id" help:"Numbers (R-7K2M-9N), UUIDs or referrals/…, 100 at most."`
}

// Run sends. It fails if one of them was refused, with the exit code of the first refusal; what was taken stays taken.
func (r *ReferralBatch) Run(ctx context.Context, s Streams) error {
	return r.again(r.do(ctx, s, "referral batch", func(ctx context.Context, c *client.Client, p *printer) error {
		req := &pb.BatchTransitionRequest{RequestId: r.id(), Event: r.Event.Value}
		for _, id := range r.IDs {
			name, err := named(ctx, c, resource("referrals", id))
			switch {
			case client.Reason(err) == pb.ErrorReason_NOT_FOUND:
				name = resource("referrals", id) // one of many: the server says so in its result
			case err != nil:
				return err
			}
			req.Names = append(req.Names, name)
		}
		done, err := c.Referrals.BatchTransition(ctx, req)
		if err != nil {
			return err
		}
		if err := p.results(done.GetResults()); err != nil {
			return err
		}
		return refusedOf("referral batch", r.Lang, done.GetResults())
	}))
}

func (p *printer) results(all []*pb.BatchResult) error {
	return list(p, each(all), len(all), []column[*pb.BatchResult]{
		{"number", func(_ *printer, r *pb.BatchResult) string {
			return clean(cmp.Or(r.GetReferral().GetNumber(), r.GetName()))
		}},
		{"state", func(p *printer, r *pb.BatchResult) string { return p.word(r.GetReferral().GetState()) }},
		{"duty", func(p *printer, r *pb.BatchResult) string { return p.word(r.GetReferral().GetDuty()) }},
		{"due", func(p *printer, r *pb.BatchResult) string {
			return p.due(r.GetReferral().GetDueTime(), r.GetReferral().GetOverdue())
		}},
		{"refused", func(p *printer, r *pb.BatchResult) string {
			if r.GetError() == nil {
				return ""
			}
			return clean(why(status.FromProto(r.GetError()).Err(), p.Lang))
		}},
	})
}

// refusedOf is the fault of a batch of which some were refused.
func refusedOf(what, language string, all []*pb.BatchResult) error {
	var fault *Fault
	count := 0
	for _, r := range all {
		if r.GetError() == nil {
			continue
		}
		count++
		if fault == nil {
			fault, _ = explain(what, language, status.FromProto(r.GetError()).Err()).(*Fault)
		}
	}
	if fault == nil {
		return nil
	}
	fault.Why = fmt.Sprintf("%d of %d refused, first: %s", count, len(all), fault.Why)
	return fault
}

// ReferralSuggest asks who could serve.
type ReferralSuggest struct {
	Remote

	Case     string                             `xor:"need" required:"" placeholder:"CASE" help:"Whose need, with --service."`
	Referral string                             `xor:"need" required:"" placeholder:"REFERRAL" help:"Or: the referral that is to be handed on."`
	Service  Word[pb.ReferralServiceType_Value] `placeholder:"SERVICE" help:"CASE_MANAGEMENT, SPECIALIST_PEDIATRIC …"`
	Urgency  Word[pb.Urgency_Value]             `placeholder:"URGENCY" help:"EMERGENCY asks first who is open now."`
	Excluded bool                               `help:"Also who is left out, and why."`
	Limit    int32                              `default:"20" help:"At most so many, up to 20."`
}

// Run asks.
func (r *ReferralSuggest) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "referral suggest", func(ctx context.Context, c *client.Client, p *printer) error {
		whose, err := named(ctx, c, resource("cases", r.Case))
		if err != nil {
			return err
		}
		leg, err := named(ctx, c, resource("referrals", r.Referral))
		if err != nil {
			return err
		}
		found, err := c.Referrals.SuggestReceivers(ctx, &pb.SuggestReceiversRequest{
			Case: whose, Referral: leg, Service: r.Service.Value, Urgency: r.Urgency.Value, PageSize: r.Limit, IncludeExcluded: r.Excluded,
		})
		if err != nil {
			return err
		}
		if p.JSON {
			return p.json(found)
		}
		return p.suggestions(found)
	})
}

func (p *printer) suggestions(found *pb.SuggestReceiversResponse) error {
	var rows [][]string
	for _, unit := range found.GetSuggestions() {
		var reasons []string
		for _, note := range unit.GetReasons() {
			reasons = append(reasons, clean(inLanguage(p.Lang, note.GetTextEn(), note.GetTextId())))
		}
		fit := "yes"
		if unit.GetInside() {
			fit = "inside"
		}
		rows = append(rows, []string{p.unit(unit.GetUnit()), fit, strings.Join(reasons, "; ")})
	}
	for _, unit := range found.GetExcluded() {
		rows = append(rows, []string{p.unit(unit.GetUnit()), "no", clean(inLanguage(p.Lang, unit.GetTextEn(), unit.GetTextId()))})
	}
	return p.table([]string{"unit", "fits", "why"}, rows)
}

func inLanguage(language, english, indonesian string) string {
	if language == "id" {
		return indonesian
	}
	return english
}

// each is a list that came in one answer.
func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range all {
			if !yield(item, nil) {
				return
			}
		}
	}
}

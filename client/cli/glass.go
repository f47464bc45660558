package cli

import (
	"context"
	"strconv"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// CaseGlass opens a case in an emergency. A NIK is never an argument: other users of a machine can read a command line.
type CaseGlass struct {
	Remote
	Write

	Number string                   `arg:"" optional:"" help:"Exact number: K-4Q8X-DT."`
	Nik    string                   `placeholder:"FILE" help:"Or: file with the exact NIK; - is standard input."`
	Code   Word[pb.GlassCode_Value] `required:"" placeholder:"CODE" help:"IMMINENT_DANGER, CHILD_IN_DANGER or MEDICAL_EMERGENCY."`
	Reason string                   `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more; - is standard input."`
}

// Run opens it.
func (r *CaseGlass) Run(ctx context.Context, s Streams) error {
	req := &pb.OpenGlassRequest{CaseNumber: r.Number, Code: r.Code.Value}
	on := target{Remote: r.Remote, Write: &r.Write}
	return act(ctx, s, on, "case glass", req, pb.CaseServiceClient.OpenGlass, textFrom(r.Nik, &req.Nik), textFrom(r.Reason, &req.Reason))
}

// GlassCmd is what the reviewer does about a case that was opened in an emergency.
type GlassCmd struct {
	Cosign GlassCosign `cmd:"" help:"Open the rest of the case to who opened it, for the rest of the two hours."`
}

// GlassCosign cosigns.
type GlassCosign struct {
	Remote
	Write

	ID string `arg:"" help:"UUID or glasses/…"`
}

// Run cosigns.
func (r *GlassCosign) Run(ctx context.Context, s Streams) error {
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("glasses", r.ID)}
	return act(ctx, s, on, "glass cosign", &pb.CosignGlassRequest{}, pb.CaseServiceClient.CosignGlass)
}

// ReviewAnswer is the actor's own account.
type ReviewAnswer struct {
	Remote
	Write

	ID   string `arg:"" help:"UUID or reviews/…"`
	Text string `required:"" placeholder:"FILE" help:"File that says what happened, 30 characters or more; - is standard input."`
}

// Run answers.
func (r *ReviewAnswer) Run(ctx context.Context, s Streams) error {
	req := &pb.AnswerReviewRequest{}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("reviews", r.ID)}
	return act(ctx, s, on, "review answer", req, pb.ReviewServiceClient.AnswerReview, textFrom(r.Text, &req.Text))
}

// PersonFind finds by NIK.
type PersonFind struct {
	Remote

	Nik string `required:"" placeholder:"FILE" help:"File with the exact NIK; - is standard input."`
}

// Run finds.
func (r *PersonFind) Run(ctx context.Context, s Streams) error {
	req := &pb.FindByNationalIdRequest{}
	if err := textFrom(r.Nik, &req.Nik)(s); err != nil {
		return err
	}
	return r.do(ctx, s, "person find", func(ctx context.Context, c *client.Client, p *printer) error {
		found, err := c.Persons.FindByNationalId(ctx, req)
		if err != nil {
			return err
		}
		return list(p, each(found.GetPersons()), len(found.GetPersons()), []column[*pb.FoundPerson]{
			{"name", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetPerson().GetFullName()) }},
			{"sex", func(p *printer, f *pb.FoundPerson) string { return p.word(f.GetPerson().GetSex()) }},
			{"born", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetPerson().GetBirthDate()) }},
			{"case", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetCaseNumber()) }},
			{"person", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetPerson().GetName()) }},
		})
	})
}

// CaseAccesses lists who looked, for the client.
type CaseAccesses struct {
	Remote

	ID    string `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
	Limit int    `default:"100" help:"At most so many."`
}

// Run lists.
func (l *CaseAccesses) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "case accesses", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllAccesses(ctx, &pb.ListAccessesRequest{Name: resource("cases", l.ID)}), l.Limit, []column[*pb.CaseAccess]{
			{"time", func(p *printer, a *pb.CaseAccess) string { return p.time(a.GetTime()) }},
			{"unit", func(p *printer, a *pb.CaseAccess) string { return p.unit(a.GetUnit()) }},
			{"role", func(p *printer, a *pb.CaseAccess) string { return p.word(a.GetRole()) }},
			{"purpose", func(p *printer, a *pb.CaseAccess) string { return p.word(a.GetPurpose()) }},
			{"entry", func(_ *printer, a *pb.CaseAccess) string { return strconv.FormatInt(a.GetNumber(), 10) }},
		})
	})
}

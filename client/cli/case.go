package cli

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// CaseCmd reads cases and carries them on.
type CaseCmd struct {
	List    CaseList    `cmd:"" help:"Cases of the own register, newest first."`
	Show    CaseShow    `cmd:"" help:"One case, as far as the caller may see it."`
	Screen  CaseScreen  `cmd:"" help:"Begin the screening."`
	Assess  CaseAssess  `cmd:"" help:"Conclude the assessment."`
	Measure CaseMeasure `cmd:"" help:"Record one measurement of the child."`
}

// CaseList lists.
type CaseList struct {
	Remote

	Type   Word[pb.CaseType_Value] `placeholder:"TYPE" help:"Only CHILD_STUNTING, CHILD_NUTRITION_RISK, DOMESTIC_VIOLENCE …"`
	Closed bool                    `help:"Closed ones too."`
	Limit  int                     `default:"100" help:"At most so many."`
}

// Run lists.
func (l *CaseList) Run(ctx context.Context, s Streams) error {
	req := &pb.ListCasesRequest{Type: l.Type.Value, Closed: l.Closed}
	return l.do(ctx, s, "case list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllCases(ctx, req), l.Limit, []column[*pb.Case]{
			{"number", func(_ *printer, c *pb.Case) string { return clean(c.GetNumber()) }},
			{"type", func(p *printer, c *pb.Case) string { return p.word(c.GetType()) }},
			{"status", func(p *printer, c *pb.Case) string { return p.word(c.GetStatus()) }},
			{"level", func(p *printer, c *pb.Case) string { return p.word(c.GetLevel()) }},
			{"unit", func(p *printer, c *pb.Case) string { return p.unit(c.GetUnit()) }},
			{"duty", func(p *printer, c *pb.Case) string { return p.word(c.GetDuty()) }},
			{"due", func(p *printer, c *pb.Case) string { return p.due(c.GetDueTime(), c.GetOverdue()) }},
			{"client", func(_ *printer, c *pb.Case) string { return clean(c.GetClient().GetFullName()) }},
		})
	})
}

// CaseShow shows one.
type CaseShow struct {
	Remote

	ID string `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
}

// Run shows.
func (r *CaseShow) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "case show", func(ctx context.Context, c *client.Client, p *printer) error {
		found, err := c.Cases.GetCase(ctx, &pb.GetCaseRequest{Name: resource("cases", r.ID)})
		if err != nil {
			return err
		}
		return p.one(found)
	})
}

// CaseEvent is what every event on a case carries.
type CaseEvent struct {
	Remote
	Write

	ID   string `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
	Etag string `placeholder:"ETAG" help:"Fail if the case is no longer as it was seen."`
}

// send finds the case that was typed, sends the event and prints the answer.
func (e *CaseEvent) send(ctx context.Context, s Streams, verb string, event func(_ context.Context, _ *client.Client, name string) (proto.Message, error)) error {
	return e.again(e.do(ctx, s, "case "+verb, func(ctx context.Context, c *client.Client, p *printer) error {
		name := resource("cases", e.ID)
		if numbered(name) {
			found, err := c.Cases.GetCase(ctx, &pb.GetCaseRequest{Name: name})
			if err != nil {
				return err
			}
			name = found.GetName()
		}
		answer, err := event(ctx, c, name)
		if err != nil {
			return err
		}
		return p.one(answer)
	}))
}

// CaseScreen begins the screening.
type CaseScreen struct{ CaseEvent }

// Run screens.
func (r *CaseScreen) Run(ctx context.Context, s Streams) error {
	return r.send(ctx, s, "screen", func(ctx context.Context, c *client.Client, name string) (proto.Message, error) {
		return c.Cases.ScreenCase(ctx, &pb.ScreenCaseRequest{Name: name, RequestId: r.id(), Etag: r.Etag})
	})
}

// CaseAssess concludes the assessment.
type CaseAssess struct {
	CaseEvent

	Note string `placeholder:"FILE" help:"File with the assessment note; - is standard input."`
	Risk string `placeholder:"FILE" help:"Violence: JSON of the risk as now judged."`
}

// Run assesses.
func (r *CaseAssess) Run(ctx context.Context, s Streams) error {
	note, err := readText(s, r.Note)
	if err != nil {
		return err
	}
	req := &pb.AssessCaseRequest{Etag: r.Etag, Note: note}
	if r.Risk != "" {
		req.Risk = &pb.Risk{}
		if err := readMessage(s, r.Risk, req.Risk); err != nil {
			return err
		}
	}
	return r.send(ctx, s, "assess", func(ctx context.Context, c *client.Client, name string) (proto.Message, error) {
		req.Name, req.RequestId = name, r.id()
		return c.Cases.AssessCase(ctx, req)
	})
}

// CaseMeasure records one measurement.
type CaseMeasure struct {
	Remote
	Write

	ID       string                  `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
	On       string                  `required:"" placeholder:"YYYY-MM-DD" help:"Day of measuring."`
	Weight   float64                 `placeholder:"KG" help:"Weight, kg."`
	Length   float64                 `placeholder:"CM" help:"Length or height, cm."`
	Position Word[pb.Position_Value] `placeholder:"POSITION" help:"LYING or STANDING."`
	Muac     float64                 `placeholder:"CM" help:"LiLA, cm."`
	Head     float64                 `placeholder:"CM" help:"Head circumference, cm."`
	Oedema   bool                    `help:"Pitting oedema of both feet."`
	By       string                  `placeholder:"NAME" help:"Who measured."`
}

// Run measures.
func (r *CaseMeasure) Run(ctx context.Context, s Streams) error {
	event := CaseEvent{Remote: r.Remote, Write: r.Write, ID: r.ID}
	return event.send(ctx, s, "measure", func(ctx context.Context, c *client.Client, name string) (proto.Message, error) {
		return c.Cases.AddMeasurement(ctx, &pb.AddMeasurementRequest{Name: name, RequestId: event.id(), Measurement: &pb.NewMeasurement{
			MeasuredOn: r.On, WeightKg: optional(r.Weight), LengthCm: optional(r.Length), Position: r.Position.Value,
			MuacCm: optional(r.Muac), HeadCm: optional(r.Head), Oedema: r.Oedema, MeasuredBy: r.By,
		}})
	})
}

package cli

import (
	"context"
	"strconv"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// What a case tells: its timeline, and how its child grows.

// CaseTimeline lists what happened.
type CaseTimeline struct {
	Remote

	ID    string `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
	Limit int    `default:"100" help:"At most so many."`
}

// Run lists.
func (l *CaseTimeline) Run(ctx context.Context, s Streams) error {
	req := &pb.ListTimelineRequest{Name: resource("cases", l.ID)}
	return l.do(ctx, s, "case timeline", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllTimeline(ctx, req), l.Limit, []column[*pb.TimelineEntry]{
			{"time", func(p *printer, e *pb.TimelineEntry) string { return p.time(e.GetTime()) }},
			{"kind", func(p *printer, e *pb.TimelineEntry) string { return p.word(e.GetKind()) }},
			{"event", func(_ *printer, e *pb.TimelineEntry) string { return clean(e.GetEvent()) }},
			{"state", func(_ *printer, e *pb.TimelineEntry) string { return clean(e.GetState()) }},
			{"unit", func(p *printer, e *pb.TimelineEntry) string { return p.unit(e.GetUnit()) }},
			{"about", func(_ *printer, e *pb.TimelineEntry) string { return clean(e.GetName()) }},
			{"text", func(_ *printer, e *pb.TimelineEntry) string { return clean(e.GetText()) }},
		})
	})
}

// CaseRoster lists the children of a post.
type CaseRoster struct {
	Remote

	Unit       string `placeholder:"UNIT" help:"Post of the own register; the own unit if absent, a puskesmas's with all its posts."`
	Month      string `placeholder:"YYYY-MM" help:"Month; this one if absent."`
	NotWeighed bool   `help:"Only children who were not weighed in it."`
	Limit      int    `default:"1000" help:"At most so many."`
}

// Run lists.
func (l *CaseRoster) Run(ctx context.Context, s Streams) error {
	req := &pb.ListRosterRequest{Unit: resource("units", l.Unit), Month: l.Month, NotWeighed: l.NotWeighed}
	return l.do(ctx, s, "case roster", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllRoster(ctx, req), l.Limit, []column[*pb.RosterChild]{
			{"number", func(_ *printer, c *pb.RosterChild) string { return clean(c.GetNumber()) }},
			{"name", func(_ *printer, c *pb.RosterChild) string { return clean(c.GetFullName()) }},
			{"sex", func(p *printer, c *pb.RosterChild) string { return p.word(c.GetSex()) }},
			{"months", func(_ *printer, c *pb.RosterChild) string { return strconv.Itoa(int(c.GetAgeMonths())) }},
			{"mother", func(_ *printer, c *pb.RosterChild) string { return clean(c.GetMotherName()) }},
			{"rt/rw", func(_ *printer, c *pb.RosterChild) string { return clean(c.GetRt() + "/" + c.GetRw()) }},
			{"unit", func(p *printer, c *pb.RosterChild) string { return p.unit(c.GetUnit()) }},
			{"weighed", func(_ *printer, c *pb.RosterChild) string { return yes(c.GetWeighed()) }},
			{"last", func(_ *printer, c *pb.RosterChild) string { return clean(c.GetLast().GetMeasuredOn()) }},
			{"kg", func(_ *printer, c *pb.RosterChild) string { return kg(c.GetLast()) }},
			{"cm", func(_ *printer, c *pb.RosterChild) string { return cm(c.GetLast()) }},
			{"trend", func(p *printer, c *pb.RosterChild) string { return p.word(c.GetLast().GetTrend()) }},
		})
	})
}

// CaseGrowth shows all measurements of a child.
type CaseGrowth struct {
	Remote

	ID string `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
}

// Run shows.
func (r *CaseGrowth) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "case growth", func(ctx context.Context, c *client.Client, p *printer) error {
		record, err := c.Cases.GetGrowthRecord(ctx, &pb.GetGrowthRecordRequest{Name: resource("cases", r.ID)})
		if err != nil {
			return err
		}
		if p.JSON {
			return p.json(record)
		}
		all := record.GetMeasurements()
		return list(p, each(all), len(all), []column[*pb.Measurement]{
			{"on", func(_ *printer, m *pb.Measurement) string { return clean(m.GetMeasuredOn()) }},
			{"kg", func(_ *printer, m *pb.Measurement) string { return kg(m) }},
			{"cm", func(_ *printer, m *pb.Measurement) string { return cm(m) }},
			{"position", func(p *printer, m *pb.Measurement) string { return p.word(m.GetPosition()) }},
			{"height for age", func(p *printer, m *pb.Measurement) string { return p.index(m.GetAssessment().GetHeightForAge()) }},
			{"weight for age", func(p *printer, m *pb.Measurement) string { return p.index(m.GetAssessment().GetWeightForAge()) }},
			{"weight for height", func(p *printer, m *pb.Measurement) string { return p.index(m.GetAssessment().GetWeightForHeight()) }},
			{"trend", func(p *printer, m *pb.Measurement) string { return p.word(m.GetTrend()) }},
			{"corrected", func(_ *printer, m *pb.Measurement) string { return yes(m.GetCorrected()) }},
			{"name", func(_ *printer, m *pb.Measurement) string { return clean(m.GetName()) }},
		})
	})
}

// index is a z-score with its category.
func (p *printer) index(i *pb.IndexResult) string {
	if i == nil || i.Z == nil {
		return p.word(i.GetCategory())
	}
	return strconv.FormatFloat(i.GetZ(), 'f', 2, 64) + " " + p.word(i.GetCategory())
}

// CaseChart shows the child on the curves.
type CaseChart struct {
	Remote

	ID    string                     `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
	Index Word[pb.GrowthIndex_Value] `placeholder:"INDEX" help:"HFA (if absent), WFA, WFH, BFA, HC or AC."`
}

// Run shows the points; the curves are for drawing, and only in the JSON.
func (r *CaseChart) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "case chart", func(ctx context.Context, c *client.Client, p *printer) error {
		chart, err := c.Growth.GetGrowthChart(ctx, &pb.GetGrowthChartRequest{Name: resource("cases", r.ID), Index: r.Index.Value})
		if err != nil {
			return err
		}
		if p.JSON {
			return p.json(chart)
		}
		all := chart.GetPoints()
		return list(p, each(all), len(all), []column[*pb.GrowthPoint]{
			{"on", func(_ *printer, g *pb.GrowthPoint) string { return clean(g.GetMeasuredOn()) }},
			{clean(chart.GetXUnit()), func(_ *printer, g *pb.GrowthPoint) string { return figure(&g.X) }},
			{clean(chart.GetYUnit()), func(_ *printer, g *pb.GrowthPoint) string { return figure(&g.Y) }},
			{"z", func(_ *printer, g *pb.GrowthPoint) string { return figure(g.Z) }},
			{"category", func(p *printer, g *pb.GrowthPoint) string { return p.word(g.GetCategory()) }},
			{"measure again", func(_ *printer, g *pb.GrowthPoint) string { return yes(g.GetFlagged()) }},
		})
	})
}

func kg(m *pb.Measurement) string {
	if m == nil {
		return "" // never weighed
	}
	return figure(m.WeightKg)
}

func cm(m *pb.Measurement) string {
	if m == nil {
		return ""
	}
	return figure(m.LengthCm)
}

// figure is a number as short as it is exact; nothing if there is none.
func figure(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}

// yes is a fact in a column, and nothing where it is not one.
func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

package cli

import (
	"context"
	"strings"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// DutyCmd tells what is due.
type DutyCmd struct {
	List DutyList `cmd:"" help:"What the own unit owes, due soonest first."`
}

// DutyList lists duties.
type DutyList struct {
	Remote

	Mine    bool `help:"Only the caller's own."`
	Overdue bool `help:"Only those past their time."`
	Limit   int  `default:"100" help:"At most so many."`
}

// Run lists.
func (l *DutyList) Run(ctx context.Context, s Streams) error {
	req := &pb.ListDutiesRequest{Scope: pb.ListDutiesRequest_Scope_UNIT, Overdue: l.Overdue}
	if l.Mine {
		req.Scope = pb.ListDutiesRequest_Scope_ME
	}
	return l.do(ctx, s, "duty list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllDuties(ctx, req), l.Limit, []column[*pb.Duty]{
			{"due", func(p *printer, d *pb.Duty) string { return p.due(d.GetDueTime(), d.GetOverdue()) }},
			{"level", func(_ *printer, d *pb.Duty) string { return strings.Repeat("!", int(d.GetEscalationLevel())) }},
			{"duty", func(p *printer, d *pb.Duty) string { return p.word(d.GetDuty()) }},
			{"on", func(p *printer, d *pb.Duty) string { return p.word(d.GetKind()) }},
			{"number", func(_ *printer, d *pb.Duty) string { return clean(d.GetNumber()) }},
			{"service", func(p *printer, d *pb.Duty) string { return p.word(d.GetService()) }},
			{"urgency", func(p *printer, d *pb.Duty) string { return p.word(d.GetUrgency()) }},
			{"owes", func(p *printer, d *pb.Duty) string { return p.unit(d.GetUnit()) }},
			{"may", func(_ *printer, d *pb.Duty) string { return clean(strings.Join(d.GetAllowedActions(), ",")) }},
		})
	})
}

// UnitList lists the directory.
type UnitList struct {
	Remote

	Service Word[pb.ReferralServiceType_Value] `placeholder:"SERVICE" help:"Only units that offer it: CASE_MANAGEMENT, SPECIALIST_PEDIATRIC …"`
	Area    string                             `placeholder:"CODE" help:"Only units that cover this area: 32.01.01 or 32.01.01.1003."`
	Limit   int                                `default:"100" help:"At most so many."`
}

// Run lists.
func (l *UnitList) Run(ctx context.Context, s Streams) error {
	req := &pb.ListUnitsRequest{Service: l.Service.Value, AreaCode: l.Area}
	return l.do(ctx, s, "unit list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllUnits(ctx, req), l.Limit, []column[*pb.Unit]{
			{"code", func(_ *printer, u *pb.Unit) string { return clean(u.GetCode()) }},
			{"name", func(_ *printer, u *pb.Unit) string { return clean(u.GetDisplayName()) }},
			{"type", func(p *printer, u *pb.Unit) string { return p.word(u.GetType()) }},
			{"sector", func(p *printer, u *pb.Unit) string { return p.word(u.GetSector()) }},
			{"area", func(_ *printer, u *pb.Unit) string { return clean(u.GetAreaCode()) }},
			{"services", offered},
		})
	})
}

func offered(p *printer, u *pb.Unit) string {
	var words []string
	for _, service := range u.GetServices() {
		words = append(words, p.word(service.GetService()))
	}
	return strings.Join(words, ",")
}

// UnitShow shows one unit.
type UnitShow struct {
	Remote

	ID string `arg:"" help:"Code (PKM-CIBINONG), UUID or units/…"`
}

// Run shows.
func (r *UnitShow) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "unit show", func(ctx context.Context, c *client.Client, p *printer) error {
		unit, err := c.Directory.GetUnit(ctx, &pb.GetUnitRequest{Name: resource("units", r.ID)})
		if err != nil {
			return err
		}
		return p.one(unit)
	})
}

// Whoami shows whose token it is.
type Whoami struct{ Remote }

// Run shows.
func (r *Whoami) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "whoami", func(ctx context.Context, c *client.Client, p *printer) error {
		me, err := c.Accounts.WhoAmI(ctx, &pb.WhoAmIRequest{})
		if err != nil {
			return err
		}
		return p.one(me)
	})
}

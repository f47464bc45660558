package cli

import (
	"context"
	"strings"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// UnitList lists the directory.
type UnitList struct {
	Remote

	Service  Word[pb.ReferralServiceType_Value] `placeholder:"SERVICE" help:"Only units that offer it: CASE_MANAGEMENT, SPECIALIST_PEDIATRIC …"`
	Area     string                             `placeholder:"CODE" help:"Only units that cover this area: 32.01.01 or 32.01.01.1003."`
	Type     Word[pb.UnitType_Value]            `placeholder:"TYPE" help:"Only HEALTH_CENTER, PPA_SERVICE_UNIT, HOSPITAL …"`
	Parent   string                             `placeholder:"UNIT" help:"Only units below this one."`
	Inactive bool                               `help:"Also those that do not work now."`
	Limit    int                                `default:"100" help:"At most so many."`
}

// Run lists.
func (l *UnitList) Run(ctx context.Context, s Streams) error {
	req := &pb.ListUnitsRequest{
		Service: l.Service.Value, AreaCode: l.Area, Type: l.Type.Value, Parent: resource("units", l.Parent), IncludeInactive: l.Inactive,
	}
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

// UnitOfficer names the duty officer.
type UnitOfficer struct {
	Remote
	Write

	ID      string `arg:"" help:"Code (PKM-CIBINONG), UUID or units/…"`
	Officer string `arg:"" name:"account" help:"Who takes what nobody else has taken: a worker or supervisor of the unit or its parent."`
}

// Run names.
func (r *UnitOfficer) Run(ctx context.Context, s Streams) error {
	req := &pb.SetDutyOfficerRequest{Officer: resource("accounts", r.Officer)}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("units", r.ID)}
	return act(ctx, s, on, "unit officer", req, pb.DirectoryServiceClient.SetDutyOfficer)
}

// RegionList lists codes and names of places.
type RegionList struct {
	Remote

	Parent string `placeholder:"CODE" help:"Only those directly below it: 32.01 its kecamatan, 32.01.01 its villages."`
	Limit  int    `default:"1000" help:"At most so many."`
}

// Run lists.
func (l *RegionList) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "region list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllRegions(ctx, &pb.ListRegionsRequest{Parent: l.Parent}), l.Limit, []column[*pb.Region]{
			{"code", func(_ *printer, r *pb.Region) string { return clean(r.GetCode()) }},
			{"name", func(_ *printer, r *pb.Region) string { return clean(r.GetDisplayName()) }},
			{"parent", func(_ *printer, r *pb.Region) string { return clean(r.GetParent()) }},
		})
	})
}

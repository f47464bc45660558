package cli

import (
	"context"
	"time"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

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

// AbsenceCmd is who stands in for whom.
type AbsenceCmd struct {
	Set  AbsenceSet  `cmd:"" help:"A deputy gets the duties and rights of an absent officer, for that time alone."`
	List AbsenceList `cmd:"" help:"Absences of the own unit that are not over."`
}

// AbsenceSet names a deputy.
type AbsenceSet struct {
	Remote
	Write

	Account string    `placeholder:"ACCOUNT" help:"Who is absent; the caller if absent here."`
	Deputy  string    `required:"" placeholder:"ACCOUNT" help:"Who stands in."`
	From    time.Time `placeholder:"RFC3339" help:"From when; now if absent."`
	Until   time.Time `required:"" placeholder:"RFC3339" help:"Until when."`
}

// Run names.
func (r *AbsenceSet) Run(ctx context.Context, s Streams) error {
	req := &pb.SetAbsenceRequest{
		Account: resource("accounts", r.Account), Deputy: resource("accounts", r.Deputy), FromTime: instant(r.From), UntilTime: instant(r.Until),
	}
	return act(ctx, s, target{Remote: r.Remote, Write: &r.Write}, "absence set", req, pb.AccountServiceClient.SetAbsence)
}

// AbsenceList lists.
type AbsenceList struct {
	Remote

	Limit int `default:"100" help:"At most so many."`
}

// Run lists.
func (l *AbsenceList) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "absence list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllAbsences(ctx, &pb.ListAbsencesRequest{}), l.Limit, []column[*pb.Absence]{
			{"from", func(p *printer, a *pb.Absence) string { return p.time(a.GetFromTime()) }},
			{"until", func(p *printer, a *pb.Absence) string { return p.time(a.GetUntilTime()) }},
			{"absent", func(_ *printer, a *pb.Absence) string { return clean(a.GetAccount()) }},
			{"deputy", func(_ *printer, a *pb.Absence) string { return clean(a.GetDeputy()) }},
		})
	})
}

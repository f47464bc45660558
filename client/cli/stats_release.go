package cli

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// StatsReleaseCmd is how figures become public.
type StatsReleaseCmd struct {
	List    StatsReleaseList    `cmd:"" help:"Releases, newest period first; no value is in the list."`
	Approve StatsReleaseApprove `cmd:"" help:"Your unit agrees. Silence for five working days is consent."`
	Hold    StatsReleaseHold    `cmd:"" help:"Your unit objects, once a year; the reviewer decides."`
	Resolve StatsReleaseResolve `cmd:"" help:"Publish or cancel what is held; the reviewer's."`
	Export  StatsReleaseExport  `cmd:"" help:"The signed file for the regency's open-data portal; the walidata unit's."`
}

// StatsReleaseList lists.
type StatsReleaseList struct {
	Remote

	Dataset string                      `placeholder:"DATASET" help:"Only of this table."`
	State   Word[pb.ReleaseState_Value] `placeholder:"STATE" help:"Only OPEN, CLOSED, DRAWN, HELD, PUBLISHED or CANCELLED ones."`
	Limit   int                         `default:"100" help:"At most so many."`
}

// Run lists.
func (l *StatsReleaseList) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "stats release list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllReleases(ctx, &pb.ListReleasesRequest{Dataset: l.Dataset, State: l.State.Value}), l.Limit, []column[*pb.Release]{
			{"dataset", func(_ *printer, r *pb.Release) string { return clean(r.GetDataset()) }},
			{"period", func(_ *printer, r *pb.Release) string { return clean(r.GetPeriod()) }},
			{"state", func(p *printer, r *pb.Release) string { return p.word(r.GetState()) }},
			{"due", func(p *printer, r *pb.Release) string { return p.time(r.GetDueTime()) }},
			{"publish", func(p *printer, r *pb.Release) string { return p.time(r.GetPublishTime()) }},
			{"ledger", func(_ *printer, r *pb.Release) string { return strconv.FormatFloat(r.GetLedger(), 'f', -1, 64) }},
			{"may", func(_ *printer, r *pb.Release) string { return clean(strings.Join(r.GetAllowedActions(), ",")) }},
			{"name", func(_ *printer, r *pb.Release) string { return clean(r.GetName()) }},
		})
	})
}

// StatsReleaseChange is what every act on a release carries.
type StatsReleaseChange struct {
	Remote
	Write

	ID string `arg:"" help:"UUID or releases/…"`
}

func (r *StatsReleaseChange) release() target {
	return target{Remote: r.Remote, Write: &r.Write, name: resource("releases", r.ID)}
}

// StatsReleaseApprove agrees.
type StatsReleaseApprove struct{ StatsReleaseChange }

// Run agrees.
func (r *StatsReleaseApprove) Run(ctx context.Context, s Streams) error {
	return act(ctx, s, r.release(), "stats release approve", &pb.ApproveReleaseRequest{}, pb.StatisticsServiceClient.ApproveRelease)
}

// StatsReleaseHold objects.
type StatsReleaseHold struct {
	StatsReleaseChange

	Reason string `required:"" placeholder:"FILE" help:"File that says what is missing or wrong; - is standard input. The reviewer reads it."`
}

// Run objects.
func (r *StatsReleaseHold) Run(ctx context.Context, s Streams) error {
	req := &pb.HoldReleaseRequest{}
	return act(ctx, s, r.release(), "stats release hold", req, pb.StatisticsServiceClient.HoldRelease, textFrom(r.Reason, &req.Reason))
}

// StatsReleaseResolve decides.
type StatsReleaseResolve struct {
	StatsReleaseChange

	Outcome   Word[pb.ReleaseOutcome_Value] `required:"" placeholder:"OUTCOME" help:"PUBLISH or CANCEL."`
	Reason    string                        `placeholder:"FILE" help:"File that says why; asked of CANCEL. - is standard input."`
	Published string                        `placeholder:"FILE" help:"After a restore: the signed file of what was published before it."`
}

// Run decides.
func (r *StatsReleaseResolve) Run(ctx context.Context, s Streams) error {
	req := &pb.ResolveReleaseRequest{Outcome: r.Outcome.Value}
	return act(ctx, s, r.release(), "stats release resolve", req, pb.StatisticsServiceClient.ResolveRelease,
		textFrom(r.Reason, &req.Reason), bytesFrom(r.Published, &req.PublishedFile))
}

// bytesFrom reads a file as it is into a field; no path is none.
func bytesFrom(path string, into *[]byte) source {
	return func(s Streams) error {
		if path == "" {
			return nil
		}
		file, err := readFile(s, path)
		if err != nil {
			return &Fault{What: "read " + path, Why: cause(err), Code: exitUsage}
		}
		*into = file
		return nil
	}
}

// StatsReleaseExport takes the signed file.
type StatsReleaseExport struct {
	StatsReleaseChange

	To string `required:"" placeholder:"FILE" help:"Where the file goes; - is standard output. It marks the release as given away."`
}

// Run takes it.
func (r *StatsReleaseExport) Run(ctx context.Context, s Streams) error {
	return r.again(r.do(ctx, s, "stats release export", func(ctx context.Context, c *client.Client, p *printer) error {
		answer, err := c.Statistics.ExportOpenData(ctx, &pb.ExportOpenDataRequest{Name: resource("releases", r.ID), RequestId: r.id()})
		if err != nil {
			return err
		}
		if r.To == "-" {
			_, err = p.out.Write(answer.GetFile())
			return err
		}
		if err := os.WriteFile(r.To, answer.GetFile(), 0o600); err != nil {
			return &Fault{What: "write " + r.To, Why: cause(err), Code: exitUsage}
		}
		return p.one(answer.GetRelease())
	}))
}

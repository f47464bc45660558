package cli

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// DutyCmd tells what is due.
type DutyCmd struct {
	List DutyList `cmd:"" help:"What is owed, due soonest first."`
}

// DutyList lists duties.
type DutyList struct {
	Remote

	Scope   Word[pb.ListDutiesRequest_Scope_Value] `default:"unit" placeholder:"SCOPE" help:"Of ME, of the own UNIT (if absent), or late ones of units that it has OVERSEEN."`
	Mine    bool                                   `help:"Only the caller's own: --scope me."`
	Overdue bool                                   `help:"Only those past their time."`
	Limit   int                                    `default:"100" help:"At most so many."`
}

// Run lists.
func (l *DutyList) Run(ctx context.Context, s Streams) error {
	req := &pb.ListDutiesRequest{Scope: l.Scope.Value, Overdue: l.Overdue}
	if l.Mine {
		req.Scope = pb.ListDutiesRequest_Scope_ME
	}
	return l.do(ctx, s, "duty list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllDuties(ctx, req), l.Limit, []column[*pb.Duty]{
			{"due", func(p *printer, d *pb.Duty) string { return p.due(d.GetDueTime(), d.GetOverdue()) }},
			{"level", func(_ *printer, d *pb.Duty) string { return strings.Repeat("!", int(d.GetEscalationLevel())) }},
			{"duty", owed},
			{"on", func(p *printer, d *pb.Duty) string { return p.word(d.GetKind()) }},
			{"number", func(_ *printer, d *pb.Duty) string { return clean(cmp.Or(d.GetNumber(), d.GetName())) }},
			{"service", func(p *printer, d *pb.Duty) string { return p.word(d.GetService()) }},
			{"urgency", func(p *printer, d *pb.Duty) string { return p.word(d.GetUrgency()) }},
			{"owes", func(p *printer, d *pb.Duty) string { return p.unit(d.GetUnit()) }},
			{"may", func(_ *printer, d *pb.Duty) string { return clean(strings.Join(d.GetAllowedActions(), ",")) }},
			{"task", func(_ *printer, d *pb.Duty) string { return clean(d.GetTask()) }},
			{"text", func(_ *printer, d *pb.Duty) string { return clean(d.GetText()) }},
		})
	})
}

// owed is what is owed; of a task the label says more than the duty.
func owed(p *printer, d *pb.Duty) string {
	return cmp.Or(p.word(d.GetTaskLabel()), p.word(d.GetDuty()))
}

// TaskCmd is what is owed on a case besides its next step.
type TaskCmd struct {
	Add TaskAdd `cmd:"" help:"Make a task by hand."`
	End TaskEnd `cmd:"" help:"It is done, or it is not due."`
}

// TaskAdd makes one.
type TaskAdd struct {
	CaseEntry

	Text    string    `required:"" placeholder:"FILE" help:"File that says what is to be done; - is standard input."`
	Due     time.Time `required:"" placeholder:"RFC3339" help:"By when."`
	Officer string    `placeholder:"ACCOUNT" help:"Officer of the case; the caller if absent."`
}

// Run makes.
func (r *TaskAdd) Run(ctx context.Context, s Streams) error {
	req := &pb.AddTaskRequest{DueTime: instant(r.Due), Officer: resource("accounts", r.Officer)}
	return act(ctx, s, r.entry(), "task add", req, pb.DutyServiceClient.AddTask, textFrom(r.Text, &req.Text))
}

// TaskEnd ends one.
type TaskEnd struct {
	Remote
	Write

	ID     string                   `arg:"" help:"UUID or tasks/…, as duty list and case show tell it."`
	Etag   string                   `placeholder:"ETAG" help:"Fail if the task is no longer as it was seen."`
	State  Word[pb.TaskState_Value] `default:"done" placeholder:"STATE" help:"DONE (if absent) or NOT_DUE."`
	Reason string                   `placeholder:"FILE" help:"NOT_DUE: file that says why; - is standard input."`
}

// Run ends.
func (r *TaskEnd) Run(ctx context.Context, s Streams) error {
	req := &pb.EndTaskRequest{State: r.State.Value}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("tasks", r.ID), etag: r.Etag}
	return act(ctx, s, on, "task end", req, pb.DutyServiceClient.EndTask, textFrom(r.Reason, &req.Reason))
}

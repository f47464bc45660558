package cli

import (
	"context"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// In whose hands a case is.

// CaseAssign names an officer, or releases one.
type CaseAssign struct {
	CaseEvent

	Officer string `placeholder:"ACCOUNT" help:"Who takes it; absent: only --release."`
	Release string `placeholder:"ACCOUNT" help:"Who is released; never the last one."`
	Reason  string `placeholder:"FILE" help:"File that says why, 30 characters or more; - is standard input."`
}

// Run assigns.
func (r *CaseAssign) Run(ctx context.Context, s Streams) error {
	req := &pb.AssignCaseRequest{Officer: resource("accounts", r.Officer), Release: resource("accounts", r.Release)}
	return act(ctx, s, r.event(), "case assign", req, pb.CaseServiceClient.AssignCase, textFrom(r.Reason, &req.Reason))
}

// CaseTransfer moves an officer's cases, referrals and tasks.
type CaseTransfer struct {
	Remote
	Write

	From   string   `required:"" placeholder:"ACCOUNT" help:"Who leaves."`
	To     []string `required:"" placeholder:"ACCOUNT,…" help:"Who takes over, in turn."`
	Reason string   `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more; - is standard input."`
}

// Run transfers. A thing that nobody of the list may have has no officer in the answer: somebody has to see to it.
func (r *CaseTransfer) Run(ctx context.Context, s Streams) error {
	reason, err := readText(s, r.Reason)
	if err != nil {
		return err
	}
	req := &pb.TransferCaseloadRequest{RequestId: r.id(), From: resource("accounts", r.From), Reason: reason}
	for _, to := range r.To {
		req.To = append(req.To, resource("accounts", to))
	}
	return r.again(r.do(ctx, s, "case transfer", func(ctx context.Context, c *client.Client, p *printer) error {
		done, err := c.Cases.TransferCaseload(ctx, req)
		if err != nil {
			return err
		}
		return list(p, each(done.GetTransfers()), len(done.GetTransfers()), []column[*pb.Transfer]{
			{"name", func(_ *printer, t *pb.Transfer) string { return clean(t.GetName()) }},
			{"officer", func(_ *printer, t *pb.Transfer) string { return clean(t.GetOfficer()) }},
		})
	}))
}

package cli

import (
	"context"
	"strings"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Who may know of a case: the acts that protect it, and those that two persons do. What needs a second person ends with the name of its
// approval; the same command with the same --request-id gives the answer once somebody approved.

// CaseOpen shows the whole of a case once.
type CaseOpen struct {
	CaseEntry

	Reason string `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more; the client can find it. - is standard input."`
}

// Run opens.
func (r *CaseOpen) Run(ctx context.Context, s Streams) error {
	req := &pb.OpenCaseRequest{}
	return act(ctx, s, r.entry(), "case open", req, pb.CaseServiceClient.OpenCase, textFrom(r.Reason, &req.Reason))
}

// CaseRaise makes a case more secret.
type CaseRaise struct {
	CaseEvent

	Level  Word[pb.Level_Value] `required:"" placeholder:"LEVEL" help:"L2 or L3."`
	Reason string               `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run raises.
func (r *CaseRaise) Run(ctx context.Context, s Streams) error {
	req := &pb.RaiseLevelRequest{Level: r.Level.Value}
	return act(ctx, s, r.event(), "case raise", req, pb.CaseServiceClient.RaiseLevel, textFrom(r.Reason, &req.Reason))
}

// CaseLower makes a case less secret.
type CaseLower struct {
	CaseEvent

	Level  Word[pb.Level_Value] `required:"" placeholder:"LEVEL" help:"L1 or L2; a case of violence never L1."`
	Reason string               `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more; - is standard input."`
}

// Run lowers.
func (r *CaseLower) Run(ctx context.Context, s Streams) error {
	req := &pb.LowerLevelRequest{Level: r.Level.Value}
	return act(ctx, s, r.event(), "case lower", req, pb.CaseServiceClient.LowerLevel, textFrom(r.Reason, &req.Reason))
}

// CaseBlock keeps somebody from a case.
type CaseBlock struct {
	CaseEntry

	Account string `placeholder:"ACCOUNT" help:"Whom."`
	Unit    string `placeholder:"UNIT" help:"Or a whole unit."`
	Reason  string `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run blocks.
func (r *CaseBlock) Run(ctx context.Context, s Streams) error {
	req := &pb.AddBlockRequest{Account: resource("accounts", r.Account), Unit: resource("units", r.Unit)}
	return act(ctx, s, r.entry(), "case block", req, pb.CaseServiceClient.AddBlock, textFrom(r.Reason, &req.Reason))
}

// ReferralEntry names a referral whose revision does not matter.
type ReferralEntry struct {
	Remote
	Write

	ID string `arg:"" help:"Number (R-7K2M-9N), UUID or referrals/…"`
}

func (e *ReferralEntry) entry() target {
	return target{Remote: e.Remote, Write: &e.Write, name: resource("referrals", e.ID)}
}

// ReferralRaise makes the case of a referral more secret.
type ReferralRaise struct {
	ReferralEntry

	Level  Word[pb.Level_Value] `required:"" placeholder:"LEVEL" help:"L2 or L3."`
	Reason string               `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run raises.
func (r *ReferralRaise) Run(ctx context.Context, s Streams) error {
	req := &pb.RaiseReferralLevelRequest{Level: r.Level.Value}
	return act(ctx, s, r.entry(), "referral raise", req, pb.ReferralServiceClient.RaiseReferralLevel, textFrom(r.Reason, &req.Reason))
}

// ReferralBlock keeps somebody from the case of a referral.
type ReferralBlock struct {
	ReferralEntry

	Account string `placeholder:"ACCOUNT" help:"Whom."`
	Unit    string `placeholder:"UNIT" help:"Or a whole unit."`
	Reason  string `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run blocks.
func (r *ReferralBlock) Run(ctx context.Context, s Streams) error {
	req := &pb.AddReferralBlockRequest{Account: resource("accounts", r.Account), Unit: resource("units", r.Unit)}
	return act(ctx, s, r.entry(), "referral block", req, pb.ReferralServiceClient.AddReferralBlock, textFrom(r.Reason, &req.Reason))
}

// CaseUnblock ends a block.
type CaseUnblock struct {
	Remote
	Write

	ID     string `arg:"" help:"UUID or blocks/…"`
	Reason string `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more; - is standard input."`
}

// Run unblocks.
func (r *CaseUnblock) Run(ctx context.Context, s Streams) error {
	req := &pb.RemoveBlockRequest{}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("blocks", r.ID)}
	return act(ctx, s, on, "case unblock", req, pb.CaseServiceClient.RemoveBlock, textFrom(r.Reason, &req.Reason))
}

// CaseBlocks lists who is kept from a case by hand.
type CaseBlocks struct {
	Remote

	ID string `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
}

// Run lists.
func (r *CaseBlocks) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "case blocks", func(ctx context.Context, c *client.Client, p *printer) error {
		found, err := c.Cases.ListBlocks(ctx, &pb.ListBlocksRequest{Name: resource("cases", r.ID)})
		if err != nil {
			return err
		}
		return list(p, each(found.GetBlocks()), len(found.GetBlocks()), []column[*pb.Block]{
			{"name", func(_ *printer, b *pb.Block) string { return clean(b.GetName()) }},
			{"account", func(_ *printer, b *pb.Block) string { return clean(b.GetAccount()) }},
			{"unit", func(p *printer, b *pb.Block) string { return p.unit(b.GetUnit()) }},
			{"since", func(p *printer, b *pb.Block) string { return p.time(b.GetCreateTime()) }},
			{"reason", func(_ *printer, b *pb.Block) string { return clean(b.GetReason()) }},
		})
	})
}

// CaseSeal ends the reading of a closed case.
type CaseSeal struct {
	CaseEntry

	Reason string `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more; - is standard input."`
}

// Run seals.
func (r *CaseSeal) Run(ctx context.Context, s Streams) error {
	req := &pb.SealCaseRequest{}
	return act(ctx, s, r.entry(), "case seal", req, pb.CaseServiceClient.SealCase, textFrom(r.Reason, &req.Reason))
}

// CaseUnseal takes a seal back. The case has to be named by its UUID: under its seal nobody finds it by its number.
type CaseUnseal struct {
	CaseEntry

	Reason string `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more; - is standard input."`
}

// Run unseals.
func (r *CaseUnseal) Run(ctx context.Context, s Streams) error {
	req := &pb.UnsealCaseRequest{}
	return act(ctx, s, r.entry(), "case unseal", req, pb.CaseServiceClient.UnsealCase, textFrom(r.Reason, &req.Reason))
}

// CaseHold keeps a case from erasure by a written order, or ends that.
type CaseHold struct {
	CaseEntry

	Order  string `required:"" placeholder:"FILE" help:"File with number and date of the order; - is standard input."`
	Reason string `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more."`
	Lift   bool   `help:"The order allows that the hold ends."`
}

// Run holds, or lifts.
func (r *CaseHold) Run(ctx context.Context, s Streams) error {
	if r.Lift {
		req := &pb.LiftLegalHoldRequest{}
		return act(ctx, s, r.entry(), "case hold", req, pb.CaseServiceClient.LiftLegalHold, textFrom(r.Order, &req.OrderNumber), textFrom(r.Reason, &req.Reason))
	}
	req := &pb.SetLegalHoldRequest{}
	return act(ctx, s, r.entry(), "case hold", req, pb.CaseServiceClient.SetLegalHold, textFrom(r.Order, &req.OrderNumber), textFrom(r.Reason, &req.Reason))
}

// CaseCopy makes the client's own copy.
type CaseCopy struct {
	CaseEntry

	Requester Word[pb.CopyRequester_Value] `required:"" placeholder:"WHO" help:"SUBJECT or GUARDIAN."`
	Reason    string                       `required:"" placeholder:"FILE" help:"File that says how the client asked and was recognised, 30 characters or more; - is standard input."`
}

// Run copies.
func (r *CaseCopy) Run(ctx context.Context, s Streams) error {
	req := &pb.CopySubjectRequest{Requester: r.Requester.Value}
	return act(ctx, s, r.entry(), "case copy", req, pb.CaseServiceClient.CopySubject, textFrom(r.Reason, &req.Reason))
}

// PersonErase erases a record with all of its cases.
type PersonErase struct {
	Remote
	Write

	ID     string `arg:"" help:"UUID or persons/…"`
	Reason string `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more; - is standard input."`
	Yes    bool   `help:"Do not ask first."`
}

// Run erases.
func (r *PersonErase) Run(ctx context.Context, s Streams) error {
	req := &pb.ErasePersonRequest{}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("persons", r.ID)}
	return act(ctx, s, on, "person erase", req, pb.PersonServiceClient.ErasePerson, textFrom(r.Reason, &req.Reason), sure(r.Yes, r.Output, "erase", r.ID))
}

// ApprovalCmd is what waits for a second person.
type ApprovalCmd struct {
	List    ApprovalList    `cmd:"" help:"Acts that wait for the caller as second person, and the caller's own."`
	Approve ApprovalApprove `cmd:"" help:"Say yes: the act is done with both persons; never one's own."`
	Refuse  ApprovalRefuse  `cmd:"" help:"Say no."`
}

// ApprovalList lists.
type ApprovalList struct {
	Remote

	Ended bool `help:"Ended ones too."`
	Limit int  `default:"100" help:"At most so many."`
}

// Run lists.
func (l *ApprovalList) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "approval list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllApprovals(ctx, &pb.ListApprovalsRequest{Ended: l.Ended}), l.Limit, []column[*pb.Approval]{
			{"ends", func(p *printer, a *pb.Approval) string { return p.time(a.GetExpireTime()) }},
			{"state", func(p *printer, a *pb.Approval) string { return p.word(a.GetState()) }},
			{"act", func(_ *printer, a *pb.Approval) string { return clean(a.GetAct()) }},
			{"unit", func(p *printer, a *pb.Approval) string { return p.unit(a.GetUnit()) }},
			{"needs", func(p *printer, a *pb.Approval) string { return p.word(a.GetNeededRole()) }},
			{"name", func(_ *printer, a *pb.Approval) string { return clean(a.GetName()) }},
			{"about", func(_ *printer, a *pb.Approval) string { return clean(a.GetObject()) }},
			{"may", func(_ *printer, a *pb.Approval) string { return clean(strings.Join(a.GetAllowedActions(), ",")) }},
			{"reason", func(_ *printer, a *pb.Approval) string { return clean(a.GetReason()) }},
		})
	})
}

// ApprovalEvent is what a second person's word carries.
type ApprovalEvent struct {
	Remote
	Write

	ID string `arg:"" help:"UUID or approvals/…"`
}

func (e *ApprovalEvent) event() target {
	return target{Remote: e.Remote, Write: &e.Write, name: resource("approvals", e.ID)}
}

// ApprovalApprove says yes.
type ApprovalApprove struct{ ApprovalEvent }

// Run approves.
func (r *ApprovalApprove) Run(ctx context.Context, s Streams) error {
	return act(ctx, s, r.event(), "approval approve", &pb.ApproveRequest{}, pb.ReviewServiceClient.Approve)
}

// ApprovalRefuse says no.
type ApprovalRefuse struct {
	ApprovalEvent

	Reason string `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run refuses.
func (r *ApprovalRefuse) Run(ctx context.Context, s Streams) error {
	req := &pb.RefuseRequest{}
	return act(ctx, s, r.event(), "approval refuse", req, pb.ReviewServiceClient.Refuse, textFrom(r.Reason, &req.Reason))
}

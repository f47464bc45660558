package cli

import (
	"context"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The events of a case, in the order of its life.

// CaseScreen begins the screening.
type CaseScreen struct{ CaseEvent }

// Run screens.
func (r *CaseScreen) Run(ctx context.Context, s Streams) error {
	return act(ctx, s, r.event(), "case screen", &pb.ScreenCaseRequest{}, pb.CaseServiceClient.ScreenCase)
}

// CaseAssess concludes the assessment.
type CaseAssess struct {
	CaseEvent

	Note string `placeholder:"FILE" help:"File with the assessment note; - is standard input."`
	Risk string `placeholder:"FILE" help:"Violence: JSON of the risk as now judged."`
}

// Run assesses.
func (r *CaseAssess) Run(ctx context.Context, s Streams) error {
	req := &pb.AssessCaseRequest{}
	return act(ctx, s, r.event(), "case assess", req, pb.CaseServiceClient.AssessCase, textFrom(r.Note, &req.Note), bodyFrom(r.Risk, &req.Risk))
}

// CasePlan writes the plan.
type CasePlan struct {
	CaseEvent

	Services []Word[pb.ReferralServiceType_Value] `placeholder:"SERVICE,…" help:"What the client shall have: CASE_MANAGEMENT, LEGAL_AID …"`
	Agreed   bool                                 `help:"The client agreed to it."`
	Note     string                               `placeholder:"FILE" help:"File with the plan in words; - is standard input."`
}

// Run plans.
func (r *CasePlan) Run(ctx context.Context, s Streams) error {
	req := &pb.PlanCaseRequest{Services: values(r.Services), AgreedWithClient: r.Agreed}
	return act(ctx, s, r.event(), "case plan", req, pb.CaseServiceClient.PlanCase, textFrom(r.Note, &req.Note))
}

// CaseStart starts service.
type CaseStart struct {
	CaseEvent

	UrgentReason string `placeholder:"FILE" help:"Emergency: file that says why service begins before the steps left out; - is standard input."`
}

// Run starts.
func (r *CaseStart) Run(ctx context.Context, s Streams) error {
	req := &pb.StartServiceRequest{}
	return act(ctx, s, r.event(), "case start", req, pb.CaseServiceClient.StartService, textFrom(r.UrgentReason, &req.UrgentReason))
}

// CaseMonitor follows a client who was served.
type CaseMonitor struct{ CaseEvent }

// Run monitors.
func (r *CaseMonitor) Run(ctx context.Context, s Streams) error {
	return act(ctx, s, r.event(), "case monitor", &pb.MonitorCaseRequest{}, pb.CaseServiceClient.MonitorCase)
}

// CaseResume takes service up again.
type CaseResume struct {
	CaseEvent

	Reason string `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run resumes.
func (r *CaseResume) Run(ctx context.Context, s Streams) error {
	req := &pb.ResumeCaseRequest{}
	return act(ctx, s, r.event(), "case resume", req, pb.CaseServiceClient.ResumeCase, textFrom(r.Reason, &req.Reason))
}

// CaseReclassify changes the type.
type CaseReclassify struct {
	CaseEvent

	Type   Word[pb.CaseType_Value] `required:"" placeholder:"TYPE" help:"What it is: DOMESTIC_VIOLENCE, CHILD_NUTRITION_RISK …"`
	Reason string                  `placeholder:"FILE" help:"File that says why; needed to take a stunting back; - is standard input."`
}

// Run reclassifies.
func (r *CaseReclassify) Run(ctx context.Context, s Streams) error {
	req := &pb.ReclassifyCaseRequest{Type: r.Type.Value}
	return act(ctx, s, r.event(), "case reclassify", req, pb.CaseServiceClient.ReclassifyCase, textFrom(r.Reason, &req.Reason))
}

// CaseClose ends the case.
type CaseClose struct {
	CaseEvent

	Reason                 Word[pb.ClosureReason_Value] `required:"" placeholder:"REASON" help:"GOALS_MET, RECOVERED, CLIENT_REQUEST, MOVED, HANDED_OVER …"`
	Summary                string                       `placeholder:"FILE" help:"File with the closing summary; - is standard input."`
	Referral               string                       `placeholder:"REFERRAL" help:"HANDED_OVER inside the regency: the reported referral; it is confirmed with it."`
	ReceivingAuthority     string                       `placeholder:"FILE" help:"HANDED_OVER to another regency: file with the authority's name."`
	DuplicateOf            string                       `placeholder:"CASE" help:"DUPLICATE: the other case."`
	DeceasedOn             string                       `placeholder:"YYYY-MM-DD" help:"DECEASED: day."`
	SafetyInformationGiven bool                         `help:"CLIENT_REQUEST of a violence case: the client knows where to turn."`
	SafetyChecked          bool                         `help:"UNREACHABLE of a violence case: the client's safety was checked."`
	Explanation            string                       `placeholder:"FILE" help:"NOT_SUBSTANTIATED: file that says why."`
	Yes                    bool                         `help:"Do not ask before what no reopening takes back."`
}

// Run closes. What was entered in error cannot be opened again.
func (r *CaseClose) Run(ctx context.Context, s Streams) error {
	req := &pb.CloseCaseRequest{
		Reason: r.Reason.Value, Referral: resource("referrals", r.Referral), DuplicateOf: resource("cases", r.DuplicateOf),
		DeceasedOn: r.DeceasedOn, SafetyInformationGiven: r.SafetyInformationGiven, SafetyChecked: r.SafetyChecked,
	}
	final := r.Reason.Value == pb.ClosureReason_ENTERED_IN_ERROR
	return act(ctx, s, r.event(), "case close", req, pb.CaseServiceClient.CloseCase,
		textFrom(r.Summary, &req.Summary), textFrom(r.ReceivingAuthority, &req.ReceivingAuthority), textFrom(r.Explanation, &req.Explanation),
		sure(r.Yes || !final, r.Output, "close", r.ID))
}

// CaseReopen opens it again.
type CaseReopen struct {
	CaseEvent

	Reason string `required:"" placeholder:"FILE" help:"File that says why; - is standard input."`
}

// Run reopens.
func (r *CaseReopen) Run(ctx context.Context, s Streams) error {
	req := &pb.ReopenCaseRequest{}
	return act(ctx, s, r.event(), "case reopen", req, pb.CaseServiceClient.ReopenCase, textFrom(r.Reason, &req.Reason))
}

package cli

import (
	"context"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// CaseCmd reads cases and carries them from the first report to the end.
type CaseCmd struct {
	List   CaseList   `cmd:"" help:"Cases of the own register, newest first."`
	Show   CaseShow   `cmd:"" help:"One case, as far as the caller may see it."`
	Create CaseCreate `cmd:"" help:"Open a case without a referral, or take over one that was under way before."`
	Update CaseUpdate `cmd:"" help:"Change risk, channel or hidden address."`

	Screen     CaseScreen     `cmd:"" help:"Begin the screening."`
	Assess     CaseAssess     `cmd:"" help:"Conclude the assessment."`
	Plan       CasePlan       `cmd:"" help:"Write the plan, or a better one."`
	Start      CaseStart      `cmd:"" help:"Start service."`
	Monitor    CaseMonitor    `cmd:"" help:"Service was given: follow the client."`
	Resume     CaseResume     `cmd:"" help:"From monitoring back to service."`
	Reclassify CaseReclassify `cmd:"" help:"It is another type of case."`
	Close      CaseClose      `cmd:"" help:"End the case."`
	Reopen     CaseReopen     `cmd:"" help:"Open a closed case again."`

	Measure    CaseMeasure    `cmd:"" help:"Record one measurement of the child."`
	Incident   CaseIncident   `cmd:"" help:"Add an act of violence."`
	Note       CaseNote       `cmd:"" help:"Add a note, a service given, an attempt to reach the client or a safety check."`
	Legal      CaseLegal      `cmd:"" help:"Add a step of police or court."`
	Consent    CaseConsent    `cmd:"" help:"Record the client's yes or no to be served."`
	RefuseCare CaseRefuseCare `cmd:"" help:"The client refuses that health units read by the chain of care."`

	Assign   CaseAssign   `cmd:"" help:"Name an officer, or release one."`
	Transfer CaseTransfer `cmd:"" help:"Move an officer's work to others of the register."`

	Open    CaseOpen    `cmd:"" help:"Show a supervisor the whole of a case once, with a reason."`
	Raise   CaseRaise   `cmd:"" help:"Make the case more secret."`
	Lower   CaseLower   `cmd:"" help:"Make the case less secret."`
	Block   CaseBlock   `cmd:"" help:"Keep an account or a unit from the case, in silence."`
	Unblock CaseUnblock `cmd:"" help:"End a block; two persons."`
	Blocks  CaseBlocks  `cmd:"" help:"Whom somebody has blocked."`
	Seal    CaseSeal    `cmd:"" help:"End the reading of a closed case; two persons."`
	Unseal  CaseUnseal  `cmd:"" help:"Take a seal back; two persons."`
	Hold    CaseHold    `cmd:"" help:"Keep a case from erasure by a written order, or end that; two persons."`
	Copy    CaseCopy    `cmd:"" help:"The client's own copy; two persons."`

	Glass    CaseGlass    `cmd:"" help:"Open one case in an emergency, for two hours; it is told, and reviewed."`
	Accesses CaseAccesses `cmd:"" help:"Who looked at the case, for the client: unit, role, time, purpose."`

	Timeline CaseTimeline `cmd:"" help:"What happened in a case, newest first."`
	Roster   CaseRoster   `cmd:"" help:"The children whom a posyandu weighs, and who was not weighed in the month."`
	Growth   CaseGrowth   `cmd:"" help:"All measurements of a child, with what they mean."`
	Chart    CaseChart    `cmd:"" help:"A child's points on the standard's curves of one index."`
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

// CaseCreate opens one.
type CaseCreate struct {
	Remote
	Write

	Path string `arg:"" name:"file" help:"JSON of a CreateCaseRequest; - is standard input."`
}

// Run opens.
func (r *CaseCreate) Run(ctx context.Context, s Streams) error {
	req := &pb.CreateCaseRequest{}
	return act(ctx, s, target{Remote: r.Remote, Write: &r.Write}, "case create", req, pb.CaseServiceClient.CreateCase, wholeFrom(r.Path, req))
}

// CaseUpdate changes what was recorded; what is given is changed, and nothing else.
type CaseUpdate struct {
	Remote
	Write

	ID            string                       `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
	Etag          string                       `required:"" placeholder:"ETAG" help:"Of the case as it was read."`
	Risk          string                       `placeholder:"FILE" help:"JSON of the risk as now judged; - is standard input."`
	IntakeChannel Word[pb.IntakeChannel_Value] `placeholder:"CHANNEL" help:"How it came in: IN_PERSON, PHONE, OUTREACH …"`
	HiddenAddress string                       `placeholder:"FILE" help:"File with the shelter or new address, an empty one takes it away; - is standard input."`
}

// Run changes.
func (r *CaseUpdate) Run(ctx context.Context, s Streams) error {
	req := &pb.UpdateCaseRequest{IntakeChannel: r.IntakeChannel.Value}
	for _, given := range []struct {
		field string
		is    bool
	}{{"risk", r.Risk != ""}, {"intakeChannel", r.IntakeChannel.Value != 0}, {"hiddenAddress", r.HiddenAddress != ""}} {
		if given.is {
			req.UpdateMask = append(req.UpdateMask, given.field)
		}
	}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("cases", r.ID), etag: r.Etag}
	return act(ctx, s, on, "case update", req, pb.CaseServiceClient.UpdateCase, bodyFrom(r.Risk, &req.Risk), textFrom(r.HiddenAddress, &req.HiddenAddress))
}

// CaseEntry is what everything carries that is added to a case.
type CaseEntry struct {
	Remote
	Write

	ID string `arg:"" help:"Number (K-4Q8X-DT), UUID or cases/…"`
}

func (e *CaseEntry) entry() target {
	return target{Remote: e.Remote, Write: &e.Write, name: resource("cases", e.ID)}
}

// CaseEvent is what every event on a case carries.
type CaseEvent struct {
	CaseEntry

	Etag string `placeholder:"ETAG" help:"Fail if the case is no longer as it was seen."`
}

func (e *CaseEvent) event() target {
	on := e.entry()
	on.etag = e.Etag
	return on
}

package cli

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// ReferralCmd is the closed loop, one verb a method.
type ReferralCmd struct {
	File        ReferralFile        `cmd:"" help:"File a referral: client, what was seen, services asked, basis."`
	List        ReferralList        `cmd:"" help:"Referrals to or from the own unit, newest first."`
	Show        ReferralShow        `cmd:"" help:"One referral, as far as the caller may see it."`
	Suggest     ReferralSuggest     `cmd:"" help:"Units that could serve, best first, with the reasons."`
	Acknowledge ReferralAcknowledge `cmd:"" help:"The receiver has seen it."`
	RequestInfo ReferralRequestInfo `cmd:"" help:"The receiver asks before it decides, in codes; twice at most."`
	ProvideInfo ReferralProvideInfo `cmd:"" help:"The sender answers."`
	Accept      ReferralAccept      `cmd:"" help:"An officer of the receiver takes it."`
	Decline     ReferralDecline     `cmd:"" help:"The receiver cannot serve; the sender then owes another way."`
	Forward     ReferralForward     `cmd:"" help:"Hand it on to another unit."`
	Progress    ReferralProgress    `cmd:"" help:"What the officer did; SERVED begins the service."`
	Report      ReferralReport      `cmd:"" help:"The receiver tells the end."`
	Confirm     ReferralConfirm     `cmd:"" help:"The sender closes it."`
	Reopen      ReferralReopen      `cmd:"" help:"The sender gives an outcome back: something is missing."`
	Cancel      ReferralCancel      `cmd:"" help:"The sender takes it back, before service."`
	Reassign    ReferralReassign    `cmd:"" help:"Name another officer: by the receiver's supervisor, or by who oversees a late one."`
	Remind      ReferralRemind      `cmd:"" help:"Tell the unit that owes a late one; by who oversees it."`
	Raise       ReferralRaise       `cmd:"" help:"Its officer makes the case more secret, without being told how secret it is."`
	Block       ReferralBlock       `cmd:"" help:"Its officer keeps an account or a unit from the case, at once and in silence."`
	Batch       ReferralBatch       `cmd:"" help:"One event for many referrals, a result each."`
}

// ReferralFile files what a JSON file says.
type ReferralFile struct {
	Remote
	Write

	Path         string `arg:"" name:"file" help:"JSON of a FileReferralRequest; - is standard input."`
	ValidateOnly bool   `help:"Check everything, change nothing."`
}

// Run files.
func (f *ReferralFile) Run(ctx context.Context, s Streams) error {
	req := &pb.FileReferralRequest{}
	check := func(Streams) error {
		req.ValidateOnly = req.ValidateOnly || f.ValidateOnly
		return nil
	}
	return act(ctx, s, target{Remote: f.Remote, Write: &f.Write}, "file", req, pb.ReferralServiceClient.FileReferral, wholeFrom(f.Path, req), check)
}

// ReferralList lists.
type ReferralList struct {
	Remote

	Outbox  bool                           `help:"From the own register instead of to the own unit."`
	State   []Word[pb.ReferralState_Value] `placeholder:"STATE,…" help:"Only these states: SENT, ACKNOWLEDGED, NEEDS_INFO, ACCEPTED …"`
	Overdue bool                           `help:"Only those whose next step is past its time."`
	Limit   int                            `default:"100" help:"At most so many."`
}

// Run lists.
func (l *ReferralList) Run(ctx context.Context, s Streams) error {
	req := &pb.ListReferralsRequest{Direction: pb.ListReferralsRequest_Direction_INBOX, States: values(l.State), Overdue: l.Overdue}
	if l.Outbox {
		req.Direction = pb.ListReferralsRequest_Direction_OUTBOX
	}
	return l.do(ctx, s, "referral list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllReferrals(ctx, req), l.Limit, []column[*pb.Referral]{
			{"number", func(_ *printer, r *pb.Referral) string { return clean(r.GetNumber()) }},
			{"urgency", func(p *printer, r *pb.Referral) string { return p.word(r.GetUrgency()) }},
			{"service", func(p *printer, r *pb.Referral) string { return p.word(r.GetService()) }},
			{"state", func(p *printer, r *pb.Referral) string { return p.word(r.GetState()) }},
			{"from", func(p *printer, r *pb.Referral) string { return p.unit(r.GetSenderUnit()) }},
			{"to", func(p *printer, r *pb.Referral) string { return p.unit(r.GetReceiverUnit()) }},
			{"owes", func(p *printer, r *pb.Referral) string { return p.unit(r.GetAccountableUnit()) }},
			{"duty", func(p *printer, r *pb.Referral) string { return p.word(r.GetDuty()) }},
			{"due", func(p *printer, r *pb.Referral) string { return p.due(r.GetDueTime(), r.GetOverdue()) }},
			{"client", func(_ *printer, r *pb.Referral) string { return clean(r.GetClient().GetFullName()) }},
		})
	})
}

// ReferralShow shows one.
type ReferralShow struct {
	Remote

	ID string `arg:"" help:"Number (R-7K2M-9N), UUID or referrals/…"`
}

// Run shows.
func (r *ReferralShow) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "referral show", func(ctx context.Context, c *client.Client, p *printer) error {
		leg, err := c.Referrals.GetReferral(ctx, &pb.GetReferralRequest{Name: resource("referrals", r.ID)})
		if err != nil {
			return err
		}
		return p.one(leg)
	})
}

// ReferralEvent is what every event on a referral carries.
type ReferralEvent struct {
	Remote
	Write

	ID   string `arg:"" help:"Number (R-7K2M-9N), UUID or referrals/…"`
	Etag string `placeholder:"ETAG" help:"Fail if the referral is no longer as it was seen."`
}

func (e *ReferralEvent) leg() target {
	return target{Remote: e.Remote, Write: &e.Write, name: resource("referrals", e.ID), etag: e.Etag}
}

// Letter is what the return unit adds when it records an event of a unit without accounts.
type Letter struct {
	HeardBy Word[pb.HeardBy_Value] `placeholder:"WAY" help:"By letter: how it was heard: PHONE, LETTER or VISIT."`
}

// ReferralAcknowledge says that it was seen.
type ReferralAcknowledge struct {
	ReferralEvent
	Letter
}

// Run acknowledges.
func (r *ReferralAcknowledge) Run(ctx context.Context, s Streams) error {
	req := &pb.AcknowledgeReferralRequest{HeardBy: r.HeardBy.Value}
	return act(ctx, s, r.leg(), "referral acknowledge", req, pb.ReferralServiceClient.AcknowledgeReferral)
}

// ReferralRequestInfo asks the sender.
type ReferralRequestInfo struct {
	ReferralEvent
	Letter

	Questions []Word[pb.InfoQuestion_Value] `required:"" placeholder:"QUESTION,…" help:"1 to 5 of AREA, NEED, URGENCY, SAFETY, CONTACT, CONSENT, DOCUMENTS …"`
}

// Run asks.
func (r *ReferralRequestInfo) Run(ctx context.Context, s Streams) error {
	req := &pb.RequestInfoRequest{Questions: values(r.Questions), HeardBy: r.HeardBy.Value}
	return act(ctx, s, r.leg(), "referral request-info", req, pb.ReferralServiceClient.RequestInfo)
}

// ReferralProvideInfo answers the receiver.
type ReferralProvideInfo struct {
	ReferralEvent

	Answers string `required:"" placeholder:"FILE" help:"JSON: {\"answers\": [{\"question\": \"NEED\", \"reply\": \"YES\", \"text\": …}, …]}; - is standard input."`
}

// Run answers.
func (r *ReferralProvideInfo) Run(ctx context.Context, s Streams) error {
	req := &pb.ProvideInfoRequest{}
	return act(ctx, s, r.leg(), "referral provide-info", req, pb.ReferralServiceClient.ProvideInfo, wholeFrom(r.Answers, req))
}

// ReferralAccept takes it.
type ReferralAccept struct {
	ReferralEvent
	Letter

	Officer      string `placeholder:"ACCOUNT" help:"Who takes it; the caller if absent."`
	OfficerName  string `placeholder:"FILE" help:"By letter: file with the name of who takes it there; - is standard input."`
	ReceiverCase string `placeholder:"CASE" help:"The receiver's own case of this client."`
}

// Run accepts.
func (r *ReferralAccept) Run(ctx context.Context, s Streams) error {
	req := &pb.AcceptReferralRequest{
		Officer: resource("accounts", r.Officer), ReceiverCase: resource("cases", r.ReceiverCase), HeardBy: r.HeardBy.Value,
	}
	return act(ctx, s, r.leg(), "referral accept", req, pb.ReferralServiceClient.AcceptReferral, textFrom(r.OfficerName, &req.OfficerName))
}

// ReferralDecline refuses the leg, not the client.
type ReferralDecline struct {
	ReferralEvent
	Letter

	Reason        Word[pb.DeclineReason_Value] `required:"" placeholder:"REASON" help:"NO_CAPACITY, OUT_OF_AREA, NOT_ELIGIBLE …"`
	SuggestedUnit string                       `placeholder:"UNIT" help:"Unit that could serve instead."`
}

// Run declines.
func (r *ReferralDecline) Run(ctx context.Context, s Streams) error {
	req := &pb.DeclineReferralRequest{Reason: r.Reason.Value, SuggestedUnit: resource("units", r.SuggestedUnit), HeardBy: r.HeardBy.Value}
	return act(ctx, s, r.leg(), "referral decline", req, pb.ReferralServiceClient.DeclineReferral)
}

// ReferralForward hands it on.
type ReferralForward struct {
	ReferralEvent

	To             string `required:"" placeholder:"UNIT" help:"Unit that is asked next."`
	ReferralID     string `placeholder:"UUID" help:"Id of the next referral; made by the server if absent."`
	OverrideReason string `placeholder:"FILE" help:"File that says why this unit is asked though it does not fit; - is standard input."`
	Question       string `placeholder:"FILE" help:"Sender only: file with what is asked; - is standard input."`
	Disclosure     string `placeholder:"FILE" help:"Sender only: JSON of the new basis. A receiver forwards by one that names the unit already."`
}

// Run forwards.
func (r *ReferralForward) Run(ctx context.Context, s Streams) error {
	req := &pb.ForwardReferralRequest{ReceiverUnit: resource("units", r.To), ReferralId: r.ReferralID}
	return act(ctx, s, r.leg(), "referral forward", req, pb.ReferralServiceClient.ForwardReferral,
		textFrom(r.OverrideReason, &req.OverrideReason), textFrom(r.Question, &req.Question), bodyFrom(r.Disclosure, &req.Disclosure))
}

// ReferralProgress adds what the officer did.
type ReferralProgress struct {
	ReferralEvent
	Letter

	Kind        Word[pb.ProgressKind_Value]      `required:"" placeholder:"KIND" help:"CONTACT_ATTEMPT, WAITLISTED, SCHEDULED, NO_SHOW, SERVED or NOTE."`
	Channel     Word[pb.ContactChannel_Value]    `placeholder:"CHANNEL" help:"CONTACT_ATTEMPT: IN_PERSON, PHONE, MESSAGE, VISIT or THIRD_PARTY."`
	ServedOn    string                           `placeholder:"YYYY-MM-DD" help:"SERVED: day of service; today if absent."`
	ExpectedOn  string                           `placeholder:"YYYY-MM-DD" help:"WAITLISTED: expected day."`
	Appointment time.Time                        `placeholder:"RFC3339" help:"SCHEDULED: appointment."`
	Diagnosis   Word[pb.StuntingDiagnosis_Value] `placeholder:"WORD" help:"Hospital, of a low length for age: CONFIRMED, OTHER_CAUSE or NOT_EXAMINED."`
	Note        string                           `placeholder:"FILE" help:"File with the note; - is standard input."`
}

// Run records.
func (r *ReferralProgress) Run(ctx context.Context, s Streams) error {
	req := &pb.RecordProgressRequest{
		Kind: r.Kind.Value, Channel: r.Channel.Value, ServedOn: r.ServedOn, ExpectedOn: r.ExpectedOn,
		AppointmentTime: instant(r.Appointment), StuntingDiagnosis: r.Diagnosis.Value, HeardBy: r.HeardBy.Value,
	}
	return act(ctx, s, r.leg(), "referral progress", req, pb.ReferralServiceClient.RecordProgress, textFrom(r.Note, &req.Note))
}

func instant(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// ReferralReport tells the end.
type ReferralReport struct {
	ReferralEvent
	Letter

	Outcome         Word[pb.Outcome_Value]               `required:"" placeholder:"OUTCOME" help:"FULL, PARTIAL or NONE."`
	Reason          Word[pb.OutcomeReason_Value]         `placeholder:"REASON" help:"Why not FULL: CLIENT_UNREACHABLE, CLIENT_DECLINED, MOVED …"`
	Unmet           []Word[pb.ReferralServiceType_Value] `placeholder:"SERVICE,…" help:"PARTIAL: what is still needed."`
	SafetyCheckedBy string                               `placeholder:"ACCOUNT" help:"CLIENT_UNREACHABLE in a violence case: supervisor who signs that her safety was checked."`
	Summary         string                               `placeholder:"FILE" help:"File with the summary for the sender; - is standard input."`
}

// Run reports.
func (r *ReferralReport) Run(ctx context.Context, s Streams) error {
	req := &pb.ReportOutcomeRequest{
		Outcome: r.Outcome.Value, Reason: r.Reason.Value, UnmetServices: values(r.Unmet),
		SafetyCheckedBy: resource("accounts", r.SafetyCheckedBy), HeardBy: r.HeardBy.Value,
	}
	return act(ctx, s, r.leg(), "referral report", req, pb.ReferralServiceClient.ReportOutcome, textFrom(r.Summary, &req.Summary))
}

// ReferralConfirm is the sender's second key.
type ReferralConfirm struct {
	ReferralEvent

	FollowUp         string `placeholder:"REFERRAL" help:"After PARTIAL or NONE: the referral that follows."`
	NoFollowUpReason string `placeholder:"FILE" help:"After PARTIAL or NONE: file that says why none follows; - is standard input."`
}

// Run confirms.
func (r *ReferralConfirm) Run(ctx context.Context, s Streams) error {
	req := &pb.ConfirmReferralRequest{FollowUpReferral: resource("referrals", r.FollowUp)}
	return act(ctx, s, r.leg(), "referral confirm", req, pb.ReferralServiceClient.ConfirmReferral, textFrom(r.NoFollowUpReason, &req.NoFollowUpReason))
}

// ReferralReopen gives the outcome back.
type ReferralReopen struct {
	ReferralEvent

	Reason string `required:"" placeholder:"FILE" help:"File that says what is still missing; - is standard input."`
}

// Run reopens.
func (r *ReferralReopen) Run(ctx context.Context, s Streams) error {
	req := &pb.ReopenReferralRequest{}
	return act(ctx, s, r.leg(), "referral reopen", req, pb.ReferralServiceClient.ReopenReferral, textFrom(r.Reason, &req.Reason))
}

// ReferralCancel takes it back.
type ReferralCancel struct {
	ReferralEvent

	Reason Word[pb.CancelReason_Value] `required:"" placeholder:"REASON" help:"CLIENT_REQUEST, NO_LONGER_NEEDED, SERVED_ELSEWHERE …"`
	Yes    bool                        `help:"Do not ask."`
}

// Run cancels.
func (r *ReferralCancel) Run(ctx context.Context, s Streams) error {
	req := &pb.CancelReferralRequest{Reason: r.Reason.Value}
	return act(ctx, s, r.leg(), "referral cancel", req, pb.ReferralServiceClient.CancelReferral, sure(r.Yes, r.Output, "cancel", r.ID))
}

// ReferralReassign names another officer.
type ReferralReassign struct {
	ReferralEvent

	Officer string `required:"" placeholder:"ACCOUNT" help:"Who takes it from now on."`
	Reason  string `placeholder:"FILE" help:"File that says why; who oversees needs 30 characters; - is standard input."`
}

// Run reassigns.
func (r *ReferralReassign) Run(ctx context.Context, s Streams) error {
	req := &pb.ReassignReferralRequest{Officer: resource("accounts", r.Officer)}
	return act(ctx, s, r.leg(), "referral reassign", req, pb.ReferralServiceClient.ReassignReferral, textFrom(r.Reason, &req.Reason))
}

// ReferralRemind tells the unit that owes.
type ReferralRemind struct {
	ReferralEvent

	Reason string `required:"" placeholder:"FILE" help:"File that says why, 30 characters or more, not shown to the unit; - is standard input."`
}

// Run reminds.
func (r *ReferralRemind) Run(ctx context.Context, s Streams) error {
	req := &pb.RemindReferralRequest{}
	return act(ctx, s, r.leg(), "referral remind", req, pb.ReferralServiceClient.RemindReferral, textFrom(r.Reason, &req.Reason))
}

// optional is a number of a flag that may be absent; 0 is absent, for no body has a measure of 0.
func optional(value float64) *float64 {
	if value == 0 {
		return nil
	}
	return proto.Float64(value)
}

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
	Acknowledge ReferralAcknowledge `cmd:"" help:"The receiver has seen it."`
	Accept      ReferralAccept      `cmd:"" help:"An officer of the receiver takes it."`
	Decline     ReferralDecline     `cmd:"" help:"The receiver cannot serve; the sender then owes another way."`
	Progress    ReferralProgress    `cmd:"" help:"What the officer did; SERVED begins the service."`
	Report      ReferralReport      `cmd:"" help:"The receiver tells the end."`
	Confirm     ReferralConfirm     `cmd:"" help:"The sender closes it."`
	Cancel      ReferralCancel      `cmd:"" help:"The sender takes it back, before service."`
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
	if err := readMessage(s, f.Path, req); err != nil {
		return err
	}
	if f.RequestID == "" {
		f.RequestID = req.GetRequestId()
	}
	req.RequestId = f.id()
	req.ValidateOnly = req.ValidateOnly || f.ValidateOnly
	return f.again(f.do(ctx, s, "file", func(ctx context.Context, c *client.Client, p *printer) error {
		receipt, err := c.Referrals.FileReferral(ctx, req)
		if err != nil {
			return err
		}
		return p.one(receipt)
	}))
}

// ReferralList lists.
type ReferralList struct {
	Remote

	Outbox bool                           `help:"From the own register instead of to the own unit."`
	State  []Word[pb.ReferralState_Value] `placeholder:"STATE,…" help:"Only these states: SENT, ACKNOWLEDGED, ACCEPTED …"`
	Limit  int                            `default:"100" help:"At most so many."`
}

// Run lists.
func (l *ReferralList) Run(ctx context.Context, s Streams) error {
	req := &pb.ListReferralsRequest{Direction: pb.ListReferralsRequest_Direction_INBOX, States: values(l.State)}
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

// send finds the leg that was typed, sends the event and prints the leg as it is now.
func (e *ReferralEvent) send(ctx context.Context, s Streams, verb string, event func(_ context.Context, _ *client.Client, name string) (*pb.Referral, error)) error {
	return e.again(e.do(ctx, s, "referral "+verb, func(ctx context.Context, c *client.Client, p *printer) error {
		name, err := e.name(ctx, c)
		if err != nil {
			return err
		}
		leg, err := event(ctx, c, name)
		if err != nil {
			return err
		}
		return p.one(leg)
	}))
}

func (e *ReferralEvent) name(ctx context.Context, c *client.Client) (string, error) {
	name := resource("referrals", e.ID)
	if !numbered(name) {
		return name, nil
	}
	leg, err := c.Referrals.GetReferral(ctx, &pb.GetReferralRequest{Name: name})
	return leg.GetName(), err
}

// ReferralAcknowledge says that it was seen.
type ReferralAcknowledge struct{ ReferralEvent }

// Run acknowledges.
func (r *ReferralAcknowledge) Run(ctx context.Context, s Streams) error {
	return r.send(ctx, s, "acknowledge", func(ctx context.Context, c *client.Client, name string) (*pb.Referral, error) {
		return c.Referrals.AcknowledgeReferral(ctx, &pb.AcknowledgeReferralRequest{Name: name, RequestId: r.id(), Etag: r.Etag})
	})
}

// ReferralAccept takes it.
type ReferralAccept struct {
	ReferralEvent

	Officer      string `placeholder:"ACCOUNT" help:"Who takes it; the caller if absent."`
	ReceiverCase string `placeholder:"CASE" help:"The receiver's own case of this client."`
}

// Run accepts.
func (r *ReferralAccept) Run(ctx context.Context, s Streams) error {
	return r.send(ctx, s, "accept", func(ctx context.Context, c *client.Client, name string) (*pb.Referral, error) {
		return c.Referrals.AcceptReferral(ctx, &pb.AcceptReferralRequest{
			Name: name, RequestId: r.id(), Etag: r.Etag,
			Officer: resource("accounts", r.Officer), ReceiverCase: resource("cases", r.ReceiverCase),
		})
	})
}

// ReferralDecline refuses the leg, not the client.
type ReferralDecline struct {
	ReferralEvent

	Reason        Word[pb.DeclineReason_Value] `required:"" placeholder:"REASON" help:"NO_CAPACITY, OUT_OF_AREA, NOT_ELIGIBLE …"`
	SuggestedUnit string                       `placeholder:"UNIT" help:"Unit that could serve instead."`
}

// Run declines.
func (r *ReferralDecline) Run(ctx context.Context, s Streams) error {
	return r.send(ctx, s, "decline", func(ctx context.Context, c *client.Client, name string) (*pb.Referral, error) {
		return c.Referrals.DeclineReferral(ctx, &pb.DeclineReferralRequest{
			Name: name, RequestId: r.id(), Etag: r.Etag,
			Reason: r.Reason.Value, SuggestedUnit: resource("units", r.SuggestedUnit),
		})
	})
}

// ReferralProgress adds what the officer did.
type ReferralProgress struct {
	ReferralEvent

	Kind        Word[pb.ProgressKind_Value]   `required:"" placeholder:"KIND" help:"CONTACT_ATTEMPT, WAITLISTED, SCHEDULED, NO_SHOW, SERVED or NOTE."`
	Channel     Word[pb.ContactChannel_Value] `placeholder:"CHANNEL" help:"CONTACT_ATTEMPT: IN_PERSON, PHONE, MESSAGE, VISIT or THIRD_PARTY."`
	ServedOn    string                        `placeholder:"YYYY-MM-DD" help:"SERVED: day of service; today if absent."`
	ExpectedOn  string                        `placeholder:"YYYY-MM-DD" help:"WAITLISTED: expected day."`
	Appointment time.Time                     `placeholder:"RFC3339" help:"SCHEDULED: appointment."`
	Note        string                        `placeholder:"FILE" help:"File with the note; - is standard input."`
}

// Run records.
func (r *ReferralProgress) Run(ctx context.Context, s Streams) error {
	note, err := readText(s, r.Note)
	if err != nil {
		return err
	}
	return r.send(ctx, s, "progress", func(ctx context.Context, c *client.Client, name string) (*pb.Referral, error) {
		return c.Referrals.RecordProgress(ctx, &pb.RecordProgressRequest{
			Name: name, RequestId: r.id(), Etag: r.Etag,
			Kind: r.Kind.Value, Channel: r.Channel.Value, ServedOn: r.ServedOn, ExpectedOn: r.ExpectedOn,
			AppointmentTime: instant(r.Appointment), Note: note,
		})
	})
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

	Outcome Word[pb.Outcome_Value]               `required:"" placeholder:"OUTCOME" help:"FULL, PARTIAL or NONE."`
	Reason  Word[pb.OutcomeReason_Value]         `placeholder:"REASON" help:"Why not FULL: CLIENT_UNREACHABLE, CLIENT_DECLINED, MOVED …"`
	Unmet   []Word[pb.ReferralServiceType_Value] `placeholder:"SERVICE,…" help:"PARTIAL: what is still needed."`
	Summary string                               `placeholder:"FILE" help:"File with the summary for the sender; - is standard input."`
}

// Run reports.
func (r *ReferralReport) Run(ctx context.Context, s Streams) error {
	summary, err := readText(s, r.Summary)
	if err != nil {
		return err
	}
	return r.send(ctx, s, "report", func(ctx context.Context, c *client.Client, name string) (*pb.Referral, error) {
		return c.Referrals.ReportOutcome(ctx, &pb.ReportOutcomeRequest{
			Name: name, RequestId: r.id(), Etag: r.Etag,
			Outcome: r.Outcome.Value, Reason: r.Reason.Value, UnmetServices: values(r.Unmet), Summary: summary,
		})
	})
}

// ReferralConfirm is the sender's second key.
type ReferralConfirm struct {
	ReferralEvent

	FollowUp         string `placeholder:"REFERRAL" help:"After PARTIAL or NONE: the referral that follows."`
	NoFollowUpReason string `placeholder:"FILE" help:"After PARTIAL or NONE: file that says why none follows; - is standard input."`
}

// Run confirms.
func (r *ReferralConfirm) Run(ctx context.Context, s Streams) error {
	none, err := readText(s, r.NoFollowUpReason)
	if err != nil {
		return err
	}
	return r.send(ctx, s, "confirm", func(ctx context.Context, c *client.Client, name string) (*pb.Referral, error) {
		return c.Referrals.ConfirmReferral(ctx, &pb.ConfirmReferralRequest{
			Name: name, RequestId: r.id(), Etag: r.Etag,
			FollowUpReferral: resource("referrals", r.FollowUp), NoFollowUpReason: none,
		})
	})
}

// ReferralCancel takes it back.
type ReferralCancel struct {
	ReferralEvent

	Reason Word[pb.CancelReason_Value] `required:"" placeholder:"REASON" help:"CLIENT_REQUEST, NO_LONGER_NEEDED, SERVED_ELSEWHERE …"`
	Yes    bool                        `help:"Do not ask."`
}

// Run cancels.
func (r *ReferralCancel) Run(ctx context.Context, s Streams) error {
	if !r.Yes {
		if err := confirmed(s, r.Output, "cancel", r.ID); err != nil {
			return err
		}
	}
	return r.send(ctx, s, "cancel", func(ctx context.Context, c *client.Client, name string) (*pb.Referral, error) {
		return c.Referrals.CancelReferral(ctx, &pb.CancelReferralRequest{
			Name: name, RequestId: r.id(), Etag: r.Etag, Reason: r.Reason.Value,
		})
	})
}

// optional is a number of a flag that may be absent; 0 is absent, for no body has a measure of 0.
func optional(value float64) *float64 {
	if value == 0 {
		return nil
	}
	return proto.Float64(value)
}

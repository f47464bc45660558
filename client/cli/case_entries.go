package cli

import (
	"context"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// What is added to a case and never taken away.

// CaseMeasure records one measurement.
type CaseMeasure struct {
	CaseEntry

	On          string                     `required:"" placeholder:"YYYY-MM-DD" help:"Day of measuring."`
	Weight      float64                    `placeholder:"KG" help:"Weight, kg."`
	Length      float64                    `placeholder:"CM" help:"Length or height, cm."`
	Position    Word[pb.Position_Value]    `placeholder:"POSITION" help:"LYING or STANDING."`
	Muac        float64                    `placeholder:"CM" help:"LiLA, cm."`
	Head        float64                    `placeholder:"CM" help:"Head circumference, cm."`
	Oedema      bool                       `help:"Pitting oedema of both feet."`
	StatedTrend Word[pb.WeightTrend_Value] `placeholder:"TREND" help:"As the growth card says: GAINED, NOT_GAINED …"`
	NotPassed   bool                       `help:"KPSP: the development check was not passed."`
	By          string                     `placeholder:"NAME" help:"Who measured."`
	Corrects    string                     `placeholder:"MEASUREMENT" help:"Earlier measurement that this one corrects, measurements/…"`
}

// Run measures.
func (r *CaseMeasure) Run(ctx context.Context, s Streams) error {
	req := &pb.AddMeasurementRequest{Measurement: &pb.NewMeasurement{
		MeasuredOn: r.On, WeightKg: optional(r.Weight), LengthCm: optional(r.Length), Position: r.Position.Value,
		MuacCm: optional(r.Muac), HeadCm: optional(r.Head), Oedema: r.Oedema, StatedTrend: r.StatedTrend.Value,
		DevelopmentNotPassed: r.NotPassed, MeasuredBy: r.By, Corrects: resource("measurements", r.Corrects),
	}}
	return act(ctx, s, r.entry(), "case measure", req, pb.CaseServiceClient.AddMeasurement)
}

// CaseIncident adds an act of violence.
type CaseIncident struct {
	CaseEntry

	Path string `arg:"" name:"file" help:"JSON of an Incident; - is standard input."`
}

// Run adds.
func (r *CaseIncident) Run(ctx context.Context, s Streams) error {
	req := &pb.AddIncidentRequest{}
	return act(ctx, s, r.entry(), "case incident", req, pb.CaseServiceClient.AddIncident, bodyFrom(r.Path, &req.Incident))
}

// CaseNote adds a note.
type CaseNote struct {
	CaseEntry

	Kind     Word[pb.NoteKind_Value]            `placeholder:"KIND" help:"NOTE (if absent), SERVICE, CONTACT_ATTEMPT, SAFETY_CHECK, SCREENING or ASSESSMENT."`
	Text     string                             `placeholder:"FILE" help:"File with the text; - is standard input."`
	Service  Word[pb.ReferralServiceType_Value] `placeholder:"SERVICE" help:"SERVICE: which."`
	ServedOn string                             `placeholder:"YYYY-MM-DD" help:"SERVICE: day; today if absent."`
	Channel  Word[pb.ContactChannel_Value]      `placeholder:"CHANNEL" help:"CONTACT_ATTEMPT: IN_PERSON, PHONE, MESSAGE, VISIT or THIRD_PARTY."`
}

// Run adds.
func (r *CaseNote) Run(ctx context.Context, s Streams) error {
	req := &pb.AddNoteRequest{Kind: r.Kind.Value, Service: r.Service.Value, ServedOn: r.ServedOn, Channel: r.Channel.Value}
	return act(ctx, s, r.entry(), "case note", req, pb.CaseServiceClient.AddNote, textFrom(r.Text, &req.Text))
}

// CaseLegal adds a step of police or court.
type CaseLegal struct {
	CaseEntry

	Status Word[pb.LegalStatus_Value] `required:"" placeholder:"STATUS" help:"REPORTED_TO_POLICE, PROTECTION_ORDER, TRIAL, VERDICT …"`
	On     string                     `required:"" placeholder:"YYYY-MM-DD" help:"Day."`
	Text   string                     `placeholder:"FILE" help:"File with number of the report, court, what was decided; - is standard input."`
}

// Run adds.
func (r *CaseLegal) Run(ctx context.Context, s Streams) error {
	req := &pb.AddLegalStepRequest{Status: r.Status.Value, OccurredOn: r.On}
	return act(ctx, s, r.entry(), "case legal", req, pb.CaseServiceClient.AddLegalStep, textFrom(r.Text, &req.Text))
}

// CaseConsent records the client's answer. It is about being served; who may read is `disclosure`.
type CaseConsent struct {
	CaseEvent

	Answer Word[pb.ServiceConsentAnswer_Value] `required:"" placeholder:"ANSWER" help:"GIVEN, REFUSED, WITHDRAWN or NOT_ASKED."`
	By     Word[pb.ConsentGiver_Value]         `placeholder:"WHO" help:"SELF, GUARDIAN or AUTHORITY."`
	On     string                              `placeholder:"YYYY-MM-DD" help:"Day; today if absent."`
}

// Run records.
func (r *CaseConsent) Run(ctx context.Context, s Streams) error {
	req := &pb.RecordServiceConsentRequest{Answer: r.Answer.Value, By: r.By.Value, GivenOn: r.On}
	return act(ctx, s, r.event(), "case consent", req, pb.CaseServiceClient.RecordServiceConsent)
}

// CaseRefuseCare records that the client refuses the chain of care.
type CaseRefuseCare struct {
	CaseEvent

	Yes bool `help:"Do not ask, though open referrals on it end at once."`
}

// Run records.
func (r *CaseRefuseCare) Run(ctx context.Context, s Streams) error {
	return act(ctx, s, r.event(), "case refuse-care", &pb.RefuseCareRequest{}, pb.CaseServiceClient.RefuseCare,
		sure(r.Yes, r.Output, "refuse care for", r.ID))
}

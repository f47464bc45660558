package cli

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// fillings is how many filings the regency has before the story begins: enough that no list is empty, few enough that the
// first step comes at once.
const fillings = 60

// fill gives the regency a year behind it and a month of ordinary work, over the API like everybody's.
func (s *stage) fill(ctx context.Context, people *people) {
	if s.err != nil {
		return
	}
	start := time.Now()
	filed := s.past(ctx, people)
	s.clock.reach(recent)
	for i := range fillings {
		s.clock.pass((recent - begins) / fillings)
		work := daily[i%len(daily)]
		s.ordinary(ctx, people, work, false)
		if s.err != nil {
			s.err = fmt.Errorf("fill the regency: filing %d of %s: %w", i+1, work.unit, s.err)
			return
		}
	}
	took := time.Since(start).Round(10 * time.Millisecond)
	fmt.Fprintf(s.out, "A regency with %d filings of a month, made in %v with the %d of the year before.\n", fillings, took, filed)
}

// errand is one kind of ordinary filing.
type errand struct {
	unit, kecamatan string
	service         pb.ReferralServiceType_Value // 0: only a weighing
	receiver        string
}

var daily = []errand{
	{"POS-MELATI-3", "32.01.01", 0, ""},
	{"PKM-CIBINONG", "32.01.01", pb.ReferralServiceType_SPECIALIST_PEDIATRIC, "RSUD-CIBINONG"},
	{"POS-MELATI-3", "32.01.01", 0, ""},
	{"PKM-CITEUREUP", "32.01.03", pb.ReferralServiceType_SPECIALIST_PEDIATRIC, "RSUD-CIBINONG"},
	{"POS-MELATI-3", "32.01.01", 0, ""},
	{"DINSOS", "32.01.01", pb.ReferralServiceType_CASE_MANAGEMENT, "UPTD-PPA"},
}

// ordinary files one errand, and lets the receiver come some way with it, or all the way if it shall be done.
func (s *stage) ordinary(ctx context.Context, people *people, work errand, done bool) {
	var filer *actor
	var req *pb.FileReferralRequest
	switch {
	case work.service == 0:
		filer, req = s.app(ctx, work.unit), s.weighing(people, work)
	case work.receiver == "UPTD-PPA":
		filer, req = s.person(ctx, work.unit, "WORKER", 0), s.report(people, work)
	default:
		filer, req = s.person(ctx, work.unit, "WORKER", 0), s.weighing(people, work)
		req.Legs = []*pb.NewLeg{{Service: work.service, ReceiverUnit: "units/" + work.receiver}}
		req.Disclosures = []*pb.NewDisclosure{{Basis: pb.BasisKind_CARE}}
		req.NewCase = &pb.NewCase{Type: pb.CaseType_CHILD_NUTRITION_RISK, IntakeChannel: pb.IntakeChannel_GROWTH_SESSION}
	}
	filed := &pb.FileReferralResponse{}
	s.quietly(ctx, filer, "ReferralService/FileReferral", req, filed)
	if s.err != nil || work.receiver == "" {
		return
	}
	steps := wholeWay
	if !done {
		steps = people.chance.IntN(wholeWay + 1)
	}
	s.carry(ctx, steps, filed.GetLegs()[0].GetReferral(), filer, s.person(ctx, work.receiver, "WORKER", 0))
}

// wholeWay is how many steps there are from a leg that is sent to one that is closed.
const wholeWay = 5

// carry takes a leg some steps along its way, an hour each: 0 leaves it unread, all close it.
func (s *stage) carry(ctx context.Context, steps int, leg string, filer, officer *actor) {
	way := []struct {
		who    *actor
		method string
		req    proto.Message
	}{
		{officer, "AcknowledgeReferral", &pb.AcknowledgeReferralRequest{Name: leg}},
		{officer, "AcceptReferral", &pb.AcceptReferralRequest{Name: leg}},
		{officer, "RecordProgress", &pb.RecordProgressRequest{Name: leg, Kind: pb.ProgressKind_SERVED}},
		{officer, "ReportOutcome", &pb.ReportOutcomeRequest{Name: leg, Outcome: pb.Outcome_FULL, Summary: "Layanan selesai."}},
		{filer, "ConfirmReferral", &pb.ConfirmReferralRequest{Name: leg}},
	}
	for _, event := range way[:steps] {
		s.clock.pass(time.Hour)
		s.quietly(ctx, event.who, "ReferralService/"+event.method, event.req, &pb.Referral{})
	}
}

// quietly makes a call without a line in the transcript.
func (s *stage) quietly(ctx context.Context, who *actor, method string, req, answer proto.Message) {
	if s.err != nil {
		return
	}
	if err := s.call(ctx, who, method, req, answer); err != nil {
		s.fail(fmt.Errorf("%s: %w", method, err))
	}
}

func (s *stage) weighing(people *people, work errand) *pb.FileReferralRequest {
	months := 2 + people.chance.IntN(56)
	born := s.clock.now().In(wib).AddDate(0, -months, -people.chance.IntN(28)).Format(time.DateOnly)
	sex, names := pb.Sex_FEMALE, girlNames
	if people.chance.IntN(2) == 0 {
		sex, names = pb.Sex_MALE, boyNames
	}
	return &pb.FileReferralRequest{
		NewPerson:    people.child(sex, names, work.kecamatan, born),
		Measurements: []*pb.NewMeasurement{people.measured(months, s.clock.day(0))},
	}
}

func (s *stage) report(people *people, work errand) *pb.FileReferralRequest {
	req := s.survivorFiling(people.adult(work.kecamatan, 19+people.chance.IntN(35)), people.man())
	req.Incident.Chronology = "Diceritakan kepada petugas; rincian ada di berkas."
	req.Risk = &pb.Risk{Level: pb.RiskLevel_MEDIUM, Signs: []pb.RiskSign_Value{pb.RiskSign_ESCALATION}}
	req.Legs[0].Urgency = pb.Urgency_URGENT
	return req
}

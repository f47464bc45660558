package cli

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// days of the story.
const storyDay = 24 * time.Hour

// child tells of a girl who is too short for her age: the post sees it, the puskesmas names it, the hospital treats it and
// sends her back. What must hold is told at each step; what must not be seen, louder.
func (s *stage) child(ctx context.Context, people *people) {
	s.title("A. A stunted child: posyandu, puskesmas, hospital, and back")
	s.clock.reach(29 * storyDay)
	s.rest = true

	girl := people.girl("32.01.01", s.clock.day(-600))
	caseName := s.childIsFound(ctx, girl)
	s.stuntingIsNamed(ctx, caseName)
	s.planIsMade(ctx, caseName)
	leg := s.hospitalAsks(ctx, caseName, girl)
	s.hospitalTreats(ctx, caseName, leg, girl)
	s.postFollowsUp(ctx, girl)
	s.growthIsMonitored(ctx, caseName)
}

// childIsFound: the kader's app files what the scale and the board say; the puskesmas finds the case in its register.
func (s *stage) childIsFound(ctx context.Context, girl *pb.NewPerson) (caseName string) {
	app, nutritionist := s.app(ctx, "POS-MELATI-3"), s.person(ctx, "PKM-CIBINONG", "WORKER", 0)
	receipt := ask[*pb.FileReferralResponse](ctx, s, app, "ReferralService/FileReferral", &pb.FileReferralRequest{
		NewPerson: proto.CloneOf(girl),
		Measurements: []*pb.NewMeasurement{{
			MeasuredOn: s.clock.day(0), WeightKg: proto.Float64(8.4), LengthCm: proto.Float64(75.2), Position: pb.Position_LYING,
			StatedTrend: pb.WeightTrend_NOT_GAINED_TWICE,
		}},
		Legs: []*pb.NewLeg{{Service: pb.ReferralServiceType_NUTRITION_CONFIRMATION, ReceiverUnit: "units/PKM-CIBINONG"}},
	})
	s.holds(near(heightForAge(receipt.GetAssessments()), -2.4), "length for age is about -2.4")
	s.holds(len(receipt.GetLegs()) == 1 && receipt.GetLegs()[0].GetInside() && receipt.GetLegs()[0].GetDueTime() != nil,
		"post and puskesmas share a register: no referral, but a duty of the puskesmas with a due time")
	s.holds(receipt.GetPerson() == "" && receipt.GetCase() == "" && receipt.GetCaseNumber() == "",
		"the app's receipt names neither person nor case")

	s.clock.pass(2 * time.Hour)
	duties := ask[*pb.ListDutiesResponse](ctx, s, nutritionist, "DutyService/ListDuties", &pb.ListDutiesRequest{PageSize: 100})
	cases := ask[*pb.ListCasesResponse](ctx, s, nutritionist, "CaseService/ListCases", &pb.ListCasesRequest{Type: pb.CaseType_CHILD_NUTRITION_RISK, PageSize: 1})
	found := &pb.Case{}
	if len(cases.GetCases()) > 0 {
		found = cases.GetCases()[0]
	}
	s.holds(found.GetClient().GetFullName() == girl.GetName(), "the puskesmas finds %s among its cases", girl.GetName())
	s.holds(dutyOn(duties, found.GetName()) != nil, "and what it owes her stands in its duties")
	return found.GetName()
}

// stuntingIsNamed: a health worker measures again; only then may the word be used.
func (s *stage) stuntingIsNamed(ctx context.Context, caseName string) {
	nutritionist := s.person(ctx, "PKM-CIBINONG", "WORKER", 0)
	s.clock.pass(4*storyDay - 2*time.Hour)
	screened := ask[*pb.Case](ctx, s, nutritionist, "CaseService/ScreenCase", &pb.ScreenCaseRequest{Name: caseName})
	s.holds(screened.GetStatus() == pb.CaseStatus_SCREENING, "the case is in screening")
	again := ask[*pb.Measurement](ctx, s, nutritionist, "CaseService/AddMeasurement", &pb.AddMeasurementRequest{
		Name: caseName,
		Measurement: &pb.NewMeasurement{
			MeasuredOn: s.clock.day(0), WeightKg: proto.Float64(8.5), LengthCm: proto.Float64(75.6), Position: pb.Position_LYING,
		},
	})
	s.holds(near(again.GetAssessment().GetHeightForAge().GetZ(), -2.3) && again.GetByHealthWorker(),
		"measured again, by a health worker: about -2.3")
	assessed := ask[*pb.Case](ctx, s, nutritionist, "CaseService/AssessCase", &pb.AssessCaseRequest{
		Name: caseName, Note: "Panjang badan rendah pada dua pengukuran; nafsu makan kurang.",
	})
	s.holds(assessed.GetType() == pb.CaseType_CHILD_STUNTING, "two low measurements, the second by a health worker: now it is CHILD_STUNTING")
}

// planIsMade: from the assessment to a plan that the family agreed to, and service begins. A step without its ground is refused.
func (s *stage) planIsMade(ctx context.Context, caseName string) {
	nutritionist := s.person(ctx, "PKM-CIBINONG", "WORKER", 0)
	s.clock.pass(time.Hour)
	planned := ask[*pb.Case](ctx, s, nutritionist, "CaseService/PlanCase", &pb.PlanCaseRequest{
		Name: caseName, AgreedWithClient: true, Note: "Rujuk dokter anak; PKMK; timbang tiap bulan.",
		Services: []pb.ReferralServiceType_Value{pb.ReferralServiceType_SPECIALIST_PEDIATRIC, pb.ReferralServiceType_GROWTH_FOLLOW_UP},
	})
	s.holds(planned.GetStatus() == pb.CaseStatus_PLANNING && len(planned.GetServices()) == 2, "the plan names what the girl shall have")
	started := ask[*pb.Case](ctx, s, nutritionist, "CaseService/StartService", &pb.StartServiceRequest{Name: caseName})
	s.holds(started.GetStatus() == pb.CaseStatus_IN_SERVICE && started.GetDueTime() != nil, "service has started, with a due time for the next note")
	refused[*pb.Case](ctx, s, nutritionist, "CaseService/MonitorCase", &pb.MonitorCaseRequest{Name: caseName}, pb.ErrorReason_SERVICE_MISSING,
		"nobody has served her yet: there is nothing to monitor")
}

// hospitalAsks: the hospital decides without a name. What it must know it asks in codes, and then the sender owes the answer.
func (s *stage) hospitalAsks(ctx context.Context, caseName string, girl *pb.NewPerson) (leg string) {
	nutritionist, doctor := s.person(ctx, "PKM-CIBINONG", "WORKER", 0), s.person(ctx, "RSUD-CIBINONG", "WORKER", 0)
	s.clock.pass(time.Hour)
	filed := ask[*pb.FileReferralResponse](ctx, s, nutritionist, "ReferralService/FileReferral", &pb.FileReferralRequest{
		Case: caseName,
		Legs: []*pb.NewLeg{{
			Service: pb.ReferralServiceType_SPECIALIST_PEDIATRIC, ReceiverUnit: "units/RSUD-CIBINONG",
			Question: "Mohon pemeriksaan penyebab dan tata laksana.",
		}},
		Disclosures: []*pb.NewDisclosure{{Basis: pb.BasisKind_CARE}},
	})
	leg = s.sent(filed)
	s.owed(ctx, leg, pb.DutyName_ACKNOWLEDGE, doctor, nutritionist)

	s.clock.pass(3 * time.Hour)
	inbox := ask[*pb.ListReferralsResponse](ctx, s, doctor, "ReferralService/ListReferrals", &pb.ListReferralsRequest{
		Direction: pb.ListReferralsRequest_Direction_INBOX, PageSize: 1,
	})
	s.holds(len(inbox.GetReferrals()) == 1 && inbox.GetReferrals()[0].GetName() == leg, "it stands first in the hospital's inbox")
	s.untold(inbox, girl.GetName(), girl.GetMother().GetName(), caseName)
	asked := ask[*pb.Referral](ctx, s, doctor, "ReferralService/RequestInfo", &pb.RequestInfoRequest{
		Name: leg, Questions: []pb.InfoQuestion_Value{pb.InfoQuestion_PREVIOUS_SERVICE, pb.InfoQuestion_COMPANION},
	})
	s.untold(asked, girl.GetName(), girl.GetMother().GetName(), caseName)
	s.owed(ctx, leg, pb.DutyName_ANSWER, nutritionist, doctor)
	s.clock.pass(time.Hour)
	ask[*pb.Referral](ctx, s, nutritionist, "ReferralService/ProvideInfo", &pb.ProvideInfoRequest{Name: leg, Answers: []*pb.InfoAnswer{
		{Question: pb.InfoQuestion_PREVIOUS_SERVICE, Reply: pb.YesNo_NO}, {Question: pb.InfoQuestion_COMPANION, Reply: pb.YesNo_YES},
	}})
	s.owed(ctx, leg, pb.DutyName_DECIDE, doctor, nutritionist)
	return leg
}

// hospitalTreats: the closed loop in full. The doctor reads the girl's file once she took it, and the sender hears the end.
func (s *stage) hospitalTreats(ctx context.Context, caseName, leg string, girl *pb.NewPerson) {
	nutritionist, doctor := s.person(ctx, "PKM-CIBINONG", "WORKER", 0), s.person(ctx, "RSUD-CIBINONG", "WORKER", 0)
	taken := ask[*pb.Referral](ctx, s, doctor, "ReferralService/AcceptReferral", &pb.AcceptReferralRequest{Name: leg})
	s.holds(taken.GetClient().GetFullName() == girl.GetName() && len(taken.GetMeasurements()) == 2,
		"the officer who took it reads the name and both measurements")
	s.untold(taken, caseName)
	s.owed(ctx, leg, pb.DutyName_FIRST_SERVICE, doctor, nutritionist)

	s.clock.pass(5 * storyDay)
	ask[*pb.Referral](ctx, s, doctor, "ReferralService/RecordProgress", &pb.RecordProgressRequest{
		Name: leg, Kind: pb.ProgressKind_SERVED, Note: "Diperiksa dokter spesialis anak.", StuntingDiagnosis: pb.StuntingDiagnosis_CONFIRMED,
	})
	s.clock.pass(6 * storyDay)
	ask[*pb.Referral](ctx, s, doctor, "ReferralService/ReportOutcome", &pb.ReportOutcomeRequest{
		Name: leg, Outcome: pb.Outcome_FULL, Summary: "Stunting. PKMK tiga bulan, kontrol bulanan di posyandu.",
	})
	s.owed(ctx, leg, pb.DutyName_CONFIRM, nutritionist, doctor)
	s.clock.pass(storyDay)
	closed := ask[*pb.Referral](ctx, s, nutritionist, "ReferralService/ConfirmReferral", &pb.ConfirmReferralRequest{Name: leg})
	s.holds(closed.GetState() == pb.ReferralState_CLOSED && closed.GetSummary() != "" && diagnosed(closed) == pb.StuntingDiagnosis_CONFIRMED,
		"the sender reads the summary and the doctor's word on it, and closes it: the loop is closed")
	s.settled(ctx, leg, nutritionist, doctor)
}

// diagnosed is what the hospital says of a low length for age.
func diagnosed(leg *pb.Referral) (word pb.StuntingDiagnosis_Value) {
	for _, p := range leg.GetProgress() {
		word = max(word, p.GetStuntingDiagnosis())
	}
	return word
}

// postFollowsUp: from its own case the hospital sends her back to the post near her home.
func (s *stage) postFollowsUp(ctx context.Context, girl *pb.NewPerson) {
	doctor, midwife := s.person(ctx, "RSUD-CIBINONG", "WORKER", 0), s.person(ctx, "POS-MELATI-3", "WORKER", 0)
	s.clock.pass(time.Hour)
	filed := ask[*pb.FileReferralResponse](ctx, s, doctor, "ReferralService/FileReferral", &pb.FileReferralRequest{
		NewPerson: proto.CloneOf(girl),
		Measurements: []*pb.NewMeasurement{{
			MeasuredOn: s.clock.day(0), WeightKg: proto.Float64(8.9), LengthCm: proto.Float64(76.1), Position: pb.Position_LYING,
		}},
		Legs:        []*pb.NewLeg{{Service: pb.ReferralServiceType_GROWTH_FOLLOW_UP, ReceiverUnit: "units/POS-MELATI-3", Question: "Timbang tiap bulan, PKMK sampai tiga bulan."}},
		Disclosures: []*pb.NewDisclosure{{Basis: pb.BasisKind_CARE}},
	})
	leg := s.sent(filed)
	s.clock.pass(2 * storyDay)
	taken := ask[*pb.Referral](ctx, s, midwife, "ReferralService/AcceptReferral", &pb.AcceptReferralRequest{Name: leg})
	s.holds(taken.GetClient().GetFullName() == girl.GetName(), "the village midwife knows whom to visit")
	s.owed(ctx, leg, pb.DutyName_FIRST_SERVICE, midwife, doctor)
	s.clock.pass(5 * storyDay)
	ask[*pb.Referral](ctx, s, midwife, "ReferralService/RecordProgress", &pb.RecordProgressRequest{Name: leg, Kind: pb.ProgressKind_SERVED})
	ask[*pb.Referral](ctx, s, midwife, "ReferralService/ReportOutcome", &pb.ReportOutcomeRequest{
		Name: leg, Outcome: pb.Outcome_FULL, Summary: "Berat naik 300 g; keluarga melanjutkan PKMK.",
	})
	s.clock.pass(storyDay)
	closed := ask[*pb.Referral](ctx, s, doctor, "ReferralService/ConfirmReferral", &pb.ConfirmReferralRequest{Name: leg})
	s.holds(closed.GetState() == pb.ReferralState_CLOSED, "and back: closed")
	s.settled(ctx, leg, doctor, midwife)
}

// growthIsMonitored: she was served, so the puskesmas now follows her growth, and her whole way stands in one timeline.
func (s *stage) growthIsMonitored(ctx context.Context, caseName string) {
	nutritionist := s.person(ctx, "PKM-CIBINONG", "WORKER", 0)
	s.clock.pass(time.Hour)
	monitored := ask[*pb.Case](ctx, s, nutritionist, "CaseService/MonitorCase", &pb.MonitorCaseRequest{Name: caseName})
	s.holds(monitored.GetStatus() == pb.CaseStatus_MONITORING && monitored.GetDuty() == pb.DutyName_FOLLOW_UP && monitored.GetDueTime() != nil,
		"the case is in monitoring, and the next follow-up is due")
	told := ask[*pb.ListTimelineResponse](ctx, s, nutritionist, "CaseService/ListTimeline", &pb.ListTimelineRequest{Name: caseName, PageSize: 100})
	s.holds(events(told, "screen", "assess", "plan", "startService", "monitor"), "its timeline tells the whole way, from first report to monitoring")
}

// events tells whether a timeline, newest first, has these events in this order.
func events(told *pb.ListTimelineResponse, want ...string) bool {
	for _, entry := range slices.Backward(told.GetEntries()) {
		if len(want) > 0 && entry.GetEvent() == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}

// sent gives the leg of a filing that asked one service of another register.
func (s *stage) sent(filed *pb.FileReferralResponse) (leg string) {
	ok := len(filed.GetLegs()) == 1 && filed.GetLegs()[0].GetReferral() != ""
	s.holds(ok && filed.GetLegs()[0].GetState() == pb.ReferralState_SENT && filed.GetLegs()[0].GetDueTime() != nil,
		"sent, with a unit that owes the next step and a due time")
	if !ok {
		return ""
	}
	return filed.GetLegs()[0].GetReferral()
}

// owed asks both sides what is due: the one who owes must find it, the other must not owe it too.
func (s *stage) owed(ctx context.Context, leg string, duty pb.DutyName_Value, debtor, other *actor) {
	mine := dutyOn(s.duties(ctx, debtor), leg)
	theirs := dutyOn(s.duties(ctx, other), leg)
	if s.err != nil {
		return
	}
	s.holds(mine.GetDuty() == duty && s.units[mine.GetUnit()] == debtor.unit && theirs == nil,
		"%s owes %s on %s by %s; %s owes nothing on it", debtor.unit, duty, mine.GetNumber(),
		mine.GetDueTime().AsTime().In(wib).Format("02 Jan 15.04"), other.unit)
}

// settled: a closed leg is owed by nobody.
func (s *stage) settled(ctx context.Context, leg string, actors ...*actor) {
	for _, a := range actors {
		owed := dutyOn(s.duties(ctx, a), leg)
		s.holds(owed == nil, "%s owes nothing on it any more", a.unit)
	}
}

// duties reads all that the actor's unit owes, without a line in the transcript.
func (s *stage) duties(ctx context.Context, a *actor) *pb.ListDutiesResponse {
	all := &pb.ListDutiesResponse{}
	if s.err != nil {
		return all
	}
	for duty, err := range a.client.AllDuties(ctx, &pb.ListDutiesRequest{Scope: pb.ListDutiesRequest_Scope_UNIT}) {
		if err != nil {
			s.fail(err)
			return all
		}
		all.Duties = append(all.Duties, duty)
	}
	return all
}

func dutyOn(duties *pb.ListDutiesResponse, name string) *pb.Duty {
	for _, duty := range duties.GetDuties() {
		if duty.GetName() == name {
			return duty
		}
	}
	return nil
}

// untold: none of the secrets stands anywhere in an answer.
func (s *stage) untold(answer proto.Message, secrets ...string) {
	if s.err == nil {
		s.holds(!s.tells(answer, secrets), "it tells none of: %s", shorten(strings.Join(secrets, " · ")))
	}
}

func (s *stage) tells(answer proto.Message, secrets []string) bool {
	text, err := compactJSON(answer)
	if err != nil {
		s.fail(err)
		return true
	}
	return slices.ContainsFunc(secrets, func(secret string) bool {
		return secret == "" || strings.Contains(string(text), secret) // nothing to look for would prove nothing
	})
}

func heightForAge(all []*pb.Assessment) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	return all[0].GetHeightForAge().GetZ()
}

func near(z, want float64) bool { return math.Abs(z-want) <= 0.05 }

package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// survivor tells of a woman who asks for help at the puskesmas. The protection unit learns what she agreed to and no more;
// the colleague at the next desk and the kader, her neighbour, learn nothing, not even that there is something.
func (s *stage) survivor(ctx context.Context, people *people) {
	s.title("B. A survivor: puskesmas to UPTD PPA, and nobody else")
	s.clock.reach(8 * time.Hour)
	s.rest = false

	woman, husband := people.adult("32.01.01", 31), people.man()
	midwife, officer := s.person(ctx, "PKM-CIBINONG", "WORKER", 1), s.person(ctx, "UPTD-PPA", "WORKER", 0)
	filed := ask[*pb.FileReferralResponse](ctx, s, midwife, "ReferralService/FileReferral", s.survivorFiling(woman, husband))
	leg := s.sent(filed)
	s.holds(filed.GetCase() != "" && filed.GetCaseNumber() != "", "the midwife, who filed, reads the case")
	s.owed(ctx, leg, pb.DutyName_ACKNOWLEDGE, officer, midwife)

	s.nobodyAnswers(ctx, filed, leg, woman, husband)

	s.clock.pass(5 * time.Minute)
	inbox := ask[*pb.ListReferralsResponse](ctx, s, officer, "ReferralService/ListReferrals", &pb.ListReferralsRequest{PageSize: 1})
	s.holds(onlyTheLeast(inbox, leg), "before it accepts, the unit knows service, urgency, due time, sex and age band")
	s.untold(inbox, woman.GetName(), husband, chronology, filed.GetCase(), filed.GetCaseNumber(), "DOMESTIC_VIOLENCE")
	taken := ask[*pb.Referral](ctx, s, officer, "ReferralService/AcceptReferral", &pb.AcceptReferralRequest{Name: leg})
	s.holds(taken.GetClient().GetFullName() == woman.GetName() && told(taken) == chronology && taken.GetRisk().GetLevel() == pb.RiskLevel_HIGH,
		"the officer who took it reads what she agreed to: name, chronology, danger")
	s.untold(taken, filed.GetCase(), filed.GetCaseNumber())
	s.owed(ctx, leg, pb.DutyName_FIRST_SERVICE, officer, midwife)

	s.nobodyElse(ctx, filed, leg, woman, husband)

	s.clock.pass(time.Hour)
	ask[*pb.Referral](ctx, s, officer, "ReferralService/RecordProgress", &pb.RecordProgressRequest{
		Name: leg, Kind: pb.ProgressKind_SERVED, Note: "Rencana keamanan dibuat bersama klien.",
	})
	s.clock.pass(4 * time.Hour)
	ask[*pb.Referral](ctx, s, officer, "ReferralService/ReportOutcome", &pb.ReportOutcomeRequest{
		Name: leg, Outcome: pb.Outcome_FULL, Summary: "Pendampingan berjalan; klien aman.",
	})
	s.owed(ctx, leg, pb.DutyName_CONFIRM, midwife, officer)
	closed := ask[*pb.Referral](ctx, s, midwife, "ReferralService/ConfirmReferral", &pb.ConfirmReferralRequest{Name: leg})
	s.holds(closed.GetState() == pb.ReferralState_CLOSED, "closed")
	s.settled(ctx, leg, midwife, officer)

	s.sheTakesItBack(ctx, filed.GetCase(), woman, husband)
}

const chronology = "Dipukul di dapur pada malam hari, lalu diancam akan dibunuh."

func (s *stage) survivorFiling(woman *pb.NewPerson, husband string) *pb.FileReferralRequest {
	return &pb.FileReferralRequest{
		NewPerson: proto.CloneOf(woman),
		NewCase:   &pb.NewCase{Type: pb.CaseType_DOMESTIC_VIOLENCE, IntakeChannel: pb.IntakeChannel_IN_PERSON},
		Incident: &pb.Incident{
			OccurredOn: s.clock.day(-1), Forms: []pb.ViolenceForm_Value{pb.ViolenceForm_PHYSICAL}, Place: pb.IncidentPlace_HOUSEHOLD,
			Chronology: chronology,
			Pairs:      []*pb.Pair{{Perpetrator: husband, Relation: pb.Relation_HUSBAND, Cohabiting: pb.YesNo_YES}},
		},
		Risk: &pb.Risk{Signs: []pb.RiskSign_Value{pb.RiskSign_THREAT_TO_KILL}, Level: pb.RiskLevel_HIGH},
		Legs: []*pb.NewLeg{{
			Service: pb.ReferralServiceType_CASE_MANAGEMENT, Urgency: pb.Urgency_EMERGENCY, ReceiverUnit: "units/UPTD-PPA",
		}},
		Disclosures: []*pb.NewDisclosure{{
			Basis: pb.BasisKind_CONSENT, Giver: pb.ConsentGiver_SELF, Method: pb.ConsentMethod_SPOKEN, ExplainedBy: "bidan",
			Purpose: "Pendampingan oleh UPTD PPA",
			Classes: []pb.Class{pb.Class_F0, pb.Class_F1, pb.Class_F2},
			Fields: []pb.NamedField_Value{
				pb.NamedField_CHRONOLOGY, pb.NamedField_FORMS, pb.NamedField_PAIRS, pb.NamedField_RISK,
			},
		}},
	}
}

// onlyTheLeast: the inbox has the leg with what a unit needs to decide on it.
func onlyTheLeast(inbox *pb.ListReferralsResponse, leg string) bool {
	if len(inbox.GetReferrals()) != 1 {
		return false
	}
	r := inbox.GetReferrals()[0]
	return r.GetName() == leg && r.GetService() == pb.ReferralServiceType_CASE_MANAGEMENT && r.GetDueTime() != nil &&
		r.GetClientSex() == pb.Sex_FEMALE && r.GetClientAgeBand() == pb.AgeBand_AGE_25_44 &&
		r.GetClient().GetFullName() == "" && len(r.GetIncidents()) == 0 && r.GetRisk() == nil
}

func told(leg *pb.Referral) string {
	if len(leg.GetIncidents()) == 0 {
		return ""
	}
	return leg.GetIncidents()[0].GetChronology()
}

// nobodyAnswers: the unit that was asked sleeps. The office above learns at a known minute which unit owes what, with no word of
// the woman, and reminds it; to an office that does not oversee it there is nothing.
func (s *stage) nobodyAnswers(ctx context.Context, filed *pb.FileReferralResponse, leg string, woman *pb.NewPerson, husband string) {
	head, officer := s.person(ctx, "DP3AP2KB", "SUPERVISOR", 0), s.person(ctx, "UPTD-PPA", "WORKER", 0)
	early := s.overseen(ctx, head)
	s.holds(s.err != nil || dutyOn(early, leg) == nil, "in time, the office above the protection unit learns nothing")
	s.clock.pass(50 * time.Minute)
	late := ask[*pb.ListDutiesResponse](ctx, s, head, "DutyService/ListDuties", &pb.ListDutiesRequest{
		Scope: pb.ListDutiesRequest_Scope_OVERSEEN, PageSize: 100,
	})
	s.holds(dutyOn(late, leg).GetEscalationLevel() >= 2, "nobody has answered for 50 minutes: now the office above is told which unit is late")
	s.untold(late, woman.GetName(), husband, chronology, filed.GetCase(), filed.GetCaseNumber(), "DOMESTIC_VIOLENCE", "CASE_MANAGEMENT")
	reminded := ask[*pb.Referral](ctx, s, head, "ReferralService/RemindReferral", &pb.RemindReferralRequest{
		Name: leg, Reason: "Belum ada jawaban; mohon segera ditangani oleh petugas jaga.",
	})
	s.untold(reminded, woman.GetName(), husband, chronology, filed.GetCase(), filed.GetCaseNumber(), "DOMESTIC_VIOLENCE", "CASE_MANAGEMENT")
	refused[*pb.Referral](ctx, s, s.person(ctx, "DINKES", "SUPERVISOR", 0), "ReferralService/RemindReferral", &pb.RemindReferralRequest{
		Name: leg, Reason: "Belum ada jawaban; mohon segera ditangani oleh petugas jaga.",
	}, pb.ErrorReason_NOT_FOUND, hidden)
	notices := ask[*pb.ListNoticesResponse](ctx, s, officer, "ReviewService/ListNotices", &pb.ListNoticesRequest{PageSize: 5})
	s.holds(slices.ContainsFunc(notices.GetNotices(), func(n *pb.Notice) bool {
		return n.GetKind() == pb.NoticeKind_REMINDER && n.GetName() == leg
	}), "the protection unit is told that it was reminded")
	s.untold(notices, woman.GetName(), husband, "Belum ada jawaban")
}

// overseen reads what the units below are late with, without a line in the transcript.
func (s *stage) overseen(ctx context.Context, a *actor) *pb.ListDutiesResponse {
	answer := &pb.ListDutiesResponse{}
	if s.err != nil {
		return answer
	}
	for duty, err := range a.client.AllDuties(ctx, &pb.ListDutiesRequest{Scope: pb.ListDutiesRequest_Scope_OVERSEEN}) {
		if err != nil {
			s.fail(err)
			return answer
		}
		answer.Duties = append(answer.Duties, duty)
	}
	return answer
}

// sheTakesItBack: she agreed that the police may know, and then she does not any more. From that moment they read nothing.
func (s *stage) sheTakesItBack(ctx context.Context, caseName string, woman *pb.NewPerson, husband string) {
	midwife, police := s.person(ctx, "PKM-CIBINONG", "WORKER", 1), s.person(ctx, "POLRES-PPA", "WORKER", 0)
	consent := s.survivorFiling(woman, husband).GetDisclosures()[0]
	consent.Purpose = "Laporan kepada Unit PPA Polres"
	filed := ask[*pb.FileReferralResponse](ctx, s, midwife, "ReferralService/FileReferral", &pb.FileReferralRequest{
		Case:        caseName,
		Legs:        []*pb.NewLeg{{Service: pb.ReferralServiceType_LAW_ENFORCEMENT, Urgency: pb.Urgency_URGENT, ReceiverUnit: "units/POLRES-PPA"}},
		Disclosures: []*pb.NewDisclosure{consent},
	})
	leg := s.sent(filed)
	taken := ask[*pb.Referral](ctx, s, police, "ReferralService/AcceptReferral", &pb.AcceptReferralRequest{Name: leg})
	s.holds(taken.GetClient().GetFullName() == woman.GetName() && taken.GetDisclosure() != "", "the policewoman who took it reads what she agreed to")
	s.clock.pass(10 * time.Minute)
	withdrawn := ask[*pb.Disclosure](ctx, s, midwife, "CaseService/WithdrawDisclosure", &pb.WithdrawDisclosureRequest{Name: taken.GetDisclosure()})
	s.holds(withdrawn.GetWithdrawTime() != nil && !withdrawn.GetInForce(), "on her word the consent ends at once, and needs no form")
	after := ask[*pb.Referral](ctx, s, police, "ReferralService/GetReferral", &pb.GetReferralRequest{Name: leg})
	s.holds(after.GetState() == pb.ReferralState_CANCELLED && after.GetCancelReason() == pb.CancelReason_CONSENT_WITHDRAWN, "the referral on it has ended with it")
	s.untold(after, woman.GetName(), husband, chronology, caseName)
	s.settled(ctx, leg, midwife, police)
}

const hidden = "to this caller it does not exist"

// nobodyElse: by id, by number and in lists, the case is not there, for the colleague and for the kader alike.
func (s *stage) nobodyElse(ctx context.Context, filed *pb.FileReferralResponse, leg string, woman *pb.NewPerson, husband string) {
	colleague, kader := s.person(ctx, "PKM-CIBINONG", "WORKER", 0), s.person(ctx, "POS-MELATI-3", "INTAKE", 0)
	for _, who := range []*actor{colleague, kader} {
		refused[*pb.Case](ctx, s, who, "CaseService/GetCase", &pb.GetCaseRequest{Name: filed.GetCase()}, pb.ErrorReason_NOT_FOUND, hidden)
		refused[*pb.Case](ctx, s, who, "CaseService/GetCase", &pb.GetCaseRequest{Name: "cases/" + filed.GetCaseNumber()}, pb.ErrorReason_NOT_FOUND, hidden)
		refused[*pb.Referral](ctx, s, who, "ReferralService/GetReferral", &pb.GetReferralRequest{Name: leg}, pb.ErrorReason_NOT_FOUND, hidden)
		s.absent(ctx, who, filed.GetCase(), filed.GetCaseNumber(), leg, woman.GetName(), husband, "DOMESTIC_VIOLENCE")
	}
	peer := s.person(ctx, "UPTD-PPA", "WORKER", 1)
	seen := ask[*pb.Referral](ctx, s, peer, "ReferralService/GetReferral", &pb.GetReferralRequest{Name: leg})
	s.untold(seen, woman.GetName(), husband, chronology)
}

// absent reads every list to its end; none may hold a trace.
func (s *stage) absent(ctx context.Context, who *actor, secrets ...string) {
	if s.err != nil {
		return
	}
	lists := &pb.ListCasesResponse{}
	for c, err := range who.client.AllCases(ctx, &pb.ListCasesRequest{Closed: true}) {
		if err != nil {
			s.fail(err)
			return
		}
		lists.Cases = append(lists.Cases, c)
	}
	sent := &pb.ListReferralsResponse{}
	for r, err := range who.client.AllReferrals(ctx, &pb.ListReferralsRequest{Direction: pb.ListReferralsRequest_Direction_OUTBOX}) {
		if err != nil {
			s.fail(err)
			return
		}
		sent.Referrals = append(sent.Referrals, r)
	}
	told := s.tells(lists, secrets) || s.tells(sent, secrets) || s.tells(s.duties(ctx, who), secrets)
	s.holds(!told, "its lists of cases, referrals and duties, read to the end, tell none of: %s", shorten(strings.Join(secrets, " · ")))
}

package cli

import (
	"context"
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

	s.clock.pass(10 * time.Minute)
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

// nobodyElse: by id, by number and in lists, the case is not there, for the colleague and for the kader alike.
func (s *stage) nobodyElse(ctx context.Context, filed *pb.FileReferralResponse, leg string, woman *pb.NewPerson, husband string) {
	colleague, kader := s.person(ctx, "PKM-CIBINONG", "WORKER", 0), s.person(ctx, "POS-MELATI-3", "INTAKE", 0)
	for _, who := range []*actor{colleague, kader} {
		refused[*pb.Case](ctx, s, who, "CaseService/GetCase", &pb.GetCaseRequest{Name: filed.GetCase()}, pb.ErrorReason_NOT_FOUND)
		refused[*pb.Case](ctx, s, who, "CaseService/GetCase", &pb.GetCaseRequest{Name: "cases/" + filed.GetCaseNumber()}, pb.ErrorReason_NOT_FOUND)
		refused[*pb.Referral](ctx, s, who, "ReferralService/GetReferral", &pb.GetReferralRequest{Name: leg}, pb.ErrorReason_NOT_FOUND)
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

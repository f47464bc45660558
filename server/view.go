package server

import (
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// This file, its view_ neighbours and mask.go are the only exit: domain values become messages here and nowhere else (a test holds
// that), and what is about a person only with a Grant in hand. A view fills what its grant opens, then clears by reflection whatever no class of the grant shows, so that a field forgotten here
// is a field not shown.

func sightOf(g access.Grant) sight { return sight{g.Mask(), g.Named()} }

// opens tells whether a consent names a field that the classes keep shut.
func (s sight) opens(field pb.NamedField_Value, classes access.Mask) bool {
	return s.shows(fieldClass{bits: classes, named: field})
}

// legDetails is what of a leg is opened on demand; a list has none.
type legDetails struct {
	person       casework.Person
	texts        bool // question, summary and override are opened in the leg
	progress     []casework.Progress
	measurements []casework.Measurement
	incidents    []casework.Incident
	content      casework.CaseContent
	note         *store.Note
	next         casework.LegID     // that took the place of a forwarded one
	dutyOfficer  casework.AccountID // of the unit that owes, for who oversees it
}

// viewReferral makes the message of a leg. A grant of another leg shows nothing.
func (s *Server) viewReferral(g access.Grant, f *store.LegFile, d legDetails, actions []string, sender bool, now time.Time) *pb.Referral {
	m := &pb.Referral{}
	if g.Leg() != f.Leg.ID || g.Case() != f.Case.ID {
		return m
	}
	sight := sightOf(g)
	s.fillLeg(m, f, now)
	m.AllowedActions = actions
	s.hideShelter(m, f, sender)
	if sender {
		m.Case = caseName(f.Case.ID)
	} else if f.Leg.ReceiverCase != (casework.CaseID{}) {
		m.Case = caseName(f.Leg.ReceiverCase)
	}
	m.NextReferral, m.DutyOfficer = legName(d.next), accountName(d.dutyOfficer)
	s.fillTexts(m, f, d, sight)
	m.Client = s.viewPerson(d.person, now)
	m.Measurements = s.viewMeasurements(d.measurements, d.person)
	m.Incidents = viewIncidents(d.incidents)
	m.Risk = viewRisk(d.content.Risk)
	if !g.Shows(access.F1Own) {
		s.viewLate(m, f)
	}
	sight.clear(m.ProtoReflect())
	return m
}

// fillLeg fills what follows from the row of the leg and its duty.
func (s *Server) fillLeg(m *pb.Referral, f *store.LegFile, now time.Time) {
	l := f.Leg
	m.Name, m.Number, m.Etag = legName(l.ID), l.Number, etag(l.Revision)
	m.Service = enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, l.Service)
	m.Urgency = enum[pb.Urgency_Value](pb.Urgency_Value_value, l.Urgency)
	m.State = enum[pb.ReferralState_Value](pb.ReferralState_Value_value, l.State)
	m.SenderUnit, m.ReceiverUnit = unitName(l.Sender), unitName(l.Receiver)
	m.Officer = accountName(l.Officer)
	m.ClientSex, m.ClientAgeBand = 0, 0 // by the person, below
	m.SentTime, m.AcknowledgeTime, m.AcceptTime = timestamp(l.Sent), timestamp(l.Acknowledged), timestamp(l.Accepted)
	m.FirstServedOn, m.ReportTime, m.EndTime = dateText(l.ServedOn), timestamp(l.Reported), timestamp(l.Ended)
	m.DeclineReason = enum[pb.DeclineReason_Value](pb.DeclineReason_Value_value, l.DeclineReason)
	m.SuggestedUnit = unitName(l.SuggestedUnit)
	m.CancelReason = enum[pb.CancelReason_Value](pb.CancelReason_Value_value, l.CancelReason)
	m.Outcome = enum[pb.Outcome_Value](pb.Outcome_Value_value, l.Outcome)
	m.OutcomeReason = enum[pb.OutcomeReason_Value](pb.OutcomeReason_Value_value, l.OutcomeReason)
	m.UnmetServices = enums[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, l.Unmet)
	m.FollowUpReferral = legName(l.FollowUp)
	m.Unconfirmed = l.Unconfirmed
	s.fillChain(m, f)
	m.InfoRounds, m.NoShowCount, m.ReopenCount = int32(l.InfoRounds), int32(l.NoShows), int32(l.Reopens)
	m.Questions = enums[pb.InfoQuestion_Value](pb.InfoQuestion_Value_value, l.Questions)
	m.ExpectedOn, m.AppointmentTime = dateText(l.ExpectedOn), timestamp(l.Appointment)
	m.Basis = enum[pb.BasisKind_Value](pb.BasisKind_Value_value, f.Basis.Kind)
	m.BasisExpireTime, m.Disclosure = timestamp(f.Basis.Expires), disclosureName(l.Disclosure)
	if d := f.Duty; !d.Due.IsZero() {
		m.AccountableUnit = unitName(d.Unit)
		m.Duty = enum[pb.DutyName_Value](pb.DutyName_Value_value, d.Name)
		m.DueTime, m.LegalDueTime = timestamp(d.Due), timestamp(d.Legal)
		m.EscalationLevel, m.Overdue = int32(d.Level(now)), d.Overdue(now)
		m.Level2Time, m.Level3Time, m.LapseTime = timestamp(d.Level2), timestamp(d.Level3), timestamp(d.Lapse)
	}
}

// fillChain says how the leg came here, and whether its receiver works by letter.
func (s *Server) fillChain(m *pb.Referral, f *store.LegFile) {
	l := f.Leg
	m.Hop, m.ForwardedByUnit = int32(l.Hop), unitName(l.ForwardedBy)
	m.RootReferral, m.PreviousReferral, m.StartsAfterReferral = legName(l.Root), legName(l.Previous), legName(l.After)
	m.ByLetter = f.ByLetter
}

// fillTexts fills what people wrote, each by the sector of its author, or where a consent names it.
func (s *Server) fillTexts(m *pb.Referral, f *store.LegFile, d legDetails, sight sight) {
	m.ClientSex = enum[pb.Sex_Value](pb.Sex_Value_value, d.person.Sex)
	m.ClientAgeBand = ageBand(d.person.Identity.BirthDate, casework.DateOf(s.now()))
	bySender, byReceiver := s.authorClass(f.Leg.Sender), s.authorClass(f.Leg.Receiver)
	if d.texts && sight.opens(pb.NamedField_QUESTION, bySender) {
		m.Question = f.Leg.Request.Question
	}
	if d.texts && sight.mask&bySender != 0 {
		m.ReopenReason, m.NoFollowUpReason = f.Leg.Request.ReopenReason, f.Leg.Request.NoFollowUpReason
	}
	if d.texts && sight.mask&byReceiver != 0 {
		m.Summary = f.Leg.Report.Summary
	}
	m.OfficerName = f.Leg.Report.OfficerName
	m.Answers = viewAnswers(f.Leg.Request.Answers, sight.opens(pb.NamedField_QUESTION, bySender))
	if d.note != nil && sight.opens(pb.NamedField_NOTE, d.note.Class) {
		m.Note = d.note.Text
	}
	for _, p := range d.progress {
		entry := &pb.Progress{
			Kind:       enum[pb.ProgressKind_Value](pb.ProgressKind_Value_value, p.Kind),
			RecordTime: timestamp(p.Recorded), Channel: enum[pb.ContactChannel_Value](pb.ContactChannel_Value_value, p.Channel),
			ExpectedOn: dateText(p.ExpectedOn), AppointmentTime: timestamp(p.Appointment), ServedOn: dateText(p.ServedOn),
			HeardBy:           enum[pb.HeardBy_Value](pb.HeardBy_Value_value, p.HeardBy),
			StuntingDiagnosis: enum[pb.StuntingDiagnosis_Value](pb.StuntingDiagnosis_Value_value, p.Diagnosis),
		}
		if sight.mask&byReceiver != 0 {
			entry.Note = p.Note
		}
		m.Progress = append(m.Progress, entry)
	}
}

// viewAnswers makes the answers to a receiver's questions; what was written beside the codes is the sender's text.
func viewAnswers(answers []casework.InfoAnswer, texts bool) []*pb.InfoAnswer {
	var all []*pb.InfoAnswer
	for _, a := range answers {
		m := &pb.InfoAnswer{
			Question: enum[pb.InfoQuestion_Value](pb.InfoQuestion_Value_value, a.Question),
			Reply:    enum[pb.YesNo_Value](pb.YesNo_Value_value, a.Reply),
		}
		if texts {
			m.Text = a.Text
		}
		all = append(all, m)
	}
	return all
}

// authorClass is the class of a text by the sector of the unit that wrote it.
func (s *Server) authorClass(unit casework.UnitID) access.Mask {
	u, _ := s.store.Directory().Unit(unit)
	return store.TextClass(u.Type)
}

func (s *Server) viewPerson(p casework.Person, now time.Time) *pb.Person {
	if p.ID == (casework.PersonID{}) {
		return nil
	}
	i := p.Identity
	m := &pb.Person{
		Name: personName(p.ID), FullName: i.Name,
		NameKind:  enum[pb.NameKind_Value](pb.NameKind_Value_value, i.NameKind),
		Sex:       enum[pb.Sex_Value](pb.Sex_Value_value, p.Sex),
		AgeBand:   ageBand(i.BirthDate, casework.DateOf(now)),
		BirthDate: i.BirthDate.String(), BirthOrder: int32(i.BirthOrder),
		NikAbsence: enum[pb.NikAbsence_Value](pb.NikAbsence_Value_value, i.NIKAbsence),
		Address:    &pb.Address{AreaCode: i.Address.AreaCode, Rt: i.Address.RT, Rw: i.Address.RW, Text: i.Address.Text},
		Mother:     viewKin(i.Mother), Father: viewKin(i.Father), Guardian: viewKin(i.Guardian), Husband: viewKin(i.Husband),
	}
	if c := i.SafeContact; c != (casework.SafeContact{}) {
		m.SafeContact = &pb.SafeContact{
			Allowed: c.Allowed, DoNotCall: c.DoNotCall, Phone: c.Phone, Instructions: c.Instructions,
			Channel: enum[pb.ContactChannel_Value](pb.ContactChannel_Value_value, c.Channel),
		}
	}
	for _, id := range i.Identifiers {
		m.Identifiers = append(m.Identifiers, &pb.Identifier{
			Value: id.Value, Warnings: id.Warnings,
			Type:         enum[pb.IdentifierType_Value](pb.IdentifierType_Value_value, id.Type),
			Verification: enum[pb.Verification_Value](pb.Verification_Value_value, id.Verification),
		})
	}
	return m
}

func viewKin(k casework.Kin) *pb.Kin {
	if k == (casework.Kin{}) {
		return nil
	}
	return &pb.Kin{Person: personName(k.Person), Name: k.Name}
}

func viewRisk(r casework.Risk) *pb.Risk {
	if r.Level == "" {
		return nil
	}
	return &pb.Risk{
		Signs: enums[pb.RiskSign_Value](pb.RiskSign_Value_value, r.Signs), Reason: r.Reason,
		Level: enum[pb.RiskLevel_Value](pb.RiskLevel_Value_value, r.Level),
	}
}

// enum finds the contract's value of a word; both have the same identifiers.
func enum[E ~int32, W ~string](values map[string]int32, word W) E {
	if word == "" {
		return 0
	}
	return E(values[string(word)])
}

func enums[E ~int32, W ~string](values map[string]int32, words []W) []E {
	var all []E
	for _, w := range words {
		all = append(all, enum[E](values, w))
	}
	return all
}

// word is the domain's word of a value of the contract; empty for UNSPECIFIED.
func word[W ~string](v interface {
	Number() protoreflect.EnumNumber
	String() string
},
) W {
	if v.Number() == 0 {
		return ""
	}
	return W(v.String())
}

func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func dateText(d casework.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func named(kind string, id casework.ID) string {
	if id == (casework.ID{}) {
		return ""
	}
	return kind + "/" + id.String()
}

func personName(id casework.PersonID) string   { return named("persons", casework.ID(id)) }
func caseName(id casework.CaseID) string       { return named("cases", casework.ID(id)) }
func legName(id casework.LegID) string         { return named("referrals", casework.ID(id)) }
func unitName(id casework.UnitID) string       { return named("units", casework.ID(id)) }
func accountName(id casework.AccountID) string { return named("accounts", casework.ID(id)) }
func approvalName(id casework.ID) string       { return named("approvals", id) }
func disclosureName(id casework.DisclosureID) string {
	return named("disclosures", casework.ID(id))
}

// ageBands are SIMFONI's, in completed years.
var ageBands = []struct {
	below int
	band  pb.AgeBand_Value
}{
	{6, pb.AgeBand_AGE_0_5},
	{13, pb.AgeBand_AGE_6_12},
	{18, pb.AgeBand_AGE_13_17},
	{25, pb.AgeBand_AGE_18_24},
	{45, pb.AgeBand_AGE_25_44},
	{60, pb.AgeBand_AGE_45_59},
}

func ageBand(birth casework.BirthDate, on casework.Date) pb.AgeBand_Value {
	age, ok := birth.AgeOn(on)
	if !ok {
		return pb.AgeBand_UNKNOWN
	}
	for _, b := range ageBands {
		if age < b.below {
			return b.band
		}
	}
	return pb.AgeBand_AGE_60_UP
}

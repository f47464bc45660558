package server

import (
	"encoding/json"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// caseDetails is what of a case is opened on demand.
type caseDetails struct {
	person       casework.Person
	officers     []casework.AccountID
	duty         casework.Duty
	legs         []casework.LegID
	tasks        []store.TaskRow
	measurements []casework.Measurement
	incidents    []casework.Incident
	legal        []casework.LegalStep
	content      casework.CaseContent
	diagnosis    casework.StuntingDiagnosis
	notes        []store.Note
}

// viewCase makes the message of a case. A grant of another case shows nothing.
func (s *Server) viewCase(g access.Grant, k casework.Case, d caseDetails, actions []string, now time.Time) *pb.Case {
	m := &pb.Case{}
	if g.Case() != k.ID {
		return m
	}
	m.Name, m.Number, m.Etag = caseName(k.ID), k.Number, etag(k.Revision)
	m.Type = enum[pb.CaseType_Value](pb.CaseType_Value_value, k.Type)
	m.Status = enum[pb.CaseStatus_Value](pb.CaseStatus_Value_value, k.Status)
	m.Level = enum[pb.Level_Value](pb.Level_Value_value, k.Level)
	m.Unit = unitName(k.Unit)
	m.IntakeChannel = enum[pb.IntakeChannel_Value](pb.IntakeChannel_Value_value, k.IntakeChannel)
	m.OpenTime, m.CloseTime = timestamp(k.Opened), timestamp(k.Closed)
	m.ClosureReason = enum[pb.ClosureReason_Value](pb.ClosureReason_Value_value, k.Closure)
	m.ReopenCount, m.CareRefused, m.RiskAssessTime = int32(k.Reopened), k.CareRefused, timestamp(k.RiskAssessed)
	m.AllowedActions = actions
	fillCaseDuty(m, d.duty, now)
	for _, officer := range d.officers {
		m.Officers = append(m.Officers, accountName(officer))
	}
	for _, leg := range d.legs {
		m.Referrals = append(m.Referrals, legName(leg))
	}
	for _, task := range d.tasks {
		m.Tasks = append(m.Tasks, s.fillTask(g, task, k, now))
	}
	s.fillCaseContent(m, g, k, d, now)
	s.fillLife(m, g, k, d)
	sightOf(g).clear(m.ProtoReflect())
	return m
}

func fillCaseDuty(m *pb.Case, duty casework.Duty, now time.Time) {
	if duty.Due.IsZero() {
		return
	}
	m.Duty = enum[pb.DutyName_Value](pb.DutyName_Value_value, duty.Name)
	m.DueTime, m.LegalDueTime, m.Level2Time, m.Level3Time = timestamp(duty.Due), timestamp(duty.Legal), timestamp(duty.Level2), timestamp(duty.Level3)
	m.EscalationLevel, m.Overdue = int32(duty.Level(now)), duty.Overdue(now)
}

func (s *Server) fillCaseContent(m *pb.Case, g access.Grant, k casework.Case, d caseDetails, now time.Time) {
	m.Client = s.viewPerson(d.person, now)
	measurements := d.measurements
	if !g.Shows(access.F3Health) {
		measurements = casework.Standing(measurements) // F3_LAST is the last weighing, and their number would tell more
		measurements = measurements[:min(1, len(measurements))]
	}
	m.Measurements = s.viewMeasurements(measurements, d.person)
	m.Incidents = viewIncidents(d.incidents)
	if k.Type.IsViolence() {
		m.Kdrt = enum[pb.YesNo_Value](pb.YesNo_Value_value, casework.IsKDRT(pairsOf(d.incidents)))
		m.LegalStatus = enum[pb.LegalStatus_Value](pb.LegalStatus_Value_value, casework.LegalStatusOf(d.legal))
	}
	for _, step := range d.legal {
		m.LegalSteps = append(m.LegalSteps, fillLegalStep(step))
	}
	m.Risk = viewRisk(d.content.Risk)
	m.StuntingDiagnosis = enum[pb.StuntingDiagnosis_Value](pb.StuntingDiagnosis_Value_value, d.diagnosis)
	m.HiddenAddress = d.content.HiddenAddress
	if k.Legacy {
		m.Legacy = viewLegacy(d.content.Legacy)
	}
	for _, n := range d.notes {
		if g.Shows(n.Class) {
			m.Notes = append(m.Notes, fillNote(n))
		}
	}
}

// fillLife fills what the events have left: plan, consent, end.
func (s *Server) fillLife(m *pb.Case, g access.Grant, k casework.Case, d caseDetails) {
	c := d.content
	m.Services = enums[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, c.Plan.Services)
	m.AgreedWithClient = c.Plan.Agreed
	if k.Consent != "" {
		m.ServiceConsent = &pb.ServiceConsent{
			Answer: enum[pb.ServiceConsentAnswer_Value](pb.ServiceConsentAnswer_Value_value, k.Consent),
			By:     enum[pb.ConsentGiver_Value](pb.ConsentGiver_Value_value, c.Consent.By), GivenOn: dateText(c.Consent.GivenOn),
		}
	}
	if g.Shows(s.textClass(k)) {
		m.UrgentReason = c.UrgentReason
	}
	if k.Open() {
		return // what an earlier end said is over
	}
	m.DuplicateOf, m.DeceasedOn = caseName(c.Closing.DuplicateOf), dateText(c.Closing.DeceasedOn)
	if m.HandedOverTo = legName(c.Closing.Referral); m.HandedOverTo == "" {
		m.HandedOverTo = c.Closing.ReceivingAuthority
	}
	if g.Shows(s.textClass(k)) {
		m.ClosingSummary = c.Closing.Summary
	}
}

// viewTask is a task by itself, as a grant of its case lets it be read.
func (s *Server) viewTask(g access.Grant, t store.TaskRow, k casework.Case, now time.Time) *pb.Task {
	m := s.fillTask(g, t, k, now)
	sightOf(g).clear(m.ProtoReflect())
	return m
}

func (s *Server) fillTask(g access.Grant, t store.TaskRow, k casework.Case, now time.Time) *pb.Task {
	m := &pb.Task{
		Name: "tasks/" + t.ID.String(), Etag: etag(t.Revision), Case: caseName(k.ID), Unit: unitName(t.Unit), Officer: accountName(t.Officer),
		DueTime: timestamp(t.Due), LegalDueTime: timestamp(t.Legal), Overdue: !t.Due.IsZero() && t.Due.Before(now),
		Done: t.State == casework.TaskDone, ByRule: t.ByRule,
		Service: enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, t.Service),
		Label:   enum[pb.TaskLabel_Value](pb.TaskLabel_Value_value, t.Label),
		State:   enum[pb.TaskState_Value](pb.TaskState_Value_value, t.State),
	}
	if g.Shows(s.textClass(k)) {
		m.Text, m.Reason = t.Content.Text, t.Content.Reason
	}
	return m
}

// viewNote is a note by itself. Who may not read its class gets an empty one: that it was taken stands in the status.
func viewNote(g access.Grant, n store.Note) *pb.Note {
	if !g.Shows(n.Class) {
		return &pb.Note{}
	}
	m := fillNote(n)
	sightOf(g).clear(m.ProtoReflect())
	return m
}

func fillNote(n store.Note) *pb.Note {
	return &pb.Note{
		Name: "notes/" + n.ID.String(), Text: n.Text, RecordTime: timestamp(n.Recorded), Unit: unitName(n.Unit), ServedOn: dateText(n.ServedOn),
		Kind:    enum[pb.NoteKind_Value](pb.NoteKind_Value_value, n.Kind),
		Service: enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, n.Service),
		Channel: enum[pb.ContactChannel_Value](pb.ContactChannel_Value_value, n.Channel),
	}
}

// viewLegalStep is a step by itself.
func viewLegalStep(g access.Grant, s casework.LegalStep) *pb.LegalStep {
	m := fillLegalStep(s)
	sightOf(g).clear(m.ProtoReflect())
	return m
}

func fillLegalStep(s casework.LegalStep) *pb.LegalStep {
	return &pb.LegalStep{
		Name: "legalSteps/" + s.ID.String(), OccurredOn: dateText(s.OccurredOn), Text: s.Text, RecordTime: timestamp(s.Recorded), Unit: unitName(s.Unit),
		Status: enum[pb.LegalStatus_Value](pb.LegalStatus_Value_value, s.Status),
	}
}

// viewIncident is an incident by itself.
func viewIncident(g access.Grant, i casework.Incident) *pb.Incident {
	m := viewIncidents([]casework.Incident{i})[0]
	sightOf(g).clear(m.ProtoReflect())
	return m
}

func viewIncidents(incidents []casework.Incident) []*pb.Incident {
	var all []*pb.Incident
	for _, i := range incidents {
		m := &pb.Incident{
			Name: "incidents/" + i.ID.String(), OccurredOn: i.OccurredOn, OccurredUntil: i.OccurredUntil,
			Forms:      enums[pb.ViolenceForm_Value](pb.ViolenceForm_Value_value, i.Forms),
			Offences:   enums[pb.SexualOffence_Value](pb.SexualOffence_Value_value, i.Offences),
			Place:      enum[pb.IncidentPlace_Value](pb.IncidentPlace_Value_value, i.Place),
			Chronology: i.Chronology,
		}
		for _, p := range i.Pairs {
			m.Pairs = append(m.Pairs, &pb.Pair{
				Perpetrator: p.Perpetrator, PerpetratorNik: p.NIK,
				Relation:   enum[pb.Relation_Value](pb.Relation_Value_value, p.Relation),
				Cohabiting: enum[pb.YesNo_Value](pb.YesNo_Value_value, p.Cohabiting),
			})
		}
		all = append(all, m)
	}
	return all
}

// viewCaseConflict tells an author what others have put where she wanted to write. Each field is one that she may read.
func viewCaseConflict(now, yours casework.Case, fields []met) *pb.ConflictDetail {
	m := &pb.ConflictDetail{CurrentEtag: etag(now.Revision)}
	for _, f := range fields {
		m.Fields = append(m.Fields, viewFieldConflict(f, caseFieldText(now, f.field), caseFieldText(yours, f.field)))
	}
	return m
}

func viewFieldConflict(f met, current, yours string) *pb.FieldConflict {
	return &pb.FieldConflict{
		Path: f.field, ChangedTime: timestamp(f.by.Time), ChangedByUnit: unitName(f.by.Unit), Current: current, Yours: yours,
	}
}

// caseFieldText is the value of a field as JSON.
func caseFieldText(k casework.Case, field string) string {
	var value any
	switch field {
	case casework.FieldRisk:
		raw, err := protojson.Marshal(viewRisk(k.Content.Risk))
		if err != nil {
			return ""
		}
		value = json.RawMessage(raw)
	case casework.FieldIntakeChannel:
		value = k.IntakeChannel
	case casework.FieldHiddenAddress:
		value = k.Content.HiddenAddress
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(raw)
}

// viewTimelineEntry makes the message of one thing that happened.
func viewTimelineEntry(g access.Grant, row store.Happening) *pb.TimelineEntry {
	m := &pb.TimelineEntry{
		Kind: enum[pb.TimelineKind_Value](pb.TimelineKind_Value_value, row.Kind), Time: timestamp(row.Time), Name: happeningName(row),
		Event: row.Event, State: row.State, Unit: unitName(row.Unit), Account: accountName(row.Account), Text: row.Text,
	}
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// happeningName is the resource that an entry is about; an event is about the case itself, an assignment about its officer.
func happeningName(row store.Happening) string {
	kinds := map[casework.TimelineKind]string{
		casework.TimelineReferral: "referrals", casework.TimelineNote: "notes", casework.TimelineIncident: "incidents",
		casework.TimelineMeasurement: "measurements", casework.TimelineTask: "tasks", casework.TimelineLegalStep: "legalSteps",
		casework.TimelineDisclosure: "disclosures",
	}
	if kind, ok := kinds[row.Kind]; ok {
		return named(kind, row.ID)
	}
	return ""
}

// viewLegacy makes the message of what a case was before Sinergi; a list has its mark alone.
func viewLegacy(l *casework.Legacy) *pb.Legacy {
	if l == nil {
		return &pb.Legacy{}
	}
	return &pb.Legacy{
		OpenedOn: dateText(l.OpenedOn), LastContactOn: dateText(l.LastContactOn), SimfoniNumber: l.SimfoniNumber,
		Status: enum[pb.CaseStatus_Value](pb.CaseStatus_Value_value, l.Status),
	}
}

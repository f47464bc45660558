package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// ScreenCase starts the screening.
func (s *cases) ScreenCase(ctx context.Context, req *pb.ScreenCaseRequest) (*pb.Case, error) {
	return s.move(ctx, req, casework.EventScreen, func(m *caseMove) (err error) {
		m.next, m.implied, err = m.f.Case.Screen()
		return err
	})
}

// meaningOfAssessment is what the rules have against an assessment.
func (s *Server) meaningOfAssessment(req *pb.AssessCaseRequest) casework.Violations {
	in := s.intake()
	in.assessment(req)
	return in.faults
}

func (in *intake) assessment(req *pb.AssessCaseRequest) casework.Risk {
	if req.GetRisk() == nil {
		return casework.Risk{}
	}
	return in.risk("risk", req.GetRisk())
}

// AssessCase concludes it.
func (s *cases) AssessCase(ctx context.Context, req *pb.AssessCaseRequest) (*pb.Case, error) {
	risk := s.intake().assessment(req)
	return s.move(ctx, req, casework.EventAssess, func(m *caseMove) error {
		known, err := m.assessment()
		if err != nil {
			return err
		}
		known.Note, known.Risk = req.GetNote(), risk
		m.next, m.implied, err = m.f.Case.Assess(known, m.now)
		return err
	})
}

// assessment gathers what is known of the subject: the index incident, or the measurements and by whom they were made.
func (m *caseMove) assessment() (casework.Assessment, error) {
	var known casework.Assessment
	if m.f.Case.Type.IsViolence() {
		incidents, err := m.w.Incidents(m.f.Case)
		known.IndexForm = len(incidents) > 0 && len(incidents[0].Forms) > 0
		return known, err
	}
	person, err := m.w.Person(m.f.Case.Subject)
	if err != nil {
		return known, err
	}
	measurements, err := m.w.Measurements(m.f.Case.Subject)
	if err != nil {
		return known, err
	}
	return confirmed(measurements, person), nil
}

// confirmed reads from a child's measurements, newest first, whether a health worker has measured plausibly, whether that was low,
// and whether one before it was.
func confirmed(measurements []casework.Measurement, p casework.Person) casework.Assessment {
	var known casework.Assessment
	for i, m := range measurements {
		a := assess(m, p, measurements[i+1:])
		if !a.plausible() {
			continue
		}
		if known.ConfirmedOn == 0 && m.HealthWorker {
			known.ConfirmedOn, known.ConfirmedLow = m.Day, a.low()
			continue
		}
		if known.ConfirmedOn != 0 && a.low() {
			known.LowBefore = true
		}
	}
	return known
}

// meaningOfMeasurement is what the rules have against a measurement of any child.
func (s *Server) meaningOfMeasurement(req *pb.AddMeasurementRequest) casework.Violations {
	in := s.intake()
	in.measurement("measurement", req.GetMeasurement())
	return in.faults
}

// AddMeasurement records one measurement of the child of a case.
func (s *cases) AddMeasurement(ctx context.Context, req *pb.AddMeasurementRequest) (*pb.Measurement, error) {
	got := s.intake().measurement("measurement", req.GetMeasurement())
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method, duty := string(req.ProtoReflect().Descriptor().FullName()), newID()
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Measurement, error) {
		m, act, old, done, err := s.open(ctx, w, req, casework.EventAddMeasurement, id)
		if err != nil {
			return nil, err
		}
		if done {
			answer := &pb.Measurement{}
			read := access.Decide(m.f.Facts.Doing(access.Read))
			m.replayed(w, read, aboutCase(m.f.Case), m.f.Case)
			return answer, m.answered(old, method, mark, read.Grant.Mask(), answer)
		}
		m.duty = duty
		answer, mask, err := m.measure(got, act)
		if err != nil {
			return nil, withActions(err, caseActions(m.f))
		}
		return answer, m.keep(w, id, store.Answered{
			Method: method, Mark: mark, Owner: store.Owner(m.f.Case.Subject), Case: m.f.Case.ID,
			Mask: uint32(mask),
		}, answer)
	})
}

// measure adds a measurement, ends the inside services that it is, and turns growth monitoring into a case on a finding.
func (m *caseMove) measure(got measured, act access.Decision) (*pb.Measurement, access.Mask, error) {
	if !m.f.Case.Closed.IsZero() || !m.f.Case.Type.IsGrowth() {
		return nil, 0, casework.Precondition("CASE_STATE").With("state", string(m.f.Case.Status))
	}
	person, err := m.w.Person(m.f.Case.Subject)
	if err != nil {
		return nil, 0, err
	}
	if err := measurableNow(got, person); err != nil {
		return nil, 0, err
	}
	history, err := m.w.Measurements(person.ID)
	if err != nil {
		return nil, 0, err
	}
	measurement := m.ownMeasurement(got.Measurement, m.f.Case, person)
	measurement.Recorded = m.now
	var entry [16]byte
	err = m.w.PutMeasurement(measurement, func(value [32]byte) [16]byte {
		entry = m.append(m.w, access.CaseMeasure, act, object{"measurement", measurement.ID, m.f.Case.ID, m.f.Case.Level, casework.DisclosureID{}},
			journal.Event{Name: string(casework.EventAddMeasurement), Revision: 1, Value: value})
		return entry
	})
	if err != nil {
		return nil, 0, err
	}
	if err := m.w.EndTasks(m.f.Case.ID, m.caller.Unit.ID, entry); err != nil {
		return nil, 0, err
	}
	a := assess(measurement, person, history)
	if next, changed := m.f.Case.FindNutritionRisk(); changed && !a.findings.Empty() {
		m.next = next
		if err := m.put(access.CaseMeasure, act, "reclassify"); err != nil {
			return nil, 0, err
		}
	}
	read := access.Decide(m.f.Facts.Doing(access.Read))
	m.w.Shown(entry, uint32(read.Grant.Mask()))
	return viewOne(read.Grant, measurement, a), read.Grant.Mask(), nil
}

func measurableNow(got measured, p casework.Person) error {
	birth := p.Identity.BirthDate
	var v casework.Violations
	switch {
	case birth.Precision != casework.ToDay:
		v.Add("measurement.measuredOn", "BIRTH_DATE_IMPRECISE")
	case got.Day < birth.First:
		v.Add("measurement.measuredOn", "BEFORE_BIRTH")
	case !casework.CaseAge(birth, got.Day):
		v.Add("measurement.measuredOn", "AGE_RANGE")
	default:
		return nil
	}
	return v
}

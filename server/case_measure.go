package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// meaningOfMeasurement is what the rules have against a measurement of any child.
func (s *Server) meaningOfMeasurement(req *pb.AddMeasurementRequest) casework.Violations {
	if req.GetMeasurement() == nil {
		return nil // the contract has said so already
	}
	in := s.intake()
	in.measurement("measurement", req.GetMeasurement())
	return in.faults
}

// AddMeasurement records one measurement of the child of a case.
func (s *cases) AddMeasurement(ctx context.Context, req *pb.AddMeasurementRequest) (*pb.Measurement, error) {
	got := s.intake().measurement("measurement", req.GetMeasurement())
	return actOn(ctx, s.Server, req, casework.EventAddMeasurement, func(m *caseMove) (func(access.Grant) (*pb.Measurement, error), error) {
		return m.measure(got)
	})
}

// measure adds a measurement, ends the inside services that it is, and turns growth monitoring into a case on a finding.
func (m *caseMove) measure(got measured) (func(access.Grant) (*pb.Measurement, error), error) {
	if err := m.f.Case.Accepts(casework.EventAddMeasurement); err != nil {
		return nil, err
	}
	person, err := m.w.Person(m.f.Case.Subject)
	if err != nil {
		return nil, err
	}
	if err := measurableNow(got, person); err != nil {
		return nil, err
	}
	history, err := m.w.Measurements(person.ID)
	if err != nil {
		return nil, err
	}
	measurement := m.ownMeasurement(got.Measurement, m.f.Case, person)
	measurement.Recorded = m.now
	if err := mayCorrect(measurement, history, got.path); err != nil {
		return nil, err
	}
	if err := m.w.PutMeasurement(measurement, m.added("measurement", measurement.ID)); err != nil {
		return nil, err
	}
	if err := m.w.EndTasks(m.f.Case.ID, m.caller.Unit.ID, m.entry); err != nil {
		return nil, err
	}
	a := assess(measurement, person, casework.Standing(append([]casework.Measurement{measurement}, history...))[1:])
	return func(g access.Grant) (*pb.Measurement, error) { return viewOne(g, measurement, a), nil }, m.conclude(a)
}

// conclude lets a case follow from a finding, and a follow-up be done by a measurement.
func (m *caseMove) conclude(a assessed) error {
	next, changed := m.f.Case.FindNutritionRisk()
	if !changed || a.findings.Empty() {
		if m.f.Case.Status == casework.StatusMonitoring {
			return m.renewStatus()
		}
		return nil
	}
	entry := m.entry
	m.next, m.event, m.urgency = next, casework.EventReclassify, urgencyOf(a.findings)
	err := m.put()
	m.entry = entry // the answer is of the measurement
	return err
}

// mayCorrect holds a correction against the child's record.
func mayCorrect(m casework.Measurement, history []casework.Measurement, path string) error {
	if m.Corrects == (casework.ID{}) || casework.MayCorrect(m.Corrects, history) {
		return nil
	}
	return casework.Violations{{Field: path + ".corrects", Reason: "NOT_TO_CORRECT"}}
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

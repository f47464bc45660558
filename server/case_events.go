package server

import (
	"context"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
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

// AssessCase concludes it. The note stands among the notes of the case.
func (s *cases) AssessCase(ctx context.Context, req *pb.AssessCaseRequest) (*pb.Case, error) {
	risk := s.intake().assessment(req)
	return s.move(ctx, req, casework.EventAssess, func(m *caseMove) error {
		known, err := m.assessment()
		if err != nil {
			return err
		}
		known.Note, known.Risk = req.GetNote(), risk
		m.next, m.implied, err = m.f.Case.Assess(known, m.now)
		m.noteReason(casework.NoteAssessment, req.GetNote())
		return err
	})
}

// assessment gathers what is known of the subject: the index incident, or the measurements and by whom they were made.
func (m *caseMove) assessment() (known casework.Assessment, err error) {
	switch k := m.f.Case; {
	case k.Type.IsViolence():
		incidents, err := m.w.Incidents(k)
		for _, i := range incidents {
			known.IndexForm = known.IndexForm || i.ID == k.IndexIncident && len(i.Forms) > 0
		}
		return known, err
	case k.Type.IsGrowth():
		person, measurements, err := m.child()
		return confirmed(measurements, person), err
	}
	known.ScreeningNoteSet, err = m.noted(casework.NoteScreening)
	return known, err
}

// child is the subject with her measurements that stand, newest first.
func (m *caseMove) child() (casework.Person, []casework.Measurement, error) {
	person, err := m.w.Person(m.f.Case.Subject)
	if err != nil {
		return person, nil, err
	}
	measurements, err := m.w.Measurements(person.ID)
	return person, casework.Standing(measurements), err
}

// noted tells whether the case has a note of a kind.
func (m *caseMove) noted(kind casework.NoteKind) (bool, error) {
	notes, err := m.w.NoteKinds(m.f.Case.ID)
	for _, n := range notes {
		if n.Kind == kind {
			return true, nil
		}
	}
	return false, err
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

// PlanCase writes the plan. Its words stand among the notes.
func (s *cases) PlanCase(ctx context.Context, req *pb.PlanCaseRequest) (*pb.Case, error) {
	plan := casework.Plan{Note: req.GetNote(), Agreed: req.GetAgreedWithClient()}
	for _, service := range req.GetServices() {
		plan.Services = append(plan.Services, word[casework.ReferralServiceType](service))
	}
	return s.move(ctx, req, casework.EventPlan, func(m *caseMove) error {
		noted, err := m.noted(casework.NoteAssessment)
		if err != nil {
			return err
		}
		m.next, m.implied, err = m.f.Case.Plan(plan, noted)
		m.noteReason(casework.NotePlan, req.GetNote())
		return err
	})
}

// StartService begins it. Steps that an urgent start leaves out become tasks of the officer.
func (s *cases) StartService(ctx context.Context, req *pb.StartServiceRequest) (*pb.Case, error) {
	return s.move(ctx, req, casework.EventStartService, func(m *caseMove) error {
		start, err := m.urgencyOfStart(req.GetUrgentReason())
		if err != nil {
			return err
		}
		var owed []casework.TaskLabel
		m.next, owed, m.implied, err = m.f.Case.StartService(start)
		m.then(func() error { return m.makeTasks(owed) })
		return err
	})
}

// urgencyOfStart gathers what may make a start urgent, where one is claimed.
func (m *caseMove) urgencyOfStart(reason string) (start casework.Start, err error) {
	start.UrgentReason = reason
	if reason == "" {
		return start, nil
	}
	if start.EmergencyLeg, err = m.w.HasEmergencyLeg(m.f.Case.ID); err != nil || !m.f.Case.Type.IsGrowth() {
		return start, err
	}
	person, measurements, err := m.child()
	start.EmergencyFinding = urgencyOf(newestFindings(measurements, person)) == casework.Emergency
	return start, err
}

// newestFindings are those of the newest plausible measurement.
func newestFindings(measurements []casework.Measurement, p casework.Person) growth.Findings {
	for i, m := range measurements {
		if a := assess(m, p, measurements[i+1:]); a.plausible() {
			return a.findings
		}
	}
	return 0
}

// urgencyOf is the urgency that findings pre-select; ROUTINE without any.
func urgencyOf(findings growth.Findings) casework.Urgency {
	if findings.Empty() {
		return casework.Routine
	}
	_, urgency := findings.Urgent()
	return casework.Urgency(urgency)
}

// MonitorCase ends the service and follows the client.
func (s *cases) MonitorCase(ctx context.Context, req *pb.MonitorCaseRequest) (*pb.Case, error) {
	return s.move(ctx, req, casework.EventMonitor, func(m *caseMove) error {
		served, err := m.w.WasServed(m.f.Case.ID)
		if err != nil {
			return err
		}
		owed, err := m.openTasks(casework.TaskLabel.IsSkipped)
		if err != nil {
			return err
		}
		m.next, m.implied, err = m.f.Case.Monitor(served, owed)
		return err
	})
}

// openTasks counts the open tasks whose label fits.
func (m *caseMove) openTasks(fits func(casework.TaskLabel) bool) (n int, err error) {
	tasks, err := m.w.Tasks(m.f.Case.ID)
	for _, t := range tasks {
		if t.State == casework.TaskOpen && fits(t.Label) {
			n++
		}
	}
	return n, err
}

// ResumeCase takes the service up again.
func (s *cases) ResumeCase(ctx context.Context, req *pb.ResumeCaseRequest) (*pb.Case, error) {
	return s.move(ctx, req, casework.EventResume, func(m *caseMove) (err error) {
		m.next, m.implied, err = m.f.Case.Resume(req.GetReason())
		m.noteReason(casework.NoteNote, req.GetReason())
		return err
	})
}

// ReclassifyCase corrects the type.
func (s *cases) ReclassifyCase(ctx context.Context, req *pb.ReclassifyCaseRequest) (*pb.Case, error) {
	return s.move(ctx, req, casework.EventReclassify, func(m *caseMove) error {
		known, err := m.assessment()
		if err != nil {
			return err
		}
		m.next, m.implied, err = m.f.Case.Reclassify(word[casework.CaseType](req.GetType()), req.GetReason(), known)
		m.noteReason(casework.NoteNote, req.GetReason())
		return err
	})
}

// meaningOfServiceConsent is what the rules have against an answer to be served.
func (s *Server) meaningOfServiceConsent(req *pb.RecordServiceConsentRequest) casework.Violations {
	in := s.intake()
	in.serviceConsent(req)
	return in.faults
}

func (in *intake) serviceConsent(req *pb.RecordServiceConsentRequest) casework.ServiceConsent {
	given := casework.ServiceConsent{
		Answer: word[casework.ServiceConsentAnswer](req.GetAnswer()), By: word[casework.ConsentGiver](req.GetBy()),
	}
	switch {
	case req.GetGivenOn() != "":
		given.GivenOn = in.pastDay("givenOn", req.GetGivenOn())
	case given.Answer != casework.ServiceNotAsked:
		given.GivenOn = in.today
	}
	return given
}

// RecordServiceConsent records the client's yes or no to be served. It opens nothing to anybody, and ends no other care.
func (s *cases) RecordServiceConsent(ctx context.Context, req *pb.RecordServiceConsentRequest) (*pb.Case, error) {
	given := s.intake().serviceConsent(req)
	return s.move(ctx, req, casework.EventRecordConsent, func(m *caseMove) error {
		accused, err := m.guardianAccused(given)
		if err != nil {
			return err
		}
		m.next, m.implied, err = m.f.Case.RecordConsent(given, accused, casework.DateOf(m.now))
		return err
	})
}

// guardianAccused tells whether the guardian on record, for whom an answer is given, is an alleged perpetrator of the case (G1).
func (m *caseMove) guardianAccused(given casework.ServiceConsent) (bool, error) {
	if given.By != casework.GiverGuardian {
		return false, nil
	}
	accused, err := m.accusedOf(m.w, m.f.Case)
	if err != nil {
		return false, err
	}
	person, err := m.w.Person(m.f.Case.Subject)
	guardian := person.Identity.Guardian
	return slices.ContainsFunc(accused, casework.Somebody{Person: guardian.Person, Name: guardian.Name}.Same), err
}

package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// meaningOfNote is what the rules have against a note on any case.
func (s *Server) meaningOfNote(req *pb.AddNoteRequest) casework.Violations {
	in := s.intake()
	in.note(req)
	return in.faults
}

// note reads a note. A service was given today unless another day is said.
func (in *intake) note(req *pb.AddNoteRequest) casework.Note {
	n := casework.Note{
		Kind: word[casework.NoteKind](req.GetKind()), Text: req.GetText(), Service: word[casework.ReferralServiceType](req.GetService()),
		Channel: word[casework.ContactChannel](req.GetChannel()),
	}
	if n.Kind == "" {
		n.Kind = casework.NoteNote
	}
	switch {
	case req.GetServedOn() != "":
		if n.ServedOn = in.pastDay("servedOn", req.GetServedOn()); n.ServedOn == 0 {
			return n
		}
	case n.Kind == casework.NoteService:
		n.ServedOn = in.today
	}
	in.reject(n.Check(in.today))
	return n
}

// reject adds the faults that a rule has found.
func (in *intake) reject(err error) {
	if faults, ok := err.(casework.Violations); ok { //nolint:errorlint // a rule gives them bare
		in.faults = append(in.faults, faults...)
	}
}

// AddNote adds to the record of a case. It is the progress or follow-up that the case owes, unless nobody was met.
func (s *cases) AddNote(ctx context.Context, req *pb.AddNoteRequest) (*pb.Note, error) {
	said := s.intake().note(req)
	return actOn(ctx, s.Server, req, casework.EventAddNote, func(m *caseMove) (func(access.Grant) (*pb.Note, error), error) {
		if err := m.f.Case.Accepts(casework.EventAddNote); err != nil {
			return nil, err
		}
		n := said
		n.ID, n.Case, n.Unit, n.Account, n.Recorded = m.id(), m.f.Case.ID, m.caller.Unit.ID, m.caller.Account, m.now
		if err := m.putNote(n); err != nil {
			return nil, err
		}
		class := m.authorClass(n.Unit)
		if m.f.Case.Type.IsViolence() {
			class = access.F4
		}
		return func(g access.Grant) (*pb.Note, error) { return viewNote(g, store.Note{Note: n, Class: class}), nil }, nil
	})
}

// putNote stores a note and ends what it does: an inside service, a step left out, the status duty of a case under way.
func (m *caseMove) putNote(n casework.Note) error {
	if err := m.w.PutNote(n, m.f.Case, m.added("note", n.ID)([32]byte{})); err != nil {
		return err
	}
	if n.Kind == casework.NoteService {
		if err := m.w.EndInside(m.f.Case.ID, n.Unit, n.Service, m.entry); err != nil {
			return err
		}
	}
	if label := n.Kind.Settles(); label != "" {
		if err := m.w.SettleTasks(m.f.Case.ID, label, m.entry); err != nil {
			return err
		}
	}
	if !m.f.Case.Renews(n.Kind) {
		return nil
	}
	return m.renewStatus()
}

// meaningOfLegalStep is what the rules have against a step on any case.
func (s *Server) meaningOfLegalStep(req *pb.AddLegalStepRequest) casework.Violations {
	in := s.intake()
	in.legalStep(req)
	return in.faults
}

func (in *intake) legalStep(req *pb.AddLegalStepRequest) casework.LegalStep {
	step := casework.LegalStep{Status: word[casework.LegalStatus](req.GetStatus()), Text: req.GetText()}
	if step.OccurredOn = in.pastDay("occurredOn", req.GetOccurredOn()); step.OccurredOn != 0 {
		in.reject(step.Check(in.today))
	}
	return step
}

// AddLegalStep adds a step of police or court. No event of the case depends on it.
func (s *cases) AddLegalStep(ctx context.Context, req *pb.AddLegalStepRequest) (*pb.LegalStep, error) {
	said := s.intake().legalStep(req)
	return actOn(ctx, s.Server, req, casework.EventAddLegalStep, func(m *caseMove) (func(access.Grant) (*pb.LegalStep, error), error) {
		if err := m.f.Case.Accepts(casework.EventAddLegalStep); err != nil {
			return nil, err
		}
		step := said
		step.ID, step.Unit, step.Account, step.Recorded = m.id(), m.caller.Unit.ID, m.caller.Account, m.now
		err := m.w.PutLegalStep(step, m.f.Case, m.added("legal_step", step.ID))
		return func(g access.Grant) (*pb.LegalStep, error) { return viewLegalStep(g, step), nil }, err
	})
}

// meaningOfIncident is what the rules have against an incident of any case.
func (s *Server) meaningOfIncident(req *pb.AddIncidentRequest) casework.Violations {
	in := s.intake()
	in.incident(req.GetIncident())
	return in.faults
}

// AddIncident adds an act of violence. Who is named as perpetrator loses every right on the case that his account or his word gave him,
// in the same transaction, and the recorder is shown nothing of it.
func (s *cases) AddIncident(ctx context.Context, req *pb.AddIncidentRequest) (*pb.Incident, error) {
	incident := s.intake().incident(req.GetIncident())
	return actOn(ctx, s.Server, req, casework.EventAddIncident, func(m *caseMove) (func(access.Grant) (*pb.Incident, error), error) {
		if err := m.f.Case.Accepts(casework.EventAddIncident); err != nil {
			return nil, err
		}
		if err := m.putIncident(incident); err != nil {
			return nil, err
		}
		return func(g access.Grant) (*pb.Incident, error) { return viewIncident(g, incident), nil }, nil
	})
}

// putIncident stores an incident and what follows from it: blocks, consents that end, reports that the law wants.
func (m *caseMove) putIncident(i casework.Incident) error {
	if err := m.w.PutIncident(i, m.f.Case, m.added("incident", i.ID)); err != nil {
		return err
	}
	entry := m.entry
	if err := m.w.JudgeBlocks(m.f.Case.ID, entry); err != nil {
		return err
	}
	if err := m.endConsentsOfAccused(m.w, m.f.Case, entry); err != nil {
		return err
	}
	if err := m.makeTasks(m.tasksOnIncident(i)); err != nil {
		return err
	}
	if m.f.Case.IndexIncident != (casework.ID{}) {
		return nil
	}
	m.next.IndexIncident, m.silent = i.ID, true // of a case that was opened without one
	err := m.put()
	m.entry = entry
	return err
}

package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// meaningOfCreation is what the rules, and not the shape, have against a case to open.
func (s *Server) meaningOfCreation(req *pb.CreateCaseRequest) casework.Violations {
	in := s.intake()
	in.creation(req)
	return in.faults
}

// creation reads it as the filing without legs that it is.
func (in *intake) creation(req *pb.CreateCaseRequest) filing {
	r := &pb.FileReferralRequest{}
	r.OccurredTime, r.Person, r.NewPerson, r.NewCase = req.GetOccurredTime(), req.GetPerson(), req.GetNewPerson(), req.GetNewCase()
	r.Incident, r.Risk, r.Measurements, r.Note = req.GetIncident(), req.GetRisk(), req.GetMeasurements(), req.GetNote()
	f := in.filing(r)
	if l := req.GetLegacy(); l != nil {
		f.legacy = &casework.Legacy{
			OpenedOn: in.pastDay("legacy.openedOn", l.GetOpenedOn()), Status: word[casework.CaseStatus](l.GetStatus()), SimfoniNumber: l.GetSimfoniNumber(),
		}
		if l.GetLastContactOn() != "" {
			f.legacy.LastContactOn = in.pastDay("legacy.lastContactOn", l.GetLastContactOn())
		}
		f.newCase.Type = word[casework.CaseType](req.GetNewCase().GetType()) // a stunting that was named before is one
	}
	return f
}

// CreateCase opens a case without a referral. A kader and an app file instead: their answer comes from request and receipt alone, and
// this one is the case.
func (s *cases) CreateCase(ctx context.Context, req *pb.CreateCaseRequest) (*pb.Case, error) {
	f := s.intake().creation(req) // its faults have been answered by the chain
	var err error
	if f.request, f.mark, err = s.requestOf(req); err != nil {
		return nil, err
	}
	if err := s.draw(&f); err != nil {
		return nil, err
	}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Case, error) { return s.create(ctx, w, f) })
}

const createMethod = "sinergi.v1.CaseService.CreateCase"

func (s *cases) create(ctx context.Context, w *store.Writer, f filing) (*pb.Case, error) {
	c, err := s.writing(ctx, w)
	if err != nil {
		return nil, err
	}
	act := c.mayCreate(f)
	if !act.Allowed() {
		return nil, c.refuse(access.File, act, object{}, "create")
	}
	if old, ok, err := w.Answered(c.caller.Account, f.request); err != nil || ok {
		return c.createdBefore(w, old, f, err)
	}
	job := &filed{call: c, filing: f, w: w, act: act}
	for _, step := range []func() error{job.findSubject, job.findCase, job.assessAll, job.putPerson, job.putCase, job.putContent, job.putSubmission} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return job.answerCase()
}

// mayCreate decides a filing. What was before Sinergi is the supervisor's to bring in.
func (c call) mayCreate(f filing) access.Decision {
	facts := c.caller.Facts(c.now).Doing(access.File)
	facts.Cond |= access.OwnUnit
	act := access.Decide(facts)
	if act.Allowed() && (c.outside() || f.legacy != nil && c.caller.Role != casework.RoleSupervisor) {
		return access.Decision{Outcome: access.Denied, Rule: act.Rule}
	}
	return act
}

// createdBefore answers a request that was done before, by what the caller may read now.
func (c call) createdBefore(w *store.Writer, old store.Answered, f filing, err error) (*pb.Case, error) {
	if err != nil {
		return nil, err
	}
	file, err := w.CaseFor(c.caller, old.Case, c.now)
	if err != nil {
		return nil, err
	}
	read := access.Decide(file.Facts.Doing(access.Read))
	if !read.Allowed() {
		return nil, c.refuse(access.Read, read, aboutCase(file.Case), "")
	}
	answer := &pb.Case{}
	c.replayed(w, read, aboutCase(file.Case), file.Case)
	return answer, c.answered(old, createMethod, f.mark, read.Grant.Mask(), answer)
}

// answerCase is the case as the caller may now read it.
func (j *filed) answerCase() (*pb.Case, error) {
	file, err := j.w.CaseFor(j.caller, j.k.ID, j.now)
	if err != nil {
		return nil, err
	}
	read := access.Decide(file.Facts.Doing(access.Read))
	m, err := j.caseMessage(j.w, file, read.Grant)
	if err != nil {
		return nil, err
	}
	j.w.Shown(j.entry, uint32(read.Grant.Mask()))
	return m, j.keep(j.w, j.request, store.Answered{
		Method: createMethod, Mark: j.mark, Owner: store.Owner(j.person.ID), Case: j.k.ID, Mask: uint32(read.Grant.Mask()),
	}, m)
}

// takeOver gives a case that was under way before Sinergi its status, once its type is settled.
func (j *filed) takeOver() error {
	if j.legacy == nil {
		return nil
	}
	if err := j.legacy.Check(j.k.Type, j.caller.Unit, j.now); err != nil {
		return err
	}
	j.k.Legacy, j.k.Status, j.k.Content.Legacy = true, j.legacy.Status, j.legacy
	return nil
}

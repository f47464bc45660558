package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// caseField is one field of a case that an update may name.
type caseField struct {
	classes access.Mask // who may not read it may not change it: an answer would tell what stood there
	set     func(k casework.Case, req *pb.UpdateCaseRequest, m *caseMove) (casework.Case, error)
}

var caseFields = map[string]caseField{
	casework.FieldRisk: {access.F3Protection | access.F4, func(k casework.Case, req *pb.UpdateCaseRequest, m *caseMove) (casework.Case, error) {
		return k.JudgeRisk(readRisk(req.GetRisk()), m.now)
	}},
	casework.FieldIntakeChannel: {access.F1, func(k casework.Case, req *pb.UpdateCaseRequest, _ *caseMove) (casework.Case, error) {
		if k.IntakeChannel = word[casework.IntakeChannel](req.GetIntakeChannel()); k.IntakeChannel == "" {
			return k, casework.Violations{{Field: "intakeChannel", Reason: "REQUIRED"}}
		}
		return k, nil
	}},
	casework.FieldHiddenAddress: {access.F4, func(k casework.Case, req *pb.UpdateCaseRequest, _ *caseMove) (casework.Case, error) {
		if !k.Type.IsViolence() {
			return k, casework.Violations{{Field: "hiddenAddress", Reason: "ONLY_VIOLENCE"}}
		}
		k.Content.HiddenAddress = req.GetHiddenAddress()
		return k, nil
	}},
}

// meaningOfCaseUpdate is what the rules have against an update of any case.
func (s *Server) meaningOfCaseUpdate(req *pb.UpdateCaseRequest) casework.Violations {
	in := s.intake()
	for i, path := range req.GetUpdateMask() {
		if _, ok := caseFields[path]; !ok {
			in.fault(fmt.Sprintf("updateMask[%d]", i), "UNKNOWN_FIELD")
		}
	}
	if slices.Contains(req.GetUpdateMask(), casework.FieldRisk) {
		in.risk("risk", req.GetRisk())
	}
	return in.faults
}

// UpdateCase changes the fields of the mask. Where others changed other fields since, it is applied on what is now; where they changed
// the same, a person decides: the last writer wins nowhere.
func (s *cases) UpdateCase(ctx context.Context, req *pb.UpdateCaseRequest) (*pb.Case, error) {
	if err := updatable(req.GetUpdateMask(), req.GetEtag()); err != nil {
		return nil, err
	}
	return actOn(ctx, s.Server, req, casework.EventUpdateCase, func(m *caseMove) (func(access.Grant) (*pb.Case, error), error) {
		if err := m.f.Case.Accepts(casework.EventUpdateCase); err != nil {
			return nil, err
		}
		if err := m.update(req); err != nil {
			return nil, err
		}
		return m.viewSelf, m.put()
	})
}

// updatable holds an update to its mask and etag; none is guessed from what is set.
func updatable(mask []string, tag string) error {
	switch {
	case len(mask) == 0:
		return &casework.Error{Kind: casework.KindInvalid, Reason: "UPDATE_MASK_REQUIRED", Field: "updateMask"}
	case tag == "":
		return &casework.Error{Kind: casework.KindInvalid, Reason: "ETAG_REQUIRED", Field: "etag"}
	}
	return nil
}

func (m *caseMove) update(req *pb.UpdateCaseRequest) error {
	read := access.Decide(m.f.Facts.Doing(access.Read))
	for _, path := range req.GetUpdateMask() {
		if !read.Grant.Shows(caseFields[path].classes) {
			return m.refuse(access.CaseUpdate, access.Decision{Outcome: access.Denied, Rule: m.act.Rule}, aboutCase(m.f.Case), req.GetName())
		}
	}
	var err error
	for _, path := range req.GetUpdateMask() {
		if m.next, err = caseFields[path].set(m.next, req, m); err != nil {
			return err
		}
	}
	differs := m.f.Case.ChangedFields(m.next)
	if m.implied = len(differs) == 0 && !slices.Contains(req.GetUpdateMask(), casework.FieldRisk); m.implied {
		return nil
	}
	met, err := m.meeting(m.w, casework.ID(m.f.Case.ID), m.f.Case.Revision, req.GetEtag(), differs)
	if err != nil || len(met) == 0 {
		return err
	}
	return conflict{viewCaseConflict(m.f.Case, m.next, met)}
}

package server

import (
	"context"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// GetGrowthRecord reads how the child of a case has grown, in all of its cases in the register that the caller may read.
func (s *cases) GetGrowthRecord(ctx context.Context, req *pb.GetGrowthRecordRequest) (*pb.GrowthRecord, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.GrowthRecord, *store.Record, error) {
		g, err := s.growthOf(ctx, r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		return g.viewGrowthRecord(), g.readRecord(g.read, aboutCase(g.file.Case), g.file.Case), nil
	})
}

// GetGrowthChart gives the curves of one index and the child among them.
func (s *growthService) GetGrowthChart(ctx context.Context, req *pb.GetGrowthChartRequest) (*pb.GrowthChart, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.GrowthChart, *store.Record, error) {
		g, err := s.growthOf(ctx, r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		index := growth.HFA
		if i := req.GetIndex(); i != 0 {
			index = growth.Index(i - 1)
		}
		return g.viewGrowthChart(index), g.readRecord(g.read, aboutCase(g.file.Case), g.file.Case), nil
	})
}

// growthCase is the growth of the child of a case, as the caller may read it.
type growthCase struct {
	call
	file         store.CaseFile
	read         access.Decision
	person       casework.Person
	measurements []casework.Measurement // newest first, corrected ones too
	standing     []casework.Measurement // less those
	points       []growth.Point         // of those that stand, oldest first
	diagnosis    casework.StuntingDiagnosis
	duty         casework.Duty
}

// growthOf decides the read of a case, and gathers what its grant opens.
func (s *Server) growthOf(ctx context.Context, r *store.Reader, name string) (g growthCase, err error) {
	if g.call, g.file, g.read, err = s.readCase(ctx, r, name); err != nil {
		return g, err
	}
	if g.person, err = r.Subject(g.file); err != nil {
		return g, err
	}
	if g.duty, err = r.DutyOf(g.file.Case.ID, casework.ID(g.file.Case.ID)); err != nil || !g.read.Grant.Shows(access.F3Health|access.F3Last) {
		return g, err
	}
	all, err := r.Measurements(g.person.ID)
	if err != nil {
		return g, err
	}
	of := g.readable(r, g.file, g.read.Grant, access.F3Health|access.F3Last)
	for _, m := range all {
		shows, err := of(m.Case)
		if err != nil {
			return g, err
		}
		if shows {
			g.measurements = append(g.measurements, m)
		}
	}
	g.standing = casework.Standing(g.measurements)
	g.points = recordOf(g.person, g.standing)
	if g.read.Grant.Shows(access.F3Health) {
		g.diagnosis, err = r.Diagnosis(g.person.ID)
	}
	return g, err
}

// readable tells of which cases of a case's subject the caller may read a class: a child grows once, but what was weighed in a case
// that is secret now stands in no record of an ordinary one. Most children have one case, so the others are read when one is met.
func (c call) readable(r *store.Reader, file store.CaseFile, own access.Grant, class access.Mask) func(casework.CaseID) (bool, error) {
	known := map[casework.CaseID]bool{file.Case.ID: own.Shows(class)}
	return func(id casework.CaseID) (bool, error) {
		if shows, ok := known[id]; ok {
			return shows, nil
		}
		f, err := r.CaseFor(c.caller, id, c.now)
		if err != nil {
			return false, err
		}
		read := access.Decide(f.Facts.Doing(access.Read))
		noSecret := f.Case.Level == casework.L1 || file.Case.Level != casework.L1
		known[id] = noSecret && read.Allowed() && read.Grant.Shows(class)
		return known[id], nil
	}
}

// recordOf is a child's record, oldest first, of measurements as they are kept: newest first.
func recordOf(p casework.Person, measurements []casework.Measurement) []growth.Point {
	visits := make([]growth.Visit, 0, len(measurements))
	for _, m := range slices.Backward(measurements) {
		visits = append(visits, growth.Visit{
			Day: growthDate(m.Day), Measurement: growthMeasurement(m, p), Stated: growth.ParseTrend(m.Content.StatedTrend),
			DevelopmentNotPassed: m.Content.DevelopmentNotPassed,
		})
	}
	return growth.Record(sexes[p.Sex], growthDate(p.Identity.BirthDate.First), visits)
}

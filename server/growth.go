package server

import (
	"context"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// growthService assesses children without a case. Nothing is stored, so nothing is journaled but a refusal.
type growthService struct {
	pb.UnimplementedGrowthServiceServer
	*Server
}

// Assess assesses a batch, one answer each, in their order.
func (s *growthService) Assess(ctx context.Context, req *pb.AssessRequest) (*pb.AssessResponse, error) {
	_, err := store.ReadLogged(ctx, s.store, func(r *store.Reader) (struct{}, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return struct{}{}, nil, err
		}
		if err := c.scoped(scopeAssess, access.GrowthAssess); err != nil {
			return struct{}{}, nil, err
		}
		if d := access.Decide(c.caller.Facts(c.now).Doing(access.GrowthAssess)); !d.Allowed() {
			return struct{}{}, nil, c.refuse(access.GrowthAssess, d, object{}, "")
		}
		return struct{}{}, nil, nil
	})
	if err != nil {
		return nil, err
	}
	m := &pb.AssessResponse{}
	for _, child := range req.GetChildren() {
		a := growth.Assess(childMeasurement(child))
		m.Assessments = append(m.Assessments, viewAssessment(a, growth.NoTrend, growth.FindingsOf(a, growth.NoTrend, false)))
	}
	return m, nil
}

// meaningOfChildren is what the rules have against a batch: an age said twice or not at all, dates that do not exist.
func (s *Server) meaningOfChildren(req *pb.AssessRequest) casework.Violations {
	in := s.intake()
	for i, child := range req.GetChildren() {
		in.child(fmt.Sprintf("children[%d]", i), child)
	}
	return in.faults
}

func (in *intake) child(path string, c *pb.MeasuredChild) {
	if c.AgeDays != nil && c.AgeMonths != nil || c.GetBirthDate() != "" && (c.AgeDays != nil || c.AgeMonths != nil) {
		in.fault(path+".birthDate", "ONE_AGE")
	}
	if c.GetBirthDate() == "" {
		return
	}
	birth, ok := casework.ParseDate(c.GetBirthDate())
	if !ok {
		in.fault(path+".birthDate", "DATE_INVALID")
	}
	day, known := casework.ParseDate(c.GetMeasuredOn())
	switch {
	case !known:
		in.fault(path+".measuredOn", "DATE_INVALID")
	case ok && day < birth:
		in.fault(path+".measuredOn", "BEFORE_BIRTH")
	case day > in.today:
		in.fault(path+".measuredOn", "IN_FUTURE")
	}
}

func childMeasurement(c *pb.MeasuredChild) growth.Measurement {
	m := growth.Measurement{
		Sex: sexes[word[casework.Sex](c.GetSex())], Position: positions[word[string](c.GetPosition())], Oedema: c.GetOedema(),
		WeightKG: growth.Maybe(c.WeightKg), LengthCM: growth.Maybe(c.LengthCm), MUACCM: growth.Maybe(c.MuacCm), HeadCM: growth.Maybe(c.HeadCm),
	}
	switch {
	case c.AgeDays != nil:
		m.Age = growth.AgeInDays(c.GetAgeDays())
	case c.AgeMonths != nil:
		m.Age = growth.AgeInMonths(c.GetAgeMonths())
	case c.GetBirthDate() != "":
		birth, _ := casework.ParseDate(c.GetBirthDate())
		on, _ := casework.ParseDate(c.GetMeasuredOn())
		m.Age = growth.AgeBetween(growthDate(birth), growthDate(on))
	}
	return m
}

var sexes = map[casework.Sex]growth.Sex{casework.Male: growth.Male, casework.Female: growth.Female}

var positions = map[string]growth.Position{"LYING": growth.Lying, "STANDING": growth.Standing}

// growthDate: both packages count civil days, and neither may import the other.
func growthDate(d casework.Date) growth.Date {
	date, _ := growth.DateOf(d.Split())
	return date
}

// measured is a measurement of a filing with its place in the request.
type measured struct {
	casework.Measurement
	path string
}

// measureFields are the measures' names in a request, by the domain's.
var measureFields = map[string]string{"weight_kg": "weightKg", "length_cm": "lengthCm", "muac_cm": "muacCm", "head_cm": "headCm"}

// measurement reads one measurement. Ranges are those of a child's body; what is beyond them is a slip of unit or key.
func (in *intake) measurement(path string, m *pb.NewMeasurement) measured {
	got := measured{path: path}
	got.ID, got.Day = in.chosenID(m.GetMeasurementId()), in.pastDay(path+".measuredOn", m.GetMeasuredOn())
	got.Content = casework.MeasurementContent{
		WeightKG: m.GetWeightKg(), LengthCM: m.GetLengthCm(), MUACCM: m.GetMuacCm(), HeadCM: m.GetHeadCm(),
		Position: word[string](m.GetPosition()), Oedema: m.GetOedema(), StatedTrend: word[string](m.GetStatedTrend()),
		DevelopmentNotPassed: m.GetDevelopmentNotPassed(), MeasuredBy: m.GetMeasuredBy(),
	}
	if m.GetCorrects() != "" {
		got.Corrects = in.name(path+".corrects", "measurements", m.GetCorrects())
	}
	if m.WeightKg == nil && m.LengthCm == nil {
		in.fault(path+".weightKg", "REQUIRED")
	}
	// 0, below and NaN are the shape's, and stand here as not measured
	for _, f := range growth.CheckRange(growthMeasurement(got.Measurement, casework.Person{})) {
		in.fault(path+"."+measureFields[f.Field], f.Reason)
	}
	return got
}

// measurable holds a measurement against the child: a sex and a birth date to the day, and 0 to 59 completed months.
func (in *intake) measurable(path string, m *pb.NewMeasurement, birth casework.BirthDate, sex casework.Sex) {
	day, ok := casework.ParseDate(m.GetMeasuredOn())
	if sex == casework.SexUnknown && path == "measurements[0]" {
		in.fault("newPerson.sex", "REQUIRED_TO_ASSESS")
	}
	if birth.Precision != casework.ToDay {
		if path == "measurements[0]" && birth.Precision != casework.Nothing {
			in.fault("newPerson.birthDate", "BIRTH_DATE_IMPRECISE")
		}
		return
	}
	switch {
	case !ok:
	case day < birth.First:
		in.fault(path+".measuredOn", "BEFORE_BIRTH")
	case !casework.CaseAge(birth, day):
		in.fault(path+".measuredOn", "AGE_RANGE")
	}
}

// assessed is a measurement with what it means.
type assessed struct {
	growth.Assessment
	trend    growth.WeightTrend
	findings growth.Findings
}

// assess a measurement of a child, in the light of the weighings before it. A stated trend makes a finding only where none can
// be computed.
func assess(m casework.Measurement, p casework.Person, history []casework.Measurement) assessed {
	a := growth.Assess(growthMeasurement(m, p))
	trend := growth.Trend(sexes[p.Sex], growthDate(p.Identity.BirthDate.First), weighings(m, history))
	found := trend
	if trend == growth.NoTrend || trend == growth.FirstWeighing {
		found = growth.ParseTrend(m.Content.StatedTrend)
	}
	return assessed{a, trend, growth.FindingsOf(a, found, m.Content.DevelopmentNotPassed)}
}

func growthMeasurement(m casework.Measurement, p casework.Person) growth.Measurement {
	c := m.Content
	g := growth.Measurement{
		Sex: sexes[p.Sex], Position: positions[c.Position], Oedema: c.Oedema,
		WeightKG: some(c.WeightKG), LengthCM: some(c.LengthCM), MUACCM: some(c.MUACCM), HeadCM: some(c.HeadCM),
	}
	if p.Identity.BirthDate.Precision == casework.ToDay {
		g.Age = growth.AgeBetween(growthDate(p.Identity.BirthDate.First), growthDate(m.Day))
	}
	return g
}

func some(figure float64) growth.Value {
	if !(figure > 0) {
		return growth.Value{}
	}
	return growth.Some(figure)
}

// weighings are the weights up to a measurement, oldest first, as the trend needs them.
func weighings(m casework.Measurement, history []casework.Measurement) []growth.Weighing {
	var all []growth.Weighing
	for i := len(history) - 1; i >= 0; i-- {
		if h := history[i]; h.Content.WeightKG > 0 && h.Day < m.Day {
			all = append(all, growth.Weighing{Day: growthDate(h.Day), WeightKG: h.Content.WeightKG})
		}
	}
	if m.Content.WeightKG > 0 {
		all = append(all, growth.Weighing{Day: growthDate(m.Day), WeightKG: m.Content.WeightKG})
	}
	return all
}

// plausible tells whether anything may be concluded from a measurement.
func (a assessed) plausible() bool { return !a.Remeasure() }

// low tells whether length for age is below -2, plausibly.
func (a assessed) low() bool {
	r := a.Index[growth.HFA]
	return r.Known && !r.Flagged && r.Z < -2
}

package server

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// viewAssessment makes the message of what a measurement means; whoever puts it into another message clears that.
func viewAssessment(a growth.Assessment, trend growth.WeightTrend, findings growth.Findings) *pb.Assessment {
	m := &pb.Assessment{
		HeightForAge: viewIndex(a, growth.HFA), WeightForAge: viewIndex(a, growth.WFA), WeightForHeight: viewIndex(a, growth.WFH),
		BmiForAge: viewIndex(a, growth.BFA), HeadForAge: viewIndex(a, growth.HC), MuacForAge: viewIndex(a, growth.AC),
		Trend: enum[pb.WeightTrend_Value](pb.WeightTrend_Value_value, trend.String()), Remeasure: a.Remeasure(),
	}
	if a.Age.Known() {
		m.AgeDays = proto.Int32(int32(a.Age.TableDay()))
	}
	if cm, ok := a.CorrectedLengthCM.Get(); ok {
		m.CorrectedLengthCm = proto.Float64(cm)
	}
	if bmi, ok := a.BMI.Get(); ok {
		m.Bmi = proto.Float64(bmi)
	}
	m.Findings = viewFindings(findings)
	return m
}

func viewFindings(findings growth.Findings) []pb.Finding_Value {
	var all []pb.Finding_Value
	for f := range findings.All() {
		all = append(all, enum[pb.Finding_Value](pb.Finding_Value_value, f.String()))
	}
	return all
}

func viewIndex(a growth.Assessment, i growth.Index) *pb.IndexResult {
	r := a.Index[i]
	m := &pb.IndexResult{Flagged: r.Flagged, Category: enum[pb.GrowthCategory_Value](pb.GrowthCategory_Value_value, r.Category.String())}
	if r.Known {
		m.Z = proto.Float64(r.Z)
	}
	return m
}

// viewMeasurements makes messages of a child's measurements, newest first as they come.
func (s *Server) viewMeasurements(measurements []casework.Measurement, p casework.Person) []*pb.Measurement {
	corrected := casework.Corrected(measurements)
	var all []*pb.Measurement
	for i, m := range measurements {
		earlier := slices.DeleteFunc(slices.Clone(measurements[i+1:]), func(e casework.Measurement) bool { return corrected[e.ID] })
		message := viewMeasurement(m, assess(m, p, earlier))
		message.Corrected = corrected[m.ID]
		all = append(all, message)
	}
	return all
}

// viewOne is a measurement by itself, as a grant of its case lets it be read.
func viewOne(g access.Grant, m casework.Measurement, a assessed) *pb.Measurement {
	message := viewMeasurement(m, a)
	sightOf(g).clear(message.ProtoReflect())
	return message
}

func viewMeasurement(m casework.Measurement, a assessed) *pb.Measurement {
	c := m.Content
	return &pb.Measurement{
		Name: "measurements/" + m.ID.String(), MeasuredOn: m.Day.String(), WeightKg: figure(c.WeightKG), LengthCm: figure(c.LengthCM),
		MuacCm: figure(c.MUACCM), HeadCm: figure(c.HeadCM), Oedema: c.Oedema, DevelopmentNotPassed: c.DevelopmentNotPassed,
		Position:    enum[pb.Position_Value](pb.Position_Value_value, c.Position),
		StatedTrend: enum[pb.WeightTrend_Value](pb.WeightTrend_Value_value, c.StatedTrend),
		Trend:       enum[pb.WeightTrend_Value](pb.WeightTrend_Value_value, a.trend.String()), ByHealthWorker: m.HealthWorker,
		Unit: unitName(m.Unit), RecordTime: timestamp(m.Recorded), Corrects: named("measurements", m.Corrects), Assessment: viewAssessment(a.Assessment, a.trend, a.findings),
	}
}

func figure(f float64) *float64 {
	if f == 0 {
		return nil
	}
	return proto.Float64(f)
}

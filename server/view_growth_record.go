package server

import (
	"math"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// viewRosterChild makes the message of one child of a list.
func viewRosterChild(child rosterChild) *pb.RosterChild {
	k, i := child.file.Case, child.person.Identity
	m := &pb.RosterChild{}
	if child.grant.Case() != k.ID || k.Subject != child.person.ID {
		return m
	}
	m.Case, m.Number, m.Unit = caseName(k.ID), k.Number, unitName(k.Unit)
	m.FullName, m.BirthDate, m.MotherName, m.Rt, m.Rw = i.Name, i.BirthDate.String(), i.Mother.Name, i.Address.RT, i.Address.RW
	m.Sex = enum[pb.Sex_Value](pb.Sex_Value_value, child.person.Sex)
	m.AgeMonths, m.Weighed = int32(child.months), child.seen
	if child.last != nil {
		m.Last = viewMeasurement(child.of, assessedAt(*child.last))
	}
	child.sight.clear(m.ProtoReflect())
	return m
}

func assessedAt(p growth.Point) assessed { return assessed{p.Assessment, p.Trend, p.Findings} }

// viewGrowthRecord makes the message of a child's growth. Whoever may read the last weighing alone reads that, and not how many there were.
func (g growthCase) viewGrowthRecord() *pb.GrowthRecord {
	m := &pb.GrowthRecord{}
	if g.read.Grant.Case() != g.file.Case.ID {
		return m
	}
	m.Case, m.Client = caseName(g.file.Case.ID), g.viewPerson(g.person, g.now)
	at := map[casework.ID]int{}
	for i, s := range g.standing {
		at[s.ID] = len(g.points) - 1 - i
	}
	shown := g.measurements
	if !g.read.Grant.Shows(access.F3Health) {
		last := casework.LastWeighing(g.standing)
		shown = g.standing[max(last, 0) : last+1]
	}
	for _, measured := range shown {
		point, stands := at[measured.ID]
		var a assessed
		if stands {
			a = assessedAt(g.points[point])
		} else {
			a = assess(measured, g.person, nil) // by itself: what is corrected has no part in a trend
			a.trend = growth.NoTrend
		}
		message := viewMeasurement(measured, a)
		message.Corrected, message.Corrects = !stands, named("measurements", measured.Corrects)
		m.Measurements = append(m.Measurements, message)
	}
	m.StuntingDiagnosis = enum[pb.StuntingDiagnosis_Value](pb.StuntingDiagnosis_Value_value, g.diagnosis)
	if g.duty.Name == casework.DutyFollowUp {
		m.NextVisitOn = dateText(casework.DateOf(g.duty.Due))
	}
	sightOf(g.read.Grant).clear(m.ProtoReflect())
	return m
}

// chartUnits are the units of the measure of each index.
var chartUnits = [growth.Indices]string{
	growth.HFA: "cm", growth.WFA: "kg", growth.WFH: "kg", growth.BFA: "kg/m2", growth.HC: "cm", growth.AC: "cm",
}

// viewGrowthChart makes the message of a chart.
func (g growthCase) viewGrowthChart(index growth.Index) *pb.GrowthChart {
	m := &pb.GrowthChart{}
	if g.read.Grant.Case() != g.file.Case.ID || !g.read.Grant.Shows(access.F3Health) {
		return m
	}
	chart := growth.ChartOf(index, sexes[g.person.Sex], g.points)
	m.Index = enum[pb.GrowthIndex_Value](pb.GrowthIndex_Value_value, index.String())
	m.Sex = enum[pb.Sex_Value](pb.Sex_Value_value, g.person.Sex)
	m.XUnit, m.YUnit = "d", chartUnits[index]
	if index == growth.WFH {
		m.XUnit = "cm"
	}
	for _, c := range chart.Curves {
		curve := &pb.GrowthCurve{Sd: int32(c.Z)}
		for _, spot := range c.Spots {
			curve.X, curve.Y = append(curve.X, spot.X), append(curve.Y, math.Round(spot.Y*100)/100) // a line is not finer than a scale
		}
		m.Curves = append(m.Curves, curve)
	}
	for i, spot := range chart.Child {
		point := g.points[chart.Points[i]]
		r := point.Assessment.Index[index]
		m.Points = append(m.Points, &pb.GrowthPoint{
			MeasuredOn: point.Day.String(), X: spot.X, Y: spot.Y, Z: proto.Float64(r.Z), Flagged: r.Flagged,
			Category: enum[pb.GrowthCategory_Value](pb.GrowthCategory_Value_value, r.Category.String()),
		})
	}
	sightOf(g.read.Grant).clear(m.ProtoReflect())
	return m
}

package growth

// Visit is one measurement of a child on one day.
type Visit struct {
	Day                  Date
	Measurement          Measurement // its age is the record's to set
	Stated               WeightTrend // as written on the card; it makes a finding only where none can be computed
	DevelopmentNotPassed bool
}

// Point is a visit with what it means in the light of those before it: a point of the growth card.
type Point struct {
	Visit
	Assessment Assessment
	Trend      WeightTrend
	Findings   Findings
}

// Record is a child's growth over time, oldest first. A weight that the standard does not believe is nobody's gain: trends pass it by.
func Record(sex Sex, birth Date, visits []Visit) []Point {
	points := make([]Point, 0, len(visits))
	var weighings []Weighing
	for _, v := range visits {
		v.Measurement.Sex, v.Measurement.Age = sex, AgeBetween(birth, v.Day)
		p := Point{Visit: v, Assessment: Assess(v.Measurement)}
		if kg, ok := v.Measurement.WeightKG.Get(); ok && !p.Assessment.Index[WFA].Flagged {
			weighings = appendDay(weighings, Weighing{v.Day, kg})
			p.Trend = Trend(sex, birth, weighings)
		}
		p.Findings = FindingsOf(p.Assessment, p.found(), v.DevelopmentNotPassed)
		points = append(points, p)
	}
	return points
}

// found is the trend that makes a finding.
func (p Point) found() WeightTrend {
	if p.Trend == NoTrend || p.Trend == FirstWeighing {
		return p.Stated
	}
	return p.Trend
}

// appendDay keeps one weighing a day, the one recorded last: a scale read twice is no gain in no time.
func appendDay(all []Weighing, w Weighing) []Weighing {
	if last := len(all) - 1; last >= 0 && all[last].Day == w.Day {
		all[last] = w
		return all
	}
	return append(all, w)
}

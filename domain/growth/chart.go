package growth

// ChartZ are the z-scores whose curves a growth card shows.
var ChartZ = [...]float64{-3, -2, 0, 2, 3}

// Spot is a place on a chart: an age in days or a length in centimetres, and the measure.
type Spot struct{ X, Y float64 }

// Curve is the measure at one z-score.
type Curve struct {
	Z     float64
	Spots []Spot
}

// Chart is a growth card of one index: the curves, and where the child stood among them. Position says by which table weight goes with
// length, as the child is now: lying below 2 years, standing after.
type Chart struct {
	Index    Index
	Position Position // of weight for length; unknown for what goes by age
	Curves   []Curve
	Child    []Spot
	Points   []int // for each spot of the child, its place in the record
}

// ChartOf a child's record. It is empty for a sex that is not known, for each has curves of its own.
func ChartOf(i Index, sex Sex, record []Point) Chart {
	c := Chart{Index: i}
	if sex != Male && sex != Female {
		return c
	}
	if i == WFH {
		c.Position = tableOf(record)
	}
	for _, z := range ChartZ {
		c.Curves = append(c.Curves, Curve{z, spots(i, c.Position, sex, z)})
	}
	for at, p := range record {
		if spot, ok := p.spot(i); ok && (i != WFH || positionAt(p) == c.Position) {
			c.Child, c.Points = append(c.Child, spot), append(c.Points, at)
		}
	}
	return c
}

// tableOf is the table of weight for length that holds now.
func tableOf(record []Point) Position {
	if len(record) == 0 {
		return Lying
	}
	return positionAt(record[len(record)-1])
}

func positionAt(p Point) Position {
	if p.Assessment.Age.TableDay() >= heightDay {
		return Standing
	}
	return Lying
}

// spots are one for each month from birth to the end of the tables, or for each centimetre.
func spots(i Index, position Position, sex Sex, z float64) (all []Spot) {
	if i == WFH {
		for cm := 45; cm <= 120; cm++ {
			if kg, ok := AtLength(position, sex, float64(cm), z); ok {
				all = append(all, Spot{float64(cm), kg})
			}
		}
		return all
	}
	for month := 0; month <= ageLimit; month++ {
		day := int(float64(month)*daysPerMonth + 0.5)
		if y, ok := AtAge(i, sex, day, z); ok {
			all = append(all, Spot{float64(day), y})
		}
	}
	return all
}

// spot is where a point stands, an implausible one too: it is to be seen and measured again. ok is false where the index was not
// measured, or has no z-score.
func (p Point) spot(i Index) (s Spot, ok bool) {
	if !p.Assessment.Index[i].Known {
		return s, false
	}
	s.X = p.Assessment.Age.Days()
	if i == WFH {
		s.X, _ = p.Assessment.CorrectedLengthCM.Get()
	}
	s.Y, ok = p.measure(i)
	return s, ok
}

func (p Point) measure(i Index) (float64, bool) {
	switch i {
	case HFA:
		return p.Assessment.CorrectedLengthCM.Get()
	case WFA, WFH:
		return p.Measurement.WeightKG.Get()
	case BFA:
		return p.Assessment.BMI.Get()
	case HC:
		return p.Measurement.HeadCM.Get()
	}
	return p.Measurement.MUACCM.Get()
}

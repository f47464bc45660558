package growth

import "math"

// AtAge is the measure of an index for a z-score at an age in days: a point of the curves on a growth card. Weight for length
// has no age, see [AtLength]; ok is false where the standard has no row.
func AtAge(i Index, sex Sex, day int, z float64) (measure float64, ok bool) {
	if i >= Indices || i == WFH || !byAge[i].has(day) || sex != Male && sex != Female {
		return 0, false
	}
	return known(byAge[i].at(sex, day).at(z))
}

var byAge = [Indices]table{HFA: lengthForAge, WFA: weightForAge, BFA: bmiForAge, HC: headForAge, AC: armForAge}

// AtLength is the weight for a z-score at a length, or at a height if the position is standing.
func AtLength(position Position, sex Sex, cm, z float64) (weightKG float64, ok bool) {
	t := weightForLength
	if position == Standing {
		t = weightForHeight
	}
	if sex != Male && sex != Female {
		return 0, false
	}
	p, ok := t.between(sex, cm)
	if !ok {
		return 0, false
	}
	return known(p.at(z))
}

// known refuses a z so far out that the distribution has no measure there.
func known(measure float64) (float64, bool) {
	if math.IsNaN(measure) || math.IsInf(measure, 0) {
		return 0, false
	}
	return measure, true
}

package growth

import "math"

// Index is a measure compared with the standard of a sex, and of an age or a length.
type Index uint8

// The indices, in the order of every list of them.
const (
	HFA Index = iota // length or height for age: PB/U, TB/U
	WFA              // weight for age: BB/U
	WFH              // weight for length or height: BB/PB, BB/TB
	BFA              // body mass index for age: IMT/U
	HC               // head circumference for age: LK/U
	AC               // arm circumference for age: LiLA/U
	Indices
)

var indexNames = [Indices]struct{ id, label string }{
	HFA: {"HFA", "TB/U"}, WFA: {"WFA", "BB/U"}, WFH: {"WFH", "BB/TB"}, BFA: {"BFA", "IMT/U"}, HC: {"HC", "LK/U"}, AC: {"AC", "LiLA/U"},
}

// String is the identifier of the index.
func (i Index) String() string { return indexNames[i].id }

// Label is the Indonesian abbreviation.
func (i Index) Label() string { return indexNames[i].label }

// plausible are the z-scores within which the WHO believes a measurement; both ends belong to it.
var plausible = [Indices]struct{ low, high float64 }{
	HFA: {-6, 6}, WFA: {-6, 5}, WFH: {-5, 5}, BFA: {-5, 5}, HC: {-5, 5}, AC: {-5, 5},
}

// Result is one index of one child.
type Result struct {
	Z        float64 // rounded to two decimals; 0 if not known
	Known    bool    // there is a z-score
	Flagged  bool    // z lies outside the plausible range: measure again. z itself is kept
	Category Category
}

// Assessment is what a measurement means. It says nothing that the measurement does not hold: an index without its measure,
// its sex or its age is not known.
type Assessment struct {
	Index             [Indices]Result
	Age               Age
	CorrectedLengthCM Value // as the position that the table of the age means
	BMI               Value // kg/m2, from the corrected length
	Position          Position
	StandingTooYoung  bool // said to stand before 9 months: the position is not believed, and nothing corrected
	Oedema            bool
}

// Remeasure tells whether an index is implausible, so that the child should be measured again before anything is concluded
// from that index. The other indices of the same child still count.
func (a *Assessment) Remeasure() bool {
	for i := range a.Index {
		if a.Index[i].Flagged {
			return true
		}
	}
	return false
}

// Below tells for a prevalence whether the child counts at all in an index, and whether it stands below a z-score. A flagged
// z does not count; oedema counts as below -3 in the weight-based indices, as the WHO counts it.
func (a *Assessment) Below(i Index, z float64) (counts, below bool) {
	if a.Oedema && weightBased(i) && (!a.Age.known || a.Age.scored()) {
		return true, z >= -3
	}
	r := a.Index[i]
	counts = r.Known && !r.Flagged
	return counts, counts && r.Z < z
}

func weightBased(i Index) bool { return i == WFA || i == WFH || i == BFA }

// Assess computes all indices of one measurement. It takes what [Check] refuses, too: a weight or length of zero or less, or
// not finite, counts as missing.
func Assess(m Measurement) (a Assessment) {
	assess(&m, &a)
	return a
}

// AssessAll assesses measurements in place: out must be at least as long, and is written from the front.
func AssessAll(ms []Measurement, out []Assessment) {
	out = out[:len(ms)]
	for i := range ms {
		assess(&ms[i], &out[i])
	}
}

func assess(m *Measurement, a *Assessment) {
	*a = Assessment{Age: m.Age, Position: m.Position, Oedema: m.Oedema}
	for _, i := range [...]Index{HFA, WFA, WFH, BFA} {
		a.Index[i].Category = NotMeasured
	}
	a.body(m)
	if m.Sex == Male || m.Sex == Female {
		a.scoreByAge(m)
		a.scoreByLength(m)
	}
	if m.Oedema {
		a.Index[WFH].Category = SeverelyWasted // whatever z would say: Permenkes 2/2020
	}
	a.Index[AC].Category = armCategory(m)
}

// body corrects the length for the position and takes the body mass index from it.
func (a *Assessment) body(m *Measurement) {
	if m.Position == Standing && m.Age.known && m.Age.months < 9 {
		a.StandingTooYoung, a.Position = true, PositionUnknown
	}
	if !m.LengthCM.usable() {
		return
	}
	cm := m.LengthCM.figure
	if m.Age.known {
		switch tall := m.Age.TableDay() >= heightDay; {
		case a.Position == Standing && !tall:
			cm += 0.7
		case a.Position == Lying && tall:
			cm -= 0.7
		}
	}
	a.CorrectedLengthCM = finite(cm)
	if metres := cm / 100; m.WeightKG.usable() {
		a.BMI = finite(m.WeightKG.figure / (metres * metres))
	}
}

// finite keeps what overflowed from ever leaving; a weight of 1e308 kg has no body mass index.
func finite(x float64) Value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Value{}
	}
	return Some(x)
}

// scoreByAge sets the indices that need an age. Only the valid range looks at the age not rounded; the row is of whole days.
func (a *Assessment) scoreByAge(m *Measurement) {
	if !m.Age.scored() {
		return
	}
	day := m.Age.TableDay()
	if y := a.CorrectedLengthCM; y.usable() {
		a.put(HFA, lengthForAge.at(m.Sex, day).symmetric(y.figure))
	}
	if y := m.HeadCM; y.usable() {
		a.put(HC, headForAge.at(m.Sex, day).symmetric(y.figure))
	}
	if y := m.MUACCM; y.usable() && armForAge.has(day) {
		a.put(AC, armForAge.at(m.Sex, day).skewed(y.figure))
	}
	if m.Oedema {
		return // the water weighs: the weight-based indices would hide the child
	}
	if y := m.WeightKG; y.usable() {
		a.put(WFA, weightForAge.at(m.Sex, day).skewed(y.figure))
	}
	if y := a.BMI; y.usable() {
		a.put(BFA, bmiForAge.at(m.Sex, day).skewed(y.figure))
	}
}

// scoreByLength sets weight for length or height. The table is chosen by age: the position has only moved the length.
func (a *Assessment) scoreByLength(m *Measurement) {
	tooOld := m.Age.known && !m.Age.scored()
	if m.Oedema || tooOld || !m.WeightKG.usable() || !a.CorrectedLengthCM.usable() {
		return
	}
	cm, chosen := a.CorrectedLengthCM.figure, weightForLength
	if tall(m.Age, a.Position, cm) {
		chosen = weightForHeight
	}
	if p, ok := chosen.between(m.Sex, cm); ok {
		a.put(WFH, p.skewed(m.WeightKG.figure))
	}
}

// tall tells whether weight goes with height: by age, without an age by position, without both from 87 cm on.
func tall(age Age, position Position, cm float64) bool {
	switch {
	case age.known:
		return age.TableDay() >= heightDay
	case position == PositionUnknown:
		return cm >= 87
	}
	return position == Standing
}

// put rounds once, at the very end, and judges by the rounded z: exactly -3.00 is the milder class, exactly 6.00 plausible.
func (a *Assessment) put(i Index, z float64) {
	hundredths := math.RoundToEven(z * 100)
	if math.IsNaN(hundredths) || math.IsInf(hundredths, 0) {
		return
	}
	if hundredths == 0 {
		hundredths = 0 // not -0
	}
	r := &a.Index[i]
	r.Z, r.Known = hundredths/100, true
	r.Flagged = r.Z < plausible[i].low || r.Z > plausible[i].high
	r.Category = categoryOf(i, hundredths, r.Flagged)
}

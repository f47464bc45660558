package growth

import "math"

// Report is how a measurer, a post or a puskesmas measured in a month. It speaks of a scale or a habit, never about a child.
type Report struct {
	N          int // measurements
	Registered int // children of the register, S of D/S; the caller sets it, 0 if not known
	Weighed    int // D of D/S
	Measured   int // with a length or height
	Unplaced   int // of those, without a position that can be believed
	Boys       int
	Girls      int

	Scored  [Indices]int     // z-scores, flagged ones included
	Flagged [Indices]int     // z-scores outside the plausible range
	SD      [Indices]float64 // standard deviation of the plausible z-scores; 0 for fewer than two

	WeightDigits [10]int // of tenths of a kilogram
	LengthDigits [10]int // of tenths of a centimetre
	Months       [12]int // completed months past the last birthday
}

// Quality reports on measurements. A figure that [Check] refuses counts as missing.
func Quality(ms []Measurement) Report {
	r := Report{N: len(ms)}
	var spread [Indices]spread
	for i := range ms {
		a := Assess(ms[i])
		r.count(&ms[i], &a)
		for index, result := range a.Index {
			if result.plausible() {
				spread[index].add(result.Z)
			}
		}
	}
	for index := range spread {
		r.SD[index] = spread[index].sd()
	}
	return r
}

func (r *Report) count(m *Measurement, a *Assessment) {
	switch m.Sex {
	case Male:
		r.Boys++
	case Female:
		r.Girls++
	}
	if m.WeightKG.usable() {
		r.Weighed++
		r.WeightDigits[tenth(m.WeightKG.figure)]++
	}
	if m.LengthCM.usable() {
		r.Measured++
		r.LengthDigits[tenth(m.LengthCM.figure)]++
		if a.Position == PositionUnknown {
			r.Unplaced++
		}
	}
	if m.Age.scored() && m.Age.CompletedMonths() >= 0 {
		r.Months[m.Age.CompletedMonths()%12]++
	}
	for i, result := range a.Index {
		if result.Known {
			r.Scored[i]++
		}
		if result.Flagged {
			r.Flagged[i]++
		}
	}
}

// tenth is the digit after the point as it was written: 9.75 ends in 7. The hair keeps 2.3, which is less in binary, at 3.
func tenth(figure float64) int { return int(math.Mod(figure, 1)*10+1e-6) % 10 }

// spread gathers a standard deviation in one pass (Welford), without the loss of a sum of squares.
type spread struct {
	n       int
	mean, m float64
}

func (s *spread) add(x float64) {
	s.n++
	d := x - s.mean
	s.mean += d / float64(s.n)
	s.m += d * (x - s.mean)
}

func (s *spread) sd() float64 {
	if s.n < 2 {
		return 0
	}
	return math.Sqrt(s.m / float64(s.n-1))
}

// Band is a judgement of one measure of quality. The zero value is none: too few measurements to say.
type Band uint8

// The bands.
const (
	NoBand Band = iota
	Good
	Doubtful
	Bad
)

var bandNames = [...]struct{ id, label string }{
	NoBand: {"", ""}, Good: {"GOOD", "Baik"}, Doubtful: {"DOUBTFUL", "Meragukan"}, Bad: {"BAD", "Buruk"},
}

// String is the identifier of the band; empty for none.
func (b Band) String() string { return bandNames[b].id }

// Label is the Indonesian text of the band.
func (b Band) Label() string { return bandNames[b].label }

// Within are the values that are good and those that are at worst doubtful; ends belong to both.
type Within struct{ GoodLow, GoodHigh, DoubtfulLow, DoubtfulHigh float64 }

// Band judges a value.
func (w Within) Band(value float64) Band {
	switch {
	case w.GoodLow <= value && value <= w.GoodHigh:
		return Good
	case w.DoubtfulLow <= value && value <= w.DoubtfulHigh:
		return Doubtful
	}
	return Bad
}

// Thresholds judge a report; [DefaultThresholds] is where to begin.
type Thresholds struct {
	Fewest   int // measurements below which nothing is judged
	Coverage Within
	Flagged  Within // share of an index
	SD       [Indices]Within
	Digits   Within // score of a digit preference, as that of months
	Unplaced Within // share of lengths
	Boys     Within // share of boys
}

// DefaultThresholds follow the WHO/UNICEF recommendations of 2019 on anthropometric data quality where they give a figure (more
// than 1 % implausible is doubtful), the digit preference score of the SMART surveys (12, 20), and the WHO's expected standard
// deviations (1995) widened for routine weighing; the rest is ours, for a health office to set.
func DefaultThresholds() Thresholds {
	wide, narrow := Within{0.8, 1.3, 0.7, 1.6}, Within{0.8, 1.2, 0.7, 1.4}
	return Thresholds{
		Fewest:   50,
		Coverage: Within{0.8, math.Inf(1), 0.6, math.Inf(1)},
		Flagged:  upTo(0.01, 0.025),
		SD:       [Indices]Within{HFA: wide, WFA: narrow, WFH: narrow, BFA: wide, HC: wide, AC: narrow},
		Digits:   upTo(12, 20),
		Unplaced: upTo(0.02, 0.10),
		Boys:     Within{0.45, 0.57, 0.40, 0.62},
	}
}

func upTo(good, doubtful float64) Within { return Within{0, good, 0, doubtful} }

// Mark is one measure of quality with its judgement.
type Mark struct {
	Measure string // COVERAGE, FLAGGED_HFA, SD_WFH, WEIGHT_DIGITS …
	Value   float64
	N       int // what it was computed from
	Band    Band
}

// Marks judges a report, measure by measure, in a fixed order; what has no measurement at all has no mark.
func (r *Report) Marks(t Thresholds) []Mark {
	var marks []Mark
	add := func(measure string, value float64, n int, w Within) {
		if n == 0 {
			return
		}
		m := Mark{Measure: measure, Value: value, N: n}
		if n >= t.Fewest {
			m.Band = w.Band(value)
		}
		marks = append(marks, m)
	}
	add("COVERAGE", share(r.Weighed, r.Registered), r.Registered, t.Coverage)
	for i := range Indices {
		add("FLAGGED_"+i.String(), share(r.Flagged[i], r.Scored[i]), r.Scored[i], t.Flagged)
	}
	for i := range Indices {
		add("SD_"+i.String(), r.SD[i], r.Scored[i]-r.Flagged[i], t.SD[i])
	}
	add("WEIGHT_DIGITS", preference(r.WeightDigits[:]), r.Weighed, t.Digits)
	add("LENGTH_DIGITS", preference(r.LengthDigits[:]), r.Measured, t.Digits)
	add("MONTH_HEAPING", preference(r.Months[:]), sum(r.Months[:]), t.Digits)
	add("POSITION_MISSING", share(r.Unplaced, r.Measured), r.Measured, t.Unplaced)
	add("SHARE_OF_BOYS", share(r.Boys, r.Boys+r.Girls), r.Boys+r.Girls, t.Boys)
	return marks
}

// SexRatio is boys for each girl; ok is false without a girl.
func (r *Report) SexRatio() (ratio float64, ok bool) {
	if r.Girls == 0 {
		return 0, false
	}
	return float64(r.Boys) / float64(r.Girls), true
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// preference scores how unevenly last digits fall: 0 if all are as frequent, 100 if one has all. It is the root of chi squared
// over its largest value (the MONICA project's score, as SMART uses it).
func preference(counts []int) float64 {
	n := sum(counts)
	if n == 0 {
		return 0
	}
	expected, chi2 := float64(n)/float64(len(counts)), 0.0
	for _, c := range counts {
		d := float64(c) - expected
		chi2 += d * d / expected
	}
	return 100 * math.Sqrt(chi2/float64(n*(len(counts)-1)))
}

func sum(counts []int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

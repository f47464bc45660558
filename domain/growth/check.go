package growth

import "math"

// Fault is what is wrong with one field of an input. It names the field and never the value: faults may be logged.
type Fault struct {
	Field  string // as in the contract: weight_kg, length_cm, muac_cm, head_cm, age
	Reason string // for a program
}

// The reasons of faults.
const (
	NotANumber       = "NOT_A_NUMBER"
	Infinite         = "INFINITE"
	NotPositive      = "NOT_POSITIVE" // zero, minus zero or less
	Negative         = "NEGATIVE"
	WeightOutOfRange = "WEIGHT_RANGE"
	LengthOutOfRange = "LENGTH_RANGE"
	MUACOutOfRange   = "MUAC_RANGE"
	HeadOutOfRange   = "HEAD_RANGE"
)

// span is what a measure of a child under five can be; beyond it lies a slip of unit or key.
type span struct{ low, high float64 }

func (s span) holds(figure float64) bool { return s.low <= figure && figure <= s.high }

var (
	weightKG = span{0.5, 60}
	lengthCM = span{30, 150}
	armCM    = span{5, 40}
	headCM   = span{20, 70}
)

// Check lists what is no measure at all: not a number, infinite, zero or less, an age below zero.
func Check(m Measurement) []Fault {
	var faults []Fault
	for _, f := range m.figures() {
		if reason := fault(f.value); reason != "" {
			faults = append(faults, Fault{f.field, reason})
		}
	}
	if m.Age.Known() && (m.Age.Days() < 0 || math.IsNaN(m.Age.Days()) || math.IsInf(m.Age.Days(), 0)) {
		faults = append(faults, Fault{"age", Negative})
	}
	return faults
}

// CheckRange lists the measures that no child under five has. Assess takes them, for the standard does; a filing does not.
func CheckRange(m Measurement) []Fault {
	var faults []Fault
	for _, f := range m.figures() {
		if figure, known := f.value.Get(); known && !f.span.holds(figure) {
			faults = append(faults, Fault{f.field, f.reason})
		}
	}
	return faults
}

// figure is one measure with its field and its span.
type figure struct {
	value  Value
	field  string
	span   span
	reason string
}

func (m Measurement) figures() [4]figure {
	return [4]figure{
		{m.WeightKG, "weight_kg", weightKG, WeightOutOfRange},
		{m.LengthCM, "length_cm", lengthCM, LengthOutOfRange},
		{m.MUACCM, "muac_cm", armCM, MUACOutOfRange},
		{m.HeadCM, "head_cm", headCM, HeadOutOfRange},
	}
}

func fault(v Value) string {
	figure, known := v.Get()
	switch {
	case !known:
		return ""
	case math.IsNaN(figure):
		return NotANumber
	case math.IsInf(figure, 0):
		return Infinite
	case !(figure > 0):
		return NotPositive
	}
	return ""
}

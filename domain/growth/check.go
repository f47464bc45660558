package growth

import "math"

// Fault is what is wrong with one field of an input. It names the field and never the value: faults may be logged.
type Fault struct {
	Field  string // as in the contract: weight_kg, length_cm, muac_cm, head_cm, age, sex, position, birth_date, measured_on
	Reason string // for a program
}

// The reasons of faults.
const (
	NotANumber       = "NOT_A_NUMBER"
	Infinite         = "INFINITE"
	NotPositive      = "NOT_POSITIVE" // zero, minus zero or less
	Negative         = "NEGATIVE"
	UnknownCode      = "UNKNOWN_CODE"
	BeforeBirth      = "BEFORE_BIRTH"
	InFuture         = "IN_FUTURE"
	WeightOutOfRange = "WEIGHT_RANGE"
	LengthOutOfRange = "LENGTH_RANGE"
	MUACOutOfRange   = "MUAC_RANGE"
	HeadOutOfRange   = "HEAD_RANGE"
)

// span is what a measure of a child under five can be; beyond it lies a slip of unit or key.
type span struct{ low, high float64 }

func (s span) holds(figure float64) bool { return s.low <= figure && figure <= s.high }

// armCM also bounds the category of an arm.
var armCM = span{5, 40}

// Check lists what is no measure at all: a measure that is no number, infinite, zero or less; an age below zero; a sex or a
// position that there is not. Nothing wrong is nil. Missing is not wrong.
func Check(m Measurement) []Fault {
	var faults []Fault
	for _, f := range m.figures() {
		if reason := wrong(f.value); reason != "" {
			faults = append(faults, Fault{f.field, reason})
		}
	}
	if reason := wrongAge(m.Age); reason != "" {
		faults = append(faults, Fault{"age", reason})
	}
	if m.Sex > Female {
		faults = append(faults, Fault{"sex", UnknownCode})
	}
	if m.Position > Standing {
		faults = append(faults, Fault{"position", UnknownCode})
	}
	return faults
}

// CheckRange lists the measures that no child under five has. [Assess] takes them, for the standard does; a filing does not.
func CheckRange(m Measurement) []Fault {
	var faults []Fault
	for _, f := range m.figures() {
		if figure, known := f.value.Get(); known && !f.span.holds(figure) {
			faults = append(faults, Fault{f.field, f.reason})
		}
	}
	return faults
}

// CheckDates lists what is wrong with the days of a birth and a measuring, as of today.
func CheckDates(birth, on, today Date) []Fault {
	var faults []Fault
	if birth > today {
		faults = append(faults, Fault{"birth_date", InFuture})
	}
	if on > today {
		faults = append(faults, Fault{"measured_on", InFuture})
	}
	if on < birth {
		faults = append(faults, Fault{"measured_on", BeforeBirth})
	}
	return faults
}

// figure is one measure with its field and what it can be.
type figure struct {
	value  Value
	field  string
	span   span
	reason string
}

func (m *Measurement) figures() [4]figure {
	return [4]figure{
		{m.WeightKG, "weight_kg", span{0.5, 60}, WeightOutOfRange},
		{m.LengthCM, "length_cm", span{30, 150}, LengthOutOfRange},
		{m.MUACCM, "muac_cm", armCM, MUACOutOfRange},
		{m.HeadCM, "head_cm", span{20, 70}, HeadOutOfRange},
	}
}

func wrong(v Value) string {
	figure, known := v.Get()
	if !known || figure > 0 && !math.IsInf(figure, 0) {
		return ""
	}
	if reason := notFinite(figure); reason != "" {
		return reason
	}
	return NotPositive
}

// wrongAge takes an age of zero: the day of birth.
func wrongAge(a Age) string {
	if reason := notFinite(a.days); reason != "" || !a.known || a.days >= 0 {
		return reason
	}
	return Negative
}

func notFinite(x float64) string {
	switch {
	case math.IsNaN(x):
		return NotANumber
	case math.IsInf(x, 0):
		return Infinite
	}
	return ""
}

package growth

import "iter"

// Finding is what a measurement says about a child, by the table of the page domain 5.
type Finding uint8

// The findings, the most urgent first, numbered as in the contract.
const (
	Oedema Finding = iota + 1
	WFHSevere
	MUACSevereFinding
	WFHLow
	MUACModerateFinding
	Trend2T
	BelowRedLine
	HFALow
	WFALow
	TrendT
	WFAHigh
	Development
	findingEnd
)

const (
	treatment    = "NUTRITION_TREATMENT"
	confirmation = "NUTRITION_CONFIRMATION"
	emergency    = "EMERGENCY"
	urgent       = "URGENT"
	routine      = "ROUTINE"
)

// rules are the table: what makes a finding, and the service and urgency that it pre-selects. Each measure makes its most
// specific finding alone, so that nobody reads two where one was measured: below -3 is not also below -2.
var rules = [findingEnd]struct {
	id, label, service, urgency string
	holds                       func(facts) bool
}{
	Oedema:              {"OEDEMA", "Edema", treatment, emergency, func(f facts) bool { return f.oedema }},
	WFHSevere:           {"WFH_SEVERE", "BB/TB di bawah -3 SD", treatment, emergency, func(f facts) bool { return f.wfh.below(-3) }},
	MUACSevereFinding:   {"MUAC_SEVERE", "LiLA di bawah 11,5 cm", treatment, emergency, func(f facts) bool { return f.arm == MUACSevere }},
	WFHLow:              {"WFH_LOW", "BB/TB di bawah -2 SD", confirmation, urgent, func(f facts) bool { return f.wfh.low() }},
	MUACModerateFinding: {"MUAC_MODERATE", "LiLA di bawah 12,5 cm", confirmation, urgent, func(f facts) bool { return f.arm == MUACModerate }},
	Trend2T:             {"TREND_2T", "Dua kali tidak naik", confirmation, urgent, func(f facts) bool { return f.trend == NotGainedTwice }},
	BelowRedLine:        {"BELOW_RED_LINE", "Di bawah garis merah", confirmation, urgent, func(f facts) bool { return f.wfa.below(-3) }},
	HFALow:              {"HFA_LOW", "TB/U di bawah -2 SD", confirmation, routine, func(f facts) bool { return f.hfa.below(-2) }},
	WFALow:              {"WFA_LOW", "BB/U di bawah -2 SD", confirmation, routine, func(f facts) bool { return f.wfa.low() }},
	TrendT:              {"TREND_T", "Tidak naik", confirmation, routine, func(f facts) bool { return f.trend == NotGained }},
	WFAHigh:             {"WFA_HIGH", "BB/U di atas +1 SD", confirmation, routine, func(f facts) bool { return f.wfa.plausible() && f.wfa.Z > 1 }},
	Development:         {"DEVELOPMENT", "KPSP tidak sesuai", confirmation, routine, func(f facts) bool { return f.developmentNotPassed }},
}

// facts are what the rules read, by value: a rule leaves nothing behind.
type facts struct {
	hfa, wfa, wfh                Result
	arm                          Category
	trend                        WeightTrend
	oedema, developmentNotPassed bool
}

func (r Result) plausible() bool { return r.Known && !r.Flagged }

// below tells whether a plausible z-score lies below a bound.
func (r Result) below(z float64) bool { return r.plausible() && r.Z < z }

func (r Result) low() bool { return r.below(-2) && !r.below(-3) }

// FindingsOf a measurement and its weight trend. An implausible index makes none: it asks for measuring again, and the others of
// the same child still count. A trend that was only stated is the caller's to pass, and to mark.
func FindingsOf(a Assessment, trend WeightTrend, developmentNotPassed bool) Findings {
	f := facts{a.Index[HFA], a.Index[WFA], a.Index[WFH], a.Index[AC].Category, trend, a.Oedema, developmentNotPassed}
	var s Findings
	for finding := Oedema; finding < findingEnd; finding++ {
		if rules[finding].holds(f) {
			s |= 1 << finding
		}
	}
	return s
}

// String is the identifier of the finding.
func (f Finding) String() string { return rules[f].id }

// Label is its Indonesian text.
func (f Finding) Label() string { return rules[f].label }

// Service is the service that the finding pre-selects.
func (f Finding) Service() string { return rules[f].service }

// Urgency is the urgency that the finding pre-selects.
func (f Finding) Urgency() string { return rules[f].urgency }

// Findings is a set of findings; the zero value is empty.
type Findings uint16

// Has tells whether a finding is in the set.
func (s Findings) Has(f Finding) bool { return s&(1<<f) != 0 }

// Empty tells whether there is none.
func (s Findings) Empty() bool { return s == 0 }

// All goes through the findings, the most urgent first.
func (s Findings) All() iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for f := Oedema; f < findingEnd; f++ {
			if s.Has(f) && !yield(f) {
				return
			}
		}
	}
}

// Urgent is the service and urgency of the most urgent finding; both empty if there is none.
func (s Findings) Urgent() (service, urgency string) {
	for f := range s.All() {
		return f.Service(), f.Urgency()
	}
	return "", ""
}

// SuggestHospital tells whether a referral to SPECIALIST_PEDIATRIC is pre-selected: for oedema, for gizi buruk under 6 months
// or below 4 kg, and under 24 months for a low length for age that a health worker has confirmed.
func SuggestHospital(m Measurement, a Assessment, lowHeightConfirmed bool) bool {
	younger := func(months int) bool { return m.Age.known && m.Age.CompletedMonths() < months }
	wasted := a.Index[WFH].below(-3)
	return m.Oedema ||
		wasted && (younger(6) || m.WeightKG.figure < 4) ||
		lowHeightConfirmed && younger(24) && a.Index[HFA].below(-2)
}

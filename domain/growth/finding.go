package growth

import "iter"

// Finding is what a measurement says about a child, by the table of the page domain 5.
type Finding uint8

// The findings, the most urgent first.
const (
	Oedema Finding = iota
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

// findings tell identifier, label, and the service and urgency that each pre-selects.
var findings = [findingEnd]struct{ id, label, service, urgency string }{
	Oedema:              {"OEDEMA", "Edema", treatment, "EMERGENCY"},
	WFHSevere:           {"WFH_SEVERE", "BB/TB di bawah -3 SD", treatment, "EMERGENCY"},
	MUACSevereFinding:   {"MUAC_SEVERE", "LiLA di bawah 11,5 cm", treatment, "EMERGENCY"},
	WFHLow:              {"WFH_LOW", "BB/TB di bawah -2 SD", confirmation, "URGENT"},
	MUACModerateFinding: {"MUAC_MODERATE", "LiLA di bawah 12,5 cm", confirmation, "URGENT"},
	Trend2T:             {"TREND_2T", "Dua kali tidak naik", confirmation, "URGENT"},
	BelowRedLine:        {"BELOW_RED_LINE", "Di bawah garis merah", confirmation, "URGENT"},
	HFALow:              {"HFA_LOW", "TB/U di bawah -2 SD", confirmation, "ROUTINE"},
	WFALow:              {"WFA_LOW", "BB/U di bawah -2 SD", confirmation, "ROUTINE"},
	TrendT:              {"TREND_T", "Tidak naik", confirmation, "ROUTINE"},
	WFAHigh:             {"WFA_HIGH", "BB/U di atas +1 SD", confirmation, "ROUTINE"},
	Development:         {"DEVELOPMENT", "KPSP tidak sesuai", confirmation, "ROUTINE"},
}

const (
	treatment    = "NUTRITION_TREATMENT"
	confirmation = "NUTRITION_CONFIRMATION"
)

// String is the identifier of the finding.
func (f Finding) String() string { return findings[f].id }

// Label is its Indonesian text.
func (f Finding) Label() string { return findings[f].label }

// Findings is a set of findings.
type Findings uint16

// Has tells whether a finding is in the set.
func (s Findings) Has(f Finding) bool { return s&(1<<f) != 0 }

// Empty tells whether there is none.
func (s Findings) Empty() bool { return s == 0 }

// All goes through the findings, the most urgent first.
func (s Findings) All() iter.Seq[Finding] {
	return func(yield func(Finding) bool) {
		for f := range findingEnd {
			if s.Has(f) && !yield(f) {
				return
			}
		}
	}
}

// Urgent is the service and urgency of the most urgent finding; both empty if there is none.
func (s Findings) Urgent() (service, urgency string) {
	for f := range s.All() {
		return findings[f].service, findings[f].urgency
	}
	return "", ""
}

// FindingsOf a measurement and its weight trend. Each measure makes its most specific finding alone. An implausible index makes
// none: it asks for measuring again, and the others of the same child still count.
func FindingsOf(a Assessment, trend WeightTrend, developmentNotPassed bool) Findings {
	var s Findings
	add := func(f Finding, found bool) {
		if found {
			s |= 1 << f
		}
	}
	wfh, wfa, hfa, muac := a.Index[WFH], a.Index[WFA], a.Index[HFA], a.Index[AC].Category
	add(Oedema, a.Oedema)
	add(WFHSevere, wfh.below(-3))
	add(MUACSevereFinding, muac == MUACSevere)
	add(WFHLow, wfh.below(-2) && !wfh.below(-3))
	add(MUACModerateFinding, muac == MUACModerate)
	add(Trend2T, trend == NotGainedTwice)
	add(BelowRedLine, wfa.below(-3))
	add(HFALow, hfa.below(-2))
	add(WFALow, wfa.below(-2) && !wfa.below(-3))
	add(TrendT, trend == NotGained)
	add(WFAHigh, wfa.Known && !wfa.Flagged && wfa.Z > 1)
	add(Development, developmentNotPassed)
	return s
}

// below tells whether a plausible z-score lies below a bound.
func (r Result) below(bound float64) bool { return r.Known && !r.Flagged && r.Z < bound }

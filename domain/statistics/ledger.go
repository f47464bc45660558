package statistics

import "slices"

// Entry is one draw as the ledger keeps it.
type Entry struct {
	Dataset string
	Period  Period
	Epsilon float64
}

// Ledger are all draws so far. What a year costs a person is the sum of ε over the draws in which the person can be counted.
type Ledger []Entry

// Limits are what the year may cost at most. They are configurable defaults, to be confirmed by the regency (UU 16/1997 art. 21
// demands secrecy of the respondent, no number).
type Limits struct {
	Protected   float64 // a person of the protected side
	WithOverlap float64 // a victim who is in overlap-year, too
	Child       float64
}

// DefaultLimits are what the catalogue costs: 5 protected tables, and overlap-year; 6 tables of 4 quarters and a year, and
// nutrition-new-month.
func DefaultLimits() Limits { return Limits{Protected: 2.5, WithOverlap: 3.0, Child: 15.5} }

// Cost is what a year of a table costs one person who is in it all year.
func (t *Table) Cost() float64 {
	if t.oncePerYear() {
		return t.Epsilon
	}
	cost := 0.0
	for _, kind := range t.Periods {
		cost += t.Epsilon * float64(len(Parts(kind, 1)))
	}
	return cost
}

// oncePerYear tells whether a person can be in one period of the year at most: who counts at the first registration.
func (t *Table) oncePerYear() bool { return t.Needs != OfMeasurements }

// Spent is what the draws of a year cost a person: of the protected side without and with overlap-year, and a child.
type Spent struct{ Protected, WithOverlap, Child float64 }

// Spent sums the draws of the periods of a year.
func (l Ledger) Spent(year int) (s Spent) {
	for _, t := range Tables(Released) {
		cost := l.spentOn(t, year)
		switch {
		case t.ID == "overlap-year":
			s.WithOverlap += cost
		case t.Side == Protected:
			s.Protected += cost
			s.WithOverlap += cost
		case t.Noise == Geometric:
			s.Child += cost
		}
	}
	return s
}

// spentOn: where a person is in one period of the year only, the draws of one kind of period cost as one.
func (l Ledger) spentOn(t *Table, year int) float64 {
	cost := 0.0
	var kinds []PeriodKind
	for _, e := range l {
		if e.Dataset != t.ID || e.Period.Year != year {
			continue
		}
		if t.oncePerYear() && slices.Contains(kinds, e.Period.Kind) {
			continue
		}
		kinds = append(kinds, e.Period.Kind)
		cost += e.Epsilon
	}
	return cost
}

// Draw is the ledger's entry for a draw, or the refusal: a period is drawn once, and no year costs a person more than its limit.
func (l Ledger) Draw(t *Table, p Period, limits Limits) (Entry, error) {
	if t.Kind != Released || !t.Has(p.Kind) {
		return Entry{}, Refused(NoSuchRelease)
	}
	e := Entry{t.ID, p, t.Epsilon}
	if slices.ContainsFunc(l, func(old Entry) bool { return old.Dataset == e.Dataset && old.Period == e.Period }) {
		return Entry{}, Refused(AlreadyDrawn)
	}
	after := append(slices.Clone(l), e).Spent(p.Year)
	if e.Epsilon > 0 && (after.Protected > limits.Protected || after.WithOverlap > limits.WithOverlap || after.Child > limits.Child) {
		return Entry{}, Refused(LedgerSpent)
	}
	return e, nil
}

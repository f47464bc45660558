package statistics

import (
	"cmp"
	"slices"
)

func countOrdinaryLegs(y *tally, rows *OverseenRows) {
	for i := range rows.Legs {
		l := &rows.Legs[i].journey
		if !y.Period.Holds(l.Sent) {
			continue
		}
		unit, duty, late := l.Accountable, l.Duty, "NO"
		if duty == "" {
			unit, duty = l.Receiver, "NONE"
		}
		if l.Overdue {
			late = "YES"
		}
		y.add(unit, l.State, duty, late)
	}
}

// countProtectedChains counts each person of the protected side once, by the first chain of the year.
func countProtectedChains(add func(*tally, *chain)) func(*tally, *Rows) {
	return func(y *tally, rows *Rows) {
		persons := map[string]string{}
		var protected []Journey
		for i := range rows.Legs {
			if l := &rows.Legs[i]; l.CaseSide == Protected && l.stays() {
				protected = append(protected, l.Journey)
				persons[l.ID] = l.Person
			}
		}
		for _, c := range firstChains(chainsOf(protected), persons, y.Period) {
			add(y, c)
		}
	}
}

func firstChains(all []*chain, persons map[string]string, p Period) []*chain {
	who := func(c *chain) string {
		if person := persons[c.root.ID]; person != "" {
			return "person " + person
		}
		return "leg " + c.root.ID
	}
	first := map[string]*chain{}
	all = slices.DeleteFunc(all, func(c *chain) bool { return !p.Holds(c.root.Sent) })
	for _, c := range all {
		f := first[who(c)]
		if f == nil || cmp.Or(c.root.Sent.Compare(f.root.Sent), cmp.Compare(c.root.ID, f.root.ID)) < 0 {
			first[who(c)] = c
		}
	}
	return slices.DeleteFunc(all, func(c *chain) bool { return first[who(c)] != c })
}

// ordinaryOf are the ordinary legs of the period and all legs of its chains.
func ordinaryOf(rows []Leg) []Journey {
	ordinary := OrdinaryLegs(rows)
	all := make([]Journey, len(ordinary))
	for i := range ordinary {
		all[i] = ordinary[i].journey
	}
	return all
}

func countOrdinary(of func(*Journey) []string) func(*tally, *Rows) {
	return func(y *tally, rows *Rows) {
		all := ordinaryOf(rows.Legs)
		for i := range all {
			if l := &all[i]; y.Period.Holds(l.Sent) {
				y.add(of(l)...)
			}
		}
		y.figures(all, of)
	}
}

// countDeclined: declined within 30 days, by a person or by silence.
func countDeclined(y *tally, rows *Rows) {
	all := ordinaryOf(rows.Legs)
	for i := range all {
		if l := &all[i]; y.Period.Holds(l.Sent) && l.by(l.Declined) {
			y.add(l.DeclineReason)
		}
	}
}

func countOrdinaryChains(y *tally, rows *Rows) {
	for _, c := range chainsOf(ordinaryOf(rows.Legs)) {
		if y.Period.Holds(c.root.Sent) {
			y.add(c.root.Sex, c.outcome())
		}
	}
}

// countLegs counts a unit's own legs, in or out, ordinary and protected alike: whoever works there sees them.
func countLegs(other func(*Leg) string) func(*tally, *Rows) {
	return func(y *tally, rows *Rows) {
		var all []Journey
		for i := range rows.Legs {
			l := &rows.Legs[i]
			if !l.stays() {
				continue
			}
			all = append(all, l.Journey)
			if y.Period.Holds(l.Sent) {
				y.add(other(l), l.State)
			}
		}
		y.figures(all, nil)
	}
}

package statistics

import "cmp"

// countKDRT counts a victim at her first case of domestic violence of the year, if that lies in the period.
func countKDRT(by ...func(*Case) string) func(*tally, *Rows) {
	return func(y *tally, rows *Rows) {
		for _, c := range firsts(rows.Cases, y.Period, (*Case).isKDRT) {
			y.add(values(c, by)...)
		}
	}
}

func values(c *Case, by []func(*Case) string) []string {
	codes := make([]string, len(by))
	for i, of := range by {
		codes[i] = of(c)
	}
	return codes
}

// firsts are the first cases of the year of each person, of those that lie in the period. Of two of one instant the lesser id is
// first, so that the order of the rows decides nothing.
func firsts(cases []Case, p Period, is func(*Case) bool) []*Case {
	year, first := p.whole(), map[string]*Case{}
	for i := range cases {
		c := &cases[i]
		if !c.inFigures() || !is(c) || !year.Holds(c.Registered) {
			continue
		}
		if f := first[c.who()]; f == nil || cmp.Or(c.Registered.Compare(f.Registered), cmp.Compare(c.ID, f.ID)) < 0 {
			first[c.who()] = c
		}
	}
	var found []*Case
	for i := range cases {
		if c := &cases[i]; first[c.who()] == c && p.Holds(c.Registered) {
			found = append(found, c)
		}
	}
	return found
}

func sexOf(c *Case) string { return c.Sex }

// riskOf: only a violence case is judged; any other has no level that could be missing.
func riskOf(c *Case) string {
	if c.Risk == "" {
		return "NOT_ASSESSED"
	}
	return c.Risk
}

func countNewNutrition(y *tally, rows *Rows) {
	is := func(c *Case) bool { return c.Side == Ordinary && isNutrition(c.Type) }
	for _, c := range firsts(rows.Cases, y.Period, is) {
		y.add(c.Type)
	}
}

// countOverlap counts victims of a case of domestic violence open or registered in the year whose record a link or a copy joins to
// a nutrition case open in it.
func countOverlap(y *tally, rows *Rows) {
	counted := map[string]bool{}
	for i := range rows.Cases {
		c := &rows.Cases[i]
		if c.inFigures() && c.isKDRT() && c.Nutrition && c.openIn(y.Period) && !counted[c.who()] {
			counted[c.who()] = true
			y.add()
		}
	}
}

// countCases counts cases, each one: a unit's own figure, where a victim is a case (design: domain V4).
func countCases(is func(*Case, Period) bool, by ...func(*Case) string) func(*tally, *Rows) {
	return func(y *tally, rows *Rows) {
		for i := range rows.Cases {
			if c := &rows.Cases[i]; is(c, y.Period) {
				y.add(values(c, by)...)
			}
		}
	}
}

func registeredIn(c *Case, p Period) bool { return c.inFigures() && p.Holds(c.Registered) }

func violenceIn(c *Case, p Period) bool { return registeredIn(c, p) && c.isViolence() }

// countHealth counts a victim as new in the month of registration, and as continuing in each later month in which the case is
// still open.
func countHealth(y *tally, rows *Rows) {
	for i := range rows.Cases {
		c := &rows.Cases[i]
		if !c.inFigures() || !c.isViolence() || !c.openIn(y.Period) {
			continue
		}
		is := "CONTINUING"
		if y.Period.Holds(c.Registered) {
			is = "NEW"
		}
		y.add(c.Sex, byHealthAge.band(c.Age, c.AgeKnown), is)
	}
}

// countEach counts what a case has several of: forms, pairs.
func countEach(of func(*Case) []string) func(*tally, *Rows) {
	return func(y *tally, rows *Rows) {
		for i := range rows.Cases {
			if c := &rows.Cases[i]; violenceIn(c, y.Period) {
				for _, value := range of(c) {
					y.add(value)
				}
			}
		}
	}
}

func orUnknown(codes []string) []string {
	if len(codes) == 0 {
		return []string{NA}
	}
	return codes
}

func countServices(y *tally, rows *Rows) {
	for _, s := range rows.Services {
		if Counts(s.Closure) && y.Period.HoldsDay(s.Day) {
			y.add(s.Type)
		}
	}
}

// countInbox: at exactly the due time a duty is not late, and is still of its day (PC-07).
func countInbox(y *tally, rows *Rows) {
	today := DayOf(y.frame.Now)
	for _, d := range rows.Duties {
		y.Total++
		switch late := d.Due.Before(y.frame.Now); {
		case late:
			y.put(1, "OVERDUE")
		case DayOf(d.Due) == today:
			y.put(1, "DUE_TODAY")
		}
		if d.Name == "ACKNOWLEDGE" || d.Name == "DECIDE" {
			y.put(1, "AWAITING")
		}
	}
}

package statistics

import (
	"math"
	"slices"
	"time"
)

// cohort are the legs and chains of one group, all sent in the period.
type cohort struct {
	legs   []*Journey
	chains []*chain
	until  time.Time // nobody is watched beyond now
}

// figures computes the indicators of legs: for each cell of the table, and for all of it. A chain belongs to the group of its
// root. Released tables stop at decline_share.
func (y *tally) figures(all []Journey, of func(*Journey) []string) {
	whole := make([]string, len(y.Axes))
	groups := map[string]*cohort{key(nil): {until: y.frame.Now}}
	put := func(l *Journey, into func(*cohort)) {
		into(groups[key(nil)])
		if of == nil {
			return
		}
		cell := make([]int, len(y.Axes))
		for a, value := range of(l) {
			cell[a] = y.place(a, value, cell)
		}
		if groups[key(cell)] == nil {
			groups[key(cell)] = &cohort{until: y.frame.Now}
		}
		into(groups[key(cell)])
	}
	for i := range all {
		if l := &all[i]; y.Period.Holds(l.Sent) {
			put(l, func(c *cohort) { c.legs = append(c.legs, l) })
		}
	}
	for _, ch := range chainsOf(all) {
		if y.Period.Holds(ch.root.Sent) {
			put(ch.root, func(c *cohort) { c.chains = append(c.chains, ch) })
		}
	}
	if of != nil {
		for cell := range y.cells {
			c := groups[key(y.cells[cell])]
			if c == nil {
				c = &cohort{until: y.frame.Now}
			}
			y.indicators(c, y.Items(cell))
		}
	}
	y.indicators(groups[key(nil)], whole)
}

func (y *tally) indicators(c *cohort, items []string) {
	y.legShares(c, items)
	y.waits(c, items)
	if y.Table.Kind == Live {
		y.liveShares(c, items)
	}
}

func (y *tally) give(items []string, indicator, detail string, part, whole int) {
	y.Shares = append(y.Shares, Share{Indicator: indicator, Detail: detail, Items: items, Part: part, Whole: whole})
}

// legShares are the indicators from acknowledged_pct to unconfirmed_pct.
func (y *tally) legShares(c *cohort, items []string) {
	accepted := c.count(func(l *Journey) bool { return l.by(l.Accepted) })
	y.give(items, "acknowledged_pct", "", c.count(func(l *Journey) bool { return l.by(l.Acknowledged) }), len(c.legs))
	y.give(items, "accepted_pct", "", accepted, len(c.legs))
	y.give(items, "served_pct", "", c.countChains(func(ch *chain) bool { return !ch.served().IsZero() }), len(c.chains))
	y.give(items, "closed_pct", "", c.countChains((*chain).closed), len(c.chains))
	y.give(items, "acceptance_pct", "", accepted, c.count(func(l *Journey) bool {
		return l.by(l.Accepted) || l.by(l.Declined) || l.by(l.Forwarded)
	}))
	for _, duty := range legDuties {
		for _, letter := range []bool{false, true} {
			onTime, whole := c.onTime(duty, letter)
			y.give(items, "on_time_pct", apart(duty, letter), onTime, whole)
		}
	}
	y.give(items, "overdue_pct", "", c.count(func(l *Journey) bool { return l.reached(1, "", c.until) }), len(c.legs))
	done := func(unconfirmed bool) int {
		return c.count(func(l *Journey) bool { return l.by(l.Closed) && l.by(l.Accepted) && l.Unconfirmed == unconfirmed })
	}
	y.give(items, "loop_closed_pct", "", done(false), accepted)
	y.give(items, "unconfirmed_pct", "", done(true), accepted)
}

// apart names what is said of receivers by letter, whose times are those of the sender's telephone.
func apart(detail string, letter bool) string {
	switch {
	case !letter:
		return detail
	case detail == "":
		return "LETTER"
	}
	return detail + ":LETTER"
}

// legDuties are the duties of a leg, in order.
var legDuties = []string{"ACKNOWLEDGE", "DECIDE", "ANSWER", "FIRST_SERVICE", "REVIEW", "ATTEND", "RECONTACT", "NOTE", "CONFIRM", "REROUTE"}

func (c *cohort) count(is func(*Journey) bool) (n int) {
	for _, l := range c.legs {
		if is(l) {
			n++
		}
	}
	return n
}

func (c *cohort) countChains(is func(*chain) bool) (n int) {
	for _, ch := range c.chains {
		if is(ch) {
			n++
		}
	}
	return n
}

// onTime counts the spans of a duty: ended by their due time, of those that ended or were due within the observation. At exactly
// the due time a duty is in time.
func (c *cohort) onTime(duty string, letter bool) (inTime, whole int) {
	for _, l := range c.legs {
		for _, s := range l.Spans {
			if s.Duty != duty || s.Due.IsZero() || l.ByLetter != letter {
				continue
			}
			ended := l.by(s.Ended)
			if ended || s.dueBy(l, c.until) {
				whole++
			}
			if ended && !s.Ended.After(s.Due) {
				inTime++
			}
		}
	}
	return inTime, whole
}

// dueBy tells whether the due time passed while the leg was watched.
func (s *Span) dueBy(l *Journey, until time.Time) bool { return l.by(s.Due) && s.Due.Before(until) }

// passed tells whether an instant of the span passed before its duty was done, within the observation.
func (s *Span) passed(at time.Time, l *Journey, until time.Time) bool {
	return !at.IsZero() && l.by(at) && at.Before(until) && (s.Ended.IsZero() || s.Ended.After(at))
}

func (s *Span) late(l *Journey, until time.Time) bool { return s.passed(s.Due, l, until) }

// reached tells whether a duty of the leg, or the one named, stood at a level of escalation.
func (l *Journey) reached(level int, duty string, until time.Time) bool {
	return slices.ContainsFunc(l.Spans, func(s Span) bool {
		at := [...]time.Time{1: s.Due, 2: s.Second, 3: s.Third}[level]
		return (duty == "" || s.Duty == duty) && s.passed(at, l, until)
	})
}

// waits are the percentiles of hours, those of receivers by letter apart.
func (y *tally) waits(c *cohort, items []string) {
	for _, letter := range []bool{false, true} {
		var decision, service []time.Duration
		legs := c.count(func(l *Journey) bool { return l.ByLetter == letter })
		chains := c.countChains(func(ch *chain) bool { return ch.root.ByLetter == letter })
		for _, l := range c.legs {
			if t := l.decided(); !t.IsZero() && l.ByLetter == letter {
				decision = append(decision, t.Sub(l.Sent))
			}
		}
		for _, ch := range c.chains {
			if t := ch.served(); !t.IsZero() && ch.root.ByLetter == letter {
				service = append(service, t.Sub(ch.root.Sent))
			}
		}
		y.wait("decision_hours", apart("", letter), items, decision, legs)
		y.wait("first_service_hours", apart("", letter), items, service, chains)
	}
}

func (y *tally) wait(indicator, detail string, items []string, done []time.Duration, of int) {
	slices.Sort(done)
	y.Waits = append(y.Waits, Wait{
		Indicator: indicator, Detail: detail, Items: items, N: len(done), Without: of - len(done),
		Median: rank(done, of, 0.5), P90: rank(done, of, 0.9),
	})
}

// rank is the nearest rank: the least time within which at least that part of all were done.
func rank(done []time.Duration, of int, part float64) Hours {
	at := int(math.Ceil(part*float64(of)-1e-9)) - 1
	if of == 0 || at >= len(done) {
		return Hours{Over: of > 0}
	}
	return Hours{Hours: done[max(at, 0)].Hours()}
}

// liveShares are the indicators that no release has.
func (y *tally) liveShares(c *cohort, items []string) {
	network, late := c.network()
	y.give(items, "late_network_pct", "", network, late)
	for level := 1; level <= 3; level++ {
		for _, duty := range legDuties {
			y.escalated(c, items, level, duty)
		}
	}
	accepted := c.count(func(l *Journey) bool { return l.by(l.Accepted) })
	y.give(items, "no_show_pct", "", c.count(func(l *Journey) bool { return l.by(l.NoShow) && l.by(l.Scheduled) }),
		c.count(func(l *Journey) bool { return l.by(l.Scheduled) }))
	y.give(items, "lost_pct", "", c.count(func(l *Journey) bool {
		return l.by(l.Accepted) && l.by(l.Reported) && l.Outcome == "NONE" && l.OutcomeReason == "CLIENT_UNREACHABLE"
	}), accepted)
	y.give(items, "unmet_pct", "", c.count((*Journey).unmet),
		c.count(func(l *Journey) bool { return l.by(l.Reported) && l.Outcome != "" }))
	y.give(items, "consent_ended_pct", "", c.count(func(l *Journey) bool {
		return l.by(l.Cancelled) && l.CancelReason == "CONSENT_WITHDRAWN"
	}), len(c.legs))
	for n := range 4 {
		y.give(items, "hops", decimal(n), c.countChains(func(ch *chain) bool { return min(ch.hops(), 3) == n }), len(c.chains))
	}
	y.give(items, "letter_pct", "", c.count(func(l *Journey) bool { return l.ByLetter }), len(c.legs))
}

func (y *tally) escalated(c *cohort, items []string, level int, duty string) {
	for _, letter := range []bool{false, true} {
		reached := c.count(func(l *Journey) bool { return l.ByLetter == letter && l.reached(level, duty, c.until) })
		of := c.count(func(l *Journey) bool { return l.ByLetter == letter })
		y.give(items, "escalated_pct", apart(decimal(level)+":"+duty, letter), reached, of)
	}
}

// unmet: the need was not met, and whoever confirmed it sent nobody further.
func (l *Journey) unmet() bool {
	return l.by(l.Reported) && (l.Outcome == "PARTIAL" || l.Outcome == "NONE") && l.by(l.Closed) && !l.Unconfirmed && !l.FollowUp
}

// network counts late spans, and those of them that a device says were done in time.
func (c *cohort) network() (network, late int) {
	for _, l := range c.legs {
		for _, s := range l.Spans {
			if !s.late(l, c.until) {
				continue
			}
			late++
			if !s.Occurred.IsZero() && !s.Occurred.After(s.Due) {
				network++
			}
		}
	}
	return network, late
}

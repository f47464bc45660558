package statistics

import (
	"math"
	"slices"
	"time"
)

// Indicator is one figure of section 3: what it divides by what. All are defined here and nowhere else.
type Indicator struct {
	ID          string
	Label       string // Indonesian
	LabelEN     string
	Unit        string // satuan: korban, persen, jam …
	Numerator   string // English, as the design says it
	Denominator string
	Basis       string // the date by which a row belongs to a period
	By          string // what it is split by besides the table's axes: duty, level and duty, reason; empty: nothing
	Released    bool   // may stand in a release; else live only
}

const (
	byRegistration = "registration"
	byLast         = "last measurement"
	bySent         = "sent"
	byRoot         = "root sent"
)

// Indicators are in the order in which a table lists them; new ones only at the end.
var Indicators = []Indicator{
	{
		ID: "kdrt_victims", Label: "Korban KDRT", LabelEN: "Victims of domestic violence", Unit: "korban",
		Numerator: "victims, first KDRT case of the year", Basis: byRegistration, Released: true,
	},
	{
		ID: "kdrt_share_child", Label: "Korban anak", LabelEN: "Child victims", Unit: "persen", Numerator: "victims 0–17",
		Denominator: "all victims with known age", Basis: byRegistration, Released: true,
	},
	{
		ID: "stunted_pct", Label: "Pendek + sangat pendek", LabelEN: "Stunted", Unit: "persen", Numerator: "children TB/U < -2 SD",
		Denominator: "children with a plausible TB/U", Basis: byLast, Released: true,
	},
	{
		ID: "severely_stunted_pct", Label: "Sangat pendek", LabelEN: "Severely stunted", Unit: "persen", Numerator: "TB/U < -3 SD",
		Denominator: "children with a plausible TB/U", Basis: byLast, Released: true,
	},
	{
		ID: "wasted_pct", Label: "Gizi kurang + gizi buruk", LabelEN: "Wasted", Unit: "persen", Numerator: "BB/TB < -2 SD",
		Denominator: "children with a plausible BB/TB", Basis: byLast, Released: true,
	},
	{
		ID: "severely_wasted_pct", Label: "Gizi buruk", LabelEN: "Severely wasted", Unit: "persen", Numerator: "BB/TB < -3 SD",
		Denominator: "children with a plausible BB/TB", Basis: byLast, Released: true,
	},
	{
		ID: "underweight_pct", Label: "BB kurang + sangat kurang", LabelEN: "Underweight", Unit: "persen", Numerator: "BB/U < -2 SD",
		Denominator: "children with a plausible BB/U", Basis: byLast, Released: true,
	},
	{
		ID: "not_gaining_pct", Label: "T", LabelEN: "Not gaining", Unit: "persen", Numerator: "last weighing T or 2T", Denominator: "N + T + 2T",
		Basis: byLast, Released: true,
	},
	{
		ID: "legs_sent", Label: "Rujukan dikirim", LabelEN: "Legs sent", Unit: "rujukan",
		Numerator: "legs sent in the period", Basis: bySent, Released: true,
	},
	{
		ID: "acknowledged_pct", Label: "Sudah dibaca", LabelEN: "Acknowledged", Unit: "persen", Numerator: "legs with that time by day 30",
		Denominator: "legs sent", Basis: bySent, Released: true,
	},
	{
		ID: "accepted_pct", Label: "Diterima", LabelEN: "Accepted", Unit: "persen",
		Numerator: "legs with that time by day 30", Denominator: "legs sent",
		Basis: bySent, Released: true,
	},
	{
		ID: "served_pct", Label: "Dilayani", LabelEN: "Served", Unit: "persen",
		Numerator: "chains with a SERVED by day 30", Denominator: "chains",
		Basis: byRoot, Released: true,
	},
	{
		ID: "closed_pct", Label: "Selesai", LabelEN: "Closed", Unit: "persen", Numerator: "chains CLOSED by day 30", Denominator: "chains",
		Basis: byRoot, Released: true,
	},
	{
		ID: "acceptance_pct", Label: "Tingkat penerimaan", LabelEN: "Acceptance", Unit: "persen", Numerator: "legs with accept_time",
		Denominator: "legs with accept, decline (any) or forward", Basis: bySent, Released: true,
	},
	{
		ID: "decision_hours", Label: "Jam sampai keputusan", LabelEN: "Hours to the decision", Unit: "jam",
		Numerator:   "first of accept, decline by a person, forward - sent; _median and _p90",
		Denominator: "legs; undecided ones rank last and stand beside it", Basis: bySent, Released: true,
	},
	{
		ID: "first_service_hours", Label: "Jam sampai layanan pertama", LabelEN: "Hours to the first service", Unit: "jam",
		Numerator:   "chain's first SERVED - root sent; _median and _p90",
		Denominator: "chains; unserved ones rank last and stand beside it", Basis: byRoot, Released: true,
	},
	{
		ID: "on_time_pct", Label: "Tepat waktu", LabelEN: "On time", Unit: "persen", Numerator: "spans of the duty that ended by their due time",
		Denominator: "spans ended, or due by day 30", Basis: bySent, By: "duty", Released: true,
	},
	{
		ID: "overdue_pct", Label: "Terlambat", LabelEN: "Overdue", Unit: "persen", Numerator: "legs that were ever past due by day 30",
		Denominator: "legs sent", Basis: bySent, Released: true,
	},
	{
		ID: "loop_closed_pct", Label: "Tuntas dua pihak", LabelEN: "Loop closed", Unit: "persen", Numerator: "CLOSED and confirmed",
		Denominator: "legs with accept_time", Basis: bySent, Released: true,
	},
	{
		ID: "unconfirmed_pct", Label: "Selesai tanpa konfirmasi", LabelEN: "Closed without confirmation", Unit: "persen",
		Numerator: "CLOSED and unconfirmed", Denominator: "legs with accept_time", Basis: bySent, Released: true,
	},
	{
		ID: "decline_share", Label: "Alasan penolakan", LabelEN: "Reasons for declining", Unit: "persen", Numerator: "declined with the reason",
		Denominator: "legs declined", Basis: bySent, By: "reason", Released: true,
	},
	{
		ID: "late_network_pct", Label: "Terlambat karena jaringan", LabelEN: "Late by the network", Unit: "persen",
		Numerator: "late spans in time by corrected occurred_time", Denominator: "late spans", Basis: bySent,
	},
	{
		ID: "escalated_pct", Label: "Naik tingkat", LabelEN: "Escalated", Unit: "persen",
		Numerator:   "legs that reached level 1, 2, 3, under the unit then accountable",
		Denominator: "legs sent", Basis: bySent, By: "level and duty",
	},
	{
		ID: "no_show_pct", Label: "Tidak hadir", LabelEN: "No show", Unit: "persen", Numerator: "legs with a NO_SHOW",
		Denominator: "legs with a SCHEDULED", Basis: bySent,
	},
	{
		ID: "lost_pct", Label: "Hilang kontak", LabelEN: "Lost", Unit: "persen", Numerator: "outcome NONE, CLIENT_UNREACHABLE",
		Denominator: "legs with accept_time", Basis: bySent,
	},
	{
		ID: "unmet_pct", Label: "Kebutuhan belum terpenuhi", LabelEN: "Unmet need", Unit: "persen",
		Numerator: "outcome PARTIAL or NONE, confirmed without follow_up_referral", Denominator: "legs with an outcome", Basis: bySent,
	},
	{
		ID: "consent_ended_pct", Label: "Persetujuan dicabut", LabelEN: "Consent withdrawn", Unit: "persen",
		Numerator: "CANCELLED, CONSENT_WITHDRAWN", Denominator: "legs sent", Basis: bySent,
	},
	{
		ID: "hops", Label: "Rujuk lanjut", LabelEN: "Handed on", Unit: "persen", Numerator: "chains by number of legs - 1", Denominator: "chains",
		Basis: byRoot, By: "number of legs - 1",
	},
	{
		ID: "letter_pct", Label: "Lewat surat", LabelEN: "By letter", Unit: "persen", Numerator: "legs whose receiver works by letter",
		Denominator: "legs sent", Basis: bySent,
	},
	{
		ID: "coverage_pct", Label: "Cakupan penimbangan (D/S)", LabelEN: "Coverage of weighing (D/S)", Unit: "persen",
		Numerator: "children weighed in the month", Denominator: "children registered", Basis: byLast,
	},
}

// FindIndicator is the indicator with an id.
func FindIndicator(id string) (Indicator, bool) {
	at := slices.IndexFunc(Indicators, func(i Indicator) bool { return i.ID == id })
	if at < 0 {
		return Indicator{}, false
	}
	return Indicators[at], true
}

// sharesOfCells are the percentages that a table gives of its own cells: one for each combination of its other axes, then one for
// the whole table.
func (y *tally) sharesOfCells() {
	for _, rule := range y.Table.Shares {
		if len(rule.Part) == 0 {
			y.sharesOfEach(rule)
			continue
		}
		if !rule.Total {
			for _, group := range y.groups(rule.Axis) {
				y.share(rule, group, rule.Part)
			}
		}
		y.share(rule, make([]string, len(y.Axes)), rule.Part)
	}
}

// sharesOfEach gives each item of the axis its share of all.
func (y *tally) sharesOfEach(rule ShareRule) {
	for _, item := range y.Axes[rule.Axis] {
		group := make([]string, len(y.Axes))
		group[rule.Axis] = item.Code
		s := y.share(rule, make([]string, len(y.Axes)), []string{item.Code})
		s.Items = group
	}
}

// groups are the combinations of all axes but one, each with an empty place for it.
func (y *tally) groups(without int) [][]string {
	var groups [][]string
	for cell := range y.cells {
		if items := y.Items(cell); y.cells[cell][without] == 0 {
			items[without] = ""
			groups = append(groups, items)
		}
	}
	if len(y.Axes) == 1 {
		return nil // the whole table is the only one
	}
	return groups
}

func (y *tally) share(rule ShareRule, group, part []string) *Share {
	s := Share{Indicator: rule.Indicator, Items: group}
	for cell := range y.cells {
		items := y.Items(cell)
		on := items[rule.Axis]
		if items[rule.Axis] = group[rule.Axis]; !fits(items, group) || len(rule.Whole) > 0 && !slices.Contains(rule.Whole, on) {
			continue
		}
		s.whole = append(s.whole, cell)
		s.Whole += y.Counts[cell]
		if slices.Contains(part, on) {
			s.part = append(s.part, cell)
			s.Part += y.Counts[cell]
		}
	}
	y.Shares = append(y.Shares, s)
	return &y.Shares[len(y.Shares)-1]
}

// fits tells whether a cell lies in a group, whose empty places hold everything.
func fits(items, group []string) bool {
	for a, code := range group {
		if code != "" && code != items[a] {
			return false
		}
	}
	return true
}

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

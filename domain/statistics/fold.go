package statistics

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// Frame is what a count needs besides its rows.
type Frame struct {
	Period Period
	Now    time.Time // of a live table: until when legs were watched; of a release the end of the observation. Never zero

	Kecamatan []Item // the regency's lists in the order they are shown, with Code, Label and BPS
	Desa      []Item
	Posyandu  []Item // Code is the unit's id
	Puskesmas []Item
	Units     []Item
}

// Folded are the exact cells of one table and period. They are kept in memory only: of a release nothing but what [Draw] makes of
// them is ever stored.
type Folded struct {
	Table  *Table
	Period Period
	Axes   [][]Item // the items of each axis, in order
	Counts []int    // one a cell, zeros too, the last axis running fastest; of a sparse table only what is not zero
	Total  int      // rows counted; the sum of Counts, but where Table.Overlap
	Shares []Share
	Waits  []Wait
	Marks  []Quality

	cells  [][]int // items of each cell, by their place in Axes
	places []map[string]int
	at     map[string]int // place of a cell
}

// Share is a percentage before it is shown.
type Share struct {
	Indicator   string
	Detail      string // duty or level; empty: none
	Items       []string
	Part, Whole int

	part, whole []int // the cells it is made of; none: counted apart
}

// Wait is a pair of percentiles of hours, by nearest rank: the time within which half, or nine tenths, were done. Who was not done
// within 30 days ranks last.
type Wait struct {
	Indicator string // without _median or _p90
	Detail    string // LETTER: of receivers by letter, which stand apart
	Items     []string
	Median    Hours
	P90       Hours
	N         int // with that time
	Without   int // undecided, unserved
}

// Hours are elapsed hours; Over is more than 30 days.
type Hours struct {
	Hours float64
	Over  bool
}

// ErrPeriod says that a table is not counted for such a period.
var ErrPeriod = errors.New("statistics: the table has no such period")

// ErrRows says that a table takes the other kind of rows.
var ErrRows = errors.New("statistics: the table takes other rows")

// Fold counts rows into the cells of a table: for a live table and for a release before its noise.
func Fold(t *Table, f Frame, rows Rows) (Folded, error) {
	if t.count == nil {
		return Folded{}, ErrRows
	}
	return fold(t, f, func(y *tally) { t.count(y, &rows) })
}

// FoldOverseen counts an office's morning table.
func FoldOverseen(t *Table, f Frame, rows OverseenRows) (Folded, error) {
	if t.oversee == nil {
		return Folded{}, ErrRows
	}
	return fold(t, f, func(y *tally) { t.oversee(y, &rows) })
}

func fold(t *Table, f Frame, count func(*tally)) (Folded, error) {
	if !t.Has(f.Period.Kind) {
		return Folded{}, ErrPeriod
	}
	y := &tally{Folded: Folded{Table: t, Period: f.Period}, frame: f}
	y.open()
	count(y)
	y.inOrder()
	y.sharesOfCells()
	return y.Folded, nil
}

// tally is a table while it is counted.
type tally struct {
	Folded
	frame Frame
}

// open lays out all cells, so that an empty one is there like any other.
func (y *tally) open() {
	y.places = make([]map[string]int, len(y.Table.Axes))
	for a := range y.Table.Axes {
		items := y.frame.items(&y.Table.Axes[a])
		y.Axes = append(y.Axes, items)
		y.places[a] = make(map[string]int, len(items))
		for i, item := range items {
			if item.under == "" {
				y.places[a][item.Code] = i
			} else {
				y.places[a][item.under+":"+item.Code] = i
			}
		}
	}
	y.at = map[string]int{}
	if !y.Table.Sparse {
		y.layOut(make([]int, 0, len(y.Axes)))
	}
}

// inOrder puts the cells of a sparse table, which came as their rows did, into the order of the axes.
func (y *tally) inOrder() {
	if !y.Table.Sparse {
		return
	}
	counts := y.Counts
	slices.SortFunc(y.cells, slices.Compare[[]int])
	y.Counts = make([]int, len(counts))
	for i, cell := range y.cells {
		y.Counts[i] = counts[y.at[key(cell)]]
	}
	for i, cell := range y.cells {
		y.at[key(cell)] = i
	}
}

// cell is the place of a cell, which is made if it is not there yet.
func (y *tally) cell(items []int) int {
	k := key(items)
	at, ok := y.at[k]
	if !ok {
		at = len(y.cells)
		y.at[k] = at
		y.cells = append(y.cells, slices.Clone(items))
		y.Counts = append(y.Counts, 0)
	}
	return at
}

func (y *tally) layOut(cell []int) {
	if len(cell) == len(y.Axes) {
		y.cell(cell)
		return
	}
	for i, item := range y.Axes[len(cell)] {
		if item.under == "" || item.under == y.Axes[len(cell)-1][cell[len(cell)-1]].Code {
			y.layOut(append(cell, i))
		}
	}
}

func key(cell []int) string {
	b := make([]byte, 0, 3*len(cell))
	for _, i := range cell {
		b = append(b, byte(i), byte(i>>8), byte(i>>16))
	}
	return string(b)
}

// items of a dimension: those of the catalogue, or the regency's list with what lies outside it and what is not known.
func (f *Frame) items(d *Dimension) []Item {
	outside := Item{Code: LUAR, Label: "Luar kabupaten", LabelEN: "Outside the regency"}
	switch d.List {
	case Kecamatan:
		return slices.Concat(f.Kecamatan, []Item{outside, notKnown})
	case Desa:
		return slices.Concat(f.Desa, []Item{outside, notKnown})
	case Posyandu:
		return slices.Concat(f.Posyandu, []Item{notKnown})
	case Puskesmas:
		return slices.Concat(f.Puskesmas, []Item{notKnown})
	case Units:
		return slices.Concat(f.Units, []Item{notKnown})
	}
	return d.Items
}

// add counts one into the cell of these values, one an axis.
func (y *tally) add(values ...string) {
	y.Total++
	y.put(1, values...)
}

func (y *tally) put(n int, values ...string) {
	cell := make([]int, len(y.Axes))
	for a, value := range values {
		cell[a] = y.place(a, value, cell)
	}
	y.Counts[y.cell(cell)] += n
}

// place finds the item of a value. A place that the list does not have lies outside the regency; any other value that no item
// names is not known.
func (y *tally) place(axis int, value string, cell []int) int {
	d, places := &y.Table.Axes[axis], y.places[axis]
	if d.List != Fixed {
		if at, ok := places[value]; ok {
			return at
		}
		if at, ok := places[LUAR]; ok && value != "" {
			return at
		}
		return places[NA]
	}
	if at, ok := places[d.code(value)]; ok {
		return at
	}
	index := y.Axes[axis-1][cell[axis-1]].Code // of a category: the index before it
	if at, ok := places[index+":"+value]; ok {
		return at
	}
	return places[index+":NOT_MEASURED"]
}

// Items are the codes of a cell's items, one an axis.
func (f *Folded) Items(cell int) []string {
	codes := make([]string, len(f.Axes))
	for a, i := range f.cells[cell] {
		codes[a] = f.Axes[a][i].Code
	}
	return codes
}

// At is the count of one cell by its codes; ok is false for one that is not of the table.
func (f *Folded) At(codes ...string) (n int, ok bool) {
	for cell := range f.Counts {
		if slices.Equal(f.Items(cell), codes) {
			return f.Counts[cell], true
		}
	}
	return 0, false
}

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

// The child's registers end below 60 completed months: a prevalence is of children under five.
const childUntil = 60

func (m *Measurement) counts(p Period) bool {
	return !m.Erroneous && p.HoldsDay(m.Day) && (!m.AgeKnown || m.Months < childUntil)
}

func (m *Measurement) who() string {
	if m.Child == "" {
		return "row " + decimal(int(m.Seq))
	}
	return "child " + m.Child
}

// category of an index: what is empty is not measured.
func (m *Measurement) category(index string) string {
	var is string
	switch index {
	case "TREND":
		return m.Trend
	case "HFA":
		is = m.HFA
	case "WFA":
		is = m.WFA
	case "WFH":
		is = m.WFH
	case "BFA":
		is = m.BFA
	}
	if is == "" {
		return "NOT_MEASURED"
	}
	return is
}

// lasts are the last measurements of each child in the period by which an index counts it: the last that has the index, or where
// none has it the last of all. Most months a child is weighed and not measured: the newest row alone would lose its height.
func lasts(rows []Measurement, p Period, index string) []*Measurement {
	last := map[string]*Measurement{}
	for i := range rows {
		m := &rows[i]
		if !m.counts(p) {
			continue
		}
		if l := last[m.who()]; l == nil || l.before(m, index) {
			last[m.who()] = m
		}
	}
	var found []*Measurement
	for i := range rows {
		if m := &rows[i]; last[m.who()] == m {
			found = append(found, m)
		}
	}
	return found
}

func (m *Measurement) before(o *Measurement, index string) bool {
	if has, have := m.has(index), o.has(index); has != have {
		return have
	}
	return cmp.Or(cmp.Compare(m.Day, o.Day), cmp.Compare(m.Seq, o.Seq)) < 0
}

func (m *Measurement) has(index string) bool {
	if index == "TREND" {
		return m.Weighed
	}
	return m.category(index) != "NOT_MEASURED"
}

func (m *Measurement) age() string {
	return byChildAge.band(m.Months, m.AgeKnown)
}

// countChildren counts each child once, by one index, into the table's other axes.
func countChildren(y *tally, rows []Measurement, index string) {
	for _, m := range lasts(rows, y.Period, index) {
		values := []string{m.category(index)}
		for _, d := range y.Table.Axes[1:] {
			values = append(values, m.of(&d))
		}
		y.add(values...)
	}
}

// of is the value of a measurement on a dimension other than index and category.
func (m *Measurement) of(d *Dimension) string {
	switch d.ID {
	case byKecamatan.ID:
		return m.Kecamatan
	case byDesa.ID:
		return m.Desa
	case byPuskesmas.ID:
		return m.Puskesmas
	case byPosyandu.ID:
		return m.Posyandu
	case bySex.ID:
		return m.Sex
	}
	return m.age()
}

func desaOf(m *Measurement) string { return m.Desa }

// countIndices counts each child once in each index.
func countIndices(y *tally, rows []Measurement, places ...func(*Measurement) string) {
	for _, index := range byIndex.Items {
		for _, m := range lasts(rows, y.Period, index.Code) {
			values := []string{index.Code, m.category(index.Code)}
			for _, place := range places {
				values = append(values, place(m))
			}
			y.add(append(values, m.Sex, m.age())...)
		}
	}
}

func countGrowth(y *tally, rows []Measurement) {
	for _, index := range byIndex.Items {
		for _, m := range lasts(rows, y.Period, index.Code) {
			y.add(m.Puskesmas, m.Desa, m.Sex, m.age(), index.Code, m.category(index.Code))
		}
	}
}

// countSKDN counts the register and, of the children weighed, the trend of the last weighing of the month.
func countSKDN(y *tally, rows *OverseenRows) {
	for _, e := range rows.Enrolled {
		y.Total++
		y.put(1, e.Posyandu, "S")
		if e.Card {
			y.put(1, e.Posyandu, "K")
		}
	}
	for _, m := range lasts(rows.Measurements, y.Period, "TREND") {
		if !m.Weighed {
			continue
		}
		y.put(1, m.Posyandu, "D")
		if trend := byTrends.code(m.Trend); trend != NA {
			y.put(1, m.Posyandu, trend)
		}
	}
}

// countQuality puts the judged measures in order; the cell says how many measurements each was computed from.
func countQuality(y *tally, rows *OverseenRows) {
	for _, q := range rows.Quality {
		y.Total++
		y.put(q.N, q.Puskesmas, q.Measure)
		y.Marks = append(y.Marks, q)
	}
	slices.SortStableFunc(y.Marks, func(a, b Quality) int {
		return cmp.Or(cmp.Compare(y.place(0, a.Puskesmas, nil), y.place(0, b.Puskesmas, nil)),
			cmp.Compare(y.place(1, a.Measure, nil), y.place(1, b.Measure, nil)))
	})
}

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

package statistics

import (
	"cmp"
	"slices"
)

// The child's registers end below 60 completed months: a prevalence is of children under five.
const childUntil = 60

func (m *Measurement) counts(p Period) bool {
	return !m.Erroneous && p.HoldsDay(m.Day) && (!m.AgeKnown || m.Months < childUntil)
}

// aChild is one child, or a row without one.
type aChild struct {
	name string
	row  int64
}

func (m *Measurement) who() aChild {
	if m.Child == "" {
		return aChild{row: m.Seq}
	}
	return aChild{name: m.Child}
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
	last := map[aChild]*Measurement{}
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

package statistics

import (
	"math"
	"strconv"
	"strings"
)

func decimal(n int) string { return strconv.Itoa(n) }

// Status is what a value is, column status_nilai.
type Status string

// The statuses.
const (
	Rounded Status = "R" // to the nearest 5
	Below   Status = "B" // below 10: shown 0–9, zero is not told apart
	TooFew  Status = "M" // n under the minimum of 10
	Whole   Status = "E" // exact
)

// The words of what has no number.
const (
	belowText  = "0–9"
	tooFewText = "n < 10"
	overText   = "> 30 hari"
)

// least is the n from which a count is shown, step what it is rounded to.
const (
	least = 10
	step  = 5
)

// Shown is a value as its reader gets it. Where Empty, there is no number: it is never 0 in its place.
type Shown struct {
	Status Status
	Number float64 // a count, a whole percent, or hours
	Empty  bool
	Text   string // column nilai_tampil
}

// Nilai is the number as the tidy row has it, with a decimal point; empty where there is none.
func (s Shown) Nilai() string {
	if s.Empty {
		return ""
	}
	return strconv.FormatFloat(s.Number, 'f', -1, 64)
}

func number(status Status, n float64) Shown {
	return Shown{Status: status, Number: n, Text: strconv.FormatFloat(n, 'f', -1, 64)}
}

func nothing(status Status, text string) Shown { return Shown{Status: status, Empty: true, Text: text} }

// Display shows a count. What hides it is decided on the value before it is rounded (PC-21): noisy counts below 10 read 0–9, an
// ordinary count below 10 is too few, anything else is the nearest 5.
func Display(noise Noise, count int) Shown {
	switch {
	case noise == Exact:
		return number(Whole, float64(count))
	case count < least && noise == Minimum:
		return nothing(TooFew, tooFewText)
	case count < least:
		return nothing(Below, belowText)
	}
	return number(Rounded, float64((count*2+step)/(2*step)*step))
}

// displayExact shows the regency's year of domestic violence: exact, but below ten.
func displayExact(count int) Shown {
	if count < least {
		return nothing(Below, belowText)
	}
	return number(Whole, float64(count))
}

// Percent divides what is shown, whole percent. A part or denominator without a number gives none.
func Percent(part, whole Shown) Shown {
	for _, s := range []Shown{whole, part} {
		if s.Empty {
			return nothing(s.Status, "")
		}
	}
	if whole.Number == 0 {
		return nothing(TooFew, "")
	}
	return number(part.Status, min(100, math.Round(100*part.Number/whole.Number)))
}

// exactPercent is a live percentage; empty where there is nobody to divide by.
func exactPercent(part, whole int) Shown {
	if whole == 0 {
		return nothing(Whole, "")
	}
	return number(Whole, math.Round(100*float64(part)/float64(whole)))
}

// display shows hours to two digits.
func (h Hours) display(status Status, n int) Shown {
	switch {
	case n == 0:
		return nothing(status, "")
	case h.Over:
		return nothing(status, overText)
	}
	return number(status, twoDigits(h.Hours))
}

// twoDigits rounds to two significant digits: 143 h is 140, 5.26 h is 5.3.
func twoDigits(x float64) float64 {
	if x <= 0 {
		return 0
	}
	text := strconv.FormatFloat(x, 'e', 1, 64)
	rounded, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return rounded
}

// Observation is one shown value: a row of the tidy table.
type Observation struct {
	Indicator string
	Detail    string   // duty, level or band of quality; empty: none
	Items     []string // code on each axis of the table; empty: all
	Unit      string   // satuan
	Shown     Shown
}

// ShowExact is how a live table is shown: each cell exact, percentages and hours of exact values.
func ShowExact(f Folded) []Observation { return show(f, exactly{}) }

// ShowOverseen is how an office's table is shown: exact, and to the offices of kecamatan and village (small) only from ten up.
func ShowOverseen(f Folded, small bool) []Observation { return show(f, exactly{small}) }

// shower turns the figures of one table into what is shown of them.
type shower interface {
	count(f *Folded, cell int) Shown
	share(f *Folded, s *Share) (part, whole, percent Shown)
	hours(h Hours, w *Wait) Shown
	beside(n int) Shown
}

func show(f Folded, by shower) []Observation {
	var all []Observation
	for cell := range f.Counts {
		shown := by.count(&f, cell)
		if shown.Empty && f.Table.Sparse {
			continue // or what is absent would be told from what is hidden
		}
		all = append(all, Observation{f.Table.Value, "", f.Items(cell), f.Table.Unit.Label, shown})
	}
	for i := range f.Shares {
		s := &f.Shares[i]
		part, whole, percent := by.share(&f, s)
		name := s.Indicator
		if len(s.whole) > 0 { // made of cells: what it was divided from is shown, too
			all = append(all, Observation{name + ".part", s.Detail, s.Items, f.Table.Unit.Label, part},
				Observation{name + ".whole", s.Detail, s.Items, f.Table.Unit.Label, whole})
		}
		all = append(all, Observation{name, s.Detail, s.Items, "persen", percent})
	}
	for i := range f.Waits {
		all = append(all, waits(&f.Waits[i], by)...)
	}
	for _, q := range f.Marks {
		all = append(all, Observation{q.Measure, q.Band, []string{q.Puskesmas, q.Measure}, "", number(Whole, q.Value)})
	}
	return all
}

func waits(w *Wait, by shower) []Observation {
	without := map[string]string{"decision_hours": "undecided", "first_service_hours": "unserved"}[w.Indicator]
	return []Observation{
		{w.Indicator + "_median", w.Detail, w.Items, "jam", by.hours(w.Median, w)},
		{w.Indicator + "_p90", w.Detail, w.Items, "jam", by.hours(w.P90, w)},
		{without, w.Detail, w.Items, "rujukan", by.beside(w.Without)},
	}
}

// exactly shows as it is; small hides what is below ten.
type exactly struct{ small bool }

func (e exactly) count(f *Folded, cell int) Shown { return e.beside(f.Counts[cell]) }

func (e exactly) beside(n int) Shown {
	if e.small && n < least {
		return nothing(TooFew, tooFewText)
	}
	return Display(Exact, n)
}

func (e exactly) share(_ *Folded, s *Share) (part, whole, percent Shown) {
	part, whole = e.beside(s.Part), e.beside(s.Whole)
	if part.Empty || whole.Empty {
		return part, whole, nothing(TooFew, "")
	}
	return part, whole, exactPercent(s.Part, s.Whole)
}

func (e exactly) hours(h Hours, w *Wait) Shown {
	if e.small && w.N < least {
		return nothing(TooFew, tooFewText)
	}
	return h.display(Whole, w.N+w.Without)
}

// atLeastTen shows ordinary legs of a release.
type atLeastTen struct{}

func (atLeastTen) count(f *Folded, cell int) Shown { return Display(Minimum, f.Counts[cell]) }
func (atLeastTen) beside(n int) Shown              { return Display(Minimum, n) }

func (atLeastTen) share(_ *Folded, s *Share) (part, whole, percent Shown) {
	part, whole = Display(Minimum, s.Part), Display(Minimum, s.Whole)
	return part, whole, Percent(part, whole)
}

func (atLeastTen) hours(h Hours, w *Wait) Shown {
	if w.N < least {
		return nothing(TooFew, tooFewText)
	}
	return h.display(Rounded, w.N)
}

// drawn shows noisy counts. A share's part and denominator are sums of the noisy cells, shown like any cell: nothing is drawn for
// them, so they cost nobody anything more.
type drawn struct{ noisy []int }

func (d drawn) count(_ *Folded, cell int) Shown { return Display(Geometric, d.noisy[cell]) }
func (drawn) beside(int) Shown                  { return nothing(Below, belowText) }
func (drawn) hours(Hours, *Wait) Shown          { return nothing(Below, belowText) }

func (d drawn) share(_ *Folded, s *Share) (part, whole, percent Shown) {
	part, whole = Display(Geometric, d.sum(s.part)), Display(Geometric, d.sum(s.whole))
	return part, whole, Percent(part, whole)
}

func (d drawn) sum(cells []int) (n int) {
	for _, cell := range cells {
		n += d.noisy[cell]
	}
	return n
}

// onlyYear shows the one exact figure that is released.
type onlyYear struct{}

func (onlyYear) count(f *Folded, cell int) Shown { return displayExact(f.Counts[cell]) }
func (onlyYear) beside(n int) Shown              { return displayExact(n) }
func (onlyYear) hours(Hours, *Wait) Shown        { return nothing(Below, belowText) }
func (onlyYear) share(*Folded, *Share) (part, whole, percent Shown) {
	return nothing(Below, belowText), nothing(Below, belowText), nothing(Below, "")
}

// Columns of a tidy row, in the order that is a contract: new ones only at the end. The dimensions of a live table that have none
// here follow them, see [Table.Columns].
var Columns = []string{
	"dataset", "periode", "kode_wilayah_kemendagri", "kode_wilayah_bps", "nama_wilayah", "indikator", "jenis_kelamin", "kelompok_umur",
	"nilai", "satuan", "status_nilai", "diperbarui_pada", "kategori", "sektor_asal", "sektor_tujuan", "unit", "nilai_tampil", "rilis",
}

// Columns are those of a tidy row of the table.
func (t *Table) Columns() []string {
	columns := append([]string(nil), Columns...)
	for _, d := range t.Axes {
		if d.Column == "" {
			columns = append(columns, d.ID)
		}
	}
	if t.Legs || t.Needs == OfQuality {
		columns = append(columns, "rincian") // duty, level, band
	}
	return columns
}

// Stamp is what all tidy rows of one answer share.
type Stamp struct {
	Updated string // as it is to be written
	Release string // id; empty: live
}

// Tidy is an observation as a row of [Table.Columns]. Codes stand as they are; places bring their name and both codes from the
// frame.
func Tidy(t *Table, p Period, f Frame, o Observation, s Stamp) []string {
	columns := t.Columns()
	row := make([]string, len(columns))
	set := func(column, value string) {
		for i, c := range columns {
			if c == column {
				row[i] = value
			}
		}
	}
	set("dataset", t.ID)
	set("periode", p.ID())
	set("indikator", o.Indicator)
	set("nilai", o.Shown.Nilai())
	set("satuan", o.Unit)
	set("status_nilai", string(o.Shown.Status))
	set("diperbarui_pada", s.Updated)
	set("nilai_tampil", o.Shown.Text)
	set("rilis", s.Release)
	set("rincian", o.Detail)
	for a, code := range o.Items {
		d := &t.Axes[a]
		if d.Column == "kode_wilayah_kemendagri" {
			f.setPlace(d, code, set)
			continue
		}
		if d.Column == "" {
			set(d.ID, code)
			continue
		}
		set(d.Column, code)
	}
	return row
}

func (f *Frame) setPlace(d *Dimension, code string, set func(column, value string)) {
	for _, item := range f.items(d) {
		if item.Code != code {
			continue
		}
		set("kode_wilayah_kemendagri", code)
		set("kode_wilayah_bps", item.BPS)
		set("nama_wilayah", item.Label)
	}
}

// SafeText is a text cell of a CSV that a spreadsheet does not take for a formula.
func SafeText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

package statistics

import (
	"errors"
	"slices"
	"time"
)

// Frame is what a count needs besides its rows.
type Frame struct {
	Period Period
	Now    time.Time // of a live table: until when legs were watched; of a release the end of the observation. Zero is refused

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

// ErrNow says that the frame has no moment.
var ErrNow = errors.New("statistics: a count needs the moment up to which it watches")

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
	if f.Now.IsZero() {
		return Folded{}, ErrNow
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
		items := y.frame.Items(&y.Table.Axes[a])
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

// Items of a dimension: those of the catalogue, or the regency's list with what lies outside it and what is not known.
func (f *Frame) Items(d *Dimension) []Item {
	list, rest := f.list(d)
	if rest == nil {
		return list // of the catalogue, and never written to
	}
	return slices.Concat(list, rest)
}

// item finds one of them. It copies no list: a table by village has 400 rows, and as many villages each.
func (f *Frame) item(d *Dimension, code string) (Item, bool) {
	is := func(i Item) bool { return i.Code == code }
	list, rest := f.list(d)
	for _, items := range [][]Item{list, rest} {
		if at := slices.IndexFunc(items, is); at >= 0 {
			return items[at], true
		}
	}
	return Item{}, false
}

var (
	restOfRegency = []Item{{Code: LUAR, Label: "Luar kabupaten", LabelEN: "Outside the regency"}, notKnown}
	restOfUnits   = []Item{notKnown}
)

// list is a dimension's list, and what no item of it names.
func (f *Frame) list(d *Dimension) (list, rest []Item) {
	switch d.List {
	case Kecamatan:
		return f.Kecamatan, restOfRegency
	case Desa:
		return f.Desa, restOfRegency
	case Posyandu:
		return f.Posyandu, restOfUnits
	case Puskesmas:
		return f.Puskesmas, restOfUnits
	case Units:
		return f.Units, restOfUnits
	}
	return d.Items, nil
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

// At is the count of one cell by its codes; ok is false for one that is not of the table. A cell that a sparse table does not list
// is zero.
func (f *Folded) At(codes ...string) (n int, ok bool) {
	if len(codes) != len(f.Axes) {
		return 0, false
	}
	cell, before := make([]int, len(codes)), ""
	for a, code := range codes {
		at, ok := f.places[a][code]
		if !ok {
			at, ok = f.places[a][before+":"+code] // a category of the index before it
		}
		if !ok {
			return 0, false
		}
		cell[a], before = at, code
	}
	at, ok := f.at[key(cell)]
	if !ok {
		return 0, f.Table.Sparse
	}
	return f.Counts[at], true
}

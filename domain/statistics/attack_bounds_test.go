package statistics

import (
	"math"
	"testing"
)

// widened is the interval that an attacker is sure of (99.9 %) for a sum of that many noisy cells: section 4 says |noise| <= 14.
func widened(s Shown, cells int) (low, high float64) {
	const most = 14
	noise := float64(most * cells)
	if s.Empty {
		return 0, 9 + noise
	}
	return max(0, s.Number-2-noise), s.Number + 2 + noise
}

// A linear program: least of c·x for x >= 0 under rows of a·x <= b. Two phases, Bland's rule, dense: for a dozen variables.
type program struct {
	a [][]float64
	b []float64
}

func (p *program) atMost(row []float64, b float64) { p.a, p.b = append(p.a, row), append(p.b, b) }

func (p *program) between(row []float64, low, high float64) {
	p.atMost(row, high)
	minus := make([]float64, len(row))
	for i := range row {
		minus[i] = -row[i]
	}
	p.atMost(minus, -low)
}

const tiny = 1e-9

// least solves; ok is false where nothing satisfies the rows.
func (p *program) least(c []float64) (value float64, ok bool) {
	n, m := len(c), len(p.a)
	// Columns: n variables, m slacks, one artificial, the right side.
	t := make([][]float64, m+1)
	basis := make([]int, m)
	lowest := 0
	for i := range m {
		t[i] = make([]float64, n+m+2)
		copy(t[i], p.a[i])
		t[i][n+i], t[i][n+m], t[i][n+m+1] = 1, -1, p.b[i]
		basis[i] = n + i
		if p.b[i] < p.b[lowest] {
			lowest = i
		}
	}
	t[m] = make([]float64, n+m+2)
	if p.b[lowest] < 0 { // phase one: least of the artificial variable
		t[m][n+m] = 1
		pivot(t, basis, lowest, n+m)
		if !simplex(t, basis, n+m+1) || t[m][n+m+1] < -1e-7 {
			return 0, false
		}
		leave(t, basis, n+m)
	}
	for i := range t {
		t[i][n+m] = 0
	}
	for j := range t[m] {
		t[m][j] = 0
	}
	copy(t[m], c)
	for i, b := range basis {
		if factor := t[m][b]; factor != 0 {
			for j := range t[m] {
				t[m][j] -= factor * t[i][j]
			}
		}
	}
	if !simplex(t, basis, n+m) {
		return math.Inf(-1), true
	}
	return -t[m][n+m+1], true
}

// leave drives the artificial variable out of the basis, where it stands at zero.
func leave(t [][]float64, basis []int, artificial int) {
	for i, b := range basis {
		if b != artificial {
			continue
		}
		for j := range artificial {
			if math.Abs(t[i][j]) > tiny {
				pivot(t, basis, i, j)
				return
			}
		}
	}
}

func simplex(t [][]float64, basis []int, columns int) bool {
	m, right := len(basis), len(t[0])-1
	for {
		enter := -1
		for j := range columns {
			if t[m][j] < -tiny {
				enter = j
				break
			}
		}
		if enter < 0 {
			return true
		}
		row, best := -1, math.Inf(1)
		for i := range m {
			if t[i][enter] <= tiny {
				continue
			}
			if ratio := t[i][right] / t[i][enter]; ratio < best-tiny || ratio < best+tiny && basis[i] < basis[row] {
				row, best = i, ratio
			}
		}
		if row < 0 {
			return false
		}
		pivot(t, basis, row, enter)
	}
}

func pivot(t [][]float64, basis []int, row, column int) {
	by := t[row][column]
	for j := range t[row] {
		t[row][j] /= by
	}
	for i := range t {
		if factor := t[i][column]; i != row && factor != 0 {
			for j := range t[i] {
				t[i][j] -= factor * t[row][j]
			}
		}
	}
	basis[row] = column
}

func TestTheLinearProgramFindsTheKnownBounds(t *testing.T) {
	// x + y = 10, 2 <= x <= 7: y from 3 to 8; and nothing for x >= 11.
	p := &program{}
	p.between([]float64{1, 1}, 10, 10)
	p.between([]float64{1, 0}, 2, 7)
	if low, ok := p.least([]float64{0, 1}); !ok || math.Abs(low-3) > 1e-6 {
		t.Errorf("least y = %v %v, want 3", low, ok)
	}
	if high, ok := p.least([]float64{0, -1}); !ok || math.Abs(high+8) > 1e-6 {
		t.Errorf("greatest y = %v %v, want 8", -high, ok)
	}
	p.between([]float64{1, 0}, 11, 12)
	if _, ok := p.least([]float64{0, 1}); ok {
		t.Error("a program without a solution is solved")
	}
	// Fréchet's lower bound of a 2 x 2 table with margins 8 of 10 and 7 of 10 is 5.
	f := &program{}
	f.between([]float64{1, 1, 1, 1}, 10, 10)
	f.between([]float64{1, 1, 0, 0}, 8, 8)
	f.between([]float64{1, 0, 1, 0}, 7, 7)
	if low, ok := f.least([]float64{1, 0, 0, 0}); !ok || math.Abs(low-5) > 1e-6 {
		t.Errorf("Fréchet's bound: %v, want 5", low)
	}
}

// boundsOf are the sharp bounds on one base cell. The published tables fix sums along one axis each, so all of an axis but the
// cell's own item may be taken together, and what is possible stays possible: any split of the rest in fixed proportions has the
// same sums. Sex and age keep three parts, for the shown sum of children cuts through them.
func boundsOf(p *published, v victim) (low, high float64) {
	const k, m, a = 2, 2, 3
	n := k * m * a
	at := func(i, j, l int) int { return (i*m+j)*a + l }
	rows := func(is func(i, j, l int) bool) []float64 {
		row := make([]float64, n)
		for i := range k {
			for j := range m {
				for l := range a {
					if is(i, j, l) {
						row[at(i, j, l)] = 1
					}
				}
			}
		}
		return row
	}
	lp := &program{}
	lp.between(rows(func(int, int, int) bool { return true }), float64(p.total), float64(p.total))
	own := func(axis, item int) []float64 {
		return rows(func(i, j, l int) bool { return [3]int{i, j, l}[axis] == item })
	}
	restrict := func(axis, item int, shown []Shown) {
		low, high := 0.0, 0.0
		for _, s := range shown {
			lo, hi := widened(s, 1)
			low, high = low+lo, high+hi
		}
		lp.between(own(axis, item), low, high)
	}
	restrict(0, 0, p.kecamatan[v.kecamatan:v.kecamatan+1])
	restrict(0, 1, without(p.kecamatan, v.kecamatan))
	restrict(1, 0, p.months[p.ofPeriod(v.month):p.ofPeriod(v.month)+1])
	restrict(1, 1, without(p.months, p.ofPeriod(v.month)))
	var restOfChildren, adults []Shown
	for s := range sexes {
		for age := range ageBands {
			switch child := age < 2; {
			case s == v.sex && age == v.age:
			case child == (v.age < 2):
				restOfChildren = append(restOfChildren, p.sexAge[s][age]) // of the cell's own kind, children or adults
			default:
				adults = append(adults, p.sexAge[s][age])
			}
		}
	}
	restrict(2, 0, []Shown{p.sexAge[v.sex][v.age]})
	restrict(2, 1, restOfChildren)
	restrict(2, 2, adults)
	children := rows(func(_, _, l int) bool { return (l < 2) == (v.age < 2) })
	lo, hi := widened(p.childPart, 6)
	lp.between(children, lo, hi)
	target := make([]float64, n)
	target[at(0, 0, 0)] = 1
	low, _ = lp.least(target)
	target[at(0, 0, 0)] = -1
	high, _ = lp.least(target)
	return low, -high
}

func without(all []Shown, i int) []Shown {
	return append(append([]Shown(nil), all[:i]...), all[i+1:]...)
}

// TestStatisticsProveNoSmallCell is A2: of the base cells with a true count of 1 to 4 none is exactly solved and none proved to be 1 or
// more.
func TestStatisticsProveNoSmallCell(t *testing.T) {
	seeds, sizes := worlds(60, 355)
	kecamatan := []int{17}
	if long() {
		kecamatan = []int{17, 40} // the 40 of Bogor
	}
	for _, k := range kecamatan {
		for _, n := range sizes {
			for seed := range seeds {
				w := newWorld(seed, n, k, false)
				p := w.publish(t, reader(seed))
				solved, proved, small := attackCells(w, func(v victim) (low, high float64) { return boundsOf(&p, v) })
				if solved > 0 || proved > 0 {
					t.Errorf("N = %d, %d kecamatan, seed %d: of %d small cells %d solved, %d proved", n, k, seed, small, solved, proved)
				}
			}
		}
	}
}

// attackCells counts the small base cells that bounds settle: exactly, or to be at least one. In CI every tenth.
func attackCells(w *world, bounds func(victim) (low, high float64)) (solved, proved, small int) {
	for i, c := range w.base() {
		if c.n < 1 || c.n > 4 || !long() && i%10 != 0 {
			continue
		}
		small++
		low, high := bounds(c.victim)
		if high-low < 1e-6 {
			solved++
		}
		if low > 1e-6 {
			proved++
		}
	}
	return solved, proved, small
}

type baseCell struct {
	victim
	n int
}

// base are the base cells: kecamatan x sex x age x month.
func (w *world) base() []baseCell {
	cells := make([]baseCell, w.kecamatan*sexes*ageBands*monthsOf)
	for i := range cells {
		rest := i / monthsOf
		cells[i].victim = victim{month: i % monthsOf, age: rest % ageBands, sex: rest / ageBands % sexes, kecamatan: rest / ageBands / sexes}
	}
	for _, v := range w.victims {
		cells[w.at(v)].n++
	}
	return cells
}

func (w *world) at(v victim) int {
	return ((v.kecamatan*sexes+v.sex)*ageBands+v.age)*monthsOf + v.month
}

// The negative control of A2: a free group-by over any set of dimensions, "suppress below 5, zeros shown". The attacker knows of
// each suppressed sum that it is 1 to 4 and narrows all sums against each other.
func TestTheBoundsFindWhatSuppressionGivesAway(t *testing.T) {
	w := newWorld(1, 355, 17, false)
	low, high := w.suppressed()
	solved, small := 0, 0
	for i, c := range w.base() {
		if c.n >= 1 && c.n <= 4 {
			small++
			if low[i] == high[i] {
				solved++
				if low[i] != c.n {
					t.Fatalf("cell %d is %d, solved as %d", i, c.n, low[i])
				}
			}
		}
	}
	share := float64(solved) / float64(small)
	t.Logf("control: %d of %d small cells solved (%.0f %%)", solved, small, 100*share)
	if share < 0.5 {
		t.Error("the harness does not see the leak")
	}
}

// suppressed narrows the base cells by all 16 tables of a free group-by.
func (w *world) suppressed() (low, high []int) {
	base := w.base()
	low, high = make([]int, len(base)), make([]int, len(base))
	for i := range high {
		high[i] = w.n
	}
	type sum struct {
		cells  []int
		lo, hi int
	}
	var sums []sum
	for set := range 16 {
		groups, order := map[[4]int]*sum{}, [][4]int{}
		for i, c := range base {
			all := [4]int{c.kecamatan, c.sex, c.age, c.month}
			for d := range all {
				if set&(1<<d) == 0 {
					all[d] = -1
				}
			}
			if groups[all] == nil {
				groups[all] = &sum{}
				order = append(order, all)
			}
			groups[all].cells = append(groups[all].cells, i)
			groups[all].lo += c.n
		}
		for _, g := range order {
			s := groups[g]
			if s.hi = s.lo; s.lo >= 1 && s.lo <= 4 {
				s.lo, s.hi = 1, 4
			}
			sums = append(sums, *s)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, s := range sums {
			lo, hi := 0, 0
			for _, i := range s.cells {
				lo, hi = lo+low[i], hi+high[i]
			}
			for _, i := range s.cells {
				if l := s.lo - (hi - high[i]); l > low[i] {
					low[i], changed = l, true
				}
				if h := s.hi - (lo - low[i]); h < high[i] {
					high[i], changed = h, true
				}
			}
			// The sums above are from before this round's changes, so they bound too little, never too much.
		}
	}
	return low, high
}

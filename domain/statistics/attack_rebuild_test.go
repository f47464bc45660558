package statistics

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sum is one published number: these cells together are about this many.
type sum struct {
	cells []int
	about float64
}

// read is how an attacker takes a shown value: 0–9 as its middle.
func read(s Shown) float64 {
	if s.Empty {
		return 4.5
	}
	return s.Number
}

// rebuild fits a table to published sums, family by family, by proportion: the fit with the least that is not said by them
// (maximum entropy). A sum of a single cell is that cell.
func rebuild(cells int, families [][]sum) []float64 {
	fit := make([]float64, cells)
	for i := range fit {
		fit[i] = 1
	}
	for range 60 {
		for _, family := range families {
			for _, s := range family {
				now := 0.0
				for _, i := range s.cells {
					now += fit[i]
				}
				for _, i := range s.cells {
					if now > 0 {
						fit[i] *= s.about / now
					}
				}
			}
		}
	}
	return fit
}

// whole makes whole numbers of a fit, as an integer program would have to: the sums of each row are kept as near as can be, and
// what is left over goes where the fit asks for most of it, ties by chance.
func wholeNumbers(fit []float64, r *rand.Rand) []float64 {
	rest := make([]int, len(fit))
	left, out := 0.0, make([]float64, len(fit))
	for i, f := range fit {
		out[i], rest[i] = math.Floor(f), i
		left += f - out[i]
	}
	r.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	slices.SortStableFunc(rest, func(a, b int) int { return cmp.Compare(fit[b]-out[b], fit[a]-out[a]) })
	for _, i := range rest[:min(int(math.Round(left)), len(rest))] {
		out[i]++
	}
	return out
}

// judged is how good claims "cell >= 1" are, over all worlds of one size.
type judged struct {
	cells, ones    int // cells, and those with somebody
	claimed, right int
	auc, best      float64 // sums over the worlds: of the attack, and of who knows the true margins
	worlds         int
}

func (j *judged) judge(truth []int, fit, claims, independent []float64) {
	j.worlds++
	j.cells += len(truth)
	for i, n := range truth {
		if n > 0 {
			j.ones++
		}
		if claims[i] < 1 {
			continue
		}
		j.claimed++
		if n > 0 {
			j.right++
		}
	}
	j.auc += auc(truth, fit)
	j.best += auc(truth, independent)
}

func (j *judged) base() float64 { return float64(j.ones) / float64(j.cells) }

func (j *judged) precision() float64 {
	if j.claimed == 0 {
		return 0
	}
	return float64(j.right) / float64(j.claimed)
}

// betrays tells whether the attack found more than A3 allows.
func (j *judged) betrays() bool {
	return j.precision() > j.base()+0.15 || j.auc/float64(j.worlds) > j.best/float64(j.worlds)+0.05
}

// auc is the chance that a cell with somebody scores above one with nobody; ties count half.
func auc(truth []int, score []float64) float64 {
	above, pairs := 0.0, 0
	for i, n := range truth {
		for k, m := range truth {
			if n == 0 || m > 0 {
				continue
			}
			pairs++
			switch d := score[i] - score[k]; {
			case d > tiny:
				above++
			case d > -tiny:
				above += 0.5
			}
		}
	}
	if pairs == 0 {
		return 0.5
	}
	return above / float64(pairs)
}

// A plan is one table that the attacker rebuilds: kecamatan against months, or against sex and age.
type plan struct {
	name    string
	columns int
	column  func(victim) int
	shown   func(*published) []sum // sums of the columns: cells are kecamatan*columns + column
}

func plans(w *world) []plan {
	columnSums := func(columns int, of [][]int, about []Shown) []sum {
		var sums []sum
		for i, group := range of {
			s := sum{about: read(about[i])}
			for k := range w.kecamatan {
				for _, c := range group {
					s.cells = append(s.cells, k*columns+c)
				}
			}
			sums = append(sums, s)
		}
		return sums
	}
	return []plan{
		{"kecamatan x month", monthsOf, func(v victim) int { return v.month }, func(p *published) []sum {
			groups := make([][]int, len(p.months))
			for m := range monthsOf {
				groups[p.ofPeriod(m)] = append(groups[p.ofPeriod(m)], m)
			}
			return columnSums(monthsOf, groups, p.months)
		}},
		{"kecamatan x sex x age", sexes * ageBands, func(v victim) int { return v.sex*ageBands + v.age }, func(p *published) []sum {
			var groups [][]int
			var about []Shown
			for s := range sexes {
				for a := range ageBands {
					groups, about = append(groups, []int{s*ageBands + a}), append(about, p.sexAge[s][a])
				}
			}
			return columnSums(sexes*ageBands, groups, about)
		}},
	}
}

func (w *world) rowSums(columns int, about func(k int) float64) []sum {
	var sums []sum
	for k := range w.kecamatan {
		s := sum{about: about(k)}
		for c := range columns {
			s.cells = append(s.cells, k*columns+c)
		}
		sums = append(sums, s)
	}
	return sums
}

// truth is the table that a plan rebuilds.
func (w *world) truth(p plan) []int {
	n := make([]int, w.kecamatan*p.columns)
	for _, v := range w.victims {
		n[v.kecamatan*p.columns+p.column(v)]++
	}
	return n
}

// independent is the score of one who knows the true margins and nothing more.
func independent(truth []int, columns int) []float64 {
	rows, cols, fit := make([]float64, len(truth)/columns), make([]float64, columns), make([]float64, len(truth))
	for i, n := range truth {
		rows[i/columns] += float64(n)
		cols[i%columns] += float64(n)
	}
	for i := range fit {
		fit[i] = rows[i/columns] * cols[i%columns]
	}
	return fit
}

// TestStatisticsLetNobodyBeRebuilt is A3. Precision and AUC are those of all worlds of a size together: in one of 60 victims they are
// of some twenty claims.
func TestStatisticsLetNobodyBeRebuilt(t *testing.T) {
	seeds, sizes := worlds(60, 355)
	for _, n := range sizes {
		var found [2]judged
		for seed := range seeds {
			w := newWorld(seed, n, 17, false)
			p := w.publish(t, reader(seed))
			for i, plan := range plans(w) {
				truth := w.truth(plan)
				fit := rebuild(len(truth), [][]sum{
					w.rowSums(plan.columns, func(k int) float64 { return read(p.kecamatan[k]) }),
					plan.shown(&p),
					{{everything(truth), float64(p.total)}},
				})
				found[i].judge(truth, fit, wholeNumbers(fit, rand.New(rand.NewPCG(seed, 3))), independent(truth, plan.columns))
			}
		}
		for i, j := range found {
			t.Logf("N = %d, plan %d: base %.2f, precision %.2f; AUC %.2f, independence %.2f", n, i, j.base(), j.precision(),
				j.auc/float64(j.worlds), j.best/float64(j.worlds))
			if j.betrays() {
				t.Errorf("N = %d, plan %d: more than A3 allows", n, i)
			}
		}
	}
}

func everything(truth []int) []int {
	all := make([]int, len(truth))
	for i := range all {
		all[i] = i
	}
	return all
}

// The negative control of A3: kecamatan x month with noise of a cell key that keeps zeros, as some offices publish.
func TestRebuildingFindsWhatKeptZerosGiveAway(t *testing.T) {
	w := newWorld(1, 355, 17, false)
	plan := plans(w)[0]
	truth := w.truth(plan)
	r := rand.New(rand.NewPCG(9, 9))
	var cells []sum
	for i, n := range truth {
		shown := n
		if n > 0 {
			shown = max(1, n+r.IntN(5)-2)
		}
		cells = append(cells, sum{[]int{i}, float64(shown)})
	}
	fit := rebuild(len(truth), [][]sum{cells})
	var j judged
	j.judge(truth, fit, wholeNumbers(fit, r), independent(truth, plan.columns))
	t.Logf("control: base %.2f, precision %.2f", j.base(), j.precision())
	if !j.betrays() || j.precision() < 0.99 {
		t.Error("the harness does not see the leak")
	}
}

package statistics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The membership game (A5). A coin decides whether the one victim the attacker looks for is in the figures, or another in her
// place: the exact total of the regency is public, so a world with her and one without differ by a swap. The attacker knows every
// other record, ε, and the display; he sees all six noisy protected tables and chooses by likelihood.

// counts are the cells of the six tables.
type counts [6][]int

const (
	tMonth = iota
	tKecamatan
	tSexAge
	tMatrix
	tOutcome
	tOverlap
)

func emptyCounts(w *world) counts {
	months := monthsOf
	if w.n < fewAYear {
		months = 4
	}
	return counts{make([]int, months), make([]int, w.kecamatan), make([]int, sexes*ageBands), make([]int, 25), make([]int, 6), make([]int, 1)}
}

func (c *counts) put(v victim, n int) {
	c[tMonth][v.month*len(c[tMonth])/monthsOf] += n
	c[tKecamatan][v.kecamatan] += n
	c[tSexAge][v.sex*ageBands+v.age] += n
	if v.referred {
		c[tMatrix][v.from*5+v.to] += n
		c[tOutcome][v.outcome] += n
	}
	if v.overlap {
		c[tOverlap][0] += n
	}
}

// laplace is P(G1 - G2 = k) for ε = 0.5.
func laplace(k int) float64 {
	alpha := math.Exp(-epsilon)
	return (1 - alpha) / (1 + alpha) * math.Pow(alpha, math.Abs(float64(k)))
}

const farthest = 80 // beyond it noise is never

// A class is what is shown of a count: 0 for 0–9, else the number.
func classOf(noisy int) int {
	s := Display(Geometric, noisy)
	if s.Empty {
		return 0
	}
	return int(s.Number)
}

// seen is P(class | count) for all counts up to most.
type seen struct{ p []map[int]float64 }

func newSeen(most int) *seen {
	s := &seen{p: make([]map[int]float64, most+1)}
	for n := range s.p {
		s.p[n] = map[int]float64{}
		for k := -farthest; k <= farthest; k++ {
			s.p[n][classOf(n+k)] += laplace(k)
		}
	}
	return s
}

func (s *seen) log(class, count int) float64 { return math.Log(max(s.p[count][class], 1e-300)) }

// evidence is the log likelihood ratio of what is shown: her in the figures, against the other in her place.
func (s *seen) evidence(shown, in, out *counts) (ratio float64) {
	for table := range shown {
		for cell, class := range shown[table] {
			if a, b := in[table][cell], out[table][cell]; a != b {
				ratio += s.log(class, a) - s.log(class, b)
			}
		}
	}
	return ratio
}

// sums are the evidence of the two shown sums beside kdrt-sex-age-year, given the classes of its cells: of children, and of all.
// The sum of all has the same cells in both worlds, but its chance differs with theirs.
func sumEvidence(classes []int, in, out []int, part, whole int) float64 {
	return math.Log(max(sumChance(classes, in, part, whole), 1e-300)) - math.Log(max(sumChance(classes, out, part, whole), 1e-300))
}

// sumChance is P(shown sums | classes, counts): the noisy cells within their classes, folded together.
func sumChance(classes, count []int, part, whole int) float64 {
	children, adults := point(), point()
	for cell, class := range classes {
		within := conditional(class, count[cell])
		if cell%ageBands < 2 {
			children = children.plus(within)
		} else {
			adults = adults.plus(within)
		}
	}
	// Cells without a sex are in the sums, too; they are empty in both worlds, and below ten in what is shown.
	for range 2 {
		children = children.plus(conditional(0, 0))
	}
	for range 3 {
		adults = adults.plus(conditional(0, 0))
	}
	chance, upTo := 0.0, adults.cumulated()
	for i, p := range children.p {
		c := children.from + i
		if p == 0 || classOf(c) != part {
			continue
		}
		low, high := interval(whole)
		chance += p * (upTo(high-c) - upTo(low-c-1))
	}
	return chance
}

// interval of noisy values that are shown as a class.
func interval(class int) (low, high int) {
	if class == 0 {
		return -100 * farthest, 9
	}
	if class == 10 {
		return 10, 12
	}
	return class - 2, class + 2
}

// dist is a distribution on whole numbers.
type dist struct {
	from int
	p    []float64
}

func point() dist { return dist{0, []float64{1}} }

func conditional(class, count int) dist {
	low, high := interval(class)
	low = max(low, count-40)
	d := dist{from: low}
	total := 0.0
	for v := low; v <= high; v++ {
		p := laplace(v - count)
		d.p, total = append(d.p, p), total+p
	}
	for i := range d.p {
		d.p[i] /= total
	}
	return d
}

func (d dist) plus(o dist) dist {
	sum := dist{d.from + o.from, make([]float64, len(d.p)+len(o.p)-1)}
	for i, p := range d.p {
		if p < 1e-12 {
			continue
		}
		for j, q := range o.p {
			sum.p[i+j] += p * q
		}
	}
	return sum
}

func (d dist) cumulated() func(int) float64 {
	c := make([]float64, len(d.p))
	total := 0.0
	for i, p := range d.p {
		total += p
		c[i] = total
	}
	return func(v int) float64 {
		switch i := v - d.from; {
		case i < 0:
			return 0
		case i >= len(c):
			return total
		default:
			return c[i]
		}
	}
}

// game plays flips in worlds of n and gives the share that the attacker gets right. worst is a world in which each victim was
// referred, so that she stands in every table.
func game(t *testing.T, n, flips int, withNoise, worst bool) float64 {
	t.Helper()
	s := newSeen(n + 1)
	r := rand.New(rand.NewPCG(uint64(n), 5))
	random := reader(uint64(n))
	right := 0
	var w *world
	for flip := range flips {
		if flip%50 == 0 {
			w = newWorld(uint64(flip), n, 17, false)
		}
		at := r.IntN(n)
		her, other := w.victims[at], someone(r, sizesOf(w), evenMonths())
		her.referred, other.referred = her.referred || worst, other.referred || worst
		in, out := emptyCounts(w), emptyCounts(w)
		for i, v := range w.victims {
			if i == at {
				continue
			}
			in.put(v, 1)
			out.put(v, 1)
		}
		in.put(her, 1)
		out.put(other, 1)
		truth, isIn := &out, r.IntN(2) == 1
		if isIn {
			truth = &in
		}
		ratio := play(t, s, truth, &in, &out, random, withNoise)
		if guess := ratio > 0 || ratio == 0 && r.IntN(2) == 1; guess == isIn {
			right++
		}
	}
	return float64(right) / float64(flips)
}

func sizesOf(w *world) []float64 {
	size := make([]float64, w.kecamatan)
	for _, v := range w.victims {
		size[v.kecamatan]++
	}
	return size
}

func evenMonths() []float64 { return []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1} }

// play shows the six tables once and weighs them. Without noise the classes are certain: one that differs settles it.
func play(t *testing.T, s *seen, truth, in, out *counts, random interface{ Read([]byte) (int, error) }, withNoise bool) float64 {
	t.Helper()
	var shown counts
	child, all := 0, 0
	for table, cells := range truth {
		shown[table] = make([]int, len(cells))
		for cell, n := range cells {
			if withNoise {
				extra, err := noise(random)
				if err != nil {
					t.Fatal(err)
				}
				n += extra
			}
			shown[table][cell] = classOf(n)
			if table == tSexAge {
				if all += n; cell%ageBands < 2 {
					child += n
				}
			}
		}
	}
	if !withNoise {
		return certain(&shown, in, out)
	}
	for k := range 5 { // the cells without a sex
		extra, err := noise(random)
		if err != nil {
			t.Fatal(err)
		}
		for extra > 9 { // almost never; the attacker takes them for 0–9
			extra = 9
		}
		if all += extra; k < 2 {
			child += extra
		}
	}
	return s.evidence(&shown, in, out) +
		sumEvidence(shown[tSexAge], in[tSexAge], out[tSexAge], classOf(child), classOf(all))
}

func certain(shown, in, out *counts) float64 {
	for table := range shown {
		for cell, class := range shown[table] {
			switch a, b := classOf(in[table][cell]), classOf(out[table][cell]); {
			case a == b:
			case class == a:
				return 1
			default:
				return -1
			}
		}
	}
	return 0
}

// TestStatisticsKeepMembershipACoin is A5: 20,000 flips, right at most 70 %.
func TestStatisticsKeepMembershipACoin(t *testing.T) {
	flips, sizes := 1000, []int{355}
	if long() {
		flips, sizes = 20_000, []int{60, 160, 355, 600, 3000}
	}
	for _, n := range sizes {
		share, worst := game(t, n, flips, true, false), game(t, n, flips, true, true)
		t.Logf("N = %d: right %.1f %% of %d; %.1f %% if every victim was referred", n, 100*share, flips, 100*worst)
		if share > 0.70 || long() && worst > 0.71 {
			t.Errorf("N = %d: the attacker is right in %.1f %% (%.1f %%)", n, 100*share, 100*worst)
		}
	}
}

// The negative control of A5: the same display without noise.
func TestMembershipWithoutNoiseIsFound(t *testing.T) {
	share := game(t, 355, 2000, false, false)
	t.Logf("control: right %.1f %%", 100*share)
	if share <= 0.70 {
		t.Error("the harness does not see the leak")
	}
}

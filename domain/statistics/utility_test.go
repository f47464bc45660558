package statistics

import (
	"cmp"
	"math"
	"slices"
	"testing"
)

// TestStatisticsHoldForPlanning is A10: what protects must not make useless.
func TestStatisticsHoldForPlanning(t *testing.T) {
	seeds, sizes := worlds(355, 600)
	for _, n := range sizes {
		seeds := max(seeds, 10) // the mean of fewer is chance
		var byMonth, byKecamatan, ranks mean
		for seed := range seeds {
			w := newWorld(seed, n, 17, true)
			p := w.publish(t, reader(seed+100))
			months, kecamatan := make([]float64, len(p.months)), make([]float64, w.kecamatan)
			for _, v := range w.victims {
				months[p.ofPeriod(v.month)]++
				kecamatan[v.kecamatan]++
			}
			shown := make([]float64, len(months))
			for i, s := range p.months {
				shown[i] = read(s)
				byMonth.add(math.Abs(shown[i] - months[i]))
			}
			for i, s := range p.kecamatan {
				byKecamatan.add(math.Abs(read(s) - kecamatan[i]))
			}
			ranks.add(spearman(shown, months))
		}
		t.Logf("N = %d: mean error %.2f a month, %.2f a kecamatan; rank correlation of months %.2f", n, byMonth.of(), byKecamatan.of(),
			ranks.of())
		if byMonth.of() > 3 || byKecamatan.of() > 3 {
			t.Errorf("N = %d: mean error above 3", n)
		}
		if n == 600 && ranks.of() < 0.9 {
			t.Errorf("N = %d: rank correlation of the months %.2f, want 0.9", n, ranks.of())
		}
	}
}

type mean struct {
	sum float64
	n   int
}

func (m *mean) add(x float64) { m.sum, m.n = m.sum+x, m.n+1 }
func (m *mean) of() float64   { return m.sum / float64(m.n) }

// spearman is the rank correlation, ties at their middle rank.
func spearman(a, b []float64) float64 {
	x, y := ranksOf(a), ranksOf(b)
	var mx, my mean
	for i := range x {
		mx.add(x[i])
		my.add(y[i])
	}
	var xy, xx, yy float64
	for i := range x {
		dx, dy := x[i]-mx.of(), y[i]-my.of()
		xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
	}
	if xx == 0 || yy == 0 {
		return 0 // all are shown alike
	}
	return xy / math.Sqrt(xx*yy)
}

func ranksOf(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	ranks := make([]float64, len(values))
	for i := 0; i < len(order); {
		end := i
		for end < len(order) && values[order[end]] == values[order[i]] {
			end++
		}
		for k := i; k < end; k++ {
			ranks[order[k]] = float64(i+end-1) / 2
		}
		i = end
	}
	return ranks
}

package statistics

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"testing/iotest"
)

// TestNoiseOfStatisticsIsTwoSidedGeometric is A9: 10^6 draws against the probabilities, for 20 seeds; p > 0.001 each.
func TestNoiseOfStatisticsIsTwoSidedGeometric(t *testing.T) {
	draws, seeds := 100_000, 3
	if long() {
		draws, seeds = 1_000_000, 20
	}
	for seed := range seeds {
		random := reader(uint64(seed))
		counts := map[int]int{}
		for range draws {
			k, err := noise(random)
			if err != nil {
				t.Fatal(err)
			}
			counts[k]++
		}
		if p := chiSquare(counts, draws, 0.5); p < 0.001 {
			t.Errorf("seed %d: p = %.6f", seed, p)
		}
		if p := chiSquare(counts, draws, 0.52); p > 0.001 { // the control
			t.Errorf("seed %d: the harness takes ε 0.52 for 0.5 (p = %.6f)", seed, p)
		}
		if p := symmetry(counts); p < 0.001 {
			t.Errorf("seed %d: not symmetric, p = %.6f", seed, p)
		}
	}
}

// chiSquare is the p-value of the counts under ε; values with fewer than 20 expected are one class on each side.
func chiSquare(counts map[int]int, draws int, epsilon float64) float64 {
	alpha := math.Exp(-epsilon)
	expected := func(k int) float64 {
		return float64(draws) * (1 - alpha) / (1 + alpha) * math.Pow(alpha, math.Abs(float64(k)))
	}
	edge := 0
	for expected(edge+1) >= 20 {
		edge++
	}
	chi2, classes := 0.0, 0
	add := func(seen int, want float64) {
		chi2 += (float64(seen) - want) * (float64(seen) - want) / want
		classes++
	}
	for k := -edge + 1; k < edge; k++ {
		add(counts[k], expected(k))
	}
	tail := expected(edge) / (1 - alpha)
	low, high := 0, 0
	for k, n := range counts {
		if k <= -edge {
			low += n
		}
		if k >= edge {
			high += n
		}
	}
	add(low, tail)
	add(high, tail)
	return upper(chi2, classes-1)
}

func symmetry(counts map[int]int) float64 {
	chi2, pairs := 0.0, 0
	for k := 1; k < 15; k++ {
		if n := counts[k] + counts[-k]; n > 20 {
			d := float64(counts[k] - counts[-k])
			chi2 += d * d / float64(n)
			pairs++
		}
	}
	return upper(chi2, pairs)
}

// upper is P(chi-square of that many degrees > x): the regularized incomplete gamma function, by its continued fraction or series.
func upper(x float64, degrees int) float64 {
	a, half := float64(degrees)/2, x/2
	lg, _ := math.Lgamma(a)
	front := math.Exp(a*math.Log(half) - half - lg)
	if half < a+1 {
		sum, term := 1/a, 1/a
		for n := 1; n < 1000; n++ {
			term *= half / (a + float64(n))
			sum += term
		}
		return 1 - front*sum
	}
	b := half + 1 - a
	c, d := 1e300, 1/b
	h := d
	for i := 1; i < 1000; i++ {
		an := -float64(i) * (float64(i) - a)
		b += 2
		d = 1 / (an*d + b)
		c = b + an/c
		h *= d * c
	}
	return front * h
}

func TestTheChiSquareIsThatOfTheTables(t *testing.T) {
	for _, tt := range []struct {
		x       float64
		degrees int
		p       float64
	}{{3.841, 1, 0.05}, {18.307, 10, 0.05}, {23.209, 10, 0.01}, {2.558, 10, 0.99}, {76.154, 50, 0.01}} {
		if p := upper(tt.x, tt.degrees); math.Abs(p-tt.p) > 0.0002 {
			t.Errorf("P(chi2(%d) > %v) = %v, want %v", tt.degrees, tt.x, p, tt.p)
		}
	}
}

func TestThresholdsAreRightToTheLastBit(t *testing.T) {
	if len(tails) != 88 {
		t.Errorf("%d thresholds, want 88", len(tails))
	}
	// 2^64 e^(-1/2) and 2^64 e^-1, computed apart in 80 digits.
	for i, want := range map[int]uint64{0: 11188515852577165299, 1: 6786177901268885274} {
		if tails[i] != want {
			t.Errorf("threshold %d = %d, want %d", i+1, tails[i], want)
		}
	}
	for k, word := range tails {
		if got := geometric(word); got != k {
			t.Errorf("geometric(threshold %d) = %d, want %d", k+1, got, k)
		}
		if got := geometric(word - 1); got != k+1 {
			t.Errorf("geometric(threshold %d - 1) = %d, want %d", k+1, got, k+1)
		}
	}
	if geometric(math.MaxUint64) != 0 || geometric(0) != 88 {
		t.Errorf("ends: %d and %d, want 0 and 88", geometric(math.MaxUint64), geometric(0))
	}
}

func TestEachCellTakesSixteenBytes(t *testing.T) {
	w := newWorld(1, 60, 17, false)
	table, _ := Find(Released, "kdrt-kecamatan-year")
	f := w.frame
	f.Period, f.Now = Period{Kind: Year, Year: worldYear}, Period{Kind: Year, Year: worldYear}.End()
	folded, err := Fold(table, f, Rows{Cases: w.cases()})
	if err != nil {
		t.Fatal(err)
	}
	source := bytes.NewReader(make([]byte, 16*len(folded.Counts)))
	if _, err := Draw(folded, source); err != nil || source.Len() != 0 {
		t.Errorf("Draw of %d cells: %v, %d bytes left", len(folded.Counts), err, source.Len())
	}
	short := bytes.NewReader(make([]byte, 16*len(folded.Counts)-1))
	if shown, err := Draw(folded, short); err == nil || shown != nil {
		t.Errorf("Draw with too little chance: %v, want nothing and an error", shown)
	}
	broken := errors.New("broken")
	if _, err := Draw(folded, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("Draw: %v, want the source's error", err)
	}
}

func TestEveryCellOfANoisyTableIsDrawn(t *testing.T) {
	for _, table := range Tables(Released) {
		if table.Noise != Geometric {
			continue
		}
		f := Frame{Period: Parts(table.Periods[0], 2027)[0], Kecamatan: []Item{{Code: "32.01.01"}}}
		f.Now = f.Period.End()
		empty, err := Fold(table, f, Rows{})
		if err != nil {
			t.Fatal(err)
		}
		taken := &counting{r: reader(1)}
		if _, err := Draw(empty, taken); err != nil {
			t.Fatal(err)
		}
		if want := 16 * len(empty.Counts); taken.n != want || want == 0 {
			t.Errorf("%s: %d bytes of chance for %d empty cells, want %d", table.ID, taken.n, len(empty.Counts), want)
		}
	}
}

// Zeros are not kept: of empty cells as many read 10 or more as the noise says, 42 of 10,000.
func TestAnEmptyCellIsDrawnLikeAnyOther(t *testing.T) {
	f := Frame{Period: Period{Kind: Year, Year: 2027}, Now: wib("2028-01-01 00:00")}
	for i := range 40 {
		f.Kecamatan = append(f.Kecamatan, Item{Code: decimal(i)})
	}
	empty, err := Fold(table(t, "kdrt-kecamatan-year"), f, Rows{})
	if err != nil {
		t.Fatal(err)
	}
	random, above, cells := reader(7), 0, 0
	for range 500 {
		shown, err := Draw(empty, random)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range shown {
			if cells++; !o.Shown.Empty {
				above++
			}
		}
	}
	alpha := math.Exp(-epsilon)
	if want := math.Pow(alpha, 10) / (1 + alpha) * float64(cells); math.Abs(float64(above)-want) > 4*math.Sqrt(want) {
		t.Errorf("%d of %d empty cells read 10 or more, want about %.0f", above, cells, want)
	}
}

type counting struct {
	r io.Reader
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

package statistics

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// long tells whether the promised sizes are asked for: .ci/run long statistics.
func long() bool { return strings.EqualFold(os.Getenv("LONG_ROW"), "statistics") }

// reader is a source of random bytes that repeats.
func reader(seed uint64) io.Reader {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return rand.NewChaCha8(key)
}

// A world is a year of victims in one regency: 17 uneven kecamatan, 2 sexes, 5 ages, 12 months (section 9).
type world struct {
	n         int
	kecamatan int
	victims   []victim
	frame     Frame
}

// victim is one record as an attacker knows it: where she stands in each noisy table.
type victim struct {
	kecamatan, sex, age, month int
	from, to, outcome          int
	referred, overlap          bool
}

const (
	sexes     = 2
	ageBands  = 5
	monthsOf  = 12
	worldYear = 2027
)

var (
	sexCodes = [sexes]string{"MALE", "FEMALE"}
	ageOf    = [ageBands]int{3, 12, 20, 33, 50}
)

// newWorld draws a world; season makes the highest month twice the lowest. Sexes and ages are as frequent, months too but for the
// season: what a table says of them is then no news.
func newWorld(seed uint64, n, kecamatan int, season bool) *world {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	w := &world{n: n, kecamatan: kecamatan}
	size := make([]float64, kecamatan)
	for k := range size {
		size[k] = 0.3 + 1.7*r.Float64()
		w.frame.Kecamatan = append(w.frame.Kecamatan, Item{Code: fmt.Sprintf("32.01.%02d", k+1), Label: fmt.Sprint("Kecamatan ", k+1)})
	}
	month := make([]float64, monthsOf)
	for m := range month {
		if month[m] = 1; season {
			month[m] = 1 + float64(m)/11
		}
	}
	r.Shuffle(monthsOf, func(i, j int) { month[i], month[j] = month[j], month[i] })
	for range n {
		w.victims = append(w.victims, someone(r, size, month))
	}
	return w
}

func someone(r *rand.Rand, size, month []float64) victim {
	v := victim{
		kecamatan: pick(r, size), sex: r.IntN(sexes), age: r.IntN(ageBands), month: pick(r, month),
		from: pick(r, []float64{6, 2, 1, 0.6, 0.4}), to: pick(r, []float64{1, 3, 3, 2, 1}), outcome: pick(r, []float64{3, 3, 2, 1, 0.5, 0.5}),
		referred: r.Float64() < 0.7, overlap: r.Float64() < 0.08,
	}
	return v
}

func pick(r *rand.Rand, weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	at := r.Float64() * total
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// cases are the rows of the world's victims.
func (w *world) cases() []Case {
	rows := make([]Case, len(w.victims))
	for i, v := range w.victims {
		rows[i] = Case{
			ID: fmt.Sprintf("c%05d", i), Person: fmt.Sprintf("p%05d", i), Side: Protected, Type: "DOMESTIC_VIOLENCE",
			Registered: Period{Month, worldYear, v.month + 1}.Start().Add(time.Duration(i%20) * 24 * time.Hour),
			Sex:        sexCodes[v.sex], Age: ageOf[v.age], AgeKnown: true, Kecamatan: w.frame.Kecamatan[v.kecamatan].Code, Nutrition: v.overlap,
		}
	}
	return rows
}

// release draws one dataset for a period of the world.
func (w *world) release(t *testing.T, dataset string, p Period, random io.Reader) []Observation {
	t.Helper()
	table, ok := Find(Released, dataset)
	if !ok {
		t.Fatal("no dataset ", dataset)
	}
	f := w.frame
	f.Period, f.Now = p, p.End().Add(observation)
	folded, err := Fold(table, f, Rows{Cases: w.cases()})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Draw(folded, random)
	if err != nil {
		t.Fatal(err)
	}
	return shown
}

// published are the tables of domestic violence of one world as the attacker has them. kdrt-month comes as quarters where the
// year shows less than 160.
type published struct {
	total               int
	months              []Shown // 12, or 4 quarters
	kecamatan           []Shown
	sexAge              [sexes][ageBands]Shown
	childPart, childAll Shown
}

func (w *world) publish(t *testing.T, random io.Reader) published {
	p := published{total: w.n}
	kind := Month
	if w.n < fewAYear {
		kind = Quarter
	}
	for _, period := range Parts(kind, worldYear) {
		p.months = append(p.months, w.release(t, "kdrt-month", period, random)[0].Shown)
	}
	year := Period{Kind: Year, Year: worldYear}
	for _, o := range w.release(t, "kdrt-kecamatan-year", year, random)[:w.kecamatan] {
		p.kecamatan = append(p.kecamatan, o.Shown)
	}
	for _, o := range w.release(t, "kdrt-sex-age-year", year, random) {
		switch o.Indicator {
		case "kdrt_share_child.part":
			p.childPart = o.Shown
		case "kdrt_share_child.whole":
			p.childAll = o.Shown
		case "kdrt_victims":
			for s, sex := range []string{"L", "P"} {
				for a, age := range []string{"0-5", "6-17", "18-24", "25-44", "45+"} {
					if o.Items[0] == sex && o.Items[1] == age {
						p.sexAge[s][a] = o.Shown
					}
				}
			}
		}
	}
	return p
}

// ofPeriod is the place of a month among what was published, which may be quarters.
func (p *published) ofPeriod(month int) int { return month * len(p.months) / monthsOf }

// The sizes of section 9; CI takes fewer worlds.
func worlds(all ...int) (seeds uint64, sizes []int) {
	if long() {
		return 20, []int{60, 160, 355, 600, 3000}
	}
	return 2, all
}

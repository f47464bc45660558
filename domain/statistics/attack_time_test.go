package statistics

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// What an attacker sees day by day (A4, as far as a pure package can: that nothing stored changes is the server's to show). A
// release is drawn from the cases known at its draw and seen from its publication on.

// crawl is all that is published by domestic violence on a day.
func crawl(t *testing.T, w *world, cases []Case, day Day) string {
	t.Helper()
	var seen strings.Builder
	for i, table := range Tables(Released)[1:4] { // the noisy kdrt tables
		for _, p := range append(PeriodsOf(table, worldYear, Month), PeriodsOf(table, worldYear-1, Month)...) {
			r := Release{Dataset: table.ID, Period: p, State: Drawn, Drawn: DrawnAt(table, p), Contributors: []string{"u"}}
			if _, at := r.Next(table, weekdays()); DayOf(at) > day {
				continue
			}
			var known []Case
			for _, c := range cases {
				if c.Registered.Before(r.Drawn) {
					known = append(known, c)
				}
			}
			f := w.frame
			f.Period, f.Now = p, r.Drawn
			folded, err := Fold(table, f, Rows{Cases: known})
			if err != nil {
				t.Fatal(err)
			}
			shown, err := Draw(folded, reader(uint64(1000*i+100*int(p.Kind)+p.N))) // the one draw of this key
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&seen, table.ID, p, shown)
		}
	}
	return seen.String()
}

// published on which days: what may change then is what is new.
func publishedOn(day Day) bool {
	for _, table := range Tables(Released)[1:4] {
		for _, p := range append(PeriodsOf(table, worldYear, Month), PeriodsOf(table, worldYear-1, Month)...) {
			r := Release{Dataset: table.ID, Period: p, State: Drawn, Drawn: DrawnAt(table, p), Contributors: []string{"u"}}
			if _, at := r.Next(table, weekdays()); DayOf(at) == day {
				return true
			}
		}
	}
	return false
}

// One more case, filed, moves no answer until the next release; a count that is live by kecamatan shows nearly each on its day.
func TestStatisticsShowOneCaseOnNoDay(t *testing.T) {
	w := newWorld(3, 355, 17, false)
	r := rand.New(rand.NewPCG(3, 3))
	cases := w.cases()
	first := Period{Kind: Year, Year: worldYear}.First()
	days := 5
	if long() {
		days = 365
	}
	for range days {
		day := first + Day(r.IntN(365))
		if publishedOn(day + 1) {
			continue
		}
		one := Case{
			ID: "one", Person: "one", Side: Protected, Type: "DOMESTIC_VIOLENCE", Registered: day.At(12), Sex: "FEMALE", Age: 30, AgeKnown: true,
			Kecamatan: w.frame.Kecamatan[r.IntN(17)].Code,
		}
		before := crawl(t, w, cases, day)
		if after := crawl(t, w, append(cases, one), day+1); after != before {
			t.Fatalf("a case of %s changes what is seen on the next day", day.At(0).In(Zone).Format(time.DateOnly))
		}
	}
	if visible := liveByKecamatan(cases, first); visible < 0.5 {
		t.Errorf("control: %.0f %% of the cases are seen in live counts: the harness does not see the leak", 100*visible)
	}
}

// liveByKecamatan is the share of cases that alone change a live count of their kecamatan on their day.
func liveByKecamatan(cases []Case, first Day) float64 {
	alone := 0
	for day := first; day < first+365; day++ {
		change := map[string]int{}
		for _, c := range cases {
			if DayOf(c.Registered) == day {
				change[c.Kecamatan]++
			}
		}
		for _, n := range change {
			if n == 1 {
				alone++
			}
		}
	}
	return float64(alone) / float64(len(cases))
}

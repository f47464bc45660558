package statistics

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t
}

// PC-23: periods are cut at midnight in the regency, whatever the zone of the server.
func TestPeriodsAreCutInTheRegency(t *testing.T) {
	for _, tt := range []struct{ instant, week, month, quarter, year string }{
		{"2026-01-31T16:59:59.999999Z", "2026W05", "2026-01", "2026Q1", "2026"},
		{"2026-01-31T17:00:00Z", "2026W05", "2026-02", "2026Q1", "2026"},
		{"2026-12-31T16:59:59.999999Z", "2026W53", "2026-12", "2026Q4", "2026"},
		{"2026-12-31T17:00:00Z", "2026W53", "2027-01", "2027Q1", "2027"},
		{"2024-02-28T17:00:00Z", "2024W09", "2024-02", "2024Q1", "2024"}, // 29 February
		{"2024-02-29T17:00:00Z", "2024W09", "2024-03", "2024Q1", "2024"},
		{"2027-01-03T16:59:59Z", "2026W53", "2027-01", "2027Q1", "2027"}, // Sunday of the last week of 2026
		{"2027-01-03T17:00:00Z", "2027W01", "2027-01", "2027Q1", "2027"},
	} {
		for _, zone := range []string{"America/Los_Angeles", "Pacific/Kiritimati", "UTC"} {
			l, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			for kind, want := range map[PeriodKind]string{Week: tt.week, Month: tt.month, Quarter: tt.quarter, Year: tt.year} {
				p := PeriodOf(kind, at(tt.instant).In(l))
				if p.ID() != want {
					t.Errorf("%s in %s lies in %s %s, want %s", tt.instant, zone, kind, p, want)
				}
				if !p.Holds(at(tt.instant)) {
					t.Errorf("%s does not hold %s", p, tt.instant)
				}
			}
		}
	}
}

func TestAPeriodHoldsItsStartAndNotItsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "instant"), 0)
		for _, kind := range []PeriodKind{Week, Month, Quarter, Year} {
			p := PeriodOf(kind, instant)
			if !p.Holds(instant) || !p.HoldsDay(DayOf(instant)) || p.Holds(p.End()) || !p.Holds(p.Start()) || p.Holds(p.Start().Add(-1)) {
				t.Fatalf("%s and %s", p, instant)
			}
			if q := PeriodOf(kind, p.End()); q.First() != p.Next() {
				t.Fatalf("%s is followed by %s", p, q)
			}
			if q, ok := ParsePeriod(p.ID()); !ok || q != p {
				t.Fatalf("%s is read as %v %v", p.ID(), q, ok)
			}
		}
	})
	for _, text := range []string{
		"", "2026-13", "2026-1", "2026Q5", "2026Q0", "2026W54", "2025W53", "026", "2026-02 ", "2026q1", "2026-00", "x026",
	} {
		if p, ok := ParsePeriod(text); ok {
			t.Errorf("%q is read as %s", text, p)
		}
	}
}

func TestRelativePeriodsArePublishedOnes(t *testing.T) {
	var published []Period
	for _, id := range []string{"2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027-01", "2026", "2025", "2024Q4"} {
		p, ok := ParsePeriod(id)
		if !ok {
			t.Fatal(id)
		}
		published = append(published, p)
	}
	today := DayOf(at("2027-03-15T03:00:00Z"))
	for word, want := range map[string][]string{
		"LAST_12_MONTHS":  {"2026Q2", "2026Q3", "2026Q4", "2027-01"}, // up to the newest published month
		"LAST_4_QUARTERS": {"2026Q1", "2026Q2", "2026Q3", "2026Q4"},
		"THIS_YEAR":       {"2027-01"},
		"LAST_YEAR":       {"2026Q1", "2026", "2026Q2", "2026Q3", "2026Q4"},
	} {
		got, ok := Relative(word, today, published)
		var ids []string
		for _, p := range got {
			ids = append(ids, p.ID())
		}
		if !ok || !slices.Equal(ids, want) {
			t.Errorf("%s is %v, want %v", word, ids, want)
		}
	}
	if _, ok := Relative("LAST_WEEK", today, published); ok {
		t.Error("LAST_WEEK is understood")
	}
	months := append(Parts(Month, 2026), Parts(Month, 2027)[:2]...)
	if got, _ := Relative("LAST_12_MONTHS", today, months); len(got) != 12 || got[11].ID() != "2027-02" {
		t.Errorf("LAST_12_MONTHS: %v", got)
	}
}

package casework

import (
	"slices"
	"testing"
)

func civilDay(text string) Date {
	d, ok := ParseDate(text)
	if !ok {
		panic(text)
	}
	return d
}

func bornIn(text string) BirthDate {
	b, ok := ParseBirthDate(text)
	if !ok {
		panic(text)
	}
	return b
}

func TestAMonthIsReadWholeOrNotAtAll(t *testing.T) {
	for _, wrong := range []string{"", "2026", "2026-1", "2026-13", "2026-00", "2026-11-01", "11-2026", " 2026-11"} {
		if m, ok := ParseMonth(wrong); ok {
			t.Errorf("%q is read as %s", wrong, m)
		}
	}
	for _, text := range []string{"2026-12", "2024-02", "2026-02"} {
		m, ok := ParseMonth(text)
		if !ok || m.String() != text || MonthOf(m.First) != m || MonthOf(m.Next-1) != m || MonthOf(m.Next) == m {
			t.Errorf("%s: %s %v", text, m, ok)
		}
		if !m.Holds(m.First) || !m.Holds(m.Next-1) || m.Holds(m.Next) || m.Holds(m.First-1) {
			t.Errorf("%s holds other days than its own", text)
		}
	}
}

func TestChildrenOfAMonthAreNoughtTo59MonthsOld(t *testing.T) {
	november, _ := ParseMonth("2026-11")
	for _, tt := range []struct {
		name, born string
		has        bool
	}{
		{"born on its last day", "2026-11-30", true},
		{"born the day after", "2026-12-01", false},
		{"59 months on its first day", "2021-11-02", true},
		{"60 months on its first day", "2021-11-01", false},
		{"born on a 31st, 60 months on the 1st", "2021-10-31", false},
		{"a month that reaches into it", "2021-12", true},
		{"a month that may be too old", "2021-11", false},
		{"a year", "2025", true},
		{"a year too old", "2021", false},
	} {
		if got := november.Has(bornIn(tt.born)); got != tt.has {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	if november.Has(BirthDate{}) {
		t.Error("somebody of no known age is a child")
	}
}

func TestTheLastWeighingIsTheNewestThatNothingCorrects(t *testing.T) {
	november, _ := ParseMonth("2026-11")
	weighed := func(id byte, day string, kg float64, corrects byte) Measurement {
		m := Measurement{ID: ID{id}, Day: civilDay(day), Content: MeasurementContent{WeightKG: kg, LengthCM: 70}}
		if corrects != 0 {
			m.Corrects = ID{corrects}
		}
		return m
	}
	for _, tt := range []struct {
		name    string
		all     []Measurement // newest first
		last    float64
		inMonth bool
	}{
		{"never measured", nil, 0, false},
		{"weighed in the month", []Measurement{weighed(2, "2026-11-05", 8.1, 0), weighed(1, "2026-10-05", 8, 0)}, 8.1, true},
		{"only its length was taken", []Measurement{weighed(2, "2026-11-05", 0, 0), weighed(1, "2026-10-05", 8, 0)}, 8, false},
		{"weighed before and after", []Measurement{weighed(2, "2026-12-01", 9, 0), weighed(1, "2026-10-31", 8, 0)}, 9, false},
		{"corrected", []Measurement{weighed(3, "2026-11-05", 8.1, 2), weighed(2, "2026-11-05", 81, 0)}, 8.1, true},
		{"the day was wrong", []Measurement{weighed(2, "2026-11-05", 8, 0), weighed(3, "2026-10-05", 8, 2)}, 8, false},
		{"corrected twice", []Measurement{weighed(4, "2026-11-05", 8.2, 3), weighed(3, "2026-11-05", 8.1, 2), weighed(2, "2026-11-05", 81, 0)}, 8.2, true},
	} {
		before := slices.Clone(tt.all)
		standing := Standing(tt.all)
		kg := 0.0
		if at := LastWeighing(standing); at >= 0 {
			kg = standing[at].Content.WeightKG
		}
		if kg != tt.last || WeighedIn(standing, november) != tt.inMonth {
			t.Errorf("%s: %v, in the month %v", tt.name, kg, WeighedIn(standing, november))
		}
		if !slices.Equal(before, tt.all) {
			t.Errorf("%s: the measurements have changed", tt.name)
		}
	}
}

func TestAListIsByName(t *testing.T) {
	p := func(id byte, name, born string) Person {
		return Person{ID: PersonID{id}, Identity: PersonIdentity{Name: name, BirthDate: bornIn(born)}}
	}
	want := []Person{
		p(9, "AISYAH", "2024-01-01"),
		p(3, "aisyah putri", "2024-01-01"),
		p(4, "Budi", "2023-01-01"),
		p(1, "budi.", "2024-01-01"),
		p(2, "Budi", "2024-01-01"),
	}
	got := []Person{want[4], want[2], want[1], want[3], want[0]}
	slices.SortFunc(got, ByName)
	if !slices.EqualFunc(got, want, func(a, b Person) bool { return a.ID == b.ID }) {
		t.Errorf("sorted: %v", got)
	}
}

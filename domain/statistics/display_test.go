package statistics

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// PC-21: what hides a value is decided before it is rounded, and what is derived is derived from what is shown.
func TestTheThresholdComesBeforeTheRounding(t *testing.T) {
	for v, want := range map[int]string{
		-4: "B 0–9", 0: "B 0–9", 4: "B 0–9", 7: "B 0–9", 9: "B 0–9",
		10: "R 10", 12: "R 10", 13: "R 15", 17: "R 15", 18: "R 20", 22: "R 20", 23: "R 25",
	} {
		if got := text(Display(Geometric, v)); got != want {
			t.Errorf("noisy %d is shown %q, want %q", v, got, want)
		}
	}
	for n, want := range map[int]string{0: "M n < 10", 4: "M n < 10", 9: "M n < 10", 10: "R 10", 12: "R 10", 13: "R 15", 17: "R 15"} {
		if got := text(Display(Minimum, n)); got != want {
			t.Errorf("ordinary %d is shown %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "B 0–9", 9: "B 0–9", 10: "E 10", 157: "E 157"} {
		if got := text(displayExact(n)); got != want {
			t.Errorf("the year's %d is shown %q, want %q", n, got, want)
		}
	}
	if got := text(Percent(Display(Geometric, 13), Display(Geometric, 23))); got != "R 60" {
		t.Errorf("13 of 23: %q, want 60 of what is shown, not 57", got)
	}
	for _, pair := range [][2]int{{4, 23}, {13, 9}, {9, 9}} {
		if p := Percent(Display(Geometric, pair[0]), Display(Geometric, pair[1])); !p.Empty || p.Nilai() != "" || p.Text != "" {
			t.Errorf("%d of %d gives %+v, want nothing", pair[0], pair[1], p)
		}
	}
}

func text(s Shown) string {
	if s.Empty && s.Nilai() != "" {
		return "a number where there is none"
	}
	return fmt.Sprintf("%s %s", s.Status, s.Text)
}

func TestHoursHaveTwoDigits(t *testing.T) {
	for hours, want := range map[float64]string{
		0: "0", 0.254: "0.25", 5.26: "5.3", 9.96: "10", 37.2: "37", 99.6: "100", 143: "140", 719: "720",
	} {
		if got := (Hours{Hours: hours}).display(Rounded, 10).Text; got != want {
			t.Errorf("%v hours are shown %s, want %s", hours, got, want)
		}
	}
	if got := (Hours{Over: true}).display(Rounded, 10); !got.Empty || got.Text != "> 30 hari" {
		t.Errorf("over: %+v", got)
	}
}

// Property: what is shown says nothing that the class of a value does not, whatever the count.
func TestShownValuesAreCoarse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(-50, 100_000).Draw(t, "n")
		for _, noise := range []Noise{Geometric, Minimum} {
			s := Display(noise, n)
			if s.Empty != (n < 10) || !s.Empty && (int(s.Number)%5 != 0 || abs(int(s.Number)-n) > 2) {
				t.Fatalf("%s: %d is shown %+v", noise, n, s)
			}
		}
		whole := rapid.IntRange(0, 500).Draw(t, "whole")
		part := rapid.IntRange(0, whole).Draw(t, "part")
		p := Percent(Display(Minimum, part), Display(Minimum, whole))
		if !p.Empty && (p.Number < 0 || p.Number > 100 || part < 10) {
			t.Fatalf("%d of %d gives %+v", part, whole, p)
		}
	})
}

func abs(n int) int { return max(n, -n) }

func TestATidyRowHasItsColumns(t *testing.T) {
	table, _ := Find(Released, "kdrt-kecamatan-year")
	f := Frame{Period: Period{Kind: Year, Year: 2027}, Kecamatan: []Item{{Code: "32.01.13", Label: "Ciampea", BPS: "3201070"}}}
	o := Observation{Indicator: "kdrt_victims", Items: []string{"32.01.13"}, Unit: "korban", Shown: Display(Geometric, 3)}
	row := Tidy(table, f.Period, f, o, Stamp{Updated: "2028-02-01", Release: "r1"})
	want := "kdrt-kecamatan-year,2027,32.01.13,3201070,Ciampea,kdrt_victims,,,,korban,B,2028-02-01,,,,,0–9,r1"
	if got := strings.Join(row, ","); got != want {
		t.Errorf("row\n%s, want\n%s", got, want)
	}
	o.Items = []string{NA}
	if row := Tidy(table, f.Period, f, o, Stamp{}); row[2] != NA || row[3] != "" || row[4] != "Tidak diketahui" {
		t.Errorf("not known: %q", row)
	}
	for _, text := range []string{"=1+1", "+1", "-1", "@a", "\tx", "\rx"} {
		if SafeText(text) != "'"+text {
			t.Errorf("%q goes into a cell as it is", text)
		}
	}
	if SafeText("Ciampea") != "Ciampea" || SafeText("") != "" {
		t.Error("a plain text is changed")
	}
}

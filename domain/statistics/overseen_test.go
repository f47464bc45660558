package statistics

import "testing"

// twentyChildren of two villages of one puskesmas; six of the first are short.
func twentyChildren() (Frame, OverseenRows) {
	f := Frame{
		Period: Period{Month, 2026, 3}, Puskesmas: []Item{{Code: "PKM-A"}, {Code: "PKM-B"}},
		Desa: []Item{{Code: "32.01.01.1001"}, {Code: "32.01.01.1002"}},
	}
	f.Now = f.Period.End()
	var rows OverseenRows
	for i := range 20 {
		m := Measurement{
			Child: decimal(i), Day: f.Period.First() + Day(i), Sex: "MALE", Months: 14, AgeKnown: true, Puskesmas: "PKM-A",
			Desa: f.Desa[i/12].Code, HFA: "NORMAL_HEIGHT", WFA: "NORMAL_WEIGHT", WFH: "WELL_NOURISHED", Weighed: true,
		}
		if i < 6 {
			m.HFA = "STUNTED"
		}
		rows.Measurements = append(rows.Measurements, m)
	}
	return f, rows
}

func TestAPrevalenceCarriesItsCoverageAndHowItWasMeasured(t *testing.T) {
	f, rows := twentyChildren()
	table, _ := Find(OfOffice, "growth-desa-month")
	folded, err := FoldOverseen(table, f, rows)
	if err != nil {
		t.Fatal(err)
	}
	quality := []Quality{
		{Puskesmas: "PKM-A", Measure: "SD_HFA", Band: "DOUBTFUL"},
		{Puskesmas: "PKM-A", Measure: "LENGTH_DIGITS", Band: "BAD"},
		{Puskesmas: "PKM-A", Measure: "WEIGHT_DIGITS", Band: "GOOD"},
		{Puskesmas: "PKM-B", Measure: "WEIGHT_DIGITS", Band: "BAD"},
		{Puskesmas: "PKM-A", Measure: "SD_WFA"},
		{Puskesmas: "PKM-A", Measure: "COVERAGE", Band: "BAD"},
	}
	covered := []Covered{{"PKM-A", "32.01.01.1002", 8, 16, "BAD"}, {"PKM-A", "32.01.01.1001", 12, 15, "GOOD"}, {"PKM-A", LUAR, 0, 3, ""}}
	type shown struct{ text, band string }
	for _, small := range []bool{false, true} {
		got := map[string]shown{}
		for _, o := range ShowGrowth(folded, covered, quality, small) {
			if o.Indicator != "children" {
				got[o.Indicator+" "+o.Items[1]] = shown{o.Shown.Text, o.Detail}
			}
		}
		want := map[string]shown{
			"stunted_pct 32.01.01.1001": {"50", "BAD"}, "stunted_pct.part 32.01.01.1001": {"6", "BAD"}, "stunted_pct.whole 32.01.01.1001": {"12", "BAD"},
			"stunted_pct 32.01.01.1002": {"0", "BAD"}, "underweight_pct 32.01.01.1001": {"0", "GOOD"}, "wasted_pct 32.01.01.1001": {"0", "BAD"},
			"coverage_pct 32.01.01.1001": {"80", "GOOD"}, "coverage_pct 32.01.01.1002": {"50", "BAD"}, "coverage_pct LUAR": {"0", ""},
		}
		if small {
			want = map[string]shown{
				"stunted_pct 32.01.01.1001": {"", "BAD"}, "stunted_pct.part 32.01.01.1001": {"n < 10", "BAD"}, "stunted_pct.whole 32.01.01.1001": {"12", "BAD"},
				"stunted_pct.whole 32.01.01.1002": {"n < 10", "BAD"}, "coverage_pct 32.01.01.1001": {"80", "GOOD"}, "coverage_pct 32.01.01.1002": {"", "BAD"},
			}
		}
		for key, w := range want {
			if got[key] != w {
				t.Errorf("small %t, %s: got %v, want %v", small, key, got[key], w)
			}
		}
	}
	if Measuring("HFA", "PKM-C", quality) != "" || Measuring("WFA", "PKM-B", quality) != "BAD" {
		t.Error("the band of another puskesmas")
	}
}

func TestALegCountsWithWhoeverOwesSomethingOnIt(t *testing.T) {
	asked := OrdinaryLeg{Journey{Receiver: "RSUD", Accountable: "PKM"}}
	owed := OrdinaryLeg{Journey{Receiver: "RSUD", Accountable: "PKM", Duty: "CONFIRM"}}
	if asked.Unit() != "RSUD" || owed.Unit() != "PKM" {
		t.Errorf("%s, %s", asked.Unit(), owed.Unit())
	}
}

package growth

import (
	"math"
	"slices"
	"testing"
)

// visits are a boy's, born on day 0, with weights on days.
func visits(weights ...Weighing) []Visit {
	var all []Visit
	for _, w := range weights {
		all = append(all, Visit{Day: w.Day, Measurement: Measurement{WeightKG: Some(w.WeightKG), LengthCM: Some(60 + float64(w.Day)/30), Position: Lying}})
	}
	return all
}

func TestARecordJudgesEachVisitByThoseBefore(t *testing.T) {
	for _, tt := range []struct {
		name   string
		visits []Visit
		want   []WeightTrend
	}{
		{"nothing", nil, nil},
		{"gained, not gained, not gained twice", visits(Weighing{60, 5}, Weighing{90, 5.9}, Weighing{120, 6}, Weighing{150, 6.1}), []WeightTrend{FirstWeighing, Gained, NotGained, NotGainedTwice}},
		{"away for two months", visits(Weighing{60, 5}, Weighing{120, 6.2}), []WeightTrend{FirstWeighing, NotWeighedLastMonth}},
		{"a weight of another child is passed by", visits(Weighing{60, 5}, Weighing{75, 55}, Weighing{90, 5.9}), []WeightTrend{FirstWeighing, NoTrend, Gained}},
		{"a scale read twice on one day", visits(Weighing{60, 5}, Weighing{90, 5.1}, Weighing{90, 5.9}, Weighing{120, 6.6}), []WeightTrend{FirstWeighing, NotGained, Gained, Gained}},
	} {
		var got []WeightTrend
		for i, p := range Record(Male, 0, tt.visits) {
			got = append(got, p.Trend)
			if !p.Assessment.Age.Known() || p.Day != tt.visits[i].Day {
				t.Errorf("%s: a point without its day", tt.name)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAStatedTrendCountsOnlyWhereNoneIsComputed(t *testing.T) {
	all := visits(Weighing{60, 5}, Weighing{90, 5.9})
	for i := range all {
		all[i].Stated = NotGained
	}
	record := Record(Male, 0, all)
	if !record[0].Findings.Has(TrendT) || record[1].Findings.Has(TrendT) {
		t.Errorf("findings %s and %s", list(record[0].Findings), list(record[1].Findings))
	}
}

func TestLaterVisitsDoNotChangeEarlierPoints(t *testing.T) {
	all := visits(Weighing{60, 5}, Weighing{90, 5.9}, Weighing{120, 6}, Weighing{150, 6.1}, Weighing{400, 9})
	whole := Record(Female, 0, all)
	for n := range all {
		if got := Record(Female, 0, all[:n]); !slices.Equal(got, whole[:n]) {
			t.Errorf("the first %d points: %v", n, got)
		}
	}
}

func TestAChartHasFiveCurvesAndTheChildAmongThem(t *testing.T) {
	record := Record(Female, 0, visits(Weighing{60, 5}, Weighing{90, 55}, Weighing{300, 8}, Weighing{600, 10}))
	for i := HFA; i < Indices; i++ {
		c := ChartOf(i, Female, record)
		if len(c.Curves) != len(ChartZ) {
			t.Fatalf("%s has %d curves", i, len(c.Curves))
		}
		for n, curve := range c.Curves {
			if curve.Z != ChartZ[n] || len(curve.Spots) < 50 {
				t.Errorf("%s: the curve of %v has %d spots", i, curve.Z, len(curve.Spots))
			}
			for at, s := range curve.Spots {
				if n > 0 && s.Y <= c.Curves[n-1].Spots[at].Y {
					t.Errorf("%s: at %v the curve of %v lies below that of %v", i, s.X, curve.Z, ChartZ[n-1])
				}
			}
		}
	}
	if c := ChartOf(WFA, Female, record); !slices.Equal(c.Points, []int{0, 1, 2, 3}) || c.Child[2].Y != 8 || c.Child[2].X != 300 {
		t.Errorf("weights on the card: %v at %v", c.Points, c.Child)
	}
	if c := ChartOf(HC, Female, record); c.Child != nil {
		t.Error("a head that nobody measured stands on the card")
	}
	if c := ChartOf(HFA, SexUnknown, record); c.Curves != nil || c.Child != nil {
		t.Error("there are no curves of an unknown sex")
	}
}

// A child whose measure is on a curve has the z-score of that curve: chart and assessment are one standard.
func TestWhoStandsOnACurveHasItsZ(t *testing.T) {
	for _, sex := range []Sex{Male, Female} {
		for _, curve := range ChartOf(WFA, sex, nil).Curves {
			for _, s := range curve.Spots[:ageLimit] {
				a := Assess(Measurement{Sex: sex, Age: AgeInDays(s.X), WeightKG: Some(s.Y)})
				if got := a.Index[WFA]; !got.Known || math.Abs(got.Z-curve.Z) > 0.011 {
					t.Fatalf("at %v days on the curve of %v: z %v", s.X, curve.Z, got.Z)
				}
			}
		}
	}
}

func TestWeightForLengthChangesItsTableAtTwoYears(t *testing.T) {
	older := Record(Male, 0, visits(Weighing{600, 10}, Weighing{760, 12}))
	lying, standing := ChartOf(WFH, Male, older[:1]), ChartOf(WFH, Male, older)
	if lying.Position != Lying || standing.Position != Standing {
		t.Errorf("tables: %v, then %v", lying.Position, standing.Position)
	}
	if !slices.Equal(standing.Points, []int{1}) {
		t.Errorf("a length stands among heights: %v", standing.Points)
	}
	if first := lying.Curves[0].Spots[0].X; first != 45 || standing.Curves[0].Spots[0].X != 65 {
		t.Errorf("the tables begin at %v and %v cm", first, standing.Curves[0].Spots[0].X)
	}
}

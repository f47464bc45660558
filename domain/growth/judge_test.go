package growth

import (
	"math"
	"slices"
	"testing"
)

func list(s Findings) string {
	text := ""
	for f := range s.All() {
		text += f.String() + " "
	}
	return text
}

func TestWhatIsNoMeasureIsRefusedByItsField(t *testing.T) { // PC-25
	good := Measurement{Sex: Male, Age: AgeInDays(0), WeightKG: Some(3), LengthCM: Some(50), MUACCM: Some(10), HeadCM: Some(34)}
	if faults := append(Check(good), Check(Measurement{})...); faults != nil {
		t.Fatalf("faults %v of good measurements", faults)
	}
	figures := map[string]func(*Measurement) *Value{
		"weight_kg": func(m *Measurement) *Value { return &m.WeightKG },
		"length_cm": func(m *Measurement) *Value { return &m.LengthCM },
		"muac_cm":   func(m *Measurement) *Value { return &m.MUACCM },
		"head_cm":   func(m *Measurement) *Value { return &m.HeadCM },
	}
	for _, tt := range []struct {
		figure float64
		reason string
	}{
		{math.NaN(), NotANumber},
		{math.Float64frombits(0x7ff0000000000001), NotANumber}, // a signalling one
		{math.Inf(1), Infinite},
		{math.Inf(-1), Infinite},
		{0, NotPositive},
		{math.Copysign(0, -1), NotPositive},
		{-5e-324, NotPositive},
	} {
		for field, of := range figures {
			m := good
			*of(&m) = Some(tt.figure)
			if got := Check(m); !slices.Equal(got, []Fault{{field, tt.reason}}) {
				t.Errorf("%s %v: %v, want %s", field, tt.figure, got, tt.reason)
			}
		}
	}
	for _, tt := range []struct {
		m    Measurement
		want Fault
	}{
		{Measurement{Age: AgeInDays(-0.1)}, Fault{"age", Negative}},
		{Measurement{Age: AgeInMonths(math.NaN())}, Fault{"age", NotANumber}},
		{Measurement{Age: AgeInDays(math.Inf(1))}, Fault{"age", Infinite}},
		{Measurement{Sex: 3}, Fault{"sex", UnknownCode}},
		{Measurement{Position: 3}, Fault{"position", UnknownCode}},
	} {
		if got := Check(tt.m); !slices.Equal(got, []Fault{tt.want}) {
			t.Errorf("%+v: %v, want %v", tt.m, got, tt.want)
		}
	}
}

func TestRangesAreThoseOfAChild(t *testing.T) {
	ends := Measurement{WeightKG: Some(0.5), LengthCM: Some(150), MUACCM: Some(5), HeadCM: Some(70)}
	if got := CheckRange(ends); got != nil {
		t.Errorf("the ends belong to the range: %v", got)
	}
	beyond := Measurement{WeightKG: Some(9800), LengthCM: Some(29.9), MUACCM: Some(146), HeadCM: Some(70.1)} // g, and mm
	want := []Fault{{"weight_kg", WeightOutOfRange}, {"length_cm", LengthOutOfRange}, {"muac_cm", MUACOutOfRange}, {"head_cm", HeadOutOfRange}}
	if got := CheckRange(beyond); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDatesStandInOrder(t *testing.T) {
	birth, on, today := date(t, "2026-01-05"), date(t, "2026-02-04"), date(t, "2026-02-05")
	for _, tt := range []struct {
		birth, on Date
		want      []Fault
	}{
		{birth, on, nil},
		{birth, birth, nil},
		{birth, today, nil},
		{birth, today + 1, []Fault{{"measured_on", InFuture}}},
		{on, birth, []Fault{{"measured_on", BeforeBirth}}},
		{today + 1, today, []Fault{{"birth_date", InFuture}, {"measured_on", BeforeBirth}}},
	} {
		if got := CheckDates(tt.birth, tt.on, today); !slices.Equal(got, tt.want) {
			t.Errorf("born %v, measured %v: %v, want %v", tt.birth, tt.on, got, tt.want)
		}
	}
}

func TestDatesAreOfTheCalendar(t *testing.T) {
	for _, text := range []string{"1969-12-31", "1970-01-01", "2024-02-29", "2026-11-25"} {
		d := date(t, text)
		y, m, day := d.Calendar()
		if again, ok := DateOf(y, m, day); !ok || again != d || d.String() != text {
			t.Errorf("%s became %v", text, again)
		}
	}
	if _, ok := DateOf(2025, 2, 29); ok {
		t.Error("29 February 2025 was taken")
	}
	for _, text := range []string{"2025-02-29", "2025-2-3", "05/02/2026", ""} {
		if _, err := ParseDate(text); err == nil {
			t.Errorf("%q was read as a date", text)
		}
	}
}

func TestMonthsAreCompletedByTheCalendar(t *testing.T) {
	for _, tt := range []struct {
		birth, on string
		want      int
	}{
		{"2026-01-31", "2026-02-28", 0},
		{"2026-01-31", "2026-03-01", 1},
		{"2026-01-31", "2026-03-31", 2},
		{"2025-12-15", "2026-01-14", 0},
		{"2025-12-15", "2026-01-15", 1},
		{"2026-01-05", "2026-01-05", 0},
	} {
		if got := CompletedMonths(date(t, tt.birth), date(t, tt.on)); got != tt.want {
			t.Errorf("%s to %s: %d, want %d", tt.birth, tt.on, got, tt.want)
		}
	}
}

func TestTrendOfTheLastWeighing(t *testing.T) {
	type w = Weighing
	for _, tt := range []struct {
		name  string
		sex   Sex
		after []w // days after birth
		want  WeightTrend
	}{
		{"nothing was weighed", Male, nil, NoTrend},
		{"the first one", Male, []w{{0, 3.2}}, FirstWeighing},
		{"older than 45 days", Male, []w{{400, 9}, {446, 9.5}}, NotWeighedLastMonth},
		{"45 days are a month", Male, []w{{400, 9}, {445, 9.5}}, Gained},
		{"20 days are a month", Male, []w{{400, 9}, {420, 9.5}}, Gained},
		{"19 days are none", Male, []w{{400, 9}, {419, 9.5}}, NoTrend},
		{"one since, none then", Male, []w{{300, 9}, {400, 9}, {410, 9.5}}, NoTrend},
		{"one since does not hide the one then", Male, []w{{370, 9}, {390, 9.4}, {400, 9.5}}, Gained},
		{"exactly the minimum, but for binary fractions", Male, []w{{400, 9.1}, {430, 9.3}}, Gained},
		{"197 g in 30 days are 200 a month", Male, []w{{400, 9}, {430, 9.198}}, Gained},
		{"197.1 g would be, 197 g are not", Male, []w{{400, 9}, {430, 9.197}}, NotGained},
		{"lost", Male, []w{{400, 9}, {430, 8.5}}, NotGained},
		{"twice", Male, []w{{400, 9}, {430, 9.1}, {460, 9.2}}, NotGainedTwice},
		{"three times is twice", Male, []w{{370, 9}, {400, 9}, {430, 9.1}, {460, 9.2}}, NotGainedTwice},
		{"the gap breaks the row", Male, []w{{300, 9}, {330, 9}, {400, 9}, {430, 9}}, NotGained},
		{"a gain breaks the row", Male, []w{{370, 9}, {400, 9}, {430, 9.5}, {460, 9.5}}, NotGained},
		{"boy of 7 months", Male, []w{{190, 7}, {220, 7.35}}, NotGained},
		{"girl of 7 months", Female, []w{{190, 7}, {220, 7.35}}, Gained},
		{"sex not known, 7 months", SexUnknown, []w{{190, 7}, {220, 7.35}}, NoTrend},
		{"sex not known, 9 months", SexUnknown, []w{{250, 7}, {280, 7.35}}, Gained},
		{"no minimum is stated before a month", Male, []w{{0, 3.2}, {25, 3.3}}, NoTrend},
	} {
		birth := date(t, "2025-01-01")
		var weighings []Weighing
		for _, a := range tt.after {
			weighings = append(weighings, Weighing{birth + a.Day, a.WeightKG})
		}
		if got := Trend(tt.sex, birth, weighings); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	strict := DefaultGains()
	strict.Boys[14] = 500
	if got := strict.Trend(Male, 0, []Weighing{{400, 9}, {430, 9.3}}); got != NotGained {
		t.Errorf("by another table: %v, want NOT_GAINED", got)
	}
	for trend := range NoTrend + FirstWeighing + 1 {
		if ParseTrend(trend.String()) != trend {
			t.Errorf("%v is not read", trend)
		}
	}
}

// scored makes an assessment of scores, as if they had been measured.
func scored(scores map[Index]float64) (a Assessment) {
	for i, z := range scores {
		a.put(i, z)
	}
	return a
}

func TestFindingsAreTheMostSpecificOfEachMeasure(t *testing.T) {
	arm := func(c Category) Assessment { return Assessment{Index: [Indices]Result{AC: {Category: c}}} }
	for _, tt := range []struct {
		name          string
		a             Assessment
		trend         WeightTrend
		development   bool
		want, urgency string
	}{
		{"a healthy child", scored(map[Index]float64{HFA: 0, WFA: 1, WFH: 1.5, BFA: -4}), Gained, false, "", ""},
		{"every border is the milder side", scored(map[Index]float64{HFA: -2, WFA: -2, WFH: -2}), NotWeighedLastMonth, false, "", ""},
		{"wasted", scored(map[Index]float64{WFH: -3}), FirstWeighing, false, "WFH_LOW ", urgent},
		{"severely wasted", scored(map[Index]float64{WFH: -3.01}), NoTrend, false, "WFH_SEVERE ", emergency},
		{"light", scored(map[Index]float64{WFA: -3}), NoTrend, false, "WFA_LOW ", routine},
		{"very light", scored(map[Index]float64{WFA: -3.01}), NoTrend, false, "BELOW_RED_LINE ", urgent},
		{"heavy", scored(map[Index]float64{WFA: 1.01}), NoTrend, false, "WFA_HIGH ", routine},
		{"implausible, all of it", scored(map[Index]float64{HFA: -6.01, WFA: -6.01, WFH: -5.01}), NoTrend, false, "", ""},
		{"implausibly heavy", scored(map[Index]float64{WFA: 5.01}), NoTrend, false, "", ""},
		{"thin arm", arm(MUACModerate), NoTrend, false, "MUAC_MODERATE ", urgent},
		{"very thin arm", arm(MUACSevere), NoTrend, false, "MUAC_SEVERE ", emergency},
		{"T", Assessment{}, NotGained, false, "TREND_T ", routine},
		{"2T", Assessment{}, NotGainedTwice, false, "TREND_2T ", urgent},
		{"KPSP", Assessment{}, NoTrend, true, "DEVELOPMENT ", routine},
		{"oedema", Assessment{Oedema: true}, NotGained, true, "OEDEMA TREND_T DEVELOPMENT ", emergency},
		{"short and light", scored(map[Index]float64{HFA: -3.5, WFA: -2.5}), NoTrend, false, "HFA_LOW WFA_LOW ", routine},
	} {
		got := FindingsOf(tt.a, tt.trend, tt.development)
		if _, urgency := got.Urgent(); list(got) != tt.want || urgency != tt.urgency || got.Empty() != (tt.want == "") {
			t.Errorf("%s: %s, %s, want %s, %s", tt.name, list(got), urgency, tt.want, tt.urgency)
		}
	}
}

func TestHospitalIsSuggestedForTheFewThatNeedIt(t *testing.T) {
	wasted, low := scored(map[Index]float64{WFH: -3.2}), scored(map[Index]float64{HFA: -2.5})
	for _, tt := range []struct {
		name      string
		m         Measurement
		a         Assessment
		confirmed bool
		want      bool
	}{
		{"oedema", Measurement{Oedema: true}, Assessment{}, false, true},
		{"gizi buruk at 5 months", Measurement{Age: AgeInMonths(5.9), WeightKG: Some(4.5)}, wasted, false, true},
		{"gizi buruk at 6 months", Measurement{Age: AgeInMonths(6), WeightKG: Some(4.5)}, wasted, false, false},
		{"gizi buruk below 4 kg", Measurement{Age: AgeInMonths(8), WeightKG: Some(3.9)}, wasted, false, true},
		{"gizi buruk of 4 kg", Measurement{Age: AgeInMonths(8), WeightKG: Some(4)}, wasted, false, false},
		{"short, confirmed", Measurement{Age: AgeInMonths(23)}, low, true, true},
		{"short, not confirmed", Measurement{Age: AgeInMonths(23)}, low, false, false},
		{"short, of 24 months", Measurement{Age: AgeInMonths(24)}, low, true, false},
		{"not short any more", Measurement{Age: AgeInMonths(23)}, Assessment{}, true, false},
		{"light, that is all", Measurement{Age: AgeInMonths(3), WeightKG: Some(3)}, Assessment{}, false, false},
	} {
		if got := SuggestHospital(tt.m, tt.a, tt.confirmed); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestQualitySeesARoundingScaleAndLeavesAGoodOneAlone(t *testing.T) {
	marks := func(round bool) map[string]Mark {
		var ms []Measurement
		for i := range 400 {
			u := func(k float64) float64 { return math.Mod(float64(i)*k, 1) } // evenly spread, no chance
			score := func(k float64) float64 { return math.Sqrt2 * math.Erfinv(2*math.Mod(u(k)+0.5/400, 1)-1) * 1.05 }
			m := Measurement{Sex: Male + Sex(i%2), Age: AgeInDays(math.Floor(u(0.6180339887) * 1826)), Position: Lying}
			if m.Age.TableDay() >= heightDay {
				m.Position = Standing
			}
			cm, _ := AtAge(HFA, m.Sex, m.Age.TableDay(), min(max(score(0.7548776662), -3), 3))
			kg, _ := AtLength(m.Position, m.Sex, cm, min(max(score(0.5698402910), -3), 3))
			if round {
				cm, kg, m.Position = math.Round(cm/5)*5, math.Round(kg*2)/2, PositionUnknown
			}
			m.LengthCM, m.WeightKG = Some(math.Round(cm*10)/10), Some(math.Round(kg*10)/10)
			ms = append(ms, m)
		}
		r := Quality(ms)
		r.Registered = 450
		byName := map[string]Mark{}
		for _, m := range r.Marks(DefaultThresholds()) {
			byName[m.Measure] = m
		}
		return byName
	}
	good, rounded := marks(false), marks(true)
	for _, name := range []string{"COVERAGE", "FLAGGED_HFA", "FLAGGED_WFA", "FLAGGED_WFH", "FLAGGED_BFA", "SD_HFA", "SD_WFH", "WEIGHT_DIGITS", "LENGTH_DIGITS", "MONTH_HEAPING", "POSITION_MISSING", "SHARE_OF_BOYS"} {
		if m := good[name]; m.Band != Good {
			t.Errorf("a careful post: %+v, want GOOD", m)
		}
	}
	for _, name := range []string{"WEIGHT_DIGITS", "LENGTH_DIGITS", "POSITION_MISSING"} {
		if m := rounded[name]; m.Band == Good {
			t.Errorf("a post that rounds: %+v", m)
		}
	}
	if _, ok := good["FLAGGED_HC"]; ok {
		t.Error("no head was measured, and yet it is judged")
	}
}

func TestQualityCountsAndDoesNotJudgeAFew(t *testing.T) {
	ms := []Measurement{
		{Sex: Male, Age: AgeInMonths(12), WeightKG: Some(9.75), LengthCM: Some(75.3), Position: Lying},
		{Sex: Male, Age: AgeInMonths(25), WeightKG: Some(2.3), LengthCM: Some(85)},
		{Sex: Female, Age: AgeInMonths(37.5), WeightKG: Some(0)},
	}
	r := Quality(ms)
	if r.N != 3 || r.Weighed != 2 || r.Measured != 2 || r.Unplaced != 1 || r.Boys != 2 || r.Girls != 1 {
		t.Errorf("counts %+v", r)
	}
	if r.WeightDigits[7] != 1 || r.WeightDigits[3] != 1 || r.LengthDigits[3] != 1 || r.LengthDigits[0] != 1 || r.Months[0] != 1 || r.Months[1] != 2 {
		t.Errorf("digits %v, %v, months %v", r.WeightDigits, r.LengthDigits, r.Months)
	}
	if r.Flagged[WFA] != 1 || r.Scored[WFA] != 2 {
		t.Errorf("flagged %v of %v", r.Flagged, r.Scored)
	}
	if ratio, ok := r.SexRatio(); ratio != 2 || !ok {
		t.Errorf("sex ratio %v", ratio)
	}
	for _, m := range r.Marks(DefaultThresholds()) {
		if m.Band != NoBand || m.Measure == "COVERAGE" {
			t.Errorf("%+v is judged", m)
		}
	}
	empty := Quality(nil)
	if marks := empty.Marks(DefaultThresholds()); marks != nil {
		t.Errorf("of nothing: %v", marks)
	}
}

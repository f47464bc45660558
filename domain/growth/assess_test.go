package growth

import (
	"fmt"
	"math"
	"testing"
)

func date(t testing.TB, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// z writes an index as the cases of the design do: "–" for no value.
func z(a Assessment, i Index) string {
	if !a.Index[i].Known {
		return "–"
	}
	return fmt.Sprintf("%.2f", a.Index[i].Z)
}

func zs(a Assessment, indices ...Index) string {
	text := ""
	for _, i := range indices {
		text += z(a, i) + " "
	}
	return text
}

func flags(a Assessment, indices ...Index) string {
	text := ""
	for _, i := range indices {
		text += map[bool]string{true: "1", false: "0"}[a.Index[i].Flagged]
	}
	return text
}

func TestBeyondThreeDeviationsTheDistanceIsInLastBands(t *testing.T) { // PC-14
	for _, tt := range []struct {
		kg         float64
		zs, flags  string
		wfa, wfh   Category
		findings   string
		service    string
		remeasured bool
	}{
		{4.5, "-5.98 -7.05 -7.07 ", "011", SeverelyUnderweight, Implausible, "BELOW_RED_LINE HFA_LOW ", confirmation, true},
		{5.0, "-5.36 -6.11 -6.07 ", "011", SeverelyUnderweight, Implausible, "BELOW_RED_LINE HFA_LOW ", confirmation, true},
		{6.0, "-4.14 -4.22 -4.09 ", "000", SeverelyUnderweight, SeverelyWasted, "WFH_SEVERE BELOW_RED_LINE HFA_LOW ", treatment, false},
		{16.0, "4.96 8.50 9.09 ", "011", RiskOfOverweight, Implausible, "HFA_LOW WFA_HIGH ", confirmation, true},
	} {
		m := Measurement{Sex: Male, Age: AgeInDays(365), WeightKG: Some(tt.kg), LengthCM: Some(70), Position: Lying}
		a := Assess(m)
		if got := zs(a, WFA, WFH, BFA); got != tt.zs {
			t.Errorf("%v kg: z %s, want %s", tt.kg, got, tt.zs)
		}
		if got := flags(a, WFA, WFH, BFA); got != tt.flags {
			t.Errorf("%v kg: flags %s, want %s", tt.kg, got, tt.flags)
		}
		if a.Index[WFA].Category != tt.wfa || a.Index[WFH].Category != tt.wfh || z(a, HFA) != "-2.42" {
			t.Errorf("%v kg: %v · %v, HFA %s", tt.kg, a.Index[WFA].Category, a.Index[WFH].Category, z(a, HFA))
		}
		findings := FindingsOf(a, NoTrend, false)
		if got := list(findings); got != tt.findings {
			t.Errorf("%v kg: findings %s, want %s", tt.kg, got, tt.findings)
		}
		if service, _ := findings.Urgent(); service != tt.service || a.Remeasure() != tt.remeasured {
			t.Errorf("%v kg: service %s, measure again %v", tt.kg, service, a.Remeasure())
		}
	}
}

func TestTheAgeChoosesTheTableAndThePositionTheLength(t *testing.T) { // PC-15
	for _, tt := range []struct {
		days     float64
		position Position
		kg, cm   float64
		length   float64
		zs       string
	}{
		{730, Lying, 8.4, 80, 80, "-1.98 -2.12 -1.97 "},
		{730, Standing, 8.4, 80, 80.7, "-1.77 -2.30 -2.19 "},
		{730, PositionUnknown, 8.4, 80, 80, "-1.98 -2.12 -1.97 "},
		{731, Lying, 8.4, 80, 79.3, "-1.99 -2.12 -1.99 "},
		{731, Standing, 8.4, 80, 80, "-1.78 -2.30 -2.22 "},
		{731, PositionUnknown, 8.4, 80, 80, "-1.78 -2.30 -2.22 "},
		{732, Lying, 8.4, 80, 79.3, "-2.00 -2.12 -1.99 "},
		{730.49, Standing, 8.4, 80, 80.7, "-1.77 -2.30 -2.19 "}, // still day 730
		{730.5, Standing, 8.4, 80, 80, "-1.78 -2.30 -2.22 "},    // half up: day 731
	} {
		a := Assess(Measurement{Sex: Female, Age: AgeInDays(tt.days), WeightKG: Some(tt.kg), LengthCM: Some(tt.cm), Position: tt.position})
		cm, _ := a.CorrectedLengthCM.Get()
		if got := zs(a, HFA, WFH, BFA); got != tt.zs || math.Abs(cm-tt.length) > 1e-9 {
			t.Errorf("%v days, position %d: %v cm, z %s, want %v cm, %s", tt.days, tt.position, cm, got, tt.length, tt.zs)
		}
		if a.Index[HFA].Category != NormalHeight {
			t.Errorf("%v days, position %d: %v, want NORMAL_HEIGHT", tt.days, tt.position, a.Index[HFA].Category)
		}
	}
}

func TestBelowTheHeightTableThereIsNoValue(t *testing.T) { // PC-15
	for _, tt := range []struct {
		cm       float64
		position Position
		want     string
	}{
		{64.9, Standing, "–"},
		{65.0, Standing, "-1.21"},
		{65.6, Lying, "–"},
		{65.7, Lying, "-1.21"},
		{120.0, Standing, "-9.63"},
		{120.1, Standing, "–"},
	} {
		a := Assess(Measurement{Sex: Female, Age: AgeInDays(800), WeightKG: Some(6.5), LengthCM: Some(tt.cm), Position: tt.position})
		if got := z(a, WFH); got != tt.want {
			t.Errorf("%v cm, position %d: WFH %s, want %s", tt.cm, tt.position, got, tt.want)
		}
	}
}

func TestFiveYearsEndAtThreeLimits(t *testing.T) { // PC-16
	boy := Measurement{Sex: Male, WeightKG: Some(14.2), LengthCM: Some(100), Position: Standing, MUACCM: Some(16)}
	const none, last = "– – – – – ", "-2.15 -1.93 -0.97 -0.79 -0.37 "
	for _, tt := range []struct {
		age  Age
		want string
	}{
		{AgeInMonths(60), none},
		{AgeInMonths(59.99), last},
		{AgeInDays(1826), last},
		{AgeInDays(1826.24), last},
		{AgeInDays(1826.25), none},
		{AgeInDays(1827), none},
	} {
		boy.Age = tt.age
		if got := zs(Assess(boy), HFA, WFA, WFH, BFA, AC); got != tt.want {
			t.Errorf("boy of %v days, %v months: %s, want %s", tt.age.Days(), tt.age.Months(), got, tt.want)
		}
	}

	girl := Measurement{Sex: Female, WeightKG: Some(14), LengthCM: Some(100), Position: Standing}
	for _, tt := range []struct {
		birth, on string
		days      int
		months    int
		want      string
	}{
		{"2021-03-01", "2026-02-28", 1825, 59, "-1.98 -1.86 -0.94 -0.91 "},
		{"2021-03-01", "2026-03-01", 1826, 60, "-1.98 -1.86 -0.94 -0.91 "}, // a register refuses what the standard takes
		{"2021-03-01", "2026-03-02", 1827, 60, "– – – – "},
		{"2020-02-29", "2025-02-28", 1826, 59, "-1.98 -1.86 -0.94 -0.91 "},
		{"2020-02-29", "2025-03-01", 1827, 60, "– – – – "},
	} {
		birth, on := date(t, tt.birth), date(t, tt.on)
		girl.Age = AgeBetween(birth, on)
		if got := zs(Assess(girl), HFA, WFA, WFH, BFA); got != tt.want || girl.Age.TableDay() != tt.days {
			t.Errorf("%s to %s: day %d, z %s, want %d, %s", tt.birth, tt.on, girl.Age.TableDay(), got, tt.days, tt.want)
		}
		if got := CompletedMonths(birth, on); got != tt.months || girl.Age.CompletedMonths() != got {
			t.Errorf("%s to %s: %d completed months, want %d", tt.birth, tt.on, got, tt.months)
		}
	}
}

func TestNoInputIsRounded(t *testing.T) { // PC-17
	birth := date(t, "2026-01-05")
	for _, tt := range []struct{ on, want string }{
		{"2026-02-04", "-0.84 -1.06 -0.57 "},
		{"2026-02-19", "-1.70 -1.93 -0.57 "},
		{"2026-03-06", "-2.45 -2.64 -0.57 "},
		{"2026-03-07", "-2.49 -2.68 -0.57 "},
	} {
		a := Assess(Measurement{Sex: Female, Age: AgeBetween(birth, date(t, tt.on)), WeightKG: Some(3.6), LengthCM: Some(52), Position: Lying})
		if got := zs(a, HFA, WFA, WFH); got != tt.want {
			t.Errorf("girl on %s: %s, want %s", tt.on, got, tt.want)
		}
	}
	for _, tt := range []struct {
		sex      Sex
		kg, cm   float64
		z        string
		category Category
		urgency  string
	}{
		{Male, 9.7, 88.00, "-3.00", Wasted, urgent},
		{Male, 9.7, 88.05, "-3.01", SeverelyWasted, emergency},
		{Female, 8.1, 81.70, "-3.00", Wasted, urgent},
		{Female, 8.1, 81.75, "-3.01", SeverelyWasted, emergency},
	} {
		a := Assess(Measurement{Sex: tt.sex, Age: AgeInDays(500), WeightKG: Some(tt.kg), LengthCM: Some(tt.cm), Position: Lying})
		_, urgency := FindingsOf(a, NoTrend, false).Urgent()
		if z(a, WFH) != tt.z || a.Index[WFH].Category != tt.category || urgency != tt.urgency {
			t.Errorf("%v kg, %v cm: %s %v %s", tt.kg, tt.cm, z(a, WFH), a.Index[WFH].Category, urgency)
		}
	}
}

// Weight alone moves up, and every index of weight must not move down; length alone, and weight for length must not move up.
func TestScoresFollowTheMeasure(t *testing.T) {
	for _, sex := range []Sex{Male, Female} {
		for day := 0.0; day < 1826; day += 61 {
			low := 45.0
			if day >= heightDay {
				low = 65
			}
			for cm := low; cm < low+45; cm += 2.3 {
				var last Assessment
				for kg := 0.6; kg < 40; kg += 0.3 {
					m := Measurement{Sex: sex, Age: AgeInDays(day), WeightKG: Some(kg), LengthCM: Some(cm), MUACCM: Some(5 + kg/2), HeadCM: Some(20 + kg)}
					a := Assess(m)
					for _, i := range []Index{WFA, WFH, BFA, HC, AC} {
						if last.Index[i].Known && a.Index[i].Z < last.Index[i].Z {
							t.Fatalf("%v day %v, %v cm, %v kg: %v fell from %v to %v", sex, day, cm, kg, i, last.Index[i].Z, a.Index[i].Z)
						}
					}
					last = a
					m.LengthCM = Some(cm + 0.05)
					longer := Assess(m)
					for _, i := range []Index{WFH, BFA} { // far out, beyond the flag, the WHO's last bands themselves widen with length
						if last, next := a.Index[i], longer.Index[i]; last.plausible() && next.Z > last.Z {
							t.Fatalf("%v day %v, %v cm, %v kg: 0.05 cm more raised %v from %v to %v", sex, day, cm, kg, i, last.Z, next.Z)
						}
					}
					if longer.Index[HFA].Z < a.Index[HFA].Z {
						t.Fatalf("%v day %v: HFA fell from %v cm to 0.05 more", sex, day, cm)
					}
				}
			}
		}
	}
}

// Whatever comes in, what leaves is finite, and no index is both missing and judged.
func FuzzAssess(f *testing.F) {
	f.Add(uint8(1), 365.0, 9.0, 75.0, 14.0, 45.0, uint8(1), false)
	f.Add(uint8(2), math.NaN(), math.Inf(1), math.Copysign(0, -1), 1e308, 5e-324, uint8(9), true)
	f.Add(uint8(1), 1e300, 1e308, 1e-300, 1e308, 1e308, uint8(2), false)
	f.Fuzz(func(t *testing.T, sex uint8, days, kg, cm, arm, head float64, position uint8, oedema bool) {
		m := Measurement{
			Sex: Sex(sex), Age: AgeInDays(days), WeightKG: Some(kg), LengthCM: Some(cm), MUACCM: Some(arm), HeadCM: Some(head),
			Position: Position(position), Oedema: oedema,
		}
		a := Assess(m)
		for i, r := range a.Index {
			if math.IsNaN(r.Z) || math.IsInf(r.Z, 0) || !r.Known && (r.Z != 0 || r.Flagged) {
				t.Errorf("%v: %+v", Index(i), r)
			}
		}
		for _, v := range []Value{a.CorrectedLengthCM, a.BMI} {
			if figure, _ := v.Get(); math.IsNaN(figure) || math.IsInf(figure, 0) {
				t.Errorf("%v left", figure)
			}
		}
		Check(m)
		Quality([]Measurement{m})
	})
}

func TestOedemaHidesNoChild(t *testing.T) {
	m := Measurement{Sex: Male, Age: AgeInDays(500), WeightKG: Some(14), LengthCM: Some(80), Position: Lying, Oedema: true}
	a := Assess(m)
	if got := zs(a, HFA, WFA, WFH, BFA); got != "-0.25 – – – " {
		t.Errorf("z %s, want only length for age", got)
	}
	if a.Index[WFH].Category != SeverelyWasted || a.Index[WFA].Category != NotMeasured {
		t.Errorf("categories %v, %v", a.Index[WFH].Category, a.Index[WFA].Category)
	}
	for i, want := range map[Index]bool{HFA: false, WFA: true, WFH: true, BFA: true} {
		if counts, below := a.Below(i, -3); !counts || below != want {
			t.Errorf("%v: counts %v, below -3 %v, want %v", i, counts, below, want)
		}
	}
	m.Age = AgeInMonths(61)
	old := Assess(m)
	if counts, _ := old.Below(WFH, -3); counts {
		t.Error("a child over five counts in a prevalence")
	}
}

func TestArmsAreJudgedByCentimetresFromSixToFiftyNineMonths(t *testing.T) {
	for _, tt := range []struct {
		months, cm float64
		want       Category
	}{
		{5.99, 11, NoCategory},
		{6, 11.49, MUACSevere},
		{6, 11.5, MUACModerate},
		{30, 12.49, MUACModerate},
		{30, 12.5, MUACNormal},
		{59.9, 11, MUACSevere},
		{60, 11, NoCategory},
		{24, 9.5, MUACSevere},
		{24, 4.9, Implausible},
		{24, 40.1, Implausible},
		{24, -1, NotMeasured},
	} {
		a := Assess(Measurement{Age: AgeInMonths(tt.months), MUACCM: Some(tt.cm)}) // the sex is not needed
		if got := a.Index[AC].Category; got != tt.want {
			t.Errorf("%v cm at %v months: %v, want %v", tt.cm, tt.months, got, tt.want)
		}
	}
	// Six months by the calendar are 181 to 184 days; a health worker counts months.
	born := date(t, "2026-02-01")
	for on, want := range map[string]Category{"2026-07-31": NoCategory, "2026-08-01": MUACSevere} {
		if a := Assess(Measurement{Age: AgeBetween(born, date(t, on)), MUACCM: Some(11)}); a.Index[AC].Category != want {
			t.Errorf("on %s: %v, want %v", on, a.Index[AC].Category, want)
		}
	}
}

func TestCategoriesEndWherePermenkesSays(t *testing.T) {
	for _, tt := range []struct {
		index      Index
		hundredths float64
		want       Category
	}{
		{WFA, -301, SeverelyUnderweight},
		{WFA, -300, Underweight},
		{WFA, -201, Underweight},
		{WFA, -200, NormalWeight},
		{WFA, 100, NormalWeight},
		{WFA, 101, RiskOfOverweight},
		{HFA, -301, SeverelyStunted},
		{HFA, -300, Stunted},
		{HFA, -201, Stunted},
		{HFA, -200, NormalHeight},
		{HFA, 300, NormalHeight},
		{HFA, 301, Tall},
		{WFH, -301, SeverelyWasted},
		{WFH, -300, Wasted},
		{WFH, -201, Wasted},
		{WFH, -200, WellNourished},
		{WFH, 100, WellNourished},
		{WFH, 101, RiskOfOvernutrition},
		{WFH, 200, RiskOfOvernutrition},
		{WFH, 201, Overnourished},
		{WFH, 300, Overnourished},
		{WFH, 301, Obese},
		{BFA, -301, SeverelyWasted},
		{BFA, 301, Obese},
		{HC, -301, NoCategory},
		{AC, 0, NoCategory},
	} {
		if got := categoryOf(tt.index, tt.hundredths, false); got != tt.want {
			t.Errorf("%v %v: %v, want %v", tt.index, tt.hundredths/100, got, tt.want)
		}
		if got := categoryOf(tt.index, tt.hundredths, true); tt.index <= BFA && got != Implausible {
			t.Errorf("%v flagged: %v, want IMPLAUSIBLE", tt.index, got)
		}
	}
}

func TestCurvesAreWhatTheScoresComeFrom(t *testing.T) {
	for _, score := range []float64{-3, -2, 0, 2, 3} {
		kg, ok := AtAge(WFA, Female, 700, score)
		if a := Assess(Measurement{Sex: Female, Age: AgeInDays(700), WeightKG: Some(kg)}); !ok || a.Index[WFA].Z != score {
			t.Errorf("weight %v at 700 days: z %v, want %v", kg, a.Index[WFA].Z, score)
		}
		kg, ok = AtLength(Standing, Male, 95.55, score)
		if a := Assess(Measurement{Sex: Male, WeightKG: Some(kg), LengthCM: Some(95.55), Position: Standing}); !ok || a.Index[WFH].Z != score {
			t.Errorf("weight %v at 95.55 cm: z %v, want %v", kg, a.Index[WFH].Z, score)
		}
	}
	for _, missing := range []struct {
		index Index
		sex   Sex
		day   int
	}{{WFH, Male, 0}, {AC, Male, 90}, {HFA, Male, 1827}, {HFA, Male, -1}, {HFA, SexUnknown, 5}, {Indices, Male, 5}} {
		if _, ok := AtAge(missing.index, missing.sex, missing.day, 0); ok {
			t.Errorf("%+v has a curve", missing)
		}
	}
}

func TestFlagsAreTakenFromTheRoundedScore(t *testing.T) {
	for z, flagged := range map[float64]bool{-6.0049: false, -6.0051: true, 6.0049: false, 6.0051: true} {
		if r := scored(map[Index]float64{HFA: z}).Index[HFA]; r.Flagged != flagged {
			t.Errorf("%v: flagged %v, want %v", z, r.Flagged, flagged)
		}
	}
	if r := scored(map[Index]float64{HFA: -0.001}).Index[HFA]; math.Signbit(r.Z) {
		t.Error("a z-score of -0 left")
	}
}

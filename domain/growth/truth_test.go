package growth

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// truthRow is a row of a truth file: a child, and what the WHO's own program says of it.
type truthRow map[string]string

func (r truthRow) value(column string) Value {
	f, err := strconv.ParseFloat(r[column], 64)
	if err != nil {
		return Value{}
	}
	return Some(f)
}

func (r truthRow) measurement() Measurement {
	m := Measurement{
		WeightKG: r.value("weight_kg"), LengthCM: r.value("lenhei_cm"), MUACCM: r.value("muac_cm"), HeadCM: r.value("headc_cm"),
		Oedema: r["oedema"] == "y", Sex: map[string]Sex{"M": Male, "F": Female}[r["sex"]],
		Position: map[string]Position{"L": Lying, "H": Standing}[r["measure"]],
	}
	if days, ok := r.value("age_days").Get(); ok {
		m.Age = AgeInDays(days)
	}
	age, ok := r.value("age").Get()
	switch {
	case !ok:
	case r["age_unit"] == "months":
		m.Age = AgeInMonths(age)
	default:
		m.Age = AgeInDays(age)
	}
	return m
}

// TestEveryRowOfTheTruthFiles compares z-scores to two decimals, flags, corrected length and BMI with the WHO's package.
func TestEveryRowOfTheTruthFiles(t *testing.T) {
	files := map[string]int{"testdata/truth-dev.csv": 2000, "testdata/truth-dev-months-muac-headc.csv": 1000}
	if shared := os.Getenv("SINERGI_SHARED"); shared != "" {
		folder := filepath.Join(shared, "data/who-growth")
		files[filepath.Join(folder, "truth-package-cases.csv")] = 38
		files[filepath.Join(folder, "real-survey.csv")] = 8060
	}
	for file, rows := range files {
		truth := readTruth(t, file)
		if len(truth) != rows {
			t.Errorf("%s: %d rows, want %d", file, len(truth), rows)
		}
		for i, row := range truth {
			compareTruth(t, fmt.Sprintf("%s line %d", filepath.Base(file), i+2), row)
		}
	}
}

func readTruth(t testing.TB, path string) []truthRow {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []truthRow
	for _, line := range lines[1:] {
		row := truthRow{}
		for i, column := range lines[0] {
			row[column] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func compareTruth(t *testing.T, where string, row truthRow) {
	t.Helper()
	a := Assess(row.measurement())
	for column, index := range map[string]Index{"len": HFA, "wei": WFA, "wfl": WFH, "bmi": BFA, "hc": HC, "ac": AC} {
		want, given := row["z"+column]
		if !given {
			continue
		}
		got, flag := "", ""
		if r := a.Index[index]; r.Known {
			got, flag = fmt.Sprintf("%.2f", r.Z), map[bool]string{true: "1", false: "0"}[r.Flagged]
		}
		if got != want || flag != row["f"+column] {
			t.Errorf("%s: z%s %q flag %q, want %q flag %q", where, column, got, flag, want, row["f"+column])
		}
	}
	if flag, given := row["c9mo_flag"]; given {
		position := map[Position]string{Lying: "L", Standing: "H"}[a.Position]
		if position != row["cmeasure"] || a.StandingTooYoung != (flag == "1") {
			t.Errorf("%s: position %q, want %q; too young to stand %v, want %s", where, position, row["cmeasure"], a.StandingTooYoung, flag)
		}
	}
	for column, got := range map[string]Value{"clenhei": a.CorrectedLengthCM, "cbmi": a.BMI} {
		want, known := row.value(column).Get()
		figure, ok := got.Get()
		if ok != known || known && math.Abs(figure-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s: %s is %v (%v), want %v (%v)", where, column, figure, ok, want, known)
		}
	}
}

// truthChildren are 1,000 children with all measures, a third of them beyond 3 standard deviations somewhere.
func truthChildren(t testing.TB) []Measurement {
	var children []Measurement
	for _, row := range readTruth(t, "testdata/truth-dev-months-muac-headc.csv") {
		children = append(children, row.measurement())
	}
	return children
}

// The promise is 2 million children a second on one core, all six indices, without an allocation.
func BenchmarkAssess(b *testing.B) {
	children := truthChildren(b)
	out := make([]Assessment, len(children))
	b.ReportAllocs()
	for b.Loop() {
		AssessAll(children, out)
	}
	b.ReportMetric(float64(len(children))*float64(b.N)/b.Elapsed().Seconds(), "children/s")
}

func BenchmarkAssessOne(b *testing.B) {
	children := truthChildren(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Assess(children[i%len(children)])
	}
}

func TestAssessAllocatesNothing(t *testing.T) {
	children := truthChildren(t)
	out := make([]Assessment, len(children))
	if n := testing.AllocsPerRun(10, func() { AssessAll(children, out) }); n != 0 {
		t.Errorf("AssessAll: %v allocations, want 0", n)
	}
	if n := testing.AllocsPerRun(10, func() { out[0] = Assess(children[0]) }); n != 0 {
		t.Errorf("Assess: %v allocations, want 0", n)
	}
	if n := testing.AllocsPerRun(10, func() { FindingsOf(out[0], NotGained, true).Urgent() }); n != 0 {
		t.Errorf("FindingsOf: %v allocations, want 0", n)
	}
}

func TestTheTruthCanBeMissed(t *testing.T) {
	// The control: the plain formula is what people who rebuilt the standard used, and the truth files must see it.
	differ := 0
	for _, row := range readTruth(t, "testdata/truth-dev.csv") {
		m := row.measurement()
		a := Assess(m)
		if r := a.Index[WFA]; r.Known {
			p := weightForAge.at(m.Sex, m.Age.TableDay())
			plain := (math.Pow(m.WeightKG.figure/p.m, p.l) - 1) / (p.l * p.s)
			if math.Abs(plain-r.Z) > 0.006 {
				differ++
			}
		}
	}
	if differ < 100 {
		t.Errorf("%d of 2000 rows need the restricted formula, want at least 100", differ)
	}
}

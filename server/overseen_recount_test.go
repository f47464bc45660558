package server_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

var villagesOfCibinong = []string{"32.01.01.1001", "32.01.01.1006", "32.01.01.1007"}

// randomPuskesmas files children at the puskesmas and its post, each with up to five measurements from January to March; some of them are
// put right, some cases closed, some raised.
func randomPuskesmas(t *testing.T, w *world, chance *rand.Rand, children int) {
	t.Helper()
	var names []string
	for i := range children {
		var all []onScale
		kg := 8 + chance.Float64()*3
		for month := 1; month <= 3; month++ {
			for range chance.IntN(3) {
				m := onScale{day: fmt.Sprintf("2026-%02d-%02d", month, 1+chance.IntN(20)), kg: float64(int(kg*100)) / 100}
				if chance.IntN(2) == 0 {
					m.cm = float64(640+chance.IntN(140)) / 10
				}
				all, kg = append(all, m), kg+chance.Float64()/2-0.1
			}
		}
		if len(all) == 0 {
			all = append(all, onScale{day: "2026-02-01", kg: 9})
		}
		slices.SortFunc(all, func(a, b onScale) int { return strings.Compare(a.day, b.day) })
		all = slices.CompactFunc(all, func(a, b onScale) bool { return a.day == b.day })
		sex := []pb.Sex_Value{pb.Sex_MALE, pb.Sex_FEMALE}[chance.IntN(2)]
		born := fmt.Sprintf("2025-%02d-%02d", 1+chance.IntN(8), 1+chance.IntN(28))
		as := []string{"kader-melati", "bidan-melati", "gizi-cibinong"}[chance.IntN(3)]
		name := w.measured(t, as, fmt.Sprintf("Anak Acak %03d", i), sex, born, villagesOfCibinong[chance.IntN(3)], all...)
		if name == "" { // a kader is not told
			name = w.caseOf(t, fmt.Sprintf("Anak Acak %03d", i))
		}
		names = append(names, name)
	}
	for _, name := range names {
		switch chance.IntN(8) {
		case 0:
			w.raise(t, name, "L2")
		case 1:
			body := object{"requestId": newID(), "reason": "ENTERED_IN_ERROR", "summary": "salah catat"}
			w.call("kepala-cibinong", "POST", "/v1/"+name+":close", body).expect(t, 200, nil, nil)
		case 2:
			g, err := w.cases().GetGrowthRecord(w.as("kepala-cibinong"), &pb.GetGrowthRecordRequest{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			old := g.Measurements[chance.IntN(len(g.Measurements))]
			_, _ = w.cases().AddMeasurement(w.as("gizi-cibinong"), &pb.AddMeasurementRequest{Name: name, RequestId: newID(), Measurement: &pb.NewMeasurement{
				MeasuredOn: old.MeasuredOn, WeightKg: proto.Float64(9.9), Corrects: old.Name,
			}})
		}
	}
}

// recount counts March from the API's own lists, child by child, and shares no code with the count.
func (w *world) recount(t testing.TB) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for token := ""; ; {
		page, err := w.cases().ListCases(w.as("kepala-cibinong"), &pb.ListCasesRequest{PageSize: 100, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range page.Cases {
			if slices.Contains([]string{"DUPLICATE", "ENTERED_IN_ERROR", "NOT_SUBSTANTIATED"}, k.GetClosureReason().String()) {
				continue
			}
			g, err := w.cases().GetGrowthRecord(w.as("kepala-cibinong"), &pb.GetGrowthRecordRequest{Name: k.Name})
			if err != nil {
				t.Fatal(err)
			}
			w.recountChild(k, g, counts)
		}
		if token = page.NextPageToken; token == "" {
			return counts
		}
	}
}

func (w *world) recountChild(k *pb.Case, g *pb.GrowthRecord, counts map[string]int) {
	id, _ := casework.ParseID(strings.TrimPrefix(k.Unit, "units/"))
	unit, _ := w.served.Store.Directory().Unit(casework.UnitID(id))
	post := unit.Code
	counts["children "+post+" S"]++
	var last *pb.Measurement
	chosen := map[string]*pb.Measurement{}
	card := false
	for _, m := range g.Measurements { // newest first
		if m.Corrected {
			continue
		}
		card = card || m.WeightKg != nil
		if !strings.HasPrefix(m.MeasuredOn, "2026-03") {
			continue
		}
		if last == nil && m.WeightKg != nil {
			last = m
		}
		for index := range indexResults(m) {
			was := chosen[index]
			if was == nil || measuredIn(was, index) == "NOT_MEASURED" && measuredIn(m, index) != "NOT_MEASURED" {
				chosen[index] = m
			}
		}
	}
	if card {
		counts["children "+post+" K"]++
	}
	if last != nil {
		counts["children "+post+" D"]++
		letter := map[string]string{"GAINED": "N", "NOT_GAINED": "T", "NOT_GAINED_TWICE": "2T", "NOT_WEIGHED_LAST_MONTH": "O", "FIRST_WEIGHING": "B"}[last.GetTrend().String()]
		if letter != "" {
			counts["children "+post+" "+letter]++
		}
	}
	sex := map[string]string{"MALE": "L", "FEMALE": "P"}[g.Client.Sex.String()]
	for index, m := range chosen {
		band := "NA"
		born, _ := time.Parse(time.DateOnly, g.Client.BirthDate)
		day, _ := time.Parse(time.DateOnly, m.MeasuredOn)
		months := (day.Year()-born.Year())*12 + int(day.Month()-born.Month())
		if day.Day() < born.Day() {
			months--
		}
		switch {
		case months < 6:
			band = "0-5"
		case months < 12:
			band = "6-11"
		case months < 24:
			band = "12-23"
		}
		counts[strings.Join([]string{"children PKM-CIBINONG", g.Client.GetAddress().GetAreaCode(), sex, band, index, measuredIn(m, index)}, " ")]++
	}
}

func indexResults(m *pb.Measurement) map[string]*pb.IndexResult {
	a := m.Assessment
	return map[string]*pb.IndexResult{"HFA": a.GetHeightForAge(), "WFA": a.GetWeightForAge(), "WFH": a.GetWeightForHeight(), "BFA": a.GetBmiForAge()}
}

func measuredIn(m *pb.Measurement, index string) string {
	if is := indexResults(m)[index].GetCategory().String(); is != "UNSPECIFIED" {
		return is
	}
	return "NOT_MEASURED"
}

// TestWhatAnOfficeReadsIsWhatTheListsOfThePuskesmasCount is A13 for overseen tables: cell by cell, against a recount by the API's lists.
func TestWhatAnOfficeReadsIsWhatTheListsOfThePuskesmasCount(t *testing.T) {
	t.Parallel()
	seeds, children := 2, 25
	if long("statistics") {
		seeds, children = 20, 120
	}
	for seed := range seeds {
		chance := rand.New(rand.NewPCG(uint64(seed), 6))
		w, c := marchWorld(t)
		randomPuskesmas(t, w, chance, children)
		expected := w.recount(t)
		c.set(t, "2026-03-21 06:30")
		got := map[string]int{}
		for _, table := range []string{"growth-desa-month", "skdn-posyandu-month"} {
			for _, r := range w.overseen(t, "statistik-dinkes", table, "2026-03").Rows {
				if r.Indikator == "children" && r.GetNilai() > 0 {
					got[strings.Join(strings.Fields(strings.Join([]string{r.Indikator, r.Unit, r.KodeWilayahKemendagri, r.JenisKelamin, r.KelompokUmur, r.Indeks, r.Kategori}, " ")), " ")] = int(r.GetNilai())
				}
			}
		}
		for key := range maps.Keys(expected) {
			if got[key] != expected[key] {
				t.Errorf("seed %d: %s: got %d, want %d", seed, key, got[key], expected[key])
			}
		}
		if len(got) != len(expected) || len(expected) < 20 {
			t.Errorf("seed %d: %d cells, want %d", seed, len(got), len(expected))
		}
		w.sharesAgree(t, seed, expected)
		w.sumsAgree(t, seed)
	}
}

// prevalences are the indicators of section 3 as the page defines them: above the line, and below it all that is plausible.
var prevalences = map[string]struct{ index, above string }{
	"stunted_pct":          {"HFA", "STUNTED SEVERELY_STUNTED"},
	"severely_stunted_pct": {"HFA", "SEVERELY_STUNTED"},
	"wasted_pct":           {"WFH", "WASTED SEVERELY_WASTED"},
	"severely_wasted_pct":  {"WFH", "SEVERELY_WASTED"},
	"underweight_pct":      {"WFA", "UNDERWEIGHT SEVERELY_UNDERWEIGHT"},
}

// sharesAgree recounts each percentage from the recounted cells.
func (w *world) sharesAgree(t testing.TB, seed int, cells map[string]int) {
	t.Helper()
	shown, checked := shownIn(w.overseen(t, "statistik-dinkes", "growth-desa-month", "2026-03")), 0
	for _, village := range villagesOfCibinong {
		for indicator, p := range prevalences {
			part, whole := 0, 0
			for key, n := range cells {
				words := strings.Fields(key) // children PKM village sex age index category
				if len(words) != 7 || words[2] != village || words[5] != p.index || words[6] == "IMPLAUSIBLE" || words[6] == "NOT_MEASURED" {
					continue
				}
				whole += n
				if slices.Contains(strings.Fields(p.above), words[6]) {
					part += n
				}
			}
			key := strings.Join([]string{indicator, "PKM-CIBINONG", village, p.index}, " ")
			want := ""
			if whole > 0 {
				want = fmt.Sprint(math.Round(100 * float64(part) / float64(whole)))
				checked++
			}
			if shown[key] != want {
				t.Errorf("seed %d: %s: got %q, want %q of %d in %d", seed, key, shown[key], want, part, whole)
			}
		}
	}
	skdn := shownIn(w.overseen(t, "statistik-dinkes", "skdn-posyandu-month", "2026-03"))
	for _, post := range []string{"POS-MELATI-3", "PKM-CIBINONG"} {
		n := func(letter string) float64 { return float64(cells["children "+post+" "+letter]) }
		if want := fmt.Sprint(math.Round(100 * n("D") / n("S"))); n("S") > 0 && skdn["coverage_pct "+post] != want {
			t.Errorf("seed %d: D/S of %s: got %s, want %s", seed, post, skdn["coverage_pct "+post], want)
		}
		failing, judged := n("T")+n("2T"), n("N")+n("T")+n("2T")
		if want := fmt.Sprint(math.Round(100 * failing / judged)); judged > 0 && skdn["not_gaining_pct "+post] != want {
			t.Errorf("seed %d: T of %s: got %s, want %s", seed, post, skdn["not_gaining_pct "+post], want)
		}
	}
	if checked < 9 {
		t.Errorf("seed %d: only %d prevalences are compared", seed, checked)
	}
}

// sumsAgree holds the tables against each other: each index counts the same children; what the puskesmas reads is what the office reads of
// it; D is N + T + 2T + O + B and those of whom nothing can be said, and at most S.
func (w *world) sumsAgree(t testing.TB, seed int) {
	t.Helper()
	office, own := w.overseen(t, "statistik-dinkes", "growth-desa-month", "2026-03"), w.overseen(t, "kepala-cibinong", "growth-desa-month", "2026-03")
	if a, b := shownIn(office), shownIn(own); !maps.Equal(a, b) {
		t.Errorf("seed %d: the office reads %d figures, the puskesmas %d", seed, len(a), len(b))
	}
	byIndex := map[string]float64{}
	for _, r := range office.Rows {
		if r.Indikator == "children" {
			byIndex[r.Indeks] += r.GetNilai()
		}
	}
	if len(byIndex) != 4 || byIndex["HFA"] != byIndex["WFA"] || byIndex["HFA"] != byIndex["WFH"] || byIndex["HFA"] != byIndex["BFA"] {
		t.Errorf("seed %d: children by index %v", seed, byIndex)
	}
	skdn := map[string]map[string]float64{}
	for _, r := range w.overseen(t, "statistik-dinkes", "skdn-posyandu-month", "2026-03").Rows {
		if r.Indikator != "children" {
			continue
		}
		if skdn[r.Unit] == nil {
			skdn[r.Unit] = map[string]float64{}
		}
		skdn[r.Unit][r.Kategori] = r.GetNilai()
	}
	for post, n := range skdn {
		if n["S"] < n["K"] || n["S"] < n["D"] || n["D"] < n["N"]+n["T"]+n["2T"]+n["O"]+n["B"] {
			t.Errorf("seed %d: %s: %v", seed, post, n)
		}
	}
}

func TestAnOfficesTableIsAFileTooAndEqualAllDay(t *testing.T) {
	t.Parallel()
	w, c := marchWorld(t)
	fiveTrends(t, w)
	c.set(t, "2026-03-21 07:00")
	for _, format := range []pb.TableFormat_Value{pb.TableFormat_CSV, pb.TableFormat_XLSX} {
		var first string
		for range 2 {
			w.renewed(t, "kepala-dinkes")
			m, err := w.statistics().QueryOverseen(w.as("kepala-dinkes"), &pb.QueryOverseenRequest{Table: "growth-desa-month", Period: "2026-03", Format: format})
			if err != nil || len(m.File) == 0 || len(m.Rows) > 0 {
				t.Fatalf("%s: %d bytes, %v", format, len(m.GetFile()), err)
			}
			said := contentOf(t, format, m.File)
			if first == "" {
				first = said
			}
			if first != said {
				t.Errorf("%s: another file the second time", format)
			}
			c.micros.Add(int64(3 * time.Hour / time.Microsecond))
		}
		if format == pb.TableFormat_CSV && !strings.Contains(first, "stunted_pct") {
			t.Errorf("no prevalence in %s", first)
		}
	}
}

// contentOf is a file, of a workbook its sheets: the list of types in it comes in any order.
func contentOf(t *testing.T, format pb.TableFormat_Value, file []byte) string {
	t.Helper()
	if format != pb.TableFormat_XLSX {
		return string(file)
	}
	parts, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, part := range parts.File {
		if !strings.HasPrefix(part.Name, "xl/") {
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part.Name+" "+string(text))
	}
	slices.Sort(all)
	if len(all) < 5 {
		t.Errorf("a workbook of %d parts", len(all))
	}
	return strings.Join(all, "\n")
}

// cpuTime is what the process has worked: on a machine at other work the clock says nothing.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// A morning of half a million measurements takes at most 60 s on one core (LONG_ROW=statistics); a small one is the same path.
func TestAMorningOfHalfAMillionMeasurements(t *testing.T) {
	children, limit := 40, 20*time.Second
	if long("statistics") {
		children, limit = 100_000, time.Minute
	}
	c := &atTime{}
	c.set(t, "2026-03-20 08:00")
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: c.now, Unlimited: true, NoSweep: true})
	ctx := bearerOf(w, "gizi-cibinong")
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for i := caller; i < children; i += callers {
				req := &pb.FileReferralRequest{RequestId: newID(), NewPerson: &pb.NewPerson{
					Name: fmt.Sprintf("Anak Ke %06d Contoh", i), Sex: []pb.Sex_Value{pb.Sex_MALE, pb.Sex_FEMALE}[i%2], BirthDate: fmt.Sprintf("202%d-%02d-%02d", 2+i%4, 1+i%9, 1+i%28),
					NikAbsence: pb.NikAbsence_NOT_SHOWN, Mother: &pb.Kin{Name: fmt.Sprintf("Ibu Ke %06d", i)}, Address: &pb.Address{AreaCode: villagesOfCibinong[i%3]},
				}}
				for month := range 5 {
					day := []string{"2025-11-12", "2025-12-12", "2026-01-12", "2026-02-12", "2026-03-12"}[month]
					req.Measurements = append(req.Measurements, &pb.NewMeasurement{
						MeasuredOn: day, WeightKg: proto.Float64(9 + float64(month)/4), LengthCm: proto.Float64(75 + float64(month)), Position: pb.Position_LYING,
					})
				}
				if _, err := w.referrals().FileReferral(ctx, req); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	c.set(t, "2026-03-21 05:30")
	if err := w.served.Sweep(context.Background()); err != nil { // what else a new day brings
		t.Fatal(err)
	}
	c.set(t, "2026-03-21 06:00")
	began, worked := time.Now(), cpuTime(t)
	if err := w.served.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	worked = cpuTime(t) - worked
	t.Logf("%d children, %d measurements, all tables of all offices, two months: %s, of a core %s", children, 5*children, time.Since(began), worked)
	if worked > limit {
		t.Errorf("a morning takes %s of a core", worked)
	}
	got := 0.0
	for _, r := range w.overseen(t, "statistik-dinkes", "growth-desa-month", "2026-03").Rows {
		if r.Indikator == "children" && r.Indeks == "HFA" {
			got += r.GetNilai()
		}
	}
	if got != float64(children) {
		t.Errorf("%v children are counted, want %d", got, children)
	}
}

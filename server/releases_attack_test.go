package server_test

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"
)

// datasets are those of the catalogue that are released.
func (f *planning) datasets(t *testing.T) (all []string) {
	t.Helper()
	var m struct {
		Datasets []struct{ Dataset, Kind string }
	}
	if err := json.Unmarshal(f.call("kader-melati", "GET", "/v1/statistics/datasets?kind=RELEASED", nil).Body, &m); err != nil {
		t.Fatal(err)
	}
	for _, d := range m.Datasets {
		all = append(all, d.Dataset)
	}
	if len(all) < 15 {
		t.Fatalf("the catalogue: %v", all)
	}
	return all
}

// ordinaryLeg refers a child to a hospital, and gives its case.
func (f *planning) ordinaryLeg(t *testing.T, n int, to string) string {
	t.Helper()
	body := stuntedChild()
	person := body["newPerson"].(object)
	person["name"] = fmt.Sprintf("%s %s %d", childName, to, n)
	person["birthDate"] = f.clock.now().AddDate(0, -20, -n).Format("2006-01-02")
	if to == "RSUD-CILEUNGSI" {
		person["address"].(object)["areaCode"] = "32.01.07.2001"
	}
	body["measurements"].([]object)[0]["measuredOn"] = f.clock.day()
	body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/" + to}}
	body["disclosures"] = []object{{"basis": "CARE"}}
	filed := f.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{`"state":"SENT"`}, nil)
	return filed.text("case")
}

// crawled are the periods of a crawl: in CI some, so that it takes seconds.
func crawled() string {
	if long("statistics") {
		return ""
	}
	return "dimension=periode:2027,2027Q1,2027-12,2028-06&"
}

// crawl asks for every table whole, and gives each answer's bytes.
func (f *planning) crawl(t *testing.T, who string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, d := range f.datasets(t) {
		r := f.call(who, "GET", "/v1/statistics/datasets/"+d+":query?"+crawled()+"skipMeta=true", nil)
		if r.Status != 200 {
			t.Fatalf("%s: %d %s", d, r.Status, r.reason())
		}
		all[d] = string(r.Body) + r.Header.Get("ETag")
	}
	return all
}

// shownCells are the cells of an answer, as one line each.
func shownCells(t *testing.T, r reply) (cells []string) {
	t.Helper()
	for _, row := range tableOf(t, r).Rows {
		line, err := json.Marshal(row) // keys in order
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, string(line))
	}
	return cells
}

// holdsAgainstACrawl is A1, A4 and A8 of the design: whatever is asked, by whom and how, the answers are cells of the signed files and no
// other; no act of today shows in any of them; and a leg that touches violence is in no table of ordinary ones.
func (f *planning) holdsAgainstACrawl(t *testing.T) {
	whole := f.crawl(t, "penelaah")
	catalogue := map[string]bool{}
	lines := 0
	for _, d := range f.datasets(t) {
		r := f.call("penelaah", "GET", "/v1/statistics/datasets/"+d+":query?"+crawled(), nil)
		for _, cell := range shownCells(t, r) {
			catalogue[cell] = true
		}
		lines += f.signedLines(t, r)
	}
	if lines != len(catalogue) || lines < 500 {
		t.Errorf("%d cells are shown, %d stand in the signed files", len(catalogue), lines)
	}
	t.Run("selections", func(t *testing.T) { f.selections(t, catalogue) })
	t.Run("callers", func(t *testing.T) {
		callers := []string{"kader-melati", "kepala-cibinong"}
		if long("statistics") {
			callers = append(callers, "bidan-cibinong", "kepala-uptd", "statistik-dinkes", "loket-rsud")
		}
		for _, who := range callers {
			if got := f.crawl(t, who); !maps.Equal(got, whole) {
				t.Errorf("%s reads other tables than the reviewer", who)
			}
		}
		for who, status := range map[string]int{"app-melati": 404, "admin-kabupaten": 404, "auditor": 404} {
			f.renew(t, who)
			if got := f.call(who, "GET", "/v1/statistics/datasets/kdrt-year:query", nil); got.Status != status {
				t.Errorf("%s: %d", who, got.Status)
			}
		}
	})
	t.Run("repeats", func(t *testing.T) {
		repeats := 1
		if long("statistics") {
			repeats = 100
		}
		for range repeats {
			if got := f.crawl(t, "kader-melati"); !maps.Equal(got, whole) {
				t.Fatal("an answer has changed")
			}
		}
	})
	t.Run("ordinary legs", f.protectedLegsAreLeftOut)
	t.Run("time", f.takesNoLonger)
	t.Run("acts of a day", func(t *testing.T) { f.actsOfADay(t, whole) })
}

// signedLines counts the rows of the signed files behind an answer, and holds that the answer has each.
func (f *planning) signedLines(t *testing.T, r reply) (n int) {
	t.Helper()
	m := tableOf(t, r)
	for _, release := range m.Release {
		raw, err := base64.StdEncoding.DecodeString(release.SignedFile)
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := bytes.Cut(raw, []byte("\n\n— "))
		_, values, _ := bytes.Cut(text, []byte("\n\n"))
		all, err := csv.NewReader(bytes.NewReader(values)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		n += len(all) - 1
	}
	return n
}

// selections asks for parts of tables in many ways: each answer is made of cells of the catalogue, and what would be a sum is refused.
func (f *planning) selections(t *testing.T, catalogue map[string]bool) {
	for _, query := range []string{
		"kdrt-sex-age-year:query?dimension=jenis_kelamin:P", "kdrt-sex-age-year:query?dimension=kelompok_umur&dimension=jenis_kelamin:NA",
		"kdrt-sex-age-year:query?dimension=jenis_kelamin:P,L&filter=kelompok_umur:25-44",
		"kdrt-kecamatan-year:query?dimension=periode:2027&dimension=kecamatan:32.01.01,LUAR", "kdrt-month:query?dimension=periode:2027Q1",
		"kdrt-month:query?dimension=periode:2027Q1,2031-01,2028-06", "stunting-kecamatan-quarter:query?dimension=periode:2027Q1&filter=kecamatan:32.01.01",
		"stunting-sex-age-quarter:query?dimension=periode:2027&filter=indikator:stunted_pct", "kdrt-year:query?dimension=periode:THIS_YEAR",
		"referral-ordinary-unit-quarter:query?dimension=periode:2027Q1&filter=unit:RSUD-CIBINONG", "kdrt-year:query?dimension=periode:" + strings.Repeat("9", 100),
	} {
		r := f.call("kader-melati", "GET", "/v1/statistics/datasets/"+query, nil)
		if r.Status != 200 {
			t.Errorf("%s: %s", query, r.Body)
			continue
		}
		for _, cell := range shownCells(t, r) {
			if !catalogue[cell] {
				t.Errorf("%s shows %s, which is no cell of the catalogue", query, cell)
			}
		}
	}
	for query, reason := range map[string]string{
		"kdrt-sex-age-year:query?filter=jenis_kelamin:P,L":            "STAT_FILTER_AGGREGATES",
		"kdrt-month:query?filter=periode:LAST_12_MONTHS":              "STAT_FILTER_AGGREGATES",
		"kdrt-sex-age-year:query?filter=jenis_kelamin":                "STAT_DIMENSION_UNKNOWN",
		"kdrt-sex-age-year:query?dimension=kecamatan:32.01.01":        "STAT_DIMENSION_UNKNOWN",
		"kdrt-kecamatan-year:query?dimension=kecamatan:32.01.01.1006": "STAT_DIMENSION_UNKNOWN",
		"kdrt-kecamatan-year:query?dimension=desa":                    "STAT_DIMENSION_UNKNOWN",
		"caseload:query": "NOT_FOUND", "growth-desa-month:query": "NOT_FOUND", "kdrt-desa-year:query": "NOT_FOUND",
	} {
		if got := f.call("kader-melati", "GET", "/v1/statistics/datasets/"+query, nil); got.reason() != reason {
			t.Errorf("%s: %s, want %s", query, got.Body, reason)
		}
	}
	if n := len(shownCells(t, f.query("kader-melati", "kdrt-sex-age-year", "&dimension=jenis_kelamin:P,L&filter=kelompok_umur:25-44"))); n != 2 {
		t.Errorf("two sexes of one age are %d cells", n)
	}
	for query, periods := range map[string]string{ // by Thursday, 20 April 2028
		"LAST_YEAR": "2027Q1 2027Q2 2027Q3 2027Q4", "THIS_YEAR": "2028Q1", "LAST_4_QUARTERS": "2027Q2 2027Q3 2027Q4 2028Q1",
		"LAST_12_MONTHS": "2027Q2 2027Q3 2027Q4 2028Q1",
	} {
		var got []string
		for _, release := range tableOf(t, f.query("kader-melati", "kdrt-month", "&dimension=periode:"+query)).Release {
			got = append(got, release.Period)
		}
		if strings.Join(got, " ") != periods {
			t.Errorf("%s is %v, want %s", query, got, periods)
		}
	}
	csvOf := f.call("kader-melati", "GET", "/v1/statistics/datasets/kdrt-sex-age-year:query?format=CSV", nil)
	if csvOf.Status != 200 || bytes.Count(csvOf.Body, []byte("\n")) != 1+len(shownCells(t, f.query("kader-melati", "kdrt-sex-age-year", ""))) {
		t.Errorf("as CSV: %d %.200s", csvOf.Status, csvOf.Body)
	}
}

// takesNoLonger is A6: a cell of nobody and a cell of one woman, both shown as 0–9, are answered in the same time. 10,000 pairs are by hand.
func (f *planning) takesNoLonger(t *testing.T) {
	pairs := 100
	if long("statistics") {
		pairs = 10_000
	}
	of := [2]string{"32.01.03", "32.01.02"} // she of Citeureup, and nobody
	var times [2][]float64
	for n := range 2 * pairs {
		which := (n + n/2) % 2 // each is first as often as second
		began := time.Now()
		r := f.query("kader-melati", "kdrt-kecamatan-year", "&dimension=periode:2027&filter=kecamatan:"+of[which])
		times[which] = append(times[which], float64(time.Since(began)))
		if r.Status != 200 {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		if !bytes.Contains(r.Body, []byte(`"nilaiTampil":"0–9"`)) {
			t.Skip("the noise has lifted one of the two above 9")
		}
	}
	score := welch(times[0], times[1])
	t.Logf("A6: t %.2f of %d pairs", score, pairs)
	if math.Abs(score) >= 4.5 && long("statistics") {
		t.Errorf("t %.2f", score)
	}
}

// protectedLegsAreLeftOut: twelve children went to each of two hospitals; three of those to one were raised to L2 later. Nine are too few to be
// shown, twelve are shown as ten: the control.
func (f *planning) protectedLegsAreLeftOut(t *testing.T) {
	shown := map[string]string{}
	for _, row := range tableOf(t, f.query("penelaah", "referral-ordinary-unit-quarter", "&dimension=periode:2027Q1&filter=indikator:legs_sent")).Rows {
		shown[row["unit"].(string)] = row["nilaiTampil"].(string)
	}
	if shown["RSUD-CIBINONG"] != "n < 10" || shown["RSUD-CILEUNGSI"] != "10" {
		t.Errorf("of nine and of twelve ordinary legs: %q and %q", shown["RSUD-CIBINONG"], shown["RSUD-CILEUNGSI"])
	}
}

// changesWhatWasCounted corrects a measurement, withdraws a case, links two records and erases one, all of which stand in published figures.
func (f *planning) changesWhatWasCounted(t *testing.T) {
	child := f.call("gizi-cibinong", "GET", "/v1/"+f.children[0], nil)
	right := measurement("2027-01-12", 11.2, 86)
	right["corrects"] = child.text("measurements.0.name")
	f.on("gizi-cibinong", f.children[0], "addMeasurement", object{"measurement": right}).expect(t, 200, nil, nil)
	for _, name := range f.victims[:2] {
		f.post("kepala-cibinong", name+":close", object{"reason": "ENTERED_IN_ERROR", "summary": "salah input"}).expect(t, 200, []string{"CLOSED"}, nil)
	}
	linked := f.personOf(t, "bidan-cibinong", f.victims[3])
	f.candidates(t, linked, candidate(t, f.personOf(t, "gizi-cibinong", f.children[1]), 4, true))
	f.confirms(t, "bidan-cibinong", linked).expect(t, 200, []string{"CONFIRMED"}, nil)
	erased := f.personOf(t, "kepala-cibinong", f.victims[1])
	approval := f.post("kepala-cibinong", erased+":erase", object{"reason": why30}).awaited(t)
	f.post("penelaah", approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, nil)
	f.call("kepala-cibinong", "GET", "/v1/"+f.victims[1], nil).expect(t, 404, nil, nil)
}

// actsOfADay files, corrects, ends, links and erases cases, also those that the releases have counted: until the next release no answer differs. The unit's own list does, which is the control.
func (f *planning) actsOfADay(t *testing.T, whole map[string]string) {
	cases := func() int { return len(f.call("kepala-cibinong", "GET", "/v1/cases?pageSize=100", nil).Body) }
	before := cases()
	victim := f.victim(t, "bidan-cibinong", 77)
	child := f.child(t, "gizi-cibinong", 78)
	f.post("gizi-cibinong", child+":raiseLevel", object{"level": "L2", "reason": "ibunya takut"}).expect(t, 200, nil, nil)
	f.post("bidan-cibinong", victim+":close", object{"reason": "ENTERED_IN_ERROR"})
	f.changesWhatWasCounted(t)
	f.sweep(t)
	if got := f.crawl(t, "kader-melati"); !maps.Equal(got, whole) {
		t.Error("an act of today shows in a release")
	}
	if cases() == before {
		t.Error("the control has not changed: nothing was filed")
	}
	f.until(t, "2028-05-05")
	if got := f.crawl(t, "kader-melati"); !maps.Equal(got, whole) {
		t.Error("an act of this month shows before the next release")
	}
}

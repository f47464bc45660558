package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

var jakarta = time.FixedZone("WIB", 7*3600)

// calendarClock stands where it is put, so that months close when a test says so.
type calendarClock struct{ at atomic.Int64 }

func clockAt(day string) *calendarClock {
	c := &calendarClock{}
	c.set(day, 8)
	return c
}

func (c *calendarClock) now() time.Time { return time.UnixMicro(c.at.Load()).UTC() }

func (c *calendarClock) set(day string, hour int) {
	at, err := time.ParseInLocation(time.DateOnly, day, jakarta)
	if err != nil {
		panic(err)
	}
	c.at.Store(at.Add(time.Duration(hour) * time.Hour).UnixMicro())
}

func (c *calendarClock) day() string { return c.now().In(jakarta).Format(time.DateOnly) }

// planning is a regency whose clock a test moves, swept when the test says so.
type planning struct {
	*world
	clock             *calendarClock
	victims, children []string // cases of the first months, which every table of the year counts
}

func newPlanning(t testing.TB, day string) *planning {
	t.Helper()
	return planningIn(t, t.TempDir(), clockAt(day))
}

func planningIn(t testing.TB, dir string, c *calendarClock) *planning {
	t.Helper()
	return &planning{world: serveWorld(t, server.RegencyConfig{Dir: dir, Now: c.now, Unlimited: true, NoSweep: true}), clock: c}
}

// whoReads are the accounts of such a test.
var whoReads = []string{
	"statistik-dinkes", "kepala-cibinong", "kepala-citeureup", "kepala-uptd", "penelaah", "bidan-cibinong", "gizi-cibinong", "kader-melati",
	"bidan-citeureup", "kepala-rsud", "dokter-rsud", "loket-rsud", "auditor",
}

// until moves the clock to a day, nine o'clock, and sweeps on its way: often enough for every step, and on each of the last days.
func (f *planning) until(t *testing.T, day string) {
	t.Helper()
	for f.clock.day() < day {
		at := f.clock.now().In(jakarta)
		step := at.AddDate(0, 0, 13)
		if step.AddDate(0, 0, 4).Format(time.DateOnly) > day {
			step = at.AddDate(0, 0, 1)
		}
		f.clock.set(step.Format(time.DateOnly), 9)
		f.sweep(t)
	}
	f.awake(t)
}

func (f *planning) sweep(t *testing.T) {
	t.Helper()
	if err := f.served.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// awake gives everybody a token of today.
func (f *planning) awake(t *testing.T) {
	t.Helper()
	for _, code := range whoReads {
		token, _, err := server.IssueToken(context.Background(), f.served.Store, code, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		f.served.Tokens[code] = token
	}
}

// victim files a case of domestic violence of today, of a woman of her own.
func (f *planning) victim(t *testing.T, by string, n int, without ...string) (name string) {
	t.Helper()
	body := survivorFiling()
	for _, part := range without {
		delete(body, part)
	}
	person := body["newPerson"].(object)
	delete(person, "identifiers")
	person["name"], person["nikAbsence"] = fmt.Sprintf("%s %d", survivor, n), "NOT_SHOWN"
	body["incident"].(object)["occurredOn"] = f.clock.day()
	filed := f.call(by, "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{`"case":"cases/`}, nil)
	return filed.text("case")
}

// child files a child who was measured today.
func (f *planning) child(t *testing.T, by string, n int) (name string) {
	t.Helper()
	body := stuntedChild()
	person := body["newPerson"].(object)
	person["name"] = fmt.Sprintf("%s %d", childName, n)
	person["birthDate"] = f.clock.now().AddDate(0, -20, -n%28).Format(time.DateOnly)
	body["measurements"].([]object)[0]["measuredOn"] = f.clock.day()
	delete(body, "legs")
	filed := f.call(by, "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	return filed.text("case")
}

// released are the releases that somebody sees, by table and period.
func (f *planning) released(t *testing.T, who string) map[string]object {
	t.Helper()
	all := map[string]object{}
	for token := ""; ; {
		page := f.call(who, "GET", "/v1/statistics/releases?pageSize=100&pageToken="+token, nil)
		page.expect(t, 200, nil, nil)
		var m struct {
			Releases      []object
			NextPageToken string
		}
		if err := json.Unmarshal(page.Body, &m); err != nil {
			t.Fatal(err)
		}
		for _, r := range m.Releases {
			all[r["dataset"].(string)+" "+r["period"].(string)] = r
		}
		if token = m.NextPageToken; token == "" {
			return all
		}
	}
}

func (f *planning) query(who, dataset, query string) reply {
	f.t.Helper()
	return f.call(who, "GET", "/v1/statistics/datasets/"+dataset+":query?skipMeta=true"+query, nil)
}

// act sends an act on a release.
func (f *planning) act(who string, release object, act string, more object) reply {
	f.t.Helper()
	body := object{"requestId": newID()}
	maps.Copy(body, more)
	return f.call(who, "POST", "/v1/statistics/"+release["name"].(string)+":"+act, body)
}

// TestFifteenMonthsOfReleases plays the life of all tables by the calendar alone.
func TestFifteenMonthsOfReleases(t *testing.T) {
	t.Parallel()
	f := newPlanning(t, "2027-01-12")
	for n := range 14 {
		var without []string
		if n < 2 { // nothing keeps these from being closed
			without = []string{"legs", "disclosures"}
		}
		f.victims = append(f.victims, f.victim(t, "bidan-cibinong", n, without...))
	}
	f.victim(t, "bidan-citeureup", 99)
	mistake := f.victim(t, "bidan-cibinong", 60, "legs", "disclosures")                     // found to be one after its quarter was published
	for i, reason := range []string{"ENTERED_IN_ERROR", "NOT_SUBSTANTIATED", "DUPLICATE"} { // PC-22: none of them is a victim of the year
		none := f.victim(t, "bidan-cibinong", 50+i, "legs", "disclosures")
		body := object{"reason": reason, "summary": "salah input", "explanation": longReason}
		if reason == "DUPLICATE" {
			body["duplicateOf"] = f.victims[0]
		}
		f.post("kepala-cibinong", none+":close", body).expect(t, 200, []string{"CLOSED"}, nil)
	}
	for n := range 12 {
		f.children = append(f.children, f.child(t, "gizi-cibinong", n))
		f.ordinaryLeg(t, n, "RSUD-CILEUNGSI")
		if leg := f.ordinaryLeg(t, n, "RSUD-CIBINONG"); n < 3 {
			f.post("gizi-cibinong", leg+":raiseLevel", object{"level": "L2", "reason": "ibunya takut"}).expect(t, 200, nil, nil)
		}
	}
	f.until(t, "2027-03-31")
	if all := f.released(t, "penelaah"); len(all) != 2 { // nutrition-new-month of January and February; kdrt-month is quarters
		t.Fatalf("before the quarter ends: %v", slices.Sorted(maps.Keys(all)))
	}
	f.until(t, "2027-04-11")
	all := f.released(t, "penelaah")
	first := all["kdrt-month 2027Q1"]
	if first["state"] != "DRAWN" || first["dueTime"] == nil || all["stunting-kecamatan-quarter 2027Q1"]["state"] != "DRAWN" {
		t.Fatalf("ten days after the quarter: %v", all)
	}
	if all["referral-ordinary-matrix-quarter 2027Q1"] != nil {
		t.Error("legs of March are still observed")
	}
	f.query("penelaah", "kdrt-month", "").expect(t, 200, nil, []string{"rows", "rilis", "2027Q1"})
	f.until(t, "2027-04-13") // a Tuesday: the next working day after Saturday the 10th was Monday
	f.query("kader-melati", "stunting-kecamatan-quarter", "").expect(t, 200, []string{`"kodeWilayahKemendagri":"32.01.01"`, `"statusNilai":"B"`, "0–9"}, nil)
	f.query("kader-melati", "kdrt-month", "").expect(t, 200, nil, []string{"rows"})
	f.until(t, "2027-04-20") // five working days after the 10th end on Friday the 16th; published on Monday
	f.query("kader-melati", "kdrt-month", "").expect(t, 200, []string{`"periode":"2027Q1"`, `"indikator":"kdrt_victims"`}, nil)
	f.until(t, "2027-05-12")
	before := f.query("kader-melati", "kdrt-month", "").Body
	f.post("kepala-cibinong", mistake+":close", object{"reason": "ENTERED_IN_ERROR", "summary": "salah input", "explanation": longReason}).expect(t, 200, nil, nil)
	if after := f.query("kader-melati", "kdrt-month", "").Body; !bytes.Equal(before, after) {
		t.Error("a mistake found later changes a published figure")
	}
	if all = f.released(t, "penelaah"); all["referral-ordinary-matrix-quarter 2027Q1"]["state"] != "PUBLISHED" {
		t.Errorf("legs after their observation: %v", all["referral-ordinary-matrix-quarter 2027Q1"])
	}
	f.until(t, "2028-04-12")
	f.until(t, "2028-04-20")
	all = f.released(t, "penelaah")
	for _, want := range []string{
		"kdrt-year 2027", "kdrt-kecamatan-year 2027", "kdrt-sex-age-year 2027", "overlap-year 2027", "kdrt-month 2027Q4", "kdrt-month 2028Q1",
		"referral-protected-matrix-year 2027", "referral-protected-outcome-year 2027", "stunting-sex-age-quarter 2027Q4",
		"stunting-sex-age-quarter 2027", "nutrition-new-month 2027-12", "referral-ordinary-sex-quarter 2027Q4",
	} {
		if all[want]["state"] != "PUBLISHED" {
			t.Errorf("%s: %v", want, all[want])
		}
	}
	f.query("penelaah", "kdrt-year", "").expect(t, 200, []string{`"nilai":15`, `"statusNilai":"E"`}, nil) // the year is counted anew: without the mistake (PC-22)
	f.hidesBeforeItRounds(t, all)
	cost := map[string]float64{} // of a person by side, with the last draw of the year
	for _, r := range all {
		if side := strings.HasPrefix(r["dataset"].(string), "kdrt") || strings.HasPrefix(r["dataset"].(string), "referral-protected"); r["ledger"] != nil && strings.HasPrefix(r["period"].(string), "2027") {
			cost[fmt.Sprint(side)] = max(cost[fmt.Sprint(side)], r["ledger"].(float64))
		}
	}
	if cost["true"] != 2.5 || cost["false"] != 15.5 {
		t.Errorf("the year costs %v", cost)
	}
	for key, r := range all {
		if strings.HasPrefix(key, "kdrt-month 2027-") {
			t.Errorf("%s in the first year: %v", key, r)
		}
	}
	f.holdsAgainstACrawl(t)
	t.Run("codes of the statistics office", f.tellsBPSCodes)
	f.verified(t)
}

// hidesBeforeItRounds holds every figure of every release against PC-21: below ten there is no number, else a multiple of five, and what
// is derived has none where a part of it has none.
func (f *planning) hidesBeforeItRounds(t *testing.T, all map[string]object) {
	t.Helper()
	seen := map[string]int{}
	datasets := map[string]bool{}
	for _, r := range all {
		datasets[r["dataset"].(string)] = true
	}
	for dataset := range datasets {
		var m pb.StatisticsTable
		if err := protojson.Unmarshal(f.query("penelaah", dataset, "").Body, &m); err != nil {
			t.Fatal(err)
		}
		for _, row := range m.GetRows() {
			seen[row.GetStatusNilai()]++
			count := row.GetSatuan() != "persen" && row.GetSatuan() != "jam"
			switch n := row.GetNilai(); row.GetStatusNilai() {
			case "B":
				if row.Nilai != nil || row.GetNilaiTampil() != "0–9" && count {
					t.Errorf("%s: hidden, and told as %v", dataset, row)
				}
			case "M":
				if row.Nilai != nil || row.GetNilaiTampil() != "n < 10" && count {
					t.Errorf("%s: too few, and told as %v", dataset, row)
				}
			case "R":
				if row.Nilai == nil || count && (n < 10 || int(n)%5 != 0) {
					t.Errorf("%s: no multiple of five from ten up: %v", dataset, row)
				}
			case "E":
				if dataset != "kdrt-year" || n < 10 {
					t.Errorf("%s: exact: %v", dataset, row)
				}
			default:
				t.Errorf("%s: %v", dataset, row)
			}
		}
	}
	if seen["B"] == 0 || seen["R"] == 0 || seen["M"] == 0 {
		t.Errorf("nothing was seen of one kind: %v", seen)
	}
}

// tellsBPSCodes: none are built in, so that what asks for them is refused; once they are loaded they stand on what was drawn before.
func (f *planning) tellsBPSCodes(t *testing.T) {
	const asked = "&dimension=periode:2027&idScheme=BPS"
	f.query("kader-melati", "kdrt-kecamatan-year", asked).expect(t, 400, []string{"idScheme", "kode BPS"}, []string{"rows"})
	f.query("kader-melati", "kdrt-year", asked).expect(t, 200, []string{`"nilai":15`}, nil) // has no places
	file := "code,name,bps\n"
	for i, region := range f.served.Store.Directory().Regions() {
		if region.Level == casework.LevelDistrict {
			file += fmt.Sprintf("%s,%s,9901%03d\n", region.Code, region.Name, i) // invented
		}
	}
	loadRegions(t, f.served.Store, file, false)
	f.query("kader-melati", "kdrt-kecamatan-year", asked).expect(t, 200, []string{`"kodeWilayahBps":"9901001"`, `"kodeWilayahBps":"LUAR"`, "Cibinong"}, []string{"Kemendagri"})
	f.query("kader-melati", "kdrt-kecamatan-year", "&dimension=periode:2027&label=ID").expect(t, 200, []string{"kodeWilayahKemendagri"}, []string{"Cibinong"})
}

// What the metadata say that a year costs a person is what this regency's ledger allows, not what it would by default.
func TestTheMetadataTellTheRegencysOwnLedger(t *testing.T) {
	t.Parallel()
	w := configuredWorld(t, func(c *server.Config) { c.EpsilonProtected, c.EpsilonChild = 2.25, 11 })
	for table, cost := range map[string]string{"kdrt-month": "2.25", "overlap-year": "3", "stunting-sex-age-quarter": "11"} {
		w.call("statistik-dinkes", "GET", "/v1/statistics/datasets/"+table, nil).expect(t, 200, []string{`"epsilonYear":` + cost}, nil)
	}
}

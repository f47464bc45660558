package server_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// atTime is a clock that stands where a test puts it.
type atTime struct{ micros atomic.Int64 }

func (c *atTime) now() time.Time { return time.UnixMicro(c.micros.Load()) }

// set puts it to a moment of the regency: 2026-03-20 08:00.
func (c *atTime) set(t testing.TB, text string) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, casework.Zone)
	if err != nil {
		t.Fatal(err)
	}
	c.micros.Store(at.UnixMicro())
}

// marchWorld is a world on 20 March 2026, in which nothing sweeps by itself.
func marchWorld(t testing.TB) (*world, *atTime) {
	t.Helper()
	c := &atTime{}
	c.set(t, "2026-03-20 08:00")
	return serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: c.now, Unlimited: true, NoSweep: true}), c
}

// onScale is a day with a weight, and a length where it is not 0.
type onScale struct {
	day    string
	kg, cm float64
}

// measured files a child of a village by name, with what was measured.
func (w *world) measured(t testing.TB, as, name string, sex pb.Sex_Value, born, village string, all ...onScale) string {
	t.Helper()
	req := &pb.FileReferralRequest{RequestId: newID(), NewPerson: &pb.NewPerson{
		Name: name, Sex: sex, BirthDate: born, NikAbsence: pb.NikAbsence_NOT_SHOWN, Mother: &pb.Kin{Name: "Ibu " + name},
		Address: &pb.Address{AreaCode: village},
	}}
	for _, m := range all {
		n := &pb.NewMeasurement{MeasuredOn: m.day, WeightKg: proto.Float64(m.kg)}
		if m.cm > 0 {
			n.LengthCm, n.Position = proto.Float64(m.cm), pb.Position_LYING
		}
		req.Measurements = append(req.Measurements, n)
	}
	filed, err := w.referrals().FileReferral(w.as(as), req)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return filed.Case
}

// overseen asks for a table, with a token of that day.
func (w *world) overseen(t testing.TB, as, table, period string) *pb.StatisticsTable {
	t.Helper()
	w.renewed(t, as)
	m, err := w.statistics().QueryOverseen(w.as(as), &pb.QueryOverseenRequest{Table: table, Period: period})
	if err != nil {
		t.Fatalf("%s for %s: %v", table, as, err)
	}
	return m
}

// renewed gives callers a token of the day, for their other one has ended.
func (w *world) renewed(t testing.TB, codes ...string) {
	t.Helper()
	for _, code := range codes {
		token, _, err := server.IssueToken(context.Background(), w.served.Store, code, "", 12*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		w.served.Tokens[code] = token
	}
}

// shownIn are the rows of a table, each as what it is of and what it shows.
func shownIn(m *pb.StatisticsTable) map[string]string {
	all := map[string]string{}
	for _, r := range m.Rows {
		key := strings.Join([]string{r.Indikator, r.Unit, r.KodeWilayahKemendagri, r.JenisKelamin, r.KelompokUmur, r.Indeks, r.Kategori, r.StatusRujukan, r.Tugas, r.Terlambat}, " ")
		all[strings.Join(strings.Fields(key), " ")] = r.NilaiTampil + r.Rincian
	}
	return all
}

// want holds some figures against a table; those that it does not name may be anything.
func want(t testing.TB, m *pb.StatisticsTable, expected map[string]string) {
	t.Helper()
	got := shownIn(m)
	for _, key := range slices.Sorted(maps.Keys(expected)) {
		if got[key] != expected[key] {
			t.Errorf("%s, %q: got %q, want %q", m.Dataset, key, got[key], expected[key])
		}
	}
	if t.Failed() {
		for _, key := range slices.Sorted(maps.Keys(got)) {
			t.Logf("%s = %s", key, got[key])
		}
	}
}

// fiveTrends are children of Posyandu Melati 3, one of each trend in March; one not weighed then, and one not at the post.
func fiveTrends(t testing.TB, w *world) {
	t.Helper()
	const girl, born, village = pb.Sex_FEMALE, "2025-01-10", "32.01.01.1006"
	w.measured(t, "kader-melati", "Naik", girl, born, village, onScale{"2026-02-15", 9, 0}, onScale{"2026-03-15", 9.4, 74})
	w.measured(t, "kader-melati", "Tidak Naik", girl, born, village, onScale{"2026-02-15", 9, 0}, onScale{"2026-03-15", 9.1, 74})
	w.measured(t, "kader-melati", "Dua Kali", girl, born, village, onScale{"2026-01-15", 9, 0}, onScale{"2026-02-14", 9.05, 0}, onScale{"2026-03-15", 9.1, 74})
	w.measured(t, "bidan-melati", "Lama", girl, born, village, onScale{"2025-12-01", 8.7, 0}, onScale{"2026-03-10", 9.5, 68})
	w.measured(t, "bidan-melati", "Baru", pb.Sex_MALE, born, "32.01.01.1001", onScale{"2026-03-12", 9.3, 75})
	w.measured(t, "bidan-melati", "Absen", pb.Sex_MALE, born, village, onScale{"2026-02-10", 9.3, 75})
	w.measured(t, "gizi-cibinong", "Puskesmas", pb.Sex_MALE, born, "32.01.01", onScale{"2026-03-17", 9.3, 75})
}

func TestAnOfficeReadsTheGrowthOfItsVillagesAsOfSixInTheMorning(t *testing.T) {
	t.Parallel()
	w, c := marchWorld(t)
	fiveTrends(t, w)
	want(t, w.overseen(t, "statistik-dinkes", "skdn-posyandu-month", ""), map[string]string{
		"children POS-MELATI-3 S": "0", "children POS-MELATI-3 D": "0", // recorded at eight: not of this morning
	})
	c.set(t, "2026-03-21 05:59")
	want(t, w.overseen(t, "statistik-dinkes", "skdn-posyandu-month", ""), map[string]string{"children POS-MELATI-3 S": "0"})
	c.set(t, "2026-03-21 06:00")
	march := map[string]string{
		"children POS-MELATI-3 S": "6", "children POS-MELATI-3 K": "6", "children POS-MELATI-3 D": "5", "children POS-MELATI-3 N": "1",
		"children POS-MELATI-3 T": "1", "children POS-MELATI-3 2T": "1", "children POS-MELATI-3 O": "1", "children POS-MELATI-3 B": "1",
		"children PKM-CIBINONG S": "1", "children PKM-CIBINONG D": "1", "children PKM-CIBINONG B": "1",
		"coverage_pct POS-MELATI-3": "83", "not_gaining_pct POS-MELATI-3": "67", "children PKM-CITEUREUP S": "0",
	}
	skdn := w.overseen(t, "statistik-dinkes", "skdn-posyandu-month", "")
	want(t, skdn, march)
	delete(march, "children PKM-CITEUREUP S")
	want(t, w.overseen(t, "kepala-cibinong", "skdn-posyandu-month", "2026-03"), march)
	growth := w.overseen(t, "kepala-dinkes", "growth-desa-month", "2026-03")
	want(t, growth, map[string]string{
		"children PKM-CIBINONG 32.01.01.1006 P 12-23 HFA NORMAL_HEIGHT":    "3",
		"children PKM-CIBINONG 32.01.01.1006 P 12-23 HFA SEVERELY_STUNTED": "1",
		"children PKM-CIBINONG 32.01.01.1001 L 12-23 HFA NORMAL_HEIGHT":    "1",
		"children PKM-CIBINONG NA L 12-23 HFA NORMAL_HEIGHT":               "1",
		"stunted_pct PKM-CIBINONG 32.01.01.1006 HFA":                       "25",
		"stunted_pct.part PKM-CIBINONG 32.01.01.1006 HFA":                  "1",
		"stunted_pct.whole PKM-CIBINONG 32.01.01.1006 HFA":                 "4",
		"severely_stunted_pct PKM-CIBINONG 32.01.01.1006 HFA":              "25",
		"coverage_pct PKM-CIBINONG 32.01.01.1006":                          "80",
	})
	want(t, w.overseen(t, "kepala-dinkes", "quality-puskesmas-month", "2026-03"), map[string]string{
		"measurements PKM-CIBINONG COVERAGE": "7", "measurements PKM-CIBINONG WEIGHT_DIGITS": "6", "COVERAGE PKM-CIBINONG COVERAGE": "0.8571",
	})
	if growth.AsOfTime.AsTime() != c.now().UTC() || len(growth.MetaData) == 0 || len(growth.Note) == 0 {
		t.Errorf("as of %s, %d names, notes %v", growth.AsOfTime.AsTime(), len(growth.MetaData), growth.Note)
	}
}

// overseenTables are all of them, with a period that has begun.
var overseenTables = map[string]string{
	"growth-desa-month": "2026-03", "skdn-posyandu-month": "2026-03", "quality-puskesmas-month": "2026-03", "ordinary-legs-week": "2026W12",
}

// morning reads all tables of an office, byte for byte.
func (w *world) morning(t testing.TB, as string) string {
	t.Helper()
	var all []string
	for _, table := range slices.Sorted(maps.Keys(overseenTables)) {
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(w.overseen(t, as, table, overseenTables[table]))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(raw))
	}
	return strings.Join(all, "|")
}

func TestTheMorningIsEqualAllDayAndAnotherOfficeLearnsNothingBetween(t *testing.T) {
	t.Parallel()
	w, c := marchWorld(t)
	fiveTrends(t, w)
	leg, _ := w.sendInMarch(t, "Rujuk")
	c.set(t, "2026-03-21 06:01")
	first := w.morning(t, "statistik-dinkes")
	c.set(t, "2026-03-21 11:00")
	w.renewed(t, "bidan-melati", "dokter-rsud")
	w.measured(t, "bidan-melati", "Siang", pb.Sex_MALE, "2025-01-10", "32.01.01.1006", onScale{"2026-03-21", 9.3, 75})
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, nil, nil)
	if w.morning(t, "statistik-dinkes") != first || w.morning(t, "kepala-dinkes") != first {
		t.Error("the tables of a morning changed during the day")
	}
	// The puskesmas asks for the first time: as of six, although the rest of the day is there.
	want(t, w.overseen(t, "kepala-cibinong", "skdn-posyandu-month", "2026-03"), map[string]string{"children POS-MELATI-3 S": "6", "children POS-MELATI-3 D": "5"})
	c.set(t, "2026-03-22 06:00")
	if w.morning(t, "statistik-dinkes") == first {
		t.Error("the next morning shows nothing new") // the negative control
	}
	want(t, w.overseen(t, "kepala-cibinong", "skdn-posyandu-month", "2026-03"), map[string]string{"children POS-MELATI-3 S": "7", "children POS-MELATI-3 D": "6"})
}

// sendInMarch files a child with an ordinary leg from the puskesmas to the hospital.
func (w *world) sendInMarch(t testing.TB, name string) (leg, caseName string) {
	t.Helper()
	filed, err := w.referrals().FileReferral(w.as("gizi-cibinong"), &pb.FileReferralRequest{
		RequestId: newID(), NewPerson: &pb.NewPerson{
			Name: name, Sex: pb.Sex_FEMALE, BirthDate: "2025-01-10", NikAbsence: pb.NikAbsence_NOT_SHOWN, Mother: &pb.Kin{Name: "Ibu " + name},
			Address: &pb.Address{AreaCode: "32.01.01.1006"},
		},
		Measurements: []*pb.NewMeasurement{{MeasuredOn: "2026-03-19", WeightKg: proto.Float64(7.2), LengthCm: proto.Float64(68), Position: pb.Position_LYING}},
		Legs:         []*pb.NewLeg{{Service: pb.ReferralServiceType_SPECIALIST_PEDIATRIC, ReceiverUnit: "units/RSUD-CIBINONG"}},
		Disclosures:  []*pb.NewDisclosure{care},
	})
	if err != nil {
		t.Fatal(err)
	}
	return filed.Legs[0].Referral, filed.Case
}

// twoLegs are two ordinary legs to the hospital; the first was declined, so that the puskesmas owes another way.
func (w *world) twoLegs(t testing.TB) (declined, open, caseName string) {
	t.Helper()
	declined, caseName = w.sendInMarch(t, "Rujuk")
	open, _ = w.sendInMarch(t, "Rujuk Lagi")
	w.event("dokter-rsud", declined, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, nil, nil)
	return declined, open, caseName
}

const legOwed = "legs_sent PKM-CIBINONG DECLINED REROUTE YES" // the morning after

// A server that was there at six has counted by itself; one that comes back at ten counts as of six.
func TestTheMorningIsCountedWithoutBeingAskedAndAsOfSixWhereItIsLate(t *testing.T) {
	t.Parallel()
	w, c := marchWorld(t)
	late, other := marchWorld(t)
	for _, each := range []struct {
		w    *world
		c    *atTime
		late bool
	}{{w, c, false}, {late, other, true}} {
		fiveTrends(t, each.w)
		_, open, name := each.w.twoLegs(t)
		each.c.set(t, "2026-03-21 06:00")
		if !each.late {
			if err := each.w.served.Sweep(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		each.c.set(t, "2026-03-21 09:00")
		each.w.renewed(t, "bidan-melati", "dokter-rsud", "kepala-cibinong", "gizi-cibinong")
		each.w.measured(t, "bidan-melati", "Siang", pb.Sex_MALE, "2025-01-10", "32.01.01.1006", onScale{"2026-03-21", 9.3, 75})
		each.w.event("dokter-rsud", open, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, nil, nil)
		level := object{"requestId": newID(), "level": "L2", "reason": "keluarga minta dirahasiakan dari tetangga"}
		each.w.call("gizi-cibinong", "POST", "/v1/"+name+":raiseLevel", level).expect(t, 200, nil, nil)
		each.c.set(t, "2026-03-21 10:00")
	}
	for _, who := range []string{"statistik-dinkes", "kepala-cibinong"} {
		for table, period := range overseenTables {
			a, b := shownIn(w.overseen(t, who, table, period)), shownIn(late.overseen(t, who, table, period))
			if !maps.Equal(a, b) || len(a) == 0 && who == "statistik-dinkes" {
				t.Errorf("%s for %s: at six %v, as of six %v", table, who, a, b)
			}
		}
	}
	want(t, late.overseen(t, "statistik-dinkes", "ordinary-legs-week", "2026W12"), map[string]string{legOwed: "1"})
	// What was kept for a day is deleted with the next morning.
	yesterday := func(r *store.Reader) (bool, error) { return r.MorningsEnded(casework.DateOf(c.now())) }
	c.set(t, "2026-03-22 06:00")
	if kept, err := store.Read(context.Background(), w.served.Store, yesterday); err != nil || !kept {
		t.Errorf("nothing is kept, so nothing is deleted: %v", err)
	}
	if err := w.served.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	if kept, err := store.Read(context.Background(), w.served.Store, yesterday); err != nil || kept {
		t.Errorf("yesterday's tables are kept: %t, %v", kept, err)
	}
}

func TestWhoMayAskForWhatAnOfficeOversees(t *testing.T) {
	t.Parallel()
	w, _ := marchWorld(t)
	denied, hidden, ok := codes.PermissionDenied, codes.NotFound, codes.OK
	for _, row := range []struct {
		who          string
		growth, legs codes.Code
	}{
		{"statistik-dinkes", ok, ok}, {"kepala-dinkes", ok, ok}, // above its puskesmas
		{"kepala-cibinong", ok, ok},          // above its posyandu
		{"kepala-citeureup", denied, denied}, // above nobody
		{"kepala-dp3ap2kb", denied, ok},      // above the companions of families, and no puskesmas
		{"lurah-pondok-rajeg", ok, ok},       // its own area
		{"kepala-rsud", denied, denied},      //
		{"gizi-cibinong", denied, denied},    // no such role
		{"kader-melati", denied, denied},     //
		{"penelaah", denied, denied},         //
		{"auditor", hidden, hidden},          // A49
		{"admin-kabupaten", hidden, hidden},  //
		{"app-melati", hidden, hidden},       //
		{"terima-kelurahan", denied, denied}, //
		{"kepala-uptd", denied, denied},      // a shelter stands below it, of which nothing is counted
		{"polwan-ppa", denied, denied},       //
		{"kepala-kua", denied, denied},       //
		{"pendamping-uptd", denied, denied},  //
		{"petugas-sapa", denied, denied},     //
		{"bidan-citeureup", denied, denied},  //
		{"peksos-dinsos", denied, denied},    //
		{"kepala-dinsos", denied, denied},    //
		{"kepala-tpk", denied, denied},       //
		{"dokter-cileungsi", denied, denied}, //
		{"kepala-cileungsi", denied, denied}, //
		{"kepala-ppa", denied, denied},       //
		{"rekan-uptd", denied, denied},       //
		{"penyuluh-kua", denied, denied},     //
		{"terima-uptd", denied, denied},      //
		{"kepala-disdik", denied, denied},    //
		{"tpk-cibinong", denied, denied},     //
		{"bidan-melati", denied, denied},     //
		{"kepala-rumah", denied, denied},     //
		{"loket-rsud", denied, denied},       //
		{"dokter-rsud", denied, denied},      //
		{"petugas-disdik", denied, denied},   //
		{"terima-kua", denied, denied},       //
		{"terima-sapa", denied, denied},      //
		{"pengasuh-rumah", denied, denied},   //
	} {
		for table := range overseenTables {
			_, err := w.statistics().QueryOverseen(w.as(row.who), &pb.QueryOverseenRequest{Table: table})
			expected := row.growth
			if table == "ordinary-legs-week" {
				expected = row.legs
			}
			if status.Code(err) != expected {
				t.Errorf("%s as %s: got %v, want %s", table, row.who, err, expected)
			}
		}
	}
	for _, req := range []*pb.QueryOverseenRequest{{Table: "kdrt-month"}, {Table: "violence-age-month"}, {Table: "kdrt-kecamatan-year", Period: "2026"}} {
		if _, err := w.statistics().QueryOverseen(w.as("kepala-dinkes"), req); status.Code(err) != codes.NotFound {
			t.Errorf("%s: %v", req.Table, err)
		}
	}
	for period, reason := range map[string]string{"2026-13": "PERIOD_FORMAT", "2026Q1": "PERIOD_FORMAT", "2026W12": "PERIOD_FORMAT", "2026-04": "IN_FUTURE", "2024-02": "PERIOD_TOO_OLD"} {
		w.call("kepala-dinkes", "GET", "/v1/statistics/overseen/growth-desa-month?period="+period, nil).expect(t, 400, []string{reason}, nil)
	}
	w.call("kepala-dinkes", "GET", "/v1/statistics/overseen/growth-desa-month?period=2024-03", nil).expect(t, 200, nil, nil)
}

// What is about violence changes no byte: not a filing, not a level, not a block, not a protected leg.
func TestWhatIsOfViolenceChangesNoByteOfAnyMorning(t *testing.T) {
	t.Parallel()
	plain, secret := "", ""
	for _, violent := range []bool{false, true} {
		w, c := marchWorld(t)
		fiveTrends(t, w)
		_, _, name := w.twoLegs(t)
		child := w.caseOf(t, "Naik")
		if violent {
			body := survivorFiling()
			body["incident"].(object)["occurredOn"] = "2026-03-19"
			filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
			filed.expect(t, 200, nil, nil)
			block := object{"requestId": newID(), "account": w.accountOf(t, "bidan-melati"), "reason": "keluarga terlapor, tidak boleh mengetahui perkara ini"}
			w.call("bidan-cibinong", "POST", "/v1/"+filed.text("case")+":addBlock", block).expect(t, 200, nil, nil)
			block["requestId"], block["account"] = newID(), w.accountOf(t, "bidan-cibinong")
			w.call("bidan-melati", "POST", "/v1/"+child+":addBlock", block).expect(t, 200, nil, nil)
			w.raise(t, child, "L3")
		}
		// What is measured above L1 counts where it did.
		if _, err := w.cases().AddMeasurement(w.as("bidan-melati"), &pb.AddMeasurementRequest{
			Name: child, RequestId: newID(), Measurement: &pb.NewMeasurement{MeasuredOn: "2026-03-20", WeightKg: proto.Float64(9.5), LengthCm: proto.Float64(74.5), Position: pb.Position_LYING},
		}); err != nil {
			t.Fatal(err)
		}
		c.set(t, "2026-03-21 07:00")
		all := w.morning(t, "statistik-dinkes") + w.morning(t, "kepala-cibinong")
		if violent {
			secret = all
			w.raise(t, name, "L2") // the negative control: an ordinary leg is of an L1 case
			c.set(t, "2026-03-22 07:00")
			if f := shownIn(w.overseen(t, "statistik-dinkes", "ordinary-legs-week", "2026W12")); f[legOwed] != "" {
				t.Errorf("a leg of a raised case is ordinary: %v", f)
			}
			continue
		}
		plain = all
		want(t, w.overseen(t, "statistik-dinkes", "ordinary-legs-week", "2026W12"), map[string]string{legOwed: "1"})
		if len(w.overseen(t, "kepala-cibinong", "growth-desa-month", "2026-03").Rows) == 0 {
			t.Error("nothing is counted, so nothing is compared")
		}
	}
	if plain != secret {
		t.Error("a violence case, a level or a block shows in what an office oversees")
	}
}

// A village sees its own children, and no figure below ten.
func TestAVillageSeesItsOwnChildrenFromTenUp(t *testing.T) {
	t.Parallel()
	w, c := marchWorld(t)
	fiveTrends(t, w)
	for i := range 12 {
		cm := 75.0
		if i == 0 {
			cm = 68
		}
		w.measured(t, "bidan-melati", fmt.Sprintf("Warga %02d", i), pb.Sex_MALE, "2025-01-10", "32.01.01.1001", onScale{"2026-03-12", 9.3, cm})
	}
	c.set(t, "2026-03-21 07:00")
	growth := w.overseen(t, "lurah-pondok-rajeg", "growth-desa-month", "2026-03")
	want(t, growth, map[string]string{
		"children PKM-CIBINONG 32.01.01.1001 L 12-23 HFA NORMAL_HEIGHT":    "12",
		"children PKM-CIBINONG 32.01.01.1001 L 12-23 HFA SEVERELY_STUNTED": "",
		"stunted_pct.part PKM-CIBINONG 32.01.01.1001 HFA":                  "n < 10",
		"stunted_pct.whole PKM-CIBINONG 32.01.01.1001 HFA":                 "13",
		"stunted_pct PKM-CIBINONG 32.01.01.1001 HFA":                       "",
		"coverage_pct PKM-CIBINONG 32.01.01.1001":                          "100",
	})
	want(t, w.overseen(t, "lurah-pondok-rajeg", "skdn-posyandu-month", "2026-03"), map[string]string{
		"children POS-MELATI-3 S": "13", "children POS-MELATI-3 D": "13", "children POS-MELATI-3 B": "13", "children POS-MELATI-3 N": "n < 10",
		"children PKM-CIBINONG S": "n < 10",
	})
	for _, r := range growth.Rows {
		if strings.Contains(r.KodeWilayahKemendagri, "1006") || r.KodeWilayahKemendagri == "NA" {
			t.Errorf("another village: %v", r)
		}
		if r.Nilai != nil && *r.Nilai < 10 && !strings.HasSuffix(r.Indikator, "_pct") || r.StatusNilai == "M" && r.Nilai != nil {
			t.Errorf("below ten: %v", r)
		}
	}
}

func TestARefusalIsJournaledAndARead(t *testing.T) {
	t.Parallel()
	w, _ := marchWorld(t)
	w.overseen(t, "statistik-dinkes", "growth-desa-month", "")
	_, _ = w.statistics().QueryOverseen(w.as("kepala-rsud"), &pb.QueryOverseenRequest{Table: "growth-desa-month"})
	list := w.call("auditor", "GET", "/v1/journal/entries?pageSize=10", nil)
	list.expect(t, 200, []string{`"action":"stats.overseen"`, `"rule":"A37b"`, "DENIED"}, nil)
}

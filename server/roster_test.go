package server_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// daysAgo is a civil day of the regency.

// weighed files a girl of a post, by name, with weights of days ago, as INTAKE or WORKER does.
func (w *world) weighed(t testing.TB, as, name, mother string, months int, weights map[int]float64) {
	t.Helper()
	req := &pb.FileReferralRequest{RequestId: newID(), NewPerson: &pb.NewPerson{
		Name: name, Sex: pb.Sex_FEMALE, BirthDate: birthDate(months), NikAbsence: pb.NikAbsence_NOT_SHOWN,
		Mother: &pb.Kin{Name: mother}, Address: &pb.Address{AreaCode: "32.01.01.1006", Rt: "003", Rw: "007", Text: "Gang Mawar 5"},
		SafeContact: &pb.SafeContact{Allowed: true, Phone: "081234567001"},
	}}
	for days, kg := range weights {
		req.Measurements = append(req.Measurements, &pb.NewMeasurement{
			MeasuredOn: daysAgo(days), WeightKg: proto.Float64(kg), LengthCm: proto.Float64(75), Position: pb.Position_LYING, MuacCm: proto.Float64(14.5),
		})
	}
	if _, err := w.referrals().FileReferral(w.as(as), req); err != nil {
		t.Fatal(err)
	}
}

// caseOf is the case of a child by her name, as the head of the puskesmas lists it.
func (w *world) caseOf(t testing.TB, name string) string {
	t.Helper()
	page, err := w.cases().ListCases(w.as("kepala-cibinong"), &pb.ListCasesRequest{PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range page.Cases {
		if k.Client.GetFullName() == name {
			return k.Name
		}
	}
	t.Fatalf("no case of %s", name)
	return ""
}

func rosterPath(query ...string) string {
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Set(query[i], query[i+1])
	}
	return "/v1/cases:roster?" + values.Encode()
}

func TestTheKadersListHasWhatAWeighingDayNeedsAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.weighed(t, "kader-melati", "Zahra Contoh", "Ibu Zahra", 14, map[int]float64{62: 8.8, 31: 9, 1: 9.02})
	w.weighed(t, "bidan-melati", "aisyah Contoh", "Ibu Aisyah", 20, map[int]float64{70: 9.5})
	w.weighed(t, "gizi-cibinong", "Bunga Contoh", "Ibu Bunga", 10, map[int]float64{1: 8}) // at the puskesmas, not at her post
	own := []string{"Zahra Contoh", "aisyah Contoh", "Ibu Zahra", `"rt":"003"`, `"weightKg":9.02`, `"trend":"NOT_GAINED_TWICE"`, `"measuredOn":"` + daysAgo(1)}
	never := []string{"Bunga", "Gang Mawar", "081234567001", "+62", "1006", "persons/", "muacCm", "assessment", `"z"`, "8.8", daysAgo(31)}
	list := w.call("kader-melati", "GET", rosterPath(), nil)
	list.expect(t, 200, own, never)
	if first := list.text("children.0.fullName"); first != "aisyah Contoh" {
		t.Errorf("the list begins with %q: it goes by name", first)
	}
	page, err := w.cases().ListRoster(w.as("kader-melati"), &pb.ListRosterRequest{})
	said(t, page, err, own, never)
	w.call("kader-melati", "GET", rosterPath("notWeighed", "true"), nil).expect(t, 200, []string{"aisyah Contoh"}, []string{"Zahra"})
	w.call("bidan-melati", "GET", rosterPath("unit", "units/POS-MELATI-3"), nil).expect(t, 200, []string{"Zahra Contoh", "assessment"}, []string{"Bunga"})
	w.call("gizi-cibinong", "GET", rosterPath(), nil).expect(t, 200, []string{"Zahra Contoh", "Bunga Contoh"}, []string{"Gang Mawar"})
	w.call("kader-melati", "GET", rosterPath("month", "2026-13"), nil).expect(t, 400, []string{"MONTH_FORMAT"}, nil)
	w.call("kader-melati", "GET", rosterPath("month", "2999-01"), nil).expect(t, 400, []string{"IN_FUTURE"}, nil)
	for _, unit := range []string{"units/PKM-CIBINONG", "units/PKM-CITEUREUP", "units/POS-NOWHERE"} {
		w.call("kader-melati", "GET", rosterPath("unit", unit), nil).expect(t, 404, nil, []string{"Bunga"})
	}
	for _, who := range []string{"statistik-dinkes", "admin-kabupaten", "auditor", "penelaah", "terima-uptd", "bidan-citeureup", "app-melati"} {
		w.call(who, "GET", rosterPath(), nil).expect(t, 200, nil, append(own, "cases/"))
	}
}

func TestAChildWhoseCaseWasRaisedLeavesTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.weighed(t, "bidan-melati", "Zahra Contoh", "Ibu Zahra", 14, map[int]float64{1: 9})
	w.weighed(t, "bidan-melati", "Aisyah Contoh", "Ibu Aisyah", 14, map[int]float64{1: 9})
	w.raise(t, w.caseOf(t, "Zahra Contoh"), "L2")
	for _, who := range []string{"kader-melati", "bidan-melati", "kepala-cibinong"} {
		w.call(who, "GET", rosterPath(), nil).expect(t, 200, []string{"Aisyah Contoh"}, []string{"Zahra"})
	}
}

func TestAMotherInAViolenceCaseIsOnNoList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling()).expect(t, 200, nil, nil)
	for _, who := range []string{"kader-melati", "bidan-melati", "bidan-cibinong", "kepala-cibinong"} {
		w.call(who, "GET", rosterPath(), nil).expect(t, 200, nil, []string{survivor, "cases/", "DOMESTIC", "PROTECTED"})
	}
}

func TestPagesOfTheListHoldEachChildOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 7 {
		w.weighed(t, "kader-melati", fmt.Sprintf("Anak %d", i), fmt.Sprintf("Ibu %d", i), 14, map[int]float64{1: 9})
	}
	seen, token := []string{}, ""
	for {
		page, err := w.cases().ListRoster(w.as("kader-melati"), &pb.ListRosterRequest{PageSize: 3, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, child := range page.Children {
			seen = append(seen, child.FullName)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	if got := fmt.Sprint(seen); got != "[Anak 0 Anak 1 Anak 2 Anak 3 Anak 4 Anak 5 Anak 6]" {
		t.Errorf("pages hold %s", got)
	}
}

func TestAChildsGrowthIsReadAsFarAsTheCaseIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.weighed(t, "bidan-melati", "Zahra Contoh", "Ibu Zahra", 14, map[int]float64{62: 8.8, 31: 9, 1: 9.02})
	name := w.caseOf(t, "Zahra Contoh")
	whole := []string{"8.8", daysAgo(31), "NOT_GAINED_TWICE", "FIRST_WEIGHING", "nextVisitOn", "Zahra Contoh"}
	w.call("gizi-cibinong", "GET", "/v1/"+name+"/growthRecord", nil).expect(t, 200, append(whole, "assessment"), nil)
	record, err := w.cases().GetGrowthRecord(w.as("gizi-cibinong"), &pb.GetGrowthRecordRequest{Name: name})
	said(t, record, err, whole, nil)
	w.call("kader-melati", "GET", "/v1/"+name+"/growthRecord", nil).expect(t, 200, []string{"9.02", "NOT_GAINED_TWICE", "Zahra"}, []string{"8.8", daysAgo(31), "FIRST", "assessment", "Gang Mawar", "persons/"})
	w.call("gizi-cibinong", "GET", "/v1/"+name+"/growthChart?index=WFA", nil).expect(t, 200, []string{`"sd":-3`, `"sd":3`, `"xUnit":"d"`, `"yUnit":"kg"`, `"y":9.02`}, []string{"Zahra"})
	chart, err := pb.NewGrowthServiceClient(w.conn).GetGrowthChart(w.as("gizi-cibinong"), &pb.GetGrowthChartRequest{Name: name})
	said(t, chart, err, []string{"HFA", `"cm"`}, nil)
	if len(chart.Curves) != 5 || len(chart.Curves[0].X) != len(chart.Curves[0].Y) || len(chart.Points) != 3 || chart.Points[0].X > chart.Points[2].X {
		t.Errorf("a chart of %d curves and %d points", len(chart.Curves), len(chart.Points))
	}
	w.call("kader-melati", "GET", "/v1/"+name+"/growthChart", nil).expect(t, 200, nil, []string{"curves", "points", "z"})
	for _, who := range []string{"bidan-citeureup", "pendamping-uptd", "statistik-dinkes"} {
		for _, path := range []string{"/growthRecord", "/growthChart"} {
			sameButForDateAndID(t, who+path, w.call(who, "GET", "/v1/"+name+path, nil), w.call(who, "GET", "/v1/cases/"+newID()+path, nil))
		}
	}
	from := len(w.entries())
	w.raise(t, name, "L2")
	w.call("kepala-cibinong", "GET", "/v1/"+name+"/growthRecord", nil).expect(t, 200, []string{"9.02"}, nil)
	w.call("kader-melati", "GET", "/v1/"+name+"/growthRecord", nil).expect(t, 200, nil, []string{"9.02", "Zahra", "L2"})
	if n := w.count(from, func(e entry) bool { return e.Action == "read" && e.Level == "L2" }); n != 2 {
		t.Errorf("%d entries of two reads of an L2 case", n)
	}
}

// raise puts a case on a higher level, as its officer will be able to.
func (w *world) raise(t *testing.T, name, level string) {
	t.Helper()
	id, _ := casework.ParseID(strings.TrimPrefix(name, "cases/"))
	_, err := store.Update(context.Background(), w.served.Store, func(tx *store.Writer) (struct{}, error) {
		f, err := tx.CaseFor(store.Caller{}, casework.CaseID(id), tx.Now())
		if err != nil {
			return struct{}{}, err
		}
		k := f.Case
		if k.Content, err = tx.CaseContent(k); err != nil {
			return struct{}{}, err
		}
		k.Level = casework.Level(level)
		return struct{}{}, tx.UpdateCase(k, func(value [32]byte) [16]byte {
			return tx.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "case.raise_level", Event: journal.Event{Value: value}}, nil, nil)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestACorrectedWeighingCountsNowhereAndIsStillThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.weighed(t, "bidan-melati", "Zahra Contoh", "Ibu Zahra", 14, map[int]float64{31: 8.9})
	name := w.caseOf(t, "Zahra Contoh")
	add := func(kg float64, corrects string) string {
		t.Helper()
		m := object{"measuredOn": daysAgo(1), "weightKg": kg, "lengthCm": 75, "position": "LYING"}
		if corrects != "" {
			m["corrects"] = corrects
		}
		added := w.call("bidan-melati", "POST", "/v1/"+name+":addMeasurement", object{"requestId": newID(), "measurement": m})
		added.expect(t, 200, nil, nil)
		return added.text("name")
	}
	wrong := add(12.3, "")
	right := add(9.3, wrong)
	w.call("kader-melati", "GET", rosterPath(), nil).expect(t, 200, []string{`"weightKg":9.3`, `"trend":"GAINED"`}, []string{"12.3"})
	record, err := w.cases().GetGrowthRecord(w.as("gizi-cibinong"), &pb.GetGrowthRecordRequest{Name: name})
	said(t, record, err, []string{"12.3", "9.3"}, nil)
	for _, m := range record.Measurements {
		if m.Corrected != (m.Name == wrong) || (m.Corrects == wrong) != (m.Name == right) {
			t.Errorf("%s of %v kg: corrected %v, corrects %q", m.Name, m.GetWeightKg(), m.Corrected, m.Corrects)
		}
	}
	chart, err := pb.NewGrowthServiceClient(w.conn).GetGrowthChart(w.as("gizi-cibinong"), &pb.GetGrowthChartRequest{Name: name, Index: pb.GrowthIndex_WFA})
	said(t, chart, err, []string{`"y":9.3`}, nil)
	if n := len(chart.GetPoints()); n != 2 {
		t.Errorf("%d points of two weighings that stand", n)
	}
}

package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// childA is the child of the field cases: a girl with a NIK, whose weight for height is below -3.
func childA(nik string) *pb.NewPerson {
	return &pb.NewPerson{
		Name: "Anak A", Sex: pb.Sex_FEMALE, BirthDate: "2024-07-05",
		Identifiers: []*pb.Identifier{{Type: pb.IdentifierType_NIK, Value: nik}},
		Mother:      &pb.Kin{Name: "Ibu A"}, Address: &pb.Address{AreaCode: "32.01.01.1006"},
	}
}

func filingOf(person *pb.NewPerson, service pb.ReferralServiceType_Value, unit string, basis *pb.NewDisclosure) *pb.FileReferralRequest {
	req := &pb.FileReferralRequest{
		RequestId: newID(), NewPerson: person,
		Measurements: []*pb.NewMeasurement{{MeasuredOn: today(), WeightKg: proto.Float64(7.0), LengthCm: proto.Float64(80), Position: pb.Position_LYING}},
		Legs:         []*pb.NewLeg{{ReferralId: newID(), Service: service, ReceiverUnit: unit}},
	}
	if basis != nil {
		req.Disclosures = []*pb.NewDisclosure{basis}
	}
	return req
}

var (
	care    = &pb.NewDisclosure{Basis: pb.BasisKind_CARE}
	consent = &pb.NewDisclosure{Basis: pb.BasisKind_CONSENT, Giver: pb.ConsentGiver_GUARDIAN, GiverName: "Ibu A", Method: pb.ConsentMethod_SPOKEN, ExplainedBy: "kader"}
)

// outcomes counts answers by reason; "" is a receipt.
type outcomes struct {
	mu      sync.Mutex
	reasons map[string]int
	meta    map[string]int
}

func (o *outcomes) add(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	reason, meta := reasonOf(err)
	o.reasons[reason]++
	o.meta[meta["referral"]]++
}

func reasonOf(err error) (string, map[string]string) {
	if err == nil {
		return "", nil
	}
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info.Reason, info.Metadata
		}
	}
	return err.Error(), nil
}

// fileAtOnce files 64 requests in one instant.
func fileAtOnce(w *world, request func(i int) *pb.FileReferralRequest) *outcomes {
	o := &outcomes{reasons: map[string]int{}, meta: map[string]int{}}
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range 64 {
		req := request(i)
		group.Go(func() {
			<-start
			_, err := w.referrals().FileReferral(bearerOf(w, "app-melati"), req)
			o.add(err)
		})
	}
	close(start)
	group.Wait()
	return o
}

// PC-02: two filings of a new child in the same millisecond.
func TestManyFilingsOfOneNewChildMakeOnePersonAndOneCase(t *testing.T) {
	t.Parallel()
	const nik = "3201134507249001"
	t.Run("all to one hospital", func(t *testing.T) {
		w := newWorld(t)
		o := fileAtOnce(w, func(int) *pb.FileReferralRequest {
			return filingOf(childA(nik), pb.ReferralServiceType_NUTRITION_TREATMENT, "units/RSUD-CIBINONG", care)
		})
		if o.reasons[""] != 1 || o.reasons["DUPLICATE_OPEN_LEG"] != 63 || len(o.meta) != 2 {
			t.Errorf("answers %v naming %v, want one receipt and 63 that name its leg", o.reasons, o.meta)
		}
		w.wantCases(t, 1, 1)
		if _, err := w.referrals().FileReferral(w.as("app-melati"), filingOf(childA(nik), pb.ReferralServiceType_SPECIALIST_PEDIATRIC, "units/RSUD-CIBINONG", care)); err != nil {
			t.Errorf("a later filing: %v", err)
		}
		w.wantCases(t, 1, 2)
		twin := childA("3201134507249002")
		if _, err := w.referrals().FileReferral(w.as("app-melati"), filingOf(twin, pb.ReferralServiceType_NUTRITION_TREATMENT, "units/RSUD-CIBINONG", care)); err != nil {
			t.Errorf("the twin sister: %v", err)
		}
		w.wantCases(t, 2, 3)
	})
	t.Run("half to another service", func(t *testing.T) {
		w := newWorld(t)
		o := fileAtOnce(w, func(i int) *pb.FileReferralRequest {
			if i%2 == 0 {
				return filingOf(childA(nik), pb.ReferralServiceType_NUTRITION_TREATMENT, "units/RSUD-CIBINONG", care)
			}
			return filingOf(childA(nik), pb.ReferralServiceType_FAMILY_ACCOMPANIMENT, "units/TPK-CIBINONG", consent)
		})
		if o.reasons[""] != 2 || o.reasons["DUPLICATE_OPEN_LEG"] != 62 || len(o.meta) != 3 {
			t.Errorf("answers %v naming %v, want two receipts and 62 that name the leg of their service", o.reasons, o.meta)
		}
		w.wantCases(t, 1, 2)
	})
	t.Run("all inside the register", func(t *testing.T) {
		w := newWorld(t)
		o := fileAtOnce(w, func(int) *pb.FileReferralRequest {
			return filingOf(childA(nik), pb.ReferralServiceType_NUTRITION_CONFIRMATION, "units/PKM-CIBINONG", nil)
		})
		if o.reasons[""] != 64 {
			t.Errorf("answers %v, want 64 receipts", o.reasons)
		}
		w.wantCases(t, 1, 0)
		duties, err := w.duties().ListDuties(w.as("gizi-cibinong"), &pb.ListDutiesRequest{})
		if err != nil || len(duties.Duties) != 1 {
			t.Errorf("%d duties of the puskesmas, want the one inside service (%v)", len(duties.GetDuties()), err)
		}
	})
}

// wantCases counts cases and legs as the worker of the register sees them.
func (w *world) wantCases(t *testing.T, cases, legs int) {
	t.Helper()
	list, err := w.cases().ListCases(w.as("gizi-cibinong"), &pb.ListCasesRequest{PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	out, err := w.referrals().ListReferrals(w.as("gizi-cibinong"), &pb.ListReferralsRequest{PageSize: 100, Direction: pb.ListReferralsRequest_Direction_OUTBOX})
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Cases) != cases || len(out.Referrals) != legs {
		t.Errorf("%d cases and %d legs, want %d and %d", len(list.Cases), len(out.Referrals), cases, legs)
	}
}

// TestDuplicateOfOneRequestTenTimesAtOnce: one row, ten equal answers, on both faces.
func TestDuplicateOfOneRequestTenTimesAtOnce(t *testing.T) {
	w := newWorld(t)
	n := 200
	if testing.Short() {
		n = 20
	}
	if long("duplicate") {
		n = 10_000
	}
	var group sync.WaitGroup
	limit := make(chan struct{}, 8)
	for i := range n {
		limit <- struct{}{}
		group.Go(func() {
			defer func() { <-limit }()
			w.tenTimes(t, int64(i))
		})
	}
	group.Wait()
	seen, token := 0, ""
	for {
		page, err := w.cases().ListCases(w.as("gizi-cibinong"), &pb.ListCasesRequest{PageSize: 100, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		seen += len(page.Cases)
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	if seen != n {
		t.Errorf("%d cases after %d requests, ten times each", seen, n)
	}
	findings, err := w.served.Store.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Errorf("verify: %v %v", findings, err)
	}
}

func (w *world) tenTimes(t *testing.T, n int64) {
	req := filing(n)
	body, err := jsonOf(req)
	if err != nil {
		t.Error(err)
		return
	}
	answers := make([][]byte, 10)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			got, err := w.try("gizi-cibinong", "POST", "/v1/referrals:file", body)
			if err != nil || got.Status != 200 {
				t.Errorf("%v %d %s", err, got.Status, got.Body)
			}
			answers[i] = got.Body
		})
	}
	group.Wait()
	for _, a := range answers {
		if !bytes.Equal(a, answers[0]) {
			t.Errorf("two answers to one request:\n%s\n%s", answers[0], a)
		}
	}
}

func TestRequestIDWithAnotherBodyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	req := filing(1)
	if _, err := w.referrals().FileReferral(w.as("gizi-cibinong"), req); err != nil {
		t.Fatal(err)
	}
	req.NewPerson.Name = "Anak Lain"
	_, err := w.referrals().FileReferral(w.as("gizi-cibinong"), req)
	if reason, _ := reasonOf(err); reason != "REQUEST_ID_REUSED" || status.Code(err) != codes.InvalidArgument {
		t.Errorf("got %v, want REQUEST_ID_REUSED", err)
	}
	// Another account's request of the same id is its own.
	req = filing(2)
	for _, who := range []string{"gizi-cibinong", "bidan-citeureup"} {
		req.NewPerson.Address.AreaCode = map[string]string{"gizi-cibinong": "32.01.01.1006", "bidan-citeureup": "32.01.03.2002"}[who]
		if _, err := w.referrals().FileReferral(w.as(who), req); err != nil {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// TestBadInputIsToldWholeAndLeavesNothing sends requests that are wrong, each over REST, and looks for what they left.
func TestBadInputIsToldWholeAndLeavesNothing(t *testing.T) {
	w := newWorld(t)
	good := func(change func(o object)) object {
		var o object
		raw, err := json.Marshal(stuntedChild())
		if err == nil {
			err = json.Unmarshal(raw, &o)
		}
		if err != nil {
			t.Fatal(err)
		}
		o["legs"], o["disclosures"] = []any{object{"service": "NUTRITION_TREATMENT", "receiverUnit": "units/RSUD-CIBINONG"}}, []any{object{"basis": "CARE"}}
		change(o)
		return o
	}
	person := func(o object) object { return o["newPerson"].(object) }
	measure := func(o object) object { return o["measurements"].([]any)[0].(object) }
	leg := func(o object) object { return o["legs"].([]any)[0].(object) }
	for _, c := range []struct {
		name string
		body func(o object)
		must []string
	}{
		{"an unknown field", func(o object) { o["levle"] = "L3" }, []string{"levle"}},
		{"an unknown field inside", func(o object) { measure(o)["wieghtKg"] = 3 }, []string{"measurements[0].wieghtKg"}},
		{"a day that does not exist", func(o object) { measure(o)["measuredOn"] = "2026-02-30" }, []string{"measurements[0].measuredOn", "DATE_INVALID"}},
		{"birth after measuring", func(o object) { measure(o)["measuredOn"] = "2020-01-01" }, []string{"measurements[0].measuredOn", "BEFORE_BIRTH"}},
		{"a NIK of wrong form", func(o object) {
			delete(person(o), "nikAbsence")
			person(o)["identifiers"] = []any{object{"type": "NIK", "value": "123"}}
		}, []string{"newPerson.identifiers[0].value", "NIK_FORMAT"}},
		{"a NIK of a day that is none", func(o object) {
			delete(person(o), "nikAbsence")
			person(o)["identifiers"] = []any{object{"type": "NIK", "value": "3201133502249001"}}
		}, []string{"newPerson.identifiers[0].value", "NIK_DATE"}},
		{"an unknown unit", func(o object) { leg(o)["receiverUnit"] = "units/NOWHERE" }, []string{"legs[0].receiverUnit", "UNIT_UNKNOWN"}},
		{"an area that is not covered", func(o object) {
			leg(o)["receiverUnit"] = "units/PKM-CITEUREUP"
		}, []string{"AREA_MISMATCH"}},
		{"an area that is none", func(o object) { person(o)["address"] = object{"areaCode": "32.01.99"} }, []string{"newPerson.address.areaCode", "AREA_UNKNOWN"}},
		{"no basis", func(o object) { delete(o, "disclosures") }, []string{"BASIS_MISSING"}},
		{"weight not a number", func(o object) { measure(o)["weightKg"] = "NaN" }, []string{"measurements[0].weightKg"}},
		{"weight without end", func(o object) { measure(o)["weightKg"] = "Infinity" }, []string{"measurements[0].weightKg"}},
		{"weight of nothing", func(o object) { measure(o)["weightKg"] = 0 }, []string{"measurements[0].weightKg"}},
		{"a weight in grams", func(o object) { measure(o)["weightKg"] = 8900 }, []string{"measurements[0].weightKg", "WEIGHT_RANGE"}},
		{"five years old", func(o object) { person(o)["birthDate"] = "2020-01-01" }, []string{"measurements[0].measuredOn", "AGE_RANGE"}},
		{"nobody to file about", func(o object) { delete(o, "newPerson") }, []string{"newPerson", "REQUIRED"}},
		{"many faults at once", func(o object) {
			person(o)["name"], person(o)["birthDate"], measure(o)["weightKg"] = "", "2024-02-30", -1
			leg(o)["receiverUnit"] = "units/NOWHERE"
		}, []string{"newPerson.name", "newPerson.birthDate", "measurements[0].weightKg", "legs[0].receiverUnit"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := w.call("gizi-cibinong", "POST", "/v1/referrals:file", good(c.body))
			got.expect(t, 400, c.must, []string{childName, motherName, "8900", "NOWHERE"})
			for _, locale := range []string{`"id"`, `"en"`} {
				if !bytes.Contains(got.Body, []byte(locale)) {
					t.Errorf("no text in %s: %s", locale, got.Body)
				}
			}
		})
	}
	w.wantCases(t, 0, 0)
	w.call("gizi-cibinong", "POST", "/v1/referrals:file", good(func(object) {})).expect(t, 200, []string{`"state":"SENT"`}, nil)
}

func TestValidateOnlyChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	req := filing(1)
	req.ValidateOnly = true
	got, err := w.referrals().FileReferral(w.as("gizi-cibinong"), req)
	if err != nil || len(got.GetLegs()) != 1 {
		t.Fatalf("got %v, %v", got, err)
	}
	w.wantCases(t, 0, 0)
}

// TestNothingReadableLeavesTheProcess looks for the test people in the database, its log, the key folder and the server's log.
func TestNothingReadableLeavesTheProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling()).expect(t, 200, nil, nil)
	w.call("app-melati", "POST", "/v1/referrals:file", stuntedChild()).expect(t, 200, nil, nil)
	bad := survivorFiling()
	bad["newCase"] = object{"type": survivor}
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", bad).expect(t, 400, nil, []string{survivor, villain})
	canaries := []string{survivor, villain, chronology, childName, motherName, "3201015102940003", "pendampingan"}
	files := 0
	err := filepath.WalkDir(w.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, canary := range canaries {
			if bytes.Contains(content, []byte(canary)) {
				t.Errorf("%s holds %q", filepath.Base(path), canary)
			}
		}
		return nil
	})
	if err != nil || files < 3 {
		t.Fatalf("%d files searched: %v", files, err)
	}
	log := w.served.Log()
	if log == "" {
		t.Error("the log is empty: this search proves nothing")
	}
	for _, canary := range append(canaries, w.token("bidan-cibinong")) {
		if strings.Contains(log, canary) {
			t.Errorf("the log holds %q", canary)
		}
	}
}

// TestKillNineLosesNothing files from 32 callers, kills the server at a random moment, and looks for what was acknowledged. Each time the
// whole journal is verified, so a folder is taken for fifty kills at most.
func TestKillNineLosesNothing(t *testing.T) {
	t.Parallel()
	folders, kills := 1, 4
	if testing.Short() {
		kills = 1
	}
	if long("kill") {
		folders, kills = 20, 50
	}
	acknowledged := 0
	for folder := range folders {
		acknowledged += killsOf(t, kills)
		t.Logf("%d kills, %d acknowledged, 0 lost", (folder+1)*kills, acknowledged)
	}
}

// killsOf gives how many filings a folder has acknowledged in so many lives of its server.
func killsOf(t *testing.T, kills int) int {
	dir := t.TempDir()
	acknowledged := map[string]string{} // request id to number
	requests := map[string]*pb.FileReferralRequest{}
	var mu sync.Mutex
	var n int64
	for life := range kills {
		c := startChild(t, dir)
		w := attach(t, c)
		w.referrals() // dial before the clock runs
		answered := make(chan struct{}, 1)
		var group sync.WaitGroup
		for range callers {
			group.Go(func() {
				for {
					mu.Lock()
					n++
					req := filing(n)
					requests[req.RequestId] = req
					mu.Unlock()
					ctx, cancel := context.WithTimeout(bearerOf(w, "gizi-cibinong"), 5*time.Second)
					got, err := w.referrals().FileReferral(ctx, req)
					cancel()
					if err != nil {
						return
					}
					mu.Lock()
					acknowledged[req.RequestId] = got.Number
					mu.Unlock()
					select {
					case answered <- struct{}{}:
					default:
					}
				}
			})
		}
		select {
		case <-answered: // or a slow machine would be killed before it has promised anything
		case <-time.After(10 * time.Second):
		}
		time.Sleep(time.Duration(100+37*(life%9)) * time.Millisecond)
		c.kill()
		group.Wait()
		verifyFolder(t, dir)
	}
	c := startChild(t, dir)
	w := attach(t, c)
	again := map[string]string{}
	for id, number := range acknowledged {
		got, err := w.referrals().FileReferral(w.as("gizi-cibinong"), requests[id])
		if err != nil || got.Number != number {
			t.Fatalf("acknowledged as %s, now %v, %v", number, got, err)
		}
		again[number] = id
	}
	if len(acknowledged) == 0 || len(again) != len(acknowledged) {
		t.Errorf("%d acknowledged, %d numbers", len(acknowledged), len(again))
	}
	c.kill()
	verifyFolder(t, dir)
	return len(acknowledged)
}

// TestACallerThatHangsUpHarmsNobody is PC-26 over the API: every fourth caller gives up at once or within 50 ms.
func TestACallerThatHangsUpHarmsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var group sync.WaitGroup
	var mu sync.Mutex
	var patient, settled int
	for c := range 64 {
		group.Go(func() {
			for i := range 5 {
				req := filing(int64(c*100 + i))
				hurried := c%4 == 0
				ctx, cancel := context.WithTimeout(bearerOf(w, "gizi-cibinong"), map[bool]time.Duration{true: time.Duration(5+i*10) * time.Millisecond, false: 30 * time.Second}[hurried])
				_, err := w.referrals().FileReferral(ctx, req)
				cancel()
				if err != nil && !hurried {
					t.Errorf("a patient caller got %v", err)
				}
				if err != nil && strings.Contains(fmt.Sprint(err), "interrupt") {
					t.Errorf("an answer names an interrupt: %v", err)
				}
				if _, err := w.referrals().FileReferral(bearerOf(w, "gizi-cibinong"), req); err != nil {
					t.Errorf("the retry of a caller: %v", err)
				}
				mu.Lock()
				settled++
				if !hurried {
					patient++
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	total, token := 0, ""
	for {
		page, err := w.cases().ListCases(w.as("gizi-cibinong"), &pb.ListCasesRequest{PageSize: 100, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		total += len(page.Cases)
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	if total != settled {
		t.Errorf("%d cases, want %d: one for each request, hurried or not", total, settled)
	}
	findings, err := w.served.Store.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Errorf("verify: %v %v", findings, err)
	}
}

// An officer ends the task of an inside service by the name on her receipt; who may not see the case gets no name of it.
func TestAReceiptNamesTheTaskOfAnInsideService(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inside := stuntedChild()
	inside["requestId"], inside["legs"] = newID(), []object{{"service": "GROWTH_FOLLOW_UP", "receiverUnit": "units/POS-MELATI-3"}}
	receipt := w.call("gizi-cibinong", "POST", "/v1/referrals:file", inside)
	receipt.expect(t, 200, []string{`"inside":true`, `"task":"tasks/`}, []string{`"byLetter"`})
	w.call("gizi-cibinong", "GET", "/v1/"+receipt.text("case"), nil).expect(t, 200, []string{receipt.text("legs.0.task")}, nil)

	inside["requestId"] = newID()
	w.call("kader-melati", "POST", "/v1/referrals:file", inside).expect(t, 200, []string{`"inside":true`}, []string{`"task"`})
}

func TestAMeasurementThatIsMissingIsToldAsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept := w.call("gizi-cibinong", "POST", "/v1/referrals:file", stuntedChild()).text("case")
	w.call("gizi-cibinong", "POST", "/v1/"+kept+":addMeasurement", object{"requestId": newID()}).
		expect(t, 400, []string{"INVALID_FIELD", `"field":"measurement"`, "REQUIRED"}, nil)
}

// A number that is taken is drawn again, as often as need be: beside a million cases one draw in 33 meets another, beside ten million one in
// three. It ends where nothing free comes.
func TestANumberThatIsTakenIsDrawnAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-melati", "POST", "/v1/referrals:file", kenangasChild())
	filed.expect(t, 200, nil, nil)
	for _, kind := range []struct {
		taken string
		free  string
		find  func(*store.Writer, func() string) (string, error)
	}{
		{filed.text("caseNumber"), "K-0000-00", (*store.Writer).FreeCaseNumber},
		{filed.text("number"), "R-0000-00", (*store.Writer).FreeLegNumber},
	} {
		for _, before := range []int{0, 1, 3, 60, 1 << 20} {
			draws := 0
			draw := func() string {
				if draws++; draws > before {
					return kind.free
				}
				return kind.taken
			}
			got, err := store.Update(t.Context(), w.served.Store, func(sw *store.Writer) (string, error) { return kind.find(sw, draw) })
			if endless := before > 1000; (err != nil) != endless || !endless && got != kind.free {
				t.Errorf("%s was drawn %d times: got %q, %v", kind.taken, before, got, err)
			}
		}
	}
}

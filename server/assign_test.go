package server_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

const longReason = "Petugas lama pindah tugas mulai minggu depan, beban dibagi."

// accountOf is the resource name of an account of regency/users.csv.
func (w *world) accountOf(t testing.TB, code string) string {
	t.Helper()
	id, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) (casework.AccountID, error) {
		id, _, err := r.AccountByCode(code)
		return id, err
	})
	if err != nil || id == (casework.AccountID{}) {
		t.Fatalf("account %s: %v", code, err)
	}
	return "accounts/" + id.String()
}

// survivorCase is an L3 case of the puskesmas, of which bidan-cibinong is the officer.
func (w *world) survivorCase(t testing.TB) string {
	t.Helper()
	body := survivorFiling()
	body["newPerson"].(object)["identifiers"] = []object{}
	delete(body, "legs")
	delete(body, "disclosures")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{"cases/"}, nil)
	return filed.text("case")
}

func (w *world) assign(as, name string, more object) reply {
	body := object{"requestId": newID(), "reason": longReason}
	for k, v := range more {
		body[k] = v
	}
	return w.call(as, "POST", "/v1/"+name+":assign", body)
}

func TestAnOfficerIsNamedByTheSupervisorWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.survivorCase(t)
	gizi, bidan := w.accountOf(t, "gizi-cibinong"), w.accountOf(t, "bidan-cibinong")
	w.call("gizi-cibinong", "GET", "/v1/"+name, nil).expect(t, 404, nil, []string{survivor})
	w.call("kepala-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{`"assign"`}, nil)
	for _, tt := range []struct {
		what, as string
		more     object
		status   int
		must     string
	}{
		{"a word is no reason", "kepala-cibinong", object{"officer": gizi, "reason": "cuti"}, 400, "REASON_REQUIRED"},
		{"nobody to name", "kepala-cibinong", object{}, 400, "REQUIRED"},
		{"no account", "kepala-cibinong", object{"officer": "gizi"}, 400, "NAME_FORMAT"},
		{"another unit's worker", "kepala-cibinong", object{"officer": w.accountOf(t, "dokter-rsud")}, 400, "OFFICER_INVALID"},
		{"a kader", "kepala-cibinong", object{"officer": w.accountOf(t, "kader-melati")}, 400, "OFFICER_INVALID"},
		{"nobody of that name", "kepala-cibinong", object{"officer": "accounts/" + newID()}, 400, "OFFICER_INVALID"},
		{"the last officer", "kepala-cibinong", object{"release": bidan}, 400, "OFFICER_INVALID"},
		{"by the officer herself", "bidan-cibinong", object{"officer": gizi}, 403, "ACTION_NOT_ALLOWED"},
		{"by a colleague who sees nothing", "gizi-cibinong", object{"officer": gizi}, 404, "NOT_FOUND"},
		{"by another unit's head", "kepala-rsud", object{"officer": gizi}, 404, "NOT_FOUND"},
		{"a stale etag", "kepala-cibinong", object{"officer": gizi, "etag": "v9"}, 409, "ETAG_MISMATCH"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			w.assign(tt.as, name, tt.more).expect(t, tt.status, []string{tt.must}, []string{survivor, villain})
		})
	}
	from := len(w.entries())
	id := newID()
	first := w.assign("kepala-cibinong", name, object{"officer": gizi, "requestId": id})
	first.expect(t, 200, []string{gizi, bidan}, nil)
	again := w.assign("kepala-cibinong", name, object{"officer": gizi, "requestId": id})
	if string(again.Body) != string(first.Body) {
		t.Errorf("the same request again: %s", again.Body)
	}
	if n := w.count(from, func(e entry) bool { return e.Event.Name == "assign" && e.Rule == "A6" }); n != 1 {
		t.Errorf("%d entries of one assignment", n)
	}
	w.call("gizi-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{survivor, villain}, nil)
	released, err := w.cases().AssignCase(w.as("kepala-cibinong"), &pb.AssignCaseRequest{Name: name, RequestId: newID(), Release: bidan, Reason: longReason})
	said(t, released, err, []string{gizi}, []string{bidan})
	_, err = w.cases().GetCase(w.as("bidan-cibinong"), &pb.GetCaseRequest{Name: name})
	if got := status.Code(err); got != codes.OK && got != codes.NotFound {
		t.Errorf("the released officer reads: %v", err)
	}
	w.call("gizi-cibinong", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{"SCREEN"}, nil)
	w.call("bidan-cibinong", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, nil, []string{"SCREEN"})
}

func TestTheHusbandIsNeverNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.husband(t, "WORKER")
	body := named()
	delete(body, "legs")
	delete(body, "disclosures")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	husband := w.accountOf(t, "suami")
	w.assign("kepala-cibinong", filed.text("case"), object{"officer": husband}).expect(t, 400, []string{"OFFICER_INVALID"}, nil)
	moved := w.transfer("kepala-cibinong", w.accountOf(t, "bidan-cibinong"), husband)
	moved.expect(t, 200, []string{filed.text("case")}, []string{husband})
	w.call("suami", "GET", "/v1/"+filed.text("case"), nil).expect(t, 404, nil, []string{survivor})
	w.call("bidan-cibinong", "GET", "/v1/"+filed.text("case"), nil).expect(t, 200, []string{survivor}, nil)
}

func (w *world) transfer(as, from string, to ...string) reply {
	return w.call(as, "POST", "/v1/cases:transfer", object{"requestId": newID(), "from": from, "to": to, "reason": longReason})
}

func TestACaseloadPassesToOthersWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := w.survivorCase(t)
	var ordinary []string
	for i := range 4 {
		child := "Anak Contoh " + string(rune('A'+i))
		w.weighed(t, "bidan-cibinong", child, "Ibu "+child, 14, map[int]float64{1: 9})
		ordinary = append(ordinary, w.caseOf(t, child))
	}
	bidan, gizi, kepala := w.accountOf(t, "bidan-cibinong"), w.accountOf(t, "gizi-cibinong"), w.accountOf(t, "kepala-cibinong")
	for _, who := range []string{"bidan-cibinong", "gizi-cibinong", "bidan-melati", "kader-melati"} {
		w.transfer(who, bidan, gizi).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, []string{"cases/"})
	}
	for _, who := range []string{"kepala-rsud", "kepala-dinkes", "admin-kabupaten", "app-melati"} {
		w.transfer(who, bidan, gizi).expect(t, 404, []string{"NOT_FOUND"}, []string{"cases/"})
	}
	w.transfer("kepala-cibinong", "accounts/"+newID(), gizi).expect(t, 404, nil, nil)
	w.transfer("kepala-cibinong", bidan, bidan).expect(t, 400, []string{"to[0]"}, nil)
	w.transfer("kepala-cibinong", bidan, w.accountOf(t, "dokter-rsud")).expect(t, 400, []string{"OFFICER_INVALID"}, nil)
	stale := w.stale(t, "kepala-cibinong")
	w.transfer(stale, bidan, gizi).expect(t, 401, []string{"STEP_UP_REQUIRED"}, []string{"cases/"})

	from := len(w.entries())
	request := object{"requestId": newID(), "from": bidan, "to": []string{gizi, kepala}, "reason": longReason}
	moved := w.call("kepala-cibinong", "POST", "/v1/cases:transfer", request)
	moved.expect(t, 200, append(ordinary, secret, gizi, kepala), []string{bidan, survivor, "Anak"})
	if again := w.call("kepala-cibinong", "POST", "/v1/cases:transfer", request); string(again.Body) != string(moved.Body) {
		t.Errorf("the same request again: %s", again.Body)
	}
	if n := w.count(from, func(e entry) bool { return e.Event.Name == "transfer" && e.Rule == "A6b" }); n != 5 {
		t.Errorf("%d entries of five cases", n)
	}
	if n := strings.Count(string(moved.Body), gizi); n != 2 && n != 3 {
		t.Errorf("one of two got %d of five", n)
	}
	w.call("bidan-cibinong", "GET", "/v1/"+secret, nil).expect(t, 404, nil, []string{survivor, villain, chronology}) // she filed it: a receipt is of no case
	w.call("bidan-cibinong", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, nil, []string{"SCREEN", "FOLLOW_UP"})
	w.owes(t, "bidan-cibinong", false)
	w.call(stale, "POST", "/v1/cases:transfer", request).expect(t, 200, ordinary, []string{secret}) // the same request with an old second factor
	w.owes(t, "gizi-cibinong", true)
	w.transfer("kepala-cibinong", bidan, gizi).expect(t, 200, nil, []string{"cases/"})
}

// owes asks what the command that ends an account will ask.
func (w *world) owes(t *testing.T, code string, want bool) {
	t.Helper()
	id, _ := casework.ParseID(strings.TrimPrefix(w.accountOf(t, code), "accounts/"))
	owes, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) (bool, error) {
		return r.OpenDuties(casework.AccountID(id))
	})
	if err != nil || owes != want {
		t.Errorf("%s owes: %v %v, want %v", code, owes, err, want)
	}
}

func TestReceivedLegsPassToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, name := w.sendToHospital(t)
	waiting, _ := w.sendToHospital(t)
	w.hire(t, "dokter-dua,PERSON,Dokter Dua Contoh,,WORKER,RSUD-CIBINONG,")
	w.renew(t, "dokter-dua")
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, []string{childName}, nil)
	first, second := w.accountOf(t, "dokter-rsud"), w.accountOf(t, "dokter-dua")
	w.owes(t, "dokter-rsud", true)
	w.call("dokter-dua", "GET", "/v1/"+leg, nil).expect(t, 200, nil, []string{childName})
	w.transfer("kepala-rsud", first, second).expect(t, 200, []string{leg, second}, []string{name, waiting, childName})
	w.call("dokter-dua", "GET", "/v1/"+leg, nil).expect(t, 200, []string{childName, "recordProgress"}, nil)
	w.call("dokter-rsud", "GET", "/v1/"+leg, nil).expect(t, 200, nil, []string{childName})
	w.event("dokter-rsud", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 403, nil, nil)
	w.event("dokter-dua", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, nil, nil)
	w.owes(t, "dokter-rsud", false)
	w.call("dokter-rsud", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, nil, []string{"FIRST_SERVICE", "REPORT"})
}

func TestEachFaultOfATransfersNamesIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refused := w.call("kepala-cibinong", "POST", "/v1/cases:transfer", object{"requestId": newID(), "from": w.account(t, "gizi-cibinong"), "to": []string{"x", "y", ""}, "reason": longReason})
	refused.expect(t, 400, []string{"to[0]", "to[1]", "to[2]", "NAME_FORMAT", "REQUIRED"}, []string{"DUPLICATE_ITEM"})
	if told := strings.Count(string(refused.Body), `"field":"to[0]"`); told != 1 {
		t.Errorf("the fault of to[0] is told %d times", told)
	}
}

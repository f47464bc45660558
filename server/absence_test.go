package server_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

func (w *world) absence(as string, more object) reply {
	body := object{"requestId": newID()}
	for k, v := range more {
		body[k] = v
	}
	return w.call(as, "POST", "/v1/accounts:setAbsence", body)
}

func in(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }

func TestADeputyHasDutiesAndRightsForThatTimeAlone(t *testing.T) {
	var now clock
	w := openWorld(t, t.TempDir(), now.now)
	secret := w.survivorCase(t)
	gizi := w.accountOf(t, "gizi-cibinong")
	sees := func(want bool) {
		t.Helper()
		got, list := w.call("gizi-cibinong", "GET", "/v1/"+secret, nil), w.call("gizi-cibinong", "GET", "/v1/cases", nil)
		duties := w.call("gizi-cibinong", "GET", "/v1/duties?scope=ME", nil)
		if want {
			got.expect(t, 200, []string{survivor, villain, `"screen"`}, nil)
			list.expect(t, 200, []string{secret}, nil)
			duties.expect(t, 200, []string{secret, "SCREEN"}, nil)
			return
		}
		got.expect(t, 404, nil, []string{survivor})
		list.expect(t, 200, nil, []string{secret, survivor})
		duties.expect(t, 200, nil, []string{secret, "SCREEN"})
	}
	sees(false)
	w.absence("bidan-cibinong", object{"deputy": gizi, "fromTime": in(2 * time.Hour), "untilTime": in(5 * time.Hour)}).
		expect(t, 200, []string{`"name":"absences/`, gizi}, nil)
	w.call("kepala-cibinong", "GET", "/v1/absences", nil).expect(t, 200, []string{gizi}, nil)
	w.call("kepala-rsud", "GET", "/v1/absences", nil).expect(t, 200, nil, []string{gizi})
	sees(false)
	now.advance(3 * time.Hour)
	sees(true)
	w.call("gizi-cibinong", "POST", "/v1/"+secret+":screen", object{"requestId": newID()}).expect(t, 200, []string{"SCREENING"}, nil)
	now.advance(2*time.Hour + time.Minute)
	sees(false)
	w.call("gizi-cibinong", "POST", "/v1/"+secret+":screen", object{"requestId": newID()}).expect(t, 404, nil, nil)
	w.call("kepala-cibinong", "GET", "/v1/absences", nil).expect(t, 200, nil, []string{gizi})
}

func TestADeputyIsOfficerOfReceivedLegs(t *testing.T) {
	t.Parallel()
	var now clock
	w := openWorld(t, t.TempDir(), now.now)
	leg, _ := w.sendToHospital(t)
	w.hire(t, "dokter-dua,PERSON,Dokter Dua Contoh,,WORKER,RSUD-CIBINONG,")
	w.renew(t, "dokter-dua")
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, nil, nil)
	second := w.accountOf(t, "dokter-dua")
	list := func(must, mustNot []string) {
		t.Helper()
		w.call("dokter-dua", "GET", "/v1/referrals", nil).expect(t, 200, append(must, leg), mustNot)
	}
	list(nil, []string{childName})
	w.absence("dokter-rsud", object{"deputy": second, "fromTime": in(time.Hour), "untilTime": in(4 * time.Hour)}).expect(t, 200, nil, nil)
	list(nil, []string{childName}) // the page is in memory now, and must not outlive the hour
	now.advance(2 * time.Hour)
	list([]string{childName}, nil)
	w.event("dokter-dua", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, []string{childName}, nil)
	list([]string{childName}, nil)
	now.advance(3 * time.Hour)
	list(nil, []string{childName})
	w.event("dokter-dua", leg, "reportOutcome", object{"outcome": "FULL"}).expect(t, 403, nil, []string{childName})
}

func TestWhoMaySayThatSomebodyIsAbsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gizi, bidan, melati := w.accountOf(t, "gizi-cibinong"), w.accountOf(t, "bidan-cibinong"), w.accountOf(t, "bidan-melati")
	tomorrow := in(24 * time.Hour)
	for _, tt := range []struct {
		what, as string
		more     object
		status   int
		must     string
	}{
		{"a colleague's by a colleague", "gizi-cibinong", object{"account": bidan, "deputy": gizi, "untilTime": tomorrow}, 403, "ACTION_NOT_ALLOWED"},
		{"another unit's head", "kepala-rsud", object{"account": bidan, "deputy": gizi, "untilTime": tomorrow}, 403, "ACTION_NOT_ALLOWED"},
		{"an account that never was", "kepala-cibinong", object{"account": "accounts/" + newID(), "deputy": gizi, "untilTime": tomorrow}, 403, "ACTION_NOT_ALLOWED"},
		{"the head with an old second factor", w.stale(t, "kepala-cibinong"), object{"account": bidan, "deputy": gizi, "untilTime": tomorrow}, 401, "STEP_UP_REQUIRED"},
		{"who handles no case", "statistik-dinkes", object{"deputy": gizi, "untilTime": tomorrow}, 403, "ACTION_NOT_ALLOWED"},
		{"a deputy of another role", "bidan-cibinong", object{"deputy": w.accountOf(t, "kepala-cibinong"), "untilTime": tomorrow}, 400, "DEPUTY_INVALID"},
		{"a deputy of another register", "bidan-cibinong", object{"deputy": w.accountOf(t, "dokter-rsud"), "untilTime": tomorrow}, 400, "DEPUTY_INVALID"},
		{"a deputy who never was", "bidan-cibinong", object{"deputy": "accounts/" + newID(), "untilTime": tomorrow}, 400, "DEPUTY_INVALID"},
		{"herself", "bidan-cibinong", object{"deputy": bidan, "untilTime": tomorrow}, 400, "DEPUTY_INVALID"},
		{"yesterday", "bidan-cibinong", object{"deputy": gizi, "untilTime": in(-time.Hour)}, 400, "NOT_AHEAD"},
		{"since yesterday", "bidan-cibinong", object{"deputy": gizi, "fromTime": in(-time.Hour), "untilTime": tomorrow}, 400, "IN_PAST"},
		{"no end", "bidan-cibinong", object{"deputy": gizi}, 400, "untilTime"},
		{"for ever", "bidan-cibinong", object{"deputy": gizi, "untilTime": in(400 * 24 * time.Hour)}, 400, "OUT_OF_RANGE"},
	} {
		t.Run(tt.what, func(t *testing.T) { w.absence(tt.as, tt.more).expect(t, tt.status, []string{tt.must}, nil) })
	}
	set, err := pb.NewAccountServiceClient(w.conn).SetAbsence(w.as("kepala-cibinong"), &pb.SetAbsenceRequest{
		RequestId: newID(), Account: bidan, Deputy: melati, UntilTime: timestamppb.New(time.Now().Add(24 * time.Hour)),
	})
	said(t, set, err, []string{bidan, melati}, nil)
	w.absence("bidan-cibinong", object{"deputy": gizi, "untilTime": tomorrow}).expect(t, 400, []string{"ABSENCE_OVERLAP"}, nil)
	w.absence("gizi-cibinong", object{"deputy": bidan, "untilTime": tomorrow}).expect(t, 400, []string{"DEPUTY_INVALID"}, nil) // she is away
	back := w.absence("bidan-cibinong", object{"deputy": melati, "untilTime": in(-time.Second)})
	back.expect(t, 200, []string{set.Name}, nil)
	w.call("kepala-cibinong", "GET", "/v1/absences", nil).expect(t, 200, nil, []string{set.Name})
	w.absence("bidan-cibinong", object{"deputy": gizi, "untilTime": tomorrow}).expect(t, 200, nil, []string{set.Name})
}

func TestAnAppIsNotToldWhoIsAbsent(t *testing.T) {
	t.Parallel()
	w := openWorld(t, t.TempDir(), nil)
	w.call("bidan-cibinong", "GET", "/v1/absences", nil).expect(t, 200, nil, nil)
	w.call("app-melati", "GET", "/v1/absences", nil).expect(t, 403, nil, nil)
}

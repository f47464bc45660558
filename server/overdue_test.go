package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// hand is a clock that stands where its test puts it.
type hand struct{ at atomic.Int64 }

func (h *hand) now() time.Time { return time.UnixMicro(h.at.Load()).UTC() }

// set puts the hand at an instant of WIB, or of UTC with a Z.
func (h *hand) set(t testing.TB, text string) {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, casework.Zone)
	if err != nil {
		at, err = time.Parse(time.RFC3339Nano, text)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.at.Store(at.UnixMicro())
}

// timedWorld is a world on such a clock, whose sweep is the test's.
func timedWorld(t testing.TB, h *hand) *world {
	t.Helper()
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	served, err := serveRegency(ctx, server.RegencyConfig{Dir: dir, Now: h.now, Unlimited: true, NoSweep: true})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		stop()
		if err := served.Wait(); err != nil {
			t.Error(err)
		}
	})
	return &world{t: t, dir: dir, served: served, conn: conn}
}

// at moves the hand, and gives whoever is named a token that still holds.
func (w *world) at(t *testing.T, h *hand, text string, who ...string) {
	t.Helper()
	h.set(t, text)
	for _, code := range who {
		w.renew(t, code)
	}
}

func (w *world) sweep(t testing.TB) {
	t.Helper()
	if err := w.served.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// survivorOf is the filing of a survivor on a day, of a risk, with a leg of an urgency.
func survivorOf(day, risk, urgency string) object {
	body := survivorFiling()
	body["incident"].(object)["occurredOn"] = day
	body["risk"] = object{"level": risk}
	body["legs"].([]object)[0]["urgency"] = urgency
	return body
}

// standing is what a list or a leg says of its lateness.
type standing struct {
	Name, Kind, Duty, AccountableUnit, Unit, DueTime string
	EscalationLevel                                  int
	Overdue                                          bool
}

// find is the row of a leg in a list; ok is false if there is none.
func find(t *testing.T, r reply, list, name string) (s standing, ok bool) {
	t.Helper()
	var lists map[string]json.RawMessage
	var rows []standing
	if err := json.Unmarshal(r.Body, &lists); err != nil {
		t.Fatal(err)
	}
	if raw, has := lists[list]; has {
		if err := json.Unmarshal(raw, &rows); err != nil {
			t.Fatal(err)
		}
	}
	i := slices.IndexFunc(rows, func(s standing) bool { return s.Name == name })
	if i < 0 {
		return s, false
	}
	return rows[i], true
}

// PC-07: a derived state has one definition, used by rows, filters and lists, with or without the sweep, in every zone. A process has one
// zone from its start, so each has a process.
func TestOverdueHereIsOverdueThere(t *testing.T) {
	t.Parallel()
	if os.Getenv(zoneVariable) != "" {
		overdueHereIsOverdueThere(t)
		return
	}
	for _, zone := range []string{"+00:00", "-08:00", "+14:00"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestOverdueHereIsOverdueThere$")
			cmd.Env = append(os.Environ(), zoneVariable+"="+zone)
			said, err := cmd.CombinedOutput()
			if err != nil || !bytes.Contains(said, []byte("--- PASS: TestOverdueHereIsOverdueThere")) {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}

func overdueHereIsOverdueThere(t *testing.T) {
	var h hand
	h.set(t, "2026-02-19 10:00")
	w := timedWorld(t, &h)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorOf("2026-02-19", "LOW", "ROUTINE"))
	filed.expect(t, 200, []string{`"state":"SENT"`}, nil)
	leg := filed.text("legs.0.referral")
	h.set(t, "2026-02-19 10:05")
	w.event("pendamping-uptd", leg, "acknowledge", nil).expect(t, 200, []string{`"DECIDE"`, `"dueTime":"2026-02-20T03:00:00Z"`}, nil)
	for _, tt := range []struct {
		now   string
		level int
	}{{"2026-02-20T03:00:00Z", 0}, {"2026-02-20T03:00:00.000001Z", 1}} {
		w.at(t, &h, tt.now, "pendamping-uptd")
		got := w.call("pendamping-uptd", "GET", "/v1/"+leg, nil)
		var one standing
		if err := json.Unmarshal(got.Body, &one); err != nil {
			t.Fatal(err)
		}
		rows := map[string]standing{"GetReferral": one}
		rows["ListReferrals"], _ = find(t, w.call("pendamping-uptd", "GET", "/v1/referrals?direction=INBOX", nil), "referrals", leg)
		rows["ListDuties"], _ = find(t, w.call("pendamping-uptd", "GET", "/v1/duties?scope=UNIT", nil), "duties", leg)
		for where, row := range rows {
			if row.Name != leg || row.EscalationLevel != tt.level || row.Overdue != (tt.level > 0) || row.DueTime != "2026-02-20T03:00:00Z" {
				t.Errorf("%s at %s: %+v, want level %d", where, tt.now, row, tt.level)
			}
		}
		for list, path := range map[string]string{"referrals": "/v1/referrals?direction=INBOX&overdue=true", "duties": "/v1/duties?overdue=true"} {
			if _, late := find(t, w.call("pendamping-uptd", "GET", path, nil), list, leg); late != (tt.level > 0) {
				t.Errorf("%s at %s: listed %v", path, tt.now, late)
			}
		}
	}
}

// notices are what an account was told, as "KIND level name".
func (w *world) notices(as string) (told []string) {
	w.t.Helper()
	got := w.call(as, "GET", "/v1/notices?pageSize=100", nil)
	var m struct {
		Notices []struct {
			Kind, Name      string
			EscalationLevel int
		}
	}
	if err := json.Unmarshal(got.Body, &m); err != nil || got.Status != 200 {
		w.t.Fatalf("%s: %s %v", as, got.Body, err)
	}
	for _, n := range m.Notices {
		told = append(told, strings.TrimSpace(n.Kind+" "+string(rune('0'+n.EscalationLevel))+" "+n.Name))
	}
	return told
}

// A survivor's leg that nobody reads: by level the own heads, the office above, the coordinating unit are told, and none of them learns
// a word of her.
func TestALateLegIsToldUpwardsWithoutAWordOfTheClient(t *testing.T) {
	t.Parallel()
	var h hand
	h.set(t, "2026-02-19 10:00")
	w := timedWorld(t, &h)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", func() object {
		body := survivorOf("2026-02-19", "HIGH", "EMERGENCY")
		body["risk"] = object{"signs": []string{"THREAT_TO_KILL"}, "level": "HIGH"}
		body["legs"].([]object)[0] = object{"service": "LAW_ENFORCEMENT", "urgency": "EMERGENCY", "receiverUnit": "units/POLRES-PPA"}
		return body
	}())
	filed.expect(t, 200, []string{`"dueTime":"2026-02-19T03:15:00Z"`}, nil)
	leg, secret := filed.text("legs.0.referral"), filed.text("case")
	secrets := []string{survivor, villain, chronology, "3201015102940003", "DOMESTIC_VIOLENCE", "PHYSICAL", secret, "LAW_ENFORCEMENT", "UU 23", "legalDueTime", "ageBand", "client"}

	steps := []struct {
		now  string
		told map[string]int // DUTY_LATE notices of each, so far
	}{
		{"2026-02-19 10:15", map[string]int{"kepala-ppa": 0, "kepala-uptd": 0, "kepala-dp3ap2kb": 0, "bidan-cibinong": 0}},
		{"2026-02-19 10:16", map[string]int{"kepala-ppa": 1, "kepala-dp3ap2kb": 0, "bidan-cibinong": 1}},
		{"2026-02-19 10:31", map[string]int{"kepala-ppa": 1, "kepala-dp3ap2kb": 0, "bidan-cibinong": 1}},
		{"2026-02-19 10:46", map[string]int{"kepala-ppa": 1, "kepala-dp3ap2kb": 1, "kepala-uptd": 0, "kepala-dinkes": 0, "rekan-uptd": 0, "kepala-cibinong": 1}},
		{"2026-02-19 22:00", map[string]int{"kepala-ppa": 1, "kepala-dp3ap2kb": 1, "bidan-cibinong": 1}},
	}
	for _, s := range steps {
		w.at(t, &h, s.now, "kepala-ppa", "kepala-uptd", "kepala-dp3ap2kb", "bidan-cibinong", "kepala-dinkes", "rekan-uptd", "kepala-cibinong")
		w.sweep(t)
		w.sweep(t) // a second one tells nothing new
		for who, n := range s.told {
			late := 0
			for _, told := range w.notices(who) {
				if strings.HasPrefix(told, "DUTY_LATE") {
					late++
				}
			}
			if late != n {
				t.Errorf("at %s %s was told %d times, want %d: %q", s.now, who, late, n, w.notices(who))
			}
		}
	}
	if n := w.count(0, func(e entry) bool { return e.Event.Name == "ESCALATED" }); n < 3 {
		t.Errorf("%d entries ESCALATED, want one for each level of the leg and those of the case", n)
	}

	// The coordinating unit opens what is late, and nothing else.
	w.call("kepala-dp3ap2kb", "GET", "/v1/"+leg, nil).
		expect(t, 200, []string{leg, `"ACKNOWLEDGE"`, `"escalationLevel":3`, `"dutyOfficer":"accounts/`, `"remind"`, `"reassign"`}, secrets)
	w.call("kepala-dp3ap2kb", "GET", "/v1/duties?scope=OVERSEEN", nil).
		expect(t, 200, []string{leg, `"escalationLevel":3`, `"dutyOfficer":"accounts/`, `"remind"`}, secrets)
	m, err := w.duties().ListDuties(w.as("kepala-dp3ap2kb"), &pb.ListDutiesRequest{Scope: pb.ListDutiesRequest_Scope_OVERSEEN})
	said(t, m, err, []string{leg}, secrets)
	for _, who := range []string{"kepala-uptd", "kepala-dinkes", "rekan-uptd"} {
		w.call(who, "GET", "/v1/"+leg, nil).expect(t, 404, nil, []string{leg})
		w.call(who, "GET", "/v1/duties?scope=OVERSEEN", nil).expect(t, 200, nil, []string{leg})
	}
	for _, path := range []string{"/v1/" + secret, "/v1/referrals?direction=INBOX", "/v1/duties", "/v1/cases"} {
		if got := w.call("kepala-dp3ap2kb", "GET", path, nil); strings.Contains(string(got.Body), leg) || strings.Contains(string(got.Body), survivor) {
			t.Errorf("%s tells the overseer %s", path, got.Body)
		}
	}
}

// The door of the overseer: a reminder, or the duty to the late unit's duty officer, and no other act.
func TestTheOverseerRemindsAndReassignsAndDoesNothingElse(t *testing.T) {
	t.Parallel()
	var h hand
	h.set(t, "2026-02-19 10:00")
	w := timedWorld(t, &h)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorOf("2026-02-19", "LOW", "ROUTINE"))
	leg := filed.text("legs.0.referral")
	const why = "Belum ada jawaban sejak kemarin pagi, mohon segera ditindaklanjuti"
	w.event("kepala-dp3ap2kb", leg, "remind", object{"reason": why}).expect(t, 404, nil, []string{leg}) // nothing is late yet
	w.at(t, &h, "2026-02-23 15:59", "kepala-dp3ap2kb", "kepala-uptd", "pendamping-uptd", "kepala-dinkes")
	got := w.call("kepala-dp3ap2kb", "GET", "/v1/"+leg, nil)
	got.expect(t, 200, []string{`"escalationLevel":2`}, []string{survivor, "CASE_MANAGEMENT"})
	due := got.text("dueTime")
	for _, event := range []string{"acknowledge", "accept", "decline", "cancel", "confirm"} {
		body := object{"reason": "NO_CAPACITY"}
		if event != "decline" && event != "cancel" {
			body = nil
		}
		if event == "cancel" {
			body = object{"reason": "SAFETY"}
		}
		w.event("kepala-dp3ap2kb", leg, event, body).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, []string{survivor})
	}
	w.event("kepala-dinkes", leg, "remind", object{"reason": why}).expect(t, 404, nil, []string{leg})
	w.event("kepala-dp3ap2kb", leg, "remind", object{"reason": "segera"}).expect(t, 400, []string{`"field":"reason"`, "REASON_REQUIRED"}, nil)
	w.event("kepala-dp3ap2kb", leg, "remind", object{"reason": why}).expect(t, 200, []string{leg}, []string{survivor, why})
	if told := w.notices("pendamping-uptd"); !slices.ContainsFunc(told, func(n string) bool { return strings.HasPrefix(n, "REMINDER") }) {
		t.Errorf("the unit that sleeps was not reminded: %q", told)
	}
	officer := w.call("kepala-dp3ap2kb", "GET", "/v1/"+leg, nil).text("dutyOfficer")
	colleague := "accounts/" + newID()
	w.event("kepala-dp3ap2kb", leg, "reassign", object{"reason": why, "officer": colleague}).expect(t, 400, []string{"OFFICER_INVALID"}, nil)
	w.event("kepala-dp3ap2kb", leg, "reassign", object{"reason": why, "officer": officer}).expect(t, 200, []string{leg, due}, []string{survivor})
	mine := w.call("pendamping-uptd", "GET", "/v1/duties?scope=ME", nil)
	if row, ok := find(t, mine, "duties", leg); !ok || row.DueTime != due {
		t.Errorf("the duty officer's duties: %s", mine.Body)
	}
}

// Rows 18 to 20: silence ends what the table says, and only a committed lapse holds.
func TestSilenceEndsALegByItsLapseTime(t *testing.T) {
	var h hand
	h.set(t, "2026-06-01 08:00")
	w := timedWorld(t, &h)
	send := func(urgency string) string {
		body := stuntedChild()
		body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
		body["newPerson"].(object)["birthDate"] = "2025-01-10"
		body["measurements"].([]object)[0]["measuredOn"] = "2026-06-01"
		body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "urgency": urgency, "receiverUnit": "units/RSUD-CIBINONG"}}
		body["disclosures"] = []object{{"basis": "CARE"}}
		filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
		filed.expect(t, 200, []string{`"state":"SENT"`}, nil)
		return filed.text("legs.0.referral")
	}
	silent, answered, emergency := send("ROUTINE"), send("ROUTINE"), send("EMERGENCY")
	h.set(t, "2026-06-01 09:00")
	asked := send("ROUTINE")
	w.event("dokter-rsud", asked, "requestInfo", object{"questions": []string{"AREA"}}).expect(t, 200, []string{"NEEDS_INFO", "ANSWER"}, nil)
	// ACKNOWLEDGE, ROUTINE: due June 1 16:00, lapse three working days later, June 4 16:00.
	w.at(t, &h, "2026-06-04T09:00:00Z", "gizi-cibinong", "dokter-rsud")
	w.sweep(t)
	w.call("dokter-rsud", "GET", "/v1/"+silent, nil).expect(t, 200, []string{`"SENT"`, `"escalationLevel":3`}, nil) // at the very instant it still holds
	h.set(t, "2026-06-04T09:00:00.000001Z")
	w.event("dokter-rsud", answered, "acknowledge", nil).expect(t, 200, []string{"ACKNOWLEDGED"}, nil) // before the sweep: it wins
	w.sweep(t)
	w.call("gizi-cibinong", "GET", "/v1/"+silent, nil).expect(t, 200, []string{`"DECLINED"`, "NO_RESPONSE", `"REROUTE"`, `"forward"`}, nil)
	w.call("gizi-cibinong", "GET", "/v1/"+answered, nil).expect(t, 200, []string{`"ACKNOWLEDGED"`}, nil)
	if told := w.notices("gizi-cibinong"); !slices.Contains(told, "LEG_CHANGED 0 "+silent) {
		t.Errorf("the sender was not told of the lapse: %q", told)
	}
	w.event("dokter-rsud", silent, "accept", nil).expect(t, 400, []string{"REFERRAL_STATE", "DECLINED"}, nil)
	// ANSWER, ROUTINE, from Monday 09:00: 3 wd are Thursday the 4th, 09:00; three steps of 3 wd more Wednesday the 17th, 09:00.
	w.at(t, &h, "2026-06-17 09:01", "gizi-cibinong", "dokter-rsud")
	w.sweep(t)
	w.call("gizi-cibinong", "GET", "/v1/"+asked, nil).expect(t, 200, []string{`"DECLINED"`, "INFO_MISSING"}, nil)
	w.at(t, &h, "2027-06-17 09:01", "gizi-cibinong", "dokter-rsud")
	w.sweep(t)
	w.call("gizi-cibinong", "GET", "/v1/"+emergency, nil).expect(t, 200, []string{`"SENT"`, `"escalationLevel":3`}, []string{"lapseTime"})
	w.call("gizi-cibinong", "GET", "/v1/"+silent, nil).expect(t, 200, []string{`"DECLINED"`, `"escalationLevel":3`}, nil)
}

// childOn is the filing of a child measured on a day, with one leg.
func childOn(day, service, urgency, receiver string) object {
	body := stuntedChild()
	body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
	body["newPerson"].(object)["birthDate"] = "2025-01-10"
	body["measurements"].([]object)[0]["measuredOn"] = day
	body["legs"] = []object{{"service": service, "urgency": urgency, "receiverUnit": "units/" + receiver}}
	body["disclosures"] = []object{{"basis": "CARE"}}
	return body
}

// PC-06: no later change of the calendar moves what has begun.
func TestANewHolidayMovesNothingThatHasBegun(t *testing.T) {
	t.Parallel()
	var h hand
	h.set(t, "2026-03-18 16:30")
	w := timedWorld(t, &h)
	holidays := func(days ...string) {
		file := "date,kind,basis\n"
		for _, day := range days {
			file += day + ",NATIONAL,SKB contoh\n"
		}
		if report, err := server.LoadCalendar(t.Context(), w.served.Store, strings.NewReader(file), false); err != nil || len(report.Faults) > 0 {
			t.Fatal(report, err)
		}
	}
	send := func() string {
		filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", childOn("2026-03-18", "SPECIALIST_PEDIATRIC", "ROUTINE", "RSUD-CIBINONG"))
		return filed.text("legs.0.referral")
	}
	holidays("2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24")
	first := send()
	holidays("2026-03-25")
	second := send()
	for leg, due := range map[string]string{first: "2026-03-25T09:00:00Z", second: "2026-03-26T09:00:00Z"} {
		got := w.call("dokter-rsud", "GET", "/v1/"+leg, nil)
		if got.text("dueTime") != due {
			t.Errorf("due %s, want %s", got.text("dueTime"), due)
		}
	}
	if got := w.call("dokter-rsud", "GET", "/v1/"+first, nil); got.text("lapseTime") != "2026-03-30T09:00:00Z" {
		t.Errorf("lapse of the first: %s", got.text("lapseTime"))
	}
}

// What a notice is about is named only to who may read it, and a notice of what one may not read is none.
func TestNoticesTellNobodyMoreThanTheyMayRead(t *testing.T) {
	t.Parallel()
	var h hand
	h.set(t, "2026-02-19 10:00")
	w := timedWorld(t, &h)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorOf("2026-02-19", "LOW", "ROUTINE"))
	leg := filed.text("legs.0.referral")
	w.event("pendamping-uptd", leg, "acknowledge", nil).expect(t, 200, nil, nil)
	if told := w.notices("bidan-cibinong"); !slices.Contains(told, "LEG_CHANGED 0 "+leg) {
		t.Errorf("the officer of the case was not told: %q", told)
	}
	if told := w.notices("pendamping-uptd"); !slices.Contains(told, "LEG_ARRIVED 0 "+leg) {
		t.Errorf("the receiver was not told: %q", told)
	}
	// A colleague without the case, a kader, another unit, an app: no row, and so no gap that tells of one.
	for _, who := range []string{"gizi-cibinong", "kader-melati", "bidan-melati", "terima-uptd", "dokter-rsud", "app-melati", "auditor", "admin-kabupaten"} {
		got := w.call(who, "GET", "/v1/notices", nil)
		got.expect(t, 200, nil, []string{"notices", "nextPageToken", leg})
	}
	from := len(w.entries())
	w.notices("bidan-cibinong")
	if n := w.count(from, func(e entry) bool { return e.Action == "read" && e.ObjectKind == "page" }); n != 1 {
		t.Errorf("%d entries of a page that names an L3 leg, want 1", n)
	}
	// Without a second factor nothing of L3 is named.
	w.call(w.stale(t, "bidan-cibinong"), "GET", "/v1/notices", nil).expect(t, 200, nil, []string{leg})
}

func TestNoticesComeInPages(t *testing.T) {
	t.Parallel()
	var h hand
	h.set(t, "2026-06-05 10:00")
	w := timedWorld(t, &h)
	legs := map[string]bool{}
	for range 5 {
		h.at.Add(time.Second.Microseconds())
		legs[w.call("gizi-cibinong", "POST", "/v1/referrals:file", childOn("2026-06-05", "SPECIALIST_PEDIATRIC", "ROUTINE", "RSUD-CIBINONG")).text("legs.0.referral")] = true
	}
	var m pb.ListNoticesResponse
	seen := 0
	for page := 0; page == 0 || m.NextPageToken != ""; page++ {
		next, err := pb.NewReviewServiceClient(w.conn).ListNotices(w.as("dokter-rsud"), &pb.ListNoticesRequest{PageSize: 2, PageToken: m.NextPageToken})
		if err != nil || page > 3 {
			t.Fatal(err)
		}
		for _, n := range next.Notices {
			if !legs[n.Name] || n.Kind != pb.NoticeKind_LEG_ARRIVED {
				t.Errorf("notice %v", n)
			}
			delete(legs, n.Name)
			seen++
		}
		m.NextPageToken = next.NextPageToken
	}
	if seen != 5 {
		t.Errorf("%d notices, want 5", seen)
	}
}

// The alleged perpetrator may sit in the office that is told: for him there is no notice, no row and no leg.
func TestTheBlockedAreNotTold(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"POLRES-PPA", "DP3AP2KB"} {
		var h hand
		h.set(t, "2026-02-19 10:00")
		w := timedWorld(t, &h)
		w.hire(t, "suami,PERSON,"+villain+","+husbandsNIK+",SUPERVISOR,"+unit+",")
		w.renew(t, "suami")
		body := named()
		body["incident"].(object)["occurredOn"] = "2026-02-19"
		body["legs"].([]object)[0] = object{"service": "LAW_ENFORCEMENT", "urgency": "EMERGENCY", "receiverUnit": "units/POLRES-PPA"}
		leg := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body).text("legs.0.referral")
		h.set(t, "2026-02-19 11:00")
		w.sweep(t)
		for _, path := range []string{"/v1/notices", "/v1/duties", "/v1/duties?scope=OVERSEEN"} {
			w.call("suami", "GET", path, nil).expect(t, 200, nil, []string{leg, "notices", "duties", "nextPageToken"})
		}
		sameButForDateAndID(t, "suami of "+unit, w.call("suami", "GET", "/v1/"+leg, nil), w.call("suami", "GET", "/v1/referrals/"+newID(), nil))
		const why = "Belum ada jawaban sejak kemarin pagi, mohon segera"
		for event, body := range map[string]object{"remind": {"reason": why}, "reassign": {"reason": why, "officer": "accounts/" + newID()}} {
			sameButForDateAndID(t, "suami "+event, w.event("suami", leg, event, body), w.event("suami", "referrals/"+newID(), event, body))
		}
		for _, head := range []string{"kepala-ppa", "kepala-dp3ap2kb"} {
			if told := w.notices(head); !slices.ContainsFunc(told, func(n string) bool { return strings.HasPrefix(n, "DUTY_LATE") }) {
				t.Errorf("%s, who is not blocked, was not told: %q", head, told)
			}
		}
	}
}

// A clock set back revives nothing: what was late by an entry's time stays late.
func TestAClockSetBackRevivesNothing(t *testing.T) {
	t.Parallel()
	var h hand
	h.set(t, "2026-02-19 10:00")
	w := timedWorld(t, &h)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorOf("2026-02-19", "LOW", "ROUTINE"))
	leg := filed.text("legs.0.referral")
	w.at(t, &h, "2026-02-20 16:30", "pendamping-uptd")
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{`"overdue":true`}, nil) // on record, at this time
	h.set(t, "2026-02-19 10:30")
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{`"overdue":true`}, nil)
	w.event("pendamping-uptd", leg, "acknowledge", nil).expect(t, 200, []string{`"acknowledgeTime":"2026-02-20T09:30:00`}, nil)
	if code, body := w.call("", "GET", "/readyz", nil).Status, w.call("", "GET", "/readyz", nil).Body; code != 200 || !strings.Contains(string(body), "CLOCK_BEHIND") {
		t.Errorf("health says %d %s", code, body)
	}
}

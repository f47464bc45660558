package server_test

import (
	"fmt"
	"testing"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// PC-07: at exactly its due time a duty is not late and is of its day, a microsecond later it is late and no longer of the day; the inbox
// says what the list says.
func TestTheInboxIsLateToTheMicrosecond(t *testing.T) {
	t.Parallel()
	w, c := stillWorld(t)
	body := survivorFiling()
	body["incident"].(object)["occurredOn"] = begin.Format(time.DateOnly)
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", body).expect(t, 200, nil, nil)
	list, err := w.duties().ListDuties(w.as("pendamping-uptd"), &pb.ListDutiesRequest{})
	if err != nil || len(list.GetDuties()) == 0 {
		t.Fatal(list, err)
	}
	due := list.GetDuties()[0].GetDueTime().AsTime()
	for _, at := range []struct {
		after time.Duration
		late  bool
	}{{0, false}, {time.Microsecond, true}} {
		c.micros.Store(due.Add(at.after).UnixMicro())
		late, today := 0, 0
		list, err := w.duties().ListDuties(w.as("pendamping-uptd"), &pb.ListDutiesRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list.GetDuties() {
			switch {
			case d.GetOverdue():
				late++
			case d.GetDueTime().AsTime().In(wib).Format(time.DateOnly) == c.now().In(wib).Format(time.DateOnly):
				today++
			}
		}
		board := cells(w.live(t, "pendamping-uptd", "inbox"))
		if board["OVERDUE"] != late || board["DUE_TODAY"] != today || (late > 0) != at.late {
			t.Errorf("%v after the due time the inbox has %v, the list %d late and %d of today", at.after, board, late, today)
		}
	}
}

// PC-22: what is closed as no case leaves every figure, and comes back when that is undone; the blocked colleague's figure is that without
// the case.
func TestFiguresLeaveOutCasesThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var cases []string
	for n := range 6 {
		body := stuntedChild()
		body["newPerson"].(object)["name"] = fmt.Sprintf("Anak %c Contoh", 'A'+n)
		delete(body, "legs")
		filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
		filed.expect(t, 200, nil, nil)
		cases = append(cases, filed.text("case"))
	}
	sum := func(as, table string) (n int) {
		for _, count := range cells(w.live(t, as, table)) {
			n += count
		}
		return n
	}
	want := func(what string, head, worker int) {
		t.Helper()
		for _, table := range []string{"intake-month", "caseload"} {
			if got := [2]int{sum("kepala-cibinong", table), sum("gizi-cibinong", table)}; got != [2]int{head, worker} {
				t.Errorf("%s: %s is %v, want %v", what, table, got, [2]int{head, worker})
			}
		}
	}
	want("six cases", 6, 6)
	w.on("kepala-cibinong", cases[0], "close", object{"reason": "ENTERED_IN_ERROR", "summary": "salah input"}).expect(t, 200, nil, nil)
	want("one was an error", 5, 5)
	w.on("kepala-cibinong", cases[1], "addBlock", object{"account": w.account(t, "gizi-cibinong"), "reason": longReason}).expect(t, 200, nil, nil)
	want("one is blocked for the worker", 5, 4)
	w.on("kepala-cibinong", cases[2], "raiseLevel", object{"level": "L3", "reason": longReason}).expect(t, 200, nil, nil)
	if head, worker := sum("kepala-cibinong", "intake-month"), sum("bidan-cibinong", "intake-month"); head != 5 || worker != 4 {
		t.Errorf("one was raised to L3: the head counts %d, a worker without a part %d, want 5 and 4", head, worker)
	}
}

// PC-23: a month begins at midnight in the regency, whatever zone a server stands in.
func TestALiveMonthBeginsInTheRegency(t *testing.T) {
	t.Parallel()
	c := &still{}
	midnight := time.Date(2027, time.January, 31, 17, 0, 0, 0, time.UTC)
	c.micros.Store(midnight.Add(-time.Microsecond).UnixMicro())
	w := openWorld(t, t.TempDir(), c.now)
	file := func(name string) {
		w.openViolence(t, func(body object) {
			body["newPerson"] = object{"name": name, "sex": "FEMALE", "birthDate": "1990-01-01", "nikAbsence": "NOT_SHOWN"}
			body["incident"].(object)["occurredOn"] = "2027-01-20"
		})
	}
	file("Perempuan Januari")
	c.micros.Store(midnight.UnixMicro())
	file("Perempuan Februari")
	for _, of := range []string{"2027-01", "2027-02"} {
		m, err := w.statistics().QueryLive(w.as("kepala-uptd"), &pb.QueryLiveRequest{Table: "violence-age-month", Period: of})
		if err != nil || cells(m)["P 25-44"] != 1 {
			t.Errorf("%s: %v %v, want one victim", of, cells(m), err)
		}
	}
	m, err := w.statistics().QueryLive(w.as("kepala-uptd"), &pb.QueryLiveRequest{Table: "violence-age-month", Period: "2026-03", UntilPeriod: "2027-02"})
	months := map[string]bool{}
	for _, row := range m.GetRows() {
		months[row.GetPeriode()] = true
	}
	if err != nil || len(months) != 12 || cells(m)["P 25-44"] != 2 {
		t.Errorf("twelve months have %d and %v, %v", len(months), cells(m), err)
	}
}

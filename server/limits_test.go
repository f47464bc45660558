package server_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// limitedWorld is a world with limits.
func limitedWorld(t *testing.T, now func() time.Time, limits server.Limits) *world {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	served, err := serveRegency(ctx, server.RegencyConfig{Dir: t.TempDir(), Now: now, Limits: limits})
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
	return &world{t: t, served: served, conn: conn}
}

// without is a filing without some of its fields.
func without(body object, keys ...string) object {
	body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
	for _, key := range keys {
		delete(body, key)
	}
	return body
}

func fullFiling() object  { return without(stuntedChild()) }
func weighing() object    { return without(stuntedChild(), "legs") }
func plainReport() object { return without(stuntedChild(), "legs", "measurements") }
func urgentFiling() object {
	f := fullFiling()
	f["legs"].([]object)[0]["urgency"] = "EMERGENCY"
	return f
}

// An app that files more than its day holds is stopped, its supervisor hears of it once, and what was filed before stays answered.
func TestAnAppHasItsDay(t *testing.T) {
	t.Parallel()
	var c clock
	until := func(hour int) { // of a regency's day, far from midnight
		now := c.now().In(time.FixedZone("WIB", 7*3600))
		c.advance(time.Date(now.Year(), now.Month(), now.Day()+1, hour, 0, 0, 0, now.Location()).Sub(now))
	}
	until(8)
	w := limitedWorld(t, c.now, server.Limits{AccountPerSecond: -1, PeerPerSecond: -1, AppFilings: 3, AppEmergencies: 1, AppMeasurements: 4})
	file := func(name string, body object, want int) reply {
		t.Helper()
		got := w.call("app-melati", "POST", "/v1/referrals:file", body)
		if got.Status != want {
			t.Fatalf("%s: got %d %s, want %d", name, got.Status, got.Body, want)
		}
		if want == 429 && (got.reason() != "RATE_LIMITED" || got.Header.Get("Retry-After") == "" || w.retryOf(body) < time.Hour) {
			t.Errorf("%s: got %s, Retry-After %q, by gRPC %v", name, got.Body, got.Header.Get("Retry-After"), w.retryOf(body))
		}
		return got
	}
	first := fullFiling()
	answered := file("a first", first, 200)
	dry := fullFiling()
	dry["validateOnly"] = true
	for range 5 {
		file("one that is only tried", dry, 200)
		file("one with a fault", without(fullFiling(), "newPerson", "requestId"), 400)
	}
	file("a weighing", weighing(), 200)
	file("a report", plainReport(), 200)
	file("the last", fullFiling(), 200)
	file("one above", plainReport(), 429)
	file("one above, again", fullFiling(), 429)
	again := file("the first, repeated", first, 200)
	if again.text("number") != answered.text("number") {
		t.Errorf("repeated: got %s, want %s", again.Body, answered.Body)
	}
	file("a weighing beside it", weighing(), 200)
	file("a weighing too much", weighing(), 429)
	file("an emergency", urgentFiling(), 200)
	file("a second emergency", urgentFiling(), 429)
	told := w.call("kepala-cibinong", "GET", "/v1/notices", nil)
	told.expect(t, 200, []string{"LIMIT_REACHED"}, []string{childName, `"name"`})
	if n := len(told.list("notices")); n != 1 {
		t.Errorf("the supervisor was told %d times, want once: %s", n, told.Body)
	}
	for _, who := range []string{"gizi-cibinong", "bidan-melati", "kepala-rsud", "app-melati"} {
		if got := w.call(who, "GET", "/v1/notices", nil); len(got.list("notices")) > 0 {
			for _, n := range got.list("notices") {
				if n.(object)["kind"] == "LIMIT_REACHED" {
					t.Errorf("%s is told: %s", who, got.Body)
				}
			}
		}
	}
	if got := w.call("gizi-cibinong", "POST", "/v1/referrals:file", fullFiling()); got.Status != 200 {
		t.Errorf("a person has an app's limit: %s", got.Body)
	}
	until(1)
	file("the next day", fullFiling(), 200)
	w.verified(t)
}

// retryOf is what gRPC says of when to come again.
func (w *world) retryOf(body object) time.Duration {
	_, err := w.referrals().FileReferral(w.as("app-melati"), asMessage(w.t.(*testing.T), body, &pb.FileReferralRequest{}))
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.RetryInfo); ok && status.Code(err) == codes.ResourceExhausted {
			return info.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

// list is an array of the JSON body.
func (r reply) list(path string) []any {
	all, _ := r.value(path).([]any)
	return all
}

// Two tokens of one account have one turn between them.
func TestAnAccountsTokensShareItsTurn(t *testing.T) {
	t.Parallel()
	w := limitedWorld(t, time.Now, server.Limits{PeerPerSecond: -1, AccountPerSecond: 0.01, AccountBurst: 4})
	second, _, err := server.IssueToken(t.Context(), w.served.Store, "gizi-cibinong", "PKM-CIBINONG", 0)
	if err != nil {
		t.Fatal(err)
	}
	w.served.Tokens["second"] = second
	for i, want := range []int{200, 200, 200, 200, 429, 429} {
		who := []string{"gizi-cibinong", "second"}[i%2]
		got := w.call(who, "GET", "/v1/duties", nil)
		if got.Status != want {
			t.Errorf("call %d: got %d, want %d", i+1, got.Status, want)
		}
		if want == 429 && got.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	if got := w.call("bidan-cibinong", "GET", "/v1/duties", nil); got.Status != 200 {
		t.Errorf("a colleague: got %d", got.Status)
	}
}

package server_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// The row clock, while the server runs: its clock jumps ten years either way, or an hour back. Then it answers nobody but health, sweeps
// nothing and writes nothing; and when the clock is right again each right of each kind holds as before, nothing has lapsed, and entries stand
// in the order of time. A leap second is no jump. (After a start: TestAStartIn2036EndsNothingUntilTheClockIsAccepted; what had ended before:
// TestNoRightRevivesByTheClock.)
func TestAClockThatJumpsEndsNoRight(t *testing.T) {
	var c clock
	var ran atomic.Int64 // what the monotonic clock is ahead too
	begun := time.Now()
	monotonic := func() time.Duration { return time.Since(begun) + time.Duration(ran.Load()) }
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: c.now, Monotonic: monotonic, Unlimited: true, NoSweep: true})
	rights := w.rightsThatEnd(t)
	waiting, _ := w.sendToHospital(t) // lapses, if nobody answers
	states := func() string { return w.call("gizi-cibinong", "GET", "/v1/"+waiting, nil).text("state") }
	all := func(when string, hold bool) {
		t.Helper()
		for _, r := range rights {
			if r.holds() != hold {
				t.Errorf("%s: %s holds: %v", when, r.what, !hold)
			}
		}
	}
	all("at first", true)
	before := len(w.entries())
	for _, jump := range []struct {
		when    string
		by      time.Duration
		serving bool
	}{
		{"ten years ahead", 10 * 365 * aDay, false},
		{"ten years back", -10 * 365 * aDay, false},
		{"an hour back", -time.Hour, false},
		{"a leap second", -time.Second, true},
		{"a leap second the other way", time.Second, true},
	} {
		c.advance(jump.by)
		want, wrong := http.StatusOK, error(nil)
		if !jump.serving {
			want, wrong = http.StatusServiceUnavailable, store.ErrClock
		}
		if got := w.raw("", "GET", "/readyz", ""); got.Status != want || strings.Contains(string(got.Body), `"CLOCK"`) == jump.serving {
			t.Errorf("%s: /readyz %d %s", jump.when, got.Status, got.Body)
		}
		if got := w.call("gizi-cibinong", "GET", "/v1/"+waiting, nil); got.Status != want {
			t.Errorf("%s: a call %d %s", jump.when, got.Status, got.Body)
		}
		if err := w.served.Sweep(t.Context()); !errors.Is(err, wrong) {
			t.Errorf("%s: the sweep said %v", jump.when, err)
		}
		c.advance(-jump.by)
		if got := states(); got != "SENT" {
			t.Errorf("after %s: the leg is %s", jump.when, got)
		}
	}
	if err := w.served.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	all("and the clock is right", true)
	if got := states(); got != "SENT" {
		t.Errorf("the leg is %s", got)
	}
	for _, e := range w.entries()[before:] {
		if e.Event.Name == "lapse" || e.Time > time.Now().Add(aDay).UnixMicro() {
			t.Errorf("an entry %s %s", e.Action, e.Event.Name)
		}
	}
	var last int64
	for _, e := range w.entries() { // by number
		if e.Time < last {
			t.Error("an entry is older than the one before it")
		}
		last = e.Time
	}
	// The control: a hundred days that both clocks saw are a hundred days.
	c.advance(100 * aDay)
	ran.Add(int64(100 * aDay))
	if err := w.served.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
	w.renew(t, "gizi-cibinong")
	if got := states(); got == "SENT" {
		t.Error("in a hundred days no leg lapsed: this test shows nothing")
	}
	for _, r := range rights {
		if r.ends == nil && r.holds() {
			t.Errorf("in a hundred days %s has not ended: this test shows nothing of it", r.what)
		}
	}
	w.verified(t)
}

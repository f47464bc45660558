package server_test

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// A clock set back revives nothing: what had run out by the newest entry stays over, an hour back, ten years back, at a leap second and
// after another start. Nothing is given for longer, either, and entries keep their order.
func TestAClockSetBackRevivesNoToken(t *testing.T) {
	t.Parallel()
	c, dir := &clock{}, t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	w := startedAgain(t, ctx, dir, c)
	token := func(w *world, lasts time.Duration) string {
		text, _, err := server.IssueToken(t.Context(), w.served.Store, "bidan-cibinong", "PKM-CIBINONG", lasts)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	short, long := token(w, 2*time.Hour), token(w, 12*time.Hour)
	status := func(w *world, token string) int {
		as := *w
		as.served.Tokens = maps.Clone(w.served.Tokens)
		as.served.Tokens["somebody"] = token
		return as.call("somebody", "GET", "/v1/cases", nil).Status
	}
	holds := func(w *world, when string, shortHolds bool) {
		t.Helper()
		if got := status(w, short) == 200; got != shortHolds {
			t.Errorf("%s: the token of two hours holds: %v, want %v", when, got, shortHolds)
		}
		if status(w, long) != 200 {
			t.Errorf("%s: the token of twelve hours does not hold", when)
		}
	}
	holds(w, "at first", true)
	c.advance(3 * time.Hour)
	holds(w, "three hours on", false)
	entered(t, w) // the newest entry says what time it was
	for _, back := range []struct {
		name string
		by   time.Duration
	}{{"a leap second", time.Second}, {"an hour back", time.Hour}, {"two hours back", 2 * time.Hour}, {"ten years back", 10 * 365 * 24 * time.Hour}} {
		c.advance(-back.by)
		holds(w, back.name, false)
		entered(t, w)
		holds(w, back.name+", after an entry", false)
		c.advance(back.by)
	}
	c.advance(-2 * time.Hour)
	stop()
	if err := w.served.Wait(); err != nil {
		t.Fatal(err)
	}
	ctx, stop = context.WithCancel(t.Context())
	w = startedAgain(t, ctx, dir, c)
	holds(w, "after another start", false)
	w.verified(t) // no entry is older than the one before it
	stop()
	if err := w.served.Wait(); err != nil {
		t.Fatal(err)
	}
}

// startedAgain is a regency that the test itself stops.
func startedAgain(t *testing.T, ctx context.Context, dir string, c *clock) *world {
	t.Helper()
	s, err := serveRegency(ctx, server.RegencyConfig{Dir: dir, Now: c.now, Unlimited: true, NoSweep: true})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, dir: dir, served: s}
}

// entered appends an entry by the clock of now.
func entered(t *testing.T, w *world) {
	t.Helper()
	_, err := store.Update(t.Context(), w.served.Store, func(tx *store.Writer) (struct{}, error) {
		tx.Append(journal.Entry{Version: journal.Version, Origin: "timer", Event: journal.Event{Name: "test"}}, nil, nil)
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

package server_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/server"
)

// Row keys of the reliability suite, beside TestNoEntryNoAnswer, which has the journal refuse its entries and asks everything. Here what the
// server cannot do without is gone for good.

// TestKeysWithoutAJournalNothingSecretIsShown takes the journal's table away under a server that goes on.
func TestKeysWithoutAJournalNothingSecretIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cases := map[string]string{}
	for _, level := range []string{"L1", "L2", "L3"} {
		cases[level] = w.inState(t, level)
	}
	reads := func(level string, status int, must, mustNot []string) {
		t.Helper()
		for _, path := range []string{"", "/timeline", "/disclosures", "/growthRecord"} {
			w.call("bidan-cibinong", "GET", "/v1/"+cases[level]+path, nil).expect(t, status, must, mustNot)
		}
	}
	for _, level := range []string{"L1", "L2", "L3"} { // the control: all of it can be read
		reads(level, 200, nil, nil)
	}
	db := rawDatabase(t, w.dir)
	if _, err := db.Exec("ALTER TABLE journal RENAME TO gone"); err != nil {
		t.Fatal(err)
	}
	reads("L1", 200, nil, nil) // of her own, which needs no entry
	for _, level := range []string{"L2", "L3"} {
		reads(level, 500, []string{"INTERNAL"}, []string{"Anak", cases[level], "client", level})
	}
	if _, err := db.Exec("ALTER TABLE gone RENAME TO journal"); err != nil {
		t.Fatal(err)
	}
	for _, level := range []string{"L2", "L3"} { // the control: it was the journal
		reads(level, 200, nil, nil)
	}
}

// TestKeysTakenAwayServeNothing takes the key that opens all others away: there is no server, and so no read.
func TestKeysTakenAwayServeNothing(t *testing.T) {
	t.Parallel()
	inAFile(t)
	dir, other := t.TempDir(), t.TempDir()
	var secret string
	t.Run("fill", func(t *testing.T) {
		w := openWorld(t, dir, time.Now)
		secret = w.inState(t, "L3")
		openWorld(t, other, time.Now)
	})
	kek := filepath.Join(dir, "keys", "kek.json")
	right, err := os.ReadFile(kek)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(filepath.Join(other, "keys", "kek.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"gone": nil, "another's": foreign, "half": right[:len(right)/2]} {
		t.Run(name, func(t *testing.T) {
			err := os.Remove(kek)
			if text != nil {
				err = os.WriteFile(kek, text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			served, err := serveRegency(ctx, server.RegencyConfig{Dir: dir})
			if err == nil {
				t.Errorf("it serves on %s", served.HTTP)
				stop()
				_ = served.Wait()
			}
		})
		if err := os.WriteFile(kek, right, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("put back", func(t *testing.T) { // the control
		w := openWorld(t, dir, time.Now)
		w.call("bidan-cibinong", "GET", "/v1/"+secret, nil).expect(t, 200, []string{"L3", "Anak"}, nil)
	})
}

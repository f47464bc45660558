package server_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// drawVariable tells a child process what day it is, and at which step of which draw it dies: "2027-04-11 signed 2".
const drawVariable = "CHILD_DRAWS"

// drawChild sweeps once, on the day that it is told, and dies on its way.
func drawChild(ctx context.Context, cfg server.RegencyConfig, at string) error {
	var day, step string
	var n int
	if _, err := fmt.Sscan(at, &day, &step, &n); err != nil {
		return err
	}
	cfg.Now, cfg.NoSweep = clockAt(day).now, true
	server.KillAt(step, n)
	served, err := serveRegency(ctx, cfg)
	if err != nil {
		return err
	}
	return served.Sweep(ctx)
}

// drawn are the texts of all draws of a folder that nobody serves.
func drawnIn(t *testing.T, dir string) map[store.DrawnKey]string {
	t.Helper()
	st, err := storetest.OpenStore(context.Background(), store.Config{
		Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Now: clockAt("2027-04-11").now,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	all, err := store.Read(context.Background(), st, func(r *store.Reader) (map[store.DrawnKey]string, error) {
		texts, err := r.DrawnTexts()
		all := map[store.DrawnKey]string{}
		for key, text := range texts {
			all[key] = string(text)
		}
		return all, err
	})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := st.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Errorf("verify: %v %v", findings, err)
	}
	return all
}

// TestADrawThatIsKilledIsNeverDoneTwice kills a server at every step of its draws, and starts it again until nothing is left to draw. What was
// drawn once is there with the same values ever after, and the journal, the ledger and the key folder tell of one draw each.
func TestADrawThatIsKilledIsNeverDoneTwice(t *testing.T) {
	dir := t.TempDir()
	f, end := session(t, dir, clockAt("2027-01-12"))
	f.victim(t, "bidan-cibinong", 1)
	f.child(t, "gizi-cibinong", 2)
	f.clock.set("2027-04-09", 9)
	f.sweep(t)
	end()
	base := dir
	runs, kills := 1, 5
	if long("statistics") {
		runs, kills = 125, 8
	}
	steps := []string{"signed", "drawing", "kept", "signed", "drawing", "kept", "signed", "kept"}
	killed := 0
	for range runs {
		dir := base
		if runs > 1 {
			dir = t.TempDir()
			if err := storetest.Copy(dir, base); err != nil {
				t.Fatal(err)
			}
		}
		known := map[store.DrawnKey]string{}
		for i := 0; ; i++ {
			n := 1 + rand.IntN(2)
			if i >= kills {
				n = -1 // lives
			}
			dies := sweptBy(t, dir, fmt.Sprintf("2027-04-11 %s %d", steps[i%len(steps)], n))
			now := drawnIn(t, dir)
			for key, text := range known {
				if now[key] != text {
					t.Fatalf("%s was drawn twice", key)
				}
			}
			maps.Copy(known, now)
			if dies {
				killed++
				continue
			}
			if i < kills && len(now) < 8 {
				t.Fatalf("lived with %d draws", len(now))
			}
			break
		}
		if len(known) != 8 { // six tables of children, the quarter of KDRT, and new cases of January to March as one of them each
			t.Logf("drawn: %v", len(known))
		}
	}
	t.Logf("%d kills", killed)
	if killed < runs {
		t.Error("nothing was killed, so this test says nothing")
	}
}

// sweptBy runs a child, and tells whether it was killed.
func sweptBy(t *testing.T, dir, at string) (killed bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childVariable+"="+dir, drawVariable+"="+at)
	cmd.Stderr = os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return false
	case errors.As(err, &exit) && !exit.Exited():
		return true
	}
	t.Fatal(err)
	return false
}

package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/store"
)

// anew is after how many cycles a test of the disk begins with an empty store, so that looking at it stays quick.
const anew = 20

// lived is what a child on a disk came to.
type lived struct {
	acknowledged []string
	code         int // -1 for killed
	ended        time.Time
	other        []string // what else it said
}

// live runs a child on a disk. It is killed a while after its start or, with warm, after its first acknowledgement; never with 0.
func live(t *testing.T, d *Disk, cfg store.Config, cycle int, kill time.Duration, warm bool, options ...string) (l lived) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	cmd := child(ctx, cfg, cycle)
	d.Under(t, cmd, cfg.Data, options...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if kill > 0 && !warm {
		defer time.AfterFunc(kill, func() { _ = cmd.Process.Kill() }).Stop()
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !strings.HasPrefix(lines.Text(), "kill/") {
			l.other = append(l.other, lines.Text())
			continue
		}
		if len(l.acknowledged) == 0 && kill > 0 && warm {
			defer time.AfterFunc(kill, func() { _ = cmd.Process.Kill() }).Stop()
		}
		l.acknowledged = append(l.acknowledged, lines.Text())
	}
	err = cmd.Wait() // the pipe was closed by the child's end
	l.ended = time.Now()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		l.code = exit.ExitCode()
	}
	if ctx.Err() != nil {
		t.Errorf("child: hung: %v", l.other)
	}
	return l
}

// lost counts what was acknowledged and is not there exactly once. The store must open, and nothing may be wrong in it.
func lost(t *testing.T, open Open, cfg store.Config, acknowledged []string) (n int) {
	t.Helper()
	s, err := open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	rows, written := there(t, s, acknowledged...), entries(t, s)
	for _, key := range acknowledged {
		if !rows[key] || written[key] != 1 {
			n++
		}
	}
	findings, err := s.Verify(t.Context())
	if err != nil || len(findings) > 0 {
		t.Errorf("Verify: got %v, %v, want nothing", findings, err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	return n
}

// Power is the row of that name: 32 callers write, the process is killed, the disk forgets what was not synced.
func Power(t *testing.T, open Open, cycles int) {
	chance := seeded(t)
	d := NewDisk(t)
	var cfg store.Config
	var acknowledged []string
	var all, unsynced, early int
	for cycle := range cycles {
		if cycle%anew == 0 {
			cfg, acknowledged = config(t), nil
		}
		kill, warm := time.Duration(chance.IntN(90)+1)*time.Millisecond, true
		switch {
		case cycle%4 == 0: // it may still be making or mending its files
			warm = false
		case cycle%anew == anew-2: // long enough for the log to be copied into the database meanwhile
			kill = time.Duration(3000+chance.IntN(2000)) * time.Millisecond
		}
		l := live(t, d, cfg, cycle, kill, warm)
		if l.code != -1 || len(l.other) > 0 {
			t.Fatalf("cycle %d: child: ended with %d and said %q, want killed", cycle, l.code, l.other)
		}
		d.PowerCut(t, chance)
		acknowledged = append(acknowledged, l.acknowledged...)
		if n := lost(t, open, cfg, acknowledged); n > 0 {
			t.Errorf("cycle %d: %d of %d acknowledged are lost or doubled", cycle, n, len(acknowledged))
		}
		all += len(l.acknowledged)
		if d.Unsynced() > 0 {
			unsynced++
		}
		if len(l.acknowledged) == 0 {
			early++
		}
	}
	t.Logf("%d cycles, %d acknowledged, 0 lost; %d cuts met something unsynced, %d came before the first answer", cycles, all, unsynced, early)
	if all == 0 || unsynced == 0 {
		t.Error("nothing was acknowledged, or no cut met anything unsynced: the test shows nothing")
	}
}

// PowerControl is Power with the log synced at checkpoints only, as synchronous=NORMAL does it. It gives how many acknowledged were lost.
func PowerControl(t *testing.T, open Open) int {
	chance := seeded(t)
	d, cfg := NewDisk(t), made(t, open)
	for cycle := range 12 { // in one cut of three all that was not synced has reached the disk by luck
		l := live(t, d, cfg, cycle, 50*time.Millisecond, true, "DISK_FORGET=-wal")
		d.PowerCut(t, chance)
		if n := lost(t, open, cfg, l.acknowledged); n > 0 {
			return n
		}
	}
	return 0
}

// Fails is the row fsync: the disk gives EIO at a sync, or in the middle of a write. The process ends within a second, nothing that it
// acknowledged is lost, and it starts again.
func Fails(t *testing.T, open Open, fault string, cycles int) {
	chance := seeded(t)
	d := NewDisk(t)
	var cfg store.Config
	var slowest time.Duration
	var all, before int
	for cycle := range cycles {
		if cycle%anew == 0 {
			// goose tries a second time to make its table in a new database; nothing is there then that could be lost.
			cfg = made(t, open)
		}
		l := live(t, d, cfg, cycle, 0, false, failing(fault, chance))
		d.PowerCut(t, chance)
		if err := ended(l, d.Fault()); err != nil {
			t.Errorf("cycle %d: the disk failed at %s: %v", cycle, d.struck, err)
		}
		if n := lost(t, open, cfg, l.acknowledged); n > 0 {
			t.Errorf("cycle %d: %d of %d acknowledged are lost: some were after the fault", cycle, n, len(l.acknowledged))
		}
		slowest = max(slowest, l.ended.Sub(d.Fault()))
		all += len(l.acknowledged)
		if len(l.acknowledged) == 0 {
			before++
		}
	}
	t.Logf("%s: %d cycles, the slowest end %s after the fault, %d acknowledged, 0 lost; %d faults came before the first answer",
		fault, cycles, slowest.Round(time.Millisecond), all, before)
	if all == 0 {
		t.Error("nothing was acknowledged: the test shows nothing")
	}
}

// failing is when the fault comes: mostly under load, sometimes while the store opens. A commit is a sync, and some ten writes.
func failing(fault string, chance *rand.Rand) string {
	at := 1 + chance.IntN(map[string]int{"sync": 150, "half": 1500}[fault])
	if chance.IntN(5) == 0 {
		at = 1 + chance.IntN(10)
	}
	return fmt.Sprintf("DISK_FAULT=%s %d", fault, at)
}

// made is where a store is that was opened once, and is empty and safe.
func made(t *testing.T, open Open) store.Config {
	t.Helper()
	cfg := config(t)
	lost(t, open, cfg, nil)
	return cfg
}

// ended tells what is wrong with the end of a child whose disk failed.
func ended(l lived, fault time.Time) error {
	switch {
	case fault.IsZero():
		return fmt.Errorf("the disk did not fail; the child ended with %d and said %q", l.code, l.other)
	case l.code != 1 && l.code != 3: // the disk failed at a commit; Open was refused
		return fmt.Errorf("ended with %d and said %q, want the end of a process whose disk failed", l.code, l.other)
	case l.ended.Sub(fault) > time.Second:
		return fmt.Errorf("ended %s after the fault, want a second at most", l.ended.Sub(fault))
	}
	return nil
}

// FailsAtFirst is Fails for the syncs of a first start, which makes the database: the first of them, the second, and so on.
func FailsAtFirst(t *testing.T, open Open, syncs []int) {
	chance := seeded(t)
	d := NewDisk(t)
	for _, n := range syncs {
		cfg := config(t)
		l := live(t, d, cfg, n, 5*time.Second, false, fmt.Sprintf("DISK_FAULT=sync %d", n))
		d.PowerCut(t, chance)
		if err := ended(l, d.Fault()); err != nil {
			t.Errorf("sync %d, of %s: %v", n, d.struck, err)
		}
		if n := lost(t, open, cfg, l.acknowledged); n > 0 {
			t.Errorf("sync %d: %d of %d acknowledged are lost", n, n, len(l.acknowledged))
		}
	}
}

// FailsControl is Fails on a disk that loses as much and says that all is well. It gives how many acknowledged were lost, and the complaint
// about the end of the process.
func FailsControl(t *testing.T, open Open) (n int, complaint error) {
	chance := seeded(t)
	d, cfg := NewDisk(t), made(t, open)
	l := live(t, d, cfg, 0, 1500*time.Millisecond, true, "DISK_FAULT=lie 100")
	d.PowerCut(t, chance)
	complaint = ended(l, d.Fault())
	return lost(t, open, cfg, l.acknowledged), complaint
}

// seeded is chance whose seed the test prints.
func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

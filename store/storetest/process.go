package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/store"
)

// Environment of a child process: its folders, and how far its names have got.
const (
	childData  = "SINERGI_STORETEST_DATA"
	childKeys  = "SINERGI_STORETEST_KEYS"
	childCycle = "SINERGI_STORETEST_CYCLE"
)

// Child turns the test binary into a process that writes until it is killed, if Run started it for that. Call it first in
// TestMain with the same open as Run.
func Child(open Open) {
	data := os.Getenv(childData)
	if data == "" {
		return
	}
	s, err := open(context.Background(), store.Config{Data: data, Keys: os.Getenv(childKeys)})
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(3)
	}
	var out sync.Mutex
	var callers sync.WaitGroup
	for caller := range 32 {
		callers.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("kill/%s/%d/%d", os.Getenv(childCycle), caller, i)
				if err := put(context.Background(), s, key); err != nil {
					fmt.Println("failed:", err)
					os.Exit(4)
				}
				out.Lock()
				fmt.Println(key) // unbuffered: what was printed was acknowledged before
				out.Unlock()
			}
		})
	}
	callers.Wait()
}

func child(ctx context.Context, cfg store.Config, cycle int) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childData+"="+cfg.Data, childKeys+"="+cfg.Keys, fmt.Sprintf("%s=%d", childCycle, cycle))
	return cmd
}

func testKill(t *testing.T, open Open) {
	cycles := 12
	if testing.Short() {
		cycles = 3
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	cfg := config(t)
	var acknowledged []string
	for cycle := range cycles {
		acknowledged = append(acknowledged, killed(t, cfg, cycle, time.Duration(30+chance.IntN(60))*time.Millisecond)...)
	}
	s := opened(t, open, cfg)
	rows, written := there(t, s, acknowledged...), entries(t, s)
	for _, key := range acknowledged {
		if !rows[key] || written[key] != 1 {
			t.Errorf("%s was acknowledged: row %v, %d entries", key, rows[key], written[key])
		}
	}
	findings, err := s.Verify(t.Context())
	if err != nil || len(findings) > 0 {
		t.Errorf("Verify: got %v, %v, want nothing", findings, err)
	}
	t.Logf("%d acknowledged in %d cycles", len(acknowledged), cycles)
	if len(acknowledged) == 0 {
		t.Error("nothing was acknowledged: the test shows nothing")
	}
}

// killed runs a child, kills it some time after its first acknowledgement, and gives what it had acknowledged.
func killed(t *testing.T, cfg store.Config, cycle int, after time.Duration) []string {
	t.Helper()
	cmd := child(t.Context(), cfg, cycle)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if len(keys) == 0 {
			defer time.AfterFunc(after, func() { _ = cmd.Process.Kill() }).Stop()
		}
		if !strings.HasPrefix(lines.Text(), "kill/") {
			t.Errorf("child: %s", lines.Text())
		}
		keys = append(keys, lines.Text())
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Errorf("child: ended with %v, want killed", err)
	}
	return keys
}

func testSecond(t *testing.T, open Open) {
	cfg := config(t)
	s := opened(t, open, cfg)
	if second, err := open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("Open twice: got %v, want a refusal that says what to do", err)
		if err == nil {
			_ = second.Close()
		}
	}
	out, err := child(t.Context(), cfg, 0).Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(string(out), "stop it first") {
		t.Errorf("second process: got %v and %q, want a refusal", err, out)
	}
	if err := put(t.Context(), s, "a"); err != nil {
		t.Errorf("the first goes on: %v", err)
	}
}

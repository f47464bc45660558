package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// childVariable names the folder that a child process serves; the test binary runs itself so that it can be killed.
const childVariable = "CHILD_OF_TEST"

// spoiledVariable tells a child what to do wrong, for the negative controls: "leaks", or "unbounded".
const spoiledVariable = "CHILD_SPOILED"

// zoneVariable is the offset, as -08:00, of the zone that a process of tests is in.
const zoneVariable = "ZONE_OF_TEST"

// leak keeps a goroutine and some memory more each few milliseconds.
func leak() {
	for {
		kept := make([]byte, 256<<10)
		for i := range kept {
			kept[i] = byte(i) // pages that nobody has touched are not resident
		}
		go func() {
			<-make(chan struct{})
			fmt.Fprint(io.Discard, kept)
		}()
		pause()
	}
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		if err := serveChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if text := os.Getenv(stormVariable); text != "" {
		if err := blow(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if zone := os.Getenv(zoneVariable); zone != "" {
		at, err := time.Parse("-07:00", zone)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		time.Local = at.Location()
	}
	end := storetest.InMemory()
	// Most tests wait half of their time, and leave little behind that is worth collecting: a third less than by Go's figures.
	debug.SetGCPercent(400)
	if parallel := flag.Lookup("test.parallel").Value; parallel.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = parallel.Set(strconv.Itoa(2 * runtime.GOMAXPROCS(0)))
	}
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	end()
	os.Exit(code)
}

// serveChild serves a regency and writes where, until it is killed.
func serveChild(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server.Tune()
	cfg := server.RegencyConfig{Dir: dir, Unlimited: true, Configure: func(c *server.Config) {
		c.Metrics = "127.0.0.1:0"
		if os.Getenv(spoiledVariable) == "unbounded" {
			c.Calls, c.ConnectionStreams = -1, -1
		}
	}}
	if os.Getenv(spoiledVariable) == "leaks" {
		go leak()
	}
	if at := os.Getenv(drawVariable); at != "" {
		return drawChild(ctx, cfg, at)
	}
	served, err := serveRegency(ctx, cfg)
	if err != nil {
		return err
	}
	text, err := json.Marshal(object{"http": served.HTTP, "grpc": served.GRPC, "metrics": served.Metrics, "tokens": served.Tokens})
	if err != nil {
		return err
	}
	ready := filepath.Join(dir, "ready.json")
	if err := os.WriteFile(ready+".part", text, 0o600); err != nil {
		return err
	}
	if err := os.Rename(ready+".part", ready); err != nil {
		return err
	}
	return served.Wait()
}

// long tells whether `.ci/run long ROW` asks for the promised size of a row.
func long(row string) bool { return strings.EqualFold(os.Getenv("LONG_ROW"), row) }

// child is a server in a process of its own.
type child struct {
	cmd    *exec.Cmd
	served server.Served
}

// startChild serves a folder in a process; environment is more than it has by itself.
func startChild(t testing.TB, dir string, environment ...string) *child {
	t.Helper()
	ready := filepath.Join(dir, "ready.json")
	if err := os.RemoveAll(ready); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(append(os.Environ(), childVariable+"="+dir), environment...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd}
	t.Cleanup(c.kill)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		text, err := os.ReadFile(ready)
		if err != nil {
			pause()
			continue
		}
		var where struct {
			HTTP, GRPC, Metrics string
			Tokens              map[string]string
		}
		if err := json.Unmarshal(text, &where); err != nil {
			t.Fatal(err)
		}
		c.served = server.Served{HTTP: where.HTTP, GRPC: where.GRPC, Metrics: where.Metrics, Tokens: where.Tokens}
		return c
	}
	t.Fatal("the child does not serve")
	return nil
}

// pause waits for another process, which no clock of ours can hurry.
func pause() {
	timer := time.NewTimer(2 * time.Millisecond)
	<-timer.C
}

// built is the folder of the program, once a test has asked for it.
var built string

// builtProgram is the program, built once for all tests of this process.
var builtProgram = sync.OnceValues(func() (program string, err error) {
	if built, err = os.MkdirTemp("", "sinergi-built-"); err != nil {
		return "", err
	}
	program = filepath.Join(built, "sinergi")
	if said, err := exec.Command("go", "build", "-o", program, "..").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, said)
	}
	return program, nil
})

// startProgram serves a folder, that a child has made, by the program itself: the test's binary is larger, and so is its share of memory.
// env says more than the folder does.
func startProgram(t testing.TB, program, dir string, tokens map[string]string, env ...string) *child {
	t.Helper()
	many := "1000000"
	cmd := exec.Command(program, "serve", "--data", filepath.Join(dir, "data"), "--keys", filepath.Join(dir, "keys"), "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0",
		"--limit-account", many, "--limit-account-burst", many, "--limit-peer", many, "--limit-peer-burst", many)
	cmd.Env = append([]string{"HOME=" + dir}, env...)
	if address, err := storetest.Database(filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	} else if address != "" {
		cmd.Env = append(cmd.Env, "SINERGI_DATABASE="+address)
	}
	lines, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd}
	t.Cleanup(c.kill)
	said, all := bufio.NewScanner(lines), ""
	for said.Scan() {
		all += said.Text() + "\n"
		if n, _ := fmt.Sscanf(said.Text(), "sinergi serves REST on %s and gRPC on %s", &c.served.HTTP, &c.served.GRPC); n == 2 {
			c.served.GRPC, c.served.Tokens = strings.TrimSuffix(c.served.GRPC, ";"), tokens
			go func() { _, _ = io.Copy(io.Discard, lines) }()
			return c
		}
	}
	t.Fatalf("the program does not serve: %s", all)
	return nil
}

// kill ends the process as a power cut would, as far as a process can see one.
func (c *child) kill() {
	if c.cmd.ProcessState != nil {
		return
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// verifyFolder runs the operator's verification on a folder that nobody serves.
func verifyFolder(t testing.TB, dir string) {
	t.Helper()
	st, err := storetest.OpenStore(context.Background(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	findings, err := st.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Errorf("verify: %v %v", findings, err)
	}
}

// TestFigures prints what a server takes: from start to its first answer, and in memory after many filings.
func TestFiguresOfStartAndMemory(t *testing.T) {
	t.Parallel()
	filings := 2_000
	if long("figures") {
		filings = 50_000
	}
	dir := t.TempDir()
	program, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	first := startChild(t, dir) // makes database, keys and accounts
	first.kill()
	c := startProgram(t, program, dir, first.served.Tokens)
	w := attach(t, c)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			for n := i; n < filings; n += callers {
				if _, err := w.referrals().FileReferral(bearerOf(w, "gizi-cibinong"), filing(int64(n))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	kib := memoryOf(t, c.cmd.Process.Pid, "VmRSS")
	c.kill()
	began := time.Now()
	again := startProgram(t, program, dir, first.served.Tokens)
	if got := attach(t, again).call("gizi-cibinong", "GET", "/v1/accounts:whoAmI", nil); got.Status != 200 {
		t.Errorf("first answer: %d %s", got.Status, got.Body)
	}
	t.Logf("%d filings: %d MB resident; %d ms from start to the first answer", filings, kib/1024, time.Since(began).Milliseconds())
	if kib > 120*1024 {
		t.Errorf("%d MB resident, want at most 120", kib/1024)
	}
}

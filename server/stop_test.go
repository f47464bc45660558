package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The row stop: SIGTERM to the program itself, with streams open and calls under way on both faces. It ends within 10 s; what was begun is
// done and answered, what is not done was not begun.

// stopWithin is the promise.
const stopWithin = 10 * time.Second

// stopping is a server with callers that is about to be stopped.
type stopping struct {
	w       *world
	next    *atomic.Int64
	ended   atomic.Bool // callers send nothing more
	callers sync.WaitGroup

	mu       sync.Mutex
	answered int // filings
	failed   int // that ended in no answer of the server
	faults   []string
}

func (s *stopping) fault(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fmt.Sprintf(format, args...))
}

// told notes how one filing ended. While a server stops it may say that it does; anything else is a fault.
func (s *stopping) told(err error, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil && reason == "":
		s.answered++
	case err == nil && reason != "UNAVAILABLE":
		s.faults = append(s.faults, "answered "+reason)
	default:
		s.failed++
	}
}

// call files by both faces until the server is gone.
func (s *stopping) call(t testing.TB) {
	for i := range 24 {
		conn, err := grpc.NewClient(s.w.served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDisableRetry())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		s.callers.Go(func() {
			for !s.ended.Load() {
				req := filing(s.next.Add(1))
				if i%2 == 0 {
					_, err := pb.NewReferralServiceClient(conn).FileReferral(bearerOf(s.w, "gizi-cibinong"), req)
					reason, _ := reasonOf(err)
					if isReason := strings.ToUpper(reason) == reason; isReason {
						err = nil
					}
					s.told(err, reason)
					continue
				}
				body, err := jsonOf(req)
				if err != nil {
					s.fault("%v", err)
					return
				}
				got, err := s.w.try("gizi-cibinong", "POST", "/v1/referrals:file", body)
				s.told(err, got.reason())
			}
		})
	}
}

// watch holds streams open; each must end, and not by its caller.
func (s *stopping) watch(t testing.TB, n int) {
	for range n {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		t.Cleanup(cancel)
		stream, err := healthpb.NewHealthClient(s.w.conn).Watch(ctx, &healthpb.HealthCheckRequest{})
		if err == nil {
			_, err = stream.Recv()
		}
		if err != nil {
			t.Fatal(err)
		}
		s.callers.Go(func() {
			for err == nil {
				_, err = stream.Recv()
			}
			if ctx.Err() != nil {
				s.fault("a stream outlived the server")
			}
		})
	}
}

// slowly begins a filing by REST and sends the rest of it when it is told to; a call that has begun is answered.
func (s *stopping) slowly(t testing.TB) (rest func()) {
	body, err := jsonOf(filing(s.next.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", s.w.served.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	head := fmt.Sprintf("POST /v1/referrals:file HTTP/1.1\r\nHost: sinergi\r\nContent-Type: application/json\r\nContent-Length: %d\r\nAuthorization: Bearer %s\r\n\r\n",
		len(body), s.w.token("gizi-cibinong"))
	if _, err := conn.Write(append([]byte(head), body[:10]...)); err != nil {
		t.Fatal(err)
	}
	return func() {
		_, err := conn.Write(body[10:])
		var resp *http.Response
		if err == nil {
			resp, err = http.ReadResponse(bufio.NewReader(conn), nil)
		}
		if err != nil || resp.StatusCode != http.StatusOK {
			s.fault("a filing that had begun before the stop: %v, %v", resp, err)
			return
		}
		s.told(nil, "")
	}
}

// stopped is how a server ended.
type stopped struct {
	took   time.Duration
	err    error
	rows   int // cases that are there after it
	was    int // and were before
	server *stopping
}

// faults are what the promise has against it.
func (s stopped) faults() []string {
	all := s.server.faults
	if s.err != nil {
		all = append(all, fmt.Sprintf("the process ended with %v", s.err))
	}
	if s.took > stopWithin {
		all = append(all, fmt.Sprintf("it took %v", s.took))
	}
	if done := s.rows - s.was; done != s.server.answered {
		all = append(all, fmt.Sprintf("%d filings are there, and %d were answered", done, s.server.answered))
	}
	if s.server.answered == 0 || s.server.failed == 0 {
		all = append(all, fmt.Sprintf("%d answered and %d not: it was not under load until its end", s.server.answered, s.server.failed))
	}
	return all
}

// stopUnderLoad serves a folder by the program, and sends it a signal while all callers call. stuck holds one call open that never ends.
func stopUnderLoad(t *testing.T, dir string, tokens map[string]string, next *atomic.Int64, signal syscall.Signal, after time.Duration, stuck bool) stopped {
	t.Helper()
	program, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	out := stopped{was: rowsIn(t, dir, "cases")}
	c := startProgram(t, program, dir, tokens)
	s := &stopping{w: attach(t, c), next: next}
	out.server = s
	s.watch(t, 4)
	s.call(t)
	rest := s.slowly(t)
	if stuck {
		s.slowly(t) // and never says the rest
	}
	wait(after)
	begun := time.Now()
	if err := c.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	s.callers.Go(func() {
		wait(50 * time.Millisecond)
		rest()
	})
	out.err = c.cmd.Wait()
	out.took = time.Since(begun)
	s.ended.Store(true)
	s.callers.Wait()
	out.rows = rowsIn(t, dir, "cases")
	return out
}

func TestStopEndsInTimeAndLosesNoCallThatHasBegun(t *testing.T) {
	t.Parallel()
	times := 1
	if long("stop") {
		times = 20
	}
	dice, dir := newDice(seedOf(t)), t.TempDir()
	first := startChild(t, dir) // makes database, keys and accounts
	first.kill()
	var next atomic.Int64
	var longest time.Duration
	answered := 0
	for i := range times {
		stuck := i%4 == 3 // takes all the time there is, so not in CI
		out := stopUnderLoad(t, dir, first.served.Tokens, &next, syscall.SIGTERM, time.Duration(200+dice.IntN(600))*time.Millisecond, stuck)
		for _, fault := range out.faults() {
			t.Errorf("stop %d: %s", i, fault)
		}
		if stuck && out.took < 5*time.Second {
			t.Errorf("stop %d took %v, and a call was under way all the time", i, out.took)
		}
		longest, answered = max(longest, out.took), answered+out.server.answered
	}
	verifyFolder(t, dir)
	t.Logf("%d stops, the longest %v; %d filings answered, as many are there", times, longest.Round(time.Millisecond), answered)
}

// The control: a process that is cut off leaves a call without its answer, and the same check says so.
func TestStopThatCutsOffIsNoticed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := startChild(t, dir)
	first.kill()
	var next atomic.Int64
	out := stopUnderLoad(t, dir, first.served.Tokens, &next, syscall.SIGKILL, 300*time.Millisecond, false)
	said := strings.Join(out.faults(), "\n")
	for _, want := range []string{"a filing that had begun before the stop", "the process ended with"} {
		if !strings.Contains(said, want) {
			t.Errorf("the check does not say that %s: %s", want, said)
		}
	}
	if exit := new(exec.ExitError); !errors.As(out.err, &exit) {
		t.Error(out.err)
	}
}

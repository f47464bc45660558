package server_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The row overload: ten times what the machine can do, sent at a fixed rate whatever is answered, as people and their apps do. What is let in
// is answered in time and kept; what is not is told so at once, with when to come again; and after it the server is as before.

// drive makes calls at a fixed rate, whether those before are answered or not. Those for which this machine has no place are left out.
func drive(perSecond float64, lasts time.Duration, call func(n int64)) (made, left int64) {
	places := make(chan struct{}, 6000)
	var under sync.WaitGroup
	defer under.Wait()
	for begun := time.Now(); ; pause() {
		ran := min(time.Since(begun), lasts)
		for due := int64(perSecond * ran.Seconds()); made+left < due; {
			select {
			case places <- struct{}{}:
				made++
				n := made
				under.Go(func() {
					defer func() { <-places }()
					call(n)
				})
			default:
				left++
			}
		}
		if ran == lasts {
			return made, left
		}
	}
}

// storm is callers on many connections, and what they were answered.
type storm struct {
	w     *world
	conns []*grpc.ClientConn

	next atomic.Int64 // child

	mu       sync.Mutex
	accepted []time.Duration // how long those took that were let in
	refused  []time.Duration
	filed    int
	other    map[string]int // answers that nobody should get
}

// newStorm dials so often: a connection takes 100 calls at once, and more would wait on this side. Its end is the process'.
func newStorm(w *world, connections int) (*storm, error) {
	s := &storm{w: w, other: map[string]int{}}
	for range connections {
		conn, err := grpc.NewClient(w.served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDisableRetry())
		if err != nil {
			return nil, err
		}
		conn.Connect()
		s.conns = append(s.conns, conn)
	}
	return s, nil
}

// call files a child, or lists what is owed, by turns. An app waits as long as the server does.
func (s *storm) call(n int64) {
	conn := s.conns[n%int64(len(s.conns))]
	ctx, cancel := context.WithTimeout(bearerOf(s.w, "gizi-cibinong"), 20*time.Second)
	defer cancel()
	begun := time.Now()
	var err error
	files := n%2 == 0
	if files {
		_, err = pb.NewReferralServiceClient(conn).FileReferral(ctx, filing(s.next.Add(1)))
	} else {
		_, err = pb.NewDutyServiceClient(conn).ListDuties(ctx, &pb.ListDutiesRequest{PageSize: 20})
	}
	took := time.Since(begun)
	s.mu.Lock()
	defer s.mu.Unlock()
	if files && err == nil {
		s.filed++
	}
	retry, told := client.RetryAfter(err)
	switch {
	case err == nil:
		s.accepted = append(s.accepted, took)
	case status.Code(err) == codes.ResourceExhausted && told && retry > 0:
		s.refused = append(s.refused, took)
	default:
		reason, _ := reasonOf(err)
		s.other[reason]++
	}
}

// sustainable is what the server does for as many callers as need not wait long, each calling again when it is answered.
func (s *storm) sustainable(lasts time.Duration) (perSecond float64) {
	var calls atomic.Int64
	var group sync.WaitGroup
	begun := time.Now()
	for range callers {
		group.Go(func() {
			for time.Since(begun) < lasts {
				s.call(calls.Add(1))
			}
		})
	}
	group.Wait()
	return float64(calls.Load()) / time.Since(begun).Seconds()
}

// quantile of times, in order or not.
func quantile(times []time.Duration, q float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[int(q*float64(len(times)-1))].Round(time.Millisecond / 10)
}

// overloaded is a storm that is over.
type overloaded struct {
	*storm            // what a few callers saw in it
	gale      gale    // and what became of all others' calls
	sustained float64 // calls a second before it
	peakKiB   int
	recovered time.Duration // until 20 calls in a row were answered as in quiet times
	filed     int           // in all
	cases     int           // that are there
}

// overload brings a storm over a server in a process of its own, spoiled for the control.
func overload(t *testing.T, lasts time.Duration, environment ...string) overloaded {
	t.Helper()
	dir := t.TempDir()
	c, started := startChild(t, dir, environment...), time.Now()
	w := attach(t, c)
	quiet, err := newStorm(w, 4)
	if err != nil {
		t.Fatal(err)
	}
	o := overloaded{sustained: quiet.sustainable(min(2*time.Second, lasts/4))}
	if o.storm, err = newStorm(w, 4); err != nil {
		t.Fatal(err)
	}
	o.next.Store(1 << 40)
	var storming sync.WaitGroup
	storming.Go(func() {
		o.gale, err = gale{GRPC: c.served.GRPC, Token: w.token("gizi-cibinong"), PerSecond: 10 * o.sustained, Lasts: lasts}.blown()
	})
	drive(50, lasts, o.call)
	storming.Wait()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	calm, err := newStorm(w, 1)
	if err != nil {
		t.Fatal(err)
	}
	calm.next.Store(1 << 48)
	for row, n := 0, int64(1); row < 20 && time.Since(begun) < 30*time.Second; n++ {
		was := len(calm.accepted)
		calm.call(n)
		if row++; len(calm.accepted) == was || calm.accepted[was] > time.Second {
			row = 0
		}
	}
	o.recovered = time.Since(begun)
	o.peakKiB = memoryOf(t, c.cmd.Process.Pid, "VmHWM")
	c.kill()
	o.cases = rowsIn(t, dir, "cases")
	o.filed = quiet.filed + o.storm.filed + o.gale.Filed + calm.filed
	t.Logf("sustains %.0f calls/s; in %v %d others were made (%.1f times that; %d more not sent): %d let in (%.0f/s), %d refused, %v", o.sustained, lasts,
		o.gale.Made, float64(o.gale.Made)/lasts.Seconds()/o.sustained, o.gale.Left, o.gale.Accepted, float64(o.gale.Accepted)/lasts.Seconds(), o.gale.Refused, o.gale.Other)
	t.Logf("the server had %v of %d processors' %v", (c.cmd.ProcessState.UserTime() + c.cmd.ProcessState.SystemTime()).Round(time.Millisecond), runtime.NumCPU(), time.Since(started).Round(time.Millisecond))
	t.Logf("among them %d were let in (p50 %v, p99 %v), %d refused (p50 %v, p99 %v), %v; at most %d MiB; calm after %v", len(o.accepted), quantile(o.accepted, .5),
		quantile(o.accepted, .99), len(o.refused), quantile(o.refused, .5), quantile(o.refused, .99), o.other, o.peakKiB/1024, o.recovered.Round(time.Millisecond))
	return o
}

// faults are what the promise has against it. A machine that others use too keeps no promise of the slowest hundredth, so that CI asks for
// what half of the calls saw: without the bound it is seconds. The figures are those of the promised size.
func (o overloaded) faults(promised bool) (all []string) {
	fault := func(ok bool, format string, args ...any) {
		if !ok {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	q, slowest, refusal := .5, time.Second, time.Second
	if promised {
		q, refusal = .99, 50*time.Millisecond
	}
	fault(o.gale.Refused > 0 && len(o.refused) > 0, "nothing was refused")
	fault(quantile(o.accepted, q) < slowest, "what was let in took %v", quantile(o.accepted, q))
	fault(quantile(o.refused, q) < refusal, "refusals took %v", quantile(o.refused, q))
	fault(len(o.other)+len(o.gale.Other) == 0, "answers %v, %v", o.other, o.gale.Other)
	fault(float64(o.gale.Accepted) > o.sustained*o.gale.Lasts.Seconds()/10, "%d calls were let in", o.gale.Accepted)
	fault(o.cases == o.filed, "%d filings were answered, and %d are there", o.filed, o.cases)
	fault(o.peakKiB < 1<<20, "%d MiB resident", o.peakKiB/1024)
	fault(o.recovered < 5*time.Second, "calm after %v", o.recovered)
	return all
}

func TestOverloadIsRefusedAtOnceAndTheRestAnswered(t *testing.T) {
	lasts := 4 * time.Second
	switch {
	case long("overload"):
		lasts = 10 * time.Minute
	case testing.Short():
		lasts = 2 * time.Second
	}
	for _, fault := range overload(t, lasts).faults(long("overload")) {
		t.Error(fault)
	}
}

// The control: a server that lets everybody in lets everybody wait, and the same check says so.
func TestOverloadOfAServerWithoutABoundIsNoticed(t *testing.T) {
	said := fmt.Sprint(overload(t, 3*time.Second, spoiledVariable+"=unbounded").faults(false))
	t.Log(said)
	for _, want := range []string{"nothing was refused", "what was let in took"} {
		if !strings.Contains(said, want) {
			t.Errorf("the check does not say: %s", want)
		}
	}
}

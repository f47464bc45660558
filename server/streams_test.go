package server

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// watch opens a stream, and gives its first message's error.
func (f *face) watch(ctx context.Context) error {
	stream, err := healthpb.NewHealthClient(f.conn).Watch(ctx, &healthpb.HealthCheckRequest{})
	if err == nil {
		_, err = stream.Recv()
	}
	return err
}

func TestStreamsAreCountedUntilTheyEnd(t *testing.T) {
	t.Parallel()
	f := newFace(t, func(c *Config) { c.Streams = 4 })
	one, end := context.WithCancel(asCaller(t))
	if err := f.watch(one); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := f.watch(asCaller(t)); err != nil {
			t.Fatal(err)
		}
	}
	err := f.watch(asCaller(t))
	if st := status.Convert(err); reasonIn(st) != pb.ErrorReason_RATE_LIMITED || retryAfter(st) != 30 {
		t.Errorf("a fifth: got %v", err)
	}
	end()
	freed := time.Now().Add(5 * time.Second)
	for err = f.watch(asCaller(t)); err != nil && time.Now().Before(freed); err = f.watch(asCaller(t)) {
		if status.Code(err) != codes.ResourceExhausted {
			t.Fatal(err)
		}
	}
	if err != nil {
		t.Errorf("after one ended: got %v", err)
	}
}

// One account's streams are its own, by whichever connection and token; what is no stream is not counted.
func TestStreamsAreCountedByAccount(t *testing.T) {
	t.Parallel()
	s := &Server{open: newOpenStreams(2), hooks: hooks{limitKey: func(ctx context.Context) string { return ctx.Value(principalKey{}).(string) }}}
	as := func(name string) context.Context {
		return context.WithValue(context.Background(), principalKey{}, name)
	}
	call := &passage{method: pb.DutyService_ListDuties_FullMethodName}
	stream := &passage{method: "/sinergi.v1.SyncService/WatchChanges", stream: true}
	var deep func(n int, p *passage) error
	deep = func(n int, p *passage) error {
		if n == 0 {
			return s.limitedStreams(as("ani"), stream, func(context.Context) error { return nil })
		}
		return s.limitedStreams(as("rina"), p, func(context.Context) error { return deep(n-1, p) })
	}
	if err := deep(2, stream); err != nil {
		t.Errorf("two of one, one of another: got %v", err)
	}
	if err := deep(3, stream); err == nil {
		t.Error("three of one pass")
	}
	if err := deep(9, call); err != nil {
		t.Errorf("calls: got %v", err)
	}
	if len(s.open.of) != 0 {
		t.Errorf("left counted: %v", s.open.of)
	}
}

func TestAConnectionHasItsStreams(t *testing.T) {
	t.Parallel()
	f := newFace(t, func(c *Config) { c.ConnectionStreams, c.Streams = 3, -1 })
	if err := f.watch(asCaller(t)); err != nil { // and the client has read the server's settings
		t.Fatal(err)
	}
	for range 2 {
		if err := f.watch(asCaller(t)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, end := context.WithTimeout(asCaller(t), 200*time.Millisecond)
	defer end()
	if err := f.watch(ctx); status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("a fourth: got %v", err)
	}
	var zero Config
	if done, err := zero.completed(); err != nil || done.ConnectionStreams != 100 || done.Streams != 4 {
		t.Errorf("the defaults: got %+v, %v", done.Limits, err)
	}
}

package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// TestCanaryInPanicsErrorsAndSlowCalls makes every method go wrong with the whole request in what it says: a panic, an error of its own
// or of gRPC's kind, and a query that outlasts its deadline. Nothing of it is in an answer, the log or the metrics, by either face.
func TestCanaryInPanicsErrorsAndSlowCalls(t *testing.T) {
	slow := func(ctx context.Context, req proto.Message) error {
		<-ctx.Done()
		return fmt.Errorf("query %v: %w", req, ctx.Err())
	}
	for _, c := range []struct {
		name   string
		within time.Duration
		fault  func(context.Context, proto.Message) error
		code   codes.Code
		status int
	}{
		{"a panic with a text", time.Minute, func(_ context.Context, req proto.Message) error { panic(fmt.Sprint(req)) }, codes.Internal, 500},
		{"a panic with an error", time.Minute, func(_ context.Context, req proto.Message) error { panic(fmt.Errorf("of %v", req)) }, codes.Internal, 500},
		{"an error", time.Minute, func(_ context.Context, req proto.Message) error { return fmt.Errorf("of %v", req) }, codes.Internal, 500},
		{"a status", time.Minute, func(_ context.Context, req proto.Message) error {
			return status.Errorf(codes.InvalidArgument, "of %v", req)
		}, codes.InvalidArgument, 400},
		{"a slow query", 50 * time.Millisecond, slow, codes.DeadlineExceeded, 504},
	} {
		t.Run(c.name, func(t *testing.T) {
			var reached, quoted atomic.Int64
			f := newFaultyWorld(t, c.within, func(ctx context.Context, req proto.Message) error {
				reached.Add(1)
				if sings(fmt.Sprint(req)) {
					quoted.Add(1)
				}
				return c.fault(ctx, req)
			})
			sent := f.everywhere(t, func(method string, code codes.Code, said string, answer reply) {
				if code != c.code || answer.Status != c.status {
					t.Errorf("%s: got %v and %d, want %v and %d", method, code, answer.Status, c.code, c.status)
				}
				if sings(said) || sings(string(answer.Body)) || sings(fmt.Sprint(answer.Header)) {
					t.Errorf("%s: the answer sings: %s, %s", method, said, answer.Body)
				}
			})
			if heard := f.heard(t); heard != "" {
				t.Errorf("%s sings", heard)
			}
			if int(reached.Load()) != sent || sent < 200 || int(quoted.Load()) < sent*3/4 {
				t.Errorf("%d requests, %d went wrong, %d with a canary: this test has lost what it holds", sent, reached.Load(), quoted.Load())
			}
		})
	}
}

// The negative control: a method that writes its request down is heard.
func TestCanaryOfAFaultThatIsLoggedIsHeard(t *testing.T) {
	f := newFaultyWorld(t, time.Minute, func(_ context.Context, req proto.Message) error {
		slog.Default().Error("it went wrong", "asked", req)
		return errors.New("it went wrong")
	})
	f.everywhere(t, func(string, codes.Code, string, reply) {})
	if f.heard(t) == "" {
		t.Error("a request in the log was not heard")
	}
}

// faultyWorld is a server whose methods go wrong, with all that it writes.
type faultyWorld struct {
	*world
	metrics  string
	own, raw *syncBuffer // its log, and what is written past it
}

func newFaultyWorld(t *testing.T, within time.Duration, fault func(context.Context, proto.Message) error) *faultyWorld {
	t.Helper()
	f := &faultyWorld{own: &syncBuffer{}, raw: &syncBuffer{}}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(f.raw, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	dir := t.TempDir()
	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	s, err := server.Faulty(server.Config{
		HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Metrics: "127.0.0.1:0", Log: f.own, LogLevel: "debug", Limits: server.NoLimits, NoSweep: true,
	}, st, within, fault)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }() // ends with the test
	rest, rpc := s.Addresses()
	conn, err := grpc.NewClient(rpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		wide.CloseIdleConnections() // one that was dialled and never used would hold the stop for 5 seconds
		stop()
		if err := errors.Join(<-ended, st.Close()); err != nil {
			t.Error(err)
		}
	})
	f.metrics = "http://" + s.MetricsAddress() + "/metrics"
	f.world = &world{t: t, conn: conn, served: server.Served{Store: st, HTTP: rest, GRPC: rpc, Tokens: map[string]string{"anybody": "t"}}}
	return f
}

// everywhere sends each method a request full of canaries, by both faces, some at once, and gives how many were sent.
func (f *faultyWorld) everywhere(t *testing.T, check func(method string, code codes.Code, said string, answer reply)) (sent int) {
	t.Helper()
	var under sync.WaitGroup
	turns := make(chan struct{}, 16)
	eachMethod(func(method protoreflect.MethodDescriptor) {
		sent += 2
		_, pattern := restOf(method)
		req := newMessage(method.Input())
		filler{everything: true, text: func(field protoreflect.FieldDescriptor, _ *validate.FieldRules) string {
			return canaryAt(pattern, field)
		}}.fill(req.ProtoReflect())
		turns <- struct{}{}
		under.Go(func() {
			defer func() { <-turns }()
			_, err := f.byGRPC("anybody", method, req)
			check(string(method.FullName()), status.Code(err), fmt.Sprint(err, status.Convert(err).Proto()), f.byREST("anybody", method, req))
		})
	})
	under.Wait()
	return sent
}

// canaryAt is a canary, in the form of a name where the path of the route asks for one.
func canaryAt(pattern string, field protoreflect.FieldDescriptor) string {
	for _, variable := range nameInPath.FindAllString(pattern, -1) {
		name, form, ok := strings.Cut(strings.Trim(variable, "{}"), "=")
		if ok && name == string(field.Name()) {
			return strings.ReplaceAll(form, "*", canary)
		}
	}
	return canary
}

// heard says where a canary is: the log, what was written past it, or the page of metrics.
func (f *faultyWorld) heard(t *testing.T) string {
	t.Helper()
	resp, err := http.Get(f.metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(page), "method") {
		t.Fatalf("no page of metrics: %v", err)
	}
	for name, text := range map[string]string{"the log": f.own.String(), "what went past the log": f.raw.String(), "the page of metrics": string(page)} {
		if sings(text) {
			return name
		}
	}
	if !strings.Contains(f.own.String(), `"method"`) {
		t.Error("nothing was logged")
	}
	return ""
}

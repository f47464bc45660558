package server

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
	"google.golang.org/protobuf/types/known/emptypb"
)

// A call that the tap refuses is over with its refusal, however long its caller would have waited, and one beside it that is let in is not: many
// at once on one connection, with deadlines and without. Without the line those with a deadline would be alive: the control.
func TestACallThatIsRefusedHasEnded(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]grpc.ServerOption{"line": {grpc.StatsHandler(lines{})}, "control": nil} {
		var taps, cutOff atomic.Int64
		var mu sync.Mutex
		var refused []context.Context
		server := grpc.NewServer(append(options,
			grpc.InTapHandle(func(ctx context.Context, _ *tap.Info) (context.Context, error) {
				if taps.Add(1)%2 == 0 {
					return ctx, nil
				}
				endNewestCall(ctx)
				mu.Lock()
				refused = append(refused, ctx)
				mu.Unlock()
				return ctx, errNoRoomRPC()
			}),
			grpc.UnknownServiceHandler(func(_ any, call grpc.ServerStream) error {
				err := errors.Join(call.RecvMsg(&emptypb.Empty{}), call.Context().Err())
				time.Sleep(time.Millisecond) // others are refused meanwhile
				if err = errors.Join(err, call.Context().Err()); err != nil {
					cutOff.Add(1)
				}
				return errors.Join(err, call.SendMsg(&emptypb.Empty{}))
			}))...)
		conn := served(t, server)
		var letIn, other atomic.Int64
		var callers sync.WaitGroup
		for i := range 200 {
			callers.Go(func() {
				ctx, cancel := t.Context(), context.CancelFunc(func() {})
				if i%4 != 0 {
					ctx, cancel = context.WithTimeout(ctx, time.Hour)
				}
				defer cancel()
				switch err := conn.Invoke(ctx, "/any/Call", &emptypb.Empty{}, &emptypb.Empty{}); {
				case err == nil:
					letIn.Add(1)
				case status.Code(err) != codes.ResourceExhausted:
					other.Add(1)
				}
			})
		}
		callers.Wait()
		mu.Lock()
		alive := 0
		for _, ctx := range refused {
			if ctx.Err() == nil {
				alive++
			}
		}
		if len(refused) != 100 || letIn.Load() != 100 || other.Load() != 0 || cutOff.Load() != 0 {
			t.Errorf("%s: %d refused, %d let in, %d other answers; %d of those let in were cut off", name, len(refused), letIn.Load(), other.Load(), cutOff.Load())
		}
		if (alive > 0) != (name == "control") {
			t.Errorf("%s: %d refused calls go on", name, alive)
		}
		mu.Unlock()
	}
}

// served is a connection to the server.
func served(t *testing.T, server *grpc.Server) *grpc.ClientConn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // until Stop
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

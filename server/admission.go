package server

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc/tap"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// admission bounds the calls that are under way at once, of all callers together. Beyond what the machine can do, a call more makes no call
// faster: it would wait behind all others, each of them too late for its caller, who asks again. So it is refused at once, before anything is
// looked at, and told when to come again; those that are let in are answered in time. A nil one lets everybody in.
type admission struct {
	places chan struct{} // one is held by each call that is under way
}

func newAdmission(most int) *admission {
	if most < 0 {
		return nil
	}
	return &admission{make(chan struct{}, most)}
}

// admitAgain is when a call that found no place may come again: those before it are done by then.
const admitAgain = time.Second

// full tells whether a call that came now would find no place; then the process gives way to the storm.
func (a *admission) full() bool {
	if a == nil || len(a.places) < cap(a.places) {
		return false
	}
	if !crowded.Load() { // one word for all processors: written once
		crowded.Store(true)
	}
	return true
}

// errNoRoom is the answer to it. It is the same for all, so it is made once.
var (
	errNoRoom    = &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: admitAgain}
	errNoRoomRPC = sync.OnceValue(func() error { return errNoRoom.status("").Err() })
)

// admitted lets a call in if there is a place. Its message has been read before, so that a slow line holds none. Health is always answered,
// or an overloaded server would be taken for a dead one; streams are counted by themselves, for they last.
func (s *Server) admitted(ctx context.Context, p *passage, next func(context.Context) error) error {
	if s.room == nil || p.stream || isOpen(p.method) {
		return next(ctx)
	}
	select {
	case s.room.places <- struct{}{}:
	default:
		return errNoRoom
	}
	defer func() { <-s.room.places }()
	return next(ctx)
}

// turnedAway refuses a call by gRPC at its first bytes, before it costs a goroutine, a message and a line of the log: of a thousand refusals
// each a full one would leave those who are let in no processor. It takes no place; who comes through here may still be refused by the chain.
func (s *Server) turnedAway(ctx context.Context, call *tap.Info) (context.Context, error) {
	if !s.room.full() || isOpen(call.FullMethodName) {
		return ctx, nil
	}
	s.noteFull(call.FullMethodName)
	endNewestCall(ctx)
	return ctx, errNoRoomRPC()
}

// noteFull counts a refusal; the log says once a second that there are any.
func (s *Server) noteFull(method string) {
	s.metrics.refused(method, reasons[errNoRoom.reason].code)
	now, told := time.Now().UnixNano(), s.fullTold.Load()
	if now-told > int64(time.Second) && s.fullTold.CompareAndSwap(told, now) {
		s.log.Warn("overloaded: as many calls are under way as --limit-calls allows")
	}
}

package server

import (
	"context"
	"time"

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

// begin takes a place until end is called.
func (a *admission) begin() (end func(), err error) {
	if a == nil {
		return func() {}, nil
	}
	select {
	case a.places <- struct{}{}:
		return func() { <-a.places }, nil
	default:
		return nil, &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: admitAgain}
	}
}

// admitted lets a call in if there is a place. Its message has been read before, so that a slow line holds none. Health is always answered,
// or an overloaded server would be taken for a dead one; streams are counted by themselves, for they last.
func (s *Server) admitted(ctx context.Context, p *passage, next func(context.Context) error) error {
	if p.stream || isOpen(p.method) {
		return next(ctx)
	}
	end, err := s.room.begin()
	if err != nil {
		return err
	}
	defer end()
	return next(ctx)
}

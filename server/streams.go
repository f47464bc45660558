package server

import (
	"context"
	"sync"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// openStreams counts the streams that are open by who holds them, so that one account cannot keep all of a server's. A nil one counts
// nothing.
type openStreams struct {
	most int

	mu sync.Mutex
	of map[string]int
}

func newOpenStreams(most int) *openStreams {
	if most < 0 {
		return nil
	}
	return &openStreams{most: most, of: map[string]int{}}
}

// streamAgain is when to ask again for a stream: one of the own must end first, and when that is the server does not know.
const streamAgain = 30 * time.Second

// begin counts one stream more, until end is called.
func (o *openStreams) begin(holder string) (end func(), err error) {
	if o == nil || holder == "" {
		return func() {}, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of[holder] >= o.most {
		return nil, &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: streamAgain}
	}
	o.of[holder]++
	return func() { o.end(holder) }, nil
}

func (o *openStreams) end(holder string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of[holder]--; o.of[holder] <= 0 {
		delete(o.of, holder)
	}
}

// limitedStreams holds an account to its streams; who does not say who it is, the address.
func (s *Server) limitedStreams(ctx context.Context, p *passage, next func(context.Context) error) error {
	if !p.stream {
		return next(ctx)
	}
	holder := "account " + s.hooks.limitKey(ctx)
	if isOpen(p.method) {
		holder = "peer " + p.peer
	}
	end, err := s.open.begin(holder)
	if err != nil {
		return err
	}
	defer end()
	return next(ctx)
}

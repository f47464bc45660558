package server

import (
	"context"
	"errors"
	"time"

	"github.com/sinergi-pug/sinergi/store"
)

// recheckEvery is how often an open stream asks whether its caller still is who began it. What ends an account, a role, a unit or a
// credential reaches every stream within 5 seconds, on every server of one database.
const recheckEvery = 2 * time.Second

// watched ends a stream when its caller may no longer have it: disabled, signed out, expired, or of another role or unit by now. A call
// asks once, in its own transaction; a stream would otherwise live on what was true when it began.
func (s *Server) watched(ctx context.Context, p *passage, next func(context.Context) error) error {
	if !p.stream || s.hooks.holds == nil || isOpen(p.method) {
		return next(ctx)
	}
	holds := s.hooks.holds(ctx)
	ctx, end := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() { // ends with the stream
		defer close(done)
		s.recheck(ctx, holds, end)
	}()
	err := next(ctx)
	ended := context.Cause(ctx) // before ours
	end(nil)
	<-done
	if errors.Is(ended, errNobody) {
		return errNobody
	}
	return err
}

// recheck asks at once and then every so often, until ctx ends. A database that cannot be asked shows nothing either.
func (s *Server) recheck(ctx context.Context, holds func() (bool, error), end context.CancelCauseFunc) {
	ticker := time.NewTicker(recheckEvery)
	defer ticker.Stop()
	for {
		if ok, err := holds(); ctx.Err() == nil && (err != nil || !ok) {
			end(errNobody)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// holds remembers who began a stream, and tells whether that still is who calls. It reads past the memory of callers, which other
// servers of the database do not reach.
func (s *Server) holds(ctx context.Context) func() (bool, error) {
	p, _ := ctx.Value(principalKey{}).(principal)
	var begun store.Caller
	return func() (bool, error) {
		now, err := store.Read(ctx, s.store, func(r *store.Reader) (store.Caller, error) { return r.CallerNow(p.credential, r.Now()) })
		if begun.Credential == "" {
			begun = now
		}
		same := now.Account == begun.Account && now.Role == begun.Role && now.Unit.ID == begun.Unit.ID
		return same && now.Active, err
	}
}

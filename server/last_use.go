package server

import (
	"context"
	"sync"
	"time"

	"github.com/sinergi-pug/sinergi/store"
)

// lastUses remembers in which hour each app's token was last used. A write on every call would make reads as slow as filings, so
// the sweep writes what is new, and an administrator who asks is told the newer of both.
type lastUses struct {
	mu    sync.Mutex           // guards what follows
	hours map[string]time.Time // by credential
	fresh map[string]bool      // not yet written
}

// note keeps the hour of a call.
func (l *lastUses) note(credential string, now time.Time) {
	hour := now.Truncate(time.Hour)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !hour.After(l.hours[credential]) {
		return
	}
	if l.hours == nil {
		l.hours, l.fresh = map[string]time.Time{}, map[string]bool{}
	}
	l.hours[credential], l.fresh[credential] = hour, true
}

// of is the hour that this process knows of.
func (l *lastUses) of(credential string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hours[credential]
}

// taken gives what is not yet written. What fails to be written is told of by the next call of that token in a later hour.
func (l *lastUses) taken() map[string]time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	uses := make(map[string]time.Time, len(l.fresh))
	for id := range l.fresh {
		uses[id] = l.hours[id]
	}
	clear(l.fresh)
	return uses
}

// keepLastUses writes the hours that are new.
func (s *Server) keepLastUses(ctx context.Context) error {
	uses := s.lastUses.taken()
	if len(uses) == 0 {
		return nil
	}
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) { return struct{}{}, w.SetLastUses(uses) })
	return err
}

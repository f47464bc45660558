package store

import (
	"context"
	"errors"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// A wrong clock ends no right and lets no leg lapse. A clock set back counts as the newest entry's time (Writer.Now). One that runs
// ahead stops all writing, before its time gets into the journal and stays there: one start in 2036 would otherwise end every
// consent for ever.

// ErrClock is the answer to whoever would write while the clock is not to be believed.
var ErrClock = errors.New("the clock is not to be believed: it ran away while the server ran, or stands more than 30 days ahead of the newest " +
	"entry; set it right, or say that it is right: stop the server, run `sinergi admin accept-clock`")

const (
	// aheadMax is how far ahead of the newest entry a clock may stand at the start.
	aheadMax = 30 * 24 * time.Hour
	// driftMax is how far the clock may run off the monotonic one: a correction of seconds is none of our business.
	driftMax = 5 * time.Minute
)

// watch compares the clock with what does not depend on it. It is set when the store opens.
type watch struct {
	started time.Time            // by the clock
	ran     func() time.Duration // since then, by the monotonic clock; nil: the clock is believed
	before  time.Duration        // of ran, at the start
	newest  time.Time            // the newest entry at the start; zero: there was none, so nothing can be ahead of it
}

func newWatch(cfg Config, newest int64) watch {
	w := watch{started: cfg.Now(), ran: cfg.Monotonic}
	if w.ran != nil {
		w.before = w.ran()
	}
	if newest > 0 {
		w.newest = time.UnixMicro(newest)
	}
	return w
}

// wrong tells whether the clock is not to be believed now.
func (w watch) wrong(now time.Time) bool {
	if w.started.IsZero() {
		return false // the store is being opened
	}
	if w.ran != nil {
		drift := now.Sub(w.started) - (w.ran() - w.before)
		if drift > driftMax || drift < -driftMax {
			return true
		}
	}
	return !w.newest.IsZero() && w.started.Sub(w.newest) > aheadMax && now.Sub(w.newest) > aheadMax
}

// ClockWrong tells whether the clock is not to be believed now. Then nothing is written, and nothing lapses.
func (s *Store) ClockWrong() bool { return s.watch.wrong(s.cfg.Now().Round(0)) }

// AcceptClock says that the clock is right. Its entry is the newest from then on; the store must be opened anew.
func (s *Store) AcceptClock(ctx context.Context, e journal.Entry) error {
	return s.update(ctx, func(w *Writer) error {
		w.Append(e, nil, nil)
		return nil
	})
}

// ClockBehind tells whether the clock stands behind the newest entry, whose time then counts.
func (s *Store) ClockBehind() bool {
	return s.cfg.Now().Before(time.UnixMicro(s.newest.Load()).Add(-driftMax))
}

package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

func timerEntry() journal.Entry {
	return journal.Entry{Version: journal.Version, Origin: "timer", Event: journal.Event{Name: "test"}}
}

// writes tries to write an entry.
func writes(t *testing.T, s *store.Store) error {
	t.Helper()
	_, err := store.Update(t.Context(), s, func(w *store.Writer) (struct{}, error) {
		w.Append(timerEntry(), nil, nil)
		return struct{}{}, nil
	})
	return err
}

// testClockAhead: one start in 2036 must not end every consent for ever.
func testClockAhead(t *testing.T, open Open) {
	begun := time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC)
	now, cfg := begun, config(t)
	cfg.Now = func() time.Time { return now }
	reopened := func() *store.Store {
		s := opened(t, open, cfg)
		t.Cleanup(func() { s.Close() })
		return s
	}
	s := reopened()
	if err := writes(t, s); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, tt := range []struct {
		name  string
		now   time.Time
		wrong bool
	}{
		{"set back an hour", begun.Add(-time.Hour), false},
		{"set back ten years", begun.AddDate(-10, 0, 0), false},
		{"thirty days ahead", begun.AddDate(0, 0, 30), false},
		{"a start in 2036", begun.AddDate(10, 0, 0), true},
	} {
		now = tt.now
		s := reopened()
		if s.ClockWrong() != tt.wrong {
			t.Errorf("%s: wrong %v, want %v", tt.name, s.ClockWrong(), tt.wrong)
		}
		if err := writes(t, s); tt.wrong != errors.Is(err, store.ErrClock) || !tt.wrong && err != nil {
			t.Errorf("%s: a write gave %v", tt.name, err)
		}
		if tt.wrong {
			now = begun.AddDate(0, 0, 31) // it agrees again, with what was written 30 days after the beginning
			if err := writes(t, s); err != nil {
				t.Errorf("%s, then set right: %v", tt.name, err)
			}
			now = tt.now
		}
		s.Close()
	}
	s = reopened()
	if err := s.AcceptClock(t.Context(), timerEntry()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s = reopened(); s.ClockWrong() || writes(t, s) != nil {
		t.Error("an accepted clock is still wrong")
	}
}

// testClockAway: a clock that runs away from the monotonic one stops all writing until it agrees.
func testClockAway(t *testing.T, open Open) {
	begun := time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC)
	now, ran, cfg := begun, 5*time.Second, config(t)
	cfg.Now, cfg.Monotonic = func() time.Time { return now }, func() time.Duration { return ran }
	s := opened(t, open, cfg)
	for _, tt := range []struct {
		now, ran time.Duration
		wrong    bool
	}{
		{0, 0, false},
		{48 * time.Hour, 48 * time.Hour, false},
		{48*time.Hour + 4*time.Minute, 48 * time.Hour, false},
		{48*time.Hour + 6*time.Minute, 48 * time.Hour, true},
		{10 * 365 * 24 * time.Hour, 48 * time.Hour, true},
		{47*time.Hour + 50*time.Minute, 48 * time.Hour, true}, // set back: until it agrees
		{49 * time.Hour, 49 * time.Hour, false},
	} {
		now, ran = begun.Add(tt.now), 5*time.Second+tt.ran
		if err := writes(t, s); tt.wrong != errors.Is(err, store.ErrClock) || !tt.wrong && err != nil {
			t.Errorf("clock +%s after +%s: a write gave %v, want wrong %v", tt.now, tt.ran, err, tt.wrong)
		}
	}
}

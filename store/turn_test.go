package store

import (
	"errors"
	"testing"
)

// A server that has seen more than the database has holds rights of commits that are gone.
func TestADatabaseThatWentBackEndsTheProcess(t *testing.T) {
	seen := turn{rows: 5, rights: 4, keys: 3, places: 2}
	for name, c := range map[string]struct {
		now  turn
		want error
	}{
		"as it was":    {seen, nil},
		"further":      {turn{rows: 9, rights: 4, keys: 3, places: 2}, nil},
		"fewer rows":   {turn{rows: 4, rights: 4, keys: 3, places: 2}, errWentBack},
		"rights back":  {turn{rows: 9, rights: 3, keys: 3, places: 2}, errWentBack},
		"keys back":    {turn{rows: 9, rights: 4, keys: 2, places: 2}, errWentBack},
		"places back":  {turn{rows: 9, rights: 4, keys: 3, places: 1}, errWentBack},
		"entries back": {turn{rows: 9, rights: 4, keys: 3, places: 2, entries: -1}, errWentBack},
	} {
		t.Run(name, func(t *testing.T) {
			var fatal error
			s := openForTest(t, Config{fatal: func(err error) { fatal = err }})
			_ = s.Close() // or its writer would be at work beside us, which alone calls what follows
			seen.entries = int64(s.seq.next)
			c.now.entries += seen.entries
			s.follow(seen)
			if err := s.continueAt(c.now); !errors.Is(err, c.want) || !errors.Is(fatal, c.want) {
				t.Errorf("continueAt: %v, fatal %v, want %v", err, fatal, c.want)
			}
		})
	}
}

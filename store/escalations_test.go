package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

func emptyStore(t testing.TB, now func() time.Time) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Data: filepath.Join(t.TempDir(), "data"), Keys: filepath.Join(t.TempDir(), "keys"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// write runs a closure that must succeed.
func write(t testing.TB, s *Store, f func(w *Writer) error) {
	t.Helper()
	if _, err := Update(context.Background(), s, func(w *Writer) (struct{}, error) { return struct{}{}, f(w) }); err != nil {
		t.Fatal(err)
	}
}

// The level has one definition in two languages (invariant 13, PC-07). The instants come in any order, near to now and to each other,
// so that many are equal.
func TestTheLevelInSQLIsThatInGo(t *testing.T) {
	const duties = 100_000
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 3))
	now := time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)
	s := emptyStore(t, func() time.Time { return now })
	query := "SELECT " + levelAt("$4") + " FROM (SELECT CAST($1 AS BIGINT) AS due, CAST($2 AS BIGINT) AS level2, CAST($3 AS BIGINT) AS level3) u"
	var levels [4]int
	_, err := Read(t.Context(), s, func(r *Reader) (struct{}, error) {
		for range duties {
			instant := func() time.Time { return now.Add(time.Duration(dice.IntN(9)-4) * time.Microsecond) }
			d := casework.Duty{Due: instant(), Level2: instant(), Level3: instant()}
			var level int
			if err := r.row(query, d.Due, d.Level2, d.Level3, now).scan(&level); err != nil {
				return struct{}{}, err
			}
			if level != d.Level(now) {
				return struct{}{}, fmt.Errorf("seed %d: %+v is at level %d in SQL, %d in Go", seed, d, level, d.Level(now))
			}
			levels[level]++
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Error(err)
	}
	for level, n := range levels {
		if n < duties/100 {
			t.Errorf("only %d duties at level %d: the test says little of it", n, level)
		}
	}
}

// What stays late, or is not due, costs a sweep nothing: both lists of it are ranges of an index.
func TestASweepReadsWhatHasRisenAlone(t *testing.T) {
	now := time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)
	s := emptyStore(t, func() time.Time { return now })
	_, err := Read(t.Context(), s, func(r *Reader) (struct{}, error) {
		for query, index := range map[string]string{risen: "duties_rise", lapsed: "duties_lapse"} {
			var plan string
			for row := range r.rows("EXPLAIN QUERY PLAN "+query, now, 10) {
				var id, parent, unused int64
				var detail string
				if err := row.scan(&id, &parent, &unused, &detail); err != nil {
					return struct{}{}, err
				}
				plan += detail + "; "
			}
			if want := fmt.Sprintf("SEARCH u USING INDEX %s (", index); len(plan) < len(want) || plan[:len(want)] != want {
				t.Errorf("%s: %s", query, plan)
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A table of deadlines that an older program wrote gets the rows of the duties that came since; what the regency has changed stays.
func TestANewDutyGetsItsShippedRows(t *testing.T) {
	cfg := Config{Data: filepath.Join(t.TempDir(), "data"), Keys: filepath.Join(t.TempDir(), "keys")}
	changed := casework.Deadline{Urgency: casework.Routine, Duty: casework.DutyDecide, Kind: casework.Target, Duration: "2 wd", Step: "1 wd", Basis: "SK"}
	for i := range 2 {
		s, err := Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		table := s.Directory().Deadlines
		if missing := table.Missing(); missing != "" {
			t.Errorf("opening %d: no row of %s", i, missing)
		}
		if target, _ := table.Choose(casework.DeadlineKey{Urgency: casework.Routine, Duty: casework.DutyDecide}); i == 1 && target.Duration != "2 wd" {
			t.Errorf("what the regency decided became %+v", target)
		}
		write(t, s, func(w *Writer) error {
			if err := w.PutDeadline(changed); err != nil {
				return err
			}
			_, err := w.exec("DELETE FROM deadlines WHERE duty IN ('ANSWER', 'POLICE_REPORT')")
			return err
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

package store

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

func openForTest(t testing.TB, cfg Config) *Store {
	t.Helper()
	if cfg.Data == "" {
		cfg.Data, cfg.Keys = t.TempDir(), filepath.Join(t.TempDir(), "keys")
	}
	s, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// BenchmarkUpdate writes what a filing writes: 20 statements of which 11 change rows, 3 sealed columns and one journal entry,
// from 32 callers. Figures stand in the commit.
func BenchmarkUpdate(b *testing.B) {
	s := openForTest(b, Config{})
	tables(b, s)
	owner, caseID := seedCase(b, s)
	var wg sync.WaitGroup
	work := make(chan struct{}, 1024)
	latencies := make([][]time.Duration, 32)
	b.ResetTimer()
	for i := range 32 {
		wg.Go(func() {
			for range work {
				start := time.Now()
				if _, err := filing(s, owner, caseID); err != nil {
					b.Error(err)
				}
				latencies[i] = append(latencies[i], time.Since(start))
			}
		})
	}
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	wg.Wait()
	b.StopTimer()
	reportLatency(b, latencies)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}

// BenchmarkUpdateAlone is one caller, so every update waits for an fsync of its own.
func BenchmarkUpdateAlone(b *testing.B) {
	s := openForTest(b, Config{})
	tables(b, s)
	owner, caseID := seedCase(b, s)
	for b.Loop() {
		if _, err := filing(s, owner, caseID); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead is a snapshot with one look-up, from as many callers as there are cores.
func BenchmarkRead(b *testing.B) {
	s := openForTest(b, Config{})
	tables(b, s)
	_, caseID := seedCase(b, s)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, err := Read(context.Background(), s, func(r *Reader) (lock int64, err error) {
				return lock, r.row("SELECT lock FROM bench_case WHERE id = $1", caseID[:]).scan(&lock)
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkSeal seals and opens 250 bytes under a key that is open already.
func BenchmarkSeal(b *testing.B) {
	s := openForTest(b, Config{})
	tables(b, s)
	owner, caseID := seedCase(b, s)
	body := make([]byte, 250)
	_, err := Read(context.Background(), s, func(r *Reader) (int, error) {
		cell := Cell{Table: "cases", Column: "f3", Row: caseID[:], Owner: owner}
		for b.Loop() {
			sealed, err := r.Seal(cell, body)
			if err != nil {
				return 0, err
			}
			if _, err := r.Open(cell, sealed); err != nil {
				return 0, err
			}
		}
		return 0, nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func reportLatency(b *testing.B, all [][]time.Duration) {
	var flat []time.Duration
	for _, l := range all {
		flat = append(flat, l...)
	}
	slices.Sort(flat)
	b.ReportMetric(float64(flat[len(flat)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(flat[len(flat)*99/100].Microseconds())/1000, "p99-ms")
}

func tables(b testing.TB, s *Store) {
	b.Helper()
	_, err := Update(context.Background(), s, func(w *Writer) (int64, error) {
		for _, text := range []string{
			"CREATE TABLE bench_case (id BYTEA NOT NULL PRIMARY KEY, register TEXT, lock BIGINT, revision BIGINT, entry BYTEA) WITHOUT ROWID",
			"CREATE TABLE bench_person (id BYTEA NOT NULL PRIMARY KEY, register TEXT, f2 BYTEA) WITHOUT ROWID",
			"CREATE TABLE bench_row (id BYTEA NOT NULL PRIMARY KEY, case_id BYTEA NOT NULL REFERENCES bench_case, unit BYTEA, due BIGINT, f3 BYTEA) WITHOUT ROWID",
			"CREATE INDEX bench_row_case ON bench_row (case_id)",
			"CREATE INDEX bench_row_unit ON bench_row (unit, due)",
		} {
			if _, err := w.exec(text); err != nil {
				return 0, err
			}
		}
		return 0, nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func seedCase(b testing.TB, s *Store) (Owner, [16]byte) {
	b.Helper()
	var owner Owner
	var caseID [16]byte
	_, _ = rand.Read(owner[:])
	_, _ = rand.Read(caseID[:])
	key, err := s.WrapKey(owner)
	if err != nil {
		b.Fatal(err)
	}
	_, err = Update(context.Background(), s, func(w *Writer) (int64, error) {
		if err := w.PutKey(key); err != nil {
			return 0, err
		}
		return w.exec("INSERT INTO bench_case (id, register, lock, revision) VALUES ($1, $2, 0, 0)", caseID[:], "HEALTH")
	})
	if err != nil {
		b.Fatal(err)
	}
	return owner, caseID
}

func filing(s *Store, old Owner, oldCase [16]byte) (int64, error) {
	var ids [8][16]byte
	for i := range ids {
		_, _ = rand.Read(ids[i][:])
	}
	key, err := s.WrapKey(ids[0])
	if err != nil {
		return 0, err
	}
	body := make([]byte, 250)
	return Update(context.Background(), s, func(w *Writer) (int64, error) {
		var register string
		var lock int64
		for range 8 { // the facts
			if err := w.row("SELECT register, lock FROM bench_case WHERE id = $1", oldCase[:]).scan(&register, &lock); err != nil {
				return 0, err
			}
		}
		now := w.Now()
		if err := w.PutKey(key); err != nil {
			return 0, err
		}
		entry := w.Append(benchEntry, ids[1][:], ids[2][:])
		sealed, err := w.Seal(Cell{"bench_person", "f2", ids[0][:], ids[0]}, body)
		if err != nil {
			return 0, err
		}
		if _, err := w.exec("INSERT INTO bench_person (id, register, f2) VALUES ($1, $2, $3)", ids[0][:], register, sealed); err != nil {
			return 0, err
		}
		if _, err := w.exec("INSERT INTO bench_case (id, register, lock, revision, entry) VALUES ($1, $2, 1, 1, $3)", ids[2][:], register, entry[:]); err != nil {
			return 0, err
		}
		if _, err := w.exec("UPDATE bench_case SET lock = lock + 1 WHERE id = $1", ids[2][:]); err != nil {
			return 0, err
		}
		for _, id := range ids[3:8] {
			if _, err := w.exec("INSERT INTO bench_row (id, case_id, unit, due, f3) VALUES ($1, $2, $3, $4, $5)",
				id[:], ids[2][:], old[:], now.UnixMicro(), sealed[:120]); err != nil {
				return 0, err
			}
		}
		if _, err := w.Seal(Cell{"bench_case", "f3", ids[2][:], ids[0]}, body); err != nil {
			return 0, err
		}
		if _, err := w.Seal(Cell{"bench_row", "f3", ids[3][:], old}, body); err != nil {
			return 0, err
		}
		return w.exec("UPDATE bench_row SET due = due + 1 WHERE id = $1", ids[3][:])
	})
}

var benchEntry = journal.Entry{
	Origin: "grpc", Actor: [16]byte{1}, Role: "OFFICER", Unit: [16]byte{2}, Action: "referral.file", Rule: "A1", Outcome: "ALLOWED",
	Mask: 7, ObjectKind: "leg", Object: [16]byte{3}, Level: "L2", Purpose: "service",
	Event: journal.Event{Name: "FILED", After: "SENT", Revision: 1, Value: [32]byte{4}},
}

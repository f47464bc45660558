package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sinergi-pug/sinergi/store"
)

// testShared: what one server has committed the other reads at once, what it has erased the other opens no longer, and one of them leads.
func testShared(t *testing.T, open Open) {
	cfg := config(t)
	a, b := opened(t, open, cfg), opened(t, open, cfg)
	owner := store.Owner{7}
	key, err := a.WrapKey(owner)
	if err != nil {
		t.Fatal(err)
	}
	cell := store.Cell{Table: "t", Column: "c", Owner: owner}
	sealed, err := store.Update(t.Context(), a, func(w *store.Writer) ([]byte, error) {
		if err := w.PutKey(key); err != nil {
			return nil, err
		}
		return w.Seal(cell, []byte("Siti"))
	})
	if err != nil {
		t.Fatal(err)
	}
	opens := func(s *store.Store) error {
		_, err := store.Read(t.Context(), s, func(r *store.Reader) ([]byte, error) { return r.Open(cell, sealed) })
		return err
	}
	if err := errors.Join(opens(a), opens(b)); err != nil {
		t.Errorf("Open: %v", err)
	}
	changed := b.Changed()
	for i := range 20 {
		key := fmt.Sprint("shared/", i)
		if err := put(t.Context(), a, key); err != nil {
			t.Fatal(err)
		}
		same(t, "the other's settings", there(t, b, key), map[string]bool{key: true})
	}
	select {
	case <-changed:
	case <-time.After(5 * time.Second):
		t.Error("Changed: the other server was not told")
	}
	if err := update(a, func(w *store.Writer) error { return w.EraseKeys(owner) }); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(opens(a), opens(b)); !errors.Is(opens(a), store.ErrErased) || !errors.Is(opens(b), store.ErrErased) {
		t.Errorf("Open after the erasure: got %v, want ErrErased of both", err)
	}
	leader, other := a, b
	eventually(t, "one leads", func() bool { return a.Leads() != b.Leads() })
	if b.Leads() {
		leader, other = b, a
	}
	if err := leader.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the other leads", other.Leads)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Since(start) > 10*time.Second {
			t.Fatalf("never: %s", what)
		}
	}
}

// testTurns: what two servers write at once is one journal, and nothing of it is lost.
func testTurns(t *testing.T, open Open) {
	cfg := config(t)
	servers := []*store.Store{opened(t, open, cfg), opened(t, open, cfg)}
	const callers, each = 16, 25
	var all sync.WaitGroup
	var keys []string
	want := map[string]int{}
	for i, s := range servers {
		for caller := range callers {
			for n := range each {
				key := fmt.Sprintf("turn/%d/%d/%d", i, caller, n)
				keys = append(keys, key)
				want[key] = 1
			}
			all.Go(func() {
				for n := range each {
					if err := put(context.Background(), s, fmt.Sprintf("turn/%d/%d/%d", i, caller, n)); err != nil {
						t.Errorf("Update: %v", err)
					}
				}
			})
		}
	}
	all.Wait()
	for _, s := range servers {
		same(t, "journal", entries(t, s), want)
		if found := there(t, s, keys...); len(found) != len(keys) {
			t.Errorf("%d of %d settings are there", len(found), len(keys))
		}
		if findings, err := s.Verify(t.Context()); err != nil || len(findings) > 0 {
			t.Errorf("Verify: got %v, %v, want nothing", findings, err)
		}
	}
}

// testCut: connections that the database ends lose nothing: what they were in the middle of is done once more, on others.
func testCut(t *testing.T, open Open) {
	cfg := config(t)
	s := opened(t, open, cfg)
	address, err := Database(cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	cut := func() {
		_, err := c.Exec(t.Context(), `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		if err != nil {
			t.Error(err)
		}
	}
	runs := 0
	err = update(s, func(w *store.Writer) error {
		if err := putIn(w, "cut/inside"); err != nil {
			return err
		}
		if runs++; runs == 1 {
			cut()
		}
		return putIn(w, "cut/inside/after")
	})
	if err != nil || runs < 2 {
		t.Errorf("Update that was cut in the middle: got %v after %d runs, want it done once more", err, runs)
	}
	acknowledged := map[string]int{"cut/inside": 1, "cut/inside/after": 1}
	for i := range 60 {
		if i%6 == 3 {
			cut()
		}
		key := fmt.Sprint("cut/", i)
		switch err := put(t.Context(), s, key); {
		case err == nil:
			acknowledged[key] = 1
		case errors.Is(err, store.ErrDoubt): // its COMMIT met the end: ask what became of it
			if there(t, s, key)[key] {
				acknowledged[key] = 1
			}
		default:
			t.Errorf("Update: got %v: a connection that is lost is opened again", err)
		}
	}
	same(t, "journal", entries(t, s), acknowledged)
}

// testEqual: one history on both engines gives one journal, byte for byte, with one root of its tree.
func testEqual(t *testing.T, open Open) {
	history := func(open Open) (entries [][]byte, root [32]byte) {
		cfg := config(t)
		cfg.Rand = rand.NewChaCha8([32]byte{1})
		now := time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)
		cfg.Now = func() time.Time { return now }
		s := opened(t, open, cfg)
		chance := rand.New(rand.NewPCG(7, 7))
		for i := range 300 {
			now = now.Add(time.Duration(chance.IntN(3_000_000)-500_000) * time.Microsecond)
			_ = update(s, func(w *store.Writer) error {
				for range chance.IntN(3) {
					if err := putIn(w, fmt.Sprint("equal/", chance.IntN(200))); err != nil {
						return err
					}
				}
				switch i % 7 {
				case 3:
					return errors.New("undone")
				case 5:
					return w.Refuse(store.Record{Entry: entry("refused"), Object: []byte(fmt.Sprintf("%16d", i))}, errors.New("refused"))
				}
				return nil
			})
		}
		_, err := store.Read(t.Context(), s, func(r *store.Reader) (struct{}, error) {
			err := r.WalkJournal(0, func(record store.Record) error {
				entries = append(entries, record.Entry.AppendCanonical(append([]byte{}, record.Object...)))
				return nil
			})
			if err != nil {
				return struct{}{}, err
			}
			root, err = r.Root(int64(len(entries)))
			return struct{}{}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return entries, root
	}
	onFile, root := history(store.Open)
	onServer, other := history(open)
	if len(onFile) < 200 {
		t.Errorf("only %d entries", len(onFile))
	}
	same(t, "journal", onServer, onFile)
	same(t, "root", other, root)
}

// testRefused: whoever starts the server learns why there is no connection, and not the password.
func testRefused(t *testing.T, _ Open) {
	cfg := config(t)
	there, err := Database(cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, address, remedy string }{
		{"no address", "hunter2", "does not parse"},
		{"no port", "postgres://sinergi:hunter2@127.0.0.1:x/y", "does not parse"},
		{"nobody there", "postgres://sinergi:hunter2@127.0.0.1:1/y", "start it"},
		{"no such database", strings.Replace(there, nameIn(there), "none", 1), "createdb"},
		{"no such user", strings.Replace(there, "sinergi@", "nobody:hunter2@", 1), "refuses the user"},
	} {
		s, err := store.Open(t.Context(), store.Config{Database: tt.address, Keys: cfg.Keys})
		if err == nil {
			t.Errorf("%s: Open: no error", tt.name)
			_ = s.Close()
		} else if !strings.Contains(err.Error(), tt.remedy) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %q, want %q and no password", tt.name, err, tt.remedy)
		}
	}
}

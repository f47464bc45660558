package store

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

func leafOf(n int64) [32]byte {
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(n))
	return tlog.RecordHash(number[:])
}

// The edge is tlog's own algorithm without its reads: the same hashes in the same order, and the same root.
func TestTheEdgeStoresWhatTlogStores(t *testing.T) {
	var e journal.Edge
	var want, got []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = want[index]
		}
		return out, nil
	})
	for n := range int64(1100) {
		stored, err := tlog.StoredHashesForRecordHash(n, leafOf(n), reader)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, stored...)
		for made := e.Append(nil, leafOf(n)); len(made) > 0; made = made[tlog.HashSize:] {
			got = append(got, tlog.Hash(made))
		}
		if len(got) != len(want) || got[len(got)-1] != want[len(want)-1] {
			t.Fatalf("after entry %d: %d hashes, want %d", n, len(got), len(want))
		}
		root, err := tlog.TreeHash(n+1, reader)
		if err != nil || root != e.Root() {
			t.Fatalf("root of %d entries: %v, want %v (%v)", n+1, e.Root(), root, err)
		}
	}
}

// act appends entries, so many a commit.
func act(t testing.TB, s *Store, commits, each int) {
	t.Helper()
	for range commits {
		_, err := Update(context.Background(), s, func(w *Writer) (struct{}, error) {
			for range each {
				w.Append(journal.Entry{Version: journal.Version, Origin: "grpc", Action: "read", Outcome: "ALLOW"}, nil, nil)
			}
			return struct{}{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// rootOver hashes the journal as an auditor would, from the entries alone.
func rootOver(t testing.TB, s *Store) (root tlog.Hash, size int64) {
	t.Helper()
	_, err := Read(context.Background(), s, func(r *Reader) (struct{}, error) {
		var e journal.Edge
		err := r.WalkJournal(0, func(rec Record) error {
			e.Append(nil, tlog.RecordHash(rec.Entry.AppendCanonical(nil)))
			return nil
		})
		root, size = e.Root(), e.Size()
		return struct{}{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return root, size
}

func rootOf(t testing.TB, s *Store) (root tlog.Hash, size int64) {
	t.Helper()
	_, err := Read(context.Background(), s, func(r *Reader) (_ struct{}, err error) {
		if size, err = r.TreeSize(); err == nil {
			root, err = r.Root(size)
		}
		return struct{}{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return root, size
}

func sameRoot(t testing.TB, s *Store, want int64) {
	t.Helper()
	root, size := rootOf(t, s)
	over, entries := rootOver(t, s)
	if root != over || size != entries || size != want {
		t.Errorf("a tree of %d entries with root %v, want %d entries and root %v", size, root, entries, over)
	}
}

func TestTheTreeIsThatOfTheEntriesAlsoAfterARefusalAndAReopening(t *testing.T) {
	cfg := Config{Data: t.TempDir(), Keys: filepath.Join(t.TempDir(), "keys")}
	s := openForTest(t, cfg)
	sameRoot(t, s, 0)
	act(t, s, 7, 3)
	undone := errors.New("undone")
	_, err := Update(t.Context(), s, func(w *Writer) (struct{}, error) {
		w.Append(journal.Entry{Version: journal.Version}, nil, nil)
		return struct{}{}, undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	refused := &Refusal{Record: Record{Entry: journal.Entry{Version: journal.Version, Outcome: "NOT_FOUND"}}, Err: undone}
	if _, err := Update(t.Context(), s, func(w *Writer) (struct{}, error) { return struct{}{}, refused }); !errors.Is(err, undone) {
		t.Fatal(err)
	}
	sameRoot(t, s, 22)
	if err := s.Close(); err != nil { // signs, and makes the key: one more entry
		t.Fatal(err)
	}
	s = openForTest(t, cfg)
	act(t, s, 2, 1)
	sameRoot(t, s, 25)
}

// past opens the database past the store.
func past(cfg Config) (*conn, error) {
	l, err := sqlite{filepath.Join(cfg.Data, databaseName)}.connect(true)
	return &conn{link: l}, err
}

// spoil runs SQL past the store.
func spoil(t testing.TB, cfg Config, statements ...string) {
	t.Helper()
	c, err := past(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if err := c.do(statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
}

func TestADatabaseOfBeforeGetsItsTreeWhenItIsOpened(t *testing.T) {
	cfg := Config{Data: t.TempDir(), Keys: filepath.Join(t.TempDir(), "keys")}
	s := openForTest(t, cfg)
	act(t, s, 9, 77)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	spoil(t, cfg, "DELETE FROM tree", "DELETE FROM checkpoints", "DELETE FROM checkpoint_keys")
	if err := os.Remove(filepath.Join(cfg.Keys, checkpointKeyName)); err != nil {
		t.Fatal(err)
	}
	s = openForTest(t, cfg)
	sameRoot(t, s, 9*77+1+1) // with the first key, and that a tree was made
	if err := s.SignCheckpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, err := s.Verify(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func newest(t testing.TB, s *Store) Checkpoint {
	t.Helper()
	c, err := Read(context.Background(), s, func(r *Reader) (c Checkpoint, err error) {
		c, _, err = r.NewestCheckpoint()
		return c, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACheckpointIsSignedAfter256EntriesAndAtTheEnd(t *testing.T) {
	cfg := Config{Data: t.TempDir(), Keys: filepath.Join(t.TempDir(), "keys")}
	s := openForTest(t, cfg)
	act(t, s, 1, 255)
	if c := newest(t, s); c.Size != 0 {
		t.Fatalf("a checkpoint of %d entries came early", c.Size)
	}
	act(t, s, 1, 1)
	deadline := time.Now().Add(10 * time.Second)
	for newest(t, s).Size < 256 {
		if time.Now().After(deadline) {
			t.Fatal("no checkpoint after 256 entries")
		}
		act(t, s, 1, 0)
	}
	act(t, s, 1, 5)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openForTest(t, cfg)
	c := newest(t, s)
	root, size := rootOf(t, s)
	said, err := c.read()
	if err != nil || c.Size != size || said.Root != root || !strings.HasPrefix(said.Origin, "sinergi/journal/") {
		t.Errorf("the last checkpoint says %+v, %v; the journal has %d entries and root %v", said, err, size, root)
	}
	if found, err := s.Verify(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// A key signs for a year. The checkpoint in which another follows is signed by both, and the old private half is gone after it.
func TestTheKeyChangesEachYearAndVouchesForTheNext(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	cfg := Config{Data: t.TempDir(), Keys: filepath.Join(t.TempDir(), "keys"), Now: func() time.Time { return now }}
	s := openForTest(t, cfg)
	sign := func() Checkpoint {
		t.Helper()
		act(t, s, 1, 1)
		if err := s.SignCheckpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		return newest(t, s)
	}
	sign()
	now = now.Add(364 * 24 * time.Hour)
	if c := sign(); strings.Count(c.Note, "\n— ") != 1 {
		t.Fatalf("a year is not over: %s", c.Note)
	}
	first := s.signing.key
	now = now.Add(3 * 24 * time.Hour)
	changed := sign()
	keys, err := Read(t.Context(), s, func(r *Reader) ([]CheckpointKey, error) { return r.CheckpointKeys() })
	if err != nil || len(keys) != 2 || keys[0].Public != first.public {
		t.Fatalf("keys %v, %v", keys, err)
	}
	for _, k := range keys {
		v, err := note.NewVerifier(k.Public)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := note.Open([]byte(changed.Note), note.VerifierList(v)); err != nil {
			t.Errorf("%s did not sign the change: %v", k.Public, err)
		}
	}
	file, err := os.ReadFile(filepath.Join(cfg.Keys, checkpointKeyName))
	if err != nil || strings.Contains(string(file), first.private) || strings.Count(string(file), "\n") != 1 {
		t.Errorf("the old private half is still there (%v)", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openForTest(t, cfg)
	sign()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(cfg.Keys, checkpointKeyName)); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "restore the key folder") {
		t.Errorf("opened without its key: %v", err)
		_ = s.Close()
	}
}

// What was signed is never contradicted: neither a rewritten history nor a shortened one is signed again.
func TestAJournalThatContradictsItsCheckpointIsNotSigned(t *testing.T) {
	forged := journal.Entry{Version: journal.Version, Number: 1, Origin: "grpc", Action: "file", Outcome: "ALLOW"}
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, cfg Config)
		want  error
	}{
		{"nothing", func(*testing.T, Config) {}, nil},
		{"made anew with another entry", func(t *testing.T, cfg Config) {
			c, err := past(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.exec("UPDATE journal SET bytes = $1 WHERE number = 1", []any{forged.AppendCanonical(nil)}); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(c.do("DELETE FROM tree"), c.close()); err != nil {
				t.Fatal(err)
			}
		}, ErrForked},
		{"cut with its tree", func(t *testing.T, cfg Config) {
			spoil(t, cfg, "DELETE FROM tree WHERE first >= 4", "DELETE FROM journal WHERE number >= 3")
		}, ErrForked},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Config{Data: t.TempDir(), Keys: filepath.Join(t.TempDir(), "keys")}
			s := openForTest(t, cfg)
			act(t, s, 12, 1)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			c.spoil(t, cfg)
			s = openForTest(t, cfg)
			act(t, s, 1, 1)
			if err := s.SignCheckpoint(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("SignCheckpoint: %v, want %v", err, c.want)
			}
			found, err := s.Verify(t.Context())
			if told := len(found) > 0; err != nil || told != (c.want != nil) {
				t.Errorf("verify: %v, %v", found, err)
			}
		})
	}
}

// Between the reading of the tree and the keeping of its checkpoint a primary may fail, and take with it what it alone had.
func TestACheckpointOfEntriesThatAreGoneIsNotKept(t *testing.T) {
	s := openForTest(t, Config{Data: t.TempDir(), Keys: filepath.Join(t.TempDir(), "keys")})
	act(t, s, 12, 1)
	read, err := Read(t.Context(), s, (*Reader).tip)
	if err != nil {
		t.Fatal(err)
	}
	other, longer := read.now, read.now
	other.Root[0]++
	longer.Size++
	for _, c := range []struct {
		of   journal.Checkpoint
		want error
	}{{other, errNotTheTree}, {longer, errNotTheTree}, {read.now, nil}} {
		err := s.update(t.Context(), func(w *Writer) error { return w.putCheckpoint(c.of, s.Now(), "", "", false) })
		if !errors.Is(err, c.want) {
			t.Errorf("size %d: %v, want %v", c.of.Size, err, c.want)
		}
		if kept := count(t, s, "SELECT count(*) FROM checkpoints"); (kept == 1) != (c.want == nil) {
			t.Errorf("size %d: %d are kept", c.of.Size, kept)
		}
	}
}

func TestInclusionAndConsistencyAreProven(t *testing.T) {
	s := openForTest(t, Config{})
	act(t, s, 37, 9)
	root, size := rootOf(t, s)
	_, err := Read(t.Context(), s, func(r *Reader) (struct{}, error) {
		for n := int64(0); n < size; n += 13 {
			proof, leaf, err := r.InclusionProof(n, size)
			if err != nil {
				return struct{}{}, err
			}
			var record tlog.RecordProof
			for _, h := range proof {
				record = append(record, h)
			}
			if err := tlog.CheckRecord(record, size, root, n, leaf); err != nil {
				t.Errorf("entry %d: %v", n, err)
			}
			if err := tlog.CheckRecord(record, size, root, n, leafOf(n)); err == nil {
				t.Errorf("entry %d: a forged leaf is accepted", n)
			}
			if n == 0 {
				continue
			}
			old, err := r.Root(n)
			if err != nil {
				return struct{}{}, err
			}
			between, err := r.ConsistencyProof(n, size)
			if err != nil {
				return struct{}{}, err
			}
			var tree tlog.TreeProof
			for _, h := range between {
				tree = append(tree, h)
			}
			if err := tlog.CheckTree(tree, size, root, n, old); err != nil {
				t.Errorf("%d to %d: %v", n, size, err)
			}
			if err := tlog.CheckTree(tree, size, root, n, leafOf(n)); err == nil {
				t.Errorf("%d to %d: a forged root is accepted", n, size)
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestErasureLeavesEveryProof: what erasure empties stands beside the leaves.
func TestErasureLeavesEveryProof(t *testing.T) {
	cfg := Config{Data: t.TempDir(), Keys: filepath.Join(t.TempDir(), "keys")}
	s := openForTest(t, cfg)
	_, err := Update(t.Context(), s, func(w *Writer) (struct{}, error) {
		for i := range 20 {
			id := []byte{15: byte(i + 1)}
			w.AppendRecord(Record{Entry: journal.Entry{Version: journal.Version, Action: "read", ObjectKind: "case"}, Object: id, Case: id, Reason: []byte("sealed")})
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	spoil(t, cfg, "UPDATE journal SET object_id = NULL, case_id = NULL, reason = NULL")
	s = openForTest(t, cfg)
	sameRoot(t, s, 21)
	if found, err := s.Verify(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
	if err := s.SignCheckpoint(t.Context()); err != nil {
		t.Error(err)
	}
}

// BenchmarkAppendLeaf is what the tree costs an entry: its leaf's hash and those above it. Promised: 5 µs.
func BenchmarkAppendLeaf(b *testing.B) {
	var e journal.Edge
	canonical := make([]byte, 250)
	var stored []byte
	for n := 0; b.Loop(); n++ {
		binary.BigEndian.PutUint64(canonical, uint64(n))
		stored = e.Append(stored[:0], journal.LeafHash(canonical))
	}
}

// BenchmarkInclusion proves entries of a million and checks the proof. Promised: 20 hashes, 50 µs to check.
func BenchmarkInclusion(b *testing.B) {
	var e journal.Edge
	const size = 1_000_000
	stored := make([]byte, 0, 64*size)
	for n := range int64(size) {
		stored = e.Append(stored, leafOf(n))
	}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = tlog.Hash(stored[index*tlog.HashSize:])
		}
		return out, nil
	})
	longest := 0
	b.ResetTimer()
	for n := int64(0); b.Loop(); n = (n + 7919) % size {
		b.StopTimer()
		proof, err := tlog.ProveRecord(size, n, reader)
		if err != nil {
			b.Fatal(err)
		}
		longest = max(longest, len(proof))
		b.StartTimer()
		if err := tlog.CheckRecord(proof, size, e.Root(), n, leafOf(n)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(longest), "hashes")
}

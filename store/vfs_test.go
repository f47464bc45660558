package store_test

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sinergi-pug/sinergi/store"
)

// What is gathered of the log is in the file as soon as a transaction has ended, even where nothing is synced: any other connection reads
// it, and a copy of the files at that moment, as a killed process leaves them, is whole. The cache is so small that transactions spill, which
// makes SQLite write a page of the log a second time; some are undone, whole or to a savepoint; the log begins anew now and then.
func TestTheLogIsWholeWhenATransactionEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ours, err := store.Open(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}) // which puts our VFS in front
	must(t, err)
	defer ours.Close()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "a.db")
	const params = "?_journal_mode=WAL&_synchronous=OFF&_busy_timeout=5000&_cache_size="
	writer, other, reader := openRaw(t, path+params+"6"), openRaw(t, path+params+"6"), openRaw(t, path+params+"100")
	do := func(query string, args ...any) {
		t.Helper()
		if _, err := writer.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	do("PRAGMA wal_autocheckpoint = 0")
	do("CREATE TABLE a (id INTEGER PRIMARY KEY, text TEXT)")
	do("CREATE INDEX a_text ON a (text)")
	held := map[int]string{}
	for round := range 150 {
		if chance.IntN(2) == 0 {
			writer, other = other, writer // which may have undone what the log has not
		}
		do("BEGIN IMMEDIATE")
		next, kept := maps.Clone(held), map[int]string(nil)
		for range chance.IntN(60) {
			switch id, what := chance.IntN(200), chance.IntN(20); {
			case what == 0 && kept == nil:
				do("SAVEPOINT s")
				kept = maps.Clone(next)
			case what == 1 && kept != nil:
				do("ROLLBACK TO s")
				next = maps.Clone(kept)
			case what < 6:
				do("DELETE FROM a WHERE id = ?", id)
				delete(next, id)
			default:
				next[id] = fmt.Sprintf("%d %0*d", round, chance.IntN(3000), chance.Int32())
				do("INSERT INTO a (id, text) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text", id, next[id])
			}
		}
		if chance.IntN(5) == 0 {
			do("ROLLBACK")
		} else {
			do("COMMIT")
			held = next
		}
		if diff := cmp.Diff(held, rowsIn(t, reader)); diff != "" {
			t.Fatalf("round %d, another connection (-written +read):\n%s", round, diff)
		}
		to := filepath.Join(t.TempDir(), "copy")
		copied(t, filepath.Dir(path), to)
		if diff := cmp.Diff(held, rowsIn(t, openRaw(t, filepath.Join(to, "a.db")))); diff != "" {
			t.Fatalf("round %d, a copy of the files (-written +read):\n%s", round, diff)
		}
		switch chance.IntN(12) {
		case 0:
			do("PRAGMA wal_checkpoint(PASSIVE)")
		case 1:
			do("PRAGMA wal_checkpoint(TRUNCATE)")
		}
	}
}

// A file from before the sums went four ways is read, and looked at, as it is.
func TestPagesWithTheFirstSumsAreReadStill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
	s, err := store.Open(t.Context(), cfg)
	must(t, err)
	s.Close()
	path := filepath.Join(cfg.Data, "sinergi.db")
	file := read(t, path)
	const size = 4096
	for at := 0; at < len(file); at += size {
		h := uint64(0x9e3779b97f4a7c15) ^ uint64(at)
		for i := at; i < at+size-8; i += 8 {
			h = (h ^ binary.LittleEndian.Uint64(file[i:])) * 0xff51afd7ed558ccd
			h ^= h >> 32
		}
		binary.LittleEndian.PutUint64(file[at+size-8:], h)
	}
	check := func() string {
		t.Helper()
		must(t, os.WriteFile(path, file, 0o600))
		db := openRaw(t, path)
		defer db.Close()
		var said string
		if err := db.QueryRow("PRAGMA integrity_check").Scan(&said); err != nil {
			return err.Error()
		}
		return said
	}
	if said := check(); said != "ok" {
		t.Error(said)
	}
	file[len(file)-size/2] ^= 1
	if said := check(); said == "ok" {
		t.Error("a bit changed, and nobody noticed")
	}
}

func openRaw(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+dsn)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

func rowsIn(t *testing.T, db *sql.DB) map[int]string {
	t.Helper()
	rows, err := db.Query("SELECT id, text FROM a INDEXED BY a_text WHERE text > ''")
	must(t, err)
	defer rows.Close()
	held := map[int]string{}
	for rows.Next() {
		var id int
		var text string
		must(t, rows.Scan(&id, &text))
		held[id] = text
	}
	must(t, rows.Err())
	return held
}

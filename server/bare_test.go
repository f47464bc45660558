package server_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// The limit that `sinergi bench` holds a filing against must write what a filing writes: as many rows into the same tables.
func TestBareWritesAreThoseOfAFiling(t *testing.T) {
	t.Parallel()
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: time.Now, Unlimited: true, NoSweep: true})
	file := func(n int64) {
		if _, err := w.referrals().FileReferral(w.as("gizi-cibinong"), filing(n)); err != nil {
			t.Fatal(err)
		}
	}
	file(0) // what only the first of a unit or of a day leaves
	before := rowsOf(t, filepath.Join(w.dir, "data"))
	file(1)
	real := grownBy(before, rowsOf(t, filepath.Join(w.dir, "data")))

	_, one := bareRows(t, 0)
	commits, many := bareRows(t, 100*time.Millisecond)
	if commits < 2 {
		t.Fatalf("%d commits in 100 ms", commits)
	}
	bare := grownBy(one, many)
	for table := range bare {
		bare[table] /= commits - 1
	}
	if diff := cmp.Diff(real, bare); diff != "" {
		t.Errorf("rows by table (-filing +bare):\n%s", diff)
	}
	if len(real) < 10 {
		t.Errorf("a filing wrote into %d tables", len(real))
	}
}

// bareRows writes filings one a commit, and counts commits, and the rows of each table.
func bareRows(t *testing.T, d time.Duration) (commits int, rows map[string]int) {
	t.Helper()
	dir := t.TempDir()
	took, err := store.BareWrites(t.Context(), dir, 1, d)
	if err != nil {
		t.Fatal(err)
	}
	return len(took), rowsOf(t, dir)
}

func grownBy(before, after map[string]int) map[string]int {
	grown := map[string]int{}
	for table, n := range after {
		if n != before[table] {
			grown[table] = n - before[table]
		}
	}
	return grown
}

// rowsOf counts the rows of each table of the database in a folder.
func rowsOf(t *testing.T, dir string) map[string]int {
	t.Helper()
	inAFile(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.db"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	db, err := sql.Open("sqlite3", "file:"+files[0]+"?_busy_timeout=60000&_query_only=on")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables, err := db.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	rows := map[string]int{}
	for tables.Next() {
		var name string
		var n int
		if err := tables.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if err := db.QueryRow("SELECT count(*) FROM " + name).Scan(&n); err != nil {
			t.Fatal(err)
		}
		rows[name] = n
	}
	return rows
}

package server_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/migrations"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// A database of an older version is made by its own migrations and gets the rows of a regency that lived under the newest, as far as it has
// tables and columns for them. A child migrates it, and the power is cut in the middle; the next goes on. (That an older program refuses a
// newer database: TestRefusesADatabaseNewerThanTheProgram.)

const migrateVariable = "CHILD_THAT_MIGRATES" // database file

func TestMigrationsOfEveryVersionReachTheHeadThroughPowerCuts(t *testing.T) {
	t.Parallel()
	inAFile(t)
	if file := os.Getenv(migrateVariable); file != "" {
		if err := migrateFile(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		return
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	head := t.TempDir()
	t.Run("fill", func(t *testing.T) { fillRegency(t, head) })
	addReceivers(t, filepath.Join(head, "data", "sinergi.db"))
	if len(valuesOf[int](t, filepath.Join(head, "data", "sinergi.db"), "SELECT DISTINCT number IS NULL FROM submissions")) != 2 {
		t.Error("the filings are not of both kinds")
	}
	moved := movedIn(t, filepath.Join(head, "data", "sinergi.db"))
	newest := int(versionOf(t, filepath.Join(head, "data", "sinergi.db")))
	first, cuts := newest-2, 4
	if long("migrations") {
		first, cuts = 1, 40
	}
	disk, killed, inside := storetest.NewDisk(t), 0, 0
	for version := first; version < newest; version++ {
		old := oldDatabase(t, head, version)
		before := tables(t, old)
		digest := digestOf(t, old, before)
		for range cuts {
			again := copyOf(t, old)
			v := cutInside(t, disk, again, 25*(newest-version), chance)
			if !disk.Fault().IsZero() {
				killed++
			}
			if v > int64(version) && v < int64(newest) {
				inside++
			}
			if err := migrateFile(t.Context(), again); err != nil {
				t.Fatalf("version %d: %v", version, err)
			}
			if v := versionOf(t, again); v != int64(newest) {
				t.Errorf("version %d: reached %d, want %d", version, v, newest)
			}
			if diff := cmp.Diff(digest, digestOf(t, again, before)); diff != "" {
				t.Errorf("version %d: rows changed (-before +after):\n%s", version, diff)
			}
			if diff := cmp.Diff(moved, movedIn(t, again)); diff != "" && version > 1 { // its tables were not yet
				t.Errorf("version %d: what stands elsewhere now (-want +got):\n%s", version, diff)
			}
			if diff := cmp.Diff(schemaOf(t, filepath.Join(head, "data", "sinergi.db")), schemaOf(t, again)); diff != "" {
				t.Errorf("version %d: the schema is not the newest (-want +got):\n%s", version, diff)
			}
		}
		spoiltRow(t, old, before, digest)
	}
	t.Logf("%d versions, %d of %d runs were cut, %d of them left the file between two versions", newest-first, killed, cuts*(newest-first), inside)
	if killed == 0 || inside == 0 && newest-first > 2 {
		t.Error("no cut came in the middle: the test shows nothing")
	}
}

// A database from before there were sums on its pages gets them at its first start.
func TestMigrationsGiveOldPagesTheirSums(t *testing.T) {
	t.Parallel()
	inAFile(t)
	head := t.TempDir()
	t.Run("fill", func(t *testing.T) { fillRegency(t, head) })
	newest := int(versionOf(t, filepath.Join(head, "data", "sinergi.db")))
	old := oldDatabase(t, head, newest-1)
	if reserved := headerOf(t, old)[20]; reserved != 0 {
		t.Fatalf("the old database reserves %d bytes of each page: the test shows nothing", reserved)
	}
	st, err := store.Open(t.Context(), store.Config{Data: filepath.Dir(old), Keys: filepath.Join(head, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := st.Verify(t.Context())
	if err != nil || len(findings) > 0 {
		t.Errorf("Verify: %v, %v", findings, err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if reserved := headerOf(t, old)[20]; reserved != 8 {
		t.Errorf("each page reserves %d bytes, want 8", reserved)
	}
	at := anyBit(usedBytes(t, old), rand.New(rand.NewPCG(1, 1)))
	if err := at.flip(old, false); err != nil {
		t.Fatal(err)
	}
	if said := answerOrError(t, old, "PRAGMA quick_check"); said == "ok" {
		t.Error("a bit has flipped, and reading all pages does not see it")
	}
}

func headerOf(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || len(text) < 100 {
		t.Fatalf("%d bytes, %v", len(text), err)
	}
	return text[:100]
}

func answerOrError(t *testing.T, file, query string) (said string) {
	t.Helper()
	db := connect(t, file)
	defer db.Close()
	if err := db.QueryRow(query).Scan(&said); err != nil {
		return err.Error()
	}
	return said
}

// spoiltRow is the negative control: one bit of one row is another.
func spoiltRow(t *testing.T, old string, before map[string][]string, digest map[string]string) {
	t.Helper()
	changed := copyOf(t, old)
	execute(t, changed, "UPDATE deks SET epoch = epoch + 1 WHERE owner = (SELECT min(owner) FROM deks)")
	if cmp.Equal(digest, digestOf(t, changed, before)) {
		t.Error("a row is another, and its digest does not see it")
	}
}

// cutInside migrates in a child until it is gone at one of the first writes and syncs, cuts the power, and gives the version that is there then.
func cutInside(t *testing.T, disk *storetest.Disk, file string, most int, chance *rand.Rand) int64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), migrateVariable+"="+file)
	disk.Under(t, cmd, filepath.Dir(file), fmt.Sprintf("DISK_FAULT=kill %d", 1+chance.IntN(most)))
	said, err := cmd.CombinedOutput()
	disk.PowerCut(t, chance)
	if disk.Fault().IsZero() && err != nil {
		t.Fatalf("migrate: %v: %s", err, said)
	}
	return versionOf(t, file)
}

func connect(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func migrateFile(ctx context.Context, file string) error {
	db, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=WAL&_synchronous=FULL")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	return migrations.Up(ctx, db, migrations.SQLite)
}

func execute(t *testing.T, file, query string, args ...any) {
	t.Helper()
	db := connect(t, file)
	defer db.Close()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// valuesOf reads one column.
func valuesOf[T any](t *testing.T, file, query string, args ...any) (all []T) {
	t.Helper()
	db := connect(t, file)
	defer db.Close()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func versionOf(t *testing.T, file string) int64 {
	t.Helper()
	return valuesOf[int64](t, file, "SELECT max(version_id) FROM goose_db_version WHERE is_applied")[0]
}

// schemaOf is all that makes tables and indexes.
func schemaOf(t *testing.T, file string) []string {
	t.Helper()
	return valuesOf[string](t, file, "SELECT name || ': ' || sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
}

// tables gives the columns of all tables but goose's, those that are no more, and that whose rows are others now (movedIn).
func tables(t *testing.T, file string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, name := range valuesOf[string](t, file, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT IN ('goose_db_version', 'match_lock', 'disclosure_units', 'submissions')") {
		all[name] = valuesOf[string](t, file, "SELECT name FROM pragma_table_info(?)", name)
	}
	return all
}

// digestOf is one digest for the rows of each table, in these columns.
func digestOf(t *testing.T, file string, of map[string][]string) map[string]string {
	t.Helper()
	digests := map[string]string{}
	for name, columns := range of {
		var quoted []string
		for _, c := range columns {
			quoted = append(quoted, "quote("+c+")")
		}
		row := strings.Join(quoted, " || ',' || ")
		rows := valuesOf[string](t, file, "SELECT "+row+" FROM "+name)
		slices.Sort(rows)
		digests[name] = fmt.Sprintf("%d rows %x", len(rows), sha256.Sum256([]byte(strings.Join(rows, "\n"))))
	}
	return digests
}

// oldDatabase is one at an older version, with the rows of the newest.
func oldDatabase(t *testing.T, head string, version int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "data", "sinergi.db")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	migrateTo(t, file, version)
	db := connect(t, file)
	defer db.Close()
	if _, err := db.Exec("ATTACH ? AS head", filepath.Join(head, "data", "sinergi.db")); err != nil {
		t.Fatal(err)
	}
	filled := 0
	for name, columns := range tables(t, file) {
		list := strings.Join(columns, ", ")
		done, err := db.Exec("INSERT OR REPLACE INTO main." + name + " (" + list + ") SELECT " + list + " FROM head." + name)
		if err != nil {
			t.Fatalf("version %d: %s: %v", version, name, err)
		}
		if n, _ := done.RowsAffected(); n > 0 {
			filled++
		}
	}
	if filled < 3 {
		t.Fatalf("version %d: %d tables have rows: the test shows nothing", version, filled)
	}
	if version > 1 && version < 16 { // whom a basis names stood in rows of their own, in any order
		if _, err := db.Exec(`INSERT INTO disclosure_units (disclosure, unit)
			SELECT id, substr(receivers, 16 * n + 1, 16) FROM head.disclosures, (SELECT 1 AS n UNION ALL SELECT 0 UNION ALL SELECT 2)
			WHERE length(receivers) > 16 * n`); err != nil {
			t.Fatal(err)
		}
	}
	filings := "INSERT INTO main.submissions SELECT * FROM head.submissions"
	if version < 17 { // each had a number, its first leg's if that left the register
		filings = `INSERT INTO main.submissions (case_id, account, time, entry, opened, occurred, number)
			SELECT case_id, account, time, entry, opened, occurred,
				coalesce(number, (SELECT min(l.number) FROM head.legs l WHERE l.case_id = s.case_id AND l.sent = s.time)) FROM head.submissions s`
	}
	if version > 1 {
		if _, err := db.Exec(filings); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// addReceivers has some bases name three units, some one and some none.
func addReceivers(t *testing.T, file string) {
	t.Helper()
	execute(t, file, "UPDATE disclosures SET receivers = unhex(hex(zeroblob(16)) || hex(receivers) || 'ff0000000000000000000000000000ff') WHERE rowid % 3 = 0")
	execute(t, file, "UPDATE disclosures SET receivers = '' WHERE rowid % 3 = 1")
	if kinds := valuesOf[int](t, file, "SELECT count(DISTINCT length(receivers)) FROM disclosures")[0]; kinds != 3 {
		t.Fatalf("%d lengths of lists of units, want 3", kinds)
	}
}

// movedIn is what migrations took from one table to another: whom each basis names, and the filings.
func movedIn(t *testing.T, file string) []string {
	t.Helper()
	named := valuesOf[string](t, file, "SELECT hex(id) || ' ' || hex(receivers) FROM disclosures ORDER BY id")
	filed := valuesOf[string](t, file, `SELECT concat_ws(' ', hex(case_id), hex(account), time, hex(entry), opened, quote(occurred), quote(number))
		FROM submissions ORDER BY case_id, time, entry`)
	return append(named, filed...)
}

var sqliteOnly = regexp.MustCompile(`/\*sqlite: ([^*]*)\*/`)

// migrateTo runs the first migrations alone, as a program of that time did.
func migrateTo(t *testing.T, file string, version int) {
	t.Helper()
	then := t.TempDir()
	names, err := filepath.Glob(filepath.FromSlash("../store/migrations/*.sql"))
	if err != nil || len(names) <= version {
		t.Fatalf("%d migrations, %v", len(names), err)
	}
	for _, name := range names[:version] {
		text, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(then, filepath.Base(name)), sqliteOnly.ReplaceAll(text, []byte("$1")), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	db := connect(t, file)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS(then), goose.WithDisableGlobalRegistry(true))
	if err == nil {
		_, err = provider.Up(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func copyOf(t *testing.T, file string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(file))); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, filepath.Base(file))
}

package server_test

import (
	"slices"
	"testing"

	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// releaseFindings are what verify has against the releases.
func releaseFindings(t *testing.T, st *store.Store) (all []string) {
	t.Helper()
	findings, err := st.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Check == "releases" {
			all = append(all, f.What)
		}
	}
	return all
}

// TestAReleaseThatSomebodyChangedIsFound: whoever holds the database may edit, delete and swap rows, and none of it goes unseen.
func TestAReleaseThatSomebodyChangedIsFound(t *testing.T) {
	t.Parallel()
	f := newPlanning(t, "2027-01-12")
	for n := range 3 {
		f.child(t, "gizi-cibinong", n)
	}
	f.until(t, "2027-04-13")
	if all := releaseFindings(t, f.served.Store); len(all) > 0 {
		t.Fatalf("nothing was changed, and verify finds %q", all)
	}
	db := rawDatabase(t, f.dir)
	run := func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if _, err := db.Exec(statement); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
	run("CREATE TEMP TABLE kept_releases AS SELECT * FROM releases", "CREATE TEMP TABLE kept_ledger AS SELECT * FROM ledger")
	const (
		one   = "dataset = 'stunting-kecamatan-quarter' AND period = '2027Q1'"
		other = "dataset = 'wasting-kecamatan-quarter' AND period = '2027Q1'"
	)
	swapped := func(columns ...string) (statement string) {
		statement = "UPDATE releases SET "
		for i, column := range columns {
			if i > 0 {
				statement += ", "
			}
			statement += column + " = (SELECT k." + column + " FROM kept_releases k WHERE k.period = '2027Q1' AND k.dataset = CASE releases.dataset " +
				"WHEN 'stunting-kecamatan-quarter' THEN 'wasting-kecamatan-quarter' ELSE 'stunting-kecamatan-quarter' END)"
		}
		return statement + " WHERE " + one + " OR " + other
	}
	lower := "CAST(replace(CAST(shown AS TEXT), '0–9', '10') AS BLOB)"
	if storetest.OnPostgres() {
		lower = "convert_to(replace(convert_from(shown, 'UTF8'), '0–9', '10'), 'UTF8')"
	}
	for name, change := range map[string][]string{
		"a value":                           {"UPDATE releases SET shown = " + lower + " WHERE " + one},
		"a value of two with its signature": {"UPDATE releases SET shown = (SELECT shown FROM kept_releases WHERE " + other + "), signature = (SELECT signature FROM kept_releases WHERE " + other + ") WHERE " + one},
		"two texts swapped":                 {swapped("shown", "signature")},
		"two names swapped": {
			"UPDATE releases SET dataset = 'x' WHERE " + one, "UPDATE releases SET dataset = 'stunting-kecamatan-quarter' WHERE " + other,
			"UPDATE releases SET dataset = 'wasting-kecamatan-quarter' WHERE dataset = 'x'",
		},
		"a signature":                   {"UPDATE releases SET signature = substr(signature, 1, length(signature) - 30) || 'AAAAAAAAAA' || substr(signature, length(signature) - 19) WHERE " + one},
		"a state":                       {"UPDATE releases SET state = 'HELD', held_for = 'HOLD' WHERE " + one},
		"another period":                {"UPDATE releases SET period = '2026Q4' WHERE " + one},
		"another number of the journal": {"UPDATE releases SET as_of = as_of + 1 WHERE " + one},
		"never drawn":                   {"UPDATE releases SET state = 'CLOSED', drawn = NULL, shown = NULL, signature = NULL WHERE " + one},
		"a release deleted":             {"DELETE FROM releases WHERE " + one},
		"deleted with its cost":         {"DELETE FROM releases WHERE " + one, "DELETE FROM ledger WHERE " + one},
		"a cost deleted":                {"DELETE FROM ledger WHERE " + one},
		"a cost":                        {"UPDATE ledger SET cost = 100 WHERE " + one},
		"a cost of another year":        {"UPDATE ledger SET year = 2026 WHERE " + one},
		"a cost of another side":        {"UPDATE ledger SET side = 'PROTECTED' WHERE " + one},
		"a cost of no draw":             {"UPDATE ledger SET period = '2026Q4' WHERE " + one},
	} {
		run(change...)
		if len(releaseFindings(t, f.served.Store)) == 0 {
			t.Errorf("%s: nothing is found", name)
		}
		run("DELETE FROM releases", "INSERT INTO releases SELECT * FROM kept_releases", "DELETE FROM ledger", "INSERT INTO ledger SELECT * FROM kept_ledger")
		if all := releaseFindings(t, f.served.Store); len(all) > 0 {
			t.Fatalf("%s: put right, and verify finds %q", name, slices.Compact(all))
		}
	}
}

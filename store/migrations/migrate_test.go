package migrations

import (
	"io/fs"
	"strings"
	"testing"
)

func TestOnlySQLiteReadsItsComments(t *testing.T) {
	plain, err := fs.ReadFile(files, "0001_engine.sql")
	if err != nil {
		t.Fatal(err)
	}
	rewritten, err := fs.ReadFile(sqliteFS{files}, "0001_engine.sql")
	if err != nil {
		t.Fatal(err)
	}
	const comment = "/*sqlite: WITHOUT ROWID*/"
	if got, want := string(rewritten), strings.ReplaceAll(string(plain), comment, "WITHOUT ROWID"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := strings.Count(string(plain), comment); n != 3 {
		t.Errorf("%d tables are marked, want 3", n)
	}
	names, err := sqliteFS{files}.Glob("*.sql")
	if err != nil || len(names) == 0 || names[0] != "0001_engine.sql" {
		t.Errorf("Glob: got %v, %v", names, err)
	}
}

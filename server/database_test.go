package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The address of a PostgreSQL may hold a password: it comes from one place, that nobody else reads.
func TestTheAddressOfADatabaseComesFromOnePlace(t *testing.T) {
	file := func(mode os.FileMode) string {
		name := filepath.Join(t.TempDir(), "database")
		if err := os.WriteFile(name, []byte("postgres://in-the-file/x\n"), mode); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, tt := range []struct{ name, variable, file, want, fault string }{
		{"neither", "", "", "", ""},
		{"the variable", "postgres://in-the-variable/x", "", "postgres://in-the-variable/x", ""},
		{"the file", "", file(0o600), "postgres://in-the-file/x", ""},
		{"both", "postgres://in-the-variable/x", file(0o600), "", "both set"},
		{"a file that others read", "", file(0o640), "", "can be read by others"},
		{"a file that is not there", "", filepath.Join(t.TempDir(), "none"), "", "--database-file"},
	} {
		t.Setenv("SINERGI_DATABASE", tt.variable)
		f, err := Folders{DatabaseFile: tt.file, Data: "d", Keys: "k"}.completed()
		switch {
		case tt.fault == "" && (err != nil || f.Database != tt.want):
			t.Errorf("%s: got %q, %v, want %q", tt.name, f.Database, err, tt.want)
		case tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault) || strings.Contains(err.Error(), "in-the-")):
			t.Errorf("%s: got %v, want %q and no address", tt.name, err, tt.fault)
		}
	}
}

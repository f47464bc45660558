package server

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// TestAChangeOfConfigurationIsOnRecord: by name, once, and without its value.
func TestAChangeOfConfigurationIsOnRecord(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	c := &Serve{}
	c.HTTP, c.LogLevel = "127.0.0.1:8080", "info"
	var seen []journal.Entry
	start := func() []string {
		t.Helper()
		if err := c.recordStart(t.Context(), st); err != nil {
			t.Fatal(err)
		}
		before := len(seen)
		seen = nil
		_, err := store.Read(t.Context(), st, func(r *store.Reader) (struct{}, error) {
			return struct{}{}, r.WalkJournal(0, func(rec store.Record) error {
				seen = append(seen, rec.Entry)
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(seen) == before {
			return nil
		}
		return seen[len(seen)-1].Event.Fields
	}
	if first := start(); !slices.Contains(first, "build") || !slices.Contains(first, "SINERGI_HTTP") {
		t.Errorf("the first start: %v", first)
	}
	if again := start(); again != nil {
		t.Errorf("the same again: %v", again)
	}
	c.URL = "https://sinergi.rahasia.example"
	if changed := start(); !slices.Equal(changed, []string{"SINERGI_URL"}) {
		t.Errorf("changed: %v", changed)
	}
	for _, e := range seen {
		if strings.Contains(string(e.AppendCanonical(nil)), "rahasia") {
			t.Error("an entry holds the value of a setting")
		}
	}
}

package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/store"
)

// Each refusal of the start says what to do, spoils nothing, and shows nothing of a key.
func TestTheStartIsRefusedUntilTheKeysAreRight(t *testing.T) {
	prepared, other := folders(t), folders(t)
	s := openStore(t, prepared)
	somebody(t, s, 1)
	somebody(t, s, 2)
	must(t, s.Close())
	must(t, openStore(t, other).Close())
	file := func(name string) func(t *testing.T, cfg *store.Config) string {
		return func(_ *testing.T, cfg *store.Config) string { return filepath.Join(cfg.Keys, name) }
	}
	type spoil = func(t *testing.T, cfg *store.Config)
	missing := func(name string) spoil {
		return func(t *testing.T, cfg *store.Config) { must(t, os.Remove(file(name)(t, cfg))) }
	}
	foreign := func(name string) spoil {
		return func(t *testing.T, cfg *store.Config) {
			must(t, os.WriteFile(file(name)(t, cfg), read(t, file(name)(t, &other)), 0o600))
		}
	}
	holding := func(name, text string) spoil {
		return func(t *testing.T, cfg *store.Config) { must(t, os.WriteFile(file(name)(t, cfg), []byte(text), 0o600)) }
	}
	mode := func(name string, mode os.FileMode) spoil {
		return func(t *testing.T, cfg *store.Config) { must(t, os.Chmod(file(name)(t, cfg), mode)) }
	}
	sql := func(query string) spoil {
		return func(t *testing.T, cfg *store.Config) {
			db := database(t, *cfg)
			defer db.Close()
			_, err := db.Exec(query)
			must(t, err)
		}
	}
	for _, c := range []struct {
		name   string
		spoil  spoil
		remedy string // empty: it starts
	}{
		{"as it was", func(*testing.T, *store.Config) {}, ""},
		{"keys inside the data", func(t *testing.T, cfg *store.Config) { moved(t, &cfg.Keys, filepath.Join(cfg.Data, "keys")) }, "move the keys elsewhere"},
		{"data inside the keys", func(t *testing.T, cfg *store.Config) { moved(t, &cfg.Data, filepath.Join(cfg.Keys, "data")) }, "move the keys elsewhere"},
		{"one folder for both", func(_ *testing.T, cfg *store.Config) { cfg.Keys = cfg.Data }, "move the keys elsewhere"},
		{"a way round to one folder", func(_ *testing.T, cfg *store.Config) { cfg.Keys = filepath.Join(cfg.Data, "..", "data") }, "move the keys elsewhere"},
		{"keys by a link into the data", func(t *testing.T, cfg *store.Config) {
			linked := filepath.Join(t.TempDir(), "link")
			moved(t, &cfg.Keys, filepath.Join(cfg.Data, "keys"))
			must(t, os.Symlink(cfg.Keys, linked))
			cfg.Keys = linked
		}, "move the keys elsewhere"},
		{"data by a link into the keys", func(t *testing.T, cfg *store.Config) {
			linked := filepath.Join(t.TempDir(), "link")
			moved(t, &cfg.Data, filepath.Join(cfg.Keys, "data"))
			must(t, os.Symlink(cfg.Data, linked))
			cfg.Data = linked
		}, "move the keys elsewhere"},
		{"a link to a good folder", func(t *testing.T, cfg *store.Config) {
			linked := filepath.Join(t.TempDir(), "link")
			must(t, os.Symlink(cfg.Keys, linked))
			cfg.Keys = linked
		}, ""},
		{"no folder of keys", func(_ *testing.T, cfg *store.Config) { cfg.Keys = "" }, "--keys"},
		{"an empty folder of keys", func(t *testing.T, cfg *store.Config) { cfg.Keys = filepath.Join(t.TempDir(), "none") }, "restore the key folder"},
		{"the keys of another database", func(_ *testing.T, cfg *store.Config) { cfg.Keys = other.Keys }, "give --keys the folder that belongs"},

		{"no key encryption key", missing("kek.json"), "restore the key folder"},
		{"no index key", missing("index.key"), "restore the key folder"},
		{"no journal key", missing("journal.key"), "restore the key folder"},
		{"no key of checkpoints", missing("checkpoint.key"), "restore the"},
		{"no cursor key", missing("cursor.key"), ""},
		{"no linkage key", missing("linkage.key"), ""},
		{"no note of when keys were made", missing("keys.json"), ""},
		{"another's key encryption key", foreign("kek.json"), "restore the newest copy of the key folder"},
		{"another's index key", foreign("index.key"), "give --keys the folder that belongs"},
		{"another's journal key", foreign("journal.key"), "give --keys the folder that belongs"},
		{"another's cursor key", foreign("cursor.key"), ""},
		{"another's linkage key", foreign("linkage.key"), ""},
		{"no keyset", holding("kek.json", "{}"), "restore the key folder"},
		{"an empty keyset", holding("kek.json", ""), "restore the key folder"},
		{"a short index key", holding("index.key", "short"), "restore the key folder"},
		{"an empty journal key", holding("journal.key", ""), "restore the key folder"},
		{"a long cursor key", holding("cursor.key", strings.Repeat("x", 33)), "restore the key folder"},
		{"no list of when keys were made", holding("keys.json", "["), "delete it"},

		{"a key that the group can read", mode("kek.json", 0o640), "chmod"},
		{"a key that others can read", mode("index.key", 0o604), "chmod"},
		{"a key that others can write", mode("journal.key", 0o602), "chmod"},
		{"a cursor key that others can read", mode("cursor.key", 0o604), "chmod"},
		{"a folder that others can enter", mode("", 0o701), "chmod"},
		{"a folder that the group can list", mode("", 0o750), "chmod"},
		{"a file of somebody's in the folder", func(t *testing.T, cfg *store.Config) {
			must(t, os.WriteFile(filepath.Join(cfg.Keys, "kek.json.bak"), nil, 0o600))
			must(t, os.Chmod(filepath.Join(cfg.Keys, "kek.json.bak"), 0o644))
		}, "chmod"},
		{"a key that is a link", func(t *testing.T, cfg *store.Config) {
			elsewhere := filepath.Join(cfg.Data, "kek.json")
			must(t, os.Rename(file("kek.json")(t, cfg), elsewhere))
			must(t, os.Symlink(elsewhere, file("kek.json")(t, cfg)))
		}, "is a link"},

		{"a key encryption key of before its change", func(t *testing.T, cfg *store.Config) {
			before := read(t, file("kek.json")(t, cfg))
			changed(t, *cfg, "kek")
			must(t, os.WriteFile(file("kek.json")(t, cfg), before, 0o600))
		}, "restore the newest copy of the key folder"},
		{"one data key of before a key that was destroyed", func(t *testing.T, cfg *store.Config) {
			db := database(t, *cfg)
			defer db.Close()
			var wrapped []byte
			must(t, db.QueryRow("SELECT wrapped FROM deks ORDER BY owner LIMIT 1").Scan(&wrapped))
			changed(t, *cfg, "kek")
			destroyed(t, *cfg)
			_, err := db.Exec("UPDATE deks SET wrapped = ? WHERE owner = (SELECT min(owner) FROM deks)", wrapped)
			must(t, err)
		}, "restore the newest copy of the key folder"},
		{"an index key of before its change", func(t *testing.T, cfg *store.Config) {
			before := read(t, file("index.key")(t, cfg))
			changed(t, *cfg, "index")
			must(t, os.WriteFile(file("index.key")(t, cfg), before, 0o600))
		}, "give --keys the folder that belongs"},
		{"no next index key in the middle of its change", sql("INSERT INTO settings (key, value) VALUES ('index change', '0011223344556677')"), "restore the newest copy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			cfg := store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
			copied(t, prepared.Data, cfg.Data)
			copied(t, prepared.Keys, cfg.Keys)
			secret := read(t, filepath.Join(cfg.Keys, "journal.key"))
			c.spoil(t, &cfg)
			s, err := store.Open(t.Context(), cfg)
			if err == nil {
				findings, err := s.Verify(t.Context())
				must(t, err)
				must(t, s.Close())
				if len(findings) > 0 {
					t.Errorf("Verify: %v", findings)
				}
			}
			switch {
			case c.remedy == "" && err != nil:
				t.Errorf("it is refused: %v", err)
			case c.remedy != "" && err == nil:
				t.Errorf("it starts, want a refusal that says %q", c.remedy)
			case c.remedy != "" && !strings.Contains(err.Error(), c.remedy):
				t.Errorf("got %q, want it to say %q", err, c.remedy)
			case err != nil && bytes.Contains([]byte(err.Error()), secret):
				t.Error("the refusal shows a key")
			}
		})
	}
}

// copied copies the files of a folder, for us alone.
func copied(t *testing.T, from, to string) {
	t.Helper()
	must(t, os.MkdirAll(to, 0o700))
	entries, err := os.ReadDir(from)
	must(t, err)
	for _, entry := range entries {
		must(t, os.WriteFile(filepath.Join(to, entry.Name()), read(t, filepath.Join(from, entry.Name())), 0o600))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return text
}

// moved moves a folder.
func moved(t *testing.T, folder *string, to string) {
	t.Helper()
	must(t, os.Rename(*folder, to))
	*folder = to
}

// changed opens a store and changes a key.
func changed(t *testing.T, cfg store.Config, kind string) {
	t.Helper()
	s := openStore(t, cfg)
	must(t, s.ChangeKey(t.Context(), kind, timer()))
	must(t, s.Close())
}

// destroyed lets 36 days pass, and old keys be destroyed.
func destroyed(t *testing.T, cfg store.Config) {
	t.Helper()
	cfg.KeysSaved = func(time.Time) bool { return true }
	later := time.Duration(0)
	cfg.Now = func() time.Time { return time.Now().Add(later) }
	s := openStore(t, cfg)
	later = 36 * 24 * time.Hour
	must(t, s.KeepKeys(t.Context(), timer()))
	must(t, s.Close())
}

// Keys change by themselves when their time has come, and an old key encryption key is destroyed only once a backup holds the data keys.
func TestKeysChangeInTheirTime(t *testing.T) {
	now := time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC)
	begun, saved := now, false
	cfg := folders(t)
	cfg.Now = func() time.Time { return now }
	cfg.KeysSaved = func(time.Time) bool { return saved }
	s := openStore(t, cfg)
	known := manyPersons(t, s, 20)
	state := func() string {
		var line []string
		for _, k := range s.Keys() {
			word := "current"
			if !k.Retired.IsZero() {
				word = "old"
			}
			if !k.Destroyed.IsZero() {
				word = "destroyed"
			}
			line = append(line, k.Kind+" "+word)
		}
		return strings.Join(line, ", ")
	}
	for _, c := range []struct {
		day   int
		saved bool
		want  string
	}{
		{0, false, "kek current, index current, cursor current, linkage current, journal current"},
		{29, false, "kek current, index current, cursor current, linkage current, journal current"},
		{30, false, "kek old, kek current, index current, cursor current, linkage destroyed, linkage current, journal current"},
		{59, false, "kek old, kek current, index current, cursor current, linkage destroyed, linkage current, journal current"},
		{66, false, "kek old, kek old, kek current, index current, cursor current, linkage destroyed, linkage destroyed, linkage current, journal current"}, // no backup holds the data keys
		{67, true, "kek destroyed, kek old, kek current, index current, cursor current, linkage destroyed, linkage destroyed, linkage current, journal current"},
		{90, true, "kek destroyed, kek old, kek current, index current, cursor old, cursor current, linkage destroyed, linkage destroyed, linkage current, journal current"},
		{100, true, "kek destroyed, kek old, kek old, kek current, index current, cursor old, cursor current, linkage destroyed, linkage destroyed, linkage destroyed, linkage current, journal current"},
		{365, true, "kek destroyed, kek destroyed, kek destroyed, kek old, kek current, index destroyed, index current, cursor destroyed, cursor old, cursor current, linkage destroyed, linkage destroyed, linkage destroyed, linkage destroyed, linkage current, journal current"},
	} {
		now, saved = begun.AddDate(0, 0, c.day), c.saved
		must(t, s.KeepKeys(t.Context(), timer()))
		if got := state(); got != c.want {
			t.Errorf("day %d:\n got %s\nwant %s", c.day, got, c.want)
		}
	}
	allWhole(t, s, known)
	must(t, s.Close())
	s = openStore(t, cfg)
	allWhole(t, s, known)
}

// What a page token of before a change says is still read, and not for ever.
func TestPageTokensOutliveOneChangeOfTheirKey(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	token := s.Cursors().Seal(nil, nil, []byte("page 2"), []byte("list"))
	opens := func(want bool) {
		t.Helper()
		plain, err := s.Cursors().Open(nil, nil, token, []byte("list"))
		if opened := err == nil && string(plain) == "page 2"; opened != want {
			t.Errorf("opens: %v, want %v", opened, want)
		}
	}
	opens(true)
	must(t, s.ChangeKey(t.Context(), "cursor", timer()))
	opens(true)
	must(t, s.Close())
	s = openStore(t, cfg)
	opens(true)
	if _, err := s.Cursors().Open(nil, nil, token, []byte("another list")); err == nil {
		t.Error("a token opens for another list")
	}
	must(t, s.ChangeKey(t.Context(), "cursor", timer()))
	opens(false)
}

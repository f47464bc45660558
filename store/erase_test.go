package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// traces are bytes that stand in the database because of one person, each by what it is.
type traces map[string][]byte

// tracesOf reads them past the store.
func tracesOf(t *testing.T, cfg store.Config, id casework.PersonID) traces {
	t.Helper()
	db := database(t, cfg)
	defer db.Close()
	found := traces{"id": id[:]}
	for what, query := range map[string]string{
		"wrapped key":     "SELECT wrapped FROM deks WHERE owner = ?",
		"sealed identity": "SELECT f2 FROM persons WHERE id = ?",
		"tag":             "SELECT tag FROM match_tags WHERE person = ?",
		"case":            "SELECT id FROM cases WHERE subject = ?",
	} {
		var value []byte
		if err := db.QueryRow(query, id[:]).Scan(&value); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		found[what] = value
	}
	return found
}

// search finds in which files of a folder a trace stands.
func (want traces) search(t *testing.T, folder string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for what, value := range want {
			if bytes.Contains(text, value) {
				found = append(found, fmt.Sprintf("%s in %s", what, filepath.Base(path)))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func folders(t *testing.T) store.Config {
	t.Helper()
	return store.Config{Data: filepath.Join(t.TempDir(), "data"), Keys: filepath.Join(t.TempDir(), "keys")}
}

func openStore(t *testing.T, cfg store.Config) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// somebody puts a person who can be found by her tags, with one case.
func somebody(t *testing.T, s *store.Store, n int) casework.Person {
	t.Helper()
	p := casework.Person{ID: casework.PersonID(uuid.New()), Side: casework.Ordinary, Sex: casework.Female}
	p.Identity.Name, p.Identity.Mother.Name = fmt.Sprint("Neng Kirana ", n), fmt.Sprint("Ibu Melati ", n)
	putOne(t, s, p, p.Identity.Name)
	_, err := store.Update(t.Context(), s, func(w *store.Writer) (struct{}, error) {
		return struct{}{}, w.PutMatchTags(p.ID, s.MatchTags(p))
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func erase(t *testing.T, s *store.Store, id casework.PersonID) {
	t.Helper()
	_, err := store.Update(t.Context(), s, func(w *store.Writer) (struct{}, error) {
		entry := w.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "case.erase"}, id[:], nil)
		return struct{}{}, w.ErasePerson(id, entry)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// gone holds that soon nothing of somebody stands in the data.
func (want traces) gone(t *testing.T, cfg store.Config) {
	t.Helper()
	var found []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if found = want.search(t, cfg.Data); len(found) == 0 {
			return
		}
	}
	t.Errorf("left in the data: %v", found)
}

// Among many, for a page that was split keeps copies of what stood in it.
func TestAfterAnErasureNothingIsLeftInTheFile(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	var all []casework.Person
	size := 160
	if long("erasure") {
		size = 4000
	}
	for n := range size {
		all = append(all, somebody(t, s, n))
	}
	var hers []traces
	for _, p := range all[:size/4] {
		hers = append(hers, tracesOf(t, cfg, p.ID))
		if found := hers[len(hers)-1].search(t, cfg.Data); len(found) < 5 {
			t.Fatalf("before the erasure only %v is there: the search finds nothing", found)
		}
	}
	for _, p := range all[:size/4] {
		erase(t, s, p.ID)
	}
	for _, h := range hers {
		h.gone(t, cfg)
	}
	findings, err := s.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Errorf("Verify: %v, %v", findings, err)
	}
	_, err = store.Read(t.Context(), s, func(r *store.Reader) (struct{}, error) {
		for _, p := range all[size/4:] {
			if _, err := r.Person(p.ID); err != nil {
				return struct{}{}, err
			}
			if found, err := r.Matching(s.MatchTags(p)); err != nil || len(found) != 1 || found[0] != p.ID {
				t.Errorf("another person is not found: %v, %v", found, err)
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Errorf("another person was harmed: %v", err)
	}
}

// Data of before an erasure is put back beside the keys of today, all of which have changed since.
func TestAnOlderCopyOfTheDataBringsNobodyBack(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	hers, other := somebody(t, s, 1), somebody(t, s, 2)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	copied := store.Config{Data: filepath.Join(t.TempDir(), "copy"), Keys: cfg.Keys}
	if err := os.CopyFS(copied.Data, os.DirFS(cfg.Data)); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, cfg)
	erase(t, s, hers.ID)
	for _, kind := range store.KeyKinds {
		if err := s.ChangeKey(t.Context(), kind, timer()); err != nil {
			t.Fatal(err)
		}
	}
	erased, err := store.Read(t.Context(), s, func(r *store.Reader) ([]store.Erased, error) { return r.Erased() })
	if err != nil || len(erased) != 2 { // she and her case
		t.Fatalf("the list of the erased: %d, %v", len(erased), err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	before := tracesOf(t, copied, hers.ID)
	s = openStore(t, copied)
	allWhole(t, s, []casework.Person{hers, other}) // she is back, which the list ends
	again, err := s.RepeatErasures(t.Context(), erased, timer())
	if err != nil || again != 1 {
		t.Fatalf("%d erased again, %v", again, err)
	}
	allWhole(t, s, []casework.Person{other})
	before.gone(t, copied)
	if again, err := s.RepeatErasures(t.Context(), erased, timer()); err != nil || again != 0 {
		t.Errorf("a second time: %d, %v", again, err)
	}
}

func TestALegalHoldStopsAnErasure(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	hers := somebody(t, s, 1)
	hold := func(until any) {
		db := database(t, cfg)
		defer db.Close()
		_, err := db.Exec("INSERT OR REPLACE INTO holds (id, case_id, from_time, until_time, entry, f4) SELECT x'00', id, 0, ?, x'00', x'00' FROM cases WHERE subject = ?", until, hers.ID[:])
		if err != nil {
			t.Fatal(err)
		}
	}
	try := func() error {
		_, err := store.Update(t.Context(), s, func(w *store.Writer) (struct{}, error) { return struct{}{}, w.ErasePerson(hers.ID, [16]byte{}) })
		return err
	}
	hold(nil)
	if err := try(); err == nil || err.Error() != "LEGAL_HOLD" {
		t.Errorf("held: got %v, want LEGAL_HOLD", err)
	}
	hold(time.Now().UnixMicro())
	if err := try(); err != nil {
		t.Errorf("lifted: %v", err)
	}
}

package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// long tells whether `.ci/run long ROW` asks for the promised size of a row.
func long(row string) bool { return strings.EqualFold(os.Getenv("LONG_ROW"), row) }

func timer() journal.Entry {
	return journal.Entry{Version: journal.Version, Origin: "timer", Role: "SERVER", Action: "key.manage", Outcome: "ALLOW"}
}

// manyPersons puts persons without cases, many in one transaction.
func manyPersons(t testing.TB, s *store.Store, n int) (all []casework.Person) {
	t.Helper()
	for len(all) < n {
		page := make([]casework.Person, min(500, n-len(all)))
		keys := make([]store.Key, len(page))
		for i := range page {
			page[i] = casework.Person{ID: casework.PersonID(uuid.New()), Side: casework.Ordinary, Sex: casework.Female}
			page[i].Identity.Name, page[i].Identity.Mother.Name = fmt.Sprint("Neng Kirana ", len(all)+i), "Ibu Melati"
			key, err := s.WrapKey(store.Owner(page[i].ID))
			if err != nil {
				t.Fatal(err)
			}
			keys[i] = key
		}
		_, err := store.Update(context.Background(), s, func(w *store.Writer) (struct{}, error) {
			for i, p := range page {
				if err := putTagged(s, w, p, keys[i]); err != nil {
					return struct{}{}, err
				}
			}
			return struct{}{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
	}
	return all
}

func putTagged(s *store.Store, w *store.Writer, p casework.Person, key store.Key) error {
	if err := w.PutPerson(p, key, noted(w, "person")); err != nil {
		return err
	}
	return w.PutMatchTags(p.ID, s.MatchTags(p))
}

// whole opens and finds a person.
func whole(s *store.Store, r *store.Reader, p casework.Person) error {
	got, err := r.Person(p.ID)
	if err != nil {
		return err
	}
	found, err := r.Matching(s.MatchTags(p))
	if err == nil && (got.Identity.Name != p.Identity.Name || len(found) != 1 || found[0] != p.ID) {
		err = fmt.Errorf("opened well: %v, found %d times", got.Identity.Name == p.Identity.Name, len(found))
	}
	return err
}

func allWhole(t *testing.T, s *store.Store, all []casework.Person) {
	t.Helper()
	_, err := store.Read(context.Background(), s, func(r *store.Reader) (struct{}, error) {
		for _, p := range all {
			if err := whole(s, r, p); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatalf("a person is not whole: %v", err)
	}
	findings, err := s.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Errorf("Verify: %v, %v", findings, err)
	}
}

// work is what a caller does: file somebody, update somebody, look somebody up, and open others.
func work(s *store.Store, known []casework.Person) (casework.Person, error) {
	p := casework.Person{ID: casework.PersonID(uuid.New()), Side: casework.Ordinary, Sex: casework.Male}
	p.Identity.Name, p.Identity.Mother.Name = "Asep "+p.ID.String(), "Ibu Dahlia"
	key, err := s.WrapKey(store.Owner(p.ID))
	if err != nil {
		return p, err
	}
	if _, err = store.Update(context.Background(), s, func(w *store.Writer) (struct{}, error) { return struct{}{}, putTagged(s, w, p, key) }); err != nil {
		return p, fmt.Errorf("file: %w", err)
	}
	_, err = store.Update(context.Background(), s, func(w *store.Writer) (struct{}, error) {
		was, err := w.Person(p.ID)
		if err != nil {
			return struct{}{}, err
		}
		next := was
		next.Identity.Name += " Saputra"
		if err := w.UpdatePerson(next, noted(w, "update")); err != nil {
			return struct{}{}, err
		}
		if err := w.DropMatchTags(p.ID, s.MatchTags(was)); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.PutMatchTags(p.ID, s.MatchTags(next))
	})
	if err != nil {
		return p, fmt.Errorf("update: %w", err)
	}
	p.Identity.Name += " Saputra"
	_, err = store.Read(context.Background(), s, func(r *store.Reader) (struct{}, error) {
		return struct{}{}, errors.Join(whole(s, r, p), whole(s, r, known[rand.IntN(len(known))]))
	})
	if err != nil {
		return p, fmt.Errorf("read: %w", err)
	}
	return p, nil
}

// wrappedBy counts data keys by the key that wraps them.
func wrappedBy(t *testing.T, cfg store.Config) map[string]int {
	t.Helper()
	db := database(t, cfg)
	defer db.Close()
	return counts(t, db, "SELECT hex(substr(wrapped, 2, 4)), count(*) FROM deks GROUP BY 1")
}

func counts(t *testing.T, db *sql.DB, query string) map[string]int {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			t.Fatal(err)
		}
		found[name] = n
	}
	return found
}

// The promised size is 100,000 persons, wrapped anew within 10 seconds.
func TestRotationWhile32CallersWork(t *testing.T) {
	cfg, size := folders(t), 1500
	if long("rotation") {
		size = 100_000
	}
	s := openStore(t, cfg)
	known := manyPersons(t, s, size)
	var calls atomic.Int64
	var made sync.Map
	ctx, stop := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	for range 32 {
		callers.Go(func() {
			for ctx.Err() == nil {
				p, err := work(s, known)
				if err != nil {
					t.Errorf("call %d failed: %v", calls.Load(), err)
					return
				}
				made.Store(p.ID, p)
				calls.Add(1)
			}
		})
	}
	took := map[string]time.Duration{}
	for _, kind := range store.KeyKinds {
		before := calls.Load()
		start := time.Now()
		if err := s.ChangeKey(t.Context(), kind, timer()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		took[kind] = time.Since(start)
		t.Logf("%s changed in %s, %d calls meanwhile", kind, took[kind].Round(time.Millisecond), calls.Load()-before)
	}
	stop()
	callers.Wait()
	if took["kek"] > 10*time.Second {
		t.Errorf("%d data keys were wrapped anew in %s, want at most 10 s", size, took["kek"])
	}
	made.Range(func(_, p any) bool {
		known = append(known, p.(casework.Person))
		return true
	})
	allWhole(t, s, known)
	if err := s.KeepKeys(t.Context(), timer()); err != nil { // what was wrapped before the change and put after it
		t.Fatal(err)
	}
	if by := wrappedBy(t, cfg); len(by) != 1 {
		t.Errorf("data keys are wrapped by %v, want one", by)
	}
	db := database(t, cfg)
	defer db.Close()
	if epochs := counts(t, db, "SELECT CAST(epoch AS TEXT), count(*) FROM match_tags GROUP BY 1"); len(epochs) != 1 || epochs["1"] != len(known) {
		t.Errorf("tags by epoch: %v, want %d of the first", epochs, len(known))
	}
}

const rotateChild = "CHILD_CHANGES_KEYS"

// changeKeysForever is a process that changes keys until it is killed.
func changeKeysForever() {
	dir := os.Getenv(rotateChild)
	if dir == "" {
		return
	}
	s, err := store.Open(context.Background(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")})
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(3)
	}
	fmt.Println("open")
	for i := 0; ; i++ {
		if err := s.ChangeKey(context.Background(), store.KeyKinds[i%len(store.KeyKinds)], timer()); err != nil {
			fmt.Println("failed:", err)
			os.Exit(4)
		}
	}
}

func TestARotationThatIsKilledGoesOnAtTheNextStart(t *testing.T) {
	cycles := 8
	if long("rotation") {
		cycles = 200
	}
	dir := t.TempDir()
	cfg := store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
	s := openStore(t, cfg)
	known := manyPersons(t, s, 400)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	interrupted := 0
	for cycle := range cycles {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), rotateChild+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		word := make([]byte, 200)
		if n, _ := out.Read(word); !strings.HasPrefix(string(word[:n]), "open") {
			t.Fatalf("cycle %d: %s", cycle, word[:n])
		}
		time.Sleep(time.Duration(rand.IntN(60_000)) * time.Microsecond) // a moment of the killer's, not of the code under test
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if _, err := os.Stat(filepath.Join(cfg.Keys, "index.next.key")); err == nil || len(wrappedBy(t, cfg)) > 1 {
			interrupted++
		}
		s := openStore(t, cfg)
		allWhole(t, s, known) // before anything goes on
		if err := s.KeepKeys(t.Context(), timer()); err != nil {
			t.Fatalf("cycle %d: %v", cycle, err)
		}
		allWhole(t, s, known)
		if by := wrappedBy(t, cfg); len(by) != 1 {
			t.Errorf("cycle %d: data keys are wrapped by %v, want one", cycle, by)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if interrupted == 0 {
		t.Error("no change was interrupted: the test shows nothing")
	}
	t.Logf("%d of %d kills were in the middle of a change", interrupted, cycles)
}

// Somebody may have a data key: what is written after its renewal, and all that stood there, is under another.
func TestARenewedDataKeySealsAllAgain(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	hers, other := somebody(t, s, 1), somebody(t, s, 2)
	before := tracesOf(t, cfg, hers.ID)
	cells, err := s.RenewKey(t.Context(), store.Owner(hers.ID), timer())
	if err != nil || cells < 2 {
		t.Fatalf("%d cells, %v", cells, err)
	}
	allWhole(t, s, []casework.Person{hers, other})
	traces{"wrapped key": before["wrapped key"], "sealed identity": before["sealed identity"]}.gone(t, cfg)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, cfg)
	allWhole(t, s, []casework.Person{hers, other})
	if _, err := s.RenewKey(t.Context(), store.Owner{9}, timer()); !errors.Is(err, store.ErrErased) {
		t.Errorf("nobody's key: got %v, want ErrErased", err)
	}
}

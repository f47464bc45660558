// Package storetest is what every way of opening a store must promise, as one test: Run(t, store.Open).
//
// It promises that an engine which passes loses nothing that it acknowledged, mixes no callers' work, and keeps the journal
// gapless. It uses only what the package store exports. A change of the engine starts here; begin with Run.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// Open is how a store is opened: store.Open, or what stands in its place.
type Open func(context.Context, store.Config) (*store.Store, error)

// Run tests an engine. The test binary must call Child in its TestMain.
func Run(t *testing.T, open Open) {
	type promise struct {
		name string
		run  func(*testing.T, Open)
	}
	promises := []promise{
		{"an update is read back", testUpdate},
		{"a failure leaves nothing and no neighbour without", testFailure},
		{"a panic is its own caller's error", testPanic},
		{"a refusal keeps only its entry", testRefusal},
		{"a logged read gives no answer without its entry", testReadLogged},
		{"a snapshot does not move", testSnapshot},
		{"time never runs backwards", testClock},
		{"a clock that stands far ahead writes nothing", testClockAhead},
		{"a clock that runs away writes nothing", testClockAway},
		{"no caller that hangs up harms another (PC-26)", testHangUp},
		{"a sealed column opens in its own cell only", testSeal},
		{"an erased owner opens nowhere", testErase},
		{"tags and pseudonyms are stable and apart", testTags},
		{"everything is there after opening again", testReopen},
		{"nothing acknowledged is lost by kill -9", testKill},
		{"unsafe keys are refused", testKeys},
		{"after Close there is ErrClosed", testClose},
	}
	if OnPostgres() {
		promises = append(promises, promise{"servers share a database", testShared}, promise{"servers write by turns", testTurns},
			promise{"a lost connection is opened again", testCut}, promise{"equal histories give equal journals", testEqual}, promise{"a connection that cannot be had is explained", testRefused})
	} else {
		promises = append(promises, promise{"a second process is refused", testSecond})
	}
	for _, test := range promises {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

// config is a store in folders of its own.
func config(t *testing.T) store.Config {
	t.Helper()
	return store.Config{Data: filepath.Join(t.TempDir(), "data"), Keys: filepath.Join(t.TempDir(), "keys")}
}

func opened(t *testing.T, open Open, cfg store.Config) *store.Store {
	t.Helper()
	s, err := open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// put writes one setting and one entry of that name.
func put(ctx context.Context, s *store.Store, key string) error {
	_, err := store.Update(ctx, s, func(w *store.Writer) (struct{}, error) { return struct{}{}, putIn(w, key) })
	return err
}

func putIn(w *store.Writer, key string) error {
	w.Append(entry(key), nil, nil)
	return w.SetSetting(key, "there")
}

func entry(key string) journal.Entry { return journal.Entry{Origin: "timer", Action: key} }

// there tells which of the settings with these names exist.
func there(t *testing.T, s *store.Store, keys ...string) map[string]bool {
	t.Helper()
	found, err := store.Read(context.Background(), s, func(r *store.Reader) (map[string]bool, error) {
		found := make(map[string]bool)
		for _, key := range keys {
			_, ok, err := r.Setting(key)
			if err != nil {
				return nil, err
			}
			if ok {
				found[key] = true
			}
		}
		return found, nil
	})
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return found
}

// entries counts the journal's entries by action, and holds that numbers are gapless, and times and ids ascend.
func entries(t *testing.T, s *store.Store) map[string]int {
	t.Helper()
	found, err := store.Read(context.Background(), s, func(r *store.Reader) (map[string]int, error) {
		found := make(map[string]int)
		var before journal.Entry
		var next uint64
		err := r.WalkJournal(0, func(record store.Record) error {
			e := record.Entry
			switch {
			case e.Number != next:
				return fmt.Errorf("entry %d where %d was due", e.Number, next)
			case e.Time < before.Time:
				return fmt.Errorf("entry %d is older than the one before it", e.Number)
			case string(e.ID[:]) <= string(before.ID[:]):
				return fmt.Errorf("the id of entry %d does not ascend", e.Number)
			}
			if e.Action != "key.change" { // the store's own, at its first checkpoint
				found[e.Action]++
			}
			before, next = e, next+1
			return nil
		})
		return found, err
	})
	if err != nil {
		t.Fatalf("walk the journal: %v", err)
	}
	return found
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func testUpdate(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	changed := s.Changed()
	got, err := store.Update(t.Context(), s, func(w *store.Writer) (string, error) {
		if err := putIn(w, "a"); err != nil {
			return "", err
		}
		value, _, err := w.Setting("a") // a closure reads what it wrote
		return value, err
	})
	if err != nil || got != "there" {
		t.Errorf("Update: got %q, %v, want %q", got, err, "there")
	}
	select {
	case <-changed:
	default:
		t.Error("Changed: not told of a commit with an entry")
	}
	same(t, "settings", there(t, s, "a", "b"), map[string]bool{"a": true})
	same(t, "journal", entries(t, s), map[string]int{"a": 1})
	findings, err := s.Verify(t.Context())
	if err != nil || len(findings) > 0 {
		t.Errorf("Verify: got %v, %v, want nothing", findings, err)
	}
}

// together runs closures that all share one group: the first holds the writer until the others wait.
func together(s *store.Store, closures ...func(*store.Writer) error) []error {
	errs := make([]error, len(closures))
	entered, release := make(chan struct{}), make(chan struct{})
	var once sync.Once // the closure may run twice
	var all sync.WaitGroup
	all.Go(func() {
		_ = update(s, func(*store.Writer) error {
			once.Do(func() { close(entered) })
			<-release
			return nil
		})
	})
	<-entered
	var sent sync.WaitGroup
	for i, closure := range closures {
		sent.Add(1)
		all.Go(func() {
			sent.Done()
			errs[i] = update(s, closure)
		})
	}
	sent.Wait()
	time.Sleep(10 * time.Millisecond) // the callers reach the queue, which nothing outside can see
	close(release)
	all.Wait()
	return errs
}

func update(s *store.Store, closure func(*store.Writer) error) error {
	_, err := store.Update(context.Background(), s, func(w *store.Writer) (struct{}, error) { return struct{}{}, closure(w) })
	return err
}

func testFailure(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	own := errors.New("own error")
	key, err := s.WrapKey(store.Owner{1})
	if err != nil {
		t.Fatal(err)
	}
	twice := func(w *store.Writer) error { // the second is refused by the primary key
		return errors.Join(putIn(w, "twice"), w.PutKey(key), w.PutKey(key))
	}
	errs := together(s,
		func(w *store.Writer) error { return putIn(w, "first") },
		func(w *store.Writer) error { return errors.Join(putIn(w, "own"), own) },
		func(w *store.Writer) error { return putIn(w, "middle") },
		twice,
		func(w *store.Writer) error { return putIn(w, "last") },
	)
	if errs[0] != nil || errs[2] != nil || errs[4] != nil {
		t.Errorf("neighbours: got %v, want no error", errs)
	}
	if !errors.Is(errs[1], own) || errs[3] == nil {
		t.Errorf("failing closures: got %v and %v, want their errors", errs[1], errs[3])
	}
	same(t, "settings", there(t, s, "first", "own", "middle", "twice", "last"),
		map[string]bool{"first": true, "middle": true, "last": true})
	same(t, "journal", entries(t, s), map[string]int{"first": 1, "middle": 1, "last": 1})
	_, err = store.Update(t.Context(), s, func(w *store.Writer) ([]byte, error) {
		return w.Seal(store.Cell{Table: "t", Column: "c", Owner: store.Owner{1}}, nil)
	})
	if !errors.Is(err, store.ErrErased) {
		t.Errorf("Seal with a key whose closure failed: got %v, want ErrErased", err)
	}
}

func testPanic(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	errs := together(s,
		func(w *store.Writer) error { return putIn(w, "first") },
		func(w *store.Writer) error { _ = putIn(w, "panic"); panic("Siti") },
		func(w *store.Writer) error { return putIn(w, "last") },
	)
	if errs[0] != nil || errs[2] != nil {
		t.Errorf("neighbours: got %v, want no error", errs)
	}
	if !errors.Is(errs[1], store.ErrPanic) || strings.Contains(errs[1].Error(), "Siti") {
		t.Errorf("panic: got %v, want ErrPanic without the value", errs[1])
	}
	_, err := store.Read(t.Context(), s, func(*store.Reader) (int, error) { panic("Siti") })
	if !errors.Is(err, store.ErrPanic) {
		t.Errorf("panic of a reader: got %v, want ErrPanic", err)
	}
	same(t, "journal", entries(t, s), map[string]int{"first": 1, "last": 1})
}

func testRefusal(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	refused := errors.New("not found")
	errs := together(s,
		func(w *store.Writer) error { return putIn(w, "first") },
		func(w *store.Writer) error {
			if err := putIn(w, "undone"); err != nil {
				return err
			}
			return fmt.Errorf("wrapped: %w", w.Refuse(store.Record{Entry: entry("refused")}, refused))
		},
		func(w *store.Writer) error { return putIn(w, "last") },
	)
	if errs[0] != nil || errs[1] != refused || errs[2] != nil {
		t.Errorf("Update: got %v, want the refusal's own error in the middle alone", errs)
	}
	same(t, "settings", there(t, s, "first", "undone", "last"), map[string]bool{"first": true, "last": true})
	same(t, "journal", entries(t, s), map[string]int{"first": 1, "refused": 1, "last": 1})
}

func testReadLogged(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	refused := errors.New("not found")
	read := func(record *store.Record, err error) (string, error) {
		return store.ReadLogged(t.Context(), s, func(*store.Reader) (string, *store.Record, error) { return "value", record, err })
	}
	if value, err := read(nil, nil); value != "value" || err != nil {
		t.Errorf("without an entry: got %q, %v", value, err)
	}
	if value, err := read(&store.Record{Entry: entry("read")}, nil); value != "value" || err != nil {
		t.Errorf("with an entry: got %q, %v", value, err)
	}
	if value, err := read(nil, &store.Refusal{Record: store.Record{Entry: entry("refused")}, Err: refused}); value != "" || err != refused {
		t.Errorf("refused: got %q, %v, want no value and %v", value, err, refused)
	}
	same(t, "journal", entries(t, s), map[string]int{"read": 1, "refused": 1})
	ctx, cancel := context.WithCancel(t.Context())
	value, err := store.ReadLogged(ctx, s, func(*store.Reader) (string, *store.Record, error) {
		cancel() // so that the entry is not written
		return "value", &store.Record{Entry: entry("read")}, nil
	})
	if value != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("no entry: got %q, %v, want no answer", value, err)
	}
}

func testSnapshot(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	_, err := store.Read(t.Context(), s, func(r *store.Reader) (int, error) {
		if _, ok, err := r.Setting("a"); ok || err != nil {
			t.Errorf("Setting: got %v, %v, want none", ok, err)
		}
		if err := put(t.Context(), s, "a"); err != nil {
			t.Errorf("Update beside a reader: %v", err)
		}
		if _, ok, err := r.Setting("a"); ok || err != nil {
			t.Errorf("Setting: got %v, %v, want the snapshot's none", ok, err)
		}
		return 0, nil
	})
	if err != nil {
		t.Errorf("Read: %v", err)
	}
	same(t, "settings", there(t, s, "a"), map[string]bool{"a": true})
	// It is of the beginning, not of the first question: whoever asks what time it is and then what is would be shown as going on what
	// has ended in between, under the revision of after.
	_, err = store.Read(t.Context(), s, func(r *store.Reader) (int, error) {
		r.Now()
		if err := put(t.Context(), s, "b"); err != nil {
			t.Errorf("Update beside a reader: %v", err)
		}
		if _, ok, err := r.Setting("b"); ok || err != nil {
			t.Errorf("Setting: got %v, %v, want none: it was set after the time that this reader goes by", ok, err)
		}
		return 0, nil
	})
	if err != nil {
		t.Errorf("Read: %v", err)
	}
	var kept *store.Reader
	_, _ = store.Read(t.Context(), s, func(r *store.Reader) (int, error) { kept = r; return 0, nil })
	if _, _, err := kept.Setting("a"); err == nil {
		t.Error("a Reader works after its closure has ended")
	}
}

func testClock(t *testing.T, open Open) {
	cfg := config(t)
	var clock atomic.Int64
	cfg.Now = func() time.Time { return time.UnixMicro(clock.Load()) }
	clock.Store(1_000_000)
	now := func(s *store.Store) int64 {
		got, err := store.Update(t.Context(), s, func(w *store.Writer) (time.Time, error) {
			w.Append(entry("tick"), nil, nil)
			if first := w.Now(); first != w.Now() {
				t.Error("two times in one closure")
			}
			return w.Now(), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got.UnixMicro()
	}
	s := opened(t, open, cfg)
	got := []int64{now(s)}
	clock.Store(3_000_000)
	got = append(got, now(s))
	clock.Store(500_000) // set back
	got = append(got, now(s), now(s))
	same(t, "times", got, []int64{1_000_000, 3_000_000, 3_000_000, 3_000_000})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, open, cfg)
	if after := now(s); after < 3_000_000 || after > 3_000_010 {
		t.Errorf("after opening again: got %d, want just behind 3000000", after)
	}
	clock.Store(9_000_000)
	if err := update(s, func(w *store.Writer) error { w.Now(); return errors.New("undone") }); err == nil {
		t.Error("Update: no error")
	}
	clock.Store(4_000_000) // what the undone closure saw counts for nothing
	same(t, "time", now(s), int64(4_000_000))
	same(t, "journal", entries(t, s), map[string]int{"tick": 6})
}

// testHangUp is PC-26 of the public cases: callers leave before, during and after their closures and the commit.
func testHangUp(t *testing.T, open Open) {
	const callers = 64
	updates := 10_000
	if testing.Short() {
		updates = 1_500
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	s := opened(t, open, config(t))
	results := make([]error, updates)
	var next atomic.Int64
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(seed, uint64(caller)))
			for i := int(next.Add(1)) - 1; i < updates; i = int(next.Add(1)) - 1 {
				results[i] = hangUp(s, i, time.Duration(chance.IntN(45_000)+5_000)*time.Microsecond)
			}
		})
	}
	all.Wait()
	judgeHangUp(t, s, results)
	retryHangUp(t, s, results)
}

const (
	leaves = 4  // every fourth caller leaves, in one of the ways below
	slow   = 61 // every so many closures take longer than some deadlines
	breaks = 31 // every so many closures break a constraint
)

// leaving is the context of update i: without end, or ended before the update, by its closure, or at a deadline.
func leaving(i int, deadline time.Duration) (context.Context, context.CancelFunc) {
	if i%leaves != 0 {
		return context.Background(), func() {}
	}
	switch i / leaves % 8 {
	case 0:
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx, func() {}
	case 1:
		return context.WithCancel(context.Background()) // the closure calls it
	}
	return context.WithTimeout(context.Background(), deadline)
}

func name(i int) string { return fmt.Sprintf("pc26/%d", i) }

func hangUp(s *store.Store, i int, deadline time.Duration) error {
	ctx, cancel := leaving(i, deadline)
	defer cancel()
	return fileOnce(ctx, cancel, s, i)
}

// fileOnce writes the rows of update i unless they are there, and calls cancel in the middle of it.
func fileOnce(ctx context.Context, cancel context.CancelFunc, s *store.Store, i int) error {
	owner := store.Owner([]byte(fmt.Sprintf("%16d", i)))
	key, err := s.WrapKey(owner)
	if err != nil {
		return err
	}
	_, err = store.Update(ctx, s, func(w *store.Writer) (int, error) {
		if i%slow == 0 {
			time.Sleep(12 * time.Millisecond) // a slow closure in the middle of a group
		}
		if i%leaves == 0 && i/leaves%8 == 1 {
			cancel()
		}
		if _, ok, err := w.Setting(name(i)); ok || err != nil {
			return i, err // done before
		}
		if err := errors.Join(putIn(w, name(i)), w.PutKey(key)); err != nil {
			return 0, err
		}
		if i%breaks == 0 {
			return 0, w.PutKey(key)
		}
		return i, nil
	})
	return err
}

// judgeHangUp holds each answer against the file.
func judgeHangUp(t *testing.T, s *store.Store, results []error) {
	t.Helper()
	written, names := entries(t, s), make([]string, len(results))
	for i := range names {
		names[i] = name(i)
	}
	rows := there(t, s, names...)
	var left, unknowing int
	for i, err := range results {
		row, entry := rows[name(i)], written[name(i)]
		gone := i%leaves == 0 && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled))
		if gone {
			left++
		}
		if gone && row {
			unknowing++
		}
		switch {
		case row != (entry == 1) || entry > 1:
			t.Errorf("update %d: row %v, %d entries", i, row, entry)
		case err == nil && !row:
			t.Errorf("update %d: answered OK and not there", i)
		case i%breaks == 0 && row:
			t.Errorf("update %d: broke a constraint and is there", i)
		case i%breaks != 0 && err != nil && !gone:
			t.Errorf("update %d: got %v, want OK", i, err)
		case err != nil && (strings.Contains(err.Error(), "interrupt") || strings.Contains(err.Error(), "transaction")):
			t.Errorf("update %d: got %v, which is another's trouble", i, err)
		}
	}
	t.Logf("%d of %d callers left before their answer, %d of them with their rows in the file", left, len(results), unknowing)
	if unknowing == 0 || unknowing == left {
		t.Error("all who left fared alike: the test shows little")
	}
}

// retryHangUp settles what callers who left could not know: once and not twice.
func retryHangUp(t *testing.T, s *store.Store, results []error) {
	t.Helper()
	for i, err := range results {
		if i%breaks != 0 && err != nil {
			if err := fileOnce(context.Background(), func() {}, s, i); err != nil {
				t.Errorf("retry of update %d: %v", i, err)
			}
		}
	}
	for action, n := range entries(t, s) {
		if n != 1 {
			t.Errorf("%s: %d entries, want 1", action, n)
		}
	}
}

func testReopen(t *testing.T, open Open) {
	cfg := config(t)
	s := opened(t, open, cfg)
	for i := range 100 {
		if err := put(t.Context(), s, name(i)); err != nil {
			t.Fatal(err)
		}
	}
	tag := s.Tag("label", []byte("a"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = opened(t, open, cfg)
	if err := put(t.Context(), s, "after"); err != nil {
		t.Fatal(err)
	}
	if n := len(entries(t, s)); n != 101 {
		t.Errorf("journal: got %d entries, want 101", n)
	}
	if s.Tag("label", []byte("a")) != tag {
		t.Error("a tag changed by opening again")
	}
}

func testClose(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := s.Close(); !errors.Is(err, store.ErrClosed) {
		t.Errorf("second Close: got %v, want ErrClosed", err)
	}
	if err := put(t.Context(), s, "a"); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Update: got %v, want ErrClosed", err)
	}
	_, err := store.Read(t.Context(), s, func(*store.Reader) (int, error) { return 0, nil })
	if !errors.Is(err, store.ErrClosed) {
		t.Errorf("Read: got %v, want ErrClosed", err)
	}
}

// testKeys holds the refusals of Open; each says what to do.
func testKeys(t *testing.T, open Open) {
	refused := func(cfg store.Config, remedy string) {
		t.Helper()
		s, err := open(t.Context(), cfg)
		if err == nil {
			t.Errorf("Open: no error, want one that says %q", remedy)
			_ = s.Close()
			return
		}
		if !strings.Contains(err.Error(), remedy) {
			t.Errorf("Open: got %q, want it to say %q", err, remedy)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	cfg := config(t)
	s := opened(t, open, cfg)
	must(put(t.Context(), s, "a"))
	must(s.Close())

	if !OnPostgres() {
		refused(store.Config{Data: cfg.Data, Keys: filepath.Join(cfg.Data, "keys")}, "move the keys elsewhere")
		refused(store.Config{Data: cfg.Data, Keys: cfg.Data}, "move the keys elsewhere")
	}
	refused(store.Config{Data: cfg.Data, Keys: filepath.Join(t.TempDir(), "none")}, "restore the key folder")
	refused(store.Config{Data: cfg.Data}, "--keys")

	other := config(t)
	must(opened(t, open, other).Close())
	refused(store.Config{Data: cfg.Data, Keys: other.Keys}, "give --keys the folder that belongs")

	must(os.Chmod(cfg.Keys, 0o750))
	refused(cfg, "chmod")
	must(os.Chmod(cfg.Keys, 0o700))
	files, err := os.ReadDir(cfg.Keys)
	must(err)
	for _, file := range files {
		path := filepath.Join(cfg.Keys, file.Name())
		info, err := os.Stat(path)
		must(err)
		same(t, "mode of "+file.Name(), info.Mode().Perm(), os.FileMode(0o600))
		must(os.Chmod(path, 0o604))
		refused(cfg, "chmod")
		must(os.Chmod(path, 0o600))
		if file.Name() == "cursor.key" || file.Name() == "linkage.key" || file.Name() == "keys.json" {
			continue // made again when lost
		}
		must(os.Rename(path, path+".away"))
		refused(cfg, "restore the key folder")
		must(os.Rename(path+".away", path))
	}
	opened(t, open, cfg) // all is well again
}

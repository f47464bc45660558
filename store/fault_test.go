package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-sqlite3"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// grouped runs closures in one group, by giving them to the writer before it starts.
func grouped(s *Store, closures ...func(*Writer) error) []error {
	jobs := make([]*job, len(closures))
	first := &job{ctx: context.Background(), done: make(chan struct{}), run: func(*Writer) error {
		for i, run := range closures {
			if jobs[i] == nil { // the closure may run twice
				jobs[i] = &job{ctx: context.Background(), run: run, done: make(chan struct{})}
				s.jobs <- jobs[i]
			}
		}
		return nil
	}}
	s.jobs <- first
	<-first.done
	errs := make([]error, len(jobs))
	for i, j := range jobs {
		<-j.done
		errs[i] = j.err
	}
	return errs
}

func set(key string) func(*Writer) error {
	return func(w *Writer) error {
		w.Append(journal.Entry{Action: key}, nil, nil)
		return w.SetSetting(key, "there")
	}
}

func settings(t *testing.T, s *Store) string {
	t.Helper()
	keys, err := Read(context.Background(), s, func(r *Reader) ([]string, error) {
		return list(&r.tx, func(r row) (key string, err error) { return key, r.scan(&key) },
			"SELECT key FROM settings WHERE key <> 'keys' ORDER BY key")
	})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := s.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Errorf("Verify: got %v, %v, want nothing", findings, err)
	}
	return strings.Join(keys, " ")
}

func TestALostTransactionIsRunAgainOneByOne(t *testing.T) {
	s := openForTest(t, Config{})
	var runs int
	errs := grouped(s,
		set("a"),
		func(w *Writer) error {
			runs++
			if err := set("b")(w); err != nil {
				return err
			}
			// OR ROLLBACK ends the whole transaction, as an interrupt or a full disk can.
			_, err := w.exec("INSERT OR ROLLBACK INTO settings (key, value) VALUES ('b', 'again')")
			return err
		},
		set("c"),
	)
	if errs[0] != nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("got %v, want an error in the middle alone", errs)
	}
	if runs != 2 {
		t.Errorf("the closure ran %d times, want 2", runs)
	}
	if got := settings(t, s); got != "a c" {
		t.Errorf("settings: got %q, want %q", got, "a c")
	}
}

func TestALostTransactionIsNoticedThoughItsClosureHidesIt(t *testing.T) {
	s := openForTest(t, Config{})
	var runs int
	errs := grouped(s, set("a"), func(w *Writer) error {
		if runs++; runs == 1 {
			_ = w.SetSetting("x", "")
			_, _ = w.exec("INSERT OR ROLLBACK INTO settings (key, value) VALUES ('x', '')")
		}
		return set("b")(w)
	}, set("c"))
	if errs[0] != nil || errs[1] != nil || errs[2] != nil {
		t.Errorf("got %v, want no error", errs)
	}
	if got := settings(t, s); got != "a b c" {
		t.Errorf("settings: got %q, want %q", got, "a b c")
	}
}

func TestACommitThatFailsIsTriedAgainOneByOne(t *testing.T) {
	s := openForTest(t, Config{})
	var commits int
	s.writer.link.(*sqliteLink).db.RegisterCommitHook(func() int { // other than 0 turns the commit into a rollback
		commits++
		if commits == 1 || commits == 3 {
			return 1
		}
		return 0
	})
	errs := grouped(s, set("a"), set("b"), set("c"))
	s.writer.link.(*sqliteLink).db.RegisterCommitHook(nil)
	if errs[0] == nil && errs[1] == nil && errs[2] == nil {
		t.Errorf("got %v, want an error of the one whose own commit failed", errs)
	}
	want := ""
	for i, key := range []string{"a", "b", "c"} {
		if errs[i] == nil {
			want += " " + key
		}
	}
	if got := settings(t, s); got != strings.TrimSpace(want) {
		t.Errorf("settings: got %q, want %q", got, want)
	}
}

func TestADiskErrorEndsTheProcessAndAcknowledgesNothing(t *testing.T) {
	var fatal []error
	s := openForTest(t, Config{fatal: func(err error) { fatal = append(fatal, err) }})
	errs := grouped(s, set("a"), func(w *Writer) error {
		w.c.failure = sqlite3.Error{Code: sqlite3.ErrIoErr}
		return nil
	}, set("c"))
	if len(fatal) == 0 {
		t.Error("the process went on")
	}
	for i, err := range errs {
		if err == nil {
			t.Errorf("closure %d was acknowledged after the disk failed", i)
		}
	}
	if _, err := Update(context.Background(), s, func(*Writer) (int, error) { return 0, nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("Update: got %v, want ErrClosed", err)
	}
}

// TestAWriteErrorOfTheSystemEndsTheProcess limits the size of files in a child, so that a real write fails.
func TestAWriteErrorOfTheSystemEndsTheProcess(t *testing.T) {
	const folder = "SINERGI_STORE_LIMITED"
	if data := os.Getenv(folder); data != "" {
		limited(data)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), folder+"="+t.TempDir())
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "the disk failed") {
		t.Errorf("child: got %v and %s, want exit 1 for a failed disk", err, out)
	}
	if strings.Contains(string(out), "acknowledged") {
		t.Errorf("child: went on after the error: %s", out)
	}
}

func limited(data string) {
	s, err := Open(context.Background(), Config{Data: filepath.Join(data, "data"), Keys: filepath.Join(data, "keys")})
	if err != nil {
		panic(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // so that the write fails with EFBIG
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 18, Max: 1 << 18}); err != nil {
		panic(err)
	}
	for i := range 100 {
		_, err = Update(context.Background(), s, func(w *Writer) (int, error) {
			return 0, w.SetSetting(strconv.Itoa(i), strings.Repeat("x", 1<<14)) // equal values would write nothing
		})
	}
	println("acknowledged", err)
}

func TestRefusesADatabaseNewerThanTheProgram(t *testing.T) {
	cfg := Config{Data: t.TempDir(), Keys: filepath.Join(t.TempDir(), "keys")}
	s, err := Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", dsn(filepath.Join(cfg.Data, databaseName), writerParams))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "install the newer") {
		t.Errorf("Open: got %v, want a refusal that says what to do", err)
	}
}

func TestTheFileIsOpenedAsTheDesignSays(t *testing.T) {
	s := openForTest(t, Config{})
	reader := <-s.readers
	defer func() { s.readers <- reader }()
	for _, c := range []struct {
		conn   *conn
		pragma string
		want   int64
	}{
		{s.writer, "synchronous", 2},
		{s.writer, "foreign_keys", 1},
		{s.writer, "secure_delete", 1},
		{s.writer, "busy_timeout", 5000},
		{s.writer, "temp_store", 2},
		{s.writer, "wal_autocheckpoint", 0},
		{s.copier, "synchronous", 2},
		{reader, "query_only", 1},
	} {
		var got int64
		tx := tx{c: c.conn, s: s}
		if err := tx.row("PRAGMA " + c.pragma).scan(&got); err != nil || got != c.want {
			t.Errorf("%s: got %d, %v, want %d", c.pragma, got, err, c.want)
		}
	}
	if err := reader.do("DELETE FROM settings"); err == nil {
		t.Error("a reader writes")
	}
	for _, name := range []string{databaseName, databaseName + "-wal"} {
		info, err := os.Stat(filepath.Join(s.cfg.Data, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: got %v, %v, want mode 0600", name, info, err)
		}
	}
}

// TestTheLogStaysShort writes several times the log's bound, beside readers.
func TestTheLogStaysShort(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 400 MB")
	}
	s := openForTest(t, Config{})
	text := strings.Repeat("x", 40_000) // ten pages
	var all sync.WaitGroup
	for caller := range 32 {
		all.Go(func() {
			for i := range 320 {
				_, err := Update(context.Background(), s, func(w *Writer) (int, error) {
					return 0, w.SetSetting(string(rune('A'+caller))+string(rune('A'+i%64)), text)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	info, err := os.Stat(filepath.Join(s.cfg.Data, databaseName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the log has %d MB", info.Size()>>20)
	if info.Size() > 3*walMax*4096 {
		t.Errorf("the log grew to %d bytes", info.Size())
	}
}

// TestAFullDiskRefusesWholeAndRecovers needs the right to mount a small tmpfs.
func TestAFullDiskRefusesWholeAndRecovers(t *testing.T) {
	data := t.TempDir()
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=4m,mode=0700"); err != nil {
		t.Skipf("cannot mount a tmpfs: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) })
	ballast := filepath.Join(data, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openForTest(t, Config{Data: data, Keys: filepath.Join(t.TempDir(), "keys")})
	acknowledged := make([][]string, 16)
	var all sync.WaitGroup
	for caller := range acknowledged {
		all.Go(func() {
			for i := range 40 {
				key := "full/" + strconv.Itoa(caller) + "/" + strconv.Itoa(i)
				_, err := Update(context.Background(), s, func(w *Writer) (int, error) {
					return 0, errors.Join(set(key)(w), w.SetSetting(key+"/long", strings.Repeat("x", 1<<14)))
				})
				switch {
				case err == nil:
					acknowledged[caller] = append(acknowledged[caller], key, key+"/long")
				case !errors.Is(err, ErrFull):
					t.Errorf("got %v, want ErrFull", err)
				}
			}
		})
	}
	all.Wait()
	want := slices.Sorted(slices.Values(slices.Concat(acknowledged...)))
	got := strings.Fields(settings(t, s)) // reads go on, and the journal is whole
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-acknowledged +there):\n%s", diff)
	}
	if len(want) == 0 || len(want) == 2*16*40 {
		t.Errorf("%d rows were written: the disk was never full, or always", len(want))
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if _, err := Update(context.Background(), s, func(w *Writer) (int, error) { return 0, set("after")(w) }); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

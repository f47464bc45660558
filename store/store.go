// Package store keeps what Sinergi knows: one SQL text, sealed columns, and a journal entry for whatever happens.
//
// It promises: an answer of Update leaves after its commit is on the disk; what a closure did is there whole or not at all,
// with its journal entries; no caller's deadline, error or panic reaches the work of another; journal numbers have no gap.
// It never decides who may see what, and never hands out an SQL connection. Begin with Update and Read in closure.go; the queries
// stand in one file for each noun, the group commit in group.go, the keys in keys.go and seal.go.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store/migrations"
)

var (
	// ErrClosed is the answer of a store that is closed, or that has lost its disk.
	ErrClosed = errors.New("store: closed")
	// ErrPanic is the answer to the caller whose closure panicked. What it panicked with is not kept: it may be a name.
	ErrPanic = errors.New("store: the closure panicked")
)

// Config says where the store lives.
type Config struct {
	// Database is where a PostgreSQL is, as postgres://…; empty: a file of SQLite in Data. It may hold a password.
	Database string

	Data string           // folder of the database, without Database; made when absent
	Keys string           // folder of the keys, not inside Data; made when absent
	Now  func() time.Time // the server's clock; time.Now when nil
	Rand io.Reader        // chance for keys and entry ids; crypto/rand when nil

	// KeysSaved tells whether data keys and key folder were written to a backup after an instant; nil: there are no backups, and no old
	// key encryption key is ever destroyed.
	KeysSaved func(since time.Time) bool

	// Monotonic is how long the process has run, by a clock that nobody sets; when nil, a Now that is given is believed.
	Monotonic func() time.Duration

	fatal func(error) // what ends the process; tests of this package set it
}

// Store is an open database with its keys. It is safe for many goroutines.
type Store struct {
	cfg     Config
	engine  engine
	keys    *keyring
	lock    *os.File // of a database in a file
	writer  *conn
	readers chan *conn
	jobs    chan *job
	stop    chan struct{} // closed by Close
	ended   chan struct{} // closed when the writer goroutine has ended
	closing atomic.Bool
	changed bell // rung at each commit with entries
	watch   watch

	followed  followed
	self      atomic.Int64 // chance, by which this server knows its own turns
	listening listening

	directory  atomic.Pointer[Directory]
	placing    sync.Mutex
	identities *lru.Cache[identityKey, casework.Person]
	names      *lru.Cache[identityKey, casework.PersonIdentity]
	callers    *lru.Cache[string, knownCaller]
	handlers   *lru.Cache[casework.UnitID, unitHandlers]
	deputies   *lru.Cache[casework.AccountID, deputyships]
	glasses    *lru.Cache[casework.AccountID, openGlasses]
	rights     atomic.Uint64 // changes whenever an account, role, unit or credential does
	version    atomic.Uint64 // changes with every commit that writes more than the journal
	stamps     stamps
	pages      *lru.Cache[pageKey, legPage]
	dutyPages  *lru.Cache[dutyKey, dutyPage]
	reviewed   atomic.Bool  // a REVIEWER has worked here: nothing undoes that
	fiveBy     atomic.Int64 // the day on which no monitored child was left who is five

	// Owned by the writer goroutine: what changed in this group.
	rightsChanged, rowsChanged, placesChanged bool
	marked                                    changed
	own                                       *turn // its last, until it is settled
	remains                                   bool  // what was erased still stands in the log of the database, or in the slack of its pages
	rewritten                                 bool  // it stands in no slack any more

	newest atomic.Int64 // microseconds of the newest entry that is committed, or is about to be

	// Owned by the writer goroutine.
	seq    sequence
	pace   pace
	broken bool // the disk failed: nothing is acknowledged any more

	// The tree over the journal, also the writer goroutine's.
	edge     journal.Edge
	stored   []byte // scratch for the hashes of a group
	unsigned int    // entries since the last checkpoint was asked for

	signing signing
	drawn   drawn

	// Checkpoints, also the writer goroutine's.
	copier  *conn      // of a database in a file
	copied  chan error // the copier is done
	copying bool
	copies  int  // of the copier, since the log last began anew
	groups  uint // commits since the start
}

// Open opens the database in cfg.Data and makes it, and its keys, when they are absent. It refuses keys in the folder of the
// data, keys that others can read, sealed data without its keys, a database newer than the program, and a second process on
// the same database. Each refusal says what to do.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	cfg.complete()
	if err := prepareFolders(&cfg); err != nil {
		return nil, err
	}
	s := &Store{
		cfg:    cfg,
		jobs:   make(chan *job, 4*groupMax),
		stop:   make(chan struct{}),
		ended:  make(chan struct{}),
		copied: make(chan error, 1),
	}
	s.disown()
	s.signing.due, s.signing.stop = make(chan struct{}, 1), make(chan struct{})
	if err := s.openCaches(); err != nil {
		return nil, err
	}
	mended, err := s.open(ctx)
	if err != nil {
		return nil, errors.Join(err, s.release())
	}
	before := s.seq.next
	go s.write()
	if err := s.openDirectory(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.watch = newWatch(cfg, s.newest.Load())
	if err := s.mend(ctx, mended, before); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.settleKeys(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.signing.ended = make(chan struct{})
	go s.signs()
	s.startListening()
	return s, nil
}

func (cfg *Config) complete() {
	if cfg.Now == nil {
		started := time.Now()
		cfg.Now, cfg.Monotonic = time.Now, func() time.Duration { return time.Since(started) }
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.fatal == nil {
		cfg.fatal = func(err error) {
			if errors.Is(err, errWentBack) {
				slog.Error("the database is older than it was; the process ends, for what it holds in memory is of commits that are gone")
			} else {
				slog.Error("the disk failed at a commit; the process ends, for nothing after it can be trusted", "code", int(code(err)))
			}
			os.Exit(1)
		}
	}
}

func (s *Store) open(ctx context.Context) (mended string, err error) {
	if err := s.openEngine(ctx); err != nil {
		return "", err
	}
	if s.writer, err = s.connect(true); err != nil {
		return "", err
	}
	if s.inFile() {
		err = s.openLog()
	} else {
		err = s.writer.do(fmt.Sprintf("SELECT pg_advisory_lock(%d)", openLock)) // of two servers on an empty database one makes the keys
		defer func() { err = errors.Join(err, s.writer.do(fmt.Sprintf("SELECT pg_advisory_unlock(%d)", openLock))) }()
	}
	if err != nil {
		return "", err
	}
	if err := s.loadSequence(); err != nil {
		return "", err
	}
	if mended, err = s.openTree(); err != nil {
		return "", err
	}
	if err := s.openKeys(); err != nil {
		return "", err
	}
	if err := s.beginTurns(mended != ""); err != nil {
		return "", err
	}
	if err := s.openSigningKey(); err != nil {
		return "", err
	}
	return mended, s.openReaders(max(4, 2*runtime.NumCPU()))
}

// openEngine takes the database that is configured, and brings it to this program's schema.
func (s *Store) openEngine(ctx context.Context) (err error) {
	if s.inFile() {
		s.lock, err = lockFile(filepath.Join(s.cfg.Data, lockName))
		s.engine = sqlite{filepath.Join(s.cfg.Data, databaseName)}
	} else {
		s.engine, err = newPostgres(s.cfg.Database)
	}
	if err != nil {
		return err
	}
	err = s.engine.migrate(ctx)
	if errors.Is(err, migrations.ErrNewer) {
		return fmt.Errorf("%w: install the newer sinergi again, or restore a backup made by this one", err)
	}
	return err
}

// inFile tells whether the database is a file of SQLite, which no other server has.
func (s *Store) inFile() bool { return s.cfg.Database == "" }

func (s *Store) connect(mayWrite bool) (*conn, error) {
	l, err := s.engine.connect(mayWrite)
	if err != nil {
		return nil, err
	}
	return &conn{link: l}, nil
}

func (s *Store) openReaders(n int) error {
	s.readers = make(chan *conn, n)
	for range n {
		c, err := s.connect(false)
		if err != nil {
			return err
		}
		s.readers <- c
	}
	return nil
}

// Close signs a last checkpoint, lets the closures that wait finish, then closes the database. Later calls get ErrClosed.
func (s *Store) Close() error {
	s.endSigning()
	if s.closing.Swap(true) {
		return ErrClosed
	}
	s.endListening()
	close(s.stop)
	<-s.ended
	return s.release()
}

// release gives back whatever open has taken; readers still at work are waited for.
func (s *Store) release() error {
	var errs []error
	if s.readers != nil {
		for range len(s.readers) + s.busyReaders() {
			errs = append(errs, (<-s.readers).close())
		}
	}
	if s.copying {
		errs = append(errs, <-s.copied)
	}
	for _, c := range []*conn{s.copier, s.writer} {
		if c != nil {
			errs = append(errs, c.close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

func (s *Store) busyReaders() int {
	if s.keys == nil || s.writer == nil || !s.closing.Load() {
		return 0
	}
	return cap(s.readers) - len(s.readers)
}

// lockFile holds an flock until it is closed or the process dies, kill -9 included.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another process uses the database in %s: stop it first, or give --data another folder", filepath.Dir(path)), f.Close())
	}
	return f, nil
}

// Now is the server's clock.
func (s *Store) Now() time.Time { return s.cfg.Now().UTC() }

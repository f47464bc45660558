package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Checkpoints say what the tree was: signed, kept for ever, and given to whoever watches from outside. A journal that was edited no
// longer fits those that are out of the house.

const (
	// checkpointEntries and checkpointEvery are how much may happen, and how long it may take, until the next is signed.
	checkpointEntries = 256
	checkpointEvery   = time.Minute
	// lastCheckpoint bounds what closing a store waits for its last one.
	lastCheckpoint = 5 * time.Second
)

// ErrForked is why nothing is signed any more: the journal contradicts its own newest checkpoint. To sign it all the same would
// vouch for a history that somebody made anew.
var ErrForked = errors.New("store: the journal contradicts its newest checkpoint: keep a copy of both folders, and run `sinergi verify`")

// errNotTheTree keeps back a checkpoint whose entries are gone. The next is of what is there.
var errNotTheTree = errors.New("store: the journal is not what was signed")

// signing is what signs. mu guards the key.
type signing struct {
	mu    sync.Mutex
	key   signingKey
	since time.Time // the key signs since then

	due   chan struct{} // enough entries for a checkpoint
	stop  chan struct{}
	ended chan struct{} // nil while nobody signs
	last  sync.Once
}

// signs runs until the store closes. It is beside the writer: a commit never waits for a signature.
func (s *Store) signs() {
	defer close(s.signing.ended)
	ticker := time.NewTicker(checkpointEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.signing.due:
		case <-ticker.C:
		case <-s.signing.stop:
			return
		}
		s.signOnce(context.Background())
	}
}

func (s *Store) signOnce(ctx context.Context) {
	switch err := s.SignCheckpoint(ctx); {
	case err == nil, errors.Is(err, ErrClosed), errors.Is(err, ErrClock), errors.Is(err, context.DeadlineExceeded):
	case errors.Is(err, ErrForked):
		slog.Error("the journal contradicts its newest checkpoint; nothing is signed")
	default:
		slog.Error("no checkpoint of the journal could be signed")
	}
}

// endSigning signs what has happened since the last checkpoint, once, before the store closes.
func (s *Store) endSigning() {
	if s.signing.ended == nil {
		return
	}
	s.signing.last.Do(func() {
		close(s.signing.stop)
		<-s.signing.ended
		ctx, cancel := context.WithTimeout(context.Background(), lastCheckpoint)
		defer cancel()
		s.signOnce(ctx)
	})
}

// signed counts a group's entries, and wakes who signs.
func (s *Store) signed(g *group) {
	if s.unsigned += len(g.leaves); s.unsigned < checkpointEntries {
		return
	}
	s.unsigned = 0
	select {
	case s.signing.due <- struct{}{}:
	default: // it is awake already
	}
}

// tip is the journal as it stands, and its newest checkpoint.
type tip struct {
	now    journal.Checkpoint
	newest journal.Checkpoint
	forked bool // now does not continue newest
}

func (r *Reader) tip() (t tip, err error) {
	t.now.Origin = r.s.keys.originOf()
	if t.now.Size, err = r.treeSize(); err != nil {
		return t, err
	}
	if t.now.Root, err = r.Root(t.now.Size); err != nil {
		return t, err
	}
	newest, ok, err := r.newestCheckpoint()
	if err != nil || !ok {
		return t, err
	}
	if t.newest, err = newest.read(); err != nil {
		return t, err
	}
	if t.newest.Size > t.now.Size {
		t.forked = true
		return t, nil
	}
	root, err := r.Root(t.newest.Size)
	t.forked = err != nil || root != t.newest.Root // a tree that cannot be read whole is not one to sign
	return t, nil
}

// SignCheckpoint signs the journal as it stands, unless its newest checkpoint says all of it. It refuses with ErrForked a journal
// that does not continue what was signed before.
func (s *Store) SignCheckpoint(ctx context.Context) error {
	if s.ClockWrong() {
		return ErrClock
	}
	s.signing.mu.Lock()
	defer s.signing.mu.Unlock()
	t, err := Read(ctx, s, (*Reader).tip)
	switch {
	case err != nil:
		return fmt.Errorf("sign a checkpoint: %w", err)
	case t.forked:
		return ErrForked
	case t.now.Size == t.newest.Size:
		return nil
	}
	now := s.Now()
	key, changed := s.signing.key, false
	if key.signer == nil || now.Sub(s.signing.since) > checkpointKeyLife {
		if key, err = s.changeKey(now); err != nil {
			return fmt.Errorf("change the key of checkpoints: %w", err)
		}
		changed = true
	}
	signers := []note.Signer{key.signer}
	if changed && s.signing.key.signer != nil {
		signers = append(signers, s.signing.key.signer)
	}
	text, err := note.Sign(&note.Note{Text: t.now.String()}, signers...)
	if err != nil {
		return fmt.Errorf("sign a checkpoint: %w", err)
	}
	err = s.update(ctx, func(w *Writer) error { return w.putCheckpoint(t.now, now, string(text), key.public, changed) })
	if err != nil || !changed {
		return err
	}
	s.signing.key, s.signing.since = key, now
	return writeSigningKeys(s.cfg.Keys, key) // the old private half ends here
}

// putCheckpoint keeps one that is still true: since the tree was read a primary may have failed, and its last entries with it.
func (w *Writer) putCheckpoint(of journal.Checkpoint, now time.Time, text, public string, changed bool) error {
	if root, err := w.Root(of.Size); err != nil || root != of.Root {
		return errors.Join(errNotTheTree, err)
	}
	if changed {
		sum := sha256.Sum256([]byte(public))
		entry := w.Append(journal.Entry{
			Version: journal.Version, Origin: "timer", Role: "SERVER", Action: "key.change", Outcome: "ALLOW",
			ObjectKind: "key", Object: [16]byte(sum[:16]), Event: journal.Event{Name: "CHECKPOINT_KEY", Value: sum},
		}, nil, nil)
		if _, err := w.execEntry("INSERT INTO checkpoint_keys (key, from_time, entry) VALUES ($1, $2, $3)", public, now, entry); err != nil {
			return fmt.Errorf("put the key of checkpoints: %w", err)
		}
	}
	_, err := w.execEntry("INSERT INTO checkpoints (size, time, note) VALUES ($1, $2, $3)", of.Size, now, text)
	if err != nil {
		return fmt.Errorf("put a checkpoint: %w", err)
	}
	return nil
}

// mend tells the journal what had to be done to its tree.
func (s *Store) mend(ctx context.Context, what string, before uint64) error {
	if what == "" {
		return nil
	}
	if what != treeMade {
		slog.Error("the journal did not fit its tree when it was opened; run `sinergi verify`", "kind", what)
	}
	return s.update(ctx, func(w *Writer) error {
		w.Append(journal.Entry{
			Version: journal.Version, Origin: "timer", Role: "SERVER", Action: "journal.mend", Outcome: "ALLOW", ObjectKind: "journal",
			Event: journal.Event{Name: what, Before: strconv.FormatUint(before, 10), After: strconv.FormatUint(w.seq.next, 10)},
		}, nil, nil)
		return nil
	})
}

// Checkpoint is a signed note, with the lines of the witnesses under it.
type Checkpoint struct {
	Size int64
	Time time.Time
	Note string
}

// read gives what the note says, without asking who signed.
func (c Checkpoint) read() (journal.Checkpoint, error) {
	text, _, _ := strings.Cut(c.Note, "\n\n")
	return journal.ParseCheckpoint(text + "\n")
}

const checkpointColumns = "SELECT size, time, note FROM checkpoints"

func scanCheckpoint(r row) (c Checkpoint, err error) { return c, r.scan(&c.Size, &c.Time, &c.Note) }

func (t *tx) newestCheckpoint() (c Checkpoint, ok bool, err error) {
	c, err = scanCheckpoint(t.row(checkpointColumns + " ORDER BY size DESC LIMIT 1")) // by the primary key
	if errors.Is(err, errNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// NewestCheckpoint is the newest with its cosignatures; ok is false before the first was signed.
func (t *tx) NewestCheckpoint() (c Checkpoint, ok bool, err error) {
	if c, ok, err = t.newestCheckpoint(); err != nil || !ok {
		return c, false, err
	}
	return c, true, t.cosign(&c)
}

// CheckpointOf is the checkpoint of a size, with its cosignatures; ok is false if there is none.
func (t *tx) CheckpointOf(size int64) (c Checkpoint, ok bool, err error) {
	c, err = scanCheckpoint(t.row(checkpointColumns+" WHERE size = $1", size))
	if errors.Is(err, errNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	return c, true, t.cosign(&c)
}

// Checkpoints lists those of more entries than after, smallest first, with their cosignatures.
func (t *tx) Checkpoints(after int64, limit int) ([]Checkpoint, error) {
	all, err := list(t, scanCheckpoint, checkpointColumns+" WHERE size > $1 ORDER BY size LIMIT $2", after, limit)
	for i := range all {
		if err == nil {
			err = t.cosign(&all[i])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", err)
	}
	return all, nil
}

// cosign adds the lines of the witnesses.
func (t *tx) cosign(c *Checkpoint) error {
	for r := range t.rows("SELECT line FROM cosignatures WHERE size = $1 ORDER BY witness", c.Size) { // by the primary key
		var line string
		if err := r.scan(&line); err != nil {
			return err
		}
		c.Note += line + "\n"
	}
	return nil
}

// PutCosignature keeps a witness's line under a checkpoint; the first one stays.
func (w *Writer) PutCosignature(size int64, witness, line string, entry func() [16]byte) error {
	var one int64
	err := w.row("SELECT 1 FROM cosignatures WHERE size = $1 AND witness = $2", size, witness).scan(&one)
	if !errors.Is(err, errNoRows) {
		return err
	}
	_, err = w.execEntry("INSERT INTO cosignatures (size, witness, time, line, entry) VALUES ($1, $2, $3, $4, $5)", size, witness, w.Now(), line, entry())
	return err
}

// NewestCosignature is when a witness last signed; zero: never.
func (t *tx) NewestCosignature() (at time.Time, err error) {
	err = t.row("SELECT time FROM cosignatures ORDER BY size DESC LIMIT 1").scan(&at)
	if errors.Is(err, errNoRows) {
		return at, nil
	}
	return at, err
}

// signedCheckpoint is a checkpoint whose signature was checked.
type signedCheckpoint struct{ journal.Checkpoint }

// checkedCheckpoints reads all, and reports those that no key of this journal has signed.
func (t *tx) checkedCheckpoints(report func(string)) ([]signedCheckpoint, error) {
	keys, err := t.checkpointKeys()
	if err != nil {
		return nil, err
	}
	verifiers, err := verifiersOf(keys)
	if err != nil {
		report("a key of checkpoints does not parse")
		return nil, nil
	}
	var all []signedCheckpoint
	for r := range t.rows(checkpointColumns + " ORDER BY size") {
		c, err := scanCheckpoint(r)
		if err != nil {
			return nil, err
		}
		signed, err := note.Open([]byte(c.Note), verifiers)
		if err != nil {
			report(fmt.Sprintf("the checkpoint of %d entries is signed by no key of this journal", c.Size))
			continue
		}
		said, err := journal.ParseCheckpoint(signed.Text)
		if err != nil || said.Size != c.Size || said.Origin != t.s.keys.originOf() {
			report(fmt.Sprintf("the checkpoint of %d entries is not one of this journal", c.Size))
			continue
		}
		all = append(all, signedCheckpoint{said})
	}
	return all, nil
}

package store

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Keys change while callers work, and no call fails by it. Each change is begun by one durable write of a key file, before which nothing
// has happened, and goes on from whatever a killed process has left: what is under an old key tells so by itself.

const (
	kekFor    = 30 * 24 * time.Hour  // how long a key encryption key wraps
	kekAfter  = 35 * 24 * time.Hour  // how long it still unwraps: as long as copies of the data are kept a day each
	cursorFor = 90 * 24 * time.Hour  // how long a cursor key seals; the next 90 days it opens
	indexFor  = 365 * 24 * time.Hour // how long an index key tags
	// rewrapMost is how many data keys are wrapped anew in one transaction: some 2 ms, in which callers wait.
	rewrapMost = 256
)

// KeyKinds are the keys that ChangeKey changes.
var KeyKinds = []string{"kek", "index", "cursor", "linkage"}

// ChangeKey makes a new key of a kind and brings everything under it before it returns. by is who says so, for the journal.
func (s *Store) ChangeKey(ctx context.Context, kind string, by journal.Entry) error {
	s.keys.changing.Lock()
	defer s.keys.changing.Unlock()
	change, known := map[string]func(context.Context, journal.Entry) error{
		"kek": s.changeKEK, "index": s.changeIndex, "cursor": s.changeCursor, "linkage": s.changeLinkage,
	}[kind]
	if !known {
		return fmt.Errorf("there is no key of the kind %q; there are %v", kind, KeyKinds)
	}
	return s.alone(ctx, func() error { return change(ctx, by) })
}

// KeepKeys does what time asks of the keys: it finishes changes that were interrupted, changes what is old, and destroys what is over. by
// is the timer, for the journal. It does nothing by a clock that is not to be believed.
func (s *Store) KeepKeys(ctx context.Context, by journal.Entry) error {
	s.keys.changing.Lock()
	defer s.keys.changing.Unlock()
	if s.ClockWrong() {
		return ErrClock
	}
	return s.alone(ctx, func() error { return s.keepKeys(ctx, by) })
}

func (s *Store) keepKeys(ctx context.Context, by journal.Entry) error {
	if err := s.finishChanges(ctx, by); err != nil {
		return err
	}
	if err := s.settleLives(); err != nil {
		return err
	}
	now := s.keyTime()
	for _, k := range s.keys.lives.list() {
		var err error
		switch {
		case !k.Destroyed.IsZero():
		case k.Kind == "kek" && k.Retired.IsZero() && now.Sub(k.Made) >= kekFor:
			err = s.changeKEK(ctx, by)
		case k.Kind == "kek" && !k.Retired.IsZero() && now.Sub(k.Retired) >= kekAfter:
			err = s.destroyKEK(ctx, k, by)
		case k.Kind == "index" && k.Retired.IsZero() && now.Sub(k.Made) >= indexFor:
			err = s.changeIndex(ctx, by)
		case k.Kind == "cursor" && k.Retired.IsZero() && now.Sub(k.Made) >= cursorFor:
			err = s.changeCursor(ctx, by)
		case k.Kind == "linkage" && k.Retired.IsZero() && now.Sub(k.Made) >= linkageFor:
			err = s.changeLinkage(ctx, by)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// finishChanges goes on where a killed process has stopped.
func (s *Store) finishChanges(ctx context.Context, by journal.Entry) error {
	if err := s.rewrap(ctx); err != nil {
		return err
	}
	if s.keys.index.Load().next != nil {
		if err := s.reindex(ctx, by); err != nil {
			return err
		}
	}
	owners, err := Read(ctx, s, func(r *Reader) ([]Owner, error) { return r.renewals() })
	if err != nil {
		return fmt.Errorf("read data keys: %w", err)
	}
	for _, owner := range owners {
		if _, err := s.sealAgain(ctx, owner, by); err != nil {
			return err
		}
	}
	return nil
}

// settleKeys notes which keys there are, once the store is open, and tags again what was restored from before a change of the index key:
// nobody would be found in it.
func (s *Store) settleKeys(ctx context.Context) error {
	if s.ClockWrong() {
		return nil
	}
	if s.keys.index.Load().now == nil {
		by := journal.Entry{Version: journal.Version, Origin: "timer", Role: "SERVER", Action: "key.manage", Outcome: "ALLOW"}
		if err := s.reindex(ctx, by); err != nil {
			return err
		}
	}
	return s.settleLives()
}

// keyTime is the time of a key's life: the later of the clock and the newest entry.
func (s *Store) keyTime() time.Time {
	return time.UnixMicro(max(s.cfg.Now().UnixMicro(), s.newest.Load())).UTC().Truncate(time.Second)
}

// settleLives notes which keys there are.
func (s *Store) settleLives() error {
	kek, index := s.keys.kek.Load(), s.keys.index.Load()
	present := map[string][]string{"kek": {kekID(kek.primary())}, "journal": {s.keys.mark(s.keys.journal)}}
	for _, id := range kek.ids() {
		if id != kek.primary() {
			present["kek"] = append(present["kek"], kekID(id))
		}
	}
	if index.now != nil {
		present["index"] = append(present["index"], s.keys.mark(index.now))
	}
	present["cursor"] = s.keys.cursors.Load().ids
	present["linkage"] = []string{s.keys.mark(s.keys.linkage.Load().plain)}
	return s.keys.lives.settle(s.keyTime(), present)
}

// Keys are the lives of all keys of the folder, the newest of each kind last.
func (s *Store) Keys() []KeyLife {
	all := s.keys.lives.list()
	slices.SortStableFunc(all, func(a, b KeyLife) int {
		if a.Kind != b.Kind {
			return slices.Index(kindOrder, a.Kind) - slices.Index(kindOrder, b.Kind)
		}
		return a.Made.Compare(b.Made)
	})
	return all
}

var kindOrder = []string{"kek", "index", "cursor", "linkage", "journal"}

// KeysAreSaved tells whether there is a backup of the keys: without one no old key encryption key is destroyed.
func (s *Store) KeysAreSaved() bool { return s.cfg.KeysSaved != nil }

// Due is when a key will be changed by itself; zero: never.
func (k KeyLife) Due() time.Time {
	terms := map[string]time.Duration{"kek": kekFor, "index": indexFor, "cursor": cursorFor, "linkage": linkageFor}
	if term, ok := terms[k.Kind]; ok && k.Retired.IsZero() {
		return k.Made.Add(term)
	}
	return time.Time{}
}

// note appends what happened to a key. It names it by its id, which is no secret.
func (s *Store) note(ctx context.Context, by journal.Entry, event, id string) error {
	by.ObjectKind, by.Event = "key", journal.Event{Name: event, After: id}
	_, err := Update(ctx, s, func(w *Writer) (struct{}, error) {
		w.Append(by, nil, nil)
		return struct{}{}, nil
	})
	return err
}

// changeKEK makes a fresh key of the keyset the one that wraps, and wraps all data keys anew.
func (s *Store) changeKEK(ctx context.Context, by journal.Entry) error {
	next, err := s.keys.kek.Load().withFresh()
	if err != nil {
		return err
	}
	if err := s.note(ctx, by, "KEK_CHANGED", kekID(next.primary())); err != nil {
		return err
	}
	if err := s.writeKEK(next); err != nil {
		return err
	}
	return s.rewrap(ctx)
}

// writeKEK makes a keyset the folder's and then ours: what is wrapped by a key that is in no file opens never again.
func (s *Store) writeKEK(next *kek) error {
	text, err := next.text()
	if err == nil {
		err = writeDurably(filepath.Join(s.cfg.Keys, kekName), text)
	}
	if err != nil {
		return fmt.Errorf("write the key encryption key: %w", err)
	}
	s.keys.kek.Store(next)
	return s.settleLives()
}

// destroyKEK takes an old key out of the keyset, once nothing is wrapped by it and the newest data keys are in a backup. Until there are
// backups nothing is destroyed: the copies that somebody made by hand would never open again.
func (s *Store) destroyKEK(ctx context.Context, k KeyLife, by journal.Entry) error {
	if s.cfg.KeysSaved == nil || !s.cfg.KeysSaved(k.Retired) {
		return nil
	}
	kek := s.keys.kek.Load()
	at := slices.IndexFunc(kek.ids(), func(id uint32) bool { return kekID(id) == k.ID })
	if at < 0 {
		return nil
	}
	id := kek.ids()[at]
	used, err := Read(ctx, s, func(r *Reader) (used bool, err error) {
		return used, r.row("SELECT EXISTS (SELECT 1 FROM deks WHERE substr(wrapped, 1, 5) = $1)", wrapHead(id)).scan(&used)
	})
	if err != nil || used || id == kek.primary() {
		return err
	}
	next, err := kek.without(id)
	if err != nil {
		return err
	}
	if err := s.note(ctx, by, "KEK_DESTROYED", k.ID); err != nil {
		return err
	}
	return s.writeKEK(next)
}

// rewrap brings all data keys under the primary key. What is to be done tells by its first bytes, so a killed run is simply run again.
func (s *Store) rewrap(ctx context.Context) error {
	kek := s.keys.kek.Load()
	var after Key
	after.epoch = -1
	for {
		page, err := Read(ctx, s, func(r *Reader) ([]Key, error) { return r.wrappedByOthers(after, kek.primary()) })
		if err != nil {
			return fmt.Errorf("read data keys: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		after = page[len(page)-1]
		if err := s.rewrapPage(ctx, kek, page); err != nil {
			return err
		}
	}
}

// wrappedByOthers are data keys that another than the primary key wraps, by owner. Served by the primary key.
func (t *tx) wrappedByOthers(after Key, primary uint32) ([]Key, error) {
	return list(t, func(r row) (k Key, err error) {
		var wrapped []byte
		err = r.scan(k.owner[:], &k.epoch, &wrapped)
		k.wrapped = bytes.Clone(wrapped)
		return k, err
	}, `SELECT owner, epoch, wrapped FROM deks
		WHERE (owner, epoch) > ($1, $2) AND substr(wrapped, 1, 5) <> $3
		ORDER BY owner, epoch
		LIMIT $4`, after.owner[:], after.epoch, wrapHead(primary), rewrapMost)
}

// rewrapPage wraps some data keys anew: before the closure, which only exchanges what still stands there. One that was erased meanwhile
// stays erased.
func (s *Store) rewrapPage(ctx context.Context, kek *kek, page []Key) error {
	fresh := make([][]byte, len(page))
	for i, k := range page {
		plain, err := kek.Decrypt(k.wrapped, keyContext(k.owner, k.epoch))
		if err != nil {
			return fmt.Errorf("unwrap a data key: %w", ErrSealed)
		}
		fresh[i], err = kek.Encrypt(plain, keyContext(k.owner, k.epoch))
		clear(plain)
		if err != nil {
			return fmt.Errorf("wrap a data key: %w", err)
		}
	}
	return s.update(ctx, func(w *Writer) error {
		for i, k := range page {
			_, err := w.execEntry("UPDATE deks SET wrapped = $3 WHERE owner = $1 AND epoch = $2 AND wrapped = $4", k.owner[:], k.epoch, fresh[i], k.wrapped)
			if err != nil {
				return fmt.Errorf("put a data key: %w", err)
			}
		}
		return nil
	})
}

// changeCursor makes a new cursor key. The one before opens until the next change.
func (s *Store) changeCursor(ctx context.Context, by journal.Entry) error {
	if err := s.note(ctx, by, "CURSOR_KEY_CHANGED", ""); err != nil {
		return err
	}
	if err := s.keys.changeCursors(s.cfg.Rand); err != nil {
		return fmt.Errorf("change the cursor key: %w", err)
	}
	return s.settleLives()
}

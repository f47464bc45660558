package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// The index key tags what is looked up without being readable: persons inside a register and side, staff by NIK, family cards. It
// changes by indexing again from what stands sealed, so no old key is kept, and a tag of a stolen old copy means nothing any more. While
// it changes what is written bears the tag of the next key, and what is looked up is looked for under both.

// indexKeys are the index key and, while it changes, the next. now is nil in a database that was restored from before a change.
type indexKeys struct {
	now, next []byte
	epoch     int64 // of the key that tags what is written: how often it has changed
}

// epochSetting counts the changes of the index key.
const epochSetting = "index epoch"

// reindexMost is how many rows are tagged anew in one transaction: some 2 ms, in which callers wait.
const reindexMost = 64

// MatchTag is a mark by which a person is found again inside one register and side. While the index key changes there are two of each.
type MatchTag struct {
	tag   [16]byte
	epoch int64
	old   bool // of the key that goes: looked for, not written
}

// indexTags are the tags of parts: first the one that is written, then the one that may still stand there.
func (s *Store) indexTags(label string, parts ...[]byte) []MatchTag {
	k := s.keys.index.Load()
	var tags []MatchTag
	for _, key := range [][]byte{k.next, k.now} {
		if key == nil {
			continue
		}
		sum := s.keys.mac(key, label, parts...)
		tags = append(tags, MatchTag{[16]byte(sum[:16]), k.epoch, len(tags) > 0})
	}
	return tags
}

// matchIndex finds the index key that the database was tagged by. have is its mark, change that of the one it is changing to.
func (s *Store) matchIndex(have, change string) error {
	w := &Writer{tx: tx{c: s.writer, s: s}}
	text, _, err := w.Setting(epochSetting)
	if err != nil {
		return fmt.Errorf("match keys with the database: %w", err)
	}
	epoch, _ := strconv.ParseInt(text, 10, 64) // none: never changed
	now, mark := s.keys.index.Load().now, s.keys.mark
	var next []byte
	if _, err := os.Stat(s.nextIndex()); err == nil {
		if next, err = keyFile(s.cfg.Keys, nextIndexName, false, nil); err != nil {
			return err
		}
	}
	switch {
	case mark(now) == have && change == "": // a next one was made and never used
		s.keys.index.Store(&indexKeys{now: now, epoch: epoch})
		return s.dropNextIndex()
	case mark(now) == have && next != nil && mark(next) == change:
		s.keys.index.Store(&indexKeys{now: now, next: next, epoch: epoch + 1})
		return nil
	case mark(now) == have:
		return fmt.Errorf("the index is being changed to the key %s in %s, which is missing: restore the newest copy of the key folder", nextIndexName, s.cfg.Keys)
	case next != nil && mark(next) == have: // changed, and killed before it was put in its place
		s.keys.index.Store(&indexKeys{now: next, epoch: epoch})
		return s.promoteIndex()
	case s.keys.lives.replaced("index", have, mark(now)): // restored from before a change
		s.keys.index.Store(&indexKeys{next: now, epoch: epoch + 1})
		return w.SetSetting(changeSetting, mark(now))
	}
	return s.foreign(indexName)
}

func (s *Store) nextIndex() string { return filepath.Join(s.cfg.Keys, nextIndexName) }

func (s *Store) dropNextIndex() error {
	if err := os.Remove(s.nextIndex()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// promoteIndex puts the next index key in its place. The one before is destroyed by that.
func (s *Store) promoteIndex() error {
	err := os.Rename(s.nextIndex(), filepath.Join(s.cfg.Keys, indexName))
	if errors.Is(err, os.ErrNotExist) {
		return nil // a restored database was brought under the key that stands there
	}
	if err != nil {
		return fmt.Errorf("put the index key in its place: %w", err)
	}
	return syncFolder(s.cfg.Keys)
}

// changeIndex makes a new index key and tags everything by it.
func (s *Store) changeIndex(ctx context.Context, by journal.Entry) error {
	keys := *s.keys.index.Load()
	if keys.next == nil {
		next, err := randomKey(s.cfg.Rand)
		if err == nil {
			err = writeDurably(s.nextIndex(), next)
		}
		if err != nil {
			return fmt.Errorf("make the next index key: %w", err)
		}
		_, err = Update(ctx, s, func(w *Writer) (struct{}, error) {
			by.ObjectKind, by.Event = "key", journal.Event{Name: "INDEX_KEY_CHANGING", After: s.keys.mark(next)}
			w.Append(by, nil, nil)
			return struct{}{}, w.SetSetting(changeSetting, s.keys.mark(next))
		})
		if err != nil {
			return err
		}
		s.keys.index.Store(&indexKeys{now: keys.now, next: next, epoch: keys.epoch + 1})
	}
	return s.reindex(ctx, by)
}

// indexed are what bears tags: which rows there are, and how one of them is tagged anew.
var indexed = []struct {
	ids   string // rows after one, by a key that ascends
	retag func(w *Writer, id []byte) error
}{
	{"SELECT id FROM accounts WHERE id > $1 AND nik_tag IS NOT NULL ORDER BY id LIMIT $2", (*Writer).retagAccount},
	{"SELECT DISTINCT case_id FROM barred WHERE case_id > $1 ORDER BY case_id LIMIT $2", (*Writer).retagBarred},
	{"SELECT id FROM family_cards WHERE id > $1 ORDER BY id LIMIT $2", (*Writer).retagCard},
	{"SELECT id FROM persons WHERE id > $1 ORDER BY id LIMIT $2", (*Writer).retagPerson},
}

// reindex tags everything by the next key and then makes it the only one. Each row may be tagged any number of times, so a killed run is
// simply run again.
func (s *Store) reindex(ctx context.Context, by journal.Entry) error {
	for _, kind := range indexed {
		if err := s.retagAll(ctx, kind.ids, kind.retag); err != nil {
			return fmt.Errorf("index again: %w", err)
		}
	}
	keys := s.keys.index.Load()
	const old = "DELETE FROM match_tags WHERE (tag, person) IN (SELECT m.tag, m.person FROM match_tags m WHERE m.epoch < $1 LIMIT 1000)"
	if err := s.deleteAll(ctx, old, keys.epoch); err != nil {
		return fmt.Errorf("index again: %w", err)
	}
	return s.endChange(ctx, keys, by)
}

// endChange makes the next key the only one, in one transaction with the mark that the database keeps of it.
func (s *Store) endChange(ctx context.Context, keys *indexKeys, by journal.Entry) error {
	_, err := Update(ctx, s, func(w *Writer) (struct{}, error) {
		by.ObjectKind, by.Event = "key", journal.Event{Name: "INDEX_KEY_CHANGED", After: s.keys.mark(keys.next)}
		w.Append(by, nil, nil)
		err := w.SetSetting(keysSetting, s.keys.mark(keys.next)+s.keys.mark(s.keys.journal))
		if err == nil {
			err = w.SetSetting(epochSetting, strconv.FormatInt(keys.epoch, 10))
		}
		if err == nil {
			_, err = w.exec("DELETE FROM settings WHERE key = $1", changeSetting)
		}
		return struct{}{}, err
	})
	if err != nil {
		return err
	}
	s.keys.index.Store(&indexKeys{now: keys.next, epoch: keys.epoch})
	if err := s.promoteIndex(); err != nil {
		return err
	}
	return s.settleLives()
}

func (s *Store) retagAll(ctx context.Context, ids string, retag func(*Writer, []byte) error) error {
	after := []byte{}
	for {
		page, err := Read(ctx, s, func(r *Reader) ([][]byte, error) {
			return list(&r.tx, func(r row) (id []byte, err error) {
				err = r.scan(&id)
				return bytes.Clone(id), err
			}, ids, after, reindexMost)
		})
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1]
		err = s.update(ctx, func(w *Writer) error {
			for _, id := range page {
				// Who was erased since has no row or no key, and needs no tag.
				if err := retag(w, id); err != nil && !errors.Is(err, errNoRows) && !errors.Is(err, ErrErased) {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// deleteAll repeats a bounded DELETE until it finds less.
func (s *Store) deleteAll(ctx context.Context, query string, arg int64) error {
	for {
		n, err := Update(ctx, s, func(w *Writer) (int64, error) { return w.exec(query, arg) })
		if err != nil || n < 1000 {
			return err
		}
	}
}

// retagAccount tags the NIK of a staff member.
func (w *Writer) retagAccount(id []byte) error {
	w.changeRights()
	var f2 []byte
	if err := w.row("SELECT f2 FROM accounts WHERE id = $1", id).scan(&f2); err != nil {
		return err
	}
	plain, err := w.Open(Cell{"accounts", "f2", id, Owner(id)}, slices.Clone(f2))
	if err != nil {
		return err
	}
	var content struct {
		NIK string `json:"nik"`
	}
	if err := json.Unmarshal(plain, &content); err != nil {
		return fmt.Errorf("an account does not read: %w", ErrSealed)
	}
	_, err = w.exec("UPDATE accounts SET nik_tag = $2 WHERE id = $1", id, w.s.staffTags(content.NIK)[0].tag)
	return err
}

// retagBarred tags the NIKs that are barred from a case. What an older program wrote without the NIK beside it is barred again from where
// it came.
func (w *Writer) retagBarred(id []byte) error {
	k, err := w.CaseOnly(casework.CaseID(id))
	if err != nil {
		return err
	}
	type bar struct {
		tag       [16]byte
		entry     [16]byte
		nik       string
		forgotten bool
	}
	bars, err := list(&w.tx, func(r row) (b bar, err error) {
		var f4 []byte
		if err := r.scan(b.tag[:], b.entry[:], &f4); err != nil {
			return b, err
		}
		nik, err := w.Open(barredCell(b.tag, k), slices.Clone(f4))
		b.nik, b.forgotten = string(nik), nik == nil
		return b, err
	}, "SELECT nik_tag, entry, f4 FROM barred WHERE case_id = $1", k.ID)
	if err != nil {
		return err
	}
	for _, b := range bars {
		niks := []string{b.nik}
		if b.forgotten {
			if niks, err = w.barring(k); err != nil {
				return err
			}
		}
		if _, err := w.exec("DELETE FROM barred WHERE nik_tag = $1 AND case_id = $2", b.tag, k.ID); err != nil {
			return err
		}
		for _, nik := range niks {
			if err := w.putBarred(nik, k, b.entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// retagCard tags the number of a family card.
func (w *Writer) retagCard(id []byte) error {
	var household casework.HouseholdID
	var register casework.UnitID
	var side casework.Side
	var f2 []byte
	err := w.row("SELECT f.household, h.register, h.side, f.f2 FROM family_cards f JOIN households h ON h.id = f.household WHERE f.id = $1", id).
		scan(household[:], register[:], &side, &f2)
	if err != nil {
		return err
	}
	number, err := w.Open(cardCell(household, casework.ID(id)), slices.Clone(f2))
	if err != nil {
		return err
	}
	_, err = w.exec("UPDATE family_cards SET tag = $2 WHERE id = $1", id, w.s.cardTags(register, side, string(number))[0].tag)
	return err
}

// retagPerson tags a person by what she is called now.
func (w *Writer) retagPerson(id []byte) error {
	p, err := w.Person(casework.PersonID(id))
	if err != nil {
		return err
	}
	tags := w.s.FindTags(p)
	if p.Side == casework.Ordinary { // on the protected side nothing is matched
		tags = append(tags, w.s.MatchTags(p)...)
	}
	gone := slices.DeleteFunc(slices.Clone(tags), func(t MatchTag) bool { return !t.old })
	if err := w.DropMatchTags(p.ID, gone); err != nil {
		return err
	}
	return w.PutMatchTags(p.ID, tags)
}

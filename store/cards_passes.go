package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/linkage"
)

// EachCard visits all cards, and makes them first unless they are there. No linkage key changes meanwhile. What visit gets is overwritten
// by the next.
func (s *Store) EachCard(ctx context.Context, visit func(encoded []byte) error) error {
	s.keys.changing.Lock()
	defer s.keys.changing.Unlock()
	return s.eachCard(ctx, func(_ [16]byte, encoded []byte) error { return visit(encoded) })
}

// ScanCards lets all cards pass a scan, and then the kin of what it found. Between two pages it holds no snapshot, which would keep the
// log from beginning anew.
func (s *Store) ScanCards(ctx context.Context, scan *linkage.Scan) error {
	s.keys.changing.Lock()
	defer s.keys.changing.Unlock()
	var rows [][][16]byte // in pages, for a growing list would copy itself
	n := 0
	err := s.eachCard(ctx, func(row [16]byte, encoded []byte) error {
		if n%scanAtOnce == 0 {
			rows = append(rows, make([][16]byte, 0, scanAtOnce))
		}
		rows[n/scanAtOnce] = append(rows[n/scanAtOnce], row)
		n++
		return scan.Card(encoded)
	})
	if err != nil {
		return err
	}
	_, err = Read(ctx, s, func(r *Reader) (none struct{}, err error) {
		for _, at := range scan.Wanted() {
			encoded, there, err := r.linkCardAt(rows[at/scanAtOnce][at%scanAtOnce])
			if err == nil && there {
				err = scan.Kin(at, encoded)
			}
			if err != nil {
				return none, err
			}
		}
		return none, nil
	})
	return err
}

// scanAtOnce are the cards of one page.
const scanAtOnce = 4096

func (s *Store) eachCard(ctx context.Context, visit func(row [16]byte, encoded []byte) error) error {
	if err := s.makeCards(ctx); err != nil {
		return err
	}
	var last [16]byte
	for n := scanAtOnce; n == scanAtOnce; {
		_, err := Read(ctx, s, func(r *Reader) (none struct{}, err error) {
			last, n, err = r.linkCardsAfter(last, visit)
			return none, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makeCards makes all cards, unless they are there. Nothing that was found under another key is kept. A killed run is simply run again.
func (s *Store) makeCards(ctx context.Context) error {
	mark := s.keys.mark(s.keys.linkage.Load().plain)
	text, err := Read(ctx, s, func(r *Reader) (string, error) {
		text, _, err := r.Setting(linkageSetting)
		return text, err
	})
	if err != nil || text == cardsMade(mark) {
		return err
	}
	if was, _, _ := strings.Cut(text, " "); was != mark {
		if err := s.wipeLinkage(ctx, candidateTable); err != nil {
			return err
		}
	}
	if err := s.setLinkage(ctx, mark); err != nil {
		return err
	}
	if err := s.wipeLinkage(ctx, cardTable); err != nil {
		return err
	}
	if err := s.cardAll(ctx); err != nil {
		return fmt.Errorf("make cards: %w", err)
	}
	return s.setLinkage(ctx, cardsMade(mark))
}

func (s *Store) setLinkage(ctx context.Context, value string) error {
	return s.update(ctx, func(w *Writer) error { return w.set(linkageSetting, value) })
}

// wipeLinkage deletes all rows of a table, some at a time.
func (s *Store) wipeLinkage(ctx context.Context, table string) error {
	for {
		var n int64
		err := s.update(ctx, func(w *Writer) (err error) {
			n, err = w.execEntry("DELETE FROM "+table+" WHERE id IN (SELECT t.id FROM "+table+" t ORDER BY t.id LIMIT $1)", wipeAtOnce)
			return err
		})
		if err != nil || n < wipeAtOnce {
			return err
		}
	}
}

// cardAll makes a card for each record in the order of their rows: in which the records came, their pages do not tell.
func (s *Store) cardAll(ctx context.Context) error {
	key := s.keys.linkage.Load()
	type place struct {
		row [16]byte
		id  casework.PersonID
	}
	places, err := Read(ctx, s, func(r *Reader) ([]place, error) {
		return list(&r.tx, func(r row) (p place, err error) {
			err = r.scan(p.id[:])
			p.row = s.keys.rowOf(key, cardTable, p.id)
			return p, err
		}, "SELECT id FROM persons")
	})
	if err != nil {
		return err
	}
	slices.SortFunc(places, func(a, b place) int { return bytes.Compare(a.row[:], b.row[:]) })
	for page := range slices.Chunk(places, cardsAtOnce) {
		cards := make([][]byte, len(page))
		_, err := Read(ctx, s, func(r *Reader) (none struct{}, err error) {
			r.passing = true
			for i, p := range page {
				if cards[i], err = r.makeCard(p.id); err != nil {
					return none, err
				}
			}
			return none, nil
		})
		if err != nil {
			return err
		}
		err = s.update(ctx, func(w *Writer) error {
			for i, p := range page {
				if cards[i] == nil {
					continue
				}
				if err := w.PutLinkCard(p.id, cards[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// IsGone tells whether a record is not there any more.
func IsGone(err error) bool { return errors.Is(err, errNoRows) || errors.Is(err, ErrErased) }

// makeCard is the card of a record; nil if she was erased meanwhile.
func (t *tx) makeCard(id casework.PersonID) ([]byte, error) {
	person, _, err := t.LinkPerson(id)
	if IsGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	card := linkage.NewCard(person)
	return card.Encode(), nil
}

// changeLinkage brings what was found under a new key, in one transaction with the mark that the database keeps of it, destroys the key
// before, and makes all cards anew.
func (s *Store) changeLinkage(ctx context.Context, by journal.Entry) error {
	plain, err := randomKey(s.cfg.Rand)
	if err == nil {
		err = writeDurably(s.nextLinkage(), plain)
	}
	if err != nil {
		return fmt.Errorf("make the next linkage key: %w", err)
	}
	next, err := s.keys.newLinkageKey(plain)
	if err != nil {
		return err
	}
	was := s.keys.linkage.Load()
	rows, err := s.movedRows(ctx, was, next)
	if err != nil {
		return err
	}
	_, err = Update(ctx, s, func(w *Writer) (struct{}, error) {
		by.ObjectKind, by.Event = "key", journal.Event{Name: "LINKAGE_KEY_CHANGED", After: s.keys.mark(plain)}
		w.Append(by, nil, nil)
		return struct{}{}, w.moveCandidates(was, next, rows)
	})
	if err != nil {
		s.keys.linkage.Store(was)
		return err
	}
	if err := s.promoteLinkage(next); err != nil {
		return err
	}
	if err := s.settleLives(); err != nil {
		return err
	}
	return s.makeCards(ctx)
}

// movedRows tells under which row each of those who may ask will stand.
func (s *Store) movedRows(ctx context.Context, was, next *linkageKey) (map[[16]byte][16]byte, error) {
	return Read(ctx, s, func(r *Reader) (map[[16]byte][16]byte, error) {
		rows := map[[16]byte][16]byte{}
		for row := range r.rows("SELECT DISTINCT subject FROM cases WHERE closed IS NULL") {
			var id casework.PersonID
			if err := row.scan(id[:]); err != nil {
				return nil, fmt.Errorf("list who asks: %w", err)
			}
			rows[s.keys.rowOf(was, candidateTable, id)] = s.keys.rowOf(next, candidateTable, id)
		}
		return rows, nil
	})
}

// moveCandidates seals all candidates under another key, in the order of their new rows. Of whom the rows do not tell they are found anew.
// From here on this goroutine writes under the new key.
func (w *Writer) moveCandidates(was, next *linkageKey, rows map[[16]byte][16]byte) error {
	type moved struct {
		row   [16]byte
		plain []byte
	}
	var all []moved
	for r := range w.rows("SELECT id, sealed FROM candidates") {
		var row [16]byte
		var sealed []byte
		if err := r.scan(row[:], &sealed); err != nil {
			return fmt.Errorf("move candidates: %w", err)
		}
		plain, err := was.open(nil, candidateTable, row, sealed)
		if to, known := rows[row]; known && err == nil {
			all = append(all, moved{to, plain})
		}
	}
	if _, err := w.execEntry("DELETE FROM candidates"); err != nil {
		return fmt.Errorf("move candidates: %w", err)
	}
	w.s.keys.linkage.Store(next)
	slices.SortFunc(all, func(a, b moved) int { return bytes.Compare(a.row[:], b.row[:]) })
	for _, m := range all {
		if err := w.putLinkage(candidateTable, m.row, m.plain); err != nil {
			return err
		}
	}
	return w.set(linkageSetting, w.s.keys.mark(next.plain))
}

// eraseLinkage deletes the card and the candidates of a record, and it from those of others. All of them are looked through, for none
// tells whose it is.
func (w *Writer) eraseLinkage(id casework.PersonID) error {
	for _, table := range []string{cardTable, candidateTable} {
		if err := w.dropLinkage(table, id); err != nil {
			return err
		}
	}
	key := w.s.keys.linkage.Load()
	type changed struct {
		row  [16]byte
		kept []linkage.Candidate
	}
	var all []changed
	hers := func(c linkage.Candidate) bool { return c.ID == id }
	for r := range w.rows("SELECT id, sealed FROM candidates") {
		var row [16]byte
		var sealed []byte
		if err := r.scan(row[:], &sealed); err != nil {
			return fmt.Errorf("erase a candidate: %w", err)
		}
		plain, err := key.open(nil, candidateTable, row, sealed)
		if err != nil {
			continue // under a key that is gone: nobody reads it
		}
		found, err := linkage.DecodeShortlist(plain)
		if err != nil || slices.ContainsFunc(found, hers) {
			all = append(all, changed{row, slices.DeleteFunc(found, hers)})
		}
	}
	for _, c := range all {
		if err := w.putLinkage(candidateTable, c.row, linkage.EncodeShortlist(c.kept)); err != nil {
			return err
		}
	}
	return nil
}

// checkLinkage opens all cards and candidates. While cards are still to be made anew, rows of an older key may stand there.
func checkLinkage(r *Reader, report func(string)) error {
	key := r.s.keys.linkage.Load()
	text, _, err := r.Setting(linkageSetting)
	if err != nil {
		return err
	}
	whole := text == cardsMade(r.s.keys.mark(key.plain))
	decode := map[string]func([]byte) (casework.PersonID, error){
		cardTable: func(plain []byte) (casework.PersonID, error) {
			var c linkage.Card
			err := c.Decode(plain)
			return c.ID, err
		},
		candidateTable: func(plain []byte) (casework.PersonID, error) {
			_, err := linkage.DecodeShortlist(plain)
			return casework.PersonID{}, err
		},
	}
	for table, of := range decode {
		for row := range r.rows("SELECT id, sealed FROM " + table) {
			var id [16]byte
			var sealed []byte
			if err := row.scan(id[:], &sealed); err != nil {
				return err
			}
			if !whole && !bytes.HasPrefix(sealed, key.dummy[:sealHead]) {
				continue
			}
			plain, err := key.open(nil, table, id, sealed)
			if err != nil {
				report(fmt.Sprintf("%s.sealed of %s: %v", table, casework.ID(id), err))
				continue
			}
			person, err := of(plain)
			if err != nil || table == candidateTable {
				continue // of older rules: made anew
			}
			there, err := r.hasPerson(person)
			if err != nil {
				return err
			}
			if !there || r.s.keys.rowOf(key, table, person) != id {
				report(fmt.Sprintf("%s has a row %s that is of nobody", table, casework.ID(id)))
			}
		}
	}
	return nil
}

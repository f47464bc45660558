package store

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Links join records of two agencies, of which one may not know that the other has any. So no row of this table leads to a person, a case
// or an entry without the keys; and with them no further than from one end to the other. A link cannot be made anew, so its key is that
// which never changes (decision 16): who erases a person deletes her links.

const (
	// linkSize is what is sealed of every link.
	linkSize = 4096
	// linkHead is the length before the content.
	linkHead = 4
)

// linkContent is what stands sealed: the link, and the entry that wrote it last.
type linkContent struct {
	Link  casework.Link
	Entry [16]byte
}

// PairID is under which id a pair of records stands, whichever of them asks.
func (s *Store) PairID(a, b casework.PersonID) casework.ID {
	a, b = ascending(a, b)
	return casework.ID(s.Tag("link pair", a[:], b[:]))
}

func ascending(a, b casework.PersonID) (casework.PersonID, casework.PersonID) {
	if bytes.Compare(a[:], b[:]) > 0 {
		return b, a
	}
	return a, b
}

// linkEnd is by which a link is found from a record.
func (s *Store) linkEnd(person casework.PersonID) [16]byte { return s.Tag("link end", person[:]) }

// linkReview is by which a link is found from its review.
func (s *Store) linkReview(id casework.ID) [16]byte { return s.Tag("link review", id[:]) }

func (s *Store) linkSeal() (cipher.AEAD, error) { return newGCM(s.Subkey("link seal")) }

func linkContext(id casework.ID) []byte {
	var space [128]byte
	return Cell{Table: "links", Column: "sealed", Row: id[:]}.context(space[:0])
}

// linkMark is what the entry of a link keeps of it.
func (s *Store) linkMark(l casework.Link) ([32]byte, error) {
	plain, err := json.Marshal(l)
	return s.Mac("link value", plain), err
}

func (s *Store) sealLink(content linkContent) ([]byte, error) {
	plain, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("seal a link: %w", err)
	}
	if len(plain) > linkSize-linkHead {
		return nil, errors.New("seal a link: it is too long")
	}
	padded := make([]byte, linkSize)
	binary.BigEndian.PutUint32(padded, uint32(len(plain)))
	copy(padded[linkHead:], plain)
	key, err := s.linkSeal()
	if err != nil {
		return nil, err
	}
	return key.Seal(nil, nil, padded, linkContext(content.Link.ID)), nil
}

func (s *Store) openLink(id casework.ID, sealed []byte) (content linkContent, err error) {
	key, err := s.linkSeal()
	if err != nil {
		return content, err
	}
	padded, err := key.Open(nil, nil, sealed, linkContext(id))
	if err != nil || len(padded) != linkSize {
		return content, ErrSealed
	}
	n := binary.BigEndian.Uint32(padded)
	if n > linkSize-linkHead {
		return content, ErrSealed
	}
	if err := json.Unmarshal(padded[linkHead:linkHead+n], &content); err != nil {
		return content, ErrSealed // its text would quote what stands there
	}
	return content, nil
}

// openNone opens a dummy in the place of a link that is not there.
func (s *Store) openNone() error {
	dummy := s.keys.noLink.Load()
	if dummy == nil {
		sealed, err := s.sealLink(linkContent{})
		if err != nil {
			return err
		}
		dummy = &sealed
		s.keys.noLink.Store(dummy)
	}
	_, err := s.openLink(casework.ID{}, *dummy)
	return err
}

// links reads by a condition. Where there are none it opens a dummy, so that the work tells nothing.
func (t *tx) links(where string, args ...any) ([]casework.Link, error) {
	all, err := list(t, func(r row) (casework.Link, error) {
		var id casework.ID
		var sealed []byte
		if err := r.scan(id[:], &sealed); err != nil {
			return casework.Link{}, fmt.Errorf("read links: %w", err)
		}
		content, err := t.s.openLink(id, sealed)
		return content.Link, err
	}, "SELECT id, sealed FROM links WHERE "+where, args...)
	if err == nil && len(all) == 0 {
		err = t.s.openNone()
	}
	return all, err
}

func firstLink(all []casework.Link, err error) (casework.Link, bool, error) {
	if err != nil || len(all) == 0 {
		return casework.Link{}, false, err
	}
	return all[0], true, nil
}

// Link is what was said of a pair; ok is false if nobody has said anything.
func (t *tx) Link(id casework.ID) (l casework.Link, ok bool, err error) {
	return firstLink(t.links("id = $1", id))
}

// LinkUnderReview is the pair that a review is of.
func (t *tx) LinkUnderReview(review casework.ID) (l casework.Link, ok bool, err error) {
	l, ok, err = firstLink(t.links("review = $1", t.s.linkReview(review)))
	return l, ok && l.Review == review, err
}

// LinksOf are all pairs of a record of which somebody has said something. Served by links_a and links_b.
func (t *tx) LinksOf(person casework.PersonID) ([]casework.Link, error) {
	end := t.s.linkEnd(person)
	return t.links("a = $1 OR b = $1", end)
}

// ComparedMark is a mark of all that is compared of two records: a pair that was rejected stays away while it stays.
func (t *tx) ComparedMark(a, b casework.PersonID) (mark [32]byte, err error) {
	a, b = ascending(a, b)
	var parts [][]byte
	for _, id := range []casework.PersonID{a, b} {
		p, err := t.Person(id)
		if err != nil {
			return mark, err
		}
		plain, err := json.Marshal(comparedOf(p))
		if err != nil {
			return mark, fmt.Errorf("mark what is compared: %w", err)
		}
		parts = append(parts, plain)
	}
	return t.s.Mac("link compared", parts...), nil
}

// comparedOf is what is compared of a record: neither how she may be reached, nor what was found of her numbers.
func comparedOf(p casework.Person) any {
	i := p.Identity
	i.SafeContact, i.BirthOrder, i.NameKind, i.NIKAbsence, i.Address.Text = casework.SafeContact{}, 0, "", "", ""
	numbers := make([]casework.Identifier, 0, len(i.Identifiers))
	for _, n := range i.Identifiers {
		numbers = append(numbers, casework.Identifier{Type: n.Type, Value: n.Value})
	}
	i.Identifiers = numbers
	return struct {
		Sex      casework.Sex
		Identity casework.PersonIdentity
	}{p.Sex, i}
}

// PutLink stores what was said of a pair, on the revision that was read.
func (w *Writer) PutLink(l casework.Link, entry func(value [32]byte) ([16]byte, error)) error {
	was := l.Revision
	l.Revision++
	value, err := w.s.linkMark(l)
	if err != nil {
		return fmt.Errorf("put a link: %w", err)
	}
	id, err := entry(value)
	if err != nil {
		return err
	}
	sealed, err := w.s.sealLink(linkContent{l, id})
	if err != nil {
		return err
	}
	review := w.s.linkReview(l.ID) // where there never was one: no id of a review is that of a pair
	if l.Review != (casework.ID{}) {
		review = w.s.linkReview(l.Review)
	}
	if was == 0 {
		a, b := w.s.linkEnd(l.Persons[0]), w.s.linkEnd(l.Persons[1])
		if bytes.Compare(a[:], b[:]) > 0 {
			a, b = b, a // in an order that says nothing of the persons
		}
		_, err = w.exec("INSERT INTO links (id, a, b, review, sealed) VALUES ($1, $2, $3, $4, $5)", l.ID, a, b, review, sealed)
		if isUnique(err) {
			return casework.Conflict("ETAG_MISMATCH")
		}
		return err
	}
	var before []byte
	if err := w.row("SELECT sealed FROM links WHERE id = $1", l.ID).scan(&before); err != nil {
		return fmt.Errorf("put a link: %w", err)
	}
	if stands, err := w.s.openLink(l.ID, before); err != nil || stands.Link.Revision != was {
		return errors.Join(err, casework.Conflict("ETAG_MISMATCH"))
	}
	n, err := w.exec("UPDATE links SET review = $2, sealed = $3 WHERE id = $1 AND sealed = $4", l.ID, review, sealed, before)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

// eraseLinks forgets all that was said of a record, and what waits for the reviewer because of it.
func (w *Writer) eraseLinks(person casework.PersonID) error {
	all, err := w.LinksOf(person)
	if err != nil {
		return err
	}
	for _, l := range all {
		if _, err := w.exec("DELETE FROM links WHERE id = $1", l.ID); err != nil {
			return fmt.Errorf("erase a link: %w", err)
		}
		if !l.UnderReview() {
			continue
		}
		if _, err := w.exec("DELETE FROM reviews WHERE id = $1", l.Review); err != nil {
			return fmt.Errorf("erase a link: %w", err)
		}
		if _, err := w.exec("DELETE FROM duties WHERE object = $1", l.Review); err != nil {
			return fmt.Errorf("erase a link: %w", err)
		}
	}
	return nil
}

// Joined is a pair that belongs together.
type Joined struct {
	Persons [2]casework.PersonID
	Counts  bool // as one: it is one human being, on one side
}

// Joined are all confirmed links, and with them of these records of the protected side those from which they were copied: for counting
// alone. What is counted of the regency knows of each other what no reader may.
func (t *tx) Joined(protected []casework.PersonID) (all []Joined, err error) {
	links, err := t.links("1 = 1")
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		if l.State != casework.LinkConfirmed {
			continue
		}
		var sides [2]casework.Side
		for i, id := range l.Persons {
			if err := t.row("SELECT side FROM persons WHERE id = $1", id).scan(&sides[i]); err != nil {
				return nil, fmt.Errorf("read the side of a record: %w", err)
			}
		}
		all = append(all, Joined{l.Persons, l.Joins() && sides[0] == sides[1]})
	}
	for _, id := range protected {
		p, err := t.Person(id)
		if err != nil {
			return nil, err
		}
		if from := p.Identity.CopiedFrom; from != (casework.PersonID{}) {
			all = append(all, Joined{Persons: [2]casework.PersonID{id, from}})
		}
	}
	return all, nil
}

// checkLinks opens every link and holds it against the newest entry about it. A row that is gone is no finding: with the other record it
// was erased, and its entry stays.
func checkLinks(r *Reader, report func(string)) error {
	newest := map[[16]byte]journal.Entry{}
	err := r.WalkJournal(0, func(rec Record) error {
		if rec.Entry.ObjectKind == "link" && rec.Entry.Event.Value != ([32]byte{}) {
			newest[rec.Entry.Object] = rec.Entry
		}
		return nil
	})
	if err != nil {
		return err
	}
	for row := range r.rows("SELECT id, a, b, sealed FROM links") {
		var id casework.ID
		var a, b [16]byte
		var sealed []byte
		if err := row.scan(id[:], a[:], b[:], &sealed); err != nil {
			return err
		}
		content, err := r.s.openLink(id, sealed)
		if err != nil {
			report(fmt.Sprintf("link %s: %v", id, err))
			continue
		}
		l := content.Link
		ends := map[[16]byte]bool{r.s.linkEnd(l.Persons[0]): true, r.s.linkEnd(l.Persons[1]): true}
		if l.ID != id || r.s.PairID(l.Persons[0], l.Persons[1]) != id || !ends[a] || !ends[b] {
			report(fmt.Sprintf("link %s stands in a row of another", id))
		}
		mark, err := r.s.linkMark(l)
		if err != nil {
			return err
		}
		entry, ok := newest[r.s.Pseudonym("link", id[:])]
		switch {
		case !ok:
			report(fmt.Sprintf("link %s has no entry", id))
		case entry.ID != content.Entry || entry.Event.Value != mark:
			report(fmt.Sprintf("link %s is not what its newest entry says was written", id))
		}
	}
	return nil
}

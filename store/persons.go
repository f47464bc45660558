package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutPerson stores a new person record with a fresh key. The key is hers alone: the other side of the same human being has
// another, and erasing one tells nothing of the other.
func (w *Writer) PutPerson(p casework.Person, key Key, entry func(value [32]byte) [16]byte) error {
	if err := w.PutKey(key); isUnique(err) {
		return errIDTaken // before the row itself: the key bears the same id
	} else if err != nil {
		return err
	}
	f2, err := w.sealJSON(personCell(p.ID), p.Identity)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO persons (id, register, unit, side, sex, kecamatan, created, revision, entry, f2, place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, (SELECT COALESCE(max(place), 0) + 1 FROM persons))`,
		p.ID, p.Register, p.Unit, p.Side, p.Sex, p.Kecamatan, w.Now(), entry(digest(f2)), f2)
	if isUnique(err) {
		return errIDTaken
	}
	if err != nil {
		return err
	}
	return w.PutMatchTags(p.ID, w.s.FindTags(p))
}

// UpdatePerson stores a changed identity, on the revision that was read.
func (w *Writer) UpdatePerson(p casework.Person, entry func(value [32]byte) [16]byte) error {
	w.mark(p.Register)
	w.marks.beyond = true // who she is counts in each of her cases
	if err := w.findAnew(p); err != nil {
		return err
	}
	f2, err := w.sealJSON(personCell(p.ID), p.Identity)
	if err != nil {
		return err
	}
	n, err := w.exec("UPDATE persons SET kecamatan = $3, revision = revision + 1, entry = $4, f2 = $5 WHERE id = $1 AND revision = $2",
		p.ID, p.Revision, p.Kecamatan, entry(digest(f2)), f2)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

// findAnew makes a record found by the NIK that it will have, and no longer by one that it had.
func (w *Writer) findAnew(p casework.Person) error {
	was, err := w.Person(p.ID)
	if err != nil {
		return err
	}
	if err := w.DropMatchTags(p.ID, w.s.FindTags(was)); err != nil {
		return err
	}
	return w.PutMatchTags(p.ID, w.s.FindTags(p))
}

// Person reads a person record of a register, with its identity.
func (t *tx) Person(id casework.PersonID) (p casework.Person, err error) {
	p.ID = id
	var f2 []byte
	err = t.row("SELECT register, unit, side, sex, kecamatan, revision, f2 FROM persons WHERE id = $1", id).
		scan(p.Register[:], p.Unit[:], &p.Side, &p.Sex, &p.Kecamatan, &p.Revision, &f2)
	if err != nil {
		return p, err
	}
	return p, t.openJSON(personCell(id), f2, &p.Identity)
}

func personCell(id casework.PersonID) Cell {
	return Cell{Table: "persons", Column: "f2", Row: id[:], Owner: Owner(id)}
}

// MatchTags are the marks by which one register and side finds the same person again: the NIK with the birth date, and the
// folded name with birth date, sex and folded mother's name. Keyed, so that a stolen index joins no two units or sides.
func (s *Store) MatchTags(p casework.Person) []MatchTag {
	var tags []MatchTag
	i := p.Identity
	for _, nik := range i.NIKs() {
		tags = append(tags, s.indexTags("match", p.Register[:], []byte(p.Side), []byte("nik"), []byte(nik), []byte(i.BirthDate.String()))...)
	}
	if mother := i.Mother.Name; mother != "" {
		tags = append(tags, s.indexTags("match", p.Register[:], []byte(p.Side), []byte("name"), []byte(casework.FoldName(i.Name)),
			[]byte(i.BirthDate.String()), []byte(p.Sex), []byte(casework.FoldName(mother)))...)
	}
	return tags
}

// Matching are the persons that carry one of the tags.
func (t *tx) Matching(tags []MatchTag) ([]casework.PersonID, error) {
	var found []casework.PersonID
	for _, tag := range tags {
		ids, err := list(t, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) },
			"SELECT person FROM match_tags WHERE tag = $1", tag.tag)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if !slices.Contains(found, id) {
				found = append(found, id)
			}
		}
	}
	return found, nil
}

// PutMatchTags makes a person findable by her tags.
func (w *Writer) PutMatchTags(id casework.PersonID, tags []MatchTag) error {
	for _, t := range tags {
		if t.old {
			continue
		}
		if _, err := w.exec("INSERT INTO match_tags (tag, person, epoch) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", t.tag, id, t.epoch); err != nil {
			return fmt.Errorf("put a match tag: %w", err)
		}
	}
	return nil
}

// DropMatchTags takes from a person the tags of what she is no longer called.
func (w *Writer) DropMatchTags(id casework.PersonID, tags []MatchTag) error {
	for _, t := range tags {
		if _, err := w.exec("DELETE FROM match_tags WHERE tag = $1 AND person = $2", t.tag, id); err != nil {
			return fmt.Errorf("drop a match tag: %w", err)
		}
	}
	return nil
}

// sealJSON seals versioned JSON of a domain struct's fields of one class.
func (t *tx) sealJSON(cell Cell, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("seal %s.%s: %w", cell.Table, cell.Column, err)
	}
	return t.Seal(cell, append([]byte{'1'}, plain...))
}

// openJSON opens what sealJSON made; NULL leaves the value as it is.
func (t *tx) openJSON(cell Cell, sealed []byte, value any) error {
	plain, err := t.Open(cell, sealed)
	if err != nil || plain == nil {
		return err
	}
	if plain[0] != '1' {
		return fmt.Errorf("open %s.%s: layout %q is not known", cell.Table, cell.Column, plain[0])
	}
	return json.Unmarshal(plain[1:], value)
}

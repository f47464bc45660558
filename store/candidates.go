package store

import (
	"errors"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
)

// Candidates are whom a record may be about besides, as they were found for it last, best first. Who may learn of one is not asked here.
// Without a row it opens a dummy, so that the work tells nothing.
func (t *tx) Candidates(person casework.PersonID) ([]linkage.Candidate, error) {
	all, _, err := t.candidates(person)
	return all, err
}

// candidates tells also whether there is a row, though it may be of an older layout: of a subject who asks, no row means that all cards
// are still to be compared with hers.
func (t *tx) candidates(person casework.PersonID) (all []linkage.Candidate, there bool, err error) {
	key := t.s.keys.linkage.Load()
	id, sealed := t.s.keys.rowOf(key, candidateTable, person), []byte(nil)
	err = t.row("SELECT sealed FROM candidates WHERE id = $1", id).scan(&sealed)
	there = err == nil
	if errors.Is(err, errNoRows) {
		id, sealed, err = [16]byte{}, key.dummy, nil
	}
	if err == nil {
		sealed, err = key.open(nil, candidateTable, id, sealed)
	}
	if err == nil {
		all, err = linkage.DecodeShortlist(sealed)
	}
	if errors.Is(err, linkage.ErrShortlist) {
		return nil, false, nil // made by an older program: found anew
	}
	if err != nil {
		return nil, false, fmt.Errorf("read candidates: %w", err)
	}
	return all, there, nil
}

// PutCandidates keeps the candidates of a record, without those who were erased since they were found; of a record that is gone nothing
// is kept. No cache holds them and no figure counts them, so a commit of them ends none.
func (w *Writer) PutCandidates(person casework.PersonID, all []linkage.Candidate) error {
	there, err := w.hasPerson(person)
	if err != nil || !there {
		return err
	}
	kept := make([]linkage.Candidate, 0, len(all))
	for _, c := range all {
		there, err := w.hasPerson(casework.PersonID(c.ID))
		if err != nil {
			return err
		}
		if there {
			kept = append(kept, c)
		}
	}
	key := w.s.keys.linkage.Load()
	return w.putLinkage(candidateTable, w.s.keys.rowOf(key, candidateTable, person), linkage.EncodeShortlist(kept))
}

// DropCandidates forgets what was found for a record.
func (w *Writer) DropCandidates(person casework.PersonID) error {
	return w.dropLinkage(candidateTable, person)
}

func (t *tx) hasPerson(id casework.PersonID) (there bool, err error) {
	err = t.row("SELECT EXISTS (SELECT 1 FROM persons WHERE id = $1)", id).scan(&there)
	return there, err
}

// putLinkage seals a row of one of the tables.
func (w *Writer) putLinkage(table string, id [16]byte, plain []byte) error {
	sealed := w.s.keys.linkage.Load().seal(table, id, plain)
	_, err := w.execEntry("INSERT INTO "+table+" (id, sealed) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed", id, sealed)
	if err != nil {
		return fmt.Errorf("put a row of %s: %w", table, err)
	}
	return nil
}

func (w *Writer) dropLinkage(table string, person casework.PersonID) error {
	id := w.s.keys.rowOf(w.s.keys.linkage.Load(), table, person)
	if _, err := w.execEntry("DELETE FROM "+table+" WHERE id = $1", id); err != nil {
		return fmt.Errorf("drop a row of %s: %w", table, err)
	}
	return nil
}

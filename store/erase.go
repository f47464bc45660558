package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Erasure of one record (UU 27/2022 art. 43-44): her data keys go, so that no copy of the database opens for her; and her rows, tags
// and the ids beside her journal entries go, so that none of them says that she was ever here. The journal stays whole: its entries name
// nobody. The other side of the same human being is another record, and nothing here knows of it.

// ErasePerson erases a record with all of its cases. Call it in the closure of an act that two persons approved, under the lock of each
// case. It asks nothing of state and rights; a legal hold stops it with LEGAL_HOLD.
//
// Nothing of her can be read or sealed any more in this closure: read no view after it, and keep the answer to the request under the
// account as Owner. Her approvals go too, that of the erasure included. The closure's own entries about her lose their ids and their
// reason, like all that came before; entry is the one of the erasure. What was erased is overwritten in the file; the write-ahead log is
// emptied after the commit.
func (w *Writer) ErasePerson(id casework.PersonID, entry [16]byte) error {
	if err := w.heldNone(id); err != nil {
		return err
	}
	return w.erasePerson(id, entry)
}

// hers are the ids of a record: those of its cases and its own. No two things share an id, so one set does for all columns, and the largest
// tables are read once.
const hers = "IN (SELECT c.id FROM cases c WHERE c." + ofPerson + " UNION ALL SELECT $1)"

func (w *Writer) erasePerson(id [16]byte, entry [16]byte) error {
	if err := w.eraseCases(hers, id, entry); err != nil {
		return err
	}
	if err := w.leaveHouseholds(id, entry); err != nil {
		return err
	}
	if err := w.eraseLinkage(id); err != nil {
		return err
	}
	if err := w.eraseLinks(id); err != nil {
		return err
	}
	if err := w.eraseRows(personRows, "", id); err != nil {
		return err
	}
	return w.forget("PERSON", id, entry)
}

// inThese finds what stands by the place of its case.
const inThese = "place IN (SELECT k.place FROM cases k WHERE k.id %s)"

// caseRows are all rows that belong to a case, or name it or its person, those that point to others first; %s stands for which ids.
var caseRows = []string{
	"UPDATE journal SET object_id = NULL, case_id = NULL, reason = NULL, place = NULL WHERE " + inThese, // by journal_case
	"UPDATE journal SET object_id = NULL, case_id = NULL, reason = NULL, place = NULL WHERE object_id %s",
	"DELETE FROM requests WHERE case_id %s OR owner %s",
	"DELETE FROM approvals WHERE case_id %s OR owner %s OR object %s",
	"UPDATE glasses SET case_id = NULL, f4 = NULL WHERE case_id %s", // an attempt goes on counting
	"DELETE FROM holds WHERE case_id %s",
	"DELETE FROM notices WHERE case_id %s",
	"DELETE FROM escalations WHERE case_id %s",
	"DELETE FROM duties WHERE ended IS NULL AND " + inThese, // each by an index of its own
	"DELETE FROM duties WHERE ended IS NOT NULL AND " + inThese,
	"DELETE FROM reviews WHERE case_id %s",
	"DELETE FROM case_events WHERE case_id %s",
	"DELETE FROM changes WHERE object %s",
	"DELETE FROM progress WHERE leg IN (SELECT l.id FROM legs l WHERE l." + inThese + ")",
	"DELETE FROM legs WHERE " + inThese,
	"UPDATE legs SET receiver_case = NULL WHERE receiver_case %s", // a leg of another record that was taken into this one
	"DELETE FROM disclosures WHERE " + inThese,
	"DELETE FROM pairs WHERE case_id %s",
	"DELETE FROM incidents WHERE case_id %s",
	"DELETE FROM barred WHERE case_id %s",
	"DELETE FROM blocks WHERE case_id %s",
	"DELETE FROM measurements WHERE person_place IN (SELECT k.person_place FROM cases k WHERE k.id %s) AND case_id %s",
	"DELETE FROM notes WHERE case_id %s",
	"DELETE FROM legal_steps WHERE case_id %s",
	"DELETE FROM tasks WHERE case_id %s",
	"DELETE FROM assignments WHERE " + inThese,
	"DELETE FROM submissions WHERE " + inThese,
	"DELETE FROM cases WHERE id %s", // last: the others ask it whose they are
}

// personRows are the rows of a record itself, besides those of caseRows that name it.
var personRows = []string{
	"DELETE FROM measurements WHERE " + ofPerson,
	"DELETE FROM match_tags WHERE person = $1",
	"DELETE FROM household_members WHERE person = $1",
	"DELETE FROM persons WHERE id = $1",
}

// householdRows are the rows of a household in which nobody is left.
var householdRows = []string{
	"UPDATE journal SET object_id = NULL, case_id = NULL, reason = NULL, place = NULL WHERE object_id = $1",
	"DELETE FROM requests WHERE owner = $1",
	"DELETE FROM approvals WHERE owner = $1 OR object = $1",
	"DELETE FROM changes WHERE object = $1",
	"DELETE FROM family_cards WHERE household = $1",
	"DELETE FROM household_members WHERE household = $1",
	"DELETE FROM households WHERE id = $1",
}

// eraseCases erases the cases that which chooses: "= $1", or those of the record $1 with what names the record.
func (w *Writer) eraseCases(which string, of [16]byte, entry [16]byte) error {
	ids, err := list(&w.tx, func(r row) (id [16]byte, err error) { return id, r.scan(id[:]) }, "SELECT k.id FROM cases k WHERE k.id "+which, of)
	if err != nil {
		return fmt.Errorf("list what to erase: %w", err)
	}
	for _, id := range ids {
		if err := w.enlist("CASE", id, entry); err != nil {
			return err
		}
	}
	return w.eraseRows(caseRows, which, of)
}

// heldNone refuses what a written order keeps. Served by holds_case.
func (w *Writer) heldNone(id casework.PersonID) error {
	var held bool
	err := w.row("SELECT EXISTS (SELECT 1 FROM holds h WHERE (h.until_time IS NULL OR h.until_time > $2) AND h.case_id "+hers+")", id, w.Now()).scan(&held)
	if err == nil && held {
		return casework.Precondition("LEGAL_HOLD")
	}
	return err
}

func (w *Writer) eraseRows(statements []string, which string, of [16]byte) error {
	w.wipe()
	w.changeRights()
	for _, statement := range statements {
		if _, err := w.exec(strings.ReplaceAll(statement, "%s", which), of); err != nil {
			return fmt.Errorf("erase rows: %w", err)
		}
	}
	return nil
}

// leaveHouseholds takes her out of her households. One in which nobody else ever lived was hers alone, with address and family card.
func (w *Writer) leaveHouseholds(id [16]byte, entry [16]byte) error {
	alone, err := list(&w.tx, func(r row) (id [16]byte, err error) { return id, r.scan(id[:]) },
		`SELECT DISTINCT m.household FROM household_members m
		WHERE m.person = $1 AND NOT EXISTS (SELECT 1 FROM household_members o WHERE o.household = m.household AND o.person <> $1)`, id)
	if err != nil {
		return fmt.Errorf("list the households of a record: %w", err)
	}
	for _, household := range alone {
		if err := w.eraseHousehold(household, entry); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) eraseHousehold(id [16]byte, entry [16]byte) error {
	if err := w.eraseRows(householdRows, "", id); err != nil {
		return err
	}
	return w.forget("HOUSEHOLD", id, entry)
}

// forget deletes the data keys of an owner and enters it in the list of the erased.
func (w *Writer) forget(kind string, owner [16]byte, entry [16]byte) error {
	if err := w.EraseKeys(owner); err != nil {
		return err
	}
	return w.enlist(kind, owner, entry)
}

// enlist enters an id in the list of the erased, and lets this closure's own entries about it lose their ids.
func (w *Writer) enlist(kind string, id [16]byte, entry [16]byte) error {
	_, err := w.exec("INSERT INTO erased (mark, kind, time, entry) VALUES ($1, $2, $3, $4) ON CONFLICT (mark) DO UPDATE SET time = excluded.time",
		w.s.erasedMark(kind, id), kind, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("enter in the list of the erased: %w", err)
	}
	if w.gone == nil {
		w.gone = map[[16]byte]bool{}
	}
	w.gone[id] = true
	return nil
}

// stripped is a record of this closure as it is kept: without the ids of whom it has erased.
func (w *Writer) stripped(r Record) Record {
	if len(r.Object) == 16 && w.gone[[16]byte(r.Object)] || len(r.Case) == 16 && w.gone[[16]byte(r.Case)] {
		r.Object, r.Case, r.Reason = nil, nil, nil
	}
	return r
}

// erasedMark is under what an id stands in the list of the erased. Its key outlives all others but the pseudonyms', whose it is.
func (s *Store) erasedMark(kind string, id [16]byte) [16]byte {
	return s.Pseudonym("erased "+kind, id[:])
}

// Erased is a line of the list of the erased.
type Erased struct {
	Mark [16]byte
	Kind string // CASE, PERSON or HOUSEHOLD
	Time time.Time
}

// Erased is the list of the erased, by mark.
func (t *tx) Erased() ([]Erased, error) {
	return list(t, func(r row) (e Erased, err error) { return e, r.scan(e.Mark[:], &e.Kind, &e.Time) },
		"SELECT mark, kind, time FROM erased ORDER BY mark")
}

// RepeatErasures erases again whoever stands in a list of the erased and, in data restored from before, is here again. It takes the list
// over, and tells how many records, households and cases it erased. What was made under the same id after its erasure stays. It asks for no
// legal hold: one of the copy was lifted before the erasure, or there had been none.
func (s *Store) RepeatErasures(ctx context.Context, all []Erased, by journal.Entry) (n int, err error) {
	erased := map[[16]byte]time.Time{}
	for _, e := range all {
		erased[e.Mark] = e.Time
	}
	for _, kind := range []struct {
		name, query string
		erase       func(*Writer, [16]byte, [16]byte) error
	}{
		{"PERSON", "SELECT id, created FROM persons", (*Writer).erasePerson},
		{"HOUSEHOLD", "SELECT id, created FROM households", (*Writer).eraseHousehold},
		{"CASE", "SELECT id, opened FROM cases", func(w *Writer, id, entry [16]byte) error { return w.eraseCases("= $1", id, entry) }},
	} {
		found, err := Read(ctx, s, func(r *Reader) ([][16]byte, error) {
			return r.erasedOf(kind.query, func(id [16]byte, made time.Time) bool {
				when, ok := erased[s.erasedMark(kind.name, id)]
				return ok && made.Before(when)
			})
		})
		if err != nil {
			return n, fmt.Errorf("look for the erased: %w", err)
		}
		for _, id := range found {
			_, err := Update(ctx, s, func(w *Writer) (struct{}, error) { return struct{}{}, kind.erase(w, id, w.Append(by, nil, nil)) })
			if err != nil {
				return n, err
			}
			n++
		}
	}
	_, err = Update(ctx, s, func(w *Writer) (struct{}, error) {
		entry := w.Append(by, nil, nil)
		for _, e := range all {
			_, err := w.exec("INSERT INTO erased (mark, kind, time, entry) VALUES ($1, $2, $3, $4) ON CONFLICT (mark) DO UPDATE SET time = excluded.time",
				e.Mark, e.Kind, e.Time, entry)
			if err != nil {
				return struct{}{}, fmt.Errorf("take over the list of the erased: %w", err)
			}
		}
		return struct{}{}, nil
	})
	return n, err
}

// erasedOf chooses the ids of rows by id and time of making.
func (t *tx) erasedOf(query string, choose func(id [16]byte, made time.Time) bool) (found [][16]byte, err error) {
	for r := range t.rows(query) {
		var id [16]byte
		var made time.Time
		if err := r.scan(&id, &made); err != nil {
			return nil, err
		}
		if choose(id, made) {
			found = append(found, id)
		}
	}
	return found, nil
}

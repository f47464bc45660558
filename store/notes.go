package store

import (
	"errors"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutNote adds an entry to the record of a case. On a violence case its text is F4, elsewhere F3 of the sector of its author's unit.
func (w *Writer) PutNote(n casework.Note, k casework.Case, entry [16]byte) error {
	column, class := "f3", "F3"
	if k.Type.IsViolence() {
		column, class = "f4", "F4"
	}
	sealed, err := w.Seal(Cell{"notes", column, n.ID[:], Owner(k.Subject)}, []byte(n.Text))
	if err != nil {
		return err
	}
	_, err = w.exec("INSERT INTO notes (id, case_id, unit, account, class, kind, service, channel, served_on, recorded, entry, "+column+
		") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		n.ID, k.ID, n.Unit, n.Account, class, n.Kind, n.Service, n.Channel, orZero(n.ServedOn), w.Now(), entry, sealed)
	if err != nil {
		return fmt.Errorf("put a note: %w", err)
	}
	return nil
}

// Note is a note with the class of what it says: F4, or the F3 of the sector that wrote it.
type Note struct {
	casework.Note
	Class access.Mask
}

// Notes of a case that a mask opens, newest first. Served by notes_case.
func (t *tx) Notes(k casework.Case, shows func(access.Mask) bool) ([]Note, error) {
	var notes []Note
	for r := range t.rows(`SELECT id, unit, account, class, kind, service, channel, served_on, recorded, f3, f4 FROM notes
		WHERE case_id = $1 ORDER BY recorded DESC, id`, k.ID) {
		n := Note{Note: casework.Note{Case: k.ID}}
		var class string
		var f3, f4 []byte
		err := r.scan(n.ID[:], n.Unit[:], n.Account[:], &class, &n.Kind, &n.Service, &n.Channel, &n.ServedOn, &n.Recorded, &f3, &f4)
		if err != nil {
			return nil, err
		}
		column, sealed := "f3", f3
		author, _ := t.s.Directory().Unit(n.Unit)
		n.Class = TextClass(author.Type)
		if class == "F4" {
			column, sealed, n.Class = "f4", f4, access.F4
		}
		if !shows(n.Class) {
			continue
		}
		text, err := t.Open(Cell{"notes", column, n.ID[:], Owner(k.Subject)}, sealed)
		if err != nil {
			return nil, fmt.Errorf("open a note: %w", err)
		}
		n.Text = string(text)
		notes = append(notes, n)
	}
	return notes, nil
}

// NoteKinds are the notes of a case as the guards of its machine ask for them: kind, channel and time, no text.
func (t *tx) NoteKinds(k casework.CaseID) ([]casework.Note, error) {
	return list(t, func(r row) (n casework.Note, err error) {
		return n, r.scan(&n.Kind, &n.Channel, &n.Recorded)
	}, "SELECT kind, channel, recorded FROM notes WHERE case_id = $1", k) // by notes_case
}

// WasServed tells whether a case has a service entry: of its own, or on a leg. Served by notes_case and legs_case's table.
func (t *tx) WasServed(k casework.CaseID) (served bool, err error) {
	err = t.row(`SELECT EXISTS (SELECT 1 FROM notes WHERE case_id = $1 AND kind = 'SERVICE')
		OR EXISTS (SELECT 1 FROM legs WHERE `+inCase+" AND served_on IS NOT NULL)", k).scan(&served)
	return served, err
}

// Diagnosis is the newest word of a hospital's worker on a low length for age, on any leg of the child's cases; empty if there is none.
// Served by cases_subject.
func (t *tx) Diagnosis(child casework.PersonID) (casework.StuntingDiagnosis, error) {
	var id casework.ID
	var sealed []byte
	err := t.row(`SELECT p.id, p.diagnosis_f3 FROM cases c
		JOIN legs l ON l.place = c.place
		JOIN progress p ON p.leg = l.id
		WHERE c.`+ofPerson+` AND p.diagnosis_f3 IS NOT NULL
		ORDER BY p.recorded DESC, p.id LIMIT 1`, child).scan(id[:], &sealed)
	if errors.Is(err, errNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read a diagnosis: %w", err)
	}
	text, err := t.openText(progressCell("diagnosis_f3", id, child), sealed)
	return casework.StuntingDiagnosis(text), err
}

// TextClass is the class of a text by the type of the unit that wrote it.
func TextClass(t casework.UnitType) access.Mask {
	switch sectorOf(t) {
	case access.Health:
		return access.F3Health
	case access.Social:
		return access.F3Social
	case access.Protection:
		return access.F3Protection
	}
	return access.F3
}

// PutLegalStep adds a step of police or court. Append only; which one it was is sealed too.
func (w *Writer) PutLegalStep(s casework.LegalStep, k casework.Case, entry func(value [32]byte) [16]byte) error {
	f4, err := w.sealJSON(Cell{"legal_steps", "f4", s.ID[:], Owner(k.Subject)}, legalContent{s.Status, s.OccurredOn, s.Text})
	if err != nil {
		return err
	}
	_, err = w.exec("INSERT INTO legal_steps (id, case_id, unit, account, recorded, entry, f4) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		s.ID, k.ID, s.Unit, s.Account, w.Now(), entry(digest(f4)), f4)
	if err != nil {
		return fmt.Errorf("put a legal step: %w", err)
	}
	return nil
}

type legalContent struct {
	Status     casework.LegalStatus `json:"status"`
	OccurredOn casework.Date        `json:"occurredOn"`
	Text       string               `json:"text,omitempty"`
}

// LegalSteps of a case, recorded last first. Served by legal_steps_case.
func (t *tx) LegalSteps(k casework.Case) ([]casework.LegalStep, error) {
	return list(t, func(r row) (s casework.LegalStep, err error) {
		var f4 []byte
		s.Case = k.ID
		if err := r.scan(s.ID[:], s.Unit[:], s.Account[:], &s.Recorded, &f4); err != nil {
			return s, err
		}
		var c legalContent
		err = t.openJSON(Cell{"legal_steps", "f4", s.ID[:], Owner(k.Subject)}, f4, &c)
		s.Status, s.OccurredOn, s.Text = c.Status, c.OccurredOn, c.Text
		return s, err
	}, "SELECT id, unit, account, recorded, f4 FROM legal_steps WHERE case_id = $1 ORDER BY recorded DESC, id", k.ID)
}

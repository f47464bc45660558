package store

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Touched is a person of whom an account saw or changed something, as far as the journal knows. It names nobody.
type Touched struct {
	Person  casework.PersonID
	Unit    casework.UnitID // that keeps the record, and finds out who it is
	First   time.Time
	Last    time.Time
	Entries int
	Mask    uint32 // what was shown, as class bits
	Changed bool   // and something was done, too
}

// Touching is what the journal knows of an account in a time.
type Touching struct {
	Persons []Touched // by unit and person
	Entries int       // read in that time, of all accounts
	Own     int       // of them this account's
	Lost    int       // of these, those about what was erased since: nobody is left to be told
}

// Touched looks through the journal from an instant up to before another. The account's pseudonym is in each of its entries.
func (r *Reader) Touched(account casework.AccountID, since, until time.Time) (t Touching, err error) {
	from, err := r.NumberAt(since)
	if err != nil {
		return t, err
	}
	to, err := r.NumberAt(until)
	if err != nil {
		return t, err
	}
	actor := r.s.Pseudonym("account", account[:])
	b := breach{r: r, cases: map[casework.CaseID]Touched{}, persons: map[casework.PersonID]Touched{}, pages: map[[pageTag]byte]Touched{}}
	for row := range r.rows("SELECT object_id, case_id, bytes FROM journal WHERE number >= $1 AND number < $2", from, to) { // by the primary key
		var object, caseID, canonical []byte
		if err := row.scan(&object, &caseID, &canonical); err != nil {
			return t, fmt.Errorf("read the journal: %w", err)
		}
		b.all++
		if !bytes.Contains(canonical, actor[:]) {
			continue
		}
		e, err := journal.Parse(canonical)
		if err != nil {
			return t, fmt.Errorf("read the journal: %w", err)
		}
		if e.Actor == actor {
			b.add(e, object, caseID)
		}
	}
	return b.resolve()
}

// pageTag is how many bytes of a row's pseudonym the entry of a page has.
const pageTag = 8

// breach gathers entries by what they are about.
type breach struct {
	r              *Reader
	cases          map[casework.CaseID]Touched
	persons        map[casework.PersonID]Touched
	pages          map[[pageTag]byte]Touched
	all, own, lost int
}

// add takes an entry of the account. What was refused showed nothing.
func (b *breach) add(e journal.Entry, object, caseID []byte) {
	b.own++
	one := Touched{
		First: time.UnixMicro(e.Time).UTC(), Last: time.UnixMicro(e.Time).UTC(), Entries: 1, Mask: e.Mask,
		Changed: e.Event.Name != "",
	}
	switch {
	case e.Outcome != "ALLOW" && e.Outcome != "AWAIT":
	case e.ObjectKind == "page":
		for _, field := range e.Event.Fields {
			tags, err := base64.RawStdEncoding.DecodeString(field)
			for ; err == nil && len(tags) >= pageTag; tags = tags[pageTag:] {
				merge(b.pages, [pageTag]byte(tags), one)
			}
		}
	case len(caseID) == 16:
		merge(b.cases, casework.CaseID(caseID), one)
	case e.ObjectKind == "person" && len(object) == 16:
		merge(b.persons, casework.PersonID(object), one)
	case ofSomebody[e.ObjectKind]:
		b.lost++
	}
}

// ofSomebody are the kinds of objects beside whose entries an id stood, unless it was erased.
var ofSomebody = map[string]bool{"case": true, "person": true, "leg": true, "measurement": true, "incident": true, "disclosure": true, "task": true, "review": true}

func merge[K comparable](all map[K]Touched, key K, one Touched) {
	have, ok := all[key]
	if !ok {
		all[key] = one
		return
	}
	if one.First.Before(have.First) {
		have.First = one.First
	}
	if one.Last.After(have.Last) {
		have.Last = one.Last
	}
	have.Entries, have.Mask, have.Changed = have.Entries+one.Entries, have.Mask|one.Mask, have.Changed || one.Changed
	all[key] = have
}

// resolve finds the persons behind rows of pages and cases.
func (b *breach) resolve() (t Touching, err error) {
	if err := b.openPages(); err != nil {
		return t, err
	}
	units := map[casework.PersonID]casework.UnitID{}
	for id, one := range b.cases {
		var person casework.PersonID
		var unit casework.UnitID
		err := b.r.row("SELECT subject, unit FROM cases WHERE id = $1", id).scan(person[:], unit[:])
		if errors.Is(err, errNoRows) {
			b.lost += one.Entries
			continue
		}
		if err != nil {
			return t, fmt.Errorf("read a case: %w", err)
		}
		units[person] = unit
		merge(b.persons, person, one)
	}
	t = Touching{Entries: b.all, Own: b.own, Lost: b.lost}
	for person, one := range b.persons {
		one.Person, one.Unit = person, units[person]
		if one.Unit == (casework.UnitID{}) {
			err := b.r.row("SELECT unit FROM persons WHERE id = $1", person).scan(one.Unit[:])
			if errors.Is(err, errNoRows) {
				t.Lost += one.Entries
				continue
			}
			if err != nil {
				return t, fmt.Errorf("read a person: %w", err)
			}
		}
		t.Persons = append(t.Persons, one)
	}
	slices.SortFunc(t.Persons, func(a, b Touched) int {
		return cmp.Or(bytes.Compare(a.Unit[:], b.Unit[:]), bytes.Compare(a.Person[:], b.Person[:]))
	})
	return t, nil
}

// rowsOfPages are what the rows of lists are, each with its case.
var rowsOfPages = []string{
	"SELECT id, id FROM cases", "SELECT id, case_id FROM legs", "SELECT id, case_id FROM tasks", "SELECT id, case_id FROM reviews",
	"SELECT id, case_id FROM disclosures",
}

// openPages finds the rows whose tags stand in entries of pages. Tags cannot be turned back, so each row is tagged anew: a microsecond
// a row, and only if there was a page.
func (b *breach) openPages() error {
	if len(b.pages) == 0 {
		return nil
	}
	for _, query := range rowsOfPages {
		for row := range b.r.rows(query) {
			var id [16]byte
			var caseID casework.CaseID
			if err := row.scan(id[:], caseID[:]); err != nil {
				return fmt.Errorf("read the rows of pages: %w", err)
			}
			tag := b.r.s.Pseudonym("page", id[:])
			if one, ok := b.pages[[pageTag]byte(tag[:])]; ok {
				merge(b.cases, caseID, one)
				delete(b.pages, [pageTag]byte(tag[:]))
			}
		}
	}
	for _, left := range b.pages {
		b.lost += left.Entries
	}
	return nil
}

package store

import (
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// FindPersons opens the subjects of the open cases of the caller's register, for INTAKE of her unit, and gives the cases of those who
// fit, with what Decide must know. Names have no index: one that could be searched would tell whoever steals it who is a client. A
// register's caseload in memory is small (design: protection).
func (t *tx) FindPersons(c Caller, fits func(casework.PersonIdentity) bool, now time.Time) ([]CaseFile, error) {
	where, key := "c.register = $1", [16]byte(c.Unit.Register) // by cases_open
	if c.Role == casework.RoleIntake {
		where, key = "c.unit = $1", [16]byte(c.Unit.ID) // by cases_unit
	}
	known, err := list(t, func(r row) (k namedCase, err error) { return k, r.scan(k.id[:], k.subject[:], &k.revision) },
		"SELECT c.id, c.subject, p.revision FROM cases c JOIN persons p ON p.id = c.subject WHERE "+where+" AND c.closed IS NULL", key)
	if err != nil {
		return nil, fmt.Errorf("list whom a register knows: %w", err)
	}
	var files []CaseFile
	for _, k := range known {
		card, err := t.nameCard(k.subject, k.revision)
		if err != nil {
			return nil, err
		}
		if !fits(card) {
			continue
		}
		file, err := t.CaseFor(c, k.id, now)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// namedCase is what of a case is read for each of a register: its columns whole would cost more than all the names.
type namedCase struct {
	id       casework.CaseID
	subject  casework.PersonID
	revision int64
}

// nameCard is what a search compares of a person at a revision that this snapshot has shown: from memory, for a register of ten
// thousand is more than the cache of whole identities holds.
func (t *tx) nameCard(id casework.PersonID, revision int64) (casework.PersonIdentity, error) {
	key := identityKey{id, revision}
	if card, ok := t.s.names.Get(key); ok {
		return card, nil
	}
	p, err := t.Person(id)
	if err != nil {
		return casework.PersonIdentity{}, fmt.Errorf("open a name: %w", err)
	}
	i := p.Identity
	card := casework.PersonIdentity{
		Name: i.Name, Mother: i.Mother, BirthDate: i.BirthDate, Address: casework.Address{AreaCode: i.Address.AreaCode},
	}
	if p.Revision == revision && t.remembers() {
		t.s.names.Add(key, card)
	}
	return card, nil
}

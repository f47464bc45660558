package store

import (
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutAbsence stores an absence. Rights change with it, at its begin and at its end too.
func (w *Writer) PutAbsence(a casework.Absence, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec(`INSERT INTO absences (id, account, deputy, unit, from_time, until_time, entry) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.ID, a.Account, a.Deputy, a.Unit, a.From, a.Until, entry)
	if err != nil {
		return fmt.Errorf("put an absence: %w", err)
	}
	return nil
}

// EndAbsence gives an absence another end.
func (w *Writer) EndAbsence(a casework.Absence) error {
	w.changeRights()
	var noted any // one that ends now has the entry of this act
	if !a.Until.After(w.Now()) {
		noted = w.Now()
	}
	_, err := w.exec("UPDATE absences SET until_time = $2, end_noted = $3 WHERE id = $1", a.ID, a.Until, noted)
	return err
}

const absenceColumns = "id, account, deputy, unit, from_time, until_time"

func scanAbsence(r row) (a casework.Absence, err error) {
	return a, r.scan(a.ID[:], a.Account[:], a.Deputy[:], a.Unit[:], &a.From, &a.Until)
}

// AbsencesOf are the absences of accounts that are not over. Served by absences_account.
func (t *tx) AbsencesOf(now time.Time, accounts ...casework.AccountID) ([]casework.Absence, error) {
	var all []casework.Absence
	for _, account := range accounts {
		some, err := list(t, scanAbsence, "SELECT "+absenceColumns+" FROM absences WHERE account = $1 AND until_time > $2 ORDER BY until_time, id", account, now)
		if err != nil {
			return nil, fmt.Errorf("read absences: %w", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// Absences of a unit that are not over, the soonest to end first. Served by absences_unit.
func (t *tx) Absences(unit casework.UnitID, now time.Time, after Cursor, limit int) ([]casework.Absence, error) {
	from := now
	if !after.IsZero() {
		from = after.Time
	}
	return list(t, scanAbsence, "SELECT "+absenceColumns+` FROM absences
		WHERE unit = $1 AND until_time > $2 AND (until_time, id) > ($3, $4)
		ORDER BY until_time, id
		LIMIT $5`, unit, now, from, after.ID, limit)
}

// deputyships are the absences, over and to come too, in which an account stands in, when rights stood at a count.
type deputyships struct {
	absences []casework.Absence
	rights   uint64
}

// deputyships reads them, from memory while nothing about rights has changed: each row of each list asks.
func (t *tx) deputyships(deputy casework.AccountID) ([]casework.Absence, error) {
	if d, ok := t.s.deputies.Get(deputy); ok && d.rights == t.rights && t.rights == t.s.rights.Load() {
		return d.absences, nil
	}
	all, err := list(t, scanAbsence, "SELECT "+absenceColumns+" FROM absences WHERE deputy = $1 ORDER BY from_time, id", deputy) // by absences_deputy
	if err != nil {
		return nil, fmt.Errorf("read for whom an account stands in: %w", err)
	}
	t.s.deputies.Add(deputy, deputyships{all, t.rights})
	return all, nil
}

// StandsInFor are the accounts that an account stands in for at an instant: those who named it, never those for whom they act.
func (t *tx) StandsInFor(c Caller, now time.Time) ([]casework.AccountID, error) {
	all, err := t.deputyships(c.Account)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return casework.StandsInFor(all, c.Account, now), nil
}

// RoleIn is the role of casework that an account holds in a register; ok is false if it holds none there. Served by memberships_account.
func (t *tx) RoleIn(account casework.AccountID, register casework.UnitID) (m Member, ok bool, err error) {
	members, err := t.membershipsOf(account)
	for _, m := range members {
		unit, known := t.s.Directory().Unit(m.Unit)
		if known && unit.Register == register && slices.Contains(caseRoles, m.Role) {
			return m, true, err
		}
	}
	return m, false, err
}

// HoldsRole tells whether an account holds a role in a register.
func (t *tx) HoldsRole(account casework.AccountID, role casework.Role, register casework.UnitID) (holds bool, err error) {
	members, err := t.membershipsOf(account)
	for _, m := range members {
		unit, known := t.s.Directory().Unit(m.Unit)
		holds = holds || known && unit.Register == register && m.Role == role
	}
	return holds, err
}

var caseRoles = []casework.Role{casework.RoleSupervisor, casework.RoleWorker, casework.RoleIntake}

// membershipsOf are the roles of an account that still works.
func (t *tx) membershipsOf(account casework.AccountID) ([]Member, error) {
	return list(t, func(r row) (m Member, err error) {
		m.Known = true
		return m, r.scan(m.ID[:], m.Account[:], &m.Role, m.Unit[:])
	}, `SELECT m.id, m.account, m.role, m.unit FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE m.account = $1 AND m.until_time IS NULL AND m.approved IS NOT NULL AND a.active_until IS NULL
		ORDER BY m.from_time, m.id`, account)
}

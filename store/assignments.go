package store

import (
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// EndAssignment takes an officer from a case. Relations are changed in their end alone.
func (w *Writer) EndAssignment(k casework.CaseID, officer casework.AccountID) error {
	_, err := w.exec("UPDATE assignments SET until_time = $3 WHERE "+inCase+" AND account = $2 AND until_time IS NULL", k, officer, w.Now())
	if err != nil {
		return fmt.Errorf("end an assignment: %w", err)
	}
	return nil
}

// HandOver gives what an officer owes on a case to another: status duty and tasks. Legs are their receivers', and have officers of
// their own.
func (w *Writer) HandOver(k casework.CaseID, from, to casework.AccountID) error {
	// What she did in an emergency nobody else can answer for.
	_, err := w.exec("UPDATE duties SET officer = $3 WHERE "+inCase+` AND officer = $2 AND kind <> 'LEG' AND duty <> 'ANSWER_GLASS'
		AND ended IS NULL`, k, from, orNull(to[:]))
	if err != nil {
		return fmt.Errorf("hand over what is owed on a case: %w", err)
	}
	_, err = w.exec("UPDATE tasks SET officer = $3 WHERE case_id = $1 AND officer = $2 AND ended IS NULL", k, from, orNull(to[:]))
	return err
}

// Follow names the next officer of a case that has none left, by the rule of the domain; who was named and works elsewhere by now is
// none. It gives the officer who goes on; zero if there is nobody at all.
func (w *Writer) Follow(k casework.Case, entry [16]byte) (casework.AccountID, error) {
	officers, err := w.Officers(k.ID, w.Now())
	if err != nil {
		return casework.AccountID{}, err
	}
	for _, officer := range officers {
		able, err := w.MayBeOfficer(officer, k)
		if err != nil || able {
			return officer, err
		}
		if err := w.EndAssignment(k.ID, officer); err != nil {
			return officer, err
		}
	}
	next, err := w.follower(k)
	if err != nil || next == (casework.AccountID{}) {
		return next, err
	}
	return next, w.Assign(k.ID, next, entry)
}

func (t *tx) follower(k casework.Case) (casework.AccountID, error) {
	unit, _ := t.s.Directory().Unit(k.Unit)
	own, err := t.desk(unit)
	if err != nil {
		return casework.AccountID{}, err
	}
	parent, _ := t.s.Directory().Unit(unit.Parent)
	above, err := t.desk(parent)
	if err != nil {
		return casework.AccountID{}, err
	}
	blocked, err := t.blocked(k.ID)
	if err != nil {
		return casework.AccountID{}, err
	}
	if blocked[unit.ID] {
		own = casework.Desk{}
	}
	if blocked[parent.ID] {
		above = casework.Desk{}
	}
	next, _ := casework.Follower(own, above, func(a casework.AccountID) bool { return blocked[a] })
	return next, nil
}

// desk is who can take a case at a unit. A duty officer who no longer works there, nor at its parent, is none.
func (t *tx) desk(unit casework.Unit) (d casework.Desk, err error) {
	if unit.ID == (casework.UnitID{}) {
		return d, nil
	}
	for r := range t.rows(`SELECT m.account, m.role FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE m.unit = $1 AND m.until_time IS NULL AND m.approved IS NOT NULL AND a.active_until IS NULL
		ORDER BY m.from_time, m.account`, unit.ID) { // by memberships_unit
		var id casework.AccountID
		var role casework.Role
		if err := r.scan(id[:], &role); err != nil {
			return d, fmt.Errorf("read who can take a case: %w", err)
		}
		switch role {
		case casework.RoleWorker:
			d.Workers = append(d.Workers, id)
		case casework.RoleSupervisor:
			d.Supervisors = append(d.Supervisors, id)
		}
	}
	named, err := t.NamedDutyOfficer(unit.ID)
	if err != nil {
		return d, err
	}
	above, err := t.Handlers(unit.Parent)
	if slices.Contains(slices.Concat(d.Workers, d.Supervisors, above), named) {
		d.DutyOfficer = named
	}
	return d, err
}

// MayBeOfficer tells whether an account can be named on a case: an unblocked worker or supervisor of the owner register or of the unit
// above it.
func (t *tx) MayBeOfficer(account casework.AccountID, k casework.Case) (bool, error) {
	blocked, err := t.blocked(k.ID)
	if err != nil || blocked[account] {
		return false, err
	}
	members, err := t.membershipsOf(account)
	for _, m := range members {
		unit, known := t.s.Directory().Unit(m.Unit)
		able := m.Role == casework.RoleWorker || m.Role == casework.RoleSupervisor
		if known && able && !blocked[casework.AccountID(unit.ID)] && t.mayBeAssigned(Caller{Unit: unit}, k) {
			return true, err
		}
	}
	return false, err
}

// Caseload is what an account has in hand at a register.
type Caseload struct {
	Cases []casework.CaseID // named on, or owing something on
	Legs  []casework.LegID  // received, and not ended
}

// unkept leaves out what an account is blocked from: that is another's already.
const unkept = " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.case_id = a.case_id AND b.account = a.account AND b.until_time IS NULL)"

// CaseloadOf reads it: open cases of the register by assignments_account and duties_officer, legs by legs_officer.
func (t *tx) CaseloadOf(account casework.AccountID, register casework.UnitID) (load Caseload, err error) {
	cases := func(r row) (id casework.CaseID, err error) { return id, r.scan(id[:]) }
	for _, query := range []string{
		`SELECT c.id FROM assignments a JOIN cases c ON c.id = a.case_id
			WHERE a.account = $1 AND a.until_time IS NULL AND c.register = $2 AND c.closed IS NULL` + unkept,
		`SELECT DISTINCT c.id FROM duties u JOIN cases c ON c.id = u.case_id
			WHERE u.officer = $1 AND u.ended IS NULL AND u.kind <> 'LEG' AND c.register = $2`,
	} {
		some, err := list(t, cases, query, account, register)
		if err != nil {
			return load, fmt.Errorf("read a caseload: %w", err)
		}
		for _, id := range some {
			if !slices.Contains(load.Cases, id) {
				load.Cases = append(load.Cases, id)
			}
		}
	}
	load.Legs, err = list(t, func(r row) (id casework.LegID, err error) { return id, r.scan(id[:]) },
		"SELECT id FROM legs WHERE officer = $1 AND receiver_register = $2 AND ended IS NULL", account, register)
	return load, err
}

// CaseOfLeg is the case that a leg is of.
func (t *tx) CaseOfLeg(leg casework.LegID) (id casework.CaseID, err error) {
	return id, t.row("SELECT case_id FROM legs WHERE id = $1", leg).scan(id[:])
}

// Blocked are the accounts and units that are kept from a case now.
func (t *tx) Blocked(k casework.CaseID) (func(casework.AccountID) bool, error) {
	blocked, err := t.blocked(k)
	return func(a casework.AccountID) bool { return blocked[a] }, err
}

// OpenDuties tells whether an account still owes anything anywhere: such an account is not ended before its caseload is transferred, or
// a client waits for somebody who has left.
func (t *tx) OpenDuties(account casework.AccountID) (owes bool, err error) {
	return owes, t.row(`SELECT EXISTS (SELECT 1 FROM assignments a JOIN cases c ON c.id = a.case_id
				WHERE a.account = $1 AND a.until_time IS NULL AND c.closed IS NULL`+unkept+`)
			OR EXISTS (SELECT 1 FROM duties WHERE officer = $1 AND ended IS NULL)
			OR EXISTS (SELECT 1 FROM legs WHERE officer = $1 AND ended IS NULL)`, account).scan(&owes)
}

// EndMembership takes a role from an account; one that still owes keeps it (OPEN_DUTIES). From the next call on it is nobody there.
func (w *Writer) EndMembership(m Member) error {
	owes, err := w.OpenDuties(m.Account)
	if err != nil {
		return err
	}
	if owes {
		return casework.Precondition("OPEN_DUTIES")
	}
	w.changeRights()
	_, err = w.exec("UPDATE memberships SET until_time = $2 WHERE id = $1 AND until_time IS NULL", m.ID, w.Now())
	return err
}

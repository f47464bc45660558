package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutRole gives an account a role, which waits for a second person unless m.Approved says that it needs none.
func (w *Writer) PutRole(m Membership, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec(`INSERT INTO memberships (id, account, role, unit, from_time, approved, given_by, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, m.ID, m.Account, m.Role, m.Unit, m.From, m.Approved, orNull(m.GivenBy[:]), entry)
	if err != nil {
		return fmt.Errorf("give a role: %w", err)
	}
	return nil
}

// ApproveRole lets a role work.
func (w *Writer) ApproveRole(m Membership, by casework.AccountID, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec("UPDATE memberships SET approved = $2, approved_by = $3, entry = $4 WHERE id = $1 AND approved IS NULL", m.ID, w.Now(), by, entry)
	if err != nil {
		return fmt.Errorf("approve a role: %w", err)
	}
	return nil
}

// AskApprovalAgain lets the roles of an account wait for a second person once more. given is who has brought that about, and so is not
// the second one.
func (w *Writer) AskApprovalAgain(account, given casework.AccountID, entry [16]byte) error {
	w.changeRights()
	if reviewed, err := w.ReviewedEver(); err != nil || reviewed {
		if err = errors.Join(err, w.SetSetting(reviewedSetting, "yes")); err != nil {
			return fmt.Errorf("remember that a reviewer has worked: %w", err)
		}
	}
	_, err := w.exec(`UPDATE memberships SET approved = NULL, approved_by = NULL, given_by = $2, entry = $3
		WHERE account = $1 AND until_time IS NULL`, account, given, entry)
	if err != nil {
		return fmt.Errorf("let roles wait again: %w", err)
	}
	return nil
}

// EndRole ends a role, whatever its account owes, and what acts in it.
func (w *Writer) EndRole(m Membership, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec("UPDATE memberships SET until_time = $2, entry = $3 WHERE id = $1 AND until_time IS NULL", m.ID, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("end a role: %w", err)
	}
	return w.EndSessionsOf(m.ID, entry)
}

// OwesIn tells whether an account still owes what only a role that ends lets it do: an account that keeps another role of casework in
// the register goes on.
func (t *tx) OwesIn(m Membership, now time.Time) (bool, error) {
	if m.Role != casework.RoleWorker && m.Role != casework.RoleSupervisor || m.Approved.IsZero() {
		return false, nil
	}
	ending, _ := t.s.Directory().Unit(m.Unit)
	works, err := t.WorkingMemberships(m.Account, now)
	if err != nil {
		return false, err
	}
	for _, other := range works {
		unit, _ := t.s.Directory().Unit(other.Unit)
		if other.ID != m.ID && unit.Register == ending.Register && (other.Role == casework.RoleWorker || other.Role == casework.RoleSupervisor) {
			return false, nil
		}
	}
	return t.OpenDuties(m.Account)
}

// DisableAccount ends an account: its sessions and tokens with it, its invitations, and its sign-in.
func (w *Writer) DisableAccount(id casework.AccountID, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec("UPDATE accounts SET active_until = $2, revision = revision + 1, entry = $3 WHERE id = $1 AND active_until IS NULL", id, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("disable an account: %w", err)
	}
	if err := w.EndSessions(id, "", entry); err != nil {
		return err
	}
	if err := w.EndInvitations(id, entry); err != nil {
		return err
	}
	return w.ForgetSignIn(id)
}

// TouchAccount counts a change of an account's sign-in or roles.
func (w *Writer) TouchAccount(id casework.AccountID, entry [16]byte) error {
	_, err := w.exec("UPDATE accounts SET revision = revision + 1, entry = $2 WHERE id = $1", id, entry)
	return err
}

// PassOn hands over all that an account owes, at once: its cases to whoever follows by the rule of the domain, its received legs to the
// duty officer of the unit that has them. Cases are locked in the order of their ids.
func (w *Writer) PassOn(account casework.AccountID, entry [16]byte) error {
	id := func(r row) (id casework.CaseID, err error) { return id, r.scan(id[:]) }
	var cases []casework.CaseID
	for _, query := range []string{
		"SELECT a.case_id FROM assignments a JOIN cases c ON c.id = a.case_id WHERE a.account = $1 AND a.until_time IS NULL AND c.closed IS NULL",
		"SELECT case_id FROM duties WHERE officer = $1 AND ended IS NULL",
		"SELECT case_id FROM tasks WHERE officer = $1 AND ended IS NULL",
		"SELECT case_id FROM legs WHERE officer = $1 AND ended IS NULL",
	} {
		some, err := list(&w.tx, id, query, account)
		if err != nil {
			return fmt.Errorf("read what an account owes: %w", err)
		}
		cases = append(cases, some...)
	}
	slices.SortFunc(cases, func(a, b casework.CaseID) int { return bytes.Compare(a[:], b[:]) })
	for _, k := range slices.Compact(cases) {
		if err := w.LockCase(k); err != nil {
			return err
		}
		if err := w.passOnLegs(account, k); err != nil {
			return err
		}
		if err := w.EndAssignment(k, account); err != nil {
			return err
		}
		about, err := w.CaseOnly(k)
		if err != nil {
			return err
		}
		next, err := w.Follow(about, entry)
		if err != nil {
			return err
		}
		if err := w.HandOver(k, account, next); err != nil {
			return err
		}
	}
	return nil
}

// passOnLegs gives an officer's received legs of a case to the receiving units' duty officers, as far as those are not kept from it.
func (w *Writer) passOnLegs(account casework.AccountID, k casework.CaseID) error {
	type received struct {
		id   casework.LegID
		unit casework.UnitID
	}
	legs, err := list(&w.tx, func(r row) (l received, err error) { return l, r.scan(l.id[:], l.unit[:]) },
		"SELECT id, receiver FROM legs WHERE "+inCase+" AND officer = $2 AND ended IS NULL", k, account)
	if err != nil {
		return fmt.Errorf("read the legs of an officer: %w", err)
	}
	for _, leg := range legs {
		unit, _ := w.s.Directory().Unit(leg.unit)
		next, err := w.nextHandler(unit, account, k)
		if err != nil {
			return err
		}
		if _, err := w.exec("UPDATE legs SET officer = $2, revision = revision + 1 WHERE id = $1", leg.id, orNull(next[:])); err != nil {
			return fmt.Errorf("pass a leg on: %w", err)
		}
		if _, err := w.exec("UPDATE duties SET officer = $4 WHERE "+owedIn+" AND object = $2 AND officer = $3 AND ended IS NULL", k, leg.id, account, orNull(next[:])); err != nil {
			return fmt.Errorf("pass a duty on: %w", err)
		}
	}
	return nil
}

// nextHandler is the duty officer of a unit, else any of its handlers, whom nothing keeps from a case; zero if there is none.
func (t *tx) nextHandler(unit casework.Unit, leaves casework.AccountID, k casework.CaseID) (casework.AccountID, error) {
	able, err := t.ableHandlers(unit, k)
	if err != nil {
		return casework.AccountID{}, err
	}
	able = slices.DeleteFunc(able, func(a casework.AccountID) bool { return a == leaves })
	named, err := t.NamedDutyOfficer(unit.ID)
	if err != nil || slices.Contains(able, named) {
		return named, err
	}
	if len(able) == 0 {
		return casework.AccountID{}, nil
	}
	return able[0], nil
}

// AccountsOf lists the accounts with a role in a unit that has not ended, by code, after one of them. Served by memberships_unit.
func (t *tx) AccountsOf(unit casework.UnitID, after casework.AccountID, limit int) ([]Account, error) {
	ids, err := list(t, func(r row) (id casework.AccountID, err error) { return id, r.scan(id[:], new(string)) }, `SELECT DISTINCT a.id, a.code FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE m.unit = $1 AND m.until_time IS NULL AND a.code > COALESCE((SELECT b.code FROM accounts b WHERE b.id = $2), '')
		ORDER BY a.code
		LIMIT $3`, unit, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	accounts := make([]Account, 0, len(ids))
	for _, id := range ids {
		a, ok, err := t.AccountByID(id)
		if err != nil {
			return nil, err
		}
		if ok {
			accounts = append(accounts, a)
		}
	}
	return accounts, nil
}

// WaitingRoles lists the roles that wait for a second person, oldest first: a superset, of which Decide chooses.
func (t *tx) WaitingRoles(after Cursor, limit int) ([]Membership, error) {
	if after.IsZero() {
		after.Time = time.UnixMicro(0) // NULL is before nothing
	}
	return list(t, scanMembership, "SELECT "+membershipColumns+` FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE m.approved IS NULL AND m.until_time IS NULL AND a.active_until IS NULL AND (m.from_time, m.id) > ($1, $2)
		ORDER BY m.from_time, m.id
		LIMIT $3`, after.Time, after.ID, limit)
}

// AccountOfNIK tells whether a staff member's NIK is an account's already.
func (t *tx) AccountOfNIK(nik string) (casework.AccountID, bool, error) { return t.accountByNIK(nik) }

package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Sessions and roles. A session is a credential of a person, bound to one membership; whether it still holds is asked of these rows by
// every call, so what ends here has ended for the next one.

// Membership is a role of an account in a unit, with when it holds.
type Membership struct {
	ID       casework.ID
	Account  casework.AccountID
	Role     casework.Role
	Unit     casework.UnitID
	From     time.Time
	Until    time.Time // zero: still
	Approved time.Time // by a second person; zero: it does not work yet
	GivenBy  casework.AccountID
}

// Waits tells whether a second person has still to approve it.
func (m Membership) Waits() bool { return m.Approved.IsZero() && m.Until.IsZero() }

const membershipColumns = "m.id, m.account, m.role, m.unit, m.from_time, m.until_time, m.approved, m.given_by"

func scanMembership(r row) (m Membership, err error) {
	return m, r.scan(m.ID[:], m.Account[:], &m.Role, m.Unit[:], &m.From, &m.Until, &m.Approved, m.GivenBy[:])
}

// Memberships are all roles of an account, those that are over too, oldest first. Served by memberships_account.
func (t *tx) Memberships(account casework.AccountID) ([]Membership, error) {
	all, err := list(t, scanMembership, "SELECT "+membershipColumns+" FROM memberships m WHERE m.account = $1 ORDER BY m.from_time, m.id", account)
	if err != nil {
		return nil, fmt.Errorf("read the roles of an account: %w", err)
	}
	return all, nil
}

// Membership finds one role; ok is false if there is none such.
func (t *tx) Membership(id casework.ID) (m Membership, ok bool, err error) {
	m, err = scanMembership(t.row("SELECT "+membershipColumns+" FROM memberships m WHERE m.id = $1", id))
	if errors.Is(err, errNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

// WorkingMemberships are the roles in which an account may act now, oldest first: approved, not over, of a unit that is active and an
// account that is not disabled.
func (t *tx) WorkingMemberships(account casework.AccountID, now time.Time) ([]Membership, error) {
	a, known, err := t.AccountByID(account)
	if err != nil || !known || over(a.Until, now) {
		return nil, err
	}
	all, err := t.Memberships(account)
	var works []Membership
	for _, m := range all {
		unit, known := t.s.Directory().Unit(m.Unit)
		if known && unit.ActiveOn(now) && !m.Approved.IsZero() && !over(m.Until, now) {
			works = append(works, m)
		}
	}
	return works, err
}

// RevokeCredential ends one credential for good.
func (w *Writer) RevokeCredential(id string, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec("UPDATE credentials SET revoked = $2, entry = $3 WHERE id = $1 AND revoked IS NULL", id, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("revoke a credential: %w", err)
	}
	return nil
}

// EndSessions ends all sessions and tokens of an account, but for one; "" ends all. Served by credentials_membership.
func (w *Writer) EndSessions(account casework.AccountID, except string, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec(`UPDATE credentials SET revoked = $2, entry = $3
		WHERE membership IN (SELECT id FROM memberships WHERE account = $1) AND revoked IS NULL AND id <> $4`, account, w.Now(), entry, except)
	if err != nil {
		return fmt.Errorf("end the sessions of an account: %w", err)
	}
	return nil
}

// EndSessionsOf ends what acts in one role.
func (w *Writer) EndSessionsOf(membership casework.ID, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec("UPDATE credentials SET revoked = $2, entry = $3 WHERE membership = $1 AND revoked IS NULL", membership, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("end the sessions of a role: %w", err)
	}
	return nil
}

// SwitchCredential lets a credential act in another role. That it is one of the same account is the caller's to ask.
func (w *Writer) SwitchCredential(id string, membership casework.ID, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec("UPDATE credentials SET membership = $2, entry = $3 WHERE id = $1 AND revoked IS NULL", id, membership, entry)
	if err != nil {
		return fmt.Errorf("switch a credential: %w", err)
	}
	return nil
}

// CallerNow is Caller read past every memory: what an open stream is held to, for another server of this database may have changed it.
func (t *tx) CallerNow(credential string, now time.Time) (Caller, error) {
	row, err := t.readCaller(credential)
	return t.callerOf(credential, row, now), err
}

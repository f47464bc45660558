package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Account is one natural person, or one app of one unit.
type Account struct {
	ID    casework.AccountID
	Code  string // the operator's name for it: "bidan-rina"
	Kind  string // PERSON or APP
	Name  string // f2
	NIK   string // f2, tagged: an account whose NIK is the alleged perpetrator's is blocked
	Until time.Time
}

// Credential is a token bound to one membership.
type Credential struct {
	ID      string
	Hash    [32]byte // SHA-256 of the secret, which has 256 random bits and so needs no slow hash
	Member  casework.ID
	Scopes  string // of an app: words out of file, status, assess
	MFATime time.Time
	Expires time.Time
}

// Caller is who calls, as the database knows it now. Nothing of it comes from the token but the credential's id.
type Caller struct {
	Credential string
	Account    casework.AccountID
	Role       casework.Role
	Unit       casework.Unit
	Scopes     string
	MFATime    time.Time
	Expires    time.Time
	Active     bool
}

// PutAccount stores an account with a fresh key.
func (w *Writer) PutAccount(a Account, key Key, entry [16]byte) error {
	if err := w.PutKey(key); err != nil {
		return err
	}
	f2, err := json.Marshal(struct {
		V    int    `json:"v"`
		Name string `json:"name"`
		NIK  string `json:"nik,omitempty"`
	}{1, a.Name, a.NIK})
	if err != nil {
		return err
	}
	sealed, err := w.Seal(Cell{"accounts", "f2", a.ID[:], Owner(a.ID)}, f2)
	if err != nil {
		return err
	}
	var tag any
	if a.NIK != "" {
		mark := w.s.Tag("staff", []byte(a.NIK))
		tag = mark[:]
	}
	_, err = w.exec(`INSERT INTO accounts (id, code, kind, nik_tag, active_until, revision, entry, f2)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $7)`, a.ID, a.Code, a.Kind, tag, a.Until, entry, sealed)
	if isUnique(err) {
		return casework.Exists("ALREADY_EXISTS", "code")
	}
	return err
}

// AccountByCode finds an account by the operator's name for it.
func (t *tx) AccountByCode(code string) (id casework.AccountID, ok bool, err error) {
	err = t.row("SELECT id FROM accounts WHERE code = $1", code).scan(id[:])
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

// PutMembership gives an account a role in a unit, approved from now on.
func (w *Writer) PutMembership(id casework.ID, account casework.AccountID, role casework.Role, unit casework.UnitID, entry [16]byte) error {
	_, err := w.exec(`INSERT INTO memberships (id, account, role, unit, from_time, approved, entry)
		VALUES ($1, $2, $3, $4, $5, $5, $6)`, id, account, role, unit, w.Now(), entry)
	return err
}

// Membership finds the membership of an account by role and unit; a zero unit means its only one.
func (t *tx) Membership(account casework.AccountID, role casework.Role, unit casework.UnitID) (id casework.ID, ok bool, err error) {
	err = t.row(`SELECT id FROM memberships
		WHERE account = $1 AND role = $2 AND unit = $3 AND until_time IS NULL`, account, role, unit).scan(id[:])
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

// PutCredential stores a token, of which the secret is nowhere kept.
func (w *Writer) PutCredential(c Credential, entry [16]byte) error {
	_, err := w.exec(`INSERT INTO credentials (id, hash, membership, scopes, mfa_time, created, expires, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, c.ID, c.Hash[:], c.Member, c.Scopes, c.MFATime, w.Now(), c.Expires, entry)
	return err
}

// CredentialHash finds the hash of a credential's secret. It never changes for one id, so a caller may keep it.
func (t *tx) CredentialHash(id string) (hash [32]byte, ok bool, err error) {
	err = t.row("SELECT hash FROM credentials WHERE id = $1", id).scan(hash[:])
	if errors.Is(err, errNoRows) {
		return hash, false, nil
	}
	return hash, err == nil, err
}

// Caller reads what is true of a credential now: a role that ended a moment ago is inactive in this very transaction.
func (t *tx) Caller(credential string, now time.Time) (Caller, error) {
	c := Caller{Credential: credential}
	var unit casework.UnitID
	var revoked, until, accountUntil, approved time.Time
	err := t.row(`SELECT c.mfa_time, c.expires, c.scopes, c.revoked, m.account, m.role, m.unit, m.until_time, m.approved, a.active_until
		FROM credentials c
		JOIN memberships m ON m.id = c.membership
		JOIN accounts a ON a.id = m.account
		WHERE c.id = $1`, credential).
		scan(&c.MFATime, &c.Expires, &c.Scopes, &revoked, c.Account[:], &c.Role, unit[:], &until, &approved, &accountUntil)
	if errors.Is(err, errNoRows) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read the caller: %w", err)
	}
	known := false
	c.Unit, known = t.s.Directory().Unit(unit)
	c.Active = known && c.Unit.ActiveOn(now) && !approved.IsZero() && !over(revoked, now) && !over(until, now) &&
		!over(accountUntil, now) && !over(c.Expires, now)
	return c, nil
}

// over tells whether an end has come; a zero end never comes.
func over(end, now time.Time) bool { return !end.IsZero() && !now.Before(end) }

// Handlers are the active workers and supervisors of a unit, workers first.
func (t *tx) Handlers(unit casework.UnitID) ([]casework.AccountID, error) {
	return list(t, func(r row) (id casework.AccountID, err error) {
		var rank int64
		return id, r.scan(id[:], &rank)
	}, `SELECT m.account, CASE m.role WHEN 'WORKER' THEN 0 ELSE 1 END AS rank
		FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE m.unit = $1 AND m.role IN ('WORKER', 'SUPERVISOR') AND m.until_time IS NULL AND a.active_until IS NULL
		ORDER BY rank, m.from_time, m.account`, unit)
}

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

	Revision int64
}

// accountF2 is what of an account is sealed.
type accountF2 struct {
	V    int    `json:"v"`
	Name string `json:"name"`
	NIK  string `json:"nik,omitempty"`
}

func accountCell(id casework.AccountID) Cell { return Cell{"accounts", "f2", id[:], Owner(id)} }

// Credential is a token bound to one membership.
type Credential struct {
	ID      string
	Hash    [32]byte // SHA-256 of the secret, which has 256 random bits and so needs no slow hash
	Kind    string   // KindPerson or KindApp; empty: a person's
	Member  casework.ID
	Scopes  string   // of an app: words out of file, status, assess
	CIDRs   string   // of an app: networks from which alone it is taken, apart by a space; empty: all
	Cert    [32]byte // of an app: SHA-256 of the client certificate without which it is not taken
	MFATime time.Time
	Expires time.Time
}

// Kinds of credentials, as they stand in the token.
const (
	KindPerson = "usr"
	KindApp    = "app"
)

// Proof is what a token is held against. Nothing of it ever changes for one id, so a caller may keep it.
type Proof struct {
	Hash    [32]byte
	Kind    string
	Account casework.AccountID
	CIDRs   string
	Cert    [32]byte
}

// Caller is who calls, as the database knows it now. Nothing of it comes from the token but the credential's id.
type Caller struct {
	Credential string
	Kind       string // of the credential: usr or app
	Member     casework.ID
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
	w.changeRights()
	if err := w.PutKey(key); err != nil {
		return err
	}
	sealed, tag, err := w.sealAccount(a)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO accounts (id, code, kind, nik_tag, active_until, revision, entry, f2)
		VALUES ($1, $2, $3, $4, $5, 1, $6, $7)`, a.ID, a.Code, a.Kind, tag, a.Until, entry, sealed)
	if isUnique(err) {
		return casework.Exists("ALREADY_EXISTS", "code")
	}
	if err != nil {
		return err
	}
	return w.judgeAccount(a, entry)
}

// UpdateAccount stores a name or a NIK that came later.
func (w *Writer) UpdateAccount(a Account, entry [16]byte) error {
	w.changeRights()
	sealed, tag, err := w.sealAccount(a)
	if err != nil {
		return err
	}
	_, err = w.exec("UPDATE accounts SET nik_tag = $2, revision = revision + 1, entry = $3, f2 = $4 WHERE id = $1", a.ID, tag, entry, sealed)
	if isUnique(err) {
		return casework.Exists("ALREADY_EXISTS", "nik")
	}
	if err != nil {
		return err
	}
	return w.judgeAccount(a, entry)
}

func (w *Writer) sealAccount(a Account) (sealed []byte, tag any, err error) {
	f2, err := json.Marshal(accountF2{1, a.Name, a.NIK})
	if err != nil {
		return nil, nil, err
	}
	if a.NIK != "" {
		// While the index key changes, the same NIK may stand there under the other.
		known, ok, err := w.accountByNIK(a.NIK)
		if err != nil {
			return nil, nil, err
		}
		if ok && known != a.ID {
			return nil, nil, casework.Exists("ALREADY_EXISTS", "nik")
		}
		mark := w.s.staffTags(a.NIK)[0].tag
		tag = mark[:]
	}
	sealed, err = w.Seal(accountCell(a.ID), f2)
	return sealed, tag, err
}

// PutMembership gives an account a role in a unit, approved from now on.
func (w *Writer) PutMembership(id casework.ID, account casework.AccountID, role casework.Role, unit casework.UnitID, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec(`INSERT INTO memberships (id, account, role, unit, from_time, approved, entry)
		VALUES ($1, $2, $3, $4, $5, $5, $6)`, id, account, role, unit, w.Now(), entry)
	return err
}

// PutCredential stores a token, of which the secret is nowhere kept.
func (w *Writer) PutCredential(c Credential, entry [16]byte) error {
	w.changeRights()
	if c.Kind == "" {
		c.Kind = KindPerson
	}
	_, err := w.exec(`INSERT INTO credentials (id, hash, kind, membership, scopes, cidrs, certificate, mfa_time, created, expires, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.ID, c.Hash[:], c.Kind, c.Member, c.Scopes, c.CIDRs, orNull(c.Cert[:]), c.MFATime, w.Now(), c.Expires, entry)
	return err
}

// Proof finds what a token is held against. Served by the primary keys.
func (t *tx) Proof(credential string) (p Proof, ok bool, err error) {
	err = t.row(`SELECT c.hash, c.kind, c.cidrs, c.certificate, m.account FROM credentials c
		JOIN memberships m ON m.id = c.membership
		WHERE c.id = $1 AND c.revoked IS NULL`, credential).scan(p.Hash[:], &p.Kind, &p.CIDRs, p.Cert[:], p.Account[:])
	if errors.Is(err, errNoRows) {
		return p, false, nil
	}
	return p, err == nil, err
}

// Caller is what is true of a credential now: a role that ended a moment ago is inactive in this very transaction.
func (t *tx) Caller(credential string, now time.Time) (Caller, error) {
	row, err := t.callerRow(credential)
	return t.callerOf(credential, row, now), err
}

// callerOf lets time decide whether what the rows say still holds.
func (t *tx) callerOf(credential string, row callerRow, now time.Time) Caller {
	c := Caller{
		Credential: credential, Kind: row.kind, Member: row.member, Account: row.account, Role: row.role, Scopes: row.scopes,
		MFATime: row.mfa, Expires: row.expires,
	}
	if !row.known {
		return c
	}
	unit, known := t.s.Directory().Unit(row.unit)
	c.Unit = unit
	c.Active = known && unit.ActiveOn(now) && !row.approved.IsZero() && !over(row.revoked, now) && !over(row.until, now) &&
		!over(row.accountUntil, now) && !over(row.expires, now)
	return c
}

func (t *tx) readCaller(credential string) (c callerRow, err error) {
	err = t.row(`SELECT c.kind, c.mfa_time, c.expires, c.scopes, c.revoked, m.id, m.account, m.role, m.unit, m.until_time, m.approved, a.active_until
		FROM credentials c
		JOIN memberships m ON m.id = c.membership
		JOIN accounts a ON a.id = m.account
		WHERE c.id = $1`, credential).
		scan(&c.kind, &c.mfa, &c.expires, &c.scopes, &c.revoked, c.member[:], c.account[:], &c.role, c.unit[:], &c.until, &c.approved, &c.accountUntil)
	if errors.Is(err, errNoRows) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read the caller: %w", err)
	}
	c.known = true
	return c, nil
}

// over tells whether an end has come; a zero end never comes.
func over(end, now time.Time) bool { return !end.IsZero() && !now.Before(end) }

// Handlers are the active workers and supervisors of a unit, workers first.
func (t *tx) Handlers(unit casework.UnitID) ([]casework.AccountID, error) {
	h, err := t.handlersOf(unit)
	return h.accounts, err
}

// handlersOf reads them, from memory while nothing about rights has changed.
func (t *tx) handlersOf(unit casework.UnitID) (unitHandlers, error) {
	if h, ok := t.s.handlers.Get(unit); ok && h.rights == t.rights && t.rights == t.s.rights.Load() {
		return h, nil
	}
	var workers, supervisors []casework.AccountID
	for r := range t.rows(`SELECT m.account, m.role FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE m.unit = $1 AND m.until_time IS NULL AND m.approved IS NOT NULL AND a.active_until IS NULL
		ORDER BY m.from_time, m.account`, unit) { // by memberships_unit
		var id casework.AccountID
		var role casework.Role
		if err := r.scan(id[:], &role); err != nil {
			return unitHandlers{}, fmt.Errorf("read who handles cases: %w", err)
		}
		switch role {
		case casework.RoleWorker:
			workers = append(workers, id)
		case casework.RoleSupervisor:
			supervisors = append(supervisors, id)
		}
	}
	h := unitHandlers{append(workers, supervisors...), len(supervisors) > 0, t.rights}
	t.s.handlers.Add(unit, h)
	return h, nil
}

// CanHandle tells whether a unit has a worker or supervisor whom nothing keeps from a case; its parent in the register stands in
// for one that has none.
func (t *tx) CanHandle(unit casework.Unit, k casework.CaseID) (bool, error) {
	able, err := t.ableHandlers(unit, k)
	return len(able) > 0, err
}

// IsHandler tells whether an account is one of them.
func (t *tx) IsHandler(account casework.AccountID, unit casework.Unit, k casework.CaseID) (bool, error) {
	able, err := t.ableHandlers(unit, k)
	return slices.Contains(able, account), err
}

// ableHandlers are the handlers of a unit, else of its stand-in, less those who are blocked on a case.
func (t *tx) ableHandlers(unit casework.Unit, k casework.CaseID) ([]casework.AccountID, error) {
	blocked, err := t.blocked(k)
	if err != nil {
		return nil, err
	}
	for _, u := range []casework.UnitID{unit.ID, standIn(unit)} {
		handlers, err := t.Handlers(u)
		if err != nil {
			return nil, err
		}
		able := slices.DeleteFunc(slices.Clone(handlers), func(id casework.AccountID) bool { return blocked[[16]byte(id)] || blocked[[16]byte(u)] })
		if len(able) > 0 {
			return able, nil
		}
	}
	return nil, nil
}

// blocked are the accounts and units that are kept from a case now. Served by blocks_case.
func (t *tx) blocked(k casework.CaseID) (map[[16]byte]bool, error) {
	var blocked map[[16]byte]bool
	for r := range t.rows("SELECT account, unit FROM blocks WHERE case_id = $1 AND until_time IS NULL", k) {
		var account, unit [16]byte
		if err := r.scan(&account, &unit); err != nil {
			return nil, fmt.Errorf("read blocks: %w", err)
		}
		if blocked == nil {
			blocked = map[[16]byte]bool{}
		}
		blocked[account], blocked[unit] = true, true
	}
	delete(blocked, [16]byte{})
	return blocked, nil
}

// IsSupervisor tells whether an account is a working supervisor of a unit, or of the parent that stands in for it, and not kept from
// a case.
func (t *tx) IsSupervisor(account casework.AccountID, unit casework.Unit, k casework.CaseID) (bool, error) {
	blocked, err := t.blocked(k)
	if err != nil || blocked[[16]byte(account)] || blocked[[16]byte(unit.ID)] {
		return false, err
	}
	var n int64
	err = t.row(`SELECT count(*) FROM memberships m JOIN accounts a ON a.id = m.account
		WHERE m.account = $1 AND m.role = 'SUPERVISOR' AND m.unit IN ($2, $3) AND m.until_time IS NULL AND a.active_until IS NULL`,
		account, unit.ID, standIn(unit)).scan(&n) // by memberships_account
	return n > 0, err
}

// standIn is the unit that acts for one of its register without workers; the unit itself if none does.
func standIn(unit casework.Unit) casework.UnitID {
	if unit.Register == unit.Parent {
		return unit.Parent
	}
	return unit.ID
}

// Accountable is the one unit that owes what is owed at a unit: itself, or its parent in the register if it has no worker.
func (t *tx) Accountable(unit casework.Unit) (casework.UnitID, error) {
	if unit.Register != unit.Parent {
		return unit.ID, nil
	}
	handlers, err := t.Handlers(unit.ID)
	if err != nil || len(handlers) > 0 {
		return unit.ID, err
	}
	return unit.Parent, nil
}

// AccountableOn is Accountable for what is owed on a case: a worker who is kept from it is none there.
func (t *tx) AccountableOn(unit casework.Unit, k casework.CaseID) (casework.UnitID, error) {
	accountable, err := t.Accountable(unit)
	if err != nil || accountable != unit.ID || unit.Register != unit.Parent {
		return accountable, err
	}
	handlers, err := t.Handlers(unit.ID)
	if err != nil {
		return unit.ID, err
	}
	blocked, err := t.blocked(k)
	if err != nil || !blocked[[16]byte(unit.ID)] && slices.ContainsFunc(handlers, func(id casework.AccountID) bool { return !blocked[[16]byte(id)] }) {
		return unit.ID, err
	}
	return unit.Parent, nil
}

// DutyOfficer is who takes what a unit's kader or app files: its duty officer, else its supervisor or a worker, else its parent's.
// Zero if the register has nobody.
func (t *tx) DutyOfficer(unit casework.Unit) (casework.AccountID, error) {
	for _, u := range []casework.UnitID{unit.ID, standIn(unit)} {
		if named, err := t.NamedDutyOfficer(u); err != nil || named != (casework.AccountID{}) {
			return named, err
		}
		handlers, err := t.Handlers(u)
		if err != nil {
			return casework.AccountID{}, err
		}
		if len(handlers) > 0 {
			return handlers[0], nil
		}
	}
	return casework.AccountID{}, nil
}

// Member is a role of an account in a unit.
type Member struct {
	ID      casework.ID
	Account casework.AccountID
	Role    casework.Role
	Unit    casework.UnitID
	Known   bool
}

// MemberByCode finds the membership of an account by the operator's name for it; a zero unit takes the first.
func (t *tx) MemberByCode(code string, unit casework.UnitID) (m Member, err error) {
	err = t.row(`SELECT m.id, m.account, m.role, m.unit FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE a.code = $1 AND ($2 = 0 OR m.unit = $3) AND m.until_time IS NULL
		ORDER BY m.from_time LIMIT 1`, code, unit != casework.UnitID{}, unit).
		scan(m.ID[:], m.Account[:], &m.Role, m.Unit[:])
	if errors.Is(err, errNoRows) {
		return m, nil
	}
	m.Known = err == nil
	return m, err
}

// AccountByID finds an account, with its name; ok is false if there is none such.
func (t *tx) AccountByID(id casework.AccountID) (a Account, ok bool, err error) {
	a.ID = id
	var sealed []byte
	err = t.row("SELECT code, kind, active_until, revision, f2 FROM accounts WHERE id = $1", id).scan(&a.Code, &a.Kind, &a.Until, &a.Revision, &sealed)
	if errors.Is(err, errNoRows) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("read an account: %w", err)
	}
	f2, err := t.Open(accountCell(id), sealed)
	if err != nil {
		return a, false, err
	}
	var named accountF2
	err = json.Unmarshal(f2, &named)
	a.Name, a.NIK = named.Name, named.NIK
	return a, err == nil, err
}

// AccountByCode finds an account by the operator's name for it.
func (t *tx) AccountByCode(code string) (id casework.AccountID, ok bool, err error) {
	err = t.row("SELECT id FROM accounts WHERE code = $1", code).scan(id[:])
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

// HasMembership tells whether an account has a role in a unit now.
func (t *tx) HasMembership(account casework.AccountID, role casework.Role, unit casework.UnitID) (has bool, err error) {
	return has, t.row("SELECT EXISTS (SELECT 1 FROM memberships WHERE account = $1 AND role = $2 AND unit = $3 AND until_time IS NULL)",
		account, role, unit).scan(&has)
}

// reviewedSetting is the row of settings that remembers a REVIEWER whose role waits for its approval again.
const reviewedSetting = "reviewed"

// Reviewed tells whether a REVIEWER works, or ever has: her leaving takes nobody's help away. It is asked at every call, and read until
// it is true.
func (s *Store) Reviewed(ctx context.Context) (bool, error) {
	if s.reviewed.Load() {
		return true, nil
	}
	reviewed, err := Read(ctx, s, func(r *Reader) (bool, error) { return r.ReviewedEver() })
	if err == nil && reviewed {
		s.reviewed.Store(true) // a reader has seen it, so it is committed
	}
	return reviewed, err
}

// ReviewedEver is Reviewed on this snapshot.
func (t *tx) ReviewedEver() (reviewed bool, err error) {
	return reviewed, t.row(`SELECT EXISTS (SELECT 1 FROM memberships WHERE role = $1 AND approved IS NOT NULL)
		OR EXISTS (SELECT 1 FROM settings WHERE key = $2)`, casework.RoleReviewer, reviewedSetting).scan(&reviewed)
}

// HasRole tells whether anybody works in a role now: approved, and not disabled.
func (t *tx) HasRole(role casework.Role) (has bool, err error) {
	return has, t.row(`SELECT EXISTS (SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.account
		WHERE m.role = $1 AND m.until_time IS NULL AND m.approved IS NOT NULL AND a.active_until IS NULL)`, role).scan(&has)
}

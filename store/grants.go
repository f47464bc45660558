package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Grants wait ten minutes for somebody's word from elsewhere: a device for its approval, a sign-on for what the provider sends back.
// A used id token stands among them too, until it has ended by itself. Of a secret only a hash is kept, of a code to type only a keyed
// tag; what is used goes away at once, what nobody used with the sweep.

// Grant is one of them.
type Grant struct {
	Hash    [32]byte // of the secret by which it is taken
	Code    string   // tag of the code that a device shows; empty of a sign-on
	Client  string   // what the device calls itself, or where the browser comes back
	Member  casework.ID
	MFATime time.Time // of who approved
	Asked   time.Time // when the device asked last
	Expires time.Time
}

// Works tells whether it can still be used.
func (g Grant) Works(now time.Time) bool { return now.Before(g.Expires) }

// grantsMost bounds what callers without a credential can make us keep.
const grantsMost = 10_000

// PutGrant stores a grant; ok is false if its hash or its code is there already, or too many are.
func (w *Writer) PutGrant(g Grant) (ok bool, err error) {
	var kept int64
	if err := w.row("SELECT count(*) FROM device_grants").scan(&kept); err != nil || kept >= grantsMost {
		return false, err
	}
	var code any
	if g.Code != "" {
		code = g.Code
	}
	n, err := w.exec("INSERT INTO device_grants (hash, user_code, client, created, expires) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		g.Hash[:], code, g.Client, w.Now(), g.Expires)
	if err != nil {
		return false, fmt.Errorf("put a grant: %w", err)
	}
	return n == 1, nil
}

const grantColumns = "hash, user_code, client, membership, mfa_time, asked, expires"

func scanGrant(r row) (g Grant, ok bool, err error) {
	err = r.scan(g.Hash[:], &g.Code, &g.Client, g.Member[:], &g.MFATime, &g.Asked, &g.Expires)
	if errors.Is(err, errNoRows) {
		return g, false, nil
	}
	if err != nil {
		return g, false, fmt.Errorf("read a grant: %w", err)
	}
	return g, true, nil
}

// Grant finds a grant by the hash of its secret.
func (t *tx) Grant(hash [32]byte) (g Grant, ok bool, err error) {
	return scanGrant(t.row("SELECT "+grantColumns+" FROM device_grants WHERE hash = $1", hash[:]))
}

// GrantByCode finds a grant by the tag of its code that nobody has approved yet.
func (t *tx) GrantByCode(code string) (g Grant, ok bool, err error) {
	return scanGrant(t.row("SELECT "+grantColumns+" FROM device_grants WHERE user_code = $1 AND membership IS NULL", code))
}

// ApproveGrant lets a device act in a role, with the second factor of who approved.
func (w *Writer) ApproveGrant(hash [32]byte, member casework.ID, mfa time.Time) error {
	_, err := w.exec("UPDATE device_grants SET membership = $2, mfa_time = $3 WHERE hash = $1 AND membership IS NULL", hash[:], member, mfa)
	if err != nil {
		return fmt.Errorf("approve a device: %w", err)
	}
	return nil
}

// GrantAsked keeps when a device has asked.
func (w *Writer) GrantAsked(hash [32]byte) error {
	if _, err := w.exec("UPDATE device_grants SET asked = $2 WHERE hash = $1", hash[:], w.Now()); err != nil {
		return fmt.Errorf("keep a question: %w", err)
	}
	return nil
}

// TakeGrant uses a grant up, and gives it if it was there to take: of two who take one, one has it.
func (w *Writer) TakeGrant(hash [32]byte) (g Grant, ok bool, err error) {
	return scanGrant(w.row("DELETE FROM device_grants WHERE hash = $1 RETURNING "+grantColumns, hash[:]))
}

// GrantsEnded tells whether any has ended unused.
func (t *tx) GrantsEnded(now time.Time) (any bool, err error) {
	return any, t.row("SELECT EXISTS (SELECT 1 FROM device_grants WHERE expires <= $1)", now).scan(&any)
}

// ForgetGrants drops those.
func (w *Writer) ForgetGrants() error {
	if _, err := w.exec("DELETE FROM device_grants WHERE expires <= $1", w.Now()); err != nil {
		return fmt.Errorf("forget grants: %w", err)
	}
	return nil
}

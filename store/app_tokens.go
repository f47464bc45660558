package store

import (
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// AppToken is a token of an app as its administrator sees it: all but the secret, which is nowhere.
type AppToken struct {
	ID       string
	Account  casework.AccountID
	Unit     casework.UnitID
	Scopes   string
	CIDRs    string
	Cert     [32]byte
	Created  time.Time
	Expires  time.Time
	Revoked  time.Time
	LastUsed time.Time // to the hour
}

// Works tells whether it may be used.
func (t AppToken) Works(now time.Time) bool { return !over(t.Revoked, now) && !over(t.Expires, now) }

const appTokenColumns = `SELECT c.id, m.account, m.unit, c.scopes, c.cidrs, c.certificate, c.created, c.expires, c.revoked, c.last_used
	FROM credentials c JOIN memberships m ON m.id = c.membership`

func scanAppToken(r row) (t AppToken, err error) {
	err = r.scan(&t.ID, t.Account[:], t.Unit[:], &t.Scopes, &t.CIDRs, t.Cert[:], &t.Created, &t.Expires, &t.Revoked, &t.LastUsed)
	return t, err
}

// AppTokens are those of an app, newest first, at most limit. Served by memberships_account and credentials_membership.
func (t *tx) AppTokens(app casework.AccountID, limit int) ([]AppToken, error) {
	return list(t, scanAppToken, appTokenColumns+" WHERE m.account = $1 AND c.kind = 'app' ORDER BY c.created DESC, c.id LIMIT $2", app, limit)
}

// AppToken finds one.
func (t *tx) AppToken(id string) (AppToken, bool, error) {
	found, err := list(t, scanAppToken, appTokenColumns+" WHERE c.id = $1 AND c.kind = 'app'", id)
	if err != nil || len(found) == 0 {
		return AppToken{}, false, err
	}
	return found[0], true, nil
}

// WorkingTokens counts the tokens of an app that may be used now.
func (t *tx) WorkingTokens(app casework.AccountID, now time.Time) (n int, err error) {
	return n, t.row(`SELECT count(*) FROM credentials c JOIN memberships m ON m.id = c.membership
		WHERE m.account = $1 AND c.kind = 'app' AND c.revoked IS NULL AND c.expires > $2`, app, now).scan(&n)
}

// SetLastUses keeps in which hours tokens were last used. It is no change of the token and has no entry.
func (w *Writer) SetLastUses(hours map[string]time.Time) error {
	for id, hour := range hours {
		if _, err := w.exec("UPDATE credentials SET last_used = $2 WHERE id = $1 AND (last_used IS NULL OR last_used < $2)", id, hour); err != nil {
			return fmt.Errorf("keep a token's last use: %w", err)
		}
	}
	return nil
}

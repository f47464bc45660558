package server

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// Lives of tokens: a person's lasts as long as its second factor is fresh, an app's 90 days.
const (
	personTokenLife = 12 * time.Hour
	appTokenLife    = 90 * 24 * time.Hour
)

// IssueToken makes a token for an account's only membership, or the one of a unit. A person's carries a second factor that is
// fresh now: whoever is at the server's machine vouches for it, and no API does.
func IssueToken(ctx context.Context, st *store.Store, account, unit string, life time.Duration, scopes ...string) (token string, expires time.Time, err error) {
	unitID := casework.UnitID{}
	if unit != "" {
		known, ok := st.Directory().UnitByCode(unit)
		if !ok {
			return "", expires, fmt.Errorf("no unit %q: `sinergi unit load` makes one", unit)
		}
		unitID = known.ID
	}
	m, err := store.Read(ctx, st, func(r *store.Reader) (store.Member, error) { return r.MemberByCode(account, unitID) })
	if err != nil {
		return "", expires, err
	}
	if !m.Known {
		return "", expires, fmt.Errorf("no account %q with a role there: `sinergi user load` makes one", account)
	}
	kind, longest := store.KindPerson, personTokenLife
	if m.Role == casework.RoleApp {
		kind, longest = store.KindApp, appTokenLife
	}
	if life == 0 {
		life = longest
	}
	if life > longest || life < 0 {
		return "", expires, fmt.Errorf("a token of this account lives at most %s", longest)
	}
	if scopes, err = appScopes(scopes); err != nil {
		return "", expires, err
	}
	token, id, hash, err := newToken(kind)
	if err != nil {
		return "", expires, err
	}
	expires, err = store.Update(ctx, st, func(w *store.Writer) (time.Time, error) {
		c := store.Credential{ID: id, Hash: hash, Kind: kind, Member: m.ID, Scopes: strings.Join(scopes, " "), Expires: w.Now().Add(life)}
		if kind == store.KindPerson {
			c.Scopes, c.MFATime = "", w.Now()
		}
		entry := operator("token.manage", "issue")
		entry.ObjectKind, entry.Object = "account", st.Pseudonym("account", m.Account[:])
		return c.Expires, w.PutCredential(c, w.Append(entry, m.Account[:], nil))
	})
	return token, expires, err
}

// appScopes are those asked for, or all.
func appScopes(asked []string) ([]string, error) {
	all := []string{scopeFile, scopeStatus, scopeAssess}
	for _, s := range asked {
		if !slices.Contains(all, s) {
			return nil, fmt.Errorf("%q is no scope: an app's token has %s", s, strings.Join(all, ", "))
		}
	}
	if len(asked) == 0 {
		return all, nil
	}
	return asked, nil
}

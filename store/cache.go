package store

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// What a page of a list would otherwise open and parse again for each row and each call. Both caches are bounded, and neither can
// be stale: a person is kept by her revision, a caller by the count of changes to accounts, roles, units and credentials.

// identityKey is a person at one revision. Whoever has read the revision in her own snapshot may have the identity of it.
type identityKey struct {
	id       casework.PersonID
	revision int64
}

// knownCaller is a caller as read when rights stood at a count.
type knownCaller struct {
	caller callerRow
	rights uint64
}

// unitHandlers are the handlers of a unit when rights stood at a count.
type unitHandlers struct {
	accounts []casework.AccountID
	rights   uint64
}

const (
	unitsMax      = 1024
	identitiesMax = 4096
	callersMax    = 4096
)

func (s *Store) openCaches() (err error) {
	if s.identities, err = lru.New[identityKey, casework.Person](identitiesMax); err != nil {
		return err
	}
	if s.handlers, err = lru.New[casework.UnitID, unitHandlers](unitsMax); err != nil {
		return err
	}
	s.callers, err = lru.New[string, knownCaller](callersMax)
	return err
}

// changeRights makes every cached caller stale: before the change is written, and again before its commit is answered, so that no
// reader keeps what it read in between.
func (w *Writer) changeRights() {
	w.s.rights.Add(1)
	w.s.unsettled = true
}

// settleRights is the second of the two.
func (s *Store) settleRights() {
	if s.unsettled {
		s.unsettled = false
		s.rights.Add(1)
	}
}

// callerRow is what the database says of a credential, before time decides whether it still holds.
type callerRow struct {
	known                                  bool
	account                                casework.AccountID
	role                                   casework.Role
	unit                                   casework.UnitID
	scopes                                 string
	mfa, expires                           time.Time
	revoked, until, accountUntil, approved time.Time
}

// callerRow reads it, from memory while nothing about rights has changed.
func (t *tx) callerRow(credential string) (callerRow, error) {
	rights := t.rights
	if c, ok := t.s.callers.Get(credential); ok && c.rights == rights && rights == t.s.rights.Load() {
		return c.caller, nil
	}
	c, err := t.readCaller(credential)
	if err == nil && c.known {
		t.s.callers.Add(credential, knownCaller{c, rights})
	}
	return c, err
}

// identity is a person at a revision that this snapshot has shown.
func (t *tx) identity(id casework.PersonID, revision int64) (casework.Person, error) {
	if p, ok := t.s.identities.Get(identityKey{id, revision}); ok {
		return p, nil
	}
	p, err := t.Person(id)
	if err == nil && p.Revision == revision {
		t.s.identities.Add(identityKey{id, revision}, p)
	}
	return p, err
}

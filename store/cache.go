package store

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// What a list would otherwise read, open and parse again for each row and each call. All caches are bounded, and none can be stale:
// a person is kept by her revision, a caller, a unit's handlers and whom a deputy stands in for by the count of changes to accounts,
// roles, absences and credentials, a page by the count of all changes. Nothing of access is kept: Decide runs for each row of each call.

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
	accounts   []casework.AccountID
	supervised bool // one of them is a supervisor
	rights     uint64
}

const (
	pagesMax      = 256
	unitsMax      = 1024
	deputiesMax   = 4096
	identitiesMax = 4096
	namesMax      = 16384 // some 300 bytes each: a register of ten thousand, whole
	callersMax    = 4096
)

func (s *Store) openCaches() (err error) {
	if s.identities, err = lru.New[identityKey, casework.Person](identitiesMax); err != nil {
		return err
	}
	if s.handlers, err = lru.New[casework.UnitID, unitHandlers](unitsMax); err != nil {
		return err
	}
	if s.pages, err = lru.New[pageKey, legPage](pagesMax); err != nil {
		return err
	}
	if s.dutyPages, err = lru.New[dutyKey, dutyPage](pagesMax); err != nil {
		return err
	}
	if s.glasses, err = lru.New[casework.AccountID, openGlasses](deputiesMax); err != nil {
		return err
	}
	if s.names, err = lru.New[identityKey, casework.PersonIdentity](namesMax); err != nil {
		return err
	}
	if s.deputies, err = lru.New[casework.AccountID, deputyships](deputiesMax); err != nil {
		return err
	}
	s.callers, err = lru.New[string, knownCaller](callersMax)
	return err
}

// changeRights makes every cached caller stale: before the change is written, and again before its commit is answered, so that no
// reader keeps what it read in between.
func (w *Writer) changeRights() {
	w.s.rights.Add(1)
	w.s.rightsChanged = true
}

// settle makes stale what a group has changed, after its commit and before its answers: whoever has an answer reads its effect.
func (s *Store) settle() {
	s.followed.mu.Lock()
	defer s.followed.mu.Unlock()
	if s.rightsChanged {
		s.rights.Add(1)
	}
	if s.rowsChanged {
		s.newVersion(&s.marked)
	}
	s.settleTurn()
	s.rightsChanged, s.rowsChanged, s.placesChanged = false, false, false
}

// pageKey is one page of a list of legs as one caller asks for it.
type pageKey struct {
	side    string
	of      [16]byte
	account casework.AccountID
	unit    casework.UnitID
	before  Cursor
	states  string
	limit   int
}

// legPage is its rows at a version. Rights that end by time end it.
type legPage struct {
	version, rights uint64
	ends            time.Time
	rows            []legRow
}

// cachedPage reads a page of legs from memory while no row has changed: a unit's inbox is asked for far more often than anything
// in the regency changes.
func (t *tx) cachedPage(key pageKey, now time.Time, read func() ([]legRow, error)) ([]legRow, error) {
	page, ok := t.s.pages.Get(key)
	if ok && page.version == t.version && page.rights == t.rights && (page.ends.IsZero() || now.Before(page.ends)) {
		return page.rows, nil
	}
	rows, err := read()
	if err != nil || t.ctx == nil {
		return rows, err
	}
	page = legPage{version: t.version, rights: t.rights, rows: rows}
	for _, r := range rows {
		if ends := r.rights.ends; !ends.IsZero() && (page.ends.IsZero() || ends.Before(page.ends)) {
			page.ends = ends
		}
	}
	t.s.pages.Add(key, page)
	return rows, nil
}

// dutyKey is one page of what a unit or an officer owes, as one caller asks for it.
type dutyKey struct {
	whose   string
	of      [16]byte
	account casework.AccountID
	unit    casework.UnitID
	after   Cursor
	limit   int
}

// dutyPage is its rows at a version, like a legPage.
type dutyPage struct {
	version, rights uint64
	ends            time.Time
	rows            []dutyRow
}

// callerRow is what the database says of a credential, before time decides whether it still holds.
type callerRow struct {
	known                                  bool
	kind                                   string
	member                                 casework.ID
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

// forgetIdentities drops the names of the erased.
func (s *Store) forgetIdentities(erased map[Owner]bool) {
	if len(erased) == 0 {
		return
	}
	for _, key := range s.identities.Keys() {
		if erased[Owner(key.id)] {
			s.identities.Remove(key)
		}
	}
	for _, key := range s.names.Keys() {
		if erased[Owner(key.id)] {
			s.names.Remove(key)
		}
	}
}

// remembers tells whether what this transaction has opened may stay in memory: not if somebody was erased since it began.
func (t *tx) remembers() bool { return t.generation == t.s.keys.generation() }

// identity is a person at a revision that this snapshot has shown.
func (t *tx) identity(id casework.PersonID, revision int64) (casework.Person, error) {
	if p, ok := t.s.identities.Get(identityKey{id, revision}); ok {
		return p, nil
	}
	p, err := t.Person(id)
	if err == nil && p.Revision == revision && t.remembers() {
		t.s.identities.Add(identityKey{id, revision}, p)
	}
	return p, err
}

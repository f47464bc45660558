package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// What a unit's figures are kept by: when anything that they count last changed. It is kept in memory beside the caches that it ends,
// and not in a column of the case: an index on a value that every write changes would cost every write two pages.
//
// Whoever writes inside a case marks its register, with the lock of the case; who changes a leg marks the register of its receiver, too,
// and who changes who may know of a case those of all its receivers. A closure that has written and marked nobody has marked all: what
// was forgotten costs a scan and shows nothing old.
//
// With each change stands the case that it was made in, so that a count in which a case has no part stands when that case is changed: else
// who is kept from a case would hear, in how long her count takes, that somebody writes in it.
type stamps struct {
	mu  sync.RWMutex
	of  map[casework.UnitID]*lastChanges // by register
	all uint64
}

// lastChanges are the versions in which a register last changed: in each of a few cases, and in whatever else.
type lastChanges struct {
	other uint64
	in    map[casework.CaseID]uint64
}

// fewChanges are how many cases a register's changes are known by.
const fewChanges = 64

func (l *lastChanges) note(k casework.CaseID, version uint64) {
	switch {
	case k == (casework.CaseID{}):
		l.other = version
		return
	case len(l.in) >= fewChanges: // the older ones are changes of whatever
		for _, v := range l.in {
			l.other = max(l.other, v)
		}
		clear(l.in)
	}
	l.in[k] = version
}

// changedSince tells whether anything of a register has changed after a version, but in some cases.
func (s *stamps) changedSince(register casework.UnitID, version uint64, but map[casework.CaseID]bool) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	l := s.of[register]
	if s.all > version || l != nil && l.other > version {
		return true
	}
	if l == nil {
		return false
	}
	for k, changed := range l.in {
		if changed > version && !but[k] {
			return true
		}
	}
	return false
}

// changed is what a group has marked. The writer goroutine owns it.
type changed struct {
	registers map[registerCase]bool
	all       bool
}

// registerCase is a register, and the case that was changed for it; zero: more than one, or what is of no one case.
type registerCase struct {
	register casework.UnitID
	in       casework.CaseID
}

// set takes over what a group has marked, as of the version that it makes.
func (s *stamps) set(c *changed, version uint64) {
	if c.all || len(c.registers) > 0 {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	if c.all {
		s.all = version
	}
	for k := range c.registers {
		if s.of == nil {
			s.of = map[casework.UnitID]*lastChanges{}
		}
		if s.of[k.register] == nil {
			s.of[k.register] = &lastChanges{in: map[casework.CaseID]uint64{}}
		}
		s.of[k.register].note(k.in, version)
	}
	clear(c.registers)
	c.all = false
}

// marks are whose figures a closure changes, and in which case.
type marks struct {
	said      bool // that it has changed somebody's, or nobody's
	registers []casework.UnitID
	in        casework.CaseID
	beyond    bool // more than one case, or what counts in others, too
}

// mark says that the figures of a register have changed.
func (w *Writer) mark(register casework.UnitID) {
	w.marks.said = true
	if !slices.Contains(w.marks.registers, register) {
		w.marks.registers = append(w.marks.registers, register)
	}
}

// within says in which case the closure writes.
func (w *Writer) within(k casework.CaseID) {
	if w.marks.in != (casework.CaseID{}) && w.marks.in != k {
		w.marks.beyond = true
	}
	w.marks.in = k
}

// take keeps what a closure has marked for the end of its group.
func (c *changed) take(m marks) {
	if c.registers == nil {
		c.registers = map[registerCase]bool{}
	}
	if m.beyond {
		m.in = casework.CaseID{}
	}
	for _, register := range m.registers {
		c.registers[registerCase{register, m.in}] = true
	}
}

// markRow marks the register that a statement on a case gives, with the case; none if there is no such case.
func (w *Writer) markRow(r row) error {
	w.s.rowsChanged, w.wrote = true, true
	var register casework.UnitID
	var k casework.CaseID
	err := r.scan(register[:], k[:])
	if errors.Is(err, errNoRows) {
		w.marks.said = true // nothing was changed
		return nil
	}
	if err == nil {
		w.mark(register)
		w.within(k)
	}
	return err
}

// markReceivers marks all that have a leg of a case. Served by legs_case.
func (w *Writer) markReceivers(k casework.CaseID) error {
	for r := range w.rows("SELECT DISTINCT receiver_register FROM legs WHERE "+inCase, k) {
		var register casework.UnitID
		if err := r.scan(register[:]); err != nil {
			return fmt.Errorf("read who has legs of a case: %w", err)
		}
		w.mark(register)
	}
	return nil
}

// markCase marks whoever counts a case or a leg of it.
func (w *Writer) markCase(k casework.CaseID) error {
	if err := w.markRow(w.row("SELECT register, id FROM cases WHERE id = $1", k)); err != nil {
		return err
	}
	return w.markReceivers(k)
}

// Version is what this snapshot holds, for [Reader.Stands].
func (r *Reader) Version() (rows, rights uint64) { return r.version, r.rights }

// Stands tells whether what was counted of a register at a version is what would be counted now: neither a row of it, but in cases that
// have no part in the count, nor anybody's right has changed since.
func (r *Reader) Stands(register casework.UnitID, rows, rights uint64, but map[casework.CaseID]bool) bool {
	return rights == r.rights && rights == r.s.rights.Load() && !r.s.stamps.changedSince(register, rows, but)
}

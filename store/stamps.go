package store

import (
	"errors"
	"fmt"
	"sync"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// What a unit's figures are kept by: when anything that they count last changed. It is kept in memory beside the caches that it ends,
// and not in a column of the case: an index on a value that every write changes would cost every write two pages.
//
// Whoever writes inside a case marks its register, with the lock of the case; who changes a leg marks the register of its receiver, too,
// and who changes who may know of a case those of all its receivers. A closure that has written and marked nobody has marked all: what
// was forgotten costs a scan and shows nothing old.
type stamps struct {
	mu  sync.RWMutex
	of  map[casework.UnitID]uint64 // by register: the version in which it last changed
	all uint64
}

// changedSince tells whether anything of a register has changed after a version.
func (s *stamps) changedSince(register casework.UnitID, version uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return max(s.of[register], s.all) > version
}

// changed is what a group has marked. The writer goroutine owns it.
type changed struct {
	registers map[casework.UnitID]bool
	all       bool
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
	for register := range c.registers {
		if s.of == nil {
			s.of = map[casework.UnitID]uint64{}
		}
		s.of[register] = version
	}
	clear(c.registers)
	c.all = false
}

// mark says that the figures of a register have changed.
func (w *Writer) mark(register casework.UnitID) {
	if w.s.marked.registers == nil {
		w.s.marked.registers = map[casework.UnitID]bool{}
	}
	w.s.marked.registers[register] = true
	w.marks = true
}

// markRow marks the register that a statement on a case gives; none if there is no such case.
func (w *Writer) markRow(r row) error {
	w.s.rowsChanged, w.wrote = true, true
	var register casework.UnitID
	err := r.scan(register[:])
	if errors.Is(err, errNoRows) {
		w.marks = true // nothing was changed
		return nil
	}
	if err == nil {
		w.mark(register)
	}
	return err
}

// markReceivers marks all that have a leg of a case. Served by legs_case.
func (w *Writer) markReceivers(k casework.CaseID) error {
	for r := range w.rows("SELECT DISTINCT receiver_register FROM legs WHERE case_id = $1", k) {
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
	if err := w.markRow(w.row("SELECT register FROM cases WHERE id = $1", k)); err != nil {
		return err
	}
	return w.markReceivers(k)
}

// Version is what this snapshot holds, for [Reader.Stands].
func (r *Reader) Version() (rows, rights uint64) { return r.version, r.rights }

// Stands tells whether what was counted of a register at a version is what would be counted now: neither a row of it nor anybody's right
// has changed since.
func (r *Reader) Stands(register casework.UnitID, rows, rights uint64) bool {
	return rights == r.rights && rights == r.s.rights.Load() && !r.s.stamps.changedSince(register, rows)
}

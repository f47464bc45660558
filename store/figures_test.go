package store

import (
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// No statement of a count reads a table whole: a unit's month costs neither history nor regency.
func TestEveryFigureIsFoundByAnIndex(t *testing.T) {
	now := time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)
	s := emptyStore(t, func() time.Time { return now })
	unit := casework.Unit{ID: casework.UnitID{1}, Code: "PKM", Type: casework.UnitHealthCenter, Register: casework.UnitID{1}, Channel: casework.ChannelOnline, ActiveFrom: now}
	write(t, s, func(w *Writer) error { return w.PutUnit(unit, nil, [16]byte{1}) })
	if err := s.ReloadDirectory(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := Caller{Active: true, Account: casework.AccountID{2}, Unit: unit, Role: casework.RoleWorker}
	_, err := Read(t.Context(), s, func(r *Reader) (struct{}, error) {
		known := map[string]bool{}
		for query := range r.c.link.(*sqliteLink).stmts {
			known[query] = true
		}
		month := Stretch{now.AddDate(0, -1, 0), now}
		for _, count := range []func() error{
			func() error { _, err := r.CasesRegistered(unit.ID, month); return err },
			func() error { _, err := r.CasesClosed(unit.ID, month); return err },
			func() error { _, err := r.CasesOpenIn(unit.ID, month); return err },
			func() error { _, err := r.MeasurementsMade(unit.ID, 20000, 20031); return err },
			func() error { _, err := r.ServicesGiven(unit.ID, 20000, 20031); return err },
			func() error { _, err := r.LegsSent(unit.ID, month); return err },
			func() error { _, err := r.SentFigures(c, now, month); return err },
			func() error { _, err := r.ReceivedFigures(c, now, month); return err },
			func() error { _, err := r.DutiesOf(casework.LegID{3}); return err },
			func() error { _, err := r.VillageAtL1(FigureMeasurement{}); return err },
			func() error { _, err := r.Sight(c, now); return err },
		} {
			if err := count(); err != nil {
				return struct{}{}, err
			}
		}
		var asked []string
		for query := range r.c.link.(*sqliteLink).stmts {
			if !known[query] && strings.HasPrefix(query, "SELECT") {
				asked = append(asked, query)
			}
		}
		for _, query := range asked {
			args := make([]any, strings.Count(query, "$"))
			for row := range r.rows("EXPLAIN QUERY PLAN "+query, args...) {
				var id, parent, unused int64
				var detail string
				if err := row.scan(&id, &parent, &unused, &detail); err != nil {
					return struct{}{}, err
				}
				if strings.HasPrefix(detail, "SCAN") && !strings.HasPrefix(detail, "SCAN CONSTANT") {
					t.Errorf("%s: %s", detail, query)
				}
			}
		}
		if len(asked) < 9 {
			t.Errorf("only %d statements were looked at", len(asked))
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// What a write changes is known by its register: another unit's counts stand, and a write that names nobody ends all.
func TestAWriteEndsTheCountsOfItsRegister(t *testing.T) {
	now := time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)
	s := emptyStore(t, func() time.Time { return now })
	mine, other := casework.UnitID{1}, casework.UnitID{2}
	stands := func(since uint64) (standing [2]bool) {
		t.Helper()
		_, err := Read(t.Context(), s, func(r *Reader) (struct{}, error) {
			_, rights := r.Version()
			standing = [2]bool{r.Stands(mine, since, rights, nil), r.Stands(other, since, rights, nil)}
			return struct{}{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return standing
	}
	for _, tt := range []struct {
		name string
		do   func(w *Writer) error
		want [2]bool
	}{
		{"nothing", func(*Writer) error { return nil }, [2]bool{true, true}},
		{"a case of mine", func(w *Writer) error { w.mark(mine); return w.SetSetting("x", "1") }, [2]bool{false, true}},
		{"a leg between us", func(w *Writer) error { w.mark(mine); w.mark(other); return w.SetSetting("x", "2") }, [2]bool{false, false}},
		{"who knows what", func(w *Writer) error { return w.SetSetting("x", "3") }, [2]bool{false, false}},
		{"a case that is not there", func(w *Writer) error { return w.LockCase(casework.CaseID{9}) }, [2]bool{true, true}},
	} {
		since := s.version.Load()
		write(t, s, tt.do)
		if got := stands(since); got != tt.want {
			t.Errorf("after a write of %s they stand: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A count in which a case has no part stands when that case is written in, and in no more than it.
func TestAWriteInACaseEndsNoCountWithoutIt(t *testing.T) {
	now := time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)
	s := emptyStore(t, func() time.Time { return now })
	mine, hidden, open := casework.UnitID{1}, casework.CaseID{7}, casework.CaseID{8}
	in := func(w *Writer, k casework.CaseID) { w.mark(mine); w.within(k); w.wrote, w.s.rowsChanged = true, true }
	for _, tt := range []struct {
		name string
		do   func(w *Writer) error
		want bool
	}{
		{"a case apart", func(w *Writer) error { in(w, hidden); return nil }, true},
		{"another", func(w *Writer) error { in(w, open); return nil }, false},
		{"both at once", func(w *Writer) error { in(w, hidden); in(w, open); return nil }, false},
		{"a case apart, and who the client is", func(w *Writer) error { in(w, hidden); w.marks.beyond = true; return nil }, false},
		{"no one case", func(w *Writer) error { w.mark(mine); return w.SetSetting("x", "1") }, false},
	} {
		since := s.version.Load()
		write(t, s, tt.do)
		_, err := Read(t.Context(), s, func(r *Reader) (struct{}, error) {
			_, rights := r.Version()
			if got := r.Stands(mine, since, rights, map[casework.CaseID]bool{hidden: true}); got != tt.want {
				t.Errorf("after a write in %s it stands: %v", tt.name, got)
			}
			if r.Stands(mine, since, rights, nil) {
				t.Errorf("after a write in %s the count of who is kept from nothing stands", tt.name)
			}
			return struct{}{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	since := s.version.Load()
	for i := range fewChanges + 1 { // what is forgotten counts as changed
		write(t, s, func(w *Writer) error { in(w, casework.CaseID{9, byte(i)}); return nil })
	}
	if !s.stamps.changedSince(mine, since, map[casework.CaseID]bool{{9, fewChanges}: true}) {
		t.Error("a register has more changes than it remembers, and a count stands")
	}
}

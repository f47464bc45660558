package store

import (
	"maps"
	"slices"
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
		month := Stretch{now.AddDate(0, -1, 0), now}
		plans, err := plansOf(r, []func() error{
			func() error { _, err := r.CasesRegistered(unit.ID, month); return err },
			func() error { _, err := r.CasesClosed(unit.ID, month); return err },
			func() error { _, err := r.CasesOpenIn(unit.ID, month); return err },
			func() error { _, err := r.MeasurementsMade(unit.ID, 20000, 20031); return err },
			func() error { _, err := r.ServicesGiven(unit.ID, 20000, 20031); return err },
			func() error { _, err := r.LegsSent(unit.ID, month); return err },
			func() error { _, err := r.SentFigures(c, now, month); return err },
			func() error { _, err := r.ReceivedFigures(c, now, month); return err },
			func() error { _, err := r.DutiesOf(casework.Referral{}); return err },
			func() error { _, err := r.VillageAtL1(FigureMeasurement{}); return err },
			func() error { _, err := r.Sight(c, now); return err },
		})
		for query, plan := range plans {
			for _, step := range plan {
				if strings.HasPrefix(step, "SCAN") && !strings.HasPrefix(step, "SCAN CONSTANT") {
					t.Errorf("%s: %s", step, query)
				}
			}
		}
		if len(plans) < 9 {
			t.Errorf("only %d statements were looked at", len(plans))
		}
		return struct{}{}, err
	})
	if err != nil {
		t.Error(err)
	}
}

// plansOf is how SQLite means to answer each question that is asked for the first time by some calls.
func plansOf(r *Reader, calls []func() error) (map[string][]string, error) {
	statements := r.c.link.(*sqliteLink).stmts
	known := maps.Clone(statements)
	for _, call := range calls {
		if err := call(); err != nil {
			return nil, err
		}
	}
	plans := map[string][]string{}
	for _, query := range slices.Collect(maps.Keys(statements)) {
		if _, asked := known[query]; asked || !strings.HasPrefix(query, "SELECT") {
			continue
		}
		for row := range r.rows("EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "$"))...) {
			var id, parent, unused int64
			var step string
			if err := row.scan(&id, &parent, &unused, &step); err != nil {
				return nil, err
			}
			plans[query] = append(plans[query], step)
		}
	}
	return plans, nil
}

// The years of closed cases of a register cost nothing where what is open is read.
func TestWhatIsOpenIsReadWithoutWhatIsClosed(t *testing.T) {
	now := time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)
	s := emptyStore(t, func() time.Time { return now })
	register := casework.UnitID{1}
	unit := casework.Unit{ID: register, Code: "PKM", Type: casework.UnitHealthCenter, Register: register, Channel: casework.ChannelOnline, ActiveFrom: now}
	write(t, s, func(w *Writer) error { return w.PutUnit(unit, nil, [16]byte{1}) })
	if err := s.ReloadDirectory(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := Caller{Active: true, Account: casework.AccountID{2}, Unit: unit, Role: casework.RoleWorker}
	for name, ask := range map[string]func(*Reader) error{
		"list":           func(r *Reader) error { _, err := r.ListCases(c, now, CaseFilter{Limit: 20}); return err },
		"list of a type": func(r *Reader) error { _, err := r.ListCases(c, now, CaseFilter{Type: "KDRT", Limit: 20}); return err },
		"age out":        func(r *Reader) error { _, err := r.AgedOut(now, 20); return err },
		"find": func(r *Reader) error {
			_, err := r.FindPersons(c, func(casework.PersonIdentity) bool { return true }, now)
			return err
		},
		"figures": func(r *Reader) error { _, err := r.CasesOpen(register); return err },
		"compare": func(r *Reader) error { _, err := r.L1Subjects(register); return err },
	} {
		_, err := Read(t.Context(), s, func(r *Reader) (struct{}, error) {
			plans, err := plansOf(r, []func() error{func() error { return ask(r) }})
			for query, plan := range plans {
				if !strings.Contains(plan[0], "INDEX cases_open (register=?") {
					t.Errorf("%s: %s: %s", name, plan[0], query)
				}
			}
			if len(plans) != 1 {
				t.Errorf("%s: %d statements were looked at", name, len(plans))
			}
			return struct{}{}, err
		})
		if err != nil {
			t.Error(name, err)
		}
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

package access

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The invariants of access.md that are about one decision, each with a Decide that breaks it. An invariant does not ask
// the table: it would find a table that is wrong.

type decider func(Facts) Decision

// invariant tells how a decider breaks it at these facts; empty if it does not.
type invariant func(decide decider, f Facts) string

// breach looks for facts at which the invariant breaks: the whole product of what narrows and widens a read, then acts by
// chance, the rest by chance.
func breach(t *testing.T, decide decider, holds invariant) string {
	chance := rand.New(rand.NewPCG(newSeed(t), 0))
	try := func(f Facts) string {
		if why := holds(decide, f); why != "" {
			return fmt.Sprintf("%s: at %+v", why, f)
		}
		return ""
	}
	const relations, bases = Match<<1 - 1, Exception<<1 - 1
	for n := range int(relations+1) * int(bases+1) * 8 * 27 {
		f := drawn(chance)
		f.Action, f.Active, f.Blocked = Read, true, false
		for _, axis := range []struct {
			size int
			set  func(v int)
		}{
			{int(relations) + 1, func(v int) { f.Relations = Relation(v) }},
			{int(bases) + 1, func(v int) { f.Basis = Basis(v) }},
			{8, func(v int) { f.Role = Role(v + 1) }},
			{3, func(v int) { f.Level = Level(v + 1) }},
			{3, func(v int) { f.State = State(v + 1) }},
			{3, func(v int) { f.MFA = MFA(v) }},
		} {
			axis.set(n % axis.size)
			n /= axis.size
		}
		if why := try(f); why != "" {
			return why
		}
	}
	for range 500_000 {
		if why := try(drawn(chance)); why != "" {
			return why
		}
	}
	return ""
}

// drawn is facts by chance.
func drawn(chance *rand.Rand) Facts {
	p := point{action: Read + Action(chance.IntN(int(actionEnd-Read)))}
	p.fill(0, chance)
	return p.facts()
}

// check runs an invariant on Decide, and on a broken one which it must find out.
func check(t *testing.T, holds invariant, broken decider) {
	t.Helper()
	if why := breach(t, Decide, holds); why != "" {
		t.Error(why)
	}
	if breach(t, broken, holds) == "" {
		t.Error("negative control: the broken Decide was not found out")
	}
}

// shown is a mask for an error.
func shown(decide decider, f Facts) Mask { return decide(f).Grant.Mask() }

func TestI1BlockedIsNeverMoreThanNotFound(t *testing.T) {
	check(t, func(decide decider, f Facts) string {
		f.Active, f.Blocked = true, true
		if d := decide(f); f.Action.OnCase() && (d.Outcome != NotFound || d.Grant != (Grant{})) {
			return fmt.Sprintf("blocked: got %v, want NOT_FOUND", d.Outcome)
		}
		return ""
	}, func(f Facts) Decision {
		f.Blocked = f.Blocked && f.Relations&BreakGlass == 0 // a glass that gets past a block
		return Decide(f)
	})
}

func TestI2NotActiveIsNothing(t *testing.T) {
	check(t, func(decide decider, f Facts) string {
		f.Active = false
		if d := decide(f); d.Outcome != Unauthenticated || d.Grant != (Grant{}) || d.Effects != 0 {
			return fmt.Sprintf("not active: got %+v, want UNAUTHENTICATED", d)
		}
		return ""
	}, func(f Facts) Decision {
		f.Active = f.Active || f.Action == DirectoryRead
		return Decide(f)
	})
}

func TestI4RaisingTheLevelNeverAddsABit(t *testing.T) {
	check(t, func(decide decider, f Facts) string {
		lower, higher := f, f
		for lower.Level = L1; lower.Level < L3; lower.Level++ {
			higher.Level = lower.Level + 1
			if more := shown(decide, higher) &^ shown(decide, lower); more != 0 {
				return fmt.Sprintf("raised to %v it shows %v more", higher.Level, more)
			}
		}
		return ""
	}, func(f Facts) Decision {
		if f.Level == L3 && f.Role == Intake && f.MFA != MFANone {
			f.Level = L1
		}
		return Decide(f)
	})
}

// A second factor that is missing at L3 turns what would show more into a question for it, so I5 is about those who have it.
func TestI5ABasisAndARelationOnlyAdd(t *testing.T) {
	check(t, func(decide decider, f Facts) string {
		if f.Level == L3 && f.MFA == MFANone {
			f.MFA = MFAFresh
		}
		if f.Action.OnCase() && f.Action != Read || f.Role == App {
			f.Action = Read
		}
		with := shown(decide, f)
		for b := Consent; b <= Exception; b <<= 1 {
			less := f
			less.Basis &^= b
			if lost := shown(decide, less) &^ with; lost != 0 {
				return fmt.Sprintf("without basis %b it shows %v more", b, lost)
			}
		}
		for r := Assigned; r <= Match; r <<= 1 {
			less := f
			less.Relations &^= r
			if lost := shown(decide, less) &^ with; lost != 0 {
				return fmt.Sprintf("without relation %b it shows %v more", r, lost)
			}
		}
		return ""
	}, func(f Facts) Decision {
		if f.Basis&Exception != 0 {
			f.Basis = Exception // the last basis wins, as a careless join would have it
		}
		return Decide(f)
	})
}

func TestI6SomeRolesNeverSeeSomeClasses(t *testing.T) {
	check(t, func(decide decider, f Facts) string {
		never := Mask(0)
		switch f.Role {
		case Stats, Auditor, Admin:
			never = maskEnd - 1
		case Reviewer:
			never = (F2 | F3 | F4).Closure()
			if f.Action == LinkReveal || f.Action == LinkDecide {
				never &^= F2Link // a right on the pair, no read of a case
			}
		case Intake:
			never = F4
			if f.Level == L3 {
				never = maskEnd - 1 - Receipt
			}
		}
		if sees := shown(decide, f) & never; sees != 0 {
			return fmt.Sprintf("%v sees %v", f.Role, sees)
		}
		return ""
	}, func(f Facts) Decision {
		if f.Role == Auditor && f.Cond&ReviewPending != 0 {
			f.Role = Reviewer
		}
		return Decide(f)
	})
}

func TestI7AnAppSeesItsOwnFilingsOnly(t *testing.T) {
	check(t, func(decide decider, f Facts) string {
		f.Role = App
		may := Mask(0)
		if f.Relations&Submitter != 0 {
			may = (Receipt | F1Own).Closure()
		}
		if sees := shown(decide, f) &^ may; sees != 0 {
			return fmt.Sprintf("an app sees %v", sees)
		}
		return ""
	}, func(f Facts) Decision {
		if f.Role == App && f.Relations&Assigned != 0 {
			f.Role = Worker
		}
		return Decide(f)
	})
}

// That every row changes the answer of a point is proven in TestDecideAgreesWithTheTableEverywhere, and below that this
// proof can fail.
func TestI9EveryDecisionNamesOneRule(t *testing.T) {
	_, rows, err := readTable(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	known := map[Rule]bool{}
	for _, r := range rows {
		if known[Rule(r.id)] {
			t.Errorf("the table has two rows %s", r.id)
		}
		known[Rule(r.id)] = true
	}
	check(t, func(decide decider, f Facts) string {
		d := decide(f)
		if !known[d.Rule] {
			return fmt.Sprintf("the rule %q is not in the table", d.Rule)
		}
		if d.Grant.Mask() != 0 && d.Grant.Rule() != d.Rule {
			return fmt.Sprintf("the decision names %s, its Grant %s", d.Rule, d.Grant.Rule())
		}
		return ""
	}, func(f Facts) Decision {
		d := Decide(f)
		if d.Rule == "R20" {
			d.Rule = ""
		}
		return d
	})
}

// A copy of a row below itself changes nothing, and the proof that every row matters must say so.
func TestI9ARowWithoutEffectIsFoundOut(t *testing.T) {
	table, rows, err := readTable(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	var idle *row
	for _, r := range rows {
		if r.id == "A46c" {
			twin := *r
			twin.line, twin.id = len(rows), "A46z"
			idle = &twin
		}
	}
	table.rows[DirectoryRead] = append(table.rows[DirectoryRead], idle)
	w := &walker{oracle: table, chance: rand.New(rand.NewPCG(1, 2)), changed: make([]change, len(rows)+1)}
	points := 0
	w.visit = func(p *point, _ uint64) {
		points++
		w.prove(p, table.answer(p, nil))
	}
	w.walk(point{action: DirectoryRead}, 0, table.rows[DirectoryRead], 0)
	if w.changed[idle.line] != nothing || points == 0 {
		t.Errorf("a row that no point meets changed an answer in %d points", points)
	}
}

package server

import (
	"testing"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// TestPairsAreShownAsTheTableSays goes through two-sided level, role, relation, block and state, with second factor, register and whether
// anybody has said anything, and holds both decisions on a pair against R19 and A35 as they are written. The far case is also the
// caller's own, or a colleague's: what she may read of it for another reason is no reason.
func TestPairsAreShownAsTheTableSays(t *testing.T) {
	t.Parallel()
	points, pointers := 0, 0
	for _, p := range pairPoints() {
		points++
		near, far := p.file(p.near, casework.UnitID{1}), p.file(p.far, p.farRegister())
		pair := paired(p.nobody(), near, []store.CaseFile{far}, p.known)
		mayKnow := ofSide(near).Allowed() && pair.review().Allowed()
		if want := p.mayKnow(); mayKnow != want {
			t.Fatalf("%+v: the pair is shown: %v, want %v", p, mayKnow, want)
		}
		point := pair.pointer()
		shown := mayKnow && point.Grant.Shows(access.F0)
		if want := p.pointed(); shown != want {
			t.Fatalf("%+v: the pointer is shown: %v, want %v", p, shown, want)
		}
		if shown {
			pointers++
			if point.Rule != "R19" || point.Grant.Mask() != access.F0 || point.Effects != 0 {
				t.Fatalf("%+v: %s shows %s and tells %d", p, point.Rule, point.Grant.Mask(), point.Effects)
			}
		}
	}
	t.Logf("%d points, %d pointers", points, pointers)
	if points < 100_000 || pointers < 100 {
		t.Errorf("%d points, %d pointers: the space has shrunk", points, pointers)
	}
}

// pairSide is one of the two cases.
type pairSide struct {
	level     access.Level
	state     access.State
	relations access.Relation
	blocked   bool
}

// pairPoint is one point of the space.
type pairPoint struct {
	role      access.Role
	mfa       access.MFA
	near, far pairSide
	known     bool // somebody has said something of the pair
	together  bool // both cases are of one register
}

func pairPoints() (all []pairPoint) {
	for role := access.Intake; role <= access.App; role++ {
		for _, mfa := range []access.MFA{access.MFANone, access.MFARecent} {
			for _, near := range pairSides(0, access.Assigned, access.Owner, access.Assigned|access.Owner, access.Submitter|access.Receiver|access.BreakGlass) {
				for _, far := range pairSides(0, access.Owner|access.Assigned) {
					for _, known := range []bool{false, true} {
						for _, together := range []bool{false, true} {
							all = append(all, pairPoint{role, mfa, near, far, known, together})
						}
					}
				}
			}
		}
	}
	return all
}

func pairSides(relations ...access.Relation) (all []pairSide) {
	for level := access.L1; level <= access.L3; level++ {
		for state := access.Open; state <= access.Sealed; state++ {
			for _, r := range relations {
				for _, blocked := range []bool{false, true} {
					all = append(all, pairSide{level, state, r, blocked})
				}
			}
		}
	}
	return all
}

func (p pairPoint) nobody() access.Facts { return access.Facts{Active: true, Role: p.role, MFA: p.mfa} }

func (p pairPoint) farRegister() casework.UnitID {
	if p.together {
		return casework.UnitID{1}
	}
	return casework.UnitID{2}
}

func (p pairPoint) file(s pairSide, register casework.UnitID) store.CaseFile {
	f := store.CaseFile{Known: true, Facts: p.nobody()}
	f.Case = casework.Case{ID: casework.CaseID{byte(s.level), 1}, Register: register, Sealed: s.state == access.Sealed}
	f.Facts.Case, f.Facts.Level, f.Facts.State, f.Facts.Relations, f.Facts.Blocked = f.Case.ID, s.level, s.state, s.relations, s.blocked
	return f
}

func (p pairPoint) officer() bool { return p.role == access.Worker || p.role == access.Supervisor }

func (p pairPoint) open() bool {
	return !p.near.blocked && !p.far.blocked && p.near.state != access.Sealed && p.far.state != access.Sealed &&
		(p.near.level != access.L3 || p.mfa != access.MFANone)
}

// mayKnow is A35, with the one register of two ordinary cases.
func (p pairPoint) mayKnow() bool {
	holds := p.near.relations&access.Assigned != 0 || p.near.relations&access.Owner != 0 && p.role == access.Supervisor
	ordinary := p.near.level == access.L1 && p.far.level == access.L1
	return p.officer() && p.open() && holds && p.near.level >= p.far.level && (p.known || p.together || !ordinary)
}

// pointed is R19 on a pair that the caller may know of: a link that is there has been said something of.
func (p pairPoint) pointed() bool {
	return p.mayKnow() && p.near.relations&access.Assigned != 0
}

package access

import "github.com/sinergi-pug/sinergi/domain/casework"

// Grant is the right to show some classes of one case, or of one leg of it, for one answer. It has no exported field and
// no constructor: only Decide makes one that shows anything, so to hold it is to have asked. The zero Grant shows nothing.
type Grant struct {
	of    casework.CaseID
	leg   casework.LegID
	mask  Mask // closed
	named Named
	rule  Rule
}

// Shows tells whether a field that carries these classes may be shown: one of them is enough.
func (g Grant) Shows(classes Mask) bool { return g.mask&classes != 0 }

// Mask is all that may be shown, closed.
func (g Grant) Mask() Mask { return g.mask }

// Case is the only case whose values may be shown.
func (g Grant) Case() casework.CaseID { return g.of }

// Leg is the only leg whose values may be shown; zero if the Grant is about the case.
func (g Grant) Leg() casework.LegID { return g.leg }

// Rule is the first rule that allowed it, for the journal.
func (g Grant) Rule() Rule { return g.rule }

// Named is the fields that show one by one though their class does not. It is empty unless a consent listed them for
// this very leg.
func (g Grant) Named() Named { return g.named }

// Union joins Grants of one case: it shows what one of them shows. Each was cut to its own scope before, so nothing is
// shown that no leg's own basis opens. Grants of one leg give a Grant of that leg, else of the case. Grants of different
// cases give one that shows nothing, for what is mixed up must not leave.
func Union(grants ...Grant) Grant {
	var all Grant
	for _, g := range grants {
		switch {
		case g.mask == 0:
		case all.mask == 0:
			all = g
		case g.of != all.of:
			return Grant{}
		default:
			if g.leg != all.leg {
				all.leg = casework.LegID{}
			}
			all.mask |= g.mask
			all.named = all.named.or(g.named)
		}
	}
	return all
}

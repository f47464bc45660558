package casework

import (
	"slices"
	"time"
)

// Opening is what a basis shows to the officer of a leg, as access decides it.
type Opening struct {
	Classes uint32
	Fields  uint64
}

// Within tells whether it shows nothing that another does not.
func (o Opening) Within(other Opening) bool {
	return o.Classes&^other.Classes == 0 && o.Fields&^other.Fields == 0
}

// Moved is a leg that goes on, on another basis.
type Moved struct {
	Leg   Referral
	Basis DisclosureID
}

// Loss is what follows when bases end: each open leg on one of them ends, or goes on where another holds.
type Loss struct {
	Ended       []Disclosure
	Bare        []Referral // no other basis: to be cancelled
	Moved       []Moved
	OnException []Referral // open legs that stand on an exception: someone must look at them
}

// Line is a basis with all that it replaced and all that replaced it: one consent, renewed. The client who takes it back takes
// back the whole, whichever of them is named to us. What was withdrawn before parts a line: a consent given anew after it is
// another one.
func Line(of DisclosureID, all []Disclosure) []Disclosure {
	ids := []DisclosureID{of}
	for grown := true; grown; {
		grown = false
		for _, d := range all {
			joined := slices.Contains(ids, d.Replaces) || slices.ContainsFunc(all, func(later Disclosure) bool {
				return later.Replaces == d.ID && slices.Contains(ids, later.ID)
			})
			if d.Withdrawn.IsZero() && joined && !slices.Contains(ids, d.ID) {
				ids, grown = append(ids, d.ID), true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(d Disclosure) bool { return !slices.Contains(ids, d.ID) || !d.Withdrawn.IsZero() })
}

// CareOf are the bases by the chain of health care: a client who refuses it refuses all of them.
func CareOf(all []Disclosure) []Disclosure {
	return slices.DeleteFunc(slices.Clone(all), func(d Disclosure) bool { return d.Kind != BasisCare || !d.Withdrawn.IsZero() })
}

// Replaced tells whether a later basis took the place of one.
func Replaced(id DisclosureID, all []Disclosure) bool {
	return slices.ContainsFunc(all, func(d Disclosure) bool { return d.Replaces == id })
}

// Losing tells what becomes of the open legs of a case when some of its bases end. opens says what a basis would show on a leg.
func Losing(ended, all []Disclosure, legs []Referral, opens func(Disclosure, Referral) Opening, now time.Time) Loss {
	loss := Loss{Ended: ended}
	for _, l := range legs {
		if l.State.IsFinal() {
			continue
		}
		stands := basisOfLeg(l, all)
		if _, lost := find(l.Disclosure, ended); lost {
			other, ok := otherBasis(l, stands, ended, all, opens, now)
			if !ok {
				loss.Bare = append(loss.Bare, l)
				continue
			}
			loss.Moved = append(loss.Moved, Moved{l, other.ID})
			stands = other
		}
		if stands.Kind.IsException() {
			loss.OnException = append(loss.OnException, l)
		}
	}
	return loss
}

// otherBasis is what a leg may stand on instead: a consent or exception in force that covers it, and shows nothing that the lost
// one did not at this moment, so that to say no never shows more. The chain of health care takes nothing over: she has just said no.
func otherBasis(l Referral, lost Disclosure, ended, all []Disclosure, opens func(Disclosure, Referral) Opening, now time.Time) (Disclosure, bool) {
	var shown Opening
	if lost.ValidAt(now) {
		shown = opens(lost, l)
	}
	for _, d := range all {
		if _, over := find(d.ID, ended); over || d.Kind == BasisCare || !d.Supports(l, now) || Replaced(d.ID, all) {
			continue
		}
		if opens(d, l).Within(shown) {
			return d, true
		}
	}
	return Disclosure{}, false
}

func basisOfLeg(l Referral, all []Disclosure) Disclosure {
	d, _ := find(l.Disclosure, all)
	return d
}

func find(id DisclosureID, all []Disclosure) (Disclosure, bool) {
	i := slices.IndexFunc(all, func(d Disclosure) bool { return d.ID == id })
	if i < 0 {
		return Disclosure{}, false
	}
	return all[i], true
}

package server

import (
	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// This file holds what every new leg asks about its basis, whichever door it comes by: a filing, a renewal, a leg that is handed on.

// careFor is whether the chain of health care carries a leg.
type careFor uint8

const (
	careMissing careFor = iota
	careHidden          // it does not, and the filer must not learn why
	careStands
)

// caring tells it: an ordinary service of an L1 nutrition case between two health units, of a client who has not refused it.
func (c call) caring(k casework.Case, l casework.Referral) careFor {
	from, _ := c.store.Directory().Unit(l.Sender)
	to, _ := c.store.Directory().Unit(l.Receiver)
	switch {
	case !casework.CareCarries(k.Type, l.Service, from.Type, to.Type):
		return careMissing
	case !k.CareRefused && k.Level == casework.L1:
		return careStands
	case c.outside():
		return careHidden
	}
	return careMissing
}

// except decides an exception on a case as it now is: an act of its own, and never of a kader or an app.
func (c call) except(w *store.Writer, k casework.CaseID) (access.Decision, error) {
	if c.outside() {
		return access.Decision{}, casework.Precondition("BASIS_MISSING")
	}
	file, err := w.CaseFor(c.caller, k, c.now)
	if err != nil {
		return access.Decision{}, err
	}
	file.Facts.Cond |= access.HasReason // its length has been held against the rules
	act := access.Decide(file.Facts.Doing(access.DisclosureException))
	if !act.Allowed() {
		return act, c.refuse(access.DisclosureException, act, aboutCase(file.Case), k.String())
	}
	return act, nil
}

// appendReasoned writes the entry of a basis that is recorded; of an exception with its reason.
func (c call) appendReasoned(w *store.Writer, action access.Action, act access.Decision, d casework.Disclosure, k casework.Case) ([16]byte, error) {
	rec := c.record(action, act, aboutBasis(d, k))
	rec.Entry.Event = journal.Event{Name: "recordDisclosure"}
	return w.AppendReasoned(rec, d.Content.Reason, store.Owner(k.Subject))
}

// basisFor finds a basis in force that a case has for a new leg: the one of the leg before, if it goes on by it; a consent before the
// chain of care before an exception, which carries no leg that was handed on but its own. One that was given by somebody who is
// accused counts for nothing, and a consent shows what the leg asks.
func (c call) basisFor(w *store.Writer, k casework.Case, l casework.Referral, before casework.DisclosureID) (best casework.Disclosure, ok bool, err error) {
	all, err := w.Disclosures(k)
	if err != nil {
		return best, false, err
	}
	accused, err := c.accusedOf(w, k)
	if err != nil {
		return best, false, err
	}
	for _, d := range all {
		if !d.Supports(l, c.now) || d.Content.GiverIsAccused(accused) || casework.Replaced(d.ID, all) && d.ID != before {
			continue
		}
		if c.carries(k, d, l, before) && (!ok || d.ID == before || best.ID != before && preferred(d, best)) {
			best, ok = d, true
		}
	}
	return best, ok, nil
}

// carries asks of each kind of basis what it alone needs.
func (c call) carries(k casework.Case, d casework.Disclosure, l casework.Referral, before casework.DisclosureID) bool {
	switch d.Kind {
	case casework.BasisCare:
		return c.caring(k, l) == careStands
	case casework.BasisConsent:
		return l.Request.Question == "" || c.showsQuestion(k, d, l)
	}
	return before == (casework.DisclosureID{}) || d.ID == before
}

// preferred: what the client said herself comes first, and what lasts longest.
func preferred(d, than casework.Disclosure) bool {
	a, b := rankOf(d.Kind), rankOf(than.Kind)
	return a < b || a == b && !than.Expires.IsZero() && (d.Expires.IsZero() || d.Expires.After(than.Expires))
}

func rankOf(k casework.BasisKind) int {
	switch k {
	case casework.BasisConsent:
		return 0
	case casework.BasisCare:
		return 1
	}
	return 2
}

// showsQuestion tells whether the receiver's officer would read what the sender asks.
func (c call) showsQuestion(k casework.Case, d casework.Disclosure, l casework.Referral) bool {
	read := access.Decide(c.store.OfficerFacts(k, d, l.Receiver, c.now))
	return sightOf(read.Grant).opens(pb.NamedField_QUESTION, c.authorClass(l.Sender))
}

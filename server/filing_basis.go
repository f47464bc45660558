package server

import (
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

// basis is the disclosure of leg i: one of the call's that covers it, or an earlier one in force. It is hidden where the client has
// refused the chain of care, or the case has been raised above it, and the filer must not learn that.
func (j *filed) basis(i int, l casework.Referral) (basis casework.Disclosure, hidden bool, err error) {
	missing := casework.Precondition("BASIS_MISSING").With("field", fmt.Sprintf("legs[%d]", i))
	for n := range j.disclosures {
		if j.disclosures[n].covers(i) {
			return j.newBasis(n, l, missing)
		}
	}
	if j.outside() || j.opened { // what the case has is not a kader's or app's to learn: they bring a basis or have none
		return basis, false, missing
	}
	basis, ok, err := j.basisFor(j.w, j.k, l, casework.DisclosureID{})
	if err == nil && !ok {
		err = missing
	}
	return basis, false, err
}

// newBasis records a basis of the call, once for all the legs that it covers. CARE carries only an ordinary leg of an L1 nutrition
// case between two health units; an exception is an act of its own, and never of a kader or an app.
func (j *filed) newBasis(n int, l casework.Referral, missing error) (basis casework.Disclosure, hidden bool, err error) {
	d := j.disclosures[n]
	if d.Kind == casework.BasisCare {
		switch j.caring(j.k, l) {
		case careHidden:
			return basis, true, nil
		case careMissing:
			return basis, false, missing
		}
	}
	if !d.Serves(l.Service) {
		return basis, false, missing
	}
	if hidden, err := j.mute(d); err != nil || hidden {
		return basis, hidden, err
	}
	if known, ok := j.bases[n]; ok {
		return known, false, nil
	}
	basis, err = j.record(n)
	return basis, false, err
}

// mute tells whether a consent that a kader or app brings was given by somebody whom the case knows as alleged perpetrator: nothing
// is sent on it, and they are not told why.
func (j *filed) mute(d newDisclosure) (bool, error) {
	if d.Kind != casework.BasisConsent || !j.outside() {
		return false, nil
	}
	accused, err := j.accusedOf(j.w, j.k)
	return d.Content.GiverIsAccused(accused), err
}

// record stores a basis of the call for the receivers and services of all the legs that it covers.
func (j *filed) record(n int) (casework.Disclosure, error) {
	d := j.disclosures[n].Disclosure
	d.ID, d.Case, d.From, d.By = casework.DisclosureID(j.id()), j.k.ID, j.caller.Unit.ID, j.caller.Account
	if d.Given.IsZero() || casework.DateOf(d.Given) == casework.DateOf(j.now) || d.Given.After(j.now) {
		d.Given = j.now
	}
	if err := j.nameLegs(n, &d); err != nil {
		return d, err
	}
	entry := j.entry
	switch {
	case d.Kind.IsException():
		act, err := j.except(j.w, j.k.ID)
		if err != nil {
			return d, err
		}
		if entry, err = j.appendReasoned(j.w, access.DisclosureException, act, d, j.k); err != nil {
			return d, err
		}
	case d.Kind == casework.BasisConsent && !j.outside():
		if err := j.speaks(j.w, j.k, d, access.File, j.disclosures[n].path); err != nil {
			return d, err
		}
	}
	if err := j.w.PutDisclosure(d, j.person.ID, entry); err != nil {
		return d, err
	}
	if j.bases == nil {
		j.bases = map[int]casework.Disclosure{}
	}
	j.bases[n] = d
	if !d.Kind.IsException() {
		return d, nil
	}
	return d, j.tellOfException(j.w, j.k, d, j.id(), entry)
}

// nameLegs gives a basis the receivers of its legs and, unless it says its own, their services: that is what it was asked for.
func (j *filed) nameLegs(n int, d *casework.Disclosure) error {
	stated := len(d.Services) > 0
	d.To = nil
	for i, leg := range j.legs {
		unit, err := j.receiver(leg)
		if err != nil {
			return err
		}
		if !j.disclosures[n].covers(i) || unit.Register == j.k.Register {
			continue
		}
		if !d.Names(unit.ID) {
			d.To = append(d.To, unit.ID)
		}
		if !stated && (len(d.Services) == 0 || !d.Serves(leg.service)) {
			d.Services = append(d.Services[:len(d.Services):len(d.Services)], leg.service)
		}
	}
	return nil
}

package server

import (
	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// giver reads the guardian whom the register knows, on the side of the case, by the rights on the guardian's own cases or on this
// one: a record that the caller may not read is as unknown as one that never was.
func (m *basisMove) giver(d *casework.Disclosure) error {
	id := d.Content.GiverPerson
	if id == (casework.PersonID{}) {
		return nil
	}
	may, err := m.mayName(id)
	if err != nil {
		return err
	}
	if !may {
		return casework.Violations{{Field: "disclosure.giverPerson", Reason: "PERSON_UNKNOWN"}}
	}
	person, err := m.w.Person(id)
	if err != nil {
		return err
	}
	if d.Content.GiverName == "" {
		d.Content.GiverName = person.Identity.Name
	}
	if niks := person.Identity.NIKs(); d.Content.GiverNIK == "" && len(niks) > 0 {
		d.Content.GiverNIK = niks[0]
	}
	return nil
}

// mayName tells whether the caller may see who a person is: as kin of the client, or by a case of that person.
func (m *basisMove) mayName(id casework.PersonID) (bool, error) {
	client, err := m.w.Person(m.f.Case.Subject)
	if err != nil {
		return false, err
	}
	own := access.Decide(m.f.Facts.Doing(access.Read)).Grant
	for _, kin := range []casework.Kin{client.Identity.Mother, client.Identity.Father, client.Identity.Guardian, client.Identity.Husband} {
		if kin.Person == id {
			return own.Shows(access.F2), nil
		}
	}
	k, ok, err := m.w.CaseOf(id)
	if err != nil || !ok {
		return false, err
	}
	file, err := m.w.CaseFor(m.caller, k, m.now)
	if err != nil {
		return false, err
	}
	read := access.Decide(file.Facts.Doing(access.Read))
	side := file.Case.Type.Side() == m.f.Case.Type.Side() && file.Case.Register == m.f.Case.Register
	return side && read.Allowed() && read.Grant.Shows(access.F2|access.F2Roster), nil
}

// speaks holds G1: a consent given for the client by somebody who is named as alleged perpetrator is refused, and on record.
func (c call) speaks(w *store.Writer, k casework.Case, d casework.Disclosure, action access.Action, path string) error {
	accused, err := c.accusedOf(w, k)
	if err != nil || d.Kind != casework.BasisConsent || !d.Content.GiverIsAccused(accused) {
		return err
	}
	facts := c.caller.Facts(c.now).Doing(action)
	facts.Cond |= access.GiverGuardian | access.GiverPerpetrator
	broken := access.CheckConsent(facts)
	if len(broken) == 0 {
		return nil
	}
	refused := c.refuse(action, access.Decision{Outcome: access.Invalid, Rule: broken[0]}, aboutCase(k), k.ID.String()).(*store.Refusal)
	refused.Err = casework.Violations{{Field: path + ".giverName", Reason: giverAccused}}
	return refused
}

// accusedOf are the alleged perpetrators of a case.
func (c call) accusedOf(r caseReader, k casework.Case) ([]casework.Somebody, error) {
	if !k.Type.IsViolence() {
		return nil, nil
	}
	incidents, err := r.Incidents(k)
	if err != nil || len(incidents) == 0 {
		return nil, err
	}
	subject, err := r.Person(k.Subject)
	if err != nil {
		return nil, err
	}
	var pairs []casework.Pair
	for _, i := range incidents {
		pairs = append(pairs, i.Pairs...)
	}
	return casework.Accused(pairs, subject.Identity), nil
}

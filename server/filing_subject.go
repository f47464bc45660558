package server

import (
	"slices"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// findSubject finds the client, or prepares to make one.
func (j *filed) findSubject() error {
	switch {
	case j.caseID != (casework.CaseID{}):
		return j.subjectOfCase()
	case !j.isNew:
		return j.knownPerson()
	}
	j.person.Register, j.person.Unit = j.caller.Unit.Register, j.caller.Unit.ID
	j.person.Side = j.newCase.Type.Side()
	if j.person.Side == casework.Protected {
		j.made = true // never matched to an earlier record, so that no filing tells of another
		return nil
	}
	return j.match()
}

// subjectOfCase reads a named case; each thing that the filing does to it is an act of its own.
func (j *filed) subjectOfCase() error {
	file, err := j.w.CaseFor(j.caller, j.caseID, j.now)
	if err != nil {
		return err
	}
	if err := j.may(file.Facts, aboutCase(file.Case)); err != nil {
		return err
	}
	j.k = file.Case
	if !j.k.Closed.IsZero() {
		return casework.Precondition("CASE_STATE").With("state", string(j.k.Status))
	}
	if j.k.Content, err = j.w.CaseContent(j.k); err != nil {
		return err
	}
	if j.person, err = j.w.Person(j.k.Subject); err != nil {
		return err
	}
	if err := j.fits(); err != nil {
		return err
	}
	return j.checkKnown()
}

// fits holds what the filing brings against the named case: a nutrition file never carries violence, nor the other way round.
func (j *filed) fits() error {
	var v casework.Violations
	if violence := j.k.Type.IsViolence(); violence && len(j.measurements) > 0 {
		v.Add("measurements", "ONLY_NUTRITION")
	} else if !violence && j.incident != nil {
		v.Add("incident", "ONLY_VIOLENCE")
	} else if !violence && j.risk != nil {
		v.Add("risk", "ONLY_VIOLENCE")
	}
	if len(v) > 0 {
		return v
	}
	return nil
}

// may decides the acts that a filing on a named case needs.
func (j *filed) may(facts access.Facts, about object) error {
	acts := []access.Action{}
	if len(j.legs) > 0 {
		acts = append(acts, access.ReferralSend)
		facts.Basis |= basisSent(j.disclosures)
	}
	if len(j.measurements) > 0 {
		acts = append(acts, access.CaseMeasure)
	}
	if j.incident != nil {
		acts = append(acts, access.CaseIncident)
	}
	if j.note != "" || j.risk != nil || len(acts) == 0 {
		acts = append(acts, access.CaseNote)
	}
	for _, act := range acts {
		if d := access.Decide(facts.Doing(act)); !d.Allowed() {
			return j.refuse(act, d, about, j.caseID.String())
		}
	}
	return nil
}

// basisSent are the bases that a filing carries. An inside service needs none, so a filing without any still says CARE here; the
// guard of each leg asks for its own.
func basisSent(disclosures []newDisclosure) access.Basis {
	basis := access.Care
	for _, d := range disclosures {
		switch {
		case d.Kind == casework.BasisConsent:
			basis |= access.Consent
		case d.Kind.IsException():
			basis |= access.Exception
		}
	}
	return basis
}

// knownPerson reads a person of the own register, by the rights on her cases. A violence case gets a copy on the protected side.
func (j *filed) knownPerson() error {
	asked := j.person.ID
	id, ok, err := j.w.CaseOf(asked)
	if err != nil {
		return err
	}
	var file store.CaseFile
	if ok {
		file, err = j.w.CaseFor(j.caller, id, j.now)
	} else {
		file.Facts = j.caller.Facts(j.now)
	}
	if err != nil {
		return err
	}
	read := access.Decide(file.Facts.Doing(access.Read))
	if !read.Allowed() || !read.Grant.Shows(access.F2|access.F2Roster) || file.Case.Register != j.caller.Unit.Register {
		return j.refuse(access.Read, access.Decision{Rule: read.Rule}, aboutCase(file.Case), asked.String())
	}
	if j.person, err = j.w.Person(asked); err != nil {
		return err
	}
	j.from = asked
	if j.newCase.Type.IsViolence() && j.person.Side == casework.Ordinary {
		j.person.ID, j.person.Side, j.made = j.protected, casework.Protected, true
		j.person.Identity.CopiedFrom = asked
	}
	return j.checkKnown()
}

// checkKnown holds the measurements against a child whom the register knew already.
func (j *filed) checkKnown() error {
	var v casework.Violations
	birth := j.person.Identity.BirthDate
	for _, m := range j.measurements {
		switch {
		case birth.Precision != casework.ToDay:
			v.Add(m.path, "BIRTH_DATE_IMPRECISE")
		case m.Day < birth.First:
			v.Add(m.path+".measuredOn", "BEFORE_BIRTH")
		case !casework.CaseAge(birth, m.Day):
			v.Add(m.path+".measuredOn", "AGE_RANGE")
		}
	}
	if len(v) > 0 {
		return v
	}
	return nil
}

// match finds the child whom the register knows already. One writes at a time, so two filings of a new child in one millisecond
// make one person. Two that fit are nobody's to choose here.
func (j *filed) match() error {
	j.tags = j.store.MatchTags(j.person)
	found, err := j.w.Matching(j.tags)
	if err != nil {
		return err
	}
	var same []casework.Person
	for _, id := range found {
		known, err := j.w.Person(id)
		if err != nil {
			return err
		}
		if casework.SameChild(j.person, known) {
			same = append(same, known)
		}
	}
	switch len(same) {
	case 0:
		j.made = true
	case 1:
		return j.joinPerson(same[0])
	default:
		return casework.Precondition("CHILD_AMBIGUOUS")
	}
	return nil
}

// joinPerson takes the known record; a true NIK that comes later joins it.
func (j *filed) joinPerson(known casework.Person) error {
	stated := j.person
	j.person, j.from = known, known.ID
	if len(known.Identity.NIKs()) > 0 || len(stated.Identity.NIKs()) == 0 {
		return nil
	}
	j.person.Identity.Identifiers = append(slices.Clone(known.Identity.Identifiers), stated.Identity.Identifiers...)
	j.person.Identity.NIKAbsence = ""
	event := journal.Event{Name: "identify", Fields: []string{"identifiers"}, Revision: known.Revision + 1}
	var entry [16]byte
	put := j.appending("person", casework.ID(known.ID), event)
	err := j.w.UpdatePerson(j.person, func(value [32]byte) [16]byte {
		entry = put(value)
		return entry
	})
	if err != nil {
		return err
	}
	if err := j.w.PutChange(casework.ID(known.ID), event.Revision, event.Fields, j.caller, entry); err != nil {
		return err
	}
	return j.w.PutMatchTags(known.ID, j.tags)
}

// appending is the entry of a row whose sealed value is known only once it is sealed.
func (j *filed) appending(kind string, id casework.ID, event journal.Event) func([32]byte) [16]byte {
	return func(value [32]byte) [16]byte {
		event.Value = value
		return j.append(j.w, access.File, j.act, object{kind, id, j.k.ID, j.k.Level, casework.DisclosureID{}}, event)
	}
}

// findCase finds the child's open case of the growth group, or prepares a new one.
func (j *filed) findCase() error {
	if j.caseID != (casework.CaseID{}) {
		return nil
	}
	if !j.made && (j.newCase.Type == "" || j.newCase.Type.IsGrowth()) {
		id, ok, err := j.w.OpenGrowthCase(j.person.ID)
		if err != nil {
			return err
		}
		if ok {
			return j.joinCase(id)
		}
	}
	j.opened = true
	return j.newCaseOf()
}

// staySecret opens the next case of a record as secret as the most secret that it has: secrecy is of what stands in the record, and a
// new case would else show a whole register where she lives now. Whoever files and may not read her there does not become her officer
// by filing: those of that case do.
func (j *filed) staySecret() error {
	files, err := j.w.CasesOf(j.caller, j.person.ID, j.now)
	if err != nil {
		return err
	}
	var secret casework.Case
	reads := false
	for _, f := range files {
		if f.Case.Level > j.k.Level && f.Case.Level > secret.Level {
			secret = f.Case
		}
		read := access.Decide(f.Facts.Doing(access.Read))
		reads = reads || read.Allowed() && read.Grant.Shows(access.F2)
	}
	if secret.ID == (casework.CaseID{}) {
		return nil
	}
	j.k.Level = secret.Level
	if reads {
		return nil
	}
	officers, err := j.w.Officers(secret.ID, j.now)
	if err != nil {
		return err
	}
	j.keepers = append(officers, casework.AccountID{}) // nobody, if it is long over
	return nil
}

// joinCase takes the open case. Who asked for a new one learns of it only if she may see it.
func (j *filed) joinCase(id casework.CaseID) error {
	if err := j.w.LockCase(id); err != nil {
		return err
	}
	file, err := j.w.CaseFor(j.caller, id, j.now)
	if err != nil {
		return err
	}
	j.k = file.Case
	if j.newCase.Type != "" && access.Decide(file.Facts.Doing(access.Read)).Grant.Shows(access.F1) {
		return casework.Precondition("CASE_EXISTS").With("case", caseName(id))
	}
	j.k.Content, err = j.w.CaseContent(j.k)
	return err
}

// keepBlocks keeps from a new case whom persons have kept from another of the record that it joins, or is a copy of: blocks only add up
// (design: access, I11). Those that follow from what is recorded are made anew.
func (j *filed) keepBlocks() error {
	if !j.opened || j.from == (casework.PersonID{}) {
		return nil
	}
	files, err := j.w.CasesOf(j.caller, j.from, j.now)
	if err != nil {
		return err
	}
	kept := map[casework.ID]bool{}
	for _, f := range files {
		if f.Case.ID == j.k.ID {
			continue
		}
		blocks, err := j.w.Blocks(f.Case.ID)
		if err != nil {
			return err
		}
		for _, b := range blocks {
			if err := j.w.BlockReason(&b, f.Case); err != nil {
				return err
			}
			b.ID, b.Case = casework.ID(uuid.NewSHA1(uuid.UUID(j.k.ID), slices.Concat(b.Account[:], b.Unit[:]))), j.k.ID
			if kept[b.ID] {
				continue
			}
			kept[b.ID] = true
			if _, err := j.w.PutBlock(b, j.k, j.entry); err != nil {
				return err
			}
		}
	}
	return nil
}

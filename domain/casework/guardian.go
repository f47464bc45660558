package casework

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// Somebody is whom a record names: by a record of the register, by NIK, by a name as written, or by several of them.
type Somebody struct {
	Person PersonID
	NIK    string
	Name   string
}

// Same tells whether both are one human being, as far as the records can tell. A NIK decides where both have one; a name is
// compared as it is said, without titles. Where it is in doubt they are one: a consent can be asked for again, a leak cannot.
func (p Somebody) Same(q Somebody) bool {
	switch {
	case p.Person != PersonID{} && p.Person == q.Person:
		return true
	case p.NIK != "" && q.NIK != "":
		return p.NIK == q.NIK
	}
	name := bareName(p.Name)
	return name != "" && name == bareName(q.Name)
}

// honorifics are not part of a name when two are compared: who writes "Bpk. Dedi" and who writes "Dedi" mean one man.
var honorifics = []string{"bapak", "bpk", "pak", "tuan", "tn", "sdr", "saudara", "ibu", "bu", "nyonya", "ny", "sdri", "saudari", "haji", "hajah", "hj", "h"}

func bareName(name string) string {
	words := strings.Fields(FoldName(name))
	for len(words) > 1 && slices.Contains(honorifics, words[0]) {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// Accused are the alleged perpetrators of a case. A pair that says the relation and no name, or a part of it, also names the
// relative whom the subject's record knows by that relation.
func Accused(pairs []Pair, subject PersonIdentity) []Somebody {
	var all []Somebody
	for _, p := range pairs {
		stated := Somebody{NIK: p.NIK, Name: p.Perpetrator}
		if stated != (Somebody{}) {
			all = append(all, stated)
		}
		kin := relative(p.Relation, subject)
		if kin != (Kin{}) && (p.Perpetrator == "" || strings.HasPrefix(bareName(kin.Name)+" ", bareName(p.Perpetrator)+" ")) {
			all = append(all, Somebody{Person: kin.Person, NIK: p.NIK, Name: kin.Name})
		}
	}
	return all
}

// relative is who stands on the subject's record in a relation.
func relative(r Relation, subject PersonIdentity) Kin {
	switch r {
	case RelationFather:
		return subject.Father
	case RelationMother:
		return subject.Mother
	case RelationHusband:
		return subject.Husband
	case RelationGuardian:
		return subject.Guardian
	}
	return Kin{}
}

// GivenBy is who gave a consent for the client; ok is false where she gave it herself.
func (c DisclosureContent) GivenBy() (p Somebody, ok bool) {
	return Somebody{c.GiverPerson, c.GiverNIK, c.GiverName}, c.Giver == GiverGuardian || c.Giver == GiverAuthority
}

// GiverIsAccused tells whether a consent was given, for the client, by somebody named as alleged perpetrator: it counts for nothing
// (design: access G1).
func (c DisclosureContent) GiverIsAccused(accused []Somebody) bool {
	giver, ok := c.GivenBy()
	return ok && slices.ContainsFunc(accused, giver.Same)
}

// GivenByAccused are the consents in force that the alleged perpetrators of a case gave: naming one of them ends these.
func GivenByAccused(all []Disclosure, accused []Somebody) []Disclosure {
	return slices.DeleteFunc(slices.Clone(all), func(d Disclosure) bool {
		return d.Kind != BasisConsent || !d.Withdrawn.IsZero() || !d.Content.GiverIsAccused(accused)
	})
}

// Format prints nothing of somebody.
func (Somebody) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }

// LogValue logs nothing of somebody.
func (Somebody) LogValue() slog.Value { return slog.StringValue(hidden) }

// Guardians tells whether the record knows anybody who may speak for the subject, and whether all of them are accused: the guardian on
// record, else the parents.
func (i PersonIdentity) Guardians(accused []Somebody) (known, all bool) {
	kin := []Kin{i.Guardian}
	if i.Guardian == (Kin{}) {
		kin = []Kin{i.Mother, i.Father}
	}
	all = true
	for _, k := range kin {
		if k == (Kin{}) {
			continue
		}
		known = true
		all = all && slices.ContainsFunc(accused, Somebody{Person: k.Person, Name: k.Name}.Same)
	}
	return known, known && all
}

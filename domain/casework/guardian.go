package casework

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// Party is somebody whom a record names: by a record of the register, by NIK, by a name as written, or by several of them.
type Party struct {
	Person PersonID
	NIK    string
	Name   string
}

// Same tells whether two parties are one human being, as far as the records can tell. A NIK decides where both have one; a name is
// compared as it is said, without titles. Where it is in doubt they are one: a consent can be asked for again, a leak cannot.
func (p Party) Same(q Party) bool {
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
func Accused(pairs []Pair, subject PersonIdentity) []Party {
	var all []Party
	for _, p := range pairs {
		stated := Party{NIK: p.NIK, Name: p.Perpetrator}
		if stated != (Party{}) {
			all = append(all, stated)
		}
		kin := relative(p.Relation, subject)
		if kin != (Kin{}) && (p.Perpetrator == "" || strings.HasPrefix(bareName(kin.Name)+" ", bareName(p.Perpetrator)+" ")) {
			all = append(all, Party{Person: kin.Person, NIK: p.NIK, Name: kin.Name})
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
func (c DisclosureContent) GivenBy() (p Party, ok bool) {
	return Party{c.GiverPerson, c.GiverNIK, c.GiverName}, c.Giver == GiverGuardian || c.Giver == GiverAuthority
}

// GiverIsAccused tells whether a consent was given, for the client, by somebody named as alleged perpetrator: it counts for nothing
// (design: access G1).
func (c DisclosureContent) GiverIsAccused(accused []Party) bool {
	giver, ok := c.GivenBy()
	return ok && slices.ContainsFunc(accused, giver.Same)
}

// GivenByAccused are the consents in force that the alleged perpetrators of a case gave: naming one of them ends these.
func GivenByAccused(all []Disclosure, accused []Party) []Disclosure {
	return slices.DeleteFunc(slices.Clone(all), func(d Disclosure) bool {
		return d.Kind != BasisConsent || !d.Withdrawn.IsZero() || !d.Content.GiverIsAccused(accused)
	})
}

// Format prints nothing of a party.
func (Party) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }

// LogValue logs nothing of a party.
func (Party) LogValue() slog.Value { return slog.StringValue(hidden) }

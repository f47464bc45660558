package casework

import "slices"

// personFields are the fields of a person that an update may name, and what each takes from the one that is wanted.
var personFields = map[string]func(known, wanted PersonIdentity) PersonIdentity{
	"name": func(known, wanted PersonIdentity) PersonIdentity {
		known.Name, known.NameKind = wanted.Name, wanted.NameKind
		return known
	},
	"birthDate": func(known, wanted PersonIdentity) PersonIdentity {
		known.BirthDate = wanted.BirthDate
		return known
	},
	"identifiers": func(known, wanted PersonIdentity) PersonIdentity {
		known.Identifiers, known.NIKAbsence = wanted.Identifiers, wanted.NIKAbsence
		return known
	},
	"address": func(known, wanted PersonIdentity) PersonIdentity {
		known.Address = wanted.Address
		return known
	},
	"mother": func(known, wanted PersonIdentity) PersonIdentity {
		known.Mother = wanted.Mother
		return known
	},
	"father": func(known, wanted PersonIdentity) PersonIdentity {
		known.Father = wanted.Father
		return known
	},
	"guardian": func(known, wanted PersonIdentity) PersonIdentity {
		known.Guardian = wanted.Guardian
		return known
	},
	"husband": func(known, wanted PersonIdentity) PersonIdentity {
		known.Husband = wanted.Husband
		return known
	},
	"birthOrder": func(known, wanted PersonIdentity) PersonIdentity {
		known.BirthOrder = wanted.BirthOrder
		return known
	},
	"safeContact": func(known, wanted PersonIdentity) PersonIdentity {
		stays := known.SafeContact.DoNotCall // once said, it stays: an older phone call must not undo it (design: sync 3)
		known.SafeContact = wanted.SafeContact
		known.SafeContact.DoNotCall = stays || wanted.SafeContact.DoNotCall
		return known
	},
}

// PersonField tells whether an update may name a field.
func PersonField(path string) bool { return personFields[path] != nil }

// With gives a person the wanted values of the fields of a mask. What a NIK says beside sex and birth date is asked anew, for a NIK is
// never changed to match.
func (p Person) With(wanted PersonIdentity, mask []string, today Date) Person {
	for _, path := range mask {
		if take := personFields[path]; take != nil {
			p.Identity = take(p.Identity, wanted)
		}
	}
	p.Identity.Identifiers = slices.Clone(p.Identity.Identifiers)
	for i, id := range p.Identity.Identifiers {
		if id.Type == IDNIK {
			p.Identity.Identifiers[i].Warnings = NIKWarnings(id.Value, p.Identity.BirthDate, p.Sex, today)
		}
	}
	p.Kecamatan = KecamatanOf(p.Identity.Address.AreaCode)
	return p
}

// ChangedFields are the fields in which two states of a person differ, in the order of their names.
func (i PersonIdentity) ChangedFields(next PersonIdentity) []string {
	var fields []string
	for path, take := range personFields {
		if !take(i, next).same(i) {
			fields = append(fields, path)
		}
	}
	slices.Sort(fields)
	return fields
}

// same compares what people say; warnings follow from it.
func (i PersonIdentity) same(j PersonIdentity) bool {
	equal := func(a, b Identifier) bool {
		return a.Type == b.Type && a.Value == b.Value && a.Verification == b.Verification
	}
	return i.Name == j.Name && i.NameKind == j.NameKind && i.BirthDate == j.BirthDate && i.NIKAbsence == j.NIKAbsence &&
		i.Address == j.Address && i.Mother == j.Mother && i.Father == j.Father && i.Guardian == j.Guardian && i.Husband == j.Husband &&
		i.BirthOrder == j.BirthOrder && i.SafeContact == j.SafeContact && slices.EqualFunc(i.Identifiers, j.Identifiers, equal)
}

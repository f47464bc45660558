package casework

import (
	"fmt"
	"log/slog"
)

// Side keeps the two records of one human being apart: PROTECTED belongs to violence cases, ORDINARY to all others. No match,
// list or erasure joins the two, for a new telephone or husband would tell the kader.
type Side string

const (
	Ordinary  Side = "ORDINARY"
	Protected Side = "PROTECTED"
)

// Person is one human being as one register knows them on one side.
type Person struct {
	ID        PersonID
	Register  UnitID
	Unit      UnitID
	Side      Side
	Sex       Sex
	Kecamatan string // 32.01.CC, all of the address that stands in clear
	Revision  int64
	Identity  PersonIdentity
}

// PersonIdentity is class F2: it stands sealed, and prints as nothing.
type PersonIdentity struct {
	Name        string       `json:"name"`
	NameKind    NameKind     `json:"nameKind,omitempty"`
	BirthDate   BirthDate    `json:"birthDate"`
	Identifiers []Identifier `json:"identifiers,omitempty"`
	NIKAbsence  NIKAbsence   `json:"nikAbsence,omitempty"`
	Address     Address      `json:"address"`
	Mother      Kin          `json:"mother"`
	Father      Kin          `json:"father"`
	Guardian    Kin          `json:"guardian"`
	Husband     Kin          `json:"husband"`
	BirthOrder  int          `json:"birthOrder,omitempty"`
	SafeContact SafeContact  `json:"safeContact"`
	CopiedFrom  PersonID     `json:"copiedFrom,omitzero"` // of a record of the protected side: the one on the other, which must not lead here
}

// Identifier is one number of a person.
type Identifier struct {
	Type         IdentifierType `json:"type"`
	Value        string         `json:"value"`
	Verification Verification   `json:"verification,omitempty"`
	Warnings     []string       `json:"warnings,omitempty"`
}

// Address is a usual residence. A shelter never stands here.
type Address struct {
	AreaCode string `json:"areaCode,omitempty"`
	RT       string `json:"rt,omitempty"`
	RW       string `json:"rw,omitempty"`
	Text     string `json:"text,omitempty"`
}

// Kin is a relative: a person of the same register and side, or a bare name.
type Kin struct {
	Person PersonID `json:"person,omitzero"`
	Name   string   `json:"name,omitempty"`
}

// SafeContact says whether and how a client may be contacted. The zero value says: not at all.
type SafeContact struct {
	Allowed      bool           `json:"allowed,omitempty"`
	DoNotCall    bool           `json:"doNotCall,omitempty"`
	Channel      ContactChannel `json:"channel,omitempty"`
	Phone        string         `json:"phone,omitempty"`
	Instructions string         `json:"instructions,omitempty"`
}

// NIKs are the person's NIK values.
func (i PersonIdentity) NIKs() []string {
	var niks []string
	for _, id := range i.Identifiers {
		if id.Type == IDNIK {
			niks = append(niks, id.Value)
		}
	}
	return niks
}

// hidden is what every type with personal data prints: a name in a log would outlive every erasure.
const hidden = "[…]"

// Format prints nothing of a person.
func (PersonIdentity) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }

// LogValue logs nothing of a person.
func (PersonIdentity) LogValue() slog.Value { return slog.StringValue(hidden) }

// SameChild tells whether a stated person is one whom the register knows; both carry a tag in common. A NIK or a birth order that
// differs, or a village, says no: twins are two children until something joins them.
func SameChild(stated, known Person) bool {
	a, b := stated.Identity, known.Identity
	if len(a.NIKs()) > 0 && len(b.NIKs()) > 0 {
		return shareNIK(a.NIKs(), b.NIKs())
	}
	if a.BirthOrder != 0 && b.BirthOrder != 0 && a.BirthOrder != b.BirthOrder {
		return false
	}
	if a.unnamed() || b.unnamed() {
		return a.BirthOrder != 0 && a.BirthOrder == b.BirthOrder // "By. Ny. X" is the name of both twins
	}
	return !differ(villageOf(a), villageOf(b))
}

func (i PersonIdentity) unnamed() bool { return i.NameKind == NameUnnamedNewborn }

func shareNIK(a, b []string) bool {
	for _, nik := range a {
		for _, other := range b {
			if nik == other {
				return true
			}
		}
	}
	return false
}

func villageOf(i PersonIdentity) string {
	if len(i.Address.AreaCode) <= len("32.01.01") {
		return ""
	}
	return i.Address.AreaCode
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }

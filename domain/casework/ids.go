package casework

import (
	"encoding/hex"
	"strings"
)

// ID is a random UUID of 16 bytes. Each noun has an ID type of its own, so that a case is never looked up by the id of
// a person.
type ID [16]byte

type (
	// CaseID names a case; ids of persons, cases and legs are UUID v4, for v7 would tell when a victim came.
	CaseID ID
	// LegID names a referral leg.
	LegID ID
	// PersonID names a person record of one register and side.
	PersonID ID
	// UnitID names a unit of the directory.
	UnitID ID
	// AccountID names an account: one natural person, or one app.
	AccountID ID
	// DisclosureID names a basis on which another unit may read.
	DisclosureID ID
)

// String writes the id in the usual form of a UUID, 8-4-4-4-12 hexadecimal digits.
func (id ID) String() string {
	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:36], id[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// ParseID reads what String writes, in small or capital letters, and nothing else: one id has one form in every key and name.
func ParseID(text string) (id ID, ok bool) {
	digits := strings.ReplaceAll(text, "-", "")
	if len(text) != 36 || len(digits) != 32 {
		return ID{}, false
	}
	_, err := hex.Decode(id[:], []byte(digits))
	if err != nil || id.String() != strings.ToLower(text) {
		return ID{}, false
	}
	return id, true
}

// IsV4 tells whether the id is a random UUID, as clients must make theirs: any other kind tells when it was made, or of whom.
func (id ID) IsV4() bool { return id[6]>>4 == 4 && id[8]>>6 == 2 }

func (id CaseID) String() string       { return ID(id).String() }
func (id LegID) String() string        { return ID(id).String() }
func (id PersonID) String() string     { return ID(id).String() }
func (id UnitID) String() string       { return ID(id).String() }
func (id AccountID) String() string    { return ID(id).String() }
func (id DisclosureID) String() string { return ID(id).String() }

package access

import (
	"math/bits"
	"strings"
)

// Mask is a set of field classes. A field shows if the mask has one of its classes.
type Mask uint32

// The field classes. OPEN has no bit: it is about no person and always shows. The journal and the scopes of disclosures
// keep these bits, so a new class goes to the end.
const (
	F0           Mask = 1 << iota // the pointer: the other side's sector and its coordinator's channel
	F1                            // service: legs, urgency, states, due times, safe-contact code, age band, sex
	F2                            // identity
	F3                            // sector content
	F4                            // chronology, alleged perpetrator, shelter, legal status
	Receipt                       // number and time of one's own filing
	F1Own                         // F1 of the legs that the caller's unit is party to
	F1Late                        // of a late leg, and nothing of the client
	F2Link                        // name, birth year, village of a pair under review
	F2Roster                      // a child's name, birth date, sex, mother's name, RT/RW
	F3Health                      // health content
	F3Social                      // social content
	F3Protection                  // protection content
	F3Last                        // the last weighing
	F3Named                       // fields of F3 that a disclosure lists one by one
	F4Named                       // fields of F4 that a disclosure lists one by one
	Reason                        // the written reason of an act under review
	F3Sector                      // in a scope or a rule: the content of the caller's own sector; never in a Grant

	maskEnd
)

var maskNames = [...]string{
	"F0", "F1", "F2", "F3", "F4", "RECEIPT", "F1_OWN", "F1_LATE", "F2_LINK", "F2_ROSTER",
	"F3_HEALTH", "F3_SOCIAL", "F3_PROTECTION", "F3_LAST", "F3_NAMED", "F4_NAMED", "REASON", "F3_SECTOR",
}

// Closure adds to each class the parts that it holds: who sees F1 sees F1Own, and with it the receipt. Masks are
// compared after it. The mask of a Grant is closed.
func (m Mask) Closure() Mask {
	if m&F1 != 0 {
		m |= F1Own
	}
	if m&F1Own != 0 {
		m |= Receipt | F1Late
	}
	if m&F2 != 0 {
		m |= F2Link | F2Roster
	}
	if m&F3 != 0 {
		m |= F3Health | F3Social | F3Protection | F3Named | F3Last
	}
	if m&F4 != 0 {
		m |= F4Named
	}
	return m
}

// String writes the classes as the table does: "F0|F1".
func (m Mask) String() string {
	var words []string
	for rest := m & (maskEnd - 1); rest != 0; rest &= rest - 1 {
		words = append(words, maskNames[bits.TrailingZeros32(uint32(rest))])
	}
	return strings.Join(words, "|")
}

// ofSector puts the caller's own sector in the place of F3Sector. OtherSector has none, so nothing takes its place.
func (m Mask) ofSector(s Sector) Mask {
	if m&F3Sector == 0 {
		return m
	}
	m &^= F3Sector
	switch s {
	case Health:
		m |= F3Health
	case Social:
		m |= F3Social
	case Protection:
		m |= F3Protection
	}
	return m
}

// Named is the set of fields that a disclosure lists one by one, by the number of NamedField in the contract.
type Named [4]uint64

// Has tells whether the field is listed.
func (n Named) Has(field uint8) bool { return n[field/64]&(1<<(field%64)) != 0 }

// With gives the set with one field more.
func (n Named) With(field uint8) Named {
	n[field/64] |= 1 << (field % 64)
	return n
}

func (n Named) or(more Named) Named {
	for i := range n {
		n[i] |= more[i]
	}
	return n
}

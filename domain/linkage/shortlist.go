package linkage

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

const (
	// ShortlistLength is how many candidates a subject keeps.
	ShortlistLength = 32
	// ShortlistSize is what every shortlist is encoded to: sealed by the store (33 bytes more) it has 4 KB, also when it is empty.
	ShortlistSize = 4063
)

// ErrShortlist means bytes that are no shortlist of this version: the subject is compared anew.
var ErrShortlist = errors.New("linkage: no shortlist of this version")

// A Candidate is what is kept of a settled card under its best hypothesis: all that is shown, so that whoever reads it compares nothing.
type Candidate struct {
	ID          [16]byte // of the other person
	Hypothesis  Hypothesis
	Score       float32 // final
	Raw         float32 // before rivals and kin; Never where it is inherited alone
	Inherited   bool
	NeedsSecond bool
	Told        []Statement
	Warnings    []Warning
}

// Shortlist are the best candidates of a subject, best first; of equal ones the order is that of their ids.
func Shortlist(found []Found, settled []Settled) []Candidate {
	var all []Candidate
	for i := range found {
		h := settled[i].Best()
		if settled[i].Score[h] < KeptFrom {
			continue
		}
		m := &found[i].Match
		all = append(all, Candidate{
			ID: found[i].Card.ID, Hypothesis: h, Score: settled[i].Score[h], Raw: m.Raw[h], Inherited: settled[i].Inherited[h],
			NeedsSecond: m.NeedsSecond(h), Told: m.Told(h), Warnings: m.Warnings(h, &settled[i]),
		})
	}
	slices.SortFunc(all, func(a, b Candidate) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return slices.Compare(a.ID[:], b.ID[:])
	})
	return all[:min(len(all), ShortlistLength)]
}

const shortlistVersion = 1

// The order of warnings is that of their bits.
var warnings = []Warning{TwinPossible, CommonName, NIKConflict, AddressOnly, Moved}

// A candidate takes 16 + 1 + 4 + 4 + 1 + 1 bytes, and two for each field.
const candidateSize = 27 + 2*int(fieldsCompared)

// EncodeShortlist gives bytes of [ShortlistSize], zeros at the end.
func EncodeShortlist(all []Candidate) []byte {
	b := make([]byte, ShortlistSize)
	b[0], b[1], b[2] = shortlistVersion, NormVersion, byte(min(len(all), ShortlistLength))
	for i := range int(b[2]) {
		all[i].encode(b[3+i*candidateSize:])
	}
	return b
}

func (c *Candidate) encode(b []byte) {
	copy(b, c.ID[:])
	b[16] = byte(c.Hypothesis)
	binary.BigEndian.PutUint32(b[17:], math.Float32bits(c.Score))
	binary.BigEndian.PutUint32(b[21:], math.Float32bits(c.Raw))
	if c.Inherited {
		b[25] |= 1
	}
	if c.NeedsSecond {
		b[25] |= 2
	}
	for i, w := range warnings {
		if slices.Contains(c.Warnings, w) {
			b[26] |= 1 << i
		}
	}
	for _, s := range c.Told {
		at := 27 + 2*int(s.Field)
		b[at], b[at+1] = byte(s.Agreement), byte(int8(max(-128, min(127, s.Bits))))
	}
}

// DecodeShortlist reads what EncodeShortlist wrote.
func DecodeShortlist(b []byte) ([]Candidate, error) {
	if len(b) != ShortlistSize || b[0] != shortlistVersion || b[1] != NormVersion || b[2] > ShortlistLength {
		return nil, ErrShortlist
	}
	var all []Candidate
	for i := range int(b[2]) {
		c := b[3+i*candidateSize:][:candidateSize]
		if c[16] >= byte(hypotheses) {
			return nil, ErrShortlist
		}
		all = append(all, decodeCandidate(c))
	}
	return all, nil
}

func decodeCandidate(b []byte) Candidate {
	c := Candidate{
		ID: [16]byte(b[:16]), Hypothesis: Hypothesis(b[16]), Inherited: b[25]&1 != 0, NeedsSecond: b[25]&2 != 0,
		Score: math.Float32frombits(binary.BigEndian.Uint32(b[17:])), Raw: math.Float32frombits(binary.BigEndian.Uint32(b[21:])),
	}
	for i, w := range warnings {
		if b[26]>>i&1 == 1 {
			c.Warnings = append(c.Warnings, w)
		}
	}
	for _, f := range askedOf[c.Hypothesis] {
		at := 27 + 2*int(f)
		c.Told = append(c.Told, Statement{f, min(Agreement(b[at]), Exact), int(int8(b[at+1]))})
	}
	return c
}

package linkage

import (
	"encoding/binary"
	"errors"
)

// CardSize is what every card is encoded to: sealed by the store (33 bytes more) it has 512, whoever it is about.
const CardSize = 479

// cardVersion is the form of the bytes, beside the version of the folding.
const cardVersion = 1

// ErrCard means bytes that are no card of this version: it is made anew from its person record.
var ErrCard = errors.New("linkage: no card of this version")

// The places of an encoded card. Names follow the fixed part.
const (
	atVersion, atNorm, atFlags, atSide = 0, 1, 2, 3
	atID                               = 4
	atRecorded                         = 20
	atBirth                            = 24
	atNIK, atMotherNIK, atKK           = 32, 41, 50
	atMotherBirth                      = 59
	atVillage                          = 67
	atKecamatan                        = 75
	atRW, atRT                         = 79, 81
	atTie                              = 83
	atNames                            = 91
)

const flagBirthNIK, flagMotherSure = 1 << 4, 1 << 5

// Encode gives the card's bytes: always [CardSize], zeros at the end. Of names that do not fit (nobody's do), the unfolded forms,
// then aliases, then patronymics and at last words are left out.
func (c *Card) Encode() []byte {
	b := make([]byte, CardSize)
	b[atVersion], b[atNorm], b[atSide] = cardVersion, NormVersion, byte(c.Side)
	b[atFlags] = byte(c.sex)
	for _, f := range []struct {
		set bool
		bit byte
	}{{c.birthNIK, flagBirthNIK}, {c.mother.sure, flagMotherSure}} {
		if f.set {
			b[atFlags] |= f.bit
		}
	}
	copy(b[atID:], c.ID[:])
	put := binary.BigEndian
	put.PutUint32(b[atRecorded:], uint32(c.Recorded))
	putBirth(b[atBirth:], c.birth)
	putBirth(b[atMotherBirth:], c.mother.birth)
	for _, n := range []struct {
		at int
		n  Number
	}{{atNIK, c.nik}, {atMotherNIK, c.motherNIK}, {atKK, c.kk}} {
		b[n.at] = n.n.digits
		put.PutUint64(b[n.at+1:], n.n.value)
	}
	put.PutUint64(b[atVillage:], c.village)
	put.PutUint32(b[atKecamatan:], c.kecamatan)
	put.PutUint16(b[atRW:], c.rw)
	put.PutUint16(b[atRT:], c.rt)
	put.PutUint64(b[atTie:], c.motherTie)
	for less := 0; ; less++ {
		var names []byte
		for i := range c.names {
			names = c.names[i].append(names, less)
		}
		if len(names) <= CardSize-atNames {
			copy(b[atNames:], names)
			return b
		}
	}
}

func putBirth(b []byte, birth Birth) {
	binary.BigEndian.PutUint32(b, uint32(birth.First))
	binary.BigEndian.PutUint32(b[4:], uint32(birth.Last))
}

func birthAt(b []byte) Birth {
	return Birth{Date(binary.BigEndian.Uint32(b)), Date(binary.BigEndian.Uint32(b[4:]))}
}

// append writes role, main, alias, patronymic and the unfolded form, each with its number of words, less some of them.
func (n *Name) append(b []byte, less int) []byte {
	b = append(b, byte(n.role))
	parts := [4]words{n.main, n.alias, n.father, n.plain}
	if less > 0 || n.plain == n.main {
		parts[3] = words{}
	}
	if less > 1 {
		parts[1] = words{}
	}
	if less > 2 {
		parts[2] = words{}
	}
	if less > 3 && int(parts[0].n) > max(1, maxWords+3-less) {
		parts[0].n = uint8(max(1, maxWords+3-less))
	}
	for i := range parts {
		b = append(b, parts[i].n)
		for w := range int(parts[i].n) {
			word := parts[i].word(w)
			b = append(append(b, byte(len(word)), parts[i].first[w]), word...)
		}
	}
	return b
}

// Decode reads a card into c and allocates nothing.
func (c *Card) Decode(b []byte) error {
	if err := c.decodeHead(b); err != nil {
		return err
	}
	return c.decodeNames(b)
}

// decodeHead reads all but the names, which are empty then.
func (c *Card) decodeHead(b []byte) error {
	if len(b) != CardSize || b[atVersion] != cardVersion || b[atNorm] != NormVersion {
		return ErrCard
	}
	get := binary.BigEndian
	c.Side = Side(b[atSide])
	c.sex = Sex(b[atFlags] & 3)
	c.birthNIK = b[atFlags]&flagBirthNIK != 0
	c.mother.sure = b[atFlags]&flagMotherSure != 0
	copy(c.ID[:], b[atID:])
	c.Recorded = Date(get.Uint32(b[atRecorded:]))
	c.birth, c.mother.birth = birthAt(b[atBirth:]), birthAt(b[atMotherBirth:])
	c.nik = Number{get.Uint64(b[atNIK+1:]), b[atNIK]}
	c.motherNIK = Number{get.Uint64(b[atMotherNIK+1:]), b[atMotherNIK]}
	c.kk = Number{get.Uint64(b[atKK+1:]), b[atKK]}
	c.village, c.kecamatan = get.Uint64(b[atVillage:]), get.Uint32(b[atKecamatan:])
	c.rw, c.rt = get.Uint16(b[atRW:]), get.Uint16(b[atRT:])
	c.motherTie = get.Uint64(b[atTie:])
	return nil
}

func (c *Card) decodeNames(b []byte) error {
	b = b[atNames:]
	for i := range c.names {
		n := &c.names[i]
		if len(b) == 0 || Role(b[0]) > BabyOf {
			return ErrCard
		}
		n.role = Role(b[0])
		b = b[1:]
		for _, part := range [...]*words{&n.main, &n.alias, &n.father, &n.plain} {
			if b = part.decode(b); b == nil {
				return ErrCard
			}
		}
		if n.plain.n == 0 {
			n.plain = n.main
		}
	}
	return nil
}

// decode reads one name and gives what is behind it, nil if it is damaged.
func (w *words) decode(b []byte) []byte {
	if len(b) == 0 || b[0] > maxWords {
		return nil
	}
	n := int(b[0])
	*w = words{}
	b = b[1:]
	for range n {
		if len(b) < 2 || int(b[0])+2 > len(b) {
			return nil
		}
		end := 2 + int(b[0])
		w.add(b[2:end], b[1])
		b = b[end:]
	}
	return b
}

package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf8"
)

// The layout of version 1. Number and time stand at fixed places in front, so the sequencer stamps bytes that were made
// before it knew them; everything behind is length-prefixed:
//
//	version 1 | number 8 | time 8 | mask 4 | revision 8 | texts and ids, each uvarint length + bytes | fields: count, texts
//
// Integers are big-endian. A zero id or hash has length 0, so that no value has two forms.
const (
	numberAt = 1
	timeAt   = 9
	bodyAt   = 17
	// fixedSize is the part before the first length.
	fixedSize = bodyAt + 4 + 8
)

var (
	// ErrVersion is the answer of Parse to bytes of a version that this program does not know.
	ErrVersion = errors.New("journal entry of an unknown version")
	// ErrMalformed is the answer of Parse to bytes that AppendCanonical would not write.
	ErrMalformed = errors.New("malformed journal entry")
)

// AppendCanonical appends the canonical bytes of e to dst.
func (e Entry) AppendCanonical(dst []byte) []byte {
	dst = append(dst, Version)
	dst = binary.BigEndian.AppendUint64(dst, e.Number)
	dst = binary.BigEndian.AppendUint64(dst, uint64(e.Time))
	dst = binary.BigEndian.AppendUint32(dst, e.Mask)
	dst = binary.BigEndian.AppendUint64(dst, uint64(e.Event.Revision))
	dst = appendID(dst, e.ID)
	dst = appendID(dst, e.RequestID)
	dst = appendText(dst, e.Origin)
	dst = appendID(dst, e.Actor)
	dst = appendText(dst, e.Role)
	dst = appendID(dst, e.Unit)
	dst = appendText(dst, e.Action)
	dst = appendText(dst, e.Rule)
	dst = appendText(dst, e.Outcome)
	dst = appendText(dst, e.ObjectKind)
	dst = appendID(dst, e.Object)
	dst = appendText(dst, e.Level)
	dst = appendID(dst, e.Basis)
	dst = appendText(dst, e.Purpose)
	dst = appendID(dst, e.Cosigner)
	dst = appendText(dst, e.Event.Name)
	dst = appendText(dst, e.Event.Before)
	dst = appendText(dst, e.Event.After)
	dst = appendHash(dst, e.Event.Value)
	dst = appendHash(dst, e.Reason)
	dst = binary.AppendUvarint(dst, uint64(len(e.Event.Fields)))
	for _, field := range e.Event.Fields {
		dst = appendText(dst, field)
	}
	return dst
}

// Stamp writes number and time (microseconds UTC) into canonical bytes that were made without them.
func Stamp(canonical []byte, number uint64, time int64) {
	binary.BigEndian.PutUint64(canonical[numberAt:timeAt], number)
	binary.BigEndian.PutUint64(canonical[timeAt:bodyAt], uint64(time))
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func appendID(dst []byte, id [16]byte) []byte {
	if id == ([16]byte{}) {
		return append(dst, 0)
	}
	return append(append(dst, 16), id[:]...)
}

func appendHash(dst []byte, hash [32]byte) []byte {
	if hash == ([32]byte{}) {
		return append(dst, 0)
	}
	return append(append(dst, 32), hash[:]...)
}

// Parse reads canonical bytes back. It refuses whatever AppendCanonical would not have written: another version, a length
// with needless bytes, a zero id written out, text that is not UTF-8, bytes missing or left over.
func Parse(canonical []byte) (Entry, error) {
	if len(canonical) == 0 {
		return Entry{}, fmt.Errorf("%w: empty", ErrMalformed)
	}
	if canonical[0] != Version {
		return Entry{}, fmt.Errorf("%w: %d", ErrVersion, canonical[0])
	}
	if len(canonical) < fixedSize {
		return Entry{}, fmt.Errorf("%w: too short", ErrMalformed)
	}
	e := Entry{
		Version: Version,
		Number:  binary.BigEndian.Uint64(canonical[numberAt:]),
		Time:    int64(binary.BigEndian.Uint64(canonical[timeAt:])),
		Mask:    binary.BigEndian.Uint32(canonical[bodyAt:]),
	}
	e.Event.Revision = int64(binary.BigEndian.Uint64(canonical[bodyAt+4:]))
	d := decoder{rest: canonical[fixedSize:]}
	d.entry(&e)
	if d.failed != "" {
		return Entry{}, fmt.Errorf("%w: %s", ErrMalformed, d.failed)
	}
	return e, nil
}

// decoder reads the length-prefixed part; after the first failure it reads nothing more.
type decoder struct {
	rest   []byte
	failed string
}

// entry reads the fields in the order of AppendCanonical.
func (d *decoder) entry(e *Entry) {
	d.fixed(e.ID[:])
	d.fixed(e.RequestID[:])
	d.text(&e.Origin)
	d.fixed(e.Actor[:])
	d.text(&e.Role)
	d.fixed(e.Unit[:])
	d.text(&e.Action)
	d.text(&e.Rule)
	d.text(&e.Outcome)
	d.text(&e.ObjectKind)
	d.fixed(e.Object[:])
	d.text(&e.Level)
	d.fixed(e.Basis[:])
	d.text(&e.Purpose)
	d.fixed(e.Cosigner[:])
	d.text(&e.Event.Name)
	d.text(&e.Event.Before)
	d.text(&e.Event.After)
	d.fixed(e.Event.Value[:])
	d.fixed(e.Reason[:])
	d.fields(&e.Event.Fields)
	if len(d.rest) > 0 {
		d.fail("bytes left over")
	}
}

func (d *decoder) fail(why string) {
	if d.failed == "" {
		d.failed, d.rest = why, nil
	}
}

// size reads a length in its only form: Uvarint also takes longer ones, such as 0x80 0x00 for 0.
func (d *decoder) size() uint64 {
	n, width := binary.Uvarint(d.rest)
	switch {
	case width <= 0:
		d.fail("length cut off")
		return 0
	case width > 1 && d.rest[width-1] == 0:
		d.fail("length with needless bytes")
		return 0
	}
	d.rest = d.rest[width:]
	return n
}

func (d *decoder) bytes() []byte {
	n := d.size()
	if n > uint64(len(d.rest)) {
		d.fail("value cut off")
		return nil
	}
	value := d.rest[:n]
	d.rest = d.rest[n:]
	return value
}

func (d *decoder) text(to *string) {
	value := d.bytes()
	if !utf8.Valid(value) {
		d.fail("text is not UTF-8")
		return
	}
	*to = string(value)
}

func (d *decoder) fixed(to []byte) {
	value := d.bytes()
	if len(value) == 0 {
		return
	}
	if len(value) != len(to) {
		d.fail("id or hash of a wrong size")
		return
	}
	copy(to, value)
	for _, b := range value {
		if b != 0 {
			return
		}
	}
	d.fail("zero id or hash written out")
}

func (d *decoder) fields(to *[]string) {
	n := d.size()
	// Each field takes at least its length byte, so a count beyond the rest cannot make us reserve memory.
	if n > uint64(len(d.rest)) {
		d.fail("fields cut off")
		return
	}
	if n == 0 {
		return
	}
	*to = make([]string, n)
	for i := range *to {
		d.text(&(*to)[i])
	}
}

package server

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// protojson names no path and repeats the caller's value in its errors, so a body is walked against the descriptor first:
// every fault with its path, in our words. protojson then decodes what is sound; what is not is hidden from it, so that the
// shape of the rest can be judged in the same answer.

// deepest is how many levels a body may have. The contract needs 6; a decoder's stack is not the caller's to fill.
const deepest = 32

// mostFaults is how many faults one answer lists. It travels in HTTP/2 headers.
const mostFaults = 100

// errUnreadable ends the walk: what follows cannot be told apart any more.
var errUnreadable = errors.New("unreadable")

type walker struct {
	dec    *jsontext.Decoder
	path   path
	faults []Violation
	edits  []edit
}

// edit puts other bytes in the place of some of the body.
type edit struct {
	from, to int64
	text     string
}

// readJSON gives the body without what is wrong with it, and what is. An empty body is an empty message.
func readJSON(body []byte, s *shape) (sound []byte, faults []Violation) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	w := walker{dec: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))}
	if err := w.document(s); err != nil {
		if !errors.Is(err, errUnreadable) {
			w.fault("MALFORMED", "")
		}
		return nil, w.faults
	}
	return w.sound(body), w.faults
}

func (w *walker) document(s *shape) error {
	if w.dec.PeekKind() != '{' {
		w.fault("MALFORMED", "")
		return errUnreadable
	}
	if err := w.object(s); err != nil {
		return err
	}
	if _, err := w.dec.ReadToken(); err != io.EOF {
		w.fault("MALFORMED", "")
		return errUnreadable
	}
	return nil
}

// sound is the body with its edits. A hidden member keeps its value under a name that no field has.
func (w *walker) sound(body []byte) []byte {
	if len(w.edits) == 0 {
		return body
	}
	var out []byte
	at := int64(0)
	for _, e := range w.edits {
		out = append(append(out, body[at:e.from]...), e.text...)
		at = e.to
	}
	return append(out, body[at:]...)
}

func (w *walker) object(s *shape) error {
	if err := w.open(); err != nil {
		return err
	}
	var seen [2]uint64 // by the field's index; a message of ours has far fewer than 128
	for w.dec.PeekKind() != '}' {
		raw, err := w.dec.ReadValue()
		if err != nil {
			return err
		}
		to := w.dec.InputOffset()
		name := span{to - int64(len(raw)), to}
		key := unquote(raw)
		f := s.fields[string(key)]
		if f == nil {
			err = w.refuse(safeName(key), "UNKNOWN_FIELD", name)
		} else if i := f.desc.Index(); seen[i/64%2]&(1<<(i%64)) != 0 {
			err = w.refuse(f.name, "DUPLICATE_KEY", name)
		} else {
			seen[i/64%2] |= 1 << (i % 64)
			err = w.member(f, name)
		}
		if err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

type span struct{ from, to int64 }

// open reads { or [ and minds the depth.
func (w *walker) open() error {
	if _, err := w.dec.ReadToken(); err != nil {
		return err
	}
	if w.dec.StackDepth() > deepest {
		w.fault("TOO_DEEP", "")
		return errUnreadable
	}
	return nil
}

// refuse notes a member that may not be there, and passes over it.
func (w *walker) refuse(name, reason string, at span) error {
	w.path.push(segment{name: name})
	w.fault(reason, "")
	w.hide(at)
	return w.left(w.skip())
}

func (w *walker) hide(at span) {
	w.edits = append(w.edits, edit{at.from, at.to, `"~` + strconv.Itoa(len(w.edits)) + `"`})
}

// skip passes over a value.
func (w *walker) skip() error {
	depth := w.dec.StackDepth()
	for {
		switch w.dec.PeekKind() {
		case '{', '[':
			if err := w.open(); err != nil {
				return err
			}
		default:
			if _, err := w.dec.ReadToken(); err != nil {
				return err
			}
		}
		if w.dec.StackDepth() <= depth {
			return nil
		}
	}
}

func (w *walker) member(f *fieldShape, name span) error {
	w.path.push(segment{name: f.name})
	if w.dec.PeekKind() == 'n' {
		return w.left(w.skip()) // null is unset
	}
	var ok bool
	var err error
	switch {
	case f.desc.IsMap():
		ok, err = true, w.skip()
	case f.desc.IsList():
		mark := len(w.edits)
		ok, err = w.list(f)
		if !ok {
			w.edits = w.edits[:mark]
		}
	default:
		ok, err = w.value(f)
	}
	if !ok && err == nil {
		w.hide(name)
	}
	return w.left(err)
}

// left goes one step up; after an error the path stays where it happened.
func (w *walker) left(err error) error {
	if err == nil {
		w.path.pop()
	}
	return err
}

func (w *walker) list(f *fieldShape) (bool, error) {
	if w.dec.PeekKind() != '[' {
		w.fault("WRONG_TYPE", "array")
		return false, w.skip()
	}
	if err := w.open(); err != nil {
		return false, err
	}
	sound := true
	for i := 0; w.dec.PeekKind() != ']'; i++ {
		w.path.push(segment{index: i})
		ok, err := w.value(f)
		if err = w.left(err); err != nil {
			return false, err
		}
		sound = sound && ok
	}
	_, err := w.dec.ReadToken()
	return sound, err
}

// value reads one value of a field. It is false if the value cannot be one; it has been noted then.
func (w *walker) value(f *fieldShape) (bool, error) {
	kind := w.dec.PeekKind()
	if kind == jsontext.KindInvalid {
		return false, w.skip() // which says why
	}
	if f.message != nil {
		if kind != '{' {
			w.fault("WRONG_TYPE", "object")
			return false, w.skip()
		}
		return true, w.object(f.message)
	}
	if kind == '{' || kind == '[' || kind == 'n' {
		w.fault("WRONG_TYPE", typeName(f.desc))
		return false, w.skip()
	}
	raw, err := w.dec.ReadValue()
	if err != nil {
		return false, err
	}
	reason := scalarFault(f.desc, kind, raw)
	if reason != "" {
		w.fault(reason, typeName(f.desc))
	}
	return reason == "", nil
}

func (w *walker) fault(reason, limit string) {
	switch {
	case len(w.faults) < mostFaults:
		w.faults = append(w.faults, Violation{w.path.String(), reason, limit})
	case len(w.faults) == mostFaults:
		w.faults = append(w.faults, Violation{Reason: "TOO_MANY_TO_LIST"})
	}
}

func unquote(raw jsontext.Value) []byte {
	if bytes.IndexByte(raw, '\\') < 0 && len(raw) >= 2 {
		return raw[1 : len(raw)-1]
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return nil
	}
	return text
}

// safeName is a name as a path may repeat it. Whoever writes a person's name for a key gets it back as "?".
func safeName(key []byte) string {
	for i, c := range key {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return "?"
		}
	}
	if len(key) == 0 || len(key) > 40 {
		return "?"
	}
	return string(key)
}

package casework

import "maps"

// Kind tells a caller what to do about an error; the server turns each into one status.
type Kind uint8

const (
	KindInvalid      Kind = iota + 1 // the request is wrong: mend the field
	KindPrecondition                 // the request is right, the state or a guard does not allow it now
	KindExists                       // the id is taken
	KindConflict                     // somebody else was faster: read again
)

// Error is an answer of the rules. It never holds personal data.
type Error struct {
	Kind   Kind
	Reason string            // a word of the contract's ErrorReason
	Field  string            // path of the field, lowerCamelCase, if one is to blame
	Meta   map[string]string // what the caller may be told besides
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Reason + " (" + e.Field + ")"
}

// With adds what the caller may be told besides.
func (e *Error) With(key, value string) *Error {
	told := *e
	told.Meta = maps.Clone(e.Meta)
	if told.Meta == nil {
		told.Meta = map[string]string{}
	}
	told.Meta[key] = value
	return &told
}

// Precondition is a guard that fails.
func Precondition(reason string) *Error { return &Error{Kind: KindPrecondition, Reason: reason} }

// Exists is an id that is taken.
func Exists(reason, field string) *Error {
	return &Error{Kind: KindExists, Reason: reason, Field: field}
}

// Conflict is a state that has moved on since the caller saw it.
func Conflict(reason string) *Error { return &Error{Kind: KindConflict, Reason: reason} }

// Violation is one fault of a request: the path of its field and a word for what is wrong with it.
type Violation struct {
	Field  string // lowerCamelCase, such as measurements[1].weightKg
	Reason string // such as WEIGHT_RANGE
}

// Violations are all faults of a request, answered together.
type Violations []Violation

func (v Violations) Error() string { return "INVALID_FIELD" }

// Add notes a fault.
func (v *Violations) Add(field, reason string) { *v = append(*v, Violation{field, reason}) }

// require notes a missing field.
func (v *Violations) require(ok bool, field string) { v.check(ok, field, "REQUIRED") }

// check notes a fault unless ok.
func (v *Violations) check(ok bool, field, reason string) {
	if !ok {
		v.Add(field, reason)
	}
}

func (v Violations) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

package cli

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Word is a flag whose values are those of an enum of the API, in either case.
type Word[E protoreflect.Enum] struct{ Value E }

// UnmarshalText reads a value; a wrong one is answered with those that there are.
func (w *Word[E]) UnmarshalText(typed []byte) error {
	values := w.Value.Descriptor().Values()
	var known []string
	for i := range values.Len() {
		value := values.Get(i)
		if value.Number() == 0 {
			continue // "not said" is said by leaving the flag out
		}
		if strings.EqualFold(string(value.Name()), strings.ReplaceAll(string(typed), "-", "_")) {
			w.Value = w.Value.Type().New(value.Number()).(E)
			return nil
		}
		known = append(known, string(value.Name()))
	}
	return fmt.Errorf("%q is none of %s", typed, strings.Join(known, ", "))
}

// values gives the enums of several words.
func values[E protoreflect.Enum](words []Word[E]) []E {
	var all []E
	for _, w := range words {
		all = append(all, w.Value)
	}
	return all
}

package store

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// sentences are the errors of ours that no caller is to blame for, in words that hold nothing of anybody.
var sentences = []error{errNoRows, errEnded, errLost, errScan, errNoNumber, errNotTheTree, ErrErased, ErrSealed, ErrPanic, ErrForked}

// Kind says of an error what a log may hold: one of our own sentences, the code of a database, or else the Go type. The text of an error may
// repeat what was asked or stored.
func Kind(err error) string {
	var lite sqlite3.Error
	var postgres *databaseError
	switch {
	case errors.As(err, &lite):
		return fmt.Sprintf("sqlite %d", lite.ExtendedCode)
	case errors.As(err, &postgres):
		return "postgres " + postgres.state
	}
	for _, ours := range sentences {
		if errors.Is(err, ours) {
			return ours.Error()
		}
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return fmt.Sprintf("%T", err)
}

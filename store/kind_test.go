package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// What a log says of an error names its cause and repeats nothing of it.
func TestTheKindOfAnErrorHoldsNothingOfAnybody(t *testing.T) {
	t.Parallel()
	her := errors.New("Siti Aminah")
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("read of Siti: %w", sqlite3.Error{Code: sqlite3.ErrBusy, ExtendedCode: sqlite3.ErrBusySnapshot}), "sqlite 517"},
		{errors.Join(her, &databaseError{state: "40001", text: "Siti"}), "postgres 40001"},
		{fmt.Errorf("note of Siti: %w", ErrSealed), "store: sealed column does not open"},
		{errors.Join(her, errNoNumber), "store: no free number was drawn"},
		{fmt.Errorf("Siti: %w", fmt.Errorf("again: %w", her)), "*errors.errorString"},
		{errors.Join(her, her), "*errors.joinError"},
	} {
		if got := Kind(c.err); got != c.want {
			t.Errorf("Kind(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

package server

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// conflict is an update whose fields others have changed since: what stands there now, for a person to settle.
type conflict struct{ detail *pb.ConflictDetail }

func (conflict) Error() string { return pb.ErrorReason_ETAG_MISMATCH.String() }

// revisionOf reads an etag of ours; ok is false for one that never was.
func revisionOf(tag string) (int64, bool) {
	digits, ours := strings.CutPrefix(tag, "v")
	revision, err := strconv.ParseInt(digits, 36, 64)
	return revision, ours && err == nil && revision > 0
}

// met is a field that others have changed since, and who did so last.
type met struct {
	field string
	by    store.FieldChange
}

// meeting gives the fields, of those that an update would change, that others have changed since the revision of its etag (design:
// sync 3). One that holds the sent value already is none: differs leaves it out. An etag that never was is older than all.
func (c call) meeting(w *store.Writer, object casework.ID, current int64, tag string, differs []string) ([]met, error) {
	base, ok := revisionOf(tag)
	if !ok || base > current {
		return nil, casework.Conflict("ETAG_MISMATCH")
	}
	changes, err := w.ChangesSince(object, base, c.now)
	if err != nil {
		return nil, err
	}
	var all []met
	for _, field := range differs {
		for _, change := range slices.Backward(changes) {
			if len(casework.Meets([]string{field}, change.Fields)) > 0 {
				all = append(all, met{field, change})
				break
			}
		}
	}
	return all, nil
}

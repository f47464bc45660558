package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// FieldChange says which fields of a case or person one revision changed, and by which unit.
type FieldChange struct {
	Fields []string
	Unit   casework.UnitID
	Time   time.Time
}

// baseDays is how old the etag of an update may be for "changed since" to be asked (design: sync 3).
const baseDays = 180

// PutChange keeps the mask of a change. A revision that changed none of the fields of masks needs no row.
func (w *Writer) PutChange(object casework.ID, revision int64, fields []string, c Caller, entry [16]byte) error {
	if len(fields) == 0 {
		return nil
	}
	_, err := w.exec("INSERT INTO changes (object, revision, fields, unit, account, time, entry) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		object, revision, strings.Join(fields, ","), c.Unit.ID, c.Account, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("put a change: %w", err)
	}
	return nil
}

// ChangesSince lists what has changed after a revision, oldest first. Where the first of it is older than 180 days, everything has.
// Served by the primary key.
func (t *tx) ChangesSince(object casework.ID, revision int64, now time.Time) ([]FieldChange, error) {
	changes, err := list(t, func(r row) (c FieldChange, err error) {
		var fields string
		err = r.scan(&fields, c.Unit[:], &c.Time)
		c.Fields = strings.Split(fields, ",")
		return c, err
	}, "SELECT fields, unit, time FROM changes WHERE object = $1 AND revision > $2 ORDER BY revision", object, revision)
	if err == nil && len(changes) > 0 && now.Sub(changes[0].Time) > baseDays*24*time.Hour {
		changes[0].Fields = []string{casework.AllFields}
	}
	return changes, err
}

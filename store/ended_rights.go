package store

import (
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Rights end by time without anybody's act. What was handed out by them is to be taken back, so the journal says when (design:
// protection, The journal).

// endedRights are the rights that end by time, by what the journal calls them, with the rows of which nothing was said yet. Served by
// disclosures_until, glasses_until and absences_until: what has ended long ago costs nothing.
var endedRights = map[string]string{
	"disclosure": "SELECT id, case_id FROM disclosures WHERE withdrawn IS NULL AND end_noted IS NULL AND until_time <= $1 ORDER BY until_time LIMIT $2",
	"glass":      "SELECT id, case_id FROM glasses WHERE case_id IS NOT NULL AND end_noted IS NULL AND until_time <= $1 ORDER BY until_time LIMIT $2",
	"absence":    "SELECT id, NULL FROM absences WHERE end_noted IS NULL AND until_time <= $1 ORDER BY until_time LIMIT $2",
}

var rightTables = map[string]string{"disclosure": "disclosures", "glass": "glasses", "absence": "absences"}

// EndedRights reads those of a kind, longest over first.
func (t *tx) EndedRights(kind string, now time.Time, limit int) ([]Due, error) {
	return list(t, scanDue, endedRights[kind], now, limit)
}

// NoteEnd marks that the end of a right is on record; first is false if it was before, or if the right holds again.
func (w *Writer) NoteEnd(kind string, id casework.ID) (first bool, err error) {
	n, err := w.exec("UPDATE "+rightTables[kind]+" SET end_noted = $2 WHERE id = $1 AND end_noted IS NULL AND until_time <= $2", id, w.Now())
	if err != nil {
		return false, fmt.Errorf("note the end of a right: %w", err)
	}
	return n > 0, nil
}

package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// levelAt is the escalation level of a duty `u` at the instant of a parameter: the one form of it in SQL, equal to
// casework.Duty.Level (a test compares the two on random duties).
func levelAt(now string) string {
	return "(CASE WHEN u.due < " + now + " THEN 1 ELSE 0 END + CASE WHEN u.level2 < " + now + " THEN 1 ELSE 0 END" +
		" + CASE WHEN u.level3 < " + now + " THEN 1 ELSE 0 END)"
}

// Due is something whose time has come, for the sweep.
type Due struct {
	Object casework.ID
	Case   casework.CaseID
}

func scanDue(r row) (d Due, err error) { return d, r.scan(d.Object[:], d.Case[:]) }

// Risen are duties that stand at a level of which nobody was told yet, longest first. Served by duties_rise: what stays late costs
// nothing.
func (t *tx) Risen(now time.Time, limit int) ([]Due, error) {
	return list(t, scanDue, risen, now, limit)
}

var risen = `SELECT u.id, u.case_id FROM duties u
	WHERE u.ended IS NULL AND u.rise IS NOT NULL AND u.rise < $1
		AND ` + levelAt("$1") + ` > 0
	ORDER BY u.rise
	LIMIT $2`

// Lapsed are legs whose duty nobody met until its last instant. Served by duties_lapse.
func (t *tx) Lapsed(now time.Time, limit int) ([]Due, error) {
	return list(t, scanDue, lapsed, now, limit)
}

const lapsed = `SELECT u.object, u.case_id FROM duties u
	WHERE u.ended IS NULL AND u.lapse IS NOT NULL AND u.lapse < $1 AND u.kind = 'LEG'
	ORDER BY u.lapse
	LIMIT $2`

// OpenDuty is a duty that is still owed, and up to which level it was told; ok is false if it is met. A duty that began anew at the
// same instant, like that of an appointment made twice, was told before. Served by the primary keys.
func (t *tx) OpenDuty(id casework.ID) (d casework.Duty, told int, ok bool, err error) {
	err = t.row("SELECT "+dutyColumns+" FROM duties u WHERE u.id = $1 AND u.ended IS NULL", id).scan(dutyDest(&d)...)
	if errors.Is(err, errNoRows) {
		return d, 0, false, nil
	}
	if err != nil {
		return d, 0, false, fmt.Errorf("read a duty: %w", err)
	}
	err = t.row("SELECT coalesce(max(level), 0) FROM escalations WHERE object = $1 AND duty = $2 AND started = $3", d.Object, d.Name, d.Started).scan(&told)
	return d, told, err == nil, err
}

// PutEscalation notes that a duty has reached a level, under the unit that then owed it.
func (w *Writer) PutEscalation(d casework.Duty, level int, entry [16]byte) error {
	_, err := w.exec(`INSERT INTO escalations (object, duty, started, level, unit, case_id, time, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, d.Object, d.Name, d.Started, level, d.Unit, d.Case, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("put an escalation: %w", err)
	}
	return nil
}

// SetTold says up to which level a duty was told; the next is told when it rises above.
func (w *Writer) SetTold(d casework.Duty, told int) error {
	_, err := w.exec("UPDATE duties SET rise = $2 WHERE id = $1", d.ID, d.Rise(told))
	return err
}

// RoleHeld tells whether anybody holds a role in a unit. Served by memberships_unit.
func (t *tx) RoleHeld(role casework.Role, unit casework.UnitID) (holds bool, err error) {
	err = t.row("SELECT count(*) > 0 FROM memberships WHERE unit = $1 AND role = $2 AND until_time IS NULL", unit, string(role)).scan(&holds)
	return holds, err
}

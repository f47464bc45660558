package store

import (
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutMeasurement adds a measurement. The village stands in clear on the ordinary side alone, for growth figures are by village.
func (w *Writer) PutMeasurement(m casework.Measurement, entry func(value [32]byte) [16]byte) error {
	w.marks.beyond = true // a child grows once, in whichever case it is measured
	f3, err := w.sealJSON(measurementCell(m.ID, m.Person), m.Content)
	if err != nil {
		return err
	}
	var village any
	if m.Village != "" {
		village = m.Village
	}
	_, err = w.exec(`INSERT INTO measurements (person_place, person, id, case_id, unit, account, health_worker, day, desa, recorded, corrects, entry, f3)
		VALUES (`+placeOfPerson+`, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		m.Person, m.ID, m.Case, m.Unit, m.Account, m.HealthWorker, m.Day, village, w.Now(), orNull(m.Corrects[:]), entry(digest(f3)), f3)
	if isUnique(err) {
		return errIDTaken
	}
	if err != nil {
		return fmt.Errorf("put a measurement: %w", err)
	}
	return nil
}

func measurementCell(id casework.ID, person casework.PersonID) Cell {
	return Cell{Table: "measurements", Column: "f3", Row: id[:], Owner: Owner(person)}
}

// Measurements of a child in its register, newest day first: a chart shows all of the child's cases. Served by
// the primary key.
func (t *tx) Measurements(person casework.PersonID) ([]casework.Measurement, error) {
	return list(t, func(r row) (m casework.Measurement, err error) {
		var f3 []byte
		m.Person = person
		if err := r.scan(m.ID[:], m.Case[:], m.Unit[:], m.Account[:], &m.HealthWorker, &m.Day, &m.Village, &m.Recorded, m.Corrects[:], &f3); err != nil {
			return m, err
		}
		return m, t.openJSON(measurementCell(m.ID, person), f3, &m.Content)
	}, `SELECT id, case_id, unit, account, health_worker, day, desa, recorded, corrects, f3 FROM measurements
		WHERE `+ofPerson+` ORDER BY day DESC, recorded DESC`, person)
}

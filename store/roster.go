package store

import (
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// GrowthCases are the open cases of the growth group of some units of one register, each with what Decide must know: a superset of
// a posyandu's list. Served by cases_unit.
func (t *tx) GrowthCases(c Caller, units []casework.UnitID, now time.Time) ([]CaseFile, error) {
	var files []CaseFile
	for _, unit := range units {
		rows, err := list(t, scanCase, "SELECT "+caseColumns+` FROM cases c
			WHERE c.unit = $1 AND c.closed IS NULL AND c.type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'GROWTH_MONITORING')`, unit)
		if err != nil {
			return nil, fmt.Errorf("list the children of a post: %w", err)
		}
		for _, k := range rows {
			file, err := t.fileOf(k, c, now)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	return files, nil
}

// trendDays is how far back the trend of a weighing looks: two steps of at most 45 days each (design: growth).
const trendDays = 2 * 45

// RecentMeasurements of a child are the newest first down to what the trend of the last weighing needs: all of its last 90 days, and
// one weighing before. The rest is not even read: a list of sixty children would open a thousand columns. Of tells which of the child's
// cases may be read. Served by the primary key.
func (t *tx) RecentMeasurements(person casework.PersonID, of func(casework.CaseID) (bool, error)) ([]casework.Measurement, error) {
	corrected, err := t.corrected(person)
	if err != nil {
		return nil, err
	}
	var recent []casework.Measurement
	for r := range t.rows(`SELECT id, case_id, unit, account, health_worker, day, desa, recorded, corrects, f3 FROM measurements
		WHERE `+ofPerson+` ORDER BY day DESC, recorded DESC`, person) {
		m := casework.Measurement{Person: person}
		var f3 []byte
		if err := r.scan(m.ID[:], m.Case[:], m.Unit[:], m.Account[:], &m.HealthWorker, &m.Day, &m.Village, &m.Recorded, m.Corrects[:], &f3); err != nil {
			return nil, fmt.Errorf("read measurements: %w", err)
		}
		if readable, err := of(m.Case); err != nil || !readable || corrected[m.ID] {
			if err != nil {
				return nil, err
			}
			continue
		}
		if err := t.openJSON(measurementCell(m.ID, person), f3, &m.Content); err != nil {
			return nil, err
		}
		recent = append(recent, m)
		if last := casework.LastWeighing(recent); m.Content.WeightKG > 0 && recent[last].Day-m.Day > trendDays {
			break
		}
	}
	return recent, nil
}

// corrected are the measurements of a child that a later one puts right, on whatever day that was.
func (t *tx) corrected(person casework.PersonID) (map[casework.ID]bool, error) {
	var corrected map[casework.ID]bool
	for r := range t.rows("SELECT corrects FROM measurements WHERE "+ofPerson+" AND corrects IS NOT NULL", person) {
		var id casework.ID
		if err := r.scan(id[:]); err != nil {
			return nil, fmt.Errorf("read corrections: %w", err)
		}
		if corrected == nil {
			corrected = map[casework.ID]bool{}
		}
		corrected[id] = true
	}
	return corrected, nil
}

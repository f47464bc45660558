package store

import (
	"fmt"
	"slices"
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
// one weighing before. The rest stays sealed: a list of sixty children would open a thousand columns. Of tells which of the child's
// cases may be read.
func (t *tx) RecentMeasurements(person casework.PersonID, of func(casework.CaseID) bool) ([]casework.Measurement, error) {
	rows, err := t.sealedMeasurements(person)
	if err != nil {
		return nil, err
	}
	corrected := map[casework.ID]bool{}
	for _, r := range rows {
		corrected[r.Corrects] = true
	}
	var recent []casework.Measurement
	for _, r := range rows {
		if corrected[r.ID] || !of(r.Case) {
			continue
		}
		if err := t.openJSON(measurementCell(r.ID, person), r.f3, &r.Content); err != nil {
			return nil, err
		}
		recent = append(recent, r.Measurement)
		if last := casework.LastWeighing(recent); last >= 0 && r.Content.WeightKG > 0 && recent[last].Day-r.Day > trendDays {
			break
		}
	}
	return recent, nil
}

// sealedMeasurement is a measurement whose content nobody has opened yet.
type sealedMeasurement struct {
	casework.Measurement
	f3 []byte
}

// sealedMeasurements are a child's, newest day first. Served by measurements_person.
func (t *tx) sealedMeasurements(person casework.PersonID) ([]sealedMeasurement, error) {
	return list(t, func(r row) (m sealedMeasurement, err error) {
		m.Person = person
		err = r.scan(m.ID[:], m.Case[:], m.Unit[:], m.Account[:], &m.HealthWorker, &m.Day, &m.Village, &m.Recorded, m.Corrects[:], &m.f3)
		m.f3 = slices.Clone(m.f3) // opened after the last row was read
		return m, err
	}, `SELECT id, case_id, unit, account, health_worker, day, desa, recorded, corrects, f3 FROM measurements
		WHERE person = $1 ORDER BY day DESC, recorded DESC`, person)
}

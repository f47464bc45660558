package store

import (
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// A child that was watched since January and became a case in March is in the figures of March: who contributes follows the figures.
func TestAWatchedChildContributesWhereItIsCounted(t *testing.T) {
	january := time.Date(2026, 1, 10, 3, 0, 0, 0, time.UTC)
	s := emptyStore(t, func() time.Time { return january.AddDate(0, 6, 0) })
	register, child, id := casework.UnitID{1}, casework.PersonID{2}, casework.CaseID{3}
	write(t, s, func(w *Writer) error {
		_, err := w.exec(`INSERT INTO persons (id, register, unit, side, sex, kecamatan, created, revision, entry, f2, place)
			VALUES ($1, $2, $2, 'ORDINARY', 'MALE', '32.01.01', $3, 1, $4, $4, 1)`, child, register, january, []byte{1})
		if err != nil {
			return err
		}
		_, err = w.exec(`INSERT INTO cases (id, number, register, unit, type, level, status, state, subject, kecamatan, channel, risk, opened, became, lock,
				revision, entry, f3, person_place)
			VALUES ($1, 'K-1', $2, $2, 'CHILD_STUNTING', 'L1', 'REPORTED', 'OPEN', $3, '32.01.01', 'GROWTH_SESSION', '', $4, $5, 1, 1, $6, $6, 1)`,
			id, register, child, january, january.AddDate(0, 2, 0), []byte{1})
		return err
	})
	for month, want := range map[int]int{0: 0, 1: 0, 2: 1, 3: 0} {
		c := Contribution{
			Kind: ContributesNewNutrition, Side: "ORDINARY",
			From: january.AddDate(0, month, -9), Until: january.AddDate(0, month+1, -9),
		}
		registers, err := Read(t.Context(), s, func(r *Reader) ([]casework.UnitID, error) { return r.ContributingRegisters(c) })
		if err != nil || len(registers) != want {
			t.Errorf("month %d: %v %v, want %d", month+1, registers, err, want)
		}
		cases, err := Read(t.Context(), s, func(r *Reader) ([]casework.CaseID, error) { return r.ContributedCases(c, register, 10) })
		if err != nil || len(cases) != want {
			t.Errorf("month %d: %v %v, want %d", month+1, cases, err, want)
		}
	}
}

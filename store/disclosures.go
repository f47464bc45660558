package store

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutDisclosure stores a basis on which other units may read.
func (w *Writer) PutDisclosure(d casework.Disclosure, subject casework.PersonID, entry [16]byte) error {
	f3, err := w.sealJSON(Cell{"disclosures", "f3", d.ID[:], Owner(subject)}, d.Content)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO disclosures (id, case_id, kind, unit, from_time, until_time, scope, named, entry, f3)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		d.ID, d.Case, d.Kind, d.From, d.Given, d.Expires, int64(d.Scope), int64(d.Named), entry, f3)
	if err != nil {
		return fmt.Errorf("put a disclosure: %w", err)
	}
	for _, unit := range d.To {
		if _, err := w.exec("INSERT INTO disclosure_units (disclosure, unit) VALUES ($1, $2)", d.ID, unit); err != nil {
			return fmt.Errorf("put a disclosure's unit: %w", err)
		}
	}
	return nil
}

// ConsentFor finds a consent in force on a case that names a receiver; ok is false if there is none. Served by disclosures_case.
func (t *tx) ConsentFor(k casework.CaseID, unit casework.UnitID, now time.Time) (d casework.Disclosure, ok bool, err error) {
	d.Case = k
	err = t.row(`SELECT d.id, d.kind, d.from_time, d.until_time, d.scope, d.named FROM disclosures d
		JOIN disclosure_units u ON u.disclosure = d.id AND u.unit = $2
		WHERE d.case_id = $1 AND d.kind = 'CONSENT' AND d.withdrawn IS NULL AND d.from_time <= $3 AND d.until_time > $3
		ORDER BY d.until_time DESC LIMIT 1`, k, unit, now).
		scan(d.ID[:], &d.Kind, &d.Given, &d.Expires, &d.Scope, &d.Named)
	if errors.Is(err, errNoRows) {
		return d, false, nil
	}
	return d, err == nil, err
}

// disclosure reads what of a basis stands in clear.
func (t *tx) disclosure(id casework.DisclosureID) (d casework.Disclosure, err error) {
	d.ID = id
	err = t.row("SELECT case_id, kind, from_time, until_time, withdrawn, scope, named FROM disclosures WHERE id = $1", id).
		scan(d.Case[:], &d.Kind, &d.Given, &d.Expires, &d.Withdrawn, &d.Scope, &d.Named)
	if err != nil {
		return d, fmt.Errorf("read a disclosure: %w", err)
	}
	return d, nil
}

// BasisNaming finds a basis in force on a case that names a receiver: first a preferred one, then a consent or care; ok is false if
// there is none. An exception is decided for the leg that it was made for, and carries no other by itself. Served by disclosures_case.
func (t *tx) BasisNaming(k casework.CaseID, unit casework.UnitID, preferred casework.DisclosureID, now time.Time) (d casework.Disclosure, ok bool, err error) {
	found, err := list(t, func(r row) (d casework.Disclosure, err error) {
		d.Case = k
		return d, r.scan(d.ID[:], &d.Kind, &d.Given, &d.Expires, &d.Scope, &d.Named)
	}, `SELECT d.id, d.kind, d.from_time, d.until_time, d.scope, d.named FROM disclosures d
		JOIN disclosure_units u ON u.disclosure = d.id AND u.unit = $2
		WHERE d.case_id = $1 AND d.withdrawn IS NULL AND d.from_time <= $3 AND (d.until_time IS NULL OR d.until_time > $3)
			AND (d.kind IN ('CONSENT', 'CARE') OR d.id = $4)
		ORDER BY d.until_time DESC, d.id`, k, unit, now, preferred)
	if err != nil || len(found) == 0 {
		return d, false, err
	}
	if i := slices.IndexFunc(found, func(d casework.Disclosure) bool { return d.ID == preferred }); i >= 0 {
		return found[i], true, nil
	}
	return found[0], true, nil
}

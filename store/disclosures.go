package store

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutDisclosure stores a basis on which other units may read.
func (w *Writer) PutDisclosure(d casework.Disclosure, subject casework.PersonID, entry [16]byte) error {
	f3, err := w.sealJSON(disclosureCell(d.ID, subject), d.Content)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO disclosures (case_id, id, kind, unit, account, from_time, until_time, services, receivers, replaces, scope, named,
			entry, f3, place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, `+placeOf+")",
		d.Case, d.ID, d.Kind, d.From, orNull(d.By[:]), d.Given, d.Expires, joinServices(d.Services), joinUnits(d.To), orNull(d.Replaces[:]),
		int64(d.Scope), int64(d.Named), entry, f3)
	if err != nil {
		return fmt.Errorf("put a disclosure: %w", err)
	}
	return nil
}

// joinUnits writes ids one after the other, lowest first.
func joinUnits(units []casework.UnitID) []byte {
	var all []byte
	for _, id := range slices.SortedFunc(slices.Values(units), func(a, b casework.UnitID) int { return bytes.Compare(a[:], b[:]) }) {
		all = append(all, id[:]...)
	}
	return all
}

func splitUnits(all []byte) (units []casework.UnitID, err error) {
	const size = len(casework.UnitID{})
	if len(all)%size != 0 {
		return nil, fmt.Errorf("a list of units has %d bytes", len(all))
	}
	for id := range slices.Chunk(all, size) {
		units = append(units, casework.UnitID(id))
	}
	return units, nil
}

func disclosureCell(id casework.DisclosureID, subject casework.PersonID) Cell {
	return Cell{"disclosures", "f3", id[:], Owner(subject)}
}

// LockDisclosure locks the case of a basis, by the basis's name.
func (w *Writer) LockDisclosure(id casework.DisclosureID) error {
	return w.markRow(w.row("UPDATE cases SET lock = lock + 1 WHERE id = (SELECT case_id FROM disclosures WHERE id = $1) RETURNING register, id", id))
}

// disclosure reads what of a basis the facts of a leg need.
func (t *tx) disclosure(id casework.DisclosureID) (d casework.Disclosure, err error) {
	d.ID = id
	err = t.row("SELECT case_id, kind, from_time, until_time, withdrawn, scope, named FROM disclosures WHERE id = $1", id).
		scan(d.Case[:], &d.Kind, &d.Given, &d.Expires, &d.Withdrawn, &d.Scope, &d.Named)
	if err != nil {
		return d, fmt.Errorf("read a disclosure: %w", err)
	}
	return d, nil
}

// CaseOfDisclosure finds the case of a basis; ok is false if there is no such basis.
func (t *tx) CaseOfDisclosure(id casework.DisclosureID) (k casework.CaseID, ok bool, err error) {
	err = t.row("SELECT case_id FROM disclosures WHERE id = $1", id).scan(k[:])
	if errors.Is(err, errNoRows) {
		return k, false, nil
	}
	return k, err == nil, err
}

// Disclosures are all bases of a case, newest first, with what stands sealed. Served by disclosures_case.
func (t *tx) Disclosures(k casework.Case) ([]casework.Disclosure, error) {
	all, err := list(t, func(r row) (d casework.Disclosure, err error) {
		var services string
		var receivers, f3 []byte
		d.Case = k.ID
		err = r.scan(d.ID[:], &d.Kind, d.From[:], d.By[:], &d.Given, &d.Expires, &d.Withdrawn, &services, &receivers, d.Replaces[:], &d.Scope, &d.Named, &f3)
		if err != nil {
			return d, err
		}
		d.Services = splitServices(services)
		if d.To, err = splitUnits(receivers); err != nil {
			return d, err
		}
		return d, t.openJSON(disclosureCell(d.ID, k.Subject), f3, &d.Content)
	}, `SELECT id, kind, unit, account, from_time, until_time, withdrawn, services, receivers, replaces, scope, named, f3 FROM disclosures
		WHERE `+inCase+" ORDER BY from_time DESC, id", k.ID)
	if err != nil {
		return nil, fmt.Errorf("read the bases of a case: %w", err)
	}
	return all, nil
}

// WithdrawDisclosure takes a basis back, at once and for good.
func (w *Writer) WithdrawDisclosure(id casework.DisclosureID, entry [16]byte) error {
	_, err := w.exec("UPDATE disclosures SET withdrawn = $2, entry = $3 WHERE id = $1 AND withdrawn IS NULL", id, w.Now(), entry)
	return err
}

// ExpireDisclosure ends a basis now as its time would: its legs stay open, and its receivers read no more than their own legs.
func (w *Writer) ExpireDisclosure(id casework.DisclosureID, entry [16]byte) error {
	now := w.Now()
	_, err := w.exec(`UPDATE disclosures SET until_time = $2, end_noted = $2, entry = $3
		WHERE id = $1 AND withdrawn IS NULL AND (until_time IS NULL OR until_time > $4)`, id, now, entry, now)
	return err
}

// OpenReferrals are the legs of a case that are not final. Served by legs_case.
func (t *tx) OpenReferrals(k casework.CaseID) ([]casework.Referral, error) {
	return list(t, scanLeg, "SELECT "+legColumns+" FROM legs l WHERE l."+inCase+" AND l.ended IS NULL ORDER BY l.sent, l.id", k)
}

// LegsOn are the legs to a caller's unit, or to one that it stands in for, that stand or stood on a basis.
func (t *tx) LegsOn(k casework.CaseID, basis casework.DisclosureID, c Caller) ([]casework.LegID, error) {
	units, err := t.servedUnits(c)
	if err != nil {
		return nil, err
	}
	var mine []casework.LegID
	for r := range t.rows("SELECT id, receiver FROM legs WHERE "+inCase+" AND disclosure = $2 ORDER BY sent, id", k, basis) {
		var id casework.LegID
		var receiver casework.UnitID
		if err := r.scan(id[:], receiver[:]); err != nil {
			return nil, fmt.Errorf("read the legs on a basis: %w", err)
		}
		if slices.Contains(units, receiver) {
			mine = append(mine, id)
		}
	}
	return mine, nil
}

// MoveLeg puts an open leg on another basis. What stands sealed in it is as it was.
func (w *Writer) MoveLeg(id casework.LegID, basis casework.DisclosureID, entry func(value [32]byte) [16]byte) error {
	value, err := w.digestOf("legs", id)
	if err != nil {
		return err
	}
	_, err = w.exec("UPDATE legs SET disclosure = $2, revision = revision + 1, entry = $3 WHERE id = $1 AND ended IS NULL", id, basis, entry(value))
	return err
}

// RefuseCare notes on a case that its client refuses the chain of health care.
func (w *Writer) RefuseCare(id casework.CaseID, entry func(value [32]byte) [16]byte) error {
	value, err := w.digestOf("cases", id)
	if err != nil {
		return err
	}
	_, err = w.exec("UPDATE cases SET care_refused = 1, revision = revision + 1, entry = $2 WHERE id = $1", id, entry(value))
	return err
}

// digestOf is the digest of what stands sealed in a row, for the entry of a change that does not touch it.
func (t *tx) digestOf(table string, id [16]byte) ([32]byte, error) {
	var first, second []byte
	err := t.row("SELECT "+digestColumns[table]+" FROM "+table+" t WHERE t.id = $1", id).scan(&first, &second)
	if err != nil {
		return [32]byte{}, fmt.Errorf("read what is sealed in a row of %s: %w", table, err)
	}
	return digest(first, second), nil
}

// Ending is a basis whose end comes near.
type Ending struct {
	casework.Disclosure
	Reminded int // days before the end of the last reminder; 0: none
}

// Endings are the bases with open legs whose end is to be told now (casework.Disclosure.ReminderDue), soonest first. Served by
// disclosures_until and legs_case.
func (t *tx) Endings(now time.Time, limit int) ([]Due, error) {
	const day = 24 * time.Hour
	return list(t, scanDue, `SELECT d.id, d.case_id FROM disclosures d
		WHERE d.withdrawn IS NULL AND d.end_noted IS NULL AND d.until_time > $1 AND d.until_time <= $2
			AND (d.reminded IS NULL AND d.until_time - $3 > d.from_time
				OR (d.reminded IS NULL OR d.reminded > 3) AND d.until_time <= $4 AND d.until_time - $5 > d.from_time)
			AND EXISTS (SELECT 1 FROM legs l WHERE l.place = d.place AND l.ended IS NULL AND l.disclosure = d.id)
		ORDER BY d.until_time LIMIT $6`,
		now, now.Add(14*day), (14 * day).Microseconds(), now.Add(3*day), (3 * day).Microseconds(), limit)
}

// EndingOf reads one of them again; ok is false if no open leg stands on it any more.
func (t *tx) EndingOf(id casework.DisclosureID) (e Ending, ok bool, err error) {
	err = t.row(`SELECT d.id, d.case_id, d.kind, d.from_time, d.until_time, d.withdrawn, COALESCE(d.reminded, 0) FROM disclosures d
		WHERE d.id = $1 AND EXISTS (SELECT 1 FROM legs l WHERE l.place = d.place AND l.ended IS NULL AND l.disclosure = d.id)`, id).
		scan(e.ID[:], e.Case[:], &e.Kind, &e.Given, &e.Expires, &e.Withdrawn, &e.Reminded)
	if errors.Is(err, errNoRows) {
		return e, false, nil
	}
	return e, err == nil, err
}

// Reminded notes that the end of a basis was told.
func (w *Writer) Reminded(id casework.DisclosureID, days int, entry [16]byte) error {
	_, err := w.exec("UPDATE disclosures SET reminded = $2, entry = $3 WHERE id = $1", id, days, entry)
	return err
}

// EndRenewal ends the duty to renew a basis on which no open leg stands any more.
func (w *Writer) EndRenewal(l casework.Referral) error {
	_, err := w.exec("UPDATE duties SET ended = $3 WHERE "+owedIn+` AND object = $2 AND duty = 'RENEW_CONSENT' AND ended IS NULL
		AND NOT EXISTS (SELECT 1 FROM legs l WHERE l.`+inCase+" AND l.ended IS NULL AND l.disclosure = $4)",
		l.Case, l.Disclosure, w.Now(), l.Disclosure)
	return err
}

package store

import (
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutIncident stores an incident with its pairs, all F4 under the victim's key, the alleged perpetrators' details included.
func (w *Writer) PutIncident(i casework.Incident, k casework.Case, entry func(value [32]byte) [16]byte) error {
	f4, err := w.sealJSON(Cell{"incidents", "f4", i.ID[:], Owner(k.Subject)}, i)
	if err != nil {
		return err
	}
	id := entry(digest(f4))
	if _, err := w.exec("INSERT INTO incidents (id, case_id, recorded, entry, f4) VALUES ($1, $2, $3, $4, $5)", i.ID, k.ID, w.Now(), id, f4); err != nil {
		return fmt.Errorf("put an incident: %w", err)
	}
	for _, p := range i.Pairs {
		if err := w.putPair(p, i.ID, k, id); err != nil {
			return fmt.Errorf("put a pair: %w", err)
		}
	}
	return nil
}

func (w *Writer) putPair(p casework.Pair, incident casework.ID, k casework.Case, entry [16]byte) error {
	f4, err := w.sealJSON(Cell{"pairs", "f4", p.ID[:], Owner(k.Subject)}, p)
	if err != nil {
		return err
	}
	_, err = w.exec("INSERT INTO pairs (id, incident, case_id, entry, f4) VALUES ($1, $2, $3, $4, $5)", p.ID, incident, k.ID, entry, f4)
	return err
}

// Incidents of a case, the index incident first.
func (t *tx) Incidents(k casework.Case) ([]casework.Incident, error) {
	var incidents []casework.Incident
	for r := range t.rows("SELECT id, f4 FROM incidents WHERE case_id = $1 ORDER BY recorded, id", k.ID) {
		var i casework.Incident
		var f4 []byte
		if err := r.scan(i.ID[:], &f4); err != nil {
			return nil, err
		}
		if err := t.openJSON(Cell{"incidents", "f4", i.ID[:], Owner(k.Subject)}, f4, &i); err != nil {
			return nil, err
		}
		var err error
		if i.Pairs, err = t.pairs(i.ID, k); err != nil {
			return nil, err
		}
		incidents = append(incidents, i)
	}
	return incidents, nil
}

func (t *tx) pairs(incident casework.ID, k casework.Case) ([]casework.Pair, error) {
	return list(t, func(r row) (p casework.Pair, err error) {
		var f4 []byte
		if err := r.scan(p.ID[:], &f4); err != nil {
			return p, err
		}
		return p, t.openJSON(Cell{"pairs", "f4", p.ID[:], Owner(k.Subject)}, f4, &p)
	}, "SELECT id, f4 FROM pairs WHERE incident = $1 ORDER BY id", incident)
}

package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Hold keeps a case from erasure by a written order.
type Hold struct {
	ID    casework.ID     `json:"-"`
	Case  casework.CaseID `json:"-"`
	From  time.Time       `json:"-"`
	Until time.Time       `json:"-"` // zero: still

	// Sealed under the subject's key.
	Order  string `json:"order"`
	Lifted string `json:"lifted,omitempty"` // the order that lifted it
}

// PutHold stores a hold.
func (w *Writer) PutHold(h Hold, k casework.Case, entry [16]byte) error {
	f4, err := w.sealJSON(holdCell(h.ID, k), h)
	if err != nil {
		return err
	}
	_, err = w.exec("INSERT INTO holds (id, case_id, from_time, entry, f4) VALUES ($1, $2, $3, $4, $5)", h.ID, k.ID, w.Now(), entry, f4)
	if err != nil {
		return fmt.Errorf("put a hold: %w", err)
	}
	return nil
}

// LiftHold ends a hold.
func (w *Writer) LiftHold(h Hold, k casework.Case, entry [16]byte) error {
	f4, err := w.sealJSON(holdCell(h.ID, k), h)
	if err != nil {
		return err
	}
	_, err = w.exec("UPDATE holds SET until_time = $2, entry = $3, f4 = $4 WHERE id = $1 AND until_time IS NULL", h.ID, w.Now(), entry, f4)
	return err
}

// HoldOf is the hold on a case now; ok is false if there is none. Served by holds_case.
func (t *tx) HoldOf(k casework.Case) (h Hold, ok bool, err error) {
	var f4 []byte
	err = t.row("SELECT id, case_id, from_time, f4 FROM holds WHERE case_id = $1 AND until_time IS NULL", k.ID).scan(h.ID[:], h.Case[:], &h.From, &f4)
	if errors.Is(err, errNoRows) {
		return h, false, nil
	}
	if err != nil {
		return h, false, fmt.Errorf("read a hold: %w", err)
	}
	return h, true, t.openJSON(holdCell(h.ID, k), f4, &h)
}

func holdCell(id casework.ID, k casework.Case) Cell {
	return Cell{"holds", "f4", id[:], Owner(k.Subject)}
}

package store

import (
	"errors"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Answered is what a request was answered, as kept in the transaction of its effect.
type Answered struct {
	Method string
	Mark   [32]byte // HMAC of the request's body: a plain hash of a NIK falls in seconds
	Owner  Owner    // whose key seals the answer, so that an erasure takes it too
	Case   casework.CaseID
	Leg    casework.LegID // zero unless the answer is of one leg
	Mask   uint32         // what the answer shows, as class bits
	Answer []byte         // the message, as it left
}

// Answered finds what this account was answered to a request id; ok is false if it is new.
func (t *tx) Answered(account casework.AccountID, request [16]byte) (a Answered, ok bool, err error) {
	var sealed []byte
	err = t.row("SELECT method, mac, owner, case_id, leg, mask, answer FROM requests WHERE account = $1 AND id = $2", account, request).
		scan(&a.Method, a.Mark[:], a.Owner[:], a.Case[:], a.Leg[:], &a.Mask, &sealed)
	if errors.Is(err, errNoRows) {
		return Answered{}, false, nil
	}
	if err != nil {
		return Answered{}, false, fmt.Errorf("read a stored answer: %w", err)
	}
	a.Answer, err = t.Open(requestCell(a.Owner, account, request), sealed)
	return a, err == nil, err
}

// PutAnswer keeps the answer to a request beside its effect.
func (w *Writer) PutAnswer(account casework.AccountID, request [16]byte, a Answered) error {
	sealed, err := w.Seal(requestCell(a.Owner, account, request), a.Answer)
	if err != nil {
		return fmt.Errorf("seal an answer: %w", err)
	}
	_, err = w.exec(`INSERT INTO requests (account, id, method, mac, owner, case_id, leg, mask, answer, time)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		account, request, a.Method, a.Mark[:], a.Owner[:], orNull(a.Case[:]), orNull(a.Leg[:]), int64(a.Mask), sealed, w.Now())
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}

func requestCell(owner Owner, account casework.AccountID, request [16]byte) Cell {
	row := append(append(make([]byte, 0, 32), account[:]...), request[:]...)
	return Cell{Table: "requests", Column: "answer", Row: row, Owner: owner}
}

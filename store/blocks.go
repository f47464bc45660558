package store

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Bar keeps the account of a NIK from a case, now and whenever one is made: an alleged perpetrator's, at L2 and L3 the subject's
// too. Whoever records the NIK is shown nothing of it.
func (w *Writer) Bar(nik string, k casework.CaseID, entry [16]byte) error {
	about, err := w.CaseOnly(k)
	if err != nil {
		return err
	}
	if err := w.putBarred(nik, about, entry); err != nil {
		return err
	}
	account, ok, err := w.accountByNIK(nik)
	if err != nil || !ok {
		return err
	}
	return w.block(k, account, entry)
}

// BlockBarred blocks a new account from every case that bars its NIK, in every register, on both sides.
func (w *Writer) BlockBarred(nik string, account casework.AccountID, entry [16]byte) error {
	for _, tag := range w.s.staffTags(nik) {
		cases, err := list(&w.tx, func(r row) (id casework.CaseID, err error) { return id, r.scan(id[:]) },
			"SELECT case_id FROM barred WHERE nik_tag = $1", tag.tag)
		if err != nil {
			return fmt.Errorf("read what bars a NIK: %w", err)
		}
		for _, k := range cases {
			if err := w.block(k, account, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// putBarred stores what bars a NIK, with the NIK itself sealed beside its tag.
func (w *Writer) putBarred(nik string, k casework.Case, entry [16]byte) error {
	tag := w.s.staffTags(nik)[0].tag
	f4, err := w.Seal(barredCell(tag, k), []byte(nik))
	if err == nil {
		_, err = w.exec("INSERT INTO barred (nik_tag, case_id, entry, f4) VALUES ($1, $2, $3, $4) ON CONFLICT (nik_tag, case_id) DO NOTHING",
			tag, k.ID, entry, f4)
	}
	if err != nil {
		return fmt.Errorf("bar a NIK: %w", err)
	}
	return nil
}

func barredCell(tag [16]byte, k casework.Case) Cell {
	return Cell{"barred", "f4", append(tag[:], k.ID[:]...), Owner(k.Subject)}
}

// block keeps an account from a case: it sees nothing of it, whatever else holds. What it owed there passes to another in silence.
func (w *Writer) block(k casework.CaseID, account casework.AccountID, entry [16]byte) error {
	id := uuid.NewSHA1(uuid.UUID(k), account[:]) // one block an account and case, however often he is named
	_, err := w.exec(`INSERT INTO blocks (id, case_id, account, automatic, from_time, entry) VALUES ($1, $2, $3, 1, $4, $5)
		ON CONFLICT (id) DO UPDATE SET until_time = NULL`, id, k, account, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("block an account: %w", err)
	}
	about, err := w.CaseOnly(k)
	if err != nil {
		return err
	}
	return w.replace(about, account, entry)
}

// replace hands over what a blocked account owed on a case, to another officer or to whoever follows. A leg's duty stays its unit's.
func (w *Writer) replace(k casework.Case, blocked casework.AccountID, entry [16]byte) error {
	next, err := w.Follow(k, entry)
	if err != nil {
		return err
	}
	if err := w.HandOver(k.ID, blocked, next); err != nil {
		return err
	}
	_, err = w.exec("UPDATE duties SET officer = NULL WHERE case_id = $1 AND officer = $2 AND kind = 'LEG' AND ended IS NULL", k.ID, blocked)
	return err
}

// staffTags mark the NIK of a staff member, or of a person recorded on a case, so that the two can be compared without either.
func (s *Store) staffTags(nik string) []MatchTag { return s.indexTags("staff", []byte(nik)) }

// accountByNIK finds the account of a staff member by NIK.
func (t *tx) accountByNIK(nik string) (id casework.AccountID, ok bool, err error) {
	for _, tag := range t.s.staffTags(nik) {
		err = t.row("SELECT id FROM accounts WHERE nik_tag = $1", tag.tag).scan(id[:])
		if !errors.Is(err, errNoRows) {
			return id, err == nil, err
		}
	}
	return id, false, nil
}

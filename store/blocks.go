package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

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

// BlockBarred blocks an account from every case that bars its NIK, in every register, on both sides.
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
	_, err = w.passOn(about, entry)
	return err
}

// passOn hands over what those owed who are blocked from a case, to another officer or to whoever follows; found is false if there is
// nobody. A leg's duty stays its unit's.
func (w *Writer) passOn(k casework.Case, entry [16]byte) (found bool, err error) {
	next, err := w.Follow(k, entry)
	if err != nil {
		return false, err
	}
	blocked, err := w.blocked(k.ID)
	if err != nil {
		return false, err
	}
	owing, err := list(&w.tx, scanDuty, "SELECT "+dutyColumns+" FROM duties u WHERE u."+inCase+" AND u.officer IS NOT NULL AND u.ended IS NULL", k.ID)
	if err != nil {
		return false, fmt.Errorf("read who owes on a case: %w", err)
	}
	for _, d := range owing {
		kept := blocked[d.Officer] || blocked[d.Unit]
		switch {
		case !kept:
		case d.Kind == casework.OnLeg:
			_, err = w.exec("UPDATE duties SET officer = NULL WHERE id = $1", d.ID)
		default:
			err = w.HandOver(k.ID, d.Officer, next)
		}
		if err != nil {
			return false, err
		}
	}
	if unit, _ := w.s.Directory().Unit(k.Unit); blocked[k.Unit] && !blocked[unit.Parent] {
		_, err = w.exec("UPDATE duties SET unit = $3 WHERE "+inCase+" AND unit = $2 AND kind <> 'LEG' AND ended IS NULL", k.ID, k.Unit, unit.Parent)
	}
	if err != nil {
		return false, err
	}
	return next != casework.AccountID{}, w.placeLegs(k.ID)
}

// placeLegs lets each open leg of a case be owed where somebody may know of it: at its unit, or at the parent in whose register every
// worker of the unit is kept from the case. Served by legs_case.
func (w *Writer) placeLegs(k casework.CaseID) error {
	if err := w.markCase(k); err != nil {
		return err // who is kept from it counts it no longer
	}
	type placed struct {
		duty casework.ID
		unit casework.UnitID // that owes it now
		at   [2]casework.UnitID
	}
	legs, err := list(&w.tx, func(r row) (p placed, err error) {
		return p, r.scan(p.duty[:], p.unit[:], p.at[0][:], p.at[1][:])
	}, "SELECT u.id, u.unit, l.receiver, l.sender FROM legs l JOIN duties u ON u.place = l.place AND u.object = l.id AND u.ended IS NULL WHERE l."+inCase, k)
	if err != nil {
		return fmt.Errorf("read what is owed on the legs of a case: %w", err)
	}
	for _, p := range legs {
		for _, id := range p.at {
			unit, _ := w.s.Directory().Unit(id)
			if p.unit != id && (p.unit != unit.Parent || unit.Register != unit.Parent) {
				continue // the other side owes it
			}
			owes, err := w.AccountableOn(unit, k)
			if err == nil && owes != p.unit {
				_, err = w.exec("UPDATE duties SET unit = $2 WHERE id = $1", p.duty, owes)
			}
			if err != nil {
				return fmt.Errorf("place the duty of a leg: %w", err)
			}
			break
		}
	}
	return nil
}

// HasAccount tells whether there is an account of an id.
func (t *tx) HasAccount(id casework.AccountID) (has bool, err error) {
	return has, t.row("SELECT EXISTS (SELECT 1 FROM accounts WHERE id = $1)", id).scan(&has)
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

// Block keeps an account or a unit from a case. Those that the server adds by itself follow from what is recorded and are shown to nobody.
type Block struct {
	ID        casework.ID
	Case      casework.CaseID
	Account   casework.AccountID // one of the two
	Unit      casework.UnitID
	Automatic bool
	From      time.Time
	Until     time.Time
	By        casework.AccountID
	Reason    string // sealed under the subject's key
}

// PutBlock stores a block that a person has added. What the blocked owed on the case passes to others in silence; able is false if
// nobody would be left whose case it is.
func (w *Writer) PutBlock(b Block, k casework.Case, entry [16]byte) (able bool, err error) {
	sealed, err := w.Seal(blockCell(b.ID, k), []byte(b.Reason))
	if err != nil {
		return false, err
	}
	_, err = w.exec(`INSERT INTO blocks (id, case_id, account, unit, automatic, from_time, entry, f4, added_by) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8)`,
		b.ID, k.ID, orNull(b.Account[:]), orNull(b.Unit[:]), w.Now(), entry, sealed, b.By)
	if err != nil {
		return false, fmt.Errorf("put a block: %w", err)
	}
	return w.passOn(k, entry)
}

// EndBlock ends a block that a person has added.
func (w *Writer) EndBlock(b Block, entry [16]byte) error {
	_, err := w.exec("UPDATE blocks SET until_time = $2, entry = $3 WHERE id = $1 AND until_time IS NULL AND automatic = 0", b.ID, w.Now(), entry)
	if err != nil {
		return fmt.Errorf("end a block: %w", err)
	}
	return w.placeLegs(b.Case)
}

// LockBlock locks the case of a block, by the block's name.
func (w *Writer) LockBlock(id casework.ID) error {
	return w.markRow(w.row("UPDATE cases SET lock = lock + 1 WHERE id = (SELECT case_id FROM blocks WHERE id = $1) RETURNING register, id", id))
}

func blockCell(id casework.ID, k casework.Case) Cell {
	return Cell{"blocks", "f4", id[:], Owner(k.Subject)}
}

const blockColumns = "b.id, b.case_id, b.account, b.unit, b.automatic, b.from_time, b.until_time, b.added_by"

func scanBlock(r row) (b Block, err error) {
	return b, r.scan(b.ID[:], b.Case[:], b.Account[:], b.Unit[:], &b.Automatic, &b.From, &b.Until, b.By[:])
}

// Block reads one that a person has added; ok is false if there is none. What the server has added by itself is found by nobody: its id
// follows from case and account, and who tries them out must not learn whom the case names.
func (t *tx) Block(id casework.ID) (b Block, ok bool, err error) {
	b, err = scanBlock(t.row("SELECT "+blockColumns+" FROM blocks b WHERE b.id = $1 AND b.automatic = 0", id))
	if errors.Is(err, errNoRows) {
		return b, false, nil
	}
	return b, err == nil, err
}

// BlockReason opens why somebody was blocked.
func (t *tx) BlockReason(b *Block, k casework.Case) error {
	var sealed []byte
	if err := t.row("SELECT f4 FROM blocks WHERE id = $1", b.ID).scan(&sealed); err != nil {
		return err
	}
	reason, err := t.Open(blockCell(b.ID, k), sealed)
	b.Reason = string(reason)
	return err
}

// Blocks are those that persons have added to a case and not removed, newest first. Served by blocks_case.
func (t *tx) Blocks(k casework.CaseID) ([]Block, error) {
	return list(t, scanBlock, "SELECT "+blockColumns+" FROM blocks b WHERE b.case_id = $1 AND b.automatic = 0 AND b.until_time IS NULL ORDER BY b.from_time DESC, b.id", k)
}

// JudgeBlocks makes the automatic blocks of a case what its record says now (design: access, Blocks): the accounts of its alleged
// perpetrators, at L2 and L3 also of the subject and of who lives in her household. What bars a NIK is kept as a tag for accounts that
// are still to come; a cause that is gone from the record takes its block along, unless another stands.
func (w *Writer) JudgeBlocks(id casework.CaseID, entry [16]byte) error {
	k, err := w.CaseOnly(id)
	if err != nil {
		return err
	}
	niks, err := w.barring(k)
	if err != nil {
		return err
	}
	wanted := map[[16]byte]bool{}
	for _, nik := range niks {
		for _, tag := range w.s.staffTags(nik) {
			wanted[tag.tag] = true
		}
	}
	had, err := list(&w.tx, func(r row) (tag [16]byte, err error) { return tag, r.scan(tag[:]) }, "SELECT nik_tag FROM barred WHERE case_id = $1", id)
	if err != nil {
		return fmt.Errorf("read what a case bars: %w", err)
	}
	for _, tag := range had {
		if wanted[tag] {
			continue
		}
		if _, err := w.exec("DELETE FROM barred WHERE nik_tag = $1 AND case_id = $2", tag, id); err != nil {
			return fmt.Errorf("lift a bar: %w", err)
		}
	}
	for _, nik := range niks {
		if err := w.Bar(nik, id, entry); err != nil {
			return err
		}
	}
	return w.endUncaused("b.case_id = $1", id, entry)
}

// endUncaused ends automatic blocks whose account has no NIK that the case bars. The NIK itself is compared, for while the index key
// changes one human being has two tags.
func (w *Writer) endUncaused(which string, of [16]byte, entry [16]byte) error {
	stand, err := list(&w.tx, scanBlock, "SELECT "+blockColumns+" FROM blocks b WHERE "+which+" AND b.automatic = 1 AND b.until_time IS NULL", of)
	if err != nil {
		return fmt.Errorf("read automatic blocks: %w", err)
	}
	for _, b := range stand {
		nik, err := w.staffNIK(b.Account)
		if err != nil {
			return err
		}
		barred, err := w.bars(b.Case, nik)
		if err != nil {
			return err
		}
		if barred || nik == "" { // whose NIK was taken away is not somebody else
			continue
		}
		if _, err := w.exec("UPDATE blocks SET until_time = $2, entry = $3 WHERE id = $1", b.ID, w.Now(), entry); err != nil {
			return fmt.Errorf("end a block without a cause: %w", err)
		}
		if err := w.placeLegs(b.Case); err != nil {
			return err
		}
	}
	return nil
}

// staffNIK opens the NIK of an account; empty if none is known.
func (t *tx) staffNIK(account casework.AccountID) (string, error) {
	var f2 []byte
	if err := t.row("SELECT f2 FROM accounts WHERE id = $1", account).scan(&f2); err != nil {
		return "", fmt.Errorf("read an account: %w", err)
	}
	plain, err := t.Open(Cell{"accounts", "f2", account[:], Owner(account)}, f2)
	if err != nil {
		return "", err
	}
	var content struct {
		NIK string `json:"nik"`
	}
	if err := json.Unmarshal(plain, &content); err != nil {
		return "", fmt.Errorf("an account does not read: %w", ErrSealed)
	}
	return content.NIK, nil
}

// bars tells whether a case bars a NIK.
func (t *tx) bars(k casework.CaseID, nik string) (bool, error) {
	if nik == "" {
		return false, nil
	}
	for _, tag := range t.s.staffTags(nik) {
		var barred bool
		err := t.row("SELECT EXISTS (SELECT 1 FROM barred WHERE nik_tag = $1 AND case_id = $2)", tag.tag, k).scan(&barred)
		if err != nil || barred {
			return barred, err
		}
	}
	return false, nil
}

// judgeAccount makes the automatic blocks of an account what its NIK says now, in every register, on both sides.
func (w *Writer) judgeAccount(a Account, entry [16]byte) error {
	if a.NIK != "" {
		if err := w.BlockBarred(a.NIK, a.ID, entry); err != nil {
			return err
		}
	}
	return w.endUncaused("b.account = $1", a.ID, entry)
}

// barring are the NIKs that a case bars.
func (w *Writer) barring(k casework.Case) ([]string, error) {
	subject, err := w.Person(k.Subject)
	if err != nil {
		return nil, err
	}
	var niks []string
	if k.Type.IsViolence() {
		incidents, err := w.Incidents(k)
		if err != nil {
			return nil, err
		}
		for _, i := range incidents {
			for _, accused := range casework.Accused(i.Pairs, subject.Identity) {
				more, err := w.niksOf(accused)
				if err != nil {
					return nil, err
				}
				niks = append(niks, more...)
			}
		}
	}
	if k.Level == casework.L1 {
		return niks, nil
	}
	niks = append(niks, subject.Identity.NIKs()...)
	return niks, w.eachHousemate(k.Subject, func(p casework.Person) error {
		niks = append(niks, p.Identity.NIKs()...)
		return nil
	})
}

// niksOf are the NIKs of somebody who is accused: the one that was stated, and those of the relative whom the register knows.
func (w *Writer) niksOf(accused casework.Somebody) (niks []string, err error) {
	if accused.NIK != "" {
		niks = append(niks, accused.NIK)
	}
	if accused.Person == (casework.PersonID{}) {
		return niks, nil
	}
	p, err := w.Person(accused.Person)
	if errors.Is(err, errNoRows) {
		return niks, nil // erased since
	}
	return append(niks, p.Identity.NIKs()...), err
}

// eachHousemate visits who lives with a person, or is to. A membership that has ended has no part in it from the day on which it does
// not hold any more. Served by household_members_person and household_members_household.
func (w *Writer) eachHousemate(person casework.PersonID, visit func(casework.Person) error) error {
	mates, err := list(&w.tx, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) },
		`SELECT DISTINCT o.person FROM household_members m JOIN household_members o ON o.household = m.household
		WHERE m.person = $1 AND o.person <> $1 AND (m.until_day IS NULL OR m.until_day > $2) AND (o.until_day IS NULL OR o.until_day > $2)
		ORDER BY o.person`, person, casework.DateOf(w.Now()))
	if err != nil {
		return fmt.Errorf("read who lives with a person: %w", err)
	}
	for _, id := range mates {
		p, err := w.Person(id)
		if err != nil {
			return err
		}
		if err := visit(p); err != nil {
			return err
		}
	}
	return nil
}

// JudgeBlocksOf makes the automatic blocks right of all cases that a change of a person, or of where she lives, touches: her own, those
// of whom she lives with, and those of others if given. Nobody is told.
func (w *Writer) JudgeBlocksOf(person casework.PersonID, entry [16]byte, others ...casework.PersonID) error {
	touched := append(others, person)
	err := w.eachHousemate(person, func(p casework.Person) error {
		touched = append(touched, p.ID)
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range touched {
		cases, err := list(&w.tx, func(r row) (k casework.CaseID, err error) { return k, r.scan(k[:]) },
			"SELECT id FROM cases WHERE "+ofPerson+" AND (level <> 'L1' OR index_incident IS NOT NULL) ORDER BY id", id) // by cases_subject
		if err != nil {
			return fmt.Errorf("list the cases that a change touches: %w", err)
		}
		for _, k := range cases {
			if err := w.JudgeBlocks(k, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

package store

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
)

// Cards are what persons are compared by: one for each record, sealed, of one size, under an id that joins it to nothing. All of them can
// be made anew from the records, which is how they come about: after a change of the linkage key, in data from elsewhere, and under newer
// rules of folding. Erasing a record deletes its card, its candidates, and it from the candidates of others.

// followedSetting is up to which number of the journal cards follow the records.
const followedSetting = "linkage followed"

// cardsMade are the words of linkageSetting once there is a card for each record; NormVersion, for cards of other rules do not open.
func cardsMade(mark string) string { return mark + " made " + strconv.Itoa(linkage.NormVersion) }

const (
	cardsAtOnce = 512  // cards made in one transaction: some 15 ms, in which callers wait
	wipeAtOnce  = 1000 // rows deleted in one
)

// LinkPerson is what a card is made from: a record with the names of its kin and the number of its family card. The address of a shelter
// and the safe contact have no place in it. A kin who has a record of her own is called as she is there.
func (t *tx) LinkPerson(id casework.PersonID) (l linkage.Person, p casework.Person, err error) {
	if p, err = t.Person(id); err != nil {
		return l, p, err
	}
	var recorded time.Time
	if err := t.row("SELECT created FROM persons WHERE id = $1", id).scan(&recorded); err != nil {
		return l, p, err
	}
	i := p.Identity
	l = linkage.Person{
		ID: id, Side: linkSides[p.Side], Recorded: linkage.Date(casework.DateOf(recorded)), Name: i.Name, Sex: linkSexes[p.Sex], Birth: linkBirth(i.BirthDate),
		NIK: first(i, casework.IDNIK), KK: first(i, casework.IDKK), MotherNIK: first(i, casework.IDMotherNIK),
		Kecamatan: p.Kecamatan, Village: i.Address.AreaCode, RW: i.Address.RW, RT: i.Address.RT,
	}
	if l.KK == "" {
		if l.KK, err = t.familyCardOf(id); err != nil {
			return l, p, err
		}
	}
	return l, p, t.linkKin(&l, i, casework.DateOf(recorded))
}

var (
	linkSides = map[casework.Side]linkage.Side{casework.Ordinary: linkage.Ordinary, casework.Protected: linkage.Protected}
	linkSexes = map[casework.Sex]linkage.Sex{casework.Male: linkage.Male, casework.Female: linkage.Female}
)

func first(i casework.PersonIdentity, kind casework.IdentifierType) string {
	for _, id := range i.Identifiers {
		if id.Type == kind {
			return id.Value
		}
	}
	return ""
}

func linkBirth(b casework.BirthDate) linkage.Birth {
	year, month, _ := b.First.Split()
	switch b.Precision {
	case casework.ToDay:
		return linkage.BornOn(linkage.Date(b.First))
	case casework.ToMonth:
		return linkage.Birth{First: linkage.Date(b.First), Last: linkage.DateOf(year+int(month)/12, int(month)%12+1, 1) - 1}
	case casework.ToYear:
		return linkage.BornInYear(year)
	}
	return linkage.Birth{}
}

// linkKin fills in who is related. A guardian who is called like a parent is that parent.
func (t *tx) linkKin(l *linkage.Person, i casework.PersonIdentity, recorded casework.Date) error {
	mother, err := t.kin(i.Mother)
	if err != nil {
		return err
	}
	l.Mother = mother.Name
	if l.MotherNIK == "" {
		l.MotherNIK = first(mother, casework.IDNIK)
	}
	if age, known := mother.BirthDate.AgeOn(recorded); known {
		l.MotherAge = age
	}
	for _, kin := range []struct {
		of   casework.Kin
		name *string
	}{{i.Father, &l.Father}, {i.Guardian, &l.Guardian}, {i.Husband, &l.Husband}} {
		other, err := t.kin(kin.of)
		if err != nil {
			return err
		}
		*kin.name = other.Name
	}
	switch l.Guardian {
	case "":
	case l.Mother:
		l.Relation = linkage.IsMother
	case l.Father:
		l.Relation = linkage.IsFather
	}
	return nil
}

// kin is a relative as her own record has her, or by the bare name.
func (t *tx) kin(k casework.Kin) (casework.PersonIdentity, error) {
	if k.Person != (casework.PersonID{}) {
		p, err := t.Person(k.Person)
		if err == nil {
			return p.Identity, nil
		}
		if !IsGone(err) {
			return casework.PersonIdentity{}, err
		}
	}
	return casework.PersonIdentity{Name: k.Name}, nil
}

// familyCardOf is the number of her household's card, where she lives now.
func (t *tx) familyCardOf(id casework.PersonID) (string, error) {
	today := casework.DateOf(t.s.Now())
	household, err := t.HouseholdOn(id, today)
	if err != nil || household == (casework.HouseholdID{}) {
		return "", err
	}
	cards, err := t.cards(household)
	if err != nil {
		return "", err
	}
	card, _ := casework.Household{Cards: cards}.CardOn(today)
	return card.Number, nil
}

// LinkCard opens the card of a record, encoded; ok is false if it has none, or one of older rules.
func (t *tx) LinkCard(id casework.PersonID) (encoded []byte, ok bool, err error) {
	return t.linkCardAt(t.s.keys.rowOf(t.s.keys.linkage.Load(), cardTable, id))
}

// linkCardAt opens the card of a row; ok is false if it was erased since it was seen.
func (t *tx) linkCardAt(row [16]byte) (encoded []byte, ok bool, err error) {
	var sealed []byte
	err = t.row("SELECT sealed FROM link_cards WHERE id = $1", row).scan(&sealed)
	if errors.Is(err, errNoRows) {
		return nil, false, nil
	}
	if err == nil {
		encoded, err = t.s.keys.linkage.Load().open(nil, cardTable, row, sealed)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read a card: %w", err)
	}
	return encoded, true, nil
}

// linkCardsAfter visits a page of cards in the order of their rows, and tells how many there were. The zero row begins.
func (r *Reader) linkCardsAfter(row [16]byte, visit func(row [16]byte, encoded []byte) error) (last [16]byte, n int, err error) {
	key := r.s.keys.linkage.Load()
	space := make([]byte, 0, linkage.CardSize)
	last = row
	for row := range r.rows("SELECT id, sealed FROM link_cards WHERE id > $1 ORDER BY id LIMIT $2", row, scanAtOnce) {
		var sealed []byte
		if err := row.scan(last[:], &sealed); err != nil {
			return last, n, fmt.Errorf("read cards: %w", err)
		}
		n++
		encoded, err := key.open(space, cardTable, last, sealed)
		if err == nil {
			err = visit(last, encoded)
		}
		if err != nil {
			return last, n, fmt.Errorf("read cards: %w", err)
		}
	}
	return last, n, nil
}

// PutLinkCard keeps the card of a record that is still there.
func (w *Writer) PutLinkCard(id casework.PersonID, encoded []byte) error {
	there, err := w.hasPerson(id)
	if err != nil || !there {
		return err
	}
	return w.putLinkage(cardTable, w.s.keys.rowOf(w.s.keys.linkage.Load(), cardTable, id), encoded)
}

// Asks is the highest level of the open cases of a record; empty if none is open. Served by cases_subject.
func (t *tx) Asks(id casework.PersonID) (level casework.Level, err error) {
	err = t.row("SELECT COALESCE(max(level), '') FROM cases WHERE "+ofPerson+" AND closed IS NULL", id).scan(&level)
	return level, err
}

// UpperSubjects are the records with an open case above L1, and whether all cards were compared with each. Served by cases_upper.
func (r *Reader) UpperSubjects() (compared map[casework.PersonID]bool, err error) {
	ids, err := list(&r.tx, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) },
		"SELECT DISTINCT subject FROM cases WHERE closed IS NULL AND level <> 'L1'")
	if err != nil {
		return nil, fmt.Errorf("list who asks: %w", err)
	}
	compared = make(map[casework.PersonID]bool, len(ids))
	for _, id := range ids {
		if _, compared[id], err = r.candidates(id); err != nil {
			return nil, err
		}
	}
	return compared, nil
}

// L1Subjects are the records of a register with an open case, none above L1. Served by cases_open.
func (t *tx) L1Subjects(register casework.UnitID) ([]casework.PersonID, error) {
	return list(t, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) },
		"SELECT subject FROM cases WHERE register = $1 AND closed IS NULL GROUP BY subject HAVING max(level) = 'L1'", register)
}

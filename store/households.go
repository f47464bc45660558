package store

import (
	"errors"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutHousehold stores a new household with a fresh key.
func (w *Writer) PutHousehold(h casework.Household, key Key, entry func(value [32]byte) [16]byte) error {
	if err := w.PutKey(key); isUnique(err) {
		return errIDTaken
	} else if err != nil {
		return err
	}
	f2, err := w.sealJSON(householdCell(h.ID), h.Content)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO households (id, register, unit, side, kecamatan, created, revision, entry, f2)
		VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)`,
		h.ID, h.Register, h.Unit, h.Side, h.Kecamatan, w.Now(), entry(digest(f2)), f2)
	if isUnique(err) {
		return errIDTaken
	}
	return err
}

// TouchHousehold gives a household another revision, for its members or its card have changed.
func (w *Writer) TouchHousehold(h casework.Household, entry func(value [32]byte) [16]byte) error {
	f2, err := w.sealJSON(householdCell(h.ID), h.Content)
	if err != nil {
		return err
	}
	n, err := w.exec("UPDATE households SET revision = revision + 1, entry = $3, f2 = $4 WHERE id = $1 AND revision = $2",
		h.ID, h.Revision, entry(digest(f2)), f2)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

// PutMember adds a membership. Who is whose child is sealed.
func (w *Writer) PutMember(m casework.Membership, entry [16]byte) error {
	f2, err := w.Seal(memberCell(m), []byte(m.Role))
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO household_members (id, household, person, from_day, until_day, entry, f2) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		m.ID, m.Household, m.Person, m.From, orZero(m.Until), entry, f2)
	if err != nil {
		return fmt.Errorf("put a member of a household: %w", err)
	}
	return nil
}

// EndMember says until when a person was a member.
func (w *Writer) EndMember(m casework.Membership) error {
	_, err := w.exec("UPDATE household_members SET until_day = $2 WHERE id = $1 AND until_day IS NULL", m.ID, orZero(m.Until))
	return err
}

// PutCard adds a family card. Its tag finds the household inside its register and side, and joins no two of them.
func (w *Writer) PutCard(h casework.Household, c casework.FamilyCard, entry [16]byte) error {
	f2, err := w.Seal(cardCell(h.ID, c.ID), []byte(c.Number))
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO family_cards (id, household, tag, reason, from_day, until_day, entry, f2) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, h.ID, w.s.cardTags(h.Register, h.Side, c.Number)[0].tag, c.Reason, c.From, orZero(c.Until), entry, f2)
	if err != nil {
		return fmt.Errorf("put a family card: %w", err)
	}
	return nil
}

// EndCard says until when a card was that of its household.
func (w *Writer) EndCard(c casework.FamilyCard) error {
	_, err := w.exec("UPDATE family_cards SET until_day = $2 WHERE id = $1 AND until_day IS NULL", c.ID, orZero(c.Until))
	return err
}

func (s *Store) cardTags(register casework.UnitID, side casework.Side, number string) []MatchTag {
	return s.indexTags("family card", register[:], []byte(side), []byte(number))
}

func householdCell(id casework.HouseholdID) Cell {
	return Cell{Table: "households", Column: "f2", Row: id[:], Owner: Owner(id)}
}

func memberCell(m casework.Membership) Cell {
	return Cell{Table: "household_members", Column: "f2", Row: m.ID[:], Owner: Owner(m.Household)}
}

func cardCell(household casework.HouseholdID, id casework.ID) Cell {
	return Cell{Table: "family_cards", Column: "f2", Row: id[:], Owner: Owner(household)}
}

// LockHousehold is the first statement of every closure that changes a household.
func (w *Writer) LockHousehold(id casework.HouseholdID) error {
	_, err := w.exec("UPDATE households SET revision = revision WHERE id = $1", id)
	return err
}

// LockPerson makes "is she of one already" one step: whoever changes her memberships waits.
func (w *Writer) LockPerson(id casework.PersonID) error {
	_, err := w.exec("UPDATE persons SET revision = revision WHERE id = $1", id)
	return err
}

// Household reads one with all its cards and members; ok is false if there is none.
func (t *tx) Household(id casework.HouseholdID) (h casework.Household, ok bool, err error) {
	h.ID = id
	var f2 []byte
	err = t.row("SELECT register, unit, side, kecamatan, revision, f2 FROM households WHERE id = $1", id).
		scan(h.Register[:], h.Unit[:], &h.Side, &h.Kecamatan, &h.Revision, &f2)
	if errors.Is(err, errNoRows) {
		return h, false, nil
	}
	if err != nil {
		return h, false, fmt.Errorf("read a household: %w", err)
	}
	if err := t.openJSON(householdCell(id), f2, &h.Content); err != nil {
		return h, false, err
	}
	if h.Cards, err = t.cards(id); err != nil {
		return h, false, err
	}
	h.Members, err = t.members("household = $1", id) // by household_members_household
	return h, err == nil, err
}

// MembershipsOf are all of a person, the oldest first. Served by household_members_person.
func (t *tx) MembershipsOf(person casework.PersonID) ([]casework.Membership, error) {
	return t.members("person = $1", person)
}

// HouseholdOn is where a person lives on a day; zero for nowhere that is known.
func (t *tx) HouseholdOn(person casework.PersonID, day casework.Date) (id casework.HouseholdID, err error) {
	err = t.row(`SELECT household FROM household_members
		WHERE person = $1 AND from_day <= $2 AND (until_day IS NULL OR until_day > $2) LIMIT 1`, person, day).scan(id[:])
	if errors.Is(err, errNoRows) {
		return id, nil
	}
	return id, err
}

// HouseholdsWith are those of a register and side that have a card now. Served by family_cards_now.
func (t *tx) HouseholdsWith(register casework.UnitID, side casework.Side, number string) ([]casework.HouseholdID, error) {
	var all []casework.HouseholdID
	for _, tag := range t.s.cardTags(register, side, number) {
		found, err := list(t, func(r row) (id casework.HouseholdID, err error) { return id, r.scan(id[:]) },
			"SELECT household FROM family_cards WHERE tag = $1 AND until_day IS NULL ORDER BY from_day, id", tag.tag)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (t *tx) members(where string, key any) ([]casework.Membership, error) {
	return list(t, func(r row) (m casework.Membership, err error) {
		var f2 []byte
		if err := r.scan(m.ID[:], m.Household[:], m.Person[:], &m.From, &m.Until, &f2); err != nil {
			return m, err
		}
		role, err := t.Open(memberCell(m), f2)
		m.Role = casework.HouseholdRole(role)
		return m, err
	}, "SELECT id, household, person, from_day, until_day, f2 FROM household_members WHERE "+where+" ORDER BY from_day, id", key)
}

// cards by family_cards_household.
func (t *tx) cards(household casework.HouseholdID) ([]casework.FamilyCard, error) {
	return list(t, func(r row) (c casework.FamilyCard, err error) {
		var f2 []byte
		if err := r.scan(c.ID[:], &c.Reason, &c.From, &c.Until, &f2); err != nil {
			return c, err
		}
		number, err := t.Open(cardCell(household, c.ID), f2)
		c.Number = string(number)
		return c, err
	}, "SELECT id, reason, from_day, until_day, f2 FROM family_cards WHERE household = $1 ORDER BY from_day, until_day IS NULL, id", household)
}

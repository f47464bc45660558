package casework

import (
	"fmt"
	"log/slog"
	"slices"
)

// HouseholdID names a household of one register and side.
type HouseholdID ID

func (id HouseholdID) String() string { return ID(id).String() }

// Household is who lives on one family card (KK), or on none, at an address: of one register and one side, a key owner like a person.
// A KK is never a person's key: it is issued anew at marriage, divorce and move, so a household has many over time.
type Household struct {
	ID        HouseholdID
	Register  UnitID
	Unit      UnitID
	Side      Side
	Kecamatan string // all of the address that stands in clear
	Revision  int64
	Content   HouseholdContent
	Cards     []FamilyCard // oldest first
	Members   []Membership // oldest first
}

// HouseholdContent is class F2: it stands sealed.
type HouseholdContent struct {
	Address Address `json:"address"`
}

// FamilyCard is one KK number and the days on which it was that of the household: from the first up to, not including, the last.
type FamilyCard struct {
	ID     ID
	Number string
	Reason FamilyCardReason
	From   Date
	Until  Date // 0: it is now
}

// Membership is the days on which a person was of a household: from the first up to, not including, the last. So she leaves one and
// joins the next on one day, and on each day she is of one at most.
type Membership struct {
	ID        ID
	Household HouseholdID
	Person    PersonID
	Role      HouseholdRole
	From      Date
	Until     Date // 0: she is now
}

// holds tells whether a day lies in a span; an end of 0 is not yet.
func holds(from, until, day Date) bool { return from <= day && (until == 0 || day < until) }

// meet tells whether two spans share a day. One that ended on its first day has none: it was written by mistake.
func meet(from, until, from2, until2 Date) bool {
	first := max(from, from2)
	return holds(from, until, first) && holds(from2, until2, first)
}

// On tells whether the membership holds on a day.
func (m Membership) On(day Date) bool { return holds(m.From, m.Until, day) }

// On tells whether the card is that of the household on a day.
func (c FamilyCard) On(day Date) bool { return holds(c.From, c.Until, day) }

// CardOn is the household's KK on a day; ok is false on a day without one.
func (h Household) CardOn(day Date) (card FamilyCard, ok bool) {
	for _, c := range h.Cards {
		if c.On(day) {
			return c, true
		}
	}
	return FamilyCard{}, false
}

// MembersOn are who belongs to the household on a day.
func (h Household) MembersOn(day Date) []Membership {
	return slices.DeleteFunc(slices.Clone(h.Members), func(m Membership) bool { return !m.On(day) })
}

// Join makes a person a member from a day on. Known are all her memberships, of any household of her register and side: on one day she
// is of one at most. Who is of the other side or of another register is not there to be joined.
func (h Household) Join(m Membership, p Person, known []Membership, today Date) (Membership, error) {
	m.Household, m.Person = h.ID, p.ID
	var v Violations
	v.check(m.Role.Valid(), "role", "REQUIRED")
	v.check(p.Register == h.Register && p.Side == h.Side, "person", "PERSON_UNKNOWN")
	v.span("fromDate", m.From, m.Until, today)
	if birth := p.Identity.BirthDate; birth.Precision == ToDay && m.From < birth.First {
		v.Add("fromDate", "BEFORE_BIRTH")
	}
	if err := v.orNil(); err != nil {
		return m, err
	}
	for _, k := range known {
		if k.ID != m.ID && meet(k.From, k.Until, m.From, m.Until) {
			return m, Precondition("MEMBER_ELSEWHERE") // leave the one before joining the next
		}
	}
	return m, nil
}

// End says on which day a person stopped to be a member. Ended the same day already, it is the same answer.
func (m Membership) End(on, today Date) (ended Membership, implied bool, err error) {
	if m.Until == on && on != 0 {
		return m, true, nil
	}
	var v Violations
	v.check(m.Until == 0, "untilDate", "ENDED")
	v.check(on <= today, "untilDate", "IN_FUTURE")
	v.check(on >= m.From, "untilDate", "BEFORE_FROM")
	if err := v.orNil(); err != nil {
		return m, false, err
	}
	m.Until = on
	return m, false, nil
}

// ChangeCard gives the household another KK from a day on. The one before ends on that day; the past stays as it was. A correction
// may begin on the day of the card that it corrects, which then was none.
func (h Household) ChangeCard(card FamilyCard, today Date) (next Household, err error) {
	var v Violations
	v.check(digits(card.Number, 16), "cardNumber", "KK_FORMAT")
	v.check(card.Reason.Valid(), "reason", "REQUIRED")
	v.span("fromDate", card.From, card.Until, today)
	last := len(h.Cards) - 1
	if last >= 0 {
		v.check(h.Cards[last].Number != card.Number || h.Cards[last].Until != 0, "cardNumber", "UNCHANGED")
		v.check(card.From >= h.Cards[last].Until && (card.From > h.Cards[last].From || card.corrects(h.Cards[last])), "fromDate", "BEFORE_CARD")
	}
	if err := v.orNil(); err != nil {
		return h, err
	}
	h.Cards = slices.Clone(h.Cards)
	if last >= 0 && h.Cards[last].Until == 0 {
		h.Cards[last].Until = card.From
	}
	h.Cards = append(h.Cards, card)
	return h, nil
}

func (c FamilyCard) corrects(before FamilyCard) bool {
	return c.Reason == CardCorrection && c.From == before.From
}

// span holds the ends of a time in a household against each other and against today: nothing there is known of tomorrow.
func (v *Violations) span(field string, from, until, today Date) {
	v.check(from != 0, field, "REQUIRED")
	v.check(from <= today, field, "IN_FUTURE")
	v.check(until <= today, "untilDate", "IN_FUTURE")
	v.check(until == 0 || from < until, "untilDate", "BEFORE_FROM")
}

// Who lives with whom, and under which number, prints and logs as nothing.
func (c HouseholdContent) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (c FamilyCard) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (m Membership) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (h Household) Format(s fmt.State, _ rune)        { fmt.Fprint(s, h.ID.String()) }

func (c HouseholdContent) LogValue() slog.Value { return slog.StringValue(hidden) }
func (c FamilyCard) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (m Membership) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (h Household) LogValue() slog.Value        { return slog.StringValue(h.ID.String()) }

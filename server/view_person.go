package server

import (
	"encoding/json"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// viewFound makes the message of a search, each row by the grant of its own case.
func (c call) viewFound(found []foundPerson) *pb.SearchPersonsResponse {
	m := &pb.SearchPersonsResponse{}
	for _, f := range found {
		k := f.file.Case
		if f.grant.Case() != k.ID || k.Subject != f.person.ID {
			continue
		}
		row := &pb.FoundPerson{Person: c.viewPerson(f.person, c.now), Case: caseName(k.ID), CaseNumber: k.Number}
		sightOf(f.grant).clear(row.ProtoReflect())
		m.Persons = append(m.Persons, row)
	}
	return m
}

// viewLookup is viewFound for a look-up by NIK.
func (c call) viewLookup(found []foundPerson) *pb.FindByNationalIdResponse {
	return &pb.FindByNationalIdResponse{Persons: c.viewFound(found).GetPersons()}
}

// viewSubject makes the message of a person record by the grants of her cases: what one of them shows, shows.
func (c call) viewSubject(p personFile) *pb.Person {
	var all sight
	for _, read := range p.reads {
		if read.grant.Case() == read.k.ID && read.k.Subject == p.person.ID {
			all.mask |= read.grant.Mask()
		}
	}
	m := c.viewPerson(p.person, c.now)
	m.Etag, m.Household = etag(p.person.Revision), named("households", casework.ID(p.household))
	all.clear(m.ProtoReflect())
	return m
}

// viewHousehold makes the message of a household: of its members those whom the caller may read with their names, and no sign of others.
func (c call) viewHousehold(h householdFile) *pb.Household {
	m := &pb.Household{}
	if h.sight.mask&access.F2 == 0 {
		return m
	}
	m.Name, m.Etag = named("households", casework.ID(h.household.ID)), etag(h.household.Revision)
	a := h.household.Content.Address
	m.Address = &pb.Address{AreaCode: a.AreaCode, Rt: a.RT, Rw: a.RW, Text: a.Text}
	if card, ok := h.household.CardOn(c.today()); ok {
		m.CardNumber = card.Number
	}
	for i := len(h.household.Cards) - 1; i >= 0; i-- {
		card := h.household.Cards[i]
		m.Cards = append(m.Cards, &pb.FamilyCard{
			Number: card.Number, FromDate: card.From.String(), UntilDate: dateText(card.Until),
			Reason: enum[pb.FamilyCardReason_Value](pb.FamilyCardReason_Value_value, card.Reason),
		})
	}
	for _, member := range h.members {
		m.Members = append(m.Members, &pb.HouseholdMember{
			Person: personName(member.person.ID), FullName: member.person.Identity.Name, FromDate: member.From.String(), UntilDate: dateText(member.Until),
			Role: enum[pb.HouseholdRole_Value](pb.HouseholdRole_Value_value, member.Role),
		})
	}
	h.sight.clear(m.ProtoReflect())
	return m
}

// viewPersonConflict tells an author what others have put where she wanted to write. Each field is one that she may read.
func viewPersonConflict(now, yours casework.Person, fields []met) *pb.ConflictDetail {
	m := &pb.ConflictDetail{CurrentEtag: etag(now.Revision)}
	for _, f := range fields {
		m.Fields = append(m.Fields, viewFieldConflict(f, personFieldText(now.Identity, f.field), personFieldText(yours.Identity, f.field)))
	}
	return m
}

// personFieldText is the value of a field as JSON.
func personFieldText(i casework.PersonIdentity, field string) string {
	raw, err := json.Marshal(map[string]any{
		"name": i.Name, "birthDate": i.BirthDate, "identifiers": i.Identifiers, "address": i.Address, "mother": i.Mother, "father": i.Father,
		"guardian": i.Guardian, "husband": i.Husband, "birthOrder": i.BirthOrder, "safeContact": i.SafeContact,
	}[field])
	if err != nil {
		return ""
	}
	return string(raw)
}

package server

import (
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// newHousehold is a CreateHousehold request in words of the domain.
type newHousehold struct {
	household casework.Household
	members   []casework.Membership
	card      *casework.FamilyCard
}

func (s *Server) meaningOfHousehold(req *pb.CreateHouseholdRequest) casework.Violations {
	in := s.intake()
	in.household(req)
	return in.faults
}

func (s *Server) meaningOfMember(req *pb.AddHouseholdMemberRequest) casework.Violations {
	in := s.intake()
	in.member("member", req.GetMember())
	return in.faults
}

func (s *Server) meaningOfLeaving(req *pb.EndHouseholdMemberRequest) casework.Violations {
	in := s.intake()
	in.name("person", "persons", req.GetPerson())
	in.dayOr("untilDate", req.GetUntilDate())
	return in.faults
}

func (s *Server) meaningOfCard(req *pb.ChangeFamilyCardRequest) casework.Violations {
	in := s.intake()
	in.card("", req.GetCardNumber(), req.GetFromDate(), word[casework.FamilyCardReason](req.GetReason()))
	return in.faults
}

func (in *intake) household(req *pb.CreateHouseholdRequest) (n newHousehold) {
	n.household.ID = casework.HouseholdID(in.chosenID(req.GetHouseholdId()))
	n.household.Content.Address = in.address("address", req.GetAddress())
	n.household.Kecamatan = casework.KecamatanOf(n.household.Content.Address.AreaCode)
	for i, m := range req.GetMembers() {
		member := in.member(fmt.Sprintf("members[%d]", i), m)
		if slices.ContainsFunc(n.members, func(other casework.Membership) bool { return other.Person == member.Person }) {
			in.fault(fmt.Sprintf("members[%d].person", i), "DUPLICATE_ITEM")
		}
		n.members = append(n.members, member)
	}
	if req.GetCardNumber() != "" {
		card := in.card("card", req.GetCardNumber(), req.GetCardFrom(), casework.CardFirst)
		n.card = &card
	}
	return n
}

func (in *intake) member(path string, m *pb.NewHouseholdMember) casework.Membership {
	return casework.Membership{
		ID: newID(), Person: casework.PersonID(in.name(path+".person", "persons", m.GetPerson())),
		Role: word[casework.HouseholdRole](m.GetRole()), From: in.dayOr(path+".fromDate", m.GetFromDate()),
	}
}

// card reads a family card; its fields are named as those of the request.
func (in *intake) card(prefix, number, from string, reason casework.FamilyCardReason) casework.FamilyCard {
	field := "fromDate"
	if prefix != "" {
		field = prefix + "From"
	}
	card := casework.FamilyCard{ID: newID(), Number: number, Reason: reason, From: in.dayOr(field, from)}
	if casework.CheckIdentifier(casework.Identifier{Type: casework.IDKK, Value: number}, in.today) != "" {
		in.fault("cardNumber", "KK_FORMAT")
	}
	return card
}

// dayOr reads a day that has come; today, if none is said.
func (in *intake) dayOr(field, text string) casework.Date {
	if text == "" {
		return in.today
	}
	return in.pastDay(field, text)
}

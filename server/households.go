package server

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// A household is read by whoever may read one of its members with her name, and holds no sign of the others. It is changed by whoever
// may change the member concerned.

// householdReader is what Reader and Writer both can.
type householdReader interface {
	personReader
	Household(casework.HouseholdID) (casework.Household, bool, error)
	HouseholdsWith(casework.UnitID, casework.Side, string) ([]casework.HouseholdID, error)
}

// householdFile is a household with the members whom the caller may read.
type householdFile struct {
	household casework.Household
	members   []memberFile // those of now first
	sight     sight
}

// memberFile is one membership with the person.
type memberFile struct {
	casework.Membership
	personFile
}

// reads are those of all members that are shown.
func (h householdFile) reads() (all []personRead) {
	for _, m := range h.members {
		all = append(all, m.reads...)
	}
	return all
}

// householdBy finds a household by name. One without a member whom the caller may read is as unknown as one that never was.
func (c call) householdBy(r householdReader, name string) (householdFile, error) {
	id, _ := parseName("households", name)
	return c.householdFor(r, casework.HouseholdID(id), name)
}

func (c call) householdFor(r householdReader, id casework.HouseholdID, asked string) (h householdFile, err error) {
	if h.household, _, err = r.Household(id); err != nil {
		return h, err
	}
	unknown := c.refuse(access.Read, access.Decide(c.caller.Facts(c.now).Doing(access.Read)), object{}, asked)
	for _, m := range h.household.Members {
		p, err := c.personFor(r, m.Person, asked)
		if isRefusal(err) {
			if errors.Is(err.(*store.Refusal).Err, refusal(access.StepUp)) {
				unknown = err // it is the caller's second factor that is old
			}
			continue
		}
		if err != nil {
			return h, err
		}
		if p.shows(access.F2) {
			h.members = append(h.members, memberFile{m, p})
			h.sight.mask |= p.mask()
		}
	}
	if len(h.members) == 0 {
		return h, unknown
	}
	slices.SortStableFunc(h.members, func(a, b memberFile) int {
		switch now := c.today(); {
		case a.On(now) == b.On(now):
			return 0
		case a.On(now):
			return -1
		}
		return 1
	})
	return h, nil
}

// isRefusal tells a decision of access from a fault of ours.
func isRefusal(err error) bool {
	_, refused := errors.AsType[*store.Refusal](err)
	return refused
}

// GetHousehold reads one.
func (s *persons) GetHousehold(ctx context.Context, req *pb.GetHouseholdRequest) (*pb.Household, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.Household, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		h, err := c.householdBy(r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		return c.viewHousehold(h), c.personRecord(h.reads()), nil
	})
}

// CreateHousehold records a household with its card and members.
func (s *persons) CreateHousehold(ctx context.Context, req *pb.CreateHouseholdRequest) (*pb.Household, error) {
	n := s.intake().household(req)
	key, err := s.store.WrapKey(store.Owner(n.household.ID))
	if err != nil {
		return nil, err
	}
	return s.moveHousehold(ctx, req, func(m *householdMove) error {
		m.h = n.household
		m.h.Register, m.h.Unit = m.caller.Unit.Register, m.caller.Unit.ID
		people, err := m.people(n.members)
		if err != nil {
			return err
		}
		m.h.Side = people[0].person.Side
		return nil
	}, func(m *householdMove) error {
		if err := m.w.PutHousehold(m.h, key, m.noting("createHousehold", 1)); err != nil {
			return err
		}
		for i, member := range n.members {
			if err := m.join(member, fmt.Sprintf("members[%d].", i)); err != nil {
				return err
			}
		}
		if n.card == nil {
			return nil
		}
		return m.changeCard(*n.card, map[string]string{"fromDate": "cardFrom"})
	})
}

// AddHouseholdMember adds a person from a day on.
func (s *persons) AddHouseholdMember(ctx context.Context, req *pb.AddHouseholdMemberRequest) (*pb.Household, error) {
	member := s.intake().member("member", req.GetMember())
	return s.moveHousehold(ctx, req, func(m *householdMove) error {
		if _, err := m.known(req.GetName(), req.GetEtag()); err != nil {
			return err
		}
		_, err := m.people([]casework.Membership{member})
		return err
	}, func(m *householdMove) error {
		if err := m.w.TouchHousehold(m.h, m.noting("addMember", m.h.Revision+1)); err != nil {
			return err
		}
		return m.join(member, "member.")
	})
}

// EndHouseholdMember ends a membership: moved out, married, died.
func (s *persons) EndHouseholdMember(ctx context.Context, req *pb.EndHouseholdMemberRequest) (*pb.Household, error) {
	in := s.intake()
	person, until := casework.PersonID(in.name("person", "persons", req.GetPerson())), in.dayOr("untilDate", req.GetUntilDate())
	return s.moveHousehold(ctx, req, func(m *householdMove) error {
		h, err := m.known(req.GetName(), req.GetEtag())
		if err != nil {
			return err
		}
		if m.of, err = h.memberOf(person); err != nil {
			return err
		}
		m.act, m.k, err = m.mayUpdate(m.of.personFile)
		return err
	}, func(m *householdMove) error {
		ended, implied, err := m.of.End(until, m.today())
		if err != nil {
			return err
		}
		if implied {
			m.noting("IMPLIED", m.h.Revision)([32]byte{})
			return nil
		}
		if err := m.w.TouchHousehold(m.h, m.noting("endMember", m.h.Revision+1)); err != nil {
			return err
		}
		if err := m.w.EndMember(ended); err != nil {
			return err
		}
		return m.judgeBlocks(ended.Person)
	})
}

// memberOf is the newest membership of a person that the caller may read.
func (h householdFile) memberOf(person casework.PersonID) (found memberFile, err error) {
	err = casework.Violations{{Field: "person", Reason: "PERSON_UNKNOWN"}}
	for _, m := range h.members {
		if m.Person == person && (err != nil || m.From >= found.From) {
			found, err = m, nil
		}
	}
	return found, err
}

// ChangeFamilyCard records a KK that was issued anew; the earlier numbers stay.
func (s *persons) ChangeFamilyCard(ctx context.Context, req *pb.ChangeFamilyCardRequest) (*pb.Household, error) {
	card := s.intake().card("", req.GetCardNumber(), req.GetFromDate(), word[casework.FamilyCardReason](req.GetReason()))
	return s.moveHousehold(ctx, req, func(m *householdMove) error {
		h, err := m.known(req.GetName(), req.GetEtag())
		if err != nil {
			return err
		}
		for _, member := range h.members {
			if m.act, m.k, err = m.mayUpdate(member.personFile); err == nil {
				return nil
			}
		}
		return err
	}, func(m *householdMove) error {
		if err := m.w.TouchHousehold(m.h, m.noting("changeCard", m.h.Revision+1)); err != nil {
			return err
		}
		return m.changeCard(card, nil)
	})
}

package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
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

// householdMove is a change of a household on its way through its transaction.
type householdMove struct {
	call
	w     *store.Writer
	h     casework.Household
	act   access.Decision
	k     casework.Case // by which the caller may
	tag   string        // revision that the caller has seen; empty: not said
	of    memberFile    // who leaves
	entry [16]byte
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

// moveHousehold is one change of a household: access first, then the stored answer of a known request, then the change, then the read
// that follows it.
func (s *persons) moveHousehold(ctx context.Context, req mutation, may, change func(*householdMove) error) (*pb.Household, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Household, error) {
		m := &householdMove{w: w}
		if named, ok := req.(interface{ GetName() string }); ok {
			if id, ok := parseName("households", named.GetName()); ok {
				if err := w.LockHousehold(casework.HouseholdID(id)); err != nil {
					return nil, err
				}
			}
		}
		if m.call, err = s.writing(ctx, w); err != nil {
			return nil, err
		}
		if err := may(m); err != nil {
			return nil, err
		}
		if old, done, err := w.Answered(m.caller.Account, id); err != nil || done {
			if err != nil {
				return nil, err
			}
			answer := &pb.Household{}
			if err := m.answered(old, method, mark, access.Mask(old.Mask), answer); err != nil {
				return nil, err
			}
			return answer, m.again(answer)
		}
		if m.tag != "" && m.tag != etag(m.h.Revision) {
			return nil, casework.Conflict("ETAG_MISMATCH")
		}
		if err := change(m); err != nil {
			return nil, err
		}
		h, err := m.householdFor(w, m.h.ID, "")
		if err != nil {
			return nil, err
		}
		answer := m.viewHousehold(h)
		w.Shown(m.entry, uint32(h.sight.mask))
		return answer, m.keep(w, id, store.Answered{
			Method: method, Mark: mark, Owner: store.Owner(m.h.ID), Case: m.k.ID, Mask: uint32(h.sight.mask),
		}, answer)
	})
}

// again leaves of a stored answer the members whom the caller may still read.
func (m *householdMove) again(answer *pb.Household) error {
	h, err := m.householdBy(m.w, answer.GetName())
	if err != nil {
		return err
	}
	answer.Members = slices.DeleteFunc(answer.Members, func(told *pb.HouseholdMember) bool {
		return !slices.ContainsFunc(h.members, func(now memberFile) bool { return personName(now.Person) == told.GetPerson() })
	})
	if rec := m.personRecord(h.reads()); rec != nil {
		m.w.AppendRecord(*rec)
	}
	return nil
}

// known reads the household that a request names, as the caller may.
func (m *householdMove) known(name, tag string) (householdFile, error) {
	h, err := m.householdBy(m.w, name)
	if err != nil {
		return h, err
	}
	m.h, m.tag = h.household, tag
	return h, nil
}

// people locks those who join, in the order of their ids, and decides the change of each.
func (m *householdMove) people(members []casework.Membership) ([]personFile, error) {
	ids := make([]casework.PersonID, len(members))
	for i, member := range members {
		ids[i] = member.Person
	}
	slices.SortFunc(ids, func(a, b casework.PersonID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range ids {
		if err := m.w.LockPerson(id); err != nil {
			return nil, err
		}
	}
	var people []personFile
	for _, member := range members {
		p, err := m.personFor(m.w, member.Person, personName(member.Person))
		if err != nil {
			return nil, err
		}
		if m.act, m.k, err = m.mayUpdate(p); err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, nil
}

// noting is the entry of the change.
func (m *householdMove) noting(name string, revision int64) func([32]byte) [16]byte {
	return func(value [32]byte) [16]byte {
		about := object{"household", m.h.ID, m.k.ID, m.k.Level, casework.DisclosureID{}}
		m.entry = m.append(m.w, access.CaseUpdate, m.act, about, journal.Event{Name: name, Revision: revision, Value: value})
		return m.entry
	}
}

// join adds a member by the rule that she is of one household at a time.
func (m *householdMove) join(member casework.Membership, prefix string) error {
	person, err := m.w.Person(member.Person)
	if err != nil {
		return err
	}
	known, err := m.w.MembershipsOf(member.Person)
	if err != nil {
		return err
	}
	joined, err := m.h.Join(member, person, known, m.today())
	if err != nil {
		return under(err, prefix, nil)
	}
	if err := m.w.PutMember(joined, m.entry); err != nil {
		return err
	}
	return m.judgeBlocks(joined.Person)
}

// judgeBlocks keeps from secret cases the accounts of who lives in the client's house, and no longer those of who has left it. Nobody
// is told.
func (m *householdMove) judgeBlocks(person casework.PersonID) error {
	var lived []casework.PersonID
	for _, other := range m.h.Members {
		lived = append(lived, other.Person)
	}
	return m.w.JudgeBlocksOf(person, m.entry, lived...)
}

// changeCard gives the household its card. Of another that has the number the caller is told only if she may read it.
func (m *householdMove) changeCard(card casework.FamilyCard, fields map[string]string) error {
	next, err := m.h.ChangeCard(card, m.today())
	if err != nil {
		return under(err, "", fields)
	}
	others, err := m.w.HouseholdsWith(m.h.Register, m.h.Side, card.Number)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other == m.h.ID {
			continue
		}
		switch h, err := m.householdFor(m.w, other, ""); {
		case err == nil:
			return casework.Exists("ALREADY_EXISTS", "cardNumber").With("household", named("households", casework.ID(h.household.ID)))
		case !isRefusal(err):
			return err
		}
	}
	for i, was := range m.h.Cards {
		if next.Cards[i].Until != was.Until {
			if err := m.w.EndCard(next.Cards[i]); err != nil {
				return err
			}
		}
	}
	return m.w.PutCard(m.h, card, m.entry)
}

// under names the faults of the domain by the fields of the request.
func under(err error, prefix string, fields map[string]string) error {
	var faults casework.Violations
	if !errors.As(err, &faults) {
		return err
	}
	said := slices.Clone(faults)
	for i := range said {
		if name, ok := fields[said[i].Field]; ok {
			said[i].Field = name
		}
		said[i].Field = prefix + said[i].Field
	}
	return said
}

package server

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

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

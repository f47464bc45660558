package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// meaningOfPersonUpdate is what the rules have against an update of any person.
func (s *Server) meaningOfPersonUpdate(req *pb.UpdatePersonRequest) casework.Violations {
	in := s.intake()
	for i, path := range req.GetUpdateMask() {
		if !casework.PersonField(path) {
			in.fault(fmt.Sprintf("updateMask[%d]", i), "UNKNOWN_FIELD")
		}
	}
	in.personUpdate(req)
	return in.faults
}

// personUpdate reads the fields of the mask; the others are as they were, whatever was sent.
func (in *intake) personUpdate(req *pb.UpdatePersonRequest) casework.PersonIdentity {
	var p casework.Person
	u, i := req.GetPerson(), &p.Identity
	for _, path := range req.GetUpdateMask() {
		switch path {
		case "name":
			i.Name, i.NameKind = u.GetName(), word[casework.NameKind](u.GetNameKind())
			if i.NameKind == "" {
				i.NameKind = casework.NameNamed
			}
			if fault := casework.CheckName(i.Name); fault != "" {
				in.fault("person.name", fault)
			}
		case "birthDate":
			i.BirthDate = in.knownBirth("person.birthDate", u.GetBirthDate())
		case "identifiers":
			in.identifiers("person", u.GetIdentifiers(), word[casework.NIKAbsence](u.GetNikAbsence()), &p)
		case "address":
			i.Address = in.address("person.address", u.GetAddress())
		case "mother":
			i.Mother = in.kin("person.mother", u.GetMother())
		case "father":
			i.Father = in.kin("person.father", u.GetFather())
		case "guardian":
			i.Guardian = in.kin("person.guardian", u.GetGuardian())
		case "husband":
			i.Husband = in.kin("person.husband", u.GetHusband())
		case "birthOrder":
			i.BirthOrder = int(u.GetBirthOrder())
		case "safeContact":
			i.SafeContact = in.safeContact("person.safeContact", u.GetSafeContact())
		}
	}
	return p.Identity
}

// knownBirth reads a birth date; one that is known is not taken away.
func (in *intake) knownBirth(field, text string) casework.BirthDate {
	birth, ok := casework.ParseBirthDate(text)
	switch {
	case text == "":
		in.fault(field, "REQUIRED")
	case !ok:
		in.fault(field, "DATE_INVALID")
	case birth.First > in.today:
		in.fault(field, "IN_FUTURE")
	}
	return birth
}

// UpdatePerson changes the fields of the mask of one record; nothing of it shows on the other side. Where others changed other fields
// since, it is applied on what is now; where they changed the same, a person decides.
func (s *persons) UpdatePerson(ctx context.Context, req *pb.UpdatePersonRequest) (*pb.Person, error) {
	if err := updatable(req.GetUpdateMask(), req.GetEtag()); err != nil {
		return nil, err
	}
	wanted := s.intake().personUpdate(req)
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Person, error) {
		u := &personUpdate{w: w, req: req}
		if err := u.open(ctx, s.Server); err != nil {
			return nil, err
		}
		if old, done, err := w.Answered(u.caller.Account, id); err != nil || done {
			if err != nil {
				return nil, err
			}
			answer := &pb.Person{}
			if rec := u.personRecord(u.file.reads); rec != nil {
				w.AppendRecord(*rec)
			}
			return answer, u.answered(old, method, mark, u.file.mask(), answer)
		}
		u.next = u.file.person.With(wanted, req.GetUpdateMask(), u.today())
		if err := u.put(); err != nil {
			return nil, err
		}
		return u.answer(id, store.Answered{Method: method, Mark: mark})
	})
}

// personUpdate is an update of a record on its way through its transaction.
type personUpdate struct {
	call
	w     *store.Writer
	req   *pb.UpdatePersonRequest
	file  personFile
	act   access.Decision
	k     casework.Case // by which the caller may
	next  casework.Person
	entry [16]byte
}

// open reads the record under its lock, and decides the act by her cases.
func (u *personUpdate) open(ctx context.Context, s *Server) (err error) {
	if id, ok := parseName("persons", u.req.GetName()); ok {
		if err := u.w.LockPerson(casework.PersonID(id)); err != nil {
			return err
		}
	}
	if u.call, err = s.writing(ctx, u.w); err != nil {
		return err
	}
	if u.file, err = u.personBy(u.w, u.req.GetName()); err != nil {
		return err
	}
	if u.act, u.k, err = u.mayUpdate(u.file); err != nil {
		return err
	}
	if !u.file.shows(access.F2) { // who may not read it may not change it: an answer would tell what stood there
		return u.refuse(access.CaseUpdate, access.Decision{Outcome: access.Denied, Rule: u.act.Rule}, aboutCase(u.k), u.req.GetName())
	}
	return nil
}

// put stores what differs, its tags, and whom its NIK bars.
func (u *personUpdate) put() error {
	known := u.file.person
	differs := known.Identity.ChangedFields(u.next.Identity)
	about := object{"person", known.ID, u.k.ID, u.k.Level, casework.DisclosureID{}}
	if len(differs) == 0 {
		u.entry = u.append(u.w, access.CaseUpdate, u.act, about, journal.Event{Name: "IMPLIED", Revision: known.Revision})
		return nil
	}
	met, err := u.meeting(u.w, casework.ID(known.ID), known.Revision, u.req.GetEtag(), differs)
	if err != nil {
		return err
	}
	if len(met) > 0 {
		return conflict{viewPersonConflict(known, u.next, met)}
	}
	if err := u.kinKnown(differs); err != nil {
		return err
	}
	err = u.w.UpdatePerson(u.next, func(value [32]byte) [16]byte {
		event := journal.Event{Name: "updatePerson", Fields: differs, Revision: known.Revision + 1, Value: value}
		u.entry = u.append(u.w, access.CaseUpdate, u.act, about, event)
		return u.entry
	})
	if err != nil {
		return err
	}
	if err := u.w.PutChange(casework.ID(known.ID), known.Revision+1, differs, u.caller, u.entry); err != nil {
		return err
	}
	if err := u.retag(); err != nil {
		return err
	}
	return u.bar(differs)
}

// kinKnown holds that kin who are linked are persons of the same register and side whom the caller may read.
func (u *personUpdate) kinKnown(differs []string) error {
	i := u.next.Identity
	var faults casework.Violations
	for _, kin := range []struct {
		field string
		of    casework.Kin
	}{{"mother", i.Mother}, {"father", i.Father}, {"guardian", i.Guardian}, {"husband", i.Husband}} {
		if kin.of.Person == (casework.PersonID{}) || !slices.Contains(differs, kin.field) {
			continue
		}
		other, err := u.personFor(u.w, kin.of.Person, personName(kin.of.Person))
		if err != nil && !isRefusal(err) {
			return err
		}
		if err != nil || other.person.Register != u.next.Register || other.person.Side != u.next.Side || kin.of.Person == u.next.ID {
			faults.Add("person."+kin.field+".person", "PERSON_UNKNOWN")
		}
	}
	if len(faults) > 0 {
		return faults
	}
	return nil
}

// retag makes the record findable as it now is. On the protected side nothing is matched, so there are no tags.
func (u *personUpdate) retag() error {
	if u.next.Side != casework.Ordinary {
		return nil
	}
	if err := u.w.DropMatchTags(u.next.ID, u.store.MatchTags(u.file.person)); err != nil {
		return err
	}
	return u.w.PutMatchTags(u.next.ID, u.store.MatchTags(u.next))
}

// bar keeps the account of her NIK from the secret cases of herself and of who lives with her, and that of who is accused by what he is
// to her; a NIK that is no longer hers bars nobody. Nobody is told.
func (u *personUpdate) bar(differs []string) error {
	for _, field := range []string{"identifiers", "mother", "father", "guardian", "husband"} {
		if slices.Contains(differs, field) {
			if err := u.w.JudgeBlocksOf(u.next.ID, u.entry); err != nil {
				return err
			}
			return u.endConsents()
		}
	}
	return nil
}

// endConsents ends what he gave who is accused by what he is to her, now that the record says who that is.
func (u *personUpdate) endConsents() error {
	files, err := u.w.CasesOf(u.caller, u.next.ID, u.now)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := u.endConsentsOfAccused(u.w, f.Case, u.entry); err != nil {
			return err
		}
	}
	return nil
}

// answer is the read that follows the act.
func (u *personUpdate) answer(id [16]byte, kept store.Answered) (*pb.Person, error) {
	p, err := u.personFor(u.w, u.next.ID, u.req.GetName())
	if err != nil {
		return nil, err
	}
	answer := u.viewSubject(p)
	u.w.Shown(u.entry, uint32(p.mask()))
	kept.Owner, kept.Case, kept.Mask = store.Owner(u.next.ID), u.k.ID, uint32(p.mask())
	return answer, u.keep(u.w, id, kept, answer)
}

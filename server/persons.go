package server

import (
	"context"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// persons reads and corrects persons and households by the rights on their cases.
type persons struct {
	pb.UnimplementedPersonServiceServer
	*Server
}

// personReader is what Reader and Writer both can.
type personReader interface {
	CasesOf(store.Caller, casework.PersonID, time.Time) ([]store.CaseFile, error)
	Person(casework.PersonID) (casework.Person, error)
	HouseholdOn(casework.PersonID, casework.Date) (casework.HouseholdID, error)
}

// personFile is a person record with what the caller may read of it: rights on a person are the union of those on her cases.
type personFile struct {
	person    casework.Person
	reads     []personRead
	files     []store.CaseFile
	household casework.HouseholdID
}

// personRead is the read of one of her cases.
type personRead struct {
	decision access.Decision
	grant    access.Grant
	k        casework.Case
}

// shows tells whether any of her cases shows one of these classes.
func (p personFile) shows(classes access.Mask) bool {
	for _, read := range p.reads {
		if read.grant.Shows(classes) {
			return true
		}
	}
	return false
}

// mask is the union of what her cases show.
func (p personFile) mask() (all access.Mask) {
	for _, read := range p.reads {
		all |= read.grant.Mask()
	}
	return all
}

// personBy finds a person by name; what is no name is not found like any other.
func (c call) personBy(r personReader, name string) (personFile, error) {
	id, _ := parseName("persons", name)
	return c.personFor(r, casework.PersonID(id), name)
}

// personFor decides the read of each case of a record. Whoever may read of her cases the pointer or a receipt at most is told what she is
// told of one that never was.
func (c call) personFor(r personReader, id casework.PersonID, asked string) (p personFile, err error) {
	if p.files, err = r.CasesOf(c.caller, id, c.now); err != nil {
		return p, err
	}
	best, about := access.Decide(c.caller.Facts(c.now).Doing(access.Read)), object{}
	for _, f := range p.files {
		read := ofCase(access.Decide(f.Facts.Doing(access.Read)))
		switch {
		case read.Allowed() && read.Grant.Shows(access.F1|access.F2|access.F2Roster):
			p.reads = append(p.reads, personRead{read, read.Grant, f.Case})
		case read.Outcome == access.StepUp:
			best, about = read, aboutCase(f.Case)
		}
	}
	if len(p.reads) == 0 {
		return p, c.refuse(access.Read, best, about, asked)
	}
	if p.person, err = r.Person(id); err != nil {
		return p, err
	}
	p.household, err = r.HouseholdOn(id, c.today())
	return p, err
}

// today is the civil day of the call.
func (c call) today() casework.Date { return casework.DateOf(c.now) }

// mayUpdate decides a change of a record by the first of her cases that lets it happen (design: access, "A Person is read and changed
// through the own register's cases").
func (c call) mayUpdate(p personFile) (act access.Decision, k casework.Case, err error) {
	for i, f := range p.files {
		d := access.Decide(f.Facts.Doing(access.CaseUpdate))
		if d.Allowed() {
			return d, f.Case, nil
		}
		if i == 0 || d.Outcome == access.StepUp || act.Outcome == access.NotFound {
			act, k = d, f.Case
		}
	}
	return act, k, c.refuse(access.CaseUpdate, act, aboutCase(k), personName(p.person.ID))
}

// personRecord is the entry of a read that shows anything of a secret case, or of another unit's; nil for one that needs none.
func (c call) personRecord(reads []personRead) *store.Record {
	var log pageLog
	for _, read := range reads {
		log.add(c, read.decision, &read.k, read.k.ID)
	}
	return log.record(c)
}

// GetPerson reads one record.
func (s *persons) GetPerson(ctx context.Context, req *pb.GetPersonRequest) (*pb.Person, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.Person, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		p, err := c.personBy(r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		return c.viewSubject(p), c.personRecord(p.reads), nil
	})
}

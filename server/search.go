package server

import (
	"context"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// foundMax is how many a search shows: who gets more has not said whom she means.
const foundMax = 10

// meaningOfSearch is what the rules have against a search.
func (s *Server) meaningOfSearch(req *pb.SearchPersonsRequest) casework.Violations {
	faults, _ := sought(req).Check().(casework.Violations)
	return faults
}

func sought(req *pb.SearchPersonsRequest) casework.Sought {
	return casework.Sought{Name: req.GetName(), Mother: req.GetMother(), BirthYear: int(req.GetBirthYear()), Village: req.GetAreaCode()}
}

// SearchPersons finds clients of the own register by name: of the cases that the caller may read with the client's name, at most ten, and
// on record whatever it finds. A row is of one side; what joins two is nowhere asked.
func (s *persons) SearchPersons(ctx context.Context, req *pb.SearchPersonsRequest) (*pb.SearchPersonsResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.SearchPersonsResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		act := access.Decide(c.caller.Facts(c.now).Doing(access.PersonSearch))
		if !act.Allowed() {
			return nil, nil, c.refuse(access.PersonSearch, act, object{}, "search")
		}
		if err := s.searches.take(c.caller.Account.String()); err != nil {
			return nil, nil, err
		}
		c.missed.mute() // how long it took tells of those who fit and are not hers to see
		found, err := c.find(r, sought(req))
		if err != nil {
			return nil, nil, err
		}
		return c.viewFound(found), c.searchRecord(act, found), nil
	})
}

// foundPerson is one client with the case by which the caller may see her.
type foundPerson struct {
	file   store.CaseFile
	grant  access.Grant
	person casework.Person
}

// find decides each case whose subject fits. A village is no part of what a kader may read of a child, so she cannot ask by it.
func (c call) find(r *store.Reader, sought casework.Sought) ([]foundPerson, error) {
	if c.caller.Role == casework.RoleIntake {
		sought.Village = ""
	}
	files, err := r.FindPersons(c.caller, sought.Finder().Fits, c.now)
	if err != nil {
		return nil, err
	}
	found, err := c.visible(r, files)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b foundPerson) int { return casework.ByName(a.person, b.person) })
	return found[:min(len(found), foundMax)], nil
}

// subjectReader is what Reader and Writer both can.
type subjectReader interface {
	Subject(store.CaseFile) (casework.Person, error)
}

// visible are the clients of cases that the caller may read with the client's name, each once.
func (c call) visible(r subjectReader, files []store.CaseFile) (found []foundPerson, err error) {
	for _, f := range files {
		read := access.Decide(f.Facts.Doing(access.Read))
		if !read.Allowed() || !read.Grant.Shows(access.F2|access.F2Roster) {
			continue
		}
		at := slices.IndexFunc(found, func(p foundPerson) bool { return p.person.ID == f.Case.Subject })
		if at >= 0 {
			if !found[at].grant.Shows(access.F2) && read.Grant.Shows(access.F2) {
				found[at].file, found[at].grant = f, read.Grant
			}
			continue
		}
		person, err := r.Subject(f)
		if err != nil {
			return nil, err
		}
		found = append(found, foundPerson{f, read.Grant, person})
	}
	return found, nil
}

// searchRecord is the one entry of a search, whatever it found; of the rows it keeps a keyed tag.
func (c call) searchRecord(act access.Decision, found []foundPerson) *store.Record {
	rec := c.record(access.PersonSearch, act, object{})
	var tags []byte
	for _, p := range found {
		rec.Entry.Mask |= uint32(p.grant.Mask())
		tag := c.store.Pseudonym("page", p.file.Case.ID[:])
		tags = append(tags, tag[:]...)
	}
	rec.Entry.ObjectKind, rec.Entry.Object = "page", c.store.Tag("page", tags)
	return &rec
}

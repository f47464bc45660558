package server

import (
	"context"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// cases reads cases and carries them from report to assessment.
type cases struct {
	pb.UnimplementedCaseServiceServer
	*Server
}

// caseReader is what Reader and Writer both can.
type caseReader interface {
	CaseFor(store.Caller, casework.CaseID, time.Time) (store.CaseFile, error)
	CaseByNumber(store.Caller, string, time.Time) (store.CaseFile, error)
	CaseContent(casework.Case) (casework.CaseContent, error)
	Person(casework.PersonID) (casework.Person, error)
	Officers(casework.CaseID, time.Time) ([]casework.AccountID, error)
	DutyOf(casework.ID) (casework.Duty, error)
	LegsOf(casework.CaseID) ([]casework.LegID, error)
	Tasks(casework.CaseID) ([]store.Task, error)
	Measurements(casework.PersonID) ([]casework.Measurement, error)
	Incidents(casework.Case) ([]casework.Incident, error)
	Notes(casework.Case, func(access.Mask) bool) ([]store.Note, error)
}

// caseBy finds a case by name or number; what is no name is not found like any other.
func (c call) caseBy(r caseReader, name string) (store.CaseFile, error) {
	if id, ok := parseName("cases", name); ok {
		return r.CaseFor(c.caller, casework.CaseID(id), c.now)
	}
	number, ok := casework.ParseNumber(casework.CaseNumber, strings.TrimPrefix(name, "cases/"))
	if !ok {
		return store.CaseFile{Facts: c.caller.Facts(c.now)}, nil
	}
	return r.CaseByNumber(c.caller, number, c.now)
}

// GetCase reads one case.
func (s *cases) GetCase(ctx context.Context, req *pb.GetCaseRequest) (*pb.Case, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.Case, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		f, err := c.caseBy(r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		read := access.Decide(f.Facts.Doing(access.Read))
		if !read.Allowed() {
			return nil, nil, c.refuse(access.Read, read, aboutCase(f.Case), req.GetName())
		}
		m, err := c.caseMessage(r, f, read.Grant)
		return m, c.readRecord(read, aboutCase(f.Case), f.Case), err
	})
}

// caseMessage opens of a case what the grant shows, and no more.
func (c call) caseMessage(r caseReader, f store.CaseFile, g access.Grant) (*pb.Case, error) {
	k := f.Case
	var d caseDetails
	for _, part := range []struct {
		wanted bool
		open   func() error
	}{
		{true, func() (err error) { d.person, err = r.Person(k.Subject); return err }},
		{g.Shows(access.F1), func() (err error) { d.officers, err = r.Officers(k.ID, c.now); return err }},
		{g.Shows(access.F1), func() (err error) { d.duty, err = r.DutyOf(casework.ID(k.ID)); return err }},
		{g.Shows(access.F1), func() (err error) { d.legs, err = r.LegsOf(k.ID); return err }},
		{g.Shows(access.F1), func() (err error) { d.tasks, err = r.Tasks(k.ID); return err }},
		{g.Shows(access.F3Health | access.F3Last), func() (err error) { d.measurements, err = r.Measurements(k.Subject); return err }},
		{g.Shows(access.F4), func() (err error) { d.incidents, err = r.Incidents(k); return err }},
		{g.Shows(access.F4 | access.F3Protection), func() (err error) { d.content, err = r.CaseContent(k); return err }},
		{g.Shows(access.F3 | access.F4), func() (err error) { d.notes, err = r.Notes(k, g.Shows); return err }},
	} {
		if !part.wanted {
			continue
		}
		if err := part.open(); err != nil {
			return nil, err
		}
	}
	return c.viewCase(g, k, d, caseActions(f), c.now), nil
}

// caseAct is the access action of each event.
var caseAct = map[casework.EventName]access.Action{
	casework.EventScreen:         access.CaseTransition,
	casework.EventAssess:         access.CaseTransition,
	casework.EventAddMeasurement: access.CaseMeasure,
}

func caseActions(f store.CaseFile) []string {
	var actions []string
	for _, event := range f.Case.Possible() {
		if access.Decide(f.Facts.Doing(caseAct[event])).Allowed() {
			actions = append(actions, string(event))
		}
	}
	return actions
}

// ListCases lists the cases of the own register that the caller may see.
func (s *cases) ListCases(ctx context.Context, req *pb.ListCasesRequest) (*pb.ListCasesResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListCasesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		filter := store.CaseFilter{Type: word[casework.CaseType](req.GetType()), Closed: req.GetClosed()}
		if filter.Before, err = c.cursor("cases", req, req.GetPageToken()); err != nil {
			return nil, nil, err
		}
		return c.caseList(r, req, filter, size)
	})
}

// caseList decides each row. A row that shows no part of F1 is not in the list, and neither is a gap.
func (c call) caseList(r *store.Reader, req *pb.ListCasesRequest, filter store.CaseFilter, size int) (*pb.ListCasesResponse, *store.Record, error) {
	m := &pb.ListCasesResponse{}
	var log pageLog
	next, err := listed(size, filter.Before, func(before store.Cursor, limit int) ([]store.CaseFile, error) {
		filter.Before, filter.Limit = before, limit
		return r.ListCases(c.caller, c.now, filter)
	}, func(f store.CaseFile) store.Cursor { return store.Cursor{Time: f.Case.Opened, ID: f.Case.ID} }, func(f store.CaseFile) (func() error, error) {
		read := access.Decide(f.Facts.Doing(access.Read))
		if !read.Allowed() || !read.Grant.Shows(access.F1) {
			return nil, nil
		}
		return func() (err error) {
			var d caseDetails
			if d.person, err = r.Subject(f); err != nil {
				return err
			}
			if d.duty, err = r.DutyOf(casework.ID(f.Case.ID)); err != nil {
				return err
			}
			m.Cases = append(m.Cases, c.viewCase(read.Grant, f.Case, d, caseActions(f), c.now))
			log.add(c, read, f.Case, f.Case.ID)
			return nil
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("cases", req, next)
	return m, log.record(c), nil
}

// caseEvent is a request that changes a case.
type caseEvent interface {
	mutation
	GetName() string
}

// caseMove is one act on a case on its way through its transaction.
type caseMove struct {
	call
	w       *store.Writer
	f       store.CaseFile
	next    casework.Case
	implied bool
	duty    casework.ID // of a new status
	entry   [16]byte    // of the act, in the journal
}

// open reads the case under its lock and decides the act; done is set for a request that was done before.
func (s *cases) open(ctx context.Context, w *store.Writer, req caseEvent, event casework.EventName, id [16]byte) (m caseMove, act access.Decision, old store.Answered, done bool, err error) {
	if k, ok := parseName("cases", req.GetName()); ok {
		if err := w.LockCase(casework.CaseID(k)); err != nil {
			return m, act, old, false, err
		}
	}
	m.w = w
	if m.call, err = s.writing(ctx, w); err != nil {
		return m, act, old, false, err
	}
	if m.f, err = m.caseBy(w, req.GetName()); err != nil {
		return m, act, old, false, err
	}
	act = access.Decide(m.f.Facts.Doing(caseAct[event]))
	if !act.Allowed() {
		return m, act, old, false, m.refuse(caseAct[event], act, aboutCase(m.f.Case), req.GetName())
	}
	old, done, err = w.Answered(m.caller.Account, id)
	if err != nil || done {
		return m, act, old, done, err
	}
	m.f.Case.Content, err = w.CaseContent(m.f.Case)
	m.next = m.f.Case
	return m, act, old, false, err
}

// move is one event on a case: an act and then a read.
func (s *cases) move(ctx context.Context, req interface {
	caseEvent
	GetEtag() string
}, event casework.EventName, apply func(*caseMove) error,
) (*pb.Case, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method, duty := string(req.ProtoReflect().Descriptor().FullName()), newID()
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Case, error) {
		m, act, old, done, err := s.open(ctx, w, req, event, id)
		if err != nil {
			return nil, err
		}
		if done {
			answer := &pb.Case{}
			read := access.Decide(m.f.Facts.Doing(access.Read))
			m.replayed(w, read, aboutCase(m.f.Case), m.f.Case)
			return answer, m.answered(old, method, mark, read.Grant.Mask(), answer)
		}
		if req.GetEtag() != "" && req.GetEtag() != etag(m.f.Case.Revision) {
			return nil, casework.Conflict("ETAG_MISMATCH")
		}
		m.duty = duty
		if err := apply(&m); err != nil {
			return nil, withActions(err, caseActions(m.f))
		}
		if err := m.put(caseAct[event], act, event); err != nil {
			return nil, err
		}
		f, err := w.CaseFor(m.caller, m.f.Case.ID, m.now)
		if err != nil {
			return nil, err
		}
		read := access.Decide(f.Facts.Doing(access.Read))
		answer, err := m.caseMessage(w, f, read.Grant)
		if err != nil {
			return nil, err
		}
		w.Shown(m.entry, uint32(read.Grant.Mask()))
		return answer, m.keep(w, id, store.Answered{
			Method: method, Mark: mark, Owner: store.Owner(f.Case.Subject), Case: f.Case.ID,
			Mask: uint32(read.Grant.Mask()),
		}, answer)
	})
}

// put stores the case, its entry, and what its new status owes.
func (m *caseMove) put(action access.Action, act access.Decision, name casework.EventName) error {
	event := journal.Event{Name: string(name), Before: string(m.f.Case.Status), After: string(m.next.Status), Revision: m.next.Revision + 1}
	if m.implied {
		event.Name, event.Revision = "IMPLIED", m.next.Revision
		m.entry = m.append(m.w, action, act, aboutCase(m.f.Case), event)
		return nil
	}
	err := m.w.UpdateCase(m.next, func(value [32]byte) [16]byte {
		event.Value = value
		m.entry = m.append(m.w, action, act, aboutCase(m.f.Case), event)
		return m.entry
	})
	if err != nil || m.next.Status == m.f.Case.Status {
		return err
	}
	if err := m.w.EndDuties(casework.ID(m.next.ID)); err != nil {
		return err
	}
	officers, err := m.w.Officers(m.next.ID, m.now)
	if err != nil {
		return err
	}
	return m.owe(m.w, m.next, append(officers, casework.AccountID{})[0], casework.Routine, m.duty, m.entry)
}

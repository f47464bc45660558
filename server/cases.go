package server

import (
	"context"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
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
	DutyOf(casework.CaseID, casework.ID) (casework.Duty, error)
	LegsOf(casework.CaseID) ([]casework.LegID, error)
	Tasks(casework.CaseID) ([]store.TaskRow, error)
	TaskText(*store.TaskRow, casework.Case) error
	Measurements(casework.PersonID) ([]casework.Measurement, error)
	Incidents(casework.Case) ([]casework.Incident, error)
	Notes(casework.Case, func(access.Mask) bool) ([]store.Note, error)
	LegalSteps(casework.Case) ([]casework.LegalStep, error)
	Diagnosis(casework.PersonID) (casework.StuntingDiagnosis, error)
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

// readCase finds the case that a read names and decides the read: who may read nothing of it is told what one is told of a case that never was.
func (s *Server) readCase(ctx context.Context, r *store.Reader, name string) (c call, f store.CaseFile, read access.Decision, err error) {
	if c, err = s.reading(ctx, r); err != nil {
		return c, f, read, err
	}
	if f, err = c.caseBy(r, name); err != nil {
		return c, f, read, err
	}
	if read = ofCase(access.Decide(f.Facts.Doing(access.Read))); !read.Allowed() {
		return c, f, read, c.refuse(access.Read, read, aboutCase(f.Case), name)
	}
	return c, f, read, nil
}

// GetCase reads one case.
func (s *cases) GetCase(ctx context.Context, req *pb.GetCaseRequest) (*pb.Case, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.Case, *store.Record, error) {
		c, f, read, err := s.readCase(ctx, r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		m, err := c.caseMessage(r, f, read.Grant)
		if err != nil {
			return nil, nil, err
		}
		links, err := c.linksFor(r, f)
		c.viewCaseLinks(read.Grant, m, links)
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
		{g.Shows(access.F1), func() (err error) { d.duty, err = r.DutyOf(k.ID, casework.ID(k.ID)); return err }},
		{g.Shows(access.F1), func() (err error) { d.legs, err = r.LegsOf(k.ID); return err }},
		{g.Shows(access.F1), func() (err error) { d.tasks, err = c.tasksOf(r, k, g); return err }},
		{g.Shows(access.F3Health | access.F3Last), func() (err error) { d.measurements, err = r.Measurements(k.Subject); return err }},
		{g.Shows(access.F4), func() (err error) { d.incidents, err = r.Incidents(k); return err }},
		{g.Shows(access.F3Health) && k.Type.IsGrowth(), func() (err error) { d.diagnosis, err = r.Diagnosis(k.Subject); return err }},
		{g.Shows(access.F4), func() (err error) { d.legal, err = r.LegalSteps(k); return err }},
		{g.Shows(access.F1 | access.F3 | access.F4), func() (err error) { d.content, err = r.CaseContent(k); return err }},
		{g.Shows(access.F3 | access.F4), func() (err error) { d.notes, err = r.Notes(k, g.Shows); return err }},
	} {
		if !part.wanted {
			continue
		}
		if err := part.open(); err != nil {
			return nil, err
		}
	}
	return c.viewCase(g, k, d, caseActions(&f), c.now), nil
}

// tasksOf reads the tasks of a case, with their texts if the grant shows what is written on it.
func (c call) tasksOf(r caseReader, k casework.Case, g access.Grant) ([]store.TaskRow, error) {
	tasks, err := r.Tasks(k.ID)
	if err != nil || !g.Shows(c.textClass(k)) {
		return tasks, err
	}
	for i := range tasks {
		if err := r.TaskText(&tasks[i], k); err != nil {
			return nil, err
		}
	}
	return tasks, nil
}

// textClass is the class of what the owner unit writes on a case.
func (s *Server) textClass(k casework.Case) access.Mask {
	if k.Type.IsViolence() {
		return access.F4
	}
	return s.authorClass(k.Unit)
}

// caseAct is the access action of each event.
var caseAct = map[casework.EventName]access.Action{
	casework.EventScreen:         access.CaseTransition,
	casework.EventAssess:         access.CaseTransition,
	casework.EventPlan:           access.CaseTransition,
	casework.EventStartService:   access.CaseTransition,
	casework.EventMonitor:        access.CaseTransition,
	casework.EventResume:         access.CaseTransition,
	casework.EventReclassify:     access.CaseTransition,
	casework.EventClose:          access.CaseClose,
	casework.EventReopenCase:     access.CaseReopen,
	casework.EventAddMeasurement: access.CaseMeasure,
	casework.EventAddIncident:    access.CaseIncident,
	casework.EventAddNote:        access.CaseNote,
	casework.EventAddLegalStep:   access.CaseNote,
	casework.EventRecordConsent:  access.CaseUpdate,
	casework.EventAddTask:        access.TaskAdd,
	casework.EventUpdateCase:     access.CaseUpdate,
}

// caseActions are all that the caller may now do with a case.
func caseActions(f *store.CaseFile) []string { return append(caseSteps(f), protectiveActions(f)...) }

// caseSteps are the events of its life, and who holds it.
func caseSteps(f *store.CaseFile) []string {
	events := f.Case.Possible()
	actions := make([]string, 0, len(events)+1)
	var asked access.Action // most events are one action, and a list asks for each of its rows
	var may bool
	for _, event := range events {
		if caseAct[event] != asked {
			asked, may = caseAct[event], decideCase(f, event).Allowed()
		}
		if may {
			actions = append(actions, string(event))
		}
	}
	if decideReasoned(f.Facts, access.CaseAssign).Allowed() {
		actions = append(actions, string(eventAssign))
	}
	return actions
}

// protectiveActs are the acts on who may know of a case, each with the state in which it is possible. One that waits for a second person
// is the caller's to begin.
var protectiveActs = []struct {
	name     casework.EventName
	action   access.Action
	possible func(*casework.Case) bool
}{
	{casework.EventOpenCase, access.CaseOpen, ofAny},
	{casework.EventRaiseLevel, access.CaseRaiseLevel, func(k *casework.Case) bool { return k.Level != casework.L3 }},
	{casework.EventLowerLevel, access.CaseLowerLevel, func(k *casework.Case) bool { return k.Level > k.Type.Floor() }},
	{"addBlock", access.BlockAdd, ofAny},
	{casework.EventSealCase, access.CaseSeal, func(k *casework.Case) bool { return !k.Open() }},
	{casework.EventSetHold, access.HoldLegal, ofAny},
	{casework.EventLiftHold, access.HoldLegal, ofAny},
	{"copy", access.SubjectCopy, ofAny},
}

func ofAny(*casework.Case) bool { return true }

func protectiveActions(f *store.CaseFile) (actions []string) {
	for _, act := range protectiveActs {
		if !act.possible(&f.Case) {
			continue
		}
		if d := decideReasoned(f.Facts, act.action); d.Allowed() || d.Outcome == access.Await {
			actions = append(actions, string(act.name))
		}
	}
	return actions
}

// decideCase decides an event on a case. Whatever a person adds as a task is made by hand.
func decideCase(f *store.CaseFile, event casework.EventName) access.Decision {
	facts := f.Facts
	if event == casework.EventAddTask {
		facts.Cond |= access.DoneOrByHand
	}
	return access.Decide(facts.Doing(caseAct[event]))
}

// isOver tells whether an event is refused for nothing but that the case is closed: whoever might do it on an open one learns its state,
// for a colleague was faster (design: domain 7).
func isOver(f store.CaseFile, event casework.EventName) bool {
	f.Facts.State = access.Open
	return !f.Case.Open() && !f.Case.Sealed && decideCase(&f, event).Allowed()
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
			if d.duty, err = r.DutyOf(f.Case.ID, casework.ID(f.Case.ID)); err != nil {
				return err
			}
			m.Cases = append(m.Cases, c.viewCase(read.Grant, f.Case, d, caseActions(&f), c.now))
			log.add(c, read, &f.Case, f.Case.ID)
			return nil
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("cases", req, next)
	return m, log.record(c), nil
}

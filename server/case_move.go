package server

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

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
	act     access.Decision
	action  access.Action
	event   casework.EventName
	next    casework.Case
	implied bool
	urgency casework.Urgency // of a finding that the status duty follows
	silent  bool             // the timeline tells of it elsewhere, to fewer readers
	steps   []func() error   // what follows from the event, once it is on record
	ids     []casework.ID    // drawn before the transaction
	entry   [16]byte         // of the act, in the journal
}

// idsOfMove is how many ids one act on a case may need: three tasks, a note, a task of the risk, an incident's two tasks.
const idsOfMove = 8

func drawIDs(n int) []casework.ID {
	ids := make([]casework.ID, n)
	for i := range ids {
		ids[i] = newID()
	}
	return ids
}

// id takes the next of the ids that were drawn.
func (m *caseMove) id() casework.ID {
	id := m.ids[0]
	m.ids = m.ids[1:]
	return id
}

// then adds what follows from the event.
func (m *caseMove) then(step func() error) { m.steps = append(m.steps, step) }

// openCase reads the case under its lock and decides the act; done is set for a request that was done before.
func (s *Server) openCase(ctx context.Context, w *store.Writer, req caseEvent, event casework.EventName, id [16]byte) (m caseMove, old store.Answered, done bool, err error) {
	if k, ok := parseName("cases", req.GetName()); ok {
		if err := w.LockCase(casework.CaseID(k)); err != nil {
			return m, old, false, err
		}
	}
	m.w, m.event, m.action = w, event, caseAct[event]
	if m.call, err = s.writing(ctx, w); err != nil {
		return m, old, false, err
	}
	if m.f, err = m.caseBy(w, req.GetName()); err != nil {
		return m, old, false, err
	}
	m.act = decideCase(&m.f, event)
	if !m.act.Allowed() {
		if m.act.Outcome == access.Denied && isOver(m.f, event) {
			return m, old, false, withActions(m.f.Case.Accepts(event), caseActions(&m.f))
		}
		return m, old, false, m.refuse(m.action, m.act, aboutCase(m.f.Case), req.GetName())
	}
	old, done, err = w.Answered(m.caller.Account, id)
	if err != nil || done {
		return m, old, done, err
	}
	m.f.Case.Content, err = w.CaseContent(m.f.Case)
	m.next = m.f.Case
	return m, old, false, err
}

// repeat answers a request that was done before: a read, and on record like one.
func repeat[M proto.Message](m *caseMove, old store.Answered, method string, mark [32]byte) (M, error) {
	var none M
	answer, _ := none.ProtoReflect().New().Interface().(M)
	read := access.Decide(m.f.Facts.Doing(access.Read))
	m.replayed(m.w, read, aboutCase(m.f.Case), m.f.Case)
	return answer, m.answered(old, method, mark, read.Grant.Mask(), answer)
}

// move is one event on a case: an act and then a read.
func (s *Server) move(ctx context.Context, req interface {
	caseEvent
	GetEtag() string
}, event casework.EventName, apply func(*caseMove) error,
) (*pb.Case, error) {
	return actOn(ctx, s, req, event, func(m *caseMove) (func(access.Grant) (*pb.Case, error), error) {
		if req.GetEtag() != "" && req.GetEtag() != etag(m.f.Case.Revision) {
			return nil, casework.Conflict("ETAG_MISMATCH")
		}
		if err := apply(m); err != nil {
			return nil, err
		}
		return m.viewSelf, m.put()
	})
}

func (m *caseMove) viewSelf(g access.Grant) (*pb.Case, error) { return m.caseMessage(m.w, m.f, g) }

// actOn is one act on a case, whatever it answers: access first, then the stored answer of a known request, then do, then the read that
// follows an act, on the facts as they are now. What a guard refuses has changed nothing.
func actOn[M proto.Message](ctx context.Context, s *Server, req caseEvent, event casework.EventName, do func(*caseMove) (func(access.Grant) (M, error), error)) (M, error) {
	var none M
	id, mark, err := s.requestOf(req)
	if err != nil {
		return none, err
	}
	method, ids := string(req.ProtoReflect().Descriptor().FullName()), drawIDs(idsOfMove)
	return store.Update(ctx, s.store, func(w *store.Writer) (M, error) {
		m, old, done, err := s.openCase(ctx, w, req, event, id)
		if err != nil {
			return none, err
		}
		if done {
			return repeat[M](&m, old, method, mark)
		}
		m.ids = ids
		view, err := do(&m)
		if err != nil {
			return none, withActions(err, caseActions(&m.f))
		}
		return settle(&m, id, method, mark, view)
	})
}

// settle reads what the act has made, as the caller may now see it, and keeps that as the answer.
func settle[M proto.Message](m *caseMove, id [16]byte, method string, mark [32]byte, view func(access.Grant) (M, error)) (M, error) {
	var none M
	var err error
	if m.f, err = m.w.CaseFor(m.caller, m.f.Case.ID, m.now); err != nil {
		return none, err
	}
	read := access.Decide(m.f.Facts.Doing(access.Read))
	answer, err := view(read.Grant)
	if err != nil {
		return none, err
	}
	m.w.Shown(m.entry, uint32(read.Grant.Mask()))
	return answer, m.keep(m.w, id, store.Answered{
		Method: method, Mark: mark, Owner: store.Owner(m.f.Case.Subject), Case: m.f.Case.ID, Mask: uint32(read.Grant.Mask()),
	}, answer)
}

// put stores the case, its entry, its place in the timeline, and what follows: tasks, notes, and what its status owes.
func (m *caseMove) put() error {
	event := journal.Event{Name: string(m.event), Before: string(m.f.Case.Status), After: string(m.next.Status), Revision: m.next.Revision + 1}
	if m.implied {
		event.Name, event.Revision = "IMPLIED", m.next.Revision
		m.entry = m.append(m.w, m.action, m.act, aboutCase(m.f.Case), event)
		return nil
	}
	event.Fields = m.f.Case.ChangedFields(m.next)
	err := m.w.UpdateCase(m.next, func(value [32]byte) [16]byte {
		event.Value = value
		m.entry = m.append(m.w, m.action, m.act, aboutCase(m.f.Case), event)
		return m.entry
	})
	if err != nil {
		return err
	}
	if err := m.w.PutChange(casework.ID(m.next.ID), m.next.Revision+1, event.Fields, m.caller, m.entry); err != nil {
		return err
	}
	if err := m.remember(event.Before, event.After); err != nil {
		return err
	}
	for _, step := range append(m.steps, m.judgeAgain, m.oweStatus) {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// remember puts the event into the timeline of the case.
func (m *caseMove) remember(before, after string) error {
	if m.silent {
		return nil
	}
	return m.w.PutCaseEvent(m.next.ID, store.CaseEvent{
		Name: string(m.event), Before: before, After: after, Unit: m.caller.Unit.ID, Account: m.caller.Account,
	}, m.entry)
}

// oweStatus starts what a new status owes; a closed case owes nothing.
func (m *caseMove) oweStatus() error {
	if m.next.Status == m.f.Case.Status {
		return nil
	}
	return m.renewStatus()
}

// renewStatus ends the status duty and starts the one of now.
func (m *caseMove) renewStatus() error {
	if err := m.w.EndDuties(m.next.ID, casework.ID(m.next.ID)); err != nil || !m.next.Open() {
		return err
	}
	officer, err := m.officer()
	if err != nil {
		return err
	}
	return m.owe(m.w, m.next, officer, m.urgency, m.entry)
}

// officer is who of the case answers first; zero if nobody can.
func (m *caseMove) officer() (casework.AccountID, error) {
	officers, err := m.w.Officers(m.next.ID, m.now)
	return append(officers, casework.AccountID{})[0], err
}

// noteReason keeps the reason of an event where its readers look: among the notes of the case, under their class.
func (m *caseMove) noteReason(kind casework.NoteKind, text string) {
	if text == "" {
		return
	}
	m.then(func() error {
		n := casework.Note{ID: m.id(), Unit: m.caller.Unit.ID, Account: m.caller.Account, Kind: kind, Text: text}
		return m.w.PutNote(n, m.next, m.entry)
	})
}

// added is the entry of a thing that was added to the case.
func (m *caseMove) added(kind string, id casework.ID) func(value [32]byte) [16]byte {
	return func(value [32]byte) [16]byte {
		about := object{kind, id, m.f.Case.ID, m.f.Case.Level, casework.DisclosureID{}}
		m.entry = m.append(m.w, m.action, m.act, about, journal.Event{Name: string(m.event), Revision: 1, Value: value})
		return m.entry
	}
}

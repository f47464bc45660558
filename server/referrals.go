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

// referrals is the closed loop. FileReferral stands in filing.go.
type referrals struct {
	pb.UnimplementedReferralServiceServer
	*Server
}

// legReader is what Reader and Writer both can.
type legReader interface {
	ReferralFor(store.Caller, casework.LegID, time.Time) (store.LegFile, error)
	ReferralByNumber(store.Caller, string, time.Time) (store.LegFile, error)
	LegTexts(*casework.Referral, casework.PersonID) error
	Person(casework.PersonID) (casework.Person, error)
	Progress(casework.LegID, casework.PersonID, bool) ([]casework.Progress, error)
	Measurements(casework.PersonID) ([]casework.Measurement, error)
	Incidents(casework.Case) ([]casework.Incident, error)
	CaseContent(casework.Case) (casework.CaseContent, error)
	Notes(casework.Case, func(access.Mask) bool) ([]store.Note, error)
}

// legBy finds a leg by name or number; what is no name is not found like any other.
func (c call) legBy(r legReader, name string) (store.LegFile, error) {
	if id, ok := parseName("referrals", name); ok {
		return r.ReferralFor(c.caller, casework.LegID(id), c.now)
	}
	number, ok := casework.ParseNumber(casework.LegNumber, strings.TrimPrefix(name, "referrals/"))
	if !ok {
		return store.LegFile{Facts: c.caller.Facts(c.now)}, nil
	}
	return r.ReferralByNumber(c.caller, number, c.now)
}

// GetReferral reads one leg.
func (s *referrals) GetReferral(ctx context.Context, req *pb.GetReferralRequest) (*pb.Referral, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.Referral, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		if err := c.scoped(scopeStatus, access.Read); err != nil {
			return nil, nil, err
		}
		f, err := c.legBy(r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		read := access.Decide(f.Facts.Doing(access.Read))
		if !read.Allowed() {
			return nil, nil, c.refuse(access.Read, read, aboutLeg(f), req.GetName())
		}
		m, err := c.legMessage(r, f, read.Grant)
		if err != nil {
			return nil, nil, err
		}
		return m, c.readRecord(read, aboutLeg(f), f.Case), nil
	})
}

// readRecord is the entry of a read that shows anything of an L2 or L3 case or of another unit's; nil for one that needs none.
func (c call) readRecord(read access.Decision, about object, k casework.Case) *store.Record {
	if k.Level == casework.L1 && k.Register == c.caller.Unit.Register {
		return nil
	}
	rec := c.record(access.Read, read, about)
	return &rec
}

// replayed keeps the entry of a read by a stored answer; it is undone with the call if the answer is refused.
func (c call) replayed(w *store.Writer, read access.Decision, about object, k casework.Case) {
	if rec := c.readRecord(read, about, k); rec != nil {
		w.AppendRecord(*rec)
	}
}

// legMessage opens of a leg what the grant shows, and no more: a seal that is not needed stays shut.
func (c call) legMessage(r legReader, f store.LegFile, g access.Grant) (*pb.Referral, error) {
	sight := sightOf(g)
	d := legDetails{texts: true}
	for _, part := range []struct {
		wanted bool
		open   func() error
	}{
		{true, func() error { return r.LegTexts(&f.Leg, f.Case.Subject) }},
		{true, func() (err error) { d.person, err = r.Person(f.Case.Subject); return err }},
		{g.Shows(access.F1Own), func() (err error) { d.progress, err = r.Progress(f.Leg.ID, f.Case.Subject, true); return err }},
		{sight.opens(pb.NamedField_MEASUREMENTS, access.F3Health), func() (err error) { d.measurements, err = r.Measurements(f.Case.Subject); return err }},
		{g.Shows(access.F4 | access.F4Named), func() (err error) { d.incidents, err = r.Incidents(f.Case); return err }},
		{sight.opens(pb.NamedField_RISK, access.F3Protection|access.F4), func() (err error) { d.content, err = r.CaseContent(f.Case); return err }},
	} {
		if !part.wanted {
			continue
		}
		if err := part.open(); err != nil {
			return nil, err
		}
	}
	notes, err := r.Notes(f.Case, func(class access.Mask) bool { return sight.opens(pb.NamedField_NOTE, class) })
	if err != nil {
		return nil, err
	}
	if len(notes) > 0 {
		d.note = &notes[len(notes)-1] // the filing's own is the oldest
	}
	return c.viewReferral(g, f, d, legActions(f), c.isSender(f), c.now), nil
}

// isSender tells whether the caller reads from the sender's side: the case is named to that side alone.
func (c call) isSender(f store.LegFile) bool { return f.Leg.SenderRegister == c.caller.Unit.Register }

// legAct is the access action of each event.
var legAct = map[casework.EventName]access.Action{
	casework.EventAcknowledge:    access.ReferralAcknowledge,
	casework.EventAccept:         access.ReferralAccept,
	casework.EventDecline:        access.ReferralDecline,
	casework.EventRecordProgress: access.ReferralWork,
	casework.EventReportOutcome:  access.ReferralReport,
	casework.EventConfirm:        access.ReferralConfirm,
	casework.EventCancel:         access.ReferralFollow,
}

// legActions are the events of the table from this state that the caller may send.
func legActions(f store.LegFile) []string {
	var actions []string
	for _, event := range f.Leg.Possible() {
		if decideLeg(f, event).Allowed() {
			actions = append(actions, string(event))
		}
	}
	return actions
}

// decideLeg decides an event. The table lets any worker of the receiver decline; once an officer has the leg it is the officer's
// to give back (design: referral 3, row 6), so a colleague is decided there as if the leg waited for nobody.
func decideLeg(f store.LegFile, event casework.EventName) access.Decision {
	facts := f.Facts
	if event == casework.EventDecline && f.Leg.State == casework.Accepted && facts.Relations&(access.Receiver|access.Pending) == access.Pending {
		facts.Relations &^= access.Pending
		facts.Relations |= access.Former
	}
	return access.Decide(facts.Doing(legAct[event]))
}

// legEvent is a request that moves a leg.
type legEvent interface {
	mutation
	GetName() string
	GetEtag() string
}

// movement is one event on a leg on its way through its transaction.
type movement struct {
	call
	w        *store.Writer
	f        store.LegFile
	change   casework.Change
	progress *casework.Progress // an entry that the event adds
	entry    [16]byte           // of the act, in the journal
}

// move is one event on a leg: an act and then a read. apply gives the leg its next value, by the machine of the domain.
func (s *referrals) move(ctx context.Context, req legEvent, event casework.EventName, apply func(*movement) error) (*pb.Referral, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	duty := newID()
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Referral, error) {
		if leg, ok := parseName("referrals", req.GetName()); ok {
			if err := w.LockLeg(casework.LegID(leg)); err != nil {
				return nil, err
			}
		}
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		f, err := c.legBy(w, req.GetName())
		if err != nil {
			return nil, err
		}
		act := decideLeg(f, event)
		if !act.Allowed() {
			return nil, c.refuse(legAct[event], act, aboutLeg(f), req.GetName())
		}
		if old, ok, err := w.Answered(c.caller.Account, id); err != nil || ok {
			return s.movedBefore(w, c, f, old, method, mark, err)
		}
		if req.GetEtag() != "" && req.GetEtag() != etag(f.Leg.Revision) {
			return nil, casework.Conflict("ETAG_MISMATCH")
		}
		if err := w.LegTexts(&f.Leg, f.Case.Subject); err != nil {
			return nil, err
		}
		m := &movement{call: c, w: w, f: f}
		if err := apply(m); err != nil {
			return nil, withActions(err, legActions(f))
		}
		if err := m.put(act, duty); err != nil {
			return nil, err
		}
		return m.answer(store.Answered{Method: method, Mark: mark}, id)
	})
}

// withActions tells one who came too late what may be done now.
func withActions(err error, actions []string) error {
	if e, ok := err.(*casework.Error); ok && (e.Reason == "REFERRAL_STATE" || e.Reason == "CASE_STATE") {
		return e.With("allowed_actions", strings.Join(actions, ","))
	}
	return err
}

// movedBefore answers a request that was done before: a read, and on record like one.
func (s *referrals) movedBefore(w *store.Writer, c call, f store.LegFile, old store.Answered, method string, mark [32]byte, err error) (*pb.Referral, error) {
	if err != nil {
		return nil, err
	}
	read := access.Decide(f.Facts.Doing(access.Read))
	answer := &pb.Referral{}
	c.replayed(w, read, aboutLeg(f), f.Case)
	return answer, c.answered(old, method, mark, read.Grant.Mask(), answer)
}

// put stores the leg, its entry, and what is owed next. An implied event changes nothing and is journaled as such.
func (m *movement) put(act access.Decision, duty casework.ID) error {
	leg, about := m.f.Leg, aboutLeg(m.f)
	action := legAct[m.change.Event]
	event := journal.Event{Name: string(m.change.Event), Before: string(m.change.Before), After: string(leg.State), Revision: leg.Revision + 1}
	if m.change.Implied {
		event.Name, event.Revision = "IMPLIED", leg.Revision
		m.entry = m.append(m.w, action, act, about, event)
		return nil
	}
	err := m.w.UpdateReferral(leg, m.f.Case.Subject, func(value [32]byte) [16]byte {
		event.Value = value
		m.entry = m.append(m.w, action, act, about, event)
		return m.entry
	})
	if err != nil {
		return err
	}
	if m.progress != nil {
		if err := m.w.PutProgress(*m.progress, m.f.Case.Subject, m.entry); err != nil {
			return err
		}
	}
	return m.owe(m.entry, duty)
}

// owe starts what the leg now owes: a progress entry may renew it or leave it; a final leg owes nothing.
func (m *movement) owe(entry [16]byte, id casework.ID) error {
	owed, open := m.f.Leg.Owes(m.now)
	if m.progress != nil {
		var renewed bool
		if owed, renewed = m.f.Leg.OwesAfter(*m.progress, m.now); !renewed {
			return nil
		}
	}
	if err := m.w.EndDuties(casework.ID(m.f.Leg.ID)); err != nil || !open {
		return err
	}
	return m.start(owed, entry, id)
}

// answer is the read that follows an act: what may leave is decided on the facts as they are now, and noted in the act's entry.
func (m *movement) answer(a store.Answered, request [16]byte) (*pb.Referral, error) {
	f, err := m.w.ReferralFor(m.caller, m.f.Leg.ID, m.now)
	if err != nil {
		return nil, err
	}
	read := access.Decide(f.Facts.Doing(access.Read))
	answer, err := m.legMessage(m.w, f, read.Grant)
	if err != nil {
		return nil, err
	}
	m.w.Shown(m.entry, uint32(read.Grant.Mask()))
	a.Owner, a.Case, a.Leg, a.Mask = store.Owner(f.Case.Subject), f.Case.ID, f.Leg.ID, uint32(read.Grant.Mask())
	return answer, m.keep(m.w, request, a, answer)
}

// start begins one duty, owed by one unit by one minute.
func (m *movement) start(owed casework.Owed, entry [16]byte, id casework.ID) error {
	duty := casework.Duty{ID: id, Kind: casework.OnLeg, Object: casework.ID(m.f.Leg.ID), Case: m.f.Case.ID, Name: owed.Name, Started: owed.Start}
	unit := m.f.Leg.Receiver
	duty.Officer = m.f.Leg.Officer
	if !owed.ByReceiver {
		unit = m.f.Leg.Sender
		officers, err := m.w.Officers(m.f.Case.ID, m.now)
		if err != nil {
			return err
		}
		duty.Officer = append(officers, casework.AccountID{})[0]
	}
	d := m.store.Directory()
	known, _ := d.Unit(unit)
	var err error
	if duty.Unit, err = m.w.Accountable(known); err != nil {
		return err
	}
	duty, err = d.Deadlines.Start(duty, casework.DeadlineKey{
		CaseType: m.f.Case.Type, Service: m.f.Leg.Service, Urgency: m.f.Leg.Urgency,
		Duty: owed.Name, Day: casework.DateOf(m.f.Leg.Sent),
	}, d.Calendar)
	if err != nil {
		return err
	}
	return m.w.PutDuty(duty, entry)
}

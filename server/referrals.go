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
	if event == casework.EventDecline && f.Leg.State == casework.Accepted && facts.Relations&access.Receiver == 0 {
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
			return s.movedBefore(c, f, old, method, mark, err)
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
		return s.moved(w, c, f.Leg.ID, store.Answered{Method: method, Mark: mark}, id)
	})
}

// withActions tells one who came too late what may be done now.
func withActions(err error, actions []string) error {
	if e, ok := err.(*casework.Error); ok && (e.Reason == "REFERRAL_STATE" || e.Reason == "CASE_STATE") {
		return e.With("allowed_actions", strings.Join(actions, ","))
	}
	return err
}

func (s *referrals) movedBefore(c call, f store.LegFile, old store.Answered, method string, mark [32]byte, err error) (*pb.Referral, error) {
	if err != nil {
		return nil, err
	}
	read := access.Decide(f.Facts.Doing(access.Read))
	answer := &pb.Referral{}
	return answer, c.answered(old, method, mark, read.Grant.Mask(), answer)
}

// put stores the leg, its entry, and what is owed next. An implied event changes nothing and is journaled as such.
func (m *movement) put(act access.Decision, duty casework.ID) error {
	leg, about := m.f.Leg, aboutLeg(m.f)
	action := legAct[m.change.Event]
	event := journal.Event{Name: string(m.change.Event), Before: string(m.change.Before), After: string(leg.State), Revision: leg.Revision + 1}
	if m.change.Implied {
		event.Name, event.Revision = "IMPLIED", leg.Revision
		m.append(m.w, action, act, about, event)
		return nil
	}
	var entry [16]byte
	err := m.w.UpdateReferral(leg, m.f.Case.Subject, func(value [32]byte) [16]byte {
		event.Value = value
		entry = m.append(m.w, action, act, about, event)
		return entry
	})
	if err != nil {
		return err
	}
	if m.progress != nil {
		if err := m.w.PutProgress(*m.progress, m.f.Case.Subject, entry); err != nil {
			return err
		}
	}
	return m.owe(entry, duty)
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

// moved is the read that follows an act: what may leave is decided on the facts as they are now.
func (s *referrals) moved(w *store.Writer, c call, leg casework.LegID, a store.Answered, request [16]byte) (*pb.Referral, error) {
	f, err := w.ReferralFor(c.caller, leg, c.now)
	if err != nil {
		return nil, err
	}
	read := access.Decide(f.Facts.Doing(access.Read))
	m, err := c.legMessage(w, f, read.Grant)
	if err != nil {
		return nil, err
	}
	a.Owner, a.Case, a.Leg, a.Mask = store.Owner(f.Case.Subject), f.Case.ID, leg, uint32(read.Grant.Mask())
	return m, c.keep(w, request, a, m)
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
	duty, err = d.Deadlines.Start(duty, casework.DeadlineKey{CaseType: m.f.Case.Type, Service: m.f.Leg.Service, Urgency: m.f.Leg.Urgency,
		Duty: owed.Name, Day: casework.DateOf(m.f.Leg.Sent)}, d.Calendar)
	if err != nil {
		return err
	}
	return m.w.PutDuty(duty, entry)
}

// AcknowledgeReferral says that the receiver has seen the leg.
func (s *referrals) AcknowledgeReferral(ctx context.Context, req *pb.AcknowledgeReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventAcknowledge, func(m *movement) (err error) {
		m.f.Leg, m.change, err = m.f.Leg.Acknowledge(m.now)
		return err
	})
}

// AcceptReferral names the officer; content opens for that officer alone.
func (s *referrals) AcceptReferral(ctx context.Context, req *pb.AcceptReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventAccept, func(m *movement) (err error) {
		a := casework.Acceptance{Officer: m.caller.Account, BasisValid: m.f.Basis.ValidAt(m.now)}
		if req.GetOfficer() != "" {
			id, ok := parseName("accounts", req.GetOfficer())
			if !ok {
				return casework.Violations{{Field: "officer", Reason: "NAME_FORMAT"}}
			}
			a.Officer = casework.AccountID(id)
		}
		unit, _ := m.store.Directory().Unit(m.f.Leg.Receiver)
		if a.OfficerAble, err = m.w.IsHandler(a.Officer, unit, m.f.Case.ID); err != nil {
			return err
		}
		if a.ReceiverCase, err = m.ownCase(m.w, req.GetReceiverCase()); err != nil {
			return err
		}
		m.f.Leg, m.change, err = m.f.Leg.Accept(a, m.now)
		return err
	})
}

// ownCase reads the name of a case that the caller may see in the own register; another's is as unknown as one that never was.
func (c call) ownCase(w *store.Writer, name string) (casework.CaseID, error) {
	if name == "" {
		return casework.CaseID{}, nil
	}
	id, ok := parseName("cases", name)
	if !ok {
		return casework.CaseID{}, casework.Violations{{Field: "receiverCase", Reason: "NAME_FORMAT"}}
	}
	file, err := w.CaseFor(c.caller, casework.CaseID(id), c.now)
	if err != nil {
		return casework.CaseID{}, err
	}
	if file.Case.Register != c.caller.Unit.Register || !access.Decide(file.Facts.Doing(access.Read)).Allowed() {
		return casework.CaseID{}, casework.Violations{{Field: "receiverCase", Reason: "CASE_UNKNOWN"}}
	}
	return file.Case.ID, nil
}

// DeclineReferral refuses the leg, not the client.
func (s *referrals) DeclineReferral(ctx context.Context, req *pb.DeclineReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventDecline, func(m *movement) (err error) {
		var suggested casework.Unit
		if req.GetSuggestedUnit() != "" {
			var ok bool
			if suggested, ok = m.unitOf(req.GetSuggestedUnit()); !ok {
				return casework.Violations{{Field: "suggestedUnit", Reason: "UNIT_UNKNOWN"}}
			}
		}
		m.f.Leg, m.change, err = m.f.Leg.Decline(word[casework.DeclineReason](req.GetReason()), suggested.ID, m.now)
		return err
	})
}

// RecordProgress adds what the officer did.
func (s *referrals) RecordProgress(ctx context.Context, req *pb.RecordProgressRequest) (*pb.Referral, error) {
	p, err := progressOf(req, casework.DateOf(s.now()))
	if err != nil {
		return nil, err
	}
	return s.move(ctx, req, casework.EventRecordProgress, func(m *movement) (err error) {
		entry := p
		entry.Leg, entry.Account = m.f.Leg.ID, m.caller.Account
		if entry.Kind == casework.ProgressNoShow && entry.Appointment.IsZero() {
			if entry.Appointment, err = m.lastAppointment(); err != nil {
				return err
			}
		}
		m.progress = &entry
		m.f.Leg, m.change, err = m.f.Leg.RecordProgress(entry, m.now)
		return err
	})
}

// lastAppointment is the one that the client did not come to.
func (m *movement) lastAppointment() (at time.Time, err error) {
	progress, err := m.w.Progress(m.f.Leg.ID, m.f.Case.Subject, false)
	for _, p := range progress {
		if p.Kind == casework.ProgressScheduled {
			at = p.Appointment
		}
	}
	return at, err
}

func progressOf(req *pb.RecordProgressRequest, today casework.Date) (casework.Progress, error) {
	p := casework.Progress{ID: newID(), Kind: word[casework.ProgressKind](req.GetKind()), Note: req.GetNote(),
		Channel: word[casework.ContactChannel](req.GetChannel())}
	if t := req.GetOccurredTime(); t != nil {
		p.Occurred = t.AsTime()
	}
	if t := req.GetAppointmentTime(); t != nil {
		p.Appointment = t.AsTime()
	}
	var v casework.Violations
	for _, day := range []struct {
		field, text string
		to          *casework.Date
	}{{"expectedOn", req.GetExpectedOn(), &p.ExpectedOn}, {"servedOn", req.GetServedOn(), &p.ServedOn}} {
		if day.text == "" {
			continue
		}
		var ok bool
		if *day.to, ok = casework.ParseDate(day.text); !ok {
			v.Add(day.field, "DATE_INVALID")
		}
	}
	if len(v) > 0 {
		return p, v
	}
	if p.Kind == casework.ProgressServed && p.ServedOn == 0 {
		p.ServedOn = today
	}
	return p, nil
}

// ReportOutcome tells the end.
func (s *referrals) ReportOutcome(ctx context.Context, req *pb.ReportOutcomeRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventReportOutcome, func(m *movement) (err error) {
		o := casework.Reporting{Outcome: word[casework.Outcome](req.GetOutcome()), Reason: word[casework.OutcomeReason](req.GetReason()), Summary: req.GetSummary()}
		for _, service := range req.GetUnmetServices() {
			o.Unmet = append(o.Unmet, word[casework.ReferralServiceType](service))
		}
		if o.Attempts, o.Channels, err = attempts(m.w, m.f); err != nil {
			return err
		}
		m.f.Leg, m.change, err = m.f.Leg.ReportOutcome(o, m.now)
		return err
	})
}

// attempts counts how often, and on how many channels, a client was sought.
func attempts(w *store.Writer, f store.LegFile) (n, channels int, err error) {
	progress, err := w.Progress(f.Leg.ID, f.Case.Subject, false)
	if err != nil {
		return 0, 0, err
	}
	seen := map[casework.ContactChannel]bool{}
	for _, p := range progress {
		if p.Kind == casework.ProgressContactAttempt {
			n++
			seen[p.Channel] = true
		}
	}
	return n, len(seen), nil
}

// ConfirmReferral is the second key.
func (s *referrals) ConfirmReferral(ctx context.Context, req *pb.ConfirmReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventConfirm, func(m *movement) (err error) {
		var followUp casework.LegID
		if req.GetFollowUpReferral() != "" {
			if followUp, err = m.followUp(m.w, m.f, req.GetFollowUpReferral()); err != nil {
				return err
			}
		}
		m.f.Leg, m.change, err = m.f.Leg.Confirm(followUp, req.GetNoFollowUpReason(), m.now)
		return err
	})
}

// followUp reads the leg that follows: another of the same case.
func (c call) followUp(w *store.Writer, f store.LegFile, name string) (casework.LegID, error) {
	next, err := c.legBy(w, name)
	if err != nil {
		return casework.LegID{}, err
	}
	if !next.Known || next.Case.ID != f.Case.ID || next.Leg.ID == f.Leg.ID || !access.Decide(next.Facts.Doing(access.Read)).Allowed() {
		return casework.LegID{}, casework.Violations{{Field: "followUpReferral", Reason: "NOT_OF_THIS_CASE"}}
	}
	return next.Leg.ID, nil
}

// CancelReferral takes the leg back. ENTERED_IN_ERROR is the supervisor's.
func (s *referrals) CancelReferral(ctx context.Context, req *pb.CancelReferralRequest) (*pb.Referral, error) {
	return s.move(ctx, req, casework.EventCancel, func(m *movement) (err error) {
		reason := word[casework.CancelReason](req.GetReason())
		if reason == casework.CancelEnteredInError && m.caller.Role != casework.RoleSupervisor {
			return casework.Violations{{Field: "reason", Reason: "SUPERVISOR_ONLY"}}
		}
		m.f.Leg, m.change, err = m.f.Leg.Cancel(reason, m.now)
		return err
	})
}

// ListReferrals lists legs of one side. A page is one read on one snapshot, and one entry if it shows another unit's case.
func (s *referrals) ListReferrals(ctx context.Context, req *pb.ListReferralsRequest) (*pb.ListReferralsResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListReferralsResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		filter := store.LegFilter{Limit: size + 1}
		for _, state := range req.GetStates() {
			filter.States = append(filter.States, word[casework.ReferralState](state))
		}
		if filter.Before, err = c.cursor("referrals", req, req.GetPageToken()); err != nil {
			return nil, nil, err
		}
		files, err := c.legPage(r, req.GetDirection(), filter)
		if err != nil {
			return nil, nil, err
		}
		return c.legList(r, req, files, size)
	})
}

func (c call) legPage(r *store.Reader, direction pb.ListReferralsRequest_Direction_Value, filter store.LegFilter) ([]store.LegFile, error) {
	switch {
	case c.caller.Role == casework.RoleApp:
		return r.Filed(c.caller, c.now, filter)
	case direction == pb.ListReferralsRequest_Direction_OUTBOX:
		return r.Outbox(c.caller, c.now, filter)
	}
	return r.Inbox(c.caller, c.now, filter)
}

// legList decides each row. A row that shows no part of F1 is not in the list, and neither is a gap.
func (c call) legList(r *store.Reader, req *pb.ListReferralsRequest, files []store.LegFile, size int) (*pb.ListReferralsResponse, *store.Record, error) {
	m := &pb.ListReferralsResponse{}
	var log pageLog
	for i, f := range files {
		if i == size {
			m.NextPageToken = c.pageToken("referrals", req, store.Cursor{Time: files[i-1].Leg.Sent, ID: files[i-1].Leg.ID})
			break
		}
		read := access.Decide(f.Facts.Doing(access.Read))
		if !read.Allowed() || !read.Grant.Shows(access.F1Own) {
			continue
		}
		person, err := r.Client(f)
		if err != nil {
			return nil, nil, err
		}
		m.Referrals = append(m.Referrals, c.viewReferral(read.Grant, f, legDetails{person: person}, legActions(f), c.isSender(f), c.now))
		log.add(c, read, f.Case, f.Leg.ID)
	}
	return m, log.record(c), nil
}

// pageLog gathers the one entry of a page.
type pageLog struct {
	needed bool
	first  access.Decision
	mask   access.Mask
	tags   []byte
}

// add notes a row that access.md I8 wants on record.
func (l *pageLog) add(c call, read access.Decision, k casework.Case, id [16]byte) {
	if k.Level == casework.L1 && k.Register == c.caller.Unit.Register {
		return
	}
	if !l.needed {
		l.needed, l.first = true, read
	}
	l.mask |= read.Grant.Mask()
	tag := c.store.Pseudonym("page", id[:])
	l.tags = append(l.tags, tag[:]...)
}

func (l *pageLog) record(c call) *store.Record {
	if !l.needed {
		return nil
	}
	rec := c.record(access.Read, l.first, object{})
	rec.Entry.Mask, rec.Entry.ObjectKind = uint32(l.mask), "page"
	rec.Entry.Object = c.store.Tag("page", l.tags)
	return &rec
}

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
	NextLeg(casework.Referral) (casework.LegID, casework.UnitID, error)
	DutyOfficer(casework.Unit) (casework.AccountID, error)
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

// readRecord is the entry of a read that shows anything of an L2 or L3 case or of another unit's, or that the client may find in her
// list; nil for one that needs none.
func (c call) readRecord(read access.Decision, about object, k casework.Case) *store.Record {
	if c.unrecorded(read, &k) {
		return nil
	}
	rec := c.record(access.Read, read, about)
	return &rec
}

// unrecorded tells whether a read is of a unit's own ordinary work, which is on record only where the regency wants all reads to be.
func (c call) unrecorded(read access.Decision, k *casework.Case) bool {
	return c.cfg.JournalReads != "all" && k.Level == casework.L1 && k.Register == c.caller.Unit.Register && read.Effects&access.TellSubject == 0
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
		{g.Shows(access.F1Own), func() error { return r.LegTexts(&f.Leg, f.Case.Subject) }},
		{g.Shows(access.F1Own), func() (err error) { d.person, err = r.Person(f.Case.Subject); return err }},
		{g.Shows(access.F1Own), func() (err error) { d.progress, err = r.Progress(f.Leg.ID, f.Case.Subject, true); return err }},
		{sight.opens(pb.NamedField_MEASUREMENTS, access.F3Health), func() (err error) { d.measurements, err = r.Measurements(f.Case.Subject); return err }},
		{f.Leg.State == casework.Forwarded && g.Shows(access.F1), func() (err error) { d.next, _, err = r.NextLeg(f.Leg); return err }},
		{f.Facts.Relations&access.Overseer != 0, func() (err error) { d.dutyOfficer, err = r.DutyOfficer(c.accountable(f.Duty)); return err }},
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
	return c.viewReferral(g, &f, d, legOffers(&f), c.isSender(&f), c.now), nil
}

// accountable is the unit that owes a duty.
func (c call) accountable(d casework.Duty) casework.Unit {
	unit, _ := c.store.Directory().Unit(d.Unit)
	return unit
}

// isSender tells whether the caller reads from the sender's side: the case is named to that side alone.
func (c call) isSender(f *store.LegFile) bool { return f.Leg.SenderRegister == c.caller.Unit.Register }

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
	before   casework.Referral
	way      legRight // by which the caller may
	change   casework.Change
	progress *casework.Progress // an entry that the event adds
	next     *nextLeg           // that takes the place of this one
	officer  casework.AccountID // who takes over the duty, of a reassign
	reason   string             // of a reassign or a reminder
	entry    [16]byte           // of the act, in the journal
}

// move is one event on a leg: an act and then a read. apply gives the leg its next value, by the machine of the domain.
func (s *referrals) move(ctx context.Context, req legEvent, event casework.EventName, apply func(*movement) error) (*pb.Referral, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
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
		f.Facts.Cond |= reasonGiven(req)
		act, way := decideLeg(&f, event)
		if !act.Allowed() {
			return nil, c.refuse(way.action, act, aboutLeg(f), req.GetName())
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
		m := &movement{call: c, w: w, f: f, before: f.Leg, way: way}
		if err := m.heard(req); err != nil {
			return nil, err
		}
		if err := apply(m); err != nil {
			return nil, withActions(err, legActions(&f))
		}
		if err := m.put(act); err != nil {
			return nil, err
		}
		return m.answer(store.Answered{Method: method, Mark: mark}, id)
	})
}

// reasonGiven is the condition of an overseer's act: a reason that says something.
func reasonGiven(req legEvent) access.Cond {
	if r, ok := req.(interface{ GetReason() string }); ok && len([]rune(strings.TrimSpace(r.GetReason()))) >= reasonMin {
		return access.HasReason
	}
	return 0
}

// heard holds that what a receiver without accounts says carries how it was heard, and that nobody else's act does.
func (m *movement) heard(req legEvent) error {
	r, ok := req.(interface{ GetHeardBy() pb.HeardBy_Value })
	switch {
	case !ok:
		return nil
	case m.way.letter && r.GetHeardBy() == pb.HeardBy_UNSPECIFIED:
		return casework.Violations{{Field: "heardBy", Reason: "REQUIRED"}}
	case !m.way.letter && r.GetHeardBy() != pb.HeardBy_UNSPECIFIED:
		return casework.Violations{{Field: "heardBy", Reason: "ONLY_BY_LETTER"}}
	}
	return nil
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

// put stores what the event did, with its entry. An implied event changes nothing and is journaled as such.
func (m *movement) put(act access.Decision) error {
	record := func(event journal.Event) (entry [16]byte, err error) {
		rec := m.record(m.way.action, act, aboutLeg(m.f))
		rec.Entry.Event = event
		return m.w.AppendReasoned(rec, m.reason, store.Owner(m.f.Case.Subject))
	}
	if m.change.Implied {
		var err error
		m.entry, err = record(journal.Event{Name: "IMPLIED", Before: string(m.change.Before), After: string(m.f.Leg.State), Revision: m.f.Leg.Revision})
		return err
	}
	step := legStep{before: m.before, after: m.f.Leg, k: m.f.Case, change: m.change, by: m.way.by, letter: m.way.letter, progress: m.progress, officer: m.officer, record: record}
	var err error
	if m.entry, err = m.putLegStep(m.w, step); err != nil || m.next == nil {
		return err
	}
	return m.putNext(act)
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

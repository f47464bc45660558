package server

import (
	"context"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// meaningOfDisclosure is what the rules have against a basis on any case.
func (s *Server) meaningOfDisclosure(req *pb.RecordDisclosureRequest) casework.Violations {
	in := s.intake()
	in.recordedDisclosure("disclosure", req.GetDisclosure())
	return in.faults
}

// RecordDisclosure records a consent or an exception on a case, or renews a basis: the open legs of the old one go on by the new.
func (s *cases) RecordDisclosure(ctx context.Context, req *pb.RecordDisclosureRequest) (*pb.Disclosure, error) {
	stated := s.intake().recordedDisclosure("disclosure", req.GetDisclosure())
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	ids := drawIDs(2)
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Disclosure, error) {
		m, old, done, err := s.openBasis(ctx, w, req.GetName(), recording(stated.Kind), id)
		if err != nil {
			return nil, err
		}
		if done {
			return m.before(old, mark, recordMethod)
		}
		if req.GetEtag() != "" && req.GetEtag() != etag(m.f.Case.Revision) {
			return nil, casework.Conflict("ETAG_MISMATCH")
		}
		m.ids = ids
		d, err := m.record(stated)
		if err != nil {
			return nil, err
		}
		return m.answer(d.ID, id, mark, recordMethod)
	})
}

const (
	recordMethod   = "sinergi.v1.CaseService.RecordDisclosure"
	withdrawMethod = "sinergi.v1.CaseService.WithdrawDisclosure"
)

// recording is the action that records a basis: an exception is an act of its own.
func recording(kind casework.BasisKind) access.Action {
	if kind.IsException() {
		return access.DisclosureException
	}
	return access.DisclosureRecord
}

// basisMove is one act on the bases of a case on its way through its transaction.
type basisMove struct {
	call
	w      *store.Writer
	f      store.CaseFile
	leg    *store.LegFile // a receiver acts, by this leg
	action access.Action
	act    access.Decision
	all    []casework.Disclosure // of the case, newest first
	ids    []casework.ID
	entry  [16]byte // of the act, in the journal
}

// openBasis reads a case under its lock and decides an act on its bases; done is set for a request that was done before.
func (s *cases) openBasis(ctx context.Context, w *store.Writer, name string, action access.Action, request [16]byte) (m *basisMove, old store.Answered, done bool, err error) {
	if k, ok := parseName("cases", name); ok {
		if err := w.LockCase(casework.CaseID(k)); err != nil {
			return nil, old, false, err
		}
	}
	m = &basisMove{w: w, action: action}
	if m.call, err = s.writing(ctx, w); err != nil {
		return nil, old, false, err
	}
	if m.f, err = m.caseBy(w, name); err != nil {
		return nil, old, false, err
	}
	facts := m.f.Facts
	if action == access.DisclosureException {
		facts.Cond |= access.HasReason // its length has been held against the rules
	}
	if m.act = access.Decide(facts.Doing(action)); !m.act.Allowed() {
		return nil, old, false, m.refuse(action, m.act, aboutCase(m.f.Case), name)
	}
	if old, done, err = w.Answered(m.caller.Account, request); err != nil || done {
		return m, old, done, err
	}
	m.all, err = w.Disclosures(m.f.Case)
	return m, old, false, err
}

// record stores the basis, moves to it the open legs that it takes over, and has an exception reviewed.
func (m *basisMove) record(stated newDisclosure) (casework.Disclosure, error) {
	d := stated.Disclosure
	d.ID, d.Case, d.From, d.By = casework.DisclosureID(m.ids[0]), m.f.Case.ID, m.caller.Unit.ID, m.caller.Account
	if d.Given.IsZero() || casework.DateOf(d.Given) == casework.DateOf(m.now) || d.Given.After(m.now) {
		d.Given = m.now
	}
	if err := m.fits(&d); err != nil {
		return d, err
	}
	var err error
	if m.entry, err = m.appendReasoned(m.w, m.action, m.act, d, m.f.Case); err != nil {
		return d, err
	}
	if err := m.w.PutDisclosure(d, m.f.Case.Subject, m.entry); err != nil {
		return d, err
	}
	if err := m.takeOver(d); err != nil {
		return d, err
	}
	if d.Kind.IsException() {
		return d, m.tellOfException(m.w, m.f.Case, d, m.ids[1], m.entry)
	}
	return d, nil
}

func aboutBasis(d casework.Disclosure, k casework.Case) object {
	return object{"disclosure", d.ID, k.ID, k.Level, d.ID}
}

// fits holds a basis against the case: whom it names, what it replaces, and who gave it.
func (m *basisMove) fits(d *casework.Disclosure) error {
	var v casework.Violations
	for i, id := range d.To {
		unit, _ := m.store.Directory().Unit(id)
		switch field := fmt.Sprintf("disclosure.receiverUnits[%d]", i); {
		case !unit.KnownTo(m.caller.Unit.ID):
			v.Add(field, "UNIT_UNKNOWN") // a shelter is asked by its contact unit
		case unit.Register == m.f.Case.Register:
			v.Add(field, "INSIDE") // one register needs no disclosure
		case !unit.ActiveOn(m.now):
			v.Add(field, "UNIT_INACTIVE")
		}
	}
	if len(v) > 0 {
		return v
	}
	if d.Replaces != (casework.DisclosureID{}) {
		old := basisIn(m.all, d.Replaces)
		if err := d.MayReplace(old, casework.Replaced(old.ID, m.all)); err != nil {
			return below("disclosure", err)
		}
	}
	if err := m.giver(d); err != nil {
		return err
	}
	return m.speaks(m.w, m.f.Case, *d, m.action, "disclosure")
}

// below puts the fields of faults under a path.
func below(path string, err error) error {
	faults, ok := err.(casework.Violations)
	if !ok {
		return err
	}
	var v casework.Violations
	for _, f := range faults {
		v.Add(path+"."+f.Field, f.Reason)
	}
	return v
}

// basisIn is the basis of an id; the zero one if the case has none such.
func basisIn(all []casework.Disclosure, id casework.DisclosureID) (d casework.Disclosure) {
	for i := range all {
		if all[i].ID == id {
			return all[i]
		}
	}
	return d
}

// takeOver puts on the new basis the open legs of the one that it replaces, and those that stand on none that holds: reading comes
// back to their officers in this transaction.
func (m *basisMove) takeOver(d casework.Disclosure) error {
	legs, err := m.w.OpenReferrals(m.f.Case.ID)
	if err != nil {
		return err
	}
	for _, l := range legs {
		if !d.TakesOver(l, basisIn(m.all, l.Disclosure), m.now) {
			continue
		}
		if err := m.moveLeg(l, d.ID); err != nil {
			return err
		}
		if err := m.w.EndRenewal(l); err != nil {
			return err
		}
		if err := m.w.NotifyOther(l, casework.NoticeLegChanged, false, m.entry); err != nil {
			return err
		}
	}
	return nil
}

// moveLeg puts a leg on another basis of its case.
func (m *basisMove) moveLeg(l casework.Referral, basis casework.DisclosureID) error {
	about := object{"leg", casework.ID(l.ID), m.f.Case.ID, m.f.Case.Level, basis}
	return m.w.MoveLeg(l.ID, basis, func(value [32]byte) [16]byte {
		return m.append(m.w, m.action, m.act, about, journal.Event{
			Name: "changeBasis", Before: string(l.State), After: string(l.State), Fields: []string{"disclosure"}, Revision: l.Revision + 1, Value: value,
		})
	})
}

// before answers a request that was done before: a read, and on record like one.
func (m *basisMove) before(old store.Answered, mark [32]byte, method string) (*pb.Disclosure, error) {
	read, about, k := m.reading()
	m.replayed(m.w, read, about, k)
	answer := &pb.Disclosure{}
	return answer, m.answered(old, method, mark, read.Grant.Mask(), answer)
}

// reading is what the caller may read of the bases: by the case, or a receiver by her leg.
func (m *basisMove) reading() (access.Decision, object, casework.Case) {
	if m.leg != nil {
		return access.Decide(m.leg.Facts.Doing(access.Read)), aboutLeg(*m.leg), m.f.Case
	}
	return access.Decide(m.f.Facts.Doing(access.Read)), aboutCase(m.f.Case), m.f.Case
}

// answer is the read that follows the act, on the facts as they are now.
func (m *basisMove) answer(id casework.DisclosureID, request [16]byte, mark [32]byte, method string) (*pb.Disclosure, error) {
	if err := m.again(); err != nil {
		return nil, err
	}
	read, _, k := m.reading()
	answer := m.viewDisclosure(read.Grant, basisIn(m.all, id), m.actionsOn(id))
	m.w.Shown(m.entry, uint32(read.Grant.Mask()))
	a := store.Answered{Method: method, Mark: mark, Owner: store.Owner(k.Subject), Case: k.ID, Mask: uint32(read.Grant.Mask())}
	if m.leg != nil {
		a.Leg = m.leg.Leg.ID
	}
	return answer, m.keep(m.w, request, a, answer)
}

// again reads the facts anew.
func (m *basisMove) again() (err error) {
	if m.all, err = m.w.Disclosures(m.f.Case); err != nil {
		return err
	}
	if m.leg != nil {
		leg, err := m.w.ReferralFor(m.caller, m.leg.Leg.ID, m.now)
		m.leg = &leg
		return err
	}
	m.f, err = m.w.CaseFor(m.caller, m.f.Case.ID, m.now)
	return err
}

func (m *basisMove) actionsOn(id casework.DisclosureID) []string {
	facts := m.f.Facts
	if m.leg != nil {
		facts = m.leg.Facts
	}
	return basisActions(facts, basisIn(m.all, id), m.all)
}

// basisActions is what a caller may do with a basis.
func basisActions(facts access.Facts, d casework.Disclosure, all []casework.Disclosure) []string {
	var actions []string
	if d.Withdrawn.IsZero() && access.Decide(facts.Doing(access.DisclosureWithdraw)).Allowed() {
		actions = append(actions, "withdraw")
	}
	if !casework.Replaced(d.ID, all) && access.Decide(facts.Doing(access.DisclosureRecord)).Allowed() {
		actions = append(actions, "renew")
	}
	return actions
}

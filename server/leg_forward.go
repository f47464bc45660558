package server

import (
	"context"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// forwarding is a request to hand a leg on, as it was read before the transaction.
type forwarding struct {
	id       casework.LegID
	receiver casework.Unit
	basis    *newDisclosure // of the sender, for the next receiver
}

// nextLeg is the leg that takes the place of one, with the basis that is recorded for it, if a new one is.
type nextLeg struct {
	leg   casework.Referral
	basis *casework.Disclosure
}

// ForwardReferral ends the leg and makes the next, in one transaction: by the receiver within what she agreed to, by the sender after
// a decline to whom it chooses.
func (s *referrals) ForwardReferral(ctx context.Context, req *pb.ForwardReferralRequest) (*pb.Referral, error) {
	in := s.intake()
	asked := in.forwarding(req) // its faults have been answered by the chain
	return s.move(ctx, req, casework.EventForward, func(m *movement) error {
		if m.way.by == casework.ByReceiver && (asked.basis != nil || req.GetQuestion() != "") {
			return casework.Violations{{Field: "disclosure", Reason: "ONLY_BY_SENDER"}}
		}
		f, basis, err := m.forwarding(asked)
		if err != nil {
			return err
		}
		f.Question, f.OverrideReason = req.GetQuestion(), req.GetOverrideReason()
		var next casework.Referral
		if m.f.Leg, next, m.change, err = m.f.Leg.Forward(f, m.way.by, m.now); err != nil || m.change.Implied {
			return err
		}
		m.next = &nextLeg{next, basis}
		return nil
	})
}

// meaningOfForwarding is what the rules, and not the shape, have against a request to hand a leg on.
func (s *Server) meaningOfForwarding(req *pb.ForwardReferralRequest) casework.Violations {
	in := s.intake()
	in.forwarding(req)
	return in.faults
}

func (in *intake) forwarding(req *pb.ForwardReferralRequest) forwarding {
	f := forwarding{id: casework.LegID(in.chosenID(req.GetReferralId()))}
	var ok bool
	if f.receiver, ok = in.unitOf(req.GetReceiverUnit()); !ok {
		in.fault("receiverUnit", "UNIT_UNKNOWN")
	}
	if d := req.GetDisclosure(); d != nil {
		basis := in.filedDisclosure("disclosure", d, 0)
		basis.ID = casework.DisclosureID(newID())
		f.basis = &basis
	}
	return f
}

// forwarding gathers what the machine must know of the unit that comes next, and the basis on which it would read.
func (m *movement) forwarding(asked forwarding) (f casework.Forwarding, basis *casework.Disclosure, err error) {
	to := asked.receiver
	if !to.KnownTo(m.caller.Unit.ID) {
		return f, nil, casework.Violations{{Field: "receiverUnit", Reason: "UNIT_UNKNOWN"}}
	}
	f = casework.Forwarding{ID: asked.id, Receiver: to.ID, ReceiverRegister: to.Register}
	if _, f.Next, err = m.w.NextLeg(m.f.Leg); err != nil || f.Next != (casework.UnitID{}) {
		return f, nil, err // handed on already: the machine says to whom it is implied
	}
	if err := m.chainFacts(&f); err != nil {
		return f, nil, err
	}
	if err := m.receiverFacts(&f, to); err != nil {
		return f, nil, err
	}
	found, isNew, err := m.nextBasis(asked, to)
	if err != nil {
		return f, nil, err
	}
	f.Disclosure, f.Known.BasisValid = found.ID, found.ID != (casework.DisclosureID{})
	if isNew {
		basis = &found
	}
	if f.Number, err = m.w.FreeLegNumber(legNumber); err != nil {
		return f, nil, err
	}
	return f, basis, nil
}

// chainFacts says where the client has been: in this run, and who has declined.
func (m *movement) chainFacts(f *casework.Forwarding) error {
	chain, err := m.w.Chain(m.f.Leg.Root)
	for _, leg := range chain {
		if leg.Hop == 0 {
			f.Run = nil // a run begins where the sender chose
		}
		f.Run = append(f.Run, leg.ReceiverRegister)
		f.DeclinedBefore = f.DeclinedBefore || leg.Receiver == f.Receiver && leg.DeclineReason != ""
	}
	return err
}

// receiverFacts are the guards of a filing, of the next receiver. An open leg that the caller may not see is as good as a unit that
// cannot take the client: which of the two is not the caller's to learn.
func (m *movement) receiverFacts(f *casework.Forwarding, to casework.Unit) error {
	person, err := m.w.Person(m.f.Case.Subject)
	if err != nil {
		return err
	}
	if f.Known, err = m.filingFacts(m.w, m.f.Case, areaOf(person), m.f.Leg.Service, to); err != nil {
		return err
	}
	open, hidden, err := m.openLeg(m.w, m.f.Case.ID, m.f.Leg.Service, to.ID)
	switch {
	case err != nil:
		return err
	case hidden:
		f.Known.ReceiverAble = false
	case open != m.f.Leg.ID:
		f.Known.OpenLeg = open
	}
	return nil
}

// nextBasis is the disclosure on which the next receiver would read: one in force that names it, or what the sender brings. The
// sender's CARE goes on where it may; a receiver finds what is there.
func (m *movement) nextBasis(asked forwarding, to casework.Unit) (d casework.Disclosure, isNew bool, err error) {
	if asked.basis != nil {
		d = asked.basis.Disclosure
		return m.recordable(d, to)
	}
	next := casework.Referral{Case: m.f.Case.ID, Sender: m.f.Leg.Sender, Receiver: to.ID, Service: m.f.Leg.Service}
	d, ok, err := m.basisFor(m.w, m.f.Case, next, m.f.Leg.Disclosure)
	if err != nil || ok {
		return d, false, err
	}
	if m.way.by == casework.BySender && m.f.Basis.Kind == casework.BasisCare {
		id := casework.DisclosureID(uuid.NewSHA1(uuid.UUID(asked.id), []byte("care"))) // drawn with the leg's
		return m.recordable(casework.Disclosure{ID: id, Kind: casework.BasisCare, Scope: uint32(careScope)}, to)
	}
	return casework.Disclosure{}, false, nil
}

// recordable is a new basis for one receiver and the service of its leg, if it may be: the same rules as in a filing.
func (m *movement) recordable(d casework.Disclosure, to casework.Unit) (casework.Disclosure, bool, error) {
	d.Case, d.From, d.By, d.To = m.f.Case.ID, m.caller.Unit.ID, m.caller.Account, []casework.UnitID{to.ID}
	if d.Given.IsZero() || d.Given.After(m.now) {
		d.Given = m.now
	}
	if len(d.Services) == 0 {
		d.Services = []casework.ReferralServiceType{m.f.Leg.Service}
	}
	next := casework.Referral{Case: d.Case, Sender: m.f.Leg.Sender, Receiver: to.ID, Service: m.f.Leg.Service}
	if !d.Covers(next) {
		return casework.Disclosure{}, false, nil
	}
	switch {
	case d.Kind == casework.BasisCare:
		if m.caring(m.f.Case, next) != careStands {
			return casework.Disclosure{}, false, nil
		}
	case d.Kind.IsException():
		_, err := m.except(m.w, m.f.Case.ID)
		return d, true, err
	}
	return d, true, m.speaks(m.w, m.f.Case, d, access.DisclosureRecord, "disclosure")
}

// putBasis stores the basis that came with the next leg; an exception is reviewed.
func (m *movement) putBasis(d casework.Disclosure) error {
	if !d.Kind.IsException() {
		return m.w.PutDisclosure(d, m.f.Case.Subject, m.entry)
	}
	act, err := m.except(m.w, m.f.Case.ID)
	if err != nil {
		return err
	}
	entry, err := m.appendReasoned(m.w, access.DisclosureException, act, d, m.f.Case)
	if err != nil {
		return err
	}
	if err := m.w.PutDisclosure(d, m.f.Case.Subject, entry); err != nil {
		return err
	}
	review := uuid.NewSHA1(uuid.UUID(d.ID), []byte("review"))
	return m.tellOfException(m.w, m.f.Case, d, casework.ID(review), entry)
}

// putNext stores the next leg, with its basis, its entry and what its receiver owes.
func (m *movement) putNext(act access.Decision) error {
	l := m.next.leg
	if d := m.next.basis; d != nil {
		if err := m.putBasis(*d); err != nil {
			return err
		}
	}
	about := object{"leg", casework.ID(l.ID), m.f.Case.ID, m.f.Case.Level, l.Disclosure}
	var entry [16]byte
	err := m.w.PutReferral(l, m.f.Case.Subject, func(value [32]byte) [16]byte {
		event := journal.Event{Name: string(casework.EventFile), After: string(l.State), Revision: 1, Value: value}
		entry = m.append(m.w, m.way.action, act, about, event)
		return entry
	})
	if err != nil {
		return err
	}
	owed, _ := l.Owes(casework.Earlier{}, m.now)
	if err := m.startLegDuty(m.w, l, m.f.Case, owed, entry); err != nil {
		return err
	}
	return m.w.NotifyOther(l, casework.NoticeLegArrived, false, entry)
}

// areaOf is where a client lives, as well as it is known.
func areaOf(p casework.Person) string {
	if area := p.Identity.Address.AreaCode; area != "" {
		return area
	}
	return p.Kecamatan
}

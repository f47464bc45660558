package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewLegDuty makes the message of what is owed on a leg.
func (s *Server) viewLegDuty(g access.Grant, d *store.DutyFile, officer casework.AccountID, actions []string, now time.Time) *pb.Duty {
	m := &pb.Duty{}
	l := &d.Leg.Leg
	if g.Leg() != l.ID || g.Case() != d.Leg.Case.ID {
		return m
	}
	fillDuty(m, d.Duty, now)
	m.Name, m.Number, m.AllowedActions = legName(l.ID), l.Number, actions
	m.Service = enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, l.Service)
	m.Urgency = enum[pb.Urgency_Value](pb.Urgency_Value_value, l.Urgency)
	m.DutyOfficer = accountName(officer)
	if !g.Shows(access.F1Own) {
		m.LegalDueTime, m.Basis = nil, "" // a law names violence
		if !s.ordinary(d.Leg) {
			m.Service = 0
		}
	}
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// ordinary tells whether who oversees a late leg may learn its service.
func (s *Server) ordinary(f *store.LegFile) bool {
	d := s.store.Directory()
	sender, _ := d.Unit(f.Leg.Sender)
	receiver, _ := d.Unit(f.Leg.Receiver)
	return f.Leg.IsOrdinary(f.Case, sender.Type, receiver.Type)
}

// viewLate leaves of a leg what a unit that oversees it may learn: which unit sleeps since when, and no word of the client.
func (s *Server) viewLate(m *pb.Referral, f *store.LegFile) {
	m.LegalDueTime = nil // a law names violence
	if !s.ordinary(f) {
		m.Service = 0
	}
}

// viewCaseDuty makes the message of what is owed on a case, on a task or a disclosure of it, or on a review.
func viewCaseDuty(g access.Grant, d *store.DutyFile, text string, actions []string, now time.Time) *pb.Duty {
	m := &pb.Duty{}
	k := &d.Case.Case
	if g.Case() != k.ID {
		return m
	}
	fillDuty(m, d.Duty, now)
	m.Name, m.Number, m.AllowedActions = caseName(k.ID), k.Number, actions
	switch d.Kind {
	case casework.OnTask:
		m.Task, m.Text = named("tasks", d.Object), text
		m.TaskLabel = enum[pb.TaskLabel_Value](pb.TaskLabel_Value_value, d.Label)
		if d.Label == casework.TaskByHand {
			m.Basis = "" // a person set its time, and no table
		}
		m.Service = enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, d.Service)
	case casework.OnReview:
		m.Name = named("reviews", d.Object)
	case casework.OnDisclosure:
		m.Name = named("disclosures", d.Object)
	}
	sightOf(g).clear(m.ProtoReflect())
	return m
}

func fillDuty(m *pb.Duty, d casework.Duty, now time.Time) {
	m.Kind = enum[pb.DutyKind_Value](pb.DutyKind_Value_value, d.Kind)
	m.Duty = enum[pb.DutyName_Value](pb.DutyName_Value_value, d.Name)
	m.Unit, m.Officer = unitName(d.Unit), accountName(d.Officer)
	m.DueTime, m.LegalDueTime = timestamp(d.Due), timestamp(d.Legal)
	m.Level2Time, m.Level3Time, m.LapseTime = timestamp(d.Level2), timestamp(d.Level3), timestamp(d.Lapse)
	m.EscalationLevel, m.Overdue = int32(d.Level(now)), d.Overdue(now)
	m.Basis = d.Basis
}

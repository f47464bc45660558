package server

import (
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// viewDisclosure makes the message of a basis, for the side of its case or for a receiver by her leg. A grant of another case shows
// nothing.
func (c call) viewDisclosure(g access.Grant, d casework.Disclosure, actions []string) *pb.Disclosure {
	m := &pb.Disclosure{}
	if g.Case() != d.Case {
		return m
	}
	said := d.Content
	m.Name, m.FromUnit, m.Replaces = disclosureName(d.ID), unitName(c.nameable(d.From)), disclosureName(d.Replaces)
	m.Basis = enum[pb.BasisKind_Value](pb.BasisKind_Value_value, d.Kind)
	for _, unit := range d.To {
		m.ReceiverUnits = append(m.ReceiverUnits, unitName(c.nameable(unit)))
	}
	m.Services = enums[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, d.Services)
	m.Purpose, m.GiverName, m.ExplainedBy = said.Purpose, said.GiverName, said.ExplainedBy
	m.Giver = enum[pb.ConsentGiver_Value](pb.ConsentGiver_Value_value, said.Giver)
	m.Method = enum[pb.ConsentMethod_Value](pb.ConsentMethod_Value_value, said.Method)
	m.Reason, m.OrderNumber = said.Reason, said.OrderNumber
	m.ReadClasses, m.ReadFields = scopeClasses(access.Mask(d.Scope)), namedFields(d.Named)
	m.GiveTime, m.ExpireTime, m.WithdrawTime = timestamp(d.Given), timestamp(d.Expires), timestamp(d.Withdrawn)
	m.InForce = d.ValidAt(c.now)
	m.AllowedActions = actions
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// scopeClasses are the classes of a scope as they were asked for.
func scopeClasses(scope access.Mask) []pb.Class {
	var classes []pb.Class
	for _, class := range []pb.Class{
		pb.Class_F0, pb.Class_F1, pb.Class_F2, pb.Class_F3, pb.Class_F3_HEALTH, pb.Class_F3_SOCIAL, pb.Class_F3_PROTECTION,
	} {
		if scope&scopeBits[class] != 0 {
			classes = append(classes, class)
		}
	}
	return classes
}

func namedFields(bits uint64) []pb.NamedField_Value {
	var fields []pb.NamedField_Value
	for field := range pb.NamedField_Value_name {
		if field != 0 && bits&(1<<uint(field)) != 0 {
			fields = append(fields, pb.NamedField_Value(field))
		}
	}
	slices.Sort(fields)
	return fields
}

// viewReview makes the message of a review. To whom it shows nothing any more, because she has judged it, it says what she named.
func (c call) viewReview(g access.Grant, v casework.Review, d casework.Disclosure, legs []casework.LegID, duty casework.Duty, actions []string) *pb.Review {
	m := &pb.Review{Name: named("reviews", v.ID)}
	if g.Case() != v.Case {
		return m
	}
	m.Etag, m.Case, m.Disclosure, m.Unit = etag(v.Revision), caseName(v.Case), disclosureName(v.Object), unitName(c.nameable(v.Unit))
	m.Kind = enum[pb.ReviewKind_Value](pb.ReviewKind_Value_value, v.Kind)
	m.Basis = enum[pb.BasisKind_Value](pb.BasisKind_Value_value, d.Kind)
	for _, leg := range legs {
		m.Referrals = append(m.Referrals, legName(leg))
	}
	if !duty.Due.IsZero() {
		m.DueTime, m.EscalationLevel = timestamp(duty.Due), int32(duty.Level(c.now))
	}
	m.CreateTime, m.DecideTime = timestamp(v.Started), timestamp(v.Decided)
	m.Outcome = enum[pb.ReviewOutcome_Value](pb.ReviewOutcome_Value_value, v.Outcome)
	m.Reason, m.OrderNumber, m.DecisionReason = d.Content.Reason, d.Content.OrderNumber, v.Reason
	m.AllowedActions = actions
	sightOf(g).clear(m.ProtoReflect())
	return m
}

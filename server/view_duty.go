package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewLegDuty makes the message of what is owed on a leg.
func viewLegDuty(g access.Grant, row store.DutyRow, l casework.Referral, actions []string, now time.Time) *pb.Duty {
	m := dutyOf(row, now)
	m.Name, m.Number, m.AllowedActions = legName(l.ID), l.Number, actions
	m.Service = enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, l.Service)
	m.Urgency = enum[pb.Urgency_Value](pb.Urgency_Value_value, l.Urgency)
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// viewCaseDuty makes the message of what is owed on a case or a task of it.
func viewCaseDuty(g access.Grant, row store.DutyRow, k casework.Case, actions []string, now time.Time) *pb.Duty {
	m := dutyOf(row, now)
	m.Name, m.Number, m.AllowedActions = caseName(k.ID), k.Number, actions
	sightOf(g).clear(m.ProtoReflect())
	return m
}

func dutyOf(row store.DutyRow, now time.Time) *pb.Duty {
	d := row.Duty
	return &pb.Duty{
		Kind: enum[pb.DutyKind_Value](pb.DutyKind_Value_value, d.Kind), Duty: enum[pb.DutyName_Value](pb.DutyName_Value_value, d.Name),
		Unit: unitName(d.Unit), Officer: accountName(d.Officer), DueTime: timestamp(d.Due), LegalDueTime: timestamp(d.Legal),
		EscalationLevel: int32(d.Level(now)), Overdue: d.Overdue(now),
		Service: enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, row.Service),
	}
}

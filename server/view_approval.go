package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewApproval makes the message of an act that waits. Which object it is and why show only to who may read that, or is to judge it.
func viewApproval(shows access.Mask, a casework.Approval, actions []string, now time.Time) *pb.Approval {
	m := &pb.Approval{
		Name: approvalName(a.ID), Act: a.Action, Object: named(a.ObjectKind, a.Object), Unit: unitName(a.Unit),
		NeededRole: enum[pb.Role_Value](pb.Role_Value_value, a.NeededRole),
		State:      enum[pb.ApprovalState_Value](pb.ApprovalState_Value_value, a.StateAt(now)),
		CreateTime: timestamp(a.Created), ExpireTime: timestamp(a.Expires), DecideTime: timestamp(a.Decided),
		Reason: a.Reason, Refusal: a.Refusal, AllowedActions: actions,
	}
	sight{mask: shows}.clear(m.ProtoReflect())
	return m
}

// viewApprovalDuty makes the message of what a second person owes. It holds nothing about a client, nor about a case.
func viewApprovalDuty(d *store.DutyFile, actions []string, now time.Time) *pb.Duty {
	m := &pb.Duty{}
	fillDuty(m, d.Duty, now)
	m.Name, m.AllowedActions = approvalName(d.Object), actions
	m.LapseTime = timestamp(d.Approval.Expires)
	return m
}

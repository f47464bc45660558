package server

import (
	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// noticeNames are the collections of what a notice may be about.
var noticeNames = map[casework.DutyKind]string{
	casework.OnLeg: "referrals", casework.OnCase: "cases", casework.OnTask: "tasks", casework.OnReview: "reviews",
	casework.OnDisclosure: "disclosures", casework.OnApproval: "approvals",
}

// viewNotice makes the message of a notice; what it is about is named only if that is readable.
func viewNotice(g access.Grant, n store.Notice, readable bool) *pb.Notice {
	m := &pb.Notice{
		Kind: enum[pb.NoticeKind_Value](pb.NoticeKind_Value_value, n.Kind),
		Time: timestamp(n.Time), Unit: unitName(n.Unit),
	}
	if readable {
		m.Name, m.EscalationLevel = named(noticeNames[n.ObjectKind], n.Object), int32(n.Level)
	}
	sightOf(g).clear(m.ProtoReflect())
	return m
}

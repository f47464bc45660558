package server

import (
	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// viewReceipt makes the receipt of a filing. What the measurements mean is said from the request alone: the child's history is not
// the filer's to read.
func (j *filed) viewReceipt(mask access.Mask) *pb.FileReferralResponse {
	m := &pb.FileReferralResponse{
		Number: j.number, RecordTime: timestamp(j.now), Person: personName(j.person.ID), Case: caseName(j.k.ID),
		CaseNumber: j.k.Number, Joined: !j.opened, Legs: j.legsDone,
	}
	newest := casework.Date(-1 << 31)
	for _, measured := range j.measurements {
		alone := assess(measured.Measurement, j.person, nil)
		m.Assessments = append(m.Assessments, viewAssessment(alone.Assessment, alone.trend, alone.findings))
		if measured.Day >= newest {
			newest, m.Findings = measured.Day, viewFindings(alone.findings)
		}
	}
	sight{mask: mask}.clear(m.ProtoReflect())
	return m
}

// viewFiledLeg makes a receipt's line of one leg; the receipt clears it.
func (j *filed) viewFiledLeg(l casework.Referral, duty casework.Duty, inside bool) *pb.FiledLeg {
	m := &pb.FiledLeg{
		Referral: legName(l.ID), Number: l.Number, Inside: inside, ReceiverUnit: unitName(l.Receiver),
		State:           enum[pb.ReferralState_Value](pb.ReferralState_Value_value, l.State),
		AccountableUnit: unitName(duty.Unit), Duty: enum[pb.DutyName_Value](pb.DutyName_Value_value, duty.Name),
		DueTime: timestamp(duty.Due), LegalDueTime: timestamp(duty.Legal),
	}
	if inside {
		m.Task = named("tasks", duty.Object)
	}
	if unit, ok := j.store.Directory().Unit(l.Receiver); ok {
		m.ByLetter = unit.Channel == casework.ChannelLetter
	}
	if offer, ok := j.store.Directory().Offer(l.Receiver, l.Service); ok {
		m.Bring = offer.Bring
	}
	return m
}

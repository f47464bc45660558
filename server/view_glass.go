package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewGlass makes the message of a glass. A grant of another case shows nothing.
func viewGlass(g access.Grant, glass casework.Glass, review casework.ID) *pb.Glass {
	m := &pb.Glass{}
	if g.Case() != glass.Case {
		return m
	}
	m.Name, m.Case, m.Review = named("glasses", glass.ID), caseName(glass.Case), named("reviews", review)
	m.OpenTime, m.ExpireTime, m.CosignTime = timestamp(glass.From), timestamp(glass.Until), timestamp(glass.Cosigned)
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// viewGlassReview makes the message of the review of a glass, for the reviewer and the owner's side.
func (c call) viewGlassReview(g access.Grant, v casework.Review, glass casework.Glass, duty casework.Duty, actions []string) *pb.Review {
	m := c.viewReview(g, v, casework.Disclosure{}, nil, duty, actions)
	if g.Case() != v.Case {
		return m
	}
	m.Disclosure, m.Unit = "", unitName(c.nameable(glass.Unit))
	m.Glass, m.AnswerTime = named("glasses", glass.ID), timestamp(v.Answered)
	m.GlassCode = enum[pb.GlassCode_Value](pb.GlassCode_Value_value, glass.Code)
	m.Reason, m.Answer = glass.Reason, v.Said
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// viewOwnReview makes the message of a review to the one whose act it is about: a receipt of her own act, without grant. It holds
// nothing of the case, nor of what anybody wrote.
func (c call) viewOwnReview(v casework.Review, glass casework.Glass) *pb.Review {
	m := &pb.Review{
		Name: named("reviews", v.ID), Glass: named("glasses", glass.ID), Etag: etag(v.Revision),
		Kind:       enum[pb.ReviewKind_Value](pb.ReviewKind_Value_value, v.Kind),
		GlassCode:  enum[pb.GlassCode_Value](pb.GlassCode_Value_value, glass.Code),
		Outcome:    enum[pb.ReviewOutcome_Value](pb.ReviewOutcome_Value_value, v.Outcome),
		Unit:       unitName(glass.Unit),
		CreateTime: timestamp(v.Started), DecideTime: timestamp(v.Decided), AnswerTime: timestamp(v.Answered),
		DueTime: timestamp(v.Started.Add(casework.GlassAnswer)),
	}
	if v.Pending() && v.Answered.IsZero() {
		m.AllowedActions = []string{"answer"}
	}
	return m
}

// viewOwnGlassDuty makes the message of the account that an officer owes of what she opened in an emergency, without grant as above.
func viewOwnGlassDuty(d *store.DutyFile, v casework.Review, now time.Time) *pb.Duty {
	m := &pb.Duty{}
	fillDuty(m, d.Duty, now)
	m.Name, m.AllowedActions = named("reviews", v.ID), []string{"answer"}
	return m
}

// viewLook makes the message of one look at a case. It names no person.
func (c call) viewLook(l store.Look) *pb.CaseAccess {
	return &pb.CaseAccess{
		Time: timestamp(l.Time), Unit: unitName(c.nameable(l.Unit)), Number: l.Number, Shown: l.Shown,
		Role:    enum[pb.Role_Value](pb.Role_Value_value, l.Role),
		Purpose: enum[pb.AccessPurpose_Value](pb.AccessPurpose_Value_value, l.Purpose),
	}
}

// viewAccesses makes the message of a page of looks. An entry holds the id of its unit: of a shelter it stays here, for it is where
// she is.
func (c call) viewAccesses(looks []store.Look, proofs lookProofs, next string) *pb.ListAccessesResponse {
	m := &pb.ListAccessesResponse{NextPageToken: next, Checkpoint: proofs.checkpoint}
	for _, l := range looks {
		line := c.viewLook(l)
		if c.nameable(l.Unit) == l.Unit {
			line.Entry = l.Entry
			for _, hash := range proofs.hashes[l.Number] {
				line.Proof = append(line.Proof, hash[:])
			}
		}
		m.Accesses = append(m.Accesses, line)
	}
	return m
}

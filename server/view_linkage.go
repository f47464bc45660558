package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewMatches makes the message of the matches of one client. The grant is of the own case: of the other there is nothing in it.
func (c call) viewMatches(g access.Grant, shown []recordPair) *pb.FindMatchesResponse {
	m := &pb.FindMatchesResponse{}
	for _, p := range shown {
		if g.Case() != p.near.Case.ID {
			return &pb.FindMatchesResponse{}
		}
		match := &pb.Match{
			Case: caseName(p.near.Case.ID), Subject: personName(p.near.Case.Subject), MatchRef: c.matchRef(p.near.Case.ID, p.other),
			Band:              enum[pb.MatchBand_Value](pb.MatchBand_Value_value, linkage.BandOf(p.found.Score).String()),
			ProbabilityBucket: int32(linkage.Bucket(p.found.Score)), SentToReview: p.link.UnderReview(),
		}
		grounds := groundsOf(*p.found)
		match.Hypothesis, match.Evidence, match.Warnings = viewGrounds(grounds)
		m.Matches = append(m.Matches, match)
	}
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// viewGrounds puts into the words of the contract what a pair was found by.
func viewGrounds(g casework.LinkGrounds) (hypothesis pb.LinkRelation_Value, evidence []*pb.MatchEvidence, warnings []pb.MatchWarning_Value) {
	for _, e := range g.Evidence {
		evidence = append(evidence, &pb.MatchEvidence{
			Field: enum[pb.MatchField_Value](pb.MatchField_Value_value, e.Field),
			Level: enum[pb.MatchLevel_Value](pb.MatchLevel_Value_value, e.Level), Bits: int32(e.Bits),
		})
	}
	return enum[pb.LinkRelation_Value](pb.LinkRelation_Value_value, g.Hypothesis), evidence, enums[pb.MatchWarning_Value](pb.MatchWarning_Value_value, g.Warnings)
}

// viewLink makes the message of what was said of a pair, to whoever said it: by the grant of her own case, or the reviewer's of the pair.
func viewLink(g access.Grant, l casework.Link) *pb.Link {
	m := &pb.Link{
		Name:       named("links", l.ID),
		State:      enum[pb.LinkState_Value](pb.LinkState_Value_value, l.State),
		Relation:   enum[pb.LinkRelation_Value](pb.LinkRelation_Value_value, l.Relation),
		Basis:      enum[pb.LinkBasis_Value](pb.LinkBasis_Value_value, l.Basis),
		Reason:     enum[pb.LinkRejection_Value](pb.LinkRejection_Value_value, l.Reason),
		DecideTime: timestamp(l.At), HiddenUntilTime: timestamp(l.Until),
	}
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// viewReveal makes the message of both records of a pair: name, year and village, and nothing else of either.
func viewReveal(g access.Grant, grounds casework.LinkGrounds, columns []casework.Person) *pb.RevealForReviewResponse {
	m := &pb.RevealForReviewResponse{}
	for _, p := range columns {
		column := &pb.LinkColumn{FullName: p.Identity.Name, AreaCode: p.Identity.Address.AreaCode}
		if day := p.Identity.BirthDate.First; day != 0 {
			column.BirthYear = int32(day.Year())
		}
		m.Columns = append(m.Columns, column)
	}
	m.Hypothesis, m.Evidence, m.Warnings = viewGrounds(grounds)
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// viewCaseLinks adds to the message of a case where its confirmed links lead: to a sector and whom to ask there, of a link whose grant
// shows the pointer; to nothing, of any other.
func (s *Server) viewCaseLinks(g access.Grant, m *pb.Case, links []caseLink) {
	if !g.Shows(access.F0) {
		return
	}
	for _, l := range links {
		link := &pb.CaseLink{
			Link: named("links", l.link.ID), Relation: enum[pb.LinkRelation_Value](pb.LinkRelation_Value_value, l.link.Relation),
		}
		if unit, ok := s.store.Directory().Unit(l.far.Case.Unit); ok && l.point.Case() == l.far.Case.ID && l.point.Shows(access.F0) {
			link.Sector = enum[pb.Sector_Value](pb.Sector_Value_value, unit.Type.Sector())
			link.Channel = enum[pb.Channel_Value](pb.Channel_Value_value, unit.Channel)
			link.Coordinator = accountName(l.coordinator)
		}
		m.Links = append(m.Links, link)
	}
}

// viewPairReview makes the message of the review of a pair for the reviewer, without grant: it holds nothing of a case, nor of whoever
// asked.
func viewPairReview(v casework.Review, duty casework.Duty, actions []string, now time.Time) *pb.Review {
	m := &pb.Review{
		Name: named("reviews", v.ID), Kind: enum[pb.ReviewKind_Value](pb.ReviewKind_Value_value, v.Kind),
		CreateTime: timestamp(v.Started), DecideTime: timestamp(v.Decided), AllowedActions: actions,
	}
	if !duty.Due.IsZero() {
		m.DueTime, m.EscalationLevel = timestamp(duty.Due), int32(duty.Level(now))
	}
	return m
}

// viewPairDuty makes the message of what the reviewer owes on a pair, without grant as above.
func viewPairDuty(d *store.DutyFile, actions []string, now time.Time) *pb.Duty {
	m := &pb.Duty{}
	fillDuty(m, d.Duty, now)
	m.Name, m.AllowedActions = named("reviews", d.Object), actions
	return m
}

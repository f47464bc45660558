package server

import (
	"fmt"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// unitDetails is what of a unit changes while servers run.
type unitDetails struct {
	works   bool
	rooms   map[casework.ReferralServiceType][]casework.Coverage
	officer casework.AccountID // zero unless the caller may call them
	now     time.Time
}

// viewUnit makes the message of a unit, which holds nothing about a person.
func (s *Server) viewUnit(u casework.Unit, d unitDetails) *pb.Unit {
	m := &pb.Unit{
		Name: unitName(u.ID), Code: u.Code, DisplayName: u.Name, Parent: unitName(u.Parent), Register: unitName(u.Register),
		AreaCode: u.AreaCode, ContactUnit: unitName(u.Contact), Active: d.works, DutyOfficer: accountName(d.officer),
		ActiveFrom: casework.DateOf(u.ActiveFrom).String(),
		Type:       enum[pb.UnitType_Value](pb.UnitType_Value_value, u.Type),
		Sector:     enum[pb.Sector_Value](pb.Sector_Value_value, u.Type.Sector()),
		Channel:    enum[pb.Channel_Value](pb.Channel_Value_value, u.Channel),
	}
	if !u.ActiveUntil.IsZero() {
		m.ActiveUntil = (casework.DateOf(u.ActiveUntil) - 1).String()
	}
	for _, a := range u.Aliases {
		m.Aliases = append(m.Aliases, &pb.UnitAlias{DisplayName: a.Name, FromDate: dateText(a.From), UntilDate: dateText(a.Until)})
	}
	for _, w := range u.Hours {
		m.Hours = append(m.Hours, &pb.OpeningHours{Weekday: int32(w.Weekday), Opens: clock(w.Opens), Closes: clock(w.Closes)})
	}
	for _, o := range s.store.Directory().Offers(u.ID) {
		m.Services = append(m.Services, viewOffer(o, casework.BestRoom(d.rooms[o.Service], d.now)))
	}
	return m
}

func viewOffer(o store.Offer, rooms []casework.Coverage) *pb.OfferedService {
	m := &pb.OfferedService{
		AreaCodes: o.Areas, Bring: o.Bring,
		Service: enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, o.Service),
	}
	for _, c := range rooms {
		m.Capacities = append(m.Capacities, &pb.AreaCapacity{
			AreaCode: c.Area, UntilTime: timestamp(c.Until),
			Capacity: enum[pb.Capacity_Value](pb.Capacity_Value_value, c.Capacity),
		})
	}
	return m
}

// hideShelter puts the contact of a confidential unit in its place, unless the unit on whose side the leg is read knows of it: that a
// woman was sent on to a shelter, or from one, is where she is.
func (s *Server) hideShelter(m *pb.Referral, f *store.LegFile, sender bool) {
	reader := f.Leg.Receiver
	if sender {
		reader = f.Leg.Sender
	}
	for _, named := range []struct {
		unit  casework.UnitID
		field *string
	}{
		{f.Leg.Sender, &m.SenderUnit},
		{f.Leg.Receiver, &m.ReceiverUnit},
		{f.Leg.ForwardedBy, &m.ForwardedByUnit},
		{f.Duty.Unit, &m.AccountableUnit},
	} {
		if unit, _ := s.store.Directory().Unit(named.unit); !unit.KnownTo(reader) {
			*named.field = unitName(unit.Contact)
		}
	}
}

// clock writes minutes after midnight as HH:MM, up to 24:00.
func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

func viewRegion(r casework.Region) *pb.Region {
	return &pb.Region{Code: r.Code, DisplayName: r.Name, Parent: r.Parent()}
}

// excludedMax bounds the list of who is left out: a regency has thousands of posyandu that do not treat.
const excludedMax = 100

// viewSuggestions makes the message of a search, which holds nothing about a person.
func viewSuggestions(suggested []casework.Suggestion, excluded []casework.Exclusion, size int, why bool) *pb.SuggestReceiversResponse {
	m := &pb.SuggestReceiversResponse{}
	for _, s := range suggested[:min(size, len(suggested))] {
		suggestion := &pb.Suggestion{Unit: unitName(s.Unit.ID), Inside: s.Inside()}
		for _, r := range s.Reasons {
			suggestion.Reasons = append(suggestion.Reasons, viewReason(r))
		}
		m.Suggestions = append(m.Suggestions, suggestion)
	}
	if !why {
		return m
	}
	for _, e := range excluded[:min(excludedMax, len(excluded))] {
		m.Excluded = append(m.Excluded, &pb.Exclusion{
			Unit: unitName(e.Unit.ID), TextId: e.Why.Label(), TextEn: exclusionTexts[e.Why],
			Code: enum[pb.ExclusionReason_Value](pb.ExclusionReason_Value_value, e.Why),
		})
	}
	return m
}

func viewReason(r casework.Reason) *pb.SuggestionNote {
	m := &pb.SuggestionNote{
		TextId: r.Code.Label(), TextEn: suggestionTexts[r.Code], UntilTime: timestamp(r.Until),
		Code:          enum[pb.SuggestionReason_Value](pb.SuggestionReason_Value_value, r.Code),
		DeclineReason: enum[pb.DeclineReason_Value](pb.DeclineReason_Value_value, r.Declined),
	}
	if !r.Until.IsZero() {
		day := casework.DateOf(r.Until).String()
		m.TextId, m.TextEn = m.TextId+" sampai "+day, m.TextEn+" until "+day
	}
	if r.Declined != "" {
		m.TextId += ": " + r.Declined.Label()
		m.TextEn += ": " + strings.ToLower(strings.ReplaceAll(string(r.Declined), "_", " "))
	}
	return m
}

// The English of the words of a search; the Indonesian is their label.
var (
	suggestionTexts = map[casework.SuggestionReason]string{
		casework.WhyOffersService:    "Offers the service",
		casework.WhyCoversVillage:    "Covers the client's village",
		casework.WhyCoversDistrict:   "Covers the client's sub-district",
		casework.WhyCoversRegency:    "Covers the whole regency",
		casework.WhyCapacityOpen:     "Has room",
		casework.WhyCapacityLimited:  "Has little room",
		casework.WhyCapacityUnknown:  "Room is not known",
		casework.WhyCapacityWaitlist: "Has a waiting list",
		casework.WhyCapacityFull:     "Is full",
		casework.WhyOpenNow:          "Is open now",
		casework.WhyDeclinedBefore:   "Declined this referral before",
		casework.WhyInside:           "Of the same register: no referral will arise",
	}
	exclusionTexts = map[casework.ExclusionReason]string{
		casework.NotServiceNotOffered: "Does not offer the service",
		casework.NotAreaNotCovered:    "Does not cover the client's area",
		casework.NotInactive:          "Does not work now",
		casework.NotIsSender:          "Is the sender",
		casework.NotOpenLegExists:     "Is being asked already",
		casework.NotUnavailable:       "Cannot take it now",
	}
)

// viewCaller makes the message of the caller to herself.
func viewCaller(c store.Caller, all []store.Membership) *pb.WhoAmIResponse {
	m := &pb.WhoAmIResponse{
		Account: accountName(c.Account), Unit: unitName(c.Unit.ID), ExpireTime: timestamp(c.Expires), MfaTime: timestamp(c.MFATime),
		Role: enum[pb.Role_Value](pb.Role_Value_value, c.Role), Memberships: viewMemberships(all),
	}
	for _, member := range all {
		if member.ID == c.Member {
			m.Membership = viewMembership(member)
		}
	}
	return m
}

// viewMembership makes the message of a role.
func viewMembership(m store.Membership) *pb.Membership {
	return &pb.Membership{
		Name: named("memberships", m.ID), Account: accountName(m.Account), Role: enum[pb.Role_Value](pb.Role_Value_value, m.Role),
		Unit: unitName(m.Unit), FromTime: timestamp(m.From), UntilTime: timestamp(m.Until), ApproveTime: timestamp(m.Approved),
	}
}

func viewMemberships(all []store.Membership) []*pb.Membership {
	var messages []*pb.Membership
	for _, m := range all {
		messages = append(messages, viewMembership(m))
	}
	return messages
}

// viewAbsence makes the message of an absence, which holds nothing about a client.
func viewAbsence(a casework.Absence) *pb.Absence {
	return &pb.Absence{
		Name: named("absences", a.ID), Account: accountName(a.Account), Deputy: accountName(a.Deputy),
		FromTime: timestamp(a.From), UntilTime: timestamp(a.Until),
	}
}

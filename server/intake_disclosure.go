package server

import (
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// scopeBits are the classes that a consent may open.
var scopeBits = map[pb.Class]access.Mask{
	pb.Class_F0: access.F0, pb.Class_F1: access.F1, pb.Class_F2: access.F2, pb.Class_F3: access.F3Sector,
	pb.Class_F3_HEALTH: access.F3Health, pb.Class_F3_SOCIAL: access.F3Social, pb.Class_F3_PROTECTION: access.F3Protection,
}

// identityScope is what a basis opens unless it says otherwise, and at most what an exception opens.
const identityScope = access.F0 | access.F1 | access.F2

func (in *intake) disclosure(path string, d *pb.NewDisclosure, legs int) newDisclosure {
	n := newDisclosure{path: path}
	for i, leg := range d.GetLegs() {
		if int(leg) >= legs {
			in.fault(fmt.Sprintf("%s.legs[%d]", path, i), "NO_SUCH_LEG")
		}
		n.legs = append(n.legs, int(leg))
	}
	n.Kind = word[casework.BasisKind](d.GetBasis())
	n.Content = casework.DisclosureContent{
		Giver: word[casework.ConsentGiver](d.GetGiver()), GiverName: d.GetGiverName(),
		Method: word[casework.ConsentMethod](d.GetMethod()), ExplainedBy: d.GetExplainedBy(), Purpose: d.GetPurpose(),
		Reason: d.GetReason(), OrderNumber: d.GetOrderNumber(),
	}
	switch {
	case n.Kind == casework.BasisConsent:
		in.consent(path, d, &n)
	case n.Kind == casework.BasisCare:
		n.Scope = uint32(identityScope | access.F3Sector)
	default:
		n.Scope = uint32(identityScope)
		in.exception(path, n.Content, n.Kind)
	}
	return n
}

// consent holds G4 and G5 of the table: at most 365 days, and it says how it was given and who explained it.
func (in *intake) consent(path string, d *pb.NewDisclosure, n *newDisclosure) {
	if n.Content.Giver == "" {
		in.fault(path+".giver", "REQUIRED")
	}
	if n.Content.Method == "" {
		in.fault(path+".method", "REQUIRED")
	}
	if n.Content.ExplainedBy == "" {
		in.fault(path+".explainedBy", "REQUIRED")
	}
	given := in.today
	if d.GetGivenOn() != "" {
		given = in.pastDay(path+".givenOn", d.GetGivenOn())
	}
	expires := given + casework.ConsentDays
	if d.GetExpiresOn() != "" {
		day, ok := casework.ParseDate(d.GetExpiresOn())
		switch {
		case !ok:
			in.fault(path+".expiresOn", "DATE_INVALID")
		case day < in.today:
			in.fault(path+".expiresOn", "IN_PAST")
		case day-given > casework.ConsentDaysMax:
			in.fault(path+".expiresOn", "OVER_365_DAYS")
		}
		expires = day
	}
	n.Given, n.Expires = given.Time(), (expires + 1).Time() // to the end of its last day
	in.scope(path, d, n)
}

func (in *intake) scope(path string, d *pb.NewDisclosure, n *newDisclosure) {
	scope := access.Mask(0)
	for i, class := range d.GetClasses() {
		bit, ok := scopeBits[class]
		if !ok {
			in.fault(fmt.Sprintf("%s.classes[%d]", path, i), "NOT_IN_A_CONSENT")
		}
		scope |= bit
	}
	if scope == 0 {
		scope = identityScope
	}
	for _, field := range d.GetFields() {
		n.Named |= 1 << uint(field)
		scope |= access.F3Named | access.F4Named
	}
	n.Scope = uint32(scope)
}

const reasonMin = 30

func (in *intake) exception(path string, c casework.DisclosureContent, kind casework.BasisKind) {
	if len([]rune(c.Reason)) < reasonMin {
		in.fault(path+".reason", "TOO_SHORT")
	}
	if kind == casework.BasisX3 && c.OrderNumber == "" {
		in.fault(path+".orderNumber", "REQUIRED")
	}
}

// guardian holds G1 of the table: a guardian recorded as alleged perpetrator gives no consent.
func (in *intake) guardian(f *filing) {
	if f.incident == nil {
		return
	}
	for i := range f.disclosures {
		c := f.disclosures[i].Content
		accused := slices.ContainsFunc(f.incident.Pairs, func(p casework.Pair) bool {
			return p.Perpetrator != "" && casework.FoldName(p.Perpetrator) == casework.FoldName(c.GiverName)
		})
		if c.Giver == casework.GiverGuardian && accused {
			in.fault(f.disclosures[i].path+".giverName", "GIVER_IS_ACCUSED")
		}
	}
}

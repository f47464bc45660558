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

// careScope is what the chain of health care opens.
const careScope = identityScope | access.F3Sector

// reasonMin is how long a reason must be where the table asks for one.
const reasonMin = 30

// filedDisclosure reads a basis that comes with legs: whom it names follows from them.
func (in *intake) filedDisclosure(path string, d *pb.NewDisclosure, legs int) newDisclosure {
	n := in.disclosure(path, d)
	for i, leg := range d.GetLegs() {
		if int(leg) >= legs {
			in.fault(fmt.Sprintf("%s.legs[%d]", path, i), "NO_SUCH_LEG")
		}
		n.legs = append(n.legs, int(leg))
	}
	if len(d.GetReceiverUnits()) > 0 {
		in.fault(path+".receiverUnits", "FOLLOWS_FROM_LEGS")
	}
	if d.GetReplaces() != "" {
		in.fault(path+".replaces", "ONLY_BY_RECORD_DISCLOSURE")
	}
	return n
}

// recordedDisclosure reads a basis that is recorded on a case by itself: a consent or an exception, for units that it names.
func (in *intake) recordedDisclosure(path string, d *pb.NewDisclosure) newDisclosure {
	n := in.disclosure(path, d)
	if n.Kind == casework.BasisCare {
		in.fault(path+".basis", "ONLY_WITH_A_REFERRAL") // it stands for a leg of the chain and nothing else
	}
	if len(d.GetLegs()) > 0 {
		in.fault(path+".legs", "ONLY_WITH_A_FILING")
	}
	if len(d.GetReceiverUnits()) == 0 {
		in.fault(path+".receiverUnits", "REQUIRED")
	}
	for i, name := range d.GetReceiverUnits() {
		unit, ok := in.unitOf(name)
		switch {
		case !ok:
			in.fault(fmt.Sprintf("%s.receiverUnits[%d]", path, i), "UNIT_UNKNOWN")
		case !n.Names(unit.ID):
			n.To = append(n.To, unit.ID)
		}
	}
	if d.GetReplaces() != "" {
		n.Replaces = casework.DisclosureID(in.name(path+".replaces", "disclosures", d.GetReplaces()))
	}
	return n
}

// disclosure reads what any basis says.
func (in *intake) disclosure(path string, d *pb.NewDisclosure) newDisclosure {
	n := newDisclosure{path: path}
	n.Kind = word[casework.BasisKind](d.GetBasis())
	n.Content = casework.DisclosureContent{
		Giver: word[casework.ConsentGiver](d.GetGiver()), GiverName: d.GetGiverName(), GiverNIK: d.GetGiverNik(),
		Method: word[casework.ConsentMethod](d.GetMethod()), ExplainedBy: d.GetExplainedBy(), Purpose: d.GetPurpose(),
		Reason: d.GetReason(), OrderNumber: d.GetOrderNumber(),
	}
	for _, service := range d.GetServices() {
		n.Services = append(n.Services, word[casework.ReferralServiceType](service))
	}
	switch {
	case n.Kind == casework.BasisConsent:
		in.consent(path, d, &n)
	case n.Kind == casework.BasisCare:
		n.Scope = uint32(careScope)
	default:
		n.Scope = uint32(identityScope)
		in.faultsAt(path, casework.CheckException(n.Kind, n.Content))
	}
	return n
}

// consent holds G4 and G5 of the table: at most 365 days, and it says how it was given and who explained it.
func (in *intake) consent(path string, d *pb.NewDisclosure, n *newDisclosure) {
	in.giver(path, d, n)
	in.faultsAt(path, casework.CheckConsent(n.Content))
	given, last := casework.Date(0), casework.Date(0)
	if d.GetGivenOn() != "" {
		given = in.pastDay(path+".givenOn", d.GetGivenOn())
	}
	if d.GetExpiresOn() != "" {
		day, ok := casework.ParseDate(d.GetExpiresOn())
		if !ok {
			in.fault(path+".expiresOn", "DATE_INVALID")
			day = in.today
		}
		last = day
	}
	from, until, faults := casework.ConsentTerm(given, last, in.today)
	n.Given, n.Expires = from, until
	if given <= in.today { // a day to come has been told
		in.faultsAt(path, faults)
	}
	in.scope(path, d, n)
}

// giver reads who else than the client gave a consent.
func (in *intake) giver(path string, d *pb.NewDisclosure, n *newDisclosure) {
	if d.GetGiverPerson() != "" {
		n.Content.GiverPerson = casework.PersonID(in.name(path+".giverPerson", "persons", d.GetGiverPerson()))
	}
	if d.GetGiverNik() != "" {
		if fault := casework.CheckNIK(d.GetGiverNik(), in.today); fault != "" {
			in.fault(path+".giverNik", fault)
		}
	}
}

// faultsAt notes faults of the rules at a place of the request.
func (in *intake) faultsAt(path string, faults casework.Violations) {
	for _, v := range faults {
		in.fault(path+"."+v.Field, v.Reason)
	}
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

// guardian holds G1 of the table for what one request says by itself: a guardian named as alleged perpetrator gives no consent.
// What the case says besides is known in the transaction alone.
func (in *intake) guardian(f *filing) {
	if f.incident == nil {
		return
	}
	accused := casework.Accused(f.incident.Pairs, f.person.Identity)
	for _, d := range f.disclosures {
		if d.Kind == casework.BasisConsent && d.Content.GiverIsAccused(accused) {
			in.fault(d.path+".giverName", giverAccused)
		}
	}
}

const giverAccused = "GIVER_IS_ACCUSED"

// covers tells whether a basis of the request is for a leg of it: for all of them unless it lists some.
func (n newDisclosure) covers(leg int) bool { return len(n.legs) == 0 || slices.Contains(n.legs, leg) }

package server

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// intake reads a filing into words of the domain and notes every fault that can be seen without a case: it is run before the
// transaction, so that bad input never meets the writer, and all faults are answered together.
type intake struct {
	*Server
	today  casework.Date
	faults casework.Violations
}

func (s *Server) intake() *intake { return &intake{Server: s, today: casework.DateOf(s.now())} }

func (in *intake) fault(field, reason string) { in.faults.Add(field, reason) }

// meaningOfFiling is what the rules, and not the shape, have against a filing.
func (s *Server) meaningOfFiling(req *pb.FileReferralRequest) casework.Violations {
	in := s.intake()
	in.filing(req)
	return in.faults
}

// filing reads the whole request.
func (in *intake) filing(req *pb.FileReferralRequest) filing {
	f := filing{validateOnly: req.GetValidateOnly(), note: req.GetNote()}
	if t := req.GetOccurredTime(); t != nil {
		f.occurred = t.AsTime()
	}
	in.client(req, &f)
	in.caseToOpen(req, &f)
	birth, sex := f.person.Identity.BirthDate, f.person.Sex
	for i, m := range req.GetMeasurements() {
		path := fmt.Sprintf("measurements[%d]", i)
		f.measurements = append(f.measurements, in.measurement(path, m))
		if f.isNew {
			in.measurable(path, m, birth, sex)
		}
	}
	in.violence(req, &f)
	for i, leg := range req.GetLegs() {
		f.legs = append(f.legs, in.leg(fmt.Sprintf("legs[%d]", i), leg))
	}
	for i, d := range req.GetDisclosures() {
		f.disclosures = append(f.disclosures, in.disclosure(fmt.Sprintf("disclosures[%d]", i), d, len(f.legs)))
	}
	in.guardian(&f)
	return f
}

// client reads whom the filing is about: exactly one of a case, a known person and a new one.
func (in *intake) client(req *pb.FileReferralRequest, f *filing) {
	said := 0
	for _, set := range []bool{req.GetPerson() != "", req.GetNewPerson() != nil, req.GetCase() != ""} {
		if set {
			said++
		}
	}
	switch {
	case said == 0:
		in.fault("newPerson", "REQUIRED")
	case said > 1:
		in.fault("newPerson", "ONE_OF_PERSON_NEW_PERSON_CASE")
	case req.GetNewPerson() != nil:
		f.isNew, f.person = true, in.newPerson(req.GetNewPerson())
	case req.GetPerson() != "":
		f.person.ID = casework.PersonID(in.name("person", "persons", req.GetPerson()))
	default:
		f.caseID = casework.CaseID(in.name("case", "cases", req.GetCase()))
	}
}

// name reads a resource name.
func (in *intake) name(field, kind, text string) casework.ID {
	id, ok := parseName(kind, text)
	if !ok {
		in.fault(field, "NAME_FORMAT")
	}
	return id
}

func parseName(kind, text string) (casework.ID, bool) {
	rest, ok := strings.CutPrefix(text, kind+"/")
	if !ok {
		return casework.ID{}, false
	}
	id, err := uuid.Parse(rest)
	return casework.ID(id), err == nil && len(rest) == 36
}

// chosenID is an id of the client's choice, or a new one.
func (in *intake) chosenID(text string) casework.ID {
	if text == "" {
		return newID()
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return newID() // the shape has said so
	}
	return casework.ID(id)
}

func (in *intake) newPerson(p *pb.NewPerson) casework.Person {
	person := casework.Person{ID: casework.PersonID(in.chosenID(p.GetPersonId())), Sex: word[casework.Sex](p.GetSex())}
	i := &person.Identity
	i.Name, i.NameKind = p.GetName(), word[casework.NameKind](p.GetNameKind())
	if i.NameKind == "" {
		i.NameKind = casework.NameNamed
	}
	if fault := casework.CheckName(i.Name); fault != "" {
		in.fault("newPerson.name", fault)
	}
	i.BirthDate = in.birthDate(p)
	in.identifiers(p, &person)
	i.Address = in.address(p.GetAddress())
	person.Kecamatan = casework.KecamatanOf(i.Address.AreaCode)
	i.Mother, i.Father = in.kin("newPerson.mother", p.GetMother()), in.kin("newPerson.father", p.GetFather())
	i.Guardian, i.Husband = in.kin("newPerson.guardian", p.GetGuardian()), in.kin("newPerson.husband", p.GetHusband())
	i.BirthOrder = int(p.GetBirthOrder())
	i.SafeContact = in.safeContact(p.GetSafeContact())
	return person
}

func (in *intake) birthDate(p *pb.NewPerson) casework.BirthDate {
	if p.GetBirthDate() == "" {
		return in.statedAge(p)
	}
	birth, ok := casework.ParseBirthDate(p.GetBirthDate())
	if !ok {
		in.fault("newPerson.birthDate", "DATE_INVALID")
	}
	if birth.First > in.today {
		in.fault("newPerson.birthDate", "IN_FUTURE")
	}
	if p.AgeYears != nil {
		in.fault("newPerson.ageYears", "ONLY_WITHOUT_BIRTH_DATE")
	}
	return birth
}

// statedAge is a birth year out of an age on a day.
func (in *intake) statedAge(p *pb.NewPerson) casework.BirthDate {
	if p.AgeYears == nil {
		in.fault("newPerson.birthDate", "REQUIRED")
		return casework.BirthDate{}
	}
	on := in.today
	if p.GetAgeOn() != "" {
		on = in.pastDay("newPerson.ageOn", p.GetAgeOn())
	}
	return casework.BornInYear(on.Year() - int(p.GetAgeYears()))
}

// pastDay reads a civil day that has come.
func (in *intake) pastDay(field, text string) casework.Date {
	day, ok := casework.ParseDate(text)
	switch {
	case !ok:
		in.fault(field, "DATE_INVALID")
	case day > in.today:
		in.fault(field, "IN_FUTURE")
	}
	return day
}

func (in *intake) identifiers(p *pb.NewPerson, person *casework.Person) {
	i := &person.Identity
	for n, id := range p.GetIdentifiers() {
		known := casework.Identifier{
			Type: word[casework.IdentifierType](id.GetType()), Value: id.GetValue(),
			Verification: word[casework.Verification](id.GetVerification()),
		}
		if known.Verification == "" {
			known.Verification = casework.Stated
		}
		if fault := casework.CheckIdentifier(known, in.today); fault != "" {
			in.fault(fmt.Sprintf("newPerson.identifiers[%d].value", n), fault)
		}
		if known.Type == casework.IDNIK {
			known.Warnings = casework.NIKWarnings(known.Value, i.BirthDate, person.Sex, in.today)
		}
		i.Identifiers = append(i.Identifiers, known)
	}
	i.NIKAbsence = word[casework.NIKAbsence](p.GetNikAbsence())
	if len(i.NIKs()) == 0 && i.NIKAbsence == "" {
		i.NIKAbsence = casework.NIKNotAsked
	}
	if len(i.NIKs()) > 0 && i.NIKAbsence != "" {
		in.fault("newPerson.nikAbsence", "ONLY_WITHOUT_NIK")
	}
}

func (in *intake) address(a *pb.Address) casework.Address {
	area := a.GetAreaCode()
	switch {
	case area == "":
	case !casework.AreaCode(area):
		in.fault("newPerson.address.areaCode", "AREA_FORMAT")
	case in.store.Directory().Region(area) == "":
		in.fault("newPerson.address.areaCode", "AREA_UNKNOWN")
	}
	return casework.Address{AreaCode: area, RT: a.GetRt(), RW: a.GetRw(), Text: a.GetText()}
}

func (in *intake) kin(field string, k *pb.Kin) casework.Kin {
	kin := casework.Kin{Name: k.GetName()}
	if k.GetPerson() != "" {
		kin.Person = casework.PersonID(in.name(field+".person", "persons", k.GetPerson()))
	}
	return kin
}

func (in *intake) safeContact(c *pb.SafeContact) casework.SafeContact {
	contact := casework.SafeContact{
		Allowed: c.GetAllowed(), DoNotCall: c.GetDoNotCall(), Instructions: c.GetInstructions(),
		Channel: word[casework.ContactChannel](c.GetChannel()),
	}
	if c.GetPhone() != "" {
		var ok bool
		if contact.Phone, ok = casework.Phone(c.GetPhone()); !ok {
			in.fault("newPerson.safeContact.phone", "PHONE_FORMAT")
		}
	}
	return contact
}

// caseToOpen reads new_case. Stunting is named by a health worker alone: who claims it opens a risk.
func (in *intake) caseToOpen(req *pb.FileReferralRequest, f *filing) {
	n := req.GetNewCase()
	if n == nil {
		return
	}
	if req.GetCase() != "" {
		in.fault("newCase", "ONLY_WITHOUT_CASE")
	}
	f.newCase = casework.Case{
		ID: casework.CaseID(in.chosenID(n.GetCaseId())), Type: word[casework.CaseType](n.GetType()),
		IntakeChannel: word[casework.IntakeChannel](n.GetIntakeChannel()),
	}
	if f.newCase.Type == casework.ChildStunting {
		f.newCase.Type = casework.ChildNutritionRisk
	}
	if f.isNew {
		in.caseFits(f)
	}
}

// caseFits holds a case type against the age and sex of its subject.
func (in *intake) caseFits(f *filing) {
	birth := f.person.Identity.BirthDate
	age, known := birth.AgeOn(in.today)
	switch t := f.newCase.Type; {
	case !known:
	case t.IsGrowth() && birth.Precision == casework.ToDay && !casework.CaseAge(birth, in.today):
		in.fault("newCase.type", "AGE_RANGE")
	case t == casework.ChildViolence && age >= 18+1: // she may have had her birthday since
		in.fault("newCase.type", "AGE_RANGE")
	case t == casework.WomanViolence && (age < 18 || f.person.Sex == casework.Male):
		in.fault("newCase.type", "NOT_A_WOMAN_OF_18")
	}
}

// violence reads what only a violence case may hold. A violence finding in a nutrition case is a second case.
func (in *intake) violence(req *pb.FileReferralRequest, f *filing) {
	isViolence := f.newCase.Type.IsViolence() || f.caseID != (casework.CaseID{})
	if req.GetIncident() != nil {
		if !isViolence {
			in.fault("incident", "ONLY_VIOLENCE")
		}
		incident := in.incident(req.GetIncident())
		f.incident = &incident
	}
	if req.GetRisk() != nil {
		if !isViolence {
			in.fault("risk", "ONLY_VIOLENCE")
		}
		risk := in.risk("risk", req.GetRisk())
		f.risk = &risk
	}
	if len(req.GetMeasurements()) > 0 && f.newCase.Type.IsViolence() {
		in.fault("measurements", "ONLY_NUTRITION")
	}
}

func (in *intake) risk(path string, r *pb.Risk) casework.Risk {
	risk := casework.Risk{Level: word[casework.RiskLevel](r.GetLevel()), Reason: r.GetReason()}
	for _, sign := range r.GetSigns() {
		risk.Signs = append(risk.Signs, word[casework.RiskSign](sign))
	}
	if risk.Understated() {
		in.fault(path+".reason", "REASON_REQUIRED")
	}
	return risk
}

func (in *intake) incident(i *pb.Incident) casework.Incident {
	incident := casework.Incident{
		ID: newID(), OccurredOn: i.GetOccurredOn(), OccurredUntil: i.GetOccurredUntil(),
		Place: word[casework.IncidentPlace](i.GetPlace()), Chronology: i.GetChronology(),
	}
	for _, day := range []struct{ field, text string }{{"occurredOn", i.GetOccurredOn()}, {"occurredUntil", i.GetOccurredUntil()}} {
		if day.text == "" {
			continue
		}
		d, ok := casework.ParseBirthDate(day.text) // the same forms: a day, a month, a year
		if !ok {
			in.fault("incident."+day.field, "DATE_INVALID")
		} else if d.First > in.today {
			in.fault("incident."+day.field, "IN_FUTURE")
		}
	}
	for _, form := range i.GetForms() {
		incident.Forms = append(incident.Forms, word[casework.ViolenceForm](form))
	}
	for _, offence := range i.GetOffences() {
		incident.Offences = append(incident.Offences, word[casework.SexualOffence](offence))
	}
	if len(incident.Offences) > 0 && !incident.Has(casework.FormSexual) {
		in.fault("incident.offences", "ONLY_WITH_SEXUAL")
	}
	for n, p := range i.GetPairs() {
		pair := casework.Pair{
			ID: newID(), Perpetrator: p.GetPerpetrator(), NIK: p.GetPerpetratorNik(),
			Relation: word[casework.Relation](p.GetRelation()), Cohabiting: word[casework.YesNo](p.GetCohabiting()),
		}
		if pair.NIK != "" {
			if fault := casework.CheckNIK(pair.NIK, in.today); fault != "" {
				in.fault(fmt.Sprintf("incident.pairs[%d].perpetratorNik", n), fault)
			}
		}
		incident.Pairs = append(incident.Pairs, pair)
	}
	return incident
}

func (in *intake) leg(path string, l *pb.NewLeg) newLeg {
	leg := newLeg{
		id: casework.LegID(in.chosenID(l.GetReferralId())), service: word[casework.ReferralServiceType](l.GetService()),
		urgency: word[casework.Urgency](l.GetUrgency()), override: l.GetOverrideReason(), question: l.GetQuestion(), path: path,
	}
	if leg.override != "" && len([]rune(leg.override)) < 20 {
		in.fault(path+".overrideReason", "TOO_SHORT")
	}
	if l.GetReceiverUnit() != "" {
		unit, ok := in.unitOf(l.GetReceiverUnit())
		if !ok {
			in.fault(path+".receiverUnit", "UNIT_UNKNOWN")
		}
		leg.receiver = unit.ID
	}
	return leg
}

// unitOf finds a unit by `units/{uuid}` or `units/{code}`.
func (s *Server) unitOf(name string) (casework.Unit, bool) {
	if id, ok := parseName("units", name); ok {
		return s.store.Directory().Unit(casework.UnitID(id))
	}
	code, ok := strings.CutPrefix(name, "units/")
	if !ok {
		return casework.Unit{}, false
	}
	return s.store.Directory().UnitByCode(code)
}

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

package server

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

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
		if after := f.legs[i].after; after != nil && *after >= i { // only backwards: so no two wait for each other
			in.fault(fmt.Sprintf("legs[%d].after", i), "NOT_AN_EARLIER_LEG")
		}
	}
	for i, d := range req.GetDisclosures() {
		f.disclosures = append(f.disclosures, in.filedDisclosure(fmt.Sprintf("disclosures[%d]", i), d, len(f.legs)))
	}
	if len(f.disclosures) > 0 && len(f.legs) == 0 {
		in.fault("disclosures", "ONLY_WITH_LEGS") // dropped in silence it would be thought given
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
	risk := readRisk(r)
	if risk.Understated() {
		in.fault(path+".reason", "REASON_REQUIRED")
	}
	return risk
}

func readRisk(r *pb.Risk) casework.Risk {
	risk := casework.Risk{Level: word[casework.RiskLevel](r.GetLevel()), Reason: r.GetReason()}
	for _, sign := range r.GetSigns() {
		risk.Signs = append(risk.Signs, word[casework.RiskSign](sign))
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
	if l.After != nil {
		after := int(l.GetAfter())
		leg.after = &after
	}
	return leg
}

// unitOf finds a unit by `units/{uuid}` or `units/{code}`. A confidential one has no code that could be guessed.
func (s *Server) unitOf(name string) (casework.Unit, bool) {
	if id, ok := parseName("units", name); ok {
		return s.store.Directory().Unit(casework.UnitID(id))
	}
	code, ok := strings.CutPrefix(name, "units/")
	if !ok {
		return casework.Unit{}, false
	}
	unit, ok := s.store.Directory().UnitByCode(code)
	if unit.IsConfidential() {
		return casework.Unit{}, false
	}
	return unit, ok
}

package server

import (
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

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
	in.identifiers("newPerson", p.GetIdentifiers(), word[casework.NIKAbsence](p.GetNikAbsence()), &person)
	i.Address = in.address("newPerson.address", p.GetAddress())
	person.Kecamatan = casework.KecamatanOf(i.Address.AreaCode)
	i.Mother, i.Father = in.kin("newPerson.mother", p.GetMother()), in.kin("newPerson.father", p.GetFather())
	i.Guardian, i.Husband = in.kin("newPerson.guardian", p.GetGuardian()), in.kin("newPerson.husband", p.GetHusband())
	i.BirthOrder = int(p.GetBirthOrder())
	i.SafeContact = in.safeContact("newPerson.safeContact", p.GetSafeContact())
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

func (in *intake) identifiers(path string, identifiers []*pb.Identifier, absence casework.NIKAbsence, person *casework.Person) {
	i := &person.Identity
	for n, id := range identifiers {
		known := casework.Identifier{
			Type: word[casework.IdentifierType](id.GetType()), Value: id.GetValue(),
			Verification: word[casework.Verification](id.GetVerification()),
		}
		if known.Verification == "" {
			known.Verification = casework.Stated
		}
		if fault := casework.CheckIdentifier(known, in.today); fault != "" {
			in.fault(fmt.Sprintf("%s.identifiers[%d].value", path, n), fault)
		}
		if known.Type == casework.IDNIK {
			known.Warnings = casework.NIKWarnings(known.Value, i.BirthDate, person.Sex, in.today)
		}
		i.Identifiers = append(i.Identifiers, known)
	}
	i.NIKAbsence = absence
	if len(i.NIKs()) == 0 && i.NIKAbsence == "" {
		i.NIKAbsence = casework.NIKNotAsked
	}
	if len(i.NIKs()) > 0 && i.NIKAbsence != "" {
		in.fault(path+".nikAbsence", "ONLY_WITHOUT_NIK")
	}
}

func (in *intake) address(path string, a *pb.Address) casework.Address {
	area := a.GetAreaCode()
	switch {
	case area == "":
	case !casework.AreaCode(area):
		in.fault(path+".areaCode", "AREA_FORMAT")
	case in.store.Directory().Region(area) == "":
		in.fault(path+".areaCode", "AREA_UNKNOWN")
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

func (in *intake) safeContact(path string, c *pb.SafeContact) casework.SafeContact {
	contact := casework.SafeContact{
		Allowed: c.GetAllowed(), DoNotCall: c.GetDoNotCall(), Instructions: c.GetInstructions(),
		Channel: word[casework.ContactChannel](c.GetChannel()),
	}
	if c.GetPhone() != "" {
		var ok bool
		if contact.Phone, ok = casework.Phone(c.GetPhone()); !ok {
			in.fault(path+".phone", "PHONE_FORMAT")
		}
	}
	return contact
}

package casework

import (
	"slices"
	"testing"
)

func TestAnUpdateTakesTheFieldsOfItsMaskAlone(t *testing.T) {
	known := Person{Sex: Female, Identity: PersonIdentity{
		Name: "Siti", NameKind: NameNamed, BirthDate: BornOn(19000), Address: Address{AreaCode: "32.01.01.1006"},
		SafeContact: SafeContact{DoNotCall: true, Phone: "+62811000111"}, NIKAbsence: NIKNotAsked,
	}}
	wanted := PersonIdentity{
		Name: "Siti Aminah", NameKind: NameNamed, BirthDate: BornOn(19001), BirthOrder: 2, Address: Address{AreaCode: "32.01.03.2001"},
		Mother: Kin{Name: "Rahmi"}, Father: Kin{Name: "Dadang"}, Guardian: Kin{Name: "Euis"}, Husband: Kin{Name: "Agus"},
		Identifiers: []Identifier{{Type: IDNIK, Value: "3201134507249001"}}, SafeContact: SafeContact{Allowed: true, Phone: "+62811000222"},
	}
	for path := range personFields {
		next := known.With(wanted, []string{path}, censusDay)
		if changed := known.Identity.ChangedFields(next.Identity); !slices.Equal(changed, []string{path}) {
			t.Errorf("a mask of %s changes %v", path, changed)
		}
		if !next.Identity.SafeContact.DoNotCall {
			t.Errorf("a mask of %s lets her be called again", path)
		}
	}
	if next := known.With(wanted, []string{"nik", ""}, censusDay); !next.Identity.same(known.Identity) {
		t.Error("a field that there is not changes something")
	}
	if PersonField("sex") || !PersonField("safeContact") {
		t.Error("the fields of a mask are others than those of the contract")
	}
	if next := known.With(wanted, []string{"address"}, censusDay); next.Kecamatan != "32.01.03" {
		t.Errorf("she lives in %q", next.Kecamatan)
	}
}

func TestANIKIsKeptAndAskedAnew(t *testing.T) {
	p := Person{Sex: Female, Identity: PersonIdentity{BirthDate: bornIn("2024-07-05")}}
	with := func(nik string) PersonIdentity {
		return PersonIdentity{Identifiers: []Identifier{{Type: IDNIK, Value: nik}}, BirthDate: bornIn("2024-07-06")}
	}
	fits := p.With(with("3201134507240001"), []string{"identifiers"}, civilDay("2026-11-28"))
	if warnings := fits.Identity.Identifiers[0].Warnings; warnings != nil {
		t.Errorf("a NIK that fits: %v", warnings)
	}
	later := fits.With(with(""), []string{"birthDate"}, civilDay("2026-11-28"))
	if id := later.Identity.Identifiers[0]; id.Value != "3201134507240001" || !slices.Equal(id.Warnings, []string{"NIK_DATE_DIFFERS"}) {
		t.Errorf("another birth date leaves the NIK and says so: %v", id.Warnings)
	}
	if fits.Identity.Identifiers[0].Warnings != nil {
		t.Error("the person as she was has changed")
	}
}

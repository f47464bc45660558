package casework_test

import (
	"maps"
	"testing"

	. "github.com/sinergi-pug/sinergi/domain/casework"
)

func incident(id byte, place IncidentPlace, forms []ViolenceForm, pairs ...Pair) Incident {
	return Incident{ID: ID{id}, Place: place, Forms: forms, Pairs: pairs}
}

// The worked counting test of domain.md 10. A, wife: her husband at home, and her brother-in-law, who lives elsewhere, online. B,
// their son: his father at home.
func workedExample() []Counted {
	husband := Pair{Perpetrator: "Bapak Contoh", Relation: RelationHusband, Cohabiting: Yes}
	father := Pair{Perpetrator: "bapak  contoh", NIK: "3201010101800001", Relation: RelationFather, Cohabiting: Yes}
	brother := Pair{Perpetrator: "Ipar Contoh", Relation: RelationInLaw, Cohabiting: No}
	return []Counted{
		{Case: CaseID{1}, Set: "keluarga", IndexIncident: ID{1}, Incidents: []Incident{
			incident(1, PlaceHousehold, []ViolenceForm{FormPhysical, FormPsychological}, husband),
			incident(2, PlaceOnline, []ViolenceForm{FormSexual}, brother),
		}},
		{Case: CaseID{2}, Set: "keluarga", IndexIncident: ID{3}, Incidents: []Incident{
			incident(3, PlaceHousehold, []ViolenceForm{FormPhysical}, father),
		}},
	}
}

func TestTheWorkedExampleCountsAsThePageSays(t *testing.T) {
	got := Count(workedExample())
	if got.Victims != 2 || got.Perpetrators != 2 || Total(got.Forms) != 4 || Total(got.Places) != 2 || Total(got.Pairs) != 3 {
		t.Errorf("victims %d, forms %d, places %d, pairs %d, perpetrators %d", got.Victims, Total(got.Forms), Total(got.Places), Total(got.Pairs), got.Perpetrators)
	}
	if want := map[ViolenceForm]int{FormPhysical: 2, FormPsychological: 1, FormSexual: 1}; !maps.Equal(got.Forms, want) {
		t.Errorf("forms %v", got.Forms)
	}
	if want := map[IncidentPlace]int{PlaceHousehold: 2}; !maps.Equal(got.Places, want) {
		t.Errorf("places %v", got.Places)
	}
	if want := map[string]int{"Suami/Istri": 1, "Keluarga/Saudara": 1, "Orang Tua": 1}; !maps.Equal(got.Pairs, want) {
		t.Errorf("pairs %v", got.Pairs)
	}
	if want := map[CaseID]YesNo{{1}: Yes, {2}: Yes}; !maps.Equal(got.KDRT, want) {
		t.Errorf("KDRT %v", got.KDRT)
	}
}

func TestWhoIsTheSameIsSaidByALinkAndANumberBeforeAName(t *testing.T) {
	one := func(set string, pairs ...Pair) Counted {
		return Counted{Set: set, Incidents: []Incident{incident(1, PlaceHousehold, []ViolenceForm{FormPhysical}, pairs...)}}
	}
	budi, budiA, budiB := Pair{Perpetrator: "Budi"}, Pair{Perpetrator: "Budi", NIK: "A"}, Pair{Perpetrator: "BUDI.", NIK: "B"}
	nobody := Pair{Relation: RelationUnknown}
	for _, tt := range []struct {
		name         string
		cases        []Counted
		perpetrators int
		pairs        int
	}{
		{"two families, one name", []Counted{one("", budi), one("", budi)}, 2, 2},
		{"two families, one number, no link", []Counted{one("", budiA), one("", budiA)}, 2, 2},
		{"one family, one name", []Counted{one("x", budi), one("x", budiA)}, 1, 2},
		{"one family, two numbers", []Counted{one("x", budiA), one("x", budiB)}, 2, 2},
		{"one number under two names", []Counted{one("x", budiA, Pair{Perpetrator: "Gun", NIK: "A"})}, 1, 1},
		{"whom nobody names", []Counted{one("x", nobody, nobody)}, 2, 2},
		{"the number before the name", []Counted{one("x", budi, Pair{Perpetrator: "Andi", NIK: "A"}, budiA)}, 2, 2},
		{"nobody at all", []Counted{one("x")}, 0, 0},
	} {
		if got := Count(tt.cases); got.Perpetrators != tt.perpetrators || Total(got.Pairs) != tt.pairs {
			t.Errorf("%s: %d perpetrators, %d pairs", tt.name, got.Perpetrators, Total(got.Pairs))
		}
	}
}

func TestOnePerpetratorOfTwoIncidentsIsOnePair(t *testing.T) {
	husband := Pair{Perpetrator: "Budi", Relation: RelationUnknown}
	known := Pair{Perpetrator: "Budi", Relation: RelationHusband}
	got := Count([]Counted{{Case: CaseID{1}, IndexIncident: ID{9}, Incidents: []Incident{
		incident(1, PlaceHousehold, []ViolenceForm{FormPhysical}, husband),
		incident(2, PlaceWorkplace, []ViolenceForm{FormPhysical}, known),
	}}})
	if Total(got.Pairs) != 1 || got.Pairs["Suami/Istri"] != 1 || got.Forms[FormPhysical] != 1 {
		t.Errorf("pairs %v, forms %v", got.Pairs, got.Forms)
	}
	if got.Places[PlaceUnknown] != 1 {
		t.Errorf("a place of no index incident: %v", got.Places)
	}
}

// The table of relations in domain.md 3: each has one group in the ministry's reports.
func TestEveryRelationHasItsGroup(t *testing.T) {
	for group, relations := range map[string][]Relation{
		"Suami/Istri":      {RelationHusband, RelationWife, RelationUnregisteredSpouse},
		"Orang Tua":        {RelationFather, RelationMother, RelationStepParent, RelationAdoptiveParent},
		"Keluarga/Saudara": {RelationChild, RelationSibling, RelationGrandparent, RelationInLaw, RelationOtherRelative},
		"Lainnya":          {RelationExSpouse, RelationGuardian, RelationDomesticWorker, RelationOther},
		"Majikan":          {RelationEmployer},
		"Tetangga":         {RelationNeighbor},
		"Pacar/Teman":      {RelationPartnerOrFriend},
		"Guru":             {RelationTeacher},
		"Rekan Kerja":      {RelationCoworker},
		"NA":               {RelationUnknown},
	} {
		for _, r := range relations {
			if got := r.SimfoniGroup(); got != group {
				t.Errorf("%s: got %s, want %s", r, got, group)
			}
		}
	}
}

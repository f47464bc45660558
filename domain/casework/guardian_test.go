package casework

import "testing"

func TestTwoNamedAreOneHumanBeingWhereTheRecordsDoNotTellThemApart(t *testing.T) {
	const his, hers = "3201011203850002", "3201015102940003"
	for _, c := range []struct {
		name string
		p, q Somebody
		want bool
	}{
		{"one record", Somebody{Person: PersonID{1}, Name: "Dedi"}, Somebody{Person: PersonID{1}, Name: "Lain"}, true},
		{"one NIK, other spellings", Somebody{NIK: his, Name: "Dedi S."}, Somebody{NIK: his, Name: "Dedy Suhendar"}, true},
		{"one name, two NIKs", Somebody{NIK: his, Name: "Dedi"}, Somebody{NIK: hers, Name: "Dedi"}, false},
		{"one name, one NIK known", Somebody{NIK: his, Name: "Dedi Suhendar"}, Somebody{Name: "DEDI  SUHENDAR"}, true},
		{"a title before the name", Somebody{Name: "Bpk. Dedi Suhendar"}, Somebody{Name: "H. Dedi Suhendar"}, true},
		{"two records, one name", Somebody{Person: PersonID{1}, Name: "Dedi"}, Somebody{Person: PersonID{2}, Name: "dedi"}, true},
		{"two names", Somebody{Name: "Dedi Suhendar"}, Somebody{Name: "Dedi Kurnia"}, false},
		{"no names", Somebody{}, Somebody{}, false},
		{"titles alone", Somebody{Name: "Bapak"}, Somebody{Name: "Ibu"}, false},
	} {
		if c.p.Same(c.q) != c.want || c.q.Same(c.p) != c.want {
			t.Errorf("%s: %v", c.name, c.p.Same(c.q))
		}
	}
}

func TestAGuardianNamedAsAllegedPerpetratorSpeaksForNobody(t *testing.T) {
	subject := PersonIdentity{Father: Kin{Person: PersonID{7}, Name: "Dedi Suhendar"}, Mother: Kin{Name: "Lilis"}, Guardian: Kin{Name: "Nenek Onah"}}
	for _, c := range []struct {
		name    string
		giver   ConsentGiver
		content DisclosureContent
		pair    Pair
		want    bool
	}{
		{"by name", GiverGuardian, DisclosureContent{GiverName: "Andi"}, Pair{Perpetrator: "ANDI", Relation: RelationStepParent}, true},
		{"by NIK", GiverGuardian, DisclosureContent{GiverName: "Andi", GiverNIK: "1"}, Pair{NIK: "1", Relation: RelationUnknown}, true},
		{"the father on record, named by relation alone", GiverGuardian, DisclosureContent{GiverPerson: PersonID{7}}, Pair{Relation: RelationFather}, true},
		{"the father on record, by his first name", GiverGuardian, DisclosureContent{GiverName: "Dedi Suhendar"}, Pair{Perpetrator: "Dedi", Relation: RelationFather}, true},
		{"the father, where the neighbour of his first name is named", GiverGuardian, DisclosureContent{GiverName: "Dedi Suhendar"}, Pair{Perpetrator: "Dedi", Relation: RelationNeighbor}, false},
		{"the mother, where the father is named", GiverGuardian, DisclosureContent{GiverName: "Lilis"}, Pair{Relation: RelationFather}, false},
		{"another guardian", GiverGuardian, DisclosureContent{GiverName: "Nenek Onah"}, Pair{Perpetrator: "Dedi", Relation: RelationFather}, false},
		{"a village head who is accused", GiverAuthority, DisclosureContent{GiverName: "Pak Asep"}, Pair{Perpetrator: "Asep", Relation: RelationOther}, true},
		{"herself, of one name with him", GiverSelf, DisclosureContent{GiverName: "Andi"}, Pair{Perpetrator: "Andi", Relation: RelationHusband}, false},
	} {
		c.content.Giver = c.giver
		if got := c.content.GiverIsAccused(Accused([]Pair{c.pair}, subject)); got != c.want {
			t.Errorf("%s: accused %v", c.name, got)
		}
	}
}

func TestNamingAPerpetratorEndsEveryConsentThatHeGave(t *testing.T) {
	by := func(giver ConsentGiver, name string) func(*Disclosure) {
		return func(d *Disclosure) { d.Content = DisclosureContent{Giver: giver, GiverName: name} }
	}
	all := []Disclosure{
		consentOf(1, by(GiverGuardian, "Dedi")), consentOf(2, by(GiverGuardian, "Lilis")), consentOf(3, by(GiverSelf, "")),
		consentOf(4, by(GiverGuardian, "dedi")), consentOf(5, by(GiverGuardian, "Dedi"), func(d *Disclosure) { d.Withdrawn = sentAt }),
		consentOf(6, func(d *Disclosure) { d.Kind = BasisX1 }),
	}
	ended := GivenByAccused(all, []Somebody{{Name: "Dedi"}})
	if len(ended) != 2 || ended[0].ID != all[0].ID || ended[1].ID != all[3].ID {
		t.Errorf("ended %v", ended)
	}
	if len(GivenByAccused(all, nil)) != 0 {
		t.Error("nobody is named, and a consent ends")
	}
}

package casework

import "testing"

func TestWhoIsSoughtIsFoundAsNamesAreSaid(t *testing.T) {
	child := PersonIdentity{
		Name: "Siti Nur'aini Sinta", BirthDate: bornIn("2024-05-02"), Mother: Kin{Name: "Dewi Lestari"},
		Address: Address{AreaCode: "32.01.01.1006"},
	}
	for _, tt := range []struct {
		name string
		s    Sought
		fits bool
	}{
		{"the whole name", Sought{Name: "siti nur’aini sinta"}, true},
		{"the beginning of two words", Sought{Name: "Siti nur"}, true},
		{"the words in another order", Sought{Name: "sinta siti"}, true},
		{"a short word that would take the long one's", Sought{Name: "si siti"}, true},
		{"one word more than she has of the kind", Sought{Name: "si si sinta siti"}, false},
		{"the middle of a word", Sought{Name: "aini"}, false},
		{"another name", Sought{Name: "Santi"}, false},
		{"her mother", Sought{Mother: "lestari"}, true},
		{"both", Sought{Name: "siti", Mother: "dewi"}, true},
		{"another's child", Sought{Name: "siti", Mother: "Rahmi"}, false},
		{"born in that year", Sought{Name: "siti", BirthYear: 2024}, true},
		{"born in another", Sought{Name: "siti", BirthYear: 2023}, false},
		{"of that village", Sought{Name: "siti", Village: "32.01.01.1006"}, true},
		{"of its kecamatan", Sought{Name: "siti", Village: "32.01.01"}, true},
		{"of another", Sought{Name: "siti", Village: "32.01.01.1007"}, false},
	} {
		if got := tt.s.Finder().Fits(child); got != tt.fits {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	unknown := PersonIdentity{Name: "Siti"}
	if !(Sought{Name: "siti", BirthYear: 2024, Village: "32.01.01.1006"}).Finder().Fits(unknown) {
		t.Error("what the register does not know keeps her out")
	}
	if (Sought{Mother: "dewi"}).Finder().Fits(unknown) {
		t.Error("a child without a known mother is found by a mother's name")
	}
}

func TestASearchWithoutANameIsNone(t *testing.T) {
	for _, tt := range []struct {
		s    Sought
		want string
	}{
		{Sought{Name: "Siti"}, ""},
		{Sought{Mother: "Ani"}, ""},
		{Sought{Name: "S. T. I"}, ""},
		{Sought{BirthYear: 2024, Village: "32.01.01.1006"}, "name REQUIRED"},
		{Sought{Name: "S i"}, "name TOO_SHORT"},
		{Sought{Name: "Siti", Mother: "a"}, "mother TOO_SHORT"},
		{Sought{Name: "Siti", Village: "Cibinong"}, "areaCode AREA_FORMAT"},
	} {
		if got := reasonOf(tt.s.Check()); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.s, got, tt.want)
		}
	}
}

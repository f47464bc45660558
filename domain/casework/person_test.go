package casework

import "testing"

func child(order int, village string, niks ...string) Person {
	p := Person{Identity: PersonIdentity{BirthOrder: order, Address: Address{AreaCode: village}}}
	p.Identity.Identifiers = []Identifier{{Type: IDMotherNIK, Value: "3201015102940003"}}
	for _, nik := range niks {
		p.Identity.Identifiers = append(p.Identity.Identifiers, Identifier{Type: IDNIK, Value: nik})
	}
	return p
}

// newborn is a child who has no name yet: its mother's stands for it.
func newborn(order int, niks ...string) Person {
	p := child(order, "", niks...)
	p.Identity.NameKind = NameUnnamedNewborn
	return p
}

func TestTwinsAreTwoChildren(t *testing.T) {
	const a, b = "3201134507249001", "3201134507249002"
	for _, tt := range []struct {
		name          string
		stated, known Person
		same          bool
	}{
		{"nothing says otherwise", child(0, ""), child(0, ""), true},
		{"one NIK", child(1, "32.01.01.1006", a), child(2, "32.01.01.1007", a), true},
		{"one NIK of several", child(0, "", b, a), child(0, "", a), true},
		{"two NIKs", child(0, "", a), child(0, "", b), false},
		{"a NIK that the register lacks", child(0, "", a), child(0, ""), true},
		{"their mother's NIK alone", child(1, ""), child(2, ""), false},
		{"two birth orders", child(1, ""), child(2, ""), false},
		{"an order that nobody stated before", child(1, ""), child(0, ""), true},
		{"two villages", child(0, "32.01.01.1006"), child(0, "32.01.01.1007"), false},
		{"two newborns without a name", newborn(0), newborn(0), false},
		{"a newborn and one who has a name", newborn(0), child(0, ""), false},
		{"the first of two newborns", newborn(1), newborn(1), true},
		{"a newborn with its NIK", newborn(0, a), newborn(0, a), true},
		{"a village and a kecamatan", child(0, "32.01.01.1006"), child(0, "32.01.02"), true},
	} {
		if SameChild(tt.stated, tt.known) != tt.same || SameChild(tt.known, tt.stated) != tt.same {
			t.Errorf("%s: same %v, want %v", tt.name, !tt.same, tt.same)
		}
	}
}

func TestExceptionsAreTheThree(t *testing.T) {
	for basis := range basisKindLabels {
		if got, want := basis.IsException(), basis[0] == 'X'; got != want {
			t.Errorf("%s: %v", basis, got)
		}
	}
}

package linkage

import (
	"math"
	"testing"
)

// The table of design page linkage 2, and the traps around it.
func TestNamesFoldAsTheTableSays(t *testing.T) {
	for _, tt := range []struct {
		written, main, alias, father string
		role                         Role
	}{
		{written: "Az-Zahra", main: "as sahra"},
		{written: "Nur'aini", main: "nureni"},
		{written: "Nur’aini", main: "nureni"},
		{written: "JOSÉ", main: "juse"},
		{written: "Mulyani (Yani)", main: "muliani", alias: "iani"},
		{written: "Mulyani als Yani", main: "muliani", alias: "iani"},
		{written: "Mulyani alias Yani", main: "muliani", alias: "iani"},
		{written: "Alias", main: "alias"},
		{written: "(Yani)", main: "iani"},
		{written: "Elriya binti Iwan", main: "elria", father: "iwan"},
		{written: "Ahmad bin H. Saepudin", main: "ahmad", father: "sepudin"},
		{written: "Rayhan b. Iwan", main: "rehan", father: "iwan"},
		{written: "Kerani B", main: "kerani b"},
		{written: "Binti Khasanah", main: "binti hasana"},
		{written: "Hj. Siti, S.Pd", main: "siti"},
		{written: "Siti Rahma S.Pd.", main: "siti rahma"},
		{written: "Siti Rahma Amd Keb", main: "siti rahma amd keb"},
		{written: "Siti Rahma, S.Kom", main: "siti rahma"},
		{written: "Dr. Hj. Ani", main: "ani"},
		{written: "Haji", main: "haji"},
		{written: "H", main: "h"},
		{written: "Ny. Asep", main: "asep", role: WifeOf},
		{written: "Istri Asep", main: "asep", role: WifeOf},
		{written: "Mama Rizki", main: "riski", role: MotherOf},
		{written: "By. Ny. Ratna", main: "ratna", role: BabyOf},
		{written: "Bayi Ny Ratna", main: "ratna", role: BabyOf},
		{written: "M. Rizki", main: "muhamad riski"},
		{written: "M.RIZKI", main: "muhamad riski"},
		{written: "Moch Rizky", main: "muhamad riski"},
		{written: "Rizki M", main: "riski m"},
		{written: "St. Nurhayati", main: "siti nurheati"},
		{written: "Noeraeni", main: "nureni"},
		{written: "Nuraeni", main: "nureni"},
		{written: "Syaefudin", main: "sepudin"},
		{written: "Saipuddin", main: "sepudin"},
		{written: "Tjahja", main: "cahja"},
		{written: "Djunaedi", main: "junedi"},
		{written: "Khadijah", main: "hadija"},
		{written: "Dzakira", main: "sakira"},
		{written: "Xavier", main: "ksapir"},
		{written: "-"},
		{written: "0"},
		{written: " "},
		{written: "Tidak tahu"},
		{written: "TIDAK ADA"},
		{written: "日本"},
	} {
		n := NewName(tt.written)
		if got := n.main.String(); got != tt.main {
			t.Errorf("%q: folds to %q, want %q", tt.written, got, tt.main)
		}
		if got := n.alias.String(); got != tt.alias {
			t.Errorf("%q: alias %q, want %q", tt.written, got, tt.alias)
		}
		if got := n.father.String(); got != tt.father {
			t.Errorf("%q: father %q, want %q", tt.written, got, tt.father)
		}
		if n.role != tt.role {
			t.Errorf("%q: role %d, want %d", tt.written, n.role, tt.role)
		}
		if n.Missing() != (tt.main == "") {
			t.Errorf("%q: missing is %t", tt.written, n.Missing())
		}
	}
}

// The constants of the design, from Winkler's papers.
func TestJaroWinklerGivesThePublishedConstants(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"MARTHA", "MARHTA", .9611},
		{"DIXON", "DICKSONX", .8133},
		{"DWAYNE", "DUANE", .84},
		{"ab", "ba", 0},
		{"sn", "stfn", .5833}, // below .7 a common beginning brings nothing
		{"same", "same", 1},
		{"", "a", 0},
	} {
		for _, got := range []float64{winkler([]byte(tt.a), []byte(tt.b)), winkler([]byte(tt.b), []byte(tt.a))} {
			if math.Abs(got-tt.want) > .00005 {
				t.Errorf("%s/%s: got %.4f, want %.4f", tt.a, tt.b, got, tt.want)
			}
		}
	}
}

func TestEditsAreCountedWithSwaps(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"siti", "siti", 0}, {"siti", "sity", 1}, {"siti", "stii", 1}, {"mahrati", "maharti", 1}, {"abc", "xyz", 3}, {"ab", "abcde", 3}, {"ca", "abc", 3}} {
		if got := osa([]byte(tt.a), []byte(tt.b), 2); got != tt.want {
			t.Errorf("%s/%s: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := osa([]byte(tt.b), []byte(tt.a), 2); got != tt.want {
			t.Errorf("%s/%s: got %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestNameLevels(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want NameLevel
	}{
		{"Siti Rahma", "SITI RAHMAH", NameExact},
		{"Rahma Siti", "Siti Rahma", NameSimilar},
		{"Sukaryati", "Sukoryati", NameSimilar},
		{"Sriwahyuni", "Sri Wahyuni", NameSimilar},
		{"S. Wahyuni", "Sri Wahyuni", NameSimilar},
		{"Wahyuni", "Sri Wahyuni", NameSubset},
		{"Wahyuni Lestari", "Wahyuni Rahma", NamePartial},
		{"Yati", "Nurhayati", NameFuzzy},
		{"Muhammad Rizki", "Muhammad Farel", NameWeak},
		{"Muhammad", "Muhammad", NameWeak}, // counts, never alone
		{"S. N.", "Siti Nurlaela", NameWeak},
		{"Asep", "Dadang", NameNone},
		{"Ani", "Ina", NameNone}, // short words have no typos
	} {
		a, b := NewName(tt.a), NewName(tt.b)
		if got := levelOf(&a, &b); got != tt.want {
			t.Errorf("%s / %s: level %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := levelOf(&b, &a); got != tt.want {
			t.Errorf("%s / %s: level %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

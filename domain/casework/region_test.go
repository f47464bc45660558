package casework

import "testing"

func TestTheFormOfACodeTellsItsLevel(t *testing.T) {
	for _, tt := range []struct{ code, level, parent string }{
		{"32.01", LevelRegency, ""},
		{"32.01.01", LevelDistrict, "32.01"},
		{"32.01.01.1006", LevelVillage, "32.01.01"},
		{"32", "", ""},
		{"", "", ""},
		{"3201", "", ""},
		{"32.1.01", "", ""},
		{"32.01.01.106", "", ""},
		{"32.01.01.1006.1", "", ""},
		{"32.01.AB", "", ""},
		{"32.01.٠١", "", ""}, // Arabic digits are digits elsewhere
		{" 32.01", "", ""},
	} {
		level, ok := RegionLevel(tt.code)
		if level != tt.level || ok != (tt.level != "") {
			t.Errorf("RegionLevel(%q) = %q, %v; want %q", tt.code, level, ok, tt.level)
		}
		if ok && (Region{Code: tt.code, Level: level}).Parent() != tt.parent {
			t.Errorf("the parent of %s is not %q", tt.code, tt.parent)
		}
	}
}

package casework

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNIK(t *testing.T) {
	today := mustDate(t, "2026-11-25")
	for _, tt := range []struct{ nik, want string }{
		{"3201015102940003", ""},
		{"3201134507249002", ""},            // born 2024-07-05, a girl
		{"3201132902000001", ""},            // 29 February 2000
		{"3201132902040001", ""},            // 2004
		{"3201132902010001", "NIK_DATE"},    // neither 2001 nor 1901
		{"3201136902960001", ""},            // a woman of 29 February 1996
		{"320113450724900", "NIK_FORMAT"},   // 15
		{"32011345072490022", "NIK_FORMAT"}, // 17
		{"", "NIK_FORMAT"},
		{"320113450724900a", "NIK_FORMAT"},
		{" 201134507249002", "NIK_FORMAT"},
		{"٣201134507249002", "NIK_FORMAT"},
		{"3201133213940001", "NIK_DATE"},
		{"3201130002940001", "NIK_DATE"},
		{"3201134002940001", "NIK_DATE"}, // day 40
		{"3201137202940001", "NIK_DATE"}, // day 72
		{"3201138102940001", "NIK_DATE"}, // day 81 is not 41 of a man
		{"3201131500940001", "NIK_DATE"},
		{"3201131513940001", "NIK_DATE"},
		{"3201133104940001", "NIK_DATE"}, // 31 April
		{"3201130000000001", "NIK_DATE"},
		{"3201134507240000", "NIK_SERIAL"},
		{"0000000000000000", "NIK_FILLER"},
		{"9999999999999999", "NIK_FILLER"},
		{"1212121212121212", "NIK_FILLER"},
		{"1234567890123456", "NIK_FILLER"},
		{"3201010101010001", "NIK_FILLER"},
	} {
		if got := CheckNIK(tt.nik, today); got != tt.want {
			t.Errorf("CheckNIK(%s): got %q, want %q", tt.nik, got, tt.want)
		}
	}
}

func TestNIKCenturyFollowsToday(t *testing.T) {
	for _, tt := range []struct {
		today, nik, birth string
		sex               Sex
	}{
		{"2026-11-25", "3201130507260001", "2026-07-05", Male},
		{"2026-11-25", "3201130507270001", "1927-07-05", Male},
		{"2027-01-01", "3201134507270001", "2027-07-05", Female},
		{"2026-11-25", "3201132902000001", "2000-02-29", Male},
	} {
		birth, sex, ok := NIKBirth(tt.nik, mustDate(t, tt.today))
		if !ok || birth.String() != tt.birth || sex != tt.sex {
			t.Errorf("NIKBirth(%s, %s): got %s %s %v, want %s %s", tt.nik, tt.today, birth, sex, ok, tt.birth, tt.sex)
		}
	}
}

func TestANIKThatDiffersIsWarnedOfAndKept(t *testing.T) {
	today := mustDate(t, "2026-11-25")
	for _, tt := range []struct {
		birth string
		sex   Sex
		want  []string
	}{
		{"2024-07-05", Female, nil},
		{"2024-07-05", Male, []string{"NIK_SEX_DIFFERS"}},
		{"2024-07-06", Female, []string{"NIK_DATE_DIFFERS"}},
		{"2024-05-07", Male, []string{"NIK_SEX_DIFFERS", "NIK_DATE_DIFFERS"}},
		{"2024-07", Female, nil},
		{"2024-08", Female, []string{"NIK_DATE_DIFFERS"}},
		{"2024", SexUnknown, nil},
		{"2023", SexUnknown, []string{"NIK_DATE_DIFFERS"}},
		{"", SexUnknown, nil},
	} {
		birth, _ := ParseBirthDate(tt.birth)
		if got := NIKWarnings("3201134507249002", birth, tt.sex, today); !slices.Equal(got, tt.want) {
			t.Errorf("born %q, %s: got %v, want %v", tt.birth, tt.sex, got, tt.want)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	today := mustDate(t, "2026-11-25")
	for _, tt := range []struct {
		id   Identifier
		want string
	}{
		{Identifier{Type: IDNIK, Value: "1"}, "NIK_FORMAT"},
		{Identifier{Type: IDMotherNIK, Value: "1"}, "NIK_FORMAT"},
		{Identifier{Type: IDKK, Value: "3201010101010001"}, ""},
		{Identifier{Type: IDKK, Value: "320101010101000"}, "KK_FORMAT"},
		{Identifier{Type: IDBPJS, Value: "0001234567890"}, ""},
		{Identifier{Type: IDBPJS, Value: "000123456789"}, "BPJS_FORMAT"},
		{Identifier{Type: IDLocal, Value: "9999999999999999"}, ""},
	} {
		if got := CheckIdentifier(tt.id, today); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.id.Type, got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"Siti Aminah": "", "By. Ny. Siti": "", "D’Angelo, S.Kep.": "", "ꦱꦶꦠꦶ": "", "A": "",
		strings.Repeat("é", 120): "", strings.Repeat("é", 121): "TOO_LONG",
		"": "REQUIRED", " \t": "REQUIRED", "Siti\x00": "CONTROL_CHARACTER", "Siti\nAminah": "CONTROL_CHARACTER", "Siti\xff": "ENCODING",
	} {
		if got := CheckName(name); got != want {
			t.Errorf("CheckName(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestOneNameHasOneFold(t *testing.T) {
	for name, want := range map[string]string{
		"Siti  AMINAH ": "siti aminah", "Nur'aini": "nuraini", "Nur’aini": "nuraini", "Nur`aini": "nuraini",
		"By. Ny. Siti": "by ny siti", "Az-Zahra": "az zahra", "": "", "...": "", "É": "é",
	} {
		if got := FoldName(name); got != want {
			t.Errorf("FoldName(%q): got %q, want %q", name, got, want)
		}
	}
}

func TestPhones(t *testing.T) {
	for text, want := range map[string]string{
		"0812-3456-7890": "+6281234567890", "+62 812 3456 7890": "+6281234567890", "6281234567890": "+6281234567890",
		"+62 0812 3456 7890": "+6281234567890", "(0251) 8321 000": "+622518321000",
		"": "", "0": "", "12345": "", "0812x3456": "", "+1 202 555 0100": "", "08123456789012345": "", "00000000": "", "08+1234567": "",
	} {
		if got, ok := Phone(text); got != want || ok != (want != "") {
			t.Errorf("Phone(%q): got %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestAreaCodes(t *testing.T) {
	for text, want := range map[string]string{"32.01.01": "32.01.01", "32.01.01.1006": "32.01.01"} {
		if !AreaCode(text) || KecamatanOf(text) != want {
			t.Errorf("%s: %v, %s", text, AreaCode(text), KecamatanOf(text))
		}
	}
	for _, text := range []string{"", "32", "32.01", "32.01.1", "32.01.01.106", "32.01.01.1006.1", "3a.01.01", "32-01-01"} {
		if AreaCode(text) {
			t.Errorf("%q is taken", text)
		}
	}
}

func FuzzNIK(f *testing.F) {
	f.Add("3201134507249002")
	f.Add("0000000000000000")
	f.Fuzz(func(t *testing.T, nik string) {
		today := dateOf(2026, 11, 25)
		if CheckNIK(nik, today) != "" {
			return
		}
		birth, sex, ok := NIKBirth(nik, today)
		_, month, day := birth.Split()
		if sex == Female {
			day += 40
		}
		if !ok || day != two(nik[6:]) || int(month) != two(nik[8:]) || birth.Year()%100 != two(nik[10:]) {
			t.Errorf("a NIK gives %s %s", birth, sex)
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("Nur’aini  AZ-Zahra")
	f.Add("+62 0812-3456-7890")
	f.Fuzz(func(t *testing.T, text string) {
		fold := FoldName(text)
		if again := FoldName(fold); again != fold || !utf8.ValidString(fold) {
			t.Errorf("fold %q folds to %q", fold, again)
		}
		if phone, ok := Phone(text); ok {
			if again, ok := Phone(phone); !ok || again != phone {
				t.Errorf("a phone normalises twice")
			}
		}
		if id, ok := ParseID(text); ok && id.String() != strings.ToLower(text) {
			t.Errorf("an id changes its form")
		}
	})
}

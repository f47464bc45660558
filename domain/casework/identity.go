package casework

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// CheckNIK gives the fault of a NIK, empty if none: NIK_FORMAT, NIK_DATE, NIK_SERIAL, NIK_FILLER. There is no check digit.
func CheckNIK(nik string, today Date) string {
	switch {
	case !digits(nik, 16):
		return "NIK_FORMAT"
	case filler(nik):
		return "NIK_FILLER"
	case nik[12:] == "0000":
		return "NIK_SERIAL"
	}
	if _, _, ok := NIKBirth(nik, today); !ok {
		return "NIK_DATE"
	}
	return ""
}

// NIKBirth reads birth date and sex from a NIK: women have 40 added to the day; yy up to this year's is of this century.
func NIKBirth(nik string, today Date) (birth Date, sex Sex, ok bool) {
	if !digits(nik, 16) {
		return 0, "", false
	}
	day, month, yy := two(nik[6:]), two(nik[8:]), two(nik[10:])
	sex = Male
	if day > 40 {
		day, sex = day-40, Female
	}
	century := 2000
	if yy > today.Year()%100 {
		century = 1900
	}
	for _, year := range []int{century + yy, 3900 - century + yy} {
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if day >= 1 && day <= 31 && month >= 1 && month <= 12 && t.Day() == day {
			return dateOf(t.Date()), sex, true
		}
	}
	return 0, "", false
}

// NIKWarnings tell what does not fit between a NIK and what was stated. It is stored all the same, and never changed to match.
// Digits 1 to 6 are the place of first registration, never compared with the address.
func NIKWarnings(nik string, birth BirthDate, sex Sex, today Date) []string {
	born, coded, ok := NIKBirth(nik, today)
	if !ok {
		return nil
	}
	var warnings []string
	if (sex == Male || sex == Female) && coded != sex {
		warnings = append(warnings, "NIK_SEX_DIFFERS")
	}
	if differs(born, birth) {
		warnings = append(warnings, "NIK_DATE_DIFFERS")
	}
	return warnings
}

// differs compares as much as is known of the stated date.
func differs(born Date, stated BirthDate) bool {
	for _, l := range birthLayouts {
		if l.precision == stated.Precision {
			return born.utc().Format(l.layout) != stated.String()
		}
	}
	return false
}

func digits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func two(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

// filler tells whether a number is what people type when they must type something (design: linkage 4).
func filler(nik string) bool {
	seen := map[byte]bool{}
	for i := range len(nik) {
		seen[nik[i]] = true
	}
	return len(seen) < 3 || nik == "1234567890123456" || strings.HasPrefix(nik, "320101010101")
}

// CheckIdentifier gives the fault of an identifier, empty if none.
func CheckIdentifier(id Identifier, today Date) string {
	switch id.Type {
	case IDNIK, IDMotherNIK:
		return CheckNIK(id.Value, today)
	case IDKK:
		if !digits(id.Value, 16) {
			return "KK_FORMAT"
		}
	case IDBPJS:
		if !digits(id.Value, 13) {
			return "BPJS_FORMAT"
		}
	}
	return ""
}

// CheckName gives the fault of a name, empty if none: 1 to 120 characters as written, any script, no control characters.
func CheckName(name string) string {
	n := utf8.RuneCountInString(name)
	switch {
	case strings.TrimSpace(name) == "":
		return "REQUIRED"
	case n > 120:
		return "TOO_LONG"
	case !utf8.ValidString(name):
		return "ENCODING"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "CONTROL_CHARACTER"
	}
	return ""
}

// FoldName is a name as it is compared: small letters and digits, one space between words. Curly apostrophes and double spaces
// are ways to type one name; what is stored stays as written.
func FoldName(name string) string {
	var out strings.Builder
	space := false
	for _, r := range name {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if space && out.Len() > 0 {
				out.WriteByte(' ')
			}
			space = false
			out.WriteRune(unicode.ToLower(r))
		case unicode.IsSpace(r) || r == '.' || r == ',' || r == '-' || r == '/':
			space = true
		}
	}
	return out.String()
}

// Phone normalises an Indonesian telephone number to +62…; ok is false if it is none.
func Phone(text string) (string, bool) {
	number := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		if strings.ContainsRune(" -().", r) {
			return -1
		}
		return 'x'
	}, text)
	switch {
	case strings.HasPrefix(number, "+"):
		number = number[1:]
	case strings.HasPrefix(number, "0"):
		number = "62" + number[1:]
	}
	if local, ok := strings.CutPrefix(number, "620"); ok { // +62 0812…, as many write it
		number = "62" + local
	}
	if len(number) < 8 || len(number) > 15 || !digits(number, len(number)) || !strings.HasPrefix(number, "62") || number[2] == '0' {
		return "", false
	}
	return "+" + number, true
}

// AreaCode tells whether a text has the form of a kecamatan (32.01.CC) or village (32.01.CC.VVVV).
func AreaCode(text string) bool {
	parts := strings.Split(text, ".")
	widths := []int{2, 2, 2, 4}
	if len(parts) < 3 || len(parts) > 4 {
		return false
	}
	for i, p := range parts {
		if !digits(p, widths[i]) {
			return false
		}
	}
	return true
}

// KecamatanOf is the part of an area code that may stand in clear.
func KecamatanOf(area string) string {
	if len(area) < len("32.01.01") {
		return ""
	}
	return area[:len("32.01.01")]
}

package casework

import "strings"

// crockford has no I, L, O and U: what is read over a telephone is written down right.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Number prefixes.
const (
	LegNumber  = 'R'
	CaseNumber = 'K'
)

// NewNumber makes R-7K2M-9N from 25 random bits: five characters and a check character (Luhn mod 32). It holds no date, unit or
// type of case.
func NewNumber(prefix byte, random [4]byte) string {
	bits := uint32(random[0])<<24 | uint32(random[1])<<16 | uint32(random[2])<<8 | uint32(random[3])
	var digits [6]byte
	for i := range 5 {
		digits[i] = byte(bits >> (5 * i) & 31)
	}
	digits[5] = checkDigit(digits[:5])
	for i, d := range digits {
		digits[i] = crockford[d]
	}
	return string([]byte{prefix, '-'}) + string(digits[:4]) + "-" + string(digits[4:])
}

// ParseNumber reads a number as people write it: small letters, O for 0, I and L for 1, no hyphens. It gives the one true form.
func ParseNumber(prefix byte, text string) (string, bool) {
	text = strings.Map(unspoken, strings.ToUpper(text))
	if len(text) != 7 || text[0] != prefix {
		return "", false
	}
	var digits [6]byte
	for i := range digits {
		d := strings.IndexByte(crockford, alike(text[i+1]))
		if d < 0 {
			return "", false
		}
		digits[i] = byte(d)
	}
	if checkDigit(digits[:5]) != digits[5] {
		return "", false
	}
	for i, d := range digits {
		digits[i] = crockford[d]
	}
	return string([]byte{prefix, '-'}) + string(digits[:4]) + "-" + string(digits[4:]), true
}

func unspoken(r rune) rune {
	if r == '-' || r == ' ' {
		return -1
	}
	return r
}

func alike(c byte) byte {
	switch c {
	case 'O':
		return '0'
	case 'I', 'L':
		return '1'
	}
	return c
}

// checkDigit is Luhn mod 32 over digits from the right, the last one doubled.
func checkDigit(digits []byte) byte {
	sum, factor := 0, 2
	for i := len(digits) - 1; i >= 0; i-- {
		addend := factor * int(digits[i])
		sum += addend/32 + addend%32
		factor = 3 - factor
	}
	return byte((32 - sum%32) % 32)
}

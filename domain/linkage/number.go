package linkage

// A Number is a NIK or KK of up to 17 digits, as typed; the zero Number is missing. Fillers are read as missing.
type Number struct {
	value  uint64
	digits uint8
}

// NewNumber reads the digits of a NIK or KK. What is far from 16 of them, or what people type when they must type something, is
// missing: at regency size equal fillers outnumber true pairs 70 to 1.
func NewNumber(written string) Number {
	n := Number{}
	seen := uint16(0)
	for _, r := range written {
		switch {
		case r >= '0' && r <= '9':
			if n.digits == 17 {
				return Number{}
			}
			n.value = n.value*10 + uint64(r-'0')
			n.digits++
			seen |= 1 << (r - '0')
		case r == ' ' || r == '.' || r == '-':
		default:
			return Number{}
		}
	}
	if n.digits < 15 || ones(uint32(seen)) < 3 || n.filler() {
		return Number{}
	}
	return n
}

const (
	serials = 10000 // the last four digits
	regions = 1e10  // the first six stand before ten others
)

func (n Number) filler() bool {
	if n.digits != 16 {
		return false
	}
	return n.value == 1234567890123456 || n.value/serials == 320101010101 ||
		n.value%serials == 0 || n.datePart() == 0 || !n.dateSound()
}

func (n Number) datePart() int { return int(n.value / serials % 1000000) }

// dateSound tells whether digits 7 to 12 may be a day: a KK has the day of its issue there, a NIK the day of birth, with 40 more
// for women.
func (n Number) dateSound() bool {
	day, month, yy := n.parts()
	if day > 40 {
		day -= 40
	}
	return validDay(2000+yy, month, day) || validDay(1900+yy, month, day)
}

func (n Number) parts() (day, month, yy int) {
	d := n.datePart()
	return d / 10000, d / 100 % 100, d % 100
}

// Missing tells whether there is nothing to compare.
func (n Number) Missing() bool { return n.digits == 0 }

// whole tells whether the number has its 16 digits.
func (n Number) whole() bool { return n.digits == 16 }

// A numberLevel is how far two numbers agree.
type numberLevel uint8

const (
	numberDiffers numberLevel = iota
	numberTwin                // only the serial differs: twins are registered one after the other
	numberNear                // one digit more, less or other, or two neighbours swapped
	numberExact
	numberLevels
)

func (n Number) like(m Number) numberLevel {
	if n == m {
		return numberExact
	}
	if n.whole() && m.whole() && n.value/serials == m.value/serials {
		return numberTwin
	}
	if nearNumbers(n, m) {
		return numberNear
	}
	return numberDiffers
}

// nearNumbers takes equal digits off both ends by division: most pairs are told apart by the first.
func nearNumbers(n, m Number) bool {
	if n.digits < m.digits {
		n, m = m, n
	}
	a, b, da, db := n.value, m.value, n.digits, m.digits
	for db > 0 && a%10 == b%10 {
		a, b, da, db = a/10, b/10, da-1, db-1
	}
	switch da - db {
	case 0:
		if a/10 == b/10 {
			return true
		}
		return a/100 == b/100 && a%10 == b/10%10 && a/10%10 == b%10
	case 1:
		return a/10 == b
	}
	return false
}

// birthIn reads date and sex from a NIK. The century is that of the age, where one is known: the yy of a great-grandmother reads as
// 20yy.
func (n Number) birthIn(known Birth, recorded Date) (birth Birth, sex Sex, ok bool) {
	if !n.whole() {
		return Birth{}, UnknownSex, false
	}
	day, month, yy := n.parts()
	sex = Male
	if day > 40 {
		day, sex = day-40, Female
	}
	year := 2000 + yy
	thisYear, _, _ := recorded.split()
	if year > thisYear {
		year -= 100
	}
	if known.Known() {
		middle, _, _ := ((known.First + known.Last) / 2).split()
		for _, y := range []int{1900 + yy, 2000 + yy} {
			if abs(y-middle) < abs(year-middle) {
				year = y
			}
		}
	}
	if !validDay(year, month, day) {
		return Birth{}, UnknownSex, false
	}
	d := DateOf(year, month, day)
	return Birth{First: d, Last: d}, sex, true
}

func abs[T int | Date](x T) T {
	if x < 0 {
		return -x
	}
	return x
}

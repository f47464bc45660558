package linkage

// A Date is a civil day as days since 1970-01-01, as everywhere in the project.
type Date int32

// DateOf is the day of a civil date, which must be one (Howard Hinnant's days_from_civil, for Go's own takes a time.Time).
func DateOf(year, month, day int) Date {
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yoe := year - era*400
	doy := (153*((month+9)%12)+2)/5 + day - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Date(era*146097 + doe - 719468)
}

func (d Date) split() (year, month, day int) {
	z := int(d) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

func floorDiv(a, b int) int {
	if a < 0 {
		return -((b - 1 - a) / b)
	}
	return a / b
}

// validDay tells whether the day exists.
func validDay(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	_, m, d := DateOf(year, month, day).split()
	return m == month && d == day
}

// A Birth is a birth date as far as it is known: it was not before First and not after Last. The zero Birth is missing (nobody alive
// was born on 1970-01-01 to the day: such a date is read as its year).
type Birth struct{ First, Last Date }

// BornOn is a birth date as written. 1 January is what is written when only the year is known.
func BornOn(d Date) Birth {
	if year, month, day := d.split(); month == 1 && day == 1 {
		return BornInYear(year)
	}
	return Birth{d, d}
}

// BornInYear is a birth date of which only the year is known.
func BornInYear(year int) Birth { return Birth{DateOf(year, 1, 1), DateOf(year, 12, 31)} }

// BornAged is a birth date of which only the completed years on a day are known.
func BornAged(years int, on Date) Birth {
	y, m, d := on.split()
	return Birth{sameDay(y-years-1, m, d) + 1, sameDay(y-years, m, d)}
}

// sameDay is a day of a year, the last of February where there is no 29th.
func sameDay(year, month, day int) Date {
	if !validDay(year, month, day) {
		day--
	}
	return DateOf(year, month, day)
}

// Known tells whether there is something to compare.
func (b Birth) Known() bool { return b != Birth{} }

// toDay tells whether the day is known.
func (b Birth) toDay() bool { return b.First == b.Last && b.Known() }

// toYear tells whether the interval is a calendar year.
func (b Birth) toYear() bool {
	if b.Last-b.First < 364 || b.Last-b.First > 365 {
		return false
	}
	year, month, day := b.First.split()
	return month == 1 && day == 1 && b.Last == DateOf(year, 12, 31)
}

func (b Birth) overlaps(o Birth) bool { return b.First <= o.Last && o.First <= b.Last }

// gap is the least number of days between two births.
func (b Birth) gap(o Birth) Date { return max(b.First-o.Last, o.First-b.Last, 0) }

// A birthLevel is how far two births agree.
type birthLevel uint8

const (
	birthFar birthLevel = iota // more than two years apart: no slip of the pen
	birthDiffers
	birthSwapped // day and month
	birthClose   // within 3 days, or one part differs by a digit
	birthExact
	yearDiffers
	yearAgrees
	ageDiffers
	ageByOne // a year beside the age
	ageAgrees
	birthLevels
)

// birthGroups are the levels that compete: what is known does not depend on whether the pair is true.
var birthGroups = [][]birthLevel{
	{birthFar, birthDiffers, birthSwapped, birthClose, birthExact},
	{yearDiffers, yearAgrees},
	{ageDiffers, ageByOne, ageAgrees},
}

// likeBirth compares two known births.
func likeBirth(a, b Birth) birthLevel {
	switch {
	case a.toDay() && b.toDay():
		return likeDay(a.First, b.First)
	case a.toYear() || b.toYear():
		if a.overlaps(b) {
			return yearAgrees
		}
		return yearDiffers
	case a.overlaps(b):
		return ageAgrees
	case a.gap(b) <= 366:
		return ageByOne
	}
	return ageDiffers
}

func likeDay(a, b Date) birthLevel {
	if a == b {
		return birthExact
	}
	if abs(a-b) <= 3 {
		return birthClose
	}
	ya, ma, da := a.split()
	yb, mb, db := b.split()
	switch {
	case ya == yb && ma == db && da == mb:
		return birthSwapped
	case ya == yb && ma == mb && oneDigit(da, db), ya == yb && da == db && oneDigit(ma, mb), ma == mb && da == db && oneDigit(ya, yb):
		return birthClose
	case abs(a-b) > 2*366:
		return birthFar
	}
	return birthDiffers
}

// oneDigit tells whether two numbers, written at the same length, differ by one digit.
func oneDigit(a, b int) bool {
	n := 0
	for a > 0 || b > 0 {
		if a%10 != b%10 {
			n++
		}
		a, b = a/10, b/10
	}
	return n == 1
}

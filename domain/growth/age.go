package growth

import (
	"math"
	"time"
)

// Five years end at three limits that nearly coincide, each for its own purpose: the tables end at day 1826; the WHO gives
// a z-score below 60 months of 30.4375 days, on the age not rounded; and a register takes children below 60 completed
// months of the calendar ([CompletedMonths]).
const (
	daysPerMonth = 30.4375 // 365.25 / 12
	ageLimit     = 60      // months
	heightDay    = 731     // from this day on the tables mean standing height
)

// Date is a civil day, counted from 1 January 1970, so that the difference of two is a number of days.
type Date int

// DateOf is the day of a calendar date; ok is false for one that does not exist, such as 31 February.
func DateOf(year int, month time.Month, day int) (d Date, ok bool) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	y, m, dd := t.Date()
	return Date(t.Unix() / secondsPerDay), y == year && m == month && dd == day
}

// ParseDate reads YYYY-MM-DD and nothing else.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	return Date(t.Unix() / secondsPerDay), err
}

const secondsPerDay = 24 * 60 * 60

// Calendar is the date in the calendar.
func (d Date) Calendar() (year int, month time.Month, day int) {
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().Date()
}

// String writes the date as YYYY-MM-DD.
func (d Date) String() string {
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().Format(time.DateOnly)
}

// CompletedMonths is how many months of the calendar a child has completed: born on the 31st, it completes one on the 31st,
// or on the 1st after a month that has none. A register, a growth card and age bands count so; z-scores do not.
func CompletedMonths(birth, on Date) int {
	by, bm, bd := birth.Calendar()
	y, m, d := on.Calendar()
	months := (y-by)*12 + int(m-bm)
	if d < bd {
		months--
	}
	return months
}

// Age of a child on the day of measuring. The zero value is not known.
type Age struct {
	days, months float64
	completed    int32
	known        bool
}

// AgeInDays is an age given in days; it may have a fraction.
func AgeInDays(days float64) Age {
	months := days / daysPerMonth
	return Age{days, months, floor(months), true}
}

// AgeInMonths is an age given in months of 30.4375 days; it may have a fraction. Exactly 60 months are too old for a
// z-score, although the same number of days given in days is one of a table.
func AgeInMonths(months float64) Age {
	// The conversion keeps a processor from fusing the product with what follows, which could move a day's border.
	return Age{float64(months * daysPerMonth), months, floor(months), true}
}

// AgeBetween is the age of a child that was born on one day and measured on another.
func AgeBetween(birth, on Date) Age {
	a := AgeInDays(float64(on - birth))
	a.completed = int32(CompletedMonths(birth, on))
	return a
}

// floor is safe for any number: what int32 cannot hold becomes its nearest, what is no number 0.
func floor(x float64) int32 {
	if math.IsNaN(x) {
		return 0
	}
	return int32(min(max(math.Floor(x), math.MinInt32), math.MaxInt32))
}

// Known tells whether there is an age.
func (a Age) Known() bool { return a.known }

// Days is the age in days, not rounded.
func (a Age) Days() float64 { return a.days }

// Months is the age in months of 30.4375 days, not rounded: a z-score exists below 60.
func (a Age) Months() float64 { return a.months }

// TableDay is the age in days, rounded half up: the row of a table.
func (a Age) TableDay() int { return int(floor(a.days + 0.5)) }

// CompletedMonths is by the calendar where birth and measuring date are known, else the whole part of [Age.Months].
func (a Age) CompletedMonths() int { return int(a.completed) }

// scored tells whether the standards cover the age.
func (a Age) scored() bool { return a.known && a.months >= 0 && a.months < ageLimit }

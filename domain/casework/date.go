package casework

import (
	"encoding/json"
	"fmt"
	"time"
)

// Zone is the civil time of the regency, WIB. It is fixed and never loaded from the system: a server in another zone cuts the
// same days.
var Zone = time.FixedZone("WIB", 7*60*60)

// Date is a civil day, as days since 1970-01-01. It has no zone and is never put through one.
type Date int32

// DateOf is the civil day of an instant in the regency.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return dateOf(y, m, d)
}

func dateOf(y int, m time.Month, d int) Date {
	return Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// Time is the first instant of the day in the regency.
func (d Date) Time() time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, 0, 0, 0, 0, Zone).UTC()
}

func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Year is the year.
func (d Date) Year() int { return d.utc().Year() }

// Split gives year, month and day of the month.
func (d Date) Split() (year int, month time.Month, day int) { return d.utc().Date() }

// ParseDate reads YYYY-MM-DD. A day that does not exist is refused: nothing is rolled over.
func ParseDate(text string) (Date, bool) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Format(time.DateOnly) != text {
		return 0, false
	}
	return dateOf(t.Date()), true
}

// Precision tells how much of a birth date is known.
type Precision uint8

const (
	Nothing Precision = iota
	ToYear
	ToMonth
	ToDay
)

// BirthDate is a birth date as far as it is known: 2024-07-05, 2024-07 or 2024. z-scores need the day.
type BirthDate struct {
	First     Date // the first day that it may have been
	Precision Precision
}

var birthLayouts = []struct {
	layout    string
	precision Precision
}{{time.DateOnly, ToDay}, {"2006-01", ToMonth}, {"2006", ToYear}}

// ParseBirthDate reads a birth date whole, or not at all.
func ParseBirthDate(text string) (BirthDate, bool) {
	for _, l := range birthLayouts {
		t, err := time.Parse(l.layout, text)
		if err == nil && t.Format(l.layout) == text && t.Year() >= 1850 {
			return BirthDate{dateOf(t.Date()), l.precision}, true
		}
	}
	return BirthDate{}, false
}

// BornOn is the birth date of a day.
func BornOn(d Date) BirthDate { return BirthDate{d, ToDay} }

// BornInYear is a birth date of which only the year is known.
func BornInYear(year int) BirthDate { return BirthDate{dateOf(year, time.January, 1), ToYear} }

func (b BirthDate) String() string {
	for _, l := range birthLayouts {
		if l.precision == b.Precision {
			return b.First.utc().Format(l.layout)
		}
	}
	return ""
}

// MarshalText writes the date as it was known.
func (b BirthDate) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalJSON reads what MarshalText wrote.
func (b *BirthDate) UnmarshalJSON(raw []byte) error {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil || text == "" {
		return err
	}
	var ok bool
	if *b, ok = ParseBirthDate(text); !ok {
		return fmt.Errorf("birth date of unknown form")
	}
	return nil
}

// CompletedMonths are the whole months lived on a day. Who is born on the 29th to 31st completes a month that lacks that day on
// the first of the next one.
func (b BirthDate) CompletedMonths(on Date) int {
	by, bm, bd := b.First.Split()
	y, m, d := on.Split()
	months := (y-by)*12 + int(m-bm)
	if d < bd {
		months--
	}
	return months
}

// AgeOn are the completed years on a day; ok is false if nothing is known.
func (b BirthDate) AgeOn(on Date) (years int, ok bool) {
	if b.Precision == Nothing {
		return 0, false
	}
	months := b.CompletedMonths(on)
	if months < 0 {
		return 0, true
	}
	return months / 12, true
}

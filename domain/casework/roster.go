package casework

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"
)

// Month is a month of the calendar: its first day, and the first day of the next one.
type Month struct{ First, Next Date }

// ParseMonth reads YYYY-MM and nothing else.
func ParseMonth(text string) (Month, bool) {
	t, err := time.Parse("2006-01", text)
	if err != nil || t.Format("2006-01") != text {
		return Month{}, false
	}
	return monthAt(t), true
}

// MonthOf is the month of a day.
func MonthOf(day Date) Month {
	y, m, _ := day.Split()
	return monthAt(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC))
}

func monthAt(t time.Time) Month {
	next := t.AddDate(0, 1, 0)
	return Month{dateOf(t.Date()), dateOf(next.Date())}
}

// Holds tells whether a day lies in the month.
func (m Month) Holds(day Date) bool { return m.First <= day && day < m.Next }

// String writes the month as YYYY-MM.
func (m Month) String() string { return m.First.String()[:len("2006-01")] }

// Has tells whether a child is weighed in the month: it is 0 to 59 completed months old on one of its days. Of one whose birth date is
// known to the year alone, the earliest day counts, for a child too many on a list is seen and one too few is not.
func (m Month) Has(birth BirthDate) bool {
	if birth.Precision == Nothing || birth.First >= m.Next {
		return false
	}
	return birth.First > m.First || CaseAge(birth, m.First)
}

// Standing are the measurements that nothing corrects, in their order.
func Standing(measurements []Measurement) []Measurement {
	corrected := Corrected(measurements)
	if len(corrected) == 0 {
		return measurements
	}
	return slices.DeleteFunc(slices.Clone(measurements), func(m Measurement) bool { return corrected[m.ID] })
}

// LastWeighing is the place of the newest weighing among a child's measurements, newest first; -1 if it was never weighed.
func LastWeighing(measurements []Measurement) int {
	return slices.IndexFunc(measurements, func(m Measurement) bool { return m.Content.WeightKG > 0 })
}

// WeighedIn tells whether a child was weighed in a month.
func WeighedIn(measurements []Measurement, month Month) bool {
	return slices.ContainsFunc(measurements, func(m Measurement) bool { return m.Content.WeightKG > 0 && month.Holds(m.Day) })
}

// ByName is the order of a list of persons: by name as it is spoken, then birth date, then id, so that it is the same at each call.
func ByName(a, b Person) int {
	return cmp.Or(
		strings.Compare(FoldName(a.Identity.Name), FoldName(b.Identity.Name)),
		cmp.Compare(a.Identity.BirthDate.First, b.Identity.BirthDate.First),
		bytes.Compare(a.ID[:], b.ID[:]),
	)
}

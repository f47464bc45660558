package statistics

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Zone is the civil time of the regency, WIB. It is fixed and never loaded from the system: a server in another zone cuts the
// same months.
var Zone = time.FixedZone("WIB", 7*60*60)

// Day is a civil day, as days since 1970-01-01. It has no zone and is never put through one.
type Day int32

// DayOf is the civil day of an instant in the regency.
func DayOf(t time.Time) Day {
	y, m, d := t.In(Zone).Date()
	return dayOf(y, m, d)
}

func dayOf(y int, m time.Month, d int) Day {
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

func (d Day) split() (year int, month time.Month, day int) {
	return time.Unix(int64(d)*24*60*60, 0).UTC().Date()
}

// At is an hour of the day in the regency.
func (d Day) At(hour int) time.Time {
	y, m, day := d.split()
	return time.Date(y, m, day, hour, 0, 0, 0, Zone).UTC()
}

// PeriodKind is the length of a period.
type PeriodKind uint8

// The kinds; weeks begin on Monday (ISO 8601). Moment is the period of a table that counts what stands now.
const (
	Moment PeriodKind = iota
	Week
	Month
	Quarter
	Year
)

var periodKindNames = [...]string{"MOMENT", "WEEK", "MONTH", "QUARTER", "YEAR"}

func (k PeriodKind) String() string { return periodKindNames[k] }

// Period is a stretch of the regency's calendar: it holds its first instant and not its last. The zero value is the moment.
type Period struct {
	Kind PeriodKind
	Year int // of a week the year of ISO 8601
	N    int // week 1–53, month 1–12, quarter 1–4; of a year 0
}

// PeriodOf is the period of a kind in which an instant lies.
func PeriodOf(kind PeriodKind, t time.Time) Period { return PeriodOfDay(kind, DayOf(t)) }

// PeriodOfDay is the period of a kind in which a day lies.
func PeriodOfDay(kind PeriodKind, d Day) Period {
	y, m, _ := d.split()
	switch kind {
	case Week:
		year, week := time.Unix(int64(d)*24*60*60, 0).UTC().ISOWeek()
		return Period{Week, year, week}
	case Month:
		return Period{Month, y, int(m)}
	case Quarter:
		return Period{Quarter, y, (int(m)-1)/3 + 1}
	case Year:
		return Period{Year, y, 0}
	}
	return Period{}
}

// ID is the period as the API writes it: 2026W07, 2026-02, 2026Q1, 2026; empty for the moment.
func (p Period) ID() string {
	switch p.Kind {
	case Week:
		return fmt.Sprintf("%04dW%02d", p.Year, p.N)
	case Month:
		return fmt.Sprintf("%04d-%02d", p.Year, p.N)
	case Quarter:
		return fmt.Sprintf("%04dQ%d", p.Year, p.N)
	case Year:
		return fmt.Sprintf("%04d", p.Year)
	}
	return ""
}

func (p Period) String() string { return p.ID() }

// periodForms are the ways a period is written: where its number begins, how many digits it has, and up to what it goes.
var periodForms = []struct {
	kind      PeriodKind
	mark      string
	digits    int
	low, high int
}{{Year, "", 0, 0, 0}, {Month, "-", 2, 1, 12}, {Quarter, "Q", 1, 1, 4}, {Week, "W", 2, 1, 53}}

// ParsePeriod reads a period as [Period.ID] writes it, and nothing else.
func ParsePeriod(text string) (Period, bool) {
	if len(text) < 4 {
		return Period{}, false
	}
	year, err := strconv.Atoi(text[:4])
	if err != nil || year < 1 {
		return Period{}, false
	}
	for _, form := range periodForms {
		p := Period{Kind: form.kind, Year: year}
		if rest := text[4:]; rest != "" && len(rest) == len(form.mark)+form.digits {
			p.N, _ = strconv.Atoi(rest[len(form.mark):])
		}
		if p.N >= form.low && p.N <= form.high && p.ID() == text && PeriodOfDay(p.Kind, p.First()) == p {
			return p, true
		}
	}
	return Period{}, false
}

// First is the first day of the period.
func (p Period) First() Day {
	switch p.Kind {
	case Week:
		fourth := dayOf(p.Year, time.January, 4) // lies in week 1
		monday := fourth - Day((int(time.Unix(int64(fourth)*24*60*60, 0).UTC().Weekday())+6)%7)
		return monday + Day(7*(p.N-1))
	case Month:
		return dayOf(p.Year, time.Month(p.N), 1)
	case Quarter:
		return dayOf(p.Year, time.Month(3*p.N-2), 1)
	case Year:
		return dayOf(p.Year, time.January, 1)
	}
	return 0
}

// Next is the first day after the period.
func (p Period) Next() Day {
	switch p.Kind {
	case Week:
		return p.First() + 7
	case Month:
		return dayOf(p.Year, time.Month(p.N+1), 1)
	case Quarter:
		return dayOf(p.Year, time.Month(3*p.N+1), 1)
	case Year:
		return dayOf(p.Year+1, time.January, 1)
	}
	return 0
}

// Start is the first instant of the period, midnight in the regency.
func (p Period) Start() time.Time { return p.First().At(0) }

// End is the first instant after the period.
func (p Period) End() time.Time { return p.Next().At(0) }

// Holds tells whether an instant lies in the period; the moment holds all.
func (p Period) Holds(t time.Time) bool {
	return p.Kind == Moment || !t.IsZero() && !t.Before(p.Start()) && t.Before(p.End())
}

// HoldsDay tells whether a day lies in the period; the moment holds all.
func (p Period) HoldsDay(d Day) bool { return p.Kind == Moment || d >= p.First() && d < p.Next() }

// Within tells whether a period lies whole in another.
func (p Period) Within(o Period) bool { return p.First() >= o.First() && p.Next() <= o.Next() }

// whole is the year in which the period lies.
func (p Period) whole() Period { return Period{Kind: Year, Year: p.Year} }

// After tells whether p begins after o, or as early and is longer: an order of all periods.
func (p Period) compare(o Period) int {
	return cmp.Or(cmp.Compare(p.First(), o.First()), cmp.Compare(p.Next(), o.Next()))
}

// Parts are the periods of a kind that a year is cut into.
func Parts(kind PeriodKind, year int) []Period {
	var parts []Period
	n := map[PeriodKind]int{Month: 12, Quarter: 4}[kind]
	if kind == Year {
		return []Period{{Kind: Year, Year: year}}
	}
	for i := 1; i <= n; i++ {
		parts = append(parts, Period{kind, year, i})
	}
	return parts
}

// Relative resolves LAST_12_MONTHS, THIS_YEAR, LAST_YEAR and LAST_4_QUARTERS to the published periods they mean, oldest first:
// never to one that is not published, so that the answer tells nothing of what is held. "Last" counts back from the newest
// published one. The relative years are those of the day of asking; ok is false for another word.
func Relative(word string, today Day, published []Period) (periods []Period, ok bool) {
	year, _, _ := today.split()
	switch word {
	case "THIS_YEAR":
		return within(published, Period{Kind: Year, Year: year}), true
	case "LAST_YEAR":
		return within(published, Period{Kind: Year, Year: year - 1}), true
	case "LAST_12_MONTHS":
		return newest(published, 12, Month, Quarter), true
	case "LAST_4_QUARTERS":
		return newest(published, 12, Quarter), true
	}
	return nil, false
}

func within(published []Period, year Period) []Period {
	return ordered(slices.DeleteFunc(slices.Clone(published), func(p Period) bool { return !p.Within(year) }))
}

// newest are the periods of the kinds that lie in the months up to the end of the newest.
func newest(published []Period, months int, kinds ...PeriodKind) []Period {
	found := ordered(slices.DeleteFunc(slices.Clone(published), func(p Period) bool { return !slices.Contains(kinds, p.Kind) }))
	if len(found) == 0 {
		return nil
	}
	y, m, _ := found[len(found)-1].Next().split()
	since := dayOf(y, m-time.Month(months), 1)
	return slices.DeleteFunc(found, func(p Period) bool { return p.First() < since })
}

func ordered(periods []Period) []Period {
	slices.SortFunc(periods, Period.compare)
	return slices.Compact(periods)
}

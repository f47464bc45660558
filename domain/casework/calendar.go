package casework

import (
	"cmp"
	"slices"
	"time"
)

// Window is a span of working time on a weekday, in minutes after midnight, within effective dates. The windows of a weekday with
// one first day are that day's hours, together: a noon break is two of them.
type Window struct {
	Weekday time.Weekday
	Opens   int
	Closes  int
	From    Date // first day on which it holds
	Until   Date // last day; 0: for ever
	Basis   string
}

// days is for how many days the window holds.
func (w Window) days() int {
	if w.Until == 0 {
		return int(maxDate)
	}
	return int(w.Until - w.From)
}

// Calendar tells working minutes from others. Devices' zones play no part: it is WIB.
type Calendar struct {
	Windows  []Window
	Holidays map[Date]bool
}

// HolidayKind says who made a day free.
type HolidayKind string

const (
	NationalDay  HolidayKind = "NATIONAL"
	CutiBersama  HolidayKind = "CUTI_BERSAMA"
	RegencyDay   HolidayKind = "REGENCY"
	WorkingAgain HolidayKind = "WORKING_DAY" // it was free, and is so no more
)

// Valid tells whether the kind is one of them.
func (k HolidayKind) Valid() bool {
	return k == NationalDay || k == CutiBersama || k == RegencyDay || k == WorkingAgain
}

// Holiday is a day without working time.
type Holiday struct {
	Day   Date
	Kind  HolidayKind
	Basis string
}

// DefaultWindows are Monday to Friday, 08:00 to 16:00.
func DefaultWindows() []Window {
	var windows []Window
	for day := time.Monday; day <= time.Friday; day++ {
		windows = append(windows, Window{Weekday: day, Opens: 8 * 60, Closes: 16 * 60})
	}
	return windows
}

// HasYear tells whether any holiday of the year is loaded. Without one every weekday is a working day, so that a due time errs
// early, and health says so.
func (c Calendar) HasYear(year int) bool {
	for day := range c.Holidays {
		if day.Year() == year {
			return true
		}
	}
	return false
}

// MissingYears are the years of a span of days of which no holiday is loaded: health reports each as CALENDAR_MISSING.
func (c Calendar) MissingYears(from, until Date) []int {
	var missing []int
	for year := from.Year(); year <= until.Year(); year++ {
		if !c.HasYear(year) {
			missing = append(missing, year)
		}
	}
	return missing
}

// AddWorking is the instant at which the last of so many working minutes has run. A start outside a window counts from the next
// opening. A calendar without windows counts elapsed time, for a duty must end.
func (c Calendar) AddWorking(start time.Time, minutes int) time.Time {
	remaining := time.Duration(minutes) * time.Minute
	day := DateOf(start)
	for range maxCalendarDays {
		reached := start // windows that overlap count a minute once
		for _, w := range c.windowsOn(day) {
			opens := day.Time().Add(time.Duration(w.Opens) * time.Minute)
			closes := day.Time().Add(time.Duration(w.Closes) * time.Minute)
			if opens.Before(reached) {
				opens = reached
			}
			if !opens.Before(closes) {
				continue
			}
			if remaining <= closes.Sub(opens) {
				return opens.Add(remaining).UTC()
			}
			remaining -= closes.Sub(opens)
			reached = closes
		}
		day++
	}
	return start.Add(time.Duration(minutes) * time.Minute).UTC()
}

// maxCalendarDays bounds the search: 400 working days fit into it several times.
const maxCalendarDays = 4000

// WorksOn tells whether a day has working time.
func (c Calendar) WorksOn(day Date) bool { return len(c.windowsOn(day)) > 0 }

// windowsOn are the windows of a day in their order; none on a holiday. The hours that hold for the fewest days stand in for the
// others, such as those of Ramadan; of hours that hold as long, those that began last, such as the new ones of a year.
func (c Calendar) windowsOn(day Date) []Window {
	if c.Holidays[day] {
		return nil
	}
	weekday := day.Weekday()
	var best []Window
	for _, w := range c.Windows {
		if w.Weekday != weekday || day < w.From || w.Until != 0 && day > w.Until {
			continue
		}
		if len(best) > 0 {
			order := cmp.Or(cmp.Compare(w.days(), best[0].days()), cmp.Compare(best[0].From, w.From))
			if order > 0 {
				continue
			}
			if order < 0 {
				best = best[:0]
			}
		}
		best = append(best, w)
	}
	slices.SortFunc(best, func(a, b Window) int { return a.Opens - b.Opens })
	return best
}

package casework

import (
	"slices"
	"strings"
	"time"
)

// OpenWindow is a span of a weekday in which somebody is there, in minutes after midnight. One that closes at or before its opening
// ends on the next day.
type OpenWindow struct {
	Weekday time.Weekday
	Opens   int
	Closes  int
}

// Hours are the opening hours of a unit. None means that nobody has stated them.
type Hours []OpenWindow

// dayMinutes are the minutes of a day: 24:00.
const dayMinutes = 24 * 60

// AroundTheClock are the hours of a unit that never closes.
func AroundTheClock() Hours {
	hours := make(Hours, 7)
	for day := range hours {
		hours[day] = OpenWindow{time.Weekday(day), 0, dayMinutes}
	}
	return hours
}

// OpenAt tells whether a unit is open at an instant, by the regency's clock. A holiday has the hours of a Sunday: who works on
// Sundays works on holidays too, and nobody else does.
func (h Hours) OpenAt(now time.Time, holidays map[Date]bool) bool {
	day := DateOf(now)
	minute := int(now.Sub(day.Time()) / time.Minute)
	return h.open(dayOf(day, holidays), minute) || h.open(dayOf(day-1, holidays), minute+dayMinutes)
}

// open tells whether a window of a weekday holds a minute, counted from that day's midnight on.
func (h Hours) open(day time.Weekday, minute int) bool {
	return slices.ContainsFunc(h, func(w OpenWindow) bool {
		closes := w.Closes
		if closes <= w.Opens {
			closes += dayMinutes
		}
		return w.Weekday == day && w.Opens <= minute && minute < closes
	})
}

func dayOf(day Date, holidays map[Date]bool) time.Weekday {
	if holidays[day] {
		return time.Sunday
	}
	return day.Weekday()
}

// Words of a file of hours.
const wholeDay = "24h"

var dayWords = map[string]time.Weekday{
	"MON": time.Monday, "TUE": time.Tuesday, "WED": time.Wednesday, "THU": time.Thursday, "FRI": time.Friday,
	"SAT": time.Saturday, "SUN": time.Sunday,
}

// ParseHours reads "24h", or windows such as "MON-FRI 08:00-16:00|SAT 08:00-12:00". Empty text is hours that nobody has stated.
func ParseHours(text string) (Hours, bool) {
	switch text {
	case "":
		return nil, true
	case wholeDay:
		return AroundTheClock(), true
	}
	var hours Hours
	for item := range strings.SplitSeq(text, "|") {
		days, span, ok := strings.Cut(strings.TrimSpace(item), " ")
		first, last, okDays := parseDays(days)
		opens, closes, okSpan := parseSpan(strings.TrimSpace(span))
		if !ok || !okDays || !okSpan {
			return nil, false
		}
		for day := first; ; day = (day + 1) % 7 {
			hours = append(hours, OpenWindow{day, opens, closes})
			if day == last {
				break
			}
		}
	}
	return hours, !hours.doubled()
}

// doubled tells whether two windows of a day begin together: one of them is a slip.
func (h Hours) doubled() bool {
	seen := map[OpenWindow]bool{}
	for _, w := range h {
		key := OpenWindow{Weekday: w.Weekday, Opens: w.Opens}
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}

func parseDays(text string) (first, last time.Weekday, ok bool) {
	from, to, span := strings.Cut(text, "-")
	if !span {
		to = from
	}
	first, known := dayWords[from]
	last, ok = dayWords[to]
	return first, last, known && ok
}

func parseSpan(text string) (opens, closes int, ok bool) {
	from, to, ok := strings.Cut(text, "-")
	opens, okFrom := parseMinute(from)
	closes, okTo := parseMinute(to)
	return opens, closes, ok && okFrom && okTo && opens < dayMinutes && opens != closes
}

// parseMinute reads HH:MM up to 24:00.
func parseMinute(text string) (int, bool) {
	if text == "24:00" {
		return dayMinutes, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && t.Format("15:04") == text
}

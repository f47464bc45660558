package casework

import (
	"strings"
	"testing"
	"time"
)

// Due times computed by hand, on paper calendars: each name says how. The days of the week: 2026-02-19 is a Thursday, 03-18 a
// Wednesday, 06-01 a Monday, 12-31 a Thursday; 2027-01-01 is a Friday; 2028-02-28 and 2029-12-24 are Mondays.

// holidays of 2026, national days and cuti bersama, as a regency loads them.
var holidays2026 = strings.Fields(`2026-01-01 2026-01-16 2026-02-16 2026-02-17 2026-03-19 2026-03-20 2026-03-21 2026-03-22 2026-03-23
	2026-03-24 2026-04-03 2026-04-05 2026-05-01 2026-05-14 2026-05-15 2026-05-27 2026-05-28 2026-05-31 2026-06-01 2026-06-16 2026-08-17
	2026-08-25 2026-12-24 2026-12-25`)

// Calendars of the table.
const (
	plainWeek = "plain"   // Monday to Friday 08:00-16:00, no holiday
	bridge    = "bridge"  // and 2026-03-19, 20, 23, 24 free
	y2026     = "2026"    // and the holidays of 2026; 2027 and later have no rows
	y2027     = "2027"    // and 2027-01-01
	noon      = "noon"    // Monday to Thursday 08:00-12:00 and 13:00-16:00 (7 h), Friday 08:00-11:30 and 13:00-16:00 (6 h 30)
	ramadan   = "ramadan" // plain, but from 2026-02-19 to 03-18 Monday to Thursday 08:00-15:00 (7 h), Friday 08:00-15:30 (7 h 30)
	fasting   = "fasting" // ramadan with the holidays of bridge
	renewed   = "renewed" // plain until 2026, from 2027-01-01 on 07:30-15:30
	ended     = "ended"   // plain, and Saturday 08:00-12:00 until 2026-06-30
)

func paperCalendars(t testing.TB) map[string]Calendar {
	t.Helper()
	fasts := []string{"2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24"}
	calendars := map[string]Calendar{
		plainWeek: calendarWith(t), bridge: calendarWith(t, fasts...), y2026: calendarWith(t, holidays2026...),
		y2027: calendarWith(t, append([]string{"2027-01-01"}, holidays2026...)...),
		noon:  {}, ramadan: calendarWith(t), fasting: calendarWith(t, fasts...), renewed: calendarWith(t), ended: calendarWith(t),
	}
	add := func(name string, w Window) {
		c := calendars[name]
		c.Windows = append(c.Windows, w)
		calendars[name] = c
	}
	first, last, newYear := mustDate(t, "2026-02-19"), mustDate(t, "2026-03-18"), mustDate(t, "2027-01-01")
	for day := time.Monday; day <= time.Friday; day++ {
		noonAt, ends := 12*60, 15*60
		if day == time.Friday {
			noonAt, ends = 11*60+30, 15*60+30
		}
		add(noon, Window{Weekday: day, Opens: 13 * 60, Closes: 16 * 60})
		add(noon, Window{Weekday: day, Opens: 8 * 60, Closes: noonAt})
		add(ramadan, Window{Weekday: day, Opens: 8 * 60, Closes: ends, From: first, Until: last})
		add(fasting, Window{Weekday: day, Opens: 8 * 60, Closes: ends, From: first, Until: last})
		add(renewed, Window{Weekday: day, Opens: 7*60 + 30, Closes: 15*60 + 30, From: newYear})
	}
	add(ended, Window{Weekday: time.Saturday, Opens: 8 * 60, Closes: 12 * 60, Until: mustDate(t, "2026-06-30")})
	return calendars
}

var dueTimes = []struct {
	calendar string
	start    string
	duration Duration
	due      string
	by       string // the reasoning
}{
	// Days and weekends.
	{plainWeek, "2026-06-01 08:00", "1 wd", "2026-06-01 16:00", "a whole Monday: its last minute, not Tuesday's opening"},
	{plainWeek, "2026-06-01 10:00", "1 wd", "2026-06-02 10:00", "6 h of Monday, 2 h of Tuesday"},
	{plainWeek, "2026-06-01 11:59", "4 wh", "2026-06-01 15:59", "4 h within Monday"},
	{plainWeek, "2026-06-01 12:00", "4 wh", "2026-06-01 16:00", "exactly the rest of Monday"},
	{plainWeek, "2026-06-01 12:01", "4 wh", "2026-06-02 08:01", "3 h 59 of Monday and one minute of Tuesday"},
	{plainWeek, "2026-06-05 15:30", "4 wh", "2026-06-08 11:30", "half an hour of Friday, 3 h 30 of Monday"},
	{plainWeek, "2026-06-05 15:30", "1 wd", "2026-06-08 15:30", "half an hour of Friday, 7 h 30 of Monday"},
	{plainWeek, "2026-06-05 16:00", "1 wd", "2026-06-08 16:00", "nothing of Friday, the whole Monday"},
	{plainWeek, "2026-06-06 12:00", "1 wd", "2026-06-08 16:00", "from Saturday: the whole Monday"},
	{plainWeek, "2026-06-07 23:59", "1 wh", "2026-06-08 09:00", "from the last minute of Sunday: Monday's first hour"},
	{plainWeek, "2026-06-04 09:00", "3 wd", "2026-06-09 09:00", "24 h: Thursday 7, Friday 8, Monday 8, Tuesday 1"},
	{plainWeek, "2026-06-03 16:00", "5 wd", "2026-06-10 16:00", "Thursday, Friday, Monday, Tuesday, Wednesday"},
	{plainWeek, "2026-06-01 08:00", "7 wd", "2026-06-09 16:00", "five days of the week, Monday and Tuesday of the next"},
	{plainWeek, "2026-06-01 08:00", "10 wd", "2026-06-12 16:00", "two whole weeks end on a Friday"},
	{plainWeek, "2026-06-05 08:00", "2 wd", "2026-06-08 16:00", "Friday and Monday"},

	// Starts at the edges of a window, and midnight in WIB, which is 17:00 of the day before in UTC.
	{plainWeek, "2026-06-02 07:59", "1 wh", "2026-06-02 09:00", "a minute before opening counts from opening"},
	{plainWeek, "2026-06-02 08:00", "1 wh", "2026-06-02 09:00", "from opening"},
	{plainWeek, "2026-06-02 15:00", "1 wh", "2026-06-02 16:00", "the last hour"},
	{plainWeek, "2026-06-02 15:59", "1 wh", "2026-06-03 08:59", "the last minute, then 59 of the next day"},
	{plainWeek, "2026-06-02 16:00", "1 wh", "2026-06-03 09:00", "at closing: the next day's first hour"},
	{plainWeek, "2026-06-02 00:00", "1 wd", "2026-06-02 16:00", "midnight WIB begins Tuesday: its whole day"},
	{plainWeek, "2026-06-01 23:59", "1 wd", "2026-06-02 16:00", "the last minute of Monday: Tuesday's whole day"},
	{plainWeek, "2026-06-02 06:59", "1 wd", "2026-06-02 16:00", "23:59 of Monday in UTC is Tuesday here"},

	// Elapsed time knows no weekend, holiday, month or year.
	{y2026, "2026-12-31 23:50", "15 min", "2027-01-01 00:05", "ten minutes of the old year, five of the new"},
	{plainWeek, "2026-06-06 10:00", "24 h", "2026-06-07 10:00", "Saturday to Sunday"},
	{bridge, "2026-03-20 02:00", "1 h", "2026-03-20 03:00", "in the night of a holiday"},
	{plainWeek, "2028-02-25 10:00", "7 d", "2028-03-03 10:00", "February 26, 27, 28, 29, March 1, 2, 3: a leap year"},
	{plainWeek, "2027-02-25 10:00", "7 d", "2027-03-04 10:00", "February 26, 27, 28, March 1, 2, 3, 4: none"},
	{y2026, "2026-12-15 09:00", "30 d", "2027-01-14 09:00", "16 days to the 31st, 14 of January"},
	{ramadan, "2026-02-18 00:00", "14 d", "2026-03-04 00:00", "10 days to February 28, 4 of March"},
	{plainWeek, "2026-05-01 00:00", "24 h", "2026-05-02 00:00", "midnight to midnight"},
	{plainWeek, "2026-05-31 23:00", "2 h", "2026-06-01 01:00", "an hour of May, an hour of June"},
	{plainWeek, "2026-06-05 17:00", "72 h", "2026-06-08 17:00", "Friday evening to Monday evening: the law counts the weekend"},

	// PC-06: the bridge of 2026-03-19, 20, 23, 24, filed on Wednesday after closing.
	{bridge, "2026-03-18 16:30", "1 wd", "2026-03-25 16:00", "the first working day is Wednesday the 25th"},
	{bridge, "2026-03-18 16:30", "3 wd", "2026-03-27 16:00", "the 25th, 26th, 27th"},
	{bridge, "2026-03-18 16:30", "4 wh", "2026-03-25 12:00", "the morning of the 25th"},
	{bridge, "2026-03-18 16:30", "15 min", "2026-03-18 16:45", "elapsed time"},
	{bridge, "2026-03-18 15:00", "1 wd", "2026-03-25 15:00", "an hour of the 18th, seven of the 25th"},
	{bridge, "2026-03-19 10:00", "1 wd", "2026-03-25 16:00", "from a holiday: the whole 25th"},
	{bridge, "2026-03-24 15:59", "2 wh", "2026-03-25 10:00", "the last minute of a holiday is none"},

	// National days and cuti bersama of 2026.
	{y2026, "2026-02-13 16:00", "1 wd", "2026-02-18 16:00", "Monday 16 cuti bersama, Tuesday 17 Imlek: Wednesday"},
	{y2026, "2026-05-13 08:00", "3 wd", "2026-05-19 16:00", "Wednesday 13; Thursday, Friday free; Monday 18, Tuesday 19"},
	{y2026, "2026-05-26 12:00", "5 wd", "2026-06-05 12:00", "40 h: 26th 4; 27, 28 free; 29th 8; June 1 free; June 2, 3, 4 24; June 5 4"},
	{y2026, "2026-12-23 12:00", "1 wd", "2026-12-28 12:00", "4 h of the 23rd; 24 cuti bersama, 25 Christmas; 4 h of Monday"},
	{y2026, "2026-08-14 15:00", "3 wd", "2026-08-20 15:00", "24 h: Friday 1; Monday 17 free; 18th 8, 19th 8, 20th 7"},
	{y2026, "2026-04-02 08:00", "2 wd", "2026-04-06 16:00", "Thursday; Good Friday; Easter is a Sunday anyhow; Monday"},
	{y2026, "2026-06-15 15:30", "1 wh", "2026-06-17 08:30", "half an hour of Monday; Tuesday 16 free; half of Wednesday"},

	// Over a year's end, and years without rows.
	{y2026, "2026-12-31 15:00", "2 wh", "2027-01-01 09:00", "2027 has no rows, so its Friday the first counts: early, not late"},
	{y2027, "2026-12-31 15:00", "2 wh", "2027-01-04 09:00", "an hour of Thursday; Friday free; an hour of Monday"},
	{y2027, "2026-12-30 08:00", "5 wd", "2027-01-06 16:00", "30, 31; January 4, 5, 6"},
	{y2026, "2029-12-24 16:00", "1 wd", "2029-12-25 16:00", "a year without rows: Christmas is a Tuesday like any"},

	// Leap day.
	{plainWeek, "2028-02-28 16:00", "1 wd", "2028-02-29 16:00", "the 29th is Tuesday"},
	{plainWeek, "2028-02-28 12:00", "3 wd", "2028-03-02 12:00", "24 h: 28th 4, 29th 8, March 1 8, March 2 4"},
	{plainWeek, "2028-02-29 23:30", "1 h", "2028-03-01 00:30", "half an hour of the leap day"},

	// Noon break.
	{noon, "2026-02-19 11:30", "1 wh", "2026-02-19 13:30", "half before the break, half after it"},
	{noon, "2026-02-19 12:10", "1 wh", "2026-02-19 14:00", "from the break: from 13:00"},
	{noon, "2026-06-01 08:00", "1 wd", "2026-06-02 09:00", "480 minutes: 7 h of Monday, one of Tuesday"},
	{noon, "2026-06-05 11:00", "1 wh", "2026-06-05 13:30", "Friday's break begins at 11:30"},
	{noon, "2026-06-05 08:00", "4 wh", "2026-06-05 13:30", "3 h 30 before it, half an hour after"},
	{noon, "2026-06-01 12:00", "1 wh", "2026-06-01 14:00", "the first instant of the break"},
	{noon, "2026-06-01 11:00", "1 wh", "2026-06-01 12:00", "the last minute before the break, not 13:00"},

	// Ramadan hours, which hold for their dates alone, and stand in for the others.
	{ramadan, "2026-02-18 15:00", "2 wh", "2026-02-19 09:00", "an hour by the old hours, an hour of the first day"},
	{ramadan, "2026-02-19 14:00", "2 wh", "2026-02-20 09:00", "an hour until 15:00, an hour of Friday"},
	{ramadan, "2026-02-23 08:00", "1 wd", "2026-02-24 09:00", "7 h of Monday, one of Tuesday: a day stays 480 minutes"},
	{ramadan, "2026-03-18 14:00", "2 wh", "2026-03-19 09:00", "an hour of the last day, an hour by the old hours"},
	{ramadan, "2026-03-19 15:00", "1 wh", "2026-03-19 16:00", "the day after: until 16:00 again"},
	{ramadan, "2026-03-17 08:00", "3 wd", "2026-03-20 10:00", "24 h: 17th 7, 18th 7, 19th 8, 20th 2"},
	{fasting, "2026-03-17 08:00", "3 wd", "2026-03-26 10:00", "24 h: 17th 7, 18th 7, 25th 8, 26th 2"},

	// Hours that change, and hours that end.
	{renewed, "2026-12-31 15:00", "2 wh", "2027-01-01 08:30", "an hour by the old hours, an hour from 07:30"},
	{renewed, "2027-01-04 16:00", "1 wh", "2027-01-05 08:30", "the new hours end at 15:30"},
	{ended, "2026-06-27 10:00", "4 wh", "2026-06-29 10:00", "two hours of Saturday, two of Monday"},
	{ended, "2026-07-04 10:00", "4 wh", "2026-07-06 12:00", "in July Saturday is free: Monday's morning"},
}

func TestDueTimesComputedByHand(t *testing.T) {
	if len(dueTimes) < 60 {
		t.Errorf("%d due times, promised are 60", len(dueTimes))
	}
	calendars := paperCalendars(t)
	for _, tt := range dueTimes {
		got, err := calendars[tt.calendar].add(wib(t, tt.start), tt.duration, 1)
		if want := wib(t, tt.due); err != nil || !got.Equal(want) {
			t.Errorf("%s + %s (%s, %s): got %s %v, want %s", tt.start, tt.duration, tt.calendar, tt.by, got.In(Zone), err, want)
		}
	}
}

// A device in another zone, and a server in another, cut no other days: the same instants in UTC give the same sums.
func TestDueTimesDoNotDependOnAZone(t *testing.T) {
	calendars := paperCalendars(t)
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("", -8*60*60), time.FixedZone("", 14*60*60)} {
		for _, tt := range dueTimes {
			got, _ := calendars[tt.calendar].add(wib(t, tt.start).In(zone), tt.duration, 1)
			if want := wib(t, tt.due); !got.Equal(want) {
				t.Errorf("%s in %s: got %s, want %s", tt.start, zone, got, want)
			}
		}
	}
}

func TestSecondsOfAStartAreKept(t *testing.T) {
	start := wib(t, "2026-06-05 15:59").Add(59*time.Second + 999_999*time.Microsecond)
	got := calendarWith(t).AddWorking(start, 60)
	if want := wib(t, "2026-06-08 09:00").Add(-time.Microsecond); !got.Equal(want) {
		t.Errorf("got %s, want %s: one microsecond of Friday was working time", got, want)
	}
}

package casework

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHoursAreReadWholeOrNotAtAll(t *testing.T) {
	weekdays := Hours{{time.Monday, 480, 960}, {time.Tuesday, 480, 960}, {time.Wednesday, 480, 960}, {time.Thursday, 480, 960}, {time.Friday, 480, 960}}
	for _, tt := range []struct {
		text string
		want Hours
		ok   bool
	}{
		{"", nil, true},
		{"24h", AroundTheClock(), true},
		{"MON-FRI 08:00-16:00", weekdays, true},
		{"MON-FRI 08:00-16:00|SAT 08:00-12:30", append(weekdays[:5:5], OpenWindow{time.Saturday, 480, 750}), true},
		{"SAT-MON 00:00-24:00", Hours{{time.Saturday, 0, 1440}, {time.Sunday, 0, 1440}, {time.Monday, 0, 1440}}, true},
		{"FRI 08:00-11:30| FRI 13:00-16:00", Hours{{time.Friday, 480, 690}, {time.Friday, 780, 960}}, true},
		{"MON 22:00-06:00", Hours{{time.Monday, 1320, 360}}, true},
		{"MON 08:00-08:00", nil, false},
		{"MON 24:00-06:00", nil, false},
		{"MON 8:00-16:00", nil, false},
		{"MON 08:00-16:60", nil, false},
		{"MON 08:00", nil, false},
		{"SENIN 08:00-16:00", nil, false},
		{"mon 08:00-16:00", nil, false},
		{"MON-FRI", nil, false},
		{"MON 08:00-16:00|", nil, false},
		{"MON 08:00-12:00|MON 08:00-16:00", Hours{{time.Monday, 480, 720}, {time.Monday, 480, 960}}, false},
	} {
		got, ok := ParseHours(tt.text)
		if ok != tt.ok || ok && !cmp.Equal(got, tt.want) {
			t.Errorf("ParseHours(%q) = %v, %v; want %v, %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func TestAUnitIsOpenByTheClockOfTheRegency(t *testing.T) {
	read := func(text string) Hours {
		h, ok := ParseHours(text)
		if !ok {
			t.Fatalf("ParseHours(%q) fails", text)
		}
		return h
	}
	holidays := map[Date]bool{}
	for _, day := range []string{"2026-12-25", "2026-12-24"} { // Friday Christmas, and its cuti bersama
		d, _ := ParseDate(day)
		holidays[d] = true
	}
	for _, tt := range []struct {
		name, hours, at string
		want            bool
	}{
		{"at the opening minute", "MON-FRI 08:00-16:00", "2026-11-30T08:00:00+07:00", true},
		{"a second before it", "MON-FRI 08:00-16:00", "2026-11-30T07:59:59+07:00", false},
		{"at the closing minute nobody is there", "MON-FRI 08:00-16:00", "2026-11-30T16:00:00+07:00", false},
		{"UTC is not the regency's clock", "MON-FRI 08:00-16:00", "2026-11-30T01:00:00Z", true},
		{"in the noon break", "FRI 08:00-11:30|FRI 13:00-16:00", "2026-11-27T12:00:00+07:00", false},
		{"on Sunday", "MON-FRI 08:00-16:00", "2026-11-29T10:00:00+07:00", false},
		{"after midnight, in a night begun on Monday", "MON 22:00-06:00", "2026-12-01T05:59:00+07:00", true},
		{"after that night", "MON 22:00-06:00", "2026-12-01T06:00:00+07:00", false},
		{"before midnight of a night of another day", "MON 22:00-06:00", "2026-12-01T23:00:00+07:00", false},
		{"at midnight, around the clock", "24h", "2026-12-01T00:00:00+07:00", true},
		{"on a holiday that is a Friday", "MON-FRI 08:00-16:00", "2026-12-25T10:00:00+07:00", false},
		{"on a holiday, who works on Sundays", "MON-SUN 08:00-20:00", "2026-12-25T10:00:00+07:00", true},
		{"on a holiday, around the clock", "24h", "2026-12-25T03:00:00+07:00", true},
		{"in the night after a holiday, Thursday's window never began", "THU 22:00-06:00", "2026-12-25T01:00:00+07:00", false},
		{"nobody has stated hours", "", "2026-11-30T10:00:00+07:00", false},
	} {
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(tt.hours).OpenAt(at, holidays); got != tt.want {
			t.Errorf("%s: OpenAt(%s) of %q = %v, want %v", tt.name, tt.at, tt.hours, got, tt.want)
		}
	}
}

func FuzzHours(f *testing.F) {
	for _, text := range []string{"", "24h", "MON-FRI 08:00-16:00|SAT 08:00-12:30", "MON 22:00-06:00", "SAT-MON 00:00-24:00", "MON|", "-"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		hours, ok := ParseHours(text)
		if !ok && hours != nil && !hours.doubled() || ok && (len(hours) == 0) != (text == "") {
			t.Fatalf("ParseHours(%q) = %v, %v", text, hours, ok)
		}
		open := 0
		for _, w := range hours {
			if w.Weekday < time.Sunday || w.Weekday > time.Saturday || w.Opens < 0 || w.Opens >= dayMinutes || w.Closes < 0 || w.Closes > dayMinutes {
				t.Fatalf("ParseHours(%q) has %+v", text, w)
			}
			day := civilDay("2026-11-29") + Date(w.Weekday) // a Sunday and the days after it
			if hours.OpenAt(day.Time().Add(time.Duration(w.Opens)*time.Minute), nil) {
				open++
			}
		}
		if open != len(hours) {
			t.Fatalf("%q: at the opening of %d of %d windows nobody is there", text, len(hours)-open, len(hours))
		}
	})
}

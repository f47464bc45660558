package casework

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// wib is an instant of the regency's clock, 2026-03-18 16:30.
func wib(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func calendarWith(t testing.TB, holidays ...string) Calendar {
	t.Helper()
	c := Calendar{Windows: DefaultWindows(), Holidays: map[Date]bool{}}
	for _, text := range holidays {
		c.Holidays[mustDate(t, text)] = true
	}
	return c
}

func mustDate(t testing.TB, text string) Date {
	t.Helper()
	d, ok := ParseDate(text)
	if !ok {
		t.Fatalf("ParseDate(%q) refused", text)
	}
	return d
}

func TestWorkingMinutesRunInsideWindowsAlone(t *testing.T) {
	bridge := []string{"2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24"}
	for _, tt := range []struct {
		name     string
		holidays []string
		start    string
		minutes  int
		due      string
	}{
		{"an hour inside the morning", nil, "2026-02-19 10:00", 60, "2026-02-19 11:00"},
		{"a day from the opening ends at closing, not at the next opening", nil, "2026-02-19 08:00", 480, "2026-02-19 16:00"},
		{"the last minute of the day counts", nil, "2026-02-19 15:59", 1, "2026-02-19 16:00"},
		{"a start at closing counts from the next opening", nil, "2026-02-19 16:00", 1, "2026-02-20 08:01"},
		{"a start in the night counts from the opening", nil, "2026-02-19 03:00", 240, "2026-02-19 12:00"},
		{"over a weekend", nil, "2026-02-20 15:30", 480, "2026-02-23 15:30"},
		{"on a Sunday", nil, "2026-02-22 12:00", 480, "2026-02-23 16:00"},
		{"over the holiday bridge of PC-06", bridge, "2026-03-18 16:30", 480, "2026-03-25 16:00"},
		{"three days over it", bridge, "2026-03-18 16:30", 3 * 480, "2026-03-27 16:00"},
		{"four hours over it", bridge, "2026-03-18 16:30", 240, "2026-03-25 12:00"},
		{"one more holiday of the bridge", append(bridge, "2026-03-25"), "2026-03-18 16:30", 480, "2026-03-26 16:00"},
		{"over a year's end", []string{"2027-01-01"}, "2026-12-31 15:00", 120, "2027-01-04 09:00"},
		{"over a leap day", nil, "2028-02-28 16:00", 480, "2028-02-29 16:00"},
	} {
		got := calendarWith(t, tt.holidays...).AddWorking(wib(t, tt.start), tt.minutes)
		if want := wib(t, tt.due); !got.Equal(want) {
			t.Errorf("%s: got %s, want %s", tt.name, got.In(Zone), want)
		}
	}
}

func TestANoonBreakIsNoWorkingTime(t *testing.T) {
	var c Calendar
	for day := time.Monday; day <= time.Friday; day++ {
		c.Windows = append(c.Windows, Window{Weekday: day, Opens: 13 * 60, Closes: 16 * 60}, Window{Weekday: day, Opens: 8 * 60, Closes: 12 * 60})
	}
	if got, want := c.AddWorking(wib(t, "2026-02-19 11:30"), 60), wib(t, "2026-02-19 13:30"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got.In(Zone), want)
	}
	if got, want := c.AddWorking(wib(t, "2026-02-19 12:10"), 1), wib(t, "2026-02-19 13:01"); !got.Equal(want) {
		t.Errorf("from the break: got %s, want %s", got.In(Zone), want)
	}
}

func TestRamadanHoursHoldForTheirDatesAlone(t *testing.T) {
	c := calendarWith(t)
	from, until := mustDate(t, "2026-02-19"), mustDate(t, "2026-03-18")
	for day := time.Monday; day <= time.Friday; day++ {
		c.Windows = append(c.Windows, Window{Weekday: day, Opens: 8 * 60, Closes: 14*60 + 30, From: from, Until: until})
	}
	for start, due := range map[string]string{
		"2026-02-18 15:00": "2026-02-19 09:00", // 60 minutes by the old hours, then the morning
		"2026-02-19 14:00": "2026-02-20 09:30",
		"2026-03-18 14:00": "2026-03-19 09:30",
		"2026-03-19 14:30": "2026-03-20 08:30",
	} {
		if got, want := c.AddWorking(wib(t, start), 120), wib(t, due); !got.Equal(want) {
			t.Errorf("%s: got %s, want %s", start, got.In(Zone), want)
		}
	}
}

func TestAMinuteIsCountedOnceWhereWindowsOverlap(t *testing.T) {
	c := Calendar{Windows: []Window{
		{Weekday: time.Thursday, Opens: 8 * 60, Closes: 12 * 60},
		{Weekday: time.Thursday, Opens: 10 * 60, Closes: 16 * 60},
		{Weekday: time.Thursday, Opens: 9 * 60, Closes: 11 * 60},
	}}
	if got, want := c.AddWorking(wib(t, "2026-02-19 08:00"), 480), wib(t, "2026-02-19 16:00"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got.In(Zone), want)
	}
}

func TestACalendarWithoutWindowsStillEndsADuty(t *testing.T) {
	start := wib(t, "2026-02-19 10:00")
	if got := (Calendar{}).AddWorking(start, 60); !got.Equal(start.Add(time.Hour)) {
		t.Errorf("got %s", got)
	}
}

// randomCalendar has default windows or a noon break, Ramadan hours or none, and some holidays in five years.
func randomCalendar(dice *rand.Rand) Calendar {
	c := Calendar{Windows: DefaultWindows(), Holidays: map[Date]bool{}}
	if dice.IntN(2) == 0 {
		c.Windows = nil
		for day := time.Monday; day <= time.Saturday; day++ {
			c.Windows = append(c.Windows, Window{Weekday: day, Opens: 8 * 60, Closes: 12 * 60}, Window{Weekday: day, Opens: 13 * 60, Closes: 16*60 + 30})
		}
	}
	if dice.IntN(2) == 0 {
		from := dateOf(2026+dice.IntN(4), time.Month(1+dice.IntN(12)), 1)
		for day := time.Monday; day <= time.Friday; day++ {
			c.Windows = append(c.Windows, Window{Weekday: day, Opens: 8 * 60, Closes: 14 * 60, From: from, Until: from + 29})
		}
	}
	for range dice.IntN(60) {
		c.Holidays[dateOf(2026, 1, 1)+Date(dice.IntN(5*365))] = true
	}
	return c
}

func (c Calendar) lies(at time.Time) bool {
	day := DateOf(at)
	minute := at.Sub(day.Time())
	return slices.ContainsFunc(c.windowsOn(day), func(w Window) bool {
		return minute > time.Duration(w.Opens)*time.Minute && minute <= time.Duration(w.Closes)*time.Minute
	})
}

// sums is how many random sums invariant 14 of the referral is tried on.
func sums() int {
	if strings.EqualFold(os.Getenv("LONG_ROW"), "referral") {
		return 10_000_000
	}
	return 10_000
}

// Invariant 14: a due time is after its start, grows with start and duration, lies in a window if it is counted in working time,
// and no further holiday makes it earlier.
func TestReferralSumsAreSound(t *testing.T) {
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 1))
	var c Calendar
	for i := range sums() {
		if i%10 == 0 {
			c = randomCalendar(dice)
		}
		start := wib(t, "2026-01-01 00:00").Add(time.Duration(dice.Int64N(int64(4 * 365 * 24 * time.Hour)))).Truncate(time.Microsecond)
		if fault := c.sumFault(dice, start, 1+dice.IntN(12*480)); fault != "" {
			t.Fatalf("seed %d, start %s: %s", seed, start.In(Zone), fault)
		}
	}
}

// sumFault is what is wrong with a sum from start, and with elapsed time beside it.
func (c Calendar) sumFault(dice *rand.Rand, start time.Time, minutes int) string {
	due := c.AddWorking(start, minutes)
	split := minutes / 2
	elapsed, _ := c.add(start, Duration(strconv.Itoa(minutes)+" min"), 1)
	switch {
	case !due.After(start) || !elapsed.After(start):
		return "a due time is not after its start"
	case elapsed.Sub(start) != time.Duration(minutes)*time.Minute:
		return "elapsed time is not elapsed time"
	case !c.lies(due):
		return "a due time lies in no window"
	case due.Before(elapsed):
		return "working time runs faster than time"
	case !c.AddWorking(start, minutes+1+dice.IntN(480)).After(due):
		return "a longer duration is not due later"
	case c.AddWorking(start.Add(time.Duration(dice.Int64N(int64(10*24*time.Hour)))), minutes).Before(due):
		return "a later start is due earlier"
	case split > 0 && !c.AddWorking(c.AddWorking(start, split), minutes-split).Equal(due):
		return "a sum in two parts is another sum"
	}
	day := DateOf(start) + Date(dice.IntN(20))
	if c.Holidays[day] {
		return ""
	}
	c.Holidays[day] = true
	defer delete(c.Holidays, day)
	if c.AddWorking(start, minutes).Before(due) {
		return "one more holiday makes it earlier"
	}
	return ""
}

// The negative control: a sum that forgets the windows is found at once.
func TestAnUnsoundSumIsFound(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 1))
	never := Calendar{Holidays: map[Date]bool{}} // without windows AddWorking counts elapsed time
	if fault := never.sumFault(dice, wib(t, "2026-06-06 10:00"), 60); fault != "a due time lies in no window" {
		t.Errorf("found %q", fault)
	}
}

func TestAYearWithoutHolidaysIsKnownToBeMissing(t *testing.T) {
	c := calendarWith(t, "2026-03-19")
	if !c.HasYear(2026) || c.HasYear(2027) {
		t.Error("2026 is loaded, 2027 is not")
	}
	if got := c.MissingYears(mustDate(t, "2025-12-31"), mustDate(t, "2027-01-01")); !slices.Equal(got, []int{2025, 2027}) {
		t.Errorf("missing years %v", got)
	}
}

func BenchmarkAddWorking(b *testing.B) {
	c := calendarWith(b, "2026-03-19", "2026-03-20")
	start := wib(b, "2026-03-18 16:30")
	for b.Loop() {
		c.AddWorking(start, 7*480)
	}
}

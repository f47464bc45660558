package server

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// openedStore is an empty store whose clock stands at an instant of WIB.
func openedStore(t testing.TB, now string) *store.Store {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", now, casework.Zone)
	if err != nil {
		t.Fatal(err)
	}
	st, err := storetest.OpenStore(t.Context(), store.Config{
		Data: filepath.Join(t.TempDir(), "data"), Keys: filepath.Join(t.TempDir(), "keys"),
		Now: func() time.Time { return at },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func loaded(t *testing.T, st *store.Store, dryRun bool, lines ...string) LoadReport {
	t.Helper()
	report, err := LoadCalendar(t.Context(), st, strings.NewReader(strings.Join(lines, "\n")), dryRun)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func entries(t testing.TB, st *store.Store) (events []string) {
	t.Helper()
	_, err := store.Read(t.Context(), st, func(r *store.Reader) (struct{}, error) {
		return struct{}{}, r.WalkJournal(0, func(rec store.Record) error {
			events = append(events, rec.Entry.Action+" "+rec.Entry.Event.Name)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// due is an instant by the calendar as loaded.
func due(t *testing.T, st *store.Store, start string, minutes int) string {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", start, casework.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return st.Directory().Calendar.AddWorking(at, minutes).In(casework.Zone).Format("2006-01-02 15:04")
}

const holidayHeader = "date,kind,basis"

func TestHolidaysAreLoadedAndTakenBack(t *testing.T) {
	t.Parallel()
	st := openedStore(t, "2026-11-20 10:00")
	file := []string{holidayHeader, "2026-12-24,CUTI_BERSAMA,SKB contoh", "2026-12-25,NATIONAL,SKB contoh", "2027-01-01,NATIONAL,SKB contoh"}
	if report := loaded(t, st, true, file...); len(report.Lines) != 3 || due(t, st, "2026-12-23 16:00", 480) != "2026-12-24 16:00" || len(entries(t, st)) != 0 {
		t.Errorf("a dry run: %+v, and something has changed", report)
	}
	want := []string{
		"2026-12-24\tCUTI_BERSAMA\tSKB contoh\tfree", "2026-12-25\tNATIONAL\tSKB contoh\tfree", "2027-01-01\tNATIONAL\tSKB contoh\tfree",
	}
	if diff := cmp.Diff(want, loaded(t, st, false, file...).Lines); diff != "" {
		t.Error(diff)
	}
	if got := due(t, st, "2026-12-23 16:00", 480); got != "2026-12-28 16:00" {
		t.Errorf("a day over Christmas is due %s", got)
	}
	if got := loaded(t, st, false, file...).Lines; !strings.HasSuffix(got[0], "unchanged") || len(entries(t, st)) != 3 {
		t.Errorf("loaded again: %q, %d entries", got, len(entries(t, st)))
	}
	report := loaded(t, st, false, holidayHeader, "2026-12-24,WORKING_DAY,SKB perubahan", "2026-12-26,WORKING_DAY,SKB perubahan", "2026-12-25,NATIONAL,SKB perubahan")
	if !strings.HasSuffix(report.Lines[0], "working") || !strings.HasSuffix(report.Lines[1], "unchanged") || !strings.HasSuffix(report.Lines[2], "changed") {
		t.Errorf("taken back: %q", report.Lines)
	}
	if got := due(t, st, "2026-12-23 16:00", 480); got != "2026-12-24 16:00" {
		t.Errorf("a cuti bersama that was taken back: due %s", got)
	}
	if events := entries(t, st); len(events) != 5 || events[3] != "deadline.manage working" {
		t.Errorf("entries %q", events)
	}
}

func TestAFaultyCalendarIsTakenNotAtAll(t *testing.T) {
	t.Parallel()
	st := openedStore(t, "2026-11-20 10:00")
	for _, tt := range []struct {
		lines  []string
		faults []string
	}{
		{
			[]string{holidayHeader, "2027-01-01,NATIONAL,SKB", "2027-02-30,NATIONAL,SKB", "2027-01-01,HARI,"},
			[]string{"line 3, date:", "line 4, kind:", "line 4, basis:", "line 4, date:"},
		},
		{
			[]string{"weekday,opens,closes,from,until,basis", "SENIN,08:00,12:00,,,SK", "MONDAY,8:00,12:00,,,SK", "FRIDAY,13:00,11:00,2027-02-01,2027-01-01,"},
			[]string{"line 2, weekday:", "line 3, opens:", "line 4, closes:", "line 4, until:", "line 4, basis:"},
		},
		{
			[]string{"weekday,opens,closes,from,until,basis", "MONDAY,08:00,12:00,,,SK", "MONDAY,11:00,16:00,,2027-01-01,SK"},
			[]string{"line 3, until:", "line 3, opens:"},
		},
		{
			[]string{deadlineHeader, "KDRT,,ROUTINE,DECIDE,TARGET,3 wd,,,,SK", ",,SOON,DECIDE,LEGAL,3 wd,1 d,2026-12-01,,", ",,ROUTINE,DECIDE,TARGET,1 wd,,2026-11-01,,SK"},
			[]string{"line 2, case_type:", "line 3, urgency:", "line 3, duration:", "line 3, step:", "line 3, basis:", "line 4, from:"},
		},
		{
			[]string{deadlineHeader, ",,ROUTINE,DECIDE,TARGET,1 wd,,2026-12-01,2026-12-31,SK"},
			[]string{"line 2, until: no row for any case and service would be left of DECIDE ROUTINE from 2027-01-01 on"},
		},
		{
			[]string{deadlineHeader, ",,ROUTINE,DECIDE,TARGET,1 wd,,2026-12-31,,SK", ",,ROUTINE,DECIDE,TARGET,2 wd,,2026-12-01,,SK"},
			[]string{"line 3, from: two rows would hold on one day"},
		},
	} {
		report := loaded(t, st, false, tt.lines...)
		for _, want := range tt.faults {
			if !slices.ContainsFunc(report.Faults, func(f string) bool { return strings.HasPrefix(f, want) }) {
				t.Errorf("%q: no fault %q in %q", tt.lines, want, report.Faults)
			}
		}
		if len(report.Lines) > 0 {
			t.Errorf("%q: lines %q", tt.lines, report.Lines)
		}
	}
	if events := entries(t, st); len(events) > 0 {
		t.Errorf("something was changed: %q", events)
	}
	if _, err := LoadCalendar(t.Context(), st, strings.NewReader("tanggal,jenis\n"), false); err == nil || !strings.Contains(err.Error(), holidayHeader) {
		t.Errorf("a header of no form: %v", err)
	}
}

func TestHoursOfAWeekdayTakeThePlaceOfThoseBefore(t *testing.T) {
	t.Parallel()
	st := openedStore(t, "2026-01-20 10:00")
	loaded(t, st, false, "weekday,opens,closes,from,until,basis",
		"MONDAY,08:00,12:00,,,SK jam kerja", "MONDAY,13:00,16:00,,,SK jam kerja",
		"THURSDAY,08:00,15:00,2026-02-19,2026-03-18,SE Ramadan")
	for _, tt := range []struct {
		start   string
		minutes int
		due     string
	}{
		{"2026-06-01 08:00", 480, "2026-06-02 09:00"}, // 7 h of Monday, one of Tuesday
		{"2026-02-26 14:00", 540, "2026-02-27 16:00"}, // an hour of a Thursday in Ramadan, 8 h of Friday
		{"2026-03-26 08:00", 480, "2026-03-26 16:00"}, // a Thursday after it
	} {
		if got := due(t, st, tt.start, tt.minutes); got != tt.due {
			t.Errorf("from %s: due %s, want %s", tt.start, got, tt.due)
		}
	}
}

const deadlineHeader = "case_type,service,urgency,duty,kind,duration,step,from,until,basis"

func TestADeadlineSucceedsTheOldOne(t *testing.T) {
	t.Parallel()
	st := openedStore(t, "2026-06-20 10:00")
	file := []string{deadlineHeader, ",,ROUTINE,DECIDE,TARGET,2 wd,1 wd,2026-07-01,,SK Bupati contoh", "WOMAN_VIOLENCE,LAW_ENFORCEMENT,URGENT,FIRST_SERVICE,LEGAL,24 h,,,,UU 12/2022"}
	report := loaded(t, st, false, file...)
	if len(report.Faults) > 0 || !strings.HasPrefix(report.Lines[0], "ANY/ANY/ROUTINE/DECIDE/TARGET@2026-07-01\t2 wd\t1 wd\t2026-07-01..\tSK Bupati contoh") {
		t.Fatalf("%+v", report)
	}
	if got := loaded(t, st, false, file...); !strings.HasSuffix(got.Lines[0], "unchanged") || !strings.HasSuffix(got.Lines[1], "unchanged") {
		t.Errorf("loaded again: %q", got.Lines)
	}
	for day, want := range map[string]casework.Duration{"2026-06-30": "3 wd", "2026-07-01": "2 wd"} {
		on, _ := casework.ParseDate(day)
		target, _ := st.Directory().Deadlines.Choose(casework.DeadlineKey{Urgency: casework.Routine, Duty: casework.DutyDecide, Day: on})
		if target == nil || target.Duration != want {
			t.Errorf("a leg of %s: %+v, want %s", day, target, want)
		}
	}
}

func TestHealthNamesTheYearsWithoutHolidays(t *testing.T) {
	t.Parallel()
	st := openedStore(t, "2026-11-20 10:00")
	s := &Server{store: st, cfg: Config{}}
	for i, want := range [][]string{{calendarMissing, nextYearMissing}, {calendarMissing}, nil} {
		if i > 0 {
			loaded(t, st, false, holidayHeader, fmt.Sprintf("%d-12-25,NATIONAL,SKB contoh", 2028-i))
		}
		_, missing := s.missing(context.Background())
		missing = slices.DeleteFunc(missing, func(word string) bool { return !strings.HasPrefix(word, calendarMissing) })
		if !slices.Equal(missing, want) {
			t.Errorf("after %d loads: missing %q, want %q", i, missing, want)
		}
	}
}

func TestTheSampleOfHolidaysIsTaken(t *testing.T) {
	t.Parallel()
	st := openedStore(t, "2025-11-20 10:00")
	file, err := os.ReadFile("regency/holidays.csv")
	if err != nil {
		t.Fatal(err)
	}
	if report := loaded(t, st, false, string(file)); len(report.Faults) > 0 || len(report.Lines) != 25 || !st.Directory().Calendar.HasYear(2026) {
		t.Errorf("%d lines, faults %q", len(report.Lines), report.Faults)
	}
}

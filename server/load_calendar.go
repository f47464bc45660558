package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// What due times follow from: free days, working hours, and the table of deadlines. Each is a file of its own, known by its header,
// for each comes from another hand: a decree of three ministers, one of the regent, the regency's own decision.

// change is one row of such a file, on its way into the database.
type change struct {
	what  string // the row, in the words of the file
	event string
	put   func(*store.Writer) error // nil: nothing changes
}

// calendarForms tell by the columns of a file what it holds.
var calendarForms = []struct {
	holds   string
	columns []string
	read    func(*table, calendarNow) []change
}{
	{"holidays", []string{"date", "kind", "basis"}, (*table).holidays},
	{"working hours", []string{"weekday", "opens", "closes", "from", "until", "basis"}, (*table).windows},
	{
		"deadlines",
		[]string{"case_type", "service", "urgency", "duty", "kind", "duration", "step", "from", "until", "basis"},
		(*table).deadlines,
	},
}

// calendarNow is what the database holds before the load.
type calendarNow struct {
	today     casework.Date
	holidays  map[casework.Date]casework.Holiday
	windows   []casework.Window
	deadlines casework.Deadlines
}

// LoadCalendar takes holidays, working hours or deadlines from a CSV file. A duty that has begun keeps its times; a leg keeps the
// deadlines of the day on which it was sent.
func LoadCalendar(ctx context.Context, st *store.Store, file io.Reader, dryRun bool) (LoadReport, error) {
	raw, err := io.ReadAll(file)
	if err != nil {
		return LoadReport{}, err
	}
	t, read, err := readCalendar(raw)
	if err != nil {
		return LoadReport{}, err
	}
	now, err := readCalendarNow(ctx, st)
	if err != nil {
		return LoadReport{}, err
	}
	changes := read(&t, now)
	report := LoadReport{Faults: t.faults}
	if len(t.faults) > 0 {
		return report, nil
	}
	for _, c := range changes {
		report.Lines = append(report.Lines, c.what+"\t"+c.event)
	}
	if dryRun {
		return report, nil
	}
	return report, putCalendar(ctx, st, changes)
}

// readCalendar finds the form whose columns the header has.
func readCalendar(raw []byte) (t table, read func(*table, calendarNow) []change, err error) {
	var forms []string
	for _, form := range slices.Backward(calendarForms) { // most columns first: basis stands in all three
		if t, err = readTable(bytes.NewReader(raw), form.columns...); err == nil {
			return t, form.read, nil
		}
		if !errors.Is(err, errColumn) {
			return t, nil, err
		}
		forms = append(forms, form.holds+" "+strings.Join(form.columns, ","))
	}
	return t, nil, fmt.Errorf("the header is none of: %s", strings.Join(forms, "; "))
}

func readCalendarNow(ctx context.Context, st *store.Store) (calendarNow, error) {
	return store.Read(ctx, st, func(r *store.Reader) (now calendarNow, err error) {
		now.today = casework.DateOf(r.Now())
		holidays, err := r.Holidays()
		if err != nil {
			return now, err
		}
		now.holidays = map[casework.Date]casework.Holiday{}
		for _, h := range holidays {
			now.holidays[h.Day] = h
		}
		if now.windows, err = r.Windows(); err != nil {
			return now, err
		}
		rows, err := r.Deadlines()
		now.deadlines = casework.TableOf(rows)
		return now, err
	})
}

// putCalendar makes all changes in one transaction, each with an entry that holds its digest.
func putCalendar(ctx context.Context, st *store.Store, changes []change) error {
	_, err := store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
		for _, c := range changes {
			if c.put == nil {
				continue
			}
			entry := operator("deadline.manage", c.event)
			entry.ObjectKind, entry.Event.Value = "calendar", sha256.Sum256([]byte(c.what))
			w.Append(entry, nil, nil)
			if err := c.put(w); err != nil {
				return struct{}{}, fmt.Errorf("%s: %w", c.what, err)
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		return err
	}
	return st.ReloadDirectory(ctx)
}

// holidays reads days, once each.
func (t *table) holidays(now calendarNow) []change {
	var changes []change
	seen := map[casework.Date]bool{}
	for i, row := range t.rows {
		day := t.day(i, row, "date")
		h := casework.Holiday{Day: day, Kind: casework.HolidayKind(row["kind"]), Basis: row["basis"]}
		t.expect(i, h.Kind.Valid(), "kind", "is NATIONAL, CUTI_BERSAMA, REGENCY or WORKING_DAY")
		t.expect(i, h.Basis != "", "basis", "is empty: it names the decree")
		t.expect(i, !seen[day] || day == 0, "date", "stands in the file twice")
		seen[day] = true
		c := change{what: fmt.Sprintf("%s\t%s\t%s", day, h.Kind, h.Basis)}
		old, known := now.holidays[day]
		switch free := h.Kind != casework.WorkingAgain; {
		case known && old == h, !known && !free:
			c.event = "unchanged"
		case known && free:
			c.event = "changed"
		case free:
			c.event = "free"
		default:
			c.event = "working"
		}
		if c.event != "unchanged" {
			c.put = func(w *store.Writer) error { return w.PutHoliday(h) }
		}
		changes = append(changes, c)
	}
	return changes
}

var weekdays = map[string]time.Weekday{
	"MONDAY": time.Monday, "TUESDAY": time.Tuesday, "WEDNESDAY": time.Wednesday, "THURSDAY": time.Thursday, "FRIDAY": time.Friday,
	"SATURDAY": time.Saturday, "SUNDAY": time.Sunday,
}

// hours are the windows of a weekday that begin to hold on one day.
type hours struct {
	weekday time.Weekday
	from    casework.Date
}

// windows reads hours; those of a weekday and first day are that day's together.
func (t *table) windows(now calendarNow) []change {
	var order []hours
	days := map[hours][]casework.Window{}
	for i, row := range t.rows {
		weekday, ok := weekdays[row["weekday"]]
		w := casework.Window{Weekday: weekday, Basis: row["basis"], From: t.dayOr0(i, row, "from"), Until: t.dayOr0(i, row, "until")}
		w.Opens, w.Closes = t.minutes(i, row, "opens"), t.minutes(i, row, "closes")
		t.expect(i, ok, "weekday", "is MONDAY to SUNDAY")
		t.expect(i, w.Opens < w.Closes, "closes", "is not after opens")
		t.expect(i, w.Until == 0 || w.Until >= w.From, "until", "is before from")
		t.expect(i, w.Basis != "", "basis", "is empty: it names the decision")
		key := hours{weekday, w.From}
		for _, other := range days[key] {
			t.expect(i, w.Until == other.Until, "until", "differs from the other hours of this weekday and first day")
			t.expect(i, w.Opens >= other.Closes || other.Opens >= w.Closes, "opens", "overlaps other hours of this day")
		}
		if len(days[key]) == 0 {
			order = append(order, key)
		}
		days[key] = append(days[key], w)
	}
	var changes []change
	for _, key := range order {
		changes = append(changes, hoursChange(days[key], now.windows))
	}
	return changes
}

func hoursChange(windows, known []casework.Window) change {
	first := windows[0]
	var old []casework.Window
	for _, w := range known {
		if w.Weekday == first.Weekday && w.From == first.From {
			old = append(old, w)
		}
	}
	byOpening := func(a, b casework.Window) int { return a.Opens - b.Opens }
	slices.SortFunc(windows, byOpening)
	slices.SortFunc(old, byOpening)
	var spans []string
	for _, w := range windows {
		spans = append(spans, clockText(w.Opens)+"-"+clockText(w.Closes))
	}
	c := change{
		what:  fmt.Sprintf("%s\t%s\t%s", strings.ToUpper(first.Weekday.String()), strings.Join(spans, " "), spanText(first.From, first.Until)),
		event: "hours",
	}
	if slices.Equal(windows, old) {
		c.event = "unchanged"
		return c
	}
	c.put = func(w *store.Writer) error { return w.PutWindows(windows) }
	return c
}

// deadlines reads rows of the table. One that begins ends the row of its key that still holds; none may begin before today, for legs
// that were sent keep their rules.
func (t *table) deadlines(now calendarNow) []change {
	var changes []change
	for i, row := range t.rows {
		d := t.deadline(i, row, now.today)
		c := change{what: deadlineText(d), event: "unchanged"}
		changes = append(changes, c)
		if now.deadlines.Says(d) {
			continue
		}
		t.expect(i, d.From >= now.today, "from", "is past: the legs sent since then keep their rules")
		before, ended := now.deadlines.Succeed(d)
		if both := now.deadlines.Overlap(); both != "" {
			t.fault(i, "from", "two rows would hold on one day: "+both)
			continue
		}
		changes[i].event, changes[i].put = "deadline", func(w *store.Writer) error {
			if ended && before.From != d.From {
				before.Until = d.From - 1
				if err := w.PutDeadline(before); err != nil {
					return err
				}
			}
			return w.PutDeadline(d)
		}
	}
	if missing := now.deadlines.Missing(); missing != "" && len(t.faults) == 0 {
		t.fault(len(t.rows)-1, "until", "no row for any case and service would be left of "+missing)
	}
	return changes
}

// deadlineFaults are the columns of the fields that a row may have wrong, and what they hold.
var deadlineFaults = map[string][2]string{
	"caseType": {"case_type", "is no type of case; empty is any"},
	"service":  {"service", "is no service; empty is any"},
	"urgency":  {"urgency", "is EMERGENCY, URGENT or ROUTINE"},
	"duty":     {"duty", "is no duty"},
	"kind":     {"kind", "is LEGAL or TARGET"},
	"duration": {"duration", "is like 15 min, 24 h, 7 d, or, for a TARGET alone, 4 wh, 1 wd; at most 400 d"},
	"step":     {"step", "is a duration on the clock of the first; empty is the same"},
	"until":    {"until", "is before from"},
	"basis":    {"basis", "is empty: users are shown it"},
}

func (t *table) deadline(i int, row map[string]string, today casework.Date) casework.Deadline {
	d := casework.Deadline{
		CaseType: casework.CaseType(row["case_type"]), Service: casework.ReferralServiceType(row["service"]),
		Urgency: casework.Urgency(row["urgency"]), Duty: casework.DutyName(row["duty"]), Kind: casework.DeadlineKind(row["kind"]),
		Duration: casework.Duration(row["duration"]), Step: casework.Duration(orElse(row["step"], row["duration"])), Basis: row["basis"],
		From: today, Until: t.dayOr0(i, row, "until"),
	}
	if row["from"] != "" {
		d.From = t.day(i, row, "from")
	}
	faults, _ := errors.AsType[casework.Violations](d.Check())
	for _, f := range faults {
		t.fault(i, deadlineFaults[f.Field][0], deadlineFaults[f.Field][1])
	}
	return d
}

func deadlineText(d casework.Deadline) string {
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", d.Rule(), d.Duration, d.Step, spanText(d.From, d.Until), d.Basis)
}

// spanText is a span of days, as far as it has ends.
func spanText(from, until casework.Date) string {
	var begins, ends string
	if from != 0 {
		begins = from.String()
	}
	if until != 0 {
		ends = until.String()
	}
	return begins + ".." + ends
}

func clockText(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// expect notes a fault unless ok.
func (t *table) expect(i int, ok bool, column, why string) {
	if !ok {
		t.fault(i, column, why)
	}
}

// day reads a day.
func (t *table) day(i int, row map[string]string, column string) casework.Date {
	day, ok := casework.ParseDate(row[column])
	t.expect(i, ok, column, "is no day like 2026-08-17")
	return day
}

// dayOr0 reads a day that may be absent.
func (t *table) dayOr0(i int, row map[string]string, column string) casework.Date {
	if row[column] == "" {
		return 0
	}
	return t.day(i, row, column)
}

// minutes reads a time of day as minutes after midnight; 24:00 ends a day.
func (t *table) minutes(i int, row map[string]string, column string) int {
	if row[column] == "24:00" {
		return 24 * 60
	}
	at, err := time.Parse("15:04", row[column])
	t.expect(i, err == nil && len(row[column]) == 5, column, "is no time like 08:00")
	return at.Hour()*60 + at.Minute()
}

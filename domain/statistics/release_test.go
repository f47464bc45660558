package statistics

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// weekdays is a calendar of Mondays to Fridays with one holiday.
func weekdays(holidays ...string) Workday {
	return func(d Day) bool {
		noon := d.At(12).In(Zone)
		return noon.Weekday() != time.Saturday && noon.Weekday() != time.Sunday && !slices.Contains(holidays, noon.Format(time.DateOnly))
	}
}

func wib(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, Zone)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func table(t testing.TB, id string) *Table {
	t.Helper()
	found, ok := Find(Released, id)
	if !ok {
		t.Fatal("no dataset ", id)
	}
	return found
}

func TestTheCalendarOfARelease(t *testing.T) {
	is := weekdays("2027-02-17")
	for _, tt := range []struct {
		dataset, period                 string
		closed, drawn, silence, publish string
	}{
		// Drawn Thursday 11 February; Friday 12, Monday 15, Tuesday 16, Thursday 18 and Friday 19 are the five working days.
		{"kdrt-month", "2027-01", "2027-02-01 00:00", "2027-02-11 06:00", "2027-02-20 00:00", "2027-02-22 09:00"},
		{"stunting-kecamatan-quarter", "2027Q1", "2027-04-01 00:00", "2027-04-11 06:00", "", "2027-04-12 09:00"}, // a Sunday
		{"referral-ordinary-unit-quarter", "2027Q1", "2027-05-01 00:00", "2027-05-11 06:00", "", "2027-05-12 09:00"},
		{"referral-protected-matrix-year", "2027", "2028-01-31 00:00", "2028-02-10 06:00", "2028-02-18 00:00", "2028-02-18 09:00"},
		{"kdrt-month", "2028-02", "2028-03-01 00:00", "2028-03-11 06:00", "2028-03-18 00:00", "2028-03-20 09:00"}, // leap year; drawn Saturday
	} {
		table := table(t, tt.dataset)
		p, _ := ParsePeriod(tt.period)
		r := NewRelease(table, p)
		steps(t, r, table, is, Close, tt.closed)
		r = must(r.Close(table, is, wib(tt.closed)))
		steps(t, r, table, is, DrawNow, tt.drawn)
		r = must(r.Draw(table, is, wib(tt.drawn), []string{"u2", "u1", "u2"}))
		if tt.silence != "" && !r.SilenceEnds(is).Equal(wib(tt.silence)) {
			t.Errorf("%s %s: silence ends %s, want %s", tt.dataset, tt.period, r.SilenceEnds(is).In(Zone), tt.silence)
		}
		steps(t, r, table, is, Publish, tt.publish)
		_, err := r.Publish(table, is, wib(tt.publish).Add(-1))
		wants(t, "published too early", err, TooEarly)
		r = must(r.Publish(table, is, wib(tt.publish)))
		if step, _ := r.Next(table, is); step != End {
			t.Errorf("after publication: %s", step)
		}
		_, err = r.Draw(table, is, wib(tt.publish), nil)
		wants(t, "drawn twice", err, WrongState)
	}
}

func steps(t *testing.T, r Release, table *Table, is Workday, step Step, when string) {
	t.Helper()
	got, at := r.Next(table, is)
	if got != step || !at.Equal(wib(when)) {
		t.Errorf("%s %s in %s: %s at %s, want %s at %s", r.Dataset, r.Period, r.State, got, at.In(Zone), step, when)
	}
}

func must(r Release, err error) Release {
	if err != nil {
		panic(err)
	}
	return r
}

// drawnRelease was drawn on Thursday 11 February 2027.
func drawnRelease(t *testing.T, dataset string) (Release, *Table, Workday) {
	table, is := table(t, dataset), weekdays()
	p, ok := Period{Month, 2027, 1}, true
	if !table.Has(Month) {
		p, ok = ParsePeriod("2026Q4")
	}
	if !ok {
		t.Fatal(dataset)
	}
	r := must(NewRelease(table, p).Close(table, is, wib("2027-02-01 00:00")))
	return must(r.Draw(table, is, wib("2027-02-11 06:00"), []string{"u1", "u2"})), table, is
}

func TestHeadsApproveHoldAndAreAnswered(t *testing.T) {
	r, table, is := drawnRelease(t, "kdrt-month")
	_, err := r.Approve(table, "u9", wib("2027-02-11 08:00"))
	wants(t, "approval of a unit without rows", err, NotContributor)
	one := must(r.Approve(table, "u1", wib("2027-02-11 08:00")))
	steps(t, one, table, is, Publish, "2027-02-19 09:00") // the other is silent: Thursday 18 is the fifth working day
	both := must(must(one.Approve(table, "u2", wib("2027-02-12 10:00"))).Approve(table, "u2", wib("2027-02-15 10:00")))
	steps(t, both, table, is, Publish, "2027-02-15 09:00") // the next working day after the last yes

	_, err = r.Hold(table, is, "u1", " ", wib("2027-02-12 08:00"), nil)
	wants(t, "a hold without a reason", err, ReasonMissing)
	_, err = r.Hold(table, is, "u9", "salah", wib("2027-02-12 08:00"), nil)
	wants(t, "a hold of a unit without rows", err, NotContributor)
	before := []Hold{{"u1", wib("2027-01-01 00:00"), ""}}
	_, err = r.Hold(table, is, "u1", "salah", wib("2027-02-12 08:00"), before)
	wants(t, "a second hold in a year", err, HeldThisYear)
	lastYear := []Hold{{"u1", wib("2026-12-31 23:59"), ""}, {"u2", wib("2027-01-02 00:00"), ""}}
	held := must(r.Hold(table, is, "u1", "salah", wib("2027-02-12 08:00"), lastYear))
	if held.State != Held {
		t.Fatalf("held is %s", held.State)
	}
	_, err = r.Hold(table, is, "u1", "salah", wib("2027-02-19 00:00"), nil)
	wants(t, "a hold after silence became consent", err, TooLate)
	steps(t, held, table, is, Publish, "2027-03-01 09:00") // ten working days of silence, to Friday 26 February
	_, err = held.Publish(table, is, wib("2027-02-19 09:00"))
	wants(t, "published while held", err, TooEarly)

	early := must(held.Resolve(wib("2027-02-12 09:00")))
	steps(t, early, table, is, Publish, "2027-02-19 09:00") // the others still have their days
	again := must(early.Hold(table, is, "u2", "salah", wib("2027-02-15 09:00"), nil))
	if again.State != Held || len(again.Holds) != 2 {
		t.Errorf("the second unit's hold: %+v", again)
	}
	late := must(held.Resolve(wib("2027-02-24 09:00")))
	steps(t, late, table, is, Publish, "2027-02-25 09:00")
	_, err = held.Cancel(table, "", wib("2027-02-12 09:00"))
	wants(t, "cancelled without a reason", err, ReasonMissing)
	if c := must(held.Cancel(table, "perempuan dapat dikenali", wib("2027-02-12 09:00"))); c.State != Cancelled {
		t.Errorf("cancelled is %s", c.State)
	}
	if note := held.Note(table); len(note) == 0 || note != r.Note(table) {
		t.Errorf("the note of a protected table tells of the hold: %q", note)
	}
}

func TestNutritionStopsForNobody(t *testing.T) {
	r, table, is := drawnRelease(t, "stunting-kecamatan-quarter")
	held := must(r.Hold(table, is, "u1", "belum lengkap", wib("2027-02-11 08:00"), nil))
	steps(t, held, table, is, Publish, "2027-02-12 09:00")
	if held.State != Drawn || held.Note(table) == r.Note(table) {
		t.Errorf("state %s, note %q", held.State, held.Note(table))
	}
	_, err := held.Cancel(table, "x", wib("2027-02-11 09:00"))
	wants(t, "a nutrition table cancelled", err, StopsForNobody)
	_, err = held.Approve(table, "u1", wib("2027-02-11 09:00"))
	wants(t, "a nutrition table approved", err, StopsForNobody)
}

func TestAfterARestoreTheReviewerDecides(t *testing.T) {
	table, is := table(t, "kdrt-month"), weekdays()
	r := NewRelease(table, Period{Month, 2027, 1})
	if r.AfterRestore(table, wib("2027-02-11 05:59")).Restored {
		t.Error("a period that could not have been drawn waits")
	}
	waiting := r.AfterRestore(table, wib("2027-02-11 06:00"))
	if step, _ := waiting.Next(table, is); step != ForReviewer {
		t.Errorf("next is %s", step)
	}
	_, err := waiting.Close(table, is, wib("2027-03-01 00:00"))
	wants(t, "closed while it waits", err, WaitsForReview)
	known := must(waiting.RecoverPublished(wib("2027-02-11 06:00"), wib("2027-02-19 09:00")))
	_, err = known.Draw(table, is, wib("2027-03-01 00:00"), nil)
	wants(t, "drawn again after its file came back", err, WrongState)
	if step, _ := must(waiting.Recover()).Next(table, is); step != Close {
		t.Errorf("after it was never drawn: %s", step)
	}
	_, err = r.Recover()
	wants(t, "recovered without a restore", err, WrongState)
}

func TestACalendarWithoutWorkingDaysStopsNothing(t *testing.T) {
	never := Workday(func(Day) bool { return false })
	if d := never.after(0, 2); d > 70 {
		t.Errorf("two working days take %d days", d)
	}
}

// Property: whatever is done in whatever order, a release is drawn once at most, and what is published or cancelled stays.
func TestAReleaseIsDrawnOnce(t *testing.T) {
	ids := []string{"kdrt-month", "stunting-kecamatan-quarter", "referral-ordinary-unit-quarter", "overlap-year"}
	rapid.Check(t, func(rt *rapid.T) {
		table := table(t, rapid.SampledFrom(ids).Draw(rt, "dataset"))
		is, r := weekdays(), NewRelease(table, Parts(table.Periods[0], 2027)[0])
		now, draws := r.Period.Start(), 0
		for range rapid.IntRange(1, 40).Draw(rt, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40*24).Draw(rt, "hours")) * time.Hour)
			before := r
			unit := rapid.SampledFrom([]string{"u1", "u2", "u3"}).Draw(rt, "unit")
			var err error
			switch act := rapid.IntRange(0, 6).Draw(rt, "act"); act {
			case 0:
				r, err = r.Close(table, is, now)
			case 1:
				if r, err = r.Draw(table, is, now, []string{"u1", "u2"}); err == nil {
					draws++
				}
			case 2:
				r, err = r.Approve(table, unit, now)
			case 3:
				r, err = r.Hold(table, is, unit, "alasan", now, nil)
			case 4:
				r, err = r.Resolve(now)
			case 5:
				r, err = r.Cancel(table, "alasan", now)
			case 6:
				r, err = r.Publish(table, is, now)
			}
			final := before.State == Published || before.State == Cancelled
			if err != nil && r.State != before.State || final && r.State != before.State {
				rt.Fatalf("%s became %s (%v)", before.State, r.State, err)
			}
			if r.State == Published && r.Published.Before(DrawnAt(table, r.Period)) {
				rt.Fatalf("published %s", r.Published)
			}
		}
		if draws > 1 {
			rt.Fatalf("drawn %d times", draws)
		}
	})
}

func TestFewCasesArePublishedByQuarters(t *testing.T) {
	for _, tt := range []struct {
		year   int
		newest Shown
		ok     bool
		want   PeriodKind
	}{
		{2027, number(Whole, 500), true, Quarter}, // first year
		{2028, Shown{}, false, Quarter},
		{2029, displayExact(159), true, Quarter},
		{2029, displayExact(160), true, Month},
		{2029, displayExact(7), true, Quarter},
	} {
		if got := KDRTMonthly(2027, tt.year, tt.newest, tt.ok); got != tt.want {
			t.Errorf("%d after %+v: %s, want %s", tt.year, tt.newest, got, tt.want)
		}
	}
	month := table(t, "kdrt-month")
	if n := len(PeriodsOf(month, 2027, Quarter)); n != 4 {
		t.Errorf("%d periods by quarters", n)
	}
	if n := len(PeriodsOf(table(t, "wasting-kecamatan-quarter"), 2027, Quarter)); n != 5 {
		t.Errorf("%d periods of a nutrition table, want 4 quarters and the year", n)
	}
}

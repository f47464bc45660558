package casework

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

var defaults = TableOf(DefaultDeadlines())

// started is a duty of a leg by the default table.
func started(t *testing.T, c Calendar, key DeadlineKey, start time.Time) Duty {
	t.Helper()
	key.Day = DateOf(start)
	d, err := defaults.Start(Duty{Kind: OnLeg, Name: key.Duty, Started: start}, key, c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func checkInstant(t *testing.T, what string, got time.Time, want string) {
	t.Helper()
	switch {
	case want == "":
	case want == "never":
		if !got.IsZero() {
			t.Errorf("%s: got %s, want never", what, got.In(Zone))
		}
	case !got.Equal(wib(t, want)):
		t.Errorf("%s: got %s, want %s", what, got.In(Zone), want)
	}
}

func TestDueTimesOfTheFieldCases(t *testing.T) {
	bridge := calendarWith(t, "2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24")
	longer := calendarWith(t, "2026-03-19", "2026-03-20", "2026-03-23", "2026-03-24", "2026-03-25")
	plain := calendarWith(t)
	for _, tt := range []struct {
		name                        string
		calendar                    Calendar
		key                         DeadlineKey
		start                       string
		due, level2, level3, lapses string
	}{
		{
			"PC-05 REROUTE, ROUTINE", plain,
			DeadlineKey{Duty: DutyReroute, Urgency: Routine},
			"2026-06-05 15:30",
			"2026-06-08 15:30", "2026-06-09 15:30", "2026-06-10 15:30", "never",
		},
		{"PC-05 REROUTE, URGENT", plain, DeadlineKey{Duty: DutyReroute, Urgency: Urgent}, "2026-06-05 15:30", "2026-06-08 11:30", "", "", "never"},
		{
			"PC-06 ACKNOWLEDGE, ROUTINE", bridge,
			DeadlineKey{Duty: DutyAcknowledge, Urgency: Routine},
			"2026-03-18 16:30",
			"2026-03-25 16:00", "2026-03-26 16:00", "2026-03-27 16:00", "2026-03-30 16:00",
		},
		{
			"PC-06 DECIDE, ROUTINE", bridge,
			DeadlineKey{Duty: DutyDecide, Urgency: Routine},
			"2026-03-18 16:30",
			"2026-03-27 16:00", "2026-04-01 16:00", "2026-04-06 16:00", "2026-04-09 16:00",
		},
		{"PC-06 ACKNOWLEDGE, URGENT", bridge, DeadlineKey{Duty: DutyAcknowledge, Urgency: Urgent}, "2026-03-18 16:30", "2026-03-25 12:00", "", "", ""},
		{"PC-06 ACKNOWLEDGE, EMERGENCY", bridge, DeadlineKey{Duty: DutyAcknowledge, Urgency: Emergency}, "2026-03-18 16:30", "2026-03-18 16:45", "", "", "never"},
		{"PC-06 the second sending", longer, DeadlineKey{Duty: DutyAcknowledge, Urgency: Routine}, "2026-03-18 16:30", "2026-03-26 16:00", "", "", ""},
		{
			"PC-07 DECIDE by elapsed hours", plain,
			DeadlineKey{Duty: DutyDecide, Urgency: Routine, CaseType: DomesticViolence},
			"2026-02-19 10:00",
			"2026-02-20 10:00", "2026-02-21 10:00", "2026-02-22 10:00", "2026-02-23 10:00",
		},
		{
			"CONFIRM has a step of its own", plain,
			DeadlineKey{Duty: DutyConfirm, Urgency: Routine},
			"2026-06-01 08:00",
			"2026-06-12 16:00", "2026-06-16 16:00", "2026-06-18 16:00", "2026-06-22 16:00",
		},
		{
			"NEEDS_INFO lapses as SENT does: ANSWER 3 wd, three steps of 3 wd", plain,
			DeadlineKey{Duty: DutyAnswer, Urgency: Routine},
			"2026-06-01 08:00",
			"2026-06-03 16:00", "2026-06-08 16:00", "2026-06-11 16:00", "2026-06-16 16:00",
		},
		{"but not an EMERGENCY", plain, DeadlineKey{Duty: DutyAnswer, Urgency: Emergency}, "2026-06-01 08:00", "2026-06-01 09:00", "", "2026-06-01 11:00", "never"},
		{
			"of an EMERGENCY the report alone lapses: CONFIRM 3 wd, steps of 2 wd", plain,
			DeadlineKey{Duty: DutyConfirm, Urgency: Emergency},
			"2026-06-01 08:00",
			"2026-06-03 16:00", "2026-06-05 16:00", "2026-06-09 16:00", "2026-06-11 16:00",
		},
		{
			"the police report, by law and over the weekend", plain,
			DeadlineKey{Duty: DutyPoliceReport, Urgency: Routine, CaseType: WomanViolence},
			"2026-06-05 20:00",
			"2026-06-08 20:00", "2026-06-11 20:00", "2026-06-14 20:00", "never",
		},
		{
			"suspected child abuse: told above a day after it", plain,
			DeadlineKey{Duty: DutyChildAbuseReport, Urgency: Urgent},
			"2026-06-05 20:00",
			"2026-06-05 21:00", "2026-06-06 20:00", "2026-06-07 19:00", "never",
		},
		{"risk HIGH is judged anew after a week", plain, DeadlineKey{Duty: DutyRiskReview, Urgency: Emergency}, "2026-06-05 10:00", "2026-06-12 10:00", "", "", "never"},
		{"MEDIUM after 30 days", plain, DeadlineKey{Duty: DutyRiskReview, Urgency: Urgent}, "2026-06-05 10:00", "2026-07-05 10:00", "", "", "never"},
		{"LOW after 90", plain, DeadlineKey{Duty: DutyRiskReview, Urgency: Routine}, "2026-06-05 10:00", "2026-09-03 10:00", "", "", "never"},
		{"FIRST_SERVICE never lapses", plain, DeadlineKey{Duty: DutyFirstService, Urgency: Routine}, "2026-06-01 08:00", "2026-06-09 16:00", "", "", "never"},
	} {
		d := started(t, tt.calendar, tt.key, wib(t, tt.start))
		checkInstant(t, tt.name+": due", d.Due, tt.due)
		checkInstant(t, tt.name+": level 2", d.Level2, tt.level2)
		checkInstant(t, tt.name+": level 3", d.Level3, tt.level3)
		checkInstant(t, tt.name+": lapse", d.Lapse, tt.lapses)
	}
}

func TestAtTheDueTimeNothingIsOverdue(t *testing.T) {
	d := started(t, calendarWith(t), DeadlineKey{Duty: DutyDecide, Urgency: Routine, CaseType: DomesticViolence}, wib(t, "2026-02-19 10:00"))
	at := time.Date(2026, 2, 20, 3, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		now   time.Time
		level int
	}{
		{at, 0},
		{at.Add(time.Microsecond), 1},
		{at.Add(24 * time.Hour), 1},
		{at.Add(24*time.Hour + time.Microsecond), 2},
		{at.Add(48 * time.Hour), 2},
		{at.Add(48*time.Hour + time.Microsecond), 3},
		{at.Add(400 * 24 * time.Hour), 3},
	} {
		if got := d.Level(tt.now); got != tt.level || d.Overdue(tt.now) != (tt.level > 0) {
			t.Errorf("level at %s: got %d, want %d", tt.now, got, tt.level)
		}
	}
}

func TestTheMostSpecificRowIsChosen(t *testing.T) {
	for _, tt := range []struct {
		key   DeadlineKey
		want  Duration
		legal Duration
	}{
		{DeadlineKey{Duty: DutyFirstService, Urgency: Urgent}, "3 wd", ""},
		{DeadlineKey{Duty: DutyFirstService, Urgency: Urgent, CaseType: DomesticViolence}, "6 h", ""},
		{DeadlineKey{Duty: DutyFirstService, Urgency: Urgent, Service: ServiceOutreach}, "12 h", ""},
		{DeadlineKey{Duty: DutyFirstService, Urgency: Urgent, Service: ServiceOutreach, CaseType: DomesticViolence}, "12 h", ""}, // service before case type
		{DeadlineKey{Duty: DutyFirstService, Urgency: Routine, Service: ServiceOutreach, CaseType: DomesticViolence}, "3 wd", ""},
		{DeadlineKey{Duty: DutyFirstService, Urgency: Routine, Service: ServiceLawEnforcement, CaseType: DomesticViolence}, "3 wd", "24 h"},
		{DeadlineKey{Duty: DutyFirstService, Urgency: Routine, Service: ServiceLawEnforcement, CaseType: WomanViolence}, "7 wd", ""},
		{DeadlineKey{Duty: DutyFirstService, Urgency: Emergency, Service: ServiceNutritionTreatment, CaseType: ChildNutritionRisk}, "24 h", ""},
		{DeadlineKey{Duty: DutyFirstService, Urgency: Urgent, Service: ServiceNutritionConfirmation}, "7 d", ""},
		{DeadlineKey{Duty: DutyFirstService, Urgency: Routine, Service: ServiceSpecialistPediatric}, "14 d", ""},
		{DeadlineKey{Duty: DutyScreen, Urgency: Urgent, CaseType: WomanViolence}, "6 h", ""},
		{DeadlineKey{Duty: DutyScreen, Urgency: Emergency, CaseType: ChildNutritionRisk}, "1 h", ""},
		{DeadlineKey{Duty: DutyScreen, Urgency: Routine, CaseType: ChildNutritionRisk}, "3 wd", ""},
		{DeadlineKey{Duty: DutyAssess, Urgency: Emergency, CaseType: ChildViolence}, "24 h", ""},
		{DeadlineKey{Duty: DutyPlan, Urgency: Routine, CaseType: ChildViolence}, "7 wd", ""},
		{DeadlineKey{Duty: DutyStart, Urgency: Urgent, CaseType: DomesticViolence}, "3 wd", ""},
		{DeadlineKey{Duty: DutyStart, Urgency: Urgent, CaseType: ChildStunting}, "7 d", ""},
		{DeadlineKey{Duty: DutyFollowUp, Urgency: Emergency, CaseType: DomesticViolence}, "7 d", ""},
		{DeadlineKey{Duty: DutyFollowUp, Urgency: Urgent, CaseType: WomanViolence}, "14 d", ""},
		{DeadlineKey{Duty: DutyFollowUp, Urgency: Routine, CaseType: GrowthMonitoring}, "30 d", ""},
	} {
		tt.key.Day = maxDate
		target, legal := defaults.Choose(tt.key)
		if target == nil || target.Duration != tt.want {
			t.Errorf("%+v: target %+v, want %s", tt.key, target, tt.want)
		}
		if (legal == nil) != (tt.legal == "") || legal != nil && legal.Duration != tt.legal {
			t.Errorf("%+v: legal %+v, want %q", tt.key, legal, tt.legal)
		}
	}
}

// UU 23/2004 art. 16: the police have 24 hours, whatever the aim is; where the aim is shorter it is the due time.
func TestTheEarlierOfLawAndAimIsDue(t *testing.T) {
	c, start := calendarWith(t), wib(t, "2026-02-19 10:00")
	for urgency, due := range map[Urgency]string{Emergency: "2026-02-19 12:00", Urgent: "2026-02-19 16:00", Routine: "2026-02-20 10:00"} {
		d := started(t, c, DeadlineKey{Duty: DutyFirstService, Urgency: urgency, CaseType: DomesticViolence, Service: ServiceLawEnforcement}, start)
		checkInstant(t, string(urgency)+" due", d.Due, due)
		checkInstant(t, string(urgency)+" by law", d.Legal, "2026-02-20 10:00")
	}
}

func TestACohortKeepsItsRules(t *testing.T) {
	old := Deadline{Urgency: Routine, Duty: DutyDecide, Kind: Target, Duration: "3 wd", Step: "3 wd", Until: mustDate(t, "2026-06-30")}
	young := Deadline{Urgency: Routine, Duty: DutyDecide, Kind: Target, Duration: "1 wd", Step: "1 wd", From: mustDate(t, "2026-07-01")}
	table := TableOf([]Deadline{young, old})
	for day, want := range map[string]Duration{"2026-06-30": "3 wd", "2026-07-01": "1 wd"} {
		target, _ := table.Choose(DeadlineKey{Urgency: Routine, Duty: DutyDecide, Day: mustDate(t, day)})
		if target == nil || target.Duration != want {
			t.Errorf("sent on %s: %+v, want %s", day, target, want)
		}
	}
}

func TestEveryDutyAndUrgencyHasARowForAny(t *testing.T) {
	if missing := defaults.Missing(); missing != "" {
		t.Errorf("no row for %s", missing)
	}
	if missing := TableOf(DefaultDeadlines()[1:]).Missing(); missing != "ACKNOWLEDGE EMERGENCY from 1970-01-01 on" {
		t.Errorf("a table without its first row lacks %q", missing)
	}
}

func TestNoTwoRowsHaveOneKey(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range DefaultDeadlines() {
		if seen[d.Rule()] {
			t.Errorf("two rows %s", d.Rule())
		}
		seen[d.Rule()] = true
		if d.Basis == "" || d.Step == "" {
			t.Errorf("%s has no basis or step", d.Rule())
		}
		if _, _, err := d.Duration.Parse(); err != nil {
			t.Error(err)
		}
	}
}

func TestADutyOfACaseNeverLapses(t *testing.T) {
	start := wib(t, "2026-02-19 10:00")
	key := DeadlineKey{Duty: DutyDecide, Urgency: Routine, Day: DateOf(start)}
	for kind, lapses := range map[DutyKind]bool{OnLeg: true, OnCase: false, OnTask: false} {
		d, err := defaults.Start(Duty{Kind: kind, Name: DutyDecide, Started: start}, key, calendarWith(t))
		if err != nil || d.Lapse.IsZero() == lapses {
			t.Errorf("%s: lapse %v, %v", kind, d.Lapse, err)
		}
	}
}

func TestAnAbsentRowIsAnErrorAndNoDueTime(t *testing.T) {
	if _, err := (Deadlines{}).Start(Duty{Kind: OnLeg}, DeadlineKey{Duty: DutyDecide, Urgency: Routine}, Calendar{}); err == nil {
		t.Error("a duty without a row began")
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[Duration]int{"15 min": 15, "4 wh": 240, "1 wd": 480, "24 h": 1440, "7 d": 10080} {
		if got, _, err := text.Parse(); err != nil || got != want {
			t.Errorf("%s: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []Duration{"", "4", "h", "-1 h", "0 h", "1 week", "1.5 h", "1wd"} {
		if _, _, err := text.Parse(); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestEveryShippedRowIsSound(t *testing.T) {
	for _, d := range DefaultDeadlines() {
		if err := d.Check(); err != nil {
			t.Errorf("%s: %v", d.Rule(), err)
		}
	}
	if both := defaults.Overlap(); both != "" {
		t.Errorf("two rows hold at once: %s", both)
	}
}

func TestAFaultyRowIsRefusedByItsFields(t *testing.T) {
	sound := Deadline{Urgency: Routine, Duty: DutyDecide, Kind: Target, Duration: "3 wd", Step: "1 wd", Basis: "SK Bupati"}
	for field, change := range map[string]func(*Deadline){
		"caseType": func(d *Deadline) { d.CaseType = "VIOLENCE" },
		"service":  func(d *Deadline) { d.Service = "CARE" },
		"urgency":  func(d *Deadline) { d.Urgency = "" },
		"duty":     func(d *Deadline) { d.Duty = "" },
		"kind":     func(d *Deadline) { d.Kind = "HOPE" },
		"duration": func(d *Deadline) { d.Duration, d.Step = "3 wd", "1 wd"; d.Kind = Legal },
		"step":     func(d *Deadline) { d.Step = "24 h" },
		"until":    func(d *Deadline) { d.From, d.Until = 20600, 20599 },
		"basis":    func(d *Deadline) { d.Basis = "" },
	} {
		row := sound
		change(&row)
		v, ok := errors.AsType[Violations](row.Check())
		if !ok || len(v) != 1 || v[0].Field != field {
			t.Errorf("%s: got %v", field, row.Check())
		}
	}
	if err := sound.Check(); err != nil {
		t.Errorf("a sound row: %v", err)
	}
}

// A new row ends the old one on the day before, so that a cohort keeps its rules and no day has two rows or none.
func TestANewRowSucceedsTheOldOne(t *testing.T) {
	table := TableOf(DefaultDeadlines())
	july := mustDate(t, "2026-07-01")
	row := Deadline{Urgency: Routine, Duty: DutyDecide, Kind: Target, Duration: "2 wd", Step: "2 wd", Basis: "SK Bupati", From: july}
	before, ok := table.Succeed(row)
	if !ok || before.Duration != "3 wd" || table.Missing() != "" || table.Overlap() != "" {
		t.Fatalf("it succeeds %+v %v; missing %q, overlap %q", before, ok, table.Missing(), table.Overlap())
	}
	for day, want := range map[Date]Duration{july - 1: "3 wd", july: "2 wd", maxDate: "2 wd"} {
		if target, _ := table.Choose(DeadlineKey{Urgency: Routine, Duty: DutyDecide, Day: day}); target.Duration != want {
			t.Errorf("on %s: %s, want %s", day, target.Duration, want)
		}
	}
	row.Duration = "1 wd"
	if before, ok = table.Succeed(row); !ok || before.Duration != "2 wd" || table.Overlap() != "" {
		t.Errorf("the row of the same day is replaced: got %+v %v, overlap %q", before, ok, table.Overlap())
	}
	row.Until = july + 30
	table.Succeed(row)
	if got, want := table.Missing(), "DECIDE ROUTINE from 2026-08-01 on"; got != want {
		t.Errorf("a row that ends without a next: missing %q, want %q", got, want)
	}
	row.From -= 10
	table[DutyDecide] = append(table[DutyDecide], row)
	if table.Overlap() == "" {
		t.Error("two rows of one key on one day are not found")
	}
}

func TestALegThatWaitsForAnotherIsDueThirtyDaysAfterAccept(t *testing.T) {
	d := StartWaiting(Duty{Kind: OnLeg, Name: DutyFirstService, Started: wib(t, "2026-06-05 10:00")}, Urgent)
	checkInstant(t, "due", d.Due, "2026-07-05 10:00")
	checkInstant(t, "level 2", d.Level2, "2026-08-04 10:00")
	checkInstant(t, "lapse", d.Lapse, "never")
	if d.Rule == "" {
		t.Error("it names no rule")
	}
}

// Invariant 13: a level depends on the instants and now alone, and never falls while the duty lasts.
func TestALevelNeverFalls(t *testing.T) {
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 2))
	rows := DefaultDeadlines()
	for range 2000 {
		row := rows[dice.IntN(len(rows))]
		start := wib(t, "2026-01-01 00:00").Add(time.Duration(dice.Int64N(int64(900 * 24 * time.Hour))))
		key := DeadlineKey{CaseType: row.CaseType, Service: row.Service, Urgency: row.Urgency, Duty: row.Duty, Day: DateOf(start)}
		d, err := defaults.Start(Duty{Kind: OnLeg, Name: row.Duty, Started: start}, key, randomCalendar(dice))
		if err != nil || !d.Due.After(start) || !d.Level2.After(d.Due) || !d.Level3.After(d.Level2) || !d.Lapse.IsZero() && !d.Lapse.After(d.Level3) {
			t.Fatalf("seed %d: %+v %v", seed, d, err)
		}
		if !d.Legal.IsZero() && d.Due.After(d.Legal) {
			t.Fatalf("seed %d: due %s after the law's %s", seed, d.Due, d.Legal)
		}
		level, now := 0, start
		for range 20 {
			now = now.Add(time.Duration(dice.Int64N(int64(20 * 24 * time.Hour))))
			next := d.Level(now)
			if next < level || next > 3 || d.Overdue(now) != (next > 0) {
				t.Fatalf("seed %d: level %d after %d at %s", seed, next, level, now)
			}
			if rise := d.Rise(next); next < 3 && rise.Before(now) || next == 3 && !rise.IsZero() {
				t.Fatalf("seed %d: at level %d it rises at %s, before %s", seed, next, rise, now)
			}
			level = next
		}
	}
}

func TestWhoOwesNothingIsNotLate(t *testing.T) {
	if (Duty{}).Overdue(wib(t, "2026-02-19 10:00")) {
		t.Error("a final leg is overdue")
	}
}

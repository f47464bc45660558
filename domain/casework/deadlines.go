package casework

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Clock says how a duration runs.
type Clock string

const (
	CalendarClock Clock = "CALENDAR" // elapsed time
	WorkingClock  Clock = "WORKING"  // minutes inside working windows
)

// DeadlineKind tells law from aim.
type DeadlineKind string

const (
	Legal  DeadlineKind = "LEGAL"
	Target DeadlineKind = "TARGET"
)

// Duration is an amount of one unit: min, h and d of elapsed time; wh and wd of working time, 480 minutes a day.
type Duration string

// unitMinutes are the minutes of each unit.
var unitMinutes = []struct {
	unit    string
	minutes int
	clock   Clock
}{
	{"min", 1, CalendarClock},
	{"wh", 60, WorkingClock},
	{"wd", 480, WorkingClock},
	{"h", 60, CalendarClock},
	{"d", 24 * 60, CalendarClock},
}

// longest is the longest duration of a row: nobody waits longer for a promise, and sums of it stay within the calendar's search.
const longest = 400 * 24 * 60

// Parse gives minutes and the clock on which they run.
func (d Duration) Parse() (minutes int, clock Clock, err error) {
	for _, u := range unitMinutes {
		amount, ok := strings.CutSuffix(string(d), " "+u.unit)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(amount)
		if err != nil || n <= 0 || n > longest/u.minutes || strconv.Itoa(n) != amount {
			break
		}
		return n * u.minutes, u.clock, nil
	}
	return 0, "", fmt.Errorf("duration %q is none of: 15 min, 4 wh, 1 wd, 24 h, 7 d; at most 400 d", string(d))
}

// Deadline is a row of the table by which due times are chosen. An empty case type or service means any.
type Deadline struct {
	CaseType CaseType
	Service  ReferralServiceType
	Urgency  Urgency // of a case duty: the risk or urgency it stands for
	Duty     DutyName
	Kind     DeadlineKind
	Duration Duration
	Step     Duration // between the levels
	Basis    string   // shown to users
	From     Date
	Until    Date // last day; 0: for ever
}

// Rule names the row in the journal and in the duty; a row that did not always hold with its first day.
func (d Deadline) Rule() string {
	rule := fmt.Sprintf("%s/%s/%s/%s/%s", orAny(string(d.CaseType)), orAny(string(d.Service)), d.Urgency, d.Duty, d.Kind)
	if d.From != 0 {
		rule += "@" + d.From.String()
	}
	return rule
}

// sameKey tells whether two rows would be chosen by the same duties: at most one of them holds on a day.
func (d Deadline) sameKey(other Deadline) bool {
	return d.CaseType == other.CaseType && d.Service == other.Service && d.Urgency == other.Urgency &&
		d.Duty == other.Duty && d.Kind == other.Kind
}

// lastDay is the last day on which the row holds.
func (d Deadline) lastDay() Date {
	if d.Until == 0 {
		return maxDate
	}
	return d.Until
}

// Check says what is wrong with a row by itself. The law knows no office hours, so its rows run on elapsed time.
func (d Deadline) Check() error {
	var v Violations
	v.check(d.CaseType == "" || d.CaseType.Valid(), "caseType", "NOT_A_TYPE")
	v.check(d.Service == "" || d.Service.Valid(), "service", "NOT_A_SERVICE")
	v.check(d.Urgency.Valid(), "urgency", "NOT_AN_URGENCY")
	v.check(d.Duty.Valid(), "duty", "NOT_A_DUTY")
	v.check(d.Kind == Legal || d.Kind == Target, "kind", "NOT_A_KIND")
	_, clock, err := d.Duration.Parse()
	v.check(err == nil, "duration", "NOT_A_DURATION")
	_, stepClock, stepErr := d.Step.Parse()
	v.check(stepErr == nil, "step", "NOT_A_DURATION")
	v.check(err != nil || stepErr != nil || clock == stepClock, "step", "OTHER_CLOCK")
	v.check(err != nil || d.Kind != Legal || clock == CalendarClock, "duration", "LAW_RUNS_ON_ELAPSED_TIME")
	v.check(d.Until == 0 || d.Until >= d.From, "until", "BEFORE_FROM")
	v.require(d.Basis != "", "basis")
	return v.orNil()
}

func orAny(s string) string {
	if s == "" {
		return "ANY"
	}
	return s
}

// DeadlineKey is what a due time is chosen by.
type DeadlineKey struct {
	CaseType CaseType
	Service  ReferralServiceType
	Urgency  Urgency
	Duty     DutyName
	Day      Date // local day on which the leg was sent, so that a cohort keeps its rules
}

// Deadlines is the table, ready to choose from.
type Deadlines map[DutyName][]Deadline

// TableOf indexes rows.
func TableOf(rows []Deadline) Deadlines {
	table := Deadlines{}
	for _, r := range rows {
		table[r.Duty] = append(table[r.Duty], r)
	}
	return table
}

// owed are the duties for which the table needs a row for any case and service: a duty without a time is nobody's.
var owed = []DutyName{
	DutyAcknowledge, DutyDecide, DutyAnswer, DutyFirstService, DutyReview, DutyAttend, DutyRecontact, DutyNote, DutyConfirm, DutyReroute,
	DutyScreen, DutyAssess, DutyPlan, DutyStart, DutyFollowUp,
	DutyRiskReview, DutyTask, DutyPoliceReport, DutyChildAbuseReport, DutyReviewException, DutyReviewGlass, DutyAnswerGlass,
	DutyRenewConsent,
}

// Missing names a duty and urgency, and the first day, without a row for any case and service; empty if there is none. The server
// must not start with one.
func (t Deadlines) Missing() string {
	for _, duty := range owed {
		for _, urgency := range urgencies {
			if day, gap := t.gap(DeadlineKey{Urgency: urgency, Duty: duty}); gap {
				return fmt.Sprintf("%s %s from %s on", duty, urgency, day)
			}
		}
	}
	return ""
}

// gap is the first day on which no row answers to the key.
func (t Deadlines) gap(k DeadlineKey) (day Date, gap bool) {
	for {
		target, legal := t.Choose(k)
		if target == nil && legal == nil {
			return k.Day, true
		}
		last := Date(-1)
		for _, r := range []*Deadline{target, legal} {
			if r != nil {
				last = max(last, r.lastDay())
			}
		}
		if last == maxDate {
			return 0, false
		}
		k.Day = last + 1
	}
}

const maxDate = Date(1<<31 - 1)

// Overlap names two rows of one key and kind that hold on the same day; empty if there are none. A choice between them would be
// chance.
func (t Deadlines) Overlap() string {
	for _, duty := range slices.Sorted(maps.Keys(t)) {
		rows := t[duty]
		for i, r := range rows {
			for _, other := range rows[:i] {
				if r.sameKey(other) && r.From <= other.lastDay() && other.From <= r.lastDay() {
					return other.Rule() + " and " + r.Rule()
				}
			}
		}
	}
	return ""
}

// Says tells whether the table already says what the row says, from its first day on.
func (t Deadlines) Says(row Deadline) bool {
	return slices.ContainsFunc(t[row.Duty], func(r Deadline) bool {
		from := r.From
		r.From = row.From
		return from <= row.From && row.From <= r.lastDay() && r == row
	})
}

// Succeed puts a row into the table: one of its key that still holds when it begins ends the day before, one that begins with it
// is replaced. It gives the row that it ends or replaces.
func (t Deadlines) Succeed(row Deadline) (before Deadline, ok bool) {
	rows := slices.Clone(t[row.Duty])
	for i := range rows {
		r := &rows[i]
		if !r.sameKey(row) || row.From < r.From || row.From > r.lastDay() {
			continue
		}
		before, ok = *r, true
		if r.From == row.From {
			*r = row
			t[row.Duty] = rows
			return before, true
		}
		r.Until = row.From - 1
	}
	t[row.Duty] = append(rows, row)
	return before, ok
}

// Choose gives the most specific row of each kind: case type and service, then service, then case type, then any.
func (t Deadlines) Choose(k DeadlineKey) (target, legal *Deadline) {
	var best [2]int
	for i := range t[k.Duty] {
		r := &t[k.Duty][i]
		rank := r.rank(k)
		switch {
		case rank == 0:
		case r.Kind == Legal && rank > best[1]:
			legal, best[1] = r, rank
		case r.Kind == Target && rank > best[0]:
			target, best[0] = r, rank
		}
	}
	return target, legal
}

// rank is how specific the row is for the key; 0 if it does not match.
func (d *Deadline) rank(k DeadlineKey) int {
	if d.Urgency != k.Urgency || k.Day < d.From || d.Until != 0 && k.Day > d.Until {
		return 0
	}
	rank := 1
	if d.CaseType != "" {
		if d.CaseType != k.CaseType {
			return 0
		}
		rank++
	}
	if d.Service != "" {
		if d.Service != k.Service {
			return 0
		}
		rank += 2
	}
	return rank
}

// Start fixes the four instants of a duty. Law and aim together: the earlier one is due, the law's is shown apart. A duty of a case
// never lapses, nor does silence end an EMERGENCY; only its outcome, once reported, may stay unconfirmed.
func (t Deadlines) Start(duty Duty, key DeadlineKey, calendar Calendar) (Duty, error) {
	target, legal := t.Choose(key)
	row := target
	if legal != nil {
		due, err := calendar.add(duty.Started, legal.Duration, 1)
		if err != nil {
			return duty, err
		}
		duty.Legal = due
		row = earlier(duty.Started, target, legal, calendar)
	}
	if row == nil {
		return duty, fmt.Errorf("no deadline for %s %s", key.Duty, key.Urgency)
	}
	duty, err := duty.by(*row, calendar)
	if err != nil {
		return duty, err
	}
	if duty.Kind != OnLeg || !lapses[duty.Name] || key.Urgency == Emergency && duty.Name != DutyConfirm {
		duty.Lapse = time.Time{}
	}
	return duty, nil
}

// lapses are the duties that a silent unit loses; a client's need never ends by silence.
var lapses = map[DutyName]bool{DutyAcknowledge: true, DutyDecide: true, DutyAnswer: true, DutyConfirm: true}

// by fixes the instants by a row, all on its clock.
func (d Duty) by(row Deadline, calendar Calendar) (_ Duty, err error) {
	d.Rule, d.Basis = row.Rule(), row.Basis
	if d.Due, err = calendar.add(d.Started, row.Duration, 1); err != nil {
		return d, err
	}
	for i, instant := range [...]*time.Time{&d.Level2, &d.Level3, &d.Lapse} {
		if *instant, err = calendar.add(d.Due, row.Step, i+1); err != nil {
			return d, err
		}
	}
	return d, nil
}

// waiting is the row of a first service that waits for that of an earlier leg (`after`), from the acceptance on.
var waiting = Deadline{Duty: DutyFirstService, Kind: Target, Duration: "30 d", Step: "30 d", Basis: configurable}

// StartWaiting fixes the instants of FIRST_SERVICE while the leg after which it was sent is not yet served. It begins at the
// acceptance; from the first service there, Start begins it anew.
func StartWaiting(duty Duty, urgency Urgency) Duty {
	row := waiting
	row.Urgency = urgency
	duty, _ = duty.by(row, Calendar{}) // its duration is our own, and runs on elapsed time
	duty.Rule += "/AFTER"
	duty.Lapse = time.Time{}
	return duty
}

func earlier(start time.Time, target, legal *Deadline, calendar Calendar) *Deadline {
	if target == nil {
		return legal
	}
	byLaw, err := calendar.add(start, legal.Duration, 1)
	if err != nil {
		return target
	}
	byAim, err := calendar.add(start, target.Duration, 1)
	if err != nil || byLaw.Before(byAim) {
		return legal
	}
	return target
}

// add is start ⊕ times·duration, on the duration's own clock.
func (c Calendar) add(start time.Time, d Duration, times int) (time.Time, error) {
	minutes, clock, err := d.Parse()
	if err != nil {
		return time.Time{}, err
	}
	if clock == WorkingClock {
		return c.AddWorking(start, minutes*times), nil
	}
	return start.Add(time.Duration(minutes*times) * time.Minute), nil
}

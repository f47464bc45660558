package casework

import (
	"fmt"
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

// Parse gives minutes and the clock on which they run.
func (d Duration) Parse() (minutes int, clock Clock, err error) {
	for _, u := range unitMinutes {
		amount, ok := strings.CutSuffix(string(d), " "+u.unit)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(amount)
		if err != nil || n <= 0 {
			break
		}
		return n * u.minutes, u.clock, nil
	}
	return 0, "", fmt.Errorf("duration %q is none of: 15 min, 4 wh, 1 wd, 24 h, 7 d", string(d))
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

// Rule names the row in the journal and in the duty.
func (d Deadline) Rule() string {
	return fmt.Sprintf("%s/%s/%s/%s/%s", orAny(string(d.CaseType)), orAny(string(d.Service)), d.Urgency, d.Duty, d.Kind)
}

func orAny(s string) string {
	if s == "" {
		return "ANY"
	}
	return s
}

const configurable = "default kabupaten, dapat diatur"

// defaultRow is a row of the table as the pages print it: one duration for each urgency.
type defaultRow struct {
	caseType CaseType
	service  ReferralServiceType
	duty     DutyName
	by       [3]Duration // EMERGENCY, URGENT, ROUTINE; empty: no row
	step     Duration    // empty: as the duration
	kind     DeadlineKind
	basis    string
}

// defaultRows are the deadlines shipped (referral 7, domain 8). LEGAL rows are to be confirmed by the regency's lawyer.
var defaultRows = []defaultRow{
	{duty: DutyAcknowledge, by: [3]Duration{"15 min", "4 wh", "1 wd"}},
	{duty: DutyDecide, by: [3]Duration{"1 h", "1 wd", "3 wd"}},
	{duty: DutyFirstService, by: [3]Duration{"24 h", "3 wd", "7 wd"}},
	{duty: DutyReview, by: [3]Duration{"7 d", "14 d", "30 d"}},
	{duty: DutyAttend, by: [3]Duration{"24 h", "1 wd", "1 wd"}},
	{duty: DutyRecontact, by: [3]Duration{"24 h", "2 wd", "5 wd"}},
	{duty: DutyNote, by: [3]Duration{"7 d", "14 d", "30 d"}},
	{duty: DutyConfirm, by: [3]Duration{"3 wd", "5 wd", "10 wd"}, step: "2 wd"},
	{duty: DutyReroute, by: [3]Duration{"1 h", "4 wh", "1 wd"}},

	{caseType: DomesticViolence, duty: DutyDecide, by: [3]Duration{"1 h", "2 h", "24 h"}, basis: "praktik layanan UPTD PPA"},
	{caseType: DomesticViolence, duty: DutyFirstService, by: [3]Duration{"2 h", "6 h", "3 wd"}, basis: "praktik layanan UPTD PPA"},
	{
		caseType: DomesticViolence, service: ServiceLawEnforcement, duty: DutyFirstService, by: [3]Duration{"24 h", "24 h", "24 h"},
		kind: Legal, basis: "UU 23/2004 pasal 16",
	},
	{service: ServiceOutreach, duty: DutyDecide, by: [3]Duration{"1 h", "1 h", ""}},
	{service: ServiceOutreach, duty: DutyFirstService, by: [3]Duration{"12 h", "12 h", ""}},
	{service: ServiceTemporaryShelter, duty: DutyDecide, by: [3]Duration{"1 h", "1 h", ""}},
	{service: ServiceTemporaryShelter, duty: DutyFirstService, by: [3]Duration{"12 h", "12 h", ""}},
	{service: ServicePsychologicalSupport, duty: DutyDecide, by: [3]Duration{"", "", "1 wd"}},
	{service: ServicePsychologicalSupport, duty: DutyFirstService, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceLegalAid, duty: DutyDecide, by: [3]Duration{"", "", "1 wd"}},
	{service: ServiceLegalAid, duty: DutyFirstService, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceNutritionConfirmation, duty: DutyDecide, by: [3]Duration{"", "1 wd", "3 wd"}, basis: "penimbangan bulanan"},
	{service: ServiceNutritionConfirmation, duty: DutyFirstService, by: [3]Duration{"", "7 d", "14 d"}, basis: "penimbangan bulanan"},
	{service: ServiceSpecialistPediatric, duty: DutyDecide, by: [3]Duration{"", "", "3 wd"}, basis: "penimbangan bulanan"},
	{service: ServiceSpecialistPediatric, duty: DutyFirstService, by: [3]Duration{"", "", "14 d"}, basis: "penimbangan bulanan"},
	{service: ServiceNutritionTreatment, duty: DutyDecide, by: [3]Duration{"1 h", "", ""}},
	{service: ServiceNutritionTreatment, duty: DutyFirstService, by: [3]Duration{"24 h", "", ""}},
	{service: ServiceSocialAssistance, duty: DutyDecide, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceSocialAssistance, duty: DutyFirstService, by: [3]Duration{"", "", "14 d"}},
	{service: ServiceCivilRegistration, duty: DutyDecide, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceCivilRegistration, duty: DutyFirstService, by: [3]Duration{"", "", "14 d"}},
	{service: ServiceWaterSanitation, duty: DutyDecide, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceWaterSanitation, duty: DutyFirstService, by: [3]Duration{"", "", "14 d"}},

	// Duties of a case. Violence by risk: HIGH, MEDIUM, LOW or not assessed; nutrition by the urgency of its finding.
	{duty: DutyScreen, by: [3]Duration{"1 h", "3 wd", "3 wd"}, basis: "siklus penimbangan"},
	{duty: DutyAssess, by: [3]Duration{"14 d", "14 d", "14 d"}},
	{duty: DutyPlan, by: [3]Duration{"7 d", "7 d", "7 d"}},
	{duty: DutyStart, by: [3]Duration{"7 d", "7 d", "7 d"}},
	{duty: DutyFollowUp, by: [3]Duration{"30 d", "30 d", "30 d"}},
	{caseType: DomesticViolence, duty: DutyScreen, by: violenceScreen, basis: "praktik layanan UPTD PPA"},
	{caseType: ChildViolence, duty: DutyScreen, by: violenceScreen, basis: "praktik layanan UPTD PPA"},
	{caseType: WomanViolence, duty: DutyScreen, by: violenceScreen, basis: "praktik layanan UPTD PPA"},
	{caseType: DomesticViolence, duty: DutyAssess, by: violenceStep},
	{caseType: ChildViolence, duty: DutyAssess, by: violenceStep},
	{caseType: WomanViolence, duty: DutyAssess, by: violenceStep},
	{caseType: DomesticViolence, duty: DutyPlan, by: violenceStep},
	{caseType: ChildViolence, duty: DutyPlan, by: violenceStep},
	{caseType: WomanViolence, duty: DutyPlan, by: violenceStep},
	{caseType: DomesticViolence, duty: DutyStart, by: violenceStep},
	{caseType: ChildViolence, duty: DutyStart, by: violenceStep},
	{caseType: WomanViolence, duty: DutyStart, by: violenceStep},
	{caseType: DomesticViolence, duty: DutyFollowUp, by: violenceFollowUp},
	{caseType: ChildViolence, duty: DutyFollowUp, by: violenceFollowUp},
	{caseType: WomanViolence, duty: DutyFollowUp, by: violenceFollowUp},
}

var (
	violenceScreen   = [3]Duration{"1 h", "6 h", "24 h"}
	violenceStep     = [3]Duration{"24 h", "3 wd", "7 wd"}
	violenceFollowUp = [3]Duration{"7 d", "14 d", "30 d"}
	urgencies        = [3]Urgency{Emergency, Urgent, Routine}
)

// DefaultDeadlines are the rows with which an empty database begins.
func DefaultDeadlines() []Deadline {
	var all []Deadline
	for _, r := range defaultRows {
		for i, duration := range r.by {
			if duration == "" {
				continue
			}
			d := Deadline{
				CaseType: r.caseType, Service: r.service, Urgency: urgencies[i], Duty: r.duty,
				Kind: r.kind, Duration: duration, Step: r.step, Basis: r.basis,
			}
			all = append(all, d.completed())
		}
	}
	return all
}

func (d Deadline) completed() Deadline {
	if d.Kind == "" {
		d.Kind = Target
	}
	if d.Step == "" {
		d.Step = d.Duration
	}
	if d.Basis == "" {
		d.Basis = configurable
	}
	return d
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

// Missing names a duty and urgency without a row for any case and service; empty if none is. The server must not start with one.
func (t Deadlines) Missing() string {
	for _, duty := range []DutyName{
		DutyAcknowledge, DutyDecide, DutyFirstService, DutyReview, DutyAttend, DutyRecontact, DutyNote,
		DutyConfirm, DutyReroute, DutyScreen, DutyAssess, DutyPlan, DutyStart, DutyFollowUp,
	} {
		for _, urgency := range urgencies {
			if target, _ := t.Choose(DeadlineKey{Urgency: urgency, Duty: duty, Day: maxDate}); target == nil {
				return string(duty) + " " + string(urgency)
			}
		}
	}
	return ""
}

const maxDate = Date(1<<31 - 1)

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

// Start fixes the four instants of a duty. Law and aim together: the earlier one is due, the law's is shown apart. An EMERGENCY
// never lapses, nor does a duty of a case.
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
	duty.Rule = row.Rule()
	var err error
	if duty.Due, err = calendar.add(duty.Started, row.Duration, 1); err != nil {
		return duty, err
	}
	levels := [...]*time.Time{&duty.Level2, &duty.Level3, &duty.Lapse}
	for i, instant := range levels {
		if *instant, err = calendar.add(duty.Due, row.Step, i+1); err != nil {
			return duty, err
		}
	}
	if duty.Kind != OnLeg || !lapses[duty.Name] || key.Urgency == Emergency && duty.Name != DutyConfirm {
		duty.Lapse = time.Time{}
	}
	return duty, nil
}

// lapses are the duties that a silent unit loses; a client's need never ends by silence.
var lapses = map[DutyName]bool{DutyAcknowledge: true, DutyDecide: true, DutyConfirm: true}

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

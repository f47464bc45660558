package casework_test

import (
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	. "github.com/sinergi-pug/sinergi/domain/casework"
)

var (
	thursday = time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC) // 10:00 WIB
	today    = DateOf(thursday)

	statuses  = []CaseStatus{StatusReported, StatusScreening, StatusAssessment, StatusPlanning, StatusInService, StatusMonitoring, StatusClosed}
	violence  = []CaseType{DomesticViolence, ChildViolence, WomanViolence}
	children  = []CaseType{ChildStunting, ChildNutritionRisk}
	caseTypes = append(append([]CaseType{GrowthMonitoring, FamilyStuntingRisk}, violence...), children...)
	fiveYears = BornOn(today - 60*31)
)

// fileIn is a case as it stands in a status, with what brought it there and every guard's wish fulfilled. Its type is told by KDRT
// UNKNOWN, which passes.
func fileIn(kind CaseType, status CaseStatus) Case {
	c := Case{
		ID: CaseID{3}, Register: UnitID{1}, Unit: UnitID{1}, Subject: PersonID{4}, Type: kind, Status: status, Level: kind.BirthLevel(),
		RiskLevel: RiskMedium, RiskAssessed: thursday.Add(-time.Hour), Consent: ServiceGiven,
	}
	c.Content.Risk = Risk{Level: RiskMedium}
	if status != StatusReported && status != StatusScreening {
		c.Content.AssessmentNote = "asesmen"
	}
	if status == StatusPlanning || status == StatusInService || status == StatusMonitoring {
		c.Content.Plan = plan
	}
	if status == StatusClosed {
		c.Closed, c.Closure = thursday.Add(-time.Hour), ClosureClientRequest
	}
	return c
}

var (
	plan      = Plan{Services: []ReferralServiceType{ServiceLegalAid}, Note: "rencana", Agreed: true}
	otherPlan = Plan{Services: []ReferralServiceType{ServiceMedicalCare}, Note: "rencana", Agreed: true}
	lowTwice  = Assessment{Note: "asesmen", IndexForm: true, ConfirmedOn: today, ConfirmedLow: true, LowBefore: true}
)

// endings are the closures, each with what its guards want.
func endings(c Case) map[string]Ending {
	ending := func(reason ClosureReason, change func(*Ending)) Ending {
		e := Ending{Reason: reason, KDRT: Unknown, Served: true, Birth: fiveYears}
		e.Summary = "ringkasan"
		if change != nil {
			change(&e)
		}
		return e
	}
	leg := Referral{Case: c.ID, State: Reported, Service: ServiceCaseManagement, Outcome: OutcomeFull, ReceiverCase: CaseID{8}}
	same := Case{ID: CaseID{9}, Register: c.Register, Subject: c.Subject, Type: c.Type}
	return map[string]Ending{
		"HANDED_OVER inside": ending(ClosureHandedOver, func(e *Ending) { e.Referral, e.Handover = LegID{7}, &leg }),
		"GOALS_MET":          ending(ClosureGoalsMet, nil),
		"RECOVERED":          ending(ClosureRecovered, func(e *Ending) { e.Recovered = true }),
		"AGED_OUT":           ending(ClosureAgedOut, nil),
		"CLIENT_REQUEST":     ending(ClosureClientRequest, func(e *Ending) { e.SafetyInformationGiven = true }),
		"UNREACHABLE": ending(ClosureUnreachable, func(e *Ending) {
			e.Attempts, e.Channels, e.SafetyChecked = 3, 2, true
		}),
		"MOVED":               ending(ClosureMoved, nil),
		"HANDED_OVER":         ending(ClosureHandedOver, func(e *Ending) { e.ReceivingAuthority = "UPTD PPA Kabupaten Contoh" }),
		"LEGAL_PROCESS_ENDED": ending(ClosureLegalProcessEnded, nil),
		"NOT_SUBSTANTIATED":   ending(ClosureNotSubstantiated, func(e *Ending) { e.Explanation, e.Served = "bukan kasus", false }),
		"DECEASED":            ending(ClosureDeceased, func(e *Ending) { e.DeceasedOn = today }),
		"DUPLICATE":           ending(ClosureDuplicate, func(e *Ending) { e.DuplicateOf, e.Duplicate = CaseID{9}, &same }),
		"ENTERED_IN_ERROR":    ending(ClosureEnteredInError, func(e *Ending) { e.Served = false }),
	}
}

// happen does one event with its arguments on a case.
func happen(c Case, event, arguments string) (next Case, implied bool, err error) {
	switch event {
	case "screen":
		return c.Screen()
	case "assess":
		return c.Assess(Assessment{Note: "asesmen", IndexForm: true, ConfirmedOn: today}, thursday)
	case "plan":
		if arguments == "other" {
			return c.Plan(otherPlan, false)
		}
		return c.Plan(plan, false)
	case "startService":
		start := Start{}
		if arguments == "urgent" {
			start = Start{UrgentReason: "terancam malam ini", EmergencyLeg: true}
		}
		next, _, implied, err = c.StartService(start)
		return next, implied, err
	case "monitor":
		return c.Monitor(true, 0)
	case "resume":
		return c.Resume("masih perlu")
	case "reclassify":
		return c.Reclassify(CaseType(arguments), "salah jenis", lowTwice)
	case "close":
		return c.Close(endings(c)[arguments], thursday)
	case "reopen":
		return c.Reopen("kejadian baru", false)
	case "finding":
		next, changed := c.FindNutritionRisk()
		return next, !changed, nil
	}
	next, due := c.AgeOut(fiveYears, thursday)
	return next, !due, nil
}

type transition struct{ row, answer, who, action string }

type point struct {
	status           CaseStatus
	event, arguments string
	kind             CaseType
}

// transitionOracle reads the table, a point for each status and type that a line names.
func transitionOracle(t *testing.T) map[point]transition {
	file, err := os.Open("testdata/case-transitions.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := map[point]transition{}
	for _, line := range lines[1:] {
		for _, status := range strings.Split(line[1], "|") {
			for _, kind := range typesOf(line[4]) {
				for _, s := range statusesOf(CaseStatus(status)) {
					table[point{s, line[2], line[3], kind}] = transition{line[0], line[5], line[6], line[7]}
				}
			}
		}
	}
	return table
}

func statusesOf(word CaseStatus) []CaseStatus {
	if word == "OPEN" {
		return statuses[:6]
	}
	return []CaseStatus{word}
}

func typesOf(words string) []CaseType {
	var all []CaseType
	for _, word := range strings.Split(words, "|") {
		switch word {
		case "ALL":
			return caseTypes
		case "CASE":
			return caseTypes[1:]
		case "VIOLENCE":
			all = append(all, violence...)
		case "CHILD":
			all = append(all, children...)
		default:
			all = append(all, CaseType(word))
		}
	}
	return all
}

// events of the table with the arguments that it names, and one that it names nowhere.
func eventsOf(table map[point]transition) []point {
	seen := map[point]bool{}
	for p := range table {
		seen[point{event: p.event, arguments: p.arguments}] = true
	}
	for _, kind := range caseTypes {
		seen[point{event: "reclassify", arguments: string(kind)}] = true
	}
	var all []point
	for p := range seen {
		all = append(all, p)
	}
	return all
}

// TestTheCaseMachineIsTheTableOfThePage goes through all (status, event, type).
func TestTheCaseMachineIsTheTableOfThePage(t *testing.T) {
	table := transitionOracle(t)
	for _, e := range eventsOf(table) {
		for _, status := range statuses {
			for _, kind := range caseTypes {
				p := point{status, e.event, e.arguments, kind}
				before := fileIn(kind, status)
				after, implied, err := happen(before, e.event, e.arguments)
				if got, want := answerOf(before, after, implied, err), wanted(table, p); got != want {
					t.Errorf("%s %s (%s, %s): got %s, want %s", e.event, e.arguments, status, kind, got, want)
				}
			}
		}
	}
}

func wanted(table map[point]transition, p point) string {
	row, ok := table[p]
	switch {
	case ok && row.answer == "same":
		return string(p.status)
	case ok:
		return row.answer
	case row.who == "sys" || p.event == "finding" || p.event == "ageOut":
		return "implied" // the system's events happen or do not; nobody is answered
	case p.event == "reclassify" && p.status != StatusClosed && p.arguments == string(p.kind):
		return "implied"
	case p.event == "reclassify" && p.status != StatusClosed:
		return "TYPE_CHANGE"
	case p.event == "close" && p.status != StatusClosed:
		return "reason NOT_FOR_THIS_TYPE"
	case p.event == "close" && p.arguments == "CLIENT_REQUEST":
		return "implied" // the closed file was closed so
	}
	return "CASE_STATE"
}

func answerOf(before, after Case, implied bool, err error) string {
	if fault, ok := errors.AsType[Violations](err); ok {
		return fault[0].Field + " " + fault[0].Reason
	}
	if refused, ok := errors.AsType[*Error](err); ok {
		if after.Status != before.Status || after.Type != before.Type || after.Closed != before.Closed {
			return "refused, and the case changed"
		}
		return refused.Reason
	}
	if implied {
		return "implied"
	}
	return string(after.Status)
}

// actors are callers by role and relation; who tells by which words of the table they may.
var actors = []struct {
	name     string
	role     access.Role
	relation access.Relation
	level    access.Level
	who      []string
}{
	{"an assigned worker", access.Worker, access.Assigned | access.Owner, access.L3, []string{"W"}},
	{"an assigned worker at L1", access.Worker, access.Assigned | access.Owner, access.L1, []string{"W", "W@L1", "A@L1"}},
	{"an assigned supervisor of the parent", access.Supervisor, access.Assigned, access.L3, []string{"W"}},
	{"the supervisor", access.Supervisor, access.Owner, access.L3, []string{"V"}},
	{"the supervisor at L1", access.Supervisor, access.Owner, access.L1, []string{"V"}},
	{"a colleague", access.Worker, access.Owner, access.L3, nil},
	{"a colleague at L1", access.Worker, access.Owner, access.L1, []string{"W@L1"}},
	{"the kader at L1", access.Intake, access.Owner | access.Submitter, access.L1, nil},
	{"the receiver of a leg", access.Worker, access.Receiver | access.Pending, access.L1, nil},
	{"a worker elsewhere", access.Worker, 0, access.L1, nil},
	{"the reviewer", access.Reviewer, 0, access.L1, nil},
	{"the administrator", access.Admin, access.Owner, access.L1, nil},
	{"an app", access.App, access.Submitter, access.L1, nil},
}

// TestWhoMayDoAnEventIsTheTableOfThePage asks Decide for every event of the page, over roles and relations.
func TestWhoMayDoAnEventIsTheTableOfThePage(t *testing.T) {
	table := transitionOracle(t)
	for p, row := range table {
		if row.who == "sys" {
			continue
		}
		action, ok := actionOf(row.action)
		if !ok {
			t.Fatalf("row %s names no action: %q", row.row, row.action)
		}
		for _, actor := range actors {
			facts := access.Facts{
				Active: true, Role: actor.role, Sector: access.Health, Relations: actor.relation, Level: actor.level,
				State: access.Open, MFA: access.MFARecent,
			}
			if p.status == StatusClosed {
				facts.State = access.Closed
			}
			want := slices.ContainsFunc(strings.Split(row.who, "|"), func(w string) bool { return slices.Contains(actor.who, w) })
			got := access.Decide(facts.Doing(action)).Allowed()
			if p.event == "close" && endings(fileIn(p.kind, p.status))[p.arguments].NeedsSupervisor() {
				got = got && actor.role == access.Supervisor && actor.relation&access.Owner != 0
			}
			if got != want {
				t.Errorf("row %s %s %s by %s: got %v, want %v", row.row, p.event, p.arguments, actor.name, got, want)
			}
		}
	}
}

func actionOf(name string) (access.Action, bool) {
	for _, a := range []access.Action{access.CaseTransition, access.CaseClose, access.CaseReopen} {
		if a.String() == name {
			return a, true
		}
	}
	return 0, false
}

// TestFromEveryOpenCasePersonsReachTheEnd walks over everything that persons can bring about, with pairs that contradict the type:
// no case is caught between its guards.
func TestFromEveryOpenCasePersonsReachTheEnd(t *testing.T) {
	table := transitionOracle(t)
	steps := eventsOf(table)
	for _, kind := range caseTypes {
		for _, kdrt := range []YesNo{Yes, No, Unknown} {
			for _, status := range statuses[:6] {
				if !reachesEnd(fileIn(kind, status), kdrt, steps) {
					t.Errorf("%s in %s, KDRT %s, has no way to its end", kind, status, kdrt)
				}
			}
		}
	}
}

func reachesEnd(start Case, kdrt YesNo, steps []point) bool {
	type place struct {
		kind   CaseType
		status CaseStatus
	}
	seen, queue := map[place]bool{}, []Case{start}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		if !c.Open() {
			return true
		}
		if seen[place{c.Type, c.Status}] {
			continue
		}
		seen[place{c.Type, c.Status}] = true
		for _, s := range steps {
			if s.event == "ageOut" || s.event == "finding" {
				continue
			}
			next, _, err := happen(c, s.event, s.arguments)
			if s.event == "close" {
				e := endings(c)[s.arguments]
				e.KDRT = kdrt
				next, _, err = c.Close(e, thursday)
			}
			if err == nil {
				queue = append(queue, next)
			}
		}
	}
	return false
}

// TestWhatACaseAllowsIsWhatItDoes: allowed_actions name an event exactly where the table has it.
func TestWhatACaseAllowsIsWhatItDoes(t *testing.T) {
	table := transitionOracle(t)
	for _, status := range statuses {
		for _, kind := range caseTypes {
			c := fileIn(kind, status)
			for _, event := range []EventName{EventScreen, EventAssess, EventPlan, EventStartService, EventMonitor, EventResume, EventReclassify, EventClose, EventReopenCase} {
				inTable := false
				for p, row := range table {
					inTable = inTable || p.status == status && p.kind == kind && p.event == string(event) && row.answer != "implied"
				}
				if event == EventPlan && status == StatusPlanning {
					inTable = true
				}
				if got := slices.Contains(c.Possible(), event); got != inTable {
					t.Errorf("%s (%s, %s): allowed %v, in the table %v", event, status, kind, got, inTable)
				}
			}
		}
	}
	mistake := fileIn(ChildStunting, StatusClosed)
	mistake.Closure = ClosureEnteredInError
	sealed := fileIn(ChildStunting, StatusClosed)
	sealed.Sealed = true
	for _, c := range []Case{mistake, sealed} {
		if _, _, err := c.Reopen("ternyata ada", false); len(c.Possible()) != 0 || err == nil {
			t.Errorf("a case entered in error, or sealed, is opened again: %v", c.Possible())
		}
	}
}

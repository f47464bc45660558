package casework_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	. "github.com/sinergi-pug/sinergi/domain/casework"
)

// faultOf is what a refusal says: its reason, with what is unmet or the field.
func faultOf(err error) string {
	if v, ok := errors.AsType[Violations](err); ok {
		text := ""
		for i, f := range v {
			if i > 0 {
				text += ", "
			}
			text += f.Field + " " + f.Reason
		}
		return text
	}
	if e, ok := errors.AsType[*Error](err); ok {
		if e.Meta["guard"] != "" {
			return e.Reason + " " + e.Meta["guard"]
		}
		return e.Reason
	}
	return ""
}

// TestEveryGuardAnswersWithItsReason breaks one guard at a time; what was refused has changed nothing.
func TestEveryGuardAnswersWithItsReason(t *testing.T) {
	type does func(Case) (Case, error)
	closing := func(reason string, change func(*Ending)) does {
		return func(c Case) (Case, error) {
			e := endings(c)[reason]
			if change != nil {
				change(&e)
			}
			next, _, err := c.Close(e, thursday)
			return next, err
		}
	}
	planning := func(p Plan, noted bool) does {
		return func(c Case) (Case, error) { next, _, err := c.Plan(p, noted); return next, err }
	}
	starting := func(s Start) does {
		return func(c Case) (Case, error) { next, _, _, err := c.StartService(s); return next, err }
	}
	monitoring := func(served bool, owed int) does {
		return func(c Case) (Case, error) { next, _, err := c.Monitor(served, owed); return next, err }
	}
	reclassifying := func(to CaseType, reason string, a Assessment) does {
		return func(c Case) (Case, error) { next, _, err := c.Reclassify(to, reason, a); return next, err }
	}
	reopening := func(reason string, other bool) does {
		return func(c Case) (Case, error) { next, _, err := c.Reopen(reason, other); return next, err }
	}
	judging := func(r Risk) does { return func(c Case) (Case, error) { return c.JudgeRisk(r, thursday) } }
	asNow := func(*Case) {}
	handedOver := func(change func(*Referral)) does {
		return closing("HANDED_OVER inside", func(e *Ending) { leg := *e.Handover; change(&leg); e.Handover = &leg })
	}
	duplicate := func(change func(*Case)) does {
		return closing("DUPLICATE", func(e *Ending) { same := *e.Duplicate; change(&same); e.Duplicate = &same })
	}
	for _, tt := range []struct {
		name   string
		kind   CaseType
		status CaseStatus
		given  func(*Case)
		do     does
		want   string
	}{
		{"plan without an assessment note", ChildStunting, StatusAssessment, func(c *Case) { c.Content.AssessmentNote = "" }, planning(plan, false), "NOTE_MISSING"},
		{"plan with a note of the kind", ChildStunting, StatusAssessment, func(c *Case) { c.Content.AssessmentNote = "" }, planning(plan, true), ""},
		{"plan for a survivor who was not asked", DomesticViolence, StatusAssessment, func(c *Case) { c.Consent = "" }, planning(plan, true), "CONSENT_MISSING"},
		{"plan for a survivor who refused", DomesticViolence, StatusAssessment, func(c *Case) { c.Consent = ServiceRefused }, planning(plan, true), "CONSENT_MISSING"},
		{"plan for a survivor who took it back", ChildViolence, StatusAssessment, func(c *Case) { c.Consent = ServiceWithdrawn }, planning(plan, true), "CONSENT_MISSING"},
		{"plan for a child needs no such answer", ChildNutritionRisk, StatusAssessment, func(c *Case) { c.Consent = "" }, planning(plan, true), ""},
		{"plan of an unheard service", ChildStunting, StatusAssessment, asNow, planning(Plan{Services: []ReferralServiceType{"HUG"}}, true), "services NOT_A_SERVICE"},
		{"start by a plan without a service", ChildStunting, StatusPlanning, func(c *Case) { c.Content.Plan.Services = nil }, starting(Start{}), "PLAN_MISSING"},
		{"start by a plan to which she did not agree", WomanViolence, StatusPlanning, func(c *Case) { c.Content.Plan.Agreed = false }, starting(Start{}), "PLAN_MISSING"},
		{"a child agrees to nothing", ChildStunting, StatusPlanning, func(c *Case) { c.Content.Plan.Agreed = false }, starting(Start{}), ""},
		{"start before the plan without urgency", DomesticViolence, StatusReported, asNow, starting(Start{}), "CASE_STATE"},
		{"start at once, nothing is urgent", DomesticViolence, StatusReported, asNow, starting(Start{UrgentReason: "malam"}), "NOT_URGENT"},
		{"start at once at HIGH", DomesticViolence, StatusReported, func(c *Case) { c.RiskLevel = RiskHigh }, starting(Start{UrgentReason: "malam"}), ""},
		{"start at once on a finding", ChildNutritionRisk, StatusReported, asNow, starting(Start{UrgentReason: "edema", EmergencyFinding: true}), ""},
		{"start at once on an emergency leg", DomesticViolence, StatusScreening, asNow, starting(Start{UrgentReason: "malam", EmergencyLeg: true}), ""},
		{"monitor whom nobody served", ChildStunting, StatusInService, asNow, monitoring(false, 0), "SERVICE_MISSING"},
		{"monitor with a step owed", ChildStunting, StatusInService, asNow, monitoring(true, 1), "TASKS_OPEN"},
		{"resume without a reason", ChildStunting, StatusMonitoring, asNow, func(c Case) (Case, error) { next, _, err := c.Resume(""); return next, err }, "reason REQUIRED"},
		{"stunting on one low measurement", ChildNutritionRisk, StatusInService, asNow, reclassifying(ChildStunting, "pendek", Assessment{ConfirmedLow: true}), "TYPE_CHANGE"},
		{"stunting by a kader's second measurement", ChildNutritionRisk, StatusInService, asNow, reclassifying(ChildStunting, "pendek", Assessment{LowBefore: true}), "TYPE_CHANGE"},
		{"back from stunting without a reason", ChildStunting, StatusInService, asNow, reclassifying(ChildNutritionRisk, "", lowTwice), "TYPE_CHANGE"},
		{"back to monitoring", ChildNutritionRisk, StatusInService, asNow, reclassifying(GrowthMonitoring, "sembuh", lowTwice), "TYPE_CHANGE"},
		{"a mother into a child", FamilyStuntingRisk, StatusInService, asNow, reclassifying(ChildStunting, "salah", lowTwice), "TYPE_CHANGE"},
		{"across the sides", ChildStunting, StatusInService, asNow, reclassifying(ChildViolence, "salah", lowTwice), "TYPE_CHANGE"},
		{"reopen without a reason", ChildStunting, StatusClosed, asNow, reopening("", false), "reason REQUIRED"},
		{"reopen beside another open case", ChildStunting, StatusClosed, asNow, reopening("datang lagi", true), "CASE_EXISTS"},
		{"reopen what was a mistake", ChildStunting, StatusClosed, func(c *Case) { c.Closure = ClosureEnteredInError }, reopening("ada", false), "CASE_STATE"},
		{"judge a child's danger", ChildStunting, StatusInService, asNow, judging(Risk{Level: RiskLow}), "risk ONLY_VIOLENCE"},
		{"judge nothing", DomesticViolence, StatusInService, asNow, judging(Risk{Level: RiskNotAssessed}), "risk.level REQUIRED"},
		{"judge a weapon as low", DomesticViolence, StatusInService, asNow, judging(Risk{Level: RiskLow, Signs: []RiskSign{SignWeapon}}), "risk.reason REQUIRED"},

		{"close for no reason", ChildStunting, StatusInService, asNow, closing("MOVED", func(e *Ending) { e.Reason = "BORED" }), "reason NOT_A_REASON"},
		{"close without a summary", ChildStunting, StatusInService, asNow, closing("MOVED", func(e *Ending) { e.Summary = "" }), "summary REQUIRED"},
		{"close with an open leg", ChildStunting, StatusInService, asNow, closing("MOVED", func(e *Ending) { e.OpenLegs = 1 }), "OPEN_LEGS"},
		{"close with a report to the police owed", DomesticViolence, StatusInService, asNow, closing("MOVED", func(e *Ending) { e.LegalTasks = 1 }), "TASKS_OPEN"},
		{"close as domestic what is not", DomesticViolence, StatusInService, asNow, closing("MOVED", func(e *Ending) { e.KDRT = No }), "TYPE_MISMATCH"},
		{"close as domestic what may be", DomesticViolence, StatusInService, asNow, closing("MOVED", nil), ""},
		{"close as a child's what is domestic", ChildViolence, StatusInService, asNow, closing("MOVED", func(e *Ending) { e.KDRT = Yes }), "TYPE_MISMATCH"},
		{"close as a woman's what is domestic", WomanViolence, StatusInService, asNow, closing("MOVED", func(e *Ending) { e.KDRT = Yes }), "TYPE_MISMATCH"},
		{"goals met at HIGH", DomesticViolence, StatusMonitoring, func(c *Case) { c.RiskLevel = RiskHigh }, closing("GOALS_MET", nil), "CLOSURE_UNMET RISK"},
		{"goals met, judged 31 days ago", DomesticViolence, StatusMonitoring, func(c *Case) { c.RiskAssessed = thursday.AddDate(0, 0, -31) }, closing("GOALS_MET", nil), "CLOSURE_UNMET RISK"},
		{"goals met, judged 30 days ago", DomesticViolence, StatusMonitoring, func(c *Case) { c.RiskAssessed = thursday.AddDate(0, 0, -30) }, closing("GOALS_MET", nil), ""},
		{"goals met, never judged", DomesticViolence, StatusMonitoring, func(c *Case) { c.RiskAssessed = time.Time{} }, closing("GOALS_MET", nil), "CLOSURE_UNMET RISK"},
		{"goals met of a family at any risk", FamilyStuntingRisk, StatusMonitoring, func(c *Case) { c.RiskLevel = "" }, closing("GOALS_MET", nil), ""},
		{"recovered without two measurements", ChildStunting, StatusMonitoring, asNow, closing("RECOVERED", func(e *Ending) { e.Recovered = false }), "CLOSURE_UNMET RECOVERY"},
		{"five next month", ChildStunting, StatusMonitoring, asNow, closing("AGED_OUT", func(e *Ending) { e.Birth = BornOn(today - 59*30) }), "CLOSURE_UNMET AGE"},
		{"five perhaps", ChildStunting, StatusMonitoring, asNow, closing("AGED_OUT", func(e *Ending) { e.Birth = BornInYear(2021) }), "CLOSURE_UNMET AGE"},
		{"five whichever day", ChildStunting, StatusMonitoring, asNow, closing("AGED_OUT", func(e *Ending) { e.Birth = BornInYear(2019) }), ""},
		{"at her request, without safety information", DomesticViolence, StatusInService, asNow, closing("CLIENT_REQUEST", func(e *Ending) { e.SafetyInformationGiven = false }), "safetyInformationGiven REQUIRED"},
		{"at a mother's request", FamilyStuntingRisk, StatusInService, asNow, closing("CLIENT_REQUEST", func(e *Ending) { e.SafetyInformationGiven = false }), ""},
		{"unreachable after two attempts", ChildStunting, StatusInService, asNow, closing("UNREACHABLE", func(e *Ending) { e.Attempts = 2 }), "CLOSURE_UNMET ATTEMPTS"},
		{"unreachable on one channel", ChildStunting, StatusInService, asNow, closing("UNREACHABLE", func(e *Ending) { e.Channels = 1 }), "CLOSURE_UNMET ATTEMPTS"},
		{"unreachable, her safety unchecked", WomanViolence, StatusInService, asNow, closing("UNREACHABLE", func(e *Ending) { e.SafetyChecked = false }), "safetyChecked REQUIRED"},
		{"handed over to nobody", ChildStunting, StatusInService, asNow, closing("HANDED_OVER", func(e *Ending) { e.ReceivingAuthority = "" }), "HANDOVER_LEG_MISSING"},
		{"handed over twice", ChildStunting, StatusInService, asNow, closing("HANDED_OVER inside", func(e *Ending) { e.ReceivingAuthority = "UPTD" }), "receivingAuthority ONLY_WITHOUT_REFERRAL"},
		{"handed over by an unreported leg", DomesticViolence, StatusInService, asNow, handedOver(func(r *Referral) { r.State = InService }), "HANDOVER_LEG_MISSING"},
		{"handed over by a closed leg", DomesticViolence, StatusInService, asNow, handedOver(func(r *Referral) { r.State = Closed }), "HANDOVER_LEG_MISSING"},
		{"handed over by a leg of another case", DomesticViolence, StatusInService, asNow, handedOver(func(r *Referral) { r.Case = CaseID{99} }), "HANDOVER_LEG_MISSING"},
		{"handed over by another service", DomesticViolence, StatusInService, asNow, handedOver(func(r *Referral) { r.Service = ServiceLegalAid }), "HANDOVER_LEG_MISSING"},
		{"handed over in part", DomesticViolence, StatusInService, asNow, handedOver(func(r *Referral) { r.Outcome = OutcomePartial }), "HANDOVER_LEG_MISSING"},
		{"handed over to who opened no case", DomesticViolence, StatusInService, asNow, handedOver(func(r *Referral) { r.ReceiverCase = CaseID{} }), "HANDOVER_LEG_MISSING"},
		{"process over at HIGH", DomesticViolence, StatusInService, func(c *Case) { c.RiskLevel = RiskHigh }, closing("LEGAL_PROCESS_ENDED", nil), "CLOSURE_UNMET RISK"},
		{"no case, unexplained", ChildStunting, StatusInService, asNow, closing("NOT_SUBSTANTIATED", func(e *Ending) { e.Explanation = "" }), "explanation REQUIRED"},
		{"dead on no day", ChildStunting, StatusInService, asNow, closing("DECEASED", func(e *Ending) { e.DeceasedOn = 0 }), "deceasedOn REQUIRED"},
		{"dead tomorrow", ChildStunting, StatusInService, asNow, closing("DECEASED", func(e *Ending) { e.DeceasedOn = today + 1 }), "deceasedOn IN_FUTURE"},
		{"twice what is not named", ChildStunting, StatusInService, asNow, closing("DUPLICATE", func(e *Ending) { e.DuplicateOf = CaseID{} }), "duplicateOf REQUIRED"},
		{"twice what is not there", ChildStunting, StatusInService, asNow, closing("DUPLICATE", func(e *Ending) { e.Duplicate = nil }), "duplicateOf NOT_SAME_CLIENT"},
		{"twice itself", ChildStunting, StatusInService, asNow, duplicate(func(c *Case) { c.ID = CaseID{3} }), "duplicateOf NOT_SAME_CLIENT"},
		{"twice, of another register", ChildStunting, StatusInService, asNow, duplicate(func(c *Case) { c.Register = UnitID{2} }), "duplicateOf NOT_SAME_CLIENT"},
		{"twice, of another child", ChildStunting, StatusInService, asNow, duplicate(func(c *Case) { c.Subject = PersonID{5} }), "duplicateOf NOT_SAME_CLIENT"},
		{"twice, each violence case has a record of its own", DomesticViolence, StatusInService, asNow, duplicate(func(c *Case) { c.Subject = PersonID{5} }), ""},
		{"a survivor's and a child's", DomesticViolence, StatusInService, asNow, duplicate(func(c *Case) { c.Type = ChildStunting }), "duplicateOf NOT_SAME_CLIENT"},
		{"a mistake that was served", ChildStunting, StatusInService, asNow, closing("ENTERED_IN_ERROR", func(e *Ending) { e.Served = true }), "CLOSURE_UNMET SERVICE_GIVEN"},
		{"all faults at once", DomesticViolence, StatusInService, asNow, closing("CLIENT_REQUEST", func(e *Ending) { e.Summary, e.SafetyInformationGiven = "", false }), "summary REQUIRED, safetyInformationGiven REQUIRED"},
	} {
		before := fileIn(tt.kind, tt.status)
		tt.given(&before)
		after, err := tt.do(before)
		if got := faultOf(err); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if err != nil && !reflect.DeepEqual(before, after) {
			t.Errorf("%s: refused, and the case changed", tt.name)
		}
	}
}

func TestWhatAnUrgentStartLeavesOutStaysOwed(t *testing.T) {
	for status, want := range map[CaseStatus][]TaskLabel{
		StatusReported:   {TaskSkippedScreen, TaskSkippedAssess, TaskSkippedPlan},
		StatusScreening:  {TaskSkippedAssess, TaskSkippedPlan},
		StatusAssessment: {TaskSkippedPlan},
		StatusPlanning:   nil,
	} {
		next, owed, _, err := fileIn(DomesticViolence, status).StartService(Start{UrgentReason: "malam", EmergencyLeg: true})
		if err != nil || !slices.Equal(owed, want) || next.Status != StatusInService || next.Content.UrgentReason != "malam" {
			t.Errorf("%s: %v, want %v: %v", status, owed, want, err)
		}
		for _, label := range owed {
			if !label.IsSkipped() || !label.Duty().Valid() {
				t.Errorf("%s has no duty", label)
			}
		}
	}
	settled := map[TaskLabel]bool{}
	for _, kind := range []NoteKind{NoteNote, NoteService, NoteContactAttempt, NoteSafetyCheck, NoteScreening, NoteAssessment, NotePlan} {
		settled[kind.Settles()] = true
	}
	if len(settled) != 4 || !settled[TaskSkippedScreen] || !settled[TaskSkippedAssess] || !settled[TaskSkippedPlan] || !settled[""] {
		t.Errorf("notes settle %v", settled)
	}
}

// A repetition is implied only with the arguments that it fixes.
func TestAnotherArgumentIsNoRepetition(t *testing.T) {
	assessed := fileIn(DomesticViolence, StatusAssessment)
	for name, answer := range map[string]func() (Case, bool, error){
		"another note": func() (Case, bool, error) {
			return assessed.Assess(Assessment{Note: "lain", IndexForm: true}, thursday)
		},
		"another level": func() (Case, bool, error) {
			return assessed.Assess(Assessment{Note: "asesmen", Risk: Risk{Level: RiskHigh}}, thursday)
		},
		"another urgency":   func() (Case, bool, error) { return happenStart(fileIn(DomesticViolence, StatusInService), "malam") },
		"another closure":   func() (Case, bool, error) { return happen(fileIn(ChildStunting, StatusClosed), "close", "MOVED") },
		"reopened anew":     func() (Case, bool, error) { return fileIn(ChildStunting, StatusScreening).Reopen("datang lagi", false) },
		"resumed otherwise": func() (Case, bool, error) { return fileIn(ChildStunting, StatusInService).Resume("masih perlu") },
	} {
		if _, implied, err := answer(); implied || faultOf(err) != "CASE_STATE" {
			t.Errorf("%s: implied %v, %v", name, implied, err)
		}
	}
	for name, event := range map[string]func(Case) (Case, bool, error){
		"reopen": func(c Case) (Case, bool, error) { return c.Reopen("datang lagi", false) },
		"resume": func(c Case) (Case, bool, error) { return c.Resume("masih perlu") },
	} {
		from := StatusClosed
		if name == "resume" {
			from = StatusMonitoring
		}
		once, _, err := event(fileIn(ChildStunting, from))
		if twice, implied, again := event(once); err != nil || !implied || again != nil || !reflect.DeepEqual(once, twice) {
			t.Errorf("%s said twice: %v %v %v", name, err, implied, again)
		}
	}
	closed, _, _ := happen(fileIn(ChildStunting, StatusMonitoring), "close", "DUPLICATE")
	other := endings(closed)["DUPLICATE"]
	other.DuplicateOf = CaseID{77}
	if _, implied, err := closed.Close(other, thursday); implied || faultOf(err) != "CASE_STATE" {
		t.Errorf("a duplicate of another case: %v %v", implied, err)
	}
}

func happenStart(c Case, reason string) (Case, bool, error) {
	next, _, implied, err := c.StartService(Start{UrgentReason: reason})
	return next, implied, err
}

func TestReopeningClearsTheEnd(t *testing.T) {
	closed, _, err := happen(fileIn(ChildStunting, StatusMonitoring), "close", "RECOVERED")
	if err != nil || closed.Closure != ClosureRecovered || closed.Closed != thursday || closed.Content.Closing.Summary == "" {
		t.Fatalf("%v", err)
	}
	again, _, err := closed.Reopen("datang lagi", false)
	if err != nil || again.Closure != "" || !again.Closed.IsZero() || again.Reopened != 1 || again.Status != StatusScreening {
		t.Errorf("%s %s, reopened %d: %v", again.Status, again.Closure, again.Reopened, err)
	}
	if name, ok := again.Owes(); !ok || name != DutyAssess {
		t.Errorf("it owes %s", name)
	}
}

func TestMonitoringEndsWithTheFifthBirthdayAlone(t *testing.T) {
	child := fileIn(GrowthMonitoring, StatusMonitoring)
	born := func(text string) BirthDate { d, _ := ParseBirthDate(text); return d }
	for text, want := range map[string]bool{"2021-02-19": true, "2021-02-20": false, "2021-02": false, "2021-01": true, "2021": false, "2020": true, "": false} {
		if after, due := child.AgeOut(born(text), thursday); due != want || due && (after.Closure != ClosureAgedOut || after.Open()) {
			t.Errorf("born %q: %v %s", text, due, after.Closure)
		}
	}
}

func TestSupervisorsAloneEndWhatHarmsMost(t *testing.T) {
	c := fileIn(ChildStunting, StatusInService)
	served := endings(c)["NOT_SUBSTANTIATED"]
	served.Served = true
	if !served.NeedsSupervisor() || endings(c)["NOT_SUBSTANTIATED"].NeedsSupervisor() {
		t.Error("that a served client is no case is the supervisor's to say")
	}
	for name, e := range endings(c) {
		if want := name == "HANDED_OVER inside" || name == "ENTERED_IN_ERROR"; e.NeedsSupervisor() != want {
			t.Errorf("%s: %v", name, !want)
		}
		if want := name == "NOT_SUBSTANTIATED" || name == "DUPLICATE" || name == "ENTERED_IN_ERROR"; e.Reason.LeavesStatistics() != want {
			t.Errorf("%s leaves the figures: %v", name, !want)
		}
	}
}

package casework_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/sinergi-pug/sinergi/domain/casework"
)

func TestANoteSaysWhatItsKindNeeds(t *testing.T) {
	for _, tt := range []struct {
		name string
		note Note
		want string
	}{
		{"a text", Note{Kind: NoteNote, Text: "ibu menelepon"}, ""},
		{"nothing", Note{Kind: NoteNote}, "text REQUIRED"},
		{"an unheard kind", Note{Kind: "SONG", Text: "la"}, "kind NOT_A_KIND"},
		{"a service", Note{Kind: NoteService, Service: ServiceMedicalCare, ServedOn: today}, ""},
		{"a service of nothing", Note{Kind: NoteService}, "service REQUIRED, servedOn REQUIRED"},
		{"a service tomorrow", Note{Kind: NoteService, Service: ServiceMedicalCare, ServedOn: today + 1}, "servedOn IN_FUTURE"},
		{"an attempt", Note{Kind: NoteContactAttempt, Channel: ByPhone}, ""},
		{"an attempt nowhere", Note{Kind: NoteContactAttempt}, "channel REQUIRED"},
		{"a check", Note{Kind: NoteSafetyCheck, Text: "aman", Channel: ByPhone}, "channel ONLY_WITH_CONTACT_ATTEMPT"},
		{"a plan that serves", Note{Kind: NotePlan, Text: "rencana", Service: ServiceMedicalCare, ServedOn: today}, "service ONLY_WITH_SERVICE, servedOn ONLY_WITH_SERVICE"},
	} {
		if got := faultOf(tt.note.Check(today)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestANoteIsTheProgressThatWasOwedUnlessNobodyWasMet(t *testing.T) {
	for _, status := range statuses {
		c := fileIn(DomesticViolence, status)
		owes := status == StatusInService || status == StatusMonitoring
		if c.Renews(NoteNote) != owes || c.Renews(NoteService) != owes || c.Renews(NoteContactAttempt) {
			t.Errorf("%s", status)
		}
	}
}

func TestAttemptsCountFromTheOpening(t *testing.T) {
	call := func(channel ContactChannel, ago time.Duration) Note {
		return Note{Kind: NoteContactAttempt, Channel: channel, Recorded: thursday.Add(-ago)}
	}
	notes := []Note{call(ByPhone, 1), call(ByPhone, 2), call(ByVisit, 3), {Kind: NoteNote, Recorded: thursday}, call(ByMessage, 9*time.Hour)}
	if n, channels := Attempts(notes, thursday.Add(-time.Hour)); n != 3 || channels != 2 {
		t.Errorf("%d on %d", n, channels)
	}
}

func TestTheLegalStatusIsTheNewestStepByDate(t *testing.T) {
	step := func(s LegalStatus, on Date, recorded int) LegalStep {
		return LegalStep{Status: s, OccurredOn: on, Recorded: thursday.Add(time.Duration(recorded))}
	}
	for _, tt := range []struct {
		name  string
		steps []LegalStep
		want  LegalStatus
	}{
		{"none", nil, LegalNone},
		{"recorded out of order", []LegalStep{step(LegalTrial, 90, 1), step(LegalReportedToPolice, 80, 2)}, LegalTrial},
		{"of one day the last told", []LegalStep{step(LegalInvestigation, 90, 2), step(LegalReportedToPolice, 90, 1)}, LegalInvestigation},
		{"taken back, and it says so", []LegalStep{step(LegalReportedToPolice, 80, 1), step(LegalWithdrawn, 90, 2)}, LegalWithdrawn},
		{"any order", []LegalStep{step(LegalVerdict, 80, 1), step(LegalInvestigation, 90, 2)}, LegalInvestigation},
	} {
		if got := LegalStatusOf(tt.steps); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	for want, s := range map[string]LegalStep{
		"":                     step(LegalTrial, today, 0),
		"status NOT_A_STEP":    step(LegalNone, today, 0),
		"occurredOn REQUIRED":  step(LegalTrial, 0, 0),
		"occurredOn IN_FUTURE": step(LegalTrial, today+1, 0),
	} {
		if got := faultOf(s.Check(today)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTheClientsAnswerIsKeptAsItWasGiven(t *testing.T) {
	c := fileIn(DomesticViolence, StatusScreening)
	c.Consent = ""
	yes := ServiceConsent{Answer: ServiceGiven, By: GiverSelf, GivenOn: today}
	next, _, err := c.RecordConsent(yes, false, today)
	if err != nil || next.Consent != ServiceGiven || next.Content.Consent != yes {
		t.Fatalf("%s %v", next.Consent, err)
	}
	if _, implied, err := next.RecordConsent(yes, false, today); !implied || err != nil {
		t.Errorf("said twice: %v %v", implied, err)
	}
	back, _, err := next.RecordConsent(ServiceConsent{Answer: ServiceWithdrawn, By: GiverSelf, GivenOn: today}, false, today)
	if err != nil || back.Consent != ServiceWithdrawn {
		t.Errorf("taken back: %s %v", back.Consent, err)
	}
	for want, s := range map[string]ServiceConsent{
		"answer NOT_AN_ANSWER":          {Answer: "PERHAPS", By: GiverSelf, GivenOn: today},
		"by REQUIRED, givenOn REQUIRED": {Answer: ServiceRefused},
		"givenOn IN_FUTURE":             {Answer: ServiceGiven, By: GiverSelf, GivenOn: today + 1},
		"":                              {Answer: ServiceNotAsked},
	} {
		if _, _, err := c.RecordConsent(s, false, today); faultOf(err) != want {
			t.Errorf("got %q, want %q", faultOf(err), want)
		}
	}
	if _, _, err := c.RecordConsent(ServiceConsent{Answer: ServiceGiven, By: GiverGuardian, GivenOn: today}, true, today); faultOf(err) != "by GIVER_IS_ACCUSED" {
		t.Errorf("an accused guardian answers: %v", err)
	}
	if _, _, err := fileIn(DomesticViolence, StatusClosed).RecordConsent(yes, false, today); faultOf(err) != "CASE_STATE" {
		t.Errorf("a closed case: %v", err)
	}
}

func TestTheLawMakesItsTasks(t *testing.T) {
	sexual, physical := []ViolenceForm{FormPhysical, FormSexual}, []ViolenceForm{FormPhysical}
	for _, tt := range []struct {
		name  string
		kind  CaseType
		unit  UnitType
		forms []ViolenceForm
		child bool
		want  []TaskLabel
	}{
		{"sexual violence at the protection unit", DomesticViolence, UnitPPAServiceUnit, sexual, false, []TaskLabel{TaskPoliceReport}},
		{"at the social office", WomanViolence, UnitSocialOffice, sexual, false, []TaskLabel{TaskPoliceReport}},
		{"at the community's provider", WomanViolence, UnitNGOLegalAid, sexual, false, []TaskLabel{TaskPoliceReport}},
		{"at the police itself", WomanViolence, UnitPolicePPA, sexual, false, nil},
		{"at the puskesmas, of a woman", WomanViolence, UnitHealthCenter, sexual, false, nil},
		{"no sexual violence", DomesticViolence, UnitPPAServiceUnit, physical, false, nil},
		{"a beaten child at the puskesmas", ChildViolence, UnitHealthCenter, physical, true, []TaskLabel{TaskChildAbuseReport}},
		{"a child at the protection unit", ChildViolence, UnitPPAServiceUnit, sexual, true, []TaskLabel{TaskPoliceReport}},
		{"a nutrition case", ChildStunting, UnitHealthCenter, sexual, true, nil},
	} {
		if got := TasksOnIncident(tt.kind, tt.unit, tt.forms, tt.child); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestATaskEndsOnceAndNotWithoutAWord(t *testing.T) {
	open := Task{ID: ID{1}, Label: TaskPoliceReport, State: TaskOpen}
	done, _, err := open.End(TaskDone, "", thursday)
	if err != nil || done.State != TaskDone || done.Ended != thursday {
		t.Fatalf("%s %v", done.State, err)
	}
	if _, implied, err := done.End(TaskDone, "", thursday); !implied || err != nil {
		t.Errorf("done twice: %v %v", implied, err)
	}
	for want, f := range map[string]func() error{
		"TASK_STATE":       func() error { _, _, err := done.End(TaskNotDue, "tidak jadi", thursday); return err },
		"reason REQUIRED":  func() error { _, _, err := open.End(TaskNotDue, "", thursday); return err },
		"state NOT_AN_END": func() error { _, _, err := open.End(TaskOpen, "", thursday); return err },
	} {
		if got := faultOf(f()); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	not, _, err := open.End(TaskNotDue, "delik aduan, korban menolak", thursday)
	if err != nil || not.State != TaskNotDue || not.Content.Reason == "" {
		t.Errorf("%s %v", not.State, err)
	}
}

func TestDangerIsJudgedAgainAsLongAsTheCaseGoesOn(t *testing.T) {
	judged, err := fileIn(DomesticViolence, StatusInService).JudgeRisk(Risk{Level: RiskHigh, Signs: []RiskSign{SignWeapon}}, thursday)
	if err != nil || judged.RiskLevel != RiskHigh || judged.RiskAssessed != thursday || !judged.OwesRiskReview() {
		t.Errorf("%s %v", judged.RiskLevel, err)
	}
	never := fileIn(DomesticViolence, StatusInService)
	never.RiskAssessed = time.Time{}
	if never.OwesRiskReview() || fileIn(DomesticViolence, StatusClosed).OwesRiskReview() || fileIn(ChildStunting, StatusInService).OwesRiskReview() {
		t.Error("nothing is judged again that was not judged, is over or is no danger")
	}
}

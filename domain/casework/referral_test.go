package casework

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestAnOpenLegOwesOneThingAndAFinalOneNothing(t *testing.T) {
	now := sentAt.Add(time.Hour)
	want := map[ReferralState]Owed{
		Sent:         {Name: DutyAcknowledge, ByReceiver: true, Start: sentAt},
		Acknowledged: {Name: DutyDecide, ByReceiver: true, Start: sentAt},
		NeedsInfo:    {Name: DutyAnswer, Start: now},
		Accepted:     {Name: DutyFirstService, ByReceiver: true, Start: sentAt},
		InService:    {Name: DutyNote, ByReceiver: true, Start: now},
		Reported:     {Name: DutyConfirm, Start: now},
		Declined:     {Name: DutyReroute, Start: now},
	}
	for _, state := range legStates {
		got, ok := legIn(state).Owes(Earlier{}, now)
		if ok == state.IsFinal() || got != want[state] {
			t.Errorf("Owes(%s): got %v %v, want %v", state, got, ok, want[state])
		}
	}
}

func TestAfterAnAnswerTheReceiversTimeCountsFromIt(t *testing.T) {
	asked, answered := sentAt.Add(time.Hour), sentAt.Add(30*time.Hour)
	leg, _, err := legIn(Sent).RequestInfo([]InfoQuestion{AskNeed}, asked)
	if err != nil {
		t.Fatal(err)
	}
	if leg, _, err = leg.ProvideInfo(answersTo(leg.Questions, ""), false, answered); err != nil {
		t.Fatal(err)
	}
	if owed, _ := leg.Owes(Earlier{}, answered); owed.Name != DutyDecide || owed.Start != answered {
		t.Errorf("after the answer: %v, want DECIDE from it", owed)
	}
	accepted, _, err := leg.Accept(Acceptance{Officer: officer, OfficerAble: true, BasisValid: true}, answered.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if owed, _ := accepted.Owes(Earlier{}, answered.Add(time.Hour)); owed.Name != DutyFirstService || owed.Start != answered {
		t.Errorf("after the accept: %v, want FIRST_SERVICE from the answer", owed)
	}
	again, _, err := leg.RequestInfo([]InfoQuestion{AskArea}, answered.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if !again.Answered.IsZero() || len(again.Request.Answers) != 0 || again.InfoRounds != 2 {
		t.Errorf("a new round keeps the last answer: %v, round %d", again.Request.Answers, again.InfoRounds)
	}
	if len(leg.Request.Answers) != 1 {
		t.Error("the leg before the round lost its answer too")
	}
}

func TestReopeningClearsTheReportAndStartsAnew(t *testing.T) {
	at := sentAt.Add(200 * time.Hour)
	leg := legIn(Reported)
	leg.Outcome, leg.OutcomeReason, leg.Unmet = OutcomePartial, BecauseMoved, []ReferralServiceType{ServiceLegalAid}
	leg.Report.Summary, leg.Recorder = "pindah sementara", other
	next, _, err := leg.Reopen("klien sudah kembali", at)
	if err != nil {
		t.Fatal(err)
	}
	want := leg
	want.State, want.Reopens, want.Reopened, want.Request.ReopenReason = InService, 1, at, "klien sudah kembali"
	want.Outcome, want.OutcomeReason, want.Unmet, want.Report.Summary = "", "", nil, ""
	want.Reported, want.Recorder = time.Time{}, AccountID{}
	if !reflect.DeepEqual(next, want) {
		t.Errorf("reopened leg differs from what it should be: state %s", next.State)
	}
	never := legIn(Accepted)
	if never, _, err = never.ReportOutcome(Reporting{Outcome: OutcomeNone, Reason: BecauseMoved}, at); err != nil {
		t.Fatal(err)
	}
	if never, _, err = never.Reopen("klien sudah kembali", at); err != nil {
		t.Fatal(err)
	}
	if owed, _ := never.Owes(Earlier{}, at); never.State != Accepted || owed.Name != DutyFirstService || owed.Start != at {
		t.Errorf("never served and reopened: %s owes %v, want FIRST_SERVICE from the reopening", never.State, owed)
	}
}

func TestALegAfterAnotherWaitsForIt(t *testing.T) {
	accepted := sentAt.Add(10 * time.Hour)
	served, early := sentAt.Add(5*24*time.Hour), sentAt.Add(-time.Hour)
	for _, tt := range []struct {
		name    string
		earlier Earlier
		want    Owed
	}{
		{"no earlier leg", Earlier{}, Owed{Name: DutyFirstService, ByReceiver: true, Start: sentAt}},
		{"not served yet", Earlier{Waited: true}, Owed{Name: DutyFirstService, ByReceiver: true, Start: accepted, Waiting: true}},
		{"served", Earlier{Waited: true, Served: served}, Owed{Name: DutyFirstService, ByReceiver: true, Start: served}},
		{"served and over", Earlier{Waited: true, Served: served, Ended: served.Add(time.Hour)}, Owed{Name: DutyFirstService, ByReceiver: true, Start: served}},
		{"ended unserved", Earlier{Waited: true, Ended: served}, Owed{Name: DutyFirstService, ByReceiver: true, Start: served}},
		{"served before this one was sent", Earlier{Waited: true, Served: early}, Owed{Name: DutyFirstService, ByReceiver: true, Start: sentAt}},
	} {
		if got, _ := legIn(Accepted).Owes(tt.earlier, accepted); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	if got, _ := legIn(Acknowledged).Owes(Earlier{Waited: true}, accepted); got.Waiting || got.Start != sentAt {
		t.Errorf("DECIDE waits too: %v", got)
	}
	if waits := StartWaiting(Duty{Name: DutyFirstService, Started: accepted}, Routine); !waits.Waits() || (Duty{Rule: "ANY/ANY/ROUTINE/FIRST_SERVICE/TARGET"}).Waits() {
		t.Errorf("a duty that waits is not told from one that does not: %q", waits.Rule)
	}
}

func TestProgressRenewsTheDutyButAnAttemptDoesNot(t *testing.T) {
	now := sentAt.Add(time.Hour)
	appointment := now.Add(72 * time.Hour)
	for kind, want := range map[ProgressKind]Owed{
		ProgressContactAttempt: {},
		ProgressWaitlisted:     {Name: DutyReview, ByReceiver: true, Start: now},
		ProgressScheduled:      {Name: DutyAttend, ByReceiver: true, Start: appointment},
		ProgressNoShow:         {Name: DutyRecontact, ByReceiver: true, Start: now},
		ProgressServed:         {Name: DutyNote, ByReceiver: true, Start: now},
		ProgressNote:           {Name: DutyNote, ByReceiver: true, Start: now},
	} {
		got, renewed := legIn(Accepted).OwesAfter(Progress{Kind: kind, Appointment: appointment}, now)
		if got != want || renewed != (want != Owed{}) {
			t.Errorf("OwesAfter(%s): got %v %v, want %v", kind, got, renewed, want)
		}
	}
}

func TestProgressShowsWhatTheClientWaitsFor(t *testing.T) {
	now := sentAt.Add(time.Hour)
	leg := legIn(Accepted)
	for _, step := range []struct {
		kind        ProgressKind
		expected    Date
		appointment bool
		noShows     int
	}{
		{ProgressWaitlisted, DateOf(now) + 9, false, 0},
		{ProgressScheduled, 0, true, 0},
		{ProgressContactAttempt, 0, true, 0},
		{ProgressNoShow, 0, false, 1},
		{ProgressScheduled, 0, true, 1},
		{ProgressServed, 0, false, 1},
	} {
		ahead := anHour
		if step.kind == ProgressNoShow {
			ahead = -anHour
		}
		if step.kind == ProgressServed {
			ahead = 0
		}
		var err error
		if leg, _, err = recording(step.kind, ahead)(leg, now); err != nil {
			t.Fatal(err)
		}
		if leg.ExpectedOn != step.expected || leg.Appointment.IsZero() == step.appointment || leg.NoShows != step.noShows {
			t.Errorf("after %s: expected %v, appointment %v, no-shows %d", step.kind, leg.ExpectedOn, leg.Appointment, leg.NoShows)
		}
	}
}

// The next leg: what is the chain's stays, what belongs to one receiver does not.
func TestForwardingHandsOnTheChainAndNothingElse(t *testing.T) {
	now := sentAt.Add(100 * time.Hour)
	leg := legIn(Accepted)
	leg.Hop, leg.InfoRounds, leg.Questions, leg.After, leg.FiledBy = 1, 1, []InfoQuestion{AskNeed}, LegID{3}, AccountID{9}
	leg.Request = LegRequest{Question: "berapa lama?", OverrideReason: "satu-satunya yang buka malam", Answers: answersTo(leg.Questions, "ya")}
	f := Forwarding{
		ID: LegID{8}, Number: "R-2", Receiver: second, ReceiverRegister: second, Disclosure: DisclosureID{5}, Run: []UnitID{first},
		Known: Filing{CaseOpen: true, BasisValid: true, ReceiverAble: true, OffersService: true, CoversArea: true},
	}
	ended, next, change, err := leg.Forward(f, ByReceiver, now)
	if err != nil {
		t.Fatal(err)
	}
	want := Referral{
		ID: LegID{8}, Number: "R-2", Root: leg.Root, Previous: leg.ID, After: LegID{3}, Hop: 2, ForwardedBy: first, FiledBy: AccountID{9},
		Sender: sender, SenderRegister: sender, Receiver: second, ReceiverRegister: second, Service: leg.Service, Urgency: leg.Urgency,
		State: Sent, Sent: now, Disclosure: DisclosureID{5}, Request: LegRequest{Question: "berapa lama?"},
	}
	if !reflect.DeepEqual(next, want) {
		t.Error("the next leg is not what the page says")
	}
	if ended.State != Forwarded || ended.Ended != now || change != (Change{Event: EventForward, Before: Accepted}) {
		t.Errorf("the leg ended as %s at %v by %v", ended.State, ended.Ended, change)
	}
	declined := legIn(Declined)
	declined.Hop = 3
	f.Question = "ada dokter anak?"
	if _, next, _, err = declined.Forward(f, BySender, now); err != nil || next.Hop != 0 || next.ForwardedBy != (UnitID{}) || next.Request.Question != f.Question {
		t.Errorf("re-routed: hop %d, error %v", next.Hop, err)
	}
}

// An expired basis keeps nobody from saying no, asking or telling the end.
func TestAnExpiredBasisStopsNoAnswer(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	unable := Acceptance{Officer: officer, OfficerAble: true}
	if _, _, err := legIn(Sent).Accept(unable, now); answerOf(Referral{}, Change{}, err) != "BASIS_MISSING" {
		t.Errorf("accept without a basis: %v", err)
	}
	for _, tt := range []struct {
		event     EventName
		arguments string
		from      ReferralState
	}{
		{EventAcknowledge, "", Sent},
		{EventRequestInfo, "", Sent},
		{EventDecline, "SAFETY", Accepted},
		{EventReportOutcome, "FULL", InService},
		{EventReportOutcome, "NONE", Accepted},
	} {
		a, _ := actOf(tt.event, tt.arguments) // none of these even has a place to say that the basis is in force
		if _, _, err := a.do(legIn(tt.from), now); err != nil {
			t.Errorf("%s: %v", tt.event, err)
		}
	}
}

func TestAnOverseerMovesTheDutyOfALegThatNobodyTook(t *testing.T) {
	for _, state := range legStates {
		leg, change, err := legIn(state).Reassign(other, true, ByOverseer)
		if err != nil {
			continue
		}
		took := state == Accepted || state == InService
		if change.Implied || (leg.Officer == other) != took {
			t.Errorf("%s: officer taken %v, want %v", state, leg.Officer == other, took)
		}
	}
}

func TestServedKeepsTheFirstDay(t *testing.T) {
	now := sentAt.Add(96 * time.Hour)
	leg := legIn(Accepted)
	for _, daysAgo := range []Date{1, 2, 0} {
		var err error
		p := Progress{Kind: ProgressServed, ServedOn: DateOf(now) - daysAgo}
		if leg, _, err = leg.RecordProgress(p, Serving{BasisValid: true, Began: sentAt}, now); err != nil {
			t.Fatal(err)
		}
	}
	if want := DateOf(now) - 2; leg.ServedOn != want {
		t.Errorf("first service %v, want %v", leg.ServedOn, want)
	}
}

func TestAllFaultsOfAReportComeTogether(t *testing.T) {
	_, _, err := legIn(InService).ReportOutcome(Reporting{Outcome: OutcomePartial, Reason: "BORED"}, sentAt)
	if got := fieldsOf(err); got != "reason unmetServices" {
		t.Errorf("faults of %q, want reason and unmetServices", got)
	}
}

func TestAllFaultsOfAnAnswerComeTogether(t *testing.T) {
	answers := []InfoAnswer{{Question: AskNeed, Reply: "MAYBE"}, {Question: AskNeed, Reply: Yes}, {Question: AskSafety, Reply: No}}
	_, _, err := legIn(NeedsInfo).ProvideInfo(answers, true, sentAt)
	if got, want := fieldsOf(err), "answers[0].reply answers[1].question answers[2].question answers"; got != want {
		t.Errorf("faults of %q, want %q", got, want)
	}
}

func fieldsOf(err error) string {
	faults, _ := errors.AsType[Violations](err)
	var fields []string
	for _, f := range faults {
		fields = append(fields, f.Field)
	}
	return strings.Join(fields, " ")
}

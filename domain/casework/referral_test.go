package casework

import (
	"encoding/csv"
	"errors"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// sentAt is a Thursday, 10:00 WIB.
var sentAt = time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC)

var legStates = []ReferralState{Sent, Acknowledged, NeedsInfo, Accepted, InService, Reported, Declined, Forwarded, Closed, Cancelled}

var (
	officer = AccountID{1}
	other   = AccountID{2}
)

// legIn is a leg as it stands in a state, with what brought it there: FORWARDED was declined before, CANCELLED was never read.
func legIn(state ReferralState) Referral {
	r := Referral{ID: LegID{7}, State: state, Sent: sentAt, Urgency: Routine, Service: ServiceNutritionTreatment}
	at := sentAt.Add(time.Hour)
	if state != Sent && state != Cancelled {
		r.Acknowledged = at
	}
	switch state {
	case Accepted, InService, Reported, Closed:
		r.Accepted, r.Officer = at, officer
	case Declined, Forwarded:
		r.DeclineReason = DeclineNoCapacity
	case Cancelled:
		r.CancelReason = CancelDuplicate
	}
	if state == InService || state == Reported || state == Closed {
		r.ServedOn = DateOf(at)
	}
	if state == Reported || state == Closed {
		r.Outcome, r.Reported = OutcomeFull, at
	}
	if state.IsFinal() {
		r.Ended = at
	}
	return r
}

// act is one event with one set of arguments. The first one of an event is valid wherever the table has the event.
type act struct {
	event     EventName
	arguments string
	do        func(r Referral, now time.Time) (Referral, Change, error)
}

func accepting(a Acceptance) func(Referral, time.Time) (Referral, Change, error) {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.Accept(a, now) }
}

func declining(reason DeclineReason) func(Referral, time.Time) (Referral, Change, error) {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.Decline(reason, UnitID{}, now) }
}

func cancelling(reason CancelReason) func(Referral, time.Time) (Referral, Change, error) {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.Cancel(reason, now) }
}

func reporting(o Reporting) func(Referral, time.Time) (Referral, Change, error) {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.ReportOutcome(o, now) }
}

// recording makes the entry of the moment of the act: ahead and past are relative to it.
func recording(kind ProgressKind, ahead time.Duration) func(Referral, time.Time) (Referral, Change, error) {
	return func(r Referral, now time.Time) (Referral, Change, error) {
		p := Progress{Kind: kind, Channel: ByPhone, ExpectedOn: DateOf(now) + 9}
		p.Appointment = now.Add(ahead)
		p.ServedOn = DateOf(now.Add(ahead))
		return r.RecordProgress(p, now)
	}
}

func confirming(leg LegID, reason string, change func(*Referral)) func(Referral, time.Time) (Referral, Change, error) {
	return func(r Referral, now time.Time) (Referral, Change, error) {
		change(&r)
		return r.Confirm(leg, reason, now)
	}
}

func nothing(*Referral) {}

func partial(r *Referral) { r.Outcome, r.OutcomeReason = OutcomePartial, BecauseServiceUnavailable }

const anHour = time.Hour

var acts = []act{
	{EventAcknowledge, "", func(r Referral, now time.Time) (Referral, Change, error) { return r.Acknowledge(now) }},
	{EventAccept, "other officer", accepting(Acceptance{Officer: other, OfficerAble: true, BasisValid: true})},
	{EventAccept, "same officer", accepting(Acceptance{Officer: officer, OfficerAble: true, BasisValid: true})},
	{EventAccept, "no basis", accepting(Acceptance{Officer: other, OfficerAble: true})},
	{EventAccept, "unable officer", accepting(Acceptance{Officer: other, BasisValid: true})},
	{EventDecline, "SAFETY", declining(DeclineSafety)},
	{EventDecline, "NO_CAPACITY", declining(DeclineNoCapacity)},
	{EventDecline, "NO_RESPONSE", declining(DeclineNoResponse)},
	{EventDecline, "", declining("")},
	{EventRecordProgress, "SERVED", recording(ProgressServed, 0)},
	{EventRecordProgress, "SERVED tomorrow", recording(ProgressServed, 24*anHour)},
	{EventRecordProgress, "CONTACT_ATTEMPT", recording(ProgressContactAttempt, 0)},
	{EventRecordProgress, "WAITLISTED", recording(ProgressWaitlisted, 0)},
	{EventRecordProgress, "SCHEDULED", recording(ProgressScheduled, anHour)},
	{EventRecordProgress, "SCHEDULED past", recording(ProgressScheduled, -anHour)},
	{EventRecordProgress, "NO_SHOW", recording(ProgressNoShow, -anHour)},
	{EventRecordProgress, "NO_SHOW ahead", recording(ProgressNoShow, anHour)},
	{EventRecordProgress, "NOTE", recording(ProgressNote, 0)},
	{EventRecordProgress, "unheard", recording("SEEN", 0)},
	{EventReportOutcome, "FULL", reporting(Reporting{Outcome: OutcomeFull})},
	{EventReportOutcome, "PARTIAL", reporting(Reporting{Outcome: OutcomePartial, Reason: BecauseMoved, Unmet: []ReferralServiceType{ServiceLegalAid}})},
	{EventReportOutcome, "PARTIAL nothing unmet", reporting(Reporting{Outcome: OutcomePartial, Reason: BecauseMoved})},
	{EventReportOutcome, "PARTIAL no reason", reporting(Reporting{Outcome: OutcomePartial, Unmet: []ReferralServiceType{ServiceLegalAid}})},
	{EventReportOutcome, "PARTIAL unreachable", reporting(Reporting{Outcome: OutcomePartial, Reason: BecauseClientUnreachable, Unmet: []ReferralServiceType{ServiceLegalAid}})},
	{EventReportOutcome, "NONE", reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientDeclined})},
	{EventReportOutcome, "NONE no reason", reporting(Reporting{Outcome: OutcomeNone})},
	{EventReportOutcome, "NONE unreachable 3 on 2", reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientUnreachable, Attempts: 3, Channels: 2})},
	{EventReportOutcome, "NONE unreachable 2 on 2", reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientUnreachable, Attempts: 2, Channels: 2})},
	{EventReportOutcome, "NONE unreachable 3 on 1", reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientUnreachable, Attempts: 3, Channels: 1})},
	{EventReportOutcome, "unheard", reporting(Reporting{Outcome: "DONE", Reason: BecauseMoved})},
	{EventConfirm, "", confirming(LegID{}, "", nothing)},
	{EventConfirm, "after PARTIAL", confirming(LegID{}, "", partial)},
	{EventConfirm, "after PARTIAL blank reason", confirming(LegID{}, " \n", partial)},
	{EventConfirm, "after PARTIAL with leg", confirming(LegID{9}, "", partial)},
	{EventConfirm, "after PARTIAL with reason", confirming(LegID{}, "klien menunda", partial)},
	{EventConfirm, "unconfirmed", confirming(LegID{}, "", func(r *Referral) { r.Unconfirmed = true })},
	{EventCancel, "CLIENT_REQUEST", cancelling(CancelClientRequest)},
	{EventCancel, "DUPLICATE", cancelling(CancelDuplicate)},
	{EventCancel, "CONSENT_WITHDRAWN", cancelling(CancelConsentWithdrawn)},
	{EventCancel, "", cancelling("")},
}

func actOf(event EventName, arguments string) (act, bool) {
	i := slices.IndexFunc(acts, func(a act) bool { return a.event == event && a.arguments == arguments })
	if i < 0 {
		return act{}, false
	}
	return acts[i], true
}

// answerOf is what an act did, in the word of the oracle.
func answerOf(r Referral, c Change, err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	switch {
	case err != nil:
		return err.Error()
	case c.Implied:
		return "implied"
	}
	return string(r.State)
}

func readOracle(t *testing.T) [][]string {
	t.Helper()
	f, err := os.Open("testdata/referral-transitions.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestTheMachineAnswersAsThePageSays(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	seen := map[[2]string]bool{}
	for _, row := range readOracle(t) {
		state, event, arguments, want := ReferralState(row[0]), EventName(row[1]), row[2], row[3]
		seen[[2]string{row[0], row[1]}] = true
		a, ok := actOf(event, arguments)
		if !ok {
			t.Fatalf("%s %q: the test knows no such act", event, arguments)
		}
		before := legIn(state)
		after, change, err := a.do(before, now)
		if got := answerOf(after, change, err); got != want {
			t.Errorf("%s(%s) %s: got %s, want %s", event, state, arguments, got, want)
		}
		if err == nil && !change.Implied && (change.Event != event || change.Before != state) {
			t.Errorf("%s(%s): the change says %s from %s", event, state, change.Event, change.Before)
		}
		if refusal, ok := errors.AsType[*Error](err); ok && refusal.Reason == "REFERRAL_STATE" && refusal.Meta["state"] != row[0] {
			t.Errorf("%s(%s): the refusal names state %q", event, state, refusal.Meta["state"])
		}
	}
	for _, state := range legStates {
		for _, row := range transitions {
			if !seen[[2]string{string(state), string(row.event)}] {
				t.Errorf("the oracle says nothing of %s in %s", row.event, state)
			}
		}
	}
}

// What a refusal or an implied event gives back must be the leg as it was: the caller may store it.
func TestARefusedEventChangesNothing(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	for _, state := range legStates {
		for _, a := range acts {
			if a.event == EventConfirm {
				continue // its acts change the leg first
			}
			before := legIn(state)
			after, change, err := a.do(before, now)
			if (err != nil || change.Implied) && !reflect.DeepEqual(before, after) {
				t.Errorf("%s(%s) %s was refused and changed the leg", a.event, state, a.arguments)
			}
		}
	}
}

func TestPossibleEventsAreExact(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	for _, state := range legStates {
		possible := legIn(state).Possible()
		for _, row := range transitions {
			works := false
			for _, a := range acts {
				_, change, err := a.do(legIn(state), now)
				works = works || a.event == row.event && err == nil && !change.Implied
			}
			if listed := slices.Contains(possible, row.event); listed != works {
				t.Errorf("%s in %s: listed %v, some arguments work %v", row.event, state, listed, works)
			}
		}
	}
}

func TestAnOpenLegOwesOneThingAndAFinalOneNothing(t *testing.T) {
	now := sentAt.Add(time.Hour)
	want := map[ReferralState]Owed{
		Sent:         {DutyAcknowledge, true, sentAt},
		Acknowledged: {DutyDecide, true, sentAt},
		Accepted:     {DutyFirstService, true, sentAt},
		InService:    {DutyNote, true, now},
		Reported:     {DutyConfirm, false, now},
		Declined:     {DutyReroute, false, now},
	}
	for _, state := range legStates {
		if state == NeedsInfo {
			continue // no event of the straight path leads there
		}
		got, ok := legIn(state).Owes(now)
		if ok == state.IsFinal() || got != want[state] {
			t.Errorf("Owes(%s): got %v %v, want %v", state, got, ok, want[state])
		}
	}
}

func TestProgressRenewsTheDutyButAnAttemptDoesNot(t *testing.T) {
	now := sentAt.Add(time.Hour)
	appointment := now.Add(72 * time.Hour)
	for kind, want := range map[ProgressKind]Owed{
		ProgressContactAttempt: {},
		ProgressWaitlisted:     {DutyReview, true, now},
		ProgressScheduled:      {DutyAttend, true, appointment},
		ProgressNoShow:         {DutyRecontact, true, now},
		ProgressServed:         {DutyNote, true, now},
		ProgressNote:           {DutyNote, true, now},
	} {
		got, renewed := legIn(Accepted).OwesAfter(Progress{Kind: kind, Appointment: appointment}, now)
		if got != want || renewed != (want != Owed{}) {
			t.Errorf("OwesAfter(%s): got %v %v, want %v", kind, got, renewed, want)
		}
	}
}

// Histories of random events by random hands: whatever comes, the invariants of referral.md 12 hold.
func TestRandomHistoriesKeepThePromise(t *testing.T) {
	seed := rand.Uint64()
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	dice := rand.New(rand.NewPCG(seed, 0))
	reached := map[ReferralState]int{}
	for range 1000 {
		leg, now := legIn(Sent), sentAt
		for range 40 {
			now = now.Add(time.Duration(dice.Int64N(int64(72 * time.Hour))))
			before := leg
			after, change, err := acts[dice.IntN(len(acts))].do(leg, now)
			if err != nil || change.Implied {
				after = before
			}
			checkStep(t, before, after)
			leg = after
			reached[leg.State]++
		}
		if t.Failed() {
			return
		}
	}
	for _, state := range []ReferralState{Sent, Acknowledged, Accepted, InService, Reported, Declined, Closed, Cancelled} {
		if reached[state] == 0 {
			t.Errorf("no history reached %s", state)
		}
	}
}

func checkStep(t *testing.T, before, after Referral) {
	t.Helper()
	final := after.State.IsFinal()
	if _, owes := after.Owes(sentAt); owes == final {
		t.Errorf("%s owes something: %v", after.State, owes)
	}
	if after.Ended.IsZero() == final {
		t.Errorf("%s ended at %v", after.State, after.Ended)
	}
	if before.State.IsFinal() && !reflect.DeepEqual(before, after) {
		t.Errorf("a final leg changed from %s to %s", before.State, after.State)
	}
	if after.State == Closed && (after.Outcome == "" || after.Reported.IsZero()) {
		t.Error("CLOSED without an outcome by the receiver")
	}
	if after.State == InService && after.ServedOn == 0 {
		t.Error("IN_SERVICE without a day of service")
	}
	if after.State == Declined && after.Acknowledged.IsZero() {
		t.Error("DECLINED by nobody who has seen it")
	}
	if after.State == Accepted && (after.Officer == AccountID{} || after.Acknowledged.IsZero()) {
		t.Error("ACCEPTED without an officer who has seen it")
	}
}

func TestEachStateButForwardedCanStillEnd(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	for _, state := range legStates {
		seen, queue := map[ReferralState]bool{}, []Referral{legIn(state)}
		ends := false
		for len(queue) > 0 && !ends {
			leg := queue[0]
			queue = queue[1:]
			ends = leg.State.IsFinal()
			if seen[leg.State] {
				continue
			}
			seen[leg.State] = true
			for _, a := range acts {
				if next, change, err := a.do(leg, now); err == nil && !change.Implied {
					queue = append(queue, next)
				}
			}
		}
		if !ends {
			t.Errorf("%s: no way out", state)
		}
	}
}

func TestServedKeepsTheFirstDay(t *testing.T) {
	now := sentAt.Add(96 * time.Hour)
	leg := legIn(Accepted)
	for _, daysAgo := range []Date{1, 2, 0} {
		var err error
		if leg, _, err = leg.RecordProgress(Progress{Kind: ProgressServed, ServedOn: DateOf(now) - daysAgo}, now); err != nil {
			t.Fatal(err)
		}
	}
	if want := DateOf(now) - 2; leg.ServedOn != want {
		t.Errorf("first service %v, want %v", leg.ServedOn, want)
	}
}

func TestAllFaultsOfAReportComeTogether(t *testing.T) {
	_, _, err := legIn(InService).ReportOutcome(Reporting{Outcome: OutcomePartial, Reason: "BORED"}, sentAt)
	faults, _ := errors.AsType[Violations](err)
	var fields []string
	for _, f := range faults {
		fields = append(fields, f.Field)
	}
	if got := strings.Join(fields, " "); got != "reason unmetServices" {
		t.Errorf("faults of %q, want reason and unmetServices", got)
	}
}

package casework

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// rowsOf are the rows of the page's table, a line for each state that they start from; `file`, which starts from none, apart.
type row struct {
	from     ReferralState
	event    EventName
	valid    string // arguments of the act that the row is about
	to       ReferralState
	who      []string
	breaking map[string][]string // reason: arguments of acts that break the guard
}

func (r row) by() Party {
	switch r.who[0][:1] {
	case "R":
		return ByReceiver
	case "O":
		return ByOverseer
	}
	if r.who[0] == "SYS" {
		return ByServer
	}
	return BySender
}

func rowsOf(t *testing.T) []row {
	t.Helper()
	var rows []row
	for _, line := range readTable(t, "referral-rows.csv") {
		event, arguments, _ := strings.Cut(line[2], " ")
		for _, from := range strings.Fields(line[1]) {
			r := row{from: ReferralState(from), event: EventName(event), valid: arguments, to: ReferralState(line[3]), who: strings.Fields(line[4])}
			if line[3] == "same" {
				r.to = r.from
			}
			r.breaking = map[string][]string{}
			for guard := range strings.SplitSeq(line[5], "|") {
				if reason, act, ok := strings.Cut(guard, "="); ok {
					r.breaking[reason] = append(r.breaking[reason], act)
				}
			}
			rows = append(rows, r)
		}
	}
	return rows
}

var parties = []Party{ByReceiver, BySender, ByOverseer, ByServer}

func TestEveryRowOfThePageDoesWhatItSays(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	for _, row := range rowsOf(t) {
		a, ok := actOf(row.event, row.valid)
		if !ok {
			t.Fatalf("%s %q: the test knows no such act", row.event, row.valid)
		}
		if got, _, err := a.do(legIn(row.from), now); err != nil || got.State != row.to {
			t.Errorf("%s %s (%s): got %s %v, want %s", row.event, row.valid, row.from, got.State, err, row.to)
		}
		for reason, breaking := range row.breaking {
			for _, arguments := range breaking {
				a, ok := actOf(row.event, arguments)
				if got := answerOf(a.do(legIn(row.from), now)); !ok || got != reason {
					t.Errorf("%s %s (%s): got %s, want %s", row.event, arguments, row.from, got, reason)
				}
			}
		}
	}
}

// Whatever the page has no row for is refused with the state, or implied; allowed_actions are the rows, for each party its own.
func TestNothingButTheRowsOfThePageIsPossible(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	rows := rowsOf(t)
	for _, state := range legStates {
		for _, by := range parties {
			var want []EventName
			for _, r := range rows {
				if r.from == state && r.by() == by && !slices.Contains(want, r.event) {
					want = append(want, r.event)
				}
			}
			if got := legIn(state).Possible(by); !sameSet(got, want) {
				t.Errorf("Possible(%s, %d): got %v, want %v", state, by, got, want)
			}
			for _, a := range acts {
				if a.by != by || slices.Contains(want, a.event) {
					continue
				}
				if got := answerOf(a.do(legIn(state), now)); got != "REFERRAL_STATE" && got != "implied" {
					t.Errorf("%s %s (%s): got %s, want a refusal", a.event, a.arguments, state, got)
				}
			}
		}
	}
}

func TestTheMachineAnswersAsThePageSays(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	seen := map[[2]string]bool{}
	for _, row := range readTable(t, "referral-transitions.csv") {
		state, event, arguments, want := ReferralState(row[0]), EventName(row[1]), row[2], row[3]
		seen[[2]string{row[0], row[1]}] = true
		a, ok := actOf(event, arguments)
		if !ok {
			t.Fatalf("%s %q: the test knows no such act", event, arguments)
		}
		after, change, err := a.do(legIn(state), now)
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
		for _, m := range moves {
			if !seen[[2]string{string(state), string(m.event)}] {
				t.Errorf("the oracle says nothing of %s in %s", m.event, state)
			}
		}
	}
}

// What a refusal or an implied event gives back must be the leg as it was: the caller may store it.
func TestARefusedEventChangesNothing(t *testing.T) {
	now := sentAt.Add(48 * time.Hour)
	for _, state := range legStates {
		for _, a := range acts {
			before := legIn(state)
			after, change, err := a.do(before, now)
			if (err != nil || change.Implied) && after.State != before.State {
				t.Errorf("%s(%s) %s was refused and changed the leg", a.event, state, a.arguments)
			}
			if a.event == EventConfirm || strings.Contains(a.arguments, "same again") || a.event == EventReopen || a.event == EventLapse || a.event == EventForward {
				continue // these acts prepare the leg first
			}
			if (err != nil || change.Implied) && a.arguments != "third round" && !reflect.DeepEqual(before, after) {
				t.Errorf("%s(%s) %s was refused and changed the leg", a.event, state, a.arguments)
			}
		}
	}
}

// A limit that is reached takes its event out of what is offered, and only it.
func TestALimitReachedIsNotOffered(t *testing.T) {
	for _, tt := range []struct {
		state ReferralState
		by    Party
		event EventName
		reach func(*Referral)
	}{
		{Sent, ByReceiver, EventRequestInfo, func(r *Referral) { r.InfoRounds = 2 }},
		{Acknowledged, ByReceiver, EventRequestInfo, func(r *Referral) { r.InfoRounds = 2 }},
		{Accepted, ByReceiver, EventForward, func(r *Referral) { r.Hop = 3 }},
		{Reported, BySender, EventReopen, func(r *Referral) { r.Reopens = 2 }},
	} {
		leg := legIn(tt.state)
		before := leg.Possible(tt.by)
		tt.reach(&leg)
		want := slices.DeleteFunc(before, func(e EventName) bool { return e == tt.event })
		if got := leg.Possible(tt.by); !slices.Equal(got, want) {
			t.Errorf("%s at its limit: offered %v, want %v", tt.event, got, want)
		}
	}
	spent := legIn(Declined)
	spent.Hop = 3
	if !slices.Contains(spent.Possible(BySender), EventForward) {
		t.Error("three hops hold the receivers, and must not hold the sender: it chooses afresh")
	}
}

package casework

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// chain is a referral as people speak of it: its legs, and what its return unit and receivers did, in a world of few units. It is
// moved by the machine alone, as a server would: the newest leg is the one that lives.
type chain struct {
	legs  []Referral
	owed  Owed
	basis bool // the disclosure is in force
	log   []entry
}

// entry is one line of the journal: enough to do it again.
type entry struct {
	leg   int
	event EventName
	by    Party
	now   time.Time
	do    func(*chain, int, time.Time) (Change, error)
}

var places = []UnitID{{11}, {12}, {13}, {14}, {15}, {16}}

func newChain() *chain {
	c := &chain{basis: true, legs: []Referral{legIn(Sent)}}
	c.owed, _ = c.legs[0].Owes(Earlier{}, sentAt)
	return c
}

func (c *chain) last() *Referral { return &c.legs[len(c.legs)-1] }

// on makes of a transition of one leg one of the chain.
func on(do transition) func(*chain, int, time.Time) (Change, error) {
	return func(c *chain, leg int, now time.Time) (Change, error) {
		next, change, err := do(c.legs[leg], now)
		if err == nil {
			c.legs[leg] = next
		}
		return change, err
	}
}

// forward sends the client on to a place, with what the chain knows of it.
func forward(to UnitID, by Party, reason string) func(*chain, int, time.Time) (Change, error) {
	return func(c *chain, leg int, now time.Time) (Change, error) {
		f := Forwarding{
			ID: LegID{7, byte(len(c.legs))}, Receiver: to, ReceiverRegister: to, OverrideReason: reason,
			Known: Filing{CaseOpen: true, BasisValid: c.basis, ReceiverAble: true, OffersService: true, CoversArea: true},
		}
		for i := leg; i >= 0; i-- {
			f.Run = append(f.Run, c.legs[i].ReceiverRegister)
			if c.legs[i].Hop == 0 {
				break
			}
		}
		for _, l := range c.legs {
			f.DeclinedBefore = f.DeclinedBefore || l.Receiver == to && l.DeclineReason != ""
			if l.Previous == c.legs[leg].ID {
				f.Next = l.Receiver
			}
		}
		ended, next, change, err := c.legs[leg].Forward(f, by, now)
		if err == nil && !change.Implied {
			c.legs[leg] = ended
			c.legs = append(c.legs, next)
		}
		return change, err
	}
}

// step does one event and takes it down. What is refused or implied leaves no trace in the chain.
func (c *chain) step(e entry) (Change, error) {
	change, err := e.do(c, e.leg, e.now)
	if err != nil || change.Implied {
		return change, err
	}
	c.log = append(c.log, e)
	if owed, ok := c.last().Owes(Earlier{}, e.now); ok {
		c.owed = owed
	} else {
		c.owed = Owed{}
	}
	return change, nil
}

// drawn is an event by somebody at random, most often on the leg that lives.
func drawn(t *rapid.T, c *chain, now time.Time) entry {
	e := entry{leg: len(c.legs) - 1, now: now}
	if rapid.IntRange(0, 9).Draw(t, "late") == 0 {
		e.leg = rapid.IntRange(0, len(c.legs)-1).Draw(t, "leg")
	}
	if rapid.IntRange(0, 4).Draw(t, "forward") == 0 {
		e.event, e.by = EventForward, rapid.SampledFrom([]Party{ByReceiver, BySender}).Draw(t, "by")
		reason := rapid.SampledFrom([]string{"", "dokter anak sudah kembali bertugas"}).Draw(t, "reason")
		e.do = forward(rapid.SampledFrom(places).Draw(t, "to"), e.by, reason)
		return e
	}
	a := rapid.SampledFrom(apt(t, c.legs[e.leg])).Draw(t, "act")
	e.event, e.by, e.do = a.event, a.by, on(a.do)
	return e
}

// apt are the acts of which one is drawn: half of the times those that fit the leg's state, or few histories would come to an end.
func apt(t *rapid.T, leg Referral) []act {
	fit := slices.DeleteFunc(slices.Clone(historic), func(a act) bool { return !slices.Contains(leg.Possible(a.by), a.event) })
	if len(fit) == 0 || rapid.Bool().Draw(t, "any") {
		return historic
	}
	return fit
}

// historic are the acts that change nothing before they act, of every kind: good, refused and implied ones.
var historic = slices.DeleteFunc(slices.Clone(acts), func(a act) bool {
	return a.event == EventForward || a.event == EventConfirm && (strings.HasPrefix(a.arguments, "after") || a.arguments == "unconfirmed") ||
		a.event == EventReopen && a.arguments != "served" && a.arguments != "no reason" ||
		strings.Contains(a.arguments, "same again") || a.arguments == "third round" || a.arguments == "emergency"
})

// histories says how many are played: a thousand of up to 40 events in CI, a million by hand (.ci/run long referral).
func histories(t *testing.T, ci, promised int) {
	t.Helper()
	n := ci
	if os.Getenv("LONG_ROW") == "referral" {
		n = promised
	}
	if err := flag.Set("rapid.checks", fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
}

// Invariants 1 to 3, 5 to 8, 10 and 15 of referral.md 12: whatever comes, in whatever order, from whomever.
func TestReferralHistoriesKeepThePromise(t *testing.T) {
	rows := rowsOf(t)
	reached := map[ReferralState]int{}
	histories(t, 1000, 1_000_000)
	rapid.Check(t, func(t *rapid.T) {
		c, now := newChain(), sentAt
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			c.basis = rapid.IntRange(0, 9).Draw(t, "basis") > 0
			e := drawn(t, c, now)
			before := slices.Clone(c.legs)
			change, err := c.step(e)
			checkStep(t, rows, before, c, e, change, err)
			reached[c.last().State]++
		}
		checkReplay(t, c)
	})
	for _, state := range legStates {
		if state != Forwarded && reached[state] == 0 { // a forwarded leg is never the last
			t.Errorf("no history reached %s", state)
		}
	}
}

func checkStep(t *rapid.T, rows []row, before []Referral, c *chain, e entry, change Change, err error) {
	old := before[e.leg]
	listed := slices.Contains(old.Possible(e.by), e.event)
	answer := answerOf(c.legs[e.leg], change, err)
	switch {
	case err != nil || change.Implied: // 3: a refused event changes nothing
		if !reflect.DeepEqual(before, c.legs) {
			t.Fatalf("%s (%s) answered %s and changed the chain", e.event, old.State, answer)
		}
		if !listed && answer != "implied" && answer != "REFERRAL_STATE" && !atLimit(old, e) { // 5
			t.Fatalf("%s (%s) is not offered and answered %s", e.event, old.State, answer)
		}
		return
	case !listed: // 5
		t.Fatalf("%s (%s) is not offered and took effect", e.event, old.State)
	}
	if !slices.ContainsFunc(rows, func(r row) bool { // 3: only by the rows
		return r.event == e.event && r.from == old.State && r.by() == e.by && r.to == c.legs[e.leg].State
	}) {
		t.Fatalf("%s from %s to %s is no row", e.event, old.State, c.legs[e.leg].State)
	}
	for i := range before { // 15: a final leg never changes
		if before[i].State.IsFinal() && !reflect.DeepEqual(before[i], c.legs[i]) {
			t.Fatalf("leg %d was %s and changed", i, before[i].State)
		}
	}
	checkChain(t, c)
}

// atLimit tells whether the event is refused for its limit, which has a reason of its own.
func atLimit(r Referral, e entry) bool {
	return e.event == EventRequestInfo && r.InfoRounds == 2 || e.event == EventReopen && r.Reopens == 2 || e.event == EventForward && r.Hop == 3
}

// accountable says who owes in which state, as section 2 of the page prints it.
var accountable = map[ReferralState]Owed{
	Sent: {Name: DutyAcknowledge, ByReceiver: true}, Acknowledged: {Name: DutyDecide, ByReceiver: true}, NeedsInfo: {Name: DutyAnswer},
	Accepted: {Name: DutyFirstService, ByReceiver: true}, InService: {Name: DutyNote, ByReceiver: true},
	Reported: {Name: DutyConfirm}, Declined: {Name: DutyReroute},
}

func checkChain(t *rapid.T, c *chain) {
	open := 0
	run := map[UnitID]bool{}
	for i, leg := range c.legs {
		checkLeg(t, leg)
		if !leg.State.IsFinal() {
			open++
		}
		if leg.Hop == 0 { // 7: a run begins where the sender chose
			clear(run)
		}
		if leg.Hop > 3 || run[leg.ReceiverRegister] || leg.ReceiverRegister == leg.SenderRegister {
			t.Fatalf("leg %d: hop %d to %v goes in a circle", i, leg.Hop, leg.Receiver)
		}
		run[leg.ReceiverRegister] = true
		if i > 0 && (leg.Previous != c.legs[i-1].ID || leg.Root != c.legs[0].ID || leg.Sender != sender) {
			t.Fatalf("leg %d is not of the chain", i)
		}
	}
	last := c.last().State
	if open > 1 || open == 0 && last != Closed && last != Cancelled { // 6
		t.Fatalf("%d open legs, the last one %s", open, last)
	}
	want := accountable[last] // 1, 2: open owes one thing of one unit; final owes nothing
	if c.owed.Name != want.Name || c.owed.ByReceiver != want.ByReceiver || c.owed.Start.IsZero() != (want.Name == "") {
		t.Fatalf("%s owes %v, want %v", last, c.owed, want)
	}
}

func checkLeg(t *rapid.T, leg Referral) {
	for fault, is := range map[string]bool{
		"ends without an end":               leg.State.IsFinal() == leg.Ended.IsZero(),
		"CLOSED without an outcome":         leg.State == Closed && (leg.Outcome == "" || leg.Reported.IsZero()), // 8
		"IN_SERVICE without a service":      leg.State == InService && leg.ServedOn == 0,
		"DECLINED without a reason":         leg.State == Declined && leg.DeclineReason == "",
		"ACCEPTED without an officer":       leg.State == Accepted && leg.Officer == AccountID{} && leg.Report.OfficerName == "",
		"accepted and never read":           !leg.Accepted.IsZero() && leg.Acknowledged.IsZero(),
		"reported and not served, but FULL": leg.State == Reported && leg.Outcome == OutcomeFull && leg.ServedOn == 0,
		"more rounds than allowed":          leg.InfoRounds > 2 || leg.Reopens > 2,
		"asks without a question":           leg.State == NeedsInfo && len(leg.Questions) == 0,
		"answers an earlier round":          leg.State == NeedsInfo && len(leg.Request.Answers) > 0,
	} {
		if is {
			t.Fatalf("%s: %s", leg.State, fault)
		}
	}
}

// 15: what was taken down makes the same chain again.
func checkReplay(t *rapid.T, c *chain) {
	again := newChain()
	again.basis = true
	for _, e := range c.log {
		if _, err := again.step(e); err != nil {
			t.Fatalf("replay of %s: %v", e.event, err)
		}
	}
	if !reflect.DeepEqual(again.legs, c.legs) {
		t.Fatalf("replayed to %s, was %s", again.last().State, c.last().State)
	}
}

// Invariant 13: level and overdue follow from the instants and the moment alone, and never fall while the duty lasts.
func TestTheLevelOfAReferralOnlyRises(t *testing.T) {
	histories(t, 1000, 1_000_000)
	rapid.Check(t, func(t *rapid.T) {
		hours := func(name string, until int) time.Duration {
			return time.Duration(rapid.IntRange(1, until).Draw(t, name)) * time.Hour
		}
		duty := Duty{Started: sentAt}
		duty.Due = sentAt.Add(hours("due", 500))
		duty.Level2 = duty.Due.Add(hours("level2", 500))
		duty.Level3 = duty.Level2.Add(hours("level3", 500))
		level, now := 0, sentAt
		for range 20 {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "later")) * time.Hour)
			got := duty.Level(now)
			if got < level || got != duty.Level(now) || duty.Overdue(now) != (got > 0) || got > 0 != duty.Due.Before(now) {
				t.Fatalf("level %d after %d at %v", got, level, now.Sub(duty.Due))
			}
			level = got
		}
		if duty.Level(duty.Due) != 0 || duty.Level(duty.Due.Add(time.Microsecond)) != 1 {
			t.Fatal("at exactly the due time a leg is not overdue")
		}
	})
}

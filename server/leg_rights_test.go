package server

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// somebody is a person by what access knows of her, and by the words with which the oracle of the leg machine names her.
type somebody struct {
	name      string
	role      access.Role
	relations access.Relation
	cond      access.Cond
	is        func(level string) []string // of the oracle's `who`, at a level
}

// recorder marks who wrote down the outcome of a receiver by letter: a bit that access has no name for.
const recorder = access.Cond(1) << 63

func always(words ...string) func(string) []string { return func(string) []string { return words } }

var everybody = []somebody{
	{"worker of the return unit, assigned", access.Worker, access.Assigned | access.Owner, 0, always("S", "assigned")},
	{"who recorded the outcome by letter", access.Worker, access.Assigned | access.Owner, recorder, always("S", "assigned", "recorder")},
	{"supervisor of the return unit", access.Supervisor, access.Owner, 0, always("S", "assigned")},
	{"worker of the return unit, not assigned", access.Worker, access.Owner, 0, func(level string) []string {
		if level == "L1" {
			return []string{"S"}
		}
		return nil
	}},
	{"intake who filed", access.Intake, access.Owner | access.Submitter, access.Filed30d, func(level string) []string { return []string{"SUBMITTER.I@" + level} }},
	{"intake of the return unit", access.Intake, access.Owner, 0, always()},
	{"worker of the receiver", access.Worker, access.Pending, 0, always("R.W")},
	{"supervisor of the receiver", access.Supervisor, access.Pending, 0, always("R.V")},
	{"intake of the receiver", access.Intake, access.Pending, 0, func(level string) []string { return []string{"R.I@" + level} }},
	{"officer of the leg, a worker", access.Worker, access.Pending | access.Receiver, 0, always("R.W", "RO")},
	{"officer of the leg, a supervisor", access.Supervisor, access.Pending | access.Receiver, 0, always("R.V", "RO")},
	{"supervisor above, of a late leg", access.Supervisor, access.Overseer, 0, always("O.V")},
	{"worker above, of a late leg", access.Worker, access.Overseer, 0, always("O.W")},
	{"supervisor of the receiver that is above the return unit too", access.Supervisor, access.Pending | access.Overseer, 0, always("R.V", "O.V")},
	{"reviewer", access.Reviewer, 0, access.ReviewPending, always()},
	{"nobody", access.Worker, 0, 0, always()},
}

// fileIn is a leg in a state as somebody meets it. A leg that is over has no officer and no pending receiver any more.
func fileIn(state casework.ReferralState, who somebody, level access.Level, letter bool) store.LegFile {
	f := store.LegFile{Leg: casework.Referral{State: state}, ByLetter: letter}
	f.Facts = access.Facts{
		Active: true, Role: who.role, Sector: access.Health, Relations: who.relations, Level: level, State: access.Open, MFA: access.MFARecent,
		Basis: access.Consent, Scope: identityScope, Cond: who.cond | access.NotRecorder,
	}
	if who.cond&recorder != 0 {
		f.Facts.Cond &^= recorder | access.NotRecorder
	}
	if letter {
		f.Facts.Cond |= access.LetterUnit
		f.Facts.Relations &^= access.Pending | access.Receiver // it has no accounts
	}
	if state.IsFinal() || state == casework.Declined {
		f.Facts.Cond |= access.LegOver
		if f.Facts.Relations&(access.Pending|access.Receiver) != 0 {
			f.Facts.Relations &^= access.Pending | access.Receiver
			f.Facts.Relations |= access.Former
		}
	}
	return f
}

type oracleRow struct {
	from  []string
	event string
	who   []string
}

func legOracle(t *testing.T) []oracleRow {
	t.Helper()
	file, err := os.Open("../domain/casework/testdata/referral-rows.csv")
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
	var rows []oracleRow
	for _, line := range lines[1:] {
		event, _, _ := strings.Cut(line[2], " ")
		rows = append(rows, oracleRow{strings.Fields(line[1]), event, strings.Fields(line[4])})
	}
	return rows
}

// may tells whether the oracle lets somebody send an event from a state. By letter the receiver's events are recorded by the return
// unit, all but those that name accounts of it.
func (r oracleRow) may(who []string, letter bool) bool {
	if r.event == "confirm" && slices.Contains(who, "recorder") {
		return false
	}
	for _, word := range r.who {
		switch receivers := strings.HasPrefix(word, "R"); {
		case !letter && slices.Contains(who, word), letter && !receivers && slices.Contains(who, word):
			return true
		case letter && receivers && r.event != "forward" && r.event != "reassign" && slices.Contains(who, "assigned"):
			return true
		}
	}
	return false
}

// Invariants 5 and 16 of referral.md 12: what each person is offered in each state, at each level, of receivers with accounts and
// without, is what the page's table says, and what is offered is allowed.
func TestEverybodyIsOfferedWhatTheTableOfReferralsSays(t *testing.T) {
	t.Parallel()
	rows := legOracle(t)
	states := []casework.ReferralState{
		casework.Sent, casework.Acknowledged, casework.NeedsInfo, casework.Accepted, casework.InService, casework.Reported, casework.Declined,
		casework.Forwarded, casework.Closed, casework.Cancelled,
	}
	asked := 0
	for _, state := range states {
		for _, who := range everybody {
			for level, name := range map[access.Level]string{access.L1: "L1", access.L2: "L2", access.L3: "L3"} {
				for _, letter := range []bool{false, true} {
					var want []string
					for _, r := range rows {
						if slices.Contains(r.from, string(state)) && r.may(who.is(name), letter) && !slices.Contains(want, r.event) {
							want = append(want, r.event)
						}
					}
					f := fileIn(state, who, level, letter)
					got := legActions(&f)
					slices.Sort(want)
					slices.Sort(got)
					asked++
					if !slices.Equal(got, want) {
						t.Errorf("%s, %s, %s, by letter %v: offered %v, want %v", state, who.name, name, letter, got, want)
					}
					checkOffered(t, f, got)
				}
			}
		}
	}
	if asked != len(states)*len(everybody)*6 {
		t.Errorf("asked %d times", asked)
	}
}

// checkOffered: what is offered is allowed, by a party that has the event in this state.
func checkOffered(t *testing.T, f store.LegFile, offered []string) {
	t.Helper()
	f.Facts.Cond |= access.HasReason
	for _, r := range legRights {
		act, way := decideLeg(&f, r.event)
		has := slices.Contains(f.Leg.Possible(way.by), r.event)
		if slices.Contains(offered, string(r.event)) != (act.Allowed() && has) {
			t.Errorf("%s (%s): offered %v, decided %s by party %d", r.event, f.Leg.State, offered, act.Outcome, way.by)
		}
	}
}

// An overseer's act needs a written reason; without one it is refused, and says so to who sees the leg.
func TestAnOverseerGivesAReason(t *testing.T) {
	t.Parallel()
	f := fileIn(casework.Sent, somebody{role: access.Supervisor, relations: access.Overseer}, access.L3, false)
	for _, event := range []casework.EventName{casework.EventRemind, casework.EventReassign} {
		if d, _ := decideLeg(&f, event); d.Outcome != access.Denied {
			t.Errorf("%s without a reason: %s", event, d.Outcome)
		}
	}
}

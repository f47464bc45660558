package server

import (
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// legRight is one way to an event on a leg: from which party it then comes, and by which action of the access table.
type legRight struct {
	by      casework.Party
	action  access.Action
	without access.Relation // relations of another party that rows of the action would take too
	letter  bool            // said by a receiver without accounts, recorded by the return unit
}

// heard is the other way to what a receiver does: the return unit writes down what it heard.
var heard = legRight{by: casework.ByReceiver, action: access.ReferralRecordFor, letter: true}

type waysToEvent struct {
	event casework.EventName
	ways  []legRight
}

// legRights are the events of a leg in the order in which a screen shows them, each with the ways to it; the first that is open
// counts.
var legRights = []waysToEvent{
	{casework.EventAcknowledge, []legRight{{by: casework.ByReceiver, action: access.ReferralAcknowledge}, heard}},
	{casework.EventRequestInfo, []legRight{{by: casework.ByReceiver, action: access.ReferralRequestInfo}, heard}},
	{casework.EventProvideInfo, []legRight{{by: casework.BySender, action: access.ReferralProvideInfo}}},
	{casework.EventAccept, []legRight{{by: casework.ByReceiver, action: access.ReferralAccept}, heard}},
	{casework.EventDecline, []legRight{{by: casework.ByReceiver, action: access.ReferralDecline}, heard}},
	// A receiver by letter declines and names the unit: the sender, who writes it down, chooses as well.
	{casework.EventForward, []legRight{
		{by: casework.ByReceiver, action: access.ReferralSend, without: access.Assigned | access.Owner},
		{by: casework.BySender, action: access.ReferralFollow},
	}},
	{casework.EventRecordProgress, []legRight{{by: casework.ByReceiver, action: access.ReferralWork}, heard}},
	{casework.EventReportOutcome, []legRight{{by: casework.ByReceiver, action: access.ReferralReport}, heard}},
	{casework.EventConfirm, []legRight{{by: casework.BySender, action: access.ReferralConfirm}}},
	{casework.EventReopen, []legRight{{by: casework.BySender, action: access.ReferralFollow}}},
	{casework.EventCancel, []legRight{{by: casework.BySender, action: access.ReferralFollow}}},
	{casework.EventReassign, []legRight{
		{by: casework.ByReceiver, action: access.ReferralReassign, without: access.Overseer},
		{by: casework.ByOverseer, action: access.ReferralReassign, without: access.Pending},
	}},
	{casework.EventRemind, []legRight{{by: casework.ByOverseer, action: access.ReferralRemind}}},
}

func waysTo(event casework.EventName) []legRight {
	i := slices.IndexFunc(legRights, func(r waysToEvent) bool { return r.event == event })
	return legRights[i].ways
}

// legActions are the events of the table from this state that the caller may send. What an overseer must give a reason for is
// listed: the reason comes with the act.
func legActions(f *store.LegFile) []string {
	var possible [casework.ByServer][]casework.EventName // once a party: a list asks for each of its rows
	for by := casework.ByReceiver; by < casework.ByServer; by++ {
		possible[by] = f.Leg.Possible(by)
	}
	var actions []string
	for _, r := range legRights {
		if slices.ContainsFunc(r.ways, func(way legRight) bool {
			return slices.Contains(possible[way.by], r.event) && way.decide(f, r.event, access.HasReason).Allowed()
		}) {
			actions = append(actions, string(r.event))
		}
	}
	return actions
}

// decideLeg decides an event, and by which way it comes: of those that are open the one that the table has from this state. If none
// is open, the answer is the one that says most of what the caller may know.
func decideLeg(f *store.LegFile, event casework.EventName) (access.Decision, legRight) {
	ways := waysTo(event)
	act, way := ways[0].decide(f, event, 0), ways[0]
	for _, other := range ways[1:] {
		d := other.decide(f, event, 0)
		better := rank(d) > rank(act) || d.Allowed() && !slices.Contains(f.Leg.Possible(way.by), event)
		if better {
			act, way = d, other
		}
	}
	return act, way
}

// rank orders outcomes: a second factor is asked of who would be allowed, a denial tells only who sees the leg.
func rank(d access.Decision) int {
	return slices.Index([]access.Outcome{access.NotFound, access.Denied, access.StepUp, access.Allow}, d.Outcome)
}

// decide asks the table. It lets any worker of the receiver decline; once an officer has the leg it is the officer's to give back
// (design: referral 3, row 6), so a colleague is decided there as if the leg waited for nobody.
func (way legRight) decide(f *store.LegFile, event casework.EventName, come access.Cond) access.Decision {
	facts := f.Facts
	facts.Cond |= come
	facts.Relations &^= way.without
	if event == casework.EventDecline && f.Leg.State == casework.Accepted && facts.Relations&(access.Receiver|access.Pending) == access.Pending {
		facts.Relations &^= access.Pending
		facts.Relations |= access.Former
	}
	return access.Decide(facts.Doing(way.action))
}

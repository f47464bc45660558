package casework

import "slices"

// EventName is what happens to a leg or a case; where a person does it, it is also the word in allowed_actions and in the path.
type EventName string

const (
	EventFile           EventName = "file"
	EventAcknowledge    EventName = "acknowledge"
	EventRequestInfo    EventName = "requestInfo"
	EventProvideInfo    EventName = "provideInfo"
	EventAccept         EventName = "accept"
	EventDecline        EventName = "decline"
	EventForward        EventName = "forward"
	EventRecordProgress EventName = "recordProgress"
	EventReportOutcome  EventName = "reportOutcome"
	EventConfirm        EventName = "confirm"
	EventReopen         EventName = "reopen"
	EventCancel         EventName = "cancel"
	EventReassign       EventName = "reassign"
	EventRemind         EventName = "remind"
	EventWithdraw       EventName = "withdraw" // of the basis: in the transaction of the withdrawal
	EventLapse          EventName = "lapse"    // by the sweep
)

// Party is who an event on a leg comes from. Who of that party may do it is decided by domain/access.
type Party uint8

const (
	ByReceiver Party = iota + 1 // by letter: the return unit, of what the receiver said
	BySender                    // the return unit
	ByOverseer                  // an office above a unit that is late
	ByServer                    // nobody: a law or the time
)

// Limits of a leg (design: referral 3, 5).
const (
	maxInfoRounds = 2
	maxReopens    = 2
	maxHops       = 3
)

// move is one row of the machine: an event, whose it is, and from which states it is possible. A limit that is reached takes it
// out of allowed_actions, and its reason is the answer to who tries.
type move struct {
	event  EventName
	by     Party
	from   []ReferralState
	within func(Referral) bool
	reason string
}

var openStates = []ReferralState{Sent, Acknowledged, NeedsInfo, Accepted, InService, Reported, Declined}

// moves is the table (design: referral 3). Forwarding and reassigning are two rows each: another party does another thing.
var moves = []move{
	{event: EventAcknowledge, by: ByReceiver, from: []ReferralState{Sent}},
	{
		event: EventRequestInfo, by: ByReceiver, from: []ReferralState{Sent, Acknowledged},
		within: func(r Referral) bool { return r.InfoRounds < maxInfoRounds }, reason: "INFO_ROUNDS",
	},
	{event: EventProvideInfo, by: BySender, from: []ReferralState{NeedsInfo}},
	{event: EventAccept, by: ByReceiver, from: []ReferralState{Sent, Acknowledged, NeedsInfo}},
	{event: EventDecline, by: ByReceiver, from: []ReferralState{Sent, Acknowledged, NeedsInfo, Accepted}},
	{
		event: EventForward, by: ByReceiver, from: []ReferralState{Accepted},
		within: func(r Referral) bool { return r.Hop < maxHops }, reason: "HOP_LIMIT",
	},
	{event: EventForward, by: BySender, from: []ReferralState{Declined}},
	{event: EventRecordProgress, by: ByReceiver, from: []ReferralState{Accepted, InService}},
	{event: EventReportOutcome, by: ByReceiver, from: []ReferralState{Accepted, InService}},
	{event: EventConfirm, by: BySender, from: []ReferralState{Reported}},
	{
		event: EventReopen, by: BySender, from: []ReferralState{Reported},
		within: func(r Referral) bool { return r.Reopens < maxReopens }, reason: "REOPEN_LIMIT",
	},
	{event: EventCancel, by: BySender, from: []ReferralState{Sent, Acknowledged, NeedsInfo, Accepted, Declined}},
	{event: EventReassign, by: ByReceiver, from: []ReferralState{Accepted, InService, Reported}},
	{event: EventReassign, by: ByOverseer, from: openStates},
	{event: EventRemind, by: ByOverseer, from: openStates},
	{event: EventWithdraw, by: ByServer, from: openStates},
	{event: EventLapse, by: ByServer, from: []ReferralState{Sent, Acknowledged, NeedsInfo, Reported}},
}

// Parties are those from which an event can come, whatever the state.
func (e EventName) Parties() []Party {
	var parties []Party
	for _, m := range moves {
		if m.event == e {
			parties = append(parties, m.by)
		}
	}
	return parties
}

// Possible lists the events of the table that the party has from this state, without those whose limit is reached.
func (r Referral) Possible(by Party) []EventName {
	var events []EventName
	for _, m := range moves {
		if m.by == by && slices.Contains(m.from, r.State) && m.allows(r) {
			events = append(events, m.event)
		}
	}
	return events
}

func (m move) allows(r Referral) bool { return m.within == nil || m.within(r) }

// Change is what an event did.
type Change struct {
	Event   EventName
	Before  ReferralState
	Implied bool // the leg already carries it: nothing changed
}

// step checks the table.
func (r Referral) step(event EventName, by Party) error {
	for _, m := range moves {
		if m.event != event || m.by != by || !slices.Contains(m.from, r.State) {
			continue
		}
		if !m.allows(r) {
			return Precondition(m.reason)
		}
		return nil
	}
	return r.notNow()
}

// notNow is the answer to an event that is not in the table from this state. Who may know adds what is possible instead.
func (r Referral) notNow() error {
	return Precondition("REFERRAL_STATE").With("state", string(r.State))
}

func (r Referral) done(event EventName, before ReferralState) Change {
	return Change{Event: event, Before: before}
}

// implied is the answer to an event that the leg already carries: it is as it is, and the caller learns so.
func (r Referral) implied(event EventName) (Referral, Change, error) {
	return r, Change{Event: event, Before: r.State, Implied: true}, nil
}

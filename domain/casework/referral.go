package casework

import (
	"slices"
	"strings"
	"time"
)

// Referral is one leg: a promise between two units about one client and one service. It ends only when the sender knows what
// happened.
type Referral struct {
	ID               LegID
	Number           string // R-7K2M-9N
	Case             CaseID
	Root             LegID // first leg of the chain
	Previous         LegID
	Hop              int
	FiledBy          AccountID
	Sender           UnitID
	SenderRegister   UnitID
	Receiver         UnitID
	ReceiverRegister UnitID
	Service          ReferralServiceType
	Urgency          Urgency
	State            ReferralState
	Disclosure       DisclosureID
	Officer          AccountID
	Sent             time.Time
	Acknowledged     time.Time
	Accepted         time.Time
	ServedOn         Date // first service; 0: none
	Reported         time.Time
	Ended            time.Time
	DeclineReason    DeclineReason
	SuggestedUnit    UnitID
	CancelReason     CancelReason
	Outcome          Outcome
	OutcomeReason    OutcomeReason
	Unmet            []ReferralServiceType
	FollowUp         LegID
	ReceiverCase     CaseID
	NoShows          int
	Reopens          int
	Unconfirmed      bool
	Revision         int64
	Request          LegRequest
	Report           LegReport
}

// LegRequest is what the sender wrote, sealed.
type LegRequest struct {
	Question         string `json:"question,omitempty"`
	OverrideReason   string `json:"overrideReason,omitempty"`
	NoFollowUpReason string `json:"noFollowUpReason,omitempty"`
}

// LegReport is what the receiver wrote, sealed.
type LegReport struct {
	Summary string `json:"summary,omitempty"`
}

// Progress is one entry of a leg's progress. Append only.
type Progress struct {
	ID          ID
	Leg         LegID
	Kind        ProgressKind
	Account     AccountID
	Recorded    time.Time
	Occurred    time.Time
	Channel     ContactChannel
	ExpectedOn  Date
	Appointment time.Time
	ServedOn    Date
	Note        string // sealed
}

// IsFinal tells whether nobody owes anything any more.
func (s ReferralState) IsFinal() bool { return s == Closed || s == Cancelled || s == Forwarded }

// EventName is what a person does to a leg or a case; it is also the word in allowed_actions and in the path.
type EventName string

const (
	EventFile           EventName = "file"
	EventAcknowledge    EventName = "acknowledge"
	EventAccept         EventName = "accept"
	EventDecline        EventName = "decline"
	EventRecordProgress EventName = "recordProgress"
	EventReportOutcome  EventName = "reportOutcome"
	EventConfirm        EventName = "confirm"
	EventCancel         EventName = "cancel"
)

// transitions tell from which states an event is possible (design: referral 3). A later event is a later row.
var transitions = []struct {
	event EventName
	from  []ReferralState
}{
	{EventAcknowledge, []ReferralState{Sent}},
	{EventAccept, []ReferralState{Sent, Acknowledged, NeedsInfo}},
	{EventDecline, []ReferralState{Sent, Acknowledged, NeedsInfo, Accepted}},
	{EventRecordProgress, []ReferralState{Accepted, InService}},
	{EventReportOutcome, []ReferralState{Accepted, InService}},
	{EventConfirm, []ReferralState{Reported}},
	{EventCancel, []ReferralState{Sent, Acknowledged, NeedsInfo, Accepted, Declined}},
}

// Possible lists the events of the table from this state.
func (r Referral) Possible() []EventName {
	var events []EventName
	for _, t := range transitions {
		if slices.Contains(t.from, r.State) {
			events = append(events, t.event)
		}
	}
	return events
}

// Change is what an event did.
type Change struct {
	Event   EventName
	Before  ReferralState
	Implied bool // the leg already carries it: nothing changed
}

// step checks the table.
func (r Referral) step(event EventName) error {
	if slices.Contains(r.Possible(), event) {
		return nil
	}
	return &Error{Kind: KindPrecondition, Reason: "REFERRAL_STATE", Meta: map[string]string{"state": string(r.State)}}
}

func (r Referral) done(event EventName, before ReferralState) Change {
	return Change{Event: event, Before: before}
}

func implied(event EventName, state ReferralState) Change {
	return Change{Event: event, Before: state, Implied: true}
}

// Acknowledge says that the receiver has looked. Any acknowledge time implies it.
func (r Referral) Acknowledge(now time.Time) (Referral, Change, error) {
	if !r.Acknowledged.IsZero() {
		return r, implied(EventAcknowledge, r.State), nil
	}
	before := r.State
	if err := r.step(EventAcknowledge); err != nil {
		return r, Change{}, err
	}
	r.State, r.Acknowledged = Acknowledged, now
	return r, r.done(EventAcknowledge, before), nil
}

// Acceptance is what an accept fixes.
type Acceptance struct {
	Officer      AccountID
	OfficerAble  bool // an active, unblocked worker or supervisor of the receiver
	BasisValid   bool // now
	ReceiverCase CaseID
}

// Accept names the officer who takes the leg; content opens for that officer alone.
func (r Referral) Accept(a Acceptance, now time.Time) (Referral, Change, error) {
	if !r.Accepted.IsZero() && r.Officer == a.Officer {
		return r, implied(EventAccept, r.State), nil
	}
	before := r.State
	if err := r.step(EventAccept); err != nil {
		return r, Change{}, err
	}
	if !a.BasisValid {
		return r, Change{}, Precondition("BASIS_MISSING")
	}
	if !a.OfficerAble {
		return r, Change{}, Precondition("OFFICER_INVALID")
	}
	r.State, r.Officer, r.Accepted, r.ReceiverCase = Accepted, a.Officer, now, a.ReceiverCase
	r.Acknowledged = firstOf(r.Acknowledged, now)
	return r, r.done(EventAccept, before), nil
}

func firstOf(earlier, now time.Time) time.Time {
	if earlier.IsZero() {
		return now
	}
	return earlier
}

// Decline refuses the leg, not the client: the leg stays open, and the sender owes another way.
func (r Referral) Decline(reason DeclineReason, suggested UnitID, now time.Time) (Referral, Change, error) {
	if reason != "" && r.DeclineReason == reason {
		return r, implied(EventDecline, r.State), nil
	}
	before := r.State
	if err := r.step(EventDecline); err != nil {
		return r, Change{}, err
	}
	if !reason.Valid() || reason == DeclineNoResponse { // silence is noted by the server, never said by a person
		return r, Change{}, Violations{{"reason", "NOT_A_REASON"}}
	}
	r.State, r.DeclineReason, r.SuggestedUnit = Declined, reason, suggested
	r.Acknowledged = firstOf(r.Acknowledged, now)
	return r, r.done(EventDecline, before), nil
}

// RecordProgress adds an entry. SERVED starts the service; from then on the sender can no longer cancel.
func (r Referral) RecordProgress(p Progress, now time.Time) (Referral, Change, error) {
	before := r.State
	if err := r.step(EventRecordProgress); err != nil {
		return r, Change{}, err
	}
	if !p.Kind.Valid() {
		return r, Change{}, Violations{{"kind", "NOT_A_KIND"}}
	}
	if r.State == InService && p.Kind != ProgressServed && p.Kind != ProgressNote ||
		r.State == Accepted && p.Kind == ProgressNote {
		return r, Change{}, r.notNow()
	}
	if err := r.checkProgress(p, now); err != nil {
		return r, Change{}, err
	}
	switch p.Kind {
	case ProgressServed:
		r.State = InService
		if r.ServedOn == 0 || p.ServedOn < r.ServedOn {
			r.ServedOn = p.ServedOn
		}
	case ProgressNoShow:
		r.NoShows++
	}
	return r, r.done(EventRecordProgress, before), nil
}

func (r Referral) notNow() error {
	return &Error{Kind: KindPrecondition, Reason: "REFERRAL_STATE", Meta: map[string]string{"state": string(r.State)}}
}

func (r Referral) checkProgress(p Progress, now time.Time) error {
	var v Violations
	switch p.Kind {
	case ProgressContactAttempt:
		v.require(p.Channel != "", "channel")
	case ProgressWaitlisted:
		v.require(p.ExpectedOn != 0, "expectedOn")
	case ProgressScheduled:
		v.check(p.Appointment.After(now), "appointmentTime", "NOT_AHEAD")
	case ProgressNoShow:
		v.check(!p.Appointment.IsZero() && p.Appointment.Before(now), "appointmentTime", "NOT_PAST")
	case ProgressServed:
		v.check(p.ServedOn <= DateOf(now), "servedOn", "IN_FUTURE")
		v.check(p.ServedOn >= DateOf(r.Sent)-daysBeforeFiling, "servedOn", "BEFORE_FILING")
	}
	return v.orNil()
}

// daysBeforeFiling: a leg may be filed late by network, and the client served before it came.
const daysBeforeFiling = 180

// Reporting is what a receiver reports at the end.
type Reporting struct {
	Outcome  Outcome
	Reason   OutcomeReason
	Unmet    []ReferralServiceType
	Summary  string
	Attempts int // contact attempts recorded
	Channels int // on so many channels
}

// ReportOutcome tells the end. The duty now changes sides: a second key confirms.
func (r Referral) ReportOutcome(o Reporting, now time.Time) (Referral, Change, error) {
	if !r.Reported.IsZero() && r.Outcome == o.Outcome && r.OutcomeReason == o.Reason {
		return r, implied(EventReportOutcome, r.State), nil
	}
	before := r.State
	if err := r.step(EventReportOutcome); err != nil {
		return r, Change{}, err
	}
	if !o.Outcome.Valid() {
		return r, Change{}, Violations{{"outcome", "NOT_AN_OUTCOME"}}
	}
	if (r.State == Accepted) != (o.Outcome == OutcomeNone) {
		return r, Change{}, r.notNow() // NONE is said of a client who was never served, the others of one who was
	}
	if err := checkReport(o); err != nil {
		return r, Change{}, err
	}
	r.State, r.Outcome, r.OutcomeReason, r.Unmet, r.Reported = Reported, o.Outcome, o.Reason, o.Unmet, now
	r.Report.Summary = o.Summary
	return r, r.done(EventReportOutcome, before), nil
}

// An unreachable client was sought three times, on two ways.
const (
	attemptsNeeded = 3
	channelsNeeded = 2
)

func checkReport(o Reporting) error {
	var v Violations
	v.check(o.Outcome != OutcomeFull || o.Reason == "", "reason", "ONLY_UNLESS_FULL")
	v.require(o.Outcome == OutcomeFull || o.Reason.Valid(), "reason")
	v.require(o.Outcome != OutcomePartial || len(o.Unmet) > 0, "unmetServices")
	v.check(o.Outcome == OutcomePartial || len(o.Unmet) == 0, "unmetServices", "ONLY_WITH_PARTIAL")
	if err := v.orNil(); err != nil {
		return err
	}
	// Only NONE asks for attempts: a client who was served and then lost has none, for IN_SERVICE takes no such entry.
	if o.Outcome == OutcomeNone && o.Reason == BecauseClientUnreachable && (o.Attempts < attemptsNeeded || o.Channels < channelsNeeded) {
		return Precondition("ATTEMPTS_MISSING")
	}
	return nil
}

// Confirm is the sender's second key. After PARTIAL or NONE it says what follows, so that no need ends in silence.
func (r Referral) Confirm(followUp LegID, noFollowUpReason string, now time.Time) (Referral, Change, error) {
	if r.State == Closed && !r.Unconfirmed {
		return r, implied(EventConfirm, r.State), nil
	}
	before := r.State
	if err := r.step(EventConfirm); err != nil {
		return r, Change{}, err
	}
	if r.Outcome != OutcomeFull && followUp == (LegID{}) && strings.TrimSpace(noFollowUpReason) == "" {
		return r, Change{}, Precondition("FOLLOW_UP_MISSING")
	}
	r.State, r.FollowUp, r.Ended = Closed, followUp, now
	r.Request.NoFollowUpReason = noFollowUpReason
	return r, r.done(EventConfirm, before), nil
}

// Cancel takes the leg back, before service.
func (r Referral) Cancel(reason CancelReason, now time.Time) (Referral, Change, error) {
	if reason != "" && r.CancelReason == reason {
		return r, implied(EventCancel, r.State), nil
	}
	before := r.State
	if err := r.step(EventCancel); err != nil {
		return r, Change{}, err
	}
	if !reason.Valid() || reason == CancelConsentWithdrawn { // a withdrawal ends every leg on the consent, in one transaction
		return r, Change{}, Violations{{"reason", "NOT_A_REASON"}}
	}
	r.State, r.CancelReason, r.Ended = Cancelled, reason, now
	return r, r.done(EventCancel, before), nil
}

// Owed is the duty of an open leg: whose, what, from when.
type Owed struct {
	Name       DutyName
	ByReceiver bool // else by the return unit
	Start      time.Time
}

// Owes tells what is owed in the state that an event has just given; ok is false for a final leg. ACKNOWLEDGE, DECIDE and
// FIRST_SERVICE count from the sending, so that a late yes wins no time.
func (r Referral) Owes(now time.Time) (owed Owed, ok bool) {
	switch r.State {
	case Sent:
		return Owed{DutyAcknowledge, true, r.Sent}, true
	case Acknowledged:
		return Owed{DutyDecide, true, r.Sent}, true
	case Accepted:
		return Owed{DutyFirstService, true, r.Sent}, true
	case InService:
		return Owed{DutyNote, true, now}, true
	case Reported:
		return Owed{DutyConfirm, false, now}, true
	case Declined:
		return Owed{DutyReroute, false, now}, true
	}
	return Owed{}, false
}

// OwesAfter is Owes with what a progress entry changes: a waiting list is reviewed, an appointment attended, a client who did not
// come sought again. A contact attempt renews nothing.
func (r Referral) OwesAfter(p Progress, now time.Time) (owed Owed, renewed bool) {
	switch p.Kind {
	case ProgressWaitlisted:
		return Owed{DutyReview, true, now}, true
	case ProgressScheduled:
		return Owed{DutyAttend, true, p.Appointment}, true
	case ProgressNoShow:
		return Owed{DutyRecontact, true, now}, true
	case ProgressServed, ProgressNote:
		return Owed{DutyNote, true, now}, true
	}
	return Owed{}, false
}

// require notes a missing field.
func (v *Violations) require(ok bool, field string) { v.check(ok, field, "REQUIRED") }

// check notes a fault unless ok.
func (v *Violations) check(ok bool, field, reason string) {
	if !ok {
		v.Add(field, reason)
	}
}

func (v Violations) orNil() error {
	if len(v) == 0 {
		return nil
	}
	return v
}

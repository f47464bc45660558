package casework

import (
	"encoding/csv"
	"errors"
	"os"
	"slices"
	"testing"
	"time"
)

// sentAt is a Thursday, 10:00 WIB.
var sentAt = time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC)

var legStates = []ReferralState{Sent, Acknowledged, NeedsInfo, Accepted, InService, Reported, Declined, Forwarded, Closed, Cancelled}

var (
	officer = AccountID{1}
	other   = AccountID{2}

	sender = UnitID{1}
	first  = UnitID{11} // the first receiver of a leg
	second = UnitID{12}
)

// legIn is a leg as it stands in a state, with what brought it there: FORWARDED was declined before, CANCELLED was never read.
func legIn(state ReferralState) Referral {
	r := Referral{
		ID: LegID{7}, Root: LegID{7}, State: state, Sent: sentAt, Urgency: Routine, Service: ServiceNutritionTreatment,
		Sender: sender, SenderRegister: sender, Receiver: first, ReceiverRegister: first,
	}
	at := sentAt.Add(time.Hour)
	if state != Sent && state != Cancelled {
		r.Acknowledged = at
	}
	switch state {
	case NeedsInfo:
		r.InfoRounds, r.Questions = 1, []InfoQuestion{AskNeed, AskContact}
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

// act is one event with one set of arguments. The first one of an event and party is valid wherever the table has the event.
type act struct {
	event     EventName
	arguments string
	by        Party
	do        func(r Referral, now time.Time) (Referral, Change, error)
}

type transition = func(Referral, time.Time) (Referral, Change, error)

func accepting(a Acceptance) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.Accept(a, now) }
}

func asking(questions ...InfoQuestion) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.RequestInfo(questions, now) }
}

// answering answers what was asked, and adds a text.
func answering(text string, covered bool) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) {
		return r.ProvideInfo(answersTo(r.Questions, text), covered, now)
	}
}

func answersTo(questions []InfoQuestion, text string) []InfoAnswer {
	var answers []InfoAnswer
	for _, q := range questions {
		answers = append(answers, InfoAnswer{Question: q, Reply: Yes, Text: text})
	}
	return answers
}

func declining(reason DeclineReason) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.Decline(reason, UnitID{}, now) }
}

func cancelling(reason CancelReason) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.Cancel(reason, now) }
}

func reporting(o Reporting) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) { return r.ReportOutcome(o, now) }
}

// recording makes the entry of the moment of the act: ahead and past are relative to it.
func recording(kind ProgressKind, ahead time.Duration) transition {
	return recordingOn(kind, ahead, true)
}

func recordingOn(kind ProgressKind, ahead time.Duration, basis bool) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) {
		p := Progress{Kind: kind, Channel: ByPhone, ExpectedOn: DateOf(now) + 9}
		p.Appointment = now.Add(ahead)
		p.ServedOn = DateOf(now.Add(ahead))
		return r.RecordProgress(p, Serving{BasisValid: basis, Began: sentAt}, now)
	}
}

func confirming(leg LegID, reason string, change func(*Referral)) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) {
		change(&r)
		return r.Confirm(leg, reason, now)
	}
}

func reopening(reason string, change func(*Referral)) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) {
		change(&r)
		return r.Reopen(reason, now)
	}
}

func forwarding(by Party, change func(*Referral, *Forwarding)) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) {
		f := Forwarding{
			ID: LegID{8}, Receiver: second, ReceiverRegister: second, Run: []UnitID{first},
			Known: Filing{CaseOpen: true, BasisValid: true, ReceiverAble: true, OffersService: true, CoversArea: true},
		}
		change(&r, &f)
		r, _, change, err := r.Forward(f, by, now)
		return r, change, err
	}
}

func reassigning(to AccountID, able bool, by Party) transition {
	return func(r Referral, _ time.Time) (Referral, Change, error) { return r.Reassign(to, able, by) }
}

// lapsing is the sweep, so long before or after the lapse time.
func lapsing(after time.Duration, change func(*Referral)) transition {
	return func(r Referral, now time.Time) (Referral, Change, error) {
		change(&r)
		return r.Lapse(now.Add(-after), now)
	}
}

func nothing(*Referral) {}

func unchanged(*Referral, *Forwarding) {}

func partial(r *Referral) { r.Outcome, r.OutcomeReason = OutcomePartial, BecauseServiceUnavailable }

func emergency(r *Referral) { r.Urgency = Emergency }

const anHour = time.Hour

var acts = []act{
	{EventAcknowledge, "", ByReceiver, func(r Referral, now time.Time) (Referral, Change, error) { return r.Acknowledge(now) }},
	{EventRequestInfo, "", ByReceiver, asking(AskNeed)},
	{EventRequestInfo, "same questions", ByReceiver, asking(AskContact, AskNeed)},
	{EventRequestInfo, "none", ByReceiver, asking()},
	{EventRequestInfo, "six", ByReceiver, asking(AskNeed, AskArea, AskUrgency, AskSafety, AskContact, AskConsent)},
	{EventRequestInfo, "twice the same", ByReceiver, asking(AskNeed, AskNeed)},
	{EventRequestInfo, "unheard", ByReceiver, asking("WHO_IS_IT")},
	{EventRequestInfo, "third round", ByReceiver, func(r Referral, now time.Time) (Referral, Change, error) {
		r.InfoRounds = maxInfoRounds
		return r.RequestInfo([]InfoQuestion{AskArea}, now)
	}},
	{EventProvideInfo, "", BySender, answering("", false)},
	{EventProvideInfo, "text", BySender, answering("ibu bekerja malam", true)},
	{EventProvideInfo, "text uncovered", BySender, answering("ibu bekerja malam", false)},
	{EventProvideInfo, "one of two", BySender, func(r Referral, now time.Time) (Referral, Change, error) {
		return r.ProvideInfo([]InfoAnswer{{Question: AskNeed, Reply: Yes}}, true, now)
	}},
	{EventProvideInfo, "not asked", BySender, func(r Referral, now time.Time) (Referral, Change, error) {
		return r.ProvideInfo(append(answersTo(r.Questions, ""), InfoAnswer{Question: AskSafety, Reply: No}), true, now)
	}},
	{EventProvideInfo, "same again", BySender, func(r Referral, now time.Time) (Referral, Change, error) {
		r.Answered, r.Request.Answers = now, []InfoAnswer{{Question: AskNeed, Reply: Yes}}
		return r.ProvideInfo([]InfoAnswer{{Question: AskNeed, Reply: Yes}}, true, now)
	}},
	{EventAccept, "other officer", ByReceiver, accepting(Acceptance{Officer: other, OfficerAble: true, BasisValid: true})},
	{EventAccept, "same officer", ByReceiver, accepting(Acceptance{Officer: officer, OfficerAble: true, BasisValid: true})},
	{EventAccept, "no basis", ByReceiver, accepting(Acceptance{Officer: other, OfficerAble: true})},
	{EventAccept, "unable officer", ByReceiver, accepting(Acceptance{Officer: other, BasisValid: true})},
	{EventAccept, "by letter", ByReceiver, accepting(Acceptance{OfficerName: "Ibu Contoh", OfficerAble: true, BasisValid: true})},
	{EventDecline, "SAFETY", ByReceiver, declining(DeclineSafety)},
	{EventDecline, "NO_CAPACITY", ByReceiver, declining(DeclineNoCapacity)},
	{EventDecline, "NO_RESPONSE", ByReceiver, declining(DeclineNoResponse)},
	{EventDecline, "", ByReceiver, declining("")},
	{EventForward, "by receiver", ByReceiver, forwarding(ByReceiver, unchanged)},
	{EventForward, "by receiver no basis", ByReceiver, forwarding(ByReceiver, func(_ *Referral, f *Forwarding) { f.Known.BasisValid = false })},
	{EventForward, "by receiver fourth hop", ByReceiver, forwarding(ByReceiver, func(r *Referral, _ *Forwarding) { r.Hop = maxHops })},
	{EventForward, "by receiver to the sender", ByReceiver, forwarding(ByReceiver, func(_ *Referral, f *Forwarding) { f.Receiver, f.ReceiverRegister = UnitID{2}, sender })},
	{EventForward, "by receiver in a circle", ByReceiver, forwarding(ByReceiver, func(_ *Referral, f *Forwarding) { f.Run = append(f.Run, second) })},
	{EventForward, "by receiver to itself", ByReceiver, forwarding(ByReceiver, func(_ *Referral, f *Forwarding) { f.Receiver, f.ReceiverRegister = first, first })},
	{EventForward, "by receiver done", ByReceiver, forwarding(ByReceiver, func(_ *Referral, f *Forwarding) { f.Next = second })},
	{EventForward, "by receiver unavailable", ByReceiver, forwarding(ByReceiver, func(_ *Referral, f *Forwarding) { f.Known.ReceiverAble = false })},
	{EventForward, "by sender", BySender, forwarding(BySender, unchanged)},
	{EventForward, "by sender no basis", BySender, forwarding(BySender, func(_ *Referral, f *Forwarding) { f.Known.BasisValid = false })},
	{EventForward, "by sender to the receiver of three hops", BySender, forwarding(BySender, func(r *Referral, f *Forwarding) { r.Hop, f.Run = maxHops, []UnitID{second} })},
	{EventForward, "by sender inside", BySender, forwarding(BySender, func(_ *Referral, f *Forwarding) { f.Receiver, f.ReceiverRegister = UnitID{2}, sender })},
	{EventForward, "by sender to who declined", BySender, forwarding(BySender, func(_ *Referral, f *Forwarding) { f.DeclinedBefore = true })},
	{EventForward, "by sender to who declined with a word", BySender, forwarding(BySender, func(_ *Referral, f *Forwarding) { f.DeclinedBefore, f.OverrideReason = true, "tolong" })},
	{EventForward, "by sender to who declined with a reason", BySender, forwarding(BySender, func(_ *Referral, f *Forwarding) {
		f.DeclinedBefore, f.OverrideReason = true, "dokter anak sudah kembali bertugas"
	})},
	{EventForward, "by sender does not offer", BySender, forwarding(BySender, func(_ *Referral, f *Forwarding) { f.Known.OffersService = false })},
	{EventForward, "by sender open elsewhere", BySender, forwarding(BySender, func(_ *Referral, f *Forwarding) { f.Known.OpenLeg = LegID{9} })},
	{EventForward, "by sender done", BySender, forwarding(BySender, func(_ *Referral, f *Forwarding) { f.Next = second })},
	{EventRecordProgress, "SERVED", ByReceiver, recording(ProgressServed, 0)},
	{EventRecordProgress, "SERVED tomorrow", ByReceiver, recording(ProgressServed, 24*anHour)},
	{EventRecordProgress, "SERVED before it began", ByReceiver, recording(ProgressServed, -72*anHour)},
	{EventRecordProgress, "SERVED no basis", ByReceiver, recordingOn(ProgressServed, 0, false)},
	{EventRecordProgress, "CONTACT_ATTEMPT", ByReceiver, recording(ProgressContactAttempt, 0)},
	{EventRecordProgress, "WAITLISTED", ByReceiver, recording(ProgressWaitlisted, 0)},
	{EventRecordProgress, "SCHEDULED", ByReceiver, recording(ProgressScheduled, anHour)},
	{EventRecordProgress, "SCHEDULED past", ByReceiver, recording(ProgressScheduled, -anHour)},
	{EventRecordProgress, "NO_SHOW", ByReceiver, recording(ProgressNoShow, -anHour)},
	{EventRecordProgress, "NO_SHOW ahead", ByReceiver, recording(ProgressNoShow, anHour)},
	{EventRecordProgress, "NOTE", ByReceiver, recording(ProgressNote, 0)},
	{EventRecordProgress, "unheard", ByReceiver, recording("SEEN", 0)},
	{EventReportOutcome, "FULL", ByReceiver, reporting(Reporting{Outcome: OutcomeFull})},
	{EventReportOutcome, "PARTIAL", ByReceiver, reporting(Reporting{Outcome: OutcomePartial, Reason: BecauseMoved, Unmet: []ReferralServiceType{ServiceLegalAid}})},
	{EventReportOutcome, "PARTIAL nothing unmet", ByReceiver, reporting(Reporting{Outcome: OutcomePartial, Reason: BecauseMoved})},
	{EventReportOutcome, "PARTIAL no reason", ByReceiver, reporting(Reporting{Outcome: OutcomePartial, Unmet: []ReferralServiceType{ServiceLegalAid}})},
	{EventReportOutcome, "PARTIAL unreachable", ByReceiver, reporting(Reporting{Outcome: OutcomePartial, Reason: BecauseClientUnreachable, Unmet: []ReferralServiceType{ServiceLegalAid}})},
	{EventReportOutcome, "NONE", ByReceiver, reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientDeclined})},
	{EventReportOutcome, "NONE no reason", ByReceiver, reporting(Reporting{Outcome: OutcomeNone})},
	{EventReportOutcome, "NONE unreachable 3 on 2", ByReceiver, reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientUnreachable, Attempts: 3, Channels: 2})},
	{EventReportOutcome, "NONE unreachable 2 on 2", ByReceiver, reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientUnreachable, Attempts: 2, Channels: 2})},
	{EventReportOutcome, "NONE unreachable 3 on 1", ByReceiver, reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientUnreachable, Attempts: 3, Channels: 1})},
	{EventReportOutcome, "NONE unreachable violence unchecked", ByReceiver, reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientUnreachable, Attempts: 3, Channels: 2, Violence: true})},
	{EventReportOutcome, "NONE unreachable violence checked", ByReceiver, reporting(Reporting{Outcome: OutcomeNone, Reason: BecauseClientUnreachable, Attempts: 3, Channels: 2, Violence: true, SafetyChecked: true})},
	{EventReportOutcome, "unheard", ByReceiver, reporting(Reporting{Outcome: "DONE", Reason: BecauseMoved})},
	{EventConfirm, "", BySender, confirming(LegID{}, "", nothing)},
	{EventConfirm, "with reason", BySender, confirming(LegID{}, "klien menunda", nothing)},
	{EventConfirm, "after PARTIAL", BySender, confirming(LegID{}, "", partial)},
	{EventConfirm, "after PARTIAL blank reason", BySender, confirming(LegID{}, " \n", partial)},
	{EventConfirm, "after PARTIAL with leg", BySender, confirming(LegID{9}, "", partial)},
	{EventConfirm, "after PARTIAL with reason", BySender, confirming(LegID{}, "klien menunda", partial)},
	{EventConfirm, "unconfirmed", BySender, confirming(LegID{}, "", func(r *Referral) { r.Unconfirmed = true })},
	{EventReopen, "served", BySender, reopening("anak belum ditimbang ulang", nothing)},
	{EventReopen, "never served", BySender, reopening("klien masih menunggu", func(r *Referral) { r.ServedOn = 0 })},
	{EventReopen, "no reason", BySender, reopening(" ", nothing)},
	{EventReopen, "third time", BySender, reopening("anak belum ditimbang ulang", func(r *Referral) { r.Reopens = maxReopens })},
	{EventReopen, "same again", BySender, reopening("belum selesai", func(r *Referral) { r.Reopens, r.Request.ReopenReason = 1, "belum selesai" })},
	{EventCancel, "CLIENT_REQUEST", BySender, cancelling(CancelClientRequest)},
	{EventCancel, "DUPLICATE", BySender, cancelling(CancelDuplicate)},
	{EventCancel, "CONSENT_WITHDRAWN", BySender, cancelling(CancelConsentWithdrawn)},
	{EventCancel, "", BySender, cancelling("")},
	{EventReassign, "by receiver", ByReceiver, reassigning(other, true, ByReceiver)},
	{EventReassign, "by receiver same officer", ByReceiver, reassigning(officer, true, ByReceiver)},
	{EventReassign, "by receiver unable", ByReceiver, reassigning(other, false, ByReceiver)},
	{EventReassign, "by overseer", ByOverseer, reassigning(other, true, ByOverseer)},
	{EventReassign, "by overseer nobody", ByOverseer, reassigning(AccountID{}, false, ByOverseer)},
	{EventRemind, "", ByOverseer, func(r Referral, _ time.Time) (Referral, Change, error) { return r.Remind() }},
	{EventWithdraw, "", ByServer, func(r Referral, now time.Time) (Referral, Change, error) { return r.Withdraw(now) }},
	{EventLapse, "", ByServer, lapsing(anHour, nothing)},
	{EventLapse, "too early", ByServer, lapsing(-anHour, nothing)},
	{EventLapse, "on the minute", ByServer, lapsing(0, nothing)},
	{EventLapse, "emergency", ByServer, lapsing(anHour, emergency)},
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

// readTable reads a CSV of ours, without its header.
func readTable(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + file)
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

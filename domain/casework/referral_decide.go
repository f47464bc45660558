package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Acknowledge says that the receiver has looked. Any acknowledge time implies it.
func (r Referral) Acknowledge(now time.Time) (Referral, Change, error) {
	if !r.Acknowledged.IsZero() {
		return r.implied(EventAcknowledge)
	}
	before := r.State
	if err := r.step(EventAcknowledge, ByReceiver); err != nil {
		return r, Change{}, err
	}
	r.State, r.Acknowledged = Acknowledged, now
	return r, r.done(EventAcknowledge, before), nil
}

// maxQuestions bounds a round: who asks more has a form, not a question.
const maxQuestions = 5

// RequestInfo asks the sender before deciding, in codes alone. The duty changes sides; a new round clears the last answer.
func (r Referral) RequestInfo(questions []InfoQuestion, now time.Time) (Referral, Change, error) {
	if r.State == NeedsInfo && sameSet(r.Questions, questions) {
		return r.implied(EventRequestInfo)
	}
	before := r.State
	if err := r.step(EventRequestInfo, ByReceiver); err != nil {
		return r, Change{}, err
	}
	if err := checkQuestions(questions); err != nil {
		return r, Change{}, err
	}
	r.State, r.Questions = NeedsInfo, slices.Clone(questions)
	r.InfoRounds++
	r.Answered, r.Request.Answers = time.Time{}, nil
	r.Acknowledged = firstOf(r.Acknowledged, now)
	return r, r.done(EventRequestInfo, before), nil
}

func checkQuestions(questions []InfoQuestion) error {
	var v Violations
	v.require(len(questions) > 0, "questions")
	v.check(len(questions) <= maxQuestions, "questions", "TOO_MANY")
	for i, q := range questions {
		field := fmt.Sprintf("questions[%d]", i)
		v.check(q.Valid(), field, "NOT_A_QUESTION")
		v.check(!slices.Contains(questions[:i], q), field, "TWICE")
	}
	return v.orNil()
}

func sameSet[T ~string](a, b []T) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// ProvideInfo answers what was asked. Text is content of the sender: it goes only where the basis lets it (textCovered). From now
// on DECIDE and FIRST_SERVICE count.
func (r Referral) ProvideInfo(answers []InfoAnswer, textCovered bool, now time.Time) (Referral, Change, error) {
	if !r.Answered.IsZero() && slices.Equal(r.Request.Answers, answers) {
		return r.implied(EventProvideInfo)
	}
	before := r.State
	if err := r.step(EventProvideInfo, BySender); err != nil {
		return r, Change{}, err
	}
	if err := r.checkAnswers(answers); err != nil {
		return r, Change{}, err
	}
	if !textCovered && slices.ContainsFunc(answers, func(a InfoAnswer) bool { return a.Text != "" }) {
		return r, Change{}, Precondition("BASIS_MISSING")
	}
	r.State, r.Answered, r.Request.Answers = Acknowledged, now, slices.Clone(answers)
	return r, r.done(EventProvideInfo, before), nil
}

// checkAnswers wants each question answered once: UNKNOWN is an answer, silence is none.
func (r Referral) checkAnswers(answers []InfoAnswer) error {
	var v Violations
	given := map[InfoQuestion]bool{}
	for i, a := range answers {
		field := fmt.Sprintf("answers[%d]", i)
		v.check(slices.Contains(r.Questions, a.Question), field+".question", "NOT_ASKED")
		v.check(!given[a.Question], field+".question", "TWICE")
		v.require(a.Reply.Valid(), field+".reply")
		given[a.Question] = true
	}
	v.require(!slices.ContainsFunc(r.Questions, func(q InfoQuestion) bool { return !given[q] }), "answers")
	return v.orNil()
}

// Acceptance is what an accept fixes.
type Acceptance struct {
	Officer      AccountID // by letter: zero
	OfficerName  string    // by letter alone: who the receiver says will do it
	OfficerAble  bool      // an active, unblocked worker or supervisor of the receiver; by letter: a name is given
	BasisValid   bool      // now
	ReceiverCase CaseID
}

// Accept names the officer who takes the leg; content opens for that officer alone.
func (r Referral) Accept(a Acceptance, now time.Time) (Referral, Change, error) {
	a.OfficerName = strings.TrimSpace(a.OfficerName)
	if !r.Accepted.IsZero() && r.Officer == a.Officer && r.Report.OfficerName == a.OfficerName {
		return r.implied(EventAccept)
	}
	before := r.State
	if err := r.step(EventAccept, ByReceiver); err != nil {
		return r, Change{}, err
	}
	if !a.BasisValid {
		return r, Change{}, Precondition("BASIS_MISSING")
	}
	if !a.OfficerAble {
		return r, Change{}, Precondition("OFFICER_INVALID")
	}
	r.State, r.Officer, r.Accepted, r.ReceiverCase = Accepted, a.Officer, now, a.ReceiverCase
	r.Report.OfficerName = a.OfficerName
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
		return r.implied(EventDecline)
	}
	before := r.State
	if err := r.step(EventDecline, ByReceiver); err != nil {
		return r, Change{}, err
	}
	if !reason.Valid() || reason == DeclineNoResponse { // silence is noted by the server, never said by a person
		return r, Change{}, Violations{{"reason", "NOT_A_REASON"}}
	}
	r.State, r.DeclineReason, r.SuggestedUnit = Declined, reason, suggested
	r.Acknowledged = firstOf(r.Acknowledged, now)
	return r, r.done(EventDecline, before), nil
}

// Reassign gives the leg to another officer of its receiver; the duty and its due time stay. An overseer, who may not choose,
// names the duty officer of the unit that is late: on a leg that its receiver has accepted that is the leg's officer, else only
// the duty changes hands, and the leg stays as it is.
func (r Referral) Reassign(officer AccountID, able bool, by Party) (Referral, Change, error) {
	takesLeg := by == ByReceiver || r.State == Accepted || r.State == InService
	if takesLeg && officer != (AccountID{}) && r.Officer == officer && !r.State.IsFinal() {
		return r.implied(EventReassign)
	}
	if err := r.step(EventReassign, by); err != nil {
		return r, Change{}, err
	}
	if !able {
		return r, Change{}, Precondition("OFFICER_INVALID")
	}
	if takesLeg {
		r.Officer, r.Report.OfficerName = officer, ""
	}
	return r, r.done(EventReassign, r.State), nil
}

// Remind tells the unit that is late that an office above it has seen so. The leg stays as it is.
func (r Referral) Remind() (Referral, Change, error) {
	if err := r.step(EventRemind, ByOverseer); err != nil {
		return r, Change{}, err
	}
	return r, r.done(EventRemind, r.State), nil
}

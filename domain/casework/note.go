package casework

import (
	"slices"
	"time"
)

// Note is one entry of the officers' own record of a case. Append only.
type Note struct {
	ID       ID
	Case     CaseID
	Unit     UnitID
	Account  AccountID
	Kind     NoteKind
	Service  ReferralServiceType // of SERVICE
	ServedOn Date                // of SERVICE
	Channel  ContactChannel      // of CONTACT_ATTEMPT
	Recorded time.Time
	Text     string // sealed
}

// Check gives all faults of a note.
func (n Note) Check(today Date) error {
	var v Violations
	service, attempt := n.Kind == NoteService, n.Kind == NoteContactAttempt
	v.check(n.Kind.Valid(), "kind", "NOT_A_KIND")
	v.require(n.Text != "" || service || attempt, "text")
	v.require(!service || n.Service.Valid(), "service")
	v.check(service || n.Service == "", "service", "ONLY_WITH_SERVICE")
	v.require(!service || n.ServedOn != 0, "servedOn")
	v.check(service || n.ServedOn == 0, "servedOn", "ONLY_WITH_SERVICE")
	v.check(n.ServedOn <= today, "servedOn", "IN_FUTURE")
	v.require(!attempt || n.Channel.Valid(), "channel")
	v.check(attempt || n.Channel == "", "channel", "ONLY_WITH_CONTACT_ATTEMPT")
	return v.orNil()
}

// Renews tells whether a note is the progress or the follow-up that the status owes, so that the next one counts from it. A
// contact attempt renews nothing: nobody was met.
func (c Case) Renews(kind NoteKind) bool {
	return (c.Status == StatusInService || c.Status == StatusMonitoring) && kind != NoteContactAttempt
}

// Settles is the step left out by an urgent start that a note of the kind makes up for; empty if none.
func (k NoteKind) Settles() TaskLabel { return settles[k] }

var settles = map[NoteKind]TaskLabel{
	NoteScreening:  TaskSkippedScreen,
	NoteAssessment: TaskSkippedAssess,
	NotePlan:       TaskSkippedPlan,
}

// Attempts counts the tries to reach a client since an instant, and on how many channels.
func Attempts(notes []Note, since time.Time) (attempts, channels int) {
	var used []ContactChannel
	for _, n := range notes {
		if n.Kind != NoteContactAttempt || n.Recorded.Before(since) {
			continue
		}
		attempts++
		if !slices.Contains(used, n.Channel) {
			used = append(used, n.Channel)
		}
	}
	return attempts, len(used)
}

// LegalStep is one step of police, court or protection order; class F4, append only.
type LegalStep struct {
	ID         ID
	Case       CaseID
	Unit       UnitID
	Account    AccountID
	Status     LegalStatus
	OccurredOn Date
	Recorded   time.Time
	Text       string
}

// Check gives all faults of a step. NONE is what a case without steps has; nobody takes such a step.
func (s LegalStep) Check(today Date) error {
	var v Violations
	v.check(s.Status.Valid() && s.Status != LegalNone, "status", "NOT_A_STEP")
	v.require(s.OccurredOn != 0, "occurredOn")
	v.check(s.OccurredOn <= today, "occurredOn", "IN_FUTURE")
	return v.orNil()
}

// LegalStatusOf is the newest step by its date; of one day, the one recorded last. Steps move in any order, and no event of the
// case depends on them.
func LegalStatusOf(steps []LegalStep) LegalStatus {
	status, on, at := LegalNone, Date(-1<<31), time.Time{}
	for _, s := range steps {
		if s.OccurredOn > on || s.OccurredOn == on && !s.Recorded.Before(at) {
			status, on, at = s.Status, s.OccurredOn, s.Recorded
		}
	}
	return status
}

// ServiceConsent is the client's yes or no to be served. It opens nothing to anybody: that is a disclosure's.
type ServiceConsent struct {
	Answer  ServiceConsentAnswer `json:"answer"`
	By      ConsentGiver         `json:"by,omitempty"`
	GivenOn Date                 `json:"givenOn,omitempty"`
}

// RecordConsent keeps the client's newest answer. A guardian who is recorded as alleged perpetrator answers for nobody (G1).
func (c Case) RecordConsent(s ServiceConsent, accused bool, today Date) (next Case, impliedAlready bool, err error) {
	if err := c.Accepts(EventRecordConsent); err != nil {
		return c, false, err
	}
	asked := s.Answer != ServiceNotAsked
	var v Violations
	v.check(s.Answer.Valid(), "answer", "NOT_AN_ANSWER")
	v.require(!asked || s.By.Valid(), "by")
	v.require(!asked || s.GivenOn != 0, "givenOn")
	v.check(s.GivenOn <= today, "givenOn", "IN_FUTURE")
	v.check(!accused, "by", "GIVER_IS_ACCUSED")
	if err := v.orNil(); err != nil {
		return c, false, err
	}
	if c.Consent == s.Answer && c.Content.Consent == s {
		return c, true, nil
	}
	c.Consent, c.Content.Consent = s.Answer, s
	return c, false, nil
}

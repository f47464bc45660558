package casework

import (
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// What a person says of a pair of records that may belong together (design: linkage 5 and 6). A record is never merged with another, and
// a link leads no further than from one of its two records to the other.

const (
	// MatchTime is how long a match that was shown may be named again.
	MatchTime = 24 * time.Hour
	// NotSureTime is how long a pair stays away from whoever could not tell.
	NotSureTime = 30 * 24 * time.Hour
)

// LinkEvidence is what one field said when somebody decided: in words, never a value.
type LinkEvidence struct {
	Field string `json:"field"`
	Level string `json:"level"`
	Bits  int    `json:"bits"`
}

// LinkGrounds is what a pair was shown with.
type LinkGrounds struct {
	Hypothesis LinkRelation   `json:"hypothesis"`
	OnePerson  bool           `json:"onePerson,omitempty"` // both records are about her: not, of a SAME_PERSON, a mother and the child's record that names her
	Score      float32        `json:"score"`
	Evidence   []LinkEvidence `json:"evidence,omitempty"`
	Warnings   []string       `json:"warnings,omitempty"`
	Model      int            `json:"model"` // version of the rules by which it was weighed
	Exact      bool           `json:"exact"` // a NIK, family card or birth date is the same to the digit
}

// SpentMatch is a match that was named once and will not be again.
type SpentMatch struct {
	Mark [16]byte  `json:"mark"`
	Time time.Time `json:"time"`
}

// Link is one pair of records, of which somebody has said something.
type Link struct {
	ID      ID
	Persons [2]PersonID // ascending: which of them asked is no part of it
	State   LinkState

	Grounds  LinkGrounds
	Relation LinkRelation  // of a CONFIRMED one
	Basis    LinkBasis     // of a CONFIRMED one
	Reason   LinkRejection // of a REJECTED one
	Until    time.Time     // when a NOT_SURE is over
	Compared [32]byte      // mark of all that was compared, of a REJECTED one

	By   AccountID // who decided, or of a SENT_TO_REVIEW who asked
	At   time.Time
	Case CaseID // on which

	Review ID // that waits, or was decided last
	Asked  AccountID
	Asking CaseID // for which the review was asked

	Spent    []SpentMatch
	Revision int64
}

// UnderReview tells whether the pair waits for the reviewer.
func (l Link) UnderReview() bool { return l.State == LinkSentToReview }

// Rejected tells whether a rejection stands: until something changes that was compared, and of one who could not tell for 30 days.
func (l Link) Rejected(compared [32]byte, now time.Time) bool {
	switch {
	case l.State != LinkRejected:
		return false
	case l.Reason == LinkNotSure:
		return now.Before(l.Until)
	}
	return l.Compared == compared
}

// SpentMost is how often a pair is named by a match within two days: more than any two officers can mean, and less than a row can hold.
const SpentMost = 16

// Spend names a match once. ok is false for one that was named before.
func (l Link) Spend(mark [16]byte, now time.Time) (next Link, ok bool) {
	if slices.ContainsFunc(l.Spent, func(s SpentMatch) bool { return s.Mark == mark }) {
		return l, false
	}
	l.Spent = slices.DeleteFunc(slices.Clone(l.Spent), func(s SpentMatch) bool { return now.Sub(s.Time) > 2*MatchTime })
	l.Spent = append(l.Spent, SpentMatch{mark, now})
	return l, true
}

// Crowded tells how long nobody names the pair any more, for it was named too often; zero: it may be named.
func (l Link) Crowded(now time.Time) time.Duration {
	if len(l.Spent) <= SpentMost {
		return 0
	}
	return l.Spent[0].Time.Add(2 * MatchTime).Sub(now)
}

// open refuses what a standing word stands against.
func (l Link) open(rejected bool) error {
	switch {
	case rejected:
		return Precondition("LINK_REJECTED")
	case l.State == LinkConfirmed:
		return l.stands()
	}
	return nil
}

func (l Link) stands() error { return Precondition("LINK_STATE").With("state", string(l.State)) }

// Ask gives the pair to the reviewer.
func (l Link) Ask(review ID, rejected bool, k CaseID, by AccountID, now time.Time) (Link, error) {
	if err := l.open(rejected); err != nil {
		return l, err
	}
	if l.UnderReview() {
		return l, l.stands()
	}
	l.State, l.Review, l.Asked, l.Asking = LinkSentToReview, review, by, k
	l.By, l.At, l.Case = by, now, k
	return l, nil
}

// Confirm says that the pair is one. KK and address alone never make one person of two.
func (l Link) Confirm(relation LinkRelation, basis LinkBasis, rejected bool, k CaseID, by AccountID, now time.Time) (Link, error) {
	if err := l.open(rejected); err != nil {
		return l, err
	}
	var v Violations
	v.check(relation.Valid() && (relation == SameHousehold || l.Grounds.Hypothesis == SamePerson), "relation", "RELATION_UNLIKE")
	v.check(basis.Valid(), "basis", "REQUIRED")
	if err := v.orNil(); err != nil {
		return l, err
	}
	l.State, l.Relation, l.Basis, l.Reason, l.Until = LinkConfirmed, relation, basis, "", time.Time{}
	l.By, l.At, l.Case = by, now, k
	return l, nil
}

// Reject says that the pair is none, as far as what was compared tells.
func (l Link) Reject(reason LinkRejection, compared [32]byte, k CaseID, by AccountID, now time.Time) (Link, error) {
	if l.State == LinkConfirmed || l.Rejected(compared, now) {
		return l, l.stands()
	}
	l.State, l.Relation, l.Basis, l.Reason, l.Until, l.Compared = LinkRejected, "", "", reason, time.Time{}, compared
	if reason == LinkNotSure {
		l.Until = now.Add(NotSureTime)
	}
	l.By, l.At, l.Case = by, now, k
	return l, nil
}

// Undo takes back what was said last.
func (l Link) Undo(k CaseID, by AccountID, now time.Time) (Link, error) {
	if l.State != LinkConfirmed && l.State != LinkRejected {
		return l, l.stands()
	}
	l.State, l.Relation, l.Basis, l.Reason, l.Until = LinkUndone, "", "", "", time.Time{}
	l.By, l.At, l.Case = by, now, k
	return l, nil
}

// Joins tells whether both records count as one human being: a mother and the record of her child do not.
func (l Link) Joins() bool {
	return l.State == LinkConfirmed && l.Relation == SamePerson && l.Grounds.OnePerson
}

// Other is the record at the other end.
func (l Link) Other(of PersonID) PersonID {
	if l.Persons[0] == of {
		return l.Persons[1]
	}
	return l.Persons[0]
}

// Format prints a link as its id.
func (l Link) Format(s fmt.State, _ rune) { fmt.Fprint(s, l.ID.String()) }

// LogValue logs a link as its id.
func (l Link) LogValue() slog.Value { return slog.StringValue(l.ID.String()) }

func (LinkGrounds) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }
func (LinkEvidence) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (SpentMatch) Format(s fmt.State, _ rune)   { fmt.Fprint(s, hidden) }

func (LinkGrounds) LogValue() slog.Value  { return slog.StringValue(hidden) }
func (LinkEvidence) LogValue() slog.Value { return slog.StringValue(hidden) }
func (SpentMatch) LogValue() slog.Value   { return slog.StringValue(hidden) }

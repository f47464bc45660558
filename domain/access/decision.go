package access

// Outcome is what a decision comes to.
type Outcome uint8

// The outcomes. The zero Outcome is NotFound: a decision that nobody made shows nothing and tells of nothing.
const (
	NotFound        Outcome = iota // as if there were no such case
	Allow                          // go on; a read shows what the Grant says
	Denied                         // the caller sees the object, and this act on it is not theirs
	StepUp                         // a second factor first
	Await                          // a second person first
	Unauthenticated                // nobody at all
	Invalid                        // a consent, copy or message that may not be, whoever asks
)

var outcomeNames = [...]string{"NOT_FOUND", "ALLOW", "DENIED", "STEP_UP", "AWAIT", "UNAUTHENTICATED", "INVALID"}

// String is the outcome as the table and the journal write it: "NOT_FOUND".
func (o Outcome) String() string { return nameOf(outcomeNames[:], int(o)) }

// Rule is the id of a row of the table: "R10", "A22b".
type Rule string

// String is the id itself.
func (r Rule) String() string { return string(r) }

// Effects is who must learn of the act or read, in the same transaction.
type Effects uint8

// The effects of the table.
const (
	TellOwner    Effects = 1 << iota // the owner's Supervisor is told
	TellReviewer                     // the Reviewer is told
	TellSubject                      // it stands in the subject's access list
	Review72h                        // a review is due within 72 hours
)

// Decision is the answer to one question.
type Decision struct {
	Outcome Outcome
	Rule    Rule // the first row that matched
	Effects Effects
	Grant   Grant // what may be shown; nothing unless Outcome is Allow
}

// Allowed tells whether the caller may go on.
func (d Decision) Allowed() bool { return d.Outcome == Allow }

// Join makes one decision of several on the same read of one case: that of the relations and that of each leg with each
// basis. What one allows is shown, and everybody whom one tells is told. Where one asks for a second factor, the whole
// does, for it is one answer. None allowed, the first refusal stands.
func Join(decisions ...Decision) Decision {
	var joined Decision
	for i, d := range decisions {
		switch {
		case d.Outcome == StepUp:
			return d
		case d.Allowed() && joined.Allowed():
			joined.Effects |= d.Effects
			joined.Grant = Union(joined.Grant, d.Grant)
		case d.Allowed() || i == 0:
			joined = d
		}
	}
	return joined
}

// Purpose is why something was read, as the journal records it. It follows from the rule; users choose none.
type Purpose string

// The purposes; the table gives none to a pointer, to an app's own filing and to a refusal.
const (
	PurposeCare           Purpose = "CARE"
	PurposeReferral       Purpose = "REFERRAL"
	PurposeSafety         Purpose = "SAFETY"
	PurposeReview         Purpose = "REVIEW"
	PurposeSubjectRequest Purpose = "SUBJECT_REQUEST"
)

// Purpose is what the journal records for what this rule allowed; empty where the rule has none.
func (r Rule) Purpose() Purpose {
	switch r {
	case "R10", "R11a", "R11b", "R12a", "R12b", "R13a", "R13b", "R13c":
		return PurposeCare
	case "R14a", "R14b", "R14c", "R15a", "R15b", "R16a", "R16b", "R16c", "R16d", "R17":
		return PurposeReferral
	case "R18a", "R18b", "R18c", "R18e":
		return PurposeSafety
	case "R6a":
		return PurposeReview
	case "A32", "A33", "A34":
		return PurposeSubjectRequest
	}
	return ""
}

package casework

import (
	"fmt"
	"log/slog"
	"time"
)

// ApprovalTime is how long an act waits for its second person (design: access, Approvals).
const ApprovalTime = 24 * time.Hour

// Approval is an act that waits for a second person: what one asked for, and of what it is.
type Approval struct {
	ID         ID
	Action     string // as the table of rights calls it
	Method     string // whose request it is
	ObjectKind string // cases, blocks, persons …: the collection that the object is of
	Object     ID
	Case       CaseID // zero: of no case, or of none that the first person may be told of
	Owner      ID     // whose key seals the request: the case's subject, else the first person's account

	By         AccountID // the first person
	Credential string    // by which she asked
	Membership ID        // in which role she asked
	Unit       UnitID
	Request    [16]byte // her request_id
	Mark       [32]byte // of the body of her request

	NeededRole Role
	NeededUnit UnitID // zero: any

	Created   time.Time
	Expires   time.Time
	State     ApprovalState
	Decided   time.Time
	DecidedBy AccountID
	Revision  int64
	Reason    string // of the first person, sealed
	Refusal   string // of the second, sealed
}

// Waiting tells whether somebody may still decide. One whose time is over has lapsed, whether or not it was swept.
func (a Approval) Waiting(now time.Time) bool {
	return a.State == ApprovalWaiting && now.Before(a.Expires)
}

// StateAt is the state at an instant.
func (a Approval) StateAt(now time.Time) ApprovalState {
	if a.State == ApprovalWaiting && !a.Waiting(now) {
		return ApprovalLapsed
	}
	return a.State
}

// End ends what waits, once. Who may is for access to say; nobody does by herself what needs two.
func (a Approval) End(state ApprovalState, by AccountID, now time.Time) (Approval, error) {
	if !a.Waiting(now) && !(state == ApprovalLapsed && a.State == ApprovalWaiting) {
		return a, a.Over(now)
	}
	a.State, a.Decided, a.DecidedBy = state, now, by
	return a, nil
}

// Over is the answer to whoever comes too late.
func (a Approval) Over(now time.Time) error {
	return Precondition("APPROVAL_STATE").With("state", string(a.StateAt(now)))
}

// Duty is what the second person owes. It ends with the approval, so that it is never late.
func (a Approval) Duty(unit UnitID) Duty {
	return Duty{
		Kind: OnApproval, Object: a.ID, Case: a.Case, Unit: unit, Name: DutyApprove, Rule: string(DutyApprove),
		Started: a.Created, Due: a.Expires, Level2: a.Expires, Level3: a.Expires,
	}
}

// Format prints an approval as its id.
func (a Approval) Format(s fmt.State, _ rune) { fmt.Fprint(s, a.ID.String()) }

// LogValue logs an approval as its id.
func (a Approval) LogValue() slog.Value { return slog.StringValue(a.ID.String()) }

package access

import "github.com/sinergi-pug/sinergi/domain/casework"

// Facts is all that a decision looks at: who asks for what, about which case, and, where a leg gives a right, that leg
// with one basis of its own. A leg with two bases, or an officer with two legs, is asked about once for each and the
// answers are joined: else the wide scope of one would meet the weak basis of another. The zero of each fact is its
// strictest value, so that one which was forgotten narrows.
type Facts struct {
	Action    Action
	Active    bool // account, credential, role and unit all work
	Blocked   bool // this account or its unit is blocked on the case, or the account is a person named on it
	Role      Role
	Sector    Sector // of the active unit
	Relations Relation
	Level     Level // of the case; unset is decided as L3
	State     State // of the case; unset is decided as Sealed
	MFA       MFA
	Leg       casework.LegID
	Basis     Basis // valid now, for this leg
	Scope     Mask  // the classes that this basis opens; F0 and F1Own belong to every scope
	Named     Named // the fields that this basis lists one by one
	OwnLevel  Level // the highest level among the caller's own cases that a confirmed link joins to this one
	Cond      Cond
	Case      casework.CaseID
}

// Doing gives the same facts for another action: the read that follows an act, or the act behind a button. The reason
// and the second signature of an act are not taken along into a read, where they would open F4; that of CaseOpen is. Nor is
// the second signature of a glass taken into an act: it was given for reading.
func (f Facts) Doing(action Action) Facts {
	if action != Read && f.Action <= Read && f.Relations&BreakGlass != 0 {
		f.Cond &^= Cosigned
	}
	if action == Read && f.Action > Read {
		f.Cond &^= Cosigned
		if f.Action != CaseOpen {
			f.Cond &^= HasReason
		}
	}
	f.Action = action
	return f
}

// Role is what a membership lets its holder be. A session acts in one role of one unit.
type Role uint8

// The roles; the zero Role is nobody's.
const (
	Intake     Role = iota + 1 // kader, front desk
	Worker                     // clinician, social worker
	Supervisor                 // head of a unit's casework
	Stats                      // regency statistics
	Reviewer                   // data-protection reviewer, in no service unit
	Auditor                    // checks the journal
	Admin                      // accounts and directory
	App                        // a program of one unit
)

var roleNames = [...]string{"", "INTAKE", "WORKER", "SUPERVISOR", "STATS", "REVIEWER", "AUDITOR", "ADMIN", "APP"}

// String is the role as the journal writes it: "WORKER".
func (r Role) String() string { return nameOf(roleNames[:], int(r)) }

// Sector is the side of the service world that a unit stands on, as far as rights ask for it.
type Sector uint8

// The sectors into which those of the directory fold.
const (
	OtherSector Sector = iota // has no sector content of its own
	Health
	Social
	Protection // women and child protection, police PPA
)

// Level is how secret a case is.
type Level uint8

// The levels, in rising secrecy.
const (
	L1 Level = iota + 1 // Biasa
	L2                  // Terbatas
	L3                  // Sangat terbatas
)

var levelNames = [...]string{"", "L1", "L2", "L3"}

// String is the level as the journal writes it: "L3".
func (l Level) String() string { return nameOf(levelNames[:], int(l)) }

// State is the part of a case's life that rights ask for.
type State uint8

// The states of a case.
const (
	Open   State = iota + 1
	Closed       // the work is over; the file is still read
	Sealed       // retention is over, or erasure under way
)

// MFA is the age of the second factor on this session or credential.
type MFA uint8

// The ages of a second factor.
const (
	MFANone   MFA = iota // never given, or older than 12 hours
	MFAFresh             // at most 12 hours old
	MFARecent            // at most 15 minutes old
)

// Relation is a set of relations of an account to a case. A block is no relation: it is Facts.Blocked, and beats all.
type Relation uint16

// The relations of access.md; several may hold at once.
const (
	Assigned   Relation = 1 << iota // named on the case, or deputy of one who is
	Owner                           // the case's register is the active unit's; for Intake its very unit
	Submitter                       // this account filed it
	Pending                         // the active unit still has to answer or serve the leg
	Receiver                        // the leg's officer or deputy, with or without a basis now
	Former                          // the active unit received a leg that is declined or final
	BreakGlass                      // this account opened the glass less than 2 hours ago
	Overseer                        // the leg is so late that the unit above is told
	Match                           // a confirmed link joins it to a case this account is assigned to

	anyRelation Relation = 1 << 15 // set in every question, so that a row without relations is met too
)

// Basis is a set of the grounds on which another unit may read a leg.
type Basis uint8

// The bases of disclosure.
const (
	Consent   Basis = 1 << iota // of the subject or a guardian
	Care                        // the chain of health care, UU 27/2022 art. 20
	Exception                   // X1 danger to life, X2 child protection, X3 order of an authority

	anyBasis Basis = 1 << 7 // as anyRelation
)

// Cond is a set of circumstances. The store sets a bit only when it has seen that the thing is so.
type Cond uint64

// The circumstances, in the words of access.md. Self and NotSelf are two bits on purpose: an unknown author is neither.
const (
	HasReason            Cond = 1 << iota // at least 30 characters came with this act, or with the case.open before this read
	Cosigned                              // another person of the needed role approved this act, object and body, or this glass
	IsSecond                              // the caller has the role and relation that the approval needs
	Self                                  // the account, filing, operation, glass or first signature is the caller's own
	NotSelf                               // it is known to be another's
	OwnUnit                               // the object's unit is the active one, or in its register
	OwnOrChildUnit                        // the object's unit is the active one or any below it
	RegencyUnit                           // the active unit is the root
	OfficeAbove                           // the active unit is above the units counted, or their district or village
	ReviewPending                         // a review of the case or glass is pending
	SentToReview                          // the pair was given to the reviewer and nobody has decided yet
	Addressed                             // the item waits for this account
	RecentFiling                          // the caller's filing opened the case less than 24 hours ago
	Filed30d                              // the caller's filing is less than 30 days old
	ChildGrowth                           // the case type is a child's nutrition or growth
	LegOver                               // the leg is DECLINED or final
	LetterUnit                            // the receiver is served by letter
	NotRecorder                           // another person recorded the outcome
	DoneOrByHand                          // a task is added, ended as DONE, or was made by a person
	ExactKey                              // an exact case number or NIK was given
	WithinQuota                           // fewer than 3 glasses in 30 days
	Candidate                             // the pair is a candidate of matching
	HoldsOwnSide                          // the caller is assigned to, or owner supervisor of, the upper side
	ExactEvidence                         // the pair has an exact NIK, KK or birth date, or is being rejected
	HeldConflict                          // the operation is held for a conflict
	HeldRightEnded                        // it is held because its author's right ended
	HeldInvalid                           // it is held because it cannot be filed as it is
	GiverGuardian                         // a guardian gives the consent
	GiverPerpetrator                      // who gives it is recorded as alleged perpetrator
	RequesterGuardian                     // a guardian asks for the copy
	RequesterPerpetrator                  // who asks is recorded as alleged perpetrator
	ContactPerpetrator                    // the contact is recorded as alleged perpetrator
	ExpiryOver365d                        // the consent would last more than 365 days
	NoMethod                              // it does not say how it was given and who explained it
	CarriesException                      // the filing carries an EXCEPTION

	told Cond = 1<<iota - 1 // what the store may say; the bits below follow from other facts
)

// Circumstances that Decide works out itself, whatever the store says.
const (
	matchUp      Cond = 1 << (iota + 60) // OwnLevel ≥ Level
	sees                                 // the read mask has F0 or F1Late
	writesSector                         // Health
	glassSector                          // Health or Protection
)

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return ""
}

package casework

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Disclosure is the basis on which other units may read a case: a consent, the chain of health care, or an exception.
type Disclosure struct {
	ID        DisclosureID
	Case      CaseID
	Kind      BasisKind
	From      UnitID
	To        []UnitID
	Services  []ReferralServiceType // its purpose, as a guard compares it; none: whatever its receivers are asked
	Given     time.Time
	Expires   time.Time // zero: with the leg
	Withdrawn time.Time
	Replaces  DisclosureID // the one that it renews; zero: none
	By        AccountID    // who recorded it
	Scope     uint32       // class bits of access.Mask
	Named     uint64       // bits of the contract's NamedField
	Content   DisclosureContent
}

// DisclosureContent stands sealed.
type DisclosureContent struct {
	Giver       ConsentGiver  `json:"giver,omitempty"`
	GiverName   string        `json:"giverName,omitempty"`
	GiverPerson PersonID      `json:"giverPerson,omitzero"`
	GiverNIK    string        `json:"giverNik,omitempty"`
	Method      ConsentMethod `json:"method,omitempty"`
	ExplainedBy string        `json:"explainedBy,omitempty"`
	Purpose     string        `json:"purpose,omitempty"`
	Reason      string        `json:"reason,omitempty"`
	OrderNumber string        `json:"orderNumber,omitempty"`
}

// IsException tells whether the basis is X1, X2 or X3.
func (k BasisKind) IsException() bool { return k == BasisX1 || k == BasisX2 || k == BasisX3 }

// ValidAt tells whether a receiver may read by it at an instant.
func (d Disclosure) ValidAt(now time.Time) bool {
	return d.Withdrawn.IsZero() && !now.Before(d.Given) && (d.Expires.IsZero() || now.Before(d.Expires))
}

// Names tells whether the basis is for a unit. One that it does not name reads nothing by it.
func (d Disclosure) Names(unit UnitID) bool { return slices.Contains(d.To, unit) }

// Serves tells whether a service is of its purpose.
func (d Disclosure) Serves(service ReferralServiceType) bool {
	return len(d.Services) == 0 || slices.Contains(d.Services, service)
}

// Covers tells whether a leg may stand on it: it names the receiver, and the service is of its purpose.
func (d Disclosure) Covers(l Referral) bool {
	return l.Case == d.Case && d.Names(l.Receiver) && d.Serves(l.Service)
}

// Supports tells whether a leg could stand on it now.
func (d Disclosure) Supports(l Referral, now time.Time) bool { return d.ValidAt(now) && d.Covers(l) }

// MayReplace tells what keeps a basis from taking the place of another. One that was withdrawn may be replaced like one that has
// ended: the client has agreed anew. What it had carried is over, and stays so.
func (d Disclosure) MayReplace(old Disclosure, replaced bool) error {
	var v Violations
	switch {
	case old.Case != d.Case || old.ID == d.ID:
		v.Add("replaces", "NOT_OF_THE_CASE")
	case replaced:
		v.Add("replaces", "REPLACED") // by another that was faster: its legs stand there
	}
	return v.orNil()
}

// TakesOver tells whether an open leg moves to a new basis: it renews the one on which the leg stands, or the leg stands on none
// that holds. No basis takes a leg from one in force unless it says that it replaces it.
func (d Disclosure) TakesOver(l Referral, stands Disclosure, now time.Time) bool {
	return !l.State.IsFinal() && d.Supports(l, now) &&
		(stands.ID == d.Replaces && d.Replaces != (DisclosureID{}) || !stands.ValidAt(now))
}

// exceptionRunes is how long the reason of an exception must be: who shares without the client says why (design: access, Bases).
const exceptionRunes = 30

func saysWhy(reason string) bool {
	return utf8.RuneCountInString(strings.TrimSpace(reason)) >= exceptionRunes
}

// CheckException is what the rules have against an exception as it was stated.
func CheckException(kind BasisKind, c DisclosureContent) Violations {
	var v Violations
	v.check(saysWhy(c.Reason), "reason", "TOO_SHORT")
	v.require(kind != BasisX3 || strings.TrimSpace(c.OrderNumber) != "", "orderNumber")
	return v
}

// CareCarries tells whether a leg is of the chain of health care: an ordinary service of a nutrition or growth case between two
// health units. The level is asked apart: whoever files without seeing it is not told (design: access, Bases).
func CareCarries(k CaseType, service ReferralServiceType, from, to UnitType) bool {
	return (k.IsNutrition() || k.IsGrowth()) && service.isOrdinary() &&
		from.Sector() == SectorHealth && to.Sector() == SectorHealth
}

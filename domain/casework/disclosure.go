package casework

import "time"

// Disclosure is the basis on which another unit may read a case.
type Disclosure struct {
	ID        DisclosureID
	Case      CaseID
	Kind      BasisKind
	From      UnitID
	To        []UnitID
	Given     time.Time
	Expires   time.Time // zero: with the leg
	Withdrawn time.Time
	Scope     uint32 // class bits of access.Mask
	Named     uint64 // bits of the contract's NamedField
	Content   DisclosureContent
}

// DisclosureContent stands sealed.
type DisclosureContent struct {
	Giver       ConsentGiver  `json:"giver,omitempty"`
	GiverName   string        `json:"giverName,omitempty"`
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

// ConsentDays bounds a consent: 90 days unless said otherwise, 365 at most.
const (
	ConsentDays    = 90
	ConsentDaysMax = 365
)

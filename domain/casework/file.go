package casework

import (
	"strings"
	"time"
	"unicode/utf8"
)

// overrideRunes is how long a reason must be to send a leg where it does not fit: a word is no reason.
const overrideRunes = 20

// Filing is what is known of a leg when it is filed (design: referral 4).
type Filing struct {
	CaseOpen      bool
	BasisValid    bool  // a disclosure names this receiver and is in force
	ReceiverAble  bool  // active with an unblocked handler, or served by letter
	OffersService bool  // the receiver's directory entry
	CoversArea    bool  // of the client
	OpenLeg       LegID // of the same case, service and receiver; zero: none
	Forms         []ViolenceForm
	Risk          RiskLevel
}

// File sends a leg. FULL capacity is no guard: the receiver says no itself, and the sender then knows.
func (r Referral) File(f Filing, now time.Time) (Referral, Change, error) {
	if err := r.mayFile(f); err != nil {
		return r, Change{}, err
	}
	r.State, r.Sent = Sent, now
	if r.Root == (LegID{}) {
		r.Root = r.ID
	}
	return r, Change{Event: EventFile}, nil
}

// mayFile holds the guards in the order of the page; the first that breaks is the answer.
func (r Referral) mayFile(f Filing) error {
	overridden := r.overridden()
	switch {
	case !f.CaseOpen:
		return Precondition("CASE_STATE")
	case !r.Service.Valid():
		return Violations{{"service", "NOT_A_SERVICE"}}
	case !r.Urgency.Valid():
		return Violations{{"urgency", "NOT_AN_URGENCY"}}
	case r.ReceiverRegister == r.SenderRegister:
		return Violations{{"receiverUnit", "INSIDE"}} // no leg arises inside a register: the service is a task there
	case !f.BasisValid:
		return Precondition("BASIS_MISSING")
	case !f.ReceiverAble:
		return Precondition("RECEIVER_UNAVAILABLE")
	case !f.OffersService && !overridden:
		return Precondition("SERVICE_MISMATCH")
	case !f.CoversArea && !overridden:
		return Precondition("AREA_MISMATCH")
	case f.OpenLeg != LegID{}:
		return Precondition("DUPLICATE_OPEN_LEG").With("referral", "referrals/"+f.OpenLeg.String())
	case r.Service == ServiceMediation && !mayMediate(f):
		return Precondition("SERVICE_NOT_ALLOWED")
	}
	return nil
}

// overridden tells whether the sender says why the leg goes where it does not fit.
func (r Referral) overridden() bool {
	return utf8.RuneCountInString(strings.TrimSpace(r.Request.OverrideReason)) >= overrideRunes
}

// mayMediate: UU 12/2022 art. 23 allows no settlement of sexual violence outside court, and who is in danger of her life does not
// negotiate.
func mayMediate(f Filing) bool {
	return f.Risk != RiskHigh && !Incident{Forms: f.Forms}.Has(FormSexual)
}

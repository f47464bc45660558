package casework

import "time"

// Referral is one leg: a promise between two units about one client and one service. It ends only when the sender knows what
// happened. Its machine is referral_table.go (what is possible when), referral_decide.go, referral_serve.go, referral_end.go and
// referral_forward.go (what each event does), referral_duty.go (who then owes what).
type Referral struct {
	ID               LegID
	Number           string // R-7K2M-9N
	Case             CaseID
	Root             LegID // first leg of the chain
	Previous         LegID
	After            LegID  // the leg of the same filing that is to be served first; zero: none
	Hop              int    // how often receivers have handed the client on since the sender last chose
	ForwardedBy      UnitID // the receiver that handed the leg on; zero: the sender sent it
	FiledBy          AccountID
	Sender           UnitID
	SenderRegister   UnitID
	Receiver         UnitID
	ReceiverRegister UnitID
	Service          ReferralServiceType
	Urgency          Urgency
	State            ReferralState
	Disclosure       DisclosureID
	Officer          AccountID // by letter: zero; Report.OfficerName is who the receiver says it is
	Sent             time.Time
	Acknowledged     time.Time
	InfoRounds       int
	Questions        []InfoQuestion // of the latest round
	Answered         time.Time      // of the latest round; zero: not yet
	Accepted         time.Time
	ExpectedOn       Date      // of a client on the waiting list
	Appointment      time.Time // of a client who is to come
	ServedOn         Date      // first service; 0: none
	Reported         time.Time
	Recorder         AccountID // who recorded the outcome for a receiver by letter: may not confirm it
	Ended            time.Time
	DeclineReason    DeclineReason
	SuggestedUnit    UnitID
	CancelReason     CancelReason
	Outcome          Outcome
	OutcomeReason    OutcomeReason
	Unmet            []ReferralServiceType
	FollowUp         LegID
	ReceiverCase     CaseID
	NoShows          int
	Reopens          int
	Reopened         time.Time // last
	Unconfirmed      bool
	Revision         int64
	Request          LegRequest
	Report           LegReport
}

// LegRequest is what the sender wrote, sealed.
type LegRequest struct {
	Question         string       `json:"question,omitempty"`
	OverrideReason   string       `json:"overrideReason,omitempty"`
	NoFollowUpReason string       `json:"noFollowUpReason,omitempty"`
	Answers          []InfoAnswer `json:"answers,omitempty"`
	ReopenReason     string       `json:"reopenReason,omitempty"`
}

// InfoAnswer is the return unit's answer to one question of the receiver.
type InfoAnswer struct {
	Question InfoQuestion `json:"question"`
	Reply    YesNo        `json:"reply"`
	Text     string       `json:"text,omitempty"`
}

// LegReport is what the receiver wrote, or said by letter, sealed.
type LegReport struct {
	OfficerName string `json:"officerName,omitempty"`
	Summary     string `json:"summary,omitempty"`
}

// Progress is one entry of a leg's progress. Append only.
type Progress struct {
	ID          ID
	Leg         LegID
	Kind        ProgressKind
	Account     AccountID
	Recorded    time.Time
	Occurred    time.Time
	HeardBy     HeardBy // of a receiver by letter
	Channel     ContactChannel
	ExpectedOn  Date
	Appointment time.Time
	ServedOn    Date
	Note        string            // sealed
	Diagnosis   StuntingDiagnosis // sealed: a hospital worker's
}

// IsFinal tells whether nobody owes anything any more.
func (s ReferralState) IsFinal() bool { return s == Closed || s == Cancelled || s == Forwarded }

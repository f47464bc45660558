package casework

import "time"

// Case is the file of one subject in one unit.
type Case struct {
	ID            CaseID
	Number        string // K-4Q8X-DT
	Register      UnitID
	Unit          UnitID
	Type          CaseType
	Level         Level
	Status        CaseStatus
	Sealed        bool // retention is over, or erasure under way
	Subject       PersonID
	Kecamatan     string
	IntakeChannel IntakeChannel
	IndexIncident ID        // the incident reported at registration
	RiskLevel     RiskLevel // in clear, for deadlines follow from it
	RiskAssessed  time.Time // when a worker last judged it; zero: not since the filing
	Consent       ServiceConsentAnswer
	Closure       ClosureReason // empty while open
	Reopened      int           // how often
	CareRefused   bool          // the client refuses the chain of care: a leg needs her consent
	Legacy        bool          // it was under way before Sinergi, and is in no indicator
	Opened        time.Time
	Closed        time.Time // zero while open
	Revision      int64
	Content       CaseContent
}

// CaseContent is what of a case stands sealed beside it.
type CaseContent struct {
	Risk           Risk           `json:"risk"`
	AssessmentNote string         `json:"assessmentNote,omitempty"`
	Plan           Plan           `json:"plan,omitzero"`
	Consent        ServiceConsent `json:"consent,omitzero"`
	UrgentReason   string         `json:"urgentReason,omitempty"` // of a service that began before its plan
	ResumeReason   string         `json:"resumeReason,omitempty"`
	TypeReason     string         `json:"typeReason,omitempty"` // of the last reclassification
	ReopenReason   string         `json:"reopenReason,omitempty"`
	Closing        Closing        `json:"closing,omitzero"`
	Legacy         *Legacy        `json:"legacy,omitempty"`
	HiddenAddress  string         `json:"-"` // class F4, sealed by itself: where she is now
}

// Plan is what the worker and the client mean to do.
type Plan struct {
	Services []ReferralServiceType `json:"services,omitempty"`
	Note     string                `json:"note,omitempty"`
	Agreed   bool                  `json:"agreed,omitempty"` // with the client
}

// IsViolence tells whether the type is one of the three that open on the protected side.
func (t CaseType) IsViolence() bool {
	return t == DomesticViolence || t == ChildViolence || t == WomanViolence
}

// IsNutrition tells whether the type is counted as a nutrition case. GROWTH_MONITORING is none.
func (t CaseType) IsNutrition() bool {
	return t == ChildStunting || t == ChildNutritionRisk || t == FamilyStuntingRisk
}

// IsGrowth tells whether the type is of the group of which a child has at most one open case in a register.
func (t CaseType) IsGrowth() bool {
	return t == ChildStunting || t == ChildNutritionRisk || t == GrowthMonitoring
}

// BirthLevel is the confidentiality with which a case of the type is born.
func (t CaseType) BirthLevel() Level {
	if t.IsViolence() {
		return L3
	}
	return L1
}

// Side is the side of the subject's record.
func (t CaseType) Side() Side {
	if t.IsViolence() {
		return Protected
	}
	return Ordinary
}

package access

// Action is one thing that a caller may want. The zero Action is nobody's right.
type Action uint8

// The actions on a case, then those on no case. A new one goes into its half: the first are gated by blocks, seals and
// levels, the second are not.
const (
	Read Action = iota + 1
	CaseUpdate
	CaseTransition
	CaseNote
	CaseIncident
	CaseMeasure
	CaseAssign
	CaseLowerLevel
	CaseRaiseLevel
	CaseTransfer
	CaseClose
	CaseReopen
	CaseOpen
	CaseSeal
	CaseUnseal
	CaseErase
	TaskAdd
	TaskEnd
	BlockAdd
	BlockRemove
	DisclosureRecord
	DisclosureWithdraw
	DisclosureException
	ReferralSend
	ReferralSuggest
	ReferralAcknowledge
	ReferralAccept
	ReferralDecline
	ReferralRequestInfo
	ReferralReassign
	ReferralWork
	ReferralReport
	ReferralFollow
	ReferralProvideInfo
	ReferralConfirm
	ReferralRecordFor
	ReferralRemind
	LinkReveal
	LinkDecide
	LinkReview
	BreakGlassOpen
	BreakGlassCosign
	HoldLegal
	SubjectCopy
	SubjectAccesses
	SyncHeld
	ApprovalDecide

	File
	GrowthAssess
	PersonFind
	PersonSearch
	PersonCreate
	StatsLive
	StatsOverseen
	StatsReleased
	StatsDraft
	StatsApprove
	JournalUnit
	JournalAll
	JournalVerify
	ReviewDecide
	ReviewList
	AccountManage
	AccountApprove
	TokenManage
	AbsenceSet
	WebhookManage
	DirectoryManage
	DirectoryDutyOfficer
	DirectoryRead
	DeadlineManage
	Notify // the server's own messages; only CheckConsent speaks about them

	actionEnd
)

var actionNames = [actionEnd]string{
	Read:                 "read",
	CaseUpdate:           "case.update",
	CaseTransition:       "case.transition",
	CaseNote:             "case.note",
	CaseIncident:         "case.incident",
	CaseMeasure:          "case.measure",
	CaseAssign:           "case.assign",
	CaseLowerLevel:       "case.lower_level",
	CaseRaiseLevel:       "case.raise_level",
	CaseTransfer:         "case.transfer",
	CaseClose:            "case.close",
	CaseReopen:           "case.reopen",
	CaseOpen:             "case.open",
	CaseSeal:             "case.seal",
	CaseUnseal:           "case.unseal",
	CaseErase:            "case.erase",
	TaskAdd:              "task.add",
	TaskEnd:              "task.end",
	BlockAdd:             "block.add",
	BlockRemove:          "block.remove",
	DisclosureRecord:     "disclosure.record",
	DisclosureWithdraw:   "disclosure.withdraw",
	DisclosureException:  "disclosure.exception",
	ReferralSend:         "referral.send",
	ReferralSuggest:      "referral.suggest",
	ReferralAcknowledge:  "referral.acknowledge",
	ReferralAccept:       "referral.accept",
	ReferralDecline:      "referral.decline",
	ReferralRequestInfo:  "referral.request_info",
	ReferralReassign:     "referral.reassign",
	ReferralWork:         "referral.work",
	ReferralReport:       "referral.report",
	ReferralFollow:       "referral.follow",
	ReferralProvideInfo:  "referral.provide_info",
	ReferralConfirm:      "referral.confirm",
	ReferralRecordFor:    "referral.record_for",
	ReferralRemind:       "referral.remind",
	LinkReveal:           "link.reveal",
	LinkDecide:           "link.decide",
	LinkReview:           "link.review",
	BreakGlassOpen:       "breakglass.open",
	BreakGlassCosign:     "breakglass.cosign",
	HoldLegal:            "hold.legal",
	SubjectCopy:          "subject.copy",
	SubjectAccesses:      "subject.accesses",
	SyncHeld:             "sync.held",
	ApprovalDecide:       "approval.decide",
	File:                 "file",
	GrowthAssess:         "growth.assess",
	PersonFind:           "person.find",
	PersonSearch:         "person.search",
	PersonCreate:         "person.create",
	StatsLive:            "stats.live",
	StatsOverseen:        "stats.overseen",
	StatsReleased:        "stats.released",
	StatsDraft:           "stats.draft",
	StatsApprove:         "stats.approve",
	JournalUnit:          "journal.unit",
	JournalAll:           "journal.all",
	JournalVerify:        "journal.verify",
	ReviewDecide:         "review.decide",
	ReviewList:           "review.list",
	AccountManage:        "account.manage",
	AccountApprove:       "account.approve",
	TokenManage:          "token.manage",
	AbsenceSet:           "absence.set",
	WebhookManage:        "webhook.manage",
	DirectoryManage:      "directory.manage",
	DirectoryDutyOfficer: "directory.duty_officer",
	DirectoryRead:        "directory.read",
	DeadlineManage:       "deadline.manage",
	Notify:               "notify",
}

// String is the action as the table and the journal write it: "referral.send".
func (a Action) String() string { return nameOf(actionNames[:], int(a)) }

// OnCase tells whether the action is about a case, so that blocks, seals and levels gate it. Whatever is not known to
// be otherwise is.
func (a Action) OnCase() bool { return a < File || a >= actionEnd }

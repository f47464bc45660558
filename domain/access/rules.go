package access

import "slices"

// rule is one row of the table. It is met if every trait of the question is among its own, one of its relations and one
// of its bases hold, and all that it needs is so. An empty column is "any".
type rule struct {
	id      Rule
	on      []Action
	at      traits
	rel     Relation
	basis   Basis
	needs   Cond
	then    Outcome
	shows   Mask
	scoped  bool // shows only what the scope of this basis of this leg holds
	effects Effects
}

// Sets of actions and traits that the rows share.
var (
	every    = actions(0, actionEnd)
	onCase   = actions(0, File) // with whatever is no action
	onSystem = actions(File, actionEnd)
	onStats  = actions(StatsLive, JournalUnit)
	// toRead is alone in a gate or read row.
	toRead = []Action{Read}
	// pastSeal is what ends a seal or a case, and a legal hold, which outlives both.
	pastSeal = []Action{CaseUnseal, CaseErase, HoldLegal, ApprovalDecide}
)

const (
	officers  = worker | supervisor
	caseRoles = intake | officers
	l12       = l1 | l2
	readable  = open | closed
	secondKey = fresh | recent

	tellAll = TellOwner | TellReviewer | TellSubject
)

// gates come first; the first that is met answers, for a read and for an act alike.
var gates = []rule{
	{id: "R0", on: every, at: inactive, then: Unauthenticated},
	// A perpetrator may be an officer, or sit beside one: no role, relation, basis or glass gets past a block.
	{id: "R1", on: onCase, at: blocked, then: NotFound, effects: TellReviewer},
	// A program follows its own filings and is shown nothing that its screen could leak.
	{id: "R2a", on: toRead, at: app | l12 | readable, rel: Submitter, then: Allow, shows: Receipt | F1Own},
	{id: "R2b", on: toRead, at: app | l3 | readable, rel: Submitter, then: Allow, shows: Receipt},
	{id: "R2c", on: onCase, at: app, then: NotFound},
	{id: "R3", on: onCase, at: stats, then: NotFound},
	{id: "R4", on: onCase, at: admin, then: NotFound},
	{id: "R5", on: onCase, at: auditor, then: NotFound},
	// Reviewing an act takes its reason and its service, never who it was or what befell her.
	{id: "R6a", on: toRead, at: reviewer | readable, needs: ReviewPending, then: Allow, shows: F0 | F1 | Reason},
	{id: "R6b", on: toRead, at: reviewer, then: NotFound},
	{id: "R7", on: without(onCase, pastSeal), at: sealed, then: NotFound},
}

// reads allow, and are all asked; what may be read is the union of those that are met.
var reads = []rule{
	{id: "R10", on: toRead, at: officers, rel: Assigned, shows: F0 | F1 | F2 | F3 | F4},
	// A head sees the work; the chronology only with a written reason that the subject can find later.
	{id: "R11a", on: toRead, at: supervisor, rel: Owner, shows: F0 | F1 | F2 | F3},
	{id: "R11b", on: toRead, at: supervisor, rel: Owner, needs: HasReason, shows: F0 | F1 | F2 | F3 | F4, effects: TellSubject},
	{id: "R12a", on: toRead, at: worker | l1, rel: Owner, shows: F0 | F1 | F2 | F3},
	{id: "R12b", on: toRead, at: worker | l2, rel: Owner, shows: F0 | F1},
	{id: "R13a", on: toRead, at: intake | l1, rel: Owner, shows: F0 | F1},
	{id: "R13b", on: toRead, at: intake | l2, rel: Owner, shows: F0},
	// A kader must know by name whom she weighs. A case raised to L2 leaves her list like a child weighed elsewhere.
	{id: "R13c", on: toRead, at: intake | l1, rel: Owner, needs: ChildGrowth, shows: F0 | F1 | F2Roster | F3Last},
	// A day to correct one's own filing.
	{id: "R14a", on: toRead, at: caseRoles | l1, rel: Submitter, needs: RecentFiling, shows: F0 | F1Own | F2 | F3},
	{id: "R14b", on: toRead, at: caseRoles | l12, rel: Submitter, shows: F0 | F1Own},
	{id: "R14c", on: toRead, at: caseRoles | l3, rel: Submitter, shows: Receipt},
	// A unit decides on a leg without a name: age band and sex are enough to know whether it can serve.
	{id: "R15a", on: toRead, at: intake | l12, rel: Pending, shows: F0 | F1Own},
	{id: "R15b", on: toRead, at: officers, rel: Pending, shows: F0 | F1Own},
	{
		id: "R16a", on: toRead, at: officers | l12, rel: Receiver, basis: Consent,
		shows: F0 | F1 | F2 | F3Sector | F3Named | F4Named, scoped: true,
	},
	{
		id: "R16b", on: toRead, at: officers | l3, rel: Receiver, basis: Consent,
		shows: F0 | F1 | F2 | F3Named | F4Named, scoped: true,
	},
	// Nobody consented: capped at who and what, whatever the exception names, and she can find it (UU 23/2004 art. 10).
	{id: "R16c", on: toRead, at: officers, rel: Receiver, basis: Exception, shows: F0 | F1 | F2, scoped: true, effects: TellSubject},
	{
		id: "R16d", on: toRead, at: officers | l1, rel: Receiver, basis: Care,
		shows: F0 | F1 | F2 | F3Sector, scoped: true, effects: TellSubject,
	},
	// Basis over, leg declined or ended: what became of one's own leg stays visible, else its outcome is never reported.
	{id: "R17", on: toRead, at: officers, rel: Receiver | Former, shows: F0 | F1Own},
	{id: "R18a", on: toRead, at: officers | l12, rel: BreakGlass, shows: F0 | F1 | F2 | F3, effects: tellAll},
	{id: "R18b", on: toRead, at: officers | l3, rel: BreakGlass, shows: F0 | F1 | F2, effects: tellAll},
	{id: "R18c", on: toRead, at: officers, rel: BreakGlass, needs: Cosigned, shows: F0 | F1 | F2 | F3 | F4, effects: tellAll},
	// Which unit sleeps, and no word of the client.
	{id: "R18e", on: toRead, at: supervisor, rel: Overseer, shows: F1Late},
	// The pointer flows upward: she decides whether to make herself known; the clinic learns nothing.
	{id: "R19", on: toRead, at: officers, rel: Match, needs: matchUp, shows: F0},
}

// unread answers a read that no row above allowed.
var unread = rule{id: "R20", then: NotFound}

// acts allow; the first that is met answers. One that lacks nothing but the second person waits for it.
var acts = []rule{
	{id: "A1", on: []Action{File}, at: caseRoles | app, needs: OwnUnit},
	{id: "A1b", on: []Action{GrowthAssess}, at: caseRoles | app},
	{id: "A2", on: []Action{CaseUpdate, CaseTransition, CaseNote, CaseIncident}, at: officers | open, rel: Assigned},
	{id: "A3", on: []Action{CaseUpdate, CaseTransition, CaseNote, CaseIncident}, at: supervisor | open, rel: Owner},
	// A team shares its ordinary cases: a clinic where one midwife is on leave must go on.
	{id: "A3b", on: []Action{
		CaseUpdate, CaseTransition, CaseNote, DisclosureRecord, ReferralSuggest, ReferralFollow,
		ReferralProvideInfo,
	}, at: worker | l1 | open, rel: Owner},
	{id: "A4", on: []Action{CaseMeasure}, at: caseRoles | l1 | open, rel: Owner},
	{id: "A5", on: []Action{CaseMeasure}, at: officers | open, rel: Assigned | Receiver, needs: writesSector},
	{id: "A5b", on: []Action{TaskAdd, TaskEnd}, at: officers | open, rel: Assigned, needs: DoneOrByHand},
	{id: "A5d", on: []Action{TaskAdd, TaskEnd}, at: worker | l1 | open, rel: Owner, needs: DoneOrByHand},
	// A duty that a rule made is waived by the head alone.
	{id: "A5c", on: []Action{TaskAdd, TaskEnd}, at: supervisor | open, rel: Owner},
	{id: "A6", on: []Action{CaseAssign, CaseLowerLevel}, at: supervisor | open, rel: Owner, needs: HasReason, effects: TellSubject},
	{id: "A6b", on: []Action{CaseTransfer}, at: supervisor | open, rel: Owner, needs: HasReason, effects: TellSubject},
	{id: "A7", on: []Action{CaseClose, CaseReopen}, at: supervisor | readable, rel: Owner},
	{id: "A8", on: []Action{CaseClose, CaseReopen}, at: worker | l1 | readable, rel: Assigned},
	{id: "A8b", on: []Action{CaseOpen}, at: supervisor | readable, rel: Owner, needs: HasReason, effects: TellSubject},
	// Raising and blocking protect, so whoever works on the case may, a receiver too.
	{id: "A9", on: []Action{CaseRaiseLevel, BlockAdd}, at: officers | readable, rel: Assigned | Receiver},
	{id: "A10", on: []Action{CaseRaiseLevel, BlockAdd}, at: supervisor | readable, rel: Owner},
	{id: "A11", on: []Action{CaseRaiseLevel, BlockAdd}, at: reviewer | readable, needs: ReviewPending, effects: TellOwner},
	{
		id: "A12", on: []Action{BlockRemove}, at: supervisor | readable | secondKey, rel: Owner,
		needs: HasReason | Cosigned, effects: tellAll,
	},
	{id: "A13", on: []Action{DisclosureRecord}, at: officers | open, rel: Assigned, effects: TellSubject},
	{id: "A14", on: []Action{DisclosureRecord}, at: supervisor | open, rel: Owner, effects: TellSubject},
	// On her word, at once, to whomever of them she says it.
	{id: "A15", on: []Action{DisclosureWithdraw}, at: officers | readable, rel: Assigned | Receiver, effects: TellOwner | TellSubject},
	{id: "A16", on: []Action{DisclosureWithdraw}, at: supervisor | readable, rel: Owner, effects: TellOwner | TellSubject},
	// X1 UU 23/2004 art. 15, X2 Permenkes 68/2013 art. 6-8, X3 an order: never silent, never unreviewed.
	{
		id: "A17", on: []Action{DisclosureException}, at: officers | open | secondKey, rel: Assigned,
		needs: HasReason, effects: tellAll | Review72h,
	},
	{
		id: "A18", on: []Action{DisclosureException}, at: supervisor | open | secondKey, rel: Owner,
		needs: HasReason, effects: tellAll | Review72h,
	},
	{
		id: "A19", on: []Action{ReferralSend}, at: officers | open, rel: Assigned | Receiver,
		basis: Consent | Care | Exception, effects: TellSubject,
	},
	{id: "A20", on: []Action{ReferralSend}, at: supervisor | open, rel: Owner, basis: Consent | Care | Exception, effects: TellSubject},
	{id: "A20d", on: []Action{ReferralSend}, at: worker | l1 | open, rel: Owner, basis: Consent | Care | Exception, effects: TellSubject},
	{id: "A20b", on: []Action{ReferralSuggest}, at: officers | open, rel: Assigned | Receiver},
	{id: "A20c", on: []Action{ReferralSuggest}, at: supervisor | open, rel: Owner},
	{id: "A21", on: []Action{ReferralAcknowledge}, at: intake | l12 | open, rel: Pending},
	{
		id: "A22", on: []Action{ReferralAcknowledge, ReferralAccept, ReferralDecline, ReferralRequestInfo}, at: officers | open,
		rel: Pending | Receiver,
	},
	// Late answers to a leg that is over: the machine says what it became.
	{id: "A22b", on: []Action{
		ReferralAcknowledge, ReferralAccept, ReferralDecline, ReferralRequestInfo, ReferralWork,
		ReferralReport,
	}, at: officers | readable, rel: Former, needs: LegOver},
	{id: "A23", on: []Action{ReferralReassign}, at: supervisor | open, rel: Pending},
	// Progress needs the basis that the service stands on; the outcome does not, for it shows nothing new.
	{id: "A24", on: []Action{ReferralWork}, at: officers | open, rel: Receiver, basis: Consent | Care | Exception},
	{id: "A24b", on: []Action{ReferralReport}, at: officers | open, rel: Receiver},
	{id: "A25", on: []Action{ReferralFollow, ReferralProvideInfo}, at: officers | readable, rel: Assigned},
	{id: "A26", on: []Action{ReferralFollow, ReferralProvideInfo}, at: supervisor | readable, rel: Owner},
	// The second key: who wrote down the outcome of a letter cannot also confirm it.
	{id: "A26f", on: []Action{ReferralConfirm}, at: officers | readable, rel: Assigned, needs: NotRecorder},
	{id: "A26g", on: []Action{ReferralConfirm}, at: supervisor | readable, rel: Owner, needs: NotRecorder},
	{id: "A26h", on: []Action{ReferralConfirm}, at: worker | l1 | readable, rel: Owner, needs: NotRecorder},
	{id: "A26b", on: []Action{ReferralProvideInfo}, at: intake | l1 | open, rel: Submitter, needs: Filed30d},
	{id: "A26c", on: []Action{ReferralRecordFor}, at: officers | open, rel: Assigned, needs: LetterUnit},
	{id: "A26d", on: []Action{ReferralRecordFor}, at: supervisor | open, rel: Owner, needs: LetterUnit},
	{id: "A26e", on: []Action{ReferralRemind, ReferralReassign}, at: supervisor | open, rel: Overseer, needs: HasReason},
	// A right on the pair and no read of a case: two columns, and no sector, which would tell that it is about violence.
	{id: "A27", on: []Action{LinkReveal, LinkDecide}, at: reviewer | readable | secondKey, needs: SentToReview, shows: F2Link},
	{
		id: "A28", on: []Action{BreakGlassOpen}, at: officers | open | recent,
		needs: glassSector | ExactKey | HasReason | WithinQuota, effects: tellAll | Review72h,
	},
	{
		id: "A29", on: []Action{BreakGlassOpen}, at: officers | open | recent,
		needs: glassSector | ExactKey | HasReason | Cosigned, effects: tellAll | Review72h,
	},
	{
		id: "A30", on: []Action{BreakGlassCosign}, at: reviewer | open | recent,
		needs: ReviewPending | NotSelf, effects: TellOwner | TellSubject,
	},
	{
		id: "A31", on: []Action{CaseSeal, CaseUnseal, CaseErase}, at: supervisor | recent, rel: Owner,
		needs: HasReason | Cosigned, effects: TellOwner | TellReviewer,
	},
	{
		id: "A31b", on: []Action{HoldLegal}, at: supervisor | recent, rel: Owner,
		needs: HasReason | Cosigned, effects: TellOwner | TellReviewer,
	},
	{
		id: "A32", on: []Action{SubjectCopy}, at: supervisor | readable | recent, rel: Owner,
		needs: Cosigned, effects: TellReviewer | TellSubject,
	},
	{id: "A33", on: []Action{SubjectAccesses}, at: officers | readable, rel: Assigned},
	{id: "A34", on: []Action{SubjectAccesses}, at: supervisor | readable, rel: Owner},
	{id: "A35", on: []Action{LinkReview}, at: officers | readable, needs: Candidate | matchUp | HoldsOwnSide},
	{id: "A35b", on: []Action{LinkDecide}, at: officers | readable, needs: Candidate | matchUp | HoldsOwnSide | ExactEvidence},
	{id: "A35c", on: []Action{LinkDecide}, at: officers | readable, needs: Candidate | matchUp | HoldsOwnSide | Cosigned},
	{id: "A36", on: []Action{PersonFind, PersonSearch}, at: caseRoles},
	{id: "A36b", on: []Action{PersonCreate}, at: caseRoles | app, needs: OwnUnit},
	// What a device filed in the field and the server holds: settled by who may, and never by the author of a lost right.
	{id: "A36c", on: []Action{SyncHeld}, at: officers, rel: Assigned, needs: HeldConflict},
	{id: "A36d", on: []Action{SyncHeld}, at: supervisor, rel: Owner, needs: HeldConflict},
	{id: "A36e", on: []Action{SyncHeld}, at: supervisor, rel: Owner, needs: HeldRightEnded | NotSelf},
	{id: "A36f", on: []Action{SyncHeld}, at: intake | l12, needs: HeldInvalid | Self},
	{id: "A36g", on: []Action{SyncHeld}, at: officers, needs: HeldInvalid | Self},
	{id: "A36h", on: []Action{SyncHeld}, at: supervisor, needs: HeldInvalid | OwnUnit},
	{id: "A37", on: []Action{StatsLive}, at: officers, needs: OwnUnit},
	{id: "A37b", on: []Action{StatsOverseen}, at: supervisor | stats, needs: OfficeAbove},
	{id: "A38", on: []Action{StatsReleased}, at: caseRoles | stats | reviewer},
	{id: "A39", on: []Action{StatsDraft}, at: stats},
	{id: "A40", on: []Action{StatsApprove}, at: supervisor, needs: OwnUnit},
	{id: "A41", on: []Action{JournalUnit}, at: supervisor, needs: OwnUnit},
	{id: "A42", on: []Action{JournalAll}, at: reviewer},
	{id: "A43", on: []Action{JournalVerify}, at: auditor | reviewer},
	{id: "A44", on: []Action{ReviewDecide}, at: reviewer, needs: ReviewPending | NotSelf, effects: TellOwner},
	{id: "A44b", on: []Action{ApprovalDecide}, at: officers | reviewer | recent, needs: IsSecond | NotSelf},
	{id: "A44c", on: []Action{ReviewList}, needs: Addressed},
	// Nobody gives a right to themselves.
	{id: "A45", on: []Action{AccountManage, TokenManage}, at: admin | secondKey, needs: OwnOrChildUnit | NotSelf},
	{id: "A45b", on: []Action{AbsenceSet}, at: caseRoles, needs: Self},
	{id: "A45c", on: []Action{AbsenceSet}, at: supervisor | secondKey, needs: OwnUnit},
	{id: "A45d", on: []Action{WebhookManage}, at: admin | secondKey, needs: OwnOrChildUnit},
	{id: "A46", on: []Action{DirectoryManage}, at: admin | secondKey, needs: RegencyUnit},
	{id: "A46b", on: []Action{DirectoryDutyOfficer}, at: supervisor | secondKey, needs: OwnOrChildUnit},
	{id: "A46c", on: []Action{DirectoryRead}},
	{id: "A46d", on: []Action{DeadlineManage}, at: admin | secondKey, needs: RegencyUnit},
	{id: "A47", on: []Action{AccountApprove}, at: supervisor | secondKey, needs: OwnOrChildUnit | NotSelf},
	{id: "A48", on: []Action{AccountApprove}, at: reviewer | secondKey, needs: NotSelf},
}

// refusals answer an act that no row above allowed. Only who sees the object is told that it is there.
var refusals = []rule{
	{id: "A49", on: onStats, at: app | admin | auditor, then: NotFound},
	{id: "A90", on: onCase, needs: sees, then: Denied},
	{id: "A91", on: onCase, then: NotFound},
	{id: "A92", on: onSystem, then: Denied},
}

// stepUp comes last: at L3 whatever tells more than a receipt waits for a second factor, and what tells nothing stays so.
var stepUp = rule{id: "R8", on: onCase, at: l3 | stale, then: StepUp}

// consents forbid what no right can allow. A guardian who is the alleged perpetrator speaks for nobody.
var consents = []rule{
	{id: "G1", on: []Action{DisclosureRecord, File}, needs: GiverGuardian | GiverPerpetrator, then: Invalid},
	{id: "G2", on: []Action{SubjectCopy}, needs: RequesterGuardian | RequesterPerpetrator, then: Invalid},
	{id: "G3", on: []Action{Notify}, needs: ContactPerpetrator, then: Invalid},
	{id: "G4", on: []Action{DisclosureRecord, File}, needs: ExpiryOver365d, then: Invalid},
	{id: "G5", on: []Action{DisclosureRecord, File}, needs: NoMethod, then: Invalid},
	// An exception is an officer's act.
	{id: "G6", on: []Action{File}, at: intake | app, needs: CarriesException, then: Invalid},
}

func actions(from, end Action) []Action {
	var list []Action
	for a := from; a < end; a++ {
		list = append(list, a)
	}
	return list
}

func without(list, out []Action) []Action {
	return slices.DeleteFunc(slices.Clone(list), func(a Action) bool { return slices.Contains(out, a) })
}

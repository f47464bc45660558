package store

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Facts of a caller that hold for any action: who acts, and how fresh the second factor is.
func (c Caller) Facts(now time.Time) access.Facts {
	return access.Facts{Active: c.Active, Role: roles[c.Role], Sector: sectorOf(c.Unit.Type), MFA: mfaAge(c.MFATime, now)}
}

var roles = map[casework.Role]access.Role{
	casework.RoleIntake:     access.Intake,
	casework.RoleWorker:     access.Worker,
	casework.RoleSupervisor: access.Supervisor,
	casework.RoleStats:      access.Stats,
	casework.RoleReviewer:   access.Reviewer,
	casework.RoleAuditor:    access.Auditor,
	casework.RoleAdmin:      access.Admin,
	casework.RoleApp:        access.App,
}

var levels = map[casework.Level]access.Level{casework.L1: access.L1, casework.L2: access.L2, casework.L3: access.L3}

// sectorOf folds a type of unit into the four sectors that access knows (design: domain 2).
func sectorOf(t casework.UnitType) access.Sector {
	switch t.AccessFold() {
	case casework.FoldHealth:
		return access.Health
	case casework.FoldSocial:
		return access.Social
	case casework.FoldProtection:
		return access.Protection
	}
	return access.OtherSector
}

// Ages of a second factor.
const (
	mfaRecent = 15 * time.Minute
	mfaFresh  = 12 * time.Hour
)

func mfaAge(given, now time.Time) access.MFA {
	switch age := now.Sub(given); {
	case given.IsZero() || age > mfaFresh:
		return access.MFANone
	case age > mfaRecent:
		return access.MFAFresh
	}
	return access.MFARecent
}

// CaseFile is a case with what Decide must know of one caller. An unknown id gives a file without relations, so that what is not
// there and what is not yours go one way.
type CaseFile struct {
	Case  casework.Case
	Facts access.Facts
	Known bool

	subject int64 // revision of the subject's record
}

// Facts are read by several statements on one table each: on one snapshot they are one truth, and a statement that joins costs
// SQLite 5 to 20 µs more than the look-ups of which it consists.

// caseRights are an account's relations to a case.
type caseRights struct {
	assigned, blocked bool
	underReview       bool                 // an exception or a glass on the case waits for this reviewer
	glass, cosigned   bool                 // the account has broken the glass; the reviewer has opened the rest
	filed, opened     time.Time            // the newest filing, and the one that opened the case
	absent            []casework.AccountID // for whom the account stands in now
	ends              time.Time            // when the first of them begins or ends by time; zero: never
}

// until notes an instant to come at which the rights change.
func (r *caseRights) until(end, now time.Time) {
	if !end.IsZero() && end.After(now) && (r.ends.IsZero() || end.Before(r.ends)) {
		r.ends = end
	}
}

// rightsOn reads them. Served by the primary key of assignments, by blocks_case and submissions_case.
func (t *tx) rightsOn(k casework.Case, c Caller, now time.Time) (rights caseRights, err error) {
	if err := t.standIns(&rights, c, now); err != nil {
		return rights, err
	}
	if err := t.blocks(&rights, k.ID, c, now); err != nil {
		return rights, err
	}
	if err := t.assigned(&rights, k.ID, c.Account, now); err != nil {
		return rights, err
	}
	for _, absent := range rights.absent {
		if err := t.assigned(&rights, k.ID, absent, now); err != nil {
			return rights, err
		}
	}
	rights.assigned = rights.assigned && t.mayBeAssigned(c, k)
	for r := range t.rows("SELECT time, opened FROM submissions WHERE case_id = $1 AND account = $2", k.ID, c.Account) {
		var filed time.Time
		var opened bool
		if err := r.scan(&filed, &opened); err != nil {
			return rights, fmt.Errorf("read submissions: %w", err)
		}
		if filed.After(rights.filed) {
			rights.filed = filed
		}
		if opened {
			rights.opened = filed
		}
	}
	if rights.opened, err = t.broughtAll(k, rights.opened, now); err != nil {
		return rights, err
	}
	if err := t.glass(&rights, k.ID, c, now); err != nil {
		return rights, err
	}
	if c.Role == casework.RoleReviewer { // whom alone it concerns
		rights.underReview, err = t.UnderReview(k.ID)
	}
	return rights, err
}

// filedAnew is how long a filing that opened a case may be corrected.
const filedAnew = 24 * time.Hour

// broughtAll is when a filing opened a case, if the client's record was made by it. Whoever files for somebody whom the register knew
// has not brought what stands in her record: to read it as one's own filing would tell a kader, for a day, where a woman lives now.
func (t *tx) broughtAll(k casework.Case, opened, now time.Time) (time.Time, error) {
	if opened.IsZero() || now.Sub(opened) >= filedAnew {
		return opened, nil
	}
	var made time.Time
	if err := t.row("SELECT created FROM persons WHERE id = $1", k.Subject).scan(&made); err != nil {
		return opened, fmt.Errorf("read when a record was made: %w", err)
	}
	if made.Before(opened) {
		return time.Time{}, nil
	}
	return opened, nil
}

// standIns reads for whom the caller is deputy: she has their part in the case while the absence lasts, no longer and not before.
func (t *tx) standIns(rights *caseRights, c Caller, now time.Time) error {
	all, err := t.deputyships(c.Account)
	if err != nil || len(all) == 0 {
		return err
	}
	rights.absent = casework.StandsInFor(all, c.Account, now)
	for _, a := range all {
		rights.until(a.From, now)
		rights.until(a.Until, now)
	}
	return nil
}

// blocks reads whether the caller is kept from the case. Who is kept from it has no part in it that a deputy could have.
func (t *tx) blocks(rights *caseRights, k casework.CaseID, c Caller, now time.Time) error {
	for r := range t.rows("SELECT account, unit, until_time FROM blocks WHERE case_id = $1", k) {
		var account casework.AccountID
		var unit casework.UnitID
		var until time.Time
		if err := r.scan(account[:], unit[:], &until); err != nil {
			return fmt.Errorf("read blocks: %w", err)
		}
		rights.until(until, now)
		if over(until, now) {
			continue
		}
		rights.blocked = rights.blocked || account == c.Account || unit == c.Unit.ID
		rights.absent = slices.DeleteFunc(rights.absent, func(absent casework.AccountID) bool { return absent == account })
	}
	return nil
}

// assigned reads whether an account is named on the case.
func (t *tx) assigned(rights *caseRights, k casework.CaseID, account casework.AccountID, now time.Time) error {
	for r := range t.rows("SELECT until_time FROM assignments WHERE case_id = $1 AND account = $2", k, account) {
		var until time.Time
		if err := r.scan(&until); err != nil {
			return fmt.Errorf("read assignments: %w", err)
		}
		rights.assigned = rights.assigned || !over(until, now)
		rights.until(until, now)
	}
	return nil
}

// mayBeAssigned tells whether the caller acts at the owner register or the unit above it: who was named there and now works elsewhere
// is no officer of the case (PC-10).
func (t *tx) mayBeAssigned(c Caller, k casework.Case) bool {
	if c.Unit.Register == k.Register {
		return true
	}
	for _, id := range [...]casework.UnitID{k.Unit, k.Register} {
		if unit, ok := t.s.Directory().Unit(id); ok && unit.Parent == c.Unit.ID {
			return true
		}
	}
	return false
}

// apply adds what the relations to the case say.
func (r caseRights) apply(f *access.Facts, c Caller, k casework.Case, now time.Time) {
	f.Case, f.Level, f.Blocked = k.ID, levels[k.Level], r.blocked
	f.State = stateOf(k)
	if r.assigned {
		f.Relations |= access.Assigned
	}
	if !r.filed.IsZero() && k.Register == c.Unit.Register { // who filed there and now works elsewhere is told nothing more (PC-10)
		f.Relations |= access.Submitter
	}
	if k.Register == c.Unit.Register && (c.Role != casework.RoleIntake || k.Unit == c.Unit.ID) {
		f.Relations |= access.Owner
	}
	if !r.opened.IsZero() && now.Sub(r.opened) < filedAnew {
		f.Cond |= access.RecentFiling
	}
	if !r.filed.IsZero() && now.Sub(r.filed) < 30*24*time.Hour {
		f.Cond |= access.Filed30d
	}
	if k.Type.IsGrowth() {
		f.Cond |= access.ChildGrowth
	}
	if r.underReview {
		f.Cond |= access.ReviewPending
	}
	if r.glass {
		f.Relations |= access.BreakGlass
	}
	if r.cosigned {
		f.Cond |= access.Cosigned // of this glass, and so of the read alone: see Facts.Doing
	}
}

func stateOf(k casework.Case) access.State {
	switch {
	case k.Sealed:
		return access.Sealed
	case !k.Closed.IsZero():
		return access.Closed
	}
	return access.Open
}

const caseColumns = `c.id, c.number, c.register, c.unit, c.type, c.level, c.status, c.state, c.subject, c.kecamatan, c.channel,
	c.index_incident, c.risk, c.risk_assessed, c.service_consent, c.care_refused, c.legacy, c.closure, c.reopens, c.opened, c.closed, c.revision,
	(SELECT p.revision FROM persons p WHERE p.id = c.subject)`

// caseRow is a case with the revision of its subject's record.
type caseRow struct {
	casework.Case
	subject int64
}

func scanCase(r row) (k caseRow, err error) {
	var state string
	err = r.scan(k.ID[:], &k.Number, k.Register[:], k.Unit[:], &k.Type, &k.Level, &k.Status, &state, k.Subject[:], &k.Kecamatan,
		&k.IntakeChannel, k.IndexIncident[:], &k.RiskLevel, &k.RiskAssessed, &k.Consent, &k.CareRefused, &k.Legacy, &k.Closure, &k.Reopened, &k.Opened, &k.Closed, &k.Revision, &k.subject)
	k.Sealed = state == sealedState
	return k, err
}

// fileOf puts a case together with what Decide must know of the caller.
func (t *tx) fileOf(k caseRow, c Caller, now time.Time) (CaseFile, error) {
	rights, err := t.rightsOn(k.Case, c, now)
	if err != nil {
		return CaseFile{}, err
	}
	f := CaseFile{Case: k.Case, Known: true, Facts: c.Facts(now), subject: k.subject}
	rights.apply(&f.Facts, c, f.Case, now)
	return f, nil
}

const sealedState = "SEALED"

// Subject is the person of a case that this snapshot has shown.
func (t *tx) Subject(f CaseFile) (casework.Person, error) {
	return t.identity(f.Case.Subject, f.subject)
}

// CaseFor reads a case and what Decide must know of the caller.
func (t *tx) CaseFor(c Caller, id casework.CaseID, now time.Time) (CaseFile, error) {
	return t.caseFile(c, now, "c.id = $1", id)
}

// CaseByNumber is CaseFor by the number that people say.
func (t *tx) CaseByNumber(c Caller, number string, now time.Time) (CaseFile, error) {
	return t.caseFile(c, now, "c.number = $1", number)
}

func (t *tx) caseFile(c Caller, now time.Time, where string, key any) (CaseFile, error) {
	k, err := scanCase(t.row("SELECT "+caseColumns+" FROM cases c WHERE "+where, key))
	if errors.Is(err, errNoRows) {
		return CaseFile{Facts: c.Facts(now)}, nil
	}
	if err != nil {
		return CaseFile{}, fmt.Errorf("read a case: %w", err)
	}
	return t.fileOf(k, c, now)
}

// LegFile is a leg with its case, its duty, and what Decide must know of one caller.
type LegFile struct {
	Leg   casework.Referral
	Case  casework.Case
	Duty  casework.Duty // zero for a final leg
	Basis casework.Disclosure
	Facts access.Facts
	Known bool
	// The receiver works by letter: the return unit records what it says.
	ByLetter bool

	subject int64 // revision of the subject's record
}

const legColumns = `l.id, l.number, l.case_id, l.disclosure, l.root, l.previous, l.hop, l.account, l.sender, l.sender_register, l.receiver,
	l.receiver_register, l.service, l.urgency, l.state, l.officer, l.sent, l.acknowledged, l.accepted, l.served_on, l.reported, l.ended,
	l.decline_reason, l.suggested_unit, l.cancel_reason, l.outcome, l.outcome_reason, l.unmet, l.follow_up, l.receiver_case,
	l.no_shows, l.reopens, l.unconfirmed, l.after_leg, l.forwarded_by, l.info_rounds, l.questions, l.answered, l.reopened, l.expected_on,
	l.appointment, l.recorder, l.revision`

func scanLeg(r row) (l casework.Referral, err error) {
	var unmet, questions string
	err = r.scan(l.ID[:], &l.Number, l.Case[:], l.Disclosure[:], l.Root[:], l.Previous[:], &l.Hop, l.FiledBy[:], l.Sender[:],
		l.SenderRegister[:], l.Receiver[:], l.ReceiverRegister[:], &l.Service, &l.Urgency, &l.State, l.Officer[:], &l.Sent, &l.Acknowledged,
		&l.Accepted, &l.ServedOn, &l.Reported, &l.Ended, &l.DeclineReason, l.SuggestedUnit[:], &l.CancelReason, &l.Outcome,
		&l.OutcomeReason, &unmet, l.FollowUp[:], l.ReceiverCase[:], &l.NoShows, &l.Reopens, &l.Unconfirmed,
		l.After[:], l.ForwardedBy[:], &l.InfoRounds, &questions, &l.Answered, &l.Reopened, &l.ExpectedOn, &l.Appointment, l.Recorder[:], &l.Revision)
	l.Unmet, l.Questions = splitServices(unmet), splitWords[casework.InfoQuestion](questions)
	return l, err
}

// Client is the person of a leg that this snapshot has shown.
func (t *tx) Client(f *LegFile) (casework.Person, error) {
	return t.identity(f.Case.Subject, f.subject)
}

// ReferralFor reads a leg and what Decide must know of the caller.
func (t *tx) ReferralFor(c Caller, id casework.LegID, now time.Time) (LegFile, error) {
	return t.legFile(c, now, "l.id = $1", id)
}

// ReferralByNumber is ReferralFor by the number that people say.
func (t *tx) ReferralByNumber(c Caller, number string, now time.Time) (LegFile, error) {
	return t.legFile(c, now, "l.number = $1", number)
}

func (t *tx) legFile(c Caller, now time.Time, where string, key any) (LegFile, error) {
	files, err := t.legFiles(c, now, "WHERE "+where, key)
	if err != nil {
		return LegFile{}, err
	}
	if len(files) == 0 {
		return LegFile{Facts: c.Facts(now)}, nil
	}
	return *files[0], nil
}

// legFiles reads legs by a condition, each with what Decide must know of the caller.
func (t *tx) legFiles(c Caller, now time.Time, where string, args ...any) ([]*LegFile, error) {
	rows, err := t.legRows(c, now, where, args...)
	return filesOf(rows, c, now), err
}

func filesOf(rows []legRow, c Caller, now time.Time) []*LegFile {
	files := make([]*LegFile, len(rows))
	for i := range rows {
		file := rows[i].file(c, now)
		files[i] = &file
	}
	return files
}

// legRow is a leg with its case, its basis, its duty and the caller's rights: all that does not follow from the moment.
type legRow struct {
	leg      casework.Referral
	caseRow  caseRow
	basis    casework.Disclosure
	duty     casework.Duty
	rights   caseRights
	receives bool
	letter   bool // the receiver has no accounts
	oversees int  // the level from which on the caller's unit stands above the one that owes; 0: never
}

func (t *tx) legRows(c Caller, now time.Time, where string, args ...any) ([]legRow, error) {
	legs, err := list(t, scanLeg, "SELECT "+legColumns+" FROM legs l "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read legs: %w", err)
	}
	rows := make([]legRow, len(legs))
	for i, leg := range legs {
		if rows[i], err = t.rowOfLeg(leg, c, now); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (t *tx) rowOfLeg(leg casework.Referral, c Caller, now time.Time) (r legRow, err error) {
	r.leg = leg
	if r.caseRow, err = scanCase(t.row("SELECT "+caseColumns+" FROM cases c WHERE c.id = $1", leg.Case)); err != nil {
		return r, fmt.Errorf("read the case of a leg: %w", err)
	}
	if r.rights, err = t.rightsOn(r.caseRow.Case, c, now); err != nil {
		return r, err
	}
	if r.basis, err = t.disclosure(leg.Disclosure); err != nil {
		return r, err
	}
	if r.duty, err = t.DutyOf(casework.ID(leg.ID)); err != nil {
		return r, err
	}
	receiver, _ := t.s.Directory().Unit(leg.Receiver)
	r.letter = receiver.Channel == casework.ChannelLetter
	r.oversees = t.oversight(c, r.duty.Unit)
	r.receives, err = t.receives(c, leg)
	return r, err
}

// file says what of a row follows from the moment.
func (r *legRow) file(c Caller, now time.Time) LegFile {
	f := LegFile{Leg: r.leg, Case: r.caseRow.Case, Basis: r.basis, Duty: r.duty, Known: true, Facts: c.Facts(now), subject: r.caseRow.subject}
	r.rights.apply(&f.Facts, c, f.Case, now)
	f.applyLeg(c, r.rights.absent, r.receives, now)
	if r.letter {
		f.ByLetter = true
		f.Facts.Cond |= access.LetterUnit
	}
	if c.Role == casework.RoleSupervisor && r.oversees > 0 && f.Duty.Level(now) >= r.oversees {
		f.Facts.Relations |= access.Overseer
	}
	return f
}

// receives tells whether the caller's unit is the receiver, or stands in for one of its register that has no worker for the case.
func (t *tx) receives(c Caller, leg casework.Referral) (bool, error) {
	if leg.Receiver == c.Unit.ID {
		return true, nil
	}
	unit, ok := t.s.Directory().Unit(leg.Receiver)
	if !ok || unit.Parent != c.Unit.ID || unit.Register != c.Unit.Register {
		return false, nil
	}
	accountable, err := t.AccountableOn(unit, leg.Case)
	return err == nil && accountable == c.Unit.ID, err
}

// oversight is the level from which on the caller's unit stands above one that owes: from level 2 its parent, from level 3 the
// regency's coordinating unit. 0: never.
func (t *tx) oversight(c Caller, owes casework.UnitID) int {
	d := t.s.Directory()
	switch unit, ok := d.Unit(owes); {
	case !ok || owes == c.Unit.ID:
		return 0
	case unit.Parent == c.Unit.ID:
		return 2
	case d.Coordinating() == c.Unit.ID:
		return 3
	}
	return 0
}

// applyLeg adds what the relations to the leg say, and its own basis. The wide scope of one leg never meets the weak basis of
// another: each leg is decided alone.
func (f *LegFile) applyLeg(c Caller, absent []casework.AccountID, receives bool, now time.Time) {
	f.Facts.Leg = f.Leg.ID
	// Who filed into the case is not thereby who filed this leg: an app follows its own, a person those of the own unit.
	if f.Leg.FiledBy != c.Account && (c.Role == casework.RoleApp || f.Leg.Sender != c.Unit.ID) {
		f.Facts.Relations &^= access.Submitter
	}
	// The day in which a filing may be corrected opens to a kader what she wrote; not what a doctor has written since (domain 10,
	// scenario 1: no laboratory or clinical note).
	if c.Role == casework.RoleIntake && !f.Leg.Accepted.IsZero() {
		f.Facts.Cond &^= access.RecentFiling
	}
	over := f.Leg.State == casework.Declined || f.Leg.State.IsFinal()
	if over {
		f.Facts.Cond |= access.LegOver
	}
	if receives && over {
		f.Facts.Relations |= access.Former
	}
	if receives && !over {
		f.Facts.Relations |= access.Pending
		if isOneOf(f.Leg.Officer, c.Account, absent) && !f.Leg.Accepted.IsZero() {
			f.Facts.Relations |= access.Receiver
		}
	}
	if f.Basis.ValidAt(now) {
		f.Facts.Basis, f.Facts.Scope, f.Facts.Named = basisOf(f.Basis)
	}
	if f.Leg.Recorder != c.Account { // of a receiver with accounts nobody is
		f.Facts.Cond |= access.NotRecorder
	}
}

// AsOfficer is what Decide would have to know of an officer of the receiver: by it one sees beforehand what a basis will show there.
func (f LegFile) AsOfficer(receiver casework.Unit) access.Facts {
	facts := f.Facts
	facts.Active, facts.Blocked, facts.Role, facts.MFA = true, false, access.Worker, access.MFARecent
	facts.Sector, facts.Relations = sectorOf(receiver.Type), access.Receiver|access.Pending
	return facts
}

// isOneOf tells whether the officer is the account, or one for whom it stands in.
func isOneOf(officer, account casework.AccountID, absent []casework.AccountID) bool {
	return officer == account || slices.Contains(absent, officer)
}

func basisOf(d casework.Disclosure) (access.Basis, access.Mask, access.Named) {
	named := access.Named{d.Named}
	switch {
	case d.Kind == casework.BasisConsent:
		return access.Consent, access.Mask(d.Scope), named
	case d.Kind == casework.BasisCare:
		return access.Care, access.Mask(d.Scope), named
	}
	return access.Exception, access.Mask(d.Scope), named
}

// OfficerFacts is what Decide must know of whoever takes a leg of a case on a basis: the bases of a case are compared by what they
// would show.
func (s *Store) OfficerFacts(k casework.Case, d casework.Disclosure, receiver casework.UnitID, now time.Time) access.Facts {
	unit, _ := s.Directory().Unit(receiver)
	officer := Caller{Active: true, Role: casework.RoleWorker, Unit: unit, MFATime: now}
	f := officer.Facts(now).Doing(access.Read)
	f.Case, f.Level, f.State, f.Relations = k.ID, levels[k.Level], access.Open, access.Receiver
	f.Basis, f.Scope, f.Named = basisOf(d)
	return f
}

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

// rightsOn reads them. Served by the primary keys of assignments and submissions, and by blocks_case.
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
	for r := range t.rows("SELECT time, opened FROM submissions WHERE "+inCase+" AND account = $2", k.ID, c.Account) {
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
	for r := range t.rows("SELECT until_time FROM assignments WHERE "+inCase+" AND account = $2", k, account) {
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

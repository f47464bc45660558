package store

import (
	"errors"
	"fmt"
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

// rights are the columns that tell an account's relations to case c; $1 account, $2 unit, $3 now. Served by
// the primary key of assignments, submissions_case and blocks_case.
const rights = `
	EXISTS (SELECT 1 FROM assignments a WHERE a.account = $1 AND a.case_id = c.id AND (a.until_time IS NULL OR a.until_time > $3)),
	EXISTS (SELECT 1 FROM blocks b WHERE b.case_id = c.id AND (b.account = $1 OR b.unit = $2) AND (b.until_time IS NULL OR b.until_time > $3)),
	(SELECT max(s.time) FROM submissions s WHERE s.case_id = c.id AND s.account = $1),
	(SELECT max(s.time) FROM submissions s WHERE s.case_id = c.id AND s.account = $1 AND s.opened = 1)`

// caseRights are those columns, scanned.
type caseRights struct {
	assigned, blocked bool
	filed, opened     time.Time
}

func (r *caseRights) dest() []any { return []any{&r.assigned, &r.blocked, &r.filed, &r.opened} }

// apply adds what the relations to the case say.
func (r caseRights) apply(f *access.Facts, c Caller, k casework.Case, now time.Time) {
	f.Case, f.Level, f.Blocked = k.ID, levels[k.Level], r.blocked
	f.State = stateOf(k)
	if r.assigned {
		f.Relations |= access.Assigned
	}
	if !r.filed.IsZero() {
		f.Relations |= access.Submitter
	}
	if k.Register == c.Unit.Register && (c.Role != casework.RoleIntake || k.Unit == c.Unit.ID) {
		f.Relations |= access.Owner
	}
	if !r.opened.IsZero() && now.Sub(r.opened) < 24*time.Hour {
		f.Cond |= access.RecentFiling
	}
	if !r.filed.IsZero() && now.Sub(r.filed) < 30*24*time.Hour {
		f.Cond |= access.Filed30d
	}
	if k.Type.IsGrowth() {
		f.Cond |= access.ChildGrowth
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
	c.index_incident, c.risk, c.opened, c.closed, c.revision`

func caseDest(k *casework.Case, state *string) []any {
	return []any{k.ID[:], &k.Number, k.Register[:], k.Unit[:], &k.Type, &k.Level, &k.Status, state, k.Subject[:], &k.Kecamatan,
		&k.IntakeChannel, k.IndexIncident[:], &k.RiskLevel, &k.Opened, &k.Closed, &k.Revision}
}

func scanCaseFile(c Caller, now time.Time) func(row) (CaseFile, error) {
	return func(r row) (f CaseFile, err error) {
		var state string
		var rights caseRights
		if err := r.scan(append(append(caseDest(&f.Case, &state), rights.dest()...), &f.subject)...); err != nil {
			return f, err
		}
		f.Case.Sealed = state == sealedState
		f.Known, f.Facts = true, c.Facts(now)
		rights.apply(&f.Facts, c, f.Case, now)
		return f, nil
	}
}

const sealedState = "SEALED"

// Subject is the person of a case that this snapshot has shown.
func (t *tx) Subject(f CaseFile) (casework.Person, error) {
	return t.identity(f.Case.Subject, f.subject)
}

// CaseFor reads a case and what Decide must know of the caller.
func (t *tx) CaseFor(c Caller, id casework.CaseID, now time.Time) (CaseFile, error) {
	return t.caseFile(c, now, "c.id = $4", id)
}

// CaseByNumber is CaseFor by the number that people say.
func (t *tx) CaseByNumber(c Caller, number string, now time.Time) (CaseFile, error) {
	return t.caseFile(c, now, "c.number = $4", number)
}

func (t *tx) caseFile(c Caller, now time.Time, where string, key any) (CaseFile, error) {
	r := t.row("SELECT "+caseColumns+","+rights+", p.revision FROM cases c JOIN persons p ON p.id = c.subject WHERE "+where, c.Account, c.Unit.ID, now, key)
	f, err := scanCaseFile(c, now)(r)
	if errors.Is(err, errNoRows) {
		return CaseFile{Facts: c.Facts(now)}, nil
	}
	if err != nil {
		return f, fmt.Errorf("read a case: %w", err)
	}
	return f, nil
}

// LegFile is a leg with its case, its duty, and what Decide must know of one caller.
type LegFile struct {
	Leg   casework.Referral
	Case  casework.Case
	Duty  casework.Duty // zero for a final leg
	Basis casework.Disclosure
	Facts access.Facts
	Known bool

	subject int64 // revision of the subject's record
}

const legColumns = `l.id, l.number, l.root, l.previous, l.hop, l.account, l.sender, l.sender_register, l.receiver, l.receiver_register,
	l.service, l.urgency, l.state, l.officer, l.sent, l.acknowledged, l.accepted, l.served_on, l.reported, l.ended, l.decline_reason,
	l.suggested_unit, l.cancel_reason, l.outcome, l.outcome_reason, l.unmet, l.follow_up, l.receiver_case, l.no_shows, l.reopens,
	l.unconfirmed, l.revision,
	d.id, d.kind, d.from_time, d.until_time, d.withdrawn, d.scope, d.named,
	u.id, u.unit, u.officer, u.duty, u.started, u.due, u.legal, u.level2, u.level3, u.lapse, u.rule,
	p.revision`

// legTables joins a leg to its case, basis and status duty, each by its primary key or by duties_one_open.
const legTables = ` FROM legs l
	JOIN cases c ON c.id = l.case_id
	JOIN disclosures d ON d.id = l.disclosure
	JOIN persons p ON p.id = c.subject
	LEFT JOIN duties u ON u.object = l.id AND u.ended IS NULL `

func legDest(f *LegFile, unmet *string) []any {
	l, d, u := &f.Leg, &f.Basis, &f.Duty
	return []any{
		l.ID[:], &l.Number, l.Root[:], l.Previous[:], &l.Hop, l.FiledBy[:], l.Sender[:], l.SenderRegister[:], l.Receiver[:], l.ReceiverRegister[:],
		&l.Service, &l.Urgency, &l.State, l.Officer[:], &l.Sent, &l.Acknowledged, &l.Accepted, &l.ServedOn, &l.Reported, &l.Ended,
		&l.DeclineReason, l.SuggestedUnit[:], &l.CancelReason, &l.Outcome, &l.OutcomeReason, unmet, l.FollowUp[:], l.ReceiverCase[:],
		&l.NoShows, &l.Reopens, &l.Unconfirmed, &l.Revision,
		d.ID[:], &d.Kind, &d.Given, &d.Expires, &d.Withdrawn, &d.Scope, &d.Named,
		u.ID[:], u.Unit[:], u.Officer[:], &u.Name, &u.Started, &u.Due, &u.Legal, &u.Level2, &u.Level3, &u.Lapse, &u.Rule,
		&f.subject,
	}
}

// Client is the person of a leg that this snapshot has shown.
func (t *tx) Client(f LegFile) (casework.Person, error) { return t.identity(f.Case.Subject, f.subject) }

// ReferralFor reads a leg and what Decide must know of the caller.
func (t *tx) ReferralFor(c Caller, id casework.LegID, now time.Time) (LegFile, error) {
	return t.legFile(c, now, "l.id = $4", id)
}

// ReferralByNumber is ReferralFor by the number that people say.
func (t *tx) ReferralByNumber(c Caller, number string, now time.Time) (LegFile, error) {
	return t.legFile(c, now, "l.number = $4", number)
}

func (t *tx) legFile(c Caller, now time.Time, where string, key any) (LegFile, error) {
	files, err := t.legFiles(c, now, "WHERE "+where, key)
	if err != nil {
		return LegFile{}, err
	}
	if len(files) == 0 {
		return LegFile{Facts: c.Facts(now)}, nil
	}
	return files[0], nil
}

// legFiles reads legs by a condition whose arguments begin at $4.
func (t *tx) legFiles(c Caller, now time.Time, where string, args ...any) ([]LegFile, error) {
	able := map[casework.UnitID]bool{} // asked once a unit, for a posyandu's parent acts for it
	var files []LegFile
	query := "SELECT " + legColumns + "," + caseColumns + "," + rights + legTables + where
	for r := range t.rows(query, append([]any{c.Account, c.Unit.ID, now}, args...)...) {
		f, rights, err := scanLeg(r)
		if err != nil {
			return nil, fmt.Errorf("read legs: %w", err)
		}
		f.Known, f.Facts = true, c.Facts(now)
		rights.apply(&f.Facts, c, f.Case, now)
		receives, err := t.receives(c, f.Leg.Receiver, able)
		if err != nil {
			return nil, err
		}
		f.applyLeg(c, receives, now)
		files = append(files, f)
	}
	return files, nil
}

func scanLeg(r row) (f LegFile, rights caseRights, err error) {
	var state, unmet string
	dest := append(legDest(&f, &unmet), caseDest(&f.Case, &state)...)
	if err := r.scan(append(dest, rights.dest()...)...); err != nil {
		return f, rights, err
	}
	f.Case.Sealed = state == sealedState
	f.Leg.Case, f.Leg.Disclosure = f.Case.ID, f.Basis.ID
	f.Leg.Unmet = splitServices(unmet)
	f.Duty.Kind, f.Duty.Object, f.Duty.Case = casework.OnLeg, casework.ID(f.Leg.ID), f.Case.ID
	f.Basis.Case = f.Case.ID
	return f, rights, nil
}

// receives tells whether the caller's unit is the receiver, or stands in for one of its register that has no worker.
func (t *tx) receives(c Caller, receiver casework.UnitID, able map[casework.UnitID]bool) (bool, error) {
	if receiver == c.Unit.ID {
		return true, nil
	}
	unit, ok := t.s.Directory().Unit(receiver)
	if !ok || unit.Parent != c.Unit.ID || unit.Register != c.Unit.Register {
		return false, nil
	}
	worked, asked := able[receiver]
	if !asked {
		handlers, err := t.Handlers(receiver)
		if err != nil {
			return false, err
		}
		worked = len(handlers) > 0
		able[receiver] = worked
	}
	return !worked, nil
}

// applyLeg adds what the relations to the leg say, and its own basis. The wide scope of one leg never meets the weak basis of
// another: each leg is decided alone.
func (f *LegFile) applyLeg(c Caller, receives bool, now time.Time) {
	f.Facts.Leg = f.Leg.ID
	over := f.Leg.State == casework.Declined || f.Leg.State.IsFinal()
	if over {
		f.Facts.Cond |= access.LegOver
	}
	if receives && over {
		f.Facts.Relations |= access.Former
	}
	if receives && !over {
		f.Facts.Relations |= access.Pending
		if f.Leg.Officer == c.Account && !f.Leg.Accepted.IsZero() {
			f.Facts.Relations |= access.Receiver
		}
	}
	if f.Basis.ValidAt(now) {
		f.Facts.Basis, f.Facts.Scope, f.Facts.Named = basisOf(f.Basis)
	}
	f.Facts.Cond |= access.NotRecorder // a receiver with accounts reports itself; by letter comes later
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

package store

import (
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

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
	if r.duty, err = t.DutyOf(leg.Case, casework.ID(leg.ID)); err != nil {
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

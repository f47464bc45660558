package store

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutReferral stores a new leg. One open leg for (case, service, receiver) is a unique index, whatever was looked for before.
func (w *Writer) PutReferral(l casework.Referral, subject casework.PersonID, entry func(value [32]byte) [16]byte) error {
	w.within(l.Case)
	w.mark(l.SenderRegister)
	w.mark(l.ReceiverRegister)
	f3, err := w.sealJSON(Cell{"legs", "f3", l.ID[:], Owner(subject)}, l.Request)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO legs (case_id, number, id, root, previous, after_leg, hop, forwarded_by, account, sender, sender_register,
			receiver, receiver_register, service, urgency, state, disclosure, sent, no_shows, reopens, unconfirmed, revision, entry, f3, place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, 0, 0, 1, $19, $20, `+placeOf+")",
		l.Case, l.Number, l.ID, l.Root, orNull(l.Previous[:]), orNull(l.After[:]), l.Hop, orNull(l.ForwardedBy[:]), l.FiledBy, l.Sender,
		l.SenderRegister, l.Receiver, l.ReceiverRegister, l.Service, l.Urgency, l.State, l.Disclosure, l.Sent, entry(digest(f3)), f3)
	if isUnique(err) {
		return errIDTaken
	}
	return err
}

// OpenLeg finds the open leg of a case, service and receiver; ok is false if there is none. Served by legs_case, which holds
// that there is one at most.
func (t *tx) OpenLeg(k casework.CaseID, service casework.ReferralServiceType, receiver casework.UnitID) (id casework.LegID, ok bool, err error) {
	err = t.row("SELECT id FROM legs WHERE "+inCase+" AND service = $2 AND receiver = $3 AND ended IS NULL", k, service, receiver).scan(id[:])
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

// UpdateReferral stores what an event changed, on the revision that was read.
func (w *Writer) UpdateReferral(l casework.Referral, subject casework.PersonID, entry func(value [32]byte) ([16]byte, error)) error {
	w.within(l.Case)
	w.mark(l.SenderRegister)
	w.mark(l.ReceiverRegister)
	report, err := w.sealJSON(Cell{"legs", "report_f3", l.ID[:], Owner(subject)}, l.Report)
	if err != nil {
		return err
	}
	request, err := w.sealJSON(Cell{"legs", "f3", l.ID[:], Owner(subject)}, l.Request)
	if err != nil {
		return err
	}
	made, err := entry(digest(request, report))
	if err != nil {
		return err
	}
	n, err := w.exec(`UPDATE legs SET state = $3, officer = $4, acknowledged = $5, accepted = $6, served_on = $7, reported = $8, ended = $9,
			decline_reason = $10, suggested_unit = $11, cancel_reason = $12, outcome = $13, outcome_reason = $14, unmet = $15,
			follow_up = $16, receiver_case = $17, no_shows = $18, info_rounds = $19, questions = $20, answered = $21, reopens = $22,
			reopened = $23, expected_on = $24, appointment = $25, recorder = $26, unconfirmed = $27, revision = revision + 1,
			entry = $28, f3 = $29, report_f3 = $30
		WHERE id = $1 AND revision = $2`,
		l.ID, l.Revision, l.State, orNull(l.Officer[:]), l.Acknowledged, l.Accepted, orZero(l.ServedOn), l.Reported, l.Ended,
		l.DeclineReason, orNull(l.SuggestedUnit[:]), l.CancelReason, l.Outcome, l.OutcomeReason, joinServices(l.Unmet),
		orNull(l.FollowUp[:]), orNull(l.ReceiverCase[:]), l.NoShows, l.InfoRounds, joinWords(l.Questions), l.Answered, l.Reopens,
		l.Reopened, orZero(l.ExpectedOn), l.Appointment, orNull(l.Recorder[:]), l.Unconfirmed, made, request, report)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

func orZero(d casework.Date) any {
	if d == 0 {
		return nil
	}
	return int64(d)
}

// LegTexts opens what sender and receiver wrote on a leg.
func (t *tx) LegTexts(l *casework.Referral, subject casework.PersonID) error {
	var request, report []byte
	if err := t.row("SELECT f3, report_f3 FROM legs WHERE id = $1", l.ID).scan(&request, &report); err != nil {
		return err
	}
	if err := t.openJSON(Cell{"legs", "f3", l.ID[:], Owner(subject)}, slices.Clone(request), &l.Request); err != nil {
		return err
	}
	return t.openJSON(Cell{"legs", "report_f3", l.ID[:], Owner(subject)}, report, &l.Report)
}

// joinWords writes words of a vocabulary as one text; none has a space.
func joinWords[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words, " ")
}

func splitWords[T ~string](text string) []T {
	var all []T
	for _, word := range strings.Fields(text) {
		all = append(all, T(word))
	}
	return all
}

// PutProgress adds an entry to a leg's progress.
func (w *Writer) PutProgress(p casework.Progress, subject casework.PersonID, entry [16]byte) error {
	note, err := w.sealText(progressCell("f3", p.ID, subject), p.Note)
	if err != nil {
		return err
	}
	diagnosis, err := w.sealText(progressCell("diagnosis_f3", p.ID, subject), string(p.Diagnosis))
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO progress (id, leg, kind, account, recorded, occurred, heard_by, channel, expected_on, appointment, served_on,
			entry, f3, diagnosis_f3)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		p.ID, p.Leg, p.Kind, p.Account, w.Now(), p.Occurred, p.HeardBy, p.Channel, orZero(p.ExpectedOn), p.Appointment, orZero(p.ServedOn), entry, note, diagnosis)
	return err
}

// sealText seals a text that may be empty, which is then no value at all.
func (w *Writer) sealText(cell Cell, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	return w.Seal(cell, []byte(text))
}

func progressCell(column string, id casework.ID, subject casework.PersonID) Cell {
	return Cell{Table: "progress", Column: column, Row: id[:], Owner: Owner(subject)}
}

// Progress of a leg, oldest first; notes are opened only if asked.
func (t *tx) Progress(leg casework.LegID, subject casework.PersonID, notes bool) ([]casework.Progress, error) {
	return list(t, func(r row) (p casework.Progress, err error) {
		var note, diagnosis []byte
		p.Leg = leg
		if err := r.scan(p.ID[:], &p.Kind, p.Account[:], &p.Recorded, &p.Occurred, &p.HeardBy, &p.Channel, &p.ExpectedOn, &p.Appointment, &p.ServedOn, &note, &diagnosis); err != nil || !notes {
			return p, err
		}
		text, err := t.openText(progressCell("f3", p.ID, subject), note)
		if err != nil {
			return p, err
		}
		p.Note = text
		text, err = t.openText(progressCell("diagnosis_f3", p.ID, subject), diagnosis)
		p.Diagnosis = casework.StuntingDiagnosis(text)
		return p, err
	}, `SELECT id, kind, account, recorded, occurred, heard_by, channel, expected_on, appointment, served_on, f3, diagnosis_f3 FROM progress
		WHERE leg = $1 ORDER BY recorded, id`, leg)
}

func (t *tx) openText(cell Cell, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	text, err := t.Open(cell, sealed)
	return string(text), err
}

// LegFilter chooses legs.
type LegFilter struct {
	States []casework.ReferralState // empty: all
	Before Cursor
	Limit  int
}

// Inbox reads legs to the caller's unit, or to one that it stands in for, newest first: a superset, of which Decide chooses.
// Served by legs_receiver.
func (t *tx) Inbox(c Caller, now time.Time, f LegFilter) ([]*LegFile, error) {
	units, err := t.inboxUnits(c)
	if err != nil {
		return nil, err
	}
	var all []*LegFile
	for _, unit := range units {
		files, err := t.legPage(c, now, "l.receiver = $1", unit, f)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	if len(units) > 1 {
		slices.SortFunc(all, func(a, b *LegFile) int { // as the page's cursor goes: legs of one filing have one time
			return cmp.Or(b.Leg.Sent.Compare(a.Leg.Sent), bytes.Compare(b.Leg.ID[:], a.Leg.ID[:]))
		})
	}
	return all[:min(len(all), f.Limit)], nil
}

// servedUnits are the caller's unit and those of its register whose duties are its own, having no worker.
func (t *tx) servedUnits(c Caller) ([]casework.UnitID, error) {
	units := []casework.UnitID{c.Unit.ID}
	for _, child := range t.s.Directory().ChildrenInRegister(c.Unit) {
		handlers, err := t.Handlers(child)
		if err != nil {
			return nil, err
		}
		if len(handlers) == 0 {
			units = append(units, child)
		}
	}
	return units, nil
}

// inboxUnits are those, and others whose legs may be the caller's unit's because a worker there is kept from some case.
func (t *tx) inboxUnits(c Caller) ([]casework.UnitID, error) {
	units := []casework.UnitID{c.Unit.ID}
	for _, child := range t.s.Directory().ChildrenInRegister(c.Unit) {
		handlers, err := t.Handlers(child)
		if err != nil {
			return nil, err
		}
		kept := len(handlers) == 0
		if !kept {
			kept, err = t.keptFromSome(child, handlers)
		}
		if err != nil {
			return nil, err
		}
		if kept {
			units = append(units, child)
		}
	}
	return units, nil
}

// keptFromSome tells whether a unit or one of its handlers is blocked from any case. Served by blocks_unit and blocks_account.
func (t *tx) keptFromSome(unit casework.UnitID, handlers []casework.AccountID) (kept bool, err error) {
	err = t.row("SELECT EXISTS (SELECT 1 FROM blocks WHERE unit = $1 AND until_time IS NULL)", unit).scan(&kept)
	for _, account := range handlers {
		if kept || err != nil {
			break
		}
		err = t.row("SELECT EXISTS (SELECT 1 FROM blocks WHERE account = $1 AND until_time IS NULL)", account).scan(&kept)
	}
	if err != nil {
		return false, fmt.Errorf("read who is kept from a case: %w", err)
	}
	return kept, nil
}

// Outbox reads legs from the caller's register, newest first. Served by legs_sender.
func (t *tx) Outbox(c Caller, now time.Time, f LegFilter) ([]*LegFile, error) {
	return t.legPage(c, now, "l.sender_register = $1", c.Unit.Register, f)
}

// Filed reads legs that the caller filed, newest first: all that an app follows. Served by legs_account.
func (t *tx) Filed(c Caller, now time.Time, f LegFilter) ([]*LegFile, error) {
	return t.legPage(c, now, "l.account = $1", c.Account, f)
}

func (t *tx) legPage(c Caller, now time.Time, side string, key [16]byte, f LegFilter) ([]*LegFile, error) {
	before := f.Before.Time
	if f.Before.IsZero() {
		before = endOfTime
	}
	where := "WHERE " + side + " AND (l.sent, l.id) < ($2, $3)" + inStates(f.States)
	page := pageKey{side, key, c.Account, c.Unit.ID, f.Before, inStates(f.States), f.Limit}
	rows, err := t.cachedPage(page, now, func() ([]legRow, error) {
		return t.legRows(c, now, where+" ORDER BY l.sent DESC, l.id DESC LIMIT $4", key, before, f.Before.ID, f.Limit)
	})
	return filesOf(rows, c, now), err
}

// inStates is a condition on the state. States are words of our own vocabulary, never text of a caller.
func inStates(states []casework.ReferralState) string {
	var words []string
	for _, s := range states {
		if s.Valid() {
			words = append(words, "'"+string(s)+"'")
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " AND l.state IN (" + strings.Join(words, ", ") + ")"
}

// LockLeg locks the case of a leg, by the leg's name.
func (w *Writer) LockLeg(id casework.LegID) error {
	if err := w.markRow(w.row("UPDATE cases SET lock = lock + 1 WHERE id = (SELECT case_id FROM legs WHERE id = $1) RETURNING register, id", id)); err != nil {
		return err
	}
	return w.markRow(w.row("SELECT receiver_register, case_id FROM legs WHERE id = $1", id))
}

package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// PutReview stores what somebody must look at.
func (w *Writer) PutReview(r casework.Review, entry [16]byte) error {
	_, err := w.exec(`INSERT INTO reviews (id, kind, object, case_id, unit, account, started, due, revision, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)`,
		r.ID, r.Kind, r.Object, r.Case, r.Unit, r.By, r.Started, r.Due, entry)
	if err != nil {
		return fmt.Errorf("put a review: %w", err)
	}
	return nil
}

// DecideReview stores a judgement.
func (w *Writer) DecideReview(r casework.Review, subject casework.PersonID, entry func(value [32]byte) [16]byte) error {
	f3, err := w.Seal(reviewCell(r.ID, subject), []byte(r.Reason))
	if err != nil {
		return err
	}
	n, err := w.exec(`UPDATE reviews SET decided = $3, decided_by = $4, outcome = $5, revision = revision + 1, entry = $6, f3 = $7
		WHERE id = $1 AND revision = $2`, r.ID, r.Revision, r.Decided, r.DecidedBy, r.Outcome, entry(digest(f3)), f3)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

func reviewCell(id casework.ID, subject casework.PersonID) Cell {
	return Cell{"reviews", "f3", id[:], Owner(subject)}
}

// LockReview locks the case of a review, by the review's name.
func (w *Writer) LockReview(id casework.ID) error {
	return w.markRow(w.row("UPDATE cases SET lock = lock + 1 WHERE id = (SELECT case_id FROM reviews WHERE id = $1) RETURNING register, id", id))
}

const reviewColumns = "v.id, v.kind, v.object, v.case_id, v.unit, v.account, v.started, v.due, v.decided, v.decided_by, v.outcome, v.answered, v.revision"

func scanReview(r row) (v casework.Review, err error) {
	return v, r.scan(v.ID[:], &v.Kind, v.Object[:], v.Case[:], v.Unit[:], v.By[:], &v.Started, &v.Due, &v.Decided, v.DecidedBy[:], &v.Outcome, &v.Answered, &v.Revision)
}

// Review reads one; ok is false if there is none.
func (t *tx) Review(id casework.ID) (v casework.Review, ok bool, err error) {
	v, err = scanReview(t.row("SELECT "+reviewColumns+" FROM reviews v WHERE v.id = $1", id))
	if errors.Is(err, errNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

// PendingReview finds what waits for a judgement of one act; ok is false if nothing does. Served by reviews_open.
func (t *tx) PendingReview(kind casework.ReviewKind, object casework.DisclosureID) (v casework.Review, ok bool, err error) {
	v, err = scanReview(t.row("SELECT "+reviewColumns+" FROM reviews v WHERE v.kind = $1 AND v.object = $2 AND v.decided IS NULL", kind, object))
	if errors.Is(err, errNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

// UnderReview tells whether an exception or a glass on a case waits for the reviewer. Served by reviews_case.
func (t *tx) UnderReview(k casework.CaseID) (waits bool, err error) {
	return waits, t.row("SELECT EXISTS (SELECT 1 FROM reviews WHERE case_id = $1 AND kind IN ('EXCEPTION', 'GLASS') AND decided IS NULL)", k).scan(&waits)
}

// DecisionReason opens the reason of a judgement.
func (t *tx) DecisionReason(v casework.Review, subject casework.PersonID) (string, error) {
	var f3 []byte
	if err := t.row("SELECT f3 FROM reviews WHERE id = $1", v.ID).scan(&f3); err != nil || f3 == nil {
		return "", err
	}
	text, err := t.Open(reviewCell(v.ID, subject), f3)
	return string(text), err
}

// ReviewFilter chooses reviews.
type ReviewFilter struct {
	Judged  bool               // by the reviewer, pairs included
	By      casework.AccountID // only of glasses that this account broke
	Decided bool               // also those decided
	After   Cursor             // due soonest first
	Limit   int
}

// Reviews reads reviews, due soonest first: a superset, of which Decide chooses. Those that wait are served by reviews_due.
func (t *tx) Reviews(f ReviewFilter) ([]casework.Review, error) {
	where := "WHERE (v.due, v.id) > ($1, $2)"
	args := []any{startOf(f.After), f.After.ID, f.Limit}
	if !f.Decided {
		where += " AND v.decided IS NULL"
	}
	if f.Judged {
		where += " AND v.kind IN ('EXCEPTION', 'GLASS', 'LINK')"
	}
	if f.By != (casework.AccountID{}) {
		where += " AND v.kind = 'GLASS' AND v.account = $4"
		args = append(args, f.By)
	}
	reviews, err := list(t, scanReview, "SELECT "+reviewColumns+" FROM reviews v "+where+" ORDER BY v.due, v.id LIMIT $3", args...)
	if err != nil {
		return nil, fmt.Errorf("list reviews: %w", err)
	}
	return reviews, nil
}

// ReviewerUnit is the unit of the reviewers, whose duty a review of an exception is; ok is false while nobody holds the role.
func (t *tx) ReviewerUnit(now time.Time) (unit casework.UnitID, ok bool, err error) {
	err = t.row(`SELECT unit FROM memberships
		WHERE role = 'REVIEWER' AND approved IS NOT NULL AND (until_time IS NULL OR until_time > $1)
		ORDER BY from_time, id LIMIT 1`, now).scan(unit[:])
	if errors.Is(err, errNoRows) {
		return unit, false, nil
	}
	return unit, err == nil, err
}

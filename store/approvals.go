package store

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// approvalTexts are what two persons wrote of an act: F4, for the reason of a block says who he is.
type approvalTexts struct {
	Reason  string `json:"reason,omitempty"`
	Refusal string `json:"refusal,omitempty"`
}

// PutApproval stores an act that waits, with the request that will be run.
func (w *Writer) PutApproval(a casework.Approval, request []byte, entry [16]byte) error {
	sealed, err := w.Seal(approvalCell(a, "request"), request)
	if err != nil {
		return fmt.Errorf("seal an act that waits: %w", err)
	}
	texts, err := w.sealJSON(approvalCell(a, "f4"), approvalTexts{a.Reason, a.Refusal})
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO approvals (id, action, method, object_kind, object, case_id, owner, account, credential, membership, unit,
			request_id, mac, needed_role, needed_unit, created, expires, state, revision, entry, request, f4)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, (SELECT c.membership FROM credentials c WHERE c.id = $9), $10,
			$11, $12, $13, $14, $15, $16, $17, 1, $18, $19, $20)`,
		a.ID, a.Action, a.Method, a.ObjectKind, a.Object, orNull(a.Case[:]), a.Owner, a.By, a.Credential, a.Unit,
		a.Request, a.Mark[:], a.NeededRole, orNull(a.NeededUnit[:]), a.Created, a.Expires, a.State, entry, sealed, texts)
	if err != nil {
		return fmt.Errorf("put an act that waits: %w", err)
	}
	return nil
}

// EndApproval stores what became of an act that waited. Of one that its own act has erased nothing is left to store.
func (w *Writer) EndApproval(a casework.Approval, entry [16]byte) error {
	if w.erased[Owner(a.Owner)] || w.gone[a.Case] {
		return nil
	}
	texts, err := w.sealJSON(approvalCell(a, "f4"), approvalTexts{a.Reason, a.Refusal})
	if err != nil {
		return err
	}
	n, err := w.exec(`UPDATE approvals SET state = $3, decided = $4, decided_by = $5, revision = revision + 1, entry = $6, f4 = $7
		WHERE id = $1 AND revision = $2`, a.ID, a.Revision, a.State, a.Decided, orNull(a.DecidedBy[:]), entry, texts)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

// LockApproval locks the case of an approval, by the approval's name.
func (w *Writer) LockApproval(id casework.ID) error {
	return w.markRow(w.row("UPDATE cases SET lock = lock + 1 WHERE id = (SELECT case_id FROM approvals WHERE id = $1) RETURNING register, id", id))
}

func approvalCell(a casework.Approval, column string) Cell {
	return Cell{"approvals", column, a.ID[:], Owner(a.Owner)}
}

const approvalColumns = `a.id, a.action, a.method, a.object_kind, a.object, a.case_id, a.owner, a.account, a.credential, a.membership, a.unit,
	a.request_id, a.mac, a.needed_role, a.needed_unit, a.created, a.expires, a.state, a.decided, a.decided_by, a.revision`

func scanApproval(r row) (a casework.Approval, err error) {
	return a, r.scan(a.ID[:], &a.Action, &a.Method, &a.ObjectKind, a.Object[:], a.Case[:], a.Owner[:], a.By[:], &a.Credential, a.Membership[:], a.Unit[:],
		a.Request[:], a.Mark[:], &a.NeededRole, a.NeededUnit[:], &a.Created, &a.Expires, &a.State, &a.Decided, a.DecidedBy[:], &a.Revision)
}

func (t *tx) approval(where string, args ...any) (a casework.Approval, ok bool, err error) {
	a, err = scanApproval(t.row("SELECT "+approvalColumns+" FROM approvals a WHERE "+where, args...))
	if errors.Is(err, errNoRows) {
		return a, false, nil
	}
	return a, err == nil, err
}

// Approval reads one; ok is false if there is none.
func (t *tx) Approval(id casework.ID) (a casework.Approval, ok bool, err error) {
	return t.approval("a.id = $1", id)
}

// ApprovalOf finds what a request of an account waits for, or has waited for.
func (t *tx) ApprovalOf(account casework.AccountID, request [16]byte) (a casework.Approval, ok bool, err error) {
	return t.approval("a.account = $1 AND a.request_id = $2", account, request)
}

// ApprovalRequest opens the request that was asked for.
func (t *tx) ApprovalRequest(a casework.Approval) (request []byte, err error) {
	var sealed []byte
	if err := t.row("SELECT request FROM approvals WHERE id = $1", a.ID).scan(&sealed); err != nil {
		return nil, err
	}
	return t.Open(approvalCell(a, "request"), sealed)
}

// ApprovalTexts opens what both persons wrote.
func (t *tx) ApprovalTexts(a *casework.Approval) error {
	var sealed []byte
	if err := t.row("SELECT f4 FROM approvals WHERE id = $1", a.ID).scan(&sealed); err != nil {
		return err
	}
	var texts approvalTexts
	err := t.openJSON(approvalCell(*a, "f4"), sealed, &texts)
	a.Reason, a.Refusal = texts.Reason, texts.Refusal
	return err
}

// ApprovalFilter chooses approvals.
type ApprovalFilter struct {
	Ended bool   // also those that were decided or have lapsed
	After Cursor // those that end first first
	Limit int
}

// Approvals reads those that the caller asked for, and those that ask for the caller's role: a superset, of which Decide chooses. Served
// by approvals_account and, of those that wait, approvals_waiting.
func (t *tx) Approvals(c Caller, now time.Time, f ApprovalFilter) ([]casework.Approval, error) {
	waits, until := "", []any(nil)
	if !f.Ended {
		waits, until = " AND a.state = 'WAITING' AND a.expires > $5", []any{now}
	}
	var all []casework.Approval
	for _, part := range []struct {
		where string
		key   any
	}{{"a.account = $1", c.Account}, {"a.needed_role = $1", string(c.Role)}} {
		args := append([]any{part.key, startOf(f.After), f.After.ID, f.Limit}, until...)
		page, err := list(t, scanApproval, "SELECT "+approvalColumns+" FROM approvals a WHERE "+part.where+
			" AND (a.expires, a.id) > ($2, $3)"+waits+" ORDER BY a.expires, a.id LIMIT $4", args...)
		if err != nil {
			return nil, fmt.Errorf("list approvals: %w", err)
		}
		all = append(all, page...)
	}
	slices.SortFunc(all, func(a, b casework.Approval) int {
		return cmp.Or(a.Expires.Compare(b.Expires), bytes.Compare(a.ID[:], b.ID[:]))
	})
	all = slices.CompactFunc(all, func(a, b casework.Approval) bool { return a.ID == b.ID }) // her own that asks for her role
	return all[:min(len(all), f.Limit)], nil
}

// LapsedApprovals are those that nobody decided in time, longest first.
func (t *tx) LapsedApprovals(now time.Time, limit int) ([]Due, error) {
	return list(t, scanDue, "SELECT id, coalesce(case_id, id) FROM approvals WHERE state = 'WAITING' AND expires <= $1 ORDER BY expires LIMIT $2", now, limit)
}

// CallerIn is what is true now of who holds a role, without a credential: of the first of two persons, when the second acts. A session
// that has ended since takes nothing back; a role, an account or a unit that has ended does.
func (t *tx) CallerIn(membership casework.ID, credential string, now time.Time) (Caller, error) {
	c := Caller{Credential: credential}
	var unit casework.UnitID
	var until, approved, accountUntil time.Time
	err := t.row(`SELECT m.account, m.role, m.unit, m.until_time, m.approved, a.active_until
		FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE m.id = $1`, membership).scan(c.Account[:], &c.Role, unit[:], &until, &approved, &accountUntil)
	if errors.Is(err, errNoRows) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read who asked: %w", err)
	}
	known := false
	c.Unit, known = t.s.Directory().Unit(unit)
	c.Active = known && c.Unit.ActiveOn(now) && !approved.IsZero() && !over(until, now) && !over(accountUntil, now)
	return c, nil
}

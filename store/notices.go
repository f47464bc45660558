package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Notice is one thing that somebody is told: what kind of thing, of which object, when. It holds nothing about a person, and its
// object is named only to who may read it.
type Notice struct {
	Kind       casework.NoticeKind
	ObjectKind casework.DutyKind
	Object     casework.ID // leg, case, task, review or disclosure
	Case       casework.CaseID
	Level      int // of DUTY_LATE: 1 to 3

	// Who is told: one account; or those who hold a role in a unit, its workers and supervisors if none is named.
	Account casework.AccountID
	Unit    casework.UnitID
	Role    casework.Role

	ID   casework.ID // made from the entry by Notify
	Time time.Time
}

// target is under what the notice lies.
func (n Notice) target() [16]byte {
	if n.Account != (casework.AccountID{}) {
		return n.Account
	}
	return n.Unit
}

// Notify tells somebody, in the transaction of what happened. Nobody is told twice by one entry. A notice to nobody is none.
func (w *Writer) Notify(n Notice, entry [16]byte) error {
	target := n.target()
	if target == ([16]byte{}) {
		return nil
	}
	id := sha256.Sum256(slices.Concat(entry[:], target[:], n.Object[:], []byte(n.Role), []byte(n.Kind), []byte{byte(n.Level)}))
	_, err := w.exec(`INSERT INTO notices (target, time, id, role, kind, object_kind, object, case_id, unit, level, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (target, time, id) DO NOTHING`,
		target, w.Now(), [16]byte(id[:16]), n.Role, n.Kind, n.ObjectKind, n.Object, n.Case, orNull(n.Unit[:]), n.Level, entry)
	if err != nil {
		return fmt.Errorf("put a notice: %w", err)
	}
	return nil
}

// NotifyIf is Notify, or the same work without a notice: that somebody was told must not be heard in how long it took.
func (w *Writer) NotifyIf(tell bool, n Notice, entry [16]byte) error {
	target := n.target()
	id := sha256.Sum256(slices.Concat(entry[:], target[:], n.Object[:], []byte(n.Role), []byte(n.Kind), []byte{byte(n.Level)}))
	_, err := w.exec(`INSERT INTO notices (target, time, id, role, kind, object_kind, object, case_id, unit, level, entry)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE $12 = 1
		ON CONFLICT (target, time, id) DO NOTHING`,
		target, w.Now(), [16]byte(id[:16]), n.Role, n.Kind, n.ObjectKind, n.Object, n.Case, orNull(n.Unit[:]), n.Level, entry, tell)
	if err != nil {
		return fmt.Errorf("put a notice: %w", err)
	}
	return nil
}

// NotifyOther tells the other unit of what one has done on a leg: the return unit of what the receiver did, else the receiver; a
// parent where the unit has no worker.
func (w *Writer) NotifyOther(leg casework.Referral, kind casework.NoticeKind, byReceiver bool, entry [16]byte) error {
	other := leg.Receiver
	if byReceiver {
		other = leg.Sender
	}
	unit, _ := w.s.Directory().Unit(other)
	owes, err := w.Accountable(unit)
	if err != nil {
		return err
	}
	return w.Notify(Notice{Kind: kind, ObjectKind: casework.OnLeg, Object: casework.ID(leg.ID), Case: leg.Case, Unit: owes}, entry)
}

// Notices reads what the caller was told, newest first: as a person, and as who holds this role in this unit. It is a superset, of
// which Decide chooses. Served by the primary key.
func (t *tx) Notices(c Caller, before Cursor, limit int) ([]Notice, error) {
	from := before.Time
	if before.IsZero() {
		from = endOfTime
	}
	var all []Notice
	for _, target := range [][16]byte{c.Account, c.Unit.ID} {
		page, err := list(t, scanNotice, `SELECT n.kind, n.object_kind, n.object, n.case_id, n.level, n.unit, n.role, n.id, n.time FROM notices n
			WHERE n.target = $1
				AND (n.time, n.id) < ($2, $3)
				AND (n.target = $4 OR n.role = $5 OR n.role = '' AND $5 IN ('WORKER', 'SUPERVISOR'))
			ORDER BY n.time DESC, n.id DESC
			LIMIT $6`, target, from, before.ID, c.Account, string(c.Role), limit)
		if err != nil {
			return nil, fmt.Errorf("read notices: %w", err)
		}
		all = append(all, page...)
	}
	slices.SortFunc(all, func(a, b Notice) int { return cmp.Or(b.Time.Compare(a.Time), bytes.Compare(b.ID[:], a.ID[:])) })
	return all[:min(len(all), limit)], nil
}

func scanNotice(r row) (n Notice, err error) {
	return n, r.scan(&n.Kind, &n.ObjectKind, n.Object[:], n.Case[:], &n.Level, n.Unit[:], &n.Role, n.ID[:], &n.Time)
}

// LastTold is when a unit was last told of a kind of thing; zero: never. Served by the primary key.
func (t *tx) LastTold(unit casework.UnitID, kind casework.NoticeKind) (at time.Time, err error) {
	err = t.row("SELECT time FROM notices WHERE target = $1 AND kind = $2 ORDER BY time DESC LIMIT 1", unit, kind).scan(&at)
	if errors.Is(err, errNoRows) {
		return at, nil
	}
	return at, err
}

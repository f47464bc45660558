package store

import (
	"fmt"
	"time"
)

// What has served its time is deleted by the sweep, a little in each transaction, so that no call waits behind it for long.

const (
	// AnswersKept is how long a request can be asked again and is answered as before (design: contract, idempotency).
	AnswersKept = 90 * 24 * time.Hour
	forgetMost  = 256
)

// oldAnswers is served by requests_time, in its order.
const oldAnswers = "SELECT q.account, q.id FROM requests q WHERE q.time < $1 ORDER BY q.time LIMIT $2"

// AnswersEnded tells whether any stored answer is older than that.
func (t *tx) AnswersEnded(now time.Time) (any bool, err error) {
	return any, t.row("SELECT EXISTS (SELECT 1 FROM requests WHERE time < $1)", now.Add(-AnswersKept)).scan(&any)
}

// ForgetAnswers drops the oldest of those.
func (w *Writer) ForgetAnswers() error {
	_, err := w.exec("DELETE FROM requests WHERE (account, id) IN ("+oldAnswers+")", w.Now().Add(-AnswersKept), forgetMost)
	if err != nil {
		return fmt.Errorf("forget stored answers: %w", err)
	}
	return nil
}

// InvitationsEnded tells whether any invitation is over, used or not. There are few: each is gone within a minute of its end.
func (t *tx) InvitationsEnded(now time.Time) (any bool, err error) {
	return any, t.row("SELECT EXISTS (SELECT 1 FROM invitations WHERE expires <= $1)", now).scan(&any)
}

// ForgetInvitations drops those, with the second factor's secret of an enrolment that nobody finished, and a setup link's key. That one
// was given stands in the journal.
func (w *Writer) ForgetInvitations() error {
	over, err := list(&w.tx, func(r row) (i Invitation, err error) { return i, r.scan(i.Hash[:], i.Account[:]) },
		"SELECT hash, account FROM invitations WHERE expires <= $1 LIMIT $2", w.Now(), forgetMost)
	if err != nil {
		return fmt.Errorf("read invitations that are over: %w", err)
	}
	for _, i := range over {
		if i.Setup() {
			if err := w.EraseKeys(i.Owner()); err != nil {
				return err
			}
		}
		if _, err := w.exec("DELETE FROM invitations WHERE hash = $1", i.Hash[:]); err != nil {
			return fmt.Errorf("forget an invitation: %w", err)
		}
	}
	return nil
}

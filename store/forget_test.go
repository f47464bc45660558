package store

import (
	"encoding/binary"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// count is what one number of the database is now.
func count(t *testing.T, s *Store, query string, args ...any) (n int64) {
	t.Helper()
	n, err := Read(t.Context(), s, func(r *Reader) (n int64, err error) { return n, r.row(query, args...).scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A stored answer holds what somebody was told of a client: it is kept for 90 days, and not for one more.
func TestAnswersOf90DaysAreForgottenALittleAtATime(t *testing.T) {
	var days atomic.Int64
	began := time.Now()
	s := emptyStore(t, func() time.Time { return began.Add(time.Duration(days.Load()) * 24 * time.Hour) })
	owner := Owner(uuid.New())
	key, err := s.WrapKey(owner)
	if err != nil {
		t.Fatal(err)
	}
	put := func(w *Writer, n int) error {
		var id [16]byte
		binary.BigEndian.PutUint64(id[:], uint64(n))
		return w.PutAnswer(casework.AccountID{1}, id, Answered{Owner: owner, Answer: []byte("answer")})
	}
	const old = 2*forgetMost + 7
	write(t, s, func(w *Writer) error {
		all := []error{w.PutKey(key)}
		for n := range old {
			all = append(all, put(w, n))
		}
		return errors.Join(all...)
	})
	days.Store(2)
	write(t, s, func(w *Writer) error { return put(w, old) })

	ended := func() bool {
		t.Helper()
		any, err := Read(t.Context(), s, func(r *Reader) (bool, error) { return r.AnswersEnded(r.Now()) })
		if err != nil {
			t.Fatal(err)
		}
		return any
	}
	days.Store(89)
	write(t, s, (*Writer).ForgetAnswers)
	if ended() || count(t, s, "SELECT count(*) FROM requests") != old+1 {
		t.Error("one of 89 days is gone")
	}
	days.Store(91)
	for _, left := range []int64{old + 1 - forgetMost, old + 1 - 2*forgetMost, 1} {
		if !ended() {
			t.Fatal("there is nothing to forget")
		}
		write(t, s, (*Writer).ForgetAnswers)
		if n := count(t, s, "SELECT count(*) FROM requests"); n != left {
			t.Errorf("%d are left, want %d", n, left)
		}
	}
	if ended() { // the last one is of 89 days
		t.Error("one of 89 days is over")
	}

	plan := ""
	_, err = Read(t.Context(), s, func(r *Reader) (struct{}, error) {
		for row := range r.rows("EXPLAIN QUERY PLAN "+oldAnswers, s.cfg.Now(), 1) {
			var id, parent, unused int64
			var detail string
			if err := row.scan(&id, &parent, &unused, &detail); err != nil {
				return struct{}{}, err
			}
			plan += detail + "; "
		}
		return struct{}{}, nil
	})
	if err != nil || !strings.Contains(plan, "USING INDEX requests_time (time<?)") || strings.Contains(plan, "TEMP") {
		t.Errorf("the plan is %q, %v", plan, err)
	}
}

func TestInvitationsAndGrantsThatAreOverAreForgotten(t *testing.T) {
	var hours atomic.Int64
	began := time.Now()
	s := emptyStore(t, func() time.Time { return began.Add(time.Duration(hours.Load()) * time.Hour) })
	setup := Invitation{Hash: [32]byte{1, 1}, Expires: began.Add(time.Hour)}
	hers := Invitation{Hash: [32]byte{2}, Account: casework.AccountID{2}, Expires: began.Add(time.Hour)}
	later := Invitation{Hash: [32]byte{3}, Account: casework.AccountID{3}, Expires: began.Add(3 * time.Hour)}
	link, err := s.WrapKey(setup.Owner())
	if err != nil {
		t.Fatal(err)
	}
	key, err := s.WrapKey(hers.Owner())
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, func(w *Writer) error {
		entry := w.Append(journal.Entry{Action: "test"}, nil, nil)
		all := []error{w.PutKey(link), w.PutKey(key)}
		for _, i := range []Invitation{setup, hers, later} {
			all = append(all, w.PutInvitation(i, entry))
		}
		for n, of := range []time.Duration{1, 3} {
			_, err := w.PutGrant(Grant{Hash: [32]byte{byte(n)}, Expires: began.Add(of * time.Hour)})
			all = append(all, err)
		}
		return errors.Join(append(all, w.KeepSecret(setup, "a", entry), w.KeepSecret(hers, "b", entry))...)
	})
	for _, tt := range []struct{ hour, invitations, grants, keys int64 }{{0, 3, 2, 1}, {2, 1, 1, 0}, {4, 0, 0, 0}} {
		hours.Store(tt.hour)
		write(t, s, (*Writer).ForgetInvitations)
		write(t, s, (*Writer).ForgetGrants)
		owner := setup.Owner()
		if n := count(t, s, "SELECT count(*) FROM invitations"); n != tt.invitations {
			t.Errorf("after %d hours %d invitations, want %d", tt.hour, n, tt.invitations)
		}
		if n := count(t, s, "SELECT count(*) FROM device_grants"); n != tt.grants {
			t.Errorf("after %d hours %d grants, want %d", tt.hour, n, tt.grants)
		}
		if n := count(t, s, "SELECT count(*) FROM deks WHERE owner = $1", owner[:]); n != tt.keys {
			t.Errorf("after %d hours %d keys of the setup link, want %d", tt.hour, n, tt.keys)
		}
		owner = hers.Owner()
		if n := count(t, s, "SELECT count(*) FROM deks WHERE owner = $1", owner[:]); n != 1 {
			t.Errorf("after %d hours %d keys of the account, want 1", tt.hour, n)
		}
	}
}

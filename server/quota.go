package server

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Who asks for sixty things in an hour that are not there, for that is what she was told, is guessing. From then on she is told that
// there were too many, be the next one there or not; the journal gets one entry a minute with the count, and the reviewer is told.

const (
	quotaHour   = time.Hour
	quotaMinute = time.Minute // between two entries of what was refused meanwhile
)

// quota counts something of each account within an hour, which begins with the first. A nil quota counts nothing.
type quota struct {
	most int
	now  func() time.Time

	mu       sync.Mutex
	accounts *lru.Cache[casework.AccountID, *quotaHourOf]
}

// quotaHourOf is the hour of one account.
type quotaHourOf struct {
	began  time.Time
	n      int
	hidden int       // refused since the last entry
	told   time.Time // of the last entry; zero: of none
}

func newQuota(perHour float64) (*quota, error) {
	if perHour <= 0 {
		return nil, nil
	}
	accounts, err := lru.New[casework.AccountID, *quotaHourOf](limitedKeys)
	return &quota{most: int(perHour), now: time.Now, accounts: accounts}, err // time.Now: see limiter
}

// hour is the account's hour of now.
func (q *quota) hour(account casework.AccountID) *quotaHourOf {
	h, ok := q.accounts.Get(account)
	if !ok || q.now().Sub(h.began) >= quotaHour {
		h = &quotaHourOf{began: q.now()}
		q.accounts.Add(account, h)
	}
	return h
}

// over tells whether the account has met its quota, and how long it has to wait, in whole minutes: what is exact would tell one answer
// from another.
func (q *quota) over(account casework.AccountID) (retry time.Duration, over bool) {
	if q == nil {
		return 0, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	h := q.hour(account)
	left := quotaHour - q.now().Sub(h.began)
	return left.Truncate(time.Minute) + time.Minute, h.n >= q.most
}

// count adds to what the account has met.
func (q *quota) count(account casework.AccountID, n int) {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.hour(account).n += n
}

// refuse counts what was refused for it, and tells when that is to be put on record: at once, then each minute. first is whether it is
// the first time in this hour.
func (q *quota) refuse(account casework.AccountID, n int) (refused int, first, record bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	h := q.hour(account)
	h.hidden += n
	if !h.told.IsZero() && q.now().Sub(h.told) < quotaMinute {
		return 0, false, false
	}
	refused, first = h.hidden, h.told.IsZero()
	h.hidden, h.told = 0, q.now()
	return refused, first, true
}

// missed is what one call has not found. Its closure may still run when its caller has left, so all of it is atomic.
type missed struct {
	n       atomic.Int32
	hidden  atomic.Int32 // of these, answered by RATE_LIMITED
	empty   atomic.Int32 // look-ups that showed nothing
	unasked atomic.Int32 // look-ups over the limit
	muted   atomic.Bool
	metered atomic.Pointer[metered]
	account atomic.Pointer[casework.AccountID]
}

// missedOf is that of a call; one of its own where there is no chain, as in a batch of the server's own.
func missedOf(ctx context.Context) *missed {
	if p := passageOf(ctx); p != nil {
		return &p.missed
	}
	return &missed{}
}

func (m *missed) note(account casework.AccountID) {
	m.account.Store(&account)
	m.n.Add(1)
}

// look notes a look-up that showed nothing, or that was over the limit.
func (m *missed) look(account casework.AccountID, over bool) {
	m.account.Store(&account)
	if over {
		m.unasked.Add(1)
		return
	}
	m.empty.Add(1)
}

// metered is a call of which an account has so many an hour, whatever it is answered.
type metered struct {
	of     *quota
	action access.Action
	event  string
	over   bool
}

// meter counts a call, or refuses one that is too many.
func (c call) meter(q *quota, action access.Action, event string) error {
	retry, over := q.over(c.caller.Account)
	c.missed.account.Store(&c.caller.Account)
	c.missed.metered.Store(&metered{q, action, event, over})
	if over {
		return &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: retry}
	}
	return nil
}

// mute has an answer leave on the beat though it refuses nothing.
func (m *missed) mute() { m.muted.Store(true) }

// any tells whether the answer is to leave on the beat.
func (m *missed) any() bool { return m.n.Load() > 0 || m.muted.Load() }

// counted counts what an account has not found, and puts on record what it was not even told.
func (s *Server) counted(ctx context.Context, p *passage, next func(context.Context) error) error {
	err := next(ctx)
	account := p.missed.account.Load()
	if account == nil {
		return err
	}
	hidden, unasked := p.missed.hidden.Load(), p.missed.unasked.Load()
	s.misses.count(*account, int(p.missed.n.Load()-hidden))
	s.lookups.count(*account, int(p.missed.empty.Load()))
	type limit struct {
		of     *quota
		n      int32
		action access.Action
		event  string
	}
	limits := []limit{{s.misses, hidden, access.Read, "NOT_FOUND_LIMIT"}, {s.lookups, unasked, access.PersonFind, "LOOKUP_LIMIT"}}
	switch m := p.missed.metered.Load(); {
	case m != nil && m.over:
		limits = append(limits, limit{m.of, 1, m.action, m.event})
	case m != nil:
		m.of.count(*account, 1)
	}
	for _, over := range limits {
		if over.n == 0 {
			continue
		}
		if refused, first, record := over.of.refuse(*account, int(over.n)); record {
			if failed := s.recordLimit(ctx, over.action, over.event, refused, first); failed != nil {
				return failed // no entry, no answer
			}
		}
	}
	return err
}

// recordLimit keeps the count of what was refused over a limit; the first time in an hour the reviewer is told.
func (s *Server) recordLimit(ctx context.Context, action access.Action, name string, refused int, first bool) error {
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return struct{}{}, err
		}
		rec := c.record(action, access.Decision{Rule: "LIMIT"}, object{})
		rec.Entry.ObjectKind, rec.Entry.Object = "account", rec.Entry.Actor
		rec.Entry.Event = journal.Event{Name: name, After: strconv.Itoa(refused)}
		entry := w.AppendRecord(rec)
		if !first {
			return struct{}{}, nil
		}
		unit, ok, err := w.ReviewerUnit(c.now)
		if err != nil || !ok {
			return struct{}{}, err
		}
		return struct{}{}, w.Notify(store.Notice{
			Kind: casework.NoticeLimitReached, ObjectKind: casework.OnCase, Object: casework.ID(c.caller.Account), Unit: unit, Role: casework.RoleReviewer,
		}, entry)
	})
	return err
}

// ruleBlocked is the row that keeps an account from a case.
const ruleBlocked access.Rule = "R1"

// tellOfBlocked tells the reviewer that a blocked account asked for the case it is blocked on. It costs the same where it did not: the
// same statements, of which the last writes nothing.
func (c call) tellOfBlocked(w *store.Writer, blocked bool, k casework.CaseID, entry [16]byte) error {
	unit, ok, err := w.ReviewerUnit(c.now)
	if err != nil {
		return err
	}
	return w.NotifyIf(blocked && ok, store.Notice{
		Kind: casework.NoticeBlockedAttempt, ObjectKind: casework.OnCase, Object: casework.ID(k), Case: k, Unit: unit, Role: casework.RoleReviewer,
	}, entry)
}

package server

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Trouble with passwords slows down and never locks: a lock would let an abuser keep the social worker out of her work.
//
// What is slowed is first of all the pair of account and peer: 1 s after the first failure, then 2 s, 4 s … 15 min. Whoever hammers from
// elsewhere so waits himself. Against many peers at once there is a gentler delay of the account alone, and against one peer that tries
// many accounts one of the peer alone; neither holds a pair that has signed in before, so the owner at her own desk is kept out by no
// stranger. A try during a wait is not looked at and changes nothing. It is all in memory: a restart forgets it, and who can restart the
// server needs no password.

// ladder is how fast waits grow.
type ladder struct {
	free    int           // failures that cost nothing
	longest time.Duration // a wait, at most
}

var (
	pairLadder    = ladder{0, 15 * time.Minute}
	accountLadder = ladder{10, 30 * time.Second}
	peerLadder    = ladder{20, time.Minute}
)

// troubleKept is how long after its wait a failure is remembered.
const troubleKept = time.Hour

// wait is what follows so many failures.
func (l ladder) wait(failures int) time.Duration {
	steps := failures - l.free
	if steps <= 0 {
		return 0
	}
	return min(time.Second<<min(steps-1, 20), l.longest)
}

// trouble is what is remembered of a pair, an account or a peer.
type trouble struct {
	failures int
	until    time.Time
}

// pair is an account, as a keyed tag of its code, at a peer. Codes that are no account's are counted like those that are.
type pair struct {
	account [16]byte
	peer    string
}

// throttle counts them. A nil one holds nobody.
type throttle struct {
	mu    sync.Mutex
	all   *lru.Cache[pair, trouble]  // the account's alone has no peer, the peer's alone no account
	known *lru.Cache[pair, struct{}] // pairs that have signed in
}

func newThrottle() (*throttle, error) {
	all, err := lru.New[pair, trouble](3 * limitedKeys)
	if err != nil {
		return nil, err
	}
	known, err := lru.New[pair, struct{}](limitedKeys)
	return &throttle{all: all, known: known}, err
}

// outcome is what became of a try.
type outcome int

const (
	undecided outcome = iota // nobody looked at it
	failed
	succeeded
)

// begin lets a try through, or says when to come again. The try counts as failed until its outcome is told, so that of a hundred at
// once one is looked at.
func (t *throttle) begin(account [16]byte, peer string) (tell func(outcome), err error) {
	if t == nil {
		return func(outcome) {}, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now() // not the server's clock: tests and the demo move that by days
	held := t.held(account, peer)
	for _, h := range held {
		if was, _ := t.all.Get(h.pair); was.until.After(now) {
			return nil, &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: was.until.Sub(now)}
		}
	}
	for _, h := range held {
		was, _ := t.all.Peek(h.pair)
		if now.Sub(was.until) > troubleKept {
			was.failures = 0
		}
		was.failures++
		was.until = now.Add(h.ladder.wait(was.failures))
		t.all.Add(h.pair, was)
	}
	return func(o outcome) { t.told(account, peer, held, o) }, nil
}

// hold is one of what a try is held by.
type hold struct {
	pair   pair
	ladder ladder
}

func (t *throttle) held(account [16]byte, peer string) []hold {
	held := []hold{{pair{account, peer}, pairLadder}}
	if _, known := t.known.Get(pair{account, peer}); known {
		return held
	}
	if peer == "" {
		return append(held, hold{pair{account, "*"}, accountLadder})
	}
	return append(held, hold{pair{account: account}, accountLadder}, hold{pair{peer: peer}, peerLadder})
}

// told takes back what begin counted, unless the try failed.
func (t *throttle) told(account [16]byte, peer string, held []hold, o outcome) {
	if o == failed {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, h := range held {
		was, ok := t.all.Peek(h.pair)
		if !ok {
			continue
		}
		was.failures = max(0, was.failures-1)
		was.until = time.Now() // the wait before is over, or begin had not let it through
		t.all.Add(h.pair, was)
	}
	if o == succeeded {
		t.all.Remove(pair{account, peer})
		t.known.Add(pair{account, peer}, struct{}{})
	}
}

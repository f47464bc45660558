package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

const (
	// groupMax bounds the closures of one commit, and with it how long the first of them waits for the last.
	groupMax = 64
	// emptyAgain is how long the writer waits for readers of the log before it tries again to empty it.
	emptyAgain = 100 * time.Millisecond
	// patienceMax bounds the time that a group waits for callers who are expected.
	patienceMax = 300 * time.Microsecond
)

// job is one closure on its way through the writer. The writer owns it until done is closed.
type job struct {
	ctx  context.Context
	run  func(*Writer) error
	err  error
	done chan struct{}
}

// sequence is what the journal gives next.
type sequence struct {
	next   uint64 // number of the next entry
	newest int64  // microseconds of the newest entry, or later
	ids    uint32 // entry ids made at newest
}

// pace is how long it is worth waiting for more callers before a commit.
type pace struct {
	expected int           // members of the last group
	commit   time.Duration // of the last commit
}

// update hands a closure to the writer and waits for its commit or the end of ctx.
func (s *Store) update(ctx context.Context, run func(*Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, run: run, done: make(chan struct{})}
	select {
	case s.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.stop:
		return ErrClosed
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ended:
	}
	// The writer has ended: either it answered before, or it never saw the job.
	select {
	case <-j.done:
		return j.err
	default:
		return ErrClosed
	}
}

// write is the writer goroutine. It owns the writer connection and the sequence.
func (s *Store) write() {
	defer close(s.ended)
	regular := false
	defer func() {
		if !regular {
			// runtime.Goexit, as t.Fatal does it, cannot be recovered, and without a writer every caller would hang.
			s.cfg.fatal(errors.New("a closure ended the writer's goroutine"))
		}
	}()
	for j := s.next(); j != nil; j = s.next() {
		s.group(j)
	}
	regular = true
}

// next waits for a job; nil once the store is closed and nobody waits any more.
func (s *Store) next() *job {
	select {
	case j := <-s.jobs:
		return j
	default:
	}
	for {
		var again <-chan time.Time
		if s.remains {
			again = time.After(emptyAgain)
		}
		select {
		case j := <-s.jobs:
			return j
		case <-again:
			s.remains = !s.emptyLog()
			continue
		case <-s.stop:
		}
		break
	}
	select {
	case j := <-s.jobs:
		return j
	default:
		return nil
	}
}

// group is one transaction shared by its members.
type group struct {
	s       *Store
	began   bool     // the database has begun its transaction
	turn    *turn    // what the database had of it; nil where no other server writes
	seq     sequence // adopted by the store after the commit
	members []*job
	keys    []Key
	erased  map[Owner]bool // a member may find a key deleted by one before it
	leaves  [][32]byte     // of the entries that were written
	edge    journal.Edge   // of the tree with them
	err     error          // why the transaction was lost
}

// group runs first and whoever else comes in one transaction, commits once, and only then answers.
func (s *Store) group(first *job) {
	g := &group{s: s}
	alive := g.begin()
	for j := first; j != nil; j = s.more(g) {
		g.members = append(g.members, j)
		if alive = alive && g.member(j); !alive {
			break
		}
	}
	s.pace.expected = len(g.members)
	if !alive || !s.commit(g) {
		s.again(g)
		return
	}
	s.settle()
	for _, j := range g.members {
		close(j.done)
	}
	s.checkpoint()
}

// more gives the next member while one waits or is worth waiting for. After a commit its callers come back within
// microseconds; a group that does not wait for them is of one, then of all others, and so on, and wastes every second fsync.
func (s *Store) more(g *group) *job {
	if len(g.members) >= groupMax {
		return nil
	}
	select {
	case j := <-s.jobs:
		return j
	default:
	}
	if len(g.members) >= s.pace.expected {
		return nil
	}
	patience := min(s.pace.commit/4, patienceMax)
	for start := time.Now(); time.Since(start) < patience; {
		runtime.Gosched()
		select {
		case j := <-s.jobs:
			return j
		default:
		}
	}
	s.pace.expected = 0 // they do not come: wait no second time for this group
	return nil
}

// member runs one closure inside a savepoint, and tells whether the transaction still lives.
func (g *group) member(j *job) bool {
	if j.err = j.ctx.Err(); j.err != nil {
		return true // its caller has left, and nothing of it has run
	}
	if !g.engine("SAVEPOINT member") {
		return false
	}
	w := g.writer()
	if j.err = guard(func() error { return j.run(w) }); j.err == nil {
		j.err = w.flush()
	}
	w.c = nil // a closure that kept its Writer cannot write into another's transaction
	if !g.lives() {
		return false
	}
	if j.err == nil {
		g.adopt(w)
		return g.engine("RELEASE member")
	}
	return g.engine("ROLLBACK TO member") && g.keepRefusal(j) && g.engine("RELEASE member")
}

// keepRefusal writes the entry of a refused closure, all else of which is undone.
func (g *group) keepRefusal(j *job) bool {
	var refusal *Refusal
	if !errors.As(j.err, &refusal) {
		return true
	}
	w := g.writer()
	w.marks.said = true // who is told of it counts nothing by that
	entry := w.AppendRecord(refusal.Record)
	if refusal.Also != nil {
		j.err = guard(func() error { return refusal.Also(w, entry) })
	} else {
		j.err = nil
	}
	if j.err == nil {
		j.err = w.flush()
	}
	w.c = nil
	if j.err != nil {
		return g.lives() && g.engine("ROLLBACK TO member")
	}
	g.adopt(w)
	j.err = refusal.Err
	return true
}

func (g *group) writer() *Writer {
	return &Writer{tx: tx{c: g.s.writer, s: g.s, erased: g.erased, counts: counts{rights: g.s.rights.Load(), generation: g.s.keys.generation()}}, seq: g.seq}
}

// adopt takes over what a closure that succeeded has used up.
func (g *group) adopt(w *Writer) {
	if w.wrote && !w.marks.said {
		g.s.marked.all = true
	}
	g.s.marked.take(w.marks)
	g.seq = w.seq
	g.leaves = append(g.leaves, w.leaves...)
	g.keys = append(g.keys, w.keys...)
	g.erased = w.erased
}

// lives asks whether the transaction survived the closure. An error code does not tell, so the connection is asked; and only
// after an error, for without one the transaction is there.
func (g *group) lives() bool {
	c := g.s.writer
	if c.failure == nil {
		return true
	}
	g.err = known(c.failure)
	if faultOf(c.failure) == faultIO {
		g.s.distrust(c.failure)
	}
	c.failure = nil
	return !c.lost && !g.s.broken
}

// begin waits for the turn of this server, and takes up what others have done before it.
func (g *group) begin() bool {
	if g.s.broken {
		return false
	}
	var err error
	g.turn, err = g.s.writer.begin(true)
	g.began = err == nil
	if g.turn != nil {
		err = g.s.continueAt(*g.turn)
	}
	g.seq = g.s.seq
	return g.judge(err)
}

// engine runs a statement of the engine's own.
func (g *group) engine(query string) bool { return g.judge(g.s.writer.do(query)) }

// judge takes the transaction for lost when a statement of the engine's own has failed.
func (g *group) judge(err error) bool {
	if err == nil {
		return true
	}
	g.err = known(err)
	g.s.distrust(err)
	return false
}

// commit makes the group durable, and what it used up the store's.
func (s *Store) commit(g *group) bool {
	start := time.Now()
	if g.seq.newest > s.newest.Load() {
		s.newest.Store(g.seq.newest) // before anybody can read what is of that time
	}
	if !g.grow() || !g.judge(s.writer.commit(s.afterTurn(g))) {
		s.disown()
		return false
	}
	s.pace.commit = time.Since(start)
	s.seq, s.own = g.seq, g.turn
	s.keys.adopt(g.keys, g.erased)
	s.forgetIdentities(g.erased)
	if len(g.leaves) > 0 {
		s.edge = g.edge
		s.signed(g)
		s.changed.ring()
	}
	return true
}

// again is for a transaction that was lost: every member runs once more, each in a transaction of its own. Whose commit is in doubt runs
// no second time, for the first may have been for good; and while the database cannot be reached, nobody does.
func (s *Store) again(lost *group) {
	var fate error // of all that are left
	if lost.away() || errors.Is(lost.err, ErrDoubt) {
		fate = lost.lost()
	}
	for _, j := range lost.members {
		s.writer.undo()
		if fate != nil {
			j.err = fate
		} else if g := (&group{s: s}); !g.begin() || !g.member(j) || !s.commit(g) {
			j.err = g.lost()
			if g.away() {
				fate = j.err
			}
		}
		s.settle()
		close(j.done)
	}
	s.writer.undo()
}

// away tells whether the database could not even be reached for it.
func (g *group) away() bool { return !g.began && errors.Is(g.err, ErrAway) }

// lost is the answer to a caller whose closure could not be committed.
func (g *group) lost() error {
	switch {
	case g.s.broken, g.err == nil:
		return ErrClosed
	case errors.Is(g.err, ErrDoubt), errors.Is(g.err, ErrAway):
		return g.err
	}
	return fmt.Errorf("store: not committed: %w", g.err)
}

// distrust ends the process if the file or the disk failed: after a failed fsync the kernel may have dropped pages that it
// calls clean, so a retry would acknowledge what is lost.
func (s *Store) distrust(err error) {
	if untrustworthy(err) {
		s.broken = true
		s.cfg.fatal(err)
	}
}

// micros is the time of this closure, see Now.
func (w *Writer) micros() int64 {
	if w.now != 0 {
		return w.now
	}
	w.now = max(w.s.cfg.Now().UnixMicro(), w.seq.newest)
	if w.now > w.seq.newest {
		w.seq.newest, w.seq.ids = w.now, 0
	}
	return w.now
}

// complete gives a record its id, unless it has one.
func (w *Writer) complete(r *Record) {
	if r.Entry.ID == ([16]byte{}) {
		r.Entry.ID = w.risingID()
	}
}

// risingID makes a UUID v7 of the closure's time, so that ids of entries ascend as their numbers do, also while the clock is
// behind: milliseconds 48 bits, microseconds 12, a counter 30, chance 32 (RFC 9562, 6.2, methods 1 and 3).
func (w *Writer) risingID() [16]byte {
	micros, n := w.micros(), w.seq.ids
	w.seq.ids++
	var id [16]byte
	binary.BigEndian.PutUint64(id[0:8], uint64(micros/1000)<<16|0x7000|uint64(micros%1000)<<2)
	binary.BigEndian.PutUint32(id[8:12], 0x80000000|n&0x3fffffff)
	if _, err := io.ReadFull(w.s.cfg.Rand, id[12:16]); err != nil {
		panic("store: no chance to be had") // crypto/rand never fails
	}
	return id
}

// flush numbers the closure's entries and writes them.
func (w *Writer) flush() error {
	for i := range w.records {
		if err := w.insert(&w.records[i]); err != nil {
			return fmt.Errorf("append journal: %w", err)
		}
	}
	return nil
}

func (w *Writer) insert(kept *Record) error {
	r := w.stripped(*kept)
	r.Entry.Version = journal.Version
	r.Entry.Number = w.seq.next
	r.Entry.Time = w.micros()
	w.seq.next++
	var buffer [512]byte
	canonical := r.Entry.AppendCanonical(buffer[:0])
	w.leaves = append(w.leaves, journal.LeafHash(canonical))
	_, err := w.execEntry("INSERT INTO journal (case_id, place, number, id, time, object_id, bytes, reason) VALUES ($1, "+placeOf+", $2, $3, $4, $5, $6, $7)",
		orNull(r.Case), int64(r.Entry.Number), r.Entry.ID[:], r.Entry.Time, orNull(r.Object), canonical, orNull(r.Reason))
	return err
}

// loadSequence reads where the journal stands.
func (s *Store) loadSequence() error {
	t := tx{c: s.writer, s: s}
	var number, newest int64
	err := t.row("SELECT number, time FROM journal ORDER BY number DESC LIMIT 1").scan(&number, &newest)
	if errors.Is(err, errNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the end of the journal: %w", err)
	}
	// One microsecond on, so that ids made from now on do not meet those of before.
	s.seq = sequence{next: uint64(number) + 1, newest: newest + 1}
	s.newest.Store(newest)
	return nil
}

// Changed gives a channel that is closed at the next commit with journal entries. Take it before reading, so that no change
// falls between.
func (s *Store) Changed() <-chan struct{} { return s.changed.wait() }

// bell wakes whoever waits; it costs nothing while nobody does.
type bell struct {
	mu sync.Mutex
	ch chan struct{} // nil while nobody waits
}

func (b *bell) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}

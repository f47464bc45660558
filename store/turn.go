package store

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"sync"
)

// Several servers may share a PostgreSQL database. Whoever writes has the turn: an advisory lock that its transaction holds, so that
// closures of all servers run one after the other, as they do on SQLite, and journal and tree grow in the same commit. What a server keeps
// in memory it keeps as of a turn, and each transaction reads how far the others have come: a page, a right or a key of before is used by
// nobody who came after. On SQLite there is one process, and no turn is kept.

// turn is the one row of the table of that name.
type turn struct {
	rows    int64 // commits that changed more than the journal
	rights  int64 // of them, those that changed what somebody may
	keys    int64 // of them, those that ended a data key
	places  int64 // of them, those after which the directory is read anew
	entries int64 // of the journal
	newest  int64 // the time of its newest, in microseconds, or later
	writer  int64 // chance, of the server that wrote it
}

// followed is the newest turn that this server has taken into account.
type followed struct {
	mu   sync.Mutex
	turn turn
}

// errWentBack ends the process: what it holds in memory, rights among it, is of commits that the database no longer has.
var errWentBack = errors.New("the database is older than it was: a copy was put in its place, or a node that lacked something leads it")

// wentBack tells whether a turn is older than one that was followed. Whoever has the turn sees the newest there is.
func (s *Store) wentBack(t turn) bool {
	s.followed.mu.Lock()
	defer s.followed.mu.Unlock()
	was := s.followed.turn
	return t.rows < was.rows || t.rights < was.rights || t.keys < was.keys || t.places < was.places || t.entries < was.entries
}

// continueAt is the writer's, at the beginning of its turn: it takes the journal and its tree up where the others have left them.
func (s *Store) continueAt(t turn) error {
	if s.wentBack(t) {
		s.broken = true
		s.cfg.fatal(errWentBack)
		return errWentBack
	}
	s.follow(t)
	if uint64(t.entries) == s.seq.next {
		return nil
	}
	w := tx{c: s.writer, s: s}
	if err := w.readEdge(&s.edge, t.entries); err != nil {
		return err // edge and sequence are as they were, and are read again
	}
	s.seq = sequence{next: uint64(t.entries), newest: t.newest + 1} // one microsecond on: no id meets one of another server's
	return nil
}

// beginTurns writes the turn of a journal that was mended, or written by a server of before, and takes up what was written since it was read.
func (s *Store) beginTurns(mended bool) error {
	t, err := s.writer.begin(true)
	if t == nil || err != nil {
		s.writer.undo()
		return err
	}
	defer s.writer.undo()
	if mended {
		t.entries, t.newest = int64(s.seq.next), s.seq.newest
	}
	if err := s.continueAt(*t); err != nil {
		return err
	}
	return s.writer.commit(t)
}

// afterTurn is the turn as a group leaves it.
func (s *Store) afterTurn(g *group) *turn {
	if g.turn == nil {
		return nil
	}
	after := *g.turn
	after.entries, after.newest, after.writer = int64(g.seq.next), g.seq.newest, s.self.Load()
	if s.rowsChanged {
		after.rows++
	}
	if s.rightsChanged {
		after.rights++
	}
	if s.placesChanged {
		after.places++
	}
	if g.endsKeys() {
		after.keys++
	}
	g.turn = &after
	return &after
}

// endsKeys tells whether a key that another server may hold open is of use no longer.
func (g *group) endsKeys() bool {
	for _, key := range g.keys {
		if key.epoch > 0 {
			return true // it was changed
		}
	}
	return len(g.erased) > 0
}

// counts are those by which a transaction may use what is in memory.
type counts struct {
	generation uint64 // of the key cache
	rights     uint64 // of changes to rights
	version    uint64 // of changes to rows
}

func (s *Store) counts() counts {
	return counts{s.keys.generation(), s.rights.Load(), s.version.Load()}
}

// follow ends what a server holds in memory of before a turn, and gives the counts of what is of it. A turn that is older than what was
// followed gives those of before: the caller's snapshot may be older than all that is in memory, so it has asked for them before.
func (s *Store) follow(t turn) (now counts, newest bool) {
	s.followed.mu.Lock()
	defer s.followed.mu.Unlock()
	was := &s.followed.turn
	if t.writer == s.self.Load() && t.rows == was.rows+1 {
		return s.counts(), false // our own commit, that settle says more of in a moment
	}
	if t.keys > was.keys {
		s.keys.dropAll()
		s.identities.Purge()
		s.names.Purge()
	}
	if t.rights > was.rights {
		s.rights.Add(1)
	}
	if t.rows > was.rows {
		s.newVersion(&changed{all: true})
	}
	if t.newest > s.newest.Load() {
		s.newest.Store(t.newest)
	}
	if t.entries > was.entries && t.writer != s.self.Load() {
		s.changed.ring()
	}
	newest = t.rows >= was.rows && t.rights >= was.rights && t.keys >= was.keys
	was.advance(t)
	return s.counts(), newest
}

// advance takes the later of both, count by count.
func (t *turn) advance(to turn) {
	*t = turn{
		rows: max(t.rows, to.rows), rights: max(t.rights, to.rights), keys: max(t.keys, to.keys),
		places: max(t.places, to.places), entries: max(t.entries, to.entries), newest: max(t.newest, to.newest),
	}
}

// disown has this server take its last turn for another's: it does not know whether it was committed.
func (s *Store) disown() {
	var chance [8]byte
	_, _ = rand.Read(chance[:]) // it never fails
	s.self.Store(int64(binary.BigEndian.Uint64(chance[:])))
}

// settleTurn takes this server's own turn into account: what it changed it has made stale itself. The caller holds followed.mu.
func (s *Store) settleTurn() {
	if s.own != nil {
		s.followed.turn.advance(*s.own)
		s.own = nil
	}
}

// newVersion makes stale what was read of rows before. The caller holds followed.mu.
func (s *Store) newVersion(of *changed) {
	next := s.version.Load() + 1
	s.stamps.set(of, next)
	s.version.Store(next)
}

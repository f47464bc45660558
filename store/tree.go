package store

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// The journal's tree (RFC 6962): one hash over all entries, so that none is edited, taken out, put in or moved without it. Its
// stored hashes are rows of the same commit as the entries. The writer keeps the right edge in memory, so that an entry costs its
// own hash and two more on average, and a commit one row.

// grow writes the hashes of the group's entries. It is the last statement before the commit.
func (g *group) grow() bool {
	if len(g.leaves) == 0 {
		return true
	}
	g.edge = g.s.edge
	first := tlog.StoredHashCount(g.edge.Size())
	stored := g.s.stored[:0]
	for _, leaf := range g.leaves {
		stored = g.edge.Append(stored, leaf)
	}
	g.s.stored = stored
	t := tx{c: g.s.writer, s: g.s}
	return g.judge(t.putHashes(first, stored))
}

// putHashes writes a row of the tree.
func (t *tx) putHashes(first int64, hashes []byte) error {
	_, err := t.execEntry("INSERT INTO tree (first, hashes) VALUES ($1, $2)", first, hashes)
	return err
}

// A tree that fits its journal no longer is told of in the journal itself, once it is mended: nobody who cuts or lengthens the
// journal past the server leaves no trace.
const (
	treeMade     = "TREE_MADE"     // over the entries of a database that had none
	treeExtended = "TREE_EXTENDED" // over entries that were written past the server
	journalCut   = "JOURNAL_CUT"   // entries of the tree are gone; their numbers stay free
)

// fillAtOnce bounds the entries of one transaction, and rowAtOnce those of one row, while a tree is made over a journal.
const (
	fillAtOnce = 1 << 16
	rowAtOnce  = 1 << 7
)

// openTree reads the right edge, and brings the tree to the end of the journal: that of a database from before the tree is made
// here. It gives what had to be done, for the journal.
func (s *Store) openTree() (mended string, err error) {
	t := tx{c: s.writer, s: s}
	size, err := t.treeSize()
	if err == nil {
		err = t.readEdge(&s.edge, size)
	}
	if err != nil {
		return "", fmt.Errorf("read the journal's tree: %w", err)
	}
	switch entries := int64(s.seq.next); {
	case entries < size:
		s.seq.next = uint64(size)
		return journalCut, nil
	case entries == size:
		return "", nil
	case size == 0:
		mended = treeMade
	default:
		mended = treeExtended
	}
	for s.edge.Size() < int64(s.seq.next) {
		if err := s.fillTree(min(int64(s.seq.next), s.edge.Size()+fillAtOnce)); err != nil {
			return "", fmt.Errorf("make the journal's tree: %w", err)
		}
	}
	return mended, nil
}

// fillTree brings the tree to a size, in one transaction. Where an entry is missing its row's place is taken by the next: verify
// tells of the gap.
func (s *Store) fillTree(size int64) error {
	before, err := s.writer.begin(true)
	if err != nil {
		return err
	}
	defer s.writer.undo()
	t := tx{c: s.writer, s: s}
	e, first := s.edge, tlog.StoredHashCount(s.edge.Size())
	var hashes []byte
	for n := e.Size(); n < size; n++ {
		var canonical []byte
		err := t.row("SELECT bytes FROM journal WHERE number = $1", n).scan(&canonical) // by the primary key
		if err != nil && !errors.Is(err, errNoRows) {
			return err
		}
		hashes = e.Append(hashes, journal.LeafHash(canonical)) // of no bytes where the entry is missing
		if e.Size()%rowAtOnce == 0 || e.Size() == size {
			if err := t.putHashes(first, hashes); err != nil {
				return err
			}
			first, hashes = tlog.StoredHashCount(e.Size()), hashes[:0]
		}
	}
	if err := s.writer.commit(before); err != nil {
		return err
	}
	s.edge = e
	return nil
}

// treeSize is the number of entries under the tree.
func (t *tx) treeSize() (int64, error) {
	var first int64
	var hashes []byte
	err := t.row("SELECT first, hashes FROM tree ORDER BY first DESC LIMIT 1").scan(&first, &hashes) // by the primary key
	if errors.Is(err, errNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	count := first + int64(len(hashes)/tlog.HashSize)
	size := count / 2 // n entries have 2n hashes, less one for each set bit of n
	for tlog.StoredHashCount(size) < count {
		size++
	}
	if tlog.StoredHashCount(size) != count || len(hashes)%tlog.HashSize != 0 {
		return 0, errors.New("its last row is cut off: put back your newest whole copy")
	}
	return size, nil
}

func (t *tx) readEdge(e *journal.Edge, size int64) error {
	return e.Resume(size, func(level int, at int64) ([32]byte, error) {
		hashes, err := t.ReadHashes([]int64{tlog.StoredHashIndex(level, at)})
		if err != nil {
			return [32]byte{}, err
		}
		return hashes[0], nil
	})
}

// ReadHashes reads stored hashes, as a tlog.HashReader does.
func (t *tx) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	var first int64
	var hashes []byte
	for i, index := range indexes {
		if at := index - first; at < 0 || at >= int64(len(hashes)/tlog.HashSize) {
			// By the primary key, backwards.
			err := t.row("SELECT first, hashes FROM tree WHERE first <= $1 ORDER BY first DESC LIMIT 1", index).scan(&first, &hashes)
			if err != nil {
				return nil, fmt.Errorf("read the journal's tree: %w", err)
			}
		}
		at := (index - first) * tlog.HashSize
		if at+tlog.HashSize > int64(len(hashes)) {
			return nil, errors.New("read the journal's tree: a hash is missing")
		}
		out[i] = tlog.Hash(hashes[at:])
	}
	return out, nil
}

// TreeSize is the number of entries under the tree on this snapshot.
func (r *Reader) TreeSize() (int64, error) { return r.treeSize() }

// Root is the root of the tree when it had a size.
func (t *tx) Root(size int64) ([32]byte, error) { return tlog.TreeHash(size, t) }

// InclusionProof proves that an entry is in the tree of a size, and gives the hash of its leaf.
func (r *Reader) InclusionProof(number, size int64) (proof [][32]byte, leaf [32]byte, err error) {
	leaves, err := r.ReadHashes([]int64{tlog.StoredHashIndex(0, number)})
	if err != nil {
		return nil, leaf, err
	}
	hashes, err := tlog.ProveRecord(size, number, r)
	return plain(hashes), leaves[0], err
}

// ConsistencyProof proves that the tree of a size is the beginning of a later one.
func (r *Reader) ConsistencyProof(from, size int64) ([][32]byte, error) {
	hashes, err := tlog.ProveTree(size, from, r)
	return plain(hashes), err
}

func plain(hashes []tlog.Hash) [][32]byte {
	out := make([][32]byte, len(hashes))
	for i, h := range hashes {
		out[i] = h
	}
	return out
}

// TileHeight is the one height of tiles (C2SP tlog-tiles).
const TileHeight = 8

// Tile gives the hashes of a tile: level and number, and how many of its 256 hashes.
func (r *Reader) Tile(level int, number int64, width int) ([]byte, error) {
	return tlog.ReadTileData(tlog.Tile{H: TileHeight, L: level, N: number, W: width}, r)
}

// Leaves gives canonical bytes of entries in order, from a number on.
func (r *Reader) Leaves(from int64, limit int) (leaves [][]byte, err error) {
	for row := range r.rows("SELECT bytes FROM journal WHERE number >= $1 ORDER BY number LIMIT $2", from, limit) { // by the primary key
		var canonical []byte
		if err := row.scan(&canonical); err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		leaves = append(leaves, canonical)
	}
	return leaves, nil
}

// checkTree hashes the journal anew: each leaf must be its entry's, each hash above it that of the two below, and each checkpoint
// must have the root of its size and be signed by a key of this journal.
func checkTree(r *Reader, report func(string)) error {
	c := treeCheck{report: report}
	if err := c.begin(r); err != nil {
		return err
	}
	for row := range r.rows("SELECT first, hashes FROM tree ORDER BY first") { // by the primary key
		var first int64
		var hashes []byte
		if err := row.scan(&first, &hashes); err != nil {
			return err
		}
		if first != c.count {
			report(fmt.Sprintf("hashes %d to %d are missing", c.count, first-1))
			return nil // what follows cannot be hashed
		}
		for ; len(hashes) >= tlog.HashSize; hashes = hashes[tlog.HashSize:] {
			if err := c.next(r, tlog.Hash(hashes)); err != nil {
				return err
			}
		}
	}
	return c.end(r)
}

// treeCheck walks stored hashes, entries and checkpoints together.
type treeCheck struct {
	report      func(string)
	count       int64 // stored hashes seen
	edge        journal.Edge
	expected    []tlog.Hash // above the last leaf
	checkpoints []signedCheckpoint
	wrong       int
}

// wrongMax is how many faults of one kind are told one by one.
const wrongMax = 20

func (c *treeCheck) fault(what string) {
	if c.wrong++; c.wrong <= wrongMax {
		c.report(what)
	}
}

// begin reads the checkpoints, smallest first.
func (c *treeCheck) begin(r *Reader) (err error) {
	c.checkpoints, err = r.checkedCheckpoints(c.report)
	return err
}

// next takes the next stored hash: a leaf, unless hashes above the last one are still expected.
func (c *treeCheck) next(r *Reader, stored tlog.Hash) error {
	c.count++
	if len(c.expected) > 0 {
		if stored != c.expected[0] {
			c.fault(fmt.Sprintf("a hash above entry %d is not that of what is below it", c.edge.Size()-1))
		}
		c.expected = c.expected[1:]
		return nil
	}
	number := c.edge.Size()
	var canonical []byte
	switch err := r.row("SELECT bytes FROM journal WHERE number = $1", number).scan(&canonical); {
	case errors.Is(err, errNoRows):
		c.fault(fmt.Sprintf("entry %d is in the tree and not in the journal", number))
	case err != nil:
		return err
	case tlog.Hash(journal.LeafHash(canonical)) != stored:
		c.fault(fmt.Sprintf("entry %d is not what the tree says was written", number))
	}
	for above := c.edge.Append(nil, stored)[tlog.HashSize:]; len(above) > 0; above = above[tlog.HashSize:] {
		c.expected = append(c.expected, tlog.Hash(above))
	}
	for len(c.checkpoints) > 0 && c.checkpoints[0].Size == c.edge.Size() {
		if c.checkpoints[0].Root != c.edge.Root() {
			c.fault(fmt.Sprintf("the checkpoint of %d entries has another root: the tree was made anew", c.edge.Size()))
		}
		c.checkpoints = c.checkpoints[1:]
	}
	return nil
}

// end looks for what the tree does not reach.
func (c *treeCheck) end(r *Reader) error {
	if len(c.expected) > 0 {
		c.fault(fmt.Sprintf("the hashes above entry %d are missing", c.edge.Size()-1))
	}
	for _, left := range c.checkpoints {
		c.fault(fmt.Sprintf("the checkpoint of %d entries is of a longer journal: entries were taken away, or an older copy put back", left.Size))
	}
	var beyond int64
	if err := r.row("SELECT count(*) FROM journal WHERE number >= $1", c.edge.Size()).scan(&beyond); err != nil {
		return err
	}
	if beyond > 0 {
		c.fault(fmt.Sprintf("%d entries are in the journal and not in the tree", beyond))
	}
	if c.wrong > wrongMax {
		c.report(fmt.Sprintf("and %d more", c.wrong-wrongMax))
	}
	return nil
}

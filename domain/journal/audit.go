package journal

import "fmt"

// Fault is what is wrong with a journal, and from which entry to which: where a checkpoint alone tells, it is one of those between it
// and the one before.
type Fault struct {
	First, Last int64
	What        string
	Signed      bool // a checkpoint tells, whose root is another
}

func (f *Fault) Error() string {
	if f.First == f.Last {
		return fmt.Sprintf("entry %d: %s", f.First, f.What)
	}
	return fmt.Sprintf("entries %d to %d: %s", f.First, f.Last, f.What)
}

// Audit walks a journal from its first entry and holds it against checkpoints whose signatures were checked before. It needs neither
// clock, database nor network, and stops at the first fault.
type Audit struct {
	edge        Edge
	newest      int64 // time of the entry before
	checkpoints []Checkpoint
	before      int64 // size of the newest checkpoint that held and is smaller
	held        int64 // of the newest that held
	stored      []byte
}

// NewAudit begins a walk. The checkpoints are in order of size; of one size there may be several, which must agree.
func NewAudit(checkpoints []Checkpoint) *Audit { return &Audit{checkpoints: checkpoints} }

// Next takes the next entry, and the hash that was kept of its leaf.
func (a *Audit) Next(canonical []byte, kept [32]byte) error {
	number := a.edge.size
	fault := func(what string) error { return &Fault{First: number, Last: number, What: what} }
	leaf := LeafHash(canonical)
	if leaf != kept {
		return fault("its bytes are not those whose hash was kept")
	}
	e, err := Parse(canonical)
	switch {
	case err != nil:
		return fault("cannot be read")
	case e.Number != uint64(number):
		return fault(fmt.Sprintf("has the number %d", e.Number))
	case e.Time < a.newest:
		return fault("is older than the one before it")
	}
	a.newest = e.Time
	a.stored = a.edge.Append(a.stored[:0], leaf)
	return a.hold()
}

// hold compares the root with the checkpoints of this size.
func (a *Audit) hold() error {
	for len(a.checkpoints) > 0 && a.checkpoints[0].Size <= a.edge.size {
		c := a.checkpoints[0]
		root := a.edge.Root()
		if c.Size != a.edge.size || c.Root != root {
			first := a.held
			if first == c.Size {
				first = a.before
			}
			return &Fault{first, a.edge.size - 1, fmt.Sprintf("the checkpoint of %d entries was signed of others", c.Size), true}
		}
		if c.Size > a.held {
			a.before, a.held = a.held, c.Size
		}
		a.checkpoints = a.checkpoints[1:]
	}
	return nil
}

// End tells whether all that was signed was seen, and nothing beyond it.
func (a *Audit) End() error {
	if err := a.hold(); err != nil { // of an empty journal
		return err
	}
	if len(a.checkpoints) > 0 {
		left := a.checkpoints[len(a.checkpoints)-1].Size
		return &Fault{First: a.edge.size, Last: left - 1, What: fmt.Sprintf("missing: a checkpoint of %d entries was signed", left)}
	}
	if a.held != a.edge.size {
		return &Fault{First: a.held, Last: a.edge.size - 1, What: "no checkpoint was signed of them"}
	}
	return nil
}

// Size and Root are those of what was walked.
func (a *Audit) Size() int64    { return a.edge.Size() }
func (a *Audit) Root() [32]byte { return a.edge.Root() }

package cli

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// A bundle is a zip of what an auditor carries away: nothing in it names a person, and nothing else is needed to check it. Its parts
// are described in docs/reference/journal.md, so that anybody may write a second checker.
const (
	partEntries     = "entries"     // canonical bytes, each behind its length as a uvarint
	partLeaves      = "leaves"      // their leaf hashes, 32 bytes each
	partCheckpoints = "checkpoints" // signed notes with their cosignatures, smallest first, a blank line behind each
	partKeys        = "keys"        // verifier keys of the journal, oldest first, a line each
	partWitnesses   = "witnesses"   // verifier keys of its witnesses, a line each
)

// Bounds of a bundle, for it may come from anybody. An entry of ours is below 2 KiB.
const (
	longestEntry = 64 << 10
	longestPart  = 1 << 30 // of what is read whole: checkpoints of a hundred million entries
)

// bundleWriter writes a bundle front to back.
type bundleWriter struct {
	zip    *zip.Writer
	part   io.Writer
	leaves []byte
}

func newBundleWriter(out io.Writer) *bundleWriter { return &bundleWriter{zip: zip.NewWriter(out)} }

// text writes a part of lines.
func (b *bundleWriter) text(name string, lines []string) error {
	w, err := b.zip.Create(name)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// entry writes the next entry.
func (b *bundleWriter) entry(canonical []byte) (err error) {
	if b.part == nil {
		if b.part, err = b.zip.Create(partEntries); err != nil {
			return err
		}
	}
	leaf := journal.LeafHash(canonical)
	b.leaves = append(b.leaves, leaf[:]...)
	if _, err := b.part.Write(binary.AppendUvarint(nil, uint64(len(canonical)))); err != nil {
		return err
	}
	_, err = b.part.Write(canonical)
	return err
}

// close writes the leaves and the end.
func (b *bundleWriter) close() error {
	if b.part == nil {
		if _, err := b.zip.Create(partEntries); err != nil {
			return err
		}
	}
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: partLeaves, Method: zip.Store}) // hashes do not compress
	if err != nil {
		return err
	}
	if _, err := w.Write(b.leaves); err != nil {
		return err
	}
	return b.zip.Close()
}

// bundle is one that is read.
type bundle struct {
	parts       map[string]*zip.File
	keys        []string
	witnesses   []string
	checkpoints []string
}

var errBundle = errors.New("not a bundle of a journal: it is cut off, or another kind of file")

// readBundle opens a bundle and reads all but its entries.
func readBundle(in io.ReaderAt, size int64) (*bundle, error) {
	archive, err := zip.NewReader(in, size)
	if err != nil {
		return nil, errBundle
	}
	b := &bundle{parts: map[string]*zip.File{}}
	for _, f := range archive.File {
		if _, twice := b.parts[f.Name]; twice {
			return nil, errBundle // which of the two would be checked, and which be shown?
		}
		b.parts[f.Name] = f
	}
	for _, name := range []string{partEntries, partLeaves, partCheckpoints, partKeys, partWitnesses} {
		if b.parts[name] == nil {
			return nil, errBundle
		}
	}
	for name, to := range map[string]*[]string{partKeys: &b.keys, partWitnesses: &b.witnesses} {
		text, err := b.read(name)
		if err != nil {
			return nil, err
		}
		*to = strings.Fields(text)
	}
	text, err := b.read(partCheckpoints)
	if err != nil {
		return nil, err
	}
	b.checkpoints, err = splitNotes(text)
	return b, err
}

func (b *bundle) read(name string) (string, error) {
	r, err := b.parts[name].Open()
	if err != nil {
		return "", errBundle
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, longestPart))
	if err != nil {
		return "", errBundle
	}
	return string(text), nil
}

// splitNotes cuts a part into its notes: three lines, a blank one, signatures, a blank one.
func splitNotes(text string) (notes []string, err error) {
	for text != "" {
		body, rest, ok := strings.Cut(text, "\n\n")
		signatures, rest, ok2 := strings.Cut(rest, "\n\n")
		if !ok || !ok2 {
			return nil, errBundle
		}
		notes = append(notes, body+"\n\n"+signatures+"\n")
		text = rest
	}
	return notes, nil
}

// entries reads entries with the hashes that were kept of them. An error is the last that it gives.
func (b *bundle) entries() iter.Seq2[keptEntry, error] {
	return func(yield func(keptEntry, error) bool) {
		open := func(name string) (*bufio.Reader, func() error) {
			r, err := b.parts[name].Open()
			if err != nil {
				return bufio.NewReader(strings.NewReader("")), func() error { return err }
			}
			return bufio.NewReaderSize(r, 1<<16), r.Close
		}
		entries, closeEntries := open(partEntries)
		defer closeEntries()
		leaves, closeLeaves := open(partLeaves)
		defer closeLeaves()
		var e keptEntry
		var buffer []byte
		for {
			size, err := binary.ReadUvarint(entries)
			if err == io.EOF {
				if _, err := leaves.ReadByte(); err != io.EOF {
					yield(e, errors.New("more hashes were kept than there are entries"))
				}
				return
			}
			if err != nil || size > longestEntry {
				yield(e, errBundle)
				return
			}
			buffer = slices.Grow(buffer[:0], int(size))[:size]
			if _, err := io.ReadFull(entries, buffer); err != nil {
				yield(e, errBundle)
				return
			}
			if _, err := io.ReadFull(leaves, e.leaf[:]); err != nil {
				yield(e, errors.New("fewer hashes were kept than there are entries"))
				return
			}
			if e.canonical = buffer; !yield(e, nil) {
				return
			}
		}
	}
}

// keptEntry is an entry as a bundle has it; its bytes are valid until the next one.
type keptEntry struct {
	canonical []byte
	leaf      [32]byte
}

// trust is what an auditor believes before looking into a bundle.
type trust struct {
	keys      []string // of the journal; the bundle's first if there are none
	witnesses []string // all of whom must have signed
	earlier   []string // checkpoints that were seen before, which must be continued
}

// verdict is what was found of a bundle that holds.
type verdict struct {
	Size        int64            `json:"size"`
	Root        string           `json:"root"`
	Origin      string           `json:"origin"`
	Checkpoints int              `json:"checkpoints"`
	Keys        []string         `json:"keys"`
	Witnessed   map[string]int64 `json:"witnessed,omitempty"` // newest size by name of the witness
	Assumed     bool             `json:"key_from_bundle,omitempty"`
	known       []journal.Checkpoint
}

// verify checks a bundle against itself and against what is believed.
func (b *bundle) verify(t trust) (verdict, error) {
	c := checker{trust: t, verdict: verdict{Witnessed: map[string]int64{}}}
	if err := c.begin(b); err != nil {
		return c.verdict, err
	}
	for i, text := range b.checkpoints {
		if err := c.checkpoint(text); err != nil {
			return c.verdict, fmt.Errorf("checkpoint %d of %d: %w", i+1, len(b.checkpoints), err)
		}
	}
	if len(c.verdict.known) == 0 {
		return c.verdict, errors.New("there is no checkpoint: nobody has signed anything of it")
	}
	own := c.verdict.known[len(c.verdict.known)-1].Size
	if err := c.before(own); err != nil {
		return c.verdict, err
	}
	for _, w := range c.witnesses {
		if c.verdict.Witnessed[w.Name()] == 0 {
			return c.verdict, fmt.Errorf("the witness %s has signed nothing of it", w.Name())
		}
	}
	audit := journal.NewAudit(c.verdict.known)
	for e, err := range b.entries() {
		if err == nil {
			err = audit.Next(e.canonical, e.leaf)
		}
		if err != nil {
			return c.verdict, c.explain(err)
		}
	}
	if err := audit.End(); err != nil {
		return c.verdict, c.explain(err)
	}
	root := audit.Root()
	c.verdict.Size, c.verdict.Root = audit.Size(), base64Of(root[:])
	return c.verdict, nil
}

// checker checks signatures.
type checker struct {
	trust
	verdict   verdict
	keys      []*journal.Verifier // of the bundle, trusted or not yet
	trusted   map[uint32]bool     // by hash
	witnesses []*journal.Verifier // whom the auditor believes
	offered   []*journal.Verifier // whom the bundle names besides
	seen      map[int64][32]byte  // roots that were seen before, by size
}

func (c *checker) begin(b *bundle) (err error) {
	if c.keys, err = verifiers(slices.Concat(c.trust.keys, b.keys)); err != nil {
		return err
	}
	if c.witnesses, err = verifiers(c.trust.witnesses); err != nil {
		return err
	}
	if c.offered, err = verifiers(b.witnesses); err != nil {
		return err
	}
	if len(c.keys) == 0 {
		return errors.New("it names no key, and none was given with --key")
	}
	given, err := verifiers(c.trust.keys)
	if err != nil {
		return err
	}
	believed := max(1, len(given))
	c.verdict.Assumed = len(given) == 0
	c.trusted = map[uint32]bool{}
	for _, k := range c.keys[:believed] {
		c.trusted[k.KeyHash()] = true
		c.verdict.Keys = append(c.verdict.Keys, k.String())
	}
	return nil
}

// verifiers parses keys, each once.
func verifiers(texts []string) (all []*journal.Verifier, err error) {
	for i, text := range texts {
		v, err := journal.ParseVerifier(text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(texts[:i], text) {
			all = append(all, v)
		}
	}
	return all, nil
}

// open checks the signatures of a note. A key that signs beside one that is trusted is trusted from then on: that is how a journal's
// key is followed by the next.
func (c *checker) open(text string) (journal.Checkpoint, *note.Note, error) {
	var all []note.Verifier
	for _, list := range [][]*journal.Verifier{c.keys, c.witnesses, c.offered} {
		for _, v := range list {
			if !slices.ContainsFunc(all, func(have note.Verifier) bool { return have.Name() == v.Name() && have.KeyHash() == v.KeyHash() }) {
				all = append(all, v)
			}
		}
	}
	opened, err := note.Open([]byte(text), note.VerifierList(all...))
	if err != nil {
		return journal.Checkpoint{}, nil, err
	}
	said, err := journal.ParseCheckpoint(opened.Text)
	if err != nil {
		return said, nil, err
	}
	if !slices.ContainsFunc(opened.Sigs, func(s note.Signature) bool { return s.Name == said.Origin && c.trusted[s.Hash] }) {
		return said, nil, errors.New("no key that is trusted has signed it")
	}
	for _, k := range c.keys {
		signed := slices.ContainsFunc(opened.Sigs, func(s note.Signature) bool {
			return s.Hash == k.KeyHash() && s.Name == k.Name() && k.Name() == said.Origin
		})
		if signed && !c.trusted[k.KeyHash()] {
			c.trusted[k.KeyHash()] = true
			c.verdict.Keys = append(c.verdict.Keys, k.String())
		}
	}
	return said, opened, nil
}

// checkpoint takes the next of the bundle's own.
func (c *checker) checkpoint(text string) error {
	said, opened, err := c.open(text)
	if err != nil {
		return err
	}
	if c.verdict.Origin == "" {
		c.verdict.Origin = said.Origin
	}
	if n := len(c.verdict.known); said.Origin != c.verdict.Origin || n > 0 && c.verdict.known[n-1].Size >= said.Size {
		return errors.New("it is not the next of this journal")
	}
	c.verdict.known = append(c.verdict.known, said)
	c.verdict.Checkpoints++
	for _, w := range slices.Concat(c.witnesses, c.offered) {
		if slices.ContainsFunc(opened.Sigs, func(s note.Signature) bool { return s.Name == w.Name() && s.Hash == w.KeyHash() }) {
			c.verdict.Witnessed[w.Name()] = said.Size
		}
	}
	return nil
}

// before puts what was seen earlier among the bundle's checkpoints: a journal that is shorter was rolled back, and one of the same
// size with another root was forked.
func (c *checker) before(own int64) error {
	c.seen = map[int64][32]byte{}
	for _, text := range c.earlier {
		said, _, err := c.open(text)
		if err != nil {
			return fmt.Errorf("the earlier checkpoint: %w", err)
		}
		if said.Origin != c.verdict.Origin {
			return errors.New("the earlier checkpoint is of another journal")
		}
		if said.Size > own {
			return fmt.Errorf("rolled back: %d entries were signed before, and %d are left", said.Size, own)
		}
		c.seen[said.Size] = said.Root
		c.verdict.known = append(c.verdict.known, said)
	}
	slices.SortStableFunc(c.verdict.known, func(a, b journal.Checkpoint) int { return int(a.Size - b.Size) })
	return nil
}

// explain says of a fault whether it is one against what was seen before: then the journal was forked.
func (c *checker) explain(err error) error {
	var fault *journal.Fault
	if !errors.As(err, &fault) {
		return err
	}
	if _, seen := c.seen[fault.Last+1]; seen && fault.Signed {
		return fmt.Errorf("forked: %w", err)
	}
	return err
}

package cli

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// past is a journal as its server holds it: entries, and what was signed of them with the server's key. Who has the server has the
// key too, and so do those who tamper here.
type past struct {
	entries [][]byte
	notes   []string
	keys    []string
	signer  note.Signer
}

const madeUpOrigin = "sinergi/journal/0123456789abcdef"

func seeded(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	return rand.NewChaCha8(key)
}

func newSigner(t testing.TB, seed uint64) (note.Signer, string) {
	t.Helper()
	private, public, err := note.GenerateKey(seeded(seed), madeUpOrigin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer, public
}

func anEntry(r *rand.Rand, number int) []byte {
	e := journal.Entry{Version: journal.Version, Number: uint64(number), Time: 1_790_000_000_000_000 + int64(number)*1000, Origin: "grpc", Action: "read", Rule: "R10", Outcome: "ALLOW"}
	binary.BigEndian.PutUint64(e.ID[:], r.Uint64()|1)
	binary.BigEndian.PutUint64(e.Actor[:], r.Uint64()|1)
	binary.BigEndian.PutUint64(e.Object[:], r.Uint64()|1)
	e.ObjectKind, e.Role, e.Level, e.Purpose = "case", "WORKER", "L3", "CARE"
	return e.AppendCanonical(nil)
}

// grow appends entries, and signs now and then and at the end.
func (h *past) grow(t testing.TB, r *rand.Rand, n, every int) {
	t.Helper()
	for range n {
		h.entries = append(h.entries, anEntry(r, len(h.entries)))
	}
	h.sign(t, every)
}

// sign makes all checkpoints anew that are behind the last one.
func (h *past) sign(t testing.TB, every int) {
	t.Helper()
	signed := int64(0)
	if len(h.notes) > 0 {
		signed = sizeOf(t, h.notes[len(h.notes)-1])
	}
	var e journal.Edge
	var scratch []byte
	for i, canonical := range h.entries {
		scratch = e.Append(scratch[:0], journal.LeafHash(canonical))
		if size := int64(i + 1); size > signed && (i+1 == len(h.entries) || (i+1)%every == 0) {
			h.notes = append(h.notes, signedNote(t, journal.Checkpoint{Origin: madeUpOrigin, Size: size, Root: e.Root()}, h.signer))
		}
	}
}

func signedNote(t testing.TB, c journal.Checkpoint, signers ...note.Signer) string {
	t.Helper()
	text, err := note.Sign(&note.Note{Text: c.String()}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func sizeOf(t testing.TB, text string) int64 {
	t.Helper()
	body, _, _ := strings.Cut(text, "\n\n")
	c, err := journal.ParseCheckpoint(body + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return c.Size
}

func newHistory(t testing.TB, r *rand.Rand, n, every int) *past {
	t.Helper()
	h := &past{}
	var public string
	h.signer, public = newSigner(t, 1)
	h.keys = []string{public}
	h.grow(t, r, n, every)
	return h
}

func (h *past) copy() *past {
	c := *h
	c.entries, c.notes, c.keys = slices.Clone(h.entries), slices.Clone(h.notes), slices.Clone(h.keys)
	return &c
}

// bundle writes a bundle; leaves, if any, are kept instead of those of the entries.
func (h *past) bundle(t testing.TB, leaves []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	b := newBundleWriter(&out)
	err := errors.Join(b.text(partKeys, h.keys), b.text(partWitnesses, nil), b.text(partCheckpoints, h.notes))
	for _, canonical := range h.entries {
		err = errors.Join(err, b.entry(canonical))
	}
	if leaves != nil {
		b.leaves = leaves
	}
	if err = errors.Join(err, b.close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (h *past) leaves() (all []byte) {
	for _, canonical := range h.entries {
		leaf := journal.LeafHash(canonical)
		all = append(all, leaf[:]...)
	}
	return all
}

func judge(raw []byte, t trust) (verdict, error) {
	b, err := readBundle(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return verdict{}, err
	}
	return b.verify(t)
}

// restamp gives entries from a number on the numbers of their places, as a careful forger does.
func (h *past) restamp(from int) {
	for i := from; i < len(h.entries); i++ {
		canonical := slices.Clone(h.entries[i])
		e, err := journal.Parse(canonical)
		if err != nil {
			continue
		}
		journal.Stamp(canonical, uint64(i), e.Time)
		h.entries[i] = canonical
	}
}

// A tampering changes a copy of a history. Who does it has the server, and may sign.
type tampering struct {
	name string
	do   func(t testing.TB, r *rand.Rand, h *past)
}

// tamperings are the ways of rewriting history, each as a careless and as a careful forger does it.
var tamperings = []tampering{
	{"edit", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries))
		h.entries[i] = slices.Clone(h.entries[i])
		h.entries[i][r.IntN(len(h.entries[i]))] ^= 1 << r.IntN(8)
	}},
	{"another entry in its place", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries))
		h.entries[i] = anEntry(r, i)
	}},
	{"delete", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries))
		h.entries = slices.Delete(h.entries, i, i+1)
	}},
	{"delete and number anew", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries))
		h.entries = slices.Delete(h.entries, i, i+1)
		h.restamp(i)
	}},
	{"reorder", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries) - 1)
		j := i + 1 + r.IntN(len(h.entries)-1-i)
		h.entries[i], h.entries[j] = h.entries[j], h.entries[i]
	}},
	{"reorder and number anew", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries) - 1)
		h.entries[i], h.entries[i+1] = h.entries[i+1], h.entries[i]
		h.restamp(i)
	}},
	{"duplicate", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries))
		h.entries = slices.Insert(h.entries, i, h.entries[i])
	}},
	{"insert and number anew", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries))
		h.entries = slices.Insert(h.entries, i, anEntry(r, i))
		h.restamp(i)
	}},
	{"cut the end", func(_ testing.TB, r *rand.Rand, h *past) { h.entries = h.entries[:r.IntN(len(h.entries))] }},
	{"roll back, with what was signed", func(t testing.TB, r *rand.Rand, h *past) {
		h.cut(t, 1+r.IntN(len(h.entries)-1))
		h.sign(t, 1<<30)
	}},
	{"restore an old copy and go on", func(t testing.TB, r *rand.Rand, h *past) {
		h.cut(t, 1+r.IntN(len(h.entries)-1))
		h.grow(t, r, 1+r.IntN(2*len(h.entries)), 7)
	}},
	{"edit and sign all anew", func(t testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.entries))
		h.entries[i], h.notes = anEntry(r, i), nil
		h.sign(t, 7)
	}},
	{"fork, of the same size", func(t testing.TB, r *rand.Rand, h *past) {
		size := len(h.entries)
		at := r.IntN(size)
		h.cut(t, at)
		h.grow(t, r, size-at, 7)
	}},
	{"another key", func(t testing.TB, r *rand.Rand, h *past) {
		var public string
		h.signer, public = newSigner(t, r.Uint64()|2)
		h.keys, h.notes = []string{public}, nil
		h.sign(t, 7)
	}},
	{"edit a checkpoint", func(_ testing.TB, r *rand.Rand, h *past) {
		i := r.IntN(len(h.notes))
		text := []byte(h.notes[i])
		at := r.IntN(len(text))
		if text[at] == '\n' || text[at] == ' ' {
			at = 0
		}
		text[at] ^= 1 << r.IntN(5)
		h.notes[i] = string(text)
	}},
}

// cut takes away entries, and the checkpoints of them.
func (h *past) cut(t testing.TB, size int) {
	h.entries = h.entries[:size]
	h.notes = slices.DeleteFunc(h.notes, func(n string) bool { return sizeOf(t, n) > int64(size) })
}

func longRow(t *testing.T) bool { t.Helper(); return os.Getenv("LONG_ROW") == "tampering" }

// Every way of rewriting history is found in the bundle alone, with what the auditor carried away before: the key and one checkpoint.
func TestTamperingIsFoundOffline(t *testing.T) {
	cases, largest := 150, 120
	if longRow(t) {
		cases, largest = 1000, 3000
	}
	const seed = 20261128
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	alarms, missed := 0, 0
	for i := range cases {
		h := newHistory(t, r, 2+r.IntN(largest), 1+r.IntN(60))
		known := trust{keys: h.keys, earlier: h.notes[len(h.notes)-1:]}
		if _, err := judge(h.bundle(t, nil), known); err != nil {
			alarms++
			t.Errorf("a false alarm in case %d: %v", i, err)
		}
		way := tamperings[i%len(tamperings)]
		forged := h.copy()
		way.do(t, r, forged)
		var leaves []byte
		if r.IntN(2) == 0 && len(forged.entries) == len(h.entries) {
			leaves = h.leaves() // a careless forger forgets them
		}
		if _, err := judge(forged.bundle(t, leaves), known); err == nil {
			missed++
			t.Errorf("case %d, %s: not found", i, way.name)
		}
	}
	t.Logf("%d cases, %d missed, %d false alarms", cases, missed, alarms)
}

// The negative control: without what was seen before, who has the server's key can roll back and fork unseen. That is what a witness
// is for.
func TestWithoutAnEarlierCheckpointAForkIsNotFound(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	h := newHistory(t, r, 40, 10)
	for _, name := range []string{"roll back, with what was signed", "fork, of the same size", "edit and sign all anew"} {
		forged := h.copy()
		at := slices.IndexFunc(tamperings, func(w tampering) bool { return w.name == name })
		tamperings[at].do(t, r, forged)
		if _, err := judge(forged.bundle(t, nil), trust{keys: h.keys}); err != nil {
			t.Errorf("%s: %v, and nothing could tell", name, err)
		}
		_, err := judge(forged.bundle(t, nil), trust{keys: h.keys, earlier: h.notes})
		if err == nil || !strings.Contains(err.Error(), "rolled back") && !strings.Contains(err.Error(), "forked") {
			t.Errorf("%s: %v, want it named", name, err)
		}
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	h := newHistory(t, r, 100, 25)
	leaves := h.leaves()
	for _, c := range []struct {
		name   string
		do     func(h *past)
		leaves bool // as they were
		want   string
	}{
		{"an entry edited, its hash left", func(h *past) { h.entries[33] = anEntry(r, 33) }, true, "entry 33: its bytes are not those whose hash was kept"},
		{"an entry edited with its hash", func(h *past) { h.entries[33] = anEntry(r, 33) }, false, "entries 25 to 49: the checkpoint of 50 entries was signed of others"},
		{"an entry taken out", func(h *past) { h.entries = slices.Delete(h.entries, 12, 13) }, false, "entry 12: has the number 13"},
		{"the end taken away", func(h *past) { h.entries = h.entries[:90] }, false, "entries 90 to 99: missing"},
		{"more than was signed", func(h *past) { h.entries = append(h.entries, anEntry(r, 100)) }, false, "entry 100: no checkpoint was signed of them"},
		{"bytes of no entry", func(h *past) { h.entries[5] = []byte{1, 2, 3} }, false, "entry 5: cannot be read"},
		{"no checkpoint at all", func(h *past) { h.notes = nil }, false, "there is no checkpoint"},
	} {
		forged := h.copy()
		c.do(forged)
		var kept []byte
		if c.leaves {
			kept = leaves
		}
		if _, err := judge(forged.bundle(t, kept), trust{keys: h.keys}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A key that signed together with the one before it is followed; one that only stands in the bundle is not.
func TestAKeyIsFollowedOnlyIfItWasVouchedFor(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for vouched, wanted := range map[bool]bool{true: true, false: false} {
		h := newHistory(t, r, 30, 10)
		first := h.signer
		var public string
		h.signer, public = newSigner(t, 99)
		h.keys = append(h.keys, public)
		h.grow(t, r, 10, 1<<30)
		if vouched {
			last := h.notes[len(h.notes)-1]
			body, _, _ := strings.Cut(last, "\n\n")
			c, err := journal.ParseCheckpoint(body + "\n")
			if err != nil {
				t.Fatal(err)
			}
			h.notes[len(h.notes)-1] = signedNote(t, c, h.signer, first)
		}
		h.grow(t, r, 10, 1<<30) // by the new key alone
		found, err := judge(h.bundle(t, nil), trust{keys: h.keys[:1]})
		if (err == nil) != wanted {
			t.Errorf("vouched for %v: %v", vouched, err)
		}
		if wanted && (len(found.Keys) != 2 || found.Size != 50 || found.Assumed) {
			t.Errorf("found %+v", found)
		}
	}
}

// A damaged file is never taken for a whole one, and never breaks the checker.
func TestADamagedBundleIsNoBundle(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	h := newHistory(t, r, 25, 10)
	whole := h.bundle(t, nil)
	good, err := judge(whole, trust{keys: h.keys})
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		raw := slices.Clone(whole)
		for range 1 + r.IntN(3) {
			raw[r.IntN(len(raw))] ^= 1 << r.IntN(8)
		}
		if r.IntN(4) == 0 {
			raw = raw[:r.IntN(len(raw))]
		}
		// A flip in a date of the archive changes nothing that is checked.
		if found, err := judge(raw, trust{keys: h.keys}); err == nil && (found.Size != good.Size || found.Root != good.Root) {
			t.Fatalf("a damaged bundle says %+v", found)
		}
	}
}

// TestForgedLeavesAreNotAccepted: no proof of one entry serves another.
func TestForgedLeavesAreNotAccepted(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	const size = 1000
	var e journal.Edge
	var stored []byte
	for i := range size {
		stored = e.Append(stored, journal.LeafHash(anEntry(r, i)))
	}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			out[i] = tlog.Hash(stored[index*tlog.HashSize:])
		}
		return out, nil
	})
	accepted := 0
	for n := range int64(size) {
		proof, err := tlog.ProveRecord(size, n, reader)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := reader([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(proof, size, e.Root(), n, leaf[0]); err != nil {
			t.Errorf("entry %d: %v", n, err)
		}
		if tlog.CheckRecord(proof, size, e.Root(), n, journal.LeafHash(anEntry(r, int(n)))) == nil {
			accepted++
		}
	}
	if accepted > 0 {
		t.Errorf("%d forged leaves of %d accepted", accepted, size)
	}
}

// TestAMillionEntriesAreCheckedInTime writes and checks a journal of a million entries: 30 s on one core are promised.
func TestAMillionEntriesAreCheckedInTime(t *testing.T) {
	n := 20_000
	if longRow(t) {
		n = 1_000_000
	}
	r := rand.New(rand.NewPCG(8, 8))
	h := newHistory(t, r, n, 256)
	path := filepath.Join(t.TempDir(), "journal.bundle")
	if err := os.WriteFile(path, h.bundle(t, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var out, told bytes.Buffer
	verify := JournalVerify{Bundle: path, Key: h.keys}
	if err := verify.Run(t.Context(), Streams{Out: &out, Err: &told}); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	if want := fmt.Sprintf("OK\nsize\t%d\n", n); !strings.HasPrefix(out.String(), want) {
		t.Errorf("it says %q", out.String())
	}
	t.Logf("%d entries, %d MB, checked in %s", n, info.Size()>>20, took)
	if took > 30*time.Second {
		t.Errorf("%d entries took %s, promised are 30 s for a million", n, took)
	}
}

func FuzzBundle(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 9))
	f.Add(newHistory(f, r, 5, 2).bundle(f, nil))
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = judge(raw, trust{}) })
}

package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata anew; only ever add lines, for old entries must verify for ever")

const golden = "testdata/entries.hex"

// vectors are entries whose bytes never change again. Add to them, and do not edit.
func vectors() []Entry {
	id := func(b byte) [16]byte { return [16]byte(bytes.Repeat([]byte{b}, 16)) }
	hash := func(b byte) [32]byte { return [32]byte(bytes.Repeat([]byte{b}, 32)) }
	return []Entry{
		{Version: 1},
		{
			Version: 1, ID: id(1), Number: 1<<63 + 7, Time: 1_790_000_000_000_001, RequestID: id(2), Origin: "grpc", Actor: id(3),
			Role: "OFFICER", Unit: id(4), Action: "referral.accept", Rule: "A3", Outcome: "ALLOWED", Mask: 0x80000007,
			ObjectKind: "leg", Object: id(5), Level: "L3", Basis: id(6), Purpose: "service", Cosigner: id(7),
			Event: Event{
				Name: "ACCEPTED", Before: "SENT", After: "ACCEPTED", Fields: []string{"officer", "state"}, Revision: 2, Value: hash(8),
			},
			Reason: hash(9),
		},
		{
			Version: 1, ID: id(10), Number: 1, Time: -1, Origin: "timer", Action: "right.end", Outcome: "ALLOWED",
			Event: Event{Name: "RIGHT_ENDED", Fields: []string{""}, Revision: -1},
		},
		{
			Version: 1, ID: id(11), Number: 2, Time: 1, Origin: "rest", Role: "Pekerja sosial – UPTD PPA", Action: "case.read",
			Outcome: "REFUSED", Reason: hash(1), Purpose: strings.Repeat("x", 200),
		},
	}
}

func TestCanonicalBytesAreThoseOfTheFirstRelease(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	lines := readGolden(t)
	entries := vectors()
	if len(lines) != len(entries) {
		t.Fatalf("%s has %d lines, want %d", golden, len(lines), len(entries))
	}
	for i, e := range entries {
		got := e.AppendCanonical(nil)
		leaf := LeafHash(got)
		if line := hex.EncodeToString(got) + " " + hex.EncodeToString(leaf[:]); line != lines[i] {
			t.Errorf("entry %d: got %s, want %s", i, line, lines[i])
		}
		back, err := Parse(got)
		if err != nil {
			t.Errorf("Parse(entry %d): %v", i, err)
		}
		if diff := cmp.Diff(e, back); diff != "" {
			t.Errorf("Parse(entry %d) (-want +got):\n%s", i, diff)
		}
	}
}

func writeGolden(t *testing.T) {
	t.Helper()
	var text strings.Builder
	for _, e := range vectors() {
		canonical := e.AppendCanonical(nil)
		fmt.Fprintf(&text, "%x %x\n", canonical, LeafHash(canonical))
	}
	if err := os.WriteFile(golden, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readGolden(t *testing.T) []string {
	t.Helper()
	f, err := os.Open(golden)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		lines = append(lines, s.Text())
	}
	return lines
}

func TestLeafHashIsThatOfRFC6962(t *testing.T) {
	// The leaf hash of no bytes, from the test vectors of certificate-transparency.
	const want = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
	if got := LeafHash(nil); hex.EncodeToString(got[:]) != want {
		t.Errorf("LeafHash(nil): got %x, want %s", got, want)
	}
	if LeafHash([]byte{1}) == sha256.Sum256([]byte{1}) {
		t.Error("a leaf hash without its zero byte could be taken for an inner node")
	}
}

func TestStampEqualsEncodingWithNumberAndTime(t *testing.T) {
	e := vectors()[1]
	want := e.AppendCanonical(nil)
	number, time := e.Number, e.Time
	e.Number, e.Time = 0, 0
	got := e.AppendCanonical(nil)
	Stamp(got, number, time)
	if !bytes.Equal(got, want) {
		t.Errorf("Stamp: got %x, want %x", got, want)
	}
}

func TestEveryFieldIsInTheBytes(t *testing.T) {
	full := vectors()[1]
	changes := map[string]func(*Entry){
		"id": func(e *Entry) { e.ID[0]++ }, "number": func(e *Entry) { e.Number++ }, "time": func(e *Entry) { e.Time++ },
		"request": func(e *Entry) { e.RequestID[0]++ }, "origin": func(e *Entry) { e.Origin += "x" },
		"actor": func(e *Entry) { e.Actor[0]++ }, "role": func(e *Entry) { e.Role += "x" }, "unit": func(e *Entry) { e.Unit[0]++ },
		"action": func(e *Entry) { e.Action += "x" }, "rule": func(e *Entry) { e.Rule += "x" },
		"outcome": func(e *Entry) { e.Outcome += "x" }, "mask": func(e *Entry) { e.Mask++ },
		"kind": func(e *Entry) { e.ObjectKind += "x" }, "object": func(e *Entry) { e.Object[0]++ },
		"level": func(e *Entry) { e.Level += "x" }, "basis": func(e *Entry) { e.Basis[0]++ },
		"purpose": func(e *Entry) { e.Purpose += "x" }, "cosigner": func(e *Entry) { e.Cosigner[0]++ },
		"event": func(e *Entry) { e.Event.Name += "x" }, "before": func(e *Entry) { e.Event.Before += "x" },
		"after": func(e *Entry) { e.Event.After += "x" }, "fields": func(e *Entry) { e.Event.Fields = []string{"officerstate"} },
		"revision": func(e *Entry) { e.Event.Revision++ }, "value": func(e *Entry) { e.Event.Value[0]++ },
		"reason": func(e *Entry) { e.Reason[0]++ },
		// The border between two texts is part of the bytes.
		"border": func(e *Entry) { e.Action, e.Rule = e.Action+"A", e.Rule[1:] },
	}
	want := full.AppendCanonical(nil)
	for name, change := range changes {
		e := full
		change(&e)
		if bytes.Equal(e.AppendCanonical(nil), want) {
			t.Errorf("changing %s leaves the bytes equal", name)
		}
	}
}

func TestParseRefusesWhatIsNotCanonical(t *testing.T) {
	good := Entry{}.AppendCanonical(nil)
	with := func(at int, b ...byte) []byte { return append(append(bytes.Clone(good[:at]), b...), good[at+1:]...) }
	cases := []struct {
		name  string
		bytes []byte
		err   error
	}{
		{"nothing", nil, ErrMalformed},
		{"another version", append([]byte{2}, good[1:]...), ErrVersion},
		{"only the head", good[:fixedSize-1], ErrMalformed},
		{"cut off", good[:len(good)-1], ErrMalformed},
		{"a byte left over", append(bytes.Clone(good), 0), ErrMalformed},
		{"a long zero", with(fixedSize, 0x80, 0x00), ErrMalformed},
		{"a zero id written out", with(fixedSize, append([]byte{16}, make([]byte, 16)...)...), ErrMalformed},
		{"an id of 15 bytes", with(fixedSize, append([]byte{15}, bytes.Repeat([]byte{1}, 15)...)...), ErrMalformed},
		{"text that is not UTF-8", with(fixedSize+2, 1, 0xff), ErrMalformed},
		{"a length beyond the end", with(fixedSize+2, 0xff, 0xff, 0xff, 0xff, 0x0f), ErrMalformed},
		{"a count beyond the end", with(len(good)-1, 0xff, 0xff, 0xff, 0xff, 0x0f), ErrMalformed},
	}
	for _, c := range cases {
		if _, err := Parse(c.bytes); !errors.Is(err, c.err) {
			t.Errorf("Parse(%s): got %v, want %v", c.name, err, c.err)
		}
	}
}

// FuzzParse: whatever Parse takes is exactly what AppendCanonical writes.
func FuzzParse(f *testing.F) {
	for _, e := range vectors() {
		f.Add(e.AppendCanonical(nil))
	}
	f.Fuzz(func(t *testing.T, canonical []byte) {
		e, err := Parse(canonical)
		if err != nil {
			return
		}
		if got := e.AppendCanonical(nil); !bytes.Equal(got, canonical) {
			t.Errorf("got %x, want %x", got, canonical)
		}
	})
}

func BenchmarkAppendCanonical(b *testing.B) {
	e := vectors()[1]
	buffer := make([]byte, 0, 1024)
	for b.Loop() {
		buffer = e.AppendCanonical(buffer[:0])
	}
}

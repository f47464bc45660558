package storetest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/sinergi-pug/sinergi/store"
)

// sealed is a value in its cell.
type sealed struct {
	cell  store.Cell
	plain string
	bytes []byte
}

// sealSome seals cells that differ in table, column, row and owner, one from another and in all ways.
func sealSome(t *testing.T, s *store.Store) []sealed {
	t.Helper()
	owners := []store.Owner{{1}, {2}, {1, 1}}
	var keys []store.Key
	for _, owner := range owners {
		key, err := s.WrapKey(owner)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	all, err := store.Update(t.Context(), s, func(w *store.Writer) ([]sealed, error) {
		for _, key := range keys {
			if err := w.PutKey(key); err != nil {
				return nil, err
			}
		}
		var all []sealed
		for _, owner := range owners {
			for n := range 27 {
				row := binary.BigEndian.AppendUint64(make([]byte, 8), uint64(n/9))
				cell := store.Cell{Table: fmt.Sprint("t", n%3), Column: fmt.Sprint("f", n/3%3), Row: row, Owner: owner}
				plain := fmt.Sprint("plain ", n, owner)
				text, err := w.Seal(cell, []byte(plain))
				if err != nil {
					return nil, err
				}
				all = append(all, sealed{cell, plain, text})
			}
		}
		return all, nil
	})
	if err != nil {
		t.Fatalf("Seal: %v", err)
	}
	return all
}

func testSeal(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	all := sealSome(t, s)
	_, err := store.Read(t.Context(), s, func(r *store.Reader) (int, error) {
		for i, a := range all {
			for j, b := range all {
				plain, err := r.Open(a.cell, b.bytes)
				if i == j && (err != nil || string(plain) != a.plain) {
					t.Errorf("Open: got %q, %v, want %q", plain, err, a.plain)
				}
				if i != j && !errors.Is(err, store.ErrSealed) {
					t.Errorf("the value of %v opens in %v: %v", b.cell, a.cell, err)
				}
			}
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	testDamage(t, s, all[0])
}

// testDamage: no byte of a sealed value may change.
func testDamage(t *testing.T, s *store.Store, a sealed) {
	t.Helper()
	if bytes.Contains(a.bytes, []byte(a.plain)) {
		t.Error("a sealed value shows its plain text")
	}
	_, err := store.Read(t.Context(), s, func(r *store.Reader) (int, error) {
		for i := range a.bytes {
			damaged := bytes.Clone(a.bytes)
			damaged[i] ^= 1
			if plain, err := r.Open(a.cell, damaged); err == nil {
				t.Errorf("byte %d flipped: got %q, want an error", i, plain)
			}
			if plain, err := r.Open(a.cell, a.bytes[:i]); err == nil {
				t.Errorf("cut to %d bytes: got %q, want an error", i, plain)
			}
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func testErase(t *testing.T, open Open) {
	s := opened(t, open, config(t))
	all := sealSome(t, s)
	erased := all[0].cell.Owner
	undone := errors.New("undone")
	openAll := func(r *store.Reader) (int, error) {
		var n int
		for _, a := range all {
			_, err := r.Open(a.cell, a.bytes)
			if err == nil {
				n++
			}
			if err != nil && (!errors.Is(err, store.ErrErased) || a.cell.Owner != erased) {
				return n, err
			}
		}
		return n, nil
	}
	opens := func(want int) {
		t.Helper()
		if n, err := store.Read(t.Context(), s, openAll); n != want || err != nil {
			t.Errorf("opened %d of %d, %v, want %d", n, len(all), err, want)
		}
	}
	err := update(s, func(w *store.Writer) error {
		if err := w.EraseKeys(erased); err != nil {
			return err
		}
		if _, err := w.Open(all[0].cell, all[0].bytes); !errors.Is(err, store.ErrErased) {
			t.Errorf("Open in the erasing closure: got %v, want ErrErased", err)
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Errorf("Update: got %v", err)
	}
	opens(len(all)) // an erasure that was undone is none
	if err := update(s, func(w *store.Writer) error { return w.EraseKeys(erased) }); err != nil {
		t.Fatal(err)
	}
	opens(len(all) * 2 / 3)
	err = update(s, func(w *store.Writer) error { _, err := w.Seal(all[0].cell, nil); return err })
	if !errors.Is(err, store.ErrErased) {
		t.Errorf("Seal for the erased: got %v, want ErrErased", err)
	}
}

func testTags(t *testing.T, open Open) {
	s, other := opened(t, open, config(t)), opened(t, open, config(t))
	a, b, ab := []byte("a"), []byte("b"), []byte("ab")
	tags := map[string][16]byte{
		"one part":       s.Tag("x", ab),
		"two parts":      s.Tag("x", a, b),
		"another order":  s.Tag("x", b, a),
		"an empty part":  s.Tag("x", ab, nil),
		"another label":  s.Tag("y", ab),
		"no part":        s.Tag("x"),
		"another key":    other.Tag("x", ab),
		"a pseudonym":    s.Pseudonym("x", ab),
		"another kind":   s.Pseudonym("y", ab),
		"another object": s.Pseudonym("x", a),
	}
	seen := make(map[[16]byte]string)
	for what, tag := range tags {
		if before, ok := seen[tag]; ok {
			t.Errorf("%s and %s have one tag", what, before)
		}
		seen[tag] = what
	}
	if s.Tag("x", a, b) != tags["two parts"] || s.Pseudonym("x", ab) != tags["a pseudonym"] {
		t.Error("a tag differs from call to call")
	}
	mac := s.Mac("x", ab)
	if [16]byte(mac[:16]) != tags["one part"] {
		t.Error("Tag is not the head of Mac")
	}
}

package linkage

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAShortlistComesBackAndHasOneSize(t *testing.T) {
	w := small()
	sc := w.scan(t, w.subjects)
	some := 0
	for i := range w.subjects {
		list := Shortlist(sc.Candidates(i))
		b := EncodeShortlist(list)
		if len(b) != ShortlistSize {
			t.Fatalf("%d bytes", len(b))
		}
		back, err := DecodeShortlist(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(list, back); diff != "" {
			t.Fatalf("subject %d (-want +got):\n%s", i, diff)
		}
		for k := 1; k < len(list); k++ {
			if list[k].Score > list[k-1].Score || len(list) > ShortlistLength {
				t.Errorf("subject %d: the order is not that of the scores, or it is too long", i)
			}
		}
		some += len(list)
	}
	if some < 20 {
		t.Errorf("only %d candidates, too few to tell", some)
	}
	many := make([]Candidate, ShortlistLength+5)
	if back, err := DecodeShortlist(EncodeShortlist(many)); err != nil || len(back) != ShortlistLength {
		t.Errorf("%d of too many come back, %v", len(back), err)
	}
	if back, err := DecodeShortlist(EncodeShortlist(nil)); err != nil || len(back) != 0 {
		t.Errorf("of nobody %d come back, %v", len(back), err)
	}
}

func TestBytesThatAreNoShortlistAreRefused(t *testing.T) {
	whole := EncodeShortlist([]Candidate{{Hypothesis: Mother}})
	for name, b := range map[string][]byte{
		"nothing": nil, "short": whole[:ShortlistSize-1], "another form": changed(whole, 0), "another folding": changed(whole, 1),
		"too many": changed(whole, 2), "another hypothesis": changed(whole, 3+16), "zeros": bytes.Repeat([]byte{0}, ShortlistSize),
	} {
		if _, err := DecodeShortlist(b); err != ErrShortlist {
			t.Errorf("%s: %v, want ErrShortlist", name, err)
		}
	}
}

// A match is used again and again; of a pair that is kept it may tell nothing of the pair before.
func TestAMatchTellsOnlyOfItsOwnPair(t *testing.T) {
	w := small()
	var used, fresh Match
	n := len(w.cards) / CardSize
	for i := range 20_000 {
		s, c := w.subjects[i%len(w.subjects)], w.opened(i*7%n)
		fresh = Match{}
		if s.Compare(c, &used) != s.Compare(c, &fresh) || used != fresh {
			t.Fatalf("pair %d: a match that was used before says something else", i)
		}
	}
}

package store_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	"github.com/sinergi-pug/sinergi/store"
)

// candidatesOf reads what is kept for a person, on a snapshot.
func candidatesOf(t *testing.T, s *store.Store, id casework.PersonID) []linkage.Candidate {
	t.Helper()
	all, err := store.Read(t.Context(), s, func(r *store.Reader) ([]linkage.Candidate, error) { return r.Candidates(id) })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func keepCandidates(t *testing.T, s *store.Store, id casework.PersonID, others ...casework.PersonID) {
	t.Helper()
	_, err := store.Update(t.Context(), s, func(w *store.Writer) (struct{}, error) {
		var all []linkage.Candidate
		for i, other := range others {
			all = append(all, linkage.Candidate{ID: other, Hypothesis: linkage.Self, Score: float32(9 - i), Raw: float32(10 - i)})
		}
		return struct{}{}, w.PutCandidates(id, all)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func idsOf(all []linkage.Candidate) (ids []casework.PersonID) {
	for _, c := range all {
		ids = append(ids, casework.PersonID(c.ID))
	}
	return ids
}

func TestCandidatesAreKeptForWhomTheyWereFoundUntilThereAreOthers(t *testing.T) {
	s := openStore(t, folders(t))
	all := manyPersons(t, s, 4)
	a, b, c, d := all[0].ID, all[1].ID, all[2].ID, all[3].ID
	keepCandidates(t, s, a, b, c)
	keepCandidates(t, s, b, c)
	if got := idsOf(candidatesOf(t, s, a)); !slices.Equal(got, []casework.PersonID{b, c}) {
		t.Errorf("of a: %v, want b and c", got)
	}
	keepCandidates(t, s, a, d)
	if got := candidatesOf(t, s, a); len(got) != 1 || got[0].ID != d || got[0].Score != 9 || got[0].Raw != 10 {
		t.Errorf("of a, again: %v, want d", got)
	}
	if got := idsOf(candidatesOf(t, s, b)); !slices.Equal(got, []casework.PersonID{c}) {
		t.Errorf("of b: %v, want c", got)
	}
	for _, id := range []casework.PersonID{d, casework.PersonID(uuid.New())} {
		if got := candidatesOf(t, s, id); len(got) > 0 {
			t.Errorf("of whom nothing was found for: %v", got)
		}
	}
}

// What was found before an erasure is written after it: it must not bring anybody back.
func TestNothingIsKeptOfWhoWasErasedMeanwhile(t *testing.T) {
	s := openStore(t, folders(t))
	all := manyPersons(t, s, 3)
	gone := all[0].ID
	erase(t, s, gone)
	keepCandidates(t, s, gone, all[1].ID)
	keepCandidates(t, s, all[1].ID, gone, all[2].ID)
	if got := candidatesOf(t, s, gone); len(got) > 0 {
		t.Errorf("of the erased: %v", got)
	}
	if got := idsOf(candidatesOf(t, s, all[1].ID)); !slices.Equal(got, []casework.PersonID{all[2].ID}) {
		t.Errorf("got %v, want the one who is there", got)
	}
}

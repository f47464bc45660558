package server_test

import (
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/linkage"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// A confirmed link makes a victim one of those with a nutrition case in the house, and two records of her one victim, when the year is
// counted; no one's list says so, and what is taken back counts no more.
func TestAConfirmedLinkJoinsInCountingAlone(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	upper, lower := w.pair(t, true)
	second := w.violenceFile(t, "polwan-ppa", "kepala-ppa") // the police's own case of the same woman
	counted := func() (victims, withNutrition int) {
		t.Helper()
		all, err := server.CountedCases(t.Context(), w.served.Store, time.Now().Year())
		if err != nil {
			t.Fatal(err)
		}
		persons := map[string]bool{}
		for _, c := range all {
			if c.Side == statistics.Protected {
				persons[c.Person] = persons[c.Person] || c.Nutrition
			}
		}
		for _, with := range persons {
			if victims++; with {
				withNutrition++
			}
		}
		return victims, withNutrition
	}
	want := func(what string, victims, withNutrition int) {
		t.Helper()
		if v, n := counted(); v != victims || n != withNutrition {
			t.Errorf("%s: %d victims, %d of them with a nutrition case; want %d and %d", what, v, n, victims, withNutrition)
		}
	}
	want("before any link", 2, 0)
	link := w.confirms(t, upper.officer, upper.person)
	link.expect(t, 200, []string{"CONFIRMED"}, nil)
	want("linked to the growth file", 2, 1)
	w.candidates(t, second.person, candidate(t, upper.person, 9, true))
	same := w.confirms(t, second.officer, second.person)
	same.expect(t, 200, []string{"CONFIRMED"}, nil)
	want("two records of one woman", 1, 1)
	for _, f := range []linkedFile{upper, lower, second} {
		w.call(f.officer, "GET", "/v1/"+f.name, nil).expect(t, 200, nil, []string{"overlap"})
	}
	w.post(second.head, same.text("name")+":undo", object{"reason": "bukan dia"}).expect(t, 200, []string{"UNDONE"}, nil)
	want("taken back", 2, 1)
	w.post(upper.head, link.text("name")+":undo", object{"reason": "salah orang"}).expect(t, 200, []string{"UNDONE"}, nil)
	want("both taken back", 2, 0)
}

// BenchmarkFindMatches asks for the matches of one client who has eight, of which five are shown.
func BenchmarkFindMatches(b *testing.B) {
	w := linkWorld(b, time.Now)
	upper := w.violenceFile(b, "pendamping-uptd", "kepala-uptd")
	var found []linkage.Candidate
	for range 8 {
		lower := w.growthFile(b)
		found = append(found, candidate(b, lower.person, 9, true))
	}
	w.candidates(b, upper.person, found...)
	load(b, func(int, int64) error {
		_, err := pb.NewLinkageServiceClient(w.conn).FindMatches(w.as("pendamping-uptd"), &pb.FindMatchesRequest{Subject: upper.person})
		return err
	})
}

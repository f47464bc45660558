package statistics

import (
	"testing"
	"time"
)

func TestLinksJoinPersonsInCountingAndMarkTheOverlap(t *testing.T) {
	day := func(year int) time.Time { return time.Date(year, 5, 4, 0, 0, 0, 0, time.UTC) }
	cases := []Case{
		{ID: "1", Person: "victim", Side: Protected, Type: "DOMESTIC_VIOLENCE", Registered: day(2026)},
		{ID: "2", Person: "the same victim", Side: Protected, Type: "DOMESTIC_VIOLENCE", Registered: day(2026)},
		{ID: "3", Person: "child", Side: Ordinary, Type: "CHILD_STUNTING", Registered: day(2026)},
		{ID: "4", Person: "another victim", Side: Protected, Type: "DOMESTIC_VIOLENCE", Registered: day(2026)},
		{ID: "5", Person: "closed child", Side: Ordinary, Type: "CHILD_STUNTING", Registered: day(2024), Closed: day(2025)},
		{ID: "6", Person: "sibling", Side: Ordinary, Type: "GROWTH_MONITORING", Registered: day(2026)},
		{ID: "7", Person: "third victim", Side: Protected, Type: "DOMESTIC_VIOLENCE", Registered: day(2026)},
	}
	JoinCases(cases, []Link{
		{A: "the same victim", B: "victim", OnePerson: true},
		{A: "victim", B: "child"},                // the mother of the child: no one person
		{A: "another victim", B: "closed child"}, // a case of another year
		{A: "sibling", B: "third victim"},        // who is only watched
		{A: "child", B: "sibling"},               // and hands nothing on
	}, 2026)
	for i, want := range []struct {
		person    string
		nutrition bool
	}{{"the same victim", true}, {"the same victim", true}, {"child", false}, {"another victim", false}, {"closed child", false}, {"sibling", false}, {"third victim", false}} {
		if got := cases[i]; got.Person != want.person || got.Nutrition != want.nutrition {
			t.Errorf("case %s: %q, %v, want %+v", got.ID, got.Person, got.Nutrition, want)
		}
	}
	measured := []Measurement{{Child: "b"}, {Child: "c"}, {Child: "a"}}
	JoinChildren(measured, []Link{{A: "b", B: "a", OnePerson: true}, {A: "a", B: "c"}})
	if measured[0].Child != "a" || measured[1].Child != "c" || measured[2].Child != "a" {
		t.Errorf("children are %+v", measured)
	}
}

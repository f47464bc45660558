package statistics

import (
	"errors"
	"testing"
)

func TestAYearOfTheCatalogueCostsWhatThePageSays(t *testing.T) {
	var l Ledger
	for _, table := range Tables(Released) {
		for _, p := range PeriodsOf(table, 2027, Month) {
			e, err := l.Draw(table, p, DefaultLimits())
			if err != nil {
				t.Fatalf("%s %s: %v", table.ID, p, err)
			}
			l = append(l, e)
		}
	}
	if got, want := l.Spent(2027), (Spent{Protected: 2.5, WithOverlap: 3.0, Child: 15.5}); got != want {
		t.Errorf("spent %+v, want %+v", got, want)
	}
	if got := l.Spent(2028); got != (Spent{}) {
		t.Errorf("the year after: %+v", got)
	}
	costs := map[string]float64{}
	for _, table := range Tables(Released) {
		costs[table.ID] = table.Cost()
	}
	for id, want := range map[string]float64{
		"kdrt-year": 0, "kdrt-month": 0.5, "overlap-year": 0.5, "stunting-kecamatan-quarter": 2.5, "nutrition-new-month": 0.5,
		"referral-ordinary-unit-quarter": 0,
	} {
		if costs[id] != want {
			t.Errorf("%s costs %v, want %v", id, costs[id], want)
		}
	}
	for _, table := range Tables(Released) {
		_, err := l.Draw(table, PeriodsOf(table, 2027, Month)[0], DefaultLimits())
		wants(t, table.ID+" drawn again", err, AlreadyDrawn)
	}
	// A second cut of the same year would count each victim twice: months and quarters are not both published.
	month, _ := Find(Released, "kdrt-month")
	_, err := l.Draw(month, Period{Quarter, 2027, 1}, DefaultLimits())
	wants(t, "kdrt-month as a quarter, too", err, LedgerSpent)
	_, err = l.Draw(month, Period{Week, 2027, 1}, DefaultLimits())
	wants(t, "kdrt-month as a week", err, NoSuchRelease)
	live, _ := Find(Live, "intake-month")
	_, err = l.Draw(live, Period{Month, 2027, 1}, DefaultLimits())
	wants(t, "a live table", err, NoSuchRelease)
}

func TestALowerLimitRefusesTheDrawThatPassesIt(t *testing.T) {
	limits := DefaultLimits()
	limits.WithOverlap = 2.5
	var l Ledger
	refused := ""
	for _, table := range Tables(Released)[:7] {
		for _, p := range PeriodsOf(table, 2027, Quarter) {
			e, err := l.Draw(table, p, limits)
			if err != nil {
				wants(t, table.ID, err, LedgerSpent)
				refused += table.ID
				continue
			}
			l = append(l, e)
		}
	}
	if refused != "overlap-year" {
		t.Errorf("refused %q, want overlap-year alone", refused)
	}
}

func wants(t *testing.T, what string, err error, reason Refusal) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Reason != reason {
		t.Errorf("%s: %v, want %s", what, err, reason)
	}
}

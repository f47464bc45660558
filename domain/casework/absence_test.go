package casework

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var (
	siti, dewi, rani = AccountID{1}, AccountID{2}, AccountID{3}
	absenceStart     = time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC)
)

func absenceDay(n int) time.Time { return absenceStart.Add(time.Duration(n) * 24 * time.Hour) }

func away(id byte, who, deputy AccountID, from, until int) Absence {
	return Absence{ID: ID{id}, Account: who, Deputy: deputy, From: absenceDay(from), Until: absenceDay(until)}
}

func TestAnAbsenceNamesSomebodyWhoIsThere(t *testing.T) {
	for _, tt := range []struct {
		name  string
		a     Absence
		s     Stead
		want  string
		begin int
	}{
		{"next week", away(9, siti, dewi, 7, 14), Stead{SameRole: true}, "", 7},
		{"since yesterday begins now", away(9, siti, dewi, -1, 14), Stead{SameRole: true}, "", 0},
		{"a year", away(9, siti, dewi, 0, 365), Stead{SameRole: true}, "", 0},
		{"longer than a year", away(9, siti, dewi, 0, 366), Stead{SameRole: true}, "untilTime OUT_OF_RANGE", 0},
		{"in the past", away(9, siti, dewi, -3, -1), Stead{SameRole: true}, "untilTime NOT_AHEAD", 0},
		{"backwards", away(9, siti, dewi, 5, 4), Stead{SameRole: true}, "untilTime BEFORE_FROM", 0},
		{"herself", away(9, siti, siti, 1, 4), Stead{SameRole: true}, "DEPUTY_INVALID", 0},
		{"a deputy of another role", away(9, siti, dewi, 1, 4), Stead{}, "DEPUTY_INVALID", 0},
		{"twice", away(9, siti, dewi, 1, 4), Stead{true, []Absence{away(1, siti, rani, 3, 9)}}, "ABSENCE_OVERLAP", 0},
		{"one after the other", away(9, siti, dewi, 1, 4), Stead{true, []Absence{away(1, siti, rani, 4, 9)}}, "", 1},
		{"one that ended before it began", away(9, siti, dewi, 1, 9), Stead{true, []Absence{away(1, siti, rani, 6, 3)}}, "", 1},
		{"a deputy who is away", away(9, siti, dewi, 1, 4), Stead{true, []Absence{away(1, dewi, rani, 0, 2)}}, "DEPUTY_INVALID", 0},
		{"a deputy who is back", away(9, siti, dewi, 2, 4), Stead{true, []Absence{away(1, dewi, rani, 0, 2)}}, "", 2},
		{"a deputy of two", away(9, siti, dewi, 1, 4), Stead{true, []Absence{away(1, rani, dewi, 0, 9)}}, "", 1},
		{"a deputy of somebody falls ill", away(9, dewi, rani, 1, 4), Stead{true, []Absence{away(1, siti, dewi, 0, 9)}}, "", 1},
	} {
		set, err := tt.a.Set(tt.s, absenceStart)
		if got := reasonOf(err); got != tt.want || err == nil && (set.From != absenceDay(tt.begin) || set.Until != tt.a.Until) {
			t.Errorf("%s: %q from %s, want %q from %s", tt.name, got, set.From, tt.want, absenceDay(tt.begin))
		}
	}
}

func TestADeputyActsForThatTimeAlone(t *testing.T) {
	all := []Absence{away(1, siti, dewi, 1, 4), away(2, dewi, rani, 2, 3)}
	for _, tt := range []struct {
		name   string
		deputy AccountID
		at     time.Time
		want   []AccountID
	}{
		{"a moment before", dewi, absenceDay(1).Add(-1), nil},
		{"from the first moment", dewi, absenceDay(1), []AccountID{siti}},
		{"to the last", dewi, absenceDay(4).Add(-1), []AccountID{siti}},
		{"not after", dewi, absenceDay(4), nil},
		{"a deputy's deputy acts for her, not for whom she acts", rani, absenceDay(2), []AccountID{dewi}},
		{"nobody acts for the deputy", siti, absenceDay(2), nil},
	} {
		if got := StandsInFor(all, tt.deputy, tt.at); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAnAbsenceEndsForGood(t *testing.T) {
	for _, from := range []int{-2, 2} {
		a := away(1, siti, dewi, from, 9)
		ended, implied := a.End(absenceStart)
		if implied || ended.From != a.From || ended.Until != absenceStart {
			t.Errorf("ended: %v %v", ended, implied)
		}
		for n := range 12 {
			if ended.At(absenceDay(n)) {
				t.Errorf("from %d: on day %d the deputy acts again", from, n)
			}
		}
		if again, implied := ended.End(absenceDay(1)); !implied || again != ended {
			t.Error("a second end moves the first")
		}
	}
}

func TestAnAbsenceGetsAnotherEnd(t *testing.T) {
	running := away(1, siti, dewi, -5, 3)
	for _, tt := range []struct {
		name    string
		until   int
		known   []Absence
		want    string
		ends    int
		implied bool
	}{
		{"she is back now", 0, nil, "", 0, false},
		{"she was back yesterday", -1, nil, "", 0, false},
		{"sooner", 1, nil, "", 1, false},
		{"later", 9, nil, "", 9, false},
		{"into her next one", 9, []Absence{away(2, siti, rani, 8, 12)}, "ABSENCE_OVERLAP", 0, false},
		{"into her deputy's", 9, []Absence{away(2, dewi, rani, 8, 12)}, "DEPUTY_INVALID", 0, false},
	} {
		got, implied, err := running.Renew(absenceDay(tt.until), Stead{true, append(tt.known, running)}, absenceStart)
		if reasonOf(err) != tt.want || implied != tt.implied || err == nil && (got.Until != absenceDay(tt.ends) || got.From != running.From) {
			t.Errorf("%s: %+v %v %v", tt.name, got, implied, err)
		}
	}
	if _, implied, err := running.Renew(absenceDay(4), Stead{SameRole: true}, absenceDay(4)); err != nil || !implied {
		t.Errorf("one that is over, ended: %v %v", implied, err)
	}
}

// Whatever absences are set and ended, an account is away once at a time, and no deputy was away when she was named.
func TestAbsencesOfAnAccountNeverMeet(t *testing.T) {
	accounts := []AccountID{siti, dewi, rani, {4}}
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		var all []Absence
		for i := range 30 {
			now := absenceDay(i)
			a := away(byte(i+1), accounts[rnd.IntN(4)], accounts[rnd.IntN(4)], i+rnd.IntN(10)-3, i+rnd.IntN(20))
			if set, err := a.Set(Stead{true, all}, now); err == nil {
				all = append(all, set)
			}
			if n := len(all); n > 0 && rnd.IntN(3) == 0 {
				at := rnd.IntN(n)
				all[at], _ = all[at].End(now)
			}
		}
		if len(all) < 3 {
			t.Fatalf("seed %d: nothing was tried", seed)
		}
		for n := range 60 {
			seen := map[AccountID]bool{}
			for _, a := range all {
				if a.At(absenceDay(n)) && seen[a.Account] {
					t.Fatalf("seed %d: an account is away twice on day %d", seed, n)
				}
				seen[a.Account] = seen[a.Account] || a.At(absenceDay(n))
			}
		}
	}
}

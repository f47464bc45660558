package casework

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAUnitWithOpenLegsStaysReachable(t *testing.T) {
	online := Unit{ID: unitOf(1), Register: unitOf(1), Channel: ChannelOnline}
	letter := Unit{ID: unitOf(1), Register: unitOf(1), Channel: ChannelLetter}
	ended := func(u Unit) Unit { u.ActiveUntil = suggestNow; return u }
	moved := func(u Unit) Unit { u.Register = unitOf(2); return u }
	named := func(u Unit) Unit { u.Name = "Nama baru"; return u }
	for _, tt := range []struct {
		name     string
		from, to Unit
		openLegs bool
		want     string
	}{
		{"a unit without open legs ends", online, ended(online), false, ""},
		{"one with open legs does not", online, ended(online), true, "UNIT_HAS_OPEN_LEGS"},
		{"nor one by letter", letter, ended(letter), true, "UNIT_HAS_OPEN_LEGS"},
		{"nor does it lose its accounts", online, letter, true, "UNIT_HAS_OPEN_LEGS"},
		{"without open legs it may", online, letter, false, ""},
		{"nor does it pass to another register", online, moved(online), true, "UNIT_HAS_OPEN_LEGS"},
		{"a unit by letter gets accounts, and its open legs stand in its inbox", letter, online, true, ""},
		{"a name may always change", online, named(online), true, ""},
		{"an ended unit begins again", ended(online), online, true, ""},
	} {
		got, err := tt.from.Become(tt.to, tt.openLegs)
		reason, want := "", tt.to
		if err != nil {
			reason, want = err.(*Error).Reason, tt.from
		}
		if reason != tt.want || !cmp.Equal(got, want) {
			t.Errorf("%s: %q, want %q; the unit is %+v", tt.name, reason, tt.want, got)
		}
	}
}

func TestAUnitWorksOnlyIfSomebodyAnswersForIt(t *testing.T) {
	u := Unit{Channel: ChannelOnline, ActiveFrom: suggestNow, ActiveUntil: suggestNow.Add(time.Hour)}
	letter := u
	letter.Channel = ChannelLetter
	for _, tt := range []struct {
		name       string
		unit       Unit
		supervised bool
		at         time.Time
		want       bool
	}{
		{"with a supervisor", u, true, suggestNow, true},
		{"without one", u, false, suggestNow, false},
		{"by letter without one", letter, false, suggestNow, true},
		{"before its first instant", u, true, suggestNow.Add(-1), false},
		{"at its end", u, true, suggestNow.Add(time.Hour), false},
		{"by letter at its end", letter, false, suggestNow.Add(time.Hour), false},
	} {
		if got := tt.unit.Works(tt.supervised, tt.at); got != tt.want {
			t.Errorf("%s: Works = %v, want %v", tt.name, got, tt.want)
		}
	}
}

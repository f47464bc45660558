package casework

import (
	"testing"
	"time"
)

func TestALegacyCaseIsBroughtInInTheFirstDays(t *testing.T) {
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	unit := Unit{ActiveFrom: start}
	good := Legacy{OpenedOn: civilDay("2026-01-10"), Status: StatusInService, LastContactOn: civilDay("2026-08-30")}
	last := start.Add(legacyDays*24*time.Hour - 1)
	with := func(change func(*Legacy)) Legacy {
		l := good
		change(&l)
		return l
	}
	for _, tt := range []struct {
		name string
		l    Legacy
		t    CaseType
		unit Unit
		now  time.Time
		want string
	}{
		{"on the first day", good, DomesticViolence, unit, start, ""},
		{"to the last moment", good, ChildStunting, unit, last, ""},
		{"a moment too late", good, ChildStunting, unit, last.Add(1), "LEGACY_PERIOD"},
		{"before the unit starts", good, ChildStunting, unit, start.Add(-1), "LEGACY_PERIOD"},
		{"a unit that ended", good, ChildStunting, Unit{ActiveFrom: start, ActiveUntil: start.Add(1)}, last, "LEGACY_PERIOD"},
		{"no day", with(func(l *Legacy) { l.OpenedOn = 0 }), ChildStunting, unit, start, "legacy.openedOn REQUIRED"},
		{"tomorrow", with(func(l *Legacy) { l.OpenedOn = DateOf(start) + 1; l.LastContactOn = 0 }), ChildStunting, unit, start, "legacy.openedOn IN_FUTURE"},
		{"contact before it opened", with(func(l *Legacy) { l.LastContactOn = l.OpenedOn - 1 }), ChildStunting, unit, start, "legacy.lastContactOn BEFORE_OPENING"},
		{"contact tomorrow", with(func(l *Legacy) { l.LastContactOn = DateOf(start) + 1 }), ChildStunting, unit, start, "legacy.lastContactOn IN_FUTURE"},
		{"a closed one", with(func(l *Legacy) { l.Status = StatusClosed }), ChildStunting, unit, start, "legacy.status VALUE_NOT_TAKEN"},
		{"growth monitoring under assessment", with(func(l *Legacy) { l.Status = StatusAssessment }), GrowthMonitoring, unit, start, "legacy.status VALUE_NOT_TAKEN"},
		{"growth monitoring", with(func(l *Legacy) { l.Status = StatusMonitoring }), GrowthMonitoring, unit, start, ""},
	} {
		if got := reasonOf(tt.l.Check(tt.t, tt.unit, tt.now)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestGraceMovesWhatIsOwedAndNoLaw(t *testing.T) {
	at := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	d := Duty{Started: at, Due: at.Add(1), Legal: at.Add(2), Level2: at.Add(3), Level3: at.Add(4)}
	got := d.WithGrace(LegacyGrace)
	if got.Started != at || got.Legal != d.Legal || !got.Lapse.IsZero() {
		t.Errorf("moved %s to %s, %s to %s, a lapse to %s", d.Started, got.Started, d.Legal, got.Legal, got.Lapse)
	}
	if got.Due.Sub(d.Due) != LegacyGrace || got.Level2.Sub(d.Level2) != LegacyGrace || got.Level3.Sub(d.Level3) != LegacyGrace {
		t.Errorf("due %s, %s, %s", got.Due, got.Level2, got.Level3)
	}
}

package server_test

import (
	"testing"

	"github.com/sinergi-pug/sinergi/server"
)

// What ended by time is on record once, whoever looks or does not; what a person ended has the entry of that act alone.
func TestTheJournalSaysWhenARightRanOut(t *testing.T) {
	t.Parallel()
	var c clock
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: c.now, Unlimited: true, NoSweep: true})
	withdrawn := 0
	for _, r := range w.rightsThatEnd(t) {
		if r.ends != nil {
			r.ends()
			withdrawn++
		}
	}
	ended := func() map[string]int {
		w.sweep(t)
		said := map[string]int{}
		for _, kind := range []string{"disclosure", "glass", "absence"} {
			said[kind] = w.count(0, func(e entry) bool {
				return e.Event.Name == "RIGHT_ENDED" && e.ObjectKind == kind && e.Origin == "timer"
			})
		}
		return said
	}
	for kind, n := range ended() {
		if n != 0 {
			t.Errorf("%d ends of a %s are on record before their time", n, kind)
		}
	}
	for range 4 {
		w.later(t, &c, 25*aDay, "bidan-cibinong", "penelaah")
	}
	first := ended()
	for kind, n := range first {
		if n == 0 {
			t.Errorf("no end of a %s is on record", kind)
		}
	}
	if again := ended(); again["disclosure"] != first["disclosure"] || again["glass"] != first["glass"] || again["absence"] != first["absence"] {
		t.Errorf("on record first %v, then %v", first, again)
	}
	if withdrawn == 0 {
		t.Error("nothing was ended by an act: the control is missing")
	}
	w.verified(t)
}

// A regency may want every read on record, those of a unit's own ordinary cases too.
func TestAllReadsAreOnRecordWhereTheyAreWanted(t *testing.T) {
	t.Parallel()
	for reads, want := range map[string]int{"restricted": 0, "all": 2} {
		w := configuredWorld(t, func(c *server.Config) { c.JournalReads = reads })
		filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", stuntedChild())
		filed.expect(t, 200, nil, nil)
		before := w.count(0, func(entry) bool { return true })
		w.call("gizi-cibinong", "GET", "/v1/"+filed.text("case"), nil).expect(t, 200, nil, nil)
		w.call("gizi-cibinong", "GET", "/v1/cases", nil).expect(t, 200, nil, nil)
		if n := w.count(0, func(entry) bool { return true }) - before; n != want {
			t.Errorf("%s: a case and a list of own ordinary cases left %d entries, want %d", reads, n, want)
		}
	}
}

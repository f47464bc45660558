package server_test

import (
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/server"
)

// For 90 days a request that is repeated is answered as it was and does nothing; after that its answer, which tells of a client, is gone.
func TestAStoredAnswerIsKeptFor90Days(t *testing.T) {
	t.Parallel()
	var c clock
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: c.now, Unlimited: true, NoSweep: true}) // or two sweeps draw at once
	k := w.survivorsCase(t)
	note := object{"requestId": newID(), "text": "ia menelepon dari rumah kakaknya"}
	other := object{"requestId": note["requestId"], "text": "lain"}
	first := w.post("bidan-cibinong", k+":addNote", note)
	first.expect(t, 200, nil, nil)

	w.later(t, &c, 89*aDay, "bidan-cibinong")
	w.sweep(t)
	again := w.post("bidan-cibinong", k+":addNote", note)
	if again.Status != 200 || string(again.Body) != string(first.Body) {
		t.Errorf("after 89 days: %d %s, before %s", again.Status, again.Body, first.Body)
	}
	w.post("bidan-cibinong", k+":addNote", other).expect(t, 400, []string{"REQUEST_ID_REUSED"}, nil)

	w.later(t, &c, aDay+time.Hour, "bidan-cibinong")
	w.sweep(t)
	w.post("bidan-cibinong", k+":addNote", other).expect(t, 200, []string{"notes/"}, nil)
	w.verified(t)
}

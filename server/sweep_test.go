package server_test

import (
	"sync"
	"testing"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// fileMany sends n legs from the puskesmas to the hospital, of an urgency.
func fileMany(t testing.TB, w *world, n int, urgency pb.Urgency_Value) {
	t.Helper()
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for i := caller; i < n; i += callers {
				req := filing(int64(urgency)*1_000_000 + int64(i)) // another child each
				req.Legs[0].Urgency = urgency
				if _, err := w.referrals().FileReferral(bearerOf(w, "gizi-cibinong"), req); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// A sweep over many open legs takes below a second, of which in a minute few become late: what is not due, and what stays late, costs
// it nothing.
func TestSweepWithManyOpenLegs(t *testing.T) {
	open, rising := 400, 100
	if long("sweep") {
		open, rising = 100_000, 1_000
	}
	var h hand
	h.at.Store(time.Now().UnixMicro())
	w := timedWorld(t, &h)
	fileMany(t, w, open-rising, pb.Urgency_ROUTINE)
	h.at.Add(time.Minute.Microseconds())
	fileMany(t, w, rising, pb.Urgency_EMERGENCY)
	began := time.Now()
	w.sweep(t)
	idle := time.Since(began)

	h.at.Add((15*time.Minute + time.Second).Microseconds()) // of the EMERGENCY legs alone ACKNOWLEDGE is now late
	began = time.Now()
	w.sweep(t)
	risen := time.Since(began)
	began = time.Now()
	w.sweep(t)
	late := time.Since(began)
	t.Logf("%d open legs: nothing due %s; %d risen %s; they stay late %s", open, idle, rising, risen, late)
	for what, took := range map[string]time.Duration{"nothing due": idle, "some risen": risen, "they stay late": late} {
		if took > time.Second {
			t.Errorf("%s: the sweep took %s, want below 1 s", what, took)
		}
	}
	if n := w.count(0, func(e entry) bool { return e.Event.Name == "ESCALATED" && e.ObjectKind == "leg" }); n != rising {
		t.Errorf("%d entries ESCALATED of legs, want %d", n, rising)
	}
}

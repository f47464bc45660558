package server_test

import (
	"testing"
	"time"
)

// fillRegency files children and survivors, and lets their cases live a little.
func fillRegency(t *testing.T, dir string) map[string]string {
	w := openWorld(t, dir, time.Now)
	d := door{w, true}
	for _, state := range []string{"L1", "L1", "L1", "L1", "L2", "L2", "L3", "L3", "closed"} {
		w.inState(t, state)
	}
	for range 3 {
		w.survivorCase(t)
		d.toHospital(t)
		d.ok(t, "dokter-rsud", d.toHospital(t), "accept", nil, "ACCEPTED")
	}
	for i := range int64(10) {
		if _, err := w.referrals().FileReferral(w.as("gizi-cibinong"), filing(i)); err != nil {
			t.Fatal(err)
		}
	}
	w.verified(t)
	return w.served.Tokens
}

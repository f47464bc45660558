package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// touched are the persons whom an account has seen, as the report names them.
func (w *world) touched(t testing.TB, account string, since time.Time) (persons map[string]store.Touched, all store.Touching) {
	t.Helper()
	all, err := server.Touched(context.Background(), w.served.Store, account, since, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	persons = map[string]store.Touched{}
	for _, p := range all.Persons {
		persons["persons/"+p.Person.String()] = p
	}
	return persons, all
}

func TestTheReportOfABreachHasAllWhomTheAccountSaw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := time.Now().Add(-time.Minute)
	secret := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	secret.expect(t, 200, nil, nil)
	body := stuntedChild()
	body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}
	body["disclosures"] = []object{{"basis": "CARE"}}
	child := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	child.expect(t, 200, nil, nil)
	survivor := w.call("bidan-cibinong", "GET", "/v1/"+secret.text("case"), nil).text("subject")
	if survivor == "" {
		survivor = secret.text("person")
	}
	kid := child.text("person")

	// Of her list alone: the head has opened neither case.
	w.call("kepala-cibinong", "GET", "/v1/cases", nil).expect(t, 200, nil, nil)
	// A list of another unit's legs.
	w.call("dokter-rsud", "GET", "/v1/referrals", nil).expect(t, 200, nil, nil)
	// Asked in vain.
	w.call("bidan-citeureup", "GET", "/v1/"+secret.text("case"), nil).expect(t, 404, nil, nil)

	for _, c := range []struct {
		account  string
		has, not []string
	}{
		{"bidan-cibinong", []string{survivor}, []string{kid}},
		{"gizi-cibinong", []string{kid}, []string{survivor}},
		{"kepala-cibinong", []string{survivor}, nil},
		{"dokter-rsud", []string{kid}, []string{survivor}},
		{"bidan-citeureup", nil, []string{survivor, kid}},
		{"kader-melati", nil, []string{survivor, kid}},
	} {
		seen, _ := w.touched(t, c.account, start)
		for _, p := range c.has {
			if seen[p].Entries == 0 || seen[p].Mask == 0 && !seen[p].Changed {
				t.Errorf("%s has seen %s, and the report says %+v", c.account, p, seen)
			}
		}
		for _, p := range c.not {
			if seen[p].Entries > 0 {
				t.Errorf("%s has not seen %s, and the report says so", c.account, p)
			}
		}
	}
	if seen, all := w.touched(t, "bidan-cibinong", time.Now().Add(time.Second)); len(seen) > 0 || all.Entries > 0 {
		t.Errorf("of a time to come it has %v", seen)
	}
	last := w.entries()
	if e := last[len(last)-1]; e.Action != "breach.report" || e.Role != "OPERATOR" {
		t.Errorf("that somebody looked is not on record: %+v", e)
	}
	if _, err := server.Touched(t.Context(), w.served.Store, "nobody", start, time.Time{}); err == nil || !strings.Contains(err.Error(), "no account") {
		t.Errorf("an account that is none: %v", err)
	}
}

// TestTheReportOfABreachIsThereInMinutes: five are promised, of a large journal.
func TestTheReportOfABreachIsThereInMinutes(t *testing.T) {
	commits := 20
	if long("tampering") {
		commits = 1000
	}
	const each = 1000
	w := newWorld(t)
	for range commits {
		_, err := store.Update(t.Context(), w.served.Store, func(sw *store.Writer) (struct{}, error) {
			for i := range each {
				e := journal.Entry{Version: journal.Version, Action: "read", Outcome: "ALLOW", Role: "WORKER", Rule: "R10", Purpose: "CARE", ObjectKind: "case"}
				e.Actor[0], e.Object[0] = byte(i)|1, byte(i)|1
				sw.Append(e, nil, nil)
			}
			return struct{}{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	_, all := w.touched(t, "bidan-cibinong", time.Now().Add(-time.Hour))
	t.Logf("%d entries in %s", all.Entries, time.Since(start))
	if all.Entries < commits*each || time.Since(start) > 5*time.Minute {
		t.Errorf("%d entries in %s", all.Entries, time.Since(start))
	}
}

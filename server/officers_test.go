package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// Whatever supervisors name, release and transfer at once, no open case is ever without an officer.
func TestNoOpenCaseIsEverWithoutAnOfficer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var names []string
	for i := range 4 {
		name := fmt.Sprintf("Anak Contoh %d", i)
		w.weighed(t, "bidan-cibinong", name, "Ibu "+name, 14, map[int]float64{1: 9})
		names = append(names, w.caseOf(t, name))
	}
	staff := []string{w.accountOf(t, "bidan-cibinong"), w.accountOf(t, "gizi-cibinong"), w.accountOf(t, "kepala-cibinong"), w.accountOf(t, "bidan-melati")}
	answered := map[int]bool{200: true, 400: true}
	var group sync.WaitGroup
	for caller := range 8 {
		group.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(caller), 7))
			for range 12 {
				a, b := staff[rnd.IntN(4)], staff[rnd.IntN(4)]
				body, path := object{"requestId": newID(), "reason": longReason, "release": a}, "/v1/"+names[rnd.IntN(4)]+":assign"
				switch rnd.IntN(3) {
				case 0:
					body["officer"] = b
				case 1:
					body, path = object{"requestId": newID(), "reason": longReason, "from": a, "to": []string{b}}, "/v1/cases:transfer"
				}
				got, err := w.try("kepala-cibinong", "POST", path, body)
				if err != nil || !answered[got.Status] {
					t.Errorf("%s: %d %s %v", path, got.Status, got.Body, err)
				}
			}
		})
	}
	group.Wait()
	for _, name := range names {
		id, _ := casework.ParseID(name[len("cases/"):])
		officers, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) ([]casework.AccountID, error) {
			return r.Officers(casework.CaseID(id), r.Now())
		})
		if err != nil || len(officers) == 0 {
			t.Errorf("%s has officers %v: %v", name, officers, err)
		}
		duty, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) (casework.Duty, error) { return r.DutyOf(casework.CaseID(id), id) })
		if err != nil || !slices.Contains(officers, duty.Officer) {
			t.Errorf("%s: what is owed is with somebody who is no officer", name)
		}
	}
	if findings, err := w.served.Store.Verify(context.Background()); err != nil || len(findings) > 0 {
		t.Errorf("verify: %v %v", findings, err)
	}
}

// The only officer turns out to be the alleged perpetrator: in the transaction that names him another follows, in silence.
func TestSomebodyFollowsWhoIsBlocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.husband(t, "WORKER")
	body := survivorFiling()
	delete(body, "legs")
	delete(body, "disclosures")
	filed := w.call("suami", "POST", "/v1/referrals:file", body) // he files her himself, without his number
	filed.expect(t, 200, []string{"cases/"}, nil)
	name := filed.text("case")
	w.bar(t, name, husbandsNIK)
	w.call("suami", "GET", "/v1/"+name, nil).expect(t, 404, nil, []string{survivor})
	next := w.call("gizi-cibinong", "GET", "/v1/"+name, nil) // the duty officer of the puskesmas
	next.expect(t, 200, []string{survivor, w.accountOf(t, "gizi-cibinong")}, []string{w.accountOf(t, "suami")})
	w.call("gizi-cibinong", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{"SCREEN"}, nil)
	w.call("suami", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, nil, []string{"SCREEN", name})
	w.owes(t, "suami", false)
}

// A case that is taken up again has an officer who still works there.
func TestAReopenedCaseHasAnOfficerWhoIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, _ := w.child(t, "Zahra Contoh")
	bidan, gizi := w.accountOf(t, "bidan-cibinong"), w.accountOf(t, "gizi-cibinong")
	w.call("kepala-cibinong", "POST", "/v1/"+name+":close", object{"requestId": newID(), "reason": "MOVED", "summary": "Pindah ke kabupaten lain."}).
		expect(t, 200, []string{"CLOSED"}, nil)
	if err := w.moves(t, "bidan-cibinong", casework.RoleWorker, "PKM-CITEUREUP"); err != nil {
		t.Fatal(err)
	}
	w.call("kepala-cibinong", "POST", "/v1/"+name+":reopen", object{"requestId": newID(), "reason": "Keluarga kembali."}).
		expect(t, 200, []string{gizi}, []string{bidan})
	w.owes(t, "bidan-cibinong", false)
	w.verified(t)
}

package server_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// linked is a world whose cards follow only when a test says so.
func linked(t *testing.T, dir string) *world {
	return serveWorld(t, server.RegencyConfig{Dir: dir, Unlimited: true, NoSweep: true})
}

func (w *world) follow() {
	w.t.Helper()
	if err := w.served.FollowCards(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// found are the candidates of a person, best first, and under which hypothesis.
func (w *world) found(person string) (ids []string, all []linkage.Candidate) {
	w.t.Helper()
	id, ok := casework.ParseID(strings.TrimPrefix(person, "persons/"))
	if !ok {
		w.t.Fatalf("no person: %q", person)
	}
	all, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) ([]linkage.Candidate, error) {
		return r.Candidates(casework.PersonID(id))
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, c := range all {
		ids = append(ids, "persons/"+casework.ID(c.ID).String())
	}
	return ids, all
}

func (w *world) finds(of, other string, want bool) {
	w.t.Helper()
	if ids, _ := w.found(of); slices.Contains(ids, other) != want {
		w.t.Errorf("%s is a candidate of %s: %v, want %v", other, of, !want, want)
	}
}

// Kenanga is a woman whose child is weighed, and who comes to the protection unit. Both write her down in their ways.
const kenangaNIK = "3201015102940003"

func kenangasChild() object {
	return object{
		"requestId": newID(),
		"newPerson": object{
			"name": "Muhammad Rizki Firdaus", "sex": "MALE", "birthDate": birthDate(20), "nikAbsence": "NOT_SHOWN",
			"identifiers": []object{{"type": "MOTHER_NIK", "value": kenangaNIK}},
			"mother":      object{"name": "Ny. Kenanga Wulandari"},
			"address":     object{"areaCode": "32.01.01.1006", "rt": "02", "rw": "05"},
		},
		"measurements": []object{{"measuredOn": today(), "weightKg": 8.9, "lengthCm": 75.6, "position": "LYING"}},
		"legs":         []object{{"service": "NUTRITION_CONFIRMATION", "receiverUnit": "units/PKM-CIBINONG"}},
	}
}

func asKenanga(body object) {
	body["newPerson"] = object{
		"name": "Kenanga Wulandari", "sex": "FEMALE", "birthDate": "1994-02-11",
		"identifiers": []object{{"type": "NIK", "value": kenangaNIK}},
		"address":     object{"areaCode": "32.01.01.1006", "rt": "2", "rw": "5"},
	}
}

// fileChild files a child at the posyandu and gives case and person.
func (w *world) fileChild(body object) (k, person string) {
	w.t.Helper()
	filed := w.call("bidan-melati", "POST", "/v1/referrals:file", body)
	filed.expect(w.t, 200, nil, nil)
	return filed.text("case"), w.personOf(w.t, "bidan-melati", filed.text("case"))
}

func TestTheSurvivorsChildIsFoundInTheNutritionFile(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"the child first", "the survivor first"} {
		t.Run(order, func(t *testing.T) {
			w := linked(t, t.TempDir())
			w.follow()
			var child, woman string
			for i := range 2 {
				if (i == 0) == (order == "the child first") {
					_, child = w.fileChild(kenangasChild())
				} else {
					woman = w.personOf(t, "pendamping-uptd", w.openViolence(t, asKenanga))
				}
				w.follow()
			}
			ids, all := w.found(woman)
			if len(ids) != 1 || ids[0] != child || all[0].Hypothesis != linkage.Mother || linkage.BandOf(all[0].Score) != linkage.Strong {
				t.Errorf("found for her: %v %v, want her child, by her name, surely", ids, all)
			}
			if ids, _ := w.found(child); len(ids) > 0 {
				t.Errorf("found for the child, who is at L1: %v", ids)
			}
			w.verified(t)
		})
	}
}

// What is found follows what changes: a name put right, a level raised, a case closed, a record erased.
func TestCandidatesFollowTheRecords(t *testing.T) {
	t.Parallel()
	w := linked(t, t.TempDir())
	childCase, child := w.fileChild(kenangasChild())
	k := w.openViolence(t, asKenanga)
	woman := w.personOf(t, "pendamping-uptd", k)
	w.follow()
	w.finds(woman, child, true)

	_, before := w.found(woman)
	w.patchPerson(child, object{"mother": object{"name": "Sumiyati"}, "identifiers": []object{}}, "mother", "identifiers")
	w.follow()
	if _, after := w.found(woman); len(after) > 0 && after[0].Score > before[0].Score-10 {
		t.Errorf("another mother: %v, before %v", after, before)
	}
	w.patchPerson(child, object{"mother": object{"name": "Kenanga Wulandari"}, "identifiers": []object{{"type": "MOTHER_NIK", "value": kenangaNIK}}}, "mother", "identifiers")
	w.follow()
	w.finds(woman, child, true)

	w.finds(child, woman, false)
	w.post("bidan-melati", childCase+":raiseLevel", object{"level": "L2", "reason": "ayah anak itu mengancam"}).expect(t, 200, nil, nil)
	w.finds(child, woman, false)
	w.follow()
	w.finds(child, woman, true) // now they are of equal rank: it is for the reader to judge
	w.post("kepala-cibinong", childCase+":lowerLevel", object{"level": "L1", "reason": why30}).expect(t, 200, nil, nil)
	w.follow()
	w.finds(child, woman, false)

	w.carry(t, "pendamping-uptd", k, "screen", "assess", "recordServiceConsent", "plan", "startService", "addNote", "monitor")
	w.on("kepala-uptd", k, "close", object{"reason": "GOALS_MET", "summary": "aman"}).expect(t, 200, nil, nil)
	w.follow()
	w.finds(woman, child, false)
	w.on("kepala-uptd", k, "reopen", object{"reason": "kejadian baru"}).expect(t, 200, nil, nil)
	w.follow()
	w.finds(woman, child, true)
	w.verified(t)
}

// patchPerson changes fields of a person by her officer.
func (w *world) patchPerson(person string, fields object, mask ...string) {
	w.t.Helper()
	etag := w.call("bidan-melati", "GET", "/v1/"+person, nil).text("etag")
	w.call("bidan-melati", "PATCH", "/v1/"+person, object{"requestId": newID(), "etag": etag, "updateMask": mask, "person": fields}).
		expect(w.t, 200, nil, nil)
}

// The protected record of a woman whom the unit knows is a copy: who may know of both is told nothing new by finding it.
func TestARecordAndItsCopyOnTheOtherSideAreNoCandidates(t *testing.T) {
	t.Parallel()
	w := linked(t, t.TempDir())
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", object{
		"requestId": newID(), "newCase": object{"type": "FAMILY_STUNTING_RISK"},
		"newPerson": object{
			"name": "Kenanga Wulandari", "sex": "FEMALE", "birthDate": "1994-02-11", "identifiers": []object{{"type": "NIK", "value": kenangaNIK}},
			"address": object{"areaCode": "32.01.01.1006", "rt": "02", "rw": "05"},
		},
	})
	filed.expect(t, 200, nil, nil)
	ordinaryCase := filed.text("case")
	ordinary := w.personOf(t, "bidan-cibinong", ordinaryCase)
	_, child := w.fileChild(kenangasChild())
	copied := survivorFiling()
	delete(copied, "newPerson")
	delete(copied, "legs")
	delete(copied, "disclosures")
	copied["person"] = ordinary
	secret := w.call("bidan-cibinong", "POST", "/v1/referrals:file", copied)
	secret.expect(t, 200, nil, nil)
	protected := w.personOf(t, "bidan-cibinong", secret.text("case"))
	w.post("bidan-cibinong", ordinaryCase+":raiseLevel", object{"level": "L2", "reason": "suaminya mencari dia"}).expect(t, 200, nil, nil)
	w.follow()
	if protected == ordinary {
		t.Fatal("no copy was made")
	}
	for _, of := range []string{protected, ordinary} {
		w.finds(of, child, true)
		w.finds(of, protected, false)
		w.finds(of, ordinary, false)
	}
	// The negative control: a record of hers that is no copy is found.
	other := w.personOf(t, "pendamping-uptd", w.openViolence(t, asKenanga))
	w.follow()
	for _, of := range []string{protected, ordinary} {
		w.finds(of, other, true)
		w.finds(other, of, true)
	}
}

// A child in two posyandu of a register is found at L1, there and nowhere else.
func TestAtL1ARecordIsComparedWithinItsRegisterAlone(t *testing.T) {
	t.Parallel()
	w := linked(t, t.TempDir())
	w.follow()
	_, first := w.fileChild(kenangasChild())
	again := kenangasChild()
	again["newPerson"].(object)["name"] = "M. Riski Firdaos"
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", again)
	filed.expect(t, 200, nil, nil)
	second := w.personOf(t, "bidan-cibinong", filed.text("case"))
	elsewhere := kenangasChild()
	delete(elsewhere, "legs")
	at := w.call("dokter-rsud", "POST", "/v1/referrals:file", elsewhere)
	at.expect(t, 200, nil, nil)
	third := w.personOf(t, "dokter-rsud", at.text("case"))
	w.follow()
	w.finds(first, second, true)
	w.finds(second, first, true)
	for _, of := range []string{first, second} {
		w.finds(of, third, false)
		w.finds(third, of, false)
	}
	w.post("bidan-cibinong", filed.text("case")+":raiseLevel", object{"level": "L2", "reason": "ayahnya mengancam"}).expect(t, 200, nil, nil)
	w.follow()
	w.finds(first, second, false) // of who is above, L1 has no row
	w.finds(second, first, true)
	w.finds(second, third, true)
}

// Wherever it stops, it goes on: between any two transactions of its own.
func TestFollowingGoesOnAfterAnyStop(t *testing.T) {
	dir := t.TempDir()
	var child, woman string
	run := func(do func(w *world)) {
		t.Run("", func(t *testing.T) { do(linked(t, dir)) })
	}
	run(func(w *world) { w.follow() })
	run(func(w *world) {
		_, child = w.fileChild(kenangasChild())
		woman = w.personOf(w.t, "pendamping-uptd", w.openViolence(w.t, asKenanga))
	})
	for stops := 0; ; stops++ {
		done := false
		run(func(w *world) {
			ctx := &countdown{Context: context.Background(), left: 4 * (stops + 1)}
			done = w.served.FollowCards(ctx) == nil
		})
		if done {
			if stops < 3 {
				t.Errorf("it was stopped only %d times: the test shows nothing", stops)
			}
			break
		}
	}
	run(func(w *world) {
		w.follow()
		w.finds(woman, child, true)
		w.verified(w.t)
	})
}

// countdown is a context that ends once it was asked so often.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// A filing answers before anything is compared: the comparison is not even begun, and no row of it was read.
func TestAFilingNeitherWaitsNorTells(t *testing.T) {
	t.Parallel()
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Unlimited: true})
	woman := w.personOf(t, "pendamping-uptd", w.openViolence(t, asKenanga))
	var child string
	filed := w.call("bidan-melati", "POST", "/v1/referrals:file", kenangasChild())
	filed.expect(t, 200, nil, []string{woman})
	if ids, _ := w.found(woman); len(ids) > 0 {
		t.Errorf("found before the answer: %v", ids)
	}
	child = w.personOf(t, "bidan-melati", filed.text("case"))
	etag := w.call("bidan-melati", "GET", "/v1/"+filed.text("case"), nil).text("etag")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if ids, _ := w.found(woman); slices.Contains(ids, child) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the background has found nothing")
		}
	}
	if now := w.call("bidan-melati", "GET", "/v1/"+filed.text("case"), nil).text("etag"); now != etag {
		t.Error("the child's case has another etag since its mother was found")
	}
}

func TestAnErasedRecordLeavesCardAndCandidates(t *testing.T) {
	t.Parallel()
	w := linked(t, t.TempDir())
	_, child := w.fileChild(kenangasChild())
	woman := w.personOf(t, "pendamping-uptd", w.openViolence(t, asKenanga))
	w.follow()
	w.finds(woman, child, true)
	w.eraseRecord(child)
	w.finds(woman, child, false) // with the erasure itself
	w.follow()
	w.finds(woman, child, false)
	w.eraseRecord(woman)
	w.follow()
	if ids, _ := w.found(woman); len(ids) > 0 {
		t.Errorf("found for the erased: %v", ids)
	}
	w.verified(t) // no card is of nobody
}

// eraseRecord erases past the approval of two.
func (w *world) eraseRecord(person string) {
	w.t.Helper()
	id, _ := casework.ParseID(strings.TrimPrefix(person, "persons/"))
	_, err := store.Update(context.Background(), w.served.Store, func(tx *store.Writer) (struct{}, error) {
		return struct{}{}, tx.ErasePerson(casework.PersonID(id), tx.Append(erasureEntry(), id[:], nil))
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// After a change of the key all is there under it, also what is found from then on.
func TestAChangeOfTheLinkageKeyLosesNothing(t *testing.T) {
	t.Parallel()
	w := linked(t, t.TempDir())
	_, child := w.fileChild(kenangasChild())
	woman := w.personOf(t, "pendamping-uptd", w.openViolence(t, asKenanga))
	w.follow()
	w.finds(woman, child, true)
	if err := w.served.Store.ChangeKey(context.Background(), "linkage", keyEntry()); err != nil {
		t.Fatal(err)
	}
	w.finds(woman, child, true)
	sibling := kenangasChild()
	sibling["newPerson"].(object)["name"], sibling["newPerson"].(object)["birthDate"] = "Aisyah Firdaus", birthDate(40)
	_, second := w.fileChild(sibling)
	w.follow()
	w.finds(woman, child, true)
	w.finds(woman, second, true)
	w.verified(t)
}

func erasureEntry() journal.Entry {
	return journal.Entry{Version: journal.Version, Origin: "console", Action: "case.erase", Outcome: "ALLOW"}
}

func keyEntry() journal.Entry {
	return journal.Entry{Version: journal.Version, Origin: "timer", Role: "SERVER", Action: "key.manage", Outcome: "ALLOW"}
}

package server_test

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// walkers are the people of a leg, as they come by.
var walkers = []string{"dokter-rsud", "kepala-rsud", "loket-rsud", "gizi-cibinong", "bidan-cibinong", "kepala-cibinong", "pendamping-uptd", "kepala-uptd", "terima-uptd"}

// valid are arguments with which each event holds, by the state in which it is offered.
func valid(w *world, t *testing.T, event, state, who string) object {
	switch {
	case event == "requestInfo":
		return object{"questions": []string{"NEED"}}
	case event == "provideInfo":
		return object{"answers": []object{{"question": "NEED", "reply": "NO"}}}
	case event == "decline":
		return object{"reason": "OTHER"}
	case event == "forward" && state == "ACCEPTED":
		return object{"receiverUnit": "units/UPTD-PPA"}
	case event == "forward":
		return object{"receiverUnit": "units/RSUD-CIBINONG", "overrideReason": "dokter anak sudah kembali bertugas"}
	case event == "recordProgress":
		return object{"kind": "SERVED"}
	case event == "reportOutcome" && state == "ACCEPTED":
		return object{"outcome": "NONE", "reason": "CLIENT_DECLINED"}
	case event == "reportOutcome":
		return object{"outcome": "FULL"}
	case event == "confirm":
		return object{"noFollowUpReason": "klien menunda"}
	case event == "reopen":
		return object{"reason": "belum selesai " + newID()}
	case event == "cancel":
		return object{"reason": "CLIENT_REQUEST"}
	case event == "reassign":
		return object{"officer": w.account(t, who)}
	}
	return nil
}

var legEvents = []string{
	"acknowledge", "requestInfo", "provideInfo", "accept", "decline", "forward", "recordProgress", "reportOutcome", "confirm", "reopen", "cancel", "reassign", "remind",
}

// Invariant 5 of referral.md 12 through the service: on walks at random through both doors, what somebody is offered is taken, and what
// nobody offered is refused, or implied: then the leg stays as it is.
func TestWhatAReferralOffersIsTakenAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	walks, steps := 4, 14
	if long("referral") {
		walks, steps = 60, 40
	}
	reached := map[string]int{}
	throughBothDoors(t, w, func(t *testing.T, d door) {
		seed := rand.Uint64()
		dice := rand.New(rand.NewPCG(seed, 0))
		for range walks {
			leg := ""
			for range steps {
				if leg == "" {
					leg = d.agreedLeg(t)
				}
				leg = d.step(t, dice, leg, reached)
				if t.Failed() {
					t.Fatalf("seed %d", seed)
				}
			}
		}
	})
	w.verified(t)
	if len(reached) < 4 {
		t.Errorf("the walks saw only %v", reached)
	}
}

// agreedLeg is a new leg to the hospital of a child whose mother has agreed to the protection unit too.
func (d door) agreedLeg(t *testing.T) string {
	t.Helper()
	legs := []object{{"service": "PSYCHOLOGICAL_SUPPORT", "receiverUnit": "units/RSUD-CIBINONG"}, {"service": "LEGAL_AID", "receiverUnit": "units/UPTD-PPA"}}
	return d.child(t, "gizi-cibinong", legs, guardiansConsent(nil, []string{"F0", "F1", "F2"})).text("legs.0.referral")
}

// step lets somebody try something that is not offered, then something that is; and gives the leg that lives, if one does.
func (d door) step(t *testing.T, dice *rand.Rand, leg string, reached map[string]int) string {
	t.Helper()
	who := walkers[dice.IntN(len(walkers))]
	before := d.get(who, leg)
	protects := func(event string) bool { return event == "raiseLevel" || event == "addBlock" } // leg_protect_test.go; here they would end the walk
	state, offered := before.text("state"), slices.DeleteFunc(before.actions(), protects)
	if state != "" { // to who is no party it is not there
		reached[state]++
	}
	event := legEvents[dice.IntN(len(legEvents))]
	if !slices.Contains(offered, event) {
		got := d.event(who, leg, event, valid(d.w, t, event, state, who))
		if after := d.get(who, leg); got.Status == 200 && after.text("etag") != before.text("etag") {
			t.Errorf("%s (%s) by %s was not offered and took effect: %s", event, state, who, got.Body)
		}
	}
	if len(offered) == 0 {
		return leg
	}
	event = offered[dice.IntN(len(offered))]
	if event == "cancel" && dice.IntN(6) > 0 {
		event = offered[0] // a walk that is cancelled sees nothing more
	}
	got := d.event(who, leg, event, valid(d.w, t, event, state, who))
	if got.Status != 200 && got.reason() != "FORWARD_CYCLE" { // where the client has been, an offer does not say
		t.Errorf("%s (%s) was offered to %s and refused: %s", event, state, who, got.Body)
	}
	switch got.text("state") {
	case "FORWARDED":
		return d.get("kepala-cibinong", leg).text("nextReferral")
	case "CLOSED", "CANCELLED":
		reached[got.text("state")]++
		return ""
	}
	return leg
}

// Who filed at the front answers what is asked of an ordinary case (access.md A26b), and a kader learns nothing by it.
func TestAKaderAnswersAboutWhatSheFiled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		leg := d.child(t, "kader-melati", []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}, object{"basis": "CARE"}).text("legs.0.referral")
		d.ok(t, "dokter-rsud", leg, "requestInfo", object{"questions": []string{"COMPANION"}}, "NEEDS_INFO")
		d.offers(t, "kader-melati", leg, "provideInfo")
		d.ok(t, "kader-melati", leg, "provideInfo", object{"answers": []object{{"question": "COMPANION", "reply": "YES"}}}, "ACKNOWLEDGED")
		d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED")
		d.ok(t, "dokter-rsud", leg, "recordProgress", object{"kind": "SERVED", "note": "laboratorium menunggu"}, "IN_SERVICE")
		d.get("kader-melati", leg).expect(t, 200, []string{`"state":"IN_SERVICE"`}, []string{"laboratorium"})
	})
}

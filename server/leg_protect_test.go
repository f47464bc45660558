package server_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// byLeg are the two acts that protect by a leg's name.
var byLeg = map[string]object{
	"raiseLevel": {"level": "L2", "reason": "ayah anak itu mengancam di poli"},
	"addBlock":   {"unit": "units/POLRES-PPA", "reason": "pamannya bekerja di sana"},
}

// Row A9 of access-rules.csv for a RECEIVER: who serves the client protects her, and is told nothing of the case by it.
func TestAReceiverMakesTheCaseMoreSecretAndIsToldNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.colleague(t, colleaguesNIK)
	leg, k := w.sendToHospital(t)
	number := w.call("kepala-cibinong", "GET", "/v1/"+k, nil).text("number")
	w.identified(t, k, colleaguesNIK)
	w.kept(t, "at L1", k, false)
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, []string{childName, "raiseLevel", "addBlock"}, nil)
	of := []string{k, number, childName, motherName, `"L1"`, `"L2"`, `"L3"`, `"level":`, "POLRES", "blocks/", "mengancam"}

	from := len(w.entries())
	id := newID()
	asked := object{"requestId": id, "level": "L2", "reason": byLeg["raiseLevel"]["reason"]}
	raised := w.event("dokter-rsud", leg, "raiseLevel", asked)
	raised.expect(t, 200, []string{leg, "ACCEPTED"}, of) // the chain of care has ended with the ordinary case
	w.call("dokter-rsud", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED"}, of)
	w.kept(t, "raised by the receiver", k, true)
	w.call("kepala-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{`"level":"L2"`}, nil)
	w.call("gizi-cibinong", "GET", "/v1/"+k+"/timeline", nil).expect(t, 200, []string{"raiseLevel"}, nil)
	for _, who := range []string{"gizi-cibinong", "dokter-rsud"} {
		if n := w.toldThat(t, who, "CONSENT_ENDED"); n != 1 {
			t.Errorf("%s was told %d times that the basis ended", who, n)
		}
	}
	if n := w.count(from, func(e entry) bool {
		return e.Action == "case.raise_level" && e.Rule == "A9" && e.ObjectKind == "case" && e.Basis != (casework.DisclosureID{}) && e.Event.Name == "raiseLevel" && e.Event.After == "L2"
	}); n != 1 {
		t.Errorf("%d entries of the act, want 1", n)
	}

	// Asked again, asked for what it is, asked for less than it is: one answer.
	again := w.event("dokter-rsud", leg, "raiseLevel", asked)
	if again.Status != 200 || string(again.Body) != string(raised.Body) {
		t.Errorf("the same request again: %s, before %s", again.Body, raised.Body)
	}
	w.post("kepala-cibinong", k+":raiseLevel", object{"level": "L3", "reason": "lebih berat"}).expect(t, 200, nil, nil)
	less := w.event("dokter-rsud", leg, "raiseLevel", byLeg["raiseLevel"])
	if less.Status != 200 || string(less.Body) != string(raised.Body) {
		t.Errorf("less than it is: %d %s, but when it was raised %s", less.Status, less.Body, raised.Body)
	}
	w.call("kepala-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{`"level":"L3"`}, nil)
	if offered := w.call("dokter-rsud", "GET", "/v1/"+leg, nil).actions(); !slices.Contains(offered, "raiseLevel") {
		t.Errorf("what is offered tells the level: %v", offered)
	}
	w.event("dokter-rsud", leg, "raiseLevel", object{"level": "L1", "reason": "keliru"}).expect(t, 400, []string{`"field":"level"`}, []string{k, number})
	w.verified(t)
}

// toldThat counts the notices of a kind.
func (w *world) toldThat(t *testing.T, who, kind string) (n int) {
	t.Helper()
	got := w.call(who, "GET", "/v1/notices?pageSize=100", nil)
	for i := range 100 {
		if got.value(fmt.Sprintf("notices.%d.kind", i)) == kind {
			n++
		}
	}
	return n
}

func TestAReceiverKeepsSomebodyFromTheCaseInSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.colleague(t, colleaguesNIK)
	leg, k := w.sendToHospital(t)
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, []string{childName}, nil)
	w.kept(t, "before", k, false)
	rekan := w.accountOf(t, "rekan")
	block := object{"account": rekan, "reason": "dia saudara ayahnya"}
	first := w.event("dokter-rsud", leg, "addBlock", block)
	first.expect(t, 200, []string{leg, childName}, []string{k, rekan, "blocks/", "saudara"})
	w.kept(t, "kept from it by the receiver", k, true)
	w.call("gizi-cibinong", "GET", "/v1/"+k+"/blocks", nil).expect(t, 200, []string{rekan, "blocks/"}, nil)
	second := w.event("dokter-rsud", leg, "addBlock", block)
	if string(first.Body) != string(second.Body) {
		t.Errorf("a block that stands: %s, a new one: %s", second.Body, first.Body)
	}
	w.event("dokter-rsud", leg, "addBlock", object{"account": "accounts/" + newID(), "reason": "x"}).expect(t, 400, []string{"ACCOUNT_UNKNOWN"}, nil)
	w.event("dokter-rsud", leg, "addBlock", object{"reason": "x"}).expect(t, 400, []string{"account"}, nil)
	sameButForDateAndID(t, "the list of blocks", w.call("dokter-rsud", "GET", "/v1/"+k+"/blocks", nil), w.call("dokter-rsud", "GET", "/v1/cases/"+newID()+"/blocks", nil))

	// Who keeps himself from it reads nothing more, not in this answer either.
	self := w.event("dokter-rsud", leg, "addBlock", object{"account": w.accountOf(t, "dokter-rsud"), "reason": "saya kenal ayahnya"})
	self.expect(t, 200, nil, []string{leg, k, childName, "ACCEPTED", "blocks/"})
	sameButForDateAndID(t, "afterwards", w.call("dokter-rsud", "GET", "/v1/"+leg, nil), w.call("dokter-rsud", "GET", "/v1/referrals/"+newID(), nil))
	w.verified(t)
}

// Who has nothing to do with the leg learns nothing; who sees it and is not its officer is refused; a case's name is no leg's.
func TestWhoIsNotTheOfficerOfALegProtectsNothingByIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, k := w.sendToHospital(t)
	try := func(what, act, who, name string, status int) {
		t.Helper()
		got := w.event(who, name, act, byLeg[act])
		if status == 404 {
			sameButForDateAndID(t, what, got, w.event(who, "referrals/"+newID(), act, byLeg[act]))
		} else if got.Status != status {
			t.Errorf("%s: %d %s, want %d", what, got.Status, got.Body, status)
		}
	}
	for act := range byLeg {
		try("before the receiver has an officer", act, "dokter-rsud", leg, 403)
		try("nobody's", act, "pendamping-uptd", leg, 404)
		try("an office above", act, "kepala-dinkes", leg, 404)
	}
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, nil, nil)
	for act := range byLeg {
		try("the head, who is not its officer", act, "kepala-rsud", leg, 403)
		for who, want := range map[string]int{"dokter-rsud": 200, "gizi-cibinong": 200} {
			if got := w.event(who, leg, act, byLeg[act]); got.Status != want {
				t.Errorf("%s by %s: %d %s", act, who, got.Status, got.Body)
			}
		}
	}
	for _, who := range []string{"dokter-rsud", "gizi-cibinong"} {
		_, err := w.referrals().RaiseReferralLevel(w.as(who), &pb.RaiseReferralLevelRequest{Name: k, RequestId: newID(), Level: pb.Level_L3, Reason: "x"})
		_, never := w.referrals().RaiseReferralLevel(w.as(who), &pb.RaiseReferralLevelRequest{Name: "referrals/" + newID(), RequestId: newID(), Level: pb.Level_L3, Reason: "x"})
		sameRefusal(t, who+" names the case", err, never)
		_, err = w.cases().RaiseLevel(w.as(who), &pb.RaiseLevelRequest{Name: leg, RequestId: newID(), Level: pb.Level_L3, Reason: "x"})
		_, never = w.cases().RaiseLevel(w.as(who), &pb.RaiseLevelRequest{Name: "cases/" + newID(), RequestId: newID(), Level: pb.Level_L3, Reason: "x"})
		sameRefusal(t, who+" names the leg as a case", err, never)
	}
	w.event("dokter-rsud", leg, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, nil, nil)
	for act := range byLeg {
		try("once it is over", act, "dokter-rsud", leg, 403)
	}
}

func TestProtectingByALegOverGRPC(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	name, _, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	w.post("kepala-cibinong", name+":lowerLevel", object{"level": "L2", "reason": why30}).expect(t, 200, nil, nil)
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{survivor}, nil)
	got, err := w.referrals().RaiseReferralLevel(w.as("pendamping-uptd"), &pb.RaiseReferralLevelRequest{
		Name: leg, RequestId: newID(), Level: pb.Level_L3, Reason: "ia diikuti",
	})
	said(t, got, err, []string{leg, survivor, "raiseLevel"}, []string{name, "diikuti"}) // her consent stands
	w.call("kepala-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{`"level":"L3"`}, nil)
	blocked, err := w.referrals().AddReferralBlock(w.as("pendamping-uptd"), &pb.AddReferralBlockRequest{
		Name: leg, RequestId: newID(), Account: w.accountOf(t, "gizi-cibinong"), Reason: "sepupu suaminya",
	})
	said(t, blocked, err, []string{leg, survivor}, []string{name, "sepupu", "blocks/"})

	// Her consent over, the officer still protects her, and reads no more for it.
	w.later(t, &c, 91*24*time.Hour+time.Hour, "pendamping-uptd")
	got, err = w.referrals().RaiseReferralLevel(w.as("pendamping-uptd"), &pb.RaiseReferralLevelRequest{
		Name: leg, RequestId: newID(), Level: pb.Level_L3, Reason: "ia diikuti lagi",
	})
	said(t, got, err, []string{leg, "ACCEPTED"}, append([]string{name}, hers...))
	w.verified(t)
}

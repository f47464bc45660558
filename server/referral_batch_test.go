package server_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

func TestABatchIsSoManyCallsEachWithItsResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		first, second, cancelled := d.toHospital(t), d.toHospital(t), d.toHospital(t)
		d.ok(t, "gizi-cibinong", cancelled, "cancel", object{"reason": "CLIENT_REQUEST"}, "CANCELLED")
		other := d.child(t, "gizi-cibinong", []object{{"service": "LEGAL_AID", "receiverUnit": "units/UPTD-PPA"}}, guardiansConsent(nil, []string{"F0"})).text("legs.0.referral")
		never := "referrals/" + newID()
		batch := object{"requestId": newID(), "event": "ACCEPT", "names": []string{first, cancelled, other, never, second}}
		got := d.batch("dokter-rsud", batch)
		got.expect(t, 200, []string{childName, `"results":[`}, nil)
		for i, want := range []struct{ state, reason string }{{"ACCEPTED", ""}, {"", "REFERRAL_STATE"}, {"", "NOT_FOUND"}, {"", "NOT_FOUND"}, {"ACCEPTED", ""}} {
			state, reason := got.text(fmt.Sprintf("results.%d.referral.state", i)), got.text(fmt.Sprintf("results.%d.error.details.0.reason", i))
			if state != want.state || reason != want.reason {
				t.Errorf("result %d: %q %q, want %q %q", i, state, reason, want.state, want.reason)
			}
		}
		if not, absent := errorOf(t, got, 2), errorOf(t, got, 3); !bytes.Equal(not, absent) {
			t.Errorf("not yours %s, never there %s", not, absent)
		}
		if again := d.batch("dokter-rsud", batch); !bytes.Equal(resultsOf(again), resultsOf(got)) {
			t.Errorf("the same batch again: %s, want %s", again.Body, got.Body)
		}
		revision := d.get("dokter-rsud", first).text("etag")
		d.batch("dokter-rsud", object{"requestId": newID(), "event": "ACCEPT", "names": []string{first}}).expect(t, 200, []string{"ACCEPTED"}, nil) // implied
		if now := d.get("dokter-rsud", first).text("etag"); now != revision {
			t.Errorf("an implied event made revision %s of %s", now, revision)
		}
		d.batch("dokter-rsud", object{"requestId": newID(), "event": "ACCEPT", "names": manyNames(101)}).expect(t, 400, []string{"names"}, nil)
	})
}

// The second key stays a person's: a batch confirms a day of full outcomes, and none that asks what follows.
func TestABatchConfirmsWhatIsWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		full, none := d.toHospital(t), d.toHospital(t)
		for _, leg := range []string{full, none} {
			d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED")
		}
		d.ok(t, "dokter-rsud", full, "recordProgress", object{"kind": "SERVED"}, "IN_SERVICE")
		d.ok(t, "dokter-rsud", full, "reportOutcome", object{"outcome": "FULL"}, "REPORTED")
		d.ok(t, "dokter-rsud", none, "reportOutcome", object{"outcome": "NONE", "reason": "MOVED"}, "REPORTED")
		got := d.batch("gizi-cibinong", object{"requestId": newID(), "event": "CONFIRM", "names": []string{full, none}})
		if got.text("results.0.referral.state") != "CLOSED" || got.text("results.1.error.details.0.reason") != "FOLLOW_UP_MISSING" {
			t.Errorf("confirmed: %s", got.Body)
		}
	})
}

// Invariant 12: the same request, in any interleaving: one effect, equal answers.
func TestTheSameReferralRequestTenTimesAtOnceIsOne(t *testing.T) {
	w := newWorld(t)
	d := door{w, false}
	rounds := 3
	if long("referral") {
		rounds = 1000
	}
	for range rounds {
		leg := d.toHospital(t)
		request := object{"requestId": newID()}
		answers := inParallel(10, func(int) reply { return d.event("dokter-rsud", leg, "accept", request) })
		for _, a := range answers {
			if a.Status != 200 || !bytes.Equal(a.Body, answers[0].Body) {
				t.Fatalf("one answer %s, another %s", answers[0].Body, a.Body)
			}
		}
	}
}

// Invariant 11: of 32 officers who take a leg at once one has it, and 31 learn that it is taken; of 32 hands of one officer 31 are
// implied.
func TestOfParallelAcceptsOfAReferralOneHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var users, officers []string
	for i := range 32 {
		code := fmt.Sprintf("dokter-%02d", i)
		users = append(users, code+",PERSON,Dokter Contoh "+fmt.Sprint(i)+",,WORKER,RSUD-CIBINONG,\n")
		officers = append(officers, code)
	}
	w.loadWith(t, "", join(users))
	d := door{w, false}
	rounds := 2
	if long("referral") {
		rounds = 1000
	}
	for range rounds {
		leg := d.toHospital(t)
		answers := inParallel(32, func(i int) reply { return d.event(officers[i], leg, "accept", nil) })
		won := 0
		for _, a := range answers {
			if a.Status == 200 {
				won++
			} else if a.reason() != "REFERRAL_STATE" {
				t.Errorf("lost with %s", a.Body)
			}
		}
		if won != 1 {
			t.Errorf("%d officers have the leg", won)
		}
		leg = d.toHospital(t)
		for _, a := range inParallel(32, func(int) reply { return d.event("dokter-rsud", leg, "accept", nil) }) {
			if a.Status != 200 || a.text("state") != "ACCEPTED" {
				t.Errorf("an implied accept: %s", a.Body)
			}
		}
		if got := d.get("dokter-rsud", leg).text("etag"); got != d.get("kepala-rsud", leg).text("etag") {
			t.Errorf("two revisions of one leg: %s", got)
		}
	}
}

// PC-03 d: accept and cancel in one instant, always one after the other.
func TestAReferralAcceptedAndCancelledAtOnceIsOneOfTheTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := door{w, false}
	runs := 50
	if long("referral") {
		runs = 1000
	}
	seen := map[string]int{}
	for range runs {
		leg := d.toHospital(t)
		answers := inParallel(2, func(i int) reply {
			if i == 0 {
				return d.event("dokter-rsud", leg, "accept", nil)
			}
			return d.event("gizi-cibinong", leg, "cancel", object{"reason": "CLIENT_REQUEST"})
		})
		accept, cancel := answers[0], answers[1]
		switch {
		case cancel.Status != 200:
			t.Fatalf("cancel: %s", cancel.Body)
		case accept.Status == 200:
			seen["accepted, then cancelled"]++
		case accept.reason() == "REFERRAL_STATE" && accept.text("details.0.metadata.state") == "CANCELLED":
			seen["cancelled first"]++
		default:
			t.Fatalf("accept: %s", accept.Body)
		}
		if mine, theirs := d.get("dokter-rsud", leg), d.get("gizi-cibinong", leg); mine.text("state") != "CANCELLED" || theirs.text("state") != "CANCELLED" {
			t.Fatalf("the receiver reads %s, the sender %s", mine.Body, theirs.Body)
		}
	}
	t.Log(seen)
}

// inParallel makes n calls at once.
func inParallel[T any](n int, call func(i int) T) []T {
	answers := make([]T, n)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			answers[i] = call(i)
		})
	}
	close(start)
	all.Wait()
	return answers
}

func join(lines []string) string {
	var all []byte
	for _, l := range lines {
		all = append(all, l...)
	}
	return string(all)
}

func manyNames(n int) []string {
	var names []string
	for range n {
		names = append(names, "referrals/"+newID())
	}
	return slices.Clip(names)
}

// errorOf is the error of one result as text, without the name of the leg.
func errorOf(t *testing.T, r reply, i int) []byte {
	t.Helper()
	return []byte(fmt.Sprint(r.value(fmt.Sprintf("results.%d.error", i))))
}

// resultsOf are the results without what is of one call alone.
func resultsOf(r reply) []byte { return []byte(fmt.Sprint(r.value("results"))) }

// A batch is not one of its calls: an account without a right gets a result of each, not of the whole.
func TestABatchTellsAnAppNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg := door{w, true}.toHospital(t)
	got, err := w.referrals().BatchTransition(w.as("app-melati"), &pb.BatchTransitionRequest{RequestId: newID(), Event: pb.BatchEvent_ACCEPT, Names: []string{leg}})
	if err != nil || len(got.Results) != 1 || got.Results[0].Referral != nil || status.FromProto(got.Results[0].Error).Code().String() != "NotFound" {
		t.Errorf("%v %v", got, err)
	}
	if _, err := w.referrals().BatchTransition(context.Background(), &pb.BatchTransitionRequest{RequestId: newID(), Event: pb.BatchEvent_ACCEPT, Names: []string{leg}}); err == nil {
		t.Error("a batch of nobody was taken")
	}
}

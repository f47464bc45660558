package server_test

import (
	"strings"
	"testing"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

const danger = "Terlapor datang membawa parang dan mengancam korban malam ini"

// exceptionTo is an exception for some units.
func exceptionTo(kind string, units ...string) object {
	return object{"basis": kind, "reason": danger, "receiverUnits": units}
}

func TestAnExceptionIsAnOfficersActWithAReasonAndAFreshSecondFactor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.survivorsCase(t)
	w.record(w.stale(t, "bidan-cibinong"), name, exceptionTo("X1", "units/POLRES-PPA")).expect(t, 401, []string{"STEP_UP_REQUIRED"}, hers)
	for _, who := range []string{"gizi-cibinong", "kader-melati", "app-melati", "polwan-ppa", "penelaah"} {
		body := object{"requestId": newID(), "disclosure": exceptionTo("X1", "units/POLRES-PPA")}
		sameButForDateAndID(t, who, w.call(who, "POST", "/v1/"+name+"/disclosures", body), w.call(who, "POST", "/v1/cases/"+newID()+"/disclosures", body))
	}
	from := len(w.entries())
	given := w.record("bidan-cibinong", name, exceptionTo("X1", "units/POLRES-PPA"))
	given.expect(t, 200, []string{`"X1"`, "inForce", danger}, nil)
	if n := w.count(from, func(e entry) bool {
		return e.Action == "disclosure.exception" && e.Rule == "A17" && e.Reason != [32]byte{}
	}); n != 1 {
		t.Errorf("%d entries by A17 with a reason, want 1", n)
	}
	leg := w.send(name, "LAW_ENFORCEMENT", "POLRES-PPA").text("legs.0.referral")
	w.event("polwan-ppa", leg, "accept", nil).expect(t, 200, []string{survivor, "3201015102940003"}, []string{chronology, villain, danger, "THREAT_TO_KILL"})
	w.verified(t)
}

func TestAnExceptionAtL1NeedsTheFreshSecondFactorToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, name := w.sendToHospital(t)
	w.record(w.stale(t, "gizi-cibinong"), name, exceptionTo("X2", "units/POLRES-PPA")).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
	w.record("gizi-cibinong", name, exceptionTo("X2", "units/POLRES-PPA")).expect(t, 200, []string{`"X2"`}, nil)
}

// oneReview is the only review that waits for an account.
func (w *world) oneReview(t *testing.T, who string) reply {
	t.Helper()
	list := w.call(who, "GET", "/v1/reviews", nil)
	list.expect(t, 200, []string{"reviews/"}, hers)
	if list.value("reviews.1") != nil {
		t.Fatalf("more than one waits: %s", list.Body)
	}
	return list
}

func (w *world) decide(as, review, outcome string) reply {
	w.t.Helper()
	return w.call(as, "POST", "/v1/"+review+":decide", object{"requestId": newID(), "outcome": outcome, "reason": "Bukti ancaman diperiksa bersama kepala unit"})
}

func TestTheReviewerSeesWhyAndNeverWhomWhileItWaits(t *testing.T) {
	t.Parallel()
	for _, outcome := range []string{"FOUNDED", "UNFOUNDED"} {
		t.Run(outcome, func(t *testing.T) {
			w := newWorld(t)
			name := w.survivorsCase(t)
			basis := w.record("bidan-cibinong", name, exceptionTo("X1", "units/POLRES-PPA")).text("name")
			leg := w.send(name, "LAW_ENFORCEMENT", "POLRES-PPA").text("legs.0.referral")
			w.event("polwan-ppa", leg, "accept", nil).expect(t, 200, []string{survivor}, nil)
			list := w.oneReview(t, "penelaah")
			list.expect(t, 200, []string{danger, name, leg, basis, "EXCEPTION", "decide", "dueTime"}, hers)
			due, _ := time.Parse(time.RFC3339, list.text("reviews.0.dueTime"))
			if in := time.Until(due); in < 71*time.Hour || in > 72*time.Hour {
				t.Errorf("due in %v", in)
			}
			secrets := append([]string{"fullName", "identifiers", "chronology"}, hers...)
			w.call("penelaah", "GET", "/v1/"+name, nil).expect(t, 200, []string{"DOMESTIC_VIOLENCE", leg}, append([]string{"THREAT_TO_KILL"}, secrets...))
			w.call("penelaah", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED"}, secrets)
			w.call("penelaah", "GET", "/v1/"+name+"/disclosures", nil).expect(t, 200, []string{danger}, secrets)
			review := list.text("reviews.0.name")
			w.nobodyElseJudges(t, review)
			decided := w.decide("penelaah", review, outcome)
			decided.expect(t, 200, []string{outcome, "decideTime", review}, append([]string{"allowedActions"}, secrets...))
			w.decide("penelaah", review, outcome).expect(t, 200, []string{review}, append([]string{danger, name}, hers...)) // the same again changes nothing
			other := map[string]string{"FOUNDED": "UNFOUNDED", "UNFOUNDED": "FOUNDED"}[outcome]
			w.decide("penelaah", review, other).expect(t, 400, []string{"REVIEW_STATE"}, hers)
			for _, path := range []string{name, leg, name + "/disclosures"} {
				w.call("penelaah", "GET", "/v1/"+path, nil).expect(t, 404, nil, append([]string{danger}, hers...))
			}
			w.call("penelaah", "GET", "/v1/reviews", nil).expect(t, 200, nil, []string{"reviews/", danger})
			w.call("kepala-cibinong", "GET", "/v1/reviews", nil).expect(t, 200, nil, []string{"reviews/"})
			w.call("kepala-cibinong", "GET", "/v1/reviews?decided=true", nil).expect(t, 200, []string{review, outcome, "Bukti ancaman"}, []string{danger})
			for _, who := range []string{"kepala-uptd", "kepala-ppa", "penelaah"} {
				w.call(who, "GET", "/v1/reviews?decided=true", nil).expect(t, 200, nil, []string{"reviews/", "Bukti ancaman"})
			}
			seen := w.call("polwan-ppa", "GET", "/v1/"+leg, nil)
			if outcome == "FOUNDED" {
				seen.expect(t, 200, []string{"ACCEPTED", survivor}, nil)
				return
			}
			seen.expect(t, 200, []string{"ACCEPTED"}, hers) // the need stays, the reading ends
			w.event("polwan-ppa", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, hers)
			w.event("polwan-ppa", leg, "decline", object{"reason": "SAFETY"}).expect(t, 200, []string{"DECLINED"}, hers)
			w.verified(t)
		})
	}
}

// nobodyElseJudges: a review is the reviewer's, and to all others it is not there, or not theirs.
func (w *world) nobodyElseJudges(t *testing.T, review string) {
	t.Helper()
	for _, who := range []string{"gizi-cibinong", "polwan-ppa", "dokter-rsud", "kader-melati", "app-melati", "auditor"} {
		sameButForDateAndID(t, who, w.decide(who, review, "FOUNDED"), w.decide(who, "reviews/"+newID(), "FOUNDED"))
	}
	for _, who := range []string{"bidan-cibinong", "kepala-cibinong"} {
		w.decide(who, review, "FOUNDED").expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, hers)
	}
	w.call("kepala-cibinong", "GET", "/v1/reviews", nil).expect(t, 200, nil, []string{"reviews/"})
	w.call("bidan-cibinong", "GET", "/v1/reviews", nil).expect(t, 200, nil, []string{"reviews/"})
	w.call("kader-melati", "GET", "/v1/reviews", nil).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
}

func TestAnExceptionInsideAFilingIsReviewedToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := survivorFiling()
	body["legs"] = []object{{"service": "LAW_ENFORCEMENT", "receiverUnit": "units/POLRES-PPA"}}
	body["disclosures"] = []object{{"basis": "X3", "reason": danger, "orderNumber": "B/17/XI/2026"}}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{"SENT"}, nil)
	w.oneReview(t, "penelaah").expect(t, 200, []string{danger, "B/17/XI/2026", "X3"}, hers)
	w.call("penelaah", "GET", "/v1/duties", nil).expect(t, 200, nil, hers)
	child := stuntedChild()
	child["requestId"] = newID()
	child["legs"] = []object{{"service": "LAW_ENFORCEMENT", "receiverUnit": "units/POLRES-PPA"}}
	child["disclosures"] = []object{{"basis": "X2", "reason": danger}}
	for _, who := range []string{"kader-melati", "app-melati"} {
		w.call(who, "POST", "/v1/referrals:file", child).expect(t, 400, []string{"BASIS_MISSING"}, nil)
	}
	stale := survivorFiling()
	stale["legs"], stale["disclosures"] = body["legs"], body["disclosures"]
	if got := w.call(w.stale(t, "bidan-cibinong"), "POST", "/v1/referrals:file", stale); got.Status == 200 {
		t.Errorf("filed without a second factor: %s", got.Body)
	}
}

func TestLegsThatStayOnAnExceptionAreTheSupervisorsToLookAt(t *testing.T) {
	t.Parallel()
	for _, outcome := range []string{"FOUNDED", "UNFOUNDED"} {
		t.Run(outcome, func(t *testing.T) {
			w := newWorld(t)
			name, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
			w.record("bidan-cibinong", name, exceptionTo("X1", "units/POLRES-PPA")).expect(t, 200, nil, nil)
			police := w.send(name, "LAW_ENFORCEMENT", "POLRES-PPA").text("legs.0.referral")
			w.event("polwan-ppa", police, "accept", nil).expect(t, 200, []string{survivor}, nil)
			w.withdraw("bidan-cibinong", basis, nil).expect(t, 200, nil, nil)
			w.overFor(t, "pendamping-uptd", leg, name)
			w.call("polwan-ppa", "GET", "/v1/"+police, nil).expect(t, 200, []string{"ACCEPTED", survivor}, nil)
			list := w.oneReview(t, "kepala-cibinong")
			list.expect(t, 200, []string{"WITHDRAWAL", police, "decide"}, append([]string{leg}, hers...))
			w.oneReview(t, "penelaah").expect(t, 200, []string{"EXCEPTION"}, []string{"WITHDRAWAL"}) // hers is the exception alone
			review := list.text("reviews.0.name")
			w.decide("penelaah", review, outcome).expect(t, 403, nil, hers) // she sees the case while the exception waits for her
			w.decide("polwan-ppa", review, outcome).expect(t, 404, nil, hers)
			exception := w.oneReview(t, "penelaah").text("reviews.0.name")
			w.decide("penelaah", exception, "FOUNDED").expect(t, 200, nil, hers)
			w.decide("kepala-cibinong", review, outcome).expect(t, 200, []string{outcome}, hers)
			if outcome == "FOUNDED" { // kept against her word, it is looked at again
				if again := w.oneReview(t, "penelaah"); again.text("reviews.0.name") == exception {
					t.Error("the exception that was kept waits for nobody")
				}
			} else if w.toldOf(t, "polwan-ppa", "CONSENT_ENDED") != 1 || w.toldOf(t, "bidan-cibinong", "CONSENT_ENDED") < 2 {
				t.Errorf("told: %v and %v", w.told(t, "polwan-ppa"), w.told(t, "bidan-cibinong"))
			}
			seen := w.call("polwan-ppa", "GET", "/v1/"+police, nil)
			if outcome == "FOUNDED" {
				seen.expect(t, 200, []string{"ACCEPTED", survivor}, nil)
				return
			}
			seen.expect(t, 200, []string{"ACCEPTED"}, hers)
		})
	}
}

func TestAnExceptionIsNotTakenBackOnTheClientsWordButHeard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.survivorsCase(t)
	basis := w.record("bidan-cibinong", name, exceptionTo("X1", "units/POLRES-PPA")).text("name")
	leg := w.send(name, "LAW_ENFORCEMENT", "POLRES-PPA").text("legs.0.referral")
	w.event("polwan-ppa", leg, "accept", nil).expect(t, 200, nil, nil)
	w.withdraw("polwan-ppa", basis, nil).expect(t, 200, []string{"inForce"}, []string{"withdrawTime", danger})
	w.withdraw("bidan-cibinong", basis, nil).expect(t, 200, []string{"inForce"}, []string{"withdrawTime"})
	w.call("polwan-ppa", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED", survivor}, nil)
	w.oneReview(t, "kepala-cibinong").expect(t, 200, []string{"WITHDRAWAL", leg}, hers)
}

func TestAReviewOverGRPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.survivorsCase(t)
	_, err := w.cases().RecordDisclosure(w.as("bidan-cibinong"), &pb.RecordDisclosureRequest{
		Name: name, RequestId: newID(), Disclosure: asMessage(t, exceptionTo("X1", "units/POLRES-PPA"), &pb.NewDisclosure{}),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := pb.NewReviewServiceClient(w.conn)
	list, err := r.ListReviews(w.as("penelaah"), &pb.ListReviewsRequest{})
	said(t, list, err, []string{danger, name}, hers)
	id := newID()
	ask := &pb.DecideReviewRequest{Name: list.Reviews[0].Name, RequestId: id, Outcome: pb.ReviewOutcome_FOUNDED, Reason: "Ancaman nyata"}
	decided, err := r.DecideReview(w.as("penelaah"), ask)
	said(t, decided, err, []string{"FOUNDED", "Ancaman nyata"}, hers)
	again, err := r.DecideReview(w.as("penelaah"), ask)
	said(t, again, err, []string{list.Reviews[0].Name}, append([]string{danger}, hers...))
	_, err = r.DecideReview(w.as("penelaah"), &pb.DecideReviewRequest{Name: "reviews/" + newID(), RequestId: newID(), Outcome: pb.ReviewOutcome_FOUNDED, Reason: "-"})
	_, never := w.cases().GetCase(w.as("penelaah"), &pb.GetCaseRequest{Name: "cases/" + newID()})
	sameRefusal(t, "an unknown review", err, never)
	if strings.Contains(list.String(), survivor) {
		t.Error("her name")
	}
}

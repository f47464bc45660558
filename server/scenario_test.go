package server_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// clock is the time of a world, set by its test.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time           { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(by time.Duration) { c.ahead.Add(int64(by)) }

// event sends one event on a leg over REST, with a request id of its own unless more holds one.
func (w *world) event(as, leg, event string, more object) reply {
	w.t.Helper()
	body := object{"requestId": newID()}
	maps.Copy(body, more)
	return w.call(as, "POST", "/v1/"+leg+":"+event, body)
}

// sendToHospital files a new child with one leg from the puskesmas to the hospital.
func (w *world) sendToHospital(t *testing.T) (leg, caseName string) {
	t.Helper()
	body := stuntedChild()
	body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
	body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}
	body["disclosures"] = []object{{"basis": "CARE"}}
	filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{`"state":"SENT"`}, nil)
	return filed.text("legs.0.referral"), filed.text("case")
}

// reason of an error's body.
func (r reply) reason() string { return r.text("details.0.reason") }

// actions are the allowed_actions of a leg's body.
func (r reply) actions() []string {
	var m struct{ AllowedActions []string }
	_ = json.Unmarshal(r.Body, &m)
	return m.AllowedActions
}

// said is the JSON of a gRPC answer, for the same must and must-not as over REST.
func said(t *testing.T, m proto.Message, err error, must, mustNot []string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := protojson.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	// protojson varies its spaces on purpose.
	reply{200, nil, bytes.ReplaceAll(raw, []byte(`: `), []byte(`:`))}.expect(t, 200, must, mustNot)
}

// asMessage reads a body of the REST tests as the message of gRPC.
func asMessage[M proto.Message](t *testing.T, body object, m M) M {
	t.Helper()
	raw, err := json.Marshal(body)
	if err == nil {
		err = protojson.Unmarshal(raw, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheStuntedChildsJourneyOverGRPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, k := w.referrals(), w.cases()
	receipt, err := r.FileReferral(w.as("app-melati"), asMessage(t, stuntedChild(), &pb.FileReferralRequest{}))
	said(t, receipt, err, []string{`"number":"R-`, `"inside":true`, "dueTime", "HFA_LOW"}, []string{`"person"`, `"case"`, childName, motherName})
	list, err := k.ListCases(w.as("gizi-cibinong"), &pb.ListCasesRequest{})
	said(t, list, err, []string{childName, "CHILD_NUTRITION_RISK", "REPORTED"}, nil)
	name := list.Cases[0].Name
	screened, err := k.ScreenCase(w.as("gizi-cibinong"), &pb.ScreenCaseRequest{Name: name, RequestId: newID()})
	said(t, screened, err, []string{"SCREENING", `"assess"`}, nil)
	measured, err := k.AddMeasurement(w.as("gizi-cibinong"), &pb.AddMeasurementRequest{
		Name: name, RequestId: newID(),
		Measurement: &pb.NewMeasurement{MeasuredOn: today(), WeightKg: proto.Float64(8.9), LengthCm: proto.Float64(75.8), Position: pb.Position_LYING},
	})
	said(t, measured, err, []string{`"byHealthWorker":true`, "STUNTED"}, nil)
	assessed, err := k.AssessCase(w.as("gizi-cibinong"), &pb.AssessCaseRequest{Name: name, RequestId: newID()})
	said(t, assessed, err, []string{"CHILD_STUNTING", "ASSESSMENT"}, nil)
	filed, err := r.FileReferral(w.as("gizi-cibinong"), &pb.FileReferralRequest{
		RequestId: newID(), Case: name, Disclosures: []*pb.NewDisclosure{care},
		Legs: []*pb.NewLeg{{Service: pb.ReferralServiceType_SPECIALIST_PEDIATRIC, ReceiverUnit: "units/RSUD-CIBINONG", Question: "Mohon pemeriksaan"}},
	})
	said(t, filed, err, []string{`"state":"SENT"`, "Kartu JKN", name}, nil)
	leg := filed.Legs[0].Referral
	inbox, err := r.ListReferrals(w.as("dokter-rsud"), &pb.ListReferralsRequest{})
	said(t, inbox, err, []string{leg, "AGE_0_5", "FEMALE"}, []string{childName, motherName, name, "32.01.01"})
	accepted, err := r.AcceptReferral(w.as("dokter-rsud"), &pb.AcceptReferralRequest{Name: leg, RequestId: newID()})
	said(t, accepted, err, []string{"ACCEPTED", childName, motherName, "STUNTED", "Mohon pemeriksaan"}, []string{name})
	head, err := r.GetReferral(w.as("kepala-rsud"), &pb.GetReferralRequest{Name: leg})
	said(t, head, err, []string{"ACCEPTED"}, []string{childName, motherName})
	served, err := r.RecordProgress(w.as("dokter-rsud"), &pb.RecordProgressRequest{Name: leg, RequestId: newID(), Kind: pb.ProgressKind_SERVED})
	said(t, served, err, []string{"IN_SERVICE"}, nil)
	reported, err := r.ReportOutcome(w.as("dokter-rsud"), &pb.ReportOutcomeRequest{Name: leg, RequestId: newID(), Outcome: pb.Outcome_FULL, Summary: "PKMK tiga bulan"})
	said(t, reported, err, []string{"REPORTED", "FULL"}, nil)
	closed, err := r.ConfirmReferral(w.as("gizi-cibinong"), &pb.ConfirmReferralRequest{Name: leg, RequestId: newID()})
	said(t, closed, err, []string{"CLOSED", "PKMK"}, []string{`"dueTime"`, `"accountableUnit"`})
}

func TestTheSurvivorsJourneyOverGRPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.referrals()
	secrets := []string{survivor, villain, chronology, "3201015102940003", "DOMESTIC_VIOLENCE", "PHYSICAL"}
	filed, err := r.FileReferral(w.as("bidan-cibinong"), asMessage(t, survivorFiling(), &pb.FileReferralRequest{}))
	said(t, filed, err, []string{"cases/", "SENT"}, nil)
	leg := filed.Legs[0].Referral
	inbox, err := r.ListReferrals(w.as("pendamping-uptd"), &pb.ListReferralsRequest{})
	said(t, inbox, err, []string{leg, "AGE_25_44", "EMERGENCY"}, append([]string{filed.Case, filed.CaseNumber, "32.01.01", "L3"}, secrets...))
	desk, err := r.ListReferrals(w.as("terima-uptd"), &pb.ListReferralsRequest{})
	said(t, desk, err, nil, append([]string{leg}, secrets...))
	accepted, err := r.AcceptReferral(w.as("pendamping-uptd"), &pb.AcceptReferralRequest{Name: leg, RequestId: newID()})
	said(t, accepted, err, []string{"ACCEPTED", survivor, villain, chronology, "THREAT_TO_KILL"}, []string{filed.Case})
	colleague, err := r.GetReferral(w.as("rekan-uptd"), &pb.GetReferralRequest{Name: leg})
	said(t, colleague, err, []string{"ACCEPTED"}, secrets)
	for _, who := range []string{"gizi-cibinong", "bidan-melati", "kader-melati", "app-melati", "dokter-rsud", "statistik-dinkes", "admin-kabupaten", "auditor", "penelaah"} {
		for asked, never := range map[string]string{filed.Case: "cases/" + newID(), "cases/" + filed.CaseNumber: "cases/" + newID()} {
			_, got := w.cases().GetCase(w.as(who), &pb.GetCaseRequest{Name: asked})
			_, want := w.cases().GetCase(w.as(who), &pb.GetCaseRequest{Name: never})
			sameRefusal(t, who+" "+asked, got, want)
		}
		_, got := r.GetReferral(w.as(who), &pb.GetReferralRequest{Name: leg})
		_, want := r.GetReferral(w.as(who), &pb.GetReferralRequest{Name: "referrals/" + newID()})
		sameRefusal(t, who+" "+leg, got, want)
	}
	_, err = r.RecordProgress(w.as("pendamping-uptd"), &pb.RecordProgressRequest{Name: leg, RequestId: newID(), Kind: pb.ProgressKind_SERVED})
	if err != nil {
		t.Fatal(err)
	}
	reported, err := r.ReportOutcome(w.as("pendamping-uptd"), &pb.ReportOutcomeRequest{Name: leg, RequestId: newID(), Outcome: pb.Outcome_FULL})
	said(t, reported, err, []string{"REPORTED"}, nil)
	closed, err := r.ConfirmReferral(w.as("bidan-cibinong"), &pb.ConfirmReferralRequest{Name: leg, RequestId: newID()})
	said(t, closed, err, []string{"CLOSED"}, nil)
	over, err := r.GetReferral(w.as("pendamping-uptd"), &pb.GetReferralRequest{Name: leg})
	said(t, over, err, []string{"CLOSED"}, secrets)
}

// sameRefusal holds that two refusals are one NOT_FOUND, byte for byte.
func sameRefusal(t *testing.T, what string, got, want error) {
	t.Helper()
	a, err := proto.MarshalOptions{Deterministic: true}.Marshal(status.Convert(got).Proto())
	if err != nil {
		t.Fatal(err)
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(status.Convert(want).Proto())
	if err != nil {
		t.Fatal(err)
	}
	if status.Code(got) != codes.NotFound || !bytes.Equal(a, b) {
		t.Errorf("%s: %v, but of what never was: %v", what, got, want)
	}
}

func TestAnEventSentTwiceIsOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, _ := w.sendToHospital(t)
	from := len(w.entries())
	id := object{"requestId": newID()}
	first, second := w.event("dokter-rsud", leg, "acknowledge", id), w.event("dokter-rsud", leg, "acknowledge", id)
	first.expect(t, 200, []string{"ACKNOWLEDGED"}, nil)
	if !bytes.Equal(first.Body, second.Body) {
		t.Errorf("the second answer is %s, the first was %s", second.Body, first.Body)
	}
	if n := w.count(from, func(e entry) bool { return e.Event.Name == "acknowledge" }); n != 1 {
		t.Errorf("%d entries of the event, want 1", n)
	}
	if got := w.event("dokter-rsud", leg, "accept", id); got.Status != 400 || got.reason() != "REQUEST_ID_REUSED" {
		t.Errorf("the id of another event: %s", got.Body)
	}
	if got := w.event("dokter-rsud", leg, "acknowledge", object{"requestId": id["requestId"], "occurredTime": "2026-01-01T00:00:00Z"}); got.reason() != "REQUEST_ID_REUSED" {
		t.Errorf("the id with another body: %s", got.Body)
	}
	w.event("kepala-rsud", leg, "acknowledge", id).expect(t, 200, []string{"ACKNOWLEDGED"}, nil) // an id of another account is its own
}

func TestAnEventThatTheStateImpliesChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, _ := w.sendToHospital(t)
	w.event("dokter-rsud", leg, "acknowledge", nil).expect(t, 200, nil, nil)
	from := len(w.entries())
	etag := w.call("dokter-rsud", "GET", "/v1/"+leg, nil).text("etag")
	w.event("dokter-rsud", leg, "acknowledge", nil).expect(t, 200, []string{"ACKNOWLEDGED", etag}, nil)
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, []string{"ACCEPTED"}, nil)
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, []string{"ACCEPTED"}, nil)
	w.event("dokter-rsud", leg, "acknowledge", nil).expect(t, 200, []string{"ACCEPTED"}, nil)
	if n := w.count(from, func(e entry) bool { return e.Event.Name == "IMPLIED" }); n != 3 {
		t.Errorf("%d entries IMPLIED, want 3", n)
	}
	late := w.event("kepala-rsud", leg, "accept", nil)
	if late.Status != 400 || late.reason() != "REFERRAL_STATE" || late.text("details.0.metadata.state") != "ACCEPTED" {
		t.Errorf("another officer's accept: %s", late.Body)
	}
	if _, ok := late.value("details.0.metadata.allowed_actions").(string); !ok {
		t.Errorf("no allowed_actions in %s", late.Body)
	}
	late = w.event("gizi-cibinong", leg, "confirm", nil)
	if late.reason() != "REFERRAL_STATE" || late.text("details.0.metadata.allowed_actions") != "cancel" {
		t.Errorf("a confirm before the report: %s", late.Body)
	}
}

func TestAStaleETagIsRefusedByBodyAndByHeader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, _ := w.sendToHospital(t)
	stale := w.call("dokter-rsud", "GET", "/v1/"+leg, nil).text("etag")
	w.event("dokter-rsud", leg, "acknowledge", nil).expect(t, 200, nil, nil)
	got := w.event("dokter-rsud", leg, "accept", object{"etag": stale})
	if got.Status != http.StatusConflict || got.reason() != "ETAG_MISMATCH" {
		t.Errorf("by body: %d %s", got.Status, got.Body)
	}
	req, err := http.NewRequest("POST", "http://"+w.served.HTTP+"/v1/"+leg+":accept", strings.NewReader(`{"requestId":"`+newID()+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + w.token("dokter-rsud")}, "Content-Type": {"application/json"}, "If-Match": {`"` + stale + `"`}}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusConflict {
		t.Errorf("by If-Match: %d", resp.StatusCode)
	}
	_, err = w.referrals().AcceptReferral(w.as("dokter-rsud"), &pb.AcceptReferralRequest{Name: leg, RequestId: newID(), Etag: stale})
	if reason, _ := reasonOf(err); status.Code(err) != codes.Aborted || reason != "ETAG_MISMATCH" {
		t.Errorf("over gRPC: %v", err)
	}
	fresh := w.call("dokter-rsud", "GET", "/v1/"+leg, nil).text("etag")
	w.event("dokter-rsud", leg, "accept", object{"etag": fresh}).expect(t, 200, []string{"ACCEPTED"}, nil)
}

func TestAReplayShowsNoMoreThanTheCallerMayReadNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, _ := w.sendToHospital(t)
	accept := object{"requestId": newID()}
	w.event("dokter-rsud", leg, "accept", accept).expect(t, 200, []string{childName}, nil)
	w.event("dokter-rsud", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, nil, nil)
	w.event("dokter-rsud", leg, "reportOutcome", object{"outcome": "FULL"}).expect(t, 200, nil, nil)
	w.event("gizi-cibinong", leg, "confirm", nil).expect(t, 200, []string{"CLOSED"}, nil)
	got := w.event("dokter-rsud", leg, "accept", accept)
	got.expect(t, 200, []string{leg, `"number":"R-`}, []string{childName, motherName})
	var fields map[string]any
	if err := json.Unmarshal(got.Body, &fields); err != nil {
		t.Fatal(err)
	}
	for field := range fields {
		if !slices.Contains([]string{"name", "number", "recordTime", "sentTime"}, field) {
			t.Errorf("the replay tells %s: %s", field, got.Body)
		}
	}
}

func TestADeclinedLegGoesBackToItsSender(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, _ := w.sendToHospital(t)
	w.event("dokter-rsud", leg, "decline", object{"reason": "NO_CAPACITY", "suggestedUnit": "units/NOWHERE"}).
		expect(t, 400, []string{"suggestedUnit", "UNIT_UNKNOWN"}, []string{"NOWHERE"})
	w.event("dokter-rsud", leg, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, []string{"DECLINED", "NO_CAPACITY", "REROUTE"}, []string{childName})
	w.call("gizi-cibinong", "GET", "/v1/duties", nil).expect(t, 200, []string{leg, "REROUTE"}, nil)
	w.call("dokter-rsud", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{leg})
	got := w.call("gizi-cibinong", "GET", "/v1/"+leg, nil)
	got.expect(t, 200, []string{`"state":"DECLINED"`}, []string{`"endTime"`})
	if want := []string{"forward", "cancel"}; !slices.Equal(got.actions(), want) {
		t.Errorf("actions %v, want %v", got.actions(), want)
	}
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 400, []string{"REFERRAL_STATE", "DECLINED"}, nil)
	w.event("gizi-cibinong", leg, "cancel", object{"reason": "NO_ALTERNATIVE"}).expect(t, 200, []string{"CANCELLED"}, []string{`"dueTime"`})
	w.call("gizi-cibinong", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{leg})
}

func TestOnlyASupervisorSaysThatALegWasAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, _ := w.sendToHospital(t)
	w.event("gizi-cibinong", leg, "cancel", object{"reason": "ENTERED_IN_ERROR"}).expect(t, 400, []string{"SUPERVISOR_ONLY"}, nil)
	w.event("dokter-rsud", leg, "cancel", object{"reason": "SAFETY"}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
	w.event("kader-melati", leg, "cancel", object{"reason": "SAFETY"}).expect(t, 404, nil, nil)
	w.event("kepala-cibinong", leg, "cancel", object{"reason": "ENTERED_IN_ERROR"}).expect(t, 200, []string{"CANCELLED"}, nil)
}

func TestALegThatHasAnOfficerIsTheOfficersToGiveBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, _ := w.sendToHospital(t)
	stranger := w.call("bidan-citeureup", "GET", "/v1/accounts:whoAmI", nil).text("account")
	if !strings.HasPrefix(stranger, "accounts/") {
		t.Fatalf("no account in whoAmI: %q", stranger)
	}
	for _, officer := range []string{stranger, "accounts/" + newID()} {
		w.event("dokter-rsud", leg, "accept", object{"officer": officer}).expect(t, 400, []string{"OFFICER_INVALID"}, nil)
	}
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, nil, nil)
	if got := w.call("kepala-rsud", "GET", "/v1/"+leg, nil); slices.Contains(got.actions(), "decline") {
		t.Errorf("a colleague is offered the decline: %s", got.Body)
	}
	w.event("kepala-rsud", leg, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
	for _, who := range []string{"bidan-citeureup", "kader-melati", "pendamping-uptd"} { // to whom there is no such leg
		sameButForDateAndID(t, who, w.event(who, leg, "decline", object{"reason": "NO_CAPACITY"}), w.event(who, "referrals/"+newID(), "decline", object{"reason": "NO_CAPACITY"}))
	}
	if got := w.call("dokter-rsud", "GET", "/v1/"+leg, nil); !slices.Contains(got.actions(), "decline") {
		t.Errorf("the officer is not offered the decline: %s", got.Body)
	}
	w.event("dokter-rsud", leg, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, []string{"DECLINED"}, nil)
}

// consented files the survivor with a consent that ends tomorrow.
func consented(t *testing.T, w *world) string {
	t.Helper()
	body := survivorFiling()
	body["disclosures"].([]object)[0]["expiresOn"] = time.Now().Add(24 * time.Hour).Format(time.DateOnly)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	return filed.text("legs.0.referral")
}

func TestAConsentThatIsOverOpensNothingButEndsNoDuty(t *testing.T) {
	t.Parallel()
	over := survivorFiling()
	over["disclosures"].([]object)[0]["expiresOn"] = "2026-01-01"
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", over).expect(t, 400, []string{"disclosures[0].expiresOn", "IN_PAST"}, nil)
	waiting, declined, taken := consented(t, w), consented(t, w), consented(t, w)
	w.event("pendamping-uptd", taken, "accept", nil).expect(t, 200, []string{survivor}, nil)
	c.advance(72 * time.Hour)
	for _, who := range []string{"pendamping-uptd", "bidan-cibinong"} {
		w.renew(t, who) // tokens of persons last 12 hours
	}
	w.event("pendamping-uptd", waiting, "accept", nil).expect(t, 400, []string{"BASIS_MISSING"}, []string{survivor})
	w.event("pendamping-uptd", declined, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, []string{"DECLINED"}, []string{survivor})
	secrets := []string{survivor, villain, chronology, "3201015102940003"}
	w.call("pendamping-uptd", "GET", "/v1/"+taken, nil).expect(t, 200, []string{"ACCEPTED", `"reportOutcome"`}, append(secrets, `"recordProgress"`))
	w.event("pendamping-uptd", taken, "recordProgress", object{"kind": "SERVED"}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, secrets)
	w.event("pendamping-uptd", taken, "reportOutcome", object{"outcome": "NONE", "reason": "CLIENT_DECLINED"}).expect(t, 200, []string{"REPORTED"}, secrets)
}

// TestAllowedActionsAreExact walks one leg at random by all who have to do with it. In each state each action that is listed is
// possible, and each that is not is refused or implied.
func TestAllowedActionsAreExact(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t)
	ordinary := []string{"gizi-cibinong", "kepala-cibinong", "bidan-melati", "kader-melati", "dokter-rsud", "kepala-rsud", "loket-rsud", "bidan-citeureup", "app-melati"}
	secret := []string{"bidan-cibinong", "kepala-cibinong", "gizi-cibinong", "kader-melati", "pendamping-uptd", "rekan-uptd", "kepala-uptd", "terima-uptd", "penelaah", "auditor"}
	bodies := map[string][]object{ // by event: a listed one is possible with one of its bodies
		"acknowledge":    {nil},
		"accept":         {nil},
		"decline":        {{"reason": "NO_CAPACITY"}},
		"recordProgress": {{"kind": "SERVED"}},
		"reportOutcome":  {{"outcome": "FULL"}, {"outcome": "NONE", "reason": "CLIENT_DECLINED"}},
		"confirm":        {{"noFollowUpReason": "selesai"}},
		"cancel":         {{"reason": "CLIENT_REQUEST"}},
	}
	events := slices.Sorted(maps.Keys(bodies))
	for i := range 4 {
		leg, _ := w.sendToHospital(t)
		people := ordinary
		if i%2 == 1 {
			leg, people = w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling()).text("legs.0.referral"), secret
		}
		for range 16 {
			who, event := people[random.IntN(len(people))], events[random.IntN(len(events))]
			seen := w.call(who, "GET", "/v1/"+leg, nil)
			listed := seen.Status == 200 && slices.Contains(seen.actions(), event)
			var got reply
			for _, body := range bodies[event] {
				if got = w.event(who, leg, event, body); got.Status == 200 {
					break
				}
			}
			implied := got.Status == 200 && got.text("etag") == seen.text("etag")
			switch what := fmt.Sprintf("%s %s at %s, offered %v", who, event, seen.text("state"), seen.actions()); {
			case listed && (got.Status != 200 || implied):
				t.Errorf("%s: listed, but %s", what, got.Body)
			case !listed && got.Status == 200 && !implied:
				t.Errorf("%s: not listed, but done", what)
			case seen.Status == 404 && got.Status != 404:
				t.Errorf("%s: may not see the leg, and is told %s", what, got.Body)
			}
		}
	}
}

func TestPagesHoldEachLegOnceAndTheirTokensServeNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := map[string]bool{}
	for i := range 45 {
		filed, err := w.referrals().FileReferral(w.as("gizi-cibinong"), filing(int64(i)))
		if err != nil {
			t.Fatal(err)
		}
		want[filed.Legs[0].Referral] = true
	}
	seen, token, first := map[string]bool{}, "", ""
	const path = "/v1/referrals?direction=OUTBOX&pageSize=7"
	for {
		page := w.call("gizi-cibinong", "GET", path+"&pageToken="+token, nil)
		for i := 0; ; i++ {
			name := page.text(fmt.Sprintf("referrals.%d.name", i))
			if name == "" {
				break
			}
			if seen[name] {
				t.Errorf("%s twice", name)
			}
			seen[name] = true
		}
		token = page.text("nextPageToken")
		if first == "" {
			first = token
		}
		if token == "" {
			break
		}
	}
	if !maps.Equal(seen, want) {
		t.Errorf("%d legs on the pages, want %d", len(seen), len(want))
	}
	raw, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	for what, got := range map[string]reply{
		"another account":  w.call("bidan-cibinong", "GET", path+"&pageToken="+first, nil),
		"another filter":   w.call("gizi-cibinong", "GET", path+"&states=SENT&pageToken="+first, nil),
		"another list":     w.call("gizi-cibinong", "GET", "/v1/cases?pageSize=7&pageToken="+first, nil),
		"one bit flipped":  w.call("gizi-cibinong", "GET", path+"&pageToken="+base64.RawURLEncoding.EncodeToString(raw), nil),
		"no token at all":  w.call("gizi-cibinong", "GET", path+"&pageToken=x", nil),
		"a token too long": w.call("gizi-cibinong", "GET", path+"&pageToken="+first+"AAAA", nil),
	} {
		if got.Status != 400 || got.reason() != "INVALID_FIELD" || !bytes.Contains(got.Body, []byte("pageToken")) {
			t.Errorf("%s: %d %s", what, got.Status, got.Body)
		}
	}
}

func TestAnAppsTokenIsForWhatItSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		scope        string
		file, status int
		assess       int
	}{
		{"file", 200, 403, 403}, {"status", 403, 200, 403}, {"assess", 403, 403, 200},
	} {
		token, _, err := server.IssueToken(t.Context(), w.served.Store, "app-melati", "POS-MELATI-3", 0, c.scope)
		if err != nil {
			t.Fatal(err)
		}
		w.served.Tokens["scoped"] = token
		w.call("scoped", "POST", "/v1/referrals:file", stuntedChild()).expect(t, c.file, nil, nil)
		w.call("scoped", "GET", "/v1/referrals", nil).expect(t, c.status, nil, nil)
		w.call("scoped", "POST", "/v1/growth:assess", object{"children": []object{{"sex": "MALE", "ageDays": 365, "weightKg": 9}}}).
			expect(t, c.assess, nil, nil)
	}
	if _, _, err := server.IssueToken(t.Context(), w.served.Store, "app-melati", "POS-MELATI-3", 0, "everything"); err == nil {
		t.Error("a scope that is none was taken")
	}
}

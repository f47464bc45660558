package server_test

import (
	"bytes"
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// record records a basis on a case over REST.
func (w *world) record(as, caseName string, disclosure object) reply {
	w.t.Helper()
	return w.call(as, "POST", "/v1/"+caseName+"/disclosures", object{"requestId": newID(), "disclosure": disclosure})
}

// consentTo is a survivor's own consent for some units.
func consentTo(units []string, more object) object {
	d := object{
		"basis": "CONSENT", "giver": "SELF", "method": "SPOKEN", "explainedBy": "bidan", "purpose": "pendampingan",
		"classes": []string{"F0", "F1", "F2"}, "receiverUnits": units,
	}
	maps.Copy(d, more)
	return d
}

// survivorsCase files her case without a leg.
func (w *world) survivorsCase(t *testing.T) string {
	t.Helper()
	body := survivorFiling()
	delete(body, "legs")
	delete(body, "disclosures")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{`"case":"cases/`}, nil)
	return filed.text("case")
}

// send files a leg on her case, on a basis that the case has.
func (w *world) send(caseName, service, unit string) reply {
	w.t.Helper()
	return w.call("bidan-cibinong", "POST", "/v1/referrals:file", object{
		"requestId": newID(), "case": caseName, "legs": []object{{"service": service, "receiverUnit": "units/" + unit}},
	})
}

func TestOneConsentServesTheUnitsAndServicesThatItNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.survivorsCase(t)
	w.send(name, "CASE_MANAGEMENT", "UPTD-PPA").expect(t, 400, []string{"BASIS_MISSING"}, nil)
	given := w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA", "units/POLRES-PPA"}, object{"services": []string{"CASE_MANAGEMENT", "LAW_ENFORCEMENT"}}))
	given.expect(t, 200, []string{`"inForce":true`, `"withdraw"`, `"renew"`, "pendampingan"}, nil)
	first, second := w.send(name, "CASE_MANAGEMENT", "UPTD-PPA"), w.send(name, "LAW_ENFORCEMENT", "POLRES-PPA")
	first.expect(t, 200, []string{"SENT"}, nil)
	second.expect(t, 200, []string{"SENT"}, nil)
	for service, unit := range map[string]string{"PSYCHOLOGICAL_SUPPORT": "UPTD-PPA", "SOCIAL_REHABILITATION": "DINSOS", "MEDICAL_CARE": "RSUD-CIBINONG"} {
		w.send(name, service, unit).expect(t, 400, []string{"BASIS_MISSING"}, nil)
	}
	leg := first.text("legs.0.referral")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{survivor, given.text("name")}, []string{chronology, villain})
	list := w.call("bidan-cibinong", "GET", "/v1/"+name+"/disclosures", nil)
	list.expect(t, 200, []string{given.text("name"), "LAW_ENFORCEMENT", "SPOKEN"}, nil)
	for _, who := range []string{"pendamping-uptd", "gizi-cibinong", "kader-melati", "penelaah", "admin-kabupaten", "app-melati"} {
		sameButForDateAndID(t, who, w.call(who, "GET", "/v1/"+name+"/disclosures", nil), w.call(who, "GET", "/v1/cases/"+newID()+"/disclosures", nil))
	}
}

func TestADisclosureTellsAllItsFaultsAtOnceAndIsRefusedWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.survivorsCase(t)
	far := time.Now().AddDate(2, 0, 0).Format(time.DateOnly)
	why := strings.Repeat("a", 30)
	for _, c := range []struct {
		what string
		d    object
		must []string
	}{
		{"a consent of nothing", object{"basis": "CONSENT"}, []string{"disclosure.giver", "disclosure.method", "disclosure.explainedBy", "disclosure.receiverUnits", "REQUIRED"}},
		{"a consent of two years", consentTo([]string{"units/UPTD-PPA"}, object{"expiresOn": far}), []string{"disclosure.expiresOn", "OVER_365_DAYS"}},
		{"a guardian's without name", consentTo([]string{"units/UPTD-PPA"}, object{"giver": "GUARDIAN"}), []string{"disclosure.giverName"}},
		{"a consent to F4", consentTo([]string{"units/UPTD-PPA"}, object{"classes": []string{"F4"}}), []string{"disclosure.classes[0]", "NOT_IN_A_CONSENT"}},
		{"for the own register", consentTo([]string{"units/POS-MELATI-3"}, nil), []string{"disclosure.receiverUnits[0]", "INSIDE"}},
		{"for a unit that is not", consentTo([]string{"units/UPTD-PPA", "units/ENTAH"}, nil), []string{"disclosure.receiverUnits[1]", "UNIT_UNKNOWN"}},
		{"that replaces another case's", consentTo([]string{"units/UPTD-PPA"}, object{"replaces": "disclosures/" + newID()}), []string{"disclosure.replaces", "NOT_OF_THE_CASE"}},
		{"by a person that is not", consentTo([]string{"units/UPTD-PPA"}, object{"giver": "GUARDIAN", "giverPerson": "persons/" + newID()}), []string{"disclosure.giverPerson", "PERSON_UNKNOWN"}},
		{"care without a leg", object{"basis": "CARE", "receiverUnits": []string{"units/RSUD-CIBINONG"}}, []string{"disclosure.basis", "ONLY_WITH_A_REFERRAL"}},
		{"an exception with 29 characters", object{"basis": "X1", "reason": why[1:], "receiverUnits": []string{"units/POLRES-PPA"}}, []string{"disclosure.reason", "TOO_SHORT"}},
		{"an order without its number", object{"basis": "X3", "reason": why, "receiverUnits": []string{"units/POLRES-PPA"}}, []string{"disclosure.orderNumber", "REQUIRED"}},
	} {
		got := w.record("bidan-cibinong", name, c.d)
		if got.Status != 400 {
			t.Errorf("%s: %d %s", c.what, got.Status, got.Body)
		}
		got.expect(t, 400, c.must, []string{survivor, villain})
	}
	alone := object{"requestId": newID(), "case": name, "note": "kunjungan", "disclosures": []object{{"basis": "CONSENT", "giver": "SELF", "method": "SPOKEN", "explainedBy": "bidan"}}}
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", alone).expect(t, 400, []string{"disclosures", "ONLY_WITH_LEGS"}, nil)
	list := w.call("bidan-cibinong", "GET", "/v1/"+name+"/disclosures", nil)
	if list.value("disclosures") != nil {
		t.Errorf("something was recorded: %s", list.Body)
	}
}

// sentTo records her consent for a unit, with her chronology named, and sends a leg on it.
func (w *world) sentTo(t *testing.T, unit, service string) (caseName, basis, leg string) {
	t.Helper()
	caseName = w.survivorsCase(t)
	given := w.record("bidan-cibinong", caseName, consentTo([]string{"units/" + unit}, object{"fields": []string{"CHRONOLOGY", "PAIRS"}}))
	given.expect(t, 200, nil, nil)
	sent := w.send(caseName, service, unit)
	sent.expect(t, 200, []string{"SENT"}, nil)
	return caseName, given.text("name"), sent.text("legs.0.referral")
}

var hers = []string{survivor, villain, chronology, "3201015102940003"}

func (w *world) withdraw(as, basis string, more object) reply {
	w.t.Helper()
	body := object{"requestId": newID()}
	maps.Copy(body, more)
	return w.call(as, "POST", "/v1/"+basis+":withdraw", body)
}

func TestAWithdrawalByEitherUnitEndsEachOpenLegAtOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		who  string // records the client's word
		path []string
	}{
		{"by the sender, of a leg that waits", "bidan-cibinong", nil},
		{"by the sender's supervisor, of a leg accepted", "kepala-cibinong", []string{"accept"}},
		{"by the sender, of a leg in service", "bidan-cibinong", []string{"accept", "recordProgress"}},
		{"by the receiver's officer, of a leg in service", "pendamping-uptd", []string{"accept", "recordProgress"}},
		{"by the receiver's officer, of a leg reported", "pendamping-uptd", []string{"accept", "recordProgress", "reportOutcome"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			caseName, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
			for _, event := range c.path {
				w.event("pendamping-uptd", leg, event, map[string]object{
					"recordProgress": {"kind": "SERVED", "note": "pertemuan pertama"}, "reportOutcome": {"outcome": "FULL"}, "accept": nil,
				}[event]).expect(t, 200, nil, nil)
			}
			if c.who == "pendamping-uptd" {
				if shown := w.call(c.who, "GET", "/v1/"+leg, nil).text("disclosure"); shown != basis {
					t.Fatalf("her leg shows %q", shown)
				}
			}
			id := object{"requestId": newID()}
			done := w.withdraw(c.who, basis, id)
			done.expect(t, 200, []string{`"withdrawTime"`, basis}, append([]string{`"inForce"`}, hers...))
			w.overFor(t, "pendamping-uptd", leg, caseName)
			if len(c.path) > 1 {
				w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"SERVED"}, nil) // a fact of her own work
			}
			for _, list := range []string{"/v1/duties", "/v1/duties?scope=ME"} {
				w.call("pendamping-uptd", "GET", list, nil).expect(t, 200, nil, []string{leg})
				w.call("bidan-cibinong", "GET", list, nil).expect(t, 200, nil, []string{leg})
			}
			again := w.withdraw(c.who, basis, id)
			again.expect(t, 200, []string{basis}, hers)
			if fresh := w.withdraw("bidan-cibinong", basis, nil); fresh.text("withdrawTime") != done.text("withdrawTime") {
				t.Errorf("withdrawn again at %s", fresh.text("withdrawTime"))
			}
			w.send(caseName, "CASE_MANAGEMENT", "UPTD-PPA").expect(t, 400, []string{"BASIS_MISSING"}, nil)
			anew := w.record("bidan-cibinong", caseName, consentTo([]string{"units/UPTD-PPA"}, object{"replaces": basis}))
			anew.expect(t, 200, []string{`"inForce":true`}, nil)
			w.overFor(t, "pendamping-uptd", leg, caseName) // what is over stays so
			w.send(caseName, "CASE_MANAGEMENT", "UPTD-PPA").expect(t, 200, []string{"SENT"}, nil)
			w.verified(t)
		})
	}
}

// overFor holds that a leg has ended by a withdrawal, and that nobody of its receiver reads more of it than R17.
func (w *world) overFor(t *testing.T, officer, leg, caseName string) {
	t.Helper()
	for _, who := range []string{officer, "rekan-uptd", "kepala-uptd"} {
		w.call(who, "GET", "/v1/"+leg, nil).expect(t, 200, []string{"CANCELLED", "CONSENT_WITHDRAWN"}, append([]string{caseName, "fullName"}, hers...))
		w.call(who, "GET", "/v1/referrals", nil).expect(t, 200, nil, append([]string{caseName}, hers...))
	}
	for event, body := range map[string]object{"accept": nil, "recordProgress": {"kind": "SERVED"}, "reportOutcome": {"outcome": "FULL"}, "decline": {"reason": "SAFETY"}} {
		got := w.event(officer, leg, event, body)
		if got.Status == 400 {
			got.expect(t, 400, []string{"REFERRAL_STATE", "CANCELLED"}, hers)
			continue
		}
		got.expect(t, 200, []string{"CANCELLED"}, append([]string{"fullName"}, hers...)) // what she did before implies it
	}
	w.event("bidan-cibinong", leg, "confirm", nil).expect(t, 400, []string{"REFERRAL_STATE"}, nil)
}

func TestNobodyElseWithdrawsAndNothingTellsThemOfTheBasis(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, nil, nil)
	for _, who := range []string{"gizi-cibinong", "kader-melati", "app-melati", "terima-uptd", "dokter-rsud", "polwan-ppa", "penelaah", "admin-kabupaten"} {
		sameButForDateAndID(t, who, w.withdraw(who, basis, nil), w.withdraw(who, "disclosures/"+newID(), nil))
	}
	for _, who := range []string{"rekan-uptd", "kepala-uptd"} { // they see the leg, and are not its officer
		w.withdraw(who, basis, nil).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, hers)
	}
	w.withdraw(w.stale(t, "pendamping-uptd"), basis, nil).expect(t, 401, []string{"STEP_UP_REQUIRED"}, hers)
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED", survivor}, nil)
}

func TestAConsentWithdrawnLeavesTheLegsOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	caseName, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	other := w.record("bidan-cibinong", caseName, consentTo([]string{"units/POLRES-PPA"}, nil))
	police := w.send(caseName, "LAW_ENFORCEMENT", "POLRES-PPA").text("legs.0.referral")
	w.event("polwan-ppa", police, "accept", nil).expect(t, 200, []string{survivor}, nil)
	w.withdraw("bidan-cibinong", basis, nil).expect(t, 200, nil, nil)
	w.overFor(t, "pendamping-uptd", leg, caseName)
	w.call("polwan-ppa", "GET", "/v1/"+police, nil).expect(t, 200, []string{"ACCEPTED", survivor, other.text("name")}, nil)
}

func TestAWithdrawalOverGRPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, k := w.referrals(), w.cases()
	caseName := w.survivorsCase(t)
	given, err := k.RecordDisclosure(w.as("bidan-cibinong"), &pb.RecordDisclosureRequest{Name: caseName, RequestId: newID(), Disclosure: asMessage(t, consentTo([]string{"units/UPTD-PPA"}, nil), &pb.NewDisclosure{})})
	said(t, given, err, []string{`"inForce":true`}, nil)
	filed, err := r.FileReferral(w.as("bidan-cibinong"), &pb.FileReferralRequest{
		RequestId: newID(), Case: caseName, Legs: []*pb.NewLeg{{Service: pb.ReferralServiceType_CASE_MANAGEMENT, ReceiverUnit: "units/UPTD-PPA"}},
	})
	said(t, filed, err, []string{"SENT"}, nil)
	leg := filed.Legs[0].Referral
	accepted, err := r.AcceptReferral(w.as("pendamping-uptd"), &pb.AcceptReferralRequest{Name: leg, RequestId: newID()})
	said(t, accepted, err, []string{survivor, given.Name}, nil)
	id := newID()
	gone, err := k.WithdrawDisclosure(w.as("pendamping-uptd"), &pb.WithdrawDisclosureRequest{Name: accepted.Disclosure, RequestId: id})
	said(t, gone, err, []string{"withdrawTime"}, append([]string{"pendampingan", "SELF", "bidan"}, hers...))
	read, err := r.GetReferral(w.as("pendamping-uptd"), &pb.GetReferralRequest{Name: leg})
	said(t, read, err, []string{"CANCELLED", "CONSENT_WITHDRAWN"}, hers)
	again, err := k.WithdrawDisclosure(w.as("pendamping-uptd"), &pb.WithdrawDisclosureRequest{Name: accepted.Disclosure, RequestId: id})
	said(t, again, err, []string{given.Name}, hers)
	_, err = k.ListDisclosures(w.as("pendamping-uptd"), &pb.ListDisclosuresRequest{Name: caseName})
	_, never := k.ListDisclosures(w.as("pendamping-uptd"), &pb.ListDisclosuresRequest{Name: "cases/" + newID()})
	sameRefusal(t, "the sender's list", err, never)
	list, err := k.ListDisclosures(w.as("bidan-cibinong"), &pb.ListDisclosuresRequest{Name: caseName})
	said(t, list, err, []string{given.Name, "withdrawTime", "SELF"}, []string{`"inForce"`})
}

// TestFromAWithdrawalOnNothingShowsUnderLoad is the row withdrawal: 32 readers and callers hammer a leg while its consent is taken
// back. Whatever began after the answer to the withdrawal shows no more than R17.
func TestFromAWithdrawalOnNothingShowsUnderLoad(t *testing.T) {
	t.Parallel()
	rounds := 3
	if long("withdrawal") {
		rounds = 10_000
	}
	w, answers := newWorld(t), int64(0)
	for round := range rounds {
		by := []string{"bidan-cibinong", "pendamping-uptd"}[round%2]
		caseName, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
		w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{survivor}, nil)
		h := &hammer{w: w, leg: leg}
		stop := h.start(32)
		w.withdraw(by, basis, nil).expect(t, 200, nil, hers)
		h.withdrawn.Store(true)
		h.await(t, 64)
		stop()
		if h.leaks != "" {
			t.Fatalf("after the withdrawal: %s", h.leaks)
		}
		answers += h.after.Load()
		w.overFor(t, "pendamping-uptd", leg, caseName)
		if n := w.openLegs(t, caseName); n > 0 {
			t.Fatalf("%d open legs on the consent", n)
		}
	}
	t.Logf("%d answers began after a withdrawal, none showed her", answers)
}

// hammer asks for one leg in every way that an officer of its receiver has.
type hammer struct {
	w         *world
	leg       string
	withdrawn atomic.Bool
	before    atomic.Int64 // answers that showed her, before
	after     atomic.Int64 // answers that began after
	mu        sync.Mutex
	leaks     string
}

func (h *hammer) ways() []func() []byte {
	rest := func(method, path string, body object) func() []byte {
		return func() []byte {
			var sent any
			if body != nil {
				own := maps.Clone(body) // callers share the way
				own["requestId"] = newID()
				sent = own
			}
			got, err := h.w.try("pendamping-uptd", method, path, sent)
			if err != nil {
				return []byte("failed: " + err.Error())
			}
			return got.Body
		}
	}
	grpc := func(ask func(context.Context) (proto.Message, error)) func() []byte {
		return func() []byte {
			m, err := ask(bearerOf(h.w, "pendamping-uptd"))
			if err != nil {
				return []byte(err.Error())
			}
			raw, _ := protojson.Marshal(m)
			return raw
		}
	}
	return []func() []byte{
		rest("GET", "/v1/"+h.leg, nil),
		rest("GET", "/v1/referrals?pageSize=100", nil),
		rest("GET", "/v1/duties?pageSize=100", nil),
		rest("POST", "/v1/"+h.leg+":accept", object{}),
		rest("POST", "/v1/"+h.leg+":recordProgress", object{"kind": "CONTACT_ATTEMPT", "channel": "PHONE"}),
		grpc(func(ctx context.Context) (proto.Message, error) {
			return h.w.referrals().GetReferral(ctx, &pb.GetReferralRequest{Name: h.leg})
		}),
		grpc(func(ctx context.Context) (proto.Message, error) {
			return h.w.referrals().ListReferrals(ctx, &pb.ListReferralsRequest{PageSize: 100})
		}),
		grpc(func(ctx context.Context) (proto.Message, error) {
			return h.w.referrals().AcceptReferral(ctx, &pb.AcceptReferralRequest{Name: h.leg, RequestId: newID()})
		}),
	}
}

// start hammers from n callers until it is stopped.
func (h *hammer) start(n int) (stop func()) {
	var callers sync.WaitGroup
	var stopped atomic.Bool
	ways := h.ways()
	for i := range n {
		callers.Go(func() {
			for turn := i; !stopped.Load(); turn++ {
				late := h.withdrawn.Load()
				h.judge(late, ways[turn%len(ways)]())
			}
		})
	}
	for h.before.Load() == 0 {
		time.Sleep(time.Millisecond) // until it is under load
	}
	return func() { stopped.Store(true); callers.Wait() }
}

func (h *hammer) judge(late bool, answer []byte) {
	shows := false
	for _, secret := range hers {
		shows = shows || bytes.Contains(answer, []byte(secret))
	}
	switch {
	case !late && shows:
		h.before.Add(1)
	case late:
		h.after.Add(1)
		if shows || bytes.Contains(answer, []byte("failed:")) {
			h.mu.Lock()
			h.leaks = string(answer)
			h.mu.Unlock()
		}
	}
}

// await waits until so many answers began after the withdrawal.
func (h *hammer) await(t *testing.T, answers int64) {
	t.Helper()
	for began := time.Now(); h.after.Load() < answers; time.Sleep(time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("only %d answers", h.after.Load())
		}
	}
}

// TestAWithdrawalAndAForwardInOneMomentLeaveNoOpenLeg is of the row withdrawal too: whichever of the two comes first.
func TestAWithdrawalAndAForwardInOneMomentLeaveNoOpenLeg(t *testing.T) {
	t.Parallel()
	rounds := 4
	if long("withdrawal") {
		rounds = 10_000
	}
	w := newWorld(t)
	handedOn := 0
	for range rounds {
		name := w.survivorsCase(t)
		basis := w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA", "units/DINSOS"}, nil)).text("name")
		leg := w.send(name, "TEMPORARY_SHELTER", "UPTD-PPA").text("legs.0.referral")
		w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, nil, nil)
		var both sync.WaitGroup
		var forwarded, withdrawn reply
		both.Go(func() {
			forwarded, _ = w.try("pendamping-uptd", "POST", "/v1/"+leg+":forward", object{"requestId": newID(), "receiverUnit": "units/DINSOS"})
		})
		both.Go(func() {
			withdrawn, _ = w.try("bidan-cibinong", "POST", "/v1/"+basis+":withdraw", object{"requestId": newID()})
		})
		both.Wait()
		withdrawn.expect(t, 200, []string{"withdrawTime"}, hers)
		if forwarded.Status == 200 {
			handedOn++
			w.call("peksos-dinsos", "GET", "/v1/referrals?pageSize=100", nil).expect(t, 200, []string{"CONSENT_WITHDRAWN"}, hers)
		}
		if n := w.openLegs(t, name); n > 0 {
			t.Fatalf("%d open legs on a consent that was taken back", n)
		}
	}
	t.Logf("%d of %d were handed on before", handedOn, rounds)
}

func (w *world) openLegs(t *testing.T, caseName string) int {
	t.Helper()
	id, _ := casework.ParseID(strings.TrimPrefix(caseName, "cases/"))
	open, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) ([]casework.Referral, error) { return r.OpenReferrals(casework.CaseID(id)) })
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

func TestOfParallelActsOnOneBasisOneTakesEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, nil, nil)
	at32 := func(act func(i int) (reply, error)) (replies []reply) {
		var all sync.WaitGroup
		replies = make([]reply, 32)
		for i := range replies {
			all.Go(func() { replies[i], _ = act(i) })
		}
		all.Wait()
		return replies
	}
	count := func(replies []reply, status int, word string) (n int) {
		for _, r := range replies {
			if r.Status == status && bytes.Contains(r.Body, []byte(word)) {
				n++
			}
		}
		return n
	}
	renewal := consentTo([]string{"units/UPTD-PPA"}, object{"replaces": basis})
	renewals := at32(func(int) (reply, error) {
		return w.try("bidan-cibinong", "POST", "/v1/"+name+"/disclosures", object{"requestId": newID(), "disclosure": renewal})
	})
	if won, lost := count(renewals, 200, "inForce"), count(renewals, 400, "REPLACED"); won != 1 || lost != 31 {
		t.Errorf("%d renewals took effect and %d were told, want 1 and 31", won, lost)
	}
	from := len(w.entries())
	now := w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).text("disclosure")
	withdrawals := at32(func(i int) (reply, error) {
		who := []string{"bidan-cibinong", "kepala-cibinong"}[i%2]
		return w.try(who, "POST", "/v1/"+now+":withdraw", object{"requestId": newID()})
	})
	if n := count(withdrawals, 200, "withdrawTime"); n != 32 {
		t.Errorf("%d of 32 withdrawals were answered", n)
	}
	for event, want := range map[string]int{"withdrawDisclosure": 1, "withdraw": 1, "IMPLIED": 31} {
		if n := w.count(from, func(e entry) bool { return e.Event.Name == event }); n != want {
			t.Errorf("%d entries %s, want %d", n, event, want)
		}
	}
	w.overFor(t, "pendamping-uptd", leg, name)
	w.verified(t)
}

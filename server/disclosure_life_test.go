package server_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

const aDay = 24 * time.Hour

// later moves the clock and gives the accounts fresh tokens.
func (w *world) later(t *testing.T, c *clock, by time.Duration, accounts ...string) {
	t.Helper()
	c.advance(by)
	for _, code := range accounts {
		w.renew(t, code)
	}
}

func TestAConsentThatEndsNarrowsReadingAndTakesNoAnswerAway(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	name, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	waiting := w.send(name, "PSYCHOLOGICAL_SUPPORT", "UPTD-PPA").text("legs.0.referral")
	other := w.send(name, "LEGAL_AID", "UPTD-PPA").text("legs.0.referral")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{survivor, chronology}, nil)
	officers := []string{"pendamping-uptd", "rekan-uptd", "kepala-uptd", "bidan-cibinong", "kepala-cibinong"}
	w.later(t, &c, 91*aDay+time.Hour, officers...)
	seen := w.call("pendamping-uptd", "GET", "/v1/"+leg, nil)
	seen.expect(t, 200, []string{"ACCEPTED", basis, "decline", "reportOutcome"}, append([]string{"fullName"}, hers...))
	w.call("pendamping-uptd", "GET", "/v1/referrals", nil).expect(t, 200, []string{leg}, hers)
	w.event("pendamping-uptd", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, hers)
	w.event("pendamping-uptd", waiting, "accept", nil).expect(t, 400, []string{"BASIS_MISSING"}, hers)
	w.event("pendamping-uptd", other, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, []string{"DECLINED"}, hers)
	w.send(name, "REPATRIATION", "UPTD-PPA").expect(t, 400, []string{"BASIS_MISSING"}, nil)

	renewed := w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA"}, object{"replaces": basis, "fields": []string{"CHRONOLOGY"}}))
	renewed.expect(t, 200, []string{basis, "inForce"}, nil)
	again := w.call("pendamping-uptd", "GET", "/v1/"+leg, nil)
	again.expect(t, 200, []string{"ACCEPTED", survivor, chronology, renewed.text("name"), "recordProgress"}, []string{villain, basis})
	w.event("pendamping-uptd", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, []string{"IN_SERVICE"}, nil)
	w.event("pendamping-uptd", waiting, "accept", nil).expect(t, 200, []string{survivor}, nil)
	w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA"}, object{"replaces": basis})).expect(t, 400, []string{"disclosure.replaces", "REPLACED"}, nil)

	w.withdraw("bidan-cibinong", basis, nil).expect(t, 200, []string{"withdrawTime"}, nil) // the old name takes back the whole
	w.overFor(t, "pendamping-uptd", leg, name)
	w.overFor(t, "pendamping-uptd", waiting, name)
	w.verified(t)
}

func TestAnExpiredLegCanStillBeReported(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	_, _, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{survivor}, nil)
	w.event("pendamping-uptd", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, nil, nil)
	w.later(t, &c, 91*aDay+time.Hour, "pendamping-uptd", "bidan-cibinong")
	w.event("pendamping-uptd", leg, "reportOutcome", object{"outcome": "FULL"}).expect(t, 200, []string{"REPORTED"}, hers)
	w.event("bidan-cibinong", leg, "confirm", nil).expect(t, 200, []string{"CLOSED"}, nil)
}

func TestANewConsentBringsBackALegThatStandsOnNone(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	name, _, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{survivor}, nil)
	w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA"}, nil)).expect(t, 200, nil, nil)
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{chronology}, nil) // its own basis still holds
	w.later(t, &c, 92*aDay, "pendamping-uptd", "bidan-cibinong")
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, nil, hers)
	w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA"}, nil)).expect(t, 200, nil, nil)
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{survivor}, []string{chronology})
}

// abusedChild files a child hurt by her father, or by somebody of whom nothing is known yet.
func abusedChild(pairs []object) object {
	body := survivorFiling()
	body["newPerson"] = object{
		"name": "Neng Sekar", "sex": "FEMALE", "birthDate": "2016-04-02", "nikAbsence": "NOT_SHOWN",
		"father": object{"name": "Dedi Suhendar"}, "mother": object{"name": "Lilis Karlina"}, "address": object{"areaCode": "32.01.01.1006"},
	}
	body["newCase"] = object{"type": "CHILD_VIOLENCE", "intakeChannel": "IN_PERSON"}
	body["incident"].(object)["pairs"] = pairs
	delete(body, "legs")
	delete(body, "disclosures")
	return body
}

func byGuardian(name string, more object) object {
	d := consentTo([]string{"units/UPTD-PPA"}, object{"giver": "GUARDIAN", "giverName": name})
	maps.Copy(d, more)
	return d
}

func TestAGuardianNamedAsAllegedPerpetratorGivesNoConsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	his := "3201011203850002"
	father := []object{{"perpetrator": "Dedi Suhendar", "perpetratorNik": his, "relation": "FATHER", "cohabiting": "YES"}}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", abusedChild(father))
	filed.expect(t, 200, nil, nil)
	name := filed.text("case")
	from := len(w.entries())
	for what, d := range map[string]object{
		"by name":            byGuardian("DEDI  suhendar", nil),
		"with a title":       byGuardian("Bpk. Dedi Suhendar", nil),
		"by NIK":             byGuardian("Pak Haji", object{"giverNik": his}),
		"as head of village": byGuardian("Dedi Suhendar", object{"giver": "AUTHORITY"}),
	} {
		got := w.record("bidan-cibinong", name, d)
		if got.Status != 400 {
			t.Errorf("%s: %d %s", what, got.Status, got.Body)
		}
		got.expect(t, 400, []string{"disclosure.giverName", "GIVER_IS_ACCUSED"}, nil)
		leg := []object{{"service": "CASE_MANAGEMENT", "receiverUnit": "units/UPTD-PPA"}}
		delete(d, "receiverUnits")
		w.call("bidan-cibinong", "POST", "/v1/referrals:file", object{"requestId": newID(), "case": name, "legs": leg, "disclosures": []object{d}}).
			expect(t, 400, []string{"GIVER_IS_ACCUSED"}, nil)
	}
	if n := w.count(from, func(e entry) bool { return e.Rule == "G1" && e.Outcome == "INVALID" }); n != 8 {
		t.Errorf("%d refusals by G1 on record, want 8", n)
	}
	w.record("bidan-cibinong", name, byGuardian("Lilis Karlina", nil)).expect(t, 200, []string{"inForce"}, nil)
	w.send(name, "CASE_MANAGEMENT", "UPTD-PPA").expect(t, 200, []string{"SENT"}, nil)
}

func TestNamingHimEndsTheConsentsThatHeGaveInThatTransaction(t *testing.T) {
	t.Parallel()
	more := survivorFiling()["incident"].(object)
	more["pairs"] = []object{{"relation": "FATHER", "cohabiting": "YES"}} // who he is stands on the child's record
	for how, name := range map[string]func(*world, string) reply{
		"by a filing": func(w *world, caseName string) reply {
			return w.call("bidan-cibinong", "POST", "/v1/referrals:file", object{"requestId": newID(), "case": caseName, "incident": more})
		},
		"by an incident on the case": func(w *world, caseName string) reply {
			return w.call("bidan-cibinong", "POST", "/v1/"+caseName+":addIncident", object{"requestId": newID(), "incident": more})
		},
		"by a correction of the record": func(w *world, caseName string) reply {
			child, father := w.personOf(w.t, "bidan-cibinong", caseName), object{"father": object{"name": "Dedi Suhendar"}}
			tag := func() string { return w.call("bidan-cibinong", "GET", "/v1/"+child, nil).text("etag") }
			w.update("bidan-cibinong", child, tag(), []string{"father"}, object{"father": object{"name": "Entah Siapa"}}).expect(w.t, 200, nil, nil)
			w.call("bidan-cibinong", "POST", "/v1/"+caseName+":addIncident", object{"requestId": newID(), "incident": more}).expect(w.t, 200, nil, nil)
			return w.update("bidan-cibinong", child, tag(), []string{"father"}, father)
		},
	} {
		t.Run(how, func(t *testing.T) { naming(t, name) })
	}
}

func naming(t *testing.T, him func(*world, string) reply) {
	t.Helper()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", abusedChild(nil))
	filed.expect(t, 200, nil, nil)
	name := filed.text("case")
	his := w.record("bidan-cibinong", name, byGuardian("Dedi Suhendar", nil))
	his.expect(t, 200, nil, nil)
	leg := w.send(name, "CASE_MANAGEMENT", "UPTD-PPA").text("legs.0.referral")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{"Neng Sekar"}, nil)
	hersToo := w.record("bidan-cibinong", name, byGuardian("Lilis Karlina", object{"receiverUnits": []string{"units/POLRES-PPA"}}))
	police := w.send(name, "LAW_ENFORCEMENT", "POLRES-PPA").text("legs.0.referral")

	second := w.record("bidan-cibinong", name, byGuardian("Bpk. Dedi Suhendar", object{"receiverUnits": []string{"units/DINSOS"}}))
	waiting := w.send(name, "SOCIAL_ASSISTANCE", "DINSOS").text("legs.0.referral")
	from := len(w.entries())

	him(w, name).expect(t, 200, nil, nil)

	w.lostAtOnce(t, from)
	w.call("peksos-dinsos", "GET", "/v1/"+waiting, nil).expect(t, 200, []string{"CANCELLED", "CONSENT_WITHDRAWN"}, []string{"Neng Sekar"})
	for _, who := range []string{"pendamping-uptd", "kepala-uptd"} { // FORMER: the leg and its outcome, nothing to do with her any more
		w.call(who, "GET", "/v1/"+leg, nil).expect(t, 200, []string{"CANCELLED"}, []string{"Neng Sekar", "Lilis", "fullName", "allowedActions", name})
		w.call(who, "GET", "/v1/referrals", nil).expect(t, 200, nil, []string{"Neng Sekar", name})
	}
	for event, body := range map[string]object{"raiseLevel": byLeg["raiseLevel"], "addBlock": byLeg["addBlock"]} {
		w.event("pendamping-uptd", leg, event, body).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, []string{"Neng Sekar"})
	}
	for _, who := range []string{"pendamping-uptd", "peksos-dinsos", "bidan-cibinong"} {
		if w.toldThat(t, who, "CONSENT_ENDED") == 0 {
			t.Errorf("%s was not told that a consent ended", who)
		}
	}
	if w.toldThat(t, "polwan-ppa", "CONSENT_ENDED") != 0 {
		t.Error("the police were told of consents that are not theirs")
	}
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"CANCELLED", "CONSENT_WITHDRAWN"}, []string{"Neng Sekar"})
	w.call("polwan-ppa", "GET", "/v1/"+police, nil).expect(t, 200, []string{"SENT"}, nil)
	list := w.call("bidan-cibinong", "GET", "/v1/"+name+"/disclosures", nil)
	var got struct {
		Disclosures []struct {
			Name    string
			InForce bool
		}
	}
	if err := json.Unmarshal(list.Body, &got); err != nil || len(got.Disclosures) != 3 {
		t.Fatalf("%v %s", err, list.Body)
	}
	for _, d := range got.Disclosures {
		if d.InForce != (d.Name == hersToo.text("name")) {
			t.Errorf("%s in force: %v", d.Name, d.InForce)
		}
	}
	for _, ended := range []reply{his, second} {
		w.record("bidan-cibinong", name, byGuardian("Dedi Suhendar", object{"replaces": ended.text("name")})).expect(t, 400, []string{"GIVER_IS_ACCUSED"}, nil)
	}
	w.verified(t)
}

// lostAtOnce holds that the entries since from say one call that named him, the loss by G1, and the end of both legs, one after the other.
func (w *world) lostAtOnce(t *testing.T, from int) {
	t.Helper()
	var call [16]byte
	legs, byG1, first, last := 0, 0, -1, -1
	all := w.entries()[from:]
	for _, e := range all {
		if e.Rule == "G1" && e.Event.Name == "withdrawDisclosure" {
			call = e.RequestID
			byG1++
		}
	}
	for n, e := range all {
		if e.RequestID != call {
			continue
		}
		if first < 0 {
			first = n
		}
		last = n
		if e.ObjectKind == "leg" && e.Event.After == "CANCELLED" && e.Rule == "G1" && e.Time == all[first].Time {
			legs++
		}
	}
	if byG1 != 1 || legs != 2 {
		t.Errorf("%d entries of the loss by G1 and %d of legs that end with it, want 1 and 2: %+v", byG1, legs, all)
	}
	for _, e := range all[max(first, 0) : last+1] {
		if e.RequestID != call {
			t.Errorf("another call came between: %+v", e)
		}
	}
}

func TestWhoRefusesTheChainOfCareIsAskedForConsent(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"on the case", "by the leg of the hospital"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t)
			leg, name := w.sendToHospital(t)
			w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, []string{childName}, nil)
			if how == "on the case" {
				w.call("gizi-cibinong", "POST", "/v1/"+name+":refuseCare", object{"requestId": newID()}).expect(t, 200, []string{name}, nil)
			} else {
				w.withdraw("dokter-rsud", w.call("dokter-rsud", "GET", "/v1/"+leg, nil).text("disclosure"), nil).expect(t, 200, []string{"withdrawTime"}, []string{childName})
			}
			for _, who := range []string{"dokter-rsud", "kepala-rsud"} {
				w.call(who, "GET", "/v1/"+leg, nil).expect(t, 200, []string{"CANCELLED", "CONSENT_WITHDRAWN"}, []string{childName, motherName})
			}
			again := object{"requestId": newID(), "case": name, "legs": []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}, "disclosures": []object{{"basis": "CARE"}}}
			w.call("gizi-cibinong", "POST", "/v1/referrals:file", again).expect(t, 400, []string{"BASIS_MISSING"}, nil)
			again["requestId"], again["disclosures"] = newID(), []object{{
				"basis": "CONSENT", "giver": "GUARDIAN", "giverName": motherName, "method": "SPOKEN", "explainedBy": "ahli gizi", "classes": []string{"F2", "F3"},
			}}
			sent := w.call("gizi-cibinong", "POST", "/v1/referrals:file", again)
			sent.expect(t, 200, []string{"SENT"}, nil)
			w.event("dokter-rsud", sent.text("legs.0.referral"), "accept", nil).expect(t, 200, []string{childName}, nil)
			w.verified(t)
		})
	}
}

// TestAnAppIsNotToldThatCareWasRefused: its answers come from request and receipt alone.
func TestAnAppIsNotToldThatCareWasRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	child := stuntedChild()
	child["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}
	child["disclosures"] = []object{{"basis": "CARE"}}
	first := w.call("app-melati", "POST", "/v1/referrals:file", child)
	first.expect(t, 200, []string{"SENT"}, nil)
	name := w.call("gizi-cibinong", "GET", "/v1/cases", nil).text("cases.0.name")
	w.call("kepala-cibinong", "POST", "/v1/"+name+":refuseCare", object{"requestId": newID()}).expect(t, 200, nil, nil)
	child["requestId"] = newID()
	second := w.call("app-melati", "POST", "/v1/referrals:file", child)
	second.expect(t, 200, []string{"SENT"}, []string{"careRefused", "BASIS_MISSING"})
	if leg := second.text("legs.0.referral"); w.call("dokter-rsud", "GET", "/v1/"+leg, nil).Status != 404 {
		t.Error("a leg was sent though the client refused")
	}
}

var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[KR]-[0-9A-Z]{4}-[0-9A-Z]{2}|20\d\d-\d\d-\d\dT[0-9:.]+Z|"etag":"v\w+"|Neng Kirana [0-9a-f]{8}`)

// TestRefusingTheSecondConsentChangesNoOtherAnswer: consent to be served and consent to disclose are two records, and neither is a
// condition of care.
func TestRefusingTheSecondConsentChangesNoOtherAnswer(t *testing.T) {
	t.Parallel()
	tell := func(refuses bool) (told []string) {
		w := newWorld(t)
		leg, name := w.sendToHospital(t)
		w.event("gizi-cibinong", leg, "cancel", object{"reason": "CLIENT_REQUEST"}).expect(t, 200, nil, nil)
		if refuses {
			w.call("gizi-cibinong", "POST", "/v1/"+name+":refuseCare", object{"requestId": newID()}).expect(t, 200, nil, nil)
		}
		say := func(r reply) {
			text := anID.ReplaceAllString(string(r.Body), "*")
			told = append(told, strings.ReplaceAll(strings.ReplaceAll(text, `, "careRefused":true`, ""), `,"careRefused":true`, ""))
		}
		weighed := object{"requestId": newID(), "measurement": object{"measuredOn": today(), "weightKg": 8.9, "lengthCm": 75.8, "position": "LYING"}}
		say(w.call("gizi-cibinong", "POST", "/v1/"+name+":screen", object{"requestId": newID()}))
		say(w.call("gizi-cibinong", "POST", "/v1/"+name+":addMeasurement", weighed))
		say(w.call("gizi-cibinong", "POST", "/v1/"+name+":assess", object{"requestId": newID(), "note": "asesmen gizi"}))
		for _, who := range []string{"gizi-cibinong", "kepala-cibinong", "bidan-melati", "kader-melati", "dokter-rsud"} {
			for _, path := range []string{name, leg, "cases", "referrals", "referrals?direction=OUTBOX", "duties", "duties?scope=ME"} {
				say(w.call(who, "GET", "/v1/"+path, nil))
			}
		}
		return told
	}
	asked, refused := tell(false), tell(true)
	for i := range asked {
		var a, b any
		_ = json.Unmarshal([]byte(asked[i]), &a)
		_ = json.Unmarshal([]byte(refused[i]), &b)
		if compact(a) != compact(b) {
			t.Errorf("answer %d: %s\nwho refused is told: %s", i, asked[i], refused[i])
		}
	}
}

func compact(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

// PC-04 b of the field: another basis makes no second open leg.
func TestAnExceptionDoesNotSendASecondLegBesideTheOpenOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, _, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	got := w.call("bidan-cibinong", "POST", "/v1/referrals:file", object{
		"requestId": newID(), "case": name, "legs": []object{{"service": "CASE_MANAGEMENT", "urgency": "EMERGENCY", "receiverUnit": "units/UPTD-PPA"}},
		"disclosures": []object{{"basis": "X1", "reason": danger}},
	})
	got.expect(t, 400, []string{"DUPLICATE_OPEN_LEG", leg}, nil)
	w.call("penelaah", "GET", "/v1/reviews", nil).expect(t, 200, nil, []string{"reviews/"}) // nothing of it has happened
}

// PC-08 of the field: whatever looks at a leg before the decision passes the same mask as the leg.
func TestBeforeTheDecisionNothingShowsWhatTheConsentNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.survivorsCase(t)
	w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA"}, nil)).expect(t, 200, nil, nil)
	sent := w.call("bidan-cibinong", "POST", "/v1/referrals:file", object{
		"requestId": newID(), "case": name, "legs": []object{{"service": "CASE_MANAGEMENT", "urgency": "EMERGENCY", "receiverUnit": "units/UPTD-PPA"}},
	})
	leg := sent.text("legs.0.referral")
	all := append([]string{name, "fullName", "areaCode", "32.01.01.1006"}, hers...)
	for _, who := range []string{"pendamping-uptd", "kepala-uptd"} {
		for _, path := range []string{leg, "referrals", "duties"} {
			w.call(who, "GET", "/v1/"+path, nil).expect(t, 200, []string{"EMERGENCY"}, all)
		}
		w.call(who, "GET", "/v1/"+leg, nil).expect(t, 200, []string{"AGE_25_44", "FEMALE", "dueTime"}, all)
	}
	sameButForDateAndID(t, "the front desk", w.call("terima-uptd", "GET", "/v1/"+leg, nil), w.call("terima-uptd", "GET", "/v1/referrals/"+newID(), nil))
	for _, list := range []string{"referrals", "duties"} {
		w.call("terima-uptd", "GET", "/v1/"+list, nil).expect(t, 200, nil, append([]string{leg, "allowedActions"}, all...))
	}
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{survivor, "3201015102940003"}, []string{chronology, villain})
	w.call("rekan-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED"}, all)
}

func TestAConsentOfAFilingIsOneForAllItsLegs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := survivorFiling()
	body["legs"] = []object{
		{"service": "CASE_MANAGEMENT", "receiverUnit": "units/UPTD-PPA"}, {"service": "LAW_ENFORCEMENT", "receiverUnit": "units/POLRES-PPA"},
	}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{"SENT"}, nil)
	name, first, second := filed.text("case"), filed.text("legs.0.referral"), filed.text("legs.1.referral")
	basis := w.call("bidan-cibinong", "GET", "/v1/"+first, nil).text("disclosure")
	if other := w.call("bidan-cibinong", "GET", "/v1/"+second, nil).text("disclosure"); other != basis || basis == "" {
		t.Fatalf("two bases %q and %q", basis, other)
	}
	w.send(name, "LEGAL_AID", "UPTD-PPA").expect(t, 400, []string{"BASIS_MISSING"}, nil) // she was not asked for it
	w.event("polwan-ppa", second, "accept", nil).expect(t, 200, []string{survivor}, nil)
	w.withdraw("polwan-ppa", basis, nil).expect(t, 200, nil, nil)
	for leg, who := range map[string]string{first: "pendamping-uptd", second: "polwan-ppa"} {
		w.call(who, "GET", "/v1/"+leg, nil).expect(t, 200, []string{"CANCELLED", "CONSENT_WITHDRAWN"}, hers)
	}
}

// told are the kinds of the notices of an account, oldest first.
func (w *world) told(t *testing.T, who string) (kinds []string) {
	t.Helper()
	got := w.call(who, "GET", "/v1/notices?pageSize=100", nil)
	got.expect(t, 200, nil, append([]string{"L3", "DOMESTIC"}, hers...))
	var list struct{ Notices []struct{ Kind string } }
	if err := json.Unmarshal(got.Body, &list); err != nil {
		t.Fatal(err)
	}
	for _, n := range list.Notices {
		kinds = append([]string{n.Kind}, kinds...)
	}
	return kinds
}

func (w *world) toldOf(t *testing.T, who, kind string) (n int) {
	t.Helper()
	for _, k := range w.told(t, who) {
		if k == kind {
			n++
		}
	}
	return n
}

func TestBothUnitsAreToldOfAWithdrawalWithoutContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, nil, nil)
	w.withdraw("pendamping-uptd", basis, nil).expect(t, 200, nil, nil)
	for _, who := range []string{"bidan-cibinong", "kepala-cibinong", "pendamping-uptd", "kepala-uptd"} {
		if n := w.toldOf(t, who, "CONSENT_ENDED"); n != 1 {
			t.Errorf("%s was told %d times: %v", who, n, w.told(t, who))
		}
	}
	for _, who := range []string{"gizi-cibinong", "kader-melati", "terima-uptd", "dokter-rsud", "penelaah"} {
		if n := w.toldOf(t, who, "CONSENT_ENDED"); n != 0 {
			t.Errorf("%s was told of it", who)
		}
	}
}

func TestAnExceptionIsToldToTheReviewerAndTheHeadAndOwedFor72Hours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.survivorsCase(t)
	w.record("bidan-cibinong", name, exceptionTo("X1", "units/POLRES-PPA")).expect(t, 200, nil, nil)
	if w.toldOf(t, "penelaah", "REVIEW_DUE") != 1 || w.toldOf(t, "kepala-cibinong", "EXCEPTION") != 1 || w.toldOf(t, "gizi-cibinong", "EXCEPTION") != 0 {
		t.Errorf("told: reviewer %v, head %v, colleague %v", w.told(t, "penelaah"), w.told(t, "kepala-cibinong"), w.told(t, "gizi-cibinong"))
	}
	duty := w.call("penelaah", "GET", "/v1/duties", nil)
	duty.expect(t, 200, []string{"REVIEW_EXCEPTION", "reviews/", "decide"}, append([]string{danger}, hers...))
	w.decide("penelaah", w.oneReview(t, "penelaah").text("reviews.0.name"), "FOUNDED").expect(t, 200, nil, nil)
	w.call("penelaah", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{"REVIEW_EXCEPTION"})
	if w.toldOf(t, "kepala-cibinong", "REVIEW_DECIDED") != 1 {
		t.Errorf("the head was told %v", w.told(t, "kepala-cibinong"))
	}
}

func TestTheEndOfAConsentIsRemindedTwiceAndItsRenewalOwed(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	name, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	unused := w.record("bidan-cibinong", name, consentTo([]string{"units/DINSOS"}, nil)).text("name") // no leg stands on it
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, nil, nil)
	accounts := []string{"bidan-cibinong", "kepala-cibinong", "gizi-cibinong", "pendamping-uptd", "kepala-uptd"}
	want := 0
	for _, step := range []struct {
		days, told int
	}{{76, 0}, {2, 1}, {5, 0}, {6, 1}, {1, 0}} {
		w.later(t, &c, time.Duration(step.days)*aDay, accounts...)
		w.sweep(t)
		w.sweep(t) // nothing is told twice
		want += step.told
		if n := w.toldOf(t, "bidan-cibinong", "CONSENT_ENDING"); n != want {
			t.Fatalf("after %d days more told %d times, want %d", step.days, n, want)
		}
	}
	if w.toldOf(t, "pendamping-uptd", "CONSENT_ENDING")+w.toldOf(t, "gizi-cibinong", "CONSENT_ENDING") != 0 {
		t.Error("others than the return unit's officers were reminded")
	}
	owed := w.call("bidan-cibinong", "GET", "/v1/duties", nil)
	owed.expect(t, 200, []string{"RENEW_CONSENT", basis}, append([]string{unused}, hers...))
	w.call("gizi-cibinong", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{"RENEW_CONSENT", basis})
	w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA"}, object{"replaces": basis})).expect(t, 200, nil, nil)
	w.call("bidan-cibinong", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{"RENEW_CONSENT"})
	w.later(t, &c, 80*aDay, accounts...)
	w.sweep(t)
	w.call("bidan-cibinong", "GET", "/v1/duties", nil).expect(t, 200, []string{"RENEW_CONSENT"}, []string{basis})
	w.event("pendamping-uptd", leg, "reportOutcome", object{"outcome": "NONE", "reason": "CLIENT_DECLINED"}).expect(t, 200, nil, nil)
	w.event("bidan-cibinong", leg, "confirm", object{"noFollowUpReason": "klien tidak ingin"}).expect(t, 200, []string{"CLOSED"}, nil)
	w.call("bidan-cibinong", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{"RENEW_CONSENT"}) // nothing stands on it any more
	w.verified(t)
}

// The page of a list stands in memory while no row changes; the end of a basis changes none.
func TestAListKeptInMemoryShowsNoMoreThanTheBasisOfThatMoment(t *testing.T) {
	t.Parallel()
	var c clock
	evening := time.Now().UTC().Truncate(aDay).Add(34 * time.Hour) // 17:00 WIB of tomorrow
	c.advance(time.Until(evening))
	w := openWorld(t, t.TempDir(), c.now)
	name := w.survivorsCase(t)
	tonight := evening.In(casework.Zone).Format(time.DateOnly)
	w.record("bidan-cibinong", name, consentTo([]string{"units/UPTD-PPA"}, object{"expiresOn": tonight})).expect(t, 200, []string{"inForce"}, nil)
	leg := w.send(name, "CASE_MANAGEMENT", "UPTD-PPA").text("legs.0.referral")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, []string{survivor}, nil)
	for range 3 {
		w.call("pendamping-uptd", "GET", "/v1/referrals", nil).expect(t, 200, []string{leg, survivor}, nil)
	}
	c.advance(7*time.Hour + time.Minute) // past its last midnight
	w.call("pendamping-uptd", "GET", "/v1/referrals", nil).expect(t, 200, []string{leg}, hers)
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{leg}, hers)
}

func TestABasisThatComesWithAForwardedLegIsHeldToTheSameRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name, _, leg := w.sentTo(t, "UPTD-PPA", "TEMPORARY_SHELTER")
	w.event("pendamping-uptd", leg, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, nil, nil)
	on := func(d object) reply {
		return w.event("bidan-cibinong", leg, "forward", object{"receiverUnit": "units/DINSOS", "disclosure": d})
	}
	on(object{"basis": "CARE"}).expect(t, 400, []string{"BASIS_MISSING"}, nil)
	on(object{"basis": "X1", "reason": "bahaya"}).expect(t, 400, []string{"disclosure.reason", "TOO_SHORT"}, nil)
	other := consentTo(nil, object{"services": []string{"LEGAL_AID"}})
	delete(other, "receiverUnits")
	on(other).expect(t, 400, []string{"BASIS_MISSING"}, nil)
	next := on(object{"basis": "X1", "reason": danger}).text("nextReferral")
	w.event("peksos-dinsos", next, "accept", nil).expect(t, 200, []string{survivor}, []string{chronology})
	w.oneReview(t, "penelaah").expect(t, 200, []string{danger, next, name}, hers)
	w.verified(t)
}

func TestTheLifeOfAConsentOverGRPC(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	r, k := w.referrals(), w.cases()
	filed, err := r.FileReferral(w.as("bidan-cibinong"), asMessage(t, abusedChild(nil), &pb.FileReferralRequest{}))
	said(t, filed, err, []string{"cases/"}, nil)
	name, child := filed.Case, []string{"Neng Sekar", "Lilis Karlina"}
	record := func(d object) (*pb.Disclosure, error) {
		return k.RecordDisclosure(w.as("bidan-cibinong"), &pb.RecordDisclosureRequest{Name: name, RequestId: newID(), Disclosure: asMessage(t, d, &pb.NewDisclosure{})})
	}
	first, err := record(byGuardian("Lilis Karlina", nil))
	said(t, first, err, []string{`"inForce":true`}, nil)
	sent, err := r.FileReferral(w.as("bidan-cibinong"), &pb.FileReferralRequest{
		RequestId: newID(), Case: name, Legs: []*pb.NewLeg{{Service: pb.ReferralServiceType_CASE_MANAGEMENT, ReceiverUnit: "units/UPTD-PPA"}},
	})
	said(t, sent, err, []string{"SENT"}, nil)
	leg := sent.Legs[0].Referral
	accepted, err := r.AcceptReferral(w.as("pendamping-uptd"), &pb.AcceptReferralRequest{Name: leg, RequestId: newID()})
	said(t, accepted, err, child[:1], nil)

	w.later(t, &c, 92*aDay, "pendamping-uptd", "bidan-cibinong")
	narrowed, err := r.GetReferral(w.as("pendamping-uptd"), &pb.GetReferralRequest{Name: leg})
	said(t, narrowed, err, []string{"ACCEPTED", "reportOutcome"}, append([]string{"fullName", "recordProgress"}, child...))
	renewed, err := record(byGuardian("Lilis Karlina", object{"replaces": first.Name}))
	said(t, renewed, err, []string{first.Name, `"inForce":true`}, nil)
	back, err := r.GetReferral(w.as("pendamping-uptd"), &pb.GetReferralRequest{Name: leg})
	said(t, back, err, []string{"Neng Sekar", "recordProgress", renewed.Name}, nil)

	incident := asMessage(t, survivorFiling()["incident"].(object), &pb.Incident{})
	incident.Pairs = []*pb.Pair{{Perpetrator: "Lilis Karlina", Relation: pb.Relation_MOTHER}}
	if _, err := k.AddIncident(w.as("bidan-cibinong"), &pb.AddIncidentRequest{Name: name, RequestId: newID(), Incident: incident}); err != nil {
		t.Fatal(err)
	}
	gone, err := r.GetReferral(w.as("pendamping-uptd"), &pb.GetReferralRequest{Name: leg})
	said(t, gone, err, []string{"CANCELLED", "CONSENT_WITHDRAWN"}, child)
	if _, err := record(byGuardian("Ibu Lilis Karlina", nil)); firstField(err) != "disclosure.giverName" {
		t.Errorf("an accused mother's consent: %v", err)
	}
}

func TestTheRefusalOfCareOverGRPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, name := w.sendToHospital(t)
	accepted, err := w.referrals().AcceptReferral(w.as("dokter-rsud"), &pb.AcceptReferralRequest{Name: leg, RequestId: newID()})
	said(t, accepted, err, []string{childName}, nil)
	id := newID()
	refused, err := w.cases().RefuseCare(w.as("gizi-cibinong"), &pb.RefuseCareRequest{Name: name, RequestId: id})
	said(t, refused, err, []string{`"careRefused":true`}, nil)
	again, err := w.cases().RefuseCare(w.as("gizi-cibinong"), &pb.RefuseCareRequest{Name: name, RequestId: id})
	said(t, again, err, []string{`"careRefused":true`}, nil)
	_, err = w.cases().RefuseCare(w.as("dokter-rsud"), &pb.RefuseCareRequest{Name: name, RequestId: newID()})
	_, never := w.cases().RefuseCare(w.as("dokter-rsud"), &pb.RefuseCareRequest{Name: "cases/" + newID(), RequestId: newID()})
	sameRefusal(t, "the hospital's refusal", err, never)
	seen, err := w.referrals().GetReferral(w.as("dokter-rsud"), &pb.GetReferralRequest{Name: leg})
	said(t, seen, err, []string{"CANCELLED"}, []string{childName, motherName, "careRefused"})
}

package server_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// stale gives an account a token without a second factor, under the name code + "!".
func (w *world) stale(t *testing.T, code string) string {
	t.Helper()
	secret := base62(new(big.Int).SetBytes(sha256Of(code)), 43)
	id := base62(new(big.Int).SetBytes(sha256Of("id" + code)[:8]), 12)
	token := "sng_usr_" + id + secret
	sum := crc32.ChecksumIEEE([]byte(token))
	_, err := store.Update(context.Background(), w.served.Store, func(tx *store.Writer) (struct{}, error) {
		m, err := tx.MemberByCode(code, casework.UnitID{})
		if err != nil || !m.Known {
			return struct{}{}, fmt.Errorf("no member %s: %w", code, err)
		}
		made := tx.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "token.manage"}, nil, nil)
		return struct{}{}, tx.PutCredential(store.Credential{ID: id, Hash: sha256.Sum256([]byte(secret)), Member: m.ID, Expires: tx.Now().Add(time.Hour)}, made)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.served.Tokens[code+"!"] = token + base62(new(big.Int).SetUint64(uint64(sum)), 6)
	return code + "!"
}

func sha256Of(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func base62(n *big.Int, width int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	text := make([]byte, width)
	digit := new(big.Int)
	for i := width - 1; i >= 0; i-- {
		n.DivMod(n, big.NewInt(62), digit)
		text[i] = digits[digit.Int64()]
	}
	return string(text)
}

func TestAnOldSecondFactorIsAskedForOnlyWhereSomethingWouldShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	name, number, leg := filed.text("case"), filed.text("caseNumber"), filed.text("legs.0.referral")
	secrets := []string{survivor, villain, chronology, name, leg, number, filed.text("number")}
	for _, c := range []struct {
		who          string
		aCase, onLeg bool // STEP_UP, else NOT_FOUND
	}{
		{"bidan-cibinong", true, true},
		{"kepala-cibinong", true, true},
		{"pendamping-uptd", false, true},
		{"rekan-uptd", false, true},
		{"terima-uptd", false, false},
		{"gizi-cibinong", false, false},
		{"bidan-melati", false, false},
		{"kader-melati", false, false},
		{"dokter-rsud", false, false},
		{"penelaah", false, false},
	} {
		who := w.stale(t, c.who)
		for path, tells := range map[string]bool{"/v1/" + name: c.aCase, "/v1/cases/" + number: c.aCase, "/v1/" + leg: c.onLeg} {
			got := w.call(who, "GET", path, nil)
			if tells {
				got.expect(t, 401, []string{"STEP_UP_REQUIRED"}, secrets)
				continue
			}
			kind := strings.Split(path, "/")[2]
			sameButForDateAndID(t, c.who+" "+path, got, w.call(who, "GET", "/v1/"+kind+"/"+newID(), nil))
		}
		for _, list := range []string{"/v1/cases", "/v1/referrals", "/v1/referrals?direction=OUTBOX", "/v1/duties", "/v1/duties?scope=ME"} {
			w.call(who, "GET", list, nil).expect(t, 200, nil, secrets)
		}
		if c.onLeg {
			w.event(who, leg, "accept", nil).expect(t, 401, []string{"STEP_UP_REQUIRED"}, secrets)
		} else {
			w.event(who, leg, "accept", nil).expect(t, 404, nil, secrets)
		}
	}
	ordinary, child := w.sendToHospital(t)
	w.call("gizi-cibinong!", "GET", "/v1/"+child, nil).expect(t, 200, []string{childName}, nil)
	w.event("dokter-rsud!", ordinary, "accept", nil).expect(t, 200, []string{childName}, nil)
}

const husbandsNIK = "3201011203850002"

// husband makes an account of the owner unit whose NIK the survivor will name.
func (w *world) husband(t *testing.T, role string) {
	t.Helper()
	w.hire(t, "suami,PERSON,"+villain+","+husbandsNIK+","+role+",PKM-CIBINONG,")
	w.renew(t, "suami")
}

// named is the survivor's filing that names him by NIK.
func named() object {
	body := survivorFiling()
	body["incident"].(object)["pairs"].([]object)[0]["perpetratorNik"] = husbandsNIK
	return body
}

func (w *world) sees(t *testing.T, who string, filed reply) {
	t.Helper()
	name, leg := filed.text("case"), filed.text("legs.0.referral")
	for path, kind := range map[string]string{
		"/v1/" + name: "cases", "/v1/cases/" + filed.text("caseNumber"): "cases",
		"/v1/" + leg: "referrals", "/v1/referrals/" + filed.text("legs.0.number"): "referrals",
	} {
		sameButForDateAndID(t, who+" "+path, w.call(who, "GET", path, nil), w.call(who, "GET", "/v1/"+kind+"/"+newID(), nil))
	}
	secrets := []string{survivor, villain, chronology, name, leg, filed.text("caseNumber"), filed.text("number"), "nextPageToken"}
	for _, list := range []string{"/v1/cases", "/v1/cases?pageSize=1", "/v1/referrals?direction=OUTBOX", "/v1/referrals?direction=OUTBOX&pageSize=1", "/v1/duties", "/v1/duties?pageSize=1", "/v1/duties?scope=ME"} {
		w.call(who, "GET", list, nil).expect(t, 200, nil, secrets)
	}
	for event, body := range map[string]object{
		"cancel": {"reason": "SAFETY"}, "confirm": nil, "accept": nil, "acknowledge": nil, "decline": {"reason": "SAFETY"},
		"recordProgress": {"kind": "SERVED"}, "reportOutcome": {"outcome": "FULL"},
	} {
		sameButForDateAndID(t, who+" "+event, w.event(who, leg, event, body), w.event(who, "referrals/"+newID(), event, body))
	}
	weighed := object{"measurement": object{"measuredOn": today(), "weightKg": 8.9, "lengthCm": 75.8, "position": "LYING"}}
	for event, body := range map[string]object{"screen": nil, "assess": nil, "addMeasurement": weighed} {
		sameButForDateAndID(t, who+" "+event, w.event(who, name, event, body), w.event(who, "cases/"+newID(), event, body))
	}
}

func TestTheHusbandAtTheOwnUnitIsBlockedInTheTransactionThatNamesHim(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"SUPERVISOR", "WORKER", "INTAKE"} {
		t.Run("as "+role, func(t *testing.T) {
			w := newWorld(t)
			w.husband(t, role)
			filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", named())
			filed.expect(t, 200, []string{`"case":"cases/`}, nil)
			w.sees(t, "suami", filed)
			w.call("kepala-cibinong", "GET", "/v1/"+filed.text("case"), nil).expect(t, 200, []string{survivor}, nil)
		})
	}
	t.Run("whose account comes later", func(t *testing.T) {
		w := newWorld(t)
		filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", named())
		filed.expect(t, 200, nil, nil)
		w.husband(t, "SUPERVISOR")
		w.sees(t, "suami", filed)
	})
	t.Run("whose NIK comes later than his account", func(t *testing.T) {
		w := newWorld(t)
		w.hire(t, "kepala-cibinong,PERSON,Dadan Permadi,"+husbandsNIK+",SUPERVISOR,PKM-CIBINONG,")
		w.served.Tokens["suami"] = w.token("kepala-cibinong")
		filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", named())
		filed.expect(t, 200, nil, nil)
		w.sees(t, "suami", filed)
		w.hire(t, "kepala-cibinong,PERSON,Dadan Permadi,,SUPERVISOR,PKM-CIBINONG,") // a file without his NIK frees nobody
		w.sees(t, "suami", filed)
	})
	t.Run("who recorded her case himself", func(t *testing.T) {
		w := newWorld(t)
		w.husband(t, "WORKER")
		body := survivorFiling()
		filed := w.call("suami", "POST", "/v1/referrals:file", body)
		filed.expect(t, 200, []string{`"case":"cases/`}, nil)
		name := filed.text("case")
		w.call("suami", "GET", "/v1/"+name, nil).expect(t, 200, []string{survivor}, nil)
		more := named()
		w.call("kepala-cibinong", "POST", "/v1/referrals:file", object{"requestId": newID(), "case": name, "incident": more["incident"]}).
			expect(t, 200, nil, nil)
		w.sees(t, "suami", filed)
		again := w.call("suami", "POST", "/v1/referrals:file", body) // not even the receipt of what he filed
		sameButForDateAndID(t, "the replay of his filing", again, w.call("suami", "GET", "/v1/cases/"+newID(), nil))
		// Every open case has somebody who answers for it, and it is not he.
		got := w.call("kepala-cibinong", "GET", "/v1/"+name, nil)
		got.expect(t, 200, []string{`"officers"`}, nil)
		if him := w.call("suami", "GET", "/v1/accounts:whoAmI", nil).text("account"); got.text("officers.0") == him || got.value("officers.1") != nil {
			t.Errorf("he is still an officer of the case: %v", got.value("officers"))
		}
	})
}

// TestHiddenRowsLeaveNoGap: a page that is shorter than asked for, and has a next, would tell of a row between.
func TestHiddenRowsLeaveNoGap(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sendToHospital(t)
	for range 3 {
		w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling()).expect(t, 200, nil, nil)
	}
	w.sendToHospital(t)
	for _, list := range []struct{ who, path, of string }{
		{"gizi-cibinong", "/v1/cases", "cases"},
		{"gizi-cibinong", "/v1/referrals?direction=OUTBOX", "referrals"},
		{"gizi-cibinong", "/v1/duties", "duties"},
	} {
		token, rows := "", 0
		for pages := 0; ; pages++ {
			sep := "?"
			if strings.Contains(list.path, "?") {
				sep = "&"
			}
			page := w.call(list.who, "GET", list.path+sep+"pageSize=1&pageToken="+token, nil)
			page.expect(t, 200, nil, nil)
			shown, _ := page.value(list.of).([]any)
			rows += len(shown)
			if len(shown) != 1 {
				t.Errorf("%s: page %d holds %d rows: %s", list.path, pages, len(shown), page.Body)
			}
			if token = page.text("nextPageToken"); token == "" || pages > 20 {
				break
			}
		}
		if rows != 2 {
			t.Errorf("%s: %d rows, want 2", list.path, rows)
		}
	}
	for _, path := range []string{"/v1/referrals?pageSize=1", "/v1/referrals?pageSize=2"} {
		if got := w.call("terima-uptd", "GET", path, nil); strings.TrimSpace(string(got.Body)) != "{}" {
			t.Errorf("the front desk's inbox is not empty: %s", got.Body)
		}
	}
}

// TestWhatAnotherFiledIsNotToldByADuplicate: an app learns of its own legs and of no other's.
func TestWhatAnotherFiledIsNotToldByADuplicate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := stuntedChild()
	body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}
	body["disclosures"] = []object{{"basis": "CARE"}}
	first := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	first.expect(t, 200, nil, nil)
	leg := first.text("legs.0.referral")
	for _, validateOnly := range []bool{true, false} {
		body["requestId"], body["validateOnly"] = newID(), validateOnly
		got := w.call("app-melati", "POST", "/v1/referrals:file", body)
		got.expect(t, 200, []string{`"number":"R-`, "ACKNOWLEDGE"}, []string{leg, first.text("number"), first.text("case")})
		body["requestId"] = newID()
		bare := object{}
		for key, value := range body {
			if key != "disclosures" {
				bare[key] = value
			}
		}
		// Without a basis it is refused, whether or not the leg is there already.
		w.call("app-melati", "POST", "/v1/referrals:file", bare).expect(t, 400, []string{"BASIS_MISSING"}, []string{leg})
	}
	w.call("app-melati", "GET", "/v1/"+leg, nil).expect(t, 404, nil, nil)
	w.call("app-melati", "GET", "/v1/referrals", nil).expect(t, 200, nil, []string{leg})
	body["requestId"], body["validateOnly"] = newID(), false
	w.call("bidan-melati", "POST", "/v1/referrals:file", body).expect(t, 400, []string{"DUPLICATE_OPEN_LEG", leg}, nil)
}

// TestAnIDInUseIsUnusableWhoeversItIs: uniqueness tells nobody of a record.
func TestAnIDInUseIsUnusableWhoeversItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := survivorFiling()
	ids := []string{newID(), newID(), newID()}
	take := func(body object) object {
		body["newPerson"].(object)["personId"], body["legs"].([]object)[0]["referralId"] = "", ""
		return body
	}
	secret = take(secret)
	secret["newPerson"].(object)["personId"], secret["newCase"].(object)["caseId"] = ids[0], ids[1]
	secret["legs"].([]object)[0]["referralId"] = ids[2]
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", secret).expect(t, 200, nil, nil)
	for i, field := range []string{"personId", "caseId", "referralId"} {
		body := survivorFiling()
		switch field {
		case "personId":
			body["newPerson"].(object)[field] = ids[i]
		case "caseId":
			body["newCase"].(object)[field] = ids[i]
		default:
			body["legs"].([]object)[0][field] = ids[i]
		}
		got := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
		if got.Status != 400 || got.reason() != "ID_UNUSABLE" {
			t.Errorf("%s: %d %s", field, got.Status, got.Body)
		}
	}
}

func welch(a, b []float64) float64 {
	meanA, varA := moments(a)
	meanB, varB := moments(b)
	return (meanA - meanB) / math.Sqrt(varA/float64(len(a))+varB/float64(len(b)))
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, variance
}

// TestAFileHoldsOnlyWhatItsKindHolds: the growth file of a child, which a posyandu reads, never carries violence.
func TestAFileHoldsOnlyWhatItsKindHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, child := w.sendToHospital(t)
	violence := named()
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	weighed := []object{{"measuredOn": today(), "weightKg": 8.9, "lengthCm": 75.8, "position": "LYING"}}
	for _, c := range []struct {
		who, aCase, field string
		value             any
		reason            string
	}{
		{"gizi-cibinong", child, "incident", violence["incident"], "ONLY_VIOLENCE"},
		{"gizi-cibinong", child, "risk", violence["risk"], "ONLY_VIOLENCE"},
		{"bidan-cibinong", filed.text("case"), "measurements", weighed, "ONLY_NUTRITION"},
	} {
		w.call(c.who, "POST", "/v1/referrals:file", object{"requestId": newID(), "case": c.aCase, c.field: c.value}).
			expect(t, 400, []string{`"field":"` + c.field, c.reason}, []string{villain, survivor})
	}
	early := []object{{"measuredOn": "2020-01-01", "weightKg": 8.9, "lengthCm": 75.8, "position": "LYING"}}
	w.call("gizi-cibinong", "POST", "/v1/referrals:file", object{"requestId": newID(), "case": child, "measurements": early}).
		expect(t, 400, []string{"measurements[0].measuredOn", "BEFORE_BIRTH"}, nil)
}

// TestATrialIsNoOracle: validate_only says what a filing would say, and leaves the entry that its read leaves.
func TestATrialIsNoOracle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	secret := filed.text("case")
	trial := func(aCase string) object {
		return object{"requestId": newID(), "validateOnly": true, "case": aCase, "note": "x"}
	}
	for _, who := range []string{"gizi-cibinong", "kader-melati", "app-melati", "dokter-rsud", "pendamping-uptd"} {
		before := len(w.entries())
		got := w.call(who, "POST", "/v1/referrals:file", trial(secret))
		sameButForDateAndID(t, who, got, w.call(who, "POST", "/v1/referrals:file", trial("cases/"+newID())))
		if n := len(w.entries()) - before; n != 2 {
			t.Errorf("%s: %d entries of two refusals", who, n)
		}
	}
	// The same person, filed by a colleague as new, is a record of its own: nothing tells of hers.
	body := survivorFiling()
	body["validateOnly"] = true
	got := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	got.expect(t, 200, nil, []string{secret, filed.text("caseNumber"), filed.text("person"), `"joined":true`})
	before := len(w.entries())
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", trial(secret)).expect(t, 200, []string{secret}, nil)
	if n := len(w.entries()) - before; n != 1 {
		t.Errorf("a trial that shows an L3 case has %d entries, want 1", n)
	}
}

// TestACaseNamedOnTheWayIsNotTold: the field of another act is no way to ask for a case or leg.
func TestACaseNamedOnTheWayIsNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	leg, _ := w.sendToHospital(t)
	accept := func(aCase string) []byte {
		before := len(w.entries())
		got := w.event("dokter-rsud", leg, "accept", object{"receiverCase": aCase})
		got.expect(t, 400, []string{"receiverCase", "CASE_UNKNOWN"}, nil)
		if n := len(w.entries()) - before; n != 1 {
			t.Errorf("%d entries, want 1", n)
		}
		return got.Body
	}
	if a, b := accept(filed.text("case")), accept("cases/"+newID()); string(a) != string(b) {
		t.Errorf("not yours: %s, never was: %s", a, b)
	}
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, nil, nil)
	w.event("dokter-rsud", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, nil, nil)
	w.event("dokter-rsud", leg, "reportOutcome", object{"outcome": "PARTIAL", "reason": "SERVICE_UNAVAILABLE", "unmetServices": []string{"LEGAL_AID"}}).expect(t, 200, nil, nil)
	follow := func(next string) []byte {
		got := w.event("gizi-cibinong", leg, "confirm", object{"followUpReferral": next})
		got.expect(t, 400, []string{"followUpReferral", "NOT_OF_THIS_CASE"}, nil)
		return got.Body
	}
	never := follow("referrals/" + newID())
	for _, next := range []string{filed.text("legs.0.referral"), "referrals/" + filed.text("legs.0.number"), "referrals/x"} {
		if got := follow(next); string(got) != string(never) {
			t.Errorf("%s: %s, never was: %s", next, got, never)
		}
	}
}

// TestAReplayOfASecretIsOnRecord: the stored answer shows the survivor again, and the journal says so.
func TestAReplayOfASecretIsOnRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := survivorFiling()
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	accept := object{"requestId": newID()}
	leg := filed.text("legs.0.referral")
	from := len(w.entries())
	first := w.event("pendamping-uptd", leg, "accept", accept)
	if n := w.count(from, func(e entry) bool { return e.Action == "referral.accept" && e.Mask != 0 }); n != 1 {
		t.Errorf("%d entries of the accept say what it showed, want 1", n)
	}
	for range 2 {
		before := len(w.entries())
		again := w.event("pendamping-uptd", leg, "accept", accept)
		again.expect(t, 200, []string{survivor}, nil)
		if string(again.Body) != string(first.Body) || w.count(before, func(e entry) bool { return e.Action == "read" && e.Level == "L3" }) != 1 {
			t.Errorf("the replay is %s, with %d entries", again.Body, len(w.entries())-before)
		}
	}
}

// TestHeMayBeNamedAgain: a second incident, or a second pair, names the same man; it is recorded, and he stays blocked.
func TestHeMayBeNamedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.husband(t, "WORKER")
	body := named()
	incident := body["incident"].(object)
	pairs := incident["pairs"].([]object)
	incident["pairs"] = []object{pairs[0], {"perpetrator": villain, "relation": "UNREGISTERED_SPOUSE", "perpetratorNik": husbandsNIK}}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", object{"requestId": newID(), "case": filed.text("case"), "incident": named()["incident"]}).
		expect(t, 200, nil, nil)
	w.sees(t, "suami", filed)
}

// A woman who works at the unit is kept from the file about herself: whoever holds her to account could make her open it.
func TestSurvivorsOwnAccountIsBlockedHoweverLateItIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	w.hire(t, "korban,PERSON,Korban Contoh,3201015102940003,SUPERVISOR,PKM-CIBINONG,")
	token, _, err := server.IssueToken(t.Context(), w.served.Store, "korban", "PKM-CIBINONG", 0)
	if err != nil {
		t.Fatal(err)
	}
	w.served.Tokens["korban"] = token
	w.sees(t, "korban", filed)
}

// hire loads one line of a users' file.
func (w *world) hire(t *testing.T, line string) {
	t.Helper()
	file := "code,kind,name,nik,role,unit,duty_officer\n" + line + "\n"
	report, err := server.LoadUsers(t.Context(), w.served.Store, strings.NewReader(file), false)
	if err != nil || len(report.Faults) > 0 {
		t.Fatal(report.Faults, err)
	}
}

package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

const (
	survivorNIK = "3201015102940003"
	whyGlass    = "Korban tidak sadar di IGD, keluarga tidak ada yang dapat ditanya"
)

// glass is an attempt to open a case by number or NIK.
func (w *world) glass(who, key string, more ...object) reply {
	w.t.Helper()
	body := object{"requestId": newID(), "code": "MEDICAL_EMERGENCY", "reason": whyGlass}
	if strings.HasPrefix(key, "K-") {
		body["caseNumber"] = key
	} else {
		body["nik"] = key
	}
	for _, m := range more {
		for field, value := range m {
			body[field] = value
		}
	}
	return w.call(who, "POST", "/v1/glasses:open", body)
}

// unknown are a number and a NIK that never were.
const (
	neverNIK = "3201015102940999"
)

func neverNumber() string { return strings.TrimPrefix(neverWas("cases/K-7K2M-9N"), "cases/") }

// survivorsFiling files her case at the puskesmas.
func (w *world) survivorFiled(t *testing.T) reply {
	t.Helper()
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	return filed
}

// noticed counts notices of one kind, by who reads them.
func (w *world) noticed(who, kind string) (n int) {
	w.t.Helper()
	for token := ""; ; {
		page := w.plainly(who, "GET", "/v1/notices?pageSize=100&pageToken="+token, nil)
		n += strings.Count(string(page.Body), `"kind":"`+kind+`"`)
		if token = page.text("nextPageToken"); token == "" {
			return n
		}
	}
}

func TestTheGlassOpensOneCaseForTwoHoursOnRecord(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	filed := w.survivorFiled(t)
	name, number, leg := filed.text("case"), filed.text("caseNumber"), filed.text("legs.0.referral")
	doctor := "dokter-rsud"
	w.call(doctor, "GET", "/v1/"+name, nil).expect(t, 404, nil, hers)
	from := len(w.entries())
	opened := w.glass(doctor, number)
	opened.expect(t, 200, []string{name, "glasses/", "expireTime", "reviews/"}, hers)
	if n := w.count(from, func(e entry) bool { return e.Action == "breakglass.open" && e.Rule == "A28" && e.Reason != [32]byte{} }); n != 1 {
		t.Errorf("%d entries by A28 with a reason", n)
	}
	w.call(doctor, "GET", "/v1/"+name, nil).expect(t, 200, []string{survivor, survivorNIK}, []string{chronology, villain, "THREAT_TO_KILL"})
	w.call(doctor, "GET", "/v1/"+leg, nil).expect(t, 200, []string{survivor}, []string{chronology, villain})
	w.call("kepala-rsud", "GET", "/v1/"+name, nil).expect(t, 404, nil, hers) // it is the account's alone
	for who, kind := range map[string]string{"kepala-cibinong": "GLASS_OPENED", "penelaah": "GLASS_OPENED"} {
		if n := w.noticed(who, kind); n != 1 {
			t.Errorf("%s has %d notices %s", who, n, kind)
		}
	}
	list := w.oneReview(t, "penelaah")
	list.expect(t, 200, []string{whyGlass, "GLASS", "MEDICAL_EMERGENCY", `"decide"`, `"cosign"`, opened.text("name")}, hers)
	w.oneReview(t, "kepala-cibinong").expect(t, 200, []string{"GLASS", name}, append([]string{"decide", "cosign"}, hers...))
	own := w.oneReview(t, doctor)
	own.expect(t, 200, []string{"GLASS", `"answer"`, opened.text("review")}, append([]string{name, whyGlass}, hers...))
	w.call(doctor, "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{"ANSWER_GLASS", opened.text("review")}, append([]string{name, number}, hers...))
	w.call("penelaah", "GET", "/v1/duties", nil).expect(t, 200, []string{"REVIEW_GLASS"}, hers)
	cosign := "/v1/" + opened.text("name") + ":cosign"
	for _, who := range []string{doctor, "kepala-cibinong", "kepala-rsud", "auditor"} {
		if got := w.call(who, "POST", cosign, object{"requestId": newID()}); got.Status != 403 && got.Status != 404 {
			t.Errorf("%s cosigns: %d %s", who, got.Status, got.Body)
		}
	}
	w.call(w.stale(t, "penelaah"), "POST", cosign, object{"requestId": newID()}).expect(t, 401, []string{"STEP_UP_REQUIRED"}, hers)
	w.call("penelaah", "POST", cosign, object{"requestId": newID()}).expect(t, 200, []string{"cosignTime", name}, hers)
	w.call(doctor, "GET", "/v1/"+name, nil).expect(t, 200, []string{survivor, chronology, villain}, nil)
	w.call("penelaah", "GET", "/v1/"+name, nil).expect(t, 200, nil, []string{survivor, chronology, villain, survivorNIK})
	c.advance(2*time.Hour + time.Minute)
	sameButForDateAndID(t, "after two hours", w.call(doctor, "GET", "/v1/"+name, nil), w.call(doctor, "GET", "/v1/cases/"+newID(), nil))
	w.oneReview(t, doctor).expect(t, 200, []string{`"answer"`}, append([]string{name}, hers...))
	w.verified(t)
}

// TestTheSecondSignatureOfAGlassIsForReadingAlone: a supervisor who has broken the glass on an own case needs a second person as before.
func TestTheSecondSignatureOfAGlassIsForReadingAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.survivorFiled(t)
	opened := w.glass("kepala-cibinong", filed.text("caseNumber"))
	opened.expect(t, 200, nil, nil)
	w.call("penelaah", "POST", "/v1/"+opened.text("name")+":cosign", object{"requestId": newID()}).expect(t, 200, nil, nil)
	got := w.call("kepala-cibinong", "POST", "/v1/"+filed.text("case")+":copy", object{
		"requestId": newID(), "requester": "SUBJECT", "reason": "Klien meminta salinan datanya di kantor",
	})
	if got.Status == 200 {
		t.Errorf("the copy of a case by one person: %s", got.Body)
	}
}

func TestWhoMayBreakTheGlassAndWithWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.survivorFiled(t).text("caseNumber")
	for _, c := range []struct {
		what, who string
		more      object
		status    int
		reason    string
	}{
		{"no reason", "dokter-rsud", object{"reason": ""}, 400, "INVALID_FIELD"},
		{"a short reason", "dokter-rsud", object{"reason": "darurat"}, 400, "INVALID_FIELD"},
		{"thirty spaces", "dokter-rsud", object{"reason": strings.Repeat(" ", 40)}, 400, "INVALID_FIELD"},
		{"no code", "dokter-rsud", object{"code": "UNSPECIFIED"}, 400, "INVALID_FIELD"},
		{"two keys", "dokter-rsud", object{"nik": survivorNIK}, 400, "INVALID_FIELD"},
		{"no key", "dokter-rsud", object{"caseNumber": ""}, 400, "INVALID_FIELD"},
		{"a number with a slip", "dokter-rsud", object{"caseNumber": "K-4Q8X-D"}, 400, "INVALID_FIELD"},
		{"half a NIK", "dokter-rsud", object{"caseNumber": "", "nik": "32010151"}, 400, "INVALID_FIELD"},
		{"an old second factor", w.stale(t, "dokter-rsud"), nil, 401, "STEP_UP_REQUIRED"},
		{"a social worker", "peksos-dinsos", nil, 404, "NOT_FOUND"},
		{"a kader", "kader-melati", nil, 404, "NOT_FOUND"},
		{"an app", "app-melati", nil, 404, "NOT_FOUND"},
		{"the reviewer", "penelaah", nil, 404, "NOT_FOUND"},
		{"the auditor", "auditor", nil, 404, "NOT_FOUND"},
		{"the administrator", "admin-kabupaten", nil, 404, "NOT_FOUND"},
	} {
		got := w.glass(c.who, number, c.more)
		if got.Status != c.status || got.reason() != c.reason {
			t.Errorf("%s: %d %s", c.what, got.Status, got.Body)
		}
		never := w.glass(c.who, neverNumber(), c.more)
		if got.Status != never.Status || string(got.Body) != string(never.Body) {
			t.Errorf("%s: %s, but of what never was: %s", c.what, got.Body, never.Body)
		}
		if c.status == 404 {
			sameButForDateAndID(t, c.what, got, w.glass(c.who, neverNumber(), c.more))
		}
	}
	w.glass("dokter-rsud", number).expect(t, 200, nil, nil) // none of these was an attempt
	w.glass("polwan-ppa", survivorNIK).expect(t, 200, nil, nil)
}

func TestAnAttemptCountsWhetherItFindsSomethingOrNot(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	first := w.survivorFiled(t)
	number, filed := first.text("caseNumber"), first.text("case")
	doctor := "dokter-rsud"
	miss := w.glass(doctor, neverNumber())
	miss.expect(t, 404, []string{"NOT_FOUND"}, nil)
	again := object{"requestId": newID()}
	w.glass(doctor, neverNIK, again).expect(t, 404, nil, nil)
	w.glass(doctor, neverNIK, again).expect(t, 404, nil, nil) // the same attempt, sent again
	w.glass(doctor, number).expect(t, 200, nil, nil)
	over, never := object{"requestId": newID()}, object{"requestId": newID()}
	waits, missing := w.glass(doctor, number, over).awaited(t), w.glass(doctor, neverNumber(), never).awaited(t)
	for _, who := range []string{"kepala-cibinong", "penelaah", doctor} {
		if got := w.post(who, waits+":approve", nil); got.Status == 200 {
			t.Errorf("%s approves the glass of another unit, or her own", who)
		}
	}
	w.call("kepala-rsud", "GET", "/v1/approvals", nil).expect(t, 200, []string{waits, missing, whyGlass, "breakglass.open"}, append([]string{number}, hers...))
	w.post("kepala-rsud", waits+":approve", nil).expect(t, 200, []string{"APPROVED"}, append([]string{number, filed}, hers...))
	w.glass(doctor, number, over).expect(t, 200, []string{"glasses/", filed}, nil)
	w.call(doctor, "GET", "/v1/"+filed, nil).expect(t, 200, []string{survivor}, []string{chronology})
	w.post("kepala-rsud", missing+":approve", nil).expect(t, 400, []string{"APPROVAL_STATE"}, hers)
	w.glass(doctor, neverNumber(), object{"requestId": never["requestId"]}).expect(t, 400, nil, hers)
	if n := w.attempts(t, doctor); n != 5 {
		t.Errorf("%d attempts counted, want 5", n)
	}
	w.glass("polwan-ppa", number).expect(t, 200, nil, nil) // it is each account's own
	c.advance(31 * 24 * time.Hour)
	w.renew(t, doctor)
	w.answerAll(t, doctor)
	w.glass(doctor, number).expect(t, 200, nil, nil)
	w.verified(t)
}

// answerAll says of each glass of an account what happened.
func (w *world) answerAll(t *testing.T, who string) {
	t.Helper()
	list := w.call(who, "GET", "/v1/reviews?pageSize=100", nil)
	for i := 0; ; i++ {
		review := list.text("reviews." + string(rune('0'+i)) + ".name")
		if review == "" {
			return
		}
		w.answer(who, review).expect(t, 200, []string{"answerTime"}, hers)
	}
}

func (w *world) answer(who, review string) reply {
	w.t.Helper()
	return w.call(who, "POST", "/v1/"+review+":answer", object{"requestId": newID(), "text": "Pasien datang sendiri dan meninggal tanpa keluarga"})
}

func TestWhoDoesNotAnswerOrHadNoCauseOpensNoOther(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	filed := w.survivorFiled(t)
	number := filed.text("caseNumber")
	doctor, police := "dokter-rsud", "polwan-ppa"
	mute, unfounded := w.glass(doctor, number), w.glass(police, number)
	mute.expect(t, 200, nil, nil)
	unfounded.expect(t, 200, nil, nil)
	w.decide(doctor, mute.text("review"), "FOUNDED").expect(t, 403, nil, nil)
	w.decide("penelaah", unfounded.text("review"), "UNFOUNDED").expect(t, 200, nil, hers)
	w.call(police, "GET", "/v1/"+filed.text("case"), nil).expect(t, 404, nil, hers) // it ends at once
	refused := func(who string) {
		t.Helper()
		for _, key := range []string{number, neverNumber(), survivorNIK, neverNIK} {
			w.glass(who, key).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, []string{filed.text("case")})
		}
	}
	refused(police)
	w.oneReviewOf(t, police).expect(t, 200, []string{"UNFOUNDED"}, append([]string{filed.text("case")}, hers...))
	w.sweep(t)
	w.glass(doctor, number).expect(t, 200, nil, nil) // 72 hours are not over
	c.advance(73 * time.Hour)
	w.sweep(t)
	w.renew(t, doctor)
	w.renew(t, police)
	w.renew(t, "penelaah")
	w.renew(t, "kepala-rsud")
	refused(doctor)
	w.answer("kepala-rsud", mute.text("review")).expect(t, 404, nil, hers)
	w.answerAll(t, doctor)
	w.glass(doctor, number).expect(t, 200, nil, nil)
	w.decide("penelaah", unfounded.text("review"), "FOUNDED").expect(t, 200, nil, nil) // after all
	w.glass(police, number).expect(t, 200, nil, nil)
	w.verified(t)
}

func (w *world) oneReviewOf(t *testing.T, who string) reply {
	t.Helper()
	return w.call(who, "GET", "/v1/reviews?decided=true", nil)
}

// TestOfSeveralCasesTheGlassOpensTheNewestThatIsNotThereAnyhow: and none of another's that is closed, sealed or blocked.
func TestOfSeveralCasesTheGlassOpensTheNewest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.survivorFiled(t)
	second := w.call("pendamping-uptd", "POST", "/v1/referrals:file", func() object {
		body := survivorFiling()
		delete(body, "legs")
		delete(body, "disclosures")
		return body
	}())
	second.expect(t, 200, []string{"cases/"}, nil)
	w.glass("dokter-rsud", survivorNIK).expect(t, 200, []string{second.text("case")}, []string{first.text("case")})
	w.glass("rekan-uptd", survivorNIK).expect(t, 200, []string{second.text("case")}, nil)
	w.glass("pendamping-uptd", survivorNIK).expect(t, 200, []string{first.text("case")}, nil) // the other she sees anyhow
	w.husband(t, "WORKER")
	blockedOn := w.call("bidan-cibinong", "POST", "/v1/referrals:file", func() object {
		body := named()
		return object{"requestId": newID(), "case": first.text("case"), "incident": body["incident"]}
	}())
	blockedOn.expect(t, 200, nil, nil)
	before := w.noticed("penelaah", "BLOCKED_ATTEMPT")
	w.glass("suami", survivorNIK).expect(t, 200, []string{second.text("case")}, []string{first.text("case")})
	if n := w.noticed("penelaah", "BLOCKED_ATTEMPT") - before; n != 1 {
		t.Errorf("%d notices of an attempt on a blocked case", n)
	}
}

func TestABlockedAccountBreaksNoGlassAndIsToldOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.husband(t, "WORKER")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", named())
	filed.expect(t, 200, nil, nil)
	got := w.glass("suami", filed.text("caseNumber"))
	sameButForDateAndID(t, "by number", got, w.glass("suami", neverNumber()))
	if got.Status != 404 || w.noticed("penelaah", "BLOCKED_ATTEMPT") != 1 {
		t.Errorf("%d, %d notices", got.Status, w.noticed("penelaah", "BLOCKED_ATTEMPT"))
	}
	w.glass("suami", survivorNIK).expect(t, 404, nil, hers)
	w.glass("suami", filed.text("caseNumber")).awaited(t) // all three counted
	if n := w.attempts(t, "suami"); n != 3 {
		t.Errorf("%d attempts counted, want 3", n)
	}
	w.verified(t)
}

// attempts is how many of an account still count.
func (w *world) attempts(t *testing.T, who string) int {
	t.Helper()
	standing, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) (store.GlassStanding, error) {
		m, err := r.MemberByCode(who, casework.UnitID{})
		if err != nil {
			return store.GlassStanding{}, err
		}
		return r.GlassStanding(m.Account, r.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	return standing.Recent
}

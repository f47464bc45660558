package server_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/server"
)

const colleaguesNIK = "3201014806850007"

// colleague is a worker of the puskesmas whose NIK is known.
func (w *world) colleague(t *testing.T, nik string) {
	t.Helper()
	w.hire(t, "rekan,PERSON,Rekan Contoh,"+nik+",WORKER,PKM-CIBINONG,")
	token, _, err := server.IssueToken(t.Context(), w.served.Store, "rekan", "PKM-CIBINONG", 12*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	w.served.Tokens["rekan"] = token
}

// kept holds whether the colleague is kept from a case, which she then cannot tell from one that never was.
func (w *world) kept(t *testing.T, what, k string, want bool) {
	t.Helper()
	got := w.call("rekan", "GET", "/v1/"+k, nil)
	if !want {
		if got.Status != 200 {
			t.Errorf("%s: she is kept from it: %s", what, got.Body)
		}
		return
	}
	sameButForDateAndID(t, what, got, w.call("rekan", "GET", "/v1/cases/"+newID(), nil))
	w.call("rekan", "GET", "/v1/cases", nil).expect(t, 200, nil, []string{k})
	w.call("rekan", "GET", "/v1/notices", nil).expect(t, 200, nil, []string{k})
	w.call("rekan", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, nil, []string{k})
}

// identified corrects the NIK of a case's client; an empty one takes it away.
func (w *world) identified(t *testing.T, k, nik string) {
	t.Helper()
	person := w.personOf(t, "kepala-cibinong", k)
	tag := w.call("kepala-cibinong", "GET", "/v1/"+person, nil).text("etag")
	fields := object{"nikAbsence": "NOT_SHOWN"}
	if nik != "" {
		fields = object{"identifiers": []object{{"type": "NIK", "value": nik}}}
	}
	w.update("kepala-cibinong", person, tag, []string{"identifiers"}, fields).expect(t, 200, nil, nil)
}

// An automatic block follows the record: it is there from the transaction that gives it a cause, and ends with the last of its causes.
func TestABlockStandsAsLongAsItsCause(t *testing.T) {
	w := newWorld(t)
	w.colleague(t, colleaguesNIK)
	raise := func(k, level string) {
		t.Helper()
		w.post("bidan-cibinong", k+":raiseLevel", object{"level": level, "reason": "klien takut"}).expect(t, 200, nil, nil)
	}
	lower := func(k, level string) {
		t.Helper()
		w.post("kepala-cibinong", k+":lowerLevel", object{"level": level, "reason": why30}).expect(t, 200, nil, nil)
	}

	t.Run("the client's own NIK", func(t *testing.T) {
		k := w.inState(t, "L1")
		w.identified(t, k, colleaguesNIK)
		w.kept(t, "at L1", k, false)
		raise(k, "L2")
		w.kept(t, "raised", k, true)
		lower(k, "L1")
		w.kept(t, "lowered", k, false)
		raise(k, "L2")
		w.identified(t, k, "")
		w.kept(t, "the NIK was somebody else's", k, false)
		w.identified(t, k, colleaguesNIK)
		w.kept(t, "it was hers after all", k, true)
		lower(k, "L1")
	})

	t.Run("who lives with her", func(t *testing.T) {
		k, aunt := w.inState(t, "L2"), w.inState(t, "L1")
		home := w.household("kepala-cibinong", "", w.personOf(t, "kepala-cibinong", k), w.personOf(t, "kepala-cibinong", aunt))
		home.expect(t, 200, nil, nil)
		w.kept(t, "before her NIK is known", k, false)
		w.identified(t, aunt, colleaguesNIK)
		w.kept(t, "the aunt's NIK is the colleague's", k, true)
		w.kept(t, "the aunt's own case is ordinary", aunt, false)
		left := object{"person": w.personOf(t, "kepala-cibinong", aunt), "untilDate": daysAgo(1)}
		w.change("kepala-cibinong", home.text("name"), "endMember", left).expect(t, 200, nil, nil)
		w.kept(t, "the aunt has moved out", k, false)
		w.identified(t, aunt, "")
	})

	t.Run("the one who is named", func(t *testing.T) {
		k := w.survivorCase(t)
		lower(k, "L2")
		w.kept(t, "nobody is named by NIK", k, false)
		w.post("bidan-cibinong", k+":addIncident", object{"incident": object{
			"occurredOn": "2026-01-05", "forms": []string{"PHYSICAL"}, "pairs": []object{{"perpetrator": "Rekan Contoh", "perpetratorNik": colleaguesNIK, "relation": "OTHER"}},
		}}).expect(t, 200, nil, nil)
		w.kept(t, "named", k, true)
		w.hire(t, "rekan,PERSON,Rekan Contoh,,WORKER,PKM-CIBINONG,")
		w.kept(t, "a file without her NIK", k, true)
		w.hire(t, "rekan,PERSON,Rekan Contoh,3201014806850015,WORKER,PKM-CIBINONG,")
		w.kept(t, "her NIK is another", k, false)
		w.hire(t, "rekan,PERSON,Rekan Contoh,"+colleaguesNIK+",WORKER,PKM-CIBINONG,")
		w.kept(t, "it is his again", k, true)
	})
	w.verified(t)
}

// Whom the server keeps from a case it tells nobody, and whoever tries its id out learns nothing (PC-09: one check for all kinds of name).
func TestAutomaticBlocksAreToldToNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.colleague(t, colleaguesNIK)
	k := w.inState(t, "L2")
	w.identified(t, k, colleaguesNIK)
	w.kept(t, "hers", k, true)
	for _, who := range []string{"bidan-cibinong", "kepala-cibinong"} {
		w.call(who, "GET", "/v1/"+k+"/blocks", nil).expect(t, 200, nil, []string{"blocks/", "accounts/"})
	}
	account := uuid.MustParse(strings.TrimPrefix(w.accountOf(t, "rekan"), "accounts/"))
	id := uuid.NewSHA1(uuid.MustParse(strings.TrimPrefix(k, "cases/")), account[:])
	said := object{"reason": why30}
	sameButForDateAndID(t, "the id of her block", w.post("kepala-cibinong", "blocks/"+id.String()+":remove", said), w.post("kepala-cibinong", "blocks/"+newID()+":remove", object{"reason": why30}))

	// A block by hand beside it comes and goes, and hers stays.
	by := w.post("kepala-cibinong", k+":addBlock", object{"account": w.accountOf(t, "rekan"), "reason": "ipar klien"})
	by.expect(t, 200, []string{"blocks/"}, nil)
	approval := w.post("kepala-cibinong", by.text("name")+":remove", object{"reason": why30}).awaited(t)
	w.post("penelaah", approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, nil)
	w.kept(t, "after the block by hand", k, true)

	number := w.call("kepala-cibinong", "GET", "/v1/"+k, nil).text("number")
	person := w.personOf(t, "kepala-cibinong", k)
	for _, name := range []string{k, "cases/" + number, person} {
		sameButForDateAndID(t, name, w.call("rekan", "GET", "/v1/"+name, nil), w.call("rekan", "GET", "/v1/"+neverWas(name), nil))
	}
	for _, act := range []struct {
		of, path string
		body     object
	}{
		{k, ":addNote", object{"text": "catatan"}},
		{k, ":addBlock", object{"unit": "units/RSUD-CIBINONG", "reason": "ipar"}},
		{k, ":raiseLevel", object{"level": "L3", "reason": "takut"}},
		{by.text("name"), ":remove", object{"reason": why30}},
		{approval, ":approve", object{}},
		{person, ":erase", object{"reason": why30}},
	} {
		body := func() object { return maps.Clone(act.body) }
		sameButForDateAndID(t, act.path, w.post("rekan", act.of+act.path, body()), w.post("rekan", neverWas(act.of)+act.path, body()))
	}
	w.call("rekan", "GET", "/v1/approvals?ended=true", nil).expect(t, 200, nil, []string{approval})
	w.verified(t)
}

// What a blocked officer or unit owed passes on in the same transaction, and no open case is nobody's.
func TestWhatABlockedOfficerOwedPassesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.colleague(t, colleaguesNIK)
	name := "Anak " + newID()[:8]
	w.weighed(t, "rekan", name, "Ibu "+name, 14, map[int]float64{1: 9})
	k := w.caseOf(t, name)
	w.call("rekan", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{k}, nil)
	w.post("kepala-cibinong", k+":addBlock", object{"account": w.accountOf(t, "rekan"), "reason": "bibi anak itu"}).expect(t, 200, nil, nil)
	w.kept(t, "blocked", k, true)
	w.call("kepala-cibinong", "GET", "/v1/"+k, nil).expect(t, 200, []string{w.accountOf(t, "gizi-cibinong")}, []string{w.accountOf(t, "rekan")})
	w.call("gizi-cibinong", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{k}, nil)
	w.assign("kepala-cibinong", k, object{"officer": w.accountOf(t, "rekan")}).expect(t, 400, []string{"OFFICER_INVALID"}, nil)

	// Who blocks the whole unit of the case hands it to the office above, and sees it no more.
	w.post("kepala-cibinong", k+":addBlock", object{"unit": "units/PKM-CIBINONG", "reason": "anak kepala puskesmas"}).expect(t, 200, nil, []string{name})
	for _, who := range []string{"kepala-cibinong", "gizi-cibinong", "rekan"} {
		sameButForDateAndID(t, who, w.call(who, "GET", "/v1/"+k, nil), w.call(who, "GET", "/v1/cases/"+newID(), nil))
	}
	w.call("kepala-dinkes", "GET", "/v1/"+k, nil).expect(t, 200, []string{name}, nil)
	w.call("kepala-dinkes", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{k}, nil)
	w.verified(t)
}

func TestABlockedUnitIsNotSuggested(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.inState(t, "L1")
	ask := func() ([]string, map[string]string) {
		return w.suggested(w.suggest("bidan-cibinong", object{"case": k, "service": "SPECIALIST_PEDIATRIC", "urgency": "ROUTINE"}))
	}
	before, _ := ask()
	if !slices.Contains(before, "RSUD-CIBINONG") {
		t.Fatalf("the hospital is not suggested before: %v", before)
	}
	w.post("bidan-cibinong", k+":addBlock", object{"unit": "units/RSUD-CIBINONG", "reason": "ayahnya dokter di sana"}).expect(t, 200, nil, nil)
	after, why := ask()
	if slices.Contains(after, "RSUD-CIBINONG") || why["RSUD-CIBINONG"] != "UNAVAILABLE" {
		t.Errorf("the blocked hospital: suggested %v, else %v", after, why)
	}
}

// A leg to a post whose only worker is kept from the case is the health centre's above it, as long as she is: nobody's need lies where
// nobody may know of it.
func TestALegWhoseOnlyWorkerIsBlockedIsTheParents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := stuntedChild()
	body["legs"], body["disclosures"] = []object{{"service": "GROWTH_FOLLOW_UP", "receiverUnit": "units/POS-MELATI-3"}}, []object{{"basis": "CARE"}}
	filed := w.call("dokter-rsud", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	leg, k := filed.text("legs.0.referral"), filed.text("case")
	owed := func(who string, is bool) {
		t.Helper()
		for _, list := range []string{"/v1/duties?scope=UNIT", "/v1/referrals?direction=INBOX"} {
			if got := w.call(who, "GET", list, nil); strings.Contains(string(got.Body), leg) != is {
				t.Errorf("%s of %s: has the leg %t, want %t", list, who, !is, is)
			}
		}
		want := map[bool]int{true: 200, false: 404}[is]
		w.call(who, "GET", "/v1/"+leg, nil).expect(t, want, nil, nil)
	}
	owed("bidan-melati", true)
	owed("gizi-cibinong", false)

	by := w.post("dokter-rsud", k+":addBlock", object{"account": w.accountOf(t, "bidan-melati"), "reason": "bibi anak itu"})
	by.expect(t, 200, nil, nil)
	owed("bidan-melati", false)
	owed("gizi-cibinong", true)

	approval := w.post("kepala-rsud", by.text("name")+":remove", object{"reason": why30}).awaited(t)
	w.post("penelaah", approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, nil)
	owed("bidan-melati", true)
	owed("gizi-cibinong", false)

	w.post("dokter-rsud", k+":addBlock", object{"unit": "units/POS-MELATI-3", "reason": "semua mengenal keluarga itu"}).expect(t, 200, nil, nil)
	owed("bidan-melati", false)
	owed("gizi-cibinong", true)
	w.event("gizi-cibinong", leg, "accept", nil).expect(t, 200, []string{"ACCEPTED"}, nil)
	w.call("gizi-cibinong", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{leg, "FIRST_SERVICE"}, nil)
	w.verified(t)
}

package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// linkWorld is one whose candidates are those that a test stores: nothing is compared in the background.
func linkWorld(t testing.TB, now func() time.Time) *world {
	t.Helper()
	return serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: now, Unlimited: true, NoSweep: true})
}

// linkedFile is a case with its client, and who may say something of her pairs.
type linkedFile struct {
	name, person string
	officer      string
	head         string
}

// growthFile is an ordinary child's file at the puskesmas.
func (w *world) growthFile(t testing.TB) linkedFile {
	t.Helper()
	body := stuntedChild()
	body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
	filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	return linkedFile{filed.text("case"), filed.text("person"), "gizi-cibinong", "kepala-cibinong"}
}

// violenceFile is a survivor's file, of the officer who takes it.
func (w *world) violenceFile(t testing.TB, officer, head string) linkedFile {
	t.Helper()
	body := survivorFiling()
	body["newPerson"].(object)["identifiers"] = nil
	delete(body, "legs")
	delete(body, "disclosures")
	filed := w.call(officer, "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	return linkedFile{filed.text("case"), filed.text("person"), officer, head}
}

func personOf(t testing.TB, name string) casework.PersonID {
	t.Helper()
	id, ok := casework.ParseID(strings.TrimPrefix(name, "persons/"))
	if !ok {
		t.Fatalf("no person: %q", name)
	}
	return casework.PersonID(id)
}

// candidate is one as the background finds it.
func candidate(t testing.TB, other string, score float32, exact bool) linkage.Candidate {
	t.Helper()
	birth := linkage.Similar
	if exact {
		birth = linkage.Exact
	}
	return linkage.Candidate{
		ID: personOf(t, other), Hypothesis: linkage.Self, Score: score, Raw: score, NeedsSecond: !exact,
		Told:     []linkage.Statement{{Field: linkage.FieldName, Agreement: linkage.Similar, Bits: 9}, {Field: linkage.FieldBirth, Agreement: birth, Bits: 3}},
		Warnings: []linkage.Warning{linkage.Moved},
	}
}

// candidates stores what the background would have found for a client.
func (w *world) candidates(t testing.TB, subject string, all ...linkage.Candidate) {
	t.Helper()
	_, err := store.Update(context.Background(), w.served.Store, func(w *store.Writer) (struct{}, error) {
		return struct{}{}, w.PutCandidates(personOf(t, subject), all)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) matches(who, subject string) reply {
	w.t.Helper()
	return w.call(who, "POST", "/v1/matches:find", object{"subject": subject})
}

// matchRef is the reference of the first match that the caller is shown.
func (w *world) matchRef(t testing.TB, who, subject string) string {
	t.Helper()
	got := w.matches(who, subject)
	ref := got.text("matches.0.matchRef")
	if ref == "" {
		t.Fatalf("%s is shown no match of %s: %d %s", who, subject, got.Status, got.Body)
	}
	return ref
}

// confirms says that the first match is one person.
func (w *world) confirms(t testing.TB, who, subject string) reply {
	t.Helper()
	return w.post(who, "links:confirm", object{"matchRef": w.matchRef(t, who, subject), "relation": "SAME_PERSON", "basis": "ASKED_PERSON"})
}

// pair is a growth file, and a survivor's that has it as a sure match.
func (w *world) pair(t testing.TB, exact bool) (upper, lower linkedFile) {
	t.Helper()
	upper, lower = w.violenceFile(t, "pendamping-uptd", "kepala-uptd"), w.growthFile(t)
	w.candidates(t, upper.person, candidate(t, lower.person, 4, exact))
	return upper, lower
}

// tells are words of the other file that no answer about a pair may hold.
func (f linkedFile) secrets() []string {
	return []string{f.name, f.person, strings.TrimPrefix(f.name, "cases/"), strings.TrimPrefix(f.person, "persons/"), childName, motherName, "PKM-CIBINONG", "CHILD_NUTRITION_RISK"}
}

func TestTheProtectionWorkerLearnsWhereToAskAndTheClinicLearnsNothing(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	upper, lower := w.pair(t, true)
	before := w.call(lower.officer, "GET", "/v1/"+lower.name, nil)
	noMatch := w.matches(lower.officer, lower.person)
	noMatch.expect(t, 200, nil, []string{"matches"})

	shown := w.matches(upper.officer, upper.person)
	shown.expect(t, 200, []string{`"band":"STRONG"`, `"probabilityBucket":9`, `"hypothesis":"SAME_PERSON"`, `"field":"NAME"`, `"level":"SIMILAR"`, `"bits":9`, `"MOVED"`, upper.name, upper.person}, lower.secrets())
	w.call(upper.officer, "POST", "/v1/matches:list", object{}).expect(t, 200, []string{upper.name, `"band":"STRONG"`}, lower.secrets())
	w.matches(upper.head, upper.person).expect(t, 200, []string{`"band":"STRONG"`}, lower.secrets())

	linked := w.confirms(t, upper.officer, upper.person)
	linked.expect(t, 200, []string{`"links/`, `"state":"CONFIRMED"`, `"relation":"SAME_PERSON"`, `"basis":"ASKED_PERSON"`}, append(lower.secrets(), "HEALTH"))
	pointer := w.call(upper.officer, "GET", "/v1/"+upper.name, nil)
	pointer.expect(t, 200, []string{linked.text("name"), `"sector":"HEALTH"`, `"channel":"ONLINE"`, `"coordinator":"` + w.accountOf(t, "gizi-cibinong")}, lower.secrets())
	head := w.call(upper.head, "GET", "/v1/"+upper.name, nil)
	head.expect(t, 200, []string{linked.text("name")}, append(lower.secrets(), `"sector"`, `"coordinator"`))
	w.matches(upper.officer, upper.person).expect(t, 200, nil, []string{"matches"})

	for _, who := range []string{lower.officer, lower.head, "bidan-melati"} {
		for _, list := range []string{"/v1/notices", "/v1/duties", "/v1/reviews", "/v1/approvals"} {
			w.call(who, "GET", list, nil).expect(t, 200, nil, []string{"LINK", "links/"})
		}
	}
	w.call(lower.head, "GET", "/v1/"+lower.name+"/accesses", nil).expect(t, 200, nil, []string{w.unitName("UPTD-PPA")})
	if after := w.call(lower.officer, "GET", "/v1/"+lower.name, nil); !sameButForWhen(before, after) {
		t.Errorf("the clinic reads %s, before the link %s", after.Body, before.Body)
	}
	if after := w.matches(lower.officer, lower.person); !sameButForWhen(noMatch, after) {
		t.Errorf("the clinic is told %s, before the link %s", after.Body, noMatch.Body)
	}
	w.call(upper.head, "GET", "/v1/notices", nil).expect(t, 200, nil, []string{"LINK_CONFIRMED"}) // between unequal sides nobody is told

	// Whoever said it, or the head, takes it back; the pointer is gone with it.
	w.post("rekan-uptd", linked.text("name")+":undo", object{"reason": "salah orang"}).expect(t, 404, nil, nil)
	w.post(lower.head, linked.text("name")+":undo", object{"reason": "salah orang"}).expect(t, 404, nil, nil)
	w.post(upper.head, linked.text("name")+":undo", object{"reason": "salah orang"}).expect(t, 200, []string{"UNDONE"}, lower.secrets())
	w.call(upper.officer, "GET", "/v1/"+upper.name, nil).expect(t, 200, nil, []string{`"links"`, "HEALTH"})
	w.post(upper.head, linked.text("name")+":undo", object{"reason": "salah orang"}).expect(t, 400, []string{"LINK_STATE", "UNDONE"}, nil)
	w.matches(upper.officer, upper.person).expect(t, 200, []string{`"band":"STRONG"`}, nil)
	w.verified(t)
}

func TestBetweenEqualLevelsBothOwnersAreToldAndBothArePointedTo(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	a, b := w.violenceFile(t, "pendamping-uptd", "kepala-uptd"), w.violenceFile(t, "bidan-cibinong", "kepala-cibinong")
	w.candidates(t, a.person, candidate(t, b.person, 4, true))
	w.confirms(t, a.officer, a.person).expect(t, 200, []string{"CONFIRMED"}, nil)
	for _, f := range []struct {
		of     linkedFile
		sector string
	}{{a, `"sector":"HEALTH"`}, {b, `"sector":"WOMEN_CHILD_PROTECTION"`}} {
		w.call(f.of.officer, "GET", "/v1/"+f.of.name, nil).expect(t, 200, []string{`"links"`, f.sector}, nil)
		w.call(f.of.head, "GET", "/v1/notices", nil).expect(t, 200, []string{"LINK_CONFIRMED", f.of.name}, nil)
	}
	// A head who is blocked on the other case is told of no link any more: the notice goes with the pointer.
	w.post(a.head, a.name+":addBlock", object{"account": w.accountOf(t, b.head), "reason": "keluarga terlapor"}).expect(t, 200, nil, nil)
	w.call(b.head, "GET", "/v1/"+b.name, nil).expect(t, 200, nil, []string{`"links"`})
	w.call(b.head, "GET", "/v1/notices", nil).expect(t, 200, nil, []string{"LINK_CONFIRMED"})
	w.call(a.head, "GET", "/v1/notices", nil).expect(t, 200, []string{"LINK_CONFIRMED"}, nil)
	w.verified(t)
}

func TestAWeakerPairTakesTwoOfTheOwnSide(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	upper, lower := w.pair(t, false)
	ask := object{"requestId": newID(), "matchRef": w.matchRef(t, upper.officer, upper.person), "relation": "SAME_PERSON", "basis": "HOME_VISIT", "note": "rumah sama"}
	approval := w.post(upper.officer, "links:confirm", ask).awaited(t)
	w.call(upper.officer, "GET", "/v1/"+upper.name, nil).expect(t, 200, nil, []string{`"links"`})
	w.call(upper.head, "GET", "/v1/approvals", nil).expect(t, 200, []string{approval, "link.decide", upper.name}, lower.secrets())
	for _, stranger := range []string{"rekan-uptd", lower.head, lower.officer, "penelaah", "terima-uptd"} { // a colleague need not know that there is a case
		sameButForDateAndID(t, stranger, w.post(stranger, approval+":approve", nil), w.post(stranger, "approvals/"+newID()+":approve", nil))
		w.call(stranger, "GET", "/v1/approvals", nil).expect(t, 200, nil, []string{approval})
	}
	w.post(upper.officer, approval+":approve", nil).expect(t, 403, nil, nil)
	w.post(upper.head, approval+":approve", nil).expect(t, 200, []string{"APPROVED"}, nil)
	w.post(upper.officer, "links:confirm", ask).expect(t, 200, []string{"CONFIRMED", "HOME_VISIT"}, nil)
	w.call(upper.officer, "GET", "/v1/"+upper.name, nil).expect(t, 200, []string{`"links"`, "HEALTH"}, lower.secrets())
	w.verified(t)
}

func TestARightThatEndedMeanwhileConfirmsNothing(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	upper, lower := w.pair(t, false)
	ask := object{"requestId": newID(), "matchRef": w.matchRef(t, upper.officer, upper.person), "relation": "SAME_PERSON", "basis": "HOME_VISIT"}
	approval := w.post(upper.officer, "links:confirm", ask).awaited(t)
	w.post(lower.officer, lower.name+":addBlock", object{"account": w.accountOf(t, upper.officer), "reason": "keluarga"}).expect(t, 200, nil, nil)
	w.post(upper.head, approval+":approve", nil).expect(t, 400, []string{"APPROVAL_STATE", "LAPSED"}, nil)
	w.call(upper.head, "GET", "/v1/"+upper.name, nil).expect(t, 200, nil, []string{`"links"`})
	w.verified(t)
}

func TestTheReviewerReadsTwoColumnsAndDecides(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	upper, lower := w.pair(t, false)
	asked := w.post(upper.officer, "matches:requestReview", object{"matchRef": w.matchRef(t, upper.officer, upper.person), "reason": "nama mirip, tanggal lahir berbeda sedikit"})
	asked.expect(t, 200, []string{`"reviews/`, `"kind":"LINK"`, `"dueTime"`}, lower.secrets())
	review := asked.text("name")
	hidden := append(append(lower.secrets(), upper.name, upper.person, survivor+" "), "UPTD", "units/", "HEALTH", "L3", "DOMESTIC", "nama mirip")
	w.call("penelaah", "GET", "/v1/reviews", nil).expect(t, 200, []string{review, `"kind":"LINK"`, `"reveal"`}, append(hidden, survivor))
	w.call("penelaah", "GET", "/v1/duties", nil).expect(t, 200, []string{review, "REVIEW_LINK"}, append([]string{survivor}, lower.name, upper.name))
	w.call("penelaah", "GET", "/v1/"+upper.name, nil).expect(t, 404, nil, nil)
	w.post("penelaah", review+":decide", object{"outcome": "FOUNDED", "reason": "sama"}).expect(t, 404, nil, nil)
	for _, who := range []string{lower.officer, lower.head} {
		w.call(who, "GET", "/v1/reviews", nil).expect(t, 200, nil, []string{review})
	}
	for _, who := range []string{upper.officer, upper.head, lower.head, "auditor", "rekan-uptd"} {
		got, want := w.reveal(who, review), w.reveal(who, "reviews/"+newID())
		sameButForDateAndID(t, who, got, want)
	}
	from := len(w.entries())
	w.reveal("penelaah", review).expect(t, 200, []string{survivor, childName, `"birthYear":1994`, `"areaCode":"32.01.01.1006"`},
		[]string{upper.name, lower.name, motherName, "UPTD", "units/", "3201", `"sex"`, "-02-11"})
	if n := w.count(from, func(e entry) bool { return e.Event.Name == "revealLink" && e.Rule == "A27" && e.Reason != [32]byte{} }); n != 1 {
		t.Errorf("%d entries of the reveal", n)
	}
	w.call(upper.head, "GET", "/v1/"+upper.name+"/accesses", nil).expect(t, 200, []string{`"role":"REVIEWER"`}, nil)
	w.call(lower.head, "GET", "/v1/"+lower.name+"/accesses", nil).expect(t, 200, nil, []string{`"role":"REVIEWER"`, w.unitName("REGENCY")})

	w.post("penelaah", "links:reject", object{"review": review, "reason": "DIFFERENT_PERSON"}).expect(t, 200, []string{"REJECTED", "DIFFERENT_PERSON"}, hidden)
	w.call("penelaah", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{review})
	w.call(upper.officer, "GET", "/v1/notices", nil).expect(t, 200, []string{"REVIEW_DECIDED"}, lower.secrets())
	confirm := object{"review": review, "relation": "SAME_PERSON", "basis": "NIK_VERIFIED"}
	rejected := w.post("penelaah", "links:confirm", confirm)
	rejected.expect(t, 400, []string{"LINK_REJECTED"}, nil)
	w.matches(upper.officer, upper.person).expect(t, 200, nil, []string{"matches"})
	w.verified(t)
}

func (w *world) reveal(who, review string) reply {
	w.t.Helper()
	return w.call(who, "POST", "/v1/"+review+":reveal", object{"reason": "membandingkan dua catatan"})
}

func TestTheReviewerConfirmsAloneAndTakesItBack(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	upper, _ := w.pair(t, false)
	asked := w.post(upper.officer, "matches:requestReview", object{"matchRef": w.matchRef(t, upper.officer, upper.person), "reason": "nama mirip"})
	asked.expect(t, 200, nil, nil)
	confirm := object{"requestId": newID(), "review": asked.text("name"), "relation": "SAME_PERSON", "basis": "NIK_VERIFIED"}
	first := w.post("penelaah", "links:confirm", confirm)
	first.expect(t, 200, []string{"CONFIRMED"}, nil)
	if again := w.post("penelaah", "links:confirm", confirm); string(again.Body) != string(first.Body) {
		t.Errorf("again: %s, first %s", again.Body, first.Body)
	}
	w.call(upper.officer, "GET", "/v1/"+upper.name, nil).expect(t, 200, []string{`"links"`, "HEALTH"}, nil)
	w.post("penelaah", first.text("name")+":undo", object{"reason": "keliru"}).expect(t, 200, []string{"UNDONE"}, nil)
	w.call(upper.officer, "GET", "/v1/"+upper.name, nil).expect(t, 200, nil, []string{`"links"`})
	w.post("penelaah", "links:confirm", object{"review": asked.text("name"), "relation": "SAME_PERSON", "basis": "NIK_VERIFIED"}).expect(t, 404, nil, nil)
	w.verified(t)
}

func TestARejectedPairStaysAwayUntilSomethingComparedChanges(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	upper, lower := w.pair(t, true)
	stale := w.matchRef(t, upper.officer, upper.person)
	rejected := w.post(upper.officer, "links:reject", object{"matchRef": w.matchRef(t, upper.officer, upper.person), "reason": "DIFFERENT_PERSON"})
	rejected.expect(t, 200, []string{"REJECTED"}, lower.secrets())
	w.matches(upper.officer, upper.person).expect(t, 200, nil, []string{"matches"})
	w.post(upper.officer, "links:confirm", object{"matchRef": stale, "relation": "SAME_PERSON", "basis": "HOME_VISIT"}).expect(t, 400, []string{"LINK_REJECTED"}, nil)
	change := func(field string, person object) { // as the clinic may at any time
		t.Helper()
		got := w.call(lower.officer, "GET", "/v1/"+lower.person, nil)
		w.call(lower.officer, "PATCH", "/v1/"+lower.person, object{
			"requestId": newID(), "etag": got.text("etag"), "updateMask": []string{field}, "person": person,
		}).expect(t, 200, nil, nil)
	}
	change("safeContact", object{"safeContact": object{"allowed": true, "phone": "081200000000"}})
	w.matches(upper.officer, upper.person).expect(t, 200, nil, []string{"matches"})
	change("name", object{"name": "Nama Lain"})
	w.matches(upper.officer, upper.person).expect(t, 200, []string{"matches"}, nil)
	w.post(upper.head, rejected.text("name")+":undo", object{"reason": "ternyata sama"}).expect(t, 200, []string{"UNDONE"}, nil)
	w.confirms(t, upper.officer, upper.person).expect(t, 200, []string{"CONFIRMED"}, nil)
	w.verified(t)
}

func TestWhoCannotTellIsAskedAgainAfterThirtyDays(t *testing.T) {
	t.Parallel()
	var c clock
	w := linkWorld(t, c.now)
	upper, _ := w.pair(t, true)
	w.post(upper.officer, "links:reject", object{"matchRef": w.matchRef(t, upper.officer, upper.person), "reason": "NOT_SURE"}).expect(t, 200, []string{"NOT_SURE", "hiddenUntilTime"}, nil)
	for _, day := range []int{29, 31} {
		c.ahead.Store(int64(time.Duration(day) * 24 * time.Hour))
		w.renewed(t, upper.officer)
		if got := w.matches(upper.officer, upper.person); (got.text("matches.0.band") == "") != (day < 30) {
			t.Errorf("after %d days: %s", day, got.Body)
		}
	}
}

// A pair is said to be one, and taken back, sixteen times within two days; then nobody names it for a while, and nothing is half said.
func TestAPairThatIsNamedTooOftenRests(t *testing.T) {
	t.Parallel()
	var c clock
	w := linkWorld(t, c.now)
	upper, _ := w.pair(t, true)
	for range casework.SpentMost {
		link := w.confirms(t, upper.officer, upper.person)
		link.expect(t, 200, []string{"CONFIRMED"}, nil)
		w.post(upper.head, link.text("name")+":undo", object{"reason": "salah"}).expect(t, 200, nil, nil)
	}
	w.confirms(t, upper.officer, upper.person).expect(t, 429, []string{"RATE_LIMITED", "RetryInfo"}, nil)
	w.call(upper.officer, "GET", "/v1/"+upper.name, nil).expect(t, 200, nil, []string{`"links"`})
	c.advance(49 * time.Hour)
	w.renewed(t, upper.officer)
	w.confirms(t, upper.officer, upper.person).expect(t, 200, []string{"CONFIRMED"}, nil)
	w.verified(t)
}

func TestAMatchIsNamedByWhoItWasShownToOnceWithinADay(t *testing.T) {
	t.Parallel()
	var c clock
	w := linkWorld(t, c.now)
	upper, lower := w.pair(t, true)
	w.violenceFile(t, upper.officer, upper.head) // so that there is a second page
	say := func(who, ref string) reply {
		return w.post(who, "links:confirm", object{"matchRef": ref, "relation": "SAME_PERSON", "basis": "HOME_VISIT"})
	}
	ref := w.matchRef(t, upper.officer, upper.person)
	never := say(upper.officer, "tidak-pernah-ada")
	never.expect(t, 404, nil, nil)
	swapped := []byte(ref)
	swapped[len(ref)/2] ^= 1
	old := w.matchRef(t, upper.officer, upper.person)
	w.confirms(t, upper.officer, upper.person).expect(t, 200, nil, nil)
	linked := w.call(upper.officer, "GET", "/v1/"+upper.name, nil).text("links.0.link")
	w.post(upper.head, linked+":undo", object{"reason": "salah"}).expect(t, 200, nil, nil)
	spent := object{"requestId": newID(), "matchRef": ref, "reason": "TWIN"}
	w.post(upper.officer, "links:reject", spent).expect(t, 200, nil, nil)
	w.post(upper.officer, "links:reject", spent).expect(t, 200, []string{"TWIN"}, nil) // the same request
	for what, got := range map[string]reply{
		"replayed":            say(upper.officer, ref),
		"of another account":  say(upper.head, old),
		"swapped":             say(upper.officer, string(swapped)),
		"of no caller's case": say(lower.officer, old),
		"a page token":        say(upper.officer, w.call(upper.officer, "GET", "/v1/cases?pageSize=1", nil).text("nextPageToken")),
	} {
		sameButForDateAndID(t, what, got, never)
	}
	c.advance(25 * time.Hour)
	w.renewed(t, upper.officer)
	sameButForDateAndID(t, "expired", say(upper.officer, old), never)
	w.verified(t)
}

func TestAThirtyFirstQuestionIsRefusedAndTheReviewerIsTold(t *testing.T) {
	t.Parallel()
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), NoSweep: true, Configure: func(c *server.Config) {
		c.Limits = server.Limits{AccountPerSecond: -1, PeerPerSecond: -1}
	}})
	upper, _ := w.pair(t, false)
	review := w.post(upper.officer, "matches:requestReview", object{"matchRef": w.matchRef(t, upper.officer, upper.person), "reason": "nama mirip"}).text("name")
	for range 29 {
		w.matches(upper.officer, upper.person).expect(t, 200, nil, nil)
		w.reveal("penelaah", review).expect(t, 200, nil, nil)
	}
	w.reveal("penelaah", review).expect(t, 200, nil, nil)
	from := len(w.entries())
	for range 3 {
		w.matches(upper.officer, upper.person).expect(t, 429, []string{"RATE_LIMITED"}, []string{"matches"})
		w.reveal("penelaah", review).expect(t, 429, []string{"RATE_LIMITED"}, []string{survivor})
	}
	for _, limit := range []string{"MATCH_LIMIT", "REVEAL_LIMIT"} {
		if n := w.count(from, func(e entry) bool { return e.Event.Name == limit }); n != 1 {
			t.Errorf("%d entries of %s", n, limit)
		}
	}
	if n := w.noticed("penelaah", "LIMIT_REACHED"); n != 2 {
		t.Errorf("the reviewer was told %d times", n)
	}
	w.matches(upper.head, upper.person).expect(t, 200, []string{"matches"}, nil) // another account has its own thirty
}

func TestAnErasedRecordTakesItsLinksAlong(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	upper, lower := w.pair(t, true)
	w.confirms(t, upper.officer, upper.person).expect(t, 200, nil, nil)
	_, err := store.Update(context.Background(), w.served.Store, func(w *store.Writer) (struct{}, error) {
		entry := w.Append(entry{Version: journal.Version, Action: "case.erase"}, nil, nil)
		return struct{}{}, w.ErasePerson(personOf(t, lower.person), entry)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.call(upper.officer, "GET", "/v1/"+upper.name, nil).expect(t, 200, nil, []string{`"links"`})
	if n := w.linkRows(t); n != 0 {
		t.Errorf("%d links are left", n)
	}
}

func (w *world) linkRows(t testing.TB) int {
	t.Helper()
	n, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) (int, error) {
		all, err := r.Joined(nil)
		return len(all), err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPC09WhoIsBlockedOnTheOtherCaseHasNoPair: X works on a case of his own, whose match is the case from which he is kept. He is told what
// one is told of no match, before and after his head confirmed it.
func TestPC09WhoIsBlockedOnTheOtherCaseHasNoPair(t *testing.T) {
	t.Parallel()
	w := linkWorld(t, time.Now)
	w.husband(t, "WORKER")
	own := w.violenceFile(t, "suami", "kepala-cibinong")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", named())
	filed.expect(t, 200, nil, nil)
	never, alone := w.matches("suami", own.person), w.call("suami", "GET", "/v1/"+own.name, nil)
	never.expect(t, 200, nil, []string{"matches"})
	w.candidates(t, own.person, candidate(t, filed.text("person"), 4, true))
	w.matches("kepala-cibinong", own.person).expect(t, 200, []string{"STRONG"}, nil)
	w.confirms(t, "kepala-cibinong", own.person).expect(t, 200, []string{"CONFIRMED"}, nil)
	link := w.call("kepala-cibinong", "GET", "/v1/"+own.name, nil).text("links.0.link")
	if got := w.matches("suami", own.person); !sameButForWhen(got, never) {
		t.Errorf("he is told %s, of no match %s", got.Body, never.Body)
	}
	if got := w.call("suami", "GET", "/v1/"+own.name, nil); !sameButForWhen(got, alone) {
		t.Errorf("he reads %s, before %s", got.Body, alone.Body)
	}
	say := object{"reason": "keliru"}
	sameButForDateAndID(t, "undo", w.post("suami", link+":undo", say), w.post("suami", "links/"+newID()+":undo", object{"reason": "keliru"}))
	sameButForDateAndID(t, "matches of hers", w.matches("suami", filed.text("person")), w.matches("suami", "persons/"+newID()))
	w.verified(t)
}

// TestALinkOfWhatTheScanFinds goes the whole way: two agencies write down one woman, the background compares, she who works with her is
// shown the match, and asks.
func TestALinkOfWhatTheScanFinds(t *testing.T) {
	t.Parallel()
	w := linked(t, t.TempDir())
	_, child := w.fileChild(kenangasChild())
	k := w.openViolence(t, asKenanga)
	woman := w.personOf(t, "pendamping-uptd", k)
	w.follow()
	w.matches("pendamping-uptd", woman).expect(t, 200, []string{`"band":"STRONG"`, `"hypothesis":"SAME_PERSON"`, `"field":"NIK"`, `"level":"EXACT"`},
		[]string{child, "Rizki", "HEALTH", kenangaNIK})
	w.confirms(t, "pendamping-uptd", woman).expect(t, 200, []string{"CONFIRMED"}, nil)
	w.call("pendamping-uptd", "GET", "/v1/"+k, nil).expect(t, 200, []string{`"sector":"HEALTH"`, `"coordinator":"accounts/`}, []string{child, "Rizki"})
	joined, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) ([]store.Joined, error) { return r.Joined(nil) })
	if err != nil || len(joined) != 1 || joined[0].Counts {
		t.Errorf("joined in counting: %v, %v; a mother and her child are two", joined, err)
	}
	w.verified(t)
}

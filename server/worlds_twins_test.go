package server_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The same regency with and without a secret: whoever has no part in it is answered the same, by every list and page and look-up, over
// both faces. And what changes on one side of a person shows in nothing of the other.

var tokenOfPage = regexp.MustCompile(`"nextPageToken":"[^"]*"`)

// album is what somebody is answered, by what was asked.
type album map[string]string

// answersOf asks all lists, in pages of several sizes, and all look-ups of some things by name.
func (w *world) answersOf(who string, names []string) album {
	all := album{}
	for face, over := range map[string]func(*world, string, method, object) reply{"REST": (*world).overREST, "gRPC": (*world).overGRPC} {
		keep := func(what string, r reply) {
			all[face+" "+what] = fmt.Sprintf("%d %s etag %s", r.Status, tokenOfPage.ReplaceAllString(string(r.Body), `"nextPageToken":"…"`), r.Header.Get("Etag"))
		}
		for _, l := range lists {
			if methods()[l.method].Parent().Name() == "JournalService" {
				continue // it grows by being read
			}
			for _, size := range []int{1, 2, 20} {
				say := maps.Clone(l.say)
				say["pageSize"] = size
				for page := 0; page < 10; page++ {
					r := over(w, who, methods()[l.method], say)
					keep(fmt.Sprintf("%s %v size %d page %d", l.method, l.say, size, page), r)
					token := r.text("nextPageToken")
					if token == "" {
						break
					}
					say["pageToken"] = token
				}
				if face == "gRPC" {
					break // pages are made behind both faces
				}
			}
		}
		for _, name := range []string{"Neng", "Tuti", "Ibu"} {
			keep("search "+name, over(w, who, methods()["SearchPersons"], object{"name": name}))
		}
		for _, name := range names {
			for _, q := range questions(name, false) {
				if q.method.Name() == "ListAccesses" {
					continue // so does this
				}
				keep(string(q.method.Name())+" "+name, over(w, who, q.method, q.say))
			}
		}
		keep("ListUnits", over(w, who, methods()["ListUnits"], object{"pageSize": 100}))
		keep("SuggestReceivers", over(w, who, methods()["SuggestReceivers"], object{"case": names[0], "service": "MEDICAL_CARE", "urgency": "ROUTINE", "includeExcluded": true}))
	}
	return all
}

// differences of two albums.
func differences(before, after album) (all []string) {
	for _, what := range slices.Sorted(maps.Keys(after)) {
		if undated(before[what]) != undated(after[what]) {
			all = append(all, fmt.Sprintf("%s: was %.300s, and is %.300s", what, before[what], after[what]))
		}
	}
	if len(before) != len(after) {
		all = append(all, fmt.Sprintf("%d answers, and then %d", len(before), len(after)))
	}
	return all
}

// apart is where two answers part, and a little before.
func apart(a, b string) int {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return max(0, i-40)
}

// undated takes request ids out of an answer.
func undated(answer string) string { return requestID.ReplaceAllString(answer, "") }

var requestID = regexp.MustCompile(`"requestId":"[^"]*"`)

func stillWorld(t *testing.T) (*world, *still) {
	t.Helper()
	c := &still{}
	c.micros.Store(begin.UnixMicro())
	return openWorld(t, t.TempDir(), c.now), c
}

// woman is one human being as she says who she is.
func woman() object {
	return object{
		"name": "Tuti Alawiyah", "sex": "FEMALE", "birthDate": "1994-02-11", "identifiers": []object{{"type": "NIK", "value": "3201015102940003"}},
		"address": object{"areaCode": "32.01.01.1006"}, "husband": object{"name": "Dadang"},
	}
}

// ordinaryLife files what everybody may know of: the woman's ordinary case with her household, and children with legs.
func ordinaryLife(t *testing.T, w *world) (names []string) {
	t.Helper()
	filed := w.call("gizi-cibinong", "POST", "/v1/cases", object{"requestId": newID(), "newPerson": woman(), "newCase": object{"type": "FAMILY_STUNTING_RISK"}})
	filed.expect(t, 200, nil, nil)
	house := w.call("gizi-cibinong", "POST", "/v1/households", object{
		"requestId": newID(), "address": object{"areaCode": "32.01.01.1006"}, "members": []object{{"person": filed.text("client.name"), "role": "SPOUSE"}},
	})
	house.expect(t, 200, nil, nil)
	names = append(names, filed.text("name"), filed.text("client.name"), house.text("name"))
	for n := range 4 {
		body := stuntedChild()
		body["newPerson"].(object)["name"], body["newPerson"].(object)["birthDate"] = fmt.Sprintf("Neng Kirana %c", 'A'+n), "2025-06-05"
		body["measurements"] = []object{{"measuredOn": begin.Format(time.DateOnly), "weightKg": 8.9, "lengthCm": 75.6, "position": "LYING"}}
		body["legs"], body["disclosures"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}, []object{{"basis": "CARE"}}
		child := w.call("bidan-melati", "POST", "/v1/referrals:file", body)
		child.expect(t, 200, nil, nil)
		names = append(names, child.text("case"), child.text("legs.0.referral"))
	}
	return names
}

// herSecret files the violence case of the same woman, from the same puskesmas, and has it taken.
func herSecret(t *testing.T, w *world) (caseName, person string) {
	t.Helper()
	body := survivorFiling()
	body["newPerson"] = woman()
	body["incident"].(object)["occurredOn"] = begin.Format(time.DateOnly)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	w.event("pendamping-uptd", filed.text("legs.0.referral"), "accept", nil).expect(t, 200, nil, nil)
	return filed.text("case"), filed.text("person")
}

// related are those who have, or oversee, a part in her secret.
var related = []string{"bidan-cibinong", "kepala-cibinong", "pendamping-uptd", "rekan-uptd", "kepala-uptd"}

func TestASecretChangesNoAnswerOfWhoHasNoPartInIt(t *testing.T) {
	t.Parallel()
	w, c := stillWorld(t)
	names := ordinaryLife(t, w)
	var people []string
	for _, u := range w.served.Users {
		if !slices.Contains(related, u.Code) {
			people = append(people, u.Code)
		}
	}
	if !long("access") { // some by turns; everybody by LONG_ROW=access
		turn := int(time.Now().Unix())
		some := []string{"gizi-cibinong", "kader-melati", "terima-uptd"}
		for n := range 3 {
			some = append(some, people[(turn+7*n)%len(people)])
		}
		people = some
	}
	c.advance(time.Hour) // what was filed lies in the past of all answers
	before := map[string]album{}
	for _, who := range people {
		before[who] = w.answersOf(who, names)
	}
	at := c.now()
	kase, person := herSecret(t, w)
	told := w.call("bidan-cibinong", "GET", "/v1/"+person, nil)
	told.expect(t, 200, []string{"Dadang"}, nil)
	w.call("bidan-cibinong", "PATCH", "/v1/"+person, object{
		"requestId": newID(), "etag": told.text("etag"), "updateMask": []string{"husband", "safeContact"},
		"person": object{"husband": object{"name": "Kusnadi"}, "safeContact": object{"allowed": true, "channel": "PHONE", "phone": "081200000000"}},
	}).expect(t, 200, []string{"Kusnadi"}, nil)
	c.micros.Store(at.UnixMicro())
	for _, who := range people {
		after := w.answersOf(who, names)
		for _, difference := range differences(before[who], after) {
			t.Errorf("%s: %s", who, difference)
		}
		for what, answer := range after {
			if strings.Contains(answer, kase) || strings.Contains(answer, "Kusnadi") || strings.Contains(answer, "081200000000") {
				t.Errorf("%s: %s tells of her: %s", who, what, answer)
			}
		}
	}
	// The control: who has a part in it is answered otherwise.
	was := w.answersOf("kepala-cibinong", names)
	herSecret(t, w)
	if len(differences(was, w.answersOf("kepala-cibinong", names))) == 0 {
		t.Error("negative control: a secret changes no answer of its own head either")
	}
}

// What the ordinary unit learns of her does not show where she is protected, nor the other way round: not even in an etag.
func TestTheTwoSidesOfAPersonNeverMeet(t *testing.T) {
	t.Parallel()
	w, _ := stillWorld(t)
	names := ordinaryLife(t, w)
	kase, person := herSecret(t, w)
	secret := []string{kase, person}
	protected := w.answersOf("pendamping-uptd", secret)
	hers := map[string]album{}
	for _, who := range []string{"bidan-cibinong", "kepala-uptd"} {
		hers[who] = w.answersOf(who, secret)
	}
	ordinary := names[1]
	told := w.call("gizi-cibinong", "GET", "/v1/"+ordinary, nil)
	w.call("gizi-cibinong", "PATCH", "/v1/"+ordinary, object{
		"requestId": newID(), "etag": told.text("etag"), "updateMask": []string{"husband"},
		"person": object{"husband": object{"name": "Kusnadi"}},
	}).expect(t, 200, []string{"Kusnadi"}, nil)
	w.call("gizi-cibinong", "GET", "/v1/"+ordinary, nil).expect(t, 200, []string{"Kusnadi"}, nil)
	for _, difference := range differences(protected, w.answersOf("pendamping-uptd", secret)) {
		t.Errorf("pendamping-uptd: %s", difference)
	}
	for who, was := range hers {
		for what, answer := range w.answersOf(who, secret) {
			about := strings.Contains(what, kase) || strings.Contains(what, person)
			if about && undated(answer) != undated(was[what]) || about && strings.Contains(answer, "Kusnadi") {
				t.Errorf("%s: %s was %s, and is %s", who, what, was[what][apart(was[what], answer):], answer[apart(was[what], answer):])
			}
		}
	}
}

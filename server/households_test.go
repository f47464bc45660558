package server_test

import (
	"sync"
	"sync/atomic"
	"testing"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

const (
	oldKK = "3201130101200001"
	newKK = "3201130202210002"
)

func (w *world) household(as string, card string, members ...string) reply {
	body := object{"requestId": newID(), "address": object{"areaCode": "32.01.01.1006", "rt": "001", "text": "Gang Melati 9"}}
	if card != "" {
		body["cardNumber"], body["cardFrom"] = card, daysAgo(300)
	}
	var all []object
	for _, m := range members {
		all = append(all, object{"person": m, "role": "CHILD", "fromDate": daysAgo(100)})
	}
	body["members"] = all
	return w.call(as, "POST", "/v1/households", body)
}

func (w *world) change(as, household, act string, more object) reply {
	body := object{"requestId": newID()}
	for k, v := range more {
		body[k] = v
	}
	return w.call(as, "POST", "/v1/"+household+":"+act, body)
}

func TestAHouseholdOverTime(t *testing.T) {
	w := newWorld(t)
	_, first := w.child(t, "Zahra Contoh")
	_, second := w.child(t, "Zahwa Contoh") // her twin
	made := w.household("bidan-cibinong", oldKK, first, second)
	made.expect(t, 200, []string{oldKK, "Zahra Contoh", "Zahwa Contoh", "Gang Melati 9", "FIRST", `"etag"`}, nil)
	home := made.text("name")
	w.call("gizi-cibinong", "GET", "/v1/"+first, nil).expect(t, 200, []string{home}, nil)

	w.household("bidan-cibinong", "", first).expect(t, 400, []string{"MEMBER_ELSEWHERE"}, nil)
	w.household("bidan-cibinong", oldKK, second).expect(t, 400, []string{"MEMBER_ELSEWHERE"}, nil)
	_, third := w.child(t, "Putri Contoh")
	w.household("gizi-cibinong", oldKK, third).expect(t, 409, []string{"ALREADY_EXISTS", home}, []string{"Putri"})
	w.household("gizi-cibinong", "12345", third).expect(t, 400, []string{"KK_FORMAT"}, nil)
	w.household("gizi-cibinong", "", third, third).expect(t, 400, []string{"members[1].person", "DUPLICATE_ITEM"}, nil)

	w.change("gizi-cibinong", home, "changeCard", object{"cardNumber": newKK, "reason": "MOVE", "fromDate": daysAgo(400)}).expect(t, 400, []string{"fromDate"}, nil)
	changed := w.change("gizi-cibinong", home, "changeCard", object{"cardNumber": newKK, "reason": "MOVE", "fromDate": daysAgo(20), "etag": made.text("etag")})
	changed.expect(t, 200, []string{`"cardNumber":"` + newKK, oldKK, `"untilDate":"` + daysAgo(20), "MOVE"}, nil)
	w.change("gizi-cibinong", home, "changeCard", object{"cardNumber": oldKK, "reason": "MOVE", "etag": made.text("etag")}).expect(t, 409, []string{"ETAG_MISMATCH"}, nil)
	w.household("gizi-cibinong", oldKK, third).expect(t, 200, []string{oldKK, "Putri"}, []string{home}) // a number that is free again

	left := w.change("bidan-cibinong", home, "endMember", object{"person": first, "untilDate": daysAgo(10)})
	left.expect(t, 200, []string{daysAgo(10)}, nil)
	if now := left.text("members.0.fullName"); now != "Zahwa Contoh" {
		t.Errorf("the first member is %q: those of now stand first", now)
	}
	w.call("gizi-cibinong", "GET", "/v1/"+first, nil).expect(t, 200, nil, []string{"households/"})
	alone := w.household("bidan-cibinong", "", second)
	alone.expect(t, 400, []string{"MEMBER_ELSEWHERE"}, nil)
	next, err := w.persons().CreateHousehold(w.as("bidan-cibinong"), &pb.CreateHouseholdRequest{
		RequestId: newID(), Members: []*pb.NewHouseholdMember{{Person: first, Role: pb.HouseholdRole_CHILD, FromDate: daysAgo(10)}},
	})
	said(t, next, err, []string{"Zahra Contoh"}, []string{"Zahwa", home, newKK})
	back, err := w.persons().AddHouseholdMember(w.as("bidan-cibinong"), &pb.AddHouseholdMemberRequest{
		Name: home, RequestId: newID(), Member: &pb.NewHouseholdMember{Person: first, Role: pb.HouseholdRole_CHILD},
	})
	if back != nil || reasonText(err) != "MEMBER_ELSEWHERE" {
		t.Errorf("into two households: %v", err)
	}
	read, err := w.persons().GetHousehold(w.as("gizi-cibinong"), &pb.GetHouseholdRequest{Name: home})
	said(t, read, err, []string{"Zahra", "Zahwa", newKK}, nil)
}

func reasonText(err error) string {
	reason, _ := reasonOf(err)
	return reason
}

func TestARequestForAHouseholdIsDoneOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, first := w.child(t, "Zahra Contoh")
	body := object{"requestId": newID(), "members": []object{{"person": first, "role": "CHILD"}}, "cardNumber": oldKK}
	a, b := w.call("gizi-cibinong", "POST", "/v1/households", body), w.call("gizi-cibinong", "POST", "/v1/households", body)
	if a.Status != 200 || string(a.Body) != string(b.Body) {
		t.Errorf("%s, then %s", a.Body, b.Body)
	}
	card := object{"requestId": newID(), "cardNumber": newKK, "reason": "REISSUED", "fromDate": today(), "etag": a.text("etag")}
	w.change("gizi-cibinong", a.text("name"), "changeCard", card).expect(t, 400, []string{"fromDate"}, nil) // one card a day
	card["reason"] = "CORRECTION"
	c, d := w.change("gizi-cibinong", a.text("name"), "changeCard", card), w.change("gizi-cibinong", a.text("name"), "changeCard", card)
	if c.Status != 200 || string(c.Body) != string(d.Body) {
		t.Errorf("%s, then %s", c.Body, d.Body)
	}
}

// The mother of a violence case has another record: no household of the ordinary side knows her, and her own knows nobody of it.
func TestTheTwoSidesShareNoHousehold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mother := w.personOf(t, "bidan-cibinong", w.survivorCase(t))
	_, child := w.child(t, "Zahra Contoh")
	ordinary := w.household("gizi-cibinong", oldKK, child)
	ordinary.expect(t, 200, nil, nil)
	w.household("bidan-cibinong", "", mother, child).expect(t, 400, []string{"PERSON_UNKNOWN"}, nil)
	w.change("bidan-cibinong", ordinary.text("name"), "addMember", object{"member": object{"person": mother, "role": "PARENT"}}).expect(t, 400, []string{"member.person", "PERSON_UNKNOWN"}, []string{survivor})
	protected := w.household("bidan-cibinong", oldKK, mother) // the same card, and no sign that it is known
	protected.expect(t, 200, []string{survivor, oldKK}, []string{"Zahra", ordinary.text("name")})
	w.call("gizi-cibinong", "GET", "/v1/"+ordinary.text("name"), nil).expect(t, 200, nil, []string{survivor, protected.text("name")})
	for _, who := range []string{"gizi-cibinong", "kader-melati", "dokter-rsud", "penelaah", "app-melati"} {
		name := protected.text("name")
		sameButForDateAndID(t, who, w.call(who, "GET", "/v1/"+name, nil), w.call(who, "GET", "/v1/households/"+newID(), nil))
		sameButForDateAndID(t, who+" changes it", w.change(who, name, "changeCard", object{"cardNumber": newKK, "reason": "MOVE"}),
			w.change(who, "households/"+newID(), "changeCard", object{"cardNumber": newKK, "reason": "MOVE"}))
		w.household(who, "", mother).expect(t, 404, []string{"NOT_FOUND"}, []string{survivor})
	}
	w.call(w.stale(t, "bidan-cibinong"), "GET", "/v1/"+protected.text("name"), nil).expect(t, 401, []string{"STEP_UP_REQUIRED"}, []string{survivor})
}

func TestAMemberWhoseCaseWasRaisedIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, first := w.child(t, "Zahra Contoh")
	k, second := w.child(t, "Zahwa Contoh")
	home := w.household("gizi-cibinong", oldKK, first, second)
	home.expect(t, 200, []string{"Zahwa"}, nil)
	name := home.text("name")
	card := object{"requestId": newID(), "cardNumber": "3201130303230003", "reason": "MOVE", "fromDate": daysAgo(5)}
	w.change("gizi-cibinong", name, "changeCard", card).expect(t, 200, []string{"Zahwa"}, nil)
	w.raise(t, k, "L2")
	w.change("gizi-cibinong", name, "changeCard", card).expect(t, 200, []string{"Zahra", "3201130303230003"}, []string{"Zahwa", second}) // a replay shows no more
	w.call("gizi-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{"Zahra"}, []string{"Zahwa", second})
	w.change("gizi-cibinong", name, "endMember", object{"person": second}).expect(t, 400, []string{"PERSON_UNKNOWN"}, []string{"Zahwa"})
	w.call("kepala-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{"Zahra", "Zahwa"}, nil)
	w.call("kader-melati", "GET", "/v1/"+name, nil).expect(t, 404, nil, []string{oldKK})

	_, third := w.child(t, "Putri Contoh")
	hidden := w.household("kepala-cibinong", newKK, w.onlyRaised(t))
	hidden.expect(t, 200, nil, nil)
	w.household("gizi-cibinong", newKK, third).expect(t, 200, []string{"Putri"}, []string{hidden.text("name")})
}

// onlyRaised is a child whose only case is at L2, read by its head.
func (w *world) onlyRaised(t *testing.T) string {
	k, person := w.child(t, "Rahma Contoh")
	w.raise(t, k, "L2")
	return person
}

// Of many who add a child to a household each at once, one wins and the others learn it.
func TestOneChildIsAddedToOneHousehold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, child := w.child(t, "Zahra Contoh")
	var won atomic.Int64
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			got, err := w.try("gizi-cibinong", "POST", "/v1/households", object{
				"requestId": newID(), "members": []object{{"person": child, "role": "CHILD"}},
			})
			switch {
			case err == nil && got.Status == 200:
				won.Add(1)
			case err != nil || got.reason() != "MEMBER_ELSEWHERE":
				t.Errorf("%s %v", got.Body, err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 {
		t.Errorf("she is in %d households", won.Load())
	}
	w.verified(t)
}

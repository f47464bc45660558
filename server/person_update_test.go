package server_test

import (
	"context"
	"testing"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

func (w *world) update(as, person, tag string, mask []string, fields object) reply {
	return w.call(as, "PATCH", "/v1/"+person, object{"requestId": newID(), "etag": tag, "updateMask": mask, "person": fields})
}

func TestAPersonIsCorrectedFieldByField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, child := w.child(t, "Zahra Contoh")
	first := w.call("gizi-cibinong", "GET", "/v1/"+child, nil).text("etag")
	for _, tt := range []struct {
		what, as string
		tag      string
		mask     []string
		fields   object
		status   int
		must     string
	}{
		{"no mask", "gizi-cibinong", first, nil, object{"name": "X"}, 400, "UPDATE_MASK_REQUIRED"},
		{"no etag", "gizi-cibinong", "", []string{"name"}, object{"name": "X"}, 400, "ETAG_REQUIRED"},
		{"a field that there is not", "gizi-cibinong", first, []string{"sex"}, object{"name": "X"}, 400, "updateMask[0]"},
		{"no name", "gizi-cibinong", first, []string{"name"}, object{"name": " "}, 400, "person.name"},
		{"a day that there is not", "gizi-cibinong", first, []string{"birthDate"}, object{"birthDate": "2025-02-30"}, 400, "DATE_INVALID"},
		{"a birth date taken away", "gizi-cibinong", first, []string{"birthDate"}, object{}, 400, "person.birthDate"},
		{"a NIK that is none", "gizi-cibinong", first, []string{"identifiers"}, object{"identifiers": []object{{"type": "NIK", "value": "123"}}}, 400, "person.identifiers[0].value"},
		{"no telephone", "gizi-cibinong", first, []string{"safeContact"}, object{"safeContact": object{"phone": "rumah"}}, 400, "person.safeContact.phone"},
		{"a mother who never was", "gizi-cibinong", first, []string{"mother"}, object{"mother": object{"person": "persons/" + newID()}}, 400, "PERSON_UNKNOWN"},
		{"by a kader of another post", "kader-melati", first, []string{"name"}, object{"name": "X"}, 404, "NOT_FOUND"},
		{"by another unit", "bidan-citeureup", first, []string{"name"}, object{"name": "X"}, 404, "NOT_FOUND"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			w.update(tt.as, child, tt.tag, tt.mask, tt.fields).expect(t, tt.status, []string{tt.must}, []string{"Zahra"})
		})
	}
	named := w.update("gizi-cibinong", child, first, []string{"name"}, object{"name": "Zahra Contoh Lestari", "birthDate": "1999-01-01"})
	named.expect(t, 200, []string{"Zahra Contoh Lestari", birthDate(14)}, []string{"1999"})
	// A stale etag is no conflict where others changed other fields; where they changed the same, a person decides.
	moved := w.update("bidan-cibinong", child, first, []string{"address"}, object{"address": object{"areaCode": "32.01.01.1007"}})
	moved.expect(t, 200, []string{"1007", "Zahra Contoh Lestari"}, []string{"Gang Mawar"})
	w.update("bidan-cibinong", child, first, []string{"name"}, object{"name": "Zahra Lain"}).
		expect(t, 409, []string{"ETAG_MISMATCH", `"path":"name"`, "Zahra Contoh Lestari", "Zahra Lain", moved.text("etag")}, nil)
	w.update("bidan-cibinong", child, first, []string{"name"}, object{"name": "Zahra Contoh Lestari"}).expect(t, 200, []string{"Lestari"}, nil)
	w.update("bidan-cibinong", child, "v9zz", []string{"name"}, object{"name": "Zahra Lain"}).expect(t, 409, []string{"ETAG_MISMATCH"}, nil)
	w.search("gizi-cibinong", object{"name": "lestari"}).expect(t, 200, []string{child}, nil)
}

func TestDoNotCallStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, child := w.child(t, "Zahra Contoh")
	tag := w.call("gizi-cibinong", "GET", "/v1/"+child, nil).text("etag")
	w.update("gizi-cibinong", child, tag, []string{"safeContact"}, object{"safeContact": object{"doNotCall": true}}).expect(t, 200, []string{`"doNotCall":true`}, nil)
	got, err := w.persons().UpdatePerson(w.as("bidan-cibinong"), &pb.UpdatePersonRequest{
		Name: child, RequestId: newID(), Etag: "v2", UpdateMask: []string{"safeContact"},
		Person: &pb.PersonUpdate{SafeContact: &pb.SafeContact{Allowed: true, Phone: "081200000001"}},
	})
	said(t, got, err, []string{`"doNotCall":true`, "+6281200000001"}, nil)
}

// A child is found by what it is called now, and not by what it was called.
func TestMatchTagsFollowThePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, child := w.child(t, "Zahra Contoh")
	tag := w.call("gizi-cibinong", "GET", "/v1/"+child, nil).text("etag")
	w.update("gizi-cibinong", child, tag, []string{"name", "identifiers"}, object{
		"name": "Zahwa Contoh", "identifiers": []object{{"type": "NIK", "value": "3201134507240001"}},
	}).expect(t, 200, []string{"3201134507240001", "NIK_DATE_DIFFERS"}, []string{`"nikAbsence"`})
	file := func(name, mother string) string {
		t.Helper()
		body := object{"requestId": newID(), "newPerson": object{
			"name": name, "sex": "FEMALE", "birthDate": birthDate(14), "mother": object{"name": mother}, "address": object{"areaCode": "32.01.01.1006"},
		}}
		filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
		filed.expect(t, 200, nil, nil)
		return filed.text("person")
	}
	if file("Zahwa Contoh", "Ibu Zahra Contoh") != child {
		t.Error("her new name does not find her")
	}
	if file("Zahra Contoh", "Ibu Zahra Contoh") == child {
		t.Error("her old name finds her")
	}
	if findings, err := w.served.Store.Verify(context.Background()); err != nil || len(findings) > 0 {
		t.Errorf("verify: %v %v", findings, err)
	}
}

// What is corrected on one side does not show on the other: a new husband would tell the kader.
func TestNothingPassesBetweenTheSides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, ordinary := w.child(t, "Zahra Contoh")
	body := survivorFiling()
	delete(body, "newPerson")
	delete(body, "legs")
	delete(body, "disclosures")
	body["person"], body["newCase"].(object)["type"] = ordinary, "CHILD_VIOLENCE"
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	protected := w.personOf(t, "bidan-cibinong", filed.text("case"))
	if protected == ordinary {
		t.Fatal("both sides are one record")
	}
	before := w.call("gizi-cibinong", "GET", "/v1/"+ordinary, nil)
	tag := w.call("bidan-cibinong", "GET", "/v1/"+protected, nil).text("etag")
	w.update("bidan-cibinong", protected, tag, []string{"name", "safeContact"}, object{"name": "Nama Baru", "safeContact": object{"allowed": true, "phone": "081299990000"}}).
		expect(t, 200, []string{"Nama Baru"}, nil)
	if after := w.call("gizi-cibinong", "GET", "/v1/"+ordinary, nil); string(after.Body) != string(before.Body) {
		t.Errorf("the ordinary record was %s and is %s", before.Body, after.Body)
	}
	w.search("gizi-cibinong", object{"name": "nama baru"}).expect(t, 200, nil, []string{"persons"})
	found := w.search("bidan-cibinong", object{"name": "nama baru"})
	found.expect(t, 200, []string{protected}, []string{ordinary})
	w.update("gizi-cibinong", protected, tag, []string{"name"}, object{"name": "X"}).expect(t, 404, nil, []string{"Zahra"})
}

// A colleague whose NIK is recorded as that of a client in a secret case reads it no longer.
func TestANewNIKBarsItsHolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const nik = "3201011203850002"
	w.hire(t, "rekan-baru,PERSON,Rekan Baru,"+nik+",SUPERVISOR,PKM-CIBINONG,")
	w.renew(t, "rekan-baru")
	secret := w.survivorCase(t)
	mother := w.personOf(t, "bidan-cibinong", secret)
	w.call("rekan-baru", "GET", "/v1/"+secret, nil).expect(t, 200, []string{survivor}, nil)
	tag := w.call("bidan-cibinong", "GET", "/v1/"+mother, nil).text("etag")
	w.update("bidan-cibinong", mother, tag, []string{"identifiers"}, object{"identifiers": []object{{"type": "NIK", "value": nik}}}).expect(t, 200, []string{nik}, nil)
	w.call("rekan-baru", "GET", "/v1/"+secret, nil).expect(t, 404, nil, []string{survivor})
	w.call("rekan-baru", "GET", "/v1/"+mother, nil).expect(t, 404, nil, []string{survivor})
}

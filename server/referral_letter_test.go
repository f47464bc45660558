package server_test

import (
	"testing"
)

// A unit without accounts: the return unit writes down what it says, and every rule is the same.
func TestALegByLetterIsRecordedByTheReturnUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.loadWith(t, lawAid("LETTER"), "")
	throughBothDoors(t, w, func(t *testing.T, d door) {
		leg := letterLeg(t, d)
		phone := object{"heardBy": "PHONE"}
		d.get("gizi-cibinong", leg).expect(t, 200, []string{`"byLetter":true`, `"state":"SENT"`, `"duty":"ACKNOWLEDGE"`}, nil)
		if got, want := d.get("gizi-cibinong", leg).text("accountableUnit"), d.get("gizi-cibinong", leg).text("receiverUnit"); got != want {
			t.Errorf("accountable is %s, want the receiver %s", got, want)
		}
		d.offers(t, "gizi-cibinong", leg, "acknowledge", "requestInfo", "accept", "decline", "cancel")
		d.offers(t, "bidan-cibinong", leg, "cancel") // a worker of the register, who is not assigned, records for nobody
		d.refused(t, "bidan-cibinong", leg, "acknowledge", phone, "ACTION_NOT_ALLOWED")
		d.refused(t, "dokter-rsud", leg, "acknowledge", phone, "NOT_FOUND")

		d.refused(t, "gizi-cibinong", leg, "acknowledge", nil, "INVALID_FIELD").expect(t, 400, []string{"heardBy", "REQUIRED"}, nil)
		d.ok(t, "gizi-cibinong", leg, "acknowledge", phone, "ACKNOWLEDGED")
		d.ok(t, "gizi-cibinong", leg, "requestInfo", object{"heardBy": "LETTER", "questions": []string{"DOCUMENTS"}}, "NEEDS_INFO").
			expect(t, 200, []string{`"duty":"ANSWER"`}, nil)
		d.refused(t, "gizi-cibinong", leg, "provideInfo", object{"answers": []object{{"question": "DOCUMENTS", "text": "KTP"}}}, "INVALID_FIELD").
			expect(t, 400, []string{"answers[0].reply", "REQUIRED"}, nil)
		d.ok(t, "gizi-cibinong", leg, "provideInfo", object{"answers": []object{{"question": "DOCUMENTS", "reply": "YES"}}}, "ACKNOWLEDGED")
		d.refused(t, "gizi-cibinong", leg, "accept", phone, "OFFICER_INVALID")
		d.refused(t, "gizi-cibinong", leg, "accept", object{"heardBy": "PHONE", "officer": w.account(t, "gizi-cibinong")}, "INVALID_FIELD")
		taken := object{"heardBy": "PHONE", "officerName": "Sdri. Contoh, advokat"}
		accepted := d.ok(t, "gizi-cibinong", leg, "accept", taken, "ACCEPTED")
		accepted.expect(t, 200, []string{`"officerName":"Sdri. Contoh, advokat"`, `"duty":"FIRST_SERVICE"`}, []string{`"officer":`})
		d.ok(t, "gizi-cibinong", leg, "accept", taken, "ACCEPTED") // implied
		d.refused(t, "gizi-cibinong", leg, "accept", object{"heardBy": "PHONE", "officerName": "Sdr. Lain"}, "REFERRAL_STATE")
		d.offers(t, "gizi-cibinong", leg, "decline", "recordProgress", "reportOutcome", "cancel")

		d.ok(t, "kepala-cibinong", leg, "recordProgress", object{"kind": "SERVED", "heardBy": "VISIT"}, "IN_SERVICE").expect(t, 200, []string{`"heardBy":"VISIT"`}, nil)
		d.ok(t, "gizi-cibinong", leg, "reportOutcome", object{"outcome": "FULL", "heardBy": "LETTER", "summary": "akta terbit"}, "REPORTED")

		// The second key: who wrote down the outcome cannot also confirm it.
		d.offers(t, "gizi-cibinong", leg, "reopen")
		d.refused(t, "gizi-cibinong", leg, "confirm", nil, "ACTION_NOT_ALLOWED")
		d.ok(t, "gizi-cibinong", leg, "reopen", object{"reason": "akta belum diterima"}, "IN_SERVICE").expect(t, 200, []string{"Sdri. Contoh"}, []string{"akta terbit"})
		d.ok(t, "kepala-cibinong", leg, "reportOutcome", object{"outcome": "FULL", "heardBy": "PHONE"}, "REPORTED")
		d.refused(t, "kepala-cibinong", leg, "confirm", nil, "ACTION_NOT_ALLOWED")
		d.ok(t, "bidan-cibinong", leg, "confirm", nil, "CLOSED")
	})
	w.verified(t)
}

// A receiver with accounts speaks for itself.
func TestNobodyRecordsForAUnitWithAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		leg := d.toHospital(t)
		d.refused(t, "gizi-cibinong", leg, "acknowledge", object{"heardBy": "PHONE"}, "ACTION_NOT_ALLOWED")
		d.refused(t, "dokter-rsud", leg, "acknowledge", object{"heardBy": "PHONE"}, "INVALID_FIELD")
		d.refused(t, "dokter-rsud", leg, "accept", object{"officerName": "dr. Contoh"}, "INVALID_FIELD")
		d.get("dokter-rsud", leg).expect(t, 200, []string{`"state":"SENT"`}, []string{`"byLetter"`})
	})
}

// On the day that the unit gets accounts its open legs are ordinary ones: they stand in its inbox, and nobody else speaks for it.
func TestALegByLetterBecomesAnOrdinaryOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.loadWith(t, lawAid("LETTER"), "")
	var legs []string
	throughBothDoors(t, w, func(t *testing.T, d door) {
		sent, accepted := letterLeg(t, d), letterLeg(t, d)
		d.ok(t, "gizi-cibinong", accepted, "accept", object{"heardBy": "PHONE", "officerName": "Sdri. Contoh"}, "ACCEPTED")
		legs = append(legs, sent, accepted)
	})
	w.loadWith(t, "", "advokat-lbh,PERSON,Sari Contoh,,WORKER,LBH-BOGOR,yes\nkepala-lbh,PERSON,Budi Contoh,,SUPERVISOR,LBH-BOGOR,\n")
	w.loadWith(t, lawAid("ONLINE"), "")
	throughBothDoors(t, w, func(t *testing.T, d door) {
		sent, accepted := legs[0], legs[1]
		legs = legs[2:]
		w.call("advokat-lbh", "GET", "/v1/referrals?direction=INBOX", nil).expect(t, 200, []string{sent, accepted}, nil)
		d.get("advokat-lbh", sent).expect(t, 200, []string{`"state":"SENT"`}, []string{childName, `"byLetter"`})
		w.call("advokat-lbh", "GET", "/v1/duties", nil).expect(t, 200, []string{sent, accepted}, nil)
		d.offers(t, "gizi-cibinong", sent, "cancel")
		d.refused(t, "gizi-cibinong", sent, "acknowledge", object{"heardBy": "PHONE"}, "ACTION_NOT_ALLOWED")
		d.ok(t, "advokat-lbh", sent, "accept", nil, "ACCEPTED").expect(t, 200, []string{childName}, nil)

		// The officer of the other is a name without an account: its supervisor says who that is.
		d.refused(t, "advokat-lbh", accepted, "recordProgress", object{"kind": "SERVED"}, "ACTION_NOT_ALLOWED")
		d.offers(t, "kepala-lbh", accepted, "reassign")
		d.ok(t, "kepala-lbh", accepted, "reassign", object{"officer": w.account(t, "advokat-lbh")}, "ACCEPTED").expect(t, 200, nil, []string{"officerName", "Sdri. Contoh"})
		d.ok(t, "advokat-lbh", accepted, "recordProgress", object{"kind": "SERVED"}, "IN_SERVICE").expect(t, 200, []string{childName}, nil)
	})
}

func letterLeg(t *testing.T, d door) string {
	t.Helper()
	filed := d.child(t, "gizi-cibinong", []object{{"service": "LEGAL_AID", "receiverUnit": "units/LBH-BOGOR"}}, guardiansConsent(nil, []string{"F0", "F1", "F2"}))
	return filed.text("legs.0.referral")
}

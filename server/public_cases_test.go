package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Cases from the field (PC), told through both doors: what went wrong for people who run systems like ours.

// PC-03 a to c; d is TestAReferralAcceptedAndCancelledAtOnceIsOneOfTheTwo.
func TestTheSenderWithdrawsWhatTheReceiverHasJustAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		request := object{"reason": "CLIENT_REQUEST"}
		leg := d.toHospital(t) // a
		d.ok(t, "dokter-rsud", leg, "acknowledge", nil, "ACKNOWLEDGED")
		d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED").expect(t, 200, []string{childName}, nil)
		d.ok(t, "gizi-cibinong", leg, "cancel", request, "CANCELLED")
		d.get("dokter-rsud", leg).expect(t, 200, []string{`"state":"CANCELLED"`, `"cancelReason":"CLIENT_REQUEST"`}, []string{childName, motherName, question, "allowedActions"})

		leg = d.toHospital(t) // b
		d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED")
		d.ok(t, "dokter-rsud", leg, "recordProgress", object{"kind": "SERVED"}, "IN_SERVICE")
		late := d.refused(t, "gizi-cibinong", leg, "cancel", request, "REFERRAL_STATE")
		if late.text("details.0.metadata.state") != "IN_SERVICE" {
			t.Errorf("b: %s", late.Body)
		}

		leg = d.toHospital(t) // c
		d.ok(t, "gizi-cibinong", leg, "cancel", request, "CANCELLED")
		late = d.refused(t, "dokter-rsud", leg, "accept", nil, "REFERRAL_STATE")
		if late.text("details.0.metadata.state") != "CANCELLED" || late.text("details.0.metadata.allowed_actions") != "" {
			t.Errorf("c: %s", late.Body)
		}
	})
}

// PC-04 a, b, e, f, g. By import and by Push (c, d) come with them.
func TestTheSameClientSentTwiceToTheSameUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		filed := d.child(t, "gizi-cibinong", []object{treatment("ROUTINE")}, guardiansConsent(nil, []string{"F0", "F1", "F2"}))
		leg, name := filed.text("legs.0.referral"), filed.text("case")
		again := func(leg object, basis object) reply {
			return d.file("gizi-cibinong", object{"requestId": newID(), "case": name, "legs": []object{leg}, "disclosures": []object{basis}})
		}
		for way, second := range map[string]reply{
			"a: another urgency": again(treatment("EMERGENCY"), guardiansConsent(nil, []string{"F0"})),
			"b: another basis":   again(treatment("ROUTINE"), object{"basis": "X2", "reason": "dugaan penelantaran berat, anak dalam bahaya"}),
		} {
			if second.reason() != "DUPLICATE_OPEN_LEG" || second.text("details.0.metadata.referral") != leg {
				t.Errorf("%s: %s", way, second.Body)
			}
		}
		d.ok(t, "dokter-rsud", leg, "decline", object{"reason": "NO_CAPACITY"}, "DECLINED") // g
		if got := again(treatment("ROUTINE"), object{"basis": "CARE"}); got.reason() != "DUPLICATE_OPEN_LEG" {
			t.Errorf("g: %s", got.Body)
		}
		d.offers(t, "gizi-cibinong", leg, "forward", "cancel")
		leg = d.ok(t, "gizi-cibinong", leg, "forward", object{"receiverUnit": "units/RSUD-CIBINONG", "overrideReason": "sudah ada tempat tidur kosong"}, "FORWARDED").text("nextReferral")
		d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED")
		d.ok(t, "dokter-rsud", leg, "recordProgress", object{"kind": "SERVED"}, "IN_SERVICE")
		d.ok(t, "dokter-rsud", leg, "reportOutcome", object{"outcome": "FULL"}, "REPORTED")
		d.ok(t, "gizi-cibinong", leg, "confirm", nil, "CLOSED")
		again(treatment("ROUTINE"), object{"basis": "CARE"}).expect(t, 200, []string{`"state":"SENT"`}, []string{leg}) // f

		fresh := d.child(t, "gizi-cibinong", []object{{"service": "LEGAL_AID", "receiverUnit": "units/UPTD-PPA"}}, guardiansConsent(nil, []string{"F0"})) // e
		won, named := 0, map[string]bool{}
		for _, got := range inParallel(32, func(int) reply {
			return d.file("gizi-cibinong", object{
				"requestId": newID(), "case": fresh.text("case"), "legs": []object{treatment("ROUTINE")}, "disclosures": []object{{"basis": "CARE"}},
			})
		}) {
			switch {
			case got.Status == 200:
				won++
				named[got.text("legs.0.referral")] = true
			case got.reason() == "DUPLICATE_OPEN_LEG":
				named[got.text("details.0.metadata.referral")] = true
			default:
				t.Errorf("e: %s", got.Body)
			}
		}
		if won != 1 || len(named) != 1 {
			t.Errorf("e: %d legs, refusals name %v", won, named)
		}
	})
}

func treatment(urgency string) object {
	return object{"service": "NUTRITION_TREATMENT", "receiverUnit": "units/RSUD-CIBINONG", "urgency": urgency}
}

// PC-05, what the leg does: on a Friday afternoon a refusal gives the sender a working day, by a time that stands.
func TestARefusalIsOwedByTheSenderByAKnownMinute(t *testing.T) {
	friday := time.Date(2026, 6, 5, 15, 30, 0, 0, time.FixedZone("WIB", 7*3600))
	for _, tt := range []struct{ urgency, due, level2, level3 string }{
		{"ROUTINE", "2026-06-08T08:30:00Z", "2026-06-09T08:30:00Z", "2026-06-10T08:30:00Z"},
		{"URGENT", "2026-06-08T04:30:00Z", "", ""},
	} {
		start := time.Now()
		w := openWorld(t, t.TempDir(), func() time.Time { return friday.Add(time.Since(start) / 1000) })
		throughBothDoors(t, w, func(t *testing.T, d door) {
			leg := object{"service": "NUTRITION_TREATMENT", "receiverUnit": "units/PKM-CITEUREUP", "urgency": tt.urgency, "overrideReason": "satu-satunya dengan ruang perawatan gizi"}
			body := stuntedChild()
			body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
			body["newPerson"].(object)["birthDate"] = "2024-10-05"
			body["measurements"], body["newCase"] = nil, object{"type": "GROWTH_MONITORING"}
			body["legs"], body["disclosures"] = []object{leg}, []object{{"basis": "CARE"}}
			filed := d.file("gizi-cibinong", body)
			filed.expect(t, 200, []string{`"state":"SENT"`}, nil)
			name := filed.text("legs.0.referral")
			d.ok(t, "bidan-citeureup", name, "acknowledge", nil, "ACKNOWLEDGED")
			got := d.ok(t, "bidan-citeureup", name, "decline", object{"reason": "NO_CAPACITY", "suggestedUnit": "units/RSUD-CIBINONG"}, "DECLINED")
			sender := d.get("gizi-cibinong", name)
			for field, want := range map[string]string{"duty": "REROUTE", "dueTime": tt.due, "level2Time": tt.level2, "level3Time": tt.level3, "accountableUnit": sender.text("senderUnit")} {
				at := sender.text(field)
				if want != "" && at != want && !sameMinute(at, want) {
					t.Errorf("%s %s: %s, want %s", tt.urgency, field, at, want)
				}
			}
			sender.expect(t, 200, []string{`"suggestedUnit":"units/`}, []string{"lapseTime"})
			got.expect(t, 200, nil, []string{childName})
			if want := []string{"forward", "cancel"}; !slices.Equal(sender.actions(), want) {
				t.Errorf("the sender may %v, want %v", sender.actions(), want)
			}
			d.w.call("gizi-cibinong", "GET", "/v1/duties", nil).expect(t, 200, []string{name, "REROUTE"}, nil)
			d.w.call("bidan-citeureup", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{name})
			d.w.call("gizi-cibinong", "GET", "/v1/notices", nil).expect(t, 200, []string{name}, []string{childName})
			d.w.call("gizi-cibinong", "GET", "/v1/units/PKM-CITEUREUP", nil).tight().expect(t, 200, []string{`"capacity":"FULL","untilTime":"2026-06-12T08:30:0`}, []string{name})
		})
	}
}

// sameMinute: a test's clock runs on by milliseconds while it is told.
func sameMinute(a, b string) bool {
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	return errX == nil && errY == nil && x.Truncate(time.Minute).Equal(y.Truncate(time.Minute))
}

// PC-05, the end: silence ends nobody's need.
func TestARefusalIsOwedForEver(t *testing.T) {
	t.Parallel()
	c := &clock{}
	d := door{openWorld(t, t.TempDir(), c.now), false}
	leg := d.toHospital(t)
	d.ok(t, "dokter-rsud", leg, "decline", object{"reason": "NO_CAPACITY"}, "DECLINED")
	c.advance(400 * 24 * time.Hour)
	d.w.renew(t, "gizi-cibinong")
	d.get("gizi-cibinong", leg).expect(t, 200, []string{`"state":"DECLINED"`, `"escalationLevel":3`, `"overdue":true`}, nil)
}

// PC-08: what is shown before the decision, to whom, in every look at a leg.
func TestThePreviewOfAPendingReferralShowsNoName(t *testing.T) {
	t.Parallel()
	throughBothDoors(t, nil, func(t *testing.T, d door) {
		w := newWorld(t)
		d.w = w
		body := survivorFiling()
		body["newPerson"].(object)["identifiers"] = []object{{"type": "NIK", "value": "3201015102940003"}}
		body["disclosures"] = []object{{
			"basis": "CONSENT", "giver": "SELF", "method": "SPOKEN", "explainedBy": "bidan", "purpose": "pendampingan", "classes": []string{"F0", "F1", "F2"},
		}}
		filed := d.file("bidan-cibinong", body)
		filed.expect(t, 200, []string{`"state":"SENT"`}, nil)
		leg, number := filed.text("legs.0.referral"), filed.text("legs.0.number")
		canaries := []string{survivor, villain, chronology, "3201015102940003", "32.01.01.1006", "DOMESTIC_VIOLENCE", "PHYSICAL", "L3", filed.text("case"), filed.text("caseNumber")}
		looks := func(who string) []reply {
			return []reply{
				d.get(who, leg), d.get(who, "referrals/"+number),
				w.call(who, "GET", "/v1/referrals?direction=INBOX", nil), w.call(who, "GET", "/v1/duties", nil), w.call(who, "GET", "/v1/notices", nil),
				w.call(who, "POST", "/v1/referrals:suggestReceivers", object{"referral": leg}),
				d.event(who, leg, "recordProgress", object{"kind": "SERVED"}), d.event(who, leg, "confirm", nil),
				d.batch(who, object{"requestId": newID(), "event": "CONFIRM", "names": []string{leg}}),
			}
		}
		silent := func(who string, canaries []string) {
			for i, look := range looks(who) {
				for _, c := range canaries {
					if strings.Contains(string(look.Body), c) || strings.Contains(fmt.Sprint(look.Header), c) {
						t.Errorf("%s, look %d: %q in %s %v", who, i, c, look.Body, look.Header)
					}
				}
			}
		}
		for _, who := range []string{"pendamping-uptd", "kepala-uptd"} {
			d.get(who, leg).expect(t, 200, []string{`"clientAgeBand":"AGE_25_44"`, `"clientSex":"FEMALE"`, `"service":"CASE_MANAGEMENT"`, `"urgency":"EMERGENCY"`, "dueTime"}, canaries)
			silent(who, canaries)
		}
		mute := append(slices.Clone(canaries), leg, number, "allowedActions")
		silent("terima-uptd", mute[:len(mute)-3])
		never := d.get("terima-uptd", "referrals/"+newID())
		if got := d.get("terima-uptd", leg); got.Status != 404 || string(got.Body) != string(never.Body) {
			t.Errorf("to the front desk: %s, want %s", got.Body, never.Body)
		}
		w.call("terima-uptd", "GET", "/v1/referrals?direction=INBOX", nil).expect(t, 200, nil, mute)

		d.ok(t, "pendamping-uptd", leg, "accept", nil, "ACCEPTED").expect(t, 200, []string{survivor, "3201015102940003", "32.01.01.1006"}, []string{chronology, villain, "THREAT_TO_KILL"})
		d.get("pendamping-uptd", leg).expect(t, 200, []string{survivor}, []string{chronology, villain, "PHYSICAL"})
		silent("rekan-uptd", canaries)
		silent("kepala-uptd", canaries)
	})
}

package server_test

import (
	"strings"
	"testing"
	"time"
)

const (
	childName  = "Neng Kirana"
	motherName = "Teti Rosmawati"
	survivor   = "Imas Komalasari"
	villain    = "Jajang Permana"
	chronology = "dipukul di dapur pada malam hari"
)

func birthDate(months int) string {
	return time.Now().AddDate(0, -months, 0).Format(time.DateOnly)
}

func today() string { return time.Now().In(time.FixedZone("WIB", 7*3600)).Format(time.DateOnly) }

// stuntedChild is a girl of 20 months whose length for age is about -2.4.
func stuntedChild() object {
	return object{
		"requestId": newID(),
		"newPerson": object{
			"name": childName, "sex": "FEMALE", "birthDate": birthDate(20), "nikAbsence": "NOT_SHOWN",
			"mother":  object{"name": motherName},
			"address": object{"areaCode": "32.01.01.1006", "rt": "02", "rw": "05"},
		},
		"measurements": []object{{"measuredOn": today(), "weightKg": 8.9, "lengthCm": 75.6, "position": "LYING"}},
		"legs":         []object{{"service": "NUTRITION_CONFIRMATION", "receiverUnit": "units/PKM-CIBINONG"}},
	}
}

func TestStuntedChildGoesThroughThreeAgenciesAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	receipt := w.call("app-melati", "POST", "/v1/referrals:file", stuntedChild())
	receipt.expect(t, 200, []string{`"number":"R-`, `"inside":true`, `"dueTime"`, "HFA_LOW"},
		[]string{`"person"`, `"case"`, childName, motherName})

	duties := w.call("gizi-cibinong", "GET", "/v1/duties", nil)
	duties.expect(t, 200, []string{"FIRST_SERVICE", "NUTRITION_CONFIRMATION"}, []string{childName})
	w.call("bidan-melati", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{"SCREEN"}, []string{childName})
	cases := w.call("gizi-cibinong", "GET", "/v1/cases", nil)
	cases.expect(t, 200, []string{childName, "CHILD_NUTRITION_RISK", "REPORTED"}, nil)
	name := cases.text("cases.0.name")

	w.call("gizi-cibinong", "POST", "/v1/"+name+":assess", object{"requestId": newID()}).
		expect(t, 400, []string{"CASE_STATE", "screen"}, []string{childName})
	w.call("gizi-cibinong", "POST", "/v1/"+name+":screen", object{"requestId": newID()}).
		expect(t, 200, []string{"SCREENING", `"assess"`}, nil)
	w.call("gizi-cibinong", "POST", "/v1/"+name+":assess", object{"requestId": newID()}).
		expect(t, 400, []string{"CONFIRMATION_MISSING"}, nil)
	w.call("gizi-cibinong", "POST", "/v1/"+name+":addMeasurement", object{
		"requestId":   newID(),
		"measurement": object{"measuredOn": today(), "weightKg": 8.9, "lengthCm": 75.8, "position": "LYING"},
	}).
		expect(t, 200, []string{`"byHealthWorker":true`, "STUNTED"}, nil)
	w.call("gizi-cibinong", "POST", "/v1/"+name+":assess", object{"requestId": newID(), "note": "TB/U rendah dua kali"}).
		expect(t, 200, []string{"CHILD_STUNTING", "ASSESSMENT"}, nil)

	filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", object{
		"requestId": newID(), "case": name,
		"legs":        []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG", "question": "Mohon pemeriksaan sebab lain"}},
		"disclosures": []object{{"basis": "CARE"}},
	})
	filed.expect(t, 200, []string{`"state":"SENT"`, `"duty":"ACKNOWLEDGE"`, "Kartu JKN", `"case":"` + name}, nil)
	leg := filed.text("legs.0.referral")

	inbox := w.call("dokter-rsud", "GET", "/v1/referrals?direction=INBOX", nil)
	inbox.expect(t, 200, []string{leg, "SPECIALIST_PEDIATRIC", "AGE_0_5", "FEMALE"}, []string{childName, motherName, name, "32.01.01"})
	w.call("dokter-rsud", "POST", "/v1/"+leg+":acknowledge", object{"requestId": newID()}).
		expect(t, 200, []string{"ACKNOWLEDGED", `"DECIDE"`}, []string{childName})
	w.call("dokter-rsud", "POST", "/v1/"+leg+":accept", object{"requestId": newID()}).
		expect(t, 200, []string{"ACCEPTED", childName, motherName, "STUNTED", "Mohon pemeriksaan"}, []string{name})
	w.call("kepala-rsud", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED"}, []string{childName, motherName})
	w.call("dokter-rsud", "POST", "/v1/"+leg+":recordProgress", object{"requestId": newID(), "kind": "SERVED", "note": "diperiksa, PKMK"}).
		expect(t, 200, []string{"IN_SERVICE", `"NOTE"`}, nil)
	w.call("gizi-cibinong", "POST", "/v1/"+leg+":cancel", object{"requestId": newID(), "reason": "CLIENT_REQUEST"}).
		expect(t, 400, []string{"REFERRAL_STATE", "IN_SERVICE"}, nil)
	w.call("dokter-rsud", "POST", "/v1/"+leg+":reportOutcome", object{"requestId": newID(), "outcome": "FULL", "summary": "Stunting, PKMK tiga bulan"}).
		expect(t, 200, []string{"REPORTED", "FULL"}, nil)
	w.call("gizi-cibinong", "GET", "/v1/duties", nil).expect(t, 200, []string{leg, "CONFIRM"}, nil)
	w.call("gizi-cibinong", "POST", "/v1/"+leg+":confirm", object{"requestId": newID()}).
		expect(t, 200, []string{"CLOSED", "Stunting, PKMK"}, []string{`"dueTime"`, `"accountableUnit"`})
}

func survivorFiling() object {
	return object{
		"requestId": newID(),
		"newPerson": object{
			"name": survivor, "sex": "FEMALE", "birthDate": "1994-02-11",
			"identifiers": []object{{"type": "NIK", "value": "3201015102940003"}},
			"address":     object{"areaCode": "32.01.01.1006"},
		},
		"newCase": object{"type": "DOMESTIC_VIOLENCE", "intakeChannel": "IN_PERSON"},
		"incident": object{
			"occurredOn": today(), "forms": []string{"PHYSICAL"}, "place": "HOUSEHOLD", "chronology": chronology,
			"pairs": []object{{"perpetrator": villain, "relation": "HUSBAND", "cohabiting": "YES"}},
		},
		"risk": object{"signs": []string{"THREAT_TO_KILL"}, "level": "HIGH"},
		"legs": []object{{"service": "CASE_MANAGEMENT", "urgency": "EMERGENCY", "receiverUnit": "units/UPTD-PPA"}},
		"disclosures": []object{{
			"basis": "CONSENT", "giver": "SELF", "method": "SPOKEN", "explainedBy": "bidan",
			"purpose": "pendampingan", "classes": []string{"F0", "F1", "F2"}, "fields": []string{"FORMS", "CHRONOLOGY", "PAIRS", "RISK"},
		}},
	}
}

func TestSurvivorReachesTheProtectionUnitAndNobodyElseLearnsOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secrets := []string{survivor, villain, chronology, "3201015102940003", "DOMESTIC_VIOLENCE", "PHYSICAL"}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, []string{`"case":"cases/`, `"state":"SENT"`}, nil)
	name, number, leg := filed.text("case"), filed.text("caseNumber"), filed.text("legs.0.referral")
	legNumber := filed.text("legs.0.number")

	inbox := w.call("pendamping-uptd", "GET", "/v1/referrals?direction=INBOX", nil)
	inbox.expect(t, 200, []string{leg, "CASE_MANAGEMENT", "AGE_25_44", "EMERGENCY"}, append([]string{name, number, "32.01.01", "L3"}, secrets...))
	w.call("terima-uptd", "GET", "/v1/referrals?direction=INBOX", nil).expect(t, 200, nil, append([]string{leg}, secrets...))
	w.call("pendamping-uptd", "POST", "/v1/"+leg+":accept", object{"requestId": newID()}).
		expect(t, 200, []string{"ACCEPTED", survivor, villain, chronology, "THREAT_TO_KILL"}, []string{name})
	w.call("rekan-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"ACCEPTED"}, secrets)

	for _, who := range []string{"gizi-cibinong", "bidan-melati", "kader-melati", "app-melati", "dokter-rsud", "statistik-dinkes", "admin-kabupaten", "auditor"} {
		for _, path := range []string{"/v1/" + name, "/v1/cases/" + number, "/v1/" + leg, "/v1/referrals/" + legNumber} {
			got := w.call(who, "GET", path, nil)
			never := w.call(who, "GET", "/v1/cases/"+newID(), nil)
			if strings.Contains(path, "referrals") {
				never = w.call(who, "GET", "/v1/referrals/"+newID(), nil)
			}
			sameButForDateAndID(t, who+" "+path, got, never)
		}
		for _, list := range []string{"/v1/cases", "/v1/referrals?direction=OUTBOX", "/v1/duties"} {
			got := w.call(who, "GET", list, nil)
			for _, secret := range append([]string{name, number, leg, legNumber}, secrets...) {
				if strings.Contains(string(got.Body), secret) {
					t.Errorf("%s GET %s tells %q", who, list, secret)
				}
			}
		}
	}

	w.call("pendamping-uptd", "POST", "/v1/"+leg+":recordProgress", object{"requestId": newID(), "kind": "SERVED"}).
		expect(t, 200, []string{"IN_SERVICE"}, nil)
	w.call("pendamping-uptd", "POST", "/v1/"+leg+":reportOutcome", object{
		"requestId": newID(), "outcome": "PARTIAL",
		"reason": "SERVICE_UNAVAILABLE", "unmetServices": []string{"LEGAL_AID"}, "summary": "rencana keamanan dibuat",
	}).
		expect(t, 200, []string{"REPORTED"}, nil)
	w.call("bidan-cibinong", "POST", "/v1/"+leg+":confirm", object{"requestId": newID()}).
		expect(t, 400, []string{"FOLLOW_UP_MISSING"}, secrets)
	w.call("bidan-cibinong", "POST", "/v1/"+leg+":confirm", object{"requestId": newID(), "noFollowUpReason": "klien menunda bantuan hukum"}).
		expect(t, 200, []string{"CLOSED"}, nil)
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{"CLOSED", "PARTIAL"}, secrets[:4])
}

// sameButForDateAndID holds that two answers are one: what is not yours looks like what never was.
func sameButForDateAndID(t *testing.T, what string, got, want reply) {
	t.Helper()
	if got.Status != 404 || want.Status != 404 {
		t.Errorf("%s: status %d and %d, want 404 twice: %s", what, got.Status, want.Status, got.Body)
	}
	for _, r := range []reply{got, want} {
		r.Header.Del("Date")
		r.Header.Del("X-Request-Id")
	}
	if string(got.Body) != string(want.Body) {
		t.Errorf("%s: %s, but of what never was: %s", what, got.Body, want.Body)
	}
	if a, b := headerText(got), headerText(want); a != b {
		t.Errorf("%s: headers %s, but of what never was: %s", what, a, b)
	}
}

func headerText(r reply) string {
	var b strings.Builder
	_ = r.Header.Write(&b)
	return b.String()
}

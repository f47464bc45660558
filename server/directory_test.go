package server_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unitCodes are those of a list of units.
func unitCodes(t *testing.T, r reply) []string {
	t.Helper()
	r.expect(t, 200, nil, nil)
	var m struct{ Units []struct{ Code string } }
	if err := json.Unmarshal(r.Body, &m); err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(m.Units))
	for i, u := range m.Units {
		all[i] = u.Code
	}
	return all
}

func TestAUnitTellsItsNamesHoursAndRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.call("kader-melati", "GET", "/v1/units/UPTD-PPA", nil).expect(t, 200, []string{
		`"displayName":"P2TP2A Kabupaten Bogor"`, `"untilDate":"2021-12-31"`, `"opens":"13:00"`, `"closes":"11:30"`, `"weekday":5`,
		`"active":true`, `"activeFrom":"20`, `"capacity":"UNKNOWN"`, `"channel":"ONLINE"`,
	}, []string{"activeUntil", "contactUnit", "fromDate"})
	w.call("kader-melati", "GET", "/v1/units/SAPA-129", nil).expect(t, 200, []string{`{"opens":"00:00"`, `"closes":"24:00"`, `"weekday":6`}, nil)
	w.call("kader-melati", "GET", "/v1/units/LBH-BOGOR", nil).expect(t, 200, []string{`"channel":"LETTER"`, `"active":true`}, nil)
	// Nobody supervises the regency's own unit: it takes no referral.
	w.call("kader-melati", "GET", "/v1/units/REGENCY", nil).expect(t, 200, nil, []string{`"active"`})
}

func TestUnitsAreListedByWhatIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, tt := range []struct {
		query string
		want  []string
	}{
		{"type=HOSPITAL", []string{"RSUD-CIBINONG", "RSUD-CILEUNGSI"}},
		{"service=SPECIALIST_PEDIATRIC&areaCode=32.01.01.1006", []string{"RSUD-CIBINONG"}},
		{"parent=units/DP3AP2KB", []string{"LBH-BOGOR", "SAPA-129", "TPK-CIBINONG", "UPTD-PPA"}},
		{"parent=units/DINKES", []string{"PKM-CIBINONG", "PKM-CITEUREUP", "POS-MELATI-3"}},
		{"parent=units/NOWHERE", []string{}},
		{"type=PLANNING_AGENCY", []string{}},
		{"type=PLANNING_AGENCY&includeInactive=true", []string{"REGENCY"}},
	} {
		if diff := cmp.Diff(tt.want, unitCodes(t, w.call("kader-melati", "GET", "/v1/units?"+tt.query, nil))); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.query, diff)
		}
	}
	first := w.call("kader-melati", "GET", "/v1/units?pageSize=2&type=HOSPITAL", nil)
	if first.text("nextPageToken") != "" {
		t.Error("a page that holds all of a list names a next one")
	}
}

// Who looks for a woman asks the directory first.
func TestAShelterIsFoundByItsContactAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.unitName("RUMAH-AMAN")
	for _, who := range []string{"kepala-rumah", "pendamping-uptd", "kepala-uptd"} {
		for _, path := range []string{"/v1/units/RUMAH-AMAN", "/v1/" + name} {
			own := w.call(who, "GET", path, nil)
			own.expect(t, 200, []string{"Rumah Aman", "contactUnit", "TEMPORARY_SHELTER"}, nil)
			if own.text("areaCode") != "" {
				t.Errorf("%s reads where the shelter lies: %s", who, own.Body)
			}
		}
		w.call(who, "GET", "/v1/units?service=TEMPORARY_SHELTER", nil).expect(t, 200, []string{"RUMAH-AMAN"}, nil)
	}
	for _, who := range []string{"bidan-cibinong", "kader-melati", "peksos-dinsos", "kepala-dp3ap2kb", "polwan-ppa", "admin-kabupaten", "app-melati"} {
		never := w.call(who, "GET", "/v1/units/"+newID(), nil)
		for _, path := range []string{"/v1/units/RUMAH-AMAN", "/v1/" + name} {
			sameButForDateAndID(t, who+" "+path, w.call(who, "GET", path, nil), never)
		}
		for _, list := range []string{"/v1/units?pageSize=100&includeInactive=true", "/v1/units?service=TEMPORARY_SHELTER", "/v1/units?parent=units/UPTD-PPA"} {
			w.call(who, "GET", list, nil).expect(t, 200, nil, []string{"RUMAH-AMAN", "Rumah Aman", name, "contactUnit"})
		}
	}
	for _, receiver := range []string{"units/RUMAH-AMAN", name} {
		body := survivorFiling()
		body["legs"] = []object{{"service": "TEMPORARY_SHELTER", "receiverUnit": receiver}}
		w.call("bidan-cibinong", "POST", "/v1/referrals:file", body).expect(t, 400, []string{"legs[0].receiverUnit", "UNIT_UNKNOWN"}, []string{"Rumah"})
	}
	// The contact offers what the shelter does, even if it does not itself.
	w.tryLoad(t, "code,name,type,parent,channel,area_code,services", "UPTD-PPA,UPTD PPA,PPA_SERVICE_UNIT,DP3AP2KB,ONLINE,32.01.01,CASE_MANAGEMENT@32.01")
	w.call("bidan-cibinong", "GET", "/v1/units/UPTD-PPA", nil).expect(t, 200, []string{"TEMPORARY_SHELTER", `"LIMITED"`}, []string{"LEGAL_AID", "Rumah"})
	body := survivorFiling()
	body["legs"] = []object{{"service": "TEMPORARY_SHELTER", "receiverUnit": "units/UPTD-PPA"}}
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", body).expect(t, 200, []string{"SENT"}, nil)
}

func TestTheCodesOfTheRegencyAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.call("kader-melati", "GET", "/v1/regions?pageSize=1", nil).expect(t, 200, []string{`"code":"32.01"`, "Kabupaten Bogor", "nextPageToken"}, []string{`"parent"`})
	villages := w.call("kader-melati", "GET", "/v1/regions?parent=32.01.01&pageSize=100", nil)
	villages.expect(t, 200, []string{`"code":"32.01.01.1001"`, "Pondok Rajeg", `"parent":"32.01.01"`}, []string{`"code":"32.01.01"`, "32.01.03", "nextPageToken"})
	w.call("kader-melati", "GET", "/v1/regions?parent=32.01.01&pageToken=32.01.01.1012", nil).expect(t, 200, nil, []string{"32.01.01.1001"})
}

func TestASupervisorNamesWhoIsOnDuty(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	account := func(code string) string { return w.call(code, "GET", "/v1/accounts:whoAmI", nil).text("account") }
	midwife, nutritionist, doctor := account("bidan-melati"), account("gizi-cibinong"), account("dokter-rsud")
	name := func(as, unit, officer, request string) reply {
		return w.call(as, "POST", "/v1/units/"+unit+":setDutyOfficer", object{"requestId": request, "officer": officer})
	}
	id := newID()
	first := name("kepala-cibinong", "POS-MELATI-3", nutritionist, id)
	first.expect(t, 200, []string{`"dutyOfficer":"` + nutritionist}, nil)
	if again := name("kepala-cibinong", "POS-MELATI-3", nutritionist, id); string(again.Body) != string(first.Body) {
		t.Errorf("repeated, the answer is %s", again.Body)
	}
	name("kepala-cibinong", "POS-MELATI-3", midwife, id).expect(t, 400, []string{"REQUEST_ID_REUSED"}, nil)
	name("kepala-dinkes", "PKM-CIBINONG", nutritionist, newID()).expect(t, 200, nil, nil)
	for who, unit := range map[string]string{"gizi-cibinong": "PKM-CIBINONG", "kepala-uptd": "PKM-CIBINONG", "admin-kabupaten": "PKM-CIBINONG", "kepala-cibinong": "DINKES"} {
		name(who, unit, nutritionist, newID()).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
	}
	// Of a shelter and of what never was one learns the same.
	refused := func(unit string) string { return name("kepala-cibinong", unit, nutritionist, newID()).reason() }
	if a, b := refused("RUMAH-AMAN"), refused("NOWHERE"); a != b {
		t.Errorf("a shelter answers %s, an unknown unit %s", a, b)
	}
	for _, officer := range []string{doctor, account("kader-melati"), "accounts/" + newID()} {
		name("kepala-cibinong", "POS-MELATI-3", officer, newID()).expect(t, 400, []string{"OFFICER_INVALID"}, nil)
	}
	name("kepala-cibinong", "POS-MELATI-3", "bidan-melati", newID()).expect(t, 400, []string{"officer", "INVALID_FIELD"}, nil)

	for who, told := range map[string]bool{"kader-melati": true, "bidan-cibinong": true, "kepala-dinkes": true, "dokter-rsud": false, "pendamping-uptd": false} {
		got := w.call(who, "GET", "/v1/units/POS-MELATI-3", nil)
		if (got.text("dutyOfficer") == nutritionist) != told || !told && got.text("dutyOfficer") != "" {
			t.Errorf("%s is told of the duty officer: %s", who, got.Body)
		}
	}
	// What the posyandu's app files now is hers.
	w.call("app-melati", "POST", "/v1/referrals:file", stuntedChild()).expect(t, 200, nil, nil)
	w.call("gizi-cibinong", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{"SCREEN"}, nil)
	w.call("bidan-melati", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, nil, []string{"SCREEN"})
}

// A leg from a shelter, or to one, tells where a woman is.
func TestALegNamesAShelterToNobodyButItsContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shelter, contact := w.unitName("RUMAH-AMAN"), w.unitName("UPTD-PPA")
	body := survivorFiling()
	body["legs"] = []object{{"service": "TEMPORARY_SHELTER", "receiverUnit": shelter}}
	w.call("pendamping-uptd", "POST", "/v1/referrals:file", body).expect(t, 200, []string{shelter, "SENT"}, nil)
	w.call("pengasuh-rumah", "GET", "/v1/referrals?direction=INBOX", nil).expect(t, 200, []string{`"senderUnit":"` + contact, shelter}, nil)

	body = survivorFiling()
	body["legs"] = []object{{"service": "MEDICAL_CARE", "receiverUnit": "units/RSUD-CIBINONG"}}
	filed := w.call("pengasuh-rumah", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{"SENT"}, nil)
	leg := filed.text("legs.0.referral")
	w.call("dokter-rsud", "GET", "/v1/referrals?direction=INBOX", nil).expect(t, 200, []string{`"senderUnit":"` + contact}, []string{shelter, "RUMAH"})
	w.event("dokter-rsud", leg, "requestInfo", object{"questions": []string{"NEED"}}).
		expect(t, 200, []string{`"accountableUnit":"` + contact}, []string{shelter})
	w.call("pengasuh-rumah", "GET", "/v1/"+leg, nil).expect(t, 200, []string{`"senderUnit":"` + shelter, `"accountableUnit":"` + shelter}, nil)

	for _, who := range []string{"dokter-rsud", "kepala-rsud"} {
		for _, list := range []string{"/v1/notices", "/v1/duties", "/v1/referrals?direction=INBOX"} {
			w.call(who, "GET", list, nil).expect(t, 200, nil, []string{shelter, "RUMAH"})
		}
	}

	decline := func(unit string) reply {
		return w.event("dokter-rsud", leg, "decline", object{"reason": "NOT_ELIGIBLE", "suggestedUnit": unit})
	}
	decline(shelter).expect(t, 400, []string{"suggestedUnit", "UNIT_UNKNOWN"}, nil)
	decline("units/RUMAH-AMAN").expect(t, 400, []string{"suggestedUnit", "UNIT_UNKNOWN"}, nil)
}

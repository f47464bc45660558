package server_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sinergi-pug/sinergi/server"
)

const unitHead = "code,name,type,parent,channel,area_code,services,bring,hours,aliases,contact,capacity,active_from,active_until"

// wantFaults loads lines and wants these faults, and that nothing of a file with faults was taken.
func (w *world) wantFaults(t *testing.T, head string, want []string, lines ...string) {
	t.Helper()
	before := len(w.served.Store.Directory().Units())
	if diff := cmp.Diff(want, w.tryLoad(t, head, lines...).Faults); diff != "" {
		t.Errorf("%q: faults (-want +got)\n%s", lines, diff)
	}
	if after := len(w.served.Store.Directory().Units()); len(want) > 0 && after != before {
		t.Errorf("%q: of a file with faults %d units were made", lines, after-before)
	}
}

func TestEachFaultOfAUnitsFileNamesLineAndColumn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	today := time.Now().In(time.FixedZone("WIB", 7*3600)).Format(time.DateOnly)
	for _, tt := range []struct {
		row  string
		want []string
	}{
		{"X,X,PUSPAGA,DP3AP2KB,ONLINE,32.01.01,MEDICAL_CARE@32.01.01+32.01.03,KTP,24h,A|B@2020-01-01..,,MEDICAL_CARE@32.01.01=FULL..2026-12-31,2020-01-01,", nil},
		{"Y,Y,PUSPAGA,NOWHERE,ONLINE,,,,,,,,,", []string{"line 2, parent: no such unit above this line"}},
		{"Y,Y,PUSPAGA,Y,ONLINE,,,,,,,,,", []string{"line 2, parent: no such unit above this line"}},
		{"DINKES,D,HEALTH_OFFICE,POS-MELATI-3,ONLINE,,,,,,,,,", []string{"line 2, parent: stands below this unit"}},
		{"DINKES,D,HEALTH_OFFICE,DINKES,ONLINE,,,,,,,,,", []string{"line 2, parent: is the unit itself"}},
		{"Y,,SHOP,,PHONE,31.01,,,,,,,,", []string{
			"line 2, name: is empty", "line 2, type: is no type of unit; docs/reference lists them", "line 2, channel: is ONLINE or LETTER",
			"line 2, area_code: is no code of the regency",
		}},
		{"Y,Y,PUSPAGA,,ONLINE,,MEDICAL_CARE@99.01,,,,,,,", []string{`line 2, services: "99.01" is no code of the regency`}},
		{"Y,Y,PUSPAGA,,ONLINE,,MEDICAL_CARE@32.01 MEDICAL_CARE@32.01,,,,,,,", []string{"line 2, services: MEDICAL_CARE@32.01 stands twice"}},
		{"Y,Y,PUSPAGA,,ONLINE,,HEALING@32.01,,,,,,,", []string{`line 2, services: "HEALING@32.01" is not SERVICE@area`}},
		{"Y,Y,PUSPAGA,,ONLINE,,,,8-16,,,,,", []string{`line 2, hours: is "24h", or windows such as "MON-FRI 08:00-16:00|SAT 08:00-12:00"`}},
		{"Y,Y,PUSPAGA,,ONLINE,,,,,A@2020,,,,", []string{`line 2, aliases: has names by |, each alone or with its days: "P2TP2A@2002-01-01..2020-12-31"`}},
		{"Y,Y,PUSPAGA,,ONLINE,,,,,A@2021-01-01..2020-01-01,,,,", []string{`line 2, aliases: has names by |, each alone or with its days: "P2TP2A@2002-01-01..2020-12-31"`}},
		{"Y,Y,PUSPAGA,,ONLINE,,MEDICAL_CARE@32.01,,,,,MEDICAL_CARE@32.01=SOME,,", []string{`line 2, capacity: "MEDICAL_CARE@32.01=SOME" is not SERVICE@area=CAPACITY or SERVICE@area=CAPACITY..2026-01-31`}},
		{"Y,Y,PUSPAGA,,ONLINE,,MEDICAL_CARE@32.01,,,,,MEDICAL_CARE@32.01.01=FULL,,", []string{`line 2, capacity: "MEDICAL_CARE@32.01.01": the unit does not offer it there`}},
		{"Y,Y,PUSPAGA,,ONLINE,32.01.01,,,,,UPTD-PPA,,,", []string{"line 2, area_code: must be empty: where a confidential unit lies stands nowhere"}},
		{"Y,Y,PUSPAGA,,ONLINE,,,,,,RUMAH-AMAN,,,", []string{"line 2, contact: is confidential itself"}},
		{"UPTD-PPA,U,PPA_SERVICE_UNIT,DP3AP2KB,ONLINE,,,,,,DINSOS,,,", []string{"line 2, contact: the unit is the contact of a confidential one, and must be found"}},
		{"Y,Y,PUSPAGA,,ONLINE,,,,,,,,2020-02-30,", []string{"line 2, active_from: is a day such as 2026-01-31"}},
		{"Y,Y,PUSPAGA,,ONLINE,,,,,,,,2020-02-01,2020-01-01", []string{"line 2, active_until: lies before active_from"}},
		{"Y,Y,PUSPAGA,,ONLINE,,,,,,,,," + today, []string{"line 2, active_until: is not over: load it on the day after, for until then the unit may be sent a referral"}},
		{"Z,Z,PUSPAGA,,ONLINE,,,,,,,,,\nZ,Z,PUSPAGA,,ONLINE,,,,,,,,,", []string{"line 3, code: Z stands on line 2 already"}},
	} {
		w.wantFaults(t, unitHead, tt.want, tt.row)
	}
	_, err := server.LoadUnits(t.Context(), w.served.Store, strings.NewReader("code,name,type,parent,channel,area_code,services,contacts\n"), false)
	if err == nil || !strings.Contains(err.Error(), `column "contacts"`) {
		t.Errorf("a misspelt column quietly does nothing: %v", err)
	}
}

// The sample of the first release loads over what stands, and takes nothing away that it knows nothing of.
func TestAFileOfTheFirstReleaseStillLoads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.full("UPTD-PPA", "CASE_MANAGEMENT")
	before := w.served.Store.Directory().Units()
	raw, err := os.ReadFile("regency/units.csv")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(raw)) {
		lines = append(lines, strings.Join(strings.Split(strings.TrimSpace(line), ",")[:8], ","))
	}
	w.wantFaults(t, lines[0], nil, lines[1:]...)
	after := w.served.Store.Directory().Units()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("an old file changes units: %s", diff)
	}
	w.call("gizi-cibinong", "GET", "/v1/units/UPTD-PPA", nil).expect(t, 200, []string{`"FULL"`}, nil)
	w.call("gizi-cibinong", "GET", "/v1/units/RUMAH-AMAN", nil).expect(t, 404, nil, nil)
}

func TestAUnitWithOpenReferralsStaysInTheDirectory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, _ := w.sendToHospital(t)
	yesterday := time.Now().In(time.FixedZone("WIB", 7*3600)).AddDate(0, 0, -1).Format(time.DateOnly)
	hospital := func(parent, channel, until string) string {
		return fmt.Sprintf("RSUD-CIBINONG,RSUD Cibinong,HOSPITAL,%s,%s,32.01.01,SPECIALIST_PEDIATRIC@32.01,,,,,,2020-01-01,%s", parent, channel, until)
	}
	puskesmas := "PKM-CIBINONG,Puskesmas Cibinong,HEALTH_CENTER,DINKES,ONLINE,32.01.01,,,,,,,2020-01-01," + yesterday
	const open = ": UNIT_HAS_OPEN_LEGS: end its open referrals first"
	w.wantFaults(t, unitHead, []string{"line 2, active_until" + open}, hospital("REGENCY", "ONLINE", yesterday))
	w.wantFaults(t, unitHead, []string{"line 2, channel" + open}, hospital("REGENCY", "LETTER", ""))
	w.wantFaults(t, unitHead, []string{"line 2, parent" + open},
		strings.Replace(hospital("PKM-CITEUREUP", "ONLINE", ""), "HOSPITAL", "AUX_HEALTH_CENTER", 1))
	const below = "line 2, active_until: POS-MELATI-3 stands below it and goes on: give it another parent first"
	w.wantFaults(t, unitHead, []string{"line 2, active_until" + open, "line 2, active_until: the unit has open cases: close them or hand them over first", below}, puskesmas)
	w.wantFaults(t, unitHead, nil, hospital("REGENCY", "ONLINE", "")) // other changes are free

	w.event("gizi-cibinong", leg, "cancel", object{"reason": "CLIENT_REQUEST"}).expect(t, 200, []string{"CANCELLED"}, nil)
	w.wantFaults(t, unitHead, nil, hospital("REGENCY", "ONLINE", yesterday))
	w.wantFaults(t, unitHead, []string{"line 2, active_until: the unit has open cases: close them or hand them over first", below}, puskesmas)
	// Its people are nobody now, and it is suggested to no one.
	w.call("dokter-rsud", "GET", "/v1/referrals?direction=INBOX", nil).expect(t, 401, nil, nil)
	_, child := w.newChild(t)
	w.wantSuggested("an ended unit", w.suggest("gizi-cibinong", object{"case": child, "service": "SPECIALIST_PEDIATRIC"}),
		nil, map[string]string{"RSUD-CIBINONG": "INACTIVE", "RSUD-CILEUNGSI": "AREA_NOT_COVERED"})
	w.wantFaults(t, unitHead, nil, hospital("REGENCY", "ONLINE", "")) // and it may begin again
	w.call("dokter-rsud", "GET", "/v1/referrals?direction=INBOX", nil).expect(t, 200, nil, nil)
}

// newChild files a child without a leg to another unit.
func (w *world) newChild(t *testing.T) (number, name string) {
	t.Helper()
	body := stuntedChild()
	body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
	filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	return filed.text("number"), filed.text("case")
}

// A unit without a supervisor answers for nothing; its parent's counts.
func TestAUnitWithoutASupervisorIsNotSuggested(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.load(t, "SENDIRI,Sendiri,PUSPAGA,,ONLINE,32.01.01,PARENTING_COUNSELING@32.01", "ANAK,Anak,PUSPAGA,DP3AP2KB,ONLINE,32.01.01,PARENTING_COUNSELING@32.01")
	w.hire(t, "petugas-sendiri,PERSON,Petugas,,WORKER,SENDIRI,yes")
	w.hire(t, "petugas-anak,PERSON,Petugas,,WORKER,ANAK,yes")
	_, child := w.newChild(t)
	ask := func() reply {
		return w.suggest("gizi-cibinong", object{"case": child, "service": "PARENTING_COUNSELING"})
	}
	w.wantSuggested("before", ask(), []string{"ANAK"}, map[string]string{"SENDIRI": "INACTIVE"})
	w.hire(t, "kepala-sendiri,PERSON,Kepala,,SUPERVISOR,SENDIRI,")
	w.wantSuggested("after", ask(), []string{"ANAK", "SENDIRI"}, map[string]string{})
}

// The day on which a unit gets accounts: what was asked of it by letter stands in its inbox.
func TestAUnitByLetterGetsAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := survivorFiling()
	body["legs"] = []object{{"service": "LEGAL_AID", "receiverUnit": "units/LBH-BOGOR"}}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{"SENT", `"byLetter":true`}, nil)
	leg := filed.text("legs.0.referral")
	other := survivorFiling()
	other["legs"] = []object{{"service": "VICTIM_ACCOMPANIMENT", "receiverUnit": "units/LBH-BOGOR"}}
	taken := w.call("bidan-cibinong", "POST", "/v1/referrals:file", other).text("legs.0.referral")
	w.event("bidan-cibinong", taken, "accept", object{"heardBy": "PHONE", "officerName": "Pendamping Lama"}).expect(t, 200, []string{"ACCEPTED"}, nil)
	online := "LBH-BOGOR,LBH Sahabat Keluarga Bogor,NGO_LEGAL_AID,REGENCY,ONLINE,32.01.01,LEGAL_AID@32.01,,,,,,,"
	w.wantFaults(t, unitHead, []string{"line 2, channel: the unit has open referrals and no supervisor yet who could answer for them: load its users first"}, online)
	w.hire(t, "kepala-lbh,PERSON,Kepala,,SUPERVISOR,LBH-BOGOR,")
	w.hire(t, "advokat-lbh,PERSON,Advokat,,WORKER,LBH-BOGOR,yes")
	w.wantFaults(t, unitHead, nil, online)
	w.renew(t, "advokat-lbh")
	w.call("advokat-lbh", "GET", "/v1/referrals?direction=INBOX", nil).expect(t, 200, []string{leg, "SENT"}, []string{survivor})
	w.call("advokat-lbh", "GET", "/v1/duties", nil).expect(t, 200, []string{leg, "ACKNOWLEDGE"}, nil)
	w.event("advokat-lbh", leg, "accept", nil).expect(t, 200, []string{"ACCEPTED", survivor}, nil)
	// What it took by letter passes to an account of its own.
	w.renew(t, "kepala-lbh")
	w.event("advokat-lbh", taken, "recordProgress", object{"kind": "SERVED"}).expect(t, 403, nil, []string{survivor})
	officer := w.call("advokat-lbh", "GET", "/v1/accounts:whoAmI", nil).text("account")
	w.event("kepala-lbh", taken, "reassign", object{"officer": officer, "reason": "Petugas lama kini memakai akun sendiri di Sinergi"}).expect(t, 200, nil, nil)
	w.event("advokat-lbh", taken, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, []string{"IN_SERVICE", survivor}, nil)
	w.event("bidan-cibinong", taken, "reportOutcome", object{"outcome": "FULL", "heardBy": "PHONE"}).expect(t, 403, nil, nil)
}

func TestNobodyFilesToAUnitThatNobodySupervises(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.load(t, "SENDIRI,Sendiri,PUSPAGA,,ONLINE,32.01.01,PARENTING_COUNSELING@32.01")
	w.hire(t, "petugas-sendiri,PERSON,Petugas,,WORKER,SENDIRI,yes")
	body := survivorFiling()
	body["legs"] = []object{{"service": "PARENTING_COUNSELING", "receiverUnit": "units/SENDIRI"}}
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", body).expect(t, 400, []string{"RECEIVER_UNAVAILABLE"}, nil)
	delete(body["legs"].([]object)[0], "receiverUnit")
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", body).expect(t, 400, []string{"receiverUnit", "INVALID_FIELD"}, nil)
}

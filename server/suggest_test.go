package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// suggest asks whom to ask, with all reasons.
func (w *world) suggest(as string, more object) reply {
	w.t.Helper()
	more["includeExcluded"] = true
	return w.call(as, "POST", "/v1/referrals:suggestReceivers", more)
}

// suggested is the answer by unit codes: those to ask in their order, and why not the others that offer the service.
func (w *world) suggested(r reply) (fit []string, why map[string]string) {
	w.t.Helper()
	r.expect(w.t, 200, nil, nil)
	var m struct {
		Suggestions []struct{ Unit string }
		Excluded    []struct{ Unit, Code string }
	}
	if err := json.Unmarshal(r.Body, &m); err != nil {
		w.t.Fatal(err)
	}
	code := map[string]string{}
	for _, u := range w.served.Store.Directory().Units() {
		code["units/"+u.ID.String()] = u.Code
	}
	for _, s := range m.Suggestions {
		fit = append(fit, code[s.Unit])
	}
	why = map[string]string{}
	for _, e := range m.Excluded {
		if e.Code != "SERVICE_NOT_OFFERED" {
			why[code[e.Unit]] = e.Code
		}
	}
	return fit, why
}

func (w *world) wantSuggested(what string, r reply, fit []string, why map[string]string) {
	w.t.Helper()
	gotFit, gotWhy := w.suggested(r)
	if diff := cmp.Diff(fit, gotFit) + cmp.Diff(why, gotWhy); diff != "" {
		w.t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

func TestWhomToAskForAChild(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, child := w.sendToHospital(t)
	secrets := []string{childName, motherName, "32.01.01.1006", child, leg}
	w.wantSuggested("what is being asked already", w.suggest("gizi-cibinong", object{"case": child, "service": "SPECIALIST_PEDIATRIC"}),
		nil, map[string]string{"RSUD-CIBINONG": "OPEN_LEG_EXISTS", "RSUD-CILEUNGSI": "AREA_NOT_COVERED"})
	treatment := w.suggest("gizi-cibinong", object{"case": child, "service": "NUTRITION_TREATMENT", "urgency": "EMERGENCY"})
	treatment.expect(t, 200, []string{"OFFERS_SERVICE", "COVERS_REGENCY", "CAPACITY_UNKNOWN", "OPEN_NOW", "Melayani seluruh kabupaten", "Is open now"}, secrets)
	w.wantSuggested("another hospital lies elsewhere, and nobody refers to herself", treatment,
		[]string{"RSUD-CIBINONG"}, map[string]string{"RSUD-CILEUNGSI": "AREA_NOT_COVERED", "PKM-CITEUREUP": "AREA_NOT_COVERED", "PKM-CIBINONG": "IS_SENDER"})
	inside := w.suggest("gizi-cibinong", object{"case": child, "service": "GROWTH_FOLLOW_UP"})
	inside.expect(t, 200, []string{`"inside":true`, "INSIDE", "COVERS_DISTRICT"}, secrets)
	w.wantSuggested("a posyandu of the own register", inside,
		[]string{"POS-MELATI-3"}, map[string]string{"PKM-CIBINONG": "IS_SENDER", "PKM-CITEUREUP": "AREA_NOT_COVERED"})
	w.suggest("gizi-cibinong", object{"case": child}).expect(t, 400, []string{`"service"`, "INVALID_FIELD"}, secrets)
	w.suggest("gizi-cibinong", object{"service": "MEDICAL_CARE"}).expect(t, 400, []string{"INVALID_FIELD"}, nil)
	w.suggest("gizi-cibinong", object{"case": child, "referral": leg}).expect(t, 400, []string{"INVALID_FIELD"}, secrets)
	w.suggest("kader-melati", object{"case": child, "service": "MEDICAL_CARE"}).expect(t, 404, nil, secrets)
}

func TestAfterANoTheSenderIsToldWhomElseToAsk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, child := w.sendToHospital(t)
	w.event("dokter-rsud", leg, "decline", object{"reason": "NO_CAPACITY"}).expect(t, 200, []string{"DECLINED"}, nil)
	for what, ask := range map[string]object{"the leg": {"referral": leg}, "the case": {"case": child, "service": "SPECIALIST_PEDIATRIC"}} {
		again := w.suggest("gizi-cibinong", ask)
		again.expect(t, 200, []string{"DECLINED_BEFORE", `"declineReason":"NO_CAPACITY"`, "Pernah menolak rujukan ini: Kapasitas penuh", "CAPACITY_FULL", "untilTime"}, []string{childName, child, leg})
		w.wantSuggested("by "+what, again, []string{"RSUD-CIBINONG"}, map[string]string{"RSUD-CILEUNGSI": "AREA_NOT_COVERED"})
	}
	// Another child of the same puskesmas is not told of this chain, but of the room.
	_, other := w.sendToHospital(t)
	w.suggest("gizi-cibinong", object{"case": other, "service": "SPECIALIST_PEDIATRIC"}).expect(t, 200, nil, []string{"DECLINED_BEFORE", "NO_CAPACITY"})
	w.suggest("bidan-cibinong", object{"case": other, "service": "MEDICAL_CARE"}).expect(t, 200, []string{"CAPACITY_UNKNOWN"}, []string{"CAPACITY_FULL"})
}

// full says that a unit has no room, as a decline for want of it does.
func (w *world) full(code, service string) {
	w.t.Helper()
	unit, _ := w.served.Store.Directory().UnitByCode(code)
	_, err := store.Update(context.Background(), w.served.Store, func(s *store.Writer) (struct{}, error) {
		return struct{}{}, s.SetCapacity(unit.ID, casework.ReferralServiceType(service), "", casework.CapacityFull, s.Now().Add(casework.FullFor), [16]byte{1})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestRoomIsReadAnewAndEndsByItself(t *testing.T) {
	t.Parallel()
	var c clock
	w := openWorld(t, t.TempDir(), c.now)
	room := func() string {
		return w.call("gizi-cibinong", "GET", "/v1/units/RSUD-CIBINONG", nil).text("services.4.capacities.0.capacity")
	}
	if got := room(); got != "UNKNOWN" {
		t.Errorf("before anybody has said anything the room is %s", got)
	}
	w.full("RSUD-CIBINONG", "SPECIALIST_PEDIATRIC")
	if got := room(); got != "FULL" {
		t.Errorf("after a decline for want of room it is %s", got)
	}
	c.advance(casework.FullFor + time.Second)
	w.renew(t, "gizi-cibinong")
	if got := room(); got != "UNKNOWN" {
		t.Errorf("seven days later it is %s", got)
	}
}

func TestWhomToAskForASurvivorTellsNobodyOfHer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from := len(w.entries())
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	name, leg := filed.text("case"), filed.text("legs.0.referral")
	secrets := []string{survivor, villain, chronology, "32.01.01.1006", name, leg, "L3", "DOMESTIC_VIOLENCE", "RUMAH-AMAN", "Rumah Aman", w.unitName("RUMAH-AMAN")}
	shelter := w.suggest("bidan-cibinong", object{"case": name, "service": "TEMPORARY_SHELTER", "urgency": "EMERGENCY"})
	shelter.expect(t, 200, []string{"CAPACITY_LIMITED"}, secrets) // the shelter's room stands with its contact unit
	w.wantSuggested("a shelter is asked through its contact", shelter, []string{"UPTD-PPA", "DINSOS"}, map[string]string{})
	w.wantSuggested("legal aid by letter", w.suggest("bidan-cibinong", object{"case": name, "service": "LEGAL_AID"}),
		[]string{"LBH-BOGOR", "UPTD-PPA"}, map[string]string{})
	w.full("UPTD-PPA", "TEMPORARY_SHELTER") // its contact speaks for the shelter when it says that there is no room
	w.suggest("bidan-cibinong", object{"case": name, "service": "TEMPORARY_SHELTER"}).expect(t, 200, []string{"CAPACITY_FULL"}, append(secrets, "CAPACITY_LIMITED"))
	asked := func(e entry) bool { return e.Action == "referral.suggest" && e.Outcome == "ALLOW" && e.Level == "L3" }
	if n := w.count(from, asked); n != 3 {
		t.Errorf("three searches on a secret case have left %d entries", n)
	}
	w.suggest("kepala-cibinong", object{"case": name, "service": "TEMPORARY_SHELTER"}).expect(t, 200, []string{"CAPACITY_FULL"}, secrets)
	for _, who := range []string{"gizi-cibinong", "kader-melati", "dokter-rsud", "terima-uptd", "statistik-dinkes", "admin-kabupaten", "penelaah"} {
		ask := func(field, id string) reply {
			return w.suggest(who, object{field: id, "service": "TEMPORARY_SHELTER"})
		}
		sameButForDateAndID(t, who, ask("case", name), ask("case", "cases/"+newID()))
		sameButForDateAndID(t, who, ask("case", "cases/"+filed.text("caseNumber")), ask("case", "cases/K-0000-0S"))
		sameButForDateAndID(t, who, ask("referral", leg), ask("referral", "referrals/"+newID()))
	}
}

func (w *world) unitName(code string) string {
	unit, ok := w.served.Store.Directory().UnitByCode(code)
	if !ok {
		w.t.Fatalf("no unit %s", code)
	}
	return "units/" + unit.ID.String()
}

// A unit all of whose officers are blocked reads like one that has none.
func TestASuggestionNeverSaysWhoIsBlocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.load(t, "USAHA-A,Usaha A,PUSPAGA,DP3AP2KB,ONLINE,32.01.01,ECONOMIC_EMPOWERMENT@32.01", "USAHA-B,Usaha B,PUSPAGA,DP3AP2KB,ONLINE,32.01.01,ECONOMIC_EMPOWERMENT@32.01")
	w.hire(t, "suami,PERSON,"+villain+","+husbandsNIK+",SUPERVISOR,USAHA-A,")
	_, child := w.sendToHospital(t)
	fit, _ := w.suggested(w.suggest("gizi-cibinong", object{"case": child, "service": "ECONOMIC_EMPOWERMENT"}))
	if diff := cmp.Diff([]string{"DP3AP2KB", "USAHA-A"}, fit); diff != "" {
		t.Errorf("for another's case he is nobody in particular: %s", diff)
	}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", named())
	filed.expect(t, 200, nil, nil)
	got := w.suggest("bidan-cibinong", object{"case": filed.text("case"), "service": "ECONOMIC_EMPOWERMENT"})
	w.wantSuggested("for hers", got, []string{"DP3AP2KB"}, map[string]string{"USAHA-A": "UNAVAILABLE", "USAHA-B": "UNAVAILABLE"})
	got.expect(t, 200, nil, []string{"suami", villain, "block"})
	a, b := got.value("excluded.0").(map[string]any), got.value("excluded.1").(map[string]any)
	delete(a, "unit")
	delete(b, "unit")
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("a blocked unit differs from one without officers: %s", diff)
	}
}

// load takes lines of a units' file without the newer columns.
func (w *world) load(t *testing.T, lines ...string) {
	t.Helper()
	report := w.tryLoad(t, "code,name,type,parent,channel,area_code,services", lines...)
	if len(report.Faults) > 0 {
		t.Fatal(report.Faults)
	}
}

func (w *world) tryLoad(t *testing.T, head string, lines ...string) server.LoadReport {
	t.Helper()
	report, err := server.LoadUnits(t.Context(), w.served.Store, strings.NewReader(head+"\n"+strings.Join(lines, "\n")+"\n"), false)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// A receiver who hands on sees its own leg alone: what stands on another of the case it does not learn by a suggestion.
func TestAReceiversSuggestionsTellNothingOfOtherLegs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := survivorFiling()
	body["legs"] = []object{
		{"service": "TEMPORARY_SHELTER", "receiverUnit": "units/UPTD-PPA"}, {"service": "TEMPORARY_SHELTER", "receiverUnit": "units/DINSOS"},
	}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	own, other, name := filed.text("legs.0.referral"), filed.text("legs.1.referral"), filed.text("case")
	w.event("pendamping-uptd", own, "accept", nil).expect(t, 200, []string{"ACCEPTED"}, nil)
	w.wantSuggested("the sender knows of both", w.suggest("bidan-cibinong", object{"case": name, "service": "TEMPORARY_SHELTER"}),
		nil, map[string]string{"UPTD-PPA": "OPEN_LEG_EXISTS", "DINSOS": "OPEN_LEG_EXISTS"})
	got := w.suggest("pendamping-uptd", object{"referral": own})
	w.wantSuggested("the receiver of its own", got, nil, map[string]string{"UPTD-PPA": "IS_SENDER", "DINSOS": "UNAVAILABLE"})
	got.expect(t, 200, nil, []string{"OPEN_LEG_EXISTS", "DECLINED_BEFORE", other, name, survivor})
	w.event("peksos-dinsos", other, "decline", object{"reason": "SAFETY"}).expect(t, 200, []string{"DECLINED"}, nil)
	w.suggest("pendamping-uptd", object{"referral": own}).expect(t, 200, nil, []string{"DECLINED_BEFORE", "SAFETY", other})
	w.suggest("rekan-uptd", object{"referral": own}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, []string{survivor, name})
}

func TestSuggestionsAreTheSameOnBothFaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, child := w.sendToHospital(t)
	m, err := w.referrals().SuggestReceivers(w.as("gizi-cibinong"), &pb.SuggestReceiversRequest{
		Case: child, Service: pb.ReferralServiceType_NUTRITION_TREATMENT, PageSize: 1, IncludeExcluded: true,
	})
	said(t, m, err, []string{"OFFERS_SERVICE", w.unitName("RSUD-CIBINONG")}, []string{childName, "32.01.01.1006"})
	rest := w.suggest("gizi-cibinong", object{"case": child, "service": "NUTRITION_TREATMENT", "pageSize": 1})
	for i, s := range m.Suggestions {
		if got := rest.text(fmt.Sprintf("suggestions.%d.unit", i)); got != s.Unit {
			t.Errorf("suggestion %d: %s over REST, %s over gRPC", i, got, s.Unit)
		}
	}
}

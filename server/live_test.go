package server_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

func (w *world) statistics() pb.StatisticsServiceClient { return pb.NewStatisticsServiceClient(w.conn) }

// month is the one that goes on.
func month() string { return today()[:7] }

// live asks a table as an account does; a head gives her reason where one is wanted.
func (w *world) live(t testing.TB, as, table string) *pb.StatisticsTable {
	t.Helper()
	m, err := w.statistics().QueryLive(w.as(as), liveRequest(as, table))
	if err != nil {
		t.Fatalf("%s asks %s: %v", as, table, err)
	}
	return m
}

func liveRequest(as, table string) *pb.QueryLiveRequest {
	request := &pb.QueryLiveRequest{Table: table}
	if strings.HasPrefix(as, "kepala-") && slices.Contains(needsReason, table) {
		request.Reason = whyCounted
	}
	return request
}

// cellOf names a row's cell by its codes.
func cellOf(row *pb.StatisticsRow) string {
	var codes []string
	for _, code := range []string{
		row.GetKategori(), row.GetStatusKasus(), row.GetTingkatRisiko(), row.GetSaluranMasuk(), row.GetJenisKelamin(), row.GetKelompokUmur(),
		row.GetBaruLama(), row.GetIndeks(), row.GetSektorLain(), row.GetStatusRujukan(), row.GetKodeWilayahKemendagri(),
	} {
		if code != "" {
			codes = append(codes, code)
		}
	}
	return strings.Join(codes, " ")
}

// cells are those of a table that are not zero, without its percentages and hours.
func cells(m *pb.StatisticsTable) map[string]int {
	all := map[string]int{}
	for _, row := range m.GetRows() {
		if n := int(row.GetNilai()); n != 0 && row.GetRincian() == "" && !strings.Contains(row.GetIndikator(), "_pct") && row.GetSatuan() != "jam" &&
			!slices.Contains([]string{"undecided", "unserved", "hops"}, row.GetIndikator()) {
			all[cellOf(row)] += n
		}
	}
	return all
}

func sameCells(t testing.TB, what string, got, want map[string]int) {
	t.Helper()
	for cell, n := range got {
		if want[cell] != n {
			t.Errorf("%s: %q is %d, want %d", what, cell, n, want[cell])
		}
	}
	for cell, n := range want {
		if _, ok := got[cell]; !ok {
			t.Errorf("%s: %q is missing, want %d", what, cell, n)
		}
	}
}

// knownLives files one child with a leg to the hospital, one that is well, and two survivors; it gives their cases and the leg.
func knownLives(t *testing.T, w *world) (child, leg, hers string) {
	t.Helper()
	leg, child = w.sendToHospital(t)
	well := stuntedChild()
	well["newPerson"].(object)["name"], well["newPerson"].(object)["sex"] = "Anak Sehat Contoh", "MALE"
	well["measurements"] = []object{{"measuredOn": today(), "weightKg": 11.5, "lengthCm": 84, "position": "LYING"}}
	delete(well, "legs")
	w.call("bidan-melati", "POST", "/v1/referrals:file", well).expect(t, 200, nil, nil)
	hers = w.openViolence(t, nil)
	w.openViolence(t, func(body object) {
		body["newPerson"] = object{"name": "Perempuan Lain", "sex": "FEMALE", "birthDate": birthDate(12 * 15), "nikAbsence": "NOT_SHOWN"}
		body["newCase"] = object{"type": "CHILD_VIOLENCE", "intakeChannel": "REFERRAL"}
		body["incident"] = object{
			"occurredOn": today(), "forms": []string{"SEXUAL", "PSYCHOLOGICAL"}, "place": "ONLINE", "chronology": "kedua",
			"pairs": []object{{"perpetrator": "Seseorang", "relation": "TEACHER"}, {"relation": "UNKNOWN"}},
		}
		body["risk"] = object{"level": "LOW"}
	})
	return child, leg, hers
}

// Each live table of known rows.
func TestLiveTablesOfWhatIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, leg, hers := knownLives(t, w)
	for _, tt := range []struct {
		as, table string
		want      map[string]int
	}{
		{"kepala-uptd", "caseload", map[string]int{"DOMESTIC_VIOLENCE REPORTED HIGH": 1, "CHILD_VIOLENCE REPORTED LOW": 1}},
		{"kepala-cibinong", "caseload", map[string]int{"CHILD_NUTRITION_RISK REPORTED NOT_ASSESSED": 1}},
		{"kepala-uptd", "intake-month", map[string]int{"DOMESTIC_VIOLENCE IN_PERSON": 1, "CHILD_VIOLENCE REFERRAL": 1}},
		{"kepala-uptd", "violence-age-month", map[string]int{"P 25-44": 1, "P 13-17": 1}},
		{"kepala-uptd", "violence-health-month", map[string]int{"P 18-49 NEW": 1, "P 10-17 NEW": 1}},
		{"kepala-uptd", "violence-form-month", map[string]int{"PHYSICAL": 1, "SEXUAL": 1, "PSYCHOLOGICAL": 1}},
		{"kepala-uptd", "violence-relation-month", map[string]int{"Suami/Istri": 1, "Guru": 1, "NA": 1}},
		{"kepala-uptd", "violence-place-month", map[string]int{"HOUSEHOLD": 1, "OTHER": 1}},
		{"kepala-cibinong", "violence-age-month", nil}, // another unit's
		{"rekan-uptd", "violence-age-month", nil},      // an L3 case of a colleague
		{"pendamping-uptd", "violence-form-month", map[string]int{"PHYSICAL": 1, "SEXUAL": 1, "PSYCHOLOGICAL": 1}},
		{"kepala-cibinong", "referral-out-month", map[string]int{"HEALTH SENT": 1}},
		{"kepala-rsud", "referral-in-month", map[string]int{"HEALTH SENT": 1}},
		{"gizi-cibinong", "nutrition-month", map[string]int{
			"SEVERELY_STUNTED P 12-23 HFA": 0, "STUNTED P 12-23 HFA": 1, "NORMAL_WEIGHT P 12-23 WFA": 1, "WELL_NOURISHED P 12-23 WFH": 1,
			"WELL_NOURISHED P 12-23 BFA": 1, "NORMAL_HEIGHT L 12-23 HFA": 1, "NORMAL_WEIGHT L 12-23 WFA": 1, "WELL_NOURISHED L 12-23 WFH": 1,
			"WELL_NOURISHED L 12-23 BFA": 1,
		}},
		{"kepala-uptd", "service-month", nil},
		{"kepala-cibinong", "closure-month", nil},
	} {
		want := map[string]int{}
		for cell, n := range tt.want {
			if n > 0 {
				want[cell] = n
			}
		}
		sameCells(t, tt.as+" asks "+tt.table, cells(w.live(t, tt.as, tt.table)), want)
	}
	villages := cells(w.live(t, "kepala-cibinong", "nutrition-desa-month"))
	if n := villages["STUNTED P 12-23 HFA 32.01.01.1006"]; n != 1 || len(villages) != 8 {
		t.Errorf("by village: %v", villages)
	}
	// What is done shows at once.
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, nil, nil)
	sameCells(t, "accepted", cells(w.live(t, "kepala-rsud", "referral-in-month")), map[string]int{"HEALTH ACCEPTED": 1})
	sameCells(t, "accepted", cells(w.live(t, "kepala-cibinong", "referral-out-month")), map[string]int{"HEALTH ACCEPTED": 1})
	w.carry(t, "pendamping-uptd", hers, "screen", "assess", "recordServiceConsent", "plan", "startService")
	w.on("pendamping-uptd", hers, "addNote", object{
		"kind": "SERVICE", "service": "PSYCHOLOGICAL_SUPPORT", "servedOn": today(), "text": "konseling",
	}).expect(t, 200, nil, nil)
	sameCells(t, "served", cells(w.live(t, "kepala-uptd", "service-month")), map[string]int{"PSYCHOLOGICAL_SUPPORT": 1})
	sameCells(t, "served, of whom the colleague may not know", cells(w.live(t, "rekan-uptd", "service-month")), nil)
	if m := w.live(t, "kepala-uptd", "caseload"); m.GetRows()[0].GetStatusNilai() != "E" || m.GetTitle() == "" || len(m.GetMetaData()) == 0 {
		t.Errorf("the table says too little of itself: %v", m.GetTitle())
	}
}

// Who may count what (A37, A49, R8, R11), and what is on record of it.
func TestWhoCountsHerUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	knownLives(t, w)
	ask := func(as string, body object) reply {
		table := body["table"].(string)
		delete(body, "table")
		return w.call(as, "POST", "/v1/statistics/live/"+table+":query", body)
	}
	for _, tt := range []struct {
		as     string
		body   object
		status int
		reason string
	}{
		{"terima-uptd", object{"table": "inbox"}, 200, ""},
		{"terima-uptd", object{"table": "caseload"}, 403, "ACTION_NOT_ALLOWED"},
		{"statistik-dinkes", object{"table": "caseload"}, 403, "ACTION_NOT_ALLOWED"},
		{"penelaah", object{"table": "inbox"}, 403, "ACTION_NOT_ALLOWED"},
		{"admin-kabupaten", object{"table": "caseload"}, 404, "NOT_FOUND"},
		{"auditor", object{"table": "caseload"}, 404, "NOT_FOUND"},
		{"app-melati", object{"table": "inbox"}, 404, "NOT_FOUND"},
		{"kepala-uptd", object{"table": "no-such-table"}, 404, "NOT_FOUND"},
		{"kepala-uptd", object{"table": "kdrt-year"}, 404, "NOT_FOUND"},
		{"kepala-uptd", object{"table": "violence-form-month"}, 400, "INVALID_ARGUMENT"},
		{"kepala-uptd", object{"table": "violence-form-month", "reason": "ingin tahu"}, 400, "INVALID_ARGUMENT"},
		{"kepala-uptd", object{"table": "violence-form-month", "reason": whyCounted}, 200, ""},
		{"pendamping-uptd", object{"table": "violence-form-month"}, 200, ""},
		{"kepala-uptd", object{"table": "caseload", "period": month()}, 400, "INVALID_ARGUMENT"},
		{"kepala-uptd", object{"table": "intake-month", "period": "2026"}, 400, "INVALID_ARGUMENT"},
		{"kepala-uptd", object{"table": "intake-month", "period": "2999-01"}, 400, "INVALID_ARGUMENT"},
		{"kepala-uptd", object{"table": "intake-month", "period": "2020-01", "untilPeriod": month()}, 400, "INVALID_ARGUMENT"},
		{"kepala-uptd", object{"table": "intake-month", "period": month(), "untilPeriod": "2020-01"}, 400, "INVALID_ARGUMENT"},
	} {
		what := fmt.Sprint(tt.body)
		got := ask(tt.as, tt.body)
		if got.Status != tt.status || tt.reason != "" && tt.status != 400 && got.reason() != tt.reason {
			t.Errorf("%s asks %s: %d %s, want %d %s", tt.as, what, got.Status, got.Body, tt.status, tt.reason)
		}
	}
	from := len(w.entries())
	w.live(t, "kepala-cibinong", "nutrition-month")
	if n := w.count(from, func(e entry) bool { return e.Action == "stats.live" }); n != 0 {
		t.Errorf("a count of ordinary cases of the own unit left %d entries", n)
	}
	w.live(t, "kepala-uptd", "caseload")
	w.live(t, "kepala-uptd", "caseload") // from memory
	if n := w.count(from, func(e entry) bool { return e.Action == "stats.live" && e.Rule == "A37" && e.Outcome == "ALLOW" }); n != 2 {
		t.Errorf("two counts of secret cases left %d entries", n)
	}
	from = len(w.entries())
	w.live(t, "kepala-uptd", "violence-form-month")
	if n := w.count(from, func(e entry) bool { return e.Action == "stats.live" && e.Reason != [32]byte{} }); n != 1 {
		t.Errorf("a count with a written reason left %d entries with it", n)
	}
	// Without a fresh second factor nothing of L3 is counted, and every answer says so, whether there is any or not: A6, empty and hidden
	// are equal.
	var answers []*pb.StatisticsTable
	for _, as := range []string{"kepala-uptd", "kepala-dinsos"} { // one has two, the other none
		m := w.live(t, w.stale(t, as), "violence-age-month")
		if len(cells(m)) != 0 || !slices.ContainsFunc(m.GetNote(), func(n string) bool { return strings.HasPrefix(n, "tanpa L3") }) {
			t.Errorf("%s without a second factor: %v, %v", as, cells(m), m.GetNote())
		}
		m.AsOfTime = nil
		answers = append(answers, m)
	}
	if !proto.Equal(answers[0], answers[1]) {
		t.Errorf("what is hidden is told from what is not there: %v", answers)
	}
}

// cellsByLists counts what the API's own lists show an account, cell by cell, of the month that goes on.
func (w *world) cellsByLists(t *testing.T, as string) map[string]map[string]int {
	t.Helper()
	all := map[string]map[string]int{}
	add := func(table string, codes ...string) {
		if all[table] == nil {
			all[table] = map[string]int{}
		}
		all[table][strings.Join(codes, " ")]++
	}
	for request := (&pb.ListCasesRequest{Closed: true, PageSize: 100}); ; {
		page, err := w.cases().ListCases(w.as(as), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.GetCases() {
			m, err := w.cases().GetCase(w.as(as), &pb.GetCaseRequest{Name: row.GetName()})
			if err != nil {
				t.Fatal(err)
			}
			countCase(m, add)
		}
		if request.PageToken = page.GetNextPageToken(); request.GetPageToken() == "" {
			break
		}
	}
	sector := func(name string) string {
		id, _ := casework.ParseID(strings.TrimPrefix(name, "units/"))
		unit, _ := w.served.Store.Directory().Unit(casework.UnitID(id))
		return string(unit.Type.Sector())
	}
	for _, direction := range []pb.ListReferralsRequest_Direction_Value{pb.ListReferralsRequest_Direction_INBOX, pb.ListReferralsRequest_Direction_OUTBOX} {
		for request := (&pb.ListReferralsRequest{Direction: direction, PageSize: 100}); ; {
			page, err := w.referrals().ListReferrals(w.as(as), request)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range page.GetReferrals() {
				if direction == pb.ListReferralsRequest_Direction_INBOX {
					add("referral-in-month", sector(m.GetSenderUnit()), m.GetState().String())
				} else {
					add("referral-out-month", sector(m.GetReceiverUnit()), m.GetState().String())
				}
			}
			if request.PageToken = page.GetNextPageToken(); request.GetPageToken() == "" {
				break
			}
		}
	}
	return all
}

// countCase puts a case as the API shows it into the tables of cases. Whoever reads a name reads the sector's content, too.
func countCase(m *pb.Case, add func(table string, codes ...string)) {
	whole, kind := m.GetClient().GetFullName() != "", m.GetType().String()
	out := slices.Contains([]pb.ClosureReason_Value{
		pb.ClosureReason_NOT_SUBSTANTIATED, pb.ClosureReason_DUPLICATE, pb.ClosureReason_ENTERED_IN_ERROR,
	}, m.GetClosureReason())
	sex := map[pb.Sex_Value]string{pb.Sex_MALE: "L", pb.Sex_FEMALE: "P"}[m.GetClient().GetSex()]
	if whole && !out {
		countMeasured(m, sex, add)
	}
	if out || kind == "GROWTH_MONITORING" {
		return
	}
	add("intake-month", kind, m.GetIntakeChannel().String())
	violence := strings.HasSuffix(kind, "_VIOLENCE")
	switch {
	case m.GetCloseTime() != nil:
		add("closure-month", m.GetClosureReason().String())
	case whole && violence:
		add("caseload", kind, m.GetStatus().String(), m.GetRisk().GetLevel().String())
	case whole:
		add("caseload", kind, m.GetStatus().String(), "NOT_ASSESSED")
	}
	if whole && violence {
		add("violence-age-month", sex, "25-44")
	}
}

// countMeasured takes the newest measurement that has an index; corrected ones are none.
func countMeasured(m *pb.Case, sex string, add func(table string, codes ...string)) {
	standing := slices.DeleteFunc(slices.Clone(m.GetMeasurements()), func(x *pb.Measurement) bool {
		return x.GetCorrected() || !strings.HasPrefix(x.GetMeasuredOn(), month())
	})
	if len(standing) == 0 {
		return
	}
	for index, of := range map[string]func(*pb.Assessment) *pb.IndexResult{
		"HFA": (*pb.Assessment).GetHeightForAge, "WFA": (*pb.Assessment).GetWeightForAge, "WFH": (*pb.Assessment).GetWeightForHeight,
		"BFA": (*pb.Assessment).GetBmiForAge,
	} {
		is := "NOT_MEASURED"
		for _, x := range standing {
			if category := of(x.GetAssessment()).GetCategory(); category != pb.GrowthCategory_UNSPECIFIED && category != pb.GrowthCategory_NOT_MEASURED {
				is = category.String()
				break
			}
		}
		add("nutrition-month", is, sex, "12-23", index)
	}
}

// deeds are acts of many kinds by many people, over the API alone. What is refused is refused.
type deeds struct {
	*world
	t      *testing.T
	chance *rand.Rand
	cases  []string
	legs   []string
	done   map[string]int
}

func (d *deeds) one(all ...string) string { return all[d.chance.IntN(len(all))] }

func (d *deeds) kase() string {
	if len(d.cases) == 0 {
		return "cases/00000000-0000-4000-8000-000000000000"
	}
	return d.one(d.cases...)
}

func (d *deeds) leg() string {
	if len(d.legs) == 0 {
		return "referrals/00000000-0000-4000-8000-000000000000"
	}
	return d.one(d.legs...)
}

var everyone = []string{
	"gizi-cibinong", "bidan-cibinong", "kepala-cibinong", "pendamping-uptd", "rekan-uptd", "kepala-uptd", "dokter-rsud", "kepala-rsud",
}

// deed does one, and tells whether it was done.
func (d *deeds) deed() bool {
	person := func() object {
		return object{
			"name": "Orang " + newID()[:8], "sex": d.one("MALE", "FEMALE"), "birthDate": birthDate(20), "nikAbsence": "NOT_SHOWN",
			"address": object{"areaCode": "32.01.01.1006"},
		}
	}
	file := func(as string, body object) reply {
		r := d.call(as, "POST", "/v1/referrals:file", body)
		if name := r.text("case"); name != "" {
			d.cases = append(d.cases, name)
		}
		if name := r.text("legs.0.referral"); name != "" {
			d.legs = append(d.legs, name)
		}
		return r
	}
	kase, leg, who := d.kase(), d.leg(), d.one(everyone...)
	head := "kepala-cibinong"
	if who == "pendamping-uptd" || who == "rekan-uptd" {
		head = "kepala-uptd"
	}
	var r reply
	what := d.one("child", "child", "survivor", "accept", "accept", "decline", "serve", "serve", "report", "confirm", "cancel", "measure", "correct",
		"raise", "lower", "block", "assign", "close", "screen", "reopen")
	switch what {
	case "child":
		body := stuntedChild()
		body["newPerson"] = person()
		body["measurements"] = []object{{"measuredOn": today(), "weightKg": 8 + 4*d.chance.Float64(), "lengthCm": 74 + 10*d.chance.Float64(), "position": "LYING"}}
		if delete(body, "legs"); d.chance.IntN(2) == 0 {
			body["legs"], body["disclosures"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}, []object{{"basis": "CARE"}}
		}
		r = file(d.one("gizi-cibinong", "bidan-melati", "kader-melati"), body)
	case "survivor":
		body := survivorFiling()
		body["newPerson"] = person()
		body["newPerson"].(object)["birthDate"], body["newPerson"].(object)["sex"] = birthDate(12*33), "FEMALE"
		as := d.one("bidan-cibinong", "pendamping-uptd", "rekan-uptd")
		if as != "bidan-cibinong" {
			delete(body, "legs")
			delete(body, "disclosures")
		}
		r = file(as, body)
	case "accept":
		r = d.event(d.one("dokter-rsud", "pendamping-uptd", "rekan-uptd"), leg, "accept", nil)
	case "decline":
		r = d.event(d.one("dokter-rsud", "pendamping-uptd"), leg, "decline", object{"reason": "OUT_OF_AREA"})
	case "serve":
		r = d.event(d.one("dokter-rsud", "pendamping-uptd", "rekan-uptd"), leg, "recordProgress", object{"kind": d.one("SERVED", "NOTE", "WAITLISTED")})
	case "report":
		r = d.event(d.one("dokter-rsud", "pendamping-uptd"), leg, "reportOutcome", object{"outcome": "FULL", "summary": "selesai"})
	case "confirm":
		r = d.event(d.one("gizi-cibinong", "bidan-cibinong"), leg, "confirm", nil)
	case "cancel":
		r = d.event(d.one("gizi-cibinong", "kepala-cibinong"), leg, "cancel", object{"reason": d.one("ENTERED_IN_ERROR", "CLIENT_DECLINED")})
	case "measure":
		r = d.on(d.one("gizi-cibinong", "bidan-cibinong"), kase, "addMeasurement", object{"measurement": measurement(today(), 8+4*d.chance.Float64(), 74+10*d.chance.Float64())})
	case "correct":
		m, err := d.world.cases().GetCase(d.as("kepala-cibinong"), &pb.GetCaseRequest{Name: kase})
		if err != nil || len(m.GetMeasurements()) == 0 {
			return false
		}
		right := measurement(today(), 10, 80)
		right["corrects"] = m.GetMeasurements()[0].GetName()
		r = d.on("gizi-cibinong", kase, "addMeasurement", object{"measurement": right})
	case "raise":
		r = d.on(d.one("kepala-cibinong", "kepala-uptd", "gizi-cibinong"), kase, "raiseLevel", object{"level": d.one("L2", "L3"), "reason": longReason})
	case "lower":
		r = d.on(d.one("kepala-cibinong", "kepala-uptd"), kase, "lowerLevel", object{"level": d.one("L1", "L2"), "reason": longReason})
	case "block":
		if d.chance.IntN(3) > 0 {
			return false // or nobody is left
		}
		r = d.on(d.one("kepala-cibinong", "kepala-uptd"), kase, "addBlock", object{"account": d.account(d.t, who), "reason": longReason})
	case "assign":
		r = d.on(head, kase, "assign", object{"officer": d.account(d.t, who), "reason": longReason})
	case "close":
		r = d.on(d.one("kepala-cibinong", "kepala-uptd"), kase, "close", object{"reason": d.one("MOVED", "ENTERED_IN_ERROR", "UNREACHABLE", "NOT_SUBSTANTIATED"), "summary": "selesai"})
	case "screen":
		r = d.on(d.one("gizi-cibinong", "pendamping-uptd", "rekan-uptd"), kase, "screen", nil)
	case "reopen":
		r = d.on("kepala-cibinong", kase, "reopen", object{"reason": longReason})
	}
	if r.Status == 200 {
		d.done[what]++
	}
	return r.Status == 200
}

// A12: after any acts a table from memory is the table counted anew by a server that remembers nothing, and the one that the API's own lists
// add up to, cell by cell. The 100,000 acts of the promise are of many small regencies: a count costs its month, and nothing that goes wrong
// needs more people than there are here.
func TestLiveTablesFollowEveryAct(t *testing.T) {
	t.Parallel()
	worlds, acts, recounts := 1, 100, 10
	if long("statistics") {
		worlds, acts = 250, 400
	}
	seed := worldSeed(t)
	var mu sync.Mutex
	done := map[string]int{}
	t.Run("worlds", func(t *testing.T) {
		for world := range worlds {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				d := &deeds{world: newWorld(t), t: t, chance: rand.New(rand.NewPCG(seed, uint64(7+world))), done: map[string]int{}}
				d.followed(acts, acts/recounts)
				mu.Lock()
				defer mu.Unlock()
				for what, n := range d.done {
					done[what] += n
				}
			})
		}
	})
	t.Logf("%d acts, done: %v", worlds*acts, done)
	for _, what := range []string{"child", "survivor", "accept", "serve", "measure", "correct", "raise", "lower", "block", "assign", "close", "confirm"} {
		if done[what] == 0 && (long("statistics") || what == "child") {
			t.Errorf("no %s was done", what)
		}
	}
}

// followed does acts and holds three tables after each that was done, and some after those that were refused; each so many acts it adds up the
// lists.
func (d *deeds) followed(acts, each int) {
	for n := range acts {
		if d.deed() || d.chance.IntN(8) == 0 {
			d.sameAnew(n)
		}
		if n%each == 0 {
			d.sameAsLists(n, everyone[n/each%len(everyone)])
		}
		if d.t.Failed() {
			return
		}
	}
}

// sameAnew holds tables from memory against the count of a server that remembers nothing.
func (d *deeds) sameAnew(n int) {
	anew, err := server.NewInProcess(d.served.Store)
	if err != nil {
		d.t.Fatal(err)
	}
	for range 3 {
		as, table := d.one(everyone...), d.one(append(liveTables, "service-month")...)
		got := d.live(d.t, as, table)
		answer, _ := anew.Call(d.token(as)[8:20], "QueryLive", liveRequest(as, table))
		want, _ := answer.(*pb.StatisticsTable)
		if got.AsOfTime = nil; want != nil {
			want.AsOfTime = nil
		}
		if !proto.Equal(got, want) {
			d.t.Fatalf("act %d: %s reads of %s %v, counted anew %v", n, as, table, cells(got), cells(want))
		}
	}
}

// sameAsLists holds the tables of an account against what its own lists add up to.
func (d *deeds) sameAsLists(n int, as string) {
	lists := d.cellsByLists(d.t, as)
	for _, table := range []string{"caseload", "intake-month", "closure-month", "violence-age-month", "nutrition-month", "referral-in-month", "referral-out-month"} {
		if strings.HasPrefix(table, "referral-") && d.done["cancel"]+d.done["close"] > 0 {
			continue // an error, and the legs of a case that is none, stand in the list and in no figure
		}
		sameCells(d.t, fmt.Sprintf("act %d: %s asks %s", n, as, table), cells(d.live(d.t, as, table)), lists[table])
	}
}

// What is written in a case that a head is kept from ends no count of hers: else she would hear, in how long the next takes, that somebody
// writes there.
func TestAWriteInABlockedCaseEndsNoCount(t *testing.T) {
	t.Parallel()
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Unlimited: true, NoSweep: true})
	create := func(name string) string {
		body := object{"requestId": newID(), "newPerson": woman(), "newCase": object{"type": "FAMILY_STUNTING_RISK"}}
		body["newPerson"].(object)["name"] = name
		delete(body["newPerson"].(object), "identifiers")
		body["newPerson"].(object)["nikAbsence"] = "NOT_SHOWN"
		r := w.call("gizi-cibinong", "POST", "/v1/cases", body)
		r.expect(t, 200, nil, nil)
		return r.text("name")
	}
	open, hidden := create("Ibu Satu"), create("Ibu Dua")
	w.on("gizi-cibinong", hidden, "addBlock", object{"account": w.account(t, "kepala-cibinong"), "reason": longReason}).expect(t, 200, nil, nil)
	s, err := server.NewInProcess(w.served.Store)
	if err != nil {
		t.Fatal(err)
	}
	ask := func() *pb.StatisticsRow { // rows from memory are those of the answer before
		answer, reason := s.Call(w.token("kepala-cibinong")[8:20], "QueryLive", liveRequest("kepala-cibinong", "caseload"))
		m, ok := answer.(*pb.StatisticsTable)
		if !ok || len(m.GetRows()) == 0 {
			t.Fatal(reason)
		}
		return m.GetRows()[0]
	}
	write := func(name string) {
		t.Helper()
		w.on("gizi-cibinong", name, "addNote", object{"kind": "SCREENING", "text": "LiLA 22 cm"}).expect(t, 200, nil, nil)
	}
	first := ask()
	write(hidden)
	if ask() != first {
		t.Error("a note in a case that she is kept from was counted anew")
	}
	write(open)
	if ask() == first {
		t.Error("the control: a note in a case that she may read was not counted")
	}
}

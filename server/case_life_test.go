package server_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// on sends one event on a case, or adds to it, with a request id of its own unless more holds one.
func (w *world) on(as, name, event string, more object) reply {
	w.t.Helper()
	body := object{"requestId": newID()}
	maps.Copy(body, more)
	return w.call(as, "POST", "/v1/"+name+":"+event, body)
}

// openViolence files a survivor's case at the protection unit, by its worker, with incident and risk as changed.
func (w *world) openViolence(t testing.TB, change func(body object)) (name string) {
	t.Helper()
	body := survivorFiling()
	delete(body, "legs")
	delete(body, "disclosures")
	if change != nil {
		change(body)
	}
	filed := w.call("pendamping-uptd", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{`"case":"cases/`}, nil)
	return filed.text("case")
}

// carry brings a case to a status by the events of its page, a violence case with the client's yes.
func (w *world) carry(t testing.TB, as, name string, events ...string) {
	t.Helper()
	for _, event := range events {
		w.on(as, name, event, map[string]object{
			"assess":               {"note": "asesmen awal", "risk": object{"level": "MEDIUM"}},
			"recordServiceConsent": {"answer": "GIVEN", "by": "SELF"},
			"plan":                 {"services": []string{"PSYCHOLOGICAL_SUPPORT"}, "note": "rencana", "agreedWithClient": true},
			"addNote":              {"kind": "SERVICE", "service": "PSYCHOLOGICAL_SUPPORT", "text": "konseling pertama"},
		}[event]).expect(t, 200, nil, nil)
	}
}

func TestASurvivorsCaseFromFirstReportToItsEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secrets := []string{survivor, villain, chronology, "DOMESTIC_VIOLENCE", "PHYSICAL"}
	const worker, head = "pendamping-uptd", "kepala-uptd"
	name := w.openViolence(t, nil)
	w.call(worker, "GET", "/v1/"+name, nil).expect(t, 200,
		[]string{`"status":"REPORTED"`, `"duty":"SCREEN"`, `"kdrt":"YES"`, `"legalStatus":"NONE"`, `"screen"`, `"startService"`, `"addIncident"`}, []string{`"monitor"`, `"close"`})
	w.on(worker, name, "screen", nil).expect(t, 200, []string{`"SCREENING"`, `"duty":"ASSESS"`}, nil)
	w.on(worker, name, "assess", object{"note": "asesmen biopsikososial"}).
		expect(t, 200, []string{`"ASSESSMENT"`, "riskAssessTime", `"label":"RISK_REVIEW"`, "asesmen biopsikososial"}, nil)
	w.on(worker, name, "recordServiceConsent", object{"answer": "GIVEN", "by": "SELF"}).expect(t, 200, []string{`"answer":"GIVEN"`, today()}, nil)
	w.on(worker, name, "plan", object{"services": []string{"LEGAL_AID", "PSYCHOLOGICAL_SUPPORT"}, "note": "rancangan"}).
		expect(t, 200, []string{`"PLANNING"`, `"LEGAL_AID"`}, []string{"agreedWithClient"})
	w.on(worker, name, "plan", object{"services": []string{"PSYCHOLOGICAL_SUPPORT"}, "note": "disepakati", "agreedWithClient": true}).
		expect(t, 200, []string{`"PLANNING"`, `"agreedWithClient":true`, `"duty":"START"`}, nil)
	w.on(worker, name, "startService", nil).expect(t, 200, []string{`"IN_SERVICE"`, `"duty":"NOTE"`}, nil)
	w.on(worker, name, "addNote", object{"kind": "SERVICE", "service": "PSYCHOLOGICAL_SUPPORT", "text": "konseling pertama"}).
		expect(t, 200, []string{"konseling pertama", today()}, nil)
	w.on(worker, name, "addLegalStep", object{"status": "REPORTED_TO_POLICE", "occurredOn": today(), "text": "LP/B/1"}).expect(t, 200, []string{"LP/B/1"}, nil)
	w.on(worker, name, "monitor", nil).expect(t, 200, []string{`"MONITORING"`, `"duty":"FOLLOW_UP"`, `"legalStatus":"REPORTED_TO_POLICE"`}, nil)
	w.on(worker, name, "resume", object{"reason": "diancam lagi"}).expect(t, 200, []string{`"IN_SERVICE"`, "diancam lagi"}, nil)
	w.on(worker, name, "monitor", nil).expect(t, 200, []string{`"MONITORING"`}, nil)

	risk := w.call(worker, "GET", "/v1/"+name, nil)
	w.call(worker, "PATCH", "/v1/"+name, object{
		"requestId": newID(), "etag": risk.text("etag"), "updateMask": []string{"risk", "hiddenAddress"},
		"risk": object{"level": "LOW"}, "hiddenAddress": "rumah saudara",
	}).expect(t, 200, []string{`"level":"LOW"`, "rumah saudara"}, nil)

	w.on(worker, name, "close", object{"reason": "GOALS_MET", "summary": "aman"}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, secrets)
	w.on(head, name, "close", object{"reason": "GOALS_MET", "summary": "aman, mandiri"}).
		expect(t, 200, []string{`"CLOSED"`, `"closureReason":"GOALS_MET"`}, []string{`"dueTime"`, "aman, mandiri", "rumah saudara", villain})
	closed := w.call(worker, "GET", "/v1/"+name, nil)
	closed.expect(t, 200, []string{"aman, mandiri", `"state":"NOT_DUE"`}, []string{`"duty"`, `"addNote"`, `"close"`})
	w.on(worker, name, "addNote", object{"text": "terlambat"}).expect(t, 400, []string{"CASE_STATE", `"state":"CLOSED"`}, secrets)
	w.on(head, name, "reopen", object{"reason": "kejadian baru"}).expect(t, 200, []string{`"SCREENING"`, `"reopenCount":1`, `"duty":"ASSESS"`}, []string{`"closureReason"`})
	w.verified(t)
}

func TestASurvivorsCaseOverGRPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.cases()
	worker, head := w.as("pendamping-uptd"), w.as("kepala-uptd")
	name := w.openViolence(t, nil)
	screened, err := k.ScreenCase(worker, &pb.ScreenCaseRequest{Name: name, RequestId: newID()})
	said(t, screened, err, []string{`"SCREENING"`}, nil)
	assessed, err := k.AssessCase(worker, &pb.AssessCaseRequest{Name: name, RequestId: newID(), Note: "asesmen"})
	said(t, assessed, err, []string{`"ASSESSMENT"`, "RISK_REVIEW"}, nil)
	yes, err := k.RecordServiceConsent(worker, &pb.RecordServiceConsentRequest{
		Name: name, RequestId: newID(), Answer: pb.ServiceConsentAnswer_GIVEN, By: pb.ConsentGiver_SELF,
	})
	said(t, yes, err, []string{`"GIVEN"`}, nil)
	planned, err := k.PlanCase(worker, &pb.PlanCaseRequest{
		Name: name, RequestId: newID(), Services: []pb.ReferralServiceType_Value{pb.ReferralServiceType_LEGAL_AID}, AgreedWithClient: true,
	})
	said(t, planned, err, []string{`"PLANNING"`}, nil)
	started, err := k.StartService(worker, &pb.StartServiceRequest{Name: name, RequestId: newID()})
	said(t, started, err, []string{`"IN_SERVICE"`}, nil)
	note, err := k.AddNote(worker, &pb.AddNoteRequest{Name: name, RequestId: newID(), Kind: pb.NoteKind_SERVICE, Service: pb.ReferralServiceType_LEGAL_AID})
	said(t, note, err, []string{`"SERVICE"`}, nil)
	step, err := k.AddLegalStep(worker, &pb.AddLegalStepRequest{Name: name, RequestId: newID(), Status: pb.LegalStatus_TRIAL, OccurredOn: today()})
	said(t, step, err, []string{`"TRIAL"`}, nil)
	incident, err := k.AddIncident(worker, &pb.AddIncidentRequest{Name: name, RequestId: newID(), Incident: &pb.Incident{
		Forms: []pb.ViolenceForm_Value{pb.ViolenceForm_PSYCHOLOGICAL}, Pairs: []*pb.Pair{{Relation: pb.Relation_NEIGHBOR}},
	}})
	said(t, incident, err, []string{`"NEIGHBOR"`}, nil)
	typed, err := k.ReclassifyCase(worker, &pb.ReclassifyCaseRequest{Name: name, RequestId: newID(), Type: pb.CaseType_WOMAN_VIOLENCE})
	said(t, typed, err, []string{`"WOMAN_VIOLENCE"`}, nil)
	followed, err := k.MonitorCase(worker, &pb.MonitorCaseRequest{Name: name, RequestId: newID()})
	said(t, followed, err, []string{`"MONITORING"`}, nil)
	resumed, err := k.ResumeCase(worker, &pb.ResumeCaseRequest{Name: name, RequestId: newID(), Reason: "perlu lagi"})
	said(t, resumed, err, []string{`"IN_SERVICE"`}, nil)
	ending := func() *pb.CloseCaseRequest {
		return &pb.CloseCaseRequest{
			Name: name, RequestId: newID(), Reason: pb.ClosureReason_CLIENT_REQUEST, Summary: "klien mengundurkan diri", SafetyInformationGiven: true,
		}
	}
	_, err = k.CloseCase(head, ending())
	if reason, _ := reasonOf(err); reason != "TYPE_MISMATCH" {
		t.Errorf("closed in no figure of KDRT, though one pair is her husband's: %v", err)
	}
	typed, err = k.ReclassifyCase(worker, &pb.ReclassifyCaseRequest{Name: name, RequestId: newID(), Type: pb.CaseType_DOMESTIC_VIOLENCE})
	said(t, typed, err, []string{`"DOMESTIC_VIOLENCE"`}, nil)
	closed, err := k.CloseCase(head, ending())
	said(t, closed, err, []string{`"CLOSED"`, "CLIENT_REQUEST"}, []string{villain, "mengundurkan"})
	line, err := k.ListTimeline(worker, &pb.ListTimelineRequest{Name: name, PageSize: 100})
	said(t, line, err, []string{"close", "reclassify", "LEGAL_STEP", "INCIDENT", "ASSIGNMENT"}, nil)
	again, err := k.ReopenCase(head, &pb.ReopenCaseRequest{Name: name, RequestId: newID(), Reason: "kembali"})
	said(t, again, err, []string{`"SCREENING"`}, nil)
	w.verified(t)
}

func measurement(on string, kg, cm float64) object {
	return object{"measuredOn": on, "weightKg": kg, "lengthCm": cm, "position": "LYING"}
}

// recoveringChild files a girl of 20 months who was too short 70 days ago, and carries her case into service.
func (w *world) recoveringChild(t testing.TB) (name string) {
	t.Helper()
	body := stuntedChild()
	body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
	body["measurements"] = []object{measurement(daysAgo(70), 8.9, 73)}
	delete(body, "legs")
	filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{"HFA_LOW"}, nil)
	name = filed.text("case")
	w.carry(t, "gizi-cibinong", name, "screen")
	w.on("gizi-cibinong", name, "addMeasurement", object{"measurement": measurement(daysAgo(29), 10.4, 81.2)}).expect(t, 200, nil, nil)
	w.on("gizi-cibinong", name, "assess", object{"note": "membaik"}).expect(t, 200, []string{`"ASSESSMENT"`, "CHILD_NUTRITION_RISK"}, nil)
	w.on("gizi-cibinong", name, "plan", object{"services": []string{"NUTRITION_TREATMENT"}}).expect(t, 200, []string{`"PLANNING"`}, nil)
	w.on("gizi-cibinong", name, "startService", nil).expect(t, 200, []string{`"IN_SERVICE"`}, nil)
	w.on("gizi-cibinong", name, "addNote", object{"kind": "SERVICE", "service": "NUTRITION_TREATMENT", "text": "PMT"}).expect(t, 200, nil, nil)
	return name
}

func TestAChildsCaseUntilItHasRecovered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const worker = "gizi-cibinong"
	name := w.recoveringChild(t)
	w.on(worker, name, "monitor", nil).expect(t, 200, []string{`"MONITORING"`, `"duty":"FOLLOW_UP"`}, nil)
	closing := object{"reason": "RECOVERED", "summary": "TB/U normal dua kali"}
	w.on("kepala-cibinong", name, "close", closing).expect(t, 400, []string{"CLOSURE_UNMET", `"guard":"RECOVERY"`}, nil)
	slip := w.on(worker, name, "addMeasurement", object{"measurement": measurement(today(), 8.1, 82.6)})
	slip.expect(t, 200, nil, nil)
	w.on("kepala-cibinong", name, "close", closing).expect(t, 400, []string{"CLOSURE_UNMET"}, nil)
	right := measurement(today(), 11.0, 82.6)
	right["corrects"] = slip.text("name")
	w.on(worker, name, "addMeasurement", object{"measurement": right}).expect(t, 200, []string{`"corrects":"` + slip.text("name")}, nil)
	w.on(worker, name, "addMeasurement", object{"measurement": right}).expect(t, 400, []string{"measurement.corrects", "NOT_TO_CORRECT"}, nil)
	w.call(worker, "GET", "/v1/"+name, nil).expect(t, 200, []string{`"corrected":true`}, nil)
	w.on("kepala-cibinong", name, "close", closing).expect(t, 200, []string{`"CLOSED"`, "TB/U normal dua kali"}, []string{`"duty"`})

	person := w.call(worker, "GET", "/v1/"+name, nil).text("client.name")
	next := w.call(worker, "POST", "/v1/referrals:file", object{"requestId": newID(), "person": person, "measurements": []object{measurement(today(), 11.1, 82.7)}})
	next.expect(t, 200, []string{`"case":"cases/`}, []string{name})
	w.call(worker, "GET", "/v1/"+next.text("case"), nil).expect(t, 200, []string{"GROWTH_MONITORING", `"MONITORING"`, `"corrected":true`}, nil)
	w.on("kepala-cibinong", name, "reopen", object{"reason": "kurus lagi"}).expect(t, 400, []string{"CASE_EXISTS"}, nil)
	w.verified(t)
}

func TestAChildsCaseOverGRPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.recoveringChild(t)
	k, worker := w.cases(), w.as("gizi-cibinong")
	followed, err := k.MonitorCase(worker, &pb.MonitorCaseRequest{Name: name, RequestId: newID()})
	said(t, followed, err, []string{`"MONITORING"`}, nil)
	measured, err := k.AddMeasurement(worker, &pb.AddMeasurementRequest{Name: name, RequestId: newID(), Measurement: &pb.NewMeasurement{
		MeasuredOn: today(), WeightKg: proto.Float64(11), LengthCm: proto.Float64(82.6), Position: pb.Position_LYING,
	}})
	said(t, measured, err, []string{"NORMAL_HEIGHT"}, nil)
	closed, err := k.CloseCase(w.as("kepala-cibinong"), &pb.CloseCaseRequest{Name: name, RequestId: newID(), Reason: pb.ClosureReason_RECOVERED, Summary: "sehat"})
	said(t, closed, err, []string{`"CLOSED"`, "RECOVERED"}, nil)
	w.verified(t)
}

// Each guard once by REST, and nothing half done: the etag of the case stands, and the journal has no event of it.
func TestAGuardThatRefusesHasChangedNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const worker, head = "pendamping-uptd", "kepala-uptd"
	fresh := func(events ...string) string {
		name := w.openViolence(t, func(b object) { b["risk"] = object{"level": "MEDIUM"} })
		w.carry(t, worker, name, events...)
		return name
	}
	planned := []string{"screen", "assess", "recordServiceConsent", "plan"}
	reported, screening, assessment := fresh(), fresh("screen"), fresh("screen", "assess")
	inService := fresh(append(planned, "startService")...)
	served := fresh(append(planned, "startService", "addNote")...)
	sexual := w.openViolence(t, func(b object) { b["incident"].(object)["forms"] = []string{"SEXUAL"} })
	noForm := w.openViolence(t, func(b object) { delete(b, "incident") })
	w.carry(t, worker, noForm, "screen")
	noPair := w.openViolence(t, func(b object) {
		b["incident"].(object)["pairs"] = []object{{"relation": "NEIGHBOR"}}
	})
	withLeg := w.call(worker, "POST", "/v1/referrals:file", func() object {
		b := survivorFiling()
		b["legs"] = []object{{"service": "LAW_ENFORCEMENT", "urgency": "ROUTINE", "receiverUnit": "units/POLRES-PPA"}}
		return b
	}()).text("case")
	child := w.recoveringChild(t)
	for _, tt := range []struct {
		what, as, name, event string
		body                  object
		must                  []string
	}{
		{"assess before screening", worker, reported, "assess", nil, []string{"CASE_STATE", `"state":"REPORTED"`, "allowed_actions"}},
		{"assess without an incident", worker, noForm, "assess", object{"risk": object{"level": "LOW"}}, []string{"RISK_MISSING"}},
		{"assess a weapon as low", worker, screening, "assess", object{"risk": object{"level": "LOW", "signs": []string{"WEAPON"}}}, []string{"risk.reason"}},
		{"plan without her yes", worker, assessment, "plan", object{"services": []string{"LEGAL_AID"}}, []string{"CONSENT_MISSING"}},
		{"start before the plan", worker, assessment, "startService", nil, []string{"CASE_STATE"}},
		{"start at once without urgency", worker, screening, "startService", object{"urgentReason": "malam"}, []string{"NOT_URGENT"}},
		{"monitor whom nobody served", worker, inService, "monitor", nil, []string{"SERVICE_MISSING"}},
		{"resume what was not followed", worker, inService, "resume", object{"reason": "lagi"}, []string{"CASE_STATE"}},
		{"resume without a reason", worker, inService, "resume", nil, []string{"reason"}},
		{"turn a survivor into a child", worker, inService, "reclassify", object{"type": "CHILD_STUNTING"}, []string{"TYPE_CHANGE"}},
		{"name stunting on one low measurement", "gizi-cibinong", child, "reclassify", object{"type": "CHILD_STUNTING"}, []string{"TYPE_CHANGE"}},
		{"close without a summary", head, inService, "close", object{"reason": "MOVED"}, []string{"summary", "REQUIRED"}},
		{"recovered from violence", head, inService, "close", object{"reason": "RECOVERED", "summary": "x"}, []string{"NOT_FOR_THIS_TYPE"}},
		{"goals met at HIGH", head, withLeg, "close", object{"reason": "GOALS_MET", "summary": "x"}, []string{"CLOSURE_UNMET", `"guard":"RISK"`}},
		{"an end of the process at HIGH", head, withLeg, "close", object{"reason": "LEGAL_PROCESS_ENDED", "summary": "x"}, []string{"CLOSURE_UNMET"}},
		{"at her request, uninformed", head, inService, "close", object{"reason": "CLIENT_REQUEST", "summary": "x"}, []string{"safetyInformationGiven"}},
		{"unreachable without attempts", head, inService, "close", object{"reason": "UNREACHABLE", "summary": "x", "safetyChecked": true}, []string{"CLOSURE_UNMET", "ATTEMPTS"}},
		{"handed over to nobody", head, inService, "close", object{"reason": "HANDED_OVER", "summary": "x"}, []string{"HANDOVER_LEG_MISSING"}},
		{"handed over by no leg", head, inService, "close", object{"reason": "HANDED_OVER", "summary": "x", "referral": "referrals/" + newID()}, []string{"HANDOVER_LEG_MISSING"}},
		{"no case, unexplained", head, inService, "close", object{"reason": "NOT_SUBSTANTIATED", "summary": "x"}, []string{"explanation"}},
		{"dead on no day", head, inService, "close", object{"reason": "DECEASED", "summary": "x"}, []string{"deceasedOn"}},
		{"twice a case that never was", head, inService, "close", object{"reason": "DUPLICATE", "summary": "x", "duplicateOf": "cases/" + newID()}, []string{"NOT_SAME_CLIENT"}},
		{"twice a case of another register", head, inService, "close", object{"reason": "DUPLICATE", "summary": "x", "duplicateOf": child}, []string{"NOT_SAME_CLIENT"}},
		{"in error what was served", head, served, "close", object{"reason": "ENTERED_IN_ERROR", "summary": "x"}, []string{"CLOSURE_UNMET", "SERVICE_GIVEN"}},
		{"domestic what is not", head, noPair, "close", object{"reason": "MOVED", "summary": "x"}, []string{"TYPE_MISMATCH"}},
		{"with an open leg", head, withLeg, "close", object{"reason": "MOVED", "summary": "x"}, []string{"OPEN_LEGS"}},
		{"with a report owed", head, sexual, "close", object{"reason": "MOVED", "summary": "x"}, []string{"TASKS_OPEN"}},
		{"five already", "kepala-cibinong", child, "close", object{"reason": "AGED_OUT", "summary": "x"}, []string{"CLOSURE_UNMET", "AGE"}},
		{"a worker says in error", "gizi-cibinong", child, "close", object{"reason": "ENTERED_IN_ERROR", "summary": "x"}, []string{"ACTION_NOT_ALLOWED"}},
		{"a worker says no case of a served child", "gizi-cibinong", child, "close", object{"reason": "NOT_SUBSTANTIATED", "summary": "x", "explanation": "y"}, []string{"ACTION_NOT_ALLOWED"}},
		{"reopen an open case", head, inService, "reopen", object{"reason": "x"}, []string{"CASE_STATE"}},
		{"an incident of a child's case", "gizi-cibinong", child, "addIncident", object{"incident": object{"forms": []string{"PHYSICAL"}}}, []string{"CASE_STATE"}},
		{"a legal step of a child's case", "gizi-cibinong", child, "addLegalStep", object{"status": "TRIAL", "occurredOn": today()}, []string{"CASE_STATE"}},
		{"a step in the future", worker, inService, "addLegalStep", object{"status": "TRIAL", "occurredOn": daysAgo(-2)}, []string{"IN_FUTURE"}},
		{"a measurement of a survivor", worker, inService, "addMeasurement", object{"measurement": measurement(today(), 9, 75)}, nil},
		{"a note of a service without one", worker, inService, "addNote", object{"kind": "SERVICE"}, []string{"service", "REQUIRED"}},
		{"an attempt on no channel", worker, inService, "addNote", object{"kind": "CONTACT_ATTEMPT"}, []string{"channel"}},
		{"a yes given tomorrow", worker, inService, "recordServiceConsent", object{"answer": "GIVEN", "by": "SELF", "givenOn": daysAgo(-2)}, []string{"IN_FUTURE"}},
		{"a yes by nobody", worker, inService, "recordServiceConsent", object{"answer": "REFUSED"}, []string{"by", "REQUIRED"}},
		{"a stale etag", worker, screening, "assess", object{"etag": "v1", "note": "x"}, []string{"ETAG_MISMATCH"}},
		{"a task of yesterday", worker, inService, "addTask", object{"text": "telepon", "dueTime": "2020-01-01T00:00:00Z"}, []string{"NOT_AHEAD"}},
		{"a task for a stranger", worker, inService, "addTask", object{"text": "telepon", "dueTime": time.Now().Add(time.Hour).Format(time.RFC3339), "officer": "accounts/" + newID()}, []string{"OFFICER_INVALID"}},
	} {
		as := worker
		if strings.HasSuffix(tt.as, "cibinong") {
			as = "gizi-cibinong"
		}
		before, from := w.call(as, "GET", "/v1/"+tt.name, nil), len(w.entries())
		got := w.on(tt.as, tt.name, tt.event, tt.body)
		if got.Status < 400 {
			t.Errorf("%s: done: %s", tt.what, got.Body)
		}
		for _, must := range tt.must {
			if !strings.Contains(string(got.Body), must) {
				t.Errorf("%s: the answer lacks %q: %s", tt.what, must, got.Body)
			}
		}
		if strings.Contains(string(got.Body), villain) || strings.Contains(string(got.Body), survivor) {
			t.Errorf("%s tells whom it is about: %s", tt.what, got.Body)
		}
		if done := w.count(from, func(e entry) bool { return e.Event.Name != "" }); done != 0 {
			t.Errorf("%s: %d events are on record", tt.what, done)
		}
		if after := w.call(as, "GET", "/v1/"+tt.name, nil); string(after.Body) != string(before.Body) {
			t.Errorf("%s has changed the case: %s", tt.what, after.Body)
		}
	}
	w.verified(t)
}

// Of parallel events one wins; the others learn what is true now.
func TestOfParallelEventsOnACaseOneWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.openViolence(t, func(b object) { // by whom is not known, so that either type may be closed
		b["incident"].(object)["pairs"] = []object{{"perpetrator": villain, "relation": "UNKNOWN"}}
	})
	w.carry(t, "pendamping-uptd", name, "screen", "assess", "recordServiceConsent", "plan", "startService", "addNote", "monitor")
	from := len(w.entries())
	const callers = 32
	answers := make([]reply, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			switch i % 3 {
			case 0:
				answers[i] = w.on("kepala-uptd", name, "close", object{"reason": "MOVED", "summary": "pindah"})
			case 1:
				answers[i] = w.on("pendamping-uptd", name, "resume", object{"reason": fmt.Sprintf("sebab %d", i)})
			default:
				answers[i] = w.on("kepala-uptd", name, "reclassify", object{"type": "WOMAN_VIOLENCE", "reason": "bukan KDRT"})
			}
		})
	}
	all.Wait()
	for i, a := range answers {
		implied := a.Status == 200
		if !implied && a.reason() != "CASE_STATE" {
			t.Errorf("caller %d: %s", i, a.Body)
		}
	}
	for _, event := range []string{"close", "resume", "reclassify"} {
		if n := w.count(from, func(e entry) bool { return e.Event.Name == event }); n > 1 {
			t.Errorf("%s happened %d times", event, n)
		}
	}
	if n := w.count(from, func(e entry) bool { return e.Event.Name == "close" }); n != 1 {
		t.Errorf("%d closed the case, want one", n)
	}
	w.verified(t)
}

func TestTheSameEventBy32CallersHappensOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.openViolence(t, nil)
	from := len(w.entries())
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if got := w.on("pendamping-uptd", name, "screen", nil); got.Status != 200 {
				t.Errorf("%s", got.Body)
			}
		})
	}
	all.Wait()
	done := w.count(from, func(e entry) bool { return e.Event.Name == "screen" })
	implied := w.count(from, func(e entry) bool { return e.Event.Name == "IMPLIED" })
	if done != 1 || implied != 31 {
		t.Errorf("%d done, %d implied", done, implied)
	}
	w.verified(t)
}

func TestTheTimelineShowsEachReaderHerPartWithoutGaps(t *testing.T) {
	w := newWorld(t)
	name := w.openViolence(t, nil)
	w.carry(t, "pendamping-uptd", name, "screen", "assess")
	w.on("pendamping-uptd", name, "addNote", object{"text": "rahasia klien"}).expect(t, 200, nil, nil)
	whole := w.call("pendamping-uptd", "GET", "/v1/"+name+"/timeline?pageSize=100", nil)
	whole.expect(t, 200, []string{"rahasia klien", "INCIDENT", "NOTE", "TASK", "RISK_REVIEW", "screen", "open", "ASSIGNMENT"}, []string{villain, chronology})
	head := w.call("kepala-uptd", "GET", "/v1/"+name+"/timeline?pageSize=100", nil)
	head.expect(t, 200, []string{"screen", "TASK"}, []string{"rahasia klien", "INCIDENT", "NOTE", "incidents/", "notes/"})
	for _, who := range []string{"rekan-uptd", "terima-uptd", "gizi-cibinong", "penelaah"} {
		got, never := w.call(who, "GET", "/v1/"+name+"/timeline", nil), w.call(who, "GET", "/v1/cases/"+newID()+"/timeline", nil)
		sameButForDateAndID(t, who, got, never)
	}
	var paged []any
	for token := ""; ; {
		page := w.call("kepala-uptd", "GET", "/v1/"+name+"/timeline?pageSize=2&pageToken="+token, nil)
		page.expect(t, 200, nil, nil)
		entries, _ := page.value("entries").([]any)
		paged = append(paged, entries...)
		if token = page.text("nextPageToken"); token == "" {
			break
		}
		if len(entries) != 2 {
			t.Errorf("a page of %d, and there is more", len(entries))
		}
	}
	if all, _ := head.value("entries").([]any); len(all) != len(paged) || len(all) < 4 {
		t.Errorf("%d entries by pages, %d at once", len(paged), len(all))
	}
}

func TestAnUpdateMergesWhatDoesNotMeet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.openViolence(t, func(b object) { b["risk"] = object{"level": "MEDIUM"} })
	patch := func(as, etag string, mask []string, more object) reply {
		body := object{"requestId": newID(), "etag": etag, "updateMask": mask}
		maps.Copy(body, more)
		return w.call(as, "PATCH", "/v1/"+name, body)
	}
	base := w.call("pendamping-uptd", "GET", "/v1/"+name, nil).text("etag")
	phone := object{"intakeChannel": "PHONE"}
	patch("pendamping-uptd", base, []string{"intakeChannel"}, phone).expect(t, 200, []string{`"PHONE"`}, nil)
	patch("pendamping-uptd", base, []string{"hiddenAddress"}, object{"hiddenAddress": "rumah aman"}).expect(t, 200, []string{`"PHONE"`, "rumah aman"}, nil)
	patch("kepala-uptd", base, []string{"intakeChannel"}, phone).expect(t, 200, []string{`"PHONE"`}, []string{"rumah aman"}) // holds the sent value
	met := patch("kepala-uptd", base, []string{"intakeChannel", "risk"}, object{"intakeChannel": "LETTER", "risk": object{"level": "HIGH"}})
	met.expect(t, 409, []string{"ETAG_MISMATCH", `"path":"intakeChannel"`, `\"PHONE\"`, `\"LETTER\"`, "changedByUnit"}, []string{`"path":"risk"`, "rumah aman"})
	w.call("pendamping-uptd", "GET", "/v1/"+name, nil).expect(t, 200, []string{`"level":"MEDIUM"`, `"PHONE"`}, nil)

	patch("kepala-uptd", base, []string{"hiddenAddress"}, nil).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, []string{"rumah aman"})
	patch("pendamping-uptd", base, nil, phone).expect(t, 400, []string{"UPDATE_MASK_REQUIRED"}, nil)
	patch("pendamping-uptd", "", []string{"intakeChannel"}, phone).expect(t, 400, []string{"ETAG_REQUIRED"}, nil)
	patch("pendamping-uptd", base, []string{"status"}, phone).expect(t, 400, []string{"UNKNOWN_FIELD"}, nil)
	patch("rekan-uptd", base, []string{"intakeChannel"}, phone).expect(t, 404, []string{"NOT_FOUND"}, nil)
	w.verified(t)
}

func TestWhatTheLawWantsReportedIsNeverEndedInSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const worker, head = "pendamping-uptd", "kepala-uptd"
	name := w.openViolence(t, nil)
	w.on(worker, name, "addIncident", object{"incident": object{
		"forms": []string{"SEXUAL"}, "pairs": []object{{"perpetrator": villain, "relation": "HUSBAND"}},
	}}).expect(t, 200, []string{`"SEXUAL"`}, nil)
	tasks := w.call(worker, "GET", "/v1/"+name, nil)
	tasks.expect(t, 200, []string{`"label":"POLICE_REPORT"`, "legalDueTime", `"byRule":true`}, nil)
	w.call(worker, "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{"POLICE_REPORT"}, []string{survivor})
	task := tasks.text("tasks.0.name")
	end := func(as, state, reason string) reply {
		body := object{"requestId": newID(), "state": state}
		if reason != "" {
			body["reason"] = reason
		}
		return w.call(as, "POST", "/v1/"+task+":end", body)
	}
	end(worker, "NOT_DUE", "korban menolak").expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
	end(head, "NOT_DUE", "").expect(t, 400, []string{"reason", "REQUIRED"}, nil)
	end("rekan-uptd", "DONE", "").expect(t, 404, []string{"NOT_FOUND"}, nil)
	end("gizi-cibinong", "DONE", "").expect(t, 404, []string{"NOT_FOUND"}, nil)
	end(head, "NOT_DUE", "delik aduan, korban menolak").expect(t, 200, []string{`"NOT_DUE"`}, []string{"delik aduan"}) // F4, and the head is not assigned
	w.call(worker, "GET", "/v1/"+name, nil).expect(t, 200, []string{"delik aduan"}, nil)
	end(head, "DONE", "").expect(t, 400, []string{"TASK_STATE", `"state":"NOT_DUE"`}, nil)
	never := w.call(worker, "POST", "/v1/tasks/"+newID()+":end", object{"requestId": newID(), "state": "DONE"})
	task = "tasks/" + newID()
	sameButForDateAndID(t, "a task that never was", never, end("gizi-cibinong", "DONE", ""))
	w.verified(t)
}

func TestATaskByHandIsDueWhenItsAuthorSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.openViolence(t, nil)
	due := time.Now().Add(50 * time.Hour).UTC().Truncate(time.Second)
	made, err := w.duties().AddTask(w.as("pendamping-uptd"), asMessage(t, object{
		"name": name, "requestId": newID(), "text": "telepon Kamis", "dueTime": due.Format(time.RFC3339),
	}, &pb.AddTaskRequest{}))
	said(t, made, err, []string{"telepon Kamis", "BY_HAND", `"OPEN"`}, []string{`"byRule"`})
	if !made.GetDueTime().AsTime().Equal(due) {
		t.Errorf("due %s, want %s", made.GetDueTime().AsTime(), due)
	}
	w.call("pendamping-uptd", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{`"duty":"TASK"`, "telepon Kamis"}, []string{survivor})
	mine, err := w.duties().ListDuties(w.as("pendamping-uptd"), &pb.ListDutiesRequest{Scope: pb.ListDutiesRequest_Scope_ME})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range mine.GetDuties() {
		if byHand := d.GetTaskLabel() == pb.TaskLabel_BY_HAND; byHand != (d.GetBasis() == "") {
			t.Errorf("%s says its time follows from %q", d.GetDuty(), d.GetBasis())
		}
	}
	w.call("kepala-uptd", "GET", "/v1/duties?scope=UNIT", nil).expect(t, 200, []string{`"duty":"TASK"`}, []string{survivor, "telepon Kamis"})
	ended, err := w.duties().EndTask(w.as("pendamping-uptd"), &pb.EndTaskRequest{Name: made.Name, RequestId: newID(), State: pb.TaskState_NOT_DUE, Reason: "sudah datang"})
	said(t, ended, err, []string{`"NOT_DUE"`, "sudah datang"}, nil)
	w.call("pendamping-uptd", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, nil, []string{`"duty":"TASK"`})
	w.verified(t)
}

func TestAnUrgentStartOwesTheStepsItLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.openViolence(t, nil) // HIGH
	w.on("pendamping-uptd", name, "startService", object{"urgentReason": "terancam malam ini"}).
		expect(t, 200, []string{`"IN_SERVICE"`, "SKIPPED_SCREEN", "SKIPPED_ASSESS", "SKIPPED_PLAN", "terancam malam ini"}, nil)
	w.carry(t, "pendamping-uptd", name, "addNote")
	w.on("pendamping-uptd", name, "monitor", nil).expect(t, 400, []string{"TASKS_OPEN"}, nil)
	for _, kind := range []string{"SCREENING", "ASSESSMENT", "PLAN"} {
		w.on("pendamping-uptd", name, "monitor", nil).expect(t, 400, []string{"TASKS_OPEN"}, nil)
		w.on("pendamping-uptd", name, "addNote", object{"kind": kind, "text": "menyusul"}).expect(t, 200, nil, nil)
	}
	w.on("pendamping-uptd", name, "monitor", nil).expect(t, 200, []string{`"MONITORING"`}, nil)
	w.verified(t)
}

// A case is handed over inside the regency by two keys, and the second is turned by closing.
func TestACaseIsHandedOverByTwoKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	name, leg := filed.text("case"), filed.text("legs.0.referral")
	closing := object{"reason": "HANDED_OVER", "summary": "dilimpahkan ke UPTD", "referral": leg}
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, nil, nil)
	w.event("pendamping-uptd", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, nil, nil)
	w.event("pendamping-uptd", leg, "reportOutcome", object{"outcome": "FULL"}).expect(t, 200, nil, nil)
	w.on("kepala-cibinong", name, "close", closing).expect(t, 400, []string{"HANDOVER_LEG_MISSING"}, nil) // no case of the receiver's yet

	filed = w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	name, leg = filed.text("case"), filed.text("legs.0.referral")
	own := w.openViolence(t, nil)
	w.event("pendamping-uptd", leg, "accept", object{"receiverCase": own}).expect(t, 200, nil, nil)
	w.event("pendamping-uptd", leg, "recordProgress", object{"kind": "SERVED"}).expect(t, 200, nil, nil)
	w.event("pendamping-uptd", leg, "reportOutcome", object{"outcome": "FULL"}).expect(t, 200, nil, nil)
	closing["referral"] = leg
	for _, task := range openTasks(w.call("bidan-cibinong", "GET", "/v1/"+name, nil)) {
		w.call("bidan-cibinong", "POST", "/v1/"+task+":end", object{"requestId": newID(), "state": "DONE"}).expect(t, 200, nil, nil)
	}
	w.on("kepala-cibinong", name, "close", closing).expect(t, 200, []string{`"CLOSED"`, "HANDED_OVER", leg}, nil)
	w.call("pendamping-uptd", "GET", "/v1/"+leg, nil).expect(t, 200, []string{`"state":"CLOSED"`}, nil)
	w.call("pendamping-uptd", "GET", "/v1/"+own, nil).expect(t, 200, []string{`"status":"REPORTED"`}, nil)
	w.verified(t)
}

func openTasks(r reply) (names []string) {
	tasks, _ := r.value("tasks").([]any)
	for i := range tasks {
		if r.text(fmt.Sprintf("tasks.%d.state", i)) == "OPEN" {
			names = append(names, r.text(fmt.Sprintf("tasks.%d.name", i)))
		}
	}
	return names
}

func TestWhoIsNamedLaterLosesTheCaseAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.husband(t, "SUPERVISOR")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	name := filed.text("case")
	w.call("suami", "GET", "/v1/"+name, nil).expect(t, 200, []string{survivor}, nil)
	w.on("bidan-cibinong", name, "addIncident", object{"incident": named()["incident"]}).expect(t, 200, []string{villain}, []string{"block"})
	w.sees(t, "suami", filed)
	w.verified(t)
}

// The bare existence of an incident is F4: a reader of the case's services learns of none, by no event and no etag's word.
func TestAnIncidentIsInTheTimelineOfItsReadersAlone(t *testing.T) {
	w := newWorld(t)
	name := w.openViolence(t, func(b object) { delete(b, "incident") })
	w.on("pendamping-uptd", name, "addIncident", object{"incident": object{"forms": []string{"PHYSICAL"}}}).expect(t, 200, nil, nil)
	w.call("pendamping-uptd", "GET", "/v1/"+name+"/timeline", nil).expect(t, 200, []string{"INCIDENT", "addIncident"}, nil)
	w.call("kepala-uptd", "GET", "/v1/"+name+"/timeline", nil).expect(t, 200, []string{`"open"`}, []string{"ncident"})
	w.carry(t, "pendamping-uptd", name, "screen", "assess") // the first one reported is the index incident
	w.verified(t)
}

// Who weighs a monitored child, by whichever door, has followed up.
func TestAWeighingIsTheFollowUp(t *testing.T) {
	t.Parallel()
	h := &hand{}
	h.set(t, "2026-02-18T10:00:00+07:00")
	w := timedWorld(t, h)
	w.at(t, h, "2026-02-18T10:00:00+07:00", "gizi-cibinong")
	body := stuntedChild()
	body["newPerson"].(object)["birthDate"] = "2024-06-18"
	body["measurements"] = []object{measurement("2026-02-18", 10.6, 82.6)}
	delete(body, "legs")
	name := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body).text("case")
	due := func() string { return w.call("gizi-cibinong", "GET", "/v1/"+name, nil).text("dueTime") }
	first := due()
	w.at(t, h, "2026-03-10T10:00:00+07:00", "gizi-cibinong")
	w.on("gizi-cibinong", name, "addMeasurement", object{"measurement": measurement("2026-03-10", 11.0, 83.2)}).expect(t, 200, nil, nil)
	second := due()
	w.at(t, h, "2026-03-20T10:00:00+07:00", "gizi-cibinong")
	w.call("gizi-cibinong", "POST", "/v1/referrals:file", object{"requestId": newID(), "case": name, "measurements": []object{measurement("2026-03-20", 11.2, 83.5)}}).
		expect(t, 200, nil, nil)
	if third := due(); first >= second || second >= third || !strings.HasPrefix(third, "2026-04-19") {
		t.Errorf("due %s, then %s, then %s", first, second, third)
	}
	w.verified(t)
}

// G1: who is accused answers for nobody, not even for being served.
func TestAnAccusedGuardianGivesNoYesToBeServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.openViolence(t, func(b object) { b["newPerson"].(object)["guardian"] = object{"name": strings.ToUpper(villain)} })
	w.on("pendamping-uptd", name, "recordServiceConsent", object{"answer": "GIVEN", "by": "GUARDIAN"}).
		expect(t, 400, []string{"GIVER_IS_ACCUSED"}, []string{villain})
	w.on("pendamping-uptd", name, "recordServiceConsent", object{"answer": "GIVEN", "by": "AUTHORITY"}).expect(t, 200, nil, nil)
}

// What the hospital's doctor found stands on the child's case, for who reads its health content.
func TestTheHospitalsDiagnosisStandsOnTheChildsCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	leg, name := w.sendToHospital(t)
	w.event("dokter-rsud", leg, "accept", nil).expect(t, 200, nil, nil)
	w.event("dokter-rsud", leg, "recordProgress", object{"kind": "SERVED", "stuntingDiagnosis": "CONFIRMED"}).expect(t, 200, nil, nil)
	w.call("gizi-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{`"stuntingDiagnosis":"CONFIRMED"`}, nil)
	w.event("dokter-rsud", leg, "recordProgress", object{"kind": "NOTE", "stuntingDiagnosis": "OTHER_CAUSE"}).expect(t, 200, nil, nil)
	w.call("gizi-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, []string{`"stuntingDiagnosis":"OTHER_CAUSE"`}, nil)
	w.verified(t)
}

// Permenkes 68/2013 art. 6-8: a health worker who suspects that a child is abused has a report to make, at once.
func TestASuspectedAbuseOfAChildIsAReportOfTheHealthUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := survivorFiling()
	delete(body, "legs")
	delete(body, "disclosures")
	body["newPerson"].(object)["birthDate"] = birthDate(100)
	delete(body["newPerson"].(object), "identifiers")
	body["newCase"].(object)["type"] = "CHILD_VIOLENCE"
	body["incident"].(object)["pairs"] = []object{{"perpetrator": villain, "relation": "NEIGHBOR"}}
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	w.call("bidan-cibinong", "GET", "/v1/"+filed.text("case"), nil).
		expect(t, 200, []string{"CHILD_ABUSE_REPORT", `"kdrt":"NO"`}, []string{"POLICE_REPORT"})
	w.call("bidan-cibinong", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{"CHILD_ABUSE_REPORT"}, []string{survivor, "CHILD_VIOLENCE"})
	w.verified(t)
}

// A lost answer is asked for again: the same request adds nothing twice, and answers the same bytes.
func TestAnAdditionSentTwiceIsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := w.openViolence(t, nil)
	w.carry(t, "pendamping-uptd", name, "screen", "assess")
	task := w.on("pendamping-uptd", name, "addTask", object{"text": "telepon", "dueTime": time.Now().Add(time.Hour).Format(time.RFC3339)}).text("name")
	for _, act := range []struct {
		as, path string
		body     object
	}{
		{"pendamping-uptd", name + ":addNote", object{"text": "catatan"}},
		{"pendamping-uptd", name + ":addIncident", object{"incident": object{"forms": []string{"SEXUAL"}}}},
		{"pendamping-uptd", name + ":addLegalStep", object{"status": "TRIAL", "occurredOn": today()}},
		{"pendamping-uptd", name + ":addTask", object{"text": "telepon lagi", "dueTime": time.Now().Add(time.Hour).Format(time.RFC3339)}},
		{"pendamping-uptd", task + ":end", object{"state": "DONE"}},
		{"kepala-uptd", name + ":reclassify", object{"type": "WOMAN_VIOLENCE"}},
	} {
		act.body["requestId"] = newID()
		first := w.call(act.as, "POST", "/v1/"+act.path, act.body)
		first.expect(t, 200, nil, nil)
		from := len(w.entries())
		again := w.call(act.as, "POST", "/v1/"+act.path, act.body)
		if string(again.Body) != string(first.Body) {
			t.Errorf("%s again: %s, first %s", act.path, again.Body, first.Body)
		}
		if n := w.count(from, func(e entry) bool { return e.Event.Name != "" }); n != 0 {
			t.Errorf("%s again: %d events", act.path, n)
		}
		act.body["occurredTime"] = "2026-01-01T00:00:00Z"
		if got := w.call(act.as, "POST", "/v1/"+act.path, act.body); got.reason() != "REQUEST_ID_REUSED" {
			t.Errorf("%s with another body: %s", act.path, got.Body)
		}
	}
	w.verified(t)
}

// A family at risk is assessed by its screening, and planned for by a note.
func TestAFamilysCaseGoesByItsNotes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const worker = "tpk-cibinong"
	filed := w.call(worker, "POST", "/v1/referrals:file", object{
		"requestId": newID(), "newCase": object{"type": "FAMILY_STUNTING_RISK"},
		"newPerson": object{"name": motherName, "sex": "FEMALE", "birthDate": "1998-03-02", "nikAbsence": "NOT_SHOWN", "address": object{"areaCode": "32.01.01.1006"}},
	})
	filed.expect(t, 200, nil, nil)
	name := filed.text("case")
	w.carry(t, worker, name, "screen")
	w.on(worker, name, "assess", nil).expect(t, 400, []string{"note", "REQUIRED"}, []string{motherName})
	w.on(worker, name, "addNote", object{"kind": "SCREENING", "text": "LiLA 22 cm"}).expect(t, 200, nil, nil)
	w.on(worker, name, "assess", nil).expect(t, 200, []string{`"ASSESSMENT"`}, nil)
	w.on(worker, name, "plan", object{"services": []string{"FAMILY_ACCOMPANIMENT"}}).expect(t, 400, []string{"NOTE_MISSING"}, nil)
	w.on(worker, name, "addNote", object{"kind": "ASSESSMENT", "text": "KEK"}).expect(t, 200, nil, nil)
	w.on(worker, name, "plan", object{"services": []string{"FAMILY_ACCOMPANIMENT"}}).expect(t, 200, []string{`"PLANNING"`}, nil)
	w.on(worker, name, "startService", nil).expect(t, 200, []string{`"IN_SERVICE"`}, nil) // a family agrees by taking part
	for i, channel := range []string{"PHONE", "VISIT", "PHONE"} {
		w.on(worker, name, "close", object{"reason": "UNREACHABLE", "summary": "pindah"}).expect(t, 400, []string{"ATTEMPTS"}, nil)
		w.on(worker, name, "addNote", object{"kind": "CONTACT_ATTEMPT", "channel": channel, "text": fmt.Sprint(i)}).expect(t, 200, nil, nil)
	}
	w.on(worker, name, "close", object{"reason": "UNREACHABLE", "summary": "tidak dapat dihubungi"}).expect(t, 200, []string{"UNREACHABLE"}, nil)
	w.on(worker, name, "reopen", object{"reason": "menelepon"}).expect(t, 200, nil, nil)
	w.on(worker, name, "close", object{"reason": "UNREACHABLE", "summary": "lagi"}).expect(t, 400, []string{"ATTEMPTS"}, nil) // those of the last time are over
	w.verified(t)
}

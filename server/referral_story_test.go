package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

func TestTheReceiverAsksTwiceAndTheSenderAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		leg := d.toHospital(t)
		ask := object{"questions": []string{"NEED", "CHILDREN"}}
		d.refused(t, "loket-rsud", leg, "requestInfo", ask, "ACTION_NOT_ALLOWED")
		d.refused(t, "gizi-cibinong", leg, "requestInfo", ask, "ACTION_NOT_ALLOWED")
		d.refused(t, "dokter-rsud", leg, "requestInfo", object{"questions": []string{}}, "INVALID_FIELD")
		asked := d.ok(t, "dokter-rsud", leg, "requestInfo", ask, "NEEDS_INFO")
		asked.expect(t, 200, []string{`"questions":["NEED","CHILDREN"]`, `"infoRounds":1`, `"duty":"ANSWER"`, `"acknowledgeTime"`}, []string{childName, question})
		d.ok(t, "dokter-rsud", leg, "requestInfo", ask, "NEEDS_INFO") // implied
		d.offers(t, "dokter-rsud", leg, "accept", "decline")
		d.offers(t, "gizi-cibinong", leg, "provideInfo", "cancel")

		answers := object{"answers": []object{{"question": "NEED", "reply": "YES", "text": "tidak naik dua kali"}, {"question": "CHILDREN", "reply": "UNKNOWN"}}}
		d.refused(t, "dokter-rsud", leg, "provideInfo", answers, "ACTION_NOT_ALLOWED")
		d.refused(t, "gizi-cibinong", leg, "provideInfo", object{"answers": []object{{"question": "NEED", "reply": "YES"}}}, "INVALID_FIELD")
		d.ok(t, "gizi-cibinong", leg, "provideInfo", answers, "ACKNOWLEDGED").expect(t, 200, []string{"tidak naik dua kali", `"duty":"DECIDE"`}, nil)
		before := d.get("dokter-rsud", leg)
		before.expect(t, 200, []string{`{"question":"NEED","reply":"YES"}`}, []string{"tidak naik dua kali", childName})
		d.offers(t, "dokter-rsud", leg, "requestInfo", "accept", "decline")

		d.ok(t, "dokter-rsud", leg, "requestInfo", object{"questions": []string{"DOCUMENTS"}}, "NEEDS_INFO").expect(t, 200, nil, []string{`"answers"`})
		d.ok(t, "gizi-cibinong", leg, "provideInfo", object{"answers": []object{{"question": "DOCUMENTS", "reply": "NO"}}}, "ACKNOWLEDGED")
		d.offers(t, "dokter-rsud", leg, "accept", "decline")
		d.refused(t, "dokter-rsud", leg, "requestInfo", ask, "INFO_ROUNDS")
		d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED").expect(t, 200, []string{`"reply":"NO"`, question, childName}, nil)
	})
}

// A text that the basis shows to nobody is not taken; one that it names is.
func TestAnAnswerInWordsNeedsABasisThatCoversIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		legs := []object{
			{"service": "SOCIAL_ASSISTANCE", "receiverUnit": "units/DINSOS"},
			{"service": "FAMILY_ACCOMPANIMENT", "receiverUnit": "units/TPK-CIBINONG"},
		}
		filed := d.child(t, "gizi-cibinong", legs, guardiansConsent([]int{0}, []string{"F0", "F1", "F2", "F3"}), guardiansConsent([]int{1}, []string{"F0", "F1", "F2"}, "QUESTION"))
		social, companion := filed.text("legs.0.referral"), filed.text("legs.1.referral")
		ask := object{"questions": []string{"NEED"}}
		said := object{"answers": []object{{"question": "NEED", "reply": "YES", "text": "ayah dirumahkan"}}}
		d.ok(t, "peksos-dinsos", social, "requestInfo", ask, "NEEDS_INFO")
		d.refused(t, "gizi-cibinong", social, "provideInfo", said, "BASIS_MISSING") // F3 there is the social sector's
		d.ok(t, "gizi-cibinong", social, "provideInfo", object{"answers": []object{{"question": "NEED", "reply": "YES"}}}, "ACKNOWLEDGED")
		d.ok(t, "tpk-cibinong", companion, "requestInfo", ask, "NEEDS_INFO")
		d.ok(t, "gizi-cibinong", companion, "provideInfo", said, "ACKNOWLEDGED")
		d.get("tpk-cibinong", companion).expect(t, 200, nil, []string{"dirumahkan"})
		d.ok(t, "tpk-cibinong", companion, "accept", nil, "ACCEPTED").expect(t, 200, []string{"dirumahkan"}, nil)
	})
}

func TestASenderReroutesADeclinedLeg(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		legs := []object{{"service": "NUTRITION_TREATMENT", "receiverUnit": "units/PKM-CITEUREUP", "overrideReason": "satu-satunya dengan ruang perawatan gizi", "question": question}}
		leg := d.child(t, "gizi-cibinong", legs, object{"basis": "CARE"}).text("legs.0.referral")
		to := func(unit string) object { return object{"receiverUnit": "units/" + unit} }
		d.refused(t, "gizi-cibinong", leg, "forward", to("RSUD-CIBINONG"), "REFERRAL_STATE")
		d.ok(t, "bidan-citeureup", leg, "decline", object{"reason": "NO_CAPACITY", "suggestedUnit": "units/RSUD-CIBINONG"}, "DECLINED")
		d.offers(t, "gizi-cibinong", leg, "forward", "cancel")
		d.refused(t, "bidan-citeureup", leg, "forward", to("RSUD-CIBINONG"), "ACTION_NOT_ALLOWED")
		d.refused(t, "gizi-cibinong", leg, "forward", to("DINSOS"), "BASIS_MISSING") // care is between health units
		d.refused(t, "gizi-cibinong", leg, "forward", to("POS-MELATI-3"), "INVALID_FIELD").expect(t, 400, []string{"INSIDE"}, nil)
		d.refused(t, "gizi-cibinong", leg, "forward", to("PKM-CITEUREUP"), "INVALID_FIELD").expect(t, 400, []string{"overrideReason"}, nil)

		request := object{"requestId": newID(), "receiverUnit": "units/RSUD-CIBINONG"}
		sent := d.ok(t, "gizi-cibinong", leg, "forward", request, "FORWARDED")
		next := sent.text("nextReferral")
		sent.expect(t, 200, []string{`"endTime"`, `"declineReason":"NO_CAPACITY"`}, []string{`"dueTime"`, `"allowedActions"`})
		if again := d.event("gizi-cibinong", leg, "forward", request); !bytes.Equal(again.Body, sent.Body) {
			t.Errorf("the same request again: %s, want %s", again.Body, sent.Body)
		}
		implied := d.ok(t, "gizi-cibinong", leg, "forward", to("RSUD-CIBINONG"), "FORWARDED")
		if implied.text("nextReferral") != next {
			t.Errorf("an implied forward made another leg: %s", implied.Body)
		}
		d.refused(t, "gizi-cibinong", leg, "forward", to("PKM-CITEUREUP"), "REFERRAL_STATE")

		got := d.get("gizi-cibinong", next)
		got.expect(t, 200, []string{`"state":"SENT"`, `"duty":"ACKNOWLEDGE"`, `"previousReferral":"` + leg, `"rootReferral":"` + leg}, []string{`"hop"`, `"forwardedByUnit"`})
		if got.text("number") == d.get("gizi-cibinong", leg).text("number") {
			t.Error("two legs have one number")
		}
		d.get("bidan-citeureup", next).expect(t, 404, nil, []string{next})
		d.get("bidan-citeureup", leg).expect(t, 200, []string{`"state":"FORWARDED"`}, []string{next, childName, "RSUD"})
		d.ok(t, "dokter-rsud", next, "accept", nil, "ACCEPTED").expect(t, 200, []string{childName, question}, nil)
	})
}

func TestAReceiverHandsAClientOnWithinWhatSheAgreedTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		legs := []object{
			{"service": "PSYCHOLOGICAL_SUPPORT", "receiverUnit": "units/RSUD-CIBINONG", "question": question},
			{"service": "LEGAL_AID", "receiverUnit": "units/UPTD-PPA"},
		}
		filed := d.child(t, "gizi-cibinong", legs, guardiansConsent(nil, []string{"F0", "F1", "F2"}, "QUESTION"))
		leg := filed.text("legs.0.referral")
		to := func(unit string) object { return object{"receiverUnit": "units/" + unit} }
		d.refused(t, "dokter-rsud", leg, "forward", to("UPTD-PPA"), "ACTION_NOT_ALLOWED") // not accepted
		d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED")
		d.refused(t, "kepala-rsud", leg, "forward", to("UPTD-PPA"), "ACTION_NOT_ALLOWED") // the officer's
		d.refused(t, "gizi-cibinong", leg, "forward", to("UPTD-PPA"), "REFERRAL_STATE")
		d.refused(t, "dokter-rsud", leg, "forward", to("DINSOS"), "BASIS_MISSING")
		d.refused(t, "dokter-rsud", leg, "forward", object{"receiverUnit": "units/UPTD-PPA", "question": "lain"}, "INVALID_FIELD")
		d.refused(t, "dokter-rsud", leg, "forward", to("NOWHERE"), "INVALID_FIELD")
		handed := d.ok(t, "dokter-rsud", leg, "forward", to("UPTD-PPA"), "FORWARDED")
		handed.expect(t, 200, nil, []string{childName, question, "nextReferral"})
		d.get("dokter-rsud", leg).expect(t, 200, []string{`"state":"FORWARDED"`}, []string{childName})

		got := d.get("gizi-cibinong", leg)
		next := got.text("nextReferral")
		d.get("gizi-cibinong", next).expect(t, 200, []string{`"hop":1`, `"forwardedByUnit":"units/`, `"state":"SENT"`, question}, nil)
		d.ok(t, "pendamping-uptd", next, "accept", nil, "ACCEPTED").expect(t, 200, []string{childName, question}, nil)
		d.refused(t, "pendamping-uptd", next, "forward", to("RSUD-CIBINONG"), "FORWARD_CYCLE")
		d.refused(t, "pendamping-uptd", next, "forward", to("UPTD-PPA"), "FORWARD_CYCLE")
	})
	w.verified(t)
}

// What else the client has asked of a unit is not the forwarding officer's to learn: the unit is as good as unavailable.
func TestAForwardTellsNothingOfAnotherOpenLeg(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		legs := []object{
			{"service": "PSYCHOLOGICAL_SUPPORT", "receiverUnit": "units/RSUD-CIBINONG"},
			{"service": "PSYCHOLOGICAL_SUPPORT", "receiverUnit": "units/UPTD-PPA"},
		}
		filed := d.child(t, "gizi-cibinong", legs, guardiansConsent(nil, []string{"F0", "F1", "F2"}))
		leg, open := filed.text("legs.0.referral"), filed.text("legs.1.referral")
		d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED")
		d.refused(t, "dokter-rsud", leg, "forward", object{"receiverUnit": "units/UPTD-PPA"}, "RECEIVER_UNAVAILABLE").expect(t, 400, nil, []string{open})
		d.ok(t, "dokter-rsud", leg, "decline", object{"reason": "OTHER"}, "DECLINED")
		d.refused(t, "gizi-cibinong", leg, "forward", object{"receiverUnit": "units/UPTD-PPA"}, "DUPLICATE_OPEN_LEG").expect(t, 400, []string{open}, nil)
	})
}

func TestASenderGivesAReportBackTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		leg := d.toHospital(t)
		d.ok(t, "dokter-rsud", leg, "accept", nil, "ACCEPTED")
		none := object{"outcome": "NONE", "reason": "CLIENT_DECLINED", "summary": "tidak datang"}
		d.ok(t, "dokter-rsud", leg, "reportOutcome", none, "REPORTED")
		d.offers(t, "gizi-cibinong", leg, "confirm", "reopen")
		why := object{"reason": "ibu sudah bersedia"}
		d.refused(t, "dokter-rsud", leg, "reopen", why, "ACTION_NOT_ALLOWED")
		d.ok(t, "gizi-cibinong", leg, "reopen", why, "ACCEPTED").expect(t, 200,
			[]string{`"reopenCount":1`, "ibu sudah bersedia", `"duty":"FIRST_SERVICE"`}, []string{`"outcome"`, "tidak datang", `"reportTime"`})
		d.ok(t, "gizi-cibinong", leg, "reopen", why, "ACCEPTED") // implied
		d.ok(t, "dokter-rsud", leg, "recordProgress", object{"kind": "SERVED"}, "IN_SERVICE")
		d.ok(t, "dokter-rsud", leg, "reportOutcome", object{"outcome": "FULL"}, "REPORTED")
		d.ok(t, "gizi-cibinong", leg, "reopen", object{"reason": "belum ditimbang ulang"}, "IN_SERVICE").expect(t, 200, []string{`"duty":"NOTE"`, `"reopenCount":2`}, nil)
		d.ok(t, "dokter-rsud", leg, "reportOutcome", object{"outcome": "FULL"}, "REPORTED")
		d.offers(t, "gizi-cibinong", leg, "confirm")
		d.refused(t, "gizi-cibinong", leg, "reopen", why, "REOPEN_LIMIT")
		d.ok(t, "gizi-cibinong", leg, "confirm", nil, "CLOSED")
		d.refused(t, "gizi-cibinong", leg, "reopen", why, "REFERRAL_STATE")
	})
	w.verified(t)
}

func TestAReassignedLegOpensToTheNewOfficerAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		filed := d.child(t, "gizi-cibinong", []object{{"service": "LEGAL_AID", "receiverUnit": "units/UPTD-PPA"}}, guardiansConsent(nil, []string{"F0", "F1", "F2"}))
		leg := filed.text("legs.0.referral")
		officer := func(code string) object { return object{"officer": w.account(t, code)} }
		d.refused(t, "kepala-uptd", leg, "reassign", officer("rekan-uptd"), "REFERRAL_STATE") // nobody has it yet
		d.ok(t, "pendamping-uptd", leg, "accept", nil, "ACCEPTED").expect(t, 200, []string{childName}, nil)
		due := d.get("kepala-uptd", leg).text("dueTime")
		d.refused(t, "pendamping-uptd", leg, "reassign", officer("rekan-uptd"), "ACTION_NOT_ALLOWED")
		d.refused(t, "kepala-uptd", leg, "reassign", officer("dokter-rsud"), "OFFICER_INVALID")
		d.refused(t, "kepala-uptd", leg, "reassign", officer("terima-uptd"), "OFFICER_INVALID")
		moved := d.ok(t, "kepala-uptd", leg, "reassign", officer("rekan-uptd"), "ACCEPTED")
		if moved.text("dueTime") != due || moved.text("duty") != "FIRST_SERVICE" {
			t.Errorf("reassigned: %s, want the duty and its due time %s to stay", moved.Body, due)
		}
		d.get("rekan-uptd", leg).expect(t, 200, []string{childName}, nil)
		d.get("pendamping-uptd", leg).expect(t, 200, []string{`"state":"ACCEPTED"`}, []string{childName})
		d.w.call("rekan-uptd", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, []string{leg}, nil)
		d.w.call("pendamping-uptd", "GET", "/v1/duties?scope=ME", nil).expect(t, 200, nil, []string{leg})
		d.refused(t, "pendamping-uptd", leg, "recordProgress", object{"kind": "SERVED"}, "ACTION_NOT_ALLOWED")
		d.ok(t, "rekan-uptd", leg, "recordProgress", object{"kind": "SERVED"}, "IN_SERVICE")
	})
}

// A survivor who cannot be found may be in danger: somebody with a name has looked to it.
func TestASurvivorWhoCannotBeFoundIsLookedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		filed := d.file("bidan-cibinong", survivorFiling())
		filed.expect(t, 200, []string{`"state":"SENT"`}, nil)
		leg := filed.text("legs.0.referral")
		d.ok(t, "pendamping-uptd", leg, "accept", nil, "ACCEPTED")
		gone := object{"outcome": "NONE", "reason": "CLIENT_UNREACHABLE"}
		for _, channel := range []string{"PHONE", "VISIT", "PHONE"} {
			d.refused(t, "pendamping-uptd", leg, "reportOutcome", gone, "ATTEMPTS_MISSING")
			d.ok(t, "pendamping-uptd", leg, "recordProgress", object{"kind": "CONTACT_ATTEMPT", "channel": channel}, "ACCEPTED")
		}
		d.refused(t, "pendamping-uptd", leg, "reportOutcome", gone, "ATTEMPTS_MISSING")
		for _, other := range []string{"rekan-uptd", "kepala-rsud", "kepala-cibinong"} { // no supervisor, or of another unit
			gone["safetyCheckedBy"] = w.account(t, other)
			d.refused(t, "pendamping-uptd", leg, "reportOutcome", gone, "ATTEMPTS_MISSING")
		}
		gone["safetyCheckedBy"] = w.account(t, "kepala-uptd")
		d.ok(t, "pendamping-uptd", leg, "reportOutcome", gone, "REPORTED")
	})
}

func TestALegAfterAnotherIsServedWhenThatOneIs(t *testing.T) {
	t.Parallel()
	c := &clock{}
	w := openWorld(t, t.TempDir(), c.now)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		legs := []object{
			{"service": "LEGAL_AID", "receiverUnit": "units/UPTD-PPA"},
			{"service": "SOCIAL_ASSISTANCE", "receiverUnit": "units/DINSOS", "after": 0},
			{"service": "FAMILY_ACCOMPANIMENT", "receiverUnit": "units/TPK-CIBINONG", "after": 0},
		}
		filed := d.child(t, "gizi-cibinong", legs, guardiansConsent(nil, []string{"F0", "F1", "F2"}))
		first, second, third := filed.text("legs.0.referral"), filed.text("legs.1.referral"), filed.text("legs.2.referral")
		d.get("gizi-cibinong", second).expect(t, 200, []string{`"startsAfterReferral":"` + first, `"duty":"ACKNOWLEDGE"`}, nil)
		accepted := c.now()
		d.ok(t, "peksos-dinsos", second, "accept", nil, "ACCEPTED")
		d.ok(t, "tpk-cibinong", third, "accept", nil, "ACCEPTED")
		if due := dueOf(t, d.get("gizi-cibinong", second)); due.Sub(accepted).Round(time.Minute) != 30*24*time.Hour {
			t.Errorf("while it waits it is due %v after the accept, want 30 days", due.Sub(accepted))
		}
		d.ok(t, "tpk-cibinong", third, "recordProgress", object{"kind": "WAITLISTED", "expectedOn": "2099-01-02"}, "ACCEPTED")
		review := dueOf(t, d.get("gizi-cibinong", third))
		c.advance(5 * time.Hour)
		d.ok(t, "pendamping-uptd", first, "accept", nil, "ACCEPTED")
		d.ok(t, "pendamping-uptd", first, "recordProgress", object{"kind": "SERVED"}, "IN_SERVICE")
		began := d.get("gizi-cibinong", second)
		began.expect(t, 200, []string{`"duty":"FIRST_SERVICE"`}, nil)
		if due := dueOf(t, began); due.Sub(c.now()).Round(time.Minute) != 14*24*time.Hour {
			t.Errorf("once the first is served it is due in %v, want its own 14 days", due.Sub(c.now()))
		}
		if got := dueOf(t, d.get("gizi-cibinong", third)); !got.Equal(review) {
			t.Errorf("a waiting list began anew: due %v, was %v", got, review)
		}
		body := stuntedChild()
		body["legs"] = []object{{"service": "LEGAL_AID", "receiverUnit": "units/UPTD-PPA", "after": 0}}
		body["disclosures"] = []object{guardiansConsent(nil, []string{"F0"})}
		d.file("gizi-cibinong", body).expect(t, 400, []string{"legs[0].after", "NOT_AN_EARLIER_LEG"}, nil)
	})
}

func TestALegAfterOneThatEndsUnservedBeginsAtItsEnd(t *testing.T) {
	t.Parallel()
	c := &clock{}
	w := openWorld(t, t.TempDir(), c.now)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		legs := []object{
			{"service": "NUTRITION_TREATMENT", "receiverUnit": "units/RSUD-CIBINONG", "urgency": "ROUTINE"},
			{"service": "SOCIAL_ASSISTANCE", "receiverUnit": "units/DINSOS", "after": 0},
		}
		filed := d.child(t, "gizi-cibinong", legs, guardiansConsent(nil, []string{"F0", "F1", "F2"}))
		first, second := filed.text("legs.0.referral"), filed.text("legs.1.referral")
		d.ok(t, "peksos-dinsos", second, "accept", nil, "ACCEPTED")
		waits := dueOf(t, d.get("gizi-cibinong", second))
		d.ok(t, "dokter-rsud", first, "decline", object{"reason": "OTHER"}, "DECLINED")
		next := d.ok(t, "gizi-cibinong", first, "forward", object{"receiverUnit": "units/RSUD-CIBINONG", "overrideReason": "dokter anak sudah kembali bertugas"}, "FORWARDED").text("nextReferral")
		if got := dueOf(t, d.get("gizi-cibinong", second)); !got.Equal(waits) {
			t.Errorf("it no longer waits, though the chain goes on: due %v", got)
		}
		c.advance(5 * time.Hour)
		d.ok(t, "gizi-cibinong", next, "cancel", object{"reason": "CLIENT_REQUEST"}, "CANCELLED")
		if due := dueOf(t, d.get("gizi-cibinong", second)); due.Sub(c.now()).Round(time.Minute) != 14*24*time.Hour {
			t.Errorf("once the first has ended it is due in %v, want its own 14 days", due.Sub(c.now()))
		}
	})
}

func dueOf(t *testing.T, r reply) time.Time {
	t.Helper()
	due, err := time.Parse(time.RFC3339Nano, r.text("dueTime"))
	if err != nil {
		t.Fatalf("no due time: %s", r.Body)
	}
	return due
}

// account is the name of an account of the regency.
func (w *world) account(t *testing.T, code string) string {
	t.Helper()
	return w.call(code, "GET", "/v1/accounts:whoAmI", nil).text("account")
}

// loadWith loads more units and accounts into a regency that is being served.
func (w *world) loadWith(t *testing.T, units, users string) {
	t.Helper()
	loads := []struct {
		file string
		load func(context.Context, *store.Store, io.Reader, bool) (server.LoadReport, error)
	}{{unitsHeader + units, server.LoadUnits}, {usersHeader + users, server.LoadUsers}}
	for _, l := range loads {
		if strings.Count(l.file, "\n") == 1 {
			continue
		}
		report, err := l.load(context.Background(), w.served.Store, strings.NewReader(l.file), false)
		if err != nil || len(report.Faults) > 0 {
			t.Fatal(report.Faults, err)
		}
	}
	for line := range strings.Lines(users) {
		code, unit := strings.Split(line, ",")[0], strings.Split(line, ",")[5]
		token, _, err := server.IssueToken(context.Background(), w.served.Store, code, unit, 0)
		if err != nil {
			t.Fatal(err)
		}
		w.served.Tokens[code] = token
	}
}

const (
	unitsHeader = "code,name,type,parent,channel,area_code,services,bring\n"
	usersHeader = "code,kind,name,nik,role,unit,duty_officer\n"
)

// lawAid is a unit that works by letter, or with accounts.
func lawAid(channel string) string {
	return fmt.Sprintf("LBH-BOGOR,LBH Contoh Bogor,NGO_LEGAL_AID,REGENCY,%s,32.01.01,LEGAL_AID@32.01,\n", channel)
}

// What a hospital's worker says of a child is hers alone to say, and is read by health alone.
func TestStuntingIsNamedByAHospitalsWorker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	throughBothDoors(t, w, func(t *testing.T, d door) {
		leg := d.toHospital(t)
		said := object{"kind": "SERVED", "stuntingDiagnosis": "CONFIRMED", "note": "PKMK tiga bulan"}
		d.ok(t, "kepala-rsud", leg, "accept", nil, "ACCEPTED")
		d.refused(t, "kepala-rsud", leg, "recordProgress", said, "INVALID_FIELD").expect(t, 400, []string{"stuntingDiagnosis", "HOSPITAL_WORKER_ONLY"}, nil)
		d.ok(t, "kepala-rsud", leg, "reassign", object{"officer": w.account(t, "dokter-rsud"), "reason": "dokter anak yang memeriksa anak ini"}, "ACCEPTED")
		d.refused(t, "dokter-rsud", leg, "recordProgress", object{"kind": "CONTACT_ATTEMPT", "channel": "PHONE", "stuntingDiagnosis": "CONFIRMED"}, "INVALID_FIELD")
		d.ok(t, "dokter-rsud", leg, "recordProgress", said, "IN_SERVICE").expect(t, 200, []string{`"stuntingDiagnosis":"CONFIRMED"`}, nil)
		d.get("gizi-cibinong", leg).expect(t, 200, []string{`"stuntingDiagnosis":"CONFIRMED"`, "PKMK"}, nil)
		d.get("kepala-rsud", leg).expect(t, 200, []string{`"kind":"SERVED"`}, []string{"stuntingDiagnosis", "PKMK"})
	})
	w.verified(t)
}

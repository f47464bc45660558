package server_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// creation is a girl who is brought in by a puskesmas, without a referral.
func creation(name, kind string) object {
	return object{
		"requestId": newID(),
		"newPerson": object{
			"name": name, "sex": "FEMALE", "birthDate": birthDate(20), "mother": object{"name": "Ibu " + name},
			"address": object{"areaCode": "32.01.01.1006"},
		},
		"newCase": object{"type": kind},
	}
}

func (w *world) create(as string, body object) reply { return w.call(as, "POST", "/v1/cases", body) }

func TestACaseIsOpenedWithoutAReferral(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := creation("Zahra Contoh", "CHILD_NUTRITION_RISK")
	made := w.create("gizi-cibinong", body)
	made.expect(t, 200, []string{`"name":"cases/`, "Zahra Contoh", "REPORTED", w.accountOf(t, "gizi-cibinong"), "SCREEN"}, []string{"legacy"})
	if again := w.create("gizi-cibinong", body); !bytes.Equal(again.Body, made.Body) {
		t.Errorf("the same request again: %s", again.Body)
	}
	other := creation("Zahra Contoh", "CHILD_NUTRITION_RISK")
	w.create("bidan-cibinong", other).expect(t, 400, []string{"CASE_EXISTS", made.text("name")}, nil)
	for _, who := range []string{"kader-melati", "app-melati", "statistik-dinkes", "penelaah", "admin-kabupaten"} {
		w.create(who, creation("Putri Contoh", "GROWTH_MONITORING")).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, []string{"Putri"})
	}
	w.create("gizi-cibinong", creation("Putri Contoh", "")).expect(t, 400, []string{"newCase.type"}, nil)

	violence := survivorFiling()
	delete(violence, "legs")
	delete(violence, "disclosures")
	secret := w.create("bidan-cibinong", violence)
	secret.expect(t, 200, []string{survivor, villain, `"level":"L3"`, "DOMESTIC_VIOLENCE"}, nil)
	w.call("gizi-cibinong", "GET", "/v1/"+secret.text("name"), nil).expect(t, 404, nil, []string{survivor})
	req := asMessage(t, creation("Dahlia Contoh", "GROWTH_MONITORING"), &pb.CreateCaseRequest{})
	got, err := w.cases().CreateCase(w.as("bidan-melati"), req)
	said(t, got, err, []string{"MONITORING", "Dahlia Contoh", "FOLLOW_UP"}, nil)
}

func TestWhatAUnitHadBeforeIsBroughtInInItsFirstDays(t *testing.T) {
	t.Parallel()
	var now clock
	w := openWorld(t, t.TempDir(), now.now)
	legacy := func(name, kind, status string) object {
		body := creation(name, kind)
		body["legacy"] = object{"openedOn": daysAgo(200), "status": status, "lastContactOn": daysAgo(12), "simfoniNumber": "SMF-0042"}
		return body
	}
	w.create("gizi-cibinong", legacy("Zahra Contoh", "CHILD_STUNTING", "IN_SERVICE")).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
	made := w.create("kepala-cibinong", legacy("Zahra Contoh", "CHILD_STUNTING", "IN_SERVICE"))
	made.expect(t, 200, []string{"CHILD_STUNTING", "IN_SERVICE", "SMF-0042", `"openedOn":"` + daysAgo(200)}, nil)
	due, err := time.Parse(time.RFC3339, made.text("dueTime"))
	if err != nil || time.Until(due) < 30*24*time.Hour {
		t.Errorf("due %s: there are thirty days of grace", made.text("dueTime"))
	}
	w.call("kepala-cibinong", "GET", "/v1/cases", nil).expect(t, 200, []string{made.text("name"), `"legacy"`}, []string{"SMF-0042"})
	plain := w.create("kepala-cibinong", creation("Putri Contoh", "CHILD_NUTRITION_RISK"))
	plain.expect(t, 200, nil, []string{"legacy"})

	for _, tt := range []struct {
		what   string
		change func(object)
		must   string
	}{
		{"a closed one", func(l object) { l["status"] = "CLOSED" }, "legacy.status"},
		{"opened tomorrow", func(l object) { l["openedOn"] = daysAgo(-1) }, "legacy.openedOn"},
		{"spoken to before it opened", func(l object) { l["lastContactOn"] = daysAgo(300) }, "legacy.lastContactOn"},
	} {
		body := legacy("Dahlia Contoh", "CHILD_NUTRITION_RISK", "PLANNING")
		tt.change(body["legacy"].(object))
		w.create("kepala-cibinong", body).expect(t, 400, []string{tt.must}, []string{"Dahlia"})
	}
	if findings, err := w.served.Store.Verify(context.Background()); err != nil || len(findings) > 0 {
		t.Errorf("verify: %v %v", findings, err)
	}
	now.advance(91 * 24 * time.Hour)
	w.renew(t, "kepala-cibinong")
	w.create("kepala-cibinong", legacy("Dahlia Contoh", "CHILD_NUTRITION_RISK", "PLANNING")).expect(t, 400, []string{"LEGACY_PERIOD"}, []string{"Dahlia"})
}

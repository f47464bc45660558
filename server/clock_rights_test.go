package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// ending is a right of somebody: it holds at first, ends by time or by an act, and must never hold again.
type ending struct {
	what  string
	holds func() bool
	ends  func() // nil: by time alone
}

// A clock set back, or forward as far as it is believed, revives no right that has ended, by time or by an act: nothing of it is read off
// the clock alone. Nothing sweeps here, so that what ends by time ends by itself.
func TestNoRightRevivesByTheClock(t *testing.T) {
	t.Parallel()
	var c clock
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: c.now, Unlimited: true, NoSweep: true})
	rights := w.rightsThatEnd(t)
	for _, r := range rights {
		if !r.holds() {
			t.Errorf("%s does not hold at first, so its end says nothing", r.what)
		}
	}
	for _, r := range rights {
		if r.ends != nil {
			r.ends()
		}
	}
	working := []string{"bidan-cibinong", "gizi-cibinong", "kepala-cibinong", "pendamping-uptd", "polwan-ppa", "dokter-rsud", "penelaah", "admin-kabupaten"}
	over := func(when string) {
		t.Helper()
		for _, r := range rights {
			if r.holds() {
				t.Errorf("%s: %s holds again", when, r.what)
			}
		}
	}
	for range 4 { // a step is no more than the clock is believed for
		w.later(t, &c, 25*aDay, working...)
	}
	over("a hundred days on")
	for _, step := range []struct {
		when string
		by   time.Duration
	}{{"an hour back", -time.Hour}, {"to the hour when all held", -100 * aDay}, {"ten years back", -10 * 365 * aDay}} {
		c.advance(step.by)
		over(step.when)
		entered(t, w)
		over(step.when + ", after an entry")
		c.advance(-step.by)
	}
	w.later(t, &c, 25*aDay, working...)
	over("25 days ahead")
	c.advance(-25 * aDay)
	over("and back")
	w.verified(t)
}

// rightsThatEnd are one right of each kind.
func (w *world) rightsThatEnd(t *testing.T) []ending {
	t.Helper()
	reads := func(who, path, word string) func() bool {
		return func() bool {
			got := w.call(who, "GET", "/v1/"+path, nil)
			return got.Status == 200 && strings.Contains(string(got.Body), word)
		}
	}
	calls := func(token string) func() bool {
		w.served.Tokens[token] = token
		return func() bool { return w.call(token, "GET", "/v1/accounts:whoAmI", nil).Status == 200 }
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	accept := func(who, leg string) string {
		w.event(who, leg, "accept", nil).expect(t, 200, nil, nil)
		return leg
	}
	_, _, lapses := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	_, taken, withdrawn := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
	accept("pendamping-uptd", lapses)
	accept("pendamping-uptd", withdrawn)

	endangered := w.survivorsCase(t)
	danger := w.record("bidan-cibinong", endangered, exceptionTo("X1", "units/POLRES-PPA"))
	danger.expect(t, 200, nil, nil)
	reported := accept("polwan-ppa", w.send(endangered, "LAW_ENFORCEMENT", "POLRES-PPA").text("legs.0.referral"))
	review := w.oneReview(t, "penelaah").text("reviews.0.name")

	cared, child := w.sendToHospital(t)
	accept("dokter-rsud", cared)

	seen := w.survivorFiled(t)
	w.glass("dokter-rsud", seen.text("caseNumber")).expect(t, 200, nil, nil)

	guarded, block := w.blocked(t)
	unblocked := w.post("kepala-cibinong", block+":remove", object{"reason": why30})
	waiting := w.post("kepala-cibinong", w.blockOn(t, guarded)+":remove", object{"reason": why30}).awaited(t)

	covered := w.survivorCase(t)
	w.absence("bidan-cibinong", object{"deputy": w.accountOf(t, "gizi-cibinong"), "untilTime": in(5 * time.Hour)}).expect(t, 200, nil, nil)

	short, _, err := server.IssueToken(t.Context(), w.served.Store, "bidan-citeureup", "", 2*time.Hour)
	must(err)
	session, _, err := server.IssueToken(t.Context(), w.served.Store, "kepala-citeureup", "", 0)
	must(err)
	app := w.newToken(t, &pb.CreateAppTokenRequest{Name: w.newApp(t, "PKM-CIBINONG"), Scopes: []string{"file"}})
	who, err := w.accounts().WhoAmI(w.as("statistik-dinkes"), &pb.WhoAmIRequest{})
	must(err)
	p := &staff{world: w}
	invited := p.created(t, "admin-kabupaten", "bidan-baru", pb.Role_WORKER, "PKM-CIBINONG").GetInvitation().GetInvitation()
	device, err := w.accounts().StartDevice(t.Context(), &pb.StartDeviceRequest{Client: "Posyandu"})
	must(err)

	return []ending{
		{"a consent of 90 days", reads("pendamping-uptd", lapses, survivor), nil},
		{"a consent that was withdrawn", reads("pendamping-uptd", withdrawn, survivor), func() {
			w.withdraw("bidan-cibinong", taken, nil).expect(t, 200, nil, nil)
		}},
		{"an exception that was unfounded", reads("polwan-ppa", reported, survivor), func() {
			w.decide("penelaah", review, "UNFOUNDED").expect(t, 200, nil, nil)
		}},
		{"the chain of care, refused", reads("dokter-rsud", cared, childName), func() {
			w.call("gizi-cibinong", "POST", "/v1/"+child+":refuseCare", object{"requestId": newID()}).expect(t, 200, nil, nil)
		}},
		{"a glass", reads("dokter-rsud", seen.text("case"), survivor), nil},
		{"a block that two persons removed", reads("bidan-cibinong", guarded+"/blocks", block), func() {
			w.post("penelaah", unblocked.awaited(t)+":approve", nil).expect(t, 200, nil, nil)
		}},
		{"what waits for a second person", reads("penelaah", "approvals", waiting), nil},
		{"an absence", reads("gizi-cibinong", covered, survivor), nil},
		{"a token of two hours", calls(short), nil},
		{"a session that was signed out", calls(session), func() {
			_, err := w.accounts().SignOut(bearer(session), &pb.SignOutRequest{})
			must(err)
		}},
		{"an app's token that was revoked", calls(app.GetToken()), func() {
			_, err := w.accounts().RevokeAppToken(w.as("admin-kabupaten"), &pb.RevokeAppTokenRequest{Name: app.GetAppToken().GetName(), RequestId: newID()})
			must(err)
		}},
		{"a role that was ended", calls(w.token("statistik-dinkes")), func() {
			_, err := w.accounts().EndMembership(w.as("admin-kabupaten"), &pb.EndMembershipRequest{Name: who.GetMembership().GetName(), RequestId: newID()})
			must(err)
		}},
		{"an invitation of 7 days", func() bool {
			_, err := w.accounts().BeginEnrolment(t.Context(), &pb.BeginEnrolmentRequest{Invitation: invited})
			return reasonIs(err) != "SIGN_IN_FAILED"
		}, nil},
		{"a device's code of 10 minutes", func() bool {
			_, err := w.accounts().RedeemDevice(t.Context(), &pb.RedeemDeviceRequest{DeviceCode: device.GetDeviceCode()})
			return reasonIs(err) != "SIGN_IN_FAILED"
		}, nil},
	}
}

// blockOn adds another block to a case.
func (w *world) blockOn(t *testing.T, name string) string {
	t.Helper()
	added := w.post("bidan-cibinong", name+":addBlock", object{"account": w.accountOf(t, "dokter-rsud"), "reason": "ipar pelaku"})
	added.expect(t, 200, nil, nil)
	return added.text("name")
}

// A server that starts in 2036 answers nothing, and nothing lapses by it; nothing has when the clock is set right. Once the operator has
// said that it is right, on record, it serves, and what was to end ends: the control.
func TestAStartIn2036EndsNothingUntilTheClockIsAccepted(t *testing.T) {
	t.Parallel()
	dir, ahead := t.TempDir(), &movedClock{}
	p, end := regencyIn(t, dir)
	units, err := os.ReadFile("regency/units.csv")
	if err != nil {
		t.Fatal(err)
	}
	users, err := os.ReadFile("regency/users.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.LoadUnits(t.Context(), p.served.Store, strings.NewReader(string(units)), false); err != nil {
		t.Fatal(err)
	}
	if _, err := server.LoadUsers(t.Context(), p.served.Store, strings.NewReader(string(users)), false); err != nil {
		t.Fatal(err)
	}
	p.credit(t, "bidan-cibinong", "gizi-cibinong", "kepala-cibinong", "penelaah")
	_, block := p.blocked(t)
	waits := p.post("kepala-cibinong", block+":remove", object{"reason": why30}).awaited(t)
	tokens, before := p.served.Tokens, len(p.entries())
	end()

	ahead.move(10 * 365 * aDay)
	p, end = regencyAt(t, dir, ahead)
	p.served.Tokens = tokens
	p.raw("", "GET", "/readyz", "").expect(t, 503, []string{`"CLOCK"`}, nil)
	p.call("penelaah", "GET", "/v1/approvals", nil).expect(t, 503, []string{"UNAVAILABLE"}, []string{waits})
	if err := p.served.Sweep(t.Context()); !errors.Is(err, store.ErrClock) {
		t.Errorf("the sweep of 2036 said %v", err)
	}
	end()

	p, end = regencyIn(t, dir) // the clock is set right
	p.served.Tokens = tokens
	for _, e := range p.entries()[before:] {
		if e.Time > time.Now().Add(aDay).UnixMicro() {
			t.Errorf("2036 has written an entry %s %s", e.Action, e.Event.Name)
		}
	}
	p.sweep(t)
	p.call("penelaah", "GET", "/v1/approvals", nil).expect(t, 200, []string{waits, `"approve"`}, nil)
	before = len(p.entries())
	end()

	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Now: ahead.now})
	if err != nil {
		t.Fatal(err)
	}
	err = st.AcceptClock(t.Context(), journal.Entry{Version: journal.Version, Origin: "console", Role: "OPERATOR", Action: "clock.accept"})
	if err = errors.Join(err, st.Close()); err != nil {
		t.Fatal(err)
	}
	p, _ = regencyAt(t, dir, ahead)
	if p.count(before, func(e entry) bool { return e.Action == "clock.accept" }) != 1 {
		t.Error("that the clock was accepted is not on record")
	}
	p.raw("", "GET", "/readyz", "").expect(t, 200, nil, []string{`"CLOCK"`})
	p.credit(t, "penelaah")
	p.sweep(t)
	p.call("penelaah", "GET", "/v1/approvals", nil).expect(t, 200, nil, []string{waits})
	p.verified(t)
}

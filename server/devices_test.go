package server_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// holding names a token that no account of regency/users.csv has.
func (w *world) holding(name, token string) string {
	w.served.Tokens[name] = token
	return name
}

func TestADeviceIsLetInByWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	clock := &movedClock{}
	w := openWorld(t, t.TempDir(), clock.now)
	accounts := w.accounts()
	start := func() *pb.StartDeviceResponse {
		t.Helper()
		d, err := accounts.StartDevice(t.Context(), &pb.StartDeviceRequest{Client: "sinergi login\u202e\n[1mroot"})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	redeem := func(d *pb.StartDeviceResponse) (*pb.Credential, error) {
		return accounts.RedeemDevice(t.Context(), &pb.RedeemDeviceRequest{DeviceCode: d.GetDeviceCode()})
	}
	approve := func(as, code string, look bool) (*pb.ApproveDeviceResponse, error) {
		return patiently(func() (*pb.ApproveDeviceResponse, error) {
			return accounts.ApproveDevice(w.as(as), &pb.ApproveDeviceRequest{UserCode: code, ValidateOnly: look})
		})
	}
	d := start()
	if code := d.GetUserCode(); len(code) != 9 || strings.ContainsAny(code, "AEIOUY0123456789") || len(d.GetDeviceCode()) < 40 || d.GetIntervalSeconds() != 5 {
		t.Errorf("got %v", d)
	}
	_, err := redeem(d)
	refused(t, "nobody has approved", err, pb.ErrorReason_AUTHORIZATION_PENDING)
	_, err = redeem(d)
	refused(t, "asked too often", err, pb.ErrorReason_RATE_LIMITED)
	if wait, ok := client.RetryAfter(err); !ok || wait > 5*time.Second {
		t.Errorf("asked too often: wait %v", wait)
	}

	w.stale(t, "bidan-cibinong")
	for as, want := range map[string]pb.ErrorReason_Value{"app-melati": pb.ErrorReason_ACTION_NOT_ALLOWED, "bidan-cibinong!": pb.ErrorReason_STEP_UP_REQUIRED} {
		_, err = approve(as, d.GetUserCode(), false)
		refused(t, as, err, want)
	}
	for _, code := range []string{"BBBB-BBBB", d.GetUserCode()[:8]} {
		_, err = approve("bidan-cibinong", code, false)
		refused(t, "the code "+code, err, pb.ErrorReason_SIGN_IN_FAILED)
	}
	looked, err := approve("kepala-cibinong", strings.ToLower(strings.ReplaceAll(d.GetUserCode(), "-", " ")), true)
	if err != nil || looked.GetClient() != "sinergi login [1mroot" {
		t.Errorf("a look: got %v, %v", looked, err)
	}
	clock.move(5 * time.Second)
	_, err = redeem(d)
	refused(t, "a look approves nothing", err, pb.ErrorReason_AUTHORIZATION_PENDING)
	me, err := accounts.WhoAmI(w.as("kepala-cibinong"), &pb.WhoAmIRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = approve("kepala-cibinong", d.GetUserCode(), false); err != nil {
		t.Fatal(err)
	}
	_, err = approve("gizi-cibinong", d.GetUserCode(), false)
	refused(t, "a code that somebody has approved", err, pb.ErrorReason_SIGN_IN_FAILED)
	clock.move(5 * time.Second)

	type got struct {
		session *pb.Credential
		err     error
	}
	all := make(chan got, 10)
	for range cap(all) {
		go func() {
			s, err := redeem(d)
			all <- got{s, err}
		}()
	}
	var session *pb.Credential
	for range cap(all) {
		g := <-all
		if g.err != nil {
			refused(t, "redeemed once", g.err, pb.ErrorReason_SIGN_IN_FAILED)
			continue
		}
		if session != nil {
			t.Error("two devices have one grant")
		}
		session = g.session
	}
	if session == nil {
		t.Fatal("no device was let in")
	}
	device := w.holding("device", session.GetToken())
	its, err := accounts.WhoAmI(w.as(device), &pb.WhoAmIRequest{})
	if err != nil || its.GetAccount() != me.GetAccount() || its.GetRole() != pb.Role_SUPERVISOR {
		t.Errorf("the device is %v, %v", its, err)
	}
	if !its.GetMfaTime().AsTime().Equal(me.GetMfaTime().AsTime()) || its.GetExpireTime().AsTime().After(me.GetMfaTime().AsTime().Add(12*time.Hour)) {
		t.Errorf("the device's factor is of %v until %v, the approver's of %v", its.GetMfaTime().AsTime(), its.GetExpireTime().AsTime(), me.GetMfaTime().AsTime())
	}
	clock.move(time.Until(me.GetMfaTime().AsTime().Add(12*time.Hour)) - time.Duration(clock.by.Load()) + time.Second)
	_, err = accounts.WhoAmI(w.as(device), &pb.WhoAmIRequest{})
	refused(t, "the device after the approver's factor is old", err, pb.ErrorReason_UNAUTHENTICATED)
	w.verified(t)
	if log := w.served.Log(); strings.Contains(log, d.GetUserCode()) || strings.Contains(log, d.GetDeviceCode()) {
		t.Error("the log has a code")
	}
}

func TestACodeForADeviceEnds(t *testing.T) {
	t.Parallel()
	clock := &movedClock{}
	w := openWorld(t, t.TempDir(), clock.now)
	accounts := w.accounts()
	start := func() *pb.StartDeviceResponse {
		t.Helper()
		d, err := accounts.StartDevice(t.Context(), &pb.StartDeviceRequest{Client: "Posyandu"})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	early, late := start(), start()
	clock.move(9 * time.Minute)
	if _, err := accounts.ApproveDevice(w.as("bidan-cibinong"), &pb.ApproveDeviceRequest{UserCode: early.GetUserCode()}); err != nil {
		t.Fatal(err)
	}
	if err := w.served.Sweep(t.Context()); err != nil { // takes nothing that still works
		t.Fatal(err)
	}
	clock.move(2 * time.Minute)
	_, err := accounts.ApproveDevice(w.as("bidan-cibinong"), &pb.ApproveDeviceRequest{UserCode: late.GetUserCode()})
	refused(t, "approved after ten minutes", err, pb.ErrorReason_SIGN_IN_FAILED)
	_, err = accounts.RedeemDevice(t.Context(), &pb.RedeemDeviceRequest{DeviceCode: early.GetDeviceCode()})
	refused(t, "redeemed after ten minutes", err, pb.ErrorReason_SIGN_IN_FAILED)

	// A role that ended between the approval and the device's question lets nobody in.
	d := start()
	if _, err := patiently(func() (*pb.ApproveDeviceResponse, error) {
		return accounts.ApproveDevice(w.as("gizi-cibinong"), &pb.ApproveDeviceRequest{UserCode: d.GetUserCode()})
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.DisableAccount(w.as("admin-kabupaten"), &pb.DisableAccountRequest{
		Name: w.accountOf(t, "gizi-cibinong"), RequestId: newID(), AtOnce: true,
	}); err != nil {
		t.Fatal(err)
	}
	_, err = accounts.RedeemDevice(t.Context(), &pb.RedeemDeviceRequest{DeviceCode: d.GetDeviceCode()})
	refused(t, "of an account that is no more", err, pb.ErrorReason_SIGN_IN_FAILED)

	// Another's role is as unknown as none.
	theirs, err := accounts.WhoAmI(w.as("dokter-rsud"), &pb.WhoAmIRequest{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = accounts.ApproveDevice(w.as("kepala-cibinong"), &pb.ApproveDeviceRequest{UserCode: start().GetUserCode(), Membership: theirs.GetMembership().GetName()})
	refused(t, "in another's role", err, pb.ErrorReason_NOT_FOUND)
}

// The tablet is stolen while somebody works with it: once her sessions are ended, nothing that it sends is answered.
func TestNothingAnswersAStolenTablet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	accounts := w.accounts()
	d, err := accounts.StartDevice(t.Context(), &pb.StartDeviceRequest{Client: "tablet"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.ApproveDevice(w.as("bidan-melati"), &pb.ApproveDeviceRequest{UserCode: d.GetUserCode()}); err != nil {
		t.Fatal(err)
	}
	session, err := accounts.RedeemDevice(t.Context(), &pb.RedeemDeviceRequest{DeviceCode: d.GetDeviceCode()})
	if err != nil {
		t.Fatal(err)
	}
	tablet := w.holding("tablet", session.GetToken())
	stop, ended := make(chan struct{}), make(chan int)
	var revoked atomic.Int64 // when the revocation was answered
	for range 4 {
		go func() {
			after := 0
			for {
				select {
				case <-stop:
					ended <- after
					return
				default:
				}
				begun := time.Now().UnixNano()
				if _, err := accounts.WhoAmI(w.as(tablet), &pb.WhoAmIRequest{}); err == nil && revoked.Load() != 0 && begun > revoked.Load() {
					after++
				}
				if got, err := w.try(tablet, "GET", "/v1/duties", nil); err == nil && got.Status == 200 && revoked.Load() != 0 && begun > revoked.Load() {
					after++
				}
			}
		}()
	}
	time.Sleep(100 * time.Millisecond)
	if _, err := accounts.DisableAccount(w.as("admin-kabupaten"), &pb.DisableAccountRequest{
		Name: w.accountOf(t, "bidan-melati"), RequestId: newID(), AtOnce: true,
	}); err != nil {
		t.Fatal(err)
	}
	revoked.Store(time.Now().UnixNano())
	time.Sleep(200 * time.Millisecond)
	close(stop)
	for range 4 {
		if after := <-ended; after != 0 {
			t.Errorf("%d calls of the tablet were answered after the revocation, want 0", after)
		}
	}
}

func TestBeginningsOfOnePeerAreBounded(t *testing.T) {
	t.Parallel()
	w := configuredWorld(t, func(c *server.Config) { c.Limits = server.Limits{AccountPerSecond: -1} })
	limited := 0
	for range 90 {
		_, err := w.accounts().StartDevice(t.Context(), &pb.StartDeviceRequest{Client: "x"})
		if client.Reason(err) == pb.ErrorReason_RATE_LIMITED {
			limited++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if limited < 20 || limited > 30 {
		t.Errorf("%d of 90 beginnings were refused, want 25 or so", limited)
	}
}

package server_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// movedClock is a clock that a test moves.
type movedClock struct{ by atomic.Int64 }

func (c *movedClock) now() time.Time        { return time.Now().Add(time.Duration(c.by.Load())) }
func (c *movedClock) move(by time.Duration) { c.by.Add(int64(by)) }

// staff is a regency in which persons sign in for themselves.
type staff struct {
	*world
	clock *movedClock
}

func newStaff(t testing.TB) *staff {
	t.Helper()
	clock := &movedClock{}
	return &staff{openBehindProxy(t, t.TempDir(), clock.now), clock}
}

func (p *staff) accounts() pb.AccountServiceClient { return pb.NewAccountServiceClient(p.conn) }

// from is a context of a caller at an address.
func from(address string) context.Context {
	return metadata.AppendToOutgoingContext(context.Background(), "x-forwarded-for", address)
}

// bearer is a context with a token.
func bearer(token string) context.Context {
	return metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer "+token)
}

// login is what a person knows and holds.
type login struct {
	code, password, secret string
	codes                  []string // of recovery
	account                string
	token                  string // empty while no role works
}

const goodPassword = "lentera-sungai-kemarin-7"

var niks atomic.Int64

// freshNIK is a NIK that is nobody's.
func freshNIK() string {
	n := niks.Add(1)
	return fmt.Sprintf("320137%02d%02d%02d%04d", 1+n%28, 1+n%12, 70+n%25, n)
}

// created makes an account by an administrator.
func (p *staff) created(t testing.TB, by, code string, role pb.Role_Value, unit string) *pb.CreateAccountResponse {
	t.Helper()
	made, err := p.accounts().CreateAccount(p.as(by), &pb.CreateAccountRequest{
		RequestId: newID(), Code: code, FullName: "Sri Wahyuni", Nik: freshNIK(), Role: role, Unit: "units/" + unit,
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// code is what the second factor shows now.
func (p *staff) code(secret string) string {
	code, err := totp.GenerateCode(secret, p.clock.now())
	if err != nil {
		p.t.Fatal(err)
	}
	return code
}

// enrolled accepts an invitation.
func (p *staff) enrolled(t testing.TB, invitation string) login {
	t.Helper()
	begun, err := p.accounts().BeginEnrolment(context.Background(), &pb.BeginEnrolmentRequest{Invitation: invitation})
	if err != nil {
		t.Fatal(err)
	}
	l := login{code: begun.GetCode(), password: goodPassword, secret: begun.GetTotpSecret()}
	done, err := p.accounts().AcceptInvitation(context.Background(), &pb.AcceptInvitationRequest{
		Invitation: invitation, Password: l.password, TotpCode: p.code(l.secret),
	})
	if err != nil {
		t.Fatal(err)
	}
	l.codes, l.token, l.account = done.GetRecoveryCodes(), done.GetCredential().GetToken(), done.GetCredential().GetAccount()
	return l
}

// worker is a person who works: created, approved, enrolled, and with a code ahead.
func (p *staff) worker(t testing.TB, code string, role pb.Role_Value, unit string) login {
	t.Helper()
	made := p.created(t, "admin-kabupaten", code, role, unit)
	p.approved(t, "penelaah", made.GetAccount().GetMemberships()[0].GetName())
	l := p.enrolled(t, made.GetInvitation().GetInvitation())
	p.clock.move(time.Minute)
	return l
}

func (p *staff) approved(t testing.TB, by, membership string) {
	t.Helper()
	if _, err := p.accounts().ApproveMembership(p.as(by), &pb.ApproveMembershipRequest{Name: membership, RequestId: newID()}); err != nil {
		t.Fatal(err)
	}
}

func (p *staff) signIn(l login) (*pb.Credential, error) {
	return p.accounts().SignIn(context.Background(), &pb.SignInRequest{Account: l.code, Password: l.password, TotpCode: p.code(l.secret)})
}

func (p *staff) whoAmI(token string) error {
	_, err := p.accounts().WhoAmI(bearer(token), &pb.WhoAmIRequest{})
	return err
}

// reasonIs is the reason of an error, OK for none.
func reasonIs(err error) string {
	if err == nil {
		return "OK"
	}
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return err.Error()
}

func wantReason(t testing.TB, what string, err error, want string) {
	t.Helper()
	if got := reasonIs(err); got != want {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}

func TestPersonSignsInWithPasswordAndCode(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	l := p.worker(t, "bidan-sri", pb.Role_WORKER, "PKM-CIBINONG")
	if l.token == "" || len(l.codes) != 10 || p.whoAmI(l.token) != nil {
		t.Fatalf("the enrolment gave %d codes and token %q", len(l.codes), l.token)
	}
	session, err := p.signIn(l)
	if err != nil {
		t.Fatal(err)
	}
	if m := session.GetMembership(); m.GetRole() != pb.Role_WORKER || session.GetMfaTime() == nil || len(session.GetMemberships()) != 1 {
		t.Errorf("got %v", session)
	}
	if life := session.GetExpireTime().AsTime().Sub(p.clock.now()); life > 12*time.Hour || life < 12*time.Hour-time.Minute {
		t.Errorf("a session lives %v", life)
	}
	_, err = p.signIn(l)
	wantReason(t, "the same code again", err, "SIGN_IN_FAILED")
	p.clock.move(time.Minute)
	other := l
	other.secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	if _, err := p.accounts().SignOut(bearer(session.GetToken()), &pb.SignOutRequest{}); err != nil {
		t.Fatal(err)
	}
	wantReason(t, "after the sign-out", p.whoAmI(session.GetToken()), "UNAUTHENTICATED")
	wantReason(t, "the other session", p.whoAmI(l.token), "OK")
	_, err = p.accounts().SignIn(from("192.0.2.1"), &pb.SignInRequest{Account: other.code, Password: other.password, TotpCode: p.code(other.secret)})
	wantReason(t, "a wrong code", err, "SIGN_IN_FAILED")
	_, err = p.accounts().SignIn(from("192.0.2.1"), &pb.SignInRequest{Account: l.code, Password: l.password, TotpCode: p.code(l.secret)})
	wantReason(t, "at once after a failure", err, "RATE_LIMITED")
	p.verified(t)
}

func TestOneAnswerForWhateverIsWrong(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	l := p.worker(t, "bidan-sri", pb.Role_WORKER, "PKM-CIBINONG")
	waiting := p.created(t, "admin-kabupaten", "bidan-tiga", pb.Role_WORKER, "PKM-CIBINONG")
	pending := p.enrolled(t, waiting.GetInvitation().GetInvitation())
	if pending.token != "" {
		t.Error("a role that waits gave a session")
	}
	p.clock.move(time.Minute)
	good := &pb.SignInRequest{Account: l.code, Password: l.password, TotpCode: p.code(l.secret)}
	var first string
	for i, c := range []struct {
		name string
		req  *pb.SignInRequest
	}{
		{"no such account", &pb.SignInRequest{Account: "nobody", Password: l.password, TotpCode: good.TotpCode}},
		{"an account without a sign-in", &pb.SignInRequest{Account: "bidan-cibinong", Password: l.password, TotpCode: good.TotpCode}},
		{"a role that waits", &pb.SignInRequest{Account: pending.code, Password: pending.password, TotpCode: p.code(pending.secret)}},
		{"a wrong password", &pb.SignInRequest{Account: l.code, Password: l.password + "x", TotpCode: good.TotpCode}},
		{"another unit", &pb.SignInRequest{Account: l.code, Password: l.password, TotpCode: good.TotpCode, Unit: "units/DINSOS"}},
		{"no unit at all", &pb.SignInRequest{Account: l.code, Password: l.password, TotpCode: good.TotpCode, Unit: "units/NIRGENDWO"}},
		{"another role", &pb.SignInRequest{Account: l.code, Password: l.password, TotpCode: good.TotpCode, Role: pb.Role_ADMIN}},
		{"a recovery code of nobody", &pb.SignInRequest{Account: l.code, Password: l.password, RecoveryCode: "AAAA-BBBB-CCCC-DDDD"}},
	} {
		_, err := p.accounts().SignIn(from(fmt.Sprint("192.0.2.", i)), c.req)
		wantReason(t, c.name, err, "SIGN_IN_FAILED")
		said := status.Convert(err).Proto().String()
		if first == "" {
			first = said
		}
		if said != first {
			t.Errorf("%s: %s, want %s", c.name, said, first)
		}
		if len(p.served.Log()) > 0 && strings.Contains(p.served.Log(), goodPassword) {
			t.Fatal("the log holds a password")
		}
	}
	// A failure uses nothing up: the code still counts.
	if _, err := p.accounts().SignIn(from("192.0.2.200"), good); err != nil {
		t.Error(err)
	}
}

// waitOut repeats a call for as long as it is told to come again, and then needs it to succeed.
func waitOut(t testing.TB, call func() error) {
	t.Helper()
	for {
		err := call()
		if err == nil {
			return
		}
		wait := retryOf(err)
		if reasonIs(err) != "RATE_LIMITED" || wait == 0 {
			t.Fatal(err)
		}
		if wait > 20*time.Second {
			t.Fatalf("told to come again in %v", wait)
		}
		time.Sleep(wait + 10*time.Millisecond)
	}
}

func retryOf(err error) time.Duration {
	for _, d := range status.Convert(err).Details() {
		if r, ok := d.(*errdetails.RetryInfo); ok {
			return r.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

// Of many who use one thing at once exactly one has it.
func TestWhatCountsOnceCountsOnce(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	l := p.worker(t, "bidan-sri", pb.Role_WORKER, "PKM-CIBINONG")
	race := func(name string, n int, use func() error) {
		t.Helper()
		var took atomic.Int64
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				if use() == nil {
					took.Add(1)
				}
			})
		}
		all.Wait()
		if took.Load() != 1 {
			t.Errorf("%s: %d of %d had it, want 1", name, took.Load(), n)
		}
	}
	step := &pb.StepUpRequest{TotpCode: p.code(l.secret)}
	session := l.token
	race("one code for two steps up", 2, func() error {
		c, err := p.accounts().StepUp(bearer(session), step)
		if err == nil {
			l.token = c.GetToken()
		}
		return err
	})
	p.clock.move(time.Minute)
	req := &pb.SignInRequest{Account: l.code, Password: l.password, TotpCode: p.code(l.secret)}
	race("one code for two sign-ins", 2, func() error {
		_, err := p.accounts().SignIn(context.Background(), req)
		return err
	})
	recovery := &pb.SignInRequest{Account: l.code, Password: l.password, RecoveryCode: strings.ToLower(strings.ReplaceAll(l.codes[3], "-", " "))}
	if _, err := p.accounts().SignIn(from("192.0.2.9"), recovery); err != nil {
		t.Error(err)
	}
	_, err := p.accounts().SignIn(from("192.0.2.10"), recovery)
	wantReason(t, "a recovery code again", err, "SIGN_IN_FAILED")

	made := p.created(t, "admin-kabupaten", "kader-baru", pb.Role_INTAKE, "POS-MELATI-3")
	invitation := made.GetInvitation().GetInvitation()
	begun, err := p.accounts().BeginEnrolment(context.Background(), &pb.BeginEnrolmentRequest{Invitation: invitation})
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.accounts().BeginEnrolment(context.Background(), &pb.BeginEnrolmentRequest{Invitation: invitation})
	if err != nil || again.GetTotpSecret() != begun.GetTotpSecret() {
		t.Errorf("a page looked at again shows another secret: %v", err)
	}
	race("one invitation", 2, func() error {
		_, err := p.accounts().AcceptInvitation(context.Background(), &pb.AcceptInvitationRequest{
			Invitation: invitation, Password: goodPassword, TotpCode: p.code(begun.GetTotpSecret()),
		})
		return err
	})
	for _, use := range []func() error{
		func() error {
			_, err := p.accounts().BeginEnrolment(context.Background(), &pb.BeginEnrolmentRequest{Invitation: invitation})
			return err
		},
		func() error {
			_, err := p.accounts().AcceptInvitation(context.Background(), &pb.AcceptInvitationRequest{Invitation: invitation, Password: goodPassword, TotpCode: "123456"})
			return err
		},
	} {
		wantReason(t, "an invitation again", use(), "SIGN_IN_FAILED")
	}
	late := p.created(t, "admin-kabupaten", "kader-lambat", pb.Role_INTAKE, "POS-MELATI-3").GetInvitation().GetInvitation()
	p.clock.move(7*24*time.Hour + time.Second)
	_, err = p.accounts().BeginEnrolment(context.Background(), &pb.BeginEnrolmentRequest{Invitation: late})
	wantReason(t, "an invitation of last week", err, "SIGN_IN_FAILED")
	p.verified(t)
}

func TestNewPasswordIsLongAndNotCommon(t *testing.T) {
	p := newStaff(t)
	made := p.created(t, "admin-kabupaten", "bidan-sri", pb.Role_WORKER, "PKM-CIBINONG")
	for password, want := range map[string]string{
		"kurang12": "TOO_SHORT", "password1234": "PASSWORD_COMMON", "sriwahyuni123": "PASSWORD_COMMON",
		"aaaaaaaaaaaaaaaa": "PASSWORD_COMMON", "123456789012": "PASSWORD_COMMON", "bidan-sri-2026": "PASSWORD_COMMON", "qwertyuiop[]": "PASSWORD_COMMON",
	} {
		_, err := p.accounts().AcceptInvitation(context.Background(), &pb.AcceptInvitationRequest{
			Invitation: made.GetInvitation().GetInvitation(), Password: password, TotpCode: "123456",
		})
		var got string
		for _, d := range status.Convert(err).Details() {
			if bad, ok := d.(*errdetails.BadRequest); ok {
				got = bad.GetFieldViolations()[0].GetReason()
			}
		}
		if got != want {
			t.Errorf("%s: got %q (%v), want %s", password, got, reasonIs(err), want)
		}
		if strings.Contains(err.Error(), password) {
			t.Error("the answer repeats the password")
		}
	}
}

func TestSessionEndsAndNoClockRevivesIt(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	l := p.worker(t, "bidan-sri", pb.Role_WORKER, "PKM-CIBINONG")
	p.clock.move(11 * time.Hour)
	stepped, err := p.accounts().StepUp(bearer(l.token), &pb.StepUpRequest{TotpCode: p.code(l.secret)})
	if err != nil {
		t.Fatal(err)
	}
	wantReason(t, "the token before the step-up", p.whoAmI(l.token), "UNAUTHENTICATED")
	wantReason(t, "the token after it", p.whoAmI(stepped.GetToken()), "OK")
	p.clock.move(time.Hour)
	wantReason(t, "after 12 hours, stepped up or not", p.whoAmI(stepped.GetToken()), "UNAUTHENTICATED")
	_, err = p.signIn(l) // an entry of that time
	if err != nil {
		t.Fatal(err)
	}
	p.clock.move(-10 * time.Hour)
	wantReason(t, "with the clock set back", p.whoAmI(stepped.GetToken()), "UNAUTHENTICATED")
}

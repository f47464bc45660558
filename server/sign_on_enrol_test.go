package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// beginning is a sign-on that somebody began, with what came back of it.
type beginning struct{ state, code, secret string }

// came begins a sign-on and goes through it as a person of the realm.
func (r *realm) came(t testing.TB, w *world, back, who string) beginning {
	t.Helper()
	b, err := w.accounts().BeginSignOn(t.Context(), &pb.BeginSignOnRequest{RedirectUri: back})
	if err != nil {
		t.Fatal(err)
	}
	return beginning{b.GetState(), r.browse(t, b.GetAuthorizationUri(), who).Get("code"), b.GetSecret()}
}

func (b beginning) accept(invitation string) *pb.AcceptInvitationRequest {
	return &pb.AcceptInvitationRequest{Invitation: invitation, State: b.state, SignOnCode: b.code, Secret: b.secret}
}

func (b beginning) stepUp() *pb.StepUpRequest {
	return &pb.StepUpRequest{State: b.state, SignOnCode: b.code, Secret: b.secret}
}

func (b beginning) complete() *pb.CompleteSignOnRequest {
	return &pb.CompleteSignOnRequest{State: b.state, Code: b.code, Secret: b.secret}
}

// clients are the two ways in which the provider may know us.
func (r *realm) clients(t testing.TB) map[string]func(*server.Config) {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(clientSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	known := func(client, secret string) func(*server.Config) {
		return func(c *server.Config) {
			c.SignOnIssuer, c.SignOnFactors, c.SignOnClient, c.SignOnSecretFile = r.issuer, []string{"loa2"}, client, secret
			c.SignOnRedirects = []string{consoleURL}
		}
	}
	return map[string]func(*server.Config){"http://127.0.0.1:8765/": known(publicClient, ""), consoleURL: known(secretClient, secret)}
}

// An invitation is accepted and a second factor given again by the code flow, for a public client and for one with a secret. What fails
// uses no invitation up.
func TestInvitedPersonEnrolsAndStepsUpByTheCodeFlow(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	for back, configure := range r.clients(t) {
		t.Run(back, func(t *testing.T) {
			p := &staff{configuredWorld(t, configure), &movedClock{}}
			ctx, accounts := t.Context(), p.accounts()
			r.set("loa2", false)
			invited := func(code string) string {
				made := p.created(t, "admin-kabupaten", code, pb.Role_WORKER, "PKM-CIBINONG")
				p.approved(t, "penelaah", made.GetAccount().GetMemberships()[0].GetName())
				return made.GetInvitation().GetInvitation()
			}
			rinas, dewis := invited("bidan-rina"), invited("bidan-dewi")
			fails := func(what string, req *pb.AcceptInvitationRequest, reason pb.ErrorReason_Value) {
				t.Helper()
				_, err := accounts.AcceptInvitation(ctx, req)
				refused(t, what, err, reason)
			}
			come := func(who string) beginning { return r.came(t, p.world, back, who) }

			mine, other := come("rina"), come("dewi")
			fails("another one's secret", beginning{mine.state, mine.code, other.secret}.accept(rinas), pb.ErrorReason_SIGN_IN_FAILED)
			fails("another one's state", beginning{other.state, mine.code, mine.secret}.accept(rinas), pb.ErrorReason_SIGN_IN_FAILED)
			fails("no secret", beginning{mine.state, mine.code, ""}.accept(rinas), pb.ErrorReason_INVALID_FIELD)
			both := mine.accept(rinas)
			both.IdToken = "a.b.c"
			fails("two proofs", both, pb.ErrorReason_INVALID_FIELD)
			fails("a guessed code", beginning{mine.state, "guessed", mine.secret}.accept(rinas), pb.ErrorReason_SIGN_IN_FAILED)
			fails("what a failure used up", mine.accept(rinas), pb.ErrorReason_SIGN_IN_FAILED)
			unused := come("rina")
			fails("no invitation", unused.accept("x"), pb.ErrorReason_SIGN_IN_FAILED)

			done, err := accounts.AcceptInvitation(ctx, unused.accept(rinas)) // a wrong link uses no beginning up either
			if err != nil {
				t.Fatal(err)
			}
			if c := done.GetCredential(); c.GetMfaTime() == nil || c.GetAccount() != p.accountOf(t, "bidan-rina") || len(done.GetRecoveryCodes()) != 0 {
				t.Errorf("enrolled by the sign-on: got %v", done)
			}
			fails("the same state twice", unused.accept(dewis), pb.ErrorReason_SIGN_IN_FAILED)
			fails("an invitation twice", come("rina").accept(rinas), pb.ErrorReason_SIGN_IN_FAILED)
			fails("a subject of two accounts", come("rina").accept(dewis), pb.ErrorReason_ALREADY_EXISTS)
			if _, err := accounts.AcceptInvitation(ctx, other.accept(dewis)); err != nil {
				t.Errorf("after all that failed: %v", err)
			}

			r.set("loa1", false)
			session, err := accounts.CompleteSignOn(ctx, come("rina").complete())
			if err != nil || session.GetMfaTime() != nil || session.GetAccount() != p.accountOf(t, "bidan-rina") {
				t.Fatalf("signed in: got %v, %v", session, err)
			}
			stepUp := func(b beginning) (*pb.Credential, error) {
				return patiently(func() (*pb.Credential, error) { return accounts.StepUp(bearer(session.GetToken()), b.stepUp()) })
			}
			_, err = stepUp(come("rina"))
			refused(t, "one factor is no step up", err, pb.ErrorReason_SIGN_IN_FAILED)
			r.set("loa2", false)
			_, err = stepUp(come("dewi"))
			refused(t, "somebody else's factor", err, pb.ErrorReason_SIGN_IN_FAILED)
			mine, other = come("rina"), come("rina")
			_, err = stepUp(beginning{mine.state, mine.code, other.secret})
			refused(t, "another one's secret", err, pb.ErrorReason_SIGN_IN_FAILED)
			stepped, err := stepUp(mine)
			if err != nil || stepped.GetMfaTime() == nil {
				t.Fatalf("stepped up: got %v, %v", stepped, err)
			}
			session = stepped
			_, err = stepUp(mine)
			refused(t, "the same state twice", err, pb.ErrorReason_SIGN_IN_FAILED)
			p.verified(t)
			if log := p.served.Log(); strings.Contains(log, "sub-rina") || strings.Contains(log, mine.state) || strings.Contains(log, mine.code) {
				t.Error("the log tells of it")
			}
		})
	}
}

// The first administrator comes by the setup link and the sign-on. A sign-on that fails makes nothing.
func TestFirstAdministratorBySignOn(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	r.set("loa2", false)
	for back, configure := range r.clients(t) {
		t.Run(back, func(t *testing.T) {
			p := emptyRegency(t, configure)
			ctx, accounts := t.Context(), p.accounts()
			link, _, err := server.SetupLink(ctx, p.served.Store)
			if err != nil {
				t.Fatal(err)
			}
			setup := func(b beginning) (*pb.AcceptInvitationResponse, error) {
				req := b.accept(link)
				req.Code, req.FullName = "kepala-ti", "Bambang Irawan"
				return accounts.AcceptInvitation(ctx, req)
			}
			b := r.came(t, p.world, back, "rina")
			_, err = setup(beginning{b.state, "guessed", b.secret})
			refused(t, "a guessed code", err, pb.ErrorReason_SIGN_IN_FAILED)
			if root, ok := p.served.Store.Directory().Root(); ok {
				t.Errorf("a failure made the unit %s", root.Code)
			}
			first, err := setup(r.came(t, p.world, back, "rina"))
			if err != nil || first.GetCredential().GetMembership().GetRole() != pb.Role_ADMIN || first.GetCredential().GetMfaTime() == nil {
				t.Fatalf("got %v, %v", first, err)
			}
			again, err := accounts.CompleteSignOn(ctx, r.came(t, p.world, back, "rina").complete())
			if err != nil || again.GetAccount() != first.GetCredential().GetAccount() {
				t.Errorf("signed in: got %v, %v", again, err)
			}
			_, err = setup(r.came(t, p.world, back, "dewi"))
			refused(t, "the link again", err, pb.ErrorReason_SIGN_IN_FAILED)
		})
	}
}

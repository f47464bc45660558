package server_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/oauth2"

	"github.com/sinergi-pug/sinergi/client"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// realm is a real OpenID Connect provider on this machine: zitadel/oidc with its own storage and its own login form. What is put
// around the storage is what its example leaves out: acr, and new keys.
type realm struct {
	*storage.Storage
	twoOfOneMail

	issuer string

	mu   sync.Mutex // guards what follows
	acr  string
	keys []*realmKey // the last one signs
	down bool
}

// twoOfOneMail are two people with one mail address: it has been given anew.
type twoOfOneMail struct{}

func (twoOfOneMail) GetUserByID(id string) *storage.User {
	if id != "sub-rina" && id != "sub-dewi" {
		return nil
	}
	return &storage.User{ID: id, Username: strings.TrimPrefix(id, "sub-"), Password: "rahasia", Email: "bidan@bogor.example", EmailVerified: true}
}

func (p twoOfOneMail) GetUserByUsername(name string) *storage.User {
	return p.GetUserByID("sub-" + name)
}
func (twoOfOneMail) ExampleClientID() string { return "none" }

type realmKey struct {
	id  string
	key *rsa.PrivateKey
}

func (k *realmKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k *realmKey) Algorithm() jose.SignatureAlgorithm          { return jose.RS256 }
func (k *realmKey) Key() any                                    { return k.key }
func (k *realmKey) ID() string                                  { return k.id }
func (k *realmKey) Use() string                                 { return "sig" }

type realmPublicKey struct{ *realmKey }

func (k realmPublicKey) Key() any { return &k.key.PublicKey }

// vouching is a sign-in with what the provider vouches for.
type vouching struct {
	op.AuthRequest
	acr string
}

func (v vouching) GetACR() string { return v.acr }

func (r *realm) vouch(req op.AuthRequest, err error) (op.AuthRequest, error) {
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return vouching{req, r.acr}, nil
}

func (r *realm) AuthRequestByID(ctx context.Context, id string) (op.AuthRequest, error) {
	return r.vouch(r.Storage.AuthRequestByID(ctx, id))
}

func (r *realm) AuthRequestByCode(ctx context.Context, code string) (op.AuthRequest, error) {
	return r.vouch(r.Storage.AuthRequestByCode(ctx, code))
}

func (r *realm) SigningKey(context.Context) (op.SigningKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys[len(r.keys)-1], nil
}

func (r *realm) KeySet(context.Context) (all []op.Key, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range r.keys {
		all = append(all, realmPublicKey{k})
	}
	return all, nil
}

// rotate makes a new key and drops the old ones.
func (r *realm) rotate(t testing.TB) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = []*realmKey{{newID(), key}}
}

func (r *realm) set(acr string, down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acr, r.down = acr, down
}

func (r *realm) isDown() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.down
}

const (
	publicClient = "sinergi"         // by PKCE alone
	secretClient = "sinergi-console" // with a secret besides
	clientSecret = "kata sandi klien/+%"
	consoleURL   = "https://sinergi.example/sign-on"
)

func newRealm(t testing.TB) *realm {
	t.Helper()
	r := &realm{}
	r.rotate(t)
	var handler http.Handler
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if r.isDown() {
			panic(http.ErrAbortHandler)
		}
		handler.ServeHTTP(w, req)
	}))
	t.Cleanup(at.Close)
	r.issuer = at.URL
	r.Storage = storage.NewStorageWithClients(r.twoOfOneMail, map[string]*storage.Client{
		publicClient: storage.NativeClient(publicClient, "http://127.0.0.1/", "http://127.0.0.1/back"),
		secretClient: storage.WebClient(secretClient, clientSecret, consoleURL),
	})
	handler = exampleop.SetupServer(r.issuer, r, slog.New(slog.DiscardHandler), false)
	return r
}

// browse is a browser: it follows the provider to its form, fills that in as a person would, and stops where it is sent back.
func (r *realm) browse(t testing.TB, address, who string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back *url.URL
	browser := &http.Client{Jar: jar, CheckRedirect: func(req *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(req.URL.String(), r.issuer+"/") {
			back = req.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	get := func(resp *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		page, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	page := get(browser.Get(address))
	form := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page)
	if form == nil {
		t.Fatalf("no form at %s: %s", address, page)
	}
	page = get(browser.PostForm(r.issuer+"/login/username", url.Values{"id": {form[1]}, "username": {who}, "password": {"rahasia"}}))
	if back == nil {
		t.Fatalf("not sent back: %s", page)
	}
	return back.Query()
}

// idToken is what somebody else's program gets for its own sign-on of the same client.
func (r *realm) idToken(t testing.TB, who string) string {
	t.Helper()
	flow := &oauth2.Config{
		ClientID: publicClient, RedirectURL: "http://127.0.0.1:7777/back", Scopes: []string{"openid", "email"},
		Endpoint: oauth2.Endpoint{AuthURL: r.issuer + "/auth", TokenURL: r.issuer + "/oauth/token", AuthStyle: oauth2.AuthStyleInParams},
	}
	verifier := oauth2.GenerateVerifier()
	came := r.browse(t, flow.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier)), who)
	token, err := flow.Exchange(t.Context(), came.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	return raw
}

// world is a regency that trusts the realm.
func (r *realm) world(t testing.TB, configure func(*server.Config)) *world {
	t.Helper()
	return configuredWorld(t, func(c *server.Config) {
		c.SignOnIssuer, c.SignOnClient, c.SignOnFactors = r.issuer, publicClient, []string{"loa2"}
		if configure != nil {
			configure(c)
		}
	})
}

// bind lets an account of the regency be a subject of the realm, as an accepted invitation does.
func (w *world) bind(t testing.TB, code, issuer, subject string) {
	t.Helper()
	_, err := store.Update(t.Context(), w.served.Store, func(tx *store.Writer) (struct{}, error) {
		account, ok, err := tx.AccountByCode(code)
		if err != nil || !ok {
			t.Fatalf("no account %s: %v", code, err)
		}
		entry := tx.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "account.manage"}, account[:], nil)
		return struct{}{}, tx.PutSignIn(store.SignIn{Account: account, Issuer: issuer, Subject: subject}, entry)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) accounts() pb.AccountServiceClient { return pb.NewAccountServiceClient(w.conn) }

// refused asserts the reason of a refusal.
func refused(t testing.TB, what string, err error, want pb.ErrorReason_Value) {
	t.Helper()
	if got := client.Reason(err); err == nil || got != want {
		t.Errorf("%s: got %v (%v), want %v", what, got, err, want)
	}
}

func TestSignOnOfTheRegencyByARealProvider(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(clientSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRealm(t)
	for _, c := range []struct {
		name, back string
		configure  func(*server.Config)
	}{
		{"a public client, back to the command", "http://127.0.0.1:8765/", nil},
		{"a client with a secret, back to the console", consoleURL, func(c *server.Config) {
			c.SignOnClient, c.SignOnSecretFile, c.SignOnRedirects = secretClient, secret, []string{consoleURL}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := r.world(t, c.configure)
			w.bind(t, "bidan-cibinong", r.issuer, "sub-rina")
			ctx, accounts := t.Context(), w.accounts()
			begun := func() *pb.BeginSignOnResponse {
				t.Helper()
				begun, err := accounts.BeginSignOn(ctx, &pb.BeginSignOnRequest{RedirectUri: c.back})
				if err != nil {
					t.Fatal(err)
				}
				return begun
			}
			b := begun()
			address, err := url.Parse(b.GetAuthorizationUri())
			if err != nil {
				t.Fatal(err)
			}
			asked := address.Query()
			if asked.Get("code_challenge_method") != "S256" || asked.Get("nonce") == "" || asked.Get("state") != b.GetState() ||
				asked.Get("scope") != "openid" || asked.Get("acr_values") != "loa2" || strings.Contains(b.GetAuthorizationUri(), b.GetSecret()) {
				t.Errorf("the address is %s", b.GetAuthorizationUri())
			}

			r.set("loa1", false)
			came := r.browse(t, b.GetAuthorizationUri(), "rina")
			complete := &pb.CompleteSignOnRequest{State: came.Get("state"), Code: came.Get("code"), Secret: b.GetSecret()}
			wrong := &pb.CompleteSignOnRequest{State: came.Get("state"), Code: came.Get("code"), Secret: begun().GetSecret()}
			_, err = accounts.CompleteSignOn(ctx, wrong)
			refused(t, "what was overheard, without the secret", err, pb.ErrorReason_SIGN_IN_FAILED)
			session, err := accounts.CompleteSignOn(ctx, complete)
			if err != nil {
				t.Fatal(err)
			}
			if session.GetMfaTime() != nil || session.GetAccount() != w.accountOf(t, "bidan-cibinong") {
				t.Errorf("one factor alone: got %v", session)
			}
			w.served.Tokens["rina"] = session.GetToken()
			me, err := accounts.WhoAmI(w.as("rina"), &pb.WhoAmIRequest{})
			if err != nil || me.GetRole() != pb.Role_WORKER {
				t.Errorf("who am I: got %v, %v", me, err)
			}
			_, err = accounts.CompleteSignOn(ctx, complete)
			refused(t, "the same once more", err, pb.ErrorReason_SIGN_IN_FAILED)

			r.set("loa2", false)
			b = begun()
			came = r.browse(t, b.GetAuthorizationUri(), "rina")
			session, err = accounts.CompleteSignOn(ctx, &pb.CompleteSignOnRequest{State: b.GetState(), Code: came.Get("code"), Secret: b.GetSecret()})
			if err != nil || time.Since(session.GetMfaTime().AsTime()) > time.Minute {
				t.Errorf("both factors: got %v, %v", session, err)
			}

			b = begun()
			came = r.browse(t, b.GetAuthorizationUri(), "dewi")
			_, err = accounts.CompleteSignOn(ctx, &pb.CompleteSignOnRequest{State: b.GetState(), Code: came.Get("code"), Secret: b.GetSecret()})
			refused(t, "another subject with the same mail address", err, pb.ErrorReason_SIGN_IN_FAILED)

			b, other := begun(), begun()
			came = r.browse(t, b.GetAuthorizationUri(), "rina")
			_, err = accounts.CompleteSignOn(ctx, &pb.CompleteSignOnRequest{State: other.GetState(), Code: came.Get("code"), Secret: other.GetSecret()})
			refused(t, "a code of another beginning", err, pb.ErrorReason_SIGN_IN_FAILED)
			_, err = accounts.CompleteSignOn(ctx, &pb.CompleteSignOnRequest{State: b.GetState(), Code: "guessed", Secret: b.GetSecret()})
			refused(t, "a guessed code", err, pb.ErrorReason_SIGN_IN_FAILED)

			r.rotate(t)
			b = begun()
			came = r.browse(t, b.GetAuthorizationUri(), "rina")
			if _, err = accounts.CompleteSignOn(ctx, &pb.CompleteSignOnRequest{State: b.GetState(), Code: came.Get("code"), Secret: b.GetSecret()}); err != nil {
				t.Errorf("after the provider's keys were changed: %v", err)
			}

			_, err = accounts.BeginSignOn(ctx, &pb.BeginSignOnRequest{RedirectUri: "https://evil.example/"})
			refused(t, "back to a stranger", err, pb.ErrorReason_INVALID_FIELD)
			w.verified(t)
			if log := w.served.Log(); strings.Contains(log, "sub-rina") || strings.Contains(log, "bidan@bogor") || strings.Contains(log, b.GetState()) {
				t.Error("the log tells of it")
			}
		})
	}
}

func TestIDTokensOfTheProviderCountOnce(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	w := r.world(t, nil)
	w.bind(t, "bidan-cibinong", r.issuer, "sub-rina")
	ctx, accounts := t.Context(), w.accounts()
	r.set("loa2", false)
	token := r.idToken(t, "rina")
	errs := make(chan error, 8)
	for range cap(errs) {
		go func() {
			_, err := accounts.SignIn(ctx, &pb.SignInRequest{IdToken: token})
			errs <- err
		}()
	}
	good := 0
	for range cap(errs) {
		if err := <-errs; err == nil {
			good++
		} else {
			refused(t, "a token that was used", err, pb.ErrorReason_SIGN_IN_FAILED)
		}
	}
	if good != 1 {
		t.Errorf("one token gave %d sessions", good)
	}
	_, err := accounts.SignIn(ctx, &pb.SignInRequest{IdToken: r.idToken(t, "dewi")})
	refused(t, "nobody's subject", err, pb.ErrorReason_SIGN_IN_FAILED)
	cut := r.idToken(t, "rina")
	_, err = accounts.SignIn(ctx, &pb.SignInRequest{IdToken: cut[:len(cut)-4] + "AAAA"})
	refused(t, "another signature", err, pb.ErrorReason_SIGN_IN_FAILED)
	other := newRealm(t)
	_, err = accounts.SignIn(ctx, &pb.SignInRequest{IdToken: other.idToken(t, "rina")})
	refused(t, "the same subject of another issuer", err, pb.ErrorReason_SIGN_IN_FAILED)

	// The second factor again, by the sign-on.
	r.set("loa1", false)
	session, err := accounts.SignIn(ctx, &pb.SignInRequest{IdToken: r.idToken(t, "rina")})
	if err != nil || session.GetMfaTime() != nil {
		t.Fatalf("got %v, %v", session, err)
	}
	w.served.Tokens["rina"] = session.GetToken()
	stepUp := func(who string) (*pb.Credential, error) {
		return patiently(func() (*pb.Credential, error) {
			return accounts.StepUp(w.as("rina"), &pb.StepUpRequest{IdToken: r.idToken(t, who)})
		})
	}
	_, err = stepUp("rina")
	refused(t, "one factor is no step up", err, pb.ErrorReason_SIGN_IN_FAILED)
	r.set("loa2", false)
	_, err = stepUp("dewi")
	refused(t, "somebody else's factor", err, pb.ErrorReason_SIGN_IN_FAILED)
	if stepped, err := stepUp("rina"); err != nil || stepped.GetMfaTime() == nil {
		t.Errorf("after the step up: got %v, %v", stepped, err)
	}
}

// patiently repeats a call while the throttle says to wait.
func patiently[A any](call func() (A, error)) (A, error) {
	for {
		answer, err := call()
		wait, slow := client.RetryAfter(err)
		if !slow || wait > 10*time.Second {
			return answer, err
		}
		time.Sleep(wait)
	}
}

func TestWithoutTheProviderLocalSignInGoesOn(t *testing.T) {
	t.Parallel()
	r := newRealm(t)
	w := r.world(t, nil)
	r.set("", true)
	ctx, accounts := t.Context(), w.accounts()
	for range 3 {
		_, err := accounts.BeginSignOn(ctx, &pb.BeginSignOnRequest{RedirectUri: "http://127.0.0.1:8765/"})
		refused(t, "begin", err, pb.ErrorReason_SIGN_ON_UNAVAILABLE)
	}
	_, err := accounts.SignIn(ctx, &pb.SignInRequest{IdToken: "a.b.c"})
	refused(t, "no token at all", err, pb.ErrorReason_SIGN_IN_FAILED)
	_, err = accounts.SignIn(ctx, &pb.SignInRequest{Account: "nobody", Password: "x", TotpCode: "123456"})
	refused(t, "a password meanwhile is looked at", err, pb.ErrorReason_SIGN_IN_FAILED)
	if _, err := accounts.WhoAmI(w.as("bidan-cibinong"), &pb.WhoAmIRequest{}); err != nil {
		t.Errorf("who is signed in: %v", err)
	}
	if !strings.Contains(w.served.Log(), "the sign-on does not answer") {
		t.Error("the operator is not told")
	}
	plain := newWorld(t)
	_, err = plain.accounts().BeginSignOn(ctx, &pb.BeginSignOnRequest{RedirectUri: "http://127.0.0.1:8765/"})
	refused(t, "none configured", err, pb.ErrorReason_SIGN_ON_UNAVAILABLE)
}

// A provider of OAuth 2.0 alone gives no id token, and proves nobody.
func TestPlainOAuthProvesNobody(t *testing.T) {
	t.Parallel()
	var at *httptest.Server
	at = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := `{"issuer":"` + at.URL + `","authorization_endpoint":"` + at.URL + `/a","token_endpoint":"` + at.URL + `/t","jwks_uri":"` + at.URL + `/k"}`
		if r.URL.Path == "/t" {
			body = `{"access_token":"x","token_type":"Bearer","expires_in":3600}`
		}
		_, _ = io.Copy(w, bytes.NewBufferString(body))
	}))
	t.Cleanup(at.Close)
	w := (&realm{issuer: at.URL}).world(t, nil)
	begun, err := w.accounts().BeginSignOn(t.Context(), &pb.BeginSignOnRequest{RedirectUri: "http://127.0.0.1:8765/"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.accounts().CompleteSignOn(t.Context(), &pb.CompleteSignOnRequest{State: begun.GetState(), Secret: begun.GetSecret(), Code: "c"})
	refused(t, "no id token", err, pb.ErrorReason_SIGN_IN_FAILED)
}

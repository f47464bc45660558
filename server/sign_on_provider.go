package server

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The regency's sign-on is an OpenID Connect provider: somebody else's program, on somebody else's machine. It says who signed in and
// nothing more: not what they may do, and not by which address they can be written to. What it does not answer, or answers oddly,
// keeps nobody from signing in with a password.

const (
	keysLife     = 15 * time.Minute // then the provider is asked again: a key that it took back is worth nothing after that
	askAgain     = 5 * time.Second  // after it did not answer; meanwhile nobody waits for it
	askAtMost    = 5 * time.Second
	answerAtMost = 1 << 20
	clockSkew    = 60 * time.Second
)

// signOnAlgorithms are the signatures that are taken. `none` is nobody's, and with HS256 the public key would be the secret.
var signOnAlgorithms = []string{oidc.RS256, oidc.ES256, oidc.EdDSA, oidc.PS256}

var (
	errSignOnUnavailable = because(pb.ErrorReason_SIGN_ON_UNAVAILABLE)
	errSignIn            = because(pb.ErrorReason_SIGN_IN_FAILED)
)

// identity is what an id token proves. The account is found by issuer and subject, and by nothing else: a mail address is given to
// another person when its owner leaves.
type identity struct {
	issuer, subject string
	mfa             time.Time // of the second factor; zero: the provider vouches for none
	expires         time.Time
	mark            [32]byte // of what was signed: a token counts once
}

// provider is the sign-on as configured. A nil one is none.
type provider struct {
	issuer, client, secret string
	redirects, factors     []string
	http, keysHTTP         *http.Client
	now                    func() time.Time
	log                    *slog.Logger

	mu    sync.Mutex // guards what follows
	known *oidc.Provider
	keys  oidc.KeySet
	asked time.Time // when known and keys were made
	quiet time.Time // until when it is not asked again
}

// newProvider reads the configuration; it asks nobody anything, for a provider that is down must not keep the server from starting.
func newProvider(cfg Config, now func() time.Time, log *slog.Logger) (*provider, error) {
	if cfg.SignOnIssuer == "" {
		if cfg.SignOnClient != "" || cfg.SignOnSecretFile != "" {
			return nil, errors.New("a sign-on needs its issuer: give --sign-on-issuer")
		}
		return nil, nil
	}
	issuer, err := url.Parse(cfg.SignOnIssuer)
	if err != nil || issuer.Host == "" || issuer.RawQuery != "" || issuer.Fragment != "" || issuer.User != nil ||
		issuer.Scheme != "https" && !(issuer.Scheme == "http" && loopbackHost(issuer.Hostname())) {
		return nil, errors.New("--sign-on-issuer is the https address of an OpenID Connect provider, as its tokens name it in iss")
	}
	if cfg.SignOnClient == "" {
		return nil, errors.New("a sign-on needs the client id that the provider knows this server by: give --sign-on-client")
	}
	for _, uri := range cfg.SignOnRedirects {
		u, err := url.Parse(uri)
		if err != nil || u.Host == "" || u.Fragment != "" || u.Scheme != "https" && !loopbackRedirect(uri) {
			return nil, errors.New("--sign-on-redirects takes https addresses, such as the console's")
		}
	}
	p := &provider{
		issuer: cfg.SignOnIssuer, client: cfg.SignOnClient, redirects: cfg.SignOnRedirects, factors: cfg.SignOnFactors, now: now, log: log,
	}
	p.ask()
	p.secret, err = readSecret("--sign-on-secret-file", cfg.SignOnSecretFile)
	return p, err
}

// readSecret reads the client's secret, which nobody else may read. Without a file the client is a public one, and PKCE alone binds.
func readSecret(flag, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("the file of %s cannot be read", flag)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("the file of %s can be read by others: run chmod go= on it", flag)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.TrimSpace(string(text)) == "" {
		return "", fmt.Errorf("the file of %s cannot be read, or is empty", flag)
	}
	return strings.TrimSpace(string(text)), nil
}

func loopbackHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// loopbackRedirect tells whether an address is one of the caller's own machine, by number and with a port (RFC 8252, 7.3 and 8.3).
func loopbackRedirect(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Port() == "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && (ip == netip.MustParseAddr("127.0.0.1") || ip == netip.IPv6Loopback())
}

// mayReturn tells whether the provider may send a browser there.
func (p *provider) mayReturn(redirect string) bool {
	return slices.Contains(p.redirects, redirect) || loopbackRedirect(redirect)
}

// errKeysOften is a key set that was asked for too often.
var errKeysOften = errors.New("sign-on: keys were asked for too often")

// guarded is the way to the provider: bounded answers, no redirects, and no more questions for keys than rotation needs, for anybody
// can send us a token with a key id that we have to look for.
type guarded struct {
	base  http.RoundTripper
	often *rate.Limiter
}

// ask makes the two ways.
func (p *provider) ask() {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.MaxIdleConnsPerHost = 2
	way := func(often *rate.Limiter) *http.Client {
		stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		return &http.Client{Transport: &guarded{base, often}, Timeout: askAtMost, CheckRedirect: stay}
	}
	p.http, p.keysHTTP = way(rate.NewLimiter(rate.Inf, 0)), way(rate.NewLimiter(rate.Every(time.Second), 10))
}

// RoundTrip asks the provider.
func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if !g.often.Allow() {
		return nil, errKeysOften
	}
	resp, err := g.base.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, answerAtMost), resp.Body}
	}
	return resp, err
}

// discovered is the provider as it describes itself, with its keys.
func (p *provider) discovered() (*oidc.Provider, oidc.KeySet, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now() // not the server's clock: tests and the demo move that by days
	if p.known != nil && now.Sub(p.asked) < keysLife {
		return p.known, p.keys, nil
	}
	if now.Before(p.quiet) {
		return nil, nil, errSignOnUnavailable
	}
	background := context.Background() // the ways have their own limit of time; the caller who came first may leave
	known, err := oidc.NewProvider(oidc.ClientContext(background, p.http), p.issuer)
	var keys struct {
		URI string `json:"jwks_uri"`
	}
	if err == nil {
		err = known.Claims(&keys)
	}
	if err != nil || keys.URI == "" {
		p.quiet = now.Add(askAgain)
		if _, differs := errors.AsType[*oidc.IssuerMismatchError](err); differs {
			p.log.Warn("the sign-on calls itself by another issuer than the configured one")
		} else {
			p.log.Warn("the sign-on does not answer")
		}
		return nil, nil, errSignOnUnavailable
	}
	p.known, p.keys, p.asked = known, oidc.NewRemoteKeySet(oidc.ClientContext(background, p.keysHTTP), keys.URI), now
	return p.known, p.keys, nil
}

// overheard keeps the error of a key set, which the verifier turns into text.
type overheard struct {
	keys oidc.KeySet
	err  error
}

// VerifySignature is the key set's.
func (o *overheard) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := o.keys.VerifySignature(ctx, token)
	o.err = err
	return payload, err
}

// verify proves an id token. A nonce is compared if the sign-on began here; of others, who began compares it.
func (p *provider) verify(ctx context.Context, token string, nonce string) (identity, error) {
	if !compact(token) {
		return identity{}, errSignIn
	}
	_, keys, err := p.discovered()
	if err != nil {
		return identity{}, err
	}
	heard := &overheard{keys: keys}
	// Times are compared below, with one skew for all of them.
	verifier := oidc.NewVerifier(p.issuer, heard, &oidc.Config{ClientID: p.client, SupportedSigningAlgs: signOnAlgorithms, SkipExpiryCheck: true})
	proven, err := verifier.Verify(ctx, token)
	if err != nil {
		return identity{}, p.saidOf(heard.err)
	}
	var said saidClaims
	if proven.Claims(&said) != nil {
		return identity{}, errSignIn
	}
	return p.judge(proven, said, nonce)
}

// saidOf tells a token that is not good from a provider that does not answer.
func (p *provider) saidOf(err error) error {
	if _, away := errors.AsType[*url.Error](err); away {
		p.log.Warn("the sign-on does not give its keys")
		return errSignOnUnavailable
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return errSignOnUnavailable
	}
	return errSignIn
}

// saidClaims are the claims that are judged besides the library's.
type saidClaims struct {
	Azp      *string         `json:"azp"`
	NotUntil *float64        `json:"nbf"`
	AuthTime *float64        `json:"auth_time"`
	ACR      string          `json:"acr"`
	Type     string          `json:"typ"`    // some providers write here what a token is: ID, Bearer, Refresh
	Events   json.RawMessage `json:"events"` // of a logout token
}

// judge is what OpenID Connect Core 3.1.3.7 asks besides the signature, stricter where it leaves a choice.
func (p *provider) judge(t *oidc.IDToken, said saidClaims, nonce string) (identity, error) {
	now := p.now()
	good := t.Issuer == p.issuer && // the library has an exception for one provider
		t.Subject != "" && len(t.Subject) <= 255 &&
		(len(t.Audience) == 1 || said.Azp != nil) && (said.Azp == nil || *said.Azp == p.client) &&
		(nonce == "" || t.Nonce == nonce) && said.Events == nil && (said.Type == "" || strings.EqualFold(said.Type, "ID")) &&
		!t.Expiry.IsZero() && t.Expiry.Add(clockSkew).After(now) &&
		!t.IssuedAt.IsZero() && !t.IssuedAt.After(now.Add(clockSkew)) &&
		(said.NotUntil == nil || !unixTime(*said.NotUntil).After(now.Add(clockSkew))) &&
		(said.AuthTime == nil || !unixTime(*said.AuthTime).After(now.Add(clockSkew)))
	if !good {
		return identity{}, errSignIn
	}
	var claims json.RawMessage
	if t.Claims(&claims) != nil {
		return identity{}, errSignIn
	}
	id := identity{issuer: t.Issuer, subject: t.Subject, expires: t.Expiry.Add(clockSkew), mark: sha256.Sum256(claims)}
	if said.AuthTime != nil && slices.Contains(p.factors, said.ACR) {
		if id.mfa = unixTime(*said.AuthTime); id.mfa.After(now) {
			id.mfa = now
		}
	}
	return id, nil
}

func unixTime(seconds float64) time.Time {
	if seconds < 0 || seconds > 1<<40 {
		return time.Unix(1<<40, 0).UTC() // no time of ours: it is refused as one that is to come
	}
	return time.Unix(int64(seconds), 0).UTC()
}

// compact tells whether a token is one of three parts whose head makes it an id token: not an access token, nor one of the other
// serializations that a library would read.
func compact(token string) bool {
	head, rest, ok := strings.Cut(token, ".")
	if !ok || strings.Count(rest, ".") != 1 {
		return false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(head)
	if err != nil {
		return false
	}
	var said struct {
		Type string `json:"typ"`
	}
	return json.Unmarshal(raw, &said) == nil && (said.Type == "" || strings.EqualFold(said.Type, "JWT"))
}

// oauth is the code flow at the provider.
func (p *provider) oauth(redirect string) (*oauth2.Config, error) {
	known, _, err := p.discovered()
	if err != nil {
		return nil, err
	}
	var ways struct {
		Auth []string `json:"token_endpoint_auth_methods_supported"`
	}
	if known.Claims(&ways) != nil {
		return nil, errSignOnUnavailable
	}
	endpoint := known.Endpoint()
	// Chosen, not tried: a code counts once, and a try would use it up. Basic is the default of the specification.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if p.secret == "" || len(ways.Auth) > 0 && !slices.Contains(ways.Auth, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: p.client, ClientSecret: p.secret, Endpoint: endpoint, RedirectURL: redirect, Scopes: []string{oidc.ScopeOpenID}}, nil
}

// address is where a browser begins. No scope but openid is asked for: name and mail are none of ours.
func (p *provider) address(redirect, state, nonce, verifier string) (string, error) {
	flow, err := p.oauth(redirect)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)}
	if len(p.factors) > 0 {
		options = append(options,
			oauth2.SetAuthURLParam("acr_values", strings.Join(p.factors, " ")),
			oauth2.SetAuthURLParam("max_age", "43200")) // with it auth_time is always told; older than 12 h no second factor counts
	}
	return flow.AuthCodeURL(state, options...), nil
}

// exchange gives the provider's code for what it proves. Without an id token it is OAuth 2.0 and proves nobody.
func (p *provider) exchange(ctx context.Context, redirect, code, verifier, nonce string) (identity, error) {
	flow, err := p.oauth(redirect)
	if err != nil {
		return identity{}, err
	}
	token, err := flow.Exchange(oidc.ClientContext(ctx, p.http), code, oauth2.VerifierOption(verifier))
	if err != nil {
		return identity{}, p.saidOfExchange(err)
	}
	raw, _ := token.Extra("id_token").(string)
	return p.verify(ctx, raw, nonce)
}

func (p *provider) saidOfExchange(err error) error {
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !ok:
		p.log.Warn("the sign-on does not answer")
		return errSignOnUnavailable
	case refused.ErrorCode == "invalid_client" || refused.ErrorCode == "unauthorized_client" || refused.Response.StatusCode >= 500:
		p.log.Warn("the sign-on does not take this server's client id or secret")
		return errSignOnUnavailable
	}
	return errSignIn
}

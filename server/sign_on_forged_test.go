package server

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// said is a JSON object.
type said = map[string]any

// issuer is a tiny one: its description, its keys, and tokens signed with whatever a forger has. The real provider is in
// sign_on_test.go; none would sign what is tried here.
type issuer struct {
	t      *testing.T
	server *httptest.Server
	asked  atomic.Int64 // for keys
	down   atomic.Bool

	mu   sync.Mutex // guards what follows
	keys map[string]crypto.Signer
	name string // as it calls itself
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t, keys: map[string]crypto.Signer{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		serveSaid(w, said{
			"issuer": i.name, "authorization_endpoint": i.name + "/authorize", "token_endpoint": i.name + "/token", "jwks_uri": i.name + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.asked.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
		var keys []any
		for kid, key := range i.keys {
			keys = append(keys, jwk(kid, key.Public()))
		}
		serveSaid(w, said{"keys": keys})
	})
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.down.Load() {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.server.Close)
	i.name = i.server.URL
	return i
}

func serveSaid(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func (i *issuer) set(kid string, key crypto.Signer) crypto.Signer {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys[kid] = key
	return key
}

func (i *issuer) takeBack(kid string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.keys, kid)
}

// trusting is our side of it.
func (i *issuer) trusting(now func() time.Time) *provider {
	i.t.Helper()
	p, err := newProvider(Config{SignOnIssuer: i.name, SignOnClient: "sinergi", SignOnFactors: []string{"mfa"}}, now, slog.New(slog.DiscardHandler))
	if err != nil {
		i.t.Fatal(err)
	}
	return p
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func jwk(kid string, public crypto.PublicKey) said {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return said{"kty": "RSA", "kid": kid, "n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}
	case *ecdsa.PublicKey:
		raw, _ := key.Bytes()
		return said{"kty": "EC", "kid": kid, "crv": "P-256", "x": b64(raw[1:33]), "y": b64(raw[33:])}
	case ed25519.PublicKey:
		return said{"kty": "OKP", "kid": kid, "crv": "Ed25519", "x": b64(key)}
	}
	return nil
}

// signed is a token as the header says, by the key given.
func signed(t *testing.T, header, claims said, key any) string {
	t.Helper()
	head, _ := json.Marshal(header)
	body, _ := json.Marshal(claims)
	input := b64(head) + "." + b64(body)
	sum := sha256.Sum256([]byte(input))
	var signature []byte
	var err error
	switch key := key.(type) {
	case nil:
	case []byte:
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(input))
		signature = mac.Sum(nil)
	case *rsa.PrivateKey:
		switch header["alg"] {
		case "PS256":
			signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], nil)
		case "RS512":
			long := sha512.Sum512([]byte(input))
			signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA512, long[:])
		default:
			signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		}
	case *ecdsa.PrivateKey:
		r, s, e := ecdsa.Sign(rand.Reader, key, sum[:])
		signature, err = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), e
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, []byte(input))
	}
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + b64(signature)
}

func newRSA(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// changed is claims with some set anew; nil takes one away.
func changed(claims said, with said) said {
	c := maps.Clone(claims)
	for name, value := range with {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return c
}

func TestForgedTokensProveNobody(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	now := time.Now().Truncate(time.Second)
	p := i.trusting(func() time.Time { return now })
	key := newRSA(t)
	i.set("r", key)
	curve, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	i.set("e", curve)
	_, edwards, _ := ed25519.GenerateKey(rand.Reader)
	i.set("d", edwards)
	other := newRSA(t)
	der, _ := x509.MarshalPKIXPublicKey(key.Public())
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})

	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	sound := said{"iss": i.name, "sub": "rina", "aud": "sinergi", "iat": at(0), "exp": at(5 * time.Minute), "nonce": "n", "email": "rina@example.org"}
	rs := said{"alg": "RS256", "kid": "r"}
	p.keysHTTP.Transport.(*guarded).often.SetLimit(rate.Inf) // what it bounds is tested below
	for _, c := range []struct {
		name   string
		header said
		claims said
		key    any
		good   bool
	}{
		{"sound, RS256", rs, sound, key, true},
		{"sound, PS256", said{"alg": "PS256", "kid": "r"}, sound, key, true},
		{"sound, ES256", said{"alg": "ES256", "kid": "e"}, sound, curve, true},
		{"sound, EdDSA", said{"alg": "EdDSA", "kid": "d"}, sound, edwards, true},
		{"typ JWT", said{"alg": "RS256", "kid": "r", "typ": "JWT"}, sound, key, true},
		{"no kid, a key fits", said{"alg": "RS256"}, sound, key, true},
		{"aud a list of one", rs, changed(sound, said{"aud": []string{"sinergi"}}), key, true},
		{"two audiences, ours authorized", rs, changed(sound, said{"aud": []string{"sinergi", "x"}, "azp": "sinergi"}), key, true},
		{"expired within the skew", rs, changed(sound, said{"exp": at(-59 * time.Second)}), key, true},
		{"issued within the skew", rs, changed(sound, said{"iat": at(59 * time.Second)}), key, true},

		{"another issuer", rs, changed(sound, said{"iss": "https://evil.example"}), key, false},
		{"the issuer with a slash", rs, changed(sound, said{"iss": i.name + "/"}), key, false},
		{"no issuer", rs, changed(sound, said{"iss": nil}), key, false},
		{"another audience", rs, changed(sound, said{"aud": "other"}), key, false},
		{"no audience", rs, changed(sound, said{"aud": nil}), key, false},
		{"an empty audience", rs, changed(sound, said{"aud": []string{}}), key, false},
		{"two audiences, nobody authorized", rs, changed(sound, said{"aud": []string{"sinergi", "x"}}), key, false},
		{"two audiences, another authorized", rs, changed(sound, said{"aud": []string{"sinergi", "x"}, "azp": "x"}), key, false},
		{"another authorized", rs, changed(sound, said{"azp": "x"}), key, false},
		{"an empty azp", rs, changed(sound, said{"azp": ""}), key, false},
		{"no subject", rs, changed(sound, said{"sub": nil}), key, false},
		{"an empty subject", rs, changed(sound, said{"sub": ""}), key, false},
		{"a subject of a thousand", rs, changed(sound, said{"sub": strings.Repeat("x", 1000)}), key, false},
		{"expired", rs, changed(sound, said{"exp": at(-61 * time.Second)}), key, false},
		{"no end", rs, changed(sound, said{"exp": nil}), key, false},
		{"issued in the future", rs, changed(sound, said{"iat": at(61 * time.Second)}), key, false},
		{"never issued", rs, changed(sound, said{"iat": nil}), key, false},
		{"not yet good", rs, changed(sound, said{"nbf": at(61 * time.Second)}), key, false},
		{"authenticated in the future", rs, changed(sound, said{"auth_time": at(61 * time.Second), "acr": "mfa"}), key, false},
		{"authenticated beyond time", rs, changed(sound, said{"auth_time": 1e300, "acr": "mfa"}), key, false},
		{"another nonce", rs, changed(sound, said{"nonce": "m"}), key, false},
		{"no nonce", rs, changed(sound, said{"nonce": nil}), key, false},
		{"a logout token", rs, changed(sound, said{"events": said{}}), key, false},
		{"an access token by its head", said{"alg": "RS256", "kid": "r", "typ": "at+jwt"}, sound, key, false},
		{"an access token by its claim", rs, changed(sound, said{"typ": "Bearer"}), key, false},

		{"alg none", said{"alg": "none"}, sound, nil, false},
		{"alg None", said{"alg": "None", "kid": "r"}, sound, nil, false},
		{"no alg", said{"kid": "r"}, sound, key, false},
		{"HS256 with the public key", said{"alg": "HS256", "kid": "r"}, sound, public, false},
		{"HS256 with the key's number", said{"alg": "HS256", "kid": "r"}, sound, key.N.Bytes(), false},
		{"RS512, which is not on the list", said{"alg": "RS512", "kid": "r"}, sound, key, false},
		{"ES256 said of an RSA signature", said{"alg": "ES256", "kid": "r"}, sound, key, false},
		{"unsigned", rs, sound, nil, false},
		{"another's key under our kid", rs, sound, other, false},
		{"another's key under its own kid", said{"alg": "RS256", "kid": "x"}, sound, other, false},
		{"the kid of another key", said{"alg": "RS256", "kid": "e"}, sound, key, false},
		{"a kid like a path", said{"alg": "RS256", "kid": "../../keys"}, sound, other, false},
		{"a kid like SQL", said{"alg": "RS256", "kid": "' OR 1=1 --"}, sound, other, false},
		{"a key in the head", said{"alg": "RS256", "kid": "r", "jwk": jwk("r", other.Public())}, sound, other, false},
		{"a key address in the head", said{"alg": "RS256", "kid": "r", "jku": "https://evil.example/keys"}, sound, other, false},
		{"a certificate in the head", said{"alg": "RS256", "kid": "r", "x5c": []string{b64(der)}}, sound, other, false},
		{"an unknown critical head", said{"alg": "RS256", "kid": "r", "crit": []string{"x"}, "x": 1}, sound, key, false},
	} {
		id, err := p.verify(context.Background(), signed(t, c.header, c.claims, c.key), "n")
		if c.good != (err == nil) || err != nil && publicOf(err).reason != errSignIn.reason {
			t.Errorf("%s: got %v", c.name, err)
		}
		if err != nil && id != (identity{}) {
			t.Errorf("%s: a refused token proves %v", c.name, id)
		}
		if err == nil && (id.subject != "rina" || id.issuer != i.name || !id.mfa.IsZero()) {
			t.Errorf("%s: got %+v", c.name, id)
		}
	}
	good := signed(t, rs, sound, key)
	head, rest, _ := strings.Cut(good, ".")
	body, sign, _ := strings.Cut(rest, ".")
	general, _ := json.Marshal(said{"payload": body, "signatures": []said{{"protected": head, "signature": sign}}})
	flat, _ := json.Marshal(said{"payload": body, "protected": head, "signature": sign, "header": said{"kid": "r"}})
	for name, token := range map[string]string{
		"nothing": "", "points": "..", "two parts": head + "." + body, "four parts": good + ".x", "five parts": "a.b.c.d.e",
		"JSON": string(general), "flat JSON": string(flat), "cut": good[:len(good)-9], "spaces": " " + good,
		"a bit of the body": head + "." + body[:9] + "A" + body[10:] + "." + sign,
	} {
		if _, err := p.verify(context.Background(), token, ""); err == nil {
			t.Errorf("%s proves somebody", name)
		}
	}
}

func TestTheSecondFactorIsWhatTheProviderVouchesFor(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	now := time.Now().Truncate(time.Second)
	p := i.trusting(func() time.Time { return now })
	key := newRSA(t)
	i.set("r", key)
	for _, c := range []struct {
		name string
		with said
		want time.Time
	}{
		{"nothing said", nil, time.Time{}},
		{"acr that counts, no time", said{"acr": "mfa"}, time.Time{}},
		{"time, acr that does not count", said{"acr": "pwd", "auth_time": now.Unix()}, time.Time{}},
		{"time alone", said{"auth_time": now.Unix()}, time.Time{}},
		{"amr is no acr", said{"amr": []string{"mfa"}, "auth_time": now.Unix()}, time.Time{}},
		{"both", said{"acr": "mfa", "auth_time": now.Add(-time.Hour).Unix()}, now.Add(-time.Hour)},
		{"a moment ahead is now", said{"acr": "mfa", "auth_time": now.Add(30 * time.Second).Unix()}, now},
	} {
		claims := changed(said{"iss": i.name, "sub": "rina", "aud": "sinergi", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}, c.with)
		id, err := p.verify(context.Background(), signed(t, said{"alg": "RS256", "kid": "r"}, claims, key), "")
		if err != nil || !id.mfa.Equal(c.want) {
			t.Errorf("%s: got %v, %v, want %v", c.name, id.mfa, err, c.want)
		}
	}
}

func TestKeysAreFollowedAndNotFloodedFor(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	p := i.trusting(time.Now)
	first, second := newRSA(t), newRSA(t)
	i.set("1", first)
	token := func(kid string, key crypto.Signer) string {
		return signed(t, said{"alg": "RS256", "kid": kid}, said{
			"iss": i.name, "sub": "rina", "aud": "sinergi", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		}, key)
	}
	proves := func(name, token string, want bool) {
		t.Helper()
		if _, err := p.verify(context.Background(), token, ""); (err == nil) != want {
			t.Errorf("%s: got %v", name, err)
		}
	}
	proves("the first key", token("1", first), true)
	i.set("2", second)
	proves("a key that came later", token("2", second), true)
	before := i.asked.Load()
	for range 200 {
		proves("an unknown key", token(newID().String(), newKeyOnce(t)), false)
	}
	if asked := i.asked.Load() - before; asked > 12 {
		t.Errorf("200 unknown keys made %d questions", asked)
	}
	proves("a known key meanwhile", token("2", second), true)
	i.takeBack("1")
	p.mu.Lock()
	p.asked = time.Now().Add(-keysLife)
	p.mu.Unlock()
	p.keysHTTP.Transport.(*guarded).often.SetLimit(rate.Inf)
	proves("the other key after a while", token("2", second), true)
	proves("a key that was taken back", token("1", first), false)
}

var newKeyOnce = func() func(t *testing.T) *rsa.PrivateKey {
	var key *rsa.PrivateKey
	return func(t *testing.T) *rsa.PrivateKey {
		if key == nil {
			key = newRSA(t)
		}
		return key
	}
}()

func TestAProviderThatIsAwayHoldsNobody(t *testing.T) {
	i := newIssuer(t)
	p := i.trusting(time.Now)
	i.down.Store(true)
	token := signed(t, said{"alg": "RS256"}, said{"iss": i.name}, newRSA(t))
	begun := time.Now()
	for range 100 {
		if _, err := p.verify(context.Background(), token, ""); publicOf(err).reason != errSignOnUnavailable.reason {
			t.Fatalf("got %v", err)
		}
	}
	if took := time.Since(begun); took > 2*time.Second {
		t.Errorf("100 calls waited %v for a provider that is away", took)
	}
	i.down.Store(false)
	p.mu.Lock()
	p.quiet = time.Time{}
	p.mu.Unlock()
	if _, err := p.verify(context.Background(), token, ""); publicOf(err).reason != errSignIn.reason {
		t.Errorf("after it came back: %v", err)
	}
	i.mu.Lock()
	i.name = "https://another.example"
	i.mu.Unlock()
	p = &provider{issuer: i.server.URL, client: "sinergi", now: time.Now, log: slog.New(slog.DiscardHandler)}
	p.ask()
	if _, _, err := p.discovered(); err == nil {
		t.Error("a provider under another name is taken")
	}
}

func TestSignOnIsConfiguredSoundlyOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	secret, open := filepath.Join(dir, "secret"), filepath.Join(dir, "open")
	for file, mode := range map[string]os.FileMode{secret: 0o600, open: 0o644} {
		if err := os.WriteFile(file, []byte("s3cret\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		cfg  Config
		ok   bool
	}{
		{"none", Config{}, true},
		{"public", Config{SignOnIssuer: "https://sso.example", SignOnClient: "s"}, true},
		{"with a secret", Config{SignOnIssuer: "https://sso.example/realms/bogor", SignOnClient: "s", SignOnSecretFile: secret}, true},
		{"a trial on loopback", Config{SignOnIssuer: "http://127.0.0.1:9998/", SignOnClient: "s"}, true},
		{"in clear", Config{SignOnIssuer: "http://sso.example", SignOnClient: "s"}, false},
		{"no client", Config{SignOnIssuer: "https://sso.example"}, false},
		{"no issuer", Config{SignOnClient: "s"}, false},
		{"a secret that others read", Config{SignOnIssuer: "https://sso.example", SignOnClient: "s", SignOnSecretFile: open}, false},
		{"a secret that is not there", Config{SignOnIssuer: "https://sso.example", SignOnClient: "s", SignOnSecretFile: dir + "/x"}, false},
		{"a return in clear", Config{SignOnIssuer: "https://sso.example", SignOnClient: "s", SignOnRedirects: []string{"http://s.example/"}}, false},
		{"a return to the console", Config{SignOnIssuer: "https://sso.example", SignOnClient: "s", SignOnRedirects: []string{"https://s.example/cb"}}, true},
	} {
		if _, err := newProvider(c.cfg, time.Now, nil); (err == nil) != c.ok {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	p := &provider{redirects: []string{"https://s.example/cb"}}
	for uri, ok := range map[string]bool{
		"https://s.example/cb": true, "http://127.0.0.1:8123/callback": true, "http://[::1]:8123/": true,
		"https://s.example/cb/": false, "https://s.example/cb?x=1": false, "https://s.example.evil/cb": false, "http://localhost:8123/": false,
		"http://127.0.0.1/": false, "http://127.0.0.1:80@evil.example/": false, "http://127.0.0.2:1/": false, "http://evil.example:1/": false,
		"https://127.0.0.1:8123/": false, "javascript:alert(1)": false, "": false, "http://127.0.0.1:1/#x": false,
	} {
		if p.mayReturn(uri) != ok {
			t.Errorf("%s: got %v", uri, !ok)
		}
	}
}

package server_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// newApp makes an app of a unit by its administrator.
func (w *world) newApp(t testing.TB, unit string) string {
	t.Helper()
	made, err := w.accounts().CreateAccount(w.as("admin-kabupaten"), &pb.CreateAccountRequest{
		RequestId: newID(), Code: "app-" + newID()[:8], Kind: pb.AccountKind_APP, FullName: "ePuskesmas", Role: pb.Role_APP, Unit: "units/" + unit,
	})
	if err != nil {
		t.Fatal(err)
	}
	if made.GetInvitation() != nil || made.GetAccount().GetMemberships()[0].GetApproveTime() == nil {
		t.Errorf("an app needs nobody's word and has no link: got %v", made)
	}
	return made.GetAccount().GetName()
}

func (w *world) newToken(t testing.TB, req *pb.CreateAppTokenRequest) *pb.CreateAppTokenResponse {
	t.Helper()
	if req.RequestId == "" {
		req.RequestId = newID()
	}
	made, err := w.accounts().CreateAppToken(w.as("admin-kabupaten"), req)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// leaked is what a scanner of repositories looks for.
var leaked = regexp.MustCompile(`sng_(usr|app)_[0-9A-Za-z]{61}`)

func TestTokensOfAnApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	accounts := w.accounts()
	app := w.newApp(t, "PKM-CIBINONG")
	req := &pb.CreateAppTokenRequest{Name: app, RequestId: newID(), Scopes: []string{"file"}}
	first := w.newToken(t, req)
	if !leaked.MatchString(first.GetToken()) || first.GetToken() != leaked.FindString(first.GetToken()) {
		t.Errorf("no scanner finds %d characters", len(first.GetToken()))
	}
	life := time.Until(first.GetAppToken().GetExpireTime().AsTime())
	if life > 90*24*time.Hour || life < 90*24*time.Hour-time.Minute {
		t.Errorf("lives %v", life)
	}
	again := w.newToken(t, req)
	if again.GetToken() != "" || !proto.Equal(again.GetAppToken(), first.GetAppToken()) {
		t.Errorf("the same request again: got %v, want the same without the secret", again)
	}
	second := w.newToken(t, &pb.CreateAppTokenRequest{Name: app, ExpireTime: timestamppb.New(time.Now().Add(time.Hour))})
	_, err := accounts.CreateAppToken(w.as("admin-kabupaten"), &pb.CreateAppTokenRequest{Name: app, RequestId: newID()})
	refused(t, "a third", err, pb.ErrorReason_TOKEN_LIMIT)
	revoke := &pb.RevokeAppTokenRequest{Name: first.GetAppToken().GetName(), RequestId: newID()}
	ended, err := accounts.RevokeAppToken(w.as("admin-kabupaten"), revoke)
	if err != nil || ended.GetRevokeTime() == nil {
		t.Fatalf("revoke: got %v, %v", ended, err)
	}
	if again, err := accounts.RevokeAppToken(w.as("admin-kabupaten"), revoke); err != nil || !proto.Equal(again, ended) {
		t.Errorf("revoke again by the same request: got %v, %v", again, err)
	}
	_, err = accounts.RevokeAppToken(w.as("admin-kabupaten"), &pb.RevokeAppTokenRequest{Name: revoke.Name, RequestId: newID()})
	refused(t, "revoke again", err, pb.ErrorReason_ACCOUNT_STATE)
	for who, token := range map[string]string{"first": first.GetToken(), "second": second.GetToken()} {
		w.holding(who, token)
	}
	w.call("first", "GET", "/v1/units", nil).expect(t, 401, []string{"UNAUTHENTICATED"}, nil)
	w.call("second", "GET", "/v1/units", nil).expect(t, 200, nil, nil)

	listed, err := accounts.ListAppTokens(w.as("admin-kabupaten"), &pb.ListAppTokensRequest{Name: app})
	if err != nil || len(listed.GetTokens()) != 2 {
		t.Fatalf("list: got %v, %v", listed, err)
	}
	for _, token := range listed.GetTokens() {
		used := token.GetName() == second.GetAppToken().GetName()
		if (token.GetLastUseTime() != nil) != used || used && !token.GetLastUseTime().AsTime().Equal(time.Now().UTC().Truncate(time.Hour)) {
			t.Errorf("%s was last used %v", token.GetName(), token.GetLastUseTime())
		}
	}
	// The head of the unit is told, once for each change.
	told := w.call("kepala-cibinong", "GET", "/v1/notices", nil)
	if n := strings.Count(string(told.Body), "ACCOUNT_CHANGED"); n != 4 {
		t.Errorf("the supervisor was told %d times, want 4: %s", n, told.Body)
	}
	w.verified(t)
}

func TestOnlyTheUnitsAdministratorMakesTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := w.newApp(t, "PKM-CIBINONG")
	token := w.newToken(t, &pb.CreateAppTokenRequest{Name: app})
	self := w.holding("itself", token.GetToken())
	w.stale(t, "admin-kabupaten")
	for _, c := range []struct {
		as, app string
		want    pb.ErrorReason_Value
	}{
		{"kepala-cibinong", app, pb.ErrorReason_ACTION_NOT_ALLOWED},
		{"bidan-cibinong", app, pb.ErrorReason_ACTION_NOT_ALLOWED},
		{"penelaah", app, pb.ErrorReason_ACTION_NOT_ALLOWED},
		{"auditor", app, pb.ErrorReason_ACTION_NOT_ALLOWED},
		{self, app, pb.ErrorReason_ACTION_NOT_ALLOWED},
		{"admin-kabupaten!", app, pb.ErrorReason_STEP_UP_REQUIRED}, // without a second factor
		{"admin-kabupaten", w.accountOf(t, "bidan-cibinong"), pb.ErrorReason_ACTION_NOT_ALLOWED},
		{"admin-kabupaten", w.accountOf(t, "admin-kabupaten"), pb.ErrorReason_ACTION_NOT_ALLOWED},
		{"admin-kabupaten", "accounts/" + newID(), pb.ErrorReason_ACTION_NOT_ALLOWED},
		{"admin-kabupaten", "nonsense", pb.ErrorReason_ACTION_NOT_ALLOWED},
	} {
		ctx := w.as(c.as)
		_, err := w.accounts().CreateAppToken(ctx, &pb.CreateAppTokenRequest{Name: c.app, RequestId: newID()})
		refused(t, c.as+" makes a token of "+c.app, err, c.want)
		_, err = w.accounts().ListAppTokens(ctx, &pb.ListAppTokensRequest{Name: c.app})
		refused(t, c.as+" lists the tokens of "+c.app, err, c.want)
		if c.app == app {
			_, err = w.accounts().RevokeAppToken(ctx, &pb.RevokeAppTokenRequest{Name: token.GetAppToken().GetName(), RequestId: newID()})
			refused(t, c.as+" revokes it", err, c.want)
		}
	}
	_, err := w.accounts().RevokeAppToken(w.as("admin-kabupaten"), &pb.RevokeAppTokenRequest{Name: "tokens/ABCDEFGHIJKL", RequestId: newID()})
	refused(t, "a token that never was", err, pb.ErrorReason_ACTION_NOT_ALLOWED)
	session := strings.TrimPrefix(w.token("bidan-cibinong"), "sng_usr_")[:12]
	_, err = w.accounts().RevokeAppToken(w.as("admin-kabupaten"), &pb.RevokeAppTokenRequest{Name: "tokens/" + session, RequestId: newID()})
	refused(t, "a person's session is no token", err, pb.ErrorReason_ACTION_NOT_ALLOWED)
}

func TestWhatATokenIsAskedForIsChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := w.newApp(t, "PKM-CIBINONG")
	day := 24 * time.Hour
	for name, req := range map[string]*pb.CreateAppTokenRequest{
		"scopes[0]":         {Scopes: []string{"read"}},
		"cidrs[1]":          {Cidrs: []string{"10.0.0.0/8", "10.0.0.0/33"}},
		"cidrs[0]":          {Cidrs: []string{"fe80::1%eth0"}},
		"certificateSha256": {CertificateSha256: strings.Repeat("g", 64)},
		"expireTime":        {ExpireTime: timestamppb.New(time.Now().Add(90*day + 2*time.Minute))},
	} {
		req.Name, req.RequestId = app, newID()
		_, err := w.accounts().CreateAppToken(w.as("admin-kabupaten"), req)
		if refused(t, name, err, pb.ErrorReason_INVALID_FIELD); firstField(err) != name {
			t.Errorf("%s: the field is %s", name, firstField(err))
		}
	}
	for _, req := range []*pb.CreateAppTokenRequest{
		{ExpireTime: timestamppb.New(time.Now().Add(-time.Second))},
		{CertificateSha256: "ab"},
		{CertificateSha256: strings.Repeat("0", 64)},
		{Cidrs: []string{"10.0.0.0/8 192.168.0.0/16"}},
		{Cidrs: []string{"::ffff:0:0/90"}},
		{Cidrs: []string{"kantor"}},
	} {
		req.Name, req.RequestId = app, newID()
		_, err := w.accounts().CreateAppToken(w.as("admin-kabupaten"), req)
		refused(t, req.String(), err, pb.ErrorReason_INVALID_FIELD)
	}
	made := w.newToken(t, &pb.CreateAppTokenRequest{Name: app, Cidrs: []string{"10.1.2.3/16", "2001:DB8::1", "::ffff:10.2.0.0/112"}, Scopes: []string{"status", "file", "file"}})
	if got := strings.Join(made.GetAppToken().GetCidrs(), " "); got != "10.1.0.0/16 2001:db8::1/128 10.2.0.0/16" {
		t.Errorf("networks: got %s", got)
	}
	if got := strings.Join(made.GetAppToken().GetScopes(), " "); got != "file status" {
		t.Errorf("scopes: got %s", got)
	}
}

func TestATokenIsTakenFromItsNetworksAlone(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	w := configuredWorld(t, func(c *server.Config) { c.TrustedProxies = trusted })
	app := w.newApp(t, "PKM-CIBINONG")
	from := func(token, forwarded string, rpc bool) bool {
		t.Helper()
		if rpc {
			ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token, "x-forwarded-for", forwarded)
			_, err := pb.NewDirectoryServiceClient(w.conn).ListUnits(ctx, &pb.ListUnitsRequest{})
			if err != nil {
				refused(t, forwarded, err, pb.ErrorReason_UNAUTHENTICATED)
			}
			return err == nil
		}
		req, err := http.NewRequest("GET", "http://"+w.served.HTTP+"/v1/units", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("X-Forwarded-For", forwarded)
		resp, err := wide.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		_, _ = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode == 200
	}
	for _, cidrs := range []string{"203.0.113.0/24 2001:db8:1::/48 198.51.100.7", ""} {
		made := w.newToken(t, &pb.CreateAppTokenRequest{Name: app, Cidrs: strings.Fields(cidrs)})
		for forwarded, want := range map[string]bool{
			"203.0.113.1":                              true,
			"203.0.112.255":                            false,
			"203.0.114.0":                              false,
			"198.51.100.7":                             true,
			"198.51.100.8":                             false,
			"::ffff:203.0.113.9":                       true,
			"::ffff:cb00:7109":                         true,
			"::ffff:203.0.112.9":                       false,
			"2001:db8:1:ffff:ffff:ffff:ffff:ffff":      true,
			"2001:db8:2::1":                            false,
			"::203.0.113.1":                            false, // IPv4-compatible is no IPv4
			"203.0.113.1, 198.18.0.1":                  false, // the left one anybody may have written
			"198.18.0.1, 203.0.113.1":                  true,
			"203.0.113.1, 10.1.2.3":                    true, // behind two of our proxies
			"203.0.113.1, 10.1.2.3, fd00::1":           true,
			"203.0.113.1, nonsense":                    false,
			"198.18.0.1, 203.0.113.1, 10.1.2.3":        true,
			"203.0.113.1, 198.18.0.1, 10.1.2.3":        false,
			"":                                         false, // our own proxy, which is no network of the token's
			"127.0.0.1":                                false,
			"203.0.113.1,":                             false,
			"0.0.0.0":                                  false,
			"203.0.113.1:80":                           false,
			"2001:db8:1::1%eth0":                       true,
			"203.0.113.1, ::ffff:10.1.2.3":             true,
			"fd00::1, 203.0.113.1":                     true,
			"203.0.113.1, fd00::1, 10.9.9.9, 10.0.0.1": true,
		} {
			for _, rpc := range []bool{false, true} {
				if got := from(made.GetToken(), forwarded, rpc); got != (want || cidrs == "") {
					t.Errorf("networks %q, from %q, by gRPC %v: got %v", cidrs, forwarded, rpc, got)
				}
			}
		}
	}
}

// clientCertificate makes one that nobody vouches for.
func clientCertificate(t testing.TB) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, hex.EncodeToString(sum[:])
}

func TestATokenIsTakenWithItsCertificateAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certFile, keyFile, roots := serverPair(t, dir)
	its, fingerprint := clientCertificate(t)
	other, _ := clientCertificate(t)
	for _, behindProxy := range []bool{false, true} {
		w := configuredWorld(t, func(c *server.Config) {
			if c.TLSCert, c.TLSKey = certFile, keyFile; behindProxy {
				c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
			}
		})
		w.conn.Close()
		dial := func(certificates ...tls.Certificate) (*grpc.ClientConn, *http.Client) {
			config := &tls.Config{RootCAs: roots, Certificates: certificates}
			conn, err := grpc.NewClient(w.served.GRPC, grpc.WithTransportCredentials(credentials.NewTLS(config)))
			if err != nil {
				t.Fatal(err)
			}
			rest := &http.Client{Transport: &http.Transport{TLSClientConfig: config.Clone()}}
			t.Cleanup(func() { conn.Close(); rest.CloseIdleConnections() })
			return conn, rest
		}
		w.conn, _ = dial()
		app := w.newApp(t, "PKM-CIBINONG")
		bound := w.newToken(t, &pb.CreateAppTokenRequest{Name: app, CertificateSha256: strings.ToUpper(fingerprint)}).GetToken()
		free := w.newToken(t, &pb.CreateAppTokenRequest{Name: app}).GetToken()
		for _, c := range []struct {
			name string
			with []tls.Certificate
			want bool
		}{
			{"its certificate", []tls.Certificate{its}, !behindProxy},
			{"another", []tls.Certificate{other}, false},
			{"none", nil, false},
		} {
			conn, rest := dial(c.with...)
			for token, want := range map[string]bool{bound: c.want, free: true} {
				ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token, "x-sinergi-certificate", fingerprint)
				if _, err := pb.NewDirectoryServiceClient(conn).ListUnits(ctx, &pb.ListUnitsRequest{}); (err == nil) != want {
					t.Errorf("by gRPC with %s, behind a proxy %v: got %v, want %v", c.name, behindProxy, err, want)
				}
				req, err := http.NewRequest("GET", "https://"+w.served.HTTP+"/v1/units", nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Authorization", "Bearer "+token)
				req.Header.Set("X-Sinergi-Certificate", fingerprint)
				req.Header.Set("Grpc-Metadata-X-Sinergi-Certificate", fingerprint)
				resp, err := rest.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if (resp.StatusCode == 200) != want {
					t.Errorf("by REST with %s, behind a proxy %v: got %d, want %v", c.name, behindProxy, resp.StatusCode, want)
				}
			}
		}
	}
}

// serverPair makes the server's own certificate for 127.0.0.1.
func serverPair(t testing.TB, dir string) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), IsCA: true, BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile, roots = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), x509.NewCertPool()
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile, roots
}

// A token is changed while the app works: it makes the second, takes it over, and the first is revoked. No call fails.
func TestATokenIsChangedUnderLoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := w.newApp(t, "PKM-CIBINONG")
	var token atomic.Pointer[string]
	first := w.newToken(t, &pb.CreateAppTokenRequest{Name: app})
	token.Store(&first.Token)
	stop, ended := make(chan struct{}), make(chan error)
	var calls atomic.Int64
	var uses [4]atomic.Pointer[string] // of each caller: the token of its last call that ended
	for i := range uses {
		go func() {
			for {
				select {
				case <-stop:
					ended <- nil
					return
				default:
				}
				mine := token.Load()
				ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+*mine)
				if _, err := pb.NewGrowthServiceClient(w.conn).Assess(ctx, &pb.AssessRequest{Children: []*pb.MeasuredChild{{
					Sex: pb.Sex_FEMALE,
				}}}); err != nil {
					ended <- err
					return
				}
				calls.Add(1)
				uses[i].Store(mine)
			}
		}()
	}
	old := first
	for range 5 {
		fresh := w.newToken(t, &pb.CreateAppTokenRequest{Name: app})
		token.Store(&fresh.Token)
		for i := range uses { // calls that began with the old one end
			for deadline := time.Now().Add(10 * time.Second); uses[i].Load() != &fresh.Token && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
		}
		if _, err := w.accounts().RevokeAppToken(w.as("admin-kabupaten"), &pb.RevokeAppTokenRequest{Name: old.GetAppToken().GetName(), RequestId: newID()}); err != nil {
			t.Fatal(err)
		}
		old = fresh
	}
	close(stop)
	for range uses {
		if err := <-ended; err != nil {
			t.Errorf("a call failed while the token was changed: %v", err)
		}
	}
	if calls.Load() < 20 {
		t.Errorf("only %d calls were under way", calls.Load())
	}
}

// Two tokens are one app: its request ids, its filings.
func TestTwoTokensAreOneApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app := w.newApp(t, "POS-MELATI-3")
	one := w.holding("one", w.newToken(t, &pb.CreateAppTokenRequest{Name: app}).GetToken())
	two := w.holding("two", w.newToken(t, &pb.CreateAppTokenRequest{Name: app, Scopes: []string{"status"}}).GetToken())
	body := stuntedChild()
	body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}
	body["disclosures"] = []object{{"basis": "CARE"}}
	filed := w.call(one, "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, nil, nil)
	again := w.call(one, "POST", "/v1/referrals:file", body)
	if !bytes.Equal(filed.tight().Body, again.tight().Body) {
		t.Errorf("the same request again: %s, then %s", filed.Body, again.Body)
	}
	w.call(two, "POST", "/v1/referrals:file", body).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil) // its scope
	w.call(two, "GET", "/v1/referrals/"+filed.text("legs.0.number"), nil).expect(t, 200, nil, nil)
	w.call("app-melati", "GET", "/v1/referrals/"+filed.text("legs.0.number"), nil).expect(t, 404, nil, nil) // another app of the unit
}

// The hour of a token's last use outlives the server: the sweep writes it, and the calls do not.
func TestTheLastUseOfATokenIsKept(t *testing.T) {
	t.Parallel()
	clock := &movedClock{}
	dir := t.TempDir()
	w := serveWorld(t, server.RegencyConfig{Dir: dir, Now: clock.now, Unlimited: true, NoSweep: true})
	app := w.newApp(t, "PKM-CIBINONG")
	made := w.newToken(t, &pb.CreateAppTokenRequest{Name: app})
	used := w.holding("used", made.GetToken())
	kept := func() (at time.Time) {
		t.Helper()
		_, err := store.Read(t.Context(), w.served.Store, func(r *store.Reader) (struct{}, error) {
			token, ok, err := r.AppToken(strings.TrimPrefix(made.GetAppToken().GetName(), "tokens/"))
			if !ok {
				t.Error("the token is away")
			}
			at = token.LastUsed
			return struct{}{}, err
		})
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for range 3 {
		w.call(used, "GET", "/v1/units", nil).expect(t, 200, nil, nil)
	}
	if at := kept(); !at.IsZero() {
		t.Errorf("a call has written %v", at)
	}
	for range 2 {
		want := clock.now().UTC().Truncate(time.Hour)
		w.call(used, "GET", "/v1/units", nil).expect(t, 200, nil, nil)
		if err := w.served.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if at := kept(); !at.Equal(want) {
			t.Errorf("last used %v, want %v", at, want)
		}
		clock.move(2 * time.Hour)
	}
	w.verified(t)
}

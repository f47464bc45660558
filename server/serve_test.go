package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

func prefixes(t *testing.T, texts ...string) (all []netip.Prefix) {
	t.Helper()
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestAddressesBeyondThisMachineNeedTLS(t *testing.T) {
	t.Parallel()
	proxied := Config{HTTP: "0.0.0.0:0", URL: "https://sinergi.example", TrustedProxies: prefixes(t, "10.0.0.0/8")}
	for _, c := range []struct {
		name string
		cfg  Config
		ok   bool
	}{
		{"nothing said", Config{}, true},
		{"localhost", Config{HTTP: "localhost:0", GRPC: "[::1]:0"}, true},
		{"REST on every address", Config{HTTP: "0.0.0.0:0"}, false},
		{"REST on an empty host", Config{HTTP: ":0"}, false},
		{"gRPC on every address", Config{GRPC: "[::]:0"}, false},
		{"an address of the network", Config{HTTP: "192.0.2.1:0"}, false},
		{"a name of the network", Config{HTTP: "localhost.example:0"}, false},
		{"behind a trusted proxy", proxied, true},
		{"https alone", Config{HTTP: "0.0.0.0:0", URL: "https://sinergi.example"}, false},
		{"a key without its certificate", Config{TLSKey: "x"}, false},
		{"no port", Config{HTTP: "127.0.0.1"}, false},
	} {
		_, err := c.cfg.completed()
		if (err == nil) != c.ok {
			t.Errorf("%s: got %v", c.name, err)
		}
		if err != nil && strings.Contains(c.name, "every") && !strings.Contains(err.Error(), "--tls-cert") {
			t.Errorf("%s: %q names no remedy", c.name, err)
		}
	}
	open := Config{HTTP: "0.0.0.0:1", GRPC: "127.0.0.1:1", Docs: "auto"}
	if open.on(open.Docs) {
		t.Error("the API browser is on beyond this machine")
	}
}

// writePair makes a certificate for 127.0.0.1 with a serial number.
func writePair(t *testing.T, dir string, serial int64) (certFile, keyFile string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		changed := time.Now().Add(time.Duration(serial) * time.Second) // file systems count coarsely
		if err := os.Chtimes(file, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile, pool
}

func TestTLSIsRealAndRenewed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certFile, keyFile, pool := writePair(t, dir, 1)
	f := newFace(t, func(c *Config) { c.HTTP, c.GRPC, c.TLSCert, c.TLSKey = "0.0.0.0:0", "0.0.0.0:0", certFile, keyFile })
	rest, rpc := f.Addresses()
	rest, rpc = local(rest), local(rpc)
	if _, err := tls.Dial("tcp", rest, &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("REST takes TLS 1.1")
	}
	if _, err := tls.Dial("tcp", rpc, &tls.Config{RootCAs: pool, MaxVersion: tls.VersionTLS12, NextProtos: []string{"h2"}}); err == nil {
		t.Error("gRPC takes TLS 1.2")
	}
	if got := serialOf(t, rest, pool); got != 1 {
		t.Errorf("certificate %d, want 1", got)
	}
	conn, err := grpc.NewClient(rpc, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: pool})))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := pb.NewGrowthServiceClient(conn).Assess(asCaller(t), &pb.AssessRequest{Children: []*pb.MeasuredChild{{Sex: pb.Sex_MALE}}}); err != nil {
		t.Errorf("gRPC over TLS: %v", err)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("https://" + rest + "/healthz")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("REST over TLS: %v, %v", resp, err)
	}
	resp.Body.Close()
	_, _, pool = writePair(t, dir, 2)
	if got := serialOf(t, rest, pool); got != 2 {
		t.Errorf("after the renewal certificate %d, want 2", got)
	}
	if err := os.WriteFile(certFile, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serialOf(t, rest, pool); got != 2 {
		t.Errorf("amid a renewal certificate %d, want 2", got)
	}
}

func local(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return net.JoinHostPort("127.0.0.1", port)
}

func serialOf(t *testing.T, address string, pool *x509.CertPool) int64 {
	t.Helper()
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: pool})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestStopLetsCallsEndAndStreamsGo(t *testing.T) {
	f := newFace(t, nil)
	inside, goOn := make(chan struct{}, 2), make(chan struct{})
	f.probe.do = func(context.Context) error {
		inside <- struct{}{}
		<-goOn
		return nil
	}
	watch, err := healthpb.NewHealthClient(f.conn).Watch(asCaller(t), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if first, err := watch.Recv(); err != nil || first.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Fatalf("watch: got %v, %v", first, err)
	}
	answers := make(chan error, 2)
	go func() { answers <- f.assessOne(asCaller(t)) }()
	go func() {
		_, err := f.try("POST", growthPath, strings.NewReader(`{"children":[`+soundChild+`]}`))
		answers <- err
	}()
	<-inside
	<-inside
	ended := make(chan error, 1)
	begun := time.Now()
	go func() { ended <- f.end() }()
	if next, err := watch.Recv(); err == nil && next.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("on stop the watch says %v", next)
	}
	close(goOn)
	for range 2 {
		if err := <-answers; err != nil {
			t.Errorf("a call that was under way: %v", err)
		}
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the stop took %v", took)
	}
	if _, err := f.try("GET", "/healthz", nil); err == nil {
		t.Error("it still listens")
	}
}

// BenchmarkREST is one call of REST with its client: what the gateway, the walk and the chain cost.
func BenchmarkREST(b *testing.B) {
	f := newFace(b, func(c *Config) { c.LogLevel = "error" })
	body := `{"children":[` + soundChild + `]}`
	for b.Loop() {
		if a := f.send("POST", growthPath, body); a.code != 200 {
			b.Fatal(a.body)
		}
	}
}

// BenchmarkGRPC is the same by gRPC.
func BenchmarkGRPC(b *testing.B) {
	f := newFace(b, func(c *Config) { c.LogLevel = "error" })
	ctx := asCaller(b)
	for b.Loop() {
		if err := f.assessOne(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

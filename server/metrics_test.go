package server

import (
	"context"
	"crypto/tls"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// metricsOf reads the page.
func (f *face) metricsOf() string {
	f.t.Helper()
	resp, err := http.Get("http://" + f.MetricsAddress() + "/metrics")
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		f.t.Fatalf("/metrics: got %d, %v", resp.StatusCode, err)
	}
	return string(page)
}

var metricLine = regexp.MustCompile(`(?m)^(sinergi_\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? (\S+)$`)

func TestMetricsCarryMethodAndCodeAlone(t *testing.T) {
	t.Parallel()
	f := newFace(t, func(c *Config) { c.Metrics = "127.0.0.1:0" })
	if a := f.send("POST", growthPath, `{"children":[`+soundChild+`]}`); a.code != 200 {
		t.Fatal(a.body)
	}
	f.probe.do = func(context.Context) error { panic("Siti Aminah") }
	_ = f.assessOne(asCaller(t))
	f.send("POST", growthPath, `{}`, "Authorization", "")
	f.send("GET", "/v1/cases/Siti", ``)
	for _, made := range []string{"SitiAminah", "A", "B", "C"} { // a caller mints no label
		_ = f.conn.Invoke(asCaller(t), "/sinergi.v1.GrowthService/"+made, &pb.AssessRequest{}, &pb.AssessResponse{})
		f.send("GET", "/v1/"+made, "")
	}
	page := f.metricsOf()
	names, labels := map[string]bool{}, map[string]bool{}
	for _, m := range metricLine.FindAllStringSubmatch(page, -1) {
		names[m[1]] = true
		for _, label := range regexp.MustCompile(`(\w+)="`).FindAllStringSubmatch(m[2], -1) {
			labels[label[1]] = true
		}
	}
	if got, want := slices.Sorted(maps.Keys(names)), []string{"sinergi_call_duration_seconds", "sinergi_calls_in_flight", "sinergi_calls_total"}; !slices.Equal(got, want) {
		t.Errorf("names: got %v, want %v", got, want)
	}
	if got, want := slices.Sorted(maps.Keys(labels)), []string{"code", "le", "method"}; !slices.Equal(got, want) {
		t.Errorf("labels: got %v, want %v", got, want)
	}
	for _, want := range []string{
		`sinergi_calls_total{code="OK",method="/sinergi.v1.GrowthService/Assess"} 1`,
		`sinergi_calls_total{code="Internal",method="/sinergi.v1.GrowthService/Assess"} 1`,
		`sinergi_calls_total{code="Unauthenticated",method="/sinergi.v1.GrowthService/Assess"} 1`,
		`sinergi_calls_total{code="Unimplemented",method="-"} `,
		`sinergi_call_duration_seconds_count{method="/sinergi.v1.GrowthService/Assess"} 2`,
		"sinergi_calls_in_flight 0", "process_resident_memory_bytes", "go_goroutines",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, leak := range []string{"Siti", "127.0.0.1"} {
		if strings.Contains(page, leak) || strings.Contains(f.log.String(), leak) {
			t.Errorf("%q stands in the metrics or the log", leak)
		}
	}
}

func TestMetricsAreOnTheirOwnAddressAlone(t *testing.T) {
	t.Parallel()
	off := newFace(t, nil)
	if off.MetricsAddress() != "" {
		t.Errorf("without a word: got %s", off.MetricsAddress())
	}
	f := newFace(t, func(c *Config) { c.Metrics = "127.0.0.1:0" })
	for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/vars", "/debug/requests"} {
		if a := f.send("GET", path, ""); a.code != 404 {
			t.Errorf("REST, %s: got %d", path, a.code)
		}
	}
	for _, path := range []string{"/", "/debug/pprof/", "/healthz", "/v1/cases", "/metrics/"} {
		resp, err := http.Get("http://" + f.MetricsAddress() + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 404 {
			t.Errorf("the metrics' address, %s: got %d", path, resp.StatusCode)
		}
	}
	if resp, err := http.Post("http://"+f.MetricsAddress()+"/metrics", "text/plain", nil); err != nil || resp.StatusCode != 404 {
		t.Errorf("POST: got %v, %v", resp, err)
	}
}

func TestMetricsBeyondThisMachineAreAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		cfg  Config
		ok   bool
	}{
		{"none", Config{}, true},
		{"loopback", Config{Metrics: "127.0.0.1:0"}, true},
		{"loopback of IPv6", Config{Metrics: "[::1]:0"}, true},
		{"every address", Config{Metrics: "0.0.0.0:0"}, false},
		{"an empty host", Config{Metrics: ":9091"}, false},
		{"a network's", Config{Metrics: "192.0.2.1:9091", TLSCert: "c", TLSKey: "k"}, false},
		{"asked for, in clear", Config{Metrics: "192.0.2.1:9091", MetricsRemote: true}, false},
		{"asked for, over TLS", Config{Metrics: "192.0.2.1:9091", MetricsRemote: true, TLSCert: "c", TLSKey: "k"}, true},
		{"no port", Config{Metrics: "127.0.0.1"}, false},
	} {
		if _, err := c.cfg.completed(); (err == nil) != c.ok {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	dir := t.TempDir()
	certFile, keyFile, pool := writePair(t, dir, 1)
	f := newFace(t, func(c *Config) {
		c.TLSCert, c.TLSKey, c.Metrics, c.MetricsRemote = certFile, keyFile, "0.0.0.0:0", true
	})
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("https://" + local(f.MetricsAddress()) + "/metrics")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("over TLS from %s: got %v, %v", filepath.Base(certFile), resp, err)
	}
	resp.Body.Close()
}

package server

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

var oneThing = regexp.MustCompile(`\{name=(\w+)/\*\}`)

// paths of the contract with an id in them, and the verbs that each has.
func (f *face) paths() map[string][]string {
	all := map[string][]string{}
	for _, r := range f.contract.routes {
		path := oneThing.ReplaceAllString(r.pattern, "$1/7f0c3e7e-58a4-4f5a-9d0a-6a5f9f3c2b11")
		all[path] = append(all[path], r.verb)
	}
	return all
}

// signingPaths are the addresses that are taken without a credential: this list, and nothing beside it.
func (f *face) signingPaths() map[string]bool {
	open := map[string]bool{}
	for _, r := range f.contract.routes {
		if slices.Contains(signingMethods, r.method) {
			open[r.verb+" "+r.pattern] = true
		}
	}
	return open
}

// Who has no credential is told what is wrong with a request for one, and nothing runs for a credential that is sent along.
func TestSignInIsTakenWithoutACredential(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	for path := range f.signingPaths() {
		verb, path, _ := strings.Cut(path, " ")
		for _, credential := range []string{"", "Bearer wrong", "Bearer " + goodToken} {
			a, err := f.try(verb, path, strings.NewReader(`{"levle":1}`), "Authorization", "", "Authorization", credential)
			if err != nil {
				t.Fatal(err)
			}
			if reason, _ := a.reason(t); a.code != 400 || reason != "INVALID_FIELD" {
				t.Errorf("%s with %q: got %d %s, want 400", path, credential, a.code, reason)
			}
		}
	}
}

// PC-24: the method that runs is the one that was written; nothing is guessed from body or headers.
func trapNothingIsGuessed(t *testing.T) {
	f := newFace(t, nil)
	const times = 20
	for path, verbs := range f.paths() {
		for _, verb := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"} {
			if slices.Contains(verbs, verb) {
				continue
			}
			for range times {
				a := f.send(verb, path, "", "Content-Type", "application/x-www-form-urlencoded", "X-HTTP-Method-Override", "GET")
				if reason, _ := a.reason(t); a.code != 405 || reason != "METHOD_NOT_ALLOWED" {
					t.Fatalf("%s %s: got %d %s, want 405", verb, path, a.code, reason)
				}
			}
		}
		if !slices.Contains(verbs, "POST") {
			continue
		}
		for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "", "application/json; charset=latin1"} {
			for _, override := range []string{"DELETE", "GET", "PATCH"} {
				a := f.send("POST", path, `name=x`, "Content-Type", kind, "X-HTTP-Method-Override", override)
				if reason, _ := a.reason(t); a.code != 415 || reason != "CONTENT_TYPE" {
					t.Fatalf("POST %s as %q: got %d %s, want 415", path, kind, a.code, reason)
				}
			}
		}
	}
	if n := f.probe.calls(); n != 0 || f.legs.got != nil {
		t.Errorf("%d handlers ran", n)
	}
}

func trapEveryRouteAsks(t *testing.T) {
	f := newFace(t, nil)
	if n := len(f.contract.routes); n < 15 {
		t.Fatalf("%d routes of the descriptors, want all", n)
	}
	open := f.signingPaths()
	if len(open) != 7 {
		t.Errorf("without a credential are taken %v, want the seven by which one gets it", open)
	}
	for path, verbs := range f.paths() {
		for _, verb := range verbs {
			if open[verb+" "+path] {
				continue
			}
			for _, credential := range []string{"", "Basic Z29vZA==", "Bearer wrong", "Bearer", "good"} {
				a, err := f.try(verb, path, strings.NewReader(`{"levle":1}`), "Authorization", "")
				if credential != "" {
					a, err = f.try(verb, path, strings.NewReader(`{"levle":1}`), "Authorization", "", "Authorization", credential)
				}
				if err != nil {
					t.Fatal(err)
				}
				if reason, violations := a.reason(t); a.code != 401 || reason != "UNAUTHENTICATED" || violations != nil {
					t.Errorf("%s %s with %q: got %d %s %v, want 401 alone", verb, path, credential, a.code, reason, violations)
				}
				if a.header.Get("WWW-Authenticate") != "Bearer" {
					t.Errorf("%s %s: WWW-Authenticate is %q", verb, path, a.header.Get("WWW-Authenticate"))
				}
			}
		}
	}
}

func trapTwoCredentials(t *testing.T) {
	f := newFace(t, nil)
	ctx := metadata.AppendToOutgoingContext(asCaller(t), "authorization", "Bearer "+goodToken)
	for range 1000 {
		a := f.send("POST", growthPath, `{"children":[`+soundChild+`]}`, "Authorization", "Bearer "+goodToken)
		if a.code != 401 {
			t.Fatalf("by REST: got %d", a.code)
		}
		if _, err := f.growth().Assess(ctx, &pb.AssessRequest{}); status.Code(err) != codes.Unauthenticated {
			t.Fatalf("by gRPC: got %v", err)
		}
	}
	if f.probe.calls() != 0 {
		t.Error("a handler ran")
	}
}

// smuggled are what a client may try to pass for something that the transport or the gateway says.
var smuggled = []string{
	"Grpc-Metadata-Authorization", "Grpc-Metadata-X-Sinergi-Peer", "Grpc-Metadata-Idempotency-Key", "Grpc-Metadata-Foo",
	"Grpcgateway-Authorization", "Grpcgateway-User-Agent", "Grpcgateway-Cookie", "X-Forwarded-For", "X-Forwarded-Host",
	"X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "X-Sinergi-Peer", "X-Sinergi-Request", "X-Sinergi-Faults-Bin",
	"Grpc-Metadata-X-Sinergi-Faults-Bin", "Cookie", "Grpc-Timeout", "Grpc-Encoding", "X-Http-Method-Override", "Te",
}

func trapSmuggledHeaders(t *testing.T) {
	f := newFace(t, nil)
	headers := []string{"Idempotency-Key", "k", "If-Match", `"v1"`, "Accept-Language", "id", "Last-Event-ID", "9"}
	for _, name := range smuggled {
		headers = append(headers, name, "1.2.3.4")
	}
	if a := f.send("POST", growthPath, `{"children":[`+soundChild+`]}`, headers...); a.code != 200 {
		t.Fatalf("got %d %s", a.code, a.body)
	}
	want := []string{
		":authority", "accept-language", "authorization", "content-type", "idempotency-key", "if-match", "last-event-id",
		"user-agent", "x-sinergi-peer", "x-sinergi-request",
	}
	got := f.probe.seen[0]
	names := make([]string, 0, len(got))
	for name, values := range got {
		names = append(names, name)
		if len(values) != 1 {
			t.Errorf("%s has %d values", name, len(values))
		}
	}
	slices.Sort(names)
	if !slices.Equal(names, want) {
		t.Errorf("metadata: got %v, want %v", names, want)
	}
	if got.Get("x-sinergi-peer")[0] != "127.0.0.1" || got.Get("authorization")[0] != "Bearer "+goodToken {
		t.Errorf("got %v", got)
	}
}

// trapSmuggledMetadata is the same by gRPC, where a client writes whatever metadata it likes.
func trapSmuggledMetadata(t *testing.T) {
	f := newFace(t, nil)
	ctx := metadata.AppendToOutgoingContext(asCaller(t), "idempotency-key", "k", "if-match", `"v1"`, "accept-language", "id", "last-event-id", "9")
	for _, name := range smuggled {
		if name = strings.ToLower(name); !strings.HasPrefix(name, "grpc-") && name != "te" { // those are the transport's own, and refused by the client
			ctx = metadata.AppendToOutgoingContext(ctx, name, "1.2.3.4")
		}
	}
	ctx = metadata.AppendToOutgoingContext(ctx, keyPeer, "1.2.3.4", keyRequest, "x", keyFaults, "x", "grpc-trace-bin", "x", "grpc-tags-bin", "x")
	if _, err := f.growth().Assess(ctx, &pb.AssessRequest{Children: []*pb.MeasuredChild{{Sex: pb.Sex_MALE}}}); err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(f.probe.seen[0]))
	if want := []string{"accept-language", "authorization", "idempotency-key", "if-match", "last-event-id"}; !slices.Equal(got, want) {
		t.Errorf("metadata: got %v, want %v", got, want)
	}
}

func trapLargeBodies(t *testing.T) {
	f := newFace(t, nil)
	for _, size := range []int64{largestBody + 1, 10 << 20} {
		for _, chunked := range []bool{false, true} {
			body := io.LimitReader(endless{}, size)
			if !chunked {
				body = strings.NewReader(strings.Repeat(" ", int(size)))
			}
			a, err := f.try("POST", growthPath, body)
			if err != nil { // the connection was closed before all was sent, which is an answer too
				continue
			}
			if reason, _ := a.reason(t); a.code != 413 || reason != "BODY_TOO_LARGE" {
				t.Errorf("%d bytes, chunked %v: got %d %s, want 413", size, chunked, a.code, reason)
			}
		}
	}
	if a := f.send("POST", growthPath, strings.Repeat(" ", largestBody-2)+"{}"); a.code == 413 {
		t.Error("1 MiB: got 413")
	}
	if f.probe.calls() != 0 {
		t.Error("a handler ran")
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestRoutesThatAreNot(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	for _, path := range []string{
		"/", "/v1", "/v1/", "/v2/cases", "/v1/cases/", "/v1/cases/a/b", "/v1/cases/a%2Fb", "/v1//cases", "/v1/../v1/cases",
		"/metrics", "/debug/pprof/", "/healthz/", "/docs", "/V1/cases", "/v1/growth:Assess", "/v1/cases/x:unknown/y", "/v1/cases/%ff", "/v1/cases/x:assess",
	} {
		a := f.send("GET", path, "")
		if reason, _ := a.reason(t); a.code != 404 && a.code != 405 || reason != "ROUTE_NOT_FOUND" && reason != "METHOD_NOT_ALLOWED" {
			t.Errorf("GET %s: got %d %s, want 404", path, a.code, reason)
		}
	}
	err := f.conn.Invoke(asCaller(t), "/sinergi.v1.GrowthService/SitiAminah", &pb.AssessRequest{}, &pb.AssessResponse{})
	if reasonIn(status.Convert(err)) != pb.ErrorReason_ROUTE_NOT_FOUND || strings.Contains(err.Error(), "Siti") {
		t.Errorf("unknown method by gRPC: got %v", err)
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	for _, path := range []string{growthPath, "/healthz", "/readyz", "/v1/nothing", "/v1/cases", "/docs/"} {
		h := f.send("GET", path, "").header
		if h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || len(h.Get("X-Request-Id")) != 36 {
			t.Errorf("GET %s: headers are %v", path, h)
		}
		for name := range h {
			if strings.HasPrefix(name, "Grpc-") {
				t.Errorf("GET %s: %s", path, name)
			}
		}
	}
}

func TestQueriesAreHeldAgainstTheRequest(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	for query, want := range map[string]string{
		"scoope=ME":                "scoope UNKNOWN_FIELD",
		"scope=MINE":               "scope UNKNOWN_VALUE",
		"scope=ME&scope=UNIT":      "scope DUPLICATE_KEY",
		"pageSize=1&page_size=2":   "pageSize DUPLICATE_KEY",
		"pageSize=many":            "pageSize WRONG_TYPE",
		"pageSize=1e99":            "pageSize WRONG_TYPE",
		"pageSize=101":             "pageSize OUT_OF_RANGE",
		"overdue=1":                "overdue WRONG_TYPE",
		"scope=ME;overdue=true":    " BAD_QUERY",
		"page_token=%ff":           "pageToken ENCODING",
		"page_token=%00":           "pageToken ENCODING",
		"Siti%20Aminah=1":          "? UNKNOWN_FIELD",
		"overdue=x&scope=y&zz=1":   "overdue WRONG_TYPE,scope UNKNOWN_VALUE,zz UNKNOWN_FIELD",
		"page_token=a&page_size=x": "pageSize WRONG_TYPE",
	} {
		a := f.send("GET", "/v1/duties?"+query, "")
		_, violations := a.reason(t)
		if got := strings.Join(violations, ","); a.code != 400 || got != want {
			t.Errorf("?%s: got %d %q, want %q", query, a.code, got, want)
		}
	}
	if a := f.send("GET", "/v1/cases/x?name=cases/y", ""); a.code != 400 {
		t.Errorf("a name in path and query: got %d", a.code)
	}
	if a := f.send("POST", growthPath+"?x=1", `{"children":[`+soundChild+`]}`); a.code != 400 {
		t.Errorf("a query on POST: got %d", a.code)
	}
	if a := f.send("GET", "/v1/duties?scope=ME&overdue=true&page_size=5", `{"levle":1}`); a.code != 404 && a.code != 501 {
		t.Errorf("a sound query, and a body that GET ignores: got %d %s", a.code, a.body)
	}
}

// A request gives the same bytes each time, within one build.
func TestEqualAnswersAreEqualBytes(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	f.probe.do = func(context.Context) error { return refusal(0) }
	bodies := map[string]int{}
	for i := range 40 {
		a := f.send("POST", growthPath, fmt.Sprintf(`{"children":[{"sex":"FEMALE","weightKg":%d}]}`, 5+i))
		if a.code != 404 {
			t.Fatalf("got %d", a.code)
		}
		bodies[a.body]++
	}
	if len(bodies) != 1 {
		t.Errorf("NOT_FOUND has %d bodies: %v", len(bodies), bodies)
	}
	for body := range bodies {
		if strings.Contains(body, "metadata") {
			t.Errorf("NOT_FOUND has metadata: %s", body)
		}
	}
}

func trapCallersAddress(t *testing.T) {
	trusted := prefixes(t, "10.0.0.0/8", "fd00::/8")
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:1", "", "203.0.113.9"},
		{"203.0.113.9:1", "1.1.1.1", "203.0.113.9"},
		{"203.0.113.9:1", "10.0.0.1", "203.0.113.9"},
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"10.0.0.1:1", "1.1.1.1", "1.1.1.1"},
		{"10.0.0.1:1", "2.2.2.2, 1.1.1.1", "1.1.1.1"},
		{"10.0.0.1:1", "1.1.1.1, 10.0.0.2", "1.1.1.1"},
		{"10.0.0.1:1", "1.1.1.1, nonsense", "10.0.0.1"},
		{"10.0.0.1:1", "nonsense, 1.1.1.1", "1.1.1.1"},
		{"[::ffff:10.0.0.1]:1", "1.1.1.1", "1.1.1.1"},
		{"[fd00::1]:1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"[2001:db8:1:2::9]:1", "1.1.1.1", "2001:db8:1:2::/64"},
		{"bufconn", "1.1.1.1", "bufconn"},
	} {
		if got := callerAddress(c.remote, []string{c.forwarded}, trusted); got != c.want {
			t.Errorf("%s for %q: got %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}

func trapLimitOfThePeer(t *testing.T) {
	f := newFace(t, func(c *Config) { c.Limits = Limits{PeerPerSecond: 0.01, PeerBurst: 5, AccountPerSecond: -1} })
	limited := 0
	for range 10 {
		a := f.send("POST", growthPath, `{}`, "X-Forwarded-For", fmt.Sprintf("1.1.1.%d", rand.IntN(255)))
		if a.code != http.StatusTooManyRequests {
			continue
		}
		limited++
		if reason, _ := a.reason(t); reason != "RATE_LIMITED" || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, "retryDelay") {
			t.Errorf("got %s, Retry-After %q", reason, a.header.Get("Retry-After"))
		}
	}
	if limited != 5 {
		t.Errorf("%d of 10 calls were limited, want 5", limited)
	}
}

func TestAccountIsLimited(t *testing.T) {
	t.Parallel()
	f := newFace(t, func(c *Config) { c.Limits = Limits{PeerPerSecond: -1, AccountPerSecond: 0.01, AccountBurst: 3} })
	var got []codes.Code
	for range 5 {
		_, err := f.growth().Assess(asCaller(t), &pb.AssessRequest{Children: []*pb.MeasuredChild{{Sex: pb.Sex_MALE}}})
		got = append(got, status.Code(err))
	}
	if want := []codes.Code{codes.OK, codes.OK, codes.OK, codes.ResourceExhausted, codes.ResourceExhausted}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

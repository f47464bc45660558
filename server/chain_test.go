package server

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// violationsOf an error by gRPC, as "field REASON".
func violationsOf(err error) (all []string) {
	for _, d := range status.Convert(err).Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok {
			for _, v := range bad.GetFieldViolations() {
				all = append(all, v.GetField()+" "+v.GetReason())
			}
		}
	}
	return all
}

func (f *face) assessOne(ctx context.Context, opts ...grpc.CallOption) error {
	_, err := f.growth().Assess(ctx, &pb.AssessRequest{Children: []*pb.MeasuredChild{{Sex: pb.Sex_MALE}}}, opts...)
	return err
}

func trapErrorsOfTheInside(t *testing.T) {
	f, asked := newFace(t, nil), 0
	for name, do := range map[string]func(context.Context) error{
		"panic":         func(context.Context) error { panic("Siti Aminah") },
		"unknown error": func(context.Context) error { return errSecret },
		"Go status":     func(context.Context) error { return status.Error(codes.Internal, "Siti Aminah") },
		"unknown rule":  func(context.Context) error { return casework.Precondition("SITI_AMINAH") },
	} {
		f.probe.do = do
		asked++
		a := f.send("POST", growthPath, `{"children":[`+soundChild+`]}`)
		reason, _ := a.reason(t)
		if a.code != 500 || reason != "INTERNAL" || !strings.Contains(a.body, a.header.Get("X-Request-Id")) {
			t.Errorf("%s: got %d %s", name, a.code, a.body)
		}
		if err := f.assessOne(asCaller(t)); status.Code(err) != codes.Internal || strings.Contains(strings.ToUpper(err.Error()), "SITI") {
			t.Errorf("%s by gRPC: got %v", name, err)
		}
		if says := strings.Count(f.log.String(), `"kind":`); says != 2*asked {
			t.Errorf("%s: the log says %d times of what kind it was, want %d", name, says, 2*asked)
		}
		for _, leak := range []string{"iti", "SQL", "goroutine", ".go:"} {
			if strings.Contains(strings.ReplaceAll(a.body+f.log.String(), "ities", ""), leak) {
				t.Errorf("%s: %q leaks into %s or the log", name, leak, a.body)
			}
		}
	}
}

func TestKindsBecomeReasons(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		code codes.Code
		want pb.ErrorReason_Value
	}{
		{casework.Precondition("BASIS_MISSING"), codes.FailedPrecondition, pb.ErrorReason_BASIS_MISSING},
		{casework.Conflict("ETAG_MISMATCH"), codes.Aborted, pb.ErrorReason_ETAG_MISMATCH},
		{casework.Exists("ALREADY_EXISTS", "newCase.caseId"), codes.AlreadyExists, pb.ErrorReason_ALREADY_EXISTS},
		{&casework.Error{Kind: casework.KindInvalid, Reason: "NIK_FORMAT", Field: "nik"}, codes.InvalidArgument, pb.ErrorReason_INVALID_FIELD},
		{casework.Violations{{Field: "x", Reason: "IN_FUTURE"}}, codes.InvalidArgument, pb.ErrorReason_INVALID_FIELD},
		{&store.Refusal{Err: refusal(0)}, codes.NotFound, pb.ErrorReason_NOT_FOUND},
		{errNobody, codes.Unauthenticated, pb.ErrorReason_UNAUTHENTICATED},
		{store.ErrFull, codes.ResourceExhausted, pb.ErrorReason_STORAGE_FULL},
		{store.ErrClosed, codes.Unavailable, pb.ErrorReason_UNAVAILABLE},
		{store.ErrPanic, codes.Internal, pb.ErrorReason_INTERNAL},
		{context.DeadlineExceeded, codes.DeadlineExceeded, pb.ErrorReason_DEADLINE},
	} {
		st := publicOf(c.err).status("id")
		if st.Code() != c.code || reasonIn(st) != c.want {
			t.Errorf("%v: got %v %v, want %v %v", c.err, st.Code(), reasonIn(st), c.code, c.want)
		}
	}
}

func TestEveryReasonHasCodeAndTexts(t *testing.T) {
	t.Parallel()
	for number, name := range pb.ErrorReason_Value_name {
		row := reasons[pb.ErrorReason_Value(number)]
		if number != 0 && (row.code == codes.OK || row.en == "" || row.id == "") {
			t.Errorf("%s has no row", name)
		}
	}
	for word, said := range fieldTexts {
		if said.en == "" || said.id == "" || strings.Contains(said.en, "%s") != strings.Contains(said.id, "%s") {
			t.Errorf("%s: %q, %q", word, said.en, said.id)
		}
	}
}

func TestNotFoundLeavesOnTheBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, took := range []time.Duration{0, 1, 7 * time.Microsecond, time.Millisecond, 4999 * time.Microsecond, 5 * time.Millisecond, 12 * time.Millisecond} {
			begun := time.Now() // on a beat
			time.Sleep(took)
			waitForTick(context.Background())
			if want := took.Truncate(tick) + tick; time.Since(begun) != want {
				t.Errorf("after %v of work: left after %v, want %v", took, time.Since(begun), want)
			}
		}
	})
	f := newFace(t, nil)
	f.probe.do = func(context.Context) error { return refusal(0) }
	begun := time.Now()
	for range 20 {
		if err := f.assessOne(asCaller(t)); status.Code(err) != codes.NotFound {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 19*tick {
		t.Errorf("20 answers in %v, want one a beat at most", took)
	}
}

func trapDeadline(t *testing.T) {
	f := newFace(t, nil)
	f.longest = 50 * time.Millisecond // 10 s would be a long test; the handler sees which it is
	f.probe.do = func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(asCaller(t), time.Hour)
	defer cancel()
	if err := f.assessOne(ctx); reasonIn(status.Convert(err)) != pb.ErrorReason_DEADLINE {
		t.Errorf("by gRPC: got %v", err)
	}
	a := f.send("POST", growthPath, `{"children":[`+soundChild+`]}`, "Grpc-Timeout", "1H")
	if reason, _ := a.reason(t); a.code != 504 || reason != "DEADLINE" {
		t.Errorf("by REST: got %d %s", a.code, reason)
	}
	if longestCall != 10*time.Second {
		t.Error("the cap is not 10 s")
	}
}

func TestRequestIDOfHeaderAndBody(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	const path, id, other = "/v1/referrals/7f0c3e7e-58a4-4f5a-9d0a-6a5f9f3c2b11:accept", "3b241101-e2bb-4255-8caf-4136c566a962", "3b241101-e2bb-4255-8caf-4136c566a963"
	body := func(id string) string {
		return `{"requestId":"` + id + `","officer":"accounts/7f0c3e7e-58a4-4f5a-9d0a-6a5f9f3c2b11"}`
	}
	for _, c := range []struct{ name, body, header, reason, got string }{
		{"body alone", body(id), "", "", id},
		{"header alone", body(""), id, "", id},
		{"a quoted header", body(""), `"` + id + `"`, "", id},
		{"both, the same", body(id), strings.ToUpper(id), "", id},
		{"both, different", body(id), other, "REQUEST_ID_CONFLICT", ""},
		{"none", body(""), "", "REQUEST_ID_MISSING", ""},
		{"no UUID", body(""), "x", "INVALID_FIELD", ""},
	} {
		f.legs.got = nil
		a := f.send("POST", path, c.body, "Idempotency-Key", c.header)
		if c.reason == "" && (a.code != 200 || f.legs.got.GetRequestId() != c.got) {
			t.Errorf("%s: got %d %s", c.name, a.code, a.body)
		}
		if c.reason == "" {
			continue
		}
		if reason, violations := a.reason(t); a.code != 400 || reason != c.reason || len(violations) == 0 || f.legs.got != nil {
			t.Errorf("%s: got %d %s %v", c.name, a.code, reason, violations)
		}
	}
}

func TestETagOfHeaderAndBody(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	const path = "/v1/referrals/7f0c3e7e-58a4-4f5a-9d0a-6a5f9f3c2b11:accept"
	const body = `{"requestId":"3b241101-e2bb-4255-8caf-4136c566a962","officer":"accounts/7f0c3e7e-58a4-4f5a-9d0a-6a5f9f3c2b11"`
	a := f.send("POST", path, body+`}`, "If-Match", `W/"v3"`)
	if a.code != 200 || f.legs.got.GetEtag() != "v3" || a.header.Get("ETag") != `"v7"` {
		t.Errorf("got %d, etag %q, ETag %q: %s", a.code, f.legs.got.GetEtag(), a.header.Get("ETag"), a.body)
	}
	if f.send("POST", path, body+`}`, "If-Match", "*"); f.legs.got.GetEtag() != "" {
		t.Errorf("If-Match *: got %q", f.legs.got.GetEtag())
	}
	a = f.send("POST", path, body+`,"etag":"v2"}`, "If-Match", `"v3"`)
	if _, violations := a.reason(t); a.code != 400 || len(violations) != 1 || violations[0] != "etag CONFLICT" {
		t.Errorf("two etags: got %d %v", a.code, violations)
	}
}

func TestRequestIDReachesCallerLogAndHandler(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	var inside [16]byte
	var came string
	f.probe.do = func(ctx context.Context) error {
		inside, came = RequestID(ctx), origin(ctx)
		noteRule(ctx, "R10")
		return nil
	}
	var header metadata.MD
	if err := f.assessOne(asCaller(t), grpc.Header(&header)); err != nil {
		t.Fatal(err)
	}
	id := casework.ID(inside).String()
	if got := header.Get("x-request-id"); len(got) != 1 || got[0] != id || id[14] != '7' || came != "grpc" {
		t.Errorf("gRPC: header %v, handler %s, origin %s", got, id, came)
	}
	a := f.send("POST", growthPath, `{"children":[`+soundChild+`]}`)
	if id = casework.ID(inside).String(); a.header.Get("X-Request-Id") != id || came != "rest" {
		t.Errorf("REST: header %s, handler %s, origin %s", a.header.Get("X-Request-Id"), id, came)
	}
	if !strings.Contains(f.log.String(), `"request_id":"`+id+`"`) || !strings.Contains(f.log.String(), `"rule":"R10"`) {
		t.Errorf("the log lacks them: %s", f.log)
	}
}

// A canary in whatever a caller can write must not come back, nor stand in the log.
func TestNothingOfACallerIsLogged(t *testing.T) {
	t.Parallel()
	f := newFace(t, func(c *Config) { c.LogLevel = "debug" })
	const canary = "kenari7"
	for _, path := range []string{"/v1/" + canary, "/v1/cases/" + canary, "/v1/duties?" + canary + "=1", "/v1/duties?pageToken=" + canary, "/" + canary} {
		f.send("GET", path, "", "X-"+canary, canary, "Accept-Language", canary)
	}
	f.send("POST", growthPath, `{"children":[{"sex":"`+canary+`","birthDate":"`+canary+`"}]}`, "Idempotency-Key", canary)
	f.send("POST", growthPath, `{"children":`+canary, "Content-Type", "text/"+canary)
	f.send(strings.ToUpper(canary), growthPath, ``)
	f.send("GET", "/v1/duties", ``, "Authorization", "Bearer "+canary)
	if strings.Contains(strings.ToLower(f.log.String()), canary) {
		t.Errorf("the log: %s", f.log)
	}
	for _, line := range strings.Split(strings.TrimSpace(f.log.String()), "\n") {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("no JSON: %s", line)
		}
		for key := range fields {
			if !strings.Contains(strings.Join(logKeys, " "), key) {
				t.Errorf("key %s in %s", key, line)
			}
		}
	}
	f.Server.log.Error("x", "name", canary, "method", "m")
	if strings.Contains(f.log.String(), canary) {
		t.Error("a key outside the list is logged")
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	if a := f.send("GET", "/healthz", "", "Authorization", ""); a.code != 200 {
		t.Errorf("/healthz: got %d", a.code)
	}
	if a := f.send("GET", "/readyz", "", "Authorization", ""); a.code != 200 || !strings.Contains(a.body, "CALENDAR") {
		t.Errorf("/readyz: got %d %s", a.code, a.body)
	}
	client := healthpb.NewHealthClient(f.conn)
	for _, service := range []string{"", "sinergi.v1.ReferralService"} {
		got, err := client.Check(context.Background(), &healthpb.HealthCheckRequest{Service: service})
		if err != nil || got.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("%q: got %v, %v", service, got, err)
		}
	}
	f.hooks.missing = func(context.Context) (faults, missing []string) { return []string{"CLOCK"}, nil }
	if a := f.send("GET", "/readyz", ""); a.code != 503 || !strings.Contains(a.body, "CLOCK") {
		t.Errorf("/readyz with a fault: got %d %s", a.code, a.body)
	}
	if got, err := client.Check(context.Background(), &healthpb.HealthCheckRequest{}); err != nil || got.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("with a fault: got %v, %v", got, err)
	}
}

func trapDevelopersPages(t *testing.T) {
	for _, on := range []string{"auto", "off"} {
		f := newFace(t, func(c *Config) { c.Docs, c.Reflection = on, on })
		want := map[string]int{"auto": 200, "off": 404}[on]
		for _, path := range []string{"/openapi.json", "/docs/", "/docs/start.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"} {
			a := f.send("GET", path, "")
			if a.code != want || want == 200 && len(a.body) == 0 {
				t.Errorf("%s %s: got %d with %d bytes", on, path, a.code, len(a.body))
			}
			if policy := a.header.Get("Content-Security-Policy"); want == 200 && strings.HasPrefix(path, "/docs/") && !strings.Contains(policy, "script-src 'self';") {
				t.Errorf("%s: policy %q", path, policy)
			}
		}
		stream, err := reflectionpb.NewServerReflectionClient(f.conn).ServerReflectionInfo(asCaller(t))
		if err == nil {
			_ = stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}})
			_, err = stream.Recv()
		}
		if (err == nil) != (on == "auto") {
			t.Errorf("reflection %s: got %v", on, err)
		}
	}
}

package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// probe is a service of ours without a store: it shows what reaches a handler.
type probe struct {
	pb.UnimplementedGrowthServiceServer
	mu   sync.Mutex
	seen []metadata.MD
	do   func(ctx context.Context) error
}

func (p *probe) Assess(ctx context.Context, req *pb.AssessRequest) (*pb.AssessResponse, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	p.mu.Lock()
	p.seen = append(p.seen, md)
	p.mu.Unlock()
	if p.do != nil {
		if err := p.do(ctx); err != nil {
			return nil, err
		}
	}
	return &pb.AssessResponse{Assessments: make([]*pb.Assessment, len(req.GetChildren()))}, nil
}

func (p *probe) calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}

// legs answers the mutations of the probe.
type legs struct {
	pb.UnimplementedReferralServiceServer
	got *pb.AcceptReferralRequest
}

func (l *legs) AcceptReferral(_ context.Context, req *pb.AcceptReferralRequest) (*pb.Referral, error) {
	l.got = req
	return &pb.Referral{Name: req.GetName(), Etag: "v7"}, nil
}

// face is the transport, served for real on loopback, with the probe behind it.
type face struct {
	*Server
	t     testing.TB
	url   string
	conn  *grpc.ClientConn
	probe *probe
	legs  *legs
	log   *safeBuffer
	end   func() error // stops and waits
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

const goodToken = "good"

// newFace serves the probe; change may set the configuration first.
func newFace(t testing.TB, change func(*Config)) *face {
	t.Helper()
	f := &face{t: t, Server: &Server{}, probe: &probe{}, legs: &legs{}, log: &safeBuffer{}}
	cfg := Config{HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Limits: NoLimits, Log: f.log}
	if change != nil {
		change(&cfg)
	}
	if err := f.assemble(cfg, f.probeHooks()); err != nil {
		t.Fatal(err)
	}
	if err := f.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx) }()
	f.end = sync.OnceValue(func() error { stop(); return <-ended })
	address, target := f.Addresses()
	f.url = "http://" + address
	var err error
	if f.conn, err = grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.conn.Close()
		if err := f.end(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *face) probeHooks() hooks {
	return hooks{
		register: func(r grpc.ServiceRegistrar) {
			pb.RegisterReferralServiceServer(r, f.legs)
			pb.RegisterCaseServiceServer(r, pb.UnimplementedCaseServiceServer{})
			pb.RegisterDutyServiceServer(r, pb.UnimplementedDutyServiceServer{})
			pb.RegisterReviewServiceServer(r, pb.UnimplementedReviewServiceServer{})
			pb.RegisterPersonServiceServer(r, pb.UnimplementedPersonServiceServer{})
			pb.RegisterGrowthServiceServer(r, f.probe)
			pb.RegisterDirectoryServiceServer(r, pb.UnimplementedDirectoryServiceServer{})
			pb.RegisterAccountServiceServer(r, pb.UnimplementedAccountServiceServer{})
		},
		authenticate: func(ctx context.Context, token string) (context.Context, error) {
			if token != goodToken {
				return nil, errNobody
			}
			return ctx, nil
		},
		limitKey: func(context.Context) string { return "account" },
		missing:  func(context.Context) (faults, missing []string) { return nil, []string{"CALENDAR"} },
		meaning: map[string]func(proto.Message) casework.Violations{
			pb.GrowthService_Assess_FullMethodName: meaningOf(func(req *pb.AssessRequest) (v casework.Violations) {
				if len(req.GetChildren()) > 0 && req.GetChildren()[0].GetMeasuredOn() == "2026-02-30" {
					v.Add("children[0].measuredOn", "DATE_INVALID")
				}
				return v
			}),
		},
	}
}

// answer is what came back by HTTP.
type answer struct {
	code   int
	header http.Header
	body   string
}

// send makes one HTTP call. Headers are name and value in turn; an empty value takes a header away.
func (f *face) send(method, path, body string, headers ...string) answer {
	f.t.Helper()
	a, err := f.try(method, path, strings.NewReader(body), headers...)
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f *face) try(method, path string, body io.Reader, headers ...string) (answer, error) {
	req, err := http.NewRequest(method, f.url+path, body)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", "Bearer "+goodToken)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		if headers[i] == "Content-Type" {
			req.Header.Set(headers[i], headers[i+1])
			continue
		}
		req.Header.Add(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(raw)}, err
}

// refused is an error body of REST.
type refused struct {
	Code    int
	Details []struct {
		Type            string `json:"@type"`
		Reason          string
		Metadata        map[string]string
		Locale          string
		FieldViolations []struct{ Field, Reason, Description string }
	}
}

// reason of an answer, and its violations as "field REASON".
func (a answer) reason(t testing.TB) (reason string, violations []string) {
	t.Helper()
	var r refused
	if err := json.Unmarshal([]byte(a.body), &r); err != nil {
		t.Fatalf("%d is no error body: %q", a.code, a.body)
	}
	languages := 0
	for _, d := range r.Details {
		switch {
		case strings.HasSuffix(d.Type, "ErrorInfo"):
			reason = d.Reason
		case strings.HasSuffix(d.Type, "LocalizedMessage"):
			languages++
		}
		for _, v := range d.FieldViolations {
			violations = append(violations, v.Field+" "+v.Reason)
			if v.Description == "" {
				t.Errorf("%s has no text", v.Field)
			}
		}
	}
	if languages != 2 {
		t.Errorf("%s in %d languages, want 2", reason, languages)
	}
	return reason, violations
}

func (f *face) growth() pb.GrowthServiceClient { return pb.NewGrowthServiceClient(f.conn) }

// asCaller is a context with the good token.
func asCaller(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+goodToken)
}

const growthPath = "/v1/growth:assess"

// soundChild passes every rule.
const soundChild = `{"sex":"FEMALE","ageDays":400,"weightKg":8.1}`

var errSecret = errors.New("SQL logic error near 'Siti Aminah'")

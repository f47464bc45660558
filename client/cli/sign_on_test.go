package cli_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"

	"github.com/sinergi-pug/sinergi/client/cli"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// signOn is a server whose sign-on sends every browser straight back, and that writes down what it is then asked.
type signOn struct {
	pb.UnimplementedAccountServiceServer

	mu   sync.Mutex // guards what follows
	sent []string
}

func (s *signOn) BeginSignOn(_ context.Context, req *pb.BeginSignOnRequest) (*pb.BeginSignOnResponse, error) {
	back := req.GetRedirectUri() + "?" + url.Values{"state": {"its state"}, "code": {"its code"}}.Encode()
	return &pb.BeginSignOnResponse{AuthorizationUri: back, State: "its state", Secret: "its secret"}, nil
}

func (s *signOn) BeginEnrolment(context.Context, *pb.BeginEnrolmentRequest) (*pb.BeginEnrolmentResponse, error) {
	return &pb.BeginEnrolmentResponse{Code: "bidan-rina", SignOn: true}, nil
}

func (s *signOn) note(what, state, code, secret string) *pb.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, strings.Join([]string{what, state, code, secret}, ", "))
	return &pb.Credential{Token: workerToken}
}

func (s *signOn) CompleteSignOn(_ context.Context, req *pb.CompleteSignOnRequest) (*pb.Credential, error) {
	return s.note("signed in", req.GetState(), req.GetCode(), req.GetSecret()), nil
}

func (s *signOn) StepUp(_ context.Context, req *pb.StepUpRequest) (*pb.Credential, error) {
	return s.note("stepped up", req.GetState(), req.GetSignOnCode(), req.GetSecret()), nil
}

func (s *signOn) AcceptInvitation(_ context.Context, req *pb.AcceptInvitationRequest) (*pb.AcceptInvitationResponse, error) {
	return &pb.AcceptInvitationResponse{Credential: s.note("enrolled "+req.GetInvitation(), req.GetState(), req.GetSignOnCode(), req.GetSecret())}, nil
}

// browser follows the first address that it is shown.
type browser struct {
	shown bytes.Buffer
	went  sync.WaitGroup
	once  sync.Once
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\S+\n`)

func (b *browser) Write(p []byte) (int, error) {
	b.shown.Write(p)
	if at := address.FindString(b.shown.String()); at != "" {
		b.once.Do(func() {
			b.went.Go(func() {
				if resp, err := http.Get(strings.TrimSpace(at)); err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			})
		})
	}
	return len(p), nil
}

// By the sign-on one signs in, enrols and gives the second factor again; nobody is asked for a password or a code, and what is secret is
// not shown.
func TestCommandsByTheSignOn(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, server := &signOn{}, grpc.NewServer()
	pb.RegisterAccountServiceServer(server, s)
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() { server.Stop(); running.Wait() })
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	for _, c := range []struct{ typed, in, want string }{
		{"login --sso", "", "signed in"},
		{"account enrol --sso", "https://sinergi.example/setup#abc\n", "enrolled abc"},
		{"step-up --sso", "", "stepped up"},
	} {
		var out bytes.Buffer
		b := &browser{}
		args := append(strings.Fields(c.typed), "--grpc", listener.Addr().String())
		code := cli.Run(&grammar{}, args, cli.Streams{In: strings.NewReader(c.in), Out: &out, Err: b}, cli.Start(nil))
		b.went.Wait()
		s.mu.Lock()
		last := strings.Join(s.sent, "; ")
		s.sent = nil
		s.mu.Unlock()
		if want := c.want + ", its state, its code, its secret"; code != 0 || last != want {
			t.Errorf("%s: exit code %d, sent %q, want %q: %s", c.typed, code, last, want, &b.shown)
		}
		if shown := out.String() + b.shown.String(); strings.Contains(shown, "its secret") || strings.Contains(shown, workerToken) {
			t.Errorf("%s shows a secret", c.typed)
		}
	}
}

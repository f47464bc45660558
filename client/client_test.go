package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// service answers the calls of a test from a list of errors, and remembers what it was asked.
type service struct {
	pb.UnimplementedReferralServiceServer
	pb.UnimplementedDirectoryServiceServer

	mu     sync.Mutex // guards what follows
	faults []error    // given first, in order
	ids    []string   // request_id of each try
	tokens []string   // authorization of each try
}

func (s *service) FileReferral(ctx context.Context, req *pb.FileReferralRequest) (*pb.FileReferralResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, req.GetRequestId())
	md, _ := metadata.FromIncomingContext(ctx)
	s.tokens = append(s.tokens, strings.Join(md.Get("authorization"), ","))
	if len(s.faults) > 0 {
		err := s.faults[0]
		s.faults = s.faults[1:]
		return nil, err
	}
	return &pb.FileReferralResponse{Number: "R-7K2M-9N"}, nil
}

// ListUnits has 250 units, so three pages of 100.
func (s *service) ListUnits(_ context.Context, req *pb.ListUnitsRequest) (*pb.ListUnitsResponse, error) {
	const units = 250
	var from int
	if req.GetPageToken() != "" {
		fmt.Sscan(req.GetPageToken(), &from)
	}
	page := &pb.ListUnitsResponse{}
	for i := from; i < units && len(page.Units) < int(req.GetPageSize()); i++ {
		page.Units = append(page.Units, &pb.Unit{Code: fmt.Sprintf("POS-%03d", i)})
	}
	if next := from + len(page.Units); next < units {
		page.NextPageToken = fmt.Sprint(next)
	}
	return page, nil
}

// serve runs the service on a port of this machine and gives its address.
func serve(t testing.TB, s *service) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterReferralServiceServer(server, s)
	pb.RegisterDirectoryServiceServer(server, s)
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() { server.Stop(); running.Wait() })
	return listener.Addr().String()
}

func dial(t testing.TB, addr string, opts client.Options) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), addr, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func fault(code codes.Code, reason pb.ErrorReason_Value, more ...protoadapt.MessageV1) error {
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: reason.String(), Domain: client.Domain}}
	s, err := status.New(code, "no").WithDetails(append(details, more...)...)
	if err != nil {
		panic(err)
	}
	return s.Err()
}

func TestCallsAreRepeatedAsTheTableOfSyncSays(t *testing.T) {
	soon := &errdetails.RetryInfo{RetryDelay: durationpb.New(20 * time.Millisecond)}
	cases := []struct {
		name   string
		faults []error
		tries  int
		reason pb.ErrorReason_Value // of the end; UNSPECIFIED: it succeeds
	}{
		{"no fault", nil, 1, 0},
		{"a stopping server is asked again", []error{fault(codes.Unavailable, pb.ErrorReason_UNAVAILABLE)}, 2, 0},
		{"a limit is kept for the time named", []error{fault(codes.ResourceExhausted, pb.ErrorReason_RATE_LIMITED, soon)}, 2, 0},
		{"a full disk is not asked again", []error{fault(codes.ResourceExhausted, pb.ErrorReason_STORAGE_FULL)}, 1, pb.ErrorReason_STORAGE_FULL},
		{"a lost serialisation is asked again", []error{status.Error(codes.Aborted, "serialisation")}, 2, 0},
		{"a stale etag is for a person", []error{fault(codes.Aborted, pb.ErrorReason_ETAG_MISMATCH)}, 1, pb.ErrorReason_ETAG_MISMATCH},
		{"not found is an answer", []error{fault(codes.NotFound, pb.ErrorReason_NOT_FOUND)}, 1, pb.ErrorReason_NOT_FOUND},
		{"a fault of ours is not hidden", []error{fault(codes.Internal, pb.ErrorReason_INTERNAL)}, 1, pb.ErrorReason_INTERNAL},
		{"five tries are enough", repeat(status.Error(codes.Unavailable, "down"), 9), 5, pb.ErrorReason_UNAVAILABLE},
		{"five limits are enough", repeat(fault(codes.ResourceExhausted, pb.ErrorReason_RATE_LIMITED, soon), 9), 5, pb.ErrorReason_RATE_LIMITED},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &service{faults: c.faults}
			_, err := dial(t, serve(t, s), client.Options{}).Referrals.FileReferral(t.Context(), &pb.FileReferralRequest{})
			if got := client.Reason(err); got != c.reason || (err == nil) != (c.reason == 0) {
				t.Errorf("FileReferral: %v, reason %v, want %v", err, got, c.reason)
			}
			if len(s.ids) != c.tries {
				t.Errorf("%d tries, want %d", len(s.ids), c.tries)
			}
			for _, id := range s.ids {
				if parsed, err := uuid.Parse(id); err != nil || parsed.Version() != 7 || id != s.ids[0] {
					t.Errorf("request_id of the tries: %q, want one UUID v7", s.ids)
				}
			}
		})
	}
}

func repeat(err error, n int) []error {
	var all []error
	for range n {
		all = append(all, err)
	}
	return all
}

func TestAWaitThatOutlivesTheDeadlineIsNotBegun(t *testing.T) {
	hour := &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Hour)}
	s := &service{faults: repeat(fault(codes.ResourceExhausted, pb.ErrorReason_RATE_LIMITED, hour), 2)}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	start := time.Now()
	_, err := dial(t, serve(t, s), client.Options{}).Referrals.FileReferral(ctx, &pb.FileReferralRequest{})
	if client.Reason(err) != pb.ErrorReason_RATE_LIMITED || time.Since(start) > 10*time.Second {
		t.Errorf("FileReferral: %v after %v", err, time.Since(start))
	}
	if wait, ok := client.RetryAfter(fmt.Errorf("file: %w", err)); !ok || wait != time.Hour {
		t.Errorf("RetryAfter: %v %v, want 1h", wait, ok)
	}
}

func TestTheCallersOwnRequestIDIsKept(t *testing.T) {
	s := &service{}
	req := &pb.FileReferralRequest{RequestId: "0b8f7a52-6f0e-4b8e-9c0a-0a1b2c3d4e5f"}
	if _, err := dial(t, serve(t, s), client.Options{}).Referrals.FileReferral(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if s.ids[0] != req.GetRequestId() {
		t.Errorf("sent %q, want %q", s.ids[0], req.GetRequestId())
	}
}

func TestASecondCallWithTheSameMessageIsTheSameRequest(t *testing.T) {
	s := &service{}
	c, req := dial(t, serve(t, s), client.Options{}), &pb.FileReferralRequest{}
	for range 2 {
		if _, err := c.Referrals.FileReferral(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	if s.ids[0] != s.ids[1] {
		t.Errorf("two ids for one message: %q", s.ids)
	}
}

func TestListsAreReadToTheirEndAndNoFurtherThanAsked(t *testing.T) {
	c := dial(t, serve(t, &service{}), client.Options{})
	req := &pb.ListUnitsRequest{}
	var codes []string
	for unit, err := range c.AllUnits(t.Context(), req) {
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, unit.GetCode())
	}
	if len(codes) != 250 || codes[0] != "POS-000" || codes[249] != "POS-249" {
		t.Errorf("%d units, want POS-000 to POS-249", len(codes))
	}
	if req.GetPageToken() != "" || req.GetPageSize() != 0 {
		t.Errorf("the caller's request was changed: %v", req)
	}
}

func TestAListEndsWithItsError(t *testing.T) {
	c := dial(t, serve(t, &service{}), client.Options{})
	var errs []error
	for leg, err := range c.AllReferrals(t.Context(), &pb.ListReferralsRequest{}) {
		if leg != nil {
			t.Errorf("a leg beside an error: %v", leg)
		}
		errs = append(errs, err)
	}
	if len(errs) != 1 || status.Code(errs[0]) != codes.Unimplemented {
		t.Errorf("errors: %v, want one UNIMPLEMENTED", errs)
	}
}

func TestATokenFileIsReadOnlyIfNobodyElseCan(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
	}
	s := &service{}
	addr := serve(t, s)
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o620} {
		write("sng_app_secret", mode)
		_, err := client.Dial(t.Context(), addr, client.Options{Token: client.Token(file)})
		if err == nil || strings.Contains(err.Error(), "sng_app_secret") {
			t.Errorf("mode %04o: %v, want a refusal without the token", mode, err)
		}
	}
	write("sng_app_one\n", 0o600)
	c := dial(t, addr, client.Options{Token: client.Token(file)})
	file1, file2 := "Bearer sng_app_one", "Bearer sng_app_second"
	for _, replace := range []string{"", "sng_app_second"} {
		if replace != "" {
			write(replace, 0o600)
		}
		if _, err := c.Referrals.FileReferral(t.Context(), &pb.FileReferralRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{file1, file2}, s.tokens); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

func TestABadTokenIsRefusedAndNotRepeated(t *testing.T) {
	for _, token := range []string{"", " \n", "two\nlines", "with space", "täken"} {
		_, err := client.StaticToken(token)(t.Context())
		if err == nil || token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("StaticToken(%q): %v", token, err)
		}
	}
}

// A server beyond loopback that speaks no TLS must not get the token, and a name must not pass for loopback.
func TestOnlyLoopbackIsPlain(t *testing.T) {
	s := &service{}
	_, port, _ := net.SplitHostPort(serve(t, s))
	for host, plain := range map[string]bool{"127.0.0.1": true, "localhost": true, "127.0.0.1.nip.io": false, "0.0.0.0": false} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		c := dial(t, net.JoinHostPort(host, port), client.Options{Token: client.StaticToken("sng_app_x")})
		_, err := c.Referrals.FileReferral(ctx, &pb.FileReferralRequest{})
		cancel()
		if (err == nil) != plain {
			t.Errorf("%s: %v, want plain %v", host, err, plain)
		}
	}
	if len(s.tokens) != 2 {
		t.Errorf("%d calls came through, want 2", len(s.tokens))
	}
}

func TestErrorsTellReasonFieldsAndWords(t *testing.T) {
	err := fmt.Errorf("file: %w", fault(codes.InvalidArgument, pb.ErrorReason_INVALID_FIELD,
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{
			Field: "measurements[0].weight_kg", Reason: "RANGE", Description: "0.5 to 60 kg",
			LocalizedMessage: &errdetails.LocalizedMessage{Locale: "id", Message: "0,5 sampai 60 kg"},
		}}},
		&errdetails.LocalizedMessage{Locale: "id", Message: "Periksa isian."}))
	if got := client.Reason(err); got != pb.ErrorReason_INVALID_FIELD {
		t.Errorf("Reason: %v", got)
	}
	want := []client.Violation{{Field: "measurements[0].weight_kg", Reason: "RANGE", Text: "0.5 to 60 kg", Teks: "0,5 sampai 60 kg"}}
	if diff := cmp.Diff(want, client.Violations(err)); diff != "" {
		t.Errorf("Violations (-want +got):\n%s", diff)
	}
	if got := client.Message(err, "id"); got != "Periksa isian." {
		t.Errorf("Message id: %q", got)
	}
	if got := client.Reason(errors.New("else")); got != pb.ErrorReason_UNSPECIFIED {
		t.Errorf("Reason of another error: %v", got)
	}
	if client.Violations(nil) != nil || client.Metadata(nil) != nil {
		t.Error("no error has no violations and no metadata")
	}
}

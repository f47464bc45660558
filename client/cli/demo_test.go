package cli

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/sinergi-pug/sinergi/client"
	"github.com/sinergi-pug/sinergi/domain/growth"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// TestRoutesComeFromTheContract holds that the REST half of the story calls the paths that an app would.
func TestRoutesComeFromTheContract(t *testing.T) {
	for _, c := range []struct {
		method string
		req    proto.Message
		verb   string
		path   string
	}{
		{"ReferralService/FileReferral", &pb.FileReferralRequest{}, http.MethodPost, "/v1/referrals:file"},
		{"ReferralService/AcceptReferral", &pb.AcceptReferralRequest{Name: "referrals/1"}, http.MethodPost, "/v1/referrals/1:accept"},
		{"CaseService/GetCase", &pb.GetCaseRequest{Name: "cases/K-4Q8X-DT"}, http.MethodGet, "/v1/cases/K-4Q8X-DT"},
		{
			"ReferralService/ListReferrals",
			&pb.ListReferralsRequest{Direction: pb.ListReferralsRequest_Direction_INBOX, PageSize: 5},
			http.MethodGet, "/v1/referrals?direction=INBOX&pageSize=5",
		},
		{
			"StatisticsService/QueryReleased", &pb.QueryReleasedRequest{Dataset: "kdrt-year", Dimension: []string{"periode:2026", "kecamatan"}},
			http.MethodGet, "/v1/statistics/datasets/kdrt-year:query?dimension=periode%3A2026%2Ckecamatan",
		},
		{"AccountService/WhoAmI", &pb.WhoAmIRequest{}, http.MethodGet, "/v1/accounts:whoAmI"},
	} {
		verb, path, body, err := route(c.method, c.req)
		if err != nil || verb != c.verb || path != c.path {
			t.Errorf("%s: %s %s, %v; want %s %s", c.method, verb, path, err, c.verb, c.path)
		}
		if strings.Contains(string(body), `"name"`) {
			t.Errorf("%s: the name of the path stands in the body too: %s", c.method, body)
		}
	}
	if _, _, _, err := route("ReferralService/Nothing", &pb.WhoAmIRequest{}); err == nil {
		t.Error("a method that the contract does not have has a route")
	}
}

func TestARESTErrorIsTheSameErrorAsOverGRPC(t *testing.T) {
	body := `{"code":5,"message":"not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"NOT_FOUND","domain":"sinergi"}]}`
	if err := restError(404, []byte(body)); status.Code(err) != codes.NotFound || client.Reason(err) != pb.ErrorReason_NOT_FOUND {
		t.Errorf("restError: %v, reason %v", err, client.Reason(err))
	}
	if err := restError(502, []byte("<html>")); client.Reason(err) != pb.ErrorReason_UNSPECIFIED || err == nil {
		t.Errorf("a proxy's page: %v", err)
	}
}

func TestTheSameSeedMakesTheSamePeople(t *testing.T) {
	made := func(seed uint64) []*pb.NewPerson {
		p := newPeople(seed)
		return []*pb.NewPerson{p.girl("32.01.01", "2025-03-02"), p.adult("32.01.03", 31)}
	}
	if diff := cmp.Diff(made(7), made(7), protocmp.Transform()); diff != "" {
		t.Errorf("seed 7 twice:\n%s", diff)
	}
	if cmp.Diff(made(7), made(8), protocmp.Transform()) == "" {
		t.Error("two seeds made the same people")
	}
}

// The story looks for a name where it must not be: a namesake would look like a leak.
func TestNobodyHasANamesake(t *testing.T) {
	p, seen := newPeople(3), map[string]bool{}
	for range 100 {
		child := p.girl("32.01.01", "2025-03-02")
		for _, name := range []string{child.GetName(), child.GetMother().GetName(), p.man()} {
			if seen[name] {
				t.Errorf("two are called %s", name)
			}
			seen[name] = true
		}
	}
}

// A made-up child whose figures are implausible would be refused or flagged, and the story would tell nonsense.
func TestMadeUpMeasurementsArePlausible(t *testing.T) {
	p := newPeople(1)
	for range 500 {
		months := 2 + p.chance.IntN(56)
		m := p.measured(months, "2026-11-25")
		if m.GetLengthCm() < 45 || m.GetLengthCm() > 120 || m.GetWeightKg() < 2 || m.GetWeightKg() > 30 {
			t.Errorf("%d months: %.1f cm, %.1f kg", months, m.GetLengthCm(), m.GetWeightKg())
		}
	}
}

// The story says "about -2.4" and "about -2.3"; the calculator must agree.
func TestTheGirlOfTheStoryIsAsShortAsToldInIt(t *testing.T) {
	for _, c := range []struct{ ageDays, length, weight, z float64 }{{600, 75.2, 8.4, -2.4}, {604, 75.6, 8.5, -2.3}} {
		got := growth.Assess(growth.Measurement{
			Sex: growth.Female, Age: growth.AgeInDays(c.ageDays), Position: growth.Lying,
			WeightKG: growth.Some(c.weight), LengthCM: growth.Some(c.length),
		})
		if z := got.Index[growth.HFA].Z; !near(z, c.z) {
			t.Errorf("%v days, %v cm: %.2f, want about %.1f", c.ageDays, c.length, z, c.z)
		}
	}
}

func TestTheClockNeverPassesThePresent(t *testing.T) {
	clock := &demoClock{behind: time.Hour}
	clock.pass(40 * time.Minute)
	clock.reach(time.Hour) // it never goes back
	if behind := time.Since(clock.now()); behind < 20*time.Minute || behind > 21*time.Minute {
		t.Errorf("behind by %v, want 20m", behind)
	}
	clock.pass(time.Hour)
	if time.Until(clock.now()) > 0 {
		t.Error("the clock runs ahead of the present")
	}
}

func TestTheDemoRefusesAFolderThatIsNotEmpty(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sinergi.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	started := false
	start := func(context.Context, Place) (Addresses, error) { started = true; return Addresses{}, nil }
	err := (&Demo{Keep: dir}).Run(t.Context(), Streams{Out: t.Output()}, start)
	if ExitCode(err) != exitUsage || started {
		t.Errorf("%v, started %v; want a refusal before anything starts", err, started)
	}
}

func TestTheReadyFileIsWholeAndForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ready.json")
	want := Addresses{
		HTTP: "127.0.0.1:1", GRPC: "127.0.0.1:2", Accounts: []Account{{Role: "WORKER", Unit: "UPTD-PPA", Token: "t"}},
		AppTokens: []AppToken{{Unit: "POS-MELATI-3", Token: "a"}}, Wait: func() error { return nil },
	}
	if err := writeReady(path, want); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode().Perm(), err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got Addresses
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want.Wait = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ready (-want +got):\n%s", diff)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files, %v; want the one", len(entries), err)
	}
}

func TestTheTranscriptIsNarrowAndTellsWhatIsSet(t *testing.T) {
	var out strings.Builder
	s := &stage{out: &out, clock: &demoClock{}, units: map[string]string{"units/1": "RSUD-CIBINONG"}}
	s.say("answer", s.brief(&pb.ListReferralsResponse{Referrals: []*pb.Referral{
		{Name: "referrals/6f0e7a52-0b8f-4b8e-9c0a-0a1b2c3d4e5f", Etag: "secret", ReceiverUnit: "units/1", State: pb.ReferralState_SENT},
		{Question: strings.Repeat("Mohon pemeriksaan. ", 60)},
	}}))
	text := out.String()
	if !strings.Contains(text, "referrals [{name referrals/6f0e7a52…, state SENT, receiver_unit RSUD-CIBINONG}") {
		t.Error(text)
	}
	if strings.Contains(text, "etag") || !strings.HasSuffix(text, "…\n") {
		t.Errorf("want no etag and an end that is cut:\n%s", text)
	}
	for line := range strings.Lines(text) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > width {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
}

func TestAStepThatDoesNotHoldFailsTheDemo(t *testing.T) {
	s := &stage{out: t.Output(), clock: &demoClock{}}
	s.holds(true, "one and one are two")
	if err := s.verdict(); err != nil {
		t.Errorf("all held: %v", err)
	}
	s.untold(&pb.Case{Client: &pb.Person{FullName: "Imas Komala"}}, "Imas Komala")
	if err := s.verdict(); err == nil {
		t.Error("a name was told and the demo is content")
	}
}

package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// A clock that jumps ahead ends nothing: the server answers nothing but health, sweeps nothing, and goes on when it agrees again.
func TestAClockThatRunsAwayAnswersNothing(t *testing.T) {
	t.Parallel()
	var now, ran atomic.Int64
	begun := time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC)
	clock := func() time.Time { return begun.Add(time.Duration(now.Load())) }
	st, err := storetest.OpenStore(t.Context(), store.Config{
		Data: filepath.Join(t.TempDir(), "data"), Keys: filepath.Join(t.TempDir(), "keys"),
		Now: clock, Monotonic: func() time.Duration { return time.Duration(ran.Load()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, load := range []func() (LoadReport, error){
		func() (LoadReport, error) { return LoadUnits(t.Context(), st, bytes.NewReader(regencyUnits), false) },
		func() (LoadReport, error) { return LoadUsers(t.Context(), st, bytes.NewReader(regencyUsers), false) },
	} {
		if report, err := load(); err != nil || len(report.Faults) > 0 {
			t.Fatal(report.Faults, err)
		}
	}
	token, _, err := IssueToken(t.Context(), st, "gizi-cibinong", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Now: clock, Log: io.Discard, Limits: NoLimits, NoSweep: true}, st)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	rest, address := s.Addresses()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()

	for _, tt := range []struct {
		name    string
		now     time.Duration
		serving bool
	}{
		{"as it was", 0, true},
		{"two days ahead of the monotonic clock", 48 * time.Hour, false},
		{"ten years ahead", 10 * 365 * 24 * time.Hour, false},
		{"an hour back", -time.Hour, false},
		{"it agrees again", time.Minute, true},
	} {
		now.Store(int64(tt.now))
		if tt.serving {
			ran.Store(int64(tt.now))
		}
		want, call, status := http.StatusOK, http.StatusOK, healthpb.HealthCheckResponse_SERVING
		if !tt.serving {
			want, call, status = http.StatusServiceUnavailable, http.StatusServiceUnavailable, healthpb.HealthCheckResponse_NOT_SERVING
		}
		if code, body := get(t, rest, "/readyz", ""); code != want || strings.Contains(body, `"CLOCK"`) == tt.serving {
			t.Errorf("%s: /readyz %d %s", tt.name, code, body)
		}
		if code, body := get(t, rest, "/v1/accounts:whoAmI", token); code != call || !tt.serving && !strings.Contains(body, "UNAVAILABLE") {
			t.Errorf("%s: a call %d %s", tt.name, code, body)
		}
		if err := s.Sweep(t.Context()); errors.Is(err, store.ErrClock) == tt.serving {
			t.Errorf("%s: the sweep said %v", tt.name, err)
		}
		health, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{})
		if err != nil || health.Status != status {
			t.Errorf("%s: health %v %v", tt.name, health, err)
		}
	}
}

func get(t *testing.T, address, path, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// One thing that fails keeps no other from its time.
func TestASweepGoesOnPastWhatFails(t *testing.T) {
	t.Parallel()
	st := openedStore(t, "2026-02-19 10:00")
	s := &Server{store: st}
	var due []store.Due
	for range 3 * sweepGroup {
		due = append(due, store.Due{Object: newID()})
	}
	var done atomic.Int64
	wrong := errors.New("wrong")
	err := s.sweepAll(t.Context(), sweepJob{do: func(_ *Server, _ *store.Writer, d store.Due) error {
		if d == due[0] {
			return wrong
		}
		done.Add(1)
		return nil
	}}, due)
	if !errors.Is(err, wrong) || done.Load() != int64(len(due)-1) {
		t.Errorf("%d of %d were done, error %v", done.Load(), len(due)-1, err)
	}
}

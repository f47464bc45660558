package server

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// A call that finds no place is refused by both faces, sees nothing of the server, and is told when to come again; health is answered, and a
// place that is free again is given. Without the bound it is let in: the control.
func TestACallBeyondTheBoundIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for _, bound := range []int{2, -1} {
		f := newFace(t, func(c *Config) { c.Calls = bound })
		inside, goOn := make(chan struct{}, 9), make(chan struct{})
		f.probe.do = func(context.Context) error {
			inside <- struct{}{}
			<-goOn
			return nil
		}
		rest := func() answer { return f.send("POST", growthPath, `{"children":[`+soundChild+`]}`) }
		var under sync.WaitGroup
		under.Go(func() { _ = f.assessOne(asCaller(t)) })
		under.Go(func() { rest() })
		<-inside
		<-inside
		if health, err := healthpb.NewHealthClient(f.conn).Check(t.Context(), &healthpb.HealthCheckRequest{}); err != nil || health.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			t.Errorf("health under load: %v, %v", health, err)
		}
		if bound < 0 {
			under.Go(func() { _ = f.assessOne(asCaller(t)) })
			<-inside
			close(goOn)
			under.Wait()
			continue
		}
		if st := status.Convert(f.assessOne(asCaller(t))); reasonIn(st) != pb.ErrorReason_RATE_LIMITED || retryAfter(st) != 1 {
			t.Errorf("a third by gRPC: got %v", st)
		}
		if _, err := f.turnedAway(t.Context(), &tap.Info{FullMethodName: "/sinergi.v1.ReferralService/FileReferral"}); err == nil {
			t.Error("a third was let in at its first bytes")
		}
		a := rest()
		if a.code != http.StatusTooManyRequests || a.header.Get("Retry-After") != "1" || !strings.Contains(a.body, "RATE_LIMITED") {
			t.Errorf("a third by REST: got %d %s", a.code, a.body)
		}
		if f.probe.calls() != 2 {
			t.Errorf("%d calls reached the handler", f.probe.calls())
		}
		close(goOn)
		under.Wait()
		if err := f.assessOne(asCaller(t)); err != nil {
			t.Errorf("with places free: %v", err)
		}
	}
}

package server

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"

	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// healthService is grpc.health.v1: what was set, unless something is at fault now. NOT_SERVING comes first of all on stop.
type healthService struct {
	*health.Server
	faults func(context.Context) []string
}

// Check asks about one service, or with "" about the server.
func (h healthService) Check(ctx context.Context, req *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	answer, err := h.Server.Check(ctx, req)
	if err == nil && answer.GetStatus() == healthpb.HealthCheckResponse_SERVING && len(h.faults(ctx)) > 0 {
		return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_NOT_SERVING}, nil
	}
	return answer, err
}

// readiness is the answer of /readyz. Faults keep the server from its work; what is missing only keeps some work from being
// done: units, calendar, a REVIEWER, a backup recipient.
type readiness struct {
	Ready   bool     `json:"ready"`
	Faults  []string `json:"faults,omitempty"`
	Missing []string `json:"missing,omitempty"`
}

// stopping is the fault of a server that ends.
const stopping = "STOPPING"

func (s *Server) readiness(ctx context.Context) readiness {
	faults, missing := s.hooks.missing(ctx)
	if s.ending.Load() {
		faults = append([]string{stopping}, faults...)
	}
	return readiness{Ready: len(faults) == 0, Faults: faults, Missing: missing}
}

// serveReady answers whether calls should be sent here.
func (s *Server) serveReady(w http.ResponseWriter, r *http.Request) {
	state := s.readiness(r.Context())
	code := http.StatusOK
	if !state.Ready {
		code = http.StatusServiceUnavailable
	}
	writeJSON(w, code, state)
}

// serveAlive answers as soon as the process listens; nothing else is looked at.
func serveAlive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // a caller that left needs no answer
}

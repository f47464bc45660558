package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// metrics are what an operator watches: how many calls of which method ended how, how long they took, how many are under way, and what
// the process needs. A counter is a statistic: none has a unit, a region, a level or a type, and no caller can name one.
type metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec   // by method and code
	took     *prometheus.HistogramVec // by method; streams are not timed
	inFlight prometheus.Gauge

	known    map[string]bool // methods that are served; every other one is unknownMethod
	server   *http.Server
	listener net.Listener // nil: metrics are off
}

// unknownMethod stands for whatever a caller asked for that is not served, in metrics and log.
const unknownMethod = "-"

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sinergi_calls_total", Help: "Calls that have ended, by method and gRPC code.",
		}, []string{"method", "code"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sinergi_call_duration_seconds", Help: "How long calls took, by method.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "sinergi_calls_in_flight", Help: "Calls and streams that are under way.",
		}),
		known: map[string]bool{},
	}
	m.registry.MustRegister(m.calls, m.took, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// name is a method as log and metrics may have it: what a caller made up is not repeated.
func (m *metrics) name(method string) string {
	if m.known[method] {
		return method
	}
	return unknownMethod
}

// serves notes what is served.
func (m *metrics) serves(server *grpc.Server) {
	for service, info := range server.GetServiceInfo() {
		for _, method := range info.Methods {
			m.known["/"+service+"/"+method.Name] = true
		}
	}
}

// measured counts a call and its time, whatever becomes of it.
func (s *Server) measured(ctx context.Context, p *passage, next func(context.Context) error) (err error) {
	m, begun, code := s.metrics, time.Now(), codes.Internal // the code of a panic
	m.inFlight.Inc()
	defer func() {
		m.inFlight.Dec()
		method := m.name(p.method)
		m.calls.WithLabelValues(method, code.String()).Inc()
		if !p.stream {
			m.took.WithLabelValues(method).Observe(time.Since(begun).Seconds())
		}
	}()
	err = next(ctx)
	code = status.Code(err)
	return err
}

// refused counts what REST refused before it was a call.
func (m *metrics) refused(method string, code codes.Code) {
	m.calls.WithLabelValues(m.name(method), code.String()).Inc()
}

// serve prepares /metrics on an address of its own, and nothing else.
func (m *metrics) serve(pair *certificate) {
	page := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	m.server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/metrics" || r.Method != http.MethodGet {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			page.ServeHTTP(w, r)
		}),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          stdlog.New(io.Discard, "", 0),
	}
	if pair != nil {
		m.server.TLSConfig = pair.config(tls.VersionTLS12)
	}
}

// listen binds the address; with none there are no metrics to be had.
func (m *metrics) listen(address string) (err error) {
	if address == "" {
		return nil
	}
	if m.listener, err = net.Listen("tcp", address); err != nil {
		return fmt.Errorf("listen for metrics on %s; another program may have it: %w", address, err)
	}
	return nil
}

// run answers until stop.
func (m *metrics) run() error {
	var err error
	if m.server.TLSConfig != nil {
		err = m.server.ServeTLS(m.listener, "", "")
	} else {
		err = m.server.Serve(m.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// MetricsAddress is where metrics are, after Listen; empty if they are off.
func (s *Server) MetricsAddress() string {
	if s.metrics.listener == nil {
		return ""
	}
	return s.metrics.listener.Addr().String()
}

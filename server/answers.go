package server

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"strconv"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// writeETag gives REST clients the revision where HTTP has it.
func writeETag(_ context.Context, w http.ResponseWriter, m proto.Message) error {
	if tagged, ok := m.(interface{ GetEtag() string }); ok && tagged.GetEtag() != "" {
		w.Header().Set("ETag", strconv.Quote(tagged.GetEtag()))
	}
	return nil
}

// writeFileName names a table that is given as a file, and says that the answer to the same address depends on what is accepted.
func writeFileName(_ context.Context, w http.ResponseWriter, m proto.Message) error {
	if _, ok := m.(*pb.StatisticsTable); ok {
		w.Header().Set("Vary", "Accept")
	}
	if table, ok := asFile(m); ok {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": table.GetFileName()}))
	}
	return nil
}

// writeGRPCError answers what the chain answered. What does not come from it is put into our words.
func (s *Server) writeGRPCError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	if st, ok := status.FromError(err); ok && reasonIn(st) != pb.ErrorReason_UNSPECIFIED {
		writeStatus(w, st)
		return
	}
	s.writeError(w, r, publicOfStatus(err))
}

func (s *Server) writeRoutingError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, code int) {
	reason := pb.ErrorReason_ROUTE_NOT_FOUND
	if code == http.StatusMethodNotAllowed {
		reason = pb.ErrorReason_METHOD_NOT_ALLOWED
	}
	s.writeError(w, r, because(reason))
}

// writeError answers what did not reach the chain, and logs it: the route's template, never the path.
func (s *Server) writeError(w http.ResponseWriter, r *http.Request, public *publicError) {
	x := exchangeOf(r.Context())
	st := public.status(x.id)
	if !x.called {
		method, called := unknownMethod, unknownMethod
		if x.route != nil {
			method, called = x.route.verb+" "+x.route.pattern, x.route.method
		}
		s.metrics.refused(called, st.Code())
		s.log.LogAttrs(r.Context(), slog.LevelInfo, "refused", slog.String("request_id", x.id),
			slog.String("method", method), slog.String("code", public.reason.String()))
	}
	writeStatus(w, st)
}

// writeStatus is the one error body of REST.
func writeStatus(w http.ResponseWriter, st *status.Status) {
	body, err := protojson.Marshal(st.Proto())
	if err != nil {
		body = []byte(`{"code":13}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if st.Code() == codes.Unauthenticated {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if wait := retryAfter(st); wait > 0 {
		h.Set("Retry-After", strconv.Itoa(wait))
	}
	w.WriteHeader(httpStatus(reasonIn(st), st.Code()))
	_, _ = w.Write(body) // a caller that left needs no answer
}

// httpStatus is where HTTP has a number of its own.
func httpStatus(reason pb.ErrorReason_Value, code codes.Code) int {
	switch reason {
	case pb.ErrorReason_CONTENT_TYPE:
		return http.StatusUnsupportedMediaType
	case pb.ErrorReason_BODY_TOO_LARGE:
		return http.StatusRequestEntityTooLarge
	case pb.ErrorReason_ROUTE_NOT_FOUND:
		return http.StatusNotFound
	case pb.ErrorReason_METHOD_NOT_ALLOWED:
		return http.StatusMethodNotAllowed
	}
	return runtime.HTTPStatusFromCode(code)
}

package server

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// The gateway translates REST to gRPC and decides nothing: it calls the same handlers over a connection in memory, so that
// authentication, limits and validation are the chain's. It never uses Register…HandlerServer, which would pass them by.

// largestBody is what a request may send.
const largestBody = 1 << 20

// callerHeaders are the only ones that reach a handler. Everything else a client may say of itself or of its address stays
// outside; what the transport knows comes in keys of our own.
var callerHeaders = []string{"Authorization", "Idempotency-Key", "If-Match", "Accept-Language", "Last-Event-Id"}

// exchange is one HTTP request on its way.
type exchange struct {
	id     string
	from   place
	route  *route
	faults []Violation          // of body and query
	format pb.TableFormat_Value // of a table, by Accept
	called bool                 // it has reached the chain, which logs and answers
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// newGateway makes the REST face over a connection to our own server.
func (s *Server) newGateway(ctx context.Context, conn *grpc.ClientConn) (http.Handler, error) {
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, jsonCodec{}),
		runtime.WithIncomingHeaderMatcher(passHeader),
		runtime.WithOutgoingHeaderMatcher(dropHeader),
		runtime.WithOutgoingTrailerMatcher(dropHeader),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithWriteContentLength(),
		runtime.WithErrorHandler(s.writeGRPCError),
		runtime.WithRoutingErrorHandler(s.writeRoutingError),
		runtime.WithForwardResponseOption(writeETag),
		runtime.WithForwardResponseOption(writeFileName),
		runtime.WithMiddlewares(s.readRequest),
	)
	for _, register := range []func(context.Context, *runtime.ServeMux, *grpc.ClientConn) error{
		pb.RegisterReferralServiceHandler,
		pb.RegisterCaseServiceHandler,
		pb.RegisterDutyServiceHandler,
		pb.RegisterReviewServiceHandler,
		pb.RegisterPersonServiceHandler,
		pb.RegisterGrowthServiceHandler,
		pb.RegisterStatisticsServiceHandler,
		pb.RegisterDirectoryServiceHandler,
		pb.RegisterAccountServiceHandler,
		pb.RegisterJournalServiceHandler,
		pb.RegisterLinkageServiceHandler,
	} {
		if err := register(ctx, mux, conn); err != nil {
			return nil, fmt.Errorf("register a REST handler: %w", err)
		}
	}
	return mux, nil
}

// passHeader lets nothing through that callerHeaders lacks. Authorization is missing here because grpc-gateway passes it on
// by itself: named twice, one credential would look like two.
func passHeader(name string) (string, bool) {
	switch name {
	case "Idempotency-Key", "If-Match", "Accept-Language", "Last-Event-Id":
		return strings.ToLower(name), true
	}
	return "", false
}

func dropHeader(string) (string, bool) { return "", false }

// carry gives our own server what the transport knows of the caller.
func carry(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if x := exchangeOf(ctx); x != nil {
		x.called = true
		takeFormat(req, x.format)
		ctx = metadata.AppendToOutgoingContext(ctx, keyPeer, x.from.address.String(), keyRequest, x.id)
		if x.from.certificate != ([32]byte{}) {
			ctx = metadata.AppendToOutgoingContext(ctx, keyCertificate, hex.EncodeToString(x.from.certificate[:]))
		}
		if len(x.faults) > 0 {
			ctx = metadata.AppendToOutgoingContext(ctx, keyFaults, writeFaults(x.faults))
		}
	}
	return invoke(ctx, method, req, reply, conn, opts...)
}

// opened gives a request its id, cuts its headers to those we take, and answers with what every answer has. It also keeps a
// panic from naming anything.
func (s *Server) opened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var certificates []*x509.Certificate
		if r.TLS != nil {
			certificates = r.TLS.PeerCertificates
		}
		x := &exchange{from: placeOf(r.RemoteAddr, r.Header.Values("X-Forwarded-For"), s.cfg.TrustedProxies, certificates)}
		if id, err := uuid.NewV7(); err == nil {
			x.id = id.String()
		}
		h := w.Header()
		h.Set("X-Request-Id", x.id)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
		defer func() {
			if v := recover(); v != nil {
				s.log.ErrorContext(r.Context(), "panic", "request_id", x.id, "kind", fmt.Sprintf("%T", v), "at", store.Site())
				s.writeError(w, r, because(pb.ErrorReason_INTERNAL))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// callerOnly leaves of a request what callers may say. Host and RemoteAddr would become x-forwarded metadata.
func callerOnly(r *http.Request) {
	kept := make(http.Header, len(callerHeaders))
	for _, name := range callerHeaders {
		if values, ok := r.Header[name]; ok {
			kept[name] = values
		}
	}
	r.Header, r.Host, r.RemoteAddr = kept, "", ""
}

// readRequest is between the route and its handler: it refuses what is no request of ours and notes what is wrong inside.
func (s *Server) readRequest(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		x := exchangeOf(r.Context())
		pattern, _ := runtime.HTTPPattern(r.Context())
		x.route = s.contract.routes[r.Method+" "+pattern.String()]
		switch {
		case x.route == nil: // a route that no descriptor declares has no rules
			s.writeError(w, r, because(pb.ErrorReason_ROUTE_NOT_FOUND))
			return
		case !plain(params):
			s.writeError(w, r, because(pb.ErrorReason_ROUTE_NOT_FOUND))
			return
		case s.contract.otherVerb(x.route, params):
			s.writeError(w, r, because(pb.ErrorReason_METHOD_NOT_ALLOWED))
			return
		case s.room.full(): // said again by the chain; here it spares the body
			s.writeError(w, r, errNoRoom)
			return
		case len(r.Header["Authorization"]) != 1 && !slices.Contains(signingMethods, x.route.method): // said again by the chain; here it spares the walk
			s.writeError(w, r, because(pb.ErrorReason_UNAUTHENTICATED))
			return
		}
		r.URL.RawQuery, x.faults = readQuery(r.URL.RawQuery, x.route)
		if x.route.verb == http.MethodGet {
			r.Body, r.ContentLength = http.NoBody, 0
		} else if public := readBody(r, x); public != nil {
			s.writeError(w, r, public)
			return
		}
		x.format = acceptedFormat(r.Header["Accept"])
		callerOnly(r)
		next(w, r, params)
	}
}

// plain tells whether a path can name anything: no name of ours has a byte that is no UTF-8.
func plain(params map[string]string) bool {
	for _, value := range params {
		if !utf8.ValidString(value) {
			return false
		}
	}
	return true
}

// readBody reads the whole body and walks it.
func readBody(r *http.Request, x *exchange) *publicError {
	if !isJSON(r.Header.Get("Content-Type")) {
		return because(pb.ErrorReason_CONTENT_TYPE)
	}
	if r.ContentLength > largestBody {
		return because(pb.ErrorReason_BODY_TOO_LARGE)
	}
	buffer := bytes.NewBuffer(make([]byte, 0, max(r.ContentLength, 0)+bytes.MinRead))
	if _, err := buffer.ReadFrom(r.Body); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return because(pb.ErrorReason_BODY_TOO_LARGE)
		}
		return unfit([]Violation{{Reason: "MALFORMED"}})
	}
	sound, faults := readJSON(buffer.Bytes(), x.route.request)
	x.faults = append(x.faults, faults...)
	r.Body = &soundBody{bytes.NewReader(sound), sound, len(faults) > 0}
	return nil
}

// isJSON takes application/json, in UTF-8 if a charset is named.
func isJSON(contentType string) bool {
	media, params, err := mime.ParseMediaType(contentType)
	charset, named := params["charset"]
	return err == nil && media == "application/json" && (!named || strings.EqualFold(charset, "utf-8"))
}

// soundBody is a body that was walked.
type soundBody struct {
	*bytes.Reader
	json   []byte
	hidden bool // members that were refused are left under names of no field
}

func (b *soundBody) Close() error { return nil }

// jsonCodec is the one way to and from JSON: lowerCamelCase, enums by name, unset fields not written, so that a masked field
// and an empty one look alike. A table that was asked as a file is the file.
type jsonCodec struct{}

func (jsonCodec) ContentType(v any) string {
	if table, ok := asFile(v); ok {
		return table.GetContentType()
	}
	return "application/json"
}

func (jsonCodec) Marshal(v any) ([]byte, error) {
	if table, ok := asFile(v); ok {
		return table.GetFile(), nil
	}
	m, ok := v.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("%T is no message", v)
	}
	room := make([]byte, 0, jsonPerByte*proto.Size(m)) // for one that grows is copied again and again
	return protojson.MarshalOptions{}.MarshalAppend(room, m)
}

// jsonPerByte is how long an answer's JSON is, for a byte of it in Protobuf: field names are spelled out.
const jsonPerByte = 4

func (jsonCodec) Unmarshal(data []byte, v any) error { return decodeJSON(data, v, false) }

func decodeJSON(data []byte, v any, hidden bool) error {
	m, ok := v.(proto.Message)
	if !ok {
		return fmt.Errorf("%T is no message", v)
	}
	return protojson.UnmarshalOptions{DiscardUnknown: hidden}.Unmarshal(data, m)
}

func (c jsonCodec) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		body, ok := r.(*soundBody)
		if !ok || len(body.json) == 0 {
			return io.EOF
		}
		return decodeJSON(body.json, v, body.hidden)
	})
}

func (c jsonCodec) NewEncoder(w io.Writer) runtime.Encoder {
	return runtime.EncoderFunc(func(v any) error {
		data, err := c.Marshal(v)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	})
}

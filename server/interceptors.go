package server

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// longestCall is the deadline of a call that is no stream; a client may ask for less.
const longestCall = 10 * time.Second

// passage is what the chain knows of one call on its way.
type passage struct {
	id      uuid.UUID // version 7: about a call, never about a person
	method  string
	origin  string // grpc or rest
	peer    string // the caller's address, for limits alone
	from    place  // where the call comes from, for tokens that are held to it
	stream  bool
	request proto.Message // nil in a stream until its first message
	faults  []Violation   // seen before validation: in the JSON, in the headers
	missed  missed        // what was not found

	// A closure of the store may still run when its caller has left, and the line of the log is being written.
	actor atomic.Pointer[[16]byte] // pseudonym of who calls, as the journal has it
	rule  atomic.Pointer[string]   // of the access table, by which it was decided
}

type passageKey struct{}

func passageOf(ctx context.Context) *passage {
	p, _ := ctx.Value(passageKey{}).(*passage)
	return p
}

// RequestID is the id of the call, as the caller gets it in x-request-id.
func RequestID(ctx context.Context) [16]byte {
	if p := passageOf(ctx); p != nil {
		return p.id
	}
	return [16]byte{}
}

// origin is the face by which a call came: grpc or rest.
func origin(ctx context.Context) string {
	if p := passageOf(ctx); p != nil {
		return p.origin
	}
	return ""
}

// noteRule tells the log by which row of the access table a call was decided.
func noteRule(ctx context.Context, rule string) {
	if p := passageOf(ctx); p != nil {
		p.rule.Store(&rule)
	}
}

// noteActor tells the log who calls, by the journal's pseudonym.
func noteActor(ctx context.Context, actor [16]byte) {
	if p := passageOf(ctx); p != nil {
		p.actor.Store(&actor)
	}
}

// step is one link of the chain. It may refuse; what it puts into the context, the next ones see.
type step func(ctx context.Context, p *passage, next func(context.Context) error) error

// chain is the way of every call, in this order. Who calls is asked before anything about the message is said.
func (s *Server) chain() []step {
	return []step{
		s.recovered,
		s.identified,
		s.logged,
		s.measured,
		s.answered,
		s.admitted,
		s.timely,
		s.limitedByPeer,
		s.clocked,
		s.authenticated,
		s.begun,
		s.watched,
		s.limitedByAccount,
		s.limitedStreams,
		s.keyed,
		s.validated,
		s.counted,
	}
}

func pass(ctx context.Context, p *passage, steps []step, handle func(context.Context) error) error {
	if len(steps) == 0 {
		return handle(ctx)
	}
	return steps[0](ctx, p, func(ctx context.Context) error { return pass(ctx, p, steps[1:], handle) })
}

// unary leads a call through the chain; inMemory is whether it came from our own gateway.
func (s *Server) unary(inMemory bool) grpc.UnaryServerInterceptor {
	steps := s.chain()
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (answer any, err error) {
		p := &passage{method: info.FullMethod}
		p.request, _ = req.(proto.Message)
		ctx = s.enter(ctx, p, inMemory)
		err = pass(ctx, p, steps, func(ctx context.Context) error {
			answer, err = handler(ctx, req)
			return err
		})
		if err != nil {
			return nil, err
		}
		return answer, nil
	}
}

// streaming leads a stream through the chain; its messages are validated as they come.
func (s *Server) streaming(inMemory bool) grpc.StreamServerInterceptor {
	steps := s.chain()
	return func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		p := &passage{method: info.FullMethod, stream: true}
		ctx, cancel := context.WithCancel(s.enter(stream.Context(), p, inMemory))
		defer cancel()
		// A stream would hold the graceful stop for ever.
		defer context.AfterFunc(s.streams, cancel)()
		return pass(ctx, p, steps, func(ctx context.Context) error {
			return handler(srv, &checkedStream{stream, ctx, s, p})
		})
	}
}

type checkedStream struct {
	grpc.ServerStream
	ctx     context.Context
	server  *Server
	passage *passage
}

func (c *checkedStream) Context() context.Context { return c.ctx }

// SendMsg sends nothing to who may no longer hear it.
func (c *checkedStream) SendMsg(m any) error {
	if c.ctx.Err() != nil {
		return context.Cause(c.ctx)
	}
	return c.ServerStream.SendMsg(m)
}

// RecvMsg waits for a message as long as the caller may send one.
func (c *checkedStream) RecvMsg(m any) error {
	came := make(chan error, 1)
	go func() { came <- c.ServerStream.RecvMsg(m) }() // ends with the stream at the latest, which the handler's return ends
	select {
	case err := <-came:
		if err != nil {
			return err
		}
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
	c.passage.request, _ = m.(proto.Message)
	received := func(context.Context) error { return nil }
	return pass(c.ctx, c.passage, []step{c.server.keyed, c.server.validated}, received)
}

// recovered turns a panic into an answer. What it panicked with is not kept: it may be a name.
func (s *Server) recovered(ctx context.Context, p *passage, next func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.log.ErrorContext(ctx, "panic", "request_id", p.id.String(), "method", s.metrics.name(p.method), "kind", fmt.Sprintf("%T", v), "at", store.Site())
			err = because(pb.ErrorReason_INTERNAL).status(p.id.String()).Err()
		}
	}()
	return next(ctx)
}

// identified tells the caller the id of the call. Calls by REST bring the one that the gateway gave.
func (s *Server) identified(ctx context.Context, p *passage, next func(context.Context) error) error {
	if p.id == uuid.Nil {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		p.id = id
	}
	if err := grpc.SetHeader(ctx, metadata.Pairs("x-request-id", p.id.String())); err != nil {
		return err
	}
	return next(context.WithValue(ctx, passageKey{}, p))
}

// logged writes one line a call: never content.
func (s *Server) logged(ctx context.Context, p *passage, next func(context.Context) error) (err error) {
	begun, code := time.Now(), codes.Internal // the code of a panic
	defer func() {
		attrs := []slog.Attr{
			slog.String("request_id", p.id.String()), slog.String("method", s.metrics.name(p.method)),
			slog.String("code", code.String()), slog.Duration("duration", time.Since(begun)),
		}
		if actor := p.actor.Load(); actor != nil && *actor != ([16]byte{}) {
			attrs = append(attrs, slog.String("actor", hex.EncodeToString(actor[:])))
		}
		if rule := p.rule.Load(); rule != nil && *rule != "" {
			attrs = append(attrs, slog.String("rule", *rule))
		}
		s.log.LogAttrs(ctx, slog.LevelInfo, "call", attrs...)
	}()
	err = next(ctx)
	code = status.Code(err)
	return err
}

// answered puts errors into the words of the contract. Whatever was not found leaves on a beat, also where that is a fault of a field, a
// line of a batch or an empty answer, so that its time does not tell "not yours" from "not there".
func (s *Server) answered(ctx context.Context, p *passage, next func(context.Context) error) error {
	err := next(ctx)
	if p.missed.any() {
		waitForTick(ctx)
	}
	if err == nil {
		return nil
	}
	public := publicOf(err)
	if tells := public.reason == pb.ErrorReason_NOT_FOUND || public.reason == pb.ErrorReason_SIGN_IN_FAILED; tells && !p.missed.any() {
		waitForTick(ctx)
	}
	if public.reason == pb.ErrorReason_INTERNAL {
		s.log.ErrorContext(ctx, "fault", "request_id", p.id.String(), "method", s.metrics.name(p.method), "kind", store.Kind(err))
	}
	return public.status(p.id.String()).Err()
}

// tick is the beat: longer than what one refusal and another differ by, shorter than anybody waits.
const tick = 5 * time.Millisecond

func waitForTick(ctx context.Context) {
	now := time.Now()
	timer := time.NewTimer(now.Truncate(tick).Add(tick).Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// timely ends a call after 10 seconds, whatever the client asked for.
func (s *Server) timely(ctx context.Context, p *passage, next func(context.Context) error) error {
	if p.stream {
		return next(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, s.longest)
	defer cancel()
	return next(ctx)
}

// limitedByPeer slows who guesses tokens; it is before authentication, by the address of the transport.
func (s *Server) limitedByPeer(ctx context.Context, p *passage, next func(context.Context) error) error {
	if err := s.peers.take(p.peer); err != nil {
		return err
	}
	return next(ctx)
}

// limitedByAccount keeps one account from taking everybody's turn.
func (s *Server) limitedByAccount(ctx context.Context, _ *passage, next func(context.Context) error) error {
	if err := s.accounts.take(s.hooks.limitKey(ctx)); err != nil {
		return err
	}
	return next(ctx)
}

// clocked answers nothing by a clock that is not to be believed: what it would show or refuse is as wrong as the clock.
func (s *Server) clocked(ctx context.Context, p *passage, next func(context.Context) error) error {
	if s.hooks.clockWrong != nil && s.hooks.clockWrong() && !isOpen(p.method) {
		return because(pb.ErrorReason_UNAVAILABLE)
	}
	return next(ctx)
}

// firstServices are all that is done before a REVIEWER works (design: access, First days): what makes accounts and the directory, and
// reads no case. Without her nobody would look at an exception, a glass or a second person's yes.
var firstServices = []string{"/sinergi.v1.AccountService/", "/sinergi.v1.DirectoryService/", pb.GrowthService_Assess_FullMethodName}

// begun answers nothing else in the first days, whoever asks for whatever. Health says the same to everybody.
func (s *Server) begun(ctx context.Context, p *passage, next func(context.Context) error) error {
	first := func(prefix string) bool { return strings.HasPrefix(p.method, prefix) }
	if s.hooks.reviewed == nil || isOpen(p.method) || slices.ContainsFunc(firstServices, first) {
		return next(ctx)
	}
	reviewed, err := s.hooks.reviewed(ctx)
	if err != nil {
		return err
	}
	if !reviewed {
		return &publicError{reason: pb.ErrorReason_UNAVAILABLE, meta: map[string]string{"missing": reviewerMissing}}
	}
	return next(ctx)
}

// open methods tell nothing of anybody, and must answer before there is a credential.
var openServices = []string{"/grpc.health.v1.Health/", "/grpc.reflection."}

// signingMethods are by what a caller gets a credential, so they are taken without one. They are held to the rate of their peer, and to
// the throttle of sign-in.
var signingMethods = []string{
	pb.AccountService_BeginEnrolment_FullMethodName,
	pb.AccountService_AcceptInvitation_FullMethodName,
	pb.AccountService_SignIn_FullMethodName,
	pb.AccountService_BeginSignOn_FullMethodName,
	pb.AccountService_CompleteSignOn_FullMethodName,
	pb.AccountService_StartDevice_FullMethodName,
	pb.AccountService_RedeemDevice_FullMethodName,
}

func isOpen(method string) bool {
	return slices.ContainsFunc(openServices, func(open string) bool { return strings.HasPrefix(method, open) })
}

// authenticated asks who calls. Of two credentials one would be chosen by an accident of order, so two are none.
func (s *Server) authenticated(ctx context.Context, p *passage, next func(context.Context) error) error {
	if isOpen(p.method) || slices.Contains(signingMethods, p.method) {
		return next(ctx)
	}
	values := metadata.ValueFromIncomingContext(ctx, "authorization")
	if len(values) != 1 {
		return because(pb.ErrorReason_UNAUTHENTICATED)
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return because(pb.ErrorReason_UNAUTHENTICATED)
	}
	ctx, err := s.hooks.authenticate(ctx, token)
	if err != nil {
		return err
	}
	return next(ctx)
}

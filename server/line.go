package server

import (
	"context"

	"google.golang.org/grpc/stats"
)

// line is the context of one connection to the public face, from which gRPC makes those of its calls. It is there to end a call that the tap
// has refused. gRPC forgets that (v1.85.0, operateHeaders, whose other refusals do it): the call's timer, and all that hangs on it, would stay
// until a deadline that the caller chose. Those of a storm are hundreds of megabytes, and the collector, busy with them, delays everybody.
//
// Package context asks a parent that is not of its own kind, by AfterFunc, to call a function that ends the child; that of the newest is kept.
// The goroutine that reads the connection makes its calls one by one, each followed by its tap, so nobody else is here. A connection that is
// lost ends its calls as ever, by gRPC.
type line struct {
	context.Context
	endNewest func()
}

type lineKey struct{}

// endNewestCall ends the call, of those on the line of ctx, that was made last.
func endNewestCall(ctx context.Context) {
	if l, ok := ctx.Value(lineKey{}).(*line); ok && l.endNewest != nil {
		l.endNewest()
	}
}

// AfterFunc is told of each new call.
func (l *line) AfterFunc(end func()) (stop func() bool) {
	l.endNewest = end
	return stopped
}

func stopped() bool { return true }

// Done never comes.
func (l *line) Done() <-chan struct{} { return never }

var never = make(chan struct{})

// Err is what a call that is ended through here ends with; nobody asks for the line's own.
func (l *line) Err() error { return context.Canceled }

func (l *line) Value(key any) any {
	if key == (lineKey{}) {
		return l
	}
	return l.Context.Value(key)
}

// lines gives each connection its line: gRPC lets nobody but who counts its calls have a word there.
type lines struct{}

func (lines) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return &line{Context: ctx}
}
func (lines) HandleConn(context.Context, stats.ConnStats)                     {}
func (lines) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }
func (lines) HandleRPC(context.Context, stats.RPCStats)                       {}

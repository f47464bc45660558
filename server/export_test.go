package server

import (
	"context"
	"slices"
	"syscall"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// Faulty is a server whose every method goes wrong as it is told, at the end of the real chain. Whoever calls is believed and whatever is
// asked goes through, so that the fault comes about.
func Faulty(cfg Config, st *store.Store, within time.Duration, fault func(context.Context, proto.Message) error) (*Server, error) {
	s := &Server{store: st}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	err := s.assemble(cfg, hooks{
		register: func(r grpc.ServiceRegistrar) { s.registerServices(faulty{r, fault}) },
		authenticate: func(ctx context.Context, _ string) (context.Context, error) {
			return context.WithValue(ctx, principalKey{}, principal{credential: "anybody"}), nil
		},
		limitKey: s.limitKey, missing: s.missing,
	})
	s.validator, s.longest = anything{}, within
	return s, err
}

// faulty puts the fault in the place of each method's own code.
type faulty struct {
	grpc.ServiceRegistrar
	fault func(context.Context, proto.Message) error
}

func (f faulty) RegisterService(desc *grpc.ServiceDesc, impl any) {
	all := *desc
	all.Methods = slices.Clone(desc.Methods)
	for i, m := range desc.Methods {
		all.Methods[i].Handler = func(srv any, ctx context.Context, read func(any) error, chain grpc.UnaryServerInterceptor) (any, error) {
			return m.Handler(srv, ctx, read, func(ctx context.Context, req any, info *grpc.UnaryServerInfo, _ grpc.UnaryHandler) (any, error) {
				return chain(ctx, req, info, func(ctx context.Context, req any) (any, error) { return nil, f.fault(ctx, req.(proto.Message)) })
			})
		}
	}
	f.ServiceRegistrar.RegisterService(&all, impl)
}

// anything finds no fault in a request.
type anything struct{}

func (anything) Validate(proto.Message, ...protovalidate.ValidationOption) error { return nil }

// KillAt ends this process, as a power cut would, the n-th time that a draw comes to a step.
func KillAt(step string, n int) {
	atStep = func(at string) {
		if at != step {
			return
		}
		if n--; n == 0 {
			_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
			select {} // until the signal comes
		}
	}
}

// CountedCases are the cases of a year as a release counts them.
func CountedCases(ctx context.Context, st *store.Store, year int) ([]statistics.Case, error) {
	s := &Server{store: st}
	return store.Read(ctx, st, func(r *store.Reader) ([]statistics.Case, error) {
		return s.regencyCases(r, statistics.Period{Kind: statistics.Year, Year: year}, opens{overlap: true})
	})
}

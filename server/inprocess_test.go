package server

import (
	"context"
	"io"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// InProcess calls the handlers of a store without a wire: what they answer is what they have decided, and a thousand worlds take
// seconds. What the chain adds, authentication and the beat of a refusal, is tested over the wire.
type InProcess struct {
	methods map[string]handlerOf
}

// handlerOf is one method of one service.
type handlerOf func(ctx context.Context, request proto.Message) (any, error)

// NewInProcess serves a store to the tests of this folder.
func NewInProcess(st *store.Store) (*InProcess, error) {
	s := &Server{store: st, cursors: st.Cursors(), log: newLog(io.Discard, "error"), metrics: newMetrics()}
	var err error
	if s.cfg, err = (Config{Now: st.Now, Limits: NoLimits}).completed(); err != nil {
		return nil, err
	}
	if s.misses, err = newQuota(s.cfg.NotFoundPerHour); err != nil {
		return nil, err
	}
	if s.lookups, err = newQuota(s.cfg.LookupsPerHour); err != nil {
		return nil, err
	}
	if s.lives, err = lru.New[liveKey, keptCount](liveCounts); err != nil {
		return nil, err
	}
	s.apps = newAppDays(s.cfg.Limits)
	p := &InProcess{map[string]handlerOf{}}
	s.registerServices(p)
	return p, nil
}

// RegisterService takes the handlers of a service, as gRPC would.
func (p *InProcess) RegisterService(desc *grpc.ServiceDesc, impl any) {
	for _, m := range desc.Methods {
		p.methods[m.MethodName] = func(ctx context.Context, request proto.Message) (any, error) {
			return m.Handler(impl, ctx, func(into any) error {
				proto.Merge(into.(proto.Message), request)
				return nil
			}, nil)
		}
	}
}

// Call makes one call by the id of a credential, and gives the answer or the reason why there is none.
func (p *InProcess) Call(credential, method string, request proto.Message) (answer proto.Message, reason pb.ErrorReason_Value) {
	defer func() { // as the chain does
		if recover() != nil {
			answer, reason = nil, pb.ErrorReason_INTERNAL
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	handle, ok := p.methods[method]
	if !ok {
		return nil, pb.ErrorReason_ROUTE_NOT_FOUND
	}
	got, err := handle(context.WithValue(ctx, principalKey{}, principal{credential: credential}), request)
	if err != nil {
		return nil, publicOf(err).reason
	}
	return got.(proto.Message), pb.ErrorReason_UNSPECIFIED
}

// CredentialOf is the id of the credential in a token.
func CredentialOf(token string) string {
	p, _ := parseToken(token)
	return p.id
}

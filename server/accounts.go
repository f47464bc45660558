package server

import (
	"context"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// accounts tells a caller who it is.
type accounts struct {
	pb.UnimplementedAccountServiceServer
	*Server
}

// WhoAmI answers with the caller's own account, role and unit.
func (s *accounts) WhoAmI(ctx context.Context, _ *pb.WhoAmIRequest) (*pb.WhoAmIResponse, error) {
	return store.Read(ctx, s.store, func(r *store.Reader) (*pb.WhoAmIResponse, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, err
		}
		return viewCaller(c.caller), nil
	})
}

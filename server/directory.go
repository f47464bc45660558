package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// directory tells whom one may refer to. It holds nothing about a person, so reading it is not journaled.
type directory struct {
	pb.UnimplementedDirectoryServiceServer
	*Server
}

// mayRead decides that the caller is an active account: all that the directory asks.
func (s *directory) mayRead(ctx context.Context) error {
	_, err := store.ReadLogged(ctx, s.store, func(r *store.Reader) (struct{}, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return struct{}{}, nil, err
		}
		if d := access.Decide(c.caller.Facts(c.now).Doing(access.DirectoryRead)); !d.Allowed() {
			return struct{}{}, nil, c.refuse(access.DirectoryRead, d, object{}, "")
		}
		return struct{}{}, nil, nil
	})
	return err
}

// GetUnit reads one unit.
func (s *directory) GetUnit(ctx context.Context, req *pb.GetUnitRequest) (*pb.Unit, error) {
	if err := s.mayRead(ctx); err != nil {
		return nil, err
	}
	unit, ok := s.unitOf(req.GetName())
	if !ok {
		return nil, refusal(access.NotFound)
	}
	return s.viewUnit(unit), nil
}

// ListUnits lists units by code.
func (s *directory) ListUnits(ctx context.Context, req *pb.ListUnitsRequest) (*pb.ListUnitsResponse, error) {
	if err := s.mayRead(ctx); err != nil {
		return nil, err
	}
	service := word[casework.ReferralServiceType](req.GetService())
	size, m := pageSize(req.GetPageSize()), &pb.ListUnitsResponse{}
	for _, unit := range s.store.Directory().Units() {
		if unit.Code <= req.GetPageToken() || !s.offers(unit, service, req.GetAreaCode()) {
			continue
		}
		if len(m.Units) == size {
			m.NextPageToken = m.Units[size-1].Code
			break
		}
		m.Units = append(m.Units, s.viewUnit(unit))
	}
	return m, nil
}

// offers tells whether a unit matches a filter; an empty one matches all.
func (s *directory) offers(unit casework.Unit, service casework.ReferralServiceType, area string) bool {
	if service == "" && area == "" {
		return true
	}
	for _, o := range s.store.Directory().Offers(unit.ID) {
		if (service == "" || o.Service == service) && (area == "" || o.Covers(area)) {
			return true
		}
	}
	return false
}

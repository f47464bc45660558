package server

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// tableKinds are the kinds of tables in the order of the catalogue.
var tableKinds = []statistics.Kind{statistics.Released, statistics.OfOffice, statistics.Live}

// catalogue answers from what stands in the program and in the directory, to all who may read a release, in the same bytes. It holds
// nothing about a person, so reading it is not journaled.
func catalogue[M proto.Message](ctx context.Context, s *statisticsService, read func() (M, error)) (M, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (m M, rec *store.Record, err error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return m, nil, err
		}
		if d := access.Decide(c.caller.Facts(c.now).Doing(access.StatsReleased)); !d.Allowed() {
			return m, nil, c.refuse(access.StatsReleased, d, object{}, "")
		}
		m, err = read()
		return m, nil, err
	})
}

// ListDatasets lists all tables. That a table is listed says nothing of who may ask it.
func (s *statisticsService) ListDatasets(ctx context.Context, req *pb.ListDatasetsRequest) (*pb.ListDatasetsResponse, error) {
	return catalogue(ctx, s, func() (*pb.ListDatasetsResponse, error) {
		m := &pb.ListDatasetsResponse{}
		for _, kind := range tableKinds {
			if req.GetKind() != pb.DatasetKind_UNSPECIFIED && req.GetKind() != viewKind(kind) {
				continue
			}
			for _, t := range statistics.Tables(kind) {
				m.Datasets = append(m.Datasets, s.viewDataset(t, statistics.Frame{}))
			}
		}
		return m, nil
	})
}

// GetDataset reads the metadata of one table, with the regency's own lists.
func (s *statisticsService) GetDataset(ctx context.Context, req *pb.GetDatasetRequest) (*pb.Dataset, error) {
	return catalogue(ctx, s, func() (*pb.Dataset, error) {
		for _, kind := range tableKinds {
			if t, ok := statistics.Find(kind, req.GetDataset()); ok {
				return s.viewDataset(t, s.frame(statistics.Period{}, s.now())), nil
			}
		}
		return nil, refusal(access.NotFound)
	})
}

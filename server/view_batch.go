package server

import (
	"context"

	"github.com/google/uuid"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// viewBatchResult makes the line of one leg: the answer that its own call has made, or its error as it would have travelled alone.
func viewBatchResult(ctx context.Context, name string, leg *pb.Referral, err error) *pb.BatchResult {
	if err != nil {
		return &pb.BatchResult{Name: name, Error: publicOf(err).status(uuid.UUID(RequestID(ctx)).String()).Proto()}
	}
	return &pb.BatchResult{Name: name, Referral: leg}
}

func viewBatch(results []*pb.BatchResult) *pb.BatchTransitionResponse {
	return &pb.BatchTransitionResponse{Results: results}
}

package server

import (
	"context"

	"github.com/google/uuid"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// BatchTransition gives one event to many legs, each as a call of its own with its own result: a day of routine legs is one act, and
// the second key stays a person's. The id of each call follows from the batch's and the leg, so the same batch again is the same
// calls again.
func (s *referrals) BatchTransition(ctx context.Context, req *pb.BatchTransitionRequest) (*pb.BatchTransitionResponse, error) {
	batch, _, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	var results []*pb.BatchResult
	for _, name := range req.GetNames() {
		leg, err := s.transition(ctx, req.GetEvent(), name, legRequestID(batch, name))
		if ctx.Err() != nil {
			return nil, ctx.Err() // what was done is kept: the same batch again tells
		}
		results = append(results, viewBatchResult(ctx, name, leg, err))
	}
	return viewBatch(results), nil
}

// transition is one event of a batch.
func (s *referrals) transition(ctx context.Context, event pb.BatchEvent_Value, name, id string) (*pb.Referral, error) {
	switch event {
	case pb.BatchEvent_ACKNOWLEDGE:
		return s.AcknowledgeReferral(ctx, &pb.AcknowledgeReferralRequest{Name: name, RequestId: id})
	case pb.BatchEvent_ACCEPT:
		return s.AcceptReferral(ctx, &pb.AcceptReferralRequest{Name: name, RequestId: id})
	}
	return s.ConfirmReferral(ctx, &pb.ConfirmReferralRequest{Name: name, RequestId: id})
}

// legRequestID is UUIDv5 of the batch's id and the leg.
func legRequestID(batch [16]byte, name string) string {
	if id, ok := parseName("referrals", name); ok {
		name = id.String() // one leg has one call, however its name is written
	}
	return uuid.NewSHA1(batch, []byte(name)).String()
}

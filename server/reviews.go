package server

import (
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// reviews shows what waits for a second person, and what one was told.
type reviews struct {
	pb.UnimplementedReviewServiceServer
	*Server
}

package server

import (
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// persons reads and corrects persons and households by the rights on their cases.
type persons struct {
	pb.UnimplementedPersonServiceServer
	*Server
}

package server

import (
	"context"
)

// missing names what keeps the server from its work, and what is not set up yet.
func (s *Server) missing(context.Context) (faults, missing []string) { return nil, nil }

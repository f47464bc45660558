package server

import pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"

// statisticsService counts: a unit's own work live (live.go), what an office oversees (overseen.go), and releases (releases.go, release_acts.go).
type statisticsService struct {
	pb.UnimplementedStatisticsServiceServer
	*Server
}

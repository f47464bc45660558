package server

import (
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// viewTransfers makes the message of what changed hands, each line with a grant of its own case or leg.
func viewTransfers(moved []movedItem) *pb.TransferCaseloadResponse {
	m := &pb.TransferCaseloadResponse{}
	for _, i := range moved {
		if i.grant.Case() != i.k || i.grant.Leg() != i.leg {
			continue
		}
		line := &pb.Transfer{Name: caseName(i.k), Officer: accountName(i.officer)}
		if i.leg != (casework.LegID{}) {
			line.Name = legName(i.leg)
		}
		sightOf(i.grant).clear(line.ProtoReflect())
		if line.GetName() != "" {
			m.Transfers = append(m.Transfers, line)
		}
	}
	return m
}

package server_test

import (
	"testing"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Two packages that may not know each other say which legs are ordinary: the list of late ones asks domain/casework, a count asks
// domain/statistics. Whoever reads both must not learn from a difference.
func TestOneLegIsOrdinaryInListsAndFigures(t *testing.T) {
	t.Parallel()
	ordinary, secret := 0, 0
	for service := range pb.ReferralServiceType_Value_value {
		for kind := range pb.CaseType_Value_value {
			for level := range pb.Level_Value_value {
				for sender := range pb.UnitType_Value_value {
					for receiver := range pb.UnitType_Value_value {
						from, to := casework.UnitType(sender), casework.UnitType(receiver)
						k := casework.Case{Type: casework.CaseType(kind), Level: casework.Level(level)}
						listed := casework.Referral{Service: casework.ReferralServiceType(service)}.IsOrdinary(k, from, to)
						counted := len(statistics.OrdinaryLegs([]statistics.Leg{{
							CaseSide: statistics.Ordinary, CaseType: kind, CaseLevel: level, Service: service,
							Journey: statistics.Journey{ID: "1", SenderSector: string(from.Sector()), ReceiverSector: string(to.Sector())},
						}})) == 1
						if listed != counted {
							t.Fatalf("%s for a %s case at %s, %s to %s: listed %v, counted %v", service, kind, level, sender, receiver, listed, counted)
						}
						if listed {
							ordinary++
						} else {
							secret++
						}
					}
				}
			}
		}
	}
	if ordinary == 0 || secret == 0 {
		t.Errorf("%d are ordinary, %d not: the test says nothing", ordinary, secret)
	}
}

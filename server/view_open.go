package server

import (
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewUnit makes the message of a unit, which holds nothing about a person.
func (s *Server) viewUnit(u casework.Unit) *pb.Unit {
	m := &pb.Unit{
		Name: unitName(u.ID), Code: u.Code, DisplayName: u.Name, Parent: unitName(u.Parent), Register: unitName(u.Register), AreaCode: u.AreaCode,
		Type:    enum[pb.UnitType_Value](pb.UnitType_Value_value, u.Type),
		Sector:  enum[pb.Sector_Value](pb.Sector_Value_value, u.Type.Sector()),
		Channel: enum[pb.Channel_Value](pb.Channel_Value_value, u.Channel),
	}
	for _, o := range s.store.Directory().Offers(u.ID) {
		m.Services = append(m.Services, &pb.OfferedService{
			AreaCodes: o.Areas, Bring: o.Bring,
			Service: enum[pb.ReferralServiceType_Value](pb.ReferralServiceType_Value_value, o.Service),
		})
	}
	return m
}

// viewCaller makes the message of the caller to herself.
func viewCaller(c store.Caller) *pb.WhoAmIResponse {
	return &pb.WhoAmIResponse{
		Account: accountName(c.Account), Unit: unitName(c.Unit.ID), ExpireTime: timestamp(c.Expires),
		Role: enum[pb.Role_Value](pb.Role_Value_value, c.Role),
	}
}

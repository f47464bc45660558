package server

import (
	"context"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// directory tells whom one may refer to. It holds nothing about a person, so reading it is not journaled.
type directory struct {
	pb.UnimplementedDirectoryServiceServer
	*Server
}

// consult reads the directory for an active account: all that it asks.
func consult[M proto.Message](ctx context.Context, s *directory, read func(call, *store.Reader) (M, error)) (M, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (m M, rec *store.Record, err error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return m, nil, err
		}
		if d := access.Decide(c.caller.Facts(c.now).Doing(access.DirectoryRead)); !d.Allowed() {
			return m, nil, c.refuse(access.DirectoryRead, d, object{}, "")
		}
		m, err = read(c, r)
		return m, nil, err
	})
}

// unitReader is what Reader and Writer both can.
type unitReader interface {
	Rooms(casework.UnitID) (map[casework.ReferralServiceType][]casework.Coverage, error)
	NamedDutyOfficer(casework.UnitID) (casework.AccountID, error)
}

// GetUnit reads one unit.
func (s *directory) GetUnit(ctx context.Context, req *pb.GetUnitRequest) (*pb.Unit, error) {
	return consult(ctx, s, func(c call, r *store.Reader) (*pb.Unit, error) {
		unit, ok := c.unitNamed(req.GetName())
		if !ok {
			return nil, refusal(access.NotFound)
		}
		works, err := r.Working(unit, c.now)
		if err != nil {
			return nil, err
		}
		return c.unitMessage(r, unit, works)
	})
}

// unitNamed finds a unit by name or code, as far as the caller may know of it: to others a shelter does not exist.
func (c call) unitNamed(name string) (casework.Unit, bool) {
	unit, ok := c.unitOf(name)
	if code, by := strings.CutPrefix(name, "units/"); !ok && by {
		unit, ok = c.store.Directory().UnitByCode(code)
	}
	return unit, ok && unit.KnownTo(c.caller.Unit.ID)
}

// nameable is a unit as the caller may hear of it: in place of a confidential one its contact.
func (c call) nameable(id casework.UnitID) casework.UnitID {
	if unit, _ := c.store.Directory().Unit(id); !unit.KnownTo(c.caller.Unit.ID) {
		return unit.Contact
	}
	return id
}

// unitMessage reads what of a unit changes while servers run.
func (c call) unitMessage(r unitReader, unit casework.Unit, works bool) (*pb.Unit, error) {
	rooms, err := r.Rooms(unit.ID)
	if err != nil {
		return nil, err
	}
	var officer casework.AccountID
	if unit.Register == c.caller.Unit.Register || c.store.Directory().Below(unit.ID, c.caller.Unit.ID) {
		if officer, err = r.NamedDutyOfficer(unit.ID); err != nil {
			return nil, err
		}
	}
	return c.viewUnit(unit, unitDetails{works: works, rooms: rooms, officer: officer, now: c.now}), nil
}

// ListUnits lists units by code.
func (s *directory) ListUnits(ctx context.Context, req *pb.ListUnitsRequest) (*pb.ListUnitsResponse, error) {
	size, m := pageSize(req.GetPageSize()), &pb.ListUnitsResponse{}
	return consult(ctx, s, func(c call, r *store.Reader) (*pb.ListUnitsResponse, error) {
		for _, unit := range s.store.Directory().Units() {
			if unit.Code <= req.GetPageToken() || !c.lists(unit, req) {
				continue
			}
			works, err := r.Working(unit, c.now)
			if err != nil {
				return nil, err
			}
			if !works && !req.GetIncludeInactive() {
				continue
			}
			if len(m.Units) == size {
				m.NextPageToken = m.Units[size-1].Code
				break
			}
			message, err := c.unitMessage(r, unit, works)
			if err != nil {
				return nil, err
			}
			m.Units = append(m.Units, message)
		}
		return m, nil
	})
}

// lists tells whether a unit is in a list: the caller may know of it, and it passes the filters.
func (c call) lists(unit casework.Unit, req *pb.ListUnitsRequest) bool {
	if !unit.KnownTo(c.caller.Unit.ID) {
		return false
	}
	if kind := word[casework.UnitType](req.GetType()); kind != "" && unit.Type != kind {
		return false
	}
	if req.GetParent() != "" {
		parent, ok := c.unitNamed(req.GetParent())
		if !ok || unit.ID == parent.ID || !c.store.Directory().Below(unit.ID, parent.ID) {
			return false
		}
	}
	return c.offers(unit, word[casework.ReferralServiceType](req.GetService()), req.GetAreaCode())
}

// offers tells whether a unit matches a filter; an empty one matches all.
func (s *Server) offers(unit casework.Unit, service casework.ReferralServiceType, area string) bool {
	if service == "" && area == "" {
		return true
	}
	for _, o := range s.store.Directory().Offers(unit.ID) {
		if (service == "" || o.Service == service) && (area == "" || o.Covers(area)) {
			return true
		}
	}
	return false
}

// ListRegions lists the codes of the regency.
func (s *directory) ListRegions(ctx context.Context, req *pb.ListRegionsRequest) (*pb.ListRegionsResponse, error) {
	size, m := pageSize(req.GetPageSize()), &pb.ListRegionsResponse{}
	return consult(ctx, s, func(call, *store.Reader) (*pb.ListRegionsResponse, error) {
		for _, region := range s.store.Directory().Regions() {
			if region.Code <= req.GetPageToken() || req.GetParent() != "" && region.Parent() != req.GetParent() {
				continue
			}
			if len(m.Regions) == size {
				m.NextPageToken = m.Regions[size-1].Code
				break
			}
			m.Regions = append(m.Regions, viewRegion(region))
		}
		return m, nil
	})
}

// SetDutyOfficer names who takes what nobody else of a unit has taken.
func (s *directory) SetDutyOfficer(ctx context.Context, req *pb.SetDutyOfficerRequest) (*pb.Unit, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	officer, ok := parseName("accounts", req.GetOfficer())
	if !ok {
		return nil, casework.Violations{{Field: "officer", Reason: "NAME_FORMAT"}}
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Unit, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		unit, known := c.unitNamed(req.GetName())
		facts := c.caller.Facts(c.now)
		if known && s.store.Directory().Below(unit.ID, c.caller.Unit.ID) {
			facts.Cond |= access.OwnOrChildUnit
		}
		act := orStepUp(facts.Doing(access.DirectoryDutyOfficer))
		if !act.Allowed() {
			return nil, c.refuse(access.DirectoryDutyOfficer, act, object{kind: "unit", id: unit.ID}, req.GetName())
		}
		if old, ok, err := w.Answered(c.caller.Account, id); err != nil || ok {
			answer := &pb.Unit{}
			if err == nil {
				err = c.answered(old, method, mark, act.Grant.Mask(), answer)
			}
			return answer, err
		}
		able, err := w.MayBeOnDuty(casework.AccountID(officer), unit)
		if err != nil {
			return nil, err
		}
		if !able {
			return nil, casework.Precondition("OFFICER_INVALID")
		}
		entry := c.append(w, access.DirectoryDutyOfficer, act, object{kind: "unit", id: unit.ID}, journal.Event{Name: "setDutyOfficer"})
		if err := w.SetDutyOfficer(unit.ID, casework.AccountID(officer), entry); err != nil {
			return nil, err
		}
		works, err := w.Working(unit, c.now)
		if err != nil {
			return nil, err
		}
		answer, err := c.unitMessage(w, unit, works)
		if err != nil {
			return nil, err
		}
		return answer, c.keep(w, id, store.Answered{Method: method, Mark: mark, Owner: store.Owner(c.caller.Account)}, answer)
	})
}

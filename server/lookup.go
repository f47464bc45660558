package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// meaningOfLookup is what the rules have against a NIK.
func (s *Server) meaningOfLookup(req *pb.FindByNationalIdRequest) (v casework.Violations) {
	if fault := casework.CheckNIK(req.GetNik(), casework.DateOf(s.now())); fault != "" {
		v.Add("nik", fault)
	}
	return v
}

// FindByNationalId finds a client of the own register by exact NIK, among the cases that the caller may read with the client's name. Both
// sides are asked each time, and a row is of one; what fits and may not be read looks like nothing, in content and in time. Each look-up
// is on record with a keyed tag of the NIK; after thirty in an hour that showed nothing there is none.
func (s *persons) FindByNationalId(ctx context.Context, req *pb.FindByNationalIdRequest) (*pb.FindByNationalIdResponse, error) {
	missedOf(ctx).mute()
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.FindByNationalIdResponse, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		act := access.Decide(c.caller.Facts(c.now).Doing(access.PersonFind))
		if !act.Allowed() {
			return nil, c.refuse(access.PersonFind, act, object{}, "find")
		}
		if retry, over := s.lookups.over(c.caller.Account); over {
			c.missed.look(c.caller.Account, true)
			return nil, &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: retry}
		}
		return c.lookUp(w, act, req.GetNik())
	})
}

// lookUp decides each case of whoever has the NIK, and tells the reviewer of those that are kept from the caller.
func (c call) lookUp(w *store.Writer, act access.Decision, nik string) (*pb.FindByNationalIdResponse, error) {
	files, err := w.CasesByNIK(c.caller, nik, c.now)
	if err != nil {
		return nil, err
	}
	found, err := c.visible(w, files)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		c.missed.look(c.caller.Account, false)
	}
	rec := c.searchRecord(act, found)
	rec.Entry.Action = access.PersonFind.String()
	rec.Entry.ObjectKind, rec.Entry.Object = "asked", c.store.Tag("asked", []byte("nik/"+nik))
	entry := w.AppendRecord(*rec)
	blocked := store.CaseFile{}
	for _, f := range files {
		if f.Facts.Blocked {
			blocked = f
		}
	}
	if err := c.tellOfBlocked(w, blocked.Known, blocked.Case.ID, entry); err != nil {
		return nil, err
	}
	return c.viewLookup(found), nil
}

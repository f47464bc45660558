package server

import (
	"context"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// lateSaid is how long an absence may have begun when it is said: a clock that runs behind is no fault.
const lateSaid = time.Minute

// meaningOfAbsence is what the rules have against it before an account is known.
func (s *Server) meaningOfAbsence(req *pb.SetAbsenceRequest) casework.Violations {
	in := s.intake()
	in.absence(req)
	return in.faults
}

func (in *intake) absence(req *pb.SetAbsenceRequest) casework.Absence {
	a := casework.Absence{Account: in.account("account", req.GetAccount()), Deputy: in.account("deputy", req.GetDeputy())}
	a.Until = req.GetUntilTime().AsTime()
	if from := req.GetFromTime(); from != nil {
		if a.From = from.AsTime(); a.From.Before(in.now().Add(-lateSaid)) {
			in.fault("fromTime", "IN_PAST")
		}
	}
	return a
}

// SetAbsence gives a deputy the duties and rights of an absent officer for that time alone. The same deputy again gives the absence
// another end; one that has come ends it now.
func (s *accounts) SetAbsence(ctx context.Context, req *pb.SetAbsenceRequest) (*pb.Absence, error) {
	asked := s.intake().absence(req)
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method, fresh := string(req.ProtoReflect().Descriptor().FullName()), newID()
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Absence, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		a := asked
		a.ID = fresh
		if a.Account == (casework.AccountID{}) {
			a.Account = c.caller.Account
		}
		role, act, err := c.mayBeAbsent(w, &a)
		if err != nil {
			return nil, err
		}
		answer := &pb.Absence{}
		if old, done, err := w.Answered(c.caller.Account, id); err != nil || done {
			if err != nil {
				return nil, err
			}
			return answer, c.answered(old, method, mark, access.Mask(old.Mask), answer)
		}
		set, err := c.setAbsence(w, a, role, act)
		if err != nil {
			return nil, err
		}
		answer = viewAbsence(set)
		return answer, c.keep(w, id, store.Answered{Method: method, Mark: mark, Owner: store.Owner(c.caller.Account)}, answer)
	})
}

// mayBeAbsent decides the act: one's own absence, or a colleague's of the register by its supervisor. It gives the role that a deputy
// must hold too.
func (c call) mayBeAbsent(w *store.Writer, a *casework.Absence) (casework.Role, access.Decision, error) {
	facts := c.caller.Facts(c.now).Doing(access.AbsenceSet)
	role := c.caller.Role
	a.Unit = c.caller.Unit.ID
	if a.Account == c.caller.Account {
		facts.Cond |= access.Self
	} else {
		m, ok, err := w.RoleIn(a.Account, c.caller.Unit.Register)
		if err != nil {
			return role, access.Decision{}, err
		}
		if ok {
			facts.Cond |= access.OwnUnit
			role, a.Unit = m.Role, m.Unit
		}
	}
	act := orStepUp(facts)
	if !act.Allowed() {
		return role, act, c.refuse(access.AbsenceSet, act, object{}, accountName(a.Account))
	}
	return role, act, nil
}

// setAbsence stores a new absence, or the new end of one with the same deputy.
func (c call) setAbsence(w *store.Writer, a casework.Absence, role casework.Role, act access.Decision) (casework.Absence, error) {
	stead, err := c.stead(w, a, role)
	if err != nil {
		return a, err
	}
	for _, known := range stead.Known {
		if known.Account == a.Account && known.Deputy == a.Deputy && (known.At(c.now) || known.From.Equal(a.From)) {
			renewed, implied, err := known.Renew(a.Until, stead, c.now)
			if err != nil || implied {
				return renewed, err
			}
			c.noteAbsence(w, act, renewed, "renewAbsence")
			return renewed, w.EndAbsence(renewed)
		}
	}
	if a, err = a.Set(stead, c.now); err != nil {
		return a, err
	}
	return a, w.PutAbsence(a, c.noteAbsence(w, act, a, "setAbsence"))
}

func (c call) noteAbsence(w *store.Writer, act access.Decision, a casework.Absence, event string) [16]byte {
	return c.append(w, access.AbsenceSet, act, object{kind: "account", id: a.Account}, journal.Event{Name: event})
}

// stead is what is known of who shall stand in.
func (c call) stead(w *store.Writer, a casework.Absence, role casework.Role) (s casework.Stead, err error) {
	unit, _ := c.store.Directory().Unit(a.Unit)
	if s.SameRole, err = w.HoldsRole(a.Deputy, role, unit.Register); err != nil {
		return s, err
	}
	s.Known, err = w.AbsencesOf(c.now, a.Account, a.Deputy)
	return s, err
}

// ListAbsences lists who of the own unit is absent, or will be.
func (s *accounts) ListAbsences(ctx context.Context, req *pb.ListAbsencesRequest) (*pb.ListAbsencesResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListAbsencesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		facts := c.caller.Facts(c.now).Doing(access.AbsenceSet)
		facts.Cond |= access.Self // who stands in for whom is told to those who may be absent themselves: not to an app, nor an auditor
		if act := access.Decide(facts); !act.Allowed() {
			return nil, nil, c.refuse(access.AbsenceSet, act, object{}, "absences")
		}
		after, err := c.cursor("absences", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		m := &pb.ListAbsencesResponse{}
		next, err := listed(pageSize(req.GetPageSize()), after, func(after store.Cursor, limit int) ([]casework.Absence, error) {
			return r.Absences(c.caller.Unit.ID, c.now, after, limit)
		}, func(a casework.Absence) store.Cursor { return store.Cursor{Time: a.Until, ID: a.ID} }, func(a casework.Absence) (func() error, error) {
			return func() error {
				m.Absences = append(m.Absences, viewAbsence(a))
				return nil
			}, nil
		})
		if err != nil {
			return nil, nil, err
		}
		m.NextPageToken = c.pageToken("absences", req, next)
		return m, nil, nil
	})
}

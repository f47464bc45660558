package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Roles of accounts: given and taken by an ADMIN, and working once a second person has said so.

// caseRole tells whether a role works on cases, so that a SUPERVISOR may approve it.
func caseRole(r casework.Role) bool {
	return r == casework.RoleIntake || r == casework.RoleWorker || r == casework.RoleSupervisor
}

// newRole is a role as it is given: it waits, unless it is an app's, or the first REVIEWER's from the regency's own ADMIN.
func (a *administration) newRole(id casework.ID, role casework.Role, unit casework.UnitID) (m store.Membership, event string, err error) {
	m = store.Membership{ID: id, Account: a.account.ID, Role: role, Unit: unit, From: a.now, GivenBy: a.caller.Account}
	if role == casework.RoleApp {
		m.Approved = a.now
		return m, "giveRole", nil
	}
	if role == casework.RoleReviewer && a.caller.Unit.Parent == (casework.UnitID{}) {
		ever, err := a.w.ReviewedEver() // or an ADMIN would put her own in the place of one whom she has dismissed
		if err != nil || ever {
			return m, "giveRole", err
		}
		m.Approved = a.now
		return m, "firstReviewer", nil
	}
	return m, "giveRole", nil
}

// announce tells who has to know of a role: the unit's supervisors that accounts have changed, and who may approve it that it waits.
func (a *administration) announce(m store.Membership, entry [16]byte) error {
	if err := tellUnit(a.w, m.Unit, m.Account, entry); err != nil || !m.Waits() {
		return err
	}
	waits := store.Notice{Kind: casework.NoticeMembershipPending, Object: m.ID}
	reviewer, ok, err := a.w.ReviewerUnit(a.now)
	if err != nil {
		return err
	}
	supervised, err := a.w.Supervised()
	if err != nil {
		return err
	}
	unit, _ := a.store.Directory().Unit(m.Unit)
	for caseRole(m.Role) && unit.ID != (casework.UnitID{}) {
		if supervised[unit.ID] {
			waits.Unit, waits.Role = unit.ID, casework.RoleSupervisor
			return a.w.Notify(waits, entry)
		}
		unit, _ = a.store.Directory().Unit(unit.Parent)
	}
	if ok {
		waits.Unit, waits.Role = reviewer, casework.RoleReviewer
		return a.w.Notify(waits, entry)
	}
	return nil
}

// meaningOfRole holds that an app's role is an app's.
func (s *Server) meaningOfRole(req *pb.AddMembershipRequest) (v casework.Violations) {
	if req.GetRole() == pb.Role_APP {
		v.Add("role", "VALUE_NOT_TAKEN")
	}
	return v
}

// AddMembership gives an account one more role.
func (s *accounts) AddMembership(ctx context.Context, req *pb.AddMembershipRequest) (*pb.Membership, error) {
	member, unit, role := newID(), s.unitAsked(req.GetUnit()), casework.Role(req.GetRole().String())
	return administer(ctx, s.Server, req, &pb.Membership{}, func(a *administration) error {
		if err := a.load(req.GetName()); err != nil {
			return err
		}
		a.action = access.AccountManage
		if a.act = a.over(a.action, a.account.ID == a.caller.Account, unit); !a.act.Allowed() {
			return a.refuse(a.action, a.act, a.about(), req.GetName())
		}
		if a.account.ID == (casework.AccountID{}) {
			return a.refuse(a.action, access.Decision{Rule: a.act.Rule}, object{}, req.GetName())
		}
		return nil
	}, func(a *administration) (*pb.Membership, error) {
		if a.account.Kind != "PERSON" || !a.account.Until.IsZero() {
			return nil, casework.Precondition("ACCOUNT_STATE")
		}
		if has, err := a.w.HasMembership(a.account.ID, role, unit); err != nil || has {
			return nil, firstOf(err, casework.Exists("ALREADY_EXISTS", "role"))
		}
		m, event, err := a.newRole(member, role, unit)
		if err != nil {
			return nil, err
		}
		entry := a.note(event, "role")
		if err := a.w.PutRole(m, entry); err != nil {
			return nil, err
		}
		if err := a.w.TouchAccount(m.Account, entry); err != nil {
			return nil, err
		}
		return viewMembership(m), a.announce(m, entry)
	})
}

// loadRole reads a role with its account.
func (a *administration) loadRole(name string) error {
	id, _ := parseName("memberships", name)
	var known bool
	var err error
	if a.role, known, err = a.w.Membership(id); err != nil || !known {
		a.role = store.Membership{}
		return err
	}
	return a.loadAccount(a.role.Account)
}

// mayApprove decides whether the caller is the second person of a role: neither its owner nor who gave it, and no head of casework for
// what is not casework.
func (c call) mayApprove(m store.Membership) access.Decision {
	self := m.Account == c.caller.Account || m.GivenBy == c.caller.Account
	if !caseRole(m.Role) && c.caller.Role == casework.RoleSupervisor {
		return c.over(access.AccountApprove, self)
	}
	return c.over(access.AccountApprove, self, m.Unit)
}

// EndMembership ends a role. One that waits may also be refused by who could approve it.
func (s *accounts) EndMembership(ctx context.Context, req *pb.EndMembershipRequest) (*pb.Membership, error) {
	return administer(ctx, s.Server, req, &pb.Membership{}, func(a *administration) error {
		if err := a.loadRole(req.GetName()); err != nil {
			return err
		}
		a.action = access.AccountManage
		if a.act = a.over(a.action, a.role.Account == a.caller.Account, a.role.Unit); a.act.Allowed() {
			return nil
		}
		if refuses := a.mayApprove(a.role); a.role.Waits() && a.role.ID != (casework.ID{}) && refuses.Outcome != access.Denied {
			a.action, a.act = access.AccountApprove, refuses
		}
		if a.act.Allowed() {
			return nil
		}
		return a.refuse(a.action, a.act, a.about(), req.GetName())
	}, func(a *administration) (*pb.Membership, error) {
		if !a.role.Until.IsZero() {
			return nil, casework.Precondition("ACCOUNT_STATE")
		}
		if owes, err := a.w.OwesIn(a.role, a.now); err != nil || owes {
			return nil, firstOf(err, casework.Precondition("OPEN_DUTIES"))
		}
		entry := a.note("endRole", "role")
		for _, step := range []func() error{
			func() error { return a.w.EndRole(a.role, entry) },
			func() error { return a.w.TouchAccount(a.account.ID, entry) },
			func() error { return tellUnit(a.w, a.role.Unit, a.account.ID, entry) },
		} {
			if err := step(); err != nil {
				return nil, err
			}
		}
		a.role.Until = a.now
		return viewMembership(a.role), nil
	})
}

// ApproveMembership lets a role work.
func (s *accounts) ApproveMembership(ctx context.Context, req *pb.ApproveMembershipRequest) (*pb.Membership, error) {
	return administer(ctx, s.Server, req, &pb.Membership{}, func(a *administration) error {
		if err := a.loadRole(req.GetName()); err != nil {
			return err
		}
		a.action = access.AccountApprove
		if a.act = a.mayApprove(a.role); !a.act.Allowed() || a.role.ID == (casework.ID{}) {
			a.act.Outcome = refusedOutcome(a.act)
			return a.refuse(a.action, a.act, a.about(), req.GetName())
		}
		return nil
	}, func(a *administration) (*pb.Membership, error) {
		if !a.role.Waits() || !a.account.Until.IsZero() {
			return nil, casework.Precondition("ACCOUNT_STATE")
		}
		entry := a.note("approveRole", "role")
		a.role.Approved = a.now
		return viewMembership(a.role), a.w.ApproveRole(a.role, a.caller.Account, entry)
	})
}

// refusedOutcome is NOT_FOUND for a REVIEWER, who may approve any role there is, of one that is not there.
func refusedOutcome(d access.Decision) access.Outcome {
	if d.Allowed() {
		return access.NotFound
	}
	return d.Outcome
}

// ListPendingMemberships lists the roles that the caller may approve, oldest first.
func (s *accounts) ListPendingMemberships(ctx context.Context, req *pb.ListPendingMembershipsRequest) (*pb.ListPendingMembershipsResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListPendingMembershipsResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		if act := c.over(access.AccountApprove, false, c.caller.Unit.ID); !act.Allowed() {
			return nil, nil, c.refuse(access.AccountApprove, act, object{}, "memberships")
		}
		after, err := c.cursor("memberships", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		m := &pb.ListPendingMembershipsResponse{}
		next, err := listed(pageSize(req.GetPageSize()), after, r.WaitingRoles,
			func(m store.Membership) store.Cursor { return store.Cursor{Time: m.From, ID: m.ID} },
			func(waits store.Membership) (func() error, error) {
				if !c.mayApprove(waits).Allowed() {
					return nil, nil
				}
				return func() error {
					a, _, err := r.AccountByID(waits.Account)
					m.Memberships = append(m.Memberships, viewPending(waits, a))
					return err
				}, nil
			})
		m.NextPageToken = c.pageToken("memberships", req, next)
		return m, nil, err
	})
}

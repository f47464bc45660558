package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// duties tells what is owed. Whatever shows what is due reads this alone.
type duties struct {
	pb.UnimplementedDutyServiceServer
	*Server
}

var scopes = map[pb.ListDutiesRequest_Scope_Value]store.Scope{
	pb.ListDutiesRequest_Scope_ME:       store.Mine,
	pb.ListDutiesRequest_Scope_OVERSEEN: store.Overseen,
}

// ListDuties lists what the caller, the caller's unit or a late unit below owes, due soonest first; each row is decided on its own
// leg or case.
func (s *duties) ListDuties(ctx context.Context, req *pb.ListDutiesRequest) (*pb.ListDutiesResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListDutiesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		filter := store.DutyFilter{Scope: scopes[req.GetScope()], Overdue: req.GetOverdue()}
		if filter.After, err = c.cursor("duties", req, req.GetPageToken()); err != nil {
			return nil, nil, err
		}
		return c.dutyList(r, req, filter, size)
	})
}

func (c call) dutyList(r *store.Reader, req *pb.ListDutiesRequest, filter store.DutyFilter, size int) (*pb.ListDutiesResponse, *store.Record, error) {
	m := &pb.ListDutiesResponse{}
	var log pageLog
	next, err := listed(size, filter.After, func(after store.Cursor, limit int) ([]*store.DutyFile, error) {
		filter.After, filter.Limit = after, limit
		return r.Duties(c.caller, c.now, filter)
	}, func(d *store.DutyFile) store.Cursor { return store.Cursor{Time: d.Due, ID: d.ID} }, func(d *store.DutyFile) (func() error, error) {
		if d.Kind == casework.OnApproval {
			return c.approvalDuty(r, d, &log, func(duty *pb.Duty) { m.Duties = append(m.Duties, duty) })
		}
		if d.Name == casework.DutyReviewLink {
			return c.pairDuty(r, d, m)
		}
		read, k, shown := decideDuty(d)
		if d.Name == casework.DutyAnswerGlass {
			return c.ownGlassDuty(r, d, m), nil
		}
		if !shown {
			return nil, nil
		}
		return func() error {
			duty, err := c.dutyMessage(r, d, read.Grant)
			m.Duties = append(m.Duties, duty)
			log.add(c, read, k, d.Object)
			return err
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("duties", req, next)
	return m, log.record(c), nil
}

// approvalDuty decides what is owed as second person, by the rights of one.
func (c call) approvalDuty(r *store.Reader, d *store.DutyFile, log *pageLog, add func(*pb.Duty)) (func() error, error) {
	v, shown, err := c.approvalFor(r, *d.Approval)
	if err != nil || !shown || d.Approval.By == c.caller.Account {
		return nil, err
	}
	return func() error {
		add(viewApprovalDuty(d, v.actions(), c.now))
		log.add(c, v.act, &v.f.Case, d.Object)
		return nil
	}, nil
}

// pairDuty adds what the reviewer owes on a pair; it is nobody else's to see.
func (c call) pairDuty(r *store.Reader, d *store.DutyFile, m *pb.ListDutiesResponse) (func() error, error) {
	v, known, err := r.Review(d.Object)
	if err != nil || !known || c.caller.Role != casework.RoleReviewer {
		return nil, err
	}
	p, shown, err := c.pairReviewOf(r, v)
	if err != nil || !shown {
		return nil, err
	}
	return func() error {
		m.Duties = append(m.Duties, viewPairDuty(d, p.actions(), c.now))
		return nil
	}, nil
}

// decideDuty decides one row by what the duty is owed on, and tells whether the row is the caller's to see: of a leg the part that the
// own unit is party to or oversees is enough, of a case F1.
func decideDuty(d *store.DutyFile) (read access.Decision, k *casework.Case, shown bool) {
	if d.Kind == casework.OnLeg {
		read = access.Decide(d.Leg.Facts.Doing(access.Read))
		return read, &d.Leg.Case, read.Allowed() && read.Grant.Shows(access.F1Own|access.F1Late)
	}
	read = access.Decide(d.Case.Facts.Doing(access.Read))
	return read, &d.Case.Case, read.Allowed() && read.Grant.Shows(access.F1)
}

// ownGlassDuty adds what the caller owes on a case that she opened in an emergency; nil if it is another's. It is a receipt of her own
// act, and names no case, for that she may read no longer.
func (c call) ownGlassDuty(r *store.Reader, d *store.DutyFile, m *pb.ListDutiesResponse) func() error {
	if d.Officer != c.caller.Account || d.Case.Facts.Blocked {
		return nil
	}
	return func() error {
		v, _, err := r.PendingReview(casework.ReviewGlass, casework.DisclosureID(d.Object))
		m.Duties = append(m.Duties, viewOwnGlassDuty(d, v, c.now))
		return err
	}
}

// dutyMessage makes a row. Of a leg that the caller only oversees it names whom to call.
func (c call) dutyMessage(r *store.Reader, d *store.DutyFile, g access.Grant) (*pb.Duty, error) {
	if d.Kind != casework.OnLeg {
		text, err := c.taskText(r, d, g)
		return viewCaseDuty(g, d, text, dutyActions(d), c.now), err
	}
	var officer casework.AccountID
	if d.Leg.Facts.Relations&access.Overseer != 0 {
		var err error
		if officer, err = r.DutyOfficer(c.accountable(d.Duty)); err != nil {
			return nil, err
		}
	}
	d.Duty.Unit = c.nameable(d.Duty.Unit)
	return c.viewLegDuty(g, d, officer, legOffers(d.Leg), c.now), nil
}

// taskText opens what a person wrote of a task, for who may read it.
func (c call) taskText(r *store.Reader, d *store.DutyFile, g access.Grant) (string, error) {
	if d.Label != casework.TaskByHand || !g.Shows(c.textClass(d.Case.Case)) {
		return "", nil
	}
	task := store.TaskRow{Task: casework.Task{ID: d.Object}}
	err := r.TaskText(&task, d.Case.Case)
	return task.Content.Text, err
}

// dutyActions are what the caller may now do about a duty that is no leg's.
func dutyActions(d *store.DutyFile) []string {
	facts := d.Case.Facts
	switch d.Kind {
	case casework.OnTask:
		facts.Cond |= access.DoneOrByHand // as DONE
		return allowed(facts.Doing(access.TaskEnd), "end")
	case casework.OnReview:
		facts.Cond |= access.NotSelf // whose act it was, DecideReview asks
		if may := allowed(facts.Doing(access.ReviewDecide), "decide"); may != nil {
			return may
		}
		return allowed(facts.Doing(access.DisclosureWithdraw), "decide") // a withdrawal is the owner's own to look at
	case casework.OnDisclosure:
		return allowed(facts.Doing(access.DisclosureRecord), "recordDisclosure")
	}
	return caseSteps(d.Case) // who may know of it is no step that is owed
}

func allowed(facts access.Facts, event string) []string {
	if access.Decide(facts).Allowed() {
		return []string{event}
	}
	return nil
}

package server

import (
	"context"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// meaningOfRoster is what the rules have against a month.
func (s *Server) meaningOfRoster(req *pb.ListRosterRequest) casework.Violations {
	in := s.intake()
	in.month(req.GetMonth())
	return in.faults
}

// month reads a month that has begun; this one, if none is said.
func (in *intake) month(text string) casework.Month {
	if text == "" {
		return casework.MonthOf(in.today)
	}
	month, ok := casework.ParseMonth(text)
	switch {
	case !ok:
		in.fault("month", "MONTH_FORMAT")
	case month.First > in.today:
		in.fault("month", "IN_FUTURE")
	}
	return month
}

// ListRoster is the list of a weighing day: the children of a post by name, each with its last weighing. A kader must know by name whom
// she weighs; of a child whose case was raised above L1 there is nothing in it, as of one weighed elsewhere.
func (s *cases) ListRoster(ctx context.Context, req *pb.ListRosterRequest) (*pb.ListRosterResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListRosterResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		units, ok := c.rosterUnits(req.GetUnit())
		if !ok {
			return nil, nil, c.refuse(access.Read, access.Decide(c.caller.Facts(c.now).Doing(access.Read)), object{}, req.GetUnit())
		}
		from, err := c.cursor("roster", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		l := roster{call: c, r: r, month: s.intake().month(req.GetMonth()), notWeighed: req.GetNotWeighed()}
		if err := l.gather(units); err != nil {
			return nil, nil, err
		}
		m := &pb.ListRosterResponse{}
		next, err := l.page(from, rosterSize(req.GetPageSize()), func(child *pb.RosterChild) { m.Children = append(m.Children, child) })
		if err != nil {
			return nil, nil, err
		}
		m.NextPageToken = c.pageToken("roster", req, next)
		return m, nil, nil // L1 of the own register alone
	})
}

// rosterSize: a post's children in one call, unless less was asked for.
func rosterSize(asked int32) int {
	if asked <= 0 {
		return 100
	}
	return int(asked)
}

// rosterUnits are the posts that a list is of: the named one of the own register, else the own unit with all its posts. A kader's are
// her own.
func (c call) rosterUnits(name string) ([]casework.UnitID, bool) {
	if name != "" {
		unit, known := c.unitOf(name)
		if !known || unit.Register != c.caller.Unit.Register || c.caller.Role == casework.RoleIntake && unit.ID != c.caller.Unit.ID {
			return nil, false
		}
		return []casework.UnitID{unit.ID}, true
	}
	units := []casework.UnitID{c.caller.Unit.ID}
	if c.caller.Role != casework.RoleIntake {
		units = append(units, c.store.Directory().ChildrenInRegister(c.caller.Unit)...)
	}
	return units, true
}

// roster is a list on its way.
type roster struct {
	call
	r          *store.Reader
	month      casework.Month
	notWeighed bool
	children   []rosterChild
}

// rosterChild is one child with the grant by which it may be read.
type rosterChild struct {
	file   store.CaseFile
	grant  access.Grant
	sight  sight
	person casework.Person
	last   *growth.Point
	of     casework.Measurement // the last weighing
	months int                  // of age at the end of the month, at most today
	seen   bool                 // it was weighed in the month, as far as the caller may know
}

// gather decides each case and puts the children in the order of their names.
func (l *roster) gather(units []casework.UnitID) error {
	files, err := l.r.GrowthCases(l.caller, units, l.now)
	if err != nil {
		return err
	}
	for _, f := range files {
		read := access.Decide(f.Facts.Doing(access.Read))
		if f.Case.Level != casework.L1 || !read.Allowed() || !read.Grant.Shows(access.F2|access.F2Roster) {
			continue
		}
		person, err := l.r.Subject(f)
		if err != nil {
			return err
		}
		if l.month.Has(person.Identity.BirthDate) {
			l.children = append(l.children, rosterChild{file: f, grant: read.Grant, sight: l.sight(read.Grant), person: person})
		}
	}
	slices.SortFunc(l.children, func(a, b rosterChild) int { return casework.ByName(a.person, b.person) })
	return nil
}

// rosterMask is what a kader's list holds, also of a child whom she filed herself today.
const rosterMask = access.F0 | access.F1 | access.F1Own | access.F2Roster | access.F3Last

func (l *roster) sight(g access.Grant) sight {
	s := sightOf(g)
	if l.caller.Role == casework.RoleIntake {
		s.mask &= rosterMask
	}
	return s
}

// page shows children after a cursor, and gives that of the next page; zero at the end of the list.
func (l *roster) page(from store.Cursor, size int, show func(*pb.RosterChild)) (last store.Cursor, err error) {
	shown := 0
	for at := l.start(from); at < len(l.children); at++ {
		child := l.children[at]
		if err := l.weigh(&child); err != nil {
			return last, err
		}
		if l.notWeighed && child.seen {
			continue
		}
		if shown == size {
			return last, nil
		}
		show(viewRosterChild(child))
		last, shown = store.Cursor{Time: ordinal(at), ID: child.file.Case.ID}, shown+1
	}
	return store.Cursor{}, nil
}

// weigh finds the last weighing of a child, and whether there was one in the month. Who may read the last one alone is not told by the
// months before it which others there were.
func (l *roster) weigh(child *rosterChild) error {
	today := casework.DateOf(l.now)
	child.months = child.person.Identity.BirthDate.CompletedMonths(min(today, l.month.Next-1))
	of := l.readable(l.r, child.file, child.grant, access.F3Health|access.F3Last)
	measurements, err := l.r.RecentMeasurements(child.person.ID, of)
	if err != nil {
		return err
	}
	at := casework.LastWeighing(measurements)
	if at < 0 {
		return nil
	}
	points := recordOf(child.person, measurements)
	child.last, child.of = &points[len(points)-1-at], measurements[at]
	if child.sight.mask&access.F3Health == 0 {
		measurements = measurements[at : at+1]
	}
	child.seen = casework.WeighedIn(measurements, l.month)
	return nil
}

// ordinal stands in a cursor for the place in the list.
func ordinal(at int) time.Time { return time.UnixMicro(int64(at) + 1).UTC() }

// start is the place after the child that a cursor names; if it has left the list since, the place where it was.
func (l *roster) start(from store.Cursor) int {
	if from.IsZero() {
		return 0
	}
	for at, child := range l.children {
		if child.file.Case.ID == casework.CaseID(from.ID) {
			return at + 1
		}
	}
	return int(from.Time.UnixMicro()) - 1
}

package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// liveCount is what was counted of one table and period for one caller.
type liveCount struct {
	rows   []*pb.StatisticsRow // shared between answers: nobody changes them
	names  []*pb.CodeName
	secret bool
	mask   access.Mask
	tags   []byte // of the cases that a written reason has opened
	capped bool
	ends   time.Time // when a right, a due time or the day ends it; zero: never
}

// until notes an instant at which the count may change by itself.
func (n *liveCount) until(end, now time.Time) {
	if !end.IsZero() && end.After(now) && (n.ends.IsZero() || end.Before(n.ends)) {
		n.ends = end
	}
}

// count finds the rows, opens those that the caller may count, and folds them.
func (l *live) count(p statistics.Period) (*liveCount, error) {
	n := &liveCount{}
	var rows statistics.Rows
	gather := map[statistics.RowKind]func(*liveCount, statistics.Period, *statistics.Rows) error{
		statistics.OfCases: l.cases, statistics.OfMeasurements: l.measurements, statistics.OfLegs: l.legs,
		statistics.OfServices: l.services, statistics.OfDuties: l.duties,
	}[l.table.Needs]
	if err := gather(n, p, &rows); err != nil {
		return nil, err
	}
	f := l.frame(p, l.now)
	folded, err := statistics.Fold(l.table, f, rows)
	if err != nil {
		return nil, err
	}
	shown := statistics.ShowExact(folded)
	if n.capped {
		showMost(shown)
	}
	n.rows = viewObservations(l.table, f, shown, statistics.Stamp{Updated: casework.DateOf(l.now).String()})
	n.names = viewCodeNames(l.table, f, shown)
	n.until(statistics.DayOf(l.now).At(24), l.now)
	return n, nil
}

// classMasks are what a mask must hold for a dimension of each class.
var classMasks = map[string]access.Mask{
	"F1": access.F1, "F1_OWN": access.F1Own, "F2": access.F2, "F3_HEALTH": access.F3Health, "F3_SOCIAL": access.F3Social, "F3_PROTECTION": access.F3Protection,
	"F4": access.F4,
}

// shows tells whether a read opens every dimension of the table.
func (l *live) shows(read access.Decision) bool {
	if !read.Allowed() {
		return false
	}
	for _, class := range l.table.Classes() {
		if mask, known := classMasks[class]; !known || !read.Grant.Shows(mask) {
			return false
		}
	}
	return true
}

// mayCount decides a case, by what holds of it at least, and by the rest where that does not suffice.
func (l *live) mayCount(n *liveCount, k store.FigureCase, also access.Mask) (bool, error) {
	facts, ends, err := l.sight.Facts(k)
	if err != nil {
		return false, err
	}
	read := l.read(facts)
	if !l.shows(read) || also != 0 && !read.Grant.Shows(also) {
		if facts, ends, err = l.sight.All(k); err != nil {
			return false, err
		}
		read = l.read(facts)
	}
	n.until(ends, l.now)
	if !l.shows(read) || also != 0 && !read.Grant.Shows(also) {
		return false, nil
	}
	l.note(n, read, k.Case)
	return true, nil
}

// read decides; the written reason of a report is that of each of its cases.
func (l *live) read(facts access.Facts) access.Decision {
	if l.reasoned {
		facts.Cond |= access.HasReason
	}
	return access.Decide(facts.Doing(access.Read))
}

// note keeps what the entry of the answer will say.
func (l *live) note(n *liveCount, read access.Decision, k casework.Case) {
	n.mask |= l.needed()
	if k.Level != casework.L1 || k.Register != l.caller.Unit.Register {
		n.secret = true
	}
	if l.reasoned {
		var log pageLog
		log.add(l.call, read, &k, k.ID)
		n.tags = append(n.tags, log.tags...)
	}
}

// needed are the classes that the table shows of a case.
func (l *live) needed() (mask access.Mask) {
	for _, class := range l.table.Classes() {
		mask |= classMasks[class]
	}
	return mask
}

// scans are the cases that each table looks at; a table that is not here looks at those registered in its month.
var scans = map[string]func(*store.Reader, casework.UnitID, store.Stretch) ([]store.FigureCase, error){
	"caseload": func(r *store.Reader, register casework.UnitID, _ store.Stretch) ([]store.FigureCase, error) {
		return r.CasesOpen(register)
	},
	"violence-health-month": func(r *store.Reader, register casework.UnitID, s store.Stretch) ([]store.FigureCase, error) {
		return r.CasesOpenIn(register, s)
	},
	"closure-month": func(r *store.Reader, register casework.UnitID, s store.Stretch) ([]store.FigureCase, error) {
		return r.CasesClosed(register, s)
	},
}

func (l *live) cases(n *liveCount, p statistics.Period, rows *statistics.Rows) error {
	scan, special := scans[l.table.ID]
	if !special {
		scan = func(r *store.Reader, register casework.UnitID, s store.Stretch) ([]store.FigureCase, error) {
			return r.CasesRegistered(register, s)
		}
	}
	found, err := scan(l.r, l.caller.Unit.Register, stretchOf(p))
	if err != nil {
		return err
	}
	parts := opensOf(l.table)
	for _, k := range found {
		if l.table.Side == statistics.Protected && !k.Case.Type.IsViolence() {
			continue
		}
		may, err := l.mayCount(n, k, 0)
		if err != nil {
			return err
		}
		if !may {
			continue
		}
		c, err := caseFigure(l.r, k, parts)
		if err != nil {
			return err
		}
		rows.Cases = append(rows.Cases, c)
	}
	return nil
}

func stretchOf(p statistics.Period) store.Stretch {
	if p.Kind == statistics.Moment {
		return store.Stretch{}
	}
	return store.Stretch{From: p.Start(), Until: p.End()}
}

func (l *live) measurements(n *liveCount, p statistics.Period, rows *statistics.Rows) error {
	found, err := l.r.MeasurementsMade(l.caller.Unit.Register, casework.Date(p.First()), casework.Date(p.Next()))
	if err != nil {
		return err
	}
	parts := opensOf(l.table)
	rows.Measurements = make([]statistics.Measurement, 0, len(found))
	for i := range found {
		may, err := l.mayCount(n, found[i].FigureCase, 0)
		if err != nil {
			return err
		}
		if !may {
			continue
		}
		m, err := l.measurementFigure(l.r, found[i], i, parts)
		if err != nil {
			return err
		}
		rows.Measurements = append(rows.Measurements, m)
	}
	return nil
}

// services count for whoever may read the class of what was written of them: which service a woman was given is content, not a pointer.
func (l *live) services(n *liveCount, p statistics.Period, rows *statistics.Rows) error {
	found, err := l.r.ServicesGiven(l.caller.Unit.Register, casework.Date(p.First()), casework.Date(p.Next()))
	if err != nil {
		return err
	}
	for _, f := range found {
		may, err := l.mayCount(n, f.FigureCase, f.Class|access.F4)
		if err != nil {
			return err
		}
		if may {
			rows.Services = append(rows.Services, statistics.Service{
				Type: string(f.Service), Day: statistics.Day(f.Day), Closure: string(f.Case.Closure),
			})
		}
	}
	return nil
}

// observed is how long after its sending a leg is watched; a chain's later legs are sent within it.
const observed = 30 * 24 * time.Hour

func (l *live) legs(n *liveCount, p statistics.Period, rows *statistics.Rows) error {
	scan := l.r.SentFigures
	if l.table.ID == "referral-in-month" {
		scan = l.r.ReceivedFigures
	}
	found, err := scan(l.caller, l.now, store.Stretch{From: p.Start(), Until: p.End().Add(observed)})
	if err != nil {
		return err
	}
	for _, f := range found {
		n.until(f.Ends, l.now)
		if l.table.ID == "referral-in-month" && f.Facts.Relations&(access.Pending|access.Former) == 0 {
			continue // of a unit below, which serves it itself
		}
		read := l.read(f.Facts)
		if !l.shows(read) {
			continue
		}
		leg, err := l.legFigure(l.r, f.FigureLeg, l.now)
		if err != nil {
			return err
		}
		l.note(n, read, f.Case)
		for _, span := range leg.Spans {
			for _, at := range [...]time.Time{span.Due, span.Second, span.Third} {
				if span.Ended.IsZero() || at.Before(span.Ended) {
					n.until(at, l.now)
				}
			}
		}
		rows.Legs = append(rows.Legs, leg)
	}
	return nil
}

package server

import (
	"context"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Figures of the caller's own unit, now and exact: what she may see she may count, and nothing else. Each row goes through Decide like the
// row of a list, so that board, list and search agree, for a blocked caller too.

// monthsMost is how many months one question is of.
const monthsMost = 24

// inboxTable counts the caller's own list of what is owed, and is hers by the right to that list.
const inboxTable = "inbox"

// meaningOfLive is what the rules have against a question: a month that is none, or has not begun.
func (s *Server) meaningOfLive(req *pb.QueryLiveRequest) casework.Violations {
	in := s.intake()
	t, known := statistics.Find(statistics.Live, req.GetTable())
	if !known {
		return nil // which tables there are is answered after who asks
	}
	if !t.Has(statistics.Month) {
		if req.GetPeriod() != "" {
			in.fault("period", "VALUE_NOT_TAKEN")
		}
		if req.GetUntilPeriod() != "" {
			in.fault("untilPeriod", "VALUE_NOT_TAKEN")
		}
		return in.faults
	}
	from := in.statMonth("period", req.GetPeriod(), statistics.PeriodOfDay(statistics.Month, statistics.Day(in.today)))
	until := in.statMonth("untilPeriod", req.GetUntilPeriod(), from)
	if len(in.faults) > 0 {
		return in.faults
	}
	switch months := monthsBetween(from, until); {
	case months < 1:
		in.fault("untilPeriod", "BEFORE_FROM")
	case months > monthsMost:
		in.fault("untilPeriod", "OUT_OF_RANGE")
	}
	return in.faults
}

// statMonth reads a month that has begun.
func (in *intake) statMonth(field, text string, none statistics.Period) statistics.Period {
	if text == "" {
		return none
	}
	p, ok := statistics.ParsePeriod(text)
	switch {
	case !ok || p.Kind != statistics.Month:
		in.fault(field, "MONTH_FORMAT")
	case p.First() > statistics.Day(in.today):
		in.fault(field, "IN_FUTURE")
	}
	return p
}

func monthsBetween(from, until statistics.Period) int {
	return (until.Year-from.Year)*12 + until.N - from.N + 1
}

// periodsAsked are the months of a question, or the moment.
func periodsAsked(t *statistics.Table, req *pb.QueryLiveRequest, now time.Time) []statistics.Period {
	if !t.Has(statistics.Month) {
		return []statistics.Period{{}}
	}
	from := statistics.PeriodOf(statistics.Month, now)
	if p, ok := statistics.ParsePeriod(req.GetPeriod()); ok {
		from = p
	}
	until := from
	if p, ok := statistics.ParsePeriod(req.GetUntilPeriod()); ok {
		until = p
	}
	var all []statistics.Period
	for p := from; monthsBetween(p, until) > 0; p = statistics.PeriodOfDay(statistics.Month, p.Next()) {
		all = append(all, p)
	}
	return all
}

// QueryLive counts one table of the caller's own unit. The unit is that of her role; nobody names another.
func (s *statisticsService) QueryLive(ctx context.Context, req *pb.QueryLiveRequest) (*pb.StatisticsTable, error) {
	var reasoned *store.Record
	var by casework.AccountID
	m, err := store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.StatisticsTable, *store.Record, error) {
		l, err := s.counting(ctx, r, req)
		if err != nil {
			return nil, nil, err
		}
		m, err := l.answer(req)
		if err != nil {
			return nil, nil, err
		}
		rec := l.record(l.act)
		if l.reasoned {
			reasoned, by = rec, l.caller.Account
			return m, nil, nil
		}
		return m, rec, nil
	})
	if err == nil && reasoned != nil {
		_, err = store.Update(ctx, s.store, func(w *store.Writer) ([16]byte, error) {
			return w.AppendReasoned(*reasoned, req.GetReason(), store.Owner(by))
		})
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// live is one question on its way.
type live struct {
	call
	r        *store.Reader
	table    *statistics.Table
	act      access.Decision
	reasoned bool // with the reason that opens F4 to the head of the unit
	sight    *store.Sight

	// What the answer shows, for its entry.
	secret bool // anything of an L2 or L3 case, or of another unit's
	mask   access.Mask
	log    pageLog // whose rows a written reason has opened
}

// counting decides whether the caller may count at all.
func (s *Server) counting(ctx context.Context, r *store.Reader, req *pb.QueryLiveRequest) (*live, error) {
	c, err := s.reading(ctx, r)
	if err != nil {
		return nil, err
	}
	l := &live{call: c, r: r}
	facts := c.caller.Facts(c.now)
	facts.Cond |= access.OwnUnit
	l.act = access.Decide(facts.Doing(access.StatsLive))
	ownList := req.GetTable() == inboxTable && c.caller.Role == casework.RoleIntake
	if !l.act.Allowed() && !ownList {
		return nil, c.refuse(access.StatsLive, l.act, object{}, req.GetTable())
	}
	table, known := statistics.Find(statistics.Live, req.GetTable())
	if !known {
		return nil, c.refuse(access.StatsLive, access.Decision{Rule: l.act.Rule}, object{}, req.GetTable())
	}
	l.table = table
	if c.caller.Role == casework.RoleSupervisor && table.Opens("F4") {
		in := s.intake()
		if in.reason(req.GetReason()); len(in.faults) > 0 {
			return nil, in.faults
		}
		l.reasoned = true
	}
	return l, nil
}

// answer puts the months together.
func (l *live) answer(req *pb.QueryLiveRequest) (*pb.StatisticsTable, error) {
	m := viewLive(l.table, l.now)
	named := map[string]bool{}
	capped := false
	for _, p := range periodsAsked(l.table, req, l.now) {
		counted, err := l.counted(p)
		if err != nil {
			return nil, err
		}
		l.secret, l.mask, capped = l.secret || counted.secret, l.mask|counted.mask, capped || counted.capped
		l.log.tags = append(l.log.tags, counted.tags...)
		m.Rows = append(m.Rows, counted.rows...)
		for _, name := range counted.names {
			if key := name.GetDimension() + " " + name.GetCode(); !named[key] && !req.GetSkipMeta() {
				named[key] = true
				m.MetaData = append(m.MetaData, name)
			}
		}
	}
	m.Note = l.notes(capped)
	return tableFile(req, m, func() *pb.Dataset { return l.viewDataset(l.table, statistics.Frame{}) })
}

// notes stand under the table. That L3 is left out is said whether there is any or not.
func (l *live) notes(capped bool) []string {
	notes := []string{l.table.Metadata().Batasan}
	if l.caller.Facts(l.now).MFA == access.MFANone {
		notes = append(notes, "tanpa L3: masuklah dengan faktor kedua agar kasus L3 ikut dihitung")
	}
	if capped {
		notes = append(notes, fmt.Sprintf("dihitung dari %s tugas yang paling dekat jatuh temponya", mostText))
	}
	return notes
}

// record is the entry of the answer, if it shows what wants one: a count is a read of what it counts. Whose cases a written reason has
// opened stands in it as on a page.
func (l *live) record(act access.Decision) *store.Record {
	if !l.secret && !l.reasoned && l.cfg.JournalReads != "all" {
		return nil
	}
	rec := l.call.record(access.StatsLive, act, object{})
	rec.Entry.Outcome, rec.Entry.Mask = access.Allow.String(), uint32(l.mask)
	rec.Entry.Event.Name = l.table.ID
	if len(l.log.tags) > 0 {
		l.log.needed = true
		page := l.log.record(l.call)
		rec.Entry.ObjectKind, rec.Entry.Object, rec.Entry.Event.Fields = page.Entry.ObjectKind, page.Entry.Object, page.Entry.Event.Fields
	}
	return &rec
}

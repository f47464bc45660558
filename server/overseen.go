package server

import (
	"compress/flate"
	"context"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// What an office oversees: growth, nutrition and ordinary legs of the units below it, exactly, as of six in the morning, and equal to the
// byte until the next. Nothing of the protected side can be in it: the rows have no place for it (statistics.OverseenRows).

// morningHour is when a day's tables are counted, in the regency.
const morningHour = 6

// morningOf is the newest morning at an instant: its day, and six o'clock of it.
func morningOf(now time.Time) (casework.Date, time.Time) {
	day := casework.DateOf(now.Add(-morningHour * time.Hour))
	return day, day.Time().Add(morningHour * time.Hour)
}

// overseenBack is how many months back a table may be asked.
const overseenBack = 24

// meaningOfOverseen is what the rules have against a period.
func (s *Server) meaningOfOverseen(req *pb.QueryOverseenRequest) casework.Violations {
	t, known := statistics.Find(statistics.OfOffice, req.GetTable())
	if !known || req.GetPeriod() == "" {
		return nil
	}
	var v casework.Violations
	p, ok := statistics.ParsePeriod(req.GetPeriod())
	now := s.now()
	switch {
	case !ok || !t.Has(p.Kind):
		v.Add("period", "PERIOD_FORMAT")
	case p.Start().After(now):
		v.Add("period", "IN_FUTURE")
	case p.End().Before(now.AddDate(0, -overseenBack, 0)):
		v.Add("period", "PERIOD_TOO_OLD")
	}
	return v
}

// office is a unit as an overseer.
type office struct {
	unit  casework.Unit
	small bool                     // of a kecamatan or village: only from ten up
	heads []casework.Unit          // the puskesmas whose children it counts, by code
	units map[casework.UnitID]bool // whose ordinary legs it counts
}

// officeOf is what a unit stands above: the units below it, and of a kecamatan or village those that lie in it and serve nowhere beyond,
// with the children who live there. The planning agency, though above all, reads releases.
func (s *Server) officeOf(unit casework.Unit) office {
	o := office{unit: unit, units: map[casework.UnitID]bool{}}
	if unit.Type == casework.UnitPlanningAgency {
		return o
	}
	d := s.store.Directory()
	o.small = unit.Type == casework.UnitDistrict || unit.Type == casework.UnitVillage
	for _, u := range d.Units() {
		below := u.ID != unit.ID && d.Below(u.ID, unit.ID)
		if u.IsConfidential() || !below && !(o.small && s.servesWithin(u, unit.AreaCode)) {
			continue
		}
		o.units[u.ID] = true
	}
	for _, u := range d.Units() {
		if u.Type == casework.UnitHealthCenter && (o.units[u.ID] || u.ID == unit.ID && len(o.units) > 0 || o.small && sameDistrict(u.AreaCode, unit.AreaCode)) {
			o.heads = append(o.heads, u)
		}
	}
	return o
}

func (s *Server) servesWithin(u casework.Unit, area string) bool {
	if area == "" || !casework.Covers(area, u.AreaCode) {
		return false
	}
	for _, offer := range s.store.Directory().Offers(u.ID) {
		if slices.ContainsFunc(offer.Areas, func(served string) bool { return !casework.Covers(area, served) }) {
			return false
		}
	}
	return true
}

// lengthOfDistrict is that of the code of a kecamatan: 32.01.01.
const lengthOfDistrict = len("32.01.01")

func sameDistrict(a, b string) bool {
	return len(a) >= lengthOfDistrict && len(b) >= lengthOfDistrict && a[:lengthOfDistrict] == b[:lengthOfDistrict]
}

// oversees tells whether the office stands above anything that a table counts.
func (o office) oversees(t *statistics.Table) bool {
	if t == nil || t.Needs == statistics.OfLegs {
		return len(o.units) > 0
	}
	return len(o.heads) > 0
}

// holds tells whether a child that lives in a village is the office's.
func (o office) holds(village string) bool {
	return !o.small || o.unit.AreaCode != "" && casework.Covers(o.unit.AreaCode, village)
}

// QueryOverseen reads a table of the morning. The first question of a day, where the server was not there at six, counts it as of six.
func (s *statisticsService) QueryOverseen(ctx context.Context, req *pb.QueryOverseenRequest) (*pb.StatisticsTable, error) {
	for range 3 { // six o'clock may strike in between
		m, missing, err := s.askMorning(ctx, req)
		if err != nil {
			return nil, err
		}
		if m != nil {
			if req.GetFormat() == pb.TableFormat_XLSX {
				s.template.sort(m.Rows)
			}
			t, _ := statistics.Find(statistics.OfOffice, m.GetDataset())
			return tableFile(req, m, func() *pb.Dataset { return s.viewDataset(t, statistics.Frame{}) })
		}
		if err := s.countMorning(ctx, missing); err != nil {
			return nil, err
		}
	}
	return nil, because(pb.ErrorReason_UNAVAILABLE)
}

// asked is one table of one office and morning.
type asked struct {
	office office
	table  *statistics.Table
	period statistics.Period
	day    casework.Date
	asOf   time.Time
}

func (a asked) morning() store.Morning {
	return store.Morning{Office: a.office.unit.ID, Table: a.table.ID, Period: a.period.ID(), Day: a.day, AsOf: a.asOf}
}

// askMorning decides, and reads the table if it was counted; else it says what is to be counted.
func (s *statisticsService) askMorning(ctx context.Context, req *pb.QueryOverseenRequest) (*pb.StatisticsTable, asked, error) {
	var missing asked
	m, err := store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.StatisticsTable, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		a := asked{office: s.officeOf(c.caller.Unit)}
		a.table, _ = statistics.Find(statistics.OfOffice, req.GetTable())
		facts := c.caller.Facts(c.now)
		if a.office.oversees(a.table) {
			facts.Cond |= access.OfficeAbove
		}
		act := access.Decide(facts.Doing(access.StatsOverseen))
		if !act.Allowed() {
			return nil, nil, c.refuse(access.StatsOverseen, act, object{}, req.GetTable())
		}
		if a.table == nil {
			return nil, nil, c.refuse(access.StatsOverseen, access.Decision{Rule: act.Rule}, object{}, req.GetTable())
		}
		a.day, a.asOf = morningOf(c.now)
		a.period = periodAsked(a.table, req.GetPeriod(), a.asOf)
		kept := a.morning()
		if ok, err := r.Morning(&kept); err != nil || !ok {
			missing = a
			return nil, nil, err
		}
		m, err := s.viewMorning(kept, a, req)
		rec := c.record(access.StatsOverseen, act, object{})
		return m, &rec, err
	})
	return m, missing, err
}

// periodAsked is the one that was said, or the one that goes on.
func periodAsked(t *statistics.Table, text string, asOf time.Time) statistics.Period {
	if p, ok := statistics.ParsePeriod(text); ok && t.Has(p.Kind) {
		return p
	}
	return statistics.PeriodOf(t.Periods[0], asOf)
}

// countMorning counts one table and keeps it.
func (s *Server) countMorning(ctx context.Context, a asked) error {
	s.mornings.Lock() // of many who ask at once, one counts
	defer s.mornings.Unlock()
	has, err := store.Read(ctx, s.store, func(r *store.Reader) (bool, error) { return r.HasMorning(a.morning()) })
	if err != nil || has {
		return err
	}
	return s.countAll(ctx, []asked{a})
}

// countAll counts tables of one morning, each puskesmas once for all offices that ask for a month, and keeps them.
func (s *Server) countAll(ctx context.Context, all []asked) error {
	shown, err := s.scanMorning(ctx, all)
	if err != nil {
		return err
	}
	packer, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		return err
	}
	for i, a := range all {
		content, err := deflate(packer, s.viewOverseen(a, shown[i]))
		if err != nil {
			return err
		}
		m := a.morning()
		m.Content = content
		key, err := s.store.WrapKey(store.Owner(m.Office))
		if err != nil {
			return err
		}
		_, err = store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) { return struct{}{}, w.PutMorning(m, key) })
		if err != nil {
			return err
		}
	}
	return nil
}

// keepMornings counts, once after six, what the offices where somebody works will ask for: the month and week that go on, and those before.
// What was asked of yesterday is deleted.
func (s *Server) keepMornings(ctx context.Context) error {
	now, err := store.Read(ctx, s.store, func(r *store.Reader) (time.Time, error) { return r.Now(), nil })
	day, asOf := morningOf(now)
	if err != nil || s.morningDone.Load() == int64(day) {
		return err
	}
	s.mornings.Lock()
	defer s.mornings.Unlock()
	all, err := store.Read(ctx, s.store, func(r *store.Reader) ([]asked, error) { return s.dueMornings(r, day, asOf) })
	if err != nil {
		return err
	}
	if err := s.countAll(ctx, all); err != nil {
		return err
	}
	ended := func(r *store.Reader) (bool, error) { return r.MorningsEnded(day) }
	if err := s.tidyUp(ctx, ended, func(w *store.Writer) error { return w.ForgetMornings(day) }); err != nil {
		return err
	}
	s.morningDone.Store(int64(day))
	return nil
}

// dueMornings are the tables that are not counted yet.
func (s *Server) dueMornings(r *store.Reader, day casework.Date, asOf time.Time) (due []asked, err error) {
	units, err := r.Overseers()
	if err != nil {
		return nil, err
	}
	for _, id := range units {
		unit, _ := s.store.Directory().Unit(id)
		o := s.officeOf(unit)
		for _, t := range statistics.Tables(statistics.OfOffice) {
			if !o.oversees(t) {
				continue
			}
			current := statistics.PeriodOf(t.Periods[0], asOf)
			for _, p := range []statistics.Period{current, statistics.PeriodOf(t.Periods[0], current.Start().Add(-time.Hour))} {
				a := asked{office: o, table: t, period: p, day: day, asOf: asOf}
				has, err := r.HasMorning(a.morning())
				if err != nil {
					return nil, err
				}
				if !has {
					due = append(due, a)
				}
			}
		}
	}
	return due, nil
}

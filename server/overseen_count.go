package server

import (
	"bytes"
	"compress/flate"
	"context"
	"io"
	"math"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// The count of a morning goes puskesmas by puskesmas: a child is of one, so that each is a table of its own, and only one is in memory.

// scanMorning counts the tables on one snapshot, outside the writer. What it gives stands in the order of all.
func (s *Server) scanMorning(ctx context.Context, all []asked) ([][]statistics.Observation, error) {
	return store.Read(ctx, s.store, func(r *store.Reader) ([][]statistics.Observation, error) {
		shown := make([][]statistics.Observation, len(all))
		for _, head := range s.store.Directory().Units() {
			for period, of := range monthsOf(head, all) {
				month, err := s.scanMonth(r, head, period, all[of[0]])
				if err != nil {
					return nil, err
				}
				for _, i := range of {
					part, err := s.showMonth(all[i], head, month)
					if err != nil {
						return nil, err
					}
					shown[i] = append(shown[i], part...)
				}
			}
		}
		return shown, s.scanWeeks(r, all, shown)
	})
}

// monthsOf are the tables, by period, in which a puskesmas counts.
func monthsOf(head casework.Unit, all []asked) map[statistics.Period][]int {
	months := map[statistics.Period][]int{}
	for i, a := range all {
		if a.table.Needs != statistics.OfLegs && slices.ContainsFunc(a.office.heads, func(u casework.Unit) bool { return u.ID == head.ID }) {
			months[a.period] = append(months[a.period], i)
		}
	}
	return months
}

// monthOf is what a puskesmas did for its children in a month.
type monthOf struct {
	measurements []statistics.Measurement
	children     []monthChild
	quality      []statistics.Quality
}

// monthChild is a child of its register.
type monthChild struct {
	statistics.Enrolled
	village string
	weighed bool
}

// scanMonth reads it, as it stood in the morning.
func (s *Server) scanMonth(r *store.Reader, head casework.Unit, p statistics.Period, a asked) (m monthOf, err error) {
	month := casework.Month{First: casework.Date(p.First()), Next: casework.Date(p.Next())}
	villages := map[string]bool{}
	for _, region := range s.store.Directory().Regions() {
		villages[region.Code] = region.Level == casework.LevelVillage
	}
	var measured []growth.Measurement
	leaves := func(c casework.ClosureReason) bool { return !statistics.Counts(string(c)) }
	err = r.GrowthChildren(head.Register, month.First, month.Next, a.asOf, leaves, func(child store.GrowthChild) error {
		c := counting{m: &m, month: month, head: head.Code, post: s.unitCode(child.Unit), villages: villages}
		measured = append(measured, c.child(child)...)
		if month.Has(child.Birth) && (child.Registered.Before(month.Next.Time()) || len(child.Measurements) > 0) {
			m.children = append(m.children, monthChild{
				Enrolled: statistics.Enrolled{Child: string(child.ID[:]), Posyandu: c.post, Card: child.Weighed},
				village:  c.village(child.Village), weighed: c.weighed,
			})
		}
		return nil
	})
	m.quality = m.judge(head.Code, measured)
	return m, err
}

// counting is one child on its way into a month.
type counting struct {
	m          *monthOf
	month      casework.Month
	head, post string
	villages   map[string]bool
	weighed    bool
}

// village is a code of the regency's list, or what lies outside it, or what is not known.
func (c *counting) village(code string) string {
	switch {
	case code == "":
		return statistics.NA
	case !c.villages[code]:
		return statistics.LUAR
	}
	return code
}

// child adds the measurements of the month, and gives them as the growth standard takes them.
func (c *counting) child(child store.GrowthChild) (measured []growth.Measurement) {
	if len(child.Measurements) == 0 || !c.month.Holds(child.Measurements[0].Day) {
		return nil // the newest first, and none behind the month
	}
	person := casework.Person{Sex: child.Sex, Identity: casework.PersonIdentity{BirthDate: child.Birth}}
	points := recordOf(person, child.Measurements)
	for i, made := range child.Measurements {
		if !c.month.Holds(made.Day) {
			break
		}
		point := points[len(points)-1-i]
		months := child.Birth.CompletedMonths(made.Day)
		c.m.measurements = append(c.m.measurements, statistics.Measurement{
			Child: string(child.ID[:]), Day: statistics.Day(made.Day), Seq: int64(len(points) - i), Sex: string(child.Sex),
			Months: months, AgeKnown: child.Birth.Precision == casework.ToDay, Desa: c.village(made.Village), Puskesmas: c.head, Posyandu: c.post,
			HFA: categoryOf(&point.Assessment, growth.HFA), WFA: categoryOf(&point.Assessment, growth.WFA),
			WFH: categoryOf(&point.Assessment, growth.WFH), BFA: categoryOf(&point.Assessment, growth.BFA),
			Trend: point.Trend.String(), Weighed: made.Content.WeightKG > 0,
		})
		c.weighed = c.weighed || made.Content.WeightKG > 0 && months < underFive
		measured = append(measured, growthMeasurement(made, person))
	}
	return measured
}

// underFive are the completed months below which a child is counted.
const underFive = 60

// categoryOf is the class of an index for a count: a child with oedema stands below -3 in what weighs, as the WHO counts it, whatever its
// weight, which is water.
func categoryOf(a *growth.Assessment, index growth.Index) string {
	if _, below := a.Below(index, -3); below && a.Oedema {
		switch index {
		case growth.WFA:
			return growth.SeverelyUnderweight.String()
		case growth.WFH, growth.BFA:
			return growth.SeverelyWasted.String()
		}
	}
	return a.Index[index].Category.String()
}

// judge judges how a puskesmas measured. Its coverage is of children, however often each was weighed.
func (m *monthOf) judge(head string, measured []growth.Measurement) (all []statistics.Quality) {
	report, thresholds := growth.Quality(measured), growth.DefaultThresholds()
	registered, weighed := len(m.children), 0
	for _, c := range m.children {
		if c.weighed {
			weighed++
		}
	}
	if registered > 0 {
		all = append(all, statistics.Quality{
			Puskesmas: head, Measure: "COVERAGE", Value: fourDigits(float64(weighed) / float64(registered)), N: registered, Band: coverageBand(weighed, registered),
		})
	}
	for _, mark := range report.Marks(thresholds) {
		all = append(all, statistics.Quality{Puskesmas: head, Measure: mark.Measure, Value: fourDigits(mark.Value), N: mark.N, Band: mark.Band.String()})
	}
	return all
}

// fourDigits after the point: the last bits hang on the order in which children were added up.
func fourDigits(value float64) float64 { return math.Round(value*1e4) / 1e4 }

func coverageBand(weighed, registered int) string {
	t := growth.DefaultThresholds()
	if registered < t.Fewest {
		return growth.NoBand.String()
	}
	return t.Coverage.Band(float64(weighed) / float64(registered)).String()
}

// showMonth is what a table shows of a puskesmas to an office.
func (s *Server) showMonth(a asked, head casework.Unit, m monthOf) ([]statistics.Observation, error) {
	frame := s.frame(a.period, a.asOf)
	frame.Puskesmas, frame.Posyandu = []statistics.Item{{Code: head.Code}}, s.postsOf(head)
	rows := statistics.OverseenRows{Quality: m.quality}
	covered := map[string]*statistics.Covered{}
	for _, row := range m.measurements {
		if a.office.holds(row.Desa) {
			rows.Measurements = append(rows.Measurements, row)
		}
	}
	for _, c := range m.children {
		if !a.office.holds(c.village) {
			continue
		}
		rows.Enrolled = append(rows.Enrolled, c.Enrolled)
		if covered[c.village] == nil {
			covered[c.village] = &statistics.Covered{Puskesmas: head.Code, Desa: c.village}
		}
		covered[c.village].Registered++
		if c.weighed {
			covered[c.village].Weighed++
		}
	}
	folded, err := statistics.FoldOverseen(a.table, frame, rows)
	if err != nil {
		return nil, err
	}
	switch a.table.Needs {
	case statistics.OfChildren:
		return known(statistics.ShowSKDN(folded, a.office.small)), nil
	case statistics.OfQuality:
		return known(statistics.ShowQuality(folded, a.office.small)), nil
	}
	var beside []statistics.Covered
	for _, c := range covered {
		c.Band = coverageBand(c.Weighed, c.Registered)
		beside = append(beside, *c)
	}
	return statistics.ShowGrowth(folded, beside, m.quality, a.office.small), nil
}

// postsOf are the units on whose lists the children of a puskesmas stand.
func (s *Server) postsOf(head casework.Unit) (posts []statistics.Item) {
	for _, u := range s.store.Directory().Units() {
		if u.Register == head.Register {
			posts = append(posts, statistics.Item{Code: u.Code})
		}
	}
	return posts
}

// known leaves out the row of what is not known, which a puskesmas alone has not: all its posts are listed.
func known(shown []statistics.Observation) []statistics.Observation {
	return slices.DeleteFunc(shown, func(o statistics.Observation) bool { return o.Items[0] == statistics.NA })
}

// scanWeeks counts ordinary legs.
func (s *Server) scanWeeks(r *store.Reader, all []asked, shown [][]statistics.Observation) error {
	weeks := map[statistics.Period][]statistics.OrdinaryLeg{}
	for i, a := range all {
		if a.table.Needs != statistics.OfLegs {
			continue
		}
		legs, done := weeks[a.period]
		if !done {
			chains, err := r.OverseenChains(store.Stretch{From: a.period.Start(), Until: a.period.End()}, a.asOf)
			if err != nil {
				return err
			}
			legs = s.ordinaryOf(chains, a)
			weeks[a.period] = legs
		}
		part, err := s.showWeek(a, legs)
		if err != nil {
			return err
		}
		shown[i] = part
	}
	return nil
}

// ordinaryOf are the ordinary ones of whole chains.
func (s *Server) ordinaryOf(chains []store.FigureLeg, a asked) []statistics.OrdinaryLeg {
	legs := make([]statistics.Leg, 0, len(chains))
	for _, f := range chains {
		sender, _ := s.store.Directory().Unit(f.Leg.Sender)
		receiver, _ := s.store.Directory().Unit(f.Leg.Receiver)
		l := statistics.Leg{
			CaseSide: statistics.Side(f.Side), CaseType: string(f.Case.Type), CaseLevel: string(f.Case.Level), CaseClosure: string(f.Case.Closure),
			Service: string(f.Leg.Service),
			Journey: statistics.Journey{
				ID: string(f.Leg.ID[:]), Root: string(f.Leg.Root[:]), Sex: string(f.Sex), Sender: sender.Code, Receiver: receiver.Code,
				SenderSector: string(sender.Type.Sector()), ReceiverSector: string(receiver.Type.Sector()), ByLetter: f.ByLetter,
				State: string(f.Leg.State), Sent: f.Leg.Sent, CancelReason: string(f.Leg.CancelReason),
			},
		}
		if f.Duty.Name != "" {
			l.Duty, l.Accountable, l.Overdue = string(f.Duty.Name), s.unitCode(f.Duty.Unit), f.Duty.Due.Before(a.asOf)
		}
		legs = append(legs, l)
	}
	return statistics.OrdinaryLegs(legs)
}

// showWeek is what the table of legs shows to an office.
func (s *Server) showWeek(a asked, legs []statistics.OrdinaryLeg) ([]statistics.Observation, error) {
	codes := map[string]bool{}
	for id := range a.office.units {
		codes[s.unitCode(id)] = true
	}
	var rows statistics.OverseenRows
	for _, l := range legs {
		if codes[l.Unit()] {
			rows.Legs = append(rows.Legs, l)
		}
	}
	folded, err := statistics.FoldOverseen(a.table, s.frame(a.period, a.asOf), rows)
	return statistics.ShowOverseen(folded, a.office.small), err
}

// deflate packs a table: of a regency's eighty thousand rows most columns repeat. The packer, a megabyte, is used again.
func deflate(w *flate.Writer, m proto.Message) ([]byte, error) {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	w.Reset(&packed)
	_, err = w.Write(raw)
	if err == nil {
		err = w.Close()
	}
	return packed.Bytes(), err
}

func inflate(packed []byte) ([]byte, error) {
	return io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
}

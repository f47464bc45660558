package store

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Rows that figures are counted from. All are read on one snapshot, found by an index of unit or register and time, and come with
// their columns in clear alone: who may count a row opens of it what its table counts, and no more. A count of the regency is a loop
// over [Directory.Registers].

// Stretch is from one instant up to, and without, another.
type Stretch struct{ From, Until time.Time }

// Holds tells whether an instant lies in it.
func (s Stretch) Holds(t time.Time) bool { return !t.Before(s.From) && t.Before(s.Until) }

// FigureCase is a case as a count finds it, with what of its subject stands in clear. Nothing sealed is open.
type FigureCase struct {
	Case casework.Case
	Side casework.Side
	Sex  casework.Sex
	// When it became a case of figures: a child who was only watched did so when its type changed.
	Registered time.Time

	subject int64 // revision of the subject's record
}

// registered is when a case became one of figures.
const registered = "coalesce(c.became, c.opened)"

const figureCase = `c.id, c.register, c.unit, c.type, c.level, c.status, c.state, c.subject, c.kecamatan, c.channel, c.index_incident, c.risk,
	c.legacy, c.closure, c.opened, c.closed, ` + registered + `, p.side, p.sex, p.revision`

func figureDest(k *FigureCase, state *string) []any {
	c := &k.Case
	return []any{
		c.ID[:], c.Register[:], c.Unit[:], &c.Type, &c.Level, &c.Status, state, c.Subject[:], &c.Kecamatan, &c.IntakeChannel,
		c.IndexIncident[:], &c.RiskLevel, &c.Legacy, &c.Closure, &c.Opened, &c.Closed, &k.Registered, &k.Side, &k.Sex, &k.subject,
	}
}

func scanFigure(r row) (k FigureCase, err error) {
	var state string
	err = r.scan(figureDest(&k, &state)...)
	k.Case.Sealed = state == sealedState
	return k, err
}

func (t *tx) figureCases(where string, args ...any) ([]FigureCase, error) {
	found, err := list(t, scanFigure, "SELECT "+figureCase+" FROM cases c JOIN persons p ON p.id = c.subject WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("find cases to count: %w", err)
	}
	return found, nil
}

// notMonitored leaves out the growing child who is no case of any figure: a health centre watches four thousand of them.
const notMonitored = " AND c.type <> 'GROWTH_MONITORING'"

// CasesRegistered are the cases of a register that were registered in a stretch. Served by cases_register and cases_became.
func (t *tx) CasesRegistered(register casework.UnitID, s Stretch) ([]FigureCase, error) {
	opened, err := t.figureCases("c.register = $1 AND c.opened >= $2 AND c.opened < $3 AND c.became IS NULL"+notMonitored,
		register, s.From, s.Until)
	if err != nil {
		return nil, err
	}
	became, err := t.figureCases("c.register = $1 AND c.became >= $2 AND c.became < $3"+notMonitored, register, s.From, s.Until)
	return append(opened, became...), err
}

// CasesClosed are the cases of a register whose last end lies in a stretch. Served by cases_closed.
func (t *tx) CasesClosed(register casework.UnitID, s Stretch) ([]FigureCase, error) {
	return t.figureCases("c.register = $1 AND c.closed >= $2 AND c.closed < $3"+notMonitored, register, s.From, s.Until)
}

// CasesOpen are the cases of a register that are open now. Served by cases_open.
func (t *tx) CasesOpen(register casework.UnitID) ([]FigureCase, error) {
	return t.figureCases("c.register = $1 AND c.closed IS NULL"+notMonitored, register)
}

// CasesOpenIn are the cases of a register that were open at some time of a stretch: registered before its end, and not ended before
// it began. Served by cases_open and cases_closed.
func (t *tx) CasesOpenIn(register casework.UnitID, s Stretch) ([]FigureCase, error) {
	open, err := t.CasesOpen(register)
	if err != nil {
		return nil, err
	}
	closed, err := t.CasesClosed(register, Stretch{s.From, endOfTime})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(append(open, closed...), func(k FigureCase) bool { return !k.Registered.Before(s.Until) }), nil
}

// InRegister are the units that keep a register, by code.
func (d *Directory) InRegister(register casework.UnitID) (all []casework.UnitID) {
	for _, u := range d.sorted {
		if u.Register == register {
			all = append(all, u.ID)
		}
	}
	return all
}

// authorsFor are the units whose people may write in the cases of a register: its own, and the one above each, where an officer of such a
// case may work too.
func (d *Directory) authorsFor(register casework.UnitID) []casework.UnitID {
	all := d.InRegister(register)
	for _, id := range all {
		if above := d.units[id].Parent; above != (casework.UnitID{}) && !slices.Contains(all, above) {
			all = append(all, above)
		}
	}
	return all
}

// FigureIncidents opens what happened in a case: the age that its victim then had, its forms and its place follow from it.
func (t *tx) FigureIncidents(k FigureCase) ([]casework.Incident, error) { return t.Incidents(k.Case) }

// FigureSubject opens who a case is about.
func (t *tx) FigureSubject(k FigureCase) (casework.Person, error) {
	return t.identity(k.Case.Subject, k.subject)
}

// FigureMeasurement is a measurement of a child of the ordinary side as a count finds it. Its content is sealed until it is opened.
type FigureMeasurement struct {
	FigureCase
	Measurement casework.Measurement
	Corrected   bool // a later one puts it right

	f3 []byte
}

// MeasurementsMade are the measurements that were made in the cases of a register from one day up to another, in the order of the days
// and, on one, of their record. Served by measurements_unit.
func (t *tx) MeasurementsMade(register casework.UnitID, first, next casework.Date) ([]FigureMeasurement, error) {
	var all []FigureMeasurement
	for _, unit := range t.s.Directory().authorsFor(register) {
		for r := range t.rows(`SELECT m.id, m.account, m.health_worker, m.day, m.desa, m.recorded, m.corrects, m.f3,
				EXISTS (SELECT 1 FROM measurements z WHERE z.corrects = m.id), `+figureCase+`
			FROM measurements m JOIN cases c ON c.id = m.case_id JOIN persons p ON p.id = c.subject
			WHERE m.unit = $1 AND m.day >= $2 AND m.day < $3`, unit, first, next) {
			var f FigureMeasurement
			var state string
			m := &f.Measurement
			dest := append([]any{m.ID[:], m.Account[:], &m.HealthWorker, &m.Day, &m.Village, &m.Recorded, m.Corrects[:], &f.f3, &f.Corrected},
				figureDest(&f.FigureCase, &state)...)
			if err := r.scan(dest...); err != nil {
				return nil, fmt.Errorf("find measurements to count: %w", err)
			}
			if f.Case.Register != register || f.Side != casework.Ordinary {
				continue
			}
			f.Case.Sealed = state == sealedState
			m.Case, m.Person, m.Unit, f.f3 = f.Case.ID, f.Case.Subject, unit, slices.Clone(f.f3)
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b FigureMeasurement) int {
		return cmp.Or(cmp.Compare(a.Measurement.Day, b.Measurement.Day), a.Measurement.Recorded.Compare(b.Measurement.Recorded),
			slices.Compare(a.Measurement.ID[:], b.Measurement.ID[:]))
	})
	return all, nil
}

// OpenMeasurement opens what was measured, and who the child is.
func (t *tx) OpenMeasurement(f *FigureMeasurement) (casework.Person, error) {
	if err := t.openJSON(measurementCell(f.Measurement.ID, f.Case.Subject), f.f3, &f.Measurement.Content); err != nil {
		return casework.Person{}, err
	}
	return t.FigureSubject(f.FigureCase)
}

// VillageAtL1 is where the child lived at its last measurement before a day that was made at level L1; empty if none was. What is
// measured above L1 has no village in clear, and counts where the child was last seen. Served by the primary key.
func (t *tx) VillageAtL1(f FigureMeasurement) (village string, err error) {
	for r := range t.rows(`SELECT desa FROM measurements WHERE `+ofPerson+` AND day <= $2 AND desa IS NOT NULL
		ORDER BY day DESC, recorded DESC LIMIT 1`, f.Case.Subject, f.Measurement.Day) {
		err = r.scan(&village)
	}
	return village, err
}

// Weighings are the measurements of a child up to a day, newest first, as far back as the trend of the last needs, without those that
// were corrected: all of its cases, for a child grows once. Served by the primary key.
func (t *tx) Weighings(f FigureMeasurement) ([]casework.Measurement, error) {
	all, err := t.RecentMeasurements(f.Case.Subject, func(casework.CaseID) (bool, error) { return true, nil })
	return slices.DeleteFunc(all, func(m casework.Measurement) bool { return m.Day > f.Measurement.Day }), err
}

// FigureService is one service given in a case of the own register.
type FigureService struct {
	FigureCase
	Service casework.ReferralServiceType
	Day     casework.Date
	Class   access.Mask // of what its author wrote of it
}

// ServicesGiven are the services that were given in the cases of a register from one day up to another. Served by notes_served.
func (t *tx) ServicesGiven(register casework.UnitID, first, next casework.Date) ([]FigureService, error) {
	var all []FigureService
	for _, unit := range t.s.Directory().authorsFor(register) {
		author, _ := t.s.Directory().Unit(unit)
		for r := range t.rows("SELECT n.service, n.served_on, "+figureCase+` FROM notes n JOIN cases c ON c.id = n.case_id
			JOIN persons p ON p.id = c.subject
			WHERE n.unit = $1 AND n.kind = 'SERVICE' AND n.served_on >= $2 AND n.served_on < $3`, unit, first, next) {
			f := FigureService{Class: TextClass(author.Type)}
			var state string
			if err := r.scan(append([]any{&f.Service, &f.Day}, figureDest(&f.FigureCase, &state)...)...); err != nil {
				return nil, fmt.Errorf("find services to count: %w", err)
			}
			f.Case.Sealed = state == sealedState
			if f.Case.Register == register {
				all = append(all, f)
			}
		}
	}
	return all, nil
}

// FigureLeg is a leg as a count finds it, with its case, what is owed on it and what was.
type FigureLeg struct {
	FigureCase
	Leg      casework.Referral
	ByLetter bool // the receiver has no accounts
	Duty     casework.Duty
}

// LegsSent are the legs that a register sent in a stretch, oldest first. Served by legs_sender.
func (t *tx) LegsSent(register casework.UnitID, s Stretch) ([]FigureLeg, error) {
	legs, err := list(t, scanLeg, "SELECT "+legColumns+` FROM legs l
		WHERE l.sender_register = $1 AND l.sent >= $2 AND l.sent < $3 ORDER BY l.sent, l.id`, register, s.From, s.Until)
	if err != nil {
		return nil, fmt.Errorf("find legs to count: %w", err)
	}
	all := make([]FigureLeg, 0, len(legs))
	for _, leg := range legs {
		f, err := t.figureLeg(leg)
		if err != nil {
			return nil, err
		}
		if f.Duty, err = t.DutyOf(leg.Case, casework.ID(leg.ID)); err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// ChainsSent are all legs of the chains that have a leg sent in a stretch, by anybody, oldest first. A draw reads them once, so it looks at
// every leg.
func (t *tx) ChainsSent(s Stretch) ([]FigureLeg, error) {
	legs, err := list(t, scanLeg, "SELECT "+legColumns+` FROM legs l
		WHERE l.root IN (SELECT k.root FROM legs k WHERE k.sent >= $1 AND k.sent < $2) ORDER BY l.sent, l.id`, s.From, s.Until)
	if err != nil {
		return nil, fmt.Errorf("find chains to count: %w", err)
	}
	all := make([]FigureLeg, 0, len(legs))
	for _, leg := range legs {
		f, err := t.figureLeg(leg)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func (t *tx) figureLeg(leg casework.Referral) (f FigureLeg, err error) {
	found, err := t.figureCases("c.id = $1", leg.Case)
	if err == nil && len(found) != 1 {
		err = errNoRows
	}
	if err != nil {
		return f, fmt.Errorf("find the case of a leg to count: %w", err)
	}
	receiver, _ := t.s.Directory().Unit(leg.Receiver)
	return FigureLeg{FigureCase: found[0], Leg: leg, ByLetter: receiver.Channel == casework.ChannelLetter}, nil
}

// LegFigure is a leg to count with what Decide must know of the caller.
type LegFigure struct {
	FigureLeg
	Facts access.Facts
	Ends  time.Time // when the first of the caller's rights there ends by time; zero: never
}

// SentFigures are the legs that the caller's register sent in a stretch, as its list of them has them. Served by legs_sender.
func (t *tx) SentFigures(c Caller, now time.Time, s Stretch) ([]LegFigure, error) {
	return t.legFigures(c, now, "l.sender_register = $1", c.Unit.Register, s)
}

// ReceivedFigures are the legs to the caller's unit, and to those it stands in for, as its inbox has them. Served by legs_receiver.
func (t *tx) ReceivedFigures(c Caller, now time.Time, s Stretch) ([]LegFigure, error) {
	units, err := t.inboxUnits(c)
	if err != nil {
		return nil, err
	}
	var all []LegFigure
	for _, unit := range units {
		found, err := t.legFigures(c, now, "l.receiver = $1", unit, s)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (t *tx) legFigures(c Caller, now time.Time, side string, of casework.UnitID, s Stretch) ([]LegFigure, error) {
	rows, err := t.legRows(c, now, "WHERE "+side+" AND l.sent >= $2 AND l.sent < $3 ORDER BY l.sent, l.id", of, s.From, s.Until)
	if err != nil {
		return nil, err
	}
	all := make([]LegFigure, 0, len(rows))
	for i := range rows {
		file := rows[i].file(c, now)
		f, err := t.figureLeg(file.Leg)
		if err != nil {
			return nil, err
		}
		f.Duty = file.Duty
		all = append(all, LegFigure{f, file.Facts, rows[i].rights.ends})
	}
	return all, nil
}

// PastDuty is a duty of a leg with when it was over; zero: it is owed still.
type PastDuty struct {
	casework.Duty
	Ended time.Time
}

// DutiesOf are all duties that a leg ever had, in the order in which they began. Served by duties_one_open and duties_past.
func (t *tx) DutiesOf(l casework.Referral) ([]PastDuty, error) {
	var all []PastDuty
	for _, which := range [...]string{"u.ended IS NULL", "u.ended IS NOT NULL AND u.kind = 'LEG'"} {
		found, err := list(t, func(r row) (d PastDuty, err error) {
			return d, r.scan(append(dutyDest(&d.Duty), &d.Ended)...)
		}, "SELECT "+dutyColumns+", u.ended FROM duties u WHERE u."+owedIn+" AND u.object = $2 AND "+which, l.Case, l.ID)
		if err != nil {
			return nil, fmt.Errorf("read what was owed on a leg: %w", err)
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b PastDuty) int {
		return cmp.Or(endedFirst(a.Ended).Compare(endedFirst(b.Ended)), a.Started.Compare(b.Started), slices.Compare(a.ID[:], b.ID[:]))
	})
	return all, nil
}

func endedFirst(ended time.Time) time.Time {
	if ended.IsZero() {
		return endOfTime
	}
	return ended
}

// Sight is what holds of a caller for all cases of one scan: whom she stands in for and what she is kept from are read once.
type Sight struct {
	t       *tx
	c       Caller
	now     time.Time
	absent  []casework.AccountID
	ends    time.Time
	blocked map[casework.CaseID]bool
	Blocks  int // how many cases the caller is kept from, anywhere
}

// Sight reads it. Served by blocks_account and blocks_unit.
func (r *Reader) Sight(c Caller, now time.Time) (*Sight, error) {
	s := &Sight{t: &r.tx, c: c, now: now, blocked: map[casework.CaseID]bool{}}
	var rights caseRights
	if err := r.standIns(&rights, c, now); err != nil {
		return nil, err
	}
	s.absent, s.ends = rights.absent, rights.ends
	for row := range r.rows(`SELECT case_id FROM blocks WHERE account = $1 AND until_time IS NULL
		UNION ALL SELECT case_id FROM blocks WHERE unit = $2 AND until_time IS NULL`, c.Account, c.Unit.ID) {
		var id casework.CaseID
		if err := row.scan(id[:]); err != nil {
			return nil, fmt.Errorf("read what a caller is kept from: %w", err)
		}
		s.blocked[id] = true
	}
	s.Blocks = len(s.blocked)
	return s, nil
}

// Blocked are the cases that the caller is kept from. Nobody changes the map.
func (s *Sight) Blocked() map[casework.CaseID]bool { return s.blocked }

// Facts are what Decide must know of a case at least: what can take a right away, and that the register is the caller's own. Gaining a
// relation takes nothing away (design: access, I5), so what these show stays shown; where they do not suffice, [Sight.All] has the rest.
func (s *Sight) Facts(k FigureCase) (access.Facts, time.Time, error) {
	rights := caseRights{blocked: s.blocked[k.Case.ID], ends: s.ends}
	err := s.t.glass(&rights, k.Case.ID, s.c, s.now)
	f := s.c.Facts(s.now)
	rights.apply(&f, s.c, k.Case, s.now)
	return f, rights.ends, err
}

// All are all facts of a case. Ends is when the first of them changes by time; zero: never.
func (s *Sight) All(k FigureCase) (f access.Facts, ends time.Time, err error) {
	rights, err := s.t.rightsOn(k.Case, s.c, s.now)
	if err != nil {
		return f, ends, err
	}
	f = s.c.Facts(s.now)
	rights.apply(&f, s.c, k.Case, s.now)
	if f.Cond&access.RecentFiling != 0 {
		rights.until(rights.opened.Add(filedAnew), s.now)
	}
	return f, rights.ends, nil
}

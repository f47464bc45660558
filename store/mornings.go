package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// What an office oversees is counted once, as of six in the morning, and kept for the day: whoever asks twice a day gets equal bytes,
// whatever was filed between. A count that comes late leaves out what was recorded since, so that two offices that ask one after the
// other learn nothing of the hours between.

// Morning is one table of an office, as it was counted for a day.
type Morning struct {
	Office        casework.UnitID
	Table, Period string
	Day           casework.Date
	AsOf          time.Time
	Content       []byte // it stands sealed
}

// id follows from what the table is, so that a new day takes the place of the old.
func (m Morning) id() (id [16]byte) {
	sum := sha256.Sum256([]byte(string(m.Office[:]) + "/" + m.Table + "/" + m.Period))
	copy(id[:], sum[:])
	return id
}

func (m Morning) cell() Cell {
	id := m.id()
	return Cell{Table: "mornings", Column: "sealed", Row: id[:], Owner: Owner(m.Office)}
}

// Morning fills the content of a table that was counted for its day; ok is false if it was not. Served by the primary key.
func (t *tx) Morning(m *Morning) (ok bool, err error) {
	var sealed []byte
	err = t.row("SELECT time, sealed FROM mornings WHERE id = $1 AND day = $2", m.id(), m.Day).scan(&m.AsOf, &sealed)
	if errors.Is(err, errNoRows) {
		return false, nil
	}
	if err == nil {
		m.Content, err = t.Open(m.cell(), slices.Clone(sealed))
	}
	if err != nil {
		return false, fmt.Errorf("read a morning: %w", err)
	}
	return true, nil
}

// PutMorning keeps a table for its day. What was kept for that day stays: of two counts the first was perhaps read already. The key is a
// fresh one of the office, for the first time that it has a morning at all.
func (w *Writer) PutMorning(m Morning, key Key) error {
	var n int64
	if err := w.row("SELECT count(*) FROM deks WHERE owner = $1", m.Office).scan(&n); err != nil {
		return fmt.Errorf("look for an office's key: %w", err)
	}
	if n == 0 {
		if err := w.PutKey(key); err != nil {
			return err
		}
	}
	sealed, err := w.Seal(m.cell(), m.Content)
	if err != nil {
		return fmt.Errorf("seal a morning: %w", err)
	}
	_, err = w.exec(`INSERT INTO mornings (id, office, table_id, period, day, time, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET day = excluded.day, time = excluded.time, sealed = excluded.sealed WHERE mornings.day < excluded.day`,
		m.id(), m.Office, m.Table, m.Period, m.Day, m.AsOf, sealed)
	if err != nil {
		return fmt.Errorf("put a morning: %w", err)
	}
	return nil
}

// HasMorning tells whether a table was counted for its day. Served by the primary key.
func (t *tx) HasMorning(m Morning) (has bool, err error) {
	err = t.row("SELECT count(*) > 0 FROM mornings WHERE id = $1 AND day >= $2", m.id(), m.Day).scan(&has)
	return has, err
}

// MorningsEnded tells whether tables of an earlier day than this are kept still. Served by mornings_day.
func (t *tx) MorningsEnded(day casework.Date) (ended bool, err error) {
	err = t.row("SELECT count(*) > 0 FROM mornings WHERE day < $1", day).scan(&ended)
	return ended, err
}

// ForgetMornings deletes them.
func (w *Writer) ForgetMornings(day casework.Date) error {
	_, err := w.exec("DELETE FROM mornings WHERE day < $1", day)
	return err
}

// Overseers are the units where somebody works in a role that may ask for what an office oversees.
func (t *tx) Overseers() ([]casework.UnitID, error) {
	return list(t, func(r row) (id casework.UnitID, err error) { return id, r.scan(id[:]) },
		"SELECT DISTINCT unit FROM memberships WHERE role IN ('SUPERVISOR', 'STATS') AND until_time IS NULL AND approved IS NOT NULL ORDER BY unit")
}

// GrowthChild is a child of the ordinary side as an office counts it. There is no level, block or link in it, and nothing here depends on
// one.
type GrowthChild struct {
	ID         casework.PersonID
	Sex        casework.Sex
	Birth      casework.BirthDate
	Unit       casework.UnitID // on whose list it stands, or stood last
	Village    string          // where it lives, as figures have it; empty: not known
	Registered time.Time       // its first case
	Weighed    bool            // it has been weighed, then or before

	// Measurements that stand, newest first, before the end of the stretch and as far back as the trend of the last weighing needs. The
	// village of each is the child's last one at L1.
	Measurements []casework.Measurement
}

// growthCase is a case of a child that may have been measured.
type growthCase struct {
	unit    casework.UnitID
	opened  time.Time
	sex     casework.Sex
	f2      []byte
	subject casework.PersonID
}

// GrowthChildren gives each child of the ordinary side that a register had in its care in a stretch of days, as of an instant: what was
// recorded from then on is not there. leaves tells after which closure a case counts nowhere. Served by cases_register and
// the primary key of measurements; the scan keeps nothing in memory.
func (r *Reader) GrowthChildren(register casework.UnitID, first, next casework.Date, asOf time.Time, leaves func(casework.ClosureReason) bool, each func(GrowthChild) error) error {
	r.passing = true
	defer func() { r.passing, r.keys = false, nil }()
	cases, err := r.growthCases(register, first, asOf, leaves)
	if err != nil {
		return err
	}
	for _, own := range cases {
		child, err := r.growthChild(own, next, asOf, leaves)
		if err == nil {
			err = each(child)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// growthCases are the cases by child, oldest first, in the order in which the children came.
func (t *tx) growthCases(register casework.UnitID, first casework.Date, asOf time.Time, leaves func(casework.ClosureReason) bool) (cases [][]growthCase, err error) {
	at := map[casework.PersonID]int{}
	for r := range t.rows(`SELECT c.unit, c.subject, c.opened, c.closed, c.closure, p.sex, p.f2
		FROM cases c JOIN persons p ON p.id = c.subject
		WHERE c.register = $1 AND c.opened < $2 AND (c.closed IS NULL OR c.closed >= $3)
			AND c.type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'GROWTH_MONITORING') AND p.side = 'ORDINARY'
		ORDER BY c.opened, c.id`, register, asOf, first.Time()) {
		var k growthCase
		var closed time.Time
		var closure casework.ClosureReason
		var f2 []byte
		if err := r.scan(k.unit[:], k.subject[:], &k.opened, &closed, &closure, &k.sex, &f2); err != nil {
			return nil, fmt.Errorf("find children to count: %w", err)
		}
		if over(closed, asOf) && leaves(closure) {
			continue
		}
		k.f2 = slices.Clone(f2)
		i, known := at[k.subject]
		if !known {
			i, at[k.subject] = len(cases), len(cases)
			cases = append(cases, nil)
		}
		cases[i] = append(cases[i], k)
	}
	return cases, nil
}

func (t *tx) growthChild(cases []growthCase, next casework.Date, asOf time.Time, leaves func(casework.ClosureReason) bool) (child GrowthChild, err error) {
	last := cases[len(cases)-1]
	child = GrowthChild{ID: last.subject, Sex: last.sex, Unit: last.unit, Registered: cases[0].opened}
	var who casework.PersonIdentity
	if err := t.openJSON(personCell(child.ID), last.f2, &who); err != nil {
		return child, err
	}
	child.Birth = who.BirthDate
	rows, err := t.measurementsUntil(child.ID, next, asOf, leaves)
	if err != nil {
		return child, err
	}
	if len(who.Address.AreaCode) > len("32.01.01") {
		child.Village = who.Address.AreaCode
	}
	carry(rows, child.Village)
	if len(rows) > 0 {
		child.Village = rows[0].Village
	}
	child.Measurements, err = t.openRecent(rows)
	child.Weighed = slices.ContainsFunc(child.Measurements, func(m casework.Measurement) bool { return m.Content.WeightKG > 0 })
	return child, err
}

// sealedMeasurement is a measurement whose content is not open yet.
type sealedMeasurement struct {
	casework.Measurement
	f3 []byte
}

// measurementsUntil are a child's measurements before a day that stood at an instant, newest first. A correction may be of any day; what
// was measured in a case that has left all figures is not there.
func (t *tx) measurementsUntil(person casework.PersonID, next casework.Date, asOf time.Time, leaves func(casework.ClosureReason) bool) (rows []sealedMeasurement, err error) {
	var corrected map[casework.ID]bool
	for r := range t.rows(`SELECT m.id, m.unit, m.day, m.desa, m.recorded, m.corrects, m.f3, c.closed, c.closure
		FROM measurements m JOIN cases c ON c.id = m.case_id
		WHERE m.`+ofPerson+` AND m.recorded < $2 ORDER BY m.day DESC, m.recorded DESC`, person, asOf) {
		m := sealedMeasurement{Measurement: casework.Measurement{Person: person}}
		var f3 []byte
		var closed time.Time
		var closure casework.ClosureReason
		if err := r.scan(m.ID[:], m.Unit[:], &m.Day, &m.Village, &m.Recorded, m.Corrects[:], &f3, &closed, &closure); err != nil {
			return nil, fmt.Errorf("read measurements to count: %w", err)
		}
		if m.Corrects != (casework.ID{}) {
			if corrected == nil {
				corrected = map[casework.ID]bool{}
			}
			corrected[m.Corrects] = true
		}
		if m.Day < next && !(over(closed, asOf) && leaves(closure)) {
			m.f3 = slices.Clone(f3)
			rows = append(rows, m)
		}
	}
	if corrected == nil {
		return rows, nil
	}
	return slices.DeleteFunc(rows, func(m sealedMeasurement) bool { return corrected[m.ID] }), nil
}

// carry gives what was measured above L1, which has no village in clear, the child's last one at L1; before the first one where it lives.
func carry(rows []sealedMeasurement, home string) {
	for i := len(rows) - 1; i >= 0; i-- {
		switch {
		case rows[i].Village != "":
		case i+1 < len(rows):
			rows[i].Village = rows[i+1].Village
		default:
			rows[i].Village = home
		}
	}
}

// openRecent opens the newest measurements down to what the trend of the last weighing needs: see RecentMeasurements.
func (t *tx) openRecent(rows []sealedMeasurement) ([]casework.Measurement, error) {
	recent := make([]casework.Measurement, 0, min(len(rows), 6))
	last := casework.Date(0)
	for _, m := range rows {
		if err := t.openJSON(measurementCell(m.ID, m.Person), m.f3, &m.Content); err != nil {
			return nil, err
		}
		recent = append(recent, m.Measurement)
		if m.Content.WeightKG <= 0 {
			continue
		}
		if last == 0 {
			last = m.Day
		} else if last-m.Day > trendDays {
			break
		}
	}
	return recent, nil
}

// StatesSince are the states that legs had at an instant, of those that have moved since: what the first entry about each says of before.
func (t *tx) StatesSince(asOf time.Time) (map[casework.LegID]casework.ReferralState, error) {
	from, err := t.NumberAt(asOf)
	if err != nil {
		return nil, err
	}
	states := map[casework.LegID]casework.ReferralState{}
	for r := range t.rows("SELECT object_id, case_id, bytes FROM journal WHERE number >= $1 AND object_id IS NOT NULL ORDER BY number", from) {
		rec, err := scanRecord(r) // by the primary key
		if err != nil {
			return nil, fmt.Errorf("read what became of legs: %w", err)
		}
		before := casework.ReferralState(rec.Entry.Event.Before)
		if rec.Entry.ObjectKind != "leg" || len(rec.Object) != 16 || !before.Valid() {
			continue
		}
		if id := casework.LegID(rec.Object); states[id] == "" {
			states[id] = before
		}
	}
	return states, nil
}

// OverseenChains are all legs of each chain of which a leg was sent in a stretch, as they stood at an instant: without what was sent from
// then on, in the state, at the level and with the duty of then. Served by legs_sender, legs_root and duties_past.
func (t *tx) OverseenChains(s Stretch, asOf time.Time) ([]FigureLeg, error) {
	if s.Until.After(asOf) {
		s.Until = asOf
	}
	states, err := t.StatesSince(asOf)
	if err != nil {
		return nil, err
	}
	var all []FigureLeg
	seen := map[casework.LegID]bool{}
	for _, register := range t.s.Directory().Registers() {
		legs, err := list(t, scanLeg, "SELECT "+legColumns+" FROM legs l WHERE l.sender_register = $1 AND l.sent >= $2 AND l.sent < $3", register, s.From, s.Until)
		if err != nil {
			return nil, fmt.Errorf("find legs to oversee: %w", err)
		}
		for _, leg := range legs {
			if seen[leg.Root] {
				continue
			}
			seen[leg.Root] = true
			chain, err := t.chainAsOf(leg.Root, asOf, states)
			if err != nil {
				return nil, err
			}
			all = append(all, chain...)
		}
	}
	return all, nil
}

func (t *tx) chainAsOf(root casework.LegID, asOf time.Time, states map[casework.LegID]casework.ReferralState) ([]FigureLeg, error) {
	legs, err := t.Chain(root)
	if err != nil {
		return nil, err
	}
	var chain []FigureLeg
	for _, leg := range legs {
		if !leg.Sent.Before(asOf) {
			continue
		}
		f, err := t.figureLeg(leg)
		if err == nil {
			err = t.asOf(&f, asOf)
		}
		if err != nil {
			return nil, err
		}
		if state, moved := states[leg.ID]; moved {
			f.Leg.State = state
		}
		chain = append(chain, f)
	}
	return chain, nil
}

// asOf puts a leg back to what it was at an instant, but for its state.
func (t *tx) asOf(f *FigureLeg, asOf time.Time) error {
	level, err := t.levelAsOf(f.Case.ID, asOf)
	if err != nil {
		return err
	}
	if level != "" {
		f.Case.Level = level
	}
	if !f.Case.Closed.Before(asOf) {
		f.Case.Closed, f.Case.Closure = time.Time{}, ""
	}
	if !f.Leg.Ended.Before(asOf) {
		f.Leg.Ended, f.Leg.CancelReason = time.Time{}, ""
	}
	duties, err := t.DutiesOf(f.Leg)
	if err != nil {
		return err
	}
	f.Duty = casework.Duty{}
	for _, d := range duties {
		if d.Started.Before(asOf) && (d.Ended.IsZero() || !d.Ended.Before(asOf)) {
			f.Duty = d.Duty
		}
	}
	return nil
}

// levelAsOf is the level that a case had at an instant, if it has changed since; else it is empty.
func (t *tx) levelAsOf(id casework.CaseID, asOf time.Time) (before casework.Level, err error) {
	err = t.row(`SELECT before FROM case_events WHERE case_id = $1 AND time >= $2 AND event IN ('raiseLevel', 'lowerLevel')
		ORDER BY time LIMIT 1`, id, asOf).scan(&before) // by the primary key
	if errors.Is(err, errNoRows) {
		return "", nil
	}
	return before, err
}

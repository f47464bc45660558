package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// What of a unit changes while servers run, and what an operator's file writes. The rest of a unit is read from memory.

// PutUnit makes a unit or changes it, with all that it offers. Its duty officer stays, and so does the room of each area that it
// keeps: that it was full yesterday does not end with a new file.
func (w *Writer) PutUnit(u casework.Unit, offers []Offer, entry [16]byte) error {
	_, err := w.exec(`INSERT INTO units (id, code, name, type, parent, register, channel, area, active_from, active_until, contact, revision, entry)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, type = excluded.type, parent = excluded.parent,
			register = excluded.register, channel = excluded.channel, area = excluded.area, active_from = excluded.active_from,
			active_until = excluded.active_until, contact = excluded.contact, revision = units.revision + 1, entry = excluded.entry`,
		u.ID, u.Code, u.Name, u.Type, orNull(u.Parent[:]), u.Register, u.Channel, u.AreaCode, u.ActiveFrom, u.ActiveUntil, orNull(u.Contact[:]), entry)
	if err != nil {
		return fmt.Errorf("put a unit: %w", err)
	}
	if err := w.putNames(u); err != nil {
		return fmt.Errorf("put the names of a unit: %w", err)
	}
	if err := w.putHours(u); err != nil {
		return fmt.Errorf("put the hours of a unit: %w", err)
	}
	return w.putOffers(u.ID, offers, entry)
}

func (w *Writer) putNames(u casework.Unit) error {
	if _, err := w.exec("DELETE FROM unit_aliases WHERE unit = $1", u.ID); err != nil {
		return err
	}
	for _, a := range u.Aliases {
		var until any
		if a.Until != 0 {
			until = a.Until
		}
		if _, err := w.exec("INSERT INTO unit_aliases (unit, name, from_day, until_day) VALUES ($1, $2, $3, $4)", u.ID, a.Name, a.From, until); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) putHours(u casework.Unit) error {
	if _, err := w.exec("DELETE FROM unit_hours WHERE unit = $1", u.ID); err != nil {
		return err
	}
	for _, o := range u.Hours {
		if _, err := w.exec("INSERT INTO unit_hours (unit, weekday, opens, closes) VALUES ($1, $2, $3, $4)", u.ID, int(o.Weekday), o.Opens, o.Closes); err != nil {
			return err
		}
	}
	return nil
}

// putOffers writes what a unit offers; rows of an earlier entry are no longer offered.
func (w *Writer) putOffers(unit casework.UnitID, offers []Offer, entry [16]byte) error {
	for _, o := range offers {
		for _, area := range o.Areas {
			if _, err := w.exec(`INSERT INTO unit_services (unit, service, area, capacity, bring, entry) VALUES ($1, $2, $3, 'UNKNOWN', $4, $5)
				ON CONFLICT (unit, service, area) DO UPDATE SET bring = excluded.bring, entry = excluded.entry`,
				unit, o.Service, area, strings.Join(o.Bring, "|"), entry); err != nil {
				return fmt.Errorf("put what a unit offers: %w", err)
			}
		}
	}
	_, err := w.exec("DELETE FROM unit_services WHERE unit = $1 AND (entry IS NULL OR entry <> $2)", unit, entry)
	return err
}

// SetCapacity says what room a unit has for a service in an area, or in each of its areas if area is empty, until an instant; a zero
// one never comes. Of a contact unit it is said of the confidential units too for which it speaks. Every suggestion reads it from the
// database: no server holds it in memory.
func (w *Writer) SetCapacity(unit casework.UnitID, service casework.ReferralServiceType, area string, capacity casework.Capacity, until time.Time, entry [16]byte) error {
	for _, id := range w.s.Directory().speaking(unit) {
		_, err := w.exec(`UPDATE unit_services SET capacity = $4, capacity_until = $5, entry = $6
			WHERE unit = $1 AND service = $2 AND ($3 = '' OR area = $3)`, id, service, area, capacity, until, entry)
		if err != nil {
			return fmt.Errorf("set the room of a unit: %w", err)
		}
	}
	return nil
}

// SetRoom says what room a unit itself has for a service in one area.
func (w *Writer) SetRoom(unit casework.UnitID, service casework.ReferralServiceType, c casework.Coverage, entry [16]byte) error {
	_, err := w.exec("UPDATE unit_services SET capacity = $4, capacity_until = $5, entry = $6 WHERE unit = $1 AND service = $2 AND area = $3",
		unit, service, c.Area, c.Capacity, c.Until, entry)
	return err
}

// Rooms are the areas in which a unit offers each service, with its room there; of a contact unit those of the confidential units
// too. Served by the primary key.
func (t *tx) Rooms(unit casework.UnitID) (map[casework.ReferralServiceType][]casework.Coverage, error) {
	rooms := map[casework.ReferralServiceType][]casework.Coverage{}
	for _, id := range t.s.Directory().speaking(unit) {
		for r := range t.rows("SELECT service, area, capacity, capacity_until FROM unit_services WHERE unit = $1 ORDER BY service, area", id) {
			var service casework.ReferralServiceType
			var c casework.Coverage
			if err := r.scan(&service, &c.Area, &c.Capacity, &c.Until); err != nil {
				return nil, fmt.Errorf("read the room of a unit: %w", err)
			}
			rooms[service] = append(rooms[service], c)
		}
	}
	return rooms, nil
}

// roomsFor are the areas in which each unit offers a service, with its room there; a confidential unit's stand with its contact
// unit. It scans the table once, some rows a unit.
func (t *tx) roomsFor(service casework.ReferralServiceType) (map[casework.UnitID][]casework.Coverage, error) {
	d, rooms := t.s.Directory(), map[casework.UnitID][]casework.Coverage{}
	for r := range t.rows("SELECT unit, area, capacity, capacity_until FROM unit_services WHERE service = $1", service) {
		var unit casework.UnitID
		var c casework.Coverage
		if err := r.scan(unit[:], &c.Area, &c.Capacity, &c.Until); err != nil {
			return nil, fmt.Errorf("read who offers a service: %w", err)
		}
		if u, _ := d.Unit(unit); u.IsConfidential() {
			unit = u.Contact
		}
		rooms[unit] = append(rooms[unit], c)
	}
	return rooms, nil
}

// Receivers are the units that offer a service where a client lives, as those that might be asked; with all, the others too, of which
// nothing is looked up that no filter asks. What stands on legs is the caller's to add.
func (t *tx) Receivers(k casework.CaseID, service casework.ReferralServiceType, area string, all bool, now time.Time) ([]casework.Receiver, error) {
	rooms, err := t.roomsFor(service)
	if err != nil {
		return nil, err
	}
	var receivers []casework.Receiver
	for _, unit := range t.s.Directory().Units() {
		r := casework.Receiver{Unit: unit, Coverage: rooms[unit.ID]}
		covers := casework.CoversAny(r.Coverage, area)
		if covers {
			if r.Works, err = t.Working(unit, now); err != nil {
				return nil, err
			}
			if r.Able, err = t.MayHandle(unit, k); err != nil {
				return nil, err
			}
		}
		if covers || all {
			receivers = append(receivers, r)
		}
	}
	return receivers, nil
}

// MayHandle tells whether nothing keeps a unit from a case: it has a handler who is not blocked, or is served by letter and not
// blocked itself.
func (t *tx) MayHandle(unit casework.Unit, k casework.CaseID) (bool, error) {
	if unit.Channel != casework.ChannelLetter {
		return t.CanHandle(unit, k)
	}
	blocked, err := t.blocked(k)
	return !blocked[[16]byte(unit.ID)], err
}

// Working tells whether legs may be sent to a unit (casework.Unit.Works).
func (t *tx) Working(unit casework.Unit, now time.Time) (bool, error) {
	if unit.Channel == casework.ChannelLetter {
		return unit.Works(false, now), nil
	}
	supervised, err := t.supervised(unit, now)
	return unit.Works(supervised, now), err
}

// supervised tells whether a unit or its parent has a working supervisor; one of a parent that has ended answers for nothing.
func (t *tx) supervised(unit casework.Unit, now time.Time) (bool, error) {
	own, err := t.handlersOf(unit.ID)
	parent, _ := t.s.Directory().Unit(unit.Parent)
	if err != nil || own.supervised || !parent.ActiveOn(now) {
		return own.supervised, err
	}
	above, err := t.handlersOf(parent.ID)
	return above.supervised, err
}

// Supervised are the units with a working supervisor of their own, for the operator's commands.
func (t *tx) Supervised() (map[casework.UnitID]bool, error) {
	supervised := map[casework.UnitID]bool{}
	for r := range t.rows(`SELECT DISTINCT m.unit FROM memberships m
		JOIN accounts a ON a.id = m.account
		WHERE m.role = 'SUPERVISOR' AND m.approved IS NOT NULL AND m.until_time IS NULL AND a.active_until IS NULL`) {
		var unit casework.UnitID
		if err := r.scan(unit[:]); err != nil {
			return nil, fmt.Errorf("read who is supervised: %w", err)
		}
		supervised[unit] = true
	}
	return supervised, nil
}

// Busy are the units that are party to an open leg, by themselves or by their register. It scans the open legs, for the operator's
// commands.
func (t *tx) Busy() (map[casework.UnitID]bool, error) {
	busy := map[casework.UnitID]bool{}
	for r := range t.rows("SELECT sender, sender_register, receiver, receiver_register FROM legs WHERE ended IS NULL") {
		var party [4]casework.UnitID
		if err := r.scan(party[0][:], party[1][:], party[2][:], party[3][:]); err != nil {
			return nil, fmt.Errorf("read the open legs: %w", err)
		}
		for _, unit := range party {
			busy[unit] = true
		}
	}
	return busy, nil
}

// Caring are the units that have an open case, by themselves or by their register.
func (t *tx) Caring() (map[casework.UnitID]bool, error) {
	caring := map[casework.UnitID]bool{}
	for r := range t.rows("SELECT DISTINCT unit, register FROM cases WHERE closed IS NULL") {
		var unit, register casework.UnitID
		if err := r.scan(unit[:], register[:]); err != nil {
			return nil, fmt.Errorf("read whose cases are open: %w", err)
		}
		caring[unit], caring[register] = true, true
	}
	return caring, nil
}

// NamedDutyOfficer is who was named to take what nobody else of a unit has taken, as long as they handle cases there or in the unit
// above; zero for nobody. It is read from the database, for the units' supervisors change it while servers run.
func (t *tx) NamedDutyOfficer(id casework.UnitID) (officer casework.AccountID, err error) {
	err = t.row("SELECT duty_officer FROM units WHERE id = $1", id).scan(officer[:])
	if errors.Is(err, errNoRows) {
		return officer, nil
	}
	if err != nil {
		return officer, fmt.Errorf("read a duty officer: %w", err)
	}
	unit, _ := t.s.Directory().Unit(id)
	works, err := t.worksAt(officer, unit.ID, unit.Parent)
	if err != nil || !works {
		return casework.AccountID{}, err
	}
	return officer, nil
}

// worksAt tells whether an account handles cases in one of some units.
func (t *tx) worksAt(account casework.AccountID, units ...casework.UnitID) (bool, error) {
	for _, unit := range units {
		handlers, err := t.Handlers(unit)
		if err != nil || slices.Contains(handlers, account) {
			return err == nil, err
		}
	}
	return false, nil
}

// MayBeOnDuty tells whether an account may be named a unit's duty officer.
func (t *tx) MayBeOnDuty(account casework.AccountID, unit casework.Unit) (bool, error) {
	return t.worksAt(account, unit.ID, unit.Parent)
}

// SetDutyOfficer names who takes what nobody else has taken.
func (w *Writer) SetDutyOfficer(unit casework.UnitID, officer casework.AccountID, entry [16]byte) error {
	_, err := w.exec("UPDATE units SET duty_officer = $2, revision = revision + 1, entry = $3 WHERE id = $1", unit, officer, entry)
	return err
}

// AskedBefore are the legs that bear on whom to ask next, each with what Decide must know of the caller: the open ones of a case and
// service, and those of the chain that a root begins, or of the chains that wait for another way if it is zero. Served by
// legs_case and legs_root.
func (t *tx) AskedBefore(c Caller, k casework.CaseID, service casework.ReferralServiceType, root casework.LegID, now time.Time) ([]*LegFile, error) {
	asked, err := t.legFiles(c, now, "WHERE l."+inCase+" AND l.service = $2 AND l.ended IS NULL", k, service)
	if err != nil {
		return nil, err
	}
	roots := []casework.LegID{root}
	if root == (casework.LegID{}) {
		roots = nil
		for _, f := range asked {
			if f.Leg.State == casework.Declined {
				roots = append(roots, f.Leg.Root)
			}
		}
	}
	for _, root := range roots {
		for _, where := range []string{"WHERE l.id = $1", "WHERE l.root = $1 AND l.previous IS NOT NULL"} {
			chain, err := t.legFiles(c, now, where, root)
			if err != nil {
				return nil, err
			}
			asked = append(asked, chain...)
		}
	}
	return asked, nil
}

package store

import (
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// regionsCSV holds the 476 codes and names of Kabupaten Bogor, facts of Kepmendagri 300.2.2-2430 of 2025.
//
//go:embed regions.csv
var regionsCSV string

// Offer is a service of a unit, where it covers, and what the client should bring.
type Offer struct {
	Service casework.ReferralServiceType
	Areas   []string
	Bring   []string
}

// Directory is the regency's units, regions, deadlines and calendar as of one moment. It is read from memory, for every
// filing asks it several times and only the operator's commands change it. What changes while servers run is not in it: the room
// that a unit has and its duty officer are read from the database (units.go).
type Directory struct {
	units        map[casework.UnitID]casework.Unit
	sorted       []casework.Unit
	codes        map[string]casework.UnitID
	offers       map[casework.UnitID][]Offer
	children     map[casework.UnitID][]casework.UnitID // of the same register
	shelters     map[casework.UnitID][]casework.UnitID // confidential units by their contact
	regions      map[string]casework.Region
	places       []casework.Region // by code
	coordinating casework.UnitID
	Deadlines    casework.Deadlines
	Calendar     casework.Calendar
}

// Directory is the newest one.
func (s *Store) Directory() *Directory { return s.directory.Load() }

// Unit finds a unit.
func (d *Directory) Unit(id casework.UnitID) (casework.Unit, bool) {
	u, ok := d.units[id]
	return u, ok
}

// UnitByCode finds a unit by its short code.
func (d *Directory) UnitByCode(code string) (casework.Unit, bool) {
	return d.Unit(d.codes[strings.ToUpper(code)])
}

// Units lists all units by code. The list is shared: nobody changes it.
func (d *Directory) Units() []casework.Unit { return d.sorted }

// Root is the regency's unit: the one with none above it, the first by code if a file made several; ok is false in an empty directory.
func (d *Directory) Root() (casework.Unit, bool) {
	for _, u := range d.sorted {
		if u.Parent == (casework.UnitID{}) {
			return u, true
		}
	}
	return casework.Unit{}, false
}

// ChildrenInRegister are the units below one that keep its register.
func (d *Directory) ChildrenInRegister(parent casework.Unit) []casework.UnitID {
	return d.children[parent.ID]
}

// speaking are the units whose offers are a unit's: its own, and those of the confidential units whose contact it is.
func (d *Directory) speaking(unit casework.UnitID) []casework.UnitID {
	return append([]casework.UnitID{unit}, d.shelters[unit]...)
}

// Registers are all registers of the regency.
func (d *Directory) Registers() (all []casework.UnitID) {
	seen := map[casework.UnitID]bool{}
	for _, u := range d.sorted {
		if !seen[u.Register] {
			seen[u.Register] = true
			all = append(all, u.Register)
		}
	}
	return all
}

// Below tells whether a unit is another or stands anywhere below it.
func (d *Directory) Below(unit, above casework.UnitID) bool {
	for range len(d.units) { // a circle of parents ends
		switch unit {
		case above:
			return true
		case casework.UnitID{}:
			return false
		}
		unit = d.units[unit].Parent
	}
	return false
}

// Offers lists what a unit offers, itself and for the confidential units whose contact it is.
func (d *Directory) Offers(unit casework.UnitID) []Offer { return d.offers[unit] }

// Offer finds one service of a unit.
func (d *Directory) Offer(unit casework.UnitID, service casework.ReferralServiceType) (Offer, bool) {
	for _, o := range d.offers[unit] {
		if o.Service == service {
			return o, true
		}
	}
	return Offer{}, false
}

// Covers tells whether an offer covers an area. An area that nobody stated is covered by what covers the regency.
func (o Offer) Covers(area string) bool {
	return slices.ContainsFunc(o.Areas, func(covered string) bool { return casework.Covers(covered, area) })
}

// Region is the name of a code, empty if the decree has none such.
func (d *Directory) Region(code string) string { return d.regions[code].Name }

// Regions lists all regions by code. The list is shared: nobody changes it.
func (d *Directory) Regions() []casework.Region { return d.places }

// seedDirectory fills an empty database with the regions, working windows.
func (w *Writer) seedDirectory() error {
	var n int64
	if err := w.row("SELECT count(*) FROM regions").scan(&n); err != nil || n > 0 {
		return err
	}
	rows, err := csv.NewReader(strings.NewReader(regionsCSV)).ReadAll()
	if err != nil {
		return fmt.Errorf("read the built-in regions: %w", err)
	}
	for _, r := range rows[1:] {
		if err := w.PutRegion(casework.Region{Code: r[0], Name: r[1], Level: r[2]}); err != nil {
			return err
		}
	}
	for _, window := range casework.DefaultWindows() {
		if err := w.putWindow(window); err != nil {
			return err
		}
	}
	return nil
}

// PutRegion makes a region, or gives a known code the name of a newer decree.
func (w *Writer) PutRegion(r casework.Region) error {
	_, err := w.exec(`INSERT INTO regions (code, name, level, bps) VALUES ($1, $2, $3, $4)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, bps = coalesce(excluded.bps, regions.bps)`,
		r.Code, r.Name, r.Level, orNoText(r.BPS))
	if err != nil {
		return fmt.Errorf("put a region: %w", err)
	}
	return nil
}

// ForgetRegions makes room for another regency's codes. It is for a database without units: an address that was taken by a code
// must keep it.
func (w *Writer) ForgetRegions() error {
	_, err := w.exec("DELETE FROM regions")
	return err
}

func readDirectory(t *tx) (*Directory, error) {
	d := &Directory{
		units:    map[casework.UnitID]casework.Unit{},
		codes:    map[string]casework.UnitID{},
		offers:   map[casework.UnitID][]Offer{},
		children: map[casework.UnitID][]casework.UnitID{},
		shelters: map[casework.UnitID][]casework.UnitID{},
		regions:  map[string]casework.Region{},
	}
	for _, load := range []func(*tx) error{
		d.loadUnits, d.loadAliases, d.loadHours, d.sortUnits, d.loadOffers, d.loadRegions, d.loadDeadlines, d.loadCalendar,
		d.loadCoordinating,
	} {
		if err := load(t); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (d *Directory) loadUnits(t *tx) error {
	units, err := list(t, scanUnit, "SELECT id, code, name, type, parent, register, channel, area, active_from, active_until, contact FROM units")
	for _, u := range units {
		d.units[u.ID] = u
		d.codes[u.Code] = u.ID
		if u.Parent != (casework.UnitID{}) && u.Register == u.Parent {
			d.children[u.Parent] = append(d.children[u.Parent], u.ID)
		}
		if u.IsConfidential() {
			d.shelters[u.Contact] = append(d.shelters[u.Contact], u.ID)
		}
	}
	return err
}

func scanUnit(r row) (u casework.Unit, err error) {
	return u, r.scan(u.ID[:], &u.Code, &u.Name, &u.Type, u.Parent[:], u.Register[:], &u.Channel, &u.AreaCode,
		&u.ActiveFrom, &u.ActiveUntil, u.Contact[:])
}

func (d *Directory) loadAliases(t *tx) error {
	for r := range t.rows("SELECT unit, name, from_day, until_day FROM unit_aliases ORDER BY unit, name, from_day") {
		var unit casework.UnitID
		var a casework.Alias
		if err := r.scan(unit[:], &a.Name, &a.From, &a.Until); err != nil {
			return err
		}
		u := d.units[unit]
		u.Aliases = append(u.Aliases, a)
		d.units[unit] = u
	}
	return nil
}

// sortUnits comes once each unit has all that is its own.
func (d *Directory) sortUnits(*tx) error {
	d.sorted = slices.SortedFunc(maps.Values(d.units), func(a, b casework.Unit) int { return strings.Compare(a.Code, b.Code) })
	return nil
}

func (d *Directory) loadHours(t *tx) error {
	for r := range t.rows("SELECT unit, weekday, opens, closes FROM unit_hours ORDER BY unit, weekday, opens") {
		var unit casework.UnitID
		var w casework.OpenWindow
		if err := r.scan(unit[:], &w.Weekday, &w.Opens, &w.Closes); err != nil {
			return err
		}
		u := d.units[unit]
		u.Hours = append(u.Hours, w)
		d.units[unit] = u
	}
	return nil
}

func (d *Directory) loadOffers(t *tx) error {
	type offered struct {
		unit        casework.UnitID
		service     casework.ReferralServiceType
		area, bring string
	}
	rows, err := list(t, func(r row) (o offered, err error) {
		return o, r.scan(o.unit[:], &o.service, &o.area, &o.bring)
	}, "SELECT unit, service, area, bring FROM unit_services ORDER BY service, area, unit")
	if err != nil {
		return err
	}
	for _, r := range rows {
		d.offer(r.unit, r.service, r.area, r.bring)
	}
	for _, r := range rows { // after its own, for what to bring there is its own to say
		if contact := d.units[r.unit].Contact; contact != (casework.UnitID{}) {
			d.offer(contact, r.service, r.area, r.bring)
		}
	}
	for _, offers := range d.offers {
		slices.SortFunc(offers, func(a, b Offer) int { return strings.Compare(string(a.Service), string(b.Service)) })
	}
	return nil
}

// offer adds an area in which a unit offers a service; what it says of a service that it has already stays.
func (d *Directory) offer(unit casework.UnitID, service casework.ReferralServiceType, area, bring string) {
	offers := d.offers[unit]
	i := slices.IndexFunc(offers, func(o Offer) bool { return o.Service == service })
	switch {
	case i < 0:
		o := Offer{Service: service, Areas: []string{area}}
		if bring != "" {
			o.Bring = strings.Split(bring, "|")
		}
		d.offers[unit] = append(offers, o)
	case !slices.Contains(offers[i].Areas, area):
		offers[i].Areas = append(offers[i].Areas, area)
	}
}

func (d *Directory) loadRegions(t *tx) error {
	for r := range t.rows("SELECT code, name, level, bps FROM regions ORDER BY code") {
		var region casework.Region
		if err := r.scan(&region.Code, &region.Name, &region.Level, &region.BPS); err != nil {
			return err
		}
		d.regions[region.Code] = region
		d.places = append(d.places, region)
	}
	return nil
}

// openDirectory fills an empty database and reads the directory.
func (s *Store) openDirectory(ctx context.Context) error {
	err := s.update(ctx, func(w *Writer) error { return errors.Join(w.seedDirectory(), w.seedDeadlines()) })
	if err != nil {
		return fmt.Errorf("fill the directory: %w", err)
	}
	return s.ReloadDirectory(ctx)
}

// ReloadDirectory reads the directory anew, here and on whatever other server there is. Whoever changed it calls this after the commit.
func (s *Store) ReloadDirectory(ctx context.Context) error {
	if !s.inFile() {
		err := s.update(ctx, func(w *Writer) error { w.s.placesChanged = true; return nil })
		if err != nil {
			return err
		}
	}
	return s.readPlaces(ctx)
}

func (s *Store) readPlaces(ctx context.Context) error {
	s.placing.Lock() // of two who read, the one with the newer snapshot comes last
	defer s.placing.Unlock()
	d, err := Read(ctx, s, func(r *Reader) (*Directory, error) { return readDirectory(&r.tx) })
	if err != nil {
		return fmt.Errorf("read the directory: %w", err)
	}
	if missing := d.Deadlines.Missing(); missing != "" {
		return fmt.Errorf("the table of deadlines has no row for any case and service of %s: add it, for a duty without a time is nobody's", missing)
	}
	if both := d.Deadlines.Overlap(); both != "" {
		return fmt.Errorf("the table of deadlines has two rows for one day, %s: end one of them, for a choice between them would be chance", both)
	}
	s.directory.Store(d)
	return nil
}

// Coordinating is the unit that hears of what stays undone longest; zero if the regency has named none and has no such office.
func (d *Directory) Coordinating() casework.UnitID { return d.coordinating }

// coordinatingUnit is the setting that names it by its code.
const coordinatingUnit = "coordinating_unit"

// loadCoordinating takes the unit of the setting, else the office of women and child protection directly below the regency (DP3AP2KB),
// of several the first by code.
func (d *Directory) loadCoordinating(t *tx) error {
	code, named, err := t.Setting(coordinatingUnit)
	if err != nil || named {
		d.coordinating = d.codes[code]
		return err
	}
	for _, u := range d.Units() {
		above, ok := d.units[u.Parent]
		if ok && u.Type == casework.UnitWomenChildOffice && above.Parent == (casework.UnitID{}) {
			d.coordinating = u.ID
			return nil
		}
	}
	return nil
}

// SetCoordinating names the unit that hears of what stays undone longest.
func (w *Writer) SetCoordinating(unit casework.Unit) error {
	return w.SetSetting(coordinatingUnit, unit.Code)
}

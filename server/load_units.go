package server

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

var unitColumns = []string{
	"code", "name", "type", "parent", "channel", "area_code", "services", "bring",
	"aliases", "hours", "capacity", "contact", "active_from", "active_until",
}

// unitRow is a row of the units' file.
type unitRow struct {
	casework.Unit
	offers []store.Offer
	rooms  []room
}

// room is what a row says of the room for a service in an area.
type room struct {
	service casework.ReferralServiceType
	casework.Coverage
}

// LoadUnits makes or changes units with what they offer. A column that a file lacks leaves what is known: an old file opens no
// shelter to the public.
func LoadUnits(ctx context.Context, st *store.Store, file io.Reader, dryRun bool) (LoadReport, error) {
	t, err := readTable(file, "code", "name", "type", "parent", "channel", "area_code", "services")
	if err != nil {
		return LoadReport{}, err
	}
	if err := t.only(unitColumns...); err != nil {
		return LoadReport{}, err
	}
	l, err := newUnitLoad(ctx, st, &t)
	if err != nil {
		return LoadReport{}, err
	}
	units := l.units()
	report := LoadReport{Faults: t.faults}
	if len(t.faults) > 0 {
		return report, nil
	}
	for _, u := range units {
		report.Lines = append(report.Lines, fmt.Sprintf("%s\t%s\t%s", u.Code, u.Type, u.Name))
	}
	if dryRun {
		return report, nil
	}
	_, err = store.Update(ctx, st, func(w *store.Writer) (struct{}, error) { return struct{}{}, putUnits(w, units) })
	if err != nil {
		return report, err
	}
	return report, st.ReloadDirectory(ctx)
}

func putUnits(w *store.Writer, units []unitRow) error {
	entry := w.Append(operator("directory.manage", "loadUnits"), nil, nil)
	for _, u := range units {
		if u.ActiveFrom.IsZero() {
			u.ActiveFrom = w.Now()
		}
		if err := w.PutUnit(u.Unit, u.offers, entry); err != nil {
			return err
		}
		for _, r := range u.rooms {
			if err := w.SetRoom(u.ID, r.service, r.Coverage, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// unitLoad reads the rows of a file over what is known.
type unitLoad struct {
	*table
	known        map[string]casework.Unit // by code, those of the file so far among them
	codes        map[casework.UnitID]string
	regions      func(string) string
	busy, caring map[casework.UnitID]bool
	supervised   map[casework.UnitID]bool
	now          time.Time
}

func newUnitLoad(ctx context.Context, st *store.Store, t *table) (*unitLoad, error) {
	l := &unitLoad{table: t, known: map[string]casework.Unit{}, codes: map[casework.UnitID]string{}, regions: st.Directory().Region, now: st.Now()}
	for _, u := range st.Directory().Units() {
		l.known[u.Code], l.codes[u.ID] = u, u.Code
	}
	_, err := store.Read(ctx, st, func(r *store.Reader) (struct{}, error) {
		var err error
		if l.busy, err = r.Busy(); err != nil {
			return struct{}{}, err
		}
		if l.caring, err = r.Caring(); err != nil {
			return struct{}{}, err
		}
		l.supervised, err = r.Supervised()
		return struct{}{}, err
	})
	return l, err
}

// units reads the rows; a parent stands above its children, or is known already.
func (l *unitLoad) units() []unitRow {
	var units []unitRow
	line := map[string]int{}
	for i, row := range l.rows {
		u := unitRow{Unit: l.unit(i, row)}
		if line[u.Code] > 0 {
			l.fault(i, "code", fmt.Sprintf("%s stands on line %d already", u.Code, line[u.Code]))
		}
		line[u.Code] = l.lines[i]
		l.check(i, u.Unit)
		u.offers = l.offers(i, row)
		u.rooms = l.roomsOf(i, row, u.offers)
		if old, ok := l.known[u.Code]; ok && old.ID == u.ID {
			l.become(i, old, u.Unit)
		}
		l.known[u.Code], l.codes[u.ID] = u.Unit, u.Code
		units = append(units, u)
	}
	for i, u := range units {
		if below, ok := l.left(u.Unit); ok {
			l.fault(i, "active_until", below.Code+" stands below it and goes on: give it another parent first")
		}
	}
	return units
}

// left finds a unit that goes on below one that ends.
func (l *unitLoad) left(ended casework.Unit) (casework.Unit, bool) {
	if ended.ActiveUntil.IsZero() {
		return casework.Unit{}, false
	}
	for _, code := range slices.Sorted(maps.Keys(l.known)) {
		if u := l.known[code]; u.Parent == ended.ID && u.ActiveUntil.IsZero() {
			return u, true
		}
	}
	return casework.Unit{}, false
}

// unit reads what a row says of the unit itself.
func (l *unitLoad) unit(i int, row map[string]string) casework.Unit {
	code := strings.ToUpper(row["code"])
	u, known := l.known[code]
	if !known {
		u = casework.Unit{ID: casework.UnitID(newID()), Code: code}
	}
	u.Name, u.Type, u.Channel, u.AreaCode = row["name"], casework.UnitType(row["type"]), casework.Channel(row["channel"]), row["area_code"]
	u.Parent, u.Register = casework.UnitID{}, u.ID
	if parent, ok := l.named(i, "parent", row["parent"], u); ok {
		u.Parent = parent.ID
		if u.Type.SharesRegister() {
			u.Register = parent.Register
		}
	}
	if text, ok := row["contact"]; ok {
		contact, _ := l.named(i, "contact", text, u)
		u.Contact = contact.ID
	}
	l.dates(i, row, &u)
	var ok bool
	if text, has := row["hours"]; has {
		if u.Hours, ok = casework.ParseHours(text); !ok {
			l.fault(i, "hours", `is "24h", or windows such as "MON-FRI 08:00-16:00|SAT 08:00-12:00"`)
		}
	}
	if text, has := row["aliases"]; has {
		if u.Aliases, ok = parseAliases(text); !ok {
			l.fault(i, "aliases", `has names by |, each alone or with its days: "P2TP2A@2002-01-01..2020-12-31"`)
		}
	}
	return u
}

// named finds another unit by its code; an empty one is none.
func (l *unitLoad) named(i int, column, code string, u casework.Unit) (casework.Unit, bool) {
	if code == "" {
		return casework.Unit{}, false
	}
	other, ok := l.known[strings.ToUpper(code)]
	switch {
	case !ok:
		l.fault(i, column, "no such unit above this line")
	case other.ID == u.ID:
		l.fault(i, column, "is the unit itself")
		return casework.Unit{}, false
	case column == "parent" && l.below(other, u):
		l.fault(i, column, "stands below this unit")
		return casework.Unit{}, false
	}
	return other, ok
}

// below tells whether a unit stands anywhere below another.
func (l *unitLoad) below(u, above casework.Unit) bool {
	for range len(l.known) {
		if u.Parent == (casework.UnitID{}) {
			return false
		}
		if u.Parent == above.ID {
			return true
		}
		u = l.known[l.codes[u.Parent]]
	}
	return true // a circle
}

// dates reads the first and the last day. A last day lies behind: until a unit has ended it may be sent a leg, which would then be
// nobody's.
func (l *unitLoad) dates(i int, row map[string]string, u *casework.Unit) {
	if text := row["active_from"]; text != "" {
		day, ok := casework.ParseDate(text)
		if !ok {
			l.fault(i, "active_from", "is a day such as 2026-01-31")
		}
		u.ActiveFrom = day.Time()
	}
	text, has := row["active_until"]
	if !has {
		return
	}
	u.ActiveUntil = time.Time{}
	if text == "" {
		return
	}
	day, ok := casework.ParseDate(text)
	switch {
	case !ok:
		l.fault(i, "active_until", "is a day such as 2026-01-31")
	case day >= casework.DateOf(l.now):
		l.fault(i, "active_until", "is not over: load it on the day after, for until then the unit may be sent a referral")
	case !u.ActiveFrom.IsZero() && (day + 1).Time().Before(u.ActiveFrom):
		l.fault(i, "active_until", "lies before active_from")
	}
	u.ActiveUntil = (day + 1).Time()
}

// parseAliases reads names by |, each with the days on which it held, or without.
func parseAliases(text string) ([]casework.Alias, bool) {
	var aliases []casework.Alias
	for item := range strings.SplitSeq(text, "|") {
		name, days, dated := strings.Cut(item, "@")
		a := casework.Alias{Name: strings.TrimSpace(name)}
		if text == "" {
			return nil, true
		}
		from, until, span := strings.Cut(days, "..")
		okFrom, okUntil := from == "", until == ""
		if !okFrom {
			a.From, okFrom = casework.ParseDate(from)
		}
		if !okUntil {
			a.Until, okUntil = casework.ParseDate(until)
		}
		doubled := slices.ContainsFunc(aliases, func(b casework.Alias) bool { return b.Name == a.Name && b.From == a.From })
		if a.Name == "" || dated != span || !okFrom || !okUntil || doubled || a.Until != 0 && a.Until < a.From {
			return nil, false
		}
		aliases = append(aliases, a)
	}
	return aliases, true
}

func (l *unitLoad) check(i int, u casework.Unit) {
	contact := l.known[l.codes[u.Contact]]
	for _, c := range []struct {
		ok          bool
		column, why string
	}{
		{u.Code != "" && !strings.ContainsAny(u.Code, " /"), "code", "needs letters, digits and hyphens"},
		{u.Name != "", "name", "is empty"},
		{u.Type.Valid(), "type", "is no type of unit; docs/reference lists them"},
		{u.Channel.Valid(), "channel", "is ONLINE or LETTER"},
		{u.AreaCode == "" || l.regions(u.AreaCode) != "", "area_code", "is no code of the regency"},
		{!u.IsConfidential() || u.AreaCode == "", "area_code", "must be empty: where a confidential unit lies stands nowhere"},
		{!u.IsConfidential() || !contact.IsConfidential(), "contact", "is confidential itself"},
		{!u.IsConfidential() || !l.speaksFor(u), "contact", "the unit is the contact of a confidential one, and must be found"},
	} {
		if !c.ok {
			l.fault(i, c.column, c.why)
		}
	}
}

// speaksFor tells whether a unit is the contact of another.
func (l *unitLoad) speaksFor(u casework.Unit) bool {
	for _, other := range l.known {
		if other.Contact == u.ID {
			return true
		}
	}
	return false
}

// become holds a known unit to what it may become while clients depend on it.
func (l *unitLoad) become(i int, old, next casework.Unit) {
	column := "channel"
	switch {
	case !next.ActiveUntil.IsZero():
		column = "active_until"
	case old.Register != next.Register:
		column = "parent"
	}
	if _, err := old.Become(next, l.busy[old.ID]); err != nil {
		l.fault(i, column, err.Error()+": end its open referrals first")
	}
	if !next.ActiveUntil.IsZero() && l.caring[old.ID] {
		l.fault(i, column, "the unit has open cases: close them or hand them over first")
	}
	joins := old.Channel == casework.ChannelLetter && next.Channel == casework.ChannelOnline
	if joins && l.busy[old.ID] && !l.supervised[next.ID] && !l.supervised[next.Parent] {
		l.fault(i, column, "the unit has open referrals and no supervisor yet who could answer for them: load its users first")
	}
}

// offers reads SERVICE@area words; what to bring holds for each of them.
func (l *unitLoad) offers(i int, row map[string]string) []store.Offer {
	var offers []store.Offer
	seen := map[string]bool{}
	for _, item := range strings.Fields(row["services"]) {
		service, areas, ok := strings.Cut(item, "@")
		o := store.Offer{Service: casework.ReferralServiceType(service), Areas: strings.Split(areas, "+")}
		if !ok || !o.Service.Valid() {
			l.fault(i, "services", fmt.Sprintf("%q is not SERVICE@area", item))
			continue
		}
		for _, area := range o.Areas {
			if l.regions(area) == "" {
				l.fault(i, "services", fmt.Sprintf("%q is no code of the regency", area))
			}
			if seen[service+"@"+area] {
				l.fault(i, "services", fmt.Sprintf("%s@%s stands twice", service, area))
			}
			seen[service+"@"+area] = true
		}
		if row["bring"] != "" {
			o.Bring = strings.Split(row["bring"], "|")
		}
		offers = append(offers, o)
	}
	return offers
}

// roomsOf reads SERVICE@area=CAPACITY words, with ..DAY where it stands until the end of a day.
func (l *unitLoad) roomsOf(i int, row map[string]string, offers []store.Offer) []room {
	var rooms []room
	for _, item := range strings.Fields(row["capacity"]) {
		where, what, _ := strings.Cut(item, "=")
		service, area, _ := strings.Cut(where, "@")
		capacity, until, dated := strings.Cut(what, "..")
		r := room{casework.ReferralServiceType(service), casework.Coverage{Area: area, Capacity: casework.Capacity(capacity)}}
		day, ok := casework.ParseDate(until)
		if dated {
			r.Until = (day + 1).Time()
		}
		offered := slices.ContainsFunc(offers, func(o store.Offer) bool { return o.Service == r.service && slices.Contains(o.Areas, area) })
		switch {
		case !r.Capacity.Valid() || dated && !ok:
			l.fault(i, "capacity", fmt.Sprintf("%q is not SERVICE@area=CAPACITY or SERVICE@area=CAPACITY..2026-01-31", item))
		case !offered:
			l.fault(i, "capacity", fmt.Sprintf("%q: the unit does not offer it there", where))
		}
		rooms = append(rooms, r)
	}
	return rooms
}

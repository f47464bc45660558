package server_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The search of I12, and what it leaves out. Four acts out of hundreds are too many to try, and nearly all of them are of acts that have
// nothing to do with each other. It goes by breadth over states of rights, and of these
//
//   - what differs only by the ids of what was made on the way is one state, and so is what has such a thing twice: a right follows from
//     there being a row that says so, and from no second one that says the same;
//   - an act that was taken at first and concerns nothing of what the acts so far concern is not tried after them (see asunder): it
//     would do what it did then, and who holds both results knows what each alone gave;
//   - after two acts and more, what was refused at first is not tried again where nothing that it names has been touched; nor is an
//     act that does with each of the acts so far, in either order, what both did at first, if what all come to has been seen.
//
// That this loses nothing is not believed: TestWhatTheSearchLeavesOutIsMadeOfWhatItSaw searches with nothing left out.

type sum = [sha256.Size]byte

// act is one that is tried.
type act struct {
	method  string
	say     object
	request proto.Message
	names   set    // the families of what it names
	first   upshot // at the scene as it stood
}

// upshot is what came of an act.
type upshot struct {
	changed     bool
	touched     touched
	gone, added []string // lines
}

type set map[string]bool

func (s set) meets(other set) bool {
	for word := range s {
		if other[word] {
			return true
		}
	}
	return false
}

func (s set) add(other set) set {
	all := maps.Clone(s)
	if all == nil {
		all = set{}
	}
	maps.Copy(all, other)
	return all
}

// touched is what a change of rows concerns.
type touched struct {
	families set // of cases with all that belongs to them, and of households
	others   set // accounts and units
	spread   set // of these, those about whom something changed that holds in every case, such as who stands in for whom
}

// asunder tells whether two changes have nothing to do with each other: no family in common, and nobody in the one about whom the other
// said something that holds everywhere.
func asunder(a, b touched) bool {
	return !a.families.meets(b.families) && !a.spread.meets(b.others) && !b.spread.meets(a.others)
}

// rightsRows are the rows that say who may know, without times; those of an account or a unit alone come last. That a task is owed opens
// nothing: its row is for who may read the case.
var rightsRows = []struct {
	kind, query string
	spreads     bool
}{
	{"case", "SELECT id, subject, level, state, type, closed IS NULL FROM cases", false},
	{"leg", "SELECT id, case_id, state, officer, receiver, disclosure, ended IS NULL, service FROM legs", false},
	{"officer", "SELECT case_id, account, until_time IS NULL FROM assignments", false},
	{"block", "SELECT case_id, account, unit, until_time IS NULL FROM blocks", false},
	{"filing", "SELECT case_id, account, opened FROM submissions", false},
	{"basis", "SELECT id, case_id, kind, withdrawn IS NULL, scope, named, receivers FROM disclosures", false},
	{"duty", "SELECT object, case_id, unit, officer, kind FROM duties WHERE ended IS NULL AND kind != 'TASK'", false},
	{"review", "SELECT id, case_id, kind, decided IS NULL FROM reviews", false},
	{"member", "SELECT household, person, until_day IS NULL FROM household_members", false},
	{"person", "SELECT id, register, side FROM persons", false},
	{"glass", "SELECT account, case_id, cosigned IS NULL, suspended IS NULL FROM glasses", false},
	{"approval", "SELECT account, object, state FROM approvals", false},
	{"absence", "SELECT account, deputy FROM absences", true},
	{"role", "SELECT account, role, unit, until_time IS NULL, approved IS NULL FROM memberships", true},
	{"unit", "SELECT id, duty_officer FROM units", true},
}

// rightsTables are those they are read from.
var rightsTables = func() set {
	all := set{}
	for _, rows := range rightsRows {
		_, table, _ := strings.Cut(rows.query, " FROM ")
		table, _, _ = strings.Cut(table, " ")
		all[table] = true
	}
	return all
}()

// line is one row, with what it is about.
type line struct {
	text    string
	about   set
	who     set
	spreads bool
}

// rights are all lines at a state, each once.
type rights struct {
	lines map[string]line
	sum   sum
}

// rights reads them.
func (x *search) rights(p *place) *rights {
	var all []row
	for _, rows := range rightsRows {
		all = append(all, p.rows(rows.kind, rows.query, rows.spreads)...)
	}
	called := x.callNew(all)
	r := &rights{lines: map[string]line{}}
	for _, one := range all {
		l := line{about: set{}, who: set{}, spreads: one.spreads}
		words := []string{one.kind}
		for _, word := range one.words {
			if id, ok := word.(casework.ID); ok {
				words = append(words, called.name(id))
				called.concerns(&l, id)
				continue
			}
			words = append(words, fmt.Sprint(word))
		}
		l.text = strings.Join(words, " ")
		r.lines[l.text] = l
	}
	r.sum = sumOf(slices.Collect(maps.Keys(r.lines)))
	return r
}

// parts are what stands of each family, with what holds everywhere of those whom it names.
func (r *rights) parts() (all []string) {
	lines, who := map[string][]string{}, map[string]set{}
	for text, l := range r.lines {
		for family := range l.about {
			lines[family], who[family] = append(lines[family], text), who[family].add(l.who)
		}
	}
	for family, some := range lines {
		for text, l := range r.lines {
			if l.spreads && l.who.meets(who[family]) {
				some = append(some, text)
			}
		}
		all = append(all, fmt.Sprintf("%s %x", family, sumOf(some)))
	}
	return all
}

func sumOf(lines []string) sum {
	slices.Sort(lines)
	return sha256.Sum256([]byte(strings.Join(lines, "\n")))
}

// row is one as it was read; an id is a casework.ID.
type row struct {
	kind    string
	words   []any
	spreads bool
}

func (p *place) rows(kind, query string, spreads bool) (all []row) {
	rows, err := p.raw.raw.Query(query)
	if err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		p.t.Fatal(err)
	}
	words, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range words {
		into[i] = &words[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			p.t.Fatal(err)
		}
		one := row{kind, slices.Clone(words), spreads}
		for i, word := range one.words {
			if raw, ok := word.([]byte); ok && len(raw) == 16 {
				one.words[i] = casework.ID(raw)
			} else if ok {
				one.words[i] = string(raw)
			}
		}
		all = append(all, one)
	}
	return all
}

// calling are the names of ids in lines: of what was there its own, of what was made on the way what its rows say of it.
type calling struct {
	*search
	made map[casework.ID]string
	kin  map[casework.ID]set // families of what was made
}

// callNew names what was made by what is said of it, and then by what is said of those it is said with.
func (x *search) callNew(all []row) calling {
	c := calling{x, map[casework.ID]string{}, map[casework.ID]set{}}
	of := map[casework.ID][]row{}
	for _, one := range all {
		for _, word := range one.words {
			if id, ok := word.(casework.ID); ok && !x.wasThere(id) {
				of[id], c.made[id] = append(of[id], one), "new"
			}
		}
	}
	for range 3 {
		next := map[casework.ID]string{}
		for id, rows := range of {
			said := set{}
			for _, one := range rows {
				words := one.kind
				for _, word := range one.words {
					other, ok := word.(casework.ID)
					switch {
					case word == any(id):
						words += " itself"
					case ok:
						words += " " + c.name(other)
					default:
						words += fmt.Sprint(" ", word)
					}
				}
				said[words] = true
			}
			hash := sumOf(slices.Collect(maps.Keys(said)))
			next[id] = fmt.Sprintf("new:%x", hash[:8])
		}
		c.made = next
	}
	c.relate(of)
	return c
}

// relate gives what was made the families of what its rows name; all that is of none is of one, for whoever is met may be met again.
func (c calling) relate(of map[casework.ID][]row) {
	for id := range of {
		c.kin[id] = set{}
	}
	for range 3 {
		for id, rows := range of {
			for _, one := range rows {
				for _, word := range one.words {
					other, ok := word.(casework.ID)
					if !ok {
						continue
					}
					if family := c.search.kin[other.String()]; family != "" {
						c.kin[id][family] = true
					}
					maps.Copy(c.kin[id], c.kin[other])
				}
			}
		}
	}
	for _, families := range c.kin {
		if len(families) == 0 {
			families[strangers] = true
		}
	}
}

// strangers is the family of what was made and is of no other.
const strangers = "strangers"

func (x *search) wasThere(id casework.ID) bool { return x.ids[id.String()] || x.stable[id.String()] }

func (c calling) name(id casework.ID) string {
	if made, ok := c.made[id]; ok {
		return made
	}
	return id.String()
}

// concerns notes what a line is about. That it is about the one who searches herself says nothing, for all that she does is.
func (c calling) concerns(l *line, id casework.ID) {
	name := id.String()
	switch {
	case c.search.kin[name] != "":
		l.about[c.search.kin[name]] = true
	case c.made[id] != "":
		maps.Copy(l.about, c.kin[id])
	case c.stable[name] && id != casework.ID(c.self):
		l.who[name] = true
		if l.spreads { // of a unit also those that it stands in for, and the one that does for it
			maps.Copy(l.who, c.near[name])
		}
	}
}

// difference is what a change from one state to another concerns. What holds everywhere of somebody concerns each family in which
// she is named.
func difference(from, to *rights) (t touched) {
	t = touched{set{}, set{}, set{}}
	one := func(a, b *rights) {
		for text, l := range a.lines {
			if _, ok := b.lines[text]; ok {
				continue
			}
			maps.Copy(t.families, l.about)
			maps.Copy(t.others, l.who)
			if l.spreads {
				maps.Copy(t.spread, l.who)
			}
		}
	}
	one(from, to)
	one(to, from)
	if len(t.spread) > 0 {
		for _, l := range to.lines {
			if l.who.meets(t.spread) {
				maps.Copy(t.families, l.about)
			}
		}
	}
	return t
}

// families puts each case with its client and all that belongs to it into one family, and each household into one of its own.
func (x *search) families(p *place) {
	x.kin = map[string]string{}
	read := func(query string) {
		for _, one := range p.rows("", query, false) {
			id, of := one.words[0].(casework.ID).String(), one.words[1].(casework.ID).String()
			if family, ok := x.kin[of]; ok {
				of = family
			}
			x.kin[id] = of
		}
	}
	read("SELECT id, id FROM persons")
	read("SELECT id, id FROM households")
	read("SELECT id, subject FROM cases")
	for _, table := range []string{"legs", "disclosures", "reviews", "tasks"} {
		read("SELECT id, case_id FROM " + table)
	}
	x.near = map[string]set{}
	for _, one := range p.rows("", "SELECT id, parent FROM units WHERE parent IS NOT NULL", false) {
		unit, above := one.words[0].(casework.ID).String(), one.words[1].(casework.ID).String()
		x.near[unit], x.near[above] = x.near[unit].add(set{above: true}), x.near[above].add(set{unit: true})
	}
	x.homes = map[string]set{}
	for _, one := range p.rows("", "SELECT household, person FROM household_members", false) {
		home := one.words[0].(casework.ID).String()
		x.homes[home] = x.homes[home].add(set{x.kin[one.words[1].(casework.ID).String()]: true})
	}
}

// named are the families of what a request names: with a household all that live in it.
func (x *search) named(say object) set {
	all, words := set{}, fmt.Sprint(say)
	for id, family := range x.kin {
		if strings.Contains(words, id) {
			all[family] = true
			maps.Copy(all, x.homes[id])
		}
	}
	return all
}

// state is one that the search has found and may go on from.
type state struct {
	path    []*act // all that was done, also what changed no right
	words   string // what did
	rights  *rights
	touched touched
	common  set // the families that all of it concerns: what is known of another follows from less
	steps   []stride
}

type stride struct {
	act     *act
	touched touched
}

// steps tries sequences of acts, and tells what was learned that she may not know.
func (x *search) steps(depth int) (found []state) {
	p := x.enter(x.fork(x.dir))
	x.begins = x.rights(p)
	x.seen[x.begins.sum] = true
	frontier := []state{{rights: x.begins}}
	for range depth {
		var next []state
		for _, from := range frontier {
			if x.gone++; x.gone%renewed == 0 {
				x.tidy(p)
				p = x.enter(x.fork(x.dir))
			}
			next = append(next, x.from(p, from)...)
		}
		found, frontier = append(found, next...), next
	}
	x.tidy(p)
	return found
}

// renewed is after how many states the copy is thrown away: the journal grows by what was tried, and some reads by the journal.
const renewed = 64

// tidy takes back all that was done, and holds that all is as it was.
func (x *search) tidy(p *place) {
	p.backTo(0)
	if x.rights(p).sum != x.begins.sum {
		x.t.Errorf("%s: what was done was not taken back", x.who)
	}
	p.leave()
	os.RemoveAll(p.dir)
}

// goTo goes back as far as it must, and does again what leads to a state.
func (x *search) goTo(p *place, to state) {
	same := 0
	for same < len(to.path) && same < len(p.done) && p.done[same].act == to.path[same] {
		same++
	}
	p.backTo(same)
	for _, a := range to.path[same:] {
		x.do(p, a)
	}
	if x.rights(p).sum != to.rights.sum {
		x.t.Fatalf("%s: what was done by%s comes to something else", x.who, to.words)
	}
}

// backTo takes back all but so many acts.
func (p *place) backTo(n int) {
	if n < len(p.done) {
		p.back(p.done[n].at)
		p.done = p.done[:n]
	}
}

// do tries an act, under an id that no other try has, and notes it as done if it was taken or has left anything, as a refusal may that
// asks for a second person.
func (x *search) do(p *place, a *act) (answer proto.Message, changed bool) {
	m := a.request.ProtoReflect()
	if id := m.Descriptor().Fields().ByName("request_id"); id != nil {
		m.Set(id, protoreflect.ValueOfString(newID()))
	}
	at := p.top
	answer, reason := p.calls.Call(p.tokens[x.who], a.method, a.request)
	x.calls++
	changed = slices.ContainsFunc(p.changed(), func(table string) bool { return rightsTables[table] })
	if reason == pb.ErrorReason_UNSPECIFIED || changed {
		p.done = append(p.done, done{a, at})
	}
	return answer, changed
}

// from tries all acts at a state, and gives the states that nobody had seen.
func (x *search) from(p *place, from state) (next []state) {
	x.goTo(p, from)
	root := len(from.path) == 0
	for _, a := range x.acts {
		if !x.whole && !root && x.spares(from, a) {
			x.spared++
			continue
		}
		words := from.words + " > " + a.method
		before := len(p.done)
		answer, changed := x.do(p, a)
		x.listen(answer, func(word string) { x.learned(word, words, a.say) })
		if before == len(p.done) {
			continue
		}
		last, is := before, from.rights
		if changed {
			is = x.rights(p)
		}
		if is.sum == from.rights.sum { // it stays done, for what it may open
			continue
		}
		change := difference(from.rights, is)
		if a.say["newPerson"] != nil { // of whom each act may meet the other's record
			change.families[strangers] = true
		}
		x.compose(from, a, is)
		if root {
			a.first = upshot{true, change, less(x.begins, is), less(is, x.begins)}
		}
		if !x.seen[is.sum] {
			x.seen[is.sum] = true
			x.states++
			x.readAll(p, x.worth(from, change), func(word string) { x.learned(word, words, a.say) })
			x.compare(p, words)
			next = append(next, x.after(from, p, a, words, is, change))
		}
		p.backTo(last)
	}
	return next
}

// after is the state that an act led to.
func (x *search) after(from state, p *place, a *act, words string, is *rights, change touched) state {
	to := state{words: words, rights: is, steps: append(slices.Clone(from.steps), stride{a, change})}
	for _, d := range p.done {
		to.path = append(to.path, d.act)
	}
	to.touched = touched{from.touched.families.add(change.families), from.touched.others.add(change.others), from.touched.spread.add(change.spread)}
	switch {
	case len(from.path) == 0:
		to.common = change.families
	case a.first.changed: // it could have been done alone
		to.common = set{}
		for family := range change.families {
			if from.common[family] {
				to.common[family] = true
			}
		}
	default: // what went before has opened it
		to.common = from.common.add(change.families)
	}
	return to
}

// worth are the families whose reads are made after a change: all after the first act; then those that the acts so far have touched,
// for of the others nothing has changed since they were read. Lists are always read.
func (x *search) worth(from state, change touched) set {
	if x.whole || len(from.steps) == 0 {
		return nil
	}
	return from.touched.families.add(change.families)
}

// less are the lines of one state that another has not.
func less(of, other *rights) (lines []string) {
	for text := range of.lines {
		if _, ok := other.lines[text]; !ok {
			lines = append(lines, text)
		}
	}
	return lines
}

// with is what a state comes to if an act does there what it did at first.
func (r *rights) with(a *act) sum {
	lines := maps.Clone(r.lines)
	for _, text := range a.first.gone {
		delete(lines, text)
	}
	for _, text := range a.first.added {
		lines[text] = line{}
	}
	return sumOf(slices.Collect(maps.Keys(lines)))
}

// pair is one act and another after it.
type pair struct{ first, second *act }

// compose notes of two acts that the second did after the first what it did at first.
func (x *search) compose(from state, a *act, is *rights) {
	if len(from.steps) == 1 && a.first.changed && is.sum == from.rights.with(a) {
		x.composes[pair{from.steps[0].act, a}] = true
	}
}

// foreseen tells whether an act would only lead to what was seen, for of each two of those done and it either order came to the same.
func (x *search) foreseen(from state, a *act) bool {
	for _, s := range from.steps {
		if !x.composes[pair{s.act, a}] || !x.composes[pair{a, s.act}] {
			return false
		}
	}
	return x.seen[from.rights.with(a)]
}

// spares tells whether an act need not be tried at a state.
func (x *search) spares(from state, a *act) bool {
	if a.first.changed {
		t := from.touched
		t.families = from.common
		return asunder(t, a.first.touched) || len(from.steps) > 1 && x.foreseen(from, a)
	}
	return len(from.steps) > 1 && len(a.names) > 0 && !a.names.meets(from.touched.families)
}

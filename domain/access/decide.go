package access

import "slices"

// Decide answers one question. It is pure, allocates nothing and knows no other rules than those of rules.go: gates, then
// what a read is the union of or the first act that is met, then the second factor, then what no right can allow.
func Decide(f Facts) (d Decision) {
	var q question
	q.ask(&f)
	p := &plans[q.action][q.role]
	if r, waits := q.first(p.first); r != nil {
		d.by(r, waits)
	} else if q.union(p.union, &d) {
		d.Grant.named = f.Named
	}
	if len(p.last) > 0 && d.tells(q.action) {
		if r, waits := q.first(p.last); r != nil {
			d.by(r, waits)
		}
	}
	if len(p.consents) > 0 && (d.Outcome == Allow || d.Outcome == Await) {
		if r, waits := q.first(p.consents); r != nil {
			d.by(r, waits)
		}
	}
	if d.Grant.mask != 0 {
		d.Grant.of, d.Grant.leg, d.Grant.rule = f.Case, f.Leg, d.Rule
	}
	return d
}

// CheckConsent names the rules that a disclosure, filing, copy or message breaks, whoever asks; none if it may be. Decide
// refuses by the same rules what it would else allow; this tells a form all its faults at once, and speaks for the
// messages that the server sends itself (Notify).
func CheckConsent(f Facts) (broken []Rule) {
	var q question
	q.ask(&f)
	rows := plans[q.action][q.role].consents
	for i := range rows {
		if r := &rows[i]; q.meets(r) && q.has(r.needs) {
			broken = append(broken, r.id)
		}
	}
	return broken
}

// traits are facts of which exactly one of a group holds: a bit for each value, so that a row of the table asks for all
// its columns with one operation.
type traits uint32

const (
	nobody traits = 1 << iota // by Role
	intake
	worker
	supervisor
	stats
	reviewer
	auditor
	admin
	app

	l1
	l2
	l3

	open
	closed
	sealed

	stale // by MFA
	fresh
	recent

	inactive
	active

	unblocked
	blocked
)

var groups = [...]traits{app<<1 - 1, l1 | l2 | l3, open | closed | sealed, stale | fresh | recent, inactive | active, unblocked | blocked}

// question is Facts in the form that the rows ask for.
type question struct {
	action Action
	role   Role
	at     traits
	rel    Relation
	basis  Basis
	cond   Cond
	scope  Mask
	sector Sector
}

// ask turns facts into a question. A value that is none becomes the strictest one.
func (q *question) ask(f *Facts) {
	if f.Action < actionEnd {
		q.action = f.Action
	}
	if f.Role <= App {
		q.role = f.Role
	}
	level, state, mfa := f.Level, f.State, f.MFA
	if level-L1 > L3-L1 {
		level = L3
	}
	if state-Open > Sealed-Open {
		state = Sealed
	}
	if mfa > MFARecent {
		mfa = MFANone
	}
	at := nobody<<q.role | l1<<(level-L1) | open<<(state-Open) | stale<<mfa
	if f.Active {
		at |= active
	} else {
		at |= inactive
	}
	if f.Blocked {
		at |= blocked
	} else {
		at |= unblocked
	}
	q.at, q.rel, q.basis = at, f.Relations|anyRelation, f.Basis|anyBasis
	q.scope, q.sector = f.Scope, f.Sector
	q.cond = f.Cond & told
	if f.OwnLevel >= level && f.OwnLevel <= L3 {
		q.cond |= matchUp
	}
	switch f.Sector {
	case Health:
		q.cond |= writesSector | glassSector
	case Protection:
		q.cond |= glassSector
	}
}

// meets tells whether the question has what the row asks for, but for what it needs.
func (q *question) meets(r *rule) bool {
	return q.at&^r.at == 0 && q.rel&r.rel != 0 && q.basis&r.basis != 0
}

func (q *question) has(needs Cond) bool { return needs&^q.cond == 0 }

// first finds the first row that is met, if any. One that lacks only the second person is met by waiting.
func (q *question) first(rows []rule) (r *rule, waits bool) {
	for i := range rows {
		r := &rows[i]
		if !q.meets(r) {
			continue
		}
		switch r.needs &^ q.cond {
		case 0:
			return r, false
		case Cosigned:
			return r, true
		case sees:
			if q.sees() {
				return r, false
			}
		}
	}
	return nil, false
}

// union joins into d all rows of a read that are met, and tells whether a consent opens the fields that it lists: only
// its rows have their classes, so the list of no other basis counts.
func (q *question) union(rows []rule, d *Decision) (listed bool) {
	d.Outcome, d.Rule = unread.then, unread.id
	for i := range rows {
		r := &rows[i]
		if !q.meets(r) || !q.has(r.needs) {
			continue
		}
		if d.Outcome != Allow {
			d.Outcome, d.Rule = Allow, r.id
		}
		shows := r.shows
		if r.scoped {
			shows = shows.ofSector(q.sector) & (q.scope | F0 | F1Own).ofSector(q.sector).Closure()
			listed = listed || shows&(F3Named|F4Named) != 0
		}
		d.Grant.mask |= shows
		d.Effects |= r.effects
	}
	return listed
}

// sees tells whether the caller's read would show that the object exists; before a second factor, which they may give.
func (q *question) sees() bool {
	p := &plans[Read][q.role]
	if r, _ := q.first(p.first); r != nil {
		return r.shows&(F0|F1Late) != 0
	}
	var read Decision
	q.union(p.union, &read)
	return read.Grant.mask&(F0|F1Late) != 0
}

// by makes d the answer of one row.
func (d *Decision) by(r *rule, waits bool) {
	*d = Decision{Outcome: r.then, Rule: r.id, Effects: r.effects, Grant: Grant{mask: r.shows}}
	if waits {
		*d = Decision{Outcome: Await, Rule: r.id}
	}
}

// tells is whether an answer gives away more than a receipt does.
func (d *Decision) tells(a Action) bool {
	switch d.Outcome {
	case Denied, Await:
		return true
	case Allow:
		return a != Read || d.Grant.mask&^Receipt != 0
	}
	return false
}

// plan is the rows that one role's question about one action can meet, in the order of the table.
type plan struct {
	first    []rule // gates and, for an act, acts and refusals
	union    []rule // of a read
	last     []rule
	consents []rule
}

var plans = compile()

func compile() *[actionEnd][App + 1]plan {
	acting, reading := completed(gates, allowing(acts), refusals), completed(gates)
	shown, late, consent := completed(allowing(reads)), completed([]rule{stepUp}), completed(consents)
	var all [actionEnd][App + 1]plan
	for a := range actionEnd {
		for role := range App + 1 {
			p := plan{first: rowsFor(a, role, acting), last: rowsFor(a, role, late), consents: rowsFor(a, role, consent)}
			if a == Read {
				p.first, p.union = rowsFor(a, role, reading), rowsFor(a, role, shown)
			}
			all[a][role] = p
		}
	}
	return &all
}

func allowing(rows []rule) []rule {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].then = Allow
	}
	return rows
}

// completed fills the empty columns of rows and closes their masks.
func completed(tables ...[]rule) []rule {
	rows := slices.Concat(tables...)
	for i := range rows {
		r := &rows[i]
		for _, group := range groups {
			if r.at&group == 0 {
				r.at |= group
			}
		}
		if r.rel == 0 {
			r.rel = anyRelation
		}
		if r.basis == 0 {
			r.basis = anyBasis
		}
		r.shows = r.shows.Closure()
	}
	return rows
}

// rowsFor picks the rows of an action and role.
func rowsFor(a Action, role Role, rows []rule) []rule {
	var mine []rule
	for i := range rows {
		if r := &rows[i]; slices.Contains(r.on, a) && r.at&(nobody<<role) != 0 {
			mine = append(mine, *r)
		}
	}
	return mine
}

package access

import "slices"

// Decide answers one question. It is pure, allocates nothing and knows no other rules than those of rules.go: gates, then
// what a read is the union of or the first act that is met, then the second factor, then what no right can allow.
func Decide(f Facts) Decision {
	q := ask(&f)
	p := &plans[q.action][q.role]
	v, met := q.first(p.first)
	if !met {
		v = q.union(p.union)
	}
	if v.tells(q.action) {
		v = q.unless(p.last, v)
	}
	if v.outcome == Allow || v.outcome == Await {
		v = q.unless(p.consents, v)
	}
	return v.decision(&f)
}

// CheckConsent names the rules that a disclosure, filing, copy or message breaks, whoever asks; none if it may be. Decide
// refuses by the same rules what it would else allow; this tells a form all its faults at once, and speaks for the
// messages that the server sends itself (Notify).
func CheckConsent(f Facts) []Rule {
	q := ask(&f)
	var broken []Rule
	for _, r := range plans[q.action][q.role].consents {
		if q.meets(&r) && q.has(r.needs) {
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
func ask(f *Facts) question {
	q := question{
		action: f.Action,
		role:   f.Role,
		rel:    f.Relations | anyRelation,
		basis:  f.Basis | anyBasis,
		cond:   f.Cond & told,
		scope:  f.Scope,
		sector: f.Sector,
	}
	if q.action >= actionEnd {
		q.action = 0
	}
	if q.role > App {
		q.role = 0
	}
	level, state, mfa := f.Level, f.State, f.MFA
	if level == 0 || level > L3 {
		level = L3
	}
	if state == 0 || state > Sealed {
		state = Sealed
	}
	if mfa > MFARecent {
		mfa = MFANone
	}
	q.at = nobody<<q.role | l1<<(level-L1) | open<<(state-Open) | stale<<mfa | inactive | unblocked
	if f.Active {
		q.at ^= inactive | active
	}
	if f.Blocked {
		q.at ^= unblocked | blocked
	}
	if f.OwnLevel >= level && f.OwnLevel <= L3 {
		q.cond |= matchUp
	}
	switch f.Sector {
	case Health:
		q.cond |= writesSector | glassSector
	case Protection:
		q.cond |= glassSector
	}
	return q
}

// meets tells whether the question has what the row asks for, but for what it needs.
func (q *question) meets(r *rule) bool {
	return q.at&^r.at == 0 && q.rel&r.rel != 0 && q.basis&r.basis != 0
}

func (q *question) has(needs Cond) bool { return needs&^q.cond == 0 }

// first finds the first row that is met. One that lacks only the second person is met by waiting.
func (q *question) first(rows []rule) (verdict, bool) {
	for i := range rows {
		r := &rows[i]
		if !q.meets(r) {
			continue
		}
		switch r.needs &^ q.cond {
		case 0:
			return verdict{outcome: r.then, id: r.id, effects: r.effects, shows: r.shows}, true
		case Cosigned:
			return verdict{outcome: Await, id: r.id}, true
		case sees:
			if q.sees() {
				return verdict{outcome: r.then, id: r.id}, true
			}
		}
	}
	return verdict{}, false
}

// unless gives the answer of the first row that is met, else the one there was.
func (q *question) unless(rows []rule, v verdict) verdict {
	if other, met := q.first(rows); met {
		return other
	}
	return v
}

// union joins all rows of a read that are met.
func (q *question) union(rows []rule) verdict {
	v := verdict{outcome: unread.then, id: unread.id}
	for i := range rows {
		r := &rows[i]
		if !q.meets(r) || !q.has(r.needs) {
			continue
		}
		if v.outcome != Allow {
			v = verdict{outcome: Allow, id: r.id}
		}
		shows := r.shows
		if r.scoped {
			shows = shows.ofSector(q.sector) & (q.scope | F0 | F1Own).ofSector(q.sector).Closure()
			v.named = v.named || shows&(F3Named|F4Named) != 0
		}
		v.shows |= shows
		v.effects |= r.effects
	}
	return v
}

// sees tells whether the caller's read would show that the object exists; before a second factor, which they may give.
func (q *question) sees() bool {
	p := &plans[Read][q.role]
	v, met := q.first(p.first)
	if !met {
		v = q.union(p.union)
	}
	return v.shows&(F0|F1Late) != 0
}

// verdict is a decision before its Grant is made.
type verdict struct {
	outcome Outcome
	id      Rule
	effects Effects
	shows   Mask
	named   bool // a consent's list of fields counts
}

// tells is whether an answer gives away more than a receipt does.
func (v *verdict) tells(a Action) bool {
	switch v.outcome {
	case Denied, Await:
		return true
	case Allow:
		return a != Read || v.shows&^Receipt != 0
	}
	return false
}

func (v *verdict) decision(f *Facts) Decision {
	d := Decision{Outcome: v.outcome, Rule: v.id, Effects: v.effects}
	if v.outcome == Allow && v.shows != 0 {
		d.Grant = Grant{of: f.Case, leg: f.Leg, mask: v.shows, rule: v.id}
		if v.named {
			d.Grant.named = f.Named
		}
	}
	return d
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
	var all [actionEnd][App + 1]plan
	for a := range actionEnd {
		for role := range App + 1 {
			p := plan{
				first:    rowsFor(a, role, gates, allowing(acts), refusals),
				last:     rowsFor(a, role, []rule{stepUp}),
				consents: rowsFor(a, role, consents),
			}
			if a == Read {
				p.first, p.union = rowsFor(a, role, gates), rowsFor(a, role, allowing(reads))
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

// rowsFor picks the rows of an action and role, fills their empty columns and closes their masks.
func rowsFor(a Action, role Role, tables ...[]rule) []rule {
	var mine []rule
	for _, r := range slices.Concat(tables...) {
		for _, group := range groups {
			if r.at&group == 0 {
				r.at |= group
			}
		}
		if !slices.Contains(r.on, a) || r.at&(nobody<<role) == 0 {
			continue
		}
		if r.rel == 0 {
			r.rel = anyRelation
		}
		if r.basis == 0 {
			r.basis = anyBasis
		}
		r.shows = r.shows.Closure()
		mine = append(mine, r)
	}
	return mine
}

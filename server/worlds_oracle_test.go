package server_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

// The oracle of what may be read: the rows of a database as they stand, and the relations of access.md worked out from them in plain
// loops. It shares nothing with what gathers facts for the server but access.Decide.

type key = [16]byte

// truth is all rows that say who may know, at one moment.
type truth struct {
	now         time.Time
	units       map[key]unitRow
	regency     key // the coordinating unit
	members     []memberRow
	credentials map[string]credentialRow
	accountEnd  map[key]time.Time
	absences    []absenceRow
	cases       []*caseRow
	legs        []*legRow
	bases       map[key]*basisRow
	made        map[key]time.Time // the records of persons
	blocks      []blockRow
	named       []spanRow // officers
	filings     []filingRow
	duties      []*dutyRow
	reviews     []*reviewRow
	notices     []noticeRow
	inHouse     []livingRow
	glasses     []glassRow
	rows        map[string][]partRow // notes, incidents and the like, by table
}

type (
	unitRow struct {
		id, parent, register, contact key
		kind                          casework.UnitType
		channel                       string
		from, until                   time.Time
	}
	memberRow struct {
		id, account, unit key
		role              casework.Role
		until, approved   time.Time
	}
	credentialRow struct {
		member                key
		mfa, expires, revoked time.Time
		scopes                string
	}
	absenceRow struct {
		account, deputy key
		from, until     time.Time
	}
	caseRow struct {
		id, register, unit, subject key
		number, level, state        string
		kind                        casework.CaseType
		opened, closed              time.Time
	}
	legRow struct {
		id, kase, filer, sender, senderRegister, receiver, officer, basis, recorder key
		number, state                                                               string
		sent, accepted                                                              time.Time
	}
	basisRow struct {
		id, kase               key
		kind                   string
		from, until, withdrawn time.Time
		scope, named           int64
	}
	blockRow struct {
		kase, account, unit key
		until               time.Time
	}
	spanRow struct {
		kase, account key
		until         time.Time
	}
	filingRow struct {
		kase, account key
		opened        bool
		at            time.Time
	}
	dutyRow struct {
		id, object, kase, unit, officer key
		kind                            string
		due, level2, level3, ended      time.Time
	}
	reviewRow struct {
		id, kase, object, by key
		kind                 string
		due, decided         time.Time
	}
	noticeRow struct {
		target, id, object, kase key
		role, objectKind         string
		at                       time.Time
	}
	glassRow struct {
		kase, account, unit key
		until, cosigned     time.Time
	}
	livingRow struct {
		house, person key
	}
	partRow struct {
		id, kase, unit key
		class          string
	}
)

// truthOf reads all that.
func truthOf(t testing.TB, db *sql.DB, now time.Time) *truth {
	t.Helper()
	s := &truth{
		now: now, units: map[key]unitRow{}, credentials: map[string]credentialRow{}, accountEnd: map[key]time.Time{}, bases: map[key]*basisRow{}, made: map[key]time.Time{},
		rows: map[string][]partRow{},
	}
	read := func(query string, row func(scan func(...any))) {
		t.Helper()
		rows, err := db.Query(query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		defer rows.Close()
		for rows.Next() {
			row(func(columns ...any) {
				for i, c := range columns {
					columns[i] = columnOf(c)
				}
				if err := rows.Scan(columns...); err != nil {
					t.Fatalf("%s: %v", query, err)
				}
			})
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	read("SELECT id, parent, register, contact, type, channel, active_from, active_until FROM units ORDER BY code", func(scan func(...any)) {
		var u unitRow
		scan(&u.id, &u.parent, &u.register, &u.contact, &u.kind, &u.channel, &u.from, &u.until)
		s.units[u.id] = u
	})
	for _, u := range s.units {
		if above, ok := s.units[u.parent]; ok && u.kind == casework.UnitWomenChildOffice && above.parent == (key{}) {
			s.regency = u.id // the tests' regencies have one
		}
	}
	read("SELECT id, account, unit, role, until_time, approved FROM memberships ORDER BY from_time, account", func(scan func(...any)) {
		var m memberRow
		scan(&m.id, &m.account, &m.unit, &m.role, &m.until, &m.approved)
		s.members = append(s.members, m)
	})
	read("SELECT id, membership, mfa_time, expires, revoked, scopes FROM credentials", func(scan func(...any)) {
		var id string
		var c credentialRow
		scan(&id, &c.member, &c.mfa, &c.expires, &c.revoked, &c.scopes)
		s.credentials[id] = c
	})
	read("SELECT id, active_until FROM accounts", func(scan func(...any)) {
		var id key
		var until time.Time
		scan(&id, &until)
		s.accountEnd[id] = until
	})
	read("SELECT id, created FROM persons", func(scan func(...any)) {
		var id key
		var at time.Time
		scan(&id, &at)
		s.made[id] = at
	})
	read("SELECT account, deputy, from_time, until_time FROM absences", func(scan func(...any)) {
		var a absenceRow
		scan(&a.account, &a.deputy, &a.from, &a.until)
		s.absences = append(s.absences, a)
	})
	read("SELECT id, number, register, unit, subject, type, level, state, opened, closed FROM cases", func(scan func(...any)) {
		k := &caseRow{}
		scan(&k.id, &k.number, &k.register, &k.unit, &k.subject, &k.kind, &k.level, &k.state, &k.opened, &k.closed)
		s.cases = append(s.cases, k)
	})
	read("SELECT id, number, case_id, account, sender, sender_register, receiver, officer, disclosure, recorder, state, sent, accepted FROM legs", func(scan func(...any)) {
		l := &legRow{}
		scan(&l.id, &l.number, &l.kase, &l.filer, &l.sender, &l.senderRegister, &l.receiver, &l.officer, &l.basis, &l.recorder, &l.state, &l.sent, &l.accepted)
		s.legs = append(s.legs, l)
	})
	read("SELECT id, case_id, kind, from_time, until_time, withdrawn, scope, named FROM disclosures", func(scan func(...any)) {
		d := &basisRow{}
		scan(&d.id, &d.kase, &d.kind, &d.from, &d.until, &d.withdrawn, &d.scope, &d.named)
		s.bases[d.id] = d
	})
	read("SELECT case_id, account, unit, until_time FROM blocks", func(scan func(...any)) {
		var b blockRow
		scan(&b.kase, &b.account, &b.unit, &b.until)
		s.blocks = append(s.blocks, b)
	})
	read("SELECT case_id, account, until_time FROM assignments", func(scan func(...any)) {
		var a spanRow
		scan(&a.kase, &a.account, &a.until)
		s.named = append(s.named, a)
	})
	read("SELECT case_id, account, opened, time FROM submissions", func(scan func(...any)) {
		var f filingRow
		scan(&f.kase, &f.account, &f.opened, &f.at)
		s.filings = append(s.filings, f)
	})
	read("SELECT id, object, case_id, unit, officer, kind, due, level2, level3, ended FROM duties", func(scan func(...any)) {
		d := &dutyRow{}
		scan(&d.id, &d.object, &d.kase, &d.unit, &d.officer, &d.kind, &d.due, &d.level2, &d.level3, &d.ended)
		s.duties = append(s.duties, d)
	})
	read("SELECT id, case_id, object, account, kind, due, decided FROM reviews", func(scan func(...any)) {
		v := &reviewRow{}
		scan(&v.id, &v.kase, &v.object, &v.by, &v.kind, &v.due, &v.decided)
		s.reviews = append(s.reviews, v)
	})
	read("SELECT target, id, object, case_id, role, object_kind, time FROM notices", func(scan func(...any)) {
		var n noticeRow
		scan(&n.target, &n.id, &n.object, &n.kase, &n.role, &n.objectKind, &n.at)
		s.notices = append(s.notices, n)
	})
	read("SELECT case_id, account, unit, until_time, cosigned FROM glasses WHERE case_id IS NOT NULL", func(scan func(...any)) {
		var g glassRow
		scan(&g.kase, &g.account, &g.unit, &g.until, &g.cosigned)
		s.glasses = append(s.glasses, g)
	})
	read("SELECT household, person FROM household_members", func(scan func(...any)) {
		var l livingRow
		scan(&l.house, &l.person)
		s.inHouse = append(s.inHouse, l)
	})
	for table, columns := range map[string]string{
		"notes": "id, case_id, unit, class", "incidents": "id, case_id, NULL, 'F4'", "legal_steps": "id, case_id, NULL, 'F4'",
		"measurements": "id, case_id, unit, 'F3_HEALTH'", "tasks": "id, case_id, unit, 'F1'", "disclosures": "id, case_id, unit, 'F1'",
		"blocks WHERE automatic = 0 AND until_time IS NULL": "id, case_id, NULL, 'F1'",
	} {
		read("SELECT "+columns+" FROM "+table, func(scan func(...any)) {
			var p partRow
			scan(&p.id, &p.kase, &p.unit, &p.class)
			name, _, _ := strings.Cut(table, " ")
			s.rows[name] = append(s.rows[name], p)
		})
	}
	return s
}

// columnOf lets a column be read into a field of ours: ids, and times that may be NULL.
func columnOf(field any) any {
	switch f := field.(type) {
	case *key:
		return scanID(f[:])
	case *time.Time:
		return scanTime{f}
	}
	return field
}

type scanTime struct{ at *time.Time }

func (s scanTime) Scan(value any) error {
	*s.at = time.Time{}
	if micros, ok := value.(int64); ok {
		*s.at = time.UnixMicro(micros).UTC()
	}
	return nil
}

func (s *truth) caseOf(id key) *caseRow {
	for _, k := range s.cases {
		if k.id == id {
			return k
		}
	}
	return nil
}

func (s *truth) legOf(id key) *legRow {
	for _, l := range s.legs {
		if l.id == id {
			return l
		}
	}
	return nil
}

// ended tells whether an end has come.
func (s *truth) ended(end time.Time) bool { return !end.IsZero() && !s.now.Before(end) }

// reader is who asks, as the rows have it.
type reader struct {
	account key
	role    casework.Role
	unit    unitRow
	mfa     time.Time
	active  bool
	scopes  string
}

// reader says who holds a credential now.
func (s *truth) reader(credential string) (who reader) {
	c, ok := s.credentials[credential]
	if !ok {
		return who
	}
	for _, m := range s.members {
		if m.id != c.member {
			continue
		}
		who = reader{account: m.account, role: m.role, unit: s.units[m.unit], mfa: c.mfa, scopes: c.scopes}
		who.active = !m.approved.IsZero() && !s.ended(m.until) && !s.ended(s.accountEnd[m.account]) && !s.ended(c.expires) && !s.ended(c.revoked) &&
			!s.now.Before(who.unit.from) && !s.ended(who.unit.until)
	}
	return who
}

var rolesOf = map[casework.Role]access.Role{
	casework.RoleIntake: access.Intake, casework.RoleWorker: access.Worker, casework.RoleSupervisor: access.Supervisor, casework.RoleStats: access.Stats,
	casework.RoleReviewer: access.Reviewer, casework.RoleAuditor: access.Auditor, casework.RoleAdmin: access.Admin, casework.RoleApp: access.App,
}

// foldOf is the sector of a type of unit, for the types that the tests' regencies have.
func foldOf(t casework.UnitType) access.Sector {
	switch t {
	case casework.UnitHealthOffice, casework.UnitHealthCenter, casework.UnitAuxHealthCenter, casework.UnitIntegratedHealthPost, casework.UnitHospital:
		return access.Health
	case casework.UnitSocialOffice:
		return access.Social
	case casework.UnitWomenChildOffice, casework.UnitPPAServiceUnit, casework.UnitPolicePPA, casework.UnitHotline:
		return access.Protection
	}
	return access.OtherSector
}

// facts are those of the reader alone.
func (s *truth) facts(who reader) access.Facts {
	f := access.Facts{Action: access.Read, Active: who.active, Role: rolesOf[who.role], Sector: foldOf(who.unit.kind)}
	if !who.mfa.IsZero() && s.now.Sub(who.mfa) <= 12*time.Hour {
		f.MFA = access.MFAFresh
		if s.now.Sub(who.mfa) <= 15*time.Minute {
			f.MFA = access.MFARecent
		}
	}
	return f
}

// blocked tells whether an account is kept from a case, by its own name.
func (s *truth) blocked(k key, account key) bool {
	for _, b := range s.blocks {
		if b.kase == k && b.account == account && account != (key{}) && !s.ended(b.until) {
			return true
		}
	}
	return false
}

func (s *truth) unitBlocked(k key, unit key) bool {
	for _, b := range s.blocks {
		if b.kase == k && b.unit == unit && unit != (key{}) && !s.ended(b.until) {
			return true
		}
	}
	return false
}

// selves are the account and those for whom it stands in on a case: who is kept from the case has no part in it to be stood in for.
func (s *truth) selves(k key, account key) []key {
	all := []key{account}
	for _, a := range s.absences {
		if a.deputy == account && !s.now.Before(a.from) && s.now.Before(a.until) && !s.blocked(k, a.account) {
			all = append(all, a.account)
		}
	}
	return all
}

func (s *truth) isOneOf(account key, selves []key) bool {
	for _, self := range selves {
		if self == account && account != (key{}) {
			return true
		}
	}
	return false
}

// caseFacts are the relations of a reader to a case.
func (s *truth) caseFacts(who reader, k *caseRow) access.Facts {
	f := s.facts(who)
	if k == nil {
		return f
	}
	f.Case = casework.CaseID(k.id)
	f.Blocked = s.blocked(k.id, who.account) || s.unitBlocked(k.id, who.unit.id)
	f.Level = map[string]access.Level{"L1": access.L1, "L2": access.L2, "L3": access.L3}[k.level]
	switch {
	case k.state == "SEALED":
		f.State = access.Sealed
	case !k.closed.IsZero():
		f.State = access.Closed
	default:
		f.State = access.Open
	}
	near := who.unit.register == k.register || s.units[k.register].parent == who.unit.id || s.units[k.unit].parent == who.unit.id
	selves := s.selves(k.id, who.account)
	for _, a := range s.named {
		if a.kase == k.id && !s.ended(a.until) && near && s.isOneOf(a.account, selves) {
			f.Relations |= access.Assigned
		}
	}
	if who.unit.register == k.register && (who.role != casework.RoleIntake || who.unit.id == k.unit) {
		f.Relations |= access.Owner
	}
	for _, filed := range s.filings {
		if filed.kase != k.id || filed.account != who.account {
			continue
		}
		if who.unit.register == k.register { // who has moved to another register is told nothing more (PC-10)
			f.Relations |= access.Submitter
		}
		if filed.opened && s.now.Sub(filed.at) < 24*time.Hour && !s.made[k.subject].Before(filed.at) { // of a record that it has made
			f.Cond |= access.RecentFiling
		}
		if s.now.Sub(filed.at) < 30*24*time.Hour {
			f.Cond |= access.Filed30d
		}
	}
	if k.kind == casework.GrowthMonitoring || k.kind == casework.ChildStunting || k.kind == casework.ChildNutritionRisk {
		f.Cond |= access.ChildGrowth
	}
	for _, v := range s.reviews {
		if v.kase == k.id && v.kind != "WITHDRAWAL" && v.decided.IsZero() {
			f.Cond |= access.ReviewPending
		}
	}
	for _, g := range s.glasses { // who opened it in one unit has not in another
		if g.kase == k.id && g.account == who.account && g.unit == who.unit.id && s.now.Before(g.until) {
			f.Relations |= access.BreakGlass
			if !g.cosigned.IsZero() {
				f.Cond |= access.Cosigned
			}
		}
	}
	return f
}

// handled tells whether a unit has somebody who works on cases and is not kept from this one.
func (s *truth) handled(unit, k key) bool {
	for _, m := range s.members {
		if !s.unitBlocked(k, unit) && !s.blocked(k, m.account) && m.unit == unit && (m.role == casework.RoleWorker || m.role == casework.RoleSupervisor) && m.until.IsZero() && !m.approved.IsZero() && s.accountEnd[m.account].IsZero() {
			return true
		}
	}
	return false
}

// serves are the units whose duties on a case are the reader's unit's: its own, and of its register those that have nobody for it.
func (s *truth) serves(who reader, k key) map[key]bool {
	all := map[key]bool{who.unit.id: true}
	for id, u := range s.units {
		if u.parent == who.unit.id && u.register == who.unit.register && !s.handled(id, k) {
			all[id] = true
		}
	}
	return all
}

// legFacts are the relations of a reader to a leg, with the leg's own basis.
func (s *truth) legFacts(who reader, l *legRow) access.Facts {
	if l == nil {
		return s.facts(who)
	}
	f := s.caseFacts(who, s.caseOf(l.kase))
	f.Leg = casework.LegID(l.id)
	// Who filed into the case has not thereby filed this leg.
	if l.filer != who.account && (who.role == casework.RoleApp || l.sender != who.unit.id) {
		f.Relations &^= access.Submitter
	}
	// Domain 10, scenario 1: no clinical note for the kader once the doctor has the child.
	if who.role == casework.RoleIntake && !l.accepted.IsZero() {
		f.Cond &^= access.RecentFiling
	}
	over := map[string]bool{"DECLINED": true, "FORWARDED": true, "CLOSED": true, "CANCELLED": true}[l.state]
	if s.serves(who, l.kase)[l.receiver] {
		switch {
		case over:
			f.Relations |= access.Former
		default:
			f.Relations |= access.Pending
			if !l.accepted.IsZero() && s.isOneOf(l.officer, s.selves(l.kase, who.account)) {
				f.Relations |= access.Receiver
			}
		}
	}
	if over {
		f.Cond |= access.LegOver
	}
	if s.units[l.receiver].channel == "LETTER" {
		f.Cond |= access.LetterUnit
	}
	if l.recorder != who.account {
		f.Cond |= access.NotRecorder
	}
	if d := s.bases[l.basis]; d != nil && d.withdrawn.IsZero() && !s.now.Before(d.from) && !s.ended(d.until) {
		f.Basis, f.Scope, f.Named = access.Exception, access.Mask(d.scope), access.Named{uint64(d.named)}
		switch d.kind {
		case "CONSENT":
			f.Basis = access.Consent
		case "CARE":
			f.Basis = access.Care
		}
	}
	if s.oversees(who, s.dutyOn(l.id)) {
		f.Relations |= access.Overseer
	}
	return f
}

func (s *truth) dutyOn(object key) *dutyRow {
	for _, d := range s.duties {
		if d.object == object && d.ended.IsZero() {
			return d
		}
	}
	return nil
}

// lateness is how many of a duty's three instants are past.
func (s *truth) lateness(d *dutyRow) (level int) {
	for _, at := range []time.Time{d.due, d.level2, d.level3} {
		if at.Before(s.now) {
			level++
		}
	}
	return level
}

// oversees tells whether the reader's unit is told of a late duty: from level 2 the unit above the one that owes, from level 3 the
// regency's coordinating one.
func (s *truth) oversees(who reader, d *dutyRow) bool {
	if d == nil || who.role != casework.RoleSupervisor || d.unit == who.unit.id {
		return false
	}
	level := s.lateness(d)
	return level >= 2 && s.units[d.unit].parent == who.unit.id || level >= 3 && s.regency == who.unit.id
}

// readCase and readLeg are what Decide says of these facts.
func (s *truth) readCase(who reader, k *caseRow) access.Decision {
	return access.Decide(s.caseFacts(who, k))
}

func (s *truth) readLeg(who reader, l *legRow) access.Decision {
	return access.Decide(s.legFacts(who, l))
}

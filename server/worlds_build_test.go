package server_test

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// A random regency is units, staff and the cases that they have: written by the store's own writers, for what the handlers would
// refuse to bring about may still stand in a database that is older than a rule. Every sealed text says of whom it is and which class
// opens it, so that an answer that holds it can be judged without knowing the field.

// regency is one store with a directory of its own; each step of fill makes another world of it.
type regency struct {
	t      testing.TB
	chance *rand.Rand
	clock  *still
	store  *store.Store
	calls  *server.InProcess
	raw    *sql.DB // a second connection: the rows as they stand, past all that reads them for the server
	dir    string

	units            []casework.Unit
	staff            []*staffer
	persons          []casework.Person
	cases            []*casework.Case
	legs             []*casework.Referral
	bases            []casework.Disclosure
	named            []appointed
	deputies, absent []casework.AccountID
	ids              uint64
	walked           uint64 // entries of the journal that were counted
}

// appointed is one officer of one case.
type appointed struct {
	kase    casework.CaseID
	account casework.AccountID
}

// staffer is one role of one account, with its credential of the moment.
type staffer struct {
	account    casework.AccountID
	nik        string
	role       casework.Role
	unit       casework.Unit
	member     casework.ID
	credential string
}

func (s *staffer) String() string { return fmt.Sprintf("%s of %s", s.role, s.unit.Code) }

// still is a clock that stands until it is moved: what a row says of a moment and what the server says then are of one moment.
type still struct{ micros atomic.Int64 }

func (c *still) now() time.Time           { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *still) advance(by time.Duration) { c.micros.Add(by.Microseconds()) }

// newRegency copies a store that holds the regions and no more.
func newRegency(t testing.TB, template string, seed uint64) *regency {
	t.Helper()
	dir, err := os.MkdirTemp(roomy(), "world")
	if err != nil {
		t.Fatal(err)
	}
	if template != "" {
		if err := storetest.Copy(dir, template); err != nil {
			t.Fatal(err)
		}
	}
	for _, private := range []string{"data", "keys"} {
		if err := lockDown(filepath.Join(dir, private)); err != nil {
			t.Fatal(err)
		}
	}
	r := &regency{t: t, chance: rand.New(rand.NewPCG(seed, 1)), clock: &still{}, dir: dir}
	r.clock.micros.Store(begin.UnixMicro())
	r.open()
	return r
}

// roomy is where a thousand small databases cost no disk.
func roomy() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return os.TempDir()
}

func lockDown(dir string) error {
	return filepath.Walk(dir, func(file string, info os.FileInfo, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !info.IsDir() {
			return os.Chmod(file, 0o600)
		}
		if err == nil {
			return os.Chmod(file, 0o700)
		}
		return err
	})
}

func (r *regency) open() {
	r.t.Helper()
	var err error
	cfg := store.Config{Data: filepath.Join(r.dir, "data"), Keys: filepath.Join(r.dir, "keys"), Now: r.clock.now}
	if r.store, err = storetest.OpenStore(r.t.Context(), cfg); err != nil {
		r.t.Fatal(err)
	}
	if r.calls, err = server.NewInProcess(r.store); err != nil {
		r.t.Fatal(err)
	}
	r.raw = rawDatabase(r.t, r.dir)
}

func (r *regency) close() {
	r.raw.Close()
	if err := r.store.Close(); err != nil {
		r.t.Error(err)
	}
	os.RemoveAll(r.dir)
}

// emptyStore is the template of all regencies.
func emptyStore(t testing.TB) string {
	t.Helper()
	r := newRegency(t, "", 0)
	r.raw.Close()
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(r.dir) })
	return r.dir
}

// write runs one closure, with an entry that its rows name.
func (r *regency) write(f func(w *store.Writer, entry [16]byte) error) {
	r.t.Helper()
	r.clock.advance(time.Microsecond) // no two things happen at once
	_, err := store.Update(r.t.Context(), r.store, func(w *store.Writer) (struct{}, error) {
		return struct{}{}, f(w, w.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "test"}, nil, nil))
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// alter changes rows in a way for which there is no writer, and has the store forget what it had read.
func (r *regency) alter(query string, args ...any) {
	r.t.Helper()
	if _, err := r.raw.Exec(placed(query), args...); err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
	r.write(func(w *store.Writer, entry [16]byte) error {
		if err := w.SetSetting("altered", fmt.Sprint(r.ids)); err != nil {
			return err
		}
		return w.EndAbsence(casework.Absence{}) // of nobody: whatever follows from rights is read anew
	})
}

// schema changes how the database answers to everybody.
func (r *regency) schema(statement string) {
	r.t.Helper()
	if _, err := r.raw.Exec(statement); err != nil {
		r.t.Fatalf("%s: %v", statement, err)
	}
}

func (r *regency) id() (id casework.ID) {
	r.ids++
	binary.BigEndian.PutUint64(id[:], r.chance.Uint64())
	binary.BigEndian.PutUint64(id[8:], r.chance.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

func (r *regency) number(prefix byte) string {
	var four [4]byte
	binary.BigEndian.PutUint32(four[:], r.chance.Uint32())
	return casework.NewNumber(prefix, four)
}

func (r *regency) now() time.Time { return r.clock.now() }

// once in n.
func (r *regency) once(n int) bool { return r.chance.IntN(n) == 0 }

func oneOf[T any](r *regency, all ...T) T { return all[r.chance.IntN(len(all))] }

// around is an instant within so many hours before or after now.
func (r *regency) around(hours int) time.Time {
	return r.now().Add(time.Duration(r.chance.IntN(2*hours*60)-hours*60) * time.Minute)
}

// letters writes a number so that no folding of names changes it.
func letters(n int) string {
	return strings.Map(func(digit rune) rune { return 'a' + digit - '0' }, fmt.Sprint(n))
}

// mark is a text of a case that one class opens.
func mark(k int, class string) string { return "Kz" + letters(k) + "z" + class + ";" }

// ofPerson is a text of a person's record.
func ofPerson(p int) string { return "Qz" + letters(p) + "z" }

// sketch is a unit that a regency may have.
type sketch struct {
	code, parent string
	kind         casework.UnitType
	always       bool
	roles        []casework.Role
	maybe        []casework.Role // half of the time each
}

const (
	intake, worker, head = casework.RoleIntake, casework.RoleWorker, casework.RoleSupervisor
)

var sketches = []sketch{
	{"ROOT", "", casework.UnitPlanningAgency, true, []casework.Role{casework.RoleReviewer, casework.RoleAdmin, casework.RoleAuditor}, nil},
	{"DINKES", "ROOT", casework.UnitHealthOffice, true, []casework.Role{head}, []casework.Role{casework.RoleStats, worker}},
	{"DPPA", "ROOT", casework.UnitWomenChildOffice, true, []casework.Role{head}, []casework.Role{worker}},
	{"PKM", "DINKES", casework.UnitHealthCenter, true, []casework.Role{worker, head}, []casework.Role{worker, intake}},
	{"POS", "PKM", casework.UnitIntegratedHealthPost, true, []casework.Role{intake}, []casework.Role{worker, casework.RoleApp}},
	{"PUSTU", "PKM", casework.UnitAuxHealthCenter, false, nil, []casework.Role{worker, head, intake}},
	{"UPTD", "DPPA", casework.UnitPPAServiceUnit, true, []casework.Role{worker, head}, []casework.Role{worker, intake}},
	{"RSUD", "ROOT", casework.UnitHospital, false, []casework.Role{worker, head}, []casework.Role{intake, casework.RoleApp}},
	{"DINSOS", "ROOT", casework.UnitSocialOffice, false, []casework.Role{worker, head}, []casework.Role{intake}},
	{"POLRES", "ROOT", casework.UnitPolicePPA, false, []casework.Role{worker, head}, nil},
	{"KUA", "ROOT", casework.UnitReligiousAffairsOffice, false, []casework.Role{worker, head}, nil},
	{"LBH", "DPPA", casework.UnitNGOLegalAid, false, nil, nil},
	{"RUMAH", "UPTD", casework.UnitPPAServiceUnit, false, []casework.Role{worker, head}, nil},
}

// people makes units and those who work there.
func (r *regency) people() {
	made := map[string]casework.Unit{}
	r.write(func(w *store.Writer, entry [16]byte) error {
		for _, s := range sketches {
			if !s.always && r.once(2) {
				continue
			}
			u := casework.Unit{
				ID: casework.UnitID(r.id()), Code: s.code, Name: s.code, Type: s.kind, Parent: made[s.parent].ID, Channel: casework.ChannelOnline,
				AreaCode: "32.01.01", ActiveFrom: r.now().AddDate(-2, 0, 0),
			}
			switch u.Register = u.ID; {
			case s.kind.SharesRegister():
				u.Register = u.Parent
			case s.code == "LBH":
				u.Channel = casework.ChannelLetter
			case s.code == "RUMAH":
				u.Contact = made["UPTD"].ID
			}
			offers := []store.Offer{{Service: casework.ServiceMedicalCare, Areas: []string{"32.01"}}, {Service: casework.ServiceNutritionTreatment, Areas: []string{"32.01"}}}
			if err := w.PutUnit(u, offers, entry); err != nil {
				return err
			}
			made[s.code] = u
			r.units = append(r.units, u)
		}
		return nil
	})
	if err := r.store.ReloadDirectory(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	for _, s := range sketches {
		unit, ok := made[s.code]
		if !ok {
			continue
		}
		for _, role := range s.roles {
			r.hire(role, unit)
		}
		for _, role := range s.maybe {
			if r.once(2) {
				r.hire(role, unit)
			}
		}
	}
	for range 2 { // somebody works in two places
		who, where := oneOf(r, r.staff...), oneOf(r, r.staff...)
		if who.role != casework.RoleApp && where.role != casework.RoleApp && who.unit.ID != where.unit.ID {
			r.join(who.account, who.nik, where.role, where.unit)
		}
	}
}

func (r *regency) hire(role casework.Role, unit casework.Unit) {
	id := r.id()
	key, err := r.store.WrapKey(store.Owner(id))
	if err != nil {
		r.t.Fatal(err)
	}
	kind, nik := "PERSON", fmt.Sprintf("32010112%08d", r.ids)
	if role == casework.RoleApp {
		kind, nik = "APP", ""
	}
	r.write(func(w *store.Writer, entry [16]byte) error {
		return w.PutAccount(store.Account{ID: casework.AccountID(id), Code: id.String(), Kind: kind, Name: "Petugas", NIK: nik}, key, entry)
	})
	r.join(casework.AccountID(id), nik, role, unit)
}

func (r *regency) join(account casework.AccountID, nik string, role casework.Role, unit casework.Unit) {
	s := &staffer{account: account, nik: nik, role: role, unit: unit, member: r.id()}
	r.write(func(w *store.Writer, entry [16]byte) error {
		return w.PutMembership(s.member, account, role, unit.ID, entry)
	})
	r.staff = append(r.staff, s)
}

// signIn gives somebody a credential of the moment, with a second factor of any age.
func (r *regency) signIn(s *staffer) {
	s.credential = r.id().String()
	c := store.Credential{ID: s.credential, Member: s.member, Scopes: "status", Expires: r.now().Add(12 * time.Hour)}
	switch r.chance.IntN(5) {
	case 0: // none
	case 1:
		c.MFATime = r.now().Add(-13 * time.Hour)
	case 2:
		c.MFATime = r.now().Add(-2 * time.Hour)
	default:
		c.MFATime = r.now().Add(-time.Minute)
	}
	if r.once(30) {
		c.Expires = r.now()
	}
	r.write(func(w *store.Writer, entry [16]byte) error { return w.PutCredential(c, entry) })
}

// in are those who work in a unit, or in one of its register if wide.
func (r *regency) in(fits func(*staffer) bool) (some []*staffer) {
	for _, s := range r.staff {
		if fits(s) {
			some = append(some, s)
		}
	}
	return some
}

// involved is somebody who has, or had, a part in something: named on a case, an officer of a leg, or somebody's deputy.
func (r *regency) involved() *staffer {
	if len(r.deputies) > 0 && r.once(2) { // few of them stand in for somebody just then
		deputy := oneOf(r, r.deputies...)
		return oneOf(r, r.in(func(s *staffer) bool { return s.account == deputy })...)
	}
	var accounts []casework.AccountID
	for _, n := range r.named {
		accounts = append(accounts, n.account)
	}
	for _, leg := range r.legs {
		accounts = append(accounts, leg.FiledBy, leg.Officer, leg.Officer, leg.Officer)
	}
	parts := r.in(func(s *staffer) bool { return slices.Contains(accounts, s.account) })
	if len(parts) == 0 {
		return oneOf(r, r.staff...)
	}
	return oneOf(r, parts...)
}

// happens is an hour or some days of a regency: a case begins, and what it meets.
func (r *regency) happens() {
	r.clock.advance(time.Duration(1+r.chance.IntN(100)) * time.Hour)
	filers := r.in(func(s *staffer) bool {
		return s.role == intake || s.role == worker || s.role == head || s.role == casework.RoleApp
	})
	r.begin(oneOf(r, filers...))
	for range 3 {
		r.change()
	}
	r.clock.advance(time.Duration(r.chance.IntN(180)) * time.Minute)
}

var typesOf = []casework.CaseType{
	casework.GrowthMonitoring, casework.GrowthMonitoring, casework.ChildStunting, casework.ChildNutritionRisk, casework.FamilyStuntingRisk,
	casework.DomesticViolence, casework.ChildViolence, casework.WomanViolence,
}

// begin makes a case as somebody files it, and whatever may stand in it.
func (r *regency) begin(filer *staffer) {
	k := &casework.Case{
		ID: casework.CaseID(r.id()), Number: r.number(casework.CaseNumber), Register: filer.unit.Register, Unit: filer.unit.ID, Type: oneOf(r, typesOf...),
		Status: casework.StatusReported, Kecamatan: "32.01.01", IntakeChannel: "IN_PERSON", Opened: r.now(), RiskLevel: casework.RiskHigh, Revision: 1,
	}
	k.Level = oneOf(r, casework.L1, casework.L1, casework.L1, casework.L2, casework.L3)
	if k.Type.IsViolence() {
		k.Level = oneOf(r, casework.L2, casework.L3)
	}
	n := len(r.cases)
	subject := r.subject(k)
	k.Subject = r.persons[subject].ID
	k.Content = casework.CaseContent{
		Risk: casework.Risk{Level: casework.RiskHigh, Reason: mark(n, "RISK")}, UrgentReason: mark(n, r.textClass(k)), HiddenAddress: mark(n, "F4"),
	}
	r.write(func(w *store.Writer, entry [16]byte) error {
		if err := w.PutCase(*k, sealedBy(entry)); err != nil {
			return err
		}
		return w.PutSubmission(store.Submission{Number: r.number(casework.LegNumber), Account: filer.account, Case: k.ID, Opened: true}, entry)
	})
	r.cases = append(r.cases, k)
	r.contents(k, n, filer)
	r.officers(k)
	r.owe(casework.OnCase, casework.ID(k.ID), k.ID, filer.unit, casework.DutyScreen)
	for range 1 + r.chance.IntN(2) {
		r.refer(k, n, filer)
	}
}

func sealedBy(entry [16]byte) func([32]byte) [16]byte {
	return func([32]byte) [16]byte { return entry }
}

// subject is whose case it is: somebody whom the register knows on that side, or somebody new.
func (r *regency) subject(k *casework.Case) int {
	if r.once(3) {
		for i, p := range r.persons {
			fits := p.Register == k.Register && p.Side == k.Type.Side()
			for _, other := range r.cases {
				fits = fits && !(other.Subject == p.ID && other.Type.IsGrowth() && k.Type.IsGrowth() && other.Closed.IsZero())
			}
			if fits {
				return i
			}
		}
	}
	i := len(r.persons)
	born, _ := casework.ParseBirthDate(r.now().AddDate(-1, -r.chance.IntN(9), 0).Format(time.DateOnly))
	p := casework.Person{
		ID: casework.PersonID(r.id()), Register: k.Register, Unit: k.Unit, Side: k.Type.Side(), Sex: casework.Female, Kecamatan: "32.01.01", Revision: 1,
		Identity: casework.PersonIdentity{
			Name: "Siti " + ofPerson(i), BirthDate: born, Mother: casework.Kin{Name: "Ibu " + ofPerson(i)}, Husband: casework.Kin{Name: "Suami " + ofPerson(i)},
			Address:     casework.Address{AreaCode: "32.01.01.1006", RT: "01", RW: "02", Text: "Jalan " + ofPerson(i)},
			Identifiers: []casework.Identifier{{Type: casework.IDNIK, Value: fmt.Sprintf("32010241%08d", r.ids)}},
			SafeContact: casework.SafeContact{Allowed: true, Phone: ofPerson(i)},
		},
	}
	key, err := r.store.WrapKey(store.Owner(p.ID))
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(func(w *store.Writer, entry [16]byte) error { return w.PutPerson(p, key, sealedBy(entry)) })
	r.persons = append(r.persons, p)
	if r.once(2) {
		r.house(p)
	}
	return i
}

// house puts a person into a household of her register and side, or into one of somebody else's there.
func (r *regency) house(p casework.Person) {
	h := casework.Household{ID: casework.HouseholdID(r.id()), Register: p.Register, Unit: p.Unit, Side: p.Side, Kecamatan: "32.01.01", Revision: 1}
	var shared [16]byte
	err := r.raw.QueryRow("SELECT id FROM households WHERE register = $1 AND side = $2", p.Register[:], string(p.Side)).Scan(scanID(shared[:]))
	if err == nil {
		h.ID = casework.HouseholdID(shared)
	}
	key, wrapped := r.store.WrapKey(store.Owner(h.ID))
	if wrapped != nil {
		r.t.Fatal(wrapped)
	}
	r.write(func(w *store.Writer, entry [16]byte) error {
		if err != nil {
			if err := w.PutHousehold(h, key, sealedBy(entry)); err != nil {
				return err
			}
		}
		return w.PutMember(casework.Membership{ID: r.id(), Household: h.ID, Person: p.ID, Role: "CHILD", From: casework.DateOf(r.now()) - 10}, entry)
	})
}

// scanID reads an id out of a column.
type scanID []byte

func (id scanID) Scan(value any) error {
	raw, ok := value.([]byte)
	if value == nil {
		clear(id)
		return nil
	}
	if !ok || len(raw) != len(id) {
		return fmt.Errorf("no id: %T", value)
	}
	copy(id, raw)
	return nil
}

// textClass is the class that opens what the owner unit writes on a case.
func (r *regency) textClass(k *casework.Case) string {
	if k.Type.IsViolence() {
		return "F4"
	}
	return r.authorClass(k.Unit)
}

func (r *regency) authorClass(id casework.UnitID) string {
	switch foldOf(r.unit(id).Type) {
	case access.Health:
		return "F3_HEALTH"
	case access.Social:
		return "F3_SOCIAL"
	case access.Protection:
		return "F3_PROTECTION"
	}
	return "F3"
}

func (r *regency) unit(id casework.UnitID) casework.Unit {
	for _, u := range r.units {
		if u.ID == id {
			return u
		}
	}
	return casework.Unit{}
}

// contents is what is written in a case.
func (r *regency) contents(k *casework.Case, n int, by *staffer) {
	r.write(func(w *store.Writer, entry [16]byte) error {
		note := casework.Note{ID: r.id(), Case: k.ID, Unit: by.unit.ID, Account: by.account, Kind: "NOTE", Text: mark(n, "NOTE_"+r.authorClass(by.unit.ID))}
		if k.Type.IsViolence() {
			note.Text = mark(n, "NOTE_F4")
			incident := casework.Incident{
				ID: r.id(), OccurredOn: "2026-12-01", Forms: []casework.ViolenceForm{"PHYSICAL"}, Place: "HOUSEHOLD", Chronology: mark(n, "CHRONOLOGY"),
				Pairs: []casework.Pair{{ID: r.id(), Perpetrator: mark(n, "PAIRS"), NIK: mark(n, "F4"), Relation: "HUSBAND", Cohabiting: "YES"}},
			}
			if err := w.PutIncident(incident, *k, sealedBy(entry)); err != nil {
				return err
			}
			step := casework.LegalStep{ID: r.id(), Case: k.ID, Unit: by.unit.ID, Account: by.account, Status: "TRIAL", OccurredOn: casework.DateOf(r.now()), Text: mark(n, "F4")}
			if err := w.PutLegalStep(step, *k, sealedBy(entry)); err != nil {
				return err
			}
		}
		if err := w.PutNote(note, *k, entry); err != nil {
			return err
		}
		task := casework.Task{
			ID: r.id(), Case: k.ID, Label: casework.TaskByHand, Unit: k.Unit, State: casework.TaskOpen, Created: r.now(),
			Content: casework.TaskContent{Text: mark(n, r.textClass(k))},
		}
		if err := w.AddTask(task, *k, entry); err != nil || r.once(2) {
			return err
		}
		return w.PutDuty(r.duty(casework.OnTask, task.ID, k.ID, by.unit, casework.DutyTask), entry)
	})
	for range r.chance.IntN(3) {
		if k.Type.IsGrowth() {
			r.weigh(k, by)
		}
	}
}

func (r *regency) weigh(k *casework.Case, by *staffer) {
	m := casework.Measurement{
		ID: r.id(), Case: k.ID, Person: k.Subject, Unit: by.unit.ID, Account: by.account, Day: casework.DateOf(r.now()) - casework.Date(r.chance.IntN(50)),
		Content: casework.MeasurementContent{WeightKG: 8 + r.chance.Float64(), LengthCM: 75, Position: "LYING", MUACCM: 14},
	}
	r.write(func(w *store.Writer, entry [16]byte) error { return w.PutMeasurement(m, sealedBy(entry)) })
}

// officers names some of the register, of the unit above it, and now and then one who has no business there.
func (r *regency) officers(k *casework.Case) {
	owner := r.unit(k.Unit)
	near := r.in(func(s *staffer) bool {
		return (s.role == worker || s.role == head) && (s.unit.Register == k.Register || s.unit.ID == owner.Parent || s.unit.ID == r.unit(k.Register).Parent)
	})
	for range r.chance.IntN(3) {
		who := oneOf(r, r.staff...)
		if len(near) > 0 && !r.once(6) {
			who = oneOf(r, near...)
		}
		r.clock.advance(time.Second)
		r.write(func(w *store.Writer, entry [16]byte) error { return w.Assign(k.ID, who.account, entry) })
		r.named = append(r.named, appointed{k.ID, who.account})
	}
}

// owe starts a duty that may be late already, at any level.
func (r *regency) owe(kind casework.DutyKind, object casework.ID, k casework.CaseID, unit casework.Unit, name casework.DutyName) {
	d := r.duty(kind, object, k, unit, name)
	r.write(func(w *store.Writer, entry [16]byte) error { return w.PutDuty(d, entry) })
}

func (r *regency) duty(kind casework.DutyKind, object casework.ID, k casework.CaseID, unit casework.Unit, name casework.DutyName) casework.Duty {
	due := r.around(96)
	d := casework.Duty{
		Kind: kind, Object: object, Case: k, Unit: unit.ID, Name: name, Started: r.now(), Due: due, Level2: due.Add(24 * time.Hour),
		Level3: due.Add(48 * time.Hour), Legal: due, Rule: "test", Basis: "UU",
	}
	if r.once(2) {
		near := r.in(func(s *staffer) bool { return s.unit.ID == unit.ID && (s.role == worker || s.role == head) })
		if len(near) > 0 {
			d.Officer = oneOf(r, near...).account
		}
	}
	return d
}

var (
	openStates  = []casework.ReferralState{casework.Sent, casework.Acknowledged, casework.NeedsInfo, casework.Accepted, casework.InService, casework.Reported}
	endedStates = []casework.ReferralState{casework.Declined, casework.Forwarded, casework.Closed, casework.Cancelled}
)

// refer sends a leg of a case to a unit of another register, on a basis of any kind and age.
func (r *regency) refer(k *casework.Case, n int, filer *staffer) {
	others := make([]casework.Unit, 0, len(r.units))
	for _, u := range r.units {
		if u.Register != k.Register {
			others = append(others, u)
		}
	}
	to := oneOf(r, others...)
	basis := r.basis(k, n, to)
	leg := &casework.Referral{
		ID: casework.LegID(r.id()), Number: r.number(casework.LegNumber), Case: k.ID, FiledBy: filer.account, Sender: k.Unit, SenderRegister: k.Register,
		Receiver: to.ID, ReceiverRegister: to.Register, Service: oneOf(r, casework.ServiceMedicalCare, casework.ServiceNutritionTreatment, casework.ServiceLegalAid, casework.ServiceCaseManagement),
		Urgency: casework.Routine, State: casework.Sent, Disclosure: basis.ID, Sent: r.now(), Revision: 1,
		Request: casework.LegRequest{Question: mark(n, "QUESTION_"+r.authorClass(k.Unit))},
	}
	leg.Root = leg.ID
	if r.once(5) && len(r.legs) > 0 && r.legs[len(r.legs)-1].Case == k.ID { // handed on by the receiver before
		before := r.legs[len(r.legs)-1]
		leg.Root, leg.Previous, leg.Hop, leg.ForwardedBy = before.Root, before.ID, before.Hop+1, before.Receiver
	}
	for _, other := range r.legs {
		if other.Case == k.ID && other.Service == leg.Service && other.Receiver == leg.Receiver {
			return // one open leg for each
		}
	}
	r.write(func(w *store.Writer, entry [16]byte) error { return w.PutReferral(*leg, k.Subject, sealedBy(entry)) })
	r.legs = append(r.legs, leg)
	r.goOn(leg, k, n)
}

// goOn brings a leg into any state.
func (r *regency) goOn(leg *casework.Referral, k *casework.Case, n int) {
	to := r.unit(leg.Receiver)
	leg.State = oneOf(r, slices.Concat(openStates, openStates[3:], endedStates)...)
	desk := r.in(func(s *staffer) bool {
		return (s.role == worker || s.role == head) && (s.unit.ID == to.ID || s.unit.ID == to.Parent && s.unit.Register == to.Register)
	})
	taken := leg.State == casework.Accepted || leg.State == casework.InService || leg.State == casework.Reported || leg.State == casework.Closed
	if taken || leg.State == casework.Declined && r.once(2) {
		leg.Accepted = r.now()
		if len(desk) > 0 {
			leg.Officer = oneOf(r, desk...).account
		}
		leg.Report = casework.LegReport{Summary: mark(n, r.authorClass(to.ID))}
	}
	ended := leg.State.IsFinal()
	if ended {
		leg.Ended = r.now()
	}
	r.write(func(w *store.Writer, entry [16]byte) error {
		err := w.UpdateReferral(*leg, k.Subject, func([32]byte) ([16]byte, error) { return entry, nil })
		if err != nil {
			return err
		}
		progress := casework.Progress{ID: r.id(), Leg: leg.ID, Kind: "SERVED", Account: leg.Officer, Note: mark(n, r.authorClass(to.ID))}
		if err := w.PutProgress(progress, k.Subject, entry); err != nil || ended {
			return err
		}
		owes := to
		if leg.State == casework.Reported || leg.State == casework.NeedsInfo || leg.State == casework.Declined {
			owes = r.unit(leg.Sender)
		}
		if accountable, err := w.AccountableOn(owes, k.ID); err == nil {
			owes = r.unit(accountable)
		}
		return w.PutDuty(r.duty(casework.OnLeg, casework.ID(leg.ID), k.ID, owes, casework.DutyDecide), entry)
	})
	leg.Revision++
	r.tell(casework.OnLeg, casework.ID(leg.ID), k)
}

// basis is a consent, the chain of care or an exception, in force or not any more.
func (r *regency) basis(k *casework.Case, n int, to casework.Unit) casework.Disclosure {
	d := casework.Disclosure{
		ID: casework.DisclosureID(r.id()), Case: k.ID, From: k.Unit, To: []casework.UnitID{to.ID}, Given: r.now(), By: oneOf(r, r.staff...).account,
		Kind:    oneOf(r, casework.BasisConsent, casework.BasisConsent, casework.BasisCare, casework.BasisX1, casework.BasisX3),
		Scope:   uint32(r.chance.Uint64()) & uint32(access.F3Sector<<1-1),
		Content: casework.DisclosureContent{Giver: "GUARDIAN", GiverName: ofPerson(r.personOf(k)), Method: "SPOKEN", ExplainedBy: "bidan", Purpose: "layanan"},
	}
	if foldOf(to.Type) == access.Health && r.once(2) {
		d.Kind = casework.BasisCare
	}
	if r.once(2) {
		d.Scope = uint32(access.F0 | access.F1 | access.F2 | access.F3Sector)
	}
	if r.once(2) {
		d.Named = r.chance.Uint64() & (1<<(pb.NamedField_NOTE+1) - 1)
	}
	if r.once(2) {
		d.Expires = r.now().Add(time.Duration(1+r.chance.IntN(200)) * time.Hour)
	}
	if d.Kind.IsException() {
		d.Content = casework.DisclosureContent{Reason: mark(n, "REASON"), OrderNumber: mark(n, "REASON")}
	}
	r.write(func(w *store.Writer, entry [16]byte) error { return w.PutDisclosure(d, k.Subject, entry) })
	r.bases = append(r.bases, d)
	if d.Kind.IsException() && !r.once(4) {
		r.review(casework.ReviewException, d, k)
	} else if r.once(4) {
		r.review(casework.ReviewWithdrawal, d, k)
	}
	return d
}

func (r *regency) personOf(k *casework.Case) int {
	for i, p := range r.persons {
		if p.ID == k.Subject {
			return i
		}
	}
	return -1
}

func (r *regency) review(kind casework.ReviewKind, d casework.Disclosure, k *casework.Case) {
	v := casework.Review{ID: r.id(), Kind: kind, Object: d.ID, Case: k.ID, Unit: k.Unit, By: d.By, Started: r.now(), Due: r.around(96), Revision: 1}
	owes := r.unit(k.Unit)
	if kind == casework.ReviewException {
		owes = r.units[0]
	}
	r.write(func(w *store.Writer, entry [16]byte) error {
		if err := w.PutReview(v, entry); err != nil {
			return err
		}
		if r.once(2) {
			return w.PutDuty(r.duty(casework.OnReview, v.ID, k.ID, owes, casework.DutyReviewException), entry)
		}
		if r.once(2) {
			v.Outcome, v.Decided, v.DecidedBy, v.Reason = casework.ReviewFounded, r.now(), oneOf(r, r.staff...).account, mark(r.indexOf(k.ID), "JUDGED")
			return w.DecideReview(v, k.Subject, sealedBy(entry))
		}
		return nil
	})
	r.tell(casework.OnReview, v.ID, k)
}

func (r *regency) indexOf(id casework.CaseID) int {
	for i, k := range r.cases {
		if k.ID == id {
			return i
		}
	}
	return -1
}

// tell gives notice to somebody, who may or may not read what it is about.
func (r *regency) tell(kind casework.DutyKind, object casework.ID, k *casework.Case) {
	n := store.Notice{Kind: casework.NoticeDutyLate, ObjectKind: kind, Object: object, Case: k.ID, Level: 1 + r.chance.IntN(3)}
	to := oneOf(r, r.staff...)
	switch r.chance.IntN(3) {
	case 0:
		n.Account = to.account
	case 1:
		n.Unit, n.Role = to.unit.ID, to.role
	default:
		n.Unit = oneOf(r, k.Unit, to.unit.ID)
	}
	r.write(func(w *store.Writer, entry [16]byte) error { return w.Notify(n, entry) })
}

// change is one of the things that give and take rights.
func (r *regency) change() {
	k, who := oneOf(r, r.cases...), oneOf(r, r.staff...)
	switch r.chance.IntN(14) {
	case 0: // named as perpetrator
		if who.nik != "" {
			r.write(func(w *store.Writer, entry [16]byte) error { return w.Bar(who.nik, k.ID, entry) })
		}
	case 1: // a whole unit is kept from a case, or one account is by hand
		b := store.Block{ID: r.id(), Case: k.ID, Account: who.account, By: who.account, Reason: mark(r.indexOf(k.ID), "F4")}
		if r.once(2) {
			b.Account, b.Unit = casework.AccountID{}, who.unit.ID
		}
		r.write(func(w *store.Writer, entry [16]byte) error {
			_, err := w.PutBlock(b, *k, entry)
			return err
		})
	case 2: // a block ends
		r.alter("UPDATE blocks SET until_time = ? WHERE case_id = ? AND automatic = 0", r.now().UnixMicro(), k.ID[:])
	case 3, 4:
		r.away(r.involved())
	case 5:
		if len(r.named) > 0 {
			n := oneOf(r, r.named...)
			r.write(func(w *store.Writer, _ [16]byte) error { return w.EndAssignment(n.kase, n.account) })
		}
	case 6:
		if len(r.bases) > 0 {
			d := oneOf(r, r.bases...)
			r.write(func(w *store.Writer, entry [16]byte) error { return w.WithdrawDisclosure(d.ID, entry) })
		}
	case 7:
		if r.once(3) {
			r.alter("UPDATE cases SET state = 'SEALED' WHERE id = ?", k.ID[:])
		}
	case 8:
		r.end(k)
	case 9: // a case of another register is filed into by an account from there
		r.write(func(w *store.Writer, entry [16]byte) error {
			return w.PutSubmission(store.Submission{Number: r.number(casework.LegNumber), Account: who.account, Case: k.ID}, entry)
		})
	case 10: // a role ends, or waits for its second person
		if !r.once(3) {
			return
		}
		column := oneOf(r, "until_time = 1", "approved = NULL")
		r.alter("UPDATE memberships SET "+column+" WHERE id = ?", who.member[:])
	case 11, 12:
		r.emergency(k)
	default:
		r.raise(k)
	}
}

// emergency breaks the glass of a case, now or a while ago, with or without the reviewer's yes.
func (r *regency) emergency(k *casework.Case) {
	some := r.in(func(s *staffer) bool { return s.role == worker || s.role == head })
	who := oneOf(r, some...)
	g := casework.NewGlass(r.id(), who.account, who.unit.ID, "IMMINENT_DANGER", mark(r.indexOf(k.ID), "REASON"), r.now().Add(-time.Duration(r.chance.IntN(150))*time.Minute))
	g.Case = k.ID
	r.write(func(w *store.Writer, entry [16]byte) error {
		if err := w.PutGlass(g, store.Owner(k.Subject), entry); err != nil || r.once(2) {
			return err
		}
		g.Cosigned, g.CosignedBy = r.now(), oneOf(r, r.staff...).account
		return w.CosignGlass(g, entry)
	})
	r.named = append(r.named, appointed{k.ID, who.account})
	if !r.once(3) {
		v := casework.Review{ID: r.id(), Kind: "GLASS", Object: casework.DisclosureID(g.ID), Case: k.ID, Unit: k.Unit, By: who.account, Started: r.now(), Due: r.around(96), Revision: 1}
		r.write(func(w *store.Writer, entry [16]byte) error { return w.PutReview(v, entry) })
	}
}

// away gives somebody a deputy, of the register and role most of the time.
func (r *regency) away(who *staffer) {
	peers := r.in(func(s *staffer) bool {
		return s.account != who.account && s.role == who.role && s.unit.Register == who.unit.Register
	})
	deputy := oneOf(r, r.staff...)
	if len(peers) > 0 && !r.once(4) {
		deputy = oneOf(r, peers...)
	}
	if deputy.account == who.account || slices.Contains(r.absent, who.account) {
		return // as SetAbsence refuses it: nobody is away twice
	}
	r.absent = append(r.absent, who.account)
	a := casework.Absence{ID: r.id(), Account: who.account, Deputy: deputy.account, Unit: who.unit.ID, From: r.around(4), Until: r.around(48)}
	r.write(func(w *store.Writer, entry [16]byte) error { return w.PutAbsence(a, entry) })
	r.deputies = append(r.deputies, deputy.account)
}

// end closes a case with what it said at the end.
func (r *regency) end(k *casework.Case) {
	if !k.Closed.IsZero() {
		return
	}
	k.Closed, k.Closure, k.Status = r.now(), "SERVED", casework.StatusClosed
	k.Content.Closing.Summary = mark(r.indexOf(k.ID), r.textClass(k))
	r.update(k)
}

func (r *regency) raise(k *casework.Case) {
	if k.Level == casework.L3 {
		return
	}
	k.Level = map[casework.Level]casework.Level{casework.L1: casework.L2, casework.L2: casework.L3}[k.Level]
	r.update(k)
}

func (r *regency) update(k *casework.Case) {
	r.write(func(w *store.Writer, entry [16]byte) error { return w.UpdateCase(*k, sealedBy(entry)) })
	k.Revision++
}

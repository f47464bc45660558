package access

import (
	"bytes"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

const tablePath = "testdata/access-rules.csv"

// values are what each axis may be; for yes/no axes both.
var values = [9][]uint8{
	axActive: {0, 1}, axBlocked: {0, 1}, axRole: {1, 2, 3, 4, 5, 6, 7, 8}, axState: {1, 2, 3}, axLevel: {1, 2, 3},
	axOwn: {0, 1, 2, 3}, axSector: {0, 1, 2, 3}, axScope: upTo(len(scopes)), axMFA: {0, 1, 2},
}

func upTo(n int) (list []uint8) {
	for i := range n {
		list = append(list, uint8(i))
	}
	return list
}

var (
	someCase  = casework.CaseID{1}
	someLeg   = casework.LegID{2}
	someNamed = Named{}.With(3).With(200)
)

// facts are the point in the words of the package.
func (p *point) facts() Facts {
	return Facts{
		Action:    p.action,
		Active:    p.v[axActive] == 1,
		Blocked:   p.v[axBlocked] == 1,
		Role:      Role(p.v[axRole]),
		Sector:    Sector(p.v[axSector]),
		Relations: Relation(p.bits>>axRelation) & (1<<len(relationWords) - 1),
		Level:     Level(p.v[axLevel]),
		State:     State(p.v[axState]),
		MFA:       MFA(p.v[axMFA]),
		Leg:       someLeg,
		Basis:     Basis(p.bits>>(axRelation+len(relationWords))) & (1<<len(basisWords) - 1),
		Scope:     scopes[p.v[axScope]],
		Named:     someNamed,
		OwnLevel:  Level(p.v[axOwn]),
		Cond:      Cond(p.bits >> (axRelation + len(relationWords) + len(basisWords))),
		Case:      someCase,
	}
}

// fill draws a value for every axis that is not known.
func (p *point) fill(known uint64, chance *rand.Rand) {
	p.bits = p.bits&known | chance.Uint64()&chance.Uint64()&allAxes&^known
	for axis, list := range values {
		if known>>axis&1 == 0 {
			p.v[axis] = list[chance.IntN(len(list))]
		}
	}
}

// differs compares Decide with the table at one point; empty if they agree.
func differs(decide func(Facts) Decision, f Facts, want answer) string {
	d := decide(f)
	got := answer{outcome: d.Outcome.String(), rule: d.Rule.String(), mask: d.Grant.Mask(), effects: d.Effects}
	for _, r := range CheckConsent(f) {
		got.broken += string(r) + " "
	}
	if got != want {
		return fmt.Sprintf("got %+v, want %+v", got, want)
	}
	if shown := d.Grant.Mask() != 0; shown && (d.Grant.Case() != f.Case || d.Grant.Leg() != f.Leg || d.Grant.Rule() != d.Rule) ||
		!shown && d.Grant != (Grant{}) {
		return fmt.Sprintf("the Grant %+v is not of this case, leg and rule", d.Grant)
	}
	return ""
}

// walker goes through the product of the axes. An axis is opened only where some row, under the values of the axes
// before it, still reads it; the others are drawn by chance, so that Decide cannot read them unseen.
type walker struct {
	*oracle
	chance  *rand.Rand
	alive   [64][]*row
	visit   func(p *point, known uint64)
	changed []change // by line of the table: what leaving it out has changed
	points  int
	failed  int
}

func (w *walker) walk(p point, known uint64, rows []*row, depth int) {
	open, rows := w.unread(&p, known, rows, depth)
	if open == 0 {
		p.fill(known, w.chance)
		w.visit(&p, known)
		return
	}
	axis := bits.TrailingZeros64(open)
	known |= 1 << axis
	if axis < axRelation {
		for _, v := range values[axis] {
			p.v[axis] = v
			w.walk(p, known, rows, depth+1)
		}
		return
	}
	p.bits &^= 1 << axis
	w.walk(p, known, rows, depth+1)
	p.bits |= 1 << axis
	w.walk(p, known, rows, depth+1)
}

// unread gives the axes that the rows still read, and the rows that can still answer.
func (w *walker) unread(p *point, known uint64, rows []*row, depth int) (open uint64, alive []*row) {
	alive = w.alive[depth][:0]
	answered := false
	for _, r := range rows {
		if answered && r.kind != "post" && r.kind != "consent" {
			continue
		}
		holds, reads := r.holds(p, known)
		if holds == no {
			continue
		}
		if r.scoped {
			reads |= (1<<axScope | 1<<axSector) &^ known
		}
		if r.sees {
			reads |= w.unseen(p, known)
		}
		alive = append(alive, r)
		open |= reads
		answered = reads == 0 && !r.sees && (r.kind == "gate" || r.kind == "act")
	}
	w.alive[depth] = alive
	return open, alive
}

// unseen gives the axes that the word "sees" still reads.
func (w *walker) unseen(p *point, known uint64) (open uint64) {
	for _, r := range w.rows[Read] {
		if r.kind != "gate" && (r.kind != "read" || r.mask&(F0|F1Late) == 0) {
			continue
		}
		holds, reads := r.holds(p, known)
		if holds == yes && r.kind == "gate" {
			return open
		}
		if holds == yes {
			return 0 // F0 and F1Late belong to no scope's choice, so it is seen whatever else
		}
		open |= reads
	}
	return open
}

// prove marks the rows without which the answer at this point would be another.
func (w *walker) prove(p *point, want answer) {
	for _, r := range w.rows[p.action] {
		if w.changed[r.line] == outcomes {
			continue
		}
		if holds, _ := r.holds(p, allAxes); holds != yes {
			continue
		}
		other := w.answer(p, r)
		if other == want {
			continue
		}
		w.changed[r.line] = max(w.changed[r.line], names)
		if other.rule = want.rule; other != want {
			w.changed[r.line] = outcomes
		}
	}
}

// change is how much it matters that a row is there.
type change uint8

const (
	nothing change = iota
	names          // the answer is the same, by another rule
	outcomes
)

// task is a part of the space that one goroutine walks.
type task struct {
	action Action
	role   uint8
	level  uint8
}

func tasks() (list []task) {
	for action := Read; action < actionEnd; action++ {
		for _, role := range values[axRole] {
			for _, level := range values[axLevel] {
				list = append(list, task{action, role, level})
			}
		}
	}
	return list
}

// TestDecideAgreesWithTheTableEverywhere is the oracle: the whole space, no difference, and (I9) no row without effect.
func TestDecideAgreesWithTheTableEverywhere(t *testing.T) {
	table, all, err := readTable(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	seed := newSeed(t)
	started := time.Now()
	var walkers [2]*walker
	share(func(n int, queue <-chan task) {
		w := &walker{oracle: table, changed: make([]change, len(all))}
		w.visit = func(p *point, known uint64) { w.compare(t, p, known) }
		for job := range queue {
			w.chance = job.chance(seed)
			w.walk(job.start(), 1<<axRole|1<<axLevel, table.rows[job.action], 0)
		}
		walkers[n] = w
	})
	one, two := walkers[0], walkers[1]
	t.Logf("%d points compared in %v, %d differences", one.points+two.points,
		time.Since(started).Round(time.Millisecond), one.failed+two.failed)
	var onlyNames []string
	for _, r := range all {
		switch max(one.changed[r.line], two.changed[r.line]) {
		case names:
			onlyNames = append(onlyNames, r.id)
		case nothing:
			t.Errorf("row %s of the table changes the answer of no point", r.id)
		}
	}
	t.Logf("rows without which only the rule's name changes: %s", strings.Join(onlyNames, " "))
}

// compare asks Decide and the table at one point. At every 64th it asks the table again where the axes that no row reads
// have other values: the walk may leave them out only if nothing changes.
func (w *walker) compare(t *testing.T, p *point, known uint64) {
	w.points++
	want := w.answer(p, nil)
	if diff := differs(Decide, p.facts(), want); diff != "" {
		if w.failed++; w.failed < 10 {
			t.Errorf("Decide(%v): %s", p, diff)
		}
	}
	w.prove(p, want)
	if w.points%64 != 0 {
		return
	}
	other := *p
	other.fill(known, w.chance)
	if again := w.answer(&other, nil); again != want {
		if w.failed++; w.failed < 10 {
			t.Errorf("the table at %v: got %+v, but %+v where unread axes differ: %v", p, want, again, &other)
		}
	}
}

// TestDecideAgreesWithTheTableAtChance draws every axis, read or not, for each action, role and level: what the walk
// takes one value of, it has here in company.
func TestDecideAgreesWithTheTableAtChance(t *testing.T) {
	table, _, err := readTable(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := atChance(t, table, Decide); diff != "" {
		t.Error(diff)
	}
	broken := func(f Facts) Decision {
		f.Cond |= NotRecorder
		return Decide(f)
	}
	if atChance(t, table, broken) == "" {
		t.Error("negative control: a Decide that takes nobody for the recorder was not found out")
	}
}

func atChance(t *testing.T, table *oracle, decide decider) string {
	const each = 12_000
	t.Logf("%d points", each*len(tasks()))
	var found atomic.Pointer[string]
	seed := newSeed(t)
	share(func(_ int, queue <-chan task) {
		for job := range queue {
			chance := job.chance(seed)
			for i := 0; i < each && found.Load() == nil; i++ {
				p := job.start()
				p.fill(1<<axRole|1<<axLevel, chance)
				p.v[axActive] = min(1, uint8(chance.IntN(8)))
				p.v[axBlocked] = 1 - min(1, uint8(chance.IntN(8)))
				if diff := differs(decide, p.facts(), table.answer(&p, nil)); diff != "" {
					diff = fmt.Sprintf("Decide(%v): %s", &p, diff)
					found.Store(&diff)
				}
			}
		}
	})
	if diff := found.Load(); diff != nil {
		return *diff
	}
	return ""
}

// share gives the whole space, task by task, to two goroutines.
func share(work func(n int, queue <-chan task)) {
	queue := make(chan task)
	var wg sync.WaitGroup
	for n := range 2 {
		wg.Go(func() { work(n, queue) })
	}
	for _, job := range tasks() {
		queue <- job
	}
	close(queue)
	wg.Wait()
}

func (job task) chance(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(job.action)<<16|uint64(job.role)<<8|uint64(job.level)))
}

func (job task) start() point {
	p := point{action: job.action}
	p.v[axRole], p.v[axLevel] = job.role, job.level
	return p
}

// newSeed is another chance in each run; SINERGI_SEED brings one back.
func newSeed(t *testing.T) uint64 {
	seed, err := strconv.ParseUint(os.Getenv("SINERGI_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("SINERGI_SEED=%d", seed)
	return seed
}

// TestTableIsThePage compares the table here with the design's, where that is at hand.
func TestTableIsThePage(t *testing.T) {
	shared := os.Getenv("SINERGI_SHARED")
	if shared == "" {
		t.Skip("SINERGI_SHARED is not set")
	}
	page, err := os.ReadFile(shared + "/design/access-rules.csv")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile(tablePath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, ours) {
		t.Error(tablePath + " is not the table of the design; copy it, and let the oracle say what is to be done")
	}
}

// TestWordsStandInTheOrderOfTheirBits ties the oracle's words to the constants, which facts() shifts into place.
func TestWordsStandInTheOrderOfTheirBits(t *testing.T) {
	for _, c := range []struct {
		word string
		got  uint64
	}{
		{"ASSIGNED", uint64(Assigned)},
		{"OWNER", uint64(Owner)},
		{"MATCH", uint64(Match)},
		{"CONSENT", uint64(Consent) << 9},
		{"CARE", uint64(Care) << 9},
		{"EXCEPTION", uint64(Exception) << 9},
		{"reason", uint64(HasReason) << 12},
		{"not_self", uint64(NotSelf) << 12},
		{"letter_unit", uint64(LetterUnit) << 12},
		{"carries_exception", uint64(CarriesException) << 12},
	} {
		if want := bit(c.word) >> axRelation; c.got != want {
			t.Errorf("%s: got bit %b, want %b", c.word, c.got, want)
		}
	}
}

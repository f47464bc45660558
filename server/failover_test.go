package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

const (
	// backWithin is the promise of design page protection: so long after a break at most, writes are answered again.
	backWithin = 30 * time.Second
	// healsWithin is how long the broken node may take to stand by again. Nobody waits for it, but a second failure would find one copy.
	healsWithin = 2 * time.Minute
)

// breaks are the ways in which .ci/failover breaks a primary.
var breaks = []string{"kill", "crash", "orphan", "cut", "alone"}

// laboratory is what .ci/failover has built around this test.
type laboratory struct {
	t      *testing.T
	folder string
	env    []string // of the program
}

// inLaboratory skips wherever there is none.
func inLaboratory(t *testing.T) *laboratory {
	folder := os.Getenv("FAILOVER_LAB")
	if folder == "" {
		t.Skip("needs a laboratory: run .ci/failover, as root")
	}
	return &laboratory{t, folder, []string{
		"HOME=" + folder, "SINERGI_DATABASE=" + os.Getenv("FAILOVER_URL"),
		"SINERGI_DATA=" + filepath.Join(folder, "data"), "SINERGI_KEYS=" + filepath.Join(folder, "keys"),
	}}
}

// ask runs a verb of the script.
func (l *laboratory) ask(verb ...string) (string, error) {
	out, err := exec.Command("../.ci/failover", verb...).Output()
	return strings.TrimSpace(string(out)), err
}

// must is ask for what cannot fail unless the laboratory is broken itself.
func (l *laboratory) must(verb ...string) string {
	l.t.Helper()
	out, err := l.ask(verb...)
	if err != nil {
		l.t.Fatalf("%v: %v", verb, err)
	}
	return out
}

// within asks until it is answered, for some time.
func (l *laboratory) within(patience time.Duration, verb ...string) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); rest(200 * time.Millisecond) {
		if _, err := l.ask(verb...); err == nil {
			return true
		}
	}
	return false
}

// soon is within for what has to come.
func (l *laboratory) soon(patience time.Duration, verb ...string) {
	l.t.Helper()
	if !l.within(patience, verb...) {
		l.t.Fatalf("%v: not within %v", verb, patience)
	}
}

// run is a command of the program's operator or user.
func (l *laboratory) run(args ...string) string {
	l.t.Helper()
	cmd := exec.Command(filepath.Join(l.folder, "sinergi"), args...)
	cmd.Env = l.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		l.t.Fatalf("sinergi %v: %v: %s", args, err, out)
	}
	return string(out)
}

// fill loads the made-up regency, and gives the tokens of who files and who inspects.
func (l *laboratory) fill() map[string]string {
	l.t.Helper()
	l.run("unit", "load", "regency/units.csv")
	l.run("user", "load", "regency/users.csv")
	tokens := map[string]string{}
	for _, code := range []string{"gizi-cibinong", "auditor"} {
		file := l.tokenOf(code)
		l.run("token", "create", "--account", code, "--out", file)
		text, err := os.ReadFile(file)
		if err != nil {
			l.t.Fatal(err)
		}
		tokens[code] = strings.TrimSpace(string(text))
	}
	return tokens
}

func (l *laboratory) tokenOf(code string) string { return filepath.Join(l.folder, code+".token") }

// rest waits for machines that no clock of ours can hurry.
func rest(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
}

// pressure is 32 callers who file. Each sends a request again until it is acknowledged, as an app at a posyandu does.
type pressure struct {
	w     *world
	wait  sync.WaitGroup
	gate  sync.RWMutex // held by each caller while her filing is not settled
	slow  atomic.Bool  // they take breath between two filings
	ended atomic.Bool
	fault atomic.Pointer[error] // an answer that no repeating will change

	mu           sync.Mutex    // guards the rest
	last         time.Time     // the newest acknowledgement
	silence      time.Duration // the longest time without one since the break
	since        time.Time
	back         bool // something was acknowledged that was sent after since
	acknowledged map[string]int
	repeated     int
}

func press(w *world, first int64) *pressure {
	p := &pressure{w: w, acknowledged: map[string]int{}, last: time.Now()}
	for caller := range int64(callers) {
		p.wait.Go(func() {
			for n := first + caller; !p.ended.Load(); n += callers {
				p.gate.RLock()
				p.file(n)
				p.gate.RUnlock()
				if p.slow.Load() {
					rest(500 * time.Millisecond)
				}
			}
		})
	}
	return p
}

// file sends one referral until it is acknowledged, or until the callers go home.
func (p *pressure) file(n int64) {
	req := filing(n)
	for !p.ended.Load() {
		began := time.Now()
		ctx, cancel := context.WithTimeout(bearerOf(p.w, "gizi-cibinong"), 5*time.Second)
		got, err := p.w.referrals().FileReferral(ctx, req)
		cancel()
		switch status.Code(err) {
		case codes.OK:
			p.settled(began, got)
			return
		case codes.Unavailable, codes.DeadlineExceeded, codes.Aborted, codes.ResourceExhausted:
			p.mu.Lock()
			p.repeated++
			p.mu.Unlock()
			rest(100 * time.Millisecond)
		default:
			p.fault.CompareAndSwap(nil, &err)
			return
		}
	}
}

func (p *pressure) settled(began time.Time, got *pb.FileReferralResponse) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silence, p.last = max(p.silence, time.Since(p.last)), time.Now()
	p.back = p.back || began.After(p.since)
	p.acknowledged[strings.ReplaceAll(strings.TrimPrefix(got.GetCase(), "cases/"), "-", "")]++
}

// listen begins to measure how long nothing is acknowledged.
func (p *pressure) listen() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last, p.silence = time.Now(), 0
}

// writes waits until something that is sent from now on is acknowledged, and gives the longest silence until then.
func (p *pressure) writes(t *testing.T, within time.Duration) time.Duration {
	t.Helper()
	p.mu.Lock()
	p.since, p.back = time.Now(), false
	p.mu.Unlock()
	for end := time.Now().Add(within); time.Now().Before(end); pause() {
		p.mu.Lock()
		back, silence := p.back, p.silence
		p.mu.Unlock()
		if back {
			return silence
		}
		if err := p.fault.Load(); err != nil {
			t.Fatalf("a caller was answered: %v", *err)
		}
	}
	t.Fatalf("no write is back %v after the standby has become primary", within)
	return 0
}

// home ends the callers. A filing that is not acknowledged by then may be there or not.
func (p *pressure) home() {
	p.ended.Store(true)
	p.wait.Wait()
}

// compared holds what was acknowledged against the rows, while nobody's filing is on its way: how many are lost, and how many are there that
// nobody was told of, which are those that were filed twice.
func (p *pressure) compared(rows []string) (lost, doubled int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := map[string]int{}
	for name, times := range p.acknowledged {
		left[name] = times
	}
	for _, row := range rows {
		if left[row] == 0 {
			doubled++
			continue
		}
		left[row]--
	}
	for _, times := range left {
		lost += times
	}
	return lost, doubled
}

func (l *laboratory) cases() []string {
	return strings.Fields(l.must("sql", "SELECT encode(id, 'hex') FROM cases"))
}

// still compares while all callers wait before their next filing. The journal has no gap: its numbers are one tree's leaves.
func (l *laboratory) still(p *pressure) {
	l.t.Helper()
	p.gate.Lock()
	defer p.gate.Unlock()
	lost, doubled := p.compared(l.cases())
	if lost > 0 || doubled > 0 {
		l.t.Errorf("%d acknowledged are lost, %d are there twice", lost, doubled)
	}
	if got := l.must("sql", "SELECT max(number) + 1 = count(*) FROM journal"); got != "t" {
		l.t.Error("numbers of the journal are missing")
	}
}

// refusesTheStandby asks the program to read from the other node: a standby that was a primary shows what nobody was promised.
func (l *laboratory) refusesTheStandby() {
	l.t.Helper()
	cmd := exec.Command(filepath.Join(l.folder, "sinergi"), "verify")
	cmd.Env = append(slices.Clone(l.env), "SINERGI_DATABASE="+l.must("standby"))
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "is a standby") {
		l.t.Errorf("verify at the standby: %v: %s", err, out)
	}
}

// checkpoint keeps the newest signed checkpoint, which every later journal has to continue.
func (l *laboratory) checkpoint(w *world, round int) string {
	l.t.Helper()
	newest, err := pb.NewJournalServiceClient(w.conn).GetCheckpoint(bearerOf(w, "auditor"), &pb.GetCheckpointRequest{})
	if err != nil {
		l.t.Fatal(err)
	}
	file := filepath.Join(l.folder, fmt.Sprintf("checkpoint-%d", round))
	if err := os.WriteFile(file, []byte(newest.GetNote()), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return file
}

// oneTree exports the journal and has it checked against every checkpoint of before.
func (l *laboratory) oneTree(w *world, earlier []string) {
	l.t.Helper()
	bundle := filepath.Join(l.folder, "journal.bundle")
	l.run("journal", "export", "--grpc", w.served.GRPC, "--token-file", l.tokenOf("auditor"), "--timeout", "30m", "--out", bundle)
	args := []string{"journal", "verify", bundle}
	for _, file := range earlier {
		args = append(args, "--earlier", file)
	}
	if said := l.run(args...); !strings.Contains(said, "OK") {
		l.t.Error(said)
	}
}

// round breaks the primary in a way that chance chooses, waits until writes are back and the broken node stands by again, and counts.
func (l *laboratory) round(p *pressure, kind string, load time.Duration) (back, whole time.Duration) {
	l.t.Helper()
	p.slow.Store(false)
	rest(load)
	victim := l.must("primary")
	began := time.Now()
	p.listen()
	l.must("break", kind, victim)
	l.soon(2*backWithin, "heir", victim)
	back = p.writes(l.t, backWithin)
	if back > backWithin {
		l.t.Errorf("%s of %s: nothing was acknowledged for %v, want %v at most", kind, victim, back, backWithin)
	}
	p.slow.Store(true) // the old primary has to catch up with a server that goes on
	l.must("mend", kind, victim)
	if !l.within(healsWithin, "synchronous") {
		l.t.Logf("%s: the old primary does not follow, and is made anew, as the runbook has it", victim)
		l.must("reinit", victim)
		l.soon(healsWithin, "synchronous")
	}
	l.still(p)
	return back, time.Since(began)
}

// TestFailover breaks the primary again and again. See .ci/failover.
func TestFailover(t *testing.T) {
	l := inLaboratory(t)
	rounds, err := strconv.Atoi(os.Getenv("FAILOVER_ROUNDS"))
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("FAILOVER_SEED"), 10, 64); err == nil {
		seed = given
	}
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	tokens := l.fill()
	l.refusesTheStandby()
	c := startProgram(t, filepath.Join(l.folder, "sinergi"), l.folder, tokens, l.env...)
	w := attach(t, c)
	p := press(w, 0)
	defer p.home()
	var took []time.Duration
	var earlier []string
	for i := range rounds {
		kind, load := breaks[chance.IntN(len(breaks))], time.Second+time.Duration(chance.IntN(2000))*time.Millisecond
		back, whole := l.round(p, kind, load)
		took = append(took, back)
		earlier = append(earlier, l.checkpoint(w, i))
		t.Logf("%d %s: no writes for %.1f s, two nodes after %.0f s", i+1, kind, back.Seconds(), whole.Seconds())
		if t.Failed() {
			break
		}
	}
	p.home()
	if rounds > 0 {
		slices.Sort(took)
		t.Logf("%d acknowledged, %d tries repeated; no writes for %.1f s at the median, %.1f s at worst",
			len(p.acknowledged), p.repeated, took[len(took)/2].Seconds(), took[len(took)-1].Seconds())
		l.oneTree(w, earlier)
	}
	c.kill()
	if said := l.run("verify"); said != "OK\n" {
		t.Errorf("verify: %s", said)
	}
	if len(p.acknowledged) < 100*rounds {
		t.Errorf("only %d were acknowledged: the test shows little", len(p.acknowledged))
	}
}

// TestFailoverControl takes the synchronous mode away. What the standby has not had is lost with its primary, and the comparison must say so;
// it must also see a filing that nobody was told of.
func TestFailoverControl(t *testing.T) {
	l := inLaboratory(t)
	known := map[string]bool{} // of the rounds before
	for _, row := range l.cases() {
		known[row] = true
	}
	l.run("token", "create", "--account", "gizi-cibinong", "--out", l.tokenOf("control"))
	token, err := os.ReadFile(l.tokenOf("control"))
	if err != nil {
		t.Fatal(err)
	}
	c := startProgram(t, filepath.Join(l.folder, "sinergi"), l.folder, map[string]string{"gizi-cibinong": strings.TrimSpace(string(token))}, l.env...)
	w := attach(t, c)
	l.must("asynchronous")
	p := press(w, 1<<30)
	rest(time.Second)
	p.gate.Lock()
	if _, err := w.referrals().FileReferral(bearerOf(w, "gizi-cibinong"), filing(1<<40)); err != nil { // which is not written down
		t.Error(err)
	}
	_, doubled := p.compared(slices.DeleteFunc(l.cases(), func(row string) bool { return known[row] }))
	p.gate.Unlock()
	if doubled != 1 {
		t.Errorf("one filing is there that nobody was told of, and the comparison says %d", doubled)
	}
	l.must("lag")
	rest(2 * time.Second)
	victim := l.must("primary")
	l.must("break", "kill", victim)
	p.home()
	l.soon(2*backWithin, "primary")
	lost, _ := p.compared(l.cases())
	t.Logf("%d acknowledged, %d lost without synchronous mode", len(p.acknowledged), lost)
	if lost == 0 {
		t.Error("nothing is lost without synchronous mode: the rounds show nothing")
	}
}

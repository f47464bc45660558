package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// The row concurrency: callers at once on the same cases and legs, while the server is killed and started again. What each was answered could
// have come of one call after another, case by case: officers who are named and released, a leg that two would take, a consent that is taken
// back while its leg is taken and read. (All states of a leg, without kills: TestEveryReferralIsLinearizable.)

// deed is one call on one thing; each thing is judged by itself.
type deed struct {
	on, kind, what, who string
	officer, release    string // of assign: who is named and who goes; "": nobody
}

// answered is what came of it. An answer that came by a retry after a kill is told as things are then, so of it the effect alone counts.
type answered struct {
	reason   string // empty: done
	state    string // of a leg
	shows    bool   // it names her
	officers string // of a case, in order
	etag     string
	retried  bool
}

// officersNow is a case of the model. At the beginning its officer is the one who filed it.
type officersNow struct {
	officers string
	revision int
}

// legNow is a leg of the model, with its consent.
type legNow struct {
	officer   string
	withdrawn bool
}

func (l legNow) state() string {
	switch {
	case l.withdrawn:
		return "CANCELLED"
	case l.officer != "":
		return "ACCEPTED"
	}
	return "SENT"
}

// stepOfficers is the rule of the officers of a case: the last one is never released.
func stepOfficers(was officersNow, d deed, out answered) (bool, officersNow) {
	all := strings.Fields(was.officers)
	named := d.officer != "" && !slices.Contains(all, d.officer)
	if named {
		all = append(all, d.officer)
	}
	released := slices.Contains(all, d.release)
	if released && len(all) == 1 {
		return out.retried || out.reason == "OFFICER_INVALID", was
	}
	all = slices.DeleteFunc(all, func(o string) bool { return o == d.release })
	slices.Sort(all)
	now := officersNow{strings.Join(all, " "), was.revision}
	if named || released {
		now.revision++
	}
	return out.retried || out == answered{officers: now.officers, etag: "v" + strconv.FormatInt(int64(now.revision), 36)}, now
}

// stepLeg is the rule of a leg that two may take, and whose consent may be taken back.
func stepLeg(was legNow, d deed, out answered) (bool, legNow) {
	now := was
	switch {
	case d.what == "withdraw":
		now.withdrawn = true
		return out.retried || out.reason == "", now
	case d.what == "accept" && was.officer != d.who && (was.withdrawn || was.officer != ""): // who has taken it once is told how it stands
		return out.retried || out.reason == "REFERRAL_STATE" || out.reason == "ACTION_NOT_ALLOWED", was
	case d.what == "accept":
		now.officer = d.who
	}
	if out.shows && (now.withdrawn || now.officer == "") && d.kind == "consent" {
		return false, was // nobody reads her before the leg is taken, nor after the consent ended
	}
	return out.retried || out.reason == "" && out.state == now.state(), now
}

// deedModel judges a history thing by thing.
func deedModel(first map[string]officersNow) porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) (parts [][]porcupine.Operation) {
			on := map[string][]porcupine.Operation{}
			for _, op := range history {
				thing := op.Input.(deed).on
				on[thing] = append(on[thing], op)
			}
			for thing, ops := range on { // what it is at the beginning is the answer to a first read
				if begin, ok := first[thing]; ok {
					ops = append(ops, porcupine.Operation{
						Input: deed{on: thing, kind: "officers", what: "begin"}, Output: begin, Call: -2, Return: -1,
					})
				}
				parts = append(parts, ops)
			}
			return parts
		},
		Init: func() any { return legNow{} },
		Step: func(state, input, output any) (bool, any) {
			d := input.(deed)
			if d.what == "begin" {
				return true, output
			}
			if d.kind == "officers" {
				was, ok := state.(officersNow)
				if !ok {
					return false, state // before its beginning
				}
				return either(stepOfficers(was, d, output.(answered)))
			}
			return either(stepLeg(state.(legNow), d, output.(answered)))
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v %+v", input, output) },
	}
}

func either[S any](ok bool, s S) (bool, any) { return ok, s }

// shaken is a regency whose server is killed now and then, and started again on the same folder.
type shaken struct {
	dir   string
	now   atomic.Pointer[world]
	kills int
	child *child
}

func (s *shaken) start(t *testing.T) {
	s.child = startChild(t, s.dir)
	s.now.Store(attach(t, s.child))
}

// kill kills it and starts it again; it is called by the test's goroutine alone.
func (s *shaken) kill(t *testing.T) {
	s.child.kill()
	s.kills++
	s.start(t)
}

// call calls until it is answered; retried tells whether an outcome was unknown on the way.
func (s *shaken) call(as, method, path string, body object) (got reply, retried bool) {
	for {
		got, err := s.now.Load().try(as, method, path, bodyOrNone(body))
		if err == nil && got.Status != http.StatusServiceUnavailable && got.Status != http.StatusGatewayTimeout {
			return got, retried
		}
		retried = true
		pause()
	}
}

func bodyOrNone(body object) any {
	if body == nil {
		return nil
	}
	return body
}

// do makes a call of a deed.
func (s *shaken) do(d deed, names map[string]string, consents map[string]string) answered {
	var got reply
	var retried bool
	switch d.what {
	case "read":
		got, _ = s.call(d.who, "GET", "/v1/"+d.on, nil) // a read is done anew
	case "assign":
		body := object{"requestId": newID(), "reason": longReason}
		for field, who := range map[string]string{"officer": d.officer, "release": d.release} {
			if who != "" {
				body[field] = names[who]
			}
		}
		got, retried = s.call(d.who, "POST", "/v1/"+d.on+":assign", body)
	case "accept":
		got, retried = s.call(d.who, "POST", "/v1/"+d.on+":accept", object{"requestId": newID()})
	case "withdraw":
		got, retried = s.call(d.who, "POST", "/v1/"+consents[d.on]+":withdraw", object{"requestId": newID()})
	}
	if got.Status != http.StatusOK {
		return answered{reason: got.reason(), retried: retried}
	}
	out := answered{retried: retried}
	if d.kind == "officers" {
		out.officers, out.etag = officersIn(got, names), got.text("etag")
		return out
	}
	if d.what != "withdraw" {
		out.state, out.shows = got.text("state"), strings.Contains(string(got.Body), survivor)
	}
	return out
}

// officersIn are the codes of an answer's officers, in order.
func officersIn(got reply, names map[string]string) string {
	var all []string
	officers, _ := got.value("officers").([]any)
	for _, o := range officers {
		for code, name := range names {
			if name == o {
				all = append(all, code)
			}
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// things are what a history is of.
type things struct {
	all      []deed // one of each, with on and kind
	first    map[string]officersNow
	names    map[string]string // of accounts by code
	consents map[string]string // by leg
}

// make makes some of each kind, in quiet.
func (s *shaken) make(t *testing.T, n int) things {
	t.Helper()
	w := s.now.Load()
	th := things{first: map[string]officersNow{}, names: map[string]string{}, consents: map[string]string{}}
	for _, code := range []string{"gizi-cibinong", "bidan-cibinong", "kepala-cibinong"} {
		th.names[code] = w.account(t, code)
	}
	for i := range n {
		switch i % 4 {
		case 0: // a fourth, as they last
			name := w.survivorCase(t)
			got := w.call("kepala-cibinong", "GET", "/v1/"+name, nil)
			revision, err := strconv.ParseInt(strings.TrimPrefix(got.text("etag"), "v"), 36, 32)
			if err != nil {
				t.Fatal(err)
			}
			th.first[name] = officersNow{officersIn(got, th.names), int(revision)}
			th.all = append(th.all, deed{on: name, kind: "officers"})
		case 1:
			th.all = append(th.all, deed{on: door{w, false}.toHospital(t), kind: "leg"})
		default:
			_, basis, leg := w.sentTo(t, "UPTD-PPA", "CASE_MANAGEMENT")
			th.consents[leg] = basis
			th.all = append(th.all, deed{on: leg, kind: "consent"})
		}
	}
	return th
}

// drawn is a deed at random: most are reads of what is going on, and what ends a thing is rare.
func (th things) drawn(pick func(int) int) deed {
	d := th.all[pick(len(th.all))]
	switch d.kind {
	case "officers":
		d.who, d.what = "kepala-cibinong", "read"
		if pick(3) > 0 {
			some := []string{"", "gizi-cibinong", "bidan-cibinong"}
			d.what, d.officer, d.release = "assign", some[pick(3)], some[pick(3)]
			if d.officer == d.release {
				d.officer, d.release = some[1+pick(2)], ""
			}
		}
	case "leg":
		d.who, d.what = []string{"dokter-rsud", "kepala-rsud"}[pick(2)], []string{"read", "accept"}[pick(2)]
	default:
		d.who, d.what = "pendamping-uptd", []string{"read", "read", "accept"}[pick(3)]
		if pick(8) == 0 {
			d.who, d.what = []string{"bidan-cibinong", "kepala-cibinong"}[pick(2)], "withdraw"
		}
	}
	return d
}

// history lets callers do so much, and kills the server meanwhile.
func (s *shaken) history(t *testing.T, th things, seed uint64, clients, each, kills int) []porcupine.Operation {
	t.Helper()
	begun := time.Now()
	var done atomic.Int64
	lists := make([][]porcupine.Operation, clients)
	var all sync.WaitGroup
	for client := range clients {
		all.Go(func() {
			dice := newDice(seed + uint64(client))
			for range each {
				d := th.drawn(dice.IntN)
				call := int64(time.Since(begun))
				out := s.do(d, th.names, th.consents)
				lists[client] = append(lists[client], porcupine.Operation{ClientId: client, Input: d, Output: out, Call: call, Return: int64(time.Since(begun))})
				done.Add(1)
			}
		})
	}
	dice, total := newDice(seed^1<<63), int64(clients*each)
	for range kills { // somewhere in what is left of its share
		for at := done.Load() + 1 + dice.Int64N(total/int64(kills)); done.Load() < min(at, total-1); {
			pause()
		}
		s.kill(t)
	}
	all.Wait()
	return concat(lists)
}

func TestConcurrencyWithKillsIsLinearizable(t *testing.T) {
	t.Parallel()
	clients, each, seeds, kills := 8, 200, 3, 2
	if long("concurrency") {
		clients, each, seeds, kills = 32, 10_000, 50, 50
	}
	seed := seedOf(t)
	s := &shaken{dir: t.TempDir()}
	s.start(t)
	tally := map[string]int{}
	var history []porcupine.Operation
	var th things
	for i := range seeds {
		th = s.make(t, 24+clients*each/100)
		history = s.history(t, th, seed+uint64(i)<<20, clients, each, kills)
		for _, op := range history {
			d, out := op.Input.(deed), op.Output.(answered)
			tally[d.kind+" "+d.what]++
			if out.retried {
				tally["retried"]++
			}
			if out.reason != "" {
				tally[out.reason]++
			}
		}
		got := porcupine.CheckOperationsTimeout(deedModel(th.first), history, 2*time.Minute)
		t.Logf("history %d of %d, %d calls: %s", i+1, seeds, len(history), got)
		if got != porcupine.Ok {
			t.Errorf("seed %d: %s%s", seed, got, illegal(deedModel(th.first), history))
		}
	}
	t.Logf("%d kills; %v", s.kills, tally)
	if tally["retried"] == 0 || tally["OFFICER_INVALID"] == 0 || tally["REFERRAL_STATE"] == 0 {
		t.Error("these histories try too little")
	}
	s.child.kill()
	verifyFolder(t, s.dir)
	if t.Failed() {
		return
	}
	// The control: the same history, in which one update is lost, or a read is of before, or shows her after the end.
	for name, spoil := range map[string]func(a, b *porcupine.Operation) bool{
		"a lost update":   loseUpdate,
		"a stale read":    readStale,
		"a read too late": readLate,
	} {
		if spoiled, ok := spoilt(history, spoil); !ok {
			t.Errorf("%s: the history has nothing to spoil", name)
		} else if porcupine.CheckOperations(deedModel(th.first), spoiled) {
			t.Errorf("%s is called linearizable", name)
		}
	}
}

// illegal tells the first thing whose history could not have been.
func illegal(model porcupine.Model, history []porcupine.Operation) string {
	for _, part := range model.Partition(history) {
		if porcupine.CheckOperations(model, part) {
			continue
		}
		slices.SortFunc(part, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
		var all strings.Builder
		for _, op := range part {
			fmt.Fprintf(&all, "\n%8.3f-%8.3f ms %s", float64(op.Call)/1e6, float64(op.Return)/1e6, model.DescribeOperation(op.Input, op.Output))
		}
		return all.String()
	}
	return ""
}

// spoilt changes one operation b that began after another, a, on the same thing was answered.
func spoilt(history []porcupine.Operation, spoil func(a, b *porcupine.Operation) bool) ([]porcupine.Operation, bool) {
	spoiled := slices.Clone(history)
	for i := range spoiled {
		for j := range spoiled {
			a, b := &spoiled[i], &spoiled[j]
			if a.Input.(deed).on == b.Input.(deed).on && a.Return < b.Call && !a.Output.(answered).retried && !b.Output.(answered).retried && spoil(a, b) {
				return spoiled, true
			}
		}
	}
	return nil, false
}

// loseUpdate lets a change of officers be answered with the revision that an earlier one had made.
func loseUpdate(a, b *porcupine.Operation) bool {
	was, is := a.Output.(answered), b.Output.(answered)
	if a.Input.(deed).what != "assign" || b.Input.(deed).what != "assign" || was.etag == "" || is.etag == "" || was.etag == is.etag {
		return false
	}
	is.etag = was.etag
	b.Output = is
	return true
}

// readStale lets a read be answered as if a leg had not been taken.
func readStale(a, b *porcupine.Operation) bool {
	if a.Input.(deed).what != "accept" || a.Output.(answered).state != "ACCEPTED" || b.Input.(deed).what != "read" || b.Output.(answered).state != "ACCEPTED" {
		return false
	}
	b.Output = answered{state: "SENT"}
	return true
}

// readLate lets a read show her after her consent was taken back.
func readLate(a, b *porcupine.Operation) bool {
	if a.Input.(deed).what != "withdraw" || a.Output.(answered).reason != "" || b.Input.(deed).what != "read" {
		return false
	}
	b.Output = answered{state: b.Output.(answered).state, shows: true}
	return true
}

package server_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// attempt is one call on one leg by one of its people; outcome is what it was answered.
type attempt struct {
	leg  int
	who  string
	what string // event and arguments, a key of attempts
}

type outcome struct {
	reason string // empty: taken
	state  string
	etag   string
}

// worn is a leg of the model with its revision, which the store counts.
type worn struct {
	leg      casework.Referral
	revision int
}

// attempts are all events with arguments that are valid wherever the table has them, each with the machine's own step and the party
// from which it comes. The times of the model stand still: whether they are set is all that the machine asks.
var attempts = map[string]struct {
	event string
	body  object
	do    func(r casework.Referral, who casework.AccountID, now time.Time) (casework.Referral, casework.Change, error)
}{
	"acknowledge": {"acknowledge", nil, func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.Acknowledge(now)
	}},
	"requestInfo": {"requestInfo", object{"questions": []string{"NEED"}}, func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.RequestInfo([]casework.InfoQuestion{casework.AskNeed}, now)
	}},
	"provideInfo": {"provideInfo", object{"answers": []object{{"question": "NEED", "reply": "YES"}}}, func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.ProvideInfo([]casework.InfoAnswer{{Question: casework.AskNeed, Reply: casework.Yes}}, true, now)
	}},
	"accept": {"accept", nil, func(r casework.Referral, who casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.Accept(casework.Acceptance{Officer: who, OfficerAble: true, BasisValid: true}, now)
	}},
	"decline": {"decline", object{"reason": "OTHER"}, func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.Decline(casework.DeclineOther, casework.UnitID{}, now)
	}},
	"served": {"recordProgress", object{"kind": "SERVED"}, progressing(casework.ProgressServed)},
	"note":   {"recordProgress", object{"kind": "NOTE"}, progressing(casework.ProgressNote)},
	"sought": {"recordProgress", object{"kind": "CONTACT_ATTEMPT", "channel": "PHONE"}, progressing(casework.ProgressContactAttempt)},
	"full":   {"reportOutcome", object{"outcome": "FULL"}, reporting(casework.Reporting{Outcome: casework.OutcomeFull})},
	"none": {"reportOutcome", object{"outcome": "NONE", "reason": "CLIENT_DECLINED"}, reporting(casework.Reporting{
		Outcome: casework.OutcomeNone, Reason: casework.BecauseClientDeclined,
	})},
	"confirm": {"confirm", object{"noFollowUpReason": "klien menunda"}, func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.Confirm(casework.LegID{}, "klien menunda", now)
	}},
	"reopen": {"reopen", object{"reason": "belum selesai"}, func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.Reopen("belum selesai", now)
	}},
	"cancel": {"cancel", object{"reason": "CLIENT_REQUEST"}, func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.Cancel(casework.CancelClientRequest, now)
	}},
	"forward": {"forward", object{"receiverUnit": "units/UPTD-PPA"}, forwardingTo(casework.ByReceiver)},
	"reroute": {"forward", object{"receiverUnit": "units/RSUD-CIBINONG", "overrideReason": "dokter anak sudah kembali bertugas"}, forwardingTo(casework.BySender)},
	"reassign": {"reassign", nil, func(r casework.Referral, who casework.AccountID, _ time.Time) (casework.Referral, casework.Change, error) {
		return r.Reassign(who, true, casework.ByReceiver)
	}},
}

func progressing(kind casework.ProgressKind) func(casework.Referral, casework.AccountID, time.Time) (casework.Referral, casework.Change, error) {
	return func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		p := casework.Progress{Kind: kind, Channel: casework.ByPhone, ServedOn: casework.DateOf(now)}
		return r.RecordProgress(p, casework.Serving{BasisValid: true, Began: now}, now)
	}
}

func reporting(o casework.Reporting) func(casework.Referral, casework.AccountID, time.Time) (casework.Referral, casework.Change, error) {
	return func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		return r.ReportOutcome(o, now)
	}
}

// forwardingTo hands on: no consent names the unit to which the receiver would, and the sender sends to the same unit once more.
func forwardingTo(by casework.Party) func(casework.Referral, casework.AccountID, time.Time) (casework.Referral, casework.Change, error) {
	return func(r casework.Referral, _ casework.AccountID, now time.Time) (casework.Referral, casework.Change, error) {
		f := casework.Forwarding{Receiver: r.Receiver, ReceiverRegister: r.ReceiverRegister, DeclinedBefore: true, OverrideReason: "dokter anak sudah kembali bertugas"}
		f.Known = casework.Filing{CaseOpen: true, BasisValid: by == casework.BySender, ReceiverAble: true, OffersService: true, CoversArea: true}
		if r.State == casework.Forwarded {
			f.Next = r.Receiver
		}
		if by == casework.ByReceiver {
			f.Receiver, f.ReceiverRegister = casework.UnitID{3}, casework.UnitID{3}
		}
		ended, _, change, err := r.Forward(f, by, now)
		return ended, change, err
	}
}

// hospital and puskesmas are the people of a leg, each with the events that are theirs.
var people = map[string][]string{
	"dokter-rsud":     {"acknowledge", "requestInfo", "accept", "decline", "served", "note", "sought", "full", "none", "forward"},
	"kepala-rsud":     {"acknowledge", "requestInfo", "accept", "decline", "served", "full", "none", "reassign", "forward"},
	"gizi-cibinong":   {"provideInfo", "confirm", "reopen", "cancel", "reroute"},
	"kepala-cibinong": {"provideInfo", "confirm", "reopen", "reroute"},
}

// mayDo says what access lets the hospital's people do as the leg stands: serving and reporting are its officer's, and so is giving it
// back once it was taken. Of a leg that is over the machine answers.
func mayDo(r casework.Referral, who casework.AccountID, event string) bool {
	over := r.State == casework.Declined || r.State.IsFinal()
	officer := !over && r.Officer == who && !r.Accepted.IsZero()
	switch event {
	case "recordProgress", "reportOutcome":
		return officer || over
	case "forward":
		return officer
	case "reassign":
		return !over
	case "decline":
		return officer || r.State != casework.Accepted
	}
	return true
}

// referralModel is the pure machine behind the right to use it.
func referralModel(accounts map[string]casework.AccountID, now time.Time) porcupine.Model {
	first := casework.Referral{
		State: casework.Sent, Sent: now, Urgency: casework.Routine, Service: casework.ServiceSpecialistPediatric,
		SenderRegister: casework.UnitID{1}, Receiver: casework.UnitID{2}, ReceiverRegister: casework.UnitID{2},
	}
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			legs := map[int][]porcupine.Operation{}
			for _, op := range history {
				leg := op.Input.(attempt).leg
				legs[leg] = append(legs[leg], op)
			}
			var all [][]porcupine.Operation
			for _, leg := range legs {
				all = append(all, leg)
			}
			return all
		},
		Init:  func() any { return worn{first, 1} },
		Equal: func(a, b any) bool { return reflect.DeepEqual(a, b) },
		Step: func(state, input, output any) (bool, any) {
			was, in, out := state.(worn), input.(attempt), output.(outcome)
			do, who := attempts[in.what], accounts[in.who]
			if strings.HasSuffix(in.who, "-rsud") && !mayDo(was.leg, who, do.event) {
				return out.reason == "ACTION_NOT_ALLOWED", was
			}
			next, change, err := do.do(was.leg, who, now)
			if err != nil {
				return out.reason == strings.Fields(err.Error())[0], was
			}
			now := worn{next, was.revision}
			if !change.Implied {
				now.revision++
			}
			return out == outcome{"", string(next.State), "v" + strconv.FormatInt(int64(now.revision), 36)}, now
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprint(input, output) },
		DescribeState:     func(state any) string { return fmt.Sprint(state.(worn).leg.State, state.(worn).revision) },
	}
}

// 32 callers and 8 legs, all events at random: what each was answered could have come of the pure machine, one event after another.
func TestEveryReferralIsLinearizable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := door{w, true}
	accounts := map[string]casework.AccountID{}
	for code := range people {
		id, _ := casework.ParseID(strings.TrimPrefix(w.account(t, code), "accounts/"))
		accounts[code] = casework.AccountID(id)
	}
	seeds, each := 10, 6
	if long("referral") {
		seeds, each = 50, 40
	}
	taken := map[string]int{}
	for range seeds {
		seed := rand.Uint64()
		history := randomCalls(t, d, seed, each)
		for _, op := range history {
			if out := op.Output.(outcome); out.reason == "" {
				taken[attempts[op.Input.(attempt).what].event+" "+out.state]++
			}
		}
		if got := porcupine.CheckOperationsTimeout(referralModel(accounts, time.Now()), history, time.Minute); got != porcupine.Ok {
			t.Errorf("seed %d: %s", seed, got)
		}
	}
	if len(taken) < 12 {
		t.Errorf("only %v was ever taken: these histories try too little", taken)
	}
}

// randomCalls lets 32 callers send events to 8 new legs, and says what each was answered and when.
func randomCalls(t *testing.T, d door, seed uint64, each int) []porcupine.Operation {
	t.Helper()
	const callers, width = 32, 8
	var legs []string
	for range width {
		legs = append(legs, d.toHospital(t))
	}
	begun := time.Now()
	return concat(inParallel(callers, func(caller int) []porcupine.Operation {
		dice := rand.New(rand.NewPCG(seed, uint64(caller)))
		who := []string{"dokter-rsud", "kepala-rsud", "gizi-cibinong", "dokter-rsud", "kepala-cibinong", "dokter-rsud", "kepala-rsud", "gizi-cibinong"}[caller%8]
		var history []porcupine.Operation
		for range each {
			in := attempt{dice.IntN(width), who, people[who][dice.IntN(len(people[who]))]}
			call := time.Since(begun)
			got := d.event(who, legs[in.leg], attempts[in.what].event, bodyOf(d, in))
			history = append(history, porcupine.Operation{
				ClientId: caller, Input: in, Call: int64(call), Return: int64(time.Since(begun)),
				Output: outcome{got.reason(), got.text("state"), got.text("etag")},
			})
		}
		return history
	}))
}

// bodyOf is the body of an attempt; a reassign names the caller.
func bodyOf(d door, in attempt) object {
	if in.what == "reassign" {
		return object{"officer": d.w.account(d.w.t.(*testing.T), in.who)}
	}
	return attempts[in.what].body
}

func concat[T any](lists [][]T) []T {
	var all []T
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// The model is not one that nothing can contradict: it refuses a history in which a second officer has the leg too.
func TestTheModelOfAReferralCanSayNo(t *testing.T) {
	t.Parallel()
	accounts := map[string]casework.AccountID{"dokter-rsud": {1}, "kepala-rsud": {2}}
	took := func(client int, who, etag string) porcupine.Operation {
		return porcupine.Operation{
			ClientId: client, Input: attempt{0, who, "accept"}, Output: outcome{"", "ACCEPTED", etag}, Call: int64(client), Return: int64(client) + 10,
		}
	}
	good := []porcupine.Operation{took(0, "dokter-rsud", "v2"), took(1, "dokter-rsud", "v2")}
	bad := []porcupine.Operation{took(0, "dokter-rsud", "v2"), took(1, "kepala-rsud", "v3")}
	model := referralModel(accounts, time.Now())
	if !porcupine.CheckOperations(model, good) || porcupine.CheckOperations(model, bad) {
		t.Error("two officers have one leg, and the model does not mind")
	}
}

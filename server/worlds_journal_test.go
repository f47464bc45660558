package server_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// I8 of access.md. That each read leaves exactly the entry that it must is held in every world (worlds_test.go, recorded); here, that
// without the entry there is no answer.

// TestNoEntryNoAnswer has the journal refuse every entry: what must be on record then answers nothing, not even that it is not found;
// what need not be answers as before.
func TestNoEntryNoAnswer(t *testing.T) {
	t.Parallel()
	template, seed := emptyStore(t), worldSeed(t)
	kept, refused, free, served := map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}
	for n := uint64(0); n < 3 || n < 20 && len(unread(kept, refused, served)) > 0; n++ {
		r := newRegency(t, template, seed+n)
		r.people()
		for range worldsOf {
			r.happens()
		}
		var all []spoken
		for _, who := range []*staffer{oneOf(r, r.staff...), r.involved(), r.involved(), r.involved()} {
			r.signIn(who)
			l := &listener{of: r, truth: truthOf(t, r.raw, r.now()), as: who, asked: map[string]int{}, counts: map[string]int{}}
			l.who = l.reader(who.credential)
			l.heard = func(s spoken) { all = append(all, s) }
			l.everything()
		}
		for name, m := range methods() {
			_, reason := r.calls.Call("", name, messageOf(m.Input()))
			served[name] = reason != pb.ErrorReason_ROUTE_NOT_FOUND
		}
		again := func(s spoken) (proto.Message, pb.ErrorReason_Value) {
			return r.calls.Call(s.credential, s.method, s.request)
		}
		all = sample(all)
		for i, s := range all { // asked anew: an attempt of who is blocked told somebody else since
			r.entries()
			_, all[i].reason = again(s)
			all[i].wrote = r.entries()
		}
		r.schema(refusing())
		for _, s := range all {
			answer, reason := again(s)
			switch {
			case s.wrote == 0 && reason == s.reason:
				free[s.method]++
			case s.wrote == 0:
				t.Errorf("%s needs no entry, and now answers %v", s.method, reason)
			case answer != nil || reason != pb.ErrorReason_INTERNAL:
				t.Errorf("%s answers %v, %v without an entry", s.method, reason, answer)
			case s.answer == nil:
				refused[s.method]++
			default:
				kept[s.method]++
			}
		}
		r.schema(map[bool]string{true: "DROP TRIGGER refusing ON journal", false: "DROP TRIGGER refusing"}[storetest.OnPostgres()])
		for _, s := range all { // the control: it was the journal that refused
			if _, reason := again(s); reason != s.reason {
				t.Errorf("%s answers %v, and before %v", s.method, reason, s.reason)
			}
		}
		r.close()
	}
	t.Logf("answers kept back %v, refusals %v, free %v", kept, refused, free)
	for _, name := range unread(kept, refused, served) {
		t.Errorf("nobody read %s on record", name)
	}
	for _, name := range slices.Sorted(maps.Keys(aboutNobody)) {
		if _, ok := methods()[name]; !ok {
			t.Errorf("the contract has no %s", name)
		}
	}
}

// unread are the reads that nobody was answered on record yet: who reads what is chance.
func unread(kept, refused map[string]int, served map[string]bool) (names []string) {
	for name, m := range methods() {
		if m.Parent().Name() == "AccountService" || m.Parent().Name() == "JournalService" {
			continue // accounts and their roles are of no case; entries hold no field of one
		}
		_, exempt := aboutNobody[name]
		reads := m.verb == "GET" || slices.Contains(postedReads, name)
		if reads && !exempt && served[name] && kept[name]+refused[name] == 0 {
			names = append(names, name)
		}
	}
	return names
}

// sample leaves a few calls of each method and kind of answer.
func sample(all []spoken) (some []spoken) {
	taken := map[string]int{}
	for _, s := range all {
		kind := fmt.Sprint(s.method, s.wrote, s.reason)
		if taken[kind]++; taken[kind] <= 3 {
			some = append(some, s)
		}
	}
	return some
}

// postedReads are reads that say in their body what no URL may hold.
var postedReads = []string{"SearchPersons", "SuggestReceivers"}

// aboutNobody are reads that show nothing of a case, and why.
var aboutNobody = map[string]string{
	"GetUnit":       "the directory",
	"ListUnits":     "the directory",
	"ListRegions":   "the directory",
	"WhoAmI":        "of oneself",
	"ListAbsences":  "of colleagues",
	"ListDatasets":  "the catalogue",
	"GetDataset":    "the catalogue",
	"ListReleases":  "how far each release is; there is none in these worlds",
	"QueryReleased": "the same for everybody; there is none in these worlds",
	"QueryOverseen": "of units; overseen_test.go holds its entries",
	"ListApprovals": "what waits for a second person, which nothing does in these worlds",
	"ListRoster":    "of L1 and the own register alone, which need no entry",
}

// refusing has the journal take no entry.
func refusing() string {
	if storetest.OnPostgres() {
		return `CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no entry'; END $$ LANGUAGE plpgsql;
			CREATE TRIGGER refusing BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION refuse()`
	}
	return "CREATE TRIGGER refusing BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no entry'); END"
}

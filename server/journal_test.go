package server_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

type entry = journal.Entry

// entries reads the whole journal.
func (w *world) entries() []entry {
	w.t.Helper()
	all, err := store.Read(context.Background(), w.served.Store, func(r *store.Reader) ([]entry, error) {
		var all []entry
		err := r.WalkJournal(0, func(rec store.Record) error {
			all = append(all, rec.Entry)
			return nil
		})
		return all, err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// count tells how many entries from a number on are such.
func (w *world) count(from int, such func(entry) bool) int {
	n := 0
	for _, e := range w.entries()[from:] {
		if such(e) {
			n++
		}
	}
	return n
}

// renew gives an account a fresh token.
func (w *world) renew(t *testing.T, code string) {
	t.Helper()
	token, _, err := server.IssueToken(context.Background(), w.served.Store, code, "", 12*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	w.served.Tokens[code] = token
}

func TestWhatTheJournalHoldsOfEachCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := w.call("gizi-cibinong", "POST", "/v1/referrals:file", func() object {
		body := stuntedChild()
		body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}
		body["disclosures"] = []object{{"basis": "CARE"}}
		return body
	}())
	leg, child := own.text("legs.0.referral"), own.text("case")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	secret, secretLeg, number := filed.text("case"), filed.text("legs.0.referral"), filed.text("caseNumber")
	whatever := func(entry) bool { return true }
	allowedRead := func(e entry) bool { return e.Outcome == "ALLOW" && e.Action == "read" && e.Mask != 0 }
	refusal := func(e entry) bool { return e.Outcome != "ALLOW" }
	for _, c := range []struct {
		name, as, method, path string
		body                   any
		status                 int
		such                   func(entry) bool
		want                   int // entries, all of them such
	}{
		{"an own L1 case read", "gizi-cibinong", "GET", "/v1/" + child, nil, 200, whatever, 0},
		{"an own L1 leg read", "gizi-cibinong", "GET", "/v1/" + leg, nil, 200, whatever, 0},
		{"an own list of L1", "gizi-cibinong", "GET", "/v1/cases", nil, 200, whatever, 0},
		{"an L3 case read by its officer", "bidan-cibinong", "GET", "/v1/" + secret, nil, 200, allowedRead, 1},
		{"an L3 case read by number", "bidan-cibinong", "GET", "/v1/cases/" + number, nil, 200, allowedRead, 1},
		{"an L3 case read by the head", "kepala-cibinong", "GET", "/v1/" + secret, nil, 200, allowedRead, 1},
		{"a list that holds it", "bidan-cibinong", "GET", "/v1/cases", nil, 200, allowedRead, 1},
		{"duties that hold it", "bidan-cibinong", "GET", "/v1/duties?scope=ME", nil, 200, allowedRead, 1},
		{"another unit's leg read", "dokter-rsud", "GET", "/v1/" + leg, nil, 200, allowedRead, 1},
		{"an inbox of another unit's legs", "dokter-rsud", "GET", "/v1/referrals", nil, 200, allowedRead, 1},
		{"an L3 leg read by the receiver", "pendamping-uptd", "GET", "/v1/" + secretLeg, nil, 200, allowedRead, 1},
		{"a case that is not yours", "gizi-cibinong", "GET", "/v1/" + secret, nil, 404, refusal, 1},
		{"a case that never was", "gizi-cibinong", "GET", "/v1/cases/" + newID(), nil, 404, refusal, 1},
		{"a name that is none", "gizi-cibinong", "GET", "/v1/cases/x", nil, 404, refusal, 1},
		{"a leg that is not yours", "bidan-citeureup", "GET", "/v1/" + leg, nil, 404, refusal, 1},
		{"an act that is not yours", "dokter-rsud", "POST", "/v1/" + leg + ":cancel", object{"requestId": newID(), "reason": "SAFETY"}, 403, refusal, 1},
		{"an act on what you may not see", "kader-melati", "POST", "/v1/" + secretLeg + ":accept", object{"requestId": newID()}, 404, refusal, 1},
		{"a filing into what you may not see", "gizi-cibinong", "POST", "/v1/referrals:file", object{"requestId": newID(), "case": secret, "note": "x"}, 404, refusal, 1},
		{"a filing by who may not file", "statistik-dinkes", "POST", "/v1/referrals:file", stuntedChild(), 403, refusal, 1},
		{"a guard that fails", "dokter-rsud", "POST", "/v1/" + leg + ":accept", object{"requestId": newID(), "officer": "accounts/" + newID()}, 400, whatever, 0},
		{"an event too early", "gizi-cibinong", "POST", "/v1/" + leg + ":confirm", object{"requestId": newID()}, 400, whatever, 0},
		{"a field that is wrong", "dokter-rsud", "POST", "/v1/" + leg + ":decline", object{"requestId": newID(), "reason": "X"}, 400, whatever, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.entries()
			got := w.call(c.as, c.method, c.path, c.body)
			after := w.entries() // the answer is here: its entry must be too
			if got.Status != c.status {
				t.Fatalf("%d %s", got.Status, got.Body)
			}
			added := after[len(before):]
			if len(added) != c.want {
				t.Fatalf("%d entries, want %d: %+v", len(added), c.want, added)
			}
			for _, e := range added {
				if !c.such(e) || e.Actor == ([16]byte{}) || e.RequestID == ([16]byte{}) || e.Origin != "rest" || e.Rule == "" {
					t.Errorf("the entry is %+v", e)
				}
			}
		})
	}
}

func TestAFilingHasOneEntryForEachThingItMakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := len(w.entries())
	body := stuntedChild()
	body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}
	body["disclosures"] = []object{{"basis": "CARE"}}
	first := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	first.expect(t, 200, nil, nil)
	made := map[string]int{}
	for _, e := range w.entries()[before:] {
		made[e.ObjectKind]++
	}
	for _, kind := range []string{"person", "case", "measurement", "leg"} {
		if made[kind] != 1 {
			t.Errorf("%d entries of a %s, want 1", made[kind], kind)
		}
	}
	if len(made) != 4 {
		t.Errorf("entries of %v", made)
	}
	before = len(w.entries())
	w.call("gizi-cibinong", "POST", "/v1/referrals:file", body).expect(t, 200, []string{first.text("number")}, nil)
	if n := len(w.entries()) - before; n != 0 {
		t.Errorf("the replay has %d entries, want none", n)
	}
}

func TestTheJournalIsGaplessAndNamesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	leg := filed.text("legs.0.referral")
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, nil, nil)
	w.call("gizi-cibinong", "GET", "/v1/"+filed.text("case"), nil).expect(t, 404, nil, nil)
	secrets := [][]byte{[]byte(survivor), []byte(villain), []byte(chronology), []byte("3201015102940003"), []byte(filed.text("caseNumber")), []byte(filed.text("number"))}
	for _, name := range []string{filed.text("case"), filed.text("person"), leg} {
		_, id, _ := strings.Cut(name, "/")
		parsed, err := uuid.Parse(id)
		if err != nil {
			t.Fatal(name, err)
		}
		secrets = append(secrets, parsed[:], []byte(id), []byte(hex.EncodeToString(parsed[:])))
	}
	for i, e := range w.entries() {
		if e.Number != uint64(i) {
			t.Fatalf("entry %d has number %d", i, e.Number)
		}
		canonical := e.AppendCanonical(nil)
		for _, secret := range secrets {
			if bytes.Contains(canonical, secret) {
				t.Errorf("entry %d (%s %s) holds %q", i, e.Action, e.ObjectKind, secret)
			}
		}
	}
}

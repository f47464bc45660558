package server_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

const why30 = "alasan tertulis yang cukup panjang untuk dibaca orang lain"

// post sends a change with a request id of its own unless the body has one.
func (w *world) post(as, path string, body object) reply {
	w.t.Helper()
	if body == nil {
		body = object{}
	}
	if _, ok := body["requestId"]; !ok {
		body["requestId"] = newID()
	}
	return w.call(as, "POST", "/v1/"+path, body)
}

// awaited is the approval that an act waits for.
func (r reply) awaited(t testing.TB) string {
	t.Helper()
	r.expect(t, 400, []string{"AWAITING_SECOND", "expire_time"}, nil)
	name := r.text("details.0.metadata.approval")
	if !strings.HasPrefix(name, "approvals/") {
		t.Fatalf("no approval: %s", r.Body)
	}
	return name
}

// blocked is a case at the puskesmas from which its own worker is blocked by hand, with the block's name.
func (w *world) blocked(t *testing.T) (caseName, block string) {
	t.Helper()
	caseName = w.survivorCase(t)
	added := w.post("bidan-cibinong", caseName+":addBlock", object{"account": w.accountOf(t, "gizi-cibinong"), "reason": "tetangga klien"})
	added.expect(t, 200, []string{"blocks/", "tetangga"}, nil)
	return caseName, added.text("name")
}

func TestWhatTwoPersonsDoIsDoneByTheSecondAndToldToTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k, block := w.blocked(t)
	ask := object{"requestId": newID(), "reason": why30}
	first := w.post("kepala-cibinong", block+":remove", ask)
	approval := first.awaited(t)
	if approval == "approvals/"+ask["requestId"].(string) {
		t.Error("it is called like its request, which any two accounts may choose alike")
	}

	// Nothing is done, whatever is asked; the same request waits for the same approval.
	w.call("bidan-cibinong", "GET", "/v1/"+k+"/blocks", nil).expect(t, 200, []string{block}, nil)
	if again := w.post("kepala-cibinong", block+":remove", ask); again.awaited(t) != approval {
		t.Errorf("the same request waits for %s, before for %s", again.awaited(t), approval)
	}
	other := object{"requestId": ask["requestId"], "reason": why30 + " sekali"}
	w.post("kepala-cibinong", block+":remove", other).expect(t, 400, []string{"REQUEST_ID_REUSED"}, nil)

	// The reviewer is told, owes it, and sees the reason and which block; nothing of the case.
	secrets := []string{survivor, villain, chronology, "DOMESTIC_VIOLENCE", "L3", k}
	w.call("penelaah", "GET", "/v1/approvals", nil).expect(t, 200, []string{approval, "block.remove", block, why30, `"approve"`}, secrets)
	w.call("penelaah", "GET", "/v1/duties", nil).expect(t, 200, []string{approval, "APPROVE", `"approve"`}, append([]string{block}, secrets...))
	w.call("penelaah", "GET", "/v1/notices", nil).expect(t, 200, []string{"APPROVAL_DUE"}, append([]string{block}, secrets...))
	w.call("penelaah", "GET", "/v1/"+k, nil).expect(t, 404, nil, secrets)
	w.call("kepala-cibinong", "GET", "/v1/approvals", nil).expect(t, 200, []string{approval, block, "WAITING"}, []string{"allowedActions"})
	for _, stranger := range []string{"bidan-cibinong", "gizi-cibinong", "kepala-rsud", "dokter-rsud", "auditor", "admin-kabupaten", "statistik-dinkes", "kader-melati"} {
		w.call(stranger, "GET", "/v1/approvals", nil).expect(t, 200, nil, []string{approval, "block.remove"})
		w.call(stranger, "GET", "/v1/duties", nil).expect(t, 200, nil, []string{approval, "APPROVE"})
		for _, act := range []string{":approve", ":refuse"} {
			say := func() object { return object{"reason": "tidak"} }
			if act == ":approve" {
				say = func() object { return object{} }
			}
			sameButForDateAndID(t, stranger+act, w.post(stranger, approval+act, say()), w.post(stranger, "approvals/"+newID()+act, say()))
		}
	}
	// Nobody approves her own act.
	w.post("kepala-cibinong", approval+":approve", nil).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)

	yes := object{"requestId": newID()}
	approved := w.post("penelaah", approval+":approve", yes)
	approved.expect(t, 200, []string{"APPROVED", block}, secrets)
	if again := w.post("penelaah", approval+":approve", yes); again.Status != 200 || again.text("state") != "APPROVED" {
		t.Errorf("the same yes again: %s", again.Body)
	}
	w.post("penelaah", approval+":approve", nil).expect(t, 400, []string{"APPROVAL_STATE", `"state":"APPROVED"`}, secrets)
	w.post("penelaah", approval+":refuse", object{"reason": "terlambat"}).expect(t, 400, []string{"APPROVAL_STATE"}, secrets)

	// The first one's retry has the answer; the block is over.
	w.post("kepala-cibinong", block+":remove", ask).expect(t, 200, []string{block, "endTime"}, nil)
	w.call("bidan-cibinong", "GET", "/v1/"+k+"/blocks", nil).expect(t, 200, nil, []string{block})
	w.call("kepala-cibinong", "GET", "/v1/notices", nil).expect(t, 200, []string{"APPROVAL_DECIDED", "PROTECTION_CHANGED"}, nil)
	w.call("penelaah", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{approval})
	w.post("kepala-cibinong", block+":remove", object{"reason": why30}).expect(t, 400, []string{"BLOCK_STANDS"}, nil)

	acted := false
	for _, e := range w.entries() {
		if e.Action == "block.remove" && e.Event.Name == "removeBlock" {
			acted = e.Cosigner != [16]byte{} && e.Cosigner != e.Actor && e.Role == "SUPERVISOR" && e.Rule == "A12"
		}
	}
	if !acted {
		t.Error("the journal does not say that two persons did it")
	}
	w.verified(t)
}

func TestARefusalAndADayEndWhatWaits(t *testing.T) {
	t.Parallel()
	at := &clock{}
	w := openWorld(t, t.TempDir(), at.now)
	_, block := w.blocked(t)
	ask := object{"requestId": newID(), "reason": why30}
	refused := w.post("kepala-cibinong", block+":remove", ask).awaited(t)
	w.post("penelaah", refused+":refuse", object{"reason": "alasannya tidak cukup"}).expect(t, 200, []string{"REFUSED", "tidak cukup"}, []string{survivor})
	w.post("kepala-cibinong", block+":remove", ask).expect(t, 400, []string{"APPROVAL_STATE", `"state":"REFUSED"`}, nil)

	ask = object{"requestId": newID(), "reason": why30}
	lapsed := w.post("kepala-cibinong", block+":remove", ask).awaited(t)
	at.advance(24*time.Hour + time.Second)
	w.renew(t, "kepala-cibinong")
	w.renew(t, "penelaah")
	w.post("penelaah", lapsed+":approve", nil).expect(t, 400, []string{"APPROVAL_STATE", `"state":"LAPSED"`}, nil)
	w.sweep(t)
	w.call("penelaah", "GET", "/v1/approvals?ended=true", nil).expect(t, 200, []string{refused, lapsed, "REFUSED", "LAPSED"}, []string{"allowedActions", block})
	w.call("penelaah", "GET", "/v1/approvals", nil).expect(t, 200, nil, []string{lapsed, refused})
	w.call("penelaah", "GET", "/v1/duties", nil).expect(t, 200, nil, []string{lapsed})
	w.post("kepala-cibinong", block+":remove", ask).expect(t, 400, []string{"APPROVAL_STATE", `"state":"LAPSED"`}, nil)
	told := w.call("kepala-cibinong", "GET", "/v1/notices", nil)
	if n := bytes.Count(told.Body, []byte("APPROVAL_DECIDED")); n != 2 {
		t.Errorf("the first was told %d times of two ends: %s", n, told.Body)
	}
	w.verified(t)
}

// What has changed since the first one asked is decided as it is when the second comes; why it failed the second does not learn.
func TestWhatCanNoLongerBeDoneEndsWithoutAWord(t *testing.T) {
	for _, c := range []struct {
		name    string
		between func(w *world, k, block string)
	}{
		{"the object is gone", func(w *world, _, block string) {
			other := w.post("kepala-cibinong", block+":remove", object{"reason": why30}).awaited(t)
			w.post("penelaah", other+":approve", nil).expect(t, 200, nil, nil)
		}},
		{"the first is blocked", func(w *world, k, _ string) {
			w.post("bidan-cibinong", k+":addBlock", object{"account": w.accountOf(t, "kepala-cibinong"), "reason": "saudara pelaku"}).expect(t, 200, nil, nil)
		}},
		{"the first has another role", func(w *world, _, _ string) {
			if err := w.moves(t, "kepala-cibinong", "WORKER", "PKM-CITEUREUP"); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			k, block := w.blocked(t)
			approval := w.post("kepala-cibinong", block+":remove", object{"reason": why30}).awaited(t)
			c.between(w, k, block)
			w.post("penelaah", approval+":approve", nil).expect(t, 400, []string{"APPROVAL_STATE", `"state":"LAPSED"`}, []string{"BLOCK_STANDS", "NOT_FOUND"})
			w.call("penelaah", "GET", "/v1/approvals?ended=true", nil).expect(t, 200, []string{approval, "LAPSED"}, nil)
			w.call("kepala-cibinong", "GET", "/v1/approvals?ended=true", nil)
			w.verified(t)
		})
	}
}

// Of many who decide at once one decides, and the act is done once or not at all.
func TestOneSecondPersonDecidesOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k, _ := w.blocked(t)
	for round := range 8 {
		added := w.post("bidan-cibinong", k+":addBlock", object{"account": w.accountOf(t, "dokter-rsud"), "reason": "ipar pelaku"})
		block := added.text("name")
		approval := w.post("kepala-cibinong", block+":remove", object{"reason": why30}).awaited(t)
		r, ctx := pb.NewReviewServiceClient(w.conn), w.as("penelaah")
		var wait sync.WaitGroup
		var mu sync.Mutex
		var yes, no int
		for i := range 6 {
			wait.Go(func() {
				var got *pb.Approval
				var err error
				if i%2 == 0 || round%2 == 0 {
					got, err = r.Approve(ctx, &pb.ApproveRequest{Name: approval, RequestId: newID()})
				} else {
					got, err = r.Refuse(ctx, &pb.RefuseRequest{Name: approval, RequestId: newID(), Reason: "tidak"})
				}
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && got.State == pb.ApprovalState_APPROVED:
					yes++
				case err == nil && got.State == pb.ApprovalState_REFUSED:
					no++
				case !strings.Contains(saidReason(err), "APPROVAL_STATE"):
					t.Error(err)
				}
			})
		}
		wait.Wait()
		stands := bytes.Contains(w.call("bidan-cibinong", "GET", "/v1/"+k+"/blocks", nil).Body, []byte(block))
		if yes+no != 1 || stands != (no == 1) {
			t.Errorf("round %d: %d yes, %d no, the block stands: %t", round, yes, no, stands)
		}
	}
	w.verified(t)
}

func saidReason(err error) string {
	reason, _ := reasonOf(err)
	return reason
}

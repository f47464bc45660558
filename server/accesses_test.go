package server_test

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// looks are the lines of a case's list of who looked, newest first.
func (w *world) looks(t *testing.T, who, aCase string) *pb.ListAccessesResponse {
	t.Helper()
	list, err := w.cases().ListAccesses(w.as(who), &pb.ListAccessesRequest{Name: aCase, PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// lookedBy tells of a look by unit, role and purpose.
func (w *world) lookedBy(t *testing.T, list *pb.ListAccessesResponse, unit string, role pb.Role_Value, purpose pb.AccessPurpose_Value) (n int) {
	t.Helper()
	u, ok := w.served.Store.Directory().UnitByCode(unit)
	if !ok {
		t.Fatal(unit)
	}
	for _, l := range list.Accesses {
		if l.Unit == "units/"+u.ID.String() && l.Role == role && l.Purpose == purpose {
			n++
		}
	}
	return n
}

func TestTheClientFindsWhoLookedAtHerCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.survivorFiled(t)
	name, number, leg := filed.text("case"), filed.text("caseNumber"), filed.text("legs.0.referral")
	w.call("bidan-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, nil, nil)
	w.event("pendamping-uptd", leg, "accept", nil).expect(t, 200, nil, nil)
	w.glass("dokter-rsud", number).expect(t, 200, nil, nil)
	w.call("dokter-rsud", "GET", "/v1/"+name, nil).expect(t, 200, nil, nil)
	w.record("bidan-cibinong", name, exceptionTo("X1", "units/POLRES-PPA")).expect(t, 200, nil, nil)
	w.call("penelaah", "GET", "/v1/"+name, nil).expect(t, 200, nil, nil)
	w.post("kepala-cibinong", name+":open", object{"reason": why30}).expect(t, 200, []string{chronology}, nil)
	list := w.looks(t, "bidan-cibinong", name)
	for _, c := range []struct {
		unit    string
		role    pb.Role_Value
		purpose pb.AccessPurpose_Value
	}{
		{"PKM-CIBINONG", pb.Role_WORKER, pb.AccessPurpose_CARE},
		{"UPTD-PPA", pb.Role_WORKER, pb.AccessPurpose_REFERRAL},
		{"RSUD-CIBINONG", pb.Role_WORKER, pb.AccessPurpose_SAFETY},
		{"PKM-CIBINONG", pb.Role_WORKER, pb.AccessPurpose_REFERRAL},
		{"REGENCY", pb.Role_REVIEWER, pb.AccessPurpose_REVIEW},
		{"PKM-CIBINONG", pb.Role_SUPERVISOR, pb.AccessPurpose_CARE},
	} {
		if w.lookedBy(t, list, c.unit, c.role, c.purpose) == 0 {
			t.Errorf("no look by %s of %s for %s", c.role, c.unit, c.purpose)
		}
	}
	again := w.looks(t, "kepala-cibinong", "cases/"+number)
	if w.lookedBy(t, again, "PKM-CIBINONG", pb.Role_WORKER, pb.AccessPurpose_SUBJECT_REQUEST) != 1 {
		t.Error("who reads the list does not stand in it")
	}
	for _, who := range []string{"dokter-rsud", "gizi-cibinong", "pendamping-uptd", "kader-melati", "auditor"} {
		got, never := w.call(who, "GET", "/v1/"+name+"/accesses", nil), w.call(who, "GET", "/v1/cases/"+newID()+"/accesses", nil)
		if who == "dokter-rsud" { // she sees the case
			got.expect(t, 403, nil, nil)
			continue
		}
		sameButForDateAndID(t, who, got, never)
	}
	body := w.call("bidan-cibinong", "GET", "/v1/"+name+"/accesses?pageSize=100", nil)
	body.expect(t, 200, nil, append([]string{"accounts/", "Yayah", "Wulan", "Dadan"}, hers...))
	w.verified(t)
}

// TestTheListTellsNothingOfWhoIsKeptOut: the husband may stand beside her.
func TestTheListTellsNothingOfWhoIsKeptOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.husband(t, "WORKER")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", named())
	filed.expect(t, 200, nil, nil)
	name := filed.text("case")
	before := len(w.looks(t, "bidan-cibinong", name).Accesses)
	for _, who := range []string{"suami", "gizi-cibinong", "dokter-rsud", "kader-melati"} {
		w.call(who, "GET", "/v1/"+name, nil).expect(t, 404, nil, nil)
		w.call(who, "GET", "/v1/"+filed.text("legs.0.referral"), nil).expect(t, 404, nil, nil)
	}
	w.glass("suami", filed.text("caseNumber")).expect(t, 404, nil, nil)
	list := w.looks(t, "bidan-cibinong", name)
	if n := len(list.Accesses) - before; n != 1 { // the look before this one
		t.Errorf("%d lines more after refusals, want 1", n)
	}
	for _, l := range list.Accesses {
		e, err := journal.Parse(l.Entry)
		if err != nil || e.Outcome != "ALLOW" && e.Outcome != "AWAIT" {
			t.Errorf("%+v, %v", e, err)
		}
	}
}

func TestEveryLineOfTheListIsProven(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.survivorFiled(t)
	name := filed.text("case")
	for range 3 {
		w.call("bidan-cibinong", "GET", "/v1/"+name, nil).expect(t, 200, nil, nil)
	}
	if err := w.served.Store.SignCheckpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	var all []*pb.CaseAccess
	token := ""
	for {
		page, err := w.cases().ListAccesses(w.as("bidan-cibinong"), &pb.ListAccessesRequest{Name: name, PageSize: 2, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		text, _, _ := strings.Cut(page.Checkpoint, "\n\n")
		said, err := journal.ParseCheckpoint(text + "\n")
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Accesses {
			if l.Number >= said.Size {
				continue // of after the checkpoint: the pages themselves
			}
			var proof tlog.RecordProof
			for _, hash := range l.Proof {
				proof = append(proof, tlog.Hash(hash))
			}
			leaf := tlog.Hash(journal.LeafHash(l.Entry))
			if err := tlog.CheckRecord(proof, said.Size, tlog.Hash(said.Root), l.Number, leaf); err != nil {
				t.Errorf("line %d: %v", l.Number, err)
			}
			leaf[3] ^= 1
			if tlog.CheckRecord(proof, said.Size, tlog.Hash(said.Root), l.Number, leaf) == nil {
				t.Errorf("line %d: a forged entry is proven", l.Number)
			}
		}
		all = append(all, page.Accesses...)
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	for i := 1; i < len(all); i++ {
		if all[i].Number >= all[i-1].Number {
			t.Errorf("line %d after line %d", all[i].Number, all[i-1].Number)
		}
	}
	if len(all) < 4 {
		t.Errorf("%d lines", len(all))
	}
	w.call("bidan-cibinong", "GET", "/v1/"+name+"/accesses?pageToken=x", nil).expect(t, 400, []string{"PAGE_TOKEN"}, nil)
}

package server_test

import (
	"testing"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The number of each receipt stands somewhere, or another might get it: in the leg that bears it, or with the filing. So it does where the
// receipt speaks of a leg that was never sent, for one of the same service is open already and the filer may not know.
func TestTheNumberOfEachReceiptIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	child := &pb.NewPerson{
		Name: "Anak Contoh", Sex: pb.Sex_FEMALE, BirthDate: birthDate(20), Identifiers: []*pb.Identifier{{Type: pb.IdentifierType_NIK, Value: "3201015502240003"}},
		Mother: &pb.Kin{Name: "Ibu Contoh"}, Address: &pb.Address{AreaCode: "32.01.01.1006"},
	}
	kept := map[string]int{}
	for _, filed := range []struct {
		as   string
		legs bool
		leg  int // rows of legs with the number
	}{{"gizi-cibinong", true, 1}, {"kader-melati", true, 0}, {"kader-melati", false, 0}} {
		req := filingOf(child, pb.ReferralServiceType_NUTRITION_TREATMENT, "units/RSUD-CIBINONG", care)
		if !filed.legs {
			req.Legs, req.Disclosures = nil, nil
		}
		receipt, err := w.referrals().FileReferral(bearerOf(w, filed.as), req)
		if err != nil {
			t.Fatalf("%s: %v", filed.as, err)
		}
		kept[receipt.GetNumber()]++
		var legs, filings int
		for query, n := range map[string]*int{"SELECT count(*) FROM legs WHERE number = $1": &legs, "SELECT count(*) FROM submissions WHERE number = $1": &filings} {
			if err := rawDatabase(t, w.dir).QueryRow(query, receipt.GetNumber()).Scan(n); err != nil {
				t.Fatal(err)
			}
		}
		if legs != filed.leg || filings != 1-filed.leg {
			t.Errorf("%s, number %s: %d legs and %d filings have it, want %d and %d", filed.as, receipt.GetNumber(), legs, filings, filed.leg, 1-filed.leg)
		}
	}
	if len(kept) != 3 {
		t.Errorf("numbers %v, want three", kept)
	}
}

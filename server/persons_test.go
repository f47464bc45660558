package server_test

import (
	"context"
	"fmt"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

func (w *world) persons() pb.PersonServiceClient { return pb.NewPersonServiceClient(w.conn) }

// personOf is the person record of a case, as its officer reads it.
func (w *world) personOf(t testing.TB, as, caseName string) string {
	t.Helper()
	k, err := w.cases().GetCase(w.as(as), &pb.GetCaseRequest{Name: caseName})
	if err != nil || k.Client.GetName() == "" {
		t.Fatalf("the client of %s: %v", caseName, err)
	}
	return k.Client.Name
}

// child files a girl of the puskesmas and gives her case and person.
func (w *world) child(t testing.TB, name string) (caseName, person string) {
	t.Helper()
	w.weighed(t, "bidan-cibinong", name, "Ibu "+name, 14, map[int]float64{1: 9})
	caseName = w.caseOf(t, name)
	return caseName, w.personOf(t, "bidan-cibinong", caseName)
}

func (w *world) search(as string, body object) reply {
	return w.call(as, "POST", "/v1/persons:search", body)
}

func TestASearchFindsWhomTheCallerMayRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := w.survivorCase(t)
	w.weighed(t, "bidan-melati", "Zahra Contoh Lestari", "Imas Kurnia", 14, map[int]float64{1: 9})
	w.weighed(t, "gizi-cibinong", "Zahra Puspa", "Ibu Puspa", 20, map[int]float64{1: 9})
	w.search("kader-melati", object{"name": "zahra"}).expect(t, 200, []string{"Zahra Contoh Lestari", "Imas Kurnia", "cases/"}, []string{"Puspa", "Gang Mawar", "1006", "081234567001", "persons/", survivor})
	w.search("gizi-cibinong", object{"name": "zah"}).expect(t, 200, []string{"Zahra Contoh Lestari", "Zahra Puspa", "persons/"}, nil)
	w.search("gizi-cibinong", object{"name": "zahra", "mother": "imas"}).expect(t, 200, []string{"Lestari"}, []string{"Puspa"})
	w.search("gizi-cibinong", object{"mother": "kurnia", "areaCode": "32.01.01.1007"}).expect(t, 200, nil, []string{"Lestari"})
	for _, who := range []string{"kader-melati", "bidan-melati", "gizi-cibinong", "bidan-citeureup", "dokter-rsud", "pendamping-uptd"} {
		w.search(who, object{"name": "Imas Komalasari"}).expect(t, 200, nil, []string{survivor, "cases/", "persons/"})
	}
	w.search("bidan-cibinong", object{"name": "Komalasari"}).expect(t, 200, []string{survivor, secret}, []string{"PROTECTED"})
	w.search(w.stale(t, "bidan-cibinong"), object{"name": "Komalasari"}).expect(t, 200, nil, []string{survivor})
	for _, who := range []string{"app-melati", "statistik-dinkes", "admin-kabupaten", "auditor", "penelaah"} {
		w.search(who, object{"name": "zahra"}).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, []string{"Zahra"})
	}
	w.search("kader-melati", object{"name": "za"}).expect(t, 400, []string{"TOO_SHORT"}, nil)
	w.search("kader-melati", object{"birthYear": 2025}).expect(t, 400, []string{"REQUIRED"}, nil)
	from := len(w.entries())
	found, err := w.persons().SearchPersons(w.as("gizi-cibinong"), &pb.SearchPersonsRequest{Name: "nobody at all"})
	said(t, found, err, nil, []string{"persons"})
	if n := w.count(from, func(e entry) bool { return e.Action == "person.search" && e.Rule == "A36" }); n != 1 {
		t.Errorf("%d entries of a search that found nobody", n)
	}
}

func TestASearchShowsTenAtMostAndARaisedCaseNever(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 12 {
		w.weighed(t, "kader-melati", fmt.Sprintf("Bunga Contoh %02d", i), fmt.Sprintf("Ibu %d", i), 14, map[int]float64{1: 9})
	}
	w.raise(t, w.caseOf(t, "Bunga Contoh 00"), "L2")
	got, err := w.persons().SearchPersons(w.as("kader-melati"), &pb.SearchPersonsRequest{Name: "bunga"})
	said(t, got, err, []string{"Bunga Contoh 01", "Bunga Contoh 10"}, []string{"Bunga Contoh 00", "Bunga Contoh 11"})
	if len(got.Persons) != 10 {
		t.Errorf("%d rows", len(got.Persons))
	}
}

func TestSixtySearchesAnHour(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	served, err := serveRegency(ctx, server.RegencyConfig{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		stop()
		if err := served.Wait(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, served: served, conn: conn}
	for n := range 60 {
		if got := w.search("kader-melati", object{"name": "zahra"}); got.Status != 200 {
			t.Fatalf("search %d: %s", n+1, got.Body)
		}
	}
	w.search("kader-melati", object{"name": "zahra"}).expect(t, 429, []string{"RATE_LIMITED", "retryDelay"}, nil)
	w.search("bidan-melati", object{"name": "zahra"}).expect(t, 200, nil, nil)
}

func TestAPersonIsReadByTheRightsOnHerCases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := w.survivorCase(t)
	mother := w.personOf(t, "bidan-cibinong", secret)
	k, child := w.child(t, "Zahra Contoh")
	w.call("gizi-cibinong", "GET", "/v1/"+child, nil).expect(t, 200, []string{"Zahra Contoh", "Gang Mawar", `"etag"`}, nil)
	got, err := w.persons().GetPerson(w.as("bidan-cibinong"), &pb.GetPersonRequest{Name: mother})
	said(t, got, err, []string{survivor, "1994-02-11"}, []string{"PROTECTED"})
	for who, person := range map[string][]string{
		"kader-melati": {mother, child}, "bidan-citeureup": {mother, child}, "gizi-cibinong": {mother}, "dokter-rsud": {mother, child},
		"statistik-dinkes": {mother, child}, "penelaah": {mother, child}, "app-melati": {mother, child},
	} {
		for _, name := range person {
			sameButForDateAndID(t, who+" "+name, w.call(who, "GET", "/v1/"+name, nil), w.call(who, "GET", "/v1/persons/"+newID(), nil))
		}
	}
	w.call(w.stale(t, "bidan-cibinong"), "GET", "/v1/"+mother, nil).expect(t, 401, []string{"STEP_UP_REQUIRED"}, []string{survivor})
	filed := stuntedChild()
	chosen := newID()
	filed["newPerson"].(object)["personId"] = chosen
	w.call("app-melati", "POST", "/v1/referrals:file", filed).expect(t, 200, nil, nil)
	sameButForDateAndID(t, "an app asks for whom it filed", w.call("app-melati", "GET", "/v1/persons/"+chosen, nil), w.call("app-melati", "GET", "/v1/persons/"+newID(), nil))
	from := len(w.entries())
	w.raise(t, k, "L2")
	w.call("gizi-cibinong", "GET", "/v1/"+child, nil).expect(t, 200, []string{"FEMALE"}, []string{"Zahra", "Gang Mawar", "birthDate"})
	w.call("kepala-cibinong", "GET", "/v1/"+mother, nil).expect(t, 200, []string{survivor}, nil)
	if n := w.count(from, func(e entry) bool { return e.Action == "read" && e.Outcome == "ALLOW" }); n != 2 {
		t.Errorf("%d entries of reads of an L2 and an L3 record, want 2", n)
	}
}

package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// moves takes an account's role at one unit and gives it another at another, as the command that ends accounts will.
func (w *world) moves(t *testing.T, code string, role casework.Role, unit string) error {
	t.Helper()
	to, _ := w.served.Store.Directory().UnitByCode(unit)
	_, err := store.Update(context.Background(), w.served.Store, func(tx *store.Writer) (struct{}, error) {
		m, err := tx.MemberByCode(code, casework.UnitID{})
		if err != nil || !m.Known {
			t.Fatalf("no member %s: %v", code, err)
		}
		if err := tx.EndMembership(m); err != nil {
			return struct{}{}, err
		}
		entry := tx.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "account.manage"}, nil, nil)
		return struct{}{}, tx.PutMembership(casework.ID(newUUID()), m.Account, role, to.ID, entry)
	})
	if err != nil {
		return err
	}
	token, _, err := server.IssueToken(context.Background(), w.served.Store, code, "", 12*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	w.served.Tokens[code] = token
	return nil
}

func newUUID() casework.ID {
	id, _ := casework.ParseID(newID())
	return id
}

// PC-10: moved to another unit, still seeing the old one. The rights part: Get, List and search after the role has moved.
func TestWhoMovedToAnotherUnitSeesNothingOfTheOldOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := w.survivorCase(t)
	w.weighed(t, "bidan-cibinong", "Zahra Contoh", "Ibu Zahra", 14, map[int]float64{1: 9})
	ordinary := w.caseOf(t, "Zahra Contoh")
	person := w.personOf(t, "bidan-cibinong", ordinary)
	leg, _ := w.sendToHospital(t)
	old := w.token("bidan-cibinong")
	bidan, gizi := w.accountOf(t, "bidan-cibinong"), w.accountOf(t, "gizi-cibinong")

	if err := w.moves(t, "bidan-cibinong", casework.RoleWorker, "PKM-CITEUREUP"); err == nil || !strings.Contains(err.Error(), "OPEN_DUTIES") {
		t.Fatalf("she still owes, and may go: %v", err)
	}
	w.transfer("kepala-cibinong", bidan, gizi).expect(t, 200, []string{secret, ordinary}, nil)
	if err := w.moves(t, "bidan-cibinong", casework.RoleWorker, "PKM-CITEUREUP"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/v1/" + ordinary, "/v1/" + secret, "/v1/" + leg, "/v1/" + ordinary + "/growthRecord", "/v1/" + ordinary + "/timeline"} {
		never := strings.NewReplacer(ordinary, "cases/"+newID(), secret, "cases/"+newID(), leg, "referrals/"+newID()).Replace(path)
		sameButForDateAndID(t, path, w.call("bidan-cibinong", "GET", path, nil), w.call("bidan-cibinong", "GET", never, nil))
	}
	sameButForDateAndID(t, "the person", w.call("bidan-cibinong", "GET", "/v1/"+person, nil), w.call("bidan-cibinong", "GET", "/v1/persons/"+newID(), nil))
	w.call("bidan-cibinong", "POST", "/v1/"+ordinary+":addNote", object{"requestId": newID(), "kind": "NOTE", "text": "terlambat"}).
		expect(t, 404, []string{"NOT_FOUND"}, []string{"Zahra"})
	for _, list := range []string{"/v1/cases", "/v1/referrals?direction=OUTBOX", "/v1/duties", "/v1/duties?scope=ME", rosterPath()} {
		w.call("bidan-cibinong", "GET", list, nil).expect(t, 200, nil, []string{"Zahra", survivor, ordinary, secret, leg})
	}
	w.search("bidan-cibinong", object{"name": "zahra"}).expect(t, 200, nil, []string{"Zahra"})
	w.served.Tokens["bidan-cibinong"] = old
	w.call("bidan-cibinong", "GET", "/v1/cases", nil).expect(t, 401, []string{"UNAUTHENTICATED"}, nil)
}

// A neighbour works as a kader at the post: whoever is blocked is told by no list, name or household that there is anything.
func TestANeighbourWhoIsBlockedFindsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.weighed(t, "bidan-melati", "Zahra Contoh", "Ibu Zahra", 14, map[int]float64{1: 9})
	w.weighed(t, "bidan-melati", "Putri Contoh", "Ibu Putri", 14, map[int]float64{1: 9})
	name := w.caseOf(t, "Zahra Contoh")
	person := w.personOf(t, "bidan-melati", name)
	home := w.household("bidan-melati", oldKK, person)
	home.expect(t, 200, nil, nil)
	for who, nik := range map[string]string{"kader-tetangga": "3201011203850002", "rekan-tetangga": "3201015203850004"} {
		role := map[string]string{"kader-tetangga": "INTAKE,POS-MELATI-3", "rekan-tetangga": "WORKER,PKM-CIBINONG"}[who]
		w.hire(t, who+",PERSON,Tetangga Contoh,"+nik+","+role+",")
		w.renew(t, who)
		w.call(who, "GET", rosterPath(), nil).expect(t, 200, []string{"Zahra", "Putri"}, nil)
		w.bar(t, name, nik)
		w.call(who, "GET", rosterPath(), nil).expect(t, 200, []string{"Putri"}, []string{"Zahra", name})
		w.call(who, "GET", rosterPath("notWeighed", "true"), nil).expect(t, 200, nil, []string{"Zahra", name})
		w.search(who, object{"name": "contoh"}).expect(t, 200, []string{"Putri"}, []string{"Zahra", name})
		w.search(who, object{"mother": "zahra"}).expect(t, 200, nil, []string{"Zahra", name})
		for got, never := range map[string]string{
			"/v1/" + person: "/v1/persons/" + newID(), "/v1/" + home.text("name"): "/v1/households/" + newID(),
			"/v1/" + name + "/growthRecord": "/v1/cases/" + newID() + "/growthRecord", "/v1/" + name + "/growthChart": "/v1/cases/" + newID() + "/growthChart",
		} {
			sameButForDateAndID(t, who+" "+got, w.call(who, "GET", got, nil), w.call(who, "GET", never, nil))
		}
		w.household(who, "", person).expect(t, 404, []string{"NOT_FOUND"}, nil)
	}
	w.household("rekan-tetangga", oldKK, w.personOf(t, "bidan-melati", w.caseOf(t, "Putri Contoh"))).expect(t, 200, []string{oldKK, "Putri"}, []string{home.text("name")})
}

// bar keeps the account of a NIK from a case, as naming its holder does.
func (w *world) bar(t *testing.T, name, nik string) {
	t.Helper()
	k, _ := casework.ParseID(strings.TrimPrefix(name, "cases/"))
	_, err := store.Update(context.Background(), w.served.Store, func(tx *store.Writer) (struct{}, error) {
		entry := tx.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "block.add"}, nil, nil)
		return struct{}{}, tx.Bar(nik, casework.CaseID(k), entry)
	})
	if err != nil {
		t.Fatal(err)
	}
}

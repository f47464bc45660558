package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	"github.com/sinergi-pug/sinergi/store"
)

// allCards makes and opens them.
func allCards(t *testing.T, s *store.Store) (cards []linkage.Card) {
	t.Helper()
	err := s.EachCard(t.Context(), func(encoded []byte) error {
		var c linkage.Card
		err := c.Decode(encoded)
		cards = append(cards, c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

// rowsOf reads a table past the store, in the order of the file.
func rowsOf(t *testing.T, cfg store.Config, table string) (ids, sealed [][]byte) {
	t.Helper()
	db := database(t, cfg)
	defer db.Close()
	rows, err := db.Query("SELECT id, sealed FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, s []byte
		if err := rows.Scan(&id, &s); err != nil {
			t.Fatal(err)
		}
		ids, sealed = append(ids, id), append(sealed, s)
	}
	return ids, sealed
}

// somebodyElse is a person with all that a card may hold, and what it must not.
func somebodyElse() casework.Person {
	p := casework.Person{ID: casework.PersonID(uuid.New()), Side: casework.Protected, Sex: casework.Female, Kecamatan: "32.01.01"}
	p.Identity = casework.PersonIdentity{
		Name: "Kenanga Wulandari", BirthDate: casework.BornOn(8807), Address: casework.Address{AreaCode: "32.01.01.1006", RT: "02", RW: "05", Text: "Jalan Rahasia 7"},
		Identifiers: []casework.Identifier{{Type: casework.IDNIK, Value: "3201015102940003"}, {Type: casework.IDKK, Value: "3201010101150001"}},
		Mother:      casework.Kin{Name: "Sumiyati"}, Father: casework.Kin{Name: "Suparman"}, Husband: casework.Kin{Name: "Bambang"}, Guardian: casework.Kin{Name: "Sumiyati"},
		SafeContact: casework.SafeContact{Allowed: true, Phone: "081234567890", Instructions: "lewat Bu Darmi"},
	}
	return p
}

// A thief who has the file, and knows every person of the regency, joins no row to anybody: rows are of one size, in no order, under ids and
// bytes that have nothing to do with each other even for equal persons.
func TestTheTablesOfCardsAloneShowNothing(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	all := manyPersons(t, s, 200)
	twin := somebodyElse()
	for range 2 {
		twin.ID = casework.PersonID(uuid.New())
		putOne(t, s, twin, twin.Identity.Name)
		all = append(all, twin)
	}
	if n := len(allCards(t, s)); n != len(all) {
		t.Fatalf("%d cards of %d persons", n, len(all))
	}
	for i, p := range all {
		keepCandidates(t, s, p.ID, firstIDs(all[:i%30])...)
	}
	seen := map[string]bool{}
	for table, size := range map[string]int{"link_cards": 512, "candidates": 4096} {
		ids, sealed := rowsOf(t, cfg, table)
		if len(ids) != len(all) {
			t.Fatalf("%d rows of %s, want %d", len(ids), table, len(all))
		}
		if !slices.IsSortedFunc(ids, bytes.Compare) {
			t.Errorf("%s stands in an order that is not that of its ids", table)
		}
		for i := range ids {
			if len(sealed[i]) != size || len(ids[i]) != 16 {
				t.Errorf("a row of %s has %d bytes, want %d", table, len(sealed[i]), size)
			}
			for _, part := range [][]byte{ids[i], sealed[i][5:17], sealed[i][17:33]} {
				if seen[string(part)] {
					t.Errorf("a part of %s stands in two rows", table)
				}
				seen[string(part)] = true
			}
			for _, p := range all {
				if bytes.Equal(ids[i], p.ID[:]) || bytes.Contains(sealed[i], p.ID[:]) {
					t.Errorf("a row of %s names a person", table)
				}
			}
		}
	}
	data := database(t, cfg)
	defer data.Close()
	var columns string
	err := data.QueryRow("SELECT group_concat(t.n || '.' || c.name) FROM (SELECT 'link_cards' n UNION SELECT 'candidates') t JOIN pragma_table_info(t.n) c").Scan(&columns)
	if err != nil || len(strings.Split(columns, ",")) != 4 {
		t.Errorf("columns %s, %v: want id and sealed of each", columns, err)
	}
}

// A card holds what is compared, and neither where she hides nor how to reach her.
func TestACardHoldsKinAndNoWayToHer(t *testing.T) {
	s := openStore(t, folders(t))
	mother := casework.Person{ID: casework.PersonID(uuid.New()), Side: casework.Protected, Sex: casework.Female}
	mother.Identity.Identifiers = []casework.Identifier{{Type: casework.IDNIK, Value: "3201014107700001"}}
	mother.Identity.BirthDate = casework.BornInYear(1970)
	putOne(t, s, mother, "Sumiyati Ningsih")
	p := somebodyElse()
	p.Identity.Mother = casework.Kin{Person: mother.ID, Name: "ibunya"}
	putOne(t, s, p, p.Identity.Name)
	got, err := store.Read(t.Context(), s, func(r *store.Reader) (linkage.Person, error) {
		l, _, err := r.LinkPerson(p.ID)
		return l, err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := linkage.Person{
		ID: p.ID, Side: linkage.Protected, Recorded: got.Recorded, Name: "Kenanga Wulandari", Sex: linkage.Female, Birth: linkage.BornOn(8807),
		NIK: "3201015102940003", KK: "3201010101150001", Village: "32.01.01.1006", Kecamatan: "32.01.01", RT: "02", RW: "05",
		Mother: "Sumiyati Ningsih", MotherNIK: "3201014107700001", MotherAge: got.MotherAge, Father: "Suparman", Husband: "Bambang", Guardian: "Sumiyati",
	}
	if got != want || got.Recorded < 20_000 || got.MotherAge < 50 {
		t.Error("the card is made of something else") // which it is, is not printed
	}
	for _, c := range allCards(t, s) {
		text := strings.ToLower(string(c.Encode()))
		for _, way := range []string{"rahasia", "0812", "darmi"} {
			if strings.Contains(text, way) {
				t.Errorf("a card holds %q", way)
			}
		}
	}
}

// Data that was put back from before a change of the key opens no old card, and makes them anew.
func TestARestoredCopyMakesItsCardsAnew(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	all := manyPersons(t, s, 40)
	allCards(t, s)
	keepCandidates(t, s, all[0].ID, all[1].ID)
	must(t, s.Close())
	copied := store.Config{Data: filepath.Join(t.TempDir(), "copy"), Keys: cfg.Keys}
	must(t, os.CopyFS(copied.Data, os.DirFS(cfg.Data)))
	s = openStore(t, cfg)
	must(t, s.ChangeKey(t.Context(), "linkage", timer()))
	if got := idsOf(candidatesOf(t, s, all[0].ID)); !slices.Equal(got, []casework.PersonID{}) { // her case is not open: found anew
		t.Errorf("%v kept of who does not ask", got)
	}
	must(t, s.Close())

	before, _ := rowsOf(t, copied, "link_cards")
	s = openStore(t, copied)
	if got := candidatesOf(t, s, all[0].ID); len(got) > 0 {
		t.Error("candidates of a destroyed key are read")
	}
	allWhole(t, s, all) // verify does not stumble over what waits to be made anew
	if n := len(allCards(t, s)); n != len(all) {
		t.Errorf("%d cards of %d persons", n, len(all))
	}
	after, _ := rowsOf(t, copied, "link_cards")
	for _, id := range after {
		if slices.ContainsFunc(before, func(b []byte) bool { return bytes.Equal(b, id) }) {
			t.Error("a row has the id of before")
		}
	}
	if found, _ := rowsOf(t, copied, "candidates"); len(found) > 0 {
		t.Errorf("%d rows of candidates that nobody can read", len(found))
	}
	allWhole(t, s, all)
}

func TestALostLinkageKeyCostsWorkAndNothingElse(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	all := manyPersons(t, s, 10)
	allCards(t, s)
	must(t, s.Close())
	must(t, os.Remove(filepath.Join(cfg.Keys, "linkage.key")))
	s = openStore(t, cfg)
	if n := len(allCards(t, s)); n != len(all) {
		t.Errorf("%d cards of %d persons", n, len(all))
	}
	allWhole(t, s, all)
}

// Candidates of who asks go over to the new key in one step.
func TestCandidatesOfWhoAsksOutliveTheirKey(t *testing.T) {
	s := openStore(t, folders(t))
	hers, other := somebody(t, s, 1), somebody(t, s, 2)
	allCards(t, s)
	keepCandidates(t, s, hers.ID, other.ID)
	for range 2 {
		must(t, s.ChangeKey(t.Context(), "linkage", timer()))
		if got := idsOf(candidatesOf(t, s, hers.ID)); !slices.Equal(got, []casework.PersonID{other.ID}) {
			t.Errorf("after the change %v, want the other", got)
		}
	}
}

func TestVerifySeesCardsThatSomebodyTouched(t *testing.T) {
	for _, c := range []struct{ what, statement, want string }{
		{"nothing", "SELECT 1", ""},
		{"moved", "UPDATE link_cards SET sealed = (SELECT sealed FROM link_cards ORDER BY id DESC LIMIT 1) WHERE id = (SELECT min(id) FROM link_cards)", "link_cards.sealed"},
		{"emptied", "UPDATE candidates SET sealed = x''", "candidates.sealed"},
		{"changed", "UPDATE candidates SET sealed = CAST(substr(sealed, 1, 4000) || x'00' AS BLOB)", "candidates.sealed"},
		{"of nobody", "DELETE FROM persons WHERE id = (SELECT max(id) FROM persons)", "of nobody"},
	} {
		t.Run(c.what, func(t *testing.T) {
			cfg := folders(t)
			s := openStore(t, cfg)
			all := manyPersons(t, s, 3)
			allCards(t, s)
			keepCandidates(t, s, all[0].ID, all[1].ID)
			db := database(t, cfg)
			defer db.Close()
			if _, err := db.Exec(c.statement); err != nil {
				t.Fatal(err)
			}
			findings, err := s.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, f := range findings {
				if f.Check == "linkage" {
					found = append(found, f.What)
				}
			}
			if text := strings.Join(found, "; "); (c.want == "") != (text == "") || !strings.Contains(text, c.want) {
				t.Errorf("found %q, want %q", text, c.want)
			}
		})
	}
}

// Between a record and its card there is no time at which an erasure leaves something.
func TestAnErasureLeavesNoCardAndNoMentionInOthers(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	all := manyPersons(t, s, 5)
	allCards(t, s)
	gone := all[0].ID
	for _, p := range all {
		keepCandidates(t, s, p.ID, gone, all[4].ID)
	}
	erase(t, s, gone)
	for _, p := range all[1:] {
		if got := idsOf(candidatesOf(t, s, p.ID)); !slices.Equal(got, []casework.PersonID{all[4].ID}) {
			t.Errorf("of another: %v", got)
		}
	}
	for table, want := range map[string]int{"link_cards": 4, "candidates": 4} {
		if ids, _ := rowsOf(t, cfg, table); len(ids) != want {
			t.Errorf("%d rows of %s, want %d", len(ids), table, want)
		}
	}
	allWhole(t, s, all[1:])
}

// What is written beside the callers tells them nothing: no version that their lists are kept by changes with it.
func TestAWrittenCardChangesNoVersion(t *testing.T) {
	s := openStore(t, folders(t))
	all := manyPersons(t, s, 2)
	version := func() uint64 {
		rows, err := store.Read(t.Context(), s, func(r *store.Reader) (uint64, error) {
			rows, _ := r.Version()
			return rows, nil
		})
		must(t, err)
		return rows
	}
	before, changed := version(), s.Changed()
	allCards(t, s)
	keepCandidates(t, s, all[0].ID, all[1].ID)
	if after := version(); after != before {
		t.Errorf("version %d, before %d", after, before)
	}
	select {
	case <-changed:
		t.Error("the bell of the feeds was rung")
	default:
	}
	putOne(t, s, somebodyElse(), "Neng") // the control
	if version() == before {
		t.Error("a filing changes no version: the test shows nothing")
	}
}

// The making may stop anywhere.
func TestCardsThatWereHalfMadeAreMadeAgain(t *testing.T) {
	cfg := folders(t)
	s := openStore(t, cfg)
	all := manyPersons(t, s, 1300) // some transactions
	for stops := 1; ; stops++ {
		err := s.EachCard(&countdown{Context: t.Context(), left: 400 * stops}, func([]byte) error { return nil })
		if err == nil {
			if stops < 3 {
				t.Errorf("stopped only %d times", stops)
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		must(t, s.Close())
		s = openStore(t, cfg)
		allWhole(t, s, all[:1])
	}
	if ids, _ := rowsOf(t, cfg, "link_cards"); len(ids) != len(all) {
		t.Error(fmt.Sprint(len(ids), " cards, want ", len(all)))
	}
}

// countdown is a context that ends once it was asked so often.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

func firstIDs(all []casework.Person) (ids []casework.PersonID) {
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	return ids
}

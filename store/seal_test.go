package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// filledCells makes people with cases, notes and households, and gives their cells with what stands in them.
func filledCells(t *testing.T, s *Store, people int) (cells []Cell, sealed [][]byte) {
	t.Helper()
	for n := range people {
		fillOne(t, s, n)
	}
	_, err := Read(context.Background(), s, func(r *Reader) (struct{}, error) {
		owners, err := list(&r.tx, func(r row) (o Owner, err error) { return o, r.scan(o[:]) }, "SELECT DISTINCT owner FROM deks")
		if err != nil {
			return struct{}{}, err
		}
		for _, owner := range owners {
			all, err := r.sealedBefore(Key{owner: owner, epoch: -2}) // under any key
			if err != nil {
				return struct{}{}, err
			}
			for _, at := range all {
				var value []byte
				if err := r.row("SELECT t."+at.column.column+" FROM "+at.column.table+" t WHERE "+at.column.where(), at.row...).scan(&value); err != nil {
					return struct{}{}, err
				}
				cells, sealed = append(cells, at.cell), append(sealed, bytes.Clone(value))
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cells, sealed
}

func fillOne(t *testing.T, s *Store, n int) {
	t.Helper()
	p := casework.Person{ID: casework.PersonID(uuid.New()), Side: casework.Ordinary, Sex: casework.Female}
	p.Identity.Name = fmt.Sprint("Neng Kirana ", n)
	h := casework.Household{ID: casework.HouseholdID(uuid.New()), Side: casework.Ordinary}
	k := casework.Case{
		ID: casework.CaseID(uuid.New()), Number: uuid.NewString(), Subject: p.ID, Type: casework.DomesticViolence, Level: casework.L3, Opened: time.Now(),
		Content: casework.CaseContent{HiddenAddress: "Jalan Melati"},
	}
	hers, theirs := mustWrap(t, s, Owner(p.ID)), mustWrap(t, s, Owner(h.ID))
	_, err := Update(context.Background(), s, func(w *Writer) (struct{}, error) {
		entry := func([32]byte) [16]byte { return w.Append(journal.Entry{Action: "test"}, nil, nil) }
		none := entry([32]byte{})
		errs := []error{w.PutPerson(p, hers, entry), w.PutHousehold(h, theirs, entry), w.PutCase(k, entry), w.putBarred("3201010101800001", k, none)}
		for range 3 {
			note := casework.Note{ID: casework.ID(uuid.New()), Case: k.ID, Kind: "NOTE", Text: "Ia takut pulang", Recorded: w.Now()}
			errs = append(errs, w.PutNote(note, k, none))
		}
		errs = append(errs,
			w.PutMember(casework.Membership{ID: casework.ID(uuid.New()), Household: h.ID, Person: p.ID, Role: "MOTHER"}, none),
			w.PutCard(h, casework.FamilyCard{ID: casework.ID(uuid.New()), Number: "3201010101010001"}, none),
			w.PutAnswer(casework.AccountID{1}, [16]byte(uuid.New()), Answered{Owner: Owner(p.ID), Case: k.ID, Answer: []byte("answer")}))
		return struct{}{}, errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mustWrap(t *testing.T, s *Store, owner Owner) Key {
	t.Helper()
	key, err := s.WrapKey(owner)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// No value of the database opens in a cell that is not its own. Promised: 10,000 tries.
func TestNoSealedCellOpensInAnothersPlace(t *testing.T) {
	s := openForTest(t, Config{})
	cells, sealed := filledCells(t, s, 12)
	tries := 10_000 // half a second
	tables := map[string]bool{}
	_, err := Read(context.Background(), s, func(r *Reader) (struct{}, error) {
		for i, cell := range cells {
			tables[cell.Table+"."+cell.Column] = true
			if _, err := r.Open(cell, sealed[i]); err != nil { // the control: each opens in its own
				t.Errorf("%s.%s does not open in its own place: %v", cell.Table, cell.Column, err)
			}
		}
		for range tries {
			i, j := rand.IntN(len(cells)), rand.IntN(len(cells))
			if _, err := r.Open(cells[i], sealed[j]); i != j && !errors.Is(err, ErrSealed) {
				t.Fatalf("a value of %s.%s opens in %s.%s: %v", cells[j].Table, cells[j].Column, cells[i].Table, cells[i].Column, err)
			}
		}
		return struct{}{}, nil
	})
	if err != nil || len(tables) < 8 {
		t.Errorf("%d kinds of cells, %v", len(tables), err)
	}
}

// A value says under which of its owner's keys it was sealed; saying another opens nothing.
func TestASealedCellDoesNotOpenUnderAnotherEpoch(t *testing.T) {
	s := openForTest(t, Config{})
	cells, sealed := filledCells(t, s, 1)
	owner := cells[0].Owner
	if _, err := s.RenewKey(context.Background(), owner, journal.Entry{}); err != nil {
		t.Fatal(err)
	}
	_, err := Read(context.Background(), s, func(r *Reader) (struct{}, error) {
		for i, cell := range cells {
			if cell.Owner != owner {
				continue
			}
			if _, err := r.Open(cell, sealed[i]); !errors.Is(err, ErrErased) { // its key is gone
				t.Errorf("an old value of %s.%s: got %v, want ErrErased", cell.Table, cell.Column, err)
			}
			moved := bytes.Clone(sealed[i])
			binary.BigEndian.PutUint32(moved[1:], 1)
			if _, err := r.Open(cell, moved); !errors.Is(err, ErrSealed) {
				t.Errorf("an old value of %s.%s under the new epoch: got %v, want ErrSealed", cell.Table, cell.Column, err)
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The same woman in two registers, on two sides, as staff and on a family card: no two tags of her are equal, so a stolen index joins
// nothing; and none is what anybody could make without the key.
func TestAStolenIndexJoinsNothing(t *testing.T) {
	s := openForTest(t, Config{})
	const nik = "3201014101900001"
	woman := func(register byte, side casework.Side) casework.Person {
		p := casework.Person{Register: casework.UnitID{register}, Side: side, Sex: casework.Female}
		p.Identity = casework.PersonIdentity{Name: "Neng Kirana", Identifiers: []casework.Identifier{{Type: casework.IDNIK, Value: nik}}}
		p.Identity.Mother.Name = "Ibu Melati"
		return p
	}
	var tags []MatchTag
	for _, register := range []byte{1, 2} {
		for _, side := range []casework.Side{casework.Ordinary, casework.Protected} {
			tags = append(tags, s.MatchTags(woman(register, side))...)
			tags = append(tags, s.cardTags(casework.UnitID{register}, side, nik)...)
		}
	}
	tags = append(tags, s.staffTags(nik)...)
	if len(tags) != 2*2*3+1 {
		t.Fatalf("%d tags", len(tags))
	}
	seen := map[[16]byte]bool{}
	for _, tag := range tags {
		if seen[tag.tag] {
			t.Error("two tags of one woman are equal")
		}
		seen[tag.tag] = true
	}
	if again := s.MatchTags(woman(1, casework.Ordinary)); !seen[again[0].tag] { // the control: inside one register and side she is found
		t.Error("her tag differs from call to call")
	}
	for _, guess := range guesses(nik) {
		if seen[guess] {
			t.Error("a tag can be made without the key")
		}
	}
}

// guesses are what a thief would try for a NIK: there are only some 10⁸ of them.
func guesses(nik string) (all [][16]byte) {
	for _, text := range []string{nik, "match" + nik, "nik" + nik, "staff" + nik} {
		sum := sha256.Sum256([]byte(text))
		all = append(all, [16]byte(sum[:16]))
		for _, key := range [][]byte{nil, make([]byte, 32), []byte("match"), []byte("staff"), []byte("sinergi/v1/match")} {
			h := hmac.New(sha256.New, key)
			h.Write([]byte(text))
			all = append(all, [16]byte(h.Sum(nil)))
		}
	}
	return all
}

// A NIK stands nowhere in the files, nor any hash of it that needs no key, nor a key in the data or anybody's name in the keys.
func TestTheFilesHoldNeitherNIKNorItsHash(t *testing.T) {
	dir := t.TempDir()
	cfg := Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
	s := openForTest(t, cfg)
	fillOne(t, s, 0)
	sought := map[string][]byte{
		"the NIK": []byte("3201010101800001"), "the family card": []byte("3201010101010001"), "a name": []byte("Neng Kirana"), "an address": []byte("Jalan Melati"),
		"a note": []byte("Ia takut pulang"), "the index key": s.keys.index.Load().now, "the journal key": s.keys.journal,
	}
	for i, guess := range guesses("3201010101800001") {
		sought[fmt.Sprint("guess ", i)] = guess[:]
	}
	hits := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		hits["files"]++
		for what, value := range sought {
			if bytes.Contains(text, value) || bytes.Contains(text, []byte(hex.EncodeToString(value))) || strings.Contains(path, string(value)) {
				hits[what+" in "+filepath.Base(path)]++
			}
		}
		return err
	})
	want := map[string]int{"files": hits["files"], "the index key in index.key": 1, "the journal key in journal.key": 1} // the control: the search finds
	if diff := cmp.Diff(want, hits); err != nil || hits["files"] < 8 || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

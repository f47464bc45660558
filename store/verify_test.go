package store_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/mattn/go-sqlite3"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// fill makes two persons, each with a case that somebody owes, and changes the first. before is her first sealed identity.
func fill(t *testing.T, cfg store.Config) (before []byte) {
	t.Helper()
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	person := casework.Person{ID: casework.PersonID(uuid.New()), Side: casework.Ordinary, Sex: casework.Female}
	putOne(t, s, person, "Neng Kirana")
	putOne(t, s, casework.Person{ID: casework.PersonID(uuid.New()), Side: casework.Ordinary, Sex: casework.Male}, "Asep Kirana")
	before = cell(t, cfg, person.ID)
	_, err = store.Update(t.Context(), s, func(w *store.Writer) (struct{}, error) {
		known, err := w.Person(person.ID)
		if err != nil {
			return struct{}{}, err
		}
		known.Identity.Name = "Neng Kirana Dewi"
		return struct{}{}, w.UpdatePerson(known, noteOn(w, "update", person.ID[:]))
	})
	if err != nil {
		t.Fatal(err)
	}
	return before
}

func noted(w *store.Writer, action string) func([32]byte) [16]byte {
	return noteOn(w, action, nil)
}

// noteOn is noted of a person.
func noteOn(w *store.Writer, action string, person []byte) func([32]byte) [16]byte {
	return func(value [32]byte) [16]byte {
		e := journal.Entry{Version: journal.Version, Origin: "console", Action: action, Event: journal.Event{Value: value}}
		if person != nil {
			e.ObjectKind = "person"
		}
		return w.Append(e, person, nil)
	}
}

func putOne(t *testing.T, s *store.Store, p casework.Person, name string) {
	t.Helper()
	p.Identity.Name = name
	key, err := s.WrapKey(store.Owner(p.ID))
	if err != nil {
		t.Fatal(err)
	}
	k := casework.Case{
		ID: casework.CaseID(uuid.New()), Number: casework.NewNumber(casework.CaseNumber, [4]byte(p.ID[:4])), Subject: p.ID,
		Type: casework.GrowthMonitoring, Level: casework.L1, Status: casework.GrowthMonitoring.BirthStatus(), Opened: time.Now(),
	}
	_, err = store.Update(t.Context(), s, func(w *store.Writer) (struct{}, error) {
		if err := w.PutPerson(p, key, noteOn(w, "person", p.ID[:])); err != nil {
			return struct{}{}, err
		}
		if err := w.PutCase(k, noted(w, "case")); err != nil {
			return struct{}{}, err
		}
		if err := w.Assign(k.ID, casework.AccountID{1}, noted(w, "assign")([32]byte{})); err != nil {
			return struct{}{}, err
		}
		duty := casework.Duty{
			Kind: casework.OnCase, Object: casework.ID(k.ID), Case: k.ID,
			Name: casework.DutyScreen, Started: w.Now(), Due: w.Now(), Level2: w.Now(), Level3: w.Now(),
		}
		return struct{}{}, w.PutDuty(duty, noted(w, "duty")([32]byte{}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// database opens the file past the store, as somebody with the disk in hand would.
func database(t *testing.T, cfg store.Config) *sql.DB {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cfg.Data, "*.db"))
	if err != nil || len(files) != 1 {
		t.Fatalf("database files %v, %v", files, err)
	}
	db, err := sql.Open("sqlite3", "file:"+files[0]+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func cell(t *testing.T, cfg store.Config, id casework.PersonID) (f2 []byte) {
	t.Helper()
	db := database(t, cfg)
	defer db.Close()
	if err := db.QueryRow("SELECT f2 FROM persons WHERE id = ?", id[:]).Scan(&f2); err != nil {
		t.Fatal(err)
	}
	return f2
}

func TestVerifyFindsWhatSomebodyDidPastTheServer(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil string // SQL; ? is the first person's identity before it was changed
		found []string
	}{
		{"nothing", "", nil},
		{"a byte of a sealed cell flipped", `UPDATE persons SET f2 = CAST(substr(f2, 1, length(f2) - 1) || CASE substr(f2, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB)`, []string{"seals", "entries"}},
		{"the cells of two persons exchanged", "UPDATE persons SET f2 = (SELECT q.f2 FROM persons q WHERE q.id <> persons.id)", []string{"seals", "entries"}},
		{"an entry of the journal taken out", "DELETE FROM journal WHERE number = 1", []string{"entries", "journal", "tree"}},
		{"the newest entry taken out", "DELETE FROM journal WHERE number = (SELECT max(number) FROM journal)", []string{"journal", "tree", "entries"}},
		{"an entry put in another's place", "UPDATE journal SET bytes = (SELECT j.bytes FROM journal j WHERE j.number = 0) WHERE number = 1", []string{"entries", "journal", "tree"}},
		{"a byte of an entry changed", "UPDATE journal SET bytes = CAST(substr(bytes, 1, 20) || x'7f' || substr(bytes, 22) AS BLOB) WHERE number = 1", []string{"tree"}},
		{"a duty taken away", "DELETE FROM duties WHERE id = (SELECT min(id) FROM duties)", []string{"duties"}},
		{"a case's officer put at another case's place", "UPDATE assignments SET place = place + 1000 WHERE place = (SELECT max(place) FROM assignments)", []string{"places", "duties"}},
		{"a case hidden from who asks for her cases", "UPDATE cases SET person_place = person_place + 1000", []string{"places"}},
		{"an entry hidden from who asks who looked at a case", "UPDATE journal SET case_id = (SELECT min(id) FROM cases) WHERE number = 1", []string{"places"}},
		{"a duty ended in silence", "UPDATE duties SET ended = 1 WHERE id = (SELECT min(id) FROM duties)", []string{"duties"}},
		{"an older value put back", "UPDATE persons SET f2 = ?1 WHERE revision = 2", []string{"entries"}},
		{"an older value put back with its entry", "UPDATE persons SET f2 = ?1, revision = 1, entry = (SELECT j.id FROM journal j WHERE j.object_id = persons.id ORDER BY j.number LIMIT 1) WHERE revision = 2", []string{"entries"}},
		{"a row taken out", "DELETE FROM persons WHERE revision = 2", []string{"entries"}},
		{"a row written past the journal", "UPDATE cases SET entry = x'00112233445566778899aabbccddeeff'", []string{"entries"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			cfg := store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
			before := fill(t, cfg)
			if c.spoil != "" {
				db := database(t, cfg)
				var args []any
				if strings.Contains(c.spoil, "?1") {
					args = append(args, before)
				}
				result, err := db.Exec(c.spoil, args...)
				if err != nil {
					t.Fatal(err)
				}
				if n, _ := result.RowsAffected(); n == 0 {
					t.Fatal("nothing was spoilt")
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			s, err := store.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			findings, err := s.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, f := range findings {
				if strings.Contains(f.What, "Kirana") {
					t.Errorf("a finding names somebody: %q", f.What)
				}
				found = append(found, f.Check)
			}
			slices.Sort(found)
			if found = slices.Compact(found); !slices.Equal(found, slices.Sorted(slices.Values(c.found))) {
				t.Errorf("found by %v, want %v: %v", found, c.found, findings)
			}
		})
	}
}

package store

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// aboutPersons are the names of columns that say whom a row is about.
var aboutPersons = []string{"case_id", "subject", "person", "household", "owner", "receiver_case", "object", "object_id"}

// keptRows are tables with such a column whose rows go by another way than erase.go's, each with its reason.
var keptRows = map[string]string{
	"cases.subject":      "her cases are erased by their ids",
	"deks.owner":         "by EraseKeys, which the cache of opened keys must hear of",
	"reviews.object":     "every review is of a case",
	"duties.object":      "every duty is of a case",
	"notices.object":     "every notice is of a case",
	"escalations.object": "every escalation is of a case",
}

// What was erased leaves the log, and the file is written anew, before long; and once.
func TestAnErasureEmptiesTheLogAndMakesTheFileAnew(t *testing.T) {
	s := openForTest(t, Config{})
	write(t, s, func(w *Writer) error { w.wipe(); return nil })
	var waits bool
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		write(t, s, func(w *Writer) error { waits = w.s.remains || !w.s.rewritten; return nil })
		if !waits {
			return
		}
	}
	t.Error("the file has not been written anew, or the log not been emptied")
}

// A table made later has to say how its rows about a person are erased.
func TestEveryTableAboutAPersonIsErased(t *testing.T) {
	s := openForTest(t, Config{})
	statements := strings.Join(slices.Concat(caseRows, personRows, householdRows), "\n")
	found, err := Read(context.Background(), s, func(r *Reader) ([]string, error) {
		return list(&r.tx, func(r row) (name string, err error) { return name, r.scan(&name) },
			`SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`)
	})
	if err != nil || len(found) < 200 {
		t.Fatalf("%d columns, %v", len(found), err)
	}
	for _, name := range found {
		table, column, _ := strings.Cut(name, ".")
		if _, kept := keptRows[name]; kept || !slices.Contains(aboutPersons, column) {
			continue
		}
		erased := slices.ContainsFunc(strings.Split(statements, "\n"), func(statement string) bool {
			return (strings.HasPrefix(statement, "DELETE FROM "+table+" ") || strings.HasPrefix(statement, "UPDATE "+table+" ")) &&
				(strings.Contains(statement, column) || column == "case_id" && strings.Contains(statement, inThese))
		})
		if !erased {
			t.Errorf("erase.go says nothing of %s, which tells whom a row is about", name)
		}
	}
}

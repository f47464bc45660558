package store

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// A sealed column that a new data key forgets opens never again once the older key is deleted.
func TestANewDataKeySealsEverySealedColumn(t *testing.T) {
	s := openForTest(t, Config{})
	names, err := Read(context.Background(), s, func(r *Reader) ([]string, error) {
		return list(&r.tx, func(r row) (name string, err error) { return name, r.scan(&name) },
			`SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'BYTEA'`)
	})
	if err != nil || len(names) < 100 {
		t.Fatalf("%d columns, %v", len(names), err)
	}
	sealed := 0
	for _, name := range names {
		table, column, _ := strings.Cut(name, ".")
		last := column[strings.LastIndex(column, "_")+1:]
		if !slices.Contains([]string{"f2", "f3", "f4", "answer", "request", "reason", "sealed"}, last) {
			continue
		}
		if table == cardTable || table == candidateTable { // of no owner: they change with the linkage key
			continue
		}
		if table == "links" { // of no owner, and under a key that never changes
			continue
		}
		sealed++
		if !slices.ContainsFunc(renewedColumns, func(c sealedColumn) bool { return c.table == table && c.column == column }) {
			t.Errorf("%s is not among renewedColumns", name)
		}
	}
	if sealed < 20 {
		t.Errorf("only %d sealed columns", sealed)
	}
}

package server_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// What has been done is taken back, so that the next act can be tried from where the last one stood: a copy of the folder and a store
// opened on it for each act tried would cost ten times the act. Triggers write for each row what makes it as it was.

// staysDone are the tables of which nothing is taken back: the journal with its tree, whose count the store keeps in memory; the keys
// of records, which it keeps too; and settings. That somebody tried is known for good, as in life.
var staysDone = map[string]bool{
	"journal": true, "tree": true, "checkpoints": true, "checkpoint_keys": true, "cosignatures": true, "deks": true, "settings": true, "regions": true,
	"undone": true, "goose_db_version": true,
}

// noteHowBack lays the triggers into the scene; its copies have them.
func (r *regency) noteHowBack() {
	r.t.Helper()
	statements := []string{"CREATE TABLE undone (n INTEGER PRIMARY KEY, of TEXT NOT NULL, back TEXT NOT NULL)"}
	for _, table := range column(r, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
		if staysDone[table] {
			continue
		}
		columns := column(r, "SELECT name FROM pragma_table_info('"+table+"')")
		keys := column(r, "SELECT name FROM pragma_table_info('"+table+"') WHERE pk > 0")
		if len(keys) == 0 {
			keys = []string{"rowid"}
		}
		is := func(row string) string {
			return each(keys, " AND ", func(c string) string { return c + "='||quote(" + row + "." + c + ")||'" })
		}
		was := each(columns, ",", func(c string) string { return c + "='||quote(OLD." + c + ")||'" })
		values := each(columns, ",", func(c string) string { return "'||quote(OLD." + c + ")||'" })
		for event, back := range map[string]string{
			"INSERT": "DELETE FROM " + table + " WHERE " + is("NEW"),
			"UPDATE": "UPDATE " + table + " SET " + was + " WHERE " + is("NEW"),
			"DELETE": "INSERT INTO " + table + " (" + strings.Join(columns, ",") + ") VALUES (" + values + ")",
		} {
			statements = append(statements, "CREATE TRIGGER undone_"+table+"_"+event+" AFTER "+event+" ON "+table+
				" BEGIN INSERT INTO undone (of, back) VALUES ('"+table+"', '"+back+"'); END")
		}
	}
	r.schema("BEGIN; " + strings.Join(statements, "; ") + "; COMMIT")
}

func each(words []string, between string, write func(string) string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = write(w)
	}
	return strings.Join(all, between)
}

// column reads the one column of a query.
func column(r *regency, query string, args ...any) (all []string) {
	r.t.Helper()
	rows, err := r.raw.Query(placed(query), args...)
	if err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var word string
		if err := rows.Scan(&word); err != nil {
			r.t.Fatal(err)
		}
		all = append(all, word)
	}
	return all
}

// changed are the tables that were written since it was last asked; p.top is where that was, to which one can go back.
func (p *place) changed() (tables []string) {
	p.t.Helper()
	rows, err := p.raw.raw.Query("SELECT n, of FROM undone WHERE n > ? ORDER BY n", p.top)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&p.top, &table); err != nil {
			p.t.Fatal(err)
		}
		tables = append(tables, table)
	}
	return tables
}

// back takes all back that was done since, and has the store forget it.
func (p *place) back(since int64) {
	p.t.Helper()
	statements := column(p.raw, "SELECT back FROM undone WHERE n > ? ORDER BY n DESC", since)
	if len(statements) == 0 {
		return
	}
	tx, err := p.raw.raw.Begin()
	if err != nil {
		p.t.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := tx.Exec(statement); err != nil {
			p.t.Fatalf("%s: %v", statement, err)
		}
	}
	if _, err = tx.Exec("DELETE FROM undone WHERE n > ?", since); err == nil {
		err = tx.Commit()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.top = since
	p.forget(statements)
}

// forget has the store read anew what was taken back. It knows the units by heart until told, and a person by her revision, which may
// now come again with another content: then it is opened anew.
func (p *place) forget(statements []string) {
	has := func(start string) bool {
		return slices.ContainsFunc(statements, func(s string) bool { return strings.HasPrefix(s, start) })
	}
	if has("UPDATE persons ") {
		p.leave()
		p.open()
		return
	}
	p.forgets++
	_, err := store.Update(p.t.Context(), p.store, func(w *store.Writer) (struct{}, error) {
		w.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "test"}, nil, nil)
		if err := w.SetSetting("altered", fmt.Sprint(p.forgets)); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.EndAbsence(casework.Absence{}) // see alter
	})
	if err == nil && has("UPDATE units ") {
		err = p.store.ReloadDirectory(p.t.Context())
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

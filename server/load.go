package server

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// The operator's files: units and users from CSV, columns by name. A file is taken whole or not at all; each fault is told with
// its line and column.

// LoadReport tells what became of each row.
type LoadReport struct {
	Lines  []string
	Faults []string
}

// table is a CSV file by the names of its columns.
type table struct {
	head   []string
	rows   []map[string]string
	lines  []int // on which each row begins
	faults []string
}

// errColumn is a header without a column that the file needs.
var errColumn = errors.New("the header lacks column")

func readTable(r io.Reader, needed ...string) (table, error) {
	var t table
	reader := csv.NewReader(r)
	reader.TrimLeadingSpace = true
	head, err := reader.Read()
	if err != nil {
		return t, fmt.Errorf("read the header line: %w", err)
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff") // Excel begins UTF-8 with a mark
	t.head = head
	for _, name := range needed {
		if !contains(head, name) {
			return t, fmt.Errorf("%w %q; it needs %s", errColumn, name, strings.Join(needed, ", "))
		}
	}
	for {
		record, err := reader.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return t, fmt.Errorf("read the file: %w", err)
		}
		row := map[string]string{}
		for i, name := range head {
			row[name] = strings.TrimSpace(record[i])
		}
		line, _ := reader.FieldPos(0)
		t.rows, t.lines = append(t.rows, row), append(t.lines, line)
	}
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// only refuses a column that a file of this kind does not have: a misspelt one would quietly do nothing.
func (t *table) only(columns ...string) error {
	for _, name := range t.head {
		if !contains(columns, name) {
			return fmt.Errorf("the header has column %q, which is none of %s", name, strings.Join(columns, ", "))
		}
	}
	return nil
}

// fault notes what is wrong with a column of row i.
func (t *table) fault(i int, column, why string) {
	t.faults = append(t.faults, fmt.Sprintf("line %d, %s: %s", t.lines[i], column, why))
}

// operator is the entry of what is done on the server's machine, where whoever holds the files holds the power.
func operator(action, event string) journal.Entry {
	return journal.Entry{Version: journal.Version, Origin: "console", Role: "OPERATOR", Action: action, Outcome: "ALLOW", Event: journal.Event{Name: event}}
}

// user is a row of the users' file.
type user struct {
	store.Account
	role   casework.Role
	unit   casework.Unit
	onDuty bool
	key    store.Key
	member casework.ID
}

// LoadUsers makes accounts, each with one role in one unit, approved by whoever holds the server's machine.
func LoadUsers(ctx context.Context, st *store.Store, file io.Reader, dryRun bool) (LoadReport, error) {
	t, err := readTable(file, "code", "kind", "name", "nik", "role", "unit", "duty_officer")
	if err != nil {
		return LoadReport{}, err
	}
	users, err := t.users(st)
	report := LoadReport{Faults: t.faults}
	if err != nil || len(t.faults) > 0 {
		return report, err
	}
	for _, u := range users {
		report.Lines = append(report.Lines, fmt.Sprintf("%s\t%s\t%s", u.Code, u.role, u.unit.Code))
	}
	if dryRun {
		return report, nil
	}
	_, err = store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
		entry := w.Append(operator("account.manage", "loadUsers"), nil, nil)
		for _, u := range users {
			if err := putUser(w, u, entry); err != nil {
				return struct{}{}, fmt.Errorf("%s: %w", u.Code, err)
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		return report, err
	}
	return report, st.ReloadDirectory(ctx)
}

func (t *table) users(st *store.Store) ([]user, error) {
	var users []user
	today := casework.DateOf(st.Now())
	for i, row := range t.rows {
		unit, ok := st.Directory().UnitByCode(row["unit"])
		u := user{role: casework.Role(row["role"]), unit: unit, onDuty: row["duty_officer"] == "yes", member: newID()}
		u.Account = store.Account{ID: casework.AccountID(newID()), Code: row["code"], Kind: row["kind"], Name: row["name"], NIK: row["nik"]}
		for _, c := range []struct {
			ok          bool
			column, why string
		}{
			{u.Code != "", "code", "is empty"},
			{u.Kind == "PERSON" || u.Kind == "APP", "kind", "is PERSON or APP"},
			{(u.Kind == "APP") == (u.role == casework.RoleApp), "role", "APP goes with kind APP, and with nothing else"},
			{u.role.Valid(), "role", "is no role"},
			{ok, "unit", "no such unit: load units first"},
			{u.NIK == "" || casework.CheckNIK(u.NIK, today) == "", "nik", "is no NIK"},
		} {
			if !c.ok {
				t.fault(i, c.column, c.why)
			}
		}
		var err error
		if u.key, err = st.WrapKey(store.Owner(u.Account.ID)); err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, nil
}

// putUser makes one account, or brings a known one up to date and gives it the role: a file may be loaded again. An account whose
// NIK bars it from a case is blocked there at once.
func putUser(w *store.Writer, u user, entry [16]byte) error {
	id, known, err := w.AccountByCode(u.Code)
	if err != nil {
		return err
	}
	switch {
	case !known:
		err = w.PutAccount(u.Account, u.key, entry)
	case u.NIK != "": // without one, what is known of a NIK stays
		u.Account.ID = id
		err = w.UpdateAccount(u.Account, entry)
	default:
		u.Account.ID = id
	}
	if err != nil {
		return err
	}
	has, err := w.HasMembership(u.Account.ID, u.role, u.unit.ID)
	if err != nil {
		return err
	}
	if !has {
		if err := w.PutMembership(u.member, u.Account.ID, u.role, u.unit.ID, entry); err != nil {
			return err
		}
	}
	if u.onDuty {
		return w.SetDutyOfficer(u.unit.ID, u.Account.ID, entry)
	}
	return nil
}

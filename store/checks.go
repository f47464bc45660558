package store

import (
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// sealedColumn is a sealed column with its row's id and its owner's.
type sealedColumn struct{ table, column, owner string }

// sealedColumns are all there are, each with the SQL of its owner: the subject of the case, or the row itself.
var sealedColumns = []sealedColumn{
	{"accounts", "f2", "t.id"},
	{"persons", "f2", "t.id"},
	{"cases", "f3", "t.subject"},
	{"cases", "f4", "t.subject"},
	{"measurements", "f3", "t.person"},
	{"incidents", "f4", subjectOf("t.case_id")},
	{"pairs", "f4", subjectOf("t.case_id")},
	{"notes", "f3", subjectOf("t.case_id")},
	{"notes", "f4", subjectOf("t.case_id")},
	{"legal_steps", "f4", subjectOf("t.case_id")},
	{"tasks", "f3", subjectOf("t.case_id")},
	{"tasks", "reason_f3", subjectOf("t.case_id")},
	{"disclosures", "f3", subjectOf("t.case_id")},
	{"legs", "f3", subjectOf("t.case_id")},
	{"legs", "report_f3", subjectOf("t.case_id")},
	{"households", "f2", "t.id"},
	{"household_members", "f2", "t.household"},
	{"family_cards", "f2", "t.household"},
	// A reason that is of no case is of what was approved, or of the object itself: an account.
	{"release_units", "reason", "t.account"},
	{"journal", "reason", "COALESCE(" + subjectOf("t.case_id") + ", (SELECT a.owner FROM approvals a WHERE a.id = t.object_id), t.object_id)"},
	{"progress", "f3", subjectOf("(SELECT l.case_id FROM legs l WHERE l.id = t.leg)")},
	{"progress", "diagnosis_f3", subjectOf("(SELECT l.case_id FROM legs l WHERE l.id = t.leg)")},
	{"reviews", "f3", subjectOf("t.case_id")},
	{"approvals", "request", "t.owner"},
	{"approvals", "f4", "t.owner"},
	{"blocks", "f4", subjectOf("t.case_id")},
	{"holds", "f4", subjectOf("t.case_id")},
	{"barred", "f4", subjectOf("t.case_id")},
	{"requests", "answer", "t.owner"},
	{"reviews", "answer_f4", subjectOf("t.case_id")},
	{"glasses", "f4", "COALESCE(" + subjectOf("t.case_id") + ", t.account)"},
	{"mornings", "sealed", "t.office"},
}

func subjectOf(caseID string) string {
	return "(SELECT c.subject FROM cases c WHERE c.id = " + caseID + ")"
}

// rowKeys are the columns that make the row of a cell, where that is not its id.
var rowKeys = map[string][]string{
	"requests": {"account", "id"}, "barred": {"nik_tag", "case_id"}, "sign_ins": {"account"}, "invitations": {"hash"},
	"release_units": {"release", "unit"},
}

func (c sealedColumn) keys() []string {
	if keys, ok := rowKeys[c.table]; ok {
		return keys
	}
	return []string{"id"}
}

// renewedColumns are all that a new data key seals again: those of sign-ins too, which have a check of their own.
var renewedColumns = slices.Concat(sealedColumns, []sealedColumn{
	{"sign_ins", "f2", "t.account"},
	{"invitations", "f2", "COALESCE(t.account, substr(t.hash, 1, 16))"}, // before there is an account
})

// checkSeals opens every sealed column, stored answers included: a value moved, edited or under a lost key does not open.
func checkSeals(r *Reader, report func(string)) error {
	for _, s := range sealedColumns {
		keys := s.keys()
		query := "SELECT t." + keys[0] + ", t." + keys[len(keys)-1] + ", " + s.owner + ", t." + s.column + " FROM " + s.table + " t WHERE t." + s.column + " IS NOT NULL"
		for row := range r.rows(query) {
			var first, last []byte
			var owner Owner
			var sealed []byte
			if err := row.scan(&first, &last, owner[:], &sealed); err != nil {
				return err
			}
			id := slices.Clone(first)
			if len(keys) > 1 {
				id = append(id, last...)
			}
			if _, err := r.Open(Cell{s.table, s.column, id, owner}, sealed); err != nil {
				report(fmt.Sprintf("%s.%s of %s: %v", s.table, s.column, casework.ID(last), err))
			}
		}
	}
	return nil
}

// entryTables carry the id of the entry that made or last changed each row.
var entryTables = []string{
	"units", "accounts", "memberships", "credentials", "persons", "cases", "incidents", "pairs", "measurements",
	"notes", "legal_steps", "case_events", "changes", "tasks", "assignments", "submissions", "blocks", "barred", "disclosures", "legs", "progress", "duties", "reviews",
	"glasses", "erased", "absences", "households", "household_members", "family_cards", "escalations", "notices", "approvals", "holds",
	"checkpoint_keys", "cosignatures", "releases", "release_units", "ledger",
}

// checkEntries finds rows without an entry: somebody wrote past the journal. It also finds an older value put back into its own
// cell: that opens, but it is not what the journal says was written.
// An entry whose row is gone, and a row that is older than the newest entry about it with all that belongs to it, it finds by the
// object that stands beside the entry; of what was erased nothing stands there any more.
func checkEntries(r *Reader, report func(string)) error {
	values := map[[16]byte][32]byte{} // by entry; an index on the entries' ids would cost every write for the sake of this
	newest := map[written]lastWrite{}
	err := r.WalkJournal(0, func(rec Record) error {
		e := rec.Entry
		values[e.ID] = e.Event.Value
		if _, kept := digestedKinds[e.ObjectKind]; kept && e.Event.Value != ([32]byte{}) && len(rec.Object) == 16 {
			newest[written{e.ObjectKind, [16]byte(rec.Object)}] = lastWrite{e.ID, e.Number}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, table := range entryTables {
		if err := r.checkTable(table, values, report); err != nil {
			return err
		}
	}
	return r.checkNewest(newest, report)
}

// written is what an entry says was written; lastWrite the entry that said so last.
type (
	written struct {
		kind string
		id   [16]byte
	}
	lastWrite struct {
		entry  [16]byte
		number uint64
	}
)

// digestedKinds are the tables of what entries call by a kind, as far as they carry the digest of the row.
var digestedKinds = map[string]string{
	"person": "persons", "household": "households", "case": "cases", "measurement": "measurements", "incident": "incidents", "leg": "legs",
}

// kindOf is what entries call the rows of a table.
func kindOf(table string) (string, bool) {
	for kind, of := range digestedKinds {
		if of == table {
			return kind, true
		}
	}
	return "", false
}

// checkNewest holds each row against the newest entry that wrote it, and finds the entries whose rows are gone.
func (t *tx) checkNewest(newest map[written]lastWrite, report func(string)) error {
	for kind, table := range digestedKinds {
		for row := range t.rows("SELECT t.id, t.entry FROM " + table + " t") {
			var id, entry [16]byte
			if err := row.scan(id[:], entry[:]); err != nil {
				return err
			}
			last, known := newest[written{kind, id}]
			if known && last.entry != entry {
				report(fmt.Sprintf("a row of %s is older than entry %d, which wrote it anew", table, last.number))
			}
			delete(newest, written{kind, id})
		}
	}
	for w, last := range newest {
		report(fmt.Sprintf("entry %d wrote a row of %s that is not there", last.number, digestedKinds[w.kind]))
	}
	return nil
}

// digestColumns are the sealed columns whose digest stands in the entry of their row.
var digestColumns = map[string]string{
	"persons": "t.f2, NULL", "households": "t.f2, NULL", "cases": "t.f3, t.f4", "measurements": "t.f3, NULL", "incidents": "t.f4, NULL", "legal_steps": "t.f4, NULL", "legs": "t.f3, t.report_f3",
}

func (t *tx) checkTable(table string, values map[[16]byte][32]byte, report func(string)) error {
	columns, digested := digestColumns[table]
	if !digested {
		columns = "NULL, NULL"
	}
	for row := range t.rows("SELECT t.entry, " + columns + " FROM " + table + " t") {
		var entry [16]byte
		var first, second []byte
		if err := row.scan(&entry, &first, &second); err != nil {
			return err
		}
		value, ok := values[entry]
		switch {
		case !ok:
			report(fmt.Sprintf("a row of %s names entry %s, which is not there", table, casework.ID(entry)))
		case digested && value != digest(first, second):
			report(fmt.Sprintf("a row of %s is not what entry %s says was written", table, casework.ID(entry)))
		}
	}
	return nil
}

// checkPlaces finds rows that no question about their case or person would find.
func checkPlaces(r *Reader, report func(string)) error {
	byCase := " t JOIN cases k ON k.id = t.case_id WHERE t.place IS NULL OR t.place <> k.place"
	for _, q := range []struct{ table, elsewhere, of string }{
		{"legs", byCase, "case"},
		{"disclosures", byCase, "case"},
		{"assignments", byCase, "case"},
		{"submissions", byCase, "case"},
		{"duties", byCase, "case"},
		{"journal", byCase, "case"},
		{"cases", " t JOIN persons p ON p.id = t.subject WHERE t.person_place <> p.place", "person"},
		{"measurements", " t JOIN cases k ON k.id = t.case_id WHERE t.person_place <> k.person_place", "person"},
	} {
		var n int64
		if err := r.row("SELECT count(*) FROM " + q.table + q.elsewhere).scan(&n); err != nil {
			return err
		}
		if n > 0 {
			report(fmt.Sprintf("%d rows of %s do not stand by the place of their %s", n, q.table, q.of))
		}
	}
	return nil
}

// checkDuties finds open things that nobody owes, and owed things that are over.
func checkDuties(r *Reader, report func(string)) error {
	for _, q := range []struct{ what, query string }{
		{"open legs without a duty", `SELECT count(*) FROM legs l WHERE l.ended IS NULL
			AND (SELECT count(*) FROM duties u WHERE u.place = l.place AND u.object = l.id AND u.ended IS NULL) <> 1`},
		{"closed cases with a duty", `SELECT count(*) FROM cases c JOIN duties u ON u.place = c.place AND u.object = c.id AND u.ended IS NULL WHERE c.closed IS NOT NULL`},
		{"closed cases with an open task", `SELECT count(*) FROM cases c JOIN tasks t ON t.case_id = c.id AND t.ended IS NULL WHERE c.closed IS NOT NULL`},
		{"ended legs with a duty", `SELECT count(*) FROM legs l JOIN duties u ON u.place = l.place AND u.object = l.id AND u.ended IS NULL WHERE l.ended IS NOT NULL`},
		{"open cases without a duty", `SELECT count(*) FROM cases c WHERE c.closed IS NULL
			AND (SELECT count(*) FROM duties u WHERE u.place = c.place AND u.object = c.id AND u.ended IS NULL) <> 1`},
		{"open cases without an officer", `SELECT count(*) FROM cases c WHERE c.closed IS NULL
			AND NOT EXISTS (SELECT 1 FROM assignments a WHERE a.place = c.place AND a.until_time IS NULL
				AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.case_id = a.case_id AND b.account = a.account AND b.until_time IS NULL))`},
		{"open tasks without a duty", `SELECT count(*) FROM tasks t WHERE t.ended IS NULL
			AND (SELECT count(*) FROM duties u WHERE u.place = (SELECT k.place FROM cases k WHERE k.id = t.case_id) AND u.object = t.id AND u.ended IS NULL) <> 1`},
		{"acts that wait for nobody", `SELECT count(*) FROM approvals a WHERE a.state = 'WAITING'
			AND a.id NOT IN (SELECT u.object FROM duties u WHERE u.kind = 'APPROVAL' AND u.ended IS NULL)`},
		{"children with two open growth cases", `SELECT count(*) FROM (SELECT subject FROM cases
			WHERE closed IS NULL AND type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'GROWTH_MONITORING')
			GROUP BY subject HAVING count(*) > 1) twice`},
	} {
		var n int64
		if err := r.row(q.query).scan(&n); err != nil {
			return err
		}
		if n > 0 {
			report(fmt.Sprintf("%d %s", n, q.what))
		}
	}
	return nil
}

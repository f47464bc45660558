package store

import (
	"context"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Check looks at rows for Verify, and calls report with a constant and an opaque id for each thing that is wrong. It never
// reports a value.
type Check struct {
	Name string
	Run  func(r *Reader, report func(finding string)) error
}

// Finding is something wrong in the database.
type Finding struct {
	Check string // name of the check that found it
	What  string
}

// rowChecks are the checks of the tables, beside the engine's own. Name them here, as a literal: no init functions.
var rowChecks = []Check{{"seals", checkSeals}, {"sign-ins", checkSignIns}, {"linkage", checkLinkage}, {"entries", checkEntries}, {"duties", checkDuties}, {"places", checkPlaces}, {"releases", checkReleases}, {"links", checkLinks}}

// Verify reads the whole database on one snapshot: SQLite's own check, the journal and its tree, then the checks of the tables. An empty
// list means that nothing was found.
func (s *Store) Verify(ctx context.Context) ([]Finding, error) {
	return Read(ctx, s, func(r *Reader) ([]Finding, error) {
		var findings []Finding
		for _, check := range append([]Check{{"file", checkFile}, {"journal", checkJournal}, {"tree", checkTree}}, rowChecks...) {
			report := func(what string) { findings = append(findings, Finding{check.Name, what}) }
			err := check.Run(r, report)
			if untrustworthy(err) { // which ends the snapshot too
				report("a page cannot be read: the file or its disk is damaged; what else is wrong is not looked at")
				return findings, nil
			}
			if err != nil {
				return nil, fmt.Errorf("verify %s: %w", check.Name, err)
			}
		}
		return findings, nil
	})
}

// checkFile asks SQLite, which reads every page, and with it the page's sum (pagesum.go). Of a page whose sum is right SQLite sees about
// 1 flipped bit in 20; the seals and the journal see most of the others. PostgreSQL checks its pages as it
// reads them.
func checkFile(r *Reader, report func(string)) error {
	if !r.s.inFile() {
		return nil
	}
	for row := range r.rows("PRAGMA quick_check") {
		var line string
		if err := row.scan(&line); err != nil {
			return err
		}
		if line != "ok" {
			report(line)
		}
	}
	return nil
}

// checkJournal walks the journal: no number missing, each entry readable and standing in its own row, time never backwards.
func checkJournal(r *Reader, report func(string)) error {
	var next, newest int64
	for row := range r.rows("SELECT number, id, time, bytes FROM journal ORDER BY number") { // by the primary key
		var number, time int64
		var id [16]byte
		var canonical []byte
		if err := row.scan(&number, &id, &time, &canonical); err != nil {
			return err
		}
		if number != next {
			report(fmt.Sprintf("entries %d to %d are missing", next, number-1))
		}
		if time < newest {
			report(fmt.Sprintf("entry %d is older than the one before it", number))
		}
		entry, err := journal.Parse(canonical)
		switch {
		case err != nil:
			report(fmt.Sprintf("entry %d does not parse", number))
		case entry.Number != uint64(number) || entry.ID != id || entry.Time != time:
			report(fmt.Sprintf("entry %d stands in a row of another", number))
		}
		next, newest = number+1, time
	}
	return nil
}

// WalkJournal visits the records from a number on, in order, until visit gives an error.
func (t *tx) WalkJournal(from uint64, visit func(Record) error) error {
	const query = "SELECT object_id, case_id, bytes, reason FROM journal WHERE number >= $1 ORDER BY number" // by the primary key
	for row := range t.rows(query, int64(from)) {
		var record Record
		var canonical []byte
		err := row.scan(&record.Object, &record.Case, &canonical, &record.Reason)
		if err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		if record.Entry, err = journal.Parse(canonical); err != nil {
			return fmt.Errorf("read the journal: %w", err)
		}
		if err := visit(record); err != nil {
			return err
		}
	}
	return nil
}

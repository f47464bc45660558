package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/statistics"
)

// checkReleases holds every release against its signature, its one draw in the journal, the file of the key folder and the ledger. Whoever
// changes a published value, or draws a period again, cannot make all of them agree.
func checkReleases(r *Reader, report func(string)) error {
	history, err := r.historyOfReleases()
	if err != nil {
		return err
	}
	noted, err := r.s.Drawn()
	if err != nil {
		report(err.Error())
		noted = nil
	}
	drawn, there := map[DrawnKey]bool{}, map[DrawnKey]bool{}
	for row := range r.rows("SELECT " + releaseColumns + ", r.shown, r.signature FROM releases r") {
		var v Release
		var text []byte
		var signature string
		err := row.scan(v.ID[:], &v.Dataset, &v.Period, &v.State, &v.HeldFor, &v.Closed, &v.Drawn, &v.Due, &v.Publish, &v.Published, &v.Exported,
			&v.AsOf, &v.Catalogue, &v.Terminology, &v.Deadlines, &v.Note, &v.Revision, &text, &signature)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("the release of %s for %s", v.Dataset, v.Period)
		there[DrawnKey{v.Dataset, v.Period}] = true
		past := history[v.ID]
		if past.state != v.State {
			report(name + " does not stand where the journal has left it")
		}
		if v.Drawn.IsZero() != (len(text) == 0) || past.draws > 1 || (past.draws == 1) != !v.Drawn.IsZero() {
			report(name + " was not drawn once")
		}
		if v.Drawn.IsZero() {
			continue
		}
		key, sum := DrawnKey{v.Dataset, v.Period}, sha256.Sum256(text)
		drawn[key] = true
		if was, ok := noted[key]; past.value != sum || ok && was != sum {
			report(name + " is not what was drawn")
		}
		if opened, err := r.openRelease(text, signature); err != nil || !bytes.Equal(opened, text) || !saysItself(text, v) {
			report(name + " is signed by no key of this journal")
		}
	}
	for key := range noted {
		if !there[key] {
			report(fmt.Sprintf("a draw of %s for %s, which the key folder knows, is not there", key.Dataset, key.Period))
		}
	}
	return r.checkLedger(drawn, report)
}

func (t *tx) openRelease(text []byte, signature string) ([]byte, error) {
	opened, err := t.OpenNote(append(append(append([]byte{}, text...), '\n'), signature...))
	return []byte(opened), err
}

// saysItself tells whether a text is of the release in whose row it stands: a signed one of another would open as well.
func saysItself(text []byte, v Release) bool {
	for _, line := range []string{"release: releases/" + v.ID.String(), "dataset: " + v.Dataset, "period: " + v.Period, fmt.Sprintf("as_of_seq: %d", v.AsOf)} {
		if !bytes.Contains(text, []byte("\n"+line+"\n")) {
			return false
		}
	}
	return true
}

// pastOfRelease is what the journal says of one.
type pastOfRelease struct {
	draws int
	value [32]byte // of the draw
	state string   // after the newest entry
}

// historyOfReleases reads the entries about releases.
func (t *tx) historyOfReleases() (map[casework.ID]pastOfRelease, error) {
	all := map[casework.ID]pastOfRelease{}
	for r := range t.rows("SELECT j.object_id, j.bytes FROM journal j WHERE j.object_id IN (SELECT id FROM releases) ORDER BY j.number") {
		var id casework.ID
		var canonical []byte
		if err := r.scan(id[:], &canonical); err != nil {
			return nil, err
		}
		e, err := journal.Parse(canonical)
		if err != nil || e.ObjectKind != "release" || e.Event.After == "" {
			continue // a refused act; and what does not parse is found by another check
		}
		past := all[id]
		past.state = e.Event.After
		if e.Event.Value != ([32]byte{}) {
			past.draws++
			past.value = e.Event.Value
		}
		all[id] = past
	}
	return all, nil
}

// checkLedger holds the ledger against the draws: each has its row and its cost, and none has another.
func (t *tx) checkLedger(drawn map[DrawnKey]bool, report func(string)) error {
	rows, err := list(t, scanSpending, "SELECT dataset, period, year, side, cost FROM ledger")
	if err != nil {
		return err
	}
	for _, s := range rows {
		key := DrawnKey{s.Dataset, s.Period}
		table, known := statistics.Find(statistics.Released, s.Dataset)
		period, ok := statistics.ParsePeriod(s.Period)
		switch {
		case !drawn[key]:
			report(fmt.Sprintf("the ledger has a draw of %s for %s that is not there", s.Dataset, s.Period))
		case !known || !ok || s.Year != period.Year || s.Side != string(table.Side) || s.Cost != int64(table.Epsilon*1000+0.5):
			report(fmt.Sprintf("the ledger has another cost of %s for %s", s.Dataset, s.Period))
		}
		delete(drawn, key)
	}
	for key := range drawn {
		report(fmt.Sprintf("the ledger has no draw of %s for %s", key.Dataset, key.Period))
	}
	return nil
}

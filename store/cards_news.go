package store

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// News are the records that entries of the journal may have changed: the card, or who asks.
type News struct {
	Persons []casework.PersonID
	Next    uint64 // number of the first entry that was not read
	Erased  bool   // of somebody; her entries no longer tell of whom
	More    bool
}

// News reads at most so many entries from a number on.
func (r *Reader) News(from uint64, most int) (t News, err error) {
	t.Next = from
	seen := map[casework.PersonID]bool{}
	add := func(ids ...casework.PersonID) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				t.Persons = append(t.Persons, id)
			}
		}
	}
	records, err := list(&r.tx, scanTouching, "SELECT object_id, case_id, bytes FROM journal WHERE number >= $1 ORDER BY number LIMIT $2", int64(from), most)
	if err != nil {
		return t, fmt.Errorf("follow the journal: %w", err)
	}
	for _, rec := range records {
		t.Next, t.Erased = rec.Entry.Number+1, t.Erased || rec.Entry.Action == "case.erase"
		ids, err := r.touchedBy(rec)
		if err != nil {
			return t, err
		}
		add(ids...)
	}
	t.More = len(records) == most
	return t, nil
}

func scanTouching(r row) (Record, error) {
	rec, err := scanRecord(r)
	rec.Object, rec.Case = bytes.Clone(rec.Object), bytes.Clone(rec.Case)
	return rec, err
}

// touchedBy an entry: a record with all who live with her, for cards hold the names of kin and the number of the household; the subject of
// a case of which anything was done.
func (t *tx) touchedBy(rec Record) (ids []casework.PersonID, err error) {
	if rec.Entry.Event.Name == "" {
		return nil, nil // somebody looked
	}
	if len(rec.Case) == 16 {
		ids, err = list(t, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) }, "SELECT subject FROM cases WHERE id = $1", rec.Case)
		if err != nil {
			return nil, fmt.Errorf("follow the journal: %w", err)
		}
	}
	if len(rec.Object) != 16 {
		return ids, nil
	}
	switch rec.Entry.ObjectKind {
	case "person":
		id := casework.PersonID(rec.Object)
		ids = append(ids, id)
		memberships, err := t.MembershipsOf(id)
		if err != nil {
			return nil, err
		}
		for _, m := range memberships {
			with, err := t.membersEver(m.Household)
			if err != nil {
				return nil, err
			}
			ids = append(ids, with...)
		}
	case "household":
		with, err := t.membersEver(casework.HouseholdID(rec.Object))
		if err != nil {
			return nil, err
		}
		ids = append(ids, with...)
	}
	return ids, nil
}

// membersEver are all who live or lived in a household. Served by household_members_household.
func (t *tx) membersEver(household casework.HouseholdID) ([]casework.PersonID, error) {
	return list(t, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) },
		"SELECT DISTINCT person FROM household_members WHERE household = $1", household)
}

// CardsFollow is up to which number of the journal cards follow; ok is false in data that has none yet.
func (t *tx) CardsFollow() (next uint64, ok bool, err error) {
	text, ok, err := t.Setting(followedSetting)
	if err != nil || !ok {
		return 0, false, err
	}
	next, err = strconv.ParseUint(text, 10, 64)
	return next, err == nil, err
}

// SetCardsFollow notes how far cards follow, with what it took.
func (w *Writer) SetCardsFollow(next uint64) error {
	return w.set(followedSetting, strconv.FormatUint(next, 10))
}

// set is SetSetting of what no cache depends on.
func (w *Writer) set(key, value string) error {
	_, err := w.execEntry("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	return err
}

// NextNumber is that of the entry to come.
func (t *tx) NextNumber() (next uint64, err error) {
	var n int64
	err = t.row("SELECT COALESCE(max(number) + 1, 0) FROM journal").scan(&n)
	return uint64(n), err
}

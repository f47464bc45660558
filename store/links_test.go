package store

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// say writes a link as a handler does: the entry is about the case of whoever says it.
func say(t *testing.T, s *Store, l casework.Link) {
	t.Helper()
	_, err := Update(context.Background(), s, func(w *Writer) (struct{}, error) {
		return struct{}{}, w.PutLink(l, func(value [32]byte) ([16]byte, error) {
			e := journal.Entry{Version: journal.Version, Action: "link.decide", ObjectKind: "link", Object: s.Pseudonym("link", l.ID[:])}
			e.Event = journal.Event{Name: "confirmLink", Value: value}
			return w.Append(e, l.Case[:], l.Case[:]), nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func aLink(s *Store, a, b casework.PersonID) casework.Link {
	l := casework.Link{ID: s.PairID(a, b), State: casework.LinkConfirmed, Case: casework.CaseID(uuid.New()), By: casework.AccountID(uuid.New()), At: time.Now()}
	l.Persons[0], l.Persons[1] = ascending(a, b)
	return l
}

type linkRow struct{ id, a, b, review, sealed []byte }

func linkRowsOf(t *testing.T, s *Store) []linkRow {
	t.Helper()
	rows, err := Read(context.Background(), s, func(r *Reader) ([]linkRow, error) {
		return list(&r.tx, func(r row) (l linkRow, err error) {
			err = r.scan(&l.id, &l.a, &l.b, &l.review, &l.sealed)
			return linkRow{bytes.Clone(l.id), bytes.Clone(l.a), bytes.Clone(l.b), bytes.Clone(l.review), bytes.Clone(l.sealed)}, err
		}, "SELECT id, a, b, review, sealed FROM links")
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func linkFindings(t *testing.T, s *Store) (all []string) {
	t.Helper()
	_, err := Read(context.Background(), s, func(r *Reader) (struct{}, error) {
		return struct{}{}, checkLinks(r, func(what string) { all = append(all, what) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Who has the database and no key finds in the table no value that stands anywhere else, of rows that are all alike.
func TestARowOfALinkLeadsToNothing(t *testing.T) {
	s := openForTest(t, Config{})
	known := map[[16]byte]bool{}
	persons := make([]casework.PersonID, 6)
	for i := range persons {
		persons[i] = casework.PersonID(uuid.New())
		known[persons[i]] = true
	}
	for i := range 5 {
		l := aLink(s, persons[i], persons[i+1])
		if i%2 == 0 {
			l.State, l.Review, l.Asking = casework.LinkSentToReview, casework.ID(uuid.New()), l.Case
			known[l.Review] = true
		}
		known[l.Case], known[l.By] = true, true
		say(t, s, l)
	}
	_, err := Read(context.Background(), s, func(r *Reader) (struct{}, error) {
		return struct{}{}, r.WalkJournal(0, func(rec Record) error {
			known[rec.Entry.ID], known[rec.Entry.Object] = true, true
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := linkRowsOf(t, s)
	for _, l := range rows {
		if len(l.sealed) != len(rows[0].sealed) {
			t.Errorf("rows of %d and %d bytes", len(l.sealed), len(rows[0].sealed))
		}
		for _, mark := range [][]byte{l.id, l.a, l.b, l.review} {
			if known[[16]byte(mark)] {
				t.Errorf("%x stands elsewhere", mark)
			}
		}
		for id := range known {
			if bytes.Contains(l.sealed, id[:]) {
				t.Errorf("a sealed link tells %x", id)
			}
		}
	}
	for i, id := range persons {
		found, err := Read(context.Background(), s, func(r *Reader) ([]casework.Link, error) { return r.LinksOf(id) })
		want := 2
		if i == 0 || i == len(persons)-1 {
			want = 1
		}
		if err != nil || len(found) != want || slices.ContainsFunc(found, func(l casework.Link) bool { return l.Other(id) == id }) {
			t.Errorf("person %d has %d links, %v", i, len(found), err)
		}
	}
	if faults := linkFindings(t, s); len(faults) > 0 {
		t.Errorf("verify finds %v", faults)
	}
}

// An undone link that is put back from an older copy would point again.
func TestVerifyFindsAnOlderLinkPutBack(t *testing.T) {
	s := openForTest(t, Config{})
	l := aLink(s, casework.PersonID(uuid.New()), casework.PersonID(uuid.New()))
	say(t, s, l)
	before := linkRowsOf(t, s)[0]
	l.State, l.Revision = casework.LinkUndone, 1
	say(t, s, l)
	if faults := linkFindings(t, s); len(faults) > 0 {
		t.Errorf("verify finds %v", faults)
	}
	_, err := Update(context.Background(), s, func(w *Writer) (struct{}, error) {
		_, err := w.exec("UPDATE links SET sealed = $1", before.sealed)
		return struct{}{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if faults := linkFindings(t, s); len(faults) != 1 {
		t.Errorf("verify finds %v in a row that is older than its newest entry", faults)
	}
}

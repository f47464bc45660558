package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// A new data key for an owner of whom somebody may have the old one. From its first transaction on everything of the owner is sealed
// under the new key; then what stands under an older one is sealed again, and when nothing does, the older ones are deleted.

// renewMost is how many cells are sealed again in one transaction.
const renewMost = 64

// RenewKey gives an owner a new data key and seals all that is theirs again. It tells how many cells that were. A killed run is gone on
// with by KeepKeys.
func (s *Store) RenewKey(ctx context.Context, owner Owner, by journal.Entry) (cells int, err error) {
	s.keys.changing.Lock()
	defer s.keys.changing.Unlock()
	newest, err := Read(ctx, s, func(r *Reader) (Key, error) { return r.newestKey(owner) })
	if err != nil {
		return 0, err
	}
	key, err := s.wrapKey(owner, newest.epoch+1)
	if err != nil {
		return 0, err
	}
	_, err = Update(ctx, s, func(w *Writer) (struct{}, error) {
		by.ObjectKind, by.Object, by.Event = "key", s.Pseudonym("owner", owner[:]), journal.Event{Name: "DATA_KEY_RENEWED"}
		w.Append(by, nil, nil)
		return struct{}{}, w.PutKey(key)
	})
	if err != nil {
		return 0, err
	}
	return s.sealAgain(ctx, owner, by)
}

// sealedAt is a cell under an older key, and where it stands.
type sealedAt struct {
	column sealedColumn
	row    []any // by which it is found
	cell   Cell
}

// sealAgain brings all cells of an owner under the newest key, and then deletes the older ones.
func (s *Store) sealAgain(ctx context.Context, owner Owner, by journal.Entry) (int, error) {
	var old []sealedAt
	var newest Key
	_, err := Read(ctx, s, func(r *Reader) (struct{}, error) {
		var err error
		if newest, err = r.newestKey(owner); err != nil {
			return struct{}{}, err
		}
		old, err = r.sealedBefore(newest)
		return struct{}{}, err
	})
	if errors.Is(err, ErrErased) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for page := range slices.Chunk(old, renewMost) {
		_, err := Update(ctx, s, func(w *Writer) (struct{}, error) {
			for _, at := range page {
				if err := w.sealOneAgain(at, by); err != nil {
					return struct{}{}, err
				}
			}
			return struct{}{}, nil
		})
		if err != nil {
			return 0, fmt.Errorf("seal again: %w", err)
		}
	}
	return len(old), s.update(ctx, func(w *Writer) error {
		w.wipe()
		_, err := w.exec("DELETE FROM deks WHERE owner = $1 AND epoch < $2", owner[:], newest.epoch)
		return err
	})
}

// sealedBefore are the cells of an owner under another key than the newest. It looks at every row, on a snapshot and so in nobody's way:
// an index of owners would cost every write for what is done once in years.
func (t *tx) sealedBefore(newest Key) (old []sealedAt, err error) {
	for _, c := range renewedColumns {
		keys, number := c.keys(), "0"
		if c.table == "journal" {
			number = "t.number" // ids of entries have no index
		}
		query := "SELECT " + number + ", t." + strings.Join(keys, ", t.") + ", t." + c.column + " FROM " + c.table + " t WHERE " + c.owner + " = $1 AND t." + c.column + " IS NOT NULL"
		for r := range t.rows(query, newest.owner[:]) {
			var n int64
			row, sealed := make([][]byte, len(keys)), []byte(nil)
			dest := []any{&n}
			for i := range row {
				dest = append(dest, &row[i])
			}
			if err := r.scan(append(dest, &sealed)...); err != nil {
				return nil, fmt.Errorf("read what is sealed: %w", err)
			}
			if epochOf(sealed) == newest.epoch {
				continue
			}
			at := sealedAt{column: c, cell: Cell{c.table, c.column, nil, newest.owner}}
			for i := range row {
				id := bytes.Clone(row[i])
				at.row, at.cell.Row = append(at.row, id), append(at.cell.Row, id...)
			}
			if c.table == "journal" {
				at.row = []any{n}
			}
			old = append(old, at)
		}
	}
	return old, nil
}

// sealOneAgain seals a cell under the newest key, if it stands there still. Where the journal vouches for the value, another entry does.
func (w *Writer) sealOneAgain(at sealedAt, by journal.Entry) error {
	where, c := at.column.where(), at.column
	var sealed []byte
	err := w.row("SELECT t."+c.column+" FROM "+c.table+" t WHERE "+where, at.row...).scan(&sealed)
	if errors.Is(err, errNoRows) || err == nil && sealed == nil {
		return nil
	}
	if err != nil {
		return err
	}
	plain, err := w.Open(at.cell, bytes.Clone(sealed))
	if err != nil {
		return fmt.Errorf("%s.%s: %w", c.table, c.column, err)
	}
	fresh, err := w.Seal(at.cell, plain)
	clear(plain)
	if err != nil {
		return err
	}
	next := fmt.Sprint("$", len(at.row)+1)
	if _, err := w.exec("UPDATE "+c.table+" AS t SET "+c.column+" = "+next+" WHERE "+where, append(slices.Clone(at.row), fresh)...); err != nil {
		return err
	}
	columns, vouched := digestColumns[c.table]
	if !vouched {
		return nil
	}
	var first, second []byte
	if err := w.row("SELECT "+columns+" FROM "+c.table+" t WHERE "+where, at.row...).scan(&first, &second); err != nil {
		return err
	}
	by.ObjectKind, by.Object, by.Event = "key", [16]byte{}, journal.Event{Name: "SEALED_AGAIN", Value: digest(first, second)}
	var object []byte
	if kind, known := kindOf(c.table); known { // the newest entry about the row, or it would seem to be an older one put back
		object = at.cell.Row
		by.ObjectKind, by.Object = kind, w.s.Pseudonym(kind, object)
	}
	entry := w.Append(by, object, nil)
	_, err = w.exec("UPDATE "+c.table+" AS t SET entry = "+next+" WHERE "+where, append(slices.Clone(at.row), entry)...)
	return err
}

// renewals are the owners whose new key a killed process has left beside an older one.
func (t *tx) renewals() ([]Owner, error) {
	return list(t, func(r row) (o Owner, err error) { return o, r.scan(o[:]) },
		"SELECT owner FROM deks GROUP BY owner HAVING count(*) > 1")
}

// where finds a row by its key columns.
func (c sealedColumn) where() string {
	if c.table == "journal" {
		return "t.number = $1"
	}
	var parts []string
	for i, key := range c.keys() {
		parts = append(parts, fmt.Sprint("t.", key, " = $", i+1))
	}
	return strings.Join(parts, " AND ")
}

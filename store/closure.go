package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Record is a journal entry with what stands beside it in its row: ids in clear, NULL after erasure, and the sealed reason.
type Record struct {
	Entry  journal.Entry
	Object []byte // 16 bytes, or empty
	Case   []byte // 16 bytes, or empty
	Reason []byte // sealed text, or empty
}

// Refusal is an error that undoes all its closure did but keeps Record in the journal. The caller of Update gets Err.
type Refusal struct {
	Record Record
	Err    error
	// Also runs in the transaction of the entry: what a refusal leaves beside it. Nil for nothing.
	Also func(w *Writer, entry [16]byte) error
}

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

// Reader reads one snapshot. It is valid until its closure returns.
type Reader struct{ tx }

// Writer reads and writes inside one closure of Update. It is valid until the closure returns.
type Writer struct {
	tx
	seq     sequence // the group takes it over if the closure succeeds
	now     int64    // microseconds; 0 until asked
	records []Record
	gone    map[[16]byte]bool // what this closure has erased
	leaves  [][32]byte        // of the records, once they are written
	marks   marks             // whose figures it changes
}

// Now is the time of this closure, in UTC and whole microseconds: the later of the server's clock and the newest entry, so it
// never falls behind what is written. Ask for it under the case lock. All of a closure happens at one time.
func (w *Writer) Now() time.Time { return time.UnixMicro(w.micros()).UTC() }

// Append adds an entry to the journal if this closure succeeds, and returns its id, for the changed row. Number and time are
// given by the store, the id too unless it is set. object and caseID may be nil.
func (w *Writer) Append(e journal.Entry, object, caseID []byte) [16]byte {
	return w.AppendRecord(Record{Entry: e, Object: object, Case: caseID})
}

// AppendRecord is Append for an entry with a sealed reason.
func (w *Writer) AppendRecord(r Record) [16]byte {
	w.complete(&r)
	w.records = append(w.records, r)
	return r.Entry.ID
}

// AppendReasoned is AppendRecord with the reason that a person gave, if any: its text is sealed under a key of owner and dies with
// it, the entry keeps a mark of it.
func (w *Writer) AppendReasoned(r Record, reason string, owner Owner) ([16]byte, error) {
	if reason == "" {
		return w.AppendRecord(r), nil
	}
	w.complete(&r)
	sealed, err := w.Seal(Cell{Table: "journal", Column: "reason", Row: r.Entry.ID[:], Owner: owner}, []byte(reason))
	if err != nil {
		return r.Entry.ID, err
	}
	r.Reason, r.Entry.Reason = sealed, w.s.Mac("reason", r.Entry.ID[:], []byte(reason))
	return w.AppendRecord(r), nil
}

// Shown notes in an entry of this closure what the read that follows its act shows.
func (w *Writer) Shown(entry [16]byte, mask uint32) {
	for i := range w.records {
		if w.records[i].Entry.ID == entry {
			w.records[i].Entry.Mask = mask
		}
	}
}

// Refuse gives the error that undoes this closure and keeps only r in the journal.
func (w *Writer) Refuse(r Record, err error) error { return &Refusal{Record: r, Err: err} }

// Update runs f in a transaction and returns its value after the commit. f may run twice, and may run after ctx has ended;
// so it sets nothing outside, draws no chance and asks no clock but w.Now. A caller whose ctx ends gets its error at once;
// what f did is then there whole or not at all, and a retry tells.
func Update[T any](ctx context.Context, s *Store, f func(*Writer) (T, error)) (T, error) {
	if s.ClockWrong() {
		var none T
		return none, ErrClock
	}
	// On the heap and read only after done: the caller may leave while f still runs.
	result := new(T)
	err := s.update(ctx, func(w *Writer) (err error) {
		*result, err = f(w)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return *result, nil
}

// Read runs f on a snapshot of what is committed. It never meets the writer.
func Read[T any](ctx context.Context, s *Store, f func(*Reader) (T, error)) (T, error) {
	var value T
	err := s.read(ctx, func(r *Reader) (err error) {
		value, err = f(r)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return value, nil
}

// ReadLogged is Read for what may be shown only on record: the entry that f gives is committed before the value leaves. No
// entry, no answer. f may refuse by a Refusal, whose record is kept.
func ReadLogged[T any](ctx context.Context, s *Store, f func(*Reader) (T, *Record, error)) (T, error) {
	var record *Record
	value, err := Read(ctx, s, func(r *Reader) (value T, err error) {
		value, record, err = f(r)
		return value, err
	})
	var refusal *Refusal
	if err != nil && !errors.As(err, &refusal) {
		return value, err
	}
	if refusal == nil && record == nil {
		return value, nil
	}
	_, err = Update(ctx, s, func(w *Writer) (struct{}, error) {
		if refusal != nil {
			return struct{}{}, refusal
		}
		w.AppendRecord(*record)
		return struct{}{}, nil
	})
	if err != nil {
		var none T
		return none, err
	}
	return value, nil
}

func (s *Store) read(ctx context.Context, f func(*Reader) error) error {
	if s.closing.Load() {
		return ErrClosed
	}
	var c *conn
	select {
	case c = <-s.readers:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.stop:
		return ErrClosed
	}
	defer func() { s.readers <- c }()
	r := &Reader{tx{c: c, s: s, ctx: ctx, counts: s.counts()}}
	defer func() {
		r.c = nil
		c.undo()
	}()
	others, err := c.begin(false)
	if err != nil {
		return fmt.Errorf("begin snapshot: %w", err)
	}
	if others != nil {
		if now, newest := s.follow(*others); newest {
			r.counts = now
		}
	}
	return guard(func() error { return f(r) })
}

// guard turns a panic into ErrPanic. The log gets its type and its place, never the value.
func guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			slog.Error("a closure panicked", "kind", fmt.Sprintf("%T", v), "at", Site())
			err = ErrPanic
		}
	}()
	return f()
}

// Setting reads a row of settings; ok is false when there is none.
func (t *tx) Setting(key string) (value string, ok bool, err error) {
	err = t.row("SELECT value FROM settings WHERE key = $1", key).scan(&value)
	if errors.Is(err, errNoRows) {
		return "", false, nil
	}
	return value, err == nil, err
}

// SetSetting writes a row of settings.
func (w *Writer) SetSetting(key, value string) error {
	_, err := w.exec("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	return err
}

// Now is the later of the server's clock and the newest entry, so that a clock set back revives nothing. It is not before the snapshot:
// what has ended in it is over.
func (r *Reader) Now() time.Time {
	return time.UnixMicro(max(r.s.cfg.Now().UnixMicro(), r.s.newest.Load())).UTC()
}

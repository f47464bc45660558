package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
)

var (
	// errNoRows is the answer of row.scan when the query found nothing.
	errNoRows = errors.New("store: no rows")
	// errEnded means that a Writer or Reader was used after its closure had returned.
	errEnded = errors.New("store: used after its closure ended")
	// errLost is the answer to statements of a closure that goes on after an error has ended its transaction.
	errLost = errors.New("store: the transaction is lost")
	// ErrFull means that the disk is full: nothing was written, and a retry may succeed once there is room.
	ErrFull = errors.New("store: the disk is full")
	// ErrAway means that the database cannot be reached: nothing was written, and a retry may succeed once it is back.
	ErrAway = errors.New("store: the database cannot be reached")
	// ErrDoubt means that the database went away while it was committing: what was asked for is there whole or not at all, and who asks
	// again with the same request id learns which.
	ErrDoubt = errors.New("store: the database did not say whether it has committed")
)

// alone is the context of every statement: a context with Done costs a goroutine a statement, and its end interrupts, which
// rolls back the whole transaction with the work of every other caller in it.
var alone = context.Background()

// engine is what differs between the two databases: sqlite.go, postgres.go.
type engine interface {
	migrate(ctx context.Context) error
	connect(mayWrite bool) (link, error)
}

// link is a connection as an engine has it. One goroutine uses it at a time; nothing here locks.
type link interface {
	exec(query string, args []any) (int64, error)
	query(query string, args []any) (cursor, error)
	// begin starts a transaction: one that writes has the turn of all writers, one that reads a snapshot. It tells what other servers
	// have done, on a database that has such.
	begin(write bool) (*turn, error)
	// commit makes durable what was written, and tells other servers.
	commit(*turn) error
	// inTransaction asks the connection itself, for no error code tells (SQLITE_FULL may leave the transaction open).
	inTransaction() bool
	close() error
}

// cursor reads the rows of an answer. Its values are valid until the next.
type cursor interface {
	next() ([]driver.Value, error) // io.EOF after the last
	close()
}

// fault is what an engine's error says in words of ours.
type fault int

const (
	faultOther         fault = iota
	faultUnique              // a key that exists already: of a primary key, a unique constraint or a unique index
	faultFull                // no room on the disk
	faultIO                  // the file or the disk failed
	faultUntrustworthy       // and nothing after it can be trusted
)

// faultOf asks both engines: an error of one says nothing to the other.
func faultOf(err error) fault {
	if f := faultOfSQLite(err); f != faultOther {
		return f
	}
	return faultOfPostgres(err)
}

// conn is a connection and what has become of its transaction.
type conn struct {
	link
	failure error // the last statement that failed: the transaction may be gone
	inside  bool  // the engine has begun a transaction
	lost    bool  // and an error has ended it: what came now would be written outside any, for good
}

// do runs a statement of the engine's own, without arguments.
func (c *conn) do(query string) error {
	_, err := c.exec(query, nil)
	return err
}

// begin starts a transaction.
func (c *conn) begin(write bool) (*turn, error) {
	c.failure, c.lost = nil, false
	t, err := c.link.begin(write)
	c.inside = err == nil
	return t, err
}

// commit ends it for good.
func (c *conn) commit(t *turn) error {
	err := c.link.commit(t)
	if err != nil {
		return c.fail(err)
	}
	c.inside = false
	return nil
}

// undo ends a transaction that is open, or was lost.
func (c *conn) undo() {
	c.inside, c.lost = false, false
	if c.inTransaction() {
		_ = c.do("ROLLBACK") // if even that fails, the next BEGIN says so
	}
	c.failure = nil
}

// fail notes that a statement failed, and whether the transaction went with it.
func (c *conn) fail(err error) error {
	c.failure = err
	c.lost = c.inside && !c.inTransaction()
	return err
}

func (c *conn) exec(query string, args []any) (int64, error) {
	if c.lost {
		return 0, errLost
	}
	n, err := c.link.exec(query, args)
	if err != nil {
		return 0, c.fail(err)
	}
	return n, nil
}

// query begins to read rows; close them before the statement is used again.
func (c *conn) query(query string, args []any) (cursor, error) {
	if c.lost {
		return nil, errLost
	}
	rows, err := c.link.query(query, args)
	if err != nil {
		return nil, c.fail(err)
	}
	return rows, nil
}

// tx is a transaction as our queries see it; Reader and Writer both are one.
type tx struct {
	c       *conn
	s       *Store
	ctx     context.Context // of a reader, whose caller may leave between two statements; nil for a writer
	keys    []Key           // data keys put or found by this closure, for the cache after its commit
	erased  map[Owner]bool  // owners whose keys were deleted in this transaction, also by other closures of the group
	counts                  // of what is in memory, when this transaction began
	wrote   bool            // more than the journal
	passing bool            // of a scan of the regency: it keeps no key and no name in memory
}

func (t *tx) ready() error {
	if t.c == nil {
		return errEnded
	}
	if t.ctx != nil {
		return t.ctx.Err()
	}
	return nil
}

// exec runs a statement that gives no rows, and tells how many it changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	t.s.rowsChanged, t.wrote = true, true // only the writer goroutine may come here
	return t.execEntry(query, args...)
}

// execEntry is exec for what no cache of rows holds: the journal.
func (t *tx) execEntry(query string, args ...any) (int64, error) {
	if err := t.ready(); err != nil {
		return 0, err
	}
	n, err := t.c.exec(query, args)
	return n, known(err)
}

// row is one row of an answer. Its columns are valid until its statement runs again: scan at once.
type row struct {
	values []driver.Value
	err    error
}

// scan puts the columns into dest, see assign. It gives errNoRows when there was none.
func (r row) scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if len(dest) != len(r.values) {
		return fmt.Errorf("%w: %d columns, %d destinations", errScan, len(r.values), len(dest))
	}
	for i, d := range dest {
		if err := assign(d, r.values[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// row reads the first row of a query; also of INSERT … RETURNING.
func (t *tx) row(query string, args ...any) row {
	for r := range t.rows(query, args...) {
		return r
	}
	return row{err: errNoRows}
}

// rows reads the rows of a query one by one; an error is the last of them, and comes out of its scan. Leaving the loop
// closes the query.
func (t *tx) rows(query string, args ...any) iter.Seq[row] {
	return func(yield func(row) bool) {
		if err := t.ready(); err != nil {
			yield(row{err: err})
			return
		}
		rows, err := t.c.query(query, args)
		if err != nil {
			yield(row{err: known(err)})
			return
		}
		defer rows.close()
		for {
			values, err := rows.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(row{err: known(t.c.fail(err))})
				return
			}
			if !yield(row{values: values}) {
				return
			}
		}
	}
}

// list reads all rows of a query, each by scan.
func list[T any](t *tx, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	for r := range t.rows(query, args...) {
		v, err := scan(r)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// known gives the engine's errors that callers may tell apart a name of ours.
func known(err error) error {
	if faultOf(err) == faultFull {
		return errors.Join(ErrFull, err)
	}
	return err
}

// isUnique tells whether err is a key that exists already.
func isUnique(err error) bool { return faultOf(err) == faultUnique }

// untrustworthy tells whether nothing after err can be trusted: the file or the disk failed.
func untrustworthy(err error) bool { f := faultOf(err); return f == faultUntrustworthy || f == faultIO }

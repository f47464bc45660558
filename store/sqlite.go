package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"

	"github.com/mattn/go-sqlite3"
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
)

// alone is the context of every statement: a context with Done costs a goroutine a statement, and its end interrupts, which
// rolls back the whole transaction with the work of every other caller in it.
var alone = context.Background()

// conn is one connection with its prepared statements. One goroutine uses it at a time; nothing here locks.
//
// It stands on the driver and not on database/sql, which takes three locks and a scan by reflection for each statement.
type conn struct {
	db      *sqlite3.SQLiteConn
	stmts   map[string]*stmt // by the text as our queries have it, with $n
	args    []driver.NamedValue
	failure error // the last statement that failed: the transaction may be gone
	inside  bool  // the engine has begun a transaction
	lost    bool  // and an error has ended it: what came now would be written outside any, for good
}

// stmt is a prepared statement and the row that it shows at the moment.
type stmt struct {
	s      *sqlite3.SQLiteStmt
	busy   bool // its rows are being read; a nested use prepares another
	once   bool // such another one, closed after use
	gives  bool // INSERT … RETURNING and its like
	values []driver.Value
}

// dsn names the file for the driver. Everything that makes it durable stands here, not in build tags.
func dsn(path string, params string) string {
	return (&url.URL{Scheme: "file", Path: path, RawQuery: params}).String()
}

const (
	// writerParams: FULL, for NORMAL may lose what was acknowledged when the power fails; secure_delete, so that erased rows
	// leave no trace in free pages. Checkpoints are the writer's own work (checkpoint in group.go).
	writerParams = "_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_secure_delete=on&_busy_timeout=5000" +
		"&_txlock=immediate&_cache_size=-16384&_mutex=no"
	readerParams = "mode=ro&_query_only=on&_foreign_keys=on&_busy_timeout=5000&_cache_size=-4096&_mutex=no"
)

func openConn(path, params string) (*conn, error) {
	db, err := (&sqlite3.SQLiteDriver{}).Open(dsn(path, params))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	c := &conn{db: db.(*sqlite3.SQLiteConn), stmts: make(map[string]*stmt)}
	// Savepoints keep old pages in a journal that otherwise goes to a file in /tmp beyond 64 KiB.
	if err := c.do("PRAGMA temp_store = MEMORY"); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

func (c *conn) close() error {
	var errs []error
	for _, st := range c.stmts {
		errs = append(errs, st.s.Close())
	}
	return errors.Join(append(errs, c.db.Close())...)
}

// do runs a statement of the engine's own, without arguments.
func (c *conn) do(query string) error {
	_, err := c.exec(query, nil)
	return err
}

// inTransaction asks the connection itself, for no error code tells (SQLITE_FULL may leave the transaction open).
func (c *conn) inTransaction() bool { return !c.db.AutoCommit() }

// begin starts a transaction.
func (c *conn) begin(query string) error {
	c.failure, c.lost = nil, false
	err := c.do(query)
	c.inside = err == nil
	return err
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

func (c *conn) prepare(query string) (*stmt, error) {
	if c.lost {
		return nil, errLost
	}
	st, ok := c.stmts[query]
	if ok && !st.busy {
		st.busy = true
		return st, nil
	}
	s, err := c.db.Prepare(numbered(query))
	if err != nil {
		return nil, c.fail(err)
	}
	st = &stmt{s: s.(*sqlite3.SQLiteStmt), busy: true, once: ok, gives: strings.Contains(query, "RETURNING")}
	if !st.once {
		c.stmts[query] = st
	}
	return st, nil
}

func (st *stmt) release() {
	st.busy = false
	if st.once {
		_ = st.s.Close()
	}
}

// bind fills the connection's scratch list; the driver copies before it returns.
func (c *conn) bind(args []any) ([]driver.NamedValue, error) {
	c.args = c.args[:0]
	for i, arg := range args {
		v, err := value(arg)
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return c.args, nil
}

func (c *conn) exec(query string, args []any) (int64, error) {
	st, err := c.prepare(query)
	if err != nil {
		return 0, err
	}
	defer st.release()
	if st.gives {
		// The driver would leave it in the middle of its rows, and the group could not commit.
		return 0, errors.New("store: a statement with RETURNING goes through row or rows")
	}
	bound, err := c.bind(args)
	if err != nil {
		return 0, err
	}
	result, err := st.s.ExecContext(alone, bound)
	if err != nil {
		return 0, c.fail(err)
	}
	return result.RowsAffected()
}

// query begins to read rows; close them before the statement is used again.
func (c *conn) query(query string, args []any) (*stmt, driver.Rows, error) {
	st, err := c.prepare(query)
	if err != nil {
		return nil, nil, err
	}
	bound, err := c.bind(args)
	if err != nil {
		st.release()
		return nil, nil, err
	}
	rows, err := st.s.QueryContext(alone, bound)
	if err != nil {
		st.release()
		return nil, nil, c.fail(err)
	}
	if st.values == nil {
		st.values = make([]driver.Value, len(rows.Columns()))
	}
	return st, rows, nil
}

// tx is a transaction as our queries see it; Reader and Writer both are one.
type tx struct {
	c          *conn
	s          *Store
	ctx        context.Context // of a reader, whose caller may leave between two statements; nil for a writer
	keys       []Key           // data keys put or found by this closure, for the cache after its commit
	erased     map[Owner]bool  // owners whose keys were deleted in this transaction, also by other closures of the group
	generation uint64          // of the key cache when this transaction began
	rights     uint64          // count of changes to rights when this transaction began
	version    uint64          // count of changes to rows when this transaction began
	wrote      bool            // more than the journal
	passing    bool            // of a scan of the regency: it keeps no key and no name in memory
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
		st, rows, err := t.c.query(query, args)
		if err != nil {
			yield(row{err: known(err)})
			return
		}
		defer st.release()
		defer rows.Close()
		for {
			err := rows.Next(st.values)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(row{err: known(t.c.fail(err))})
				return
			}
			if !yield(row{values: st.values}) {
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
	if code(err) == sqlite3.ErrFull {
		return errors.Join(ErrFull, err)
	}
	return err
}

func code(err error) sqlite3.ErrNo {
	var e sqlite3.Error
	if err == nil || !errors.As(err, &e) {
		return 0
	}
	return e.Code
}

// isUnique tells whether err is a key that exists already: of a primary key, a unique constraint or a unique index.
func isUnique(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) &&
		(e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey)
}

// untrustworthy tells whether nothing after err can be trusted: the file or the disk failed.
func untrustworthy(err error) bool {
	switch code(err) {
	case sqlite3.ErrIoErr, sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return true
	}
	return false
}

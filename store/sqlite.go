package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/mattn/go-sqlite3"

	"github.com/sinergi-pug/sinergi/store/migrations"
)

// sqlite is a database in a file. One process has it, so its transactions tell nobody.
type sqlite struct{ path string }

// sqliteLink is one connection with its prepared statements.
//
// It stands on the driver and not on database/sql, which takes three locks and a scan by reflection for each statement.
type sqliteLink struct {
	db    *sqlite3.SQLiteConn
	stmts map[string]*stmt // by the text as our queries have it, with $n
	args  []driver.NamedValue
}

// stmt is a prepared statement and the row that it shows at the moment.
type stmt struct {
	s      *sqlite3.SQLiteStmt
	busy   bool // its rows are being read; a nested use prepares another
	once   bool // such another one, closed after use
	gives  bool // rows: INSERT … RETURNING, PRAGMA
	reads  driver.Rows
	values []driver.Value
}

// dsn names the file for the driver. Everything that makes it durable stands here, not in build tags.
func dsn(path string, params string) string {
	return (&url.URL{Scheme: "file", Path: path, RawQuery: params}).String()
}

const (
	// writerParams: FULL, for NORMAL may lose what was acknowledged when the power fails; secure_delete, so that erased rows
	// leave no trace in free pages. Checkpoints are the writer's own work (checkpoint in sqlite_log.go).
	writerParams = "_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_secure_delete=on&_busy_timeout=5000" +
		"&_txlock=immediate&_cache_size=-8192&_mutex=no"
	readerParams = "mode=ro&_query_only=on&_foreign_keys=on&_busy_timeout=5000&_cache_size=-1024&_mutex=no"
)

// migrate brings the file to this program's schema. goose needs database/sql, which nothing else here does.
func (e sqlite) migrate(ctx context.Context) error {
	// Made by us, so that the database and its log are for us alone even if the folder was opened up.
	f, err := os.OpenFile(e.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := reserveSums(e.path); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	db, err := sql.Open("sqlite3", dsn(e.path, writerParams))
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "PRAGMA wal_autocheckpoint = 0"); err != nil { // it drops errors too
		return fmt.Errorf("open database: %w", err)
	}
	if err := migrations.Up(ctx, db, migrations.SQLite); err != nil {
		return err
	}
	// The last connection copies the log into the database when it closes, and keeps to itself that the disk failed; asked, it tells.
	if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("copy the log into the database: %w", err)
	}
	return nil
}

func (e sqlite) connect(mayWrite bool) (link, error) {
	params := readerParams
	if mayWrite {
		params = writerParams
	}
	db, err := (&sqlite3.SQLiteDriver{}).Open(dsn(e.path, params))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	l := &sqliteLink{db: db.(*sqlite3.SQLiteConn), stmts: make(map[string]*stmt)}
	// Savepoints keep old pages in a journal that otherwise goes to a file in /tmp beyond 64 KiB. Checkpoints are ours, on every
	// connection, that of VACUUM too: the automatic ones run inside COMMIT, before the answers leave, and drop the error of a sync that failed.
	for _, pragma := range []string{"PRAGMA temp_store = MEMORY", "PRAGMA wal_autocheckpoint = 0"} {
		if err := l.set(pragma); err != nil {
			return nil, errors.Join(err, l.close())
		}
	}
	return l, nil
}

// set runs a PRAGMA to its end, whether it answers or not: one left in the middle of its answer stops VACUUM for good.
func (l *sqliteLink) set(pragma string) error {
	rows, err := l.query(pragma, nil)
	if err != nil {
		return err
	}
	defer rows.close()
	if _, err := rows.next(); err != io.EOF {
		return err
	}
	return nil
}

func (l *sqliteLink) close() error {
	var errs []error
	for _, st := range l.stmts {
		errs = append(errs, st.s.Close())
	}
	return errors.Join(append(errs, l.db.Close())...)
}

func (l *sqliteLink) inTransaction() bool { return !l.db.AutoCommit() }

func (l *sqliteLink) begin(write bool) (*turn, error) {
	if write {
		_, err := l.exec("BEGIN IMMEDIATE", nil)
		return nil, err
	}
	if _, err := l.exec("BEGIN", nil); err != nil {
		return nil, err
	}
	_, err := l.exec("SELECT NULL FROM settings LIMIT 0", nil) // BEGIN alone leaves the snapshot to the first statement
	return nil, err
}

func (l *sqliteLink) commit(*turn) error {
	_, err := l.exec("COMMIT", nil)
	return err
}

func (l *sqliteLink) prepare(query string) (*stmt, error) {
	st, ok := l.stmts[query]
	if ok && !st.busy {
		st.busy = true
		return st, nil
	}
	s, err := l.db.Prepare(numbered(query))
	if err != nil {
		return nil, err
	}
	st = &stmt{s: s.(*sqlite3.SQLiteStmt), busy: true, once: ok, gives: strings.Contains(query, "RETURNING") || strings.HasPrefix(query, "PRAGMA")}
	if !st.once {
		l.stmts[query] = st
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
func (l *sqliteLink) bind(args []any) ([]driver.NamedValue, error) {
	l.args = l.args[:0]
	for i, arg := range args {
		v, err := value(arg)
		if err != nil {
			return nil, err
		}
		l.args = append(l.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return l.args, nil
}

func (l *sqliteLink) exec(query string, args []any) (int64, error) {
	st, err := l.prepare(query)
	if err != nil {
		return 0, err
	}
	defer st.release()
	if st.gives {
		// The driver would leave it in the middle of its rows: the group could not commit, nor VACUUM begin.
		return 0, errors.New("store: a statement that gives rows goes through row or rows")
	}
	bound, err := l.bind(args)
	if err != nil {
		return 0, err
	}
	result, err := st.s.ExecContext(alone, bound)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (l *sqliteLink) query(query string, args []any) (cursor, error) {
	st, err := l.prepare(query)
	if err != nil {
		return nil, err
	}
	bound, err := l.bind(args)
	if err == nil {
		st.reads, err = st.s.QueryContext(alone, bound)
	}
	if err != nil {
		st.release()
		return nil, err
	}
	if st.values == nil {
		st.values = make([]driver.Value, len(st.reads.Columns()))
	}
	return st, nil
}

func (st *stmt) next() ([]driver.Value, error) {
	err := st.reads.Next(st.values)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return st.values, err
}

func (st *stmt) close() {
	_ = st.reads.Close()
	st.release()
}

func code(err error) sqlite3.ErrNo {
	var e sqlite3.Error
	if err == nil || !errors.As(err, &e) {
		return 0
	}
	return e.Code
}

func faultOfSQLite(err error) fault {
	var e sqlite3.Error
	if err == nil || !errors.As(err, &e) {
		return faultOther
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return faultFull
	case sqlite3.ErrIoErr:
		return faultIO
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return faultUntrustworthy
	case sqlite3.ErrConstraint:
		if e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey {
			return faultUnique
		}
	}
	return faultOther
}

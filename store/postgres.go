package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/sinergi-pug/sinergi/store/migrations"
)

// postgres is a database that several servers may share. Whoever writes takes its turn (turn.go).
type postgres struct{ config *pgx.ConnConfig }

const (
	// turnLock is the advisory lock of whoever writes; each database has its own.
	turnLock = 0x53494e45524749 // SINERGI

	// dialTimeout bounds a try to reach the database, and silenceMax how long a connection says nothing that the network carries, before it
	// is given up: a node that was cut off closes nothing.
	dialTimeout = 3 * time.Second
	silenceMax  = 8 * time.Second

	// dialRest is how long a connection is not tried again after it was refused: hundreds of callers a second would each try.
	dialRest = 100 * time.Millisecond

	// idleMax is how long a server may keep the turn without a statement: one that was stopped or cut off in the middle of its transaction
	// would keep it from all others.
	idleMax = 10 * time.Second

	// statementsMax are the prepared statements of a connection: more than there are texts.
	statementsMax = 2048
)

func newPostgres(url string) (*postgres, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the address of the database does not parse: postgres://user:password@host:port/name?sslmode=verify-full") // its error may quote it
	}
	config.ConnectTimeout = dialTimeout
	config.StatementCacheCapacity = statementsMax
	// Never a standby, for readers either: one that was a primary shows what it alone had committed, and nobody was promised.
	config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsPrimary
	config.DialFunc = (&net.Dialer{
		Timeout:         dialTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silenceMax / 4, Interval: silenceMax / 4, Count: 3},
		Control:         giveUp,
	}).DialContext
	return &postgres{config}, nil
}

// giveUp has the kernel end a connection whose bytes nobody acknowledges. syscall has no name for the option (RFC 5482, Linux 18).
func giveUp(network, _ string, raw syscall.RawConn) error {
	const userTimeout = 18
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var refused error
	err := raw.Control(func(fd uintptr) {
		refused = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, userTimeout, int(silenceMax.Milliseconds()))
	})
	return errors.Join(err, refused)
}

func (e *postgres) migrate(ctx context.Context) error {
	db := stdlib.OpenDB(*e.config)
	defer db.Close()
	if err := db.PingContext(ctx); err != nil {
		return e.refused(plainly(err))
	}
	return migrations.Up(ctx, db, migrations.PostgreSQL)
}

// refused says to the operator why there is no connection at the start, and what to do; never the password.
func (e *postgres) refused(err error) error {
	where := fmt.Sprintf("PostgreSQL at %s:%d", e.config.Host, e.config.Port)
	var said *databaseError
	switch {
	case errors.As(err, &said) && said.state == "3D000":
		return fmt.Errorf("%s has no database %q: make it with createdb, or correct SINERGI_DATABASE", where, e.config.Database)
	case errors.As(err, &said) && strings.HasPrefix(said.state, "28"):
		return fmt.Errorf("%s refuses the user %q or the password: correct SINERGI_DATABASE, or pg_hba.conf there", where, e.config.User)
	case errors.Is(err, ErrAway):
		return fmt.Errorf("%s cannot be reached, or is a standby: start it, or correct SINERGI_DATABASE (sslmode among it)", where)
	}
	return fmt.Errorf("%s: %w", where, err)
}

func (e *postgres) connect(mayWrite bool) (link, error) {
	l := &pgLink{engine: e, mayWrite: mayWrite}
	return l, l.dial()
}

// pgLink is one connection. It dials again when it was lost: between two transactions, for what was in the middle of one is gone.
type pgLink struct {
	engine   *postgres
	mayWrite bool
	c        *pgx.Conn
	open     *pgRows // the rows that are being read on it
	warned   bool    // the database has warned of something in this transaction

	refused time.Time // when it last was
	because error
}

// dial has a connection, unless it was refused a moment ago.
func (l *pgLink) dial() error {
	if l.c != nil && !l.c.IsClosed() {
		return nil
	}
	if time.Since(l.refused) < dialRest {
		return l.because
	}
	if l.because = l.dialOnce(); l.because != nil {
		l.refused = time.Now()
	}
	return l.because
}

func (l *pgLink) dialOnce() error {
	config := l.engine.config.Copy()
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { l.warned = l.warned || n.Severity == "WARNING" }
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return plainly(err)
	}
	l.c, l.open = c, nil
	settings := "SET default_transaction_read_only = on"
	if l.mayWrite {
		settings = fmt.Sprintf("SET idle_in_transaction_session_timeout = %d; SELECT pg_advisory_lock_shared(%d)", idleMax.Milliseconds(), thereLock)
	}
	if err := l.simple(settings, nil); err != nil {
		return errors.Join(err, l.close()) // a connection without them would be taken for one that has them
	}
	return nil
}

func (l *pgLink) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	if l.c == nil {
		return nil
	}
	_ = l.c.Close(ctx) // a database that went away takes no leave
	return nil
}

func (l *pgLink) inTransaction() bool { return !l.c.IsClosed() && l.c.PgConn().TxStatus() != 'I' }

const turnColumns = "SELECT rows_changed, rights_changed, keys_changed, places_changed, entries, newest, writer FROM turn"

// begin tries a second time when the connection turns out to be lost: nothing was done on it yet.
func (l *pgLink) begin(write bool) (*turn, error) {
	open := l.c != nil && !l.c.IsClosed()
	t, err := l.beginOnce(write)
	if open && errors.Is(err, ErrAway) {
		t, err = l.beginOnce(write)
	}
	return t, err
}

// beginOnce is one round trip. A reader's snapshot is taken by the statement that reads the turn, a writer's question for it comes once it has
// the lock.
func (l *pgLink) beginOnce(write bool) (*turn, error) {
	if err := l.dial(); err != nil {
		return nil, err
	}
	l.warned = false
	query := "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + turnColumns
	if write {
		query = fmt.Sprintf("BEGIN; SELECT pg_advisory_xact_lock(%d); %s", turnLock, turnColumns)
	}
	var row [][]byte
	err := l.simple(query, func(values [][]byte) { row = values })
	if err != nil && l.inTransaction() {
		_ = l.simple("ROLLBACK", nil)
	}
	if err != nil {
		return nil, err
	}
	return readTurn(row)
}

func readTurn(row [][]byte) (*turn, error) {
	var t turn
	fields := []*int64{&t.rows, &t.rights, &t.keys, &t.places, &t.entries, &t.newest, &t.writer}
	if len(row) != len(fields) {
		return nil, errors.New("store: the table turn has lost its row: put back your newest whole copy")
	}
	for i, field := range fields {
		n, err := strconv.ParseInt(string(row[i]), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("store: read the turn: %w", err)
		}
		*field = n
	}
	return &t, nil
}

// commit is one round trip, too. Whatever the database does not say plainly is in doubt: it may have committed and lost the answer, or
// have committed here and not on its standby.
func (l *pgLink) commit(t *turn) error {
	query := fmt.Sprintf("UPDATE turn SET rows_changed = %d, rights_changed = %d, keys_changed = %d, places_changed = %d, entries = %d, newest = %d, writer = %d; NOTIFY %s",
		t.rows, t.rights, t.keys, t.places, t.entries, t.newest, t.writer, channel)
	if err := l.simple(query, nil); err != nil {
		return err
	}
	l.warned = false
	err := l.simple("COMMIT", nil)
	var refused *databaseError
	if err != nil && !(errors.As(err, &refused) && strings.HasPrefix(refused.state, "40")) || l.warned {
		return errors.Join(ErrDoubt, err)
	}
	return err
}

// simple runs statements in one round trip, by the simple protocol, and gives the rows of the last that has any, as text.
func (l *pgLink) simple(query string, row func([][]byte)) error {
	if err := l.settle(); err != nil {
		return err
	}
	results, err := l.c.PgConn().Exec(alone, query).ReadAll()
	for _, r := range results {
		if row != nil && len(r.Rows) > 0 {
			row(r.Rows[0])
		}
	}
	return plainly(err)
}

// settle keeps what is left of the rows that are being read, for the connection serves one statement at a time.
func (l *pgLink) settle() error {
	if l.open == nil {
		return nil
	}
	open := l.open
	l.open = nil
	return open.keep()
}

func (l *pgLink) exec(query string, args []any) (int64, error) {
	if err := l.settle(); err != nil {
		return 0, err
	}
	bound, err := values(args)
	if err != nil {
		return 0, err
	}
	tag, err := l.c.Exec(alone, query, bound...)
	return tag.RowsAffected(), plainly(err)
}

func (l *pgLink) query(query string, args []any) (cursor, error) {
	if err := l.settle(); err != nil {
		return nil, err
	}
	bound, err := values(args)
	if err != nil {
		return nil, err
	}
	rows, err := l.c.Query(alone, query, bound...)
	if err != nil {
		return nil, plainly(err)
	}
	l.open = &pgRows{link: l, rows: rows}
	return l.open, nil
}

func values(args []any) ([]any, error) {
	bound := make([]any, len(args))
	for i, arg := range args {
		v, err := value(arg)
		if err != nil {
			return nil, err
		}
		bound[i] = v
	}
	return bound, nil
}

// pgRows reads rows from the connection, or, once another statement has needed it, those that were kept.
type pgRows struct {
	link *pgLink
	rows pgx.Rows
	kept [][]driver.Value
	done bool // all that are left are kept
}

func (r *pgRows) next() ([]driver.Value, error) {
	if r.done {
		if len(r.kept) == 0 {
			return nil, io.EOF
		}
		first := r.kept[0]
		r.kept = r.kept[1:]
		return first, nil
	}
	if !r.rows.Next() {
		r.close()
		if err := r.rows.Err(); err != nil {
			return nil, plainly(err)
		}
		return nil, io.EOF
	}
	return r.read()
}

func (r *pgRows) read() ([]driver.Value, error) {
	columns, err := r.rows.Values()
	if err != nil {
		return nil, plainly(err)
	}
	row := make([]driver.Value, len(columns))
	for i, column := range columns {
		if row[i], err = toValue(column); err != nil {
			return nil, err
		}
	}
	return row, nil
}

func (r *pgRows) keep() error {
	for r.rows.Next() {
		row, err := r.read()
		if err != nil {
			return err
		}
		r.kept = append(r.kept, row)
	}
	r.done = true
	r.rows.Close()
	return plainly(r.rows.Err())
}

func (r *pgRows) close() {
	r.rows.Close()
	r.done, r.kept = true, nil
	if r.link.open == r {
		r.link.open = nil
	}
}

// toValue turns a column into what SQLite would give: int64, float64, string, []byte or nil.
func toValue(v any) (driver.Value, error) {
	switch v := v.(type) {
	case nil, int64, float64, string, []byte:
		return v, nil
	case int32:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case bool:
		return value(v)
	case pgtype.Numeric: // sum of BIGINT
		n, err := v.Int64Value()
		return n.Int64, err
	}
	return nil, fmt.Errorf("%w: a column of %T", errScan, v)
}

// databaseError is what PostgreSQL said, less what its text repeats: values of rows. Of a statement that it does not take (class 42) the
// text repeats the statement alone.
type databaseError struct{ state, constraint, text string }

func (e *databaseError) Error() string {
	return strings.TrimSpace("store: PostgreSQL says " + e.state + " " + e.constraint + " " + e.text)
}

// plainly says which errors are the database's answer, and which mean that it is gone.
func plainly(err error) error {
	var said *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &said):
		plain := &databaseError{state: said.Code, constraint: said.ConstraintName}
		if strings.HasPrefix(said.Code, "42") {
			plain.text = said.Message
		}
		if isAway(said.Code) {
			return errors.Join(ErrAway, plain)
		}
		return plain
	case errors.Is(err, errScan):
		return err
	}
	var dialed *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &dialed) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) {
		return errors.Join(ErrAway, errors.New("the connection to PostgreSQL is lost")) // the text of the driver names the user
	}
	return fmt.Errorf("store: a statement did not reach PostgreSQL: %T", err) // its text repeats the value that did not fit
}

// isAway tells whether a state means that the node stops, starts, or is none that writes.
func isAway(state string) bool {
	switch state {
	case "57P01", "57P02", "57P03", "25006", "25P03", "53300":
		return true
	}
	return strings.HasPrefix(state, "08")
}

func faultOfPostgres(err error) fault {
	var e *databaseError
	if err == nil || !errors.As(err, &e) {
		return faultOther
	}
	switch e.state {
	case "23505":
		return faultUnique
	case "53100":
		return faultFull
	}
	return faultOther
}

package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// What servers on one database tell each other. Each commit notifies; whoever listens reads the turn, and does so each second in any case,
// for a notice may be lost with a connection. On the same connection stands a lock that ends with it: one server leads, and does
// what is done once for all, such as the sweep.

const (
	channel = "sinergi"

	leaderLock = turnLock + 1
	thereLock  = turnLock + 2 // of every server that is there: keys change only while one is
	openLock   = turnLock + 3 // of one that is opening the database, or changes its keys

	// listenEvery is how often the turn is read without a notice.
	listenEvery = time.Second
)

// listening is a server's ear. Zero on a database in a file, whose only process leads.
type listening struct {
	leads  atomic.Bool
	places int64 // as of which the directory was read
	first  chan struct{}
	once   sync.Once
	stop   context.CancelFunc
	ended  chan struct{}
}

// Leads tells whether this server does what one does for all.
func (s *Store) Leads() bool { return s.inFile() || s.listening.leads.Load() }

// startListening begins to hear of other servers. It waits for the first word, so that whoever has opened the store knows whether it leads.
func (s *Store) startListening() {
	e, shared := s.engine.(*postgres)
	if !shared {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s.listening.stop, s.listening.ended, s.listening.first = stop, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(s.listening.ended)
		for ctx.Err() == nil {
			err := s.listen(ctx, e)
			s.listening.leads.Store(false)
			if ctx.Err() == nil {
				slog.Warn("the ear on the database is lost, and opened again", "kind", fmt.Sprintf("%T", errors.Unwrap(err)))
				pause(ctx, listenEvery)
			}
		}
	}()
	select {
	case <-s.listening.first:
	case <-time.After(dialTimeout):
	}
}

func (s *Store) endListening() {
	if s.listening.stop != nil {
		s.listening.stop()
		<-s.listening.ended
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// listen hears until the connection or ctx ends.
func (s *Store) listen(ctx context.Context, e *postgres) error {
	dialing, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	c, err := pgx.ConnectConfig(dialing, e.config.Copy())
	if err != nil {
		return err
	}
	defer c.Close(context.Background())
	if err := asked(func(ctx context.Context) error { _, err := c.Exec(ctx, "LISTEN "+channel); return err }); err != nil {
		return err
	}
	for {
		if err := asked(func(ctx context.Context) error { return s.hear(ctx, c) }); err != nil {
			return err
		}
		s.listening.once.Do(func() { close(s.listening.first) })
		waiting, cancel := context.WithTimeout(ctx, listenEvery)
		_, err := c.WaitForNotification(waiting)
		cancel()
		if err != nil && waiting.Err() == nil || ctx.Err() != nil {
			return err
		}
	}
}

// asked runs a question that is waited for even when the server stops. One that is left alone sends a request to cancel it, and PgBouncer up to
// 1.19 dies of one whose sender is gone before it is passed on (its issue 801).
func asked(question func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	return question(ctx)
}

// hear takes up what the others have done, and the lead where it is free.
func (s *Store) hear(ctx context.Context, c *pgx.Conn) error {
	if !s.listening.leads.Load() {
		var leads bool
		if err := c.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(leaderLock)).Scan(&leads); err != nil {
			return err
		}
		s.listening.leads.Store(leads)
	}
	var t turn
	err := c.QueryRow(ctx, turnColumns).Scan(&t.rows, &t.rights, &t.keys, &t.places, &t.entries, &t.newest, &t.writer)
	if err != nil {
		return err
	}
	s.follow(t)
	if t.places != s.listening.places {
		if err := s.readPlaces(ctx); err != nil {
			slog.Error("the directory that another server has changed cannot be read; the one of before stands", "kind", fmt.Sprintf("%T", errors.Unwrap(err)))
			return nil // and is tried again in a second
		}
		s.listening.places = t.places
	}
	return nil
}

// ErrShared is why keys do not change: another server holds the old ones in memory.
var ErrShared = errors.New("keys change only while one server uses the database: stop the others")

// alone runs a change of keys while no other server is there, and keeps others from starting meanwhile.
func (s *Store) alone(ctx context.Context, change func() error) error {
	e, shared := s.engine.(*postgres)
	if !shared {
		return change()
	}
	c, err := pgx.ConnectConfig(ctx, e.config.Copy())
	if err != nil {
		return plainly(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(openLock)); err != nil {
		return plainly(err)
	}
	var there int
	err = c.QueryRow(ctx, `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND (classid::bigint << 32) + objid::bigint = $1`, int64(thereLock)).Scan(&there)
	if err != nil {
		return plainly(err)
	}
	if there > 1 {
		return ErrShared
	}
	return change()
}

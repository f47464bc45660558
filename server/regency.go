package server

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"net/netip"
	"path/filepath"
	"sync"
	"time"

	"github.com/sinergi-pug/sinergi/store"
)

// A synthetic regency: the units and made-up people of the demo and of the tests. Names are invented.
var (
	//go:embed regency/units.csv
	regencyUnits []byte
	//go:embed regency/users.csv
	regencyUsers []byte
)

// RegencyConfig says where a synthetic regency is served. Its tokens carry a fresh second factor, which no API gives.
type RegencyConfig struct {
	Dir        string // made; data and keys lie in two folders below it
	Database   string // a PostgreSQL, in place of the data's folder
	Fresh      bool   // refuses a database that holds anything: made-up people among real ones are there for good
	HTTP, GRPC string // default a free port of loopback
	Now        func() time.Time
	Monotonic  func() time.Duration // the clock that nobody sets; nil: Now is believed
	Unlimited  bool                 // no limits of rate, for measurements
	Limits     Limits               // unless Unlimited; zero fields have their defaults
	NoSweep    bool                 // Served.Sweep alone sweeps
	Configure  func(*Config)        // changes the server's configuration at last
	Witnesses  []string

	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
}

// Served is a regency that is being served.
type Served struct {
	HTTP, GRPC string
	Metrics    string // empty: off
	Users      []RegencyUser
	Tokens     map[string]string // by account code
	Wait       func() error      // until it has stopped, after the end of the context
	Log        func() string     // what the server has logged
	Store      *store.Store
	Sweep      func(context.Context) error // does what is due by the regency's clock

	FollowCards func(context.Context) error // brings cards up to the journal; with NoSweep alone, for the server does so itself
}

// RegencyUser is an account with its token.
type RegencyUser struct {
	Code, Role, Unit, UnitType, Name, Token string
}

// ServeRegency fills an empty folder, or opens one that it has filled, and serves until ctx ends.
func ServeRegency(ctx context.Context, cfg RegencyConfig) (Served, error) {
	st, err := store.Open(ctx, store.Config{Database: cfg.Database, Data: filepath.Join(cfg.Dir, "data"), Keys: filepath.Join(cfg.Dir, "keys"), Now: cfg.Now, Monotonic: cfg.Monotonic})
	if err != nil {
		return Served{}, err
	}
	if cfg.Fresh && len(st.Directory().Units()) > 0 {
		return Served{}, errors.Join(errors.New("the database holds a regency already: name an empty one"), st.Close())
	}
	served, err := serveRegency(ctx, cfg, st)
	if err != nil {
		return Served{}, errors.Join(err, st.Close())
	}
	return served, nil
}

func serveRegency(ctx context.Context, cfg RegencyConfig, st *store.Store) (Served, error) {
	if len(st.Directory().Units()) == 0 {
		if _, err := LoadUnits(ctx, st, bytes.NewReader(regencyUnits), false); err != nil {
			return Served{}, err
		}
		if _, err := LoadUsers(ctx, st, bytes.NewReader(regencyUsers), false); err != nil {
			return Served{}, err
		}
	}
	served := Served{Tokens: map[string]string{}, Store: st}
	if err := served.issue(ctx, st); err != nil {
		return served, err
	}
	config := Config{HTTP: orElse(cfg.HTTP, "127.0.0.1:0"), GRPC: orElse(cfg.GRPC, "127.0.0.1:0"), LogLevel: "info", Now: cfg.Now, NoSweep: cfg.NoSweep, Limits: cfg.Limits}
	config.Witnesses = cfg.Witnesses
	config.TrustedProxies = cfg.TrustedProxies
	log := &logBuffer{}
	config.Log, served.Log = log, log.String
	if cfg.Unlimited {
		config.Limits = NoLimits
	}
	if cfg.Configure != nil {
		cfg.Configure(&config)
	}
	s, err := New(config, st)
	if err != nil {
		return served, err
	}
	if err := s.Listen(); err != nil {
		return served, err
	}
	served.HTTP, served.GRPC = s.Addresses()
	served.Metrics = s.MetricsAddress()
	served.Sweep, served.FollowCards = s.Sweep, s.FollowCards
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(s.Serve(ctx), st.Close()) }()
	served.Wait = func() error {
		err := <-ended
		ended <- err
		return err
	}
	return served, nil
}

// issue makes a token for each account of the users' file.
func (s *Served) issue(ctx context.Context, st *store.Store) error {
	rows, err := csv.NewReader(bytes.NewReader(regencyUsers)).ReadAll()
	if err != nil {
		return err
	}
	for _, row := range rows[1:] {
		u := RegencyUser{Code: row[0], Name: row[2], Role: row[4], Unit: row[5]}
		unit, _ := st.Directory().UnitByCode(u.Unit)
		u.UnitType = string(unit.Type)
		if u.Token, _, err = IssueToken(ctx, st, u.Code, u.Unit, 0); err != nil {
			return err
		}
		s.Users = append(s.Users, u)
		s.Tokens[u.Code] = u.Token
	}
	return nil
}

// logBuffer keeps the newest lines of a log, so that a test can search them and a terminal stays clean.
type logBuffer struct {
	mu   sync.Mutex
	text []byte
}

// logKept bounds the buffer, for a benchmark logs a line a call.
const logKept = 1 << 20

// Write appends to the log.
func (l *logBuffer) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.text)+len(line) > logKept {
		l.text = l.text[:0]
	}
	l.text = append(l.text, line...)
	return len(line), nil
}

// String is what is kept.
func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

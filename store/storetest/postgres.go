package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // for RawDatabase
	_ "github.com/mattn/go-sqlite3"

	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/migrations"
)

// PostgresVariable names a PostgreSQL, as postgres://…, whose user may make databases. Each store of a test gets one of its own there, and
// all tests of stores and of the service run on it in place of SQLite. `.ci/postgres` makes such a server. (Not SINERGI_…: a server refuses
// to start with a variable that it does not know.)
const PostgresVariable = "TEST_POSTGRES"

// OnPostgres tells whether the tests run on PostgreSQL.
func OnPostgres() bool { return os.Getenv(PostgresVariable) != "" }

// OpenStore is store.Open on the engine that the tests run on.
func OpenStore(ctx context.Context, cfg store.Config) (*store.Store, error) {
	var err error
	if cfg.Database, err = Database(cfg.Data); err != nil {
		return nil, err
	}
	return store.Open(ctx, cfg)
}

// databases are those of this process, by the folder that each stands for.
var databases = struct {
	sync.Mutex
	folders map[string]string
}{folders: map[string]string{}}

// Database gives the database that stands in for a folder, and makes it at first; empty on SQLite. Those whose folders are gone go too.
func Database(folder string) (string, error) {
	server := os.Getenv(PostgresVariable)
	if server == "" || folder == "" {
		return "", nil
	}
	address, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("t%x", sha256.Sum256([]byte(folder)))[:24]
	address.Path = "/" + name
	databases.Lock()
	defer databases.Unlock()
	if databases.folders[folder] != "" {
		return address.String(), nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil { // it says that the database is in use
		return "", err
	}
	c, err := pgx.Connect(context.Background(), server)
	if err != nil {
		return "", err
	}
	defer c.Close(context.Background())
	for old, name := range databases.folders {
		if _, err := os.Stat(old); errors.Is(err, fs.ErrNotExist) {
			if _, err := c.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
				return "", err
			}
			delete(databases.folders, old)
		}
	}
	databases.folders[folder] = name
	var there bool // made by the process that started this one
	err = c.QueryRow(context.Background(), "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there)
	if err != nil || there {
		return address.String(), err
	}
	template, err := migrated()
	if err == nil {
		_, err = c.Exec(context.Background(), "CREATE DATABASE "+name+" TEMPLATE "+template)
	}
	return address.String(), err
}

// migrated is a database with the newest schema and nothing in it, made once: to copy it takes a third of the time of all migrations.
var migrated = sync.OnceValues(func() (string, error) {
	name := fmt.Sprintf("migrated%d", os.Getpid())
	server := os.Getenv(PostgresVariable)
	c, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if _, err := c.Exec("CREATE DATABASE " + name); err != nil {
		return "", err
	}
	address, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	address.Path = "/" + name
	db, err := sql.Open("pgx", address.String())
	if err != nil {
		return "", err
	}
	defer db.Close() // or nothing could be copied from it
	return name, migrations.Up(context.Background(), db, migrations.PostgreSQL)
})

// RawDatabase opens what stands for a folder past the store, as somebody with the disk in hand would.
func RawDatabase(folder string) (*sql.DB, error) {
	address, err := Database(folder)
	if err != nil {
		return nil, err
	}
	if address != "" {
		return sql.Open("pgx", address)
	}
	return sql.Open("sqlite3", "file:"+filepath.Join(folder, "sinergi.db")+"?_busy_timeout=60000")
}

// Copy copies a closed store of the folders data and keys, and what stands for its data.
func Copy(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil || !OnPostgres() {
		return err
	}
	old, err := Database(filepath.Join(from, "data"))
	if err != nil {
		return err
	}
	fresh, err := Database(filepath.Join(to, "data"))
	if err != nil {
		return err
	}
	c, err := pgx.Connect(context.Background(), os.Getenv(PostgresVariable))
	if err != nil {
		return err
	}
	defer c.Close(context.Background())
	for _, statement := range []string{"DROP DATABASE " + nameIn(fresh), "CREATE DATABASE " + nameIn(fresh) + " TEMPLATE " + nameIn(old)} {
		if _, err := c.Exec(context.Background(), statement); err != nil {
			return err
		}
	}
	return nil
}

func nameIn(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		panic(err) // Database has made it
	}
	return strings.TrimPrefix(parsed.Path, "/")
}

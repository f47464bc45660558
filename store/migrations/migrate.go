// Package migrations brings a database to the schema of this program, and refuses one that is newer than the program.
// The .sql files are the schema, one text for both engines; begin with 0001_engine.sql.
package migrations

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

// ErrNewer means that a newer program has already migrated the database.
var ErrNewer = errors.New("the database is newer than this program")

// Engine is which of the two databases is to be migrated.
type Engine int

const (
	SQLite Engine = iota
	PostgreSQL
)

// Up applies the migrations that db lacks, each in a transaction of its own, so a killed run is resumed by the next. Of several servers
// that start at once one migrates, and the others wait.
func Up(ctx context.Context, db *sql.DB, engine Engine) error {
	provider, err := newProvider(db, engine)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	have, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read version of the database: %w", err)
	}
	if have > known {
		return fmt.Errorf("%w: it is at version %d, the program knows %d", ErrNewer, have, known)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func newProvider(db *sql.DB, engine Engine) (*goose.Provider, error) {
	alone := goose.WithDisableGlobalRegistry(true)
	if engine == SQLite {
		return goose.NewProvider(goose.DialectSQLite3, db, sqliteFS{files}, alone)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, alone, goose.WithSessionLocker(locker))
}

// sqliteFS shows the migrations as SQLite reads them: "/*sqlite: WITHOUT ROWID*/" loses its comment signs, see
// 0002_casework.sql.
type sqliteFS struct{ fs.FS }

var sqliteOnly = regexp.MustCompile(`/\*sqlite: ([^*]*)\*/`)

func (f sqliteFS) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil || info.IsDir() {
		return file, err
	}
	defer file.Close()
	text, err := fs.ReadFile(f.FS, name)
	if err != nil {
		return nil, err
	}
	return &sqlFile{Reader: bytes.NewReader(sqliteOnly.ReplaceAll(text, []byte("$1"))), name: name}, nil
}

// Glob and ReadDir go to the embedded files, whose names are unchanged.
func (f sqliteFS) Glob(pattern string) ([]string, error) { return fs.Glob(f.FS, pattern) }

// sqlFile is a rewritten migration.
type sqlFile struct {
	*bytes.Reader
	name string
}

func (f *sqlFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *sqlFile) Close() error               { return nil }
func (f *sqlFile) Name() string               { return f.name }
func (f *sqlFile) Mode() fs.FileMode          { return 0o444 }
func (f *sqlFile) ModTime() time.Time         { return time.Time{} }
func (f *sqlFile) IsDir() bool                { return false }
func (f *sqlFile) Sys() any                   { return nil }

package store

import (
	"errors"
	"fmt"
	"os"

	"github.com/mattn/go-sqlite3"
)

// Each page of the database ends with a sum of itself (pagesum.c), so that what a failing disk or memory has changed is an error when it
// is read, and never an answer. PostgreSQL's data checksums are the same. The log has sums of SQLite's own, which are looked at when it
// is replayed.

const (
	sumSize      = 8  // bytes of a page's sum
	reserveAt    = 20 // where the file's header says how many bytes each page leaves at its end
	reserveBytes = 38 // SQLITE_FCNTL_RESERVE_BYTES
)

// reserveSums has the pages of a new database, or of one from before there were sums, leave room for them.
func reserveSums(path string) error {
	if err := beginVFS(); err != nil {
		return err
	}
	reserved, err := reservedIn(path)
	if err != nil || reserved == sumSize {
		return err
	}
	if reserved != 0 {
		return fmt.Errorf("%s is damaged: put back your newest whole copy", path)
	}
	opened, err := (&sqlite3.SQLiteDriver{}).Open(dsn(path, "_synchronous=FULL&_busy_timeout=5000&_mutex=no"))
	if err != nil {
		return err
	}
	db := opened.(*sqlite3.SQLiteConn)
	err = db.SetFileControlInt("main", reserveBytes, sumSize)
	for _, query := range []string{"PRAGMA user_version = 0", "VACUUM"} { // the first makes page 1 of an empty file
		if err == nil {
			_, err = db.Exec(query, nil)
		}
	}
	return errors.Join(err, db.Close())
}

// reservedIn reads the file's header; an empty file has none.
func reservedIn(path string) (byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	header := make([]byte, 100)
	if n, err := file.Read(header); n < len(header) {
		if n == 0 {
			return 0, nil
		}
		return 0, err
	}
	return header[reserveAt], nil
}

package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Which periods were drawn is kept in the key folder too, apart from the data: a database that was put back from an older copy does not
// know what was drawn since, and a second draw of one period would tell, with the first, more than either. The file holds names of
// tables and periods and the hash of what was drawn, which is for all to read.

const drawnName = "releases.drawn"

// drawn guards the file. mu is held while it is written.
type drawn struct{ mu sync.Mutex }

// DrawnKey is a table and a period of it.
type DrawnKey struct{ Dataset, Period string }

// Drawn reads which periods were ever drawn with these keys, as the file has them: each with the hash of its text.
func (s *Store) Drawn() (map[DrawnKey][32]byte, error) {
	s.drawn.mu.Lock()
	defer s.drawn.mu.Unlock()
	return s.readDrawn()
}

func (s *Store) readDrawn() (map[DrawnKey][32]byte, error) {
	all := map[DrawnKey][32]byte{}
	text, err := os.ReadFile(filepath.Join(s.cfg.Keys, drawnName))
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", drawnName, err)
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		var sum [32]byte
		if len(fields) != 3 || len(fields[2]) != 2*len(sum) {
			return nil, fmt.Errorf("%s is damaged: restore the key folder from its newest copy", drawnName)
		}
		if _, err := hex.Decode(sum[:], []byte(fields[2])); err != nil {
			return nil, fmt.Errorf("%s is damaged: restore the key folder from its newest copy", drawnName)
		}
		all[DrawnKey{fields[0], fields[1]}] = sum
	}
	return all, nil
}

// NoteDrawn adds draws to the file, after their commit: a draw that was not committed was seen by nobody and is made anew. What stands
// there stays. A run that dies between the commit and the file is mended by the next, which notes what the database has.
func (s *Store) NoteDrawn(more map[DrawnKey][32]byte) error {
	s.drawn.mu.Lock()
	defer s.drawn.mu.Unlock()
	all, err := s.readDrawn()
	if err != nil {
		return err
	}
	before := len(all)
	for key, sum := range more {
		if _, there := all[key]; !there {
			all[key] = sum
		}
	}
	if len(all) == before {
		return nil
	}
	lines := make([]string, 0, len(all))
	for key, sum := range maps.All(all) {
		lines = append(lines, fmt.Sprintf("%s %s %x\n", key.Dataset, key.Period, sum))
	}
	slices.Sort(lines)
	return writeDurably(filepath.Join(s.cfg.Keys, drawnName), []byte(strings.Join(lines, "")))
}

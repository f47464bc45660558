package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// KeyLife is when a key was made, stopped sealing, and was destroyed. Its id is a mark that tells nothing of it.
type KeyLife struct {
	Kind      string    `json:"kind"` // kek, index, cursor, linkage or journal
	ID        string    `json:"id"`
	Made      time.Time `json:"made"`
	Retired   time.Time `json:"retired,omitzero"`   // another took its place
	Destroyed time.Time `json:"destroyed,omitzero"` // what it alone opens is gone
}

// lives are kept in a file of the key folder beside the keys, which have no room for it. A folder without it is one whose keys were all
// made now: nothing is destroyed too early by that.
type lives struct {
	path string
	mu   sync.Mutex
	all  []KeyLife
	text []byte // as it stands in the file
}

func (l *lives) load(folder string) error {
	l.path = filepath.Join(folder, livesName)
	text, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		l.text, err = text, json.Unmarshal(text, &l.all)
	}
	if err != nil {
		return fmt.Errorf("%s does not read: restore it from the backup of the key folder, or delete it, and all keys count as made now", l.path)
	}
	return nil
}

// list is a copy.
func (l *lives) list() []KeyLife {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

// replaced tells whether a key of the folder was destroyed, and another is there in its place.
func (l *lives) replaced(kind, was, now string) bool {
	has := func(id string, destroyed bool) bool {
		return slices.ContainsFunc(l.list(), func(k KeyLife) bool { return k.Kind == kind && k.ID == id && k.Destroyed.IsZero() != destroyed })
	}
	return has(was, true) && has(now, false)
}

// settle writes which keys there are now, the sealing one of a kind first in its list: what is new was made now, what seals no longer was
// retired now, what is gone was destroyed now.
func (l *lives) settle(now time.Time, present map[string][]string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	next := slices.Clone(l.all)
	for kind, ids := range present {
		for i, id := range ids {
			at := slices.IndexFunc(next, func(k KeyLife) bool { return k.Kind == kind && k.ID == id })
			if at < 0 {
				at, next = len(next), append(next, KeyLife{Kind: kind, ID: id, Made: now})
			}
			next[at].Destroyed = time.Time{}
			if i == 0 {
				next[at].Retired = time.Time{}
			} else if next[at].Retired.IsZero() {
				next[at].Retired = now
			}
		}
	}
	for i, k := range next {
		if !slices.Contains(present[k.Kind], k.ID) && k.Destroyed.IsZero() {
			next[i].Destroyed = now
			if k.Retired.IsZero() {
				next[i].Retired = now
			}
		}
	}
	text, err := json.MarshalIndent(next, "", "\t")
	if err != nil {
		return err
	}
	if text = append(text, '\n'); !bytes.Equal(text, l.text) {
		if err := writeDurably(l.path, text); err != nil {
			return fmt.Errorf("write when keys were made: %w", err)
		}
	}
	l.all, l.text = next, text
	return nil
}

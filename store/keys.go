package store

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// Files of the two folders. What each key is for, when it changes and what its loss means: docs/reference/keys.md.
const (
	databaseName  = "sinergi.db"
	lockName      = "lock"
	kekName       = "kek.json"       // Tink keyset, AES-256-GCM: wraps data keys
	indexName     = "index.key"      // 32 bytes: the tags by which persons, staff and family cards are found; changed by indexing again
	nextIndexName = "index.next.key" // the one it changes to, while it does
	cursorName    = "cursor.key"     // 32 bytes: page tokens
	oldCursorName = "cursor.old.key" // the one before
	journalName   = "journal.key"    // 32 bytes: pseudonyms and all other marks, which must outlive the index key
	linkageName   = "linkage.key"    // 32 bytes: cards and candidates, see linkage_key.go
	livesName     = "keys.json"      // when each was made; no secret

	nextLinkageName = "linkage.next.key" // the one it changes to, until its rows are there
)

// Rows of settings: which keys the database belongs to, and to which index key it is changing.
const (
	keysSetting   = "keys"
	changeSetting = "index change"
)

// keyring is the key folder in memory. What changes while callers work is swapped whole.
type keyring struct {
	folder  string
	kek     atomic.Pointer[kek]
	index   atomic.Pointer[indexKeys]
	cursors atomic.Pointer[cursorKeys]
	linkage atomic.Pointer[linkageKey]
	journal []byte
	subkeys sync.Map               // label to subkey, derived once
	noLink  atomic.Pointer[[]byte] // a sealed link that is none, see links.go
	lives   lives
	*opened // data keys, see seal.go

	changing sync.Mutex // one change of keys at a time
}

// prepareFolders makes both folders, for us alone, and refuses places that would give the keys away with the data.
func prepareFolders(cfg *Config) error {
	folders := []*string{&cfg.Keys}
	if cfg.Database == "" {
		folders = append(folders, &cfg.Data)
	}
	for _, folder := range folders {
		if *folder == "" {
			return errors.New("the store needs a folder for data and another for keys: give --data and --keys")
		}
		if err := os.MkdirAll(*folder, 0o700); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		real, err := filepath.EvalSymlinks(*folder)
		if err != nil {
			return fmt.Errorf("resolve folder: %w", err)
		}
		if *folder, err = filepath.Abs(real); err != nil {
			return fmt.Errorf("resolve folder: %w", err)
		}
	}
	if cfg.Database == "" && (inside(cfg.Keys, cfg.Data) || inside(cfg.Data, cfg.Keys)) {
		return fmt.Errorf("keys in %s and data in %s share a folder, so that a stolen copy would open itself: "+
			"move the keys elsewhere and give --keys", cfg.Keys, cfg.Data)
	}
	return nil
}

// inside tells whether path is folder or lies below it.
func inside(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// openKeys reads the key folder. Keys are made only for a database that holds nothing yet; a folder that lacks a key, or has
// another database's, is refused.
func (s *Store) openKeys() error {
	used, err := s.used()
	if err != nil {
		return fmt.Errorf("look for sealed data: %w", err)
	}
	if err := private(s.cfg.Keys); err != nil {
		return err
	}
	k := &keyring{opened: newOpened()}
	if err := k.load(s.cfg.Keys, !used, s.cfg.Rand); err != nil {
		return err
	}
	s.keys = k
	return s.matchKeys()
}

// used tells whether anything was ever sealed or journaled here.
func (s *Store) used() (bool, error) {
	if s.seq.next > 0 {
		return true, nil
	}
	t := tx{c: s.writer, s: s}
	_, marked, err := t.Setting(keysSetting)
	if marked || err != nil {
		return marked, err
	}
	var one int64
	err = t.row("SELECT 1 FROM deks LIMIT 1").scan(&one)
	if errors.Is(err, errNoRows) {
		return false, nil
	}
	return err == nil, err
}

// matchKeys compares the keys with the mark that the database keeps of them, and leaves the mark at the first start.
func (s *Store) matchKeys() error {
	w := &Writer{tx: tx{c: s.writer, s: s}}
	have, ok, err := w.Setting(keysSetting)
	if err == nil && !ok {
		have = s.keys.mark(s.keys.index.Load().now) + s.keys.mark(s.keys.journal)
		err = w.SetSetting(keysSetting, have)
	}
	if err != nil {
		return fmt.Errorf("match keys with the database: %w", err)
	}
	change, _, err := w.Setting(changeSetting)
	if err != nil {
		return fmt.Errorf("match keys with the database: %w", err)
	}
	if len(have) != 2*markSize || have[markSize:] != s.keys.mark(s.keys.journal) {
		return s.foreign(journalName)
	}
	if err := s.matchIndex(have[:markSize], change); err != nil {
		return err
	}
	if err := s.matchLinkage(&w.tx); err != nil {
		return err
	}
	return s.tryKEK(&w.tx)
}

func (s *Store) foreign(name string) error {
	return fmt.Errorf("%s in %s belongs to another database: give --keys the folder that belongs to this one", name, s.cfg.Keys)
}

// tryKEK unwraps a data key of each KEK in use, for one that is missing would be noticed only when somebody's data does not open.
func (s *Store) tryKEK(t *tx) error {
	for r := range t.rows("SELECT DISTINCT substr(wrapped, 1, 5) FROM deks") {
		var kek []byte
		if err := r.scan(&kek); err != nil {
			return fmt.Errorf("read a data key: %w", err)
		}
		var key Key
		err := t.row("SELECT owner, epoch, wrapped FROM deks WHERE substr(wrapped, 1, 5) = $1 LIMIT 1", kek).scan(key.owner[:], &key.epoch, &key.wrapped)
		if err != nil {
			return fmt.Errorf("read a data key: %w", err)
		}
		if _, err := s.keys.unwrap(key); err != nil {
			return fmt.Errorf("%s in %s does not open all of this database: restore the newest copy of the key folder", kekName, s.cfg.Keys)
		}
	}
	return nil
}

// private refuses a key folder, or a file in it, that anybody else can read, and links, which may lead to such a one.
func private(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read key folder: %w", err)
		}
		info, err := entry.Info()
		if err != nil {
			return fmt.Errorf("read key folder: %w", err)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("%s is a link, and nobody looks after what it leads to: put the file itself into the key folder", path)
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
			return fmt.Errorf("%s belongs to another user, who can read it: run chown -R on the key folder, and change the keys if anybody may have", path)
		}
		if info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s can be read by others: run chmod -R go= %s, and change the keys if anybody may have", path, folder)
		}
		return nil
	})
}

// load reads the keys, and makes those that are absent if it may.
func (k *keyring) load(folder string, mayMake bool, rand io.Reader) error {
	k.folder = folder
	if err := k.lives.load(folder); err != nil {
		return err
	}
	fresh := func() ([]byte, error) { return randomKey(rand) }
	text, err := keyFile(folder, kekName, mayMake, freshKEK)
	if err != nil {
		return err
	}
	parsed, err := parseKEK(text)
	if err != nil {
		return fmt.Errorf("%s in %s: %w", kekName, folder, err)
	}
	k.kek.Store(parsed)
	index, err := keyFile(folder, indexName, mayMake, fresh)
	if err != nil {
		return err
	}
	k.index.Store(&indexKeys{now: index})
	if k.journal, err = keyFile(folder, journalName, mayMake, fresh); err != nil {
		return err
	}
	if err := k.loadCursors(rand); err != nil {
		return err
	}
	return k.loadLinkage(rand)
}

// keyFile reads a key, and makes it if it is absent and may be made. A keyset's size is not looked at here.
func keyFile(folder, name string, mayMake bool, fresh func() ([]byte, error)) ([]byte, error) {
	path := filepath.Join(folder, name)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !mayMake {
			return nil, fmt.Errorf("the database holds sealed data, but its key %s is missing: restore the key folder from its backup, or give --keys the right one", path)
		}
		if text, err = fresh(); err == nil {
			err = writeDurably(path, text)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("key %s: %w", path, err)
	}
	if name != kekName && len(text) != keySize {
		return nil, fmt.Errorf("%s is not %d bytes long: restore the key folder from its backup", path, keySize)
	}
	return text, nil
}

const keySize = 32

func randomKey(rand io.Reader) ([]byte, error) {
	key := make([]byte, keySize)
	_, err := io.ReadFull(rand, key)
	return key, err
}

// writeDurably makes a file of mode 0600 that is whole or absent after a power failure.
func writeDurably(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Tag is a keyed mark of parts, of 16 bytes, the same for ever. The label keeps one use from another: equal parts under two labels
// give tags that have nothing in common. (Persons, staff and family cards are found by tags of a key that changes: see reindex.go.)
func (s *Store) Tag(label string, parts ...[]byte) [16]byte {
	sum := s.Mac(label, parts...)
	return [16]byte(sum[:16])
}

// Mac is Tag with all of its 32 bytes.
func (s *Store) Mac(label string, parts ...[]byte) [32]byte {
	return s.keys.mac(s.keys.journal, label, parts...)
}

// Pseudonym is what the journal calls an account, a person, a case or a leg. It is the same for ever.
func (s *Store) Pseudonym(kind string, id []byte) [16]byte { return s.Tag("pseudonym/"+kind, id) }

// Subkey derives 32 bytes for a use of its own, the same for ever.
func (s *Store) Subkey(label string) []byte { return s.keys.subkey(s.keys.journal, label) }

// markSize is the length of a mark of a key.
const markSize = 16

// mark tells one key from another, and nothing of it.
func (k *keyring) mark(key []byte) string {
	sum := k.mac(key, "keys")
	return hex.EncodeToString(sum[:markSize/2])
}

// mac is HMAC-SHA-256 over parts with their lengths, so that no two lists of parts are one.
func (k *keyring) mac(key []byte, label string, parts ...[]byte) [32]byte {
	h := hmac.New(sha256.New, k.subkey(key, label))
	var size [8]byte
	for _, part := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write(part)
	}
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}

func (k *keyring) subkey(key []byte, label string) []byte {
	type use struct {
		key   [32]byte
		label string
	}
	u := use{[32]byte(key), label}
	if sub, ok := k.subkeys.Load(u); ok {
		return sub.([]byte)
	}
	sub, err := hkdf.Key(sha256.New, key, nil, "sinergi/v1/"+label, 32)
	if err != nil {
		panic("store: derive a subkey") // only if asked for more than 8,160 bytes
	}
	k.subkeys.Store(u, sub)
	return sub
}

// HasDatabase reports whether the folder holds a database already.
func HasDatabase(data string) bool {
	_, err := os.Stat(filepath.Join(data, databaseName))
	return err == nil
}

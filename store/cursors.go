package store

import (
	"crypto/cipher"
	"io"
	"os"
	"path/filepath"
)

// cursorKeys seal page tokens. The old one opens those that were handed out before the change.
type cursorKeys struct {
	now, old cipher.AEAD
	ids      []string
}

// loadCursors reads them, and makes what is absent: a lost one costs nothing but lists that begin anew.
func (k *keyring) loadCursors(rand io.Reader) error {
	fresh := func() ([]byte, error) { return randomKey(rand) }
	now, err := keyFile(k.folder, cursorName, true, fresh)
	if err != nil {
		return err
	}
	keys := &cursorKeys{ids: []string{k.mark(now)}}
	if keys.now, err = newGCM(now); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(k.folder, oldCursorName)); err == nil {
		old, err := keyFile(k.folder, oldCursorName, false, nil)
		if err != nil {
			return err
		}
		if keys.old, err = newGCM(old); err != nil {
			return err
		}
		if id := k.mark(old); id != keys.ids[0] {
			keys.ids = append(keys.ids, id)
		}
	}
	k.cursors.Store(keys)
	return nil
}

// Cursors seals page tokens under the cursor key of the moment, and opens those of the one before too. Nonces are its own.
func (s *Store) Cursors() cipher.AEAD { return cursors{s.keys} }

type cursors struct{ k *keyring }

func (c cursors) NonceSize() int { return c.k.cursors.Load().now.NonceSize() }
func (c cursors) Overhead() int  { return c.k.cursors.Load().now.Overhead() }

func (c cursors) Seal(dst, nonce, plain, context []byte) []byte {
	return c.k.cursors.Load().now.Seal(dst, nonce, plain, context)
}

func (c cursors) Open(dst, nonce, sealed, context []byte) ([]byte, error) {
	keys := c.k.cursors.Load()
	plain, err := keys.now.Open(dst, nonce, sealed, context)
	if err != nil && keys.old != nil {
		return keys.old.Open(dst, nonce, sealed, context)
	}
	return plain, err
}

// changeCursors makes a new cursor key; the one before stays until the next change. A crash between the two files leaves the same key
// twice, which the next change mends.
func (k *keyring) changeCursors(rand io.Reader) error {
	path := filepath.Join(k.folder, cursorName)
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fresh, err := randomKey(rand)
	if err != nil {
		return err
	}
	if err := writeDurably(filepath.Join(k.folder, oldCursorName), before); err != nil {
		return err
	}
	if err := writeDurably(path, fresh); err != nil {
		return err
	}
	return k.loadCursors(rand)
}

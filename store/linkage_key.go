package store

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
)

// The linkage key seals what is compared and what was found, and gives the rows their ids. It opens nothing that cannot be made anew from
// person records, so it is destroyed every 30 days, and one that is lost, or of another copy of the data, costs an hour of comparing.

const linkageFor = 30 * 24 * time.Hour // how long a linkage key seals

// The tables under the linkage key. Their names are the labels of its marks too, so that equal persons have unrelated rows.
const (
	cardTable      = "link_cards"
	candidateTable = "candidates"
)

// linkageKey is one of them. dummy is opened for who has no candidates, so that the work is that of who has.
type linkageKey struct {
	plain []byte
	aead  cipher.AEAD
	epoch uint32 // the beginning of its mark: which key sealed a row
	dummy []byte
}

func (k *keyring) newLinkageKey(plain []byte) (*linkageKey, error) {
	aead, err := newGCM(k.subkey(plain, "linkage/seal"))
	if err != nil {
		return nil, err
	}
	epoch, err := strconv.ParseUint(k.mark(plain)[:8], 16, 32)
	if err != nil {
		return nil, err
	}
	key := &linkageKey{plain: plain, aead: aead, epoch: uint32(epoch)}
	key.dummy = key.seal(candidateTable, [16]byte{}, linkage.EncodeShortlist(nil))
	return key, nil
}

// loadLinkage reads the key, and makes it if it is absent: all that it sealed is made anew then.
func (k *keyring) loadLinkage(rand io.Reader) error {
	plain, err := keyFile(k.folder, linkageName, true, func() ([]byte, error) { return randomKey(rand) })
	if err != nil {
		return err
	}
	key, err := k.newLinkageKey(plain)
	if err == nil {
		k.linkage.Store(key)
	}
	return err
}

// rowOf is under which id a person stands in one of the tables.
func (k *keyring) rowOf(key *linkageKey, table string, person casework.PersonID) (id [16]byte) {
	sum := k.mac(key.plain, "linkage/"+table, person[:])
	return [16]byte(sum[:16])
}

func linkageCell(table string, id [16]byte) Cell {
	return Cell{Table: table, Column: "sealed", Row: id[:]}
}

// seal has the form of all sealed columns. The row is bound into it; who it is about stands inside.
func (k *linkageKey) seal(table string, id [16]byte, plain []byte) []byte {
	sealed := make([]byte, sealHead, sealHead+k.aead.Overhead()+len(plain))
	sealed[0] = sealVersion
	binary.BigEndian.PutUint32(sealed[1:], k.epoch)
	var space [128]byte
	return k.aead.Seal(sealed, nil, plain, linkageCell(table, id).context(space[:0]))
}

// open appends to dst, which may be reused: a scan opens half a million cards.
func (k *linkageKey) open(dst []byte, table string, id [16]byte, sealed []byte) ([]byte, error) {
	if len(sealed) < sealHead || sealed[0] != sealVersion || binary.BigEndian.Uint32(sealed[1:]) != k.epoch {
		return nil, ErrSealed
	}
	var space [128]byte
	plain, err := k.aead.Open(dst, nil, sealed[sealHead:], linkageCell(table, id).context(space[:0]))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// linkageSetting says under which key the cards stand, and up to which number of the journal they are made: "mark number". Without a
// number they are not all there.
const linkageSetting = "linkage"

// matchLinkage finds the key that the cards stand under. A change that was killed after its commit is ended; of keys that fit nothing the
// one of the folder stays, and all cards are made anew under it.
func (s *Store) matchLinkage(t *tx) error {
	text, _, err := t.Setting(linkageSetting)
	if err != nil {
		return fmt.Errorf("match keys with the database: %w", err)
	}
	mark, _, _ := strings.Cut(text, " ")
	next, err := keyFile(s.cfg.Keys, nextLinkageName, false, nil)
	if err != nil { // there is none
		return s.dropNextLinkage()
	}
	if s.keys.mark(next) != mark {
		return s.dropNextLinkage()
	}
	key, err := s.keys.newLinkageKey(next)
	if err != nil {
		return err
	}
	return s.promoteLinkage(key)
}

func (s *Store) nextLinkage() string { return filepath.Join(s.cfg.Keys, nextLinkageName) }

func (s *Store) dropNextLinkage() error {
	if err := os.Remove(s.nextLinkage()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("drop a linkage key that was never used: %w", err)
	}
	return nil
}

// promoteLinkage puts the next key in its place. The one before is destroyed by that.
func (s *Store) promoteLinkage(key *linkageKey) error {
	if err := os.Rename(s.nextLinkage(), filepath.Join(s.cfg.Keys, linkageName)); err != nil {
		return fmt.Errorf("put the linkage key in its place: %w", err)
	}
	s.keys.linkage.Store(key)
	return syncFolder(s.cfg.Keys)
}

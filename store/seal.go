package store

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
)

// A sealed column is: version 1 | epoch of the data key 4, big-endian | nonce 12 | AES-256-GCM ciphertext and tag.
const (
	sealVersion = 1
	sealHead    = 5
)

// openedMax is how many data keys stay open in memory; about 1 KiB each.
const openedMax = 1024

var (
	// ErrErased means that the owner of a sealed column has no data key: she was erased, or never had one.
	ErrErased = errors.New("store: no data key")
	// ErrSealed means that a sealed column does not open: it was damaged, or stands in another place than it was made for.
	ErrSealed = errors.New("store: sealed column does not open")
)

// Owner is whose data key seals a column: a person record, a household or an account.
type Owner [16]byte

// Cell is the place of a sealed column. It is bound into the seal, so a value moved to another cell does not open.
type Cell struct {
	Table, Column string
	Row           []byte
	Owner         Owner
}

// Key is a data key of an owner, already wrapped. Make it before the closure, for wrapping and chance have no place inside.
type Key struct {
	owner   Owner
	epoch   int64
	wrapped []byte
	aead    cipher.AEAD
}

// opened are the newest data keys of the owners in use. Only committed keys stand in it, for a column sealed by a key that is
// not in deks would never open again.
type opened struct {
	mu    sync.Mutex
	cache *lru.Cache[Owner, Key]
	drops uint64 // erasures and rotations; a reader that began before one must not put its key back
}

func newOpened() *opened {
	cache, err := lru.New[Owner, Key](openedMax)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return &opened{cache: cache}
}

// generation is for keep.
func (o *opened) generation() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.drops
}

// keep caches a key that a reader found, unless keys were dropped since it began.
func (o *opened) keep(key Key, generation uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.drops != generation {
		return
	}
	if have, ok := o.cache.Peek(key.owner); !ok || have.epoch < key.epoch {
		o.cache.Add(key.owner, key)
	}
}

// adopt takes over what a committed group has put, found and erased.
func (o *opened) adopt(keys []Key, erased map[Owner]bool) {
	if len(keys) == 0 && len(erased) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, key := range keys {
		if have, ok := o.cache.Peek(key.owner); ok && have.epoch >= key.epoch {
			continue
		}
		if key.epoch > 0 {
			o.drops++ // a rotation
		}
		o.cache.Add(key.owner, key)
	}
	for owner := range erased {
		o.drops++
		o.cache.Remove(owner)
	}
}

// dropAll forgets all keys: another server has ended some.
func (o *opened) dropAll() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drops++
	o.cache.Purge()
}

// WrapKey makes the first data key of an owner. It is nothing until a closure puts it.
func (s *Store) WrapKey(owner Owner) (Key, error) { return s.wrapKey(owner, 0) }

func (s *Store) wrapKey(owner Owner, epoch int64) (Key, error) {
	plain := make([]byte, 32)
	if _, err := io.ReadFull(s.cfg.Rand, plain); err != nil {
		return Key{}, fmt.Errorf("make a data key: %w", err)
	}
	defer clear(plain)
	wrapped, err := s.keys.kek.Load().Encrypt(plain, keyContext(owner, epoch))
	if err != nil {
		return Key{}, fmt.Errorf("wrap a data key: %w", err)
	}
	opened, err := newGCM(plain)
	return Key{owner: owner, epoch: epoch, wrapped: wrapped, aead: opened}, err
}

// keyContext is the AAD of a wrapped key: dek/owner/epoch.
func keyContext(owner Owner, epoch int64) []byte {
	return strconv.AppendInt(append(hex.AppendEncode([]byte("dek/"), owner[:]), '/'), epoch, 10)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("open a data key: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// unwrap opens a key as it stands in deks.
func (k *keyring) unwrap(key Key) (cipher.AEAD, error) {
	plain, err := k.kek.Load().Decrypt(key.wrapped, keyContext(key.owner, key.epoch))
	if err != nil {
		return nil, fmt.Errorf("unwrap a data key: %w", ErrSealed)
	}
	defer clear(plain)
	return newGCM(plain)
}

// PutKey stores a key made by WrapKey. Columns of its owner can be sealed from then on, in this closure too.
func (w *Writer) PutKey(key Key) error {
	_, err := w.exec("INSERT INTO deks (owner, epoch, wrapped) VALUES ($1, $2, $3)", key.owner[:], key.epoch, key.wrapped)
	if err != nil {
		return fmt.Errorf("put a data key: %w", err)
	}
	w.keys = append(w.keys, key)
	return nil
}

// EraseKeys deletes all data keys of an owner; what they sealed opens nowhere any more once old backups of keys are gone.
func (w *Writer) EraseKeys(owner Owner) error {
	if _, err := w.exec("DELETE FROM deks WHERE owner = $1", owner[:]); err != nil {
		return fmt.Errorf("erase data keys: %w", err)
	}
	erased := map[Owner]bool{owner: true} // a new map: the group keeps the old one if this closure fails
	for o := range w.erased {
		erased[o] = true
	}
	w.erased = erased
	w.keys = slices.DeleteFunc(w.keys, func(key Key) bool { return key.owner == owner })
	return nil
}

// Seal seals plain for its cell under the newest data key of the owner.
func (t *tx) Seal(cell Cell, plain []byte) ([]byte, error) {
	key, err := t.newestKey(cell.Owner)
	if err != nil {
		return nil, err
	}
	sealed := make([]byte, sealHead, sealHead+key.aead.Overhead()+len(plain))
	sealed[0] = sealVersion
	binary.BigEndian.PutUint32(sealed[1:], uint32(key.epoch))
	var space [128]byte
	return key.aead.Seal(sealed, nil, plain, cell.context(space[:0])), nil
}

// Open opens what Seal made for the same cell; nil stays nil.
func (t *tx) Open(cell Cell, sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	if len(sealed) < sealHead || sealed[0] != sealVersion {
		return nil, ErrSealed
	}
	key, err := t.keyOf(cell.Owner, epochOf(sealed))
	if err != nil {
		return nil, err
	}
	var space [128]byte
	plain, err := key.aead.Open(nil, nil, sealed[sealHead:], cell.context(space[:0]))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// epochOf is the epoch of the key that sealed a value.
func epochOf(sealed []byte) int64 {
	if len(sealed) < sealHead {
		return -1
	}
	return int64(binary.BigEndian.Uint32(sealed[1:]))
}

// context is the AAD: v1/table/column/row/owner. Row and owner are hexadecimal, so no slash of theirs moves a border.
func (c Cell) context(dst []byte) []byte {
	dst = append(dst, "v1/"...)
	dst = append(append(dst, c.Table...), '/')
	dst = append(append(dst, c.Column...), '/')
	dst = append(hex.AppendEncode(dst, c.Row), '/')
	return hex.AppendEncode(dst, c.Owner[:])
}

// newestKey is the key that seals now.
func (t *tx) newestKey(owner Owner) (Key, error) {
	if key, ok := t.cached(owner); ok {
		return key, nil
	}
	key := Key{owner: owner}
	err := t.row("SELECT epoch, wrapped FROM deks WHERE owner = $1 ORDER BY epoch DESC LIMIT 1", owner[:]).
		scan(&key.epoch, &key.wrapped)
	if err := t.unwrap(&key, err); err != nil {
		return Key{}, err
	}
	t.keep(key)
	return key, nil
}

// keyOf is the key of an epoch, to open with. All but columns left over from a rotation are of the newest.
func (t *tx) keyOf(owner Owner, epoch int64) (Key, error) {
	key, err := t.newestKey(owner)
	if err != nil || key.epoch == epoch {
		return key, err
	}
	key = Key{owner: owner, epoch: epoch}
	err = t.row("SELECT wrapped FROM deks WHERE owner = $1 AND epoch = $2", owner[:], epoch).scan(&key.wrapped)
	return key, t.unwrap(&key, err)
}

// cached finds a key put or found by this closure, else one of the cache that this transaction may use.
func (t *tx) cached(owner Owner) (Key, bool) {
	for i := len(t.keys) - 1; i >= 0; i-- {
		if t.keys[i].owner == owner {
			return t.keys[i], true
		}
	}
	if t.erased[owner] {
		return Key{}, false
	}
	return t.s.keys.cache.Get(owner)
}

// keep remembers a key that was read: a reader's at once, a writer's with its commit, for it may not be committed itself. A scan that
// passes everybody once keeps the last: it would drive all others out of the cache.
func (t *tx) keep(key Key) {
	if t.passing {
		t.keys = append(t.keys[:0], key)
		return
	}
	if t.ctx != nil {
		t.s.keys.keep(key, t.generation)
		return
	}
	t.keys = append(t.keys, key)
}

func (t *tx) unwrap(key *Key, err error) error {
	if errors.Is(err, errNoRows) {
		return ErrErased
	}
	if err != nil {
		return fmt.Errorf("read a data key: %w", err)
	}
	key.aead, err = t.s.keys.unwrap(*key)
	return err
}

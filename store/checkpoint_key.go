package store

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/sinergi-pug/sinergi/domain/journal"
)

// The key that signs checkpoints. Its private half is a file of the key folder and changes each year; public halves stay in the
// database for ever, or what they signed could be checked no longer.

const (
	// checkpointKeyName is the file: one line, two for the moment in which a key follows another.
	checkpointKeyName = "checkpoint.key"
	// checkpointKeyLife is how long a key signs.
	checkpointKeyLife = 365 * 24 * time.Hour
)

// signingKey is a key with both its halves.
type signingKey struct {
	private, public string
	signer          note.Signer
}

// originOf names the journal: by its keys, so that a copy put back is the same journal, and by nothing that tells whose it is.
func (k *keyring) originOf() string {
	mark := k.mac(k.journal, "origin")
	return "sinergi/journal/" + hex.EncodeToString(mark[:8])
}

// freshSigningKey makes a key for an origin.
func freshSigningKey(rand io.Reader, origin string) (signingKey, error) {
	private, public, err := note.GenerateKey(rand, origin)
	if err != nil {
		return signingKey{}, err
	}
	signer, err := note.NewSigner(private)
	return signingKey{private, public, signer}, err
}

var errCheckpointKey = errors.New(checkpointKeyName + " is not the key of checkpoints: restore the newest copy of the key folder")

// readSigningKeys reads the lines of the file. A file that is absent has none.
func readSigningKeys(folder string) ([]signingKey, error) {
	text, err := os.ReadFile(filepath.Join(folder, checkpointKeyName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var keys []signingKey
	for _, line := range strings.Fields(string(text)) { // "PRIVATE+KEY+name+hash+key": no spaces
		signer, err := note.NewSigner(line)
		if err != nil {
			return nil, errCheckpointKey // its own error may quote the file
		}
		public, err := publicHalf(line)
		if err != nil {
			return nil, errCheckpointKey
		}
		keys = append(keys, signingKey{line, public, signer})
	}
	return keys, nil
}

func writeSigningKeys(folder string, keys ...signingKey) error {
	var text strings.Builder
	for _, k := range keys {
		text.WriteString(k.private + "\n")
	}
	return writeDurably(filepath.Join(folder, checkpointKeyName), []byte(text.String()))
}

// openSigningKey reads the file and takes the key that the database knows as its newest; one that it does not know was made by a
// start that got no further. It refuses to make another in place of one that is lost: who checks the journal would take it for a
// forger's.
func (s *Store) openSigningKey() error {
	keys, err := readSigningKeys(s.cfg.Keys)
	if err != nil {
		return fmt.Errorf("key of checkpoints: %w", err)
	}
	t := tx{c: s.writer, s: s}
	known, err := t.checkpointKeys()
	if err != nil {
		return err
	}
	if len(known) == 0 {
		return nil // the first checkpoint makes it
	}
	newest := known[len(known)-1]
	at := slices.IndexFunc(keys, func(k signingKey) bool { return k.public == newest.Public })
	if at < 0 {
		return fmt.Errorf("the journal was signed by a key that is missing from %s: restore the key folder from its backup, or give --keys the right one",
			filepath.Join(s.cfg.Keys, checkpointKeyName))
	}
	s.signing.key, s.signing.since = keys[at], newest.From
	if len(keys) > 1 {
		return writeSigningKeys(s.cfg.Keys, keys[at])
	}
	return nil
}

// changeKey makes the key that signs from now on. The checkpoint of that moment is signed by the old one too, which is thereby
// vouching for the new: who trusts the first key of a journal can follow to the last.
func (s *Store) changeKey(now time.Time) (next signingKey, err error) {
	if next, err = freshSigningKey(s.cfg.Rand, s.keys.originOf()); err != nil {
		return next, err
	}
	both := []signingKey{next}
	if s.signing.key.signer != nil {
		both = append(both, s.signing.key)
	}
	return next, writeSigningKeys(s.cfg.Keys, both...) // before the database says so: a private half that is lost is lost for good
}

// CheckpointKey is a public key that has signed checkpoints.
type CheckpointKey struct {
	Public string
	From   time.Time
}

// checkpointKeys are all there were, oldest first.
func (t *tx) checkpointKeys() ([]CheckpointKey, error) {
	keys, err := list(t, func(r row) (k CheckpointKey, err error) { return k, r.scan(&k.Public, &k.From) },
		"SELECT key, from_time FROM checkpoint_keys ORDER BY from_time, key")
	if err != nil {
		return nil, fmt.Errorf("read the keys of checkpoints: %w", err)
	}
	return keys, nil
}

// CheckpointKeys are the public keys that have signed, oldest first.
func (r *Reader) CheckpointKeys() ([]CheckpointKey, error) { return r.checkpointKeys() }

// verifiersOf are the keys of the journal as they check signatures.
func verifiersOf(keys []CheckpointKey) (note.Verifiers, error) {
	var all []note.Verifier
	for _, k := range keys {
		v, err := journal.ParseVerifier(k.Public)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return note.VerifierList(all...), nil
}

// publicHalf gives the public half of a private one, which is written PRIVATE+KEY+name+hash+key.
func publicHalf(private string) (string, error) {
	parts := strings.SplitN(private, "+", 5)
	if len(parts) != 5 {
		return "", errCheckpointKey
	}
	seed, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize {
		return "", errCheckpointKey
	}
	key := ed25519.NewKeyFromSeed(seed[1:])
	return note.NewEd25519VerifierKey(parts[2], key.Public().(ed25519.PublicKey))
}

package journal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Checkpoint is what a signed note says of the tree (C2SP tlog-checkpoint): whose tree it is, how many entries it has, and the
// one hash that stands for all of them.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   [32]byte
}

// ErrCheckpoint is the answer to a text that is no checkpoint.
var ErrCheckpoint = errors.New("not a checkpoint")

// String is the text that is signed.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// ParseCheckpoint reads the text of a note. It takes no extension lines and no second form of a number or a hash: what String would
// not write is refused.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return Checkpoint{}, ErrCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	root, err2 := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || err2 != nil || size < 0 || len(root) != 32 {
		return Checkpoint{}, ErrCheckpoint
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: [32]byte(root)}
	if c.String() != text {
		return Checkpoint{}, ErrCheckpoint
	}
	return c, nil
}

// Kinds of keys under a note: a log's plain Ed25519, and a witness's, which also signs when (C2SP tlog-cosignature).
const (
	algEd25519     = 1
	algCosignature = 4
)

// Verifier checks signatures of one key under a note. It serves as a note.Verifier of x/mod, which knows the first kind alone.
type Verifier struct {
	name string
	hash uint32
	alg  byte
	key  ed25519.PublicKey
}

// ErrVerifierKey is the answer to a text that is no verifier key.
var ErrVerifierKey = errors.New("not a verifier key: it is written name+hash+key, and is one line")

// ParseVerifier reads a verifier key: name, eight hexadecimal digits and base64, joined by plus signs.
func ParseVerifier(text string) (*Verifier, error) {
	name, rest, _ := strings.Cut(text, "+")
	hash16, key64, _ := strings.Cut(rest, "+")
	hash, err := strconv.ParseUint(hash16, 16, 32)
	key, err2 := base64.StdEncoding.DecodeString(key64)
	badName := name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsSpace)
	if err != nil || err2 != nil || badName || len(hash16) != 8 || len(key) != 1+ed25519.PublicKeySize {
		return nil, ErrVerifierKey
	}
	if sum := sha256.Sum256(append([]byte(name+"\n"), key...)); binary.BigEndian.Uint32(sum[:]) != uint32(hash) {
		return nil, ErrVerifierKey
	}
	if key[0] != algEd25519 && key[0] != algCosignature {
		return nil, fmt.Errorf("%w; of kind %d, and only Ed25519 and its cosignatures are known", ErrVerifierKey, key[0])
	}
	return &Verifier{name, uint32(hash), key[0], key[1:]}, nil
}

// Name is the key's name.
func (v *Verifier) Name() string { return v.name }

// KeyHash is the key's short hash, which stands in each of its signatures.
func (v *Verifier) KeyHash() uint32 { return v.hash }

// String is the key as it is configured.
func (v *Verifier) String() string {
	return fmt.Sprintf("%s+%08x+%s", v.name, v.hash, base64.StdEncoding.EncodeToString(append([]byte{v.alg}, v.key...)))
}

// Verify reports whether sig is this key's under the text of a note. A cosignature begins with its time, which is signed too.
func (v *Verifier) Verify(text, sig []byte) bool {
	if v.alg == algEd25519 {
		return len(sig) == ed25519.SignatureSize && ed25519.Verify(v.key, text, sig)
	}
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := CosignedText(binary.BigEndian.Uint64(sig), text)
	return ed25519.Verify(v.key, signed, sig[8:])
}

// CosignedText is what a witness signs: the time in seconds since 1970, then the text of the note.
func CosignedText(seconds uint64, text []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", seconds), text...)
}

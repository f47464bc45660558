package server

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"
)

// A token is sng_<kind>_<id 12><secret 43><crc 6>, all base62, so that a scanner finds leaked ones without error. The secret
// has 32 random bytes: its plain SHA-256 is enough to keep, and a slow hash would only slow every call.
const (
	tokenIDLength     = 12
	tokenSecretLength = 43
	tokenCRCLength    = 6
	base62            = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// newToken makes a token of a kind, "usr" or "app". The token is shown once; id and hash are kept.
func newToken(kind string) (token, id string, hash [32]byte, err error) {
	var random [41]byte // 9 for the id, 32 for the secret
	if _, err := rand.Read(random[:]); err != nil {
		return "", "", hash, fmt.Errorf("make a token: %w", err)
	}
	id = encode62(random[:9], tokenIDLength)[:tokenIDLength]
	secret := encode62(random[9:], tokenSecretLength)
	body := "sng_" + kind + "_" + id + secret
	return body + tokenCRC(body), id, sha256.Sum256([]byte(secret)), nil
}

// proof is a token taken apart.
type proof struct {
	kind, id string
	hash     [32]byte
}

// parseToken takes a token apart; ok is false for what never was one, a mistyped one included.
func parseToken(token string) (p proof, ok bool) {
	const head = len("sng_usr_")
	if len(token) != head+tokenIDLength+tokenSecretLength+tokenCRCLength || !strings.HasPrefix(token, "sng_") || token[head-1] != '_' {
		return p, false
	}
	body, crc := token[:len(token)-tokenCRCLength], token[len(token)-tokenCRCLength:]
	if tokenCRC(body) != crc {
		return p, false
	}
	secret := body[head+tokenIDLength:]
	return proof{body[len("sng_") : head-1], body[head : head+tokenIDLength], sha256.Sum256([]byte(secret))}, true
}

func tokenCRC(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	return encode62([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}, tokenCRCLength)
}

// encode62 writes bytes as a number in base 62, padded to width.
func encode62(bytes []byte, width int) string {
	n := new(big.Int).SetBytes(bytes)
	base, digit := big.NewInt(62), new(big.Int)
	text := make([]byte, 0, width+1)
	for n.Sign() > 0 {
		n.DivMod(n, base, digit)
		text = append(text, base62[digit.Int64()])
	}
	for len(text) < width {
		text = append(text, base62[0])
	}
	for i, j := 0, len(text)-1; i < j; i, j = i+1, j-1 {
		text[i], text[j] = text[j], text[i]
	}
	return string(text)
}

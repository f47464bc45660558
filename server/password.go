package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Cost of a password hash: the least that OWASP names for Argon2id, some 25 ms of one core.
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonHash   = 32
)

const (
	// passwordLeast is in characters.
	passwordLeast = 12
	// passwordScore is the least of zxcvbn's 0 to 4: 10⁸ guesses, more than anybody gets by trying.
	passwordScore = 3
	// passwordLooked bounds what zxcvbn looks at, whose work grows with the square.
	passwordLooked = 60
	// hashPatience is how long a hash waits for a core before the caller is sent away.
	hashPatience = 2 * time.Second
)

// newCores are as many turns at hashing as there are cores: more at once would only share them, and each takes 19 MiB.
func newCores() chan struct{} { return make(chan struct{}, runtime.NumCPU()) }

// onCore runs f when a core is free, or says after 2 seconds to come again. It is never called inside a closure of the store.
func (s *Server) onCore(ctx context.Context, f func()) error {
	timer := time.NewTimer(hashPatience)
	defer timer.Stop()
	select {
	case s.cores <- struct{}{}:
	case <-timer.C:
		return &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: hashPatience}
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.cores }()
	f()
	return nil
}

// hashPassword makes what is kept of a password, in the PHC form.
func (s *Server) hashPassword(ctx context.Context, password string) (phc string, err error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	err = s.onCore(ctx, func() { phc = phcOf(salt, argon(password, salt)) })
	return phc, err
}

// passwordIs compares a password with what is kept of it. An account without one is compared with a hash that no password has, so that
// it takes as long.
func (s *Server) passwordIs(ctx context.Context, phc, password string) (is bool, err error) {
	salt, want, ok := parsePHC(phc)
	if !ok {
		salt, want = s.nobodysHash[:argonSalt], s.nobodysHash[argonSalt:]
	}
	err = s.onCore(ctx, func() { is = subtle.ConstantTimeCompare(argon(password, salt), want) == 1 })
	return is && ok, err
}

// argon hashes the composed form: what is typed on one keyboard as é comes from another as e and an accent.
func argon(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, argonTime, argonMemory, argonLanes, argonHash)
}

const phcHead = "$argon2id$v=19$m=19456,t=2,p=1$"

func phcOf(salt, hash []byte) string {
	return phcHead + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(hash)
}

// parsePHC reads what phcOf wrote; another cost is made with another head, and read beside this one.
func parsePHC(phc string) (salt, hash []byte, ok bool) {
	rest, ok := strings.CutPrefix(phc, phcHead)
	if !ok {
		return nil, nil, false
	}
	saltText, hashText, _ := strings.Cut(rest, "$")
	salt, err := base64.RawStdEncoding.DecodeString(saltText)
	if err != nil || len(salt) != argonSalt {
		return nil, nil, false
	}
	hash, err = base64.RawStdEncoding.DecodeString(hashText)
	return salt, hash, err == nil && len(hash) == argonHash
}

// weak tells what is wrong with a new password: too short, or one that many have, or that is made of the account's own words.
func weak(field, password string, words []string) error {
	password = norm.NFC.String(password)
	if utf8.RuneCountInString(password) < passwordLeast {
		return unfit([]Violation{{Field: field, Reason: "TOO_SHORT", Limit: fmt.Sprint(passwordLeast)}})
	}
	looked := password
	if runes := []rune(password); len(runes) > passwordLooked {
		looked = string(runes[:passwordLooked])
	}
	if zxcvbn.PasswordStrength(looked, words).Score < passwordScore {
		return casework.Violations{{Field: field, Reason: "PASSWORD_COMMON"}}
	}
	return nil
}

// wordsOf are what a guesser tries first: the account's code and name, its units and the program.
func wordsOf(texts ...string) []string {
	words := []string{"sinergi", "puskesmas", "posyandu", "bidan", "kader", "kabupaten", "bogor", "indonesia", "bismillah", "rahasia", "sayang"}
	for _, text := range texts {
		text = strings.ToLower(text)
		parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" -_.,'", r) })
		words = append(append(words, text, strings.Join(parts, "")), parts...)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

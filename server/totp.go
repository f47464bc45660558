package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

const (
	// totpPeriod is the step of RFC 6238, in seconds; totpSkew how many steps a telephone's clock may be off.
	totpPeriod = 30
	totpSkew   = 1
	// recoveryCodes are how many an account has; each has 80 random bits, so that a plain hash keeps them.
	recoveryCodes = 10
)

// newSecondFactor makes a secret for codes, in base32.
func newSecondFactor() (string, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: totpIssuer, AccountName: "-", SecretSize: 20, Rand: rand.Reader})
	if err != nil {
		return "", err
	}
	return key.Secret(), nil
}

const totpIssuer = "Sinergi"

// secondFactorURI is the secret for a QR code. The code of the account stands in it, and no name.
func secondFactorURI(secret, code string) (string, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: totpIssuer, AccountName: orElse(code, "admin"), Secret: raw})
	if err != nil {
		return "", err
	}
	return key.URL(), nil
}

// stepOf finds the step whose code was given, of those around now; ok is false if it is none of them. All are compared.
func stepOf(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(code, " ", "")
	at := now.Unix() / totpPeriod
	for s := at - totpSkew; s <= at+totpSkew; s++ {
		want, err := hotp.GenerateCode(secret, uint64(s)) // SHA-1 and 6 digits, as every authenticator has it
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok && secret != ""
}

// recoveryAlphabet is RFC 4648's: no 0, 1 or 8 to take for a letter.
var recoveryAlphabet = base32.StdEncoding.WithPadding(base32.NoPadding)

// newRecoveryCodes makes an account's codes, as shown once and as kept.
func newRecoveryCodes(account casework.AccountID) (codes []string, hashes [][32]byte, err error) {
	for range recoveryCodes {
		var random [10]byte
		if _, err := rand.Read(random[:]); err != nil {
			return nil, nil, err
		}
		text := recoveryAlphabet.EncodeToString(random[:])
		codes = append(codes, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		hashes = append(hashes, recoveryHash(account, text))
	}
	return codes, hashes, nil
}

// recoveryHash is what is kept of a code, however it was typed.
func recoveryHash(account casework.AccountID, code string) [32]byte {
	typed := strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(code))
	return sha256.Sum256(append(account[:], typed...))
}

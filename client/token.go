package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// Token reads a bearer token from a file that nobody but its owner may read: mode 0600 or less. The file is read again when
// it has changed, so a token can be replaced under a running program.
func Token(file string) func(context.Context) (string, error) {
	t := &tokenFile{path: file}
	return func(context.Context) (string, error) { return t.read() }
}

// StaticToken is a token that the program holds already, from its environment or its own vault.
func StaticToken(token string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return checked(token) }
}

type tokenFile struct {
	path string

	mu      sync.Mutex // guards what follows
	token   string
	changed time.Time
	size    int64
}

func (t *tokenFile) read() (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, err := os.Stat(t.path)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return "", fmt.Errorf("read the token: %s has mode %04o and others could read it: chmod 0600", t.path, mode)
	}
	if t.token != "" && info.ModTime().Equal(t.changed) && info.Size() == t.size {
		return t.token, nil
	}
	text, err := os.ReadFile(t.path)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	token, err := checked(string(text))
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, t.path)
	}
	t.token, t.changed, t.size = token, info.ModTime(), info.Size()
	return t.token, nil
}

// checked refuses what cannot stand in a header; it never repeats the text, for it may be a secret all the same.
func checked(text string) (string, error) {
	token := strings.TrimSpace(text)
	if token == "" {
		return "", errors.New("read the token: it is empty")
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errors.New("read the token: not one line of printable characters")
	}
	return token, nil
}

// bearer puts the token into each call, each try of it included.
type bearer struct {
	token  func(context.Context) (string, error)
	secure bool
}

func (b bearer) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	token, err := b.token(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]string{"authorization": "Bearer " + token}, nil
}

// RequireTransportSecurity makes grpc itself refuse to send the token in the clear; false for loopback alone.
func (b bearer) RequireTransportSecurity() bool { return b.secure }

package server

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificate is a pair of files, read again when one of them changes: renewals need no restart.
type certificate struct {
	certFile, keyFile string

	mu      sync.Mutex
	changed [2]time.Time // of the files whose pair is loaded
	pair    *tls.Certificate
}

func loadCertificate(certFile, keyFile string) (*certificate, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("the TLS certificate %s and key %s do not load; both must be PEM and belong together: %w", certFile, keyFile, err)
	}
	c.pair, c.changed = &pair, c.times()
	return c, nil
}

// get is the newest pair that loads. A renewal writes two files one after the other: meanwhile the old pair goes on.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.times(); now != c.changed {
		if pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile); err == nil {
			c.pair, c.changed = &pair, now
		}
	}
	return c.pair, nil
}

// times are when the files changed; of a file that is away, the zero time.
func (c *certificate) times() (t [2]time.Time) {
	for i, file := range []string{c.certFile, c.keyFile} {
		if info, err := os.Stat(file); err == nil {
			t[i] = info.ModTime()
		}
	}
	return t
}

// config is what a listener needs. REST takes TLS 1.2 for the old tablets of clinics; gRPC clients are ours, so 1.3. A client's
// certificate is asked for and needed by none: an app's token may be held to one by its SHA-256, so no authority has to vouch for it.
func (c *certificate) config(least uint16, protocols ...string) *tls.Config {
	return &tls.Config{GetCertificate: c.get, MinVersion: least, NextProtos: protocols, ClientAuth: tls.RequestClientCert}
}

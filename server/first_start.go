package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sinergi-pug/sinergi/store"
)

// greetFirst prints the link of the first administrator, if nobody administers this database yet. It goes to the terminal alone: who can
// read it owns the regency, so it is in no log, and the database has its hash.
func greetFirst(ctx context.Context, st *store.Store, url string, to io.Writer) error {
	secret, ok, err := SetupLink(ctx, st)
	if errors.Is(err, store.ErrClock) {
		return nil // health says so; the next start makes one
	}
	if err != nil || !ok {
		return err
	}
	fmt.Fprintf(to, `Nobody administers this database yet. Whoever opens this link within an hour becomes the first administrator:

  %s/setup#%s

or in a terminal, which asks for what stands after the #:

  sinergi account enrol

`, url, secret)
	return nil
}

// SetupLinkMake makes another link of the first administrator.
type SetupLinkMake struct {
	Folders `embed:""`
	URL     string `env:"SINERGI_URL" placeholder:"URL" default:"http://127.0.0.1:8080" help:"Public address of the server."`
}

// Run prints the link once.
func (c *SetupLinkMake) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		secret, ok, err := SetupLink(ctx, st)
		if err != nil {
			return err
		}
		if !ok {
			return misconfigured(errors.New("somebody administers this database already: an administrator invites others, `sinergi account invite`"))
		}
		fmt.Fprintln(os.Stderr, "valid for an hour, once:")
		fmt.Printf("%s/setup#%s\n", c.URL, secret)
		return nil
	})
}

// publicURL is the address that people open.
func (s *Server) publicURL() string {
	if s.cfg.URL != "" {
		return s.cfg.URL
	}
	address, _ := s.Addresses()
	if s.http.TLSConfig != nil {
		return "https://" + address
	}
	return "http://" + address
}

package server

import (
	"context"
	"crypto/subtle"
	"errors"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/store"
)

// principal is what a token proves: which credential calls. Role, unit and rights are read in the handler's transaction, so that
// a change works from the next call on.
type principal struct{ credential string }

type principalKey struct{}

// errNobody is every failure to say who calls: which of them it was would help a guesser.
var errNobody = refusal(access.Unauthenticated)

// authenticate proves a token. The hash of a credential's secret never changes, so it is kept in memory; whether the credential
// still holds is asked in the handler's transaction.
func (s *Server) authenticate(ctx context.Context, token string) (context.Context, error) {
	id, hash, ok := parseToken(token)
	if !ok {
		return nil, errNobody
	}
	known, err := s.credentialHash(ctx, id)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(known[:], hash[:]) != 1 {
		return nil, errNobody
	}
	return context.WithValue(ctx, principalKey{}, principal{id}), nil
}

var errNoCredential = errors.New("no such credential")

func (s *Server) credentialHash(ctx context.Context, id string) ([32]byte, error) {
	if hash, ok := s.hashes.Get(id); ok {
		return hash, nil
	}
	hash, err := store.Read(ctx, s.store, func(r *store.Reader) ([32]byte, error) {
		hash, ok, err := r.CredentialHash(id)
		if err == nil && !ok {
			err = errNoCredential
		}
		return hash, err
	})
	if errors.Is(err, errNoCredential) {
		return hash, nil // compares with nothing, and takes as long
	}
	if err == nil {
		s.hashes.Add(id, hash)
	}
	return hash, err
}

// limitKey is what the rate of calls is counted by.
func (s *Server) limitKey(ctx context.Context) string {
	p, _ := ctx.Value(principalKey{}).(principal)
	return p.credential
}

package server

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// principal is what a token proves: which credential calls, of which account. Role, unit and rights are read in the handler's
// transaction, so that a change works from the next call on.
type principal struct {
	credential string
	account    casework.AccountID
}

type principalKey struct{}

// errNobody is every failure to say who calls: which of them it was would help a guesser.
var errNobody = refusal(access.Unauthenticated)

// heldAgainst is what a token must agree with. Nothing of it ever changes for one id, so it is kept in memory; whether the
// credential still holds is asked in the handler's transaction.
type heldAgainst struct {
	hash        [32]byte
	kind        string
	account     casework.AccountID
	actor       [16]byte       // its pseudonym, for the log
	networks    []netip.Prefix // none: from anywhere
	certificate [32]byte       // zero: none is asked for
}

// authenticate proves a token. A wrong one costs one look into the database and leaves on a beat, whether its id exists or not.
func (s *Server) authenticate(ctx context.Context, token string) (context.Context, error) {
	given, ok := parseToken(token)
	if !ok {
		return nil, errNobody
	}
	known, cached := s.proofs.Get(given.id)
	if !cached || !known.provenBy(given) {
		var err error
		if known, err = s.readProof(ctx, given.id); err != nil {
			return nil, err
		}
		if !known.provenBy(given) {
			waitForTick(ctx)
			return nil, errNobody
		}
		s.proofs.Add(given.id, known)
	}
	if !known.takenFrom(passageOf(ctx)) {
		return nil, errNobody
	}
	noteActor(ctx, known.actor)
	return context.WithValue(ctx, principalKey{}, principal{given.id, known.account}), nil
}

var errNoCredential = errors.New("no such credential")

// readProof reads it; of an unknown id it is one that nothing proves.
func (s *Server) readProof(ctx context.Context, id string) (heldAgainst, error) {
	p, err := store.Read(ctx, s.store, func(r *store.Reader) (store.Proof, error) {
		p, ok, err := r.Proof(id)
		if err == nil && !ok {
			err = errNoCredential
		}
		return p, err
	})
	if errors.Is(err, errNoCredential) {
		return heldAgainst{}, nil
	}
	if err != nil {
		return heldAgainst{}, err
	}
	networks, err := parseNetworks(strings.Fields(p.CIDRs))
	return heldAgainst{p.Hash, p.Kind, p.Account, s.store.Pseudonym("account", p.Account[:]), networks, p.Cert}, err
}

// provenBy compares in constant time. A hash of zeroes is of no secret.
func (h heldAgainst) provenBy(given proof) bool {
	same := subtle.ConstantTimeCompare(h.hash[:], given.hash[:]) & subtle.ConstantTimeCompare([]byte(h.kind), []byte(given.kind))
	return same == 1
}

// takenFrom tells whether a call comes from where its token is taken: from one of its networks, with its certificate. What the
// transport could not see is not there.
func (h heldAgainst) takenFrom(p *passage) bool {
	if len(h.networks) == 0 && h.certificate == ([32]byte{}) {
		return true
	}
	if p == nil {
		return false
	}
	near := len(h.networks) == 0 || slices.ContainsFunc(h.networks, func(n netip.Prefix) bool { return n.Contains(p.from.address) })
	return near && (h.certificate == ([32]byte{}) || h.certificate == p.from.certificate)
}

// parseNetworks reads networks as an administrator writes them: `10.1.0.0/16`, or one address. An IPv4 network that is written as one
// of IPv6 is the IPv4 network, as callers' addresses are.
func parseNetworks(texts []string) ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range texts {
		n, err := netip.ParsePrefix(text)
		if err != nil {
			address, err := netip.ParseAddr(text)
			if err != nil || address.Zone() != "" {
				return nil, errors.New("no network")
			}
			n = netip.PrefixFrom(address, address.BitLen())
		}
		if n.Addr().Is4In6() {
			if n.Bits() < 96 {
				return nil, errors.New("no network")
			}
			n = netip.PrefixFrom(n.Addr().Unmap(), n.Bits()-96)
		}
		networks = append(networks, n.Masked())
	}
	return networks, nil
}

// limitKey is what the rate of calls is counted by: the account, so that two tokens of one app have one turn.
func (s *Server) limitKey(ctx context.Context) string {
	p, _ := ctx.Value(principalKey{}).(principal)
	if p.credential == "" {
		return ""
	}
	return string(p.account[:])
}

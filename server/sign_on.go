package server

import (
	"context"
	"encoding/base64"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// The code flow with PKCE. State goes through the browser's address and comes back with the code; the secret stays with who began. Both
// are needed to end it, so what is overheard of an address is worth nothing. Nonce and PKCE verifier follow from both by our key and are
// kept nowhere.

func (s *Server) signOnNonce(state, secret string) string {
	return s.signOnWord("nonce", state, secret)
}

func (s *Server) signOnVerifier(state, secret string) string {
	return s.signOnWord("verifier", state, secret)
}

func (s *Server) signOnWord(label, state, secret string) string {
	sum := s.store.Mac("sign-on "+label, []byte(state), []byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Beginnings of sign-ins that wait for a word from elsewhere, of one peer: a health centre's people come to work at the same time and
// behind one address.
const (
	beginsPerSecond = 1
	beginsBurst     = 60
)

// prepareSignOn reads the configuration of the sign-on; nobody is asked yet.
func (s *Server) prepareSignOn() (err error) {
	perSecond := float64(beginsPerSecond)
	if s.cfg.Limits.PeerPerSecond < 0 {
		perSecond = -1
	}
	if s.begins, err = newLimiter(perSecond, beginsBurst); err != nil {
		return err
	}
	s.signOn, err = newProvider(s.cfg, s.now, s.log)
	if s.signOn != nil {
		s.identify = s.identifyOnce
	}
	return err
}

// BeginSignOn starts the regency's sign-on.
func (s *accounts) BeginSignOn(ctx context.Context, req *pb.BeginSignOnRequest) (*pb.BeginSignOnResponse, error) {
	if err := s.mayBegin(ctx); err != nil {
		return nil, err
	}
	if s.signOn == nil {
		return nil, errSignOnUnavailable
	}
	if !s.signOn.mayReturn(req.GetRedirectUri()) {
		return nil, casework.Violations{{Field: "redirectUri", Reason: "VALUE_NOT_TAKEN"}}
	}
	state, err := newSecret()
	if err != nil {
		return nil, err
	}
	secret, err := newSecret()
	if err != nil {
		return nil, err
	}
	address, err := s.signOn.address(req.GetRedirectUri(), state, s.signOnNonce(state, secret), s.signOnVerifier(state, secret))
	if err != nil {
		return nil, err
	}
	kept, err := store.Update(ctx, s.store, func(w *store.Writer) (bool, error) {
		return w.PutGrant(store.Grant{
			Hash: s.grantHash("sign-on", state, secret), Client: req.GetRedirectUri(), Expires: w.Now().Add(grantLife),
		})
	})
	if err == nil && !kept {
		err = errGrantsFull
	}
	if err != nil {
		return nil, err
	}
	return viewSignOn(address, state, secret), nil
}

// CompleteSignOn exchanges what the provider sent back for a session. Good or not, it counts once.
func (s *accounts) CompleteSignOn(ctx context.Context, req *pb.CompleteSignOnRequest) (*pb.Credential, error) {
	if s.signOn == nil {
		return nil, errSignOnUnavailable
	}
	state, secret := req.GetState(), req.GetSecret()
	hash := s.grantHash("sign-on", state, secret)
	type taken struct {
		grant store.Grant
		ok    bool
	}
	begun, err := store.Update(ctx, s.store, func(w *store.Writer) (t taken, err error) {
		t.grant, t.ok, err = w.TakeGrant(hash)
		t.ok = t.ok && t.grant.Works(w.Now())
		return t, err
	})
	if err != nil {
		return nil, err
	}
	if !begun.ok {
		return nil, errSignIn
	}
	who, err := s.signOn.exchange(ctx, begun.grant.Client, req.GetCode(), s.signOnVerifier(state, secret), s.signOnNonce(state, secret))
	if err != nil {
		return nil, err
	}
	return s.signInAs(ctx, who, req.GetUnit(), req.GetRole())
}

// identifyOnce proves an id token that somebody else's sign-on brought. It counts once: who finds one in a log finds nothing.
func (s *Server) identifyOnce(ctx context.Context, idToken string) (identity, error) {
	if s.signOn == nil {
		return identity{}, errSignOnUnavailable
	}
	who, err := s.signOn.verify(ctx, idToken, "")
	if err != nil {
		return identity{}, err
	}
	fresh, err := store.Update(ctx, s.store, func(w *store.Writer) (bool, error) {
		return w.PutGrant(store.Grant{Hash: s.grantHash("id token", string(who.mark[:])), Expires: who.expires})
	})
	if err == nil && !fresh {
		err = errSignIn
	}
	if err != nil {
		return identity{}, err
	}
	return who, nil
}

// tidy keeps what the sweep keeps of callers: in which hours apps called, and no grant that nobody used.
func (s *Server) tidy(ctx context.Context) error {
	if err := s.keepLastUses(ctx); err != nil {
		return err
	}
	ended, err := store.Read(ctx, s.store, func(r *store.Reader) (bool, error) { return r.GrantsEnded(r.Now()) })
	if err != nil || !ended {
		return err
	}
	_, err = store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) { return struct{}{}, w.ForgetGrants() })
	return err
}

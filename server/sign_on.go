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
	who, err := s.comeBack(ctx, req.GetState(), req.GetCode(), req.GetSecret())
	if err != nil {
		return nil, err
	}
	return s.signInAs(ctx, who, req.GetUnit(), req.GetRole())
}

// comeBack ends what BeginSignOn began: it proves who signed in at the provider. The beginning is used up before anything is asked.
func (s *Server) comeBack(ctx context.Context, state, code, secret string) (identity, error) {
	if s.signOn == nil {
		return identity{}, errSignOnUnavailable
	}
	type taken struct {
		grant store.Grant
		ok    bool
	}
	hash := s.grantHash("sign-on", state, secret)
	begun, err := store.Update(ctx, s.store, func(w *store.Writer) (t taken, err error) {
		t.grant, t.ok, err = w.TakeGrant(hash)
		t.ok = t.ok && t.grant.Works(w.Now())
		return t, err
	})
	if err == nil && !begun.ok {
		err = errSignIn
	}
	if err != nil {
		return identity{}, err
	}
	return s.signOn.exchange(ctx, begun.grant.Client, code, s.signOnVerifier(state, secret), s.signOnNonce(state, secret))
}

// signOnProof is a request that may be proven by the regency's sign-on: with an id token that the caller got for himself, or with what
// came back of a beginning.
type signOnProof interface {
	GetIdToken() string
	GetState() string
	GetSignOnCode() string
	GetSecret() string
}

// isSignOn tells whether a request means the sign-on, be it whole or not.
func isSignOn(req signOnProof) bool {
	return req.GetIdToken() != "" || req.GetState() != "" || req.GetSignOnCode() != "" || req.GetSecret() != ""
}

// faultsOfSignOn asks for one proof, and for the whole of it.
func faultsOfSignOn(req signOnProof) (v casework.Violations) {
	for _, f := range []struct{ field, value string }{
		{"state", req.GetState()}, {"signOnCode", req.GetSignOnCode()}, {"secret", req.GetSecret()},
	} {
		switch given, token := f.value != "", req.GetIdToken() != ""; {
		case given && token:
			v.Add(f.field, "VALUE_NOT_TAKEN")
		case !given && !token:
			v.Add(f.field, "REQUIRED")
		}
	}
	return v
}

// bySignOn asks the regency's sign-on whom a request proves.
func (s *Server) bySignOn(ctx context.Context, req signOnProof) (identity, error) {
	if req.GetIdToken() != "" {
		return s.byIDToken(ctx, req.GetIdToken())
	}
	return s.comeBack(ctx, req.GetState(), req.GetSignOnCode(), req.GetSecret())
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

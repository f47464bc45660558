package server

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// A clinic's app calls with a token of its account. Two are valid at once while one takes the other's place; both are the app, whose
// filings, quotas and request ids do not change. Only the unit's administrator makes and ends them, and its supervisor is told.

const (
	tokensAtOnce = 2
	tokensListed = 100
	endTolerance = time.Minute // by how much a client's clock may run ahead when it asks for all 90 days
)

var allScopes = []string{scopeFile, scopeStatus, scopeAssess}

// meaningOfAppToken is what the rules have against a token before its app is known.
func (s *Server) meaningOfAppToken(req *pb.CreateAppTokenRequest) casework.Violations {
	_, faults := s.tokenAsked(req)
	return faults
}

// tokenAsked reads what is asked for, with what is meant by silence.
func (s *Server) tokenAsked(req *pb.CreateAppTokenRequest) (c store.Credential, faults casework.Violations) {
	c.Kind = store.KindApp
	scopes := slices.DeleteFunc(slices.Clone(allScopes), func(scope string) bool { return !slices.Contains(req.GetScopes(), scope) })
	if len(scopes) == 0 {
		scopes = allScopes
	}
	c.Scopes = strings.Join(scopes, " ")
	var networks []string
	for i, text := range req.GetCidrs() {
		one, err := parseNetworks([]string{text})
		if err != nil {
			faults.Add(fmt.Sprintf("cidrs[%d]", i), "NETWORK_FORMAT")
			continue
		}
		networks = append(networks, one[0].String())
	}
	c.CIDRs = strings.Join(networks, " ")
	if text := req.GetCertificateSha256(); text != "" {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != len(c.Cert) || [32]byte(raw) == ([32]byte{}) {
			faults.Add("certificateSha256", "SHA256_FORMAT")
		} else {
			c.Cert = [32]byte(raw)
		}
	}
	latest := s.now().Add(appTokenLife)
	c.Expires = latest
	if asked := req.GetExpireTime(); asked != nil {
		switch c.Expires = asked.AsTime(); {
		case !c.Expires.After(s.now()):
			faults.Add("expireTime", "NOT_AHEAD")
		case c.Expires.After(latest.Add(endTolerance)):
			faults.Add("expireTime", "OUT_OF_RANGE")
		case c.Expires.After(latest):
			c.Expires = latest
		}
	}
	return c, faults
}

// overTokens decides what an administrator may do with the tokens of an app. An app of no unit of hers, an account of a person and one
// that never was are the same answer.
func (c call) overTokens(account store.Account, all []store.Membership, asked string) (access.Decision, error) {
	var of []casework.UnitID
	about := object{}
	if account.Kind == "APP" {
		of, about = units(all), object{kind: "account", id: account.ID}
	}
	act := c.over(access.TokenManage, account.ID == c.caller.Account, of...)
	if !act.Allowed() {
		return act, c.refuse(access.TokenManage, act, about, asked)
	}
	return act, nil
}

// tokens decides an act on the tokens of the account that was loaded.
func (a *administration) tokens(asked string) (err error) {
	a.action = access.TokenManage
	a.act, err = a.overTokens(a.account, a.all, asked)
	return err
}

// CreateAppToken makes a token. It is shown once: the answer that is kept for a repeated request has none.
func (s *accounts) CreateAppToken(ctx context.Context, req *pb.CreateAppTokenRequest) (*pb.CreateAppTokenResponse, error) {
	asked, faults := s.tokenAsked(req)
	if len(faults) > 0 {
		return nil, faults // the shape has said so; the clock moves
	}
	text, id, hash, err := newToken(store.KindApp)
	if err != nil {
		return nil, err
	}
	asked.ID, asked.Hash = id, hash
	return administer(ctx, s.Server, req, &pb.CreateAppTokenResponse{}, func(a *administration) error {
		if err := a.load(req.GetName()); err != nil {
			return err
		}
		return a.tokens(req.GetName())
	}, func(a *administration) (*pb.CreateAppTokenResponse, error) {
		m, err := a.roomForToken()
		if err != nil {
			return nil, err
		}
		credential := asked
		credential.Member = m.ID
		entry := a.note("createToken")
		if err := a.w.PutCredential(credential, entry); err != nil {
			return nil, err
		}
		if err := tellUnit(a.w, m.Unit, m.Account, entry); err != nil {
			return nil, err
		}
		made, _, err := a.w.AppToken(id)
		return s.viewNewToken(text, made), err
	})
}

// roomForToken is the role in which an app calls, if it works and has room for one more token.
func (a *administration) roomForToken() (store.Membership, error) {
	works, err := a.w.WorkingMemberships(a.account.ID, a.now)
	if err != nil {
		return store.Membership{}, err
	}
	if len(works) == 0 {
		return store.Membership{}, casework.Precondition("ACCOUNT_STATE")
	}
	valid, err := a.w.WorkingTokens(a.account.ID, a.now)
	if err == nil && valid >= tokensAtOnce {
		err = casework.Precondition("TOKEN_LIMIT")
	}
	return works[0], err
}

// ListAppTokens lists an app's tokens, newest first, those that have ended too.
func (s *accounts) ListAppTokens(ctx context.Context, req *pb.ListAppTokensRequest) (*pb.ListAppTokensResponse, error) {
	id, _ := parseName("accounts", req.GetName())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListAppTokensResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		account, _, err := r.AccountByID(casework.AccountID(id))
		if err != nil {
			return nil, nil, err
		}
		all, err := r.Memberships(account.ID)
		if err != nil {
			return nil, nil, err
		}
		if _, err := c.overTokens(account, all, req.GetName()); err != nil {
			return nil, nil, err
		}
		tokens, err := r.AppTokens(account.ID, tokensListed)
		answer := &pb.ListAppTokensResponse{}
		for _, token := range tokens {
			answer.Tokens = append(answer.Tokens, s.viewAppToken(token))
		}
		return answer, nil, err
	})
}

// RevokeAppToken ends a token. The next call with it is refused.
func (s *accounts) RevokeAppToken(ctx context.Context, req *pb.RevokeAppTokenRequest) (*pb.AppToken, error) {
	id, _ := strings.CutPrefix(req.GetName(), "tokens/")
	var token store.AppToken
	return administer(ctx, s.Server, req, &pb.AppToken{}, func(a *administration) (err error) {
		if token, _, err = a.w.AppToken(id); err != nil {
			return err
		}
		if err := a.loadAccount(token.Account); err != nil {
			return err
		}
		return a.tokens(req.GetName())
	}, func(a *administration) (*pb.AppToken, error) {
		if !token.Works(a.now) {
			return nil, casework.Precondition("ACCOUNT_STATE")
		}
		entry := a.note("revokeToken")
		if err := a.w.RevokeCredential(token.ID, entry); err != nil {
			return nil, err
		}
		token.Revoked = a.now
		return s.viewAppToken(token), tellUnit(a.w, token.Unit, token.Account, entry)
	})
}

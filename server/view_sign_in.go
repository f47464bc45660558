package server

import (
	"encoding/hex"
	"strings"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Messages of apps' tokens, devices and sign-ons. What they hold of secrets is shown to who asked for it, once.

// viewNewToken shows a token's text, once.
func (s *Server) viewNewToken(text string, made store.AppToken) *pb.CreateAppTokenResponse {
	return &pb.CreateAppTokenResponse{Token: text, AppToken: s.viewAppToken(made)}
}

// viewAppToken makes the message of a token: all but the secret, which is nowhere.
func (s *Server) viewAppToken(t store.AppToken) *pb.AppToken {
	m := &pb.AppToken{
		Name: "tokens/" + t.ID, Scopes: strings.Fields(t.Scopes), Cidrs: strings.Fields(t.CIDRs),
		CreateTime: timestamp(t.Created), ExpireTime: timestamp(t.Expires), RevokeTime: timestamp(t.Revoked),
	}
	if t.Cert != ([32]byte{}) {
		m.CertificateSha256 = hex.EncodeToString(t.Cert[:])
	}
	last := t.LastUsed
	if here := s.lastUses.of(t.ID); here.After(last) {
		last = here
	}
	m.LastUseTime = timestamp(last)
	return m
}

// viewDevice shows a device that begins what it asks with, and what a person types elsewhere.
func (s *Server) viewDevice(secret, code string, ends time.Time) *pb.StartDeviceResponse {
	return &pb.StartDeviceResponse{
		DeviceCode: secret, UserCode: code[:4] + "-" + code[4:], VerificationUri: s.verificationURI(), ExpireTime: timestamp(ends),
		IntervalSeconds: int32(askInterval / time.Second),
	}
}

// viewApproved says what asks, in its own words.
func viewApproved(g store.Grant) *pb.ApproveDeviceResponse {
	return &pb.ApproveDeviceResponse{Client: g.Client}
}

// viewSignOn shows who begins where to send the browser.
func viewSignOn(address, state, secret string) *pb.BeginSignOnResponse {
	return &pb.BeginSignOnResponse{AuthorizationUri: address, State: state, Secret: secret}
}

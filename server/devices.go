package server

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// A device without a keyboard, or the command, asks somebody who is signed in elsewhere to let it in (after RFC 8628). It shows a code,
// the person types it where she is signed in, the device asks until that has happened.

const (
	grantLife     = 10 * time.Minute
	askInterval   = 5 * time.Second
	askJitter     = time.Second // a question may come early by the road's moods
	codeLetters   = "BCDFGHJKLMNPQRSTVWXZ"
	codeLength    = 8 // of 20 letters that nobody confuses and no word is made of: 2.5e10 codes, for ten minutes each
	deviceTries   = 3
	actionDevice  = "session.device"
	eventApproved = "approveDevice"
)

// newSecret is 32 random bytes that can stand in an address.
func newSecret() (string, error) {
	var raw [32]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

func newUserCode() (string, error) {
	code := make([]byte, codeLength)
	for i := range code {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(codeLetters))))
		if err != nil {
			return "", err
		}
		code[i] = codeLetters[n.Int64()]
	}
	return string(code), nil
}

// typedCode is a code as people type it: in any case, with any dash or space. It is empty for what no device shows.
func typedCode(text string) string {
	code := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(text))
	if len(code) != codeLength || strings.Trim(code, codeLetters) != "" {
		return ""
	}
	return code
}

// grantHash is what is kept of the secret of a grant; the label keeps a device's from being taken as a sign-on's.
func (s *Server) grantHash(label string, parts ...string) [32]byte {
	raw := make([][]byte, len(parts))
	for i, part := range parts {
		raw[i] = []byte(part)
	}
	return s.store.Mac("grant "+label, raw...)
}

func (s *Server) codeTag(code string) string {
	tag := s.store.Tag("user code", []byte(code))
	return hex.EncodeToString(tag[:])
}

// mayBegin holds callers without a credential to few beginnings, for each of them is kept for ten minutes.
func (s *Server) mayBegin(ctx context.Context) error {
	if p := passageOf(ctx); p != nil {
		return s.begins.take(p.peer)
	}
	return nil
}

// errGrantsFull is when too many wait.
var errGrantsFull = &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: time.Minute}

// StartDevice begins a sign-in that somebody approves elsewhere.
func (s *accounts) StartDevice(ctx context.Context, req *pb.StartDeviceRequest) (*pb.StartDeviceResponse, error) {
	if err := s.mayBegin(ctx); err != nil {
		return nil, err
	}
	secret, err := newSecret()
	if err != nil {
		return nil, err
	}
	for range deviceTries {
		code, err := newUserCode()
		if err != nil {
			return nil, err
		}
		ends, err := store.Update(ctx, s.store, func(w *store.Writer) (time.Time, error) {
			g := store.Grant{
				Hash: s.grantHash("device", secret), Code: s.codeTag(code), Client: oneLine(req.GetClient()), Expires: w.Now().Add(grantLife),
			}
			if ok, err := w.PutGrant(g); err != nil || !ok {
				return time.Time{}, err
			}
			return g.Expires, nil
		})
		if err != nil {
			return nil, err
		}
		if !ends.IsZero() {
			return s.viewDevice(secret, code, ends), nil
		}
	}
	return nil, errGrantsFull
}

// verificationURI is where to type the code: a page of the console once there is one. Until then the command takes it, so nothing is
// named that does not answer.
func (s *Server) verificationURI() string { return "" }

// oneLine keeps what a device calls itself from being more than a line to read.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return r < ' ' || r == 0x7f || 0x80 <= r && r <= 0x9f || 0x2028 <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069
	}), " ")
}

// ApproveDevice lets the device that shows a code act for the caller, as long as her second factor is fresh.
func (s *accounts) ApproveDevice(ctx context.Context, req *pb.ApproveDeviceRequest) (answer *pb.ApproveDeviceResponse, err error) {
	p, _ := ctx.Value(principalKey{}).(principal)
	err = s.try(ctx, "device", p.account[:], func() (err error) {
		answer, err = s.approveDevice(ctx, req)
		return err
	})
	return answer, err
}

func (s *accounts) approveDevice(ctx context.Context, req *pb.ApproveDeviceRequest) (*pb.ApproveDeviceResponse, error) {
	code := typedCode(req.GetUserCode())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.ApproveDeviceResponse, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		if c.caller.Kind != store.KindPerson {
			return nil, c.refuseOwn(actionDevice, errDenied) // an app lets nobody in
		}
		if c.caller.Facts(c.now).MFA == access.MFANone {
			return nil, c.refuseOwn(actionDevice, refusal(access.StepUp))
		}
		member, err := c.memberAsked(w, req.GetMembership())
		if err != nil {
			return nil, err
		}
		g, ok, err := w.GrantByCode(s.codeTag(code))
		if err != nil || !ok || !g.Works(c.now) || code == "" {
			return nil, firstOf(err, c.refuseOwn(actionDevice, errSignIn))
		}
		if req.GetValidateOnly() {
			return viewApproved(g), nil
		}
		w.AppendRecord(c.own(actionDevice, eventApproved))
		return viewApproved(g), w.ApproveGrant(g.Hash, member, c.caller.MFATime)
	})
}

// memberAsked is a role of the caller that works, by its name; the one that calls if none is named.
func (c call) memberAsked(w *store.Writer, name string) (casework.ID, error) {
	if name == "" {
		return c.caller.Member, nil
	}
	asked, _ := parseName("memberships", name)
	works, err := w.WorkingMemberships(c.caller.Account, c.now)
	for _, m := range works {
		if m.ID == asked {
			return asked, err
		}
	}
	return asked, firstOf(err, c.refuseOwn(actionDevice, errNotFound))
}

// RedeemDevice gives the device its session once somebody has let it in.
func (s *accounts) RedeemDevice(ctx context.Context, req *pb.RedeemDeviceRequest) (*pb.Credential, error) {
	fresh, err := freshSession()
	if err != nil {
		return nil, err
	}
	hash := s.grantHash("device", req.GetDeviceCode())
	session, err := store.Update(ctx, s.store, func(w *store.Writer) (*pb.Credential, error) {
		g, ok, err := w.Grant(hash)
		if err != nil || !ok || !g.Works(w.Now()) {
			return nil, firstOf(err, errSignIn)
		}
		if again := g.Asked.Add(askInterval - askJitter).Sub(w.Now()); !g.Asked.IsZero() && again > 0 {
			return nil, &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: again}
		}
		if g.Member == (casework.ID{}) {
			return nil, w.GrantAsked(hash) // kept, so it is no error yet
		}
		return s.redeem(ctx, w, g, fresh)
	})
	if err == nil && session == nil {
		return nil, because(pb.ErrorReason_AUTHORIZATION_PENDING)
	}
	return session, err
}

// redeem makes the session of an approved device. The role must still work, and the session ends with the freshness of the second
// factor that let it in.
func (s *accounts) redeem(ctx context.Context, w *store.Writer, g store.Grant, fresh freshToken) (*pb.Credential, error) {
	if _, ok, err := w.TakeGrant(g.Hash); err != nil || !ok {
		return nil, firstOf(err, errSignIn)
	}
	m, ok, err := w.Membership(g.Member)
	if err != nil || !ok {
		return nil, firstOf(err, errSignIn)
	}
	works, err := w.WorkingMemberships(m.Account, w.Now())
	if err != nil {
		return nil, err
	}
	ends := g.MFATime.Add(personTokenLife)
	for _, working := range works {
		if working.ID == m.ID && w.Now().Before(ends) {
			rec := s.unsigned(ctx, actionDevice, "redeemDevice", m.Account)
			rec.Entry.Role, rec.Entry.Unit = string(m.Role), m.Unit
			return s.newSession(w, fresh, m, g.MFATime, ends, w.AppendRecord(rec))
		}
	}
	return nil, errSignIn
}

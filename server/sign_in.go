package server

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// actionSignIn and the others are how the journal calls what a person does with her own sign-in; no row of the table decides them.
const (
	actionSignIn   = "session.sign_in"
	actionStepUp   = "session.step_up"
	actionEnrol    = "session.enrol"
	actionPassword = "session.password"
	actionCodes    = "session.recovery_codes"
)

// prepareSignIn makes what proofs of persons need besides the store.
func (s *Server) prepareSignIn() (err error) {
	if s.slow, err = newThrottle(); err != nil {
		return err
	}
	s.cores = newCores()
	_, err = rand.Read(s.nobodysHash[:])
	return err
}

// byIDToken asks the regency's sign-on whose id token it is.
func (s *Server) byIDToken(ctx context.Context, idToken string) (identity, error) {
	if s.identify == nil {
		return identity{}, because(pb.ErrorReason_SIGN_ON_UNAVAILABLE)
	}
	return s.identify(ctx, idToken)
}

// meaningOfSignIn asks for a whole proof: password and one code, or the id token alone.
func (s *Server) meaningOfSignIn(req *pb.SignInRequest) (v casework.Violations) {
	if req.GetIdToken() != "" {
		return v
	}
	for _, f := range []struct{ field, value string }{{"account", req.GetAccount()}, {"password", req.GetPassword()}} {
		if f.value == "" {
			v.Add(f.field, "REQUIRED")
		}
	}
	return oneFactor(v, req.GetTotpCode(), req.GetRecoveryCode())
}

func (s *Server) meaningOfStepUp(req *pb.StepUpRequest) casework.Violations {
	if isSignOn(req) {
		return faultsOfSignOn(req)
	}
	return oneFactor(nil, req.GetTotpCode(), req.GetRecoveryCode())
}

func (s *Server) meaningOfAcceptance(req *pb.AcceptInvitationRequest) casework.Violations {
	if isSignOn(req) {
		return faultsOfSignOn(req)
	}
	return nil
}

func oneFactor(v casework.Violations, totp, recovery string) casework.Violations {
	if (totp == "") == (recovery == "") {
		v.Add("totpCode", "REQUIRED")
	}
	return v
}

// try is one try to prove who one is, held by the throttle under a label and a key.
func (s *Server) try(ctx context.Context, label string, key []byte, prove func() error) error {
	var peer string
	if p := passageOf(ctx); p != nil {
		peer = p.peer
	}
	tell, err := s.slow.begin(s.store.Tag(label, key), peer)
	if err != nil {
		return err
	}
	err = prove()
	switch {
	case err == nil:
		tell(succeeded)
	case errors.Is(err, errSignIn):
		tell(failed)
	default:
		tell(undecided)
	}
	return err
}

// SignIn gives a session to who has the password and the second factor of an account.
func (s *accounts) SignIn(ctx context.Context, req *pb.SignInRequest) (session *pb.Credential, err error) {
	if req.GetIdToken() != "" {
		who, err := s.byIDToken(ctx, req.GetIdToken())
		if err != nil {
			return nil, err
		}
		return s.signInAs(ctx, who, req.GetUnit(), req.GetRole())
	}
	code := strings.ToLower(strings.TrimSpace(req.GetAccount()))
	err = s.try(ctx, "sign-in", []byte(code), func() (err error) {
		session, err = s.signIn(ctx, code, req)
		return err
	})
	return session, err
}

// signIn hashes before the closure, whoever it is; inside it asks again what may have changed meanwhile.
func (s *accounts) signIn(ctx context.Context, code string, req *pb.SignInRequest) (*pb.Credential, error) {
	fresh, err := freshSession()
	if err != nil {
		return nil, err
	}
	type known struct {
		account  casework.AccountID
		password string
	}
	k, err := store.Read(ctx, s.store, func(r *store.Reader) (k known, err error) {
		k.account, k.password, err = r.PasswordOf(code)
		return k, err
	})
	if err != nil {
		return nil, err
	}
	is, err := s.passwordIs(ctx, k.password, req.GetPassword())
	if err != nil {
		return nil, err
	}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Credential, error) {
		if !is {
			return nil, s.signInFailed(ctx, actionSignIn, code)
		}
		in, ok, err := w.SignInOf(k.account)
		if err != nil {
			return nil, err
		}
		if !ok || in.Password != k.password {
			return nil, s.signInFailed(ctx, actionSignIn, code) // set back while it was hashed
		}
		if ok, err := s.useFactor(w, in, req.GetTotpCode(), req.GetRecoveryCode()); err != nil || !ok {
			return nil, firstOf(err, s.signInFailed(ctx, actionSignIn, code))
		}
		m, ok, err := roleFor(w, k.account, s.unitAsked(req.GetUnit()), roleAsked(req.GetRole()))
		if err != nil || !ok {
			return nil, firstOf(err, s.signInFailed(ctx, actionSignIn, code))
		}
		return s.openSession(ctx, w, fresh, m, w.Now(), actionSignIn, "signIn")
	})
}

// signInAs gives a session to whom the sign-on has named.
func (s *accounts) signInAs(ctx context.Context, who identity, unit string, role pb.Role_Value) (*pb.Credential, error) {
	fresh, err := freshSession()
	if err != nil {
		return nil, err
	}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Credential, error) {
		account, ok, err := w.AccountBySignOn(who.issuer, who.subject)
		if err != nil || !ok {
			return nil, firstOf(err, s.signInFailed(ctx, actionSignIn, who.issuer+" "+who.subject))
		}
		m, ok, err := roleFor(w, account, s.unitAsked(unit), roleAsked(role))
		if err != nil || !ok {
			return nil, firstOf(err, s.signInFailed(ctx, actionSignIn, who.issuer+" "+who.subject))
		}
		return s.openSession(ctx, w, fresh, m, who.mfa, actionSignIn, "signIn")
	})
}

// openSession puts a new session with its entry.
func (s *Server) openSession(ctx context.Context, w *store.Writer, fresh freshToken, m store.Membership, mfa time.Time, action, event string) (*pb.Credential, error) {
	rec := s.unsigned(ctx, action, event, m.Account)
	rec.Entry.Role, rec.Entry.Unit = string(m.Role), m.Unit
	return s.newSession(w, fresh, m, mfa, time.Time{}, w.AppendRecord(rec))
}

// signInFailed undoes all but the entry of a failure. It holds a keyed tag of the code that was given, whether there is such an account
// or not.
func (s *Server) signInFailed(ctx context.Context, action, code string) error {
	rec := s.unsigned(ctx, action, "fail", casework.AccountID{})
	rec.Entry.Outcome = access.Unauthenticated.String()
	rec.Entry.ObjectKind, rec.Entry.Object = "asked", s.store.Tag("asked", []byte(code))
	return &store.Refusal{Record: rec, Err: errSignIn}
}

// useFactor takes the second factor: a code of now that was not used, or a recovery code.
func (s *Server) useFactor(w *store.Writer, in store.SignIn, totp, recovery string) (ok bool, err error) {
	if totp != "" {
		step, ok := stepOf(in.TOTP, totp, w.Now())
		if !ok {
			return false, nil
		}
		return w.UseStep(in.Account, step)
	}
	return w.UseRecoveryCode(in.Account, recoveryHash(in.Account, recovery))
}

// firstOf is what went wrong, else what is said of a proof that failed.
func firstOf(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// unitAsked is the unit of a name or code; of a word that is none it is one in which nobody has a role.
func (s *Server) unitAsked(name string) casework.UnitID {
	if name == "" {
		return casework.UnitID{}
	}
	if unit, ok := s.unitOf(name); ok {
		return unit.ID
	}
	return casework.UnitID{0xff}
}

func roleAsked(role pb.Role_Value) casework.Role {
	if role == pb.Role_UNSPECIFIED {
		return ""
	}
	return casework.Role(role.String())
}

// StepUp gives the second factor again: a new token, which ends when the old one would have.
func (s *accounts) StepUp(ctx context.Context, req *pb.StepUpRequest) (session *pb.Credential, err error) {
	who := identity{}
	if isSignOn(req) {
		if who, err = s.bySignOn(ctx, req); err != nil {
			return nil, err
		}
	}
	p, _ := ctx.Value(principalKey{}).(principal)
	err = s.try(ctx, "step-up", p.account[:], func() (err error) {
		session, err = s.stepUp(ctx, req, who)
		return err
	})
	s.forget()
	return session, err
}

func (s *accounts) stepUp(ctx context.Context, req *pb.StepUpRequest, who identity) (*pb.Credential, error) {
	fresh, err := freshSession()
	if err != nil {
		return nil, err
	}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Credential, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		if c.caller.Kind != store.KindPerson {
			return nil, c.refuseOwn(actionStepUp, errDenied)
		}
		mfa, err := s.factorAgain(w, c, req, who)
		if err != nil {
			return nil, err
		}
		m, ok, err := w.Membership(c.caller.Member)
		if err != nil || !ok {
			return nil, firstOf(err, errNobody)
		}
		entry := w.AppendRecord(c.own(actionStepUp, "stepUp"))
		if err := w.RevokeCredential(c.caller.Credential, entry); err != nil {
			return nil, err
		}
		return s.newSession(w, fresh, m, mfa, c.caller.Expires, entry)
	})
}

// factorAgain takes the second factor of a caller and gives its time.
func (s *accounts) factorAgain(w *store.Writer, c call, req *pb.StepUpRequest, who identity) (time.Time, error) {
	in, ok, err := w.SignInOf(c.caller.Account)
	if err != nil {
		return time.Time{}, err
	}
	mfa := c.now
	switch {
	case !ok:
	case who.subject != "":
		ok, mfa = in.Subject == who.subject && in.Issuer == who.issuer && !who.mfa.IsZero(), who.mfa
	default:
		ok, err = s.useFactor(w, in, req.GetTotpCode(), req.GetRecoveryCode())
	}
	if err != nil {
		return mfa, err
	}
	if !ok {
		return mfa, c.refuseOwn(actionStepUp, errSignIn)
	}
	return mfa, nil
}

// recently holds what changes the sign-in itself to a second factor of the last 15 minutes: at a desk that was left open nobody makes
// himself a key.
func (c call) recently(action string) error {
	if c.caller.Kind != store.KindPerson {
		return c.refuseOwn(action, errDenied)
	}
	if c.caller.Facts(c.now).MFA != access.MFARecent {
		return c.refuseOwn(action, refusal(access.StepUp))
	}
	return nil
}

// ChangePassword sets another password. All other sessions end.
func (s *accounts) ChangePassword(ctx context.Context, req *pb.ChangePasswordRequest) (*pb.ChangePasswordResponse, error) {
	p, _ := ctx.Value(principalKey{}).(principal)
	err := s.try(ctx, "password", p.account[:], func() error { return s.changePassword(ctx, req) })
	s.forget()
	return &pb.ChangePasswordResponse{}, err
}

func (s *accounts) changePassword(ctx context.Context, req *pb.ChangePasswordRequest) error {
	type known struct {
		password string
		words    []string
	}
	k, err := store.ReadLogged(ctx, s.store, func(r *store.Reader) (k known, _ *store.Record, err error) {
		c, err := s.reading(ctx, r)
		if err == nil {
			err = c.recently(actionPassword)
		}
		if err != nil {
			return k, nil, err
		}
		in, _, err := r.SignInOf(c.caller.Account)
		if err != nil {
			return k, nil, err
		}
		a, _, err := r.AccountByID(c.caller.Account)
		return known{in.Password, append(wordsOf(a.Code, a.Name, c.caller.Unit.Code, c.caller.Unit.Name), req.GetPassword())}, nil, err
	})
	if err != nil {
		return err
	}
	if err := weak("newPassword", req.GetNewPassword(), k.words); err != nil {
		return err
	}
	is, err := s.passwordIs(ctx, k.password, req.GetPassword())
	if err != nil {
		return err
	}
	phc, err := s.hashPassword(ctx, req.GetNewPassword())
	if err != nil {
		return err
	}
	_, err = store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
		c, err := s.writing(ctx, w)
		if err == nil {
			err = c.recently(actionPassword)
		}
		if err != nil {
			return struct{}{}, err
		}
		in, ok, err := w.SignInOf(c.caller.Account)
		if err != nil {
			return struct{}{}, err
		}
		if !is || !ok || in.Password != k.password {
			return struct{}{}, c.refuseOwn(actionPassword, errSignIn)
		}
		entry := w.AppendRecord(c.own(actionPassword, "changePassword"))
		if err := w.SetPassword(c.caller.Account, phc, entry); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.EndSessions(c.caller.Account, c.caller.Credential, entry)
	})
	return err
}

// RenewRecoveryCodes makes new recovery codes; the earlier ones end.
func (s *accounts) RenewRecoveryCodes(ctx context.Context, _ *pb.RenewRecoveryCodesRequest) (*pb.RenewRecoveryCodesResponse, error) {
	p, _ := ctx.Value(principalKey{}).(principal)
	codes, hashes, err := newRecoveryCodes(p.account)
	if err != nil {
		return nil, err
	}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.RenewRecoveryCodesResponse, error) {
		c, err := s.writing(ctx, w)
		if err == nil {
			err = c.recently(actionCodes)
		}
		if err != nil {
			return nil, err
		}
		if _, ok, err := w.SignInOf(c.caller.Account); err != nil || !ok {
			return nil, firstOf(err, c.refuseOwn(actionCodes, errSignIn))
		}
		w.AppendRecord(c.own(actionCodes, "renewRecoveryCodes"))
		return viewRecoveryCodes(codes), w.PutRecoveryCodes(c.caller.Account, slices.Clone(hashes))
	})
}

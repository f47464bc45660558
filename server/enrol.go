package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Lives of links.
const (
	invitationLife = 7 * 24 * time.Hour
	setupLife      = time.Hour
)

// newInvitation makes the secret of a link, of 128 random bits, and what is kept of it.
func newInvitation() (secret string, hash [32]byte, err error) {
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return "", hash, err
	}
	secret = encode62(random[:], 22)
	return secret, invitationHash(secret), nil
}

func invitationHash(secret string) [32]byte { return sha256.Sum256([]byte(strings.TrimSpace(secret))) }

// enrolment is an invitation with the account that it is for.
type enrolment struct {
	store.Invitation
	account store.Account
	root    casework.Unit // of a setup: the regency's unit, if there is one
	words   []string      // that a password is not made of
}

// enrolmentOf finds what a link opens; one that is unknown, used, over or of a disabled account is one answer.
func (s *Server) enrolmentOf(r *store.Reader, secret string) (e enrolment, err error) {
	i, ok, err := r.Invitation(invitationHash(secret))
	if err != nil {
		return e, err
	}
	if !ok || !i.Works(r.Now()) {
		return e, errSignIn
	}
	e.Invitation = i
	if i.Setup() {
		e.root, _ = s.store.Directory().Root()
		return e, nil
	}
	if e.account, ok, err = r.AccountByID(i.Account); err == nil && (!ok || !e.account.Until.IsZero()) {
		err = errSignIn
	}
	e.words = wordsOf(e.account.Code, e.account.Name)
	return e, err
}

// BeginEnrolment opens an invitation. The second factor's secret is made once: who looks at the page again scans the same one.
func (s *accounts) BeginEnrolment(ctx context.Context, req *pb.BeginEnrolmentRequest) (*pb.BeginEnrolmentResponse, error) {
	secret, err := newSecondFactor()
	if err != nil {
		return nil, err
	}
	e, err := store.Read(ctx, s.store, func(r *store.Reader) (enrolment, error) { return s.enrolmentOf(r, req.GetInvitation()) })
	if err != nil {
		return nil, err // 128 random bits are not guessed: nothing to journal, nothing to slow
	}
	if e.TOTP == "" {
		e.TOTP, err = store.Update(ctx, s.store, func(w *store.Writer) (string, error) { return s.beginEnrolment(ctx, w, e.Hash, secret) })
		if err != nil {
			return nil, err
		}
	}
	uri, err := secondFactorURI(e.TOTP, e.account.Code)
	return viewEnrolment(e, uri, s.identify != nil), err
}

func (s *Server) beginEnrolment(ctx context.Context, w *store.Writer, hash [32]byte, secret string) (string, error) {
	i, ok, err := w.Invitation(hash)
	if err != nil || !ok || !i.Works(w.Now()) {
		return "", firstOf(err, errSignIn)
	}
	if i.TOTP != "" {
		return i.TOTP, nil // another call was faster
	}
	return secret, w.KeepSecret(i, secret, w.AppendRecord(s.unsigned(ctx, actionEnrol, "beginEnrolment", i.Account)))
}

var accountCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,39}$`)

// AcceptInvitation sets up a sign-in and uses its link up. Of two who use one, one has it. The setup link makes the first administrator.
func (s *accounts) AcceptInvitation(ctx context.Context, req *pb.AcceptInvitationRequest) (*pb.AcceptInvitationResponse, error) {
	e, err := store.Read(ctx, s.store, func(r *store.Reader) (enrolment, error) { return s.enrolmentOf(r, req.GetInvitation()) })
	if err != nil {
		return nil, err
	}
	a := acceptance{accounts: s, req: req, enrolment: e, member: newID()}
	if e.Setup() {
		if err := a.prepareSetup(); err != nil {
			return nil, err
		}
	}
	if err := a.prepare(ctx); err != nil {
		return nil, err
	}
	if e.Setup() && a.root.ID == (casework.UnitID{}) {
		if a.root, err = a.makeRoot(ctx); err != nil {
			return nil, err
		}
	}
	var accepted *pb.AcceptInvitationResponse
	err = s.try(ctx, "enrol", e.Hash[:], func() (err error) {
		accepted, err = store.Update(ctx, s.store, func(w *store.Writer) (*pb.AcceptInvitationResponse, error) { return a.accept(ctx, w) })
		return err
	})
	return accepted, err
}

// acceptance is a sign-in about to be set up, with all that must be made before the closure.
type acceptance struct {
	*accounts
	req *pb.AcceptInvitationRequest
	enrolment
	key    store.Key // of the first administrator's account
	member casework.ID

	phc    string
	who    identity
	fresh  freshToken
	codes  []string
	hashes [][32]byte
}

// prepareSetup makes the first administrator's account, not yet stored.
func (a *acceptance) prepareSetup() (err error) {
	var v casework.Violations
	code, name, nik := strings.ToLower(strings.TrimSpace(a.req.GetCode())), strings.TrimSpace(a.req.GetFullName()), a.req.GetNik()
	if !accountCode.MatchString(code) {
		v.Add("code", "ACCOUNT_CODE")
	}
	if name == "" {
		v.Add("fullName", "REQUIRED")
	}
	if nik != "" {
		if why := casework.CheckNIK(nik, casework.DateOf(a.now())); why != "" {
			v.Add("nik", why)
		}
	}
	if len(v) > 0 {
		return v
	}
	a.account = store.Account{ID: casework.AccountID(newID()), Code: code, Kind: "PERSON", Name: name, NIK: nik}
	a.words = wordsOf(code, name)
	a.key, err = a.store.WrapKey(store.Owner(a.account.ID))
	return err
}

// prepare makes what has no place in a closure: a hash, a token, codes.
func (a *acceptance) prepare(ctx context.Context) (err error) {
	switch {
	case isSignOn(a.req):
		if a.who, err = a.bySignOn(ctx, a.req); err != nil {
			return err
		}
	default:
		if err := weak("password", a.req.GetPassword(), a.words); err != nil {
			return err
		}
		if a.phc, err = a.hashPassword(ctx, a.req.GetPassword()); err != nil {
			return err
		}
	}
	if a.fresh, err = freshSession(); err != nil {
		return err
	}
	a.codes, a.hashes, err = newRecoveryCodes(a.account.ID)
	return err
}

func (a *acceptance) accept(ctx context.Context, w *store.Writer) (*pb.AcceptInvitationResponse, error) {
	i, ok, err := w.Invitation(a.Hash)
	if err != nil || !ok || !i.Works(w.Now()) {
		return nil, firstOf(err, a.enrolFailed(ctx))
	}
	in := store.SignIn{Account: a.account.ID, Password: a.phc, Issuer: a.who.issuer, Subject: a.who.subject}
	mfa := a.who.mfa
	if a.phc != "" {
		in.TOTP, mfa = i.TOTP, w.Now()
		if in.Step, ok = stepOf(i.TOTP, a.req.GetTotpCode(), w.Now()); !ok {
			return nil, a.enrolFailed(ctx)
		}
	}
	entry, err := a.owner(ctx, w, i)
	if err != nil {
		return nil, err
	}
	if _, err := w.UseInvitation(i, entry); err != nil {
		return nil, err
	}
	if err := w.PutSignIn(in, entry); err != nil {
		return nil, err
	}
	answer := &pb.AcceptInvitationResponse{}
	if a.phc != "" {
		answer.RecoveryCodes = a.codes
		if err := w.PutRecoveryCodes(a.account.ID, a.hashes); err != nil {
			return nil, err
		}
	}
	m, ok, err := roleFor(w, a.account.ID, casework.UnitID{}, "")
	if err != nil || !ok {
		return answer, err
	}
	answer.Credential, err = a.newSession(w, a.fresh, m, mfa, time.Time{}, entry)
	return answer, err
}

// owner is the entry of the enrolment. Of a setup it stores the first administrator, who needs no approval: the entry says so.
func (a *acceptance) owner(ctx context.Context, w *store.Writer, i store.Invitation) ([16]byte, error) {
	if !i.Setup() {
		if known, ok, err := w.AccountByID(i.Account); err != nil || !ok || !known.Until.IsZero() {
			return [16]byte{}, firstOf(err, a.enrolFailed(ctx))
		}
		entry := w.AppendRecord(a.unsigned(ctx, actionEnrol, "enrol", i.Account))
		return entry, tellSupervisors(w, i.Account, entry)
	}
	if has, err := w.HasRole(casework.RoleAdmin); err != nil || has {
		return [16]byte{}, firstOf(err, a.enrolFailed(ctx)) // one was made meanwhile, who invites whom he wants
	}
	rec := a.unsigned(ctx, "account.manage", "firstAdmin", a.account.ID)
	rec.Entry.Role, rec.Entry.Unit = string(casework.RoleAdmin), a.root.ID
	entry := w.AppendRecord(rec)
	if err := w.EraseKeys(i.Owner()); err != nil {
		return entry, err
	}
	if err := w.PutAccount(a.account, a.key, entry); err != nil {
		return entry, err
	}
	return entry, w.PutMembership(a.member, a.account.ID, casework.RoleAdmin, a.root.ID, entry)
}

// enrolFailed undoes all but the entry of a link that was over, or of a code that was wrong.
func (a *acceptance) enrolFailed(ctx context.Context) error {
	refused := a.signInFailed(ctx, actionEnrol, "")
	var refusal *store.Refusal
	if errors.As(refused, &refusal) {
		refusal.Record.Entry.Object = a.store.Tag("asked", a.Hash[:])
	}
	return refused
}

// tellSupervisors tells the heads of the units in which an account has a role that it has changed. Who took a colleague's account would
// otherwise do it in silence.
func tellSupervisors(w *store.Writer, account casework.AccountID, entry [16]byte) error {
	all, err := w.Memberships(account)
	if err != nil {
		return err
	}
	told := map[casework.UnitID]bool{}
	for _, m := range all {
		if !m.Until.IsZero() || told[m.Unit] {
			continue
		}
		told[m.Unit] = true
		if err := tellUnit(w, m.Unit, account, entry); err != nil {
			return err
		}
	}
	return nil
}

func tellUnit(w *store.Writer, unit casework.UnitID, account casework.AccountID, entry [16]byte) error {
	return w.Notify(store.Notice{
		Kind: casework.NoticeAccountChanged, Object: casework.ID(account), Unit: unit, Role: casework.RoleSupervisor,
	}, entry)
}

// rootCode is the code of the regency's unit that a setup makes; a units' file that is loaded later names it so to change it.
const rootCode = "REGENCY"

// makeRoot makes the regency's unit in an empty directory, for an administrator needs one.
func (s *Server) makeRoot(ctx context.Context) (casework.Unit, error) {
	u := casework.Unit{
		ID: casework.UnitID(newID()), Code: rootCode, Name: "Pemerintah Kabupaten", Type: casework.UnitPlanningAgency, Channel: casework.ChannelOnline,
	}
	u.Register = u.ID
	for _, r := range s.store.Directory().Regions() {
		if r.Level == casework.LevelRegency {
			u.AreaCode, u.Name = r.Code, "Pemerintah "+r.Name
			break
		}
	}
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
		u.ActiveFrom = w.Now()
		rec := s.unsigned(ctx, "directory.manage", "makeRegency", casework.AccountID{})
		return struct{}{}, w.PutUnit(u, nil, w.AppendRecord(rec))
	})
	if err == nil {
		err = s.store.ReloadDirectory(ctx)
	}
	return u, err
}

// SetupLink makes the link of the first administrator, unless there is one: then ok is false. Only its hash is kept, and earlier links
// end.
func SetupLink(ctx context.Context, st *store.Store) (secret string, ok bool, err error) {
	secret, hash, err := newInvitation()
	if err != nil {
		return "", false, err
	}
	link := store.Invitation{Hash: hash}
	key, err := st.WrapKey(link.Owner())
	if err != nil {
		return "", false, err
	}
	ok, err = store.Update(ctx, st, func(w *store.Writer) (bool, error) {
		if has, err := w.HasRole(casework.RoleAdmin); err != nil || has {
			return false, err
		}
		i := link
		i.Expires = w.Now().Add(setupLife)
		entry := w.Append(operator("account.manage", "setupLink"), nil, nil)
		if err := w.PutKey(key); err != nil {
			return false, err
		}
		return true, w.PutInvitation(i, entry)
	})
	return secret, ok, err
}

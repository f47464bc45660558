package server

import (
	"context"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// What an ADMIN does with accounts. She gives roles and takes them; that one works is a second person's word. She sees no case, and of an
// account only what it has in her own units: a colleague's second role, in a shelter, is where a woman is.

// administration is one act on an account: who it is about, and what Decide said.
type administration struct {
	call
	w       *store.Writer
	act     access.Decision
	action  access.Action
	account store.Account
	all     []store.Membership // of the account
	role    store.Membership   // that the act is about, of acts on one
}

// administer runs an act that changes accounts: decide says whether it may happen, then the answer of a known request, else do.
func administer[A proto.Message](ctx context.Context, s *Server, req mutation, answer A,
	decide func(*administration) error, do func(*administration) (A, error),
) (A, error) {
	var none A
	id, mark, err := s.requestOf(req)
	if err != nil {
		return none, err
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	given, err := store.Update(ctx, s.store, func(w *store.Writer) (A, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return none, err
		}
		a := &administration{call: c, w: w}
		if err := decide(a); err != nil {
			return none, err
		}
		if old, done, err := w.Answered(c.caller.Account, id); err != nil || done {
			if err != nil {
				return none, err
			}
			before := proto.Clone(answer).(A)
			return before, c.answered(old, method, mark, access.Mask(old.Mask), before)
		}
		m, err := do(a)
		if err != nil {
			return none, err
		}
		return m, c.keep(w, id, store.Answered{Method: method, Mark: mark, Owner: store.Owner(c.caller.Account)}, withoutSecret(m))
	})
	s.forget()
	return given, err
}

// withoutSecret is an answer as it is kept: a link is shown once, to who asked for it, and a repeated request is answered without.
func withoutSecret(m proto.Message) proto.Message {
	m = proto.Clone(m)
	switch m := m.(type) {
	case *pb.Invitation:
		m.Invitation = ""
	case *pb.CreateAppTokenResponse:
		m.Token = ""
	case *pb.CreateAccountResponse:
		if m.GetInvitation() != nil {
			m.Invitation.Invitation = ""
		}
	}
	return m
}

// over decides an action on units: all of them must be the caller's, or below hers. Whose second factor is too old for it is told so.
func (c call) over(action access.Action, self bool, units ...casework.UnitID) access.Decision {
	facts := c.caller.Facts(c.now).Doing(action)
	if len(units) > 0 && !slices.ContainsFunc(units, func(u casework.UnitID) bool { return !c.administers(u) }) {
		facts.Cond |= access.OwnOrChildUnit
	}
	if !self {
		facts.Cond |= access.NotSelf
	}
	return orStepUp(facts)
}

// administers tells whether a unit is the caller's or below hers.
func (c call) administers(unit casework.UnitID) bool {
	return c.store.Directory().Below(unit, c.caller.Unit.ID)
}

// load reads the account of a name; one that is not there has no unit, so that nobody may do anything with it.
func (a *administration) load(name string) error {
	id, _ := parseName("accounts", name)
	return a.loadAccount(casework.AccountID(id))
}

func (a *administration) loadAccount(id casework.AccountID) error {
	var known bool
	var err error
	if a.account, known, err = a.w.AccountByID(id); err != nil || !known {
		a.account = store.Account{}
		return err
	}
	a.all, err = a.w.Memberships(id)
	return err
}

// units are those in which the account has roles; of one that has none any more, those in which it had.
func units(all []store.Membership) (now []casework.UnitID) {
	var ever []casework.UnitID
	for _, m := range all {
		ever = append(ever, m.Unit)
		if m.Until.IsZero() {
			now = append(now, m.Unit)
		}
	}
	if len(now) == 0 {
		return ever
	}
	return now
}

// whole decides an act on the account as such: on all that it is anywhere, or an ADMIN of one unit would have a key to another's.
func (a *administration) whole(name string) error {
	if err := a.load(name); err != nil {
		return err
	}
	a.action = access.AccountManage
	a.act = a.over(a.action, a.account.ID == a.caller.Account, units(a.all)...)
	if !a.act.Allowed() {
		return a.refuse(a.action, a.act, a.about(), name)
	}
	return nil
}

func (a *administration) about() object {
	if a.account.ID == (casework.AccountID{}) {
		return object{}
	}
	return object{kind: "account", id: a.account.ID}
}

// note writes the entry of the act.
func (a *administration) note(event string, fields ...string) [16]byte {
	return a.append(a.w, a.action, a.act, a.about(), journal.Event{Name: event, Fields: fields})
}

// meaningOfAccount is what the rules have against a new account.
func (s *Server) meaningOfAccount(req *pb.CreateAccountRequest) (v casework.Violations) {
	app := req.GetKind() == pb.AccountKind_APP
	switch {
	case app != (req.GetRole() == pb.Role_APP):
		v.Add("role", "VALUE_NOT_TAKEN")
	case app && req.GetNik() != "":
		v.Add("nik", "VALUE_NOT_TAKEN")
	case !app && req.GetNik() == "":
		v.Add("nik", "REQUIRED") // by it an account is kept from the cases of those near it
	case !app:
		if why := casework.CheckNIK(req.GetNik(), casework.DateOf(s.now())); why != "" {
			v.Add("nik", why)
		}
	}
	if strings.TrimSpace(req.GetFullName()) == "" {
		v.Add("fullName", "REQUIRED")
	}
	return v
}

// CreateAccount makes a person's account with an invitation, or an app's.
func (s *accounts) CreateAccount(ctx context.Context, req *pb.CreateAccountRequest) (*pb.CreateAccountResponse, error) {
	account := store.Account{ID: casework.AccountID(newID()), Code: req.GetCode(), Kind: "PERSON", Name: strings.TrimSpace(req.GetFullName()), NIK: req.GetNik()}
	if req.GetKind() == pb.AccountKind_APP {
		account.Kind = "APP"
	}
	key, err := s.store.WrapKey(store.Owner(account.ID))
	if err != nil {
		return nil, err
	}
	secret, hash, err := newInvitation()
	if err != nil {
		return nil, err
	}
	member, unit := newID(), s.unitAsked(req.GetUnit())
	return administer(ctx, s.Server, req, &pb.CreateAccountResponse{}, func(a *administration) error {
		a.action = access.AccountManage
		if a.act = a.over(a.action, false, unit); !a.act.Allowed() {
			return a.refuse(a.action, a.act, object{}, req.GetUnit())
		}
		return nil
	}, func(a *administration) (*pb.CreateAccountResponse, error) {
		if err := a.unused(account); err != nil {
			return nil, err
		}
		a.account = account
		m, event, err := a.newRole(member, casework.Role(req.GetRole().String()), unit)
		if err != nil {
			return nil, err
		}
		if event == "giveRole" {
			event = "createAccount"
		}
		entry := a.note(event, "role")
		for _, step := range []func() error{
			func() error { return a.w.PutAccount(account, key, entry) },
			func() error { return a.w.PutRole(m, entry) },
			func() error { return a.announce(m, entry) },
		} {
			if err := step(); err != nil {
				return nil, err
			}
		}
		if a.account, _, err = a.w.AccountByID(account.ID); err != nil {
			return nil, err
		}
		a.all = []store.Membership{m}
		var invitation *pb.Invitation
		if account.Kind == "PERSON" {
			invitation, err = a.invite(secret, hash, entry)
		}
		return a.viewCreated(a.account, a.all, invitation), err
	})
}

// unused holds that code and NIK are no other account's. Another's NIK is told to who administers: one natural person, one account.
func (a *administration) unused(account store.Account) error {
	if _, known, err := a.w.AccountByCode(account.Code); err != nil || known {
		return firstOf(err, casework.Exists("ALREADY_EXISTS", "code"))
	}
	if account.NIK == "" {
		return nil
	}
	if _, known, err := a.w.AccountOfNIK(account.NIK); err != nil || known {
		return firstOf(err, casework.Exists("ALREADY_EXISTS", "nik"))
	}
	return nil
}

func (a *administration) invite(secret string, hash [32]byte, entry [16]byte) (*pb.Invitation, error) {
	i := store.Invitation{Hash: hash, Account: a.account.ID, Expires: a.now.Add(invitationLife)}
	return viewInvitation(i, secret), a.w.PutInvitation(i, entry)
}

// InviteAccount makes a new invitation and ends the earlier sign-in. Of an account that had one the roles wait for a second person
// again: who holds an invitation could be anybody, and an ADMIN alone would otherwise become the supervisor.
func (s *accounts) InviteAccount(ctx context.Context, req *pb.InviteAccountRequest) (*pb.Invitation, error) {
	secret, hash, err := newInvitation()
	if err != nil {
		return nil, err
	}
	return administer(ctx, s.Server, req, &pb.Invitation{}, func(a *administration) error {
		return a.whole(req.GetName())
	}, func(a *administration) (*pb.Invitation, error) {
		if a.account.Kind != "PERSON" || !a.account.Until.IsZero() {
			return nil, casework.Precondition("ACCOUNT_STATE")
		}
		_, enrolled, err := a.w.SignInOf(a.account.ID)
		if err != nil {
			return nil, err
		}
		entry := a.note("invite")
		if enrolled {
			if err := a.setBack(entry); err != nil {
				return nil, err
			}
		}
		for _, step := range []func() error{
			func() error { return a.w.EndSessions(a.account.ID, "", entry) },
			func() error { return a.w.TouchAccount(a.account.ID, entry) },
			func() error { return tellSupervisors(a.w, a.account.ID, entry) },
		} {
			if err := step(); err != nil {
				return nil, err
			}
		}
		return a.invite(secret, hash, entry)
	})
}

// setBack takes a sign-in back, and lets the roles wait for who knows the person.
func (a *administration) setBack(entry [16]byte) error {
	if err := a.w.ForgetSignIn(a.account.ID); err != nil {
		return err
	}
	if err := a.w.AskApprovalAgain(a.account.ID, a.caller.Account, entry); err != nil {
		return err
	}
	for _, m := range a.all {
		if m.Until.IsZero() {
			m.Approved = time.Time{}
			if err := a.announce(m, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// DisableAccount ends an account. Who still owes keeps it, unless it must be at once: then others follow in the same transaction.
func (s *accounts) DisableAccount(ctx context.Context, req *pb.DisableAccountRequest) (*pb.Account, error) {
	return administer(ctx, s.Server, req, &pb.Account{}, func(a *administration) error {
		return a.whole(req.GetName())
	}, func(a *administration) (*pb.Account, error) {
		if !a.account.Until.IsZero() {
			return nil, casework.Precondition("ACCOUNT_STATE")
		}
		owes, err := a.w.OpenDuties(a.account.ID)
		if err != nil {
			return nil, err
		}
		if owes && !req.GetAtOnce() {
			return nil, casework.Precondition("OPEN_DUTIES")
		}
		entry := a.note("disableAccount")
		for _, step := range []func() error{
			func() error { return a.w.DisableAccount(a.account.ID, entry) },
			func() error { return a.w.PassOn(a.account.ID, entry) },
			func() error { return tellSupervisors(a.w, a.account.ID, entry) },
		} {
			if err := step(); err != nil {
				return nil, err
			}
		}
		return a.again()
	})
}

// again reads the account anew, for the answer.
func (a *administration) again() (*pb.Account, error) {
	if err := a.loadAccount(a.account.ID); err != nil {
		return nil, err
	}
	_, enrolled, err := a.w.SignInOf(a.account.ID)
	return a.view(enrolled), err
}

func (a *administration) view(enrolled bool) *pb.Account {
	return a.viewAccount(a.account, a.all, enrolled)
}

// GetAccount reads an account that has, or had, a role in a unit of the caller's.
func (s *accounts) GetAccount(ctx context.Context, req *pb.GetAccountRequest) (*pb.Account, error) {
	asked, _ := parseName("accounts", req.GetName())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.Account, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		a, known, err := r.AccountByID(casework.AccountID(asked))
		if err != nil {
			return nil, nil, err
		}
		all, err := r.Memberships(a.ID)
		if err != nil {
			return nil, nil, err
		}
		var own []casework.UnitID
		for _, m := range all {
			if c.administers(m.Unit) {
				own = append(own, m.Unit)
			}
		}
		about := object{}
		if known {
			about = object{kind: "account", id: a.ID}
		}
		if act := c.over(access.AccountManage, false, own...); !act.Allowed() {
			return nil, nil, c.refuse(access.AccountManage, act, about, req.GetName())
		}
		_, enrolled, err := r.SignInOf(a.ID)
		return c.viewAccount(a, all, enrolled), nil, err
	})
}

// ListAccounts lists the accounts with a role in a unit, by code.
func (s *accounts) ListAccounts(ctx context.Context, req *pb.ListAccountsRequest) (*pb.ListAccountsResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListAccountsResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		unit := c.caller.Unit.ID
		if req.GetUnit() != "" {
			unit = s.unitAsked(req.GetUnit())
		}
		if act := c.over(access.AccountManage, false, unit); !act.Allowed() {
			return nil, nil, c.refuse(access.AccountManage, act, object{}, req.GetUnit())
		}
		after, err := c.cursor("accounts", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		m := &pb.ListAccountsResponse{}
		next, err := listed(pageSize(req.GetPageSize()), after, func(after store.Cursor, limit int) ([]store.Account, error) {
			return r.AccountsOf(unit, after.ID, limit)
		}, func(a store.Account) store.Cursor { return store.Cursor{Time: time.Unix(1, 0), ID: a.ID} }, func(a store.Account) (func() error, error) {
			return func() error {
				all, err := r.Memberships(a.ID)
				if err != nil {
					return err
				}
				_, enrolled, err := r.SignInOf(a.ID)
				m.Accounts = append(m.Accounts, c.viewAccount(a, all, enrolled))
				return err
			}, nil
		})
		m.NextPageToken = c.pageToken("accounts", req, next)
		return m, nil, err
	})
}

package server

import (
	"context"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// A session is a credential of a person in one of her roles. It lives 12 hours at most, counted from the sign-in: a step-up renews the
// second factor and not the life, so that a password is asked for once a working day.

// freshToken is a token made before the closure that stores it, for chance has no place inside.
type freshToken struct {
	text, id string
	hash     [32]byte
}

// freshSession makes the token of a session to come.
func freshSession() (t freshToken, err error) {
	t.text, t.id, t.hash, err = newToken(store.KindPerson)
	return t, err
}

// newSession stores a session that acts in a membership and gives it as its owner gets it, once. A zero mfa is a second factor that was
// never given; expires is at most 12 hours from now, and that if zero.
func (s *Server) newSession(w *store.Writer, t freshToken, m store.Membership, mfa, expires time.Time, entry [16]byte) (*pb.Credential, error) {
	if latest := w.Now().Add(personTokenLife); expires.IsZero() || expires.After(latest) {
		expires = latest
	}
	err := w.PutCredential(store.Credential{ID: t.id, Hash: t.hash, Member: m.ID, Kind: store.KindPerson, MFATime: mfa, Expires: expires}, entry)
	if err != nil {
		return nil, err
	}
	all, err := w.Memberships(m.Account)
	if err != nil {
		return nil, err
	}
	return viewCredential(t.text, m, all, mfa, expires), nil
}

// roleFor chooses the role to act in: of the unit and the role asked for, else the first that works. ok is false if none does.
func roleFor(w *store.Writer, account casework.AccountID, unit casework.UnitID, role casework.Role) (m store.Membership, ok bool, err error) {
	works, err := w.WorkingMemberships(account, w.Now())
	for _, m := range works {
		if (unit == casework.UnitID{} || m.Unit == unit) && (role == "" || m.Role == role) {
			return m, true, err
		}
	}
	return m, false, err
}

// unsigned begins the entry of a call that comes without a credential; account is whose it turns out to be, zero if nobody's.
func (s *Server) unsigned(ctx context.Context, action, event string, account casework.AccountID) store.Record {
	rec := store.Record{Entry: journal.Entry{
		Version: journal.Version, RequestID: RequestID(ctx), Origin: origin(ctx), Action: action, Outcome: "ALLOW", Event: journal.Event{Name: event},
	}}
	if account != (casework.AccountID{}) {
		rec.Entry.Actor = s.store.Pseudonym("account", account[:])
		rec.Entry.ObjectKind, rec.Entry.Object, rec.Object = "account", rec.Entry.Actor, account[:]
	}
	return rec
}

// own is the entry of what a caller does with her own sessions, for which no row of the table is needed.
func (c call) own(action, event string) store.Record {
	e := c.entry
	e.Action, e.Outcome, e.Event = action, "ALLOW", journal.Event{Name: event}
	e.ObjectKind, e.Object = "account", e.Actor
	return store.Record{Entry: e, Object: c.caller.Account[:]}
}

// forget drops what is remembered of credentials that have ended.
func (s *Server) forget() { s.proofs.Purge() }

// WhoAmI answers with the caller's own account, roles and unit.
func (s *accounts) WhoAmI(ctx context.Context, _ *pb.WhoAmIRequest) (*pb.WhoAmIResponse, error) {
	return store.Read(ctx, s.store, func(r *store.Reader) (*pb.WhoAmIResponse, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, err
		}
		all, err := r.Memberships(c.caller.Account)
		return viewCaller(c.caller, all), err
	})
}

// Switch makes the calling credential act in another role of the same account. A role that is another's, over or not yet approved is as
// unknown as one that never was.
func (s *accounts) Switch(ctx context.Context, req *pb.SwitchRequest) (*pb.WhoAmIResponse, error) {
	asked, _ := parseName("memberships", req.GetMembership())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.WhoAmIResponse, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		works, err := w.WorkingMemberships(c.caller.Account, c.now)
		if err != nil {
			return nil, err
		}
		for _, m := range works {
			if m.ID == asked && c.caller.Kind == store.KindPerson {
				return c.switchTo(w, m)
			}
		}
		return nil, c.refuseOwn("session.switch", errNotFound)
	})
}

func (c call) switchTo(w *store.Writer, m store.Membership) (*pb.WhoAmIResponse, error) {
	if err := w.SwitchCredential(c.caller.Credential, m.ID, w.AppendRecord(c.own("session.switch", "switch"))); err != nil {
		return nil, err
	}
	now, err := w.CallerNow(c.caller.Credential, c.now)
	if err != nil {
		return nil, err
	}
	all, err := w.Memberships(m.Account)
	return viewCaller(now, all), err
}

// SignOut ends the calling credential.
func (s *accounts) SignOut(ctx context.Context, _ *pb.SignOutRequest) (*pb.SignOutResponse, error) {
	ended, err := store.Update(ctx, s.store, func(w *store.Writer) (*pb.SignOutResponse, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		if c.caller.Kind != store.KindPerson {
			return nil, c.refuseOwn("session.sign_out", errDenied) // an app's token is its administrator's to revoke
		}
		return &pb.SignOutResponse{}, w.RevokeCredential(c.caller.Credential, w.AppendRecord(c.own("session.sign_out", "signOut")))
	})
	s.forget()
	return ended, err
}

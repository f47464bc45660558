package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// eventAssign is no event of the case's machine: it moves no status.
const eventAssign casework.EventName = "assign"

// reason notes one that is too short: a word is no reason (design: access, "reason").
func (in *intake) reason(text string) {
	if utf8.RuneCountInString(strings.TrimSpace(text)) < reasonMin {
		in.fault("reason", "REASON_REQUIRED")
	}
}

// meaningOfReason is what the rules have against the reason of an act that needs one.
func (s *Server) meaningOfReason(m proto.Message) casework.Violations {
	in := s.intake()
	if req, ok := m.(interface{ GetReason() string }); ok {
		in.reason(req.GetReason())
	}
	return in.faults
}

// account reads the name of an account; an empty one is the zero account.
func (in *intake) account(field, text string) casework.AccountID {
	if text == "" {
		return casework.AccountID{}
	}
	return casework.AccountID(in.name(field, "accounts", text))
}

// meaningOfAssignment is what the rules have against it before a case is known.
func (s *Server) meaningOfAssignment(req *pb.AssignCaseRequest) casework.Violations {
	in := s.intake()
	in.assignment(req)
	return in.faults
}

func (in *intake) assignment(req *pb.AssignCaseRequest) (officer, release casework.AccountID) {
	officer, release = in.account("officer", req.GetOfficer()), in.account("release", req.GetRelease())
	if req.GetOfficer() == "" && req.GetRelease() == "" {
		in.fault("officer", "REQUIRED")
	}
	if officer == release && officer != (casework.AccountID{}) {
		in.fault("release", "DUPLICATE_ITEM")
	}
	in.reason(req.GetReason())
	return officer, release
}

// AssignCase names an officer of a case, and may release another: never the last one, and nobody who is blocked.
func (s *cases) AssignCase(ctx context.Context, req *pb.AssignCaseRequest) (*pb.Case, error) {
	officer, release := s.intake().assignment(req)
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Case, error) {
		a, err := s.assigning(ctx, w, req)
		if err != nil {
			return nil, err
		}
		if old, done, err := w.Answered(a.caller.Account, id); err != nil || done {
			if err != nil {
				return nil, err
			}
			answer := &pb.Case{}
			read := access.Decide(a.f.Facts.Doing(access.Read))
			a.replayed(w, read, aboutCase(a.f.Case), a.f.Case)
			return answer, a.answered(old, method, mark, read.Grant.Mask(), answer)
		}
		if req.GetEtag() != "" && req.GetEtag() != etag(a.f.Case.Revision) {
			return nil, casework.Conflict("ETAG_MISMATCH")
		}
		if err := a.assign(officer, release); err != nil {
			return nil, err
		}
		return a.answer(id, store.Answered{Method: method, Mark: mark})
	})
}

// assignment is a change of a case's officers on its way through its transaction.
type assignment struct {
	call
	w      *store.Writer
	f      store.CaseFile
	action access.Action
	act    access.Decision
	reason string
	entry  [16]byte
}

// assigning reads the case under its lock and decides the act.
func (s *cases) assigning(ctx context.Context, w *store.Writer, req *pb.AssignCaseRequest) (a *assignment, err error) {
	if k, ok := parseName("cases", req.GetName()); ok {
		if err := w.LockCase(casework.CaseID(k)); err != nil {
			return nil, err
		}
	}
	a = &assignment{w: w, action: access.CaseAssign, reason: req.GetReason()}
	if a.call, err = s.writing(ctx, w); err != nil {
		return nil, err
	}
	if a.f, err = a.caseBy(w, req.GetName()); err != nil {
		return nil, err
	}
	if a.act = decideReasoned(a.f.Facts, a.action); !a.act.Allowed() {
		return nil, a.refuse(a.action, a.act, aboutCase(a.f.Case), req.GetName())
	}
	return a, nil
}

// decideReasoned decides an act that came with its reason. The reason is the act's alone: a read after it is decided without.
func decideReasoned(facts access.Facts, action access.Action) access.Decision {
	facts.Cond |= access.HasReason
	return access.Decide(facts.Doing(action))
}

// assign names and releases. What the released one owed on the case goes to the officer named, else to the first who stays.
func (a *assignment) assign(officer, release casework.AccountID) error {
	officers, err := a.w.Officers(a.f.Case.ID, a.now)
	if err != nil {
		return err
	}
	named := officer != (casework.AccountID{}) && !slices.Contains(officers, officer)
	if named {
		able, err := a.w.MayBeOfficer(officer, a.f.Case)
		if err != nil {
			return err
		}
		if !able {
			return casework.Precondition("OFFICER_INVALID")
		}
		officers = append(officers, officer)
	}
	left, nobody, err := casework.Release(officers, release)
	if err != nil {
		return err
	}
	if !named && nobody {
		status := string(a.f.Case.Status)
		a.entry = a.append(a.w, a.action, a.act, aboutCase(a.f.Case), journal.Event{Name: "IMPLIED", Before: status, After: status, Revision: a.f.Case.Revision})
		return nil
	}
	if err := a.note(eventAssign); err != nil {
		return err
	}
	if named {
		if err := a.name(officer); err != nil {
			return err
		}
	}
	if nobody {
		return nil
	}
	if officer == (casework.AccountID{}) {
		officer = left[0]
	}
	return a.release(release, officer)
}

// note gives the case another revision, for its officers are part of it, and keeps the act with its reason.
func (a *assignment) note(name casework.EventName) (err error) {
	k := a.f.Case
	if k.Content, err = a.w.CaseContent(k); err != nil {
		return err
	}
	failed := error(nil)
	err = a.w.UpdateCase(k, func(value [32]byte) [16]byte {
		rec := a.record(a.action, a.act, aboutCase(k))
		rec.Entry.Event = journal.Event{Name: string(name), Before: string(k.Status), After: string(k.Status), Revision: k.Revision + 1, Value: value}
		a.entry, failed = a.w.AppendReasoned(rec, a.reason, store.Owner(k.Subject))
		return a.entry
	})
	return errors.Join(err, failed)
}

// name makes an account an officer of the case, and tells it.
func (a *assignment) name(officer casework.AccountID) error {
	k := a.f.Case
	if err := a.w.Assign(k.ID, officer, a.entry); err != nil {
		return err
	}
	return a.w.Notify(store.Notice{
		Kind: casework.NoticeAssigned, ObjectKind: casework.OnCase, Object: casework.ID(k.ID), Case: k.ID, Account: officer,
	}, a.entry)
}

// release ends an assignment and hands over what was owed.
func (a *assignment) release(officer, to casework.AccountID) error {
	if err := a.w.EndAssignment(a.f.Case.ID, officer); err != nil {
		return err
	}
	return a.w.HandOver(a.f.Case.ID, officer, to)
}

// answer is the read after the act, kept beside it.
func (a *assignment) answer(id [16]byte, kept store.Answered) (*pb.Case, error) {
	f, err := a.w.CaseFor(a.caller, a.f.Case.ID, a.now)
	if err != nil {
		return nil, err
	}
	read := access.Decide(f.Facts.Doing(access.Read))
	answer, err := a.caseMessage(a.w, f, read.Grant)
	if err != nil {
		return nil, err
	}
	a.w.Shown(a.entry, uint32(read.Grant.Mask()))
	kept.Owner, kept.Case, kept.Mask = store.Owner(f.Case.Subject), f.Case.ID, uint32(read.Grant.Mask())
	return answer, a.keep(a.w, id, kept, answer)
}

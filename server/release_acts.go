package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// The acts on a release: consent, objection, the REVIEWER's word and the file for the portal. Each is decided under the lock of the release,
// by what its caller sees of it.

// releaseMove is one act on a release on its way through its transaction.
type releaseMove struct {
	call
	w      *store.Writer
	v      release
	sight  releaseSight
	action access.Action
	act    access.Decision
	entry  [16]byte
}

func aboutRelease(v release) object { return object{kind: "release", id: v.ID} }

// moveRelease runs an act: under the lock of the release it is decided, answered if it was done before, done, and read again.
func moveRelease[M proto.Message](ctx context.Context, s *statisticsService, req interface {
	mutation
	GetName() string
}, action access.Action, do func(*releaseMove) (M, error),
) (M, error) {
	var none M
	id, mark, err := s.requestOf(req)
	if err != nil {
		return none, err
	}
	method := string(req.ProtoReflect().Descriptor().FullName())
	return store.Update(ctx, s.store, func(w *store.Writer) (M, error) {
		m, err := s.openMove(ctx, w, req.GetName(), action)
		if err != nil {
			return none, err
		}
		if old, done, err := w.Answered(m.caller.Account, id); err != nil || done {
			if err != nil {
				return none, err
			}
			answer, _ := none.ProtoReflect().New().Interface().(M)
			return answer, m.answered(old, method, mark, access.Mask(old.Mask), answer)
		}
		answer, err := do(m)
		if err != nil {
			return none, refusedRelease(m.v, err)
		}
		return answer, m.keep(w, id, store.Answered{Method: method, Mark: mark, Owner: store.Owner(m.caller.Account)}, answer)
	})
}

// openMove reads a release under its lock and decides the act. To whom it is not to be seen it is refused like one that never was.
func (s *statisticsService) openMove(ctx context.Context, w *store.Writer, name string, action access.Action) (*releaseMove, error) {
	id, _ := parseName("releases", name)
	if err := w.LockRelease(id); err != nil {
		return nil, err
	}
	m := &releaseMove{w: w, action: action}
	var err error
	if m.call, err = s.writing(ctx, w); err != nil {
		return nil, err
	}
	row, known, err := w.Release(id)
	if err != nil {
		return nil, err
	}
	if known {
		if m.v, err = openRelease(w, row); err != nil {
			return nil, err
		}
		if m.sight, err = m.sightOfRelease(w, m.v); err != nil {
			return nil, err
		}
	}
	if m.act = m.decideMove(); m.act.Allowed() && known {
		return m, nil
	}
	about := object{}
	if known {
		about = aboutRelease(m.v)
	}
	if m.act.Allowed() { // by the role, on what is not there
		m.act = access.Decision{Rule: "R20"}
	}
	return nil, m.refuse(action, m.act, about, name)
}

// decideMove decides an act by what the caller sees of the release. Heads speak of what is L3 elsewhere, so they need a second factor like
// there, and are told so whether the release is theirs or not.
func (m *releaseMove) decideMove() access.Decision {
	facts := m.caller.Facts(m.now).Doing(m.action)
	switch m.action {
	case access.StatsApprove:
		if facts.Role == access.Supervisor && facts.MFA == access.MFANone {
			return access.Decision{Outcome: access.StepUp, Rule: "R8"}
		}
		if m.sight.contributes {
			facts.Cond |= access.OwnUnit
		}
	case access.ReviewDecide:
		facts.Cond |= access.ReviewPending | access.NotSelf // where it stands is said by the rules, and no REVIEWER has held it
	case access.StatsDraft:
		if act := access.Decide(facts); act.Allowed() && !m.sight.exports {
			return access.Decision{Outcome: access.Denied, Rule: act.Rule}
		}
	}
	return access.Decide(facts)
}

// refusedRelease says why the rules refuse an act.
func refusedRelease(v release, err error) error {
	var refused *statistics.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Reason {
	case statistics.ReasonMissing:
		return casework.Violations{{Field: "reason", Reason: "REQUIRED"}}
	case statistics.HeldThisYear:
		return because(pb.ErrorReason_RELEASE_HELD_ALREADY)
	}
	return &publicError{reason: pb.ErrorReason_RELEASE_STATE, meta: map[string]string{"state": v.State}}
}

// becomes stores where the release stands after an act, with its entry.
func (m *releaseMove) becomes(event string, life statistics.Release) error {
	next := m.v.stands(life, workdays(m.store.Directory()))
	return m.puts(event, next)
}

func (m *releaseMove) puts(event string, next store.Release) error {
	m.entry = m.append(m.w, m.action, m.act, aboutRelease(m.v), journal.Event{
		Name: event, Before: m.v.State, After: next.State, Revision: next.Revision + 1,
	})
	return m.w.PutRelease(next, m.entry)
}

// reads is the release after the act, as its caller sees it.
func (m *releaseMove) reads() (*pb.Release, error) {
	row, _, err := m.w.Release(m.v.ID)
	if err != nil {
		return nil, err
	}
	v, err := openRelease(m.w, row)
	if err != nil {
		return nil, err
	}
	sight, err := m.sightOfRelease(m.w, v)
	if err != nil {
		return nil, err
	}
	return m.viewRelease(m.w, v, sight)
}

// ApproveRelease is a contributing unit's consent to a drawn release.
func (s *statisticsService) ApproveRelease(ctx context.Context, req *pb.ApproveReleaseRequest) (*pb.Release, error) {
	return moveRelease(ctx, s, req, access.StatsApprove, func(m *releaseMove) (*pb.Release, error) {
		register := m.caller.Unit.Register
		if _, err := m.v.life.Approve(m.v.table, unitKey(register), m.now); err != nil {
			return nil, err
		}
		if word := m.v.wordOf(register); word != "" { // her consent, or an objection that was answered, stands
			m.append(m.w, m.action, m.act, aboutRelease(m.v), journal.Event{
				Name: "IMPLIED", Before: m.v.State, After: m.v.State, Revision: m.v.Revision,
			})
			return m.reads()
		}
		return m.says(store.SaidApproved, "approveRelease", "")
	})
}

func (v release) wordOf(register casework.UnitID) string {
	for _, s := range v.said {
		if s.Unit == register {
			return s.Word
		}
	}
	return ""
}

// says stores the unit's word and what follows from it.
func (m *releaseMove) says(word, event, reason string) (*pb.Release, error) {
	said := store.Said{Unit: m.caller.Unit.Register, Word: word, Account: m.caller.Account, Time: m.now}
	after := m.v
	after.said = append([]store.Said{}, m.v.said...)
	for i := range after.said {
		if after.said[i].Unit == said.Unit {
			after.said[i] = said
		}
	}
	life := after.lives()
	if word == store.SaidHeld && m.v.table.NeedsApproval() {
		life.State = statistics.Held
	}
	if err := m.becomes(event, life); err != nil {
		return nil, err
	}
	if err := m.w.PutSaid(m.v.ID, said, reason, m.entry); err != nil {
		return nil, err
	}
	if life.State == statistics.Held {
		if err := tellOfHeld(m.w, m.v, m.now, m.entry); err != nil {
			return nil, err
		}
	}
	return m.reads()
}

// tellOfHeld tells the REVIEWER that a release waits for her. By whom it is held she reads in the list of releases, if she may.
func tellOfHeld(w *store.Writer, v release, now time.Time, entry [16]byte) error {
	unit, ok, err := w.ReviewerUnit(now)
	if err != nil || !ok {
		return err
	}
	return w.Notify(store.Notice{
		Kind: casework.NoticeReviewDue, ObjectKind: casework.OnCase, Object: v.ID, Unit: unit, Role: casework.RoleReviewer,
	}, entry)
}

// HoldRelease is a contributing unit's objection.
func (s *statisticsService) HoldRelease(ctx context.Context, req *pb.HoldReleaseRequest) (*pb.Release, error) {
	return moveRelease(ctx, s, req, access.StatsApprove, func(m *releaseMove) (*pb.Release, error) {
		register := m.caller.Unit.Register
		earlier, err := m.w.HeldBy(register)
		if err != nil {
			return nil, err
		}
		holds := make([]statistics.Hold, len(earlier))
		for i, at := range earlier {
			holds[i] = statistics.Hold{Unit: unitKey(register), Time: at}
		}
		is := workdays(m.store.Directory())
		if _, err := m.v.life.Hold(m.v.table, is, unitKey(register), req.GetReason(), m.now, holds); err != nil {
			return nil, err
		}
		return m.says(store.SaidHeld, "holdRelease", req.GetReason())
	})
}

// ResolveRelease is the REVIEWER's word on a held release.
func (s *statisticsService) ResolveRelease(ctx context.Context, req *pb.ResolveReleaseRequest) (*pb.Release, error) {
	return moveRelease(ctx, s, req, access.ReviewDecide, func(m *releaseMove) (*pb.Release, error) {
		file := req.GetPublishedFile()
		if len(file) > 0 && (!m.v.life.Restored || !m.v.Drawn.IsZero() || req.GetOutcome() != pb.ReleaseOutcome_PUBLISH) {
			return nil, casework.Violations{{Field: "publishedFile", Reason: "NOT_RESTORED"}}
		}
		word := saidPublish
		life, err := m.v.life, error(nil)
		switch {
		case req.GetOutcome() == pb.ReleaseOutcome_CANCEL:
			word = saidCancel
			life, err = life.Cancel(m.v.table, req.GetReason(), m.now)
		case len(file) > 0:
			return m.putBack(file)
		case life.Restored:
			if life, err = life.Recover(); err == nil && life.State == statistics.Drawn {
				life.Resolved = m.now
			}
		default:
			life, err = life.Resolve(m.now)
		}
		if err != nil {
			return nil, err
		}
		if err := m.becomes("resolveRelease", life); err != nil {
			return nil, err
		}
		said := store.Said{Word: word, Account: m.caller.Account, Time: m.now}
		if err := m.w.PutSaid(m.v.ID, said, req.GetReason(), m.entry); err != nil {
			return nil, err
		}
		return m.reads()
	})
}

// putBack takes a release that was published before a restore from its signed file, as it was: it is never drawn again. What the key folder
// knows of the draw must agree.
func (m *releaseMove) putBack(file []byte) (*pb.Release, error) {
	not := casework.Violations{{Field: "publishedFile", Reason: "NOT_SIGNED"}}
	text, err := m.w.OpenNote(file)
	if err != nil {
		return nil, not
	}
	d, err := parseDrawing(text)
	if err != nil || d.dataset != m.v.Dataset || d.period != m.v.Period || d.id != m.v.ID {
		return nil, not
	}
	drawn, err := m.store.Drawn()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(text))
	if known, ok := drawn[store.DrawnKey{Dataset: d.dataset, Period: d.period}]; ok && known != sum {
		return nil, not
	}
	is := workdays(m.store.Directory())
	as := m.v.life
	as.State, as.Restored, as.Drawn = statistics.Drawn, false, d.drawn
	_, published := as.Next(m.v.table, is)
	if published.After(m.now) {
		published = m.now
	}
	life, err := m.v.life.RecoverPublished(d.drawn, published)
	if err != nil {
		return nil, err
	}
	row := m.v.stands(life, is)
	row.Drawn, row.AsOf, row.Catalogue, row.Terminology, row.Deadlines = d.drawn, d.asOf, d.catalogue, d.terminology, d.deadlines
	m.entry = m.append(m.w, m.action, m.act, aboutRelease(m.v), journal.Event{
		Name: eventPutBack, Before: m.v.State, After: row.State, Revision: row.Revision + 1, Value: sum,
	})
	err = m.w.DrawRelease(store.Drawing{
		Release: row, Text: []byte(text), Signature: string(file[len(text)+1:]), Spends: spendingOf(m.v),
	}, m.entry)
	if err != nil {
		return nil, err
	}
	return m.reads()
}

// eventPutBack is what the journal calls a draw of a history that was lost, put back from its file.
const eventPutBack = "PUT_BACK"

// ExportOpenData gives the signed file of a published release, and marks it as given.
func (s *statisticsService) ExportOpenData(ctx context.Context, req *pb.ExportOpenDataRequest) (*pb.OpenDataFile, error) {
	return moveRelease(ctx, s, req, access.StatsDraft, func(m *releaseMove) (*pb.OpenDataFile, error) {
		if !m.v.exportable() {
			return nil, statistics.Refused(statistics.WrongState)
		}
		next := m.v.Release
		if next.Exported.IsZero() {
			next.Exported = m.now
		}
		if err := m.puts("exportOpenData", next); err != nil {
			return nil, err
		}
		text, signature, err := m.w.ReleaseText(m.v.ID)
		if err != nil {
			return nil, err
		}
		shown, err := m.reads()
		return viewOpenData(m.v, shown, signedRelease(text, signature)), err
	})
}

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

// The acts on a release. Who contributes to one is told to nobody but the heads of the unit itself, and to such a head only where she may see
// a case of hers that is in it: else the list would tell a head who is kept from a case that there is one.

// releaseSight is what a caller may see of a release.
type releaseSight struct {
	shown       bool
	contributes bool // as a head of a contributing unit
	judges      bool // as the REVIEWER
	exports     bool // as the walidata
}

// sightOfRelease decides what a caller sees of one.
func (c call) sightOfRelease(r releaseReader, v release) (s releaseSight, err error) {
	s.shown = v.State == string(statistics.Published)
	switch c.caller.Role {
	case casework.RoleReviewer:
		s.shown, s.judges = true, true
	case casework.RoleStats:
		s.exports, err = c.isWalidata(r)
		s.shown = s.shown || s.exports
	case casework.RoleSupervisor:
		s.contributes, err = c.contributes(r, v)
		s.shown = s.shown || s.contributes
	}
	return s, err
}

// releaseReader is what Reader and Writer both can.
type releaseReader interface {
	Setting(string) (string, bool, error)
	CaseFor(store.Caller, casework.CaseID, time.Time) (store.CaseFile, error)
	ContributedCases(store.Contribution, casework.UnitID, int) ([]casework.CaseID, error)
	SaidOf(casework.ID) ([]store.Said, error)
	SaidReason(casework.ID, casework.UnitID) (string, error)
	Release(casework.ID) (store.Release, bool, error)
	ReleaseText(casework.ID) ([]byte, string, error)
	HeldBy(casework.UnitID) ([]time.Time, error)
}

// fewCases are looked at before all are.
const fewCases = 20

// contributes tells whether the caller heads a unit whose rows are in a release, and may see one of them.
func (c call) contributes(r releaseReader, v release) (bool, error) {
	if !v.contributor(c.caller.Unit.Register) {
		return false, nil
	}
	for limit := fewCases; ; limit = 1 << 30 {
		cases, err := r.ContributedCases(contributionOf(v.table, v.period), c.caller.Unit.Register, limit)
		if err != nil {
			return false, err
		}
		for _, id := range cases {
			f, err := r.CaseFor(c.caller, id, c.now)
			if err != nil {
				return false, err
			}
			if read := access.Decide(f.Facts.Doing(access.Read)); read.Allowed() && read.Grant.Shows(access.F1) {
				return true, nil
			}
		}
		if len(cases) < limit {
			return false, nil
		}
	}
}

func (v release) contributor(register casework.UnitID) bool {
	for _, s := range v.said {
		if s.Unit == register && s.Unit != (casework.UnitID{}) {
			return true
		}
	}
	return false
}

// walidataUnit is the setting that names the unit which gives data to the portal, by its code.
const walidataUnit = "walidata_unit"

// isWalidata tells whether the caller works for the walidata: the unit of the setting, else the regency's own.
func (c call) isWalidata(r releaseReader) (bool, error) {
	code, named, err := r.Setting(walidataUnit)
	if err != nil {
		return false, err
	}
	d := c.store.Directory()
	if named {
		unit, ok := d.UnitByCode(code)
		return ok && unit.ID == c.caller.Unit.ID, nil
	}
	root, ok := d.Root()
	return ok && root.ID == c.caller.Unit.ID, nil
}

// listingReleases decides who may list: heads their own, the REVIEWER and whoever makes statistics all.
func (c call) listingReleases() (access.Action, access.Decision) {
	action, facts := access.StatsDraft, c.caller.Facts(c.now)
	switch c.caller.Role {
	case casework.RoleSupervisor:
		action = access.StatsApprove
		facts.Cond |= access.OwnUnit // others' are left out
	case casework.RoleReviewer:
		action = access.ReviewList
		facts.Cond |= access.Addressed
	}
	return action, access.Decide(facts.Doing(action))
}

// ListReleases lists releases, newest period first.
func (s *statisticsService) ListReleases(ctx context.Context, req *pb.ListReleasesRequest) (*pb.ListReleasesResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListReleasesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		action, act := c.listingReleases()
		if !act.Allowed() {
			return nil, nil, c.refuse(action, act, object{}, "releases")
		}
		after, err := c.cursor("releases", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		m, err := c.releaseList(r, req, after)
		return m, c.onRecord(action, act), err
	})
}

// onRecord is the entry of a read of figures, which only a reviewer's needs: of her every read is on record.
func (c call) onRecord(action access.Action, act access.Decision) *store.Record {
	if c.caller.Role != casework.RoleReviewer {
		return nil
	}
	rec := c.record(action, act, object{})
	rec.Entry.ObjectKind = "release"
	return &rec
}

func (c call) releaseList(r *store.Reader, req *pb.ListReleasesRequest, after store.Cursor) (*pb.ListReleasesResponse, error) {
	m := &pb.ListReleasesResponse{}
	filter := store.ReleaseFilter{Dataset: req.GetDataset(), State: word[string](req.GetState())}
	next, err := listed(pageSize(req.GetPageSize()), after, func(after store.Cursor, limit int) ([]store.Release, error) {
		filter.After, filter.Limit = after, limit
		return r.Releases(filter)
	}, func(row store.Release) store.Cursor { return store.Cursor{Time: row.Closed, ID: row.ID} }, func(row store.Release) (func() error, error) {
		v, err := openRelease(r, row)
		if err != nil {
			return nil, err
		}
		sight, err := c.sightOfRelease(r, v)
		if err != nil || !sight.shown {
			return nil, err
		}
		return func() error {
			shown, err := c.viewRelease(r, v, sight)
			m.Releases = append(m.Releases, shown)
			return err
		}, nil
	})
	m.NextPageToken = c.pageToken("releases", req, next)
	return m, err
}

// viewRelease makes the message of a release, as far as the caller sees it.
func (c call) viewRelease(r releaseReader, v release, sight releaseSight) (*pb.Release, error) {
	m := &pb.Release{}
	if !sight.shown {
		return m, nil
	}
	m.Name, m.Dataset, m.Period, m.State = named("releases", v.ID), v.Dataset, v.Period, enum[pb.ReleaseState_Value](pb.ReleaseState_Value_value, v.State)
	m.CloseTime, m.DrawTime, m.DueTime, m.ExportTime = timestamp(v.Closed), timestamp(v.Drawn), timestamp(v.Due), timestamp(v.Exported)
	m.PublishTime = timestamp(later(v.Publish, v.Published))
	m.AsOfSeq, m.CatalogueVersion, m.TerminologyVersion, m.DeadlinesVersion = v.AsOf, int32(v.Catalogue), v.Terminology, v.Deadlines
	m.Note, m.Etag = v.Note, etag(v.Revision)
	if !v.Drawn.IsZero() {
		d, err := c.drawingOfRelease(r, v.Release)
		if err != nil {
			return nil, err
		}
		m.Ledger = d.ledger
	}
	m.AllowedActions = c.releaseActions(v, sight)
	return m, c.viewReasons(r, v, sight, m)
}

// viewReasons adds why a release is held: to the REVIEWER, and to a unit its own words.
func (c call) viewReasons(r releaseReader, v release, sight releaseSight, m *pb.Release) (err error) {
	of := c.caller.Unit.Register
	switch {
	case sight.judges && len(v.life.Holds) > 0:
		m.HeldFor = v.HeldFor
		of = v.lastHolder()
	case sight.judges:
		m.HeldFor = v.HeldFor
		return nil
	case !sight.contributes:
		return nil
	}
	m.Reason, err = r.SaidReason(v.ID, of)
	return err
}

// lastHolder is the unit that objected last.
func (v release) lastHolder() (unit casework.UnitID) {
	last := v.life.Holds[len(v.life.Holds)-1]
	for _, s := range v.said {
		if unitKey(s.Unit) == last.Unit {
			unit = s.Unit
		}
	}
	return unit
}

// releaseActions are what the caller may do with a release now.
func (c call) releaseActions(v release, sight releaseSight) (actions []string) {
	is := workdays(c.store.Directory())
	own := unitKey(c.caller.Unit.Register)
	if sight.contributes {
		if _, err := v.life.Approve(v.table, own, c.now); err == nil {
			actions = append(actions, "approve")
		}
		if _, err := v.life.Hold(v.table, is, own, "?", c.now, nil); err == nil {
			actions = append(actions, "hold")
		}
	}
	if sight.judges && v.State == string(statistics.Held) {
		actions = append(actions, "resolve")
	}
	if sight.exports && v.exportable() {
		actions = append(actions, "exportOpenData")
	}
	return actions
}

// exportable tells whether a release may go to the portal: of the protected tables two alone.
func (v release) exportable() bool {
	return v.State == string(statistics.Published) && (v.table.Side != statistics.Protected || v.table.Public)
}

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
	return m.reads()
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

package server

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Breaking the glass. An attempt is weighed in two steps: first whether the caller may try at all, by what the caller is and has done
// before, and then by the case that was meant. So no answer of the first step, nor the wait for a second person, says whether there
// is such a case; and one that is blocked is a miss like any other.

// meaningOfGlass is what the rules have against an attempt. A slip of the pen costs none.
func (s *Server) meaningOfGlass(req *pb.OpenGlassRequest) casework.Violations {
	v := casework.GlassReason(req.GetReason())
	switch {
	case req.GetCaseNumber() == "" && req.GetNik() == "":
		v.Add("caseNumber", "REQUIRED")
	case req.GetCaseNumber() != "" && req.GetNik() != "":
		v.Add("nik", "ONE_OF_NUMBER_NIK")
	case req.GetNik() != "":
		if fault := casework.CheckNIK(req.GetNik(), casework.DateOf(s.now())); fault != "" {
			v.Add("nik", fault)
		}
	default:
		if _, ok := casework.ParseNumber(casework.CaseNumber, req.GetCaseNumber()); !ok {
			v.Add("caseNumber", "NUMBER_FORMAT")
		}
	}
	return v
}

// glassMove is one attempt on its way through its transaction.
type glassMove struct {
	call
	w       *store.Writer
	glass   casework.Glass
	key     store.EmergencyKey
	facts   access.Facts // of the caller alone
	act     access.Decision
	f       store.CaseFile
	blocked []store.CaseFile // what was meant too, and is not there for this caller
	review  casework.ID
	entry   [16]byte
}

const glassMethod = "sinergi.v1.CaseService.OpenGlass"

// OpenGlass opens one case for two hours, on record, told and reviewed; beyond the quota with the own supervisor's yes.
func (s *cases) OpenGlass(ctx context.Context, req *pb.OpenGlassRequest) (*pb.Glass, error) {
	return twoPersons(ctx, s.Server, req, (*Server).openGlass)
}

// openGlass is all that happens inside the transaction.
func (s *Server) openGlass(ctx context.Context, w *store.Writer, req *pb.OpenGlassRequest) (*pb.Glass, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	g := &glassMove{w: w, key: emergencyKey(req)}
	if g.call, err = s.writing(ctx, w); err != nil {
		return nil, err
	}
	if old, done, err := w.Answered(g.caller.Account, id); err != nil || done {
		return g.openedBefore(old, mark, err)
	}
	// Its id follows from the request's, so that the same attempt sent again counts once.
	mine := casework.ID(uuid.NewSHA1(uuid.UUID(g.caller.Account), id[:]))
	g.glass = casework.NewGlass(mine, g.caller.Account, g.caller.Unit.ID, word[casework.GlassCode](req.GetCode()), req.GetReason(), g.now)
	g.review = casework.ID(uuid.NewSHA1(uuid.UUID(mine), []byte("review")))
	for _, step := range []func() error{g.mayTry, g.find, g.open} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	read := access.Decide(g.f.Facts.Doing(access.Read))
	answer := viewGlass(read.Grant, g.glass, g.review)
	w.Shown(g.entry, uint32(read.Grant.Mask()))
	return answer, g.keep(w, id, store.Answered{
		Method: glassMethod, Mark: mark, Owner: store.Owner(g.f.Case.Subject), Case: g.f.Case.ID, Mask: uint32(read.Grant.Mask()),
	}, answer)
}

func emergencyKey(req *pb.OpenGlassRequest) store.EmergencyKey {
	number, _ := casework.ParseNumber(casework.CaseNumber, req.GetCaseNumber())
	return store.EmergencyKey{Number: number, NIK: req.GetNik()}
}

// asked is the key as the refusal's tag keeps it.
func (g *glassMove) asked() string { return "glass/" + g.key.Number + g.key.NIK }

// openedBefore answers a request that was done before, as long as the case is open to the caller.
func (g *glassMove) openedBefore(old store.Answered, mark [32]byte, err error) (*pb.Glass, error) {
	if err != nil {
		return nil, err
	}
	if g.f, err = g.w.CaseFor(g.caller, old.Case, g.now); err != nil {
		return nil, err
	}
	read := ofCase(access.Decide(g.f.Facts.Doing(access.Read)))
	if !read.Allowed() {
		return nil, g.refuse(access.BreakGlassOpen, read, aboutCase(g.f.Case), g.asked())
	}
	answer := &pb.Glass{}
	g.replayed(g.w, read, aboutCase(g.f.Case), g.f.Case)
	return answer, g.answered(old, glassMethod, mark, read.Grant.Mask(), answer)
}

// mayTry decides what hangs on the caller alone. Of a second factor that is too old she is told, for in an emergency she must know.
func (g *glassMove) mayTry() error {
	standing, err := g.w.GlassStanding(g.caller.Account, g.now)
	if err != nil {
		return err
	}
	g.facts = g.caller.Facts(g.now)
	g.facts.Level, g.facts.State = access.L1, access.Open
	g.facts.Cond |= access.ExactKey | access.HasReason
	if standing.Recent < casework.GlassQuota {
		g.facts.Cond |= access.WithinQuota
	}
	g.act = g.deciding(g.facts, access.BreakGlassOpen)
	if standing.Suspended && (g.act.Allowed() || g.act.Outcome == access.Await) {
		g.act = access.Decision{Outcome: access.Denied, Rule: "SUSPENDED"}
	}
	switch {
	case g.act.Outcome == access.Await: // whoever says yes learns neither which case nor whether there is one
		return g.awaits(second{
			action: access.BreakGlassOpen, act: g.act, kind: "glasses", object: g.glass.ID, reason: g.glass.Reason,
			role: casework.RoleSupervisor, unit: g.caller.Unit.ID,
		})
	case !g.act.Allowed():
		return g.refuse(access.BreakGlassOpen, g.act, object{}, g.asked())
	}
	return nil
}

// find decides each case that the key means. Of several it is the newest that shows the caller what she does not see anyhow.
func (g *glassMove) find() error {
	meant, err := g.w.CasesInEmergency(g.caller, g.key, g.now)
	if err != nil {
		return err
	}
	var open []store.CaseFile
	refused := object{}
	rule := access.Rule("A91")
	for _, f := range meant {
		d := g.decide(f)
		switch {
		case d.Allowed():
			open = append(open, f)
			continue
		case f.Facts.Blocked:
			g.blocked = append(g.blocked, f)
		}
		if refused == (object{}) || f.Facts.Blocked {
			rule, refused = d.Rule, aboutCase(f.Case)
		}
	}
	if len(open) == 0 {
		return g.miss(rule, refused)
	}
	slices.SortStableFunc(open, func(a, b store.CaseFile) int {
		if x, y := glassAdds(a), glassAdds(b); x != y {
			return map[bool]int{true: -1, false: 1}[x]
		}
		return cmp.Or(b.Case.Opened.Compare(a.Case.Opened), cmp.Compare(a.Case.Number, b.Case.Number))
	})
	return g.lock(open[0])
}

// glassAdds tells whether breaking the glass would show the caller anything of a case that she does not see anyhow.
func glassAdds(f store.CaseFile) bool {
	facts := f.Facts.Doing(access.Read)
	without := access.Decide(facts)
	facts.Relations |= access.BreakGlass
	return access.Decide(facts).Grant.Mask()&^without.Grant.Mask() != 0
}

// decide is the second step: the caller's standing, and the case.
func (g *glassMove) decide(f store.CaseFile) access.Decision {
	facts := f.Facts
	facts.Cond |= g.facts.Cond
	return g.deciding(facts, access.BreakGlassOpen)
}

// lock takes the case's lock and looks at it again: it may have been closed, or its caller blocked, a moment ago.
func (g *glassMove) lock(f store.CaseFile) (err error) {
	if err = g.w.LockCase(f.Case.ID); err != nil {
		return err
	}
	if g.f, err = g.w.CaseFor(g.caller, f.Case.ID, g.now); err != nil {
		return err
	}
	if g.act = g.decide(g.f); !g.act.Allowed() {
		return g.miss(g.act.Rule, aboutCase(g.f.Case))
	}
	return nil
}

// miss is the answer to an attempt that opened nothing, whatever the cause. It counts, and leaves the same rows for each of them.
func (g *glassMove) miss(rule access.Rule, about object) error {
	err := g.refuse(access.BreakGlassOpen, access.Decision{Rule: rule}, about, g.asked())
	var refused *store.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	glass, tell := g.glass, refused.Also
	refused.Also = func(w *store.Writer, entry [16]byte) error {
		return errors.Join(tell(w, entry), w.PutGlass(glass, store.Owner(glass.Account), entry))
	}
	return refused
}

// open writes the glass, its entry, who is told, and what is owed: a judgement by the reviewer, and the caller's own account.
func (g *glassMove) open() (err error) {
	g.glass.Case = g.f.Case.ID
	rec := g.record(access.BreakGlassOpen, g.act, aboutGlass(g.glass, g.f.Case))
	rec.Entry.Event = journal.Event{Name: "openGlass", After: string(g.glass.Code), Revision: 1}
	if g.entry, err = g.w.AppendReasoned(rec, g.glass.Reason, store.Owner(g.f.Case.Subject)); err != nil {
		return err
	}
	if err = g.w.PutGlass(g.glass, store.Owner(g.f.Case.Subject), g.entry); err != nil {
		return err
	}
	of := casework.Disclosure{ID: casework.DisclosureID(g.glass.ID), Case: g.f.Case.ID}
	if err = g.call.review(g.w, casework.ReviewGlass, of, g.f.Case, g.review, g.entry); err != nil {
		return err
	}
	if err = g.oweAnswer(); err != nil {
		return err
	}
	if err = g.tellOwner(g.w, g.f.Case, g.review, g.entry); err != nil {
		return err
	}
	for _, f := range g.blocked {
		if err = g.tellOfBlocked(g.w, true, f.Case.ID, g.entry); err != nil {
			return err
		}
	}
	g.f, err = g.w.CaseFor(g.caller, g.f.Case.ID, g.now) // with the glass
	return err
}

func aboutGlass(g casework.Glass, k casework.Case) object {
	return object{"glass", g.ID, k.ID, k.Level, casework.DisclosureID{}}
}

// oweAnswer has the caller say within 72 hours what happened.
func (g *glassMove) oweAnswer() error {
	owed, err := g.start(casework.Duty{
		Kind: casework.OnReview, Object: g.glass.ID, Case: g.f.Case.ID, Unit: g.caller.Unit.ID, Officer: g.caller.Account,
		Name: casework.DutyAnswerGlass, Started: g.now,
	}, g.f.Case)
	if err != nil {
		return err
	}
	return g.w.PutDuty(owed, g.entry)
}

// tellOwner tells the heads of the unit whose case it is.
func (c call) tellOwner(w *store.Writer, k casework.Case, review casework.ID, entry [16]byte) error {
	unit, _ := c.store.Directory().Unit(k.Unit)
	owner, err := w.Accountable(unit)
	if err != nil {
		return err
	}
	return w.Notify(store.Notice{
		Kind: casework.NoticeGlassOpened, ObjectKind: casework.OnReview, Object: review, Case: k.ID, Unit: owner, Role: casework.RoleSupervisor,
	}, entry)
}

const cosignMethod = "sinergi.v1.CaseService.CosignGlass"

// CosignGlass opens F3 and F4 to who has broken the glass, for the rest of the two hours. The reviewer herself reads none of it.
func (s *cases) CosignGlass(ctx context.Context, req *pb.CosignGlassRequest) (*pb.Glass, error) {
	id, mark, err := s.requestOf(req)
	if err != nil {
		return nil, err
	}
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Glass, error) {
		g, err := s.openedGlass(ctx, w, req.GetName())
		if err != nil {
			return nil, err
		}
		answer := &pb.Glass{}
		read := access.Decide(g.f.Facts.Doing(access.Read))
		if old, done, err := w.Answered(g.caller.Account, id); err != nil || done {
			if err == nil {
				g.replayed(w, read, aboutGlass(g.glass, g.f.Case), g.f.Case)
				err = g.answered(old, cosignMethod, mark, read.Grant.Mask(), answer)
			}
			return answer, err
		}
		if err := g.cosign(); err != nil {
			return nil, err
		}
		answer = viewGlass(read.Grant, g.glass, g.review)
		w.Shown(g.entry, uint32(read.Grant.Mask()))
		return answer, g.keep(w, id, store.Answered{
			Method: cosignMethod, Mark: mark, Owner: store.Owner(g.f.Case.Subject), Case: g.f.Case.ID, Mask: uint32(read.Grant.Mask()),
		}, answer)
	})
}

// openedGlass reads a glass under the lock of its case and decides that the reviewer may open the rest.
func (s *cases) openedGlass(ctx context.Context, w *store.Writer, name string) (*glassMove, error) {
	id, _ := parseName("glasses", name)
	if err := w.LockGlass(id); err != nil {
		return nil, err
	}
	g := &glassMove{w: w}
	var err error
	if g.call, err = s.writing(ctx, w); err != nil {
		return nil, err
	}
	known := false
	if g.glass, known, err = w.Glass(id); err != nil {
		return nil, err
	}
	g.f.Facts = g.caller.Facts(g.now)
	about := object{}
	if known && g.glass.Case != (casework.CaseID{}) {
		if g.f, err = w.CaseFor(g.caller, g.glass.Case, g.now); err != nil {
			return nil, err
		}
		about = aboutGlass(g.glass, g.f.Case)
		v, _, err := w.PendingReview(casework.ReviewGlass, casework.DisclosureID(id))
		if err != nil {
			return nil, err
		}
		g.review = v.ID
	}
	facts := g.f.Facts.Doing(access.BreakGlassCosign)
	if g.glass.Account != g.caller.Account {
		facts.Cond |= access.NotSelf
	}
	if g.review == (casework.ID{}) {
		facts.Cond &^= access.ReviewPending // another review of the case is not one of this glass
	}
	if g.act = orStepUp(facts); g.act.Allowed() {
		return g, nil
	}
	return nil, g.refuse(access.BreakGlassCosign, g.act, about, name)
}

// cosign stores the reviewer's word and tells the owner, and who has broken the glass.
func (g *glassMove) cosign() error {
	next, implied, err := g.glass.Cosign(g.caller.Account, g.now)
	if err != nil {
		return err
	}
	event := journal.Event{Name: "cosignGlass", Revision: 2}
	if implied {
		event = journal.Event{Name: "IMPLIED", Revision: 2}
	}
	g.entry = g.append(g.w, access.BreakGlassCosign, g.act, aboutGlass(g.glass, g.f.Case), event)
	g.glass = next
	if implied {
		return nil
	}
	if err := g.w.CosignGlass(next, g.entry); err != nil {
		return err
	}
	if err := g.tellOwner(g.w, g.f.Case, g.review, g.entry); err != nil {
		return err
	}
	return g.w.Notify(store.Notice{
		Kind: casework.NoticeGlassOpened, ObjectKind: casework.OnReview, Object: g.review, Case: g.f.Case.ID, Account: next.Account,
	}, g.entry)
}

package server

import (
	"context"
	"errors"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// filing is a FileReferral request in words of the domain, with all the chance that its transaction may need: a closure draws
// none, for it may run twice.
type filing struct {
	request      [16]byte
	mark         [32]byte
	occurred     time.Time
	validateOnly bool
	isNew        bool            // person is stated in full
	person       casework.Person // or only its ID, of a known one
	caseID       casework.CaseID // an open case, if named
	newCase      casework.Case   // zero: the type follows from the findings
	legacy       *casework.Legacy
	measurements []measured
	incident     *casework.Incident
	risk         *casework.Risk
	legs         []newLeg
	disclosures  []newDisclosure
	note         string

	protected casework.PersonID // for a copy on the protected side
	keys      []store.Key       // of person, then of protected
	ids       []casework.ID

	claim *claim // of an app's day
}

type newLeg struct {
	id       casework.LegID
	service  casework.ReferralServiceType
	urgency  casework.Urgency
	receiver casework.UnitID
	override string
	question string
	after    *int // index of the leg that is to be served first
	path     string
}

type newDisclosure struct {
	casework.Disclosure
	legs []int
	path string
}

// dryRun carries the answer of a validate_only filing out of a closure that is undone.
type dryRun struct{ answer *pb.FileReferralResponse }

func (dryRun) Error() string { return "validated" }

// FileReferral is the main job in one transaction: all or nothing, safe to repeat.
func (s *referrals) FileReferral(ctx context.Context, req *pb.FileReferralRequest) (*pb.FileReferralResponse, error) {
	f := s.intake().filing(req) // its faults have been answered by the chain
	var err error
	if f.request, f.mark, err = s.requestOf(req); err != nil {
		return nil, err
	}
	if err := s.draw(&f); err != nil {
		return nil, err
	}
	f.claim = s.apps.claim(&f)
	answer, err := store.Update(ctx, s.store, func(w *store.Writer) (*pb.FileReferralResponse, error) { return s.file(ctx, w, f) })
	f.claim.settle(err)
	if over, ok := errors.AsType[*overDay](err); ok {
		return nil, errors.Join(err, s.tellOverDay(ctx, over))
	}
	if dry, ok := errors.AsType[dryRun](err); ok {
		return dry.answer, nil
	}
	return answer, err
}

// draw makes the ids and the fresh keys before the transaction.
func (s *Server) draw(f *filing) error {
	f.protected = casework.PersonID(newID())
	owners := []store.Owner{store.Owner(f.person.ID)}
	if !f.isNew {
		owners = []store.Owner{store.Owner(f.protected)}
	}
	for _, owner := range owners {
		key, err := s.store.WrapKey(owner)
		if err != nil {
			return err
		}
		f.keys = append(f.keys, key)
	}
	n := 12 + 7*len(f.legs) + 3*len(f.disclosures)
	if f.incident != nil {
		n += 2 * len(f.incident.Pairs)
	}
	for range n {
		f.ids = append(f.ids, newID())
	}
	return nil
}

// filed is a filing on its way through its transaction.
type filed struct {
	call
	filing
	w        *store.Writer
	act      access.Decision
	k        casework.Case
	opened   bool // the case is new
	made     bool // the person is new
	tags     []store.MatchTag
	number   string
	borne    bool                        // a leg has the number; one that was only answered as if it were sent has not
	history  []casework.Measurement      // of the child, newest first, without this filing's
	findings growth.Findings             // of the newest measurement; a flagged index makes none
	bases    map[int]casework.Disclosure // of the call's disclosures, those that have been recorded
	legsDone []*pb.FiledLeg
	entry    [16]byte             // of the case
	keepers  []casework.AccountID // of a record that the filer may not read: the officer of its new case is one of them
	from     casework.PersonID    // the known record that the new case is of, or is a copy of; zero: none
}

func (s *Server) file(ctx context.Context, w *store.Writer, f filing) (*pb.FileReferralResponse, error) {
	if f.caseID != (casework.CaseID{}) {
		if err := w.LockCase(f.caseID); err != nil {
			return nil, err
		}
	}
	c, err := s.writing(ctx, w)
	if err != nil {
		return nil, err
	}
	if err := c.scoped(scopeFile, access.File); err != nil {
		return nil, err
	}
	facts := c.caller.Facts(c.now).Doing(access.File)
	facts.Cond |= access.OwnUnit
	act := access.Decide(facts)
	if !act.Allowed() {
		return nil, c.refuse(access.File, act, object{}, "file")
	}
	if old, ok, err := w.Answered(c.caller.Account, f.request); err != nil || ok {
		return c.filedBefore(w, old, f, err)
	}
	if c.caller.Role == casework.RoleApp {
		if err := f.claim.take(c.caller, c.now); err != nil {
			return nil, err
		}
	}
	job := &filed{call: c, filing: f, w: w, act: act}
	for _, step := range []func() error{
		job.findSubject, job.findCase, job.assessAll, job.putPerson, job.putCase, job.putContent, job.keepBlocks, job.sendLegs, job.putSubmission,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return job.answer()
}

// filedBefore answers a request that was done before. A block that came since makes it NOT_FOUND, unless the answer was a receipt alone:
// who filed while blocked, and sends again, must not learn by the second answer what the first did not tell.
func (c call) filedBefore(w *store.Writer, old store.Answered, f filing, err error) (*pb.FileReferralResponse, error) {
	if err != nil {
		return nil, err
	}
	file, err := w.CaseFor(c.caller, old.Case, c.now)
	if err != nil {
		return nil, err
	}
	read := access.Decide(file.Facts.Doing(access.Read))
	receipt := access.Mask(old.Mask)&^(access.Receipt|access.F3Health) == 0 || c.outside()
	if file.Facts.Blocked && !receipt {
		return nil, c.refuse(access.Read, read, aboutCase(file.Case), "")
	}
	answer := &pb.FileReferralResponse{}
	if !receipt {
		c.replayed(w, read, aboutCase(file.Case), file.Case)
	}
	shows := c.receiptMask(read.Grant, file.Case.Type)
	return answer, c.answered(old, fileMethod, f.mark, shows, answer)
}

const fileMethod = "sinergi.v1.ReferralService.FileReferral"

// id takes the next of the ids that were drawn.
func (j *filed) id() casework.ID {
	id := j.ids[0]
	j.ids = j.ids[1:]
	return id
}

func (j *filed) putPerson() error {
	if !j.made {
		return nil
	}
	event := journal.Event{Name: "create", Revision: 1}
	if err := j.w.PutPerson(j.person, j.keys[0], j.appending("person", casework.ID(j.person.ID), event)); err != nil {
		return err
	}
	return j.w.PutMatchTags(j.person.ID, j.tags)
}

// putSubmission records who filed, when it is known whether a leg bears the number of the receipt.
func (j *filed) putSubmission() error {
	s := store.Submission{Number: j.number, Account: j.caller.Account, Case: j.k.ID, Opened: j.opened, Occurred: j.occurred}
	if j.borne {
		s.Number = ""
	}
	return j.w.PutSubmission(s, j.entry)
}

// noting is appending that also keeps the id of the entry, for the rows beside.
func (j *filed) noting(kind string, id casework.ID, event journal.Event) func([32]byte) [16]byte {
	put := j.appending(kind, id, event)
	return func(value [32]byte) [16]byte {
		j.entry = put(value)
		return j.entry
	}
}

// answer is the receipt, by what the caller may read now.
func (j *filed) answer() (*pb.FileReferralResponse, error) {
	file, err := j.w.CaseFor(j.caller, j.k.ID, j.now)
	if err != nil {
		return nil, err
	}
	read := access.Decide(file.Facts.Doing(access.Read))
	mask := j.receiptMask(read.Grant, j.k.Type)
	m := j.viewReceipt(mask)
	if j.validateOnly {
		if rec := j.readRecord(read, aboutCase(file.Case), file.Case); rec != nil && !j.opened && read.Grant.Mask() != 0 {
			return nil, &store.Refusal{Record: *rec, Err: dryRun{m}} // a trial shows what a filing shows
		}
		return nil, dryRun{m}
	}
	j.w.Shown(j.entry, uint32(mask))
	return m, j.keep(j.w, j.request, store.Answered{Method: fileMethod, Mark: j.mark, Owner: store.Owner(j.person.ID), Case: j.k.ID, Mask: uint32(mask)}, m)
}

// receiptMask is what a filer reads of her filing. For INTAKE and APP it follows from the request alone, the same whatever level
// the joined case has, and of a violence filing it is number and time. What the sent measurements mean is the sender's to know.
func (c call) receiptMask(g access.Grant, t casework.CaseType) access.Mask {
	switch {
	case c.outside() && t.IsViolence():
		return access.Receipt
	case c.outside():
		return access.F1Own.Closure() | access.F3Health
	case t.IsViolence():
		return g.Mask() | access.Receipt // a second factor that is old hides the case, not that it was taken
	}
	return g.Mask() | access.Receipt | access.F3Health
}

// outside tells whether the caller's answers come from request and receipt alone.
func (c call) outside() bool {
	return c.caller.Role == casework.RoleIntake || c.caller.Role == casework.RoleApp
}
